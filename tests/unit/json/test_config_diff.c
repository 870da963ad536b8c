/* SPDX-License-Identifier: Apache-2.0 */
#include "json/config_diff.h"

#include "lib/tree.h"
#include "json/canon.h"

static void assert_diff(const char *before, const char *after, const char *wanted)
{
	struct arena a = ARENA_INIT(4 << 20);
	struct json *x = before ? tree_of(&a, before) : NULL,
		    *y = after ? tree_of(&a, after) : NULL, *out;

	out = config_diff(&a, x, y);
	assert_non_null(out);
	assert_string_equal(text_of(&a, out), wanted);
	if (x)
		assert_true(json_equal(x, tree_of(&a, before)));
	if (y)
		assert_true(json_equal(y, tree_of(&a, after)));
	tree_of(&a, text_of(&a, out));
	arena_release(&a);
}

#define UPDATED(properties) "{\"changedProperties\":{" properties "},\"changeType\":\"UPDATE\"}"
#define ENTRY(path, before, after, type)                                                           \
	"\"" path "\":{\"previousValue\":" before ",\"updatedValue\":" after                       \
	",\"changeType\":\"" type "\"}"

static void the_first_item_of_a_life_lists_nothing(void **state)
{
	(void)state;
	assert_diff(NULL, "{\"configuration\":{\"a\":1},\"tags\":{\"k\":\"v\"}}",
		"{\"changedProperties\":{},\"changeType\":\"CREATE\"}");
}

static void an_instance_that_stops_reads_as_in_the_spec(void **state)
{
	(void)state;
	assert_diff(
		"{\"configuration\":{\"networkInterfaces\":[{\"association\":{\"publicIp\":\"198.51.100.7\"}}],"
		"\"publicDnsName\":\"ec2-1\",\"publicIpAddress\":\"198.51.100.7\",\"state\":{\"name\":\"running\"}}}",
		"{\"configuration\":{\"networkInterfaces\":[{}],\"publicDnsName\":\"\","
		"\"state\":{\"name\":\"stopped\"},\"stateReason\":{\"code\":\"Client.UserInitiatedShutdown\"}}}",
		UPDATED(ENTRY("Configuration.NetworkInterfaces.0",
			"{\"association\":{\"publicIp\":\"198.51.100.7\"}}", "null",
			"DELETE") "," ENTRY("Configuration.NetworkInterfaces.1", "null", "{}",
			"CREATE") "," ENTRY("Configuration.PublicDnsName", "\"ec2-1\"", "\"\"",
			"UPDATE") "," ENTRY("Configuration.PublicIpAddress", "\"198.51.100.7\"",
			"null", "DELETE") "," ENTRY("Configuration.State.Name", "\"running\"",
			"\"stopped\"", "UPDATE") "," ENTRY("Configuration.StateReason", "null",
			"{\"code\":\"Client.UserInitiatedShutdown\"}", "CREATE")));
}

static void versioning_switched_on_is_one_path_of_a_part(void **state)
{
	(void)state;
	assert_diff("{\"configuration\":{\"name\":\"b\"},\"supplementaryConfiguration\":"
		    "{\"BucketVersioningConfiguration\":{\"status\":\"Off\"}}}",
		"{\"configuration\":{\"name\":\"b\"},\"supplementaryConfiguration\":"
		"{\"BucketVersioningConfiguration\":{\"status\":\"Enabled\"}}}",
		UPDATED(ENTRY("SupplementaryConfiguration.BucketVersioningConfiguration.Status",
			"\"Off\"", "\"Enabled\"", "UPDATE")));
}

static void a_relationship_has_all_four_members_in_their_order(void **state)
{
	(void)state;
	assert_diff(
		"{\"configuration\":{},\"relationships\":[{\"name\":\"Is attached to Instance\","
		"\"resourceId\":\"i-0a\",\"resourceType\":\"AWS::EC2::Instance\"}]}",
		"{\"configuration\":{},\"relationships\":[]}",
		UPDATED(ENTRY("Relationships.0",
			"{\"resourceId\":\"i-0a\",\"resourceName\":null,\"resourceType\":"
			"\"AWS::EC2::Instance\",\"name\":\"Is attached to Instance\"}",
			"null", "DELETE")));
}

static void a_list_is_a_multiset_and_its_numbers_run_on(void **state)
{
	(void)state;
	assert_diff("{\"configuration\":{\"l\":[\"c\",\"a\",\"b\",\"b\"]}}",
		"{\"configuration\":{\"l\":[\"z\",\"b\",\"a\",\"y\"]}}",
		UPDATED(ENTRY("Configuration.L.0", "\"c\"", "null", "DELETE") "," ENTRY(
			"Configuration.L.1", "\"b\"", "null",
			"DELETE") "," ENTRY("Configuration.L.2", "null", "\"z\"",
			"CREATE") "," ENTRY("Configuration.L.3", "null", "\"y\"", "CREATE")));
	assert_diff("{\"configuration\":{\"l\":[1,2]}}", "{\"configuration\":{\"l\":[2,1]}}",
		UPDATED(""));
}

