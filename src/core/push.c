/* SPDX-License-Identifier: Apache-2.0 */
#include "core/push.h"

#include "core/push_body.h"
#include "db/stmt.h"
#include "store/recorder.h"
#include "store/source.h"
#include "store/stage.h"

enum {
	BODY_BYTES = 256 << 20,
	LISTING_BYTES = 1 << 20,
};

#define VALIDATION "ValidationException"
#define STOPPED    "NoRunningConfigurationRecorderException"
#define FULL       "MaxActiveResourcesExceededException"

static enum code refuse(struct push *p, const char *error, struct err *e)
{
	p->refused = error;
	return e->code;
}

static enum code check_recorder(struct push *p, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct recorder r = { 0 };
	struct err none = { 0 };
	enum code c = recorder_get(p->db, &a, &r, &none);

	arena_release(&a);
	if (c && c != E_NOTFOUND) {
		*e = none;
		return c;
	}
	if (!c && r.recording)
		return E_OK;
	err_set(e, E_INVALID,
		"Configuration recorder is turned off. Turn on configuration recorder.");
	return refuse(p, STOPPED, e);
}

/* 0: it has told of nothing yet. */
static enum code find_source(struct push *p, int64_t *source_id, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct source s = { 0 };
	struct err none = { 0 };
	enum code c = source_get(p->db, &a, p->o->source, &s, &none);

	if (c && c != E_NOTFOUND)
		*e = none;
	else if (!c && strcmp(s.kind, "push") != 0)
		err_set(e, E_INVALID, "\"%s\" is a source of kind %s, which is not pushed",
			p->o->source, s.kind);
	else
		*source_id = s.source_id;
	arena_release(&a);
	return e->code;
}

enum code push_open(struct push *p, struct db *db, const struct push_options *o, struct err *e)
{
	int64_t source_id = 0;

	*p = (struct push){ .o = o, .db = db, .listing = BUF_INIT(LISTING_BYTES) };
	push_book_init(&p->book, db);
	if (o->recording && check_recorder(p, e))
		return e->code;
	if (find_source(p, &source_id, e))
		return e->code;
	return record_begin(&p->record, db, source_id, o->now_ms, e);
}

void push_close(struct push *p)
{
	push_book_release(&p->book);
	buf_release(&p->listing);
}

static struct str or_else(struct str s, const char *given, const char *otherwise)
{
	return s.p ? s : str_of(given ? given : otherwise);
}

static struct custom_resource whose(const struct push *p, const struct push_body *b)
{
	return (struct custom_resource){ or_else(b->account, p->o->account, PUSH_ACCOUNT),
		or_else(b->region, p->o->region, PUSH_REGION), b->type, b->id };
}

static enum code check_schema(struct push *p, const struct push_body *b, struct err *e)
{
	const struct schema *s = NULL;
	struct err why = { 0 };

	if (push_book_schema(&p->book, b->type, b->version, &s, e))
		return e->code;
	if (!s && p->o->registered)
		err_set(e, E_INVALID,
			"Resource type %.*s with schema version %.*s is not registered.",
			STR_ARG(b->type), b->version.p ? (int)b->version.n : 4,
			b->version.p ? b->version.p : "none");
	else if (!s && b->version.p)
		err_set(e, E_INVALID, "no version \"%.*s\" of %.*s is registered",
			STR_ARG(b->version), STR_ARG(b->type));
	if (e->code)
		return refuse(p, VALIDATION, e);
	if (!s || !schema_check(s, b->configuration, &why))
		return E_OK;
	if (why.code != E_INVALID && why.code != E_TOOBIG) {
		*e = why;
		return e->code;
	}
	err_set(e, E_INVALID, "the configuration does not fit the schema of %.*s: %s",
		STR_ARG(b->type), why.msg);
	return refuse(p, VALIDATION, e);
}

static enum code check_room(struct push *p, const struct push_body *b, struct err *e)
{
	const struct custom_resource which = whose(p, b);
	int64_t n = 0;

	if (!p->o->active_max || custom_type_live(p->db, &which, &n, e) || n < p->o->active_max)
		return e->code;
	err_set(e, E_INVALID,
		"You have reached the limit of active custom resource types in your account. There is a limit of %lld. Delete unused resources using DeleteResourceConfig.",
		(long long)p->o->active_max);
	return refuse(p, FULL, e);
}

static enum code relate(struct push *p, const struct push_body *b, struct err *e)
{
	const int64_t stage_id = db_last_rowid(p->db);
	const struct json *list = b->relationships;
	enum code c = E_OK;

	for (const struct json *v = list ? list->first : NULL; v && !c; v = v->next) {
		struct str id = json_get_text(v, "resourceId");
		/* What a name leads to may come and go: the item says what it was told, the link finds it. */
		const struct stage_rule rule = { .name = json_get_text(v, "relationshipName"),
			.target = json_get_text(v, "resourceType"),
			.by = id.n ? STR("id") : STR("name"),
			.emit = id.n ? STR_NONE : STR("name") };

		c = stage_add_edge(
			p->db, stage_id, &rule, id.n ? id : json_get_text(v, "resourceName"), e);
	}
	return c;
}

static enum code stage_live(struct push *p, const struct push_body *b, struct err *e)
{
	const struct custom_resource which = whose(p, b);
	const struct observation o = { .account = which.account,
		.region = which.region,
		.type = b->type,
		.id = b->id,
		.name = b->name,
		.arn = b->arn,
		.az = b->az,
		.created_ms = INT64_MIN,
		.captured_ms = p->o->now_ms,
		.configuration = b->configuration,
		.tags = b->tags };
	enum code c;

