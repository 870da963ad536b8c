/* SPDX-License-Identifier: Apache-2.0 */
#include "store/function.h"

#include "base/time.h"
#include "cli/cli.h"
#include "cli/function_code.h"
#include "daemon/invoker.h"
#include "function/environment.h"
#include "store/store.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <stdio.h>

#define TIMEOUT     "60s"
#define MEMORY_MB   256
#define CONCURRENCY 2
#define ENV_BYTES   (256 << 10)
#define EVENT_BYTES (6 << 20)
#define SHOWN       20
#define ACCOUNT     "123456789012"
#define REGION      "us-east-1"
#define WAIT_MS     INT64_C(1000)

/* Adding */

static enum code add_variable(struct buf *b, const char *given, struct err *e)
{
	const struct str s = str_of(given), name = { s.p, str_find(s, '=') };

	if (!name.n)
		return err_set(e, E_INVALID, "\"%s\" is no variable", given);
	if (environment_is_reserved(name))
		return err_set(e, E_INVALID, "the variable \"%.*s\" is what the runtime sets",
			STR_ARG(name));
	if (name.n < s.n &&
		(str_is(name, "AWS_SECRET_ACCESS_KEY") || str_is(name, "AWS_SESSION_TOKEN"))) {
		err_set(e, E_INVALID, "the value of \"%.*s\" is a secret, which would be stored",
			STR_ARG(name));
		return err_hint(e, "--env %.*s alone takes it from the environment each time",
			STR_ARG(name));
	}
	buf_char(b, b->n > 1 ? ',' : ' ');
	json_write_string(b, name);
	buf_char(b, ':');
	if (name.n == s.n)
		buf_text(b, "null");
	else
		json_write_string(b, str_from(s, name.n + 1));
	return E_OK;
}

static enum code environment(struct cli *c, const char **out, struct err *e)
{
	struct buf b = BUF_INIT(ENV_BYTES);
	const char *given;
	size_t at = 0;

	buf_char(&b, '{');
	while (!e->code && (given = opt_next(&c->o, OPT_ENV, &at)))
		add_variable(&b, given, e);
	buf_char(&b, '}');
	*out = arena_text(&c->arena, buf_slice(&b));
	if (!e->code && (!buf_ok(&b) || !arena_ok(&c->arena)))
		err_set(e, E_TOOBIG, "the environment is too large");
	buf_release(&b);
	return e->code;
}

/* "60s", or seconds. */
static enum code timeout(struct cli *c, int64_t *ms, struct err *e)
{
	const char *given = opt_text(&c->o, OPT_TIMEOUT);
	int64_t seconds;

	if (config_duration(str_of(given ? given : TIMEOUT), ms))
		return E_OK;
	if (opt_number(&c->o, OPT_TIMEOUT, 0, &seconds, e))
		return err_hint(e, "--timeout 90s");
	*ms = seconds * 1000;
	return E_OK;
}

static enum code fill(struct cli *c, const char *name, struct function *f, struct err *e)
{
	const char *code = opt_text(&c->o, OPT_CODE);

	f->name = name;
	f->runtime = opt_text(&c->o, OPT_RUNTIME);
	f->handler = opt_text(&c->o, OPT_HANDLER);
	if (f->runtime && !f->handler && str_starts(str_of(f->runtime), STR("provided")))
		f->handler = "bootstrap";
	if (!f->runtime || !f->handler || !code) {
		err_set(e, E_INVALID, "function add wants --runtime, --handler and --code");
		return err_hint(e,
			"siltstone function add %s --runtime python3.11 --handler rule.lambda_handler --code DIR",
			name);
	}
	if (timeout(c, &f->timeout_ms, e) ||
		opt_number(&c->o, OPT_MEMORY, MEMORY_MB, &f->memory_mb, e) ||
		opt_number(&c->o, OPT_CONCURRENCY, CONCURRENCY, &f->concurrency, e) ||
		environment(c, &f->environment, e))
		return e->code;
	return E_OK;
}

/* What was unpacked for the one before it is of no more use. */
static enum code add(struct cli *c, const char *name, struct err *e)
{
	struct function f = { 0 }, old = { 0 };
	struct err none = { 0 };
	bool was;

