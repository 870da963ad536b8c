/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/entry.h"

#include "discover/entry_parse.h"
#include "discover/field.h"
#include "json/read.h"

enum {
	CONC = 4,       /* catalogue: "everything else" */
	TIMEOUT_S = 60, /* exec: a program that lists a host takes seconds */
};

/* The authored entry, member by member, before its parts are taken apart. */
struct authored {
	const char *type, *engine, *service, *scope, *home_region;
	struct json *style, *list, *steps, *get, *get_steps, *supplementary;
	struct json *reshape, *rename, *map, *keep, *set, *remove, *coerce, *policy, *redact,
		*drop_if, *only_if;
	const char *sql, *id, *name, *arn, *az, *region, *home;
	struct json *created, *tags, *region_from, *cost, *fallback, *argv, *columns;
	int timeout_s;
};

#define AT(member) offsetof(struct authored, member)
static const struct field top_fields[] = {
	{ "type", FIELD_TEXT, AT(type) },
	{ "engine", FIELD_TEXT, AT(engine) },
	{ "service", FIELD_TEXT, AT(service) },
	{ "scope", FIELD_TEXT, AT(scope) },
	{ "home_region", FIELD_TEXT, AT(home_region) },
	{ "style", FIELD_OBJECT, AT(style) },
	{ "list", FIELD_OBJECT, AT(list) },
	{ "steps", FIELD_LIST, AT(steps) },
	{ "get", FIELD_OBJECT, AT(get) },
	{ "get_steps", FIELD_LIST, AT(get_steps) },
	{ "supplementary", FIELD_OBJECT, AT(supplementary) },
	{ "reshape", FIELD_LIST, AT(reshape) },
	{ "sql", FIELD_TEXT, AT(sql) },
	{ "rename", FIELD_OBJECT, AT(rename) },
	{ "map", FIELD_OBJECT, AT(map) },
	{ "keep", FIELD_TEXTS, AT(keep) },
	{ "set", FIELD_OBJECT, AT(set) },
	{ "remove", FIELD_PATHS, AT(remove) },
	{ "coerce", FIELD_OBJECT, AT(coerce) },
	{ "policy", FIELD_PATHS, AT(policy) },
	{ "redact", FIELD_PATHS, AT(redact) },
	{ "drop_if", FIELD_OBJECT, AT(drop_if) },
	{ "only_if", FIELD_OBJECT, AT(only_if) },
	{ "id", FIELD_TEXT, AT(id) },
	{ "name", FIELD_TEXT, AT(name) },
	{ "arn", FIELD_TEXT, AT(arn) },
	{ "az", FIELD_TEXT, AT(az) },
	{ "region", FIELD_TEXT, AT(region) },
	{ "created", FIELD_ANY, AT(created) },
	{ "home", FIELD_PATH, AT(home) },
	{ "tags", FIELD_OBJECT, AT(tags) },
	{ "region_from", FIELD_OBJECT, AT(region_from) },
	{ "cost", FIELD_OBJECT, AT(cost) },
	{ "fallback", FIELD_OBJECT, AT(fallback) },
	{ "argv", FIELD_TEXTS, AT(argv) },
	{ "timeout", FIELD_COUNT, AT(timeout_s) },
	{ "columns", FIELD_OBJECT, AT(columns) },
	/* Read by SQL, or for people. */
	{ "relations", FIELD_SKIP, 0 },
	{ "inverse", FIELD_SKIP, 0 },
	{ "events", FIELD_SKIP, 0 },
	{ "iam", FIELD_SKIP, 0 },
	{ "ignore", FIELD_SKIP, 0 },
	{ "sort", FIELD_SKIP, 0 },
	{ "policy", FIELD_SKIP, 0 },
	{ "period", FIELD_SKIP, 0 },
	{ "version_token", FIELD_SKIP, 0 },
	{ "note", FIELD_SKIP, 0 },
	{ "help", FIELD_SKIP, 0 },
	{ NULL, FIELD_SKIP, 0 },
};
#undef AT

