/* SPDX-License-Identifier: Apache-2.0 */
#include "store/judge.h"

#include "db/select.h"

struct looking {
	unsigned reads;
	bool item, named_type, named_id, result;
};

static const struct {
	const char *name;
	unsigned bit;
} known[] = { { "item", JUDGE_READS_ITEM }, { "estate", JUDGE_READS_ESTATE },
	{ "link", JUDGE_READS_LINK }, { "json_each", 0 }, { "json_tree", 0 },
	/* What the first three are made of, where none of its columns is asked for; and how json_each is declared. */
	{ "judge_item", 0 }, { "judge_document", 0 }, { "judge_moment", 0 },
	{ "_edge", JUDGE_READS_LINK }, { "sqlite_master", 0 }, { "sqlite_temp_master", 0 } };

static bool find(const char *name, unsigned *bit)
{
	for (size_t i = 0; name && i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(name, known[i].name) == 0) {
			*bit = known[i].bit;
			return true;
		}
	return false;
}

/* Where a view's own tables are read, the view is; it alone is told of where no column of it is asked for. */
static void table(void *ctx, const char *name, const char *within)
{
	struct looking *l = ctx;
	unsigned bit = JUDGE_READS_OTHERS;

	if (!find(within, &bit))
		find(name, &bit);
	l->reads |= bit;
}

static void column(void *ctx, const char *name)
{
	struct looking *l = ctx;

	l->item |= strcmp(name, "item_id") == 0;
	l->named_type |= strcmp(name, "resource_type") == 0;
	l->named_id |= strcmp(name, "resource_id") == 0;
	l->result |= strcmp(name, "result") == 0;
}

enum code judge_reads(struct db *db, const char *sql, unsigned *reads, struct err *e)
{
	struct looking l = { 0 };
	const struct select_look look = { .table = table, .column = column, .ctx = &l };
	enum code c = judge_ready(db, e);

	if (!c)
		c = select_describe(db, sql, &look, e);
	if (!c && !l.result)
		c = err_set(e, E_INVALID, "the statement gives no column \"result\"");
	if (!c && !l.item && !(l.named_type && l.named_id))
		c = err_set(e, E_INVALID,
			"the statement gives no column \"item_id\", nor \"resource_type\" "
			"and \"resource_id\"");
	if (!c)
		*reads = l.reads;
	return c;
}
