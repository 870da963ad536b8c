/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"
#include "aws/shape.h"

enum { PAGE_MAX_BYTES = 512 << 20, TOKEN_MAX_BYTES = 1 << 20 };

/* Takes the text before @separator off the front of @s. */
static struct str cut(struct str *s, const char *separator)
{
	size_t width = strlen(separator), n = 0;
	struct str part;

	while (n + width <= s->n && memcmp(s->p + n, separator, width) != 0)
		n++;
	part = (struct str){ s->p, n + width <= s->n ? n : s->n };
	*s = str_from(*s, part.n + width);
	return part;
}

/* "Contents[-1].Key": members by name, the last element of a list. */
static const struct json *follow(const struct json *page, struct str path)
{
	while (page && path.n) {
		struct str part = cut(&path, ".");
		size_t bracket = str_find(part, '[');
		bool last = bracket < part.n;

		part.n = bracket;
		page = json_get_str(page, part);
		if (last)
			page = page ? page->last : NULL;
	}
	return page;
}

static const struct json *token(const struct json *page, struct str alternatives)
{
	while (alternatives.n) {
		const struct json *v = follow(page, cut(&alternatives, " || "));

		if (v && v->kind != JSON_NULL && v->text.n)
			return v;
	}
	return NULL;
}

/* What the next request says beyond the first one's parameters: an object, empty at the end. */
static struct json *next_tokens(struct arena *a, const struct api_op *op, const struct json *page)
{
	struct str in = str_of(api_text(op->page_in)), out = str_of(api_text(op->page_out));
	const char *more = api_text(op->page_more);
	struct json *tokens = json_new(a, JSON_OBJECT);

	if (*more && !json_get_flag(page, more))
		return tokens;
	while (tokens && in.n && out.n) {
		struct str name = cut(&in, ",");
		const struct json *v = token(page, cut(&out, ","));

		if (v)
			json_add(tokens, name, json_copy(a, v));
	}
	return tokens;
}

static struct json *with(struct arena *a, const struct aws_call *call, const struct api_op *op,
	int page_size, const struct json *tokens)
{
	struct json *params = call->params ? json_copy(a, call->params) : json_new(a, JSON_OBJECT);
	struct str limit = str_of(api_text(op->page_limit));

	if (params && page_size && limit.n && !json_get_str(params, limit))
		json_add(params, limit, json_int(a, page_size));
	for (const struct json *t = tokens ? tokens->first : NULL; params && t; t = t->next)
		json_set(params, t->key, json_copy(a, t));
	return params;
}

/* The tokens behind this page, checked: a list that goes round in circles or is said to go on
 * but does not say where would be taken for complete. */
static enum code go_on(struct arena *a, const struct api_op *op, const struct json *page,
	const struct json *before, struct json **after, struct err *e)
{
	const char *more = api_text(op->page_more);

	*after = next_tokens(a, op, page);
	if (a->full)
		return err_set(e, E_TOOBIG, "a page's token is too long");
	if (!*after || !arena_ok(a))
		return err_nomem(e);
	if (before && before->n && json_equal(before, *after))
		return err_set(e, E_CORRUPT, "a page repeats the token of the page before it");
	if (*more && json_get_flag(page, more) && op->page_in && !(*after)->n)
		return err_set(
			e, E_CORRUPT, "a page says that there are more but not how to get them");
	return E_OK;
}

struct listing {
	struct aws *aws;
	const struct aws_call *call;
	const struct api_op *op;
	int page_size;
	aws_page_fn *fn;
	void *ctx;
};

static enum code one_page(const struct listing *l, struct arena *tokens, const struct json *before,
	struct json **after, struct aws_fault *fault, struct err *e)
{
	struct arena a = ARENA_INIT(PAGE_MAX_BYTES);
	struct aws_call call = *l->call;
	struct json *page = NULL;
	enum code c;

	call.params = with(&a, l->call, l->op, l->page_size, before);
	c = arena_ok(&a) ? aws_call(l->aws, &call, &a, &page, fault, e) : err_nomem(e);
	if (c == E_OK && go_on(tokens, l->op, page, before, after, e) != E_OK)
		c = err_add(
			e, "%s %s in %s", call.service, call.op, call.region ? call.region : "");
	if (c == E_OK)
		c = l->fn(l->ctx, page, e);
	arena_release(&a);
	return c;
}

enum code aws_pages(struct aws *aws, const struct aws_call *call, int page_size, aws_page_fn *fn,
	void *ctx, struct aws_fault *fault, struct err *e)
{
	/* The tokens of this page and of the one before take turns. */
	struct arena turns[2] = { ARENA_INIT(TOKEN_MAX_BYTES), ARENA_INIT(TOKEN_MAX_BYTES) };
	struct listing l = { aws, call, api_find(call->service, call->op), page_size, fn, ctx };
	struct json *before = NULL, *after = NULL;
	enum code c = E_OK;

	if (!l.op)
		return err_set(
			e, E_INVALID, "%s %s: no such operation is known", call->service, call->op);
	for (int turn = 0; c == E_OK; turn = !turn) {
		arena_release(&turns[turn]);
		c = one_page(&l, &turns[turn], before, &after, fault, e);
		before = after;
		if (c == E_OK && !after->n)
			break;
	}
	arena_release(&turns[0]);
	arena_release(&turns[1]);
	return c;
}
