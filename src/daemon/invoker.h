/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"
#include "db/db.h"
#include "port/function_runner.h"

/**
 * Whoever runs functions for rules: our host for those of ours, Lambda for all others
 * ===================================================================================
 *
 * What a function of ours asks AWS Config is answered in this process, over a connection of its own to the store, as the rule's
 * account; so it needs no credentials, and nobody has to listen. Lambda is called with the credentials and at the endpoint that the
 * configuration says (functions.profile, role_arn, endpoint), several at a time.
 */
struct invoker;

struct invoker_options {
	const char *store;           /* borrowed, as @config */
	const struct config *config; /* section functions; evidence.key */
};

/** @db: of the same store. Nothing is started, and nobody is asked, before the first call. */
enum code invoker_open(
	struct invoker **out, const struct invoker_options *options, struct db *db, struct err *e);
/** Ends what runs. Takes NULL. */
void invoker_close(struct invoker *v);
/** Everything under way comes back soon, with E_CANCELED; nothing is begun any more. From any thread. Takes NULL. */
void invoker_stop(struct invoker *v);
/** Lambda's credentials are read anew when they are needed next. From any thread. */
void invoker_forget(struct invoker *v);

struct function_runner *invoker_runner(struct invoker *v);
/** What results of functions are sealed with: 32 bytes. */
const unsigned char *invoker_token_key(const struct invoker *v);
