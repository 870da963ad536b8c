/* SPDX-License-Identifier: Apache-2.0 */
#include "core/guarded.h"

#include "base/time.h"
#include "store/judge_answers.h"

#define ANNOTATION_BYTES 4096
#define ARENA_BYTES      ((size_t)64 << 10)

struct asking {
	struct judge *judge;
	const struct judge_trial *trial;
	struct policy_runner *runner;
	struct str policy;
	struct buf annotation;
	int64_t deadline; /* ticks */
};

static struct str result_text(enum policy_result result)
{
	switch (result) {
	case POLICY_COMPLIANT: return STR("COMPLIANT");
	case POLICY_NON_COMPLIANT: return STR("NON_COMPLIANT");
	case POLICY_NOT_APPLICABLE: break;
	}
	return STR("NOT_APPLICABLE");
}

static enum code ask(struct asking *k, int64_t item_id, struct str item, struct err *e)
{
	struct policy p = { .text = k->policy,
		.parameters = k->trial->parameters,
		.item = item,
		.deadline_ms = k->deadline - time_ticks_ms() };
	struct arena a = ARENA_INIT(ARENA_BYTES);
	enum policy_result result;
	struct str annotation;
	enum code c;

	if (p.deadline_ms <= 0)
		return err_set(e, E_TOOBIG, "the policy has not judged everything in its time");
	c = k->runner->evaluate(k->runner, &p, &result, &k->annotation, e);
	if (c)
		return c;
	annotation = judge_annotation(&a, buf_slice(&k->annotation));
	c = judge_answers_add(
		k->judge, item_id, result_text(result), annotation.n ? annotation : STR_NONE, e);
	arena_release(&a);
	return c;
}

/* One after the other: the policy may take its time, and nothing is read meanwhile. */
static enum code next(struct asking *k, int64_t *item_id, struct err *e)
{
	struct arena a = ARENA_INIT((size_t)64 << 20);
	struct str item;
	enum code c = judge_item_after(k->judge, item_id, &a, &item, e);

	if (!c)
		c = ask(k, *item_id, item, e);
	arena_release(&a);
	return c;
}

enum code guarded_run(struct judge *j, const struct judge_trial *trial,
	struct policy_runner *runner, struct str policy, struct judge_sum *sum, struct err *e)
{
	int64_t timeout_ms = trial->timeout_ms ? trial->timeout_ms : JUDGE_DEADLINE_MS;
	struct asking k = { .judge = j,
		.trial = trial,
		.runner = runner,
		.policy = policy,
		.annotation = BUF_INIT(ANNOTATION_BYTES),
		.deadline = time_ticks_ms() + timeout_ms };
	int64_t item_id = 0;
	enum code c;

	if (!runner)
		return err_set(e, E_UNSUPPORTED, "cfn-guard is not installed");
	c = judge_gather(j, trial, sum, e);
	while (!c && (c = next(&k, &item_id, e)) == E_OK)
		;
	if (c == E_NOTFOUND && !e->code)
		c = judge_count(j, sum, e);
	buf_release(&k.annotation);
	return c;
}
