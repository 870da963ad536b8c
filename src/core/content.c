/* SPDX-License-Identifier: Apache-2.0 */
#include "core/content.h"

#include "store/version.h"
#include "json/canon.h"
#include "json/path.h"
#include "json/read.h"
#include "json/write.h"

/* What one part may take as a tree: each stands in a row at most twelve times. */
#define PART_BYTES (CONTENT_ROW_BYTES / 32)

/* What a tree takes, with its texts once more for each array around them, as telling arrays
 * apart writes their elements out. SIZE_MAX: too deep, as documents stand one level deeper. */
// NOLINTNEXTLINE(misc-no-recursion)
static size_t weight(const struct json *v, size_t depth, size_t copies)
{
	size_t bytes = sizeof(*v) + 32 + (v->key.n + v->text.n) * copies;
	bool nests = v->kind == JSON_ARRAY || v->kind == JSON_OBJECT;

	if (nests && depth + 1 >= JSON_DEPTH_MAX)
		return SIZE_MAX;
	for (const struct json *k = v->first; k; k = k->next) {
		size_t more = weight(k, depth + 1, copies + (v->kind == JSON_ARRAY));

		if (more > PART_BYTES || bytes > PART_BYTES)
			return more == SIZE_MAX ? more : PART_BYTES + 1;
		bytes += more;
	}
	return bytes;
}

enum code content_check_weight(const struct json *v, const char *what, struct err *e)
{
	size_t bytes = weight(v, 0, 1);

	if (bytes == SIZE_MAX)
		return err_set(e, E_TOOBIG, "%s is nested deeper than %d levels", what,
			JSON_DEPTH_MAX - 1);
	return bytes > PART_BYTES ? err_set(e, E_TOOBIG, "%s is too large to record", what) : E_OK;
}

struct content_path {
	struct content_path *next;
	bool sort;
	const char *path;
};

static enum code add_path(void *ctx, bool sort, struct str path, struct err *e)
{
	struct content_rules *rules = ctx;
	struct content_path *p = arena_alloc(&rules->arena, sizeof(*p)), **at = &rules->first;

	if (!p)
		return err_nomem(e);
	p->sort = sort;
	p->path = arena_text(&rules->arena, path);
	while (*at)
		at = &(*at)->next;
	*at = p;
	return E_OK;
}

enum code content_rules_load(
	struct content_rules *rules, struct db *db, struct str type, struct err *e)
{
	if (rules->type.p && str_eq(rules->type, type))
		return E_OK;
	arena_release(&rules->arena);
	rules->first = NULL;
	rules->type = arena_str(&rules->arena, type);
	return version_paths(db, rules->type, add_path, rules, e);
}

void content_rules_release(struct content_rules *rules)
{
	arena_release(&rules->arena);
	*rules = (struct content_rules)CONTENT_RULES_INIT;
}

struct content_page {
	struct content_page *next;
	struct content_rules rules;
};

void content_book_init(struct content_book *b, struct db *db)
{
	*b = (struct content_book){ .db = db, .arena = ARENA_INIT(64 << 20) };
}

void content_book_release(struct content_book *b)
{
	for (struct content_page *p = b->first; p; p = p->next)
		content_rules_release(&p->rules);
	arena_release(&b->arena);
	b->first = NULL;
}

enum code content_book_read(struct content_book *b, struct err *e)
{
	struct buf types = BUF_INIT(16 << 20);
	enum code c = version_path_types(b->db, &types, e);
	struct str left = buf_slice(&types);

	while (!c && left.n) {
		size_t n = str_find(left, '\n');

		if (!content_book_rules(b, (struct str){ left.p, n }, e))
			c = e->code;
		left = str_from(left, n + 1);
	}
	buf_release(&types);
	b->db = NULL;
	return c;
}

const struct content_rules *content_book_rules(
	struct content_book *b, struct str type, struct err *e)
{
	static const struct content_rules none = CONTENT_RULES_INIT;
	struct content_page *page = b->first;

	while (page && !str_eq(page->rules.type, type))
		page = page->next;
	if (page)
		return &page->rules;
	if (!b->db)
		return &none;
	page = arena_alloc(&b->arena, sizeof(*page));
	if (!page) {
		err_nomem(e);
		return NULL;
	}
	page->rules = (struct content_rules)CONTENT_RULES_INIT;
	page->next = b->first;
	b->first = page;
	return content_rules_load(&page->rules, b->db, type, e) ? NULL : &page->rules;
}

static bool sort_place(void *ctx, const struct json_place *place)
{
	if (place->value->kind == JSON_ARRAY)
		json_sort_elements(ctx, place->value);
	return true;
}

