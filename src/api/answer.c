/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"

#include "api/operation.h"
#include "api/place.h"
#include "api/script.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/time.h"
#include "core/token.h"
#include "store/store.h"
#include "json/canon.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>

#define REQUEST_MAX_BYTES ((size_t)1 << 20)
#define ARENA_BYTES       ((size_t)256 << 20)
#define ANSWER_MAX_BYTES  ((size_t)64 << 20)
#define PAGE_DEFAULT      100
/* Of programs of this house: as many as there are. */
#define PAGE_UNLIMITED    INT64_MAX

/* An operation that is there: by the index of its model. */
struct able {
	const struct operation_entry *entry; /* or NULL */
	struct script script;
	bool writes, past;
};

struct api {
	unsigned char token_key[32];
	struct api_ports ports;
	struct place place;
	struct able able[];
};

static void find_parts(struct able *out, const char *name)
{
	out->entry = operation_entry(name);
	script_find(&out->script, name);
	out->writes = out->script.writes.n || (out->entry && out->entry->writes);
	out->past = script_any(&out->script) ? out->script.past : true;
	if (out->entry && !out->entry->past)
		out->past = false;
}

enum code api_token_key(struct db *db, unsigned char out[32], struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEFAULT_TOKEN_KEY);
	enum code c = stmt_step(&st, e);
	struct str digest = c ? STR_NONE : stmt_col_blob(&st, default_token_key_digest);

	if (!c && digest.n == 32)
		memcpy(out, digest.p, 32);
	else if (!c)
		c = err_set(e, E_CORRUPT, "the store does not say how it began");
	stmt_end(&st);
	return c;
}

enum code api_open(struct api **out, const unsigned char token_key[32],
	const struct api_ports *ports, struct err *e)
{
	struct api *api = mem_alloc(sizeof(*api) + model_operations_n * sizeof(*api->able));

	if (!api)
		return err_nomem(e);
	memcpy(api->token_key, token_key, sizeof(api->token_key));
	if (ports)
		api->ports = *ports;
	place_init(&api->place);
	for (size_t i = 0; i < model_operations_n; i++)
		find_parts(&api->able[i], model_operations[i].name);
	*out = api;
	return E_OK;
}

void api_close(struct api *api)
{
	if (!api)
		return;
	place_release(&api->place);
	explicit_bzero(api->token_key, sizeof(api->token_key));
	mem_free(api);
}

static const struct able *able_of(const struct api *api, const struct model_operation *model)
{
	return &api->able[model - model_operations];
}

bool api_knows(struct str operation, bool *writes)
{
	const struct model_operation *model = model_find(operation);
	struct able able;

	if (!model)
		return false;
	find_parts(&able, model->name);
	*writes = able.writes;
	return true;
}

bool api_offers(const struct api *api, struct str operation, bool *writes)
{
	const struct model_operation *model = model_find(operation);

	if (model)
		*writes = able_of(api, model)->writes;
	return model != NULL;
}

bool api_asks(struct str operation)
{
	const struct model_operation *model = model_find(operation);
	const struct operation_entry *entry = model ? operation_entry(model->name) : NULL;

	return entry && entry->asks;
}

bool api_can(struct str operation)
{
	const struct model_operation *model = model_find(operation);
	struct able able;

	if (!model)
		return false;
	find_parts(&able, model->name);
	return able.entry || script_any(&able.script);
}

enum api_extent api_extent(struct str operation)
{
	const struct model_operation *model = model_find(operation);

	if (!model || !api_can(operation))
		return API_ABSENT;
	return operation_is_kept_only(model->name) ? API_KEPT : API_WHOLE;
}

/* The request, one thing after another */

/* A program of this house gets a page of any size; it is taken out before the model sees it. */
static int64_t unlimited(struct operation *op)
{
	struct json *given = op->model->limit ? json_get(op->input, op->model->limit) : NULL;
	int64_t limit = given ? json_get_int(op->input, op->model->limit, 0) : 0;

	if (given)
		json_remove(op->input, given);
	return limit > 0 ? limit : PAGE_UNLIMITED;
}

static int64_t page_size(const struct operation *op)
{
	int64_t limit = op->model->limit ? json_get_int(op->input, op->model->limit, 0) : 0;

	if (limit > 0)
		return limit;
	return op->model->limit_default > 0 ? op->model->limit_default : PAGE_DEFAULT;
}

/* AWS Config takes a template in a request up to the first of these, and up to the second from S3; a program of this house
 * puts both into the request. The model sees as much as it lets through. */
#define TEMPLATE_BYTES     51200
#define TEMPLATE_MAX_BYTES (300 << 10)

