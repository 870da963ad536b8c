/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/mender.h"

#include "aws/automation.h"
#include "base/mem.h"
#include "base/time.h"
#include "discover/login.h"
#include "net/child.h"
#include "json/read.h"
#include "json/write.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define LOCAL           "local:"
#define COMMAND_TIME_MS 120000
#define ANSWER_MAX      ((size_t)64 << 10)
#define INPUT_MAX       ((size_t)1 << 20)
#define ACCOUNT         "{account}"

struct mender {
	struct remediator port; /* first: it is given out as one */
	const struct config *config;
	struct login login;
	struct sweep_options options;
	bool logged_in;
	char account[32]; /* whose, where a role is named for it */
	struct arena texts;
	atomic_bool forget, stopped;
	pthread_mutex_t entering; /* over login.http while it may be canceled */
};

static const char *setting(const struct mender *m, const char *key)
{
	return config_get(m->config, "remediation", "", key);
}

/* ---- automations */

static void log_out(struct mender *m)
{
	pthread_mutex_lock(&m->entering);
	login_close(&m->login);
	m->login = (struct login)LOGIN_INIT;
	m->logged_in = false;
	pthread_mutex_unlock(&m->entering);
	arena_release(&m->texts);
}

/* The role, with the account put in; NULL: none. */
static const char *role_of(struct mender *m, struct str account)
{
	const char *role = setting(m, "role_arn"), *at = role ? strstr(role, ACCOUNT) : NULL;

	if (!at)
		return role;
	return arena_printf(&m->texts, "%.*s%.*s%s", (int)(at - role), role, STR_ARG(account),
		at + sizeof(ACCOUNT) - 1)
		.p;
}

static bool is_other_account(const struct mender *m, struct str account)
{
	const char *role = setting(m, "role_arn");

	return role && strstr(role, ACCOUNT) && !str_is(account, m->account);
}

static enum code log_in(struct mender *m, struct str account, struct err *e)
{
	if (m->logged_in && (atomic_exchange(&m->forget, false) || is_other_account(m, account)))
		log_out(m);
	if (m->logged_in)
		return E_OK;
	snprintf(m->account, sizeof(m->account), "%.*s", STR_ARG(account));
	m->options = (struct sweep_options){ .kind = "aws",
		.any_account = true,
		.profile = setting(m, "profile"),
		.endpoint = setting(m, "endpoint"),
		.role_arn = role_of(m, account) };
	if (login_anywhere(&m->login, &m->options, e)) {
		log_out(m);
		return e->code;
	}
	m->logged_in = true;
	return E_OK;
}

/* The same for the same order: a second start of it is none. */
static const char *token_of(const struct remediation_order *o, struct arena *a)
{
	return arena_printf(a, "%08llx-%04llx-4%03llx-8000-%012llx",
		(unsigned long long)o->invoked_ms & 0xffffffffULL,
		(unsigned long long)(o->invoked_ms >> 32) & 0xffffULL,
		(unsigned long long)(o->invoked_ms >> 48) & 0xfffULL,
		(unsigned long long)o->execution_id & 0xffffffffffffULL)
		.p;
}

static enum code start_automation(struct mender *m, const struct remediation_order *o,
	struct arena *a, struct remediation_news *news, struct err *e)
{
	struct automation what = { .region = arena_text(a, o->region),
		.document = arena_text(a, o->target),
		.version = o->version.p ? arena_text(a, o->version) : NULL,
		.token = token_of(o, a) };
	struct json *parameters = NULL;

	if (log_in(m, o->account, e))
		return err_add(e, "start the automation \"%.*s\"", STR_ARG(o->target));
	if (json_read(a, o->parameters, &parameters, e))
		return err_add(e, "parameters of the remediation of \"%.*s\"", STR_ARG(o->rule));
	what.parameters = parameters;
	if (automation_start(m->login.aws, &what, a, &news->remote, e))
		return e->code;
	news->state = "IN_PROGRESS";
	news->steps = STR_NONE;
	return E_OK;
}

/* ---- programs of this machine */

static bool is_allowed(const struct mender *m, struct str program)
{
	struct str rest = str_of(setting(m, "commands"));

	while (rest.n) {
		struct str one = { rest.p, str_find(rest, ',') };

		rest = str_from(rest, one.n + 1);
		if (program.n && str_eq(str_trim(one), program))
			return true;
	}
	return false;
}

static void write_member(struct buf *b, const char *name, struct str text)
{
	buf_char(b, b->n ? ',' : '{');
	json_write_string(b, str_of(name));
	buf_char(b, ':');
	if (text.p)
		json_write_string(b, text);
	else
		buf_text(b, "null");
}

