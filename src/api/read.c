/* SPDX-License-Identifier: Apache-2.0 */
#include "api/read.h"

#include "api/ask.h"
#include "base/buf.h"
#include "base/time.h"
#include "base/when.h"
#include "db/sql_text.h"

/* A named statement, asked as text; what it does not name of @values is passed over. */
struct ask {
	const char *sql;
	const struct select_value *values;
	size_t n;
};

static enum code ask(struct reader *r, const struct ask *q, const struct rows *rows, struct err *e)
{
	struct select_query s = {
		.sql = q->sql,
		.values = q->values,
		.n_values = q->n,
		.open_values = true,
		.timeout_ms = r->timeout_ms,
		.stop = r->stop,
	};

	return select_run(r->db, &s, rows, NULL, e);
}

static struct cell int_or_null(int64_t v)
{
	return v ? cell_int(v) : cell_null();
}

enum code ask_filtered(struct reader *r, const char *sql, const struct read_filter *f,
	const struct rows *rows, struct err *e)
{
	struct select_value values[] = {
		{ "types", cell_text(f->types) },
		{ "account", cell_text(f->account) },
		{ "region", cell_text(f->region) },
		{ "tags", cell_text(f->tags) },
		{ "actor", cell_text(f->actor) },
		{ "property", cell_text(f->property) },
		{ "rule", cell_text(f->rule) },
		{ "result", cell_text(f->result) },
		{ "rid", int_or_null(f->rid) },
		{ "since", cell_int(f->since_ms / 1000) },
		{ "until", cell_int((f->until_ms ? f->until_ms : TIME_FOREVER_MS) / 1000) },
		{ "since_ms", cell_int(f->since_ms) },
		{ "until_ms", cell_int(f->until_ms ? f->until_ms : TIME_FOREVER_MS) },
		{ "limit", cell_int(f->limit ? f->limit : -1) },
		{ "event", cell_int(f->event) },
		{ "blind", cell_int(f->blind) },
	};
	struct ask q = { sql, values, sizeof(values) / sizeof(*values) };

	return ask(r, &q, rows, e);
}

struct str ask_bare(const char *sql)
{
	struct str s = str_of(sql);

	while (s.n && strchr("; \n\t", s.p[s.n - 1]))
		s.n--;
	return s;
}

#define DOCUMENT "CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END"

enum code read_resources(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	const char *sql = sql_text[SQL_READ_RESOURCES].text;
	struct buf b = BUF_INIT(ASK_TEXT_BYTES);
	enum code c;

	if (!f->where)
		return ask_filtered(r, sql, f, rows, e);
	/* The condition may end in a comment: the bracket goes to a new line. The view configs is a join:
	 * a LEFT JOIN with it would first put together every version there ever was. */
	buf_printf(&b,
		"SELECT rid, resource_type, resource_id, name, account, region, az, version, at, t, actor, arn FROM (SELECT r.*," /* SQL: around a user's condition */
		" json_extract(" DOCUMENT ", '$.configuration') AS configuration,"
		" json_extract(" DOCUMENT ", '$.supplementaryConfiguration') AS supplementary,"
		" json_extract(" DOCUMENT ", '$.tags') AS tags_json FROM (%.*s) r"
		" LEFT JOIN _item i ON i.rid = r.rid AND i.version = r.version"
		" LEFT JOIN _document d ON d.document_id = i.document_id"
		" LEFT JOIN _document b ON b.document_id = d.base)\nWHERE (%s\n)",
		STR_ARG(ask_bare(sql)), f->where);
	c = buf_ok(&b) ? ask_filtered(r, b.p, f, rows, e)
		       : err_set(e, E_TOOBIG, "the condition is too long");
	buf_release(&b);
	return c;
}

enum code read_deleted(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_DELETED].text, f, rows, e);
}

enum code read_log(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	enum sql_id id = f->rid ? SQL_READ_LOG_RESOURCE : SQL_READ_LOG;

	return ask_filtered(r, sql_text[id].text, f, rows, e);
}

enum code read_drift(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_DRIFT].text, f, rows, e);
}

enum code read_items(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_ITEMS].text, f, rows, e);
}

static enum code ask_of(struct reader *r, enum sql_id id, int64_t rid, int64_t at_ms,
	const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "rid", cell_int(rid) }, { "ms", cell_int(at_ms) } };
	struct ask q = { sql_text[id].text, values, 2 };

	return ask(r, &q, rows, e);
}

