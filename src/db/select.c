/* SPDX-License-Identifier: Apache-2.0 */
#include "db/select.h"

#include "base/nearest.h"
#include "base/time.h"
#include "db/sqlite_err.h"
#include <sqlite3.h>
#include <stdio.h>

/* Instructions of SQLite's machine between two looks at the clock: well under a millisecond. */
#define STEPS_BETWEEN_LOOKS 5000

static int look(void *ctx)
{
	struct select_watch *w = ctx;

	/* Set by a signal handler, or by another thread. */
	if (w->stop && __atomic_load_n(w->stop, __ATOMIC_RELAXED))
		return 1;
	w->late = w->deadline && time_ticks_ms() >= w->deadline;
	return w->late;
}

/* Pragmas that only describe; the functions pragma_table_info() and so on need them. */
static bool describes(const char *pragma, const char *argument)
{
	static const char *const allowed[] = { "table_info", "table_xinfo", "table_list",
		"index_list", "index_info", "index_xinfo", "foreign_key_list", "database_list",
		"collation_list", "function_list", "compile_options" };

	if (pragma && (sqlite3_stricmp(pragma, "user_version") == 0 ||
			      sqlite3_stricmp(pragma, "page_count") == 0 ||
			      sqlite3_stricmp(pragma, "page_size") == 0))
		return !argument;
	for (size_t i = 0; pragma && i < sizeof(allowed) / sizeof(*allowed); i++)
		if (sqlite3_stricmp(pragma, allowed[i]) == 0)
			return true;
	return false;
}

static int authorize(
	void *ctx, int action, const char *a, const char *b, const char *db, const char *inner)
{
	struct select *s = ctx;

	(void)db;
	switch (action) {
	case SQLITE_READ:
		if (s->look && a)
			s->look->table(s->look->ctx, a, inner);
		/* Whoever is let in to ask is not told with what others are. */
		if (a && sqlite3_stricmp(a, "_access_key") == 0)
			break;
		return SQLITE_OK;
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE: return SQLITE_OK;
	case SQLITE_FUNCTION:
		if (b && sqlite3_stricmp(b, "load_extension") == 0)
			break;
		return SQLITE_OK;
	case SQLITE_PRAGMA:
		if (describes(a, b))
			return SQLITE_OK;
		break;
	case SQLITE_UPDATE:
		/* How SQLite declares json_each() and its like on first use, in a statement that is
		 * never run. Who asks for it himself is refused for not only reading. */
		if (a && sqlite3_stricmp(a, "sqlite_master") == 0)
			return SQLITE_OK;
		break;
	default: break;
	}
	s->refused = true;
	return SQLITE_DENY;
}

static enum code query_only(struct db *db, bool on, struct err *e)
{
	enum code c;

	db->guarded = true;
	c = db_script(
		db, "protect the store", on ? "PRAGMA query_only=ON" : "PRAGMA query_only=OFF", e);
	if (!c)
		db->guarded = on;
	return c;
}

struct cell cell_null(void)
{
	return (struct cell){ .kind = CELL_NULL };
}

struct cell cell_int(int64_t v)
{
	return (struct cell){ .kind = CELL_INT, .i = v };
}

struct cell cell_str(struct str v)
{
	return v.p ? (struct cell){ .kind = CELL_TEXT, .text = v } : cell_null();
}

struct cell cell_text(const char *v)
{
	return cell_str(str_of(v));
}

static void offer_columns(struct db *db, struct nearest *near, const char *sql)
{
	sqlite3_stmt *st = NULL;
	/* Columns of the tables that the text mentions. */
	const char *text = "SELECT c.name FROM pragma_table_list t, pragma_table_xinfo(t.name) c"
			   " WHERE t.name NOT GLOB 'sqlite_*' AND instr(lower(?1), lower(t.name))";

	if (sqlite3_prepare_v2(db->h, text, -1, &st, NULL) == SQLITE_OK) {
		sqlite3_bind_text(st, 1, sql, -1, SQLITE_STATIC);
		while (sqlite3_step(st) == SQLITE_ROW)
			nearest_offer(near, str_of((const char *)sqlite3_column_text(st, 0)));
	}
	sqlite3_finalize(st);
}

static void offer_tables(struct db *db, struct nearest *near)
{
	sqlite3_stmt *st = NULL;
	const char *text = "SELECT name FROM pragma_table_list"
			   " WHERE name NOT GLOB 'sqlite_*' AND name NOT GLOB '_*'";

	if (sqlite3_prepare_v2(db->h, text, -1, &st, NULL) == SQLITE_OK)
		while (sqlite3_step(st) == SQLITE_ROW)
			nearest_offer(near, str_of((const char *)sqlite3_column_text(st, 0)));
	sqlite3_finalize(st);
}

/* "no such column: r.nmae" -> "nmae" */
static struct str missing_name(const char *msg, const char *kind)
{
	const char *p = strstr(msg, kind);
	struct str name = str_of(p ? p + strlen(kind) : "");

