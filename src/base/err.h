/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdarg.h>

/**
 * Errors
 * ======
 *
 * A function that can fail returns an `enum code` and takes, last, a pointer to
 * a `struct err` that its caller owns and has zeroed. On success the struct is
 * left alone, so one struct serves a whole chain of calls. On failure it holds
 * one sentence, outermost context first:
 *
 *     record "prod": list AWS::EC2::Volume in eu-west-1: connection reset
 *
 * and, where there is one, a second sentence that says what to try. Neither has control characters, whatever was quoted. A struct err
 * owns no memory. It can be copied, dropped, and filled when malloc() cannot.
 */
enum code {
#define CODE(name, http, exit, retry, text) E_##name,
#include "base/code.def"
#undef CODE
};

struct err {
	enum code code;
	int sys;        /* errno, or 0 */
	int sql;        /* extended SQLite result code, or 0 */
	char msg[600];  /* NUL-terminated; "" when code is E_OK */
	char hint[240]; /* what to try; "" when there is nothing to say */
	char remote
		[64]; /* what the other side calls it, "NoSuchBucket"; "" when it has no word for it, or never answered */
};

/** Fill @e and return @code. The first error wins: a filled @e is kept. */
enum code err_set(struct err *e, enum code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** As err_set() with ": " and the text of @sys (an errno) behind it. */
enum code err_sys(struct err *e, enum code code, int sys, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/** Say what to try. The innermost hint wins. Returns the code @e holds. */
enum code err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Note what the other side calls it. The innermost wins. Returns the code @e holds. */
enum code err_remote(struct err *e, const char *word);
/** Put "context: " in front of what @e says. Returns the code it holds. */
enum code err_add(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** The usual out-of-memory error. */
enum code err_nomem(struct err *e);

/** True where trying the same thing again later can succeed. */
int code_is_transient(enum code code);
int code_http_status(enum code code);
int code_exit_status(enum code code);
/** "NOTFOUND" */
const char *code_name(enum code code);
