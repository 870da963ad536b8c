/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/trail_round.h"

#include "aws/s3_source.h"
#include "base/must.h"
#include "base/time.h"
#include "discover/listing.h"
#include <stdio.h>

#define DAY_MS   INT64_C(86400000)
/* What comes later than this behind its name is met again only when its day is listed once more. */
#define LATE_MS  (INT64_C(6) * 3600000)
#define ROUND_MS INT64_C(60000)
#define RETRY_MS INT64_C(300000)

enum {
	ARENA_MAX = 64 << 20, /* names of folders */
	FILE_ARENA_MAX = 4 << 20,
	DAY_BYTES = 11,
};

/* A folder of an account and region, in a list. */
struct trail_place {
	struct trail_place *next;
	const char *folder;
};

struct round {
	struct trail_reading r;
	struct login login;
	struct sweep_options options;
	struct trail row;
	struct arena arena;
	const char *prefix; /* up to and with AWSLogs/ */
	struct trail_place *first, **last;
	struct trail_folder at; /* whose files are listed */
	int64_t now_ms;
};

static const char *day_of(int64_t ms, char out[DAY_BYTES + 1])
{
	struct time_fields f = time_split(ms);

	snprintf(out, DAY_BYTES + 1, "%04u/%02u/%02u", (unsigned)f.year % 10000,
		(unsigned)f.month % 100, (unsigned)f.day % 100);
	return out;
}

/* Numbers at their places, as "0000/11" says: a digit of the form is which number it belongs to, all else stands for itself.
 * False: it is not so. */
static bool read_form(const char *p, const char *form, int *const numbers[])
{
	for (size_t i = 0; form[i]; i++) {
		int *number;

		if (form[i] < '0' || form[i] > '9') {
			if (p[i] != form[i])
				return false;
			continue;
		}
		if (p[i] < '0' || p[i] > '9')
			return false;
		number = numbers[form[i] - '0'];
		*number = *number * 10 + (p[i] - '0');
	}
	return true;
}

static int64_t ms_of_day(const char *day)
{
	struct time_fields f = { 0 };
	int *const numbers[] = { &f.year, &f.month, &f.day };

	return read_form(day, "0000/11/22", numbers) ? time_join(f) : 0;
}

/* "_20261123T1105Z_" in a file's name: where it is, and when. NULL: there is none. */
static const char *stamp_in(const char *key, int64_t *ms)
{
	for (const char *p = strchr(key, '_'); p; p = strchr(p + 1, '_')) {
		struct time_fields f = { 0 };
		int *const numbers[] = { &f.year, &f.month, &f.day, &f.hour, &f.minute };

		if (read_form(p, "_00001122T3344Z_", numbers)) {
			*ms = time_join(f);
			return p;
		}
	}
	return NULL;
}

static bool is_account(struct str s)
{
	return s.n == 12 && strspn(s.p, "0123456789") == 12;
}

/* Whose files are meant; those of an organization all. */
static bool is_wanted(const struct round *r, struct str account)
{
	const struct sweep_options *o = r->r.options;
	struct str rest = o->accounts ? str_of(o->accounts) : STR_NONE;

	if (o->account)
		return str_is(account, o->account);
	if (!rest.n)
		return true;
	while (rest.n) {
		size_t n = str_find(rest, ',');

		if (str_eq(str_trim((struct str){ rest.p, n }), account))
			return true;
		rest = str_from(rest, n + 1);
	}
	return false;
}

static enum code add_region(void *ctx, struct str folder, struct err *e)
{
	struct round *r = ctx;
	struct trail_place *p = arena_alloc(&r->arena, sizeof(*p));

	if (!p)
		return err_nomem(e);
	*p = (struct trail_place){ NULL, arena_text(&r->arena, folder) };
	*r->last = p;
	r->last = &p->next;
	return arena_ok(&r->arena) ? E_OK : err_nomem(e);
}

static enum code folders(struct round *r, const char *prefix, s3_folder_fn *fn, struct err *e)
{
	const struct s3_place at = {
		.bucket = r->r.bucket, .prefix = prefix, .region = r->r.region
	};

	return s3_folders(r->r.aws, &at, fn, r, e);
}

/* The last part of a folder's name. */
static struct str name_of(struct str folder)
{
	size_t from = folder.n ? folder.n - 1 : 0;

	while (from && folder.p[from - 1] != '/')
		from--;
	return (struct str){ folder.p + from, folder.n ? folder.n - 1 - from : 0 };
}

static enum code add_account(void *ctx, struct str folder, struct err *e)
{
	struct round *r = ctx;
	struct str account = name_of(folder);
	const char *prefix;

