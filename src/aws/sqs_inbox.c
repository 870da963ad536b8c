/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sqs_inbox.h"

#include "aws/message.h"
#include <string.h>

enum {
	/* So long nobody else gets the messages: until all that they name was looked at. */
	HIDDEN_S = 120,
};

static enum code judge(const struct sqs_inbox *inbox, enum code c, struct err *e)
{
	return c ? err_add(e, "queue \"%s\"", inbox->url) : E_OK;
}

static enum code take(
	struct arena *a, const struct json *message, struct sqs_message **list, struct err *e)
{
	struct sqs_message *m = arena_alloc(a, sizeof(*m));

	if (!m)
		return err_nomem(e);
	*m = (struct sqs_message){ .next = *list,
		.body = arena_str(a, json_get_text(message, "Body")),
		.receipt = arena_str(a, json_get_text(message, "ReceiptHandle")) };
	*list = m;
	return arena_ok(a) ? E_OK : err_nomem(e);
}

enum code sqs_receive(const struct sqs_inbox *inbox, int wait_s, struct arena *a,
	struct sqs_message **list, size_t *n, struct err *e)
{
	struct json *params = json_new(a, JSON_OBJECT), *answer = NULL, *messages;
	const struct aws_call call = { "sqs", "ReceiveMessage", inbox->region, params };
	struct aws_fault fault = { "", 0 };
	enum code c;

	*n = 0;
	message_put(a, params, "QueueUrl", inbox->url);
	if (arena_ok(a)) {
		json_add(params, STR("MaxNumberOfMessages"), json_int(a, BATCH_MESSAGES));
		json_add(params, STR("WaitTimeSeconds"), json_int(a, wait_s));
		json_add(params, STR("VisibilityTimeout"), json_int(a, HIDDEN_S));
	}
	c = arena_ok(a) ? aws_call(inbox->aws, &call, a, &answer, &fault, e) : err_nomem(e);
	messages = c ? NULL : json_get(answer, "Messages");
	for (const struct json *v = messages ? messages->first : NULL; v && !c; v = v->next) {
		c = take(a, v, list, e);
		*n += 1;
	}
	return judge(inbox, c, e);
}

/* The first BATCH_MESSAGES of @*list that are to go. */
static struct json *entries(struct arena *a, const struct sqs_message **list, size_t *n)
{
	struct json *out = json_new(a, JSON_ARRAY);
	const struct sqs_message *m = *list;

	for (*n = 0; m && *n < BATCH_MESSAGES; m = m->next) {
		struct json *entry = m->keep ? NULL : json_new(a, JSON_OBJECT);

		if (!entry)
			continue;
		message_put_number(a, entry, *n);
		json_add(entry, STR("ReceiptHandle"), json_string(a, m->receipt));
		json_push(out, entry);
		*n += 1;
	}
	*list = m;
	return out;
}

enum code sqs_delete(
	const struct sqs_inbox *inbox, const struct sqs_message *list, size_t *n, struct err *e)
{
	enum code c = E_OK;

	*n = 0;
	while (list && !c) {
		struct arena a = ARENA_INIT(MESSAGE_ARENA_BYTES);
		struct json *params = json_new(&a, JSON_OBJECT), *answer = NULL;
		const struct aws_call call = { "sqs", "DeleteMessageBatch", inbox->region, params };
		struct aws_fault fault = { "", 0 };
		size_t some = 0;

		message_put(&a, params, "QueueUrl", inbox->url);
		if (params)
			json_add(params, STR("Entries"), entries(&a, &list, &some));
		if (!arena_ok(&a))
			c = err_nomem(e);
		else if (some)
			c = aws_call(inbox->aws, &call, &a, &answer, &fault, e);
		if (!c)
			*n += some;
		arena_release(&a);
	}
	return judge(inbox, c, e);
}

const char *sqs_url_region(struct arena *a, const char *url)
{
	const char *p = strstr(url, "//sqs.");
	struct str s = str_of(p ? p + 6 : NULL);

	if (!p || !strstr(p, ".amazonaws."))
		return NULL;
	s.n = str_find(s, '.');
	return arena_text(a, s);
}
