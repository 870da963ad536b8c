/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/describe.h"

#include "db/expr.h"
#include "lib/unit.h"
#include "json/canon.h"
#include "json/path.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>

/* A canned AWS: operations and what they answer, in the order in which they are asked. */
struct answer {
	const char *op;     /* NULL ends */
	const char *params; /* what must be asked; NULL: anything */
	const char *body;   /* NULL: refused with fault */
	const char *fault;
	enum code code;
};

struct world {
	struct arena a;
	struct expr *expr;
	const struct answer *next;
	struct describer d;
	struct caller caller;
	struct described got;
	struct err e;
};

static enum code canned(void *ctx, const struct aws_call *call, struct arena *a, struct json **out,
	struct aws_fault *fault, struct err *e)
{
	struct world *w = ctx;
	const struct answer *answer = w->next;
	struct buf params = BUF_INIT(4096);

	assert_non_null(answer->op);
	w->next++;
	assert_string_equal(call->op, answer->op);
	if (answer->params) {
		json_write(&params, call->params);
		assert_string_equal(params.p, answer->params);
	}
	buf_release(&params);
	if (!answer->body) {
		*fault = (struct aws_fault){ .status = 400 };
		(void)snprintf(fault->code, sizeof(fault->code), "%s", answer->fault);
		return err_set(e, answer->code, "%s", answer->fault);
	}
	return json_read(a, str_of(answer->body), out, e);
}

static enum code canned_pages(void *ctx, const struct aws_call *call, int page_size,
	aws_page_fn *fn, void *fn_ctx, struct aws_fault *fault, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct json *page = NULL;
	enum code c = canned(ctx, call, &a, &page, fault, e);

	(void)page_size;
	c = c ? c : fn(fn_ctx, page, e);
	arena_release(&a);
	return c;
}

static void canned_cut(
	void *ctx, const char *service, const char *op, const char *items, struct json *item)
{
	(void)ctx;
	(void)service;
	(void)op;
	(void)items;
	if (json_get(item, "Extra"))
		json_remove(item, json_get(item, "Extra"));
}

static void begin(struct world *w, const struct answer *answers)
{
	*w = (struct world){ .a = ARENA_INIT(16 << 20), .next = answers };
	w->caller = (struct caller){ canned, canned_pages, canned_cut, w };
	assert_int_equal(expr_open(&w->expr, &w->e), E_OK);
	w->d = (struct describer){ .caller = &w->caller,
		.expr = w->expr,
		.a = &w->a,
		.at = { "123456789012", "eu-west-1", "aws" } };
}

static void end(struct world *w)
{
	assert_null(w->next->op);
	expr_close(w->expr);
	arena_release(&w->a);
}

static struct entry *entry(struct world *w, const char *doc)
{
	struct entry *t = NULL;

	if (entry_parse(&w->a, str_of(doc), &t, &w->e))
		fail_msg("%s", w->e.msg);
	return t;
}

static enum code listed(struct world *w, const struct entry *t, const char *item)
{
	struct json *v = NULL;

	assert_int_equal(json_read(&w->a, str_of(item), &v, &w->e), E_OK);
	return describe_listed(&w->d, t, v, true, &w->got, &w->e);
}

static const char *canonical(struct world *w, struct json *v)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *text;

	json_canon(v);
	json_write(&b, v);
	text = arena_text(&w->a, buf_slice(&b));
	buf_release(&b);
	return text;
}

static const char *text(struct world *w, struct str s)
{
	return arena_text(&w->a, s);
}

static const struct answer nothing[] = { { 0 } };

