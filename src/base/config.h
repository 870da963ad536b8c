/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include <stdint.h>

/**
 * The configuration
 * =================
 *
 * Values with where each comes from. In the order in which they beat each other: a flag, the
 * environment (SILTSTONE_STORE_PATH for store.path, and so on for the sections without a name;
 * SILTSTONE_STORE is another name of that one), ./siltstone.conf,
 * ~/.config/siltstone/siltstone.conf, /etc/siltstone/siltstone.conf. What can be said is in
 * config.def; anything else is an error with file and line, so that a typo is not a default.
 */
struct config_value {
	const char *section; /* "store", "source" */
	const char *name;    /* "prod"; "" for sections without */
	const char *key;
	const char *text;
	const char *origin; /* "siltstone.conf:3", "SILTSTONE_LOG_LEVEL", "--store" */
	struct config_value *next;
};

struct config {
	struct config_value *first,
		*last; /* each once, in the order in which they were first met */
	struct arena arena;
};

#define CONFIG_INIT                                                                                \
	{                                                                                          \
		NULL, NULL, ARENA_INIT((size_t)16 << 20)                                           \
	}

/** Files and environment. @file: that one alone and it must be there; NULL: $SILTSTONE_CONFIG, else
 * the usual places. E_INVALID: a line, section, key or value that cannot be meant. E_NOTFOUND,
 * E_DENIED, E_IO of a file. Release it in every case. */
enum code config_read(struct config *c, const char *file, struct err *e);
/** A value that beats what is there. */
enum code config_set(struct config *c, const char *section, const char *name, const char *key,
	const char *text, const char *origin, struct err *e);
void config_release(struct config *c);

/** NULL: not said. An empty value is as good as none. */
const char *config_get(
	const struct config *c, const char *section, const char *name, const char *key);
/** The next name of a section behind @after (NULL: the first), or NULL. */
const char *config_next_name(const struct config *c, const char *section, const char *after);

/** "30s", "10m", "6h", "1d". */
bool config_duration(struct str text, int64_t *ms);
/** yes, true, on, 1; no, false, off, 0. */
bool config_bool(struct str text, bool *out);
