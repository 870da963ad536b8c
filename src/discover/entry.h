/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "discover/naming.h"
#include "json/json.h"

/**
 * A catalogue entry, ready to be followed
 * =======================================
 *
 * The authored form is a JSON object per type (schema/catalogue/). This is the part of it that
 * the describing engine follows; what SQL reads (relations, events, ignore, ...) is let past. A
 * field nobody knows, or of the wrong form, is an error that names type and field: a typo in a
 * catalogue must not pass as "there is none".
 *
 * Texts and trees live in the arena given to entry_parse(); an entry is never changed after it
 * was made, so threads share it.
 */
enum engine {
	ENGINE_NATIVE,       /* the service's own operations */
	ENGINE_CLOUDCONTROL, /* ListResources and GetResource of the Cloud Control API */
	ENGINE_EXEC,         /* a program of ours or the user's */
	ENGINE_NONE,         /* pushed by others, or made by Siltstone itself: not swept */
};

enum scope {
	SCOPE_REGIONAL,
	SCOPE_GLOBAL,      /* once an account */
	SCOPE_GLOBAL_LIST, /* listed once an account, each item belongs to a region */
	SCOPE_HOST,        /* this machine */
};

/** One operation. */
struct entry_call {
	const char *service; /* the entry's, unless it says otherwise */
	const char *op;      /* NULL: no call */
	struct json *params; /* with {templates}; or NULL */
	const char *items;   /* response path; "" is the whole response */
	struct json *
		carry; /* members of the page to copy into each item: {to: response path}; or NULL */
	struct json *gone; /* error codes that mean it is not there; or NULL */
	int page_size;
};

/** A call made for each listed item before it is a resource. */
struct entry_step {
	struct entry_call call;
	struct json *set; /* members to put in: {name: template}; or NULL */
};

/** What it takes to read one. */
struct entry_get {
	struct entry_call call;
	struct json *bind; /* the item to feed into the steps, instead of a call; or NULL */
	const char *match; /* path whose value must be the id; or NULL */
};

/** Brings what `get` gives to the shape of the list. */
struct entry_get_step {
	struct entry_call call;
	const char *each; /* response path; for each value `each_call` is made; or NULL */
	struct entry_call each_call; /* {.} is the value */
	const char *into;            /* member that takes the results */
	struct json *pick;           /* members of each result to take; NULL: all */
};

/** One part of supplementaryConfiguration. */
struct entry_part {
	const char *name;
	struct entry_call
		call;     /* op NULL: copied from the configuration; gone: the part is absent */
	const char *from; /* path in the configuration */
	const char *path; /* response path of the part; NULL: the whole */
	const char *sql;  /* expression over :r, the renamed response; or NULL */
	struct json *condition; /* {path: value} over the configuration; or NULL */
	struct json *otherwise; /* what stands there when it is absent; or NULL */
	struct json *rename;    /* {from: to} at any depth; or NULL */
	bool soft;              /* a refusal is no failure */
	bool as_text;           /* the part is JSON text in a string */
	bool sorted;            /* the order of its elements means nothing */
};

struct entry_tags {
	bool any;                /* the type has tags */
	const char *part;        /* in this part; NULL: in the configuration */
	const char *path;        /* NULL: the whole part */
	const char *key, *value; /* "key", "value" */
};

struct entry_reshape {
	bool copy; /* else pluck */
	const char *path;
	const char *to;  /* copy: name of the member that is made */
	const char *key; /* pluck: elements are replaced by this member of theirs */
};

struct entry {
	const char *type;
	enum engine engine;
	enum scope scope;
	const char *service;
	const char *home_region; /* where a global service is called; or NULL */
	enum naming naming;
	bool epoch_ms; /* moments are numbers in the configuration */

	struct entry_call list;
	struct entry_step
		*parents; /* the list is called for each of their items, outermost first */
	size_t n_parents;
	struct json
		*list_set;   /* what of the parent goes into each item: {name: template}; or NULL */
	const char *list_as; /* the member that a listed scalar becomes; NULL: it stays one */
	struct entry_step *steps;
	size_t n_steps;
	struct entry_get get; /* call.op and bind NULL: cannot be read singly */
	struct entry_get_step *get_steps;
	size_t n_get_steps;
	struct entry_part *parts;
	size_t n_parts;

	struct entry_reshape *reshape;
	size_t n_reshape;
	const char *sql; /* expression over :c, the renamed configuration; or NULL */
	struct json *rename, *keep, *set, *remove, *coerce_int, *policy, *redact, *drop_if,
		*only_if;

	/* Values: "$.path", "$.a|$.b" (joined), "=text", or a template; NULL: there is none. */
	const char *id, *name, *arn, *az, *region;
	const char *created;
	bool created_epoch; /* in seconds */
	const char *home;   /* path: keep an item only where this is the region called */
	struct entry_tags tags;

	/* Which region an item of a global list belongs to. */
	struct entry_call region_from;
	struct json *region_map;
	const char *region_into; /* member of the item that is to hold it; NULL: none */

	struct json *argv; /* exec */
	int timeout_s;

	/* Response path over a listed item to what changes whenever anything that its steps tell does: an
	 * ETag, a lock token. Only for types without parts that take calls. NULL: the list has none. */
	const char *version;
	unsigned char digest[SHA256_BYTES]; /* of the text it was made from */

	int conc;               /* calls of this service and region at once */
	struct entry *fallback; /* when the endpoint has no Cloud Control; or NULL */
};

/** Make @out from the entry's JSON text. E_INVALID: the message has the type and the field. */
enum code entry_parse(struct arena *a, struct str doc, struct entry **out, struct err *e);

/** True when the resource takes calls beyond the listing. */
bool entry_needs_calls(const struct entry *t);
