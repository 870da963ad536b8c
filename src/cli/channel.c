/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "core/deliver.h"
#include "discover/target.h"
#include "store/place.h"

#define ACCOUNTS_MAX 10000

/* What people write, and what AWS Config calls it; its own names are taken, too. */
static const char *frequency_of(const char *text)
{
	static const char *const names[][2] = { { "1h", "One_Hour" }, { "3h", "Three_Hours" },
		{ "6h", "Six_Hours" }, { "12h", "Twelve_Hours" }, { "24h", "TwentyFour_Hours" },
		{ "1d", "TwentyFour_Hours" }, { "off", NULL } };

	for (size_t i = 0; text && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i][0], text) == 0)
			return names[i][1];
	return text;
}

/* "s3://BUCKET/PREFIX" in two; a directory has no prefix. */
static enum code split(struct cli *c, const char *to, struct channel *out, struct err *e)
{
	struct str s = str_of(to), prefix;
	size_t slash;

	out->target = to;
	if (!to) {
		err_set(e, E_INVALID, "channel set wants --to s3://BUCKET/PREFIX or --to dir:PATH");
		return err_hint(e, "siltstone help channel");
	}
	if (!str_starts(s, STR("s3://")))
		return E_OK;
	slash = 5 + str_find(str_from(s, 5), '/');
	prefix = str_from(s, slash);
	while (prefix.n && prefix.p[0] == '/')
		prefix = str_from(prefix, 1);
	while (prefix.n && prefix.p[prefix.n - 1] == '/')
		prefix.n--;
	out->target = arena_text(&c->arena, (struct str){ s.p, slash });
	if (prefix.n)
		out->prefix = arena_text(&c->arena, prefix);
	return arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

struct accounts {
	struct cli *c;
	const char *ids[ACCOUNTS_MAX];
	size_t n;
};

static enum code note_account(void *ctx, const struct place *p, struct err *e)
{
	struct accounts *a = ctx;

	if (a->n && str_is(p->account, a->ids[a->n - 1]))
		return E_OK;
	if (a->n == ACCOUNTS_MAX)
		return err_set(e, E_TOOBIG, "more than %d accounts", ACCOUNTS_MAX);
	a->ids[a->n++] = arena_text(&a->c->arena, p->account);
	return E_OK;
}

/* Whether it can be written to is better known now than in six hours. */
static enum code check(struct cli *c, const char *channel, struct err *e)
{
	struct targets targets = { .stop = c->stop };
	struct deliver_ports ports = { .store = targets_store, .ctx = &targets };
	struct accounts *a = arena_alloc(&c->arena, sizeof(*a));

	if (!a)
		return err_nomem(e);
	a->c = c;
	place_walk(&c->db, NULL, c->now_ms, note_account, a, e);
	for (size_t i = 0; i < a->n && !e->code; i++)
		deliver_check(&c->db, &ports, channel, a->ids[i], e);
	targets_release(&targets);
	if (e->code) {
		err_add(e, "channel \"%s\" is kept, but cannot be written to", channel);
		return err_hint(e, "what is due is kept until it can be delivered");
	}
	if (!a->n)
		cli_note(c,
			"channel \"%s\" is kept; nothing is recorded that it could be tried with",
			channel);
	else
		cli_note(c, "channel \"%s\" is kept, and can be written to", channel);
	return E_OK;
}

static enum code set(struct cli *c, const char *name, struct err *e)
{
	struct channel channel = { .name = name,
		.topic = opt_text(&c->o, OPT_TOPIC),
		.kms_key = opt_text(&c->o, OPT_KMS_KEY),
		.frequency = frequency_of(opt_text(&c->o, OPT_FREQUENCY)),
		.endpoint = opt_text(&c->o, OPT_ENDPOINT),
		.profile = opt_text(&c->o, OPT_PROFILE) };

	if (split(c, opt_text(&c->o, OPT_TO), &channel, e) || cli_open_writing(c, e) ||
		channel_put(&c->db, &channel, c->now_ms, e))
		return e->code;
	return check(c, name, e);
}

static enum code list(struct cli *c, struct err *e)
{
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_channels(&c->reader, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code status(struct cli *c, const char *name, struct err *e)
{
	struct channel channel;
	struct printer p;
	struct rows rows;

	if (cli_open(c, e) || (name && channel_get(&c->db, &c->arena, name, &channel, e)))
		return e->code;
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_streams(&c->reader, name, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	if (cli_open_changing(c, e) || channel_remove(&c->db, name, e))
		return e->code;
	cli_note(c, "channel \"%s\" is forgotten; what it delivered stays where it is", name);
	return E_OK;
}

enum code cmd_channel(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0], *name = c->argc > 1 ? c->argv[1] : NULL;

	if (strcmp(verb, "list") == 0 && !name)
		return list(c, e);
	if (strcmp(verb, "status") == 0)
		return status(c, name, e);
	if (strcmp(verb, "set") == 0 && name)
		return set(c, name, e);
	if (strcmp(verb, "remove") == 0 && name)
		return take_off(c, name, e);
	err_set(e, E_INVALID, "channel wants set NAME, list, remove NAME, or status");
	return err_hint(e, "siltstone help channel");
}
