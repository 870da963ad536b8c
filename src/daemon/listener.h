/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

/** A listening socket, non-blocking. */
struct listener {
	int fd;
	char address[160]; /* "127.0.0.1:8470", with the port it got; "unix:PATH" */
	char path[108];    /* of a unix socket, to be removed; or "" */
};

/** See http_server_open(). */
enum code listener_open(struct listener *l, const char *where, struct err *e);
void listener_close(struct listener *l);
