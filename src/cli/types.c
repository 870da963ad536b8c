/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "core/push_type.h"
#include "discover/entry_check.h"
#include "discover/sweep.h"
#include "store/catalogue.h"
#include "store/recorder.h"
#include "store/store.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>

#define FILE_MAX   (4 << 20)
#define ENTRY_MAX  (16 << 20)
#define POLICY_MAX 6144 /* of a managed policy, without white space: IAM's quotas */
#define TRIAL      "trial"

/* Before anything is recorded there is no store, but there is a catalogue. */
static enum code open_catalogue(struct cli *c, struct err *e)
{
	struct err none = { 0 };

	if (cli_open(c, &none) == E_NOTFOUND && !opt_text(&c->o, OPT_STORE)) {
		c->store = ":memory:";
		return cli_open_writing(c, e) ? e->code : catalogue_sync(&c->db, e);
	}
	*e = none;
	return e->code;
}

typedef enum code ask_fn(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);

static enum code print(struct cli *c, ask_fn *ask, const char *columns, struct err *e)
{
	struct read_filter f = { .types = opt_text(&c->o, OPT_TYPES) };
	struct printer p;
	struct rows rows;

	if (open_catalogue(c, e))
		return e->code;
	cli_printer(c, &p, columns);
	rows = printer_rows(&p);
	if (!ask(&c->reader, &f, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

/* The actions of an IAM policy. */
struct policy {
	struct buf text;
	size_t n, bytes;
};

static enum code begin_policy(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

static enum code add_action(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct policy *p = ctx;

	(void)n;
	(void)e;
	buf_text(&p->text, p->n++ ? ",\n        " : "\n        ");
	json_write_string(&p->text, cells[0].text);
	p->bytes += cells[0].text.n + 3;
	return E_OK;
}

/* Without --types it is what the recorder is set to record. */
static enum code recorded_types(struct cli *c, const char **types, struct err *e)
{
	struct recorder r = { 0 };
	struct err none = { 0 };

	*types = opt_text(&c->o, OPT_TYPES);
	if (*types || recorder_get(&c->db, &c->arena, &r, &none) == E_OK) {
		*types = *types ? *types : r.excluding ? NULL : r.types;
		return E_OK;
	}
	if (none.code != E_NOTFOUND)
		*e = none;
	return e->code;
}

static enum code print_policy(struct cli *c, struct err *e)
{
	struct policy p = { .text = BUF_INIT(1 << 20), .bytes = 100 };
	struct rows rows = { begin_policy, add_action, &p };
	struct read_filter f = { 0 };

	if (open_catalogue(c, e) || recorded_types(c, &f.types, e))
		return e->code;
	buf_text(&p.text, "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n"
			  "      \"Sid\": \"Siltstone\",\n      \"Effect\": \"Allow\",\n"
			  "      \"Action\": [");
	if (!read_types_iam(&c->reader, &f, &rows, e)) {
		buf_text(&p.text, "\n      ],\n      \"Resource\": \"*\"\n    }\n  ]\n}\n");
		if (!buf_ok(&p.text))
			err_nomem(e);
		else
			fwrite(p.text.p, 1, p.text.n, stdout);
		if (!e->code && p.bytes > POLICY_MAX)
			cli_note(c,
				"%zu actions are more than one managed policy holds (%d characters); "
				"make several with --types",
				p.n, POLICY_MAX);
	}
	buf_release(&p.text);
	return e->code;
}

/* Entries, as they are authored. */
struct shown {
	struct buf text;
	size_t n;
};

static enum code add_entry(void *ctx, const struct catalogue_type *t, struct err *e)
{
	struct shown *s = ctx;
	struct arena a = ARENA_INIT(ENTRY_MAX);
	struct json *tree = NULL;

	if (!json_read(&a, t->doc, &tree, e)) {
		buf_text(&s->text, s->n++ ? ",\n" : "[\n");
		json_write_pretty(&s->text, tree);
	}
	arena_release(&a);
	return e->code;
}

static enum code show(struct cli *c, const char *type, struct err *e)
{
	struct shown s = { .text = BUF_INIT(64 << 20) };

	if (open_catalogue(c, e))
		return e->code;
	if (!catalogue_walk(&c->db, type, add_entry, &s, e) && !s.n) {
		err_set(e, E_NOTFOUND, "there is no type \"%s\" in the catalogue", type);
		err_hint(e, "siltstone types --types '*::%s*'", type);
	}
	if (!e->code && !buf_ok(&s.text))
		err_nomem(e);
	if (!e->code) {
		fwrite(s.text.p, 1, s.text.n, stdout);
		fputs("\n]\n", stdout);
	}
	buf_release(&s.text);
	return e->code;
}

static enum code read_file(const char *path, struct buf *out, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char part[8192];
	size_t n;

	if (!f)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno, "open \"%s\"", path);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(out, part, n);
	if (ferror(f))
		err_sys(e, E_IO, errno, "read \"%s\"", path);
	else if (!buf_ok(out))
		err_set(e, E_TOOBIG, "\"%s\" is larger than %d MB", path, FILE_MAX >> 20);
	if (f != stdin)
		fclose(f);
	return e->code;
}

/* A file of entries: a list of them, or one alone. */
struct authored {
	struct buf text; /* a list, as it goes into the store */
	struct json *list;
};

static enum code check_entries(struct cli *c, const struct authored *a, struct err *e)
{
	enum code code = E_OK;

	for (const struct json *v = a->list->first; v && !code; v = v->next) {
		struct buf doc = BUF_INIT(FILE_MAX);
		struct entry *t = NULL;

		json_write(&doc, v);
		code = buf_ok(&doc) ? entry_parse(&c->arena, (struct str){ doc.p, doc.n }, &t, e)
				    : err_nomem(e);
		buf_release(&doc);
		code = code ? code : entry_check(t, e);
	}
	return code;
}

static enum code read_entries(struct cli *c, const char *path, struct authored *out, struct err *e)
{
	struct buf text = BUF_INIT(FILE_MAX);
	struct json *tree = NULL;
	enum code code = read_file(path, &text, e);

	if (!code && json_read(&c->arena, (struct str){ text.p, text.n }, &tree, e))
		code = err_add(e, "%s", path);
	buf_release(&text);
	if (code)
		return code;
	if (tree->kind == JSON_OBJECT) {
		out->list = json_new(&c->arena, JSON_ARRAY);
		json_push(out->list, tree);
	} else {
		out->list = tree;
	}
	if (!out->list || !arena_ok(&c->arena))
		return err_nomem(e);
	if (out->list->kind != JSON_ARRAY || !out->list->first)
		return err_set(e, E_INVALID, "%s: wants an entry or a list of entries", path);
	if (check_entries(c, out, e)) {
		err_hint(e, "siltstone types show TYPE prints an entry that is right");
		return err_add(e, "%s", path);
	}
	json_write(&out->text, out->list);
	return buf_ok(&out->text) ? E_OK : err_nomem(e);
}

/* "entries/acme.json" -> "acme" */
static const char *name_of(struct cli *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_of(slash ? slash + 1 : path);

	if (name.n > 5 && str_eq(str_from(name, name.n - 5), STR(".json")))
		name.n -= 5;
	return arena_text(&c->arena, name);
}

static enum code add(struct cli *c, const char *path, struct err *e)
{
	struct authored a = { .text = BUF_INIT(FILE_MAX) };
	const char *name = strcmp(path, "-") == 0 ? "own" : name_of(c, path);

	if (!read_entries(c, path, &a, e) && !cli_open_writing(c, e) &&
		!catalogue_sync(&c->db, e) &&
		!catalogue_add(&c->db, name, (struct str){ a.text.p, a.text.n }, e))
		cli_note(c, "catalogue \"%s\" has %zu %s", name, a.list->n,
			cli_plural((int64_t)a.list->n, "type", "types"));
	buf_release(&a.text);
	return e->code;
}

/* TYPE may be left out: the schema says it. */
static enum code register_type(struct cli *c, const char *name, struct err *e)
{
	const char *path = opt_text(&c->o, OPT_SCHEMA);
	struct buf text = BUF_INIT(FILE_MAX);
	char version[CUSTOM_TYPE_VERSION_BYTES];
	struct json *tree = NULL;
	bool known = false;
	struct str type;

	if (!path) {
		err_set(e, E_INVALID, "types register wants --schema FILE");
		return err_hint(e, "siltstone help types");
	}
	if (!read_file(path, &text, e) && json_read(&c->arena, buf_slice(&text), &tree, e))
		err_add(e, "%s", path);
	type = json_get_text(tree, "typeName");
	if (!e->code && name && !str_is(type, name))
		err_set(e, E_INVALID, "%s: is the schema of \"%.*s\", not of \"%s\"", path,
			STR_ARG(type), name);
	if (!e->code && !cli_open_writing(c, e) && !catalogue_sync(&c->db, e) &&
		push_register(&c->db, buf_slice(&text), c->now_ms, version, &known, e))
		err_add(e, "%s", path);
	if (!e->code)
		cli_note(c,
			known ? "%.*s has that schema already: version %s"
			      : "%.*s is registered: version %s",
			STR_ARG(type), version);
	buf_release(&text);
	return e->code;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	struct err none = { 0 };

	if (cli_open_changing(c, e))
		return e->code;
	if (strstr(name, "::")) {
		if (!push_unregister(&c->db, str_of(name), &none))
			cli_note(
				c, "type \"%s\" is forgotten; what was recorded of it stays", name);
		*e = none.code == E_NOTFOUND ? *e : none;
		if (none.code != E_NOTFOUND)
			return e->code;
	}
	if (catalogue_remove(&c->db, name, e))
		return e->code == E_NOTFOUND ? err_hint(e, "siltstone types --columns "
							   "resource_type,catalogue")
					     : e->code;
	cli_note(c, "catalogue \"%s\" is forgotten; what was recorded by it stays", name);
	return E_OK;
}

/* The first item of a type. */
struct first {
	bool any;
};

static enum code print_first(void *ctx, struct str body, struct err *e)
{
	struct first *f = ctx;
	struct arena a = ARENA_INIT(256 << 20);
	struct buf text = BUF_INIT(256 << 20);
	struct json *item = NULL;

	if (!f->any && !json_read(&a, body, &item, e)) {
		json_write_pretty(&text, item);
		fwrite(text.p, 1, text.n, stdout);
		fputc('\n', stdout);
		f->any = true;
	}
	buf_release(&text);
	arena_release(&a);
	return e->code;
}

/* Look once, in a store that is thrown away. */
static enum code try_type(
	struct cli *c, struct db *scratch, const struct json *entry, struct err *e)
{
	const char *type = arena_text(&c->arena, json_get_text(entry, "type"));
	struct str engine = json_get_text(entry, "engine");
	struct sweep_options o = { .source = TRIAL,
		.kind = str_is(engine, "exec") ? "exec" : "aws",
		.types = type,
		.regions = opt_text(&c->o, OPT_REGIONS),
		.profile = opt_text(&c->o, OPT_PROFILE),
		.endpoint = opt_text(&c->o, OPT_ENDPOINT),
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.role_arn = opt_text(&c->o, OPT_ROLE_ARN),
		.stop = c->stop };
	struct item_walk w = { .until_ms = INT64_MAX, .types = type };
	struct sweep_sum sum = { 0 };
	struct first first = { false };

	if (!sweep_run(scratch, &o, c->now_ms, &sum, e)) {
		for (size_t i = 0; i < sum.n_notes; i++)
			cli_say_plain(arena_printf(&c->arena, "%s: ", type).p, sum.notes[i].reason);
		cli_note(c, "%s: %lld seen with %lld calls", type, (long long)sum.recorded.seen,
			(long long)sum.calls);
		if (sum.partial || sum.failed)
			c->exit = CLI_EXIT_PARTIAL;
		item_files(scratch, &w, print_first, &first, e);
	}
	sweep_sum_release(&sum);
	return e->code;
}

static enum code try(struct cli *c, const char *path, struct err *e)
{
	struct authored a = { .text = BUF_INIT(FILE_MAX) };
	struct db scratch = { 0 };

	if (!read_entries(c, path, &a, e) &&
		!store_open(&scratch, ":memory:", DB_CREATE, c->now_ms, e)) {
		if (!catalogue_sync(&scratch, e))
			catalogue_add(&scratch, TRIAL, (struct str){ a.text.p, a.text.n }, e);
		for (const struct json *v = a.list->first; v && !e->code; v = v->next)
			try_type(c, &scratch, v, e);
		db_close(&scratch);
	}
	buf_release(&a.text);
	return e->code;
}

static enum code list(struct cli *c, struct err *e)
{
	bool missing = opt_text(&c->o, OPT_MISSING) != NULL;
	bool cost = opt_text(&c->o, OPT_COST) != NULL;
	bool policy = opt_text(&c->o, OPT_IAM_POLICY) != NULL;

	if (missing + cost + policy > 1)
		return err_set(
			e, E_INVALID, "--missing, --cost and --iam-policy exclude each other");
	if (policy)
		return print_policy(c, e);
	if (missing)
		return print(c, read_types_missing, NULL, e);
	if (cost)
		return print(c, read_types_cost, NULL, e);
	return print(c, read_types, "resource_type,engine,service,listed_by,looks,resources", e);
}

enum code cmd_types(struct cli *c, struct err *e)
{
	static const struct {
		const char *verb;
		enum code (*run)(struct cli *c, const char *what, struct err *e);
	} verbs[] = { { "show", show }, { "try", try }, { "add", add }, { "remove", take_off } };

	if (!c->argc)
		return list(c, e);
	if (strcmp(c->argv[0], "register") == 0)
		return register_type(c, c->argc > 1 ? c->argv[1] : NULL, e);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(c->argv[0], verbs[i].verb) == 0 && c->argc == 2 && *c->argv[1])
			return verbs[i].run(c, c->argv[1], e);
	err_set(e, E_INVALID,
		"types wants nothing, show TYPE, try FILE, add FILE, register [TYPE], or remove NAME");
	return err_hint(e, "siltstone help types");
}
