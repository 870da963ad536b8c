/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify_part.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/time.h"
#include "db/stmt.h"
#include "store/seal.h"
#include "json/canon.h"
#include "json/patch.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>

#define TREE_BYTES ((size_t)1 << 30)
#define TEXT_BYTES ((size_t)1 << 30)
#define PATH_DEPTH 64

struct tree {
	struct arena a;
	struct json *root; /* NULL: none */
};

/* The walk: one resource after the other, its versions rising. */
struct walk {
	struct verify *v;
	struct stmt st;
	struct buf text; /* of a document that was put together */
	struct tree now, before, keyframe;
	int64_t keyframe_id;
	/* of the version before; `rid` 0: none yet */
	int64_t rid, item_id, version, captured_ms, until_ms;
	int64_t last_item;
	bool deleted, gone, first;
};

static int64_t number(const struct walk *w, int col)
{
	return stmt_col_int(&w->st, col);
}

static struct str text(const struct walk *w, int col)
{
	return stmt_col_str(&w->st, col);
}

/* What a finding says of the row at hand. */
static void tell(struct walk *w, enum verify_kind kind, const char *what)
{
	struct verify_finding f = { .kind = kind,
		.item_id = number(w, verify_items_item_id),
		.version = number(w, verify_items_version),
		.captured_ms = number(w, verify_items_captured_ms),
		.account = text(w, verify_items_account),
		.region = text(w, verify_items_region),
		.type = text(w, verify_items_type),
		.id = text(w, verify_items_id),
		.text = what };

	verify_tell(w->v, &f);
}

static void drop(struct tree *t)
{
	arena_release(&t->a);
	t->root = NULL;
}

/* What cannot be read is not what was recorded: no error, but no tree. */
static enum code read_tree(struct tree *t, struct str s, struct err *e)
{
	struct err none = { 0 };
	enum code c;

	drop(t);
	c = json_read(&t->a, s, &t->root, &none);
	if (c)
		t->root = NULL;
	if (c == E_NOMEM)
		*e = none;
	return c == E_NOMEM ? c : E_OK;
}

static enum code load_keyframe(struct walk *w, int64_t id, struct err *e)
{
	struct stmt st;
	enum code c;

	if (w->keyframe_id == id)
		return E_OK;
	drop(&w->keyframe);
	w->keyframe_id = id;
	st = stmt_begin(w->v->db, SQL_VERIFY_KEYFRAME);
	stmt_int(&st, verify_keyframe__document, id);
	c = stmt_step(&st, e);
	if (!c)
		c = read_tree(&w->keyframe, stmt_col_str(&st, verify_keyframe_body), e);
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

/* As readers put it together, but in canonical form. False in *@ok: it can't be. */
static enum code patch_together(struct walk *w, bool *ok, struct err *e)
{
	struct tree patch = { ARENA_INIT(TREE_BYTES), NULL };
	enum code c = load_keyframe(w, number(w, verify_items_base), e);

	if (!c)
		c = read_tree(&patch, text(w, verify_items_body), e);
	drop(&w->now);
	*ok = !c && patch.root && w->keyframe.root;
	if (*ok) {
		w->now.root = json_patch_apply(&w->now.a, w->keyframe.root, patch.root);
		if (w->now.root) {
			json_canon(w->now.root);
			json_write(&w->text, w->now.root);
		}
		if (!w->now.root || !buf_ok(&w->text))
			c = err_nomem(e);
	}
	drop(&patch);
	return c;
}

/* False in *@fits, and it was told why. */
static enum code check_document(struct walk *w, bool *fits, struct err *e)
{
	unsigned char digest[SHA256_BYTES];
	struct str said = stmt_col_blob(&w->st, verify_items_sha256), body;
	bool ok = true;
	enum code c;

