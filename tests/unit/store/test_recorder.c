/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recorder_call.h"

#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/recorder.h"
#include "store/scope.h"
#include "store/store.h"
#include <stdio.h>
#include <string.h>

#define NOW  INT64_C(1772323200001)
#define ROLE "\"roleARN\":\"arn:aws:iam::123456789012:role/config\""

struct scene {
	struct scratch scratch;
	struct arena arena;
	struct db db;
	struct recorder_answer answer;
};

static const char types[] =
	"INSERT INTO _catalogue(name, origin, doc) VALUES ('t', 'user', '["
	"{\"type\":\"AWS::EC2::Instance\",\"engine\":\"native\"},{\"type\":\"AWS::EC2::VPC\",\"engine\":\"native\"},"
	"{\"type\":\"AWS::IAM::Role\",\"engine\":\"native\"},{\"type\":\"AWS::S3::Bucket\",\"engine\":\"native\"}]')";

static int set_up(void **state)
{
	static struct scene scene;
	struct err e = { 0 };

	scene = (struct scene){ .arena = ARENA_INIT(8 << 20), .answer = RECORDER_ANSWER_INIT };
	scratch_make(&scene.scratch);
	assert_int_equal(store_open(&scene.db, scratch_path(&scene.scratch, &scene.arena, "s.db"),
				 DB_CREATE, NOW, &e),
		E_OK);
	if (db_script(&scene.db, "types", types, &e))
		fail_msg("%s", e.msg);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	recorder_answer_release(&s->answer);
	db_close(&s->db);
	scratch_remove(&s->scratch);
	arena_release(&s->arena);
	return 0;
}

/* The answer's body, or "ERROR: message". */
static const char *ask(struct scene *s, enum recorder_operation operation, const char *request)
{
	const struct recorder_call call = { operation, str_of(request), "123456789012", "eu-west-1",
		NOW };
	struct err e = { 0 };

	recorder_answer_release(&s->answer);
	s->answer = (struct recorder_answer)RECORDER_ANSWER_INIT;
	if (recorder_call(&s->db, &call, &s->answer, &e))
		fail_msg("%s", e.msg);
	if (s->answer.error[0])
		return arena_printf(&s->arena, "%s: %.*s", s->answer.error,
			(int)s->answer.message.n, s->answer.message.p)
			.p;
	return arena_text(&s->arena, buf_slice(&s->answer.body));
}

static const char *put(struct scene *s, const char *rest)
{
	return ask(s, RECORDER_PUT,
		arena_printf(&s->arena,
			"{\"ConfigurationRecorder\":{\"name\":\"default\"," ROLE "%s}}", rest)
			.p);
}

/* Without the sixteen characters that nobody knows. */
static const char *described(
	struct scene *s, enum recorder_operation operation, const char *request)
{
	char *text = arena_alloc(&s->arena, 8192), *at;

	snprintf(text, 8192, "%s", ask(s, operation, request));
	for (at = text; (at = strstr(at, ":configuration-recorder/")) != NULL;) {
		at = strchr(at, '/') + 1;
		at = strchr(at, '/') + 1;
		for (int i = 0; i < 16; i++) {
			assert_true(
				(at[i] >= 'a' && at[i] <= 'z') || (at[i] >= '0' && at[i] <= '9'));
			at[i] = '.';
		}
	}
	return text;
}

#define INVALID "InvalidRecordingGroupException: The recording group provided is not valid"

