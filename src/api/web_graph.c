/* SPDX-License-Identifier: Apache-2.0 */
#include "api/web_ask.h"
#include "base/time.h"
#include "db/stmt.h"

/**
 * The neighbourhood of a resource
 * ===============================
 *
 * A row for each neighbour, those of the resource first; what lies further away hangs on the neighbour that leads to it, in
 * the same direction: what points at me, and what points at that; what I point at, and where that leads. Of each
 * type that a resource has more than `limit` neighbours of, so many rows are told, and in `n` how many there are.
 * However many there are, no more than NODES_MAX rows come of it and no more than ASKED_MAX resources are asked.
 */
#define SHOWN     8
#define SHOWN_MAX 200
#define DEPTH_MAX 3
#define NODES_MAX 600
#define ASKED_MAX 120
#define BATCH_MAX (NODES_MAX + 1)

struct node {
	int64_t rid; /* 0: not recorded */
	bool out;
};

struct graph {
	struct web_ask *ask;
	struct rows rows;
	struct node nodes[BATCH_MAX]; /* the resource itself, then what was told, in order */
	size_t n;
	int64_t limit, since_ms, at_ms;
};

static bool is_known(const struct graph *g, int64_t rid)
{
	for (size_t i = 0; rid && i < g->n; i++)
		if (g->nodes[i].rid == rid)
			return true;
	return false;
}

enum column {
	LEVEL,
	SIDE,
	PARENT,
	RID,
	TYPE,
	ID,
	NAME,
	ACCOUNT,
	REGION,
	RELATION,
	STATE,
	SINCE,
	OF_TYPE,
	COLUMNS
};

static enum code write_node(struct graph *g, const struct stmt *st, int64_t level, int64_t parent)
{
	char since[TIME_ISO_BYTES];
	int64_t rid = stmt_col_int(st, web_neighbours_rid);
	struct cell cells[COLUMNS] = { [LEVEL] = cell_int(level),
		[SIDE] = cell_str(stmt_col_str(st, web_neighbours_side)),
		[PARENT] = cell_int(parent),
		[RID] = rid ? cell_int(rid) : cell_null(),
		[TYPE] = cell_str(stmt_col_str(st, web_neighbours_type)),
		[ID] = cell_str(stmt_col_str(st, web_neighbours_id)),
		[NAME] = cell_str(stmt_col_str(st, web_neighbours_name)),
		[ACCOUNT] = cell_str(stmt_col_str(st, web_neighbours_account)),
		[REGION] = cell_str(stmt_col_str(st, web_neighbours_region)),
		[RELATION] = cell_str(stmt_col_str(st, web_neighbours_relation)),
		[STATE] = cell_str(stmt_col_str(st, web_neighbours_state)),
		[SINCE] = cell_null(),
		[OF_TYPE] = cell_int(stmt_col_int(st, web_neighbours_n)) };

	if (!stmt_is_null(st, web_neighbours_since_ms))
		cells[SINCE] =
			cell_text(time_text(stmt_col_int(st, web_neighbours_since_ms), since));
	g->nodes[g->n++] =
		(struct node){ rid, str_is(stmt_col_str(st, web_neighbours_side), "out") };
	return g->rows.row(g->rows.ctx, cells, COLUMNS, g->ask->e);
}

/* Neighbours of the node at @at; those beyond the first go on in its direction. */
static enum code tell_neighbours(struct graph *g, size_t at, int64_t level)
{
	struct node of = g->nodes[at];
	struct stmt st = stmt_begin(g->ask->reader.db, SQL_WEB_NEIGHBOURS);
	enum code c;

	stmt_int(&st, web_neighbours__rid, of.rid);
	stmt_int(&st, web_neighbours__until_ms, g->at_ms);
	/* Further away it is told how it is, not what came and went. */
	stmt_int(&st, web_neighbours__since_ms, level > 1 ? g->at_ms + 1 : g->since_ms);
	stmt_int(&st, web_neighbours__limit, g->limit);
	stmt_text(&st, web_neighbours__types, g->ask->filter.types);
	while (!(c = stmt_step(&st, g->ask->e))) {
		bool out = str_is(stmt_col_str(&st, web_neighbours_side), "out");

		if ((at && out != of.out) || is_known(g, stmt_col_int(&st, web_neighbours_rid)))
			continue;
		if (g->n == BATCH_MAX) {
			g->ask->page.more = true;
			break;
		}
		if ((c = write_node(g, &st, level, of.rid)))
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !g->ask->e->code ? E_OK : c;
}

static enum code tell_graph(struct graph *g, int64_t depth)
{
	size_t from = 0;
	int asked = 0;

	for (int64_t level = 1; level <= depth; level++) {
		size_t to = g->n;

		for (; from < to; from++) {
			if (!g->nodes[from].rid)
				continue;
			if (asked++ == ASKED_MAX) {
				g->ask->page.more = true;
				return E_OK;
			}
			if (tell_neighbours(g, from, level))
				return g->ask->e->code;
		}
	}
	return E_OK;
}

/* What came and went is told since the version in force began; with the first version everything came. */
static enum code read_since_of(struct graph *g, int64_t rid)
{
	struct item item = { 0 };
	enum code c = item_in_force(g->ask->reader.db, rid, g->at_ms, &item, g->ask->e);

	if (c == E_NOTFOUND) {
		char at[TIME_ISO_BYTES];

		err_set(g->ask->e, E_NOTFOUND, "nothing of it was recorded by %s",
			time_text(g->at_ms, at));
		return err_hint(g->ask->e, "GET /api/history tells of when it was");
	}
	g->since_ms = item.version > 1 && !item.deleted ? item.captured_ms : g->at_ms + 1;
	return c;
}

enum code web_graph(struct web_ask *ask)
{
	static const char *const names[COLUMNS] = { "level", "side", "parent_rid", "rid",
		"resource_type", "resource_id", "name", "account", "region", "relation", "state",
		"since", "n" };
	struct graph *g = arena_alloc(&ask->arena, sizeof(*g));
	struct resource who = { 0 };
	int64_t depth = 1;

	if (!g)
		return err_nomem(ask->e);
	*g = (struct graph){ .ask = ask };
	if (web_number(ask, WEB_PARAM_DEPTH, 1, DEPTH_MAX, &depth) ||
		web_number(ask, WEB_PARAM_LIMIT, SHOWN, SHOWN_MAX, &g->limit) || web_at(ask) ||
		web_find(ask, &who))
		return ask->e->code;
	ask->filter.types = web_types(ask, web_given(ask, WEB_PARAM_TYPE));
	ask->page.limit = INT64_MAX;
	g->rows = page_rows(&ask->page);
	g->at_ms = ask->reader.at_ms;
	g->nodes[g->n++] = (struct node){ .rid = who.rid };
	if (read_since_of(g, who.rid) || g->rows.begin(g->rows.ctx, names, COLUMNS, ask->e))
		return ask->e->code;
	return tell_graph(g, depth);
}
