/* SPDX-License-Identifier: Apache-2.0 */
#include "function/environment.h"

#include "json/read.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLES_MAX 256
#define USUAL_PATH    "/usr/local/bin:/usr/bin:/bin"

struct list {
	struct arena *a;
	const char **items;
	struct str names[VARIABLES_MAX];
	size_t n;
	bool full;
};

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* The newest of a name counts. */
static void put_str(struct list *l, struct str name, const char *value)
{
	const char *item = arena_printf(l->a, "%.*s=%s", STR_ARG(name), value).p;
	size_t i = 0;

	while (i < l->n && !str_eq(l->names[i], name))
		i++;
	if (i == VARIABLES_MAX - 1) {
		l->full = true;
		return;
	}
	l->names[i] = name;
	l->items[i] = item;
	if (i == l->n)
		l->n++;
}

static void put(struct list *l, const char *name, const char *value)
{
	put_str(l, str_of(name), value);
}

bool environment_is_reserved(struct str name)
{
	static const char *const ours[] = { "_HANDLER", "AWS_LAMBDA_RUNTIME_API",
		"LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "AWS_EXECUTION_ENV",
		"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_LOG_GROUP_NAME",
		"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ENDPOINT_URL_CONFIG_SERVICE", "HOME", "TMPDIR" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (str_is(name, ours[i]))
			return true;
	return false;
}

static void put_usual(struct list *l, const struct environment_facts *f)
{
	const char *path = getenv("PATH");

	put(l, "PATH", path && *path ? path : USUAL_PATH);
	put(l, "LANG", "en_US.UTF-8");
	put(l, "TZ", ":UTC");
	put(l, "AWS_REGION", f->region);
	put(l, "AWS_DEFAULT_REGION", f->region);
	/* Of an account, as AssumeRole would give them; nobody asks whether they are true. */
	put(l, "AWS_ACCESS_KEY_ID", "ASIASILTSTONEFUNCTION");
	put(l, "AWS_SECRET_ACCESS_KEY", "none");
	put(l, "AWS_SESSION_TOKEN", "none");
	put(l, "AWS_EC2_METADATA_DISABLED", "true");
	put(l, "PYTHONUNBUFFERED", "1");
	put(l, "PYTHONDONTWRITEBYTECODE", "1");
}

/* What the settings say; of null, what our own environment says. */
static enum code put_settings(struct list *l, const char *text, struct err *e)
{
	struct json *v = NULL;

	if (!text || json_read(l->a, str_of(text), &v, e))
		return e->code;
	for (const struct json *k = json_is(v, JSON_OBJECT) ? v->first : NULL; k; k = k->next) {
		const char *own = k->kind == JSON_NULL ? getenv(k->key.p) : k->text.p;

		if (environment_is_reserved(k->key) || !k->key.n)
			continue;
		if (!own)
			return err_set(e, E_NOTFOUND,
				"the variable \"%.*s\", which a function wants, is not in the "
				"environment",
				STR_ARG(k->key));
		put_str(l, k->key, own);
		/* Credentials of one's own have a session token of their own or none. */
		if (str_is(k->key, "AWS_ACCESS_KEY_ID") && !json_get(v, "AWS_SESSION_TOKEN"))
			put(l, "AWS_SESSION_TOKEN", "");
	}
	return E_OK;
}

static void put_runtime(struct list *l, const struct environment_facts *f)
{
	const struct function_spec *s = f->spec;
	struct arena *a = l->a;

	put(l, "AWS_LAMBDA_RUNTIME_API", f->api);
	put(l, "AWS_ENDPOINT_URL_CONFIG_SERVICE", arena_printf(a, "http://%s/config", f->api).p);
	put(l, "_HANDLER", s->handler);
	put(l, "LAMBDA_TASK_ROOT", s->code);
	put(l, "LAMBDA_RUNTIME_DIR", f->scratch);
	put(l, "HOME", f->scratch);
	put(l, "TMPDIR", f->scratch);
	put(l, "AWS_EXECUTION_ENV", arena_printf(a, "AWS_Lambda_%s", s->runtime).p);
	put(l, "AWS_LAMBDA_FUNCTION_NAME", s->name);
	put(l, "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
	put(l, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
		arena_printf(a, "%lld", (long long)s->memory_mb).p);
	put(l, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
	put(l, "AWS_LAMBDA_LOG_GROUP_NAME", arena_printf(a, "/aws/lambda/%s", s->name).p);
	put(l, "AWS_LAMBDA_LOG_STREAM_NAME", f->stream);
}

static const char *value_of(const struct list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_is(l->names[i], name))
			return l->items[i] + l->names[i].n + 1;
	return NULL;
}

static const char *in_folder(struct arena *a, struct str folder, const char *name)
{
	const char *path = arena_printf(a, "%.*s/%s", STR_ARG(folder), name).p;

	return folder.n && access(path, X_OK) == 0 ? path : NULL;
}

/* In the first folder that has any of the names: a virtual environment has its own python3, which is meant. */
static const char *look_for(struct list *l, const char *exact, const char *general)
{
	struct str left = str_of(value_of(l, "PATH"));
	const char *found = NULL;

	while (!found && left.n) {
		const struct str folder = { left.p, str_find(left, ':') };

		found = in_folder(l->a, folder, exact);
		if (!found)
			found = in_folder(l->a, folder, general);
		left = str_from(left, folder.n + 1);
	}
	return found;
}

static enum code absent(const char *what, const char *key, struct err *e)
{
	err_set(e, E_NOTFOUND, "there is no %s in PATH", what);
	return err_hint(
		e, "install it, or say where it is: functions.%s in the configuration", key);
}

enum code environment_bootstrap(const char *runtime, const char **name, struct err *e)
{
	*name = NULL;
	if (starts(runtime, "python"))
		*name = "bootstrap.py";
	else if (starts(runtime, "nodejs"))
		*name = "bootstrap.js";
	else if (!starts(runtime, "provided"))
		return err_hint(
			(err_set(e, E_INVALID, "a function cannot run on \"%s\"", runtime), e),
			"python3.11, nodejs20.x, or provided: a program called bootstrap in the folder");
	return E_OK;
}

static enum code choose(
	struct list *l, const struct environment_facts *f, struct environment *out, struct err *e)
{
	const struct function_spec *s = f->spec;
	const char **argv = arena_alloc(l->a, 6 * sizeof(*argv));
	const char *script = NULL;
	size_t n = 0;

	if (!argv)
		return err_nomem(e);
	if (environment_bootstrap(s->runtime, &script, e))
		return e->code;
	if (!script) {
		out->path = arena_printf(l->a, "%s/bootstrap", s->code).p;
	} else if (starts(s->runtime, "python")) {
		out->path = f->python ? f->python : look_for(l, s->runtime, "python3");
	} else {
		/* The SDK of version 2 knows no variable for an endpoint: it is told before anything else is loaded. */
		put(l, "NODE_OPTIONS",
			arena_printf(l->a, "--require \"%s/preload.js\" %s", f->scratch,
				value_of(l, "NODE_OPTIONS") ? value_of(l, "NODE_OPTIONS") : "")
				.p);
		out->path = f->node ? f->node : look_for(l, "node", "nodejs");
	}
	if (!out->path)
		return starts(s->runtime, "python") ? absent(s->runtime, "python", e)
						    : absent("node", "node", e);
	argv[n++] = out->path;
	if (script)
		argv[n++] = arena_printf(l->a, "%s/%s", f->scratch, script).p;
	argv[n] = NULL;
	out->argv = argv;
	return E_OK;
}

enum code environment_make(
	struct arena *a, const struct environment_facts *f, struct environment *out, struct err *e)
{
	struct list *l = arena_alloc(a, sizeof(*l));
	enum code c;

	if (!l)
		return err_nomem(e);
	l->a = a;
	l->items = arena_alloc(a, VARIABLES_MAX * sizeof(*l->items));
	if (!l->items)
		return err_nomem(e);
	put_usual(l, f);
	c = put_settings(l, f->spec->environment, e);
	if (c)
		return c;
	put_runtime(l, f);
	c = choose(l, f, out, e);
	if (c)
		return c;
	if (l->full)
		return err_set(e, E_TOOBIG, "function \"%s\" has more than %d variables",
			f->spec->name, VARIABLES_MAX);
	l->items[l->n] = NULL;
	out->envp = l->items;
	return arena_ok(a) ? E_OK : err_nomem(e);
}
