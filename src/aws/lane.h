/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/endpoint.h"
#include "aws/limit.h"
#include <pthread.h>

/** A bucket of a lane: of one operation, or of those that share one quota. */
struct lane_bucket {
	struct lane_bucket *next;
	const char *
		ops; /* the operation, or the pattern of those that share it; "" for requests without one */
	struct limit limit;
};

/**
 * A lane is what calls of one service in one region have in common: where they go, and how
 * fast they may, operation by operation. Made at the first call, kept until the end. Lanes are those of one
 * identity: two accounts share none.
 */
struct lane {
	struct lane *next;
	const struct api_service *service;
	const char *region; /* as asked for, "" for none */
	struct endpoint at;
	struct lane_bucket *buckets;
	struct arena texts;
};

struct lanes {
	pthread_mutex_t lock;
	struct lane *first;
};

void lanes_init(struct lanes *lanes);
void lanes_release(struct lanes *lanes);
/** The lane of @q's service and region. Errors as endpoint_find(); E_NOMEM. */
enum code lanes_get(
	struct lanes *lanes, const struct endpoint_query *q, struct lane **out, struct err *e);
/** The bucket that calls of @op (NULL: requests without one) take their tokens from. E_NOMEM. */
enum code lanes_limit(
	struct lanes *lanes, struct lane *lane, const char *op, struct limit **out, struct err *e);
