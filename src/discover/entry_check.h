/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/entry.h"

/**
 * Holding an entry against the API
 * ================================
 *
 * entry_parse() knows how an entry is written; whether it speaks of operations, parameters and members that there
 * are is known from the tables of aws/shape.h. They hold what the program's own catalogue calls, and so much
 * can be called by anybody's.
 */

/**
 * Every operation is known, takes the parameters it is given, and answers something where the entry's
 * response paths look; its fallback, too. E_INVALID: type, field and what is wrong with it.
 */
enum code entry_check(const struct entry *t, struct err *e);
