/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"

#include "api/model.h"
#include "base/when.h"
#include "cli/cli.h"
#include "discover/writable.h"
#include "store/store.h"
#include <errno.h>
#include <stdio.h>

#define BODY_BYTES ((size_t)64 << 20)

static enum code read_file(const char *path, struct buf *out, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char piece[16384];
	size_t n;

	if (!f)
		return err_sys(e, errno == EACCES ? E_DENIED : E_NOTFOUND, errno,
			"could not open \"%s\"", path);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, piece, n);
	if (ferror(f))
		err_sys(e, E_IO, errno, "could not read \"%s\"", path);
	if (f != stdin)
		(void)fclose(f);
	if (!e->code && !buf_ok(out))
		return err_set(e, E_TOOBIG, "\"%s\" is too large for a request", path);
	return e->code;
}

/* JSON as it stands, @FILE, or - for standard input. */
static enum code read_body(struct cli *c, struct buf *out, struct err *e)
{
	const char *given = c->argc > 1 ? c->argv[1] : "";

	if (given[0] == '@')
		return read_file(given + 1, out, e);
	if (strcmp(given, "-") == 0)
		return read_file(given, out, e);
	buf_text(out, given);
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static enum code unknown(const char *name, struct err *e)
{
	const char *nearest = NULL;
	size_t n = model_operations_n;

	err_set(e, E_NOTFOUND, "AWS Config has no operation \"%s\"", name);
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(model_operations[i].name, name) == 0)
			nearest = model_operations[i].name;
	return nearest ? err_hint(e, "siltstone api %s", nearest) : e->code;
}

/* What was refused is printed as it would be answered, and told on standard error, too. */
static enum code print(const struct api_answer *answer, struct err *e)
{
	if (answer->body.n)
		printf("%.*s\n", STR_ARG(buf_slice(&answer->body)));
	if (answer->status == 200)
		return E_OK;
	if (answer->status >= 500 && e->code)
		return e->code;
	return err_set(e, E_INVALID, "refused: %s", answer->error);
}

/* Standard error tells what happened, standard output what AWS Config says to that. */
static enum code check_channel(void *ctx, const struct channel *channel, const char *account,
	struct channel_refusal *refusal, struct err *e)
{
	struct cli *c = ctx;
	enum code code = writable_check(channel, account, c->stop, refusal, e);

	if (code == E_DENIED)
		cli_note(c, "%s", e->msg);
	return code;
}

static enum code ask(struct cli *c, struct str body, bool writes, struct err *e)
{
	struct api_request request = { .operation = str_of(c->argv[0]),
		.body = body,
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION),
		.now_ms = c->now_ms,
		.stop = c->stop };
	const char *as_of = opt_text(&c->o, OPT_AS_OF);
	const struct api_ports ports = { check_channel, c };
	struct api_answer answer;
	unsigned char key[32];
	struct api *api;

	if (as_of && when_parse(as_of, c->now_ms, &request.as_of_ms, e))
		return err_add(e, "--as-of");
	if (as_of)
		request.as_of_ms = when_whole_second(request.as_of_ms);
	if (store_open(&c->db, c->store, writes ? DB_WRITE : DB_READ, c->now_ms, e) ||
		api_token_key(&c->db, key, e) || api_open(&api, key, &ports, e))
		return e->code;
	c->db.seal_key = config_get(&c->config, "evidence", "", "key");
	if (!api_answer(api, &c->db, &request, &answer, e))
		print(&answer, e);
	api_answer_release(&answer);
	api_close(api);
	return e->code;
}

static enum code list(struct cli *c, struct err *e)
{
	static const char *const names[] = { "operation", "does", "answered" };
	static const char *const extents[] = { "not available", "rows only", "fully" };
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	rows.begin(rows.ctx, names, 3, e);
	for (size_t i = 0; i < model_operations_n && !e->code; i++) {
		const struct str name = str_of(model_operations[i].name);
		const enum api_extent extent = api_extent(name);
		bool writes = false;
		struct cell cells[3];

		(void)api_knows(name, &writes);
		cells[0] = cell_text(name.p);
		cells[1] = cell_text(extent == API_ABSENT ? NULL : writes ? "writes" : "reads");
		cells[2] = cell_text(extents[extent]);
		rows.row(rows.ctx, cells, 3, e);
	}
	if (!e->code)
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_api(struct cli *c, struct err *e)
{
	struct buf body = BUF_INIT(BODY_BYTES);
	bool writes;

	if (opt_text(&c->o, OPT_LISTED) && c->argc == 0)
		return list(c, e);
	if (opt_text(&c->o, OPT_LISTED) || c->argc == 0) {
		err_set(e, E_INVALID, "api wants the name of one operation, or --list");
		return err_hint(e, "siltstone api --list");
	}
	if (!api_knows(str_of(c->argv[0]), &writes))
		return unknown(c->argv[0], e);
	if (!read_body(c, &body, e))
		ask(c, buf_slice(&body), writes, e);
	buf_release(&body);
	return e->code;
}
