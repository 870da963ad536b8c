/* SPDX-License-Identifier: Apache-2.0 */
#include "api/item.h"

#include "base/time.h"
#include "store/document_text.h"
#include "store/item.h"
#include "json/read.h"
#include "json/write.h"

/* Epoch seconds with as many decimals as it takes. */
static void add_time(struct buf *out, const char *name, int64_t ms)
{
	const int64_t size = ms < 0 ? -ms : ms, rest = size % 1000;

	buf_printf(out, "%s%s%lld", name, ms < 0 ? "-" : "", (long long)(size / 1000));
	if (rest % 10)
		buf_printf(out, ".%03lld", (long long)rest);
	else if (rest % 100)
		buf_printf(out, ".%02lld", (long long)rest / 10);
	else if (rest)
		buf_printf(out, ".%lld", (long long)rest / 100);
}

static void add_text(struct buf *out, const char *name, struct str text)
{
	if (!text.p)
		return;
	buf_text(out, name);
	json_write_string(out, text);
}

/* The short way */

static void add_column(struct buf *out, const char *name, const struct stmt *st, int column)
{
	add_text(out, name, stmt_col_str(st, column));
}

static void add_facts(
	const struct stmt *st, bool documented, enum item_dress dress, struct buf *out)
{
	buf_text(out, "{\"version\":\"1.3\"");
	add_column(out, ",\"accountId\":", st, ITEM_TEXT_ACCOUNT);
	add_time(
		out, ",\"configurationItemCaptureTime\":", stmt_col_int(st, ITEM_TEXT_CAPTURED_MS));
	add_column(out, ",\"configurationItemStatus\":", st, ITEM_TEXT_STATUS);
	buf_printf(out, ",\"configurationStateId\":\"%lld\"",
		(long long)stmt_col_int(st, ITEM_TEXT_STATE_ID));
	if (dress == ITEM_WHOLE)
		buf_text(out, ",\"configurationItemMD5Hash\":\"\"");
	add_column(out, ",\"arn\":", st, ITEM_TEXT_ARN);
	add_column(out, ",\"resourceType\":", st, ITEM_TEXT_TYPE);
	add_column(out, ",\"resourceId\":", st, ITEM_TEXT_ID);
	add_column(out, ",\"resourceName\":", st, ITEM_TEXT_NAME);
	add_column(out, ",\"awsRegion\":", st, ITEM_TEXT_REGION);
	if (!documented)
		return;
	add_column(out, ",\"availabilityZone\":", st, ITEM_TEXT_AZ);
	if (!stmt_is_null(st, ITEM_TEXT_CREATED_MS))
		add_time(out, ",\"resourceCreationTime\":", stmt_col_int(st, ITEM_TEXT_CREATED_MS));
}

/* They are stored by the names that files have. */
static void add_relationship(struct document_reader *r, struct buf *out)
{
	static const struct {
		const char *stored, *told;
	} names[] = { { "\"resourceType\"", "\"resourceType\":" },
		{ "\"resourceId\"", "\"resourceId\":" },
		{ "\"resourceName\"", "\"resourceName\":" },
		{ "\"name\"", "\"relationshipName\":" } };
	struct str values[4] = { STR_NONE, STR_NONE, STR_NONE, STR_NONE };
	char before = '{';

	document_want(r, '{');
	while (r->p && !document_take(r, '}')) {
		const struct str name = document_take_string(r);
		struct str value;

		document_want(r, ':');
		value = document_take_text(r);
		for (int i = 0; i < 4; i++)
			if (str_is(name, names[i].stored))
				values[i] = value;
		if (r->p && r->p < r->end && *r->p != '}')
			document_want(r, ',');
	}
	for (int i = 0; r->p && i < 4; i++) {
		if (!values[i].p)
			continue;
		buf_char(out, before);
		buf_text(out, names[i].told);
		buf_str(out, values[i]);
		before = ',';
	}
	buf_text(out, before == '{' ? "{}" : "}");
}

