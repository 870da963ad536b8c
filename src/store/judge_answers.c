/* SPDX-License-Identifier: Apache-2.0 */
#include "store/judge_answers.h"

#include "db/select.h"
#include "db/stmt.h"

#define ANSWERS_BYTES  ((size_t)512 << 20)
#define ANNOTATION_MAX 256 /* characters: the service's limit */
#define N_COLUMNS      5

/* Statements give these by name; others are passed over. */
static const char *const columns[N_COLUMNS] = { "item_id", "resource_type", "resource_id", "result",
	"annotation" };
enum { ITEM, TYPE, ID, RESULT, ANNOTATION };

struct answer {
	int64_t item;
	struct str type, id, result, annotation;
	struct answer *next;
};

/* A statement is asked first and what it said kept afterwards: while it runs, the connection only reads. */
struct asking {
	struct arena arena;
	int at[N_COLUMNS]; /* which column it is; -1: none */
	struct answer *first, **last;
};

struct str judge_annotation(struct arena *a, struct str text)
{
	size_t n = 0, characters = 0, cut = 0;

	for (; n < text.n; n++) {
		bool begins = ((unsigned char)text.p[n] & 0xc0) != 0x80;

		if (begins && characters == ANNOTATION_MAX - 3)
			cut = n;
		if (begins && characters++ == ANNOTATION_MAX)
			return arena_printf(a, "%.*s...", (int)cut, text.p);
	}
	return text;
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct asking *k = ctx;

	for (size_t c = 0; c < N_COLUMNS; c++) {
		k->at[c] = -1;
		for (size_t i = 0; i < n; i++)
			if (strcmp(names[i], columns[c]) == 0)
				k->at[c] = (int)i;
	}
	(void)e; /* judge_reads() has seen to it that those which must be there are */
	return E_OK;
}

static struct str text_of(const struct asking *k, const struct cell *cells, int column)
{
	const struct cell *c = k->at[column] < 0 ? NULL : &cells[k->at[column]];

	return c && c->kind == CELL_TEXT ? c->text : STR_NONE;
}

static bool is_result(struct str s)
{
	return str_is(s, "COMPLIANT") || str_is(s, "NON_COMPLIANT") ||
	       str_is(s, "NOT_APPLICABLE") || str_is(s, "INSUFFICIENT_DATA");
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct asking *k = ctx;
	struct answer *a = arena_alloc(&k->arena, sizeof(*a));
	struct str result = text_of(k, cells, RESULT);
	const struct cell *item = k->at[ITEM] < 0 ? NULL : &cells[k->at[ITEM]];

	(void)n;
	if (!a)
		return k->arena.full ? err_set(e, E_INVALID, "the statement says too much")
				     : err_nomem(e);
	if (!is_result(result))
		return err_set(
			e, E_INVALID, "the statement's result \"%.*s\" is none", STR_ARG(result));
	if (item && item->kind == CELL_INT)
		a->item = item->i;
	a->type = arena_str(&k->arena, text_of(k, cells, TYPE));
	a->id = arena_str(&k->arena, text_of(k, cells, ID));
	if (!a->item && (!a->type.n || !a->id.n))
		return err_set(e, E_INVALID, "the statement does not say what it found %.*s",
			STR_ARG(result));
	a->result = arena_str(&k->arena, result);
	a->annotation = text_of(k, cells, ANNOTATION);
	if (a->annotation.p)
		a->annotation = arena_str(&k->arena, judge_annotation(&k->arena, a->annotation));
	if (!arena_ok(&k->arena))
		return err_nomem(e);
	*k->last = a;
	k->last = &a->next;
	return E_OK;
}

static enum code twice(struct err *e, const struct err *why, struct str type, struct str id)
{
	if (why->code != E_CONFLICT) {
		*e = *why;
		return e->code;
	}
	return err_set(e, E_INVALID, "the statement says twice what it found of %.*s %.*s",
		STR_ARG(type), STR_ARG(id));
}

enum code judge_answers_add(
	struct judge *j, int64_t item_id, struct str result, struct str annotation, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_ANSWER_ITEM);
	struct err why = { 0 };
	enum code c;

	stmt_int(&st, judge_answer_item__item, item_id);
	stmt_str(&st, judge_answer_item__result, result);
	stmt_str(&st, judge_answer_item__annotation, annotation);
	c = stmt_run(&st, &why);
	if (!c && !db_changes(j->db))
		return err_set(e, E_INVALID,
			"the statement answers for item %lld, which is not there",
			(long long)item_id);
	return c ? twice(e, &why, STR("item"), arena_printf(&j->arena, "%lld", (long long)item_id))
		 : E_OK;
}

static enum code add_named(struct judge *j, const struct answer *a, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_ANSWER_NAMED);
	struct err why = { 0 };

	stmt_str(&st, judge_answer_named__account, j->account);
	stmt_str(&st, judge_answer_named__region, j->region);
	stmt_str(&st, judge_answer_named__type, a->type);
	stmt_str(&st, judge_answer_named__id, a->id);
	stmt_str(&st, judge_answer_named__result, a->result);
	stmt_str(&st, judge_answer_named__annotation, a->annotation);
	return stmt_run(&st, &why) ? twice(e, &why, a->type, a->id) : E_OK;
}

static enum code keep(struct judge *j, const struct asking *k, struct err *e)
{
	enum code c = E_OK;

	for (const struct answer *a = k->first; a && !c; a = a->next)
		c = a->item ? judge_answers_add(j, a->item, a->result, a->annotation, e)
			    : add_named(j, a, e);
	return c;
}

enum code judge_answers_take(struct judge *j, const struct judge_trial *t, struct err *e)
{
	struct asking k = { .arena = ARENA_INIT(ANSWERS_BYTES), .last = &k.first };
	const struct rows rows = { .begin = begin, .row = row, .ctx = &k };
	const struct select_value values[] = {
		{ "parameters", cell_str(t->parameters.p ? t->parameters : STR("{}")) },
		{ "account", cell_str(j->account) },
		{ "region", cell_str(j->region) },
		{ "now_ms", cell_int(j->now_ms) },
	};
	const struct select_query q = { .sql = t->text->sql,
		.values = values,
		.n_values = sizeof(values) / sizeof(*values),
		.open_values = true,
		.timeout_ms = t->timeout_ms ? t->timeout_ms : JUDGE_DEADLINE_MS,
		.stop = t->stop };
	enum code c = select_run(j->db, &q, &rows, NULL, e);

	if (!c)
		c = keep(j, &k, e);
	arena_release(&k.arena);
	return c;
}

enum code judge_item_after(
	struct judge *j, int64_t *item_id, struct arena *a, struct str *item, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_ITEM_AFTER);
	enum code c;

	stmt_int(&st, judge_item_after__after, *item_id);
	c = stmt_step(&st, e);
	if (!c) {
		*item_id = stmt_col_int(&st, judge_item_after_item_id);
		*item = arena_str(a, stmt_col_str(&st, judge_item_after_body));
	}
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}
