/* SPDX-License-Identifier: Apache-2.0 */
/* What rules would have said: against asking again at every second at which anything happened. */
#include "core/trial.h"

#include "base/time.h"
#include "db/select.h"
#include "demo/demo.h"
#include "lib/unit.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>

#define END_MS   INT64_C(1790845200000) /* 2026-10-01 09:00 */
#define DAY_MS   INT64_C(86400000)
#define ITEMS    1200
#define TOLD_MAX 20000

static struct db db;
static const volatile sig_atomic_t never_stop;

struct told {
	struct arena a;
	struct trial_interval all[TOLD_MAX];
	size_t n;
};

static enum code take(void *ctx, const struct trial_interval *i, struct err *e)
{
	struct told *t = ctx;
	struct trial_interval *out = &t->all[t->n++];

	(void)e;
	assert_true(t->n < TOLD_MAX);
	*out = *i;
	out->account = arena_str(&t->a, i->account);
	out->region = arena_str(&t->a, i->region);
	out->type = arena_str(&t->a, i->type);
	out->id = arena_str(&t->a, i->id);
	out->result = arena_str(&t->a, i->result);
	out->annotation = i->annotation.p ? arena_str(&t->a, i->annotation) : STR_NONE;
	return E_OK;
}

static struct told *told_new(void)
{
	struct told *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->a.max = (size_t)256 << 20;
	return t;
}

static void told_free(struct told *t)
{
	arena_release(&t->a);
	free(t);
}

static int set_up(void **state)
{
	const struct demo_options o = { .end_ms = END_MS, .items = ITEMS, .stop = &never_stop };
	struct demo_sum sum;
	struct err e = { 0 };

	(void)state;
	if (store_open(&db, ":memory:", DB_CREATE, END_MS, &e) || demo_make(&db, &o, &sum, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_close(&db);
	return 0;
}

static struct trial trial_of(const struct rule_text *text)
{
	return (struct trial){ .db = &db,
		.text = text,
		.scope = { .types = text->types },
		.from_ms = END_MS - 60 * DAY_MS,
		.to_ms = END_MS,
		.trusting = true,
		.moments_max = 100000 };
}

static struct told *run(const struct trial *t, struct trial_sum *sum)
{
	struct told *told = told_new();
	struct err e = { 0 };

	assert_int_equal(trial_run(t, take, told, sum, &e), E_OK);
	return told;
}

static void assert_alike(const struct told *a, const struct told *b, const char *what)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		const struct trial_interval *x = &a->all[i], *y = &b->all[i];

		if (!str_eq(x->id, y->id) || x->since_ms != y->since_ms ||
			x->until_ms != y->until_ms || !str_eq(x->result, y->result) ||
			!str_eq(x->annotation, y->annotation) || !str_eq(x->region, y->region)) {
			fail_msg("%s: %.*s %lld..%lld %.*s is not %.*s %lld..%lld %.*s", what,
				STR_ARG(x->id), (long long)x->since_ms, (long long)x->until_ms,
				STR_ARG(x->result), STR_ARG(y->id), (long long)y->since_ms,
				(long long)y->until_ms, STR_ARG(y->result));
		}
	}
	assert_int_equal(a->n, b->n);
}

/* ---- every second of everything */

struct moment {
	const struct told *told;
	int64_t at_ms;
	size_t n;
	const char *account, *region;
	bool first_region;
	bool named;
};

/* Each answer is within one interval, and that is the only one at that moment. */
static enum code look_up(void *ctx, const struct judge_answer *a, struct err *e)
{
	struct moment *m = ctx;
	size_t found = 0;

	(void)e;
	if (str_is(a->region, "global") && !m->first_region)
		return E_OK;
	for (size_t i = 0; i < m->told->n; i++) {
		const struct trial_interval *t = &m->told->all[i];

		if (t->since_ms <= m->at_ms && m->at_ms < t->until_ms && str_eq(t->id, a->id) &&
			str_eq(t->type, a->type) && str_is(t->account, m->account) &&
			str_is(t->region, m->region)) {
			found++;
			if (!str_eq(t->result, a->result))
				fail_msg("%.*s at %lld: %.*s, not %.*s", STR_ARG(a->id),
					(long long)m->at_ms, STR_ARG(t->result),
					STR_ARG(a->result));
		}
	}
	if (found != 1)
		fail_msg("%.*s at %lld is told %zu times", STR_ARG(a->id), (long long)m->at_ms,
			found);
	m->n++;
	return E_OK;
}

