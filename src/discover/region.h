/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/** Regions of AWS: their form, the ones that are known by name, and which of a partition's answers
 * for global services. New ones appear every year, so the list is for hints and for skipping
 * a question to AWS, not for refusing. */

/** "eu-west-1": looks like the name of a region. */
bool region_is_well_formed(struct str name);
/** Public when this list was made. */
bool region_is_known(struct str name);
/** E_INVALID: "there is no region ...", with the nearest name in the hint. */
enum code region_unknown(struct str name, struct err *e);
/** Where the global services of @region's partition are called: "us-east-1". */
const char *region_of_globals(const char *region);

/** A list of names in an arena. */
struct regions {
	const char **names;
	size_t n;
};

/** Split "a,b" (blanks around names are let past, doubles dropped). E_INVALID: one is not well
 * formed, or the list is empty. */
enum code regions_split(struct arena *a, const char *list, struct regions *out, struct err *e);
