/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/person.h"

#include "base/time.h"
#include "base/when.h"
#include "store/coverage.h"
#include "store/publication.h"
#include "json/write.h"
#include <sys/stat.h>

/* For programs: one object, with a list of sources and a list of what they could not see. */
struct collector {
	struct cli *c;
	struct buf *b; /* NULL: it is told to a person */
	struct columns k;
	size_t n;
};

static enum code begin_object(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct collector *t = ctx;

	(void)e;
	t->k = (struct columns){ names, n };
	return E_OK;
}

static void members(struct collector *t, const struct cell *cells)
{
	for (size_t i = 0; i < t->k.n; i++) {
		if (i)
			buf_char(t->b, ',');
		json_write_string(t->b, str_of(t->k.names[i]));
		buf_char(t->b, ':');
		if (cells[i].kind == CELL_INT)
			buf_printf(t->b, "%lld", (long long)cells[i].i);
		else if (cells[i].kind == CELL_TEXT)
			json_write_string(t->b, cells[i].text);
		else
			buf_text(t->b, "null");
	}
}

static enum code add_members(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	(void)n;
	(void)e;
	members(ctx, cells);
	return E_OK;
}

static enum code add_object(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct collector *t = ctx;

	(void)n;
	(void)e;
	buf_text(t->b, t->n++ ? ",{" : "{");
	members(t, cells);
	buf_char(t->b, '}');
	return E_OK;
}

static int64_t file_bytes(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 ? (int64_t)sb.st_size : 0;
}

static void moment(struct buf *b, const char *name, int64_t ms)
{
	char text[TIME_ISO_BYTES];

	if (ms)
		buf_printf(b, ",\"%s\":\"%s\"", name, time_text(ms, text));
	else
		buf_printf(b, ",\"%s\":null", name);
}

static enum code write_publication(struct cli *c, struct buf *b, struct err *e)
{
	struct publication p;
	enum code code = publication_get(&c->db, &c->arena, &p, e);

	if (code) {
		buf_text(b, "null");
		return code == E_NOTFOUND ? E_OK : code;
	}
	buf_text(b, "{\"path\":");
	json_write_string(b, str_of(p.path));
	moment(b, "up_to_date", p.done_ms);
	buf_text(b, ",\"error\":");
	if (p.error)
		json_write_string(b, str_of(p.error));
	else
		buf_text(b, "null");
	buf_char(b, '}');
	return E_OK;
}

static enum code write_object(struct cli *c, struct err *e)
{
	struct buf b = BUF_INIT(64 << 20);
	struct collector counts = { .b = &b }, sources = { .b = &b }, incomplete = { .b = &b };
	struct rows counts_rows = { begin_object, add_members, &counts };
	struct rows sources_rows = { begin_object, add_object, &sources };
	struct rows incomplete_rows = { begin_object, add_object, &incomplete };

	buf_text(&b, "{\"store\":");
	json_write_string(&b, str_of(c->store));
	buf_printf(&b, ",\"bytes\":%lld,", (long long)file_bytes(c->store));
	if (!read_counts(&c->reader, &counts_rows, e)) {
		buf_text(&b, ",\"sources\":[");
		read_sources(&c->reader, &sources_rows, e);
		buf_text(&b, "],\"incomplete\":[");
	}
	if (!e->code && !read_incomplete(&c->reader, &incomplete_rows, e)) {
		buf_text(&b, "],\"published\":");
		write_publication(c, &b, e);
		buf_text(&b, "}\n");
		fwrite(b.p, 1, b.n, stdout);
	}
	if (!buf_ok(&b))
		err_nomem(e);
	buf_release(&b);
	return e->code;
}

static void say_bytes(struct cli *c, int64_t bytes)
{
	static const char *const units[] = { "bytes", "KB", "MB", "GB", "TB" };
	double n = (double)bytes;
	size_t i = 0;

	for (; n >= 1000 && i < 4; i++)
		n /= 1000;
	say(c, INK_PLAIN, i ? "%.1f %s" : "%.0f %s", n, units[i]);
}

static enum code tell_counts(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct collector *t = ctx;
	struct cli *c = t->c;
	struct columns *k = &t->k;
	int64_t resources = column_int(k, cells, "resources");
	int64_t types = column_int(k, cells, "types"), items = column_int(k, cells, "items");

	(void)n;
	(void)e;
	say(c, INK_STRONG, "%s", c->store);
	say(c, INK_PLAIN, "  schema %lld, ", (long long)column_int(k, cells, "schema"));
	say_bytes(c, file_bytes(c->store));
	say(c, INK_PLAIN, "\n%lld %s of %lld %s, %lld deleted; %lld %s", (long long)resources,
		cli_plural(resources, "resource", "resources"), (long long)types,
		cli_plural(types, "type", "types"), (long long)column_int(k, cells, "deleted"),
		(long long)items, cli_plural(items, "item", "items"));
	if (items)
		say(c, INK_PLAIN, ", %.*sZ to %.*sZ", STR_ARG(column_text(k, cells, "first_at")),
			STR_ARG(column_text(k, cells, "last_at")));
	fputc('\n', stdout);
	return E_OK;
}

