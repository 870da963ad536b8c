/* SPDX-License-Identifier: Apache-2.0 */
/* Files are delivered and sinks told while everything that can fail fails, one occasion after the other,
 * on a connection that is kept. Whatever happens: the code says so, the store is whole, and the next
 * round brings it to the same end. */
#include "base/must.h"
#include "core/deliver.h"
#include "core/notify.h"
#include "lib/estate.h"
#include "lib/fake_store.h"
#include "lib/fault.h"
#include "lib/scratch.h"
#include "store/channel.h"
#include "store/store.h"
#include <stdlib.h>

#define T0         INT64_C(1790000000000)
#define HOUR       INT64_C(3600000)
#define TOPIC      "arn:aws:sns:us-east-1:123456789012:t"
#define KEPT       8
#define KEPT_BYTES 16384
#define EVENTS     3

/* What was put. It takes no memory, so that no fault befalls it; a key that is put again replaces. */
static struct {
	struct object_store port;
	struct {
		char key[256];
		unsigned char bytes[KEPT_BYTES];
		size_t n;
	} kept[KEPT];
	int n;
} bucket;

/* Who was told of what, in order. */
static struct {
	struct publisher port;
	int64_t told[8 * EVENTS];
	int n, open;
} topic;

static struct scratch scratch;
static struct arena arena = ARENA_INIT(64 << 20);
static struct estate w;
static char *path, *before;

static enum code put(struct object_store *port, const struct object *o, struct err *e)
{
	int at = 0;

	(void)port;
	(void)e;
	/* Seals are put beside the files when they can be: that is not counted here. */
	if (strstr(o->key, "/siltstone-seals/"))
		return E_OK;
	while (at < bucket.n && strcmp(bucket.kept[at].key, o->key) != 0)
		at++;
	must(at < KEPT && strlen(o->key) < sizeof(bucket.kept[at].key));
	must(o->bytes <= KEPT_BYTES);
	strncpy(bucket.kept[at].key, o->key, sizeof(bucket.kept[at].key) - 1);
	bucket.kept[at].n = (size_t)o->bytes;
	if (o->bytes)
		must(pread(o->fd, bucket.kept[at].bytes, bucket.kept[at].n, 0) == o->bytes);
	bucket.n = at == bucket.n ? at + 1 : bucket.n;
	return E_OK;
}

static enum code lend(void *ctx, const struct channel *c, struct object_store **out, struct err *e)
{
	(void)ctx;
	(void)c;
	(void)e;
	*out = &bucket.port;
	return E_OK;
}

static enum code publish(struct publisher *p, const struct message *m, struct err *e)
{
	(void)p;
	(void)e;
	must(topic.n < 8 * EVENTS);
	topic.told[topic.n++] = m->event_id;
	return E_OK;
}

static void free_topic(struct publisher *p)
{
	(void)p;
	topic.open--;
}

static enum code open_topic(void *ctx, const struct sink *s, struct publisher **out, struct err *e)
{
	(void)ctx;
	(void)s;
	(void)e;
	topic.open++;
	*out = &topic.port;
	return E_OK;
}

static enum code no_store(void *ctx, const struct sink *s, struct object_store **out,
	const char **name, struct err *e)
{
	(void)ctx;
	(void)s;
	(void)e;
	(void)name;
	*out = NULL;
	return E_OK;
}

/* E_OK: everything that was due went out. */
static enum code deliver_all(int64_t at_ms, struct err *e)
{
	const struct deliver_ports ports = { .store = lend };
	enum code c = delivery_plan(&w.db, at_ms, e);

	while (!c)
		c = deliver_one(&w.db, &ports, at_ms, e);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static enum code notify_all(int64_t at_ms, struct err *e)
{
	const struct notify_ports ports = { open_topic, no_store, NULL };
	enum code c = E_OK;

	while (!c)
		c = notify_one(&w.db, &ports, 100, at_ms, e);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

/* Every item is in one file, and only there; each file was told of once. */
static void all_is_delivered(void)
{
	static const char *const members[] = { "\"state\":\"a\"", "\"state\":\"b\"", "\"n\":1" };

	assert_string_equal(
		estate_rows(&w, "SELECT kind, count(*), sum(done_ms IS NULL), sum(items) "
				"FROM _delivery GROUP BY 1 ORDER BY 1"),
		"check|1|0|0\nhistory|2|0|3\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*), count(DISTINCT json_extract(payload, '$.s3ObjectKey')) "
			"FROM _event WHERE kind = 'ConfigurationHistoryDeliveryCompleted'"),
		"2|2\n");
	assert_string_equal(estate_rows(&w, "SELECT history_status, history_error FROM _channel"),
		"SUCCESS|-\n");
	assert_int_equal(bucket.n, 3);
	for (size_t m = 0; m < sizeof(members) / sizeof(*members); m++) {
		int times = 0;

		for (int i = 0; i < bucket.n; i++) {
			const struct str packed = { (const char *)bucket.kept[i].bytes,
				bucket.kept[i].n };

			if (packed.n && strstr(fake_store_gunzip(&arena, packed), members[m]))
				times++;
			arena_release(&arena);
		}
		assert_int_equal(times, 1);
	}
}

/* Every event was told, none before the one in front of it, and none was given up. */
static void all_is_told(void)
{
	int64_t newest = 0;

	for (int i = 0; i < topic.n; i++) {
		assert_true(topic.told[i] <= newest + 1);
		if (topic.told[i] > newest)
			newest = topic.told[i];
	}
	assert_int_equal(newest, EVENTS);
	assert_int_equal(topic.open, 0);
	assert_string_equal(estate_rows(&w, "SELECT cursor, tries, error FROM _sink"), "3|0|-\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _dead"), "0\n");
	assert_string_equal(
		estate_rows(
			&w, "SELECT stream_status, stream_error_code, stream_error FROM _channel"),
		"SUCCESS|-|-\n");
}

