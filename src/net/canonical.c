/* SPDX-License-Identifier: Apache-2.0 */
#include "net/canonical.h"

#include "net/sign.h"
#include <stdlib.h>
#include <string.h>

/* Paths, queries and header values come from one request, whose parts curl bounds at 8 MB. */
#define CANONICAL_MAX ((size_t)4 << 20)

static bool unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

void uri_encode(struct buf *b, struct str s, bool keep_slash)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (unreserved(s.p[i]) || (keep_slash && c == '/')) {
			buf_char(b, s.p[i]);
		} else {
			char code[3] = { '%', digits[c >> 4], digits[c & 15] };

			buf_add(b, code, sizeof(code));
		}
	}
}

/* Decodes escapes into @scratch; a '%' that begins none stands for itself. */
static struct str decode(struct buf *scratch, struct str s, bool plus_is_space)
{
	buf_clear(scratch);
	for (size_t i = 0; i < s.n; i++) {
		int hi = s.p[i] == '%' && i + 2 < s.n ? str_hex(s.p[i + 1]) : -1;
		int lo = hi >= 0 ? str_hex(s.p[i + 2]) : -1;

		if (lo >= 0) {
			buf_char(scratch, (char)(hi << 4 | lo));
			i += 2;
		} else {
			char c = s.p[i];

			if (plus_is_space && c == '+')
				c = ' ';
			buf_char(scratch, c);
		}
	}
	return buf_slice(scratch);
}

/* Back to before the last segment that was written. */
static void drop_segment(struct buf *b)
{
	while (b->n && b->p[b->n - 1] != '/')
		b->n--;
	if (b->n)
		b->n--;
	if (b->cap)
		b->p[b->n] = '\0';
}

/* RFC 3986 section 5.2.4, and doubled slashes become one. */
static void normalise_path(struct buf *b, struct str path)
{
	bool slash_at_end = path.n && path.p[path.n - 1] == '/';

	while (path.n) {
		struct str segment = { path.p, str_find(path, '/') };

		path = str_from(path, segment.n + 1);
		if (!segment.n || str_is(segment, "."))
			continue;
		if (str_is(segment, "..")) {
			drop_segment(b);
			continue;
		}
		buf_char(b, '/');
		buf_str(b, segment);
	}
	if (!b->n || slash_at_end)
		buf_char(b, '/');
}

static void add_path(struct buf *out, struct buf *scratch, const struct canonical_request *q)
{
	if (q->s3) {
		if (!q->path.n)
			buf_char(out, '/');
		uri_encode(out, decode(scratch, q->path, false), true);
		return;
	}
	buf_clear(scratch);
	normalise_path(scratch, q->path);
	uri_encode(out, buf_slice(scratch), true);
}

struct pair {
	struct str name, value;
	size_t order; /* where it stood, so that equal ones keep their order */
};

static int pair_cmp(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	int d = str_cmp(a->name, b->name);

	return d ? d : str_cmp(a->value, b->value);
}

static struct str encoded(
	struct arena *a, struct buf *scratch, struct buf *scratch2, struct str raw)
{
	buf_clear(scratch2);
	uri_encode(scratch2, decode(scratch, raw, true), false);
	return arena_str(a, buf_slice(scratch2));
}

static void add_query(struct arena *a, struct buf *out, struct buf *scratch, struct str query)
{
	struct buf scratch2 = BUF_INIT(CANONICAL_MAX);
	size_t n = 0, max = 1;
	struct pair *pairs;

	for (size_t i = 0; i < query.n; i++)
		max += query.p[i] == '&';
	pairs = arena_alloc(a, max * sizeof(*pairs));
	while (pairs && query.n) {
		struct str pair = { query.p, str_find(query, '&') };
		struct str name = { pair.p, str_find(pair, '=') };

		query = str_from(query, pair.n + 1);
		if (!pair.n)
			continue;
		pairs[n].name = encoded(a, scratch, &scratch2, name);
		pairs[n].value = encoded(a, scratch, &scratch2, str_from(pair, name.n + 1));
		pairs[n].order = n;
		n++;
	}
	if (n)
		qsort(pairs, n, sizeof(*pairs), pair_cmp);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, '&');
		buf_str(out, pairs[i].name);
		buf_char(out, '=');
		buf_str(out, pairs[i].value);
	}
	if (!buf_ok(&scratch2))
		out->failed = true;
	buf_release(&scratch2);
}

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without blanks at the ends, and runs of them inside as one space. */
static void add_value(struct buf *out, const char *value)
{
	bool gap = false, any = false;

	for (; *value; value++) {
		if (blank(*value)) {
			gap = any;
			continue;
		}
		if (gap)
			buf_char(out, ' ');
		buf_char(out, *value);
		gap = false;
		any = true;
	}
}

