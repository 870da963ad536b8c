/* SPDX-License-Identifier: Apache-2.0 */
#include "core/trial.h"

#include "base/buf.h"
#include "base/must.h"
#include "base/time.h"
#include "store/moment.h"
#include <ctype.h>
#include <stdlib.h>

#define INTERVALS_BYTES ((size_t)512 << 20)
#define DAYS_MAX        4000
#define DAY_S           86400
#define WORD_MAX        16

/* What is told of a place, before it is in order. */
struct told {
	struct trial_interval *all;
	size_t n, room;
};

/* One moment's answers, in the order of compare_open(). */
struct moment {
	struct arena arena;
	struct trial_interval *open;
	size_t n, room;
};

struct running {
	const struct trial *t;
	trial_fn *fn;
	void *ctx;
	struct trial_sum *sum;
	struct arena memory; /* intervals of the place */
	struct told told;
	struct moment now, before;
	const char *account, *region;
	bool global;  /* what has no region is told here */
	bool unnamed; /* something was said of what is no item */
	int64_t from_s, to_s;
	unsigned reads;
};

/* ---- intervals */

static enum code grow(
	struct arena *a, struct trial_interval **list, size_t n, size_t *room, struct err *e)
{
	struct trial_interval *more;

	if (n < *room)
		return E_OK;
	more = arena_alloc(a, (*room ? 2 * *room : 256) * sizeof(*more));
	if (!more)
		return err_set(e, E_TOOBIG, "the history holds more intervals than fit in memory");
	if (n)
		memcpy(more, *list, n * sizeof(*more));
	*list = more;
	*room = *room ? 2 * *room : 256;
	return E_OK;
}

static void copy_texts(struct arena *a, struct trial_interval *i)
{
	enum { N = 5 };
	struct str *const texts[N] = { &i->type, &i->id, &i->name, &i->result, &i->annotation };

	for (size_t k = 0; k < N; k++)
		if (texts[k]->p)
			*texts[k] = arena_str(a, *texts[k]);
}

static enum code tell(struct running *r, const struct trial_interval *i, struct err *e)
{
	struct trial_interval *out;

	if (i->since_ms >= i->until_ms)
		return E_OK;
	if (grow(&r->memory, &r->told.all, r->told.n, &r->told.room, e))
		return e->code;
	must(r->told.all);
	out = &r->told.all[r->told.n++];
	*out = *i;
	copy_texts(&r->memory, out);
	return arena_ok(&r->memory) ? E_OK : err_nomem(e);
}

static int compare_open(const void *x, const void *y)
{
	const struct trial_interval *a = x, *b = y;
	int d = str_cmp(a->type, b->type);

	if (!d)
		d = str_cmp(a->id, b->id);
	return d ? d : (a->rid > b->rid) - (a->rid < b->rid);
}

static int compare_told(const void *x, const void *y)
{
	const struct trial_interval *a = x, *b = y;
	int d = compare_open(x, y);

	return d ? d : (a->since_ms > b->since_ms) - (a->since_ms < b->since_ms);
}

/* ---- all versions in one go */

static bool follows(const struct trial_interval *open, const struct trial_interval *i)
{
	return open->rid == i->rid && open->until_ms == i->since_ms &&
	       str_eq(open->result, i->result);
}

static enum code take_version(void *ctx, const struct judge_answer *a, struct err *e)
{
	struct running *r = ctx;
	struct trial_interval i = { .rid = a->rid,
		.type = a->type,
		.id = a->id,
		.name = a->name,
		.result = a->result,
		.annotation = a->annotation,
		.since_ms = a->captured_ms / 1000 * 1000,
		.until_ms = a->until_ms / 1000 * 1000 };
	struct trial_interval *last = r->told.n ? &r->told.all[r->told.n - 1] : NULL;

	if (!a->item_id)
		r->unnamed = true;
	if (!a->item_id || (!r->global && str_is(a->region, "global")))
		return E_OK;
	if (i.since_ms < r->from_s * 1000)
		i.since_ms = r->from_s * 1000;
	if (i.until_ms > r->to_s * 1000)
		i.until_ms = TIME_FOREVER_MS;
	if (i.since_ms >= i.until_ms || !last || !follows(last, &i))
		return tell(r, &i, e);
	last->until_ms = i.until_ms;
	last->annotation = a->annotation.p ? arena_str(&r->memory, a->annotation) : STR_NONE;
	return arena_ok(&r->memory) ? E_OK : err_nomem(e);
}

