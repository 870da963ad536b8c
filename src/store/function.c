/* SPDX-License-Identifier: Apache-2.0 */
#include "store/function.h"

#include "db/stmt.h"
#include "json/read.h"

#define NAME_MAX_BYTES  64
#define ENVIRONMENT_MAX (1 << 20)
#define TIMEOUT_MAX_MS  900000
#define MEMORY_MAX_MB   10240
#define CONCURRENCY_MAX 64

static bool is_name(const char *s)
{
	const size_t n = s ? strlen(s) : 0;

	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= 'A' && s[i] <= 'Z') &&
			!(s[i] >= '0' && s[i] <= '9') && s[i] != '-' && s[i] != '_')
			return false;
	return n > 0 && n <= NAME_MAX_BYTES;
}

static bool is_runtime(const char *s)
{
	const struct str r = str_of(s);

	return str_starts(r, STR("python3")) || str_starts(r, STR("nodejs")) ||
	       str_starts(r, STR("provided"));
}

static bool is_handler(const struct function *f)
{
	const char *dot = strrchr(f->handler, '.');

	return str_starts(str_of(f->runtime), STR("provided")) ||
	       (dot && dot != f->handler && dot[1]);
}

static enum code check_environment(const struct function *f, struct err *e)
{
	struct arena a = ARENA_INIT(ENVIRONMENT_MAX);
	struct json *v = NULL;
	enum code c = json_read(&a, str_of(f->environment), &v, e);

	if (!c && v->kind != JSON_OBJECT)
		c = err_set(e, E_INVALID, "the environment is no object");
	for (const struct json *k = c ? NULL : v->first; k && !c; k = k->next)
		if ((k->kind != JSON_STRING && k->kind != JSON_NULL) || !k->key.n ||
			memchr(k->key.p, '=', k->key.n) ||
			strlen(k->text.p ? k->text.p : "") != k->text.n)
			c = err_set(e, E_INVALID, "\"%.*s\" is no variable", STR_ARG(k->key));
	arena_release(&a);
	return c;
}

static enum code within(const char *what, int64_t v, int64_t least, int64_t most, struct err *e)
{
	return v >= least && v <= most
		       ? E_OK
		       : err_set(e, E_INVALID, "%s is from %lld to %lld, not %lld", what,
				 (long long)least, (long long)most, (long long)v);
}

enum code function_check(const struct function *f, struct err *e)
{
	if (!is_name(f->name))
		return err_set(e, E_INVALID,
			"a function has a name of letters, digits, - and _, at most %d of them",
			NAME_MAX_BYTES);
	if (!is_runtime(f->runtime)) {
		err_set(e, E_INVALID, "a function cannot run on \"%s\"", f->runtime);
		return err_hint(e, "python3.11, nodejs20.x, or provided");
	}
	if (!is_handler(f)) {
		err_set(e, E_INVALID, "\"%s\" is no handler", f->handler);
		return err_hint(e,
			"the file without its ending, a dot, and the function's name: rule.lambda_handler");
	}
	if (within("a function's time in ms", f->timeout_ms, 1, TIMEOUT_MAX_MS, e) ||
		within("a function's memory in MB", f->memory_mb, 32, MEMORY_MAX_MB, e) ||
		within("how many of a function run at a time", f->concurrency, 1, CONCURRENCY_MAX,
			e))
		return e->code;
	return check_environment(f, e);
}

enum code function_put(struct db *db, const struct function *f, int64_t now_ms, struct err *e)
{
	struct stmt st;
	enum code c = function_check(f, e);

	if (c)
		return err_add(e, "function \"%s\"", f->name ? f->name : "");
	c = db_begin(db, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_FUNCTION_PUT);
	stmt_text(&st, function_put__name, f->name);
	stmt_text(&st, function_put__runtime, f->runtime);
	stmt_text(&st, function_put__handler, f->handler);
	stmt_text(&st, function_put__code, f->code);
	stmt_int(&st, function_put__timeout, f->timeout_ms);
	stmt_int(&st, function_put__memory, f->memory_mb);
	stmt_int(&st, function_put__concurrency, f->concurrency);
	stmt_text(&st, function_put__environment, f->environment);
	stmt_int(&st, function_put__now, now_ms);
	c = stmt_run(&st, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static const char *keep(struct arena *a, struct str s)
{
	return arena_text(a, s);
}

enum code function_get(
	struct db *db, struct arena *a, const char *name, struct function *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FUNCTION_GET);
	enum code c;

	stmt_text(&st, function_get__name, name);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct function){ .name = keep(a, stmt_col_str(&st, function_get_name)),
			.runtime = keep(a, stmt_col_str(&st, function_get_runtime)),
			.handler = keep(a, stmt_col_str(&st, function_get_handler)),
			.code = keep(a, stmt_col_str(&st, function_get_code)),
			.environment = keep(a, stmt_col_str(&st, function_get_environment)),
			.timeout_ms = stmt_col_int(&st, function_get_timeout_ms),
			.memory_mb = stmt_col_int(&st, function_get_memory_mb),
			.concurrency = stmt_col_int(&st, function_get_concurrency),
			.created_ms = stmt_col_int(&st, function_get_created_ms),
			.changed_ms = stmt_col_int(&st, function_get_changed_ms) };
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

static enum code drop(struct db *db, const char *name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FUNCTION_REMOVE);

	stmt_text(&st, function_remove__name, name);
	if (stmt_run(&st, e))
		return e->code;
	if (!db_changes(db))
		return err_set(e, E_NOTFOUND, "there is no function \"%s\" here", name);
	st = stmt_begin(db, SQL_FUNCTION_REMOVE_RUNS);
	stmt_text(&st, function_remove_runs__name, name);
	return stmt_run(&st, e);
}

enum code function_remove(struct db *db, const char *name, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = drop(db, name, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static struct str part(struct str *rest)
{
	const struct str out = { rest->p, str_find(*rest, ':') };

	*rest = str_from(*rest, out.n + 1);
	return out;
}

struct str function_of_arn(struct str arn, struct str *region, struct str *account)
{
	struct str rest = arn, of_region, of_account;

	if (!arn.p || !str_is(part(&rest), "arn") || !part(&rest).n ||
		!str_is(part(&rest), "lambda"))
		return STR_NONE;
	of_region = part(&rest);
	of_account = part(&rest);
	if (!str_is(part(&rest), "function") || !rest.n)
		return STR_NONE;
	if (region)
		*region = of_region;
	if (account)
		*account = of_account;
	return part(&rest);
}

enum code function_run_add(struct db *db, const struct function_run *run, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FUNCTION_RUN_ADD);

	stmt_text(&st, function_run_add__name, run->name);
	stmt_text(&st, function_run_add__request_id, run->request_id);
	stmt_str(&st, function_run_add__rule, run->rule);
	stmt_int(&st, function_run_add__started, run->started_ms);
	stmt_int(&st, function_run_add__took, run->took_ms);
	stmt_text(&st, function_run_add__outcome, run->outcome);
	stmt_text(&st, function_run_add__error, run->error);
	stmt_str(&st, function_run_add__log, run->log);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_FUNCTION_RUN_FORGET);
	stmt_text(&st, function_run_forget__name, run->name);
	stmt_int(&st, function_run_forget__keep, FUNCTION_RUNS_KEPT);
	return stmt_run(&st, e);
}
