/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/publisher.h"

/**
 * A file as a publisher: each body a line at its end, synced before it counts as told. The file is
 * made when it is not there and opened anew for each line, so that it can be rotated. A line that could not
 * be written whole is taken back; one that a crash cut off is ended by the next.
 *
 * E_IO: what is there is no file, or it failed. E_FULL, E_DENIED, E_NOTFOUND (no such directory).
 */
enum code file_sink_open(struct publisher **out, const char *path, struct err *e);

/** Whether it could be written to; nothing is. E_NOTFOUND: there is no such folder. E_DENIED. */
enum code file_sink_check(const char *path, struct err *e);
