/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

enum code cmd_blame(struct cli *c, struct err *e)
{
	struct resource who;
	struct item item;
	struct printer p;
	struct rows rows;

	if (cli_open(c, e) || cli_find_item(c, c->argv[0], &who, &item, e))
		return e->code;
	if (item.deleted) {
		err_set(e, E_NOTFOUND, "%s is deleted", who.id);
		return err_hint(e, "siltstone blame %s@v%lld tells of it as it was before", who.id,
			(long long)item.version - 1);
	}
	cli_printer(c, &p, "property,version,at,actor,value");
	rows = printer_rows(&p);
	if (!read_blame(&c->reader, &who, &item, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}
