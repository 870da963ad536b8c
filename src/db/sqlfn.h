/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

struct sqlite3;

/**
 * The SQL functions that our own statements use, on every connection of ours. Views and
 * triggers that live in the file never use them: the stock shell must be able to read it.
 *
 *   arn_name(arn)              what follows the last '/' or ':' of an ARN
 *   glob_any(value, patterns)  true when value matches one of the comma-separated globs
 *   sha256(text)               32 bytes
 *   netstrings(value, ...)     the values as base/netstring.h spells lists of fields
 *   config_arn(region, account, rest)   'arn:aws:config:REGION:ACCOUNT:rest', in the region's partition
 *   random_id(n)           n of [a-z0-9], as AWS Config's ARNs end with; from the system's random numbers
 *   uuid()                 a random UUID, lower-case (RFC 9562 version 4)
 */
enum code sqlfn_register(struct sqlite3 *h, struct err *e);
