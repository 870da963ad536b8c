/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/lane.h"

#include "base/mem.h"
#include "base/time.h"

enum { TEXTS_MAX_BYTES = 256 << 10 };

/* Requests a second and at once, to start with, from the table of the catalogue's authors: what services
 * document, and what others have met. Quotas differ by account and region all the same: aws/limit.h gives way
 * when a service throttles and speeds up, to twice the start at most, while it does not. The first row that
 * fits counts; `shared`: its operations take from one bucket, else each has its own. */
static const struct pace {
	const char *service, *ops; /* ops: a name, the beginning of names with * behind it, or "" */
	double rate, burst;
	bool shared;
} paces[] = {
	{ "cloudcontrol", "", 10, 10, false },
	{ "cloudfront", "", 5, 10, true },
	{ "cloudtrail", "LookupEvents", 2, 2, false },
	{ "cloudtrail", "", 10, 10, false },
	{ "dynamodb", "", 10, 20, false },
	{ "ec2", "", 20, 100, false },
	{ "iam", "GetPolicy*", 35, 35, false },
	{ "iam", "", 15, 30, true },
	{ "kinesis", "DescribeStreamSummary", 20, 20, false },
	{ "kinesis", "DescribeStream", 10, 10, false },
	{ "kinesis", "", 5, 10, false },
	{ "kms", "", 20, 40, false },
	{ "lambda", "GetFunction", 100, 100, false },
	{ "lambda", "GetPolicy", 15, 15, false },
	{ "lambda", "Invoke", 200, 400, false },
	{ "lambda", "", 10, 15, true },
	{ "route53", "", 5, 5, true },
	{ "s3", "", 100, 200, false },
	{ "sqs", "", 50, 100, false },
	{ "waf", "", 5, 5, true },
	{ "waf-regional", "", 5, 5, true },
	{ "wafv2", "", 5, 5, true },
	{ NULL, "", 10, 20, false },
};
/* Whoever puts something else in AWS's place has no quotas; a refusal still slows us down. */
static const struct pace custom = { NULL, "", 500, 500, false };

static bool fits(const struct pace *pace, const char *service, const char *op)
{
	const size_t n = strlen(pace->ops);

	if (pace->service && strcmp(pace->service, service) != 0)
		return false;
	if (n && pace->ops[n - 1] == '*')
		return strncmp(pace->ops, op, n - 1) == 0;
	return !n || strcmp(pace->ops, op) == 0;
}

static const struct pace *pace_of(const struct lane *lane, const char *op)
{
	const char *service = api_text(lane->service->name);
	const struct pace *pace = paces;

	if (lane->at.custom)
		return &custom;
	while (!fits(pace, service, op))
		pace++;
	return pace;
}

void lanes_init(struct lanes *lanes)
{
	pthread_mutex_init(&lanes->lock, NULL);
	lanes->first = NULL;
}

void lanes_release(struct lanes *lanes)
{
	struct lane *lane = lanes->first;

	while (lane) {
		struct lane *next = lane->next;

		for (struct lane_bucket *b = lane->buckets; b; b = b->next)
			limit_release(&b->limit);
		arena_release(&lane->texts);
		mem_free(lane);
		lane = next;
	}
	pthread_mutex_destroy(&lanes->lock);
}

static struct lane *find(const struct lanes *lanes, const struct endpoint_query *q)
{
	const char *region = q->region ? q->region : "";

	for (struct lane *lane = lanes->first; lane; lane = lane->next)
		if (lane->service == q->service && strcmp(lane->region, region) == 0)
			return lane;
	return NULL;
}

static enum code make(
	struct lanes *lanes, const struct endpoint_query *q, struct lane **out, struct err *e)
{
	struct lane *lane = mem_alloc(sizeof(*lane));

	if (!lane)
		return err_nomem(e);
	lane->texts = (struct arena)ARENA_INIT(TEXTS_MAX_BYTES);
	lane->buckets = NULL;
	lane->service = q->service;
	lane->region = arena_text(&lane->texts, str_of(q->region ? q->region : ""));
	if (endpoint_find(&lane->texts, q, &lane->at, e) != E_OK) {
		arena_release(&lane->texts);
		mem_free(lane);
		return e->code;
	}
	lane->next = lanes->first;
	lanes->first = lane;
	*out = lane;
	return E_OK;
}

enum code lanes_get(
	struct lanes *lanes, const struct endpoint_query *q, struct lane **out, struct err *e)
{
	enum code c = E_OK;

	pthread_mutex_lock(&lanes->lock);
	*out = find(lanes, q);
	if (!*out)
		c = make(lanes, q, out, e);
	pthread_mutex_unlock(&lanes->lock);
	return c;
}

/* Under the lock. */
static struct lane_bucket *bucket_of(struct lane *lane, const char *op)
{
	const struct pace *pace = pace_of(lane, op);
	const char *ops = pace->shared ? pace->ops : op;
	struct lane_bucket *b = lane->buckets;

	while (b && strcmp(b->ops, ops) != 0)
		b = b->next;
	if (b)
		return b;
	b = arena_alloc(&lane->texts, sizeof(*b));
	if (!b)
		return NULL;
	b->ops = arena_text(&lane->texts, str_of(ops));
	if (!arena_ok(&lane->texts))
		return NULL;
	limit_init(&b->limit, pace->rate, pace->burst, time_ticks_ms());
	b->next = lane->buckets;
	lane->buckets = b;
	return b;
}

enum code lanes_limit(
	struct lanes *lanes, struct lane *lane, const char *op, struct limit **out, struct err *e)
{
	struct lane_bucket *b;

	pthread_mutex_lock(&lanes->lock);
	b = bucket_of(lane, op ? op : "");
	pthread_mutex_unlock(&lanes->lock);
	if (!b)
		return err_nomem(e);
	*out = &b->limit;
	return E_OK;
}