static bool add_relationships(struct str list, struct buf *out)
{
	struct document_reader r = document_reader_of(list);

	buf_char(out, '[');
	if (list.p) {
		document_want(&r, '[');
		while (r.p && !document_take(&r, ']')) {
			add_relationship(&r, out);
			if (r.p && r.p < r.end && *r.p != ']') {
				document_want(&r, ',');
				buf_char(out, ',');
			}
		}
	}
	buf_char(out, ']');
	return !list.p || r.p == r.end;
}

/* Each part as a string that holds its JSON. */
static bool add_supplementary(struct str object, struct buf *out)
{
	struct document_reader r = document_reader_of(object);

	buf_char(out, '{');
	if (object.p) {
		document_want(&r, '{');
		while (r.p && !document_take(&r, '}')) {
			buf_str(out, document_take_text(&r));
			document_want(&r, ':');
			buf_char(out, ':');
			json_write_string(out, document_take_value(&r));
			if (r.p && r.p < r.end && *r.p != '}') {
				document_want(&r, ',');
				buf_char(out, ',');
			}
		}
	}
	buf_char(out, '}');
	return !object.p || r.p == r.end;
}

/* False: the document is not of the form that can be copied. */
static bool copy(const struct stmt *st, enum item_dress dress, struct buf *out)
{
	const bool documented = !stmt_is_null(st, ITEM_TEXT_DOCUMENT_ID);
	struct document_text parts = { .configuration = STR_NONE };

	if (documented && !document_text_read(stmt_col_str(st, ITEM_TEXT_DOCUMENT), &parts))
		return false;
	add_facts(st, documented, dress, out);
	if (dress == ITEM_WHOLE) {
		buf_text(out, ",\"tags\":");
		buf_str(out, parts.tags.p ? parts.tags : STR("{}"));
		buf_text(out, ",\"relatedEvents\":[],\"relationships\":");
		if (!add_relationships(parts.relationships, out))
			return false;
	}
	buf_text(out, ",\"configuration\":");
	json_write_string(out, documented ? parts.configuration : STR("null"));
	buf_text(out, ",\"supplementaryConfiguration\":");
	if (!add_supplementary(parts.supplementary, out))
		return false;
	buf_char(out, '}');
	return true;
}

enum code item_answer(
	struct operation *op, const struct stmt *st, enum item_dress dress, struct buf *out)
{
	const size_t before = out->n;

	if (stmt_is_null(st, ITEM_TEXT_EXTRA) && copy(st, dress, out))
		return E_OK;
	buf_cut(out, before);
	return item_answer_slowly(op, stmt_col_int(st, ITEM_TEXT_ITEM_ID), dress, out);
}

/* The long way */

enum as { AS_TEXT, AS_TIME, AS_JSON, AS_STRINGS, AS_IT_IS, AS_LINKS };

static void add_link(struct buf *out, const struct json *link)
{
	static const struct {
		const char *stored, *told;
	} names[] = { { "resourceType", "\"resourceType\":" }, { "resourceId", "\"resourceId\":" },
		{ "resourceName", "\"resourceName\":" }, { "name", "\"relationshipName\":" } };
	const char *before = "";

	buf_char(out, '{');
	for (int i = 0; i < 4; i++) {
		struct str text = json_get_text(link, names[i].stored);

		if (!text.p)
			continue;
		buf_text(out, before);
		add_text(out, names[i].told, text);
		before = ",";
	}
	buf_char(out, '}');
}

static void add_links(struct buf *out, const struct json *links)
{
	const char *before = "";

	buf_char(out, '[');
	for (const struct json *v = links ? links->first : NULL; v; v = v->next) {
		buf_text(out, before);
		add_link(out, v);
		before = ",";
	}
	buf_char(out, ']');
}

static void add_json(struct buf *out, const struct json *v)
{
	struct buf text = BUF_INIT(out->max);

	if (v)
		json_write(&text, v);
	else
		buf_text(&text, "null");
	if (buf_ok(&text))
		json_write_string(out, buf_slice(&text));
	else
		out->failed = true;
	buf_release(&text);
}

