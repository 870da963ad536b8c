/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_fault.h"

#include <stdarg.h>
#include <stdio.h>

/* Characters, not bytes: what continues one is not counted. */
static void locate(struct query_fault *f, struct str text)
{
	f->line = 1;
	f->column = 1;
	for (size_t i = 0; i < f->offset && i < text.n; i++) {
		if (text.p[i] == '\n') {
			f->line++;
			f->column = 1;
		} else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
			f->column++;
		}
	}
}

enum code query_fault_set(struct query_fault *f, struct str text, struct query_place at,
	struct err *e, const char *why, ...)
{
	const size_t left = at.offset < text.n ? text.n - at.offset : 0;
	va_list args;

	*f = (struct query_fault){ .offset = at.offset,
		.length = at.length < left ? at.length : left };
	locate(f, text);
	va_start(args, why);
	vsnprintf(f->why, sizeof(f->why), why, args);
	va_end(args);
	err_set(e, E_INVALID, "syntax error at line %u, column %u", f->line, f->column);
	return err_remote(e, "InvalidExpressionException");
}
