/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scratch_file.h"

#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH_MAX_BYTES 4096

static enum code refused(struct err *e, int sys, const char *dir)
{
	enum code c = sys == ENOSPC || sys == EDQUOT  ? E_FULL
		      : sys == EACCES || sys == EROFS ? E_DENIED
						      : E_IO;

	err_sys(e, c, sys, "could not make a temporary file in \"%s\"", dir);
	return err_hint(e, "set TMPDIR to a directory with enough space");
}

/* Some file systems know no O_TMPFILE: there the file gets a name and loses it at once. */
static int named_and_unlinked(const char *dir)
{
	struct buf path = BUF_INIT(PATH_MAX_BYTES);
	int fd = -1;

	buf_printf(&path, "%s/siltstone-XXXXXX", dir);
	if (buf_ok(&path))
		fd = mkostemp(path.p, O_CLOEXEC);
	else
		errno = ENAMETOOLONG;
	if (fd >= 0)
		unlink(path.p);
	buf_release(&path);
	return fd;
}

static int open_in(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
		fd = named_and_unlinked(dir);
	return fd;
}

const char *scratch_folder(void)
{
	const char *dir = getenv("TMPDIR");

	if (dir && *dir)
		return dir;
	return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

int scratch_file(struct err *e)
{
	const char *dir = scratch_folder();
	int fd = open_in(dir);

	if (fd < 0)
		refused(e, errno, dir);
	return fd;
}
