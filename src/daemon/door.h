/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "daemon/gate.h"
#include "daemon/lane.h"

/**
 * The door: the gate's keys and the server's certificate, as the store and the configuration have them
 * ===================================================================================================
 *
 * Keys are read at the start, at SIGHUP, and soon after anybody has written to the store; when one was last
 * used is written now and then. What takes reading files or the store happens on a lane.
 */
#define DOOR_USES_MAX 64

struct door {
	struct gate *gate;
	struct lanes *lanes; /* NULL before door_start() */
	struct loop_timer soon;
	struct job load, note;
	struct gate_keys *fresh;
	struct access_use uses[DOOR_USES_MAX];
	size_t n_uses;
	bool loading, again, waiting, noting;
};

/** What the configuration says. */
struct door_settings {
	struct gate_settings gate;
	struct tls *tls; /* or NULL */
};

/** Reads files: not for the loop. Fails as gate_settings_read() and
 * tls_open() do. Release it in every case. */
enum code door_settings_read(struct door_settings *s, const struct config *config, struct err *e);
void door_settings_release(struct door_settings *s);

/** Before there is a loop: opens the gate, and reads the keys. */
enum code door_open(struct door *d, const struct door_settings *s, struct db *db, struct err *e);
void door_start(struct door *d, struct loop *loop, struct lanes *lanes);
/** Somebody has written to the store. */
void door_written(struct door *d);
/** The configuration was read again; @http may be NULL. Takes the certificate over. */
void door_apply(struct door *d, struct door_settings *s, struct http_server *http);
/** After the lanes were closed. Safe on a zeroed struct. */
void door_close(struct door *d);
