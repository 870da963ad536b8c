/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/shape.h"

#include "base/sha256.h"
#include "base/time.h"
#include "net/sign.h"
#include "json/path.h"
#include "json/read.h"
#include "json/write.h"

enum { DOCUMENT_MAX = 16 << 20 };

/* What visitors work with. */
struct work {
	struct arena *a;
	const struct entry_reshape *reshape;
};

struct str shape_arn_last(struct str arn)
{
	size_t n = arn.n;

	while (n && arn.p[n - 1] != ':' && arn.p[n - 1] != '/')
		n--;
	return str_from(arn, n);
}

/* "2026-02-13T06:24:42.227Z", the one form in which moments leave the API layer. */
static bool looks_like_moment(struct str s)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";

	if (s.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (form[i] == 'd' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != form[i])
			return false;
	return true;
}

/* Documents are at most 100 deep. */
// NOLINTNEXTLINE(misc-no-recursion)
static void count_moments(struct arena *a, struct json *v)
{
	int64_t ms;

	for (struct json *k = v->first; k; k = k->next) {
		if (!k->map)
			count_moments(a, k);
		if (k->kind == JSON_STRING && looks_like_moment(k->text) &&
			time_parse_iso(k->text, &ms)) {
			k->kind = JSON_NUMBER;
			k->text = arena_printf(a, "%lld", (long long)ms);
		}
	}
}

// NOLINTNEXTLINE(misc-no-recursion)
void shape_rename(struct json *v, const struct json *names)
{
	for (struct json *k = v->first; k; k = k->next) {
		const struct json *to =
			v->kind == JSON_OBJECT && !v->map ? json_get_str(names, k->key) : NULL;

		if (to && to->kind == JSON_STRING)
			k->key = to->text;
		shape_rename(k, names);
	}
}

/* Names without '$' are members of the top, others are paths to a member. */
struct renaming {
	struct str to;
};

static bool rename_place(void *ctx, const struct json_place *place)
{
	const struct renaming *r = ctx;

	if (json_is(place->parent, JSON_OBJECT))
		place->value->key = r->to;
	return true;
}

static void rename_members(struct arena *a, struct json *configuration, const struct json *names)
{
	for (const struct json *n = names ? names->first : NULL; n; n = n->next) {
		struct renaming r = { n->text };
		struct json *v;

		if (n->key.n && n->key.p[0] == '$') {
			json_visit(configuration, arena_text(a, n->key), rename_place, &r);
			continue;
		}
		v = json_get_str(configuration, n->key);
		if (v)
			v->key = n->text;
	}
}

static void pluck(struct json *array, const char *key)
{
	struct json *next;

	for (struct json *v = array->first; v; v = next) {
		struct json *member = json_get(v, key);

		next = v->next;
		if (v->kind != JSON_OBJECT)
			continue;
		if (member) {
			json_remove(v, member);
			json_replace(array, v, member);
		} else {
			json_remove(array, v);
		}
	}
}

static bool reshape_place(void *ctx, const struct json_place *place)
{
	const struct work *w = ctx;

	if (w->reshape->copy && json_is(place->parent, JSON_OBJECT))
		json_set(place->parent, str_of(w->reshape->to), json_copy(w->a, place->value));
	else if (json_is(place->value, JSON_ARRAY))
		pluck(place->value, w->reshape->key);
	return true;
}

enum code shape_sql(
	struct arena *a, const char *sql, struct expr *expr, struct json **v, struct err *e)
{
	struct buf text = BUF_INIT(DOCUMENT_MAX);
	struct str result = STR_NONE;
	enum code c = E_OK;

	json_write(&text, *v);
	c = buf_ok(&text) ? expr_eval(expr, sql, buf_slice(&text), a, &result, e) : err_nomem(e);
	buf_release(&text);
	*v = NULL;
	if (!c && result.p)
		c = json_read(a, result, v, e);
	return c ? err_add(e, "reshape with \"%.40s\"", sql) : E_OK;
}

static void keep_only(struct json *configuration, const struct json *names)
{
	struct json *next;

	for (struct json *k = configuration->first; k; k = next) {
		bool kept = false;

		next = k->next;
		for (const struct json *n = names->first; n && !kept; n = n->next)
			kept = str_eq(n->text, k->key);
		if (!kept)
			json_remove(configuration, k);
	}
}

/* {member: {path, strip}} or {member: constant} */
static void set_members(struct arena *a, struct json *configuration, const struct json *set)
{
	for (const struct json *s = set ? set->first : NULL; s; s = s->next) {
		struct str path = json_get_text(s, "path");
		struct json *v = NULL;

		if (s->kind != JSON_OBJECT)
			v = json_copy(a, s);
		else if (path.p)
			v = json_copy(a, json_first(configuration, arena_text(a, path)));
		if (json_is(v, JSON_STRING) && str_is(json_get_text(s, "strip"), "arn-last"))
			v->text = shape_arn_last(v->text);
		if (v)
			json_set(configuration, s->key, v);
	}
}

