/* SPDX-License-Identifier: Apache-2.0 */
#include "store/channel.h"

#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/recorder.h"
#include "store/sink.h"
#include "store/store.h"
#include <stdio.h>
#include <string.h>

#define NOW   INT64_C(1772323200001) /* 2026-03-01T00:00:00.001Z */
#define HOUR  INT64_C(3600000)
#define TOPIC "arn:aws:sns:eu-west-1:123456789012:config"

struct scene {
	struct scratch scratch;
	struct arena arena;
	struct db db;
};

static int set_up(void **state)
{
	static struct scene scene;
	struct err e = { 0 };

	scene = (struct scene){ .arena = ARENA_INIT(1 << 20) };
	scratch_make(&scene.scratch);
	assert_int_equal(store_open(&scene.db, scratch_path(&scene.scratch, &scene.arena, "s.db"),
				 DB_CREATE, NOW, &e),
		E_OK);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	db_close(&s->db);
	scratch_remove(&s->scratch);
	arena_release(&s->arena);
	return 0;
}

static void refused(struct scene *s, struct channel c, const char *why)
{
	struct err e = { 0 };

	assert_int_equal(channel_put(&s->db, &c, NOW, &e), E_INVALID);
	assert_string_equal(e.msg, why);
	assert_int_equal(
		channel_get(&s->db, &s->arena, c.name ? c.name : "", &c, &(struct err){ 0 }),
		E_NOTFOUND);
}

static void kept(struct scene *s, struct channel c, int64_t now_ms)
{
	struct err e = { 0 };

	if (channel_put(&s->db, &c, now_ms, &e))
		fail_msg("%s", e.msg);
}

static struct channel got(struct scene *s, const char *name)
{
	struct channel c = { 0 };
	struct err e = { 0 };

	if (channel_get(&s->db, &s->arena, name, &c, &e))
		fail_msg("%s", e.msg);
	return c;
}

static void what_cannot_be_is_refused_in_the_words_of_aws_config(void **state)
{
	struct scene *s = *state;
	char longest[257], text[700];
	struct channel c = { .name = "c", .target = "s3://b" };

	refused(s, (struct channel){ .target = "s3://b" },
		"The delivery channel name '' is not valid, blank string.");
	refused(s, (struct channel){ .name = " ", .target = "s3://b" },
		"The delivery channel name '' is not valid, blank string.");
	memset(longest, 'n', sizeof(longest));
	longest[256] = '\0';
	kept(s, (struct channel){ .name = longest, .target = "s3://b" }, NOW);
	snprintf(text, sizeof(text), "%sn", longest);
	c.name = text;
	{
		struct err e = { 0 };

		assert_int_equal(channel_put(&s->db, &c, NOW, &e), E_INVALID);
		assert_non_null(strstr(e.msg,
			"' at 'deliveryChannel.name' failed to satisfy constraint: Member must have "
			"length less than or equal to 256"));
		assert_int_equal(strncmp(e.msg, "1 validation error detected: Value 'nnn", 39), 0);
	}
	c.name = "c";
	refused(s, (struct channel){ .name = "c", .target = "s3://" },
		"Cannot find a S3 bucket with an empty bucket name.");
	refused(s, (struct channel){ .name = "c" },
		"Cannot find a S3 bucket with an empty bucket name.");
	refused(s, (struct channel){ .name = "c", .target = "s3://b/p" },
		"No such s3 bucket with name 'b/p'.");
	refused(s, (struct channel){ .name = "c", .target = "s3://b", .prefix = "" },
		"The s3 key prefix '' is not valid, empty s3 key prefix.");
	refused(s, (struct channel){ .name = "c", .target = "s3://b", .topic = "" },
		"The sns topic arn '' is not valid.");
	refused(s,
		(struct channel){ .name = "c", .target = "s3://b", .topic = "arn:aws:sqs:a:b:c" },
		"The sns topic arn 'arn:aws:sqs:a:b:c' is not valid.");
	refused(s, (struct channel){ .name = "c", .target = "s3://b", .kms_key = "" },
		"The arn '' is not a valid kms key or alias arn.");
	refused(s,
		(struct channel){
			.name = "c", .target = "s3://b", .kms_key = "arn:aws:kms:r:a:key/" },
		"The arn 'arn:aws:kms:r:a:key/' is not a valid kms key or alias arn.");
	refused(s, (struct channel){ .name = "c", .target = "s3://b", .frequency = "Hourly" },
		"1 validation error detected: Value 'Hourly' at 'deliveryChannel.configSnapshotDeliveryProperties.deliveryFrequency' "
		"failed to satisfy constraint: Member must satisfy enum value set: [One_Hour, Three_Hours, Six_Hours, Twelve_Hours, TwentyFour_Hours]");
	/* The first of several is told. */
	refused(s, (struct channel){ .name = "c", .target = "s3://", .prefix = "", .topic = "" },
		"Cannot find a S3 bucket with an empty bucket name.");
	kept(s,
		(struct channel){ .name = "c",
			.target = "s3://b",
			.prefix = "p",
			.topic = TOPIC,
			.kms_key = "arn:aws-cn:kms:r:1:alias/k",
			.frequency = "TwentyFour_Hours" },
		NOW);
}

