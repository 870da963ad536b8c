/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include <stdint.h>

/**
 * Stage, as they were recorded last, those resources that were listed as they are known and that what is
 * staged and linked may show in another light (store/known.h): the other end of a link that came, went or
 * moved, and who names something by a name or an ARN that came, went or changed. No call is made: their own
 * configuration is what it was. A relate_more_fn with a struct touching.
 */
struct touching {
	struct db *db;
	int64_t source_id;
	int64_t now_ms; /* when they are taken to be so */
};
enum code stage_touched(void *ctx, struct err *e);
