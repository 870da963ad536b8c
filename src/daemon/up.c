/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/up.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/sha256.h"
#include "base/time.h"
#include "daemon/door.h"
#include "daemon/http_server.h"
#include "daemon/invoker.h"
#include "daemon/live.h"
#include "daemon/lock.h"
#include "daemon/mender.h"
#include "daemon/metrics.h"
#include "daemon/notify_socket.h"
#include "daemon/pages.h"
#include "daemon/seed.h"
#include "daemon/service.h"
#include "daemon/tick.h"
#include "daemon/web.h"
#include "discover/writable.h"
#include "net/guard.h"
#include "store/catalogue.h"
#include "store/channel.h"
#include "store/invocation_row.h"
#include "store/sink.h"
#include "store/store.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define LISTEN       "127.0.0.1:8470"
/* Transfers are called off at once; what still works then is the store. */
#define INTERRUPT_MS 1500
#define GIVE_UP_MS   5000
/* A commit is several writes; told soon is told at once. */
#define WRITTEN_MS   10
#define PATH_BYTES   (16u << 10)
#define TOKEN_BYTES  1024
#define ROUTES_MAX   (WEB_ROUTES_MAX + PAGES_ROUTES_MAX + 8)

struct up {
	const struct up_options *o;
	struct loop loop;
	struct lanes *lanes;
	struct schedule schedule;
	struct http_server *http;
	struct targets targets;
	struct courier *courier;
	struct tick_ports ports;
	struct guard guard;
	struct metrics metrics;
	struct hear hear;
	struct invoker *invoker; /* NULL: functions are not run */
	struct invoking *invoking;
	struct mender *mender; /* NULL: nothing is mended */
	struct service service;
	struct api_ports api_ports;
	struct web web;
	struct pages pages;
	struct live *live;
	struct door door;
	struct door_settings settings; /* until the server, or at SIGHUP the door, has them */
	struct buf token;              /* whoever posts events has it; empty: nobody may */
	struct lock lock;
	volatile sig_atomic_t stop;
	struct loop_timer interrupt, give_up, watchdog;
	struct loop_watch written;
	struct job reload;
	bool reloading, reload_again, stopping, healthy;
	struct err first; /* with --once */
};

static void set_level(const struct up_options *o, const struct config *config)
{
	const char *level = o->log_level ? o->log_level : config_get(config, "log", "", "level");
	enum log_level l = LOG_INFO;

	if (level)
		(void)log_level_parse(str_of(level), &l);
	log_set_level(l);
}

/* Stopping */

static void maybe_end(struct up *u)
{
	if (u->stopping && lanes_pending(u->lanes) == 0)
		loop_end(&u->loop);
}

static void on_interrupt(void *arg)
{
	struct up *u = arg;

	lanes_interrupt(u->lanes);
}

/* Whoever does not come back by then waits for somebody else; a crash is something the store is made for. */
static void on_give_up(void *arg)
{
	struct up *u = arg;

	log_write(EV_DAEMON_STOPPED, NULL, log_int("abandoned", lanes_pending(u->lanes)));
	_exit(u->o->once ? 130 : 0);
}

static void on_stop(void *arg)
{
	struct up *u = arg;

	if (!u->lanes)
		return;
	if (u->stopping) {
		on_give_up(u);
		return;
	}
	u->stopping = true;
	u->stop = 1;
	notify_socket_tell("STOPPING=1");
	log_write(EV_DAEMON_STOPPING, NULL, log_int("pending", lanes_pending(u->lanes)));
	if (u->http)
		http_server_quiet(u->http);
	live_end(u->live);
	schedule_stop(&u->schedule);
	lanes_drop(u->lanes);
	courier_cancel(u->courier);
	invoker_stop(u->invoker);
	mender_stop(u->mender);
	loop_timer_once(&u->interrupt, INTERRUPT_MS);
	loop_timer_once(&u->give_up, GIVE_UP_MS);
	maybe_end(u);
}

static void on_wake(void *arg)
{
	struct up *u = arg;

	if (!u->lanes)
		return;
	lanes_reap(u->lanes);
	maybe_end(u);
}

static void on_idle(void *arg, const struct err *first)
{
	struct up *u = arg;

	u->first = *first;
	u->stopping = true;
}

/* Reading the configuration again */

static const struct config_value *said(
	const struct config *config, const char *section, const char *key)
{
	const struct config_value *v = config->first;

	while (v && (strcmp(v->section, section) != 0 || strcmp(v->key, key) != 0))
		v = v->next;
	return v;
}

static bool same(const struct config_value *a, const struct config_value *b)
{
	return a && b ? strcmp(a->text, b->text) == 0 : a == b;
}

