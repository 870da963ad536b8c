/* SPDX-License-Identifier: Apache-2.0 */
#include "core/snapshot.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/failpoint.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/outbox.h"
#include "json/write.h"
#include <errno.h>
#include <stdbool.h>

/* Places are accounts times regions: a thousand accounts in thirty regions are 3 MiB. */
#define PLACES_BYTES  (16 << 20)
#define PAYLOAD_BYTES (16 << 10)
/* The sender's lease: longer than 10 GB take at 25 Mbit/s. */
#define LEASE_MS      INT64_C(3600000)
#define RETRY_MS      INT64_C(900000)
/* Where AWS keeps what belongs to no region. */
#define HOME_REGION   "us-east-1"

/** One file to be written. */
struct site {
	struct str account, region;
	bool with_global;
	struct site *next;
};

/** What snapshot_deliver() was asked for, and how far it is. */
struct job {
	struct db *db;
	struct object_store *store;
	const struct snapshot_query *q;
	int64_t now_ms, since_ticks_ms;
	struct arena memory;
	struct site *first, *last; /* the places, then those of them that get a file */
	int64_t delivered;
};

static enum code note_place(void *ctx, const struct place *p, struct err *e)
{
	struct job *job = ctx;
	struct site *s = arena_alloc(&job->memory, sizeof(*s));

	if (!s)
		return err_nomem(e);
	s->account = arena_str(&job->memory, p->account);
	s->region = arena_str(&job->memory, p->region);
	if (!arena_ok(&job->memory))
		return err_nomem(e);
	if (job->last)
		job->last->next = s;
	else
		job->first = s;
	job->last = s;
	return E_OK;
}

/* The account of @from, up to but without @end: which of its regions takes the resources of no
 * region. An account that has nothing else gets a file for HOME_REGION. */
static void place_globals(struct site *from, const struct site *end)
{
	struct site *global = NULL, *home = NULL;

	for (struct site *s = from; s != end; s = s->next) {
		if (str_is(s->region, PLACE_GLOBAL))
			global = s;
		else if (!home || str_is(s->region, HOME_REGION))
			home = s;
	}
	if (!global)
		return;
	if (home) {
		home->with_global = true;
		return;
	}
	global->region = STR(HOME_REGION);
	global->with_global = true;
}

static void plan(struct job *job)
{
	for (struct site *s = job->first; s;) {
		struct site *end = s;

		while (end && str_eq(end->account, s->account))
			end = end->next;
		place_globals(s, end);
		s = end;
	}
}

static bool wanted(const struct job *job, const struct site *s)
{
	if (str_is(s->region, PLACE_GLOBAL))
		return false;
	return !job->q->region || str_is(s->region, job->q->region);
}

static enum code new_uuid(char out[UUID_BYTES], struct err *e)
{
	return uuid_make(out) ? E_OK : err_sys(e, E_IO, errno, "could not get random bytes");
}

/* Spec section 3.1: month and day of the folder without leading zeros, the stamp with them. */
const char *snapshot_key(struct arena *a, struct str account, struct str region,
	const char *snapshot_id, int64_t now_ms)
{
	struct time_fields t = time_split(now_ms);
	char stamp[TIME_ISO_BYTES];

	return arena_printf(a,
		"AWSLogs/%.*s/Config/%.*s/%d/%d/%d/ConfigSnapshot/"
		"%.*s_Config_%.*s_ConfigSnapshot_%s_%s.json.gz",
		STR_ARG(account), STR_ARG(region), t.year, t.month, t.day, STR_ARG(account),
		STR_ARG(region), time_stamp(now_ms, stamp), snapshot_id)
		.p;
}

/* Times of capture are not asked for: a snapshot's key has none. */
static enum code add_item(void *ctx, struct str body, struct err *e)
{
	return item_file_add(ctx, body, 0, e);
}

/* Everything is in the file, and no read snapshot held, before anything goes out. */
enum code snapshot_write(
	struct item_file *f, struct db *db, const struct place_items_query *q, struct err *e)
{
	enum code c = place_items(db, q, add_item, f, e);

	return c ? c : item_file_finish(f, e);
}

static void member(struct buf *b, const char *name, struct str value)
{
	buf_char(b, b->n ? ',' : '{');
	json_write_string(b, str_of(name));
	buf_char(b, ':');
	json_write_string(b, value);
}

/* Enough to make the same file again. */
static void payload(struct buf *b, const struct job *job, const struct snapshot_file *f)
{
	char at[TIME_ISO_BYTES];

	member(b, "account", str_of(f->account));
	member(b, "at", str_of(time_iso(job->q->at_ms, at)));
	member(b, "configSnapshotId", str_of(f->snapshot_id));
	member(b, "key", str_of(f->key));
	member(b, "region", str_of(f->region));
	member(b, "to", str_of(f->where));
	buf_char(b, '}');
}

