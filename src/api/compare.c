/* SPDX-License-Identifier: Apache-2.0 */
#include "api/read.h"

#include "base/buf.h"
#include "db/sql_text.h"
#include "store/version.h"
#include "json/diff.h"
#include "json/read.h"
#include "json/write.h"

#define DOCUMENT_MAX (64 << 20)
#define ARENA_MAX    (256 << 20)

/* The document of an item as a tree; an empty object for a deletion. */
static enum code document_of(struct reader *r, const struct item *item, struct arena *a,
	struct json **out, struct err *e)
{
	struct buf text = BUF_INIT(DOCUMENT_MAX);
	enum code c = E_OK;

	if (item->deleted) {
		*out = json_new(a, JSON_OBJECT);
		return *out ? E_OK : err_nomem(e);
	}
	c = version_document(r->db, item->item_id, &text, e);
	if (!c)
		c = json_read(a, buf_slice(&text), out, e);
	buf_release(&text);
	return c ? err_add(e, "read version %lld", (long long)item->version) : E_OK;
}

/* A property as blame tells it: a scalar, or a whole list. */
struct leaf {
	struct str path, value;
	int64_t version, t;
	struct str at, actor; /* STR_NONE while nobody is found who set it */
	struct leaf *next;
};

struct leaves {
	struct arena *a;
	struct leaf *first, **end;
	size_t n;
};

static void add_leaf(struct leaves *l, struct str path, const struct json *v)
{
	struct leaf *leaf = arena_alloc(l->a, sizeof(*leaf));
	struct buf text = BUF_INIT(DOCUMENT_MAX);

	if (!leaf)
		return;
	if (v->kind == JSON_STRING)
		buf_str(&text, v->text);
	else
		json_write(&text, v);
	leaf->path = path;
	leaf->value = arena_str(l->a, buf_slice(&text));
	buf_release(&text);
	*l->end = leaf;
	l->end = &leaf->next;
	l->n++;
}

/* The path of a member, spelled as json_diff() does. */
static struct str member_path(struct arena *a, struct str parent, struct str name)
{
	struct buf b = BUF_INIT(1 << 16);
	bool quotes = !name.n;
	struct str path;

	for (size_t i = 0; i < name.n; i++)
		quotes |= strchr(".[]\"", name.p[i]) != NULL;
	buf_str(&b, parent);
	if (parent.n)
		buf_char(&b, '.');
	if (quotes)
		json_write_string(&b, name);
	else
		buf_str(&b, name);
	path = arena_str(a, buf_slice(&b));
	buf_release(&b);
	return path;
}

/* As deep as a document can be: the reader's limit. */
// NOLINTNEXTLINE(misc-no-recursion)
static void flatten(struct leaves *l, struct str path, const struct json *v)
{
	if (v->kind != JSON_OBJECT) {
		add_leaf(l, path, v);
		return;
	}
	for (const struct json *k = v->first; k && arena_ok(l->a); k = k->next)
		flatten(l, member_path(l->a, path, k->key), k);
}

static enum code leaves_of(struct reader *r, const struct item *item, struct arena *a,
	struct leaves *out, struct err *e)
{
	struct json *document = NULL;
	enum code c = document_of(r, item, a, &document, e);

	*out = (struct leaves){ .a = a };
	out->end = &out->first;
	if (!c && document)
		flatten(out, STR_NONE, document);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

/* True when one path is the other, or leads to something in it. */
static bool related(struct str a, struct str b)
{
	struct str longer = a.n > b.n ? a : b, shorter = a.n > b.n ? b : a;

	return str_starts(longer, shorter) &&
	       (longer.n == shorter.n || longer.p[shorter.n] == '.' || longer.p[shorter.n] == '[');
}

struct blame {
	struct leaves leaves;
	bool settled; /* everything older was of an earlier life */
};

static enum code begin_nothing(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

static void credit(struct blame *b, const struct cell *cells)
{
	const struct cell *property = &cells[read_changes_of_property];
	bool born = str_is(cells[read_changes_of_event].text, "created");

	for (struct leaf *l = b->leaves.first; l; l = l->next) {
		bool set = born || (property->text.p && related(l->path, property->text));

		if (l->at.p || !set)
			continue;
		l->version = cells[read_changes_of_version].i;
		l->t = cells[read_changes_of_t].i;
		l->at = arena_str(b->leaves.a, cells[read_changes_of_at].text);
		if (cells[read_changes_of_actor].text.p)
			l->actor = arena_str(b->leaves.a, cells[read_changes_of_actor].text);
	}
	b->settled |= born;
}

static enum code blame_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct blame *b = ctx;

	(void)n;
	if (!b->settled)
		credit(b, cells);
	return arena_ok(b->leaves.a) ? E_OK : err_nomem(e);
}

static enum code tell_blame(const struct blame *b, const struct rows *rows, struct err *e)
{
	static const char *const names[] = { "property", "value", "version", "at", "t", "actor" };
	enum code c = rows->begin(rows->ctx, names, 6, e);

