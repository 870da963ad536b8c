/* SPDX-License-Identifier: Apache-2.0 */
#include "core/deliver.h"

#include "base/buf.h"
#include "base/time.h"
#include "lib/fake_store.h"
#include "lib/scratch.h"
#include "store/store.h"
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>

#define ACCOUNT "123456789012"
#define HOUR    INT64_C(3600000)
#define DAY     INT64_C(1772323200000) /* 2026-03-01T00:00:00Z */
#define TOOK_MS 60000                  /* more than any test takes */

struct scene {
	struct db db;
	struct fake_store store;
	struct deliver_ports ports;
	struct history_limit limit;
	struct scratch scratch;
	struct arena arena;
	const char *path;
	int rid, item;
	struct err e; /* of the last delivery that failed */
};

static void run(struct scene *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void run(struct scene *s, const char *fmt, ...)
{
	char sql[4096];
	struct err e = { 0 };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	if (db_script(&s->db, "scene", sql, &e))
		fail_msg("%s: %s", sql, e.msg);
}

/* Every row as text, "a|b\n"; borrowed until the scene ends. */
static const char *rows(struct scene *s, const char *sql)
{
	struct buf out = BUF_INIT(1 << 20);
	sqlite3_stmt *st = NULL;
	const char *text;

	assert_int_equal(sqlite3_prepare_v2(s->db.h, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0, n = sqlite3_column_count(st); i < n; i++) {
			const char *p = (const char *)sqlite3_column_text(st, i);

			buf_text(&out, p ? p : "-");
			buf_char(&out, i + 1 < n ? '|' : '\n');
		}
	sqlite3_finalize(st);
	text = arena_text(&s->arena, buf_slice(&out));
	buf_release(&out);
	return text;
}

static int64_t number(struct scene *s, const char *sql)
{
	return strtoll(rows(s, sql), NULL, 10);
}

static enum code lend(void *ctx, const struct channel *c, struct object_store **out, struct err *e)
{
	struct scene *s = ctx;

	(void)e;
	assert_non_null(c->target);
	*out = &s->store.port;
	return E_OK;
}

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct err e = { 0 };

	s->arena = (struct arena)ARENA_INIT(64 << 20);
	s->limit = (struct history_limit)HISTORY_LIMIT;
	s->ports = (struct deliver_ports){ lend, s, &s->limit, NULL };
	scratch_make(&s->scratch);
	s->path = scratch_path(&s->scratch, &s->arena, "silt.db");
	fake_store_init(&s->store);
	if (store_open(&s->db, s->path, DB_CREATE, DAY, &e))
		fail_msg("%s", e.msg);
	/* What a killed process wrote is there all the same. */
	run(s, "PRAGMA synchronous = OFF");
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	db_close(&s->db);
	fake_store_release(&s->store);
	scratch_remove(&s->scratch);
	arena_release(&s->arena);
	free(s);
	return 0;
}

static int add(struct scene *s, const char *region, const char *type, const char *id)
{
	run(s,
		"INSERT INTO _resource(rid, account, region, type, id) VALUES (%d, '" ACCOUNT
		"', '%s', '%s', '%s')",
		++s->rid, region, type, id);
	return s->rid;
}

/* An item of resource @rid, and its event. */
static int item(struct scene *s, int rid, int64_t captured_ms, const char *status)
{
	int id = ++s->item;
	bool gone = strncmp(status, "ResourceDeleted", 15) == 0;

	if (!gone)
		run(s,
			"INSERT INTO _document(document_id, sha256, body) VALUES (%d, x'00', "
			"'{\"configuration\":{\"n\":%d},\"relationships\":[],\"supplementaryConfiguration\":{},\"tags\":{}}')",
			id, id);
	run(s,
		"INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, status, document_id, digest) "
		"SELECT %d, %d, 1 + coalesce(max(version), 0), %lld, %lld, '%s', %s, x'00' FROM _item WHERE rid = %d;"
		"UPDATE _resource SET last_item = %d, deleted = %d WHERE rid = %d;"
		"INSERT INTO _event(at_ms, kind, item_id, account, region) VALUES (%lld, "
		"'ConfigurationItemChangeNotification', %d, '" ACCOUNT "', 'x')",
		id, rid, (long long)captured_ms, (long long)captured_ms, status,
		gone ? "NULL" : rows(s, "SELECT max(document_id) FROM _document"), rid, id, gone,
		rid, (long long)captured_ms, id);
	return id;
}

static void channel(struct scene *s, const char *frequency, int64_t now_ms)
{
	struct channel c = {
		.name = "main", .target = "s3://bucket", .prefix = "audit", .frequency = frequency
	};
	struct err e = { 0 };

	if (channel_put(&s->db, &c, now_ms, &e))
		fail_msg("%s", e.msg);
}

/* Plan and deliver everything that can be; how many failed. */
static int deliver(struct scene *s, int64_t now_ms)
{
	int failed = 0;
	struct err e = { 0 };

	if (delivery_plan(&s->db, now_ms, &e))
		fail_msg("%s", e.msg);
	for (;;) {
		struct err one = { 0 };
		enum code c = deliver_one(&s->db, &s->ports, now_ms, &one);

		if (c == E_NOTFOUND) {
			assert_int_equal(one.code, E_OK);
			return failed;
		}
		if (c) {
			s->e = one;
			failed++;
		}
	}
}

/* The keys that hold @part, sorted by when they first came; NULL where there is none so far. */
static const char *key_with(const struct scene *s, const char *part, int nth)
{
	for (int i = 0; i < s->store.n; i++)
		if (strstr(s->store.keys[i], part) && nth-- == 0)
			return s->store.keys[i];
	return NULL;
}

static const char *text_of(const struct scene *s, const char *key)
{
	for (int i = 0; i < s->store.n; i++)
		if (strcmp(s->store.keys[i], key) == 0)
			return s->store.texts[i];
	fail_msg("no object %s", key);
	return NULL;
}

static int count(const struct scene *s, const char *part)
{
	int n = 0;

	while (key_with(s, part, n))
		n++;
	return n;
}

static void a_day_has_a_history_file_for_each_window_with_changes_and_snapshots_by_frequency(
	void **state)
{
	struct scene *s = *state;
	int vpc, queue;

	channel(s, "Twelve_Hours", DAY + 1);
	vpc = add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1");
	queue = add(s, "eu-west-1", "AWS::SQS::Queue", "q");
	for (int64_t minute = 1; minute <= 24 * 60 + 1; minute++) {
		int64_t now = DAY + minute * 60000;

		if (minute == 65)
			item(s, vpc, now, "ResourceDiscovered");
		if (minute == 300)
			item(s, vpc, now, "OK");
		if (minute == 60 * 6 + 5)
			item(s, queue, now, "ResourceDiscovered");
		if (minute == 60 * 20)
			item(s, vpc, now, "ResourceDeleted");
		assert_int_equal(deliver(s, now), 0);
		if (minute == 6 * 60 - 1)
			assert_int_equal(count(s, "/Config"), 0);
		if (minute == 6 * 60)
			assert_int_equal(count(s, "/ConfigHistory/"), 1);
		if (minute == 18 * 60)
			assert_int_equal(count(s, "/ConfigHistory/"), 2);
	}
	assert_int_equal(count(s, "/ConfigHistory/"), 3);
	assert_non_null(key_with(s,
		"audit/AWSLogs/" ACCOUNT "/Config/eu-west-1/2026/3/1/ConfigHistory/" ACCOUNT
		"_Config_eu-west-1_ConfigHistory_AWS::EC2::VPC_20260301T010500Z_20260301T050000Z_1.json.gz",
		0));
	assert_non_null(key_with(s,
		"audit/AWSLogs/" ACCOUNT "/Config/eu-west-1/2026/3/1/ConfigHistory/" ACCOUNT
		"_Config_eu-west-1_ConfigHistory_AWS::SQS::Queue_20260301T060500Z_20260301T060500Z_1.json.gz",
		0));
	assert_non_null(key_with(s,
		"audit/AWSLogs/" ACCOUNT "/Config/eu-west-1/2026/3/2/ConfigHistory/" ACCOUNT
		"_Config_eu-west-1_ConfigHistory_AWS::EC2::VPC_20260301T200000Z_20260301T200000Z_1.json.gz",
		0));
	assert_int_equal(count(s, "/ConfigSnapshot/"), 2);
	assert_non_null(key_with(s,
		"/2026/3/1/ConfigSnapshot/" ACCOUNT
		"_Config_eu-west-1_ConfigSnapshot_20260301T120000Z_",
		0));
	assert_non_null(key_with(s,
		"/2026/3/2/ConfigSnapshot/" ACCOUNT
		"_Config_eu-west-1_ConfigSnapshot_20260302T000000Z_",
		0));
	assert_non_null(strstr(text_of(s, key_with(s, "/ConfigSnapshot/", 0)), "vpc-1"));
	assert_null(strstr(text_of(s, key_with(s, "/ConfigSnapshot/", 1)), "vpc-1"));
	assert_string_equal(
		rows(s, "SELECT kind, count(*) FROM _event WHERE item_id IS NULL GROUP BY 1 ORDER BY 1"),
		"ConfigurationHistoryDeliveryCompleted|3\n"
		"ConfigurationSnapshotDeliveryCompleted|2\n"
		"ConfigurationSnapshotDeliveryStarted|2\n");
	assert_string_equal(
		rows(s, "SELECT history_status, snapshot_status, stream_status, history_error, snapshot_error FROM _channel"),
		"SUCCESS|SUCCESS|NOT_APPLICABLE|-|-\n");
}

static void a_history_file_is_the_one_of_aws(void **state)
{
	struct scene *s = *state;
	int group;

	channel(s, NULL, DAY);
	group = add(s, "us-west-2", "AWS::EC2::SecurityGroup", "sg-1");
	item(s, group, DAY + 61000, "OK");
	item(s, group, DAY + 1000, "ResourceDiscovered"); /* recorded later, true earlier */
	item(s, group, DAY + 121000, "ResourceDeleted");
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 0);
	assert_string_equal(
		text_of(s,
			"audit/AWSLogs/" ACCOUNT "/Config/us-west-2/2026/3/1/ConfigHistory/" ACCOUNT
			"_Config_us-west-2_ConfigHistory_AWS::EC2::SecurityGroup_20260301T000001Z_20260301T000201Z_1.json.gz"),
		"{\"fileVersion\":\"1.0\",\"configurationItems\":["
		"{\"relatedEvents\":[],\"relationships\":[],\"configuration\":{\"n\":2},\"supplementaryConfiguration\":{},"
		"\"tags\":{},\"configurationItemVersion\":\"1.3\",\"configurationItemCaptureTime\":\"2026-03-01T00:00:01.000Z\","
		"\"configurationStateId\":1772323201000,\"awsAccountId\":\"" ACCOUNT "\","
		"\"configurationItemStatus\":\"ResourceDiscovered\",\"resourceType\":\"AWS::EC2::SecurityGroup\","
		"\"resourceId\":\"sg-1\",\"awsRegion\":\"us-west-2\",\"configurationStateMd5Hash\":\"\"},"
		"{\"relatedEvents\":[],\"relationships\":[],\"configuration\":{\"n\":1},\"supplementaryConfiguration\":{},"
		"\"tags\":{},\"configurationItemVersion\":\"1.3\",\"configurationItemCaptureTime\":\"2026-03-01T00:01:01.000Z\","
		"\"configurationStateId\":1772323261000,\"awsAccountId\":\"" ACCOUNT "\","
		"\"configurationItemStatus\":\"OK\",\"resourceType\":\"AWS::EC2::SecurityGroup\","
		"\"resourceId\":\"sg-1\",\"awsRegion\":\"us-west-2\",\"configurationStateMd5Hash\":\"\"},"
		"{\"relatedEvents\":[],\"relationships\":[],\"supplementaryConfiguration\":{},"
		"\"tags\":{},\"configurationItemVersion\":\"1.3\",\"configurationItemCaptureTime\":\"2026-03-01T00:02:01.000Z\","
		"\"configurationStateId\":1772323321000,\"awsAccountId\":\"" ACCOUNT "\","
		"\"configurationItemStatus\":\"ResourceDeleted\",\"resourceType\":\"AWS::EC2::SecurityGroup\","
		"\"resourceId\":\"sg-1\",\"awsRegion\":\"us-west-2\",\"configurationStateMd5Hash\":\"\"}]}");
	assert_string_equal(
		rows(s, "SELECT kind, account, region, payload FROM _event WHERE item_id IS NULL"),
		"ConfigurationHistoryDeliveryCompleted|" ACCOUNT
		"|us-west-2|{\"s3ObjectKey\":\"audit/AWSLogs/" ACCOUNT
		"/Config/us-west-2/2026/3/1/ConfigHistory/" ACCOUNT
		"_Config_us-west-2_ConfigHistory_AWS::EC2::SecurityGroup_"
		"20260301T000001Z_20260301T000201Z_1.json.gz\",\"s3Bucket\":\"bucket\"}\n");
}