static void write_order(struct buf *b, const struct remediation_order *o)
{
	write_member(b, "rule", o->rule);
	write_member(b, "account", o->account);
	write_member(b, "region", o->region);
	write_member(b, "resourceType", o->type);
	write_member(b, "resourceId", o->id);
	write_member(b, "annotation", o->annotation);
	buf_text(b, ",\"parameters\":");
	buf_str(b, o->parameters.p ? o->parameters : STR("{}"));
	buf_char(b, '}');
}

static enum code tell_command(struct remediation_news *news, struct str program, int64_t began_ms,
	const struct err *why, struct arena *a, struct err *e)
{
	const int64_t ended_ms = time_now_ms();
	struct buf b = BUF_INIT(ANSWER_MAX);

	news->state = why->code ? "FAILED" : "SUCCEEDED";
	news->remote = STR_NONE;
	buf_text(&b, "[{\"Name\":");
	json_write_string(&b, program);
	buf_printf(&b, ",\"State\":\"%s\"", news->state);
	if (why->code) {
		buf_text(&b, ",\"ErrorMessage\":");
		json_write_string(&b, str_of(why->msg));
	}
	buf_printf(&b, ",\"StartTime\":%lld.%03d,\"StopTime\":%lld.%03d}]",
		(long long)(began_ms / 1000), (int)(began_ms % 1000), (long long)(ended_ms / 1000),
		(int)(ended_ms % 1000));
	news->steps = arena_str(a, buf_slice(&b));
	buf_release(&b);
	return arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code run_command(struct mender *m, const struct remediation_order *o, struct arena *a,
	struct remediation_news *news, struct err *e)
{
	const struct str program = str_from(o->target, sizeof(LOCAL) - 1);
	const char *argv[] = { arena_text(a, program), NULL };
	const int64_t began_ms = time_now_ms();
	struct buf input = BUF_INIT(INPUT_MAX), output = BUF_INIT(ANSWER_MAX);
	struct child child = {
		.argv = argv, .deadline_ms = COMMAND_TIME_MS, .answer_max = ANSWER_MAX
	};
	struct err why = { 0 };

	if (!is_allowed(m, program)) {
		err_set(e, E_DENIED, "\"%.*s\" is none of the programs that remediations may run",
			STR_ARG(program));
		return err_hint(e, "name it in commands of the section [remediation]");
	}
	write_order(&input, o);
	child.input = buf_slice(&input);
	if (!buf_ok(&input))
		err_nomem(e);
	else if (child_run(&child, &output, &why) == E_CANCELED)
		err_set(&why, E_REMOTE, "over its time");
	if (!e->code)
		tell_command(news, program, began_ms, &why, a, e);
	buf_release(&input);
	buf_release(&output);
	return e->code;
}

/* ---- the port */

static enum code start(struct remediator *r, const struct remediation_order *o, struct arena *a,
	struct remediation_news *news, struct err *e)
{
	struct mender *m = (struct mender *)r;

	if (atomic_load(&m->stopped))
		return err_set(e, E_CANCELED, "stopped");
	if (str_starts(o->target, STR(LOCAL)))
		return run_command(m, o, a, news, e);
	if (start_automation(m, o, a, news, e) && atomic_load(&m->stopped))
		e->code = E_CANCELED;
	return e->code;
}

static enum code look(struct remediator *r, const struct remediation_order *o, struct str remote,
	struct arena *a, struct remediation_news *news, struct err *e)
{
	struct mender *m = (struct mender *)r;
	struct automation_status status;

	if (atomic_load(&m->stopped))
		return err_set(e, E_CANCELED, "stopped");
	if (log_in(m, o->account, e) || automation_look(m->login.aws, arena_text(a, o->region),
						arena_text(a, remote), a, &status, e)) {
		if (atomic_load(&m->stopped))
			e->code = E_CANCELED;
		return e->code;
	}
	*news = (struct remediation_news){ status.state, STR_NONE, status.steps };
	return E_OK;
}

enum code mender_open(struct mender **out, const struct config *config, struct err *e)
{
	struct mender *m = mem_alloc(sizeof(*m));

	if (!m)
		return err_nomem(e);
	m->port = (struct remediator){ start, look };
	m->config = config;
	m->login = (struct login)LOGIN_INIT;
	m->texts = (struct arena)ARENA_INIT((size_t)64 << 10);
	pthread_mutex_init(&m->entering, NULL);
	*out = m;
	return E_OK;
}

void mender_stop(struct mender *m)
{
	if (!m)
		return;
	atomic_store(&m->stopped, true);
	pthread_mutex_lock(&m->entering);
	if (m->login.http)
		http_cancel(m->login.http);
	pthread_mutex_unlock(&m->entering);
}

void mender_forget(struct mender *m)
{
	if (m)
		atomic_store(&m->forget, true);
}

void mender_close(struct mender *m)
{
	if (!m)
		return;
	login_close(&m->login);
	arena_release(&m->texts);
	pthread_mutex_destroy(&m->entering);
	mem_free(m);
}

struct remediator *mender_remediator(struct mender *m)
{
	return &m->port;
}