static void groups_that_cannot_be_are_refused(void **state)
{
	static const char *const groups[] = {
		"{}",
		"{\"allSupported\":false}",
		"{\"includeGlobalResourceTypes\":true}",
		"{\"allSupported\":true,\"resourceTypes\":[\"AWS::S3::Bucket\"]}",
		"{\"allSupported\":false,\"recordingStrategy\":{\"useOnly\":\"ALL_SUPPORTED_RESOURCE_TYPES\"}}",
		"{\"allSupported\":true,\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::S3::Bucket\"]}}",
		"{\"resourceTypes\":[],\"recordingStrategy\":{\"useOnly\":\"INCLUSION_BY_RESOURCE_TYPES\"}}",
		"{\"allSupported\":true,\"resourceTypes\":[\"AWS::S3::Bucket\"],\"recordingStrategy\":{\"useOnly\":\"INCLUSION_BY_RESOURCE_TYPES\"}}",
		"{\"includeGlobalResourceTypes\":true,\"resourceTypes\":[\"AWS::S3::Bucket\"]}",
		"{\"resourceTypes\":[\"AWS::S3::Bucket\"],\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::EC2::VPC\"]}}",
		"{\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::EC2::VPC\"]}}",
		"{\"recordingStrategy\":{\"useOnly\":\"EXCLUSION_BY_RESOURCE_TYPES\"}}",
		"{\"includeGlobalResourceTypes\":true,\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::EC2::VPC\"]},\"recordingStrategy\":{\"useOnly\":\"EXCLUSION_BY_RESOURCE_TYPES\"}}",
		"{\"allSupported\":true,\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::EC2::VPC\"]},\"recordingStrategy\":{\"useOnly\":\"EXCLUSION_BY_RESOURCE_TYPES\"}}",
		"{\"resourceTypes\":[\"AWS::S3::Bucket\"],\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::EC2::VPC\"]},\"recordingStrategy\":{\"useOnly\":\"EXCLUSION_BY_RESOURCE_TYPES\"}}",
	};
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		const char *got =
			put(s, arena_printf(&s->arena, ",\"recordingGroup\":%s", groups[i]).p);

		if (strcmp(got, INVALID) != 0)
			fail_msg("%s: \"%s\"", groups[i], got);
	}
	assert_string_equal(ask(s, RECORDER_DESCRIBE, "{}"), "{\"ConfigurationRecorders\":[]}");
}

static void words_that_are_none_are_refused_with_those_there_are(void **state)
{
	struct scene *s = *state;
	const char *got;

	assert_string_equal(
		put(s, ",\"recordingGroup\":{\"recordingStrategy\":{\"useOnly\":\"SOME\"}}"),
		"ValidationException: 1 validation error detected: Value 'SOME' at 'configurationRecorder.recordingGroup.recordingStrategy.useOnly' failed to satisfy constraint: Member must satisfy enum value set: [INCLUSION_BY_RESOURCE_TYPES, ALL_SUPPORTED_RESOURCE_TYPES, EXCLUSION_BY_RESOURCE_TYPES]");
	got = put(s,
		",\"recordingGroup\":{\"resourceTypes\":[\"AWS::S3::Bucket\",\"AWS::Nil::Thing\"]}");
	assert_non_null(strstr(got,
		"ValidationException: 1 validation error detected: Value '[AWS::S3::Bucket, AWS::Nil::Thing]' at 'configurationRecorder.recordingGroup.resourceTypes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [AWS::Config::ConfigurationRecorder, "));
	got = put(s,
		",\"recordingGroup\":{\"exclusionByResourceTypes\":{\"resourceTypes\":[\"x\"]},\"recordingStrategy\":{\"useOnly\":\"EXCLUSION_BY_RESOURCE_TYPES\"}}");
	assert_non_null(strstr(got,
		"Value '[x]' at 'configurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'"));
	assert_string_equal(put(s, ",\"recordingMode\":{\"recordingFrequency\":\"HOURLY\"}"),
		"ValidationException: 1 validation error detected: Value 'HOURLY' at 'configurationRecorder.recordingMode.recordingFrequency' failed to satisfy constraint: Member must satisfy enum value set: [DAILY, CONTINUOUS]");
	got = put(s,
		",\"recordingMode\":{\"recordingFrequency\":\"DAILY\",\"recordingModeOverrides\":[{},{}]}");
	assert_non_null(strstr(got,
		"at 'configurationRecorder.recordingMode.recordingModeOverrides' failed to satisfy constraint: Member must have length less than or equal to 1"));
	assert_string_equal(
		put(s, ",\"recordingMode\":{\"recordingFrequency\":\"CONTINUOUS\",\"recordingModeOverrides\":[{\"resourceTypes\":[\"AWS::Config::ResourceCompliance\"],\"recordingFrequency\":\"DAILY\"}]}"),
		"ValidationException: The resource types [AWS::Config::ResourceCompliance] cannot be recorded with the frequency DAILY.");
	assert_string_equal(
		put(s, ",\"recordingGroup\":{\"resourceTypes\":[\"AWS::S3::Bucket\"]},\"recordingMode\":{\"recordingFrequency\":\"CONTINUOUS\",\"recordingModeOverrides\":[{\"resourceTypes\":[\"AWS::EC2::VPC\"],\"recordingFrequency\":\"DAILY\"}]}"),
		"ValidationException: The resource types [AWS::EC2::VPC] in recordingModeOverrides are not part of the recording group.");
}

