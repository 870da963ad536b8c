/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/report.h"
#include "base/buf.h"

/**
 * A report as one HTML file that can be mailed: its style is in it, there is no script and nothing to fetch, and whatever others
 * named or wrote is text. However large the estate, it stays below REPORT_PAGE_BYTES: lists are cut, and say what they left out.
 */
#define REPORT_PAGE_BYTES ((size_t)200 * 1000)

struct report_page {
	struct buf out;
	int64_t since_ms, until_ms;
	const char *store, *account; /* account NULL: all */

	/* The list that is being written. */
	enum report_part part;
	const char *const *names;
	size_t n_columns, n_rows, began;
	int64_t total;
	bool full;
	struct report_day {
		char day[16];
		int64_t created, changed, deleted;
	} days[100];
	size_t n_days;
};

/** What is written is in p->out. */
enum code report_page_write(struct report_page *p, struct reader *r, struct err *e);
