/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify_part.h"

#include "db/stmt.h"
#include <stdio.h>

#define PULSE 256

const char *verify_kind_name(enum verify_kind kind)
{
	static const char *const names[VERIFY_KINDS] = { [VERIFY_STORE] = "store",
		[VERIFY_DOCUMENT] = "document",
		[VERIFY_ITEM] = "item",
		[VERIFY_ORDER] = "order",
		[VERIFY_DERIVED] = "derived",
		[VERIFY_SEAL] = "seal",
		[VERIFY_ANCHOR] = "anchor" };

	return names[kind];
}

void verify_tell(struct verify *v, const struct verify_finding *f)
{
	v->sum->findings++;
	v->sum->by_kind[f->kind]++;
	if (f->item_id)
		v->sum->items_found++;
	if (v->o->found)
		v->o->found(v->o->ctx, f);
}

void verify_tell_item(struct verify *v, enum verify_kind kind, int64_t item_id, const char *text)
{
	struct verify_finding f = { .kind = kind, .item_id = item_id, .text = text };
	struct stmt st = stmt_begin(v->db, SQL_VERIFY_WHO);
	struct err none = { 0 };

	stmt_int(&st, verify_who__item, item_id);
	if (stmt_step(&st, &none) == E_OK) {
		f.account = stmt_col_str(&st, verify_who_account);
		f.region = stmt_col_str(&st, verify_who_region);
		f.type = stmt_col_str(&st, verify_who_type);
		f.id = stmt_col_str(&st, verify_who_id);
		f.version = stmt_col_int(&st, verify_who_version);
		f.captured_ms = stmt_col_int(&st, verify_who_captured_ms);
	}
	verify_tell(v, &f);
	stmt_end(&st);
}

enum code verify_pulse(struct verify *v, struct err *e)
{
	if (v->o->stop && *v->o->stop)
		return err_set(e, E_CANCELED, "stopped before everything was looked at");
	if (v->o->progress && v->sum->items % PULSE == 0)
		v->o->progress(v->o->ctx, v->sum->items);
	return E_OK;
}

static enum code check_integrity(struct verify *v, struct err *e)
{
	struct stmt st = stmt_begin(v->db, SQL_VERIFY_INTEGRITY);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct verify_finding f = { .kind = VERIFY_STORE };
		char text[400];

		if (str_is(stmt_col_str(&st, verify_integrity_finding), "ok"))
			continue;
		snprintf(text, sizeof(text), "%.*s",
			STR_ARG(stmt_col_str(&st, verify_integrity_finding)));
		f.text = text;
		verify_tell(v, &f);
	}
	stmt_end(&st);
	return c;
}

static enum code check_empty(struct verify *v, struct err *e)
{
	struct stmt st = stmt_begin(v->db, SQL_VERIFY_EMPTY_RESOURCES);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct verify_finding f = { .kind = VERIFY_ORDER,
			.account = stmt_col_str(&st, verify_empty_resources_account),
			.region = stmt_col_str(&st, verify_empty_resources_region),
			.type = stmt_col_str(&st, verify_empty_resources_type),
			.id = stmt_col_str(&st, verify_empty_resources_id),
			.text = "none of its versions is there" };

		verify_tell(v, &f);
	}
	stmt_end(&st);
	return c;
}

static enum code check_edges(struct verify *v, struct err *e)
{
	struct stmt st = stmt_begin(v->db, SQL_VERIFY_EDGES);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		char text[400];
		struct verify_finding f = { .kind = VERIFY_DERIVED,
			.account = stmt_col_str(&st, verify_edges_account),
			.region = stmt_col_str(&st, verify_edges_region),
			.type = stmt_col_str(&st, verify_edges_type),
			.id = stmt_col_str(&st, verify_edges_id),
			.text = text };

		snprintf(text, sizeof(text),
			"its link %lld (%.*s%.*s) begins or ends where no version does",
			(long long)stmt_col_int(&st, verify_edges_edge_id),
			STR_ARG(stmt_col_str(&st, verify_edges_name)),
			STR_ARG(stmt_col_str(&st, verify_edges_target)));
		verify_tell(v, &f);
	}
	stmt_end(&st);
	return c;
}

static enum code find_last_pruned(struct verify *v, struct err *e)
{
	struct stmt st = stmt_begin(v->db, SQL_VERIFY_LAST_PRUNED);
	enum code c = stmt_step(&st, e);

	if (!c)
		v->last_pruned = stmt_col_int(&st, verify_last_pruned_item_id);
	stmt_end(&st);
	return c;
}

/* One part runs into damaged pages: that is a finding, and the others are looked at all the same. */
static enum code run_part(
	struct verify *v, enum code (*part)(struct verify *v, struct err *e), struct err *e)
{
	struct err one = { 0 };
	enum code c = part(v, &one);

	if (c == E_OK || (c == E_NOTFOUND && !one.code))
		return E_OK;
	if (c != E_CORRUPT && !(c == E_IO && one.sql)) {
		*e = one;
		return c;
	}
	if (!v->quiet.code) {
		struct verify_finding f = { .kind = VERIFY_STORE, .text = one.msg };

		v->quiet = one;
		verify_tell(v, &f);
	}
	return E_OK;
}

enum code verify_run(
	struct db *db, const struct verify_options *options, struct verify_sum *sum, struct err *e)
{
	static enum code (*const parts[])(struct verify * v, struct err * e) = { find_last_pruned,
		verify_items, check_empty, check_edges, verify_chain, verify_schema,
		check_integrity };
	struct verify v = { .db = db, .o = options, .sum = sum };
	struct err none = { 0 };
	enum code c;

	*sum = (struct verify_sum){ 0 };
	c = db_script(db, "begin to read", "BEGIN", e);
	for (size_t i = 0; !c && i < sizeof(parts) / sizeof(*parts); i++) {
		c = run_part(&v, parts[i], e);
		if (!c)
			c = verify_pulse(&v, e);
	}
	db_script(db, "end reading", "ROLLBACK", &none);
	return c;
}
