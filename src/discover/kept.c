/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/kept.h"

#include "json/read.h"

static const char *setting(struct arena *a, const struct json *settings, const char *key)
{
	struct str text = json_get_text(settings, key);

	return text.p ? arena_text(a, text) : NULL;
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
	};
	return arena_ok(a) ? E_OK : err_nomem(e);
}

enum code kept_queue(struct arena *a, const struct source *s, const char **url, struct err *e)
{
	struct json *kept = NULL;

	if (json_read(a, str_of(s->settings), &kept, e))
		return err_add(e, "settings of source \"%s\"", s->name);
	*url = setting(a, kept, "queue");
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
