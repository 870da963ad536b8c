/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * An HTTP server that misbehaves on request: a thread for each connection on a loopback
 * port of its own. Never answers a path it has no route for with anything but 404.
 */
struct evil_http;

enum evil_mode {
	EVIL_ANSWER,         /* status, headers, body, with Content-Length; keeps the connection */
	EVIL_ECHO,           /* 200 with the request as it came, byte for byte */
	EVIL_STALL,          /* reads the request and never answers */
	EVIL_CLOSE,          /* reads the request and closes */
	EVIL_RESET,          /* reads the request and resets the connection */
	EVIL_CUT,            /* promises twice as much as `body` has and closes behind it */
	EVIL_FREEZE,         /* the same, but goes silent instead of closing */
	EVIL_HUGE,           /* chunks of 64 KiB without end */
	EVIL_DRIP,           /* `body` byte by byte, `drip_ms` apart */
	EVIL_GATE,           /* like EVIL_ANSWER, but not before evil_http_open_gate() */
	EVIL_RAW,            /* `body` as it is, a head and all, and closes behind it */
	EVIL_REFUSE_READING, /* answers before it has read the body of the request, and closes */
};

struct evil_route {
	const char *path;   /* without query; NULL ends the list */
	const char *method; /* or NULL: any */
	enum evil_mode mode;
	int status;          /* 0: 200 */
	const char *headers; /* further ones, each ended by "\r\n"; or NULL */
	const char *body;    /* or NULL */
	int drip_ms;
};

/** @routes have to outlive it. Aborts the test program when there is no port. */
struct evil_http *evil_http_open(const struct evil_route *routes);
/** Ends every connection and thread. */
void evil_http_close(struct evil_http *h);

int evil_http_port(const struct evil_http *h);
/** "http://127.0.0.1:PORT/path", in a buffer of the server, valid until the next call. */
const char *evil_http_url(struct evil_http *h, const char *path);
/** A loopback port at which nobody listens. */
int evil_http_closed_port(void);

/** Whole requests read so far, and connections taken. */
int evil_http_requests(struct evil_http *h);
int evil_http_connections(struct evil_http *h);
/** The most requests that were read and not answered at one time. */
int evil_http_most_at_once(struct evil_http *h);
/** Wait until @n requests were read; false after ten seconds. */
int evil_http_wait(struct evil_http *h, int n);
void evil_http_open_gate(struct evil_http *h);
/** The newest request as it came; copied into @out. */
void evil_http_last(struct evil_http *h, char *out, size_t cap);
