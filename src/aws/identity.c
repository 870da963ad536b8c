/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/identity.h"

enum { AHEAD_MS = 5 * 60 * 1000 };

enum code identity_init(struct identity *id, const struct credentials *keys, struct err *e)
{
	*id = (struct identity){ .version = 0 };
	pthread_mutex_init(&id->lock, NULL);
	return keys && keys->access_key ? credentials_copy(&id->keys, keys, e) : E_OK;
}

void identity_release(struct identity *id)
{
	credentials_release(&id->keys);
	pthread_mutex_destroy(&id->lock);
}

void identity_on_expiry(struct identity *id, aws_refresh_fn *fn, void *ctx)
{
	pthread_mutex_lock(&id->lock);
	id->refresh = fn;
	id->ctx = ctx;
	pthread_mutex_unlock(&id->lock);
}

/* With the lock held. */
static enum code renew(struct identity *id, struct err *e)
{
	struct credentials fresh = { 0 };
	enum code c = id->refresh(id->ctx, &fresh, e);

	if (c != E_OK) {
		credentials_release(&fresh);
		return c;
	}
	credentials_release(&id->keys);
	id->keys = fresh;
	id->version++;
	return E_OK;
}

enum code identity_get(struct identity *id, int64_t now_ms, struct credentials *out,
	int64_t *version, struct err *e)
{
	struct err why = { 0 };
	int64_t left_ms;
	enum code c = E_OK;

	pthread_mutex_lock(&id->lock);
	left_ms = id->keys.access_key ? id->keys.expires_ms - now_ms : AHEAD_MS;
	if (id->refresh && left_ms < AHEAD_MS && renew(id, &why) != E_OK && left_ms <= 0) {
		/* Whatever is amiss with where they come from, the service has not judged what is
		 * asked of it: it is not E_DENIED, E_NOTFOUND or E_INVALID. */
		*e = why;
		if (!code_is_transient(e->code))
			e->code = E_REMOTE;
		c = err_add(e, "renew the credentials");
	}
	if (c == E_OK && id->keys.access_key)
		c = credentials_copy(out, &id->keys, e);
	*version = id->version;
	pthread_mutex_unlock(&id->lock);
	return c;
}

bool identity_renew(struct identity *id, int64_t version)
{
	struct err ignored = { 0 };
	bool newer;

	pthread_mutex_lock(&id->lock);
	if (id->version == version && id->refresh)
		renew(id, &ignored);
	newer = id->version != version;
	pthread_mutex_unlock(&id->lock);
	return newer;
}
