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
 */
enum code sqlfn_register(struct sqlite3 *h, struct err *e);
