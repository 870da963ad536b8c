/* SPDX-License-Identifier: Apache-2.0 */
#include "api/ask.h"
#include "api/web_ask.h"
#include "base/time.h"
#include "base/when.h"
#include "db/sql_text.h"
#include "store/store.h"
#include "json/write.h"

#define DAY_MS   INT64_C(86400000)
#define TAGS_MAX ((size_t)1 << 16)

typedef enum code read_fn(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);

/* What was asked for */

static enum code read_tag_list(struct web_ask *ask)
{
	struct buf b = BUF_INIT(TAGS_MAX);

	for (size_t i = 0; i < ask->n_given; i++) {
		struct str s = str_of(ask->given[i].value);
		size_t equals = str_find(s, '=');

		if (ask->given[i].param != WEB_PARAM_TAG)
			continue;
		buf_text(&b, b.n ? ",[" : "[[");
		json_write_string(&b, (struct str){ s.p, equals });
		buf_char(&b, ',');
		if (equals < s.n)
			json_write_string(&b, str_from(s, equals + 1));
		else
			buf_text(&b, "null");
		buf_char(&b, ']');
	}
	if (b.n) {
		buf_char(&b, ']');
		ask->filter.tags = arena_text(&ask->arena, buf_slice(&b));
	}
	if (!buf_ok(&b))
		err_set(ask->e, E_TOOBIG, "the tags are too long");
	buf_release(&b);
	return ask->e->code;
}

static enum code read_span(struct web_ask *ask)
{
	struct read_filter *f = &ask->filter;

	if (web_moment(ask, WEB_PARAM_SINCE, &f->since_ms) ||
		web_moment(ask, WEB_PARAM_UNTIL, &f->until_ms))
		return ask->e->code;
	if (f->until_ms)
		f->until_ms = when_whole_second(f->until_ms);
	if (f->until_ms && f->until_ms < f->since_ms) {
		err_set(ask->e, E_INVALID, "until is before since");
		return err_hint(ask->e, "without a zone both are UTC");
	}
	return E_OK;
}

static enum code as_of(struct web_ask *ask)
{
	int64_t ms = 0;

	if (web_moment(ask, WEB_PARAM_AT, &ms) || !ms)
		return ask->e->code;
	ask->reader.at_ms = when_whole_second(ms);
	/* The shadows stay in the connection. */
	ask->reader.db->spent = true;
	return store_as_of(ask->reader.db, ask->reader.at_ms, ask->e);
}

/* The same id in several places: account= and region= say which is meant. */
static bool is_there(const struct web_ask *ask, const struct resource *r)
{
	const char *account = web_given(ask, WEB_PARAM_ACCOUNT);
	const char *region = web_given(ask, WEB_PARAM_REGION);

	return (!account || strcmp(account, r->account) == 0) &&
	       (!region || strcmp(region, r->region) == 0);
}

static bool only_one_there(const struct web_ask *ask, struct resource *found, size_t n)
{
	size_t there = 0;

	for (size_t i = 0; i < n; i++)
		if (is_there(ask, &found[i]) && !there++)
			found[0] = found[i];
	return there == 1;
}

enum code web_find(struct web_ask *ask, struct resource *out)
{
	const char *id = web_given(ask, WEB_PARAM_ID);
	struct resource *found = arena_alloc(&ask->arena, RESOURCE_SEARCH_MAX * sizeof(*found));
	enum code c;
	size_t n;

	if (!found)
		return err_nomem(ask->e);
	if (!id) {
		err_set(ask->e, E_INVALID, "it is not said which resource is meant");
		return err_hint(ask->e, "id=ID: an id, a name, an ARN, TYPE/ID");
	}
	c = read_find(&ask->reader, id, &ask->arena, found, &n, ask->e);
	if (c == E_AMBIGUOUS && only_one_there(ask, found, n)) {
		*ask->e = (struct err){ 0 };
		c = E_OK;
	}
	if (c == E_AMBIGUOUS)
		return err_hint(ask->e,
			"give more of the id, the ARN, or TYPE/ID, or where it is: account=%s&region=%s has %s/%s",
			found[0].account, found[0].region, found[0].type, found[0].id);
	if (!c)
		*out = found[0];
	return c;
}

enum code web_filter(struct web_ask *ask)
{
	struct read_filter *f = &ask->filter;
	const char *type = web_given(ask, WEB_PARAM_TYPE);
	struct resource who = { 0 };

