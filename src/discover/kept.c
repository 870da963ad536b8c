/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/kept.h"

#include "base/config.h"
#include "json/read.h"
#include <string.h>

static const char *setting(struct arena *a, const struct json *settings, const char *key)
{
	struct str text = json_get_text(settings, key);

	return text.p ? arena_text(a, text) : NULL;
}

enum code kept_recheck(const char *text, struct sweep_options *out, struct err *e)
{
	out->afresh = text && strcmp(text, "always") == 0;
	out->recheck_ms = 0;
	if (!text || out->afresh || strcmp(text, "changed") == 0 ||
		(config_duration(str_of(text), &out->recheck_ms) && out->recheck_ms > 0))
		return E_OK;
	err_set(e, E_INVALID, "recheck is \"changed\", \"always\" or a time like 6h, not \"%.40s\"",
		text);
	return E_INVALID;
}

/* The file has its own words for it. */
static bool is_on(struct str text)
{
	bool on = false;

	return text.n && config_bool(text, &on) && on;
}

enum code kept_options(
	struct arena *a, const struct source *s, struct sweep_options *out, struct err *e)
{
	struct json *kept = NULL;

	if (json_read(a, str_of(s->settings), &kept, e))
		return err_add(e, "settings of source \"%s\"", s->name);
	*out = (struct sweep_options){
		.source = s->name,
		.kind = s->kind,
		.settings = s->settings,
		.kept = s->kept != 0,
		.types = setting(a, kept, "types"),
		.regions = setting(a, kept, "regions"),
		.profile = setting(a, kept, "profile"),
		.endpoint = setting(a, kept, "endpoint"),
		.account = setting(a, kept, "account"),
		.role_arn = setting(a, kept, "role_arn"),
		.external_id = setting(a, kept, "external_id"),
		.session_policy = setting(a, kept, "session_policy"),
		.home_region = setting(a, kept, "home_region"),
		.accounts = setting(a, kept, "accounts"),
		.organization = is_on(json_get_text(kept, "organization")),
		.exclude_accounts = setting(a, kept, "exclude_accounts"),
		.role_name = setting(a, kept, "role_name"),
	};
	if (!arena_ok(a))
		return err_nomem(e);
	return kept_recheck(setting(a, kept, "recheck"), out, e)
		       ? err_add(e, "settings of source \"%s\"", s->name)
		       : E_OK;
}

enum code kept_queue(struct arena *a, const struct source *s, const char **url, struct err *e)
{
	struct json *kept = NULL;

	if (json_read(a, str_of(s->settings), &kept, e))
		return err_add(e, "settings of source \"%s\"", s->name);
	*url = setting(a, kept, "queue");
	return arena_ok(a) ? E_OK : err_nomem(e);
}

enum code kept_trail(struct arena *a, const struct source *s, const char **place,
	const char **since, struct err *e)
{
	struct json *kept = NULL;

	if (json_read(a, str_of(s->settings), &kept, e))
		return err_add(e, "settings of source \"%s\"", s->name);
	*place = setting(a, kept, "trail");
	*since = setting(a, kept, "trail_since");
	return arena_ok(a) ? E_OK : err_nomem(e);
}

enum code kept_copy(struct arena *a, const struct source *s, struct source *out, struct err *e)
{
	*out = *s;
	out->name = arena_text(a, str_of(s->name));
	out->kind = arena_text(a, str_of(s->kind));
	out->settings = arena_text(a, str_of(s->settings));
	return arena_ok(a) ? E_OK : err_nomem(e);
}
