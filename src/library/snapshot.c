/* SPDX-License-Identifier: Apache-2.0 */
#include "core/snapshot.h"

#include "base/time.h"
#include "library/handle.h"
#include "net/dir_store.h"

/* An object store for one file, whatever its key: the folder that it is in, and its name there. */
struct one_file {
	struct object_store store; /* first, so that one pointer is both */
	struct object_store *folder;
	const char *name, *path;
};

static enum code put(struct object_store *s, const struct object *o, struct err *e)
{
	const struct one_file *f = (struct one_file *)s;
	struct object named = *o;

	named.key = f->name;
	return f->folder->put(f->folder, &named, e);
}

static const char *where(struct object_store *s, const char *key)
{
	(void)key;
	return ((struct one_file *)s)->path;
}

/* The folder of @path, and what it is called in there. */
static enum code open_folder(struct one_file *f, struct arena *a, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *folder = !slash ? "."
			     : slash == path
				     ? "/"
				     : arena_text(a, (struct str){ path, (size_t)(slash - path) });

	if (!arena_ok(a))
		return err_nomem(e);
	*f = (struct one_file){ .store = { .put = put, .where = where },
		.name = slash ? slash + 1 : path,
		.path = path };
	return dir_store_open(&f->folder, folder, e);
}

static enum code deliver(
	struct db *db, const struct snapshot_query *q, const char *path, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct one_file f = { 0 };

	if (!open_folder(&f, &a, path, e)) {
		snapshot_deliver(db, &f.store, q, time_now_ms(), NULL, NULL, e);
		f.folder->free(f.folder);
	}
	arena_release(&a);
	return e->code;
}

enum siltstone_code siltstone_snapshot(struct siltstone *s, const char *account, const char *region,
	int64_t at_ms, const char *path)
{
	enum siltstone_code c = handle_begin(s);
	struct snapshot_query q = { account, region, handle_moment(at_ms) };
	struct db db = { 0 };

	if (c)
		return c;
	if (!account || !region || !path)
		return handle_misuse(
			s, "a snapshot needs an account, a region and the path of a file");
	if (!handle_open_writing(s, &db, &s->err))
		deliver(&db, &q, path, &s->err);
	db_close(&db);
	return handle_end(s);
}
