/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/scratch.h"

#include "base/must.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

void scratch_make(struct scratch *s)
{
	const char *base = getenv("TMPDIR");

	snprintf(s->dir, sizeof(s->dir), "%s/siltstone-test-XXXXXX", base ? base : "/tmp");
	must(mkdtemp(s->dir));
}

const char *scratch_path(const struct scratch *s, struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", s->dir, name).p;
}

static int remove_one(const char *path, const struct stat *sb, int flag, struct FTW *ftw)
{
	(void)sb;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void scratch_remove(struct scratch *s)
{
	nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
