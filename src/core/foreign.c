/* SPDX-License-Identifier: Apache-2.0 */
#include "core/foreign.h"

#include "base/time.h"
#include "json/canon.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <stdlib.h>

/* AWS's longest ids and ARNs are 2 KB. */
#define ID_BYTES    (16u << 10)
#define EXTRA_BYTES ((size_t)64 << 20)

struct reading {
	const struct foreign *f;
	struct arena *a;
	struct scribe_item *item;
	struct json *root;
	/* Parts of the document. */
	struct json *configuration, *relationships, *supplementary, *tags;
	struct json *extra;
	bool of_api; /* values of the supplementary configuration are JSON text */
	bool has_state;
	struct err *e;
};

static enum code wrong(struct reading *r, const struct json *v, const char *what)
{
	return err_set(r->e, E_INVALID, "%.*s is not %s", STR_ARG(v->key), what);
}

/* Comes out again as it came in. */
static void keep(struct reading *r, struct str name, const struct json *v)
{
	json_set(r->extra, name, json_copy(r->a, v));
}

static enum code take_text(struct reading *r, struct json *v, struct str *to)
{
	if (v->kind != JSON_STRING)
		return wrong(r, v, "a text");
	if (v->text.n > ID_BYTES)
		return err_set(r->e, E_TOOBIG, "%.*s has %zu bytes", STR_ARG(v->key), v->text.n);
	*to = v->text;
	return E_OK;
}

/* What an empty name is would be taken for having none. */
static enum code take_name(struct reading *r, struct json *v, struct str *to)
{
	if (take_text(r, v, to))
		return r->e->code;
	if (to->n)
		return E_OK;
	*to = STR_NONE;
	keep(r, v->key, v);
	return E_OK;
}

static bool whole_number(struct str s, int64_t *out)
{
	char *end;
	long long v;

	if (!s.n || s.n > 19 || str_find(s, '.') < s.n || str_find(s, 'e') < s.n ||
		str_find(s, 'E') < s.n)
		return false;
	errno = 0;
	v = strtoll(s.p, &end, 10);
	*out = v;
	return !errno && end == s.p + s.n && (s.p[0] == '-' || (s.p[0] >= '0' && s.p[0] <= '9'));
}