static char lower_char(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static struct str lower_name(struct arena *a, const char *name)
{
	size_t n = strlen(name);
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; p && i < n; i++)
		p[i] = lower_char(name[i]);
	return p ? (struct str){ p, n } : STR("");
}

/* By name; headers of one name in the order in which they are sent. */
static int header_cmp(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	int d = str_cmp(a->name, b->name);

	return d ? d : a->order < b->order ? -1 : a->order > b->order;
}

static void add_headers(
	struct arena *a, struct buf *out, struct buf *names, const struct canonical_request *q)
{
	struct pair *h = arena_alloc(a, (q->n_headers + 1) * sizeof(*h));

	if (!h)
		return;
	for (size_t i = 0; i < q->n_headers; i++) {
		h[i].name = lower_name(a, q->headers[i].name);
		h[i].value = str_of(q->headers[i].value);
		h[i].order = i;
	}
	qsort(h, q->n_headers, sizeof(*h), header_cmp);
	for (size_t i = 0; i < q->n_headers; i++) {
		bool again = i && str_eq(h[i].name, h[i - 1].name);

		if (again) {
			buf_char(out, ',');
		} else {
			if (i) {
				buf_char(out, '\n');
				buf_char(names, ';');
			}
			buf_str(out, h[i].name);
			buf_char(out, ':');
			buf_str(names, h[i].name);
		}
		add_value(out, h[i].value.p);
	}
	buf_char(out, '\n');
}

enum code canonical_of(
	struct arena *a, const struct canonical_request *q, struct canonical *out, struct err *e)
{
	struct buf text = BUF_INIT(CANONICAL_MAX), names = BUF_INIT(CANONICAL_MAX);
	struct buf scratch = BUF_INIT(CANONICAL_MAX);
	enum code c = E_OK;

	buf_text(&text, q->method);
	buf_char(&text, '\n');
	add_path(&text, &scratch, q);
	buf_char(&text, '\n');
	add_query(a, &text, &scratch, q->query);
	buf_char(&text, '\n');
	add_headers(a, &text, &names, q);
	buf_char(&text, '\n');
	buf_str(&text, buf_slice(&names));
	buf_char(&text, '\n');
	buf_text(&text, q->payload_hash);
	out->text = arena_str(a, buf_slice(&text));
	out->names = arena_str(a, buf_slice(&names));
	if (text.full || names.full || scratch.full || a->full)
		c = err_set(e, E_TOOBIG, "the request is too large to be signed");
	else if (!buf_ok(&text) || !buf_ok(&names) || !buf_ok(&scratch) || !arena_ok(a))
		c = err_nomem(e);
	buf_release(&text);
	buf_release(&names);
	buf_release(&scratch);
	return c;
}

static bool derive(unsigned char key[SHA256_BYTES], const char *text)
{
	unsigned char next[SHA256_BYTES];
	bool ok = hmac_sha256((struct str){ (const char *)key, SHA256_BYTES }, str_of(text), next);

	memcpy(key, next, SHA256_BYTES);
	explicit_bzero(next, sizeof(next));
	return ok;
}

static bool first_key(struct str secret, struct str date, unsigned char key[SHA256_BYTES])
{
	char seed[1024] = "AWS4";
	bool ok = secret.n <= sizeof(seed) - 4;

	if (ok) {
		memcpy(seed + 4, secret.p, secret.n);
		ok = hmac_sha256((struct str){ seed, secret.n + 4 }, date, key);
	}
	explicit_bzero(seed, sizeof(seed));
	return ok;
}

enum code canonical_sign(struct str secret_key, const struct canonical_scope *scope,
	struct str canonical_text, char hex[SHA256_HEX_BYTES], struct err *e)
{
	unsigned char key[SHA256_BYTES], digest[SHA256_BYTES];
	struct str date = { scope->stamp, strlen(scope->stamp) < 8 ? strlen(scope->stamp) : 8 };
	struct buf text = BUF_INIT(4096);
	char request_hash[SHA256_HEX_BYTES];
	bool ok = sha256_of(canonical_text, digest), no_memory;

	buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%.*s/%s/%s/aws4_request\n%s", scope->stamp,
		STR_ARG(date), scope->region, scope->service, sha256_hex(digest, request_hash));
	ok = ok && buf_ok(&text) && first_key(secret_key, date, key) &&
	     derive(key, scope->region) && derive(key, scope->service) &&
	     derive(key, "aws4_request") &&
	     hmac_sha256((struct str){ (const char *)key, sizeof(key) }, buf_slice(&text), digest);
	if (ok)
		sha256_hex(digest, hex);
	no_memory = !buf_ok(&text) && !text.full;
	explicit_bzero(key, sizeof(key));
	buf_release(&text);
	if (no_memory)
		return err_nomem(e);
	return ok ? E_OK : err_set(e, E_IO, "could not compute a signature");
}
