/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/sha256.h"
#include "host/host.h"
#include "host/line.h"
#include "host/systemctl.h"

/* Where unit files stand, the strongest first (systemd.unit(5)). */
static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system" };

static const char *const suffixes[] = { ".service", ".socket", ".timer", ".path", ".mount",
	".automount", ".swap", ".target", ".slice" };

/* "multi-user.target.wants/cron.service": what pulls a unit in. */
struct pull {
	struct pull *next;
	struct str unit, by;
};

struct unit {
	struct str name, path, state;
	struct str description, type, user, alias_of;
	struct str text;
	bool installable;
};

struct search {
	struct host *host;
	struct pull *pulls, **last;
	struct loaded_unit *loaded; /* NULL where systemd does not run */
	struct json *seen;          /* object whose names are the units had so far */
};

static bool is_unit_name(struct str name)
{
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (str_ends(name, str_of(suffixes[i])))
			return true;
	return false;
}

/* The names in a folder; none where there is no such folder. */
static enum code names_in(struct host *host, const char *path, struct names *names, struct err *e)
{
	struct err missing = { 0 };
	enum code c = host_names(host, path, names, &missing);

	if (c == E_NOTFOUND) {
		*names = (struct names){ 0 };
		return E_OK;
	}
	if (c)
		*e = missing;
	return c;
}

static enum code find_pulls_of(struct search *f, struct str folder, struct str by, struct err *e)
{
	struct names names;
	enum code c = names_in(
		f->host, host_path(f->host, "%s/%.*s", folders[0], STR_ARG(folder)), &names, e);

	for (size_t i = 0; !c && i < names.n; i++) {
		struct pull *pull = arena_alloc(f->host->a, sizeof(*pull));

		if (!pull)
			return err_nomem(e);
		pull->unit = names.at[i];
		pull->by = by;
		*f->last = pull;
		f->last = &pull->next;
	}
	return c;
}

static enum code find_pulls(struct search *f, struct err *e)
{
	struct names names;
	enum code c = names_in(f->host, host_path(f->host, "%s", folders[0]), &names, e);

	for (size_t i = 0; !c && i < names.n; i++) {
		struct str by = names.at[i];

		if (str_ends(by, STR(".wants")))
			by.n -= 6;
		else if (str_ends(by, STR(".requires")))
			by.n -= 9;
		else
			continue;
		c = find_pulls_of(f, names.at[i], by, e);
	}
	return c;
}

/* "getty@tty1.service" is an instance of "getty@.service". */
static bool is_instance_of(struct str name, struct str template)
{
	size_t at = str_find(template, '@');
	struct str rest;

	if (at + 1 >= template.n || template.p[at + 1] != '.' ||
		!str_starts(name, (struct str){ template.p, at + 1 }))
		return false;
	rest = str_from(template, at + 1);
	return name.n > template.n && str_ends(name, rest);
}

static void section_line(struct unit *u, struct str line)
{
	struct str value = line, key = str_trim(part_next(&value, '='));

	value = str_trim(value);
	if (str_is(key, "Description"))
		u->description = value;
	else if (str_is(key, "Type"))
		u->type = value;
	else if (str_is(key, "User"))
		u->user = value;
}

static void read_sections(struct unit *u)
{
	struct str rest = u->text, line;

	while (line_next(&rest, &line)) {
		line = str_trim(line);
		if (str_is(line, "[Install]"))
			u->installable = true;
		else if (line.n && *line.p != '#' && *line.p != ';')
			section_line(u, line);
	}
}

static struct str file_state(const struct unit *u, bool pulled)
{
	if (u->alias_of.n)
		return STR("alias");
	if (pulled)
		return STR("enabled");
	return u->installable ? STR("disabled") : STR("static");
}

static const struct loaded_unit *find_loaded(const struct search *f, struct str name)
{
	for (const struct loaded_unit *l = f->loaded; l; l = l->next)
		if (str_eq(l->name, name))
			return l;
	return NULL;
}

static void add_states(struct search *f, struct json *o, const struct unit *u)
{
	const struct loaded_unit *l = find_loaded(f, u->name);

	/* A template never runs itself, an alias is another unit. */
	if (!f->loaded || u->alias_of.n || str_find(u->name, '@') + 1 == str_find(u->name, '.'))
		return;
	fact_text(f->host, o, "loadState", l ? l->load_state : STR_NONE);
	fact_text(f->host, o, "activeState", l ? l->active_state : STR("inactive"));
}