	if (fill(c, name, &f, e) || cli_open_writing(c, e))
		return e->code;
	was = function_get(&c->db, &c->arena, name, &old, &none) == E_OK;
	f.code = "";
	if (function_check(&f, e) || function_code(c, name, opt_text(&c->o, OPT_CODE), &f.code, e))
		return e->code;
	if (function_put(&c->db, &f, c->now_ms, e)) {
		function_code_drop(c, f.code);
		return e->code;
	}
	if (was && strcmp(old.code, f.code) != 0)
		function_code_drop(c, old.code);
	cli_note(c,
		"rules whose function is arn:aws:lambda:REGION:ACCOUNT:function:%s are evaluated here",
		name);
	return E_OK;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	struct function f;

	if (cli_open_changing(c, e))
		return e->code;
	if (function_get(&c->db, &c->arena, name, &f, e) == E_NOTFOUND && !e->code)
		return err_set(e, E_NOTFOUND, "there is no function \"%s\" here", name);
	if (e->code || function_remove(&c->db, name, e))
		return e->code;
	function_code_drop(c, f.code);
	cli_note(c, "rules whose function is \"%s\" are evaluated by Lambda now", name);
	return E_OK;
}

/* Looking */

static enum code list(struct cli *c, const char *name, const char *columns, struct err *e)
{
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &p, columns);
	rows = printer_rows(&p);
	if (!read_functions(&c->reader, name, &rows, e))
		printer_end(&p, e);
	if (!e->code && name && !p.rows)
		err_set(e, E_NOTFOUND, "there is no function \"%s\" here", name);
	printer_release(&p);
	return e->code;
}

