/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recorder.h"

#include "base/config.h"
#include "db/stmt.h"

#define NAME_MAX_BYTES 256
#define EVERY_MIN_MS   1000
#define OWN_MAX_MS     (INT64_C(31) * 86400000)

static const char *text_of(struct arena *a, const struct stmt *st, int col)
{
	return stmt_is_null(st, col) ? NULL : arena_text(a, stmt_col_str(st, col));
}

enum code recorder_get(struct db *db, struct arena *a, struct recorder *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RECORDER_GET);
	enum code c = stmt_step(&st, e);

	if (!c)
		*out = (struct recorder){
			.name = text_of(a, &st, recorder_get_name),
			.role_arn = text_of(a, &st, recorder_get_role_arn),
			.excluding = stmt_col_int(&st, recorder_get_excluding) != 0,
			.no_globals = stmt_col_int(&st, recorder_get_no_globals) != 0,
			.daily = stmt_col_int(&st, recorder_get_daily) != 0,
			.types = text_of(a, &st, recorder_get_types),
			.overrides = text_of(a, &st, recorder_get_overrides),
			.tags = text_of(a, &st, recorder_get_tags),
			.every_ms = stmt_col_int(&st, recorder_get_every_ms),
			.recording = stmt_col_int(&st, recorder_get_recording) != 0,
			.started_ms = stmt_col_int(&st, recorder_get_started_ms),
			.stopped_ms = stmt_col_int(&st, recorder_get_stopped_ms),
			.status_ms = stmt_col_int(&st, recorder_get_status_ms),
			.next_ms = stmt_col_int(&st, recorder_get_next_ms),
			.own_ms = stmt_col_int(&st, recorder_get_own_ms),
			.status = text_of(a, &st, recorder_get_status),
			.error_code = text_of(a, &st, recorder_get_error_code),
			.error = text_of(a, &st, recorder_get_error),
		};
	stmt_end(&st);
	if (c == E_NOTFOUND) {
		err_set(e, E_NOTFOUND, "there is no recorder");
		return err_hint(e, "siltstone recorder set");
	}
	return c || arena_ok(a) ? c : err_nomem(e);
}

static bool is_role(struct str arn)
{
	size_t at = str_find(arn, '/');

	return str_starts(arn, STR("arn:aws")) && at < arn.n && at >= 5 &&
	       memcmp(arn.p + at - 5, ":role", 5) == 0;
}

/* The words of AWS Config, spec section 5.4. */
static enum code check(const struct recorder *r, struct err *e)
{
	struct str name = str_of(r->name);
	size_t blanks = name.n ? strspn(name.p, " \t") : 0;

	if (blanks == name.n)
		return err_set(e, E_INVALID,
			"The configuration recorder name '' is not valid, blank string.");
	if (name.n > NAME_MAX_BYTES)
		return err_set(e, E_INVALID,
			"1 validation error detected: Value '%.*s' at 'configurationRecorder.name' "
			"failed to satisfy constraint: Member must have length less than or equal "
			"to 256",
			STR_ARG(name));
	if (r->role_arn && !is_role(str_of(r->role_arn)))
		return err_set(e, E_INVALID, "The role arn passed is not valid.");
	if (r->types && !*r->types)
		return err_set(e, E_INVALID, "the recorder records no type at all");
	if (r->every_ms < EVERY_MIN_MS)
		return err_set(e, E_INVALID, "the recorder looks every second at most");
	return E_OK;
}

/* There is one: its name cannot change. */
static enum code refuse_second(struct db *db, const char *name, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct recorder was = { 0 };
	struct err none = { 0 };
	enum code c = recorder_get(db, &a, &was, &none);

	if (c == E_OK && !str_is(str_of(name), was.name))
		err_set(e, E_INVALID,
			"Failed to put configuration recorder '%s' because the maximum number of "
			"configuration recorders: 1 is reached.",
			name);
	else if (c && c != E_NOTFOUND)
		*e = none;
	arena_release(&a);
	return e->code;
}

/* The next part of a list and what is behind it; blanks around it do not count. */
static bool next_part(struct str *rest, char between, struct str *part)
{
	while (rest->n) {
		*part = (struct str){ rest->p, str_find(*rest, between) };
		*rest = str_from(*rest, part->n + 1);
		while (part->n && (*part->p == ' ' || *part->p == '\r'))
			*part = str_from(*part, 1);
		while (part->n && (part->p[part->n - 1] == ' ' || part->p[part->n - 1] == '\r'))
			part->n--;
		if (part->n)
			return true;
	}
	return false;
}

static enum code clear(struct db *db, const char *name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RECORDER_CLEAR_TYPES);

	stmt_text(&st, recorder_clear_types__name, name);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_RECORDER_CLEAR_OVERRIDES);
	stmt_text(&st, recorder_clear_overrides__name, name);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_RECORDER_CLEAR_TAGS);
	stmt_text(&st, recorder_clear_tags__name, name);
	return stmt_run(&st, e);
}

static enum code add_types(struct db *db, const struct recorder *r, struct err *e)
{
	struct str rest = str_of(r->types), part;