enum code read_tags_of(
	struct reader *r, int64_t rid, int64_t at_ms, const struct rows *rows, struct err *e)
{
	return ask_of(r, SQL_READ_TAGS_OF, rid, at_ms, rows, e);
}

enum code read_links_of(
	struct reader *r, int64_t rid, int64_t at_ms, const struct rows *rows, struct err *e)
{
	return ask_of(r, SQL_READ_LINKS_OF, rid, at_ms, rows, e);
}

enum code read_links_to(
	struct reader *r, int64_t rid, int64_t at_ms, const struct rows *rows, struct err *e)
{
	return ask_of(r, SQL_READ_LINKS_TO, rid, at_ms, rows, e);
}

enum code read_facts(struct reader *r, int64_t item_id, const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "item", cell_int(item_id) } };
	struct ask q = { sql_text[SQL_READ_FACTS].text, values, 1 };

	return ask(r, &q, rows, e);
}

static enum code ask_plain(struct reader *r, enum sql_id id, const struct rows *rows, struct err *e)
{
	struct ask q = { sql_text[id].text, NULL, 0 };

	return ask(r, &q, rows, e);
}

enum code read_counts(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_COUNTS, rows, e);
}

enum code read_sources(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_SOURCES, rows, e);
}

enum code read_incomplete(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_INCOMPLETE, rows, e);
}

enum code read_coverage(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_COVERAGE].text, f, rows, e);
}

enum code read_gaps(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_GAPS].text, f, rows, e);
}

enum code read_first(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_FIRST, rows, e);
}

enum code read_kept(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_KEPT, rows, e);
}

enum code read_sweep(struct reader *r, int64_t source_id, int64_t sweep_ms, const struct rows *rows,
	struct err *e)
{
	struct select_value values[] = { { "source", cell_int(source_id) },
		{ "sweep_ms", cell_int(sweep_ms) } };
	struct ask q = { sql_text[SQL_READ_SWEEP].text, values, 2 };

	return ask(r, &q, rows, e);
}

enum code read_channels(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_CHANNELS, rows, e);
}

enum code read_streams(
	struct reader *r, const char *channel, const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "name", cell_text(channel) } };
	struct ask q = { sql_text[SQL_READ_STREAMS].text, values, 1 };

	return ask(r, &q, rows, e);
}

enum code read_deliveries(
	struct reader *r, bool failed, int64_t limit, const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "failed", cell_int(failed) },
		{ "limit", cell_int(limit ? limit : -1) } };
	struct ask q = { sql_text[SQL_READ_DELIVERIES].text, values, 2 };

	return ask(r, &q, rows, e);
}

enum code read_recorder(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_RECORDER, rows, e);
}

enum code read_follow(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_FOLLOW].text, f, rows, e);
}

enum code read_sinks(struct reader *r, const struct rows *rows, struct err *e)
{
	return ask_plain(r, SQL_READ_SINKS, rows, e);
}

enum code read_functions(struct reader *r, const char *name, const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "name", name ? cell_text(name) : cell_null() } };
	struct ask q = { sql_text[SQL_READ_FUNCTIONS].text, values, 1 };

	return ask(r, &q, rows, e);
}

enum code read_function_runs(
	struct reader *r, const char *name, int64_t limit, const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "name", cell_text(name) },
		{ "limit", cell_int(limit ? limit : -1) } };
	struct ask q = { sql_text[SQL_READ_FUNCTION_RUNS].text, values, 2 };

	return ask(r, &q, rows, e);
}

enum code read_outbox(struct reader *r, int64_t limit, const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "limit", cell_int(limit ? limit : -1) } };
	struct ask q = { sql_text[SQL_READ_OUTBOX].text, values, 1 };

	return ask(r, &q, rows, e);
}

