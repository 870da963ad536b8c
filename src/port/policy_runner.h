/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include <stdint.h>

/**
 * Who evaluates policies that are written in a language of their own (Guard): a program beside us (net/guard), a fake
 * in tests.
 */
enum policy_result { POLICY_COMPLIANT, POLICY_NON_COMPLIANT, POLICY_NOT_APPLICABLE };

struct policy {
	struct str text;       /* the rules */
	struct str parameters; /* JSON object of texts; STR_NONE: none */
	struct str item;       /* JSON: a configuration item as in files */
	int64_t deadline_ms;   /* for the whole run */
};

struct policy_runner {
	/**
	 * @annotation is cleared first; what fails is named there. E_INVALID: the policy is not understood. E_UNSUPPORTED: nobody is there
	 * to evaluate it. E_CANCELED: over its deadline. E_REMOTE, E_IO: may work later.
	 */
	enum code (*evaluate)(struct policy_runner *r, const struct policy *p,
		enum policy_result *result, struct buf *annotation, struct err *e);
};
