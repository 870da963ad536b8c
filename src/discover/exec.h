/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/identity.h"

/**
 * Programs that describe something that is not AWS
 * ================================================
 *
 * One request stands on the program's standard input, {"op":"list","type":T,"scope":S} or
 * {"op":"get","type":T,"scope":S,"id":I}; it answers one JSON object a line:
 * {"configuration":{...},"tags":{...},"supplementaryConfiguration":{...}}, the latter two where
 * there are such. A listing that ends with {"complete":true} and exit status 0 may lead to
 * deletions; a get of what is not there answers {"gone":true}. What a program prints is
 * untrusted: lines and their number have limits, and a line that is not understood fails the
 * listing.
 *
 * argv[0] without a slash is looked for beside our own executable, then in
 * ../libexec/siltstone from there, then in PATH.
 */

/** The place of exec resources that name no account. */
#define EXEC_ACCOUNT "000000000000"

/** The name of this host, in @a. */
enum code exec_host_name(struct arena *a, const char **name, struct err *e);

/** Called with each resource; it lives as long as the call. */
typedef enum code exec_fn(void *ctx, struct observation *o, struct err *e);

/** List all of a type. @complete tells whether what was not named is gone. E_NOTFOUND: no such
 * program. E_CORRUPT: a line that is not understood, by its number. As child_run() else. */
enum code exec_list(const struct entry *t, const struct place *at, exec_fn *fn, void *ctx,
	bool *complete, struct err *e);
/** Ask for one. E_CORRUPT: an answer that says neither. */
enum code exec_is_there(
	const struct entry *t, const struct place *at, struct str id, bool *there, struct err *e);