static bool is_whole_number(struct str s)
{
	struct str digits = s.n && s.p[0] == '-' ? str_from(s, 1) : s;

	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return false;
	return digits.n && (digits.n == 1 || digits.p[0] != '0');
}

static bool coerce_place(void *ctx, const struct json_place *place)
{
	(void)ctx;
	if (place->value->kind == JSON_STRING && is_whole_number(place->value->text))
		place->value->kind = JSON_NUMBER;
	return true;
}

/* IAM percent-encodes the policies it tells of; an emulator may tell of some as they are. */
static bool encode_place(void *ctx, const struct json_place *place)
{
	const struct work *w = ctx;
	struct json *v = place->value;
	struct buf text = BUF_INIT(DOCUMENT_MAX);

	if (!json_is(v, JSON_STRING) || !str_starts(v->text, STR("{")))
		return true;
	uri_encode(&text, v->text, false);
	if (buf_ok(&text))
		v->text = arena_str(w->a, buf_slice(&text));
	else
		w->a->failed = true;
	buf_release(&text);
	return true;
}

/* Sixteen digits tell any two secrets of one resource apart and are no secret. */
static bool redact_place(void *ctx, const struct json_place *place)
{
	struct work *w = ctx;
	struct buf text = BUF_INIT(DOCUMENT_MAX);
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	struct json *v;

	if (place->value->kind == JSON_NULL || !place->parent)
		return true;
	if (place->value->kind == JSON_STRING)
		buf_str(&text, place->value->text);
	else
		json_write(&text, place->value);
	if (!buf_ok(&text) || !sha256_of(buf_slice(&text), digest))
		w->a->failed = true;
	else if ((v = json_string(
			  w->a, arena_printf(w->a, "sha256:%.16s", sha256_hex(digest, hex)))))
		json_replace(place->parent, place->value, v);
	buf_release(&text);
	return true;
}

static void visit_all(
	struct arena *a, struct json *configuration, const struct json *paths, json_place_fn *fn)
{
	struct work w = { a, NULL };

	for (const struct json *p = paths ? paths->first : NULL; p; p = p->next)
		json_visit(configuration, arena_text(a, p->text), fn, &w);
}

enum code shape_configuration(struct arena *a, const struct entry *t, struct expr *expr,
	struct json **configuration, struct err *e)
{
	struct json *v = *configuration;
	struct work w = { a, NULL };
	enum code c = E_OK;

	naming_apply(a, t->naming, v);
	if (t->epoch_ms)
		count_moments(a, v);
	rename_members(a, v, t->rename);
	for (size_t i = 0; i < t->n_reshape; i++) {
		w.reshape = &t->reshape[i];
		json_visit(v, t->reshape[i].path, reshape_place, &w);
	}
	if (t->sql)
		c = shape_sql(a, t->sql, expr, &v, e);
	if (c)
		return c;
	if (!json_is(v, JSON_OBJECT))
		return err_set(e, E_CORRUPT, "a %s is no object", t->type);
	if (t->keep)
		keep_only(v, t->keep);
	set_members(a, v, t->set);
	for (const struct json *p = t->remove ? t->remove->first : NULL; p; p = p->next)
		json_remove_all(v, arena_text(a, p->text));
	visit_all(a, v, t->coerce_int, coerce_place);
	visit_all(a, v, t->policy, encode_place);
	visit_all(a, v, t->redact, redact_place);
	*configuration = v;
	return arena_ok(a) ? E_OK : err_nomem(e);
}

/* A text that ends with '%' stands for all that begin so. */
static bool is_wanted(const struct json *v, const struct json *wanted)
{
	struct str begin = json_is(wanted, JSON_STRING) ? wanted->text : STR("");

	if (!begin.n || begin.p[begin.n - 1] != '%')
		return json_equal(v, wanted);
	begin.n--;
	return json_is(v, JSON_STRING) && str_starts(v->text, begin);
}

static bool is_one_of(const struct json *v, const struct json *wanted)
{
	if (!json_is(wanted, JSON_ARRAY))
		return is_wanted(v, wanted);
	for (const struct json *w = wanted->first; w; w = w->next)
		if (is_wanted(v, w))
			return true;
	return false;
}

bool shape_matches(struct json *configuration, const struct json *condition)
{
	struct arena a = ARENA_INIT(1 << 20);
	bool all = true;

	for (const struct json *w = condition ? condition->first : NULL; w && all; w = w->next)
		all = is_one_of(json_first(configuration, arena_text(&a, w->key)), w);
	arena_release(&a);
	return all;
}
