/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page.h"

#include "api/cell_text.h"
#include "json/read.h"
#include "json/write.h"
#include <stdlib.h>
#include <strings.h>

#define CELL_MAX   ((size_t)64 << 20)
#define CURSOR_MAX ((size_t)8192)
#define NAMES_MAX  ((size_t)4 << 20)

void page_init(struct page *p)
{
	*p = (struct page){ .key = "",
		.limit = INT64_MAX,
		.max_bytes = PAGE_BYTES_MAX,
		.columns = BUF_INIT(NAMES_MAX),
		.rows = BUF_INIT(PAGE_BYTES_MAX + CELL_MAX),
		.texts = BUF_INIT(CELL_MAX),
		.arena = ARENA_INIT(NAMES_MAX) };
}

void page_release(struct page *p)
{
	buf_release(&p->columns);
	buf_release(&p->rows);
	buf_release(&p->texts);
	arena_release(&p->arena);
}

/* Cursors */

static void add_key(struct buf *b, const struct cell *c)
{
	buf_char(b, ',');
	cell_json(b, "", c);
}

void page_cursor(const struct page *p, int64_t now_ms, struct buf *out)
{
	struct buf text = BUF_INIT(CURSOR_MAX);

	buf_printf(&text, "[%lld,%lld,%lld", (long long)now_ms, (long long)p->last.told,
		(long long)p->lead);
	for (size_t i = 0; i < p->n_keys; i++)
		add_key(&text, &p->last.keys[i]);
	buf_char(&text, ']');
	for (size_t i = 0; i < text.n; i++)
		buf_printf(out, "%02x", (unsigned char)text.p[i]);
	out->failed = out->failed || !buf_ok(&text);
	buf_release(&text);
}

