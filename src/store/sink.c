/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sink.h"

#include "db/stmt.h"
#include "store/predicate.h"
#include "json/read.h"

#define SETTINGS_MAX_BYTES (1 << 20)
#define NAME_MAX_BYTES     128

static bool is_url(struct str s)
{
	return str_starts(s, STR("https://")) || str_starts(s, STR("http://"));
}

/* "https://user:word@host/": a secret that would lie in the store. */
static bool has_user(struct str url)
{
	struct str host = str_from(url, str_find(url, ':') + 3);

	host.n = str_find(host, '/');
	return str_find(host, '@') < host.n;
}

static enum code check_target(const struct sink *s, struct err *e)
{
	const struct str target = str_of(s->target ? s->target : "");
	const char *want = NULL;

	if (strcmp(s->kind, "sns") == 0)
		want = str_starts(target, STR("arn:")) ? NULL : "the ARN of a topic";
	else if (strcmp(s->kind, "sqs") == 0)
		want = is_url(target) ? NULL : "the URL of a queue";
	else if (strcmp(s->kind, "webhook") == 0)
		want = is_url(target) ? NULL : "an http or https URL";
	else if (strcmp(s->kind, "eventbridge") == 0)
		want = target.n ? NULL : "the name or ARN of a bus";
	else if (strcmp(s->kind, "file") == 0)
		want = target.n ? NULL : "a path";
	else
		return err_set(e, E_INVALID,
			"a sink is of kind sns, sqs, eventbridge, webhook or file, not \"%s\"",
			s->kind);
	if (want)
		return err_set(e, E_INVALID, "where a sink of kind %s leads is %s, not \"%.*s\"",
			s->kind, want, STR_ARG(target));
	if (is_url(target) && has_user(target))
		return err_set(e, E_INVALID,
			"the URL of sink \"%s\" holds a user or password, which would be stored",
			s->name);
	return E_OK;
}

static bool known_setting(struct str name)
{
	static const char *const known[] = { "endpoint", "region", "profile", "role_arn", "account",
		"ca_bundle", "source", "secret_file", "secret_env", "oversized", "kms_key" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_is(name, known[i]))
			return true;
	return false;
}

static enum code check_settings(const struct sink *s, struct err *e)
{
	struct arena a = ARENA_INIT(SETTINGS_MAX_BYTES);
	struct json *v = NULL;
	enum code c = s->settings ? json_read(&a, str_of(s->settings), &v, e) : E_OK;

	if (!c && v && v->kind != JSON_OBJECT)
		c = err_set(e, E_INVALID, "the settings are no object");
	for (const struct json *k = v ? v->first : NULL; k && !c; k = k->next)
		if (!known_setting(k->key))
			c = err_set(e, E_INVALID, "there is no setting \"%.*s\"", STR_ARG(k->key));
		else if (k->kind != JSON_STRING)
			c = err_set(
				e, E_INVALID, "the setting \"%.*s\" is no text", STR_ARG(k->key));
	arena_release(&a);
	return c;
}

static enum code check(struct db *db, const struct sink *s, struct err *e)
{
	const size_t n = s->name ? strlen(s->name) : 0;
	enum code c;

	if (!n || n > NAME_MAX_BYTES || !s->kind)
		return err_set(
			e, E_INVALID, "a sink has a name of at most %d bytes", NAME_MAX_BYTES);
	c = check_target(s, e);
	if (!c)
		c = check_settings(s, e);
	return c || !s->predicate ? c : predicate_check(db, s->predicate, e);
}

enum code sink_set(struct db *db, const struct sink *sink, bool from_cursor, struct err *e)
{
	enum code c = check(db, sink, e);
	struct stmt st;