/* How long ago that was: a source whose sweeps fail stays at its last one that did not. */
static void say_age(struct cli *c, struct str at)
{
	char text[TIME_ISO_BYTES], ago[WHEN_AGO_BYTES];
	struct err ignored = { 0 };
	int64_t ms;

	snprintf(text, sizeof(text), "%.*s", STR_ARG(at));
	if (!when_parse(text, c->now_ms, &ms, &ignored))
		say(c, INK_FAINT, " (%s)", when_ago(ms, c->now_ms, ago));
}

static enum code tell_source(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct collector *t = ctx;
	struct columns *k = &t->k;
	struct str swept = column_text(k, cells, "last_sweep");
	int64_t looks = column_int(k, cells, "looks");
	int64_t complete = column_int(k, cells, "complete");

	(void)n;
	(void)e;
	if (!t->n++)
		say(t->c, INK_STRONG, "\nsources\n");
	say(t->c, INK_PLAIN, "  %.*s (%.*s)  ", STR_ARG(column_text(k, cells, "source")),
		STR_ARG(column_text(k, cells, "kind")));
	if (!swept.n) {
		say(t->c, INK_FAINT, "never swept\n");
		return E_OK;
	}
	say(t->c, INK_PLAIN, "%.*sZ", STR_ARG(swept));
	say_age(t->c, swept);
	say(t->c, INK_PLAIN, "  %lld seen, %lld written, ", (long long)column_int(k, cells, "seen"),
		(long long)column_int(k, cells, "written"));
	say(t->c, complete == looks ? INK_GOOD : INK_BAD, "%lld of %lld looks complete\n",
		(long long)complete, (long long)looks);
	return E_OK;
}

/* Of a source, of an account of it, or of a region there. */
static void say_all_of(struct cli *c, const struct columns *k, const struct cell *cells)
{
	struct str account = column_text(k, cells, "account");
	struct str region = column_text(k, cells, "region");

	say(c, INK_PLAIN, "  everything of %.*s", STR_ARG(column_text(k, cells, "source")));
	if (account.n)
		say(c, INK_PLAIN, ", account %.*s", STR_ARG(account));
	if (region.n)
		say(c, INK_PLAIN, ", %.*s", STR_ARG(region));
}

static enum code tell_incomplete(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct collector *t = ctx;
	struct columns *k = &t->k;
	struct str type = column_text(k, cells, "resource_type");
	struct str code = column_text(k, cells, "code");
	struct str complete = column_text(k, cells, "last_complete");

	(void)n;
	(void)e;
	if (!t->n++)
		say(t->c, INK_STRONG, "\nnot complete\n");
	if (str_is(type, COVERAGE_ALL_TYPES))
		say_all_of(t->c, k, cells);
	else
		say(t->c, INK_PLAIN, "  %.*s  %.*s", STR_ARG(type),
			STR_ARG(column_text(k, cells, "region")));
	say(t->c, INK_PLAIN, "  %.*s: %.*s", STR_ARG(column_text(k, cells, "outcome")),
		STR_ARG(column_text(k, cells, "reason")));
	if (code.n)
		say(t->c, INK_FAINT, " (%.*s)", STR_ARG(code));
	if (complete.n)
		say(t->c, INK_PLAIN, "; last complete %.*sZ", STR_ARG(complete));
	else
		say(t->c, INK_PLAIN, "; never complete");
	fputc('\n', stdout);
	return E_OK;
}

static enum code tell_publication(struct cli *c, struct err *e)
{
	struct publication p;
	enum code code = publication_get(&c->db, &c->arena, &p, e);
	char text[TIME_ISO_BYTES];

	if (code)
		return code == E_NOTFOUND ? E_OK : code;
	say(c, INK_STRONG, "\npublished\n");
	say(c, INK_PLAIN, "  %s  ", p.path);
	if (p.done_ms) {
		say(c, INK_PLAIN, "up to date at %sZ", time_text(p.done_ms, text));
		say_age(c, str_of(text));
	} else {
		say(c, INK_FAINT, "not yet");
	}
	if (p.error)
		say(c, INK_BAD, "; the last try failed: %s", p.error);
	fputc('\n', stdout);
	return E_OK;
}

static enum code tell(struct cli *c, struct err *e)
{
	struct collector counts = { .c = c }, sources = { .c = c }, incomplete = { .c = c };
	struct rows counts_rows = { begin_object, tell_counts, &counts };
	struct rows sources_rows = { begin_object, tell_source, &sources };
	struct rows incomplete_rows = { begin_object, tell_incomplete, &incomplete };

	if (read_counts(&c->reader, &counts_rows, e) || read_sources(&c->reader, &sources_rows, e))
		return e->code;
	return read_incomplete(&c->reader, &incomplete_rows, e) ? e->code : tell_publication(c, e);
}

enum code cmd_status(struct cli *c, struct err *e)
{
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	if (!c->format_given)
		return tell(c, e);
	if (c->format == FORMAT_JSON || c->format == FORMAT_JSONL)
		return write_object(c, e);
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_sources(&c->reader, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}
