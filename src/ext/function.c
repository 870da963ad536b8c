/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/time.h"
#include "ext/ext.h"
#include "json/config_diff.h"
#include "json/write.h"

SQLITE_EXTENSION_INIT3

/* They look at nothing but their arguments. */
#define PURE (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)

#define SECOND_MS  INT64_C(1000)
#define DAY_MS     (INT64_C(86400) * SECOND_MS)
/* Nobody means more than a thousand years; a sum of such cannot overflow. */
#define AGO_MAX_MS (INT64_C(365000) * DAY_MS)

/* The result is @v as text. */
static void give(sqlite3_context *ctx, const struct json *v, struct err *e)
{
	struct buf b = BUF_INIT(EXT_TEXT_BYTES);

	if (!e->code)
		json_write(&b, v);
	if (e->code)
		ext_fail(ctx, e);
	else if (!buf_ok(&b))
		sqlite3_result_error_nomem(ctx);
	else
		sqlite3_result_text64(ctx, b.p, b.n, SQLITE_TRANSIENT, SQLITE_UTF8);
	buf_release(&b);
}

static void canon(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct arena a = ARENA_INIT(EXT_ARENA_BYTES);
	struct json *tree;
	struct err e = { 0 };

	(void)n;
	if (ext_read(&a, v[0], "silt_canon", &tree, &e) || tree)
		give(ctx, tree, &e);
	arena_release(&a);
}

static bool both_null(sqlite3_value **v)
{
	return sqlite3_value_type(v[0]) == SQLITE_NULL && sqlite3_value_type(v[1]) == SQLITE_NULL;
}

static void diff(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct arena a = ARENA_INIT(EXT_ARENA_BYTES);
	struct json *rows = NULL;
	struct err e = { 0 };

	(void)n;
	if (both_null(v))
		return;
	if (ext_diff(&a, v, &rows, &e))
		err_add(&e, "silt_diff");
	give(ctx, rows, &e);
	arena_release(&a);
}

/* A document as the other ones of its kind are: an object of parts. */
static enum code read_document(
	struct arena *a, sqlite3_value *v, const char *what, struct json **out, struct err *e)
{
	if (ext_read(a, v, what, out, e))
		return e->code;
	if (*out && !json_is(json_get(*out, "configuration"), JSON_OBJECT))
		return err_set(e, E_INVALID,
			"%s has no configuration; silt_document() gives whole documents", what);
	return E_OK;
}

static void config(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct arena a = ARENA_INIT(EXT_ARENA_BYTES);
	struct json *before = NULL, *after = NULL, *out = NULL;
	struct err e = { 0 };

	(void)n;
	if (both_null(v))
		return;
	if (!read_document(&a, v[0], "the first document", &before, &e) &&
		!read_document(&a, v[1], "the second document", &after, &e)) {
		out = config_diff(&a, before, after);
		if (!out)
			err_nomem(&e);
	}
	if (e.code)
		err_add(&e, "silt_config_diff");
	give(ctx, out, &e);
	arena_release(&a);
}

static int64_t unit_ms(char c)
{
	switch (c) {
	case 's': return SECOND_MS;
	case 'm': return 60 * SECOND_MS;
	case 'h': return 3600 * SECOND_MS;
	case 'd': return DAY_MS;
	case 'w': return 7 * DAY_MS;
	case 'y': return 365 * DAY_MS;
	default: return 0;
	}
}

/* "3d", "1d12h" -> milliseconds; -1: neither. */
static int64_t span_ms(struct str s)
{
	int64_t total = 0;

	if (!s.n)
		return -1;
	while (s.n) {
		int64_t count = 0;
		size_t digits = 0;

		while (digits < s.n && digits < 12 && s.p[digits] >= '0' && s.p[digits] <= '9')
			count = count * 10 + (s.p[digits++] - '0');
		if (!digits || digits == s.n || !unit_ms(s.p[digits]) ||
			count > AGO_MAX_MS / unit_ms(s.p[digits]))
			return -1;
		total += count * unit_ms(s.p[digits]);
		s = str_from(s, digits + 1);
		if (total > AGO_MAX_MS)
			return -1;
	}
	return total;
}

static void ago(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct str s = ext_text(v[0]);
	int64_t ms;

	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	ms = s.p ? span_ms(str_trim(s)) : -1;
	if (ms < 0)
		sqlite3_result_error(
			ctx, "silt_ago: a time is written 90s, 45m, 2h, 3d, 2w or 1d12h", -1);
	else
		sqlite3_result_int64(ctx, (time_now_ms() - ms) / SECOND_MS);
}

int ext_add_functions(sqlite3 *db)
{
	static const struct {
		const char *name;
		int args, flags;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "silt_canon", 1, PURE, canon },
		{ "silt_diff", 2, PURE, diff },
		{ "silt_config_diff", 2, PURE, config },
		/* It is another time at each call. */
		{ "silt_ago", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, ago },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function_v2(db, functions[i].name, functions[i].args,
			functions[i].flags, NULL, functions[i].fn, NULL, NULL, NULL);
	return rc;
}
