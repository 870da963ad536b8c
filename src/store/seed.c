/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seed.h"

#include "db/stmt.h"

static enum code one_text(
	struct stmt *st, int col, struct arena *a, const char **out, struct err *e)
{
	enum code c = stmt_step(st, e);

	if (!c) {
		*out = arena_text(a, stmt_col_str(st, col));
		c = arena_ok(a) ? E_OK : err_nomem(e);
	}
	stmt_end(st);
	return c;
}

enum code seed_get(struct db *db, struct arena *a, const char *kind, const char *name,
	const char **said, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SEED_GET);

	stmt_text(&st, seed_get__kind, kind);
	stmt_text(&st, seed_get__name, name);
	return one_text(&st, seed_get_said, a, said, e);
}

enum code seed_put(
	struct db *db, const char *kind, const char *name, const char *said, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SEED_PUT);

	stmt_text(&st, seed_put__kind, kind);
	stmt_text(&st, seed_put__name, name);
	stmt_text(&st, seed_put__said, said);
	return stmt_run(&st, e);
}

enum code seed_remove(struct db *db, const char *kind, const char *name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SEED_REMOVE);

	stmt_text(&st, seed_remove__kind, kind);
	stmt_text(&st, seed_remove__name, name);
	return stmt_run(&st, e);
}

enum code seed_next(struct db *db, struct arena *a, const char *kind, const char *after,
	const char **name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SEED_NEXT);

	stmt_text(&st, seed_next__kind, kind);
	stmt_text(&st, seed_next__after, after);
	return one_text(&st, seed_next_name, a, name, e);
}