static struct str shorten(struct json *template)
{
	struct str whole = template->text;

	if (whole.n <= TEMPLATE_BYTES || whole.n > TEMPLATE_MAX_BYTES)
		return whole;
	template->text.n = TEMPLATE_BYTES;
	while (template->text.n && ((unsigned char)whole.p[template->text.n] & 0xC0) == 0x80)
		template->text.n--;
	return whole;
}

static enum code check(struct operation *op)
{
	struct buf message = BUF_INIT(MODEL_MESSAGE_MAX_BYTES);
	struct json *template = op->request->unlimited ? json_get(op->input, "TemplateBody") : NULL;
	const struct str whole = json_is(template, JSON_STRING) ? shorten(template) : STR_NONE;
	const char *error = NULL;
	enum code c = model_check(op->model, op->input, op->arena, &error, &message, op->e);

	if (whole.p)
		template->text = whole;

	if (c == E_INVALID && error) {
		*op->e = (struct err){ 0 };
		c = message.n ? api_refuse(op, error, "%.*s", STR_ARG(buf_slice(&message)))
			      : api_refuse(op, error, NULL);
	}
	buf_release(&message);
	return c;
}

static enum code parse(struct operation *op)
{
	const struct str body = str_trim(op->request->body);
	struct err why = { 0 };
	enum code c = json_read(op->arena, body.n ? body : STR("{}"), &op->input, &why);

	if (c == E_NOMEM)
		return err_nomem(op->e);
	if (c)
		return api_refuse(op, "SerializationException", "%s", why.msg);
	if (op->input->kind != JSON_OBJECT)
		return api_refuse(op, "SerializationException", "the request is no JSON object");
	return E_OK;
}

/* What pages are of: the request without what differs from page to page. */
static struct str take_token(struct operation *op)
{
	const struct model_operation *m = op->model;
	struct json *token = m->token_in ? json_get(op->input, m->token_in) : NULL;
	struct json *limit = m->limit ? json_get(op->input, m->limit) : NULL;
	struct str text = json_is(token, JSON_STRING) ? token->text : STR_NONE;

	if (token)
		json_remove(op->input, token);
	if (limit)
		json_remove(op->input, limit);
	return text;
}

static bool set_scope(const struct api *api, const struct operation *op, struct token_scope *out)
{
	struct str canon = json_canon_text(op->arena, op->input);

	*out = (struct token_scope){ .key = api->token_key,
		.operation = op->model->name,
		.account = op->account,
		.region = op->region,
		.at_ms = op->at_ms };
	return canon.p && sha256_of(canon, out->request);
}

static enum code take_page(const struct api *api, struct operation *op, struct token_scope *scope)
{
	const struct str token = take_token(op);
	struct buf text = BUF_INIT((size_t)2 * REQUEST_MAX_BYTES);

	json_write(&text, op->input);
	op->text = arena_str(op->arena, buf_slice(&text));
	if (!buf_ok(&text) || !arena_ok(op->arena) || !set_scope(api, op, scope)) {
		buf_release(&text);
		return err_nomem(op->e);
	}
	buf_release(&text);
	if (token.n && !token_open(scope, op->arena, token, &op->after))
		return api_refuse(
			op, "InvalidNextTokenException", "The nextToken provided is invalid");
	return E_OK;
}

/* Running */

static enum code run_parts(const struct able *able, struct operation *op)
{
	enum code c = script_refuse(&able->script, op);

	if (!c && able->entry)
		c = able->entry->fn(op);
	if (!c)
		c = script_write(&able->script, op);
	return c ? c : script_answer(&able->script, op);
}

static enum code read_parts(const struct able *able, struct operation *op)
{
	struct stmt st;
	struct err late = { 0 };
	enum code c;

	if (op->db->tx)
		return run_parts(able, op);
	/* One that could not be ended. */
	db_rollback(op->db);
	st = stmt_begin(op->db, SQL_DEFAULT_SNAPSHOT);
	c = stmt_run(&st, op->e);
	if (c)
		return c;
	c = run_parts(able, op);
	st = stmt_begin(op->db, SQL_DEFAULT_SNAPSHOT_END);
	if (stmt_run(&st, &late))
		db_rollback(op->db);
	return c;
}

static enum code run(const struct able *able, struct operation *op)
{
	enum code c;

