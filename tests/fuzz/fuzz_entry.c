/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "discover/entry_check.h"

/* Whoever wrote a catalogue entry: it is understood, and the same when it is read again, or refused in words that can be
 * shown. Holding it against the API's tables ends in a verdict, too. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void check_refusal(enum code c, const struct err *e)
{
	must(c == E_INVALID || c == E_TOOBIG);
	must(e->code == c && e->msg[0]);
	for (const char *p = e->msg; *p; p++)
		must((unsigned char)*p >= ' ');
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct str doc = { n ? (const char *)bytes : "", n };
	struct arena a = ARENA_INIT(16 << 20);
	struct entry *t = NULL, *again = NULL;
	struct err e = { 0 };
	enum code c = entry_parse(&a, doc, &t, &e);

	if (c) {
		check_refusal(c, &e);
	} else {
		must(t->type && t->type[0]);
		must(entry_parse(&a, doc, &again, &e) == E_OK);
		must(strcmp(t->type, again->type) == 0 &&
			memcmp(t->digest, again->digest, sizeof(t->digest)) == 0);
		must(entry_needs_calls(t) == entry_needs_calls(again));
		c = entry_check(t, &e);
		if (c)
			check_refusal(c, &e);
	}
	arena_release(&a);
	return 0;
}
