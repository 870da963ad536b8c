/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * HTTP transport
 * ==============
 *
 * Requests look blocking to their callers and share one libcurl multi handle: one I/O
 * thread drives every transfer, so that any number of calling threads share connections,
 * DNS answers and TLS sessions. Signing, retrying and meaning are the callers' business;
 * an HTTP status of any kind is a success here.
 *
 * Never followed: redirects (libcurl would pass a security token on to another host).
 * Always set: connect timeout, a timeout for stalled transfers, a bound for the answer.
 */
struct http;

struct http_options {
	int connections;    /* at most so many transfers at once; 0: 64 */
	int64_t connect_ms; /* 0: 5000 */
	/* Set it, and it is as if http_cancel() had been called a moment later; or NULL. */
	const volatile sig_atomic_t *stop;
	int64_t stall_ms; /* give up when nothing moves for so long; 0: 60000 */
	const char *
		ca_bundle; /* PEM file instead of the system's; NULL: AWS_CA_BUNDLE, then the system's */
};

enum code http_open(struct http **out, const struct http_options *options, struct err *e);
/** Cancels what is under way and waits for the I/O thread. Takes NULL. */
void http_close(struct http *http);
/** Every transfer under way and to come fails with E_CANCELED. Safe from a signal-driven thread. */
void http_cancel(struct http *http);
/** True after http_cancel(): whoever waits between two attempts can stop waiting. */
bool http_canceled(const struct http *http);

struct http_header {
	const char *name;
	const char *value;
};

struct http_request {
	const char *method;
	const char *url; /* sent as it is: nothing is normalised or escaped */
	const struct http_header *headers;
	size_t n_headers;
	struct str body; /* sent when body_fd is -1 */
	int body_fd;     /* or -1; body_bytes are read from body_offset on; may be rewound */
	int64_t body_offset, body_bytes;
	int64_t deadline_ms; /* for the whole exchange; 0: none but the stall timeout */
	size_t answer_max;   /* bytes; 0: 64 MiB */
};

struct http_response {
	int status;
	struct buf headers; /* "name: value\n" lines as received, names in lower case */
	struct buf body;
};

/**
 * One exchange. Fill @r with HTTP_RESPONSE_INIT first; release it in every case.
 * E_REMOTE: no answer (resolving, connecting, TLS, stalled, cut off in the middle of a
 * body whose length was promised); the message names host and cause, the hint what to
 * check. E_TOOBIG: the answer is over the bound. E_CANCELED: http_cancel() or http_close().
 */
enum code http_perform(
	struct http *http, const struct http_request *q, struct http_response *r, struct err *e);

#define HTTP_RESPONSE_INIT                                                                         \
	{                                                                                          \
		0, BUF_INIT(64 << 10), BUF_INIT(64 << 20)                                          \
	}
void http_response_release(struct http_response *r);
/** The value of a header (name in lower case), or STR_NONE. Borrowed from @r. */
struct str http_response_header(const struct http_response *r, const char *name);
