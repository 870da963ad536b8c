/* SPDX-License-Identifier: Apache-2.0 */
#include "api/web_ask.h"
#include "base/nearest.h"
#include "base/when.h"
#include "json/read.h"

const struct web_param_entry web_params[WEB_PARAM_COUNT] = {
#define PARAM(id, name, value, what) { name, value, what },
#include "api/web.def"
#undef PARAM
};

const char *web_decoded(struct web_ask *ask, struct str text, bool plus)
{
	char *out = arena_alloc(&ask->arena, text.n + 1);
	size_t n = 0;

	if (!out) {
		err_nomem(ask->e);
		return NULL;
	}
	for (size_t i = 0; i < text.n; i++) {
		int high = 0, low = 0;

		out[n] = text.p[i];
		if (plus && out[n] == '+')
			out[n] = ' ';
		if (text.p[i] == '%') {
			high = i + 2 < text.n ? str_hex(text.p[i + 1]) : -1;
			low = i + 2 < text.n ? str_hex(text.p[i + 2]) : -1;
			out[n] = (char)(high * 16 + low);
			i += 2;
		}
		if (high < 0 || low < 0 || !out[n++]) {
			err_set(ask->e, E_INVALID, "\"%.*s\" is not percent-encoded",
				(int)(text.n < 80 ? text.n : 80), text.p);
			return NULL;
		}
	}
	if (utf8_ok((struct str){ out, n }))
		return out;
	err_set(ask->e, E_INVALID, "the address is not UTF-8");
	return NULL;
}

static int param_of(const struct web_ask *ask, const char *name)
{
	for (int i = 0; i < WEB_PARAM_COUNT; i++)
		if (ask->route->params & 1U << i && strcmp(web_params[i].name, name) == 0)
			return i;
	return -1;
}

static enum code no_param(struct web_ask *ask, const char *name)
{
	struct buf all = BUF_INIT(200);
	struct nearest near;

	nearest_init(&near, str_of(name));
	for (int i = 0; i < WEB_PARAM_COUNT; i++)
		if (ask->route->params & 1U << i) {
			nearest_offer(&near, str_of(web_params[i].name));
			buf_printf(&all, "%s%s", all.n ? ", " : "", web_params[i].name);
		}
	err_set(ask->e, E_INVALID, "%s takes no parameter \"%s\"", ask->route->path, name);
	if (nearest_name(&near))
		err_hint(ask->e, "did you mean \"%s\"?", nearest_name(&near));
	else
		err_hint(ask->e, "it takes %s", all.p);
	buf_release(&all);
	return ask->e->code;
}

static enum code take(struct web_ask *ask, struct str part, bool others)
{
	struct web_given *g = &ask->given[ask->n_given];
	size_t equals = str_find(part, '=');

	if (ask->n_given == WEB_GIVEN_MAX)
		return err_set(
			ask->e, E_INVALID, "there are more than %d parameters", WEB_GIVEN_MAX);
	g->name = web_decoded(ask, (struct str){ part.p, equals }, true);
	g->value = web_decoded(ask, str_from(part, equals + 1), true);
	if (!g->name || !g->value)
		return ask->e->code;
	g->param = param_of(ask, g->name);
	if (g->param < 0 && !others)
		return no_param(ask, g->name);
	if (g->param != WEB_PARAM_TAG)
		for (size_t i = 0; i < ask->n_given; i++)
			if (strcmp(ask->given[i].name, g->name) == 0)
				return err_set(ask->e, E_INVALID, "%s is given twice", g->name);
	ask->n_given++;
	return E_OK;
}

enum code web_given_read(struct web_ask *ask, struct str query, bool others)
{
	while (query.n) {
		struct str part = { query.p, str_find(query, '&') };

		if (part.n && take(ask, part, others))
			return ask->e->code;
		query = str_from(query, part.n + 1);
	}
	return E_OK;
}

const char *web_given(const struct web_ask *ask, enum web_param param)
{
	for (size_t i = 0; i < ask->n_given; i++)
		if (ask->given[i].param == (int)param && ask->given[i].value[0])
			return ask->given[i].value;
	return NULL;
}

enum code web_number(
	struct web_ask *ask, enum web_param param, int64_t otherwise, int64_t max, int64_t *out)
{
	const char *text = web_given(ask, param);
	size_t n = 0;

	*out = otherwise;
	if (!text)
		return E_OK;
	for (*out = 0; text[n] >= '0' && text[n] <= '9' && n < 15; n++)
		*out = *out * 10 + (text[n] - '0');
	if (text[n] || *out > max)
		return err_set(ask->e, E_INVALID, "%s is a whole number up to %lld, not \"%.80s\"",
			web_params[param].name, (long long)max, text);
	return E_OK;
}

enum code web_moment(struct web_ask *ask, enum web_param param, int64_t *ms)
{
	const char *text = web_given(ask, param);

	if (text && when_parse(text, ask->reader.now_ms, ms, ask->e))
		return err_add(ask->e, "%s", web_params[param].name);
	return E_OK;
}

const char *web_types(struct web_ask *ask, const char *word)
{
	if (!word || strstr(word, "::"))
		return word;
	return arena_printf(&ask->arena, "*::%s", word).p;
}