static void what_has_no_region_goes_with_the_home_region(void **state)
{
	struct scene *s = *state;

	channel(s, NULL, DAY);
	item(s, add(s, "global", "AWS::IAM::Role", "r-1"), DAY + 1, "OK");
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 0);
	assert_int_equal(count(s, "/Config/us-east-1/2026/3/1/ConfigHistory/"), 1);
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 7 * HOUR, "OK");
	item(s, add(s, "global", "AWS::IAM::Role", "r-2"), DAY + 7 * HOUR, "OK");
	assert_int_equal(deliver(s, DAY + 12 * HOUR), 0);
	assert_int_equal(count(s, "/Config/eu-west-1/2026/3/1/ConfigHistory/"), 2);
	assert_int_equal(count(s, "/ConfigHistory/"), 3);
}

static void a_large_window_is_several_parts(void **state)
{
	struct scene *s = *state;
	char member[64], part[32];

	channel(s, NULL, DAY);
	for (int i = 0; i < 5; i++) {
		char id[24];

		snprintf(id, sizeof(id), "vpc-%d", i);
		item(s, add(s, "eu-west-1", "AWS::EC2::VPC", id), DAY + (5 - i) * 1000, "OK");
	}
	s->limit.items = 2;
	/* The second part fails at first; what it holds is settled by then, whatever the limit becomes. */
	s->store.fail_at = 3;
	s->store.fail_with = E_REMOTE;
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 1);
	s->limit.items = 100;
	assert_int_equal(deliver(s, DAY + 30 * HOUR), 0);
	assert_int_equal(count(s, "/ConfigHistory/"), 3);
	/* The third waited with its channel, so that its key is of the day after. */
	assert_int_equal(count(s, "/2026/3/1/ConfigHistory/"), 2);
	for (int i = 0; i < 5; i++) {
		snprintf(member, sizeof(member), "\"resourceId\":\"vpc-%d\"", i);
		snprintf(part, sizeof(part), "_%d.json", (4 - i) / 2 + 1);
		for (int k = 0; k < 3; k++) {
			const char *key = key_with(s, "/ConfigHistory/", k);

			assert_true((strstr(text_of(s, key), member) != NULL) ==
				    (strstr(key, part) != NULL));
		}
	}
}

