/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "lib/tree.h"
#include "json/canon.h"
#include "json/order.h"
#include <stdlib.h>

static void assert_canon(const char *text, const char *wanted)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct json *v = tree_of(&a, text);

	assert_string_equal(json_canon_text(&a, v).p, wanted);
	assert_true(json_equal(v, tree_of(&a, text)));
	json_canon(v);
	assert_string_equal(text_of(&a, v), wanted);
	json_canon(v);
	assert_string_equal(text_of(&a, v), wanted);
	json_add(v, STR("~"), json_int(&a, 1));
	assert_ptr_equal(json_get(v, "~"), v->last);
	arena_release(&a);
}

static void members_are_sorted_by_bytes_at_every_level(void **state)
{
	(void)state;
	assert_canon("{\"b\":{\"z\":1,\"a\":2},\"a\":[{\"y\":1,\"x\":2}]}",
		"{\"a\":[{\"x\":2,\"y\":1}],\"b\":{\"a\":2,\"z\":1}}");
	assert_canon("{\"\xc3\xa9\":1,\"z\":2,\"aa\":3,\"a\":4,\"A\":5,\"\":6}",
		"{\"\":6,\"A\":5,\"a\":4,\"aa\":3,\"z\":2,\"\xc3\xa9\":1}");
}

static void null_members_go_and_null_elements_stay(void **state)
{
	(void)state;
	assert_canon("{\"a\":null,\"b\":[null,{\"c\":null}],\"d\":null}", "{\"b\":[null,{}]}");
	assert_canon("{\"a\":null}", "{}");
	assert_canon("{\"b\":1,\"a\":null}", "{\"b\":1}");
	assert_canon("{\"a\":1,\"b\":null}", "{\"a\":1}");
}

static void numbers_stay_as_they_came(void **state)
{
	(void)state;
	assert_canon("{\"b\":1.50,\"a\":1e3,\"c\":10000000000000000000001}",
		"{\"a\":1e3,\"b\":1.50,\"c\":10000000000000000000001}");
}

static void of_two_equal_names_the_last_stays(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *v = json_new(&a, JSON_OBJECT);

	(void)state;
	json_add(v, STR("b"), json_int(&a, 1));
	json_add(v, STR("a"), json_int(&a, 2));
	json_add(v, STR("b"), json_int(&a, 3));
	json_add(v, STR("b"), json_int(&a, 4));
	json_canon(v);
	assert_string_equal(text_of(&a, v), "{\"a\":2,\"b\":4}");
	assert_int_equal(v->n, 2);
	assert_true(str_is(v->last->key, "b"));
	arena_release(&a);
}

static void elements_are_sorted_by_their_canonical_writing(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct json *v = tree_of(
		&a, "[{\"b\":1,\"a\":2},\"b\",{\"b\":0,\"a\":1,\"z\":null},\"a\",10,9,null,[]]");

	(void)state;
	assert_true(json_sort_elements(&a, v));
	assert_string_equal(text_of(&a, v),
		"[\"a\",\"b\",10,9,[],null,{\"b\":0,\"a\":1,\"z\":null},{\"b\":1,\"a\":2}]");
	assert_int_equal(v->n, 8);
	assert_ptr_equal(v->last->next, NULL);
	for (struct json *k = v->first; k; k = k->next)
		assert_null(k->key.p);
	arena_release(&a);
}

static void sorting_is_stable_and_loses_nothing(void **state)
{
	struct arena a = ARENA_INIT(1 << 24);
	struct json *v = json_new(&a, JSON_OBJECT), *k;
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		seed = seed * 1103515245 + 12345;
		json_add(v, arena_printf(&a, "%u", seed / 65536 % 300), json_int(&a, i));
	}
	json_sort(v);
	assert_int_equal(v->n, 5000);
	for (k = v->first; k->next; k = k->next) {
		int order = str_cmp(k->key, k->next->key);

		assert_true(order <= 0);
		if (!order)
			assert_true(
				strtol(k->text.p, NULL, 10) < strtol(k->next->text.p, NULL, 10));
	}
	assert_ptr_equal(k, v->last);
	arena_release(&a);
}

static void the_digest_is_that_of_the_writing(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *v = tree_of(&a, "{\"b\": 1, \"a\": [true]}");
	unsigned char is[SHA256_BYTES], wanted[SHA256_BYTES];

	(void)state;
	assert_true(json_digest(v, is));
	assert_true(sha256_of(STR("{\"b\":1,\"a\":[true]}"), wanted));
	assert_memory_equal(is, wanted, sizeof(is));
	arena_release(&a);
}

static void *no_alloc(size_t n)
{
	(void)n;
	return NULL;
}

static void *no_realloc(void *p, size_t n)
{
	(void)p;
	(void)n;
	return NULL;
}

static void want_of_memory_leaves_the_array_whole(void **state)
{
	static const struct mem_hooks none = { no_alloc, no_realloc, free };
	struct arena a = ARENA_INIT(1 << 16), empty = ARENA_INIT(1 << 16);
	struct json *v = tree_of(&a, "[3,2,1]");
	unsigned char digest[SHA256_BYTES];

	(void)state;
	mem_hook(&none);
	assert_false(json_sort_elements(&empty, v));
	assert_false(json_digest(v, digest));
	assert_null(json_canon_text(&empty, v).p);
	mem_hook(NULL);
	assert_string_equal(text_of(&a, v), "[3,2,1]");
	assert_null(v->first->key.p);
	arena_release(&a);
	arena_release(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_sorted_by_bytes_at_every_level),
		cmocka_unit_test(null_members_go_and_null_elements_stay),
		cmocka_unit_test(numbers_stay_as_they_came),
		cmocka_unit_test(of_two_equal_names_the_last_stays),
		cmocka_unit_test(elements_are_sorted_by_their_canonical_writing),
		cmocka_unit_test(sorting_is_stable_and_loses_nothing),
		cmocka_unit_test(the_digest_is_that_of_the_writing),
		cmocka_unit_test(want_of_memory_leaves_the_array_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
