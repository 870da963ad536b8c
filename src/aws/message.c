/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/message.h"

#include "base/mem.h"
#include "base/sha256.h"
#include <stdio.h>
#include <string.h>

enum {
	TEXTS_MAX_BYTES = 64 << 10,
	AROUND_BYTES = 1024, /* what is counted besides: ids, names */
	AT_ONCE = 8          /* calls at a time */
};

static const char *keep(struct arena *a, const char *s)
{
	return s ? arena_text(a, str_of(s)) : NULL;
}

enum code aws_publisher_new(struct aws_publisher **out, struct aws *aws, const char *target,
	const char *region, struct err *e)
{
	static const struct arena fresh = ARENA_INIT(TEXTS_MAX_BYTES);
	const struct str s = str_of(target), fifo = STR(".fifo");
	struct aws_publisher *p = mem_alloc(sizeof(*p));

	if (!p)
		return err_nomem(e);
	p->texts = fresh;
	p->aws = aws;
	p->target = keep(&p->texts, target);
	p->region = keep(&p->texts, region);
	p->fifo = s.n > fifo.n && str_eq(str_from(s, s.n - fifo.n), fifo);
	p->port.free = aws_publisher_free;
	if (!arena_ok(&p->texts)) {
		aws_publisher_free(&p->port);
		return err_nomem(e);
	}
	*out = p;
	return E_OK;
}

void aws_publisher_free(struct publisher *port)
{
	struct aws_publisher *p = (struct aws_publisher *)port;

	crew_close(p->crew, NULL);
	arena_release(&p->texts);
	mem_free(p);
}

void message_put(struct arena *a, struct json *params, const char *name, const char *value)
{
	if (params && value)
		json_add(params, str_of(name), json_string(a, str_of(value)));
}

/* A group's name has at most 128 characters and no blanks; ARNs may be longer. */
void message_put_fifo(struct arena *a, struct json *params, const struct message *m)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	if (m->arn && sha256_of(str_of(m->arn), digest))
		json_add(params, STR("MessageGroupId"),
			json_string(a, arena_str(a, str_of(sha256_hex(digest, hex)))));
	else
		message_put(a, params, "MessageGroupId", m->type);
	json_add(params, STR("MessageDeduplicationId"),
		json_string(a, arena_printf(a, "siltstone-%lld", (long long)m->event_id)));
}

/* arn:partition:service:region:account:name */
struct str message_arn_region(const char *arn)
{
	struct str s = str_of(arn);

	if (!str_starts(s, STR("arn:")))
		return STR_NONE;
	for (int i = 0; i < 3; i++)
		s = str_from(s, str_find(s, ':') + 1);
	s.n = str_find(s, ':');
	return s.n ? s : STR_NONE;
}

/* A call's worth of messages each. */
struct batches {
	struct aws_publisher *p;
	const struct message *messages;
	struct err *each;
	size_t *first; /* of each batch; one more is the end */
};

static size_t size_of(const struct message *m)
{
	return m->body.n + (m->subject ? strlen(m->subject) : 0) + AROUND_BYTES;
}

static size_t cut(const struct message *m, size_t n, size_t *first)
{
	size_t n_batches = 0, bytes = 0;

	for (size_t i = 0; i < n; i++) {
		bytes += size_of(&m[i]);
		if (!i || i - first[n_batches - 1] == BATCH_MESSAGES || bytes > BATCH_BYTES) {
			first[n_batches++] = i;
			bytes = size_of(&m[i]);
		}
	}
	first[n_batches] = n;
	return n_batches;
}

/* One after the other; what failed for a reason that holds for all is not tried with the others. */
static void publish_singly(
	struct aws_publisher *p, const struct message *m, size_t n, struct err *each)
{
	for (size_t i = 0; i < n; i++)
		if (p->port.publish(&p->port, &m[i], &each[i]) && each[i].code != E_INVALID &&
			each[i].code != E_TOOBIG)
			while (++i < n)
				each[i] = each[i - 1];
}

static void publish_one_batch(void *ctx, size_t number)
{
	const struct batches *b = ctx;
	const size_t first = b->first[number], n = b->first[number + 1] - first;
	const struct message *m = &b->messages[first];
	struct err *each = &b->each[first], e = { 0 };

	if (n == 1) {
		publish_singly(b->p, m, 1, each);
		return;
	}
	if (!b->p->publish_batch(b->p, m, n, each, &e))
		return;
	for (size_t i = 0; i < n; i++)
		each[i] = (struct err){ 0 };
	/* Emulators may not know the call, and one message may spoil it for the others. */
	if (e.code == E_UNSUPPORTED || e.code == E_INVALID || e.code == E_TOOBIG ||
		e.code == E_DENIED) {
		publish_singly(b->p, m, n, each);
		return;
	}
	for (size_t i = 0; i < n; i++)
		each[i] = e;
}

void message_publish_many(
	struct publisher *port, const struct message *m, size_t n, struct err *each)
{
	struct aws_publisher *p = (struct aws_publisher *)port;
	struct arena a = ARENA_INIT(1 << 20);
	struct batches b = { p, m, each, arena_alloc(&a, (n + 1) * sizeof(*b.first)) };

	if (b.first)
		crew_each(&p->crew, AT_ONCE, cut(m, n, b.first), publish_one_batch, &b);
	else
		publish_singly(p, m, n, each);
	arena_release(&a);
}

void message_retry_failed(struct aws_publisher *p, const struct json *answer,
	const struct message *m, size_t n, struct err *each)
{
	const struct json *taken = json_get(answer, "Successful");

	for (size_t i = 0; i < n; i++) {
		char number[24];
		bool told = false;

		snprintf(number, sizeof(number), "%zu", i);
		for (const struct json *k = taken ? taken->first : NULL; k && !told; k = k->next)
			told = str_is(json_get_text(k, "Id"), number);
		if (!told)
			(void)p->port.publish(&p->port, &m[i], &each[i]);
	}
}

void message_put_number(struct arena *a, struct json *params, size_t i)
{
	json_add(params, STR("Id"), json_string(a, arena_printf(a, "%zu", i)));
}