struct verb {
	enum code (*all)(int64_t at_ms, struct err *e);
	void (*is_done)(void);
};
static const struct verb delivering = { deliver_all, all_is_delivered };
static const struct verb notifying = { notify_all, all_is_told };

static void copy(const char *from, const char *to)
{
	char piece[8192];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	must(in && out);
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
		must(fwrite(piece, 1, n, out) == n);
	fclose(in);
	must(fclose(out) == 0);
}

/* One round with the n-th fault; true when the fault did not happen any more. */
static bool run(const struct verb *v, enum fault_kind kind, long n, bool for_ever)
{
	struct err e = { 0 }, again = { 0 };
	enum code c;
	bool fired;

	bucket.n = topic.n = 0;
	copy(before, path);
	must(store_open(&w.db, path, DB_WRITE, T0, &e) == E_OK);
	fault_arm(kind, n, for_ever);
	c = v->all(T0 + 6 * HOUR, &e);
	fired = fault_disarm();
	if (!fired)
		assert_int_equal(c, E_OK);
	if (c && !(e.msg[0] && (c == E_NOMEM || c == E_IO || c == E_FULL)))
		fail_msg("occasion %ld: %s: %s", n, code_name(c), e.msg);
	assert_string_equal(estate_rows(&w, "PRAGMA integrity_check"), "ok\n");
	assert_string_equal(estate_rows(&w, "PRAGMA foreign_key_check"), "");
	/* Later than any wait or lease, in another window. */
	if (v->all(T0 + 15 * HOUR, &again))
		fail_msg("occasion %ld: afterwards: %s", n, again.msg);
	v->is_done();
	estate_close(&w);
	return !fired;
}

static void every_fault(const struct verb *v, enum fault_kind kind)
{
	for (int for_ever = 0; for_ever < 2; for_ever++) {
		long n = 0;

		while (!run(v, kind, n, for_ever))
			n = fault_next(kind, n);
		print_message("%ld occasions%s\n", n, for_ever ? ", for ever" : "");
		assert_true(n > 5);
	}
}

static void files_go_out_once_when_our_memory_fails(void **state)
{
	(void)state;
	every_fault(&delivering, FAULT_MEMORY);
}

static void files_go_out_once_when_sqlites_memory_fails(void **state)
{
	(void)state;
	every_fault(&delivering, FAULT_SQLITE);
}

static void files_go_out_once_when_writing_fails(void **state)
{
	(void)state;
	every_fault(&delivering, FAULT_IO);
}

static void sinks_are_told_when_our_memory_fails(void **state)
{
	(void)state;
	every_fault(&notifying, FAULT_MEMORY);
}

static void sinks_are_told_when_sqlites_memory_fails(void **state)
{
	(void)state;
	every_fault(&notifying, FAULT_SQLITE);
}

static void sinks_are_told_when_writing_fails(void **state)
{
	(void)state;
	every_fault(&notifying, FAULT_IO);
}

static int set_up(void **state)
{
	const struct channel c = { .name = "c", .target = "s3://b", .topic = TOPIC };
	const struct sink chosen = { .name = "channel:c",
		.kind = "sns",
		.target = TOPIC,
		.predicate = "resource_type GLOB 'AWS::*' AND configuration IS NOT NULL" };
	struct err e = { 0 };

	(void)state;
	fault_install();
	scratch_make(&scratch);
	path = strdup(scratch_path(&scratch, &arena, "store.db"));
	before = strdup(scratch_path(&scratch, &arena, "before.db"));
	arena_release(&arena);
	bucket.port.put = put;
	topic.port = (struct publisher){ publish, free_topic, NULL };
	estate_open(&w, before);
	must(channel_put(&w.db, &c, T0, &e) == E_OK);
	must(sink_put(&w.db, &chosen, false, &e) == E_OK);
	estate_begin(&w, T0);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{\"state\":\"a\"}", NULL);
	estate_see(&w, "AWS::IAM::Role", "r-1", NULL, "{\"n\":1}", NULL);
	estate_settle(&w);
	estate_begin(&w, T0 + 1000);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{\"state\":\"b\"}", NULL);
	estate_settle(&w);
	must(strcmp(estate_rows(&w, "SELECT count(*) FROM _event"), "3\n") == 0);
	estate_close(&w);
	estate_thin(before);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	free(path);
	free(before);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_go_out_once_when_our_memory_fails),
		cmocka_unit_test(files_go_out_once_when_sqlites_memory_fails),
		cmocka_unit_test(files_go_out_once_when_writing_fails),
		cmocka_unit_test(sinks_are_told_when_our_memory_fails),
		cmocka_unit_test(sinks_are_told_when_sqlites_memory_fails),
		cmocka_unit_test(sinks_are_told_when_writing_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
