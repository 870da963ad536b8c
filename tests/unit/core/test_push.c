/* SPDX-License-Identifier: Apache-2.0 */
#include "core/push.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include "store/recorder.h"
#include "json/read.h"
#include <string.h>

#define T0     INT64_C(1790000000000)
#define HOUR   INT64_C(3600000)
#define SWITCH "Acme::Net::Switch"

static struct estate w;
static struct err e;
static const char *refused;
static struct record_sum sum;

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_string_equal(estate_rows(&w, "PRAGMA integrity_check"), "ok\n");
	assert_string_equal(estate_rows(&w, "PRAGMA foreign_key_check"), "");
	estate_close(&w);
	return 0;
}

static enum code put(const struct push_options *o, const char *body)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct json *v = NULL;
	enum code c;

	e = (struct err){ 0 };
	refused = NULL;
	assert_int_equal(json_read(&a, str_of(body), &v, &e), E_OK);
	c = push_put(&w.db, o, v, &refused, &e);
	arena_release(&a);
	return c;
}

static const struct push_options plain = { .source = "net", .now_ms = T0 };
static const struct push_options later = { .source = "net", .now_ms = T0 + HOUR };

#define RESOURCE(id, cfg)                                                                          \
	"{\"ResourceType\":\"" SWITCH "\",\"ResourceId\":\"" id "\",\"Configuration\":" cfg "}"

/* Lines, then settle. */
static enum code push_lines(
	const struct push_options *o, const struct push_end *end, const char *const *lines)
{
	struct push p;
	enum code c;

	e = (struct err){ 0 };
	c = push_open(&p, &w.db, o, &e);
	for (; !c && *lines; lines++) {
		struct arena a = ARENA_INIT(64 << 20);
		struct json *v = NULL;

		assert_int_equal(json_read(&a, str_of(*lines), &v, &e), E_OK);
		c = push_add(&p, v, &e);
		arena_release(&a);
	}
	if (!c)
		c = push_settle(&p, end, &sum, &e);
	refused = p.refused;
	push_close(&p);
	return c;
}
#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void one_is_discovered_then_ok_then_deleted(void **state)
{
	(void)state;
	assert_int_equal(put(&plain, RESOURCE("s-1", "{\"speed\":1}")), E_OK);
	assert_int_equal(put(&later, RESOURCE("s-1", "\"{\\\"speed\\\": 2}\"")), E_OK);
	assert_int_equal(push_delete(&w.db, &later, STR(SWITCH), STR("s-1"), &refused, &e), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT status, account, region FROM history ORDER BY version"),
		"ResourceDiscovered|000000000000|global\nOK|000000000000|global\n"
		"ResourceDeleted|000000000000|global\n");
	assert_string_equal(
		estate_rows(&w, "SELECT property, before, after FROM changes WHERE op = 'change'"),
		"configuration.speed|1|2\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _event"), "3\n");
	assert_int_equal(push_delete(&w.db, &later, STR(SWITCH), STR("s-1"), &refused, &e), E_OK);
	assert_int_equal(push_delete(&w.db, &later, STR(SWITCH), STR("never"), &refused, &e), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _item"), "3\n");
}