	f->account = web_given(ask, WEB_PARAM_ACCOUNT);
	f->region = web_given(ask, WEB_PARAM_REGION);
	f->actor = web_given(ask, WEB_PARAM_ACTOR);
	f->property = web_given(ask, WEB_PARAM_PROPERTY);
	f->where = web_given(ask, WEB_PARAM_WHERE);
	f->rule = web_given(ask, WEB_PARAM_RULE);
	f->result = web_given(ask, WEB_PARAM_RESULT);
	if (web_moment(ask, WEB_PARAM_SINCE, &f->since_ms))
		return ask->e->code;
	if (type && resource_types(ask->reader.db, type, &ask->arena, &f->types, ask->e))
		return ask->e->code;
	if (web_given(ask, WEB_PARAM_ID)) {
		if (web_find(ask, &who))
			return ask->e->code;
		f->rid = who.rid;
	}
	return E_OK;
}

static enum code read_filter(struct web_ask *ask)
{
	if (as_of(ask) || read_span(ask) || read_tag_list(ask))
		return ask->e->code;
	return web_filter(ask);
}

/* Answers */

static enum code tell(struct web_ask *ask, read_fn *read)
{
	struct rows rows = page_rows(&ask->page);

	return page_ended(&ask->page, read(&ask->reader, &ask->filter, &rows, ask->e), ask->e);
}

/* A statement or function whose rows begin with the newest: no more of them are asked for than the page needs. */
static enum code tell_newest(struct web_ask *ask, read_fn *read)
{
	struct page *p = &ask->page;
	int64_t wanted = page_wanted(p);
	int64_t last = page_first_key(p, INT64_MAX / 1000);
	enum code c;

	if (last < INT64_MAX / 1000 &&
		(!ask->filter.until_ms || last * 1000 + 999 < ask->filter.until_ms))
		ask->filter.until_ms = last * 1000 + 999;
	ask->filter.limit = wanted < INT64_MAX / 2 ? wanted : 0;
	c = tell(ask, read);
	if (!c && ask->filter.limit && p->seen >= wanted)
		p->more = true;
	return c;
}

static enum code ask_view(struct web_ask *ask, enum sql_id id)
{
	struct rows rows = page_rows(&ask->page);

	return page_ended(&ask->page,
		ask_filtered(&ask->reader, sql_text[id].text, &ask->filter, &rows, ask->e), ask->e);
}

static enum code read_history(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_WEB_HISTORY].text, f, rows, e);
}

static enum code read_timeline(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_WEB_TIMELINE].text, f, rows, e);
}

static enum code read_causes(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_WEB_CAUSES].text, f, rows, e);
}

enum code web_resources(struct web_ask *ask)
{
	bool deleted = web_given(ask, WEB_PARAM_DELETED) != NULL;

	if (read_filter(ask))
		return ask->e->code;
	if (deleted && (ask->filter.tags || ask->filter.where))
		return err_set(ask->e, E_INVALID, "deleted goes with neither tag nor where");
	return tell(ask, deleted ? read_deleted : read_resources);
}

enum code web_changes(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : tell_newest(ask, read_log);
}

enum code web_history(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : tell_newest(ask, read_history);
}

enum code web_timeline(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : tell_newest(ask, read_timeline);
}

enum code web_causes(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : tell_newest(ask, read_causes);
}

enum code web_relationships(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : ask_view(ask, SQL_WEB_RELATIONSHIPS);
}

enum code web_tags(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : ask_view(ask, SQL_WEB_TAGS);
}

enum code web_compliance(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : ask_view(ask, SQL_WEB_COMPLIANCE);
}

enum code web_activity(struct web_ask *ask)
{
	return read_filter(ask) ? ask->e->code : ask_view(ask, SQL_WEB_ACTIVITY);
}

enum code web_queries(struct web_ask *ask)
{
	return ask_view(ask, SQL_WEB_QUERIES);
}

enum code web_since(struct web_ask *ask)
{
	if (read_filter(ask))
		return ask->e->code;
	if (!ask->filter.where) {
		err_set(ask->e, E_INVALID, "it is not said since when what");
		return err_hint(ask->e, "where=SQL: a condition over the columns of resources");
	}
	return tell(ask, read_since);
}

/* What there is between two moments: from a day ago to now. */
enum code web_drift(struct web_ask *ask)
{
	struct read_filter *f = &ask->filter;