/* A flag beats the file, whatever that says now. */
static void tell_restarts(const struct up_options *o, const struct config *config)
{
	static const struct {
		const char *section, *key, *name;
	} fixed[] = { { "http", "listen", "http.listen" }, { "store", "path", "store.path" },
		{ "http", "cors_origins", "http.cors_origins" },
		{ "http", "embed_origins", "http.embed_origins" } };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		const struct config_value *was = said(o->config, fixed[i].section, fixed[i].key);
		const struct config_value *is = said(config, fixed[i].section, fixed[i].key);
		bool by_flag = (was && was->origin[0] == '-') || (i == 0 && o->listen);

		if (!by_flag && !same(was, is))
			log_write(EV_SETTING_RESTART, NULL, log_text("setting", fixed[i].name),
				log_text("said", is ? is->text : ""));
	}
}

static enum code beat_config(const struct up_options *o, struct config *config, struct err *e)
{
	if (o->anonymous &&
		config_set(config, "access", "", "anonymous", o->anonymous, "--anonymous", e))
		return e->code;
	if (o->key_file)
		config_set(config, "access", "", "key_file", o->key_file, "--key-file", e);
	return e->code;
}

static enum code read_again(struct job *job, struct db *db, struct err *e)
{
	struct up *u = (struct up *)((char *)job - offsetof(struct up, reload));
	struct config config = CONFIG_INIT;

	/* What nobody took: there is no server. */
	door_settings_release(&u->settings);
	if (!config_read(&config, u->o->config_file, e) && !beat_config(u->o, &config, e) &&
		!door_settings_read(&u->settings, &config, e)) {
		set_level(u->o, &config);
		tell_restarts(u->o, &config);
		seed_rows(db, &config, time_now_ms(), e);
		/* Keys may have been changed where no row says so: in the environment's files, in profiles. */
		targets_forget(&u->targets);
		courier_forget(u->courier);
		invoker_forget(u->invoker);
		mender_forget(u->mender);
	}
	config_release(&config);
	return e->code;
}

static void start_reload(struct up *u);

static void on_reloaded(struct job *job, const struct err *e)
{
	struct up *u = (struct up *)((char *)job - offsetof(struct up, reload));

	u->reloading = false;
	log_write(e->code ? EV_CONFIG_REFUSED : EV_DAEMON_RELOADED, e,
		log_text("store", u->o->store));
	if (e->code)
		door_settings_release(&u->settings);
	else
		door_apply(&u->door, &u->settings, u->http);
	if (u->stopping)
		return;
	schedule_kick(&u->schedule);
	if (u->reload_again)
		start_reload(u);
}

static void start_reload(struct up *u)
{
	u->reloading = true;
	u->reload_again = false;
	u->reload.run = read_again;
	u->reload.done = on_reloaded;
	lanes_submit(u->lanes, LANE_WRITE, &u->reload);
}

static void on_reload(void *arg)
{
	struct up *u = arg;

	if (u->reloading)
		u->reload_again = true;
	else if (!u->stopping && u->lanes)
		start_reload(u);
}

/* Pages */

struct page {
	struct job job;
	struct up *up;
	struct http_query *q;
	bool metrics;
	struct buf text;
};

static enum code write_page(struct job *job, struct db *db, struct err *e)
{
	struct page *p = (struct page *)job;
	int64_t began_us = time_ticks_us();

	if (p->metrics) {
		metrics_write(&p->up->metrics, db, p->up->o->store, time_now_ms(), &p->text, e);
		histogram_add(&p->up->metrics.query, time_ticks_us() - began_us);
		return e->code;
	}
	/* That a worker could open the store and ask it something is the health that matters. */
	buf_text(&p->text, "ok\n");
	return buf_ok(&p->text) ? E_OK : err_nomem(e);
}

static void page_written(struct job *job, const struct err *e)
{
	struct page *p = (struct page *)job;
	bool ok = !e->code;

	if (ok && p->metrics) {
		buf_text(&p->text, "# HELP siltstone_http_requests_total Requests answered.\n"
				   "# TYPE siltstone_http_requests_total counter\n");
		http_server_figures(p->up->http, &p->text);
		hear_figures(&p->up->hear, &p->text);
		ok = buf_ok(&p->text);
	}
	if (ok) {
		http_answer(p->q, 200,
			p->metrics ? "text/plain; version=0.0.4; charset=utf-8"
				   : "text/plain; charset=utf-8",
			buf_slice(&p->text));
	} else {
		/* Why is for the log: whoever asks may be anybody on this machine. */
		log_write(EV_HTTP_FAILED, e, log_text("page", p->metrics ? "metrics" : "healthz"));
		http_answer(p->q, 503, "text/plain", STR("the store cannot be read\n"));
	}
	buf_release(&p->text);
	mem_free(p);
}