static struct judge_trial as_trial(const struct running *r)
{
	return (struct judge_trial){ .text = r->t->text,
		.scope = r->t->scope,
		.parameters = r->t->parameters,
		.trusting = r->t->trusting,
		.stop = r->t->stop };
}

static enum code judge_versions(struct running *r, struct err *e)
{
	const struct judge_trial trial = as_trial(r);
	const struct judge_place place = { .account = str_of(r->account),
		.region = str_of(r->region),
		.at_ms = r->to_s * 1000 + 999,
		.versions = true,
		.from_ms = r->from_s * 1000 + 999 };
	struct judge_sum sum;
	struct judge j;

	if (judge_open(&j, r->t->db, &place, e))
		return e->code;
	if (!judge_run(&j, &trial, &sum, e))
		judge_walk(&j, take_version, r, e);
	judge_close(&j);
	return e->code;
}

/* ---- moment by moment */

static enum code take_answer(void *ctx, const struct judge_answer *a, struct err *e)
{
	struct running *r = ctx;
	struct moment *m = &r->now;
	struct trial_interval *out;

	if (!r->global && str_is(a->region, "global"))
		return E_OK;
	if (grow(&m->arena, &m->open, m->n, &m->room, e))
		return e->code;
	out = &m->open[m->n++];
	*out = (struct trial_interval){ .rid = a->rid,
		.type = a->type,
		.id = a->id,
		.name = a->name,
		.result = a->result,
		.annotation = a->annotation };
	copy_texts(&m->arena, out);
	return arena_ok(&m->arena) ? E_OK : err_nomem(e);
}

/* What is not there comes last. */
static int order(const struct trial_interval *was, const struct trial_interval *is)
{
	return !was ? 1 : !is ? -1 : compare_open(was, is);
}

/* What went on since the moment before keeps its beginning; what did not is told. */
static enum code join(struct running *r, int64_t at_s, struct err *e)
{
	size_t i = 0, k = 0;

	while (i < r->before.n || k < r->now.n) {
		struct trial_interval *was = i < r->before.n ? &r->before.open[i] : NULL;
		struct trial_interval *is = k < r->now.n ? &r->now.open[k] : NULL;
		const int d = order(was, is);
		const bool goes_on = was && is && d == 0 && str_eq(was->result, is->result);

		i += d <= 0;
		k += d >= 0;
		if (is && d >= 0)
			is->since_ms = goes_on ? was->since_ms : at_s * 1000;
		if (was && d <= 0 && !goes_on) {
			was->until_ms = at_s * 1000;
			if (tell(r, was, e))
				return e->code;
		}
	}
	return E_OK;
}

static void forget(struct moment *m)
{
	arena_release(&m->arena);
	m->open = NULL;
	m->n = m->room = 0;
}

static enum code judge_moment(struct running *r, int64_t at_s, struct err *e)
{
	const struct judge_trial trial = as_trial(r);
	const struct judge_place place = { .account = str_of(r->account),
		.region = str_of(r->region),
		.at_ms = at_s * 1000 + 999 };
	struct moment old;
	struct judge_sum sum;
	struct judge j;

	if (judge_open(&j, r->t->db, &place, e))
		return e->code;
	if (!judge_run(&j, &trial, &sum, e))
		judge_walk(&j, take_answer, r, e);
	judge_close(&j);
	if (e->code)
		return e->code;
	if (r->now.n)
		qsort(r->now.open, r->now.n, sizeof(*r->now.open), compare_open);
	if (join(r, at_s, e))
		return e->code;
	old = r->before;
	r->before = r->now;
	r->now = old;
	forget(&r->now);
	r->sum->moments++;
	return E_OK;
}

static enum code end_moments(struct running *r, struct err *e)
{
	for (size_t i = 0; i < r->before.n && !e->code; i++) {
		r->before.open[i].until_ms = TIME_FOREVER_MS;
		tell(r, &r->before.open[i], e);
	}
	return e->code;
}

/* ---- which moments */

