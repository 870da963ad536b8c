/* SPDX-License-Identifier: Apache-2.0 */
#include "store/house.h"

#include "db/stmt.h"

static enum code end(struct stmt *st, enum code c, const struct err *e)
{
	stmt_end(st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code house_recorders(struct db *db, house_recorder_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_HOUSE_RECORDERS);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct house_recorder r = { stmt_col_str(&st, house_recorders_name),
			stmt_col_str(&st, house_recorders_configuration),
			stmt_col_str(&st, house_recorders_tags) };

		c = fn(ctx, &r, e);
		if (c)
			break;
	}
	return end(&st, c, e);
}

enum code house_places(struct db *db, house_place_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_HOUSE_PLACES);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		c = fn(ctx, stmt_col_str(&st, house_places_account),
			stmt_col_str(&st, house_places_region), e);
		if (c)
			break;
	}
	return end(&st, c, e);
}

enum code house_removed(struct db *db, house_removed_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_HOUSE_REMOVED);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		c = fn(ctx, stmt_col_int(&st, house_removed_rid), e);
		if (c)
			break;
	}
	return end(&st, c, e);
}
