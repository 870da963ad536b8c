/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"

#include "base/ini.h"
#include "base/log.h"
#include "base/nearest.h"
#include <stdlib.h>

enum kind { KIND_TEXT, KIND_LEVEL, KIND_BOOL, KIND_DURATION };

static const struct key {
	const char *section, *key;
	bool named;
	enum kind kind;
} keys[] = {
#define CONFIG(section, named, key, kind, text) { section, key, named, KIND_##kind },
#include "base/config.def"
#undef CONFIG
};
#define KEYS (sizeof(keys) / sizeof(*keys))

bool config_duration(struct str text, int64_t *ms)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = { { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 } };
	int64_t n = 0;

	if (text.n < 2 || text.n > 8)
		return false;
	for (size_t i = 0; i + 1 < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		n = n * 10 + (text.p[i] - '0');
	}
	for (size_t i = 0; n && i < sizeof(units) / sizeof(*units); i++)
		if (text.p[text.n - 1] == units[i].unit) {
			*ms = n * units[i].ms;
			return true;
		}
	return false;
}

bool config_bool(struct str text, bool *out)
{
	static const char *const words[2][4] = { { "no", "false", "off", "0" },
		{ "yes", "true", "on", "1" } };

	for (int on = 0; on < 2; on++)
		for (int i = 0; i < 4; i++)
			if (str_is(text, words[on][i])) {
				*out = on == 1;
				return true;
			}
	return false;
}

static enum code check_value(const struct key *k, struct str text, struct err *e)
{
	enum log_level level;
	int64_t ms;
	bool on;

	/* Bounds keep a typo from hammering AWS, and times far from overflow. */
	if (k->kind == KIND_DURATION &&
		(!config_duration(text, &ms) || ms < 1000 || ms > INT64_C(366) * 86400000))
		return err_set(e, E_INVALID, "%s.%s is a time such as 30s, 10m or 6h, not \"%.*s\"",
			k->section, k->key, STR_ARG(text));
	if (k->kind == KIND_BOOL && !config_bool(text, &on))
		return err_set(e, E_INVALID, "%s.%s is yes or no, not \"%.*s\"", k->section, k->key,
			STR_ARG(text));
	if (k->kind == KIND_LEVEL && !log_level_parse(text, &level))
		return err_set(e, E_INVALID, "%s.%s is error, warn, info or debug, not \"%.*s\"",
			k->section, k->key, STR_ARG(text));
	return E_OK;
}

static enum code unknown_section(struct str section, bool named, struct err *e)
{
	struct nearest near;

	nearest_init(&near, section);
	for (size_t i = 0; i < KEYS; i++) {
		if (str_is(section, keys[i].section) && keys[i].named != named) {
			err_set(e, E_INVALID, "section [%.*s] is written with%s a name",
				STR_ARG(section), named ? "out" : "");
			return err_hint(e, named ? "[%s]" : "[%s \"prod\"]", keys[i].section);
		}
		nearest_offer(&near, str_of(keys[i].section));
	}
	err_set(e, E_INVALID, "there is no section [%.*s]", STR_ARG(section));
	return nearest_name(&near)
		       ? err_hint(e, "did you mean [%s]?", nearest_name(&near))
		       : err_hint(e, "siltstone help config says where it is read from");
}

static enum code find_key(
	struct str section, bool named, struct str key, const struct key **out, struct err *e)
{
	struct nearest near;
	bool known = false;

	nearest_init(&near, key);
	for (size_t i = 0; i < KEYS; i++) {
		if (!str_is(section, keys[i].section) || keys[i].named != named)
			continue;
		known = true;
		if (!key.n || str_is(key, keys[i].key)) {
			*out = &keys[i];
			return E_OK;
		}
		nearest_offer(&near, str_of(keys[i].key));
	}
	if (!known)
		return unknown_section(section, named, e);
	err_set(e, E_INVALID, "section [%.*s] has no key \"%.*s\"", STR_ARG(section), STR_ARG(key));
	return nearest_name(&near)
		       ? err_hint(e, "did you mean %s?", nearest_name(&near))
		       : err_hint(e, "siltstone help config says where it is read from");
}

static struct config_value *find(
	const struct config *c, struct str section, struct str name, struct str key)
{
	for (struct config_value *v = c->first; v; v = v->next)
		if (str_is(section, v->section) && str_is(name, v->name) && str_is(key, v->key))
			return v;
	return NULL;
}

static enum code keep(struct config *c, struct str section, struct str name, struct str key,
	struct config_value said, struct err *e)
{
	struct config_value *v = find(c, section, name, key);

