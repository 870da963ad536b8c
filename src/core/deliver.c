/* SPDX-License-Identifier: Apache-2.0 */
#include "core/deliver.h"

#include "base/failpoint.h"
#include "base/time.h"
#include "core/anchor.h"
#include "core/notice.h"
#include "core/snapshot.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#define TEXT_BYTES  (1 << 20)
/* Who is at it longer may find that somebody else has begun anew: the same object twice does no harm. */
#define LEASE_MS    INT64_C(900000)
#define WAIT_MIN_MS INT64_C(30000)
#define WAIT_MAX_MS INT64_C(900000)

/** One file on its way. */
struct job {
	struct db *db;
	const struct deliver_ports *ports;
	int64_t now_ms, since_ticks_ms;
	struct arena memory;
	struct channel channel;
	struct delivery delivery;
	const char *key;
	int64_t items;
	bool refused; /* where it should go would not have it */
};

static int64_t present(const struct job *job)
{
	return job->now_ms + (time_ticks_ms() - job->since_ticks_ms);
}

const char *deliver_error_code(const struct err *e)
{
	return e->code == E_NOTFOUND && !e->remote[0] ? "NoSuchBucket" : notice_error_code(e);
}

int64_t deliver_backoff_ms(int64_t failures)
{
	int64_t ms = WAIT_MIN_MS;

	while (--failures > 0 && ms < WAIT_MAX_MS)
		ms *= 2;
	return ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS;
}

/* Up to a quarter less, so that those who failed together do not come back together. */
static int64_t spread(int64_t wait_ms)
{
	uint32_t r = 0;

	(void)!getrandom(&r, sizeof(r), 0);
	return wait_ms - (int64_t)(r % (uint32_t)(wait_ms / 4 + 1));
}

static const char *prefixed(struct arena *a, const struct channel *c, const char *key)
{
	return c->prefix ? arena_printf(a, "%s/%s", c->prefix, key).p : key;
}

static enum code put_object(struct job *job, const struct object *o, struct err *e)
{
	struct object_store *store = NULL;
	enum code c = job->ports->store(job->ports->ctx, &job->channel, &store, e);

	job->refused = c != E_OK;
	if (c)
		return c;
	c = store->put(store, o, e);
	job->refused = c != E_OK;
	if (store->free)
		store->free(store);
	return c;
}

static bool is_kind(const struct job *job, const char *kind)
{
	return strcmp(job->delivery.kind, kind) == 0;
}

/* The key is noted before anything goes out; one that is there already stays. */
static enum code settle_key(struct job *job, const char *chosen, int64_t last_item, struct err *e)
{
	const struct delivery *d = &job->delivery;

	job->key = d->key;
	if (d->key)
		return E_OK;
	job->key = prefixed(&job->memory, &job->channel, chosen);
	if (!arena_ok(&job->memory))
		return err_nomem(e);
	return delivery_set_key(job->db, d, job->key, last_item, present(job), e);
}

/* What two windows of a day hold may begin and end in the same seconds: behind a clock that was set back
 * moments of capture go on by a millisecond each. The second file does not replace the first. */
static enum code choose_history_key(
	struct job *job, const struct item_file *f, const char **out, struct err *e)
{
	const struct delivery *d = &job->delivery;
	bool taken = !d->key;

	for (int64_t part = d->part; taken && !e->code; part++) {
		*out = history_key(&job->memory, d, f, part, job->now_ms);
		if (!arena_ok(&job->memory))
			return err_nomem(e);
		(void)delivery_key_is_taken(
			job->db, d, prefixed(&job->memory, &job->channel, *out), &taken, e);
	}
	return e->code;
}

static enum code write_history(struct job *job, struct item_file *f, struct err *e)
{
	static const struct history_limit usual = HISTORY_LIMIT;
	const struct history_limit *limit = job->ports->limit ? job->ports->limit : &usual;
	const struct delivery *d = &job->delivery;
	const char *key = NULL;
	int64_t last_item = 0;

	if (history_write(f, job->db, d, limit, &last_item, e))
		return e->code;
	if (!f->items && !d->key)
		return E_OK;
	if (choose_history_key(job, f, &key, e))
		return e->code;
	return settle_key(job, key, last_item, e);
}

static enum code write_snapshot(struct job *job, struct item_file *f, struct err *e)
{
	const struct delivery *d = &job->delivery;
	struct str account = str_of(d->account), region = str_of(d->region);
	struct place_items_query q = { account, region, d->globals, d->due_ms };

	if (snapshot_write(f, job->db, &q, e))
		return e->code;
	if (!f->items && !d->key)
		return E_OK;
	return settle_key(job,
		snapshot_key(&job->memory, account, region, d->snapshot_id, job->now_ms), 0, e);
}

static enum code put_file(struct job *job, const struct gzip_file *f, struct err *e)
{
	struct object o = { .key = job->key,
		.fd = f->fd,
		.bytes = f->bytes,
		.content_type = "application/json",
		.content_encoding = "gzip" };
	enum code c;

	memcpy(o.sha256, f->sha256, SHA256_BYTES);
	c = put_object(job, &o, e);
	failpoint("deliver.after_put");
	return c;
}

/* *@bytes: of the object that went out. */
static enum code send_items(struct job *job, int64_t *bytes, struct err *e)
{
	struct item_file f;
	enum code c = item_file_open(&f, job->delivery.snapshot_id, e);

