/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/sign_key.h"
#include "db/db.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * Verifying a store
 * =================
 *
 * Offline and from the store alone: SQLite's integrity check; each item's document (put together where it
 * is a patch), digest, version and time against its neighbours, tags and plain changes against the
 * documents; the views through which it is read; then the chain of seals over the digests of what is there and of what retention
 * removed (store/seal.h). Everything streams: memory holds one item with its keyframe. One read snapshot is
 * held throughout, so a daemon may go on writing.
 *
 * What cannot be told from the store alone: that its last seals were cut off with their items, and that
 * everything was sealed anew. An anchor kept elsewhere tells the first and the second, a signature the
 * second.
 */
enum verify_kind {
	VERIFY_STORE,    /* SQLite finds it damaged */
	VERIFY_DOCUMENT, /* not what was recorded */
	VERIFY_ITEM,     /* says something else than what was recorded */
	VERIFY_ORDER,    /* versions, times, newest item */
	VERIFY_DERIVED,  /* changes, tags, links */
	VERIFY_SEAL,     /* the chain, or a signature */
	VERIFY_ANCHOR,   /* not the store that was anchored */
	VERIFY_KINDS
};
const char *verify_kind_name(enum verify_kind kind);

/** One thing that does not fit. Texts are borrowed. */
struct verify_finding {
	enum verify_kind kind;
	int64_t item_id; /* 0: it is not about one item */
	int64_t version, captured_ms;
	struct str account, region, type, id; /* STR_NONE: not about a resource */
	int64_t seal_id;                      /* 0: not about a seal */
	const char *text;
};
typedef void verify_fn(void *ctx, const struct verify_finding *f);

/** A seal as it was kept elsewhere: core/anchor.h writes and reads them. */
struct verify_anchor {
	int64_t seal_id, last_item;
	unsigned char digest[SHA256_BYTES];
};

struct verify_options {
	const struct sign_key *keys; /* public ones */
	size_t n_keys;
	const struct verify_anchor *anchor; /* NULL: none */
	verify_fn *found;
	void (*progress)(void *ctx, int64_t items);
	void *ctx;
	const volatile sig_atomic_t *stop; /* or NULL */
};

struct verify_sum {
	int64_t items, documents, bytes; /* bytes: of documents, whole */
	int64_t seals, pruned;
	int64_t unsealed; /* from before there were seals: the next commit seals them */
	int64_t signed_seals, signed_by_us; /* with any signature; by one of the keys */
	int64_t anchored;                   /* items that the anchor vouches for */
	int64_t findings, items_found;      /* things that do not fit; items among them */
	int64_t by_kind[VERIFY_KINDS];
	int64_t head_seal;
	unsigned char head[SHA256_BYTES]; /* digest of the newest seal */
};

/**
 * E_OK also when something was found: @sum and the calls of @options->found say so. E_CANCELED. Otherwise
 * the store could not be read (but damage is a finding).
 *
 * With keys: from the first seal on that one of them signed, each must be signed by one of them, and
 * there must be one.
 */
enum code verify_run(
	struct db *db, const struct verify_options *options, struct verify_sum *sum, struct err *e);
