/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/seed.h"

#include "base/buf.h"
#include "base/log.h"
#include "store/channel.h"
#include "store/publication.h"
#include "store/recorder.h"
#include "store/seed.h"
#include "store/sink.h"
#include "store/source.h"
#include "json/write.h"

#define EVERY_MS         INT64_C(600000)
#define PUBLISH_EVERY_MS INT64_C(900000)

struct seeding {
	struct db *db;
	const struct config *config;
	int64_t now_ms;
	struct arena *a;
};

/* What is different about the four kinds. */
struct kind {
	const char *section;
	/* The row's settings, a line each, or NULL: there is no such row. */
	enum code (*say)(struct seeding *s, const char *name, const char **said, struct err *e);
	/* Make the row what the file says. */
	enum code (*put)(struct seeding *s, const char *name, struct err *e);
	enum code (*remove)(struct db *db, const char *name, struct err *e);
};

static const char *get(struct seeding *s, const char *section, const char *name, const char *key)
{
	return config_get(s->config, section, name, key);
}

static void line(struct buf *b, const char *key, const char *value)
{
	if (value)
		buf_printf(b, "%s=%s\n", key, value);
}

static enum code said_in(struct seeding *s, struct buf *b, const char **said, struct err *e)
{
	bool ok = buf_ok(b);

	if (ok)
		*said = arena_text(s->a, buf_slice(b));
	buf_release(b);
	return ok && arena_ok(s->a) ? E_OK : err_nomem(e);
}

/* E_NOTFOUND of a row is no error here. */
static enum code none_is_fine(enum code c, const struct err *why, struct err *e)
{
	if (c && c != E_NOTFOUND)
		*e = *why;
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code say_source(struct seeding *s, const char *name, const char **said, struct err *e)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err none = { 0 };
	struct source row;
	enum code c = source_get(s->db, s->a, name, &row, &none);

	if (c || !row.kept)
		return none_is_fine(c, &none, e);
	line(&b, "kind", row.kind);
	line(&b, "settings", row.settings);
	return said_in(s, &b, said, e);
}

/* What a setting is called in the row, where that is not what the file calls it. */
static const char *row_key(const char *key)
{
	return strcmp(key, "events") == 0 ? "queue" : key;
}

static const char *settings_of(
	struct seeding *s, const char *section, const char *name, const char *const *keys)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;

	for (; *keys; keys++) {
		const char *value = get(s, section, name, *keys);

		if (!value)
			continue;
		buf_char(&b, b.n ? ',' : '{');
		json_write_string(&b, str_of(row_key(*keys)));
		buf_char(&b, ':');
		json_write_string(&b, str_of(value));
	}
	buf_text(&b, b.n ? "}" : "{}");
	out = arena_text(s->a, buf_slice(&b));
	buf_release(&b);
	return out;
}

static enum code put_source(struct seeding *s, const char *name, struct err *e)
{
	static const char *const keys[] = { "types", "regions", "endpoint", "profile", "role_arn",
		"account", "external_id", "events", "recheck", "accounts", "organization",
		"exclude_accounts", "role_name", "session_policy", "home_region", "trail",
		"trail_since", NULL };
	const char *kind = get(s, "source", name, "kind");
	struct source row = { .name = name,
		.kind = kind                        ? kind
			: strcmp(name, "host") == 0 ? "exec"
						    : "aws",
		.settings = settings_of(s, "source", name, keys),
		.kept = 1 };

	if (strcmp(row.kind, "aws") != 0 && strcmp(row.kind, "exec") != 0)
		return err_set(e, E_INVALID, "a source is of kind aws or exec, not \"%s\"", kind);
	return source_put(s->db, &row, e);
}

static enum code say_channel(struct seeding *s, const char *name, const char **said, struct err *e)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err none = { 0 };
	struct channel row;
	enum code c = channel_get(s->db, s->a, name, &row, &none);

	if (c)
		return none_is_fine(c, &none, e);
	line(&b, "target", row.target);
	line(&b, "prefix", row.prefix);
	line(&b, "kms_key", row.kms_key);
	line(&b, "topic", row.topic);
	line(&b, "frequency", row.frequency);
	line(&b, "endpoint", row.endpoint);
	line(&b, "region", row.region);
	line(&b, "profile", row.profile);
	return said_in(s, &b, said, e);
}

static enum code put_channel(struct seeding *s, const char *name, struct err *e)
{
	struct channel row = { .name = name,
		.target = get(s, "channel", name, "target"),
		.prefix = get(s, "channel", name, "prefix"),
		.kms_key = get(s, "channel", name, "kms_key"),
		.topic = get(s, "channel", name, "topic"),
		.frequency = get(s, "channel", name, "frequency"),
		.endpoint = get(s, "channel", name, "endpoint"),
		.region = get(s, "channel", name, "region"),
		.profile = get(s, "channel", name, "profile") };

