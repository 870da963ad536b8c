/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/db.h"
#include <stdint.h>

/**
 * Recorders as AWS Config's API speaks of them
 * ============================================
 *
 * One function for the operations of spec sections 5 and 8.1, over the same rows as store/recorder.h: the request's body
 * as JSON in, the answer's body as JSON out, refusals by AWS's names and in its words. That a body has the right members
 * of the right kinds is checked before (api/model.h); what only this part knows is checked here: what goes together in a
 * recording group, which names are taken. What people set by the command line stays when the API changes the rest: how often
 * sweeps are, intervals of single types, tags that are wanted.
 *
 * Each writing one is a transaction of its own. Behind them core/house.h's house_record() should be called, so that the
 * change is recorded, too; and the schedule be woken.
 */
enum recorder_operation {
	RECORDER_PUT,          /* PutConfigurationRecorder */
	RECORDER_DELETE,       /* DeleteConfigurationRecorder */
	RECORDER_START,        /* StartConfigurationRecorder */
	RECORDER_STOP,         /* StopConfigurationRecorder */
	RECORDER_DESCRIBE,     /* DescribeConfigurationRecorders */
	RECORDER_STATUS,       /* DescribeConfigurationRecorderStatus */
	RECORDER_LIST,         /* ListConfigurationRecorders: all of them, it does not page */
	RECORDER_ASSOCIATE,    /* AssociateResourceTypes */
	RECORDER_DISASSOCIATE, /* DisassociateResourceTypes */
	RECORDER_LINK,         /* PutServiceLinkedConfigurationRecorder */
	RECORDER_UNLINK,       /* DeleteServiceLinkedConfigurationRecorder */
	RECORDER_OPERATIONS
};

struct recorder_call {
	enum recorder_operation operation;
	struct str request;           /* JSON object */
	const char *account, *region; /* whose AWS Config is asked: what ARNs say */
	int64_t now_ms;
};

/** NULL-named error: it was done. */
struct recorder_answer {
	char error[96];     /* "InvalidRecordingGroupException", or "" */
	struct buf message; /* AWS's text */
	struct buf body;    /* JSON, or empty */
};
#define RECORDER_ANSWER_INIT                                                                       \
	{                                                                                          \
		"", BUF_INIT(4 << 20), BUF_INIT(16 << 20)                                          \
	}
void recorder_answer_release(struct recorder_answer *answer);

/** The operation of a name of the API ("PutConfigurationRecorder"). E_NOTFOUND, @e left alone: another's. */
enum code recorder_operation_find(struct str name, enum recorder_operation *out);

/** E_OK: done, or refused, and @answer says which. E_INVALID: the request is no JSON. Else codes of the store. */
enum code recorder_call(struct db *db, const struct recorder_call *call,
	struct recorder_answer *answer, struct err *e);