static bool add_pulls(struct search *f, struct json *o, struct str name)
{
	struct json *array = fact_array(f->host, o, "wantedBy");

	for (const struct pull *p = f->pulls; p; p = p->next)
		if (str_eq(p->unit, name) || is_instance_of(p->unit, name))
			fact_push(f->host, array, p->by);
	return array && array->n;
}

static enum code add_drop_ins(struct search *f, struct json *o, struct str name, struct err *e)
{
	struct host *host = f->host;
	struct names names;
	enum code c =
		names_in(host, host_path(host, "%s/%.*s.d", folders[0], STR_ARG(name)), &names, e);
	struct json *array = fact_array(host, o, "dropIns");

	for (size_t i = 0; !c && i < names.n; i++)
		if (str_ends(names.at[i], STR(".conf")))
			fact_push(host, array, names.at[i]);
	return c;
}

static enum code add(struct search *f, const struct unit *u, struct err *e)
{
	struct host *host = f->host;
	struct json *o = host_add(host);
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	struct str state = u->state;
	bool pulled;

	json_add(f->seen, u->name, json_bool(host->a, true));
	fact_text(host, o, "name", u->name);
	fact_text(host, o, "path", u->path);
	fact_text(host, o, "description", u->description);
	fact_text(host, o, "type", u->type);
	fact_text(host, o, "user", u->user);
	fact_text(host, o, "aliasOf", u->alias_of);
	pulled = add_pulls(f, o, u->name);
	if (!state.n)
		state = file_state(u, pulled);
	fact_text(host, o, "unitFileState", state);
	fact_flag(host, o, "enabled", str_is(state, "enabled"));
	add_states(f, o, u);
	/* What a unit runs may hold secrets; that it changed is told by its digest. */
	if (u->text.n && sha256_of(u->text, digest))
		fact_text(host, o, "sha256", arena_str(host->a, str_of(sha256_hex(digest, hex))));
	return add_drop_ins(f, o, u->name, e);
}

static enum code add_file(struct search *f, const char *folder, struct str name, struct err *e)
{
	struct host *host = f->host;
	struct unit u = { .name = name,
		.path = arena_printf(host->a, "%s/%.*s", folder, STR_ARG(name)) };
	const char *path = host_path(host, "%s", u.path.p);
	struct str target = host_link(host, path);
	struct err ignored = { 0 };

	if (str_is(target, "/dev/null")) {
		u.state = STR("masked");
		return add(f, &u, e);
	}
	if (target.n && !str_eq(str_basename(target), name)) {
		u.alias_of = str_basename(target);
		return add(f, &u, e);
	}
	/* A link to a file outside these folders has no text below another root. */
	if (host_read(host, path, &u.text, &ignored) && ignored.code != E_NOTFOUND &&
		ignored.code != E_DENIED) {
		*e = ignored;
		return e->code;
	}
	read_sections(&u);
	return add(f, &u, e);
}

static enum code add_folder(struct search *f, const char *folder, struct err *e)
{
	struct names names;
	enum code c = names_in(f->host, host_path(f->host, "%s", folder), &names, e);

	for (size_t i = 0; !c && i < names.n; i++)
		if (is_unit_name(names.at[i]) && !json_get_str(f->seen, names.at[i]))
			c = add_file(f, folder, names.at[i], e);
	return c;
}

/* Instances of templates, and what generators made of fstab and the like. */
static enum code add_loaded(struct search *f, struct err *e)
{
	enum code c = E_OK;

	for (const struct loaded_unit *l = f->loaded; !c && l; l = l->next) {
		struct unit u = { .name = l->name, .path = l->fragment };
		struct str rest = l->fragment;

		if (!l->fragment.n || json_get_str(f->seen, l->name) || !is_unit_name(l->name) ||
			str_starts(rest, STR("/run/systemd/transient/")))
			continue;
		u.state = str_starts(rest, STR("/run/systemd/generator")) ? STR("generated")
									  : STR_NONE;
		c = add(f, &u, e);
	}
	return c;
}

enum code unit_list(struct host *host, struct err *e)
{
	struct search f = { .host = host, .last = &f.pulls };
	enum code c = systemctl_units(host, &f.loaded, e);

	f.seen = json_new(host->a, JSON_OBJECT);
	if (!c && !f.seen)
		c = err_nomem(e);
	if (!c)
		c = find_pulls(&f, e);
	for (size_t i = 0; !c && i < sizeof(folders) / sizeof(*folders); i++)
		c = add_folder(&f, folders[i], e);
	return c ? c : add_loaded(&f, e);
}
