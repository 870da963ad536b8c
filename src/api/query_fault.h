/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

/** What is wrong with the text of an advanced query, and where. The first one counts. */
struct query_fault {
	uint32_t line, column; /* from 1, in characters; 0: nothing is wrong */
	size_t offset, length; /* the piece of the text, in bytes */
	char why[200];         /* "expected a value, found FROM" */
	char hint[120];        /* what to write instead; "" when there is nothing to say */
};

/** A piece of a query's text. */
struct query_place {
	size_t offset, length;
};

/** Note a fault and fill @e: E_INVALID, remote InvalidExpressionException, AWS's message. */
enum code query_fault_set(struct query_fault *f, struct str text, struct query_place at,
	struct err *e, const char *why, ...) __attribute__((format(printf, 5, 6)));
