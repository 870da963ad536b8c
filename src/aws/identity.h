/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include <pthread.h>

/**
 * The credentials in use, renewed before they run out and when they are refused as expired.
 * One thread renews, the others wait for it. Safe for any number of threads.
 */
struct identity {
	pthread_mutex_t lock;
	struct credentials keys;
	int64_t version; /* goes up with each renewal */
	aws_refresh_fn *refresh;
	void *ctx;
};

/** @keys are copied; NULL for none, with which nothing is signed. */
enum code identity_init(struct identity *id, const struct credentials *keys, struct err *e);
void identity_release(struct identity *id);
void identity_on_expiry(struct identity *id, aws_refresh_fn *fn, void *ctx);

/**
 * A copy of the keys, renewed first when they end within five minutes. Renewing that fails
 * matters only when the old ones have really ended: then its error is the answer.
 */
enum code identity_get(struct identity *id, int64_t now_ms, struct credentials *out,
	int64_t *version, struct err *e);

/** Version @version was refused as expired. True when there is a newer one to try. */
bool identity_renew(struct identity *id, int64_t version);
