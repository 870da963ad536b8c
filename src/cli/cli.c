/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/buf.h"
#include "base/time.h"
#include "base/when.h"
#include "cli/plain.h"
#include "store/store.h"

static void note_moment(struct cli *c, const char *what, int64_t ms)
{
	char text[TIME_ISO_BYTES], ago[WHEN_AGO_BYTES];

	cli_note(c, "%s %sZ (%s)", what, time_text(ms, text), when_ago(ms, c->now_ms, ago));
}

static enum code no_columns(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

static enum code take_text(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct buf *b = ctx;

	(void)n;
	(void)e;
	if (cells[0].kind == CELL_TEXT)
		buf_str(b, cells[0].text);
	return E_OK;
}

/* Nothing is known of the time before the first record: an empty answer for it says nothing. */
static enum code note_beginning(struct cli *c, int64_t ms, struct err *e)
{
	struct buf first = BUF_INIT(64);
	struct rows rows = { no_columns, take_text, &first };
	char text[TIME_ISO_BYTES];

	if (!read_first(&c->reader, &rows, e) && first.n &&
		strcmp(first.p, time_text(ms, text)) > 0)
		cli_note(c, "nothing was recorded before %sZ", first.p);
	buf_release(&first);
	return e->code;
}

static enum code opened(struct cli *c, struct err *e)
{
	const char *text = opt_text(&c->o, OPT_AS_OF);
	int64_t ms;

	c->reader = (struct reader){
		.db = &c->db, .now_ms = c->now_ms, .at_ms = c->now_ms, .stop = c->stop
	};
	if (!text)
		return E_OK;
	if (when_parse(text, c->now_ms, &ms, e))
		return err_add(e, "--as-of");
	ms = when_whole_second(ms);
	if (store_as_of(&c->db, ms, e))
		return e->code;
	c->as_of = true;
	c->reader.at_ms = ms;
	note_moment(c, "as of", ms);
	return note_beginning(c, ms, e);
}

static enum code open_store(struct cli *c, enum db_mode mode, struct err *e)
{
	enum code code = store_open(&c->db, c->store, mode, c->now_ms, e);

	c->db.seal_key = config_get(&c->config, "evidence", "", "key");
	return code ? code : opened(c, e);
}

enum code cli_open(struct cli *c, struct err *e)
{
	return open_store(c, DB_READ, e);
}

enum code cli_open_changing(struct cli *c, struct err *e)
{
	return open_store(c, DB_WRITE, e);
}

enum code cli_open_writing(struct cli *c, struct err *e)
{
	return open_store(c, DB_CREATE, e);
}

enum code cli_moment(struct cli *c, enum opt_id id, int64_t otherwise, int64_t *ms, struct err *e)
{
	const char *text = opt_text(&c->o, id);

	*ms = otherwise;
	if (!text)
		return E_OK;
	if (when_parse(text, c->now_ms, ms, e))
		return err_add(e, "--%s", opts[id].name);
	note_moment(c, opts[id].name, *ms);
	return E_OK;
}

enum code cli_filter(struct cli *c, struct read_filter *f, struct err *e)
{
	const char *type = opt_text(&c->o, OPT_TYPE);

	f->account = opt_text(&c->o, OPT_ACCOUNT);
	f->region = opt_text(&c->o, OPT_REGION);
	f->actor = opt_text(&c->o, OPT_ACTOR);
	f->property = opt_text(&c->o, OPT_PROPERTY);
	if (cli_moment(c, OPT_SINCE, f->since_ms, &f->since_ms, e) ||
		cli_moment(c, OPT_UNTIL, f->until_ms, &f->until_ms, e))
		return e->code;
	if (f->until_ms)
		f->until_ms = when_whole_second(f->until_ms);
	if (f->until_ms && f->until_ms < f->since_ms) {
		err_set(e, E_INVALID, "--until is before --since");
		return err_hint(e, "without a zone both are UTC");
	}
	return type ? resource_types(&c->db, type, &c->arena, &f->types, e) : E_OK;
}

static void list_candidates(const struct resource *r, size_t n)
{
	struct buf b = BUF_INIT(1 << 16), line = BUF_INIT(1 << 16);
	size_t width = 0;

	for (size_t i = 0; i < n; i++)
		width = plain_width(str_of(r[i].id)) > width ? plain_width(str_of(r[i].id)) : width;
	for (size_t i = 0; i < n; i++) {
		buf_clear(&b);
		buf_clear(&line);
		plain_text(&b, str_of(r[i].id));
		plain_cell(&line, buf_slice(&b), width);
		buf_printf(&line, "  %s  %s  %s", r[i].type, r[i].region,
			r[i].deleted ? "deleted" : "live");
		if (r[i].name) {
			buf_text(&line, "  ");
			plain_text(&line, str_of(r[i].name));
		}
		fprintf(stderr, "  %s\n", line.p);
	}
	buf_release(&b);
	buf_release(&line);
}

enum code cli_find(struct cli *c, const char *what, struct resource *out, struct err *e)
{
	struct resource *found = arena_alloc(&c->arena, RESOURCE_SEARCH_MAX * sizeof(*found));
	enum code code;
	size_t n;

	if (!found)
		return err_nomem(e);
	code = read_find(&c->reader, what, &c->arena, found, &n, e);
	if (code == E_AMBIGUOUS) {
		list_candidates(found, n);
		return err_hint(e, "give more of the id, the ARN, or TYPE/ID");
	}
	if (!code)
		*out = found[0];
	return code;
}

/* Where the @ stands that a moment or version follows, or NULL: ids may have one of their own. */
static const char *at_sign(struct cli *c, const char *what)
{
	const char *at = strrchr(what, '@');
	struct err ignored = { 0 };
	int64_t v;

	if (!at || at == what)
		return NULL;
	if (read_version_number(at + 1, &v) || !when_parse(at + 1, c->now_ms, &v, &ignored))
		return at;
	return NULL;
}

enum code cli_find_item(
	struct cli *c, const char *what, struct resource *who, struct item *item, struct err *e)
{
	const char *at = at_sign(c, what);
	const char *id = what;
	int64_t moment = c->as_of ? when_whole_second(c->reader.at_ms) : INT64_MAX;

	if (at)
		id = arena_text(&c->arena, (struct str){ what, (size_t)(at - what) });
	else if (strrchr(what, '@'))
		err_hint(e, "behind an @ stands vN or a time: siltstone help time");
	if (cli_find(c, id, who, e))
		return e->code;
	e->hint[0] = '\0';
	if (at)
		return read_version(&c->reader, who, at + 1, item, e);
	if (item_in_force(&c->db, who->rid, moment, item, e))
		return err_add(e, "%s", who->id);
	return E_OK;
}

enum code cli_find_scope(struct cli *c, const char *word, struct read_filter *f, struct err *e)
{
	bool type_for_sure = (strstr(word, "::") && !strchr(word, '/')) || strchr(word, '*');
	struct err no_type = { 0 };
	struct resource who = { 0 };
	enum code code = resource_types(&c->db, word, &c->arena, &f->types, &no_type);

	if (!code)
		return E_OK;
	if (code != E_NOTFOUND || type_for_sure) {
		*e = no_type;
		return code;
	}
	code = cli_find(c, word, &who, e);
	if (!code)
		f->rid = who.rid;
	else if (code == E_NOTFOUND && strstr(no_type.hint, "did you mean"))
		memcpy(e->hint, no_type.hint, sizeof(e->hint));
	return code;
}

void cli_printer(struct cli *c, struct printer *p, const char *columns)
{
	const char *asked = opt_text(&c->o, OPT_COLUMNS);

	printer_init(p, c->format, stdout);
	p->width = c->width;
	p->color = c->color;
	p->columns = asked ? asked : c->format == FORMAT_TABLE ? columns : NULL;
}

void cli_note(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* Names and answers of others are quoted in messages: they are made safe as in results. */
void cli_say_plain(const char *lead, const char *text)
{
	struct buf b = BUF_INIT(1 << 16);

	plain_text(&b, str_of(text));
	fprintf(stderr, "%s%.*s\n", lead, STR_ARG(buf_slice(&b)));
	buf_release(&b);
}

void cli_complain(const struct err *e)
{
	cli_say_plain("siltstone: ", e->msg);
	if (e->hint[0])
		cli_say_plain("try: ", e->hint);
}

const char *cli_plural(int64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}
