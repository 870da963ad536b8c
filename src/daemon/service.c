/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/service.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "base/uuid.h"
#include "json/write.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CONTENT_TYPE "application/x-amz-json-1.1"
#define TARGET       "StarlingDoveService."

struct request {
	struct job job;
	struct service *service;
	struct http_query *q;
	struct api_request ask;
	struct api_answer answer;
	struct caller_identity who;
	char operation[64]; /* not the target, which may tell a signature */
};

static void reply(struct http_query *q, int status, struct str body)
{
	char id[UUID_BYTES] = "";
	const struct http_header header = { "x-amzn-RequestId", id };

	http_answer_headers(q, status, CONTENT_TYPE, &header, uuid_make(id) ? 1 : 0, body);
}

/* What is refused before anything is asked. @message NULL: it has none. */
static void refuse(struct http_query *q, int status, const char *type, const char *message)
{
	struct buf body = BUF_INIT(4096);

	buf_text(&body, "{\"__type\":");
	json_write_string(&body, str_of(type));
	if (message) {
		buf_text(&body, ",\"message\":");
		json_write_string(&body, str_of(message));
	}
	buf_char(&body, '}');
	reply(q, status, buf_slice(&body));
	buf_release(&body);
}

static enum code answer(struct job *job, struct db *db, struct err *e)
{
	struct request *r = (struct request *)job;

	return api_answer(r->service->api, db, &r->ask, &r->answer, e);
}

static void answered(struct job *job, const struct err *e)
{
	struct request *r = (struct request *)job;
	struct service *s = r->service;
	bool kick = r->answer.kick;

	if (e->code)
		log_write(EV_HTTP_FAILED, e, log_text("page", r->operation));
	if (r->answer.status)
		reply(r->q, r->answer.status, buf_slice(&r->answer.body));
	else
		refuse(r->q, 503, "ServiceUnavailableException",
			"it is stopping, or out of memory");
	api_answer_release(&r->answer);
	mem_free(r);
	if (kick && s->kick)
		s->kick(s->ctx);
}

/* Epoch seconds, or as ISO 8601 has it. */
static bool read_moment(const char *text, int64_t *ms)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(text, &end);
	if (end != text && !*end && !errno && seconds > 0 && seconds < 253402300799.0) {
		*ms = (int64_t)(seconds * 1000 + 0.5);
		return true;
	}
	return time_parse_iso(str_of(text), ms) && *ms > 0;
}

struct call {
	struct str operation;
	bool writes;
	int64_t now_ms, as_of_ms;
};

static const char *said(const char *text)
{
	return *text ? text : NULL;
}

/* Settings do not wait for what waits for others. */
static enum lane lane_of(const struct call *call)
{
	if (api_asks(call->operation))
		return LANE_NET;
	return call->writes ? LANE_WRITE : LANE_READ;
}

static void submit(struct service *s, struct http_query *q, const struct caller_identity *who,
	const struct call *call)
{
	struct request *r = mem_alloc(sizeof(*r));

	if (!r) {
		refuse(q, 503, "ServiceUnavailableException", "out of memory");
		return;
	}
	*r = (struct request){ .job = { .run = answer, .done = answered },
		.service = s,
		.q = q,
		.who = *who,
		.ask = { .operation = call->operation,
			.body = q->body,
			.now_ms = call->now_ms,
			.as_of_ms = call->as_of_ms,
			.stop = s->stop } };
	snprintf(r->operation, sizeof(r->operation), "%.*s", STR_ARG(call->operation));
	r->ask.account = said(r->who.account);
	r->ask.region = said(r->who.region);
	r->ask.caller = said(r->who.key_id);
	lanes_submit(s->lanes, lane_of(call), &r->job);
}

/* What is asked, or false: it was refused. */
static bool read_call(const struct service *s, struct http_query *q, struct call *call)
{
	const char *target = http_query_header(q, "X-Amz-Target");
	const char *moment = http_query_header(q, "X-Siltstone-As-Of");

	call->operation = str_of(target ? target : "");
	if (str_starts(call->operation, STR(TARGET)))
		call->operation = str_from(call->operation, sizeof(TARGET) - 1);
	else
		call->operation = STR("");
	if (!q->content_type ||
		strncasecmp(q->content_type, CONTENT_TYPE, strlen(CONTENT_TYPE)) != 0)
		refuse(q, 400, "SerializationException", "the content type is to be " CONTENT_TYPE);
	else if (!api_offers(s->api, call->operation, &call->writes))
		refuse(q, 400, "UnknownOperationException", NULL);
	else if (moment && !read_moment(moment, &call->as_of_ms))
		refuse(q, 400, "ValidationException",
			"X-Siltstone-As-Of is to be epoch seconds or an ISO 8601 date-time");
	else
		return true;
	return false;
}

static void refuse_by_gate(struct http_query *q, enum code c, const struct gate_refusal *refusal)
{
	if (c == E_DENIED)
		refuse(q, refusal->status, refusal->type, refusal->message);
	else
		refuse(q, 503, "ServiceUnavailableException", "out of memory");
}

bool service_admit(void *ctx, struct http_query *q)
{
	const struct service *s = ctx;
	struct gate_request head = gate_request_of(q, time_now_ms());
	struct gate_refusal refusal = { 0 };
	enum code c = gate_look(s->gate, &head, &refusal);

	if (c)
		refuse_by_gate(q, c, &refusal);
	return !c;
}

void service_serve(void *ctx, struct http_query *q)
{
	struct service *s = ctx;
	struct call call = { .now_ms = time_now_ms() };
	struct gate_request request = gate_request_of(q, call.now_ms);
	struct gate_refusal refusal = { 0 };
	struct caller_identity who;
	/* Nothing is told, not even what there is, before it is known who asks. */
	enum code c = gate_admit(s->gate, &request, &who, &refusal);

	if (!c && !read_call(s, q, &call))
		return;
	if (!c)
		c = gate_allows(s->gate, &who, call.operation, call.writes, call.now_ms, &refusal);
	if (!c)
		submit(s, q, &who, &call);
	else
		refuse_by_gate(q, c, &refusal);
}

enum code service_open(struct service *s, struct db *db, struct err *e)
{
	unsigned char key[32];

	if (api_token_key(db, key, e))
		return e->code;
	return api_open(&s->api, key, s->ports, e);
}

void service_close(struct service *s)
{
	api_close(s->api);
	s->api = NULL;
}
