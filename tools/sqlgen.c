/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlgen - check named SQL against the schema and turn it into C.
 *
 *     sqlgen OUT ROOT SCHEMA.sql... -- QUERY.sql...        writes OUT.h and OUT.c
 *
 * Loads the schema files into :memory:, prepares every statement that a "-- name:" line
 * introduces, and fails with file:line on an unknown column, a parameter that is not
 * named, or a plan with SCAN, TEMP B-TREE or AUTOMATIC INDEX. Lines between the name and
 * the statement may say
 *
 *     -- plan: scan     the plan is meant to scan or sort
 *     -- alone          may write without a transaction around it
 */
#include "base/err.h"
#include "db/sqlfn.h"
#include <ctype.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_STATEMENTS 4096

struct gen {
	sqlite3 *db;
	FILE *ids, *enums, *table;
	const char *path, *root;
	int line, errors, count;
	char *names[MAX_STATEMENTS];
};

struct head {
	char name[96];
	bool scan, alone;
	int line;
};

static void fail(struct gen *g, int line, const char *what, const char *why)
{
	fprintf(stderr, "%s:%d: error: %s: %s\n", g->path, line, what, why);
	g->errors++;
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *s = NULL;
	long n = -1;

	if (f && fseek(f, 0, SEEK_END) == 0)
		n = ftell(f);
	if (n >= 0)
		s = calloc(1, (size_t)n + 1);
	if (!s || fseek(f, 0, SEEK_SET) != 0 || fread(s, 1, (size_t)n, f) != (size_t)n) {
		perror(path);
		exit(2);
	}
	fclose(f);
	return s;
}

static void c_string(FILE *o, const char *s, size_t n)
{
	fputs("\t\"", o);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			fputs(i + 1 < n ? "\\n\"\n\t\"" : "\\n", o);
		else if (s[i] == '"' || s[i] == '\\')
			fprintf(o, "\\%c", s[i]);
		else
			fputc(s[i], o);
	}
	fputs("\"", o);
}

static void upper(FILE *o, const char *s)
{
	for (; *s; s++)
		fputc(toupper((unsigned char)*s), o);
}

static void check_plan(struct gen *g, const struct head *h, const char *sql)
{
	char *q = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(g->db, q, -1, &s, NULL) == SQLITE_OK)
		while (sqlite3_step(s) == SQLITE_ROW) {
			const char *d = (const char *)sqlite3_column_text(s, 3);
			bool scan = strncmp(d, "SCAN", 4) == 0 && !strstr(d, "VIRTUAL TABLE") &&
				    strcmp(d, "SCAN CONSTANT ROW") != 0;

			if (scan || strstr(d, "TEMP B-TREE") || strstr(d, "AUTOMATIC"))
				fail(g, h->line, h->name, d);
		}
	sqlite3_finalize(s);
	sqlite3_free(q);
}

static void columns(struct gen *g, const struct head *h, sqlite3_stmt *st)
{
	if (!sqlite3_bind_parameter_count(st) && !sqlite3_column_count(st))
		return;
	fprintf(g->enums, "enum { /* %s */\n", h->name);
	for (int k = 1; k <= sqlite3_bind_parameter_count(st); k++) {
		const char *p = sqlite3_bind_parameter_name(st, k);

		if (!p || *p != ':')
			fail(g, h->line, h->name, "parameters must be named :like_this");
		else
			fprintf(g->enums, "\t%s__%s = %d,\n", h->name, p + 1, k);
	}
	for (int k = 0; k < sqlite3_column_count(st); k++) {
		const char *c = sqlite3_column_name(st, k);

		for (const char *q = c; *q; q++)
			if (!isalnum((unsigned char)*q) && *q != '_') {
				fail(g, h->line, h->name, "a column without a plain name");
				break;
			}
		fprintf(g->enums, "\t%s_%s = %d,\n", h->name, c, k);
	}
	fputs("};\n", g->enums);
}

static void emit(struct gen *g, const struct head *h, sqlite3_stmt *st, const char *sql, size_t n)
{
	const char *where = g->path;
	size_t root = strlen(g->root);

	if (strncmp(where, g->root, root) == 0)
		where += root + (where[root] == '/');
	for (int i = 0; i < g->count; i++)
		if (strcmp(g->names[i], h->name) == 0)
			fail(g, h->line, h->name, "this name is taken");
	if (g->count < MAX_STATEMENTS)
		g->names[g->count++] = strdup(h->name);
	fputs("\tSQL_", g->ids);
	upper(g->ids, h->name);
	fprintf(g->ids, ", /* %s:%d */\n", where, h->line);
	fputs("[SQL_", g->table);
	upper(g->table, h->name);
	fprintf(g->table, "] = { \"%s\", \"%s:%d\", %d, %d, %d, %d,\n", h->name, where, h->line,
		sqlite3_stmt_readonly(st), h->alone, sqlite3_bind_parameter_count(st),
		sqlite3_column_count(st));
	c_string(g->table, sql, n);
	fputs(" },\n", g->table);
	columns(g, h, st);
}

