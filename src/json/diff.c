/* SPDX-License-Identifier: Apache-2.0 */
#include "json/diff.h"

#include "json/canon.h"
#include "json/order.h"
#include "json/read.h"
#include "json/write.h"
#include <strings.h>

/* What names an element, the first that every element has and no two share. Compared
 * without regard to case: Cloud Control's documents say "Key" where others say "key". */
static const char *const identities[] = {
	"key",
	"tagKey",
	"groupId",
	"volumeId",
	"networkInterfaceId",
	"attachmentId",
	"associationId",
	"allocationId",
	"instanceId",
	"subnetId",
	"vpcSecurityGroupId",
	"vpcEndpointId",
	"transitGatewayAttachmentId",
	"deviceName",
	"privateIpAddress",
	"destinationCidrBlock",
	"ruleNumber",
	"ruleId",
	"zoneName",
	"listenerArn",
	"targetGroupArn",
	"policyArn",
	"policyName",
	"versionId",
	"roleName",
	"indexName",
	"attributeName",
	"parameterName",
	"parameterKey",
	"outputKey",
	"dBParameterGroupName",
	"dBSecurityGroupName",
	"optionGroupName",
	"optionName",
	"logicalResourceId",
	"containerName",
	"sid",
	"name",
	"id",
	"arn",
};

struct differ {
	struct arena *a;
	struct json *rows;
	struct buf path;
};

/* A row's key, for sorting: the path, a NUL, which no path contains, and the op's rank. */
static void add_row(struct differ *d, const struct json *before, const struct json *after)
{
	static const struct {
		struct str name;
		char rank;
	} ops[] = { { { "remove", 6 }, '0' }, { { "change", 6 }, '1' }, { { "add", 3 }, '2' } };
	size_t op = !after ? 0 : before ? 1 : 2, mark = d->path.n;
	struct json *row = json_new(d->a, JSON_OBJECT);
	struct str key;

	buf_char(&d->path, '\0');
	buf_char(&d->path, ops[op].rank);
	key = arena_str(d->a, buf_slice(&d->path));
	if (!row || !buf_ok(&d->path) || !arena_ok(d->a))
		return;
	d->path.n = mark;
	row->key = key;
	json_add(row, STR("path"), json_string(d->a, (struct str){ key.p, mark }));
	json_add(row, STR("op"), json_string(d->a, ops[op].name));
	if (before)
		json_add(row, STR("before"), json_alias(d->a, before));
	if (after)
		json_add(row, STR("after"), json_alias(d->a, after));
	json_push(d->rows, row);
}

/* Long enough for any ARN's name; a path is for people. */
#define SPELLED_MAX_BYTES 160

static bool needs_quotes(struct str s, const char *special)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || strchr(special, s.p[i]))
			return true;
	return !s.n;
}

static void spell(struct differ *d, struct str s, const char *special)
{
	bool cut = s.n > SPELLED_MAX_BYTES;

	if (cut)
		s.n = utf8_span((struct str){ s.p, SPELLED_MAX_BYTES });
	if (needs_quotes(s, special))
		json_write_string(&d->path, s);
	else
		buf_str(&d->path, s);
	if (cut)
		buf_text(&d->path, "\xe2\x80\xa6");
}

/* Go down to a member or an element; the result is for leave(). */
static size_t enter_member(struct differ *d, struct str name)
{
	size_t mark = d->path.n;

	if (mark)
		buf_char(&d->path, '.');
	spell(d, name, ".[]\"");
	return mark;
}

/* STR_NONE: an element without a name. */
static size_t enter_element(struct differ *d, struct str name)
{
	size_t mark = d->path.n;

	buf_char(&d->path, '[');
	if (name.p)
		spell(d, name, "[]\"");
	buf_char(&d->path, ']');
	return mark;
}

static void leave(struct differ *d, size_t mark)
{
	d->path.n = mark;
}