static void a_part_ends_before_it_is_too_large(void **state)
{
	struct scene *s = *state;

	channel(s, NULL, DAY);
	for (int i = 0; i < 4; i++)
		item(s,
			add(s, "eu-west-1", "AWS::EC2::VPC",
				(const char *[]){ "a", "b", "c", "d" }[i]),
			DAY + i * 1000, "OK");
	s->limit.plain_bytes = 1;
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 0);
	assert_int_equal(count(s, "/ConfigHistory/"), 4);
	assert_int_equal(
		number(s,
			"SELECT count(*) FROM _delivery WHERE kind = 'history' AND items = 1 AND bytes > 0"),
		4);
}

static void a_bucket_that_is_gone_for_a_day_gets_everything_in_the_end(void **state)
{
	struct scene *s = *state;
	int64_t now = DAY;
	int vpc, tries = 0;

	channel(s, "TwentyFour_Hours", DAY);
	vpc = add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1");
	s->store.down = E_NOTFOUND;
	for (; now < DAY + 47 * HOUR; now += HOUR / 4) {
		if ((now - DAY) % (5 * HOUR) == 0)
			item(s, vpc, now, "OK");
		tries += deliver(s, now);
	}
	assert_int_equal(s->store.n, 0);
	/* One file every quarter of an hour, however many wait, when it has failed for a while. */
	assert_in_range(tries, 60, 47 * 4 + 10);
	assert_int_equal(s->e.code, E_REMOTE);
	assert_string_equal(
		rows(s, "SELECT history_status, history_error_code, history_error LIKE 'put %the fake is down', "
			"history_ok_ms, snapshot_status, snapshot_error_code FROM _channel"),
		"FAILURE|NoSuchBucket|1|-|FAILURE|NoSuchBucket\n");
	assert_string_equal(
		rows(s, "SELECT kind, count(*) FROM _event WHERE item_id IS NULL GROUP BY 1 ORDER BY 1"),
		"ConfigurationSnapshotDeliveryFailed|1\nConfigurationSnapshotDeliveryStarted|1\n");
	assert_string_equal(
		rows(s, "SELECT json_extract(payload, '$.errorCode'), json_extract(payload, '$.s3ObjectKey'), "
			"length(json_extract(payload, '$.configSnapshotId')) FROM _event WHERE kind LIKE '%Failed'"),
		"NoSuchBucket|-|36\n");
	s->store.down = E_OK;
	assert_int_equal(deliver(s, now + HOUR), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL"), 0);
	assert_int_equal(count(s, "/ConfigHistory/"), 8);
	/* The keys are of the day of the first try. */
	assert_int_equal(count(s, "/2026/3/1/ConfigHistory/"), 3);
	assert_string_equal(
		rows(s, "SELECT history_status, history_error_code, history_error, snapshot_status FROM _channel"),
		"SUCCESS|-|-|SUCCESS\n");
}

static void a_channel_waits_longer_each_time_with_all_it_has(void **state)
{
	struct scene *s = *state;
	int64_t now = DAY + 6 * HOUR;
	static const int64_t waits[] = { 30, 60, 120, 240, 480, 900, 900, 900 };

	channel(s, NULL, DAY);
	for (int i = 0; i < 5; i++)
		item(s, add(s, "eu-west-1", arena_printf(&s->arena, "AWS::EC2::T%d", i).p, "x"),
			DAY + 1, "OK");
	s->store.down = E_THROTTLED;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		const int64_t ms = waits[i] * 1000;

		/* Of six files, with the write check, one is tried. */
		assert_int_equal(deliver(s, now), 1);
		assert_int_equal(deliver(s, now + ms - ms / 4 - 1), 0);
		assert_in_range(number(s, "SELECT min(next_ms) FROM _delivery"), now + ms - ms / 4,
			now + ms + TOOK_MS);
		assert_int_equal(number(s, "SELECT max(next_ms) - min(next_ms) FROM _delivery"), 0);
		now += ms + TOOK_MS;
	}
	assert_string_equal(rows(s, "SELECT history_error_code FROM _channel"), "SlowDown\n");
	/* When one goes out, all do. */
	s->store.down = E_OK;
	assert_int_equal(deliver(s, now), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL"), 0);
	assert_int_equal(deliver_backoff_ms(1000), 900000);
}

static void what_is_said_anew_of_a_channel_is_tried_at_once(void **state)
{
	struct scene *s = *state;

	channel(s, NULL, DAY);
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 1, "OK");
	s->store.down = E_DENIED;
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 1);
	s->store.down = E_OK;
	assert_int_equal(deliver(s, DAY + 6 * HOUR + 1), 0);
	assert_int_equal(s->store.n, 0);
	channel(s, NULL, DAY + 6 * HOUR + 2);
	assert_int_equal(deliver(s, DAY + 6 * HOUR + 2), 0);
	assert_int_equal(count(s, "/ConfigHistory/"), 1);
}