	*fits = false;
	if (stmt_is_null(&w->st, verify_items_document_found)) {
		tell(w, VERIFY_DOCUMENT, "its document is missing");
		return E_OK;
	}
	buf_clear(&w->text);
	if (stmt_is_null(&w->st, verify_items_base)) {
		body = text(w, verify_items_body);
		c = read_tree(&w->now, body, e);
		ok = w->now.root != NULL;
	} else {
		c = patch_together(w, &ok, e);
		body = buf_slice(&w->text);
	}
	if (c)
		return c;
	w->v->sum->documents++;
	w->v->sum->bytes += (int64_t)body.n;
	if (!sha256_of(body, digest))
		return err_nomem(e);
	*fits = ok && said.n == SHA256_BYTES && memcmp(said.p, digest, SHA256_BYTES) == 0;
	if (!*fits) {
		tell(w, VERIFY_DOCUMENT, "its document is not what was recorded");
		drop(&w->now);
	}
	return E_OK;
}

static enum code check_digest(struct walk *w, bool *fits, struct err *e)
{
	struct stmt *st = &w->st;
	struct str sha256 = stmt_col_blob(st, verify_items_sha256);
	struct str stored = stmt_col_blob(st, verify_items_digest);
	unsigned char digest[SHA256_BYTES];
	struct seal_item said = { .account = text(w, verify_items_account),
		.region = text(w, verify_items_region),
		.type = text(w, verify_items_type),
		.id = text(w, verify_items_id),
		.captured_ms = number(w, verify_items_captured_ms),
		.has_state = !stmt_is_null(st, verify_items_state_id),
		.state_id = number(w, verify_items_state_id),
		.status = text(w, verify_items_status),
		.document = sha256.n == SHA256_BYTES ? (const unsigned char *)sha256.p : NULL,
		.recorded_ms = number(w, verify_items_recorded_ms),
		.az = text(w, verify_items_az),
		.has_created = !stmt_is_null(st, verify_items_created_ms),
		.created_ms = number(w, verify_items_created_ms),
		.name = text(w, verify_items_name),
		.arn = text(w, verify_items_arn),
		.actor = text(w, verify_items_actor),
		.source_id = number(w, verify_items_source_id),
		.extra = text(w, verify_items_extra) };

	if (!seal_item_digest(&said, digest))
		return err_nomem(e);
	*fits = stored.n == SHA256_BYTES && memcmp(stored.p, digest, SHA256_BYTES) == 0;
	if (!*fits)
		tell(w, VERIFY_ITEM, "it says something else than what was recorded");
	return E_OK;
}

/* The newest version of the resource that is now behind us. Retention takes from the front; only what was cut
 * out of a larger store ends before its time. */
static void check_last(struct walk *w)
{
	const char *what = NULL;

	if (!w->rid)
		return;
	if (w->last_item != w->item_id)
		what = "it is the newest version, but its resource names another";
	else if (w->deleted != w->gone)
		what = "its resource does not say whether it is deleted as its newest version does";
	else if (w->until_ms != TIME_FOREVER_MS && w->v->last_pruned <= w->item_id)
		what = "it ended, and no version is there that came next";
	if (what)
		verify_tell_item(w->v, VERIFY_ORDER, w->item_id, what);
}

static const char *misplaced(struct walk *w)
{
	int64_t version = number(w, verify_items_version);
	int64_t captured_ms = number(w, verify_items_captured_ms);

	if (!number(w, verify_items_at_fits))
		return "its time or event is shown as another";
	/* Of two of the same moment, which their state ids tell apart, the first never held. */
	if (captured_ms > number(w, verify_items_until_ms))
		return "it ends before it begins";
	if (w->first)
		return version == number(w, verify_items_pruned) + 1
			       ? NULL
			       : "the versions before it are missing";
	if (version != w->version + 1)
		return "a version between it and the one before is missing";
	if (w->until_ms != captured_ms)
		return "the version before it ends at another time";
	return NULL;
}

/* The member that a path of names and dots leads to. False: the path is of another kind. */
static bool find(const struct json *root, struct str path, const struct json **out)
{
	if (!path.n || str_find(path, '[') < path.n || str_find(path, '"') < path.n)
		return false;
	for (int depth = 0; path.n && depth < PATH_DEPTH; depth++) {
		size_t end = str_find(path, '.');

		root = json_get_str(root, (struct str){ path.p, end });
		path = str_from(path, end + 1);
	}
	*out = root;
	return true;
}

static bool is_scalar(const struct json *v)
{
	return v && v->kind != JSON_ARRAY && v->kind != JSON_OBJECT;
}

/* A plain value that is told of is the one that the document has there. Others may be told of without what is
 * not compared, so they are not looked at. */
static bool told_rightly(const struct json *told, const struct json *document, struct str path)
{
	const struct json *there;

	if (!is_scalar(told) || !document || !find(document, path, &there))
		return true;
	return there && json_equal(told, there);
}

static bool is_change(const struct walk *w, const struct json *row)
{
	struct str path = json_get_text(row, "path"), op = json_get_text(row, "op");
	const struct json *before = json_get(row, "before"), *after = json_get(row, "after");
	const struct json *there = NULL;

	if (!path.p || (!str_is(op, "add") && !str_is(op, "change") && !str_is(op, "remove")))
		return false;
	if ((before != NULL) == str_is(op, "add") || (after != NULL) == str_is(op, "remove"))
		return false;
	if (before && w->before.root && !told_rightly(before, w->before.root, path))
		return false;
	if (str_is(op, "remove") && w->now.root && find(w->now.root, path, &there) && there &&
		is_scalar(there) && is_scalar(before))
		return false;
	return !after || told_rightly(after, w->now.root, path);
}

static enum code check_changes(struct walk *w, bool *fits, struct err *e)
{
	struct tree changes = { ARENA_INIT(TREE_BYTES), NULL };
	enum code c = E_OK;
	int64_t n = 0;

