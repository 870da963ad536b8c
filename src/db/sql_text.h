/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/** One named statement, as tools/sqlgen found it in a .sql file. */
struct sql_text {
	const char *name;  /* "item_as_of" */
	const char *where; /* "store/item.sql:12" */
	int readonly;      /* writes nothing */
	int alone;         /* may write outside a transaction: a whole change by itself */
	int params, columns;
	const char *text;
};

extern const struct sql_text sql_text[];
