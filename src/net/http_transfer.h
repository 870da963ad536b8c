/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "net/http.h"
#include <curl/curl.h>
#include <pthread.h>

/**
 * One exchange on its way through libcurl
 * =======================================
 *
 * Lives on the stack of the thread that waits for it. Prepared and released by that thread;
 * between http.c's queueing it and `done` it belongs to the I/O thread.
 */
enum transfer_end {
	TRANSFER_RAN,      /* libcurl ended it: see `result` */
	TRANSFER_STALLED,  /* nothing moved for stall_ms */
	TRANSFER_LATE,     /* over its deadline */
	TRANSFER_CANCELED, /* by http_cancel() or http_close() */
};

struct transfer {
	const struct http_request *q;
	struct http_response *r;
	CURL *easy;
	struct curl_slist *headers;
	char said[CURL_ERROR_SIZE]; /* libcurl's own words */
	char peer[200];             /* "host:port" for messages */

	int64_t body_at;          /* how much of body_fd was read */
	int64_t moved_ms, due_ms; /* ticks: last sign of life; end of patience (INT64_MAX: none) */
	curl_off_t moved_bytes;   /* both ways */
	bool headed;              /* the answer's head came to its end */
	bool too_big, no_memory;  /* why the answer was refused */
	int read_errno;           /* why the body could not be read */

	enum transfer_end end;
	CURLcode result;
	bool done;
	pthread_cond_t ended;
	struct transfer *next;
};

/** What every transfer of one struct http shares. */
struct transfer_limits {
	int64_t connect_ms, stall_ms;
	const char *ca_bundle; /* or NULL */
	CURLSH *share;
};

/** E_INVALID: a URL or header that cannot be sent. Release in every case. */
enum code transfer_prepare(struct transfer *t, const struct transfer_limits *limits, struct err *e);
/** After it ended: its outcome as an error, or E_OK with the response filled. */
enum code transfer_tell(struct transfer *t, const struct transfer_limits *limits, struct err *e);
void transfer_release(struct transfer *t);