/* Seconds since 1970 with up to three decimals, as the API has them. */
static bool epoch_seconds(struct str s, int64_t *ms)
{
	char text[40];
	char *end;
	double v;

	if (!s.n || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	v = strtod(text, &end) * 1000;
	if (*end || !(v > -1e15 && v < 1e15))
		return false;
	*ms = (int64_t)(v < 0 ? v - 0.5 : v + 0.5);
	return true;
}

static enum code take_time(struct reading *r, struct json *v, struct str name, int64_t *ms)
{
	char iso[TIME_ISO_BYTES];

	if (v->kind == JSON_NUMBER ? !epoch_seconds(v->text, ms)
				   : v->kind != JSON_STRING || !time_parse_iso(v->text, ms))
		return wrong(r, v, "a time");
	/* What comes later could be taken for the end of time. */
	if (*ms < 0 || *ms >= TIME_FOREVER_MS)
		return wrong(r, v, "a time from 1970 to 9999");
	if (v->kind == JSON_STRING && !str_is(v->text, time_iso(*ms, iso)))
		keep(r, name, v);
	return E_OK;
}

static enum code take_captured(struct reading *r, struct json *v)
{
	r->item->seen_now = false;
	return take_time(r, v, STR("configurationItemCaptureTime"), &r->item->captured_ms);
}

static enum code take_created(struct reading *r, struct json *v)
{
	r->item->has_created = true;
	return take_time(r, v, STR("resourceCreationTime"), &r->item->created_ms);
}

static enum code take_state(struct reading *r, struct json *v)
{
	bool text = v->kind == JSON_STRING || v->kind == JSON_NUMBER;

	r->has_state = true;
	return text && whole_number(v->text, &r->item->state_id) ? E_OK
								 : wrong(r, v, "a whole number");
}

/* A version or hash: what is written here anyway needs not be kept. */
static enum code take_constant(
	struct reading *r, struct json *v, struct str name, const char *usual)
{
	if (v->kind != JSON_STRING || !str_is(v->text, usual))
		keep(r, name, v);
	return E_OK;
}

static enum code take_version(struct reading *r, struct json *v)
{
	return take_constant(r, v, STR("configurationItemVersion"), "1.3");
}

static enum code take_hash(struct reading *r, struct json *v)
{
	return take_constant(r, v, STR("configurationStateMd5Hash"), "");
}

static enum code take_events(struct reading *r, struct json *v)
{
	if (v->kind != JSON_ARRAY || v->n)
		keep(r, v->key, v);
	return E_OK;
}

/* JSON text, as the API and old files have it; "null" is nothing. */
static enum code take_configuration(struct reading *r, struct json *v)
{
	struct err why = { 0 };

	if (v->kind == JSON_STRING && json_read(r->a, v->text, &v, &why))
		return err_set(
			r->e, why.code, "configuration is a text that is no JSON: %s", why.msg);
	if (v->kind == JSON_NULL)
		return E_OK;
	if (v->kind != JSON_OBJECT)
		return err_set(r->e, E_INVALID, "configuration is not an object");
	r->configuration = v;
	return E_OK;
}

static enum code take_supplementary(struct reading *r, struct json *v)
{
	if (v->kind != JSON_OBJECT)
		return wrong(r, v, "an object");
	r->supplementary = v;
	return E_OK;
}

static enum code take_tags(struct reading *r, struct json *v)
{
	struct json *map = json_new(r->a, JSON_OBJECT);

	if (v->kind == JSON_OBJECT) {
		r->tags = v;
		return E_OK;
	}
	if (v->kind != JSON_ARRAY)
		return wrong(r, v, "an object");
	if (!map)
		return err_nomem(r->e);
	for (const struct json *t = v->first; t; t = t->next) {
		struct str key = json_get_text(t, "key"), value = json_get_text(t, "value");

		if (!key.p)
			return wrong(r, v, "a list of keys and values");
		json_set(map, key, json_string(r->a, value.p ? value : STR("")));
	}
	r->tags = map;
	return E_OK;
}

/* The members of a relationship that are written here; false: it has others. */
static bool relationship(struct reading *r, const struct json *from, struct json *to)
{
	bool plain = true;

	for (const struct json *m = from->first; m; m = m->next) {
		struct str key = str_is(m->key, "relationshipName") ? STR("name") : m->key;

		if (str_is(key, "name") || str_is(key, "resourceId") ||
			str_is(key, "resourceName") || str_is(key, "resourceType"))
			json_set(to, key, json_copy(r->a, m));
		else
			plain = plain && m->kind == JSON_NULL;
	}
	return plain;
}

static enum code take_relationships(struct reading *r, struct json *v)
{
	struct json *list = json_new(r->a, JSON_ARRAY);
	bool plain = true;

	if (v->kind != JSON_ARRAY)
		return wrong(r, v, "a list");
	if (!list)
		return err_nomem(r->e);
	for (const struct json *m = v->first; m; m = m->next) {
		struct json *o = json_new(r->a, JSON_OBJECT);

		if (m->kind != JSON_OBJECT)
			return wrong(r, v, "a list of objects");
		if (!o)
			return err_nomem(r->e);
		plain = relationship(r, m, o) && plain;
		if (!json_is(json_get(o, "name"), JSON_STRING) ||
			!json_is(json_get(o, "resourceType"), JSON_STRING))
			return err_set(
				r->e, E_INVALID, "a relationship has no name or no resourceType");
		json_push(list, o);
	}
	if (!plain)
		keep(r, v->key, v);
	r->relationships = list;
	return E_OK;
}

static enum code take_account(struct reading *r, struct json *v)
{
	return take_text(r, v, &r->item->key.account);
}

static enum code take_region(struct reading *r, struct json *v)
{
	return take_text(r, v, &r->item->key.region);
}

static enum code take_type(struct reading *r, struct json *v)
{
	return take_text(r, v, &r->item->key.type);
}

static enum code take_id(struct reading *r, struct json *v)
{
	return take_text(r, v, &r->item->key.id);
}

static enum code take_resource_name(struct reading *r, struct json *v)
{
	return take_name(r, v, &r->item->name);
}

static enum code take_arn(struct reading *r, struct json *v)
{
	return take_name(r, v, &r->item->arn);
}

static enum code take_az(struct reading *r, struct json *v)
{
	return take_text(r, v, &r->item->az);
}

static enum code take_status(struct reading *r, struct json *v)
{
	return take_text(r, v, &r->item->status);
}

static const struct member {
	const char *name;
	enum code (*take)(struct reading *r, struct json *v);
} members[] = {
	{ "relatedEvents", take_events },
	{ "relationships", take_relationships },
	{ "configuration", take_configuration },
	{ "supplementaryConfiguration", take_supplementary },
	{ "tags", take_tags },
	{ "configurationItemVersion", take_version },
	{ "version", take_version },
	{ "configurationItemCaptureTime", take_captured },
	{ "configurationStateId", take_state },
	{ "configurationStateID", take_state },
	{ "awsAccountId", take_account },
	{ "accountId", take_account },
	{ "configurationItemStatus", take_status },
	{ "resourceType", take_type },
	{ "resourceId", take_id },
	{ "resourceName", take_resource_name },
	{ "ARN", take_arn },
	{ "arn", take_arn },
	{ "awsRegion", take_region },
	{ "availabilityZone", take_az },
	{ "availibilityZone", take_az },
	{ "configurationStateMd5Hash", take_hash },
	{ "configurationItemMD5Hash", take_hash },
	{ "resourceCreationTime", take_created },
};
#define N_MEMBERS (sizeof(members) / sizeof(*members))

/* Items of a file have their members in one order: the search goes on where it ended. */
static enum code take_members(struct reading *r)
{
	size_t at = 0;

	for (struct json *v = r->root->first; v; v = v->next) {
		size_t tried = 0;

		if (v->kind == JSON_NULL)
			continue;
		while (tried < N_MEMBERS && !str_is(v->key, members[at].name)) {
			at = (at + 1) % N_MEMBERS;
			tried++;
		}
		if (tried == N_MEMBERS)
			keep(r, v->key, v);
		else if (members[at].take(r, v))
			return r->e->code;
	}
	return E_OK;
}

static bool ends_with(struct str s, const char *end)
{
	struct str tail = str_of(end);

	return s.n >= tail.n && str_is(str_from(s, s.n - tail.n), end);
}

static enum code need(struct reading *r, struct str *is, struct str otherwise, const char *what,
	const char *option)
{
	if (!is->n && otherwise.n)
		*is = arena_str(r->a, otherwise);
	if (is->n)
		return E_OK;
	err_set(r->e, E_INVALID, "an item without %s", what);
	return option ? err_hint(r->e, "%s says what it is where items do not", option)
		      : r->e->code;
}

static enum code check_identity(struct reading *r)
{
	struct lineage_key *k = &r->item->key;

	if (need(r, &k->type, STR_NONE, "resourceType", NULL) ||
		need(r, &k->id, STR_NONE, "resourceId", NULL))
		return r->e->code;
	if (need(r, &k->account, r->f->account, "awsAccountId", "--account"))
		return r->e->code;
	return need(r, &k->region, r->f->region, "awsRegion", "--region");
}

static bool is_absent(struct str status)
{
	return str_starts(status, STR("ResourceDeleted")) || ends_with(status, "NotRecorded");
}

/* Of nulls nothing is left. */
static void canon_part(struct json *part)
{
	if (part)
		json_canon(part);
}

/* What nobody expects of a resource that is gone, and somebody said all the same. */
static void keep_parts(struct reading *r)
{
	canon_part(r->configuration);
	canon_part(r->relationships);
	canon_part(r->supplementary);
	canon_part(r->tags);
	if (r->configuration && r->configuration->n)
		keep(r, STR("configuration"), r->configuration);
	if (r->relationships && r->relationships->n)
		keep(r, STR("relationships"), r->relationships);
	if (r->supplementary && r->supplementary->n)
		keep(r, STR("supplementaryConfiguration"), r->supplementary);
	if (r->tags && r->tags->n)
		keep(r, STR("tags"), r->tags);
	if (r->item->az.n)
		keep(r, STR("availabilityZone"), json_string(r->a, r->item->az));
	if (r->item->has_created) {
		char iso[TIME_ISO_BYTES];
		struct str text = arena_str(r->a, str_of(time_iso(r->item->created_ms, iso)));

		keep(r, STR("resourceCreationTime"), json_string(r->a, text));
	}
}

/* Values that the API writes as JSON text. */
static void read_texts(struct reading *r)
{
	struct json *o = r->supplementary;

	for (struct json *v = o ? o->first : NULL, *next; v; v = next) {
		struct err ignored = { 0 };
		struct json *is = NULL;

		next = v->next;
		if (v->kind == JSON_STRING && json_read(r->a, v->text, &is, &ignored) == E_OK)
			json_replace(o, v, is);
	}
}

static struct json *part(struct reading *r, struct json *v, enum json_kind kind)
{
	return v ? v : json_new(r->a, kind);
}

static enum code make_document(struct reading *r)
{
	const struct content_rules *rules = content_book_rules(r->f->book, r->item->key.type, r->e);
	struct json *d = json_new(r->a, JSON_OBJECT);

	if (!rules)
		return r->e->code;
	if (!d)
		return err_nomem(r->e);
	if (content_check_weight(r->configuration, "the configuration", r->e) ||
		(r->supplementary && content_check_weight(r->supplementary,
					     "the supplementary configuration", r->e)))
		return r->e->code;
	json_add(d, STR("configuration"), r->configuration);
	json_add(d, STR("relationships"), part(r, r->relationships, JSON_ARRAY));
	json_add(d, STR("supplementaryConfiguration"), part(r, r->supplementary, JSON_OBJECT));
	json_add(d, STR("tags"), part(r, r->tags, JSON_OBJECT));
	json_canon(d);
	return content_of_document(&r->item->content, r->a, d, rules, r->e);
}

static enum code make_extra(struct reading *r)
{
	struct buf b = BUF_INIT(EXTRA_BYTES);
	enum code c = E_OK;

	json_canon(r->extra);
	if (!r->extra->n)
		return E_OK;
	json_write(&b, r->extra);
	if (buf_ok(&b))
		r->item->extra = arena_str(r->a, buf_slice(&b));
	else
		c = err_nomem(r->e);
	buf_release(&b);
	return c;
}

static enum code finish(struct reading *r)
{
	struct scribe_item *item = r->item;
	const bool absent = is_absent(item->status);

	if (!r->has_state)
		item->state_id = item->captured_ms;
	if (check_identity(r))
		return r->e->code;
	if (r->of_api)
		read_texts(r);
	if (absent && (!r->configuration || str_starts(item->status, STR("ResourceDeleted")))) {
		keep_parts(r);
		item->az = STR_NONE;
		item->has_created = false;
	} else if (!r->configuration) {
		return err_set(r->e, E_INVALID, "an item without configuration");
	} else if (make_document(r)) {
		return r->e->code;
	}
	return make_extra(r);
}

/* The item itself, or what holds one: a notification, an event. */
static struct json *unwrapped(struct json *root)
{
	struct json *detail = json_get(root, "detail");
	struct json *item =
		json_get(json_is(detail, JSON_OBJECT) ? detail : root, "configurationItem");

	return json_is(item, JSON_OBJECT) ? item : root;
}

enum code foreign_read(const struct foreign *f, struct arena *a, struct str text,
	struct scribe_item *out, struct err *e)
{
	struct reading r = { .f = f, .a = a, .item = out, .e = e };
	struct str configuration;

	*out = (struct scribe_item){ .content = CONTENT_INIT,
		.captured_ms = f->now_ms,
		.recorded_ms = f->now_ms,
		.seen_now = true };
	if (json_read(a, text, &r.root, e))
		return e->code;
	if (r.root->kind != JSON_OBJECT)
		return err_set(e, E_INVALID, "not an object");
	r.root = unwrapped(r.root);
	r.extra = json_new(a, JSON_OBJECT);
	if (!r.extra)
		return err_nomem(e);
	configuration = json_get_text(r.root, "configuration");
	r.of_api = configuration.p && json_get(r.root, "accountId") &&
		   !json_get(r.root, "awsAccountId");
	if (!take_members(&r) && !finish(&r) && !arena_ok(a))
		err_nomem(e);
	return e->code;
}
