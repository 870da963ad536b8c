/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/** Aborts with expression and place when a programming rule is broken. Never compiled out. */
#define must(cond) ((cond) ? (void)0 : must_fail(#cond, __FILE__, __LINE__))

__attribute__((noreturn)) void must_fail(const char *expression, const char *file, int line);
