/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/source.h"

#include "discover/kept.h"
#include "store/source.h"
#include "json/write.h"

/* The options that a source keeps, by the names sweep settings have. */
static const struct {
	enum opt_id id;
	const char *key;
} kept[] = {
	{ OPT_TYPES, "types" },
	{ OPT_REGIONS, "regions" },
	{ OPT_ENDPOINT, "endpoint" },
	{ OPT_PROFILE, "profile" },
	{ OPT_ROLE_ARN, "role_arn" },
	{ OPT_ACCOUNT, "account" },
	{ OPT_SQS, "queue" },
	{ OPT_RECHECK, "recheck" },
};

const char *source_settings(struct cli *c)
{
	struct buf b = BUF_INIT(1 << 16);
	const char *out;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		const char *text = opt_text(&c->o, kept[i].id);

		if (!text)
			continue;
		buf_char(&b, b.n ? ',' : '{');
		json_write_string(&b, str_of(kept[i].key));
		buf_char(&b, ':');
		json_write_string(&b, str_of(text));
	}
	buf_text(&b, b.n ? "}" : "{}");
	out = arena_text(&c->arena, buf_slice(&b));
	buf_release(&b);
	return out;
}

static void override(struct cli *c, enum opt_id id, const char **value)
{
	const char *given = opt_text(&c->o, id);

	if (given)
		*value = given;
}

void source_override(struct cli *c, struct sweep_options *o)
{
	override(c, OPT_TYPES, &o->types);
	override(c, OPT_REGIONS, &o->regions);
	override(c, OPT_PROFILE, &o->profile);
	override(c, OPT_ENDPOINT, &o->endpoint);
	override(c, OPT_ACCOUNT, &o->account);
	override(c, OPT_ROLE_ARN, &o->role_arn);
}

static enum code add(struct cli *c, const char *name, struct err *e)
{
	const char *kind = opt_text(&c->o, OPT_KIND);
	struct source source = { .name = name,
		.kind = kind                             ? kind
			: strcmp(name, SOURCE_HOST) == 0 ? "exec"
							 : "aws",
		.settings = source_settings(c),
		.kept = 1 };

	if (strcmp(source.kind, "aws") != 0 && strcmp(source.kind, "exec") != 0)
		return err_set(e, E_INVALID, "a source is of kind aws or exec, not \"%s\"", kind);
	if (kept_recheck(opt_text(&c->o, OPT_RECHECK), &(struct sweep_options){ 0 }, e))
		return e->code;
	if (cli_open_writing(c, e) || source_put(&c->db, &source, e))
		return e->code;
	cli_note(c, "source \"%s\" is kept; siltstone record --source %s looks at it", name, name);
	return E_OK;
}

static enum code list(struct cli *c, struct err *e)
{
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_kept(&c->reader, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	if (cli_open_changing(c, e))
		return e->code;
	if (source_remove(&c->db, name, e))
		return e->code == E_NOTFOUND ? err_hint(e, "siltstone source list") : e->code;
	cli_note(c, "source \"%s\" is forgotten; what it recorded stays", name);
	return E_OK;
}

enum code cmd_source(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0], *name = c->argc > 1 ? c->argv[1] : NULL;

	if (strcmp(verb, "list") == 0 && !name)
		return list(c, e);
	if (strcmp(verb, "add") == 0 && name && *name)
		return add(c, name, e);
	if (strcmp(verb, "remove") == 0 && name && *name)
		return take_off(c, name, e);
	err_set(e, E_INVALID, "source wants add NAME, list, or remove NAME");
	return err_hint(e, "siltstone help source");
}
