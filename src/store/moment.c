/* SPDX-License-Identifier: Apache-2.0 */
#include "store/moment.h"

#include "db/stmt.h"

enum code moment_place_get(struct db *db, const char *account, const char *region, int64_t n,
	struct arena *a, struct moment_place *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_MOMENT_PLACES);
	enum code c;

	stmt_text(&st, moment_places__account, account);
	stmt_text(&st, moment_places__region, region);
	do
		c = stmt_step(&st, e);
	while (!c && n--);
	if (!c)
		*out = (struct moment_place){
			arena_text(a, stmt_col_str(&st, moment_places_account)),
			arena_text(a, stmt_col_str(&st, moment_places_region)),
		};
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code moment_seconds(struct db *db, const struct moment_wanted *w, int64_t *out, size_t room,
	size_t *n, bool *more, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_MOMENT_SECONDS);
	enum code c;

	stmt_text(&st, moment_seconds__account, w->account);
	stmt_text(&st, moment_seconds__region, w->region);
	stmt_str(&st, moment_seconds__types, w->types);
	stmt_str(&st, moment_seconds__days, w->besides);
	stmt_int(&st, moment_seconds__links, w->links);
	stmt_int(&st, moment_seconds__step, w->step_s);
	stmt_int(&st, moment_seconds__from, w->from_s);
	stmt_int(&st, moment_seconds__to, w->to_s);
	*n = 0;
	*more = false;
	while (!(c = stmt_step(&st, e)) && !*more) {
		if (*n < room)
			out[(*n)++] = stmt_col_int(&st, moment_seconds_s);
		else
			*more = true;
	}
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}
