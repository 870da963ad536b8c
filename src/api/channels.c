/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"

#include "api/script.h"
#include "store/channel.h"

/*
 * PutDeliveryChannel: spec section 3.6. Whether the bucket can be written to is asked of the bucket, which takes as long as
 * it takes: before that the store is only read, and behind it what may have changed is looked at once more within
 * the transaction that keeps the channel.
 *
 * The API knows buckets alone. A channel that people led into a folder keeps it as long as "dir:PATH" is given where
 * the bucket's name belongs, as DescribeDeliveryChannels shows it; a new folder is not to be had from here. An
 * endpoint and a profile that people set stay.
 */

static const char *text_of(struct operation *op, const struct json *object, const char *member)
{
	struct str s = json_get_text(object, member);

	return s.p ? arena_text(op->arena, s) : NULL;
}

static enum code read_input(struct operation *op, struct channel *c)
{
	const struct json *in = json_get(op->input, "DeliveryChannel");
	const struct json *properties = json_get(in, "configSnapshotDeliveryProperties");

	*c = (struct channel){ .name = text_of(op, in, "name"),
		.target = text_of(op, in, "s3BucketName"),
		.prefix = text_of(op, in, "s3KeyPrefix"),
		.kms_key = text_of(op, in, "s3KmsKeyArn"),
		.topic = text_of(op, in, "snsTopicARN"),
		.frequency = properties ? text_of(op, properties, "deliveryFrequency") : NULL };
	return arena_ok(op->arena) ? E_OK : err_nomem(op->e);
}

/* What the API does not speak of stays as it was. */
static enum code take_over(struct operation *op, struct channel *c)
{
	const char *place = c->target ? c->target : "";
	struct channel was = { .name = NULL };
	struct err none = { 0 };
	enum code code = channel_get(op->db, op->arena, c->name ? c->name : "", &was, &none);
	bool same;

	if (code && code != E_NOTFOUND) {
		*op->e = none;
		return code;
	}
	same = was.target && strcmp(place, was.target) == 0 && strncmp(place, "dir:", 4) == 0;
	c->target = same ? was.target : arena_printf(op->arena, "s3://%s", place).p;
	c->endpoint = was.endpoint;
	c->profile = was.profile;
	if (was.target && c->target && strcmp(c->target, was.target) == 0)
		c->region = was.region;
	return arena_ok(op->arena) ? E_OK : err_nomem(op->e);
}

static enum code look(struct operation *op, struct channel *channel)
{
	const char *error = NULL;
	struct err why = { 0 };
	enum code c = script_refuse_by(SQL_CHANNEL_CALL_PUT_REFUSE, op);

	if (!c)
		c = read_input(op, channel);
	if (!c)
		c = take_over(op, channel);
	if (c || !channel_check(channel, &error, &why))
		return c;
	return api_refuse(op, error, "%s", why.msg);
}

static enum code ask(struct operation *op, const struct channel *channel)
{
	struct channel_refusal refusal = { "", "" };
	enum code c;

	if (!op->ports->check_channel)
		return api_refuse(op, "InternalFailure", "no bucket can be written to here");
	c = op->ports->check_channel(op->ports->ctx, channel, op->account, &refusal, op->e);
	if (c != E_DENIED)
		return c;
	*op->e = (struct err){ 0 };
	return api_refuse(op, refusal.error, "%s", refusal.message);
}

enum code api_put_delivery_channel(struct operation *op)
{
	struct channel channel;
	enum code c = look(op, &channel);

	if (!c)
		c = ask(op, &channel);
	if (!c)
		c = db_begin(op->db, op->e);
	if (c)
		return c;
	c = script_refuse_by(SQL_CHANNEL_CALL_PUT_REFUSE_LATE, op);
	if (!c)
		c = channel_keep(op->db, &channel, op->now_ms, op->e);
	if (!c)
		return db_commit(op->db, op->e);
	db_rollback(op->db);
	return c;
}
