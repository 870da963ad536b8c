/* SPDX-License-Identifier: Apache-2.0 */
#include "store/figure.h"

#include "db/stmt.h"

enum code figure_walk(struct db *db, int64_t now_ms, figure_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FIGURES);
	enum code c;

	stmt_int(&st, figures__now, now_ms);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct figure f = { stmt_col_str(&st, figures_metric),
			{ stmt_col_str(&st, figures_l1), stmt_col_str(&st, figures_l2),
				stmt_col_str(&st, figures_l3) },
			stmt_col_int(&st, figures_value) };

		c = fn(ctx, &f, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}
