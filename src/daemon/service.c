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

#define REGION_BYTES 33

struct request {
	struct job job;
	struct service *service;
	struct http_query *q;
	struct api_request ask;
	struct api_answer answer;
	char region[REGION_BYTES];
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
		log_write(EV_HTTP_FAILED, e, log_text("page", r->q->target));
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

/* "...Credential=ID/20261123/eu-west-1/config/aws4_request, ...": whose region is meant. */
static void take_region(const char *authorization, char out[REGION_BYTES])
{
	const char *p = authorization ? strstr(authorization, "Credential=") : NULL;
	size_t n;

	out[0] = '\0';
	for (int i = 0; i < 2 && p; i++) {
		p = strchr(p, '/');
		p = p ? p + 1 : NULL;
	}
	n = p ? strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;
	if (n && n < REGION_BYTES && p[n] == '/') {
		memcpy(out, p, n);
		out[n] = '\0';
	}
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

static void submit(struct service *s, struct http_query *q, struct str operation, bool writes,
	int64_t as_of_ms)
{
	struct request *r = mem_alloc(sizeof(*r));

	if (!r) {
		refuse(q, 503, "ServiceUnavailableException", "out of memory");
		return;
	}
	*r = (struct request){ .job = { .run = answer, .done = answered },
		.service = s,
		.q = q,
		.ask = { .operation = operation,
			.body = q->body,
			.now_ms = time_now_ms(),
			.as_of_ms = as_of_ms,
			.stop = s->stop } };
	take_region(q->authorization, r->region);
	if (r->region[0])
		r->ask.region = r->region;
	lanes_submit(s->lanes, writes ? LANE_WRITE : LANE_READ, &r->job);
}

void service_serve(void *ctx, struct http_query *q)
{
	struct service *s = ctx;
	const char *target = http_query_header(q, "X-Amz-Target");
	const char *moment = http_query_header(q, "X-Siltstone-As-Of");
	struct str operation = str_of(target ? target : "");
	int64_t as_of_ms = 0;
	bool writes = false;

	if (str_starts(operation, STR(TARGET)))
		operation = str_from(operation, sizeof(TARGET) - 1);
	else
		operation = STR("");
	if (!q->content_type ||
		strncasecmp(q->content_type, CONTENT_TYPE, strlen(CONTENT_TYPE)) != 0)
		refuse(q, 400, "SerializationException", "the content type is to be " CONTENT_TYPE);
	else if (!api_knows(operation, &writes))
		refuse(q, 400, "UnknownOperationException", NULL);
	else if (moment && !read_moment(moment, &as_of_ms))
		refuse(q, 400, "ValidationException",
			"X-Siltstone-As-Of is to be epoch seconds or an ISO 8601 date-time");
	else
		submit(s, q, operation, writes, as_of_ms);
}

enum code service_open(struct service *s, struct db *db, struct err *e)
{
	unsigned char key[32];

	if (api_token_key(db, key, e))
		return e->code;
	return api_open(&s->api, key, NULL, e);
}

void service_close(struct service *s)
{
	api_close(s->api);
	s->api = NULL;
}