static void serve(struct up *u, struct http_query *q, bool metrics)
{
	struct page *p = mem_alloc(sizeof(*p));

	if (!p) {
		http_answer(q, 503, "text/plain", STR("out of memory\n"));
		return;
	}
	*p = (struct page){ .job = { .run = write_page, .done = page_written },
		.up = u,
		.q = q,
		.metrics = metrics,
		.text = BUF_INIT(32 << 20) };
	lanes_submit(u->lanes, LANE_READ, &p->job);
}

static void serve_health(void *ctx, struct http_query *q)
{
	serve(ctx, q, false);
}

/* Of what is recorded, and where: for everybody on this machine, and beyond it for whoever has a key. */
static void serve_metrics(void *ctx, struct http_query *q)
{
	const struct up *u = ctx;
	struct gate_request request = gate_request_of(q, time_now_ms());
	struct gate_refusal refusal = { 0 };
	struct caller_identity who;

	if (!q->local && gate_admit(u->door.gate, &request, &who, &refusal))
		http_answer(q, 401, "text/plain", STR("a token of an access key is to be shown\n"));
	else
		serve(ctx, q, true);
}

/* Events that are posted */

static bool same_token(struct str token, const char *shown)
{
	static const char bearer[] = "Bearer ";

	return token.n && shown && strncasecmp(shown, bearer, sizeof(bearer) - 1) == 0 &&
	       sha256_same(token, str_trim(str_of(shown + sizeof(bearer) - 1)));
}

static bool admit_events(void *ctx, struct http_query *q)
{
	const struct up *u = ctx;

	if (same_token(buf_slice(&u->token), q->authorization))
		return true;
	http_answer(q, 401, "text/plain", STR("the token of http.token_file is to be shown\n"));
	return false;
}

static void serve_events(void *ctx, struct http_query *q)
{
	struct up *u = ctx;
	struct err e = { 0 };

	if (!admit_events(ctx, q))
		return;
	if (hear_post(&u->hear, q->body, &e)) {
		http_answer(q, 503, "text/plain", STR("too much is waiting\n"));
		return;
	}
	http_answer(q, 202, "text/plain", STR("it will be looked at\n"));
	schedule_kick_one(&u->schedule, "posted");
}

/* Whoever may post says who did what: that is nobody's but those who were given the token. */
static enum code read_token(struct up *u, struct err *e)
{
	const char *path = config_get(u->o->config, "http", "", "token_file");
	struct str token;
	FILE *f = path ? fopen(path, "re") : NULL;
	char text[TOKEN_BYTES];

	if (!path)
		return E_OK;
	if (!f)
		return err_sys(e, E_NOTFOUND, errno, "read http.token_file \"%s\"", path);
	token = str_trim((struct str){ text, fread(text, 1, sizeof(text), f) });
	(void)fclose(f);
	if (!token.n || token.n == sizeof(text))
		return err_set(e, E_INVALID, "\"%s\" holds no token", path);
	buf_str(&u->token, token);
	return buf_ok(&u->token) ? E_OK : err_nomem(e);
}

/* Starting */

/* A daemon that died left them, and would be waited for; a command that is sending just now does so once
 * more at worst. */
static enum code free_leases(struct db *db, struct err *e)
{
	enum code c = delivery_free_leases(db, e);

	if (!c)
		c = invocation_free_leases(db, e);
	return c ? c : sink_free_leases(db, e);
}

static enum code check_channel(void *ctx, const struct channel *channel, const char *account,
	struct channel_refusal *refusal, struct err *e)
{
	const struct up *u = ctx;
	enum code c = writable_check(channel, account, &u->stop, refusal, e);

	if (c == E_DENIED)
		log_write(EV_CHANNEL_REFUSED, e, log_text("channel", channel->name));
	return c;
}

static void on_function(
	void *ctx, const char *rule, const char *function, const struct function_result *r)
{
	(void)ctx;
	log_write(r->err.code ? EV_FUNCTION_FAILED : EV_FUNCTION_DONE, r->err.code ? &r->err : NULL,
		log_text("rule", rule), log_text("function", function),
		log_text("outcome", r->outcome), log_int("ms", r->took_ms));
}

static enum code open_invoker(struct up *u, struct db *db, struct err *e)
{
	const struct invoker_options o = { u->o->store, u->o->config };
	const char *run = config_get(u->o->config, "functions", "", "run");
	struct invoke_ports ports = { .told = on_function };
	bool on = true;

