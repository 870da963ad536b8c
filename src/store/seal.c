/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seal.h"

#include "base/netstring.h"
#include "base/sign_key.h"
#include "db/stmt.h"

/* Names and ids are a few KB at most; extra holds what one item said besides. */
#define SPELLED_BYTES ((size_t)256 << 20)

static struct str missing_if_empty(struct str s)
{
	return s.n ? s : STR_NONE;
}

static void add_number(struct buf *b, bool there, int64_t v)
{
	if (there)
		netstring_int(b, v);
	else
		netstring_add(b, STR_NONE);
}

static bool digest_of(struct buf *b, unsigned char out[SHA256_BYTES])
{
	bool ok = buf_ok(b) && sha256_of(buf_slice(b), out);

	buf_release(b);
	return ok;
}

bool seal_item_digest(const struct seal_item *item, unsigned char out[SHA256_BYTES])
{
	struct buf b = BUF_INIT(SPELLED_BYTES);

	netstring_add(&b, STR("siltstone-item-1"));
	netstring_add(&b, item->account);
	netstring_add(&b, item->region);
	netstring_add(&b, item->type);
	netstring_add(&b, item->id);
	netstring_int(&b, item->captured_ms);
	add_number(&b, item->has_state, item->state_id);
	netstring_add(&b, item->status);
	netstring_hex(&b, item->document, SHA256_BYTES);
	netstring_int(&b, item->recorded_ms);
	netstring_add(&b, item->az);
	add_number(&b, item->has_created, item->created_ms);
	netstring_add(&b, missing_if_empty(item->name));
	netstring_add(&b, missing_if_empty(item->arn));
	netstring_add(&b, item->actor);
	add_number(&b, item->source_id != 0, item->source_id);
	netstring_add(&b, item->extra);
	return digest_of(&b, out);
}

bool seal_digest(const struct seal *seal, unsigned char out[SHA256_BYTES])
{
	struct buf b = BUF_INIT(1 << 12);

	netstring_add(&b, STR("siltstone-seal-1"));
	netstring_int(&b, seal->seal_id);
	netstring_int(&b, seal->first_item);
	netstring_int(&b, seal->last_item);
	netstring_int(&b, seal->n);
	netstring_int(&b, seal->sealed_ms);
	netstring_hex(&b, seal->items, SHA256_BYTES);
	netstring_hex(&b, seal->previous, SHA256_BYTES);
	return digest_of(&b, out);
}

bool seal_text(struct buf *out, const unsigned char digest[SHA256_BYTES])
{
	netstring_add(out, STR("siltstone-signature-1"));
	netstring_hex(out, digest, SHA256_BYTES);
	return buf_ok(out);
}

static enum code sign(const char *path, const unsigned char digest[SHA256_BYTES],
	unsigned char signature[SIGNATURE_BYTES], char key_id[SHA256_HEX_BYTES], struct err *e)
{
	struct buf text = BUF_INIT(1 << 12);
	struct sign_key key;
	enum code c = sign_key_read(&key, path, e);

	if (c)
		return err_add(e, "sign what was recorded");
	memcpy(key_id, key.id, sizeof(key.id));
	if (!seal_text(&text, digest) || !sign_key_sign(&key, buf_slice(&text), signature))
		c = err_nomem(e);
	sign_key_release(&key);
	buf_release(&text);
	return c;
}

/* The seal to come, as far as the one before it says. */
static enum code read_head(struct db *db, struct seal *next, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SEAL_LAST);
	enum code c = stmt_step(&st, e);

	*next = (struct seal){ .seal_id = 1, .first_item = 1 };
	if (!c) {
		struct str digest = stmt_col_blob(&st, seal_last_digest);

		next->seal_id = stmt_col_int(&st, seal_last_seal_id) + 1;
		next->first_item = stmt_col_int(&st, seal_last_last_item) + 1;
		if (digest.n != SHA256_BYTES)
			c = err_set(e, E_CORRUPT, "seal %lld has no digest",
				(long long)next->seal_id - 1);
		else
			memcpy(next->previous, digest.p, SHA256_BYTES);
	}
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code read_items(struct db *db, struct seal *next, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SEAL_UNSEALED);
	struct sha256 h;
	enum code c;

	sha256_init(&h);
	stmt_int(&st, seal_unsealed__after, next->first_item - 1);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct str digest = stmt_col_blob(&st, seal_unsealed_digest);

		sha256_add(&h, digest.p, digest.n);
		next->last_item = stmt_col_int(&st, seal_unsealed_item_id);
		next->n++;
	}
	stmt_end(&st);
	if (!sha256_finish(&h, next->items))
		return err_nomem(e);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code seal_add(struct db *db, int64_t now_ms, struct err *e)
{
	unsigned char digest[SHA256_BYTES], signature[SIGNATURE_BYTES];
	char key_id[SHA256_HEX_BYTES];
	struct seal next;
	struct stmt st;
	enum code c = read_head(db, &next, e);

	if (!c)
		c = read_items(db, &next, e);
	if (c || !next.n)
		return c;
	next.sealed_ms = now_ms;
	if (!seal_digest(&next, digest))
		return err_nomem(e);
	if (db->seal_key && sign(db->seal_key, digest, signature, key_id, e))
		return e->code;
	st = stmt_begin(db, SQL_SEAL_ADD);
	stmt_int(&st, seal_add__seal, next.seal_id);
	stmt_int(&st, seal_add__first, next.first_item);
	stmt_int(&st, seal_add__last, next.last_item);
	stmt_int(&st, seal_add__n, next.n);
	stmt_int(&st, seal_add__sealed, next.sealed_ms);
	stmt_blob(&st, seal_add__items, next.items, SHA256_BYTES);
	stmt_blob(&st, seal_add__previous, next.previous, SHA256_BYTES);
	stmt_blob(&st, seal_add__digest, digest, SHA256_BYTES);
	if (db->seal_key) {
		stmt_text(&st, seal_add__key_id, key_id);
		stmt_blob(&st, seal_add__signature, signature, SIGNATURE_BYTES);
	}
	return stmt_run(&st, e);
}

static void copy(unsigned char *out, size_t n, struct str from)
{
	if (from.n)
		memcpy(out, from.p, from.n < n ? from.n : n);
}

enum code seal_head(struct db *db, struct seal_head *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SEAL_HEAD);
	enum code c = stmt_step(&st, e);

	if (!c) {
		struct str key_id = stmt_col_str(&st, seal_head_key_id);

		*out = (struct seal_head){ .seal_id = stmt_col_int(&st, seal_head_seal_id),
			.last_item = stmt_col_int(&st, seal_head_last_item),
			.sealed_ms = stmt_col_int(&st, seal_head_sealed_ms),
			.is_signed = !stmt_is_null(&st, seal_head_signature) };
		copy(out->digest, sizeof(out->digest), stmt_col_blob(&st, seal_head_digest));
		copy(out->signature, sizeof(out->signature),
			stmt_col_blob(&st, seal_head_signature));
		copy((unsigned char *)out->key_id, sizeof(out->key_id) - 1, key_id);
	}
	stmt_end(&st);
	return c;
}
