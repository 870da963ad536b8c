/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "daemon/http_head.h"
#include "daemon/http_server.h"
#include "daemon/listener.h"

/**
 * One connection of the HTTP server, and what connections share with it; nobody else's.
 *
 * A connection reads a head, a body, is asked (its route has the query), writes, and begins anew; or it lingers:
 * what it had to say is said, and what still comes is thrown away for a moment, since closing a socket with
 * unread bytes in it would take the answer back. One whose socket is gone while its query is still with a route
 * waits for that, closed; until then it counts as one of those there can be, since it holds as much. While it streams nothing is asked
 * of it, and what comes is thrown away.
 */
#define HTTP_CONNECTIONS_MAX 256
#define HTTP_SCRATCH_BYTES   65536
#define HTTP_STATUSES_MAX    32
#define HTTP_ROUTES_MAX      64
/* What is larger is counted: a body, unless its route says, may not be; an answer may. */
#define HTTP_LARGE_BYTES     65536

struct http_peer {
	char name[48];
	char group[48]; /* whom limits are for: an IPv4 address, or the /64 of an IPv6 one */
};

enum http_state {
	HTTP_HEAD,
	HTTP_BODY,
	HTTP_ASKED,
	HTTP_WRITING,
	HTTP_STREAM,
	HTTP_LINGER,
	HTTP_CLOSED
};

struct http_connection {
	struct http_query q; /* first: a route's query is a connection */
	struct http_server *server;
	struct http_connection *next, **at;
	int fd;
	struct tls_session *tls; /* or NULL */
	uv_poll_t poll;
	int events; /* that are polled for */
	enum http_state state;
	bool asked;    /* a route has the query */
	bool serving;  /* it has been called and has not returned */
	bool ended;    /* the other side has nothing more to say */
	bool held;     /* there is something to be read, and no reading it now */
	bool keep;     /* for another request */
	bool fresh;    /* the first request has not begun */
	bool released; /* the loop has let go of the handle */
	int64_t since_ms; /* of the state; of the request from its first byte on; of a stream from what it took last */
	const struct http_route *route;
	struct buf in, out;
	size_t judged, head_bytes, whole_bytes, sent;
	bool no_body; /* a HEAD: the answer is told without its body */
	bool modern;  /* HTTP/1.1 */
	struct http_stream stream;
	int64_t left;  /* of the length that was told; -1: none was */
	bool finished; /* nothing is added to the stream any more */
	struct http_header headers[HTTP_FIELDS_MAX];
	struct http_peer peer;
};

struct http_server {
	struct loop *loop;
	struct listener listener;
	struct tls *tls;
	uv_poll_t accepting;
	struct loop_timer sweep;
	const struct http_route *routes;
	bool local;    /* on loopback: it is asked by this machine's names */
	bool anywhere; /* neither that nor a unix socket */
	bool quiet, sweeping;
	struct http_connection *connections;
	struct http_connection *gone; /* closed while a route had their queries */
	int n_connections;            /* of both kinds */
	struct http_head head;        /* the one that is being read */
	char head_text[HTTP_HEAD_MAX + 1];
	char scratch[HTTP_SCRATCH_BYTES];
	char date[64];
	int64_t date_s;
	int64_t counts[HTTP_ROUTES_MAX + 1][HTTP_STATUSES_MAX];
};

/** Takes @fd over. */
void http_connection_open(struct http_server *s, int fd, const struct http_peer *peer);
/** Now and then: ends what takes too long. */
void http_connection_check(struct http_connection *c, int64_t now_ms);
/** Nothing has been asked since the last answer. */
bool http_connection_idle(const struct http_connection *c);
void http_connection_close(struct http_connection *c);

/** The present as HTTP writes it (RFC 9110, section 5.6.7). */
const char *http_server_date(struct http_server *s);
/** For the body whose head @c has. */
bool http_server_has_room(const struct http_connection *c);
/** For an answer of that size. */
bool http_server_may_hold(const struct http_connection *c, size_t bytes);
void http_server_count(struct http_server *s, const struct http_route *route, int status);
