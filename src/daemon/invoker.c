/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/invoker.h"

#include "api/answer.h"
#include "aws/lambda.h"
#include "base/mem.h"
#include "base/time.h"
#include "discover/login.h"
#include "function/host.h"
#include "net/crew.h"
#include "store/store.h"
#include <pthread.h>
#include <stdatomic.h>

/* Calls of Lambda at a time: each waits for an answer without a body. */
#define THREADS 8
#define QUEUED  32

struct invoker {
	struct function_runner port; /* first: it is given out as one */
	struct invoker_options o;
	struct function_host *host;
	unsigned char key[32];

	pthread_mutex_t asking; /* over the two below: one function asks at a time */
	struct db db;
	struct api *api;
	bool open;

	/* Of the thread that starts calls. */
	struct crew *crew;
	struct login login;
	struct sweep_options options;
	bool logged_in;
	atomic_int flying; /* calls of Lambda */
	atomic_bool forget, stopped;
	pthread_mutex_t entering; /* over login.http while it may be canceled */
};

/* What functions ask */

static enum code open_store(struct invoker *v, struct err *e)
{
	if (v->open)
		return E_OK;
	if (store_open(&v->db, v->o.store, DB_WRITE, time_now_ms(), e)) {
		db_close(&v->db);
		return e->code;
	}
	v->db.seal_key = config_get(v->o.config, "evidence", "", "key");
	v->open = true;
	return E_OK;
}

static enum code ask(struct invoker *v, const struct api_request *q, int *status,
	struct buf *answer, struct err *e)
{
	struct api_answer got = { 0 };

	if (!open_store(v, e)) {
		(void)api_answer(v->api, &v->db, q, &got, e);
		/* What failed in the store is an answer, too: 500. */
		*status = got.status;
		buf_str(answer, buf_slice(&got.body));
		api_answer_release(&got);
		if (v->db.spent) {
			db_close(&v->db);
			v->open = false;
		}
	}
	return *status && buf_ok(answer) ? E_OK : e->code ? e->code : err_nomem(e);
}

static enum code on_config(void *ctx, const struct function_question *wanted, int *status,
	struct buf *answer, struct err *e)
{
	struct invoker *v = ctx;
	const struct api_request q = { .operation = wanted->operation,
		.body = wanted->body,
		.account = wanted->account,
		.region = wanted->region,
		.now_ms = time_now_ms() };
	enum code c;

	*status = 0;
	pthread_mutex_lock(&v->asking);
	c = ask(v, &q, status, answer, e);
	pthread_mutex_unlock(&v->asking);
	return c;
}

/* Lambda */

/* One call on its way. */
struct call {
	struct invoker *v;
	struct aws *aws;
	struct buf arn, event;
	struct function_result result;
};

static void free_call(struct call *c)
{
	buf_release(&c->arn);
	buf_release(&c->event);
	function_result_release(&c->result);
	mem_free(c);
}

static void run_call(void *ctx)
{
	struct call *c = ctx;
	struct function_result *r = &c->result;

	r->started_ms = time_now_ms();
	r->begun = !lambda_start(c->aws, c->arn.p, buf_slice(&c->event), &r->err);
	r->took_ms = time_now_ms() - r->started_ms;
	memcpy(r->outcome, "ok", r->begun ? 3 : 0);
	if (atomic_load(&c->v->stopped) && !r->begun)
		r->err.code = E_CANCELED;
	function_host_put(c->v->host, r);
	atomic_fetch_sub(&c->v->flying, 1);
	free_call(c);
}

static void drop_call(void *ctx)
{
	struct call *c = ctx;

	err_set(&c->result.err, E_CANCELED, "stopped");
	function_host_put(c->v->host, &c->result);
	free_call(c);
}

static struct call *make_call(struct invoker *v, const struct function_call *call)
{
	static const struct call fresh = { .arn = BUF_INIT(4096),
		.event = BUF_INIT(FUNCTION_ANSWER_MAX),
		.result = FUNCTION_RESULT_INIT };
	struct call *c = mem_alloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = fresh;
	c->v = v;
	c->aws = v->login.aws;
	c->result.call_id = call->call_id;
	buf_text(&c->arn, call->arn);
	buf_str(&c->event, call->event);
	if (buf_ok(&c->arn) && buf_ok(&c->event))
		return c;
	free_call(c);
	return NULL;
}