static void a_channel_is_replaced_whole_and_keeps_its_place(void **state)
{
	struct scene *s = *state;
	struct channel c;
	struct err e = { 0 };

	kept(s,
		(struct channel){ .name = "c",
			.target = "s3://b",
			.prefix = "p",
			.frequency = "Three_Hours" },
		NOW);
	c = got(s, "c");
	assert_string_equal(c.prefix, "p");
	assert_int_equal(c.history_at_ms, NOW - 1 + 6 * HOUR);
	assert_int_equal(c.snapshot_at_ms, NOW - 1 + 3 * HOUR);
	assert_int_equal(c.history_event, 0);
	assert_int_equal(
		db_script(&s->db, "t", "INSERT INTO _event(at_ms, kind) VALUES (1, 'x')", &e),
		E_OK);
	kept(s, (struct channel){ .name = "c", .target = "dir:/d", .frequency = "Three_Hours" },
		NOW + 7 * HOUR);
	c = got(s, "c");
	assert_string_equal(c.target, "dir:/d");
	assert_null(c.prefix);
	assert_int_equal(c.history_event, 0);
	assert_int_equal(c.history_at_ms, NOW - 1 + 6 * HOUR);
	assert_int_equal(c.snapshot_at_ms, NOW - 1 + 3 * HOUR);
	kept(s, (struct channel){ .name = "c", .target = "dir:/d", .frequency = "One_Hour" },
		NOW + 7 * HOUR);
	assert_int_equal(got(s, "c").snapshot_at_ms, NOW - 1 + 8 * HOUR);
	kept(s, (struct channel){ .name = "c", .target = "dir:/d" }, NOW + 7 * HOUR);
	assert_int_equal(got(s, "c").snapshot_at_ms, 0);
	kept(s, (struct channel){ .name = "new", .target = "dir:/d" }, NOW);
	assert_int_equal(got(s, "new").history_event, 1);
}

static void a_topic_is_a_sink(void **state)
{
	struct scene *s = *state;
	struct channel_status status = { 0 };
	struct sink sink = { 0 };
	struct err e = { 0 };

	kept(s,
		(struct channel){ .name = "c",
			.target = "s3://b",
			.prefix = "p",
			.topic = TOPIC,
			.endpoint = "http://h" },
		NOW);
	assert_int_equal(sink_get(&s->db, &s->arena, "channel:c", &sink, &e), E_OK);
	assert_string_equal(sink.kind, "sns");
	assert_string_equal(sink.target, TOPIC);
	assert_string_equal(
		sink.settings, "{\"endpoint\":\"http://h\",\"oversized\":\"s3://b/p\"}");
	assert_int_equal(channel_status(&s->db, &s->arena, "c", &status, &e), E_OK);
	assert_null(status.stream.status);
	kept(s, (struct channel){ .name = "c", .target = "s3://b" }, NOW);
	assert_int_equal(
		sink_get(&s->db, &s->arena, "channel:c", &sink, &(struct err){ 0 }), E_NOTFOUND);
	assert_int_equal(channel_status(&s->db, &s->arena, "c", &status, &e), E_OK);
	assert_string_equal(status.stream.status, "NOT_APPLICABLE");
	kept(s, (struct channel){ .name = "c", .target = "s3://b", .topic = TOPIC }, NOW);
	assert_int_equal(channel_remove(&s->db, "c", &e), E_OK);
	assert_int_equal(
		sink_get(&s->db, &s->arena, "channel:c", &sink, &(struct err){ 0 }), E_NOTFOUND);
	assert_int_equal(channel_status(&s->db, &s->arena, "c", &status, &e), E_NOTFOUND);
}

static void a_new_channel_was_never_tried(void **state)
{
	struct scene *s = *state;
	struct channel_status status = { 0 };
	struct err e = { 0 };

	kept(s, (struct channel){ .name = "c", .target = "s3://b", .frequency = "One_Hour" }, NOW);
	assert_int_equal(channel_status(&s->db, &s->arena, "c", &status, &e), E_OK);
	assert_null(status.snapshot.status);
	assert_null(status.history.status);
	assert_int_equal(status.snapshot.tried_ms, 0);
	assert_int_equal(status.snapshot.next_ms, NOW - 1 + HOUR);
	assert_int_equal(status.history.next_ms, NOW - 1 + 6 * HOUR);
}

