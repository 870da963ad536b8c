/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dir_store.h"

#include "base/buf.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 32768
#define PATH_BYTES  8192

struct dir_store {
	struct object_store store; /* first, so that one pointer is both */
	struct buf where;
	char path[];
};

static struct dir_store *mine(struct object_store *s)
{
	return (struct dir_store *)s;
}

static enum code code_of(int sys)
{
	switch (sys) {
	case ENOENT: return E_NOTFOUND;
	case EACCES:
	case EPERM:
	case EROFS: return E_DENIED;
	case ENOSPC:
	case EDQUOT: return E_FULL;
	case ENAMETOOLONG: return E_INVALID;
	default: return E_IO;
	}
}

/* Every part of a key is the name of a file: none is empty or leads elsewhere. */
static bool stays_inside(struct str key)
{
	if (!key.n)
		return false;
	for (;;) {
		struct str part = { key.p, str_find(key, '/') };

		if (!part.n || str_is(part, ".") || str_is(part, ".."))
			return false;
		if (part.n == key.n)
			return true;
		key = str_from(key, part.n + 1);
	}
}

/* Opens folder @name below @dir, making it when it is not there. The new name is synced
 * into @dir: a folder lost in a crash would take the file with it. */
static int enter(int dir, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = openat(dir, name, flags);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdirat(dir, name, 0777) && errno != EEXIST)
		return -1;
	if (fsync(dir))
		return -1;
	return openat(dir, name, flags);
}

/* Opens the folder of @key; *name becomes its last part. Closes nothing it did not open. */
static enum code open_folder(
	const struct dir_store *d, char *key, int *out, const char **name, struct err *e)
{
	int dir = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *slash;

	if (dir < 0) {
		err_sys(e, code_of(errno), errno, "could not open directory \"%s\"", d->path);
		return err_hint(e, "make the directory, or mount it, and allow us to write there");
	}
	while ((slash = strchr(key, '/')) != NULL) {
		int next;

		*slash = '\0';
		next = enter(dir, key);
		if (next < 0)
			err_sys(e, code_of(errno), errno, "could not make folder \"%s\"", key);
		close(dir);
		if (next < 0)
			return e->code;
		dir = next;
		key = slash + 1;
	}
	*out = dir;
	*name = key;
	return E_OK;
}

static enum code write_all(int fd, const char *p, size_t n, struct err *e)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_sys(e, code_of(errno), errno, "could not write");
		p += put;
		n -= (size_t)put;
	}
	return E_OK;
}

/* Copies and checks that what is copied is what was meant. */
static enum code copy(const struct object *o, int to, struct err *e)
{
	unsigned char digest[SHA256_BYTES];
	char piece[PIECE_BYTES];
	int64_t at = 0;
	struct sha256 h;
	enum code c = E_OK;

	sha256_init(&h);
	while (!c && at < o->bytes) {
		size_t want = o->bytes - at < PIECE_BYTES ? (size_t)(o->bytes - at) : PIECE_BYTES;
		ssize_t got = pread(o->fd, piece, want, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			c = err_sys(e, E_IO, errno, "could not read the content");
		} else if (!got) {
			c = err_set(e, E_CORRUPT,
				"the content ends after %" PRId64 " of %" PRId64 " bytes", at,
				o->bytes);
		} else {
			sha256_add(&h, piece, (size_t)got);
			c = write_all(to, piece, (size_t)got, e);
			at += got;
		}
	}
	if (!sha256_finish(&h, digest) && !c)
		c = err_set(e, E_IO, "could not compute a digest");
	if (!c && memcmp(digest, o->sha256, SHA256_BYTES) != 0)
		c = err_set(e, E_CORRUPT, "the content is not what its digest says");
	return c;
}

static enum code put_in(int dir, const char *name, const struct object *o, struct err *e)
{
	char part[64];
	uint64_t id;
	enum code c;
	int fd;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return err_sys(e, E_IO, errno, "could not get random bytes");
	snprintf(part, sizeof(part), ".siltstone-%016" PRIx64 ".part", id);
	fd = openat(dir, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(
			e, errno == ENOENT ? E_IO : code_of(errno), errno, "could not make a file");
	c = copy(o, fd, e);
	if (!c && fsync(fd))
		c = err_sys(e, code_of(errno), errno, "could not sync");
	if (close(fd) && !c)
		c = err_sys(e, code_of(errno), errno, "could not close");
	if (!c && renameat(dir, part, dir, name))
		c = err_sys(e, code_of(errno), errno, "could not rename");
	if (c)
		unlinkat(dir, part, 0);
	else if (fsync(dir))
		c = err_sys(e, code_of(errno), errno, "could not sync the folder");
	return c;
}

static enum code put(struct object_store *s, const struct object *o, struct err *e)
{
	const struct dir_store *d = mine(s);
	struct buf key = BUF_INIT(PATH_BYTES);
	const char *name = NULL;
	int dir = -1;
	enum code c;

	if (!stays_inside(str_of(o->key)))
		return err_set(
			e, E_INVALID, "key \"%s\" cannot be a file below \"%s\"", o->key, d->path);
	buf_text(&key, o->key);
	if (!buf_ok(&key)) {
		buf_release(&key);
		return err_set(e, E_INVALID, "a key is over %d bytes", PATH_BYTES);
	}
	c = open_folder(d, key.p, &dir, &name, e);
	if (!c) {
		c = put_in(dir, name, o, e);
		close(dir);
	}
	buf_release(&key);
	if (c)
		err_add(e, "put \"%s/%s\"", d->path, o->key);
	return c;
}

static const char *where(struct object_store *s, const char *key)
{
	struct dir_store *d = mine(s);

	buf_clear(&d->where);
	buf_printf(&d->where, "%s/%s", d->path, key);
	return buf_ok(&d->where) ? d->where.p : key;
}

static void free_store(struct object_store *s)
{
	if (!s)
		return;
	buf_release(&mine(s)->where);
	mem_free(s);
}

enum code dir_store_open(struct object_store **out, const char *path, struct err *e)
{
	size_t n = strlen(path);
	struct dir_store *d;

	if (!n)
		return err_set(e, E_INVALID, "the directory to deliver to has no name");
	d = mem_alloc(sizeof(*d) + n + 1);
	if (!d)
		return err_nomem(e);
	while (n > 1 && path[n - 1] == '/')
		n--;
	memcpy(d->path, path, n);
	d->where = (struct buf)BUF_INIT(PATH_BYTES);
	d->store = (struct object_store){ put, where, free_store };
	*out = &d->store;
	return E_OK;
}
