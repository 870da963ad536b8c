/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "core/result_token.h"
#include <stdlib.h>

/* What is sealed comes out again, and with one bit changed it does not. What nobody here sealed is no token, however it looks;
 * what is taken for one is the very text that sealing gives. A result token's parts are read from whatever was sealed. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static const unsigned char key[32] = "the key";

static struct token_scope scope_of(const char *operation, const char *account, const char *region)
{
	return (struct token_scope){
		.key = key, .operation = operation, .account = account, .region = region
	};
}

static void check_round(const struct token_scope *s, struct arena *a, struct str after)
{
	struct str token = token_seal(s, a, after), again = STR_NONE;
	char *bad;

	if (!token.p)
		return;
	must(token_open(s, a, token, &again) && str_eq(again, after));
	bad = arena_alloc(a, token.n);
	must(bad);
	memcpy(bad, token.p, token.n);
	bad[after.n % token.n] ^= (char)(1 << (after.n & 7));
	must(!token_open(s, a, (struct str){ bad, token.n }, &again));
	must(!token_open(s, a, (struct str){ token.p, token.n - 1 }, &again));
}

static void check_foreign(const struct token_scope *s, struct arena *a, struct str text)
{
	struct result_token result;
	struct str after = STR_NONE;

	if (token_open(s, a, text, &after))
		must(str_eq(token_seal(s, a, after), text));
	if (result_token_open(key, a, text, &result))
		must(result.account && result.region && result.rule_id);
}

static void check_result(struct arena *a, struct str said)
{
	/* As result tokens are sealed. */
	const struct token_scope s = scope_of("PutEvaluations", "", "");
	struct str token = token_seal(&s, a, said), again;
	struct result_token r, same;

	if (!token.p)
		return;
	must(result_token_open(key, a, token, &r));
	again = result_token_seal(key, a, &r);
	must(again.p && result_token_open(key, a, again, &same));
	must(strcmp(r.account, same.account) == 0 && strcmp(r.region, same.region) == 0 &&
		strcmp(r.rule_id, same.rule_id) == 0 && r.invoked_ms == same.invoked_ms);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	const struct token_scope s = scope_of("ListThings", "123456789012", "eu-west-1");
	struct str text = { n ? (const char *)bytes : "", n };
	struct arena a = ARENA_INIT(4 << 20);

	check_round(&s, &a, text);
	check_foreign(&s, &a, text);
	check_result(&a, text);
	arena_release(&a);
	return 0;
}
