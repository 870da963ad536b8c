/* SPDX-License-Identifier: Apache-2.0 */
#include "api/model.h"
#include "lib/tree.h"
#include <stdio.h>
#include <stdlib.h>

struct verdict {
	enum code c;
	const char *error;
	struct buf message;
	const char *left; /* the input as it then is */
	struct err e;
};

static struct verdict check(struct arena *a, const char *operation, const char *input)
{
	const struct model_operation *op = model_find(str_of(operation));
	struct verdict v = { .error = "", .message = BUF_INIT(MODEL_MESSAGE_MAX_BYTES) };
	struct json *tree = tree_of(a, input);

	if (!op)
		fail_msg("there is no %s", operation);
	v.c = model_check(op, tree, a, &v.error, &v.message, &v.e);
	assert_int_equal(v.c, v.e.code);
	v.left = text_of(a, tree);
	return v;
}

static void assert_left(const char *operation, const char *input, const char *left)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct verdict v = check(&a, operation, input);

	assert_string_equal(v.message.p, "");
	assert_int_equal(v.c, E_OK);
	assert_string_equal(v.left, left);
	buf_release(&v.message);
	arena_release(&a);
}

static void assert_fits(const char *operation, const char *input)
{
	assert_left(operation, input, input);
}

static void assert_error(
	const char *operation, const char *input, const char *error, const char *message)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct verdict v = check(&a, operation, input);

	assert_string_equal(v.message.p, message);
	assert_string_equal(v.error, error);
	assert_int_equal(v.c, E_INVALID);
	buf_release(&v.message);
	arena_release(&a);
}

static void assert_breaks(const char *operation, const char *input, const char *message)
{
	assert_error(operation, input, "ValidationException", message);
}

static void assert_misfit(const char *operation, const char *input, const char *message)
{
	assert_error(operation, input, "SerializationException", message);
}

static void what_is_missing_is_told_by_its_path(void **state)
{
	(void)state;
	assert_breaks("DeleteConfigRule", "{}",
		"1 validation error detected: Value null at 'configRuleName' failed to satisfy "
		"constraint: Member must not be null");
	assert_breaks("DeleteConfigRule", "{\"ConfigRuleName\":null}",
		"1 validation error detected: Value null at 'configRuleName' failed to satisfy "
		"constraint: Member must not be null");
	assert_breaks("PutConfigRule", "{\"ConfigRule\":{}}",
		"1 validation error detected: Value null at 'configRule.source' failed to satisfy "
		"constraint: Member must not be null");
	assert_breaks("BatchGetResourceConfig",
		"{\"resourceKeys\":[{\"resourceType\":\"AWS::S3::Bucket\",\"resourceId\":\"b\"},{}]}",
		"2 validation errors detected: Value null at 'resourceKeys.2.member.resourceType' "
		"failed to satisfy constraint: Member must not be null; Value null at "
		"'resourceKeys.2.member.resourceId' failed to satisfy constraint: Member must not "
		"be null");
	assert_breaks("BatchGetResourceConfig", "{\"resourceKeys\":[null]}",
		"1 validation error detected: Value null at 'resourceKeys.1.member' failed to "
		"satisfy constraint: Member must not be null");
}

static void a_text_has_a_length(void **state)
{
	(void)state;
	assert_breaks("DeleteDeliveryChannel", "{\"DeliveryChannelName\":\"\"}",
		"1 validation error detected: Value '' at 'deliveryChannelName' failed to satisfy "
		"constraint: Member must have length greater than or equal to 1");
	assert_breaks("GetOrganizationCustomRulePolicy",
		"{\"OrganizationConfigRuleName\":"
		"\"123456789012345678901234567890123456789012345678901234567890abcde\"}",
		"1 validation error detected: Value "
		"'123456789012345678901234567890123456789012345678901234567890abcde' at "
		"'organizationConfigRuleName' failed to satisfy constraint: Member must have length "
		"less than or equal to 64");
}