static void the_same_again_writes_nothing(void **state)
{
	(void)state;
	assert_int_equal(put(&plain, RESOURCE("s-1", "{\"a\":1,\"b\":2}")), E_OK);
	assert_int_equal(put(&later, RESOURCE("s-1", "\"{\\\"b\\\":2,\\\"a\\\":1}\"")), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _item"), "1\n");
	assert_string_equal(
		estate_rows(&w, "SELECT name, kind, kept FROM _source"), "net|push|0\n");
}

static void what_is_not_right_is_refused_in_awss_name(void **state)
{
	static const struct {
		const char *body, *text;
	} all[] = {
		{ "{\"ResourceType\":\"amzn::A::B\",\"ResourceId\":\"1\",\"Configuration\":{}}",
			"You cannot use the organization name 'amzn' with custom resource types." },
		{ "{\"ResourceType\":\"AWS::EC2::Instance\",\"ResourceId\":\"1\",\"Configuration\":{}}",
			"You cannot use the organization name 'AWS' with custom resource types." },
		{ "{\"ResourceType\":\"A::B\",\"ResourceId\":\"1\",\"Configuration\":{}}",
			"\"A::B\" is no name of a type: it wants Organization::Service::Resource, letters and digits" },
		{ "{\"ResourceType\":\"A::B::C::D\",\"ResourceId\":\"1\",\"Configuration\":{}}",
			"\"A::B::C::D\" is no name of a type: it wants Organization::Service::Resource, letters and digits" },
		{ "{\"ResourceType\":\"A::B::C\",\"Configuration\":{}}", "there is no ResourceId" },
		{ "{\"ResourceType\":\"A::B::C\",\"ResourceId\":\"\",\"Configuration\":{}}",
			"ResourceId: must be a string that is not empty" },
		{ "{\"ResourceType\":\"A::B::C\",\"ResourceId\":\"1\"}",
			"there is no Configuration" },
		{ RESOURCE("1", "[]"), "Configuration: must be a JSON object, or its text" },
		{ "{\"ResourceType\":\"A::B::C\",\"ResourceId\":\"1\",\"Configuration\":{},\"Tags\":{\"a\":1}}",
			"Tags.a: must be a string" },
		{ "{\"ResourceType\":\"A::B::C\",\"ResourceId\":\"1\",\"Configuration\":{},\"Relationships\":[{\"resourceType\":\"A::B::D\",\"relationshipName\":\"x\"}]}",
			"Relationships[0]: must have a resourceId or a resourceName" },
		{ "{\"ResourceType\":\"A::B::C\",\"ResourceId\":\"1\",\"Configuration\":{},\"Tag\":{}}",
			"\"Tag\" is no member of what is pushed" },
		{ "{\"ResourceType\":\"A::B::C\",\"ResourceId\":\"1\",\"Configuration\":{},\"SchemaVersionId\":\"00000001\"}",
			"no version \"00000001\" of A::B::C is registered" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		assert_int_equal(put(&plain, all[i].body), E_INVALID);
		assert_string_equal(e.msg, all[i].text);
		assert_string_equal(refused, "ValidationException");
	}
	assert_int_equal(put(&plain, RESOURCE("1", "\"{\"")), E_INVALID);
	assert_non_null(strstr(e.msg, "Configuration: is not valid JSON: "));
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _resource"), "0\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _source"), "0\n");
}

static const char schema[] =
	"{\"typeName\":\"" SWITCH
	"\",\"definitions\":{\"Port\":{\"type\":\"object\",\"properties\":{\"Speed\":{\"type\":\"integer\"}}}},"
	"\"properties\":{\"SerialNumber\":{\"type\":\"string\"},\"Name\":{\"type\":\"string\"},\"IsUp\":{\"type\":\"boolean\"},\"Load\":{\"type\":\"number\"},"
	"\"Ports\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/Port\"}}},\"required\":[\"SerialNumber\"],\"additionalProperties\":false}";

static void a_registered_type_takes_what_fits_its_schema(void **state)
{
	char version[CUSTOM_TYPE_VERSION_BYTES] = "";
	bool known = true;

	(void)state;
	e = (struct err){ 0 };
	assert_int_equal(push_register(&w.db, str_of(schema), T0, version, &known, &e), E_OK);
	assert_string_equal(version, "00000001");
	assert_false(known);
	assert_int_equal(
		put(&plain, RESOURCE("s-1",
				    "{\"SerialNumber\":\"x\",\"Ports\":[{\"Speed\":\"fast\"}]}")),
		E_INVALID);
	assert_string_equal(e.msg, "the configuration does not fit the schema of " SWITCH
				   ": $.Ports[0].Speed: is a string, wants integer");
	assert_string_equal(refused, "ValidationException");
	assert_int_equal(
		put(&plain,
			RESOURCE("s-1",
				"{\"SerialNumber\":\"x\",\"Name\":\"n\",\"IsUp\":true,\"Load\":0.5}")),
		E_OK);
	assert_string_equal(
		estate_rows(
			&w, "SELECT serial_number, switch_name, is_up, load FROM acme_net_switch"),
		"x|n|1|0.5\n");
	assert_string_equal(
		estate_rows(&w, "SELECT type, engine FROM _type WHERE type LIKE 'Acme%'"),
		SWITCH "|push\n");
}

static void versions_are_counted_and_kept(void **state)
{
	static const char loose[] = "{\"typeName\":\"" SWITCH "\",\"properties\":{}}";
	struct push_options o = plain;
	char version[CUSTOM_TYPE_VERSION_BYTES] = "";
	bool known = false;

	(void)state;
	e = (struct err){ 0 };
	assert_int_equal(push_register(&w.db, str_of(schema), T0, version, &known, &e), E_OK);
	assert_int_equal(push_register(&w.db, str_of(schema), T0, version, &known, &e), E_OK);
	assert_string_equal(version, "00000001");
	assert_true(known);
	assert_int_equal(push_register(&w.db, str_of(loose), T0, version, &known, &e), E_OK);
	assert_string_equal(version, "00000002");
	assert_false(known);
	assert_int_equal(put(&o, RESOURCE("s-1", "{\"anything\":1}")), E_OK);
	assert_int_equal(
		put(&o, "{\"ResourceType\":\"" SWITCH
			"\",\"ResourceId\":\"s-2\",\"SchemaVersionId\":\"00000001\",\"Configuration\":{}}"),
		E_INVALID);
	e = (struct err){ 0 };
	assert_int_equal(push_unregister(&w.db, STR(SWITCH), &e), E_OK);
	assert_int_equal(push_unregister(&w.db, STR(SWITCH), &e), E_NOTFOUND);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _custom_type"), "0\n");
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _type WHERE type LIKE 'Acme%'"), "0\n");
}

static void a_schema_that_is_not_right_is_not_registered(void **state)
{
	static const char *const bad[] = { "{\"properties\":{}}", "{\"typeName\":\"A::B::C\"}",
		"{\"typeName\":\"Siltstone::Host::User\",\"properties\":{}}",
		"{\"typeName\":\"Custom::A::B\",\"properties\":{}}",
		"{\"typeName\":\"A::B::C\",\"properties\":{\"a\":{\"not\":{}}}}", "[]", "{" };
	char version[CUSTOM_TYPE_VERSION_BYTES] = "";
	bool known = false;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e = (struct err){ 0 };
		assert_int_equal(
			push_register(&w.db, str_of(bad[i]), T0, version, &known, &e), E_INVALID);
	}
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _custom_type"), "0\n");
}

static void aws_config_wants_a_type_registered_a_recorder_and_room(void **state)
{
	static const struct push_options aws = { .source = "api",
		.account = "123456789012",
		.region = "us-east-1",
		.now_ms = T0,
		.registered = true,
		.recording = true,
		.active_max = 1 };
	struct push_options stopped = aws;
	char version[CUSTOM_TYPE_VERSION_BYTES] = "";
	bool known = false;

	(void)state;
	assert_int_equal(put(&stopped, RESOURCE("s-1", "{}")), E_INVALID);
	assert_string_equal(refused, "NoRunningConfigurationRecorderException");
	stopped.recording = false;
	assert_int_equal(put(&stopped, RESOURCE("s-1", "{}")), E_INVALID);
	assert_string_equal(
		e.msg, "Resource type " SWITCH " with schema version none is not registered.");
	e = (struct err){ 0 };
	assert_int_equal(
		push_register(&w.db, STR("{\"typeName\":\"" SWITCH "\",\"properties\":{}}"), T0,
			version, &known, &e),
		E_OK);
	assert_int_equal(put(&stopped, RESOURCE("s-1", "{}")), E_OK);
	assert_int_equal(put(&stopped, RESOURCE("s-1", "{\"a\":1}")), E_OK);
	assert_int_equal(put(&stopped, RESOURCE("s-2", "{}")), E_INVALID);
	assert_string_equal(refused, "MaxActiveResourcesExceededException");
	e = (struct err){ 0 };
	assert_int_equal(push_delete(&w.db, &stopped, STR(SWITCH), STR("s-1"), &refused, &e), E_OK);
	assert_int_equal(put(&stopped, RESOURCE("s-2", "{}")), E_OK);
}

static void links_are_told_and_found_by_id_and_name(void **state)
{
	const struct push_end end = { .now_ms = T0 };

	(void)state;
	assert_int_equal(
		push_lines(&plain, &end,
			LINES("{\"ResourceType\":\"" SWITCH
			      "\",\"ResourceId\":\"s-1\",\"Configuration\":{},\"Relationships\":["
			      "{\"resourceType\":\"Acme::Net::Rack\",\"resourceId\":\"r-1\",\"relationshipName\":\"Is contained in \"},"
			      "{\"resourceType\":\"Acme::Net::Rack\",\"resourceName\":\"north\",\"relationshipName\":\"Is near \"}]}",
				"{\"ResourceType\":\"Acme::Net::Rack\",\"ResourceId\":\"r-1\",\"ResourceName\":\"north\",\"Configuration\":{}}")),
		E_OK);
	assert_string_equal(
		estate_rows(&w,
			"SELECT e.name, e.by, e.link, r.id FROM _edge e JOIN _resource r ON r.rid = e.target_rid ORDER BY 1"),
		"Is contained in |id|r-1|r-1\nIs near |name|north|r-1\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT json_extract(document, '$.relationships') FROM _item_document d JOIN _resource r USING (rid) WHERE r.id = 's-1'"),
		"[{\"name\":\"Is near \",\"resourceName\":\"north\",\"resourceType\":\"Acme::Net::Rack\"},"
		"{\"name\":\"Is contained in \",\"resourceId\":\"r-1\",\"resourceType\":\"Acme::Net::Rack\"}]\n");
}

