/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/writable.h"

#include "core/deliver.h"
#include "discover/target.h"
#include <stdio.h>

static const char *or_null(const char *text)
{
	return text ? text : "null";
}

static void name_refusal(
	const struct channel *channel, const struct err *e, struct channel_refusal *r)
{
	const bool bucket = strncmp(channel->target, "s3://", 5) == 0;
	const char *place = channel->target + (bucket ? 5 : 0);

	/* Not found, and not by S3: that is credentials. */
	if (strcmp(e->remote, "NoSuchBucket") == 0 || (!bucket && e->code == E_NOTFOUND)) {
		snprintf(r->error, sizeof(r->error), "NoSuchBucketException");
		snprintf(
			r->message, sizeof(r->message), "No such s3 bucket with name '%s'.", place);
		return;
	}
	snprintf(r->error, sizeof(r->error), "InsufficientDeliveryPolicyException");
	snprintf(r->message, sizeof(r->message),
		"Insufficient delivery policy to s3 bucket: %s, unable to write to bucket, provided s3 key prefix is '%s', provided kms key is '%s'.",
		place, or_null(channel->prefix), or_null(channel->kms_key));
}

enum code writable_check(const struct channel *channel, const char *account,
	const volatile sig_atomic_t *stop, struct channel_refusal *refusal, struct err *e)
{
	struct targets targets = { .stop = stop };
	const struct deliver_ports ports = { .store = targets_store, .ctx = &targets };
	enum code c = deliver_try(&ports, channel, account, e);

	targets_release(&targets);
	if (!c || c == E_NOMEM || c == E_CANCELED)
		return c;
	name_refusal(channel, e, refusal);
	e->code = E_DENIED;
	return err_add(e, "write the check file of channel \"%s\"", channel->name);
}