#define VOLUME                                                                                     \
	"{\"type\":\"AWS::EC2::Volume\",\"engine\":\"native\",\"service\":\"ec2\","                \
	"\"style\":{\"names\":\"first\"},"                                                         \
	"\"list\":{\"op\":\"DescribeVolumes\",\"items\":\"Volumes[]\"},"                           \
	"\"get\":{\"op\":\"DescribeVolumes\",\"params\":{\"VolumeIds\":[\"{id}\"]},"               \
	"\"items\":\"Volumes[]\",\"gone\":[\"InvalidVolume.NotFound\"]},"                          \
	"\"drop_if\":{\"$.state\":[\"deleting\"]},"                                                \
	"\"id\":\"$.volumeId\",\"arn\":\"arn:{partition}:ec2:{region}:{account}:volume/{id}\","    \
	"\"az\":\"$.availabilityZone\",\"created\":\"$.createTime\",\"tags\":{\"path\":\"$.tags\"}}"

static void a_listed_item_becomes_an_observation(void **state)
{
	struct world w;

	(void)state;
	begin(&w, nothing);
	assert_int_equal(
		listed(&w, entry(&w, VOLUME),
			"{\"VolumeId\":\"vol-1\",\"AvailabilityZone\":\"eu-west-1a\",\"Size\":8,"
			"\"CreateTime\":\"2026-02-13T06:24:42.227Z\","
			"\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"},{\"Key\":\"c\",\"Value\":\"\"}]}"),
		E_OK);
	assert_true(w.got.there);
	assert_string_equal(text(&w, w.got.o.id), "vol-1");
	assert_string_equal(
		text(&w, w.got.o.arn), "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1");
	assert_string_equal(text(&w, w.got.o.az), "eu-west-1a");
	assert_string_equal(text(&w, w.got.o.region), "eu-west-1");
	assert_null(w.got.o.name.p);
	assert_int_equal(w.got.o.created_ms, 1770963882227);
	assert_string_equal(canonical(&w, w.got.o.tags), "{\"a\":\"b\",\"c\":\"\"}");
	assert_non_null(json_get(w.got.o.configuration, "volumeId"));
	assert_int_equal(w.d.calls, 0);
	end(&w);
}

static void what_is_being_deleted_does_not_count(void **state)
{
	struct world w;

	(void)state;
	begin(&w, nothing);
	assert_int_equal(
		listed(&w, entry(&w, VOLUME), "{\"VolumeId\":\"vol-1\",\"State\":\"deleting\"}"),
		E_OK);
	assert_false(w.got.there);
	end(&w);
}

static enum code one(struct world *w, const struct entry *t, const char *id)
{
	struct key key = { str_of(id), STR_NONE, STR_NONE };

	return describe_one(&w->d, t, &key, false, &w->got, &w->e);
}

static void gone_is_what_the_service_calls_gone(void **state)
{
	static const struct answer answers[] = { { "DescribeVolumes", "{\"VolumeIds\":[\"vol-1\"]}",
							 NULL, "InvalidVolume.NotFound",
							 E_NOTFOUND },
		{ "DescribeVolumes", NULL, "{\"Volumes\":[]}", NULL, E_OK },
		{ "DescribeVolumes", NULL, "{\"Volumes\":[{\"VolumeId\":\"vol-2\"}]}", NULL, E_OK },
		{ "DescribeVolumes", NULL,
			"{\"Volumes\":[{\"VolumeId\":\"vol-1\",\"State\":\"deleting\"}]}", NULL,
			E_OK },
		{ 0 } };
	struct world w;
	struct entry *t;

	(void)state;
	begin(&w, answers);
	t = entry(&w, VOLUME);
	for (int i = 0; i < 4; i++) {
		w.got.there = true;
		assert_int_equal(one(&w, t, "vol-1"), E_OK);
		assert_false(w.got.there);
	}
	end(&w);
}

