/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "cli/cli.h"
#include "cli/source.h"
#include "core/gunzip.h"
#include "daemon/lock.h"
#include "discover/heed.h"
#include "discover/kept.h"
#include "discover/queue.h"
#include "discover/trail_round.h"
#include "net/file_source.h"
#include "store/catalogue.h"

enum {
	PIECE_BYTES = 1 << 20,
	/* CloudTrail's largest log files are some 50 MB of text. */
	FILE_BYTES = 256 << 20,
	TREE_BYTES = 1 << 30,
	/* Long enough for SQS to look everywhere; "Amazon SQS short and long polling" in its guide. */
	WAIT_S = 1,
};

struct reading {
	struct cli *c;
	struct hints *hints;
	struct object_source *from;
	struct buf text;
};

static enum code take_piece(void *ctx, struct str piece, struct err *e)
{
	struct reading *r = ctx;

	buf_str(&r->text, piece);
	if (r->text.full)
		return err_set(e, E_TOOBIG, "more than %d MB", FILE_BYTES >> 20);
	return buf_ok(&r->text) ? E_OK : err_nomem(e);
}

static enum code read_stream(struct reading *r, const struct object_entry *o, struct err *e)
{
	struct buf piece = BUF_INIT(PIECE_BYTES + 1);
	struct object_stream *stream = NULL;
	struct gunzip g = { 0 };
	enum code c = gunzip_open(&g, e);

	if (!c)
		c = r->from->open(r->from, o, &stream, e);
	while (!c) {
		c = stream->read(stream, PIECE_BYTES, &piece, e);
		if (c || !piece.n)
			break;
		c = gunzip_add(&g, buf_slice(&piece), take_piece, r, e);
	}
	if (!c)
		c = gunzip_finish(&g, take_piece, r, e);
	if (stream)
		stream->close(stream);
	gunzip_close(&g);
	buf_release(&piece);
	return c;
}

static enum code read_file(void *ctx, const struct object_entry *o, struct err *e)
{
	struct reading *r = ctx;
	enum code c;

	r->text = (struct buf)BUF_INIT(FILE_BYTES);
	c = read_stream(r, o, e);
	if (!c)
		c = hints_add_lines(r->hints, buf_slice(&r->text), e);
	buf_release(&r->text);
	return c ? err_add(e, "events of \"%s\"", o->name) : E_OK;
}

static enum code read_place(struct cli *c, const char *place, struct hints *hints, struct err *e)
{
	struct reading r = { .c = c, .hints = hints };
	enum code code = file_source_open(&r.from, place, e);

	if (code)
		return code;
	code = r.from->list(r.from, read_file, &r, e);
	r.from->free(r.from);
	return code;
}

static enum code find_source(struct cli *c, struct sweep_options *o, struct err *e)
{
	const char *name = opt_text(&c->o, OPT_SOURCE);
	const char *profile = opt_text(&c->o, OPT_PROFILE);
	struct source *s = arena_alloc(&c->arena, sizeof(*s));

	if (!s)
		return err_nomem(e);
	*s = (struct source){
		.name = profile ? profile : "default", .kind = "aws", .settings = "{}"
	};
	if (name && source_get(&c->db, &c->arena, name, s, e))
		return err_hint(e, "siltstone source list");
	if (strcmp(s->kind, "aws") != 0)
		return err_set(e, E_INVALID, "events tell of AWS, and \"%s\" is of kind %s",
			s->name, s->kind);
	if (kept_options(&c->arena, s, o, e))
		return e->code;
	if (source_override(c, o, e) || (!s->kept && source_settings(c, &o->settings, e)))
		return e->code;
	o->stop = c->stop;
	return E_OK;
}

static void tell_strangers(struct cli *c, const struct hints *hints)
{
	const struct hint *first = NULL;

	for (const struct hint *h = hints->first; h && !first; h = h->next)
		if (h->fate == HINT_UNRESOLVED)
			first = h;
	if (first)
		cli_note(c, "nothing is known of what %.*s %.*s changes",
			STR_ARG(first->cause.event_source), STR_ARG(first->cause.event_name));
	if (hints->n_strange)
		cli_note(c, "%zu %s no event", hints->n_strange,
			hints->n_strange == 1 ? "was" : "were");
}

