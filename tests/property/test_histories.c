/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/unit.h"

#include "base/must.h"
#include "base/time.h"
#include "core/foreign.h"
#include "core/rebuild.h"
#include "lib/estate.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/*
 * Random histories against a model. A few resources live, change, flap back, are renamed, die and
 * come again; what is said of them arrives in any order, some of it twice, in batches of any size. After
 * batches the store must say what the model says, which knows nothing but a list of facts and is gone through
 * from the beginning for each question. SILTSTONE_SEED repeats a run, SILTSTONE_HISTORIES says how many.
 */
#define HISTORIES 30
#define RESOURCES 3
#define FACTS     60
#define PROPS     3
#define TAGS      2
#define LINKS     3
#define T0        INT64_C(1700000000000)
#define TYPE      "Test::Made::Thing"

static uint64_t state;

/* xorshift64* */
static int roll(int sides)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (int)((unsigned)((state * UINT64_C(2685821657736338717)) >> 33) % (unsigned)sides);
}

/* One fact: what a resource was from a moment on. -1: has none. */
struct fact {
	int resource;
	int64_t t, id;
	bool deleted, discovered, stored;
	int name;
	int prop[PROPS], tag[TAGS];
	bool link[LINKS];
};

struct world {
	struct estate estate;
	struct scribe scribe;
	struct fact facts[FACTS];
	int n;
	struct buf want;
};

/* The facts of the model */

static void mutate(struct fact *f)
{
	switch (roll(4)) {
	case 0: f->prop[roll(PROPS)] = roll(4) - 1; break;
	case 1: f->tag[roll(TAGS)] = roll(3) - 1; break;
	case 2: f->link[roll(LINKS)] ^= true; break;
	default: f->name = roll(4) - 1; break;
	}
}

static void live(struct world *w, int resource, int n)
{
	struct fact now = { .resource = resource, .t = T0 + roll(5) * 1000, .deleted = true };
	const struct fact *first = &w->facts[w->n];

	for (int i = 0; i < n; i++) {
		struct fact *f = &w->facts[w->n];

		now.discovered = now.deleted;
		if (now.deleted) {
			now.deleted = false;
			for (int k = 0; k < 6; k++)
				mutate(&now);
		} else if (roll(6) == 0) {
			now.deleted = true;
		} else if (roll(4) == 0 && f - first > 1 &&
			   !first[roll((int)(f - first))].deleted) {
			const struct fact *back = &first[roll((int)(f - first))];

			memcpy(now.prop, back->prop, sizeof(now.prop));
			memcpy(now.tag, back->tag, sizeof(now.tag));
			memcpy(now.link, back->link, sizeof(now.link));
		} else {
			mutate(&now);
		}
		/* Now and then two of one moment, told apart by their state ids. */
		if (i && roll(8) == 0)
			now.id++;
		else
			now.id = now.t += 1 + roll(3) * 40000000 + roll(1000);
		*f = now;
		w->n++;
	}
}

static const struct fact *fact_behind(const struct world *w, int resource, const struct fact *f)
{
	f = f ? f + 1 : w->facts;
	while (f < w->facts + w->n && (f->resource != resource || !f->stored))
		f++;
	return f < w->facts + w->n ? f : NULL;
}

static int64_t end_of(const struct world *w, const struct fact *f)
{
	const struct fact *next = fact_behind(w, f->resource, f);

	return next ? next->t : TIME_FOREVER_MS;
}

static int version_of(const struct world *w, const struct fact *f)
{
	int v = 0;

	for (const struct fact *o = w->facts; o <= f; o++)
		v += o->stored && o->resource == f->resource;
	return v;
}

static const struct fact *in_force(const struct world *w, int resource, int64_t t)
{
	const struct fact *at = NULL;

	for (const struct fact *f = NULL; (f = fact_behind(w, resource, f)) != NULL;)
		if (f->t <= t)
			at = f;
	return at;
}

/* Telling the store */

static struct str item_text(struct arena *a, const struct fact *f)
{
	struct buf b = BUF_INIT(1 << 16);
	char iso[TIME_ISO_BYTES];
	struct str s;
	const char *sep = "";