static void add_strings(struct buf *out, const struct json *object)
{
	const char *before = "";

	buf_char(out, '{');
	for (const struct json *v = object ? object->first : NULL; v; v = v->next) {
		buf_text(out, before);
		json_write_string(out, v->key);
		buf_char(out, ':');
		add_json(out, v);
		before = ",";
	}
	buf_char(out, '}');
}

static void add_member(struct buf *out, const struct json *v, enum as as)
{
	int64_t ms;

	switch (as) {
	case AS_TEXT: json_write_string(out, v->text); break;
	case AS_TIME:
		if (v->kind == JSON_STRING && time_parse_iso(v->text, &ms))
			add_time(out, "", ms);
		else
			json_write(out, v);
		break;
	case AS_JSON: add_json(out, v); break;
	case AS_STRINGS: add_strings(out, v); break;
	case AS_IT_IS: json_write(out, v); break;
	case AS_LINKS: add_links(out, v); break;
	}
}

static void dress_up(const struct json *file, enum item_dress dress, struct buf *out)
{
	static const struct {
		const char *file, *api;
		enum as as;
		bool base;
		const char *otherwise; /* what stands there when the item has none; NULL: nothing */
	} members[] = {
		{ "configurationItemVersion", "version", AS_TEXT, true, NULL },
		{ "awsAccountId", "accountId", AS_TEXT, true, NULL },
		{ "configurationItemCaptureTime", "configurationItemCaptureTime", AS_TIME, true,
			NULL },
		{ "configurationItemStatus", "configurationItemStatus", AS_TEXT, true, NULL },
		{ "recordingFrequency", "recordingFrequency", AS_TEXT, true, NULL },
		{ "configurationItemDeliveryTime", "configurationItemDeliveryTime", AS_TIME, true,
			NULL },
		{ "configurationStateId", "configurationStateId", AS_TEXT, true, NULL },
		{ "configurationStateMd5Hash", "configurationItemMD5Hash", AS_TEXT, false, "\"\"" },
		{ "ARN", "arn", AS_TEXT, true, NULL },
		{ "resourceType", "resourceType", AS_TEXT, true, NULL },
		{ "resourceId", "resourceId", AS_TEXT, true, NULL },
		{ "resourceName", "resourceName", AS_TEXT, true, NULL },
		{ "awsRegion", "awsRegion", AS_TEXT, true, NULL },
		{ "availabilityZone", "availabilityZone", AS_TEXT, true, NULL },
		{ "resourceCreationTime", "resourceCreationTime", AS_TIME, true, NULL },
		{ "tags", "tags", AS_IT_IS, false, "{}" },
		{ "relatedEvents", "relatedEvents", AS_IT_IS, false, "[]" },
		{ "relationships", "relationships", AS_LINKS, false, "[]" },
		{ "configuration", "configuration", AS_JSON, true, "\"null\"" },
		{ "supplementaryConfiguration", "supplementaryConfiguration", AS_STRINGS, true,
			"{}" },
	};
	char before = '{';

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct json *v = json_get(file, members[i].file);

		if ((dress == ITEM_BASE && !members[i].base) ||
			((!v || v->kind == JSON_NULL) && !members[i].otherwise))
			continue;
		buf_printf(out, "%c\"%s\":", before, members[i].api);
		before = ',';
		if (v && v->kind != JSON_NULL)
			add_member(out, v, members[i].as);
		else
			buf_text(out, members[i].otherwise);
	}
	buf_char(out, '}');
}

enum code item_answer_slowly(
	struct operation *op, int64_t item_id, enum item_dress dress, struct buf *out)
{
	struct buf text = BUF_INIT(ITEM_TEXT_MAX_BYTES);
	struct json *file = NULL;
	enum code c = item_file(op->db, item_id, &text, op->e);

	if (!c)
		c = json_read(op->arena, buf_slice(&text), &file, op->e);
	if (!c)
		dress_up(file, dress, out);
	buf_release(&text);
	return c;
}
