/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify_part.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "store/seal.h"
#include <stdio.h>

/* Digests and seals are walked side by side, both by id. */
struct chain {
	struct verify *v;
	struct stmt digests, seals;
	bool more;                  /* `digests` stands on a row */
	int64_t seal_id, last_item; /* of the seal before */
	bool began;                 /* a seal that one of the keys signed was met */
	bool anchored;              /* the anchor was met */
	int64_t met;                /* the last id */
};

static void tell(struct chain *k, enum verify_kind kind, const char *text)
{
	struct verify_finding f = {
		.kind = kind, .seal_id = stmt_col_int(&k->seals, verify_seals_seal_id), .text = text
	};

	verify_tell(k->v, &f);
}

static enum code next(struct chain *k, struct err *e)
{
	enum code c = stmt_step(&k->digests, e);
	int64_t id;

	k->more = !c;
	if (c)
		return c == E_NOTFOUND ? E_OK : c;
	id = stmt_col_int(&k->digests, verify_digests_item_id);
	if (id == k->met)
		verify_tell_item(k->v, VERIFY_SEAL, id, "it is there, and told to be removed");
	k->met = id;
	k->v->sum->pruned += stmt_col_int(&k->digests, verify_digests_pruned) != 0;
	return E_OK;
}

static int64_t at_hand(const struct chain *k)
{
	return stmt_col_int(&k->digests, verify_digests_item_id);
}

static bool same(struct str stored, const unsigned char digest[SHA256_BYTES])
{
	return stored.n == SHA256_BYTES && memcmp(stored.p, digest, SHA256_BYTES) == 0;
}

/* What the seal's row says, but for its digest. */
static struct seal read_seal(const struct chain *k)
{
	const struct stmt *st = &k->seals;
	struct seal s = { .seal_id = stmt_col_int(st, verify_seals_seal_id),
		.first_item = stmt_col_int(st, verify_seals_first_item),
		.last_item = stmt_col_int(st, verify_seals_last_item),
		.n = stmt_col_int(st, verify_seals_n),
		.sealed_ms = stmt_col_int(st, verify_seals_sealed_ms) };
	struct str items = stmt_col_blob(st, verify_seals_items);
	struct str previous = stmt_col_blob(st, verify_seals_previous);

	if (items.n == SHA256_BYTES)
		memcpy(s.items, items.p, SHA256_BYTES);
	if (previous.n == SHA256_BYTES)
		memcpy(s.previous, previous.p, SHA256_BYTES);
	return s;
}

/* The digests in the seal's range. *@missing: the first id that is not there; 0: every one is. */
static enum code digest_items(struct chain *k, const struct seal *s,
	unsigned char out[SHA256_BYTES], int64_t *n, int64_t *missing, struct err *e)
{
	struct sha256 h;
	enum code c = E_OK;
	int64_t expected = s->first_item;

	*n = *missing = 0;
	sha256_init(&h);
	while (!c && k->more && at_hand(k) <= s->last_item) {
		struct str digest = stmt_col_blob(&k->digests, verify_digests_digest);

		if (at_hand(k) > expected && !*missing)
			*missing = expected;
		expected = at_hand(k) + 1;
		sha256_add(&h, digest.p, digest.n);
		++*n;
		c = next(k, e);
	}
	if (!*missing && expected <= s->last_item)
		*missing = expected;
	if (!sha256_finish(&h, out))
		return err_nomem(e);
	return c;
}

/* Before the range and behind the last one: sealed by none. */
static enum code check_between(struct chain *k, const struct seal *s, struct err *e)
{
	enum code c = E_OK;

	while (!c && k->more && at_hand(k) < s->first_item) {
		verify_tell_item(k->v, VERIFY_SEAL, at_hand(k), "no seal covers it");
		c = next(k, e);
	}
	return c;
}

static enum code check_items(struct chain *k, const struct seal *s, struct err *e)
{
	unsigned char digest[SHA256_BYTES];
	int64_t n = 0, missing = 0;
	char text[160];
	enum code c = check_between(k, s, e);

	if (!c)
		c = digest_items(k, s, digest, &n, &missing, e);
	if (c || (n == s->n && memcmp(digest, s->items, SHA256_BYTES) == 0))
		return c;
	if (n < s->n && missing)
		snprintf(text, sizeof(text),
			"of the items %lld to %lld that it sealed, %lld is missing",
			(long long)s->first_item, (long long)s->last_item, (long long)missing);
	else
		snprintf(text, sizeof(text), "the items %lld to %lld are not those that it sealed",
			(long long)s->first_item, (long long)s->last_item);
	tell(k, VERIFY_SEAL, text);
	return E_OK;
}

/* Which of the keys signed it, or NULL. */
static const struct sign_key *signer(
	const struct chain *k, const unsigned char digest[SHA256_BYTES], struct err *e)
{
	struct str signature = stmt_col_blob(&k->seals, verify_seals_signature);
	struct buf text = BUF_INIT(1 << 12);
	const struct sign_key *found = NULL;

	if (!seal_text(&text, digest))
		err_nomem(e);
	for (size_t i = 0; !e->code && !found && i < k->v->o->n_keys; i++)
		if (sign_key_verify(&k->v->o->keys[i], buf_slice(&text), signature))
			found = &k->v->o->keys[i];
	buf_release(&text);
	return found;
}

static bool is_called(const struct sign_key *key, struct str id)
{
	return id.p && str_is(id, key->id);
}

