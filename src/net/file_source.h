/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/object_source.h"

/**
 * A file, a directory with all below it, or standard input ("-") as a source. Of a directory, files
 * ending in .json, .jsonl or .ndjson, also with .gz, are told of (what lies below an AWSLogs
 * folder only where it is AWS Config's); a file that is named is told of whatever it is called.
 * E_NOTFOUND: there is nothing of that name.
 */
enum code file_source_open(struct object_source **out, const char *path, struct err *e);

/** Does a key look like a file with items? */
bool file_source_wants(const char *key);
