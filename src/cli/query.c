/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/query_aws.h"

#include "api/cell_text.h"
#include "base/time.h"

static enum code values(struct cli *c, struct select_value *out, size_t *n, struct err *e)
{
	const char *given;
	size_t at = 0;

	while ((given = opt_next(&c->o, OPT_PARAM, &at))) {
		struct str s = str_of(given);
		size_t equals;

		if (s.n && strchr(":@$", s.p[0]))
			s = str_from(s, 1);
		equals = str_find(s, '=');
		if (equals == s.n || !equals)
			return err_set(e, E_INVALID, "--param wants NAME=VALUE, not \"%s\"", given);
		out[*n].name = arena_text(&c->arena, (struct str){ s.p, equals });
		out[(*n)++].value = cell_typed(s.p + equals + 1);
	}
	return E_OK;
}

static enum code run(struct cli *c, const struct read_query *q, struct err *e)
{
	int64_t began = time_ticks_ms();
	bool truncated = false;
	struct printer p;
	struct rows rows;
	enum code code;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	code = read_query(&c->reader, q, &rows, &truncated, e);
	if (!code)
		code = printer_end(&p, e);
	if (!code && truncated)
		cli_note(c, "there are more than %lld rows; --limit 0 gives all",
			(long long)q->limit);
	if (!code && c->tty)
		cli_note(c, "%zu %s  %lld ms", p.rows, cli_plural((int64_t)p.rows, "row", "rows"),
			(long long)(time_ticks_ms() - began));
	printer_release(&p);
	return code;
}

static void doubt(const char *sql)
{
	char warning[240], hint[240];

	if (read_query_doubts(sql, warning, hint, sizeof(warning)))
		fprintf(stderr, "warning: %s\ntry: %s\n", warning, hint);
}

enum code cmd_query(struct cli *c, struct err *e)
{
	struct select_value *given = arena_alloc(&c->arena, OPT_GIVEN_MAX * sizeof(*given));
	struct read_query q = { .sql = c->argv[0], .values = given };
	int64_t seconds;

	if (!given)
		return err_nomem(e);
	if (opt_number(&c->o, OPT_TIMEOUT, 0, &seconds, e))
		return e->code;
	seconds = seconds > INT32_MAX ? 0 : seconds;
	if (opt_text(&c->o, OPT_AWS))
		return query_aws(c, seconds * 1000, e);
	if (opt_text(&c->o, OPT_EXPLAIN))
		return err_set(e, E_INVALID, "--explain is for --aws; SQL has EXPLAIN QUERY PLAN");
	if (values(c, given, &q.n_values, e) || opt_number(&c->o, OPT_LIMIT, 0, &q.limit, e) ||
		cli_open(c, e))
		return e->code;
	c->reader.timeout_ms = seconds * 1000;
	doubt(q.sql);
	if (run(c, &q, e) == E_INVALID)
		err_hint(e, "the view \"help\" says what there is to ask");
	return e->code;
}
