/* SPDX-License-Identifier: Apache-2.0 */
#include "net/credentials_source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Both endpoints are on this machine or its link: one second is ages. */
#define ANSWER_MS   1000
#define ANSWER_MAX  ((size_t)1 << 16)
#define TOKEN_BYTES 8192
#define TRIES       3

static bool may_be_told(struct str host)
{
	char name[64];
	struct in_addr v4;
	struct in6_addr v6, eks;

	if (host.n >= sizeof(name))
		return false;
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	if (strcasecmp(name, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, name, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127 || strcmp(name, "169.254.170.2") == 0 ||
		       strcmp(name, "169.254.170.23") == 0;
	inet_pton(AF_INET6, "fd00:ec2::23", &eks);
	return inet_pton(AF_INET6, name, &v6) == 1 &&
	       (IN6_IS_ADDR_LOOPBACK(&v6) || memcmp(&v6, &eks, sizeof(eks)) == 0);
}

/* The host of what stands behind "http://", without brackets and port; empty when it is
 * written in any way two readers could take for different hosts. */
static struct str host_of(struct str rest)
{
	struct str host = { rest.p, 0 };

	if (rest.n && rest.p[0] == '[') {
		host = str_from(rest, 1);
		host.n = str_find(host, ']');
		rest = str_from(rest, host.n + 2);
		return !rest.n || rest.p[0] == ':' || rest.p[0] == '/' ? host : STR("");
	}
	while (host.n < rest.n && !strchr(":/", rest.p[host.n]) && rest.p[host.n]) {
		if (strchr("?#@\\%", rest.p[host.n]))
			return STR("");
		host.n++;
	}
	return host;
}

static bool has_user(struct str rest)
{
	struct str authority = { rest.p, str_find(rest, '/') };

	return str_find(authority, '@') < authority.n;
}

enum code container_url(
	struct arena *a, const char *relative, const char *full, const char **url, struct err *e)
{
	struct str text = str_of(full);
	bool plain = str_starts(text, STR("http://"));

	if (relative && *relative) {
		if (*relative != '/')
			return err_set(e, E_INVALID,
				"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash");
		*url = arena_printf(a, "http://169.254.170.2%s", relative).p;
		return E_OK;
	}
	if (!plain && !str_starts(text, STR("https://")))
		return err_set(e, E_INVALID,
			"AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https address");
	text = str_from(text, plain ? 7 : 8);
	if (has_user(text) || (plain && !may_be_told(host_of(text)))) {
		err_set(e, E_INVALID,
			"AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that may not be asked");
		return err_hint(e,
			"use https, or http to loopback, 169.254.170.2, 169.254.170.23 or "
			"fd00:ec2::23");
	}
	*url = arena_text(a, str_of(full));
	return E_OK;
}

static enum code read_token_file(const char *path, char token[TOKEN_BYTES], struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, token, TOKEN_BYTES);
	int sys = errno;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return err_sys(e, sys == EACCES ? E_DENIED : E_INVALID, sys,
			"could not read the token file \"%s\"", path);
	if (n == TOKEN_BYTES)
		return err_set(e, E_INVALID, "the token file \"%s\" is over %d bytes", path,
			TOKEN_BYTES - 1);
	token[n] = '\0';
	return E_OK;
}

/* The container's token, trimmed; "" when there is none. */
static enum code container_token(char token[TOKEN_BYTES], struct err *e)
{
	const char *file = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	struct str s = str_of(getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"));

	token[0] = '\0';
	if (file && *file) {
		enum code c = read_token_file(file, token, e);

		if (c)
			return c;
		s = str_of(token);
	}
	s = str_trim(s);
	if (s.n >= TOKEN_BYTES || memchr(s.n ? s.p : "", '\n', s.n) ||
		memchr(s.n ? s.p : "", '\r', s.n))
		return err_set(e, E_INVALID, "the container's authorization token is malformed");
	memmove(token, s.n ? s.p : "", s.n);
	token[s.n] = '\0';
	return E_OK;
}

/* One exchange with an endpoint of ours; *status 0 when it did not answer. */
static enum code ask(
	struct search *s, const struct http_request *q, struct http_response *r, struct err *e)
{
	struct http_request bounded = *q;

	bounded.body_fd = -1;
	bounded.deadline_ms = ANSWER_MS;
	bounded.answer_max = ANSWER_MAX;
	return http_perform(s->http, &bounded, r, e);
}

static void release_answer(struct http_response *r)
{
	explicit_bzero(r->body.p, r->body.n);
	http_response_release(r);
}

static enum code ask_container(struct search *s, const char *url, const char *token, struct err *e)
{
	struct http_header headers[] = { { "Accept", "application/json" },
		{ "Authorization", token } };
	struct http_request q = {
		.method = "GET", .url = url, .headers = headers, .n_headers = *token ? 2 : 1
	};
	struct http_response r = HTTP_RESPONSE_INIT;
	struct err why;
	enum code c = E_REMOTE;

	for (int i = 0; i < TRIES && c == E_REMOTE; i++) {
		memset(&why, 0, sizeof(why));
		c = ask(s, &q, &r, &why);
		if (!c && r.status >= 500)
			c = err_set(&why, E_REMOTE, "it answered with HTTP status %d", r.status);
		else if (!c && r.status != 200)
			c = err_set(&why, E_DENIED, "it answered with HTTP status %d", r.status);
	}
	if (c) {
		*e = why;
		err_add(e, "container endpoint");
	} else {
		c = search_keep_json(s, &r.body, "the container endpoint", false, e);
	}
	release_answer(&r);
	return c;
}

enum code source_container(struct search *s, struct err *e)
{
	const char *relative = getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	char token[TOKEN_BYTES];
	const char *url = NULL;
	enum code c;

	if ((!relative || !*relative) && (!full || !*full)) {
		search_remark(s, "container: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set");
		return E_NOTFOUND;
	}
	c = container_url(s->a, relative, full, &url, e);
	if (!c)
		c = container_token(token, e);
	if (!c && !arena_ok(s->a))
		c = err_nomem(e);
	if (c)
		return c;
	c = ask_container(s, url, token, e);
	explicit_bzero(token, sizeof(token));
	if (!c)
		s->found.origin = "container endpoint";
	return c;
}

static const char *metadata_base(void)
{
	const char *base = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");

	if (base && *base)
		return base;
	return mode && strcasecmp(mode, "ipv6") == 0 ? "http://[fd00:ec2::254]"
						     : "http://169.254.169.254";
}

/* A value of instance metadata. E_NOTFOUND with a remark: this machine has none to give. */
static enum code ask_metadata(struct search *s, const struct http_request *q, const char *what,
	struct http_response *r, struct err *e)
{
	struct err why = { 0 };
	enum code c = ask(s, q, r, &why);

	if (c == E_CANCELED || c == E_NOMEM || c == E_INVALID) {
		*e = why;
		return err_add(e, "instance metadata");
	}
	if (!c && r->status == 200)
		return E_OK;
	if (c)
		search_remark(s, "instance metadata: %s", why.msg);
	else
		search_remark(s, "instance metadata: HTTP status %d for %s", r->status, what);
	return E_NOTFOUND;
}

static struct str join(struct arena *a, const char *base, const char *path)
{
	size_t n = strlen(base);

	while (n && base[n - 1] == '/')
		n--;
	return arena_printf(a, "%.*s%s", (int)n, base, path);
}

#define ROLES "/latest/meta-data/iam/security-credentials/"

/* The role's name is the first line of the list. */
static enum code ask_role(
	struct search *s, const struct http_header *token, const char **url, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct http_request q = { .method = "GET",
		.url = join(s->a, metadata_base(), ROLES).p,
		.headers = token,
		.n_headers = 1 };
	struct buf name = BUF_INIT(256);
	enum code c = ask_metadata(s, &q, "the name of a role", &r, e);

	if (!c) {
		struct str line = str_trim(buf_slice(&r.body));

		line.n = str_find(line, '\n');
		uri_encode(&name, str_trim(line), false);
		if (!name.n || !buf_ok(&name))
			c = err_set(e, E_INVALID, "instance metadata has no proper role name");
		else
			*url = arena_printf(s->a, "%s%s", q.url, name.p).p;
	}
	if (!c)
		s->found.origin = arena_printf(s->a, "instance metadata, role %s", name.p).p;
	buf_release(&name);
	http_response_release(&r);
	return c;
}

static enum code ask_keys(
	struct search *s, const struct http_header *token, const char *url, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct http_request q = { .method = "GET", .url = url, .headers = token, .n_headers = 1 };
	enum code c = ask_metadata(s, &q, "a role", &r, e);

	if (!c)
		c = search_keep_json(s, &r.body, "instance metadata", false, e);
	release_answer(&r);
	return c;
}

enum code source_instance(struct search *s, struct err *e)
{
	/* The longest a token may live; ours serves two calls. */
	struct http_header ttl = { "x-aws-ec2-metadata-token-ttl-seconds", "21600" };
	struct http_header token = { "x-aws-ec2-metadata-token", "" };
	struct http_response r = HTTP_RESPONSE_INIT;
	struct http_request q = { .method = "PUT",
		.url = join(s->a, metadata_base(), "/latest/api/token").p,
		.headers = &ttl,
		.n_headers = 1 };
	const char *url = NULL;
	enum code c = ask_metadata(s, &q, "a session token", &r, e);

	if (!c) {
		struct str value = str_trim(buf_slice(&r.body));

		if (value.n) {
			r.body.p[value.p - r.body.p + (ptrdiff_t)value.n] = '\0';
			token.value = value.p;
			c = ask_role(s, &token, &url, e);
		} else {
			search_remark(s, "instance metadata: an empty session token");
			c = E_NOTFOUND;
		}
	}
	if (!c && !arena_ok(s->a))
		c = err_nomem(e);
	if (!c)
		c = ask_keys(s, &token, url, e);
	release_answer(&r);
	return c;
}
