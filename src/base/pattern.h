/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

/**
 * Regular expressions
 * ===================
 *
 * As resource schemas and the model of AWS's API have them: Perl's, over UTF-8, with \p{L} and its
 * like. Some are written by others, and so are the texts, so that matching has a limit of steps and
 * of memory: an expression that would try every way to fail is told of instead.
 *
 * A compiled pattern may be used by several threads at once.
 */
struct pattern;

/** E_INVALID: it is none, and at which byte; E_TOOBIG: longer than 64 KB, or deeper than 50. The text
 * is not kept. */
enum code pattern_compile(struct pattern **out, struct str text, struct err *e);
/** NULL does nothing. */
void pattern_free(struct pattern *p);

enum { PATTERN_TEXT_BYTES = 64 << 10 };

/**
 * Whether @s, which is well-formed UTF-8, has it anywhere, or with @whole is nothing else from its first to its
 * last byte. E_TOOBIG: it takes more steps than are given to one match, or the text is longer than PATTERN_TEXT_BYTES:
 * steps are counted anew from each place a match may begin at, so that only the two together are a limit.
 */

enum code pattern_match(
	const struct pattern *p, struct str s, bool whole, bool *matches, struct err *e);
