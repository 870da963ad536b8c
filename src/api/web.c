/* SPDX-License-Identifier: Apache-2.0 */
#include "api/web.h"

#include "api/web_ask.h"
#include "base/nearest.h"
#include "base/time.h"
#include "db/stmt.h"
#include "json/write.h"
#include <stdio.h>

#define P(id)         (1U << WEB_PARAM_##id)
#define ARENA_MAX     ((size_t)16 << 20)
#define BODY_MAX      ((size_t)128 << 20)
#define CURSOR_MAX    ((size_t)16384)
#define LIMIT_DEFAULT 1000
#define LIMIT_MAX     100000
/* Shorter than a client is waited for. */
#define TIMEOUT_MS    20000

const struct web_route web_routes[] = {
#define ROUTE(name, fn, params, key, what) { name, "/api/" name, what, WEB_READ, false, params },
#include "api/web.def"
#undef ROUTE
	{ "query", "/api/query",
		"one SELECT: {\"sql\", \"as_of\", \"params\", \"limit\", \"timeout_ms\"}",
		WEB_QUERY, true, 0 }, /* SQL: what is told of it */
	{ "advanced-query", "/api/advanced-query",
		"an expression in AWS Config's language: {\"expression\", \"as_of\", \"limit\", "
		"\"timeout_ms\", \"explain\": true for the SQL it is made into}",
		WEB_QUERY, true, 0 },
	{ "events", "/api/events",
		"what happens, as it happens (text/event-stream); Last-Event-ID goes on behind an event",
		WEB_LIVE, false,
		P(AFTER) | P(TYPE) | P(ID) | P(ACCOUNT) | P(REGION) | P(ACTOR) | P(PROPERTY) |
			P(WHERE) },
	{ "store.db", "/store.db",
		"the flat copy that publish.path names, whole or by ranges of bytes", WEB_FILE,
		false, 0 },
};
const size_t n_web_routes = sizeof(web_routes) / sizeof(*web_routes);

/* In the order of web_routes. */
static const struct {
	web_fn *fn;
	const char *key;
} answers[] = {
#define ROUTE(name, fn, params, key, what) { fn, key },
#include "api/web.def"
#undef ROUTE
	{ web_query, "" },
	{ web_advanced_query, "" },
	{ NULL, "" },
	{ NULL, "" },
};
_Static_assert(sizeof(answers) / sizeof(*answers) == sizeof(web_routes) / sizeof(*web_routes),
	"one for each route");

void web_answer_init(struct web_answer *a)
{
	*a = (struct web_answer){ .status = 200,
		.content_type = "application/json",
		.body = BUF_INIT(BODY_MAX),
		.cursor = BUF_INIT(CURSOR_MAX) };
}

void web_answer_release(struct web_answer *a)
{
	buf_release(&a->body);
	buf_release(&a->cursor);
}

void web_refuse(struct web_answer *a, int status, const struct err *why)
{
	buf_clear(&a->body);
	buf_clear(&a->cursor);
	a->truncated = false;
	a->status = status;
	a->content_type = "application/json";
	buf_text(&a->body, "{\"error\":{\"code\":");
	json_write_string(&a->body, str_of(code_name(why->code)));
	buf_text(&a->body, ",\"message\":");
	json_write_string(&a->body, str_of(why->msg));
	buf_text(&a->body, ",\"hint\":");
	if (why->hint[0])
		json_write_string(&a->body, str_of(why->hint));
	else
		buf_text(&a->body, "null");
	buf_text(&a->body, "}}\n");
}

/* The list of routes */

static void write_params(struct buf *b, unsigned params)
{
	bool any = false;

	buf_text(b, "\"parameters\":[");
	for (int i = 0; i < WEB_PARAM_COUNT; i++) {
		if (!(params & 1U << i))
			continue;
		buf_text(b, any ? ",{\"name\":" : "{\"name\":");
		json_write_string(b, str_of(web_params[i].name));
		buf_text(b, ",\"value\":");
		json_write_string(b, str_of(web_params[i].value));
		buf_text(b, ",\"what\":");
		json_write_string(b, str_of(web_params[i].what));
		buf_char(b, '}');
		any = true;
	}
	buf_char(b, ']');
}

