/* SPDX-License-Identifier: Apache-2.0 */
#include "core/content.h"

#include "store/version.h"
#include "json/canon.h"
#include "json/path.h"
#include "json/read.h"
#include "json/write.h"

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

static bool sort_place(void *ctx, const struct json_place *place)
{
	if (place->value->kind == JSON_ARRAY)
		json_sort_elements(ctx, place->value);
	return true;
}

/* Paths come deepest first, so that elements are settled before their array is sorted. */
static struct json *compared_form(
	struct arena *a, const struct json *document, const struct content_rules *rules)
{
	struct json *copy = json_copy(a, document);

	for (const struct content_path *p = rules->first; copy && p; p = p->next) {
		if (p->sort)
			json_visit(copy, p->path, sort_place, a);
		else
			json_remove_all(copy, p->path);
	}
	return copy;
}

static enum code seal(
	struct content *content, struct arena *a, const struct content_rules *rules, struct err *e)
{
	content->compared = compared_form(a, content->document, rules);
	json_write(&content->text, content->document);
	if (!content->compared || !arena_ok(a) || !buf_ok(&content->text) ||
		!sha256_of(buf_slice(&content->text), content->sha256) ||
		!json_digest(content->compared, content->compared_sha256))
		return err_nomem(e);
	return E_OK;
}

struct relating {
	struct arena *a;
	struct json *array;
};

static enum code add_relationship(void *ctx, const struct stage_relationship *r, struct err *e)
{
	struct relating *to = ctx;
	struct json *o = json_new(to->a, JSON_OBJECT);

	if (!o)
		return err_nomem(e);
	json_add(o, STR("name"), json_string(to->a, arena_str(to->a, r->name)));
	if (r->id.p)
		json_add(o, STR("resourceId"), json_string(to->a, arena_str(to->a, r->id)));
	if (r->target_name.p)
		json_add(o, STR("resourceName"),
			json_string(to->a, arena_str(to->a, r->target_name)));
	json_add(o, STR("resourceType"), json_string(to->a, arena_str(to->a, r->type)));
	json_push(to->array, o);
	return E_OK;
}

static enum code read_part(
	struct json *document, struct arena *a, const char *name, struct str text, struct err *e)
{
	struct json *v = NULL;
	enum code c = json_read(a, text.p ? text : STR("{}"), &v, e);

	if (!c)
		json_add(document, str_of(name), v);
	return c;
}

enum code content_of_row(struct content *content, struct arena *a, struct db *db,
	const struct stage_row *row, const struct content_rules *rules, struct err *e)
{
	struct relating to = { a, json_new(a, JSON_ARRAY) };
	struct json *d = json_new(a, JSON_OBJECT);
	enum code c;

	if (!d || !to.array)
		return err_nomem(e);
	/* The members' order is the canonical one. */
	c = read_part(d, a, "configuration", row->configuration, e);
	if (!c)
		c = stage_relationships(db, row, add_relationship, &to, e);
	json_add(d, STR("relationships"), to.array);
	if (!c)
		c = read_part(d, a, "supplementaryConfiguration", row->supplementary, e);
	if (!c)
		c = read_part(d, a, "tags", row->tags, e);
	content->document = d;
	return c ? c : seal(content, a, rules, e);
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
