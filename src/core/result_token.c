/* SPDX-License-Identifier: Apache-2.0 */
#include "core/result_token.h"

#include <stdlib.h>

/* Who answers may do so from elsewhere: what it holds for is in it. */
static struct token_scope scope_of(const unsigned char *key)
{
	return (struct token_scope){
		.key = key, .operation = "PutEvaluations", .account = "", .region = ""
	};
}

struct str result_token_seal(
	const unsigned char *key, struct arena *a, const struct result_token *token)
{
	const struct token_scope scope = scope_of(key);
	struct str text = arena_printf(a, "%s\n%s\n%s\n%lld", token->account, token->region,
		token->rule_id, (long long)token->invoked_ms);

	return arena_ok(a) ? token_seal(&scope, a, text) : STR_NONE;
}

bool result_token_open(
	const unsigned char *key, struct arena *a, struct str text, struct result_token *out)
{
	const struct token_scope scope = scope_of(key);
	struct str rest = STR_NONE;
	const char *field[4];

	if (!token_open(&scope, a, text, &rest) || !rest.p)
		return false;
	for (size_t i = 0; i < 4; i++) {
		size_t n = str_find(rest, '\n');

		field[i] = arena_text(a, (struct str){ rest.p, n });
		rest = n < rest.n ? str_from(rest, n + 1) : (struct str){ rest.p, 0 };
	}
	*out = (struct result_token){ field[0], field[1], field[2], strtoll(field[3], NULL, 10) };
	return arena_ok(a);
}
