/* SPDX-License-Identifier: Apache-2.0 */
#include "db/leaf_fn.h"

#include "db/leaf_test.h"
#include <math.h>
#include <sqlite3.h>
#include <stdint.h>

#define PURE             (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY)
#define VALUES_MAX_BYTES ((size_t)64 << 20)

/* Which argument of leaf_any() the test that was made of them is kept at, from row to row. */
#define TEST_SLOT 4

static struct str text_of(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return p ? (struct str){ p, (size_t)sqlite3_value_bytes(v) } : STR_NONE;
}

static void free_test(void *p)
{
	leaf_test_release(p);
	sqlite3_free(p);
}

static struct leaf_test *make_test(sqlite3_value **v)
{
	struct leaf_test *t = sqlite3_malloc64(sizeof(*t));

	if (t && !leaf_test_init(t, text_of(v[2]), text_of(v[3]), text_of(v[4]))) {
		sqlite3_free(t);
		t = NULL;
	}
	return t;
}

static void leaf_any(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct leaf_test *t = sqlite3_get_auxdata(ctx, TEST_SLOT), *made = NULL;

	(void)n;
	if (!t)
		t = made = make_test(v);
	if (!t) {
		sqlite3_result_error(ctx, "leaf_any: no such test", -1);
		return;
	}
	sqlite3_result_int(ctx, leaf_test_any(t, text_of(v[0]), text_of(v[1])));
	/* Freed at once where SQLite does not keep it. */
	if (made)
		sqlite3_set_auxdata(ctx, TEST_SLOT, made, free_test);
}

/* What one pass over the leaves gathers. */
struct gathering {
	struct str paths;
	bool numbers;
	struct buf text, list;
	bool any, there, greatest;
	int64_t n;
	double sum;
	struct key {
		bool set, is_number;
		double number;
		struct buf text;
	} best;
};

static bool key_before(const struct key *k, bool is_number, double number, struct str text)
{
	if (k->is_number != is_number)
		return k->is_number;
	return is_number ? k->number < number : str_cmp(buf_slice(&k->text), text) < 0;
}

static void keep_best(struct gathering *g, bool is_number, double number, struct str text)
{
	struct key *k = &g->best;

	if (k->set && key_before(k, is_number, number, text) != g->greatest)
		return;
	k->set = true;
	k->is_number = is_number;
	k->number = number;
	buf_clear(&k->text);
	buf_str(&k->text, text);
}

static bool gather(void *ctx, const struct leaf *leaf)
{
	struct gathering *g = ctx;
	struct str text = leaf->raw;
	double number = 0;
	bool is_number;

	g->there = true;
	if (leaf->kind == LEAF_OBJECT)
		return true;
	if (leaf->kind == LEAF_TEXT)
		text = leaf_text(leaf->raw, &g->text);
	is_number = (leaf->kind == LEAF_NUMBER || (leaf->kind == LEAF_TEXT && g->numbers)) &&
		    leaf_number(text, &number) && isfinite(number);
	g->any = true;
	g->n += is_number;
	g->sum += is_number ? number : 0;
	keep_best(g, is_number, number, text);
	return true;
}

static struct gathering gathering_of(sqlite3_value **v)
{
	const struct str paths = text_of(v[2]);

	return (struct gathering){ .paths = paths,
		.numbers = str_starts(paths, STR("#")),
		.text = BUF_INIT(VALUES_MAX_BYTES),
		.list = BUF_INIT(VALUES_MAX_BYTES),
		.best.text = BUF_INIT(VALUES_MAX_BYTES) };
}

static void gathering_release(struct gathering *g)
{
	buf_release(&g->text);
	buf_release(&g->list);
	buf_release(&g->best.text);
}

static void give_key(sqlite3_context *ctx, const struct key *k)
{
	if (!buf_ok(&k->text))
		sqlite3_result_error_nomem(ctx);
	else if (k->set && k->is_number)
		sqlite3_result_double(ctx, k->number);
	else if (k->set)
		sqlite3_result_text64(ctx, k->text.p, k->text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void extreme(sqlite3_context *ctx, sqlite3_value **v, bool greatest)
{
	struct gathering g = gathering_of(v);

	g.greatest = greatest;
	leaf_visit(text_of(v[0]), text_of(v[1]), g.paths, gather, &g);
	give_key(ctx, &g.best);
	gathering_release(&g);
}

static void leaf_least(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	(void)n;
	extreme(ctx, v, false);
}

static void leaf_greatest(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	(void)n;
	extreme(ctx, v, true);
}

static void leaf_sum(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct gathering g = gathering_of(v);

	(void)n;
	leaf_visit(text_of(v[0]), text_of(v[1]), g.paths, gather, &g);
	if (g.n)
		sqlite3_result_double(ctx, g.sum);
	gathering_release(&g);
}

static void leaf_numbers(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct gathering g = gathering_of(v);

	(void)n;
	leaf_visit(text_of(v[0]), text_of(v[1]), g.paths, gather, &g);
	sqlite3_result_int64(ctx, g.n);
	gathering_release(&g);
}

static bool see(void *ctx, const struct leaf *leaf)
{
	(void)leaf;
	*(bool *)ctx = true;
	return false;
}

static void leaf_there(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	bool there = false;

	(void)n;
	leaf_visit(text_of(v[0]), text_of(v[1]), text_of(v[2]), see, &there);
	sqlite3_result_int(ctx, there);
}

/* A JSON text as a text of JSON. */
static void add_quoted(struct buf *b, struct str text)
{
	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, text.p[i]);
	}
	buf_char(b, '"');
}

