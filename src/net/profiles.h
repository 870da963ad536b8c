/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ini.h"

/**
 * The profiles of this user: both shared files, read as one.
 *
 * In the credentials file a section is called as its profile; in the config file it is
 * "profile NAME", and "default" may go without the word. What the credentials file says
 * goes before what the config file says.
 */
struct profiles {
	struct ini credentials, config;
	const char *credentials_path, *config_path; /* in the arena they were read with */
};

#define PROFILES_INIT                                                                              \
	{                                                                                          \
		INI_INIT, INI_INIT, "", ""                                                         \
	}

/** AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE, else the files in ~/.aws. A file that is
 * not there is empty. Other errors as ini_read(). Release it in every case. */
enum code profiles_read(struct profiles *p, struct arena *a, struct err *e);
void profiles_release(struct profiles *p);

/** The profile to use: @wanted, else AWS_PROFILE, else "default". Borrowed. */
const char *profiles_choose(const char *wanted);
bool profiles_have(struct profiles *p, struct str profile);
/** The value, or STR_NONE when it is not there or empty. Borrowed from @p. */
struct str profiles_get(struct profiles *p, struct str profile, const char *name);
