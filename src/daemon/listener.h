/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>

/** A listening socket, non-blocking. */
struct listener {
	int fd;
	char address[160]; /* "127.0.0.1:8470", with the port it got; "unix:PATH" */
	char path[108];    /* of a unix socket, to be removed; or "" */
	bool loopback;     /* TCP, and nobody else's but this machine's */
};

/** See http_server_open(). */
enum code listener_open(struct listener *l, const char *where, bool anywhere, struct err *e);
void listener_close(struct listener *l);