#define AT(member) offsetof(struct entry_part, member)
static const struct field part_fields[] = {
	{ "service", FIELD_TEXT, AT(call.service) },
	{ "op", FIELD_TEXT, AT(call.op) },
	{ "params", FIELD_OBJECT, AT(call.params) },
	{ "from", FIELD_PATH, AT(from) },
	{ "path", FIELD_TEXT, AT(path) },
	{ "sql", FIELD_TEXT, AT(sql) },
	{ "if", FIELD_OBJECT, AT(condition) },
	{ "absent", FIELD_TEXTS, AT(call.gone) },
	{ "default", FIELD_ANY, AT(otherwise) },
	{ "rename", FIELD_OBJECT, AT(rename) },
	{ "soft", FIELD_FLAG, AT(soft) },
	/* "sort" and "as" are taken by hand below; the rest is for SQL or people. */
	{ "sort", FIELD_SKIP, 0 },
	{ "as", FIELD_SKIP, 0 },
	{ "ignore", FIELD_SKIP, 0 },
	{ "batch", FIELD_SKIP, 0 },
	{ "ext", FIELD_SKIP, 0 },
	{ NULL, FIELD_SKIP, 0 },
};
#undef AT

static enum code read_part(struct parse *p, const struct json *object, struct entry_part *out)
{
	struct field_place place =
		entry_place(p, arena_printf(p->a, "supplementary.%.*s", STR_ARG(object->key)).p);
	const struct json *as = json_get(object, "as");
	enum code c;

	if (object->kind != JSON_OBJECT)
		return field_fault(&place, STR_NONE, "must be an object", p->e);
	c = field_bind(p->a, &place, object, part_fields, out, p->e);
	if (c)
		return c;
	if (!out->call.op == !out->from)
		return field_fault(&place, STR_NONE, "needs either op or from", p->e);
	if (as && !str_is(as->text, "json-string"))
		return field_fault(&place, STR("as"), "can only be \"json-string\"", p->e);
	out->as_text = as != NULL;
	out->sorted = json_get(object, "sort") != NULL;
	out->name = arena_text(p->a, object->key);
	if (!out->call.service)
		out->call.service = p->t->service;
	return E_OK;
}

static enum code read_parts(struct parse *p, const struct json *object)
{
	struct entry *t = p->t;
	enum code c = E_OK;

	if (!object)
		return E_OK;
	t->parts = arena_alloc(p->a, object->n * sizeof(*t->parts) + 1);
	if (!t->parts)
		return err_nomem(p->e);
	for (const struct json *v = object->first; v && !c; v = v->next)
		c = read_part(p, v, &t->parts[t->n_parts++]);
	return c;
}

struct authored_reshape {
	const char *verb, *from, *path, *to, *key;
};

#define AT(member) offsetof(struct authored_reshape, member)
static const struct field reshape_fields[] = {
	{ "do", FIELD_TEXT, AT(verb) },
	{ "from", FIELD_PATH, AT(from) },
	{ "path", FIELD_PATH, AT(path) },
	{ "to", FIELD_TEXT, AT(to) },
	{ "key", FIELD_TEXT, AT(key) },
	{ NULL, FIELD_SKIP, 0 },
};
#undef AT

static enum code read_reshape(struct parse *p, const struct json *list)
{
	struct field_place place = entry_place(p, "reshape");
	struct entry *t = p->t;