static size_t open_at(const struct moment *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->told->n; i++) {
		const struct trial_interval *t = &m->told->all[i];

		n += t->since_ms <= m->at_ms && m->at_ms < t->until_ms &&
		     str_is(t->account, m->account) && str_is(t->region, m->region);
	}
	return n;
}

/* Every @every-th second in which something was written, by a list of its own. */
static size_t moments(int64_t *out, size_t max, int64_t from_ms, int64_t to_ms, size_t every)
{
	static const char sql[] = "SELECT DISTINCT captured_ms / 1000 FROM _item ORDER BY 1";
	struct select_query q = { .sql = sql };
	struct select s;
	struct err e = { 0 };
	size_t n = 0, k = 0;

	assert_int_equal(select_begin(&s, &db, &q, &e), E_OK);
	while (select_next(&s, &e) == E_OK) {
		const int64_t ms = s.cells[0].i * 1000;

		if (ms >= from_ms && ms <= to_ms && k++ % every == 0 && n < max)
			out[n++] = ms;
	}
	assert_int_equal(select_end(&s, &e), E_OK);
	return n;
}

static void compare_with_each_moment(const struct rule_text *text, size_t every)
{
	static const char *const accounts[] = { "111122223333", "444455556666" };
	static const char *const regions[] = { "eu-west-1", "us-east-1" };
	const struct trial t = trial_of(text);
	const struct judge_trial trial = { .text = text, .scope = t.scope, .trusting = true };
	static int64_t at[20000];
	const size_t n = moments(at, 20000, t.from_ms, t.to_ms, every);
	struct trial_sum sum;
	struct told *told = run(&t, &sum);

	assert_true(n > 20);
	for (size_t i = 0; i < n * 4; i++) {
		struct moment m = { .told = told,
			.at_ms = at[i / 4],
			.account = accounts[i % 4 / 2],
			.region = regions[i % 2],
			.first_region = i % 2 == 0 };
		const struct judge_place place = { .account = str_of(m.account),
			.region = str_of(m.region),
			.at_ms = m.at_ms + 999 };
		struct judge_sum judged;
		struct err e = { 0 };
		struct judge j;

		assert_int_equal(judge_open(&j, &db, &place, &e), E_OK);
		assert_int_equal(judge_run(&j, &trial, &judged, &e), E_OK);
		assert_int_equal(judge_walk(&j, look_up, &m, &e), E_OK);
		judge_close(&j);
		assert_int_equal(m.n, open_at(&m));
	}
	told_free(told);
}

/* ---- claims */

static struct rule_text text_of(struct arena *a, const char *sql)
{
	struct rule_text text;
	struct err e = { 0 };

	assert_int_equal(rule_text_read(a, sql, &text, &e), E_OK);
	return text;
}

static const char plain_rule[] =
	"-- types: AWS::EC2::Instance,AWS::EC2::SecurityGroup\n"
	"SELECT item_id, CASE WHEN (length(configuration) + version) % 2 THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result,"
	" 'it is ' || length(configuration) || ' long' AS annotation FROM item WHERE length(configuration) % 5";
static const char link_rule[] =
	"-- types: AWS::EC2::SecurityGroup\n-- reads: AWS::EC2::Instance\n"
	"SELECT item_id, CASE WHEN (SELECT count(*) FROM link l WHERE l.target_id = i.resource_id AND l.resource_type = 'AWS::EC2::Instance') % 2"
	" THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result, 'so many' AS annotation FROM item i";