static enum code one_is_gone(
	void *ctx, const struct channel *c, struct object_store **out, struct err *e)
{
	if (strcmp(c->name, "gone") == 0) {
		err_set(e, E_NOTFOUND, "there is no bucket");
		return err_remote(e, "PermanentRedirect");
	}
	return lend(ctx, c, out, e);
}

static void a_channel_that_is_gone_holds_up_no_other(void **state)
{
	struct scene *s = *state;
	struct channel gone = { .name = "gone", .target = "s3://gone" };
	struct err e = { 0 };

	channel(s, "One_Hour", DAY);
	assert_int_equal(channel_put(&s->db, &gone, DAY, &e), E_OK);
	s->ports.store = one_is_gone;
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 1, "OK");
	for (int i = 6; i < 30; i++)
		deliver(s, DAY + i * HOUR);
	assert_string_equal(
		rows(s, "SELECT channel, count(*) FROM _delivery WHERE done_ms IS NULL GROUP BY 1"),
		"gone|2\n");
	assert_string_equal(
		rows(s, "SELECT history_status, history_error_code FROM _channel ORDER BY name"),
		"FAILURE|PermanentRedirect\nSUCCESS|-\n");
}

static void a_snapshot_of_nothing_is_not_delivered(void **state)
{
	struct scene *s = *state;
	int vpc;

	channel(s, "One_Hour", DAY);
	vpc = add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1");
	item(s, vpc, DAY + 1, "OK");
	item(s, vpc, DAY + 2, "ResourceDeleted");
	assert_int_equal(deliver(s, DAY + HOUR), 0);
	assert_int_equal(count(s, "/ConfigSnapshot/"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM _event WHERE item_id IS NULL"), 0);
	assert_string_equal(
		rows(s, "SELECT items, key, done_ms > 0 FROM _delivery WHERE kind = 'snapshot'"),
		"0|-|1\n");
	assert_string_equal(rows(s, "SELECT snapshot_status FROM _channel"), "-\n");
}

static void the_check_object_is_empty_and_comes_with_the_files(void **state)
{
	struct scene *s = *state;
	static const char key[] = "audit/AWSLogs/" ACCOUNT "/Config/ConfigWritabilityCheckFile";
	struct err e = { 0 };

	channel(s, NULL, DAY);
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 0);
	assert_int_equal(s->store.n, 0);
	assert_int_equal(deliver_check(&s->db, &s->ports, "main", ACCOUNT, &e), E_OK);
	assert_string_equal(text_of(s, key), "");
	assert_int_equal(deliver_check(&s->db, &s->ports, "other", ACCOUNT, &e), E_NOTFOUND);
	s->store.n = 0;
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 7 * HOUR, "OK");
	assert_int_equal(deliver(s, DAY + 12 * HOUR), 0);
	assert_string_equal(text_of(s, key), "");
	assert_int_equal(s->store.n, 2);
}

