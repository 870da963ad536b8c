/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "daemon/loop.h"
#include "net/http.h"

/**
 * The HTTP server: libmicrohttpd on the loop
 * ==========================================
 *
 * It listens on a unix socket or on loopback; TLS and whoever is further away are a proxy's. A
 * connection is accepted here, its head is looked at as it came (daemon/http_screen.h), and only then
 * libmicrohttpd gets it, by its one epoll descriptor and one timeout. A request is answered at once or,
 * its connection suspended, when a lane has found the answer. One request a connection.
 *
 * Limits: 64 connections; 16 KiB of head; 64 KiB of body; ten seconds in all for a head, thirty for everything
 * (libmicrohttpd's own timeout is one of inactivity, which a byte now and then never meets).
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
	bool post;       /* it is posted to, not read */
	size_t body_max; /* 0: 64 KiB */
};

/** @listen: "127.0.0.1:8470", "[::1]:8470", "unix:PATH" (mode 0660; one that nobody listens on any more
 * is replaced). E_INVALID: neither, or not loopback. E_CONFLICT: taken. */
enum code http_server_open(struct http_server **out, struct loop *loop, const char *listen,
	const struct http_route *routes, struct err *e);
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

/** Answers so far, by route and status, as lines for /metrics. */
void http_server_figures(const struct http_server *s, struct buf *out);
