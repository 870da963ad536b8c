/* SPDX-License-Identifier: Apache-2.0 */
#include "net/credentials_source.h"

#include "net/child.h"
#include <stdlib.h>
#include <string.h>

/* Roles that lead to roles; AWS itself caps a chained session at an hour. */
#define CHAIN_MAX  16
/* Long enough for a person to approve on a phone, short enough not to hang for ever. */
#define PROCESS_MS 60000

/* One word; false at the end or with a quote left open (@open). */
static bool next_word(struct str *s, struct buf *word, bool *open)
{
	char quote = 0;

	buf_clear(word);
	while (s->n && strchr(" \t\r\n", s->p[0]) && s->p[0])
		*s = str_from(*s, 1);
	if (!s->n)
		return false;
	for (; s->n; *s = str_from(*s, 1)) {
		char ch = s->p[0];

		if (!quote && strchr(" \t\r\n", ch))
			break;
		if (ch == quote) {
			quote = 0;
		} else if (!quote && (ch == '"' || ch == '\'')) {
			quote = ch;
		} else if (ch == '\\' && s->n > 1 && quote != '\'' &&
			   (!quote || s->p[1] == '"' || s->p[1] == '\\')) {
			*s = str_from(*s, 1);
			buf_char(word, s->p[0]);
		} else {
			buf_char(word, ch);
		}
	}
	*open = quote != 0;
	return !quote;
}

enum code command_split(
	struct arena *a, struct str command, const char *const **argv, struct err *e)
{
	struct buf word = BUF_INIT(1 << 16);
	const char **words = arena_alloc(a, (command.n / 2 + 2) * sizeof(*words));
	bool open = false;
	size_t n = 0;

	while (words && next_word(&command, &word, &open))
		words[n++] = arena_text(a, buf_slice(&word));
	if (!words || !buf_ok(&word) || !arena_ok(a))
		err_nomem(e);
	else if (open)
		err_set(e, E_INVALID, "a quote is left open");
	else if (!n)
		err_set(e, E_INVALID, "there is no command");
	if (word.cap)
		explicit_bzero(word.p, word.cap);
	buf_release(&word);
	if (e->code)
		return e->code;
	*argv = words;
	return E_OK;
}

static enum code tell_process(const struct err *why, struct err *e)
{
	enum code c = why->code;

	/* A program that is not there is a mistake in the file, not an absence of credentials. */
	if (c == E_NOTFOUND)
		c = E_INVALID;
	else if (c == E_REMOTE)
		c = E_DENIED;
	else if (c == E_CANCELED)
		c = E_REMOTE;
	err_set(e, c, "%s", why->msg);
	return err_hint(e, "%s",
		why->hint[0]
			? why->hint
			: "run the command by hand and see what it says: it may print secrets, "
			  "so nothing of that is shown here");
}

static enum code run_process(struct search *s, struct arena *scratch, struct str command,
	const char *what, struct err *e)
{
	struct child child = { .deadline_ms = PROCESS_MS, .answer_max = 1 << 16, .secret = true };
	struct buf answer = BUF_INIT(1 << 16);
	struct err why = { 0 };
	enum code c = command_split(scratch, command, &child.argv, e);

	if (!c && child_run(&child, &answer, &why))
		c = tell_process(&why, e);
	if (c)
		err_add(e, "%s", what);
	else
		c = search_keep_json(s, &answer, what, true, e);
	explicit_bzero(answer.p, answer.n);
	buf_release(&answer);
	return c;
}

enum code source_process(struct search *s, struct str profile, struct str command, struct err *e)
{
	struct arena scratch = ARENA_INIT((size_t)1 << 20);
	const char *what =
		arena_printf(s->a, "credential_process of profile \"%.*s\"", STR_ARG(profile)).p;
	enum code c = run_process(s, &scratch, command, what, e);

	arena_release(&scratch);
	if (!c)
		s->found.origin = what;
	return c;
}

