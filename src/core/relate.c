/* SPDX-License-Identifier: Apache-2.0 */
#include "core/relate.h"

#include "store/catalogue.h"
#include "store/stage_event.h"
#include "json/path.h"
#include "json/read.h"
#include <ctype.h>

struct rule {
	struct rule *next;
	struct stage_rule is;
	const char *path, *json;
	bool hit; /* by the document at hand */
};

/* A relationship that is shown on this type and named on the other. */
struct inverse {
	struct inverse *next;
	struct str name, from_type;
};

/* The rules of one type; a sweep has some hundred types at most. */
struct rule_set {
	struct rule_set *next;
	struct str type;
	struct rule *first, **last;
	struct inverse *inverses;
};

/* The document and rule at hand. */
struct relating {
	struct arena *a;
	struct str account;
	struct rule *rule;
	relate_rule_fn *fn;
	void *ctx;
	struct err *e;
	enum code code;
};

struct loading {
	struct arena *a;
	struct rule_set *set;
};

static struct str keep(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

static enum code load_rule(void *ctx, const struct stage_rule *r, struct err *e)
{
	struct loading *l = ctx;
	struct rule *rule = arena_alloc(l->a, sizeof(*rule));

	if (!rule)
		return err_nomem(e);
	rule->is = (struct stage_rule){ keep(l->a, r->name), keep(l->a, r->target),
		keep(l->a, r->path), r->in_parts, keep(l->a, r->by), keep(l->a, r->match),
		keep(l->a, r->split), keep(l->a, r->json), keep(l->a, r->emit), r->ext };
	rule->path = rule->is.path.p;
	rule->json = rule->is.json.p;
	*l->set->last = rule;
	l->set->last = &rule->next;
	return arena_ok(l->a) ? E_OK : err_nomem(e);
}

static enum code load_inverse(void *ctx, struct str name, struct str from_type, struct err *e)
{
	struct loading *l = ctx;
	struct inverse *v = arena_alloc(l->a, sizeof(*v));

	if (!v)
		return err_nomem(e);
	*v = (struct inverse){ l->set->inverses, keep(l->a, name), keep(l->a, from_type) };
	l->set->inverses = v;
	return arena_ok(l->a) ? E_OK : err_nomem(e);
}

/* NULL with @e filled when they cannot be read. */
static struct rule_set *rules_of(struct relater *r, struct str type, struct err *e)
{
	struct loading l = { &r->rules, NULL };

	for (l.set = r->sets; l.set; l.set = l.set->next)
		if (str_eq(l.set->type, type))
			return l.set;
	l.set = arena_alloc(&r->rules, sizeof(*l.set));
	if (!l.set) {
		err_nomem(e);
		return NULL;
	}
	l.set->type = arena_str(&r->rules, type);
	l.set->last = &l.set->first;
	if (stage_rules(r->db, l.set->type, load_rule, &l, e) ||
		catalogue_inverses(r->db, l.set->type, load_inverse, &l, e))
		return NULL;
	l.set->next = r->sets;
	r->sets = l.set;
	return l.set;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

bool relate_like(struct str s, struct str pattern)
{
	size_t i = 0, k = 0, star = SIZE_MAX, from = 0;

	while (i < s.n) {
		if (k < pattern.n && pattern.p[k] == '%') {
			star = k++;
			from = i;
		} else if (k < pattern.n && same_letter(pattern.p[k], s.p[i])) {
			k++;
			i++;
		} else if (star != SIZE_MAX) {
			k = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (k < pattern.n && pattern.p[k] == '%')
		k++;
	return k == pattern.n;
}

static bool matches(struct relating *r, struct str value)
{
	static const char mark[] = "{account}";
	struct str p = r->rule->is.match;
	const char *at = p.p ? strstr(p.p, mark) : NULL;

	if (at)
		p = arena_printf(r->a, "%.*s%.*s%s", (int)(at - p.p), p.p, STR_ARG(r->account),
			at + sizeof(mark) - 1);
	return !p.p || relate_like(value, p);
}

static void add(struct relating *r, struct str link)
{
	if (!link.n || r->code)
		return;
	r->rule->hit = true;
	r->code = r->fn(r->ctx, &r->rule->is, link, r->e);
}

static void add_each(struct relating *r, struct str list, char separator)
{
	while (list.n) {
		size_t end = str_find(list, separator);

		add(r, str_trim((struct str){ list.p, end }));
		list = str_from(list, end + 1);
	}
}

/* What the JSON text @value holds at the rule's place; STR_NONE when it is none. */
static struct str inside(struct relating *r, struct str value)
{
	struct err ignored = { 0 };
	struct json *root = NULL, *v = NULL;

	if (json_read(r->a, value, &root, &ignored) == E_OK)
		v = json_first(root, r->rule->json);
	return json_is(v, JSON_STRING) ? v->text : STR_NONE;
}

static bool found(void *ctx, const struct json_place *place)
{
	struct relating *r = ctx;
	const struct json *v = place->value;
	const struct stage_rule *rule = &r->rule->is;

	if ((v->kind != JSON_STRING && v->kind != JSON_NUMBER) || !matches(r, v->text))
		return true;
	if (rule->json.p)
		add(r, inside(r, v->text));
	else if (rule->split.n)
		add_each(r, v->text, rule->split.p[0]);
	else
		add(r, v->text);
	return !r->code;
}

static enum code apply(
	struct relating *r, struct rule_set *set, struct json *configuration, struct json *parts)
{
	for (struct rule *rule = set->first; rule; rule = rule->next)
		rule->hit = false;
	for (r->rule = set->first; !r->code && r->rule; r->rule = r->rule->next)
		json_visit(r->rule->is.in_parts ? parts : configuration, r->rule->path, found, r);
	return r->code;
}

/* AWS Config's own account of the links, where no rule has found them: what comes from elsewhere may
 * be of a type without rules. */
static bool is_told(const struct rule_set *set, struct str name, struct str target)
{
	for (const struct rule *rule = set->first; rule; rule = rule->next)
		if (rule->hit && !rule->is.ext && str_eq(rule->is.name, name) &&
			str_eq(rule->is.target, target))
			return true;
	for (const struct inverse *v = set->inverses; v; v = v->next)
		if (str_eq(v->name, name) && str_eq(v->from_type, target))
			return true;
	return false;
}

static enum code pass_relationship(
	struct relating *r, const struct rule_set *set, const struct json *v)
{
	struct str id = json_get_text(v, "resourceId"), name = json_get_text(v, "resourceName");
	struct stage_rule as = { .name = json_get_text(v, "name"),
		.target = json_get_text(v, "resourceType"),
		.by = id.n ? STR("id") : STR("name") };

	if (!as.name.p || !as.target.n || (!id.n && !name.n) || is_told(set, as.name, as.target))
		return E_OK;
	return r->fn(r->ctx, &as, id.n ? id : name, r->e);
}

enum code relate_document(struct relater *rr, struct arena *a, const struct relate_place *place,
	struct json *document, relate_rule_fn *fn, void *ctx, struct err *e)
{
	struct relating r = { .a = a, .account = place->account, .fn = fn, .ctx = ctx, .e = e };
	struct rule_set *set = rules_of(rr, place->type, e);
	const struct json *list = json_get(document, "relationships");
	enum code c;

	if (!set)
		return e->code;
	c = apply(&r, set, json_get(document, "configuration"),
		json_get(document, "supplementaryConfiguration"));
	for (const struct json *v = list ? list->first : NULL; !c && v; v = v->next)
		c = pass_relationship(&r, set, v);
	return c;
}

void relater_init(struct relater *r, struct db *db)
{
	*r = (struct relater){ .db = db, .rules = ARENA_INIT(64 << 20) };
}

void relater_release(struct relater *r)
{
	arena_release(&r->rules);
	r->sets = NULL;
}

/* What relating the stage carries from row to row. */
struct staging {
	struct relater relater;
	struct arena a; /* for one document */
	int64_t stage_id;
};

static enum code stage_link(
	void *ctx, const struct stage_rule *rule, struct str link, struct err *e)
{
	struct staging *s = ctx;

	return stage_add_edge(s->relater.db, s->stage_id, rule, link, e);
}

static enum code relate_one(void *ctx, const struct stage_text *t, struct err *e)
{
	struct staging *s = ctx;
	struct relating r = {
		.a = &s->a, .account = t->account, .fn = stage_link, .ctx = s, .e = e
	};
	struct rule_set *set = rules_of(&s->relater, t->type, e);
	struct json *configuration = NULL, *parts = NULL;
	enum code c = set ? E_OK : e->code;

	s->stage_id = t->stage_id;
	if (set && set->first) {
		c = json_read(&s->a, t->configuration, &configuration, e);
		if (!c)
			c = json_read(&s->a, t->supplementary, &parts, e);
		if (!c)
			c = apply(&r, set, configuration, parts);
	}
	arena_release(&s->a);
	return c;
}

/* Those behind @after, which becomes the last of them. */
static enum code relate_behind(struct staging *s, int64_t *after, struct err *e)
{
	enum code c = stage_texts(s->relater.db, *after, relate_one, s, e);

	return c ? c : stage_last(s->relater.db, after, e);
}

enum code relate_staged_and(struct db *db, relate_more_fn *more, void *ctx, struct err *e)
{
	struct staging s = { .a = ARENA_INIT(256u << 20) };
	int64_t after = 0;
	enum code c = stage_begin_relating(db, e);

	if (c)
		return c;
	relater_init(&s.relater, db);
	c = relate_behind(&s, &after, e);
	if (!c && more)
		c = more(ctx, e);
	if (!c && more)
		c = relate_behind(&s, &after, e);
	relater_release(&s.relater);
	if (!c)
		c = stage_resolve(db, e);
	return stage_end_relating(db, c, e);
}

enum code relate_staged(struct db *db, struct err *e)
{
	return relate_staged_and(db, NULL, NULL, e);
}
