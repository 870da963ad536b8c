/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/automation.h"

#include "base/buf.h"
#include "base/time.h"
#include "json/write.h"

#define STEPS_MAX ((size_t)1 << 20)

static void add_text(struct arena *a, struct json *to, const char *key, const char *text)
{
	if (text)
		json_add(to, str_of(key), json_string(a, str_of(text)));
}

enum code automation_start(
	struct aws *aws, const struct automation *m, struct arena *a, struct str *id, struct err *e)
{
	struct json *params = json_new(a, JSON_OBJECT), *answer = NULL;
	const struct aws_call call = { "ssm", "StartAutomationExecution", m->region, params };
	struct aws_fault fault = { "", 0 };
	struct str made;

	if (!params)
		return err_nomem(e);
	add_text(a, params, "DocumentName", m->document);
	add_text(a, params, "DocumentVersion", m->version);
	add_text(a, params, "ClientToken", m->token);
	if (m->parameters && m->parameters->n)
		json_add(params, STR("Parameters"), json_copy(a, m->parameters));
	if (!arena_ok(a))
		return err_nomem(e);
	if (aws_call(aws, &call, a, &answer, &fault, e))
		return err_add(e, "start the automation \"%s\"", m->document);
	made = json_get_text(answer, "AutomationExecutionId");
	if (!made.n)
		return err_set(e, E_CORRUPT, "the automation \"%s\" was started and has no id",
			m->document);
	*id = made;
	return E_OK;
}

/* What Systems Manager says, and what AWS Config makes of it. */
static const char *state_of(struct str status)
{
	static const struct {
		const char *status, *state;
	} states[] = { { "Pending", "IN_PROGRESS" }, { "InProgress", "IN_PROGRESS" },
		{ "Waiting", "IN_PROGRESS" }, { "Cancelling", "IN_PROGRESS" },
		{ "PendingApproval", "IN_PROGRESS" }, { "Approved", "IN_PROGRESS" },
		{ "Scheduled", "IN_PROGRESS" }, { "RunbookInProgress", "IN_PROGRESS" },
		{ "PendingChangeCalendarOverride", "IN_PROGRESS" },
		{ "ChangeCalendarOverrideApproved", "IN_PROGRESS" }, { "Success", "SUCCEEDED" },
		{ "CompletedWithSuccess", "SUCCEEDED" }, { "Failed", "FAILED" },
		{ "TimedOut", "FAILED" }, { "Cancelled", "FAILED" }, { "Rejected", "FAILED" },
		{ "ChangeCalendarOverrideRejected", "FAILED" },
		{ "CompletedWithFailure", "FAILED" }, { "Exited", "FAILED" } };

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (str_is(status, states[i].status))
			return states[i].state;
	return "UNKNOWN";
}

/* A step that has not begun is not under way. */
static const char *step_state(struct str status)
{
	if (str_is(status, "Pending") || str_is(status, "Waiting"))
		return "PENDING";
	if (str_is(status, "Exited"))
		return "EXITED";
	return state_of(status);
}

static void write_time(struct buf *b, const char *name, const struct json *step, const char *key)
{
	int64_t ms;

	if (time_parse_iso(json_get_text(step, key), &ms))
		buf_printf(b, ",\"%s\":%lld.%03d", name, (long long)(ms / 1000), (int)(ms % 1000));
}

static void write_step(struct buf *b, const struct json *step)
{
	const struct str said = json_get_text(step, "FailureMessage");

	buf_text(b, b->n > 1 ? ",{\"Name\":" : "{\"Name\":");
	json_write_string(b, json_get_text(step, "StepName"));
	buf_printf(b, ",\"State\":\"%s\"", step_state(json_get_text(step, "StepStatus")));
	if (said.n) {
		buf_text(b, ",\"ErrorMessage\":");
		json_write_string(b, said);
	}
	write_time(b, "StartTime", step, "ExecutionStartTime");
	write_time(b, "StopTime", step, "ExecutionEndTime");
	buf_char(b, '}');
}

/* One that failed before its first step says so itself. */
static void write_steps(struct buf *b, const struct json *x)
{
	const struct json *steps = json_get(x, "StepExecutions");
	const struct str said = json_get_text(x, "FailureMessage");

	buf_char(b, '[');
	for (const struct json *s = steps ? steps->first : NULL; s; s = s->next)
		write_step(b, s);
	if (b->n == 1 && said.n) {
		buf_text(b, "{\"Name\":\"Automation\",\"State\":\"FAILED\",\"ErrorMessage\":");
		json_write_string(b, said);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

enum code automation_look(struct aws *aws, const char *region, const char *id, struct arena *a,
	struct automation_status *out, struct err *e)
{
	struct json *params = json_new(a, JSON_OBJECT), *answer = NULL;
	const struct aws_call call = { "ssm", "GetAutomationExecution", region, params };
	struct aws_fault fault = { "", 0 };
	struct buf b = BUF_INIT(STEPS_MAX);
	const struct json *x;

	if (!params)
		return err_nomem(e);
	add_text(a, params, "AutomationExecutionId", id);
	if (aws_call(aws, &call, a, &answer, &fault, e))
		return err_add(e, "ask how the automation \"%s\" stands", id);
	x = json_get(answer, "AutomationExecution");
	write_steps(&b, x);
	out->state = state_of(json_get_text(x, "AutomationExecutionStatus"));
	out->steps = buf_ok(&b) ? arena_str(a, buf_slice(&b)) : STR("[]");
	buf_release(&b);
	return arena_ok(a) ? E_OK : err_nomem(e);
}
