/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/answer.h"
#include "aws/fault.h"
#include "base/must.h"
#include "json/read.h"
#include "json/write.h"

/* "SERVICE OP STATUS\nheader: value\n...\n\nbody". Whatever a service answers is an error with a
 * text that can be shown, or a tree that can be written as good JSON. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static struct str line_of(struct str *rest, char end)
{
	struct str line = { rest->p, str_find(*rest, end) };

	*rest = str_from(*rest, line.n + 1);
	return line;
}

static void check_tree(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(1 << 26);
	struct json *again = NULL;
	struct err e = { 0 };

	json_write(&b, v);
	must(buf_ok(&b));
	must(json_read(a, buf_slice(&b), &again, &e) == E_OK);
	must(json_equal(v, again));
	buf_release(&b);
}

static void check_error(const struct err *e)
{
	must(e->code != E_OK && e->msg[0]);
	for (const char *p = e->msg; *p; p++)
		must((unsigned char)*p >= ' ');
}

static void check_answer(const struct api_op *op, const struct http_response *r)
{
	struct arena a = ARENA_INIT((size_t)1 << 28);
	struct aws_fault fault;
	struct json *v = NULL;
	struct err e = { 0 };

	if (fault_read(op, r, 0, &fault, &e) != E_OK || answer_read(op, r, &a, &v, &e) != E_OK)
		check_error(&e);
	else
		check_tree(&a, v);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct str rest = { (const char *)bytes, n }, first = line_of(&rest, '\n');
	struct http_response r = HTTP_RESPONSE_INIT;
	struct arena a = ARENA_INIT(1 << 20);
	const char *service = arena_text(&a, line_of(&first, ' '));
	const struct api_op *op = api_find(service, arena_text(&a, line_of(&first, ' ')));

	for (size_t i = 0; i < first.n && i < 3; i++)
		r.status = r.status * 10 + (first.p[i] & 15);
	while (rest.n && rest.p[0] != '\n') {
		buf_str(&r.headers, line_of(&rest, '\n'));
		buf_char(&r.headers, '\n');
	}
	buf_str(&r.body, str_from(rest, 1));
	if (op)
		check_answer(op, &r);
	http_response_release(&r);
	arena_release(&a);
	return 0;
}
