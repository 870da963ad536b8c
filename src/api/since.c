/* SPDX-License-Identifier: Apache-2.0 */
#include "api/ask.h"
#include "base/buf.h"
#include "base/must.h"
#include "base/time.h"
#include "db/sql_text.h"
#include <stdio.h>

/* Intervals grow while versions pass by; one is kept at a time. */
struct since {
	const struct rows *rows;
	int64_t from_ms, to_ms; /* nothing outside is told */
	int64_t end_ms;         /* what still holds is counted up to here */
	struct interval {
		int64_t rid;
		struct str type, id, name, account, region;
		int64_t since_ms, until_ms, versions;
		struct arena arena; /* of the texts */
	} open;                     /* versions 0: none */
};

enum { RID, TYPE, ID, NAME, ACCOUNT, REGION, CAPTURED, UNTIL, HOLDS, N_COLUMNS };

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	static const char *const mine[] = { "resource_type", "resource_id", "name", "account",
		"region", "since", "until", "still", "seconds", "versions", "rid" };
	struct since *s = ctx;

	(void)names;
	(void)n;
	return s->rows->begin(s->rows->ctx, mine, sizeof(mine) / sizeof(*mine), e);
}

/* As the views write it, whose end of time is TIME_FOREVER_MS. */
static struct cell moment_cell(int64_t ms, char out[TIME_ISO_BYTES])
{
	struct time_fields t = time_split(ms);

	if (ms >= TIME_FOREVER_MS)
		return cell_text("9999-12-31 23:59:59");
	snprintf(out, TIME_ISO_BYTES, "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day,
		t.hour, t.minute, t.second);
	return cell_text(out);
}

static enum code tell(struct since *s, struct err *e)
{
	struct interval *i = &s->open;
	const bool still = i->until_ms > s->to_ms;
	const int64_t end = still ? s->end_ms : i->until_ms;
	const int64_t start = i->since_ms < s->from_ms ? s->from_ms : i->since_ms;
	char since[TIME_ISO_BYTES], until[TIME_ISO_BYTES];
	struct cell cells[] = { cell_str(i->type), cell_str(i->id), cell_str(i->name),
		cell_str(i->account), cell_str(i->region), moment_cell(start, since),
		moment_cell(still ? TIME_FOREVER_MS : end, until), cell_int(still),
		cell_int((end - start) / 1000), cell_int(i->versions), cell_int(i->rid) };
	enum code c;

	if (!i->versions)
		return E_OK;
	i->versions = 0;
	c = s->rows->row(s->rows->ctx, cells, sizeof(cells) / sizeof(*cells), e);
	arena_release(&i->arena);
	return c;
}

static struct str keep(struct interval *i, const struct cell *c)
{
	return c->kind == CELL_TEXT ? arena_str(&i->arena, c->text) : STR_NONE;
}

static enum code start(struct since *s, const struct cell *cells, struct err *e)
{
	struct interval *i = &s->open;

	i->rid = cells[RID].i;
	i->type = keep(i, &cells[TYPE]);
	i->id = keep(i, &cells[ID]);
	i->name = keep(i, &cells[NAME]);
	i->account = keep(i, &cells[ACCOUNT]);
	i->region = keep(i, &cells[REGION]);
	i->since_ms = cells[CAPTURED].i;
	i->until_ms = cells[UNTIL].i;
	i->versions = 1;
	return arena_ok(&i->arena) ? E_OK : err_nomem(e);
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct since *s = ctx;
	struct interval *i = &s->open;
	/* The AND of the query gives 1, 0 or NULL. */
	const bool holds = cells[HOLDS].kind == CELL_INT && cells[HOLDS].i;
	const bool same = i->versions && i->rid == cells[RID].i;

	must(n == N_COLUMNS);
	if (same && holds) {
		i->until_ms = cells[UNTIL].i;
		i->versions++;
		return E_OK;
	}
	if (tell(s, e))
		return e->code;
	return holds ? start(s, cells, e) : E_OK;
}

static bool write_query(struct buf *b, const char *condition)
{
	struct str sql = ask_bare(sql_text[SQL_READ_SINCE].text);

	/* The condition may end in a comment: the bracket goes to a new line. */
	buf_printf(b,
		"SELECT r.rid, r.resource_type, r.resource_id, r.name, r.account, r.region, r.captured_ms, r.until_ms,"
		" r.live AND (%s\n) FROM (%.*s) r ORDER BY r.rid, r.version",
		condition, STR_ARG(sql)); /* SQL: around a user's condition */
	return buf_ok(b);
}

enum code read_since(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	const int64_t to_ms = f->until_ms ? f->until_ms : TIME_FOREVER_MS;
	struct since s = { .rows = rows,
		.from_ms = f->since_ms,
		.to_ms = to_ms < TIME_FOREVER_MS ? to_ms : TIME_FOREVER_MS - 1,
		.end_ms = to_ms < r->at_ms ? to_ms : r->at_ms,
		.open = { .arena = ARENA_INIT(1 << 20) } };
	struct rows mine = { begin, row, &s };
	struct read_filter plain = *f;
	struct buf b = BUF_INIT(ASK_TEXT_BYTES);
	enum code c = E_OK;

	plain.until_ms = to_ms;
	if (!write_query(&b, f->where))
		c = err_set(e, E_TOOBIG, "the condition is too long");
	if (!c)
		c = ask_filtered(r, b.p, &plain, &mine, e);
	if (!c)
		c = tell(&s, e);
	arena_release(&s.open.arena);
	buf_release(&b);
	return c;
}
