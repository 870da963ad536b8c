/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sts.h"

#include "base/buf.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { ANSWER_MAX_BYTES = 1 << 20, TOKEN_MAX_BYTES = 64 << 10 };

static void put(struct arena *a, struct json *params, const char *name, const char *value)
{
	if (params && value)
		json_add(params, str_of(name), json_string(a, str_of(value)));
}

/* The token of a web identity: a file that somebody else renews. Its text is never told. */
static enum code read_token(struct arena *a, const char *path, const char **out, struct err *e)
{
	struct buf b = BUF_INIT(TOKEN_MAX_BYTES);
	char piece[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC), why;

	if (fd < 0)
		return err_sys(
			e, E_NOTFOUND, errno, "could not open the web identity token \"%s\"", path);
	while ((n = read(fd, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			buf_add(&b, piece, (size_t)n);
	why = errno;
	close(fd);
	while (b.n && strchr(" \t\r\n", b.p[b.n - 1]))
		b.n--;
	*out = arena_text(a, buf_slice(&b));
	if (n < 0)
		err_sys(e, E_IO, why, "could not read the web identity token \"%s\"", path);
	else if (!buf_ok(&b) || !b.n)
		err_set(e, E_INVALID, "the web identity token \"%s\" is empty or too long", path);
	explicit_bzero(piece, sizeof(piece));
	buf_release(&b);
	return e->code;
}

/* Into the form the rest works with; the strings of @v go when its arena goes. */
static enum code take_keys(const struct json *answer, struct credentials *out, struct err *e)
{
	const struct json *v = json_get(answer, "Credentials");
	struct arena a = ARENA_INIT(ANSWER_MAX_BYTES);
	struct str key = json_get_text(v, "AccessKeyId"),
		   secret = json_get_text(v, "SecretAccessKey");
	struct str token = json_get_text(v, "SessionToken");
	struct credentials found = { .expires_ms = TIME_FOREVER_MS };
	char *texts[3];
	enum code c;

	if (!key.n || !secret.n ||
		!time_parse_iso(json_get_text(v, "Expiration"), &found.expires_ms))
		return err_set(e, E_CORRUPT, "the answer has no credentials");
	texts[0] = arena_alloc(&a, key.n + 1);
	texts[1] = arena_alloc(&a, secret.n + 1);
	texts[2] = arena_alloc(&a, token.n + 1);
	if (!arena_ok(&a)) {
		arena_release(&a);
		return err_nomem(e);
	}
	memcpy(texts[0], key.p, key.n);
	memcpy(texts[1], secret.p, secret.n);
	if (token.n)
		memcpy(texts[2], token.p, token.n);
	found.access_key = texts[0];
	found.secret_key = texts[1];
	found.session_token = token.n ? texts[2] : NULL;
	c = credentials_copy(out, &found, e);
	explicit_bzero(texts[1], secret.n);
	explicit_bzero(texts[2], token.n);
	arena_release(&a);
	return c;
}

static struct json *parameters(struct arena *a, const struct role *role, const char *token)
{
	struct json *params = json_new(a, JSON_OBJECT);

	put(a, params, "RoleArn", role->role_arn);
	put(a, params, "RoleSessionName", role->session_name ? role->session_name : "siltstone");
	if (params && role->duration_s > 0)
		json_add(params, STR("DurationSeconds"), json_int(a, role->duration_s));
	if (token)
		put(a, params, "WebIdentityToken", token);
	else
		put(a, params, "ExternalId", role->external_id);
	put(a, params, "Policy", role->policy);
	return params;
}

struct place {
	const struct aws_options *options;
	const char *region;
};

/* One role, with @keys or with its token. */
static enum code assume(struct arena *a, const struct place *at, const struct credentials *keys,
	const struct role *role, struct credentials *out, struct err *e)
{
	struct aws_call call = { .service = "sts", .region = at->region };
	const char *token = NULL;
	struct json *answer = NULL;
	struct aws_fault fault;
	struct aws *aws = NULL;
	enum code c = E_OK;

	if (role->web_token_file)
		c = read_token(a, role->web_token_file, &token, e);
	if (c == E_OK)
		c = aws_open(&aws, at->options, token ? NULL : keys, e);
	call.op = token ? "AssumeRoleWithWebIdentity" : "AssumeRole";
	call.params = parameters(a, role, token);
	if (c == E_OK)
		c = aws_call(aws, &call, a, &answer, &fault, e);
	if (c == E_OK)
		c = take_keys(answer, out, e);
	aws_close(aws);
	return c == E_OK ? c : err_add(e, "assume role \"%s\"", role->role_arn);
}

enum code sts_assume(const struct aws_options *options, const char *region,
	const struct credentials *keys, const struct role *role, struct credentials *out,
	struct err *e)
{
	const struct place at = { options, region };
	struct credentials have = { 0 };
	enum code c = keys && keys->access_key ? credentials_copy(&have, keys, e) : E_OK;

	for (; c == E_OK && role; role = role->then) {
		struct arena a = ARENA_INIT(ANSWER_MAX_BYTES);
		struct credentials next = { 0 };

		c = assume(&a, &at, &have, role, &next, e);
		arena_release(&a);
		if (c != E_OK)
			break;
		credentials_release(&have);
		have = next;
	}
	if (c == E_OK)
		*out = have;
	else
		credentials_release(&have);
	return c;
}

enum code sts_account(
	struct aws *aws, const char *region, struct arena *a, const char **account, struct err *e)
{
	const struct aws_call call = { "sts", "GetCallerIdentity", region, NULL };
	struct json *answer = NULL;
	struct aws_fault fault;
	struct str id;

	if (aws_call(aws, &call, a, &answer, &fault, e) != E_OK)
		return e->code;
	id = json_get_text(answer, "Account");
	if (id.n != 12 || strspn(id.p, "0123456789") < 12)
		return err_set(e, E_CORRUPT, "sts GetCallerIdentity: \"%.*s\" is no account id",
			STR_ARG(id));
	*account = arena_text(a, id);
	return arena_ok(a) ? E_OK : err_nomem(e);
}
