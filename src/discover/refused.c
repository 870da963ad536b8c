/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/refused.h"

#include "base/time.h"
#include "store/coverage.h"
#include <stdio.h>

/* Keys that are wrong or have run out are another matter: nobody refused these ones. */
static bool is_denial(const struct err *why, const struct aws_fault *fault)
{
	static const char *const words[] = { "AccessDenied", "Unauthorized", "NotAuthorized",
		"AuthorizationError", "AllAccessDisabled", "Forbidden" };

	if (why->code != E_DENIED)
		return false;
	if (!fault->code[0])
		return fault->status == 403;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(fault->code, words[i]))
			return true;
	return false;
}

static struct denial denial_of(const struct sweep *s, const struct listing *l)
{
	return (struct denial){
		.account = s->account, .region = l->plan->call_region, .type = l->plan->entry->type
	};
}

/* Was it refused, and is its time not come? */
static enum code is_early(struct db *db, struct arena *a, struct denial *r, int64_t now_ms,
	bool *early, struct err *e)
{
	enum code c = denial_get(db, a, r, e);

	/* A wait longer than any begins with a clock that has been set back since. */
	*early = !c && r->again_ms > now_ms && r->again_ms <= now_ms + INT64_C(86400000);
	return c == E_NOTFOUND ? E_OK : c;
}

static void tell_again(const struct denial *r, struct err *out)
{
	char text[TIME_ISO_BYTES];

	err_set(out, E_DENIED, "%s (refused %lld times; asked again at %sZ)", r->reason,
		(long long)r->times, time_text(r->again_ms, text));
}

static enum code mark(struct sweep *s, struct db *db, struct listing *l, struct err *e)
{
	struct denial r = denial_of(s, l);
	bool early;
	enum code c = is_early(db, &s->arena, &r, s->now_ms, &early, e);

	if (c)
		return c;
	l->was_refused = r.reason != NULL;
	l->refused = early && !s->options->retry_denied;
	if (!l->refused)
		return E_OK;
	l->list_failed = true;
	tell_again(&r, &l->why);
	if (r.code)
		snprintf(l->fault.code, sizeof(l->fault.code), "%s", r.code);
	return E_OK;
}

enum code refused_mark(struct sweep *s, struct db *db, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0; i < s->plan.n && !c; i++)
		c = mark(s, db, &s->listings[i], e);
	return c;
}

static enum code settle(struct sweep *s, struct db *db, const struct listing *l, struct err *e)
{
	struct denial r = denial_of(s, l);

	if (l->refused)
		return E_OK;
	if (l->list_failed && is_denial(&l->why, &l->fault)) {
		r.reason = l->why.msg;
		r.code = l->fault.code[0] ? l->fault.code : NULL;
		return denial_note(db, &r, sweep_now_ms(s), e);
	}
	return l->was_refused ? denial_clear(db, &r, e) : E_OK;
}

/* Several types were asked for there, and every one failed for the same reason. */
static const struct listing *first_of_blind(const struct sweep *s, const char *region)
{
	const struct listing *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->plan.n; i++) {
		const struct listing *l = &s->listings[i];
		struct err e = l->why;

		if (l->plan->entry->scope != SCOPE_REGIONAL ||
			strcmp(l->plan->call_region, region) != 0)
			continue;
		if (!l->list_failed || l->any || (first && e.code != first->why.code))
			return NULL;
		if (!first)
			first = l;
		n++;
	}
	return n > 1 ? first : NULL;
}

static enum code note_regions(struct sweep *s, struct db *db, int64_t source_id, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0; i < s->plan.regions.n && !c; i++) {
		const char *region = s->plan.regions.names[i];
		const struct listing *l = first_of_blind(s, region);
		struct coverage_failure f = { .source_id = source_id,
			.sweep_ms = s->now_ms,
			.ended_ms = sweep_now_ms(s),
			.account = s->account,
			.region = region };

		if (!l)
			continue;
		f.reason = l->why.msg;
		f.code = l->fault.code[0] ? l->fault.code : NULL;
		c = coverage_add_failure_within(db, &f, e);
	}
	return c;
}

enum code refused_settle(struct sweep *s, struct db *db, int64_t source_id, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	for (size_t i = 0; i < s->plan.n && !c; i++)
		c = settle(s, db, &s->listings[i], e);
	if (!c)
		c = note_regions(s, db, source_id, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static struct denial denial_of_account(const struct sweep_options *o)
{
	return (struct denial){ .account = o->account, .region = "", .type = COVERAGE_ALL_TYPES };
}

enum code refused_account(const struct sweep_options *o, struct db *db, struct arena *a,
	int64_t now_ms, struct err *e)
{
	struct denial r = denial_of_account(o);
	bool early;

	if (!o->role_arn || o->retry_denied)
		return E_OK;
	if (!is_early(db, a, &r, now_ms, &early, e) && early)
		tell_again(&r, e);
	return e->code;
}

enum code refused_account_settle(const struct sweep_options *o, struct db *db, int64_t now_ms,
	const struct err *how, struct err *e)
{
	struct denial r = denial_of_account(o);
	enum code c = E_OK;

	if (how->code && how->code != E_DENIED)
		return E_OK;
	c = db_begin(db, e);
	if (c)
		return c;
	r.reason = how->msg;
	c = how->code ? denial_note(db, &r, now_ms, e) : denial_clear(db, &r, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}
