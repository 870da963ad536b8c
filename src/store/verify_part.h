/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/verify.h"

/** What the parts of store/verify.h share: for verify*.c alone. */
struct verify {
	struct db *db;
	const struct verify_options *o;
	struct verify_sum *sum;
	int64_t last_pruned; /* highest id of a removed item; 0: none */
	struct err quiet;    /* the first damage SQLite met; it is a finding already */
};

/** Tell of @f. */
void verify_tell(struct verify *v, const struct verify_finding *f);
/** The item's resource, version and time are looked up. */
void verify_tell_item(struct verify *v, enum verify_kind kind, int64_t item_id, const char *text);
/** E_CANCELED when it is to stop. */
enum code verify_pulse(struct verify *v, struct err *e);

/** The views and triggers are the program's, so that readers see what is stored. */
enum code verify_schema(struct verify *v, struct err *e);
/** Documents, digests, order, changes and tags. */
enum code verify_items(struct verify *v, struct err *e);
/** Seals over all digests, signatures, the anchor. */
enum code verify_chain(struct verify *v, struct err *e);
