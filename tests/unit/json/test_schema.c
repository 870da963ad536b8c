/* SPDX-License-Identifier: Apache-2.0 */
#include "json/schema.h"

#include "base/buf.h"
#include "lib/unit.h"
#include "json/read.h"
#include <stdio.h>
#include <string.h>

static struct err e;

/* NULL: it fits; else what is wrong. */
static const char *check(const char *schema, const char *value)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct schema *s = NULL;
	struct json *v = NULL;

	e = (struct err){ 0 };
	assert_int_equal(schema_read(&s, str_of(schema), &e), E_OK);
	assert_int_equal(json_read(&a, str_of(value), &v, &e), E_OK);
	schema_check(s, v, &e);
	schema_free(s);
	arena_release(&a);
	return e.code ? e.msg : NULL;
}

static const char *refusal(const char *schema)
{
	struct schema *s = NULL;

	e = (struct err){ 0 };
	assert_int_not_equal(schema_read(&s, str_of(schema), &e), E_OK);
	assert_null(s);
	return e.msg;
}

#define FITS(schema, value)       assert_null(check(schema, value))
#define SAYS(schema, value, text) assert_string_equal(check(schema, value), text)
#define REFUSED(schema, text)     assert_string_equal(refusal(schema), text)

static void a_value_is_of_its_type(void **state)
{
	(void)state;
	FITS("{\"type\":\"integer\"}", "12345678901234567890");
	FITS("{\"type\":\"integer\"}", "1.0");
	FITS("{\"type\":\"number\"}", "7");
	FITS("{\"type\":[\"string\",\"null\"]}", "null");
	FITS("{\"type\":\"boolean\"}", "false");
	FITS("{}", "[1,{}]");
	SAYS("{\"type\":\"integer\"}", "1.5", "$: is a number, wants integer");
	SAYS("{\"type\":[\"string\",\"null\"]}", "{}", "$: is an object, wants string or null");
	SAYS("{\"type\":\"array\"}", "true", "$: is a boolean, wants array");
	SAYS("{\"type\":\"object\"}", "null", "$: is null, wants object");
}

static void what_does_not_fit_is_told_with_its_place(void **state)
{
	const char *schema =
		"{\"properties\":{\"spec\":{\"properties\":{\"ports\":{\"items\":{\"properties\":"
		"{\"the.port\":{\"type\":\"integer\"}}}}}}}}";

	(void)state;
	FITS(schema, "{\"spec\":{\"ports\":[{\"the.port\":1},{}]},\"more\":1}");
	SAYS(schema, "{\"spec\":{\"ports\":[{\"the.port\":1},{\"the.port\":\"x\"}]}}",
		"$.spec.ports[1].\"the.port\": is a string, wants integer");
}

static void properties_are_required_and_no_others_are_let_in(void **state)
{
	const char *schema =
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"patternProperties\":"
		"{\"^x-\":{\"type\":\"number\"}},\"required\":[\"a\"],\"additionalProperties\":false}";

	(void)state;
	FITS(schema, "{\"a\":\"1\",\"x-1\":1}");
	SAYS(schema, "{\"x-1\":1}", "$: lacks \"a\"");
	SAYS(schema, "{\"a\":\"1\",\"b\":2}", "$.b: is not a property of its schema");
	SAYS(schema, "{\"a\":\"1\",\"x-b\":\"2\"}", "$.x-b: is a string, wants number");
	SAYS("{\"additionalProperties\":{\"type\":\"string\"}}", "{\"a\":\"b\",\"c\":1}",
		"$.c: is an integer, wants string");
	FITS("{\"additionalProperties\":true}", "{\"a\":1}");
	SAYS("{\"properties\":{\"a\":false}}", "{\"a\":1}", "$.a: may not be there");
	SAYS("{\"minProperties\":1}", "{}", "$: has 0 properties, wants at least 1");
	SAYS("{\"maxProperties\":1}", "{\"a\":1,\"b\":1}", "$: has 2 properties, may have 1");
}

static void values_are_some_of_several_or_one(void **state)
{
	(void)state;
	FITS("{\"enum\":[\"a\",2,{\"b\":1}]}", "{\"b\":1}");
	FITS("{\"enum\":[\"a\",2]}", "2.0");
	SAYS("{\"enum\":[\"a\",\"c\",2]}", "\"b\"",
		"$: is none of the values that it may have: a, c");
	FITS("{\"const\":[1]}", "[1]");
	SAYS("{\"const\":1}", "2", "$: is not the one value that it may have");
}

