/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/person.h"

#include "api/findings.h"
#include "base/time.h"
#include "base/when.h"
#include "cli/plain.h"
#include "json/read.h"
#include "json/write.h"

#define BODY_MAX      (64 << 20)
#define ARENA_MAX     (256 << 20)
#define VALUE_COLUMNS 100

/* What is printed as a block under a heading: every row a line of some columns. */
struct block {
	struct cli *c;
	const char *heading;
	const char *columns[3]; /* NULL: no more */
	size_t align[2];        /* how wide the columns before the last are at least */
	struct columns k;
	size_t rows;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct block *b = ctx;

	(void)e;
	b->k = (struct columns){ names, n };
	return E_OK;
}

static enum code block_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct block *b = ctx;

	(void)n;
	(void)e;
	if (!b->rows++)
		say(b->c, INK_STRONG, "\n%s\n", b->heading);
	for (size_t i = 0; i < 3 && b->columns[i]; i++) {
		const struct cell *v = column(&b->k, cells, b->columns[i]);
		bool last = i == 2 || !b->columns[i + 1];

		fputs("  ", stdout);
		say_value(b->c, INK_PLAIN, v, VALUE_COLUMNS);
		if (!last && v->kind == CELL_TEXT)
			say_pad(plain_width(v->text), b->align[i]);
	}
	fputc('\n', stdout);
	return E_OK;
}

static void fact(struct block *b, const char *label, struct str value)
{
	if (value.n)
		say(b->c, INK_PLAIN, "  %-9s %.*s\n", label, STR_ARG(value));
}

static enum code facts_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct block *b = ctx;
	struct columns *k = &b->k;
	struct str name = column_text(k, cells, "name"), az = column_text(k, cells, "az");
	struct str actor = column_text(k, cells, "actor"), until = column_text(k, cells, "until");

	(void)n;
	(void)e;
	say(b->c, INK_STRONG, "%.*s", STR_ARG(column_text(k, cells, "resource_id")));
	say(b->c, INK_PLAIN, "  %.*s", STR_ARG(column_text(k, cells, "resource_type")));
	if (name.n)
		say(b->c, INK_PLAIN, "  %.*s", STR_ARG(name));
	fputc('\n', stdout);
	fact(b, "account", column_text(k, cells, "account"));
	fact(b, "region", column_text(k, cells, "region"));
	fact(b, "zone", az);
	fact(b, "arn", column_text(k, cells, "arn"));
	fact(b, "created", column_text(k, cells, "created"));
	say(b->c, INK_PLAIN, "  %-9s %lld of %lld, %.*s %.*sZ", "version",
		(long long)column_int(k, cells, "version"),
		(long long)column_int(k, cells, "versions"),
		STR_ARG(column_text(k, cells, "event")), STR_ARG(column_text(k, cells, "at")));
	if (actor.n)
		say(b->c, INK_PLAIN, " by %.*s", STR_ARG(actor));
	if (!str_starts(until, STR("9999")))
		say(b->c, INK_PLAIN, ", in force until %.*sZ", STR_ARG(until));
	fputc('\n', stdout);
	fact(b, "source", column_text(k, cells, "source"));
	return E_OK;
}

/* What a rule found, and for how long it has. */
static enum code finding_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct block *b = ctx;
	const struct str result = column_text(&b->k, cells, "result");
	const struct cell *rule = column(&b->k, cells, "rule");
	const struct cell *annotation = column(&b->k, cells, "annotation");
	char ago[WHEN_AGO_BYTES];

	(void)n;
	(void)e;
	if (!b->rows++)
		say(b->c, INK_STRONG, "\n%s\n", b->heading);
	fputs("  ", stdout);
	say_value(b->c, INK_PLAIN, rule, VALUE_COLUMNS);
	say_pad(plain_width(rule->text), b->align[0]);
	say(b->c,
		str_is(result, "NON_COMPLIANT") ? INK_BAD
		: str_is(result, "COMPLIANT")   ? INK_GOOD
						: INK_FAINT,
		"%.*s", STR_ARG(result));
	say(b->c, INK_FAINT, "  since %.*sZ (%s)", STR_ARG(column_text(&b->k, cells, "since")),
		when_ago(column_int(&b->k, cells, "since_ms"), b->c->now_ms, ago));
	if (annotation->kind == CELL_TEXT) {
		fputs("  ", stdout);
		say_value(b->c, INK_PLAIN, annotation, VALUE_COLUMNS);
	}
	fputc('\n', stdout);
	return E_OK;
}

