/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/xml.h"
#include "base/buf.h"
#include "lib/unit.h"

static struct arena a = ARENA_INIT(64 << 20);

static int release(void **state)
{
	(void)state;
	arena_release(&a);
	return 0;
}

static enum code read_text(const char *s, struct xml **x)
{
	struct err e = { 0 };

	*x = NULL;
	return xml_read(&a, str_of(s), x, &e);
}

static void elements_keep_their_order_and_lose_their_prefix(void **state)
{
	struct xml *x;

	(void)state;
	assert_int_equal(
		read_text("<?xml version='1.0'?><n:a xmlns:n='urn:x'> <b>1</b>\n<b>2</b><c/></n:a>",
			&x),
		E_OK);
	assert_true(str_is(x->name, "a"));
	assert_true(str_is(x->first->text, "1"));
	assert_true(str_is(x->first->next->text, "2"));
	assert_true(str_is(xml_child_text(x, "c"), ""));
	assert_null(xml_child_text(x, "d").p);
	assert_int_equal(x->text.n, 0);
}

static void text_is_unescaped_and_joined(void **state)
{
	struct xml *x;

	(void)state;
	assert_int_equal(
		read_text("<a>&lt;x&gt; &amp;&#x41;<![CDATA[<b>]]> \xc3\xa9</a>", &x), E_OK);
	assert_true(str_is(x->text, "<x> &A<b> \xc3\xa9"));
}

static void attributes_are_found_without_their_prefix(void **state)
{
	struct xml *x;

	(void)state;
	assert_int_equal(
		read_text("<g xmlns:xsi='urn:i' xsi:type='CanonicalUser'><ID>1</ID></g>", &x),
		E_OK);
	assert_true(str_is(x->attributes->name, "type"));
	assert_true(str_is(x->attributes->value, "CanonicalUser"));
}

static void a_document_type_is_refused(void **state)
{
	struct xml *x;

	(void)state;
	assert_int_equal(read_text("<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>", &x), E_INVALID);
	assert_int_equal(read_text("<!DOCTYPE html><html/>", &x), E_INVALID);
	assert_null(x);
}

static void what_is_cut_off_is_refused(void **state)
{
	static const char *const bad[] = { "", "<a", "<a>", "<a><b></a>", "<a/><b/>", "a",
		"<a>&x;</a>", "<a>\xff</a>" };
	struct xml *x;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(read_text(bad[i], &x), E_INVALID);
}

static enum code read_nested(int depth)
{
	struct buf b = BUF_INIT(1 << 20);
	struct xml *x;
	enum code c;

	for (int i = 0; i < depth; i++)
		buf_text(&b, "<a>");
	for (int i = 0; i < depth; i++)
		buf_text(&b, "</a>");
	c = read_text(b.p, &x);
	buf_release(&b);
	return c;
}

static void depth_has_a_limit(void **state)
{
	(void)state;
	assert_int_equal(read_nested(64), E_OK);
	assert_int_equal(read_nested(65), E_TOOBIG);
}

static enum code read_long(size_t n, struct arena *into)
{
	struct buf b = BUF_INIT(32 << 20);
	struct err e = { 0 };
	struct xml *x;
	enum code c;

	buf_text(&b, "<a>");
	for (size_t i = 0; i < n; i += 1024) {
		char k[1024];

		memset(k, 'x', sizeof(k));
		buf_add(&b, k, sizeof(k));
	}
	buf_text(&b, "</a>");
	c = xml_read(into, buf_slice(&b), &x, &e);
	buf_release(&b);
	return c;
}

static void a_text_has_a_limit(void **state)
{
	(void)state;
	assert_int_equal(read_long(16 << 20, &a), E_OK);
	assert_int_equal(read_long((16 << 20) + 1024, &a), E_TOOBIG);
}

static void the_arena_is_the_limit_of_the_tree(void **state)
{
	struct arena small = ARENA_INIT(64 << 10);

	(void)state;
	assert_int_equal(read_long(128 << 10, &small), E_TOOBIG);
	arena_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(elements_keep_their_order_and_lose_their_prefix, release),
		cmocka_unit_test_teardown(text_is_unescaped_and_joined, release),
		cmocka_unit_test_teardown(attributes_are_found_without_their_prefix, release),
		cmocka_unit_test_teardown(a_document_type_is_refused, release),
		cmocka_unit_test_teardown(what_is_cut_off_is_refused, release),
		cmocka_unit_test_teardown(depth_has_a_limit, release),
		cmocka_unit_test_teardown(a_text_has_a_limit, release),
		cmocka_unit_test_teardown(the_arena_is_the_limit_of_the_tree, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