	if (check_schema(p, b, e) || check_room(p, b, e))
		return e->code;
	c = stage_unlink(p->db, which.account, which.region, b->type, b->id, e);
	if (!c)
		c = record_stage(&p->record, &o, e);
	if (c == E_INVALID || c == E_TOOBIG) {
		e->code = E_INVALID;
		return refuse(p, VALIDATION, e);
	}
	return c ? c : relate(p, b, e);
}

static enum code stage_dead(struct push *p, const struct push_body *b, struct err *e)
{
	const struct custom_resource which = whose(p, b);
	int64_t rid = 0;

	if (custom_type_resource(p->db, &which, &rid, e) || !rid)
		return e->code;
	return record_stage_gone(&p->record, rid, p->o->now_ms, e);
}

static enum code add_resource(struct push *p, const struct json *v, struct err *e)
{
	struct arena a = ARENA_INIT(BODY_BYTES);
	struct push_body b;
	enum code c = push_body_read(&a, v, &b, e);

	if (!c)
		c = push_type_check(b.type, e);
	if (c == E_INVALID || c == E_TOOBIG) {
		e->code = c = E_INVALID;
		(void)refuse(p, VALIDATION, e);
	}
	if (!c)
		c = b.deleted ? stage_dead(p, &b, e) : stage_live(p, &b, e);
	p->seen++;
	arena_release(&a);
	return c;
}

static enum code add_listing(struct push *p, const struct json *list, struct err *e)
{
	if (p->seen || p->listed || list->kind != JSON_ARRAY)
		return err_set(e, E_INVALID, "\"listing\" must be a list of types, and come first");
	for (const struct json *v = list->first; v; v = v->next) {
		if (v->kind != JSON_STRING || !v->text.n || str_find(v->text, ',') < v->text.n)
			return err_set(e, E_INVALID,
				"\"listing\" must be a list of types, or globs of such");
		if (p->listing.n)
			buf_char(&p->listing, ',');
		buf_str(&p->listing, v->text);
	}
	p->listed = true;
	return buf_ok(&p->listing) ? E_OK : err_nomem(e);
}

enum code push_add(struct push *p, const struct json *v, struct err *e)
{
	const struct json *listing = json_get(v, "listing");

	if (p->ended)
		return err_set(e, E_INVALID, "there is more behind {\"complete\":true}");
	if (listing)
		return add_listing(p, listing, e);
	if (json_get(v, "complete")) {
		p->ended = json_get_flag(v, "complete");
		return p->ended ? E_OK
				: err_set(e, E_INVALID, "it says itself that it is not complete");
	}
	return add_resource(p, v, e);
}

/* A program that failed may have printed nothing, or only its beginning. */
static enum code check_complete(const struct push *p, const struct push_end *end, struct err *e)
{
	if (p->listed && !p->ended)
		return err_set(e, E_INVALID,
			"the listing breaks off: its last line must be {\"complete\":true}");
	if (p->seen || (p->ended && (p->listed || end->types)))
		return E_OK;
	err_set(e, E_INVALID, "nothing came, which is not taken for a complete listing");
	return err_hint(
		e, "{\"listing\":[\"TYPE\"]} and {\"complete\":true} say that there is nothing");
}

static enum code note_source(struct push *p, struct err *e)
{
	struct source s = { .name = p->o->source, .kind = "push", .settings = "{}" };
	enum code c = p->record.source_id ? E_OK : source_put(p->db, &s, e);

	if (!c && s.source_id)
		p->record.source_id = s.source_id;
	return c;
}

enum code push_settle(
	struct push *p, const struct push_end *end, struct record_sum *sum, struct err *e)
{
	struct stage_listing listing = { .started_ms = p->o->now_ms,
		.ended_ms = end->now_ms,
		.types = end->types  ? end->types
			 : p->listed ? p->listing.p
				     : NULL,
		.account = or_else(STR_NONE, p->o->account, PUSH_ACCOUNT),
		.region = or_else(STR_NONE, p->o->region, PUSH_REGION) };

	if ((end->complete && check_complete(p, end, e)) || note_source(p, e))
		return e->code;
	listing.source_id = p->record.source_id;
	if (end->complete && stage_end_listing(p->db, &listing, e))
		return e->code;
	return record_settle(&p->record, end->now_ms, sum, e);
}

static enum code settle_one(struct push *p, struct err *e)
{
	const struct push_end end = { .now_ms = p->o->now_ms };
	struct record_sum sum = { 0 };

	if (push_settle(p, &end, &sum, e))
		return e->code;
	if (!sum.refused)
		return E_OK;
	err_set(e, E_INVALID, "%s", sum.first_refused.reason);
	return refuse(p, VALIDATION, e);
}

enum code push_put(struct db *db, const struct push_options *o, const struct json *body,
	const char **refused, struct err *e)
{
	struct push p;
	enum code c = push_open(&p, db, o, e);

	if (!c)
		c = add_resource(&p, body, e);
	if (!c)
		c = settle_one(&p, e);
	*refused = p.refused;
	push_close(&p);
	return c;
}

enum code push_delete(struct db *db, const struct push_options *o, struct str type, struct str id,
	const char **refused, struct err *e)
{
	const struct push_body body = { .type = type, .id = id, .deleted = true };
	struct push p;
	enum code c = push_open(&p, db, o, e);

	if (!c && push_type_check(type, e)) {
		c = refuse(&p, VALIDATION, e);
	} else if (!c) {
		c = stage_dead(&p, &body, e);
		c = c ? c : settle_one(&p, e);
	}
	*refused = p.refused;
	push_close(&p);
	return c;
}