	if (!row.target)
		return err_set(e, E_INVALID, "channel \"%s\" has no target", name);
	return channel_put(s->db, &row, s->now_ms, e);
}

static enum code say_sink(struct seeding *s, const char *name, const char **said, struct err *e)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err none = { 0 };
	struct sink row;
	enum code c = sink_get(s->db, s->a, name, &row, &none);

	if (c)
		return none_is_fine(c, &none, e);
	line(&b, "kind", row.kind);
	line(&b, "target", row.target);
	line(&b, "predicate", row.predicate);
	line(&b, "settings", row.settings);
	return said_in(s, &b, said, e);
}

static enum code put_sink(struct seeding *s, const char *name, struct err *e)
{
	static const char *const keys[] = { "endpoint", "region", "profile", "secret_file",
		"secret_env", NULL };
	struct sink row = { .name = name,
		.kind = get(s, "sink", name, "kind"),
		.target = get(s, "sink", name, "target"),
		.predicate = get(s, "sink", name, "predicate"),
		.settings = settings_of(s, "sink", name, keys) };

	if (!row.kind || !row.target)
		return err_set(
			e, E_INVALID, "sink \"%s\" has no %s", name, row.kind ? "target" : "kind");
	return sink_put(s->db, &row, false, e);
}

static enum code say_recorder(struct seeding *s, const char *name, const char **said, struct err *e)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err none = { 0 };
	struct recorder row;
	enum code c = recorder_get(s->db, s->a, &row, &none);

	(void)name;
	if (c)
		return none_is_fine(c, &none, e);
	line(&b, row.excluding ? "exclude" : "types", row.types);
	line(&b, "role_arn", row.role_arn);
	line(&b, "overrides", row.overrides);
	line(&b, "tags", row.tags);
	if (row.no_globals)
		line(&b, "globals", "no");
	if (row.daily)
		line(&b, "frequency", "daily");
	buf_printf(&b, "every=%lld\nrecording=%d\n", (long long)row.every_ms, row.recording);
	return said_in(s, &b, said, e);
}

/* One a line, as a row has them. */
static const char *lines_of(struct seeding *s, const char *list)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;

	if (!list)
		return NULL;
	for (const char *p = list; *p; p++)
		buf_char(&b, (char)(*p == ',' ? '\n' : *p));
	out = arena_text(s->a, buf_slice(&b));
	buf_release(&b);
	return out;
}

/* What the file says of what is recorded. Times and yes or no were checked when it was read. */
static enum code recorder_of(
	struct seeding *s, const char *name, struct recorder *row, bool *on, struct err *e)
{
	const char *every = get(s, "recorder", "", "every");
	const char *recording = get(s, "recorder", "", "recording");
	const char *globals = get(s, "recorder", "", "globals");
	const char *frequency = get(s, "recorder", "", "frequency");
	const char *exclude = get(s, "recorder", "", "exclude");
	bool with_globals = true;

	*row = (struct recorder){ .name = name,
		.types = exclude ? exclude : get(s, "recorder", "", "types"),
		.excluding = exclude != NULL,
		.overrides = get(s, "recorder", "", "overrides"),
		.tags = lines_of(s, get(s, "recorder", "", "tags")),
		.role_arn = get(s, "recorder", "", "role_arn"),
		.every_ms = EVERY_MS };
	if (exclude && get(s, "recorder", "", "types"))
		return err_set(
			e, E_INVALID, "recorder.types and recorder.exclude exclude each other");
	if (frequency && strcmp(frequency, "daily") != 0 && strcmp(frequency, "continuous") != 0)
		return err_set(e, E_INVALID,
			"recorder.frequency is continuous or daily, not \"%s\"", frequency);
	row->daily = frequency && strcmp(frequency, "daily") == 0;
	if (every)
		(void)config_duration(str_of(every), &row->every_ms);
	if (recording)
		(void)config_bool(str_of(recording), on);
	if (globals)
		(void)config_bool(str_of(globals), &with_globals);
	row->no_globals = !with_globals;
	return E_OK;
}

static enum code put_recorder(struct seeding *s, const char *name, struct err *e)
{
	struct recorder row;
	bool on = true;

	if (recorder_of(s, name, &row, &on, e))
		return e->code;
	if (recorder_put(s->db, &row, e))
		return e->code;
	return recorder_switch(s->db, on, s->now_ms, e);
}

static const struct kind kinds[] = {
	{ "source", say_source, put_source, source_remove },
	{ "channel", say_channel, put_channel, channel_remove },
	{ "sink", say_sink, put_sink, sink_remove },
	{ "recorder", say_recorder, put_recorder, NULL },
};

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

