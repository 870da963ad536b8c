/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/entry_check.h"

#include "base/asset.h"
#include "lib/unit.h"
#include "json/read.h"
#include "json/write.h"

static struct arena arena = ARENA_INIT(64 << 20);

static int forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct entry *parse(const char *doc)
{
	struct err e = { 0 };
	struct entry *t = NULL;

	if (entry_parse(&arena, str_of(doc), &t, &e))
		print_error("%s\n", e.msg);
	assert_int_equal(e.code, E_OK);
	return t;
}

static void every_shipped_entry_is_understood(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct asset *f = asset_next(NULL, "schema/catalogue/"); f;
		f = asset_next(f, "schema/catalogue/")) {
		struct arena a = ARENA_INIT(64 << 20);
		struct json *list = NULL;
		struct err e = { 0 };

		if (f->n < 5 || strcmp(f->name + strlen(f->name) - 5, ".json") != 0)
			continue;
		assert_int_equal(json_read(&a, (struct str){ f->text, f->n }, &list, &e), E_OK);
		for (const struct json *v = list->first; v; v = v->next, n++) {
			struct buf doc = BUF_INIT(1 << 20);
			struct entry *t;

			json_write(&doc, v);
			t = parse(doc.p);
			assert_non_null(t->type);
			if (entry_check(t, &e))
				print_error("%s\n", e.msg);
			assert_int_equal(e.code, E_OK);
			buf_release(&doc);
		}
		arena_release(&a);
	}
	assert_true(n >= 541);
}

static void an_entry_is_taken_apart(void **state)
{
	const struct entry *t = parse(
		"{\"type\":\"T::A::B\",\"engine\":\"native\",\"service\":\"sqs\",\"scope\":\"global\","
		"\"home_region\":\"us-east-1\",\"style\":{\"names\":\"bean\",\"time\":\"epoch_ms\"},"
		"\"list\":{\"op\":\"ListQueues\",\"items\":\"QueueUrls[]\",\"page_size\":1000},"
		"\"steps\":[{\"op\":\"GetQueueAttributes\",\"items\":\"Attributes\",\"set\":{\"U\":\"{.}\"},"
		"\"gone\":[\"Gone\"]}],\"get\":{\"bind\":\"{id}\"},\"id\":\"$.u\",\"name\":null,"
		"\"supplementary\":{\"Tags\":{\"op\":\"ListQueueTags\",\"service\":\"other\",\"soft\":1},"
		"\"Copy\":{\"from\":\"$.x\",\"as\":\"json-string\",\"sort\":\"key\"}},"
		"\"tags\":{\"supplementary\":\"Tags\",\"form\":\"map\"},"
		"\"created\":{\"path\":\"$.c\",\"form\":\"epoch\"},\"cost\":{\"conc\":8}}");

	(void)state;
	assert_int_equal(t->engine, ENGINE_NATIVE);
	assert_int_equal(t->scope, SCOPE_GLOBAL);
	assert_int_equal(t->naming, NAMING_BEAN);
	assert_true(t->epoch_ms);
	assert_string_equal(t->list.op, "ListQueues");
	assert_string_equal(t->list.service, "sqs");
	assert_int_equal(t->list.page_size, 1000);
	assert_int_equal(t->n_steps, 1);
	assert_string_equal(t->steps[0].call.items, "Attributes");
	assert_non_null(t->get.bind);
	assert_null(t->name);
	assert_int_equal(t->n_parts, 2);
	assert_string_equal(t->parts[0].call.service, "other");
	assert_true(t->parts[0].soft);
	assert_true(t->parts[1].as_text && t->parts[1].sorted);
	assert_string_equal(t->tags.part, "Tags");
	assert_string_equal(t->tags.key, "key");
	assert_true(t->created_epoch);
	assert_int_equal(t->conc, 8);
	assert_true(entry_needs_calls(t));
}

