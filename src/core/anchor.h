/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "port/object_store.h"
#include "store/verify.h"

/**
 * Anchors: the newest seal, kept elsewhere
 * ========================================
 *
 * A small JSON object that says which seal a store had at some time. A store that lost its end, or was
 * written anew, does not hold that seal any more. Beside each configuration snapshot one is put to
 *
 *     AWSLogs/{account}/siltstone-seals/{Y}/{M}/{D}/seal-{number, 12 digits}.json
 *
 * next to Config/ and not below it, as CloudTrail keeps its digests next to its logs: whoever reads Config/ as
 * account, region and day finds nothing new there. The day is that of the seal, so a seal has one key.
 */

/** Append the anchor of the newest seal. E_NOTFOUND: nothing is sealed yet (@e is left alone). */
enum code anchor_write(struct db *db, struct buf *out, struct err *e);
/** Put it to @store, the key behind @prefix ("" or "config/"). Nothing sealed: nothing is put. What the object
 * store says. */
enum code anchor_put(struct db *db, struct object_store *store, const char *prefix,
	const char *account, struct err *e);
/** Read one. With keys: one of them must have signed it, where it is signed. E_INVALID: not an anchor.
 * E_CORRUPT: its signature does not fit. */
enum code anchor_read(struct str text, const struct sign_key *keys, size_t n_keys,
	struct verify_anchor *out, struct err *e);