static const char estate_rule[] =
	"-- types: AWS::EC2::Instance\n-- reads: AWS::EC2::Volume\n"
	"SELECT item_id, CASE WHEN (SELECT count(*) FROM estate e WHERE e.resource_type = 'AWS::EC2::Volume') % 3"
	" THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result, 'so many' AS annotation FROM item";
static const char account_rule[] =
	"-- types: AWS::EC2::Instance\n"
	"SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,"
	" CASE WHEN count(*) % 2 THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result, 'so many' AS annotation FROM item";
static const char pair_rule[] =
	"-- types: AWS::EC2::Instance\n"
	"SELECT i.item_id, CASE WHEN EXISTS (SELECT 1 FROM item k WHERE k.rid > i.rid AND length(k.configuration) = length(i.configuration))"
	" THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result, 'as long' AS annotation FROM item i";
static const char clock_rule[] =
	"-- types: AWS::EC2::Volume\n"
	"SELECT item_id, CASE WHEN (:now_ms / 86400000 - captured_ms / 86400000) > 3 THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,"
	" 'old' AS annotation FROM item";

static void what_looks_at_one_version_is_judged_in_one_go(void **state)
{
	static const struct {
		const char *sql;
		bool plain;
	} cases[] = { { plain_rule, true }, { link_rule, false }, { estate_rule, false },
		{ pair_rule, false }, { clock_rule, false },
		{ "SELECT item_id, 'COMPLIANT' AS result, NULL AS annotation FROM item -- FROM item",
			true },
		{ "SELECT item_id, 'from item' AS result, row_number() OVER () AS annotation FROM item",
			false },
		{ "WITH x AS (SELECT item_id FROM item) SELECT x.item_id, 'COMPLIANT' AS result FROM x, estate",
			false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };
		bool plain;

		assert_int_equal(trial_is_plain(&db, cases[i].sql, &plain, &e), E_OK);
		assert_int_equal(plain, cases[i].plain);
	}
}

static void one_go_says_what_each_moment_says(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	const struct rule_text text = text_of(&a, plain_rule);
	struct trial t = trial_of(&text);
	struct trial_sum one, many;
	struct told *first = run(&t, &one), *second;

	(void)state;
	assert_true(first->n > 50);
	assert_int_equal(one.moments, 0);
	assert_true(one.transitions > 5 && one.ever > 5 && one.failing > 5);
	t.stepping = true;
	second = run(&t, &many);
	assert_true(many.moments > 100);
	assert_alike(first, second, "plain");
	assert_int_equal(one.transitions, many.transitions);
	assert_int_equal(one.resources, many.resources);
	assert_int_equal(one.ever, many.ever);
	assert_int_equal(one.failing, many.failing);
	told_free(first);
	told_free(second);
	compare_with_each_moment(&text, 3);
	arena_release(&a);
}

static void others_say_what_each_moment_says(void **state)
{
	static const char *const rules[] = { link_rule, estate_rule, account_rule, pair_rule };
	struct arena a = ARENA_INIT(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct rule_text text = text_of(&a, rules[i]);

		compare_with_each_moment(&text, 7);
	}
	arena_release(&a);
}

/* Rules that are built in, for what the demonstration has. */
static enum code built_in(void *ctx, const struct rule_text *text, struct err *e)
{
	size_t *n = ctx;
	struct trial t = trial_of(text);
	struct trial_sum one, many;
	struct told *first, *second;
	bool plain = false;

	assert_int_equal(trial_is_plain(&db, text->sql, &plain, e), E_OK);
	if (!plain || *n >= 12 ||
		!(str_is(text->types, "AWS::S3::Bucket") ||
			str_is(text->types, "AWS::EC2::SecurityGroup") ||
			str_is(text->types, "AWS::RDS::DBInstance")))
		return E_OK;
	first = run(&t, &one);
	if (first->n) {
		t.stepping = true;
		second = run(&t, &many);
		assert_alike(first, second, text->sql);
		told_free(second);
		++*n;
	}
	told_free(first);
	return E_OK;
}

static void rules_of_ours_say_the_same_either_way(void **state)
{
	struct err e = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(rule_text_walk(built_in, &n, &e), E_OK);
}

