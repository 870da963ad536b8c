/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * Telling the service manager (sd_notify(3), without its library): datagrams of "NAME=VALUE" to the
 * unix socket that $NOTIFY_SOCKET names, an abstract one where it begins with '@'. Without
 * the variable nothing is sent.
 */
bool notify_socket_tell(const char *state);

/** How often the service manager wants to hear WATCHDOG=1: half of $WATCHDOG_USEC, when
 * $WATCHDOG_PID is this process or not set. 0: never. */
int64_t notify_socket_watchdog_ms(void);
