/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sweep from the command line, for the end-to-end tests of discovery:
 *
 *     sweep_probe STORE [option=value ...]
 *
 * Options are the fields of struct sweep_options that are texts, "threads", and "stop_after":
 * how many resources to see before it is stopped. Prints one JSON object. Exit status: the
 * error's, or 7 when a look was not complete.
 */
#include "base/time.h"
#include "discover/sweep.h"
#include "store/catalogue.h"
#include "store/store.h"
#include "json/write.h"
#include <stdio.h>
#include <stdlib.h>

struct probe {
	struct sweep_options options;
	int64_t stop_after;
	volatile sig_atomic_t stop;
	int ticks;
};

static void watch(void *ctx, const struct sweep_progress *p)
{
	struct probe *probe = ctx;

	probe->ticks++;
	if (probe->stop_after && p->seen >= probe->stop_after)
		probe->stop = 1;
}

static void take(struct probe *p, const char *name, const char *value)
{
	struct sweep_options *o = &p->options;
	const struct {
		const char *name;
		const char **at;
	} texts[] = { { "source", &o->source }, { "kind", &o->kind }, { "types", &o->types },
		{ "regions", &o->regions }, { "profile", &o->profile },
		{ "endpoint", &o->endpoint }, { "account", &o->account },
		{ "role_arn", &o->role_arn } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!strcmp(name, texts[i].name))
			*texts[i].at = value;
	if (!strcmp(name, "threads"))
		o->threads = (int)strtol(value, NULL, 10);
	if (!strcmp(name, "stop_after"))
		p->stop_after = strtol(value, NULL, 10);
	if (!strcmp(name, "afresh"))
		o->afresh = true;
	if (!strcmp(name, "recheck_ms"))
		o->recheck_ms = strtoll(value, NULL, 10);
	if (!strcmp(name, "ca_bundle"))
		o->http.ca_bundle = value;
}

static void put_int(struct arena *a, struct json *o, const char *name, int64_t v)
{
	json_add(o, str_of(name), json_int(a, v));
}

static void put_text(struct arena *a, struct json *o, const char *name, const char *v)
{
	if (v)
		json_add(o, str_of(name), json_string(a, str_of(v)));
}

static void put_notes(struct arena *a, struct json *o, const struct sweep_sum *sum)
{
	static const char *const outcomes[] = { "complete", "partial", "failed" };
	struct json *notes = json_new(a, JSON_ARRAY);

	for (size_t i = 0; i < sum->n_notes; i++) {
		struct json *n = json_new(a, JSON_OBJECT);

		put_text(a, n, "region", sum->notes[i].region);
		put_text(a, n, "type", sum->notes[i].type);
		put_text(a, n, "outcome", outcomes[sum->notes[i].outcome]);
		put_text(a, n, "code", code_name(sum->notes[i].code));
		put_text(a, n, "reason", sum->notes[i].reason);
		put_text(a, n, "service", sum->notes[i].service);
		json_push(notes, n);
	}
	json_add(o, STR("notes"), notes);
}

static void print(const struct sweep_sum *sum, const struct err *e, const struct probe *p)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct buf b = BUF_INIT(64 << 20);
	struct json *o = json_new(&a, JSON_OBJECT);

	put_text(&a, o, "code", code_name(e->code));
	put_text(&a, o, "msg", e->msg);
	put_text(&a, o, "hint", e->hint);
	put_text(&a, o, "account", sum->account);
	put_int(&a, o, "looks", sum->looks);
	put_int(&a, o, "complete", sum->complete);
	put_int(&a, o, "partial", sum->partial);
	put_int(&a, o, "failed", sum->failed);
	put_int(&a, o, "calls", sum->calls);
	put_int(&a, o, "seen", sum->recorded.seen);
	put_int(&a, o, "created", sum->recorded.created);
	put_int(&a, o, "changed", sum->recorded.changed);
	put_int(&a, o, "deleted", sum->recorded.deleted);
	put_int(&a, o, "unchanged", sum->recorded.unchanged);
	put_int(&a, o, "ticks", p->ticks);
	put_notes(&a, o, sum);
	json_write_pretty(&b, o);
	printf("%s\n", b.p);
	buf_release(&b);
	arena_release(&a);
}

int main(int argc, char **argv)
{
	struct probe p = { .options = { .source = "probe", .kind = "aws" } };
	struct sweep_sum sum = { .arena = ARENA_INIT(1 << 20) };
	struct err e = { 0 };
	struct db db = { 0 };
	enum code c;

	if (argc < 2)
		return 2;
	for (int i = 2; i < argc; i++) {
		char *equal = strchr(argv[i], '=');

		if (!equal)
			return 2;
		*equal = '\0';
		take(&p, argv[i], equal + 1);
	}
	/* As by hand: what was refused is asked again. */
	p.options.retry_denied = true;
	p.options.stop = &p.stop;
	p.options.progress = watch;
	p.options.ctx = &p;
	c = store_open(&db, argv[1], DB_CREATE, time_now_ms(), &e);
	if (!c)
		c = catalogue_sync(&db, &e);
	if (!c)
		c = sweep_run(&db, &p.options, time_now_ms(), &sum, &e);
	print(&sum, &e, &p);
	db_close(&db);
	c = e.code;
	argc = c ? code_exit_status(c) : sum.partial + sum.failed ? 7 : 0;
	sweep_sum_release(&sum);
	return argc;
}
