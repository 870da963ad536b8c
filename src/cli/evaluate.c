/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/evaluate.h"

#include "base/time.h"
#include "core/evaluate.h"
#include "net/guard.h"

static void complain(void *ctx, const struct evaluate_run *run, const struct err *why)
{
	(void)ctx;
	if (!why->code)
		return;
	fprintf(stderr, "rule %s, %s: ", run->rule, run->region);
	cli_say_plain("", why->msg);
}

static void tell(struct cli *c, const struct evaluate_sum *sum)
{
	if (!sum->rules || c->quiet)
		return;
	fprintf(stderr, "rules: %lld evaluated", (long long)(sum->rules - sum->failed));
	if (sum->failed)
		fprintf(stderr, ", %lld not", (long long)sum->failed);
	fprintf(stderr, "; %lld verdicts changed", (long long)sum->changed);
	if (sum->invocations)
		fprintf(stderr, "; %lld left to functions", (long long)sum->invocations);
	fputs("\n", stderr);
}

enum code cli_evaluate(struct cli *c, struct err *e)
{
	struct guard guard = guard_make();
	const struct evaluate_options o = {
		.guard = &guard.runner, .stop = c->stop, .told = complain
	};
	struct evaluate_sum all = { 0 };
	enum code code = E_OK;

	while (!code) {
		struct evaluate_sum sum = { 0 };

		code = evaluate_due(&c->db, &o, time_now_ms(), &sum, e);
		all.rules += sum.rules;
		all.failed += sum.failed;
		all.changed += sum.changed;
		all.invocations += sum.invocations;
	}
	tell(c, &all);
	return code == E_NOTFOUND && !e->code ? E_OK : code;
}
