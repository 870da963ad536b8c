/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/object_store.h"

/**
 * A directory as an object store: each key a file below it, folders made as needed, written
 * to a temporary name (".siltstone-....part"), synced and renamed, so that a file is there
 * whole or not at all. Keys that would leave the directory, or have an empty part, are
 * refused (E_INVALID). The directory itself is never made: one that is not mounted is
 * E_NOTFOUND at each put. E_FULL: no space. E_CORRUPT: the content is not what the object
 * says it is. Content type and encoding have no place in a file and are dropped.
 */
enum code dir_store_open(struct object_store **out, const char *path, struct err *e);