static void tell(struct cli *c, const struct hints *hints, const struct heed_sum *sum)
{
	const struct heed_tally t = heed_tally(hints);
	const struct record_sum *r = &sum->recorded;

	printf("%lld %s: %lld heeded, %lld ignored, %lld elsewhere, %lld unresolved, %lld failed; "
	       "%lld named, %lld related; %lld new, %lld changed, %lld deleted\n",
		(long long)t.n, cli_plural(t.n, "event", "events"), (long long)t.heeded,
		(long long)t.ignored, (long long)t.elsewhere, (long long)t.unresolved,
		(long long)t.failed, (long long)sum->targets, (long long)sum->related,
		(long long)r->created, (long long)r->changed, (long long)r->deleted);
	fflush(stdout);
	tell_strangers(c, hints);
	if (sum->n_failed) {
		fprintf(stderr, "failed: %lld", (long long)sum->n_failed);
		cli_say_plain("; the first: ", sum->why.msg);
	}
	if (t.failed || sum->n_failed)
		c->exit = CLI_EXIT_PARTIAL;
}

static enum code heed_files(struct cli *c, const struct sweep_options *o, struct err *e)
{
	struct arena trees = ARENA_INIT(TREE_BYTES);
	struct hints hints = HINTS_INIT(hints, &trees);
	struct heed_sum sum = { 0 };

	for (int i = 0; i < c->argc && !e->code; i++)
		read_place(c, c->argv[i], &hints, e);
	if (!e->code && !heed_run(&c->db, o, &hints, time_now_ms(), &sum, e))
		tell(c, &hints, &sum);
	heed_sum_release(&sum);
	arena_release(&trees);
	return e->code;
}

static void tell_round(void *ctx, const struct hints *hints, const struct heed_sum *sum)
{
	tell(ctx, hints, sum);
}

static enum code heed_queue(
	struct cli *c, const struct sweep_options *o, const char *url, struct err *e)
{
	const struct queue_options queue = {
		.url = url, .wait_s = WAIT_S, .told = tell_round, .ctx = c
	};
	struct queue_sum sum = { 0 };
	enum code code = E_OK;
	int64_t strange = 0;

	while (!code && !*c->stop) {
		code = queue_heed(&c->db, o, &queue, &sum, e);
		strange += sum.strange;
	}
	if (strange) {
		cli_note(c, "%lld %s left in the queue: not understood", (long long)strange,
			cli_plural(strange, "message was", "messages were"));
		c->exit = CLI_EXIT_PARTIAL;
	}
	if (code == E_NOTFOUND && !e->code)
		return E_OK;
	return code;
}

/* What the source's trail has written since the last time. */
static enum code heed_trail(struct cli *c, const struct sweep_options *o,
	const struct trail_options *trail, struct err *e)
{
	struct trail_options t = *trail;
	struct trail_sum sum;
	enum code code;

	t.told = tell_round;
	t.ctx = c;
	code = trail_round(&c->db, o, &t, true, &sum, e);
	cli_note(c, "%lld log %s, %lld %s", (long long)sum.files,
		cli_plural(sum.files, "file", "files"), (long long)sum.events,
		cli_plural(sum.events, "event", "events"));
	if (!code && sum.failed) {
		fprintf(stderr, "failed: %lld log %s", (long long)sum.failed,
			cli_plural(sum.failed, "file", "files"));
		cli_say_plain("; the first: ", sum.why.msg);
		c->exit = CLI_EXIT_PARTIAL;
	}
	return code;
}

/* Neither files nor a queue: the source says. */
static enum code heed_kept(struct cli *c, const struct sweep_options *o, struct err *e)
{
	const struct source s = { .name = o->source, .settings = o->settings };
	struct trail_options trail = { 0 };

	if (kept_trail(&c->arena, &s, &trail.place, &trail.since, e))
		return e->code;
	if (trail.place)
		return heed_trail(c, o, &trail, e);
	err_set(e, E_INVALID, "events come from files or from a queue");
	return err_hint(e,
		"name files (- is standard input), a queue with --sqs, or a --source with a trail");
}

enum code cmd_events(struct cli *c, struct err *e)
{
	const char *url = opt_text(&c->o, OPT_SQS);
	struct sweep_options o;

	if ((url && c->argc) || (!url && !c->argc && !opt_text(&c->o, OPT_SOURCE))) {
		err_set(e, E_INVALID, "events come from files or from a queue");
		return err_hint(e, "name files (- is standard input), or a queue with --sqs");
	}
	if (lock_probe(c->store, e) || cli_open_writing(c, e) || catalogue_sync(&c->db, e) ||
		find_source(c, &o, e))
		return e->code;
	if (!url && !c->argc)
		return heed_kept(c, &o, e);
	return url ? heed_queue(c, &o, url, e) : heed_files(c, &o, e);
}
