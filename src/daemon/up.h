/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"

/**
 * The daemon
 * ==========
 *
 * Takes the store's lock, makes the store where there is none, seeds rows from the configuration, listens, and
 * from then on does what the schedule finds due, until SIGINT or SIGTERM. What is under way then is called off: a
 * sweep has written nothing, a file or a message is tried again at the next start. SIGHUP reads the
 * configuration and the rows again and forgets credentials; where it listens and which store it is stays. A second SIGTERM, or five seconds, end it at once, which loses nothing either.
 */
struct up_options {
	const char *store;
	const char *config_file;     /* or NULL; read again at SIGHUP */
	const struct config *config; /* as it was read at the start */
	/* What beats the file, also after a reload; NULL: nothing does. */
	const char *listen, *log_level, *anonymous, *key_file;
	const char *ui_dir; /* where the web pages are read from; NULL: as built in */
	bool once;          /* sweep if it is due, deliver, notify; then end */
};

/** E_CONFLICT: another daemon has the store. With once: what failed first. */
enum code up_run(const struct up_options *options, struct err *e);