static void a_snapshot_that_was_asked_for_is_of_the_moment_asked_for(void **state)
{
	struct scene *s = *state;
	char id[37] = "", again[37] = "";
	struct err e = { 0 };

	channel(s, NULL, DAY);
	assert_int_equal(delivery_plan_snapshot(&s->db, "main", DAY, DAY, id, &e), E_NOTFOUND);
	e = (struct err){ 0 };
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 1000, "OK");
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-2"), DAY + 2000, "OK");
	assert_int_equal(delivery_plan_snapshot(&s->db, "none", DAY, DAY, id, &e), E_NOTFOUND);
	e = (struct err){ 0 };
	assert_int_equal(
		delivery_plan_snapshot(&s->db, "main", DAY + 1000, DAY + HOUR, id, &e), E_OK);
	assert_int_equal(
		delivery_plan_snapshot(&s->db, "main", DAY + 1000, DAY + HOUR, again, &e), E_OK);
	assert_string_not_equal(id, again);
	assert_int_equal(deliver(s, DAY + HOUR), 0);
	assert_int_equal(count(s, "/ConfigSnapshot/"), 2);
	assert_non_null(strstr(key_with(s, "/ConfigSnapshot/", 0), id));
	assert_int_equal(strlen(id), 36);
	assert_int_equal(id[14], '4');
	assert_non_null(strchr("89ab", id[19]));
	assert_non_null(strstr(text_of(s, key_with(s, id, 0)), "vpc-1"));
	assert_null(strstr(text_of(s, key_with(s, id, 0)), "vpc-2"));
}

