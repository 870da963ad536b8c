/* SPDX-License-Identifier: Apache-2.0 */
#include "api/report.h"

#include "api/ask.h"
#include "db/sql_text.h"

const struct report_text report_texts[REPORT_PARTS] = {
#define REPORT_PART(id, statement, anchor, title, none) [REPORT_##id] = { anchor, title, none },
#include "api/report.def"
#undef REPORT_PART
};

static const enum sql_id statements[REPORT_PARTS] = {
#define REPORT_PART(id, statement, anchor, title, none) [REPORT_##id] = SQL_##statement,
#include "api/report.def"
#undef REPORT_PART
};

enum code read_report(struct reader *r, enum report_part part, const struct read_filter *f,
	const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[statements[part]].text, f, rows, e);
}
