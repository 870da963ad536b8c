/* SPDX-License-Identifier: Apache-2.0 */
#include "core/manifest.h"

#include "base/buf.h"
#include "core/scratch_file.h"
#include "store/lake.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_BYTES  ((size_t)32 << 10)
#define ARENA_BYTES (1 << 20)
#define FLUSH_BYTES (64 << 10)

static enum code no_manifest(const char *path, struct err *e)
{
	err_set(e, E_CORRUPT, "\"%s\" is no manifest of a lake", path);
	return err_hint(e, "remove it, and everything is written again");
}

/* A line without its comma and what ends it, read as JSON. */
static enum code read_line(struct arena *a, char *line, const char *close, struct json **out)
{
	struct buf text = BUF_INIT(LINE_BYTES * 2);
	struct err ignored = { 0 };
	size_t n = strlen(line);
	enum code c;

	while (n && (line[n - 1] == '\n' || line[n - 1] == ','))
		n--;
	buf_add(&text, line, n);
	buf_text(&text, close);
	c = buf_ok(&text) ? json_read(a, buf_slice(&text), out, &ignored) : E_NOMEM;
	buf_release(&text);
	return c;
}

static enum code read_head(char *line, struct manifest *out)
{
	struct arena a = ARENA_INIT(ARENA_BYTES);
	struct json *head;
	enum code c = read_line(&a, line, "]}", &head);

	if (!c && json_get_int(head, "format", 0) != 1)
		c = E_CORRUPT;
	if (!c) {
		out->found = true;
		out->last_item = json_get_int(head, "last_item", 0);
		out->parquet = json_get_flag(head, "parquet");
		snprintf(out->chain, sizeof(out->chain), "%.*s",
			STR_ARG(json_get_text(head, "chain")));
	}
	arena_release(&a);
	return c;
}

static enum code read_file(struct db *db, char *line, bool *end, struct err *e)
{
	struct arena a = ARENA_INIT(ARENA_BYTES);
	struct lake_file f;
	struct json *v;
	enum code c = E_OK;

	*end = strncmp(line, "]}", 2) == 0;
	if (!*end)
		c = read_line(&a, line, "", &v);
	if (!*end && !c) {
		f = (struct lake_file){ json_get_text(v, "key"), json_get_int(v, "rows", 0),
			json_get_int(v, "bytes", 0), json_get_text(v, "sha256") };
		c = f.key.n && f.sha256.n ? lake_file_put(db, &f, e) : E_CORRUPT;
	}
	arena_release(&a);
	return c;
}

static enum code read_lines(
	struct db *db, FILE *in, const char *path, struct manifest *out, struct err *e)
{
	struct buf line = BUF_INIT(LINE_BYTES + 1);
	bool end = false;
	enum code c = E_OK;

	for (size_t i = 0; i < LINE_BYTES; i++)
		buf_char(&line, ' ');
	if (!buf_ok(&line)) {
		buf_release(&line);
		return err_nomem(e);
	}
	if (!fgets(line.p, (int)LINE_BYTES, in) || read_head(line.p, out))
		c = E_CORRUPT;
	while (!c && !end)
		c = fgets(line.p, (int)LINE_BYTES, in) ? read_file(db, line.p, &end, e) : E_CORRUPT;
	buf_release(&line);
	return c && !e->code ? no_manifest(path, e) : c;
}

enum code manifest_read(struct db *db, const char *path, struct manifest *out, struct err *e)
{
	FILE *in = path ? fopen(path, "re") : NULL;

	*out = (struct manifest){ 0 };
	if (!in)
		return path && errno != ENOENT ? err_sys(e, E_IO, errno, "read \"%s\"", path)
					       : E_OK;
	read_lines(db, in, path, out, e);
	fclose(in);
	return e->code;
}

struct writer {
	struct manifest_file *file;
	struct sha256 hash;
	struct buf text;
	int64_t files;
};

static enum code flush(struct writer *w, size_t least, struct err *e)
{
	if (!buf_ok(&w->text))
		return err_nomem(e);
	if (w->text.n < least)
		return E_OK;
	if (pwrite(w->file->fd, w->text.p, w->text.n, (off_t)w->file->bytes) != (ssize_t)w->text.n)
		return err_sys(e, E_IO, errno, "write a temporary file");
	sha256_add(&w->hash, w->text.p, w->text.n);
	w->file->bytes += (int64_t)w->text.n;
	buf_clear(&w->text);
	return E_OK;
}

static enum code write_file(void *ctx, const struct lake_file *f, struct err *e)
{
	struct writer *w = ctx;

	buf_text(&w->text, w->files++ ? ",\n{\"key\":" : "{\"key\":");
	json_write_string(&w->text, f->key);
	buf_printf(&w->text, ",\"rows\":%lld,\"bytes\":%lld,\"sha256\":\"%.*s\"}",
		(long long)f->rows, (long long)f->bytes, STR_ARG(f->sha256));
	return flush(w, FLUSH_BYTES, e);
}

enum code manifest_write(
	struct db *db, const struct manifest *m, struct manifest_file *out, struct err *e)
{
	struct writer w = { .file = out, .text = BUF_INIT(FLUSH_BYTES + LINE_BYTES * 8) };
	bool hashed;

	*out = (struct manifest_file){ .fd = scratch_file(e) };
	if (out->fd < 0)
		return e->code;
	sha256_init(&w.hash);
	buf_printf(&w.text,
		"{\"format\":1,\"chain\":\"%s\",\"last_item\":%lld,\"parquet\":%s,\"files\":[\n",
		m->chain, (long long)m->last_item, m->parquet ? "true" : "false");
	if (!lake_files(db, write_file, &w, e)) {
		buf_text(&w.text, "\n]}\n");
		flush(&w, 0, e);
	}
	hashed = sha256_finish(&w.hash, out->sha256);
	if (!e->code && !hashed)
		err_nomem(e);
	buf_release(&w.text);
	if (e->code) {
		close(out->fd);
		out->fd = -1;
	}
	return e->code;
}