static void a_doubtful_answer_is_an_error_and_not_gone(void **state)
{
	static const struct answer answers[] = { { "DescribeVolumes", NULL, NULL, "AccessDenied",
							 E_DENIED },
		{ "DescribeVolumes", NULL, NULL, "SomethingNotFound", E_NOTFOUND },
		{ "DescribeVolumes", NULL, NULL, "InternalError", E_REMOTE },
		{ "DescribeVolumes", NULL, NULL, "", E_UNSUPPORTED },
		{ "DescribeVolumes", NULL, "{}", NULL, E_OK }, { 0 } };
	static const enum code codes[] = { E_DENIED, E_NOTFOUND, E_REMOTE, E_UNSUPPORTED,
		E_CORRUPT };
	struct world w;
	struct entry *t;

	(void)state;
	begin(&w, answers);
	t = entry(&w, VOLUME);
	for (int i = 0; i < 5; i++) {
		w.e = (struct err){ 0 };
		w.got.there = true;
		assert_int_equal(one(&w, t, "vol-1"), codes[i]);
		assert_true(w.got.there);
	}
	end(&w);
}

#define FUNCTION                                                                                   \
	"{\"type\":\"AWS::Lambda::Function\",\"engine\":\"native\",\"service\":\"lambda\","        \
	"\"style\":{\"names\":\"bean\"},"                                                          \
	"\"list\":{\"op\":\"ListFunctions\",\"items\":\"Functions[]\"},"                           \
	"\"id\":\"$.functionName\",\"redact\":[\"$.environment.variables.*\"],"                    \
	"\"supplementary\":{"                                                                      \
	"\"Policy\":{\"op\":\"GetPolicy\",\"params\":{\"FunctionName\":\"{FunctionName}\"},"       \
	"\"absent\":[\"ResourceNotFoundException\"],"                                              \
	"\"sql\":\"json_quote(json_extract(:r,'$.policy'))\"},"                                    \
	"\"Acl\":{\"op\":\"GetAcl\",\"as\":\"json-string\",\"sql\":\"json_object('grants',"        \
	"NULL,'n',json_extract(:r,'$.n'))\"},"                                                     \
	"\"Soft\":{\"op\":\"GetSoft\",\"soft\":1},"                                                \
	"\"If\":{\"op\":\"GetIf\",\"if\":{\"$.runtime\":\"none\"}},"                               \
	"\"Default\":{\"op\":\"GetDefault\",\"absent\":[\"NoSuch\"],\"default\":{\"x\":1}},"       \
	"\"Tags\":{\"op\":\"ListTags\",\"path\":\"Tags\"}},"                                       \
	"\"tags\":{\"supplementary\":\"Tags\",\"form\":\"map\"}}"

static void parts_are_read_as_the_entry_says(void **state)
{
	static const struct answer answers[] = { { "GetPolicy", "{\"FunctionName\":\"f\"}",
							 "{\"Policy\":\"{\\\"a\\\":1}\"}", NULL,
							 E_OK },
		{ "GetAcl", NULL, "{\"N\":1}", NULL, E_OK },
		{ "GetSoft", NULL, NULL, "AccessDeniedException", E_DENIED },
		{ "GetDefault", NULL, NULL, "NoSuch", E_NOTFOUND },
		{ "ListTags", NULL, "{\"Tags\":{\"Env\":\"prod\"}}", NULL, E_OK }, { 0 } };
	struct world w;

	(void)state;
	begin(&w, answers);
	assert_int_equal(listed(&w, entry(&w, FUNCTION),
				 "{\"FunctionName\":\"f\",\"Runtime\":\"python\",\"Environment\":{"
				 "\"Variables\":{\"SECRET\":\"hunter2\"}}}"),
		E_OK);
	assert_string_equal(canonical(&w, w.got.o.supplementary),
		"{\"Acl\":\"{\\\"grants\\\":null,\\\"n\\\":1}\",\"Default\":{\"x\":1},"
		"\"Policy\":\"{\\\"a\\\":1}\",\"Tags\":{\"env\":\"prod\"}}");
	assert_string_equal(canonical(&w, w.got.o.configuration),
		"{\"environment\":{\"variables\":{\"secret\":\"sha256:f52fbd32b2b3b86f\"}},"
		"\"functionName\":\"f\",\"runtime\":\"python\"}");
	end(&w);
}

