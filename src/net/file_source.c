/* SPDX-License-Identifier: Apache-2.0 */
#include "net/file_source.h"

#include "base/mem.h"
#include "base/path.h"
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_source {
	struct object_source port; /* first, so that one pointer is both */
	char path[];
};

struct file_stream {
	struct object_stream port;
	int fd;
	const char *key;
};

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n >= k && strcmp(s + n - k, end) == 0;
}

bool file_source_wants(const char *key)
{
	static const char *const endings[] = { ".json", ".json.gz", ".jsonl", ".jsonl.gz",
		".ndjson", ".ndjson.gz" };
	const char *logs = strstr(key, "AWSLogs/");
	const char *name = strrchr(key, '/');

	name = name ? name + 1 : key;
	/* Trails and flow logs lie in the same bucket. */
	if (name[0] == '.' || (logs && !strstr(logs, "/Config/")))
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (ends(name, endings[i]))
			return true;
	return false;
}

static enum code tell(
	const char *path, const struct stat *sb, object_entry_fn *fn, void *ctx, struct err *e)
{
	char stamp[96] = "";
	struct object_entry o = { path, path, stamp, -1 };

	if (S_ISREG(sb->st_mode)) {
		o.bytes = (int64_t)sb->st_size;
		snprintf(stamp, sizeof(stamp), "%" PRId64 " %" PRId64 ".%09ld",
			(int64_t)sb->st_size, (int64_t)sb->st_mtim.tv_sec, sb->st_mtim.tv_nsec);
	}
	return fn(ctx, &o, e);
}

static enum code walk(const char *path, object_entry_fn *fn, void *ctx, struct err *e)
{
	char *copy = mem_alloc(strlen(path) + 1), *roots[] = { copy, NULL };
	FTSENT *f;
	FTS *fts;

	if (!copy)
		return err_nomem(e);
	memcpy(copy, path, strlen(path) + 1);
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!fts)
		err_sys(e, E_IO, errno, "could not read directory \"%s\"", path);
	while (fts && !e->code && (f = fts_read(fts)) != NULL) {
		if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR || f->fts_info == FTS_NS)
			err_sys(e, f->fts_errno == EACCES ? E_DENIED : E_IO, f->fts_errno,
				"could not read \"%s\"", f->fts_path);
		else if (f->fts_info == FTS_F && file_source_wants(f->fts_path))
			tell(f->fts_path, f->fts_statp, fn, ctx, e);
	}
	if (fts)
		fts_close(fts);
	mem_free(copy);
	return e->code;
}

static enum code list(struct object_source *port, object_entry_fn *fn, void *ctx, struct err *e)
{
	struct file_source *s = (struct file_source *)port;
	struct stat sb = { 0 };

	if (strcmp(s->path, "-") == 0)
		return tell(s->path, &sb, fn, ctx, e);
	if (stat(s->path, &sb) != 0)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno,
			"could not read \"%s\"", s->path);
	if (!S_ISDIR(sb.st_mode))
		return tell(s->path, &sb, fn, ctx, e);
	return walk(s->path, fn, ctx, e);
}

static enum code read_stream(struct object_stream *port, size_t n, struct buf *out, struct err *e)
{
	struct file_stream *s = (struct file_stream *)port;
	char piece[65536];
	ssize_t got = 1;

	buf_clear(out);
	while (got && out->n < n) {
		const size_t want = n - out->n < sizeof(piece) ? n - out->n : sizeof(piece);

		got = read(s->fd, piece, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, E_IO, errno, "could not read \"%s\"", s->key);
		buf_add(out, piece, (size_t)got);
	}
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static void close_stream(struct object_stream *port)
{
	struct file_stream *s = (struct file_stream *)port;

	if (s->fd > STDIN_FILENO)
		close(s->fd);
	mem_free(s);
}

static enum code open_stream(struct object_source *port, const struct object_entry *o,
	struct object_stream **out, struct err *e)
{
	struct file_stream *s = mem_alloc(sizeof(*s));

	(void)port;
	if (!s)
		return err_nomem(e);
	s->port = (struct object_stream){ read_stream, close_stream };
	s->key = o->key;
	s->fd = strcmp(o->key, "-") == 0 ? STDIN_FILENO : open(o->key, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0) {
		err_sys(e, errno == EACCES ? E_DENIED : E_IO, errno, "could not open \"%s\"",
			o->key);
		mem_free(s);
		return e->code;
	}
	*out = &s->port;
	return E_OK;
}

static void free_source(struct object_source *port)
{
	mem_free(port);
}

enum code file_source_open(struct object_source **out, const char *path, struct err *e)
{
	/* The whole path: what was read is known from wherever it is named. What is not there is told of
	 * by list(). */
	char *whole = strcmp(path, "-") == 0 ? NULL : path_whole(path);
	const size_t n = strlen(whole ? whole : path);
	struct file_source *s = mem_alloc(sizeof(*s) + n + 1);

	if (!s) {
		mem_free(whole);
		return err_nomem(e);
	}
	s->port = (struct object_source){ list, open_stream, free_source };
	memcpy(s->path, whole ? whole : path, n + 1);
	mem_free(whole);
	*out = &s->port;
	return E_OK;
}
