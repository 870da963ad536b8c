/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/export.h"

#include "base/time.h"
#include "cli/progress.h"
#include "core/publish.h"
#include "core/whole_file.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static void show(void *ctx, const char *table, int64_t rows)
{
	struct progress *p = ctx;

	progress_show(p, "%s  %lld", table, (long long)rows);
}

/* --force is no leave to write over the store one exports. */
static enum code not_the_store(struct cli *c, const char *path, struct err *e)
{
	struct stat store, file;

	if (stat(path, &file) == 0 && stat(c->store, &store) == 0 && file.st_ino == store.st_ino &&
		file.st_dev == store.st_dev)
		return err_set(e, E_INVALID, "\"%s\" is the store itself", path);
	return E_OK;
}

static int64_t bytes_of(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 ? (int64_t)sb.st_size : 0;
}

static enum code write_flat(struct cli *c, const char *path, struct err *e)
{
	struct progress p;
	struct flat_options o = { .at_ms = c->as_of ? c->reader.at_ms : INT64_MAX,
		.stop = c->stop,
		.tell = show,
		.ctx = &p };

	progress_init(&p, c);
	flat_write(&c->db, path, &o, NULL, e);
	progress_end(&p);
	return e->code;
}

static enum code write_exact(struct cli *c, const char *path, struct err *e)
{
	return db_spare_memory(&c->db, e) ? e->code : copy_exact(&c->db, path, c->stop, e);
}

static enum code write_rows(struct cli *c, FILE *out, struct err *e)
{
	const char *what = opt_text(&c->o, OPT_WHAT);
	struct printer p;
	struct rows rows;

	if (db_spare_memory(&c->db, e))
		return e->code;
	printer_init(&p, c->format, out);
	p.columns = opt_text(&c->o, OPT_COLUMNS);
	rows = printer_rows(&p);
	if (!read_export(&c->reader, what ? what : "resources", &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code write_text(struct cli *c, const char *path, struct err *e)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return err_sys(e, E_IO, errno, "write \"%s\"", path);
	write_rows(c, out, e);
	if (fclose(out) != 0 && !e->code)
		err_sys(e, E_IO, errno, "write \"%s\"", path);
	return e->code;
}

typedef enum code write_fn(struct cli *c, const char *path, struct err *e);

static enum code write_whole(struct cli *c, const char *path, write_fn *fn, struct err *e)
{
	bool replace = opt_text(&c->o, OPT_FORCE) != NULL;
	int64_t began_ms = time_ticks_ms();
	struct whole_file f = { 0 };

	if (not_the_store(c, path, e))
		return e->code;
	if (!whole_file_begin(&f, path, replace, e) && !fn(c, f.part, e))
		whole_file_finish(&f, e);
	whole_file_drop(&f);
	if (!e->code)
		cli_note(c, "%s: %.1f MB in %.1f s", path, (double)bytes_of(path) / 1e6,
			(double)(time_ticks_ms() - began_ms) / 1000);
	return e->code;
}

static bool chooses(struct cli *c)
{
	static const enum opt_id ids[] = { OPT_ACCOUNT, OPT_REGION, OPT_TYPE, OPT_RESOURCE,
		OPT_SINCE, OPT_UNTIL };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (opt_text(&c->o, ids[i]))
			return true;
	return false;
}

static write_fn *form(struct cli *c, struct err *e)
{
	bool exact = opt_text(&c->o, OPT_EXACT) != NULL, part = opt_text(&c->o, OPT_CASE) != NULL;

	if (part && (exact || c->format_given || opt_text(&c->o, OPT_AS_OF))) {
		err_set(e, E_INVALID, "--case takes no --exact, --format or --as-of");
		err_hint(e, "--until is how it was then");
	} else if (!part && chooses(c)) {
		err_set(e, E_INVALID,
			"--account, --region, --type, --resource, --since and --until go with --case");
		err_hint(e, "--format and siltstone ls or log choose for people and programs");
	} else if (exact && opt_text(&c->o, OPT_AS_OF)) {
		err_set(e, E_INVALID, "--exact is the whole store, and takes no --as-of");
		err_hint(e, "leave out --exact, or use --case --until");
	} else if (exact && c->format_given) {
		err_set(e, E_INVALID, "--exact is a store and takes no --format");
	} else if (opt_text(&c->o, OPT_WHAT) && !c->format_given) {
		err_set(e, E_INVALID, "--what goes with a --format");
		err_hint(e, "--format csv --what history");
	} else if (c->format_given && c->format == FORMAT_TABLE) {
		err_set(e, E_INVALID,
			"a table is for people; export writes json, jsonl, csv or tsv");
	}
	return part ? export_case : exact ? write_exact : c->format_given ? write_text : write_flat;
}

enum code cmd_export(struct cli *c, struct err *e)
{
	write_fn *fn = form(c, e);
	const char *path = c->argc ? c->argv[0] : NULL, *lake = opt_text(&c->o, OPT_LAKE);

	if (e->code)
		return e->code;
	if (lake && (path || c->format_given || c->as_of || opt_text(&c->o, OPT_EXACT)))
		return err_set(e, E_INVALID, "--lake takes no FILE, --format, --as-of or --exact");
	if (lake)
		return cli_open(c, e) ? e->code : export_lake(c, lake, e);
	if (!path) {
		err_set(e, E_INVALID, "export needs a FILE");
		return err_hint(e, "siltstone help export");
	}
	if (cli_open(c, e))
		return e->code;
	if (strcmp(path, "-") != 0)
		return write_whole(c, path, fn, e);
	if (fn != write_text) {
		err_set(e, E_INVALID, "a SQLite file cannot be written to standard output");
		return err_hint(e, "--format jsonl or csv can");
	}
	return write_rows(c, stdout, e);
}

enum code cmd_publish(struct cli *c, struct err *e)
{
	const char *path = c->argc ? c->argv[0] : config_get(&c->config, "publish", "", "path");
	struct progress p;
	struct flat_options o = { .at_ms = INT64_MAX, .stop = c->stop, .tell = show, .ctx = &p };
	bool written = false;

	if (!path) {
		err_set(e, E_INVALID, "where to?");
		return err_hint(
			e, "name a file, or set path in the section [publish] of siltstone.conf");
	}
	if (cli_open(c, e))
		return e->code;
	progress_init(&p, c);
	publish(&c->db, path, &o, opt_text(&c->o, OPT_FORCE) != NULL, &written, e);
	progress_end(&p);
	if (!e->code)
		cli_note(c, written ? "%s: %.1f MB" : "%s is up to date (%.1f MB)", path,
			(double)bytes_of(path) / 1e6);
	return e->code;
}
