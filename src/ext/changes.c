/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/mem.h"
#include "ext/ext.h"
#include "json/write.h"
#include <limits.h>
#include <locale.h>
#include <stdlib.h>

SQLITE_EXTENSION_INIT3

/**
 * silt_changes(a, b): the differences of two documents as rows. A table without a file that is there by
 * its name alone; its arguments are hidden columns (see "Table-valued functions" in SQLite's
 * documentation of virtual tables).
 */
enum { PROPERTY, OP, BEFORE, AFTER, FIRST, SECOND };
#define SHAPE                                                                                      \
	"CREATE TABLE x(property TEXT, op TEXT, before, after, a HIDDEN, b HIDDEN)" /* SQL: what SQLite asks for */

struct cursor {
	sqlite3_vtab_cursor base; /* first: SQLite knows no more of it */
	struct arena memory;
	const struct json *row;
	int64_t n;
	sqlite3_value *given[2];
};

static int changes_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
	sqlite3_vtab **out, char **message)
{
	sqlite3_vtab *t;
	int rc = sqlite3_declare_vtab(db, SHAPE);

	(void)aux;
	(void)argc;
	(void)argv;
	(void)message;
	if (rc != SQLITE_OK)
		return rc;
	t = mem_alloc(sizeof(*t));
	if (!t)
		return SQLITE_NOMEM;
	sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	*out = t;
	return SQLITE_OK;
}

static int changes_disconnect(sqlite3_vtab *t)
{
	mem_free(t);
	return SQLITE_OK;
}

/* Both documents must be given, and be known when the rows are made. */
static int changes_best_index(sqlite3_vtab *t, sqlite3_index_info *x)
{
	int given[2] = { -1, -1 };
	bool later = false;

	for (int i = 0; i < x->nConstraint; i++) {
		const struct sqlite3_index_constraint *c = &x->aConstraint[i];

		if (c->iColumn < FIRST || c->op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (c->usable)
			given[c->iColumn - FIRST] = i;
		else
			later = true;
	}
	for (int i = 0; i < 2; i++) {
		if (given[i] >= 0) {
			x->aConstraintUsage[given[i]].argvIndex = i + 1;
			x->aConstraintUsage[given[i]].omit = 1;
		} else if (later) {
			return SQLITE_CONSTRAINT;
		} else {
			sqlite3_free(t->zErrMsg);
			t->zErrMsg = sqlite3_mprintf(
				"silt_changes needs two documents, the one before and the one after");
			return SQLITE_ERROR;
		}
	}
	x->estimatedCost = 100;
	x->estimatedRows = 10;
	return SQLITE_OK;
}

static int changes_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
	struct cursor *c = mem_alloc(sizeof(*c));

	(void)t;
	if (!c)
		return SQLITE_NOMEM;
	c->memory = (struct arena)ARENA_INIT(EXT_ARENA_BYTES);
	*out = &c->base;
	return SQLITE_OK;
}

static void forget(struct cursor *c)
{
	for (int i = 0; i < 2; i++) {
		sqlite3_value_free(c->given[i]);
		c->given[i] = NULL;
	}
	arena_release(&c->memory);
	c->row = NULL;
	c->n = 0;
}

static int changes_close(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	forget(c);
	mem_free(c);
	return SQLITE_OK;
}

static int changes_filter(
	sqlite3_vtab_cursor *base, int plan, const char *name, int n, sqlite3_value **v)
{
	struct cursor *c = (struct cursor *)base;
	struct json *rows = NULL;
	struct err e = { 0 };

	(void)plan;
	(void)name;
	(void)n;
	forget(c);
	for (int i = 0; i < 2; i++) {
		c->given[i] = sqlite3_value_dup(v[i]);
		if (!c->given[i])
			return SQLITE_NOMEM;
	}
	if (ext_diff(&c->memory, v, &rows, &e)) {
		if (e.code == E_NOMEM)
			return SQLITE_NOMEM;
		sqlite3_free(base->pVtab->zErrMsg);
		base->pVtab->zErrMsg = sqlite3_mprintf("silt_changes: %s", e.msg);
		return SQLITE_ERROR;
	}
	c->row = rows->first;
	return SQLITE_OK;
}

static int changes_next(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	c->row = c->row->next;
	c->n++;
	return SQLITE_OK;
}

static int changes_eof(sqlite3_vtab_cursor *base)
{
	return !((struct cursor *)base)->row;
}

static void give_text(sqlite3_context *ctx, struct str s)
{
	sqlite3_result_text64(ctx, s.p ? s.p : "", s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* Whatever decimal point the program around us has chosen. */
static void give_real(sqlite3_context *ctx, const char *text)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", NULL);

	if (!c) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	sqlite3_result_double(ctx, strtod_l(text, NULL, c));
	freelocale(c);
}

static void give_number(sqlite3_context *ctx, struct str s)
{
	char text[64];
	char *end;
	long long whole;

	/* Every JSON number that is not absurdly long; one that is stays a text. */
	if (s.n >= sizeof(text)) {
		give_text(ctx, s);
		return;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	whole = strtoll(text, &end, 10);
	if (!*end && whole != LLONG_MAX && whole != LLONG_MIN)
		sqlite3_result_int64(ctx, whole);
	else
		give_real(ctx, text);
}

/* As json_extract() gives values, and with that the view changes. */
static void give_value(sqlite3_context *ctx, const struct json *v)
{
	struct buf b = BUF_INIT(EXT_TEXT_BYTES);

	switch (v ? v->kind : JSON_NULL) {
	case JSON_NULL: return;
	case JSON_BOOL: sqlite3_result_int(ctx, str_is(v->text, "true")); return;
	case JSON_STRING: give_text(ctx, v->text); return;
	case JSON_NUMBER: give_number(ctx, v->text); return;
	case JSON_ARRAY:
	case JSON_OBJECT: break;
	}
	json_write(&b, v);
	if (buf_ok(&b))
		give_text(ctx, buf_slice(&b));
	else
		sqlite3_result_error_nomem(ctx);
	buf_release(&b);
}

static int changes_column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int column)
{
	const struct cursor *c = (struct cursor *)base;

	switch (column) {
	case PROPERTY: give_text(ctx, json_get_text(c->row, "path")); break;
	case OP: give_text(ctx, json_get_text(c->row, "op")); break;
	case BEFORE: give_value(ctx, json_get(c->row, "before")); break;
	case AFTER: give_value(ctx, json_get(c->row, "after")); break;
	default: sqlite3_result_value(ctx, c->given[column - FIRST]); break;
	}
	return SQLITE_OK;
}

static int changes_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	*out = ((struct cursor *)base)->n;
	return SQLITE_OK;
}

int ext_add_changes(sqlite3 *db)
{
	/* Without xCreate it is there by its name alone. */
	static const sqlite3_module module = {
		.xConnect = changes_connect,
		.xBestIndex = changes_best_index,
		.xDisconnect = changes_disconnect,
		.xOpen = changes_open,
		.xClose = changes_close,
		.xFilter = changes_filter,
		.xNext = changes_next,
		.xEof = changes_eof,
		.xColumn = changes_column,
		.xRowid = changes_rowid,
	};

	return sqlite3_create_module_v2(db, "silt_changes", &module, NULL, NULL);
}