	if (run && config_bool(str_of(run), &on) && !on)
		return E_OK;
	if (invoker_open(&u->invoker, &o, db, e))
		return e->code;
	ports.runner = invoker_runner(u->invoker);
	ports.token_key = invoker_token_key(u->invoker);
	return invoking_open(&u->invoking, &ports, e);
}

static enum code open_mender(struct up *u, struct err *e)
{
	const char *run = config_get(u->o->config, "remediation", "", "run");
	bool on = true;

	if (run && config_bool(str_of(run), &on) && !on)
		return E_OK;
	return mender_open(&u->mender, u->o->config, e);
}

/* The store is made or brought up to date before anybody else opens it. */
static enum code prepare_store(struct up *u, struct err *e)
{
	struct db db = { 0 };

	if (!store_open(&db, u->o->store, DB_CREATE, time_now_ms(), e) && !catalogue_sync(&db, e) &&
		!free_leases(&db, e) && !seed_rows(&db, u->o->config, time_now_ms(), e))
		(void)(service_open(&u->service, &db, e) ||
			door_open(&u->door, &u->settings, &db, e) || open_invoker(u, &db, e) ||
			open_mender(u, e));
	db_close(&db);
	return e->code;
}

static void on_watchdog(void *arg)
{
	(void)arg;
	notify_socket_tell("WATCHDOG=1");
}

/* Somebody has committed: what happened is judged and told at once. */
static void on_written(void *arg)
{
	struct up *u = arg;

	schedule_kick_one(&u->schedule, "evaluate");
	schedule_kick_one(&u->schedule, "notify");
	schedule_kick_one(&u->schedule, "invoke");
	door_written(&u->door);
	live_written(u->live);
}

/* An answer of the API changed what is due. */
static void on_kick(void *arg)
{
	struct up *u = arg;

	if (!u->stopping)
		schedule_kick(&u->schedule);
}

static enum code open_parts(struct up *u, struct err *e)
{
	struct loop_calls calls = { on_wake, on_stop, on_reload, u };
	struct lanes_options lanes = { .store = u->o->store,
		.seal_key = config_get(u->o->config, "evidence", "", "key"),
		/* A sweep and an upload may each take an hour, and a queue is always waited for; what happens is told
		 * meanwhile, and whoever sets a channel is answered. */
		.workers = { 2, 1, 8 },
		.wake = loop_wake,
		.ctx = &u->loop };

	if (loop_init(&u->loop, &calls, e))
		return e->code;
	loop_timer_init(&u->loop, &u->interrupt, on_interrupt, u);
	loop_timer_init(&u->loop, &u->give_up, on_give_up, u);
	loop_timer_init(&u->loop, &u->watchdog, on_watchdog, u);
	if (!courier_open(&u->courier, e))
		lanes_open(&u->lanes, &lanes, e);
	door_start(&u->door, &u->loop, u->lanes);
	u->service.gate = u->door.gate;
	u->service.lanes = u->lanes;
	u->service.stop = &u->stop;
	u->service.kick = on_kick;
	u->service.ctx = u;
	if (!e->code)
		live_open(&u->live, &u->loop, u->lanes, &u->stop, e);
	u->web.gate = u->door.gate;
	u->web.lanes = u->lanes;
	u->web.live = u->live;
	u->web.stop = &u->stop;
	u->web.took = &u->metrics.query;
	return e->code;
}

static enum code open_http(struct up *u, const struct http_route *routes, struct err *e)
{
	const char *where =
		u->o->listen ? u->o->listen : config_get(u->o->config, "http", "", "listen");
	struct http_server_options options = { .listen = where ? where : LISTEN,
		.anywhere = u->settings.tls && gate_has_key(u->door.gate) &&
			    !gate_is_open(u->door.gate),
		.tls = u->settings.tls,
		.routes = routes };

	if (u->o->once || (where && strcmp(where, "off") == 0))
		return E_OK;
	u->settings.tls = NULL;
	if (http_server_open(&u->http, &u->loop, &options, e))
		return e->code;
	log_write(EV_HTTP_LISTENING, NULL, log_text("address", http_server_address(u->http)));
	return E_OK;
}

static void watch_store(struct up *u)
{
	struct buf wal = BUF_INIT(PATH_BYTES);

	buf_printf(&wal, "%s-wal", u->o->store);
	if (buf_ok(&wal) && !u->o->once)
		loop_watch_start(&u->loop, &u->written, wal.p, WRITTEN_MS, on_written, u);
	buf_release(&wal);
}

