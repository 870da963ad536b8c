/* SPDX-License-Identifier: Apache-2.0 */
#include "api/read.h"
#include "library/handle.h"
#include "store/item.h"
#include "store/version.h"
#include "json/diff.h"
#include "json/read.h"
#include "json/write.h"

#define FOUND_BYTES    (1u << 20)
#define DOCUMENT_BYTES ((size_t)1 << 30)
/* Two documents as trees, and what differs. */
#define TREES_BYTES    ((size_t)2 << 30)

enum siltstone_code siltstone_find(struct siltstone *s, const char *what, int64_t *rid)
{
	struct resource found[RESOURCE_SEARCH_MAX];
	struct arena a = ARENA_INIT(FOUND_BYTES);
	enum siltstone_code c = handle_begin(s);
	size_t n;

	if (c)
		return c;
	if (!what || !rid)
		return handle_misuse(s, "nothing to be found, or nowhere to put it");
	if (!read_find(&(struct reader){ .db = &s->db, .at_ms = SILTSTONE_NOW }, what, &a, found,
		    &n, &s->err))
		*rid = found[0].rid;
	arena_release(&a);
	return handle_end(s);
}

static enum siltstone_code answer(struct siltstone *s, const struct item *item, const char **json)
{
	buf_clear(&s->json);
	if (!item_file(&s->db, item->item_id, &s->json, &s->err))
		*json = s->json.p;
	return handle_end(s);
}

enum siltstone_code siltstone_item(
	struct siltstone *s, int64_t rid, int64_t at_ms, const char **json)
{
	enum siltstone_code c = handle_begin(s);
	struct item item;

	if (c)
		return c;
	if (!json)
		return handle_misuse(s, "nowhere to put the item");
	if (item_in_force(&s->db, rid, at_ms, &item, &s->err))
		return handle_end(s);
	return answer(s, &item, json);
}

enum siltstone_code siltstone_item_version(
	struct siltstone *s, int64_t rid, int64_t version, const char **json)
{
	enum siltstone_code c = handle_begin(s);
	struct item item;

	if (c)
		return c;
	if (!json)
		return handle_misuse(s, "nowhere to put the item");
	if (item_version(&s->db, rid, version, &item, &s->err))
		return handle_end(s);
	return answer(s, &item, json);
}

/* NULL where the resource was gone. */
static enum code document_of(
	struct siltstone *s, int64_t rid, int64_t version, struct arena *a, struct json **out)
{
	struct buf text = BUF_INIT(DOCUMENT_BYTES);
	struct item item;
	struct err *e = &s->err;

	*out = NULL;
	if (!item_version(&s->db, rid, version, &item, e) && !item.deleted &&
		!version_document(&s->db, item.item_id, &text, e))
		json_read(a, buf_slice(&text), out, e);
	buf_release(&text);
	return e->code;
}

enum siltstone_code siltstone_diff(
	struct siltstone *s, int64_t rid, int64_t before, int64_t after, const char **json)
{
	struct arena a = ARENA_INIT(TREES_BYTES);
	enum siltstone_code c = handle_begin(s);
	struct json *x, *y, *differences;

	if (c)
		return c;
	if (!json)
		return handle_misuse(s, "nowhere to put the differences");
	buf_clear(&s->json);
	if (!document_of(s, rid, before, &a, &x) && !document_of(s, rid, after, &a, &y)) {
		differences = json_diff(&a, x, y);
		if (differences)
			json_write(&s->json, differences);
		if (differences && buf_ok(&s->json))
			*json = s->json.p;
		else
			err_nomem(&s->err);
	}
	arena_release(&a);
	return handle_end(s);
}
