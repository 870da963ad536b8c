/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/plan.h"

#include "base/nearest.h"
#include "store/catalogue.h"

/* Entries of a plan, in a list while they are counted. */
struct chosen {
	const struct entry *entry;
	struct chosen *next;
};

struct making {
	struct arena *a;
	const struct plan_query *query;
	struct chosen *first, **last;
	size_t n;
};

static bool is_of_kind(const struct plan_query *query, const struct entry *t)
{
	bool exec = t->engine == ENGINE_EXEC;

	return t->engine != ENGINE_NONE && exec == (strcmp(query->kind, "exec") == 0);
}

static enum code choose(void *ctx, const struct catalogue_type *type, struct err *e)
{
	struct making *m = ctx;
	struct chosen *chosen;
	struct entry *t;
	enum code c = entry_parse(m->a, type->doc, &t, e);

	if (c || !is_of_kind(m->query, t))
		return c;
	chosen = arena_alloc(m->a, sizeof(*chosen));
	if (!chosen)
		return err_nomem(e);
	chosen->entry = t;
	*m->last = chosen;
	m->last = &chosen->next;
	m->n++;
	return E_OK;
}

/* What can be told of a type without reading its entry. */
static bool may_be_of_kind(const struct plan_query *query, const struct catalogue_type *type)
{
	return str_is(type->engine, "exec") == (strcmp(query->kind, "exec") == 0);
}

struct counting {
	const struct plan_query *query;
	size_t n;
};

static enum code count(void *ctx, const struct catalogue_type *type, struct err *e)
{
	struct counting *counting = ctx;

	(void)e;
	counting->n += may_be_of_kind(counting->query, type);
	return E_OK;
}

struct hinting {
	const struct plan_query *query;
	struct nearest near;
};

static enum code consider(void *ctx, const struct catalogue_type *type, struct err *e)
{
	struct hinting *h = ctx;

	(void)e;
	if (may_be_of_kind(h->query, type))
		nearest_offer(&h->near, type->type);
	return E_OK;
}

static struct str without_stars(struct str glob)
{
	while (glob.n && glob.p[0] == '*')
		glob = str_from(glob, 1);
	while (glob.n && glob.p[glob.n - 1] == '*')
		glob.n--;
	return glob;
}

static enum code unknown_type(struct making *m, struct db *db, struct str glob, struct err *e)
{
	struct hinting h = { .query = m->query };
	enum code c;

	nearest_init(&h.near, without_stars(glob));
	c = catalogue_walk(db, NULL, consider, &h, e);
	if (c)
		return c;
	(void)err_set(e, E_INVALID, "no resource type is called \"%.*s\"",
		(int)(glob.n < 120 ? glob.n : 120), glob.p);
	if (nearest_name(&h.near))
		return err_hint(e, "did you mean %s?", nearest_name(&h.near));
	return E_INVALID;
}

/* Every glob must mean something: a typo among ten would otherwise go unnoticed. */
static enum code check_globs(struct making *m, struct db *db, struct err *e)
{
	struct str rest = str_of(m->query->types);
	enum code c = E_OK;

	while (rest.n && !c) {
		struct counting counting = { m->query, 0 };
		struct str glob = { rest.p, str_find(rest, ',') };

		rest = str_from(rest, glob.n + 1);
		c = catalogue_walk(db, arena_text(m->a, glob), count, &counting, e);
		if (!c && !counting.n)
			c = unknown_type(m, db, glob, e);
	}
	return c;
}

/* "=global" and its like: the region all resources of the type have. */
static const char *fixed_region(const struct entry *t)
{
	return t->region && t->region[0] == '=' ? t->region + 1 : NULL;
}

static void add_listing(struct plan *plan, const struct entry *t, const char *call_region,
	const char *const *looks, size_t n_looks)
{
	plan->listings[plan->n++] = (struct listing_plan){ t, call_region, looks, n_looks };
	plan->n_looks += n_looks;
}

static enum code add_global(
	struct plan *plan, struct arena *a, const struct entry *t, const char *home, struct err *e)
{
	const char *globals = home ? home : region_of_globals(plan->regions.names[0]);
	bool commercial = strcmp(region_of_globals(globals), "us-east-1") == 0;
	const char *call_region = t->home_region && commercial ? t->home_region : globals;
	const char **look = arena_alloc(a, sizeof(*look));

	if (!look)
		return err_nomem(e);
	*look = fixed_region(t) ? fixed_region(t) : call_region;
	if (t->scope == SCOPE_GLOBAL_LIST)
		add_listing(plan, t, call_region, plan->regions.names, plan->regions.n);
	else
		add_listing(plan, t, call_region, look, 1);
	return E_OK;
}

static enum code add_entry(
	struct plan *plan, struct arena *a, const struct entry *t, const char *home, struct err *e)
{
	if (t->scope == SCOPE_GLOBAL || t->scope == SCOPE_GLOBAL_LIST)
		return add_global(plan, a, t, home, e);
	for (size_t i = 0; i < plan->regions.n; i++)
		add_listing(plan, t, plan->regions.names[i], &plan->regions.names[i], 1);
	return E_OK;
}

enum code plan_make(struct plan *plan, struct arena *a, struct db *db,
	const struct plan_query *query, struct err *e)
{
	struct making m = { a, query, NULL, &m.first, 0 };
	struct plan made = { .regions = query->regions };
	enum code c = E_OK;

	if (strcmp(query->kind, "push") == 0) {
		err_set(e, E_INVALID, "a source that is pushed cannot be looked at");
		return err_hint(e, "siltstone push");
	}
	if (strcmp(query->kind, "aws") != 0 && strcmp(query->kind, "exec") != 0)
		return err_set(e, E_INVALID, "no kind of source is called \"%s\"", query->kind);
	if (query->types)
		c = check_globs(&m, db, e);
	if (!c)
		c = catalogue_walk(db, query->types, choose, &m, e);
	if (c)
		return c;
	made.listings = arena_alloc(a, (m.n * made.regions.n + 1) * sizeof(*made.listings));
	if (!made.listings)
		return err_nomem(e);
	for (const struct chosen *t = m.first; t && !c; t = t->next)
		c = add_entry(&made, a, t->entry, query->home, e);
	if (!c && !made.n)
		c = err_set(
			e, E_INVALID, "the catalogue has no type of the kind \"%s\"", query->kind);
	if (!c)
		*plan = made;
	return c;
}