static enum code announce(
	struct job *job, const struct snapshot_file *f, int64_t *outbox_id, struct err *e)
{
	struct buf text = BUF_INIT(PAYLOAD_BYTES);
	struct outbox_row row = { .kind = "snapshot", .lease_ms = job->now_ms + LEASE_MS };
	enum code c = E_OK;

	payload(&text, job, f);
	row.payload = buf_slice(&text);
	if (!buf_ok(&text))
		c = err_nomem(e);
	if (!c)
		c = db_begin(job->db, e);
	if (!c) {
		c = outbox_add(job->db, &row, job->now_ms, outbox_id, e);
		if (!c)
			c = db_commit(job->db, e);
		else
			db_rollback(job->db);
	}
	buf_release(&text);
	return c;
}

static int64_t present(const struct job *job)
{
	return job->now_ms + (time_ticks_ms() - job->since_ticks_ms);
}

/* The error of the put is the one to be told, even when noting it fails too. It names the key, and with
 * it account and region. */
static enum code conclude(
	struct job *job, const struct snapshot_file *f, int64_t outbox_id, struct err *e)
{
	struct err noting = { 0 };
	int64_t now = present(job);

	if (!e->code)
		return outbox_done(job->db, outbox_id, f->where, now, e);
	outbox_failed(job->db, outbox_id, e->msg, now + RETRY_MS, &noting);
	if (code_is_transient(e->code))
		err_hint(e, "take the snapshot again later; nothing is half delivered");
	return e->code;
}

static enum code put_file(
	struct job *job, const struct gzip_file *file, struct snapshot_file *f, struct err *e)
{
	struct object o = { .key = f->key,
		.fd = file->fd,
		.bytes = file->bytes,
		.content_type = "application/json",
		.content_encoding = "gzip" };
	int64_t outbox_id;
	enum code c;

	memcpy(o.sha256, file->sha256, SHA256_BYTES);
	c = announce(job, f, &outbox_id, e);
	if (c)
		return c;
	failpoint("snapshot.before_put");
	job->store->put(job->store, &o, e);
	failpoint("snapshot.after_put");
	return conclude(job, f, outbox_id, e);
}

static enum code deliver_site(struct job *job, const struct site *s, struct arena *a,
	struct snapshot_file *f, struct err *e)
{
	struct place_items_query q = { s->account, s->region, s->with_global, job->q->at_ms };
	struct item_file file;
	enum code c = new_uuid(f->snapshot_id, e);

	f->account = arena_text(a, s->account);
	f->region = arena_text(a, s->region);
	f->key = snapshot_key(a, s->account, s->region, f->snapshot_id, job->now_ms);
	if (!c && !arena_ok(a))
		c = err_nomem(e);
	if (!c)
		c = item_file_open(&file, f->snapshot_id, e);
	if (c)
		return c;
	c = snapshot_write(&file, job->db, &q, e);
	f->items = file.items;
	f->bytes = file.gzip.bytes;
	/* What was there may be gone since the places were listed. */
	if (!c && f->items) {
		f->where = arena_text(a, str_of(job->store->where(job->store, f->key)));
		c = arena_ok(a) ? put_file(job, &file.gzip, f, e) : err_nomem(e);
	}
	item_file_close(&file);
	return c;
}

static enum code nothing(const struct snapshot_query *q, struct err *e)
{
	char at[TIME_ISO_BYTES];

	err_set(e, E_NOTFOUND, "nothing is recorded%s%s%s%s at %s",
		q->account ? " for account " : "", q->account ? q->account : "",
		q->region ? " in region " : "", q->region ? q->region : "", time_iso(q->at_ms, at));
	return err_hint(e, "siltstone ls shows what is recorded");
}

enum code snapshot_deliver(struct db *db, struct object_store *store,
	const struct snapshot_query *q, int64_t now_ms, snapshot_fn *done, void *ctx, struct err *e)
{
	struct job job = { .db = db,
		.store = store,
		.q = q,
		.now_ms = now_ms,
		.since_ticks_ms = time_ticks_ms(),
		.memory = ARENA_INIT(PLACES_BYTES) };
	enum code c = db_spare_memory(db, e);

	if (!c)
		c = place_walk(db, q->account, q->at_ms, note_place, &job, e);
	plan(&job);
	for (struct site *s = c ? NULL : job.first; s && !c; s = s->next) {
		struct arena a = ARENA_INIT(64 << 10);
		struct snapshot_file f = { 0 };

		if (wanted(&job, s))
			c = deliver_site(&job, s, &a, &f, e);
		if (!c && f.items) {
			job.delivered++;
			if (done)
				done(ctx, &f);
		}
		arena_release(&a);
	}
	arena_release(&job.memory);
	return c || job.delivered ? c : nothing(q, e);
}
