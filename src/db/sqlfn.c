/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sqlfn.h"

#include "base/netstring.h"
#include "base/sha256.h"
#include <sqlite3.h>

#define PURE (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)

static struct str text_of(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return (struct str){ p, p ? (size_t)sqlite3_value_bytes(v) : 0 };
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

static void sha256(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	unsigned char digest[SHA256_BYTES];

	(void)n;
	if (sha256_of(text_of(v[0]), digest))
		sqlite3_result_blob(ctx, digest, SHA256_BYTES, SQLITE_TRANSIENT);
	else
		sqlite3_result_error_nomem(ctx);
}

static void netstrings(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct buf b = BUF_INIT((size_t)256 << 20);

	for (int i = 0; i < n; i++)
		netstring_add(&b, text_of(v[i]));
	if (buf_ok(&b))
		sqlite3_result_text64(ctx, b.p, b.n, SQLITE_TRANSIENT, SQLITE_UTF8);
	else
		sqlite3_result_error_nomem(ctx);
	buf_release(&b);
}

enum code sqlfn_register(struct sqlite3 *h, struct err *e)
{
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "arn_name", 1, arn_name },
		{ "glob_any", 2, glob_any },
		{ "sha256", 1, sha256 },
		{ "netstrings", -1, netstrings },
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (sqlite3_create_function(h, functions[i].name, functions[i].args, PURE, NULL,
			    functions[i].fn, NULL, NULL) != SQLITE_OK)
			return err_set(e, E_NOMEM, "could not register SQL function %s",
				functions[i].name);
	return E_OK;
}