/* Tag keys hold 128 characters, whatever bytes they take. */
static void a_length_is_counted_in_characters(void **state)
{
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	buf_text(&b, "{\"ResourceArn\":\"arn\",\"Tags\":[{\"Key\":\"");
	for (int i = 0; i < 128; i++)
		buf_text(&b, "\xc3\xa9");
	buf_text(&b, "\",\"Value\":\"\"}]}");
	assert_fits("TagResource", b.p);
	buf_clear(&b);
	buf_text(&b, "{\"ResourceArn\":\"arn\",\"Tags\":[{\"Key\":\"");
	for (int i = 0; i < 129; i++)
		buf_text(&b, "\xc3\xa9");
	buf_text(&b, "\",\"Value\":\"\"}]}");
	{
		struct arena a = ARENA_INIT(1 << 22);
		struct verdict v = check(&a, "TagResource", b.p);

		assert_int_equal(v.c, E_INVALID);
		assert_non_null(strstr(v.message.p, "at 'tags.1.member.key' failed to satisfy "
						    "constraint: Member must have length less than "
						    "or equal to 128"));
		buf_release(&v.message);
		arena_release(&a);
	}
	buf_release(&b);
}

static void a_number_has_a_range(void **state)
{
	(void)state;
	assert_fits("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":30}");
	assert_fits("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":2557}");
	assert_breaks("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":29}",
		"1 validation error detected: Value '29' at 'retentionPeriodInDays' failed to "
		"satisfy constraint: Member must have value greater than or equal to 30");
	assert_breaks("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":2558}",
		"1 validation error detected: Value '2558' at 'retentionPeriodInDays' failed to "
		"satisfy constraint: Member must have value less than or equal to 2557");
}

static void a_list_has_a_size(void **state)
{
	(void)state;
	assert_breaks("DescribeRetentionConfigurations",
		"{\"RetentionConfigurationNames\":[\"default\",\"other\"]}",
		"1 validation error detected: Value '[default, other]' at "
		"'retentionConfigurationNames' failed to satisfy constraint: Member must have "
		"length less than or equal to 1");
	assert_breaks("BatchGetResourceConfig", "{\"resourceKeys\":[]}",
		"1 validation error detected: Value '[]' at 'resourceKeys' failed to satisfy "
		"constraint: Member must have length greater than or equal to 1");
}

static void structures_in_a_list_are_printed_by_their_class(void **state)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct buf b = BUF_INIT(1 << 16);
	struct verdict v;

	(void)state;
	buf_text(&b, "{\"resourceKeys\":[");
	for (int i = 0; i < 101; i++)
		buf_printf(&b, "%s{\"resourceType\":\"AWS::S3::Bucket\",\"resourceId\":\"b%d\"}",
			i ? "," : "", i);
	buf_text(&b, "]}");
	v = check(&a, "BatchGetResourceConfig", b.p);
	assert_int_equal(v.c, E_INVALID);
	assert_memory_equal(v.message.p,
		"1 validation error detected: Value '[com.amazonaws.starling.dove.ResourceKey@",
		77);
	assert_non_null(strstr(v.message.p,
		"...]' at 'resourceKeys' failed to satisfy constraint: Member must have length "
		"less than or equal to 100"));
	assert_true(v.message.n < 1400);
	buf_release(&v.message);
	buf_release(&b);
	arena_release(&a);
}

static void an_enum_names_its_values(void **state)
{
	(void)state;
	assert_breaks("GetResourceConfigHistory",
		"{\"resourceType\":\"AWS::S3::Bucket\",\"resourceId\":\"b\","
		"\"chronologicalOrder\":\"Sideways\"}",
		"1 validation error detected: Value 'Sideways' at 'chronologicalOrder' failed to "
		"satisfy constraint: Member must satisfy enum value set: [Reverse, Forward]");
	assert_breaks("PutConfigurationRecorder",
		"{\"ConfigurationRecorder\":{\"name\":\"default\",\"recordingGroup\":"
		"{\"recordingStrategy\":{\"useOnly\":\"X\"}}}}",
		"1 validation error detected: Value 'X' at "
		"'configurationRecorder.recordingGroup.recordingStrategy.useOnly' failed to satisfy "
		"constraint: Member must satisfy enum value set: [INCLUSION_BY_RESOURCE_TYPES, "
		"ALL_SUPPORTED_RESOURCE_TYPES, EXCLUSION_BY_RESOURCE_TYPES]");
}