	if (c)
		return err_add(e, "sink \"%s\"", sink->name ? sink->name : "");
	st = stmt_begin(db, SQL_SINK_PUT);
	stmt_text(&st, sink_put__name, sink->name);
	stmt_text(&st, sink_put__kind, sink->kind);
	stmt_text(&st, sink_put__target, sink->target);
	stmt_text(&st, sink_put__predicate, sink->predicate);
	stmt_text(&st, sink_put__settings, sink->settings ? sink->settings : "{}");
	if (from_cursor)
		stmt_int(&st, sink_put__cursor, sink->cursor);
	return stmt_run(&st, e);
}

enum code sink_put(struct db *db, const struct sink *sink, bool from_cursor, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = sink_set(db, sink, from_cursor, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

/* NULL stays NULL. */
static const char *keep(struct arena *a, struct str s)
{
	return s.p ? arena_text(a, s) : NULL;
}

static void read_row(const struct stmt *st, struct arena *a, struct sink *out)
{
	*out = (struct sink){ .name = keep(a, stmt_col_str(st, sink_get_name)),
		.kind = keep(a, stmt_col_str(st, sink_get_kind)),
		.target = keep(a, stmt_col_str(st, sink_get_target)),
		.predicate = keep(a, stmt_col_str(st, sink_get_predicate)),
		.settings = keep(a, stmt_col_str(st, sink_get_settings)),
		.cursor = stmt_col_int(st, sink_get_cursor),
		.next_ms = stmt_col_int(st, sink_get_next_ms),
		.lease_ms = stmt_col_int(st, sink_get_lease_ms),
		.tries = stmt_col_int(st, sink_get_tries),
		.told_ms = stmt_col_int(st, sink_get_told_ms),
		.error_code = keep(a, stmt_col_str(st, sink_get_error_code)),
		.error = keep(a, stmt_col_str(st, sink_get_error)) };
}

enum code sink_get(
	struct db *db, struct arena *a, const char *name, struct sink *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_GET);
	enum code c;

	stmt_text(&st, sink_get__name, name);
	c = stmt_step(&st, e);
	if (!c)
		read_row(&st, a, out);
	stmt_end(&st);
	if (c == E_NOTFOUND && !e->code) {
		err_set(e, E_NOTFOUND, "there is no sink \"%s\"", name);
		return err_hint(e, "siltstone sink list shows them");
	}
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code sink_remove(struct db *db, const char *name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_REMOVE);
	enum code c;

	stmt_text(&st, sink_remove__name, name);
	c = stmt_run(&st, e);
	if (!c && !db_changes(db)) {
		err_set(e, E_NOTFOUND, "there is no sink \"%s\"", name);
		return err_hint(e, "siltstone sink list shows them");
	}
	return c;
}

enum code sink_walk(struct db *db, sink_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_WALK);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct arena a = ARENA_INIT(SETTINGS_MAX_BYTES);
		struct sink s;

		read_row(&st, &a, &s);
		c = arena_ok(&a) ? fn(ctx, &s, e) : err_nomem(e);
		arena_release(&a);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static enum code due(struct db *db, struct arena *a, int64_t now_ms, int64_t lease_ms,
	const char **name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_DUE);
	enum code c;

	stmt_int(&st, sink_due__now, now_ms);
	stmt_int(&st, sink_due__wait_max, 2 * SINK_WAIT_MAX_MS);
	stmt_int(&st, sink_due__lease, lease_ms);
	c = stmt_step(&st, e);
	if (!c)
		*name = arena_text(a, stmt_col_str(&st, sink_due_name));
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

static enum code lease(struct db *db, const char *name, int64_t lease_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_LEASE);

	stmt_text(&st, sink_lease__name, name);
	stmt_int(&st, sink_lease__lease, lease_ms);
	return stmt_run(&st, e);
}

enum code sink_claim(struct db *db, struct arena *a, int64_t now_ms, int64_t lease_ms,
	struct sink *out, struct err *e)
{
	const char *name = NULL;
	/* Asked without the write lock first: mostly there is nothing. */
	enum code c = due(db, a, now_ms, lease_ms, &name, e);

