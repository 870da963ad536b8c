/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query_probe STORE: answers advanced queries, for comparison with another reading of the language. A request is a line,
 * {"expression", "aws", "limit", "after", "account", "region", "accounts", "regions", "explain"}; so is an answer,
 * {"fields", "rows", "next"} or {"error", "message", "line", "column"}.
 */
#include "api/advanced_query.h"
#include "base/must.h"
#include "store/store.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>
#include <stdlib.h>

#define ANSWER_BYTES ((size_t)1 << 28)

struct probe {
	struct db db;
	struct buf answer;
	size_t rows;
};

static enum code begin(void *ctx, const struct str *fields, size_t n, struct err *e)
{
	struct probe *p = ctx;

	(void)e;
	buf_text(&p->answer, "{\"fields\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&p->answer, ',');
		json_write_string(&p->answer, fields[i]);
	}
	buf_text(&p->answer, "],\"rows\":[");
	return E_OK;
}

static enum code row(void *ctx, struct str json, struct err *e)
{
	struct probe *p = ctx;

	(void)e;
	if (p->rows++)
		buf_char(&p->answer, ',');
	json_write_string(&p->answer, json);
	return E_OK;
}

static void write_error(struct buf *b, const struct query_fault *f, const struct err *e)
{
	buf_clear(b);
	buf_text(b, "{\"error\":");
	json_write_string(b, str_of(e->remote[0] ? e->remote : code_name(e->code)));
	buf_text(b, ",\"message\":");
	json_write_string(b, str_of(e->msg));
	buf_printf(b, ",\"line\":%u,\"column\":%u,\"why\":", f->line, f->column);
	json_write_string(b, str_of(f->why));
	buf_char(b, '}');
}

static void explain(struct probe *p, const struct advanced_query_request *r)
{
	struct buf sql = BUF_INIT(ANSWER_BYTES), values = BUF_INIT(ANSWER_BYTES);
	struct query_fault fault;
	struct err e = { 0 };

	if (advanced_query_explain(r, &sql, &values, &fault, &e)) {
		write_error(&p->answer, &fault, &e);
	} else {
		buf_text(&p->answer, "{\"sql\":");
		json_write_string(&p->answer, buf_slice(&sql));
		buf_text(&p->answer, ",\"values\":");
		json_write_string(&p->answer, buf_slice(&values));
		buf_char(&p->answer, '}');
	}
	buf_release(&sql);
	buf_release(&values);
}

static void run(struct probe *p, const struct advanced_query_request *r)
{
	const struct advanced_query_rows rows = { begin, row, p };
	struct buf next = BUF_INIT(ANSWER_BYTES);
	struct query_fault fault;
	struct err e = { 0 };

	p->rows = 0;
	if (advanced_query_run(&p->db, r, &rows, &next, &fault, &e)) {
		write_error(&p->answer, &fault, &e);
	} else {
		buf_text(&p->answer, "],\"next\":");
		json_write_string(&p->answer, buf_slice(&next));
		buf_char(&p->answer, '}');
	}
	buf_release(&next);
}

static void answer(struct probe *p, struct str line)
{
	struct arena a = ARENA_INIT(ANSWER_BYTES);
	struct err e = { 0 };
	struct json *q = NULL;
	struct advanced_query_request r = { 0 };

	must(json_read(&a, line, &q, &e) == E_OK);
	r.expression = json_get_text(q, "expression");
	r.account = json_get_text(q, "account").p;
	r.region = json_get_text(q, "region").p;
	r.accounts = json_get_text(q, "accounts").p;
	r.regions = json_get_text(q, "regions").p;
	r.after = json_get_text(q, "after");
	r.limit = json_get_int(q, "limit", 0);
	r.aws_limits = json_get_flag(q, "aws");
	buf_clear(&p->answer);
	if (json_get_flag(q, "explain"))
		explain(p, &r);
	else
		run(p, &r);
	must(buf_ok(&p->answer));
	puts(p->answer.p);
	fflush(stdout);
	arena_release(&a);
}

int main(int argc, char **argv)
{
	struct probe p = { .answer = BUF_INIT(ANSWER_BYTES) };
	struct err e = { 0 };
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (argc != 2 || store_open(&p.db, argv[1], DB_READ, 0, &e)) {
		fprintf(stderr, "query_probe: %s\n", e.msg);
		return 1;
	}
	while ((n = getline(&line, &size, stdin)) > 0)
		answer(&p, (struct str){ line, (size_t)n });
	free(line);
	buf_release(&p.answer);
	db_close(&p.db);
	return 0;
}
