/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/describe.h"

/**
 * Supplementary parts: what a resource's own description leaves out and other calls tell (a
 * bucket's policy, a function's tags).
 *
 * Read all of them for one resource. @item has the API's names, the configuration and the identity of
 * @o are finished; its supplementary takes the parts. A part that is absent, or refused where the entry says that it may be, is left out; any other
 * failure is the resource's.
 */
enum code part_read_all(struct describer *d, const struct entry *t, struct json *item,
	struct observation *o, struct err *e);