static void the_newest_of_several_lines_counts_with_its_links(void **state)
{
	const struct push_end end = { .now_ms = T0 };

	(void)state;
	assert_int_equal(
		push_lines(&plain, &end,
			LINES("{\"ResourceType\":\"" SWITCH
			      "\",\"ResourceId\":\"s-1\",\"Configuration\":{},\"Relationships\":["
			      "{\"resourceType\":\"Acme::Net::Rack\",\"resourceId\":\"r-1\",\"relationshipName\":\"Is contained in \"}]}",
				RESOURCE("s-1", "{\"b\":1}"))),
		E_OK);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _edge"), "0\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _item"), "1\n");
}

static void a_complete_listing_deletes_what_its_source_does_not_name(void **state)
{
	const struct push_options other = { .source = "other", .now_ms = T0 };
	const struct push_end end = { .now_ms = T0 + HOUR, .complete = true };

	(void)state;
	assert_int_equal(
		push_lines(&plain, &end,
			LINES(RESOURCE("s-1", "{}"), RESOURCE("s-2", "{}"),
				"{\"ResourceType\":\"Acme::Net::Rack\",\"ResourceId\":\"r-1\",\"Configuration\":{}}")),
		E_OK);
	assert_int_equal(push_lines(&other, &end, LINES(RESOURCE("s-3", "{}"))), E_OK);
	assert_int_equal(push_lines(&later, &end, LINES(RESOURCE("s-2", "{}"))), E_OK);
	assert_int_equal(sum.deleted, 1);
	/* The rack is of a type that was not told of, s-3 belongs to another. */
	assert_string_equal(
		estate_rows(&w, "SELECT id FROM _resource WHERE deleted = 0 ORDER BY id"),
		"r-1\ns-2\ns-3\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT s.name, c.type, c.outcome, c.seen, c.written FROM _coverage c JOIN _source s USING (source_id) ORDER BY c.coverage_id"),
		"net|Acme::Net::Rack|complete|1|1\nnet|" SWITCH "|complete|2|2\nother|" SWITCH
		"|complete|1|1\nnet|" SWITCH "|complete|1|1\n");
}

