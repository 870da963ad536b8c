/* SPDX-License-Identifier: Apache-2.0 */
#include "json/yaml.h"

#include "base/buf.h"
#include "lib/unit.h"
#include "json/write.h"
#include <stdio.h>
#include <string.h>

static struct err e;
static struct buf text = BUF_INIT(8 << 20);

static int tear_down(void **state)
{
	(void)state;
	buf_release(&text);
	return 0;
}

static const char *read_n(struct str yaml)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct json *v = NULL;

	e = (struct err){ 0 };
	buf_clear(&text);
	if (!yaml_read(&a, yaml, &v, &e)) {
		json_write(&text, v);
		buf_char(&text, '\0');
	}
	arena_release(&a);
	return e.code ? e.msg : buf_slice(&text).p;
}

static const char *read(const char *yaml)
{
	return read_n(str_of(yaml));
}

#define IS(yaml, json)       assert_string_equal(read(yaml), json)
#define REFUSED(yaml, where) assert_true(str_starts(str_of(read(yaml)), STR(where)) && e.code)

static void collections_and_scalars_are_what_they_look_like(void **state)
{
	(void)state;
	IS("a: 1\nb:\n- x\n- y: 2\nc: {d: [1, -2.5e3]}\n",
		"{\"a\":1,\"b\":[\"x\",{\"y\":2}],\"c\":{\"d\":[1,-2.5e3]}}");
	IS("[~, null, '', yes, true, False, 'true', \"90\", 90, !!str 90, !!int 7]",
		"[null,null,\"\",\"yes\",true,false,\"true\",\"90\",90,\"90\",7]");
	IS("[010, 0x1f, 1_000, .5, 5., +1, 1e, -, 2012-10-17, 1.2.3, -0]",
		"[\"010\",\"0x1f\",\"1_000\",\".5\",\"5.\",\"+1\",\"1e\",\"-\",\"2012-10-17\",\"1.2.3\",-0]");
	IS("a:\nb: |\n  one\n  two\nc: >-\n  one\n  two\n",
		"{\"a\":null,\"b\":\"one\\ntwo\\n\",\"c\":\"one two\"}");
	IS("1: a\ntrue: b\n~: c\n", "{\"1\":\"a\",\"true\":\"b\",\"~\":\"c\"}");
	IS("{\"a\" : \"\\u00e4\\n\",\n\t\"b\":[]}", "{\"a\":\"\xc3\xa4\\n\",\"b\":[]}");
	IS("# only this\n---\nx\n...\n", "\"x\"");
}

static void a_local_tag_is_an_object(void **state)
{
	(void)state;
	IS("a: !Ref B\nb: !If [c, !Sub 'x', {y: 1}]\nc: !GetAtt\n  d: 1\n",
		"{\"a\":{\"!Ref\":\"B\"},\"b\":{\"!If\":[\"c\",{\"!Sub\":\"x\"},{\"y\":1}]},\"c\":{\"!GetAtt\":{\"d\":1}}}");
	IS("!Ref 5", "{\"!Ref\":\"5\"}");
	REFUSED("a: !!binary aGk=", "line 1, column 4: a tag that is not known");
	REFUSED("a: !<tag:example.org,2000:x> b", "line 1, column 4: a tag");
	REFUSED("!x a: 1", "line 1, column 1: a name with a tag");
}

static void aliases_are_copies(void **state)
{
	(void)state;
	IS("a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\n",
		"{\"a\":{\"k\":[1,2]},\"b\":{\"k\":[1,2]},\"c\":[{\"k\":[1,2]},{\"k\":[1,2]}]}");
	IS("[&a 1, *a, &a 2, *a]", "[1,1,2,2]");
	IS("[&a !Ref x, *a]", "[{\"!Ref\":\"x\"},{\"!Ref\":\"x\"}]");
	REFUSED("[*a]", "line 1, column 2: an alias of nothing");
	REFUSED("&a [*a]", "line 1, column 5: an alias of nothing");
	REFUSED("a: &x {k: 1}\nb:\n  <<: *x\n", "line 3, column 3: merge keys");
	REFUSED("a: &x 1\n*x : 2\n", "line 2, column 1: a name that is no text");
}

