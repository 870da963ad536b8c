/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/exec.h"

#include "discover/shape.h"
#include "net/child.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>
#include <unistd.h>

enum {
	ARGS_MAX = 32,
	LINE_MAX_BYTES = 8 << 20,   /* one configuration */
	ANSWER_MAX_BYTES = 1 << 30, /* all of them */
	LINES_MAX = 10000000,
};

struct run {
	const struct entry *t;
	const struct place *at;
	exec_fn *fn; /* NULL: only whether there is one */
	void *ctx;
	int64_t lines;
	bool complete, found, gone;
};

enum code exec_host_name(struct arena *a, const char **name, struct err *e)
{
	char text[256] = "";

	if (gethostname(text, sizeof(text) - 1) || !text[0])
		return err_set(e, E_IO, "could not tell the name of this host");
	*name = arena_text(a, str_of(text));
	return arena_ok(a) ? E_OK : err_nomem(e);
}

/* The folder of our own executable, or "" where the system does not tell. */
static const char *own_folder(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	while (n > 0 && path[n - 1] != '/')
		n--;
	return n > 1 ? arena_text(a, (struct str){ path, (size_t)n - 1 }) : "";
}

static const char *find_program(struct arena *a, const char *name)
{
	const char *folder = strchr(name, '/') ? "" : own_folder(a);
	const char *beside = arena_printf(a, "%s/%s", folder, name).p;
	const char *libexec = arena_printf(a, "%s/../libexec/siltstone/%s", folder, name).p;

	if (*folder && !access(beside, X_OK))
		return beside;
	return *folder && !access(libexec, X_OK) ? libexec : name;
}

static enum code observe(struct run *r, struct arena *a, struct json *line, struct err *e)
{
	struct observation o = { .created_ms = INT64_MIN };
	struct json *configuration = json_get(line, "configuration");
	struct json *tags = json_get(line, "tags");
	enum code c = shape_configuration(a, r->t, NULL, &configuration, e);

	o.configuration = configuration;
	o.supplementary = json_get(line, "supplementaryConfiguration");
	if (!c)
		c = identity_fill(a, r->t, r->at, &o, e);
	if (!c && json_is(tags, JSON_OBJECT))
		o.tags = tags;
	return c ? c : r->fn(r->ctx, &o, e);
}

static enum code read_line(struct run *r, struct arena *a, struct str text, struct err *e)
{
	struct json *line = NULL;
	enum code c = json_read(a, text, &line, e);

	if (c == E_INVALID)
		e->code = E_CORRUPT;
	if (c)
		return e->code;
	if (r->complete)
		return err_set(e, E_CORRUPT, "it goes on behind \"complete\"");
	r->complete = json_get_flag(line, "complete");
	r->gone = r->gone || json_get_flag(line, "gone");
	if (r->complete || json_get_flag(line, "gone"))
		return E_OK;
	if (!json_is(json_get(line, "configuration"), JSON_OBJECT))
		return err_set(e, E_CORRUPT, "there is no object \"configuration\"");
	r->found = true;
	return r->fn ? observe(r, a, line, e) : E_OK;
}

static enum code take_line(void *ctx, struct str text, struct err *e)
{
	struct run *r = ctx;
	struct arena a = ARENA_INIT(64 << 20);
	enum code c = E_OK;

	r->lines++;
	if (text.n > LINE_MAX_BYTES || r->lines > LINES_MAX)
		c = err_set(e, E_TOOBIG, "more than a program may print");
	else if (text.n)
		c = read_line(r, &a, text, e);
	arena_release(&a);
	return c ? err_add(e, "line %lld", (long long)r->lines) : E_OK;
}

static void write_request(struct buf *b, const struct run *r, const char *op, struct str id)
{
	buf_printf(b, "{\"op\":\"%s\",\"type\":", op);
	json_write_string(b, str_of(r->t->type));
	buf_text(b, ",\"scope\":\"host\"");
	if (id.p) {
		buf_text(b, ",\"id\":");
		json_write_string(b, id);
	}
	buf_text(b, "}\n");
}

static enum code run_program(struct run *r, const char *op, struct str id, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct buf request = BUF_INIT(1 << 20);
	const char *argv[ARGS_MAX + 1] = { NULL };
	struct child child = { .argv = argv,
		.deadline_ms = (int64_t)r->t->timeout_s * 1000,
		.answer_max = ANSWER_MAX_BYTES,
		.line = take_line,
		.ctx = r };
	size_t n = 0;
	enum code c;

	for (const struct json *v = r->t->argv->first; v && n < ARGS_MAX; v = v->next)
		argv[n++] = arena_text(&a, v->text);
	if (!argv[0])
		return err_set(e, E_INVALID, "%s has no program", r->t->type);
	argv[0] = find_program(&a, argv[0]);
	write_request(&request, r, op, id);
	child.input = buf_slice(&request);
	c = buf_ok(&request) && arena_ok(&a) ? child_run(&child, NULL, e) : err_nomem(e);
	if (c)
		(void)err_add(e, "run \"%s\"", argv[0]);
	buf_release(&request);
	arena_release(&a);
	return c;
}

enum code exec_list(const struct entry *t, const struct place *at, exec_fn *fn, void *ctx,
	bool *complete, struct err *e)
{
	struct run r = { .t = t, .at = at, .fn = fn, .ctx = ctx };
	enum code c = run_program(&r, "list", STR_NONE, e);

	*complete = !c && r.complete;
	return c;
}

enum code exec_is_there(
	const struct entry *t, const struct place *at, struct str id, bool *there, struct err *e)
{
	struct run r = { .t = t, .at = at };
	enum code c = run_program(&r, "get", id, e);

	if (!c && r.found == r.gone)
		return err_set(e, E_CORRUPT, "\"%s\" does not say whether it is there",
			json_is(t->argv->first, JSON_STRING) ? t->argv->first->text.p : "");
	if (!c)
		*there = r.found;
	return c;
}
