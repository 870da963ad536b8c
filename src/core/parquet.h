/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/sha256.h"
#include <stddef.h>
#include <stdint.h>

/**
 * Parquet
 * =======
 *
 * Written by DuckDB's library, which is loaded when it is asked for (libduckdb.so, or what SILTSTONE_DUCKDB names)
 * and needed for nothing else. One thread and a bounded amount of memory (some 130 MB, of which the library itself is 50); the same rows give the same bytes
 * as long as the library is the same.
 */
struct parquet;

/** E_NOTFOUND: there is no such library; the hint says what to install. */
enum code parquet_open(struct parquet **out, struct err *e);
/** Takes NULL. */
void parquet_close(struct parquet *p);

/** A file without a name. */
struct parquet_file {
	int fd; /* -1: none */
	int64_t bytes;
	unsigned char sha256[SHA256_BYTES];
};
/** Gzip of JSON lines. */
struct parquet_rows {
	const char *sql; /* the asset that says what their columns are */
	int fd;
	size_t longest; /* no line is longer */
};
enum code parquet_convert(struct parquet *p, const struct parquet_rows *rows,
	struct parquet_file *out, struct err *e);
void parquet_file_close(struct parquet_file *f);
