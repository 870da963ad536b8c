/* SPDX-License-Identifier: Apache-2.0 */
#include "core/publish.h"

#include "core/whole_file.h"
#include "db/select.h"
#include <stdio.h>
#include <unistd.h>

static enum code no_names(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

static enum code take_state(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	char *state = ctx;

	(void)n;
	(void)e;
	if (cells[0].kind == CELL_TEXT)
		snprintf(state, FLAT_STATE_BYTES, "%.*s", STR_ARG(cells[0].text));
	return E_OK;
}

/* What the copy at @path was made of; "" where there is none. */
static enum code published_state(const char *path, char state[FLAT_STATE_BYTES], struct err *e)
{
	static const char sql[] =
		"SELECT value FROM about WHERE name = 'state'"; /* SQL: of a file that is no store */
	struct select_query q = { .sql = sql };
	struct rows rows = { no_names, take_state, state };
	struct err why = { 0 };
	struct db old = { 0 };

	state[0] = '\0';
	if (access(path, F_OK) != 0)
		return E_OK;
	if (!db_open(&old, path, DB_READ, &why))
		select_run(&old, &q, &rows, NULL, &why);
	db_close(&old);
	if (state[0])
		return E_OK;
	err_set(e, E_CONFLICT, "\"%s\" is there and is no published copy", path);
	return err_hint(e, "name another file, or remove that one");
}

enum code publish(struct db *db, const char *path, const struct flat_options *o, bool always,
	bool *written, struct err *e)
{
	char before[FLAT_STATE_BYTES], now[FLAT_STATE_BYTES];
	struct whole_file f = { 0 };

	*written = false;
	if (published_state(path, before, e) || flat_state(db, now, e))
		return e->code;
	if (!always && strcmp(before, now) == 0)
		return E_OK;
	if (!whole_file_begin(&f, path, true, e) && !flat_write(db, f.part, o, NULL, e))
		whole_file_finish(&f, e);
	whole_file_drop(&f);
	*written = !e->code;
	return e->code ? err_add(e, "publish \"%s\"", path) : E_OK;
}