static void who_looks_at_the_clock_is_asked_every_day(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	const struct rule_text text = text_of(&a, clock_rule);
	const struct trial t = trial_of(&text);
	struct trial_sum sum;
	struct told *told = run(&t, &sum);
	size_t aged = 0;

	(void)state;
	assert_true(sum.moments >= 4 * 60);
	for (size_t i = 0; i < told->n; i++)
		aged += str_is(told->all[i].result, "NON_COMPLIANT");
	assert_true(aged > 0);
	told_free(told);
	arena_release(&a);
}

static void too_many_moments_are_put_together(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	const struct rule_text text = text_of(&a, link_rule);
	struct trial t = trial_of(&text);
	struct trial_sum sum;
	struct told *told;

	(void)state;
	t.moments_max = 20;
	told = run(&t, &sum);
	assert_true(sum.step_s >= 3600);
	assert_true(sum.moments <= 4 * 21);
	told_free(told);
	arena_release(&a);
}

static void a_place_is_judged_alone(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	const struct rule_text text = text_of(&a, plain_rule);
	struct trial t = trial_of(&text);
	struct trial_sum sum;
	struct told *told;

	(void)state;
	t.account = "111122223333";
	t.region = "eu-*";
	told = run(&t, &sum);
	assert_true(told->n > 0);
	for (size_t i = 0; i < told->n; i++) {
		assert_true(str_is(told->all[i].account, "111122223333"));
		assert_true(str_is(told->all[i].region, "eu-west-1"));
		assert_true(told->all[i].since_ms >= t.from_ms);
		assert_true(told->all[i].since_ms < told->all[i].until_ms);
	}
	told_free(told);
	t.account = "999999999999";
	told = run(&t, &sum);
	assert_int_equal(told->n, 0);
	told_free(told);
	arena_release(&a);
}

static void a_wrong_statement_is_told_as_such(void **state)
{
	const struct rule_text text = { .sql = "SELECT nothing FROM item" };
	const struct trial t = trial_of(&text);
	struct trial_sum sum = { .resources = 7 };
	struct told *told = told_new();
	struct err e = { 0 };

	(void)state;
	assert_int_equal(trial_run(&t, take, told, &sum, &e), E_INVALID);
	assert_non_null(strstr(e.msg, "nothing"));
	assert_int_equal(sum.resources, 7);
	told_free(told);
}

static void nothing_is_written(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	const struct rule_text text = text_of(&a, estate_rule);
	const struct trial t = trial_of(&text);
	struct trial_sum sum;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(db_script(&db, "guard", "PRAGMA main.query_only", &e), E_OK);
	{
		struct select_query q = {
			.sql = "SELECT (SELECT count(*) FROM _item), (SELECT count(*) FROM _verdict), (SELECT count(*) FROM _event), "
			       "(SELECT count(*) FROM _resource), (SELECT count(*) FROM _rule_status WHERE wanted_ms IS NOT NULL)"
		};
		int64_t before[5];

		for (int round = 0; round < 2; round++) {
			struct select s;

			assert_int_equal(select_begin(&s, &db, &q, &e), E_OK);
			assert_int_equal(select_next(&s, &e), E_OK);
			for (int i = 0; i < 5; i++) {
				if (round)
					assert_int_equal(before[i], s.cells[i].i);
				before[i] = s.cells[i].i;
			}
			assert_int_equal(select_end(&s, &e), E_OK);
			if (!round)
				told_free(run(&t, &sum));
		}
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_looks_at_one_version_is_judged_in_one_go),
		cmocka_unit_test(one_go_says_what_each_moment_says),
		cmocka_unit_test(others_say_what_each_moment_says),
		cmocka_unit_test(rules_of_ours_say_the_same_either_way),
		cmocka_unit_test(who_looks_at_the_clock_is_asked_every_day),
		cmocka_unit_test(too_many_moments_are_put_together),
		cmocka_unit_test(a_place_is_judged_alone),
		cmocka_unit_test(a_wrong_statement_is_told_as_such),
		cmocka_unit_test(nothing_is_written),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