static void a_listing_says_what_it_is_of_and_where_it_ends(void **state)
{
	const struct push_end end = { .now_ms = T0 + HOUR, .complete = true };

	(void)state;
	assert_int_equal(push_lines(&plain, &end, LINES(RESOURCE("s-1", "{}"))), E_OK);
	assert_int_equal(
		push_lines(&later, &end, LINES("{\"listing\":[\"Acme::Net::*\"]}")), E_INVALID);
	assert_string_equal(
		e.msg, "the listing breaks off: its last line must be {\"complete\":true}");
	assert_int_equal(push_lines(&later, &end, LINES("{\"complete\":true}")), E_INVALID);
	assert_int_equal(
		push_lines(&later, &end, LINES("{\"complete\":true}", RESOURCE("s-1", "{}"))),
		E_INVALID);
	assert_int_equal(push_lines(&later, &end, LINES(RESOURCE("s-1", "{}"), "{\"listing\":[]}")),
		E_INVALID);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _resource WHERE deleted = 0"), "1\n");
	assert_int_equal(push_lines(&later, &end,
				 LINES("{\"listing\":[\"Acme::Net::*\",\"Acme::Net::Hub\"]}",
					 "{\"complete\":true}")),
		E_OK);
	assert_int_equal(sum.deleted, 1);
	assert_string_equal(
		estate_rows(&w,
			"SELECT type, seen FROM _coverage WHERE sweep_ms > 1790000000000 ORDER BY 1"),
		"Acme::Net::Hub|0\n" SWITCH "|0\n");
}

