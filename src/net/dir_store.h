/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/object_store.h"

/**
 * A directory as an object store: each key a file below it, folders made as needed, written
 * to a temporary name, synced and renamed, so that a file is there whole or not at all. Keys
 * that would leave the directory are refused (E_INVALID).
 */
enum code dir_store_open(struct object_store **out, const char *path, struct err *e);
