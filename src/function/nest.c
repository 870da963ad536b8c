/* SPDX-License-Identifier: Apache-2.0 */
#include "function/nest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEPTH_FDS 16

#define PREFIX  "siltstone-function-"
/* One that was made just now may not be locked yet. */
#define YOUNG_S 60

static const char *place_of(const char *base)
{
	const char *given = base ? base : getenv("TMPDIR");

	return given && *given ? given : "/tmp";
}

/* A lock that goes with the process, however that ends. */
static int lock_folder(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

enum code nest_make(struct arena *a, const char *base, const char **out, int *lock, struct err *e)
{
	struct str name = arena_printf(a, "%s/" PREFIX "XXXXXX", place_of(base));
	char *path = arena_alloc(a, name.n + 1);

	if (!path || !arena_ok(a))
		return err_nomem(e);
	memcpy(path, name.p, name.n);
	if (!mkdtemp(path))
		return err_sys(e, errno == EACCES || errno == EROFS ? E_DENIED : E_IO, errno,
			"could not make a folder for a function, \"%s\"", path);
	*lock = lock_folder(AT_FDCWD, path);
	*out = path;
	return E_OK;
}

static void sweep_one(const char *base, int at, const char *name)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct stat st;
	int lock;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode) ||
		st.st_uid != geteuid() || time(NULL) - st.st_mtime < YOUNG_S)
		return;
	lock = lock_folder(at, name);
	if (lock >= 0) {
		const char *path = arena_printf(&a, "%s/%s", base, name).p;

		if (arena_ok(&a))
			nest_remove(path);
		close(lock);
	}
	arena_release(&a);
}

void nest_sweep(const char *base)
{
	const char *place = place_of(base);
	DIR *dir = opendir(place);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) == 0)
			sweep_one(place, dirfd(dir), entry->d_name);
	if (dir)
		(void)closedir(dir);
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
