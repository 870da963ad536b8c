/* SPDX-License-Identifier: Apache-2.0 */
#include "function/unpack.h"

#include "base/arena.h"
#include "function/nest.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#define ENTRIES_MAX  50000
#define UNPACKED_MAX (250 << 20)
#define DEPTH_MAX    64
#define TEXTS_MAX    (16 << 20)

struct unpacking {
	struct zip *zip;
	const char *name; /* of the archive, for messages */
	int folder;
	int64_t bytes;
	struct arena a;
};

/* One step of a path: "", "." and ".." lead elsewhere than they seem to. */
static bool is_step(struct str s)
{
	return s.n && s.n < 256 && !str_is(s, ".") && !str_is(s, "..");
}

static bool is_inside(struct str path)
{
	int depth = 0;

	if (!path.n || memchr(path.p, '\\', path.n) || memchr(path.p, '\0', path.n))
		return false;
	while (path.n) {
		const struct str step = { path.p, str_find(path, '/') };

		if (!is_step(step) || ++depth > DEPTH_MAX)
			return false;
		path = str_from(path, step.n + 1);
	}
	return true;
}

/* Opens each folder on the way, made where it is not there, without following links. */
static int open_folder(int from, struct str path)
{
	int at = fcntl(from, F_DUPFD_CLOEXEC, 0);

	while (at >= 0 && path.n) {
		const struct str step = { path.p, str_find(path, '/') };
		char name[256];
		int next;

		memcpy(name, step.p, step.n);
		name[step.n] = '\0';
		(void)mkdirat(at, name, 0755);
		next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
		path = str_from(path, step.n + 1);
	}
	return at;
}

static enum code copy(struct unpacking *u, struct zip_file *from, int to, struct err *e)
{
	char piece[64 << 10];
	zip_int64_t n;

	while ((n = zip_fread(from, piece, sizeof(piece))) > 0) {
		u->bytes += n;
		if (u->bytes > UNPACKED_MAX)
			return err_set(e, E_TOOBIG,
				"\"%s\" is larger than 250 MB when it is unpacked", u->name);
		for (zip_int64_t done = 0; done < n;) {
			ssize_t put = write(to, piece + done, (size_t)(n - done));

			if (put < 0 && errno != EINTR)
				return err_sys(e, errno == ENOSPC ? E_FULL : E_IO, errno,
					"could not unpack \"%s\"", u->name);
			done += put > 0 ? put : 0;
		}
	}
	return n < 0 ? err_set(e, E_INVALID, "\"%s\" is damaged: %s", u->name,
			       zip_file_strerror(from))
		     : E_OK;
}

static enum code unpack_file(
	struct unpacking *u, zip_uint64_t i, struct str path, bool program, struct err *e)
{
	struct zip_file *from = zip_fopen_index(u->zip, i, 0);
	struct str parent = path;
	const char *leaf;
	int folder, to;

	if (!from)
		return err_set(e, E_INVALID, "\"%s\" cannot be unpacked: %s", u->name,
			zip_strerror(u->zip));
	while (parent.n && parent.p[parent.n - 1] != '/')
		parent.n--;
	leaf = arena_text(&u->a, str_from(path, parent.n));
	if (parent.n)
		parent.n--;
	folder = open_folder(u->folder, parent);
	to = folder < 0 ? -1
			: openat(folder, leaf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				  program ? 0755 : 0644);
	if (!arena_ok(&u->a))
		err_nomem(e);
	else if (to < 0)
		err_sys(e, errno == EEXIST ? E_INVALID : E_IO, errno,
			"could not unpack \"%.*s\" of \"%s\"", STR_ARG(path), u->name);
	else
		copy(u, from, to, e);
	if (to >= 0)
		close(to);
	if (folder >= 0)
		close(folder);
	zip_fclose(from);
	return e->code;
}

