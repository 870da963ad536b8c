/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges signed requests told on standard input, for comparison with those who sign. A request is a block of
 * "name value" lines (method, target, now_ms, access, secret, body in hexadecimal, and "header Name: value" as often as
 * wanted), ended by an empty line. Each answer is a line: "ok KEY REGION", or the error and its message.
 */
#include "base/arena.h"
#include "base/must.h"
#include "net/verify_signature.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX 64

struct request {
	struct arena a;
	struct verify_request q;
	const char *access, *secret;
	struct http_header headers[HEADERS_MAX];
};

static char *text(struct request *r, const char *s)
{
	char *p = arena_alloc(&r->a, strlen(s) + 1);

	must(p);
	memcpy(p, s, strlen(s) + 1);
	return p;
}

static void take_header(struct request *r, char *value)
{
	char *colon = strchr(value, ':');

	must(colon && r->q.n_headers < HEADERS_MAX);
	*colon = '\0';
	r->headers[r->q.n_headers++] = (struct http_header){ value, colon + 1 };
}

static struct str body(struct request *r, const char *hex)
{
	size_t n = strlen(hex) / 2;
	char *p = arena_alloc(&r->a, n + 1);

	must(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(str_hex(hex[2 * i]) << 4 | str_hex(hex[2 * i + 1]));
	return (struct str){ p, n };
}

static void take_line(struct request *r, const char *line)
{
	const char *space = strchr(line, ' ');
	struct str name;
	char *value;

	must(space);
	name = (struct str){ line, (size_t)(space - line) };
	value = text(r, space + 1);
	if (str_is(name, "method"))
		r->q.method = value;
	else if (str_is(name, "target"))
		r->q.target = str_of(value);
	else if (str_is(name, "now_ms"))
		r->q.now_ms = strtoll(value, NULL, 10);
	else if (str_is(name, "access"))
		r->access = value;
	else if (str_is(name, "secret"))
		r->secret = value;
	else if (str_is(name, "body"))
		r->q.body = body(r, value);
	else if (str_is(name, "header"))
		take_header(r, value);
	else
		must_fail("a name that is known", line, 0);
}

static bool find(void *ctx, struct str key_id, char secret[VERIFY_SECRET_BYTES])
{
	const struct request *r = ctx;

	if (!str_is(key_id, r->access))
		return false;
	snprintf(secret, VERIFY_SECRET_BYTES, "%s", r->secret);
	return true;
}

static void answer(struct request *r)
{
	struct verify_keys keys = { find, r, "config" };
	struct verify_refusal why;
	struct verified who;
	struct err e = { 0 };

	r->q.headers = r->headers;
	if (verify_signature(&r->q, &keys, &who, &why, &e) == E_OK)
		printf("ok %s %s\n", who.key_id, who.region);
	else
		printf("%s %s\n", e.code ? e.msg : why.type, why.message);
	arena_release(&r->a);
	*r = (struct request){ .a = ARENA_INIT(8 << 20) };
}

int main(void)
{
	static struct request r = { .a = ARENA_INIT(8 << 20) };
	static char line[1 << 21];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			take_line(&r, line);
		else
			answer(&r);
	}
	return 0;
}