	buf_printf(&b,
		"{\"awsAccountId\":\"1\",\"awsRegion\":\"home\",\"resourceType\":\"" TYPE
		"\",\"resourceId\":\"r%d\",\"configurationItemCaptureTime\":\"%s\","
		"\"configurationStateId\":%lld,\"configurationItemStatus\":\"%s\"",
		f->resource, time_iso(f->t, iso), (long long)f->id,
		f->deleted      ? "ResourceDeleted"
		: f->discovered ? "ResourceDiscovered"
				: "OK");
	if (f->name >= 0)
		buf_printf(&b, ",\"resourceName\":\"n%d\"", f->name);
	if (!f->deleted) {
		buf_text(&b, ",\"configuration\":{\"fill\":\"sixty bytes or so that do not change, "
			     "so that patches pay\"");
		for (int i = 0; i < PROPS; i++)
			if (f->prop[i] >= 0)
				buf_printf(&b, ",\"p%d\":%d", i, f->prop[i]);
		buf_text(&b, "},\"tags\":{");
		for (int i = 0; i < TAGS; i++)
			if (f->tag[i] >= 0) {
				buf_printf(&b, "%s\"k%d\":\"v%d\"", sep, i, f->tag[i]);
				sep = ",";
			}
		buf_text(&b, "},\"relationships\":[");
		sep = "";
		for (int i = 0; i < LINKS; i++)
			if (f->link[i]) {
				buf_printf(&b,
					"%s{\"resourceId\":\"r%d\",\"resourceType\":\"" TYPE
					"\",\"name\":\"Uses Thing\"}",
					sep, i);
				sep = ",";
			}
		buf_text(&b, "]");
	}
	buf_text(&b, "}");
	must(buf_ok(&b));
	s = arena_str(a, buf_slice(&b));
	buf_release(&b);
	return s;
}

static int in_line(const void *a, const void *b)
{
	return scribe_compare(*(struct scribe_item *const *)a, *(struct scribe_item *const *)b);
}

static void tell(struct world *w, struct fact **facts, size_t n)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct scribe_item *items = arena_alloc(&a, n * sizeof(*items));
	struct scribe_item **line = arena_alloc(&a, n * sizeof(struct scribe_item *));
	const struct foreign foreign = { &w->scribe.book, STR_NONE, STR_NONE, T0 };
	struct err e = { 0 };

	must(items && line);
	for (size_t i = 0; i < n; i++) {
		must(foreign_read(&foreign, &a, item_text(&a, facts[i]), &items[i], &e) == E_OK);
		line[i] = &items[i];
		facts[i]->stored = true;
	}
	qsort(line, n, sizeof(*line), in_line);
	assert_int_equal(db_begin(&w->estate.db, &e), E_OK);
	assert_int_equal(scribe_begin(&w->scribe, &e), E_OK);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && scribe_same_resource(line[i], line[k]); k++)
			;
		if (scribe_write(&w->scribe, line + i, k - i, &e))
			fail_msg("%s", e.msg);
	}
	assert_int_equal(scribe_end(&w->scribe, &e), E_OK);
	assert_int_equal(lineage_resolve(&w->estate.db, &e), E_OK);
	assert_int_equal(db_commit(&w->estate.db, &e), E_OK);
	for (size_t i = 0; i < n; i++)
		content_release(&items[i].content);
	arena_release(&a);
}

/* Asking both */

static void agree(struct world *w, const char *what, const char *sql)
{
	const char *got = estate_rows(&w->estate, sql);

	must(buf_ok(&w->want));
	if (strcmp(got, w->want.p) != 0)
		fail_msg("%s\nthe store says\n%sthe model says\n%s", what, got, w->want.p);
	buf_clear(&w->want);
}

