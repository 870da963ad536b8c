/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/sha256.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Page tokens
 * ===========
 *
 * Where the next page begins, sealed with a key of the store's: base64 of an HMAC-SHA-256 and what it covers. A token
 * holds for the question it was given to: the same operation, account, region and request (but for the token itself
 * and the size of the page). It says which element the next page stands behind and never how many came before, so that
 * pages neither skip nor repeat what was there all the time.
 */
struct token_scope {
	const unsigned char *key; /* 32 bytes */
	const char *operation, *account, *region;
	int64_t at_ms;
	unsigned char request[SHA256_BYTES];
};

/** STR_NONE when memory ran out. */
struct str token_seal(const struct token_scope *scope, struct arena *a, struct str after);
/** False: it was not made by token_seal() in this scope. @after lives in @a. */
bool token_open(
	const struct token_scope *scope, struct arena *a, struct str token, struct str *after);
