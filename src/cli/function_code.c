/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/function_code.h"

#include "base/mem.h"
#include "base/path.h"
#include "base/uuid.h"
#include "function/unpack.h"
#include <errno.h>
#include <sys/stat.h>

/* Where archives are unpacked; NULL: it is not there, or cannot be made. */
static char *below(struct cli *c, bool make)
{
	const char *given = config_get(&c->config, "functions", "", "path");
	const char *path =
		given && *given ? given : arena_printf(&c->arena, "%s.functions", c->store).p;

	if (make)
		(void)mkdir(path, 0755);
	return path_whole(path);
}

static enum code unpack(
	struct cli *c, const char *name, const char *zip, const char **out, struct err *e)
{
	char *place = below(c, true);
	char id[UUID_BYTES];

	if (!place)
		return err_sys(
			e, E_IO, errno, "could not make the folder that functions are unpacked in");
	if (!uuid_make(id))
		err_set(e, E_IO, "there are no random bytes to be had");
	id[8] = '\0';
	*out = arena_printf(&c->arena, "%s/%s-%s", place, name, id).p;
	mem_free(place);
	if (!arena_ok(&c->arena))
		return err_nomem(e);
	return e->code ? e->code : unpack_zip(zip, *out, e);
}

enum code function_code(
	struct cli *c, const char *name, const char *given, const char **out, struct err *e)
{
	struct stat st;
	char *whole;

	if (stat(given, &st))
		return err_sys(e, E_NOTFOUND, errno, "could not find \"%s\"", given);
	if (S_ISREG(st.st_mode) && unpack_is_zip(given))
		return unpack(c, name, given, out, e);
	if (!S_ISDIR(st.st_mode)) {
		err_set(e, E_INVALID, "\"%s\" is neither a folder nor a ZIP archive", given);
		return err_hint(e, "--code names the folder that the handler's file is in");
	}
	whole = path_whole(given);
	*out = whole ? arena_text(&c->arena, str_of(whole)) : NULL;
	mem_free(whole);
	return *out && arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

void function_code_drop(struct cli *c, const char *folder)
{
	char *place = below(c, false);
	const struct str s = str_of(folder), prefix = str_of(place);

	if (place && str_starts(s, prefix) && s.n > prefix.n + 1 && s.p[prefix.n] == '/' &&
		str_find(str_from(s, prefix.n + 1), '/') == s.n - prefix.n - 1)
		unpack_remove(folder);
	mem_free(place);
}