/* Whatever else it may be: nothing that has to be quoted, and nothing private. */
static bool is_view_name(const char *what)
{
	for (const char *p = what; *p; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_')
			return false;
	return what[0] && what[0] != '_';
}

enum code read_export(struct reader *r, const char *what, const struct rows *rows, struct err *e)
{
	struct buf sql = BUF_INIT(ASK_TEXT_BYTES);

	if (strcmp(what, "resources") == 0)
		return ask_plain(r, SQL_READ_EXPORT_RESOURCES, rows, e);
	if (strcmp(what, "items") == 0)
		return ask_plain(r, SQL_READ_EXPORT_ITEMS, rows, e);
	if (!is_view_name(what)) {
		err_set(e, E_INVALID, "there is no view \"%s\"", what);
		return err_hint(
			e, "resources, history, changes, items, or one that the view help lists");
	}
	buf_printf(&sql, "SELECT * FROM \"%s\"", what); /* SQL: a view that is there */
	if (buf_ok(&sql)) {
		struct ask q = { sql.p, NULL, 0 };

		ask(r, &q, rows, e);
	} else {
		err_nomem(e);
	}
	buf_release(&sql);
	return e->code;
}

/* How many of @found are meant: those that fit as well as the first, and of them the live ones when
 * there are any. They stand in front. */
static size_t best(const struct resource *found, size_t n)
{
	size_t k = 0;

	while (k < n && found[k].fit == found[0].fit && found[k].deleted == found[0].deleted)
		k++;
	return k;
}

static enum code find_typed(struct reader *r, const char *what, struct arena *a,
	struct resource *out, size_t *n, struct err *e)
{
	struct str s = str_of(what), types;
	size_t slash = str_find(s, '/');
	struct err none = { 0 };
	const char *list = NULL;
	enum code c;

	*n = 0;
	if (slash == s.n || slash == 0)
		return E_OK;
	c = resource_types(r->db, arena_text(a, (struct str){ s.p, slash }), a, &list, &none);
	if (c == E_NOTFOUND)
		return E_OK;
	if (c)
		return err_set(e, c, "%s", none.msg);
	for (types = str_of(list); types.n && !*n;
		types = str_from(types, str_find(types, ',') + 1)) {
		struct resource_search search = { .what = what + slash + 1,
			.type = arena_text(a, (struct str){ types.p, str_find(types, ',') }) };

		c = resource_find(r->db, &search, a, out, n, e);
		if (c)
			return c;
	}
	return E_OK;
}

enum code read_find(struct reader *r, const char *what, struct arena *a,
	struct resource candidates[RESOURCE_SEARCH_MAX], size_t *n, struct err *e)
{
	struct resource_search search = { .what = what };
	enum code c;

	*n = 0;
	if (!what[0])
		return err_set(e, E_INVALID, "the id is empty");
	c = resource_find(r->db, &search, a, candidates, n, e);
	if (!c && !*n)
		c = find_typed(r, what, a, candidates, n, e);
	if (c)
		return c;
	if (!*n) {
		err_set(e, E_NOTFOUND, "no resource answers to \"%s\"", what);
		return err_hint(e,
			"an id, a name, an ARN, TYPE/ID, or how an id begins; siltstone ls "
			"lists them");
	}
	*n = best(candidates, *n);
	if (*n > 1)
		return err_set(e, E_AMBIGUOUS, "\"%s\" is not one resource (%zu%s match)", what, *n,
			*n == RESOURCE_SEARCH_MAX ? " or more" : "");
	return E_OK;
}

bool read_version_number(const char *which, int64_t *version)
{
	size_t n = 0;

	if (which[0] != 'v')
		return false;
	for (*version = 0; which[n + 1] >= '0' && which[n + 1] <= '9' && n < 15; n++)
		*version = *version * 10 + (which[n + 1] - '0');
	return n > 0 && !which[n + 1];
}

enum code read_version(struct reader *r, const struct resource *who, const char *which,
	struct item *item, struct err *e)
{
	int64_t v, ms;
	enum code c;

	if (read_version_number(which, &v)) {
		c = item_version(r->db, who->rid, v, item, e);
	} else {
		c = when_parse(which, r->now_ms, &ms, e);
		if (!c)
			c = item_in_force(r->db, who->rid, when_whole_second(ms), item, e);
	}
	if (c)
		err_add(e, "%s", who->id);
	return c == E_NOTFOUND ? err_hint(e, "siltstone log %s lists its versions", who->id) : c;
}

enum code read_query(struct reader *r, const struct read_query *q, const struct rows *rows,
	bool *truncated, struct err *e)
{
	struct select_query s = {
		.sql = q->sql,
		.values = q->values,
		.n_values = q->n_values,
		.limit = q->limit,
		.timeout_ms = r->timeout_ms,
		.stop = r->stop,
	};

	return select_run(r->db, &s, rows, truncated, e);
}

enum code read_types(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_CATALOGUE].text, f, rows, e);
}

enum code read_types_missing(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_TYPES_MISSING].text, f, rows, e);
}

enum code read_types_cost(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_TYPES_COST].text, f, rows, e);
}

enum code read_types_iam(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_READ_TYPES_IAM].text, f, rows, e);
}
