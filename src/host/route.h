/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "host/host.h"
#include <stdint.h>

/** One line of /proc/net/route (IPv4). Addresses are in network byte order, as inet_ntop() wants
 * them. */
struct route4 {
	struct str interface;
	uint32_t destination, gateway, mask;
	unsigned flags; /* RTF_* of <linux/route.h> */
	uint64_t metric, mtu;
};

/** The next line of @rest that is a route; false when there is none left. */
bool route4_next(struct str *rest, struct route4 *route);
/** How many bits of @mask are set. */
unsigned mask_bits(uint32_t mask);
