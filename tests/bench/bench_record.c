/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_record - how fast sweeps are staged and recorded, without any network.
 *
 *     bench_record [RESOURCES [SWEEPS]]      default: 20000 instances, 4 sweeps
 *
 * Sweep 1 discovers everything, sweep 2 finds nothing new, each one behind it changes a tenth.
 * Beside them, in the same run, what SQLite alone takes to insert as many rows of the same text.
 */
#include "base/must.h"
#include "base/time.h"
#include "core/record.h"
#include "lib/scratch.h"
#include "store/catalogue.h"
#include "store/store.h"
#include "json/read.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define T0 INT64_C(1790000000000)

#define SHAPE                                                                                                                                             \
	"{\"amiLaunchIndex\":0,\"imageId\":\"ami-0123456789abcdef0\",\"instanceId\":\"i-%08d\",\"instanceType\":\"m5.large\","                            \
	"\"keyName\":\"ops\",\"launchTime\":\"2026-08-01T10:00:00.000Z\",\"monitoring\":{\"state\":\"%s\"},"                                              \
	"\"placement\":{\"availabilityZone\":\"us-east-1a\",\"tenancy\":\"default\"},\"privateDnsName\":\"ip-10-0-%d-%d.ec2.internal\","                  \
	"\"privateIpAddress\":\"10.0.%d.%d\",\"state\":{\"code\":16,\"name\":\"running\"},\"subnetId\":\"subnet-%04d\",\"vpcId\":\"vpc-%04d\","           \
	"\"architecture\":\"x86_64\",\"blockDeviceMappings\":[{\"deviceName\":\"/dev/xvda\",\"ebs\":{\"attachTime\":\"2026-08-01T10:00:01.000Z\","        \
	"\"deleteOnTermination\":true,\"status\":\"attached\",\"volumeId\":\"vol-%08d\"}}],\"networkInterfaces\":[{\"networkInterfaceId\":\"eni-%08d\","  \
	"\"description\":\"primary\",\"macAddress\":\"02:00:00:00:00:01\",\"ownerId\":\"123456789012\",\"status\":\"in-use\",\"sourceDestCheck\":true}]," \
	"\"securityGroups\":[{\"groupId\":\"sg-%04d\",\"groupName\":\"web\"},{\"groupId\":\"sg-%04d\",\"groupName\":\"base\"}],"                          \
	"\"tags\":[{\"key\":\"Name\",\"value\":\"web-%d\"},{\"key\":\"env\",\"value\":\"prod\"},{\"key\":\"team\",\"value\":\"platform\"}],"              \
	"\"metadataOptions\":{\"httpEndpoint\":\"enabled\",\"httpPutResponseHopLimit\":1,\"httpTokens\":\"required\",\"state\":\"applied\"}}"

static struct str document(struct arena *a, int i, const char *monitoring)
{
	return arena_printf(a, SHAPE, i, monitoring, i / 250 % 250, i % 250, i / 250 % 250, i % 250,
		i % 97, i % 7, i, i, i % 211, i % 13, i);
}

static void see(struct record *r, int i, const char *monitoring, int64_t at_ms)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct err e = { 0 };
	struct str text = document(&a, i, monitoring);
	struct observation o = { .account = STR("123456789012"),
		.region = STR("us-east-1"),
		.type = STR("AWS::EC2::Instance"),
		.az = STR("us-east-1a"),
		.created_ms = T0,
		.captured_ms = at_ms };

	must(json_read(&a, text, &o.configuration, &e) == E_OK);
	o.id = json_get_text(o.configuration, "instanceId");
	must(json_read(&a, STR("{\"Name\":\"web\",\"env\":\"prod\",\"team\":\"platform\"}"),
		     &o.tags, &e) == E_OK);
	must(record_stage(r, &o, &e) == E_OK);
	arena_release(&a);
}

static void sweep(struct db *db, int n, int round)
{
	struct record_sum sum;
	struct record r;
	struct err e = { 0 };
	int64_t t0 = time_ticks_ms(), t1, t2;
	const int64_t at_ms = T0 + round * INT64_C(3600000);

	must(record_begin(&r, db, 0, at_ms, &e) == E_OK);
	for (int i = 0; i < n; i++)
		see(&r, i, round > 1 && i % 10 == round % 10 ? "enabled" : "disabled", at_ms);
	t1 = time_ticks_ms();
	must(record_settle(&r, at_ms, &sum, &e) == E_OK);
	t2 = time_ticks_ms();
	printf("sweep %d: %7lld new %7lld changed %7lld same   stage %6lld ms   settle %6lld ms   %8.0f resources/s\n",
		round + 1, (long long)sum.created, (long long)sum.changed, (long long)sum.unchanged,
		(long long)(t1 - t0), (long long)(t2 - t1),
		(double)n * 1000 / (double)(t2 - t0 ? t2 - t0 : 1));
}

static void raw(const char *path, int n)
{
	struct arena a = ARENA_INIT(1 << 20);
	int64_t t0 = time_ticks_ms();
	sqlite3_stmt *st;
	sqlite3 *h;

	must(sqlite3_open(path, &h) == SQLITE_OK);
	must(sqlite3_exec(h,
		     "PRAGMA journal_mode=WAL; CREATE TABLE t(type TEXT, id TEXT, at INT, body TEXT); BEGIN",
		     NULL, NULL, NULL) == SQLITE_OK);
	must(sqlite3_prepare_v2(h, "INSERT INTO t VALUES('AWS::EC2::Instance', ?1, ?1, ?2)", -1,
		     &st, NULL) == SQLITE_OK);
	for (int i = 0; i < n; i++) {
		struct str s = document(&a, i, "disabled");

		sqlite3_bind_int(st, 1, i);
		sqlite3_bind_text(st, 2, s.p, (int)s.n, SQLITE_STATIC);
		must(sqlite3_step(st) == SQLITE_DONE);
		sqlite3_reset(st);
		arena_release(&a);
	}
	sqlite3_finalize(st);
	must(sqlite3_exec(h, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(h);
	printf("SQLite alone, one plain table, same texts: %lld ms\n",
		(long long)(time_ticks_ms() - t0));
}

int main(int argc, char **argv)
{
	const int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 20000;
	const int sweeps = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 4;
	struct arena a = ARENA_INIT(1 << 16);
	struct scratch s;
	struct stat sb;
	struct err e = { 0 };
	struct db db;
	const char *path;

	scratch_make(&s);
	path = scratch_path(&s, &a, "store.db");
	must(store_open(&db, path, DB_CREATE, T0, &e) == E_OK && catalogue_sync(&db, &e) == E_OK);
	for (int i = 0; i < sweeps; i++)
		sweep(&db, n, i);
	db_close(&db);
	must(stat(path, &sb) == 0);
	printf("store: %.1f MB\n", (double)sb.st_size / 1e6);
	raw(scratch_path(&s, &a, "raw.db"), n);
	scratch_remove(&s);
	arena_release(&a);
	return 0;
}
