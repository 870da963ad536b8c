/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/sha256.h"
#include "db/db.h"
#include <stdbool.h>

/**
 * The manifest of a lake: one JSON object, with a line for each file
 *
 *     {"format":1,"chain":"...","last_item":42,"parquet":false,"files":[
 *     {"key":"jsonl/items/dt=.../part-0a1b2c3d.jsonl.gz","rows":12,"bytes":345,"sha256":"..."},
 *     ...
 *     ]}
 *
 * Its files are rows of store/lake.h meanwhile.
 */
struct manifest {
	bool found;
	char chain[SHA256_HEX_BYTES]; /* digest of the store's first seal; "" where there is none */
	int64_t last_item;
	bool parquet;
};

/** Read the one at @path (or NULL) into @out and the rows of its files. One that is not there is not `found`.
 * E_CORRUPT: it is no manifest. */
enum code manifest_read(struct db *db, const char *path, struct manifest *out, struct err *e);

struct manifest_file {
	int fd;
	int64_t bytes;
	unsigned char sha256[SHA256_BYTES];
};
/** Write one into a file without a name, of the rows there are. */
enum code manifest_write(
	struct db *db, const struct manifest *m, struct manifest_file *out, struct err *e);