static void tags_are_told_by_their_values_alone(void **state)
{
	(void)state;
	assert_diff("{\"configuration\":{},\"tags\":{\"env\":\"prod\",\"team\":\"a\"}}",
		"{\"configuration\":{},\"tags\":{\"env\":\"dev\",\"team\":\"a\"}}",
		UPDATED(ENTRY("Tags.0", "\"prod\"", "null", "DELETE") "," ENTRY(
			"Tags.1", "null", "\"dev\"", "CREATE")));
}

static void a_deletion_tells_the_whole_former_parts(void **state)
{
	(void)state;
	assert_diff(
		"{\"configuration\":{\"a\":{\"b\":1}},\"relationships\":[{\"name\":\"Is contained in Vpc\","
		"\"resourceId\":\"vpc-1\",\"resourceType\":\"AWS::EC2::VPC\"}],"
		"\"supplementaryConfiguration\":{\"policy\":{\"p\":1},\"Tags\":[]},\"tags\":{\"env\":\"dev\"}}",
		NULL,
		"{\"changedProperties\":{" ENTRY("Configuration", "{\"a\":{\"b\":1}}", "null",
			"DELETE") "," ENTRY("SupplementaryConfiguration.Tags", "[]", "null",
			"DELETE") "," ENTRY("SupplementaryConfiguration.Policy", "{\"p\":1}",
			"null", "DELETE") "," ENTRY("Relationships.0",
			"{\"resourceId\":\"vpc-1\",\"resourceName\":null,\"resourceType\":\"AWS::EC2::VPC\","
			"\"name\":\"Is contained in Vpc\"}",
			"null", "DELETE") "," ENTRY("Tags.0", "\"dev\"", "null",
			"DELETE") "},"
				  "\"changeType\":\"DELETE\"}");
}

static void null_and_missing_are_the_same(void **state)
{
	(void)state;
	assert_diff("{\"configuration\":{\"a\":null,\"b\":null,\"c\":1}}",
		"{\"configuration\":{\"b\":\"x\",\"c\":null}}",
		UPDATED(ENTRY("Configuration.B", "null", "\"x\"", "CREATE") "," ENTRY(
			"Configuration.C", "1", "null", "DELETE")));
}

static void another_kind_is_one_entry(void **state)
{
	(void)state;
	assert_diff("{\"configuration\":{\"a\":[1]}}", "{\"configuration\":{\"a\":{\"b\":1}}}",
		UPDATED(ENTRY("Configuration.A", "[1]", "{\"b\":1}", "UPDATE")));
}

static void names_that_differ_in_their_first_letter_stay_apart(void **state)
{
	(void)state;
	assert_diff("{\"configuration\":{\"Name\":1,\"name\":2,\"dBName\":3}}",
		"{\"configuration\":{\"Name\":4,\"name\":5,\"dBName\":6}}",
		UPDATED(ENTRY("Configuration.Name", "1", "4", "UPDATE") "," ENTRY(
			"Configuration.DBName", "3", "6", "UPDATE") "," ENTRY("Configuration.name",
			"2", "5", "UPDATE")));
}

static void a_name_with_dots_never_doubles_a_path(void **state)
{
	(void)state;
	assert_diff("{\"configuration\":{\"a.b\":1,\"a\":{\"b\":1}}}",
		"{\"configuration\":{\"a.b\":2,\"a\":{\"b\":2}}}",
		UPDATED(ENTRY("Configuration.A.B", "1", "2", "UPDATE") "," ENTRY(
			"Configuration.A.b", "1", "2", "UPDATE")));
	assert_diff("{\"configuration\":{\"a.B\":1,\"a\":{\"b\":1}}}",
		"{\"configuration\":{\"a.B\":2,\"a\":{\"b\":2}}}",
		UPDATED(ENTRY("Configuration.A.B", "1", "2", "UPDATE")));
}

static void memory_that_runs_out_is_told(void **state)
{
	struct arena a = ARENA_INIT(1 << 20), small = ARENA_INIT(64);

	(void)state;
	assert_null(config_diff(&small, tree_of(&a, "{\"configuration\":{\"a\":[1,2,3]}}"),
		tree_of(&a, "{\"configuration\":{\"a\":[4,5,6]}}")));
	arena_release(&small);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_item_of_a_life_lists_nothing),
		cmocka_unit_test(an_instance_that_stops_reads_as_in_the_spec),
		cmocka_unit_test(versioning_switched_on_is_one_path_of_a_part),
		cmocka_unit_test(a_relationship_has_all_four_members_in_their_order),
		cmocka_unit_test(a_list_is_a_multiset_and_its_numbers_run_on),
		cmocka_unit_test(tags_are_told_by_their_values_alone),
		cmocka_unit_test(a_deletion_tells_the_whole_former_parts),
		cmocka_unit_test(null_and_missing_are_the_same),
		cmocka_unit_test(another_kind_is_one_entry),
		cmocka_unit_test(names_that_differ_in_their_first_letter_stay_apart),
		cmocka_unit_test(a_name_with_dots_never_doubles_a_path),
		cmocka_unit_test(memory_that_runs_out_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
