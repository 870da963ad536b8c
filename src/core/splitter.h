/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Items out of a stream of JSON
 * =============================
 *
 * A file of AWS Config is one object whose member `configurationItems` may hold a million elements.
 * This cuts the elements out as the bytes come, looking at nothing but quotes and brackets; each is
 * then read strictly by who gets it. What can be cut:
 *
 *     {"fileVersion":..,"configurationItems":[ITEM,..]}   history files, snapshots, answers of the API
 *     [ITEM,..]                                           items --format json
 *     ITEM ITEM ..                                        JSON lines, objects of any other form
 *
 * also several of them one behind the other. Memory is that of the largest element.
 */
struct splitter_place {
	int64_t offset; /* byte of the (inflated) stream where it begins */
	int64_t index;  /* in its array, from 0 */
	int64_t line;   /* from 1 */
	bool in_array;
};
typedef enum code splitter_fn(
	void *ctx, struct str text, const struct splitter_place *place, struct err *e);

struct splitter {
	splitter_fn *fn;
	void *ctx;
	const char *
		items; /* the member whose elements are meant: configurationItems, unless the caller says otherwise */
	bool lines; /* a value never goes over the end of a line: what is no JSON ends there */

	enum splitter_state {
		SPLITTER_TOP,   /* between values */
		SPLITTER_OUTER, /* within one that may turn out to be an envelope */
		SPLITTER_LIST,  /* between elements */
		SPLITTER_ITEM,  /* within one */
	} state;
	int64_t offset; /* where the piece at hand begins */
	int64_t line;
	struct splitter_place place;
	struct buf text; /* the beginning of what is at hand, when an earlier piece had it */
	size_t from;     /* where in the piece at hand its rest begins */
	struct buf envelope;
	size_t depth, outer_depth;
	bool in_string, escaped; /* at hand */
	bool enveloped;          /* the list belongs to an object */
	bool wants;              /* the list: behind its beginning or a comma */
	bool empty;              /* the list: nothing yet */
	bool junk;               /* a line that begins as no JSON does */
	bool multiline;
	bool key_next, key_here; /* an envelope's member names */
	char key[24];
	size_t n_key;
};
/** @max: bytes that one element may take. */
void splitter_init(struct splitter *s, size_t max, splitter_fn *fn, void *ctx);
/** E_INVALID: this cannot be cut; the message has the byte. E_TOOBIG: an element is over the limit.
 * Otherwise what the function says. */
enum code splitter_add(struct splitter *s, struct str piece, struct err *e);
/** There is no more. E_INVALID: it ends within a value. */
enum code splitter_finish(struct splitter *s, struct err *e);
void splitter_release(struct splitter *s);
