/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

#include "base/arena.h"
#include "base/buf.h"
#include "host/line.h"
#include "json/read.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX_BYTES      (64U << 20)
#define ATTRIBUTE_MAX_BYTES 4096

struct json *host_add(struct host *host)
{
	struct json *o = json_new(host->a, JSON_OBJECT);

	json_push(host->found, o);
	return o;
}

/* Raw bytes as text that JSON can hold, and that stays different where the bytes were. */
static struct str as_utf8(struct host *host, struct str s)
{
	struct buf b = BUF_INIT(FILE_MAX_BYTES);
	struct str text;

	if (utf8_ok(s))
		return s;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x80)
			buf_char(&b, s.p[i]);
		else
			buf_printf(&b, "\\x%02x", c);
	}
	host->a->failed |= !buf_ok(&b);
	text = arena_str(host->a, buf_slice(&b));
	buf_release(&b);
	return text;
}

void fact_text(struct host *host, struct json *o, const char *key, struct str value)
{
	if (value.n)
		json_add(o, str_of(key), json_string(host->a, as_utf8(host, value)));
}

void fact_int(struct host *host, struct json *o, const char *key, int64_t value)
{
	json_add(o, str_of(key), json_int(host->a, value));
}

void fact_flag(struct host *host, struct json *o, const char *key, bool value)
{
	json_add(o, str_of(key), json_bool(host->a, value));
}

struct json *fact_array(struct host *host, struct json *o, const char *key)
{
	struct json *array = json_new(host->a, JSON_ARRAY);

	json_add(o, str_of(key), array);
	return array;
}

void fact_push(struct host *host, struct json *array, struct str value)
{
	json_push(array, json_string(host->a, as_utf8(host, value)));
}

const char *host_path(struct host *host, const char *fmt, ...)
{
	struct buf b = BUF_INIT(1U << 16);
	const char *path;
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n >= 0)
		text = arena_alloc(host->a, (size_t)n + 1);
	if (!text)
		return "";
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	if (!*host->root)
		return text;
	buf_printf(&b, "%s%s", host->root, text);
	host->a->failed |= !buf_ok(&b);
	path = arena_text(host->a, buf_slice(&b));
	buf_release(&b);
	return path;
}

static enum code code_of(int sys)
{
	switch (sys) {
	case ENOENT:
	case ENOTDIR: return E_NOTFOUND;
	case EACCES:
	case EPERM: return E_DENIED;
	case ENOMEM: return E_NOMEM;
	default: return E_IO;
	}
}

/* Read to the end; 0 or an errno. */
static int drain(int fd, struct buf *b)
{
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : 0;
		buf_add(b, chunk, (size_t)n);
		if (!buf_ok(b))
			return EFBIG;
	}
}

/* 0 or an errno. */
static int read_file(struct host *host, const char *path, size_t max, struct str *text)
{
	struct buf b = BUF_INIT(max);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), sys;

	if (fd < 0)
		return errno;
	sys = drain(fd, &b);
	close(fd);
	if (!sys)
		*text = arena_str(host->a, buf_slice(&b));
	buf_release(&b);
	return arena_ok(host->a) ? sys : ENOMEM;
}

enum code host_read(struct host *host, const char *path, struct str *text, struct err *e)
{
	int sys = read_file(host, path, FILE_MAX_BYTES, text);

	if (sys == EFBIG)
		return err_set(e, E_TOOBIG, "file \"%s\" is over %u bytes", path, FILE_MAX_BYTES);
	if (sys)
		return err_sys(e, code_of(sys), sys, "could not read \"%s\"", path);
	return E_OK;
}

enum code host_read_optional(struct host *host, const char *path, struct str *text, struct err *e)
{
	struct err missing = { 0 };
	enum code c = host_read(host, path, text, &missing);

	if (c == E_NOTFOUND) {
		*text = STR("");
		return E_OK;
	}
	if (c)
		*e = missing;
	return c;
}

struct str host_attribute(struct host *host, const char *path)
{
	struct str text = STR_NONE;

	if (read_file(host, path, ATTRIBUTE_MAX_BYTES, &text))
		return STR_NONE;
	return str_trim(text);
}

struct str host_link(struct host *host, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n < 0 || (size_t)n == sizeof(target))
		return STR_NONE;
	return arena_str(host->a, (struct str){ target, (size_t)n });
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The names one behind the other, each ended by NUL. */
static int read_names(const char *path, struct buf *b)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int sys;

	if (!dir)
		return errno;
	for (errno = 0; (entry = readdir(dir)); errno = 0)
		if (entry->d_name[0] != '.')
			buf_add(b, entry->d_name, strlen(entry->d_name) + 1);
	sys = errno;
	closedir(dir);
	return !sys && !buf_ok(b) ? ENOMEM : sys;
}

enum code host_names(struct host *host, const char *path, struct names *names, struct err *e)
{
	struct buf b = BUF_INIT(FILE_MAX_BYTES);
	struct str rest = STR_NONE;
	struct names found = { 0 };
	int sys = read_names(path, &b);

	for (size_t i = 0; i < b.n; i++)
		found.n += b.p[i] == '\0';
	if (!sys) {
		rest = arena_str(host->a, buf_slice(&b));
		found.at = arena_alloc(host->a, (found.n + 1) * sizeof(*found.at));
	}
	buf_release(&b);
	if (sys)
		return err_sys(e, code_of(sys), sys, "could not read folder \"%s\"", path);
	if (!found.at || !arena_ok(host->a))
		return err_nomem(e);
	for (size_t i = 0; i < found.n; i++)
		found.at[i] = part_next(&rest, '\0');
	qsort(found.at, found.n, sizeof(*found.at), by_bytes);
	*names = found;
	return E_OK;
}