static void scalars_in_a_list_are_told_of_the_list(void **state)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct verdict v = check(&a, "PutConfigurationRecorder",
		"{\"ConfigurationRecorder\":{\"name\":\"default\",\"recordingGroup\":"
		"{\"resourceTypes\":[\"AWS::S3::Bucket\",\"AWS::No::Such\"]}}}");
	static const char wanted[] = "1 validation error detected: Value '[AWS::S3::Bucket, "
				     "AWS::No::Such]' at "
				     "'configurationRecorder.recordingGroup.resourceTypes' failed "
				     "to satisfy constraint: Member must satisfy constraint: "
				     "[Member must satisfy enum value set: ["
				     "AWS::EC2::CustomerGateway, ";

	(void)state;
	assert_int_equal(v.c, E_INVALID);
	assert_memory_equal(v.message.p, wanted, sizeof(wanted) - 1);
	assert_string_equal(v.message.p + v.message.n - 2, "]]");
	buf_release(&v.message);
	arena_release(&a);
	assert_breaks("DescribeConfigRules", "{\"ConfigRuleNames\":[\"a\",\"\"]}",
		"1 validation error detected: Value '[a, ]' at 'configRuleNames' failed to satisfy "
		"constraint: Member must satisfy constraint: [Member must have length less than or "
		"equal to 128, Member must have length greater than or equal to 1, Member must "
		"satisfy regular expression pattern: .*\\S.*]");
	assert_breaks("DescribeDeliveryChannels", "{\"DeliveryChannelNames\":[\"a\",null]}",
		"1 validation error detected: Value '[a, null]' at 'deliveryChannelNames' failed to "
		"satisfy constraint: Member must satisfy constraint: [Member must have length less "
		"than or equal to 256, Member must have length greater than or equal to 1, Member "
		"must not be null]");
	assert_breaks("ListDiscoveredResources",
		"{\"resourceType\":\"AWS::S3::Bucket\",\"resourceIds\":[null]}",
		"1 validation error detected: Value '[null]' at 'resourceIds' failed to satisfy "
		"constraint: Member must satisfy constraint: [Member must have length less than or "
		"equal to 768, Member must have length greater than or equal to 1, Member must not "
		"be null]");
}

static void a_pattern_must_match_the_whole_text(void **state)
{
	(void)state;
	assert_fits("PutAggregationAuthorization",
		"{\"AuthorizedAccountId\":\"123456789012\",\"AuthorizedAwsRegion\":\"eu-west-1\"}");
	assert_breaks("PutAggregationAuthorization",
		"{\"AuthorizedAccountId\":\"1234567890123\",\"AuthorizedAwsRegion\":\"eu-west-1\"}",
		"1 validation error detected: Value '1234567890123' at 'authorizedAccountId' failed "
		"to satisfy constraint: Member must satisfy regular expression pattern: \\d{12}");
	assert_breaks("PutStoredQuery",
		"{\"StoredQuery\":{\"QueryName\":\"a b\",\"Expression\":\"SELECT x\"}}",
		"1 validation error detected: Value 'a b' at 'storedQuery.queryName' failed to "
		"satisfy constraint: Member must satisfy regular expression pattern: "
		"^[a-zA-Z0-9-_]+$");
	assert_breaks("DeleteConfigRule", "{\"ConfigRuleName\":\"  \"}",
		"1 validation error detected: Value '  ' at 'configRuleName' failed to satisfy "
		"constraint: Member must satisfy regular expression pattern: .*\\S.*");
	assert_fits("DeleteConfigRule", "{\"ConfigRuleName\":\" \xc3\xa9 \"}");
}