	if (!able->entry && !script_any(&able->script))
		return api_refuse(op, "InternalFailure", "%s is not available", op->model->name);
	if (able->writes && op->at_ms < TIME_FOREVER_MS)
		return api_refuse(op, "ValidationException", "the past cannot be changed");
	if (op->at_ms < TIME_FOREVER_MS && !able->past) {
		/* The shadows stay in the connection. */
		op->db->spent = true;
		if (store_as_of(op->db, op->at_ms, op->e))
			return op->e->code;
	}
	if (!able->writes)
		return read_parts(able, op);
	if (able->entry && able->entry->alone) {
		/* One that could not be ended. */
		db_rollback(op->db);
		return able->entry->fn(op);
	}
	if (db_begin(op->db, op->e))
		return op->e->code;
	c = run_parts(able, op);
	if (!c)
		return db_commit(op->db, op->e);
	db_rollback(op->db);
	return c;
}

/* The answer */

static enum code write_output(struct operation *op, const struct token_scope *scope)
{
	struct str token = STR_NONE;

	if (op->next.p && op->model->token_out) {
		token = token_seal(scope, op->arena, op->next);
		if (!token.p)
			return err_nomem(op->e);
		if (!op->body->n)
			json_set(op->output, str_of(op->model->token_out),
				json_string(op->arena, token));
	}
	if (op->body->n) {
		/* It wrote all but the token, and the last bracket. */
		if (token.p) {
			buf_printf(op->body, ",\"%s\":", op->model->token_out);
			json_write_string(op->body, token);
		}
		buf_char(op->body, '}');
	} else if (op->model->output) {
		if (model_write(op->model, op->output, op->body, op->e))
			return op->e->code;
	}
	return buf_ok(op->body) ? E_OK
				: err_set(op->e, op->body->full ? E_TOOBIG : E_NOMEM,
					  "the answer of %s is too large", op->model->name);
}

static void write_error(struct api_answer *answer, const char *error, struct str message)
{
	snprintf(answer->error, sizeof(answer->error), "%s", error);
	buf_clear(&answer->body);
	buf_text(&answer->body, "{\"__type\":");
	json_write_string(&answer->body, str_of(error));
	if (message.p) {
		buf_text(&answer->body, ",\"message\":");
		json_write_string(&answer->body, message);
	}
	buf_char(&answer->body, '}');
}

static enum code work(struct api *api, struct operation *op)
{
	struct token_scope scope;
	const struct able *able = able_of(api, op->model);
	enum code c = parse(op);

	if (!c && op->request->unlimited)
		op->limit = unlimited(op);
	if (!c)
		c = check(op);
	if (!c && !op->limit)
		op->limit = page_size(op);
	if (!c)
		c = place_find(&api->place, op);
	if (!c)
		c = take_page(api, op, &scope);
	if (!c)
		c = run(able, op);
	return c ? c : write_output(op, &scope);
}

/* E_OK: it is an answer. */
static enum code conclude(
	enum code c, const struct operation *op, struct api_answer *answer, struct err *e)
{
	if (!c) {
		answer->kick = op->kick;
		return E_OK;
	}
	if (c == E_DENIED && op->error[0]) {
		answer->status =
			strcmp(op->error, "RequestEntityTooLargeException") == 0 ? 413 : 400;
		write_error(answer, op->error, op->silent ? STR_NONE : op->message);
		return buf_ok(&answer->body) ? E_OK : err_nomem(e);
	}
	if (c == E_NOMEM || c == E_CANCELED)
		return c;
	answer->status = 500;
	write_error(answer, "InternalFailure", STR("the store could not be asked"));
	return E_OK;
}

enum code api_answer(struct api *api, struct db *db, const struct api_request *request,
	struct api_answer *answer, struct err *e)
{
	struct arena arena = ARENA_INIT(ARENA_BYTES);
	struct operation op = { .model = model_find(request->operation),
		.request = request,
		.ports = &api->ports,
		.token_key = api->token_key,
		.db = db,
		.arena = &arena,
		.e = e,
		.now_ms = request->now_ms,
		.at_ms = request->as_of_ms ? request->as_of_ms : TIME_FOREVER_MS,
		.body = &answer->body };
	enum code c;

	*answer = (struct api_answer){ .status = 200, .body = BUF_INIT(ANSWER_MAX_BYTES) };
	op.output = json_new(&arena, JSON_OBJECT);
	if (!op.model)
		c = api_refuse(&op, "UnknownOperationException", NULL);
	else if (request->body.n > REQUEST_MAX_BYTES && !request->unlimited)
		c = api_refuse(&op, "RequestEntityTooLargeException", NULL);
	else if (!op.output)
		c = err_nomem(e);
	else {
		op.kick = able_of(api, op.model)->writes;
		c = work(api, &op);
	}
	c = conclude(c, &op, answer, e);
	arena_release(&arena);
	return c;
}

void api_answer_release(struct api_answer *answer)
{
	buf_release(&answer->body);
}