static void what_is_no_such_document_is_refused_with_its_place(void **state)
{
	(void)state;
	REFUSED("", "there is no document");
	REFUSED("# nothing\n", "there is no document");
	REFUSED("a: 1\nb: 2\na: 3\n", "line 4, column 1: \"a\" is there twice");
	REFUSED("a: [1\nb: 2", "line 2, ");
	REFUSED("a: 'x", "line 1, ");
	REFUSED("a: 1\n b: 2", "line 2, column 3");
	REFUSED("--- 1\n--- 2\n", "line 2, column 1: more than one document");
	REFUSED("? [a]\n: b", "line 1, column 3: a name that is no text");
	REFUSED("&k a: 1", "line 1, column 1: a name with an anchor");
	REFUSED("a: \xff", "line 1, ");
	assert_true(read_n((struct str){ "a: b\0c", 6 }) && e.code == E_INVALID);
	read_n((struct str){ NULL, 0 });
	assert_int_equal(e.code, E_INVALID);
}

static void what_multiplies_itself_has_an_end(void **state)
{
	struct buf y = BUF_INIT(4 << 20);

	(void)state;
	buf_text(&y, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
	for (int i = 1; i < 12; i++) {
		buf_printf(&y, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(&y, "%s*a%d", k ? ", " : "", i - 1);
		buf_text(&y, "]\n");
	}
	assert_string_equal(
		read_n(buf_slice(&y)) + strlen("line 5, column 46"), ": aliases make it too large");
	assert_int_equal(e.code, E_TOOBIG);
	buf_clear(&y);
	for (int i = 0; i < 300; i++)
		buf_printf(&y, "- &a%d x\n", i);
	read_n(buf_slice(&y));
	assert_int_equal(e.code, E_TOOBIG);
	/* Long texts weigh what they are. */
	buf_clear(&y);
	buf_text(&y, "- &a '");
	for (int i = 0; i < 20000; i++)
		buf_char(&y, 'x');
	buf_text(&y, "'\n");
	for (int i = 0; i < 100; i++)
		buf_text(&y, "- *a\n");
	read_n(buf_slice(&y));
	assert_int_equal(e.code, E_TOOBIG);
	buf_release(&y);
}

/* @open repeated: how deep. */
static enum code nested(const char *open, int n)
{
	struct buf y = BUF_INIT(4 << 20);

	for (int i = 0; i < n; i++)
		buf_text(&y, open);
	read_n(buf_slice(&y));
	buf_release(&y);
	return e.code;
}

static void depth_has_an_end(void **state)
{
	struct buf y = BUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_char(&y, '[');
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_char(&y, ']');
	read_n(buf_slice(&y));
	assert_int_equal(e.code, E_OK);
	buf_release(&y);
	assert_int_equal(nested("[", YAML_DEPTH_MAX + 1), E_TOOBIG);
	assert_int_equal(nested("[", 60000), E_TOOBIG);
	assert_int_equal(nested("{a: ", 15000), E_TOOBIG);
	assert_int_equal(nested("- ", 30000), E_TOOBIG);
	assert_int_equal(nested("? ", 30000), E_INVALID);
	/* A copy in a deep place counts from there. */
	REFUSED("[&a [[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]],"
		"[[[[[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]]]]]]]]",
		"line 1, column 85: too deep");
	assert_int_equal(nested("x", YAML_BYTES_MAX + 1), E_TOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collections_and_scalars_are_what_they_look_like),
		cmocka_unit_test(a_local_tag_is_an_object),
		cmocka_unit_test(aliases_are_copies),
		cmocka_unit_test(what_is_no_such_document_is_refused_with_its_place),
		cmocka_unit_test(what_multiplies_itself_has_an_end),
		cmocka_unit_test(depth_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
