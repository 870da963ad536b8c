/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/deliver.h"

#include "base/time.h"
#include "core/deliver.h"
#include "discover/target.h"

#define DELIVERIES_SHOWN 50

struct tally {
	int64_t delivered, failed;
	struct err first;
};

static void count(struct tally *t, const struct err *one)
{
	if (!one->code) {
		t->delivered++;
		return;
	}
	/* The first is told at the end, as an error. */
	if (t->failed++)
		fprintf(stderr, "siltstone: %s\n", one->msg);
	else
		t->first = *one;
}

static void tell_seal(const char *channel, const struct err *e)
{
	fprintf(stderr,
		"siltstone: the newest seal could not be put beside the files of channel \"%s\": %s\n",
		channel, e->msg);
}

enum code deliver_due(struct cli *c, struct err *e)
{
	struct targets targets = { .stop = c->stop };
	struct deliver_ports ports = {
		.store = targets_store, .ctx = &targets, .seal_failed = tell_seal
	};
	struct tally t = { 0 };
	int64_t began = time_ticks_ms();
	enum code code = db_spare_memory(&c->db, e);

	if (code)
		return code;
	while (code != E_NOTFOUND && !*c->stop) {
		struct err one = { 0 };

		code = deliver_one(&c->db, &ports, c->now_ms + (time_ticks_ms() - began), &one);
		if (code != E_NOTFOUND)
			count(&t, &one);
	}
	targets_release(&targets);
	cli_note(c, "%lld %s delivered, %lld failed", (long long)t.delivered,
		cli_plural(t.delivered, "file", "files"), (long long)t.failed);
	if (t.failed && t.delivered)
		c->exit = CLI_EXIT_PARTIAL;
	if (!t.failed)
		return E_OK;
	if (t.delivered) {
		fprintf(stderr, "siltstone: %s\n", t.first.msg);
		return E_OK;
	}
	*e = t.first;
	return err_hint(e, "siltstone deliveries --failed says what is tried again, and when");
}

enum code cmd_deliver(struct cli *c, struct err *e)
{
	if (cli_open_changing(c, e) || db_spare_memory(&c->db, e) ||
		delivery_plan(&c->db, c->now_ms, e))
		return e->code;
	return deliver_due(c, e);
}

enum code cmd_deliveries(struct cli *c, struct err *e)
{
	bool failed = opt_text(&c->o, OPT_FAILED) != NULL;
	struct printer p;
	struct rows rows;
	int64_t limit;

	if (opt_number(&c->o, OPT_COUNT, DELIVERIES_SHOWN, &limit, e) || cli_open(c, e))
		return e->code;
	cli_printer(c, &p,
		failed ? "channel,kind,region,resource_type,due,tries,next_try,error_code,error"
		       : "channel,kind,state,due,done,items,bytes,key");
	rows = printer_rows(&p);
	if (!read_deliveries(&c->reader, failed, limit, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}