	if (!list)
		return E_OK;
	t->reshape = arena_alloc(p->a, list->n * sizeof(*t->reshape) + 1);
	if (!t->reshape)
		return err_nomem(p->e);
	for (const struct json *v = list->first; v; v = v->next) {
		struct authored_reshape r = { 0 };
		enum code c = field_bind(p->a, &place, v, reshape_fields, &r, p->e);
		bool copy = r.verb && strcmp(r.verb, "copy") == 0;

		if (c)
			return c;
		if (!(copy && r.from && r.to) &&
			!(r.verb && strcmp(r.verb, "pluck") == 0 && r.path && r.key))
			return field_fault(&place, STR_NONE,
				"must be copy with from and to, or pluck with path and key", p->e);
		t->reshape[t->n_reshape++] = (struct entry_reshape){
			.copy = copy, .path = copy ? r.from : r.path, .to = r.to, .key = r.key
		};
	}
	return E_OK;
}

struct authored_tags {
	const char *part, *path, *key, *value, *form;
};

#define AT(member) offsetof(struct authored_tags, member)
static const struct field tags_fields[] = {
	{ "supplementary", FIELD_TEXT, AT(part) },
	{ "path", FIELD_PATH, AT(path) },
	{ "key", FIELD_TEXT, AT(key) },
	{ "value", FIELD_TEXT, AT(value) },
	{ "form", FIELD_TEXT, AT(form) },
	{ NULL, FIELD_SKIP, 0 },
};
#undef AT

static enum code read_tags(struct parse *p, const struct json *object)
{
	struct authored_tags tags = { 0 };
	struct field_place place = entry_place(p, "tags");
	enum code c = object ? field_bind(p->a, &place, object, tags_fields, &tags, p->e) : E_OK;
	bool found = !tags.part;

	if (c || !object)
		return c;
	for (size_t i = 0; i < p->t->n_parts; i++)
		found = found || strcmp(p->t->parts[i].name, tags.part) == 0;
	if (!found)
		return field_fault(&place, STR("supplementary"), "names no part", p->e);
	if (!tags.part && !tags.path)
		return field_fault(&place, STR("path"), "is missing", p->e);
	p->t->tags = (struct entry_tags){ true, tags.part, tags.path, tags.key ? tags.key : "key",
		tags.value ? tags.value : "value" };
	return E_OK;
}

struct authored_place {
	struct entry_call call;
	const char *path, *form, *into;
	struct json *map;
};

#define AT(member) offsetof(struct authored_place, member)
static const struct field created_fields[] = {
	{ "path", FIELD_PATH, AT(path) },
	{ "form", FIELD_TEXT, AT(form) },
	{ NULL, FIELD_SKIP, 0 },
};
static const struct field region_fields[] = {
	{ "service", FIELD_TEXT, AT(call.service) },
	{ "op", FIELD_TEXT, AT(call.op) },
	{ "params", FIELD_OBJECT, AT(call.params) },
	{ "path", FIELD_TEXT, AT(path) },
	{ "map", FIELD_OBJECT, AT(map) },
	{ "into", FIELD_TEXT, AT(into) },
	{ NULL, FIELD_SKIP, 0 },
};
#undef AT

static enum code read_created(struct parse *p, const struct json *v)
{
	struct authored_place created = { 0 };
	struct field_place place = entry_place(p, "created");
	enum code c;

	if (!v)
		return E_OK;
	if (v->kind == JSON_STRING) {
		p->t->created = arena_text(p->a, v->text);
		return E_OK;
	}
	if (v->kind != JSON_OBJECT)
		return field_fault(&place, STR_NONE, "must be a path or an object", p->e);
	c = field_bind(p->a, &place, v, created_fields, &created, p->e);
	p->t->created = created.path;
	p->t->created_epoch = created.form && strcmp(created.form, "epoch") == 0;
	if (!c && (!created.path || (created.form && !p->t->created_epoch)))
		return field_fault(
			&place, STR_NONE, "needs path and can have form \"epoch\"", p->e);
	return c;
}

static enum code read_region_from(struct parse *p, const struct json *object)
{
	struct authored_place r = { 0 };
	struct field_place place = entry_place(p, "region_from");
	enum code c = object ? field_bind(p->a, &place, object, region_fields, &r, p->e) : E_OK;

