/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ini.h"

#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 20)

/* Where the reader stands. */
struct reader {
	struct ini *f;
	const char *path;
	int line;
	struct str section;      /* STR_NONE before the first */
	struct ini_entry *value; /* what an indented line may continue */
	size_t indent;           /* of the line that began it */
	struct str group;        /* the open group's name, or STR_NONE */
	size_t member_indent;    /* of the group's first member */
};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct str without_comment(struct str s)
{
	for (size_t i = 1; i < s.n; i++)
		if ((s.p[i] == '#' || s.p[i] == ';') && blank(s.p[i - 1]))
			return str_trim((struct str){ s.p, i });
	return s;
}

static enum code complain(const struct reader *r, const char *what, struct err *e)
{
	err_set(e, E_INVALID, "\"%s\" line %d: %s", r->path, r->line, what);
	return err_hint(e, "mend that line; lines are \"[section]\" and \"name = value\"");
}

static struct ini_entry *append(struct reader *r, struct str name, struct str value)
{
	struct ini_entry *entry = arena_alloc(&r->f->arena, sizeof(*entry));

	if (!entry)
		return NULL;
	*entry = (struct ini_entry){ r->section, name, value, r->line, NULL };
	if (r->f->last)
		r->f->last->next = entry;
	else
		r->f->first = entry;
	r->f->last = entry;
	return entry;
}

/* "profile  \"a b\"" -> "profile a b" */
static struct str section_name(struct arena *a, struct str raw)
{
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; p && i < raw.n; i++) {
		bool gap = blank(raw.p[i]);

		if (raw.p[i] == '"' || raw.p[i] == '\'' || (gap && (!n || p[n - 1] == ' ')))
			continue;
		p[n++] = (char)(gap ? ' ' : raw.p[i]);
	}
	return p ? (struct str){ p, n } : STR("");
}

static enum code read_section(struct reader *r, struct str line, struct err *e)
{
	size_t end = str_find(line, ']');
	struct str rest = str_trim(str_from(line, end + 1));
	struct str name;

	if (end == line.n)
		return complain(r, "the section's ']' is missing", e);
	if (rest.n && rest.p[0] != '#' && rest.p[0] != ';')
		return complain(r, "there is something behind the section's ']'", e);
	name = section_name(&r->f->arena, str_trim((struct str){ line.p + 1, end - 1 }));
	if (!name.n)
		return complain(r, "a section needs a name", e);
	r->section = name;
	r->value = NULL;
	r->group = STR_NONE;
	return append(r, STR(""), STR("")) ? E_OK : err_nomem(e);
}

