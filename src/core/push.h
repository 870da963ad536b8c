/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/push_type.h"
#include "core/record.h"

/**
 * Other people's resources
 * ========================
 *
 * What nobody here can list is told by who can: one resource at a time, as AWS Config's PutResourceConfig has it, or
 * all that a source has. It becomes an item like any other (core/record.h): the first of its life is
 * ResourceDiscovered, what differs is OK, the same again writes nothing, what is gone is ResourceDeleted.
 *
 * Nothing is written before all was read and found right: what is wrong with one resource is wrong with the whole. A
 * complete listing also says what is gone: what this source was the last to tell of, is of one of the types listed,
 * and was not told of now. What another source tells of is never touched by it.
 *
 * Writing takes transactions of its own, one for some hundred resources: none may be open when these are called.
 */
#define PUSH_ACCOUNT "000000000000"
#define PUSH_REGION  "global"

struct push_options {
	const char *source;  /* the name it is noted under; of no other kind than push */
	const char *account; /* of what does not say whose it is; NULL: PUSH_ACCOUNT */
	const char *region;  /* of what does not say where it is; NULL: PUSH_REGION */
	int64_t now_ms;

	/* As AWS Config has it, for its operations: */
	bool registered; /* only types that are registered, and by a version of them */
	bool recording;  /* only while the recorder runs */
	int64_t active_max; /* so many resources of registered types may an account have; 0: any number */
};
/** AWS's quota, for active_max. */
#define PUSH_ACTIVE_MAX 100000

/**
 * PutResourceConfig: @body is its input (core/push_body.h). *@refused is set, and the code is E_INVALID, where
 * AWS Config would refuse it: the error's name, and e->msg its message: ValidationException,
 * NoRunningConfigurationRecorderException, MaxActiveResourcesExceededException. Any other code is a failure of ours.
 */
enum code push_put(struct db *db, const struct push_options *o, const struct json *body,
	const char **refused, struct err *e);
/** DeleteResourceConfig. What is not there (any more) is no error. */
enum code push_delete(struct db *db, const struct push_options *o, struct str type, struct str id,
	const char **refused, struct err *e);

/** A source that tells of many. Between push_open() and push_close() the connection has no other use for the stage. */
struct push {
	const struct push_options *o;
	struct db *db;
	struct record record;
	struct push_book book;
	struct buf listing;  /* globs of the types that it said it lists */
	bool listed, ended;  /* it said so; it said that that was all */
	int64_t seen;        /* resources told of */
	const char *refused; /* as for push_put() */
};
enum code push_open(struct push *p, struct db *db, const struct push_options *o, struct err *e);
/** Also after a failed open. */
void push_close(struct push *p);
/**
 * One more: a resource, or a word about the listing:
 *
 *     {"listing":["Kubernetes::Core::Pod","Kubernetes::Apps::*"]}   what follows is all there is of these types
 *     {"complete":true}                                            and that was all of it: behind this comes nothing
 *
 * E_INVALID: what is wrong with it. It must be the end of it all then.
 */
enum code push_add(struct push *p, const struct json *v, struct err *e);

struct push_end {
	bool complete; /* the listing is all there is, of these types: */
	const char *
		types; /* comma-separated globs; NULL: those it said it lists, else those it told of */
	int64_t now_ms;
};
/** Write it all. E_INVALID: it is not to be believed that this is complete. As record_settle() else. */
enum code push_settle(
	struct push *p, const struct push_end *end, struct record_sum *sum, struct err *e);
