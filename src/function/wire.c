/* SPDX-License-Identifier: Apache-2.0 */
#include "function/wire.h"

#include <stdint.h>

#include <strings.h>

/* A chunk is its size and what hardly anybody adds to it. */
#define CHUNK_LINE_MAX 128

struct head {
	bool length_given, chunked, expects, old;
	size_t length;
};

static bool named(struct str s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

static bool read_length(struct str s, size_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i > 9)
			return false;
		*out = *out * 10 + (size_t)(s.p[i] - '0');
	}
	return s.n > 0;
}

/* "AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ..." */
static struct str region_of(struct str authorization)
{
	const char *at = memmem(authorization.p, authorization.n, "Credential=", 11);
	struct str s = at ? str_from(authorization, (size_t)(at - authorization.p)) : STR_NONE;

	if (!at)
		return STR_NONE;
	s.n = str_find(s, ',');
	s = str_from(s, str_find(s, '/') + 1);
	s = str_from(s, str_find(s, '/') + 1);
	s.n = str_find(s, '/');
	return s;
}

static bool read_field(struct str line, struct head *h, struct wire_request *out)
{
	const size_t colon = str_find(line, ':');
	const struct str name = { line.p, colon }, value = str_trim(str_from(line, colon + 1));

	if (!colon || colon == line.n || str_blank(line.p[colon - 1]))
		return false;
	if (named(name, "content-length")) {
		if (h->length_given || !read_length(value, &h->length))
			return false;
		h->length_given = true;
	} else if (named(name, "transfer-encoding")) {
		if (h->chunked || !named(value, "chunked"))
			return false;
		h->chunked = true;
	} else if (named(name, "connection")) {
		out->close = out->close || named(value, "close");
	} else if (named(name, "expect")) {
		h->expects = named(value, "100-continue");
	} else if (named(name, "x-amz-target")) {
		out->target = value;
	} else if (named(name, "authorization")) {
		out->region = region_of(value);
	} else if (named(name, "lambda-runtime-function-error-type")) {
		out->error_type = value;
	}
	return !(h->chunked && h->length_given);
}

static bool read_line(struct str line, struct head *h, struct wire_request *out)
{
	const size_t a = str_find(line, ' ');
	const struct str rest = str_from(line, a + 1);
	const size_t b = str_find(rest, ' ');
	const struct str version = str_from(rest, b + 1);

	out->method = (struct str){ line.p, a };
	out->path = (struct str){ rest.p, b };
	h->old = str_is(version, "HTTP/1.0");
	out->close = h->old;
	return a && b && rest.p[0] == '/' && (h->old || str_is(version, "HTTP/1.1"));
}

/* Bytes of the head; 0: it is not there yet; SIZE_MAX: it is none. */
static size_t read_head(struct str text, struct head *h, struct wire_request *out)
{
	struct str left = text;

	for (int number = 0;; number++) {
		const size_t end = str_find(left, '\n');
		struct str line = { left.p, end };

		if ((size_t)(left.p - text.p) + end > WIRE_HEAD_MAX ||
			str_find(line, '\0') < line.n)
			return SIZE_MAX;
		if (end == left.n)
			return 0;
		if (!line.n || line.p[line.n - 1] != '\r')
			return SIZE_MAX;
		line.n--;
		left = str_from(left, end + 1);
		if (!line.n)
			return number ? (size_t)(left.p - text.p) : SIZE_MAX;
		if (!(number ? read_field(line, h, out) : read_line(line, h, out)))
			return SIZE_MAX;
	}
}

/* One chunk's size and where its bytes begin behind @s.p. WIRE_MORE, or a status. */
static int chunk_size(struct str s, size_t *size, size_t *skip)
{
	const size_t end = str_find(s, '\n');
	size_t i = 0;

	if (end > CHUNK_LINE_MAX)
		return 400;
	if (end == s.n)
		return WIRE_MORE;
	*size = 0;
	for (; i < end && str_hex(s.p[i]) >= 0; i++) {
		if (i > 6)
			return 413;
		*size = *size * 16 + (size_t)str_hex(s.p[i]);
	}
	*skip = end + 1;
	return i && (s.p[i] == ';' || s.p[i] == '\r') ? 0 : 400;
}

/* Walks over the chunks; with @to it moves them together there. */
static int walk_chunks(struct str left, size_t body_max, char *to, size_t *body_n, size_t *bytes)
{
	const char *begin = left.p;

	*body_n = 0;
	for (;;) {
		size_t size = 0, skip = 0;
		int status = chunk_size(left, &size, &skip);

		if (status)
			return status;
		if (*body_n + size > body_max)
			return 413;
		left = str_from(left, skip);
		if (!size)
			break;
		if (left.n < size + 2)
			return WIRE_MORE;
		if (to)
			memmove(to + *body_n, left.p, size);
		*body_n += size;
		left = str_from(left, size + 2);
	}
	/* Trailers are passed over. */
	for (;;) {
		const size_t end = str_find(left, '\n');

		if (end > WIRE_HEAD_MAX)
			return 400;
		if (end == left.n)
			return WIRE_MORE;
		left = str_from(left, end + 1);
		if (end <= 1)
			break;
	}
	*bytes = (size_t)(left.p - begin);
	return 0;
}

int wire_read(struct buf *in, size_t body_max, struct wire_request *out)
{
	const struct str text = buf_slice(in);
	struct head h = { 0 };
	struct wire_request r = { .close = false };
	size_t head, n = 0, bytes = 0;
	int status;

	if (!text.n)
		return WIRE_MORE;
	head = read_head(text, &h, &r);
	if (head == SIZE_MAX)
		return 400;
	if (!head)
		return WIRE_MORE;
	if (h.chunked) {
		status = walk_chunks(str_from(text, head), body_max, NULL, &n, &bytes);
		if (!status)
			status = walk_chunks(
				str_from(text, head), body_max, in->p + head, &n, &bytes);
	} else {
		n = bytes = h.length;
		status = n > body_max ? 413 : text.n - head < n ? WIRE_MORE : 0;
	}
	if (status == WIRE_MORE && h.expects && text.n == head)
		return WIRE_CONTINUE;
	if (status)
		return status;
	r.body = (struct str){ text.p + head, n };
	r.bytes = head + bytes;
	*out = r;
	return 0;
}

static const char *reason(int status)
{
	switch (status) {
	case 200: return "OK";
	case 202: return "Accepted";
	case 400: return "Bad Request";
	case 403: return "Forbidden";
	case 404: return "Not Found";
	case 413: return "Content Too Large";
	default: return status < 500 ? "Refused" : "Failed";
	}
}

void wire_answer(struct buf *out, int status, const char *type, const struct wire_header *headers,
	size_t n, struct str body)
{
	buf_printf(out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n", status,
		reason(status), type, body.n);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s: %s\r\n", headers[i].name, headers[i].value);
	buf_text(out, "\r\n");
	buf_str(out, body);
}
