/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/web.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/time.h"
#include "daemon/flat_file.h"
#include "daemon/live.h"
#include "daemon/pages.h"

/* Headers */

void web_header(struct web_headers *h, const char *name, const char *value)
{
	must(h->n < WEB_HEADERS_MAX);
	h->list[h->n++] = (struct http_header){ name, value };
}

void web_headers_of(const struct web *w, const struct http_query *q, struct web_headers *out)
{
	const char *origin = pages_origin(&w->origins, q);

	web_header(out, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
	web_header(out, "Referrer-Policy", "no-referrer");
	if (w->origins.n)
		web_header(out, "Vary", "Origin");
	if (!origin)
		return;
	web_header(out, "Access-Control-Allow-Origin", origin);
	web_header(out, "Access-Control-Expose-Headers",
		"X-Siltstone-As-Of, X-Siltstone-Store-At, X-Siltstone-Cursor, "
		"X-Siltstone-Truncated, Accept-Ranges, Content-Range, ETag");
}

static void reply(struct web *w, struct http_query *q, const struct web_answer *a)
{
	struct web_headers h = { .n = 0 };

	web_headers_of(w, q, &h);
	web_header(&h, "Cache-Control", "no-store");
	if (a->status == 401)
		web_header(&h, "WWW-Authenticate", "Bearer");
	if (a->as_of[0])
		web_header(&h, "X-Siltstone-As-Of", a->as_of);
	if (a->store_at[0])
		web_header(&h, "X-Siltstone-Store-At", a->store_at);
	if (a->cursor.n)
		web_header(&h, "X-Siltstone-Cursor", a->cursor.p);
	if (a->truncated)
		web_header(&h, "X-Siltstone-Truncated", "true");
	http_answer_headers(q, a->status, a->content_type, h.list, h.n, buf_slice(&a->body));
}

void web_answer_error(struct web *w, struct http_query *q, int status, const struct err *why)
{
	struct web_answer a;

	web_answer_init(&a);
	web_refuse(&a, status, why);
	reply(w, q, &a);
	web_answer_release(&a);
}

/* Asking in a lane */

struct page {
	struct job job;
	struct web *web;
	struct http_query *q;
	struct web_request request;
	struct web_answer answer;
};

static enum code answer(struct job *job, struct db *db, struct err *e)
{
	struct page *p = (struct page *)job;
	int64_t began_us = time_ticks_us();

	web_answer(db, &p->request, &p->answer, e);
	histogram_add(p->web->took, time_ticks_us() - began_us);
	p->answer.status = p->answer.status ? p->answer.status : 500;
	return e->code;
}

static void answered(struct job *job, const struct err *e)
{
	struct page *p = (struct page *)job;

	if (e->code)
		log_write(EV_HTTP_FAILED, e, log_text("page", p->q->target));
	/* It did not come to be asked. */
	if (e->code && !p->answer.body.n)
		web_refuse(&p->answer, code_http_status(e->code), e);
	reply(p->web, p->q, &p->answer);
	web_answer_release(&p->answer);
	mem_free(p);
}

static void submit(struct web *w, struct http_query *q, int64_t now_ms)
{
	struct page *p = mem_alloc(sizeof(*p));
	struct err e = { 0 };

	if (!p) {
		err_nomem(&e);
		web_answer_error(w, q, 503, &e);
		return;
	}
	*p = (struct page){ .job = { .run = answer, .done = answered },
		.web = w,
		.q = q,
		.request = { .target = str_of(q->target),
			.post = strcmp(q->method, "POST") == 0,
			.body = q->body,
			.now_ms = now_ms,
			.stop = w->stop } };
	web_answer_init(&p->answer);
	lanes_submit(w->lanes, LANE_READ, &p->job);
}

/* Who may */

static void refuse(
	struct web *w, struct http_query *q, int status, const struct gate_refusal *refusal)
{
	struct err e = { 0 };

	err_set(&e, E_DENIED, "%s", refusal->message);
	if (status == 401)
		err_hint(&e,
			"Authorization: Bearer TOKEN, with a token of siltstone access add --kind token");
	web_answer_error(w, q, status, &e);
}

/* As a key's lists name it. */
static struct str operation_of(const struct web_route *route)
{
	switch (route ? route->kind : WEB_READ) {
	case WEB_READ: break;
	case WEB_QUERY: return STR("WebQuery");
	case WEB_LIVE: return STR("WebEvents");
	case WEB_FILE: return STR("WebStore");
	}
	return STR("WebRead");
}

static bool admits(struct web_point *point, struct http_query *q, int64_t now_ms)
{
	struct web *w = point->web;
	struct gate_request request = gate_request_of(q, now_ms);
	struct gate_refusal refusal = { 0 };
	struct caller_identity who;
	struct err e = { 0 };
	enum code c = gate_admit(w->gate, &request, &who, &refusal);

	if (c == E_DENIED) {
		refuse(w, q, 401, &refusal);
		return false;
	}
	if (!c)
		c = gate_allows(w->gate, &who, operation_of(point->route), false, now_ms, &refusal);
	if (c == E_DENIED)
		refuse(w, q, 403, &refusal);
	else if (c)
		web_answer_error(w, q, 503, (err_nomem(&e), &e));
	return !c;
}

/* What a browser asks before a page from elsewhere may. */
static void answer_preflight(struct web *w, struct http_query *q)
{
	struct web_headers h = { .n = 0 };

	web_headers_of(w, q, &h);
	if (!pages_origin(&w->origins, q)) {
		http_answer_headers(q, 403, NULL, h.list, h.n, STR(""));
		return;
	}
	web_header(&h, "Access-Control-Allow-Methods", "GET, HEAD, POST");
	web_header(&h, "Access-Control-Allow-Headers",
		"Authorization, Content-Type, Last-Event-ID, Range, If-Range");
	web_header(&h, "Access-Control-Max-Age", "600");
	http_answer_headers(q, 200, NULL, h.list, h.n, STR(""));
}

static void serve(void *ctx, struct http_query *q)
{
	struct web_point *point = ctx;
	struct web *w = point->web;
	int64_t now_ms = time_now_ms();

	if (strcmp(q->method, "OPTIONS") == 0) {
		answer_preflight(w, q);
		return;
	}
	if (!admits(point, q, now_ms))
		return;
	if (point->route && point->route->kind == WEB_LIVE)
		live_serve(w->live, w, q, now_ms);
	else if (point->route && point->route->kind == WEB_FILE)
		flat_file_serve(w, q);
	else
		submit(w, q, now_ms);
}

/* Before a body is waited for. */
static bool admit_head(void *ctx, struct http_query *q)
{
	struct web_point *point = ctx;
	struct gate_request head = gate_request_of(q, time_now_ms());
	struct gate_refusal refusal = { 0 };
	struct err e = { 0 };
	enum code c = gate_look(point->web->gate, &head, &refusal);

	if (c == E_DENIED)
		refuse(point->web, q, 401, &refusal);
	else if (c)
		web_answer_error(point->web, q, 503, (err_nomem(&e), &e));
	return !c;
}

size_t web_http_routes(struct web *w, struct http_route *out)
{
	size_t n = 0;

	must(n_web_routes < WEB_ROUTES_MAX);
	w->points[0] = (struct web_point){ w, NULL };
	out[n++] = (struct http_route){ .path = "/api",
		.serve = serve,
		.ctx = &w->points[0],
		.below = true,
		.preflight = true };
	for (size_t i = 0; i < n_web_routes; i++) {
		const struct web_route *r = &web_routes[i];

		w->points[n] = (struct web_point){ w, r };
		out[n] = (struct http_route){ .path = r->path,
			.serve = serve,
			.ctx = &w->points[n],
			.admit = r->post ? admit_head : NULL,
			.post = r->post,
			.below = r->kind == WEB_READ || r->kind == WEB_QUERY,
			.preflight = true,
			.body_max = r->post ? WEB_BODY_MAX : 0 };
		n++;
	}
	return n;
}

enum code web_open(struct web *w, const struct config *config, struct err *e)
{
	w->origins = (struct buf)BUF_INIT(WEB_ORIGINS_MAX);
	return pages_origins(config, "cors_origins", &w->origins, e);
}

void web_close(struct web *w)
{
	buf_release(&w->origins);
}