/* What its maker's system says of an entry; 0: nothing. */
static mode_t mode_of(struct zip *zip, zip_uint64_t i)
{
	zip_uint8_t system = 0;
	zip_uint32_t bits = 0;

	if (zip_file_get_external_attributes(zip, i, 0, &system, &bits) || system != ZIP_OPSYS_UNIX)
		return 0;
	return (mode_t)(bits >> 16);
}

static enum code unpack_entry(struct unpacking *u, zip_uint64_t i, struct err *e)
{
	struct str path = str_of(zip_get_name(u->zip, i, 0));
	const mode_t mode = mode_of(u->zip, i);
	const bool folder = path.n && path.p[path.n - 1] == '/';
	int made;

	if (folder)
		path.n--;
	if (!path.p || !is_inside(path))
		return err_set(e, E_INVALID, "\"%s\" has a name that leads out of it: \"%.*s\"",
			u->name, STR_ARG(path));
	if ((mode & S_IFMT) && !S_ISREG(mode) && !S_ISDIR(mode))
		return err_set(e, E_INVALID, "\"%s\" has what is neither file nor folder: \"%.*s\"",
			u->name, STR_ARG(path));
	if (!folder)
		return unpack_file(u, i, path, (mode & 0111) != 0, e);
	made = open_folder(u->folder, path);
	if (made < 0)
		return err_sys(e, E_IO, errno, "could not make \"%.*s\" of \"%s\"", STR_ARG(path),
			u->name);
	close(made);
	return E_OK;
}

/* What the archive says itself is enough to refuse it before anything is written; it is not enough to trust it. */
static enum code weigh(struct unpacking *u, zip_int64_t n, struct err *e)
{
	zip_uint64_t sum = 0;
	struct zip_stat st;

	for (zip_int64_t i = 0; i < n; i++) {
		if (zip_stat_index(u->zip, (zip_uint64_t)i, 0, &st) || !(st.valid & ZIP_STAT_SIZE))
			continue;
		sum += st.size < UNPACKED_MAX ? st.size : UNPACKED_MAX + 1;
	}
	return sum > UNPACKED_MAX
		       ? err_set(e, E_TOOBIG, "\"%s\" is larger than 250 MB when it is unpacked",
				 u->name)
		       : E_OK;
}

static enum code unpack_all(struct unpacking *u, struct err *e)
{
	const zip_int64_t n = zip_get_num_entries(u->zip, 0);

	if (n > ENTRIES_MAX)
		return err_set(e, E_TOOBIG, "\"%s\" has more than %d files", u->name, ENTRIES_MAX);
	if (weigh(u, n, e))
		return e->code;
	for (zip_int64_t i = 0; i < n && !e->code; i++)
		unpack_entry(u, (zip_uint64_t)i, e);
	return e->code;
}

enum code unpack_zip(const char *zip, const char *to, struct err *e)
{
	struct unpacking u = { .name = zip, .folder = -1, .a = ARENA_INIT(TEXTS_MAX) };
	int why = 0;

	u.zip = zip_open(zip, ZIP_RDONLY | ZIP_CHECKCONS, &why);
	if (!u.zip)
		return err_set(e, why == ZIP_ER_NOENT ? E_NOTFOUND : E_INVALID,
			"\"%s\" is no ZIP archive that can be read", zip);
	if (mkdir(to, 0755))
		err_sys(e, E_IO, errno, "could not make the folder \"%s\"", to);
	else
		u.folder = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (u.folder >= 0) {
		unpack_all(&u, e);
		close(u.folder);
		if (e->code)
			unpack_remove(to);
	} else if (!e->code) {
		err_sys(e, E_IO, errno, "could not open the folder \"%s\"", to);
	}
	zip_discard(u.zip);
	arena_release(&u.a);
	return e->code;
}

bool unpack_is_zip(const char *path)
{
	char begin[4] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? 0 : read(fd, begin, sizeof(begin));

	if (fd >= 0)
		close(fd);
	return n == sizeof(begin) && memcmp(begin, "PK\3\4", 4) == 0;
}

void unpack_remove(const char *folder)
{
	nest_remove(folder);
}