	if (c)
		return c;
	c = is_kind(job, "history") ? write_history(job, &f, e) : write_snapshot(job, &f, e);
	job->items = f.items;
	*bytes = f.gzip.bytes;
	if (!c && job->key)
		c = put_file(job, &f.gzip, e);
	item_file_close(&f);
	return c;
}

/* An object of no bytes; its headers are those of the files (spec section 3.3). */
static enum code put_nothing(struct job *job, struct err *e)
{
	struct object o = {
		.key = job->key, .content_type = "application/json", .content_encoding = "gzip"
	};
	enum code c;

	if (!sha256_of(STR(""), o.sha256))
		return err_nomem(e);
	o.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (o.fd < 0)
		return err_sys(e, E_IO, errno, "open /dev/null");
	c = put_object(job, &o, e);
	close(o.fd);
	return c;
}

static const char *check_key(struct arena *a, const struct channel *c, const char *account)
{
	const char *key =
		arena_printf(a, "AWSLogs/%s/Config/ConfigWritabilityCheckFile", account).p;

	return prefixed(a, c, key);
}

static enum code send_check(struct job *job, struct err *e)
{
	job->key = check_key(&job->memory, &job->channel, job->delivery.account);
	return arena_ok(&job->memory) ? put_nothing(job, e) : err_nomem(e);
}

/* Once for each account and round, as the check is. */
static void keep_seal(struct job *job)
{
	const struct channel *channel = &job->channel;
	const char *prefix =
		channel->prefix ? arena_printf(&job->memory, "%s/", channel->prefix).p : "";
	struct object_store *store = NULL;
	struct err why = { 0 };

	if (!arena_ok(&job->memory))
		err_nomem(&why);
	else if (!job->ports->store(job->ports->ctx, channel, &store, &why))
		anchor_put(job->db, store, prefix, job->delivery.account, &why);
	if (store && store->free)
		store->free(store);
	if (why.code && job->ports->seal_failed)
		job->ports->seal_failed(channel->name, &why);
}

static enum code send(struct job *job, struct err *e)
{
	const struct delivery *d = &job->delivery;
	int64_t bytes = 0;
	enum code c = channel_get(job->db, &job->memory, d->channel, &job->channel, e);

	if (c)
		return c;
	if (is_kind(job, "check"))
		c = send_check(job, e);
	else if (is_kind(job, "history") || is_kind(job, "snapshot"))
		c = send_items(job, &bytes, e);
	else
		c = err_set(e, E_UNSUPPORTED, "nobody delivers what is called \"%s\"", d->kind);
	if (c)
		return c;
	if (is_kind(job, "check"))
		keep_seal(job);
	failpoint("deliver.before_done");
	return delivery_done(
		job->db, d, job->key, job->items, job->key ? bytes : 0, present(job), e);
}

/* What kept the file from going out is what is told, even when it cannot be noted. */
static enum code note_failure(struct job *job, struct err *e)
{
	const struct delivery *d = &job->delivery;
	struct err noting = { 0 };
	struct delivery_failure f;
	int64_t now_ms = present(job), failures = 0;

	/* Being stopped is no failure: whoever comes next goes on with it. */
	if (e->code == E_CANCELED) {
		delivery_release(job->db, d, &noting);
		return e->code;
	}
	(void)delivery_failures(job->db, d->channel, &failures, &noting);
	f = (struct delivery_failure){ .error_code = deliver_error_code(e),
		.error = e->msg,
		.next_ms = now_ms +
			   spread(deliver_backoff_ms((job->refused ? failures : d->tries) + 1)),
		.of_channel = job->refused };
	noting = (struct err){ 0 };
	delivery_failed(job->db, d, &f, now_ms, &noting);
	if (e->code == E_NOTFOUND)
		e->code = E_REMOTE;
	return err_add(e, "deliver %s of %s to channel \"%s\"", d->kind,
		*d->type ? d->type : d->account, d->channel);
}

enum code deliver_one(
	struct db *db, const struct deliver_ports *ports, int64_t now_ms, struct err *e)
{
	struct job job = { .db = db,
		.ports = ports,
		.now_ms = now_ms,
		.since_ticks_ms = time_ticks_ms(),
		.memory = ARENA_INIT(TEXT_BYTES) };
	enum code c = delivery_claim(db, &job.memory, now_ms, LEASE_MS, &job.delivery, e);

	if (!c) {
		failpoint("deliver.after_claim");
		c = send(&job, e);
		if (c)
			c = note_failure(&job, e);
	}
	arena_release(&job.memory);
	return c;
}

enum code deliver_try(const struct deliver_ports *ports, const struct channel *channel,
	const char *account, struct err *e)
{
	struct job job = { .ports = ports, .channel = *channel, .memory = ARENA_INIT(TEXT_BYTES) };

	job.key = check_key(&job.memory, channel, account);
	if (arena_ok(&job.memory))
		put_nothing(&job, e);
	else
		err_nomem(e);
	arena_release(&job.memory);
	return e->code;
}

enum code deliver_check(struct db *db, const struct deliver_ports *ports, const char *channel,
	const char *account, struct err *e)
{
	struct arena a = ARENA_INIT(TEXT_BYTES);
	struct channel c;

	if (!channel_get(db, &a, channel, &c, e))
		deliver_try(ports, &c, account, e);
	arena_release(&a);
	return e->code;
}
