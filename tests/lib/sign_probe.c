/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs what it is told on standard input, for comparison with other signers. A request is a
 * block of "name value" lines (method, service, region, now_ms, host, path, query, access,
 * secret, token, hash, and "header Name: value" as often as wanted), ended by an empty line.
 * Each answer is the Authorization header on a line.
 */
#include "base/arena.h"
#include "base/must.h"
#include "net/sign.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX 32

struct request {
	struct arena a;
	struct sign_request q;
	struct sign_scope scope;
	struct credentials k;
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
	else if (str_is(name, "service"))
		r->scope.service = value;
	else if (str_is(name, "region"))
		r->scope.region = value;
	else if (str_is(name, "now_ms"))
		r->scope.now_ms = strtoll(value, NULL, 10);
	else if (str_is(name, "host"))
		r->q.host = str_of(value);
	else if (str_is(name, "path"))
		r->q.path = str_of(value);
	else if (str_is(name, "query"))
		r->q.query = str_of(value);
	else if (str_is(name, "access"))
		r->k.access_key = value;
	else if (str_is(name, "secret"))
		r->k.secret_key = value;
	else if (str_is(name, "token"))
		r->k.session_token = value;
	else if (str_is(name, "hash"))
		r->q.payload_hash = value;
	else if (str_is(name, "header"))
		take_header(r, value);
	else
		must_fail("a name that is known", line, 0);
}

static void answer(struct request *r)
{
	struct signature s = SIGNATURE_INIT;
	struct err e = { 0 };

	r->q.headers = r->headers;
	if (sign_v4(&r->q, &r->scope, &r->k, &s, &e))
		printf("error: %s\n", e.msg);
	else
		printf("%s\n", s.authorization.p);
	signature_release(&s);
	arena_release(&r->a);
	*r = (struct request){ .a = ARENA_INIT(1 << 20) };
}

int main(void)
{
	static struct request r = { .a = ARENA_INIT(1 << 20) };
	static char line[65536];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			take_line(&r, line);
		else
			answer(&r);
	}
	return 0;
}
