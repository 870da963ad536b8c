/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/describe.h"

/** Making the calls of an entry for a describer. */

/* The values every template knows. */
#define CALL_KNOWN(d)                                                                              \
	{ "region", str_of((d)->at.region) }, { "account", str_of((d)->at.account) },              \
	{                                                                                          \
		"partition", str_of((d)->at.partition)                                             \
	}

/** One call where the describer is. Its fault is in d->fault. */
enum code call_make(struct describer *d, const struct entry_call *call,
	const struct bindings *bindings, struct json **out, struct err *e);

/**
 * As call_make(), but where the service refuses with one of @call->gone, @refused turns true and
 * the result is E_OK.
 */
enum code call_try(struct describer *d, const struct entry_call *call,
	const struct bindings *bindings, bool *refused, struct json **out, struct err *e);

/** All that @call->items leads to, of all pages, copied into the array @items. */
enum code call_gather(struct describer *d, const struct entry_call *call,
	const struct bindings *bindings, struct json *items, struct err *e);

/** True when the call that failed last did so with one of @codes. */
bool call_failed_with(const struct describer *d, const struct json *codes);
