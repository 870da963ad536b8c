/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/time.h"
#include "db/select.h"
#include "library/handle.h"
#include "store/store.h"
#include <inttypes.h>
#include <stdio.h>

#define VALUES_MAX    100
/* A text of a query with its values; SQLite takes no text longer than a billion bytes. */
#define QUERY_BYTES   ((size_t)1 << 30)
/* The numbers of one row as texts. */
#define NUMBERS_BYTES (4u << 20)

/* 0001-01-01. */
#define EARLIEST_MS INT64_C(-62135596800000)

enum stage { FRESH, RUNNING, OVER };

struct siltstone_rows {
	struct siltstone *s;
	struct siltstone_rows *next; /* in the handle */
	enum stage stage;
	bool row; /* there is one */
	bool canceled;
	bool as_of;
	int64_t at_ms;
	struct arena memory;  /* texts that were passed in */
	struct arena numbers; /* of the row, as texts */
	struct select_query query;
	struct select_value values[VALUES_MAX];
	struct db own;
	struct db *db; /* NULL: none yet */
	struct select select;
	struct err err; /* the first one */
};

/* Who was running when somebody called for an end shall end, though his flag is about to be used
 * again. */
void rows_pass_on_cancel(struct siltstone *s)
{
	if (!__atomic_exchange_n(&s->canceled, 0, __ATOMIC_RELAXED))
		return;
	for (struct siltstone_rows *r = s->rows; r; r = r->next)
		r->canceled = true;
}

enum siltstone_code siltstone_query(
	struct siltstone *s, const char *sql, struct siltstone_rows **out)
{
	enum siltstone_code c = handle_begin(s);
	struct siltstone_rows *r;

	if (c)
		return c;
	if (!sql || !out)
		return handle_misuse(s, "a query without a text, or nowhere to put its rows");
	r = mem_alloc(sizeof(*r));
	if (!r) {
		err_nomem(&s->err);
		return SILTSTONE_NOMEM;
	}
	rows_pass_on_cancel(s);
	r->s = s;
	r->memory = (struct arena)ARENA_INIT(QUERY_BYTES);
	r->numbers = (struct arena)ARENA_INIT(NUMBERS_BYTES);
	r->query.sql = arena_text(&r->memory, str_of(sql));
	r->query.values = r->values;
	r->query.stop = &s->canceled;
	r->next = s->rows;
	s->rows = r;
	*out = r;
	return SILTSTONE_OK;
}

/* False: it is too late for this, or too early. */
static bool is_in(struct siltstone_rows *r, enum stage stage, const char *complaint)
{
	if (!r)
		return false;
	if (r->stage != stage)
		err_set(&r->err, E_INVALID, "%s", complaint);
	return r->stage == stage;
}

void siltstone_rows_as_of(struct siltstone_rows *r, int64_t at_ms)
{
	if (!is_in(r, FRESH, "a moment was given after the first row was asked for"))
		return;
	r->as_of = at_ms < TIME_FOREVER_MS;
	r->at_ms = handle_moment(at_ms);
}

void siltstone_rows_timeout(struct siltstone_rows *r, int64_t ms)
{
	if (!is_in(r, FRESH, "a time limit was given after the first row was asked for"))
		return;
	if (ms < 0)
		err_set(&r->err, E_INVALID, "a time limit of %" PRId64 " ms", ms);
	else
		r->query.timeout_ms = ms;
}

static void bind(struct siltstone_rows *r, const char *name, struct cell value)
{
	if (!is_in(r, FRESH, "a value was given after the first row was asked for"))
		return;
	if (!name || !*name)
		err_set(&r->err, E_INVALID, "a value for a parameter without a name");
	else if (r->query.n_values == VALUES_MAX)
		err_set(&r->err, E_TOOBIG, "more than %d values for a query", VALUES_MAX);
	else
		r->values[r->query.n_values++] =
			(struct select_value){ arena_text(&r->memory, str_of(name)), value };
}

void siltstone_rows_bind_int(struct siltstone_rows *r, const char *name, int64_t value)
{
	bind(r, name, cell_int(value));
}

void siltstone_rows_bind_real(struct siltstone_rows *r, const char *name, double value)
{
	bind(r, name, (struct cell){ .kind = CELL_REAL, .r = value });
}

void siltstone_rows_bind_text(struct siltstone_rows *r, const char *name, const char *value)
{
	if (r)
		bind(r, name, value ? cell_str(arena_str(&r->memory, str_of(value))) : cell_null());
}

/* A moment gets a connection of its own: its views are not taken back. */
static enum code connect(struct siltstone_rows *r)
{
	if (!r->as_of)
		return handle_take(r->s, &r->own, &r->db, &r->err);
	if (store_open(&r->own, r->s->path, DB_READ, time_now_ms(), &r->err))
		return r->err.code;
	r->db = &r->own;
	return store_as_of(r->db, r->at_ms, &r->err);
}

