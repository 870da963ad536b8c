/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/listing.h"

/**
 * What a complete listing did not come across: each such resource is looked at by itself,
 * because a listing may lag behind or lie, and only what is not there then is staged as gone. One
 * that still answers is left as it is, with a remark; one that cannot be read makes the
 * look partial. Types that cannot be read singly are listed a second time.
 *
 * Called without the lock, by the job that ended the listing; adds jobs to @l.
 */
void unseen_confirm(struct listing *l);
