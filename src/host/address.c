/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "host/host.h"
#include "host/line.h"
#include "host/route.h"
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>

/* Flags of /proc/net/if_inet6, Linux include/uapi/linux/if_addr.h */
#define ADDRESS_TEMPORARY 0x01U
#define ADDRESS_PERMANENT 0x80U

struct address {
	const char *family, *scope;
	struct str interface, text;
	unsigned bits;
};

static struct json *add(struct host *host, const struct address *at)
{
	struct json *o = host_add(host);

	fact_text(host, o, "id",
		arena_printf(host->a, "%.*s/%.*s/%u", STR_ARG(at->interface), STR_ARG(at->text),
			at->bits));
	fact_text(host, o, "interface", at->interface);
	fact_text(host, o, "family", str_of(at->family));
	fact_text(host, o, "address", at->text);
	fact_int(host, o, "prefixLength", at->bits);
	fact_text(host, o, "scope", str_of(at->scope));
	return o;
}

static const char *scope6(uint64_t scope)
{
	switch (scope) {
	case 0x10: return "host";
	case 0x20: return "link";
	case 0x40: return "site";
	default: return "global";
	}
}

/* Address index bits scope flags interface, in base 16. */
static void add6(struct host *host, struct str line)
{
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN];
	uint64_t bits, scope, flags;
	struct address at = { .family = "ipv6" };
	bool ok = word_bytes(word_next(&line), bytes, 16);
	struct json *o;

	word_next(&line);
	ok = ok && word_number(word_next(&line), 16, &bits) &&
	     word_number(word_next(&line), 16, &scope) && word_number(word_next(&line), 16, &flags);
	/* Privacy addresses (RFC 8981) come and go by the hour. */
	if (!ok || flags & ADDRESS_TEMPORARY)
		return;
	at.interface = word_next(&line);
	at.text = arena_str(host->a, str_of(inet_ntop(AF_INET6, bytes, text, sizeof(text))));
	at.bits = (unsigned)bits;
	at.scope = scope6(scope);
	o = add(host, &at);
	fact_flag(host, o, "permanent", flags & ADDRESS_PERMANENT);
}

static const char *scope4(uint32_t address)
{
	uint32_t a = ntohl(address);

	return a >> 24 == 127 ? "host" : a >> 16 == 0xa9fe ? "link" : "global";
}

static void add4(struct host *host, struct str interface, uint32_t address, unsigned bits)
{
	char text[INET_ADDRSTRLEN];
	struct address at = { .family = "ipv4", .interface = interface, .bits = bits };

	at.text = arena_str(host->a, str_of(inet_ntop(AF_INET, &address, text, sizeof(text))));
	at.scope = scope4(address);
	add(host, &at);
}

static uint32_t ip(const struct sockaddr *sa)
{
	struct sockaddr_in in = { 0 };

	if (sa)
		memcpy(&in, sa, sizeof(in));
	return in.sin_addr.s_addr;
}

static enum code ask_kernel(struct host *host, struct err *e)
{
	struct ifaddrs *all;

	if (getifaddrs(&all))
		return err_sys(e, E_IO, errno, "could not list addresses");
	for (const struct ifaddrs *i = all; i; i = i->ifa_next)
		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET)
			add4(host, arena_str(host->a, str_of(i->ifa_name)), ip(i->ifa_addr),
				mask_bits(ip(i->ifa_netmask)));
	freeifaddrs(all);
	return E_OK;
}

/* The interface and prefix of a local address: those of the narrowest network on a link that
 * holds it. */
static bool on_link(struct str routes, uint32_t address, struct route4 *best)
{
	struct route4 r;
	bool found = false;

	while (route4_next(&routes, &r))
		if (!r.gateway && r.mask && (address & r.mask) == r.destination &&
			(!found || mask_bits(r.mask) > mask_bits(best->mask))) {
			*best = r;
			found = true;
		}
	return found;
}

static void add_local(struct host *host, struct str routes, struct str text)
{
	struct route4 r;
	uint32_t address;

	if (inet_pton(AF_INET, arena_text(host->a, text), &address) != 1)
		return;
	if (ntohl(address) >> 24 == 127)
		add4(host, STR("lo"), address, 8);
	else if (on_link(routes, address, &r))
		add4(host, r.interface, address, mask_bits(r.mask));
}

/* Another machine's files name its addresses in one place only, the routing trie: a line
 * "|-- ADDRESS", and below it "/32 host LOCAL". */
static enum code read_trie(struct host *host, struct err *e)
{
	struct str rest, routes, line, word, last = STR_NONE;
	enum code c = host_read(host, host_path(host, "/proc/net/fib_trie"), &rest, e);

	if (!c)
		c = host_read(host, host_path(host, "/proc/net/route"), &routes, e);
	while (!c && line_next(&rest, &line)) {
		line = str_trim(line);
		word = word_next(&line);
		if (str_is(word, "|--"))
			last = word_next(&line);
		else if (str_is(word, "/32") && str_is(str_trim(line), "host LOCAL"))
			add_local(host, routes, last);
	}
	return c;
}

enum code address_list(struct host *host, struct err *e)
{
	struct str rest, line;
	enum code c = *host->root ? read_trie(host, e) : ask_kernel(host, e);

	if (!c)
		c = host_read_optional(host, host_path(host, "/proc/net/if_inet6"), &rest, e);
	while (!c && line_next(&rest, &line))
		add6(host, line);
	return c;
}
