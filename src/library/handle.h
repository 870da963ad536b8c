/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/db.h"
#include <signal.h>
#include <siltstone.h>
#include <stdbool.h>

/**
 * What is behind the handle of siltstone.h: the connection for questions about one resource, a
 * spare one that queries take turns with, and what the last call came to. Rows and sweeps have
 * connections of their own, so that they do not get in each other's way.
 */
struct siltstone {
	char *path;
	enum db_mode mode;
	bool open;
	struct db db;
	struct db spare; /* h is NULL: not opened yet */
	bool spare_taken;
	struct siltstone_rows *rows; /* that are open */
	struct err err;
	struct buf json;                /* what was answered last */
	volatile sig_atomic_t canceled; /* what is running shall end; by __atomic */
};

/** Forget how the last call ended. SILTSTONE_INVALID where the handle cannot be used; then @s, if
 * there is one, goes on saying why. */
enum siltstone_code handle_begin(struct siltstone *s);
/** Before something that can be canceled begins: who was canceled before stays so, the newcomer is not. */
void rows_pass_on_cancel(struct siltstone *s);
/** What the caller is told of the error in @s. */
enum siltstone_code handle_end(const struct siltstone *s);
/** A call that makes no sense, in @s if there is one. */
enum siltstone_code handle_misuse(struct siltstone *s, const char *what);

/** @at_ms, within what can be written as a date. */
int64_t handle_moment(int64_t at_ms);

/** The spare connection where it is free, else @own, which is opened for it. For reading. */
enum code handle_take(struct siltstone *s, struct db *own, struct db **out, struct err *e);
/** Also what was not taken after all (NULL). */
void handle_give(struct siltstone *s, struct db *db);
/** A connection of one's own for writing; E_INVALID: the handle is for reading. */
enum code handle_open_writing(const struct siltstone *s, struct db *out, struct err *e);
