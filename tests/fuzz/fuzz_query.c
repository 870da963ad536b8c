/* SPDX-License-Identifier: Apache-2.0 */
#include "api/advanced_query.h"
#include "base/must.h"
#include "db/leaf_test.h"
#include "store/store.h"
#include "json/read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whatever is asked: either there is a fault, with a place inside of the text and a reason, or SQLite understands what was
 * made of it; the answer is rows of JSON, and every page can be followed by the next. The first byte says how it is asked.
 * Reading leaves off any bytes ends. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

/* A store with one resource of each kind of value. */
static const char *const filling =
	"INSERT INTO _resource(rid, account, region, type, id, name, arn, last_item) VALUES" /* SQL: what is asked about */
	" (1, '123456789012', 'eu-west-1', 'AWS::EC2::Instance', 'i-1', 'web', 'arn:aws:ec2:1', 1),"
	" (2, '123456789012', 'global', 'My::Own::Type', 'x', NULL, NULL, 2);"
	"INSERT INTO _document(document_id, base, sha256, body) VALUES" /* SQL: what is asked about */
	" (1, NULL, x'00', '{\"configuration\":{\"state\":\"on\",\"size\":10,\"list\":[{\"a\":1},{\"a\":\"2\"},null,[true]],"
	"\"cidrBlock\":\"10.0.0.0/8\"},\"relationships\":[{\"name\":\"n \",\"resourceId\":\"vpc-1\",\"resourceType\":\"AWS::EC2::VPC\"}],"
	"\"supplementaryConfiguration\":{\"A\":{}},\"tags\":{\"env\":\"prod=1\"}}'),"
	" (2, 1, x'00', '{\"configuration\":{\"state\":null,\"size\":1e3,\"list\":[]},\"tags\":{\"a\\\"b\":\"\"}}');"
	"INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, status, document_id, digest) VALUES" /* SQL: what is asked about */
	" (1, 1, 1, 1700000000000, 0, 'OK', 1, x'00'), (2, 2, 1, 1700000000001, 0, 'OK', 2, x'00');"
	"INSERT INTO _tag(rid, key, value, since_ms) VALUES (1, 'env', 'prod=1', 0), (2, 'a\"b', '', 0);"; /* SQL: what is asked about */

static struct db *store(void)
{
	static struct db db;
	char path[] = "/tmp/fuzz-query-XXXXXX";
	struct err e = { 0 };
	int fd;

	if (db.h)
		return &db;
	fd = mkstemp(path);
	must(fd >= 0);
	must(store_open(&db, path, DB_CREATE, 0, &e) == E_OK);
	must(db_begin(&db, &e) == E_OK);
	must(db_script(&db, "fill", filling, &e) == E_OK);
	must(db_commit(&db, &e) == E_OK);
	unlink(path);
	close(fd);
	return &db;
}

static enum code begin(void *ctx, const struct str *fields, size_t n, struct err *e)
{
	(void)ctx;
	(void)fields;
	(void)e;
	must(n > 0);
	return E_OK;
}

static enum code row(void *ctx, struct str text, struct err *e)
{
	struct arena a = ARENA_INIT((size_t)1 << 24);
	struct json *v = NULL;

	(void)ctx;
	must(json_read(&a, text, &v, e) == E_OK && v->kind == JSON_OBJECT);
	arena_release(&a);
	return E_OK;
}

static void ask(struct advanced_query_request r)
{
	const struct advanced_query_rows rows = { begin, row, NULL };
	struct buf next = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
	struct query_fault f;
	struct err e = { 0 };
	enum code c;
	int pages = 0;

	do {
		buf_clear(&after);
		buf_str(&after, buf_slice(&next));
		r.after = buf_slice(&after);
		c = advanced_query_run(store(), &r, &rows, &next, &f, &e);
		/* A query may take too long. */
		if (c == E_INVALID && f.line) {
			must(f.column && f.why[0] && f.offset <= r.expression.n);
			must(f.offset + f.length <= r.expression.n);
		} else {
			must(c == E_OK || (c == E_TOOBIG && !strstr(e.msg, "SQLite")));
		}
		must(++pages < 1000);
	} while (!c && next.n);
	buf_release(&next);
	buf_release(&after);
}

static void read_leaves(struct str text)
{
	struct leaf_test t;
	struct arena a = ARENA_INIT(1 << 24);
	struct json *v = NULL;
	struct err e = { 0 };
	bool any;

	must(leaf_test_init(&t, STR("/a/b|/a"), STR("<>"), STR("[\"x\"]")));
	any = leaf_test_any(&t, text, STR_NONE);
	leaf_test_any(&t, text, text);
	/* What is no object or list has nothing below it. */
	if (json_read(&a, text, &v, &e) == E_OK && v->kind != JSON_OBJECT && v->kind != JSON_ARRAY)
		must(!any);
	arena_release(&a);
	leaf_test_release(&t);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct advanced_query_request r = { .timeout_ms = 5000 };

	if (!n)
		return 0;
	r.expression = (struct str){ (const char *)bytes + 1, n - 1 };
	r.aws_limits = bytes[0] & 1;
	r.limit = bytes[0] & 2 ? 1 : 0;
	ask(r);
	read_leaves(r.expression);
	return 0;
}
