/* SPDX-License-Identifier: Apache-2.0 */
#include "store/item_part.h"

#include "store/item_text.h"

enum code item_parts(struct db *db, int64_t size, item_part_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_PART_LIST);
	enum code c;

	stmt_int(&st, item_part_list__size, size);
	while (!(c = stmt_step(&st, e))) {
		const struct item_part p = { stmt_col_int(&st, item_part_list_first),
			stmt_col_int(&st, item_part_list_last), stmt_col_int(&st, item_part_list_n),
			stmt_col_str(&st, item_part_list_digest) };

		c = fn(ctx, &p, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

void item_reader_open(struct item_reader *r, struct db *db, int64_t first, int64_t last)
{
	r->st = stmt_begin(db, SQL_ITEM_PART_ITEMS);
	stmt_int(&r->st, item_part_items__first, first);
	stmt_int(&r->st, item_part_items__last, last);
}

enum code item_reader_next(struct item_reader *r, struct buf *out, struct err *e)
{
	enum code c = stmt_step(&r->st, e);

	buf_clear(out);
	return c ? c : item_text(&r->st, out, e);
}

void item_reader_close(struct item_reader *r)
{
	stmt_end(&r->st);
}
