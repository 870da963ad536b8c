/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seed - make a store with a small estate that has a history, always the same.
 *
 *     seed FILE [BYTES]
 *
 * Four sweeps of two sources over four days; see sweeps[]. With BYTES one resource more, with
 * a configuration of that size.
 */
#include "base/buf.h"
#include "base/time.h"
#include "core/record.h"
#include "store/catalogue.h"
#include "store/source.h"
#include "store/store.h"
#include "json/read.h"
#include <stdio.h>
#include <stdlib.h>

#define ACCOUNT "123456789012"
#define REGION  "eu-west-1"

struct sighting {
	const char *type, *id, *name, *region;
	const char *configuration; /* NULL: it is gone */
	const char *tags;
};

struct sweep {
	const char *at;
	struct sighting seen[6];
	const char *failed; /* a type that could not be listed */
};

/* clang-format off */
static const struct sweep sweeps[] = {
	{ "2026-10-01 08:00:00", {
		{ "AWS::EC2::Instance", "i-0a1", "web-1", REGION, "{\"instanceType\":\"t3.micro\",\"state\":{\"name\":\"running\"},\"subnetId\":\"subnet-1\"}", "{\"Name\":\"web-1\",\"Owner\":\"platform\"}" },
		{ "AWS::EC2::Instance", "i-0a2", "web-2", REGION, "{\"instanceType\":\"t3.micro\",\"state\":{\"name\":\"running\"},\"subnetId\":\"subnet-1\"}", "{\"Name\":\"web-2\"}" },
		{ "AWS::EC2::Subnet", "subnet-1", NULL, REGION, "{\"cidrBlock\":\"10.0.1.0/24\",\"subnetId\":\"subnet-1\"}", NULL },
	}, NULL },
	{ "2026-10-02 08:00:00", {
		{ "AWS::EC2::Instance", "i-0a1", "web-1", REGION, "{\"instanceType\":\"t3.large\",\"state\":{\"name\":\"running\"},\"subnetId\":\"subnet-1\"}", "{\"Name\":\"web-1\",\"Owner\":\"platform\"}" },
		{ "AWS::S3::Bucket", "logs", "logs", "us-east-1", "{\"name\":\"logs\",\"owner\":\"Zo\xc3\xab \\\"Z\\\" M\xc3\xbcller, Ltd\"}", NULL },
	}, NULL },
	{ "2026-10-03 08:00:00", {
		{ "AWS::EC2::Instance", "i-0a1", "web-1", REGION, "{\"instanceType\":\"t3.large\",\"state\":{\"name\":\"stopped\"},\"subnetId\":\"subnet-1\"}", "{\"Name\":\"web-1\",\"Owner\":\"search\",\"Team\":\"a\"}" },
		{ "AWS::EC2::Instance", "i-0a2", "web-2", REGION, NULL, NULL },
	}, "AWS::EC2::Volume" },
	{ "2026-10-04 08:00:00", {
		{ "AWS::EC2::Instance", "i-0b3", "web-3", REGION, "{\"instanceType\":\"t3.micro\",\"state\":{\"name\":\"running\"},\"subnetId\":\"subnet-1\"}", "{\"Name\":\"web-3\",\"note\":\"a\\u001b[31mred\\nline\"}" },
	}, NULL },
};
/* clang-format on */

static enum code gone(void *ctx, const struct unseen *u, struct err *e)
{
	int64_t *rid = ctx;

	(void)e;
	if (str_is(u->id, "i-0a2"))
		*rid = u->rid;
	return E_OK;
}

static enum code stage(struct record *r, const struct sighting *s, int64_t at_ms, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct observation o = { .account = STR(ACCOUNT),
		.region = str_of(s->region),
		.type = str_of(s->type),
		.id = str_of(s->id),
		.name = str_of(s->name),
		.created_ms = INT64_MIN,
		.captured_ms = at_ms };
	int64_t rid = 0;

	if (!s->configuration) {
		if (!record_unseen(r, STR(ACCOUNT), STR_NONE, str_of(s->type), gone, &rid, e))
			record_stage_gone(r, rid, at_ms, e);
		return e->code;
	}
	o.arn = arena_printf(&a, "arn:aws:test:%s:" ACCOUNT ":%s", s->region, s->id);
	if (!json_read(&a, str_of(s->configuration), &o.configuration, e) &&
		(!s->tags || !json_read(&a, str_of(s->tags), &o.tags, e)))
		record_stage(r, &o, e);
	arena_release(&a);
	return e->code;
}

static enum code look(
	struct record *r, const char *type, const char *reason, int64_t at_ms, struct err *e)
{
	struct look l = { .account = STR(ACCOUNT),
		.region = STR(REGION),
		.type = str_of(type),
		.started_ms = at_ms,
		.ended_ms = at_ms + 500,
		.outcome = reason ? LOOK_FAILED : LOOK_COMPLETE,
		.reason = reason,
		.code = reason ? "AccessDenied" : NULL,
		.seen = reason ? 0 : 2,
		.calls = 1 };

	return record_look(r, &l, e);
}

static enum code sweep(struct db *db, int64_t source_id, const struct sweep *s, struct err *e)
{
	struct record r;
	struct record_sum sum = { 0 };
	int64_t at_ms = 0;

	if (!time_parse_iso(str_of(s->at), &at_ms))
		return err_set(e, E_INVALID, "%s", s->at);
	record_begin(&r, db, source_id, at_ms, e);
	for (size_t i = 0; i < 6 && s->seen[i].type && !e->code; i++)
		stage(&r, &s->seen[i], at_ms + 250, e);
	if (!e->code)
		look(&r, "AWS::EC2::Instance", NULL, at_ms, e);
	if (!e->code && s->failed)
		look(&r, s->failed, "not authorized", at_ms, e);
	if (!e->code)
		record_settle(&r, at_ms + 1000, &sum, e);
	return e->code;
}

static enum code sweep_large(struct db *db, int64_t source_id, size_t bytes, struct err *e)
{
	struct buf b = BUF_INIT(64 << 20);
	struct sweep large = { "2026-10-04 09:00:00", { { .region = REGION } }, NULL };

	buf_text(&b, "{\"text\":\"");
	while (bytes--)
		buf_char(&b, 'x');
	buf_text(&b, "\"}");
	large.seen[0].type = "AWS::S3::Bucket";
	large.seen[0].id = "large";
	large.seen[0].configuration = b.p;
	sweep(db, source_id, &large, e);
	buf_release(&b);
	return e->code;
}

int main(int argc, char **argv)
{
	struct db db = { 0 };
	struct err e = { 0 };
	struct source prod = {
		.name = "prod", .kind = "aws", .settings = "{\"profile\":\"prod\"}", .kept = 1
	};

	if (argc != 2 && argc != 3) {
		fputs("usage: seed FILE [BYTES]\n", stderr);
		return 2;
	}
	if (!store_open(&db, argv[1], DB_CREATE, 1759305600000, &e) && !catalogue_sync(&db, &e))
		source_put(&db, &prod, &e);
	for (size_t i = 0; i < sizeof(sweeps) / sizeof(*sweeps) && !e.code; i++)
		sweep(&db, prod.source_id, &sweeps[i], &e);
	if (argc == 3 && !e.code)
		sweep_large(&db, prod.source_id, strtoul(argv[2], NULL, 10), &e);
	if (e.code)
		fprintf(stderr, "seed: %s\n", e.msg);
	db_close(&db);
	return e.code != E_OK;
}
