/* SPDX-License-Identifier: Apache-2.0 */
#include "api/place.h"

#include <stdio.h>

#define KEPT_MS 5000

/* Where there is nothing in the store that would say. */
#define ACCOUNT "000000000000"
#define REGION  "us-east-1"

void place_init(struct place *p)
{
	*p = (struct place){ .next = 0 };
	pthread_mutex_init(&p->lock, NULL);
}

void place_release(struct place *p)
{
	pthread_mutex_destroy(&p->lock);
}

static struct found *of_connection(struct place *p, const struct db *db)
{
	for (size_t i = 0; i < PLACES_MAX; i++)
		if (p->found[i].db == db)
			return &p->found[i];
	return NULL;
}

static bool recall(struct place *p, struct operation *op)
{
	const struct found *f;
	bool known;

	pthread_mutex_lock(&p->lock);
	f = of_connection(p, op->db);
	known = f && op->now_ms >= f->at_ms && op->now_ms - f->at_ms < KEPT_MS;
	if (known) {
		op->account = arena_text(op->arena, str_of(f->account));
		op->region = arena_text(op->arena, str_of(f->region));
	}
	pthread_mutex_unlock(&p->lock);
	return known;
}

static void keep(struct place *p, const struct operation *op)
{
	struct found *f;

	pthread_mutex_lock(&p->lock);
	f = of_connection(p, op->db);
	if (!f)
		f = &p->found[p->next++ % PLACES_MAX];
	f->db = op->db;
	f->at_ms = op->now_ms;
	snprintf(f->account, sizeof(f->account), "%s", op->account);
	snprintf(f->region, sizeof(f->region), "%s", op->region);
	pthread_mutex_unlock(&p->lock);
}

static enum code ask(struct operation *op)
{
	struct stmt st = stmt_begin(op->db, SQL_DEFAULT_PLACE);
	enum code c;

	stmt_text(&st, default_place__account, op->request->account);
	c = stmt_step(&st, op->e);
	op->account = c ? ACCOUNT : arena_text(op->arena, stmt_col_str(&st, default_place_account));
	if (c || str_is(stmt_col_str(&st, default_place_region), "global"))
		op->region = REGION;
	else
		op->region = arena_text(op->arena, stmt_col_str(&st, default_place_region));
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