static void names_and_roles_that_cannot_be_are_refused(void **state)
{
	struct scene *s = *state;
	char longest[258];

	memset(longest, 'n', 257);
	longest[257] = '\0';
	assert_string_equal(
		ask(s, RECORDER_PUT, "{\"ConfigurationRecorder\":{\"name\":\"\"," ROLE "}}"),
		"InvalidConfigurationRecorderNameException: The configuration recorder name '' is not valid, blank string.");
	assert_non_null(strstr(
		ask(s, RECORDER_PUT,
			arena_printf(&s->arena,
				"{\"ConfigurationRecorder\":{\"name\":\"%s\"," ROLE "}}", longest)
				.p),
		"' at 'configurationRecorder.name' failed to satisfy constraint: Member must have length less than or equal to 256"));
	assert_string_equal(
		ask(s, RECORDER_PUT, "{\"ConfigurationRecorder\":{\"roleARN\":\"role\"}}"),
		"InvalidRoleException: The role arn passed is not valid.");
	assert_string_equal(ask(s, RECORDER_PUT, "{\"ConfigurationRecorder\":{}}"),
		"InvalidRoleException: The role arn passed is not valid.");
	assert_string_equal(put(s, ""), "");
	assert_string_equal(
		ask(s, RECORDER_PUT, "{\"ConfigurationRecorder\":{\"name\":\"second\"," ROLE "}}"),
		"MaxNumberOfConfigurationRecordersExceededException: Failed to put configuration recorder 'second' because the maximum number of configuration recorders: 1 is reached.");
	/* A role that is not given again stays. */
	assert_string_equal(
		ask(s, RECORDER_PUT, "{\"ConfigurationRecorder\":{\"name\":\"default\"}}"), "");
}

#define HEAD                                                                                                                                                         \
	"{\"ConfigurationRecorders\":[{\"arn\":\"arn:aws:config:eu-west-1:123456789012:configuration-recorder/default/................\",\"name\":\"default\"," ROLE \
	","
#define MODE                                                                                       \
	"\"recordingMode\":{\"recordingFrequency\":\"CONTINUOUS\",\"recordingModeOverrides\":[]},\"recordingScope\":\"PAID\"}]}"