	if (!v) {
		v = arena_alloc(&c->arena, sizeof(*v));
		if (!v)
			return err_nomem(e);
		v->section = arena_text(&c->arena, section);
		v->name = arena_text(&c->arena, name);
		v->key = arena_text(&c->arena, key);
		if (c->last)
			c->last->next = v;
		else
			c->first = v;
		c->last = v;
	}
	v->text = said.text;
	v->origin = said.origin;
	return arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

enum code config_set(struct config *c, const char *section, const char *name, const char *key,
	const char *text, const char *origin, struct err *e)
{
	const struct key *k = NULL;

	if (find_key(str_of(section), *name != '\0', str_of(key), &k, e) ||
		check_value(k, str_of(text), e))
		return err_add(e, "%s", origin);
	return keep(c, str_of(section), str_of(name), str_of(key),
		(struct config_value){ .text = arena_text(&c->arena, str_of(text)),
			.origin = arena_text(&c->arena, str_of(origin)) },
		e);
}

/* "source prod": kind and name. */
static enum code take_entry(
	struct config *c, const struct ini_entry *entry, const char *path, struct err *e)
{
	size_t space = str_find(entry->section, ' ');
	struct str section = { entry->section.p, space };
	struct str name = str_from(entry->section, space + 1);
	struct err why = { 0 };
	const struct key *k = NULL;

	if (find_key(section, name.n > 0, entry->name, &k, &why) ||
		(entry->name.n && entry->value.n && check_value(k, entry->value, &why))) {
		err_add(&why, "%s:%d", path, entry->line);
		*e = why;
		return e->code;
	}
	if (!entry->name.n)
		return E_OK;
	return keep(c, section, name, entry->name,
		(struct config_value){ .text = arena_text(&c->arena, entry->value),
			.origin = arena_printf(&c->arena, "%s:%d", path, entry->line).p },
		e);
}

static enum code read_file(struct config *c, const char *path, bool must_exist, struct err *e)
{
	struct ini f = INI_INIT;
	struct err why = { 0 };
	enum code code = ini_read(&f, path, &why);

	for (const struct ini_entry *entry = f.first; entry && !code; entry = entry->next)
		code = take_entry(c, entry, path, &why);
	ini_release(&f);
	if (code == E_NOTFOUND && !must_exist)
		return E_OK;
	if (code)
		*e = why;
	return code;
}

/* store.path -> SILTSTONE_STORE_PATH */
static const char *variable(struct arena *a, const struct key *k)
{
	struct str s = arena_printf(a, "SILTSTONE_%s_%s", k->section, k->key);
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; p && i < s.n; i++)
		p[i] = (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] & ~0x20 : s.p[i]);
	return p ? p : "";
}

static enum code read_environment(struct config *c, struct err *e)
{
	const char *store = getenv("SILTSTONE_STORE");

	if (store && *store && config_set(c, "store", "", "path", store, "SILTSTONE_STORE", e))
		return e->code;
	for (size_t i = 0; i < KEYS; i++) {
		const char *name = variable(&c->arena, &keys[i]);
		const char *text = keys[i].named ? NULL : getenv(name);

		if (text && *text && config_set(c, keys[i].section, "", keys[i].key, text, name, e))
			return e->code;
	}
	return E_OK;
}

enum code config_read(struct config *c, const char *file, struct err *e)
{
	const char *named = file ? file : getenv("SILTSTONE_CONFIG");
	const char *home = getenv("HOME");
	enum code code;

	if (named && *named) {
		code = read_file(c, named, true, e);
		return code ? code : read_environment(c, e);
	}
	code = read_file(c, "/etc/siltstone/siltstone.conf", false, e);
	if (!code && home && *home)
		code = read_file(c,
			arena_printf(&c->arena, "%s/.config/siltstone/siltstone.conf", home).p,
			false, e);
	if (!code)
		code = read_file(c, "siltstone.conf", false, e);
	return code ? code : read_environment(c, e);
}

void config_release(struct config *c)
{
	arena_release(&c->arena);
	c->first = c->last = NULL;
}

const char *config_get(
	const struct config *c, const char *section, const char *name, const char *key)
{
	const struct config_value *v = find(c, str_of(section), str_of(name), str_of(key));

	return v && *v->text ? v->text : NULL;
}

const char *config_next_name(const struct config *c, const char *section, const char *after)
{
	const char *best = NULL;

	for (const struct config_value *v = c->first; v; v = v->next)
		if (*v->name && strcmp(v->section, section) == 0 &&
			(!after || strcmp(v->name, after) > 0) &&
			(!best || strcmp(v->name, best) < 0))
			best = v->name;
	return best;
}
