/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/endpoint.h"
#include "aws/limit.h"
#include <pthread.h>

/**
 * A lane is what calls of one service in one region have in common: where they go, and how
 * fast they may. Made at the first call, kept until the end.
 */
struct lane {
	struct lane *next;
	const struct api_service *service;
	const char *region; /* as asked for, "" for none */
	struct endpoint at;
	struct limit limit;
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
