/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/canned_http.h"

#include "base/mem.h"
#include "base/must.h"

enum code http_open(struct http **out, const struct http_options *options, struct err *e)
{
	struct http *http = mem_alloc(sizeof(*http));

	(void)options;
	if (!http)
		return err_nomem(e);
	for (size_t i = 0; i < CANNED_MAX; i++)
		http->asked[i] = (struct buf)BUF_INIT(1 << 20);
	*out = http;
	return E_OK;
}

void http_close(struct http *http)
{
	for (size_t i = 0; http && i < CANNED_MAX; i++)
		buf_release(&http->asked[i]);
	mem_free(http);
}

void http_cancel(struct http *http)
{
	http->n_answers = 0;
}

bool http_canceled(const struct http *http)
{
	return http->n_answers == 0;
}

void canned_add(struct http *http, int status, const char *headers, const char *body)
{
	must(http->n_answers < CANNED_MAX);
	http->answers[http->n_answers++] = (struct canned){ status, headers, body };
}

enum code http_perform(
	struct http *http, const struct http_request *q, struct http_response *r, struct err *e)
{
	size_t i = http->n_requests < http->n_answers ? http->n_requests : http->n_answers - 1;
	struct buf *asked;

	if (!http->n_answers)
		return err_set(e, E_CANCELED, "stopped");
	must(http->n_requests < CANNED_MAX);
	asked = &http->asked[http->n_requests++];
	buf_printf(asked, "%s %s\n", q->method, q->url);
	for (size_t h = 0; h < q->n_headers; h++)
		buf_printf(asked, "%s: %s\n", q->headers[h].name, q->headers[h].value);
	buf_char(asked, '\n');
	buf_str(asked, q->body);
	if (!http->answers[i].status)
		return err_set(e, E_REMOTE, "connection reset");
	r->status = http->answers[i].status;
	buf_text(&r->headers, http->answers[i].headers ? http->answers[i].headers : "");
	buf_text(&r->body, http->answers[i].body ? http->answers[i].body : "");
	return E_OK;
}

void http_response_release(struct http_response *r)
{
	buf_release(&r->headers);
	buf_release(&r->body);
}

struct str http_response_header(const struct http_response *r, const char *name)
{
	struct str rest = buf_slice(&r->headers);

	while (rest.n) {
		struct str line = { rest.p, str_find(rest, '\n') };
		size_t colon = str_find(line, ':');

		if (str_eq((struct str){ line.p, colon }, str_of(name)))
			return str_from(line, colon + 2);
		rest = str_from(rest, line.n + 1);
	}
	return STR_NONE;
}
