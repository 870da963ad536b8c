/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/lane.h"

#include "base/mem.h"
#include "base/time.h"

enum { TEXTS_MAX_BYTES = 256 << 10 };

/* Requests a second and at once, to start with. Careful guesses, not the quotas of the services,
 * which differ by account, region and operation: aws/limit.h gives way when a service throttles and
 * speeds up, to twice the start at most, while it does not. */
static const struct pace {
	const char *service;
	double rate, burst;
} paces[] = {
	{ "cloudcontrol", 10, 10 },
	{ "cloudfront", 5, 10 },
	{ "cloudtrail", 10, 10 },
	{ "dynamodb", 10, 20 },
	{ "ec2", 20, 100 },
	{ "iam", 15, 30 },
	{ "kinesis", 5, 10 },
	{ "kms", 20, 40 },
	{ "lambda", 10, 15 },
	{ "route53", 5, 5 },
	{ "s3", 100, 200 },
	{ "sqs", 50, 100 },
	{ "waf", 5, 5 },
	{ "waf-regional", 5, 5 },
	{ "wafv2", 5, 5 },
};
static const struct pace ordinary = { "", 10, 20 };
/* Whoever puts something else in AWS's place has no quotas; a refusal still slows us down. */
static const struct pace custom = { "", 500, 500 };

static const struct pace *pace_of(const struct lane *lane)
{
	if (lane->at.custom)
		return &custom;
	for (size_t i = 0; i < sizeof(paces) / sizeof(*paces); i++)
		if (strcmp(paces[i].service, api_text(lane->service->name)) == 0)
			return &paces[i];
	return &ordinary;
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

		limit_release(&lane->limit);
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
	const struct pace *pace;

	if (!lane)
		return err_nomem(e);
	lane->texts = (struct arena)ARENA_INIT(TEXTS_MAX_BYTES);
	lane->service = q->service;
	lane->region = arena_text(&lane->texts, str_of(q->region ? q->region : ""));
	if (endpoint_find(&lane->texts, q, &lane->at, e) != E_OK) {
		arena_release(&lane->texts);
		mem_free(lane);
		return e->code;
	}
	pace = pace_of(lane);
	limit_init(&lane->limit, pace->rate, pace->burst, time_ticks_ms());
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
