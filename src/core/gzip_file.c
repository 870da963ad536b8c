/* SPDX-License-Identifier: Apache-2.0 */
#include "core/gzip_file.h"

#include "base/buf.h"
#include "base/must.h"
#include "core/press.h"
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

static enum code open_file(struct gzip_file *f, struct err *e)
{
	const char *dir = getenv("TMPDIR");

	if (dir && *dir) {
		f->fd = open_in(dir);
		return f->fd >= 0 ? E_OK : refused(e, errno, dir);
	}
	f->fd = open_in("/var/tmp");
	if (f->fd < 0)
		f->fd = open_in("/tmp");
	return f->fd >= 0 ? E_OK : refused(e, errno, "/tmp");
}

static enum code write_out(void *ctx, struct str s, struct err *e)
{
	struct gzip_file *f = ctx;

	sha256_add(&f->hash, s.p, s.n);
	while (s.n) {
		ssize_t n = write(f->fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_sys(e, errno == ENOSPC || errno == EDQUOT ? E_FULL : E_IO, errno,
				"could not write to a temporary file");
			return err_hint(e, "set TMPDIR to a directory with enough space");
		}
		f->bytes += n;
		s = str_from(s, (size_t)n);
	}
	return E_OK;
}

enum code gzip_file_open(struct gzip_file *f, struct err *e)
{
	enum code c;

	*f = (struct gzip_file){ .fd = -1 };
	c = open_file(f, e);
	if (c)
		return c;
	c = press_open(&f->press, write_out, f, e);
	if (c) {
		gzip_file_close(f);
		return c;
	}
	sha256_init(&f->hash);
	return E_OK;
}

enum code gzip_file_add(struct gzip_file *f, struct str s, struct err *e)
{
	must(f->press);
	f->plain_bytes += (int64_t)s.n;
	return press_add(f->press, s, e);
}

/* The hash is ended with the press: it may have memory of its own. */
static bool end(struct gzip_file *f)
{
	const bool hashed = sha256_finish(&f->hash, f->sha256);

	press_close(f->press);
	f->press = NULL;
	return hashed;
}

enum code gzip_file_finish(struct gzip_file *f, struct err *e)
{
	enum code c;

	must(f->press);
	c = press_finish(f->press, e);
	if (!end(f) && !c)
		c = err_nomem(e);
	return c;
}

void gzip_file_close(struct gzip_file *f)
{
	if (f->press)
		(void)end(f);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