static void what_is_not_said_is_filled_in(void **state)
{
	struct scene *s = *state;

	assert_string_equal(put(s, ""), "");
	assert_string_equal(described(s, RECORDER_DESCRIBE, "{}"), HEAD
		"\"recordingGroup\":{\"allSupported\":true,\"includeGlobalResourceTypes\":false,\"resourceTypes\":[],\"exclusionByResourceTypes\":{\"resourceTypes\":[]},\"recordingStrategy\":{\"useOnly\":\"ALL_SUPPORTED_RESOURCE_TYPES\"}}," MODE);
	assert_string_equal(
		put(s, ",\"recordingGroup\":{\"resourceTypes\":[\"AWS::S3::Bucket\",\"AWS::EC2::VPC\"]}"),
		"");
	assert_string_equal(
		described(s, RECORDER_DESCRIBE, "{\"ConfigurationRecorderNames\":[\"default\"]}"),
		HEAD
		"\"recordingGroup\":{\"allSupported\":false,\"includeGlobalResourceTypes\":false,\"resourceTypes\":[\"AWS::EC2::VPC\",\"AWS::S3::Bucket\"],\"exclusionByResourceTypes\":{\"resourceTypes\":[]},\"recordingStrategy\":{\"useOnly\":\"INCLUSION_BY_RESOURCE_TYPES\"}}," MODE);
	assert_string_equal(
		put(s, ",\"recordingGroup\":{\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::EC2::VPC\"]},\"recordingStrategy\":{\"useOnly\":\"EXCLUSION_BY_RESOURCE_TYPES\"}},"
		       "\"recordingMode\":{\"recordingFrequency\":\"DAILY\",\"recordingModeOverrides\":[{\"description\":\"d\",\"resourceTypes\":[\"AWS::S3::Bucket\"],\"recordingFrequency\":\"CONTINUOUS\"}]}"),
		"");
	assert_string_equal(described(s, RECORDER_DESCRIBE, "{}"), HEAD
		"\"recordingGroup\":{\"allSupported\":false,\"includeGlobalResourceTypes\":false,\"resourceTypes\":[],\"exclusionByResourceTypes\":{\"resourceTypes\":[\"AWS::EC2::VPC\"]},\"recordingStrategy\":{\"useOnly\":\"EXCLUSION_BY_RESOURCE_TYPES\"}},"
		"\"recordingMode\":{\"recordingFrequency\":\"DAILY\",\"recordingModeOverrides\":[{\"description\":\"d\",\"resourceTypes\":[\"AWS::S3::Bucket\"],\"recordingFrequency\":\"CONTINUOUS\"}]},\"recordingScope\":\"PAID\"}]}");
}

#define NONE                                                                                       \
	"NoSuchConfigurationRecorderException: The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again."

static void one_is_started_stopped_and_deleted_by_its_name(void **state)
{
	const char *name = "{\"ConfigurationRecorderName\":\"default\"}";
	struct scene *s = *state;
	struct err e = { 0 };

	assert_string_equal(ask(s, RECORDER_START, name), NONE);
	assert_string_equal(ask(s, RECORDER_STOP, name), NONE);
	assert_string_equal(ask(s, RECORDER_DELETE, name), NONE);
	assert_string_equal(put(s, ""), "");
	assert_string_equal(described(s, RECORDER_STATUS, "{}"),
		"{\"ConfigurationRecordersStatus\":[{\"arn\":\"arn:aws:config:eu-west-1:123456789012:configuration-recorder/default/................\",\"name\":\"default\",\"recording\":false}]}");
	assert_string_equal(ask(s, RECORDER_START, name),
		"NoAvailableDeliveryChannelException: Delivery channel is not available to start configuration recorder.");
	assert_int_equal(
		db_script(&s->db, "a channel",
			"INSERT INTO _channel(name, target, history_event, history_at_ms) VALUES ('c', 's3://b', 0, 0)",
			&e),
		E_OK);
	assert_string_equal(ask(s, RECORDER_START, name), "");
	assert_string_equal(described(s, RECORDER_STATUS, "{}"),
		"{\"ConfigurationRecordersStatus\":[{\"arn\":\"arn:aws:config:eu-west-1:123456789012:configuration-recorder/default/................\",\"name\":\"default\",\"lastStartTime\":1772323200.001,\"recording\":true,\"lastStatus\":\"PENDING\",\"lastStatusChangeTime\":1772323200.001}]}");
	assert_string_equal(ask(s, RECORDER_STOP, name), "");
	assert_non_null(strstr(ask(s, RECORDER_STATUS, "{}"),
		"\"lastStopTime\":1772323200.001,\"recording\":false"));
	assert_string_equal(ask(s, RECORDER_DESCRIBE, "{\"ConfigurationRecorderNames\":[\"x\"]}"),
		"NoSuchConfigurationRecorderException: Cannot find configuration recorder with the specified name 'x'.");
	assert_string_equal(ask(s, RECORDER_DELETE, name), "");
	assert_string_equal(ask(s, RECORDER_STATUS, "{}"), "{\"ConfigurationRecordersStatus\":[]}");
}