static void tags_are_of_letters_in_any_script(void **state)
{
	(void)state;
	assert_fits("TagResource", "{\"ResourceArn\":\"a\",\"Tags\":[{\"Key\":\"Gr\xc3\xb6\xc3\x9f"
				   "e \xe6\x97\xa5\xe6\x9c\xac _.:/=+-@\",\"Value\":\"\"}]}");
	assert_breaks("TagResource",
		"{\"ResourceArn\":\"a\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"a*b\"}]}",
		"1 validation error detected: Value 'a*b' at 'tags.1.member.value' failed to "
		"satisfy constraint: Member must satisfy regular expression pattern: "
		"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
	/* A sign of the euro is none. */
	assert_breaks("TagResource",
		"{\"ResourceArn\":\"a\",\"Tags\":[{\"Key\":\"\xe2\x82\xac\",\"Value\":\"\"}]}",
		"1 validation error detected: Value '\xe2\x82\xac' at 'tags.1.member.key' failed to "
		"satisfy constraint: Member must satisfy regular expression pattern: "
		"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
}

static void maps_are_held_to_their_sizes_and_names(void **state)
{
	(void)state;
	assert_breaks("PutRemediationConfigurations",
		"{\"RemediationConfigurations\":[{\"ConfigRuleName\":\"r\",\"TargetType\":"
		"\"SSM_DOCUMENT\",\"TargetId\":\"d\",\"Parameters\":{\"\":{},\"k\":{\"StaticValue\":"
		"{}}}}]}",
		"2 validation errors detected: Value null at "
		"'remediationConfigurations.1.member.parameters.k.member.staticValue.values' failed "
		"to satisfy constraint: Member must not be null; Value "
		"'{=com.amazonaws.starling.dove.RemediationParameterValue@811c9dc5, "
		"k=com.amazonaws.starling.dove.RemediationParameterValue@e0c6b4a}' at "
		"'remediationConfigurations.1.member.parameters' failed to satisfy constraint: Map "
		"keys must satisfy constraint: [Member must have length less than or equal to 256, "
		"Member must have length greater than or equal to 1]");
}

static void what_the_operation_looks_at_itself_passes(void **state)
{
	(void)state;
	assert_fits("PutConfigurationRecorder", "{\"ConfigurationRecorder\":{\"name\":\"\"}}");
	assert_fits("PutDeliveryChannel", "{\"DeliveryChannel\":{\"name\":\"\"}}");
	assert_breaks("PutDeliveryChannel",
		"{\"DeliveryChannel\":{\"name\":\"d\",\"configSnapshotDeliveryProperties\":"
		"{\"deliveryFrequency\":\"Never\"}}}",
		"1 validation error detected: Value 'Never' at "
		"'deliveryChannel.configSnapshotDeliveryProperties.deliveryFrequency' failed to "
		"satisfy constraint: Member must satisfy enum value set: [One_Hour, Three_Hours, "
		"Six_Hours, Twelve_Hours, TwentyFour_Hours]");
}

static void a_limit_has_an_exception_of_its_own_where_the_operation_knows_it(void **state)
{
	(void)state;
	assert_error("ListDiscoveredResources",
		"{\"resourceType\":\"AWS::S3::Bucket\",\"limit\":101}", "InvalidLimitException",
		"Value '101' at 'limit' failed to satisfy constraint: Member must have value less "
		"than or equal to 100");
	assert_error("SelectAggregateResourceConfig",
		"{\"Expression\":\"x\",\"ConfigurationAggregatorName\":\"a\",\"MaxResults\":-1}",
		"InvalidLimitException",
		"Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value "
		"greater than or equal to 0");
	assert_breaks("DescribeComplianceByResource", "{\"Limit\":101}",
		"1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: "
		"Member must have value less than or equal to 100");
	assert_breaks("ListDiscoveredResources", "{\"limit\":101}",
		"1 validation error detected: Value null at 'resourceType' failed to satisfy "
		"constraint: Member must not be null");
}

static void types_beyond_the_enum_can_be_read(void **state)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct verdict v;

	(void)state;
	assert_fits("ListDiscoveredResources",
		"{\"resourceType\":\"AWS::Config::ConfigurationRecorder\"}");
	assert_fits("GetResourceConfigHistory",
		"{\"resourceType\":\"MyCorp::Testing::WikiPage\",\"resourceId\":\"p\"}");
	v = check(&a, "ListDiscoveredResources", "{\"resourceType\":\"bucket\"}");
	assert_int_equal(v.c, E_INVALID);
	assert_memory_equal(v.message.p,
		"1 validation error detected: Value 'bucket' at 'resourceType' failed to satisfy "
		"constraint: Member must satisfy enum value set: [AWS::EC2::",
		138);
	buf_release(&v.message);
	arena_release(&a);
}

static void a_value_of_the_wrong_kind_cannot_be_read(void **state)
{
	(void)state;
	assert_misfit("DeleteConfigRule", "{\"ConfigRuleName\":1}",
		"NUMBER_VALUE can not be converted to a String");
	assert_misfit("DeleteConfigRule", "{\"ConfigRuleName\":true}",
		"TRUE_VALUE can not be converted to a String");
	assert_misfit("DeleteConfigRule", "{\"ConfigRuleName\":false}",
		"FALSE_VALUE can not be converted to a String");
	assert_misfit("DeleteConfigRule", "{\"ConfigRuleName\":[]}",
		"Start of list found where not expected");
	assert_misfit("DeleteConfigRule", "{\"ConfigRuleName\":{}}",
		"Start of structure or map found where not expected.");
	assert_misfit(
		"DescribeConfigRules", "{\"ConfigRuleNames\":\"a\"}", "Expected list or null");
	assert_misfit("DescribeConfigRules", "{\"ConfigRuleNames\":[1]}",
		"NUMBER_VALUE can not be converted to a String");
	assert_misfit("DescribeConfigRules", "{\"Filters\":1}", "Expected structure or null");
	assert_misfit("ListDiscoveredResources", "{\"includeDeletedResources\":\"yes\"}",
		"STRING_VALUE can not be converted to a Boolean");
	assert_misfit("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":\"30\"}",
		"STRING_VALUE can not be converted to an Integer");
	assert_misfit("GetResourceConfigHistory", "{\"laterTime\":\"2026-01-01\"}",
		"STRING_VALUE can not be converted to milliseconds since epoch");
	assert_misfit("GetResourceConfigHistory", "{\"laterTime\":1e300}",
		"NUMBER_VALUE can not be converted to milliseconds since epoch");
	assert_misfit("DeleteConfigRule", "[]", "Start of list found where not expected");
	assert_misfit("DeleteConfigRule", "1", "Expected structure or null");
}

static void integers_are_whole_and_not_too_large(void **state)
{
	(void)state;
	assert_left("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":1e2}",
		"{\"RetentionPeriodInDays\":100}");
	assert_left("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":30.0}",
		"{\"RetentionPeriodInDays\":30}");
	assert_misfit("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":30.5}",
		"NUMBER_VALUE can not be converted to an Integer");
	assert_misfit("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":4294967326}",
		"NUMBER_VALUE can not be converted to an Integer");
	assert_misfit("PutRetentionConfiguration",
		"{\"RetentionPeriodInDays\":99999999999999999999999}",
		"NUMBER_VALUE can not be converted to an Integer");
	assert_misfit("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":1e400}",
		"NUMBER_VALUE can not be converted to an Integer");
	assert_misfit("PutRemediationConfigurations",
		"{\"RemediationConfigurations\":[{\"RetryAttemptSeconds\":true}]}",
		"TRUE_VALUE can not be converted to a Long");
}

