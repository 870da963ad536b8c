/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The log
 * =======
 *
 * One line per event to standard error, in logfmt, in one write:
 *
 *     level=warn event=sweep.partial source=prod failed=2 msg="..."
 *
 * Events come from a closed list (event.def), each with its level. Whoever drops an error logs it;
 * library code does not. A value is quoted where it needs to be, with control characters
 * escaped, so that nothing that came from outside can begin a line. Secrets do not get here
 * because they never are in a struct err or a row.
 *
 * Safe for any number of threads.
 */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_LEVELS };

enum log_event {
#define EVENT(id, name, level, text) EV_##id,
#include "base/event.def"
#undef EVENT
	LOG_EVENTS
};

/** What is told and what not; LOG_INFO to begin with. */
void log_set_level(enum log_level level);
/** "error", "warn", "info", "debug". */
bool log_level_parse(struct str name, enum log_level *out);
/** Where lines go: 2 to begin with. */
void log_set_fd(int fd);

struct log_field {
	const char *key;
	struct str text; /* STR_NONE: the number */
	int64_t number;
};
/** NULL is left out. */
static inline struct log_field log_text(const char *key, const char *text)
{
	return (struct log_field){ text ? key : NULL, str_of(text), 0 };
}
static inline struct log_field log_int(const char *key, int64_t number)
{
	return (struct log_field){ key, STR_NONE, number };
}

/** @e adds code, msg and hint; or NULL. */
void log_fields(
	enum log_event event, const struct err *e, const struct log_field *fields, size_t n);
/** log_write(EV_SWEEP_DONE, NULL, log_text("source", name), log_int("seen", n)) */
#define log_write(event, e, ...)                                                                   \
	log_fields(event, e, (const struct log_field[]){ __VA_ARGS__ },                            \
		sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))
