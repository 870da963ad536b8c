/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/identity.h"

#include "base/buf.h"
#include "base/time.h"
#include "json/path.h"

#include <stdlib.h>

enum { ID_MAX = 8 << 10 };

/* A number of seconds beyond the year 5138; larger ones can only be milliseconds. */
#define SECONDS_MAX INT64_C(100000000000)

static struct str scalar(const struct json *v)
{
	bool is = v && (v->kind == JSON_STRING || v->kind == JSON_NUMBER || v->kind == JSON_BOOL);

	return is && v->text.n ? v->text : STR_NONE;
}

/* "$.restApiId|$.stageName": all of them, or nothing. */
static struct str joined(struct arena *a, const char *paths, struct json *configuration)
{
	struct buf text = BUF_INIT(ID_MAX);
	struct str out = STR_NONE;
	const char *p = paths;
	bool all = true;

	while (*p && all) {
		const char *bar = strstr(p, "|$");
		size_t n = bar ? (size_t)(bar - p) : strlen(p);
		struct str value =
			scalar(json_first(configuration, arena_text(a, (struct str){ p, n })));

		all = value.p != NULL;
		if (p != paths)
			buf_char(&text, '|');
		buf_str(&text, value);
		p += bar ? n + 1 : n;
	}
	if (all && buf_ok(&text))
		out = arena_str(a, buf_slice(&text));
	buf_release(&text);
	return out;
}

/* "$.a||$.b": the first that has a value. */
// NOLINTNEXTLINE(misc-no-recursion)
static struct str first_of(
	struct arena *a, const char *value, struct json *configuration, const struct known *known)
{
	const char *bar;
	struct str found = STR_NONE;

	while (!found.p && (bar = strstr(value, "||")) != NULL) {
		struct str one = { value, (size_t)(bar - value) };

		found = identity_value(a, arena_text(a, one), configuration, known);
		value = bar + 2;
	}
	return found.p ? found : identity_value(a, value, configuration, known);
}

/* An alternative holds no further ones. */
// NOLINTNEXTLINE(misc-no-recursion)
struct str identity_value(
	struct arena *a, const char *value, struct json *configuration, const struct known *known)
{
	struct bindings b = { configuration, known };

	if (!value)
		return STR_NONE;
	if (strstr(value, "||"))
		return first_of(a, value, configuration, known);
	if (value[0] == '$')
		return strstr(value, "|$") ? joined(a, value, configuration)
					   : scalar(json_first(configuration, value));
	return template_text(a, str_of(value[0] == '=' ? value + 1 : value), &b);
}

/* Moments as text, as seconds (with a fraction, perhaps), as milliseconds. */
static int64_t moment(const struct entry *t, struct json *configuration)
{
	struct json *v = t->created ? json_first(configuration, t->created) : NULL;
	char text[40], *end;
	double number;
	int64_t ms;

	if (!v || !v->text.n || v->text.n >= sizeof(text))
		return INT64_MIN;
	if (v->kind == JSON_STRING && time_parse_iso(v->text, &ms))
		return ms;
	memcpy(text, v->text.p, v->text.n);
	text[v->text.n] = '\0';
	number = strtod(text, &end);
	if (*end || number < 0 || number > (double)TIME_FOREVER_MS)
		return INT64_MIN;
	return t->created_epoch || number < (double)SECONDS_MAX ? (int64_t)(number * 1000)
								: (int64_t)number;
}

/* A member by the entry's name for it, or as CloudFormation spells it. */
static struct str either(const struct json *tag, const char *name, const char *capital)
{
	struct str s = scalar(json_get(tag, name));

	if (!s.p && json_is(json_get(tag, name), JSON_STRING))
		return STR("");
	return s.p ? s : json_get_text(tag, capital);
}

static void add_tag(struct arena *a, struct json *tags, struct str key, struct str value)
{
	if (key.p)
		json_set(tags, key, json_string(a, value.p ? value : STR("")));
}

static struct json *tags_of(struct arena *a, const struct entry *t, struct json *configuration,
	struct json *supplementary)
{
	struct json *v = t->tags.part ? json_get(supplementary, t->tags.part) : configuration;
	struct json *tags;

	if (!t->tags.any)
		return NULL;
	if (v && t->tags.path)
		v = json_first(v, t->tags.path);
	tags = json_new(a, JSON_OBJECT);
	if (!tags)
		return NULL;
	tags->map = true;
	for (const struct json *k = v ? v->first : NULL; k; k = k->next) {
		if (v->kind == JSON_OBJECT)
			add_tag(a, tags, k->key, scalar(k));
		else
			add_tag(a, tags, either(k, t->tags.key, "Key"),
				either(k, t->tags.value, "Value"));
	}
	return tags;
}

enum code identity_fill(struct arena *a, const struct entry *t, const struct place *at,
	struct observation *o, struct err *e)
{
	struct json *configuration = o->configuration;
	struct known known[] = { { "account", str_of(at->account) },
		{ "region", str_of(at->region) }, { "partition", str_of(at->partition) },
		{ "type", str_of(t->type) }, { "id", STR_NONE }, { "name", STR_NONE },
		{ NULL, STR_NONE } };
	struct str region = identity_value(a, t->region, configuration, known);

	o->account = str_of(at->account);
	o->type = str_of(t->type);
	o->region = region.n ? region : str_of(at->region);
	o->id = identity_value(a, t->id, configuration, known);
	known[4].value = o->id;
	o->name = identity_value(a, t->name, configuration, known);
	known[5].value = o->name;
	o->arn = identity_value(a, t->arn, configuration, known);
	o->az = identity_value(a, t->az, configuration, known);
	o->created_ms = moment(t, configuration);
	o->tags = tags_of(a, t, configuration, o->supplementary);
	return arena_ok(a) ? E_OK : err_nomem(e);
}
