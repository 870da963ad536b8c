/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/knowing.h"

#include "base/buf.h"
#include "json/path.h"
#include "json/write.h"
#include <stdio.h>

enum {
	ITEM_MAX_BYTES = 64 << 20,
	HASHES_MAX_BYTES = 64 << 20,
	DAY_MS = 24 * 3600 * 1000,
};
/* Another number makes all that is known void: to be raised when describing comes to mean something else. */
static const char form[] = "siltstone " SILTSTONE_VERSION " 1";

static void add_text(struct sha256 *h, const char *s)
{
	sha256_add(h, s ? s : "", strlen(s ? s : "") + 1);
}

static void add_json(struct sha256 *h, const struct json *v)
{
	struct buf b = BUF_INIT(ITEM_MAX_BYTES);

	if (v)
		json_write(&b, v);
	sha256_add(h, b.n ? b.p : "", b.n);
	sha256_add(h, "", 1);
	h->failed = h->failed || !buf_ok(&b);
	buf_release(&b);
}

static bool is_on(const struct knowing *k)
{
	return k->l != NULL;
}

void knowing_begin(struct knowing *k, struct listing *l, const struct json *parent)
{
	const struct sweep *s = l->sweep;
	struct sha256 h;

	*k = (struct knowing){ .a = ARENA_INIT(HASHES_MAX_BYTES) };
	if (!s->knows || l->entry->engine == ENGINE_EXEC)
		return;
	sha256_init(&h);
	add_text(&h, form);
	add_text(&h, s->options->source);
	add_text(&h, s->options->endpoint);
	add_text(&h, s->account);
	add_text(&h, l->plan->call_region);
	for (size_t i = 0; i < l->plan->n_looks; i++)
		add_text(&h, l->plan->looks[i]);
	add_text(&h, l->entry->type);
	sha256_add(&h, l->plan->entry->digest, SHA256_BYTES);
	add_text(&h, l->entry == l->plan->entry ? "" : "fallback");
	add_json(&h, parent);
	if (sha256_finish(&h, k->place))
		k->l = l;
}

void knowing_end(struct knowing *k)
{
	arena_release(&k->a);
}

/* The first bytes of a digest will do: nobody gains by making two items alike in them but whoever could as
 * well leave one out. */
static bool finish(struct sha256 *h, unsigned char out[KNOWN_HASH_BYTES])
{
	unsigned char whole[SHA256_BYTES];
	bool ok = sha256_finish(h, whole);

	memcpy(out, whole, KNOWN_HASH_BYTES);
	return ok;
}

struct hashing {
	struct knowing *k;
	unsigned char carried[KNOWN_HASH_BYTES];
	struct buf text;
	struct buf hashes;
	bool failed;
};

static bool hash_item(void *ctx, const struct json_place *place)
{
	struct hashing *w = ctx;
	unsigned char hash[KNOWN_HASH_BYTES];
	struct sha256 h;

	buf_clear(&w->text);
	json_write(&w->text, place->value);
	sha256_init(&h);
	sha256_add(&h, w->k->place, SHA256_BYTES);
	sha256_add(&h, w->carried, KNOWN_HASH_BYTES);
	sha256_add(&h, w->text.p, w->text.n);
	w->failed = !finish(&h, hash) || !buf_ok(&w->text);
	buf_add(&w->hashes, hash, KNOWN_HASH_BYTES);
	return !w->failed;
}

static bool hash_carried(struct hashing *w, struct json *page)
{
	const struct json *carry = w->k->l->entry->list.carry;
	struct sha256 h;

	sha256_init(&h);
	for (const struct json *v = carry ? carry->first : NULL; v; v = v->next) {
		char path[256];

		snprintf(path, sizeof(path), "%.*s", STR_ARG(v->text));
		h.failed = h.failed || v->text.n >= sizeof(path);
		add_json(&h, json_first_response(page, path));
	}
	return finish(&h, w->carried);
}

/* The hashes of all items, and of them that of the page. */
static enum code hash_page(struct knowing *k, struct json *page, const char *items, struct err *e)
{
	struct hashing w = {
		.k = k, .text = BUF_INIT(ITEM_MAX_BYTES), .hashes = BUF_INIT(HASHES_MAX_BYTES)
	};
	struct sha256 h;
	enum code c = E_OK;

	if (!hash_carried(&w, page))
		c = err_nomem(e);
	else
		json_visit_response(page, items, hash_item, &w);
	if (!c && (w.failed || !buf_ok(&w.hashes)))
		c = err_set(e, E_TOOBIG, "could not hash a page of the listing");
	k->n_hashes = w.hashes.n / KNOWN_HASH_BYTES;
	k->hashes = c ? NULL : arena_alloc(&k->a, w.hashes.n + 1);
	if (k->hashes && w.hashes.n)
		memcpy(k->hashes, w.hashes.p, w.hashes.n);
	if (!c && !k->hashes)
		c = err_nomem(e);
	sha256_init(&h);
	sha256_add(&h, w.hashes.n ? w.hashes.p : "", w.hashes.n);
	if (!finish(&h, k->page.hash) && !c)
		c = err_nomem(e);
	buf_release(&w.text);
	buf_release(&w.hashes);
	return c;
}

/* A page is called by the digest of where it is. */
static bool name_page(struct knowing *k)
{
	unsigned char digest[SHA256_BYTES];
	int64_t number = k->n_pages++;
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, k->place, SHA256_BYTES);
	sha256_add(&h, &number, sizeof(number));
	if (!sha256_finish(&h, digest))
		return false;
	memcpy(&number, digest, sizeof(number));
	/* 0 is none, and negative numbers are longer in the file. */
	k->page.page = (int64_t)((uint64_t)number >> 16) + 1;
	return true;
}

