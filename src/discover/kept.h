/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/sweep.h"
#include "store/source.h"

/** The options of a sweep as a source keeps them. Texts live in @a or are the source's. E_INVALID: its settings
 * are no JSON. */
enum code kept_options(
	struct arena *a, const struct source *s, struct sweep_options *out, struct err *e);

/**
 * How much of what is known is looked at again. "always": everything, as if nothing were known; "changed" (NULL:
 * the same): what a listing shows otherwise, and what it does not show, at every sweep; "6h": the latter once in
 * that time. E_INVALID: something else.
 */
enum code kept_recheck(const char *text, struct sweep_options *out, struct err *e);

/** The queue its change events come to, in @a; NULL: none. */
enum code kept_queue(struct arena *a, const struct source *s, const char **url, struct err *e);

/** Where CloudTrail writes its log files, and from when on they are meant, in @a; NULL: nowhere, from when it was added. */
enum code kept_trail(struct arena *a, const struct source *s, const char **place,
	const char **since, struct err *e);

/** A copy of @s in @a. */
enum code kept_copy(struct arena *a, const struct source *s, struct source *out, struct err *e);
