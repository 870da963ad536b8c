/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/cut.h"

#include "store/scope.h"

/* What is due in a moment is looked at now: several sources of one interval would else wake the daemon one by one. */
#define SLACK_SHARE 20
#define SLACK_MS    60000

static void drop_others(struct plan *plan, const struct in_scope *scope, bool daily)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++) {
		const struct listing_plan *p = &plan->listings[i];
		const struct scope_type *t = scope_find(scope, p->entry->type);

		if (t && (daily || !t->daily))
			plan->listings[n++] = *p;
		else
			plan->n_looks -= p->n_looks;
	}
	plan->n = n;
}

/* Which listings are due. */
struct cutting {
	struct sweep *sweep;
	struct db *db;
	struct in_scope scope;
	int64_t next_ms; /* the first of those with an interval of their own is due again; 0: there is none */
};

/* Of a list of all regions the first stands for the others. */
static enum code is_due(struct cutting *c, const struct listing_plan *p, bool *due, struct err *e)
{
	const struct sweep *s = c->sweep;
	const struct scope_type *t = scope_find(&c->scope, p->entry->type);
	const int64_t share = t->own_ms / SLACK_SHARE, slack = share < SLACK_MS ? share : SLACK_MS;
	int64_t last_ms = 0, at_ms;

	*due = !s->options->own_only;
	if (!t->own_ms)
		return E_OK;
	if (scope_last_look(c->db, s->account, p->looks[0], p->entry->type, &last_ms, e))
		return e->code;
	/* A look in the future is the clock's doing. */
	*due = !s->options->when_due || last_ms + t->own_ms <= s->now_ms + slack ||
	       last_ms > s->now_ms;
	at_ms = (*due ? s->now_ms : last_ms) + t->own_ms;
	if (!c->next_ms || at_ms < c->next_ms)
		c->next_ms = at_ms;
	return E_OK;
}

static enum code drop_early(struct cutting *c, struct err *e)
{
	struct plan *plan = &c->sweep->plan;
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++) {
		const struct listing_plan *p = &plan->listings[i];
		bool due;

		if (is_due(c, p, &due, e))
			return e->code;
		if (due)
			plan->listings[n++] = *p;
		else
			plan->n_looks -= p->n_looks;
	}
	plan->n = n;
	return E_OK;
}

enum code cut_sweep(struct sweep *s, struct db *db, int64_t *next_ms, struct err *e)
{
	const struct sweep_options *o = s->options;
	struct cutting cutting = { .sweep = s, .db = db };

	if (scope_load(db, &s->arena, &cutting.scope, e))
		return e->code;
	drop_others(&s->plan, &cutting.scope, true);
	if (!s->plan.n && o->types && !o->when_due) {
		err_set(e, E_INVALID, "the recorder does not record \"%.200s\"", o->types);
		return err_hint(e, "siltstone recorder show says what it records");
	}
	if (drop_early(&cutting, e))
		return e->code;
	*next_ms = cutting.next_ms;
	return E_OK;
}

enum code cut_heed(struct sweep *s, struct db *db, struct err *e)
{
	struct in_scope scope;

	if (!scope_load(db, &s->arena, &scope, e))
		drop_others(&s->plan, &scope, false);
	return e->code;
}