/* Only where nothing of its own is asked of any resource, and all are in one place, does a page speak
 * for them. */
static bool speaks(const struct knowing *k)
{
	return !entry_needs_calls(k->l->entry) && k->l->plan->n_looks == 1;
}

/* Under the lock. */
static enum code look_up_page(struct knowing *k, bool *same, struct err *e)
{
	struct sweep *s = k->l->sweep;
	int64_t n = -1;
	enum code c = known_find_page(s->record.db, k->page.page, k->page.hash, &n, e);

	*same = !c && n >= 0;
	if (!c && *same)
		c = known_same_page(s->record.db, k->page.page, e);
	if (!c && *same) {
		k->l->any = k->l->any || n;
		k->l->seen[0] += n;
		s->seen += n;
	}
	return c;
}

enum code knowing_page(
	struct knowing *k, struct json *page, const char *items, bool *same, struct err *e)
{
	struct sweep *s;
	enum code c;

	*same = false;
	if (!is_on(k))
		return E_OK;
	arena_release(&k->a);
	k->at = 0;
	k->n = 0;
	s = k->l->sweep;
	k->page.account = str_of(s->account);
	k->page.region = str_of(k->l->plan->looks[0]);
	k->page.type = str_of(k->l->entry->type);
	k->whole = speaks(k);
	c = name_page(k) ? hash_page(k, page, items, e) : err_nomem(e);
	if (c || !k->n_hashes || !speaks(k))
		return c;
	pthread_mutex_lock(&s->lock);
	c = look_up_page(k, same, e);
	pthread_mutex_unlock(&s->lock);
	k->whole = k->whole && !*same;
	return c;
}

bool knowing_has_version(const struct listing *l, const struct json *listed)
{
	const struct json *v = l->entry->version ? json_get(listed, l->entry->version) : NULL;

	return json_is(v, JSON_STRING) && v->text.n > 0;
}

static int64_t recheck_ms(const struct listing *l, bool version)
{
	int64_t ms = l->sweep->options->recheck_ms;

	return ms > 0 ? ms : version ? DAY_MS : 0;
}

/* Each resource has a moment of its own in every period, so that not all are due at once. */
static bool is_due(const struct knowing *k, const struct known_item *item, bool version)
{
	const int64_t period_ms = recheck_ms(k->l, version);
	const int64_t now_ms = k->l->sweep->now_ms;
	int64_t turn_ms;

	if (item->full_ms == INT64_MIN)
		return false;
	if (!period_ms || item->full_ms > now_ms)
		return true;
	turn_ms =
		(int64_t)((uint64_t)item->rid * UINT64_C(0x9E3779B97F4A7C15) % (uint64_t)period_ms);
	return (now_ms - turn_ms) / period_ms != (item->full_ms - turn_ms) / period_ms;
}

static size_t look_of(const struct listing *l, const char *region)
{
	for (size_t i = 0; i < l->plan->n_looks; i++)
		if (strcmp(region, l->plan->looks[i]) == 0)
			return i;
	return 0;
}

/* Under the lock. */
static enum code look_up_item(
	struct knowing *k, const unsigned char *hash, bool version, bool *same, struct err *e)
{
	struct listing *l = k->l;
	struct known_item item;
	enum code c = known_find(l->sweep->record.db, hash, &item, e);

	*same = !c && item.rid && !is_due(k, &item, version);
	if (c || !*same)
		return c;
	l->any = true;
	l->seen[look_of(l, item.region)]++;
	l->sweep->seen++;
	k->n++;
	return known_same(l->sweep->record.db, item.rid,
		speaks(k) && item.page != k->page.page ? k->page.page : 0, e);
}

enum code knowing_item(struct knowing *k, const struct json *listed, struct known_mark *mark,
	bool *marked, bool *same, struct err *e)
{
	bool version;
	enum code c;

	*same = *marked = false;
	if (!is_on(k) || k->at >= k->n_hashes)
		return E_OK;
	*mark = (struct known_mark){ .page = speaks(k) ? k->page.page : 0 };
	memcpy(mark->hash, k->hashes[k->at++], KNOWN_HASH_BYTES);
	*marked = true;
	version = knowing_has_version(k->l, listed);
	pthread_mutex_lock(&k->l->sweep->lock);
	c = look_up_item(k, mark->hash, version, same, e);
	pthread_mutex_unlock(&k->l->sweep->lock);
	return c;
}

void knowing_tell(struct knowing *k, enum knowing_outcome outcome)
{
	k->n += outcome == KNOWING_RESOURCE;
	k->whole = k->whole && outcome != KNOWING_DOUBT;
}

enum code knowing_end_page(struct knowing *k, struct err *e)
{
	enum code c;

	if (!is_on(k) || !k->n_hashes || !speaks(k))
		return E_OK;
	k->page.n = k->whole ? k->n : -1;
	pthread_mutex_lock(&k->l->sweep->lock);
	c = known_note_page(k->l->sweep->record.db, &k->page, e);
	pthread_mutex_unlock(&k->l->sweep->lock);
	return c;
}

bool knowing_vouches(const struct listing *l, struct known_mark *mark, bool version, int64_t calls)
{
	mark->full = calls > 0;
	if (mark->full)
		mark->page = 0;
	return !calls || recheck_ms(l, version) > 0;
}
