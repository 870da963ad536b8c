/* SPDX-License-Identifier: Apache-2.0 */
/*
 * function_load - how many calls a second a hosted function takes: function_load CODE HANDLER EVENTFILE CALLS AT_ONCE
 *
 * Prints calls a second, and the median and the slowest call in microseconds, of calls to warm children.
 */
#include "base/time.h"
#include "function/host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENT_MAX (1 << 20)
#define CALLS_MAX 1000000

struct load {
	struct function_host *host;
	struct function_spec spec;
	struct function_call call;
	int64_t *began, *took;
	int64_t started, ended;
	struct err e;
};

static void start(struct load *l)
{
	l->call.call_id = l->started + 1;
	l->began[l->started] = time_ticks_us();
	if (function_host_start(l->host, &l->call, &l->e)) {
		fprintf(stderr, "%s\n", l->e.msg);
		exit(1);
	}
	l->started++;
}

static void reap(struct load *l)
{
	struct function_result r = FUNCTION_RESULT_INIT;

	if (function_host_reap(l->host, 60000, &r, &l->e) || strcmp(r.outcome, "ok") != 0) {
		fprintf(stderr, "%s %s\n%s\n", r.outcome, r.err.msg, r.log.p);
		exit(1);
	}
	l->took[l->ended++] = time_ticks_us() - l->began[r.call_id - 1];
	function_result_release(&r);
}

static void run(struct load *l, int64_t calls, int64_t at_once)
{
	l->started = l->ended = 0;
	while (l->ended < calls) {
		while (l->started < calls && l->started - l->ended < at_once)
			start(l);
		reap(l);
	}
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	const struct function_host_options o = { .idle_ms = 60000 };
	static char event[EVENT_MAX];
	struct load l = { 0 };
	FILE *f = argc == 6 ? fopen(argv[3], "re") : NULL;
	const int64_t calls = argc == 6 ? strtoll(argv[4], NULL, 10) : 0;
	const int64_t at_once = argc == 6 ? strtoll(argv[5], NULL, 10) : 0;
	int64_t us;

	if (!f || calls < 1 || calls > CALLS_MAX || at_once < 1) {
		fputs("usage: function_load CODE HANDLER EVENTFILE CALLS AT_ONCE\n", stderr);
		return 2;
	}
	l.call.event = (struct str){ event, fread(event, 1, sizeof(event), f) };
	fclose(f);
	l.began = calloc((size_t)calls, sizeof(*l.began));
	l.took = calloc((size_t)calls, sizeof(*l.took));
	if (!l.began || !l.took || function_host_open(&l.host, &o, &l.e))
		return 1;
	l.spec = (struct function_spec){ "load", "python3.11", argv[2], argv[1], "{}", 60000, 512,
		at_once, 1 };
	l.call.arn = "arn:aws:lambda:us-east-1:123456789012:function:load";
	l.call.account = "123456789012";
	l.call.region = "us-east-1";
	l.call.hosted = &l.spec;
	/* Once each, so that they are warm. */
	run(&l, at_once * 2 < calls ? at_once * 2 : calls, at_once);
	us = time_ticks_us();
	run(&l, calls, at_once);
	us = time_ticks_us() - us;
	qsort(l.took, (size_t)calls, sizeof(*l.took), by_size);
	printf("%.0f %lld %lld\n", (double)calls * 1e6 / (double)us, (long long)l.took[calls / 2],
		(long long)l.took[calls - 1]);
	function_host_close(l.host);
	free(l.began);
	free(l.took);
	return 0;
}
