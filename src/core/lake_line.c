/* SPDX-License-Identifier: Apache-2.0 */
#include "core/lake_line.h"

#include "base/time.h"
#include "json/write.h"

static void text(struct buf *b, const char *name, struct str value)
{
	if (!value.p)
		return;
	buf_printf(b, ",\"%s\":", name);
	json_write_string(b, value);
}

static void moment(struct buf *b, const char *name, int64_t ms)
{
	char iso[TIME_ISO_BYTES];

	buf_printf(b, ",\"%s\":\"%s\"", name, time_iso(ms, iso));
}

static void number(struct buf *b, const char *name, int64_t value)
{
	buf_printf(b, ",\"%s\":%lld", name, (long long)value);
}

/* Behind the quote that ends the string which begins at @p. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

/* Behind the value at @p. The document is our own canonical text: only its brackets and quotes matter. */
static const char *skip_value(const char *p, const char *end)
{
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
		} else if (*p == '{' || *p == '[') {
			depth++;
			p++;
		} else if (*p == '}' || *p == ']') {
			if (!depth)
				return p;
			depth--;
			p++;
		} else if (*p == ',' && !depth) {
			return p;
		} else {
			p++;
		}
	}
	return end;
}

/* The members of a document one after the other, as they stand. False: no more. */
static bool next_member(struct str *rest, struct str *name, struct str *value)
{
	const char *end = rest->p + rest->n, *p = rest->p, *colon, *behind;

	if (!rest->n || (*p != '{' && *p != ',') || rest->n < 2 || p[1] != '"')
		return false;
	colon = skip_string(p + 1, end);
	if (colon == end || *colon != ':')
		return false;
	*name = (struct str){ p + 2, (size_t)(colon - p) - 3 };
	behind = skip_value(colon + 1, end);
	*value = (struct str){ colon + 1, (size_t)(behind - colon) - 1 };
	*rest = (struct str){ behind, (size_t)(end - behind) };
	return true;
}

static void document(struct buf *b, struct str rest)
{
	struct str name, value;

	while (next_member(&rest, &name, &value)) {
		bool supplementary = str_is(name, "supplementaryConfiguration");

		buf_text(b, ",\"");
		buf_str(b, supplementary ? STR("supplementary") : name);
		buf_text(b, "\":");
		buf_str(b, value);
	}
}

static void identity(struct buf *b, const struct lake_item *i)
{
	buf_printf(b, "{\"item_id\":%lld", (long long)i->item_id);
	text(b, "account", i->account);
	text(b, "region", i->region);
	text(b, "resource_type", i->type);
	text(b, "resource_id", i->id);
	text(b, "name", i->name);
	number(b, "version", i->version);
	moment(b, "captured_at", i->captured_ms);
}

void lake_line_item(struct buf *b, const struct lake_item *i)
{
	identity(b, i);
	text(b, "arn", i->arn);
	moment(b, "recorded_at", i->recorded_ms);
	text(b, "status", i->status);
	text(b, "event", i->event);
	text(b, "az", i->az);
	if (i->created_ms != INT64_MIN)
		moment(b, "created_at", i->created_ms);
	text(b, "actor", i->actor);
	number(b, "n_changes", i->n_changes);
	document(b, i->document);
	buf_text(b, "}\n");
}

void lake_line_change(struct buf *b, const struct lake_item *i, const struct lake_change *c)
{
	identity(b, i);
	text(b, "op", c->op);
	text(b, "property", c->property);
	text(b, "before", c->before);
	text(b, "after", c->after);
	text(b, "actor", i->actor);
	buf_text(b, "}\n");
}

static void escaped(struct buf *b, const char *name, struct str s)
{
	buf_printf(b, "/%s=", name);
	for (size_t k = 0; k < s.n; k++) {
		char c = s.p[k];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';

		if (plain)
			buf_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)c);
	}
}

/* "AWS::EC2::Instance" -> "aws_ec2_instance" */
static void type_name(struct buf *b, struct str s)
{
	bool gap = false;

	buf_text(b, "/type=");
	for (size_t k = 0; k < s.n; k++) {
		char c = s.p[k];
		bool upper = c >= 'A' && c <= 'Z';
		bool plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (plain && gap)
			buf_char(b, '_');
		gap = !plain;
		if (plain)
			buf_char(b, (char)(upper ? c + ('a' - 'A') : c));
	}
}

void lake_line_key(struct buf *b, const char *head, const struct lake_item *i, const char *tail)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	if (!sha256_of(i->type, digest))
		b->failed = true;
	buf_text(b, head);
	escaped(b, "dt", str_of(i->day));
	escaped(b, "account", i->account);
	escaped(b, "region", i->region);
	type_name(b, i->type);
	buf_printf(b, "/part-%.8s%s", sha256_hex(digest, hex), tail);
}
