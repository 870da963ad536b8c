/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/sweep.h"

#include "base/time.h"
#include "core/house.h"
#include "db/expr.h"
#include "discover/cut.h"
#include "discover/exec.h"
#include "discover/listing.h"
#include "discover/login.h"
#include "discover/refused.h"
#include "store/coverage.h"
#include "store/source.h"
#include "json/write.h"

enum {
	THREADS = 32,
	TICK_MS = 100,
	SETTINGS_MAX = 64 << 10,
	/* Services come to new regions a few times a year. */
	UNSUPPORTED_MS = 24 * 3600 * 1000,
	/* Plan, reasons and notes: a few hundred bytes each, for thousands of looks. */
	ARENA_MAX = 256 << 20,
};

int64_t sweep_now_ms(const struct sweep *s)
{
	return s->now_ms + (time_ticks_ms() - s->started_ticks_ms);
}

void sweep_fatal(struct sweep *s, const struct err *e)
{
	pthread_mutex_lock(&s->lock);
	if (!s->fatal.code)
		s->fatal = *e;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

enum code sweep_take_expr(struct sweep *s, struct expr **out, struct err *e)
{
	struct expr *x;

	pthread_mutex_lock(&s->lock);
	x = s->n_exprs ? s->exprs[--s->n_exprs] : NULL;
	pthread_mutex_unlock(&s->lock);
	if (!x)
		return expr_open(out, e);
	*out = x;
	return E_OK;
}

void sweep_give_expr(struct sweep *s, struct expr *x)
{
	if (!x)
		return;
	pthread_mutex_lock(&s->lock);
	if (s->n_exprs < EXPRS_MAX) {
		s->exprs[s->n_exprs++] = x;
		x = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	expr_close(x);
}

static void add_text(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	if (b->n > 1)
		buf_char(b, ',');
	json_write_string(b, str_of(name));
	buf_char(b, ':');
	json_write_string(b, str_of(value));
}

/* Never a secret: names of things. */
void sweep_write_settings(struct buf *b, const struct sweep_options *o)
{
	buf_char(b, '{');
	add_text(b, "types", o->types);
	add_text(b, "regions", o->regions);
	add_text(b, "profile", o->profile);
	add_text(b, "endpoint", o->endpoint);
	add_text(b, "account", o->account);
	add_text(b, "role_arn", o->role_arn);
	add_text(b, "external_id", o->external_id);
	add_text(b, "session_policy", o->session_policy);
	add_text(b, "home_region", o->home_region);
	add_text(b, "accounts", o->accounts);
	add_text(b, "organization", o->organization ? "true" : NULL);
	add_text(b, "exclude_accounts", o->exclude_accounts);
	add_text(b, "role_name", o->role_name);
	buf_char(b, '}');
}

enum code sweep_note_source(
	struct db *db, const struct sweep_options *o, struct source *source, struct err *e)
{
	struct buf settings = BUF_INIT(SETTINGS_MAX);
	enum code c;

	if (!o->settings)
		sweep_write_settings(&settings, o);
	*source = (struct source){ .name = o->source,
		.kind = o->kind,
		.settings = o->settings ? o->settings : settings.p,
		.kept = o->kept };
	c = buf_ok(&settings) ? source_put(db, source, e) : err_nomem(e);
	buf_release(&settings);
	source->settings = NULL;
	return c;
}

static enum code make_listings(struct sweep *s, struct db *db, struct err *e)
{
	s->listings = arena_alloc(&s->arena, (s->plan.n + 1) * sizeof(*s->listings));
	if (!s->listings)
		return err_nomem(e);
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct listing_plan *p = &s->plan.listings[i];
		struct listing *l = &s->listings[i];

		*l = (struct listing){ .sweep = s, .plan = p, .entry = p->entry };
		l->seen = arena_alloc(&s->arena, p->n_looks * sizeof(*l->seen));
		l->lane = arena_printf(&s->arena, "%s %s",
			p->entry->service ? p->entry->service : p->entry->type, p->call_region)
				  .p;
		l->started_ms = s->now_ms;
		if (!l->seen)
			return err_nomem(e);
		if (coverage_was_complete(db, s->account, p->looks[0], p->entry->type, &l->once, e))
			return e->code;
	}
	return arena_ok(&s->arena) ? E_OK : err_nomem(e);
}

/* What a place did not offer a while ago it is not asked for again, unless by name. */
static enum code skip_unsupported(
	struct sweep *s, struct db *db, struct sweep_sum *sum, struct err *e)
{
	struct plan *plan = &s->plan;
	size_t n = 0;
	enum code c = E_OK;

	for (size_t i = 0; i < plan->n && !c && !s->options->types; i++) {
		const struct listing_plan *p = &plan->listings[i];
		bool unsupported = false;

		c = coverage_is_unsupported(db, s->account, p->looks[0], p->entry->type,
			s->now_ms - UNSUPPORTED_MS, &unsupported, e);
		if (unsupported) {
			sum->unsupported += (int64_t)p->n_looks;
			plan->n_looks -= p->n_looks;
		} else {
			plan->listings[n++] = *p;
		}
	}
	if (!s->options->types)
		plan->n = n;
	return c;
}

static void tell(struct sweep *s, const struct login *login, bool settling)
{
	struct sweep_progress p = { .looks = (int64_t)s->plan.n_looks,
		.calls = login->aws ? aws_requests(login->aws) : 0,
		.settling = settling };

	pthread_mutex_lock(&s->lock);
	p.looks_done = s->looks_done;
	p.seen = s->seen;
	pthread_mutex_unlock(&s->lock);
	if (s->options->progress)
		s->options->progress(s->options->ctx, &p);
}

static bool is_asked_to_stop(const struct sweep *s)
{
	return s->options->stop && *s->options->stop;
}

/* One tick under the lock. */
static void wait_tick(struct sweep *s)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	(void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
}

/* Until every listing has ended, or nothing more is to be done. Progress is told without the
 * lock: who listens may take time. */
enum code sweep_wait(struct sweep *s, struct login *login, struct err *e)
{
	enum code c = E_OK;

	pthread_mutex_lock(&s->lock);
	while (s->n_open && !s->fatal.code && !is_asked_to_stop(s)) {
		wait_tick(s);
		pthread_mutex_unlock(&s->lock);
		tell(s, login, false);
		pthread_mutex_lock(&s->lock);
	}
	if (s->fatal.code) {
		*e = s->fatal;
		c = e->code;
	} else if (s->n_open || is_asked_to_stop(s)) {
		/* Transfers end at the same word: their listings may be over already, as failed. */
		c = err_set(e, E_CANCELED, "stopped; nothing was written");
	}
	pthread_mutex_unlock(&s->lock);
	return c;
}

/* What waits is dropped, what runs is made to end. */
void sweep_end_crew(struct sweep *s, struct login *login, bool early)
{
	atomic_store(&s->stopped, early);
	if (early && login->http)
		http_cancel(login->http);
	crew_close(s->crew, listing_drop_job);
	s->crew = NULL;
}

static enum code gather(struct sweep *s, struct login *login, struct err *e)
{
	int threads = s->options->threads > 0 ? s->options->threads : THREADS;
	enum code c = crew_open(&s->crew, threads, e);

	if (c)
		return c;
	s->n_open = s->plan.n;
	for (size_t i = 0; i < s->plan.n && !c; i++)
		c = listing_begin(&s->listings[i], e);
	if (!c)
		c = sweep_wait(s, login, e);
	sweep_end_crew(s, login, c != E_OK);
	return c;
}

static void add_note(struct sweep_sum *sum, const struct listing *l, const struct sweep_note *like)
{
	for (size_t i = 0; i < l->plan->n_looks; i++) {
		struct sweep_note *note = &sum->notes[sum->n_notes++];

		*note = *like;
		note->account = sum->account;
		note->type = arena_text(&sum->arena, str_of(l->entry->type));
		note->region = arena_text(&sum->arena, str_of(l->plan->looks[i]));
	}
}

/* Count one listing's looks, and say what there is to say of it. */
static void sum_listing(struct sweep_sum *sum, const struct listing *l)
{
	struct sweep_note note = { .code = l->why.code };
	int64_t looks = (int64_t)l->plan->n_looks;

	note.outcome = listing_outcome(l, &sum->arena, &note.reason);
	/* Who named the types wants to know what became of each. */
	if (note.outcome == LOOK_UNSUPPORTED && l->sweep->options->types)
		note.outcome = LOOK_FAILED;
	if (note.outcome == LOOK_UNSUPPORTED) {
		sum->unsupported += looks;
		return;
	}
	sum->looks += looks;
	sum->complete += note.outcome == LOOK_COMPLETE ? looks : 0;
	sum->partial += note.outcome == LOOK_PARTIAL ? looks : 0;
	sum->failed += note.outcome == LOOK_FAILED ? looks : 0;
	if (note.outcome == LOOK_COMPLETE && !l->n_answering)
		return;
	if (note.outcome == LOOK_COMPLETE)
		note.reason = arena_printf(&sum->arena,
			"%lld not listed but still there, left as known; the first: %s",
			(long long)l->n_answering, l->answering)
				      .p;
	if (note.outcome != LOOK_COMPLETE && l->fault.code[0])
		note.service = arena_text(&sum->arena, str_of(l->fault.code));
	add_note(sum, l, &note);
}

/* What was seen and could not be recorded makes looks incomplete after all. */
static void sum_refused(struct sweep_sum *sum)
{
	const struct refusal *r = &sum->recorded.first_refused;
	struct sweep_note note = { .account = sum->account,
		.outcome = LOOK_PARTIAL,
		.code = E_TOOBIG,
		.type = arena_text(&sum->arena, str_of(r->type)),
		.region = arena_text(&sum->arena, str_of(r->region)) };

	note.reason = arena_printf(&sum->arena, "%lld could not be recorded; the first: %s",
		(long long)sum->recorded.refused, r->reason)
			      .p;
	sum->notes[sum->n_notes++] = note;
	if (sum->complete) {
		sum->complete--;
		sum->partial++;
	}
}

static enum code sum_up(
	struct sweep *s, const struct login *login, struct sweep_sum *sum, struct err *e)
{
	sum->calls = login->aws ? aws_requests(login->aws) : 0;
	sum->notes = arena_alloc(&sum->arena, (s->plan.n_looks + 2) * sizeof(*sum->notes));
	if (!sum->notes)
		return err_nomem(e);
	for (size_t i = 0; i < s->plan.n; i++)
		sum_listing(sum, &s->listings[i]);
	if (sum->recorded.refused)
		sum_refused(sum);
	return arena_ok(&sum->arena) ? E_OK : err_nomem(e);
}

/* One type may be unknown to an endpoint, or its answer broken; when all of several are, it is the
 * endpoint. */
static bool is_the_endpoints(enum code code, size_t listings)
{
	switch ((int)code) {
	case E_DENIED:
	case E_REMOTE:
	case E_NOTFOUND: return true;
	case E_UNSUPPORTED:
	case E_CORRUPT: return listings > 1;
	default: return false;
	}
}

/* When every single look failed for one and the same reason that is not the type's, that is
 * what there is to tell. */
static enum code judge(const struct sweep *s, const struct sweep_sum *sum, struct err *e)
{
	const struct err *first = s->plan.n ? &s->listings[0].why : NULL;

	if (!first || sum->failed < sum->looks ||
		(!sum->looks && sum->unsupported < (int64_t)s->plan.n_looks) ||
		!is_the_endpoints(first->code, s->plan.n))
		return E_OK;
	for (size_t i = 1; i < s->plan.n; i++)
		if (s->listings[i].why.code != first->code)
			return E_OK;
	*e = *first;
	err_hint(e, "check the endpoint, the regions and what these credentials may do");
	return err_add(e, "nothing could be looked at");
}

/* What is not looked at any more, and who says so. */
static enum code stage_house(struct sweep *s, struct err *e)
{
	const bool aws = strcmp(s->options->kind, "aws") == 0;
	enum code c = record_scope(&s->record, str_of(s->account), s->now_ms, e);

	for (size_t i = 0; i < s->plan.regions.n && aws && !c; i++)
		c = house_stage(&s->record, str_of(s->account), str_of(s->plan.regions.names[i]),
			s->now_ms, e);
	return c;
}

/* Where nothing at all was answered, it is the credentials that are refused, not the types; but of many accounts one may
 * be closed for good. */
static enum code conclude(struct sweep *s, struct db *db, int64_t source_id,
	const struct sweep_sum *sum, struct err *e)
{
	struct err why = { 0 };
	enum code c = judge(s, sum, e);

	if (c && !(s->one_of_many && c == E_DENIED))
		return c;
	if (refused_settle(s, db, source_id, &why) && !c)
		*e = why;
	return e->code;
}

static enum code run(
	struct sweep *s, struct db *db, struct login *login, struct sweep_sum *sum, struct err *e)
{
	struct source source;
	enum code c = cut_sweep(s, db, &sum->next_ms, e);

	if (!c)
		c = skip_unsupported(s, db, sum, e);
	if (!c)
		c = make_listings(s, db, e);
	if (!c)
		c = refused_mark(s, db, e);
	if (!c)
		c = sweep_note_source(db, s->options, &source, e);
	if (!c)
		c = record_begin(&s->record, db, source.source_id, s->now_ms, e);
	s->knows = s->record.knows = !s->options->afresh;
	if (!c)
		c = stage_house(s, e);
	if (!c)
		c = gather(s, login, e);
	if (!c)
		tell(s, login, true);
	if (!c)
		c = record_settle(&s->record, sweep_now_ms(s), &sum->recorded, e);
	if (!c)
		c = sum_up(s, login, sum, e);
	return c ? c : conclude(s, db, source.source_id, sum, e);
}

/* Types before credentials: a typo costs no call. */
enum code sweep_plan(struct sweep *s, struct db *db, struct login *login, struct err *e)
{
	const struct sweep_options *o = s->options;
	const char *any = "us-east-1";
	struct plan_query query = {
		.kind = o->kind, .types = o->types, .regions = { &any, 1 }, .home = o->home_region
	};
	enum code c = plan_make(&s->plan, &s->arena, db, &query, e);

	if (!c)
		c = login_open(login, o, e);
	if (c)
		return c;
	query.regions = login->regions;
	s->account = login->account;
	s->caller = login_caller(login);
	return plan_make(&s->plan, &s->arena, db, &query, e);
}

static enum code plan_exec(struct sweep *s, struct db *db, struct err *e)
{
	const struct sweep_options *o = s->options;
	const char **host = arena_alloc(&s->arena, sizeof(*host));
	struct plan_query query = { .kind = o->kind, .types = o->types, .regions = { host, 1 } };
	enum code c = host ? exec_host_name(&s->arena, host, e) : err_nomem(e);

	s->account = o->account ? o->account : EXEC_ACCOUNT;
	return c ? c : plan_make(&s->plan, &s->arena, db, &query, e);
}

enum code sweep_open_locks(struct sweep *s, struct err *e)
{
	pthread_condattr_t attr;
	int rc = pthread_condattr_init(&attr);

	if (!rc)
		rc = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (!rc)
		rc = pthread_cond_init(&s->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	if (rc)
		return err_sys(e, E_NOMEM, rc, "start a sweep");
	rc = pthread_mutex_init(&s->lock, NULL);
	if (rc)
		(void)pthread_cond_destroy(&s->changed);
	return rc ? err_sys(e, E_NOMEM, rc, "start a sweep") : E_OK;
}

void sweep_close(struct sweep *s)
{
	while (s->n_exprs)
		expr_close(s->exprs[--s->n_exprs]);
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_cond_destroy(&s->changed);
	arena_release(&s->arena);
}

/* Nobody was reached: credentials are missing or refused, nothing answers. That is a gap, and
 * has a row; a request that cannot be understood is none. */
static void note_failure(struct sweep *s, struct db *db, const struct err *why)
{
	struct coverage_failure f = { .sweep_ms = s->now_ms,
		.ended_ms = sweep_now_ms(s),
		.account = s->options->account,
		.reason = why->msg };
	struct source source;
	struct err ignored = { 0 };

	if (why->code != E_DENIED && why->code != E_NOTFOUND && why->code != E_REMOTE &&
		why->code != E_THROTTLED && why->code != E_UNSUPPORTED && why->code != E_CORRUPT &&
		!(why->code == E_INVALID && s->one_of_many))
		return;
	if (sweep_note_source(db, s->options, &source, &ignored))
		return;
	f.source_id = source.source_id;
	(void)coverage_add_failure(db, &f, &ignored);
}

/* Of several accounts, becoming this one may have been refused lately. */
static enum code plan_account(struct sweep *s, struct db *db, struct login *login, struct err *e)
{
	struct err ignored = { 0 };
	struct err how = { 0 };
	enum code c =
		s->one_of_many ? refused_account(s->options, db, &s->arena, s->now_ms, e) : E_OK;

	if (c)
		return c;
	c = sweep_plan(s, db, login, &how);
	if (s->one_of_many && s->options->role_arn && c != E_CANCELED && c != E_NOMEM)
		(void)refused_account_settle(s->options, db, sweep_now_ms(s), &how, &ignored);
	*e = how;
	return c;
}

enum code sweep_one(struct db *db, const struct sweep_options *options,
	const struct sweep_begun *begun, struct sweep_sum *sum, struct err *e)
{
	struct sweep s = { .options = options,
		.now_ms = begun->now_ms,
		.started_ticks_ms = begun->ticks_ms,
		.one_of_many = begun->one_of_many,
		.arena = ARENA_INIT(ARENA_MAX) };
	struct login login = LOGIN_INIT;
	bool exec = strcmp(options->kind, "exec") == 0;
	enum code c;

	*sum = (struct sweep_sum){ .arena = ARENA_INIT(ARENA_MAX) };
	atomic_init(&s.stopped, false);
	c = sweep_open_locks(&s, e);
	if (c)
		return c;
	c = exec ? plan_exec(&s, db, e) : plan_account(&s, db, &login, e);
	if (!c) {
		sum->account = arena_text(&sum->arena, str_of(s.account));
		sum->accounts = 1;
		c = run(&s, db, &login, sum, e);
	}
	if (c && (!s.record.db || s.one_of_many))
		note_failure(&s, db, e);
	login_close(&login);
	sweep_close(&s);
	return c;
}

void sweep_sum_release(struct sweep_sum *sum)
{
	arena_release(&sum->arena);
	*sum = (struct sweep_sum){ .arena = ARENA_INIT(ARENA_MAX) };
}