	for (int64_t ord = 0; !e->code && next_part(&rest, ',', &part); ord++) {
		struct stmt st = stmt_begin(db, SQL_RECORDER_ADD_TYPE);

		stmt_text(&st, recorder_add_type__name, r->name);
		stmt_str(&st, recorder_add_type__type, part);
		stmt_int(&st, recorder_add_type__ord, ord);
		stmt_run(&st, e);
	}
	return e->code;
}

static enum code add_override(
	struct db *db, const struct recorder *r, struct str part, int64_t ord, struct err *e)
{
	size_t at = str_find(part, '=');
	struct str type = { part.p, at }, often = str_from(part, at + 1);
	int64_t every_ms = 0;
	bool named = str_is(often, "DAILY") || str_is(often, "CONTINUOUS");
	struct stmt st;

	if (!type.n || (!named && (!config_duration(often, &every_ms) || every_ms > OWN_MAX_MS)))
		return err_set(e, E_INVALID,
			"how often a type is looked at is TYPE=DAILY, TYPE=CONTINUOUS or TYPE=10m, not \"%.*s\"",
			STR_ARG(part));
	st = stmt_begin(db, SQL_RECORDER_ADD_OVERRIDE);
	stmt_text(&st, recorder_add_override__name, r->name);
	stmt_str(&st, recorder_add_override__type, type);
	stmt_int(&st, recorder_add_override__ord, ord);
	if (named)
		stmt_str(&st, recorder_add_override__frequency, often);
	else
		stmt_int(&st, recorder_add_override__every, every_ms);
	return stmt_run(&st, e);
}

static enum code add_overrides(struct db *db, const struct recorder *r, struct err *e)
{
	struct str rest = str_of(r->overrides), part;

	for (int64_t ord = 0; !e->code && next_part(&rest, ',', &part); ord++)
		add_override(db, r, part, ord, e);
	return e->code;
}

static enum code add_tags(struct db *db, const struct recorder *r, struct err *e)
{
	struct str rest = str_of(r->tags), part;

	while (!e->code && next_part(&rest, '\n', &part)) {
		const bool exclude = *part.p == '!';
		struct str said = exclude ? str_from(part, 1) : part;
		size_t at = str_find(said, '=');
		struct stmt st;

		if (!at)
			return err_set(e, E_INVALID, "a tag is KEY or KEY=VALUE, not \"%.*s\"",
				STR_ARG(part));
		st = stmt_begin(db, SQL_RECORDER_ADD_TAG);
		stmt_text(&st, recorder_add_tag__name, r->name);
		stmt_str(&st, recorder_add_tag__key, (struct str){ said.p, at });
		stmt_str(&st, recorder_add_tag__value,
			at < said.n ? str_from(said, at + 1) : STR_NONE);
		stmt_int(&st, recorder_add_tag__exclude, exclude);
		stmt_run(&st, e);
	}
	return e->code;
}

static enum code put(struct db *db, const struct recorder *r, struct err *e)
{
	struct stmt st;

	if (refuse_second(db, r->name, e))
		return e->code;
	st = stmt_begin(db, SQL_RECORDER_PUT);
	stmt_text(&st, recorder_put__name, r->name);
	stmt_text(&st, recorder_put__role_arn, r->role_arn);
	stmt_int(&st, recorder_put__types, r->types != NULL);
	stmt_int(&st, recorder_put__excluding, r->excluding);
	stmt_int(&st, recorder_put__globals, !r->no_globals);
	stmt_int(&st, recorder_put__daily, r->daily);
	stmt_int(&st, recorder_put__every, r->every_ms);
	if (stmt_run(&st, e) || clear(db, r->name, e) || add_types(db, r, e) ||
		add_overrides(db, r, e))
		return e->code;
	return add_tags(db, r, e);
}

enum code recorder_put(struct db *db, const struct recorder *r, struct err *e)
{
	if (check(r, e) || db_begin(db, e))
		return e->code;
	if (put(db, r, e) == E_OK)
		return db_commit(db, e);
	db_rollback(db);
	return e->code;
}

static enum code turn(struct db *db, bool recording, int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct recorder was = { 0 };
	struct stmt st;

	recorder_get(db, &a, &was, e);
	arena_release(&a);
	if (e->code)
		return e->code;
	st = stmt_begin(db, recording ? SQL_RECORDER_START : SQL_RECORDER_STOP);
	stmt_int(&st, recording ? recorder_start__now : recorder_stop__now, now_ms);
	return stmt_run(&st, e);
}

enum code recorder_switch(struct db *db, bool recording, int64_t now_ms, struct err *e)
{
	if (db_begin(db, e))
		return e->code;
	if (turn(db, recording, now_ms, e) == E_OK)
		return db_commit(db, e);
	db_rollback(db);
	return e->code;
}

enum code recorder_swept(struct db *db, int64_t started_ms, int64_t now_ms, const char *error_code,
	const char *error, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RECORDER_SWEPT);

	stmt_int(&st, recorder_swept__started, started_ms);
	stmt_int(&st, recorder_swept__now, now_ms);
	stmt_text(&st, recorder_swept__error_code, error_code);
	stmt_text(&st, recorder_swept__error, error);
	return stmt_run(&st, e);
}

enum code recorder_owes(struct db *db, int64_t own_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RECORDER_OWES);

	stmt_int(&st, recorder_owes__own, own_ms);
	return stmt_run(&st, e);
}
