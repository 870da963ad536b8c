/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/tree.h"
#include "json/path.h"

struct visit {
	struct arena a;
	struct buf seen;
	size_t stop_after;
};

/* "<parent kind>:<value>;" for each place. */
static bool note(void *ctx, const struct json_place *place)
{
	struct visit *v = ctx;

	buf_text(&v->seen, !place->parent ? "-:" : place->parent->kind == JSON_ARRAY ? "a:" : "o:");
	json_write(&v->seen, place->value);
	buf_char(&v->seen, ';');
	return --v->stop_after > 0;
}

typedef void visit_fn(struct json *root, const char *path, json_place_fn *fn, void *ctx);

static void assert_visits(visit_fn *visit, const char *text, const char *path, const char *wanted)
{
	struct visit v = { ARENA_INIT(1 << 16), BUF_INIT(1 << 16), 1000 };

	visit(tree_of(&v.a, text), path, note, &v);
	if (strcmp(v.seen.p, wanted) != 0)
		fail_msg("%s: %s instead of %s", path, v.seen.p, wanted);
	buf_release(&v.seen);
	arena_release(&v.a);
}

static void document_paths_lead_to_every_match(void **state)
{
	static const char *const text =
		"{\"a\":[{\"b\":1},{\"c\":2},{\"b\":null},7],\"m\":{\"x\":{\"b\":3},\"y\":4},"
		"\"p.q\":{\"r[s]\":5},\"*\":6,\"\":8}";
	static const struct {
		const char *path, *wanted;
	} cases[] = {
		{ "$.a[0].b", "o:1;" },
		{ "$.a[3]", "a:7;" },
		{ "$.a[4]", "" },
		{ "$.a[*].b", "o:1;o:null;" },
		{ "$.a[*]", "a:{\"b\":1};a:{\"c\":2};a:{\"b\":null};a:7;" },
		{ "$.m.*", "o:{\"b\":3};o:4;" },
		{ "$.m.*.b", "o:3;" },
		{ "$.\"p.q\".\"r[s]\"", "o:5;" },
		{ "$.\"*\"", "o:6;" },
		{ "$.\"\"", "o:8;" },
		{ "$.a.b", "" },
		{ "$.m[*]", "" },
		{ "$.m[0]", "" },
		{ "$.a.*", "" },
		{ "$.none", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_visits(json_visit, text, cases[i].path, cases[i].wanted);
	assert_visits(json_visit, "[1,[2]]", "$", "-:[1,[2]];");
	assert_visits(json_visit, "[1,[2]]", "$[1][0]", "a:2;");
	assert_visits(json_visit, "[[1],[2,3]]", "$[*][*]", "a:1;a:2;a:3;");
}

static void a_malformed_path_matches_nothing(void **state)
{
	static const char *const bad[] = { "", "a", "a.b", "$a", "$.", "$..a", "$.a.", "$.a[",
		"$.a[]", "$.a[x]", "$.a[-1]", "$.a[1", "$.a[*", "$.a[0]b", "$.\"a", "$.\"a\"b",
		"$.a[12345678901]", "$.a[*].b[" };
	static const char *const bad_response[] = { ".a", "a.", "a..b", "a[", "a[x]", "a[*]",
		"a[]b", "a[0]b", "a[].", "a]" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_visits(json_visit, "{\"a\":[{\"b\":[1]}],\"\":1}", bad[i], "");
	for (size_t i = 0; i < sizeof(bad_response) / sizeof(*bad_response); i++)
		assert_visits(
			json_visit_response, "{\"a\":[{\"b\":[1]}],\"\":1}", bad_response[i], "");
}

static void response_paths_flatten_and_skip_nulls(void **state)
{
	static const char *const text =
		"{\"Table\":{\"Name\":\"t\"},\"R\":[{\"I\":[{\"Id\":1},null,{\"Id\":2}]},{\"I\":null},"
		"{\"I\":[{\"Id\":null},{\"Id\":3}]}],\"Tags\":[{\"T\":[\"x\"]},{\"T\":[\"y\"]}],\"N\":null}";
	static const struct {
		const char *path, *wanted;
	} cases[] = {
		{ "Table", "o:{\"Name\":\"t\"};" },
		{ "Table.Name", "o:\"t\";" },
		{ "R[].I[]", "a:{\"Id\":1};a:{\"Id\":2};a:{\"Id\":null};a:{\"Id\":3};" },
		{ "R[].I[].Id", "o:1;o:2;o:3;" },
		{ "Tags[0].T", "o:[\"x\"];" },
		{ "Tags[1].T[0]", "a:\"y\";" },
		{ "N", "" },
		{ "R.I", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_visits(json_visit_response, text, cases[i].path, cases[i].wanted);
	assert_visits(json_visit_response, "{\"a\":1}", "", "-:{\"a\":1};");
	assert_visits(json_visit_response, "null", "", "");
	assert_visits(json_visit_response, "[{\"a\":1},{\"a\":2}]", "[].a", "o:1;o:2;");
}

static void a_visitor_may_stop(void **state)
{
	struct visit v = { ARENA_INIT(1 << 16), BUF_INIT(1 << 16), 2 };

	(void)state;
	json_visit(tree_of(&v.a, "[[1,2],[3]]"), "$[*][*]", note, &v);
	assert_string_equal(v.seen.p, "a:1;a:2;");
	buf_release(&v.seen);
	arena_release(&v.a);
}

static void the_first_place_is_found(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *v = tree_of(&a, "{\"a\":[{\"b\":null},{\"b\":2}]}");

	(void)state;
	assert_ptr_equal(json_first(v, "$"), v);
	assert_int_equal(json_first(v, "$.a[*].b")->kind, JSON_NULL);
	assert_string_equal(text_of(&a, json_first_response(v, "a[].b")), "2");
	assert_null(json_first(v, "$.x"));
	assert_null(json_first(NULL, "$"));
	assert_null(json_first_response(v, "x"));
	assert_null(json_first_response(NULL, ""));
	arena_release(&a);
}

static void assert_removal(const char *text, const char *path, const char *wanted)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *v = tree_of(&a, text);

	json_remove_all(v, path);
	assert_string_equal(text_of(&a, v), wanted);
	if (v->kind == JSON_ARRAY) {
		json_push(v, json_int(&a, 99));
		assert_string_equal(v->last->text.p, "99");
		assert_ptr_equal(v->last->next, NULL);
	}
	arena_release(&a);
}

static void places_can_be_removed_during_the_visit(void **state)
{
	(void)state;
	assert_removal("[1,2,3]", "$[*]", "[]");
	assert_removal("[1,2,3]", "$[2]", "[1,2]");
	assert_removal("[1,2,3]", "$[0]", "[2,3]");
	assert_removal("[{\"a\":1,\"b\":2},{\"a\":3}]", "$[*].a", "[{\"b\":2},{}]");
	assert_removal("{\"a\":{\"x\":1,\"y\":2}}", "$.a.*", "{\"a\":{}}");
	assert_removal("{\"a\":1}", "$", "{\"a\":1}");
	assert_removal("{\"a\":1}", "$.b", "{\"a\":1}");
}

static bool replace_by_word(void *ctx, const struct json_place *place)
{
	json_replace(place->parent, place->value, json_string(ctx, STR("new")));
	return true;
}

static void places_can_be_replaced_during_the_visit(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *v = tree_of(&a, "{\"a\":[1,2],\"b\":3}");

	(void)state;
	json_visit(v, "$.a[*]", replace_by_word, &a);
	json_visit(v, "$.b", replace_by_word, &a);
	assert_string_equal(text_of(&a, v), "{\"a\":[\"new\",\"new\"],\"b\":\"new\"}");
	json_add(v, STR("c"), json_int(&a, 1));
	json_push(v->first, json_int(&a, 2));
	assert_string_equal(text_of(&a, v), "{\"a\":[\"new\",\"new\",2],\"b\":\"new\",\"c\":1}");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document_paths_lead_to_every_match),
		cmocka_unit_test(a_malformed_path_matches_nothing),
		cmocka_unit_test(response_paths_flatten_and_skip_nulls),
		cmocka_unit_test(a_visitor_may_stop),
		cmocka_unit_test(the_first_place_is_found),
		cmocka_unit_test(places_can_be_removed_during_the_visit),
		cmocka_unit_test(places_can_be_replaced_during_the_visit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
