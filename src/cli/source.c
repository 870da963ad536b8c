/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/source.h"

#include "base/time.h"
#include "discover/fleet.h"
#include "discover/kept.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <stdio.h>

enum {
	/* What AssumeRole takes ("AssumeRole" in the reference of STS' API). */
	POLICY_BYTES = 2048,
	POLICY_FILE_BYTES = 64 << 10,
};

/* The options that a source keeps, by the names sweep settings have. */
static const struct {
	enum opt_id id;
	const char *key;
} kept[] = {
	{ OPT_TYPES, "types" },
	{ OPT_REGIONS, "regions" },
	{ OPT_ENDPOINT, "endpoint" },
	{ OPT_PROFILE, "profile" },
	{ OPT_ROLE_ARN, "role_arn" },
	{ OPT_ACCOUNT, "account" },
	{ OPT_SQS, "queue" },
	{ OPT_RECHECK, "recheck" },
	{ OPT_ACCOUNTS, "accounts" },
	{ OPT_ORGANIZATION, "organization" },
	{ OPT_EXCLUDE_ACCOUNTS, "exclude_accounts" },
	{ OPT_ROLE_NAME, "role_name" },
	{ OPT_EXTERNAL_ID, "external_id" },
	{ OPT_SESSION_POLICY, "session_policy" },
	{ OPT_HOME_REGION, "home_region" },
	{ OPT_TRAIL, "trail" },
	{ OPT_TRAIL_SINCE, "trail_since" },
};

static enum code read_policy(const char *path, struct buf *b, struct err *e)
{
	FILE *f = fopen(path, "re");
	char piece[4096];
	size_t n;

	if (!f)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno,
			"could not open \"%s\"", path);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(b, piece, n);
	if (ferror(f))
		err_sys(e, E_IO, errno, "could not read \"%s\"", path);
	fclose(f);
	return e->code;
}

/* A file's text, or what is a policy already; without blanks, which count. */
static enum code policy_text(struct cli *c, const char *given, const char **out, struct err *e)
{
	struct arena a = ARENA_INIT(4 << 20);
	struct buf b = BUF_INIT(POLICY_FILE_BYTES);
	struct json *v = NULL;

	if (given[strspn(given, " \t\n")] == '{')
		buf_text(&b, given);
	else
		read_policy(given, &b, e);
	if (!e->code && !buf_ok(&b))
		err_set(e, E_TOOBIG, "\"%s\" is over %d bytes", given, POLICY_FILE_BYTES);
	if (!e->code && !json_read(&a, buf_slice(&b), &v, e) && v->kind != JSON_OBJECT)
		err_set(e, E_INVALID, "it is no JSON object");
	buf_clear(&b);
	if (!e->code)
		json_write(&b, v);
	*out = e->code ? NULL : arena_text(&c->arena, buf_slice(&b));
	if (!e->code && b.n > POLICY_BYTES)
		err_set(e, E_TOOBIG, "it takes %zu bytes, and AWS takes %d", b.n, POLICY_BYTES);
	buf_release(&b);
	arena_release(&a);
	return e->code ? err_add(e, "session policy") : E_OK;
}

/* What is kept of an option: most as they are. */
static enum code kept_text(struct cli *c, enum opt_id id, const char **out, struct err *e)
{
	char text[TIME_ISO_BYTES];
	int64_t ms;

	*out = opt_text(&c->o, id);
	if (!*out)
		return E_OK;
	if (id == OPT_ORGANIZATION)
		*out = "true";
	else if (id == OPT_SESSION_POLICY)
		return policy_text(c, *out, out, e);
	else if (id == OPT_TRAIL_SINCE && !cli_moment(c, id, 0, &ms, e))
		*out = arena_text(&c->arena, str_of(time_text(ms, text)));
	return e->code;
}