static enum code tell_routes(struct web_answer *a, struct err *e)
{
	struct buf *b = &a->body;

	buf_text(b, "{\"routes\":[");
	for (size_t i = 0; i < n_web_routes; i++) {
		const struct web_route *r = &web_routes[i];
		bool rows = r->kind == WEB_READ || r->kind == WEB_QUERY;

		buf_printf(b, "%s{\"path\":\"%s\",\"method\":\"%s\",\"what\":", i ? ",\n " : "",
			r->path, r->post ? "POST" : "GET");
		json_write_string(b, str_of(r->what));
		buf_text(b, rows ? ",\"suffixes\":[\".json\",\".jsonl\",\".csv\"]," : ",");
		write_params(b, r->params);
		buf_char(b, '}');
	}
	buf_text(b, "]}\n");
	return buf_ok(b) ? E_OK : err_nomem(e);
}

/* Which route */

/* Takes ".csv" off the end. */
static enum code take_suffix(struct web_ask *ask, struct str *path, bool any)
{
	static const struct {
		const char *suffix;
		enum page_format format;
	} suffixes[] = { { ".jsonl", PAGE_JSONL }, { ".json", PAGE_JSON }, { ".csv", PAGE_CSV } };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		size_t n = strlen(suffixes[i].suffix);

		if (path->n > n && memcmp(path->p + path->n - n, suffixes[i].suffix, n) == 0) {
			path->n -= n;
			ask->page.format = suffixes[i].format;
			return E_OK;
		}
	}
	if (any || str_find(*path, '.') == path->n)
		return E_OK;
	err_set(ask->e, E_NOTFOUND, "there is no form \"%.*s\"", (int)(path->n < 80 ? path->n : 80),
		path->p);
	return err_hint(ask->e, ".json, .jsonl or .csv");
}

static enum code no_route(struct web_ask *ask, struct str name)
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < n_web_routes; i++)
		nearest_offer(&near, str_of(web_routes[i].name));
	err_set(ask->e, E_NOTFOUND, "there is nothing to %s at /api/%.*s",
		ask->request->post ? "post" : "get", (int)(name.n < 80 ? name.n : 80), name.p);
	if (nearest_name(&near))
		return err_hint(ask->e, "did you mean \"/api/%s\"? GET /api lists what there is",
			nearest_name(&near));
	return err_hint(ask->e, "GET /api lists what there is");
}

/* "changes.csv", "query/most-changed.json" */
static enum code find_route(struct web_ask *ask, struct str path, size_t *route)
{
	static const struct str kept = { "query/", 6 };
	struct str name = path;
	bool is_kept = str_starts(path, kept) && !ask->request->post;

	if (take_suffix(ask, &name, is_kept))
		return ask->e->code;
	if (is_kept) {
		ask->name = web_decoded(ask, str_from(name, kept.n), false);
		if (!ask->name)
			return ask->e->code;
		name = STR("query");
	}
	for (*route = 0; *route < n_web_routes; (*route)++)
		if (answers[*route].fn && web_routes[*route].post == ask->request->post &&
			str_is(name, web_routes[*route].name))
			return E_OK;
	return no_route(ask, name);
}

/* The answer */

static void write_moment(int64_t ms, char out[WEB_MOMENT_BYTES])
{
	char text[TIME_ISO_BYTES];

	snprintf(out, WEB_MOMENT_BYTES, "%.10sT%.8sZ", time_text(ms, text), text + 11);
}

static enum code read_store_at(struct web_ask *ask, char out[WEB_MOMENT_BYTES])
{
	struct stmt st = stmt_begin(ask->reader.db, SQL_WEB_STORE_AT);
	enum code c = stmt_step(&st, ask->e);
	struct str at = c ? STR_NONE : stmt_col_str(&st, web_store_at_at);

	if (at.n == 19)
		snprintf(out, WEB_MOMENT_BYTES, "%.10sT%.8sZ", at.p, at.p + 11);
	stmt_end(&st);
	return c;
}