static void a_clock_that_is_set_back_stops_nothing(void **state)
{
	struct scene *s = *state;
	int vpc;

	channel(s, "One_Hour", DAY + 9000 * HOUR);
	vpc = add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1");
	item(s, vpc, DAY + 1, "OK");
	s->store.down = E_REMOTE;
	assert_int_equal(deliver(s, DAY + 9006 * HOUR), 1);
	s->store.down = E_OK;
	run(s, "UPDATE _delivery SET lease_ms = %lld", (long long)(DAY + 9006 * HOUR));
	item(s, vpc, DAY + 2, "OK");
	assert_int_equal(deliver(s, DAY + 2 * HOUR), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL"), 0);
	assert_int_equal(number(s, "SELECT history_at_ms FROM _channel"), DAY + 6 * HOUR);
	assert_int_equal(count(s, "/ConfigHistory/"), 2);
}

static void two_channels_get_everything_each(void **state)
{
	struct scene *s = *state;
	struct channel c = { .name = "other", .target = "dir:/x" };
	struct err e = { 0 };

	channel(s, NULL, DAY);
	assert_int_equal(channel_put(&s->db, &c, DAY, &e), E_OK);
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 1, "OK");
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 0);
	assert_int_equal(count(s, "/ConfigHistory/"), 2);
	assert_int_equal(
		number(s,
			"SELECT count(*) FROM _event WHERE json_extract(payload, '$.s3Bucket') IN ('bucket', 'dir:/x')"),
		2);
	assert_int_equal(channel_remove(&s->db, "other", &e), E_OK);
	assert_int_equal(number(s, "SELECT count(*) FROM _delivery WHERE channel = 'other'"), 0);
	assert_int_equal(channel_remove(&s->db, "other", &e), E_NOTFOUND);
}

