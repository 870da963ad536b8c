/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Unpack a function's ZIP archive into the folder @to, which is made. Lambda's own limits: 250 MB unpacked, counted
 * while it is written, not as the archive says. Names that lead out of the folder (absolute, "..", backslashes), links
 * and devices are refused, and then nothing stays. E_INVALID: no such archive. E_TOOBIG. E_IO, E_FULL.
 */
enum code unpack_zip(const char *zip, const char *to, struct err *e);
bool unpack_is_zip(const char *path);
/** Remove such a folder. */
void unpack_remove(const char *folder);
