/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/tape.h"

#include "base/mem.h"
#include "base/time.h"
#include "core/record.h"
#include "core/roll_up.h"
#include "demo/rules.h"
#include "store/coverage.h"
#include "store/demonstration.h"
#include "store/source.h"
#include "store/stage.h"
#include "store/store.h"
#include "json/read.h"
#include <stdio.h>
#include <string.h>

#define TEXTS_BYTES   ((size_t)4 << 30)
#define SCRATCH_BYTES (1u << 20)
#define SWEEP_THINGS  400
/* From a call to the description of what it changed, and to what rules say of that. */
#define DELAY_MS      3000
#define VERDICT_MS    2000

static bool over(struct tape *t)
{
	if (!t->e->code && t->stop && *t->stop)
		err_set(t->e, E_CANCELED, "stopped");
	return t->e->code != E_OK;
}

/* The sweep under way */

/* What they come to for each resource is recorded, too. */
static void give_verdicts(struct tape *t)
{
	struct record_sum sum;
	int64_t last_ms;

	if (over(t) || !t->n_verdicts || db_begin(t->db, t->e))
		return;
	last_ms = t->verdicts[t->n_verdicts - 1].at_ms;
	for (int i = 0; i < t->n_verdicts && !t->e->code; i++)
		rule_say(t, &t->verdicts[i]);
	t->n_verdicts = 0;
	if (t->e->code)
		db_rollback(t->db);
	else if (!db_commit(t->db, t->e))
		(void)roll_up_record(t->db, TAPE_PENDING, last_ms + 1000, &sum, t->e);
}

static void close_sweep(struct tape *t)
{
	struct record_sum sum = { 0 };

	if (!t->open || over(t))
		return;
	t->open = false;
	record_settle(&t->record, t->newest_ms + 1000, &sum, t->e);
	give_verdicts(t);
}

static void open_sweep(struct tape *t, int64_t at_ms)
{
	if (t->open && t->staged >= SWEEP_THINGS)
		close_sweep(t);
	if (t->open || over(t))
		return;
	t->open = record_begin(&t->record, t->db, t->source_id, at_ms, t->e) == E_OK;
	t->sweep++;
	t->staged = 0;
	t->cause = 0;
	t->newest_ms = at_ms;
}

static bool sees(const struct tape *t, const struct spot *spot, int64_t at_ms)
{
	const struct tape_blind *b = &t->blind;

	return !b->account || strcmp(b->account, spot->account) != 0 || at_ms < b->since_ms ||
	       at_ms >= b->until_ms;
}