	if (as_of(ask))
		return ask->e->code;
	f->until_ms = ask->reader.at_ms;
	f->since_ms = f->until_ms - DAY_MS;
	f->account = web_given(ask, WEB_PARAM_ACCOUNT);
	f->region = web_given(ask, WEB_PARAM_REGION);
	if (read_span(ask))
		return ask->e->code;
	f->since_ms = when_whole_second(f->since_ms);
	if (web_given(ask, WEB_PARAM_TYPE) &&
		resource_types(ask->reader.db, web_given(ask, WEB_PARAM_TYPE), &ask->arena,
			&f->types, ask->e))
		return ask->e->code;
	return tell(ask, read_drift);
}

/* The newest version, that of the moment asked about, or the one that is named. */
static enum code version_after(
	struct web_ask *ask, const struct resource *who, const char *which, struct item *out)
{
	int64_t until = ask->filter.until_ms;

	if (which)
		return read_version(&ask->reader, who, which, out, ask->e);
	if (!until && web_given(ask, WEB_PARAM_AT))
		until = ask->reader.at_ms;
	if (item_in_force(ask->reader.db, who->rid, until ? until : INT64_MAX, out, ask->e))
		return err_add(ask->e, "%s", who->id);
	return E_OK;
}

static enum code version_before(
	struct web_ask *ask, const struct resource *who, const struct item *after, struct item *out)
{
	const char *which = web_given(ask, WEB_PARAM_FROM);
	int64_t since = ask->filter.since_ms;
	enum code c;

	if (which)
		return read_version(&ask->reader, who, which, out, ask->e);
	if (since)
		c = item_in_force(ask->reader.db, who->rid, when_whole_second(since), out, ask->e);
	else if (after->version > 1)
		c = item_version(ask->reader.db, who->rid, after->version - 1, out, ask->e);
	else
		c = err_set(ask->e, E_NOTFOUND, "there is one version only");
	return c ? err_add(ask->e, "%s", who->id) : E_OK;
}

enum code web_diff(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);
	struct item before = { 0 }, after = { 0 };
	struct resource who = { 0 };

	if (as_of(ask) || read_span(ask) || web_find(ask, &who) ||
		version_after(ask, &who, web_given(ask, WEB_PARAM_TO), &after) ||
		version_before(ask, &who, &after, &before))
		return ask->e->code;
	return page_ended(
		&ask->page, read_diff(&ask->reader, &before, &after, &rows, NULL, ask->e), ask->e);
}

enum code web_blame(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);
	struct resource who = { 0 };
	struct item item = { 0 };

	if (as_of(ask) || web_find(ask, &who) ||
		version_after(ask, &who, web_given(ask, WEB_PARAM_TO), &item))
		return ask->e->code;
	if (item.deleted) {
		err_set(ask->e, E_NOTFOUND, "%s is deleted", who.id);
		return err_hint(ask->e, "to=v%lld tells of it as it was before",
			(long long)item.version - 1);
	}
	return page_ended(&ask->page, read_blame(&ask->reader, &who, &item, &rows, ask->e), ask->e);
}

/* Looks there were of more types than there are resources. One moment or a time; without any it is the present. */
static enum code tell_looks(struct web_ask *ask, read_fn *read)
{
	struct read_filter *f = &ask->filter;
	int64_t at_ms = ask->reader.now_ms;
	bool at = web_given(ask, WEB_PARAM_AT) != NULL;

	f->blind = web_given(ask, WEB_PARAM_BLIND) != NULL;
	f->account = web_given(ask, WEB_PARAM_ACCOUNT);
	f->region = web_given(ask, WEB_PARAM_REGION);
	f->types = web_types(ask, web_given(ask, WEB_PARAM_TYPE));
	if (read_span(ask) || web_moment(ask, WEB_PARAM_AT, &at_ms))
		return ask->e->code;
	if (at && (f->since_ms || f->until_ms))
		return err_set(ask->e, E_INVALID, "at and since or until exclude each other");
	if (!f->since_ms && !f->until_ms)
		f->since_ms = f->until_ms = ask->reader.at_ms = when_whole_second(at_ms);
	else if (!f->until_ms)
		f->until_ms = when_whole_second(ask->reader.now_ms);
	return tell(ask, read);
}

enum code web_coverage(struct web_ask *ask)
{
	return tell_looks(ask, read_coverage);
}

enum code web_gaps(struct web_ask *ask)
{
	return tell_looks(ask, read_gaps);
}

enum code web_recorder(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);

	return page_ended(&ask->page, read_recorder(&ask->reader, &rows, ask->e), ask->e);
}

enum code web_deliveries(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);
	bool failed = web_given(ask, WEB_PARAM_FAILED) != NULL;

	return page_ended(
		&ask->page, read_deliveries(&ask->reader, failed, 0, &rows, ask->e), ask->e);
}
