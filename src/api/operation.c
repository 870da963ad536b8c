/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"

#include "json/read.h"
#include <stdio.h>

/* What SQL alone cannot say. */
static const struct operation_entry entries[] = {
	{ "AssociateResourceTypes", api_recorder, .writes = true, .alone = true },
	{ "BatchGetAggregateResourceConfig", api_batch_get_aggregate_resource_config,
		.past = true },
	{ "BatchGetResourceConfig", api_batch_get_resource_config, .past = true },
	{ "DeleteConfigurationRecorder", api_recorder, .writes = true, .alone = true },
	{ "DeleteOrganizationConfigRule", api_delete_organization_config_rule, .writes = true },
	{ "DeleteOrganizationConformancePack", api_delete_organization_conformance_pack,
		.writes = true },
	{ "DeleteResourceConfig", api_delete_resource_config, .writes = true, .alone = true },
	{ "DeleteServiceLinkedConfigurationRecorder", api_recorder, .writes = true, .alone = true },
	{ "DescribeConfigurationRecorderStatus", api_recorder, .past = true },
	{ "DescribeConfigurationRecorders", api_recorder, .past = true },
	{ "DescribeRemediationExceptions", api_describe_remediation_exceptions, .past = true },
	{ "DisassociateResourceTypes", api_recorder, .writes = true, .alone = true },
	{ "GetAggregateResourceConfig", api_get_aggregate_resource_config, .past = true },
	{ "GetResourceConfigHistory", api_get_resource_config_history, .past = true },
	{ "ListConfigurationRecorders", api_recorder, .past = true },
	{ "PutConformancePack", api_put_conformance_pack, .writes = true },
	{ "PutConfigurationRecorder", api_recorder, .writes = true, .alone = true },
	{ "PutDeliveryChannel", api_put_delivery_channel, .writes = true, .alone = true,
		.asks = true },
	{ "PutEvaluations", api_put_evaluations, .writes = true },
	{ "PutExternalEvaluation", api_put_external_evaluation, .writes = true },
	{ "PutOrganizationConfigRule", api_put_organization_config_rule, .writes = true },
	{ "PutOrganizationConformancePack", api_put_organization_conformance_pack, .writes = true },
	{ "PutResourceConfig", api_put_resource_config, .writes = true, .alone = true },
	{ "PutServiceLinkedConfigurationRecorder", api_recorder, .writes = true, .alone = true },
	{ "SelectAggregateResourceConfig", api_select_aggregate_resource_config, .past = false },
	{ "SelectResourceConfig", api_select_resource_config, .past = false },
	{ "StartConfigurationRecorder", api_recorder, .writes = true, .alone = true },
	{ "StopConfigurationRecorder", api_recorder, .writes = true, .alone = true },
};

const struct operation_entry *operation_entry(const char *name)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		if (strcmp(entries[i].name, name) == 0)
			return &entries[i];
	return NULL;
}

/* One line here is all that api --list needs to know: what is written down, and carried out by nobody. */
static const char *const kept_only[] = {
	NULL,
};

bool operation_is_kept_only(const char *name)
{
	for (size_t i = 0; kept_only[i]; i++)
		if (strcmp(kept_only[i], name) == 0)
			return true;
	return false;
}

enum code api_refuse(struct operation *op, const char *error, const char *fmt, ...)
{
	va_list ap, again;
	char *text = NULL;
	int n = -1;

	snprintf(op->error, sizeof(op->error), "%s", error);
	op->silent = !fmt;
	if (!fmt)
		return E_DENIED;
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0)
		text = arena_alloc(op->arena, (size_t)n + 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	op->message = str_of(text);
	return text ? E_DENIED : err_nomem(op->e);
}

static void bind_text(struct stmt *st, const char *name, struct str v)
{
	int at = stmt_param(st, name);

	if (at)
		stmt_str(st, at, v);
}

static void bind_int(struct stmt *st, const char *name, int64_t v)
{
	int at = stmt_param(st, name);

	if (at)
		stmt_int(st, at, v);
}

void operation_bind(const struct operation *op, struct stmt *st)
{
	bind_text(st, ":request", op->text);
	bind_text(st, ":account", str_of(op->account));
	bind_text(st, ":region", str_of(op->region));
	bind_text(st, ":caller", str_of(op->request->caller));
	bind_text(st, ":after", op->after);
	bind_int(st, ":now_ms", op->now_ms);
	bind_int(st, ":at_ms", op->at_ms);
	bind_int(st, ":limit", op->limit < INT64_MAX ? op->limit + 1 : op->limit);
}

struct json *operation_json(struct operation *op, struct str text)
{
	struct json *v = NULL;

	return json_read(op->arena, text, &v, op->e) ? NULL : v;
}