/* A small generator of its own: the same numbers everywhere. */
static uint32_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)seed * n) >> 32);
}

static int times_in_history(const struct scene *s, int n)
{
	char member[40];
	int times = 0;

	snprintf(member, sizeof(member), "\"configuration\":{\"n\":%d}", n);
	for (int i = 0; i < s->store.n; i++)
		if (strstr(s->store.keys[i], "/ConfigHistory/") &&
			strstr(s->store.texts[i], member))
			times++;
	return times;
}

static void each_item_is_in_exactly_one_history_file(void **state)
{
	static const char *const regions[] = { "global", "eu-west-1", "us-east-1", "ap-south-1" };
	static const char *const types[] = { "AWS::IAM::Role", "AWS::EC2::VPC" };
	struct scene *s = *state;

	for (uint32_t round = 0; round < 12; round++) {
		int64_t now = DAY;
		int first;

		seed = round + 1;
		set_up(state);
		tear_down((void *[]){ s });
		s = *state;
		channel(s, NULL, now);
		first = s->item + 1;
		for (int step = 0; step < 40; step++) {
			char id[40];

			snprintf(id, sizeof(id), "r-%u-%d", round, step);
			if (s->rid == 0 || below(3) == 0)
				add(s, regions[below(4)], types[below(2)], id);
			for (uint32_t n = below(5); n; n--)
				item(s, 1 + (int)below((uint32_t)s->rid), now - below(3000000),
					"OK");
			s->limit.items = 1 + below(4);
			s->store.down = below(3) ? E_OK : E_REMOTE;
			deliver(s, now);
			now += below(3) ? below(3600000) : below(48 * 3600000u);
		}
		s->store.down = E_OK;
		deliver(s, now + 7 * HOUR);
		assert_int_equal(deliver(s, now + 14 * HOUR), 0);
		assert_true(s->item > 30);
		for (int n = first; n <= s->item; n++)
			if (times_in_history(s, n) != 1)
				fail_msg("round %u: item %d is in %d files", round, n,
					times_in_history(s, n));
	}
}

#ifdef SILTSTONE_FAILPOINTS
static void dies_at(struct scene *s, const char *place, int64_t now_ms)
{
	struct err e = { 0 };
	int status = 0;
	pid_t child;

	db_close(&s->db);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		setenv("SILTSTONE_FAILPOINT", place, 1);
		if (!store_open(&s->db, s->path, DB_WRITE, now_ms, &e))
			deliver(s, now_ms);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(store_open(&s->db, s->path, DB_WRITE, now_ms, &e), E_OK);
}

