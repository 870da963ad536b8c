/* SPDX-License-Identifier: Apache-2.0 */
#include "net/credentials.h"

#include "base/mem.h"
#include "base/time.h"
#include "net/credentials_source.h"
#include "json/read.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TRAIL_MAX 2048

void search_remark(struct search *s, const char *fmt, ...)
{
	char remark[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(remark, sizeof(remark), fmt, ap);
	va_end(ap);
	buf_printf(&s->trail, "%s%s", s->trail.n ? "; " : "", remark);
}

static bool dup_str(char **to, struct str s)
{
	if (!s.n)
		return true;
	*to = mem_alloc(s.n + 1);
	if (*to)
		memcpy(*to, s.p, s.n);
	return *to != NULL;
}

/* A key goes into a header: nothing in it may end that header. */
static bool fits_header(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 127)
			return false;
	return true;
}

enum code search_keep(struct search *s, struct str access_key, struct str secret_key,
	struct str token, struct err *e)
{
	struct credentials k = { .expires_ms = TIME_FOREVER_MS };

	if (!access_key.n || !secret_key.n)
		return err_set(e, E_INVALID, "the %s is missing",
			access_key.n ? "secret access key" : "access key id");
	if (!fits_header(access_key) || !fits_header(secret_key) || !fits_header(token))
		return err_set(e, E_INVALID, "a key or token has white space in it");
	if (!dup_str(&k.access_key, access_key) || !dup_str(&k.secret_key, secret_key) ||
		!dup_str(&k.session_token, token)) {
		credentials_release(&k);
		return err_nomem(e);
	}
	credentials_release(&s->found.keys);
	s->found.keys = k;
	return E_OK;
}

static void wipe(struct str s)
{
	void *p;

	/* The text lies in an arena of ours; the slice is const for its readers only. */
	memcpy(&p, &s.p, sizeof(p));
	if (s.n)
		explicit_bzero(p, s.n);
}

static enum code keep_tree(struct search *s, const struct json *v, bool want_version, struct err *e)
{
	struct str token = json_get_text(v, "SessionToken");
	struct str expiry = json_get_text(v, "Expiration");
	int64_t expires_ms = TIME_FOREVER_MS;
	enum code c;

	if (!json_is(v, JSON_OBJECT))
		return err_set(e, E_INVALID, "it is not a JSON object");
	if (want_version && json_get_int(v, "Version", 0) != 1)
		return err_set(e, E_INVALID, "its \"Version\" is not 1");
	if (expiry.n && !time_parse_iso(expiry, &expires_ms))
		return err_set(e, E_INVALID, "its \"Expiration\" is no time");
	if (!token.n)
		token = json_get_text(v, "Token");
	c = search_keep(
		s, json_get_text(v, "AccessKeyId"), json_get_text(v, "SecretAccessKey"), token, e);
	if (!c)
		s->found.keys.expires_ms = expires_ms;
	wipe(json_get_text(v, "SecretAccessKey"));
	wipe(token);
	return c;
}

enum code search_keep_json(
	struct search *s, struct buf *answer, const char *what, bool want_version, struct err *e)
{
	struct arena scratch = ARENA_INIT((size_t)1 << 20);
	struct err unread = { 0 };
	struct json *v = NULL;
	enum code c = json_read(&scratch, buf_slice(answer), &v, &unread);

	explicit_bzero(answer->p, answer->n);
	/* What the reader says may quote what it read. */
	if (c == E_NOMEM)
		err_nomem(e);
	else if (c)
		c = err_set(e, E_INVALID, "it is not JSON");
	else
		c = keep_tree(s, v, want_version, e);
	arena_release(&scratch);
	return c ? err_add(e, "the answer of %s", what) : E_OK;
}

enum code source_environment(struct search *s, struct err *e)
{
	struct str access = str_of(getenv("AWS_ACCESS_KEY_ID"));
	struct str secret = str_of(getenv("AWS_SECRET_ACCESS_KEY"));
	struct str expiry = str_of(getenv("AWS_CREDENTIAL_EXPIRATION"));
	enum code c;

	if (!access.n && !secret.n) {
		search_remark(s, "environment: AWS_ACCESS_KEY_ID is not set");
		return E_NOTFOUND;
	}
	c = search_keep(s, access, secret, str_of(getenv("AWS_SESSION_TOKEN")), e);
	if (!c && expiry.n && !time_parse_iso(expiry, &s->found.keys.expires_ms))
		c = err_set(e, E_INVALID, "AWS_CREDENTIAL_EXPIRATION is no time");
	if (c)
		return err_add(e, "credentials in the environment");
	s->found.origin = "environment";
	return E_OK;
}

enum code source_web_identity(struct search *s, struct err *e)
{
	const char *token = getenv("AWS_WEB_IDENTITY_TOKEN_FILE"), *arn = getenv("AWS_ROLE_ARN");
	const char *session = getenv("AWS_ROLE_SESSION_NAME");
	struct role *role;

	if (!token || !*token) {
		search_remark(s, "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set");
		return E_NOTFOUND;
	}
	if (!arn || !*arn) {
		err_set(e, E_INVALID, "AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN is not");
		return err_hint(e, "set both, or neither");
	}
	role = arena_alloc(s->a, sizeof(*role));
	if (!role)
		return err_nomem(e);
	role->role_arn = arena_text(s->a, str_of(arn));
	role->session_name =
		arena_text(s->a, session && *session ? str_of(session) : STR("siltstone"));
	role->web_token_file = arena_text(s->a, str_of(token));
	role->duration_s = 3600;
	s->found.assume = role;
	s->found.origin = "web identity in the environment";
	return E_OK;
}

