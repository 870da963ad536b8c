/* SPDX-License-Identifier: Apache-2.0 */
#include "api/place.h"

#include <stdio.h>

#define KEPT_MS 5000

/* Of a store without anything in it. */
#define ACCOUNT "000000000000"
#define REGION  "us-east-1"

void place_init(struct place *p)
{
	pthread_mutex_init(&p->lock, NULL);
	p->db = NULL;
}

void place_release(struct place *p)
{
	pthread_mutex_destroy(&p->lock);
}

static bool recall(struct place *p, struct operation *op)
{
	bool known;

	pthread_mutex_lock(&p->lock);
	known = p->db == op->db && op->now_ms >= p->found_ms && op->now_ms - p->found_ms < KEPT_MS;
	if (known) {
		op->account = arena_text(op->arena, str_of(p->account));
		op->region = arena_text(op->arena, str_of(p->region));
	}
	pthread_mutex_unlock(&p->lock);
	return known;
}

static void keep(struct place *p, const struct operation *op)
{
	pthread_mutex_lock(&p->lock);
	p->db = op->db;
	p->found_ms = op->now_ms;
	snprintf(p->account, sizeof(p->account), "%s", op->account);
	snprintf(p->region, sizeof(p->region), "%s", op->region);
	pthread_mutex_unlock(&p->lock);
}

static enum code ask(struct operation *op)
{
	struct stmt st = stmt_begin(op->db, SQL_DEFAULT_PLACE);
	enum code c;

	stmt_text(&st, default_place__account, op->request->account);
	c = stmt_step(&st, op->e);
	op->account = c ? ACCOUNT : arena_text(op->arena, stmt_col_str(&st, default_place_account));
	op->region = c ? REGION : arena_text(op->arena, stmt_col_str(&st, default_place_region));
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code place_find(struct place *p, struct operation *op)
{
	const char *account = op->request->account, *region = op->request->region;
	enum code c = E_OK;

	op->account = account;
	op->region = region;
	if (account && region)
		return E_OK;
	if (account || !recall(p, op)) {
		c = ask(op);
		if (!c && !account)
			keep(p, op);
	}
	if (account)
		op->account = account;
	if (region)
		op->region = region;
	return arena_ok(op->arena) ? c : err_nomem(op->e);
}
