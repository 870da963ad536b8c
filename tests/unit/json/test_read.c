/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "lib/tree.h"
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static enum code read_text(struct str text, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 26);
	struct json *v = NULL;
	enum code c = json_read(&a, text, &v, e);

	assert_int_equal(c == E_OK, v != NULL);
	assert_int_equal(c, e->code);
	arena_release(&a);
	return c;
}

static void assert_refused(const char *text, const char *why)
{
	struct err e = { 0 };

	if (read_text(str_of(text), &e) != E_INVALID)
		fail_msg("was read or too big: %.100s", text);
	if (!strstr(e.msg, why))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.msg, why);
}

static void what_is_read_is_written_again(void **state)
{
	static const char *const good[] = { "null", "true", "false", "0", "-0", "1.50", "1E+400",
		"123456789012345678901234567890", "\"\"", "\"a\"", "[]", "{}", "[[],{},[{}]]",
		"{\"\":{\"\":\"\"}}", "{\"b\":1,\"a\":[1,2.0,\"x\",null,true]}",
		"\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f\"" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct arena a = ARENA_INIT(1 << 20);

		assert_string_equal(text_of(&a, tree_of(&a, good[i])), good[i]);
		arena_release(&a);
	}
}

static void escapes_become_the_characters_they_mean(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct json *v =
		tree_of(&a, " [ \"\\u00e9\\uD83D\\ude00\\/\\\"\\\\\\b\\f\\n\\r\\t\\u001f\" ,"
			    "\"x\\u0000y\", \"\\\\ud800\", {\"\\u0061\": 1} ] ");

	(void)state;
	assert_string_equal(v->first->text.p, "\xc3\xa9\xf0\x9f\x98\x80/\"\\\b\f\n\r\t\x1f");
	assert_int_equal(v->first->next->text.n, 3);
	assert_memory_equal(v->first->next->text.p, "x\0y", 4);
	assert_string_equal(v->first->next->next->text.p, "\\ud800");
	assert_string_equal(v->last->first->key.p, "a");
	arena_release(&a);
}

static void long_escaped_strings_come_whole(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct buf text = BUF_INIT(1 << 20), wanted = BUF_INIT(1 << 20);

	(void)state;
	buf_char(&text, '"');
	for (int i = 0; i < 10000; i++) {
		buf_printf(&text, "%d\\n", i);
		buf_printf(&wanted, "%d\n", i);
	}
	buf_char(&text, '"');
	assert_string_equal(tree_of(&a, text.p)->text.p, wanted.p);
	buf_release(&text);
	buf_release(&wanted);
	arena_release(&a);
}

static void the_tree_outlives_its_text(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	char text[] = "{\"name\":\"value\",\"n\":[12,true]}";
	struct json *v = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(json_read(&a, str_of(text), &v, &e), E_OK);
	memset(text, 'x', sizeof(text));
	assert_string_equal(text_of(&a, v), "{\"name\":\"value\",\"n\":[12,true]}");
	assert_string_equal(v->first->key.p, "name");
	assert_string_equal(v->first->text.p, "value");
	arena_release(&a);
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "{", "[", "\"", "\"a", "{\"a\"",
		"{\"a\":", "{\"a\":1", "{\"a\":1,}", "[1,]", "[,1]", "{,}", "{1:2}", "{a:1}", "'a'",
		"01", "-", "+1", "1.", ".5", "1e", "0x10", "NaN", "Infinity", "nul", "True", "1 2",
		"[] []", "{} x", "[1] // c", "/* c */ 1", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
		"\"a\nb\"", "\"a\tb\"", "\"\x01\"", "\xef\xbb\xbf{}", "[1}", "{\"a\":1]", "]",
		"\\u0041" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(bad[i], "read JSON: ");
}

static void a_refusal_tells_the_byte(void **state)
{
	(void)state;
	assert_refused("{\"a\":1,\"a\":2} ",
		"the name \"a\" stands twice in the object that ends at byte 13");
	assert_refused("[1,\n2,]", "at byte 7");
	assert_refused("[1,", "premature EOF at byte 3");
	assert_refused("[\"\xff\"]", "not UTF-8 at byte 2");
	assert_refused("[\"\\ud800\"]", "half a surrogate pair at byte 2");
}

static void a_name_stands_once_however_it_is_spelled(void **state)
{
	(void)state;
	assert_refused("{\"a\":1,\"b\":2,\"\\u0061\":3}", "\"a\" stands twice");
	assert_refused("{\"\":1,\"\":2}", "\"\" stands twice");
	assert_refused("[{\"x\":{\"b\":1,\"c\":1,\"a\":1,\"b\":1}}]", "\"b\" stands twice");
	assert_refused("{\"a\\u0000b\":1}", "a name holds a NUL");
}

/* Names "m0", "m1", ... from high to low, and @extra behind them. */
static char *large_object(size_t members, const char *extra)
{
	char *text = malloc(members * 16 + 64), *at = text;

	assert_non_null(text);
	*at++ = '{';
	for (size_t i = members; i--;)
		at += snprintf(at, 16, "\"m%zu\":1,", i);
	snprintf(at, 32, "\"%s\":1}", extra);
	return text;
}

static void large_objects_are_searched_for_twins_too(void **state)
{
	static const size_t sizes[] = { 3, 30, 31, 32, 33, 500, 200000 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct arena a = ARENA_INIT(1 << 26);
		char *text = large_object(sizes[i], "m1");

		assert_refused(text, "\"m1\" stands twice");
		free(text);
		text = large_object(sizes[i], "other");
		assert_int_equal(tree_of(&a, text)->n, sizes[i] + 1);
		free(text);
		arena_release(&a);
	}
}

