/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * libsiltstone: the store of Siltstone inside another program
 * ===========================================================
 *
 * Ask a store (SQL over its public views, for now or for any moment of the past; configuration items
 * and differences as JSON), and record into one. Nothing here talks to AWS or to a network.
 *
 *     struct siltstone *s;
 *     struct siltstone_rows *rows;
 *
 *     if (siltstone_open("siltstone.db", SILTSTONE_READ, &s) ||
 *             siltstone_query(s, "SELECT resource_type, count(*) FROM resources GROUP BY 1", &rows))
 *         errx(1, "%s", siltstone_message(s));
 *     while (siltstone_rows_next(rows))
 *         printf("%s %s\n", siltstone_rows_text(rows, 0), siltstone_rows_text(rows, 1));
 *     if (siltstone_rows_end(rows))
 *         warnx("%s", siltstone_message(s));
 *     siltstone_close(s);
 *
 * `SELECT * FROM help` in any store tells what the views are.
 *
 * Errors. What can fail returns a code; siltstone_message() then says, in one sentence, what was
 * being done and what went wrong, until the next call with that handle. Codes never change their
 * numbers, and new ones may come: take an unknown one as a failure. Memory that cannot be had is
 * SILTSTONE_NOMEM and never the end of the program. NULL for a handle, or a call out of turn, is
 * SILTSTONE_INVALID. Where something failed nothing was given: out parameters are left alone,
 * but that of siltstone_open().
 *
 * Ownership. The caller ends what he began: handle, rows, sweep, in the opposite order. All texts are
 * UTF-8 and end with a NUL. Those passed in are copied or done with when the call returns; those
 * that come back are borrowed, and the comment says for how long.
 *
 * Threads. A handle with its rows and sweeps is used by one thread at a time; different handles do
 * not know of each other, also those of one file. siltstone_cancel() may come from anywhere. The
 * library keeps nothing outside its handles (the threads with which siltstone_snapshot() compresses
 * end with it), touches no signal, and writes neither to standard output nor to standard error. A
 * handle does not survive fork().
 *
 * Moments are milliseconds since 1970, UTC; SILTSTONE_NOW is the latest.
 *
 * Stability. Only names that begin with siltstone_ are exported. What is declared here stays as it
 * is under the soname libsiltstone.so.0. Structs begin with their own size, which the caller sets,
 * and only grow at their end: a program built with an older header goes on working with a newer
 * library.
 */
