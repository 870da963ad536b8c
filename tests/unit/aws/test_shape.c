/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/shape.h"
#include "base/buf.h"
#include "lib/unit.h"

static void check_findable(void *ctx, const struct api_service *s, const struct api_op *op)
{
	size_t *n = ctx;

	++*n;
	assert_ptr_equal(api_find(api_text(s->name), api_text(op->name)), op);
	assert_ptr_equal(api_service_of(op), s);
}

static void every_operation_is_found_by_its_name(void **state)
{
	size_t n = 0;

	(void)state;
	api_each(check_findable, &n);
	assert_true(n > 60);
	assert_null(api_find("ec2", "TerminateInstances"));
	assert_null(api_find("ec3", "DescribeVpcs"));
	assert_null(api_find("", ""));
}

static void append(void *ctx, const char *name)
{
	buf_printf(ctx, "%s ", name);
}

static void an_items_members_are_those_of_the_list(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(aws_item_members("ec2", "DescribeInstances", "Reservations[].Instances[]",
				 append, &b, &e),
		E_OK);
	assert_non_null(strstr(b.p, "InstanceId "));
	assert_non_null(strstr(b.p, "BlockDeviceMappings "));
	assert_null(strstr(b.p, "Reservations"));
	buf_clear(&b);
	assert_int_equal(
		aws_item_members("dynamodb", "DescribeTable", "Table", append, &b, &e), E_OK);
	assert_non_null(strstr(b.p, "TableArn "));
	buf_clear(&b);
	assert_int_equal(aws_item_members("elbv2", "DescribeTags", "TagDescriptions[0].Tags[]",
				 append, &b, &e),
		E_OK);
	assert_string_equal(b.p, "Key Value ");
	buf_clear(&b);
	assert_int_equal(aws_item_members("kms", "DescribeKey", "", append, &b, &e), E_OK);
	assert_string_equal(b.p, "KeyMetadata ");
	buf_release(&b);
}

static enum code members_of(const char *service, const char *op, const char *path)
{
	struct buf b = BUF_INIT(1 << 16);
	struct err e = { 0 };
	enum code c = aws_item_members(service, op, path, append, &b, &e);

	buf_release(&b);
	return c;
}

static void a_path_that_leads_nowhere_is_told(void **state)
{
	(void)state;
	assert_int_equal(members_of("sqs", "ListQueues", "QueueUrls[]"), E_NOTFOUND);
	assert_int_equal(members_of("sqs", "GetQueueAttributes", "Attributes"), E_NOTFOUND);
	assert_int_equal(members_of("sqs", "ListQueues", "Queues[]"), E_INVALID);
	assert_int_equal(members_of("sqs", "ListQueues", "QueueUrls[].Name"), E_INVALID);
	assert_int_equal(members_of("sqs", "MakeQueues", ""), E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_is_found_by_its_name),
		cmocka_unit_test(an_items_members_are_those_of_the_list),
		cmocka_unit_test(a_path_that_leads_nowhere_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
