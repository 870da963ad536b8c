/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/describe.h"

/** From one item, in the shape of the list, to an observation. See describe_listed(). */
enum code item_describe(struct describer *d, const struct entry *t, struct json *item, bool parts,
	struct described *out, struct err *e);

/** The same by the Cloud Control API's identifier. */
enum code item_describe_cloud(struct describer *d, const struct entry *t, struct str identifier,
	struct described *out, struct err *e);
