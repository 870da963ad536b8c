/* SPDX-License-Identifier: Apache-2.0 */
#include "store/predicate.h"

#include "base/buf.h"
#include "db/select.h"

#define PREDICATE_MAX_BYTES (64 << 10)
#define PREDICATE_MAX_MS    2000

struct verdict {
	int64_t holds;
	int64_t rows;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	return n == 1 ? E_OK : err_set(e, E_INVALID, "this is more than one expression");
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct verdict *v = ctx;

	(void)n;
	(void)e;
	v->rows++;
	v->holds = cells[0].kind == CELL_INT && cells[0].i;
	return E_OK;
}

/* The line breaks end a comment that the predicate may close with; within CASE an early bracket is a mistake. */
static enum code run(struct db *db, const char *predicate, const struct predicate_facts *f,
	struct verdict *v, struct err *e)
{
	const struct select_value values[] = {
		{ "resource_type", cell_str(f->resource_type) },
		{ "resource_id", cell_str(f->resource_id) },
		{ "name", cell_str(f->name) },
		{ "account", cell_str(f->account) },
		{ "region", cell_str(f->region) },
		{ "status", cell_str(f->status) },
		{ "kind", cell_str(f->kind) },
		{ "configuration", cell_str(f->configuration) },
	};
	struct select_query q = { .values = values,
		.n_values = sizeof(values) / sizeof(*values),
		.timeout_ms = PREDICATE_MAX_MS };
	struct rows rows = { begin, row, v };
	struct buf sql = BUF_INIT(PREDICATE_MAX_BYTES);
	enum code c;

	buf_printf(&sql,
		"SELECT CASE WHEN (\n%s\n) THEN 1 ELSE 0 END " /* SQL: around a user's condition */
		"FROM (SELECT :resource_type AS resource_type,"
		" :resource_id AS resource_id, :name AS name, :account AS account, :region AS region,"
		" :status AS status, :kind AS kind, :configuration AS configuration)",
		predicate);
	q.sql = sql.p;
	if (buf_ok(&sql))
		c = select_run(db, &q, &rows, NULL, e);
	else if (sql.full)
		c = err_set(e, E_TOOBIG, "it is longer than %d bytes", PREDICATE_MAX_BYTES);
	else
		c = err_nomem(e);
	buf_release(&sql);
	if (!c && v->rows != 1)
		c = err_set(e, E_INVALID, "this is more than one expression");
	return c;
}

enum code predicate_check(struct db *db, const char *predicate, struct err *e)
{
	const struct predicate_facts sample = { STR("AWS::EC2::Instance"), STR("i-0"), STR_NONE,
		STR("000000000000"), STR("us-east-1"), STR("OK"),
		STR("ConfigurationItemChangeNotification"), STR("{}") };
	struct verdict v = { 0 };

	return run(db, predicate, &sample, &v, e) ? err_add(e, "the predicate \"%.80s\"", predicate)
						  : E_OK;
}

enum code predicate_holds(struct db *db, const char *predicate, const struct predicate_facts *facts,
	bool *out, struct err *e)
{
	struct verdict v = { 0 };
	enum code c = run(db, predicate, facts, &v, e);

	*out = v.holds;
	return c ? err_add(e, "the predicate \"%.80s\"", predicate) : E_OK;
}