static void a_part_that_fails_fails_the_resource(void **state)
{
	static const struct answer answers[] = {
		{ "GetPolicy", NULL, NULL, "AccessDeniedException", E_DENIED }, { 0 }
	};
	struct world w;

	(void)state;
	begin(&w, answers);
	assert_int_equal(listed(&w, entry(&w, FUNCTION), "{\"FunctionName\":\"f\"}"), E_DENIED);
	assert_non_null(strstr(w.e.msg, "part Policy"));
	assert_non_null(strstr(w.e.msg, "\"f\""));
	assert_string_equal(w.d.fault.code, "AccessDeniedException");
	end(&w);
}

static void a_soft_part_does_not_hide_a_broken_line(void **state)
{
	static const struct answer answers[] = { { "GetPolicy", NULL, "{}", NULL, E_OK },
		{ "GetAcl", NULL, "{}", NULL, E_OK },
		{ "GetSoft", NULL, NULL, "ThrottlingException", E_THROTTLED }, { 0 } };
	struct world w;

	(void)state;
	begin(&w, answers);
	assert_int_equal(listed(&w, entry(&w, FUNCTION), "{\"FunctionName\":\"f\"}"), E_THROTTLED);
	end(&w);
}

/* Keys that ran out in the middle of a sweep refuse everything: no part goes away by that. */
static void a_soft_part_is_kept_when_it_is_the_keys_that_are_refused(void **state)
{
	static const struct answer answers[] = { { "GetPolicy", NULL, "{}", NULL, E_OK },
		{ "GetAcl", NULL, "{}", NULL, E_OK },
		{ "GetSoft", NULL, NULL, "ExpiredTokenException", E_DENIED }, { 0 } };
	struct world w;

	(void)state;
	begin(&w, answers);
	assert_int_equal(listed(&w, entry(&w, FUNCTION), "{\"FunctionName\":\"f\"}"), E_DENIED);
	end(&w);
}

#define QUEUE                                                                                      \
	"{\"type\":\"AWS::SQS::Queue\",\"engine\":\"native\",\"service\":\"sqs\","                 \
	"\"list\":{\"op\":\"ListQueues\",\"items\":\"QueueUrls[]\"},"                              \
	"\"steps\":[{\"op\":\"GetQueueAttributes\",\"params\":{\"QueueUrl\":\"{.}\"},"             \
	"\"items\":\"Attributes\",\"set\":{\"QueueUrl\":\"{.}\"},"                                 \
	"\"gone\":[\"QueueDoesNotExist\"]}],\"get\":{\"bind\":\"{id}\"},"                          \
	"\"set\":{\"QueueName\":{\"path\":\"$.QueueArn\",\"strip\":\"arn-last\"}},"                \
	"\"coerce\":{\"int\":[\"$.DelaySeconds\"]},\"remove\":[\"$.Count\"],"                      \
	"\"id\":\"$.QueueUrl\",\"name\":\"$.QueueName\","                                          \
	"\"created\":{\"path\":\"$.CreatedTimestamp\",\"form\":\"epoch\"}}"

