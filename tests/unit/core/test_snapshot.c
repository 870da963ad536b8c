/* SPDX-License-Identifier: Apache-2.0 */
#include "core/snapshot.h"

#include "base/buf.h"
#include "base/time.h"
#include "lib/fake_store.h"
#include "lib/scarce.h"
#include "store/store.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACCOUNT "123456789012"
#define DAY1    INT64_C(1770000000000) /* 2026-02-02T02:40:00Z */
#define DAY2    (DAY1 + INT64_C(86400000))
#define NOW     (DAY2 + INT64_C(5106789)) /* 2026-02-03T04:05:06.789Z */

struct scene {
	struct db db;
	struct fake_store store;
	char path[64];
	int rid;
	int told; /* files that snapshot_deliver() told of */
	struct snapshot_file last;
	int busy, seen_rows, seen_leased; /* what on_put found */
};

static void run(struct scene *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void run(struct scene *s, const char *fmt, ...)
{
	char sql[2048];
	struct err e = { 0 };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	if (db_script(&s->db, "scene", sql, &e))
		fail_msg("%s: %s", sql, e.msg);
}

static int64_t number(struct scene *s, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t v;

	assert_int_equal(sqlite3_prepare_v2(s->db.h, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct err e = { 0 };
	int fd;

	snprintf(s->path, sizeof(s->path), "/tmp/test_snapshot.XXXXXX");
	fd = mkstemp(s->path);
	assert_true(fd >= 0);
	close(fd);
	fake_store_init(&s->store);
	if (store_open(&s->db, s->path, DB_CREATE, DAY1, &e))
		fail_msg("%s", e.msg);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;
	char beside[80];

	db_close(&s->db);
	fake_store_release(&s->store);
	unlink(s->path);
	snprintf(beside, sizeof(beside), "%s-wal", s->path);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-shm", s->path);
	unlink(beside);
	free(s);
	return 0;
}

/* A resource, discovered on day 1. */
static void add(
	struct scene *s, const char *account, const char *region, const char *type, const char *id)
{
	int rid = ++s->rid;

	run(s,
		"INSERT INTO _resource(rid, account, region, type, id, name, last_item) "
		"VALUES (%d, '%s', '%s', '%s', '%s', NULL, %d);"
		"INSERT INTO _document(document_id, base, sha256, body) VALUES (%d, NULL, x'00',"
		" '{\"configuration\":{\"n\":%d},\"relationships\":[],"
		"\"supplementaryConfiguration\":{},\"tags\":{}}');"
		"INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, status, "
		"document_id, digest) VALUES (%d, %d, 1, %lld, 0, 'ResourceDiscovered', %d, x'00');",
		rid, account, region, type, id, rid, rid, rid, rid, rid, (long long)DAY1, rid);
}

/* What became of the resource added last on day 2. */
static void change(struct scene *s, const char *status, const char *patch)
{
	int rid = s->rid, item = 1000 + rid;

	if (patch)
		run(s, "INSERT INTO _document(document_id, base, sha256, body) VALUES (%d, %d, x'01', '%s')",
			item, rid, patch);
	run(s,
		"INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, status, "
		"document_id, digest) VALUES (%d, %d, 2, %lld, 0, '%s', %s, x'00');"
		"UPDATE _resource SET last_item = %d, deleted = %d WHERE rid = %d;",
		item, rid, (long long)DAY2, status,
		patch ? "(SELECT max(document_id) FROM _document)" : "NULL", item, !patch, rid);
}

static void note(void *ctx, const struct snapshot_file *f)
{
	struct scene *s = ctx;

	s->told++;
	s->last = *f;
	assert_non_null(strstr(f->where, f->key));
	assert_non_null(strstr(f->key, f->snapshot_id));
	assert_non_null(strstr(f->key, f->region));
	assert_true(f->bytes > 0);
}

static enum code deliver(struct scene *s, struct snapshot_query q, struct err *e)
{
	if (!q.at_ms)
		q.at_ms = NOW;
	return snapshot_deliver(&s->db, &s->store.port, &q, NOW, note, s, e);
}

static void delivered(struct scene *s, struct snapshot_query q, int files)
{
	struct err e = { 0 };

	if (deliver(s, q, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(s->told, files);
	assert_int_equal(s->store.n, files);
}

/* True when the file of @region has the resource @id. */
static bool has(const struct scene *s, const char *region, const char *id)
{
	char part[80], member[80];

	snprintf(part, sizeof(part), "/Config/%s/", region);
	snprintf(member, sizeof(member), "\"resourceId\":\"%s\"", id);
	for (int i = 0; i < s->store.n; i++)
		if (strstr(s->store.keys[i], part))
			return strstr(s->store.texts[i], member) != NULL;
	fail_msg("no file for %s", region);
	return false;
}

static void the_key_has_bare_days_and_a_padded_stamp(void **state)
{
	struct scene *s = *state;
	static const char head[] =
		"AWSLogs/" ACCOUNT "/Config/eu-west-1/2026/2/3/ConfigSnapshot/" ACCOUNT
		"_Config_eu-west-1_ConfigSnapshot_20260203T040506Z_";

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	delivered(s, (struct snapshot_query){ 0 }, 1);
	assert_memory_equal(s->store.keys[0], head, sizeof(head) - 1);
	assert_string_equal(s->store.keys[0] + sizeof(head) - 1 + 36, ".json.gz");
}

static void a_snapshot_id_is_a_random_uuid(void **state)
{
	struct scene *s = *state;
	char first[37];

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	delivered(s, (struct snapshot_query){ 0 }, 1);
	memcpy(first, s->last.snapshot_id, sizeof(first));
	delivered(s, (struct snapshot_query){ 0 }, 2);
	assert_string_not_equal(first, s->last.snapshot_id);
	for (int i = 0; i < 36; i++) {
		char c = first[i];

		if (i == 8 || i == 13 || i == 18 || i == 23)
			assert_int_equal(c, '-');
		else
			assert_non_null(strchr("0123456789abcdef", c));
	}
	assert_int_equal(first[14], '4');
	assert_non_null(strchr("89ab", first[19]));
	assert_int_equal(first[36], '\0');
}

static void the_envelope_is_the_one_of_aws(void **state)
{
	struct scene *s = *state;
	char want[2048];

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	run(s, "UPDATE _resource SET name = 'web \"1\"', arn = 'arn:1'; "
	       "UPDATE _item SET az = 'eu-west-1a', created_ms = 1; "
	       "UPDATE _document SET body = '{\"configuration\":{\"pi\":1.10},\"relationships\":["
	       "{\"name\":\"Is contained in Vpc\",\"resourceId\":\"vpc-1\",\"resourceType\":\"AWS::EC2::VPC\"},"
	       "{\"name\":\"Is associated with \",\"resourceName\":\"r\",\"resourceType\":\"AWS::IAM::Role\"}],"
	       "\"supplementaryConfiguration\":{\"p\":{}},\"tags\":{\"a\":\"\"}}'");
	delivered(s, (struct snapshot_query){ 0 }, 1);
	snprintf(want, sizeof(want),
		"{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"%s\",\"configurationItems\":["
		"{\"relatedEvents\":[],\"relationships\":["
		"{\"resourceId\":\"vpc-1\",\"resourceType\":\"AWS::EC2::VPC\",\"name\":\"Is contained in Vpc\"},"
		"{\"resourceName\":\"r\",\"resourceType\":\"AWS::IAM::Role\",\"name\":\"Is associated with \"}],"
		"\"configuration\":{\"pi\":1.10},\"supplementaryConfiguration\":{\"p\":{}},"
		"\"tags\":{\"a\":\"\"},\"configurationItemVersion\":\"1.3\","
		"\"configurationItemCaptureTime\":\"2026-02-02T02:40:00.000Z\","
		"\"configurationStateId\":1770000000000,\"awsAccountId\":\"" ACCOUNT "\","
		"\"configurationItemStatus\":\"ResourceDiscovered\","
		"\"resourceType\":\"AWS::EC2::Instance\",\"resourceId\":\"i-1\","
		"\"resourceName\":\"web \\\"1\\\"\",\"ARN\":\"arn:1\",\"awsRegion\":\"eu-west-1\","
		"\"availabilityZone\":\"eu-west-1a\",\"configurationStateMd5Hash\":\"\","
		"\"resourceCreationTime\":\"1970-01-01T00:00:00.001Z\"}]}",
		s->last.snapshot_id);
	assert_string_equal(s->store.texts[0], want);
	assert_int_equal(s->last.items, 1);
}

static void items_come_by_type_and_id_with_the_global_ones_among_them(void **state)
{
	struct scene *s = *state;
	const char *ids[] = { "b-1", "b-2", "r-1", "q-1", "q-2" }, *at;

	add(s, ACCOUNT, "us-east-1", "AWS::SQS::Queue", "q-2");
	add(s, ACCOUNT, "global", "AWS::IAM::Role", "r-1");
	add(s, ACCOUNT, "us-east-1", "AWS::EC2::Volume", "b-2");
	add(s, ACCOUNT, "us-east-1", "AWS::SQS::Queue", "q-1");
	add(s, ACCOUNT, "us-east-1", "AWS::EC2::Volume", "b-1");
	delivered(s, (struct snapshot_query){ 0 }, 1);
	assert_int_equal(s->last.items, 5);
	at = s->store.texts[0];
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		at = strstr(at, ids[i]);
		assert_non_null(at);
	}
}

static void global_resources_are_in_the_file_of_us_east_1_only(void **state)
{
	struct scene *s = *state;

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	add(s, ACCOUNT, "global", "AWS::IAM::Role", "r-1");
	add(s, ACCOUNT, "us-east-1", "AWS::EC2::Instance", "i-2");
	add(s, ACCOUNT, "us-west-2", "AWS::EC2::Instance", "i-3");
	delivered(s, (struct snapshot_query){ 0 }, 3);
	assert_false(has(s, "eu-west-1", "r-1"));
	assert_true(has(s, "us-east-1", "r-1"));
	assert_true(has(s, "us-east-1", "i-2"));
	assert_false(has(s, "us-west-2", "r-1"));
}

static void without_us_east_1_the_first_region_has_them(void **state)
{
	struct scene *s = *state;

	add(s, ACCOUNT, "us-west-2", "AWS::EC2::Instance", "i-3");
	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	add(s, ACCOUNT, "global", "AWS::IAM::Role", "r-1");
	delivered(s, (struct snapshot_query){ 0 }, 2);
	assert_true(has(s, "eu-west-1", "r-1"));
	assert_false(has(s, "us-west-2", "r-1"));
}

static void alone_they_make_a_file_of_us_east_1(void **state)
{
	struct scene *s = *state;

	add(s, ACCOUNT, "global", "AWS::IAM::Role", "r-1");
	delivered(s, (struct snapshot_query){ 0 }, 1);
	assert_true(has(s, "us-east-1", "r-1"));
}

static void accounts_do_not_mix(void **state)
{
	struct scene *s = *state;

	add(s, "111111111111", "eu-west-1", "AWS::EC2::Instance", "i-1");
	add(s, "222222222222", "eu-west-1", "AWS::EC2::Instance", "i-2");
	add(s, "222222222222", "global", "AWS::IAM::Role", "r-2");
	delivered(s, (struct snapshot_query){ .account = "111111111111" }, 1);
	assert_true(has(s, "eu-west-1", "i-1"));
	assert_false(has(s, "eu-west-1", "i-2"));
	assert_false(has(s, "eu-west-1", "r-2"));
	assert_int_equal(s->last.items, 1);
}

static void one_region_asked_for_is_one_file_as_it_would_be_among_all(void **state)
{
	struct scene *s = *state;

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	add(s, ACCOUNT, "us-east-1", "AWS::EC2::Instance", "i-2");
	add(s, ACCOUNT, "global", "AWS::IAM::Role", "r-1");
	delivered(s, (struct snapshot_query){ .region = "eu-west-1" }, 1);
	assert_true(has(s, "eu-west-1", "i-1"));
	assert_false(has(s, "eu-west-1", "r-1"));
}

static void an_earlier_moment_shows_what_was_in_force_then(void **state)
{
	struct scene *s = *state;

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-changed");
	change(s, "OK", "{\"configuration\":{\"after\":true}}");
	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-deleted");
	change(s, "ResourceDeleted", NULL);
	delivered(s, (struct snapshot_query){ .at_ms = DAY2 - 1 }, 1);
	assert_int_equal(s->last.items, 2);
	assert_null(strstr(s->store.texts[0], "\"after\""));
	delivered(s, (struct snapshot_query){ .at_ms = DAY2 }, 2);
	assert_int_equal(s->last.items, 1);
	assert_non_null(strstr(s->store.texts[1], "\"configuration\":{\"n\":1,\"after\":true}"));
	assert_null(strstr(s->store.texts[1], "i-deleted"));
}

static void refused(struct scene *s, struct snapshot_query q)
{
	struct err e = { 0 };

	assert_int_equal(deliver(s, q, &e), E_NOTFOUND);
	assert_true(e.hint[0]);
	assert_int_equal(s->store.puts, 0);
	assert_int_equal(s->told, 0);
	assert_int_equal(number(s, "SELECT count(*) FROM _outbox"), 0);
}

static void where_nothing_is_recorded_nothing_is_delivered(void **state)
{
	struct scene *s = *state;

	refused(s, (struct snapshot_query){ 0 });
	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	refused(s, (struct snapshot_query){ .region = "eu-west-2" });
	refused(s, (struct snapshot_query){ .account = "999999999999" });
	refused(s, (struct snapshot_query){ .at_ms = DAY1 - 1 });
	refused(s, (struct snapshot_query){ .region = "global" });
}

static void look_around(void *ctx)
{
	struct scene *s = ctx;

	s->busy += sqlite3_txn_state(s->db.h, NULL) != SQLITE_TXN_NONE;
	s->seen_rows += (int)number(s, "SELECT count(*) FROM _outbox WHERE done_ms IS NULL");
	s->seen_leased += (int)number(s,
		"SELECT count(*) FROM _outbox WHERE kind = 'snapshot' AND lease_ms > created_ms "
		"AND json_extract(payload, '$.region') = 'eu-west-1' "
		"AND json_extract(payload, '$.to') LIKE 'fake://bucket/AWSLogs/%.json.gz'");
}

static void the_outbox_has_a_row_before_and_a_result_after(void **state)
{
	struct scene *s = *state;

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	s->store.on_put = look_around;
	s->store.ctx = s;
	delivered(s, (struct snapshot_query){ 0 }, 1);
	assert_int_equal(s->seen_rows, 1);
	assert_int_equal(s->seen_leased, 1);
	assert_int_equal(number(s, "SELECT count(*) FROM _outbox WHERE done_ms >= created_ms "
				   "AND tries = 1 AND error IS NULL "
				   "AND result = json_extract(payload, '$.to')"),
		1);
}

static void nothing_is_locked_while_a_file_goes_out(void **state)
{
	struct scene *s = *state;

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	s->store.on_put = look_around;
	s->store.ctx = s;
	delivered(s, (struct snapshot_query){ 0 }, 1);
	assert_int_equal(s->busy, 0);
}

static void a_failed_put_leaves_a_row_that_is_due_again(void **state)
{
	struct scene *s = *state;
	struct err e = { 0 };

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	s->store.fail_at = 1;
	s->store.fail_with = E_DENIED;
	assert_int_equal(deliver(s, (struct snapshot_query){ 0 }, &e), E_DENIED);
	assert_non_null(strstr(e.msg, "put \"AWSLogs/" ACCOUNT "/Config/eu-west-1/"));
	assert_int_equal(s->told, 0);
	assert_int_equal(
		number(s, "SELECT count(*) FROM _outbox WHERE done_ms IS NULL AND tries = 1 "
			  "AND lease_ms = 0 AND next_ms > created_ms "
			  "AND error LIKE 'put %the fake says no'"),
		1);
}

static void what_went_out_before_a_failure_stays_told(void **state)
{
	struct scene *s = *state;
	struct err e = { 0 };

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	add(s, ACCOUNT, "us-east-1", "AWS::EC2::Instance", "i-2");
	s->store.fail_at = 2;
	s->store.fail_with = E_REMOTE;
	assert_int_equal(deliver(s, (struct snapshot_query){ 0 }, &e), E_REMOTE);
	assert_int_equal(s->told, 1);
	assert_int_equal(number(s, "SELECT count(*) FROM _outbox WHERE done_ms IS NOT NULL"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM _outbox WHERE done_ms IS NULL"), 1);
}

static void nothing_put(void *ctx)
{
	(void)ctx;
	scarce_end();
}

static void running_out_of_memory_is_an_error_wherever_it_happens(void **state)
{
	struct scene *s = *state;
	int n = 0;

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	s->store.on_put = nothing_put;
	for (;; n++) {
		struct err e = { 0 };
		enum code c;

		scarce_begin(n, true);
		c = deliver(s, (struct snapshot_query){ 0 }, &e);
		scarce_end();
		if (!c)
			break;
		assert_int_equal(c, E_NOMEM);
		assert_int_equal(s->store.puts, 0);
		assert_in_range(n, 0, 200);
	}
	assert_in_range(n, 5, 200);
}

#ifdef SILTSTONE_FAILPOINTS
/* The child dies as by SIGKILL; what it left is looked at by the parent. */
static void dies_at(struct scene *s, const char *place)
{
	struct err e = { 0 };
	int status = 0;
	pid_t child;

	db_close(&s->db);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		setenv("SILTSTONE_FAILPOINT", place, 1);
		if (!store_open(&s->db, s->path, DB_WRITE, NOW, &e))
			deliver(s, (struct snapshot_query){ 0 }, &e);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(store_open(&s->db, s->path, DB_WRITE, NOW, &e), E_OK);
}

static void who_dies_leaves_a_row_that_says_so(void **state)
{
	struct scene *s = *state;
	const char *places[] = { "snapshot.before_put", "snapshot.after_put" };

	add(s, ACCOUNT, "eu-west-1", "AWS::EC2::Instance", "i-1");
	for (int i = 0; i < 2; i++) {
		dies_at(s, places[i]);
		assert_int_equal(number(s, "SELECT count(*) FROM _outbox WHERE done_ms IS NULL "
					   "AND tries = 0 AND lease_ms > created_ms"),
			i + 1);
	}
	delivered(s, (struct snapshot_query){ 0 }, 1);
}
#endif

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_key_has_bare_days_and_a_padded_stamp),
		CASE(a_snapshot_id_is_a_random_uuid),
		CASE(the_envelope_is_the_one_of_aws),
		CASE(items_come_by_type_and_id_with_the_global_ones_among_them),
		CASE(global_resources_are_in_the_file_of_us_east_1_only),
		CASE(without_us_east_1_the_first_region_has_them),
		CASE(alone_they_make_a_file_of_us_east_1),
		CASE(accounts_do_not_mix),
		CASE(one_region_asked_for_is_one_file_as_it_would_be_among_all),
		CASE(an_earlier_moment_shows_what_was_in_force_then),
		CASE(where_nothing_is_recorded_nothing_is_delivered),
		CASE(the_outbox_has_a_row_before_and_a_result_after),
		CASE(nothing_is_locked_while_a_file_goes_out),
		CASE(a_failed_put_leaves_a_row_that_is_due_again),
		CASE(what_went_out_before_a_failure_stays_told),
#ifdef SILTSTONE_FAILPOINTS
		CASE(who_dies_leaves_a_row_that_says_so),
#endif
		CASE(running_out_of_memory_is_an_error_wherever_it_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
