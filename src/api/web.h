/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/db.h"
#include <signal.h>
#include <stdbool.h>

/**
 * Our own JSON, without a socket
 * ==============================
 *
 * GET /api/NAME[.json|.jsonl|.csv] with parameters (api/web.def) is a question to the reading operations (api/read.h) or
 * to a public view; POST /api/query and /api/advanced-query are queries of whoever asks. One request in, one answer out;
 * nothing is ever written. An answer in JSON is an object
 *
 *     as_of      the moment that is told of, "2026-11-20T14:00:00Z"
 *     store_at   when the newest item of the store was captured, or null
 *     columns    names, in their order
 *     rows       an object for each row, as `siltstone --format json` writes it
 *     cursor     what asks for the next page (cursor=...), or null: there is no more
 *     truncated  rows were left out, and no cursor leads to them
 *
 * In the other forms the rows stand alone, and the rest is told in headers. A cursor holds the key of the last row, so what is
 * written meanwhile moves no row to another page; and the moment of the first page, from which "2h" is counted on all of them.
 *
 * A refusal is {"error":{"code","message","hint"}} with the status of base/code.def; code is one of its names.
 */
enum web_kind { WEB_READ, WEB_QUERY, WEB_LIVE, WEB_FILE };

struct web_route {
	const char *name; /* "changes" */
	const char *path; /* "/api/changes" */
	const char *what;
	enum web_kind kind;
	bool post;
	unsigned params; /* set of enum web_param */
};
/** All of them; those that are not WEB_READ or WEB_QUERY are somebody else's to answer. */
extern const struct web_route web_routes[];
extern const size_t n_web_routes;

#define WEB_BODY_MAX ((size_t)1 << 20)

struct web_request {
	struct str target; /* "/api/changes.csv?since=2h" */
	bool post;
	struct str body;
	int64_t now_ms;
	const volatile sig_atomic_t *stop; /* or NULL */
};

#define WEB_MOMENT_BYTES 32
struct web_answer {
	int status;
	const char *content_type;
	struct buf body;
	/* For the headers, where the body is rows alone. */
	char as_of[WEB_MOMENT_BYTES], store_at[WEB_MOMENT_BYTES]; /* "": not known */
	struct buf cursor;
	bool truncated;
};
void web_answer_init(struct web_answer *a);
void web_answer_release(struct web_answer *a);

/** Always an answer. What is returned and said in @e is for the log: failures of ours, not refusals. Leaves the
 * connection marked as spent where the past was asked about. */
enum code web_answer(
	struct db *db, const struct web_request *q, struct web_answer *a, struct err *e);
/** A refusal as an answer. */
void web_refuse(struct web_answer *a, int status, const struct err *why);