	if (c || !object)
		return c;
	if (!r.call.op || !r.path)
		return field_fault(&place, STR_NONE, "needs op and path", p->e);
	p->t->region_from = r.call;
	p->t->region_from.items = r.path;
	if (!r.call.service)
		p->t->region_from.service = p->t->service;
	p->t->region_map = r.map;
	p->t->region_into = r.into;
	return E_OK;
}

static enum code read_style(struct parse *p, const struct json *style)
{
	struct str names = json_get_text(style, "names");
	struct str moment = json_get_text(style, "time");
	struct field_place place = entry_place(p, "style");

	for (const struct json *v = style ? style->first : NULL; v; v = v->next)
		if (!str_is(v->key, "names") && !str_is(v->key, "time"))
			return field_fault(&place, v->key, "is not known", p->e);
	if (names.p && !naming_parse(names, &p->t->naming))
		return field_fault(&place, STR("names"),
			"must be one of first, bean, camel, upper, keep", p->e);
	if (moment.p && !str_is(moment, "iso") && !str_is(moment, "epoch_ms"))
		return field_fault(&place, STR("time"), "must be iso or epoch_ms", p->e);
	p->t->epoch_ms = moment.p && str_is(moment, "epoch_ms");
	return E_OK;
}

/* The names that the views of all types have, and those of json_each(). */
static bool is_column_name(struct str s)
{
	static const char *const taken[] = { "rid", "resource_type", "resource_id", "name",
		"account", "region", "az", "version", "at", "t", "since", "until", "actor", "id",
		"key", "value", "type", "atom", "parent", "fullkey", "path", "json", "root" };

	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') &&
			!(i && (s.p[i] == '_' || (s.p[i] >= '0' && s.p[i] <= '9'))))
			return false;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (str_is(s, taken[i]))
			return false;
	return s.n > 0;
}

/* Only looked at: what they are for is done by SQL (schema/80-triggers.sql), which leaves out what is wrong. */
static enum code check_columns(struct parse *p, const struct json *object)
{
	struct field_place place = entry_place(p, "columns");

	for (const struct json *v = object ? object->first : NULL; v; v = v->next) {
		const struct json *path = v->kind == JSON_ARRAY && v->n == 2 ? v->first : v;
		struct str declared = path == v ? STR("TEXT") : path->next->text;

		if (!is_column_name(v->key))
			return field_fault(&place, v->key,
				"must be a small word that not every view has already", p->e);
		if (path->kind != JSON_STRING || !str_starts(path->text, STR("$.")))
			return field_fault(&place, v->key,
				"must be a path that begins with \"$.\", or [path, type]", p->e);
		if (!str_is(declared, "TEXT") && !str_is(declared, "INTEGER") &&
			!str_is(declared, "REAL"))
			return field_fault(&place, v->key, "must be TEXT, INTEGER or REAL", p->e);
	}
	return E_OK;
}

static enum code read_engine(struct parse *p, const struct authored *w)
{
	static const struct {
		const char *name;
		enum engine engine;
	} engines[] = { { "native", ENGINE_NATIVE }, { "native-upper", ENGINE_NATIVE },
		{ "cloudcontrol", ENGINE_CLOUDCONTROL }, { "exec", ENGINE_EXEC },
		{ "push", ENGINE_NONE }, { "internal", ENGINE_NONE } };
	struct field_place place = entry_place(p, "");

	for (size_t i = 0; w->engine && i < sizeof(engines) / sizeof(*engines); i++)
		if (strcmp(w->engine, engines[i].name) == 0) {
			p->t->engine = engines[i].engine;
			if (strcmp(w->engine, "native-upper") == 0)
				p->t->naming = NAMING_UPPER;
			return E_OK;
		}
	return field_fault(&place, STR("engine"),
		"must be one of native, native-upper, cloudcontrol, exec, push, internal", p->e);
}

