/* SPDX-License-Identifier: Apache-2.0 */
#include "core/invoke_event.h"

#include "base/time.h"
#include "core/notice.h"
#include "core/result_token.h"
#include "json/write.h"

static void member(struct buf *b, const char *name, struct str text)
{
	buf_char(b, b->n ? ',' : '{');
	json_write_string(b, str_of(name));
	buf_char(b, ':');
	json_write_string(b, text);
}

static void add_scheduled(struct buf *b, const struct invocation *i, int64_t now_ms)
{
	char iso[TIME_ISO_BYTES];

	member(b, "awsAccountId", str_of(i->account));
	member(b, "notificationCreationTime", str_of(time_iso(now_ms, iso)));
	member(b, "messageType", STR("ScheduledNotification"));
	member(b, "recordVersion", STR("1.0"));
	buf_char(b, '}');
}

static enum code add_all(struct buf *out, const struct invocation *i, struct str invoking,
	const unsigned char *key, int64_t now_ms, struct err *e)
{
	const struct result_token token = { i->account, i->region, i->rule_id, now_ms };
	struct arena a = ARENA_INIT(1 << 16);
	const struct str sealed = result_token_seal(key, &a, &token);

	buf_clear(out);
	member(out, "version", STR("1.0"));
	member(out, "invokingEvent", invoking);
	if (i->parameters.n)
		member(out, "ruleParameters", i->parameters);
	member(out, "resultToken", sealed);
	buf_printf(out, ",\"eventLeftScope\":%s", i->left_scope ? "true" : "false");
	member(out, "executionRoleArn", str_of(i->role));
	member(out, "configRuleArn", str_of(i->arn));
	member(out, "configRuleName", str_of(i->name));
	member(out, "configRuleId", str_of(i->rule_id));
	member(out, "accountId", str_of(i->account));
	buf_char(out, '}');
	if (!sealed.p)
		err_nomem(e);
	else if (!buf_ok(out))
		err_set(e, E_TOOBIG, "the event for a function is too large");
	arena_release(&a);
	return e->code;
}

static enum code add_change(struct buf *out, struct db *db, const struct invocation *i,
	const unsigned char *key, int64_t now_ms, struct err *e)
{
	const struct event event = { .kind = STR("ConfigurationItemChangeNotification"),
		.item_id = i->item_id };
	struct notice n = NOTICE_INIT;
	enum code c = notice_write_item(&n, db, i->item_id, i->compared, now_ms, e);

	if (!c)
		c = add_all(out, i, buf_slice(&n.body), key, now_ms, e);
	if ((!c && out->n > INVOKE_EVENT_MAX) || (c == E_TOOBIG && out->full)) {
		const size_t max = out->max;

		if (out->full) {
			buf_release(out);
			*out = (struct buf)BUF_INIT(max);
			*e = (struct err){ 0 };
		}
		c = notice_write_oversized(&n, db, &event, NULL, NULL, NULL, now_ms, e);
		if (!c)
			c = add_all(out, i, buf_slice(&n.body), key, now_ms, e);
	}
	notice_release(&n);
	return c;
}

enum code invoke_event_write(struct buf *out, struct db *db, const struct invocation *i,
	const unsigned char *key, int64_t now_ms, struct err *e)
{
	struct buf text = BUF_INIT(4096);
	enum code c;

	if (str_is(i->kind, "change"))
		return add_change(out, db, i, key, now_ms, e);
	if (str_is(i->kind, "snapshot") && i->body.n)
		return add_all(out, i, i->body, key, now_ms, e);
	add_scheduled(&text, i, now_ms);
	c = add_all(out, i, buf_slice(&text), key, now_ms, e);
	buf_release(&text);
	return c;
}
