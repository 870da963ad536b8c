/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"

#include "cli/cli.h"

/* "store.path", "source.prod.regions" */
static const char *full_name(struct cli *c, const struct config_value *v)
{
	if (!*v->name)
		return arena_printf(&c->arena, "%s.%s", v->section, v->key).p;
	return arena_printf(&c->arena, "%s.%s.%s", v->section, v->name, v->key).p;
}

enum code cmd_config(struct cli *c, struct err *e)
{
	static const char *const names[] = { "key", "value", "origin" };
	size_t n = opt_text(&c->o, OPT_ORIGIN) ? 3 : 2;
	struct printer p;
	struct rows rows;

	if (strcmp(c->argv[0], "show") != 0) {
		err_set(e, E_INVALID, "config wants show, not \"%s\"", c->argv[0]);
		return err_hint(e, "siltstone config show --origin");
	}
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	rows.begin(rows.ctx, names, n, e);
	for (const struct config_value *v = c->config.first; v && !e->code; v = v->next) {
		const struct cell cells[] = { cell_text(full_name(c, v)), cell_text(v->text),
			cell_text(v->origin) };

		rows.row(rows.ctx, cells, n, e);
	}
	if (!e->code)
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}
