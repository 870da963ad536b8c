/* SPDX-License-Identifier: Apache-2.0 */
#include "core/lake_line.h"

#include "lib/unit.h"

static struct lake_item an_item(const char *document)
{
	return (struct lake_item){ .day = "2026-10-01",
		.item_id = 7,
		.account = STR("123456789012"),
		.region = STR("eu-west-1"),
		.type = STR("AWS::EC2::Instance"),
		.id = STR("i-1"),
		.status = STR("OK"),
		.event = STR("changed"),
		.version = 2,
		.captured_ms = 1790841600250,
		.recorded_ms = 1790841601000,
		.created_ms = INT64_MIN,
		.document = str_of(document) };
}

static void line_is(const char *document, const char *end)
{
	struct buf b = BUF_INIT(1 << 16);
	struct lake_item i = an_item(document);

	lake_line_item(&b, &i);
	assert_true(buf_ok(&b));
	assert_true(b.n > strlen(end));
	assert_string_equal(b.p + b.n - strlen(end), end);
	buf_release(&b);
}

static void members_of_a_document_are_taken_as_they_stand(void **state)
{
	(void)state;
	line_is("{\"configuration\":{\"a\":[1,{\"b\":\"}\"}]},\"relationships\":[],"
		"\"supplementaryConfiguration\":{\"p\":\"{\\\"x\\\":1}\"},\"tags\":{\"k\":\",\"}}",
		",\"n_changes\":0,\"configuration\":{\"a\":[1,{\"b\":\"}\"}]},\"relationships\":[],"
		"\"supplementary\":{\"p\":\"{\\\"x\\\":1}\"},\"tags\":{\"k\":\",\"}}\n");
	line_is("{\"configuration\":\"\\\\\",\"tags\":{}}",
		",\"n_changes\":0,\"configuration\":\"\\\\\",\"tags\":{}}\n");
	line_is("{\"configuration\":-1.5e3,\"tags\":{}}",
		",\"n_changes\":0,\"configuration\":-1.5e3,\"tags\":{}}\n");
}

static void a_deletion_has_no_document(void **state)
{
	(void)state;
	line_is(NULL, "\"status\":\"OK\",\"event\":\"changed\",\"n_changes\":0}\n");
	line_is("{}", ",\"n_changes\":0}\n");
}

/* Nothing of the kind is in a store that was not tampered with; it must not run away. */
static void a_broken_document_ends_where_it_ends(void **state)
{
	static const char *const broken[] = { "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"",
		"{\"a\":\"\\", "{\"a\":{", "{\"a\":1,", "{\"a\":1,\"", "[1,2]", "x" };
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(*broken); k++) {
		struct lake_item i = an_item(broken[k]);

		buf_clear(&b);
		lake_line_item(&b, &i);
		assert_true(buf_ok(&b));
		assert_true(b.n < 1000);
	}
	buf_release(&b);
}

static void key_is(struct lake_item i, const char *expected)
{
	struct buf b = BUF_INIT(1 << 16);

	lake_line_key(&b, "jsonl/items", &i, ".jsonl.gz");
	assert_true(buf_ok(&b));
	assert_string_equal(b.p, expected);
	buf_release(&b);
}

static void a_partition_has_one_key(void **state)
{
	struct lake_item i = an_item("{}");

	(void)state;
	key_is(i,
		"jsonl/items/dt=2026-10-01/account=123456789012/region=eu-west-1/type=aws_ec2_instance/"
		"part-eedc2023.jsonl.gz");
}

static void nothing_in_a_name_leaves_the_folder(void **state)
{
	struct lake_item i = an_item("{}");

	(void)state;
	i.account = STR("../a=b");
	i.region = STR("");
	i.type = STR("::A/B::");
	key_is(i,
		"jsonl/items/dt=2026-10-01/account=..%2Fa%3Db/region=/type=_a_b/part-887bb453.jsonl.gz");
}

/* Types that look alike in a folder's name have files of their own. */
static void types_never_share_a_file(void **state)
{
	struct buf one = BUF_INIT(1 << 16), two = BUF_INIT(1 << 16);
	struct lake_item i = an_item("{}");

	(void)state;
	i.type = STR("A::B::C");
	lake_line_key(&one, "x", &i, "");
	i.type = STR("A::B_C");
	lake_line_key(&two, "x", &i, "");
	assert_string_not_equal(one.p, two.p);
	assert_memory_equal(one.p, two.p,
		strlen("x/dt=2026-10-01/account=123456789012/region=eu-west-1/type=a_b_c"));
	buf_release(&one);
	buf_release(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_a_document_are_taken_as_they_stand),
		cmocka_unit_test(a_deletion_has_no_document),
		cmocka_unit_test(a_broken_document_ends_where_it_ends),
		cmocka_unit_test(a_partition_has_one_key),
		cmocka_unit_test(nothing_in_a_name_leaves_the_folder),
		cmocka_unit_test(types_never_share_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
