/* SPDX-License-Identifier: Apache-2.0 */
#include "store/item_text.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include "store/item.h"
#include "store/place.h"
#include <sqlite3.h>
#include <stdio.h>

#define T0  INT64_C(1790000000000)
#define VPC "AWS::EC2::VPC"

static struct estate w;
static struct buf told;

static int set_up(void **state)
{
	(void)state;
	told = (struct buf)BUF_INIT(64 << 20);
	estate_open(&w, ":memory:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&told);
	estate_close(&w);
	return 0;
}

static enum code tell(void *ctx, struct str body, struct err *e)
{
	(void)ctx;
	(void)e;
	if (body.p)
		buf_str(&told, body);
	else
		buf_char(&told, '-');
	buf_char(&told, '\n');
	return E_OK;
}

/* What the view says of every item is what is made without it. */
static void assert_like_the_view(int items)
{
	const struct item_walk all = { .since_ms = 0, .until_ms = INT64_MAX };
	struct err e = { 0 };
	int lines = 0;

	buf_clear(&told);
	if (item_files(&w.db, &all, tell, NULL, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < told.n; i++)
		lines += told.p[i] == '\n';
	assert_int_equal(lines, items);
	assert_string_equal(told.p,
		estate_rows(&w,
			"SELECT coalesce(f.body, '') FROM _item_file f JOIN _item i USING (item_id)"
			" ORDER BY i.captured_ms, i.item_id"));
}

static void script(const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(w.db.h, sql, NULL, NULL, &why))
		fail_msg("%s: %s", sql, why);
}

/* A document as it lies in the store, whatever it is. */
static void plant(const char *document)
{
	char *sql = sqlite3_mprintf(
		"INSERT INTO _resource (account, region, type, id, last_item) VALUES ('1', 'r', 'T', %Q || hex(randomblob(9)), 0);"
		"INSERT INTO _document (sha256, body) VALUES (randomblob(32), %Q);"
		"INSERT INTO _item (rid, version, captured_ms, recorded_ms, status, document_id, digest)"
		" SELECT max(rid), 1, 1790000000123, 1, 'OK', (SELECT max(document_id) FROM _document), x'00' FROM _resource;"
		"UPDATE _resource SET last_item = (SELECT max(item_id) FROM _item) WHERE rid = (SELECT max(rid) FROM _resource)",
		document, document);

	script(sql);
	sqlite3_free(sql);
}

static void a_life_with_patches_and_an_end(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		char text[200];

		snprintf(text, sizeof(text),
			"{\"state\":\"%d\",\"long\":\"%0100d\",\"list\":[{\"a\":[%d]},[],\"}\"],\"n\":-1.50e+3}",
			i, 7, i);
		estate_begin(&w, T0 + i * 1000 + i);
		estate_see(&w, VPC, "vpc-1", i % 2 ? NULL : "one", text,
			"{\"Name\":\"a \\\"b\\\" \\\\ c\"}");
		estate_settle(&w);
	}
	estate_begin(&w, T0 + 9000);
	estate_gone(&w, VPC);
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) > 0 FROM _document WHERE base IS NOT NULL"),
		"1\n");
	assert_like_the_view(7);
	assert_non_null(strstr(told.p, "\"configurationItemStatus\":\"ResourceDeleted\""));
}

static void names_that_want_escapes(void **state)
{
	static const char *const ids[] = { "a\"b", "a\\b", "tab\there", "line\nbreak", "\x01\x1f",
		"größe/日本/\xf0\x9f\x8c\x8b", "del\x7f", "{\"}", "", "'" };

	(void)state;
	estate_begin(&w, T0);
	for (size_t i = 1; i < sizeof(ids) / sizeof(*ids); i++)
		estate_see_parts(&w, VPC, ids[i][0] ? ids[i] : "x",
			"{\"\\u0001a\\\\\":\"\\u001f\\\"}{][\\\\\",\"e\":{}}", "{\"p\":\"\\\\\"}");
	estate_settle(&w);
	assert_like_the_view(9);
}

