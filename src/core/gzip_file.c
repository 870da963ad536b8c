/* SPDX-License-Identifier: Apache-2.0 */
#include "core/gzip_file.h"

#include "base/buf.h"
#include "base/must.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

/* deflate asks for 268 KiB at level 6 and memory level 8 (zlib's zconf.h); the rest is ours. */
#define MEMORY_BYTES   (1 << 20)
#define OUT_BYTES      (64 << 10)
#define LEVEL          6
#define GZIP_WINDOW    (15 + 16) /* the largest window, with a gzip header */
#define MEMORY_LEVEL   8
#define PATH_MAX_BYTES 4096

struct gzip_stream {
	z_stream z;
	struct sha256 hash;
	unsigned char out[OUT_BYTES];
};

static void *take_memory(void *arena, unsigned int n, unsigned int size)
{
	return size && n > UINT_MAX / size ? NULL : arena_alloc(arena, (size_t)n * size);
}

static void keep_memory(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

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

enum code gzip_file_open(struct gzip_file *f, struct err *e)
{
	struct gzip_stream *s;
	enum code c;

	*f = (struct gzip_file){ .fd = -1, .memory = ARENA_INIT(MEMORY_BYTES) };
	c = open_file(f, e);
	if (c)
		return c;
	s = arena_alloc(&f->memory, sizeof(*s));
	if (s) {
		s->z.zalloc = take_memory;
		s->z.zfree = keep_memory;
		s->z.opaque = &f->memory;
	}
	if (!s || deflateInit2(&s->z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
			  Z_DEFAULT_STRATEGY) != Z_OK) {
		gzip_file_close(f);
		return err_nomem(e);
	}
	sha256_init(&s->hash);
	f->stream = s;
	return E_OK;
}

static enum code write_out(struct gzip_file *f, struct err *e)
{
	struct gzip_stream *s = f->stream;
	const unsigned char *p = s->out;
	size_t n = OUT_BYTES - s->z.avail_out;

	sha256_add(&s->hash, p, n);
	while (n) {
		ssize_t k = write(f->fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			err_sys(e, errno == ENOSPC || errno == EDQUOT ? E_FULL : E_IO, errno,
				"could not write to a temporary file");
			return err_hint(e, "set TMPDIR to a directory with enough space");
		}
		p += k;
		n -= (size_t)k;
		f->bytes += k;
	}
	return E_OK;
}

/* deflate cannot fail here: the stream is sound and never asked without room for output. */
static enum code squeeze(struct gzip_file *f, int flush, struct err *e)
{
	z_stream *z = &f->stream->z;
	enum code c;
	int rc;

	do {
		z->next_out = f->stream->out;
		z->avail_out = OUT_BYTES;
		rc = deflate(z, flush);
		must(rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR);
		c = write_out(f, e);
	} while (!c && z->avail_out == 0);
	return c;
}

enum code gzip_file_add(struct gzip_file *f, struct str s, struct err *e)
{
	enum code c = E_OK;

	must(f->stream);
	f->plain_bytes += (int64_t)s.n;
	while (!c && s.n) {
		size_t n = s.n < INT_MAX ? s.n : INT_MAX;

		f->stream->z.next_in = (const unsigned char *)s.p;
		f->stream->z.avail_in = (unsigned int)n;
		c = squeeze(f, Z_NO_FLUSH, e);
		s = str_from(s, n);
	}
	return c;
}

enum code gzip_file_finish(struct gzip_file *f, struct err *e)
{
	bool hashed;
	enum code c;

	must(f->stream);
	f->stream->z.avail_in = 0;
	c = squeeze(f, Z_FINISH, e);
	deflateEnd(&f->stream->z);
	hashed = sha256_finish(&f->stream->hash, f->sha256);
	f->stream = NULL;
	arena_release(&f->memory);
	if (c)
		return c;
	return hashed ? E_OK : err_nomem(e);
}

void gzip_file_close(struct gzip_file *f)
{
	unsigned char unused[SHA256_BYTES];

	if (f->stream) {
		deflateEnd(&f->stream->z);
		sha256_finish(&f->stream->hash, unused);
	}
	f->stream = NULL;
	arena_release(&f->memory);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
