/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "json/json.h"

/**
 * What a Linux host says about itself
 * ===================================
 *
 * A collector reads kernel and system files and adds one object, a configuration, for each
 * thing it finds. Two readings of a host at rest give the same bytes: counters, process ids,
 * inodes and lease times stay out.
 *
 * All files are looked for below `root`, so that a collector can look at a mounted image, or
 * a test at a tree of its own.
 */
struct host {
	struct arena *a;
	const char *root;   /* "" for this machine, else a folder without '/' at its end */
	struct json *found; /* array of configurations, in the order found */
};

/** Collectors: add what there is of one type to host->found. Where a file that must be there
 * cannot be read they fail, so that an unreadable host never looks like an empty one. */
enum code interface_list(struct host *host, struct err *e);
enum code address_list(struct host *host, struct err *e);
enum code route_list(struct host *host, struct err *e);
enum code block_list(struct host *host, struct err *e);
enum code mount_list(struct host *host, struct err *e);
enum code user_list(struct host *host, struct err *e);
/** None, without an error, where dpkg is not in use. */
enum code package_list(struct host *host, struct err *e);
/** None, without an error, where there are no unit files. */
enum code unit_list(struct host *host, struct err *e);
enum code socket_list(struct host *host, struct err *e);

/** A new configuration that stands in host->found. NULL when memory ran out. */
struct json *host_add(struct host *host);

/** Set a member; nothing happens when the value is missing (STR_NONE) or empty. Bytes that are
 * not UTF-8 are written as \xNN. @key must live as long as the arena. */
void fact_text(struct host *host, struct json *o, const char *key, struct str value);
void fact_int(struct host *host, struct json *o, const char *key, int64_t value);
void fact_flag(struct host *host, struct json *o, const char *key, bool value);
/** An empty array that stands in @o, and an element of it. */
struct json *fact_array(struct host *host, struct json *o, const char *key);
void fact_push(struct host *host, struct json *array, struct str value);

/** A path below the root. */
const char *host_path(struct host *host, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** The whole file @path, which came from host_path(). E_NOTFOUND: there is none. E_TOOBIG: over
 * 64 MiB. E_IO, E_DENIED, E_NOMEM. */
enum code host_read(struct host *host, const char *path, struct str *text, struct err *e);
/** As host_read(), but a file that is not there is an empty one. */
enum code host_read_optional(struct host *host, const char *path, struct str *text, struct err *e);
/** What a small file holds, trimmed; STR_NONE where it cannot be read: many attributes in sysfs
 * exist and answer an error. */
struct str host_attribute(struct host *host, const char *path);
/** Where the symbolic link @path leads; STR_NONE where it is none. */
struct str host_link(struct host *host, const char *path);

/** Names in a folder, sorted by their bytes, without those that begin with a dot. */
struct names {
	struct str *at;
	size_t n;
};
/** E_NOTFOUND: there is no such folder. */
enum code host_names(struct host *host, const char *path, struct names *names, struct err *e);