static enum code no_names(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

/* started, request_id, rule, outcome, took_ms, error, log */
static enum code print_run(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	const struct str *log = &cells[6].text, *rule = &cells[2].text;
	struct cli *c = ctx;

	(void)n;
	(void)e;
	printf("%s%.*s  %.*s  %lld ms  %.*s  %.*s%s\n", c->color ? "\033[1m" : "",
		STR_ARG(cells[0].text), STR_ARG(cells[3].text), (long long)cells[4].i,
		STR_ARG(cells[1].text), (int)rule->n, rule->p ? rule->p : "",
		c->color ? "\033[0m" : "");
	if (log->p && log->n)
		printf("%.*s%s", STR_ARG(*log), log->p[log->n - 1] != '\n' ? "\n" : "");
	return E_OK;
}

static enum code logs(struct cli *c, const char *name, struct err *e)
{
	struct rows rows = { no_names, print_run, c };
	struct function f;
	struct printer p;
	int64_t count;

	if (opt_number(&c->o, OPT_COUNT, SHOWN, &count, e) || cli_open(c, e))
		return e->code;
	if (function_get(&c->db, &c->arena, name, &f, e) == E_NOTFOUND && !e->code)
		return err_set(e, E_NOTFOUND, "there is no function \"%s\" here", name);
	if (e->code || c->format == FORMAT_TABLE)
		return e->code ? e->code : read_function_runs(&c->reader, name, count, &rows, e);
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_function_runs(&c->reader, name, count, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

/* Running */

static enum code read_event(const char *path, struct buf *out, struct err *e)
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
	return e->code || buf_ok(out)
		       ? e->code
		       : err_set(e, E_TOOBIG, "\"%s\" is too large for an event", path);
}

static enum code keep_run(
	struct cli *c, const char *name, const struct function_result *r, struct err *e)
{
	const struct function_run run = { .name = name,
		.request_id = r->request_id,
		.started_ms = r->started_ms,
		.took_ms = r->took_ms,
		.outcome = r->begun ? r->outcome : code_name(r->err.code),
		.error = r->err.code ? r->err.msg : NULL,
		.log = buf_slice(&r->log) };
	enum code code = db_begin(&c->db, e);

	if (code)
		return code;
	code = function_run_add(&c->db, &run, e);
	if (!code)
		return db_commit(&c->db, e);
	db_rollback(&c->db);
	return code;
}

/* As JSON that no terminal obeys, whatever it was. */
static void print_answer(struct str answer)
{
	struct arena a = ARENA_INIT((size_t)FUNCTION_ANSWER_MAX * 8);
	struct buf b = BUF_INIT((size_t)FUNCTION_ANSWER_MAX * 8);
	struct json *v = NULL;
	struct err none = { 0 };

	if (json_read(&a, answer, &v, &none))
		json_write_string(&b, STR("what it gave back is no JSON"));
	else
		json_write(&b, v);
	printf("%s\n", b.p);
	buf_release(&b);
	arena_release(&a);
}

static enum code tell(
	struct cli *c, const char *name, const struct function_result *r, struct err *e)
{
	struct err keeping = { 0 };

	if (keep_run(c, name, r, &keeping))
		cli_complain(&keeping);
	if (r->log.n && !c->quiet)
		fprintf(stderr, "%s%s", r->log.p, r->log.p[r->log.n - 1] == '\n' ? "" : "\n");
	if (r->answer.n)
		print_answer(buf_slice(&r->answer));
	if (r->err.code) {
		*e = r->err;
		e->code = r->begun ? E_REMOTE : r->err.code;
		return err_add(e, "function \"%s\"", name);
	}
	cli_note(c, "%lld ms, %lld ms to begin with, %lld MB of memory", (long long)r->took_ms,
		(long long)r->init_ms, (long long)(r->peak_kb / 1024));
	return E_OK;
}

static enum code run(struct cli *c, struct function_runner *runner,
	const struct function_call *call, struct err *e)
{
	struct function_result r = FUNCTION_RESULT_INIT;
	enum code code = runner->start(runner, call, e);

	if (code)
		return code;
	do
		code = runner->reap(runner, WAIT_MS, &r, e);
	while (code == E_NOTFOUND && !e->code && !(c->stop && *c->stop));
	if (!code)
		tell(c, call->hosted->name, &r, e);
	else if (!e->code)
		err_set(e, E_CANCELED, "stopped");
	function_result_release(&r);
	return e->code;
}

static enum code invoke(struct cli *c, const char *name, const char *path, struct err *e)
{
	const char *account = opt_text(&c->o, OPT_ACCOUNT), *region = opt_text(&c->o, OPT_REGION);
	const struct invoker_options o = { c->store, &c->config };
	struct buf event = BUF_INIT(EVENT_BYTES);
	struct function f;
	struct function_spec spec;
	struct function_call call = { .call_id = 1, .hosted = &spec };
	struct invoker *invoker = NULL;

	call.account = account ? account : ACCOUNT;
	call.region = region ? region : REGION;
	if (cli_open_changing(c, e))
		return e->code;
	if (function_get(&c->db, &c->arena, name, &f, e) == E_NOTFOUND && !e->code)
		return err_set(e, E_NOTFOUND, "there is no function \"%s\" here", name);
	if (!e->code)
		read_event(path, &event, e);
	if (!e->code && !invoker_open(&invoker, &o, &c->db, e)) {
		spec = (struct function_spec){ f.name, f.runtime, f.handler, f.code, f.environment,
			f.timeout_ms, f.memory_mb, f.concurrency, f.changed_ms };
		call.arn = arena_printf(&c->arena, "arn:aws:lambda:%s:%s:function:%s", call.region,
			call.account, name)
				   .p;
		call.event = buf_slice(&event);
		run(c, invoker_runner(invoker), &call, e);
	}
	invoker_close(invoker);
	buf_release(&event);
	return e->code;
}

enum code cmd_function(struct cli *c, struct err *e)
{
	static const struct {
		const char *name;
		enum code (*run)(struct cli *c, const char *name, struct err *e);
	} verbs[] = { { "add", add }, { "remove", take_off }, { "logs", logs } };
	const char *verb = c->argv[0], *name = c->argc > 1 ? c->argv[1] : NULL;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verb, verbs[i].name) == 0 && name && *name && c->argc == 2)
			return verbs[i].run(c, name, e);
	if (strcmp(verb, "list") == 0 && !name)
		return list(c, NULL, "function,runtime,handler,rules,last,ran,error", e);
	if (strcmp(verb, "show") == 0 && name && c->argc == 2)
		return list(c, name, NULL, e);
	if (strcmp(verb, "invoke") == 0 && name && c->argc == 3)
		return invoke(c, name, c->argv[2], e);
	err_set(e, E_INVALID,
		"function wants add, show, remove or logs with a NAME, list, or invoke NAME EVENT");
	return err_hint(e, "siltstone help function");
}