	for (size_t dot = str_find(name, '.'); dot < name.n; dot = str_find(name, '.'))
		name = str_from(name, dot + 1);
	return name;
}

static void suggest(struct db *db, const char *sql, struct err *e)
{
	struct nearest near;
	struct str name = missing_name(e->msg, "no such column: ");

	if (name.n) {
		nearest_init(&near, name);
		offer_columns(db, &near, sql);
	} else {
		name = missing_name(e->msg, "no such table: ");
		nearest_init(&near, name);
		offer_tables(db, &near);
	}
	if (nearest_name(&near))
		err_hint(e, "did you mean \"%s\"?", nearest_name(&near));
	else if (name.n && strstr(e->msg, "no such table: "))
		err_hint(e, "SELECT name FROM pragma_table_list WHERE name NOT GLOB '_*' "
			    "lists what there is");
}

/* White space, semicolons and comments. */
static bool nothing_in(const char *p)
{
	while (*p) {
		if (strchr(" \t\r\n\f;", *p)) {
			p++;
		} else if (strncmp(p, "--", 2) == 0) {
			p += strcspn(p, "\n");
		} else if (strncmp(p, "/*", 2) == 0) {
			const char *end = strstr(p + 2, "*/");

			if (!end)
				return true;
			p = end + 2;
		} else {
			return false;
		}
	}
	return true;
}

static enum code prepare(struct select *s, struct err *e)
{
	const char *tail = NULL;
	int rc = sqlite3_prepare_v2(s->db->h, s->q->sql, -1, &s->st, &tail);

	if (rc != SQLITE_OK && s->refused)
		return err_set(e, E_INVALID,
			"this would change the store or reach outside it; only "
			"queries are answered here");
	if (rc != SQLITE_OK)
		return sqlite_err(e, s->db->h, rc, "the query was not understood");
	if (!s->st)
		return err_set(e, E_INVALID, "the query is empty");
	if (!nothing_in(tail))
		return err_set(e, E_INVALID, "more than one statement in the query");
	if (!sqlite3_stmt_readonly(s->st) || !sqlite3_column_count(s->st))
		return err_set(
			e, E_INVALID, "only a query (SELECT, WITH or VALUES) is answered here");
	return E_OK;
}

static int bind_one(sqlite3_stmt *st, int at, const struct cell *v)
{
	switch (v->kind) {
	case CELL_INT: return sqlite3_bind_int64(st, at, v->i);
	case CELL_REAL: return sqlite3_bind_double(st, at, v->r);
	case CELL_TEXT:
		return sqlite3_bind_text64(
			st, at, v->text.p, v->text.n, SQLITE_STATIC, SQLITE_UTF8);
	case CELL_BLOB: return sqlite3_bind_blob64(st, at, v->text.p, v->text.n, SQLITE_STATIC);
	case CELL_NULL: break;
	}
	return sqlite3_bind_null(st, at);
}

static const struct cell *value_of(const struct select_query *q, const char *parameter)
{
	for (size_t i = 0; parameter && i < q->n_values; i++)
		if (strcmp(q->values[i].name, parameter + 1) == 0)
			return &q->values[i].value;
	return NULL;
}

static bool names_parameter(sqlite3_stmt *st, const char *name)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
		const char *p = sqlite3_bind_parameter_name(st, i);

		if (p && strcmp(p + 1, name) == 0)
			return true;
	}
	return false;
}

static enum code bind_all(
	struct db *db, sqlite3_stmt *st, const struct select_query *q, struct err *e)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
		const char *name = sqlite3_bind_parameter_name(st, i);
		const struct cell *v = value_of(q, name);
		int rc;

		if (!v && !q->open_values) {
			err_set(e, E_INVALID, "the query's parameter %s has no value",
				name ? name : "?");
			return err_hint(e, "--param %s=VALUE", name && name[1] ? name + 1 : "NAME");
		}
		rc = v ? bind_one(st, i, v) : SQLITE_OK;
		if (rc != SQLITE_OK)
			return sqlite_err(e, db->h, rc, "bind a parameter");
	}
	for (size_t i = 0; !q->open_values && i < q->n_values; i++)
		if (!names_parameter(st, q->values[i].name))
			return err_set(
				e, E_INVALID, "the query has no parameter :%s", q->values[i].name);
	return E_OK;
}

static void read_cell(sqlite3_stmt *st, int at, struct cell *c)
{
	*c = (struct cell){ .kind = CELL_NULL };
	switch (sqlite3_column_type(st, at)) {
	case SQLITE_INTEGER:
		c->kind = CELL_INT;
		c->i = sqlite3_column_int64(st, at);
		return;
	case SQLITE_FLOAT:
		c->kind = CELL_REAL;
		c->r = sqlite3_column_double(st, at);
		return;
	case SQLITE_TEXT:
		c->kind = CELL_TEXT;
		c->text.p = (const char *)sqlite3_column_text(st, at);
		break;
	case SQLITE_BLOB:
		c->kind = CELL_BLOB;
		c->text.p = sqlite3_column_blob(st, at);
		break;
	default: return;
	}
	c->text.n = (size_t)sqlite3_column_bytes(st, at);
	if (!c->text.p)
		c->text = STR("");
}