static enum code read_scope(struct parse *p, const char *scope)
{
	static const struct {
		const char *name;
		enum scope scope;
	} scopes[] = { { "regional", SCOPE_REGIONAL }, { "global", SCOPE_GLOBAL },
		{ "global-list", SCOPE_GLOBAL_LIST }, { "host", SCOPE_HOST } };
	struct field_place place = entry_place(p, "");

	p->t->scope = p->t->engine == ENGINE_EXEC ? SCOPE_HOST : SCOPE_REGIONAL;
	for (size_t i = 0; scope && i < sizeof(scopes) / sizeof(*scopes); i++)
		if (strcmp(scope, scopes[i].name) == 0) {
			p->t->scope = scopes[i].scope;
			return E_OK;
		}
	return scope ? field_fault(&place, STR("scope"),
			       "must be one of regional, global, global-list, host", p->e)
		     : E_OK;
}

/* Both spell "this member is called that": one table of them. */
static struct json *renames(const struct parse *p, const struct authored *w)
{
	struct json *all = w->rename || w->map ? json_new(p->a, JSON_OBJECT) : NULL;

	for (const struct json *v = w->rename ? w->rename->first : NULL; v; v = v->next)
		json_set(all, v->key, json_copy(p->a, v));
	for (const struct json *v = w->map ? w->map->first : NULL; v; v = v->next)
		json_set(all, v->key, json_copy(p->a, v));
	return all;
}

static enum code read_values(struct parse *p, const struct authored *w)
{
	struct field_place place = entry_place(p, "");
	struct field_place coerce = entry_place(p, "coerce");
	struct entry *t = p->t;
	const struct json *conc = json_get(w->cost, "conc");

	t->sql = w->sql;
	t->rename = renames(p, w);
	t->keep = w->keep;
	t->set = w->set;
	t->remove = w->remove;
	t->policy = w->policy;
	t->redact = w->redact;
	t->drop_if = w->drop_if;
	t->only_if = w->only_if;
	t->id = w->id;
	t->name = w->name;
	t->arn = w->arn;
	t->az = w->az;
	t->region = w->region;
	t->home = w->home;
	t->argv = w->argv;
	t->timeout_s = w->timeout_s ? w->timeout_s : TIMEOUT_S;
	t->conc = conc ? (int)json_get_int(w->cost, "conc", 0) : CONC;
	for (struct json *v = w->coerce ? w->coerce->first : NULL; v; v = v->next) {
		if (!str_is(v->key, "int") || v->kind != JSON_ARRAY)
			return field_fault(&coerce, v->key, "is not known", p->e);
		t->coerce_int = v;
	}
	if (t->conc < 1)
		return field_fault(&place, STR("cost.conc"), "must be 1 or more", p->e);
	if (!t->id && t->engine != ENGINE_NONE)
		return field_fault(&place, STR("id"), "is missing", p->e);
	if (t->engine == ENGINE_EXEC && (!t->argv || !t->argv->first))
		return field_fault(&place, STR("argv"), "is missing", p->e);
	if (t->engine == ENGINE_NATIVE && !t->service)
		return field_fault(&place, STR("service"), "is missing", p->e);
	return E_OK;
}

/* A version of what the steps tell says nothing of other calls. */
static enum code check_version(struct parse *p)
{
	struct field_place place = entry_place(p, "list");

	for (size_t i = 0; p->t->version && i < p->t->n_parts; i++)
		if (p->t->parts[i].call.op)
			return field_fault(&place, STR("version"),
				"says nothing of supplementary parts that take calls", p->e);
	return E_OK;
}

static enum code read_parts_of(struct parse *p, const struct authored *w)
{
	enum code c = read_engine(p, w);

