/* SPDX-License-Identifier: Apache-2.0 */
#include "library/handle.h"

#include "base/mem.h"
#include "base/time.h"
#include "store/store.h"
#include <string.h>

/* A document is 64 MB at most before it is spelled. */
#define JSON_BYTES  ((size_t)1 << 30)
/* 0001-01-01 */
#define EARLIEST_MS INT64_C(-62135596800000)

int siltstone_api(void)
{
	return SILTSTONE_API;
}

const char *siltstone_version(void)
{
	return SILTSTONE_VERSION;
}

int siltstone_schema(void)
{
	return store_schema();
}

static enum siltstone_code public_code(enum code code)
{
	switch (code) {
	case E_OK: return SILTSTONE_OK;
	case E_INVALID: return SILTSTONE_INVALID;
	case E_DENIED: return SILTSTONE_DENIED;
	case E_NOTFOUND: return SILTSTONE_NOTFOUND;
	case E_AMBIGUOUS: return SILTSTONE_AMBIGUOUS;
	case E_CONFLICT: return SILTSTONE_CONFLICT;
	case E_TOOBIG: return SILTSTONE_TOOBIG;
	case E_UNSUPPORTED: return SILTSTONE_UNSUPPORTED;
	case E_BUSY: return SILTSTONE_BUSY;
	case E_FULL: return SILTSTONE_FULL;
	case E_IO: return SILTSTONE_IO;
	case E_THROTTLED:
	case E_REMOTE: return SILTSTONE_REMOTE;
	case E_CORRUPT: return SILTSTONE_CORRUPT;
	case E_NEWER: return SILTSTONE_NEWER;
	case E_NOMEM: return SILTSTONE_NOMEM;
	case E_CANCELED: return SILTSTONE_CANCELED;
	}
	return SILTSTONE_INVALID;
}

const char *siltstone_code_name(enum siltstone_code code)
{
	switch (code) {
	case SILTSTONE_OK: return "OK";
	case SILTSTONE_INVALID: return "INVALID";
	case SILTSTONE_DENIED: return "DENIED";
	case SILTSTONE_NOTFOUND: return "NOTFOUND";
	case SILTSTONE_AMBIGUOUS: return "AMBIGUOUS";
	case SILTSTONE_CONFLICT: return "CONFLICT";
	case SILTSTONE_TOOBIG: return "TOOBIG";
	case SILTSTONE_UNSUPPORTED: return "UNSUPPORTED";
	case SILTSTONE_BUSY: return "BUSY";
	case SILTSTONE_FULL: return "FULL";
	case SILTSTONE_IO: return "IO";
	case SILTSTONE_REMOTE: return "REMOTE";
	case SILTSTONE_CORRUPT: return "CORRUPT";
	case SILTSTONE_NEWER: return "NEWER";
	case SILTSTONE_NOMEM: return "NOMEM";
	case SILTSTONE_CANCELED: return "CANCELED";
	}
	return "UNKNOWN";
}

int siltstone_code_is_transient(enum siltstone_code code)
{
	for (int c = E_OK; c <= E_CANCELED; c++)
		if (public_code((enum code)c) == code)
			return code_is_transient((enum code)c);
	return 0;
}

static char *copy(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = mem_alloc(n);

	return p ? memcpy(p, s, n) : NULL;
}

static enum code open_store(struct siltstone *s, const char *path, enum siltstone_mode mode)
{
	struct err *e = &s->err;

	switch (mode) {
	case SILTSTONE_READ: s->mode = DB_READ; break;
	case SILTSTONE_WRITE: s->mode = DB_WRITE; break;
	case SILTSTONE_CREATE: s->mode = DB_CREATE; break;
	default: return err_set(e, E_INVALID, "%d is no mode to open a store in", (int)mode);
	}
	if (!path || !*path)
		return err_set(e, E_INVALID, "the store has no name");
	s->path = copy(path);
	if (!s->path)
		return err_nomem(e);
	if (store_open(&s->db, path, s->mode, time_now_ms(), e))
		return e->code;
	/* From now on the file is there, also when somebody takes it away: nobody makes a second one. */
	if (s->mode == DB_CREATE)
		s->mode = DB_WRITE;
	s->open = true;
	return E_OK;
}

enum siltstone_code siltstone_open(
	const char *path, enum siltstone_mode mode, struct siltstone **out)
{
	struct siltstone *s;

	if (!out)
		return SILTSTONE_INVALID;
	*out = s = mem_alloc(sizeof(*s));
	if (!s)
		return SILTSTONE_NOMEM;
	s->json = (struct buf)BUF_INIT(JSON_BYTES);
	return public_code(open_store(s, path, mode));
}

void siltstone_close(struct siltstone *s)
{
	if (!s)
		return;
	db_close(&s->spare);
	db_close(&s->db);
	buf_release(&s->json);
	mem_free(s->path);
	mem_free(s);
}

enum siltstone_code siltstone_failure(const struct siltstone *s)
{
	return s ? public_code(s->err.code) : SILTSTONE_NOMEM;
}

const char *siltstone_message(const struct siltstone *s)
{
	return s ? s->err.msg : "there is no handle";
}

const char *siltstone_hint(const struct siltstone *s)
{
	return s ? s->err.hint : "";
}

void siltstone_cancel(struct siltstone *s)
{
	if (s)
		__atomic_store_n(&s->canceled, 1, __ATOMIC_RELAXED);
}

enum siltstone_code handle_begin(struct siltstone *s)
{
	if (!s)
		return SILTSTONE_INVALID;
	if (!s->open)
		return s->err.code ? public_code(s->err.code) : SILTSTONE_INVALID;
	s->err = (struct err){ 0 };
	return SILTSTONE_OK;
}

enum siltstone_code handle_end(const struct siltstone *s)
{
	return public_code(s->err.code);
}

enum siltstone_code handle_misuse(struct siltstone *s, const char *what)
{
	if (s && s->open) {
		s->err = (struct err){ 0 };
		err_set(&s->err, E_INVALID, "%s", what);
	}
	return SILTSTONE_INVALID;
}

int64_t handle_moment(int64_t at_ms)
{
	if (at_ms < EARLIEST_MS)
		return EARLIEST_MS;
	return at_ms < TIME_FOREVER_MS ? at_ms : TIME_FOREVER_MS - 1;
}

enum code handle_take(struct siltstone *s, struct db *own, struct db **out, struct err *e)
{
	struct db *db = s->spare_taken ? own : &s->spare;

	if (!db->h && store_open(db, s->path, DB_READ, time_now_ms(), e))
		return e->code;
	s->spare_taken |= db == &s->spare;
	*out = db;
	return E_OK;
}

void handle_give(struct siltstone *s, struct db *db)
{
	if (db == &s->spare)
		s->spare_taken = false;
	else if (db)
		db_close(db);
}

enum code handle_open_writing(const struct siltstone *s, struct db *out, struct err *e)
{
	if (s->mode == DB_READ)
		return err_set(e, E_INVALID, "\"%s\" was opened for reading only", s->path);
	return store_open(out, s->path, DB_WRITE, time_now_ms(), e);
}