static void no_recorder(struct scene *s, struct recorder r, const char *why)
{
	struct err e = { 0 };

	assert_int_equal(recorder_put(&s->db, &r, &e), E_INVALID);
	assert_string_equal(e.msg, why);
}

static struct recorder recorder(struct scene *s)
{
	struct recorder r = { 0 };
	struct err e = { 0 };

	if (recorder_get(&s->db, &s->arena, &r, &e))
		fail_msg("%s", e.msg);
	return r;
}

static void a_recorder_that_cannot_be_is_refused(void **state)
{
	struct scene *s = *state;
	struct recorder r = { .name = "default", .every_ms = 600000 };
	struct err e = { 0 };

	no_recorder(s, (struct recorder){ .name = "", .every_ms = 600000 },
		"The configuration recorder name '' is not valid, blank string.");
	no_recorder(s, (struct recorder){ .name = "r", .role_arn = "role", .every_ms = 600000 },
		"The role arn passed is not valid.");
	no_recorder(s, (struct recorder){ .name = "r", .every_ms = 0 },
		"the recorder looks every second at most");
	assert_int_equal(recorder_switch(&s->db, true, NOW, &(struct err){ 0 }), E_NOTFOUND);
	assert_int_equal(recorder_put(&s->db, &r, &e), E_OK);
	no_recorder(s, (struct recorder){ .name = "second", .every_ms = 600000 },
		"Failed to put configuration recorder 'second' because the maximum number of configuration recorders: "
		"1 is reached.");
	assert_string_equal(recorder(s).name, "default");
}

static void a_recorder_is_pending_until_a_sweep_ends(void **state)
{
	struct scene *s = *state;
	struct recorder r = { .name = "default", .types = "AWS::EC2::*", .every_ms = 600000 };
	struct err e = { 0 };

	assert_int_equal(recorder_put(&s->db, &r, &e), E_OK);
	assert_false(recorder(s).recording);
	assert_null(recorder(s).status);
	assert_int_equal(recorder_switch(&s->db, true, NOW, &e), E_OK);
	r = recorder(s);
	assert_true(r.recording);
	assert_string_equal(r.status, "PENDING");
	assert_int_equal(r.started_ms, NOW);
	assert_true(r.next_ms <= NOW);
	assert_int_equal(recorder_swept(&s->db, NOW + 10, NOW + 50, "Denied", "no", &e), E_OK);
	r = recorder(s);
	assert_string_equal(r.status, "FAILURE");
	assert_string_equal(r.error_code, "Denied");
	assert_string_equal(r.error, "no");
	assert_int_equal(r.next_ms, NOW + 50 + 60000);
	assert_int_equal(r.status_ms, NOW + 50);
	/* Started again while it runs: due at once, else nothing changes. */
	assert_int_equal(recorder_switch(&s->db, true, NOW + 60, &e), E_OK);
	assert_string_equal(recorder(s).status, "FAILURE");
	assert_int_equal(recorder(s).started_ms, NOW);
	assert_int_equal(recorder(s).next_ms, 0);
	assert_int_equal(recorder_swept(&s->db, NOW + 70, NOW + 80, NULL, NULL, &e), E_OK);
	assert_string_equal(recorder(s).status, "SUCCESS");
	assert_null(recorder(s).error);
	assert_int_equal(recorder(s).next_ms, NOW + 70 + 600000);
	assert_int_equal(recorder_switch(&s->db, false, NOW + 90, &e), E_OK);
	assert_int_equal(recorder(s).stopped_ms, NOW + 90);
	/* The sweep that was under way then says nothing. */
	assert_int_equal(recorder_swept(&s->db, NOW + 85, NOW + 95, "x", "y", &e), E_OK);
	assert_string_equal(recorder(s).status, "SUCCESS");
	/* Other settings are looked at at once. */
	r.every_ms = 1000;
	assert_int_equal(recorder_put(&s->db, &r, &e), E_OK);
	assert_int_equal(recorder(s).next_ms, 0);
	assert_string_equal(recorder(s).types, "AWS::EC2::*");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_cannot_be_is_refused_in_the_words_of_aws_config),
		CASE(a_channel_is_replaced_whole_and_keeps_its_place),
		CASE(a_topic_is_a_sink),
		CASE(a_new_channel_was_never_tried),
		CASE(a_recorder_that_cannot_be_is_refused),
		CASE(a_recorder_is_pending_until_a_sweep_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