#ifdef __cplusplus
extern "C" {
#endif

#define SILTSTONE_EXPORT __attribute__((visibility("default")))

/** Rises when something is added to this header. siltstone_api() says which one the library has. */
#define SILTSTONE_API 1
SILTSTONE_EXPORT int siltstone_api(void);
/** "0.1.0" */
SILTSTONE_EXPORT const char *siltstone_version(void);
/** The number of the schema that this library writes. Older stores are brought up to it when they
 * are opened for writing; newer ones are refused. */
SILTSTONE_EXPORT int siltstone_schema(void);

enum siltstone_code {
	SILTSTONE_OK = 0,
	SILTSTONE_INVALID = 1,     /* the call, the query or the file is not understood */
	SILTSTONE_DENIED = 2,      /* not allowed */
	SILTSTONE_NOTFOUND = 3,    /* there is no such thing */
	SILTSTONE_AMBIGUOUS = 4,   /* more than one thing is meant */
	SILTSTONE_CONFLICT = 5,    /* it is already there, and something else */
	SILTSTONE_TOOBIG = 6,      /* over a limit of size or time */
	SILTSTONE_UNSUPPORTED = 7, /* this is not done */
	SILTSTONE_BUSY = 8,        /* another program had the store locked; try again */
	SILTSTONE_FULL = 10,       /* no space left */
	SILTSTONE_IO = 11,         /* a read or write failed */
	SILTSTONE_REMOTE = 12,     /* the other side failed */
	SILTSTONE_CORRUPT = 13,    /* what is stored is not what was written */
	SILTSTONE_NEWER = 14,      /* the store was written by a newer program */
	SILTSTONE_NOMEM = 15,      /* out of memory */
	SILTSTONE_CANCELED = 16    /* siltstone_cancel() */
};

#define SILTSTONE_NOW INT64_MAX

/** A store, open. */
struct siltstone;

enum siltstone_mode {
	SILTSTONE_READ = 0,  /* nothing in the file changes */
	SILTSTONE_WRITE = 1, /* the file must be there */
	SILTSTONE_CREATE = 2 /* made when it is not there */
};

/**
 * Open the store in the file @path. @out is a handle after a failure too, for its message, and is
 * to be closed; it is NULL only where there was no memory for it.
 * SILTSTONE_NOTFOUND: no such file. SILTSTONE_INVALID: not a store, or to be read and of an older
 * schema. SILTSTONE_CORRUPT, SILTSTONE_NEWER, SILTSTONE_BUSY, SILTSTONE_IO.
 */
SILTSTONE_EXPORT enum siltstone_code siltstone_open(
	const char *path, enum siltstone_mode mode, struct siltstone **out);
/** Takes NULL. Rows and sweeps of the handle were ended before. */
SILTSTONE_EXPORT void siltstone_close(struct siltstone *s);

/** How the last call with this handle ended: the code, a sentence ("" after success), and what to try,
 * in terms of the program siltstone ("" when there is nothing to say). Valid until the next call. */
SILTSTONE_EXPORT enum siltstone_code siltstone_failure(const struct siltstone *s);
SILTSTONE_EXPORT const char *siltstone_message(const struct siltstone *s);
SILTSTONE_EXPORT const char *siltstone_hint(const struct siltstone *s);
/** "NOTFOUND" */
SILTSTONE_EXPORT const char *siltstone_code_name(enum siltstone_code code);
/** True where trying the same again later can succeed. */
SILTSTONE_EXPORT int siltstone_code_is_transient(enum siltstone_code code);

/** End what is running with this handle: rows stop and say SILTSTONE_CANCELED, siltstone_publish()
 * and siltstone_verify() return it. What is being committed is completed. From any thread or signal handler while the
 * handle is open. What begins later is not concerned. */
SILTSTONE_EXPORT void siltstone_cancel(struct siltstone *s);

/**
 * Queries
 * -------
 *
 * One SELECT over the views of the store. It can only read: anything else is SILTSTONE_INVALID.
 * The text is looked at when the first row is asked for. While rows are open the
 * file cannot give back the space of what was deleted meanwhile: do not keep them for long.
 */
struct siltstone_rows;

SILTSTONE_EXPORT enum siltstone_code siltstone_query(
	struct siltstone *s, const char *sql, struct siltstone_rows **out);

/* Before the first row. They cannot fail: what is wrong is told by siltstone_rows_end(). */

/** The views answer for the moment @at_ms; SILTSTONE_NOW: as without it. */
SILTSTONE_EXPORT void siltstone_rows_as_of(struct siltstone_rows *r, int64_t at_ms);
/** End with SILTSTONE_TOOBIG @ms after the first row was asked for, the caller's own time included. */
SILTSTONE_EXPORT void siltstone_rows_timeout(struct siltstone_rows *r, int64_t ms);
/** The value of :name, @name or $name; @name is without the sign. At most 100 of them. */
SILTSTONE_EXPORT void siltstone_rows_bind_int(
	struct siltstone_rows *r, const char *name, int64_t value);
SILTSTONE_EXPORT void siltstone_rows_bind_real(
	struct siltstone_rows *r, const char *name, double value);
/** NULL is NULL. */
SILTSTONE_EXPORT void siltstone_rows_bind_text(
	struct siltstone_rows *r, const char *name, const char *value);

/** 1: there is a row. 0: no more, or it failed; siltstone_rows_end() says which. */
SILTSTONE_EXPORT int siltstone_rows_next(struct siltstone_rows *r);

enum siltstone_kind {
	SILTSTONE_NULL = 0,
	SILTSTONE_INTEGER = 1,
	SILTSTONE_REAL = 2,
	SILTSTONE_TEXT = 3,
	SILTSTONE_BLOB = 4
};

/** Known once the first row was asked for, also where there was none. */
SILTSTONE_EXPORT int siltstone_rows_columns(const struct siltstone_rows *r);
/** Valid until the end. NULL for a column that is not there. */
SILTSTONE_EXPORT const char *siltstone_rows_name(const struct siltstone_rows *r, int column);
/* Of the row; a column that is not there is NULL. */
SILTSTONE_EXPORT enum siltstone_kind siltstone_rows_kind(
	const struct siltstone_rows *r, int column);
/** 0 for what is no number. A fraction is cut off. */
SILTSTONE_EXPORT int64_t siltstone_rows_int(const struct siltstone_rows *r, int column);
SILTSTONE_EXPORT double siltstone_rows_real(const struct siltstone_rows *r, int column);
/** NULL for NULL; a number as it is written; the bytes of a blob. Valid until the next row. */
SILTSTONE_EXPORT const char *siltstone_rows_text(struct siltstone_rows *r, int column);
/** Of a text (without the NUL) or a blob; else 0. */
SILTSTONE_EXPORT size_t siltstone_rows_bytes(const struct siltstone_rows *r, int column);

/** Always, also after a failure or before the last row. Takes NULL. Says how the query went. */
SILTSTONE_EXPORT enum siltstone_code siltstone_rows_end(struct siltstone_rows *r);

/**
 * One resource
 * ------------
 *
 * @rid is the key that all views have. The JSON that comes back is valid until the next call with
 * the handle that gives JSON.
 */

/** Who is meant by an id, a name, an ARN, TYPE/ID, or the beginning of an id or a name.
 * SILTSTONE_NOTFOUND. SILTSTONE_AMBIGUOUS. */
SILTSTONE_EXPORT enum siltstone_code siltstone_find(
	struct siltstone *s, const char *what, int64_t *rid);
/** The configuration item in force at @at_ms, as AWS Config writes it into its files; one with
 * configurationItemStatus ResourceDeleted where it was gone. SILTSTONE_NOTFOUND: none by then. */
SILTSTONE_EXPORT enum siltstone_code siltstone_item(
	struct siltstone *s, int64_t rid, int64_t at_ms, const char **json);
/** Versions are 1, 2, 3 ... SILTSTONE_NOTFOUND. */
SILTSTONE_EXPORT enum siltstone_code siltstone_item_version(
	struct siltstone *s, int64_t rid, int64_t version, const char **json);
/** What is different between two versions: [{"path","op","before","after"}, ...], as in the view
 * `changes`; `op` is add, change or remove. SILTSTONE_NOTFOUND. */
SILTSTONE_EXPORT enum siltstone_code siltstone_diff(
	struct siltstone *s, int64_t rid, int64_t before, int64_t after, const char **json);

/**
 * Recording
 * ---------
 *
 * A sweep gathers what there is and then commits it: each resource is compared with its newest
 * version, and what differs becomes the next one. Nothing is in the store before
 * siltstone_sweep_commit(), and what was not mentioned in any way stays as it is. The
 * handle must have been opened for writing; reading with it goes on meanwhile.
 */
struct siltstone_sweep;

/** @source says in every version where it is from; one of Siltstone's own sources cannot be
 * used (SILTSTONE_CONFLICT). */
SILTSTONE_EXPORT enum siltstone_code siltstone_sweep_begin(
	struct siltstone *s, const char *source, struct siltstone_sweep **out);

struct siltstone_resource {
	size_t size;               /* sizeof(struct siltstone_resource) */
	const char *account;       /* whose it is: AWS's twelve digits, or any word of yours */
	const char *region;        /* NULL: it belongs to none ("global") */
	const char *type;          /* "AWS::EC2::Instance", "Example::Rack::Server" */
	const char *id;            /* unique within account, region and type */
	const char *name;          /* NULL: has none */
	const char *arn;           /* NULL: has none */
	const char *az;            /* NULL: has none */
	int64_t created_ms;        /* 0: not known */
	int64_t captured_ms;       /* when it was seen so; 0: now */
	const char *configuration; /* a JSON object */
	const char *supplementary; /* a JSON object of parts, or NULL */
	const char *tags;          /* a JSON object of strings, or NULL */
};

/** It is there, and so. A second one with the same account, region, type and id replaces the first.
 * SILTSTONE_INVALID: something is missing, or no JSON object. SILTSTONE_TOOBIG. The sweep goes on. */
SILTSTONE_EXPORT enum siltstone_code siltstone_sweep_put(
	struct siltstone_sweep *w, const struct siltstone_resource *r);
/**
 * All resources of this type, there (@region NULL: "global"), were looked for. @failure NULL: those
 * that were put are all there are, and at the commit the others are recorded as deleted. Else it
 * says why they could not all be seen: nothing is deleted, and the gap is on record.
 */
SILTSTONE_EXPORT enum siltstone_code siltstone_sweep_listed(struct siltstone_sweep *w,
	const char *account, const char *region, const char *type, const char *failure);

/** What a commit wrote. */
struct siltstone_sum {
	size_t size; /* sizeof(struct siltstone_sum), set by the caller */
	int64_t seen, created, changed, deleted, unchanged;
	int64_t overtaken; /* left alone: another program has recorded a later look */
	int64_t refused;   /* too large to be compared; their listings count as incomplete */
};

/** Write what differs. @sum may be NULL. On failure what was written so far stays, each version whole, and
 * the next sweep does the rest. After either, the sweep can only be ended.
 * SILTSTONE_BUSY: another program has kept the store locked for ten minutes. */
SILTSTONE_EXPORT enum siltstone_code siltstone_sweep_commit(
	struct siltstone_sweep *w, struct siltstone_sum *sum);
/** Takes NULL. What was not committed is forgotten. */
SILTSTONE_EXPORT void siltstone_sweep_end(struct siltstone_sweep *w);

/**
 * Files
 * -----
 */

/**
 * Write AWS Config's snapshot of one account and region at the moment @at_ms into the file @path,
 * gzipped JSON, whole or not at all. The handle must have been opened for writing, as the store
 * remembers its snapshots. SILTSTONE_NOTFOUND: nothing is recorded there, or no such folder.
 */
SILTSTONE_EXPORT enum siltstone_code siltstone_snapshot(struct siltstone *s, const char *account,
	const char *region, int64_t at_ms, const char *path);

/**
 * Write the flat copy for dashboards to @path, in place of an older copy there, and only where the store
 * has changed since that one: the public views as plain tables, which any SQLite since 3.9 can
 * read from anywhere. It is renamed into its place, so that whoever reads has the old one or the new one.
 * *@written (may be NULL) is 1 when there was something to do. siltstone_cancel() ends it.
 * SILTSTONE_CONFLICT: @path is another kind of file. SILTSTONE_NOTFOUND: no such folder.
 */
SILTSTONE_EXPORT enum siltstone_code siltstone_publish(
	struct siltstone *s, const char *path, int *written);

/**
 * Read the whole store and say whether it is what was recorded: every document and digest, the order
 * of versions, what is derived, the chain of seals. SILTSTONE_OK: it is. SILTSTONE_CORRUPT: *@findings
 * (may be NULL) things do not fit, and the message tells the first. Otherwise it could not be
 * found out. siltstone_cancel() ends it.
 */
SILTSTONE_EXPORT enum siltstone_code siltstone_verify(struct siltstone *s, int64_t *findings);

#ifdef __cplusplus
}
#endif
