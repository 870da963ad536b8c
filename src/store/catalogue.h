/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>

/**
 * The catalogue: what resource types look like, as rows. The program brings its own documents
 * (schema/catalogue/, built in); users add theirs with an INSERT into _catalogue.
 */

/** Make the store's catalogue equal to the program's, leaving the user's documents. Begins and
 * commits a transaction only when something differs. */
enum code catalogue_sync(struct db *db, struct err *e);

/** Add a document of the user's, or replace one: a JSON array of entries, which are believed. Its types are there at
 * once, before the program's of the same name. E_INVALID: the program has a document of that name. */
enum code catalogue_add(struct db *db, const char *name, struct str doc, struct err *e);
/** The same within the caller's transaction, for types that the program has none of the name of. */
enum code catalogue_set(struct db *db, const char *name, struct str doc, struct err *e);
/** Take one of the user's off again; what it hid of the program's is back. E_NOTFOUND: there is none. */
enum code catalogue_remove(struct db *db, const char *name, struct err *e);

/** One type. Texts are borrowed and valid during the call. */
struct catalogue_type {
	struct str type, engine, service, scope;
	struct str doc; /* the whole entry, JSON */
};

/** Anything but E_OK ends the walk with that code. */
typedef enum code catalogue_fn(void *ctx, const struct catalogue_type *t, struct err *e);

/** Walk the types whose names match one of the comma-separated @globs ("AWS::EC2::*,AWS::S3::Bucket");
 * NULL: all; by name. @fn must not use the connection. */
enum code catalogue_walk(
	struct db *db, const char *globs, catalogue_fn *fn, void *ctx, struct err *e);

/** Where events of a source and name tell a key of a resource of @type. Borrowed texts. */
struct catalogue_event {
	struct str type;
	struct str path;  /* over the event */
	struct str by;    /* what is there: id, name, arn */
	struct str match; /* LIKE pattern it must have, or STR_NONE */
	struct str strip; /* "arn-last": of an ARN only its last part counts; or STR_NONE */
};
typedef enum code catalogue_event_fn(void *ctx, const struct catalogue_event *rule, struct err *e);
enum code catalogue_events(struct db *db, struct str source, struct str event,
	catalogue_event_fn *fn, void *ctx, struct err *e);

typedef enum code catalogue_inverse_fn(
	void *ctx, struct str name, struct str from_type, struct err *e);
/** The relationships that items of @type show, and that resources of @from_type name. */
enum code catalogue_inverses(
	struct db *db, struct str type, catalogue_inverse_fn *fn, void *ctx, struct err *e);

/** Whether any type of the catalogue matches. */
enum code catalogue_knows(struct db *db, const char *glob, bool *out, struct err *e);
