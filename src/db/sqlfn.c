/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sqlfn.h"

#include "base/netstring.h"
#include "base/sha256.h"
#include "base/uuid.h"
#include <sqlite3.h>
#include <sys/random.h>

#define CHANCE (SQLITE_UTF8 | SQLITE_INNOCUOUS)
#define PURE   (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)

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

static void random_id(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char pool[256];
	char id[64];
	int want = sqlite3_value_int(v[0]), have = 0;

	(void)n;
	if (want < 1 || want > (int)sizeof(id)) {
		sqlite3_result_error(ctx, "random_id() is for 1 to 64 characters", -1);
		return;
	}
	while (have < want) {
		/* Up to 256 bytes come whole or not at all (getrandom(2)). */
		if (getrandom(pool, sizeof(pool), 0) != (ssize_t)sizeof(pool)) {
			sqlite3_result_error(ctx, "no random numbers are to be had", -1);
			return;
		}
		/* 252 = 7 * 36: each is as likely as the others. */
		for (size_t i = 0; i < sizeof(pool) && have < want; i++)
			if (pool[i] < 252)
				id[have++] = letters[pool[i] % 36];
	}
	sqlite3_result_text(ctx, id, want, SQLITE_TRANSIENT);
}

static void uuid(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	char text[UUID_BYTES];

	(void)n;
	(void)v;
	if (uuid_make(text))
		sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
	else
		sqlite3_result_error(ctx, "no random numbers are to be had", -1);
}

static void config_arn(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct str region = text_of(v[0]), account = text_of(v[1]), rest = text_of(v[2]);
	const char *partition = str_starts(region, STR("cn-"))       ? "aws-cn"
				: str_starts(region, STR("us-gov-")) ? "aws-us-gov"
								     : "aws";
	char *text;

	(void)n;
	if (!region.p || !account.p || !rest.p)
		return;
	text = sqlite3_mprintf("arn:%s:config:%.*s:%.*s:%.*s", partition, STR_ARG(region),
		STR_ARG(account), STR_ARG(rest));
	if (text)
		sqlite3_result_text(ctx, text, -1, sqlite3_free);
	else
		sqlite3_result_error_nomem(ctx);
}

enum code sqlfn_register(struct sqlite3 *h, struct err *e)
{
	static const struct {
		const char *name;
		int args, flags;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "arn_name", 1, PURE, arn_name },
		{ "glob_any", 2, PURE, glob_any },
		{ "sha256", 1, PURE, sha256 },
		{ "netstrings", -1, PURE, netstrings },
		{ "config_arn", 3, PURE, config_arn },
		{ "random_id", 1, CHANCE, random_id },
		{ "uuid", 0, CHANCE, uuid },
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (sqlite3_create_function(h, functions[i].name, functions[i].args,
			    functions[i].flags, NULL, functions[i].fn, NULL, NULL) != SQLITE_OK)
			return err_set(e, E_NOMEM, "could not register SQL function %s",
				functions[i].name);
	return E_OK;
}
