/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "host/host.h"

/** What systemd says of one unit it has loaded. */
struct loaded_unit {
	struct loaded_unit *next;
	struct str name, fragment, load_state, active_state;
};

/**
 * Ask `systemctl show`. *@units is NULL where systemd does not run. E_REMOTE: it runs and
 * systemctl failed, or did not answer within 30 seconds.
 */
enum code systemctl_units(struct host *host, struct loaded_unit **units, struct err *e);