static void a_fallback_is_the_entry_called_otherwise(void **state)
{
	const struct entry *t = parse(
		"{\"type\":\"T::A::B\",\"engine\":\"cloudcontrol\",\"service\":\"ecs\",\"id\":\"$.Name\","
		"\"arn\":\"$.Arn\",\"fallback\":{\"style\":{\"names\":\"upper\"},"
		"\"list\":{\"op\":\"ListClusters\",\"items\":\"clusterArns[]\"},"
		"\"rename\":{\"ClusterArn\":\"Arn\"},\"map\":{\"Settings\":\"ClusterSettings\"}}}");

	(void)state;
	assert_int_equal(t->engine, ENGINE_CLOUDCONTROL);
	assert_int_equal(t->fallback->engine, ENGINE_NATIVE);
	assert_int_equal(t->fallback->naming, NAMING_UPPER);
	assert_string_equal(t->fallback->id, "$.Name");
	assert_string_equal(t->fallback->service, "ecs");
	assert_int_equal(t->fallback->rename->n, 2);
	assert_null(t->fallback->fallback);
}

static void a_mistake_is_told_with_type_and_field(void **state)
{
#define HEAD "{\"type\":\"T::A::B\",\"engine\":\"native\",\"service\":\"s\",\"id\":\"$.x\","
#define LIST "\"list\":{\"op\":\"L\",\"items\":\"\"}"
	static const struct {
		const char *doc, *says;
	} mistakes[] = {
		{ HEAD LIST ",\"lisst\":1}", "\"lisst\" is not known" },
		{ HEAD "\"list\":{\"op\":\"L\",\"item\":\"\"}}", "\"list.item\" is not known" },
		{ HEAD "\"list\":{\"items\":\"\"}}", "\"list.op\" is missing" },
		{ HEAD "\"list\":[]}", "\"list\" must be an object" },
		{ "{\"type\":\"T::A::B\",\"engine\":\"native\",\"service\":\"s\"," LIST "}",
			"\"id\" is missing" },
		{ "{\"type\":\"T::A::B\",\"engine\":\"native\",\"id\":\"$.x\"," LIST "}",
			"\"service\" is missing" },
		{ "{\"type\":\"T::A::B\",\"engine\":\"magic\",\"id\":\"$.x\"}",
			"\"engine\" must be" },
		{ HEAD LIST ",\"scope\":\"galactic\"}", "\"scope\" must be" },
		{ HEAD LIST ",\"style\":{\"names\":\"snake\"}}", "\"style.names\" must be" },
		{ HEAD LIST ",\"style\":{\"name\":\"bean\"}}", "\"style.name\" is not known" },
		{ HEAD LIST ",\"get\":{\"items\":\"X\"}}", "\"get\" needs either op or bind" },
		{ HEAD LIST ",\"get_steps\":[{\"op\":\"G\"}]}", "\"get_steps.into\" is missing" },
		{ HEAD LIST ",\"get_steps\":[{\"op\":\"G\",\"into\":\"X\",\"each\":\"Y[]\"}]}",
			"\"get_steps.each\" needs call" },
		{ HEAD LIST ",\"supplementary\":{\"P\":{\"opp\":\"X\"}}}",
			"\"supplementary.P.opp\" is not known" },
		{ HEAD LIST ",\"supplementary\":{\"P\":{}}}", "\"supplementary.P\" needs either" },
		{ HEAD LIST ",\"supplementary\":{\"P\":{\"op\":\"X\",\"as\":\"xml\"}}}",
			"\"supplementary.P.as\" can only be" },
		{ HEAD LIST ",\"reshape\":[{\"do\":\"copy\",\"from\":\"$.a\"}]}",
			"\"reshape\" must be" },
		{ HEAD LIST ",\"tags\":{\"supplementary\":\"Tags\"}}", "names no part" },
		{ HEAD LIST ",\"tags\":{\"form\":\"map\"}}", "\"tags.path\" is missing" },
		{ HEAD LIST ",\"redact\":[\"a.b\"]}", "\"redact\" must be a list of paths" },
		{ HEAD LIST ",\"keep\":[1]}", "\"keep\" must be a list of strings" },
		{ HEAD LIST ",\"coerce\":{\"bool\":[]}}", "\"coerce.bool\" is not known" },
		{ HEAD LIST ",\"created\":{\"path\":\"$.c\",\"form\":\"julian\"}}",
			"\"created\" needs" },
		{ HEAD LIST ",\"cost\":{\"conc\":0}}", "\"cost.conc\" must be 1 or more" },
		{ HEAD LIST ",\"region_from\":{\"op\":\"X\"}}",
			"\"region_from\" needs op and path" },
		{ HEAD LIST ",\"columns\":{\"Size\":\"$.size\"}}",
			"\"columns.Size\" must be a small" },
		{ HEAD LIST ",\"columns\":{\"value\":\"$.size\"}}",
			"\"columns.value\" must be a small" },
		{ HEAD LIST ",\"columns\":{\"size\":\"size\"}}",
			"\"columns.size\" must be a path" },
		{ HEAD LIST ",\"columns\":{\"size\":[\"$.size\"]}}",
			"\"columns.size\" must be a path" },
		{ HEAD LIST ",\"columns\":{\"size\":[\"$.size\",\"INT\"]}}",
			"\"columns.size\" must be TEXT, INTEGER or REAL" },
		{ HEAD LIST ",\"fallback\":{\"engine\":\"cloudcontrol\"}}",
			"\"fallback\" must be native" },
		{ "{\"type\":\"T::A::B\",\"engine\":\"exec\",\"id\":\"$.x\"}",
			"\"argv\" is missing" },
	};
#undef HEAD
#undef LIST

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct err e = { 0 };
		struct entry *t = NULL;

		assert_int_equal(entry_parse(&arena, str_of(mistakes[i].doc), &t, &e), E_INVALID);
		if (!strstr(e.msg, mistakes[i].says) || !strstr(e.msg, "T::A::B"))
			fail_msg("\"%s\" does not say %s", e.msg, mistakes[i].says);
	}
}

