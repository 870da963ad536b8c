/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/export.h"

#include "base/sha256.h"
#include "cli/progress.h"
#include "core/lake.h"
#include "core/whole_file.h"
#include "discover/target.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PIECE_BYTES (32 << 10)

static void show(void *ctx, const char *day, int64_t items)
{
	progress_show(ctx, "%s  %lld items", day, (long long)items);
}

static const char *in_words(struct cli *c, const char *where)
{
	return strstr(where, "://") || strncmp(where, "dir:", 4) == 0
		       ? where
		       : arena_printf(&c->arena, "dir:%s", where).p;
}

/* The manifest of a folder lies in it. What is in a bucket is only ever put, so its manifest is kept beside the
 * store. */
static const char *manifest_of(struct cli *c, const char *where)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	if (strncmp(where, "dir:", 4) == 0)
		return arena_printf(&c->arena, "%s/manifest.json", where + 4).p;
	if (!sha256_of(str_of(where), digest))
		return NULL;
	return arena_printf(&c->arena, "%s-lake-%.12s.json", c->store, sha256_hex(digest, hex)).p;
}

static enum code copy_descriptor(int from, const char *path, struct err *e)
{
	char piece[PIECE_BYTES];
	int to = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	off_t at = 0;
	ssize_t n = 0;

	if (to < 0)
		return err_sys(e, E_IO, errno, "write \"%s\"", path);
	while (!e->code && (n = pread(from, piece, sizeof(piece), at)) > 0) {
		if (write(to, piece, (size_t)n) != n)
			err_sys(e, E_IO, errno, "write \"%s\"", path);
		at += n;
	}
	if (n < 0)
		err_sys(e, E_IO, errno, "read the manifest");
	close(to);
	return e->code;
}

static enum code keep_manifest(int fd, const char *path, struct err *e)
{
	struct whole_file f = { 0 };

	if (!whole_file_begin(&f, path, true, e) && !copy_descriptor(fd, f.part, e))
		whole_file_finish(&f, e);
	whole_file_drop(&f);
	return e->code;
}

static enum code run(struct cli *c, struct lake_options *o, struct err *e)
{
	struct progress p;
	struct lake_sum sum;

	progress_init(&p, c);
	o->ctx = &p;
	lake_export(&c->db, o, &sum, e);
	progress_end(&p);
	if (!e->code && sum.manifest_fd >= 0 && strstr(o->location, "://"))
		keep_manifest(sum.manifest_fd, o->manifest, e);
	if (sum.manifest_fd >= 0)
		close(sum.manifest_fd);
	if (!e->code)
		cli_note(c,
			"%lld items and %lld changes looked at; %lld files put, %.1f MB; up to item %lld",
			(long long)sum.items, (long long)sum.changes, (long long)sum.files,
			(double)sum.bytes / 1e6, (long long)sum.newest);
	return e->code;
}

enum code export_lake(struct cli *c, const char *where, struct err *e)
{
	struct target target = TARGET_INIT;
	struct target_options to = { .where = in_words(c, where),
		.endpoint = opt_text(&c->o, OPT_ENDPOINT),
		.profile = opt_text(&c->o, OPT_PROFILE),
		.kms_key = opt_text(&c->o, OPT_KMS_KEY),
		.stop = c->stop };
	struct lake_options o = { .stop = c->stop, .tell = show };

	if (!to.where)
		return err_nomem(e);
	o.manifest = manifest_of(c, to.where);
	o.location = strncmp(to.where, "dir:", 4) == 0 ? to.where + 4 : to.where;
	if (!o.manifest)
		return err_nomem(e);
	if (opt_text(&c->o, OPT_PARQUET) && parquet_open(&o.parquet, e))
		return e->code;
	if (target_open(&target, &to, e)) {
		err_add(e, "--lake");
	} else {
		o.store = target.store;
		run(c, &o, e);
	}
	target_close(&target);
	parquet_close(o.parquet);
	return e->code;
}
