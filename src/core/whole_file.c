/* SPDX-License-Identifier: Apache-2.0 */
#include "core/whole_file.h"

#include "base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES (64 << 10)

static enum code failed(struct err *e, int sys, const char *doing, const char *path)
{
	enum code c = sys == ENOENT || sys == ENOTDIR                 ? E_NOTFOUND
		      : sys == ENOSPC || sys == EDQUOT                ? E_FULL
		      : sys == EACCES || sys == EPERM || sys == EROFS ? E_DENIED
								      : E_IO;

	return err_sys(e, c, sys, "%s \"%s\"", doing, path);
}

static enum code taken(struct err *e, const char *path)
{
	err_set(e, E_CONFLICT, "there is a file \"%s\" already", path);
	return err_hint(e, "--force replaces it");
}

/* The folder of @path, with its slash; empty: this one. */
static struct str folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct str){ path, slash ? (size_t)(slash - path) + 1 : 0 };
}

enum code whole_file_begin(struct whole_file *f, const char *path, bool replace, struct err *e)
{
	struct str dir = folder(path);
	struct stat sb;
	int fd;

	*f = (struct whole_file){
		.path = path, .replace = replace, .memory = ARENA_INIT(NAME_BYTES)
	};
	if (stat(path, &sb) == 0 && !S_ISREG(sb.st_mode))
		return err_set(e, E_INVALID, "\"%s\" is not a plain file", path);
	if (!replace && access(path, F_OK) == 0)
		return taken(e, path);
	f->part = arena_printf(&f->memory, "%.*s.%s.siltstone-%ld.part", STR_ARG(dir), path + dir.n,
		(long)getpid())
			  .p;
	if (!f->part)
		return err_nomem(e);
	/* Left by a process of the same number that died. */
	unlink(f->part);
	fd = open(f->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		failed(e, errno, "make the file", f->part);
		arena_release(&f->memory);
		return e->code;
	}
	close(fd);
	f->begun = true;
	return E_OK;
}

static enum code sync_path(const char *path, int flags, struct err *e)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		failed(e, errno, "sync", path);
	if (fd >= 0)
		close(fd);
	return e->code;
}

/* Some file systems know no RENAME_NOREPLACE; there a file that came in between is lost. */
static int move(const struct whole_file *f)
{
	if (f->replace)
		return rename(f->part, f->path);
	if (renameat2(AT_FDCWD, f->part, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0)
		return 0;
	return errno == EINVAL || errno == ENOSYS ? rename(f->part, f->path) : -1;
}

enum code whole_file_finish(struct whole_file *f, struct err *e)
{
	struct str dir = folder(f->path);
	const char *where = dir.n ? arena_text(&f->memory, dir) : ".";

	if (!where)
		return err_nomem(e);
	if (sync_path(f->part, O_RDONLY, e))
		return e->code;
	if (move(f) != 0)
		return errno == EEXIST ? taken(e, f->path)
				       : failed(e, errno, "put in place", f->path);
	f->begun = false;
	sync_path(where, O_RDONLY | O_DIRECTORY, e);
	arena_release(&f->memory);
	return e->code;
}

void whole_file_drop(struct whole_file *f)
{
	if (f->begun)
		unlink(f->part);
	f->begun = false;
	arena_release(&f->memory);
}
