/* SPDX-License-Identifier: Apache-2.0 */
#include "function/nest.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_FDS 16

enum code nest_make(struct arena *a, const char *base, const char **out, struct err *e)
{
	const char *given = base ? base : getenv("TMPDIR");
	struct str name =
		arena_printf(a, "%s/siltstone-function-XXXXXX", given && *given ? given : "/tmp");
	char *path = arena_alloc(a, name.n + 1);

	if (!path || !arena_ok(a))
		return err_nomem(e);
	memcpy(path, name.p, name.n);
	if (!mkdtemp(path))
		return err_sys(e, errno == EACCES || errno == EROFS ? E_DENIED : E_IO, errno,
			"could not make a folder for a function, \"%s\"", path);
	*out = path;
	return E_OK;
}

enum code nest_write(const char *folder, const char *name, struct str text, struct err *e)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = dir < 0 ? -1
			 : openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
				   0400);
	bool bad = fd < 0;

	while (!bad && text.n) {
		ssize_t n = write(fd, text.p, text.n);

		bad = n < 0 && errno != EINTR;
		text = str_from(text, n > 0 ? (size_t)n : 0);
	}
	if (bad)
		err_sys(e, E_IO, errno, "could not write \"%s\" in \"%s\"", name, folder);
	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	return e->code;
}

static int take_off(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	(void)remove(path);
	return 0;
}

/* A folder that its owner may not enter is opened first. */
static int open_up(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)at;
	if (kind == FTW_D || kind == FTW_DNR)
		(void)chmod(path, (st->st_mode & 07777) | 0700);
	return 0;
}

void nest_remove(const char *folder)
{
	if (!folder)
		return;
	if (nftw(folder, take_off, DEPTH_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 &&
		access(folder, F_OK) != 0)
		return;
	(void)nftw(folder, open_up, DEPTH_FDS, FTW_PHYS | FTW_MOUNT);
	(void)nftw(folder, take_off, DEPTH_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
