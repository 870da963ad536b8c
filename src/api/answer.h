/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "json/json.h"
#include <signal.h>
#include <stdbool.h>

/**
 * AWS Config's API, without a socket
 * ==================================
 *
 * One request in, one answer out, whoever asks: the daemon over HTTP or a program in process. A request is the
 * name of an operation, its body, and who asks; it is checked against the operation's model (api/model.h), then the
 * operation runs. What an operation does is SQL wherever SQL can say it, in schema/api/FAMILY.sql, found by name:
 *
 *     op_<Operation>_refuse   rows (error, message): the first one is the answer, and nothing was changed
 *     op_<Operation>_write    (and _write_2, _write_3 ...) run in order in one transaction
 *     op_<Operation>_answer   at most one row, one column: the body as JSON; no row: an empty body
 *     op_<Operation>_list     rows (element, after): a page of the list; `after` is what the next page begins behind
 *
 * Each has what it names of the parameters :request (the body, as JSON), :account, :region (whose recorder is asked),
 * :now_ms, :caller (access key id), :after (NULL on the first page) and :limit. An operation that SQL cannot
 * say is a function (api/operation.h). Writing ones run on the one connection that writes.
 *
 * Protocol, errors and texts: spec sections 0.1, 8 and appendix A of the AWS Config reference.
 */
struct api_request {
	struct str operation;         /* "PutConfigRule": what follows the dot of X-Amz-Target */
	struct str body;              /* JSON */
	const char *account, *region; /* whose AWS Config is asked */
	const char *caller;           /* access key id, or NULL: nobody in particular */
	int64_t now_ms;
	int64_t as_of_ms; /* reading operations answer for this moment; 0: now */
	bool unlimited;   /* AWS's limits do not hold: asked by this house's own programs */
	const volatile sig_atomic_t *stop; /* or NULL */
};

struct api_answer {
	int status;      /* 200, 400, 500 */
	struct buf body; /* JSON, or empty */
	char error[96];  /* "NoSuchConfigRuleException", or "" */
	bool kick;       /* rows were made that the schedule should look at */
};

struct api;

/** What an operation needs of the world; each may be NULL, then what needs it says that it cannot be done here. */
struct api_ports {
	/** Writes the check file to the channel's target, as PutDeliveryChannel must. @error and @message: as AWS names it. */
	enum code (*check_channel)(void *ctx, struct db *db, const char *channel, char error[96],
		char message[512], struct err *e);
	void *ctx;
};

/** @token_key: 32 bytes that page tokens are sealed with; the same after a restart, so that a token survives it. */
enum code api_open(struct api **out, const unsigned char token_key[32],
	const struct api_ports *ports, struct err *e);
void api_close(struct api *api);

/** Whether an operation of this name exists; *@writes: it must be given the connection that writes. */
bool api_knows(struct str operation, bool *writes);

/**
 * Answer. What AWS Config would refuse is an answer (status 400), not an error; so is a failure of the store (500,
 * InternalFailure; @e then says for the log what it was). E_NOMEM and E_CANCELED are returned.
 */
enum code api_answer(struct api *api, struct db *db, const struct api_request *request,
	struct api_answer *answer, struct err *e);
void api_answer_release(struct api_answer *answer);
