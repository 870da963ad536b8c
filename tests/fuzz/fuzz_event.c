/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "discover/hint.h"

/* Whatever a queue or a log file says: it is no JSON, or each event in it has an id, and all else is counted. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void check_hints(const struct hints *h, enum code c, const struct err *e)
{
	size_t n = 0;

	must(c == E_OK || ((c == E_INVALID || c == E_TOOBIG) && e->msg[0]));
	for (const struct hint *k = h->first; k; k = k->next, n++) {
		must(k->cause.event_id.n);
		must(json_is(k->record, JSON_OBJECT));
		must(!k->envelope || json_is(k->envelope, JSON_OBJECT));
		must(k->cause.at_ms == INT64_MIN ||
			(k->cause.at_ms > -INT64_C(100000000000000) &&
				k->cause.at_ms < INT64_C(253402300800000)));
		must(!k->number && k->fate == HINT_UNRESOLVED);
	}
	must(n == h->n);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct str text = { n ? (const char *)bytes : "", n };
	struct arena a = ARENA_INIT(64 << 20);
	struct hints one = HINTS_INIT(one, &a), lines = HINTS_INIT(lines, &a);
	struct err e = { 0 };
	enum code c = hints_add(&one, text, 7, &e);

	check_hints(&one, c, &e);
	if (c == E_OK && !memchr(text.p, '\n', text.n)) {
		/* One value on one line is the same either way. */
		must(hints_add_lines(&lines, text, &e) == E_OK);
		must(lines.n == one.n && lines.n_strange == one.n_strange);
	} else {
		e = (struct err){ 0 };
		c = hints_add_lines(&lines, text, &e);
		check_hints(&lines, c, &e);
	}
	arena_release(&a);
	return 0;
}