static const char *of_arn(struct scene *s, const char *name, const char *rest)
{
	char *list = arena_alloc(&s->arena, 8192), *end, *arn;

	snprintf(list, 8192, "%s", ask(s, RECORDER_LIST, "{}"));
	arn = strstr(list, arena_printf(&s->arena, ":configuration-recorder/%s/", name).p);
	assert_non_null(arn);
	end = strchr(arn, '"');
	*end = '\0';
	return arena_printf(&s->arena,
		"{\"ConfigurationRecorderArn\":\"arn:aws:config:eu-west-1:123456789012%s\",\"ResourceTypes\":[%s]}",
		arn, rest)
		.p;
}

static void types_come_and_go_one_by_one(void **state)
{
	struct scene *s = *state;

	assert_string_equal(put(s, ""), "");
	assert_string_equal(ask(s, RECORDER_ASSOCIATE, of_arn(s, "default", "\"AWS::EC2::VPC\"")),
		"ValidationException: The configuration recorder must use the recording strategy INCLUSION_BY_RESOURCE_TYPES or EXCLUSION_BY_RESOURCE_TYPES.");
	assert_string_equal(
		put(s, ",\"recordingGroup\":{\"resourceTypes\":[\"AWS::S3::Bucket\"]}"), "");
	assert_non_null(
		strstr(ask(s, RECORDER_ASSOCIATE,
			       of_arn(s, "default", "\"AWS::EC2::VPC\",\"AWS::S3::Bucket\"")),
			"\"resourceTypes\":[\"AWS::EC2::VPC\",\"AWS::S3::Bucket\"]"));
	assert_non_null(
		strstr(ask(s, RECORDER_DISASSOCIATE, of_arn(s, "default", "\"AWS::S3::Bucket\"")),
			"\"resourceTypes\":[\"AWS::EC2::VPC\"]"));
	assert_string_equal(
		ask(s, RECORDER_DISASSOCIATE, of_arn(s, "default", "\"AWS::EC2::VPC\"")),
		"ValidationException: The recording group provided is not valid");
	assert_string_equal(
		ask(s, RECORDER_ASSOCIATE,
			"{\"ConfigurationRecorderArn\":\"arn:aws:config:eu-west-1:123456789012:configuration-recorder/default/0\",\"ResourceTypes\":[]}"),
		NONE);
}

static bool is_recorded(struct scene *s, const char *type, int64_t own_ms, bool daily)
{
	struct in_scope scope;
	const struct scope_type *t;
	struct err e = { 0 };

	if (scope_load(&s->db, &s->arena, &scope, &e))
		fail_msg("%s", e.msg);
	t = scope_find(&scope, type);
	if (t) {
		assert_int_equal(t->own_ms, own_ms);
		assert_int_equal(t->daily, daily);
	}
	return t != NULL;
}

