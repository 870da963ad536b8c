/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/time.h"
#include "core/record.h"
#include "library/handle.h"
#include "store/catalogue.h"
#include "store/source.h"
#include "json/read.h"

/* What an embedding program's sources are, beside "aws" and "exec". */
#define KIND "program"

#define GLOBAL         "global"
/* One resource as trees: as much as record_stage() takes. */
#define RESOURCE_BYTES ((size_t)256 << 20)
/* A hundred thousand listings with names of hundreds of bytes. */
#define LISTINGS_BYTES ((size_t)64 << 20)
#define GONE_BYTES     ((size_t)256 << 20)

/* A place and type that resources were put for, or that was listed. */
struct listing {
	struct listing *next;
	struct str account, region, type;
	int64_t seen;
	bool listed;
	const char *failure; /* NULL: none */
};

struct siltstone_sweep {
	struct siltstone *s;
	struct db db;
	struct record record;
	struct arena memory;
	struct listing *listings; /* the one used last comes first */
	int64_t began_ms;
	bool committed;
};

static enum code note_source(struct siltstone_sweep *w, const char *name, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct source known, mine = { .name = name, .kind = KIND, .settings = "{}" };
	struct err none = { 0 };
	enum code c = source_get(&w->db, &a, name, &known, &none);

	if (!c && strcmp(known.kind, KIND) != 0)
		c = err_set(e, E_CONFLICT,
			"\"%s\" is a source of kind %s that Siltstone looks at itself", name,
			known.kind);
	else if (c && c != E_NOTFOUND)
		*e = none;
	else
		c = source_put(&w->db, &mine, e);
	arena_release(&a);
	return c ? c : record_begin(&w->record, &w->db, mine.source_id, w->began_ms, e);
}

static enum code begin(struct siltstone_sweep *w, const char *source)
{
	struct err *e = &w->s->err;

	if (!source || !*source || !utf8_ok(str_of(source)))
		return err_set(e, E_INVALID, "the source of a sweep has no name in UTF-8");
	if (handle_open_writing(w->s, &w->db, e) || catalogue_sync(&w->db, e))
		return e->code;
	return note_source(w, source, e);
}

enum siltstone_code siltstone_sweep_begin(
	struct siltstone *s, const char *source, struct siltstone_sweep **out)
{
	enum siltstone_code c = handle_begin(s);
	struct siltstone_sweep *w;

	if (c)
		return c;
	if (!out)
		return handle_misuse(s, "nowhere to put the sweep");
	w = mem_alloc(sizeof(*w));
	if (!w) {
		err_nomem(&s->err);
		return SILTSTONE_NOMEM;
	}
	w->s = s;
	w->memory = (struct arena)ARENA_INIT(LISTINGS_BYTES);
	w->began_ms = time_now_ms();
	if (begin(w, source)) {
		siltstone_sweep_end(w);
		return handle_end(s);
	}
	*out = w;
	return SILTSTONE_OK;
}

static bool is_listing(
	const struct listing *l, struct str account, struct str region, struct str type)
{
	return str_eq(l->type, type) && str_eq(l->region, region) && str_eq(l->account, account);
}

/* The listing of this place and type, in front of the others; NULL when memory ran out. */
static struct listing *listing_of(
	struct siltstone_sweep *w, struct str account, struct str region, struct str type)
{
	struct listing **p = &w->listings, *l;

	while (*p && !is_listing(*p, account, region, type))
		p = &(*p)->next;
	l = *p;
	if (l) {
		*p = l->next;
	} else {
		l = arena_alloc(&w->memory, sizeof(*l));
		if (!l)
			return NULL;
		l->account = arena_str(&w->memory, account);
		l->region = arena_str(&w->memory, region);
		l->type = arena_str(&w->memory, type);
		if (!arena_ok(&w->memory))
			return NULL;
	}
	l->next = w->listings;
	w->listings = l;
	return l;
}

/* A text that must be there and be UTF-8. */
static enum code need(const char *text, const char *what, struct err *e)
{
	if (!text || !*text)
		return err_set(e, E_INVALID, "a resource without %s", what);
	return utf8_ok(str_of(text)) ? E_OK : err_set(e, E_INVALID, "%s is not UTF-8", what);
}

/* One that need not. */
static enum code check(const char *text, const char *what, struct err *e)
{
	return text ? need(text, what, e) : E_OK;
}

static enum code check_texts(const struct siltstone_resource *r, struct err *e)
{
	if (need(r->account, "an account", e) || check(r->region, "a region", e) ||
		need(r->type, "a type", e) || need(r->id, "an id", e) ||
		check(r->name, "a name", e) || check(r->arn, "an ARN", e) ||
		check(r->az, "an availability zone", e))
		return e->code;
	return E_OK;
}

static enum code read_part(
	struct arena *a, const char *text, const char *what, struct json **out, struct err *e)
{
	*out = NULL;
	if (!text)
		return E_OK;
	if (json_read(a, str_of(text), out, e))
		return err_add(e, "%s", what);
	if (!json_is(*out, JSON_OBJECT))
		return err_set(e, E_INVALID, "%s is not a JSON object", what);
	return E_OK;
}

static enum code check_tags(const struct json *tags, struct err *e)
{
	for (const struct json *t = tags ? tags->first : NULL; t; t = t->next)
		if (t->kind != JSON_STRING)
			return err_set(e, E_INVALID, "the value of tag \"%.*s\" is no string",
				STR_ARG(t->key));
	return E_OK;
}

