/* SPDX-License-Identifier: Apache-2.0 */
#include "net/file_sink.h"

#include "base/buf.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_sink {
	struct publisher port; /* first, so that one pointer is both */
	char path[];
};

static enum code failed(const struct file_sink *f, const char *what, int sys, struct err *e)
{
	const enum code c = sys == ENOENT                                   ? E_NOTFOUND
			    : sys == EACCES || sys == EPERM || sys == EROFS ? E_DENIED
			    : sys == ENOSPC || sys == EDQUOT                ? E_FULL
									    : E_IO;

	return err_sys(e, c, sys, "could not %s \"%s\"", what, f->path);
}

static int write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			s = str_from(s, (size_t)n);
	}
	return 0;
}

static bool ends_in_line(int fd, off_t size)
{
	char last = '\n';

	return !size || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

static bool write_lines(int fd, const struct message *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (write_all(fd, m[i].body) != 0 || write_all(fd, STR("\n")) != 0)
			return false;
	return fsync(fd) == 0;
}

static enum code append(
	const struct file_sink *f, int fd, const struct message *m, size_t n, struct err *e)
{
	struct stat s;
	int sys;

	if (fstat(fd, &s) != 0)
		return failed(f, "look at", errno, e);
	if (!S_ISREG(s.st_mode))
		return err_set(e, E_IO, "\"%s\" is not a file", f->path);
	if ((ends_in_line(fd, s.st_size) || write_all(fd, STR("\n")) == 0) && write_lines(fd, m, n))
		return E_OK;
	sys = errno;
	/* What cannot be taken back is ended by the next line. */
	(void)!ftruncate(fd, s.st_size);
	return failed(f, "write to", sys, e);
}

static enum code write_messages(
	const struct file_sink *f, const struct message *m, size_t n, struct err *e)
{
	int fd = open(
		f->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
	enum code c;

	if (fd < 0)
		return errno == EISDIR ? err_set(e, E_IO, "\"%s\" is not a file", f->path)
				       : failed(f, "open", errno, e);
	c = append(f, fd, m, n, e);
	close(fd);
	return c;
}

static enum code publish(struct publisher *port, const struct message *m, struct err *e)
{
	return write_messages((struct file_sink *)port, m, 1, e);
}

/* All of them or none, with one sync. */
static void publish_many(
	struct publisher *port, const struct message *m, size_t n, struct err *each)
{
	struct err e = { 0 };

	if (write_messages((struct file_sink *)port, m, n, &e))
		for (size_t i = 0; i < n; i++)
			each[i] = e;
}

static void free_file_sink(struct publisher *port)
{
	mem_free(port);
}

enum code file_sink_open(struct publisher **out, const char *path, struct err *e)
{
	const size_t n = strlen(path) + 1;
	struct file_sink *f = mem_alloc(sizeof(*f) + n);

	if (!f)
		return err_nomem(e);
	f->port = (struct publisher){ publish, free_file_sink, publish_many };
	memcpy(f->path, path, n);
	*out = &f->port;
	return E_OK;
}

enum code file_sink_check(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct buf folder = BUF_INIT(1 << 16);
	struct stat s;

	if (stat(path, &s) == 0) {
		if (!S_ISREG(s.st_mode))
			return err_set(e, E_INVALID, "\"%s\" is not a file", path);
		if (access(path, W_OK) != 0)
			return err_sys(e, E_DENIED, errno, "could not write to \"%s\"", path);
		return E_OK;
	}
	buf_printf(&folder, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
	if (!buf_ok(&folder))
		err_nomem(e);
	else if (access(folder.p, W_OK | X_OK) != 0)
		err_sys(e, errno == ENOENT ? E_NOTFOUND : E_DENIED, errno,
			"could not make a file in \"%s\"", folder.p);
	buf_release(&folder);
	return e->code;
}
