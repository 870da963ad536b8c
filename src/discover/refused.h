/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/listing.h"
#include "store/denial.h"

/** What a sweep does about refusals (store/denial.h). */

/** Listings that were refused lately are marked: they end as failed, without a call. With
 * options->retry_denied all is asked again. */
enum code refused_mark(struct sweep *s, struct db *db, struct err *e);

/** Behind a sweep: what was refused is remembered, what was answered again forgotten; a region in which nothing at all
 * could be looked at is a look of its own, for all types. A transaction of its own. */
enum code refused_settle(struct sweep *s, struct db *db, int64_t source_id, struct err *e);

/** The account itself: E_DENIED where becoming it was refused lately, and is not to be tried again yet. */
enum code refused_account(const struct sweep_options *o, struct db *db, struct arena *a,
	int64_t now_ms, struct err *e);
/** How becoming it went. A transaction of its own. */
enum code refused_account_settle(const struct sweep_options *o, struct db *db, int64_t now_ms,
	const struct err *how, struct err *e);
