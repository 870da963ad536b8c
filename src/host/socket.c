/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "host/host.h"
#include "host/line.h"
#include <arpa/inet.h>
#include <stdlib.h>

/* States of /proc/net/tcp and udp, Linux include/net/tcp_states.h */
#define STATE_LISTEN      0x0aU
#define STATE_UNCONNECTED 0x07U

struct socket {
	bool v6, udp;
	unsigned char address[16];
	unsigned port;
	uint64_t uid, inode;
};

/* Which process holds a socket open. */
struct owner {
	uint64_t inode, pid;
};

struct owners {
	struct owner *at;
	size_t n, max;
};

struct search {
	struct host *host;
	struct owners owners;
	struct str users;               /* /etc/passwd */
	unsigned port_first, port_last; /* what the kernel hands out for the asking */
};

/* The kernel prints the address as 32-bit numbers in the host's order, which is what they are
 * in memory. */
static bool parse_place(struct str place, struct socket *s)
{
	struct str hex = part_next(&place, ':');
	size_t words = s->v6 ? 4 : 1;
	uint64_t v, port;

	if (hex.n != words * 8 || !word_number(place, 16, &port) || port > 65535)
		return false;
	for (size_t i = 0; i < words; i++) {
		uint32_t word;

		if (!word_number((struct str){ hex.p + 8 * i, 8 }, 16, &v))
			return false;
		word = (uint32_t)v;
		memcpy(s->address + 4 * i, &word, 4);
	}
	s->port = (unsigned)port;
	return true;
}

/* Number place peer state queues timer retransmits uid timeout inode ... */
static bool parse(struct str line, struct socket *s)
{
	uint64_t state;

	word_next(&line);
	if (!parse_place(word_next(&line), s))
		return false;
	word_next(&line);
	if (!word_number(word_next(&line), 16, &state) ||
		state != (s->udp ? STATE_UNCONNECTED : STATE_LISTEN))
		return false;
	for (int i = 0; i < 3; i++)
		word_next(&line);
	if (!word_number(word_next(&line), 10, &s->uid))
		return false;
	word_next(&line);
	return word_number(word_next(&line), 10, &s->inode);
}

static struct str user_name(struct str users, uint64_t uid)
{
	struct str line;

	while (line_next(&users, &line)) {
		struct str name = part_next(&line, ':');
		uint64_t v;

		part_next(&line, ':');
		if (word_number(part_next(&line, ':'), 10, &v) && v == uid)
			return name;
	}
	return STR_NONE;
}

static int by_inode_then_pid(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

/* Of several processes, parent and workers as a rule, the one that was there first. */
static struct str process_name(struct search *f, uint64_t inode)
{
	for (size_t i = 0; i < f->owners.n; i++)
		if (f->owners.at[i].inode == inode)
			return host_attribute(
				f->host, host_path(f->host, "/proc/%llu/comm",
						 (unsigned long long)f->owners.at[i].pid));
	return STR_NONE;
}

static void add(struct search *f, const struct socket *s)
{
	struct json *o;
	char text[INET6_ADDRSTRLEN];
	struct str address, protocol = s->udp ? STR("udp") : STR("tcp");

	/* A program that asks a question over UDP has such a port for as long as it waits. */
	if (s->udp && s->port >= f->port_first && s->port <= f->port_last)
		return;
	o = host_add(f->host);
	inet_ntop(s->v6 ? AF_INET6 : AF_INET, s->address, text, sizeof(text));
	address = arena_str(f->host->a, str_of(text));
	fact_text(f->host, o, "id",
		arena_printf(f->host->a, s->v6 ? "%.*s/[%.*s]:%u" : "%.*s/%.*s:%u",
			STR_ARG(protocol), STR_ARG(address), s->port));
	fact_text(f->host, o, "protocol", protocol);
	fact_text(f->host, o, "family", s->v6 ? STR("ipv6") : STR("ipv4"));
	fact_text(f->host, o, "address", address);
	fact_int(f->host, o, "port", s->port);
	fact_int(f->host, o, "uid", (int64_t)s->uid);
	fact_text(f->host, o, "user", user_name(f->users, s->uid));
	fact_text(f->host, o, "process", process_name(f, s->inode));
}

static void remember(struct search *f, uint64_t inode, uint64_t pid)
{
	struct owners *all = &f->owners;

	if (all->n == all->max) {
		size_t max = all->max ? all->max * 2 : 1024;
		struct owner *more = arena_alloc(f->host->a, max * sizeof(*more));

		if (!more)
			return;
		if (all->n)
			memcpy(more, all->at, all->n * sizeof(*more));
		all->at = more;
		all->max = max;
	}
	all->at[all->n++] = (struct owner){ inode, pid };
}

static void look_into_process(struct search *f, struct str name, uint64_t pid)
{
	struct host *host = f->host;
	struct err gone = { 0 };
	struct names fds;

	/* A process may end meanwhile, and others' processes are closed to all but root. */
	if (host_names(host, host_path(host, "/proc/%.*s/fd", STR_ARG(name)), &fds, &gone))
		return;
	for (size_t i = 0; i < fds.n; i++) {
		struct str to = host_link(host,
			host_path(host, "/proc/%.*s/fd/%.*s", STR_ARG(name), STR_ARG(fds.at[i])));
		uint64_t inode;

		if (str_starts(to, STR("socket:[")) && str_ends(to, STR("]")) &&
			word_number((struct str){ to.p + 8, to.n - 9 }, 10, &inode))
			remember(f, inode, pid);
	}
}

static enum code find_owners(struct search *f, struct err *e)
{
	struct names names;
	enum code c = host_names(f->host, host_path(f->host, "/proc"), &names, e);
	uint64_t pid;

	for (size_t i = 0; !c && i < names.n; i++)
		if (word_number(names.at[i], 10, &pid))
			look_into_process(f, names.at[i], pid);
	if (f->owners.n)
		qsort(f->owners.at, f->owners.n, sizeof(*f->owners.at), by_inode_then_pid);
	return c;
}

static void find_port_range(struct search *f)
{
	struct str range = host_attribute(
		f->host, host_path(f->host, "/proc/sys/net/ipv4/ip_local_port_range"));
	uint64_t first, last;

	if (word_number(word_next(&range), 10, &first) && word_number(word_next(&range), 10, &last))
		if (first <= 65535 && last <= 65535) {
			f->port_first = (unsigned)first;
			f->port_last = (unsigned)last;
		}
}

enum code socket_list(struct host *host, struct err *e)
{
	/* The range is Linux's own unless the file says otherwise. */
	struct search f = { .host = host, .port_first = 32768, .port_last = 60999 };
	static const struct {
		const char *path;
		bool v6, udp;
	} files[] = {
		{ "/proc/net/tcp", false, false },
		{ "/proc/net/udp", false, true },
		{ "/proc/net/tcp6", true, false },
		{ "/proc/net/udp6", true, true },
	};
	enum code c = host_read_optional(host, host_path(host, "/etc/passwd"), &f.users, e);

	find_port_range(&f);
	if (!c)
		c = find_owners(&f, e);
	for (size_t i = 0; !c && i < sizeof(files) / sizeof(*files); i++) {
		const char *path = host_path(host, "%s", files[i].path);
		struct str rest, line;

		/* IPv6 may be switched off; IPv4 is always there. */
		c = files[i].v6 ? host_read_optional(host, path, &rest, e)
				: host_read(host, path, &rest, e);
		while (!c && line_next(&rest, &line)) {
			struct socket s = { .v6 = files[i].v6, .udp = files[i].udp };

			if (parse(line, &s))
				add(&f, &s);
		}
	}
	return c;
}