	if (c)
		return c;
	c = db_begin(db, e);
	if (c)
		return c;
	c = due(db, a, now_ms, lease_ms, &name, e);
	if (!c)
		c = lease(db, name, lease_ms, e);
	if (!c)
		c = sink_get(db, a, name, out, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

/* For the sink of a channel's topic: the status of that channel's notifications; for others, nothing. */
static enum code note_stream(struct db *db, const char *sink, int64_t now_ms,
	const char *error_code, const char *error, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_STREAM_STATUS);

	stmt_text(&st, sink_stream_status__sink, sink);
	stmt_text(&st, sink_stream_status__status, error_code ? "FAILURE" : "SUCCESS");
	stmt_int(&st, sink_stream_status__now, now_ms);
	stmt_text(&st, sink_stream_status__code, error_code);
	stmt_text(&st, sink_stream_status__error, error);
	return stmt_run(&st, e);
}

/* The end of a transaction in which @c came out. */
static enum code end(struct db *db, enum code c, struct err *e)
{
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

/* Run a statement that changes the row of whoever holds the lease. */
static enum code run_held(struct db *db, struct stmt *st, const struct sink *sink, struct err *e)
{
	enum code c = stmt_run(st, e);

	if (!c && !db_changes(db))
		c = err_set(
			e, E_CONFLICT, "sink \"%s\" was taken over by somebody else", sink->name);
	return c;
}

static enum code move_on(struct db *db, const struct sink *sink, int64_t event_id, int64_t now_ms,
	int64_t lease_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_PASSED);

	stmt_text(&st, sink_passed__name, sink->name);
	stmt_int(&st, sink_passed__event, event_id);
	stmt_int(&st, sink_passed__now, now_ms);
	stmt_int(&st, sink_passed__held, sink->lease_ms);
	stmt_int(&st, sink_passed__lease, lease_ms);
	return run_held(db, &st, sink, e);
}

enum code sink_passed(struct db *db, struct sink *sink, int64_t event_id, int64_t now_ms,
	int64_t lease_ms, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = move_on(db, sink, event_id, now_ms, lease_ms, e);
	if (!c)
		c = note_stream(db, sink->name, now_ms, NULL, NULL, e);
	c = end(db, c, e);
	if (c)
		return c;
	sink->lease_ms = lease_ms;
	sink->cursor = event_id;
	return E_OK;
}

enum code sink_told(
	struct db *db, const struct sink *sink, int64_t event_id, int64_t now_ms, struct err *e)
{
	struct stmt st;
	enum code c = db_begin(db, e);

	if (c)
		return c;
	st = stmt_begin(db, SQL_SINK_TOLD);
	stmt_text(&st, sink_told__name, sink->name);
	stmt_int(&st, sink_told__held, sink->lease_ms);
	stmt_int(&st, sink_told__event, event_id);
	stmt_int(&st, sink_told__now, now_ms);
	c = run_held(db, &st, sink, e);
	if (!c)
		c = note_stream(db, sink->name, now_ms, NULL, NULL, e);
	return end(db, c, e);
}

enum code sink_release(struct db *db, const struct sink *sink, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_RELEASE);

	stmt_text(&st, sink_release__name, sink->name);
	stmt_int(&st, sink_release__held, sink->lease_ms);
	return run_held(db, &st, sink, e);
}

enum code sink_free_leases(struct db *db, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_FREE_LEASES);

	return stmt_run(&st, e);
}

enum code sink_failed(struct db *db, const struct sink *sink, int64_t next_ms, int64_t now_ms,
	const char *error_code, const char *error, struct err *e)
{
	struct stmt st;
	enum code c = db_begin(db, e);

	if (c)
		return c;
	st = stmt_begin(db, SQL_SINK_FAILED);
	stmt_text(&st, sink_failed__name, sink->name);
	stmt_int(&st, sink_failed__held, sink->lease_ms);
	stmt_int(&st, sink_failed__next, next_ms);
	stmt_text(&st, sink_failed__code, error_code);
	stmt_text(&st, sink_failed__error, error);
	c = run_held(db, &st, sink, e);
	if (!c)
		c = note_stream(db, sink->name, now_ms, error_code, error, e);
	return end(db, c, e);
}

