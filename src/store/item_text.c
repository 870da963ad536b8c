/* SPDX-License-Identifier: Apache-2.0 */
#include "store/item_text.h"

#include "base/time.h"
#include "store/document_text.h"
#include "store/item.h"
#include "json/write.h"

/* One relationship: its members are stored by name and written in AWS's order. */
static void add_relationship(struct document_reader *r, struct buf *out)
{
	static const char *const names[] = { "\"resourceId\"", "\"resourceName\"",
		"\"resourceType\"", "\"name\"" };
	struct str values[4] = { STR_NONE, STR_NONE, STR_NONE, STR_NONE };
	char before = '{';

	document_want(r, '{');
	while (r->p && !document_take(r, '}')) {
		const struct str name = document_take_string(r);
		struct str value;

		document_want(r, ':');
		value = document_take_string(r);
		for (int i = 0; i < 4; i++)
			if (str_is(name, names[i]))
				values[i] = value;
		if (r->p && r->p < r->end && *r->p != '}')
			document_want(r, ',');
	}
	if (!values[2].p || !values[3].p)
		r->p = NULL;
	for (int i = 0; r->p && i < 4; i++) {
		if (!values[i].p)
			continue;
		buf_char(out, before);
		buf_text(out, names[i]);
		buf_char(out, ':');
		buf_str(out, values[i]);
		before = ',';
	}
	buf_char(out, '}');
}

static bool add_relationships(struct str list, struct buf *out)
{
	struct document_reader r = { list.p, list.p + list.n };

	buf_text(out, "{\"relatedEvents\":[],\"relationships\":[");
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

static void add_part(struct buf *out, const char *name, struct str value)
{
	buf_text(out, name);
	if (value.p)
		buf_str(out, value);
	else
		buf_text(out, "{}");
}

static void add_text(struct buf *out, const char *name, const struct stmt *st, int column)
{
	if (stmt_is_null(st, column))
		return;
	buf_text(out, name);
	json_write_string(out, stmt_col_str(st, column));
}

static void add_facts(const struct stmt *st, bool documented, struct buf *out)
{
	const int64_t captured_ms = stmt_col_int(st, ITEM_TEXT_CAPTURED_MS);
	char iso[TIME_ISO_BYTES];

	buf_text(out, ",\"configurationItemVersion\":\"1.3\",\"configurationItemCaptureTime\":\"");
	buf_text(out, time_iso(captured_ms, iso));
	buf_printf(out, "\",\"configurationStateId\":%lld",
		(long long)stmt_col_int(st, ITEM_TEXT_STATE_ID));
	add_text(out, ",\"awsAccountId\":", st, ITEM_TEXT_ACCOUNT);
	add_text(out, ",\"configurationItemStatus\":", st, ITEM_TEXT_STATUS);
	add_text(out, ",\"resourceType\":", st, ITEM_TEXT_TYPE);
	add_text(out, ",\"resourceId\":", st, ITEM_TEXT_ID);
	add_text(out, ",\"resourceName\":", st, ITEM_TEXT_NAME);
	add_text(out, ",\"ARN\":", st, ITEM_TEXT_ARN);
	add_text(out, ",\"awsRegion\":", st, ITEM_TEXT_REGION);
	if (documented)
		add_text(out, ",\"availabilityZone\":", st, ITEM_TEXT_AZ);
	buf_text(out, ",\"configurationStateMd5Hash\":\"\"");
	if (documented && !stmt_is_null(st, ITEM_TEXT_CREATED_MS)) {
		buf_text(out, ",\"resourceCreationTime\":\"");
		buf_text(out, time_iso(stmt_col_int(st, ITEM_TEXT_CREATED_MS), iso));
		buf_char(out, '"');
	}
	buf_char(out, '}');
}

/* False: the document is not of the form that can be copied. */
static bool copy(const struct stmt *st, struct buf *out)
{
	const bool documented = !stmt_is_null(st, ITEM_TEXT_DOCUMENT_ID);
	struct document_text parts = { .configuration = STR_NONE };

	if (documented && !document_text_read(stmt_col_str(st, ITEM_TEXT_DOCUMENT), &parts))
		return false;
	if (!add_relationships(parts.relationships, out))
		return false;
	if (documented)
		add_part(out, ",\"configuration\":", parts.configuration);
	add_part(out, ",\"supplementaryConfiguration\":", parts.supplementary);
	add_part(out, ",\"tags\":", parts.tags);
	add_facts(st, documented, out);
	return true;
}

enum code item_text(const struct stmt *st, struct buf *out, struct err *e)
{
	buf_clear(out);
	if (!stmt_is_null(st, ITEM_TEXT_EXTRA) || !copy(st, out)) {
		buf_clear(out);
		return item_file(st->d, stmt_col_int(st, ITEM_TEXT_ITEM_ID), out, e);
	}
	if (buf_ok(out))
		return E_OK;
	return out->full ? err_set(e, E_TOOBIG, "item %lld is too large to write",
				   (long long)stmt_col_int(st, ITEM_TEXT_ITEM_ID))
			 : err_nomem(e);
}
