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

static void note_next(int64_t *next_ms, int64_t at_ms)
{
	if (!*next_ms || at_ms < *next_ms)
		*next_ms = at_ms;
}

/* Of a list of all regions the first stands for the others. */
static enum code is_due(struct sweep *s, struct db *db, const struct listing_plan *p,
	const struct scope_type *t, int64_t *next_ms, bool *due, struct err *e)
{
	const int64_t share = t->own_ms / SLACK_SHARE, slack = share < SLACK_MS ? share : SLACK_MS;
	int64_t last_ms = 0;

	*due = !s->options->own_only;
	if (!t->own_ms)
		return E_OK;
	if (scope_last_look(db, s->account, p->looks[0], p->entry->type, &last_ms, e))
		return e->code;
	/* A look in the future is the clock's doing. */
	*due = !s->options->when_due || last_ms + t->own_ms <= s->now_ms + slack ||
	       last_ms > s->now_ms;
	note_next(next_ms, (*due ? s->now_ms : last_ms) + t->own_ms);
	return E_OK;
}

static enum code drop_early(
	struct sweep *s, struct db *db, const struct in_scope *scope, int64_t *next_ms, struct err *e)
{
	struct plan *plan = &s->plan;
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++) {
		const struct listing_plan *p = &plan->listings[i];
		bool due;

		if (is_due(s, db, p, scope_find(scope, p->entry->type), next_ms, &due, e))
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
	struct in_scope scope;

	*next_ms = 0;
	if (scope_load(db, &s->arena, &scope, e))
		return e->code;
	drop_others(&s->plan, &scope, true);
	if (!s->plan.n && o->types && !o->when_due) {
		err_set(e, E_INVALID, "the recorder does not record \"%.200s\"", o->types);
		return err_hint(e, "siltstone recorder show says what it records");
	}
	return drop_early(s, db, &scope, next_ms, e);
}

enum code cut_heed(struct sweep *s, struct db *db, struct err *e)
{
	struct in_scope scope;

	if (!scope_load(db, &s->arena, &scope, e))
		drop_others(&s->plan, &scope, false);
	return e->code;
}
