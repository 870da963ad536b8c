/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

static const struct {
	short http;
	unsigned char exit, retry;
	const char *name;
} traits[] = {
#define CODE(name, http, exit, retry, text) [E_##name] = { http, exit, retry, #name },
#include "base/code.def"
#undef CODE
};

static void append(char *to, size_t cap, const char *s)
{
	size_t n = strlen(to), k = strnlen(s, cap - 1 - n);

	memcpy(to + n, s, k);
	to[n + k] = '\0';
}

/* Others' texts are quoted in messages: what a terminal would obey, or a line of a log would end with, is a blank. */
static void tame(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = ' ';
}

enum code err_set(struct err *e, enum code code, const char *fmt, ...)
{
	va_list ap;

	if (e->code != E_OK)
		return e->code;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	tame(e->msg);
	return code;
}

enum code err_sys(struct err *e, enum code code, int sys, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	if (e->code != E_OK)
		return e->code;
	e->code = code;
	e->sys = sys;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	tame(e->msg);
	append(e->msg, sizeof(e->msg), ": ");
	append(e->msg, sizeof(e->msg), strerror_r(sys, text, sizeof(text)));
	return code;
}

enum code err_remote(struct err *e, const char *word)
{
	if (!e->remote[0])
		append(e->remote, sizeof(e->remote), word);
	return e->code;
}

enum code err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e->hint[0]) {
		va_start(ap, fmt);
		vsnprintf(e->hint, sizeof(e->hint), fmt, ap);
		va_end(ap);
		tame(e->hint);
	}
	return e->code;
}

enum code err_add(struct err *e, const char *fmt, ...)
{
	char was[sizeof(e->msg)];
	va_list ap;

	memcpy(was, e->msg, sizeof(was));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	tame(e->msg);
	append(e->msg, sizeof(e->msg), ": ");
	append(e->msg, sizeof(e->msg), was);
	return e->code;
}

enum code err_nomem(struct err *e)
{
	return err_set(e, E_NOMEM, "out of memory");
}

int code_is_transient(enum code code)
{
	return traits[code].retry;
}

int code_http_status(enum code code)
{
	return traits[code].http;
}

int code_exit_status(enum code code)
{
	return traits[code].exit;
}

const char *code_name(enum code code)
{
	return traits[code].name;
}
