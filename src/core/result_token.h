/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/token.h"

/**
 * Result tokens
 * =============
 *
 * A rule that is started is given one, and answers with it: it says whose result it is, so that a rule's function
 * can say something of that rule alone. Sealed as page tokens are (core/token.h), and good for as many answers as the
 * function cares to send while the rule is there.
 */
struct result_token {
	const char *account, *region; /* of the rule */
	const char
		*rule_id; /* "config-rule-a1b2c3": another rule of the same name is another rule */
	int64_t invoked_ms; /* when it was started */
};

/** STR_NONE when memory ran out. @key: 32 bytes. */
struct str result_token_seal(
	const unsigned char *key, struct arena *a, const struct result_token *token);
/** False: nobody here made it. Texts live in @a. */
bool result_token_open(
	const unsigned char *key, struct arena *a, struct str text, struct result_token *out);
