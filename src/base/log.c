/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/buf.h"
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

/* Longer ones are cut: a line fits into a pipe in one piece (PIPE_BUF, Linux). */
#define LINE_MAX_BYTES 4096

static const char *const level_names[LOG_LEVELS] = { "error", "warn", "info", "debug" };

static const struct {
	const char *name;
	enum log_level level;
} events[LOG_EVENTS] = {
#define EVENT(id, name, level, text) { name, LOG_##level },
#include "base/event.def"
#undef EVENT
};

static atomic_int chosen_level = LOG_INFO;
static atomic_int chosen_fd = STDERR_FILENO;

void log_set_level(enum log_level level)
{
	atomic_store(&chosen_level, level);
}

bool log_level_parse(struct str name, enum log_level *out)
{
	for (size_t i = 0; i < LOG_LEVELS; i++)
		if (str_is(name, level_names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

void log_set_fd(int fd)
{
	atomic_store(&chosen_fd, fd);
}

static bool plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
			return false;
	}
	return s.n > 0;
}

static void quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\n')
			buf_text(b, "\\n");
		else if (c < ' ' || c == 0x7f)
			buf_printf(b, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else
			buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

static void pair(struct buf *b, const char *key, struct str value)
{
	buf_printf(b, " %s=", key);
	if (plain(value))
		buf_str(b, value);
	else
		quoted(b, value);
}

static void put(const struct buf *b)
{
	const char *p = b->p;
	size_t left = b->n;

	while (left) {
		ssize_t put = write(atomic_load(&chosen_fd), p, left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return;
		p += put;
		left -= (size_t)put;
	}
}

void log_fields(enum log_event event, const struct err *e, const struct log_field *fields, size_t n)
{
	struct buf b = BUF_INIT(LINE_MAX_BYTES);
	bool whole;

	if ((int)events[event].level > atomic_load(&chosen_level))
		return;
	buf_printf(&b, "level=%s event=%s", level_names[events[event].level], events[event].name);
	for (size_t i = 0; i < n; i++) {
		if (!fields[i].key)
			continue;
		if (fields[i].text.p)
			pair(&b, fields[i].key, fields[i].text);
		else
			buf_printf(&b, " %s=%lld", fields[i].key, (long long)fields[i].number);
	}
	if (e && e->code) {
		pair(&b, "code", str_of(code_name(e->code)));
		pair(&b, "msg", str_of(e->msg));
		if (e->hint[0])
			pair(&b, "hint", str_of(e->hint));
	}
	whole = buf_ok(&b);
	buf_char(&b, '\n');
	if (!whole || !buf_ok(&b)) {
		/* What fits, and a line end of its own. */
		put(&b);
		put(&(struct buf){ .p = (char[]){ '\n', '\0' }, .n = 1 });
	} else {
		put(&b);
	}
	buf_release(&b);
}
