/* SPDX-License-Identifier: Apache-2.0 */
#include "core/gzip_file.h"

#include "base/must.h"
#include "core/press.h"
#include "core/scratch_file.h"
#include <errno.h>
#include <unistd.h>

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
	f->fd = scratch_file(e);
	if (f->fd < 0)
		return e->code;
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