/* Reads the comment block that starts a statement; returns where the SQL begins. */
static const char *read_head(struct gen *g, const char *p, struct head *h)
{
	*h = (struct head){ .line = g->line };
	sscanf(p, "-- name: %95[A-Za-z0-9_]", h->name);
	while (strncmp(p, "--", 2) == 0) {
		const char *end = strchr(p, '\n');

		h->scan |= strncmp(p, "-- plan: scan", 13) == 0;
		h->alone |= strncmp(p, "-- alone", 8) == 0;
		if (!end)
			return p + strlen(p);
		p = end + 1;
		g->line++;
	}
	return p;
}

static const char *statement(struct gen *g, const char *p)
{
	const char *tail = NULL;
	sqlite3_stmt *st = NULL;
	struct head h;
	char *one;

	p = read_head(g, p, &h);
	if (sqlite3_prepare_v2(g->db, p, -1, &st, &tail) != SQLITE_OK || !st) {
		fail(g, h.line, h.name, st ? sqlite3_errmsg(g->db) : "no statement, or: ");
		fprintf(stderr, "\t%s\n", sqlite3_errmsg(g->db));
		return strchr(p, ';') ? strchr(p, ';') + 1 : p + strlen(p);
	}
	one = strndup(p, (size_t)(tail - p));
	if (!h.scan)
		check_plan(g, &h, one);
	emit(g, &h, st, one, (size_t)(tail - p));
	for (const char *q = p; q < tail; q++)
		g->line += *q == '\n';
	free(one);
	sqlite3_finalize(st);
	return tail;
}

static void query_file(struct gen *g, const char *path)
{
	char *s = slurp(path);
	const char *p = s;

	g->path = path;
	g->line = 1;
	while (*p) {
		if (strncmp(p, "-- name: ", 9) == 0) {
			p = statement(g, p);
			continue;
		}
		g->line += *p == '\n';
		p++;
	}
	free(s);
}

static void schema_file(struct gen *g, const char *path)
{
	char *s = slurp(path), *why = NULL;

	g->path = path;
	if (sqlite3_exec(g->db, s, NULL, NULL, &why) != SQLITE_OK)
		fail(g, 1, "schema", why);
	free(s);
}

static FILE *out_file(const char *stem, const char *suffix)
{
	char name[1024];
	FILE *f;

	snprintf(name, sizeof(name), "%s%s", stem, suffix);
	f = fopen(name, "w");
	if (!f) {
		perror(name);
		exit(2);
	}
	return f;
}

int main(int argc, char **argv)
{
	struct gen g = { 0 };
	struct err e = { 0 };
	char *enums = NULL;
	size_t enums_n = 0;
	int i = 3;

	if (argc < 5) {
		fputs("usage: sqlgen OUT ROOT SCHEMA.sql... -- QUERY.sql...\n", stderr);
		return 2;
	}
	g.root = argv[2];
	g.enums = open_memstream(&enums, &enums_n);
	if (sqlite3_open(":memory:", &g.db) != SQLITE_OK || !g.enums || sqlfn_register(g.db, &e))
		return 2;
	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		schema_file(&g, argv[i]);
	g.ids = out_file(argv[1], ".h");
	g.table = out_file(argv[1], ".c");
	fputs("/* Generated by tools/sqlgen; do not edit. */\n#pragma once\nenum sql_id {\n",
		g.ids);
	fputs("/* Generated by tools/sqlgen; do not edit. */\n#include \"gen/sql.h\"\n"
	      "#include \"db/sql_text.h\"\nconst struct sql_text sql_text[SQL_COUNT + 1] = {\n",
		g.table);
	for (i++; i < argc; i++)
		query_file(&g, argv[i]);
	fclose(g.enums);
	fprintf(g.ids, "\tSQL_COUNT\n};\n%s", enums ? enums : "");
	fputs("[SQL_COUNT] = { 0 } };\n", g.table);
	fclose(g.ids);
	fclose(g.table);
	free(enums);
	for (i = 0; i < g.count; i++)
		free(g.names[i]);
	sqlite3_close(g.db);
	return g.errors != 0;
}