static void depth_ends_at_a_hundred(void **state)
{
	char text[203] = { 0 };
	struct err e = { 0 };

	(void)state;
	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	assert_int_equal(read_text(str_of(text), &e), E_OK);
	memset(text, '[', 101);
	memset(text + 101, ']', 101);
	assert_int_equal(read_text(str_of(text), &e), E_TOOBIG);
	assert_non_null(strstr(e.msg, "more than 100 levels deep at byte 101"));
}

static void hostile_depth_costs_nothing(void **state)
{
	size_t n = 1 << 20;
	char *text = malloc(n);
	struct err e = { 0 };

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		text[i] = "{\"a\":"[i % 5];
	assert_int_equal(read_text((struct str){ text, n }, &e), E_TOOBIG);
	free(text);
}

static void only_utf8_is_utf8(void **state)
{
	static const char *const good[] = { "", "ascii, longer than eight bytes", "\xc2\x80",
		"\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
		"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "12345678\xc3\xa9 2345678" };
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2x",
		"\xe0\x9f\xbf", "\xe2\x82", "\xe2\x82x", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe",
		"\xf0\x9f\x98", "1234567\xc3", "\xc3\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(utf8_ok(str_of(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[64];

		assert_false(utf8_ok(str_of(bad[i])));
		snprintf(text, sizeof(text), "\"%s\"", bad[i]);
		assert_refused(text, "not UTF-8");
	}
	assert_int_equal(utf8_span(str_of("a\xc3\xa9\xe2\x82")), 3);
}

static void half_a_surrogate_pair_is_refused(void **state)
{
	static const char *const bad[] = { "\"\\ud800\"", "\"\\udbff x\"", "\"\\udc00\"",
		"\"\\uDFFF\"", "\"\\ud800\\n\"", "\"\\ud800\\ud800\"", "\"\\ud800\\u0041\"",
		"\"\\ude00\\ud83d\"", "\"\\\\\\ud800\"", "{\"\\udead\":1}",
		"\"\\ud83d\\ude00\\ud83d\"" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(bad[i], "half a surrogate pair");
}

static void an_arena_that_is_too_small_is_told(void **state)
{
	struct arena a = ARENA_INIT(16384);
	char *text = large_object(1000, "x");
	struct json *v = (struct json *)&a;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(json_read(&a, str_of(text), &v, &e), E_TOOBIG);
	assert_non_null(strstr(e.msg, "16384 bytes"));
	assert_ptr_equal(v, &a);
	arena_release(&a);
	free(text);
}

static size_t allocations_left;
static bool fault_fired, for_ever;

static bool may_allocate(void)
{
	if (allocations_left) {
		allocations_left--;
		return true;
	}
	if (fault_fired && !for_ever)
		return true;
	fault_fired = true;
	return false;
}

static void *failing_alloc(size_t n)
{
	return may_allocate() ? calloc(1, n ? n : 1) : NULL;
}

static void *failing_realloc(void *p, size_t n)
{
	return may_allocate() ? realloc(p, n) : NULL;
}

/* Escapes, a last token at the end of the text and a large unsorted object: all that makes
 * yajl and the reader allocate. */
static char *demanding_text(void)
{
	char *object = large_object(400, "last"), *text = malloc(40000), *at = text;

	assert_non_null(text);
	at += snprintf(at, 20000, "[%s,\"", object);
	for (size_t i = 0; i < 3000; i++)
		at += snprintf(at, 8, "\\u00e9");
	snprintf(at, 16, "\",[[[[1]]]]]");
	free(object);
	return text;
}

static void sweep(const char *text)
{
	static const struct mem_hooks hooks = { failing_alloc, failing_realloc, free };
	size_t n = 0;

	for (fault_fired = true; fault_fired; n++) {
		struct arena a = ARENA_INIT(1 << 20);
		struct json *v = NULL;
		struct err e = { 0 };
		enum code c;

		fault_fired = false;
		allocations_left = n;
		mem_hook(&hooks);
		c = json_read(&a, str_of(text), &v, &e);
		mem_hook(NULL);
		assert_int_equal(c, fault_fired ? E_NOMEM : E_OK);
		assert_int_equal(v != NULL, !fault_fired);
		arena_release(&a);
	}
	assert_true(n > 2);
}

static void each_allocation_may_fail(void **state)
{
	char *text = demanding_text();

	(void)state;
	for_ever = false;
	sweep(text);
	for_ever = true;
	sweep(text);
	sweep("12");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written_again),
		cmocka_unit_test(escapes_become_the_characters_they_mean),
		cmocka_unit_test(long_escaped_strings_come_whole),
		cmocka_unit_test(the_tree_outlives_its_text),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(a_refusal_tells_the_byte),
		cmocka_unit_test(a_name_stands_once_however_it_is_spelled),
		cmocka_unit_test(large_objects_are_searched_for_twins_too),
		cmocka_unit_test(depth_ends_at_a_hundred),
		cmocka_unit_test(hostile_depth_costs_nothing),
		cmocka_unit_test(only_utf8_is_utf8),
		cmocka_unit_test(half_a_surrogate_pair_is_refused),
		cmocka_unit_test(an_arena_that_is_too_small_is_told),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