static void what_is_null_or_unknown_is_dropped(void **state)
{
	(void)state;
	assert_left("DescribeConfigRules",
		"{\"a\":1,\"ConfigRuleNames\":[\"x\"],\"NextToken\":null,"
		"\"Filters\":{\"b\":[],\"EvaluationMode\":\"DETECTIVE\"},\"c\":{}}",
		"{\"ConfigRuleNames\":[\"x\"],\"Filters\":{\"EvaluationMode\":\"DETECTIVE\"}}");
	assert_left("DescribeConfigRules", "{\"configRuleNames\":[\"x\"],\"ConfigRule\":1}", "{}");
	assert_left("GetComplianceSummaryByConfigRule", "{\"x\":1}", "{}");
}

static void a_long_value_is_cut_between_characters(void **state)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct buf b = BUF_INIT(1 << 20);
	struct verdict v;

	(void)state;
	buf_text(&b, "{\"ConfigRuleName\":\"");
	for (int i = 0; i < 100000; i++)
		buf_text(&b, "\xe6\x97\xa5");
	buf_text(&b, "\"}");
	v = check(&a, "DeleteConfigRule", b.p);
	assert_int_equal(v.c, E_INVALID);
	assert_true(utf8_ok(buf_slice(&v.message)));
	assert_true(v.message.n > 1024 && v.message.n < 1200);
	assert_non_null(strstr(v.message.p, "...' at 'configRuleName'"));
	buf_release(&v.message);
	buf_release(&b);
	arena_release(&a);
}