static void tell(enum log_event event, const struct kind *k, const char *name, const struct err *e)
{
	log_write(event, e, log_text("kind", k->section), log_text("name", name));
}

/* What the row is and what the file last made of it; NULL each where there is none. */
static enum code compare(struct seeding *s, const struct kind *k, const char *name,
	const char **now, const char **before, struct err *e)
{
	enum code c;

	*now = *before = NULL;
	c = seed_get(s->db, s->a, k->section, name, before, e);
	if (c && c != E_NOTFOUND)
		return c;
	return k->say(s, name, now, e);
}

static enum code seed_one(struct seeding *s, const struct kind *k, const char *name, struct err *e)
{
	const char *now, *before, *after = NULL;
	struct err why = { 0 };

	if (compare(s, k, name, &now, &before, e))
		return e->code;
	if (!same(now, before)) {
		tell(EV_SETTING_KEPT, k, name, NULL);
		return E_OK;
	}
	if (k->put(s, name, &why)) {
		tell(EV_SETTING_REFUSED, k, name, &why);
		return E_OK;
	}
	if (k->say(s, name, &after, e) ||
		(!same(before, after) && seed_put(s->db, k->section, name, after, e)))
		return e->code;
	if (!same(before, after))
		tell(EV_SETTING_SEEDED, k, name, NULL);
	return E_OK;
}

/* The file has it no more. */
static enum code unseed_one(
	struct seeding *s, const struct kind *k, const char *name, struct err *e)
{
	const char *now, *before;

	if (compare(s, k, name, &now, &before, e))
		return e->code;
	if (now && same(now, before)) {
		if (k->remove(s->db, name, e))
			return e->code;
		tell(EV_SETTING_REMOVED, k, name, NULL);
	}
	return seed_remove(s->db, k->section, name, e);
}

static bool in_file(struct seeding *s, const struct kind *k, const char *name)
{
	for (const char *n = NULL; (n = config_next_name(s->config, k->section, n)) != NULL;)
		if (strcmp(n, name) == 0)
			return true;
	return false;
}

static enum code seed_kind(struct seeding *s, const struct kind *k, struct err *e)
{
	const char *name = "";
	enum code c;

	for (const char *n = NULL; (n = config_next_name(s->config, k->section, n)) != NULL;)
		if (seed_one(s, k, n, e))
			return e->code;
	while ((c = seed_next(s->db, s->a, k->section, name, &name, e)) == E_OK)
		if (!in_file(s, k, name) && unseed_one(s, k, name, e))
			return e->code;
	return c == E_NOTFOUND ? E_OK : c;
}

/* There is one at most; putting it again would make a sweep due, so only what differs is put. */
static enum code seed_recorder(struct seeding *s, const struct kind *k, struct err *e)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *now = NULL, *before = NULL, *last = NULL, *wanted = NULL;
	bool said = false;

	for (const struct config_value *v = s->config->first; v; v = v->next)
		if (strcmp(v->section, k->section) == 0) {
			line(&b, v->key, v->text);
			said = true;
		}
	if (said_in(s, &b, &wanted, e) || k->say(s, "default", &now, e))
		return e->code;
	if (!said && now)
		return E_OK;
	if (compare(s, k, "default", &now, &before, e))
		return e->code;
	if (same(now, before)) {
		enum code c = seed_get(s->db, s->a, "recorder-file", "default", &last, e);

		if (c && c != E_NOTFOUND)
			return c;
		if (now && same(last, wanted))
			return E_OK;
		return seed_one(s, k, "default", e)
			       ? e->code
			       : seed_put(s->db, "recorder-file", "default", wanted, e);
	}
	tell(EV_SETTING_KEPT, k, "default", NULL);
	return E_OK;
}

/* Nobody else sets it, so it is simply what the file says. */
static enum code seed_publication(struct seeding *s, struct err *e)
{
	const char *every = get(s, "publish", "", "every");
	int64_t every_ms = PUBLISH_EVERY_MS;

	if (every)
		(void)config_duration(str_of(every), &every_ms);
	return publication_put(s->db, get(s, "publish", "", "path"), every_ms, s->now_ms, e);
}

enum code seed_rows(struct db *db, const struct config *config, int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(16 << 20);
	struct seeding s = { db, config, now_ms, &a };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !e->code; i++) {
		if (kinds[i].remove)
			seed_kind(&s, &kinds[i], e);
		else
			seed_recorder(&s, &kinds[i], e);
	}
	if (!e->code)
		seed_publication(&s, e);
	arena_release(&a);
	return e->code ? err_add(e, "rows of the configuration file") : E_OK;
}