static void write_json(const struct web_ask *ask, struct web_answer *a)
{
	struct buf *b = &a->body;

	buf_printf(b, "{\"as_of\":\"%s\",\"store_at\":", a->as_of);
	if (a->store_at[0])
		buf_printf(b, "\"%s\"", a->store_at);
	else
		buf_text(b, "null");
	buf_text(b, ",\"columns\":");
	buf_str(b, buf_slice(&ask->page.columns));
	buf_text(b, ",\n\"rows\":[");
	buf_str(b, buf_slice(&ask->page.rows));
	buf_text(b, "],\n\"cursor\":");
	if (a->cursor.n)
		buf_printf(b, "\"%s\"", a->cursor.p);
	else
		buf_text(b, "null");
	buf_printf(b, ",\"truncated\":%s}\n", a->truncated ? "true" : "false");
}

static enum code write_answer(struct web_ask *ask, struct web_answer *a)
{
	static const char *const types[] = { [PAGE_JSON] = "application/json",
		[PAGE_JSONL] = "application/jsonl",
		[PAGE_CSV] = "text/csv; charset=utf-8" };
	struct page *p = &ask->page;

	write_moment(ask->reader.at_ms, a->as_of);
	if (read_store_at(ask, a->store_at))
		return ask->e->code;
	a->content_type = types[p->format];
	a->truncated = a->truncated || (p->more && !(ask->route->params & P(CURSOR)));
	if (p->more && ask->route->params & P(CURSOR))
		page_cursor(p, ask->reader.now_ms, &a->cursor);
	if (p->format == PAGE_JSON)
		write_json(ask, a);
	else
		buf_str(&a->body, buf_slice(&p->rows));
	return buf_ok(&a->body) && buf_ok(&a->cursor)
		       ? E_OK
		       : err_set(ask->e, E_TOOBIG, "the answer is too large");
}

static enum code read_page(struct web_ask *ask, const char *key)
{
	const char *cursor = web_given(ask, WEB_PARAM_CURSOR);
	struct page *p = &ask->page;

	p->key = key;
	p->contains = web_given(ask, WEB_PARAM_Q);
	if (web_number(ask, WEB_PARAM_LIMIT, LIMIT_DEFAULT, LIMIT_MAX, &p->limit))
		return ask->e->code;
	if (!p->limit)
		p->limit = LIMIT_MAX;
	if (cursor && page_after(p, cursor, &ask->reader.now_ms, ask->e))
		return ask->e->code;
	ask->reader.at_ms = ask->reader.now_ms;
	return E_OK;
}

static enum code run(struct web_ask *ask, struct web_answer *a)
{
	struct str path = { ask->request->target.p, str_find(ask->request->target, '?') };
	struct str query = str_from(ask->request->target, path.n + 1);
	size_t route = 0;

	path = str_from(path, strlen("/api"));
	if (path.n && path.p[0] == '/')
		path = str_from(path, 1);
	if (!path.n && !ask->request->post)
		return tell_routes(a, ask->e);
	if (find_route(ask, path, &route))
		return ask->e->code;
	ask->route = &web_routes[route];
	if (web_given_read(ask, query, ask->name != NULL) || read_page(ask, answers[route].key) ||
		answers[route].fn(ask))
		return ask->e->code;
	return write_answer(ask, a);
}

/* Whether it is whoever asks that can mend it. */
static bool is_refusal(enum code c)
{
	return code_http_status(c) < 500;
}

enum code web_answer(
	struct db *db, const struct web_request *q, struct web_answer *a, struct err *e)
{
	struct err why = { 0 };
	struct web_ask ask = { .request = q,
		.arena = ARENA_INIT(ARENA_MAX),
		.e = &why,
		.reader = { .db = db,
			.now_ms = q->now_ms,
			.at_ms = q->now_ms,
			.timeout_ms = TIMEOUT_MS,
			.stop = q->stop } };
	enum code c;

	page_init(&ask.page);
	c = run(&ask, a);
	if (!c && !arena_ok(&ask.arena))
		c = err_nomem(&why);
	if (c)
		web_refuse(a, code_http_status(c), &why);
	if (c && !is_refusal(c))
		*e = why;
	page_release(&ask.page);
	arena_release(&ask.arena);
	return e->code;
}