static bool find_place(void *ctx, const struct json_place *place)
{
	bool *found = ctx;

	(void)place;
	*found = true;
	return false;
}

/* Most documents have no place that any path leads to: they are compared as they are. */
static bool has_place(struct json *document, const struct content_rules *rules)
{
	bool found = false;

	for (const struct content_path *p = rules->first; !found && p; p = p->next)
		json_visit(document, p->path, find_place, &found);
	return found;
}

/* Paths come deepest first, so that elements are settled before their array is sorted. NULL:
 * memory ran out. */
static struct json *compared_form(
	struct arena *a, struct json *document, const struct content_rules *rules)
{
	struct json *copy = document;

	if (has_place(document, rules))
		copy = json_copy(a, document);
	for (const struct content_path *p = rules->first; copy && copy != document && p;
		p = p->next) {
		if (p->sort)
			json_visit(copy, p->path, sort_place, a);
		else
			json_remove_all(copy, p->path);
	}
	return copy;
}

enum code content_digest(struct content *content, struct err *e)
{
	if (content->compared == content->document)
		memcpy(content->compared_sha256, content->sha256, SHA256_BYTES);
	else if (!json_digest(content->compared, content->compared_sha256))
		return err_nomem(e);
	return E_OK;
}

static enum code seal(
	struct content *content, struct arena *a, const struct content_rules *rules, struct err *e)
{
	content->compared =
		rules->first ? compared_form(a, content->document, rules) : content->document;
	json_write(&content->text, content->document);
	if (!content->compared || !arena_ok(a) || !buf_ok(&content->text) ||
		!sha256_of(buf_slice(&content->text), content->sha256))
		return err_nomem(e);
	return content_digest(content, e);
}

enum code content_known(struct content *content, struct arena *a, struct json *document,
	const struct content_rules *rules, struct err *e)
{
	content->document = document;
	content->compared = rules->first ? compared_form(a, document, rules) : document;
	return content->compared && arena_ok(a) ? E_OK : err_nomem(e);
}

enum code content_of_document(struct content *content, struct arena *a, struct json *document,
	const struct content_rules *rules, struct err *e)
{
	content->document = document;
	return seal(content, a, rules, e);
}

static void write_member(struct buf *b, const char *name, struct str text)
{
	buf_printf(b, "\"%s\":", name);
	json_write_string(b, text);
}

/* The members' order is the canonical one. */
static enum code write_relationship(void *ctx, const struct stage_relationship *r, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	if (b->p[b->n - 1] != '[')
		buf_char(b, ',');
	buf_char(b, '{');
	write_member(b, "name", r->name);
	if (r->id.p) {
		buf_char(b, ',');
		write_member(b, "resourceId", r->id);
	}
	if (r->target_name.p) {
		buf_char(b, ',');
		write_member(b, "resourceName", r->target_name);
	}
	buf_char(b, ',');
	write_member(b, "resourceType", r->type);
	buf_char(b, '}');
	return E_OK;
}

static void write_staged(struct buf *b, const char *before, struct str part)
{
	buf_text(b, before);
	buf_str(b, part.p ? part : STR("{}"));
}

enum code content_of_row(
	struct content *content, struct db *db, const struct stage_row *row, struct err *e)
{
	struct buf *b = &content->text;

	write_staged(b, "{\"configuration\":", row->configuration);
	buf_text(b, ",\"relationships\":[");
	if (!buf_ok(b))
		return err_nomem(e);
	if (stage_relationships(db, row, write_relationship, b, e))
		return e->code;
	write_staged(b, "],\"supplementaryConfiguration\":", row->supplementary);
	write_staged(b, ",\"tags\":", row->tags);
	buf_char(b, '}');
	if (b->full)
		return err_set(e, E_TOOBIG, "the document is too large to record");
	return buf_ok(b) && sha256_of(buf_slice(b), content->sha256) ? E_OK : err_nomem(e);
}

enum code content_open(
	struct content *content, struct arena *a, const struct content_rules *rules, struct err *e)
{
	struct json *document = NULL;

	if (json_read(a, buf_slice(&content->text), &document, e) ||
		content_known(content, a, document, rules, e))
		return e->code;
	return content_digest(content, e);
}

enum code content_of_text(struct content *content, struct arena *a, struct str text,
	const struct content_rules *rules, struct err *e)
{
	enum code c = json_read(a, text, &content->document, e);

	if (c)
		return c;
	/* json_patch() puts new members last. */
	json_canon(content->document);
	return seal(content, a, rules, e);
}

void content_release(struct content *content)
{
	buf_release(&content->text);
}