/* Room for a row. */
static enum code make_row(struct select *s, struct err *e)
{
	s->n = (size_t)sqlite3_column_count(s->st);
	s->names = arena_alloc(&s->memory, s->n * sizeof(*s->names));
	s->cells = arena_alloc(&s->memory, s->n * sizeof(*s->cells));
	for (size_t i = 0; s->names && i < s->n; i++)
		s->names[i] = arena_text(&s->memory, str_of(sqlite3_column_name(s->st, (int)i)));
	return arena_ok(&s->memory) ? E_OK : err_nomem(e);
}

/* What the reader of an error is helped with. */
static enum code explain(struct select *s, enum code c, struct err *e)
{
	if (c == E_CANCELED && s->watch.late) {
		*e = (struct err){ 0 };
		err_set(e, E_TOOBIG, "the query took longer than %g s",
			(double)s->q->timeout_ms / 1000);
		return err_hint(e, "narrow it down, or give it more time with --timeout");
	}
	if (c == E_INVALID)
		suggest(s->db, s->q->sql, e);
	return c;
}

enum code select_begin(struct select *s, struct db *db, const struct select_query *q, struct err *e)
{
	struct err ignored = { 0 };
	enum code c;

	*s = (struct select){ .db = db, .q = q, .memory = ARENA_INIT(1 << 20) };
	s->watch.stop = q->stop;
	if (q->timeout_ms)
		s->watch.deadline = time_ticks_ms() + q->timeout_ms;
	c = query_only(db, true, e);
	if (c)
		return c;
	sqlite3_progress_handler(db->h, STEPS_BETWEEN_LOOKS, look, &s->watch);
	sqlite3_set_authorizer(db->h, authorize, s);
	c = prepare(s, e);
	if (!c)
		c = bind_all(db, s->st, q, e);
	if (!c)
		c = make_row(s, e);
	if (!c)
		return E_OK;
	if (c == E_INVALID)
		suggest(db, q->sql, e);
	select_end(s, &ignored);
	return c;
}

enum code select_describe(
	struct db *db, const char *sql, const struct select_look *look, struct err *e)
{
	const struct select_query q = { .sql = sql, .open_values = true };
	struct select s = { .db = db, .q = &q, .memory = ARENA_INIT(1 << 20), .look = look };
	struct err ignored = { 0 };
	enum code c = query_only(db, true, e);

	if (c)
		return c;
	sqlite3_set_authorizer(db->h, authorize, &s);
	c = prepare(&s, e);
	if (!c)
		c = make_row(&s, e);
	for (size_t i = 0; !c && i < s.n; i++)
		look->column(look->ctx, s.names[i]);
	if (c == E_INVALID)
		suggest(db, sql, e);
	select_end(&s, &ignored);
	return c;
}

enum code select_next(struct select *s, struct err *e)
{
	int rc = sqlite3_step(s->st);

	if (rc == SQLITE_DONE)
		return E_NOTFOUND;
	if (rc != SQLITE_ROW)
		return explain(s, sqlite_err(e, s->db->h, rc, "the query failed"), e);
	if (s->q->limit && s->count++ == s->q->limit) {
		s->truncated = true;
		return E_NOTFOUND;
	}
	for (size_t i = 0; i < s->n; i++)
		read_cell(s->st, (int)i, &s->cells[i]);
	return E_OK;
}

enum code select_end(struct select *s, struct err *e)
{
	struct db *db = s->db;

	if (!db)
		return E_OK;
	sqlite3_finalize(s->st);
	sqlite3_set_authorizer(db->h, NULL, NULL);
	sqlite3_progress_handler(db->h, 0, NULL, NULL);
	arena_release(&s->memory);
	*s = (struct select){ 0 };
	return query_only(db, false, e);
}

enum code select_run(struct db *db, const struct select_query *q, const struct rows *rows,
	bool *truncated, struct err *e)
{
	struct err late = { 0 };
	struct select s;
	enum code off, c = select_begin(&s, db, q, e);

	if (truncated)
		*truncated = false;
	if (c)
		return c;
	c = rows->begin(rows->ctx, s.names, s.n, e);
	while (!c && (c = select_next(&s, e)) == E_OK)
		c = rows->row(rows->ctx, s.cells, s.n, e);
	if (c == E_NOTFOUND && !e->code)
		c = E_OK;
	if (truncated)
		*truncated = s.truncated;
	off = select_end(&s, &late);
	return c ? c : off ? err_set(e, off, "%s", late.msg) : E_OK;
}