static void check_items(struct world *w)
{
	for (int r = 0; r < RESOURCES; r++)
		for (const struct fact *f = NULL; (f = fact_behind(w, r, f)) != NULL;) {
			buf_printf(&w->want, "r%d|%d|%lld|%lld|%lld|", r, version_of(w, f),
				(long long)f->t, (long long)f->id, (long long)end_of(w, f));
			if (f->name < 0)
				buf_text(&w->want, "-\n");
			else
				buf_printf(&w->want, "n%d\n", f->name);
		}
	agree(w, "items",
		"SELECT r.id, i.version, i.captured_ms, coalesce(i.state_id, i.captured_ms), i.until_ms,"
		" nullif(coalesce(i.name, r.name), '') FROM _item i JOIN _resource r ON r.rid = i.rid ORDER BY r.id, i.version");
	for (int r = 0; r < RESOURCES; r++) {
		const struct fact *last = in_force(w, r, INT64_MAX), *named = NULL;

		for (const struct fact *f = NULL; (f = fact_behind(w, r, f)) != NULL;)
			if (!f->deleted || f->name >= 0)
				named = f;
		if (!last)
			continue;
		buf_printf(&w->want, "r%d|%d|%lld|", r, last->deleted, (long long)last->t);
		if (named && named->name >= 0)
			buf_printf(&w->want, "n%d\n", named->name);
		else
			buf_text(&w->want, "-\n");
	}
	agree(w, "resources",
		"SELECT r.id, r.deleted, i.captured_ms, r.name FROM _resource r JOIN _item i ON i.item_id = r.last_item ORDER BY r.id");
}

/* Goes along the facts for one thing that is there or not. */
struct span {
	struct world *w;
	int64_t since;
	bool open;
};

static void span_step(struct span *s, bool is, int64_t t, const char *label)
{
	if (is && !s->open)
		s->since = t;
	else if (!is && s->open && s->since < t)
		buf_printf(&s->w->want, "%s|%lld|%lld\n", label, (long long)s->since, (long long)t);
	s->open = is;
}

static void check_tags(struct world *w)
{
	for (int r = 0; r < RESOURCES; r++)
		for (int i = 0; i < TAGS * 2; i++) {
			struct span s = { .w = w };
			char label[64];

			snprintf(label, sizeof(label), "r%d|k%d|v%d", r, i / 2, i % 2);
			for (const struct fact *f = NULL; (f = fact_behind(w, r, f)) != NULL;)
				span_step(&s, !f->deleted && f->tag[i / 2] == i % 2, f->t, label);
			span_step(&s, false, TIME_FOREVER_MS, label);
		}
	agree(w, "tags",
		"SELECT r.id, g.key, g.value, g.since_ms, g.until_ms FROM _tag g JOIN _resource r ON r.rid = g.rid ORDER BY 1, 2, 3, 4");
}

static void check_links(struct world *w)
{
	for (int r = 0; r < RESOURCES; r++)
		for (int i = 0; i < LINKS; i++) {
			struct span s = { .w = w };
			char label[64];

			snprintf(label, sizeof(label), "r%d|r%d|%d", r, i,
				in_force(w, i, INT64_MAX) != NULL);
			for (const struct fact *f = NULL; (f = fact_behind(w, r, f)) != NULL;)
				span_step(&s, !f->deleted && f->link[i], f->t, label);
			span_step(&s, false, TIME_FOREVER_MS, label);
		}
	agree(w, "links",
		"SELECT r.id, e.target_id, e.target_rid IS NOT NULL, e.since_ms, e.until_ms FROM _edge e JOIN _resource r ON r.rid = e.rid ORDER BY 1, 2, 4");
}

static void tell_number(struct world *w, const char *label, const char *name, const char *letter,
	int before, int after)
{
	char was[16] = "-", is[16] = "-";

	if (before == after)
		return;
	if (before >= 0)
		snprintf(was, sizeof(was), "%s%d", letter, before);
	if (after >= 0)
		snprintf(is, sizeof(is), "%s%d", letter, after);
	buf_printf(&w->want, "%s|%s|%s|%s|%s\n", label, name,
		before < 0  ? "add"
		: after < 0 ? "remove"
			    : "change",
		was, is);
}

static void tell_changes(
	struct world *w, const char *label, const struct fact *a, const struct fact *b)
{
	char name[64];

	for (int i = 0; i < PROPS; i++) {
		snprintf(name, sizeof(name), "configuration.p%d", i);
		tell_number(w, label, name, "", a->prop[i], b->prop[i]);
	}
	for (int i = 0; i < LINKS; i++)
		if (a->link[i] != b->link[i])
			buf_printf(&w->want, "%s|relationships[Uses Thing r%d]|%s|-|-\n", label, i,
				b->link[i] ? "add" : "remove");
	for (int i = 0; i < TAGS; i++) {
		snprintf(name, sizeof(name), "tags.k%d", i);
		tell_number(w, label, name, "v", a->tag[i], b->tag[i]);
	}
}