	c = c ? c : read_scope(p, w->scope);
	c = c ? c : read_style(p, w->style);
	c = c ? c : entry_read_list(p, w->list);
	c = c ? c : entry_read_steps(p, w->steps);
	c = c ? c : entry_read_get(p, w->get);
	c = c ? c : entry_read_get_steps(p, w->get_steps);
	c = c ? c : read_parts(p, w->supplementary);
	c = c ? c : read_reshape(p, w->reshape);
	c = c ? c : read_created(p, w->created);
	c = c ? c : read_tags(p, w->tags);
	c = c ? c : read_region_from(p, w->region_from);
	c = c ? c : check_columns(p, w->columns);
	c = c ? c : check_version(p);
	return c ? c : read_values(p, w);
}

static enum code read_entry(
	struct arena *a, const struct json *doc, struct authored *w, struct entry *t, struct err *e)
{
	struct parse p = { a, t, e };
	struct field_place place = { "?", "" };
	struct str type = json_get_text(doc, "type");
	enum code c;

	if (!json_is(doc, JSON_OBJECT) || !type.n)
		return err_set(e, E_INVALID, "a catalogue entry has no type");
	place.type = t->type = arena_text(a, type);
	c = field_bind(a, &place, doc, top_fields, w, e);
	t->service = w->service;
	t->home_region = w->home_region;
	return c ? c : read_parts_of(&p, w);
}

/* The native form of a Cloud Control entry: the entry, with what `fallback` says instead of how
 * it is called and spelled. */
static struct json *fallback_doc(struct arena *a, const struct json *doc, const struct json *over)
{
	static const char *const own[] = { "engine", "service", "style", "list", "steps", "get",
		"get_steps", "fallback" };
	struct json *merged = json_new(a, JSON_OBJECT);

	for (const struct json *v = doc->first; v; v = v->next) {
		bool dropped = false;

		for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
			dropped = dropped || str_is(v->key, own[i]);
		if (!dropped)
			json_set(merged, v->key, json_copy(a, v));
	}
	json_set(merged, STR("engine"), json_string(a, STR("native")));
	for (const struct json *v = over->first; v; v = v->next)
		json_set(merged, v->key, json_copy(a, v));
	if (!json_get(merged, "service") && json_get(doc, "service"))
		json_set(merged, STR("service"), json_copy(a, json_get(doc, "service")));
	return merged;
}

static enum code read_fallback(struct arena *a, const struct json *doc, const struct authored *w,
	struct entry *t, struct err *e)
{
	struct json *merged = fallback_doc(a, doc, w->fallback);
	struct authored inner = { 0 };
	enum code c;

	t->fallback = arena_alloc(a, sizeof(*t->fallback));
	if (!merged || !t->fallback || !arena_ok(a))
		return err_nomem(e);
	c = read_entry(a, merged, &inner, t->fallback, e);
	if (!c && (inner.fallback || t->fallback->engine != ENGINE_NATIVE))
		c = err_set(e, E_INVALID,
			"catalogue entry \"%s\": field \"fallback\" must be native itself",
			t->type);
	return c ? err_add(e, "fallback") : E_OK;
}

enum code entry_parse(struct arena *a, struct str doc, struct entry **out, struct err *e)
{
	struct entry *t = arena_alloc(a, sizeof(*t));
	struct authored w = { 0 };
	struct json *tree = NULL;
	enum code c = t ? json_read(a, doc, &tree, e) : err_nomem(e);

	c = c ? c : read_entry(a, tree, &w, t, e);
	if (!c && w.fallback)
		c = read_fallback(a, tree, &w, t, e);
	if (!c && (!arena_ok(a) || !sha256_of(doc, t->digest)))
		c = err_nomem(e);
	if (!c)
		*out = t;
	return c;
}

bool entry_needs_calls(const struct entry *t)
{
	bool parts = false;

	for (size_t i = 0; i < t->n_parts; i++)
		parts = parts || t->parts[i].call.op;
	return t->engine == ENGINE_CLOUDCONTROL || t->n_steps || parts || t->region_from.op;
}
