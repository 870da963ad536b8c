/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access_key.h"

#include "base/must.h"
#include "db/stmt.h"
#include <openssl/crypto.h>
#include <stdio.h>

#define SECRET_MIN  16
#define SECRET_MADE 40
#define NOTE_MAX    200
#define BOND_BYTES  2048
#define LETTERS     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char *const roles[] = { "read-only", "operator", "admin" };
static const char *const kinds[] = { "aws", "token" };

const char *access_role_name(enum access_role role)
{
	return roles[role];
}

bool access_role_parse(struct str text, enum access_role *out)
{
	for (int i = 0; i < 3; i++)
		if (str_is(text, roles[i])) {
			*out = (enum access_role)i;
			return true;
		}
	return false;
}

/* What a secret is bound to. */
static struct str bond(const struct access_key *key, char out[BOND_BYTES])
{
	int n = snprintf(out, BOND_BYTES, "%s\n%s\n%s\n%s\n%s\n%s\n%lld", key->key_id,
		kinds[key->kind], key->account, roles[key->role], key->allow, key->deny,
		(long long)key->expires_ms);

	return (struct str){ out, n > 0 && n < BOND_BYTES ? (size_t)n : 0 };
}

/* @n letters of @alphabet, whose length is a power of two that divides 256. */
static enum code pick(const char *alphabet, size_t letters, char *out, size_t n, struct err *e)
{
	unsigned char raw[64];

	if (n > sizeof(raw) || !random_bytes(raw, n))
		return err_set(e, E_IO, "the system gives no random bytes");
	for (size_t i = 0; i < n; i++)
		out[i] = alphabet[raw[i] % letters];
	out[n] = '\0';
	explicit_bzero(raw, sizeof(raw));
	return E_OK;
}

static enum code make_id(struct access_key *key, struct arena *a, struct err *e)
{
	char id[ACCESS_KEY_ID_BYTES] = "SILT";

	if (pick("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32, id + 4, 16, e))
		return e->code;
	key->key_id = arena_text(a, str_of(id));
	return arena_ok(a) ? E_OK : err_nomem(e);
}

/* A token says which one it is, so that one hash is computed and not one for each that there is. */
static enum code make_secret(
	const struct access_key *key, char secret[ACCESS_SECRET_BYTES], struct err *e)
{
	char made[SECRET_MADE + 1];

	/* '+' and '/' as in AWS's secrets; a token has to pass through anything. */
	if (pick(key->kind == ACCESS_TOKEN ? LETTERS "-." : LETTERS "+/", 64, made, SECRET_MADE, e))
		return e->code;
	if (key->kind == ACCESS_TOKEN)
		snprintf(secret, ACCESS_SECRET_BYTES, "%s_%s", key->key_id, made);
	else
		snprintf(secret, ACCESS_SECRET_BYTES, "%s", made);
	explicit_bzero(made, sizeof(made));
	return E_OK;
}

static enum code check_secret(const struct access_key *key, const char *secret, struct err *e)
{
	size_t n = strlen(secret);

	if (key->kind == ACCESS_TOKEN)
		return err_set(e, E_INVALID, "a token is made here, not given");
	for (size_t i = 0; i < n; i++)
		if (secret[i] <= ' ' || secret[i] > '~')
			return err_set(
				e, E_INVALID, "a secret has only printable ASCII without blanks");
	if (n < SECRET_MIN)
		return err_set(e, E_INVALID, "a secret has at least %d characters", SECRET_MIN);
	return E_OK;
}

static bool word(const char *s, size_t min, size_t max)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'A' && s[i] <= 'Z') && !(s[i] >= 'a' && s[i] <= 'z') &&
			!(s[i] >= '0' && s[i] <= '9'))
			return false;
	return n >= min && n <= max;
}

static bool is_list(const char *s)
{
	for (size_t i = 0; s[i]; i++)
		if (!(s[i] >= 'A' && s[i] <= 'Z') && !(s[i] >= 'a' && s[i] <= 'z') &&
			!(s[i] >= '0' && s[i] <= '9') && !strchr("*?,", s[i]))
			return false;
	return strlen(s) < ACCESS_LIST_BYTES;
}

