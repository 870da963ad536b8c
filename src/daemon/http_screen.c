/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/http_screen.h"

#include <strings.h>

struct head {
	int lengths, hosts, codings;
	int64_t length;
	bool chunked_only;
	struct str host;
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
static int request_line(struct str line, bool *needs_host)
{
	size_t a = str_find(line, ' ');
	struct str rest = str_from(line, a + 1);
	size_t b = str_find(rest, ' ');
	struct str version = str_from(rest, b + 1);
	struct str target = { rest.p, b };

	if (!token((struct str){ line.p, a }) || !visible(target, false) || !target.n ||
		target.p[0] != '/')
		return 400;
	*needs_host = str_is(version, "HTTP/1.1");
	if (*needs_host || str_is(version, "HTTP/1.0"))
		return 0;
	return str_starts(version, STR("HTTP/")) ? 505 : 400;
}

static int field(struct head *h, struct str line)
{
	size_t colon = str_find(line, ':');
	struct str name = { line.p, colon }, value = trim(str_from(line, colon + 1));

	/* A line that begins with a blank would go on with the one before it: obsolete, and a blank is no token. */
	if (colon == line.n || !token(name) || !visible(value, true))
		return 400;
	if (named(name, "content-length")) {
		h->lengths++;
		return digits(value, &h->length) ? 0 : 400;
	}
	if (named(name, "transfer-encoding")) {
		h->codings++;
		h->chunked_only = named(value, "chunked");
	}
	if (named(name, "host")) {
		h->hosts++;
		h->host = value;
	}
	return 0;
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

static int judge(const struct head *h, bool needs_host, int64_t body_max, bool local)
{
	if (h->lengths > 1 || h->codings > 1 || (h->lengths && h->codings) || h->hosts > 1)
		return 400;
	if (needs_host && !h->hosts)
		return 400;
	/* A length that is not known before the body has been read is none we need. */
	if (h->codings)
		return h->chunked_only ? 411 : 501;
	if (h->length > body_max)
		return 413;
	return local && h->hosts && !is_local(h->host) ? 421 : 0;
}

int http_screen(struct str head, int64_t body_max, bool local)
{
	struct head h = { 0 };
	bool needs_host = false;
	struct str left = head;

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
		if (!line.n)
			return number ? judge(&h, needs_host, body_max, local) : 400;
		status = number ? field(&h, line) : request_line(line, &needs_host);
		if (status)
			return status;
		left = str_from(left, end + 1);
	}
	return head.n >= HTTP_HEAD_MAX ? 431 : -1;
}
