/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/channel.h"
#include <signal.h>

/**
 * Whether files could be delivered through a channel that is not kept yet: its check file for @account is written, with
 * credentials looked for anew. This waits for others. E_DENIED: it could not be; @refusal is what AWS Config says to
 * that (spec section 3.6), and @e what really happened. E_CANCELED: *@stop was set. E_NOMEM.
 */
enum code writable_check(const struct channel *channel, const char *account,
	const volatile sig_atomic_t *stop, struct channel_refusal *refusal, struct err *e);
