/* SPDX-License-Identifier: Apache-2.0 */
#include "core/notify.h"

#include "base/time.h"
#include "cli/cli.h"
#include "discover/courier.h"
#include <stdlib.h>

/* Events a sink is told before another one has its turn. */
#define ROUND 1000
#define SHOWN 50

/* How a command that tells many went. */
struct outcome {
	int64_t good, bad;
};

static void failed(struct outcome *o, struct err *e)
{
	o->bad++;
	cli_complain(e);
	*e = (struct err){ 0 };
}

static void conclude(struct cli *c, const struct outcome *o)
{
	if (o->bad)
		c->exit = o->good ? CLI_EXIT_PARTIAL : code_exit_status(E_REMOTE);
}

/* The store's own failures end it; a sink's failure is noted in its row, and then it waits. */
static bool is_over(const struct cli *c, const struct err *e)
{
	return e->sql || e->code == E_CANCELED || e->code == E_NOMEM || (c->stop && *c->stop);
}

static enum code tell_all(struct cli *c, const struct notify_ports *ports, struct err *e)
{
	struct outcome o = { .good = 0 };

	for (;;) {
		enum code code = notify_one(&c->db, ports, ROUND, time_now_ms(), e);

		if (code == E_NOTFOUND && !e->code)
			break;
		if (!code)
			o.good++;
		else if (is_over(c, e))
			return e->code;
		else
			failed(&o, e);
	}
	if (!o.bad)
		cli_note(c, o.good ? "everybody was told" : "there is nothing to tell");
	conclude(c, &o);
	return E_OK;
}

enum code cmd_notify(struct cli *c, struct err *e)
{
	struct courier *courier = NULL;
	struct notify_ports ports;

	if (cli_open_changing(c, e) || courier_open(&courier, e))
		return e->code;
	ports = courier_ports(courier);
	tell_all(c, &ports, e);
	courier_close(courier);
	return e->code;
}

struct letters {
	int64_t *ids;
	size_t n, cap;
	struct arena *a;
};

static enum code take_letter(void *ctx, const struct dead *d, struct err *e)
{
	struct letters *l = ctx;

	if (l->n == l->cap) {
		const size_t cap = l->cap ? l->cap * 2 : 64;
		int64_t *ids = arena_alloc(l->a, cap * sizeof(*ids));

		if (!ids)
			return err_nomem(e);
		if (l->n)
			memcpy(ids, l->ids, l->n * sizeof(*ids));
		l->ids = ids;
		l->cap = cap;
	}
	l->ids[l->n++] = d->dead_id;
	return E_OK;
}

static enum code send_again(
	struct cli *c, const struct notify_ports *ports, const struct letters *l, struct err *e)
{
	struct outcome o = { .good = 0 };

	for (size_t i = 0; l->ids && i < l->n; i++) {
		if (!notify_dead(&c->db, ports, l->ids[i], time_now_ms(), e))
			o.good++;
		else if (is_over(c, e))
			return e->code;
		else
			failed(&o, e);
	}
	cli_note(c, "%lld sent again, %lld failed", (long long)o.good, (long long)o.bad);
	conclude(c, &o);
	return E_OK;
}

static enum code letter(const char *text, struct letters *l, struct err *e)
{
	char *end;
	const long long id = strtoll(text, &end, 10);
	const struct dead d = { .dead_id = id };

	if (!*text || *end || id <= 0)
		return err_set(e, E_INVALID, "\"%s\" is not the id of a dead letter", text);
	return take_letter(l, &d, e);
}

static enum code retry(struct cli *c, const char *id, struct err *e)
{
	struct letters l = { .a = &c->arena };
	struct courier *courier = NULL;
	struct notify_ports ports;
	struct dead d;

	if (cli_open_changing(c, e) ||
		(id ? letter(id, &l, e) : dead_walk(&c->db, take_letter, &l, e)) ||
		(id && l.ids && dead_get(&c->db, &c->arena, l.ids[0], &d, e)) ||
		courier_open(&courier, e))
		return e->code;
	ports = courier_ports(courier);
	send_again(c, &ports, &l, e);
	courier_close(courier);
	return e->code;
}

static enum code list(struct cli *c, struct err *e)
{
	struct printer p;
	struct rows rows;
	int64_t limit;

	if (opt_number(&c->o, OPT_COUNT, SHOWN, &limit, e) || cli_open(c, e))
		return e->code;
	cli_printer(c, &p, "id,state,sink,event,kind,resource_id,tries,next_try,error");
	rows = printer_rows(&p);
	if (!read_outbox(&c->reader, limit, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_outbox(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0];

	if (strcmp(verb, "list") == 0 && c->argc == 1)
		return list(c, e);
	if (strcmp(verb, "retry") == 0)
		return retry(c, c->argc > 1 ? c->argv[1] : NULL, e);
	err_set(e, E_INVALID, "outbox wants list, or retry and perhaps an ID");
	return err_hint(e, "siltstone help outbox");
}
