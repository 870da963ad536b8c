/* SPDX-License-Identifier: Apache-2.0 */
#include "store/publication.h"

#include "db/stmt.h"

enum code publication_put(
	struct db *db, const char *path, int64_t every_ms, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PUBLICATION_DROP);

	stmt_text(&st, publication_drop__path, path);
	stmt_int(&st, publication_drop__every, every_ms);
	if (stmt_run(&st, e) || !path)
		return e->code;
	st = stmt_begin(db, SQL_PUBLICATION_ADD);
	stmt_text(&st, publication_add__path, path);
	stmt_int(&st, publication_add__every, every_ms);
	stmt_int(&st, publication_add__now, now_ms);
	return stmt_run(&st, e);
}

enum code publication_get(struct db *db, struct arena *a, struct publication *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PUBLICATION_GET);
	enum code c = stmt_step(&st, e);

	if (!c) {
		*out = (struct publication){
			.path = arena_text(a, stmt_col_str(&st, publication_get_path)),
			.every_ms = stmt_col_int(&st, publication_get_every_ms),
			.next_ms = stmt_col_int(&st, publication_get_next_ms),
			.done_ms = stmt_col_int(&st, publication_get_done_ms),
			.error = stmt_is_null(&st, publication_get_error)
					 ? NULL
					 : arena_text(a, stmt_col_str(&st, publication_get_error)),
		};
		if (!arena_ok(a))
			c = err_nomem(e);
	}
	stmt_end(&st);
	return c;
}

enum code publication_tried(struct db *db, const char *error, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PUBLICATION_TRIED);

	stmt_text(&st, publication_tried__error, error);
	stmt_int(&st, publication_tried__now, now_ms);
	return stmt_run(&st, e);
}
