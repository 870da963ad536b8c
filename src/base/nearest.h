/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"

/**
 * The name that was probably meant: edit distance with transpositions, letters compared without
 * case. A name that holds the word as a whole (three letters or more) is as good as one with a
 * single mistake; among equals the shortest wins, then the first. Offer candidates one by one, then
 * ask.
 */
#define NEAREST_BYTES 64

struct nearest {
	char word[NEAREST_BYTES];
	char best[NEAREST_BYTES]; /* "" while nothing is near enough */
	size_t n;
	unsigned distance;
};

void nearest_init(struct nearest *s, struct str word);
void nearest_offer(struct nearest *s, struct str candidate);
/** The best so far, or NULL when nothing was near: within a third of the word's length, and three
 * mistakes. */
const char *nearest_name(const struct nearest *s);
