/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "host/host.h"
#include "host/line.h"
#include <net/if_arp.h>

/* Bits of the file "flags", Linux include/uapi/linux/if.h; those that the kernel derives from
 * the state of the line (RUNNING, LOWER_UP, DORMANT) are left to operState. */
static const struct {
	unsigned bit;
	const char *name;
} flags[] = {
	{ 1U << 0, "UP" },
	{ 1U << 1, "BROADCAST" },
	{ 1U << 3, "LOOPBACK" },
	{ 1U << 4, "POINTOPOINT" },
	{ 1U << 7, "NOARP" },
	{ 1U << 8, "PROMISC" },
	{ 1U << 9, "ALLMULTI" },
	{ 1U << 10, "MASTER" },
	{ 1U << 11, "SLAVE" },
	{ 1U << 12, "MULTICAST" },
	{ 1U << 15, "DYNAMIC" },
};

static const char *type_name(uint64_t type)
{
	switch (type) {
	case ARPHRD_ETHER: return "ethernet";
	case ARPHRD_LOOPBACK: return "loopback";
	case ARPHRD_INFINIBAND: return "infiniband";
	case ARPHRD_PPP: return "ppp";
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_NONE: return "tunnel";
	default: return "other";
	}
}

static struct str attribute(struct host *host, struct str name, const char *file)
{
	return host_attribute(host, host_path(host, "/sys/class/net/%.*s/%s", STR_ARG(name), file));
}

static void number(
	struct host *host, struct json *o, const char *key, struct str name, const char *file)
{
	uint64_t v;

	/* A speed that nobody knows is "-1", or unreadable. */
	if (word_number(attribute(host, name, file), 10, &v) && v <= INT64_MAX)
		fact_int(host, o, key, (int64_t)v);
}

static void flag_names(struct host *host, struct json *o, struct str name)
{
	struct str hex = attribute(host, name, "flags");
	struct json *array = fact_array(host, o, "flags");
	uint64_t bits = 0;

	if (str_starts(hex, STR("0x")))
		word_number(str_from(hex, 2), 16, &bits);
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (bits & flags[i].bit)
			fact_push(host, array, str_of(flags[i].name));
}

/* "bridge", "vlan", "wlan": what the driver says it is, in the lines of uevent. */
static struct str kind(struct host *host, struct str name)
{
	struct str rest = attribute(host, name, "uevent"), line;

	while (line_next(&rest, &line))
		if (str_starts(line, STR("DEVTYPE=")))
			return str_from(line, 8);
	return STR_NONE;
}

static struct str linked(struct host *host, struct str name, const char *file)
{
	return str_basename(
		host_link(host, host_path(host, "/sys/class/net/%.*s/%s", STR_ARG(name), file)));
}

static void add(struct host *host, struct str name)
{
	struct json *o = host_add(host);
	uint64_t type;

	fact_text(host, o, "name", name);
	fact_text(host, o, "mac", attribute(host, name, "address"));
	number(host, o, "mtu", name, "mtu");
	fact_text(host, o, "operState", attribute(host, name, "operstate"));
	flag_names(host, o, name);
	number(host, o, "speedMbps", name, "speed");
	fact_text(host, o, "duplex", attribute(host, name, "duplex"));
	if (word_number(attribute(host, name, "type"), 10, &type))
		fact_text(host, o, "type", str_of(type_name(type)));
	fact_text(host, o, "kind", kind(host, name));
	fact_text(host, o, "alias", attribute(host, name, "ifalias"));
	number(host, o, "txQueueLength", name, "tx_queue_len");
	fact_text(host, o, "master", linked(host, name, "master"));
	fact_text(host, o, "driver", linked(host, name, "device/driver"));
}

enum code interface_list(struct host *host, struct err *e)
{
	struct names names;
	enum code c = host_names(host, host_path(host, "/sys/class/net"), &names, e);

	if (c)
		return c;
	for (size_t i = 0; i < names.n; i++)
		/* The bonding driver keeps a plain file, bonding_masters, among the links. */
		if (attribute(host, names.at[i], "mtu").n)
			add(host, names.at[i]);
	return E_OK;
}
