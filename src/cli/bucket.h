/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"
#include "discover/login.h"
#include "port/object_store.h"

/** A bucket that --to names, and who writes to it. */
struct bucket {
	struct sweep_options options;
	struct login login;
};

/** @place is "BUCKET" or "BUCKET/PREFIX". The store is freed before bucket_close(). */
enum code bucket_open(struct cli *c, struct bucket *b, const char *place, struct object_store **out,
	struct err *e);
void bucket_close(struct bucket *b);