static enum code check_signature(
	struct chain *k, const unsigned char digest[SHA256_BYTES], struct err *e)
{
	struct str key_id = stmt_col_str(&k->seals, verify_seals_key_id);
	bool is_signed = !stmt_is_null(&k->seals, verify_seals_signature);
	bool named = false;
	const struct sign_key *by;

	if (is_signed != (key_id.p != NULL))
		tell(k, VERIFY_SEAL, "half of its signature is missing");
	k->v->sum->signed_seals += is_signed;
	if (!k->v->o->n_keys)
		return E_OK;
	by = is_signed ? signer(k, digest, e) : NULL;
	if (e->code)
		return e->code;
	for (size_t i = 0; i < k->v->o->n_keys; i++)
		named = named || is_called(&k->v->o->keys[i], key_id);
	if (by && !is_called(by, key_id))
		tell(k, VERIFY_SEAL, "it is signed by another key than it says");
	else if (!by && named)
		tell(k, VERIFY_SEAL, "its signature is not that key's");
	else if (!by && k->began)
		tell(k, VERIFY_SEAL, "seals before it are signed by the key, it is not");
	k->v->sum->signed_by_us += by != NULL;
	k->began = k->began || by;
	return E_OK;
}

static void check_anchor(struct chain *k, const struct seal *s, struct str digest)
{
	const struct verify_anchor *anchor = k->v->o->anchor;

	if (!anchor || anchor->seal_id != s->seal_id)
		return;
	k->anchored = true;
	if (!same(digest, anchor->digest))
		tell(k, VERIFY_ANCHOR,
			"it is not the seal that was anchored: the store was written anew");
	else
		k->v->sum->anchored = s->last_item;
}

static enum code check_seal(struct chain *k, struct err *e)
{
	struct str stored = stmt_col_blob(&k->seals, verify_seals_digest);
	struct seal s = read_seal(k);
	unsigned char digest[SHA256_BYTES];
	enum code c;

	k->v->sum->seals++;
	if (!seal_digest(&s, digest))
		return err_nomem(e);
	if (s.seal_id != k->seal_id + 1)
		tell(k, VERIFY_SEAL, "the seal before it is missing");
	else if (memcmp(s.previous, k->v->sum->head, SHA256_BYTES) != 0)
		tell(k, VERIFY_SEAL, "it does not follow the seal before it");
	if (!same(stored, digest))
		tell(k, VERIFY_SEAL, "it is not what was written");
	else if (s.first_item != k->last_item + 1 || s.last_item < s.first_item)
		tell(k, VERIFY_SEAL, "its items do not follow those of the seal before it");
	check_anchor(k, &s, stored);
	c = check_items(k, &s, e);
	if (!c)
		c = check_signature(k, digest, e);
	k->seal_id = s.seal_id;
	k->last_item = s.last_item > k->last_item ? s.last_item : k->last_item;
	k->v->sum->head_seal = s.seal_id;
	if (stored.n == SHA256_BYTES)
		memcpy(k->v->sum->head, stored.p, SHA256_BYTES);
	return c;
}

static enum code sealing_since(struct verify *v, int64_t *ms, struct err *e)
{
	struct stmt st = stmt_begin(v->db, SQL_VERIFY_SEALING_SINCE);
	enum code c = stmt_step(&st, e);

	*ms = c ? INT64_MIN : stmt_col_int(&st, verify_sealing_since_applied_ms);
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

/* Behind the last seal stands nothing, but in a store that was just brought up to date. */
static enum code check_rest(struct chain *k, struct err *e)
{
	int64_t since_ms = INT64_MIN;
	enum code c = sealing_since(k->v, &since_ms, e);

	while (!c && k->more) {
		bool was = stmt_col_int(&k->digests, verify_digests_pruned) != 0;
		int64_t at_ms = stmt_col_int(&k->digests, verify_digests_at_ms);

		if (!was && !k->v->sum->seals && at_ms <= since_ms)
			k->v->sum->unsealed++;
		else
			verify_tell_item(k->v, VERIFY_SEAL, at_hand(k), "no seal covers it");
		c = next(k, e);
	}
	return c;
}

static void check_whole(struct chain *k)
{
	const struct verify_options *o = k->v->o;
	struct verify_finding f = { .kind = VERIFY_ANCHOR };
	char text[160];

	if (o->anchor && !k->anchored) {
		snprintf(text, sizeof(text),
			"seal %lld was anchored, and the store ends with seal %lld: what came last is gone",
			(long long)o->anchor->seal_id, (long long)k->seal_id);
		f.text = text;
		verify_tell(k->v, &f);
	}
	f.kind = VERIFY_SEAL;
	f.text = "no seal is signed by the key";
	if (o->n_keys && !k->began)
		verify_tell(k->v, &f);
}

enum code verify_chain(struct verify *v, struct err *e)
{
	struct chain k = { .v = v };
	enum code c;

	k.digests = stmt_begin(v->db, SQL_VERIFY_DIGESTS);
	k.seals = stmt_begin(v->db, SQL_VERIFY_SEALS);
	c = next(&k, e);
	while (!c) {
		c = stmt_step(&k.seals, e);
		if (!c)
			c = check_seal(&k, e);
	}
	if (c == E_NOTFOUND && !e->code)
		c = check_rest(&k, e);
	stmt_end(&k.digests);
	stmt_end(&k.seals);
	if (!c)
		check_whole(&k);
	return c;
}
