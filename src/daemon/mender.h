/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"
#include "port/remediator.h"

/**
 * Whoever carries remediations out for the daemon
 * ===============================================
 *
 * A document of Systems Manager is started as an automation in the region of the rule, with the credentials and at the
 * endpoint that the section [remediation] says. A target "local:PROGRAM" is a program of this machine, and is run if its path is
 * one of remediation.commands: what is to be mended is a JSON object on its standard input, and it has two minutes. It succeeded
 * when it ends with 0.
 */
struct mender;

/** @config is borrowed. Nobody is asked before the first call. */
enum code mender_open(struct mender **out, const struct config *config, struct err *e);
/** Takes NULL. */
void mender_close(struct mender *m);
/** What waits for an answer comes back soon, with E_CANCELED; nothing is begun any more. From any thread. Takes NULL. */
void mender_stop(struct mender *m);
/** Credentials are read anew when they are needed next. From any thread. Takes NULL. */
void mender_forget(struct mender *m);

/** One call at a time. */
struct remediator *mender_remediator(struct mender *m);