static void run(struct up *u, int64_t began_ms)
{
	int64_t watchdog_ms = notify_socket_watchdog_ms();

	u->guard = guard_make();
	u->ports = (struct tick_ports){ .targets = &u->targets,
		.courier = u->courier,
		.metrics = &u->metrics,
		.hear = &u->hear,
		.guard = &u->guard.runner,
		.invoking = u->invoking,
		.remediator = u->mender ? mender_remediator(u->mender) : NULL,
		.stop = &u->stop };
	u->schedule.loop = &u->loop;
	u->schedule.lanes = u->lanes;
	u->schedule.ctx = &u->ports;
	u->schedule.once = u->o->once;
	u->schedule.idle = on_idle;
	u->schedule.idle_ctx = u;
	schedule_start(&u->schedule, ticks, n_ticks);
	watch_store(u);
	if (watchdog_ms)
		loop_timer_every(&u->watchdog, watchdog_ms);
	notify_socket_tell("READY=1");
	log_write(EV_DAEMON_READY, NULL, log_text("store", u->o->store), log_int("pid", getpid()),
		log_text("version", SILTSTONE_VERSION), log_int("ms", time_ticks_ms() - began_ms));
	loop_run(&u->loop);
}

static void close_parts(struct up *u)
{
	lanes_close(u->lanes);
	u->lanes = NULL;
	http_server_close(u->http);
	courier_close(u->courier);
	targets_release(&u->targets);
	loop_release(&u->loop);
	loop_watch_release(&u->written);
	live_close(u->live);
	u->live = NULL;
}

static void list_routes(struct up *u, struct http_route routes[ROUTES_MAX])
{
	const struct http_route own[] = { { .path = "/healthz", .serve = serve_health, .ctx = u },
		{ .path = "/metrics", .serve = serve_metrics, .ctx = u },
		{ .path = "/events",
			.serve = serve_events,
			.ctx = u,
			.admit = admit_events,
			.post = true },
		{ .path = "/",
			.serve = service_serve,
			.admit = service_admit,
			.ctx = &u->service,
			.post = true,
			.body_max = SERVICE_BODY_MAX } };
	size_t n = web_http_routes(&u->web, routes);

	n += pages_http_routes(&u->pages, routes + n);

	memcpy(routes + n, own, sizeof(own));
	routes[n + sizeof(own) / sizeof(*own)] = (struct http_route){ .path = NULL };
}

static enum code run_locked(struct up *u, struct err *e)
{
	struct http_route routes[ROUTES_MAX];
	int64_t began_ms = time_ticks_ms();
	enum code c = read_token(u, e);

	list_routes(u, routes);
	if (!c)
		c = web_open(&u->web, u->o->config, e);
	if (!c)
		c = pages_open(&u->pages, u->o->config, u->o->ui_dir, e);
	if (!c)
		c = door_settings_read(&u->settings, u->o->config, e);
	if (!c)
		c = prepare_store(u, e);
	if (c)
		return c;
	c = open_parts(u, e);
	if (!c)
		c = open_http(u, routes, e);
	if (!c)
		run(u, began_ms);
	if (u->loop.wake.data)
		close_parts(u);
	if (!c)
		log_write(EV_DAEMON_STOPPED, NULL, log_text("store", u->o->store));
	return c;
}

enum code up_run(const struct up_options *options, struct err *e)
{
	struct up *u = mem_alloc(sizeof(*u));

	if (!u)
		return err_nomem(e);
	mem_share_heaps();
	u->o = options;
	u->lock = (struct lock)LOCK_INIT;
	metrics_init(&u->metrics);
	hear_init(&u->hear);
	u->token = (struct buf)BUF_INIT(TOKEN_BYTES);
	u->web.origins = (struct buf)BUF_INIT(0);
	u->pages = (struct pages){
		.policy = BUF_INIT(0), .index = BUF_INIT(0), .origins = BUF_INIT(0)
	};
	u->hear.stop = &u->stop;
	u->hear.once = options->once;
	u->targets = (struct targets){ .stop = &u->stop };
	u->api_ports = (struct api_ports){ check_channel, u };
	u->service.ports = &u->api_ports;
	set_level(options, options->config);
	if (!lock_take(&u->lock, options->store, e) && !run_locked(u, e) && u->first.code)
		*e = u->first;
	lock_release(&u->lock);
	invoking_close(u->invoking);
	invoker_close(u->invoker);
	mender_close(u->mender);
	metrics_release(&u->metrics);
	hear_release(&u->hear);
	service_close(&u->service);
	web_close(&u->web);
	pages_close(&u->pages);
	door_close(&u->door);
	door_settings_release(&u->settings);
	buf_release(&u->token);
	mem_free(u);
	return e->code;
}
