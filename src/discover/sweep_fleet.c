/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/fleet.h"

#include "base/time.h"
#include "discover/listing.h"
#include "discover/team.h"
#include "store/coverage.h"

enum { TYPES_BYTES = 256 << 20, NOTES_MAX = 100000 };

/* The sums of accounts, one behind the other. */
struct adding {
	struct sweep_sum *sum;
	size_t room; /* for notes */
};

static const char *kept(struct arena *a, const char *text)
{
	return text ? arena_text(a, str_of(text)) : NULL;
}

/* Room doubles; what is over the most is counted and not told. */
static struct sweep_note *next_note(struct adding *adding)
{
	struct sweep_sum *sum = adding->sum;
	size_t room = adding->room ? 2 * adding->room : 64;
	struct sweep_note *more;

	if (sum->n_notes == NOTES_MAX)
		return NULL;
	if (sum->n_notes == adding->room) {
		more = arena_alloc(&sum->arena, room * sizeof(*more));
		if (!more)
			return NULL;
		if (sum->n_notes)
			memcpy(more, sum->notes, sum->n_notes * sizeof(*more));
		sum->notes = more;
		adding->room = room;
	}
	return &sum->notes[sum->n_notes++];
}

static void add_note(struct adding *adding, const struct sweep_note *note)
{
	struct arena *a = &adding->sum->arena;
	struct sweep_note *n = next_note(adding);

	if (!n)
		return;
	*n = *note;
	n->account = kept(a, note->account);
	n->region = kept(a, note->region);
	n->type = kept(a, note->type);
	n->reason = kept(a, note->reason);
	n->service = kept(a, note->service);
}

static void add_recorded(struct record_sum *to, const struct record_sum *r)
{
	to->seen += r->seen;
	to->created += r->created;
	to->changed += r->changed;
	to->deleted += r->deleted;
	to->unrecorded += r->unrecorded;
	to->unchanged += r->unchanged;
	to->overtaken += r->overtaken;
	if (!to->refused)
		to->first_refused = r->first_refused;
	to->refused += r->refused;
}

static void add_sum(struct adding *adding, const struct sweep_sum *one)
{
	struct sweep_sum *sum = adding->sum;

	add_recorded(&sum->recorded, &one->recorded);
	sum->looks += one->looks;
	sum->complete += one->complete;
	sum->partial += one->partial;
	sum->failed += one->failed;
	sum->unsupported += one->unsupported;
	sum->calls += one->calls;
	if (one->next_ms && (!sum->next_ms || one->next_ms < sum->next_ms))
		sum->next_ms = one->next_ms;
	sum->accounts++;
	for (size_t i = 0; i < one->n_notes; i++)
		add_note(adding, &one->notes[i]);
}

static void add_unreached(struct adding *adding, const char *account, const struct err *why)
{
	const struct sweep_note note = { .account = account,
		.region = "",
		.type = COVERAGE_ALL_TYPES,
		.outcome = LOOK_FAILED,
		.code = why->code,
		.reason = why->msg };

	adding->sum->looks++;
	adding->sum->failed++;
	adding->sum->unreached++;
	add_note(adding, &note);
}

/* A typo in the types is no account's fault. */
static enum code check_types(struct db *db, const struct sweep_options *o, struct err *e)
{
	const char *any = "us-east-1";
	const struct plan_query query = {
		.kind = o->kind, .types = o->types, .regions = { &any, 1 }
	};
	struct arena a = ARENA_INIT(TYPES_BYTES);
	struct plan plan;
	enum code c = plan_make(&plan, &a, db, &query, e);

	arena_release(&a);
	return c;
}

static enum code stopped(const struct sweep_sum *sum, struct err *e)
{
	if (e->code != E_CANCELED || !sum->accounts)
		return e->code;
	*e = (struct err){ 0 };
	return err_set(e, E_CANCELED, "stopped; what was seen of %lld accounts is written",
		(long long)sum->accounts);
}

static enum code sweep_each(struct db *db, const struct fleet *fleet,
	const struct sweep_begun *begun, struct sweep_sum *sum, struct err *e)
{
	struct adding adding = { .sum = sum };
	struct err first = { 0 };
	struct team_account *accounts = arena_alloc(&sum->arena, fleet->n * sizeof(*accounts));

	if (!accounts)
		return err_nomem(e);
	for (size_t i = 0; i < fleet->n; i++)
		accounts[i] = (struct team_account){ .options = &fleet->each[i] };
	team_sweep(db, accounts, fleet->n, begun, e);
	for (size_t i = 0; i < fleet->n; i++) {
		struct team_account *one = &accounts[i];

		if (one->done && !one->why.code) {
			add_sum(&adding, &one->sum);
		} else if (one->done && !team_is_the_end(one->why.code)) {
			add_unreached(&adding, one->options->account, &one->why);
			if (!first.code)
				first = one->why;
		}
		sweep_sum_release(&one->sum);
	}
	if (e->code)
		return stopped(sum, e);
	if (sum->accounts)
		return arena_ok(&sum->arena) ? E_OK : err_nomem(e);
	*e = first;
	return err_add(e, "none of %zu accounts could be looked at; the first", fleet->n);
}

/* The accounts could not even be found out: a gap of the whole source. */
static void note_unknown(struct db *db, const struct sweep_options *o,
	const struct sweep_begun *begun, const struct err *why)
{
	struct coverage_failure f = {
		.sweep_ms = begun->now_ms, .ended_ms = time_now_ms(), .reason = why->msg
	};
	struct source source;
	struct err ignored = { 0 };

	if (team_is_the_end(why->code) || why->code == E_INVALID ||
		sweep_note_source(db, o, &source, &ignored))
		return;
	f.source_id = source.source_id;
	(void)coverage_add_failure(db, &f, &ignored);
}

static enum code sweep_fleet(struct db *db, const struct sweep_options *o,
	const struct sweep_begun *begun, struct sweep_sum *sum, struct err *e)
{
	struct fleet fleet = FLEET_INIT;
	struct buf settings = BUF_INIT(1 << 20);

	*sum = (struct sweep_sum){ .arena = ARENA_INIT(256 << 20) };
	if (!check_types(db, o, e) && fleet_open(&fleet, o, e))
		note_unknown(db, o, begun, e);
	if (!e->code && !o->settings) {
		/* The row is the source's, whichever account is looked at. */
		sweep_write_settings(&settings, o);
		if (!buf_ok(&settings))
			err_nomem(e);
		for (size_t i = 0; i < fleet.n; i++)
			fleet.each[i].settings = settings.p;
	}
	if (!e->code)
		sweep_each(db, &fleet, begun, sum, e);
	buf_release(&settings);
	fleet_release(&fleet);
	return e->code;
}

enum code sweep_run(struct db *db, const struct sweep_options *options, int64_t now_ms,
	struct sweep_sum *sum, struct err *e)
{
	const struct sweep_begun begun = { now_ms, time_ticks_ms(), fleet_is_meant(options) };

	return begun.one_of_many ? sweep_fleet(db, options, &begun, sum, e)
				 : sweep_one(db, options, &begun, sum, e);
}