static void a_scalar_item_is_described_by_its_steps(void **state)
{
	static const struct answer answers[] = {
		{ "GetQueueAttributes", "{\"QueueUrl\":\"http://q/1\"}",
			"{\"Attributes\":{\"QueueArn\":\"arn:aws:sqs:eu-west-1:1:name\","
			"\"DelaySeconds\":\"030\",\"Count\":\"9\",\"CreatedTimestamp\":\"1770963882\"}}",
			NULL, E_OK },
		{ "GetQueueAttributes", NULL, "{\"Attributes\":{\"DelaySeconds\":\"30\"}}", NULL,
			E_OK },
		{ "GetQueueAttributes", NULL, NULL, "QueueDoesNotExist", E_NOTFOUND }, { 0 }
	};
	struct world w;
	struct entry *t;

	(void)state;
	begin(&w, answers);
	t = entry(&w, QUEUE);
	assert_int_equal(listed(&w, t, "\"http://q/1\""), E_OK);
	assert_string_equal(text(&w, w.got.o.id), "http://q/1");
	assert_string_equal(text(&w, w.got.o.name), "name");
	assert_int_equal(w.got.o.created_ms, 1770963882000);
	assert_string_equal(canonical(&w, w.got.o.configuration),
		"{\"CreatedTimestamp\":\"1770963882\",\"DelaySeconds\":\"030\","
		"\"QueueArn\":\"arn:aws:sqs:eu-west-1:1:name\",\"QueueName\":\"name\","
		"\"QueueUrl\":\"http://q/1\"}");
	assert_int_equal(one(&w, t, "http://q/1"), E_OK);
	assert_string_equal(canonical(&w, w.got.o.configuration),
		"{\"DelaySeconds\":30,\"QueueUrl\":\"http://q/1\"}");
	assert_int_equal(listed(&w, t, "\"http://q/1\""), E_OK);
	assert_false(w.got.there);
	end(&w);
}

#define POLICY                                                                                      \
	"{\"type\":\"AWS::IAM::Policy\",\"engine\":\"native\",\"service\":\"iam\","                 \
	"\"style\":{\"names\":\"first\"},"                                                          \
	"\"list\":{\"op\":\"GetAll\",\"items\":\"Policies[]\"},"                                    \
	"\"get\":{\"op\":\"GetPolicy\",\"params\":{\"PolicyArn\":\"{arn}\"},\"items\":\"Policy\"}," \
	"\"get_steps\":[{\"op\":\"ListVersions\",\"params\":{\"PolicyArn\":\"{Arn}\"},"             \
	"\"each\":\"Versions[].VersionId\",\"call\":{\"op\":\"GetVersion\",\"params\":"             \
	"{\"VersionId\":\"{.}\"},\"items\":\"PolicyVersion\"},\"into\":\"PolicyVersionList\","      \
	"\"pick\":[\"VersionId\"]}],"                                                               \
	"\"id\":\"$.policyId\",\"name\":\"$.policyName\",\"arn\":\"$.arn\",\"region\":\"=global\"}"

static void a_listing_too_poor_for_an_id_is_completed_by_a_read(void **state)
{
	static const struct answer answers[] = {
		{ "GetPolicy", "{\"PolicyArn\":\"arn:p\"}",
			"{\"Policy\":{\"Arn\":\"arn:p\",\"PolicyId\":\"P1\",\"PolicyName\":\"n\","
			"\"Extra\":1}}",
			NULL, E_OK },
		{ "ListVersions", "{\"PolicyArn\":\"arn:p\"}",
			"{\"Versions\":[{\"VersionId\":\"v2\"},{\"VersionId\":\"v1\"}]}", NULL,
			E_OK },
		{ "GetVersion", "{\"VersionId\":\"v2\"}",
			"{\"PolicyVersion\":{\"VersionId\":\"v2\",\"More\":1}}", NULL, E_OK },
		{ "GetVersion", "{\"VersionId\":\"v1\"}",
			"{\"PolicyVersion\":{\"VersionId\":\"v1\"}}", NULL, E_OK },
		{ 0 }
	};
	struct world w;

	(void)state;
	begin(&w, answers);
	assert_int_equal(listed(&w, entry(&w, POLICY), "{\"Arn\":\"arn:p\"}"), E_OK);
	assert_string_equal(text(&w, w.got.o.id), "P1");
	assert_string_equal(text(&w, w.got.o.region), "global");
	assert_string_equal(canonical(&w, w.got.o.configuration),
		"{\"arn\":\"arn:p\",\"policyId\":\"P1\",\"policyName\":\"n\","
		"\"policyVersionList\":[{\"versionId\":\"v2\"},{\"versionId\":\"v1\"}]}");
	end(&w);
}

