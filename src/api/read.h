/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/select.h"
#include "store/item.h"
#include "store/resource.h"

/**
 * The reading operations
 * ======================
 *
 * What a person or a program may ask of a store, each answered as rows with names: whoever asks,
 * on a command line or over HTTP, gets the same columns with the same values. Most are a named
 * statement over the public views, so on a connection that store_as_of() was called for they answer
 * for that moment; the few that a statement cannot give (comparing documents) are made here.
 *
 * Where nothing answers to what was asked, there are no rows and it is no error, unless it says so.
 */
struct reader {
	struct db *db;
	int64_t now_ms;     /* the clock: what "2h" is counted back from */
	int64_t at_ms;      /* the moment asked about: now, or that of store_as_of() */
	int64_t timeout_ms; /* for each query; 0: none */
	const volatile sig_atomic_t *stop; /* or NULL */
};

/** Which resources, events or differences. NULL and 0 mean any. */
struct read_filter {
	const char *types;    /* comma-separated globs */
	const char *account;  /* exact */
	const char *region;   /* glob */
	const char *tags;     /* JSON list of [key, value]: null, there; "", missing or empty */
	const char *where;    /* a condition in SQL over the view's columns and those of configs */
	const char *actor;    /* glob */
	const char *property; /* glob over the whole path, or its last part */
	const char *rule;     /* glob */
	const char *result;   /* exact */
	int64_t rid;
	int64_t since_ms, until_ms; /* both inclusive */
	int64_t limit;
	int64_t event; /* of read_follow() */
	bool blind;    /* of read_coverage(): only what is not seen */
};

/** What exists, as view `resources` tells it; by type, account, region, id. */
enum code read_resources(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** What existed and is gone, in the same columns. No tags, no condition. */
enum code read_deleted(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/**
 * When a condition held (f->where, over the columns of the views `resources` and `configs`, and `event`): a row for
 * each interval of each resource, with `still` (1: it holds at the end), `seconds` and the number of versions it went
 * through. Only what lies between since_ms and until_ms counts, and is told cut to that. Memory does not grow with the history.
 */
enum code read_since(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** Versions newest first, a row a property that changed; limit counts versions. */
enum code read_log(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** What is different between two moments: op, v1, v2. */
enum code read_drift(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** Configuration items in words, oldest first (item_files() has their bodies). */
enum code read_items(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);

/**
 * Who is meant by an id, name, ARN, `type/id`, or the beginning of an id or a name. E_NOTFOUND.
 * E_AMBIGUOUS: several; *@n of them are in @candidates (room for RESOURCE_SEARCH_MAX). Texts
 * live in @a.
 */
enum code read_find(struct reader *r, const char *what, struct arena *a,
	struct resource candidates[RESOURCE_SEARCH_MAX], size_t *n, struct err *e);

/** "v12". */
bool read_version_number(const char *which, int64_t *version);
/** The item of a resource that "v12" or a time (base/when.h: the one in force at the end of that second) means.
 * E_NOTFOUND; E_INVALID: neither. */
enum code read_version(struct reader *r, const struct resource *who, const char *which,
	struct item *item, struct err *e);

/** One row: what one item says outside its configuration. */
enum code read_facts(struct reader *r, int64_t item_id, const struct rows *rows, struct err *e);
/** Tags and links of a resource at a moment. */
enum code read_tags_of(
	struct reader *r, int64_t rid, int64_t at_ms, const struct rows *rows, struct err *e);
enum code read_links_of(
	struct reader *r, int64_t rid, int64_t at_ms, const struct rows *rows, struct err *e);
/** Links of others to it. */
enum code read_links_to(
	struct reader *r, int64_t rid, int64_t at_ms, const struct rows *rows, struct err *e);

/** One row for each property of an item: property, value, version, at, actor of who set it last. */
enum code read_blame(struct reader *r, const struct resource *who, const struct item *item,
	const struct rows *rows, struct err *e);

/** How two items of a resource differ: op, property, before, after; *@same (or NULL) is how many
 * properties are equal. A deleted one has no properties. */
enum code read_diff(struct reader *r, const struct item *before, const struct item *after,
	const struct rows *rows, size_t *same, struct err *e);

/** One row: counts of the whole store. */
enum code read_counts(struct reader *r, const struct rows *rows, struct err *e);
/** Sources with their last sweep; what that could not see. */
enum code read_sources(struct reader *r, const struct rows *rows, struct err *e);
enum code read_incomplete(struct reader *r, const struct rows *rows, struct err *e);
/** The views `coverage` and `gaps`, as far as they overlap the time from since_ms to until_ms. */
enum code read_coverage(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
enum code read_gaps(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** When the first item was captured, as text; NULL in an empty store. */
enum code read_first(struct reader *r, const struct rows *rows, struct err *e);
/** Sources that were added by name. */
enum code read_kept(struct reader *r, const struct rows *rows, struct err *e);
/** What one sweep saw and wrote, by type. */
enum code read_sweep(struct reader *r, int64_t source_id, int64_t sweep_ms, const struct rows *rows,
	struct err *e);

/** Delivery channels; how the streams of one (NULL: of all) are. */
enum code read_channels(struct reader *r, const struct rows *rows, struct err *e);
enum code read_streams(
	struct reader *r, const char *channel, const struct rows *rows, struct err *e);
/** Files that went out or are to go out, newest first; only those that could not yet. 0: all. */
enum code read_deliveries(
	struct reader *r, bool failed, int64_t limit, const struct rows *rows, struct err *e);
/** One row, or none. */
enum code read_recorder(struct reader *r, const struct rows *rows, struct err *e);

/** The catalogue, of the types that match f->types: what is in it, with `looks` and `resources` of this store; what is not
 * recorded and why; the calls of a sweep; the IAM actions that recording takes (column `action`). */
enum code read_types(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
enum code read_types_missing(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
enum code read_types_cost(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
enum code read_types_iam(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);

/** One event as the rows of read_log(), with `cursor`; one that is about no resource is a row without rid. */
enum code read_follow(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** Functions that are run here (NULL: all), and what one of them said, the newest last; 0: all of it. */
enum code read_functions(
	struct reader *r, const char *name, const struct rows *rows, struct err *e);
enum code read_function_runs(
	struct reader *r, const char *name, int64_t limit, const struct rows *rows, struct err *e);
/** Sinks with how far they are; dead letters and what waits, by sink. 0: all. */
enum code read_sinks(struct reader *r, const struct rows *rows, struct err *e);
enum code read_outbox(struct reader *r, int64_t limit, const struct rows *rows, struct err *e);

/** Every row of a public view, for a copy; `resources` has its configuration with it, `items` is AWS Config's own
 * form. E_INVALID: there is no such view. */
enum code read_export(struct reader *r, const char *what, const struct rows *rows, struct err *e);

/** A query of the user's own. */
struct read_query {
	const char *sql;
	const struct select_value *values;
	size_t n_values;
	int64_t limit;
};
enum code read_query(struct reader *r, const struct read_query *q, const struct rows *rows,
	bool *truncated, struct err *e);
/** What is probably not meant in a query, as a sentence in @warning (at most @size bytes) and what to
 * write instead in @hint; false: nothing. */
bool read_query_doubts(const char *sql, char *warning, char *hint, size_t size);