static void who_dies_anywhere_delivers_in_the_end_under_the_same_key(void **state)
{
	struct scene *s = *state;
	static const char *const places[] = { "deliver.after_claim", "deliver.after_put",
		"deliver.before_done" };
	const char *noted;

	channel(s, "TwentyFour_Hours", DAY);
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 1, "OK");
	for (int i = 0; i < 3; i++)
		dies_at(s, places[i], DAY + 24 * HOUR + i * HOUR);
	noted = rows(s, "SELECT key FROM _delivery WHERE key IS NOT NULL");
	assert_non_null(strstr(noted, "/2026/3/2/ConfigHistory/"));
	/* Nobody takes it while who died may be at it still. */
	assert_int_equal(number(s, "SELECT count(*) FROM _delivery WHERE lease_ms > 0"), 1);
	assert_int_equal(deliver(s, DAY + 50 * HOUR), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL"), 0);
	assert_string_equal(rows(s, "SELECT key FROM _delivery WHERE kind = 'history'"), noted);
	assert_int_equal(count(s, "/ConfigHistory/"), 1);
	assert_string_equal(
		rows(s, "SELECT kind, count(*) FROM _event WHERE item_id IS NULL GROUP BY 1 ORDER BY 1"),
		"ConfigurationHistoryDeliveryCompleted|1\n"
		"ConfigurationSnapshotDeliveryCompleted|2\n"
		"ConfigurationSnapshotDeliveryStarted|2\n");
}
#endif

/* A stop is nobody's fault: nothing is counted, told or waited for. */
static void a_delivery_that_is_stopped_is_due_as_it_was(void **state)
{
	struct scene *s = *state;
	struct err e = { 0 };
	const char *before;

	channel(s, "Six_Hours", DAY);
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 1, "OK");
	assert_int_equal(delivery_plan(&s->db, DAY + 6 * HOUR, &e), E_OK);
	before = rows(s, "SELECT *, 0 FROM _channel");
	s->store.down = E_CANCELED;
	assert_int_equal(deliver_one(&s->db, &s->ports, DAY + 6 * HOUR, &e), E_CANCELED);
	assert_string_equal(
		rows(s, "SELECT sum(tries), sum(lease_ms), max(next_ms) - min(planned_ms), max(error) FROM _delivery"),
		"0|0|0|-\n");
	assert_string_equal(rows(s, "SELECT *, 0 FROM _channel"), before);
	s->store.down = E_OK;
	assert_int_equal(deliver(s, DAY + 6 * HOUR), 0);
	assert_int_equal(count(s, "/ConfigHistory/"), 1);
	assert_int_equal(count(s, "/ConfigSnapshot/"), 1);
}

static void leases_of_who_is_gone_can_be_freed(void **state)
{
	struct scene *s = *state;
	struct delivery d;
	struct err e = { 0 };

	channel(s, NULL, DAY);
	item(s, add(s, "eu-west-1", "AWS::EC2::VPC", "vpc-1"), DAY + 1, "OK");
	assert_int_equal(delivery_plan(&s->db, DAY + 6 * HOUR, &e), E_OK);
	for (int i = 0; i < 2; i++) /* the file and the write check */
		assert_int_equal(
			delivery_claim(&s->db, &s->arena, DAY + 6 * HOUR, HOUR / 4, &d, &e), E_OK);
	assert_int_equal(deliver(s, DAY + 6 * HOUR + 1), 0);
	assert_int_equal(count(s, "/Config"), 0);
	assert_int_equal(delivery_free_leases(&s->db, &e), E_OK);
	assert_int_equal(deliver(s, DAY + 6 * HOUR + 1), 0);
	assert_int_equal(count(s, "/ConfigHistory/"), 1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_day_has_a_history_file_for_each_window_with_changes_and_snapshots_by_frequency),
		CASE(a_history_file_is_the_one_of_aws),
		CASE(what_has_no_region_goes_with_the_home_region),
		CASE(a_large_window_is_several_parts),
		CASE(a_part_ends_before_it_is_too_large),
		CASE(a_bucket_that_is_gone_for_a_day_gets_everything_in_the_end),
		CASE(a_channel_waits_longer_each_time_with_all_it_has),
		CASE(what_is_said_anew_of_a_channel_is_tried_at_once),
		CASE(a_channel_that_is_gone_holds_up_no_other),
		CASE(a_snapshot_of_nothing_is_not_delivered),
		CASE(the_check_object_is_empty_and_comes_with_the_files),
		CASE(a_snapshot_that_was_asked_for_is_of_the_moment_asked_for),
		CASE(a_clock_that_is_set_back_stops_nothing),
		CASE(a_delivery_that_is_stopped_is_due_as_it_was),
		CASE(leases_of_who_is_gone_can_be_freed),
		CASE(two_channels_get_everything_each),
		CASE(each_item_is_in_exactly_one_history_file),
#ifdef SILTSTONE_FAILPOINTS
		CASE(who_dies_anywhere_delivers_in_the_end_under_the_same_key),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