#define BUCKET                                                                                     \
	"{\"type\":\"AWS::S3::Bucket\",\"engine\":\"native\",\"service\":\"s3\","                  \
	"\"scope\":\"global-list\",\"style\":{\"names\":\"camel\"},"                               \
	"\"list\":{\"op\":\"ListBuckets\",\"items\":\"Buckets[]\"},"                               \
	"\"region_from\":{\"op\":\"GetBucketLocation\",\"params\":{\"Bucket\":\"{Name}\"},"        \
	"\"path\":\"LocationConstraint\",\"into\":\"Region\","                                     \
	"\"map\":{\"\":\"us-east-1\",\"EU\":\"eu-west-1\"}},"                                      \
	"\"keep\":[\"name\",\"region\"],\"id\":\"$.name\",\"arn\":\"arn:{partition}:s3:::{id}\"}"

static void a_bucket_counts_where_it_is(void **state)
{
	static const struct answer answers[] = { { "GetBucketLocation", "{\"Bucket\":\"b\"}",
							 "{\"LocationConstraint\":\"\"}", NULL,
							 E_OK },
		{ "GetBucketLocation", NULL, "{\"LocationConstraint\":\"EU\"}", NULL, E_OK },
		{ "GetBucketLocation", NULL, "{\"LocationConstraint\":\"sa-east-1\"}", NULL, E_OK },
		{ 0 } };
	static const char *const regions[] = { "us-east-1", "eu-west-1" };
	static const char *const wanted[] = { "us-east-1", "eu-west-1" };
	struct world w;
	struct entry *t;

	(void)state;
	begin(&w, answers);
	t = entry(&w, BUCKET);
	for (int i = 0; i < 3; i++) {
		w.d.at.region = "us-east-1";
		w.d.regions = regions;
		w.d.n_regions = 2;
		assert_int_equal(listed(&w, t, "{\"Name\":\"b\",\"BucketRegion\":\"x\"}"), E_OK);
		assert_int_equal(w.got.there, i < 2);
		if (i < 2)
			assert_string_equal(text(&w, w.got.o.region), wanted[i]);
		if (i == 1)
			assert_string_equal(canonical(&w, w.got.o.configuration),
				"{\"name\":\"b\",\"region\":\"eu-west-1\"}");
	}
	end(&w);
}

#define GROUP                                                                                      \
	"{\"type\":\"AWS::EC2::SecurityGroup\",\"engine\":\"native\",\"service\":\"ec2\","         \
	"\"style\":{\"names\":\"first\"},\"list\":{\"op\":\"D\",\"items\":\"\"},"                  \
	"\"reshape\":[{\"do\":\"copy\",\"from\":\"$.p[*].ipRanges\",\"to\":\"ipv4Ranges\"},"       \
	"{\"do\":\"pluck\",\"path\":\"$.p[*].ipRanges\",\"key\":\"cidrIp\"}],\"id\":\"$.g\"}"

static void ranges_are_shown_in_both_forms(void **state)
{
	struct world w;

	(void)state;
	begin(&w, nothing);
	assert_int_equal(listed(&w, entry(&w, GROUP),
				 "{\"G\":\"sg\",\"P\":[{\"IpRanges\":[{\"CidrIp\":\"10.0.0.0/8\","
				 "\"Description\":\"d\"}]},{\"IpRanges\":[]}]}"),
		E_OK);
	assert_string_equal(canonical(&w, w.got.o.configuration),
		"{\"g\":\"sg\",\"p\":[{\"ipRanges\":[\"10.0.0.0/8\"],\"ipv4Ranges\":[{"
		"\"cidrIp\":\"10.0.0.0/8\",\"description\":\"d\"}]},"
		"{\"ipRanges\":[],\"ipv4Ranges\":[]}]}");
	end(&w);
}

