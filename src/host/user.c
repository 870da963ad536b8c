/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "host/host.h"
#include "host/line.h"

/* One line of passwd(5), without the second field: a password, or where it is kept, is nobody's
 * business. */
struct user {
	struct str name, comment, home, shell;
	uint64_t uid, gid;
};

static bool parse(struct str line, struct user *u)
{
	bool ok;

	u->name = part_next(&line, ':');
	part_next(&line, ':');
	ok = word_number(part_next(&line, ':'), 10, &u->uid) &&
	     word_number(part_next(&line, ':'), 10, &u->gid);
	u->comment = part_next(&line, ':');
	u->home = part_next(&line, ':');
	u->shell = part_next(&line, ':');
	return ok && u->name.n;
}

static bool is_member(struct str members, struct str name)
{
	while (members.n)
		if (str_eq(str_trim(part_next(&members, ',')), name))
			return true;
	return false;
}

static void add(struct host *host, const struct user *u, struct str groups)
{
	struct json *o = host_add(host), *array;
	struct str line, primary = STR_NONE;

	fact_text(host, o, "name", u->name);
	fact_int(host, o, "uid", (int64_t)u->uid);
	fact_int(host, o, "gid", (int64_t)u->gid);
	fact_text(host, o, "comment", u->comment);
	fact_text(host, o, "home", u->home);
	fact_text(host, o, "shell", u->shell);
	array = fact_array(host, o, "groups");
	while (line_next(&groups, &line)) {
		struct str name = part_next(&line, ':');
		uint64_t gid;

		part_next(&line, ':');
		if (!word_number(part_next(&line, ':'), 10, &gid))
			continue;
		if (gid == u->gid && !primary.p)
			primary = name;
		if (is_member(line, u->name))
			fact_push(host, array, name);
	}
	fact_text(host, o, "group", primary);
}

enum code user_list(struct host *host, struct err *e)
{
	struct str rest, groups, line;
	struct user u;
	enum code c = host_read(host, host_path(host, "/etc/passwd"), &rest, e);

	if (!c)
		c = host_read_optional(host, host_path(host, "/etc/group"), &groups, e);
	while (!c && line_next(&rest, &line))
		if (parse(line, &u))
			add(host, &u, groups);
	return c;
}