static void documents_of_any_form(void **state)
{
	static const char *const odd[] = {
		"{\"configuration\":{},\"relationships\":[],\"supplementaryConfiguration\":{},\"tags\":{}}",
		"{\"configuration\":{\"a\":1}}",
		"{\"configuration\":[1,2,{\"x\":\"]\"}],\"tags\":{\"k\":\"v\\\"\\\\\"}}",
		"{\"configuration\":{\"a\": 1}, \"tags\" : {\"k\":\"v w\"}}",
		"{\"configuration\":\"text\",\"tags\":{}}",
		"{\"configuration\":17}",
		"{\"configuration\":true,\"relationships\":[]}",
		"{\"configuration\":null}",
		"{\"tags\":{}}",
		"{}",
		"{\"configuration\":{},\"relationships\":{}}",
		"{\"configuration\":{},\"relationships\":[{\"name\":\"n\",\"resourceId\":\"i\",\"resourceName\":\"m\",\"resourceType\":\"t\"}]}",
		"{\"configuration\":{},\"relationships\":[{\"name\":\"n\",\"resourceType\":\"t\"},{\"name\":\"n\",\"resourceId\":\"i\",\"resourceType\":\"t\"}]}",
		"{\"configuration\":{},\"relationships\":[{\"name\":\"n\",\"resourceName\":\"\\\"q\\\"\",\"resourceType\":\"t\"}]}",
		"{\"configuration\":{},\"relationships\":[{\"name\":\"n\",\"more\":\"x\",\"resourceId\":\"gr\xc3\xb6\xc3\x9f e\",\"resourceType\":\"t\"}]}",
		"{\"configuration\":{},\"relationships\":[{\"name\":\"n\"}]}",
		"{\"configuration\":{},\"relationships\":[{\"name\":\"n\",\"resourceId\":7,\"resourceType\":\"t\"}]}",
		"{\"configuration\":{},\"relationships\":[{}]}",
		"{\"configuration\":{},\"relationships\":[{\"name\":\"n\",\"resourceId\":\"\\u00e9\\/\",\"resourceType\":\"t\"}]}",
		"{\"configuration\":{\"u\":\"\\u00e9\\/\\b\"},\"more\":{\"configuration\":{}},\"tags\":{\"\":\"\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		plant(odd[i]);
	assert_like_the_view((int)(sizeof(odd) / sizeof(*odd)));
}

static uint32_t seed = 1;

static uint32_t any(uint32_t n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

static void write_any(struct buf *b, int depth)
{
	static const char *const leaves[] = { "1", "-0.5e7", "true", "false", "\"\"", "\"a b\"",
		"\"\\\"\"", "\"\\\\\"", "\"{[\"", "\"\\u0007\"", "\"\\n\xc3\xa9\"", "[]", "{}" };
	const bool object = any(2);
	const uint32_t n = any(4);

	if (!depth || !any(3)) {
		buf_text(b, leaves[any(sizeof(leaves) / sizeof(*leaves))]);
		return;
	}
	buf_char(b, object ? '{' : '[');
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_char(b, ',');
		if (object)
			buf_printf(b, "\"k%u%s\":", i, any(4) ? "" : "\\\\\\\"");
		write_any(b, depth - 1); /* NOLINT(misc-no-recursion): depth falls */
	}
	buf_char(b, object ? '}' : ']');
}

static void thousands_of_documents(void **state)
{
	static const char *const parts[] = { "supplementaryConfiguration", "tags", "x" };

	(void)state;
	script("BEGIN");
	for (int i = 0; i < 3000; i++) {
		struct buf b = BUF_INIT(1 << 20);

		buf_text(&b, "{\"configuration\":{\"a\":");
		write_any(&b, 6);
		buf_text(&b, "},\"relationships\":[");
		for (uint32_t n = any(4); n; n--)
			buf_printf(&b, "{\"name\":\"n %u\",%s\"resourceType\":\"t\"}%s", n,
				any(3) ? "\"resourceId\":\"i{\"," : "\"resourceName\":\"\\\\\",",
				n > 1 ? "," : "");
		buf_char(&b, ']');
		for (int k = 0; k < 3; k++) {
			if (!any(2))
				continue;
			buf_printf(&b, ",\"%s\":{\"v\":", parts[k]);
			write_any(&b, 3);
			buf_char(&b, '}');
		}
		buf_char(&b, '}');
		plant(b.p);
		buf_release(&b);
	}
	script("COMMIT");
	assert_like_the_view(3000);
}

static void a_place_is_the_view_s_items_by_type_and_id(void **state)
{
	const struct place_items_query q = { STR("123456789012"), STR("us-east-1"), true,
		T0 + 5000 };
	struct err e = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) {
		estate_begin(&w, T0 + round * 1000);
		for (int i = 9; i; i--) {
			char id[8], text[32];

			snprintf(id, sizeof(id), "v-%d", i);
			snprintf(text, sizeof(text), "{\"n\":%d}", round * (i % 2));
			estate_see(&w, i % 3 ? VPC : "AWS::IAM::Role", id, NULL, text, NULL);
		}
		estate_settle(&w);
	}
	assert_int_equal(place_items(&w.db, &q, tell, NULL, &e), E_OK);
	assert_string_equal(told.p,
		estate_rows(&w,
			"SELECT f.body FROM _resource r JOIN _item_file f ON f.item_id = r.last_item ORDER BY r.type, r.id"));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(a_life_with_patches_and_an_end),
		CASE(names_that_want_escapes),
		CASE(documents_of_any_form),
		CASE(thousands_of_documents),
		CASE(a_place_is_the_view_s_items_by_type_and_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