/* The text of the member called @name in any case, if it can serve as a name. */
static struct str member_text(const struct json *object, const char *name)
{
	size_t n = strlen(name);

	for (const struct json *k = object->first; k; k = k->next)
		if (k->key.n == n && strncasecmp(k->key.p, name, n) == 0 && k->text.n &&
			(k->kind == JSON_STRING || k->kind == JSON_NUMBER))
			return k->text;
	return STR_NONE;
}

static struct str trimmed(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* "Is contained in Vpc vpc-1", with @typed "Is contained in Vpc AWS::EC2::VPC vpc-1". */
static struct str relationship_text(struct differ *d, const struct json *v, bool typed)
{
	struct str name = member_text(v, "name"), type = member_text(v, "resourceType");
	struct str id = member_text(v, "resourceId");

	if (!name.p)
		name = member_text(v, "relationshipName");
	if (!id.p)
		id = member_text(v, "resourceName");
	if (!name.p || !type.p || !id.p)
		return STR_NONE;
	name = trimmed(name);
	if (!typed)
		return arena_printf(d->a, "%.*s %.*s", STR_ARG(name), STR_ARG(id));
	return arena_printf(d->a, "%.*s %.*s %.*s", STR_ARG(name), STR_ARG(type), STR_ARG(id));
}

/* How the elements of two arrays are matched. */
enum naming { BY_RELATIONSHIP, BY_TYPED_RELATIONSHIP, BY_MEMBER, BY_VALUE, BY_CONTENT };

struct match {
	enum naming naming;
	const char *member;       /* for BY_MEMBER */
	const struct json *x, *y; /* aliases of the elements, sorted by what names them */
};

static struct str element_key(struct differ *d, const struct match *m, const struct json *v)
{
	switch (m->naming) {
	case BY_RELATIONSHIP: return relationship_text(d, v, false);
	case BY_TYPED_RELATIONSHIP: return relationship_text(d, v, true);
	case BY_MEMBER: return member_text(v, m->member);
	case BY_VALUE:
	case BY_CONTENT: return json_canon_text(d->a, v);
	}
	return STR_NONE;
}

/* NULL when an element has no name, or memory ran out. */
static const struct json *index_of(
	struct differ *d, const struct match *m, const struct json *array)
{
	struct json *index = json_new(d->a, JSON_ARRAY);

	for (const struct json *k = array->first; k && index; k = k->next) {
		struct str key = element_key(d, m, k);
		struct json *alias = key.p ? json_alias(d->a, k) : NULL;

		if (!alias)
			return NULL;
		json_add(index, key, alias);
	}
	if (index)
		json_sort(index);
	return index;
}

static bool every_element_has(const struct json *array, const char *member)
{
	for (const struct json *k = array->first; k; k = k->next)
		if (k->kind != JSON_OBJECT || !member_text(k, member).p)
			return false;
	return true;
}

static bool index_both(
	struct differ *d, struct match *m, const struct json *x, const struct json *y)
{
	m->x = index_of(d, m, x);
	m->y = m->x ? index_of(d, m, y) : NULL;
	return m->y;
}

/* As index_both(), for names that no two elements of a side may share. */
static bool names_apart(
	struct differ *d, struct match *m, const struct json *x, const struct json *y)
{
	return index_both(d, m, x, y) && json_sorted(m->x) && json_sorted(m->y);
}

static bool find_names(
	struct differ *d, struct match *m, const struct json *x, const struct json *y)
{
	if (every_element_has(x, "resourceType") && every_element_has(y, "resourceType")) {
		m->naming = BY_RELATIONSHIP;
		if (names_apart(d, m, x, y))
			return true;
		m->naming = BY_TYPED_RELATIONSHIP;
		if (names_apart(d, m, x, y))
			return true;
	}
	m->naming = BY_MEMBER;
	for (size_t i = 0; i < sizeof(identities) / sizeof(*identities); i++) {
		m->member = identities[i];
		if (every_element_has(x, m->member) && every_element_has(y, m->member) &&
			names_apart(d, m, x, y))
			return true;
	}
	return false;
}

static bool all_scalars(const struct json *array)
{
	for (const struct json *k = array->first; k; k = k->next)
		if (k->kind == JSON_ARRAY || k->kind == JSON_OBJECT)
			return false;
	return true;
}

static void find_match(
	struct differ *d, struct match *m, const struct json *x, const struct json *y)
{
	bool scalars = all_scalars(x) && all_scalars(y);

	if (!scalars && find_names(d, m, x, y))
		return;
	m->naming = scalars ? BY_VALUE : BY_CONTENT;
	index_both(d, m, x, y);
}

static struct str element_name(const struct match *m, const struct json *v)
{
	if (m->naming == BY_CONTENT)
		return STR_NONE;
	if (m->naming == BY_VALUE)
		return v->kind == JSON_NULL ? STR("null") : v->text;
	return v->key;
}

static void compare(struct differ *d, const struct json *before, const struct json *after);

// NOLINTNEXTLINE(misc-no-recursion)
static void compare_elements(struct differ *d, const struct json *before, const struct json *after)
{
	struct match m = { .naming = BY_CONTENT };
	struct json_zip z = { .x_next = NULL };
	size_t rows = d->rows->n, mark;

	if (json_equal(before, after))
		return;
	find_match(d, &m, before, after);
	if (!m.x || !m.y)
		return;
	z.x_next = m.x->first;
	z.y_next = m.y->first;
	while (json_zip_next(&z)) {
		bool same = z.x && z.y && (m.naming == BY_VALUE || m.naming == BY_CONTENT);

		if (same)
			continue;
		mark = enter_element(d, element_name(&m, z.x ? z.x : z.y));
		compare(d, z.x, z.y);
		leave(d, mark);
	}
	/* Nothing but their order differs. */
	if (d->rows->n == rows)
		add_row(d, before, after);
}

// NOLINTNEXTLINE(misc-no-recursion)
static void compare_members(struct differ *d, const struct json *before, const struct json *after)
{
	struct json_zip z = { .x_next = NULL };
	size_t mark;

	before = json_sorted_view(d->a, before);
	after = json_sorted_view(d->a, after);
	if (!before || !after)
		return;
	z.x_next = before->first;
	z.y_next = after->first;
	while (json_zip_next(&z)) {
		mark = enter_member(d, z.key);
		compare(d, z.x, z.y);
		leave(d, mark);
	}
}

/* As deep as documents are: json/read.h refuses more than 100 levels. */
// NOLINTNEXTLINE(misc-no-recursion)
static void compare(struct differ *d, const struct json *before, const struct json *after)
{
	bool alike = before && after && before->kind == after->kind;

	if (alike && before->kind == JSON_OBJECT)
		compare_members(d, before, after);
	else if (alike && before->kind == JSON_ARRAY)
		compare_elements(d, before, after);
	else if (!json_equal(before, after))
		add_row(d, before, after);
}

/* A hundred levels with a name and an element each, every byte of them escaped. */
#define PATH_MAX_BYTES ((size_t)100 * 2 * SPELLED_MAX_BYTES * 6 + 4096)

struct json *json_diff(struct arena *a, struct json *before, struct json *after)
{
	const struct json nothing = { .kind = JSON_OBJECT };
	struct differ d = { .a = a, .path = BUF_INIT(PATH_MAX_BYTES) };
	bool ok;

	d.rows = json_new(a, JSON_ARRAY);
	if (!d.rows)
		return NULL;
	compare(&d, json_is(after, JSON_OBJECT) && !before ? &nothing : before,
		json_is(before, JSON_OBJECT) && !after ? &nothing : after);
	json_sort(d.rows);
	for (struct json *row = d.rows->first; row; row = row->next)
		row->key = STR_NONE;
	ok = buf_ok(&d.path) && arena_ok(a);
	buf_release(&d.path);
	return ok ? d.rows : NULL;
}
