/* SPDX-License-Identifier: Apache-2.0 */
#include "core/history.h"

#include "base/time.h"

struct writing {
	struct item_file *file;
	const struct history_limit *limit; /* NULL: where it ends is known */
	int64_t last_item;
	bool full;
};

static enum code add(void *ctx, const struct delivery_item *item, struct err *e)
{
	struct writing *w = ctx;
	const struct item_file *f = w->file;

	if (w->limit && f->items &&
		(f->items >= w->limit->items ||
			f->gzip.plain_bytes + (int64_t)item->body.n > w->limit->plain_bytes)) {
		w->full = true;
		return E_CANCELED; /* ends the walk, with nothing in @e */
	}
	w->last_item = item->item_id;
	return item_file_add(w->file, item->body, item->captured_ms, e);
}

enum code history_write(struct item_file *f, struct db *db, const struct delivery *d,
	const struct history_limit *limit, int64_t *last_item, struct err *e)
{
	/* A file that has its key has its end, too. */
	struct writing w = { .file = f, .limit = d->key ? NULL : limit };
	enum code c = delivery_items(db, d, add, &w, e);

	if (c && !w.full)
		return c;
	*last_item = w.full ? w.last_item : d->last_item;
	return item_file_finish(f, e);
}

const char *history_key(struct arena *a, const struct delivery *d, const struct item_file *f,
	int64_t part, int64_t now_ms)
{
	struct time_fields t = time_split(now_ms);
	char first[TIME_ISO_BYTES], last[TIME_ISO_BYTES];

	return arena_printf(a,
		"AWSLogs/%s/Config/%s/%d/%d/%d/ConfigHistory/"
		"%s_Config_%s_ConfigHistory_%s_%s_%s_%lld.json.gz",
		d->account, d->region, t.year, t.month, t.day, d->account, d->region, d->type,
		time_stamp(f->first_ms, first), time_stamp(f->last_ms, last), (long long)part)
		.p;
}