static void numbers_have_bounds(void **state)
{
	(void)state;
	FITS("{\"minimum\":1,\"maximum\":3}", "1");
	FITS("{\"minimum\":1,\"maximum\":3}", "3");
	FITS("{\"minimum\":1}", "\"not a number\"");
	SAYS("{\"minimum\":1}", "0.99", "$: is 0.99, wants at least 1");
	SAYS("{\"maximum\":9007199254740992}", "9007199254740993",
		"$: is 9007199254740993, wants at most 9007199254740992");
	SAYS("{\"exclusiveMinimum\":1}", "1", "$: is 1, wants more than 1");
	SAYS("{\"exclusiveMaximum\":1}", "1", "$: is 1, wants less than 1");
}

static void texts_have_a_length_in_characters_and_a_pattern(void **state)
{
	(void)state;
	FITS("{\"minLength\":2,\"maxLength\":2}", "\"\xe6\x97\xa5\xe6\x97\xa5\"");
	SAYS("{\"minLength\":2}", "\"\xe6\x97\xa5\"", "$: has 1 characters, wants at least 2");
	SAYS("{\"maxLength\":1}", "\"ab\"", "$: has 2 characters, may have 1");
	FITS("{\"pattern\":\"^a+$\"}", "\"aaa\"");
	FITS("{\"pattern\":\"a\"}", "\"cat\"");
	FITS("{\"pattern\":\"a\"}", "1");
	SAYS("{\"pattern\":\"^a+$\"}", "\"b\"", "$: does not match ^a+$");
	FITS("{\"format\":\"date-time\"}", "\"not a date\"");
}

static void arrays_have_a_length_and_elements(void **state)
{
	(void)state;
	FITS("{\"items\":{\"type\":\"integer\"},\"minItems\":2,\"maxItems\":2}", "[1,2]");
	SAYS("{\"items\":{\"type\":\"integer\"}}", "[1,\"2\"]", "$[1]: is a string, wants integer");
	SAYS("{\"minItems\":1}", "[]", "$: has 0 elements, wants at least 1");
	SAYS("{\"maxItems\":1}", "[1,1]", "$: has 2 elements, may have 1");
	FITS("{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},{\"a\":1,\"b\":3},1,\"1\"]");
	SAYS("{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]",
		"$: has an element twice");
	FITS("{\"uniqueItems\":false}", "[1,1]");
}

static void schemas_are_put_together(void **state)
{
	const char *any = "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}";
	const char *one = "{\"oneOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]}";

	(void)state;
	FITS(any, "1");
	SAYS(any, "true",
		"$: fits none of 2 alternatives (the first: $: is a boolean, wants string)");
	FITS(one, "{\"a\":1}");
	SAYS(one, "{\"a\":1,\"b\":1}", "$: fits more than one of 2 alternatives");
	SAYS(one, "{}", "$: fits none of 2 alternatives (the first: $: lacks \"a\")");
	SAYS("{\"allOf\":[{\"minimum\":1},{\"maximum\":2}]}", "3", "$: is 3, wants at most 2");
	SAYS("{\"oneOf\":[{\"minimum\":1}]}", "0", "$: is 0, wants at least 1");
}

static void a_reference_leads_within_the_document(void **state)
{
	const char *tree =
		"{\"definitions\":{\"a/b c\":{\"type\":\"object\",\"properties\":{\"children\":{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/definitions/a~1b%20c\"}}},\"required\":[\"name\"]}},\"$ref\":\"#/definitions/a~1b%20c\"}";

	(void)state;
	FITS(tree, "{\"name\":1,\"children\":[{\"name\":2,\"children\":[]}]}");
	SAYS(tree, "{\"name\":1,\"children\":[{\"name\":2,\"children\":[{}]}]}",
		"$.children[0].children[0]: lacks \"name\"");
	SAYS("{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"maxProperties\":1}",
		"{\"a\":{\"a\":1,\"b\":2}}", "$.a: has 2 properties, may have 1");
	SAYS("{\"properties\":{\"a\":{\"$ref\":\"#/properties/b/anyOf/1\"},\"b\":{\"anyOf\":[{},{\"type\":\"null\"}]}}}",
		"{\"a\":1}", "$.a: is an integer, wants null");
}

