/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

/**
 * A file without a name, open for reading and writing, gone when it is closed, however the process ends. It
 * lies in $TMPDIR, else in /var/tmp, else in /tmp. -1: E_IO, E_FULL or E_DENIED; the hint says what to set.
 */
int scratch_file(struct err *e);
/** Where such files lie. */
const char *scratch_folder(void);
