/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/scalar.h"

#include "base/time.h"
#include "json/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { NUMBER_BYTES = 64, WRITTEN_MAX_BYTES = 16 << 20, PADDING = 64 };

/* The parts of a decimal number: [sign] digits [. digits] [exponent]. */
struct decimal {
	bool negative, exponent;
	struct str whole, fraction;
};

static struct str digits(struct str *s)
{
	struct str d = { s->p, 0 };

	while (d.n < s->n && d.p[d.n] >= '0' && d.p[d.n] <= '9')
		d.n++;
	*s = str_from(*s, d.n);
	return d;
}

static bool accept(struct str *s, const char *any)
{
	if (!s->n || !strchr(any, s->p[0]) || !s->p[0])
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool split(struct str s, struct decimal *d)
{
	*d = (struct decimal){ 0 };
	if (!s.n || s.n >= NUMBER_BYTES)
		return false;
	d->negative = s.p[0] == '-';
	accept(&s, "+-");
	d->whole = digits(&s);
	if (accept(&s, "."))
		d->fraction = digits(&s);
	if (!d->whole.n && !d->fraction.n)
		return false;
	d->exponent = accept(&s, "eE");
	if (d->exponent) {
		accept(&s, "+-");
		if (!digits(&s).n)
			return false;
	}
	return s.n == 0;
}

static double value_of(struct str s)
{
	char text[NUMBER_BYTES];

	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return strtod(text, NULL);
}

static struct json *text_node(struct arena *a, struct str text)
{
	return json_string(a, arena_str(a, text));
}

/* Whole numbers keep all their digits; 5.0 and 5E3 become 5 and 5000. */
static struct json *integer(struct arena *a, struct str text)
{
	struct decimal d;
	double v;

	if (!split(text, &d))
		return text_node(a, text);
	if (d.whole.n && !d.fraction.n && !d.exponent) {
		while (d.whole.n > 1 && d.whole.p[0] == '0')
			d.whole = str_from(d.whole, 1);
		d.negative = d.negative && !str_is(d.whole, "0");
		return json_number(
			a, arena_printf(a, "%s%.*s", d.negative ? "-" : "", STR_ARG(d.whole)));
	}
	v = value_of(text);
	if (isinf(v))
		return text_node(a, text);
	if (fabs(v) > 9e15 || v != floor(v))
		return json_number(a, arena_printf(a, "%.17g", v));
	return json_int(a, (int64_t)v);
}

/* True when JSON's grammar takes @text as it stands. */
static bool plain(struct str text, const struct decimal *d)
{
	bool point = memchr(text.p, '.', text.n) != NULL;

	return text.p[0] != '+' && d->whole.n && (d->whole.n == 1 || d->whole.p[0] != '0') &&
	       (!point || d->fraction.n);
}

static struct json *real(struct arena *a, struct str text)
{
	char short_form[NUMBER_BYTES];
	struct decimal d;
	double v;

	if (!split(text, &d))
		return text_node(a, text);
	if (plain(text, &d))
		return json_number(a, arena_str(a, text));
	v = value_of(text);
	if (isinf(v))
		return text_node(a, text);
	snprintf(short_form, sizeof(short_form), "%.15g", v);
	if (strtod(short_form, NULL) != v)
		snprintf(short_form, sizeof(short_form), "%.17g", v);
	return json_number(a, arena_str(a, str_of(short_form)));
}

static struct json *truth(struct arena *a, struct str text)
{
	if ((text.n == 4 && strncasecmp(text.p, "true", 4) == 0) || str_is(text, "1"))
		return json_bool(a, true);
	if ((text.n == 5 && strncasecmp(text.p, "false", 5) == 0) || str_is(text, "0"))
		return json_bool(a, false);
	return text_node(a, text);
}

static bool epoch(struct str text, int64_t *ms)
{
	struct decimal d;
	int64_t v = 0;

	if (!split(text, &d))
		return false;
	if (d.exponent || d.whole.n > 12) {
		double seconds = value_of(text);

		if (fabs(seconds) > (double)TIME_FOREVER_MS / 1000)
			return false;
		/* A thousandth of a millisecond makes up for what the double lacks. */
		*ms = (int64_t)floor(seconds * 1000 + 0.001);
		return true;
	}
	for (size_t i = 0; i < d.whole.n; i++)
		v = v * 10 + (d.whole.p[i] - '0');
	for (size_t i = 0; i < 3; i++)
		v = v * 10 + (i < d.fraction.n ? d.fraction.p[i] - '0' : 0);
	if (v > TIME_FOREVER_MS)
		return false;
	*ms = d.negative ? -v : v;
	return true;
}

static bool count(struct str *s, size_t most, int *v)
{
	struct str d = digits(s);

	*v = 0;
	for (size_t i = 0; i < d.n && i < most; i++)
		*v = *v * 10 + (d.p[i] - '0');
	return d.n > 0 && d.n <= most;
}

static int month(struct str *s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; s->n >= 3 && i < 12; i++)
		if (strncasecmp(s->p, names + (ptrdiff_t)3 * i, 3) == 0) {
			*s = str_from(*s, 3);
			return i + 1;
		}
	return 0;
}