struct burial {
	const struct sink *sink;
	int64_t event_id, now_ms;
	const char *error_code, *error;
};

static enum code bury(struct db *db, const struct burial *b, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SINK_BURY);
	enum code c;

	stmt_text(&st, sink_bury__name, b->sink->name);
	stmt_int(&st, sink_bury__event, b->event_id);
	stmt_int(&st, sink_bury__now, b->now_ms);
	stmt_text(&st, sink_bury__code, b->error_code);
	stmt_text(&st, sink_bury__error, b->error);
	c = stmt_run(&st, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_SINK_PASS_BURIED);
	stmt_text(&st, sink_pass_buried__name, b->sink->name);
	stmt_int(&st, sink_pass_buried__held, b->sink->lease_ms);
	stmt_int(&st, sink_pass_buried__event, b->event_id);
	stmt_text(&st, sink_pass_buried__code, b->error_code);
	stmt_text(&st, sink_pass_buried__error, b->error);
	c = run_held(db, &st, b->sink, e);
	return c ? c : note_stream(db, b->sink->name, b->now_ms, b->error_code, b->error, e);
}

enum code sink_give_up(struct db *db, struct sink *sink, int64_t event_id, int64_t now_ms,
	const char *error_code, const char *error, struct err *e)
{
	const struct burial b = { sink, event_id, now_ms, error_code, error };
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = end(db, bury(db, &b, e), e);
	if (!c) {
		sink->cursor = event_id;
		sink->tries = 0;
	}
	return c;
}

static void read_dead(const struct stmt *st, struct arena *a, struct dead *out)
{
	*out = (struct dead){ .dead_id = stmt_col_int(st, dead_get_dead_id),
		.event_id = stmt_col_int(st, dead_get_event_id),
		.at_ms = stmt_col_int(st, dead_get_at_ms),
		.tries = stmt_col_int(st, dead_get_tries),
		.sink = keep(a, stmt_col_str(st, dead_get_sink)),
		.error_code = keep(a, stmt_col_str(st, dead_get_error_code)),
		.error = keep(a, stmt_col_str(st, dead_get_error)) };
}

enum code dead_walk(struct db *db, dead_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEAD_WALK);
	enum code c;

	stmt_int(&st, dead_walk__after, 0);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct arena a = ARENA_INIT(SETTINGS_MAX_BYTES);
		struct dead d;

		read_dead(&st, &a, &d);
		c = arena_ok(&a) ? fn(ctx, &d, e) : err_nomem(e);
		arena_release(&a);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code dead_get(struct db *db, struct arena *a, int64_t dead_id, struct dead *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEAD_GET);
	enum code c;

	stmt_int(&st, dead_get__id, dead_id);
	c = stmt_step(&st, e);
	if (!c)
		read_dead(&st, a, out);
	stmt_end(&st);
	if (c == E_NOTFOUND && !e->code) {
		err_set(e, E_NOTFOUND, "there is no dead letter %lld", (long long)dead_id);
		return err_hint(e, "siltstone outbox list shows them");
	}
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code dead_failed(struct db *db, int64_t dead_id, int64_t now_ms, const char *error_code,
	const char *error, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEAD_FAILED);

	stmt_int(&st, dead_failed__id, dead_id);
	stmt_int(&st, dead_failed__now, now_ms);
	stmt_text(&st, dead_failed__code, error_code);
	stmt_text(&st, dead_failed__error, error);
	return stmt_run(&st, e);
}

enum code dead_remove(struct db *db, int64_t dead_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEAD_REMOVE);

	stmt_int(&st, dead_remove__id, dead_id);
	return stmt_run(&st, e);
}
