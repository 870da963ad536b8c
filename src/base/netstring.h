/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include <stdint.h>

/**
 * Fields put together so that no two lists of fields look the same: each as D. J. Bernstein's
 * netstrings have it, "5:abcde,", and what is missing as "-,". What is signed or digested is
 * spelled so.
 */

/** STR_NONE is missing. */
void netstring_add(struct buf *b, struct str s);
/** In decimal. */
void netstring_int(struct buf *b, int64_t v);
/** In lower-case hexadecimal; @p NULL is missing. */
void netstring_hex(struct buf *b, const void *p, size_t n);
