/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/caller.h"
#include "discover/region.h"
#include "discover/sweep.h"

/**
 * Becoming somebody: from the options of a sweep to an identity that can call, the account it
 * belongs to, and the regions meant.
 */
struct login {
	struct http *http;
	struct aws *aws;
	const char *account;
	struct regions regions;
	struct login_chain *chain;
	struct arena arena;
};

#define LOGIN_INIT                                                                                 \
	{                                                                                          \
		.arena = ARENA_INIT(4 << 20)                                                       \
	}

/**
 * E_NOTFOUND: there are no credentials. E_INVALID: a region there is not, none named at all, an
 * account that is none. E_DENIED, E_REMOTE and so on: AWS would not say who this is.
 * @options must live as long as the login.
 */
enum code login_open(struct login *login, const struct sweep_options *options, struct err *e);
/** The same where no region needs to be named, as for a bucket, which is asked for its own wherever the
 * question is signed; @options may be given one. */
enum code login_anywhere(struct login *login, struct sweep_options *options, struct err *e);
/** Also after a failed open. */
void login_close(struct login *login);

/** Calls in this identity's name. */
struct caller login_caller(struct login *login);

/** True for http://127.0.0.1:4566 and its like. */
bool login_is_loopback(const char *endpoint);
