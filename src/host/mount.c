/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "host/host.h"
#include "host/line.h"
#include <stdlib.h>

/* File systems that the kernel makes for itself; no one keeps anything in them. */
static const char *const pseudo[] = { "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2",
	"configfs", "debugfs", "devpts", "devtmpfs", "efivarfs", "fusectl", "hugetlbfs", "mqueue",
	"nsfs", "proc", "pstore", "ramfs", "rpc_pipefs", "securityfs", "selinuxfs", "sysfs",
	"tracefs" };

/* Places whose mounts come and go with sessions, units and containers. */
static const char *const passing[] = { "/proc/", "/sys/", "/run/user/", "/run/credentials/",
	"/run/docker/", "/run/containerd/", "/run/netns/", "/var/lib/docker/",
	"/var/lib/containerd/", "/var/lib/containers/", "/var/lib/kubelet/pods/" };

static const char *const secrets[] = {
	"password=", "password2=", "pass=", "passwd=", "secret=", "key="
};

/* Names of layers: of a root made of layers they change whenever the container is made anew. */
static const char *const layers[] = { "lowerdir=", "upperdir=", "workdir=" };

struct mount {
	struct str device, root, point, options, type, source, super_options;
	bool shared;
};

/* Blanks in names are written \040, in base 8 (proc(5), "mountinfo"). */
static struct str unescape(struct host *host, struct str s)
{
	char *text = arena_alloc(host->a, s.n + 1);
	size_t n = 0;

	if (!text)
		return STR("");
	for (size_t i = 0; i < s.n; i++) {
		uint64_t v;

		text[n] = s.p[i];
		if (s.p[i] == '\\' && s.n - i > 3 &&
			word_number((struct str){ s.p + i + 1, 3 }, 8, &v) && v < 256) {
			text[n] = (char)v;
			i += 3;
		}
		n++;
	}
	return (struct str){ text, n };
}

/* Id parent major:minor root point options optional... - type source super-options */
static bool parse(struct host *host, struct str line, struct mount *m)
{
	struct str word;

	*m = (struct mount){ 0 };
	word_next(&line);
	word_next(&line);
	m->device = word_next(&line);
	m->root = unescape(host, word_next(&line));
	m->point = unescape(host, word_next(&line));
	m->options = word_next(&line);
	do {
		word = word_next(&line);
		m->shared |= str_starts(word, STR("shared:"));
	} while (word.n && !str_is(word, "-"));
	m->type = word_next(&line);
	m->source = unescape(host, word_next(&line));
	m->super_options = word_next(&line);
	return m->type.n && m->point.n;
}

static bool is_noise(const struct mount *m)
{
	for (size_t i = 0; i < sizeof(pseudo) / sizeof(*pseudo); i++)
		if (str_is(m->type, pseudo[i]))
			return true;
	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
		if (str_starts(m->point, str_of(passing[i])))
			return true;
	return false;
}

static bool starts_with_one_of(struct str s, const char *const *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(s, str_of(prefixes[i])))
			return true;
	return false;
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str censored(struct host *host, struct str option)
{
	if (!starts_with_one_of(option, secrets, sizeof(secrets) / sizeof(*secrets)))
		return unescape(host, option);
	return arena_printf(host->a, "%.*s=<hidden>", (int)str_find(option, '='), option.p);
}

static void add_options(struct host *host, struct json *o, const struct mount *m)
{
	const struct str both[] = { m->options, m->super_options };
	static const char *const keys[] = { "options", "superOptions" };
	bool layered_root = str_is(m->type, "overlay") && str_is(m->point, "/");

	for (size_t k = 0; k < 2; k++) {
		struct json *array = fact_array(host, o, keys[k]);
		struct str rest = both[k];
		/* Every option but the last is followed by a comma. */
		struct str *at = arena_alloc(host->a, (rest.n + 1) * sizeof(*at));
		size_t n = 0;

		while (at && rest.n) {
			struct str option = part_next(&rest, ',');

			if (!layered_root || !starts_with_one_of(option, layers, 3))
				at[n++] = option;
		}
		if (at)
			qsort(at, n, sizeof(*at), by_bytes);
		for (size_t i = 0; i < n; i++)
			fact_push(host, array, censored(host, at[i]));
	}
}

/* "ftp://user:password@host/" without the password. */
static struct str without_password(struct host *host, struct str source)
{
	struct str rest = source;
	size_t start, at;

	while (rest.n && !str_starts(rest, STR("://")))
		rest = str_from(rest, 1);
	rest = str_from(rest, 3);
	at = str_find(rest, '@');
	start = str_find(rest, ':');
	if (at == rest.n || start >= at)
		return source;
	return arena_printf(host->a, "%.*s:<hidden>%.*s", (int)(rest.p + start - source.p),
		source.p, STR_ARG(str_from(rest, at)));
}

/* The kernel's name of the device behind "major:minor": the source may be /dev/root, a label
 * or a path of the device mapper. */
static struct str block_name(struct host *host, struct str device)
{
	return str_basename(
		host_link(host, host_path(host, "/sys/dev/block/%.*s", STR_ARG(device))));
}

static void add(struct host *host, const struct mount *m)
{
	struct json *o = host_add(host);

	fact_text(host, o, "mountPoint", m->point);
	fact_text(host, o, "fsType", m->type);
	fact_text(host, o, "source", without_password(host, m->source));
	fact_text(host, o, "device", block_name(host, m->device));
	fact_text(host, o, "root", m->root);
	add_options(host, o, m);
	fact_text(host, o, "propagation", m->shared ? STR("shared") : STR("private"));
}

enum code mount_list(struct host *host, struct err *e)
{
	struct str rest, line;
	struct mount m;
	enum code c = host_read(host, host_path(host, "/proc/self/mountinfo"), &rest, e);

	while (!c && line_next(&rest, &line))
		if (parse(host, line, &m) && !is_noise(&m))
			add(host, &m);
	return c;
}
