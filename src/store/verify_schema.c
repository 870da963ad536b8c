/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify_part.h"

#include "db/stmt.h"
#include "store/migrate.h"
#include <stdio.h>

static enum code check_view(struct verify *v, struct str name, struct str sql, struct err *e)
{
	struct stmt st = stmt_begin(v->db, SQL_VERIFY_VIEW);
	struct verify_finding f = { .kind = VERIFY_STORE };
	char text[200];
	enum code c;

	stmt_str(&st, verify_view__name, name);
	c = stmt_step(&st, e);
	if (c == E_NOTFOUND || (!c && !str_eq(sql, stmt_col_str(&st, verify_view_sql)))) {
		snprintf(text, sizeof(text), "the view or trigger %.*s is %s", STR_ARG(name),
			c ? "missing" : "not this program's");
		f.text = text;
		verify_tell(v, &f);
	}
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

/* Compared with those of a store that is made in memory for that. Views that others added are theirs. */
enum code verify_schema(struct verify *v, struct err *e)
{
	struct db fresh = { 0 };
	struct stmt st;
	enum code c = db_open(&fresh, ":memory:", DB_CREATE, e);

	if (!c)
		c = migrate_create(&fresh, 0, e);
	if (!c) {
		st = stmt_begin(&fresh, SQL_VERIFY_VIEWS);
		while ((c = stmt_step(&st, e)) == E_OK) {
			c = check_view(v, stmt_col_str(&st, verify_views_name),
				stmt_col_str(&st, verify_views_sql), e);
			if (c)
				break;
		}
		stmt_end(&st);
	}
	db_close(&fresh);
	return c;
}