static bool unhex(struct buf *out, const char *cursor)
{
	size_t n = strlen(cursor);

	for (size_t i = 0; i + 1 < n; i += 2) {
		int high = str_hex(cursor[i]), low = str_hex(cursor[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf_char(out, (char)(high * 16 + low));
	}
	return n && n % 2 == 0 && buf_ok(out);
}

static bool whole(const struct json *v, int64_t *out)
{
	struct cell c = json_is(v, JSON_NUMBER) ? cell_number(v->text) : cell_null();

	*out = c.i;
	return c.kind == CELL_INT && c.i >= 0;
}

static bool take_keys(struct page *p, const struct json *v)
{
	size_t n = 0;

	for (; v && n < PAGE_KEYS_MAX; v = v->next) {
		if (v->kind == JSON_NUMBER)
			p->after.keys[n++] = cell_number(v->text);
		else if (v->kind == JSON_STRING || v->kind == JSON_NULL)
			p->after.keys[n++] =
				v->kind == JSON_STRING ? cell_str(v->text) : cell_null();
		else
			return false;
	}
	p->n_keys = n;
	return !v;
}

/* How many keys there are to be. */
static size_t count_keys(const char *key)
{
	size_t n = key[0] != '\0';

	for (const char *at = strchr(key, ','); at; at = strchr(at + 1, ','))
		n++;
	return n;
}

enum code page_after(struct page *p, const char *cursor, int64_t *now_ms, struct err *e)
{
	struct buf text = BUF_INIT(CURSOR_MAX);
	struct err ignored = { 0 };
	struct json *v = NULL;
	bool ok = unhex(&text, cursor) && !json_read(&p->arena, buf_slice(&text), &v, &ignored) &&
		  v->kind == JSON_ARRAY && v->n == count_keys(p->key) + 3 &&
		  whole(v->first, now_ms) && whole(v->first->next, &p->after.told) &&
		  whole(v->first->next->next, &p->lead) && take_keys(p, v->first->next->next->next);

	buf_release(&text);
	p->begun = ok;
	if (ok)
		return E_OK;
	err_set(e, E_INVALID, "this is no cursor of this question");
	return err_hint(e, "it is the value of \"cursor\" in the answer before");
}

int64_t page_first_key(const struct page *p, int64_t otherwise)
{
	return p->begun && p->n_keys && p->after.keys[0].kind == CELL_INT ? p->after.keys[0].i
									  : otherwise;
}

int64_t page_wanted(const struct page *p)
{
	return p->limit < INT64_MAX / 4 && !p->contains ? p->limit + 1 + (p->begun ? p->lead : 0)
							: INT64_MAX / 2;
}

/* Rows */

static int rank(const struct cell *c)
{
	switch (c->kind) {
	case CELL_NULL: return 0;
	case CELL_INT:
	case CELL_REAL: return 1;
	case CELL_TEXT: return 2;
	case CELL_BLOB: break;
	}
	return 3;
}

static double number(const struct cell *c)
{
	return c->kind == CELL_INT ? (double)c->i : c->r;
}

/* As SQLite orders values. */
static int compare_cells(const struct cell *a, const struct cell *b)
{
	int d = rank(a) - rank(b);

	if (d || a->kind == CELL_NULL)
		return d;
	if (a->kind == CELL_INT && b->kind == CELL_INT)
		return (a->i > b->i) - (a->i < b->i);
	if (rank(a) == 1)
		return (number(a) > number(b)) - (number(a) < number(b));
	return str_cmp(a->text, b->text);
}

static int compare_place(
	const struct page *p, const struct cell *cells, const struct page_place *place)
{
	for (size_t i = 0; i < p->n_keys; i++) {
		int d = compare_cells(&cells[p->keys[i].at], &place->keys[i]);

		if (d)
			return p->keys[i].falls ? -d : d;
	}
	return 0;
}

static enum code find_key(struct page *p, struct str name, struct err *e)
{
	bool falls = name.n && name.p[name.n - 1] == '-';

	name.n -= falls;
	for (size_t i = 0; i < p->n_names; i++)
		if (str_is(name, p->names[i])) {
			p->keys[p->n_keys].at = i;
			p->keys[p->n_keys++].falls = falls;
			return E_OK;
		}
	return err_set(e, E_CORRUPT, "there is no column \"%.*s\" to order by", STR_ARG(name));
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct page *p = ctx;

	p->names = arena_alloc(&p->arena, (n ? n : 1) * sizeof(*p->names));
	if (!p->names)
		return err_nomem(e);
	p->n_names = n;
	for (size_t i = 0; i < n; i++) {
		p->names[i] = arena_text(&p->arena, str_of(names[i]));
		buf_text(&p->columns, i ? "," : "[");
		json_write_string(&p->columns, str_of(names[i]));
		if (p->format == PAGE_CSV) {
			buf_text(&p->rows, i ? "," : "");
			csv_field(&p->rows, str_of(names[i]));
		}
	}
	buf_text(&p->columns, n ? "]" : "[]");
	if (p->format == PAGE_CSV)
		buf_char(&p->rows, '\n');
	p->n_keys = 0;
	for (struct str left = str_of(p->key); left.n;
		left = str_from(left, str_find(left, ',') + 1))
		if (find_key(p, (struct str){ left.p, str_find(left, ',') }, e))
			return e->code;
	return arena_ok(&p->arena) && buf_ok(&p->columns) ? E_OK : err_nomem(e);
}

static bool stands_in(struct str s, struct str what)
{
	for (size_t i = 0; i + what.n <= s.n; i++)
		if (strncasecmp(s.p + i, what.p, what.n) == 0)
			return true;
	return false;
}

static bool fits(const struct page *p, const struct cell *cells, size_t n)
{
	struct str what = str_of(p->contains);

	if (!what.n)
		return true;
	for (size_t i = 0; i < n; i++)
		if (cells[i].kind == CELL_TEXT && stands_in(cells[i].text, what))
			return true;
	return false;
}

/* Whether the row is of this page or a later one. */
static bool is_behind(struct page *p, const struct cell *cells)
{
	int d;

	if (!p->begun || p->behind)
		return true;
	d = compare_place(p, cells, &p->after);
	if (d < 0 || (d == 0 && p->after.told-- > 0))
		return false;
	p->behind = d > 0;
	return true;
}

static void write_row(struct page *p, const struct cell *cells, size_t n)
{
	if (p->format == PAGE_JSON && p->written)
		buf_text(&p->rows, ",\n ");
	if (p->format != PAGE_CSV)
		buf_char(&p->rows, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&p->rows, ',');
		if (p->format == PAGE_CSV) {
			struct buf v = BUF_INIT(CELL_MAX);

			cell_plain(&v, &cells[i]);
			csv_field(&p->rows, buf_slice(&v));
			buf_release(&v);
			continue;
		}
		json_write_string(&p->rows, str_of(p->names[i]));
		buf_char(&p->rows, ':');
		cell_json(&p->rows, p->names[i], &cells[i]);
	}
	buf_text(&p->rows, p->format == PAGE_JSON ? "}" : p->format == PAGE_JSONL ? "}\n" : "\n");
}

/* Cells live no longer than their row: texts are copied, one behind the other. */
static void keep_place(struct page *p, const struct cell *cells)
{
	size_t at[PAGE_KEYS_MAX];

	buf_clear(&p->texts);
	for (size_t i = 0; i < p->n_keys; i++) {
		p->last.keys[i] = cells[p->keys[i].at];
		at[i] = p->texts.n;
		if (p->last.keys[i].text.p)
			buf_str(&p->texts, p->last.keys[i].text);
	}
	for (size_t i = 0; i < p->n_keys; i++)
		if (p->last.keys[i].text.p)
			p->last.keys[i].text.p = p->texts.p + at[i];
}

/* Where the row stands, told or passed over. */
static void note_place(struct page *p, const struct cell *cells)
{
	bool same = p->seen && compare_place(p, cells, &p->last) == 0;
	bool led =
		p->seen && p->n_keys && compare_cells(&cells[p->keys[0].at], &p->last.keys[0]) == 0;

	p->last.told = same ? p->last.told + 1 : 1;
	p->lead = led ? p->lead + 1 : 1;
	p->seen++;
	keep_place(p, cells);
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct page *p = ctx;
	bool tell = is_behind(p, cells) && fits(p, cells, n);

	if (tell && (p->written == p->limit || p->rows.n >= p->max_bytes)) {
		p->more = true;
		return E_FULL;
	}
	if (tell) {
		write_row(p, cells, n);
		p->written++;
	}
	note_place(p, cells);
	return buf_ok(&p->rows) && buf_ok(&p->texts)
		       ? E_OK
		       : err_set(e, E_TOOBIG, "the answer is too large");
}

struct rows page_rows(struct page *p)
{
	return (struct rows){ begin, row, p };
}

enum code page_ended(struct page *p, enum code c, const struct err *e)
{
	if (c == E_FULL && p->more && !e->code)
		return E_OK;
	return c;
}