/* "Wed, 12 Oct 2009 17:50:00 GMT" (RFC 9110, section 5.6.7). */
static bool http_date(struct str s, int64_t *ms)
{
	struct time_fields f = { 0 };
	size_t comma = str_find(s, ',');

	if (comma < s.n)
		s = str_from(s, comma + 1);
	while (accept(&s, " "))
		;
	if (!count(&s, 2, &f.day) || !accept(&s, " -"))
		return false;
	f.month = month(&s);
	if (!f.month || !accept(&s, " -") || !count(&s, 4, &f.year) || f.year < 1000 ||
		!accept(&s, " "))
		return false;
	if (!count(&s, 2, &f.hour) || !accept(&s, ":") || !count(&s, 2, &f.minute))
		return false;
	if (accept(&s, ":") && !count(&s, 2, &f.second))
		return false;
	if (!str_is(s, " GMT") && !str_is(s, " UTC") && !str_is(s, " +0000"))
		return false;
	*ms = time_join(f);
	return true;
}

bool scalar_time(struct str text, int64_t *ms)
{
	text = str_trim(text);
	return time_parse_iso(text, ms) || epoch(text, ms) || http_date(text, ms);
}

static struct json *moment(struct arena *a, struct str text)
{
	char iso[TIME_ISO_BYTES];
	int64_t ms;

	if (!scalar_time(text, &ms))
		return text_node(a, text);
	return text_node(a, str_of(time_iso(ms, iso)));
}

struct json *scalar_from_text(struct arena *a, int target, struct str text)
{
	enum api_scalar kind = (enum api_scalar)target;

	switch (kind) {
	case API_INTEGER: return text.n ? integer(a, text) : NULL;
	case API_DOUBLE: return text.n ? real(a, text) : NULL;
	case API_BOOLEAN: return text.n ? truth(a, text) : NULL;
	case API_TIME_ISO:
	case API_TIME_HTTP:
	case API_TIME_EPOCH: return text.n ? moment(a, text) : NULL;
	case API_STRING:
	case API_BLOB:
	case API_JSON_TEXT:
	case API_DOCUMENT: break;
	}
	return text_node(a, text);
}

/* A document's names are nobody's API: none of its objects may be restyled. At most 100 deep,
 * json/read.h refuses more. */
// NOLINTNEXTLINE(misc-no-recursion)
static void mark(struct json *v)
{
	v->map = v->kind == JSON_OBJECT;
	for (struct json *k = v->first; k; k = k->next)
		mark(k);
}

static struct json *document(struct arena *a, const struct json *v)
{
	struct json *c = json_copy(a, v);

	if (c)
		mark(c);
	return c;
}

static struct json *written(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(WRITTEN_MAX_BYTES);
	struct json *s;

	json_write(&b, v);
	if (!buf_ok(&b))
		a->failed = true;
	s = text_node(a, buf_slice(&b));
	buf_release(&b);
	return s;
}

struct json *scalar_from_json(struct arena *a, int target, const struct json *v)
{
	if (!v || v->kind == JSON_NULL)
		return NULL;
	if (target == API_DOCUMENT)
		return document(a, v);
	if (v->kind == JSON_ARRAY || v->kind == JSON_OBJECT)
		return written(a, v);
	if (v->kind == JSON_BOOL && target == API_BOOLEAN)
		return json_bool(a, str_is(v->text, "true"));
	return scalar_from_text(a, target, v->text);
}

struct json *scalar_to_json(struct arena *a, int target, const struct json *v)
{
	int64_t ms;

	if (v->kind == JSON_ARRAY || v->kind == JSON_OBJECT)
		return target == API_DOCUMENT ? json_copy(a, v) : written(a, v);
	if (target == API_INTEGER || target == API_DOUBLE || target == API_BOOLEAN)
		return scalar_from_text(a, target, v->text);
	if (target == API_TIME_EPOCH && scalar_time(v->text, &ms))
		return json_number(a, arena_printf(a, "%.3f", (double)ms / 1000));
	if (target == API_DOCUMENT)
		return json_copy(a, v);
	return text_node(a, v->text);
}

struct str scalar_base64(struct arena *a, struct str bytes)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t n = 0;
	char *out = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1);

	if (!out)
		return STR("");
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		unsigned v = (unsigned)p[i] << 16;

		v |= left > 1 ? (unsigned)p[i + 1] << 8 : 0;
		v |= left > 2 ? p[i + 2] : 0;
		out[n++] = alphabet[v >> 18];
		out[n++] = alphabet[v >> 12 & 63];
		out[n++] = alphabet[left > 1 ? v >> 6 & 63 : PADDING];
		out[n++] = alphabet[left > 2 ? v & 63 : PADDING];
	}
	return (struct str){ out, n };
}
