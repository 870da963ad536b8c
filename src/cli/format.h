/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/select.h"
#include <stdio.h>

/**
 * Rows in the form that was asked for
 * ===================================
 *
 *     table   aligned columns under their names; on a terminal no wider than it is
 *     json    an array of objects, keys as the columns
 *     jsonl   one such object a line
 *     csv     a header line; quoted as in RFC 4180, but lines end in \n, as cut and read expect
 *     tsv     a header line; tab, newline and backslash in values as \t \n \\
 *
 * NULL is null in JSON and nothing in the others. Values of columns that hold JSON (configuration,
 * supplementary, tags_json, settings) are put into JSON as they are.
 */
enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV, FORMAT_TSV };

/** E_INVALID: no such format. */
enum code format_parse(const char *name, enum format *out, struct err *e);

struct printer {
	enum format format;
	FILE *out;
	size_t width;        /* of the terminal; 0: as wide as it gets */
	bool color;          /* names of columns in bold */
	const char *columns; /* comma-separated: which, in which order; NULL: all */

	struct arena arena;
	size_t n, taken; /* columns there are, columns printed */
	size_t *take;    /* which */
	const char **names;
	size_t *widths;
	struct printer_row *first, **end;
	size_t kept, rows;
	bool flowing; /* widths are settled: rows are printed as they come */
};

/** @columns is borrowed. */
void printer_init(struct printer *p, enum format format, FILE *out);
/** The sink to give to a query. One query a printer. */
struct rows printer_rows(struct printer *p);
/** Print what is held back. E_IO: the output does not take it (E_CANCELED: nobody reads it any more). */
enum code printer_end(struct printer *p, struct err *e);
void printer_release(struct printer *p);
