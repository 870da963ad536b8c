/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aws_probe - one call through src/aws, for tests that compare with other clients.
 *
 *     aws_probe ENDPOINT REGION SERVICE OP PARAMS-JSON [PAGE-SIZE]
 *
 * Prints the decoded answer as JSON; with a PAGE-SIZE (0: the service's own) all pages as an
 * array. A refusal is {"$code": ..., "$status": ...} and exit status 1. "-" reads many calls
 * from standard input, tab-separated lines of SERVICE OP PARAMS, and prints a line for each.
 */
#include "aws/aws.h"
#include "base/time.h"
#include "net/http.h"
#include "json/read.h"
#include "json/write.h"

#include <stdio.h>
#include <stdlib.h>

struct probe {
	struct aws *aws;
	const char *region;
};

static void print(const struct json *v)
{
	struct buf b = BUF_INIT(256 << 20);

	json_write(&b, v);
	puts(b.p);
	buf_release(&b);
}

static void refused(struct arena *a, const struct aws_fault *fault, const struct err *e)
{
	struct json *v = json_new(a, JSON_OBJECT);

	json_add(v, STR("$code"), json_string(a, str_of(fault->code)));
	json_add(v, STR("$status"), json_int(a, fault->status));
	json_add(v, STR("$kind"), json_string(a, str_of(code_name(e->code))));
	json_add(v, STR("$text"), json_string(a, str_of(e->msg)));
	json_add(v, STR("$hint"), json_string(a, str_of(e->hint)));
	print(v);
}

struct pages {
	struct arena *a;
	struct json *all;
};

static enum code add_page(void *ctx, struct json *page, struct err *e)
{
	struct pages *p = ctx;

	(void)e;
	json_push(p->all, json_copy(p->a, page));
	return E_OK;
}

static int probe(const struct probe *p, const char *service, const char *op, const char *params,
	int page_size)
{
	struct arena a = ARENA_INIT(512 << 20);
	struct aws_call call = { service, op, p->region, NULL };
	struct pages pages = { &a, json_new(&a, JSON_ARRAY) };
	struct aws_fault fault = { "", 0 };
	struct json *given = NULL, *answer = NULL;
	struct err e = { 0 };
	enum code c = json_read(&a, str_of(params), &given, &e);

	call.params = given;
	if (c == E_OK && page_size < 0)
		c = aws_call(p->aws, &call, &a, &answer, &fault, &e);
	else if (c == E_OK)
		c = aws_pages(p->aws, &call, page_size, add_page, &pages, &fault, &e);
	if (c != E_OK)
		refused(&a, &fault, &e);
	else
		print(page_size < 0 ? answer : pages.all);
	arena_release(&a);
	return c != E_OK;
}

static int probe_lines(const struct probe *p)
{
	char *line = NULL, *at, *service, *op;
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		at = line;
		service = strsep(&at, "\t");
		op = strsep(&at, "\t");
		probe(p, service, op ? op : "", at ? at : "{}", -1);
	}
	free(line);
	return 0;
}

int main(int argc, char **argv)
{
	char access_key[] = "testing", secret_key[] = "testing";
	const struct credentials keys = { access_key, secret_key, NULL, TIME_FOREVER_MS };
	const struct http_options transport = { 0 };
	struct aws_options options = { 0 };
	struct probe p = { 0 };
	struct err e = { 0 };
	int status = 2;

	if (argc != 4 && argc != 6 && argc != 7) {
		fputs("usage: aws_probe ENDPOINT REGION SERVICE OP PARAMS [PAGE-SIZE]\n"
		      "       aws_probe ENDPOINT REGION -\n",
			stderr);
		return 2;
	}
	options.endpoint = argv[1];
	p.region = argv[2];
	if (http_open(&options.http, &transport, &e) != E_OK ||
		aws_open(&p.aws, &options, &keys, &e) != E_OK)
		fprintf(stderr, "aws_probe: %s\n", e.msg);
	else if (argc == 4)
		status = probe_lines(&p);
	else
		status = probe(&p, argv[3], argv[4], argv[5],
			argc == 7 ? (int)strtol(argv[6], NULL, 10) : -1);
	aws_close(p.aws);
	http_close(options.http);
	return status;
}