static enum code stage(struct siltstone_sweep *w, const struct siltstone_resource *r,
	struct arena *a, struct err *e)
{
	struct observation o = { .account = str_of(r->account),
		.region = str_of(r->region ? r->region : GLOBAL),
		.type = str_of(r->type),
		.id = str_of(r->id),
		.name = str_of(r->name),
		.arn = str_of(r->arn),
		.az = str_of(r->az),
		.created_ms = r->created_ms ? r->created_ms : INT64_MIN,
		.captured_ms = r->captured_ms ? r->captured_ms : time_now_ms() };
	struct listing *l;

	if (read_part(a, r->configuration, "the configuration", &o.configuration, e) ||
		read_part(a, r->supplementary, "the supplementary configuration", &o.supplementary,
			e) ||
		read_part(a, r->tags, "the set of tags", &o.tags, e) || check_tags(o.tags, e))
		return e->code;
	l = listing_of(w, o.account, o.region, o.type);
	if (!l)
		return err_nomem(e);
	if (!record_stage(&w->record, &o, e))
		l->seen++;
	return e->code;
}

static enum siltstone_code begin_call(struct siltstone_sweep *w)
{
	if (!w)
		return SILTSTONE_INVALID;
	if (w->committed)
		return handle_misuse(w->s, "the sweep is over");
	return handle_begin(w->s);
}

enum siltstone_code siltstone_sweep_put(
	struct siltstone_sweep *w, const struct siltstone_resource *r)
{
	enum siltstone_code c = begin_call(w);
	struct siltstone_resource known = { 0 };
	struct arena a = ARENA_INIT(RESOURCE_BYTES);
	struct err *e;

	if (c)
		return c;
	/* Up to configuration it is the first that there was. */
	if (!r || r->size < offsetof(struct siltstone_resource, supplementary))
		return handle_misuse(w->s, "a resource without its size");
	memcpy(&known, r, r->size < sizeof(known) ? r->size : sizeof(known));
	e = &w->s->err;
	if (!check_texts(&known, e) && stage(w, &known, &a, e))
		err_add(e, "%s \"%.100s\"", known.type, known.id);
	arena_release(&a);
	return handle_end(w->s);
}

enum siltstone_code siltstone_sweep_listed(struct siltstone_sweep *w, const char *account,
	const char *region, const char *type, const char *failure)
{
	enum siltstone_code c = begin_call(w);
	struct siltstone_resource place = {
		.account = account, .region = region, .type = type, .id = "*", .name = failure
	};
	struct listing *l;

	if (c)
		return c;
	if (check_texts(&place, &w->s->err))
		return handle_end(w->s);
	l = listing_of(w, str_of(account), str_of(region ? region : GLOBAL), str_of(type));
	if (l) {
		l->listed = true;
		l->failure = failure ? arena_text(&w->memory, str_of(failure)) : NULL;
	}
	if (!arena_ok(&w->memory))
		err_nomem(&w->s->err);
	return handle_end(w->s);
}

struct gone {
	struct gone *next;
	int64_t rid;
};

struct gathering {
	struct arena *a;
	struct gone *first;
};

static enum code gather(void *ctx, const struct unseen *u, struct err *e)
{
	struct gathering *g = ctx;
	struct gone *one = arena_alloc(g->a, sizeof(*one));

	if (!one)
		return err_nomem(e);
	*one = (struct gone){ g->first, u->rid };
	g->first = one;
	return E_OK;
}

/* Those that a complete listing did not show. */
static enum code stage_gone(struct siltstone_sweep *w, const struct listing *l, struct err *e)
{
	struct arena a = ARENA_INIT(GONE_BYTES);
	struct gathering g = { .a = &a };
	enum code c = record_unseen(&w->record, l->account, l->region, l->type, gather, &g, e);

	for (const struct gone *one = g.first; one && !c; one = one->next)
		c = record_stage_gone(&w->record, one->rid, time_now_ms(), e);
	arena_release(&a);
	return c;
}

static enum code conclude(struct siltstone_sweep *w, const struct listing *l, struct err *e)
{
	struct look look = { .account = l->account,
		.region = l->region,
		.type = l->type,
		.started_ms = w->began_ms,
		.ended_ms = time_now_ms(),
		.outcome = l->failure ? LOOK_FAILED : LOOK_COMPLETE,
		.reason = l->failure,
		.seen = l->seen };

	if (!l->listed)
		return E_OK;
	/* Some were seen, not all. */
	if (l->failure && l->seen)
		look.outcome = LOOK_PARTIAL;
	if (!l->failure && stage_gone(w, l, e))
		return e->code;
	return record_look(&w->record, &look, e);
}

enum siltstone_code siltstone_sweep_commit(struct siltstone_sweep *w, struct siltstone_sum *sum)
{
	enum siltstone_code c = begin_call(w);
	struct siltstone_sum wrote = { 0 };
	struct record_sum r = { 0 };
	struct err *e;

	if (c)
		return c;
	if (sum && sum->size < sizeof(sum->size))
		return handle_misuse(w->s, "a sum without its size");
	w->committed = true;
	e = &w->s->err;
	for (const struct listing *l = w->listings; l && !e->code; l = l->next)
		conclude(w, l, e);
	if (!e->code)
		record_settle(&w->record, time_now_ms(), &r, e);
	if (sum && !e->code) {
		wrote = (struct siltstone_sum){ sum->size, r.seen, r.created, r.changed, r.deleted,
			r.unchanged, r.overtaken, r.refused };
		memcpy(sum, &wrote, sum->size < sizeof(wrote) ? sum->size : sizeof(wrote));
	}
	return handle_end(w->s);
}

void siltstone_sweep_end(struct siltstone_sweep *w)
{
	if (!w)
		return;
	db_close(&w->db);
	arena_release(&w->memory);
	mem_free(w);
}
