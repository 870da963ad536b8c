/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/parquet.h"
#include "db/db.h"
#include "port/object_store.h"
#include <signal.h>
#include <stdbool.h>

/**
 * The lake
 * ========
 *
 * Items and their property changes as files that DuckDB, Athena, Trino and Spark read where they lie, a partition a
 * folder in Hive's spelling:
 *
 *     jsonl/items/dt=2026-10-01/account=1234/region=eu-west-1/type=aws_ec2_instance/part-0a1b2c3d.jsonl.gz
 *     jsonl/changes/...   parquet/items/...   parquet/changes/...
 *     manifest.json       ddl/athena.sql   ddl/trino.sql   ddl/duckdb.sql
 *
 * The day is that of the capture, in UTC. A partition has one key and its content is made of the store alone, so
 * writing it again gives the same file: a run that failed is simply run again. The manifest says which files there
 * are (rows, bytes, SHA-256) and up to which item they go; a run that is given the last one writes the partitions that
 * items since then changed, and of these what differs, and puts the manifest last.
 *
 * What retention removes from the store stays in the lake, unless an item that comes late has its
 * partition written again.
 */
struct lake_options {
	struct object_store *store;
	const char *location; /* where readers find it: "s3://bucket/prefix" or a path */
	const char *
		manifest; /* the file to go on from, or NULL; one that is not there is as good as none */
	struct parquet *parquet; /* NULL: JSON lines alone */
	const volatile sig_atomic_t *stop;
	void (*tell)(void *ctx, const char *day, int64_t items); /* or NULL */
	void *ctx;
};

struct lake_sum {
	int64_t items, changes; /* rows of the partitions looked at */
	int64_t files, bytes;   /* put */
	int64_t newest;         /* the lake goes up to this item */
	int manifest_fd; /* the new manifest, for who keeps it; -1: nothing changed. Close it. */
};

/** E_CONFLICT: the manifest is of another store. E_CORRUPT: it is no manifest. Otherwise as the object store says. */
enum code lake_export(
	struct db *db, const struct lake_options *o, struct lake_sum *sum, struct err *e);
