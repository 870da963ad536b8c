/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/seal_box.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Access keys: who may ask, a row each (schema/50-access.sql)
 * ==========================================================
 *
 * A key of kind 'aws' signs requests as AWS's SDKs do; its secret is kept sealed (base/seal_box.h) under the key
 * of a file that is not in the store, bound to the key's id, account, role, lists and expiry: a row that was altered or
 * copied is not believed, but that it is disabled. Of a 'token' only a keyed hash is kept, bound likewise.
 */
#define ACCESS_KEY_ID_BYTES 33
#define ACCESS_SECRET_BYTES 129
#define ACCESS_LIST_BYTES   512

enum access_role { ACCESS_READ_ONLY, ACCESS_OPERATOR, ACCESS_ADMIN };
/** "read-only", "operator", "admin" */
const char *access_role_name(enum access_role role);
bool access_role_parse(struct str text, enum access_role *out);

enum access_kind { ACCESS_AWS, ACCESS_TOKEN };

struct access_key {
	const char *key_id;
	enum access_kind kind;
	const char *account; /* 12 digits: whose AWS Config it asks */
	enum access_role role;
	const char *allow, *deny; /* globs of operations with commas between them; "" */
	struct str sealed;        /* the secret, sealed; or a token's keyed hash */
	bool enabled;
	int64_t expires_ms; /* 0: never */
	int64_t made_ms;
	int64_t changed_ms; /* when it got its secret */
	int64_t used_ms;    /* to the hour or so; 0: not yet */
	const char *note;
};

/** Make a key. *@key says account, role, kind, allow, deny, expires_ms, made_ms and note; key_id too when it is not to be
 * chosen. @secret: the one to keep, or "" to have one made, which is told there once. E_INVALID, E_CONFLICT. A transaction. */
enum code access_key_add(struct db *db, const struct seal_box *box, struct access_key *key,
	char secret[ACCESS_SECRET_BYTES], struct arena *a, struct err *e);
/** Another secret for the same key. E_NOTFOUND. */
enum code access_key_rotate(struct db *db, const struct seal_box *box, const char *key_id,
	char secret[ACCESS_SECRET_BYTES], int64_t now_ms, struct err *e);
/** E_NOTFOUND. */
enum code access_key_enable(struct db *db, const char *key_id, bool enabled, struct err *e);
enum code access_key_remove(struct db *db, const char *key_id, struct err *e);
enum code access_key_get(
	struct db *db, struct arena *a, const char *key_id, struct access_key *out, struct err *e);
typedef enum code access_key_fn(void *ctx, const struct access_key *key, struct err *e);
enum code access_key_walk(struct db *db, access_key_fn *fn, void *ctx, struct err *e);

/** The secret of an 'aws' key. E_CORRUPT: the row is not what was sealed, or the file holds another key. */
enum code access_key_secret(const struct seal_box *box, const struct access_key *key,
	char secret[ACCESS_SECRET_BYTES], struct err *e);
/** Whether @secret is that of the token @key; takes as long whatever differs. */
bool access_key_is_token(
	const struct seal_box *box, const struct access_key *key, struct str secret);

struct access_use {
	char key_id[ACCESS_KEY_ID_BYTES];
	int64_t used_ms;
};
/** Note when keys were last used. A transaction. */
enum code access_key_used(struct db *db, const struct access_use *uses, size_t n, struct err *e);