/* One spelling of each value: "100" and "1e2" are one group. */
static void spell(struct gathering *g, const struct leaf *leaf)
{
	char digits[LEAF_NUMBER_BYTES];
	double number;
	const bool is_number =
		(leaf->kind == LEAF_NUMBER || (leaf->kind == LEAF_TEXT && g->numbers)) &&
		leaf_number(leaf->raw, &number) && isfinite(number);

	buf_clear(&g->text);
	if (is_number) {
		/* No zero is negative. */
		buf_text(&g->text, leaf_number_text(number == 0 ? 0 : number, digits));
	} else if (leaf->kind == LEAF_TEXT) {
		buf_char(&g->text, '"');
		buf_str(&g->text, leaf->raw);
		buf_char(&g->text, '"');
	} else {
		buf_str(&g->text, leaf->raw);
	}
}

static bool is_listed(const struct buf *list, const struct buf *one)
{
	for (size_t at = 0; at + one->n <= list->n; at++) {
		const char *p = memchr(list->p + at, '"', list->n - at);

		if (!p)
			return false;
		at = (size_t)(p - list->p);
		if (at + one->n <= list->n && memcmp(p, one->p, one->n) == 0 &&
			(at == 1 || p[-1] == ',') && (at + one->n == list->n || p[one->n] == ','))
			return true;
	}
	return false;
}

static bool list(void *ctx, const struct leaf *leaf)
{
	struct gathering *g = ctx;

	if (leaf->kind == LEAF_OBJECT)
		return true;
	spell(g, leaf);
	buf_clear(&g->best.text);
	add_quoted(&g->best.text, buf_slice(&g->text));
	if (is_listed(&g->list, &g->best.text))
		return true;
	buf_char(&g->list, g->list.n ? ',' : '[');
	buf_str(&g->list, buf_slice(&g->best.text));
	return true;
}

static void leaf_values(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct gathering g = gathering_of(v);

	(void)n;
	leaf_visit(text_of(v[0]), text_of(v[1]), g.paths, list, &g);
	buf_text(&g.list, g.list.n ? "]" : "[null]");
	if (buf_ok(&g.list) && buf_ok(&g.text) && buf_ok(&g.best.text))
		sqlite3_result_text64(ctx, g.list.p, g.list.n, SQLITE_TRANSIENT, SQLITE_UTF8);
	else
		sqlite3_result_error_nomem(ctx);
	gathering_release(&g);
}

static void leaf_key(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct gathering g = { .text = BUF_INIT(VALUES_MAX_BYTES),
		.best.text = BUF_INIT(VALUES_MAX_BYTES) };

	(void)n;
	leaf_visit(text_of(v[0]), STR_NONE, STR(""), gather, &g);
	give_key(ctx, &g.best);
	gathering_release(&g);
}

static void text_like(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const struct str text = text_of(v[0]), pattern = text_of(v[1]);

	(void)n;
	if (text.p && pattern.p)
		sqlite3_result_int(ctx, leaf_like(text, pattern));
}

enum code leaf_fn_register(struct sqlite3 *h, struct err *e)
{
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "leaf_any", 5, leaf_any },
		{ "leaf_values", 3, leaf_values },
		{ "leaf_least", 3, leaf_least },
		{ "leaf_greatest", 3, leaf_greatest },
		{ "leaf_sum", 3, leaf_sum },
		{ "leaf_numbers", 3, leaf_numbers },
		{ "leaf_there", 3, leaf_there },
		{ "leaf_key", 1, leaf_key },
		{ "text_like", 2, text_like },
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (sqlite3_create_function(h, functions[i].name, functions[i].args, PURE, NULL,
			    functions[i].fn, NULL, NULL) != SQLITE_OK)
			return err_set(e, E_NOMEM, "could not register SQL function %s",
				functions[i].name);
	return E_OK;
}