	if (!is_account(account) || !is_wanted(r, account))
		return E_OK;
	prefix = arena_printf(&r->arena, "%.*sCloudTrail/", STR_ARG(folder)).p;
	return prefix ? folders(r, prefix, add_region, e) : err_nomem(e);
}

/* A trail of an organization has a folder more: o-abcdefghij. */
static enum code add_top(void *ctx, struct str folder, struct err *e)
{
	struct round *r = ctx;

	if (!str_starts(name_of(folder), STR("o-")))
		return add_account(ctx, folder, e);
	return folders(r, arena_text(&r->arena, folder), add_account, e);
}

static bool is_log_file(const char *key)
{
	struct str s = str_of(key);

	return str_is(str_from(s, s.n > 8 ? s.n - 8 : 0), ".json.gz") ||
	       str_is(str_from(s, s.n > 5 ? s.n - 5 : 0), ".json");
}

static bool is_asked_to_stop(const struct round *r)
{
	return r->r.options->stop && *r->r.options->stop;
}

/* Minutes are all that a name tells. */
static bool is_before(const struct round *r, const char *key)
{
	int64_t ms;

	return stamp_in(key, &ms) && ms + 59999 < r->row.since_ms;
}

static enum code take_object(void *ctx, const struct object_entry *o, struct err *e)
{
	struct round *r = ctx;
	bool known = false;

	if (is_asked_to_stop(r))
		return err_set(e, E_CANCELED, "stopped");
	if (is_before(r, o->key) ||
		trail_file_is_known(r->r.db, r->r.source_id, o->key, &known, e) || known)
		return e->code;
	return trail_read_file(&r->r, &r->at, o->key, e);
}

/* Of the day that the last key is of, only what may be new. */
static const char *begin_behind(struct arena *a, const struct trail_folder *f, const char *last_key)
{
	char day[DAY_BYTES + 1];
	struct time_fields t;
	int64_t ms;
	const char *stamp = stamp_in(last_key, &ms);
	const char *prefix = arena_printf(a, "%s%s/", f->folder, f->day).p;

	if (!stamp || !prefix || !str_starts(str_of(last_key), str_of(prefix)))
		return NULL;
	ms -= LATE_MS;
	if (strcmp(day_of(ms, day), f->day) != 0)
		return NULL;
	t = time_split(ms);
	return arena_printf(a, "%.*s_%04d%02d%02dT%02d%02dZ", (int)(stamp - last_key), last_key,
		t.year, t.month, t.day, t.hour, t.minute)
		.p;
}

static enum code list_day(struct round *r, struct arena *a, bool today, struct err *e)
{
	const struct s3_place at = { .bucket = r->r.bucket,
		.region = r->r.region,
		.prefix = arena_printf(a, "%s%s/", r->at.folder, r->at.day).p,
		.after = today ? begin_behind(a, &r->at, r->at.last_key) : NULL,
		.wants = is_log_file };
	struct object_source *source = NULL;
	enum code c = arena_ok(a) ? s3_source_open(&source, r->r.aws, &at, e) : err_nomem(e);

	if (c)
		return c;
	must(source);
	c = source->list(source, take_object, r, e);
	source->free(source);
	return c;
}

/* The first day that may have something new. */
static int64_t first_day(const struct round *r, const char *noted)
{
	int64_t since = r->row.since_ms / DAY_MS, from = (r->now_ms - LATE_MS) / DAY_MS;

	if (!noted)
		return since;
	if (ms_of_day(noted) / DAY_MS < from)
		from = ms_of_day(noted) / DAY_MS;
	return from > since ? from : since;
}

static enum code note_day(struct round *r, int64_t day, struct err *e)
{
	int64_t open = (r->now_ms - LATE_MS) / DAY_MS;
	char text[DAY_BYTES + 1];
	const struct trail_folder done = { r->r.source_id, r->at.folder,
		day_of((day + 1 < open ? day + 1 : open) * DAY_MS, text), "" };

	return trail_folder_put(r->r.db, &done, e);
}

static enum code read_place(struct round *r, const struct trail_place *p, struct err *e)
{
	struct arena a = ARENA_INIT(FILE_ARENA_MAX);
	int64_t today = r->now_ms / DAY_MS;
	enum code c;

