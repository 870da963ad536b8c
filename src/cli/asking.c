/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/asking.h"

#include "api/findings.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>

#define BODY_BYTES ((size_t)16 << 20)

static const struct api_ports no_ports = { NULL, NULL };

enum code asking_open(struct asking *a, struct cli *c, bool writes, struct err *e)
{
	unsigned char key[32];

	*a = (struct asking){ .c = c,
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION) };
	if ((writes ? cli_open_changing(c, e) : cli_open(c, e)) || api_token_key(&c->db, key, e))
		return e->code;
	return api_open(&a->api, key, &no_ports, e);
}

void asking_close(struct asking *a)
{
	if (a->api)
		api_close(a->api);
	a->api = NULL;
}

enum code asking_place(struct asking *a, struct err *e)
{
	if (a->account && a->region)
		return E_OK;
	return findings_default_place(&a->c->db, &a->c->arena, &a->account, &a->region, e);
}

/* "NoSuchConfigRuleException: The ConfigRule ..." */
static enum code refused(
	struct asking *a, const char *operation, const struct api_answer *answer, struct err *e)
{
	const bool missing = strncmp(answer->error, "NoSuch", 6) == 0;
	const bool no_recorder =
		strncmp(answer->error, "NoAvailableConfigurationRecorder", 32) == 0;
	struct json *body = NULL;
	struct err none = { 0 };
	struct str message = STR_NONE;

	if (answer->status >= 500 && e->code)
		return e->code;
	if (!json_read(&a->c->arena, buf_slice(&answer->body), &body, &none))
		message = json_get_text(body, "message");
	err_set(e, missing ? E_NOTFOUND : E_INVALID, "%s: %s%s%.*s", operation, answer->error,
		message.n ? ": " : "", STR_ARG(message));
	return no_recorder ? err_hint(e, "siltstone recorder set --all") : e->code;
}

enum code asking_ask(struct asking *a, const char *operation, const struct json *input,
	struct json **answer, struct err *e)
{
	struct buf body = BUF_INIT(BODY_BYTES);
	struct api_request request = { .operation = str_of(operation),
		.account = a->account,
		.region = a->region,
		.now_ms = a->c->now_ms,
		.unlimited = true,
		.stop = a->c->stop };
	struct api_answer said = { 0 };
	enum code c;

	json_write(&body, input);
	if (!buf_ok(&body)) {
		buf_release(&body);
		return err_set(e, E_TOOBIG, "%s: the request is too long", operation);
	}
	request.body = buf_slice(&body);
	c = api_answer(a->api, &a->c->db, &request, &said, e);
	if (!c && said.status != 200)
		c = refused(a, operation, &said, e);
	else if (!c && answer && said.body.n)
		c = json_read(
			&a->c->arena, arena_str(&a->c->arena, buf_slice(&said.body)), answer, e);
	api_answer_release(&said);
	buf_release(&body);
	return c;
}
