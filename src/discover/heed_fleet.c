/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/errand.h"
#include "discover/fleet.h"

static bool is_open(const struct hint *h)
{
	return h->is_change && (h->fate == HINT_UNRESOLVED || h->fate == HINT_ELSEWHERE);
}

/* An event that names no account may be anybody's. */
static bool concerns(const struct hint *h, const char *account)
{
	return is_open(h) && (!h->cause.account.n || str_is(h->cause.account, account));
}

static bool concerns_any(const struct hints *hints, const char *account)
{
	for (const struct hint *h = hints->first; h; h = h->next)
		if (concerns(h, account))
			return true;
	return false;
}

/* Nobody could look: they may be heeded again. */
static void fail(struct hints *hints, const char *account)
{
	for (struct hint *h = hints->first; h; h = h->next)
		if (is_open(h) && h->cause.account.n && str_is(h->cause.account, account))
			h->fate = HINT_FAILED;
}

static void add(struct heed_sum *sum, const struct heed_sum *one)
{
	sum->recorded.seen += one->recorded.seen;
	sum->recorded.created += one->recorded.created;
	sum->recorded.changed += one->recorded.changed;
	sum->recorded.deleted += one->recorded.deleted;
	sum->recorded.unchanged += one->recorded.unchanged;
	sum->targets += one->targets;
	sum->related += one->related;
	sum->calls += one->calls;
	if (!sum->n_failed)
		sum->why = one->why;
	sum->n_failed += one->n_failed;
}

static enum code heed_account(struct db *db, const struct sweep_options *o, struct hints *hints,
	int64_t now_ms, struct heed_sum *sum, struct err *e)
{
	struct heed_sum one = { 0 };
	struct err why = { 0 };
	enum code c = heed_one(db, o, hints, now_ms, &one, &why);

	if (!c) {
		add(sum, &one);
	} else if (c == E_CANCELED || c == E_NOMEM) {
		*e = why;
	} else {
		fail(hints, o->account);
		if (!sum->n_failed)
			sum->why = why;
		sum->n_failed++;
	}
	heed_sum_release(&one);
	return e->code;
}

static void ignore_reads(struct hints *hints)
{
	for (struct hint *h = hints->first; h; h = h->next)
		if (!h->is_change && (h->fate == HINT_UNRESOLVED || h->fate == HINT_ELSEWHERE))
			h->fate = HINT_IGNORED;
}

static bool any_open(const struct hints *hints)
{
	for (const struct hint *h = hints->first; h; h = h->next)
		if (is_open(h))
			return true;
	return false;
}

static bool has(const struct fleet *fleet, struct str account)
{
	for (size_t i = 0; i < fleet->n; i++)
		if (str_is(account, fleet->each[i].account))
			return true;
	return false;
}

static enum code heed_fleet(struct db *db, const struct sweep_options *options, struct hints *hints,
	int64_t now_ms, struct heed_sum *sum, struct err *e)
{
	struct fleet fleet = FLEET_INIT;

	*sum = (struct heed_sum){ .arena = ARENA_INIT(1 << 20) };
	ignore_reads(hints);
	if (!any_open(hints))
		return E_OK;
	if (fleet_open(&fleet, options, e))
		err_add(e, "look at what events name");
	for (size_t i = 0; i < fleet.n && !e->code; i++)
		if (concerns_any(hints, fleet.each[i].account))
			heed_account(db, &fleet.each[i], hints, now_ms, sum, e);
	for (struct hint *h = hints->first; h && !e->code; h = h->next)
		if (is_open(h) && h->cause.account.n && !has(&fleet, h->cause.account))
			h->fate = HINT_ELSEWHERE;
	fleet_release(&fleet);
	return e->code;
}

enum code heed_run(struct db *db, const struct sweep_options *options, struct hints *hints,
	int64_t now_ms, struct heed_sum *sum, struct err *e)
{
	return fleet_is_meant(options) ? heed_fleet(db, options, hints, now_ms, sum, e)
				       : heed_one(db, options, hints, now_ms, sum, e);
}