static void a_services_recorder_is_its_own_and_adds_to_what_is_recorded(void **state)
{
	const char *who = "{\"ServicePrincipal\":\"observability-admin.amazonaws.com\"}";
	const char *name = "AWSConfigurationRecorderForObservabilityadmin";
	struct scene *s = *state;

	assert_string_equal(ask(s, RECORDER_LINK, "{\"ServicePrincipal\":\"me\"}"),
		"ValidationException: The service principal 'me' is not valid.");
	assert_string_equal(ask(s, RECORDER_UNLINK, who),
		"NoSuchConfigurationRecorderException: Cannot find a service-linked configuration recorder for the service principal 'observability-admin.amazonaws.com'.");
	assert_string_equal(described(s, RECORDER_LINK, who),
		"{\"Arn\":\"arn:aws:config:eu-west-1:123456789012:configuration-recorder/AWSConfigurationRecorderForObservabilityadmin/................\",\"Name\":\"AWSConfigurationRecorderForObservabilityadmin\"}");
	assert_non_null(strstr(ask(s, RECORDER_LINK, who), "ConflictException: "));
	assert_string_equal(
		ask(s, RECORDER_STOP,
			arena_printf(&s->arena, "{\"ConfigurationRecorderName\":\"%s\"}", name).p),
		"UnmodifiableEntityException: The configuration recorder 'AWSConfigurationRecorderForObservabilityadmin' belongs to a service and cannot be changed.");
	/* Alone it limits nothing; beside people's it adds. */
	assert_true(is_recorded(s, "AWS::EC2::VPC", 0, false));
	assert_string_equal(
		put(s, ",\"recordingGroup\":{\"resourceTypes\":[\"AWS::S3::Bucket\"]},\"recordingMode\":{\"recordingFrequency\":\"DAILY\"}"),
		"");
	assert_false(is_recorded(s, "AWS::EC2::VPC", 0, false));
	assert_true(is_recorded(s, "AWS::S3::Bucket", 86400000, true));
	assert_non_null(strstr(ask(s, RECORDER_ASSOCIATE,
				       of_arn(s, name, "\"AWS::EC2::VPC\",\"AWS::S3::Bucket\"")),
		"\"recordingScope\":\"INTERNAL\",\"servicePrincipal\":\"observability-admin.amazonaws.com\""));
	assert_true(is_recorded(s, "AWS::EC2::VPC", 0, false));
	assert_true(is_recorded(s, "AWS::S3::Bucket", 0, false));
	assert_non_null(strstr(
		ask(s, RECORDER_LIST,
			"{\"Filters\":[{\"filterName\":\"recordingScope\",\"filterValue\":[\"INTERNAL\"]}]}"),
		name));
	assert_null(strstr(
		ask(s, RECORDER_LIST,
			"{\"Filters\":[{\"filterName\":\"recordingScope\",\"filterValue\":[\"PAID\"]}]}"),
		name));
	assert_non_null(strstr(ask(s, RECORDER_DESCRIBE, who), name));
	assert_null(strstr(ask(s, RECORDER_DESCRIBE, "{}"), name));
	assert_non_null(strstr(described(s, RECORDER_UNLINK, who), name));
	assert_false(is_recorded(s, "AWS::EC2::VPC", 0, false));
}

static void what_people_set_is_shown_and_kept_by_the_api(void **state)
{
	struct recorder r = { .name = "default",
		.types = "AWS::EC2::*",
		.overrides = "AWS::EC2::*=5m,AWS::EC2::VPC=DAILY",
		.tags = "Owner\nteam=a=b\n!no",
		.every_ms = 600000 };
	struct scene *s = *state;
	struct err e = { 0 };

	if (recorder_put(&s->db, &r, &e))
		fail_msg("%s", e.msg);
	assert_true(is_recorded(s, "AWS::EC2::VPC", 86400000, true));
	assert_true(is_recorded(s, "AWS::EC2::Instance", 300000, false));
	assert_false(is_recorded(s, "AWS::IAM::Role", 0, false));
	assert_non_null(strstr(ask(s, RECORDER_DESCRIBE, "{}"),
		"\"resourceTypes\":[\"AWS::EC2::Instance\",\"AWS::EC2::VPC\"]"));
	assert_string_equal(put(s, ""), "");
	assert_int_equal(recorder_get(&s->db, &s->arena, &r, &e), E_OK);
	assert_null(r.types);
	assert_true(r.no_globals);
	assert_string_equal(r.overrides, "AWS::EC2::*=300s");
	assert_string_equal(r.tags, "Owner\nteam=a=b\n!no");
	assert_false(is_recorded(s, "AWS::IAM::Role", 0, false));
	assert_true(is_recorded(s, "AWS::S3::Bucket", 0, false));
	r.overrides = "AWS::EC2::*=often";
	assert_int_equal(recorder_put(&s->db, &r, &e), E_INVALID);
	assert_string_equal(e.msg,
		"how often a type is looked at is TYPE=DAILY, TYPE=CONTINUOUS or TYPE=10m, not \"AWS::EC2::*=often\"");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(groups_that_cannot_be_are_refused),
		CASE(words_that_are_none_are_refused_with_those_there_are),
		CASE(names_and_roles_that_cannot_be_are_refused),
		CASE(what_is_not_said_is_filled_in),
		CASE(one_is_started_stopped_and_deleted_by_its_name),
		CASE(types_come_and_go_one_by_one),
		CASE(a_services_recorder_is_its_own_and_adds_to_what_is_recorded),
		CASE(what_people_set_is_shown_and_kept_by_the_api),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