static void log_out(struct invoker *v)
{
	pthread_mutex_lock(&v->entering);
	login_close(&v->login);
	v->login = (struct login)LOGIN_INIT;
	v->logged_in = false;
	pthread_mutex_unlock(&v->entering);
}

/* Whose calls they are; made at the first one, and anew when nothing is under way and somebody wants it. */
static enum code log_in(struct invoker *v, struct err *e)
{
	const struct config *config = v->o.config;

	if (v->logged_in && atomic_load(&v->flying) == 0 && atomic_exchange(&v->forget, false))
		log_out(v);
	if (v->logged_in)
		return E_OK;
	v->options = (struct sweep_options){ .kind = "aws",
		.any_account = true,
		.profile = config_get(config, "functions", "", "profile"),
		.endpoint = config_get(config, "functions", "", "endpoint"),
		.role_arn = config_get(config, "functions", "", "role_arn") };
	if (login_anywhere(&v->login, &v->options, e)) {
		log_out(v);
		return e->code;
	}
	v->logged_in = true;
	return E_OK;
}

static enum code start_lambda(struct invoker *v, const struct function_call *call, struct err *e)
{
	struct call *c;

	if (log_in(v, e) || (!v->crew && crew_open(&v->crew, THREADS, e)) ||
		function_host_expect(v->host, QUEUED, e))
		return e->code;
	c = make_call(v, call);
	atomic_fetch_add(&v->flying, 1);
	if (c && !crew_add(v->crew, "lambda", THREADS, run_call, c, e))
		return E_OK;
	atomic_fetch_sub(&v->flying, 1);
	function_host_unexpect(v->host);
	if (c)
		free_call(c);
	return e->code ? e->code : err_nomem(e);
}

/* The port */

static enum code start(struct function_runner *r, const struct function_call *call, struct err *e)
{
	struct invoker *v = (struct invoker *)r;

	if (atomic_load(&v->stopped))
		return err_set(e, E_CANCELED, "stopped");
	return call->hosted ? function_host_start(v->host, call, e) : start_lambda(v, call, e);
}

static enum code reap(
	struct function_runner *r, int64_t wait_ms, struct function_result *out, struct err *e)
{
	struct invoker *v = (struct invoker *)r;

	return function_host_reap(v->host, wait_ms, out, e);
}

enum code invoker_open(
	struct invoker **out, const struct invoker_options *options, struct db *db, struct err *e)
{
	const struct config *config = options->config;
	struct function_host_options host = { .config = on_config,
		.python = config_get(config, "functions", "", "python"),
		.node = config_get(config, "functions", "", "node"),
		.scratch = config_get(config, "functions", "", "scratch") };
	struct invoker *v = mem_alloc(sizeof(*v));

	if (!v)
		return err_nomem(e);
	v->port = (struct function_runner){ start, reap };
	v->o = *options;
	v->login = (struct login)LOGIN_INIT;
	pthread_mutex_init(&v->asking, NULL);
	pthread_mutex_init(&v->entering, NULL);
	host.ctx = v;
	if (api_token_key(db, v->key, e) || api_open(&v->api, v->key, NULL, e) ||
		function_host_open(&v->host, &host, e)) {
		invoker_close(v);
		return e->code;
	}
	*out = v;
	return E_OK;
}

void invoker_stop(struct invoker *v)
{
	if (!v)
		return;
	atomic_store(&v->stopped, true);
	function_host_stop(v->host);
	pthread_mutex_lock(&v->entering);
	if (v->login.http)
		http_cancel(v->login.http);
	pthread_mutex_unlock(&v->entering);
}

void invoker_forget(struct invoker *v)
{
	if (v)
		atomic_store(&v->forget, true);
}

void invoker_close(struct invoker *v)
{
	if (!v)
		return;
	if (v->host)
		invoker_stop(v);
	crew_close(v->crew, drop_call);
	function_host_close(v->host);
	login_close(&v->login);
	api_close(v->api);
	if (v->open)
		db_close(&v->db);
	pthread_mutex_destroy(&v->asking);
	pthread_mutex_destroy(&v->entering);
	mem_free(v);
}

struct function_runner *invoker_runner(struct invoker *v)
{
	return &v->port;
}

const unsigned char *invoker_token_key(const struct invoker *v)
{
	return v->key;
}
