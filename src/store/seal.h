/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/sha256.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Evidence
 * ========
 *
 * Every item carries a digest over all it says (_item.digest). Every commit that adds items
 * ends with seal_add(): one row of _seal that covers the items since the seal before, and that
 * names that seal. So nobody can change, add or take away an item behind a seal without
 * breaking the chain from there on; store/verify.h looks for that.
 *
 * A digest is SHA-256 over netstrings (base/netstring.h): digests in lower-case hexadecimal,
 * numbers in decimal. Migration 0003 spells the item's out in SQL, and a test holds the two
 * together.
 */
struct seal_item {
	struct str account, region, type, id; /* of the resource */
	int64_t captured_ms;
	bool has_state;
	int64_t state_id; /* configurationStateId, where it is not captured_ms */
	struct str status;
	const unsigned char *document; /* SHA-256 of the whole document; NULL: it has none */
	int64_t recorded_ms;
	struct str az;
	bool has_created;
	int64_t created_ms;
	struct str name, arn; /* as they were then; empty: none */
	struct str actor;
	int64_t source_id; /* 0: none */
	struct str extra;
};
/** What belongs into _item.digest. False: no memory. */
bool seal_item_digest(const struct seal_item *item, unsigned char out[SHA256_BYTES]);

struct seal {
	int64_t seal_id;
	int64_t first_item, last_item; /* gapless: first is the last of the seal before + 1 */
	int64_t n;                     /* items there were between them */
	int64_t sealed_ms;
	unsigned char items[SHA256_BYTES];    /* over their digests, in the order of item_id */
	unsigned char previous[SHA256_BYTES]; /* zeros for the first */
};
/** What belongs into _seal.digest. False: no memory. */
bool seal_digest(const struct seal *seal, unsigned char out[SHA256_BYTES]);
/** What is signed: not the digest alone, so that a signature means nothing else. False: no memory. */
bool seal_text(struct buf *out, const unsigned char digest[SHA256_BYTES]);

/**
 * Seal what was added since the last seal; nothing to do is fine. Belongs at the end of every
 * transaction that adds items: recording, import, merge. It is signed with the key that db->seal_key
 * names, which is read each time. Errors of that file are sign_key_read()'s.
 */
enum code seal_add(struct db *db, int64_t now_ms, struct err *e);

/** The newest seal. */
struct seal_head {
	int64_t seal_id, last_item, sealed_ms;
	unsigned char digest[SHA256_BYTES];
	bool is_signed;
	unsigned char signature[64];
	char key_id[SHA256_HEX_BYTES];
};
/** E_NOTFOUND: nothing is sealed yet (@e is left alone). */
enum code seal_head(struct db *db, struct seal_head *out, struct err *e);
