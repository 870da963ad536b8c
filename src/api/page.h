/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "db/select.h"
#include "json/json.h"

/**
 * A page of rows
 * ==============
 *
 * Takes the rows of a question in their order and writes those of one page: those behind a cursor, so many, no more than
 * so many bytes. A cursor names the row that the page before ended with, by its key; where rows have
 * equal keys, or none at all, also by how many of them had been told.
 */
enum page_format { PAGE_JSON, PAGE_JSONL, PAGE_CSV };

#define PAGE_KEYS_MAX  8
#define PAGE_BYTES_MAX ((size_t)32 << 20)

struct page {
	enum page_format format;
	const char *
		key; /* "t-,resource_type": columns that rows are ordered by, "-" where they fall; "" */
	int64_t limit;        /* rows; greater than 0 */
	const char *contains; /* only rows in one of whose texts this stands, or NULL */
	size_t max_bytes;

	struct buf columns, rows; /* written: the names as a JSON array; the rows */
	int64_t written;
	bool more; /* there are rows behind the page */

	struct arena arena;
	const char **names;
	size_t n_names;
	struct {
		size_t at;
		bool falls;
	} keys[PAGE_KEYS_MAX];
	size_t n_keys;
	struct page_place {
		struct cell keys[PAGE_KEYS_MAX];
		int64_t told; /* so many rows with this key */
	} after, last;
	struct buf texts; /* of last.keys */
	bool behind;      /* the rows are behind `after` */
	bool begun;       /* there is a cursor to begin behind */
	int64_t lead;     /* rows with the same first key as the last one, told or passed over */
	int64_t seen;
};

void page_init(struct page *p);
void page_release(struct page *p);
/** Begin behind a cursor that page_cursor() made; *@now_ms is its moment. E_INVALID. */
enum code page_after(struct page *p, const char *cursor, int64_t *now_ms, struct err *e);
/** The sink. It ends the question with E_FULL, @e left alone, when the page is full: page_ended(). */
struct rows page_rows(struct page *p);
/** What a question that filled the page returned is no failure. */
enum code page_ended(struct page *p, enum code c, const struct err *e);
/** The first key of the row to begin behind, a whole number; or @otherwise. */
int64_t page_first_key(const struct page *p, int64_t otherwise);
/** So many rows have to be asked for, of a question that begins with that first key. */
int64_t page_wanted(const struct page *p);
/** Append the cursor that leads behind the last row. */
void page_cursor(const struct page *p, int64_t now_ms, struct buf *out);
