/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "daemon/loop.h"
#include "daemon/tls.h"
#include "net/http.h"

/**
 * The HTTP server
 * ===============
 *
 * HTTP/1.1 on the loop: on loopback, on a unix socket, or, with TLS, anywhere. Every request's head is judged
 * (daemon/http_head.h) and its body read before its route is called; the route answers at once, or when a lane
 * has found the answer, which the loop then writes. So whoever is slow keeps nobody but itself waiting. A
 * connection is used again for the next request, one after the other.
 *
 * A route may also answer bit by bit (struct http_stream); such a connection is used for nothing else any more.
 *
 * Limits: 256 connections, and where it listens beyond this machine 64 from one address (one /64 of IPv6; the one
 * that has been idle longest makes room); 16 KiB of head; 64 KiB of body, or what the route says; 32 MiB of larger bodies
 * at the same time, 8 MiB from one such address; 130 MiB of larger answers that wait to be read; ten seconds for a head,
 * thirty for everything from its first byte to the last one of the answer, a minute between two requests.
 */
struct http_server;

/** A request; lives until it is answered. */
struct http_query {
	const char *method, *target; /* as they came */
	struct http_server *server;
	struct str body;           /* of a POST */
	const char *authorization; /* these headers; or NULL */
	const char *content_type;
	const struct http_header *headers; /* all of them, in the order in which they came */
	size_t n_headers;
	bool local;       /* from this machine: over loopback or a unix socket */
	const char *peer; /* "203.0.113.7", "unix" */
	void *job;        /* the route's own */
};

/** On the loop: answers, or keeps @q to answer later. */
typedef void http_route_fn(void *ctx, struct http_query *q);
struct http_route {
	const char *path; /* NULL ends the table */
	http_route_fn *serve;
	void *ctx;
	/** Or NULL. Called when there is but the head, its body being waited for: true, to go on; or it has answered @q,
	 * which has no body yet, and what comes is not read. @q is asked again when it is complete. */
	bool (*admit)(void *ctx, struct http_query *q);
	bool post; /* it is posted to, not read */
	bool below; /* also what begins so, before a '.' or '/'; of several routes the last one that suits counts */
	bool preflight;  /* OPTIONS is for it, too */
	size_t body_max; /* 0: 64 KiB */
};

struct http_server_options {
	/* "127.0.0.1:8470", "[::1]:8470", "unix:PATH" (mode 0660; one that nobody listens on any more is replaced); with
	 * @anywhere any other address, too. */
	const char *listen;
	bool anywhere;
	struct tls *tls;                 /* or NULL; taken over, also on failure */
	const struct http_route *routes; /* borrowed */
};

/** E_INVALID: @listen cannot be meant, or is not loopback and may not be elsewhere. E_CONFLICT: taken. */
enum code http_server_open(struct http_server **out, struct loop *loop,
	const struct http_server_options *options, struct err *e);
bool http_server_has_tls(const struct http_server *s);
/** Another certificate for those who connect from now on; taken over, unless it had none before (false). */
bool http_server_tls(struct http_server *s, struct tls *tls);
/** Where it listens, with the port it got. */
const char *http_server_address(const struct http_server *s);
/** Takes no new connections. */
void http_server_quiet(struct http_server *s);
/** All that was kept has been answered. Takes NULL. */
void http_server_close(struct http_server *s);

/** Answer, on the loop; the body is copied. */
void http_answer(struct http_query *q, int status, const char *content_type, struct str body);

/** The same with further headers, copied too. */
void http_answer_headers(struct http_query *q, int status, const char *content_type,
	const struct http_header *headers, size_t n_headers, struct str body);
/** The value of the first header of that name (any case), or NULL. */
const char *http_query_header(const struct http_query *q, const char *name);

/**
 * An answer that goes on. What is sent is kept until the socket takes it: whoever sends bounds that, by waiting for
 * `drained`. One that takes nothing for thirty seconds of what is there for it is closed.
 */
struct http_stream {
	int status;
	const char *content_type;
	const struct http_header *headers; /* copied */
	size_t n_headers;
	int64_t length; /* of the body; -1: not known */
	/* All of it has been taken; may be called while something is sent. NULL: nobody asks. */
	void (*drained)(void *ctx);
	/* Whoever asked has gone. The query is no more when it returns. */
	void (*gone)(void *ctx);
	void *ctx;
};
/** Begins to answer. False: whoever asked has gone, and so has the query. */
bool http_stream_begin(struct http_query *q, const struct http_stream *stream);
void http_stream_send(struct http_query *q, struct str bytes);
/** The answer is complete; the query is no more, and nothing is called any more. A length that was told and not sent
 * breaks the connection off. */
void http_stream_end(struct http_query *q);

/** Answers so far, by route and status, as lines for /metrics. */
void http_server_figures(const struct http_server *s, struct buf *out);