static enum code say_configuration(struct cli *c, struct str body, struct err *e)
{
	struct arena a = ARENA_INIT(ARENA_MAX);
	struct buf b = BUF_INIT(BODY_MAX);
	struct json *item;

	if (json_read(&a, body, &item, e) == E_OK && json_get(item, "configuration")) {
		say(c, INK_STRONG, "\nconfiguration\n");
		json_write_pretty(&b, json_get(item, "configuration"));
		fwrite(b.p, 1, b.n, stdout);
		if (b.n && b.p[b.n - 1] != '\n')
			fputc('\n', stdout);
	}
	buf_release(&b);
	arena_release(&a);
	return e->code;
}

static enum code tell(struct cli *c, const struct resource *who, const struct item *item,
	struct str body, struct err *e)
{
	struct reader *r = &c->reader;
	/* The newest is told as it is now: links and tags end without a new version of it. */
	struct item newest;
	int64_t at_ms;
	struct block facts = { .c = c };
	struct block tags = {
		.c = c, .heading = "tags", .columns = { "key", "value" }, .align = { 12 }
	};
	struct block out = { .c = c,
		.heading = "links to",
		.columns = { "relation", "target_type", "target_id" },
		.align = { 32, 24 } };
	struct block in = { .c = c,
		.heading = "linked from",
		.columns = { "resource_type", "resource_id", "relation" },
		.align = { 26, 24 } };
	struct block found = { .c = c, .heading = "rules", .align = { 32 } };
	struct rows findings = { begin, finding_row, &found };
	struct rows rows[] = { { begin, facts_row, &facts }, { begin, block_row, &tags },
		{ begin, block_row, &out }, { begin, block_row, &in } };

	if (item_in_force(r->db, who->rid, INT64_MAX, &newest, e))
		return e->code;
	at_ms = newest.item_id == item->item_id ? r->at_ms : item->captured_ms;
	if (at_ms < item->captured_ms)
		at_ms = item->captured_ms;
	if (read_facts(r, item->item_id, &rows[0], e) ||
		read_tags_of(r, who->rid, at_ms, &rows[1], e) ||
		read_links_of(r, who->rid, at_ms, &rows[2], e) ||
		read_links_to(r, who->rid, at_ms, &rows[3], e) ||
		findings_of(r, who->rid, item->version, &findings, e))
		return e->code;
	return say_configuration(c, body, e);
}

static enum code print_facts(struct cli *c, const struct item *item, struct err *e)
{
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_facts(&c->reader, item->item_id, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_show(struct cli *c, struct err *e)
{
	struct buf body = BUF_INIT(BODY_MAX);
	struct resource who;
	struct item item;

	if (cli_open(c, e) || cli_find_item(c, c->argv[0], &who, &item, e) ||
		item_file(&c->db, item.item_id, &body, e)) {
		buf_release(&body);
		return e->code;
	}
	if (!c->format_given) {
		tell(c, &who, &item, buf_slice(&body), e);
	} else if (c->format == FORMAT_JSON || c->format == FORMAT_JSONL) {
		fwrite(body.p, 1, body.n, stdout);
		fputc('\n', stdout);
	} else {
		print_facts(c, &item, e);
	}
	buf_release(&body);
	fflush(stdout);
	return e->code;
}
