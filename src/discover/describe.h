/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/caller.h"
#include "discover/identity.h"

/**
 * Describing
 * ==========
 *
 * From an item of a listing, or from the key of one resource, to an observation: straight
 * lines of blocking calls, as the entry says. One resource has one shape whichever way it was
 * read, so that reading it singly never looks like a change.
 */
struct describer {
	const struct caller *caller;
	struct expr *expr;
	struct arena *a;
	struct place at; /* where calls go and resources are, unless they say otherwise */
	/* Resources of global lists count only in these; NULL: everywhere. */
	const char *const *regions;
	size_t n_regions;
	int64_t calls;          /* made so far */
	struct aws_fault fault; /* of the call that failed */
};

/** What came of describing. */
struct described {
	struct observation o;
	bool there; /* false: it is no resource, o means nothing */
};

/**
 * Describe what a listing gave. @item is the describer's to change. @out->there turns false when it
 * is no resource after all: gone between listing and reading, terminated, of another region.
 * With @parts, supplementary parts are read too. out->o.captured_ms is the caller's to fill.
 *
 * Where the listing is too poor to tell the id, the resource is read by the name or ARN it
 * gave; out->o.id is STR_NONE where that does not help either.
 */
enum code describe_listed(struct describer *d, const struct entry *t, struct json *item, bool parts,
	struct described *out, struct err *e);

/** What one resource is known by; texts that are not known are STR_NONE. */
struct key {
	struct str id, name, arn;
};

/** True when @t says how one resource is read. */
bool describe_can_get(const struct entry *t);

/**
 * Read one resource. @out->there turns false when the service says that there is no such thing, or
 * what it has now is another one (its id differs). Any doubt is an error: E_DENIED, E_REMOTE
 * and so on from the call, E_INVALID when the key is not enough to ask.
 */
enum code describe_one(struct describer *d, const struct entry *t, const struct key *key,
	bool parts, struct described *out, struct err *e);

/** Put what the templates of @set make of @item into @into: {member: template}; what has no value is left out. */
void describe_set(
	struct describer *d, const struct json *set, const struct json *item, struct json *into);
/** Take the members of @page that @carry names into @item. */
void describe_carry(
	struct arena *a, const struct json *carry, struct json *page, struct json *item);
