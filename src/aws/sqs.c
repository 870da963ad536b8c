/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sqs.h"

#include "aws/message.h"
#include <string.h>

static void describe(struct arena *a, struct json *params, const struct aws_publisher *p,
	const struct message *m)
{
	json_add(params, STR("MessageBody"), json_string(a, m->body));
	if (p->fifo)
		message_put_fifo(a, params, m);
}

/* It is the queue that is wrong, not the message: another message would fare no better. */
static enum code judge(
	const struct aws_publisher *p, enum code c, const struct aws_fault *fault, struct err *e)
{
	if (c == E_INVALID &&
		(strstr(fault->code, "InvalidAddress") || strstr(fault->code, "Queue")))
		e->code = E_NOTFOUND;
	return c ? err_add(e, "send to \"%s\"", p->target) : E_OK;
}

static enum code publish(struct publisher *port, const struct message *m, struct err *e)
{
	struct aws_publisher *p = (struct aws_publisher *)port;
	struct arena a = ARENA_INIT(MESSAGE_ARENA_BYTES);
	struct json *params = json_new(&a, JSON_OBJECT), *answer = NULL;
	const struct aws_call call = { "sqs", "SendMessage", p->region, params };
	struct aws_fault fault = { "", 0 };
	enum code c;

	message_put(&a, params, "QueueUrl", p->target);
	if (arena_ok(&a))
		describe(&a, params, p, m);
	c = arena_ok(&a) ? aws_call(p->aws, &call, &a, &answer, &fault, e) : err_nomem(e);
	arena_release(&a);
	return judge(p, c, &fault, e);
}

static enum code publish_batch(
	struct aws_publisher *p, const struct message *m, size_t n, struct err *each, struct err *e)
{
	struct arena a = ARENA_INIT(MESSAGE_ARENA_BYTES);
	struct json *params = json_new(&a, JSON_OBJECT), *entries = json_new(&a, JSON_ARRAY);
	const struct aws_call call = { "sqs", "SendMessageBatch", p->region, params };
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
	message_put(&a, params, "QueueUrl", p->target);
	if (arena_ok(&a))
		json_add(params, STR("Entries"), entries);
	c = arena_ok(&a) ? aws_call(p->aws, &call, &a, &answer, &fault, e) : err_nomem(e);
	if (!c)
		message_retry_failed(p, answer, m, n, each);
	arena_release(&a);
	return judge(p, c, &fault, e);
}

enum code sqs_open(struct publisher **out, struct aws *aws, const char *queue_url,
	const char *region, struct err *e)
{
	struct aws_publisher *p = NULL;
	enum code c = aws_publisher_new(&p, aws, queue_url, region, e);

	if (c)
		return c;
	p->port.publish = publish;
	p->port.publish_many = message_publish_many;
	p->publish_batch = publish_batch;
	*out = &p->port;
	return E_OK;
}