static void check_changes(struct world *w)
{
	for (int r = 0; r < RESOURCES; r++) {
		const struct fact *before = NULL;

		for (const struct fact *f = NULL; (f = fact_behind(w, r, f)) != NULL; before = f) {
			char label[64];

			snprintf(label, sizeof(label), "r%d|%d", r, version_of(w, f));
			if (before && !before->deleted && !f->deleted)
				tell_changes(w, label, before, f);
		}
	}
	agree(w, "changes",
		"SELECT resource_id, version, property, op, CASE WHEN property LIKE 'rel%' THEN NULL ELSE before END,"
		" CASE WHEN property LIKE 'rel%' THEN NULL ELSE after END FROM changes ORDER BY 1, 2, 3");
	agree(w, "counts of changes",
		"SELECT i.item_id FROM _item i LEFT JOIN _diff d ON d.item_id = i.item_id WHERE i.n_changes <> coalesce(json_array_length(d.changes), 0)");
}

static void check_moment(struct world *w, int64_t t)
{
	char sql[200];

	for (int r = 0; r < RESOURCES; r++) {
		const struct fact *f = in_force(w, r, t);

		if (f && !f->deleted)
			buf_printf(&w->want, "r%d|%d\n", r, version_of(w, f));
	}
	snprintf(sql, sizeof(sql),
		"SELECT resource_id, version FROM resources_at WHERE t = %lld ORDER BY 1",
		(long long)t);
	agree(w, "as of a moment", sql);
}

static void check_drift(struct world *w, int64_t t1, int64_t t2)
{
	char sql[200];

	for (int r = 0; r < RESOURCES; r++) {
		const struct fact *a = in_force(w, r, t1), *b = in_force(w, r, t2);
		const bool was = a && !a->deleted, is = b && !b->deleted;

		if (a == b || (!was && !is))
			continue;
		buf_printf(&w->want, "r%d|%s|", r, !was ? "created" : !is ? "deleted" : "changed");
		if (a)
			buf_printf(&w->want, "%d|%d\n", version_of(w, a), version_of(w, b));
		else
			buf_printf(&w->want, "-|%d\n", version_of(w, b));
	}
	snprintf(sql, sizeof(sql),
		"SELECT resource_id, op, v1, v2 FROM drift WHERE t1 = %lld AND t2 = %lld ORDER BY 1",
		(long long)t1, (long long)t2);
	agree(w, "drift", sql);
}

static void blame_line(struct world *w, int resource, const char *property, int version)
{
	buf_printf(&w->want, "r%d|%s|%d\n", resource, property, version);
}

/* The versions that set something last, of a resource that lives. */
static void blame(struct world *w, int r)
{
	int set[PROPS + 1 + TAGS] = { 0 }, born = 0, v = 0;
	const struct fact *before = NULL, *f = NULL, *last = NULL;
	char name[32];

	while ((f = fact_behind(w, r, f)) != NULL) {
		v++;
		if (f->discovered || !before)
			born = v;
		for (int i = 0; before && !before->deleted && !f->deleted && i < PROPS + 1 + TAGS;
			i++) {
			const bool same =
				i < PROPS    ? before->prop[i] == f->prop[i]
				: i == PROPS ? memcmp(before->link, f->link, sizeof(f->link)) == 0
					     : before->tag[i - PROPS - 1] == f->tag[i - PROPS - 1];

			if (!same)
				set[i] = v;
		}
		before = last = f;
	}
	if (!last || last->deleted)
		return;
	blame_line(w, r, "configuration.fill", born);
	for (int i = 0; i < PROPS + 1 + TAGS; i++) {
		if (i == PROPS)
			snprintf(name, sizeof(name), "relationships");
		else if ((i < PROPS ? last->prop[i] : last->tag[i - PROPS - 1]) < 0)
			continue;
		else
			snprintf(name, sizeof(name), i < PROPS ? "configuration.p%d" : "tags.k%d",
				i < PROPS ? i : i - PROPS - 1);
		blame_line(w, r, name, set[i] > born ? set[i] : born);
	}
}

