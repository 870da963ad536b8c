/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/str.h"

/**
 * A press: bytes into gzip, two blocks at a time
 * ==============================================
 *
 * What comes in is cut into blocks of 1 MiB, and each becomes a member of its own: a gzip file is a
 * series of members, read as one (RFC 1952 section 2.2). So blocks can be deflated (level 6) side by
 * side. Threads are started with the second block, where there is more than one processor to run on;
 * without them the caller deflates. The same bytes give the same members, whoever made them.
 *
 * Memory does not grow with what comes in. What comes out is given to a function, in order, in the
 * thread of the caller.
 */
struct press;

typedef enum code press_fn(void *ctx, struct str members, struct err *e);

/** E_NOMEM. */
enum code press_open(struct press **out, press_fn *fn, void *ctx, struct err *e);
/** Fails with what @fn failed with, perhaps some blocks later; then only press_close() is left. */
enum code press_add(struct press *p, struct str s, struct err *e);
/** The rest goes to @fn; at least one member, also of nothing. Nothing can be added any more. */
enum code press_finish(struct press *p, struct err *e);
/** Takes NULL. What is still on its way is dropped. */
void press_close(struct press *p);