/* Who looks at the clock is asked once a day besides. */
static struct str days(struct running *r)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct str out;
	int n = 0;

	if (!strstr(r->t->text->sql, ":now_ms"))
		return STR("[]");
	buf_printf(&b, "[%lld", (long long)r->to_s);
	for (int64_t s = r->from_s + DAY_S; s < r->to_s && n++ < DAYS_MAX; s += DAY_S)
		buf_printf(&b, ",%lld", (long long)s);
	buf_char(&b, ']');
	out = arena_str(&r->memory, buf_slice(&b));
	buf_release(&b);
	return out;
}

/* The types whose changes may change the answer, as JSON; STR_NONE: any. */
static struct str types(struct running *r)
{
	const struct rule_text *text = r->t->text;
	const unsigned wide = JUDGE_READS_ESTATE | JUDGE_READS_LINK;
	struct str list = r->t->scope.types, out = STR("[");

	if (!list.p || (r->reads & JUDGE_READS_OTHERS) || (!text->reads.p && (r->reads & wide)))
		return STR_NONE;
	if (text->reads.p)
		list = arena_printf(&r->memory, "%.*s,%.*s", STR_ARG(list), STR_ARG(text->reads));
	while (list.n) {
		struct str one = { list.p, str_find(list, ',') };

		list = str_from(list, one.n + 1);
		out = arena_printf(&r->memory, "%.*s%s\"%.*s\"", STR_ARG(out), out.n > 1 ? "," : "",
			STR_ARG(one));
	}
	return arena_printf(&r->memory, "%.*s]", STR_ARG(out));
}

struct seconds {
	int64_t *s;
	size_t n, max;
	bool more;
};

static enum code list_moments(struct running *r, int64_t step, struct seconds *out, struct err *e)
{
	const struct moment_wanted w = { .account = r->account,
		.region = r->region,
		.types = types(r),
		.links = (r->reads & (JUDGE_READS_LINK | JUDGE_READS_OTHERS)) != 0,
		.besides = days(r),
		.step_s = step,
		.from_s = r->from_s,
		.to_s = r->to_s };

	return moment_seconds(r->t->db, &w, out->s, out->max, &out->n, &out->more, e);
}

static enum code step_through(struct running *r, struct err *e)
{
	static const int64_t steps[] = { 1, 60, 600, 3600, INT64_C(6) * 3600, DAY_S,
		INT64_C(7) * DAY_S, INT64_C(100000) * DAY_S };
	struct seconds m = { .max = (size_t)(r->t->moments_max ? r->t->moments_max
							       : TRIAL_MOMENTS_MAX) };
	size_t k = 0;

	m.s = arena_alloc(&r->memory, m.max * sizeof(*m.s));
	if (!m.s)
		return err_nomem(e);
	if (list_moments(r, steps[k], &m, e))
		return e->code;
	while (m.more && k + 1 < sizeof(steps) / sizeof(*steps))
		if (list_moments(r, steps[++k], &m, e))
			return e->code;
	if (steps[k] > r->sum->step_s)
		r->sum->step_s = steps[k];
	judge_moment(r, r->from_s, e);
	for (size_t i = 0; i < m.n && !e->code; i++) {
		if (r->t->stop && *r->t->stop)
			return err_set(e, E_CANCELED, "stopped");
		judge_moment(r, m.s[i], e);
		if (r->t->progress)
			r->t->progress(r->t->progress_ctx, (int64_t)i + 1, (int64_t)m.n);
	}
	return e->code ? e->code : end_moments(r, e);
}

/* ---- a place */

static void count(struct trial_sum *sum, const struct trial_interval *i,
	const struct trial_interval *before, bool *ever)
{
	const bool bad = str_is(i->result, "NON_COMPLIANT");
	const bool first = !before || compare_open(before, i) != 0;

	if (first) {
		sum->resources++;
		*ever = false;
	} else {
		sum->transitions++;
	}
	sum->intervals++;
	if (bad && !*ever) {
		*ever = true;
		sum->ever++;
	}
	if (bad && i->until_ms == TIME_FOREVER_MS)
		sum->failing++;
}

static enum code hand_on(struct running *r, struct err *e)
{
	bool ever = false;

