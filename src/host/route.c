/* SPDX-License-Identifier: Apache-2.0 */
#include "host/route.h"

#include "base/arena.h"
#include "host/line.h"
#include <arpa/inet.h>

/* Linux include/uapi/linux/route.h and ipv6_route.h */
#define ROUTE_UP        0x0001U
#define ROUTE_GATEWAY   0x0002U
#define ROUTE_REJECT    0x0200U
#define ROUTE_ANYCAST   0x00100000U
#define ROUTE_CACHE     0x01000000U
#define ROUTE_LOCAL     0x80000000U
#define METRIC_TERMINAL 0xffffffffU

struct route {
	const char *family;
	struct str destination; /* "default" or CIDR */
	struct str gateway;     /* STR_NONE: on the link */
	struct str interface;
	int64_t metric, mtu;
	bool unreachable;
};

static void add(struct host *host, const struct route *r)
{
	struct json *o = host_add(host);
	struct str id = arena_printf(host->a, "%s %.*s%s%.*s dev %.*s metric %lld", r->family,
		STR_ARG(r->destination), r->gateway.n ? " via " : "", STR_ARG(r->gateway),
		STR_ARG(r->interface), (long long)r->metric);

	fact_text(host, o, "id", id);
	fact_text(host, o, "family", str_of(r->family));
	fact_text(host, o, "destination", r->destination);
	fact_text(host, o, "gateway", r->gateway);
	fact_text(host, o, "interface", r->interface);
	fact_int(host, o, "metric", r->metric);
	if (r->mtu)
		fact_int(host, o, "mtu", r->mtu);
	fact_text(host, o, "type", r->unreachable ? STR("unreachable") : STR("unicast"));
}

static bool word_u32(struct str *rest, unsigned base, uint32_t *value)
{
	uint64_t v;

	if (!word_number(word_next(rest), base, &v) || v > UINT32_MAX)
		return false;
	*value = (uint32_t)v;
	return true;
}

/* Interface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT; the addresses are
 * numbers in the host's order of bytes whose memory is in the network's. */
static bool route4_line(struct str line, struct route4 *r)
{
	*r = (struct route4){ .interface = word_next(&line) };
	if (!word_u32(&line, 16, &r->destination) || !word_u32(&line, 16, &r->gateway) ||
		!word_u32(&line, 16, &r->flags))
		return false;
	word_next(&line);
	word_next(&line);
	return word_number(word_next(&line), 10, &r->metric) && word_u32(&line, 16, &r->mask) &&
	       word_number(word_next(&line), 10, &r->mtu);
}

bool route4_next(struct str *rest, struct route4 *route)
{
	struct str line;

	while (line_next(rest, &line))
		if (route4_line(line, route))
			return true;
	return false;
}

unsigned mask_bits(uint32_t mask)
{
	unsigned n = 0;

	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

static struct str address4(struct host *host, uint32_t address)
{
	char text[INET_ADDRSTRLEN];

	return arena_str(host->a, str_of(inet_ntop(AF_INET, &address, text, sizeof(text))));
}

static void add4(struct host *host, const struct route4 *r)
{
	struct route route = { .family = "ipv4",
		.destination = STR("default"),
		.interface = r->interface,
		.metric = (int64_t)r->metric,
		.mtu = (int64_t)r->mtu,
		.unreachable = r->flags & ROUTE_REJECT };

	if (r->destination || r->mask)
		route.destination = arena_printf(host->a, "%.*s/%u",
			STR_ARG(address4(host, r->destination)), mask_bits(r->mask));
	if (r->flags & ROUTE_GATEWAY)
		route.gateway = address4(host, r->gateway);
	add(host, &route);
}

static struct str address6(struct host *host, const unsigned char *address)
{
	char text[INET6_ADDRSTRLEN];

	return arena_str(host->a, str_of(inet_ntop(AF_INET6, address, text, sizeof(text))));
}

/* Destination bits source bits next-hop metric references uses flags interface, all in base 16. */
static void add6(struct host *host, struct str line)
{
	unsigned char destination[16], gateway[16];
	struct route route = { .family = "ipv6", .destination = STR("default") };
	uint32_t bits, metric, flags;
	bool ok = word_bytes(word_next(&line), destination, 16) && word_u32(&line, 16, &bits);

	word_next(&line);
	word_next(&line);
	ok = ok && word_bytes(word_next(&line), gateway, 16) && word_u32(&line, 16, &metric);
	word_next(&line);
	word_next(&line);
	ok = ok && word_u32(&line, 16, &flags);
	/* The file holds every table: what belongs to addresses and to multicast, what was learned
	 * of paths, and the sentinel behind the last rule are no routes that somebody set. */
	if (!ok || !(flags & ROUTE_UP) || flags & (ROUTE_LOCAL | ROUTE_ANYCAST | ROUTE_CACHE) ||
		destination[0] == 0xff || (flags & ROUTE_REJECT && metric == METRIC_TERMINAL))
		return;
	if (bits)
		route.destination = arena_printf(
			host->a, "%.*s/%u", STR_ARG(address6(host, destination)), bits);
	if (flags & ROUTE_GATEWAY)
		route.gateway = address6(host, gateway);
	route.interface = word_next(&line);
	route.metric = metric;
	route.unreachable = flags & ROUTE_REJECT;
	add(host, &route);
}

enum code route_list(struct host *host, struct err *e)
{
	struct str rest, line;
	struct route4 r;
	enum code c = host_read(host, host_path(host, "/proc/net/route"), &rest, e);

	if (c)
		return c;
	while (route4_next(&rest, &r))
		if (r.flags & ROUTE_UP)
			add4(host, &r);
	/* Not there where IPv6 is switched off. */
	c = host_read_optional(host, host_path(host, "/proc/net/ipv6_route"), &rest, e);
	while (!c && line_next(&rest, &line))
		add6(host, line);
	return c;
}