static enum code start(struct siltstone_rows *r)
{
	r->stage = OVER;
	if (r->err.code)
		return r->err.code;
	if (!arena_ok(&r->memory))
		return err_nomem(&r->err);
	if (connect(r) || select_begin(&r->select, r->db, &r->query, &r->err))
		return r->err.code;
	r->stage = RUNNING;
	return E_OK;
}

int siltstone_rows_next(struct siltstone_rows *r)
{
	if (!r)
		return 0;
	r->row = false;
	if (!r->err.code && r->stage != OVER &&
		(r->canceled || __atomic_load_n(&r->s->canceled, __ATOMIC_RELAXED)))
		err_set(&r->err, E_CANCELED, "the query was canceled");
	if (r->stage == FRESH)
		start(r);
	if (r->err.code || r->stage == OVER)
		return 0;
	arena_release(&r->numbers);
	r->row = select_next(&r->select, &r->err) == E_OK;
	if (r->row)
		return 1;
	/* The names stay until the end, the row does not. */
	r->stage = OVER;
	return 0;
}

int siltstone_rows_columns(const struct siltstone_rows *r)
{
	return r ? (int)r->select.n : 0;
}

const char *siltstone_rows_name(const struct siltstone_rows *r, int column)
{
	return r && column >= 0 && (size_t)column < r->select.n ? r->select.names[column] : NULL;
}

/* NULL: there is no such column, or no row. */
static const struct cell *cell_of(const struct siltstone_rows *r, int column)
{
	if (!r || !r->row || column < 0 || (size_t)column >= r->select.n)
		return NULL;
	return &r->select.cells[column];
}

enum siltstone_kind siltstone_rows_kind(const struct siltstone_rows *r, int column)
{
	const struct cell *c = cell_of(r, column);

	switch (c ? c->kind : CELL_NULL) {
	case CELL_INT: return SILTSTONE_INTEGER;
	case CELL_REAL: return SILTSTONE_REAL;
	case CELL_TEXT: return SILTSTONE_TEXT;
	case CELL_BLOB: return SILTSTONE_BLOB;
	case CELL_NULL: break;
	}
	return SILTSTONE_NULL;
}

int64_t siltstone_rows_int(const struct siltstone_rows *r, int column)
{
	const struct cell *c = cell_of(r, column);

	if (!c || (c->kind != CELL_INT && c->kind != CELL_REAL))
		return 0;
	if (c->kind == CELL_INT)
		return c->i;
	/* 2^63 is exact as a double, INT64_MAX is not. */
	return c->r >= 0x1p63 ? INT64_MAX : c->r >= -0x1p63 ? (int64_t)c->r : INT64_MIN;
}

double siltstone_rows_real(const struct siltstone_rows *r, int column)
{
	const struct cell *c = cell_of(r, column);

	if (!c)
		return 0;
	return c->kind == CELL_REAL ? c->r : c->kind == CELL_INT ? (double)c->i : 0;
}

/* With a point, whatever the program around us has chosen for its numbers. */
static const char *real_text(struct arena *a, double v)
{
	char text[64];
	size_t n = 0;

	snprintf(text, sizeof(text), "%.15g", v);
	for (const char *p = text; *p; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || *p == '-' ||
			     *p == '+';

		if (plain)
			text[n++] = *p;
		else if (!n || text[n - 1] != '.')
			text[n++] = '.';
	}
	return arena_text(a, (struct str){ text, n });
}

const char *siltstone_rows_text(struct siltstone_rows *r, int column)
{
	const struct cell *c = cell_of(r, column);
	const char *text = NULL;

	switch (c ? c->kind : CELL_NULL) {
	case CELL_NULL: return NULL;
	case CELL_INT: text = arena_printf(&r->numbers, "%" PRId64, c->i).p; break;
	case CELL_REAL: text = real_text(&r->numbers, c->r); break;
	case CELL_TEXT: return c->text.p;
	case CELL_BLOB: text = arena_text(&r->numbers, c->text); break;
	}
	if (arena_ok(&r->numbers))
		return text;
	err_nomem(&r->err);
	return NULL;
}

size_t siltstone_rows_bytes(const struct siltstone_rows *r, int column)
{
	const struct cell *c = cell_of(r, column);

	return c && (c->kind == CELL_TEXT || c->kind == CELL_BLOB) ? c->text.n : 0;
}

static void forget(struct siltstone *s, const struct siltstone_rows *r)
{
	struct siltstone_rows **p = &s->rows;

	while (*p && *p != r)
		p = &(*p)->next;
	if (*p)
		*p = r->next;
}

enum siltstone_code siltstone_rows_end(struct siltstone_rows *r)
{
	struct siltstone *s;
	struct err late = { 0 };

	if (!r)
		return SILTSTONE_OK;
	s = r->s;
	if (select_end(&r->select, &late) && !r->err.code)
		r->err = late;
	handle_give(s, r->db);
	forget(s, r);
	s->err = r->err;
	arena_release(&r->numbers);
	arena_release(&r->memory);
	mem_free(r);
	return handle_end(s);
}
