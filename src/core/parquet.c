/* SPDX-License-Identifier: Apache-2.0 */
#include "core/parquet.h"

#include "base/asset.h"
#include "base/buf.h"
#include "base/mem.h"
#include "core/scratch_file.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define SQL_MAX     (64 << 10)
#define PIECE_BYTES (32 << 10)
#define LINE_LEAST  (256 << 10)

/* What we use of DuckDB's C interface (duckdb.h; unchanged since 0.3, stable since 1.0). Its result is six
 * words; it gets room for more. */
struct result {
	void *words[16];
};
struct parquet {
	void *library, *database, *connection;
	int (*open)(const char *path, void **database, void *config, char **error);
	int (*connect)(void *database, void **connection);
	int (*query)(void *connection, const char *sql, struct result *result);
	const char *(*error)(struct result *result);
	void (*destroy)(struct result *result);
	void (*disconnect)(void **connection);
	void (*close)(void **database);
};

/* Little memory, nothing from the network, nothing left behind. One thread keeps the order anyway; told to keep it,
 * DuckDB holds a whole file in memory. */
static const char settings[] =
	"SET threads = 1; SET preserve_insertion_order = false; SET memory_limit = '96MB'; SET temp_directory = '';"
	"SET autoinstall_known_extensions = false; SET autoload_known_extensions = false;";

/* POSIX has dlsym() give functions as pointers to objects; C has no cast between them. */
static void find(struct parquet *p, const char *name, void *function, struct err *e)
{
	void *symbol = dlsym(p->library, name);

	memcpy(function, &symbol, sizeof(symbol));
	if (!symbol)
		err_set(e, E_NOTFOUND, "DuckDB's library has no %s", name);
}

static enum code load(struct parquet *p, struct err *e)
{
	const char *path = getenv("SILTSTONE_DUCKDB");

	p->library = dlopen(path && *path ? path : "libduckdb.so", RTLD_NOW | RTLD_LOCAL);
	if (!p->library) {
		err_set(e, E_NOTFOUND, "Parquet needs DuckDB's library: %s", dlerror());
		return err_hint(e,
			"install libduckdb (1.0 or newer) where the loader finds it, or name it in "
			"SILTSTONE_DUCKDB; without --parquet nothing is needed");
	}
	find(p, "duckdb_open_ext", &p->open, e);
	find(p, "duckdb_connect", &p->connect, e);
	find(p, "duckdb_query", &p->query, e);
	find(p, "duckdb_result_error", &p->error, e);
	find(p, "duckdb_destroy_result", &p->destroy, e);
	find(p, "duckdb_disconnect", &p->disconnect, e);
	find(p, "duckdb_close", &p->close, e);
	return e->code;
}

static enum code run(struct parquet *p, const char *sql, struct err *e)
{
	struct result r = { 0 };

	if (p->query(p->connection, sql, &r) != 0) {
		const char *why = p->error(&r);

		err_set(e, E_IO, "write Parquet: %s", why ? why : "DuckDB says no more");
	}
	p->destroy(&r);
	return e->code;
}

enum code parquet_open(struct parquet **out, struct err *e)
{
	struct parquet *p = mem_alloc(sizeof(*p));

	*out = NULL;
	if (!p)
		return err_nomem(e);
	if (!load(p, e)) {
		if (p->open(NULL, &p->database, NULL, NULL) != 0 ||
			p->connect(p->database, &p->connection) != 0)
			err_set(e, E_IO, "DuckDB does not start");
		else
			run(p, settings, e);
	}
	if (e->code) {
		parquet_close(p);
		return e->code;
	}
	*out = p;
	return E_OK;
}

void parquet_close(struct parquet *p)
{
	if (!p)
		return;
	if (p->connection)
		p->disconnect(&p->connection);
	if (p->database)
		p->close(&p->database);
	if (p->library)
		dlclose(p->library);
	mem_free(p);
}

/* @text with {FROM}, {TO} and {MAX} filled in. */
static void fill(struct buf *b, const char *text, int from, const char *to, size_t longest)
{
	for (const char *p = text; *p; p++) {
		if (strncmp(p, "{FROM}", 6) == 0) {
			buf_printf(b, "/proc/self/fd/%d", from);
			p += 5;
		} else if (strncmp(p, "{TO}", 4) == 0) {
			buf_text(b, to);
			p += 3;
		} else if (strncmp(p, "{MAX}", 5) == 0) {
			buf_printf(b, "%zu",
				longest < LINE_LEAST ? (size_t)LINE_LEAST : longest + 1024);
			p += 4;
		} else {
			buf_char(b, *p);
		}
	}
}

static enum code digest(struct parquet_file *f, struct err *e)
{
	unsigned char piece[PIECE_BYTES];
	struct sha256 hash;
	ssize_t n;

	sha256_init(&hash);
	while ((n = pread(f->fd, piece, sizeof(piece), (off_t)f->bytes)) > 0) {
		sha256_add(&hash, piece, (size_t)n);
		f->bytes += n;
	}
	if (!sha256_finish(&hash, f->sha256))
		return err_nomem(e);
	return n < 0 ? err_sys(e, E_IO, errno, "read a Parquet file back") : E_OK;
}

/* DuckDB writes to a name; the name is gone before anything else happens. */
static enum code convert(struct parquet *p, const struct parquet_rows *rows, struct buf *name,
	struct parquet_file *out, struct err *e)
{
	const struct asset *a = asset_next(NULL, rows->sql);
	struct buf sql = BUF_INIT(SQL_MAX);
	int fd = mkostemp(name->p, O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, E_IO, errno, "make a file in \"%s\"", scratch_folder());
	close(fd);
	fill(&sql, a ? a->text : "", rows->fd, name->p, rows->longest);
	if (!buf_ok(&sql))
		err_nomem(e);
	else if (!run(p, sql.p, e))
		out->fd = open(name->p, O_RDONLY | O_CLOEXEC);
	if (!e->code && out->fd < 0)
		err_sys(e, E_IO, errno, "open a Parquet file");
	unlink(name->p);
	buf_release(&sql);
	return e->code ? e->code : digest(out, e);
}

enum code parquet_convert(
	struct parquet *p, const struct parquet_rows *rows, struct parquet_file *out, struct err *e)
{
	struct buf name = BUF_INIT(SQL_MAX);

	*out = (struct parquet_file){ .fd = -1 };
	buf_printf(&name, "%s/siltstone-XXXXXX", scratch_folder());
	if (strchr(scratch_folder(), '\''))
		err_set(e, E_INVALID, "the folder for temporary files has a quote in its name");
	else if (!buf_ok(&name))
		err_nomem(e);
	else
		convert(p, rows, &name, out, e);
	buf_release(&name);
	if (e->code)
		parquet_file_close(out);
	return e->code;
}

void parquet_file_close(struct parquet_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
