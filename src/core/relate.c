/* SPDX-License-Identifier: Apache-2.0 */
#include "core/relate.h"

#include "base/arena.h"
#include "store/stage.h"
#include "json/path.h"
#include "json/read.h"
#include <ctype.h>

struct rule {
	struct rule *next;
	struct stage_rule is;
	const char *path, *json;
};

/* The rules of one type; a sweep has some hundred types at most. */
struct rule_set {
	struct rule_set *next;
	struct str type;
	struct rule *first, **last;
};

struct relating {
	struct db *db;
	struct arena rules; /* for the whole run */
	struct rule_set *sets;
	struct arena a; /* for one document */
	/* The document and rule at hand. */
	const struct stage_text *text;
	const struct rule *rule;
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

/* NULL with @e filled when they cannot be read. */
static const struct rule_set *rules_of(struct relating *r, struct str type, struct err *e)
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
	if (stage_rules(r->db, l.set->type, load_rule, &l, e))
		return NULL;
	l.set->next = r->sets;
	r->sets = l.set;
	return l.set;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* As SQL's LIKE, with % alone. */
static bool like(struct str s, struct str pattern)
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
		p = arena_printf(&r->a, "%.*s%.*s%s", (int)(at - p.p), p.p,
			STR_ARG(r->text->account), at + sizeof(mark) - 1);
	return !p.p || like(value, p);
}

static void add(struct relating *r, struct str link)
{
	if (link.n && !r->code)
		r->code = stage_add_edge(r->db, r->text->stage_id, &r->rule->is, link, r->e);
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

	if (json_read(&r->a, value, &root, &ignored) == E_OK)
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

static enum code apply(struct relating *r, const struct rule_set *set, struct err *e)
{
	struct json *configuration = NULL, *parts = NULL;
	enum code c = json_read(&r->a, r->text->configuration, &configuration, e);

	if (!c)
		c = json_read(&r->a, r->text->supplementary, &parts, e);
	for (r->rule = set->first; !c && r->rule; r->rule = r->rule->next) {
		json_visit(r->rule->is.in_parts ? parts : configuration, r->rule->path, found, r);
		c = r->code;
	}
	return c;
}

static enum code relate_one(void *ctx, const struct stage_text *t, struct err *e)
{
	struct relating *r = ctx;
	const struct rule_set *set = rules_of(r, t->type, e);
	enum code c = set ? E_OK : e->code;

	r->text = t;
	r->e = e;
	if (set && set->first)
		c = apply(r, set, e);
	arena_release(&r->a);
	return c;
}

enum code relate_staged(struct db *db, struct err *e)
{
	struct relating r = {
		.db = db, .rules = ARENA_INIT(16 << 20), .a = ARENA_INIT(256u << 20)
	};
	enum code c = stage_begin_relating(db, e);

	if (c)
		return c;
	c = stage_texts(db, relate_one, &r, e);
	arena_release(&r.rules);
	if (!c)
		c = stage_resolve(db, e);
	return stage_end_relating(db, c, e);
}
