/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sqlfn.h"

#include "base/sha256.h"
#include "base/str.h"
#include <sqlite3.h>

#define PURE (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)

static struct str text_of(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return (struct str){ p, p ? (size_t)sqlite3_value_bytes(v) : 0 };
}

/* Indices become [*]; brackets inside quoted names stay. */
static void jpath_norm(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct str s = text_of(v[0]);
	char small[256], *out = small;
	size_t k = 0;
	int quoted = 0;

	(void)n;
	if (!s.p)
		return;
	if (s.n > sizeof(small))
		out = sqlite3_malloc64(s.n);
	if (!out) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		if (quoted || s.p[i] < '0' || s.p[i] > '9' || !k || out[k - 1] != '[') {
			out[k++] = s.p[i];
			continue;
		}
		while (i + 1 < s.n && s.p[i + 1] != ']')
			i++;
		out[k++] = '*';
	}
	sqlite3_result_text64(ctx, out, k, SQLITE_TRANSIENT, SQLITE_UTF8);
	if (out != small)
		sqlite3_free(out);
}

static void sha256(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	unsigned char digest[SHA256_BYTES];
	struct str s = text_of(v[0]);

	(void)n;
	if (s.p && sha256_of(s, digest))
		sqlite3_result_blob(ctx, digest, sizeof(digest), SQLITE_TRANSIENT);
}

static void arn_name(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct str s = text_of(v[0]);
	size_t at = s.n;

	(void)n;
	while (at && s.p[at - 1] != '/' && s.p[at - 1] != ':')
		at--;
	if (s.p)
		sqlite3_result_text(ctx, s.p + at, (int)(s.n - at), SQLITE_TRANSIENT);
}

static void glob_any(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct str list = text_of(v[1]);
	const char *value = (const char *)sqlite3_value_text(v[0]);
	int hit = 0;

	(void)n;
	while (list.n && !hit) {
		size_t end = str_find(list, ',');
		char *one = sqlite3_mprintf("%.*s", (int)end, list.p);

		if (!one) {
			sqlite3_result_error_nomem(ctx);
			return;
		}
		hit = value && sqlite3_strglob(one, value) == 0;
		sqlite3_free(one);
		list = str_from(list, end + 1);
	}
	sqlite3_result_int(ctx, hit);
}

enum code sqlfn_register(struct sqlite3 *h, struct err *e)
{
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "jpath_norm", 1, jpath_norm },
		{ "sha256", 1, sha256 },
		{ "arn_name", 1, arn_name },
		{ "glob_any", 2, glob_any },
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (sqlite3_create_function(h, functions[i].name, functions[i].args, PURE, NULL,
			    functions[i].fn, NULL, NULL) != SQLITE_OK)
			return err_set(e, E_NOMEM, "could not register SQL function %s",
				functions[i].name);
	return E_OK;
}