static void a_long_name_in_a_map_leaves_the_path_short(void **state)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct buf b = BUF_INIT(1 << 20);
	struct verdict v;

	(void)state;
	buf_text(&b, "{\"RemediationConfigurations\":[{\"ConfigRuleName\":\"r\",\"TargetType\":"
		     "\"SSM_DOCUMENT\",\"TargetId\":\"d\",\"Parameters\":{\"");
	for (int i = 0; i < 5000; i++)
		buf_text(&b, "k");
	buf_text(&b, "\":{\"StaticValue\":{}}}}]}");
	v = check(&a, "PutRemediationConfigurations", b.p);
	assert_int_equal(v.c, E_INVALID);
	assert_true(v.message.n < 4096);
	assert_memory_equal(v.message.p,
		"2 validation errors detected: Value null at "
		"'remediationConfigurations.1.member.parameters",
		90);
	buf_release(&v.message);
	buf_release(&b);
	arena_release(&a);
}

static void a_hundred_wrong_enums_fit_the_message(void **state)
{
	struct arena a = ARENA_INIT(1 << 22);
	struct buf b = BUF_INIT(1 << 20);
	struct verdict v;

	(void)state;
	buf_text(&b, "{\"resourceKeys\":[");
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "%s{\"resourceType\":\"x\",\"resourceId\":\"\"}", i ? "," : "");
	buf_text(&b, "]}");
	v = check(&a, "BatchGetResourceConfig", b.p);
	assert_int_equal(v.c, E_INVALID);
	assert_true(v.message.n < MODEL_MESSAGE_MAX_BYTES);
	assert_memory_equal(v.message.p,
		"200 validation errors detected: Value 'x' at "
		"'resourceKeys.1.member.resourceType' failed",
		87);
	buf_release(&v.message);
	buf_release(&b);
	arena_release(&a);
}

static void a_small_message_is_an_error(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct buf message = BUF_INIT(10);
	const char *error = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(model_check(model_find(STR("DeleteConfigRule")), tree_of(&a, "{}"), &a,
				 &error, &message, &e),
		E_TOOBIG);
	assert_null(error);
	buf_release(&message);
	arena_release(&a);
}

/* An empty request is right, or lacks just what is required. */
static void each_operation_takes_an_empty_request_for_what_it_is(void **state)
{
	(void)state;
	assert_int_equal(model_operations_n, 97);
	for (size_t i = 0; i < model_operations_n; i++) {
		const struct model_operation *op = &model_operations[i];
		const struct model_shape *input = &model_shapes[op->input];
		struct arena a = ARENA_INIT(1 << 20);
		struct verdict v = check(&a, op->name, "{}");
		unsigned missing = 0;
		const char *at = v.message.p;

		assert_ptr_equal(model_find(str_of(op->name)), op);
		for (size_t m = 0; m < input->members_n; m++)
			missing += input->members[m].required;
		assert_int_equal(v.c, missing ? E_INVALID : E_OK);
		for (; (at = strstr(at, "Value null at '")); at++)
			missing--;
		assert_int_equal(missing, 0);
		buf_release(&v.message);
		arena_release(&a);
	}
	assert_null(model_find(STR("")));
	assert_null(model_find(STR("PutConfigRul")));
	assert_null(model_find(STR("PutConfigRules")));
}

/* ---- writing ---- */

