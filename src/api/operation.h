/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/answer.h"
#include "api/model.h"
#include "db/stmt.h"

/**
 * An operation under way
 * ======================
 *
 * For operations that SQL alone cannot say, and for the engine that runs those it can. Everything an operation
 * needs is in one struct, and everything it makes is in the request's arena. Such a function stands in a file
 * named after its family (src/api/rules.c) and in the table of src/api/operation.c.
 *
 *     enum code api_put_thing(struct operation *op)
 *     {
 *             struct str name = json_get_text(op->input, "Name");
 *             struct stmt st;
 *
 *             if (!str_starts(name, STR("x")))
 *                     return api_refuse(op, "InvalidParameterValueException", "\"%.*s\" is no name", STR_ARG(name));
 *             st = stmt_begin(op->db, SQL_THING_PUT);
 *             operation_bind(op, &st);                    // :request, :account, :region, :now_ms ...
 *             return stmt_run(&st, op->e);                // nothing in op->output: an empty answer
 *     }
 *
 * A function that is said to write runs within a transaction, which the engine commits when it returns E_OK and
 * rolls back otherwise. Statements op_<Operation>_* of the same operation run besides: refuse before the function,
 * write, answer and list behind it. One that is said to be `alone` takes transactions of its own, as what it calls
 * does (core/push.h), and nothing else runs besides. One that `asks` others besides the store waits for them while
 * none is open: the daemon runs it where that holds nobody up.
 */
struct operation {
	const struct model_operation *model;
	const struct api_request *request;
	const struct api_ports *ports;  /* never NULL; its members may be */
	const unsigned char *token_key; /* 32 bytes: what page and result tokens are sealed with */
	struct db *db;
	struct arena *arena;
	struct err *e;

	struct json *input;           /* checked, without nulls, page token and limit */
	struct str text;              /* the same as JSON text */
	const char *account, *region; /* never NULL */
	int64_t now_ms;               /* the clock */
	int64_t at_ms;                /* the moment that is asked about; TIME_FOREVER_MS: now */

	/* Paging: what the page begins behind (STR_NONE: the first), and how many elements it holds. */
	struct str after;
	int64_t limit;
	struct str next; /* set: there is another page, which begins behind this */

	struct json *output; /* an object; what is put into it is the answer, nulls left out */
	struct buf *body;    /* or the answer as it goes out, where the function writes it itself */
	bool kick;           /* the schedule should look; true at first for those that write */

	char error[96]; /* what it was refused with, or "" */
	struct str message;
	bool silent; /* the error has no message */
};

/**
 * One operation's function. E_OK: done. What api_refuse() returned: AWS Config would refuse, and nothing
 * was changed. Anything else is a failure of ours, with op->e saying which.
 */
typedef enum code api_operation_fn(struct operation *op);

/** Refuse as AWS Config does. @fmt NULL: without a message. E_DENIED; E_NOMEM. */
enum code api_refuse(struct operation *op, const char *error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** Bind what the statement names of :request, :account, :region, :now_ms, :at_ms, :caller, :after and :limit (which is
 * one more than the page holds: the row behind it tells that there is another page). */
void operation_bind(const struct operation *op, struct stmt *st);
/** Read JSON text (a statement's column) into the arena. NULL, and op->e filled, when it is none. */
struct json *operation_json(struct operation *op, struct str text);

/**
 * Another operation as a part of this one, for @account (borrowed) in the same region: checked, refused and written as if it
 * had been asked for by itself, but in this one's transaction. E_DENIED with sub->error set: it was refused, and
 * nothing of it was written; what becomes of this operation is the caller's to say. @name writes, and is not `alone`.
 */
enum code operation_within(struct operation *op, const char *name, const char *account,
	struct json *input, struct operation *sub);

struct operation_entry {
	const char *name;
	api_operation_fn *fn;
	bool writes;
	bool alone; /* writes, in transactions of its own */
	bool asks;  /* others than the store: it may take long; alone, too */
	bool past;  /* it obeys at_ms itself: the public views need not be shadowed */
};
/** NULL: there is no function of this operation. */
const struct operation_entry *operation_entry(const char *name);
/** What it asks for is written down, and nobody carries it out (yet). */
bool operation_is_kept_only(const char *name);

/* The functions, by family. */
api_operation_fn api_get_aggregate_resource_config, api_batch_get_aggregate_resource_config,
	api_select_aggregate_resource_config;                                    /* aggregates.c */
api_operation_fn api_get_resource_config_history, api_batch_get_resource_config; /* histories.c */
api_operation_fn api_select_resource_config;                                     /* queries.c */
api_operation_fn api_put_evaluations, api_put_external_evaluation;               /* rules.c */
api_operation_fn api_recorder;                                                   /* recorders.c */
api_operation_fn api_describe_remediation_exceptions;                 /* remediations.c */
api_operation_fn api_put_delivery_channel;                            /* channels.c */
api_operation_fn api_put_resource_config, api_delete_resource_config; /* custom.c */
api_operation_fn api_put_conformance_pack;                            /* packs.c */
api_operation_fn api_put_organization_config_rule,
	api_delete_organization_config_rule; /* organizations.c */
api_operation_fn api_put_organization_conformance_pack, api_delete_organization_conformance_pack;