	for (const struct leaf *l = b->leaves.first; l && !c; l = l->next) {
		struct cell cells[] = { cell_str(l->path), cell_str(l->value), cell_int(l->version),
			cell_str(l->at), cell_int(l->t), cell_str(l->actor) };

		c = rows->row(rows->ctx, cells, 6, e);
	}
	return c;
}

enum code read_blame(struct reader *r, const struct resource *who, const struct item *item,
	const struct rows *rows, struct err *e)
{
	struct arena a = ARENA_INIT(ARENA_MAX);
	struct blame b = { 0 };
	struct rows changes = { begin_nothing, blame_row, &b };
	struct select_value values[] = { { "rid", cell_int(who->rid) },
		{ "version", cell_int(item->version) } };
	struct select_query q = { .sql = sql_text[SQL_READ_CHANGES_OF].text,
		.values = values,
		.n_values = 2,
		.open_values = true,
		.timeout_ms = r->timeout_ms,
		.stop = r->stop };
	enum code c = leaves_of(r, item, &a, &b.leaves, e);

	if (!c)
		c = select_run(r->db, &q, &changes, NULL, e);
	if (!c)
		c = tell_blame(&b, rows, e);
	arena_release(&a);
	return c;
}

static bool touched(const struct json *differences, struct str path)
{
	for (const struct json *d = differences ? differences->first : NULL; d; d = d->next)
		if (related(json_get_text(d, "path"), path))
			return true;
	return false;
}

static enum code count_same(struct reader *r, const struct item *after, struct arena *a,
	const struct json *differences, size_t *same, struct err *e)
{
	struct leaves l;
	enum code c = leaves_of(r, after, a, &l, e);

	*same = 0;
	for (const struct leaf *k = c ? NULL : l.first; k; k = k->next)
		*same += !touched(differences, k->path);
	return c;
}

static struct cell value_cell(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(DOCUMENT_MAX);
	struct cell c;

	if (!v)
		return cell_null();
	if (v->kind == JSON_STRING)
		return cell_str(v->text.p ? v->text : STR(""));
	json_write(&b, v);
	c = cell_str(arena_str(a, buf_slice(&b)));
	buf_release(&b);
	return c;
}

static enum code tell_diff(
	struct arena *a, const struct json *differences, const struct rows *rows, struct err *e)
{
	static const char *const names[] = { "op", "property", "before", "after" };
	enum code c = rows->begin(rows->ctx, names, 4, e);

	for (const struct json *d = differences ? differences->first : NULL; d && !c; d = d->next) {
		struct cell cells[] = { cell_str(json_get_text(d, "op")),
			cell_str(json_get_text(d, "path")), value_cell(a, json_get(d, "before")),
			value_cell(a, json_get(d, "after")) };

		c = arena_ok(a) ? rows->row(rows->ctx, cells, 4, e) : err_nomem(e);
	}
	return c;
}

enum code read_diff(struct reader *r, const struct item *before, const struct item *after,
	const struct rows *rows, size_t *same, struct err *e)
{
	struct arena a = ARENA_INIT(ARENA_MAX);
	struct json *x = NULL, *y = NULL, *differences = NULL;
	enum code c = document_of(r, before, &a, &x, e);

	if (!c)
		c = document_of(r, after, &a, &y, e);
	if (!c) {
		differences = json_diff(&a, x, y);
		c = differences ? E_OK : err_nomem(e);
	}
	if (!c && same)
		c = count_same(r, after, &a, differences, same, e);
	if (!c)
		c = tell_diff(&a, differences, rows, e);
	arena_release(&a);
	return c;
}
