/* SPDX-License-Identifier: Apache-2.0 */
#include "api/item.h"
#include "api/queries.h"
#include "json/write.h"

/* Reading over the accounts and regions of an aggregator. That there is one was seen to by the statements _refuse. */

/* E_NOTFOUND: it is not there, gone, or none of the aggregator's. */
static enum code write_current(
	struct operation *op, const struct json *key, enum item_dress dress, const char *before)
{
	struct stmt st = stmt_begin(op->db, SQL_AGGREGATE_IN_FORCE);
	enum code c;

	operation_bind(op, &st);
	stmt_str(&st, aggregate_in_force__id, json_get_text(key, "ResourceId"));
	stmt_str(&st, aggregate_in_force__type, json_get_text(key, "ResourceType"));
	stmt_str(&st, aggregate_in_force__source_account, json_get_text(key, "SourceAccountId"));
	stmt_str(&st, aggregate_in_force__source_region, json_get_text(key, "SourceRegion"));
	c = stmt_step(&st, op->e);
	if (!c) {
		buf_text(op->body, before);
		c = item_answer(op, &st, dress, op->body);
	}
	stmt_end(&st);
	return c;
}

enum code api_get_aggregate_resource_config(struct operation *op)
{
	const struct json *key = json_get(op->input, "ResourceIdentifier");
	enum code c = write_current(op, key, ITEM_WHOLE, "{\"ConfigurationItem\":");

	if (c == E_NOTFOUND)
		return api_refuse(op, "ResourceNotDiscoveredException",
			"Resource %.*s of resourceType:%.*s is unknown or has not been discovered",
			STR_ARG(json_get_text(key, "ResourceId")),
			STR_ARG(json_get_text(key, "ResourceType")));
	if (!c && op->body->full)
		return api_refuse(op, "OversizedConfigurationItemException",
			"The configuration item of resource %.*s is too large",
			STR_ARG(json_get_text(key, "ResourceId")));
	return c;
}

static void add_unprocessed(struct buf *out, const struct json *key)
{
	buf_text(out, out->n ? "," : "");
	json_write(out, key);
}

enum code api_batch_get_aggregate_resource_config(struct operation *op)
{
	const struct json *keys = json_get(op->input, "ResourceIdentifiers");
	struct buf unprocessed = BUF_INIT((size_t)4 << 20);
	const char *before = "";
	enum code c = E_OK;

	buf_text(op->body, "{\"BaseConfigurationItems\":[");
	for (const struct json *key = keys ? keys->first : NULL; key && !c; key = key->next) {
		c = write_current(op, key, ITEM_BASE, before);
		if (!c) {
			before = ",";
		} else if (c == E_NOTFOUND) {
			add_unprocessed(&unprocessed, key);
			c = E_OK;
		}
	}
	buf_text(op->body, "],\"UnprocessedResourceIdentifiers\":[");
	buf_str(op->body, buf_slice(&unprocessed));
	buf_char(op->body, ']');
	if (!c && !buf_ok(&unprocessed))
		c = err_nomem(op->e);
	buf_release(&unprocessed);
	return c;
}

/* It has two names for the same thing: MaxResults goes unless the other one asks for less. */
static void limit_page(struct operation *op)
{
	const int64_t max = json_get_int(op->input, "MaxResults", 0);

	if (max > 0 && (op->limit == op->model->limit_default || max < op->limit))
		op->limit = max;
}

/* A column into the arena; NULL stays NULL. */
static const char *keep(struct operation *op, const struct stmt *st, int column)
{
	return stmt_is_null(st, column) ? NULL : arena_text(op->arena, stmt_col_str(st, column));
}

enum code api_select_aggregate_resource_config(struct operation *op)
{
	struct stmt st = stmt_begin(op->db, SQL_AGGREGATE_SCOPE);
	const char *accounts = NULL, *regions = NULL, *types = NULL;
	enum code c;

	limit_page(op);
	operation_bind(op, &st);
	c = stmt_step(&st, op->e);
	if (!c) {
		accounts = keep(op, &st, aggregate_scope_accounts);
		regions = keep(op, &st, aggregate_scope_regions);
		types = keep(op, &st, aggregate_scope_types);
	}
	stmt_end(&st);
	if (!c && !arena_ok(op->arena))
		return err_nomem(op->e);
	return c ? c : api_select_among(op, accounts, regions, types);
}
