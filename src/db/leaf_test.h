/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "db/leaf.h"

/**
 * A comparison of leaves with what somebody wrote
 * ===============================================
 *
 * The operators are "=", "<>", "<", "<=", ">", ">=", "between", "in", "not in", "like", "not like". What they compare
 * with is a JSON list of texts, numbers and bools: two for "between", any number for "in", else one.
 *
 * Texts compare byte by byte. A number and a text compare as numbers where the text is one, all of it. A bool is compared
 * as the text "true" or "false". What cannot be compared is unequal and in no order. Where the path says numbers
 * ('#'), a text that is one is one. Where it says addresses ('@'), both sides are ranges: equal is to have an address in
 * common, less is to begin before the other begins, and so on; "between" is from the first address of the one to the last of
 * the other. Where one side is no address, they are texts. Objects fit nothing, not even "<>".
 *
 * In "like", '%' is any text, '_' any one character, and there is no way to mean those characters themselves.
 */
struct leaf_test {
	struct str paths;
	bool numbers, addresses;
	int op;
	size_t n;
	struct leaf_side *with; /* literals */
	struct buf text;        /* of the leaf at hand, without escapes */
	struct arena memory;
	bool hit;
};

/** False: there is no such operator, the literals do not fit it, or no memory is left. Nothing is borrowed. */
bool leaf_test_init(struct leaf_test *t, struct str paths, struct str op, struct str literals);
void leaf_test_release(struct leaf_test *t);
/** Whether any leaf fits. */
bool leaf_test_any(struct leaf_test *t, struct str body, struct str base);

/** Whether @text fits a pattern of "like". */
bool leaf_like(struct str text, struct str pattern);
/** What the raw text of a leaf says, without its escapes; in @b where there are any. */
struct str leaf_text(struct str raw, struct buf *b);