	r->at = (struct trail_folder){ r->r.source_id, p->folder, NULL, "" };
	c = trail_folder_get(r->r.db, &a, &r->at, e);
	if (c == E_NOTFOUND)
		c = E_OK;
	for (int64_t day = first_day(r, r->at.day); day <= today && !c; day++) {
		char text[DAY_BYTES + 1];

		r->at.day = day_of(day * DAY_MS, text);
		c = list_day(r, &a, day == today, e);
		if (!c)
			c = note_day(r, day, e);
	}
	r->at = (struct trail_folder){ 0 };
	arena_release(&a);
	return c;
}

static enum code retry_failed(struct round *r, struct err *e)
{
	struct arena a = ARENA_INIT(FILE_ARENA_MAX);
	struct trail_file f = { .source_id = r->r.source_id, .key = "" };
	enum code c;

	while (!(c = trail_file_due(r->r.db, &a, r->now_ms, &f, e))) {
		const struct trail_folder at = { r->r.source_id, f.folder, f.day, "" };

		if (is_asked_to_stop(r))
			c = err_set(e, E_CANCELED, "stopped");
		else
			c = trail_read_file(&r->r, &at, f.key, e);
		if (c)
			break;
	}
	arena_release(&a);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

/* s3://BUCKET/PREFIX */
static enum code split_place(struct round *r, struct err *e)
{
	struct str where = str_of(r->r.trail->place), prefix;
	size_t slash;

	if (!str_starts(where, STR("s3://")))
		return err_set(e, E_INVALID, "\"%s\" is no place for log files", r->r.trail->place);
	where = str_from(where, 5);
	slash = str_find(where, '/');
	prefix = str_from(where, slash + 1);
	while (prefix.n && prefix.p[prefix.n - 1] == '/')
		prefix.n--;
	r->r.bucket = arena_text(&r->arena, (struct str){ where.p, slash });
	r->prefix =
		arena_printf(&r->arena, "%.*s%sAWSLogs/", STR_ARG(prefix), prefix.n ? "/" : "").p;
	return arena_ok(&r->arena) ? E_OK : err_nomem(e);
}

/* Its row, made at the first round. E_NOTFOUND, without a message: it is not due. */
static enum code begin(struct round *r, bool at_once, struct err *e)
{
	const struct trail_options *t = r->r.trail;
	struct source source;
	int64_t since_ms = r->now_ms;
	bool told = t->since && time_parse_iso(str_of(t->since), &since_ms);
	enum code c = sweep_note_source(r->r.db, r->r.options, &source, e);

	if (c)
		return c;
	r->r.source_id = source.source_id;
	c = trail_get(r->r.db, &r->arena, source.source_id, &r->row, e);
	if (!c && strcmp(r->row.place, t->place) == 0 && (!told || r->row.since_ms == since_ms))
		return !at_once && r->row.next_ms > r->now_ms &&
				       r->row.next_ms <= r->now_ms + 2 * RETRY_MS
			       ? E_NOTFOUND
			       : E_OK;
	if (c && c != E_NOTFOUND)
		return c;
	r->row = (struct trail){ source.source_id, t->place, since_ms, 0 };
	return trail_begin(r->r.db, &r->row, e);
}

static enum code read_all(struct round *r, struct err *e)
{
	enum code c;

	r->options = *r->r.options;
	/* Whose bucket it is does not matter. */
	r->options.any_account = true;
	r->options.regions = NULL;
	c = login_anywhere(&r->login, &r->options, e);
	if (c)
		return c;
	r->r.aws = r->login.aws;
	c = retry_failed(r, e);
	if (!c)
		c = folders(r, r->prefix, add_top, e);
	for (const struct trail_place *p = r->first; p && !c; p = p->next)
		c = read_place(r, p, e);
	return c;
}

enum code trail_round(struct db *db, const struct sweep_options *options,
	const struct trail_options *trail, bool at_once, struct trail_sum *sum, struct err *e)
{
	struct round r = { .r = { .db = db, .options = options, .trail = trail, .sum = sum },
		.login = LOGIN_INIT,
		.arena = ARENA_INIT(ARENA_MAX),
		.last = &r.first,
		.now_ms = time_now_ms() };
	struct err ignored = { 0 };
	enum code c;

	*sum = (struct trail_sum){ 0 };
	c = split_place(&r, e);
	if (!c)
		c = begin(&r, at_once, e);
	if (!c) {
		c = read_all(&r, e);
		if (c != E_CANCELED)
			(void)trail_end(db, r.r.source_id, time_now_ms(),
				r.now_ms + (c ? RETRY_MS : ROUND_MS), c ? e->msg : NULL, &ignored);
	}
	login_close(&r.login);
	arena_release(&r.arena);
	return c && e->code ? err_add(e, "log files of %s", trail->place) : c;
}
