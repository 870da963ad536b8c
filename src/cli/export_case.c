/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/export.h"

#include "base/buf.h"
#include "base/time.h"
#include "store/case_file.h"

#define SCOPE_MAX 4096

static void say_option(struct cli *c, enum opt_id id, struct buf *b)
{
	const char *text = opt_text(&c->o, id);

	if (text)
		buf_printf(b, "%s%s %s", b->n ? ", " : "", opts[id].name, text);
}

/* What was asked for, in the words in which it was; times as they were understood. */
static const char *scope(struct cli *c, const struct read_filter *f)
{
	struct buf b = BUF_INIT(SCOPE_MAX);
	char text[TIME_ISO_BYTES];
	const char *s;

	say_option(c, OPT_ACCOUNT, &b);
	say_option(c, OPT_REGION, &b);
	say_option(c, OPT_TYPE, &b);
	say_option(c, OPT_RESOURCE, &b);
	if (f->since_ms)
		buf_printf(&b, "%sfrom %sZ", b.n ? ", " : "", time_text(f->since_ms, text));
	if (f->until_ms < TIME_FOREVER_MS)
		buf_printf(&b, "%suntil %sZ", b.n ? ", " : "", time_text(f->until_ms, text));
	s = arena_text(&c->arena, b.n ? buf_slice(&b) : STR("everything"));
	buf_release(&b);
	return s;
}

enum code export_case(struct cli *c, const char *path, struct err *e)
{
	struct read_filter f = { .until_ms = TIME_FOREVER_MS };
	const char *who = opt_text(&c->o, OPT_RESOURCE);
	struct resource resource = { 0 };
	struct case_query q;
	struct case_sum sum;

	if (cli_filter(c, &f, e) || (who && cli_find(c, who, &resource, e)))
		return e->code;
	q = (struct case_query){ .account = f.account,
		.region = f.region,
		.types = f.types,
		.rid = resource.rid,
		.since_ms = f.since_ms,
		.until_ms = f.until_ms,
		.scope = scope(c, &f),
		.stop = c->stop };
	if (!q.scope)
		return err_nomem(e);
	if (case_file_write(&c->db, path, &q, c->now_ms, &sum, e))
		return e->code;
	cli_note(c, "%lld %s of %lld %s; of %lld others the digest", (long long)sum.items,
		cli_plural(sum.items, "item", "items"), (long long)sum.resources,
		cli_plural(sum.resources, "resource", "resources"), (long long)sum.left_out);
	return E_OK;
}