static void a_policy_is_encoded_however_it_came(void **state)
{
	struct world w;
	struct entry *t;

	(void)state;
	begin(&w, nothing);
	t = entry(&w, "{\"type\":\"T::T::T\",\"engine\":\"native\",\"service\":\"iam\","
		      "\"style\":{\"names\":\"first\"},\"list\":{\"op\":\"L\",\"items\":\"\"},"
		      "\"policy\":[\"$.list[*].document\"],\"id\":\"$.id\"}");
	assert_int_equal(listed(&w, t,
				 "{\"Id\":\"i\",\"Note\":\"{}\",\"List\":["
				 "{\"Document\":\"{\\\"a\\\": \\\"*/-\\\"}\"},"
				 "{\"Document\":\"%7B%22a%22%3A1%7D\"}]}"),
		E_OK);
	assert_string_equal(canonical(&w, w.got.o.configuration),
		"{\"id\":\"i\",\"list\":[{\"document\":\"%7B%22a%22%3A%20%22%2A%2F-%22%7D\"},"
		"{\"document\":\"%7B%22a%22%3A1%7D\"}],\"note\":\"{}\"}");
	end(&w);
}

#define CLUSTER                                                                                    \
	"{\"type\":\"AWS::ECS::Cluster\",\"engine\":\"cloudcontrol\",\"service\":\"ecs\","         \
	"\"id\":\"$.ClusterName\",\"arn\":\"$.Arn\",\"tags\":{\"path\":\"$.Tags\"}}"

static void cloud_control_gives_text_to_be_read(void **state)
{
	static const struct answer answers[] = {
		{ "GetResource", "{\"TypeName\":\"AWS::ECS::Cluster\",\"Identifier\":\"c1\"}",
			"{\"ResourceDescription\":{\"Identifier\":\"c1\",\"Properties\":"
			"\"{\\\"ClusterName\\\":\\\"c1\\\",\\\"Arn\\\":\\\"arn:c1\\\","
			"\\\"Tags\\\":[{\\\"Key\\\":\\\"a\\\",\\\"Value\\\":\\\"b\\\"}]}\"}}",
			NULL, E_OK },
		{ "GetResource", NULL, NULL, "ResourceNotFoundException", E_NOTFOUND },
		{ "GetResource", NULL, "{\"ResourceDescription\":{\"Properties\":\"{\\\"Clus\"}}",
			NULL, E_OK },
		{ 0 }
	};
	struct world w;
	struct entry *t;

	(void)state;
	begin(&w, answers);
	t = entry(&w, CLUSTER);
	assert_int_equal(listed(&w, t, "{\"Identifier\":\"c1\",\"Properties\":\"{}\"}"), E_OK);
	assert_true(w.got.there);
	assert_string_equal(text(&w, w.got.o.arn), "arn:c1");
	assert_string_equal(canonical(&w, w.got.o.tags), "{\"a\":\"b\"}");
	assert_int_equal(one(&w, t, "c1"), E_OK);
	assert_false(w.got.there);
	assert_int_equal(one(&w, t, "c1"), E_INVALID);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listed_item_becomes_an_observation),
		cmocka_unit_test(what_is_being_deleted_does_not_count),
		cmocka_unit_test(gone_is_what_the_service_calls_gone),
		cmocka_unit_test(a_doubtful_answer_is_an_error_and_not_gone),
		cmocka_unit_test(parts_are_read_as_the_entry_says),
		cmocka_unit_test(a_part_that_fails_fails_the_resource),
		cmocka_unit_test(a_soft_part_does_not_hide_a_broken_line),
		cmocka_unit_test(a_soft_part_is_kept_when_it_is_the_keys_that_are_refused),
		cmocka_unit_test(a_scalar_item_is_described_by_its_steps),
		cmocka_unit_test(a_listing_too_poor_for_an_id_is_completed_by_a_read),
		cmocka_unit_test(a_bucket_counts_where_it_is),
		cmocka_unit_test(ranges_are_shown_in_both_forms),
		cmocka_unit_test(a_policy_is_encoded_however_it_came),
		cmocka_unit_test(cloud_control_gives_text_to_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