	if (r->told.n)
		qsort(r->told.all, r->told.n, sizeof(*r->told.all), compare_told);
	for (size_t i = 0; i < r->told.n && !e->code; i++) {
		struct trial_interval *t = &r->told.all[i];

		t->account = str_of(r->account);
		t->region = str_of(r->region);
		count(r->sum, t, i ? t - 1 : NULL, &ever);
		r->fn(r->ctx, t, e);
	}
	return e->code;
}

static void clear(struct running *r)
{
	r->told = (struct told){ 0 };
	forget(&r->now);
	forget(&r->before);
	arena_release(&r->memory);
}

static enum code run_place(struct running *r, bool plain, struct err *e)
{
	if (plain) {
		judge_versions(r, e);
		/* What is said of an account as a whole follows from all of its items together. */
		plain = !r->unnamed;
		if (!plain)
			clear(r);
	}
	if (!plain && !e->code)
		step_through(r, e);
	if (!e->code)
		hand_on(r, e);
	clear(r);
	return e->code;
}

/* ---- which way */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next word of @sql, in small letters, that stands in no comment and no text; false: no more. */
static bool next_word(const char **sql, char word[WORD_MAX])
{
	const char *p = *sql;
	size_t n = 0;

	while (*p && !is_word(*p)) {
		const char *end = NULL;

		if (p[0] == '-' && p[1] == '-')
			end = strchr(p, '\n');
		else if (*p == '\'' || *p == '"')
			end = strchr(p + 1, *p);
		else
			end = p;
		p = end ? end + 1 : p + strlen(p);
	}
	while (is_word(*p)) {
		if (n + 1 < WORD_MAX)
			word[n++] = (char)tolower((unsigned char)*p);
		p++;
	}
	word[n] = '\0';
	*sql = p;
	return n > 0;
}

/* How often it reads `item`, and whether rows are looked at together. */
static bool one_by_one(const char *sql)
{
	char word[WORD_MAX], before[WORD_MAX] = "";
	int items = 0;

	while (next_word(&sql, word)) {
		if (strcmp(word, "item") == 0 &&
			(strcmp(before, "from") == 0 || strcmp(before, "join") == 0))
			items++;
		if (strcmp(word, "over") == 0 || strcmp(word, "now_ms") == 0)
			return false;
		memcpy(before, word, sizeof(before));
	}
	return items == 1;
}

enum code trial_is_plain(struct db *db, const char *sql, bool *plain, struct err *e)
{
	unsigned reads;

	if (judge_reads(db, sql, &reads, e))
		return e->code;
	*plain = reads == JUDGE_READS_ITEM && one_by_one(sql);
	return E_OK;
}

/* E_NOTFOUND: there is none behind @n. */
static enum code place_at(struct running *r, int64_t n, struct arena *a, struct err *e)
{
	const char *account = r->account;
	struct moment_place p;
	enum code c = moment_place_get(r->t->db, r->t->account, r->t->region, n, a, &p, e);

	if (c)
		return c;
	r->account = p.account;
	r->region = p.region;
	r->global = !account || strcmp(account, p.account) != 0;
	return E_OK;
}

enum code trial_run(
	const struct trial *t, trial_fn *fn, void *ctx, struct trial_sum *sum, struct err *e)
{
	struct trial_sum made = { .step_s = 1 };
	struct arena places = ARENA_INIT((size_t)4 << 20);
	struct running r = { .t = t,
		.fn = fn,
		.ctx = ctx,
		.sum = &made,
		.memory = ARENA_INIT(INTERVALS_BYTES),
		.now.arena = ARENA_INIT(INTERVALS_BYTES),
		.before.arena = ARENA_INIT(INTERVALS_BYTES),
		.from_s = t->from_ms / 1000,
		.to_s = t->to_ms / 1000 };
	bool plain = false;
	enum code c = judge_reads(t->db, t->text->sql, &r.reads, e);

	if (!c)
		c = trial_is_plain(t->db, t->text->sql, &plain, e);
	for (int64_t n = 0; !c; n++) {
		c = place_at(&r, n, &places, e);
		/* Where there are regions, what has none is seen from the first of them. */
		if (!c && (r.global || strcmp(r.region, "global") != 0))
			c = run_place(&r, plain && !t->stepping, e);
	}
	clear(&r);
	arena_release(&places);
	if (c != E_NOTFOUND || e->code)
		return e->code ? e->code : c;
	*sum = made;
	return E_OK;
}