static bool is_true(const char *variable)
{
	const char *value = getenv(variable);

	return value && strcasecmp(value, "true") == 0;
}

/* The next source as long as the one before had nothing. */
static bool open_question(enum code c, const struct err *e)
{
	return c == E_NOTFOUND && e->code == E_OK;
}

static enum code walk(struct search *s, const struct credentials_query *q, struct err *e)
{
	const char *profile = profiles_choose(q->profile);
	bool explicit_first = q->profile && *q->profile;
	bool named = strcmp(profile, "default") != 0 || explicit_first;
	enum code c = E_NOTFOUND;

	if (!explicit_first)
		c = source_environment(s, e);
	if (open_question(c, e))
		c = source_profile(s, profile, named, e);
	if (open_question(c, e) && explicit_first)
		c = source_environment(s, e);
	if (open_question(c, e))
		c = source_web_identity(s, e);
	if (open_question(c, e))
		c = source_container(s, e);
	if (!open_question(c, e))
		return c;
	if (q->no_metadata)
		search_remark(s, "instance metadata: left out");
	else if (is_true("AWS_EC2_METADATA_DISABLED"))
		search_remark(s, "instance metadata: disabled by AWS_EC2_METADATA_DISABLED");
	else
		c = source_instance(s, e);
	if (!open_question(c, e))
		return c;
	err_set(e, E_NOTFOUND, "no AWS credentials: %s", s->trail.p);
	return err_hint(e,
		"set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a "
		"role is given");
}

static void note_region(struct search *s, const struct credentials_query *q)
{
	const char *region = getenv("AWS_REGION");
	struct str in_profile;

	if (!region || !*region)
		region = getenv("AWS_DEFAULT_REGION");
	if (region && *region) {
		s->found.region = arena_text(s->a, str_of(region));
		return;
	}
	in_profile = profiles_get(&s->profiles, str_of(profiles_choose(q->profile)), "region");
	if (in_profile.p)
		s->found.region = arena_text(s->a, in_profile);
}

enum code credentials_find(struct arena *a, struct http *http, const struct credentials_query *q,
	struct credentials_found *out, struct err *e)
{
	struct search s = {
		.a = a, .http = http, .profiles = PROFILES_INIT, .trail = BUF_INIT(TRAIL_MAX)
	};
	enum code c = profiles_read(&s.profiles, a, e);

	if (!c)
		c = walk(&s, q, e);
	if (!c) {
		note_region(&s, q);
		if (!arena_ok(a))
			c = err_nomem(e);
	}
	if (c)
		credentials_release(&s.found.keys);
	else
		*out = s.found;
	profiles_release(&s.profiles);
	buf_release(&s.trail);
	return c;
}

/* "Elastic Load-Balancing" as "ELASTIC_LOAD_BALANCING" or in lower case, between the two. */
static const char *service_key(
	struct arena *a, const char *prefix, const char *service, const char *suffix, bool upper)
{
	struct buf key = BUF_INIT(1024);
	const char *text;

	buf_text(&key, prefix);
	for (; *service; service++) {
		char ch = *service;

		if (ch == ' ' || ch == '-')
			ch = '_';
		else if (upper && ch >= 'a' && ch <= 'z')
			ch = (char)(ch & ~0x20);
		else if (!upper && ch >= 'A' && ch <= 'Z')
			ch = (char)(ch | 0x20);
		buf_char(&key, ch);
	}
	buf_text(&key, suffix);
	text = arena_text(a, buf_slice(&key));
	buf_release(&key);
	return text;
}

static struct str endpoint_in_profile(
	struct arena *a, struct profiles *p, struct str profile, const char *service)
{
	struct str services = profiles_get(p, profile, "services"), found = STR_NONE;

	if (str_is(profiles_get(p, profile, "ignore_configured_endpoint_urls"), "true"))
		return STR_NONE;
	if (services.p)
		found = ini_get(&p->config, arena_printf(a, "services %.*s", STR_ARG(services)),
			service_key(a, "", service, ".endpoint_url", false));
	return found.p ? found : profiles_get(p, profile, "endpoint_url");
}

enum code credentials_endpoint(
	struct arena *a, const char *profile, const char *service, const char **out, struct err *e)
{
	struct profiles p = PROFILES_INIT;
	struct str url = STR_NONE;
	const char *found;

	*out = NULL;
	if (is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))
		return E_OK;
	found = getenv(service_key(a, "AWS_ENDPOINT_URL_", service, "", true));
	if (!found || !*found)
		found = getenv("AWS_ENDPOINT_URL");
	if (found && *found)
		url = str_of(found);
	else if (!profiles_read(&p, a, e))
		url = endpoint_in_profile(a, &p, str_of(profiles_choose(profile)), service);
	if (url.p)
		*out = arena_text(a, url);
	/* No endpoint for want of memory would send the request to AWS itself. */
	if (!e->code && (!arena_ok(a) || !arena_ok(&p.config.arena)))
		err_nomem(e);
	profiles_release(&p);
	return e->code;
}