static enum code check(const struct access_key *key, struct err *e)
{
	must(key->key_id);
	if (!word(key->key_id, 4, ACCESS_KEY_ID_BYTES - 1))
		return err_set(e, E_INVALID, "a key id has 4 to %d letters and digits, not \"%s\"",
			ACCESS_KEY_ID_BYTES - 1, key->key_id);
	if (strlen(key->account) != 12 || strspn(key->account, "0123456789") != 12)
		return err_set(e, E_INVALID, "an account has 12 digits, not \"%s\"", key->account);
	if (!is_list(key->allow) || !is_list(key->deny))
		return err_set(e, E_INVALID,
			"operations are globs with commas between them, such as Describe*,Get*");
	if (strlen(key->note) > NOTE_MAX)
		return err_set(e, E_INVALID, "a note has at most %d bytes", NOTE_MAX);
	return E_OK;
}

/* What is kept of the secret. */
static enum code seal(const struct seal_box *box, const struct access_key *key, const char *secret,
	struct buf *out, struct err *e)
{
	unsigned char hash[SHA256_BYTES];
	char text[BOND_BYTES];
	struct str to = bond(key, text);

	if (key->kind == ACCESS_AWS)
		return seal_box_seal(box, str_of(secret), to, out, e);
	if (!seal_box_hash(box, str_of(secret), to, hash))
		return err_set(e, E_IO, "libcrypto could not hash a token");
	buf_add(out, hash, sizeof(hash));
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static enum code insert(
	struct db *db, const struct access_key *key, const struct buf *sealed, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ACCESS_KEY_ADD);

	stmt_text(&st, access_key_add__key_id, key->key_id);
	stmt_text(&st, access_key_add__kind, kinds[key->kind]);
	stmt_text(&st, access_key_add__account, key->account);
	stmt_text(&st, access_key_add__role, roles[key->role]);
	stmt_text(&st, access_key_add__allow, key->allow);
	stmt_text(&st, access_key_add__deny, key->deny);
	stmt_blob(&st, access_key_add__sealed, sealed->p, sealed->n);
	if (key->expires_ms)
		stmt_int(&st, access_key_add__expires, key->expires_ms);
	stmt_int(&st, access_key_add__now, key->made_ms);
	stmt_text(&st, access_key_add__note, key->note);
	if (stmt_run(&st, e))
		return e->code;
	return db_changes(db) ? E_OK
			      : err_set(e, E_CONFLICT, "there is an access key \"%s\" already",
					key->key_id);
}

static enum code finish(struct db *db, enum code c, struct err *e)
{
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code access_key_add(struct db *db, const struct seal_box *box, struct access_key *key,
	char secret[ACCESS_SECRET_BYTES], struct arena *a, struct err *e)
{
	struct buf sealed = BUF_INIT(4096);
	enum code c = key->key_id ? E_OK : make_id(key, a, e);

	if (!c)
		c = check(key, e);
	if (!c)
		c = secret[0] ? check_secret(key, secret, e) : make_secret(key, secret, e);
	if (!c)
		c = seal(box, key, secret, &sealed, e);
	if (!c)
		c = db_begin(db, e);
	if (!c)
		c = finish(db, insert(db, key, &sealed, e), e);
	buf_release(&sealed);
	return c;
}

static enum code replace_secret(struct db *db, const struct seal_box *box, const char *key_id,
	char secret[ACCESS_SECRET_BYTES], int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct buf sealed = BUF_INIT(4096);
	struct access_key key = { .key_id = key_id };
	struct stmt st;
	enum code c = access_key_get(db, &a, key_id, &key, e);

	if (!c)
		c = secret[0] ? check_secret(&key, secret, e) : make_secret(&key, secret, e);
	if (!c)
		c = seal(box, &key, secret, &sealed, e);
	if (!c) {
		st = stmt_begin(db, SQL_ACCESS_KEY_RESEAL);
		stmt_text(&st, access_key_reseal__key_id, key_id);
		stmt_blob(&st, access_key_reseal__sealed, sealed.p, sealed.n);
		stmt_int(&st, access_key_reseal__now, now_ms);
		c = stmt_run(&st, e);
	}
	buf_release(&sealed);
	arena_release(&a);
	return c;
}

enum code access_key_rotate(struct db *db, const struct seal_box *box, const char *key_id,
	char secret[ACCESS_SECRET_BYTES], int64_t now_ms, struct err *e)
{
	enum code c = db_begin(db, e);

	return c ? c : finish(db, replace_secret(db, box, key_id, secret, now_ms, e), e);
}

static enum code unknown(const char *key_id, struct err *e)
{
	err_set(e, E_NOTFOUND, "there is no access key \"%s\"", key_id);
	return err_hint(e, "siltstone access list shows those there are");
}

enum code access_key_enable(struct db *db, const char *key_id, bool enabled, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ACCESS_KEY_ENABLE);

