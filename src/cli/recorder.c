/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "cli/when.h"
#include "store/recorder.h"

#define NAME             "default"
#define EVERY_DEFAULT_MS 600000

/* "10m" is ten minutes before now, seen as a length. */
static enum code duration(struct cli *c, const char *text, int64_t *ms, struct err *e)
{
	size_t n = strlen(text);
	int64_t at_ms = 0;
	struct err none = { 0 };

	if (strspn(text, "0123456789smhdw") == n && n && strchr("smhdw", text[n - 1]) &&
		when_parse(text, c->now_ms, &at_ms, &none) == E_OK && at_ms < c->now_ms) {
		*ms = c->now_ms - at_ms;
		return E_OK;
	}
	return err_set(e, E_INVALID,
		"--every is a length of time such as 90s, 10m or 1h, not \"%s\"", text);
}

/* What is not given stays as it is. */
static enum code set(struct cli *c, struct err *e)
{
	const char *types = opt_text(&c->o, OPT_TYPES), *every = opt_text(&c->o, OPT_EVERY);
	const char *role = opt_text(&c->o, OPT_ROLE_ARN);
	struct recorder r = { .name = NAME, .every_ms = EVERY_DEFAULT_MS };
	struct err none = { 0 };

	if (cli_open_writing(c, e))
		return e->code;
	if (recorder_get(&c->db, &c->arena, &r, &none) && none.code != E_NOTFOUND) {
		*e = none;
		return e->code;
	}
	if (types)
		r.types = strcmp(types, "*") == 0 ? NULL : types;
	if (role)
		r.role_arn = role;
	if (every && duration(c, every, &r.every_ms, e))
		return e->code;
	if (recorder_put(&c->db, &r, e))
		return e->code;
	cli_note(c, "the recorder %s",
		r.recording ? "goes on with that" : "is set; siltstone recorder start starts it");
	return E_OK;
}

static enum code turn(struct cli *c, bool recording, struct err *e)
{
	if (cli_open_changing(c, e) || recorder_switch(&c->db, recording, c->now_ms, e))
		return e->code;
	cli_note(c, "the recorder is %s", recording ? "started" : "stopped");
	return E_OK;
}

static enum code status(struct cli *c, struct err *e)
{
	struct recorder r;
	struct printer p;
	struct rows rows;

	if (cli_open(c, e) || recorder_get(&c->db, &c->arena, &r, e))
		return e->code;
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_recorder(&c->reader, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_recorder(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0];

	if (strcmp(verb, "set") == 0)
		return set(c, e);
	if (strcmp(verb, "start") == 0)
		return turn(c, true, e);
	if (strcmp(verb, "stop") == 0)
		return turn(c, false, e);
	if (strcmp(verb, "status") == 0)
		return status(c, e);
	err_set(e, E_INVALID, "recorder wants set, start, stop or status");
	return err_hint(e, "siltstone help recorder");
}
