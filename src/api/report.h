/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/read.h"

/**
 * What a report on a stretch of time is made of: f->since_ms, up to and without f->until_ms, of f->account or of all. One part is
 * one list, cut to what somebody reads, whose last column is how long it would be; the first part is one row of counts.
 */
#define REPORT_PART(id, statement, anchor, title, none) REPORT_##id,
enum report_part {
#include "api/report.def"
	REPORT_PARTS
};
#undef REPORT_PART

struct report_text {
	const char *anchor, *title; /* NULL: of the counts */
	const char *none;           /* what to say where there are no rows */
};
extern const struct report_text report_texts[REPORT_PARTS];

enum code read_report(struct reader *r, enum report_part part, const struct read_filter *f,
	const struct rows *rows, struct err *e);
