/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/answer.h"
#include "daemon/gate.h"
#include "daemon/lane.h"
#include <signal.h>

/**
 * AWS Config over HTTP
 * ====================
 *
 * POST / as the SDKs and the AWS command line send it: AWS JSON 1.1, X-Amz-Target: StarlingDoveService.OPERATION. An
 * operation that reads is answered in the read lane, one that writes in the write lane, and one that asks others than the
 * store in the net lane. X-Siltstone-As-Of, epoch seconds or an ISO 8601 date-time, has reading operations answer for that
 * moment.
 *
 * Protocol: AWS Config reference, section 0.1.
 */
#define SERVICE_BODY_MAX ((size_t)1 << 20)

struct service {
	struct api *api; /* NULL before service_open() */
	struct gate *gate;
	struct lanes *lanes;
	const struct api_ports *ports; /* or NULL; read by service_open() */
	const volatile sig_atomic_t *stop;
	void (*kick)(void *ctx); /* an answer left something for the schedule to do */
	void *ctx;
};

/** @db for the key of page tokens; the rest of @s is the caller's to fill in. */
enum code service_open(struct service *s, struct db *db, struct err *e);
/** Safe on a zeroed struct. */
void service_close(struct service *s);

/** The route; @ctx is the service. Who has no chance of being admitted is refused by the head. */
bool service_admit(void *ctx, struct http_query *q);
void service_serve(void *ctx, struct http_query *q);