static bool is_sso(struct search *s, struct str profile)
{
	static const char *const names[] = { "sso_session", "sso_start_url", "sso_account_id",
		"sso_role_name", "login_session" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (profiles_get(&s->profiles, profile, names[i]).p)
			return true;
	return false;
}

static bool has_keys(struct search *s, struct str profile)
{
	return profiles_get(&s->profiles, profile, "aws_access_key_id").p ||
	       profiles_get(&s->profiles, profile, "aws_secret_access_key").p;
}

static enum code keep_static(struct search *s, struct str profile, struct err *e)
{
	struct profiles *p = &s->profiles;
	enum code c = search_keep(s, profiles_get(p, profile, "aws_access_key_id"),
		profiles_get(p, profile, "aws_secret_access_key"),
		profiles_get(p, profile, "aws_session_token"), e);

	if (c)
		return err_add(e, "profile \"%.*s\"", STR_ARG(profile));
	s->found.origin = arena_printf(s->a, "profile %.*s", STR_ARG(profile)).p;
	return E_OK;
}

static enum code refuse_sso(struct str profile, struct err *e)
{
	err_set(e, E_NOTFOUND,
		"profile \"%.*s\" signs in through a browser, which cannot be done here",
		STR_ARG(profile));
	return err_hint(e,
		"make another profile with credential_process = aws configure export-credentials "
		"--profile %.*s --format process",
		STR_ARG(profile));
}

/* The keys at the end of a chain. */
static enum code keep_own(struct search *s, struct str profile, struct err *e)
{
	struct str command;

	if (has_keys(s, profile))
		return keep_static(s, profile, e);
	command = profiles_get(&s->profiles, profile, "credential_process");
	if (command.p)
		return source_process(s, profile, command, e);
	if (is_sso(s, profile))
		return refuse_sso(profile, e);
	search_remark(s, "profile \"%.*s\": it has no credentials", STR_ARG(profile));
	return E_NOTFOUND;
}

static bool read_duration(struct str text, int64_t *seconds)
{
	int64_t v = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || v > 43200)
			return false;
		v = v * 10 + (text.p[i] - '0');
	}
	/* The bounds of AssumeRole's DurationSeconds. */
	if (v < 900 || v > 43200)
		return false;
	*seconds = v;
	return true;
}

static const char *text_or_null(struct arena *a, struct str s)
{
	return s.p ? arena_text(a, s) : NULL;
}

static enum code read_role(struct search *s, struct str profile, struct role *role, struct err *e)
{
	struct profiles *p = &s->profiles;
	struct str session = profiles_get(p, profile, "role_session_name");
	struct str duration = profiles_get(p, profile, "duration_seconds");

	if (profiles_get(p, profile, "mfa_serial").p) {
		err_set(e, E_INVALID, "profile \"%.*s\" asks for an MFA code", STR_ARG(profile));
		return err_hint(e, "nobody is there to type it: use a role without mfa_serial, or "
				   "credential_process");
	}
	role->duration_s = 3600;
	if (duration.p && !read_duration(duration, &role->duration_s))
		return err_set(e, E_INVALID,
			"profile \"%.*s\": duration_seconds is not between 900 and 43200",
			STR_ARG(profile));
	role->role_arn = arena_text(s->a, profiles_get(p, profile, "role_arn"));
	role->session_name = arena_text(s->a, session.p ? session : STR("siltstone"));
	role->external_id = text_or_null(s->a, profiles_get(p, profile, "external_id"));
	role->web_token_file =
		text_or_null(s->a, profiles_get(p, profile, "web_identity_token_file"));
	return E_OK;
}

static enum code keep_from_source(
	struct search *s, struct str profile, struct str source, struct err *e)
{
	enum code c;

	if (str_is(source, "Environment"))
		c = source_environment(s, e);
	else if (str_is(source, "EcsContainer"))
		c = source_container(s, e);
	else if (str_is(source, "Ec2InstanceMetadata"))
		c = source_instance(s, e);
	else
		return err_set(e, E_INVALID,
			"profile \"%.*s\": credential_source is not Environment, EcsContainer or "
			"Ec2InstanceMetadata",
			STR_ARG(profile));
	if (c == E_NOTFOUND && !e->code)
		err_set(e, E_NOTFOUND, "profile \"%.*s\": nothing in credential_source: %s",
			STR_ARG(profile), s->trail.p);
	return c;
}