static void what_the_api_does_not_have_is_told_with_type_and_field(void **state)
{
#define HEAD "{\"type\":\"T::A::B\",\"engine\":\"native\",\"service\":\"sqs\",\"id\":\"$.x\","
#define LIST "\"list\":{\"op\":\"ListQueues\",\"items\":\"QueueUrls[]\"}"
	static const struct {
		const char *doc, *says;
	} mistakes[] = {
		{ HEAD "\"list\":{\"op\":\"ListCues\"}}",
			"\"list.op\" is no operation of \"sqs\"" },
		{ HEAD "\"list\":{\"op\":\"ListQueues\",\"params\":{\"Colour\":\"red\"}}}",
			"\"list.Colour\" is no parameter of sqs ListQueues" },
		{ HEAD "\"list\":{\"op\":\"ListQueues\",\"items\":\"Queues[]\"}}",
			"has no \"Queues[]\"" },
		{ HEAD "\"list\":{\"op\":\"ListQueues\",\"items\":\"QueueUrls[]\","
		       "\"parents\":[{\"op\":\"ListKeys\",\"items\":\"Keys[]\"}]}}",
			"\"list.parents.op\" is no" },
		{ HEAD LIST
			",\"steps\":[{\"op\":\"GetQueueAttributes\",\"params\":{\"Url\":\"{.}\"}}]}",
			"\"steps.Url\" is no parameter" },
		{ HEAD LIST ",\"get\":{\"op\":\"GetQueue\"}}", "\"get.op\" is no" },
		{ HEAD LIST
			",\"supplementary\":{\"P\":{\"op\":\"ListQueueTags\",\"path\":\"Labels\"}}}",
			"has no \"Labels\"" },
		{ "{\"type\":\"T::A::B\",\"engine\":\"cloudcontrol\",\"id\":\"$.x\",\"fallback\":{"
		  "\"service\":\"sqs\",\"list\":{\"op\":\"ListCues\"}}}",
			"fallback: " },
	};
#undef HEAD
#undef LIST

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct err e = { 0 };

		assert_int_equal(entry_check(parse(mistakes[i].doc), &e), E_INVALID);
		if (!strstr(e.msg, mistakes[i].says) || !strstr(e.msg, "T::A::B"))
			fail_msg("\"%s\" does not say %s", e.msg, mistakes[i].says);
	}
}

static void what_is_no_entry_is_refused(void **state)
{
	static const char *const bad[] = { "", "[]", "{}", "{\"type\":7}", "{\"type\":\"\"}" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = { 0 };
		struct entry *t = NULL;

		assert_int_equal(entry_parse(&arena, str_of(bad[i]), &t, &e), E_INVALID);
		assert_null(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_shipped_entry_is_understood, forget),
		cmocka_unit_test_teardown(an_entry_is_taken_apart, forget),
		cmocka_unit_test_teardown(a_fallback_is_the_entry_called_otherwise, forget),
		cmocka_unit_test_teardown(a_mistake_is_told_with_type_and_field, forget),
		cmocka_unit_test_teardown(
			what_the_api_does_not_have_is_told_with_type_and_field, forget),
		cmocka_unit_test_teardown(what_is_no_entry_is_refused, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
