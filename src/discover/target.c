/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/target.h"

#include "aws/s3.h"
#include "base/mem.h"
#include "net/dir_store.h"

#define TEXT_BYTES (1 << 16)

static struct str without_slashes(struct str s)
{
	while (s.n && s.p[0] == '/')
		s = str_from(s, 1);
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

static enum code open_bucket(
	struct target *t, const struct target_options *o, struct str place, struct err *e)
{
	struct arena a = ARENA_INIT(TEXT_BYTES);
	size_t slash = str_find(place, '/');
	struct str prefix = without_slashes(str_from(place, slash));
	struct s3_bucket at = { .bucket = arena_text(&a, (struct str){ place.p, slash }),
		.prefix = prefix.n ? arena_text(&a, prefix) : NULL,
		.region = o->region,
		.kms_key = o->kms_key };

	t->options = (struct sweep_options){ .kind = "aws",
		.profile = o->profile,
		.endpoint = o->endpoint,
		/* Putting a file takes no account number, and a lone S3 has no STS to ask. */
		.any_account = true,
		.stop = o->stop };
	if (!arena_ok(&a))
		err_nomem(e);
	else if (!at.bucket[0])
		err_set(e, E_INVALID, "\"%s\" names no bucket", o->where);
	else if (!login_anywhere(&t->login, &t->options, e))
		s3_store_open(&t->store, t->login.aws, &at, e);
	arena_release(&a);
	return e->code;
}

enum code target_open(struct target *t, const struct target_options *o, struct err *e)
{
	struct str where = str_of(o->where);

	if (str_starts(where, STR("dir:")) && where.n > 4)
		return dir_store_open(&t->store, o->where + 4, e);
	if (str_starts(where, STR("s3://")) && where.n > 5)
		return open_bucket(t, o, str_from(where, 5), e);
	return err_set(e, E_INVALID, "files go to s3://BUCKET/PREFIX or dir:PATH, not to \"%s\"",
		o->where);
}

void target_close(struct target *t)
{
	if (t->store)
		t->store->free(t->store);
	t->store = NULL;
	if (t->options.kind)
		login_close(&t->login);
	t->options.kind = NULL;
}

/** One of a struct targets, and the port that is handed out for it. */
struct kept_target {
	struct object_store port; /* first, so that one pointer is both */
	struct target target;
	struct channel channel; /* texts in memory */
	struct arena memory;
	bool failed;
	struct kept_target *next;
};

static enum code put(struct object_store *s, const struct object *o, struct err *e)
{
	struct kept_target *k = (struct kept_target *)s;
	enum code c = k->target.store->put(k->target.store, o, e);

	k->failed = k->failed || c;
	return c;
}

static const char *where(struct object_store *s, const char *key)
{
	struct kept_target *k = (struct kept_target *)s;

	return k->target.store->where(k->target.store, key);
}

static void keep(struct object_store *s)
{
	(void)s;
}

static void drop(struct kept_target *k)
{
	target_close(&k->target);
	arena_release(&k->memory);
	mem_free(k);
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool serves(const struct kept_target *k, const struct channel *c)
{
	const struct channel *was = &k->channel;

	return !k->failed && same(was->target, c->target) && same(was->kms_key, c->kms_key) &&
	       same(was->endpoint, c->endpoint) && same(was->region, c->region) &&
	       same(was->profile, c->profile);
}

static const char *copied(struct arena *a, const char *text)
{
	return text ? arena_text(a, str_of(text)) : NULL;
}

/* NULL: @e says why. */
static struct kept_target *open_kept(
	const struct targets *t, const struct channel *c, struct err *e)
{
	struct kept_target *k = mem_alloc(sizeof(*k));
	struct target_options o;
	enum code code;

	if (!k) {
		err_nomem(e);
		return NULL;
	}
	*k = (struct kept_target){ .port = { put, where, keep },
		.target = TARGET_INIT,
		.memory = ARENA_INIT(TEXT_BYTES) };
	k->channel = (struct channel){ .name = copied(&k->memory, c->name),
		.target = copied(&k->memory, c->target),
		.kms_key = copied(&k->memory, c->kms_key),
		.endpoint = copied(&k->memory, c->endpoint),
		.region = copied(&k->memory, c->region),
		.profile = copied(&k->memory, c->profile) };
	o = (struct target_options){ k->channel.target, k->channel.endpoint, k->channel.profile,
		k->channel.region, k->channel.kms_key, t->stop };
	code = arena_ok(&k->memory) ? target_open(&k->target, &o, e) : err_nomem(e);
	if (!code)
		return k;
	drop(k);
	return NULL;
}

/* Takes it out of the chain when it serves @c no more; the one that does, or NULL. */
static struct kept_target *find(struct targets *t, const struct channel *c)
{
	for (struct kept_target **at = &t->first; *at; at = &(*at)->next) {
		struct kept_target *k = *at;

		if (!same(k->channel.name, c->name))
			continue;
		if (serves(k, c))
			return k;
		*at = k->next;
		drop(k);
		return NULL;
	}
	return NULL;
}

enum code targets_store(
	void *ctx, const struct channel *c, struct object_store **out, struct err *e)
{
	struct targets *t = ctx;
	struct kept_target *k;

	if (atomic_exchange(&t->forget, false))
		targets_release(t);
	k = find(t, c);
	if (!k) {
		k = open_kept(t, c, e);
		if (!k)
			return e->code;
		k->next = t->first;
		t->first = k;
	}
	*out = &k->port;
	return E_OK;
}

void targets_forget(struct targets *t)
{
	atomic_store(&t->forget, true);
}

void targets_release(struct targets *t)
{
	while (t->first) {
		struct kept_target *k = t->first;

		t->first = k->next;
		drop(k);
	}
}
