/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"
#include "daemon/http_server.h"
#include "db/db.h"
#include "store/access_key.h"

/**
 * The gate: who asks, and what they may
 * =====================================
 *
 * A request is admitted when it is signed (AWS Signature Version 4, service "config") with an access key of the
 * store, when it shows a token of it (Authorization: Bearer), or when nobody needs to say who they are: that is so
 * only for who comes from this machine, neither by way of a proxy nor from another site's page, and only where
 * access.anonymous says so. What has been admitted may
 * then do what its role and its own lists allow (gate_allows()).
 *
 * Keys are held in memory; a request that is refused has cost no question to the store. gate_keys_load() reads them
 * anew on a lane, gate_keys_take() puts them into force. Everything else here is the loop's: one thread, no lock.
 *
 * What a writing request proves it proves once: the same signature again, later than an honest repetition
 * within the same second could come, is refused (GATE_REPEAT_MS). SDKs sign each attempt anew.
 * That is remembered in memory, and so not beyond the end of the process.
 */
struct gate;

struct gate_request {
	const char *method;
	struct str target;                 /* as it came, with the query */
	const struct http_header *headers; /* all of them, as they came */
	size_t n_headers;
	struct str body;
	bool local; /* from this machine: over loopback or a unix socket */
	int64_t now_ms;
};

/** How long after the first one a writing request may come again with the same signature. */
#define GATE_REPEAT_MS 2000

/** Who was admitted. Owns nothing, and stays good when keys are loaded anew. */
struct caller_identity {
	char account[13];                 /* "": anonymous, and so nobody's in particular */
	char region[33];                  /* the signature's; "": none was said */
	char key_id[ACCESS_KEY_ID_BYTES]; /* "": anonymous */
	enum access_role role;
	char allow[ACCESS_LIST_BYTES],
		deny[ACCESS_LIST_BYTES]; /* globs with commas between them; "" */
	unsigned char
		proof[16]; /* of the signature; zeroes: there is none that could be repeated */
	int64_t proof_until_ms;
};

/** The answer to give instead. AWS's names and texts. */
struct gate_refusal {
	int status; /* 400 */
	char type[64];
	char message[512];
};

/** The request of @q. Borrows from it. */
struct gate_request gate_request_of(const struct http_query *q, int64_t now_ms);

/** E_OK: *@out says who. E_DENIED: *@refusal says what to answer. E_NOMEM. */
enum code gate_admit(struct gate *gate, const struct gate_request *request,
	struct caller_identity *out, struct gate_refusal *refusal);
/** The same by the head alone, while the body is still to come: E_OK, it may be admitted; a key's signature is not
 * looked at. */
enum code gate_look(
	struct gate *gate, const struct gate_request *head, struct gate_refusal *refusal);
/** Whether @who may do @operation ("PutConfigRule"). One that the table of roles does not know is for everybody
 * when it does not write, else for admins. E_OK, E_DENIED, E_NOMEM. Once a request. */
enum code gate_allows(struct gate *gate, const struct caller_identity *who, struct str operation,
	bool writes, int64_t now_ms, struct gate_refusal *refusal);

/** What the configuration says. */
struct gate_settings {
	struct seal_box box; /* access.key_file; empty: no key is of use */
	bool open;           /* access.anonymous */
	enum access_role open_role;
};

/** Reads the key file. E_INVALID; E_DENIED: others may read that file;
 * E_NOTFOUND, E_IO. */
enum code gate_settings_read(struct gate_settings *s, const struct config *config, struct err *e);
enum code gate_open(struct gate **out, const struct gate_settings *settings, struct err *e);
/** From now on. */
void gate_apply(struct gate *gate, const struct gate_settings *settings);
/** Takes NULL. */
void gate_close(struct gate *gate);
/** Whether anybody can be admitted without a key. */
bool gate_is_open(const struct gate *gate);
/** Whether a key file is there, so that keys are of use. */
bool gate_has_key(const struct gate *gate);

/** What the store says of keys; made on a lane, put into force on the loop. */
struct gate_keys;
enum code gate_keys_load(struct gate_keys **out, struct db *db, struct err *e);
/** Takes @keys over; NULL does nothing. */
void gate_keys_take(struct gate *gate, struct gate_keys *keys);

/** Have @fn called when gate_used() has something to tell. */
void gate_on_use(struct gate *gate, void (*fn)(void *ctx), void *ctx);
/** Keys that were used since they were last told of, at most so many; for access_key_used(). */
size_t gate_used(struct gate *gate, struct access_use *uses, size_t max);
