/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/** Random UUIDs: RFC 9562, version 4, lower-case. */
#define UUID_BYTES 37
/** False: the system has no random bytes to give. */
bool uuid_make(char out[UUID_BYTES]);