static char lower_char(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static struct str lower(struct arena *a, struct str group, struct str name)
{
	char *p = arena_alloc(a, group.n + name.n + 2);
	size_t n = 0;

	if (!p)
		return STR("");
	for (size_t i = 0; i < group.n; i++)
		p[n++] = group.p[i];
	if (group.n)
		p[n++] = '.';
	for (size_t i = 0; i < name.n; i++, n++)
		p[n] = lower_char(name.p[i]);
	return (struct str){ p, n };
}

static enum code read_pair(struct reader *r, struct str line, size_t indent, struct err *e)
{
	size_t equals = str_find(line, '=');
	struct str name = str_trim((struct str){ line.p, equals });
	struct str value = str_trim(str_from(line, equals + 1));
	bool member = r->group.n > 0;

	if (equals == line.n || !name.n)
		return complain(r, "expected \"name = value\"", e);
	if (!r->section.p)
		return complain(r, "a value stands before the first section", e);
	name = lower(&r->f->arena, r->group, name);
	if (!r->f->verbatim || !str_is(name, r->f->verbatim))
		value = without_comment(value);
	if (value.n && (value.p[0] == '#' || value.p[0] == ';'))
		value.n = 0;
	r->value = append(r, name, value);
	if (!r->value || !arena_ok(&r->f->arena))
		return err_nomem(e);
	if (!member)
		r->indent = indent;
	return E_OK;
}

/* A line indented deeper than the name above it. */
static enum code read_indented(struct reader *r, struct str line, size_t indent, struct err *e)
{
	if (!r->group.n && !r->value->value.n) {
		r->group = r->value->name;
		r->member_indent = indent;
	}
	if (r->group.n && indent <= r->member_indent)
		return read_pair(r, line, indent, e);
	/* A value that goes on: both lie in one text, so it grows to the end of this line. */
	r->value->value.n = (size_t)(line.p + line.n - r->value->value.p);
	return E_OK;
}

static enum code read_line(struct reader *r, struct str raw, struct err *e)
{
	struct str line = str_trim(raw);
	size_t indent = 0;

	while (indent < raw.n && blank(raw.p[indent]))
		indent++;
	if (!line.n || line.p[0] == '#' || line.p[0] == ';')
		return E_OK;
	if (r->value && indent > r->indent)
		return read_indented(r, line, indent, e);
	r->group = STR_NONE;
	if (line.p[0] == '[')
		return read_section(r, line, e);
	return read_pair(r, line, indent, e);
}

static enum code read_text(struct ini *f, const char *path, struct err *e)
{
	struct reader r = { .f = f, .path = path };
	struct str left = { f->text, f->n };
	enum code c = E_OK;

	if (str_starts(left, STR("\xef\xbb\xbf")))
		left = str_from(left, 3);
	while (!c && left.n) {
		struct str line = { left.p, str_find(left, '\n') };

		r.line++;
		left = str_from(left, line.n + 1);
		c = str_find(line, '\0') < line.n ? complain(&r, "there is a zero byte", e)
						  : read_line(&r, line, e);
	}
	return c;
}

static enum code read_all(struct ini *f, int fd, const char *path, struct err *e)
{
	for (;;) {
		ssize_t got = read(fd, f->text + f->n, FILE_MAX + 1 - f->n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, E_IO, errno, "could not read \"%s\"", path);
		if (!got)
			return E_OK;
		f->n += (size_t)got;
		if (f->n > FILE_MAX)
			return err_set(e, E_TOOBIG, "\"%s\" is over %zu bytes", path, FILE_MAX);
	}
}

enum code ini_read(struct ini *f, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum code c;

	if (fd < 0)
		return err_sys(e,
			errno == ENOENT || errno == ENOTDIR ? E_NOTFOUND
			: errno == EACCES                   ? E_DENIED
							    : E_IO,
			errno, "could not open \"%s\"", path);
	/* At once as large as it may get: a text that moves leaves a copy of its secrets. */
	f->text = mem_alloc(FILE_MAX + 1);
	if (!f->text) {
		close(fd);
		return err_nomem(e);
	}
	c = read_all(f, fd, path, e);
	close(fd);
	return c ? c : read_text(f, path, e);
}

enum code ini_parse(struct ini *f, struct str text, const char *path, struct err *e)
{
	f->text = mem_alloc(text.n + 1);
	if (!f->text)
		return err_nomem(e);
	if (text.n)
		memcpy(f->text, text.p, text.n);
	f->n = text.n;
	return read_text(f, path, e);
}

void ini_release(struct ini *f)
{
	if (!f)
		return;
	if (f->text)
		explicit_bzero(f->text, f->n);
	mem_free(f->text);
	arena_release(&f->arena);
	*f = (struct ini)INI_INIT;
}

bool ini_has(const struct ini *f, struct str section)
{
	for (const struct ini_entry *entry = f->first; entry; entry = entry->next)
		if (str_eq(entry->section, section))
			return true;
	return false;
}

struct str ini_get(const struct ini *f, struct str section, const char *name)
{
	struct str found = STR_NONE;

	for (const struct ini_entry *entry = f->first; entry; entry = entry->next)
		if (entry->name.n && str_eq(entry->section, section) && str_is(entry->name, name))
			found = entry->value;
	return found.n ? found : STR_NONE;
}
