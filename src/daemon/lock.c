/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lock.h"

#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum code open_file(const char *store, int flags, int *fd, struct err *e)
{
	struct buf path = BUF_INIT(1 << 16);
	enum code c = E_OK;

	buf_printf(&path, "%s-lock", store);
	if (!buf_ok(&path)) {
		c = err_nomem(e);
	} else {
		*fd = open(path.p, flags | O_CLOEXEC, 0640);
		if (*fd < 0)
			c = err_sys(e,
				errno == ENOENT                     ? E_NOTFOUND
				: errno == EACCES || errno == EROFS ? E_DENIED
								    : E_IO,
				errno, "could not open the lock file \"%s\"", path.p);
	}
	buf_release(&path);
	return c;
}

/* Who holds it, as the file says; 0: it does not. */
static long holder(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strtol(text, NULL, 10);
}

static enum code taken(const char *store, int fd, struct err *e)
{
	long pid = holder(fd);

	if (pid <= 0)
		return err_set(e, E_CONFLICT, "a daemon has the store \"%s\"", store);
	err_set(e, E_CONFLICT, "a daemon has the store \"%s\": process %ld", store, pid);
	return err_hint(e, "it records, delivers and notifies by itself; to end it: kill %ld", pid);
}

enum code lock_take(struct lock *l, const char *store, struct err *e)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[32];
	int fd = -1, n;
	enum code c = open_file(store, O_RDWR | O_CREAT, &fd, e);

	if (c)
		return c;
	if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
		c = errno == EAGAIN || errno == EACCES
			    ? taken(store, fd, e)
			    : err_sys(e, E_IO, errno, "lock the store \"%s\"", store);
		close(fd);
		return c;
	}
	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		c = err_sys(e, E_IO, errno, "write the lock file of \"%s\"", store);
		close(fd);
		return c;
	}
	l->fd = fd;
	return E_OK;
}

enum code lock_probe(const char *store, struct err *e)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct err none = { 0 };
	int fd = -1;
	enum code c = open_file(store, O_RDONLY, &fd, &none);

	/* Whoever may not read it cannot write the store either; that is told where it is tried. */
	if (c)
		return E_OK;
	if (fcntl(fd, F_OFD_GETLK, &whole) != 0)
		c = err_sys(e, E_IO, errno, "look at the lock of \"%s\"", store);
	else if (whole.l_type != F_UNLCK)
		c = taken(store, fd, e);
	close(fd);
	return c;
}

void lock_release(struct lock *l)
{
	if (l->fd < 0)
		return;
	/* The file stays: removing it would let two processes lock two files of one name. */
	if (ftruncate(l->fd, 0) != 0) {
		/* Only the number in it is stale then, and that is read only while locked. */
	}
	close(l->fd);
	l->fd = -1;
}
