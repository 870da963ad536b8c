/* SPDX-License-Identifier: Apache-2.0 */
#include "api/item.h"
#include "base/time.h"
#include "json/write.h"
#include <stdlib.h>

/* They write their bodies themselves, as items are copied from where they are stored. Where there is no recorder they
 * answer all the same: what was recorded is there. */

struct life {
	int64_t rid, since_ms, until_ms;
	bool forward;
	bool more;                    /* it goes on behind a page */
	int64_t after_ms, after_item; /* the last item of that page */
};

/* Epoch seconds with a fraction, as milliseconds. */
static int64_t moment(const struct operation *op, const char *name, int64_t otherwise)
{
	const struct json *v = json_get(op->input, name);
	double ms = json_is(v, JSON_NUMBER) ? strtod(v->text.p, NULL) * 1000 : 0;

	if (!json_is(v, JSON_NUMBER))
		return otherwise;
	if (ms >= (double)TIME_FOREVER_MS)
		return TIME_FOREVER_MS;
	return ms <= -(double)TIME_FOREVER_MS ? -TIME_FOREVER_MS
					      : (int64_t)(ms + (ms < 0 ? -0.5 : 0.5));
}

static enum code find(struct operation *op, struct life *life)
{
	struct str type = json_get_text(op->input, "resourceType");
	struct str id = json_get_text(op->input, "resourceId");
	struct stmt st = stmt_begin(op->db, SQL_HISTORY_RESOURCE);
	enum code c;

	operation_bind(op, &st);
	stmt_str(&st, history_resource__id, id);
	stmt_str(&st, history_resource__type, type);
	c = stmt_step(&st, op->e);
	if (!c)
		life->rid = stmt_col_int(&st, history_resource_rid);
	stmt_end(&st);
	if (c == E_NOTFOUND)
		return api_refuse(op, "ResourceNotDiscoveredException",
			"Resource %.*s of resourceType:%.*s is unknown or has not been discovered",
			STR_ARG(id), STR_ARG(type));
	return c;
}

static bool read_after(struct str after, struct life *life)
{
	char *end;

	if (!after.p)
		return true;
	life->more = true;
	life->after_ms = strtoll(after.p, &end, 10);
	life->after_item = *end == ' ' ? strtoll(end + 1, NULL, 10) : 0;
	return *end == ' ';
}

static struct stmt ask(const struct operation *op, const struct life *l)
{
	struct stmt st = stmt_begin(
		op->db, l->forward ? SQL_HISTORY_OLDEST_FIRST : SQL_HISTORY_NEWEST_FIRST);

	operation_bind(op, &st);
	stmt_int(&st, stmt_param(&st, ":rid"), l->rid);
	stmt_int(&st, stmt_param(&st, ":since"), l->since_ms);
	stmt_int(&st, stmt_param(&st, ":until"), l->until_ms);
	if (l->more) {
		stmt_int(&st, stmt_param(&st, ":after_ms"), l->after_ms);
		stmt_int(&st, stmt_param(&st, ":after_item"), l->after_item);
	}
	return st;
}

static enum code write_items(struct operation *op, struct life *l)
{
	struct stmt st = ask(op, l);
	enum code c;

	buf_text(op->body, "{\"configurationItems\":[");
	for (int64_t n = 0; !(c = stmt_step(&st, op->e)); n++) {
		if (n == op->limit) {
			op->next = arena_printf(op->arena, "%lld %lld", (long long)l->after_ms,
				(long long)l->after_item);
			break;
		}
		if (n)
			buf_char(op->body, ',');
		c = item_answer(op, &st, ITEM_WHOLE, op->body);
		if (c)
			break;
		l->after_ms = stmt_col_int(&st, ITEM_TEXT_CAPTURED_MS);
		l->after_item = stmt_col_int(&st, ITEM_TEXT_ITEM_ID);
	}
	stmt_end(&st);
	buf_char(op->body, ']');
	return c == E_NOTFOUND ? E_OK : c;
}

enum code api_get_resource_config_history(struct operation *op)
{
	struct life life = { .since_ms = moment(op, "earlierTime", -TIME_FOREVER_MS),
		.until_ms = moment(op, "laterTime", TIME_FOREVER_MS),
		.forward = str_is(json_get_text(op->input, "chronologicalOrder"), "Forward") };
	enum code c;

	if (life.since_ms >= life.until_ms)
		return api_refuse(op, "InvalidTimeRangeException", NULL);
	if (life.until_ms > op->at_ms)
		life.until_ms = op->at_ms;
	if (!read_after(op->after, &life))
		return err_set(op->e, E_INVALID, "a page token of another form");
	c = find(op, &life);
	return c ? c : write_items(op, &life);
}

/* E_NOTFOUND: it is not there, or gone. */
static enum code write_current(struct operation *op, const struct json *key, const char *before)
{
	struct stmt st = stmt_begin(op->db, SQL_HISTORY_IN_FORCE);
	enum code c;

	operation_bind(op, &st);
	stmt_str(&st, history_in_force__id, json_get_text(key, "resourceId"));
	stmt_str(&st, history_in_force__type, json_get_text(key, "resourceType"));
	c = stmt_step(&st, op->e);
	if (!c) {
		buf_text(op->body, before);
		c = item_answer(op, &st, ITEM_BASE, op->body);
	}
	stmt_end(&st);
	return c;
}

enum code api_batch_get_resource_config(struct operation *op)
{
	const struct json *keys = json_get(op->input, "resourceKeys");
	struct buf unprocessed = BUF_INIT((size_t)4 << 20);
	const char *before = "";
	enum code c = E_OK;

	buf_text(op->body, "{\"baseConfigurationItems\":[");
	for (const struct json *key = keys ? keys->first : NULL; key && !c; key = key->next) {
		c = write_current(op, key, before);
		if (!c) {
			before = ",";
		} else if (c == E_NOTFOUND) {
			buf_text(&unprocessed, unprocessed.n ? ",{" : "{");
			buf_text(&unprocessed, "\"resourceType\":");
			json_write_string(&unprocessed, json_get_text(key, "resourceType"));
			buf_text(&unprocessed, ",\"resourceId\":");
			json_write_string(&unprocessed, json_get_text(key, "resourceId"));
			buf_char(&unprocessed, '}');
			c = E_OK;
		}
	}
	buf_text(op->body, "],\"unprocessedResourceKeys\":[");
	buf_str(op->body, buf_slice(&unprocessed));
	buf_char(op->body, ']');
	if (!c && !buf_ok(&unprocessed))
		c = err_nomem(op->e);
	buf_release(&unprocessed);
	return c;
}