static void what_a_schema_may_not_say_is_refused_with_its_path(void **state)
{
	(void)state;
	REFUSED("{\"properties\":{\"a\":{\"if\":{}}}}",
		"$.properties.a.if: this keyword is not supported");
	REFUSED("{\"properties\":{\"a\":{\"typeName\":\"x\"}}}",
		"$.properties.a.typeName: this keyword is not supported");
	REFUSED("{\"items\":[{}]}", "$.items: must be one schema, not a list");
	REFUSED("{\"anyOf\":[{},{\"not\":{}}]}", "$.anyOf[1].not: this keyword is not supported");
	REFUSED("{\"anyOf\":[]}", "$.anyOf: must be a list of schemas");
	REFUSED("{\"type\":\"int\"}",
		"$.type: must be null, boolean, integer, number, string, array or object");
	REFUSED("{\"minLength\":-1}", "$.minLength: must be a number from 0 to 999999999");
	REFUSED("{\"minimum\":\"1\"}", "$.minimum: must be a number");
	REFUSED("{\"enum\":[]}", "$.enum: must be a list of values");
	REFUSED("{\"required\":[1]}", "$.required: must be a list of names");
	REFUSED("{\"uniqueItems\":1}", "$.uniqueItems: must be true or false");
	REFUSED("{\"properties\":{\"a\":1}}", "$.properties.a: must be a schema: an object");
	REFUSED("{\"pattern\":\"(\"}",
		"$.pattern: regular expression \"(\": missing closing parenthesis at byte 1");
	REFUSED("{\"patternProperties\":{\"[\":{}}}",
		"$.patternProperties.[: regular expression \"[\": missing terminating ] for character class at byte 1");
	REFUSED("[]", "$: must be one schema, not a list");
	REFUSED("true", "$: must be a schema: an object");
	refusal("{\"a\":}");
	assert_int_equal(e.code, E_INVALID);
}

static void references_to_nothing_or_in_a_circle_are_refused(void **state)
{
	(void)state;
	REFUSED("{\"$ref\":\"#/definitions/a\"}", "$.$ref: there is nothing that it leads to");
	REFUSED("{\"$ref\":\"other.json\"}",
		"$.$ref: must be a reference within the document, as \"#/definitions/Name\"");
	REFUSED("{\"$ref\":\"#a\"}", "$.$ref: must be \"#\" with names behind slashes");
	REFUSED("{\"primaryIdentifier\":[\"/a\"],\"$ref\":\"#/primaryIdentifier\"}",
		"\"$ref\": \"#/primaryIdentifier\" leads to what is no schema");
	REFUSED("{\"$ref\":\"#\"}",
		"its references lead in a circle, or through more than 32 others");
	REFUSED("{\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"},\"b\":{\"anyOf\":[{},{\"$ref\":\"#/definitions/a\"}]}}}",
		"its references lead in a circle, or through more than 32 others");
}

/* Each level twice the one below: 2^30 ways through 30 definitions. */
static void one_that_doubles_itself_is_refused(void **state)
{
	struct buf b = BUF_INIT(1 << 20);

	(void)state;
	buf_text(&b, "{\"definitions\":{\"d0\":{}");
	for (int i = 1; i <= 14; i++)
		buf_printf(&b,
			",\"d%d\":{\"allOf\":[{\"$ref\":\"#/definitions/d%d\"},{\"$ref\":\"#/definitions/d%d\"}]}",
			i, i - 1, i - 1);
	buf_text(&b, "}}");
	assert_null(check(b.p, "1"));
	buf_clear(&b);
	buf_text(&b, "{\"definitions\":{\"d0\":{}");
	for (int i = 1; i <= 15; i++)
		buf_printf(&b,
			",\"d%d\":{\"allOf\":[{\"$ref\":\"#/definitions/d%d\"},{\"$ref\":\"#/definitions/d%d\"},{\"$ref\":\"#/definitions/d%d\"}]}",
			i, i - 1, i - 1, i - 1);
	buf_text(&b, "}}");
	refusal(b.p);
	assert_int_equal(e.code, E_TOOBIG);
	buf_release(&b);
}