static void check_all(struct world *w)
{
	int64_t t1 = T0 + roll(2000) * INT64_C(1000000), t2 = t1 + roll(1000) * INT64_C(1000000);

	check_items(w);
	check_tags(w);
	check_links(w);
	check_changes(w);
	check_moment(w, t1);
	check_moment(w, w->facts[roll(w->n)].t);
	check_drift(w, t1, t2);
	for (int r = 0; r < RESOURCES; r++)
		blame(w, r);
	agree(w, "blame", "SELECT resource_id, property, version FROM blame ORDER BY 1, 2");
	agree(w, "counts of days",
		"SELECT substr(i.at, 1, 10), i.event, count(*) FROM _item i GROUP BY 1, 2"
		" EXCEPT SELECT day, event, n FROM _activity");
	agree(w, "days without items",
		"SELECT sum(n) FROM _activity HAVING sum(n) <> (SELECT count(*) FROM _item)");
}

static const char derived[] =
	"SELECT item_id, version, until_ms, n_changes, name, arn FROM _item UNION ALL SELECT item_id, changes, 0, 0, 0, 0 FROM _diff"
	" UNION ALL SELECT edge_id, name, since_ms, until_ms, target_rid, rid || link || by || ext || target_id FROM _edge"
	" UNION ALL SELECT tag_id, key, value, since_ms, until_ms, rid FROM _tag UNION ALL SELECT day, type, event, n, 0, 0 FROM _activity"
	" UNION ALL SELECT rid, name, arn, last_item, deleted, hex(content) FROM _resource";

static void check_reindex(struct world *w)
{
	const struct rebuild_options o = { .now_ms = T0 };
	struct rebuild_sum sum;
	struct err e = { 0 };

	buf_text(&w->want, estate_rows(&w->estate, derived));
	if (rebuild_all(&w->estate.db, &o, &sum, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(sum.wrong, 0);
	agree(w, "what reindex left", derived);
}

static void shuffle(struct fact **line, int n)
{
	for (int i = n - 1; i > 0; i--) {
		const int k = roll(i + 1);
		struct fact *f = line[i];

		line[i] = line[k];
		line[k] = f;
	}
}

static void run(struct world *w)
{
	struct fact *line[FACTS * 2];
	int n = 0, in_order = roll(4) == 0;

	for (int r = 0; r < RESOURCES; r++)
		live(w, r, roll(FACTS / RESOURCES) + 1);
	for (int i = 0; i < w->n; i++) {
		line[n++] = &w->facts[i];
		if (roll(5) == 0)
			line[n++] = &w->facts[i];
	}
	if (!in_order)
		shuffle(line, n);
	for (int at = 0; at < n;) {
		int k = 1 + roll(roll(3) ? 5 : 40);

		if (k > n - at)
			k = n - at;
		tell(w, line + at, (size_t)k);
		at += k;
		if (at == n || roll(4) == 0)
			check_all(w);
	}
	check_reindex(w);
}

static void histories_agree_with_a_model(void **unused)
{
	const char *seed = getenv("SILTSTONE_SEED"), *many = getenv("SILTSTONE_HISTORIES");
	uint64_t first = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	const int n = seed && !many ? 1 : many ? (int)strtol(many, NULL, 10) : HISTORIES;

	(void)unused;
	for (int i = 0; i < n; i++) {
		struct world *w = calloc(1, sizeof(*w));

		must(w);
		w->want = (struct buf)BUF_INIT(16 << 20);
		state = (first + (uint64_t)i) * UINT64_C(0x9e3779b97f4a7c15) | 1;
		print_message("SILTSTONE_SEED=%llu\r", (unsigned long long)(first + (uint64_t)i));
		estate_open(&w->estate, ":memory:");
		scribe_init(&w->scribe, &w->estate.db, T0);
		run(w);
		scribe_release(&w->scribe);
		estate_close(&w->estate);
		buf_release(&w->want);
		free(w);
	}
	print_message("%d histories, seeds from %llu on\n", n, (unsigned long long)first);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(histories_agree_with_a_model) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
