/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "net/credentials.h"

/**
 * From the credential chain to a working identity: assumes the roles a profile asks for,
 * and finds out which account it is.
 */

/** Assume @role (and those behind it) with @keys; @out is filled anew. */
enum code sts_assume(const struct aws_options *options, const char *region,
	const struct credentials *keys, const struct role *role, struct credentials *out,
	struct err *e);

/** The account id of the caller, 12 digits, in @a. */
enum code sts_account(
	struct aws *aws, const char *region, struct arena *a, const char **account, struct err *e);