	stmt_text(&st, access_key_enable__key_id, key_id);
	stmt_int(&st, access_key_enable__enabled, enabled);
	if (stmt_run(&st, e))
		return e->code;
	return db_changes(db) ? E_OK : unknown(key_id, e);
}

enum code access_key_remove(struct db *db, const char *key_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ACCESS_KEY_REMOVE);

	stmt_text(&st, access_key_remove__key_id, key_id);
	if (stmt_run(&st, e))
		return e->code;
	return db_changes(db) ? E_OK : unknown(key_id, e);
}

static enum code read_row(
	const struct stmt *st, struct arena *a, struct access_key *out, struct err *e)
{
	*out = (struct access_key){ .key_id =
					    arena_text(a, stmt_col_str(st, access_key_get_key_id)),
		.kind = str_is(stmt_col_str(st, access_key_get_kind), "token") ? ACCESS_TOKEN
									       : ACCESS_AWS,
		.account = arena_text(a, stmt_col_str(st, access_key_get_account)),
		.allow = arena_text(a, stmt_col_str(st, access_key_get_allow)),
		.deny = arena_text(a, stmt_col_str(st, access_key_get_deny)),
		.sealed = arena_str(a, stmt_col_blob(st, access_key_get_sealed)),
		.enabled = stmt_col_int(st, access_key_get_enabled) != 0,
		.expires_ms = stmt_col_int(st, access_key_get_expires_ms),
		.made_ms = stmt_col_int(st, access_key_get_made_ms),
		.changed_ms = stmt_col_int(st, access_key_get_changed_ms),
		.used_ms = stmt_col_int(st, access_key_get_used_ms),
		.note = arena_text(a, stmt_col_str(st, access_key_get_note)) };
	if (!access_role_parse(stmt_col_str(st, access_key_get_role), &out->role))
		return err_set(e, E_CORRUPT, "access key \"%s\" has no role", out->key_id);
	return arena_ok(a) ? E_OK : err_nomem(e);
}

enum code access_key_get(
	struct db *db, struct arena *a, const char *key_id, struct access_key *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ACCESS_KEY_GET);
	enum code c;

	stmt_text(&st, access_key_get__key_id, key_id);
	c = stmt_step(&st, e);
	if (!c)
		c = read_row(&st, a, out, e);
	stmt_end(&st);
	return c == E_NOTFOUND ? unknown(key_id, e) : c;
}

_Static_assert((int)access_key_walk_note == (int)access_key_get_note, "both select the same");

enum code access_key_walk(struct db *db, access_key_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ACCESS_KEY_WALK);
	struct access_key key;
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct arena a = ARENA_INIT(1 << 16);

		c = read_row(&st, &a, &key, e);
		if (!c)
			c = fn(ctx, &key, e);
		arena_release(&a);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code access_key_secret(const struct seal_box *box, const struct access_key *key,
	char secret[ACCESS_SECRET_BYTES], struct err *e)
{
	struct buf out = BUF_INIT(ACCESS_SECRET_BYTES - 1);
	char text[BOND_BYTES];
	enum code c = seal_box_open(box, key->sealed, bond(key, text), &out, e);

	if (!c)
		memcpy(secret, out.p, out.n + 1);
	explicit_bzero(out.p, out.n);
	buf_release(&out);
	return c ? err_add(e, "access key \"%s\"", key->key_id) : E_OK;
}

bool access_key_is_token(
	const struct seal_box *box, const struct access_key *key, struct str secret)
{
	unsigned char hash[SHA256_BYTES];
	char text[BOND_BYTES];

	return key->kind == ACCESS_TOKEN && key->sealed.n == sizeof(hash) &&
	       seal_box_hash(box, secret, bond(key, text), hash) &&
	       CRYPTO_memcmp(hash, key->sealed.p, sizeof(hash)) == 0;
}

static enum code note_uses(struct db *db, const struct access_use *uses, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct stmt st = stmt_begin(db, SQL_ACCESS_KEY_USED);

		stmt_text(&st, access_key_used__key_id, uses[i].key_id);
		stmt_int(&st, access_key_used__used, uses[i].used_ms);
		if (stmt_run(&st, e))
			return e->code;
	}
	return E_OK;
}

enum code access_key_used(struct db *db, const struct access_use *uses, size_t n, struct err *e)
{
	enum code c = n ? db_begin(db, e) : E_OK;

	return c || !n ? c : finish(db, note_uses(db, uses, n, e), e);
}