static void tell_cause(struct tape *t)
{
	const struct tape_act *a = &t->act;
	struct dice digits = { t->n_acts };
	struct cause cause;
	uint64_t high, low;

	if (!a->actor || t->cause || over(t))
		return;
	high = dice_next(&digits);
	low = dice_next(&digits);
	cause = (struct cause){ .event_name = str_of(a->name),
		.event_source = str_of(a->source),
		.actor = str_of(a->actor),
		.source_ip = str_of(a->ip),
		.user_agent = str_of(a->agent),
		.region = str_of(a->global ? "us-east-1" : a->spot->region),
		.account = str_of(a->spot->account),
		.at_ms = a->at_ms };
	/* As CloudTrail's look: a UUID. */
	cause.event_id = str_of(tape_text(t, "%08x-%04x-4%03x-9%03x-%012llx",
		(unsigned)(high >> 32), (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
		(unsigned)(low >> 52), (unsigned long long)(low & UINT64_C(0xffffffffffff))));
	record_add_cause(&t->record, &cause, &t->cause, t->e);
}

static void judge(struct tape *t, struct thing *x, int rule, int64_t at_ms)
{
	const char *found = x->alive ? rule_finds((enum rule_id)rule, x) : NULL;
	const char *before = x->found[rule];

	if (found == before || (found && before && strcmp(found, before) == 0))
		return;
	x->found[rule] = found;
	if (t->n_verdicts == TAPE_PENDING)
		close_sweep(t);
	t->verdicts[t->n_verdicts++] =
		(struct tape_verdict){ x, rule, x->found[rule], at_ms + VERDICT_MS };
}

static void judge_all(struct tape *t, struct thing *x, int64_t at_ms)
{
	for (int i = 0; i < RULES; i++)
		if (t->rules_made & 1u << i)
			judge(t, x, i, at_ms);
}

/* Staging */

static struct json *read_part(struct tape *t, struct arena *a, const struct thing *x,
	void (*write)(const struct thing *, struct buf *))
{
	struct json *v = NULL;

	buf_clear(&t->scratch);
	write(x, &t->scratch);
	if (!buf_ok(&t->scratch))
		err_nomem(t->e);
	else
		json_read(a, arena_str(a, buf_slice(&t->scratch)), &v, t->e);
	return v;
}

static void stage(struct tape *t, struct thing *x, int64_t at_ms)
{
	struct arena a = ARENA_INIT(SCRATCH_BYTES);
	struct observation o = { .account = str_of(x->spot->account),
		.region = str_of(thing_region(x)),
		.type = str_of(kinds[x->kind].type),
		.id = str_of(x->id),
		.name = x->name ? str_of(x->name) : STR_NONE,
		.az = str_of(thing_zone(x)),
		.created_ms = x->created_ms,
		.captured_ms = at_ms,
		.cause = t->cause };

	o.configuration = read_part(t, &a, x, thing_configuration);
	if (!t->e->code)
		o.supplementary = read_part(t, &a, x, thing_supplementary);
	if (!t->e->code)
		o.tags = read_part(t, &a, x, thing_tags);
	buf_clear(&t->scratch);
	thing_arn(x, &t->scratch);
	o.arn = buf_slice(&t->scratch);
	if (!t->e->code)
		record_stage(&t->record, &o, t->e);
	if (t->e->code)
		err_add(t->e, "%s", x->id);
	arena_release(&a);
}

static void stage_lost(struct tape *t, struct thing *x, int64_t at_ms)
{
	struct record_named named = { .type = str_of(kinds[x->kind].type),
		.account = str_of(x->spot->account),
		.id = str_of(x->id),
		.name = STR_NONE,
		.arn = STR_NONE };
	const struct demonstration_resource r = { named.account, str_of(thing_region(x)),
		named.type, named.id };
	int64_t rid = 0;

	/* What came and went unseen is not there. */
	if (demonstration_rid(t->db, &r, &rid, t->e))
		return;
	if (!record_stage_gone(&t->record, rid, at_ms, t->e) && t->cause)
		record_blame(&t->record, t->cause, &named, t->e);
}

/* It is as it is to be seen now. */
static void take(struct tape *t, struct thing *x, int64_t at_ms)
{
	if (t->open && x->sweep == t->sweep)
		close_sweep(t);
	open_sweep(t, at_ms);
	if (over(t))
		return;
	tell_cause(t);
	if (x->alive)
		stage(t, x, at_ms);
	else
		stage_lost(t, x, at_ms);
	x->sweep = t->sweep;
	x->recorded = x->alive;
	x->missed = false;
	t->staged++;
	if (at_ms > t->newest_ms)
		t->newest_ms = at_ms;
	judge_all(t, x, at_ms);
}

void tape_act(struct tape *t, const struct tape_act *act)
{
	tape_until(t, act->at_ms);
	t->act = *act;
	t->cause = 0;
	t->n_acts++;
}

void tape_found(struct tape *t, int64_t at_ms)
{
	tape_act(t, &(struct tape_act){ .at_ms = at_ms, .spot = &t->spots[0] });
}

void tape_saw(struct tape *t, struct thing *x)
{
	if (sees(t, x->spot, t->act.at_ms))
		take(t, x, t->act.at_ms + DELAY_MS);
	else
		x->missed = true;
}

void tape_lost(struct tape *t, struct thing *x)
{
	x->alive = false;
	tape_saw(t, x);
}

/* Looks */

struct count {
	int64_t there, ever;
};

/* One look at every type that a region has, or the failure to come that far. */
static void look_at(struct tape *t, const struct spot *spot, const char *region,
	const struct count counts[KINDS], int64_t at_ms)
{
	for (int i = 0; i < KINDS && !over(t); i++) {
		struct look look = { .account = str_of(spot->account),
			.region = str_of(region),
			.type = str_of(kinds[i].type),
			.started_ms = at_ms + INT64_C(40) * i,
			.ended_ms = at_ms + INT64_C(40) * i + 350,
			.outcome = LOOK_COMPLETE,
			.seen = counts[i].there,
			.calls = 1 + counts[i].there / 50 };

		if (!counts[i].ever ||
			kind_is_global((enum kind_id)i) != (strcmp(region, "global") == 0))
			continue;
		record_look(&t->record, &look, t->e);
	}
}

static void look_round(struct tape *t, int account, int64_t at_ms)
{
	struct count counts[TAPE_SPOTS][KINDS] = { 0 };
	const struct spot *first = &t->spots[(size_t)account * 2];
	struct coverage_failure failure = { .source_id = t->source_id,
		.sweep_ms = at_ms,
		.ended_ms = at_ms + 900,
		.account = first->account,
		.reason = t->blind.reason,
		.code = t->blind.code };

	if (!sees(t, first, at_ms)) {
		coverage_add_failure(t->db, &failure, t->e);
		return;
	}
	for (struct thing *x = t->first; x; x = x->next) {
		if (strcmp(x->spot->account, first->account) != 0)
			continue;
		/* What came and went unseen is seen now, and nobody says who did it. */
		if (x->missed && (x->alive || x->recorded))
			take(t, x, at_ms);
		counts[x->spot->number][x->kind].there += x->alive;
		counts[x->spot->number][x->kind].ever += x->recorded || x->alive;
	}
	open_sweep(t, at_ms);
	if (over(t))
		return;
	for (int i = 0; i < 2; i++)
		look_at(t, first + i, first[i].region, counts[first[i].number], at_ms);
	look_at(t, first, "global", counts[first->number], at_ms);
	t->newest_ms = at_ms + 4000;
	close_sweep(t);
}

void tape_until(struct tape *t, int64_t at_ms)
{
	while (t->next_look_ms <= at_ms && !over(t)) {
		int64_t look_ms = t->next_look_ms;

		t->next_look_ms += TAPE_EVERY_MS;
		if (look_ms >= t->dark_since_ms && look_ms < t->dark_until_ms)
			continue;
		close_sweep(t);
		t->act = (struct tape_act){ .at_ms = look_ms };
		look_round(t, 0, look_ms);
		look_round(t, 1, look_ms + 20000);
	}
	if (t->open && at_ms - t->record.sweep_ms > TAPE_EVERY_MS)
		close_sweep(t);
}

void tape_rule(struct tape *t, int rule, int64_t at_ms)
{
	tape_found(t, at_ms);
	close_sweep(t);
	for (int i = 0; i < TAPE_SPOTS && !over(t); i++)
		rule_put(t, (enum rule_id)rule, &t->spots[i], at_ms);
	t->rules_made |= 1u << rule;
	for (struct thing *x = t->first; x && !over(t); x = x->next) {
		if (x->alive && x->recorded)
			judge(t, x, rule, at_ms);
		if (t->n_verdicts == TAPE_PENDING)
			give_verdicts(t);
	}
	give_verdicts(t);
}

/* Beginning and end */

static void put_source(struct tape *t)
{
	struct source s = { .name = DEMO_SOURCE, .kind = "aws", .settings = "{}" };

	if (!source_put(t->db, &s, t->e))
		t->source_id = s.source_id;
}

void tape_begin(struct tape *t, struct db *db, const struct demo_options *o, int64_t begin_ms,
	struct err *e)
{
	unsigned char key[32];

	*t = (struct tape){ .db = db,
		.e = e,
		.stop = o->stop,
		.texts = ARENA_INIT(TEXTS_BYTES),
		.scratch = BUF_INIT(SCRATCH_BYTES),
		.dice = { 20260223 },
		.next_look_ms = begin_ms,
		.spots = { { "111122223333", "prod", "eu-west-1", 0 },
			{ "111122223333", "prod", "us-east-1", 1 },
			{ "444455556666", "dev", "eu-west-1", 2 },
			{ "444455556666", "dev", "us-east-1", 3 } } };
	t->last = &t->first;
	if (!api_token_key(db, key, e) && !api_open(&t->api, key, NULL, e))
		put_source(t);
}

enum code tape_end(struct tape *t)
{
	close_sweep(t);
	api_close(t->api);
	buf_release(&t->scratch);
	arena_release(&t->texts);
	return t->e->code;
}

struct thing *tape_thing(struct tape *t, enum kind_id kind, const struct spot *spot, const char *id,
	const char *name)
{
	static struct thing nowhere;
	struct thing *x = over(t) ? NULL : arena_alloc(&t->texts, sizeof(*x));

	if (!x) {
		if (!t->e->code)
			err_nomem(t->e);
		nowhere = (struct thing){ .kind = kind, .spot = spot, .id = "", .alive = true };
		return &nowhere;
	}
	*x = (struct thing){ .kind = kind, .spot = spot, .id = id, .name = name, .alive = true };
	x->created_ms = t->act.at_ms / 1000 * 1000;
	*t->last = x;
	t->last = &x->next;
	return x;
}

const char *tape_text(struct tape *t, const char *fmt, ...)
{
	char text[1024];
	va_list list;
	const char *kept;

	va_start(list, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, list);
	va_end(list);
	kept = arena_text(&t->texts, str_of(text));
	if (!kept && !t->e->code)
		err_nomem(t->e);
	return kept ? kept : "";
}

const char *tape_id(struct tape *t, const char *prefix)
{
	return tape_text(t, "%s-0%016llx", prefix, (unsigned long long)dice_next(&t->dice));
}
