/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/must.h"
#include "core/foreign.h"
#include "core/gunzip.h"
#include "core/splitter.h"

/* A file to be imported, packed or not: what comes out of it does not depend on where its pieces are cut, each item is one that
 * can be written, and what is none is refused in words that can be shown. The first byte: how long the pieces are, and whether
 * values end with their lines. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

#define OUT_BYTES   ((size_t)1 << 20)
#define ITEM_BYTES  ((size_t)64 << 10)
#define PIECE_BYTES ((size_t)64 << 10)

struct importing {
	struct splitter splitter;
	struct buf said; /* each item, and where it was */
	struct buf out;  /* inflated */
	bool reads;      /* what is cut out is read, too */
	enum code code;
};

static void check_refusal(const struct err *e)
{
	must(e->code == E_INVALID || e->code == E_TOOBIG || e->code == E_CORRUPT);
	must(e->msg[0]);
	for (const char *p = e->msg; *p; p++)
		must((unsigned char)*p >= ' ');
}

static void check_text(struct str s)
{
	must(!s.n || s.p);
}

static void read_item(struct str text)
{
	struct content_book book;
	const struct foreign f = { .book = &book,
		.account = STR("123456789012"),
		.region = STR("eu-west-1"),
		.now_ms = 17 };
	struct arena a = ARENA_INIT(16 << 20);
	struct scribe_item item;
	struct err e = { 0 };

	content_book_init(&book, NULL);
	if (foreign_read(&f, &a, text, &item, &e)) {
		check_refusal(&e);
	} else {
		must(item.key.type.n && item.key.id.n && item.key.account.n && item.key.region.n);
		check_text(item.name);
		check_text(item.arn);
		must(!item.content.document || item.content.document->kind == JSON_OBJECT);
	}
	content_release(&item.content);
	arena_release(&a);
	content_book_release(&book);
}

static enum code take_item(
	void *ctx, struct str text, const struct splitter_place *at, struct err *e)
{
	struct importing *i = ctx;

	(void)e;
	must(text.n && at->offset >= 0 && at->line >= 1 && at->index >= 0);
	buf_printf(&i->said, "%lld %lld %lld %d %zu ", (long long)at->offset, (long long)at->index,
		(long long)at->line, at->in_array, text.n);
	buf_str(&i->said, text);
	if (i->reads)
		read_item(text);
	return E_OK;
}

static enum code take_piece(void *ctx, struct str piece, struct err *e)
{
	struct importing *i = ctx;

	if (i->out.n + piece.n > OUT_BYTES)
		return err_set(e, E_TOOBIG, "that is enough");
	buf_str(&i->out, piece);
	return splitter_add(&i->splitter, piece, e);
}

static void import(struct importing *i, struct str file, size_t piece_bytes, bool lines)
{
	struct gunzip g = { 0 };
	struct err e = { 0 };

	i->said = (struct buf)BUF_INIT((size_t)64 << 20);
	i->out = (struct buf)BUF_INIT(OUT_BYTES);
	splitter_init(&i->splitter, ITEM_BYTES, take_item, i);
	i->splitter.lines = lines;
	i->code = gunzip_open(&g, &e);
	while (!i->code && file.n) {
		/* Made to measure, so that a sanitizer sees a read behind the end. */
		size_t n = file.n < piece_bytes ? file.n : piece_bytes;
		char *piece = mem_alloc(n);

		must(piece);
		memcpy(piece, file.p, n);
		i->code = gunzip_add(&g, (struct str){ piece, n }, take_piece, i, &e);
		mem_free(piece);
		file = str_from(file, n);
	}
	if (!i->code)
		i->code = gunzip_finish(&g, take_piece, i, &e);
	if (!i->code)
		i->code = splitter_finish(&i->splitter, &e);
	if (i->code)
		check_refusal(&e);
	gunzip_close(&g);
	splitter_release(&i->splitter);
}

static void release(struct importing *i)
{
	buf_release(&i->said);
	buf_release(&i->out);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct importing whole = { .reads = true }, cut = { 0 };
	struct str file = { (const char *)bytes + 1, n - 1 };

	if (!n)
		return 0;
	import(&whole, file, PIECE_BYTES, bytes[0] & 128);
	import(&cut, file, 1 + (bytes[0] & 15), bytes[0] & 128);
	/* What is too much may be found in one piece or the next. */
	if (whole.code != E_TOOBIG && cut.code != E_TOOBIG) {
		must(whole.code == cut.code);
		must(str_eq(buf_slice(&whole.said), buf_slice(&cut.said)));
	}
	release(&whole);
	release(&cut);
	return 0;
}
