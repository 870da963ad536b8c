/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/buf.h"
#include "json/write.h"

/* Columns of a terminal that has room for what is the same in most lines. */
#define WIDE 120

/* The given --tag options as the list of [key, value] that read_resources() takes. */
static enum code tag_list(struct cli *c, const char **out, struct err *e)
{
	struct buf b = BUF_INIT(1 << 16);
	const char *tag;
	size_t at = 0;

	*out = NULL;
	while ((tag = opt_next(&c->o, OPT_TAG, &at))) {
		struct str s = str_of(tag);
		size_t equals = str_find(s, '=');

		buf_text(&b, b.n ? ",[" : "[[");
		json_write_string(&b, (struct str){ s.p, equals });
		buf_char(&b, ',');
		if (equals < s.n)
			json_write_string(&b, str_from(s, equals + 1));
		else
			buf_text(&b, "null");
		buf_char(&b, ']');
	}
	if (b.n) {
		buf_char(&b, ']');
		*out = arena_text(&c->arena, buf_slice(&b));
	}
	if (!buf_ok(&b))
		err_set(e, E_TOOBIG, "the tags are too long");
	buf_release(&b);
	return e->code;
}

static enum code print(struct cli *c, struct read_filter *f, struct err *e)
{
	bool deleted = opt_text(&c->o, OPT_DELETED) != NULL;
	struct printer p;
	struct rows rows;
	enum code code;

	cli_printer(c, &p,
		c->width && c->width < WIDE
			? "resource_type,resource_id,name,region,at"
			: "resource_type,resource_id,name,account,region,version,at");
	rows = printer_rows(&p);
	code = deleted ? read_deleted(&c->reader, f, &rows, e)
		       : read_resources(&c->reader, f, &rows, e);
	if (!code)
		code = printer_end(&p, e);
	if (!code && c->tty)
		cli_note(c, "%zu %s", p.rows, cli_plural((int64_t)p.rows, "resource", "resources"));
	printer_release(&p);
	return code;
}

enum code cmd_ls(struct cli *c, struct err *e)
{
	struct read_filter f = { .where = opt_text(&c->o, OPT_WHERE) };

	if (opt_text(&c->o, OPT_DELETED) && (f.where || opt_text(&c->o, OPT_TAG)))
		return err_set(e, E_INVALID, "--deleted goes with neither --tag nor --where");
	if (cli_open(c, e) || cli_filter(c, &f, e) || tag_list(c, &f.tags, e))
		return e->code;
	if (c->argc && resource_types(&c->db, c->argv[0], &c->arena, &f.types, e))
		return e->code;
	return print(c, &f, e);
}
