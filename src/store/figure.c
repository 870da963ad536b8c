/* SPDX-License-Identifier: Apache-2.0 */
#include "store/figure.h"

#include "db/stmt.h"

/* Columns stand in the same order in both statements. */
static enum code walk(struct stmt *st, figure_fn *fn, void *ctx, struct err *e)
{
	enum code c;

	while ((c = stmt_step(st, e)) == E_OK) {
		struct figure f = { stmt_col_str(st, figures_metric),
			{ stmt_col_str(st, figures_l1), stmt_col_str(st, figures_l2),
				stmt_col_str(st, figures_l3) },
			stmt_col_int(st, figures_value) };

		c = fn(ctx, &f, e);
		if (c)
			break;
	}
	stmt_end(st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code figure_walk(struct db *db, int64_t now_ms, figure_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FIGURES);

	stmt_int(&st, figures__now, now_ms);
	return walk(&st, fn, ctx, e);
}

enum code figure_count(struct db *db, figure_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FIGURE_COUNTS);

	return walk(&st, fn, ctx, e);
}

enum code figure_edition(struct db *db, struct figure_edition *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FIGURE_EDITION);
	enum code c = stmt_step(&st, e);

	if (!c)
		*out = (struct figure_edition){ stmt_col_int(&st, figure_edition_item),
			stmt_col_int(&st, figure_edition_look) };
	stmt_end(&st);
	return c;
}
