/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sns.h"

#include "aws/message.h"
#include <string.h>

/* Subject, Message, and what a FIFO topic wants. */
static void describe(struct arena *a, struct json *params, const struct aws_publisher *p,
	const struct message *m)
{
	if (m->subject && *m->subject)
		message_put(a, params, "Subject", m->subject);
	json_add(params, STR("Message"), json_string(a, m->body));
	if (p->fifo)
		message_put_fifo(a, params, m);
}

static struct json *parameters(
	struct arena *a, const struct aws_publisher *p, const struct message *m)
{
	struct json *params = json_new(a, JSON_OBJECT);

	message_put(a, params, "TopicArn", p->target);
	describe(a, params, p, m);
	return params;
}

/* It is the topic that is wrong, not the message: another message would fare no better. */
static enum code judge(const struct aws_publisher *p, enum code c, struct err *e)
{
	if (c == E_INVALID && strstr(e->msg, "TopicArn"))
		e->code = E_NOTFOUND;
	return c ? err_add(e, "publish to \"%s\"", p->target) : E_OK;
}

static enum code publish(struct publisher *port, const struct message *m, struct err *e)
{
	struct aws_publisher *p = (struct aws_publisher *)port;
	struct arena a = ARENA_INIT(MESSAGE_ARENA_BYTES);
	const struct aws_call call = { "sns", "Publish", p->region, parameters(&a, p, m) };
	struct json *answer = NULL;
	struct aws_fault fault = { "", 0 };
	enum code c = arena_ok(&a) ? aws_call(p->aws, &call, &a, &answer, &fault, e) : err_nomem(e);

	arena_release(&a);
	return judge(p, c, e);
}

static enum code publish_batch(
	struct aws_publisher *p, const struct message *m, size_t n, struct err *each, struct err *e)
{
	struct arena a = ARENA_INIT(MESSAGE_ARENA_BYTES);
	struct json *params = json_new(&a, JSON_OBJECT), *entries = json_new(&a, JSON_ARRAY);
	const struct aws_call call = { "sns", "PublishBatch", p->region, params };
	struct json *answer = NULL;
	struct aws_fault fault = { "", 0 };
	enum code c;

	for (size_t i = 0; i < n; i++) {
		struct json *entry = json_new(&a, JSON_OBJECT);

		if (!entry)
			break;
		message_put_number(&a, entry, i);
		describe(&a, entry, p, &m[i]);
		json_push(entries, entry);
	}
	message_put(&a, params, "TopicArn", p->target);
	if (arena_ok(&a))
		json_add(params, STR("PublishBatchRequestEntries"), entries);
	c = arena_ok(&a) ? aws_call(p->aws, &call, &a, &answer, &fault, e) : err_nomem(e);
	if (!c)
		message_retry_failed(p, answer, m, n, each);
	arena_release(&a);
	return judge(p, c, e);
}

enum code sns_open(struct publisher **out, struct aws *aws, const char *topic_arn, struct err *e)
{
	const struct str region = message_arn_region(topic_arn);
	struct arena a = ARENA_INIT(64 << 10);
	struct aws_publisher *p = NULL;
	const char *text;
	enum code c;

	if (!region.n)
		return err_set(e, E_INVALID, "\"%s\" is not the ARN of a topic", topic_arn);
	text = arena_text(&a, region);
	c = arena_ok(&a) ? aws_publisher_new(&p, aws, topic_arn, text, e) : err_nomem(e);
	arena_release(&a);
	if (c || !p)
		return c;
	p->port.publish = publish;
	p->port.publish_many = message_publish_many;
	p->publish_batch = publish_batch;
	*out = &p->port;
	return E_OK;
}
