/* SPDX-License-Identifier: Apache-2.0 */
#include "net/profiles.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

/* In the arena, or NULL: this user has no home. */
static const char *home(struct arena *a)
{
	const char *from_env = getenv("HOME");
	struct passwd entry, *found = NULL;
	char text[4096];

	if (from_env && *from_env)
		return from_env;
	if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) || !found)
		return NULL;
	return arena_text(a, str_of(found->pw_dir));
}

static const char *path_of(struct arena *a, const char *variable, const char *usual)
{
	const char *path = getenv(variable), *base;

	if (!path || !*path)
		path = usual;
	if (!str_starts(str_of(path), STR("~/")))
		return arena_text(a, str_of(path));
	base = home(a);
	return base ? arena_printf(a, "%s%s", base, path + 1).p : "";
}

static enum code read_if_there(struct ini *f, const char *path, struct err *e)
{
	struct err missing = { 0 };
	enum code c;

	if (!*path)
		return E_OK;
	c = ini_read(f, path, &missing);
	if (c == E_NOTFOUND)
		return E_OK;
	if (c)
		*e = missing;
	return c;
}

enum code profiles_read(struct profiles *p, struct arena *a, struct err *e)
{
	enum code c;

	p->credentials_path = path_of(a, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
	p->config_path = path_of(a, "AWS_CONFIG_FILE", "~/.aws/config");
	if (!arena_ok(a))
		return err_nomem(e);
	/* A command may need what would be a comment elsewhere. */
	p->credentials.verbatim = p->config.verbatim = "credential_process";
	c = read_if_there(&p->credentials, p->credentials_path, e);
	return c ? c : read_if_there(&p->config, p->config_path, e);
}

void profiles_release(struct profiles *p)
{
	if (!p)
		return;
	ini_release(&p->credentials);
	ini_release(&p->config);
}

const char *profiles_choose(const char *wanted)
{
	const char *from_env = getenv("AWS_PROFILE");

	if (wanted && *wanted)
		return wanted;
	return from_env && *from_env ? from_env : "default";
}

static struct str config_section(struct profiles *p, struct str profile)
{
	return arena_printf(&p->config.arena, "profile %.*s", STR_ARG(profile));
}

bool profiles_have(struct profiles *p, struct str profile)
{
	return ini_has(&p->credentials, profile) ||
	       ini_has(&p->config, config_section(p, profile)) ||
	       (str_is(profile, "default") && ini_has(&p->config, profile));
}

struct str profiles_get(struct profiles *p, struct str profile, const char *name)
{
	struct str value = ini_get(&p->credentials, profile, name);

	if (!value.p)
		value = ini_get(&p->config, config_section(p, profile), name);
	if (!value.p && str_is(profile, "default"))
		value = ini_get(&p->config, profile, name);
	return value;
}
