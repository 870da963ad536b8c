/* SPDX-License-Identifier: Apache-2.0 */
#include "store/typed.h"

#include "db/stmt.h"

/* Up to a hundred columns of a hundred bytes, for each of some hundred types. */
#define SCRIPT_BYTES ((size_t)64 << 20)

/* What makes the missing and wrong views right, of one type or (STR_NONE) all. */
static enum code script(struct db *db, struct str type, struct buf *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TYPED_WANTED);
	enum code c;

	stmt_str(&st, typed_wanted__type, type);
	while ((c = stmt_step(&st, e)) == E_OK) {
		if (stmt_col_int(&st, typed_wanted_there))
			buf_printf(out, "DROP VIEW \"%.*s\";",
				STR_ARG(stmt_col_str(&st, typed_wanted_name)));
		buf_str(out, stmt_col_str(&st, typed_wanted_text));
		buf_char(out, ';');
	}
	stmt_end(&st);
	if (c != E_NOTFOUND || e->code)
		return c;
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static enum code make(struct db *db, struct str type, struct err *e)
{
	struct buf sql = BUF_INIT(SCRIPT_BYTES);
	enum code c = script(db, type, &sql, e);

	if (!c && sql.n)
		c = db_script(db, "make the views of the types", sql.p, e);
	buf_release(&sql);
	return c;
}

enum code typed_add(struct db *db, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TYPED_IS_FIRST);
	bool first = false;
	enum code c;

	stmt_str(&st, typed_is_first__type, type);
	c = stmt_step(&st, e);
	if (!c)
		first = stmt_col_int(&st, typed_is_first_yes);
	stmt_end(&st);
	return c || !first ? c : make(db, type, e);
}

enum code typed_remake(struct db *db, struct err *e)
{
	return make(db, STR_NONE, e);
}

enum code typed_is_current(struct db *db, bool *current, struct err *e)
{
	struct buf sql = BUF_INIT(SCRIPT_BYTES);
	enum code c = script(db, STR_NONE, &sql, e);

	*current = !sql.n;
	buf_release(&sql);
	return c;
}

enum code typed_past(struct db *db, struct buf *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TYPED_PAST);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		buf_str(out, stmt_col_str(&st, typed_past_text));
		buf_char(out, '\n');
	}
	stmt_end(&st);
	if (c != E_NOTFOUND || e->code)
		return c;
	return buf_ok(out) ? E_OK : err_nomem(e);
}
