/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "store/channel.h"
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
 *     op_<Operation>_refuse   rows (error, message): the first one is the answer, and nothing was changed;
 *                              and _refuse_2, _refuse_3 ... where one statement would be too long
 *     op_<Operation>_write    (and _write_2, _write_3 ...) run in order in one transaction
 *     op_<Operation>_answer   at most one row, one column: members of the body as a JSON object
 *     op_<Operation>_list     rows (element, after ...): a page of the list; `after` is what the next page begins behind
 *
 * Each has what it names of the parameters
 *
 *     :request          the body as JSON text: what the model knows of it, without nulls, page token and limit
 *     :account :region  whose recorder is asked; never NULL
 *     :now_ms           the clock
 *     :at_ms            the moment that is asked about; 253402300799000: now
 *     :caller           access key id, or NULL
 *     :after            what the last element of the page before had in its column `after`; NULL on the first page
 *     :limit            as many rows as are of use: one more than a page holds
 *
 * An operation is ten lines
 * -------------------------
 * Put a statement into schema/api/FAMILY.sql, build, and it answers:
 *
 *     -- name: op_GetThing_refuse
 *     SELECT 'NoSuchThingException' AS error, 'There is no thing ''' || json_extract(:request, '$.ThingName') || '''.' AS message
 *      WHERE NOT EXISTS (SELECT 1 FROM _thing t WHERE t.account = :account AND t.region = :region
 *                           AND t.name = json_extract(:request, '$.ThingName'));
 *
 *     -- name: op_GetThing_answer
 *     SELECT json_object('Thing', json_object('Name', t.name, 'Created', t.created_ms / 1000.0, 'Parts', json(t.parts))) AS body
 *       FROM _thing t WHERE t.account = :account AND t.region = :region AND t.name = json_extract(:request, '$.ThingName');
 *
 *     -- name: op_ListThings_list
 *     SELECT json_object('Name', t.name, 'Colour', t.colour) AS element, t.name AS after FROM _thing t
 *      WHERE t.account = :account AND t.region = :region AND t.name > coalesce(:after, '')
 *      ORDER BY t.name LIMIT :limit;
 *
 * The build prepares each against the schema: a wrong column is an error with file and line, and so is a plan that
 * scans or sorts, unless a line "-- plan: scan" below the name says that it is meant. What to know:
 *
 *   - Names, order and kinds are the model's: nulls are left out, 0 and 1 are false and true where the model wants
 *     that, times are epoch seconds (captured_ms / 1000.0). A member the model does not know is a failure (500).
 *   - Required members, lengths, ranges, enums and patterns were checked before: refuse only what needs the store. A
 *     message that is NULL is left out of the answer. Several reasons: UNION ALL, in AWS's order.
 *   - A member that holds lists or objects as text is json(column), else it becomes a string. `element` is JSON, too:
 *     a plain name is json_quote(t.name).
 *   - Empty lists are told: json_group_array() gives them. It has no order of its own: ORDER BY in a subquery.
 *   - Pages are by key: ORDER BY what `after` says, and begin behind it. Several columns: `after` is
 *     json_array(a, b), and the condition (a, b) > (json_extract(:after, '$[0]'), json_extract(:after, '$[1]')).
 *     Columns behind `after` are for ORDER BY alone. _answer may give what stands beside the list.
 *   - Statements of a writing operation run in one transaction, refuse first, answer last: it sees what was written.
 *   - The past (X-Siltstone-As-Of): public views answer for that moment by themselves, private tables do not. An operation
 *     whose _answer and _list name :at_ms is taken to see to it alone, and gets no shadows.
 *   - Functions besides SQLite's (db/sqlfn.h): config_arn(:region, :account, 'thing/' || name), random_id(8), uuid(),
 *     glob_any(), sha256().
 *   - What can be tagged is listed by the view _service_object (schema/81-service.sql), its tags are in _service_tag; a
 *     trigger there lets them go with their object.
 *   - What SQL cannot say is a function: api/operation.h. tests/unit/api/test_answer.c lists the operations that are
 *     missing: take yours off. In the shell: siltstone api GetThing '{"ThingName":"x"}'
 *
 * Writing operations run on the one connection that writes. An operation that asks about the past and does not see to it
 * by itself leaves the connection marked as spent: nothing else can be asked of it.
 *
 * Protocol, errors and texts: spec sections 0.1, 8 and appendix A of the AWS Config reference.
 */
struct api_request {
	struct str operation; /* "PutConfigRule": what follows the dot of X-Amz-Target */
	struct str body;      /* JSON */
	/* Whose AWS Config is asked; NULL: the account with most resources in the store, the region where it has most.
	 * What has no region of its own (IAM and the like: 'global') is found from every region. */
	const char *account, *region;
	const char *caller; /* access key id, or NULL: nobody in particular */
	int64_t now_ms;
	int64_t as_of_ms; /* reading operations answer for this moment; 0: now */
	bool unlimited;   /* AWS's limits do not hold: asked by this house's own programs */
	const volatile sig_atomic_t *stop; /* or NULL */
};

struct api_answer {
	int status;      /* 200, 400, 413, 500 */
	struct buf body; /* JSON, or empty */
	char error[96];  /* "NoSuchConfigRuleException", or "" */
	bool kick;       /* rows were made that the schedule should look at */
};

struct api;

/** What an operation needs of the world; each may be NULL, then what needs it says that it cannot be done here. */
struct api_ports {
	/** Writes the check file of @account to the channel's target, as PutDeliveryChannel must. E_DENIED: that cannot
	 * be done; *@refusal is what AWS Config says to it, and @e what happened, which is told to nobody else. */
	enum code (*check_channel)(void *ctx, const struct channel *channel, const char *account,
		struct channel_refusal *refusal, struct err *e);
	void *ctx;
};

/** A key for the page tokens of a store, the same for as long as there is the store. It is made of what the store says
 * of its beginning: who can read that has no use for a token. */
enum code api_token_key(struct db *db, unsigned char out[32], struct err *e);
/** @token_key: 32 bytes that page tokens are sealed with; the same after a restart, so that a token survives it. */
enum code api_open(struct api **out, const unsigned char token_key[32],
	const struct api_ports *ports, struct err *e);
void api_close(struct api *api);

/** Whether an operation of this name exists; *@writes: it must be given the connection that writes. */
bool api_knows(struct str operation, bool *writes);
/** The same of what is open, at once: it was found out when it was opened. */
bool api_offers(const struct api *api, struct str operation, bool *writes);
/** Whether it waits for others than the store: not to be given to a thread that settings are waiting for. */
bool api_asks(struct str operation);
/** Whether it does anything: one that is known and not there yet is answered with InternalFailure. */
bool api_can(struct str operation);

/** How far an operation goes. What is kept only is told as it was kept; nobody carries it out. */
enum api_extent { API_ABSENT, API_KEPT, API_WHOLE };
enum api_extent api_extent(struct str operation);

/**
 * Answer. What AWS Config would refuse is an answer (status 400), not an error; so is a failure of the store (500,
 * InternalFailure; @e then says for the log what it was). E_NOMEM and E_CANCELED are returned.
 */
enum code api_answer(struct api *api, struct db *db, const struct api_request *request,
	struct api_answer *answer, struct err *e);
void api_answer_release(struct api_answer *answer);