/* The walk along source_profile. */
struct chain {
	struct str seen[CHAIN_MAX];
	size_t n;
	struct str profile; /* where it stands */
};

static enum code step_to(struct chain *chain, struct search *s, struct str next, struct err *e)
{
	if (!profiles_have(&s->profiles, next))
		return err_set(e, E_INVALID,
			"profile \"%.*s\" has source_profile \"%.*s\", which is in neither \"%s\" "
			"nor \"%s\"",
			STR_ARG(chain->profile), STR_ARG(next), s->profiles.credentials_path,
			s->profiles.config_path);
	for (size_t i = 0; i < chain->n; i++)
		if (str_eq(chain->seen[i], next))
			return err_set(e, E_INVALID,
				"the source_profile of profile \"%.*s\" leads back to \"%.*s\"",
				STR_ARG(chain->profile), STR_ARG(next));
	if (chain->n == CHAIN_MAX)
		return err_set(e, E_INVALID, "more than %d profiles are chained by source_profile",
			CHAIN_MAX);
	chain->seen[chain->n++] = next;
	chain->profile = next;
	return E_OK;
}

/* One role of the chain. *done: its credentials are found too. */
static enum code add_role(struct search *s, struct chain *chain, bool *done, struct err *e)
{
	struct str profile = chain->profile;
	struct str from = profiles_get(&s->profiles, profile, "source_profile");
	struct str source = profiles_get(&s->profiles, profile, "credential_source");
	struct role *role = arena_alloc(s->a, sizeof(*role));
	enum code c;

	if (!role)
		return err_nomem(e);
	c = read_role(s, profile, role, e);
	if (c)
		return c;
	role->then = s->found.assume;
	s->found.assume = role;
	*done = true;
	if (role->web_token_file) {
		s->found.origin =
			arena_printf(s->a, "web identity of profile %.*s", STR_ARG(profile)).p;
		return E_OK;
	}
	if (from.p && source.p)
		return err_set(e, E_INVALID,
			"profile \"%.*s\" has both source_profile and credential_source",
			STR_ARG(profile));
	if (source.p)
		return keep_from_source(s, profile, source, e);
	if (!from.p) {
		err_set(e, E_INVALID,
			"profile \"%.*s\" has a role_arn but nothing to assume it with",
			STR_ARG(profile));
		return err_hint(
			e, "add source_profile, credential_source or web_identity_token_file");
	}
	if (str_eq(from, profile))
		return keep_own(s, profile, e);
	*done = false;
	return step_to(chain, s, from, e);
}

enum code source_profile(struct search *s, const char *name, bool named, struct err *e)
{
	struct chain chain = { .seen = { str_of(name) }, .n = 1, .profile = str_of(name) };
	bool done = false;
	enum code c = E_OK;

	if (!profiles_have(&s->profiles, chain.profile)) {
		search_remark(s, "profile \"%s\": in neither \"%s\" nor \"%s\"", name,
			s->profiles.credentials_path, s->profiles.config_path);
		if (!named)
			return E_NOTFOUND;
		err_set(e, E_NOTFOUND, "there is no profile \"%s\" in \"%s\" or \"%s\"", name,
			s->profiles.credentials_path, s->profiles.config_path);
		return err_hint(e, "name a profile that is there, or add \"[profile %s]\"", name);
	}
	while (!c && !done) {
		bool first = chain.n == 1;

		if (!profiles_get(&s->profiles, chain.profile, "role_arn").p ||
			(!first && has_keys(s, chain.profile))) {
			c = keep_own(s, chain.profile, e);
			done = true;
		} else {
			c = add_role(s, &chain, &done, e);
		}
	}
	if (c == E_NOTFOUND && !e->code && s->found.assume)
		err_set(e, E_NOTFOUND,
			"profile \"%s\" assumes a role but no credentials lead to it: %s", name,
			s->trail.p);
	return c;
}
