/* SPDX-License-Identifier: Apache-2.0 */
#include "core/notify.h"

#include "lib/estate.h"
#include "lib/fake_store.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/channel.h"
#include "json/read.h"
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define T0     INT64_C(1790000000000)
#define DAY_MS INT64_C(86400000)
#define VPC    "AWS::EC2::VPC"

/* A publisher that writes down whom it told, and fails as long as it is told to. */
struct fake {
	struct publisher port;
	struct fake_store store;
	struct buf log; /* "event type subject\n" */
	struct buf last;
	struct buf waves; /* how many were told at a time, where it was more than one */
	enum code fail_with;
	int64_t fail_event; /* only this one; 0: every one */
	int tries, opened, freed;
	bool has_store;
	enum code store_fails;
	FILE *out; /* what a dying process has told; or NULL */
};
static struct fake f;
static struct estate w;
static struct err e;

static enum code publish(struct publisher *p, const struct message *m, struct err *err)
{
	(void)p;
	f.tries++;
	assert_true(strlen(m->subject) <= 100);
	if (f.fail_with && (!f.fail_event || f.fail_event == m->event_id))
		return err_set(err, f.fail_with, "the fake says no");
	buf_printf(&f.log, "%lld %s %s\n", (long long)m->event_id, m->type, m->subject);
	buf_clear(&f.last);
	buf_str(&f.last, m->body);
	if (f.out) {
		fprintf(f.out, "%lld\n", (long long)m->event_id);
		fflush(f.out);
	}
	return E_OK;
}

/* The last one first: order is nobody's business within a wave. */
static void publish_many(struct publisher *p, const struct message *m, size_t n, struct err *each)
{
	buf_printf(&f.waves, "%zu ", n);
	for (size_t i = n; i--;)
		(void)publish(p, &m[i], &each[i]);
}

static void free_fake(struct publisher *p)
{
	(void)p;
	f.freed++;
}

static enum code open_fake(void *ctx, const struct sink *s, struct publisher **out, struct err *err)
{
	(void)ctx;
	(void)s;
	(void)err;
	f.opened++;
	*out = &f.port;
	return E_OK;
}

static enum code open_store(void *ctx, const struct sink *s, struct object_store **out,
	const char **bucket, struct err *err)
{
	(void)ctx;
	(void)s;
	(void)err;
	*out = f.has_store ? &f.store.port : NULL;
	*bucket = "b";
	return E_OK;
}

static const struct notify_ports ports = { open_fake, open_store, NULL };