static void an_empty_input_is_no_complete_listing(void **state)
{
	const struct push_end end = { .now_ms = T0 + HOUR, .complete = true, .types = SWITCH };
	static const char *const none[] = { NULL };

	(void)state;
	assert_int_equal(put(&plain, RESOURCE("s-1", "{}")), E_OK);
	assert_int_equal(push_lines(&later, &end, none), E_INVALID);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _resource WHERE deleted = 0"), "1\n");
	assert_int_equal(push_lines(&later, &end, LINES("{\"complete\":true}")), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _resource WHERE deleted = 0"), "0\n");
}

static void a_source_of_another_kind_is_not_pushed(void **state)
{
	(void)state;
	estate_rows(&w, "INSERT INTO _source(name, kind) VALUES ('net', 'aws')");
	assert_int_equal(put(&plain, RESOURCE("s-1", "{}")), E_INVALID);
	assert_string_equal(e.msg, "\"net\" is a source of kind aws, which is not pushed");
	assert_null(refused);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(one_is_discovered_then_ok_then_deleted),
		TEST(the_same_again_writes_nothing),
		TEST(what_is_not_right_is_refused_in_awss_name),
		TEST(a_registered_type_takes_what_fits_its_schema),
		TEST(versions_are_counted_and_kept),
		TEST(a_schema_that_is_not_right_is_not_registered),
		TEST(aws_config_wants_a_type_registered_a_recorder_and_room),
		TEST(links_are_told_and_found_by_id_and_name),
		TEST(the_newest_of_several_lines_counts_with_its_links),
		TEST(a_complete_listing_deletes_what_its_source_does_not_name),
		TEST(a_listing_says_what_it_is_of_and_where_it_ends),
		TEST(an_empty_input_is_no_complete_listing),
		TEST(a_source_of_another_kind_is_not_pushed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