enum code source_settings(struct cli *c, const char **out, struct err *e)
{
	struct buf b = BUF_INIT(1 << 16);

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept) && !e->code; i++) {
		const char *text;

		if (kept_text(c, kept[i].id, &text, e) || !text)
			continue;
		buf_char(&b, b.n ? ',' : '{');
		json_write_string(&b, str_of(kept[i].key));
		buf_char(&b, ':');
		json_write_string(&b, str_of(text));
	}
	buf_text(&b, b.n ? "}" : "{}");
	*out = buf_ok(&b) ? arena_text(&c->arena, buf_slice(&b)) : NULL;
	buf_release(&b);
	return e->code || *out ? e->code : err_nomem(e);
}

static void override(struct cli *c, enum opt_id id, const char **value)
{
	const char *given = opt_text(&c->o, id);

	if (given)
		*value = given;
}

enum code source_override(struct cli *c, struct sweep_options *o, struct err *e)
{
	override(c, OPT_TYPES, &o->types);
	override(c, OPT_REGIONS, &o->regions);
	override(c, OPT_PROFILE, &o->profile);
	override(c, OPT_ENDPOINT, &o->endpoint);
	override(c, OPT_ACCOUNT, &o->account);
	override(c, OPT_ROLE_ARN, &o->role_arn);
	override(c, OPT_ACCOUNTS, &o->accounts);
	override(c, OPT_EXCLUDE_ACCOUNTS, &o->exclude_accounts);
	override(c, OPT_ROLE_NAME, &o->role_name);
	override(c, OPT_EXTERNAL_ID, &o->external_id);
	override(c, OPT_HOME_REGION, &o->home_region);
	o->organization = o->organization || opt_text(&c->o, OPT_ORGANIZATION);
	if (opt_text(&c->o, OPT_SESSION_POLICY))
		kept_text(c, OPT_SESSION_POLICY, &o->session_policy, e);
	return e->code ? e->code : fleet_check(o, e);
}

/* What would only come to light at the first sweep. */
static enum code check(struct cli *c, const struct source *s, struct err *e)
{
	struct sweep_options o;
	const char *trail = opt_text(&c->o, OPT_TRAIL);

	if (trail && !str_starts(str_of(trail), STR("s3://"))) {
		err_set(e, E_INVALID, "\"%s\" is no place for log files", trail);
		return err_hint(e, "s3://BUCKET/PREFIX, the PREFIX before AWSLogs/");
	}
	return kept_options(&c->arena, s, &o, e) ? e->code : fleet_check(&o, e);
}

static enum code add(struct cli *c, const char *name, struct err *e)
{
	const char *kind = opt_text(&c->o, OPT_KIND);
	struct source source = { .name = name,
		.kind = kind                             ? kind
			: strcmp(name, SOURCE_HOST) == 0 ? "exec"
							 : "aws",
		.kept = 1 };

	if (strcmp(source.kind, "aws") != 0 && strcmp(source.kind, "exec") != 0)
		return err_set(e, E_INVALID, "a source is of kind aws or exec, not \"%s\"", kind);
	if (source_settings(c, &source.settings, e) || check(c, &source, e) ||
		cli_open_writing(c, e) || source_put(&c->db, &source, e))
		return e->code;
	cli_note(c, "source \"%s\" is kept; siltstone record --source %s looks at it", name, name);
	return E_OK;
}

static enum code list(struct cli *c, struct err *e)
{
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_kept(&c->reader, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	if (cli_open_changing(c, e))
		return e->code;
	if (source_remove(&c->db, name, e))
		return e->code == E_NOTFOUND ? err_hint(e, "siltstone source list") : e->code;
	cli_note(c, "source \"%s\" is forgotten; what it recorded stays", name);
	return E_OK;
}

enum code cmd_source(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0], *name = c->argc > 1 ? c->argv[1] : NULL;

	if (strcmp(verb, "list") == 0 && !name)
		return list(c, e);
	if (strcmp(verb, "add") == 0 && name && *name)
		return add(c, name, e);
	if (strcmp(verb, "remove") == 0 && name && *name)
		return take_off(c, name, e);
	err_set(e, E_INVALID, "source wants add NAME, list, or remove NAME");
	return err_hint(e, "siltstone help source");
}
