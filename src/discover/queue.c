/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/queue.h"

#include "aws/sqs_inbox.h"
#include "base/time.h"
#include "discover/login.h"

enum {
	TREE_BYTES = 256 << 20,
	/* What belongs together comes together. */
	TOGETHER_MS = 2000,
	MESSAGES_MAX = 1000,
};

struct round {
	struct login login;
	struct sweep_options options;
	struct sqs_inbox inbox;
	struct arena arena;
	struct sqs_message *messages;
	size_t n;
};

static enum code open_inbox(
	struct round *r, const struct sweep_options *options, const char *url, struct err *e)
{
	enum code c;

	r->options = *options;
	/* Whose queue it is does not matter. */
	r->options.any_account = true;
	c = login_anywhere(&r->login, &r->options, e);
	if (c)
		return c;
	r->inbox = (struct sqs_inbox){ r->login.aws, url, sqs_url_region(&r->arena, url) };
	if (!r->inbox.region)
		r->inbox.region = r->login.regions.names[0];
	return arena_ok(&r->arena) ? E_OK : err_nomem(e);
}

static bool is_asked_to_stop(const struct round *r)
{
	return r->options.stop && *r->options.stop;
}

/* E_NOTFOUND: nothing came. */
static enum code receive(struct round *r, int wait_s, struct err *e)
{
	size_t n = 0;
	enum code c = sqs_receive(&r->inbox, wait_s, &r->arena, &r->messages, &n, e);
	int64_t until = time_ticks_ms() + TOGETHER_MS;

	if (!c && !n)
		return E_NOTFOUND;
	r->n = n;
	while (!c && r->n < MESSAGES_MAX && time_ticks_ms() < until && !is_asked_to_stop(r)) {
		/* Each call waits for a second at most, unless there is something. */
		c = sqs_receive(&r->inbox, 1, &r->arena, &r->messages, &n, e);
		r->n += n;
	}
	return c;
}

/* What is no event stays in the queue. */
static enum code read_messages(
	struct round *r, struct hints *hints, struct queue_sum *sum, struct err *e)
{
	size_t i = 0;

	for (struct sqs_message *m = r->messages; m; m = m->next, i++) {
		size_t before = hints->n, strange = hints->n_strange;
		struct err why = { 0 };
		enum code c = hints_add(hints, m->body, i, &why);

		if (c == E_NOMEM) {
			*e = why;
			return c;
		}
		m->keep = c || hints->n == before || hints->n_strange > strange;
		sum->strange += m->keep;
		sum->messages++;
	}
	return E_OK;
}

static void keep_failed(struct round *r, const struct hints *hints)
{
	for (const struct hint *h = hints->first; h; h = h->next) {
		struct sqs_message *m = r->messages;

		if (h->fate != HINT_FAILED)
			continue;
		for (size_t i = 0; m && i < h->message; i++)
			m = m->next;
		if (m)
			m->keep = true;
	}
}

static enum code heed(struct round *r, struct db *db, const struct sweep_options *options,
	const struct queue_options *queue, struct queue_sum *sum, struct err *e)
{
	struct hints hints = HINTS_INIT(hints, &r->arena);
	struct heed_sum seen = { 0 };
	size_t deleted = 0;
	enum code c = read_messages(r, &hints, sum, e);

	if (!c)
		c = heed_run(db, options, &hints, time_now_ms(), &seen, e);
	if (!c && queue->told)
		queue->told(queue->ctx, &hints, &seen);
	heed_sum_release(&seen);
	keep_failed(r, &hints);
	if (!c)
		c = sqs_delete(&r->inbox, r->messages, &deleted, e);
	sum->deleted += (int64_t)deleted;
	return c;
}

enum code queue_heed(struct db *db, const struct sweep_options *options,
	const struct queue_options *queue, struct queue_sum *sum, struct err *e)
{
	struct round r = { .login = LOGIN_INIT, .arena = ARENA_INIT(TREE_BYTES) };
	enum code c;

	*sum = (struct queue_sum){ 0 };
	c = open_inbox(&r, options, queue->url, e);
	if (!c)
		c = receive(&r, queue->wait_s, e);
	if (!c)
		c = heed(&r, db, options, queue, sum, e);
	login_close(&r.login);
	arena_release(&r.arena);
	return c;
}
