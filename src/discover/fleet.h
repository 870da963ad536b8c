/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/sweep.h"

/**
 * Many accounts behind one source
 * ===============================
 *
 * The source's own credentials become each account by assuming a role there, but for the account they belong
 * to, which is looked at as it is. Which accounts: those named, or the active ones of the organization
 * (Organizations' ListAccounts). A few are looked at at a time (discover/team.h); one that cannot be
 * reached is a gap with a reason and holds up no other.
 */
struct fleet {
	struct sweep_options *each; /* for one account each; texts in the arena or the options' */
	size_t n;
	struct arena arena;
};
#define FLEET_INIT                                                                                 \
	{                                                                                          \
		.arena = ARENA_INIT(64 << 20)                                                      \
	}

/** Whether @o are for several accounts. */
bool fleet_is_meant(const struct sweep_options *o);
/** Whether they say enough: E_INVALID, without asking anybody. */
enum code fleet_check(const struct sweep_options *o, struct err *e);
/**
 * Find them out. With @o->account that one alone. E_INVALID: an account that is none, no role for the others,
 * none left. Otherwise as login_open() and ListAccounts say. @f: FLEET_INIT; fleet_release() in every case.
 */
enum code fleet_open(struct fleet *f, const struct sweep_options *o, struct err *e);
void fleet_release(struct fleet *f);
