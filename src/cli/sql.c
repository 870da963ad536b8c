/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/buf.h"
#include "db/sql_text.h"
#include "store/store.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INIT_MAX ((size_t)64 << 20)

/* What the shell calls a format, or NULL. */
static const char *shell_format(enum format format)
{
	switch (format) {
	case FORMAT_TABLE: return ".mode box";
	case FORMAT_JSON: return ".mode json";
	case FORMAT_CSV: return ".mode csv\n.separator , \"\\n\"\n.headers on";
	case FORMAT_TSV: return ".mode tabs\n.headers on";
	case FORMAT_JSONL: break;
	}
	return NULL;
}

/* Our extension, where it lies beside the program or where both were installed. A path that would need
 * more than quotes is left alone: nothing depends on it. */
static void add_extension(struct buf *b)
{
	static const char *const places[] = { "siltstone.so",
		"../" SILTSTONE_LIBDIR "/siltstone/siltstone.so" };
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 128);

	while (n > 0 && path[n - 1] != '/')
		n--;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && n > 0; i++) {
		snprintf(path + n, 128, "%s", places[i]);
		if (!path[strcspn(path, "\"\\\n")] && access(path, R_OK) == 0) {
			buf_printf(b, ".load \"%s\"\n", path);
			return;
		}
	}
}

/* The shell reads its start from a file: one without a name, which lives as long as it is open. */
static enum code init_file(struct cli *c, char *path, size_t size, struct err *e)
{
	struct buf b = BUF_INIT(INIT_MAX);
	int fd = memfd_create("siltstone-init", 0);

	if (fd < 0)
		return err_sys(e, E_IO, errno, "prepare the shell");
	if (isatty(STDOUT_FILENO))
		buf_text(&b, ".mode box\n.nullvalue \xc2\xb7\n");
	if (c->format_given)
		buf_printf(&b, "%s\n", shell_format(c->format));
	/* The stock cache of 2 MB makes joins over a whole estate twice as slow. Setting mmap_size is a
	 * query: its answer goes nowhere. */
	buf_text(&b, "PRAGMA cache_size=-65536;\n.once /dev/null\nPRAGMA mmap_size=1000000000;\n");
	add_extension(&b);
	if (isatty(STDIN_FILENO))
		buf_text(&b, ".prompt 'siltstone> ' '      ...> '\n");
	if (c->as_of)
		store_as_of_text(&c->db, c->reader.at_ms, &b, e);
	if (!e->code && (!buf_ok(&b) || write(fd, b.p, b.n) != (ssize_t)b.n))
		err_sys(e, E_IO, errno, "prepare the shell");
	buf_release(&b);
	snprintf(path, size, "/dev/fd/%d", fd);
	return e->code;
}

static enum code begin_nothing(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

/* 2026-08-24 10:00:00 -> 2026-08-24 */
static struct str day_of(struct str at)
{
	return (struct str){ at.p, at.n < 10 ? at.n : 10 };
}

static enum code greet_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct cli *c = ctx;
	const int64_t resources = cells[read_counts_resources].i,
		      items = cells[read_counts_items].i;

	(void)n;
	(void)e;
	cli_note(c,
		"%s  %lld %s, %lld %s, %.*s to %.*s.  SELECT * FROM help;  .quit to leave", /* example */
		c->store, (long long)resources, cli_plural(resources, "resource", "resources"),
		(long long)items, cli_plural(items, "item", "items"),
		STR_ARG(day_of(cells[read_counts_first_at].text)),
		STR_ARG(day_of(cells[read_counts_last_at].text)));
	return E_OK;
}

/* What a person finds here, and how to leave. */
static enum code greet(struct cli *c, struct err *e)
{
	struct rows rows = { begin_nothing, greet_row, c };

	return isatty(STDIN_FILENO) ? read_counts(&c->reader, &rows, e) : E_OK;
}

enum code cmd_sql(struct cli *c, struct err *e)
{
	char init[32];
	char **argv = arena_alloc(&c->arena, ((size_t)c->argc + 6) * sizeof(*argv));
	char *store = arena_alloc(&c->arena, strlen(c->store) + 1);
	int n = 0;

	if (c->format_given && !shell_format(c->format)) {
		err_set(e, E_INVALID, "the shell does not write jsonl");
		return err_hint(e, "siltstone query --format jsonl");
	}
	/* Opening it says what is wrong with it better than the shell would. */
	if (cli_open(c, e) || greet(c, e) || init_file(c, init, sizeof(init), e))
		return e->code;
	db_close(&c->db);
	if (!argv || !store)
		return err_nomem(e);
	argv[n++] = (char[]){ "sqlite3" };
	argv[n++] = (char[]){ "-readonly" };
	argv[n++] = (char[]){ "-init" };
	argv[n++] = init;
	argv[n++] = memcpy(store, c->store, strlen(c->store));
	for (int i = 0; i < c->argc; i++)
		argv[n++] = c->argv[i];
	fflush(NULL);
	execvp("sqlite3", argv);
	err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno, "start sqlite3");
	return err_hint(e, "install the sqlite3 command line shell, or use siltstone query");
}
