/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sqs.h"

#include "aws/message.h"
#include <string.h>

static enum code publish(struct publisher *port, const struct message *m, struct err *e)
{
	struct aws_publisher *p = (struct aws_publisher *)port;
	struct arena a = ARENA_INIT(MESSAGE_ARENA_BYTES);
	struct json *params = json_new(&a, JSON_OBJECT), *answer = NULL;
	const struct aws_call call = { "sqs", "SendMessage", p->region, params };
	struct aws_fault fault = { "", 0 };
	enum code c;

	message_put(&a, params, "QueueUrl", p->target);
	json_add(params, STR("MessageBody"), json_string(&a, m->body));
	if (p->fifo)
		message_put_fifo(&a, params, m);
	c = arena_ok(&a) ? aws_call(p->aws, &call, &a, &answer, &fault, e) : err_nomem(e);
	arena_release(&a);
	/* It is the queue that is wrong, not the message: another message would fare no better. */
	if (c == E_INVALID && (strstr(fault.code, "InvalidAddress") || strstr(fault.code, "Queue")))
		c = e->code = E_NOTFOUND;
	return c ? err_add(e, "send to \"%s\"", p->target) : E_OK;
}

enum code sqs_open(struct publisher **out, struct aws *aws, const char *queue_url,
	const char *region, struct err *e)
{
	struct aws_publisher *p = NULL;
	enum code c = aws_publisher_new(&p, aws, queue_url, region, e);

	if (c)
		return c;
	p->port.publish = publish;
	*out = &p->port;
	return E_OK;
}