static int set_up(void **state)
{
	(void)state;
	e = (struct err){ 0 };
	f = (struct fake){ .port = { publish, free_fake, NULL },
		.log = BUF_INIT(1 << 20),
		.last = BUF_INIT(16 << 20),
		.waves = BUF_INIT(4096) };
	fake_store_init(&f.store);
	estate_open(&w, ":memory:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(f.opened, f.freed);
	estate_close(&w);
	fake_store_release(&f.store);
	buf_release(&f.log);
	buf_release(&f.last);
	buf_release(&f.waves);
	return 0;
}

static void add_sink(const char *name, const char *predicate)
{
	const struct sink s = { .name = name,
		.kind = "sns",
		.target = "arn:aws:sns:us-east-1:123456789012:t",
		.predicate = predicate };

	if (sink_put(&w.db, &s, true, &e))
		fail_msg("%s", e.msg);
}

static void sweep(int64_t at_ms, const char *one, const char *two)
{
	estate_begin(&w, at_ms);
	if (one)
		estate_see(&w, VPC, "vpc-1", NULL, one, NULL);
	if (two)
		estate_see(&w, VPC, "vpc-2", "two", two, NULL);
	estate_gone(&w, VPC);
	estate_settle(&w);
}

/* Three events: vpc-1 and vpc-2 are there, vpc-1 changes. */
static void history(void)
{
	sweep(T0, "{\"state\":\"a\"}", "{\"state\":\"a\"}");
	sweep(T0 + 1000, "{\"state\":\"b\"}", "{\"state\":\"a\"}");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _event"), "3\n");
}

static enum code notify(int64_t at_ms)
{
	e = (struct err){ 0 };
	return notify_one(&w.db, &ports, 100, at_ms, &e);
}

#define SUBJECT(what, verb)                                                                        \
	"[AWS Config:us-east-1] AWS::EC2::VPC " what " " verb " in Account 123456789012\n"
#define CHANGE "ConfigurationItemChangeNotification "

static void events_are_told_in_order_and_once(void **state)
{
	(void)state;
	add_sink("s", NULL);
	history();
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(
		f.log.p, "1 " CHANGE SUBJECT("vpc-1", "Discovered") "2 " CHANGE SUBJECT(
				 "two", "Discovered") "3 " CHANGE SUBJECT("vpc-1", "Updated"));
	assert_int_equal(notify(T0), E_NOTFOUND);
	assert_int_equal(e.code, E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT cursor, lease_ms, tries, error FROM _sink"), "3|0|0|-\n");
}

static void a_new_sink_is_told_of_what_comes_and_not_of_what_was(void **state)
{
	const struct sink s = {
		.name = "s", .kind = "file", .target = "/nowhere", .settings = "{}"
	};

	(void)state;
	history();
	assert_int_equal(sink_put(&w.db, &s, false, &e), E_OK);
	assert_int_equal(notify(T0), E_NOTFOUND);
	sweep(T0 + 2000, NULL, "{\"state\":\"a\"}");
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(f.log.p, "4 " CHANGE SUBJECT("vpc-1", "Deleted"));
}

static void a_failure_holds_up_what_is_behind_it(void **state)
{
	(void)state;
	add_sink("s", NULL);
	history();
	f.fail_with = E_REMOTE;
	f.fail_event = 2;
	assert_int_equal(notify(T0), E_REMOTE);
	assert_string_equal(f.log.p, "1 " CHANGE SUBJECT("vpc-1", "Discovered"));
	assert_string_equal(estate_rows(&w, "SELECT cursor, tries, error_code, error FROM _sink"),
		"1|1|ServiceUnavailable|the fake says no\n");
	/* It waits; then it goes on where it was. */
	assert_int_equal(notify(T0 + 29000), E_NOTFOUND);
	f.fail_with = E_OK;
	assert_int_equal(notify(T0 + 31000), E_OK);
	assert_string_equal(
		f.log.p, "1 " CHANGE SUBJECT("vpc-1", "Discovered") "2 " CHANGE SUBJECT(
				 "two", "Discovered") "3 " CHANGE SUBJECT("vpc-1", "Updated"));
}

static void one_sink_that_fails_holds_up_no_other(void **state)
{
	(void)state;
	add_sink("a", NULL);
	history();
	f.fail_with = E_DENIED;
	assert_int_equal(notify(T0), E_DENIED);
	f.fail_with = E_OK;
	add_sink("b", NULL);
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT name, cursor FROM _sink ORDER BY name"), "a|0\nb|3\n");
}

static void waits_double_up_to_an_hour(void **state)
{
	(void)state;
	assert_int_equal(notify_backoff_ms(1), 30000);
	assert_int_equal(notify_backoff_ms(2), 60000);
	assert_int_equal(notify_backoff_ms(7), 1920000);
	assert_int_equal(notify_backoff_ms(8), 3600000);
	assert_int_equal(notify_backoff_ms(1000), 3600000);
}

static void what_fails_for_a_day_becomes_a_dead_letter_and_the_rest_goes_on(void **state)
{
	int64_t at_ms = T0;

	(void)state;
	add_sink("s", NULL);
	history();
	f.fail_with = E_REMOTE;
	f.fail_event = 2;
	while (strcmp(estate_rows(&w, "SELECT count(*) FROM _dead"), "0\n") == 0) {
		assert_true(at_ms < T0 + 2 * DAY_MS);
		(void)notify(at_ms);
		at_ms += 3600000;
	}
	assert_true(at_ms > T0 + DAY_MS - 7200000);
	assert_string_equal(estate_rows(&w, "SELECT sink, event_id, error_code FROM _dead"),
		"s|2|ServiceUnavailable\n");
	assert_int_equal(notify(at_ms), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT cursor FROM _sink"), "3\n");

	/* It fails again, then it is sent. */
	assert_int_equal(notify_dead(&w.db, &ports, 1, at_ms, &e), E_REMOTE);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _dead"), "1\n");
	f.fail_with = E_OK;
	e = (struct err){ 0 };
	buf_clear(&f.log);
	assert_int_equal(notify_dead(&w.db, &ports, 1, at_ms, &e), E_OK);
	assert_string_equal(f.log.p, "2 " CHANGE SUBJECT("two", "Discovered"));
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _dead"), "0\n");
	assert_int_equal(notify_dead(&w.db, &ports, 1, at_ms, &e), E_NOTFOUND);
}

static void what_can_never_work_is_given_up_at_once(void **state)
{
	(void)state;
	add_sink("s", NULL);
	history();
	f.fail_with = E_TOOBIG;
	f.fail_event = 1;
	assert_int_equal(notify(T0), E_TOOBIG);
	assert_string_equal(estate_rows(&w, "SELECT event_id, tries FROM _dead"), "1|1\n");
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT cursor FROM _sink"), "3\n");
}

static void being_stopped_is_no_failure(void **state)
{
	(void)state;
	add_sink("s", NULL);
	history();
	f.fail_with = E_CANCELED;
	assert_int_equal(notify(T0), E_CANCELED);
	assert_string_equal(
		estate_rows(&w, "SELECT cursor, tries, lease_ms, error FROM _sink"), "0|0|0|-\n");
}

static void a_lease_keeps_others_away_until_it_runs_out(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct sink s;

	(void)state;
	add_sink("s", NULL);
	history();
	assert_int_equal(sink_claim(&w.db, &a, T0, T0 + 1000, &s, &e), E_OK);
	assert_int_equal(notify(T0 + 999), E_NOTFOUND);
	assert_int_equal(notify(T0 + 1000), E_OK);
	/* Whoever lost it must not move the cursor any more. */
	assert_int_equal(sink_passed(&w.db, &s, 1, T0, T0 + 2000, &e), E_CONFLICT);
	arena_release(&a);
}

static void a_clock_put_back_leaves_no_sink_behind(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct sink s;

	(void)state;
	add_sink("s", NULL);
	history();
	assert_int_equal(sink_claim(&w.db, &a, T0 + DAY_MS, T0 + DAY_MS + 1000, &s, &e), E_OK);
	assert_int_equal(
		sink_failed(&w.db, &s, T0 + DAY_MS, T0 + DAY_MS, "REMOTE", "no", &e), E_OK);
	assert_int_equal(notify(T0), E_OK);
	arena_release(&a);
}

static void a_predicate_chooses(void **state)
{
	(void)state;
	add_sink("s", "resource_id = 'vpc-1' AND configuration->>'$.state' = 'b' -- mine");
	history();
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(f.log.p, "3 " CHANGE SUBJECT("vpc-1", "Updated"));
	sweep(T0 + 2000, NULL, "{\"state\":\"a\"}");
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(f.log.p, "3 " CHANGE SUBJECT("vpc-1", "Updated"));
	assert_string_equal(estate_rows(&w, "SELECT cursor FROM _sink"), "4\n");
}

static void a_predicate_sees_all_columns(void **state)
{
	(void)state;
	add_sink("s", "status = 'ResourceDiscovered' AND name = 'two' AND region GLOB 'us-*'"
		      " AND account = '123456789012' AND resource_type GLOB '*VPC'"
		      " AND kind = 'ConfigurationItemChangeNotification'");
	history();
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(f.log.p, "2 " CHANGE SUBJECT("two", "Discovered"));
}

/* Resources 1 to @n, in events of their own; then 3 changes twice. */
static void many(int n)
{
	char id[16];

	estate_begin(&w, T0);
	for (int i = 1; i <= n; i++) {
		snprintf(id, sizeof(id), "v-%03d", i);
		estate_see(&w, VPC, id, NULL, "{\"n\":0}", NULL);
	}
	estate_settle(&w);
	for (int k = 1; k <= 2; k++) {
		estate_begin(&w, T0 + k * 1000);
		estate_see(&w, VPC, "v-003", NULL, k == 1 ? "{\"n\":1}" : "{\"n\":2}", NULL);
		estate_settle(&w);
	}
}

/* The events of the log in the order in which they were told. */
static size_t told_events(int64_t *ids, size_t max)
{
	size_t n = 0;

	for (const char *p = f.log.p; *p; p = strchr(p, '\n') + 1) {
		assert_true(n < max);
		ids[n++] = strtoll(p, NULL, 10);
	}
	return n;
}

static void different_resources_are_told_together_and_one_resource_in_order(void **state)
{
	int64_t ids[16], at_three = 0;

	(void)state;
	f.port.publish_many = publish_many;
	add_sink("s", NULL);
	many(9);
	assert_int_equal(notify(T0), E_OK);
	/* One, eight, then each change of the same resource alone. */
	assert_string_equal(f.waves.p, "8 ");
	assert_int_equal(told_events(ids, 16), 11);
	assert_int_equal(ids[0], 1);
	assert_int_equal(ids[1], 9);
	for (int i = 0; i < 11; i++) {
		if (ids[i] != 3 && ids[i] != 10 && ids[i] != 11)
			continue;
		assert_true(ids[i] > at_three);
		at_three = ids[i];
	}
	assert_int_equal(at_three, 11);
	assert_string_equal(
		estate_rows(&w, "SELECT cursor, lease_ms, tries FROM _sink"), "11|0|0\n");
}

static void the_cursor_stops_before_what_failed_in_a_wave(void **state)
{
	int64_t ids[32];

	(void)state;
	f.port.publish_many = publish_many;
	add_sink("s", NULL);
	many(9);
	f.fail_with = E_REMOTE;
	f.fail_event = 5;
	assert_int_equal(notify(T0), E_REMOTE);
	assert_non_null(strstr(e.msg, "of event 5"));
	assert_string_equal(
		estate_rows(&w, "SELECT cursor, tries, lease_ms FROM _sink"), "4|1|0\n");
	/* While it fails, nothing behind it is told again. */
	buf_clear(&f.log);
	assert_int_equal(notify(T0 + 31000), E_REMOTE);
	assert_string_equal(f.log.p, "");
	f.fail_with = E_OK;
	assert_int_equal(notify(T0 + DAY_MS), E_OK);
	assert_int_equal(told_events(ids, 32), 7);
	assert_int_equal(ids[0], 5);
	assert_string_equal(estate_rows(&w, "SELECT cursor, tries FROM _sink"), "11|0\n");
}

static void what_can_never_work_is_given_up_and_the_rest_of_its_wave_stays_told(void **state)
{
	int64_t ids[32];

	(void)state;
	f.port.publish_many = publish_many;
	add_sink("s", NULL);
	many(9);
	f.fail_with = E_TOOBIG;
	f.fail_event = 5;
	assert_int_equal(notify(T0), E_TOOBIG);
	assert_string_equal(estate_rows(&w, "SELECT event_id, tries FROM _dead"), "5|1\n");
	assert_string_equal(estate_rows(&w, "SELECT cursor, lease_ms FROM _sink"), "9|0\n");
	assert_int_equal(notify(T0), E_OK);
	assert_int_equal(told_events(ids, 32), 10);
	assert_string_equal(estate_rows(&w, "SELECT cursor FROM _sink"), "11\n");
}

static void a_wave_is_not_larger_than_it_may_be(void **state)
{
	(void)state;
	f.port.publish_many = publish_many;
	add_sink("s", NULL);
	many(200);
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(f.waves.p, "8 64 27 ");
	assert_int_equal(notify(T0), E_OK);
	assert_string_equal(f.waves.p, "8 64 27 8 64 27 ");
	assert_int_equal(notify(T0), E_OK);
	assert_int_equal(notify(T0), E_NOTFOUND);
}

/* Somebody else has the sink by now: the row is theirs, whatever we found. */
static enum code steal(struct publisher *p, const struct message *m, struct err *err)
{
	(void)p;
	(void)m;
	assert_int_equal(
		sqlite3_exec(w.db.h, "UPDATE _sink SET lease_ms = 1790000999999", NULL, NULL, NULL),
		SQLITE_OK);
	return f.fail_with ? err_set(err, f.fail_with, "the fake says no") : E_OK;
}

static void whoever_lost_the_sink_leaves_its_row_alone(void **state)
{
	static const enum code ends[] = { E_OK, E_REMOTE, E_TOOBIG, E_CANCELED };

	(void)state;
	f.port.publish = steal;
	add_sink("s", NULL);
	history();
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		f.fail_with = ends[i];
		estate_rows(&w, "UPDATE _sink SET lease_ms = 0");
		assert_int_equal(notify(T0), E_CONFLICT);
		assert_non_null(strstr(e.msg, "taken over"));
		assert_string_equal(
			estate_rows(&w, "SELECT cursor, tries, lease_ms, error FROM _sink"),
			"0|0|1790000999999|-\n");
		assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _dead"), "0\n");
	}
}

static void a_bad_predicate_is_refused(void **state)
{
	static const char *const bad[] = { "resource_typ = 1", "1, 2", "1) UNION SELECT (2",
		"1; SELECT 2", "", "load_extension('x')", "resource_id = :x" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct sink s = {
			.name = "s", .kind = "sns", .target = "arn:x", .predicate = bad[i]
		};

		e = (struct err){ 0 };
		if (sink_put(&w.db, &s, true, &e) != E_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
	}
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _sink"), "0\n");
}

static void a_sink_that_cannot_be_is_refused(void **state)
{
	static const struct sink bad[] = {
		{ .name = "", .kind = "sns", .target = "arn:x" },
		{ .name = "s", .kind = "pigeon", .target = "arn:x" },
		{ .name = "s", .kind = "sns", .target = "topic" },
		{ .name = "s", .kind = "webhook", .target = "ftp://x/" },
		{ .name = "s", .kind = "webhook", .target = "https://user:word@x/" },
		{ .name = "s", .kind = "file", .target = "" },
		{ .name = "s", .kind = "file", .target = "/x", .settings = "[]" },
		{ .name = "s", .kind = "file", .target = "/x", .settings = "{\"secret\":\"x\"}" },
		{ .name = "s", .kind = "file", .target = "/x", .settings = "{\"region\":1}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e = (struct err){ 0 };
		assert_int_equal(sink_put(&w.db, &bad[i], true, &e), E_INVALID);
	}
}

static void see_large(void)
{
	struct buf b = BUF_INIT(1 << 20);

	buf_text(&b, "{\"text\":\"");
	for (int i = 0; i < 300000; i++)
		buf_char(&b, 'x');
	buf_text(&b, "\"}");
	estate_begin(&w, T0 + 123);
	estate_see(&w, VPC, "vpc-9", NULL, b.p, NULL);
	estate_settle(&w);
	buf_release(&b);
}

#define LARGE_KEY                                                                                    \
	"AWSLogs/123456789012/Config/us-east-1/2026/9/21/OversizedChangeNotification/AWS::EC2::VPC/" \
	"vpc-9/123456789012_Config_us-east-1_ChangeNotification_AWS::EC2::VPC_vpc-9_"                \
	"20260921T141320Z_1790000000123.json.gz"
#define SUMMARY                                                                                          \
	"{\"configurationItemSummary\":{\"changeType\":\"CREATE\",\"configurationItemVersion\":\"1.3\"," \
	"\"configurationItemCaptureTime\":\"2026-09-21T14:13:20.123Z\",\"configurationStateId\":"        \
	"1790000000123,\"awsAccountId\":\"123456789012\",\"configurationItemStatus\":"                   \
	"\"ResourceDiscovered\",\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-9\","            \
	"\"resourceName\":null,\"ARN\":\"arn:aws:test:::AWS::EC2::VPC/vpc-9\",\"awsRegion\":"            \
	"\"us-east-1\",\"availabilityZone\":\"Not Applicable\",\"configurationStateMd5Hash\":\"\","      \
	"\"resourceCreationTime\":null},\"s3DeliverySummary\":{"

static void assert_begins(const char *text, const char *with)
{
	if (strncmp(text, with, strlen(with)) != 0)
		fail_msg("%.900s\ndoes not begin with\n%s", text, with);
}

static void what_is_too_large_goes_to_the_store_first(void **state)
{
	(void)state;
	add_sink("s", NULL);
	see_large();
	f.has_store = true;
	assert_int_equal(notify(T0 + 5000), E_OK);
	assert_begins(f.log.p, "1 OversizedConfigurationItemChangeNotification [AWS Config");
	assert_begins(f.last.p, SUMMARY "\"s3BucketLocation\":\"b/" LARGE_KEY
					"\",\"errorCode\":null,\"errorMessage\":null},"
					"\"notificationCreationTime\":\"2026-09-21T14:13:25.");
	assert_int_equal(f.store.n, 1);
	assert_string_equal(f.store.keys[0], LARGE_KEY);
	assert_begins(f.store.texts[0], "{\"configurationItemDiff\":{\"changedProperties\":{},");
}

static void a_bucket_that_is_not_there_is_told(void **state)
{
	(void)state;
	add_sink("s", NULL);
	see_large();
	f.has_store = true;
	f.store.fail_at = 1;
	f.store.fail_with = E_NOTFOUND;
	assert_int_equal(notify(T0 + 5000), E_OK);
	assert_begins(f.log.p, "1 OversizedConfigurationItemChangeDeliveryFailed ");
	assert_begins(f.last.p,
		SUMMARY "\"s3BucketLocation\":null,\"errorCode\":\"NoSuchBucket\",\"errorMessage\":"
			"\"Failed to deliver notification to bucket: b for account 123456789012 in "
			"region us-east-1.\"},");
}

static void a_bucket_that_does_not_answer_is_asked_again(void **state)
{
	(void)state;
	add_sink("s", NULL);
	see_large();
	f.has_store = true;
	f.store.fail_at = 1;
	f.store.fail_with = E_REMOTE;
	assert_int_equal(notify(T0 + 5000), E_REMOTE);
	assert_int_equal(f.tries, 0);
	assert_int_equal(notify(T0 + 60000), E_OK);
	assert_begins(f.log.p, "1 OversizedConfigurationItemChangeNotification ");
}

/* The parent does not assert in the child: it reports by its exit status. */
static void die_at(const char *path, const char *told, const char *failpoint)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		struct estate mine;
		struct err none = { 0 };

		setenv("SILTSTONE_FAILPOINT", failpoint, 1);
		f.out = fopen(told, "a");
		estate_open(&mine, path);
		while (!notify_one(&mine.db, &ports, 100, T0 + DAY_MS, &none))
			continue;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void whoever_dies_is_followed_by_one_who_tells_the_rest(void **state)
{
	static const char *const points[] = { "notify.after_publish", "notify.before_cursor",
		"notify.after_publish:2", "notify.before_cursor:3" };

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
		struct scratch s;
		struct arena a = ARENA_INIT(1 << 20);
		const char *path, *told;
		bool seen[4] = { false };
		char line[32];
		FILE *in;

		scratch_make(&s);
		path = scratch_path(&s, &a, "s.db");
		told = scratch_path(&s, &a, "told");
		estate_close(&w);
		estate_open(&w, path);
		add_sink("s", NULL);
		history();
		estate_close(&w);
		die_at(path, told, points[i]);
		estate_open(&w, path);
		f.out = fopen(told, "a");
		assert_int_equal(notify(T0 + 2 * DAY_MS), E_OK);
		fclose(f.out);
		f.out = NULL;
		in = fopen(told, "r");
		for (int64_t before = 0, id; fgets(line, sizeof(line), in); before = id) {
			id = strtoll(line, NULL, 10);
			/* Told again from where it was, never out of order. */
			assert_true(id == before + 1 || id == before);
			seen[id] = true;
		}
		fclose(in);
		assert_true(seen[1] && seen[2] && seen[3]);
		estate_close(&w);
		scratch_remove(&s);
		arena_release(&a);
		estate_open(&w, ":memory:");
	}
}

#define STREAM "SELECT stream_status, stream_error_code, stream_error FROM _channel"

static void set_channel(const char *topic, int64_t at_ms)
{
	const struct channel c = { .name = "c", .target = "s3://b", .topic = topic };

	if (channel_put(&w.db, &c, at_ms, &e))
		fail_msg("%s", e.msg);
}

/* Within a minute of @at_ms: a round takes as long as it takes. */
static void assert_changed(int64_t at_ms)
{
	const int64_t changed_ms =
		strtoll(estate_rows(&w, "SELECT stream_changed_ms FROM _channel"), NULL, 10);

	assert_in_range(changed_ms, at_ms, at_ms + 60000);
}

static void a_channels_stream_is_how_telling_its_topic_went(void **state)
{
	const int64_t hour_ms = 3600000;

	(void)state;
	set_channel("arn:aws:sns:us-east-1:123456789012:t", T0);
	add_sink("other", "resource_id = 'nobody'");
	history();
	assert_string_equal(estate_rows(&w, STREAM), "-|-|-\n");
	f.fail_with = E_REMOTE;
	assert_int_equal(notify(T0), E_REMOTE);
	assert_string_equal(
		estate_rows(&w, STREAM), "FAILURE|ServiceUnavailable|the fake says no\n");
	assert_changed(T0);
	/* Another reason, the same status: it has not changed. */
	assert_int_equal(notify(T0 + 1), E_OK);
	assert_string_equal(
		estate_rows(&w, STREAM), "FAILURE|ServiceUnavailable|the fake says no\n");
	f.fail_with = E_DENIED;
	assert_int_equal(notify(T0 + hour_ms), E_DENIED);
	assert_string_equal(estate_rows(&w, STREAM), "FAILURE|AccessDenied|the fake says no\n");
	assert_changed(T0);
	f.fail_with = E_OK;
	assert_int_equal(notify(T0 + 2 * hour_ms), E_OK);
	assert_string_equal(estate_rows(&w, STREAM), "SUCCESS|-|-\n");
	assert_changed(T0 + 2 * hour_ms);
	sweep(T0 + 2000, NULL, "{\"state\":\"a\"}");
	assert_int_equal(notify(T0 + 3 * hour_ms), E_OK);
	assert_int_equal(notify(T0 + 3 * hour_ms), E_OK);
	assert_changed(T0 + 2 * hour_ms);
}

static void what_a_channel_gave_up_is_a_failure_until_the_next_is_told(void **state)
{
	(void)state;
	set_channel("arn:aws:sns:us-east-1:123456789012:t", T0);
	history();
	f.fail_with = E_TOOBIG;
	f.fail_event = 2;
	assert_int_equal(notify(T0), E_TOOBIG);
	assert_string_equal(estate_rows(&w, "SELECT event_id FROM _dead"), "2\n");
	assert_string_equal(estate_rows(&w, STREAM), "FAILURE|InvalidParameter|the fake says no\n");
	assert_int_equal(notify(T0 + 60000), E_OK);
	assert_string_equal(estate_rows(&w, STREAM), "SUCCESS|-|-\n");
}

static void what_is_told_of_a_channel_without_a_topic_is_not_its_stream(void **state)
{
	(void)state;
	set_channel(NULL, T0);
	add_sink("c", NULL);
	add_sink("channel:c", NULL);
	history();
	f.fail_with = E_REMOTE;
	assert_int_equal(notify(T0 + 1), E_REMOTE);
	f.fail_with = E_OK;
	assert_int_equal(notify(T0 + 60000), E_OK);
	assert_int_equal(notify(T0 + 60000), E_OK);
	assert_string_equal(estate_rows(&w, STREAM), "NOT_APPLICABLE|-|-\n");
	assert_changed(T0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(events_are_told_in_order_and_once),
		CASE(a_new_sink_is_told_of_what_comes_and_not_of_what_was),
		CASE(a_failure_holds_up_what_is_behind_it),
		CASE(one_sink_that_fails_holds_up_no_other),
		CASE(waits_double_up_to_an_hour),
		CASE(what_fails_for_a_day_becomes_a_dead_letter_and_the_rest_goes_on),
		CASE(what_can_never_work_is_given_up_at_once),
		CASE(being_stopped_is_no_failure),
		CASE(a_lease_keeps_others_away_until_it_runs_out),
		CASE(a_clock_put_back_leaves_no_sink_behind),
		CASE(a_predicate_chooses),
		CASE(a_predicate_sees_all_columns),
		CASE(different_resources_are_told_together_and_one_resource_in_order),
		CASE(the_cursor_stops_before_what_failed_in_a_wave),
		CASE(what_can_never_work_is_given_up_and_the_rest_of_its_wave_stays_told),
		CASE(a_wave_is_not_larger_than_it_may_be),
		CASE(whoever_lost_the_sink_leaves_its_row_alone),
		CASE(a_bad_predicate_is_refused),
		CASE(a_sink_that_cannot_be_is_refused),
		CASE(what_is_too_large_goes_to_the_store_first),
		CASE(a_bucket_that_is_not_there_is_told),
		CASE(a_bucket_that_does_not_answer_is_asked_again),
		CASE(a_channels_stream_is_how_telling_its_topic_went),
		CASE(what_a_channel_gave_up_is_a_failure_until_the_next_is_told),
		CASE(what_is_told_of_a_channel_without_a_topic_is_not_its_stream),
		CASE(whoever_dies_is_followed_by_one_who_tells_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
