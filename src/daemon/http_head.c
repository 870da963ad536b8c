/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/http_head.h"

#include <strings.h>

/* What is counted on the way. */
struct tally {
	int lengths, hosts, codings;
	bool chunked_only, modern, closes, continues, strange;
};

/* tchar of RFC 9110, section 5.6.2. */
static bool token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!letter && (c < '!' || c > '~' || strchr("\"(),/:;<=>?@[\\]{}", c)))
			return false;
	}
	return s.n > 0;
}

static bool named(struct str s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

static struct str trim(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_from(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static bool digits(struct str s, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i > 15)
			return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return s.n > 0;
}

static bool visible(struct str s, bool blanks)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == 0x7f || c < ' ' || (!blanks && c == ' ')) {
			if (!blanks || c != '\t')
				return false;
		}
	}
	return true;
}

/* "GET /healthz HTTP/1.1" */
static int request_line(struct http_head *h, struct tally *t, struct str line)
{
	size_t a = str_find(line, ' ');
	struct str rest = str_from(line, a + 1);
	size_t b = str_find(rest, ' ');
	struct str version = str_from(rest, b + 1);

	h->method = (struct str){ line.p, a };
	h->target = (struct str){ rest.p, b };
	if (!token(h->method) || !visible(h->target, false) || !h->target.n ||
		h->target.p[0] != '/')
		return 400;
	t->modern = str_is(version, "HTTP/1.1");
	if (t->modern || str_is(version, "HTTP/1.0"))
		return 0;
	return str_starts(version, STR("HTTP/")) ? 505 : 400;
}

/* Whether a list has @word in it: "keep-alive, close". */
static bool lists(struct str list, const char *word)
{
	while (list.n) {
		struct str one = { list.p, str_find(list, ',') };

		if (named(trim(one), word))
			return true;
		list = str_from(list, one.n + 1);
	}
	return false;
}

/* Those that say how the request itself is to be read. */
static int weigh(struct http_head *h, struct tally *t, struct str name, struct str value)
{
	if (named(name, "content-length")) {
		t->lengths++;
		return digits(value, &h->length) ? 0 : 400;
	}
	if (named(name, "transfer-encoding")) {
		t->codings++;
		t->chunked_only = named(value, "chunked");
	} else if (named(name, "host")) {
		t->hosts++;
		h->host = value;
	} else if (named(name, "connection")) {
		t->closes = t->closes || lists(value, "close");
	} else if (named(name, "expect")) {
		t->continues = named(value, "100-continue");
		t->strange = !t->continues;
	}
	return 0;
}

static int field(struct http_head *h, struct tally *t, struct str line)
{
	size_t colon = str_find(line, ':');
	struct str name = { line.p, colon }, value = trim(str_from(line, colon + 1));

	/* A line that begins with a blank would go on with the one before it: obsolete, and a blank is no token. */
	if (colon == line.n || !token(name) || !visible(value, true))
		return 400;
	if (h->n_fields == HTTP_FIELDS_MAX)
		return 431;
	h->fields[h->n_fields++] = (struct http_field){ name, value };
	return weigh(h, t, name, value);
}

static bool is_local(struct str host)
{
	size_t n = 0;

	if (host.n && host.p[0] == '[')
		return str_is(host, "[::1]") || str_starts(host, STR("[::1]:"));
	host.n = str_find(host, ':');
	if (named(host, "localhost"))
		return true;
	while (n < host.n && ((host.p[n] >= '0' && host.p[n] <= '9') || host.p[n] == '.'))
		n++;
	return n == host.n && str_starts(host, STR("127."));
}

static int judge(struct http_head *h, const struct tally *t, bool local)
{
	if (t->lengths > 1 || t->codings > 1 || (t->lengths && t->codings) || t->hosts > 1)
		return 400;
	if (t->modern && !t->hosts)
		return 400;
	/* A length that is not known before the body has been read is none we need. */
	if (t->codings)
		return t->chunked_only ? 411 : 501;
	if (t->strange)
		return 417;
	h->modern = t->modern;
	h->keep = t->modern && !t->closes;
	h->expects = t->modern && t->continues && h->length;
	return local && t->hosts && !is_local(h->host) ? 421 : 0;
}

int http_head_read(struct str text, bool local, struct http_head *out)
{
	struct tally t = { 0 };
	struct str left = text;

	out->n_fields = out->bytes = 0;
	out->length = 0;
	out->host = STR_NONE;
	for (int number = 0; left.n; number++) {
		size_t end = str_find(left, '\n');
		struct str line = { left.p, end };
		int status;

		/* Wrong bytes are refused before their line is complete. */
		if (str_find(line, '\0') < line.n)
			return 400;
		if (end == left.n)
			break;
		if (!line.n || line.p[line.n - 1] != '\r')
			return 400;
		line.n--;
		left = str_from(left, end + 1);
		out->bytes = (size_t)(left.p - text.p);
		if (out->bytes > HTTP_HEAD_MAX)
			return 431;
		if (!line.n)
			return number ? judge(out, &t, local) : 400;
		status = number ? field(out, &t, line) : request_line(out, &t, line);
		if (status)
			return status;
	}
	return text.n >= HTTP_HEAD_MAX ? 431 : -1;
}

static void end(char *text, struct str s)
{
	text[(size_t)(s.p - text) + s.n] = '\0';
}

void http_head_terminate(const struct http_head *head, char *text)
{
	end(text, head->method);
	end(text, head->target);
	for (size_t i = 0; i < head->n_fields; i++) {
		end(text, head->fields[i].name);
		end(text, head->fields[i].value);
	}
}
