/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_property.h"

#include "base/buf.h"
#include "base/nearest.h"
#include "json/write.h"
#include <stdio.h>
#include <stdlib.h>

#define PATH_MAX_BYTES ((size_t)1 << 20)
#define BELOW          "configuration."

static const char *const numbers[] = {
#define WRAPPED(path)
#define ADDRESS(path)
#define NUMBER(path) path,
#include "api/query_property.def"
#undef NUMBER
#undef ADDRESS
#undef WRAPPED
};

static const char *const addresses[] = {
#define WRAPPED(path)
#define ADDRESS(path) path,
#define NUMBER(path)
#include "api/query_property.def"
#undef NUMBER
#undef ADDRESS
#undef WRAPPED
};

static const char *const wrapped[] = {
#define WRAPPED(path) path,
#define ADDRESS(path)
#define NUMBER(path)
#include "api/query_property.def"
#undef NUMBER
#undef ADDRESS
#undef WRAPPED
};

#define LENGTH(list) (sizeof(list) / sizeof(*(list)))

static int by_path(const void *key, const void *entry)
{
	return str_cmp(*(const struct str *)key, str_of(*(const char *const *)entry));
}

/* Whether "configuration.a.b" is in a list of what stands below configuration. */
static bool is_listed(const char *const *list, size_t n, struct str path)
{
	const struct str below = str_from(path, sizeof(BELOW) - 1);

	return str_starts(path, STR(BELOW)) && bsearch(&below, list, n, sizeof(*list), by_path);
}

bool query_path_is_number(struct str path)
{
	return is_listed(numbers, LENGTH(numbers), path);
}

bool query_path_is_wrapped(struct str path)
{
	return is_listed(wrapped, LENGTH(wrapped), path);
}

#define ISO(ms)                                                                                    \
	"strftime('%Y-%m-%dT%H:%M:%S', " ms " / 1000, 'unixepoch') || printf('.%03dZ', " ms        \
	" % 1000)"

const struct query_column query_columns[] = {
	{ "accountId", "r.account", true },
	{ "awsRegion", "r.region", true },
	{ "arn", "r.arn", true },
	{ "availabilityZone", "i.az", true },
	{ "configurationItemCaptureTime", "(" ISO("i.captured_ms") ")", true },
	{ "resourceCreationTime", "(" ISO("i.created_ms") ")", true },
	{ "resourceId", "r.resource_id", true },
	{ "resourceName", "r.name", true },
	{ "resourceType", "r.resource_type", true },
	{ "version", "coalesce(json_extract(i.extra, '$.configurationItemVersion'), '1.3')", true },
	{ "configurationItemStatus", "i.status", false },
	{ "configurationStateId", "CAST(coalesce(i.state_id, i.captured_ms) AS TEXT)", false },
	{ "recordingFrequency", "json_extract(i.extra, '$.recordingFrequency')", false },
	{ "configurationItemDeliveryTime",
		"json_extract(i.extra, '$.configurationItemDeliveryTime')", false },
};
const size_t query_columns_n = LENGTH(query_columns);

static const struct {
	const char *name, *sql;
} tag_columns[] = {
	{ "key", "g.key" },
	{ "value", "g.value" },
	{ "tag", "(g.key || '=' || g.value)" },
};

static const char *const link_members[] = { "resourceId", "resourceName", "resourceType" };
static const char *const parts_of_document[] = { "configuration", "supplementaryConfiguration",
	"tags", "relationships" };

int query_column_find(struct str name)
{
	for (size_t i = 0; i < query_columns_n; i++)
		if (str_is(name, query_columns[i].name))
			return (int)i;
	return -1;
}

/* As canonical JSON spells it, and then as a pointer does. */
static void add_part(struct buf *b, struct str part)
{
	static const char special[] = "~/|";
	struct buf quoted = BUF_INIT(PATH_MAX_BYTES);

	json_write_string(&quoted, part);
	buf_char(b, '/');
	for (size_t i = 1; i + 1 < quoted.n; i++) {
		const char *p = quoted.p[i] ? strchr(special, quoted.p[i]) : NULL;

		if (p)
			buf_printf(b, "~%d", (int)(p - special));
		else
			buf_char(b, quoted.p[i]);
	}
	b->failed |= quoted.failed;
	buf_release(&quoted);
}

static struct str dotted(struct arena *a, const struct str *parts, size_t n)
{
	struct buf b = BUF_INIT(PATH_MAX_BYTES);
	struct str path;

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, '.');
		buf_str(&b, parts[i]);
	}
	path = arena_str(a, buf_slice(&b));
	buf_release(&b);
	return path;
}

static void add_path(struct buf *b, const struct str *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_part(b, parts[i]);
}

static void find_leaf(
	struct arena *a, const struct str *parts, size_t n, struct query_property *out)
{
	const struct str path = dotted(a, parts, n);
	struct buf b = BUF_INIT(PATH_MAX_BYTES);

	out->kind = PROPERTY_LEAF;
	out->below =
		str_is(parts[0], "configuration") || str_is(parts[0], "supplementaryConfiguration");
	out->whole = n == 1;
	out->hidden = query_path_is_wrapped(path);
	if (query_path_is_number(path))
		buf_char(&b, '#');
	else if (is_listed(addresses, LENGTH(addresses), path))
		buf_char(&b, '@');
	add_path(&b, parts, n);
	if (n > 2 && str_is(parts[n - 1], "value") &&
		query_path_is_wrapped((struct str){ path.p, path.n - strlen(".value") })) {
		buf_char(&b, '|');
		add_path(&b, parts, n - 1);
	}
	out->paths = arena_str(a, buf_slice(&b));
	a->failed |= b.failed;
	buf_release(&b);
}

static bool find_tag(const struct str *parts, size_t n, struct query_property *out)
{
	out->kind = PROPERTY_TAG;
	for (size_t i = 0; n == 2 && i < LENGTH(tag_columns); i++)
		if (str_is(parts[1], tag_columns[i].name))
			out->sql = tag_columns[i].sql;
	return out->sql;
}

static bool is_link_member(const struct str *parts, size_t n)
{
	for (size_t i = 0; n == 2 && i < LENGTH(link_members); i++)
		if (str_is(parts[1], link_members[i]))
			return true;
	return n == 1;
}

bool query_property_find(
	struct arena *a, const struct str *parts, size_t n, struct query_property *out)
{
	const int column = n == 1 ? query_column_find(parts[0]) : -1;

	*out = (struct query_property){ .paths = STR_NONE };
	if (column >= 0) {
		out->sql = query_columns[column].sql;
		return true;
	}
	if (str_is(parts[0], "tags") && n > 1)
		return find_tag(parts, n, out);
	if (str_is(parts[0], "relationships") && !is_link_member(parts, n))
		return false;
	for (size_t i = 0; i < LENGTH(parts_of_document); i++)
		if (str_is(parts[0], parts_of_document[i])) {
			find_leaf(a, parts, n, out);
			return true;
		}
	return false;
}

const char *query_property_near(struct str name, char out[64])
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < query_columns_n; i++)
		nearest_offer(&near, str_of(query_columns[i].name));
	for (size_t i = 0; i < LENGTH(parts_of_document); i++)
		nearest_offer(&near, str_of(parts_of_document[i]));
	if (!nearest_name(&near))
		return NULL;
	snprintf(out, 64, "%s", nearest_name(&near));
	return out;
}
