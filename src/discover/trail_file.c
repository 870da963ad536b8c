/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/trail_round.h"

#include "aws/s3_source.h"
#include "base/time.h"
#include "core/gunzip.h"
#include "core/splitter.h"
#include <stdio.h>

enum {
	PIECE_BYTES = 1 << 20,
	/* "The maximum event size is 256 KB" (CloudTrail's quotas), or 1 MB where it is asked for. */
	RECORD_BYTES = 8 << 20,
	/* So many records are heeded together: what belongs together is looked at once. */
	BATCH_RECORDS = 1000,
	BATCH_BYTES = 16 << 20,
	TREE_BYTES = 512 << 20,
};

/* A file being read. */
struct reading {
	struct trail_reading *round;
	struct arena trees;
	struct hints hints;
	size_t bytes;
	int64_t events, heeded, failed;
	struct err why; /* the first event that could not be heeded */
	bool ends;      /* the error is one of the round */
};

static void forget(struct reading *r)
{
	arena_release(&r->trees);
	r->trees = (struct arena)ARENA_INIT(TREE_BYTES);
	r->hints = (struct hints)HINTS_INIT(r->hints, &r->trees);
	r->bytes = 0;
}

/* What no other file can do anything about. */
static bool is_the_rounds(enum code c)
{
	return c == E_CANCELED || c == E_NOMEM || c == E_FULL || c == E_BUSY;
}

static enum code heed_batch(struct reading *r, struct err *e)
{
	const struct trail_options *t = r->round->trail;
	struct heed_sum sum = { 0 };
	struct heed_tally tally;
	struct err why = { 0 };

	if (!r->hints.n)
		return E_OK;
	heed_run(r->round->db, r->round->options, &r->hints, time_now_ms(), &sum, &why);
	tally = heed_tally(&r->hints);
	r->heeded += tally.heeded;
	r->failed += tally.failed;
	if (!why.code && t->told)
		t->told(t->ctx, &r->hints, &sum);
	if (is_the_rounds(why.code)) {
		*e = why;
		r->ends = true;
	} else if (why.code || tally.failed) {
		/* The rest of the file may go better; all of it is read again. */
		if (!r->why.code)
			r->why = why.code ? why : sum.why;
		r->failed += why.code && !tally.failed;
	}
	heed_sum_release(&sum);
	forget(r);
	return e->code;
}

static enum code take_record(
	void *ctx, struct str text, const struct splitter_place *place, struct err *e)
{
	struct reading *r = ctx;

	r->events++;
	r->bytes += text.n;
	if (hints_add(&r->hints, text, (size_t)place->index, e))
		return err_add(e, "record %lld", (long long)place->index);
	if (r->hints.n < BATCH_RECORDS && r->bytes < BATCH_BYTES)
		return E_OK;
	return heed_batch(r, e);
}

static enum code take_piece(void *ctx, struct str piece, struct err *e)
{
	return splitter_add(ctx, piece, e);
}

static enum code read_stream(struct reading *r, struct object_stream *stream, struct err *e)
{
	struct buf piece = BUF_INIT(PIECE_BYTES + 1);
	struct gunzip g = { 0 };
	struct splitter s;
	enum code c = gunzip_open(&g, e);

	splitter_init(&s, RECORD_BYTES, take_record, r);
	s.items = "Records";
	while (!c) {
		c = stream->read(stream, PIECE_BYTES, &piece, e);
		if (c || !piece.n)
			break;
		c = gunzip_add(&g, buf_slice(&piece), take_piece, &s, e);
	}
	if (!c)
		c = gunzip_finish(&g, take_piece, &s, e);
	if (!c)
		c = splitter_finish(&s, e);
	gunzip_close(&g);
	splitter_release(&s);
	buf_release(&piece);
	return c;
}

static enum code read_object(struct reading *r, const char *key, struct err *e)
{
	struct trail_reading *round = r->round;
	const struct s3_place at = {
		.bucket = round->bucket, .prefix = key, .region = round->region
	};
	const struct object_entry o = { .name = key, .key = key, .stamp = "", .bytes = -1 };
	struct object_source *source = NULL;
	struct object_stream *stream = NULL;
	enum code c = s3_source_open(&source, round->aws, &at, e);

	if (!c)
		c = source->open(source, &o, &stream, e);
	if (!c)
		c = read_stream(r, stream, e);
	/* What came before a file broke off is good. */
	if (!r->ends && !is_the_rounds(c)) {
		struct err why = { 0 };

		if (heed_batch(r, &why) && !c)
			*e = why;
		c = e->code;
	}
	if (stream)
		stream->close(stream);
	if (source)
		source->free(source);
	return c;
}

static enum code note(struct reading *r, const struct trail_folder *folder, const char *key,
	const struct err *why, struct err *e)
{
	struct trail_sum *sum = r->round->sum;
	char text[sizeof(why->msg) + 64];
	struct trail_file f = { .source_id = r->round->source_id,
		.key = key,
		.folder = folder->folder,
		.day = folder->day,
		.state = "done",
		.events = r->events,
		.heeded = r->heeded };

	if (why->code) {
		f.state = why->code == E_NOTFOUND ? "gone" : "failed";
		f.error = why->msg;
	} else if (r->failed) {
		f.state = "failed";
		snprintf(text, sizeof(text),
			"%lld of its events could not be heeded; the first: %s",
			(long long)r->failed, r->why.msg);
		f.error = text;
	}
	sum->files++;
	sum->events += r->events;
	if (f.error) {
		sum->failed++;
		if (!sum->why.code)
			err_set(&sum->why, why->code ? why->code : r->why.code,
				"log file \"%s\": %s", key, f.error);
	}
	return trail_file_put(r->round->db, &f, time_now_ms(), e);
}

enum code trail_read_file(struct trail_reading *round, const struct trail_folder *folder,
	const char *key, struct err *e)
{
	struct reading r = { .round = round };
	struct err why = { 0 };
	enum code c;

	forget(&r);
	read_object(&r, key, &why);
	if (r.ends || is_the_rounds(why.code)) {
		*e = why;
		c = e->code;
	} else {
		c = note(&r, folder, key, &why, e);
	}
	arena_release(&r.trees);
	return c;
}