/* Fits neither way at the bottom, and is tried both ways at each level. */
static void a_value_that_takes_for_ever_is_given_up(void **state)
{
	struct buf b = BUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 60; i++)
		buf_text(&b, "{\"a\":");
	buf_text(&b, "1");
	for (int i = 0; i < 60; i++)
		buf_char(&b, '}');
	check("{\"anyOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}},"
	      "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}}]}",
		b.p);
	assert_int_equal(e.code, E_TOOBIG);
	buf_release(&b);
}

static void a_pattern_that_never_ends_refuses_the_value(void **state)
{
	(void)state;
	SAYS("{\"properties\":{\"a\":{\"pattern\":\"^(a|a?)+$\"}}}",
		"{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}",
		"$.a: cannot be held against its expression in a reasonable time");
	FITS("{\"properties\":{\"a\":{\"pattern\":\"^(a|a?)+$\"}}}", "{\"a\":\"aaaa\"}");
}

static void deep_values_and_schemas_are_walked(void **state)
{
	struct buf schema = BUF_INIT(1 << 20), value = BUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 98; i++) {
		buf_text(&schema, "{\"items\":");
		buf_char(&value, '[');
	}
	buf_text(&schema, "{\"type\":\"null\"}");
	buf_text(&value, "1");
	for (int i = 0; i < 98; i++) {
		buf_char(&schema, '}');
		buf_char(&value, ']');
	}
	assert_non_null(check(schema.p, value.p));
	assert_non_null(strstr(e.msg, "$[0][0][0]"));
	buf_release(&schema);
	buf_release(&value);
}

static void the_form_of_the_registry_is_read(void **state)
{
	const char *type =
		"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"typeName\":\"Acme::Net::Switch\",\"description\":\"one\","
		"\"sourceUrl\":\"https://example.com\",\"definitions\":{\"Port\":{\"type\":\"object\",\"properties\":{\"Speed\":"
		"{\"type\":\"integer\",\"enum\":[1,10]}},\"additionalProperties\":false}},\"properties\":{\"Serial\":{\"type\":\"string\"},"
		"\"Ports\":{\"type\":\"array\",\"insertionOrder\":false,\"items\":{\"$ref\":\"#/definitions/Port\"}}},\"required\":[\"Serial\"],"
		"\"readOnlyProperties\":[\"/properties/Serial\"],\"primaryIdentifier\":[\"/properties/Serial\"],\"handlers\":{\"read\":"
		"{\"permissions\":[]}},\"additionalProperties\":false}";
	struct schema *s = NULL;
	const struct json *items;

	(void)state;
	FITS(type, "{\"Serial\":\"x\",\"Ports\":[{\"Speed\":10}]}");
	SAYS(type, "{\"Serial\":\"x\",\"Ports\":[{\"Speed\":2}]}",
		"$.Ports[0].Speed: is none of the values that it may have");
	e = (struct err){ 0 };
	assert_int_equal(schema_read(&s, str_of(type), &e), E_OK);
	items = json_get(json_get(json_get(schema_document(s), "properties"), "Ports"), "items");
	assert_non_null(json_get(schema_behind(s, items), "additionalProperties"));
	assert_ptr_equal(schema_behind(s, schema_document(s)), schema_document(s));
	schema_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_of_its_type),
		cmocka_unit_test(what_does_not_fit_is_told_with_its_place),
		cmocka_unit_test(properties_are_required_and_no_others_are_let_in),
		cmocka_unit_test(values_are_some_of_several_or_one),
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(texts_have_a_length_in_characters_and_a_pattern),
		cmocka_unit_test(arrays_have_a_length_and_elements),
		cmocka_unit_test(schemas_are_put_together),
		cmocka_unit_test(a_reference_leads_within_the_document),
		cmocka_unit_test(what_a_schema_may_not_say_is_refused_with_its_path),
		cmocka_unit_test(references_to_nothing_or_in_a_circle_are_refused),
		cmocka_unit_test(one_that_doubles_itself_is_refused),
		cmocka_unit_test(a_value_that_takes_for_ever_is_given_up),
		cmocka_unit_test(a_pattern_that_never_ends_refuses_the_value),
		cmocka_unit_test(deep_values_and_schemas_are_walked),
		cmocka_unit_test(the_form_of_the_registry_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