static enum code write_to(struct buf *out, const char *operation, const char *output, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 22);
	enum code c = model_write(
		model_find(str_of(operation)), output ? tree_of(&a, output) : NULL, out, e);

	arena_release(&a);
	return c;
}

static void assert_written(const char *operation, const char *output, const char *text)
{
	struct buf out = BUF_INIT(1 << 20);
	struct err e = { 0 };

	if (write_to(&out, operation, output, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(out.p, text);
	buf_release(&out);
}

static void assert_mistake(const char *operation, const char *output, const char *message)
{
	struct buf out = BUF_INIT(1 << 20);
	struct err e = { 0 };

	assert_int_equal(write_to(&out, operation, output, &e), E_INVALID);
	assert_string_equal(e.msg, message);
	buf_release(&out);
}

static void an_answer_is_in_the_order_of_the_model(void **state)
{
	(void)state;
	assert_written("DescribeConfigRules",
		"{\"NextToken\":\"t\",\"ConfigRules\":[{\"Source\":{\"Owner\":\"AWS\"},"
		"\"ConfigRuleName\":\"a\\\"b\"},null]}",
		"{\"ConfigRules\":[{\"ConfigRuleName\":\"a\\\"b\",\"Source\":{\"Owner\":\"AWS\"}}],"
		"\"NextToken\":\"t\"}");
}

static void nulls_are_left_out_and_empty_lists_stay(void **state)
{
	(void)state;
	assert_written("GetResourceConfigHistory",
		"{\"configurationItems\":[{\"tags\":{},\"relatedEvents\":[],\"arn\":null}],"
		"\"nextToken\":null}",
		"{\"configurationItems\":[{\"tags\":{},\"relatedEvents\":[]}]}");
	assert_written("DescribeConfigRules", NULL, "{}");
	assert_written("PutConfigRule", NULL, "");
	assert_written("PutConfigRule", "null", "");
	assert_written("PutConfigRule", "{}", "");
}

static void times_have_at_most_three_decimals(void **state)
{
	static const struct {
		const char *given, *written;
	} of[] = { { "1790587329.411", "1790587329.411" }, { "1790587329", "1790587329" },
		{ "1790587329.0", "1790587329" }, { "1790587329.4", "1790587329.4" },
		{ "1790587329.41", "1790587329.41" }, { "1790587329.001", "1790587329.001" },
		{ "1790587329.4116", "1790587329.412" }, { "1790587329.9999", "1790587330" },
		{ "1.790587329411e9", "1790587329.411" }, { "0", "0" }, { "-1.5", "-1.5" },
		{ "-0.25", "-0.25" } };

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		char given[200], written[200];

		snprintf(given, sizeof(given),
			"{\"ConfigurationRecordersStatus\":[{\"lastStartTime\":%s}]}", of[i].given);
		snprintf(written, sizeof(written),
			"{\"ConfigurationRecordersStatus\":[{\"lastStartTime\":%s}]}",
			of[i].written);
		assert_written("DescribeConfigurationRecorderStatus", given, written);
	}
	assert_mistake("DescribeConfigurationRecorderStatus",
		"{\"ConfigurationRecordersStatus\":[{\"lastStartTime\":\"2026-01-01\"}]}",
		"answer of DescribeConfigurationRecorderStatus: \"lastStartTime\" is not a time");
	assert_mistake("DescribeConfigurationRecorderStatus",
		"{\"ConfigurationRecordersStatus\":[{\"lastStartTime\":1e300}]}",
		"answer of DescribeConfigurationRecorderStatus: \"lastStartTime\" is not a time");
}

static void numbers_of_sql_do_for_booleans_and_texts(void **state)
{
	(void)state;
	assert_written("DescribeConfigurationRecorderStatus",
		"{\"ConfigurationRecordersStatus\":[{\"recording\":1},{\"recording\":0},"
		"{\"recording\":true},{\"recording\":false}]}",
		"{\"ConfigurationRecordersStatus\":[{\"recording\":true},{\"recording\":false},"
		"{\"recording\":true},{\"recording\":false}]}");
	assert_written("GetResourceConfigHistory",
		"{\"configurationItems\":[{\"configurationStateId\":1790587329411}]}",
		"{\"configurationItems\":[{\"configurationStateId\":\"1790587329411\"}]}");
}

static void what_the_model_does_not_know_is_a_mistake(void **state)
{
	(void)state;
	assert_mistake("DescribeConfigRules", "{\"ConfigRules\":[{\"name\":1}]}",
		"answer of DescribeConfigRules: \"ConfigRule\" has no member \"name\"");
	assert_mistake("DescribeConfigRules", "{\"configRules\":null}",
		"answer of DescribeConfigRules: \"DescribeConfigRulesResponse\" has no member "
		"\"configRules\"");
	assert_mistake("DescribeConfigRules", "{\"ConfigRules\":{}}",
		"answer of DescribeConfigRules: \"ConfigRules\" is not a list");
	assert_mistake("DescribeConfigRules", "{\"ConfigRules\":[[]]}",
		"answer of DescribeConfigRules: \"ConfigRules\" is not an object");
	assert_mistake("DescribeConfigRules", "{\"NextToken\":{}}",
		"answer of DescribeConfigRules: \"NextToken\" is not a text");
	assert_mistake("GetDiscoveredResourceCounts", "{\"totalDiscoveredResources\":1.5}",
		"answer of GetDiscoveredResourceCounts: \"totalDiscoveredResources\" is not a "
		"whole number");
	assert_mistake("GetDiscoveredResourceCounts", "{\"totalDiscoveredResources\":\"1\"}",
		"answer of GetDiscoveredResourceCounts: \"totalDiscoveredResources\" is not a "
		"number");
	assert_mistake("DescribeConfigRules", "[]",
		"answer of DescribeConfigRules: \"the body\" is not an object");
	assert_mistake(
		"PutConfigRule", "{\"x\":1}", "answer of PutConfigRule: \"\" has no member \"x\"");
}

static void an_answer_too_large_is_an_error(void **state)
{
	struct buf out = BUF_INIT(10);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
		write_to(&out, "DescribeConfigRules", "{\"ConfigRules\":[]}", &e), E_TOOBIG);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_told_by_its_path),
		cmocka_unit_test(a_text_has_a_length),
		cmocka_unit_test(a_length_is_counted_in_characters),
		cmocka_unit_test(a_number_has_a_range),
		cmocka_unit_test(a_list_has_a_size),
		cmocka_unit_test(structures_in_a_list_are_printed_by_their_class),
		cmocka_unit_test(an_enum_names_its_values),
		cmocka_unit_test(scalars_in_a_list_are_told_of_the_list),
		cmocka_unit_test(a_pattern_must_match_the_whole_text),
		cmocka_unit_test(tags_are_of_letters_in_any_script),
		cmocka_unit_test(maps_are_held_to_their_sizes_and_names),
		cmocka_unit_test(what_the_operation_looks_at_itself_passes),
		cmocka_unit_test(a_limit_has_an_exception_of_its_own_where_the_operation_knows_it),
		cmocka_unit_test(types_beyond_the_enum_can_be_read),
		cmocka_unit_test(a_value_of_the_wrong_kind_cannot_be_read),
		cmocka_unit_test(integers_are_whole_and_not_too_large),
		cmocka_unit_test(what_is_null_or_unknown_is_dropped),
		cmocka_unit_test(a_long_value_is_cut_between_characters),
		cmocka_unit_test(a_long_name_in_a_map_leaves_the_path_short),
		cmocka_unit_test(a_hundred_wrong_enums_fit_the_message),
		cmocka_unit_test(a_small_message_is_an_error),
		cmocka_unit_test(each_operation_takes_an_empty_request_for_what_it_is),
		cmocka_unit_test(an_answer_is_in_the_order_of_the_model),
		cmocka_unit_test(nulls_are_left_out_and_empty_lists_stay),
		cmocka_unit_test(times_have_at_most_three_decimals),
		cmocka_unit_test(numbers_of_sql_do_for_booleans_and_texts),
		cmocka_unit_test(what_the_model_does_not_know_is_a_mistake),
		cmocka_unit_test(an_answer_too_large_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