	*fits = true;
	if (!stmt_is_null(&w->st, verify_items_changes)) {
		c = read_tree(&changes, text(w, verify_items_changes), e);
		*fits = json_is(changes.root, JSON_ARRAY);
	}
	for (const struct json *k = *fits && changes.root ? changes.root->first : NULL; k;
		k = k->next, n++)
		*fits = *fits && is_change(w, k);
	/* A case file leaves out how its first version differs from one that is not in it. */
	if (!w->first || !number(w, verify_items_pruned) || changes.root)
		*fits = *fits && n == number(w, verify_items_n_changes);
	drop(&changes);
	if (!c && !*fits)
		tell(w, VERIFY_DERIVED, "the changes it is told to have brought are not those");
	return c;
}

static enum code check_tags(struct walk *w, struct err *e)
{
	const struct json *tags = json_get(w->now.root, "tags");
	struct stmt st;
	int64_t wanted = 0, there = 0;
	bool fits = true;
	enum code c;

	/* No moment shows one that another of the same moment took the place of. */
	if (number(w, verify_items_captured_ms) == number(w, verify_items_until_ms))
		return E_OK;
	for (const struct json *k = tags ? tags->first : NULL; k; k = k->next)
		wanted += k->kind == JSON_STRING;
	st = stmt_begin(w->v->db, SQL_VERIFY_TAGS);
	stmt_int(&st, verify_tags__rid, number(w, verify_items_rid));
	stmt_int(&st, verify_tags__at, number(w, verify_items_captured_ms));
	while ((c = stmt_step(&st, e)) == E_OK) {
		const struct json *tag = json_get_str(tags, stmt_col_str(&st, verify_tags_key));

		if (tag && tag->kind == JSON_STRING) {
			fits = fits && str_eq(tag->text, stmt_col_str(&st, verify_tags_value));
			there++;
		} else {
			fits = fits && tag;
		}
	}
	stmt_end(&st);
	if (c == E_NOTFOUND && (!fits || there != wanted))
		tell(w, VERIFY_DERIVED, "its tags are not those of its document");
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code check_content(struct walk *w, struct err *e)
{
	bool fits = true;
	enum code c = E_OK;

	if (!stmt_is_null(&w->st, verify_items_document_id))
		c = check_document(w, &fits, e);
	if (!c && fits)
		c = check_digest(w, &fits, e);
	if (!c && fits) {
		const char *what = misplaced(w);

		fits = !what;
		if (what)
			tell(w, VERIFY_ORDER, what);
	}
	if (!c && fits)
		c = check_changes(w, &fits, e);
	return c || !fits ? c : check_tags(w, e);
}

/* What the next version is compared with. */
static void remember(struct walk *w)
{
	w->item_id = number(w, verify_items_item_id);
	w->version = number(w, verify_items_version);
	w->captured_ms = number(w, verify_items_captured_ms);
	w->until_ms = number(w, verify_items_until_ms);
	w->gone = number(w, verify_items_document_id) == 0;
	w->last_item = number(w, verify_items_last_item);
	w->deleted = number(w, verify_items_deleted) != 0;
}

static enum code check_row(struct walk *w, struct err *e)
{
	int64_t rid = number(w, verify_items_rid);
	struct tree was = w->before;
	enum code c = E_OK;

	w->v->sum->items++;
	w->first = rid != w->rid;
	if (w->first)
		check_last(w);
	w->before = w->now;
	w->now = was;
	drop(&w->now);
	if (w->first)
		drop(&w->before);
	w->rid = rid;
	if (stmt_is_null(&w->st, verify_items_found)) {
		tell(w, VERIFY_ITEM, "the resource it belongs to is missing");
		w->rid = 0;
		return E_OK;
	}
	c = check_content(w, e);
	remember(w);
	return c;
}

enum code verify_items(struct verify *v, struct err *e)
{
	struct walk w = { .v = v,
		.text = BUF_INIT(TEXT_BYTES),
		.now = { ARENA_INIT(TREE_BYTES), NULL },
		.before = { ARENA_INIT(TREE_BYTES), NULL },
		.keyframe = { ARENA_INIT(TREE_BYTES), NULL } };
	enum code c;

	w.st = stmt_begin(v->db, SQL_VERIFY_ITEMS);
	while ((c = stmt_step(&w.st, e)) == E_OK) {
		c = check_row(&w, e);
		if (!c)
			c = verify_pulse(v, e);
		if (c)
			break;
	}
	stmt_end(&w.st);
	if (c == E_NOTFOUND)
		check_last(&w);
	drop(&w.now);
	drop(&w.before);
	drop(&w.keyframe);
	buf_release(&w.text);
	return c;
}
