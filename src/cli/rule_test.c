/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rule.h"

#include "base/time.h"
#include "core/evaluate.h"
#include "core/foreign.h"
#include "core/scribe.h"
#include "store/store.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>
#include <stdlib.h>

/*
 * Cases of rules. What a case says there is goes into a store in memory as if it had been imported, and is judged there. All
 * cases share it: each has an account of its own, which is put in for ACCOUNT wherever the case names that. A statement
 * that looks beyond its place would see the other cases, too; it gets a store for itself.
 */
#define ACCOUNT        "123456789012"
#define REGION         "us-east-1"
#define CAPTURED       "2026-06-01T00:00:00Z"
#define NOW            "2026-06-02T00:00:00Z"
#define FILE_MAX_BYTES ((size_t)8 << 20)
#define CASE_ARENA     ((size_t)64 << 20)
#define ITEMS_MAX      2000
#define FIRST_ACCOUNT  INT64_C(500000000000)

/* Which results a managed rule was shown to give. */
struct shown {
	struct str identifier;
	bool good, bad;
	struct shown *next;
};

struct testing {
	struct cli *c;
	struct rows rows;
	struct rule_text own; /* --sql; name.p NULL and sql NULL: none */
	struct shown *shown;
	int64_t cases, faults;

	struct db db;
	bool open;

	/* The file and case at hand. */
	const char *file;
	struct arena arena;
	const struct json *one;
	const char *account;
};

/* ---- faults */

static void fault(struct testing *t, struct str resource, struct str expected, struct str found,
	struct err *e)
{
	struct str name = t->one ? json_get_text(t->one, "name") : STR_NONE;
	struct cell cells[] = { cell_text(t->file), cell_str(name), cell_str(resource),
		cell_str(expected), cell_str(found) };

	t->faults++;
	if (!e->code)
		t->rows.row(t->rows.ctx, cells, sizeof(cells) / sizeof(*cells), e);
}

static struct shown *shown_of(struct testing *t, struct str identifier)
{
	struct shown *s = t->shown;

	while (s && !str_eq(s->identifier, identifier))
		s = s->next;
	if (s)
		return s;
	s = arena_alloc(&t->c->arena, sizeof(*s));
	if (s) {
		s->identifier = arena_str(&t->c->arena, identifier);
		s->next = t->shown;
		t->shown = s;
	}
	return s;
}

/* ---- writing what there is */

/* A copy of @text with the case's account for ACCOUNT. */
static struct str with_account(struct testing *t, struct str text)
{
	char *out = arena_alloc(&t->arena, text.n + 1);

	if (!out)
		return STR_NONE;
	if (text.n)
		memcpy(out, text.p, text.n);
	for (char *at = out; (at = strstr(at, ACCOUNT)); at += 12)
		memcpy(at, t->account, 12);
	return (struct str){ out, text.n };
}

static struct str in_account(struct testing *t, const struct json *v)
{
	struct buf b = BUF_INIT(FILE_MAX_BYTES);
	struct str out;

	json_write(&b, v);
	out = with_account(t, buf_slice(&b));
	buf_release(&b);
	return out;
}

static void add_default(struct testing *t, struct json *item, const char *key, const char *value)
{
	if (!json_get(item, key))
		json_add(item, str_of(key), json_string(&t->arena, str_of(value)));
}

/* Nobody imports such an item; a rule must say what it lacks all the same. */
static enum code without_configuration(
	struct testing *t, const struct foreign *f, struct scribe_item *out, struct err *e)
{
	struct json *document = out->content.document;
	const struct content_rules *rules = content_book_rules(f->book, out->key.type, e);

	if (!rules)
		return e->code;
	content_release(&out->content);
	out->content = (struct content)CONTENT_INIT;
	json_remove(document, json_get(document, "configuration"));
	return content_of_document(&out->content, &t->arena, document, rules, e);
}

static enum code read_item(struct testing *t, struct scribe *s, const struct json *v,
	struct scribe_item *out, struct err *e)
{
	struct foreign f = { .book = &s->book,
		.account = str_of(t->account),
		.region = STR(REGION),
		.now_ms = t->c->now_ms };
	struct json *item = json_copy(&t->arena, v);

	if (!item)
		return err_nomem(e);
	add_default(t, item, "configurationItemCaptureTime", CAPTURED);
	add_default(t, item, "configurationItemStatus", "OK");
	if (json_is(json_get(item, "configuration"), JSON_OBJECT))
		return foreign_read(&f, &t->arena, in_account(t, item), out, e);
	json_set(item, STR("configuration"), json_new(&t->arena, JSON_OBJECT));
	if (foreign_read(&f, &t->arena, in_account(t, item), out, e))
		return e->code;
	return without_configuration(t, &f, out, e);
}

static int by_resource(const void *x, const void *y)
{
	return scribe_compare(*(struct scribe_item *const *)x, *(struct scribe_item *const *)y);
}

static enum code write_sorted(struct scribe *s, struct scribe_item **items, size_t n, struct err *e)
{
	for (size_t i = 0, k; i < n && !e->code; i = k) {
		for (k = i + 1; k < n && scribe_same_resource(items[i], items[k]); k++)
			;
		scribe_write(s, items + i, k - i, e);
	}
	return e->code;
}

static enum code write_in(struct testing *t, struct scribe *s, struct err *e)
{
	const struct json *items = json_get(t->one, "items");
	struct scribe_item **list = arena_alloc(&t->arena, ITEMS_MAX * sizeof(void *));
	struct scribe_item *all = arena_alloc(&t->arena, ITEMS_MAX * sizeof(*all));
	size_t n = 0;

	if (!list || !all)
		return err_nomem(e);
	for (const struct json *v = items ? items->first : NULL; v && n < ITEMS_MAX && !e->code;
		v = v->next) {
		list[n] = &all[n];
		if (!read_item(t, s, v, &all[n], e))
			n++;
	}
	if (n)
		qsort(list, n, sizeof(void *), by_resource);
	if (!e->code && !scribe_begin(s, e) && !write_sorted(s, list, n, e))
		scribe_end(s, e);
	for (size_t i = 0; i < n; i++)
		content_release(&all[i].content);
	return e->code;
}

static enum code write_items(struct testing *t, struct err *e)
{
	struct scribe s;

	scribe_init(&s, &t->db, t->c->now_ms);
	if (!db_begin(&t->db, e)) {
		if (!write_in(t, &s, e))
			db_commit(&t->db, e);
		else
			db_rollback(&t->db);
	}
	scribe_release(&s);
	return e->code;
}

/* ---- judging, and comparing */

static bool is_result(struct str s)
{
	static const char *const results[] = { "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE",
		"INSUFFICIENT_DATA" };

	for (size_t i = 0; i < 4; i++)
		if (str_is(s, results[i]))
			return true;
	return false;
}

static bool contains(struct str s, struct str part)
{
	for (; s.n >= part.n; s = str_from(s, 1)) {
		if (str_starts(s, part))
			return true;
		if (!s.n)
			break;
	}
	return false;
}

/* What is expected of a resource: "RESULT", or ["RESULT", "part of the annotation"]. */
static struct str expected_result(const struct json *want)
{
	return json_is(want, JSON_ARRAY)    ? (want->first ? want->first->text : STR_NONE)
	       : json_is(want, JSON_STRING) ? want->text
					    : STR_NONE;
}

static bool fits(struct testing *t, const struct json *want, const struct judge_answer *a)
{
	const struct json *part =
		json_is(want, JSON_ARRAY) && want->first ? want->first->next : NULL;
	struct str said = a->annotation;

	if (!str_eq(expected_result(want), a->result) || !is_result(a->result))
		return false;
	if (!str_is(a->result, "COMPLIANT") && !said.n)
		return false;
	return !part || contains(said, with_account(t, part->text));
}

/* The member of "expect" that means a resource, by its id as the case writes it. */
static const struct json *wanted(struct testing *t, struct str id)
{
	const struct json *expect = json_get(t->one, "expect");

	for (const struct json *w = expect ? expect->first : NULL; w; w = w->next)
		if (str_eq(with_account(t, w->key), id))
			return w;
	return NULL;
}

struct answers {
	struct testing *t;
	struct shown *shown;
	struct str region; /* that is judged */
	const struct json *seen[ITEMS_MAX];
	size_t n;
};

static struct str in_words(struct testing *t, const struct judge_answer *a)
{
	return arena_printf(&t->arena, "%.*s: %.*s", STR_ARG(a->result),
		STR_ARG(a->annotation.p ? a->annotation : STR("(without annotation)")));
}

static struct str wanted_words(struct testing *t, const struct json *want)
{
	struct buf b = BUF_INIT((size_t)1 << 16);
	struct str out;

	if (!want)
		return STR("nothing");
	json_write(&b, want);
	out = arena_str(&t->arena, buf_slice(&b));
	buf_release(&b);
	return out;
}

static enum code take(void *ctx, const struct judge_answer *a, struct err *e)
{
	struct answers *all = ctx;
	struct testing *t = all->t;
	const struct json *want = wanted(t, a->id);

	if (!str_is(all->region, REGION) && !str_eq(a->region, all->region))
		return E_OK;
	if (all->shown && str_is(a->result, "COMPLIANT"))
		all->shown->good = true;
	if (all->shown && str_is(a->result, "NON_COMPLIANT"))
		all->shown->bad = true;
	if (want && all->n < ITEMS_MAX)
		all->seen[all->n++] = want;
	if (!want || !fits(t, want, a))
		fault(t, a->id, wanted_words(t, want), in_words(t, a), e);
	return e->code;
}

/* What was expected and nothing was said of. */
static enum code compare(struct answers *all, struct err *e)
{
	struct testing *t = all->t;
	const struct json *expect = json_get(t->one, "expect");

	for (const struct json *w = expect ? expect->first : NULL; w && !e->code; w = w->next) {
		bool seen = false;

		for (size_t i = 0; i < all->n && !seen; i++)
			seen = all->seen[i] == w;
		if (!seen)
			fault(t, w->key, wanted_words(t, w), STR("nothing"), e);
	}
	return e->code;
}

static enum code judge_region(
	struct answers *all, const struct judge_trial *trial, int64_t now_ms, struct err *e)
{
	struct testing *t = all->t;
	const struct judge_place place = { .account = str_of(t->account),
		.region = all->region,
		.at_ms = JUDGE_NOW,
		.now_ms = now_ms };
	struct judge_sum sum;
	struct judge j;

	if (judge_open(&j, &t->db, &place, e))
		return e->code;
	if (!judge_run(&j, trial, &sum, e))
		judge_walk(&j, take, all, e);
	judge_close(&j);
	return e->code;
}

/* Where an item before this one was. */
static bool is_known_region(const struct json *items, const struct json *item, struct str region)
{
	if (!region.p || str_is(region, REGION) || str_is(region, "global"))
		return true;
	for (const struct json *v = items->first; v != item; v = v->next)
		if (str_eq(json_get_text(v, "awsRegion"), region))
			return true;
	return false;
}

/* Every region that the case has items of, REGION first: what is nowhere is told of there. */
static enum code judge_case(
	struct testing *t, const struct judge_trial *trial, struct shown *shown, struct err *e)
{
	struct answers *all = arena_alloc(&t->arena, sizeof(*all));
	const struct json *items = json_get(t->one, "items");
	struct str now = json_get_text(t->one, "now");
	int64_t now_ms;

	if (!all)
		return err_nomem(e);
	if (!time_parse_iso(now.p ? now : STR(NOW), &now_ms))
		return err_set(e, E_INVALID, "\"now\" is no time");
	*all = (struct answers){ .t = t, .shown = shown, .region = STR(REGION) };
	judge_region(all, trial, now_ms, e);
	for (const struct json *v = items ? items->first : NULL; v && !e->code; v = v->next) {
		all->region = json_get_text(v, "awsRegion");
		if (!is_known_region(items, v, all->region))
			judge_region(all, trial, now_ms, e);
	}
	return e->code ? e->code : compare(all, e);
}

/* ---- a case */

static void shut(struct testing *t)
{
	if (t->open)
		db_close(&t->db);
	t->open = false;
}

static enum code open_store(struct testing *t, struct err *e)
{
	if (t->open)
		return E_OK;
	if (store_open(&t->db, ":memory:", DB_CREATE, t->c->now_ms, e))
		return e->code;
	t->open = true;
	return E_OK;
}

/* The statement, its scope and its parameters. */
static enum code find_rule(
	struct testing *t, struct evaluate_rule *rule, struct str identifier, struct err *e)
{
	const struct json *given = json_get(t->one, "parameters");
	struct str parameters = given ? in_account(t, given) : STR_NONE;
	enum code c = E_OK;

	if (identifier.p) {
		c = evaluate_managed_get(&t->db, &t->arena, identifier, parameters, rule, e);
		if (!c || !t->own.sql)
			return c;
		*e = (struct err){ 0 };
	}
	*rule = (struct evaluate_rule){ .text = t->own, .parameters = parameters };
	if (!t->own.sql)
		return err_set(e, E_INVALID, "the case does not say which \"rule\" it is about");
	rule->scope.types = t->own.types;
	return E_OK;
}

static enum code run_case(struct testing *t, struct str first_rule, struct err *e)
{
	struct str identifier = json_get_text(t->one, "rule");
	struct evaluate_rule rule;
	struct judge_trial trial = { .trusting = true, .stop = t->c->stop };
	unsigned reads = 0;
	enum code c = open_store(t, e);

	identifier = identifier.p ? identifier : first_rule;
	if (!c)
		c = find_rule(t, &rule, identifier, e);
	if (!c && t->own.sql)
		rule.text = t->own;
	if (!c)
		c = judge_reads(&t->db, rule.text.sql, &reads, e);
	if (!c && (reads & JUDGE_READS_OTHERS)) {
		shut(t);
		c = open_store(t, e);
	}
	if (!c)
		c = write_items(t, e);
	if (c)
		return c;
	trial.text = &rule.text;
	trial.scope = rule.scope;
	trial.parameters = rule.parameters;
	c = judge_case(t, &trial, identifier.p ? shown_of(t, identifier) : NULL, e);
	if (reads & JUDGE_READS_OTHERS)
		shut(t);
	return c;
}

/* What is wrong with one case is its fault, not the end of all. */
static enum code try_case(
	struct testing *t, const struct json *one, struct str first_rule, struct err *e)
{
	struct err why = { 0 };
	char account[24];

	snprintf(account, sizeof(account), "%lld", (long long)(FIRST_ACCOUNT + t->cases++));
	t->one = one;
	t->account = account;
	if (run_case(t, first_rule, &why)) { /* the statement is wrong, or the case is */
		if (code_is_transient(why.code) || why.code == E_CORRUPT)
			*e = why;
		else
			fault(t, STR_NONE, STR_NONE, str_of(why.msg), e);
	}
	t->account = NULL;
	arena_release(&t->arena);
	return *t->c->stop ? err_set(e, E_CANCELED, "stopped") : e->code;
}

/* ---- a file */

struct looked_for {
	struct arena *a;
	struct str stem, found;
};

static enum code match_name(void *ctx, const struct rule_text *text, struct err *e)
{
	struct looked_for *l = ctx;

	(void)e;
	if (str_eq(text->name, l->stem) && text->rules.p)
		l->found =
			arena_str(l->a, (struct str){ text->rules.p, str_find(text->rules, ',') });
	return E_OK;
}

/* The first rule of the file of ours that the cases are called after. */
static struct str first_rule(struct testing *t, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct looked_for l = { .a = &t->c->arena, .stem = str_of(slash ? slash + 1 : path) };

	if (t->own.rules.p)
		return (struct str){ t->own.rules.p, str_find(t->own.rules, ',') };
	if (l.stem.n > 5 && str_is(str_from(l.stem, l.stem.n - 5), ".json"))
		l.stem.n -= 5;
	rule_text_walk(match_name, &l, e);
	return l.found;
}

static enum code test_file(struct testing *t, const char *path, struct err *e)
{
	struct arena a = ARENA_INIT(8 * FILE_MAX_BYTES);
	struct str text, first = first_rule(t, path, e);
	struct json *cases = NULL;

	t->file = path;
	if (e->code || rule_read(t->c, path, FILE_MAX_BYTES, &text, e))
		return e->code;
	if (json_read(&a, text, &cases, e)) {
		err_add(e, "%s", path);
	} else if (!json_is(cases, JSON_ARRAY)) {
		err_set(e, E_INVALID, "%s: cases are a list", path);
	} else {
		for (const struct json *v = cases->first; v && !e->code; v = v->next)
			try_case(t, v, first, e);
	}
	t->one = NULL;
	arena_release(&a);
	return e->code;
}

/* ---- all of them */

/* Each rule that is evaluated here must be shown to let something pass and something not. */
static enum code check_shown(void *ctx, const struct rule_text *text, struct err *e)
{
	struct testing *t = ctx;
	struct str rest = text->rules;

	t->file = arena_printf(&t->c->arena, "%.*s.json", STR_ARG(text->name)).p;
	while (rest.n && !e->code) {
		struct str one = { rest.p, str_find(rest, ',') };
		const struct shown *s = shown_of(t, one);

		rest = str_from(rest, one.n + 1);
		if (!s)
			return err_nomem(e);
		if (!s->good)
			fault(t, one, STR("COMPLIANT in some case"), STR("none"), e);
		if (!s->bad)
			fault(t, one, STR("NON_COMPLIANT in some case"), STR("none"), e);
	}
	return e->code;
}

static enum code run(struct testing *t, int n, char **files, struct err *e)
{
	static const char *const names[] = { "file", "case", "resource", "expected", "found" };

	if (t->rows.begin(t->rows.ctx, names, 5, e))
		return e->code;
	for (int i = 0; i < n && !e->code; i++)
		test_file(t, files[i], e);
	if (!e->code && opt_text(&t->c->o, OPT_COMPLETE))
		rule_text_walk(check_shown, t, e);
	return e->code;
}

static enum code count_rules(void *ctx, const struct rule_text *text, struct err *e)
{
	int64_t *n = ctx;

	(void)e;
	for (struct str rest = text->rules; rest.n; rest = str_from(rest, str_find(rest, ',') + 1))
		(*n)++;
	return E_OK;
}

static enum code read_own(struct testing *t, struct err *e)
{
	const char *path = opt_text(&t->c->o, OPT_SQL);
	struct str sql;

	if (!path)
		return E_OK;
	if (rule_read(t->c, path, FILE_MAX_BYTES, &sql, e))
		return e->code;
	return rule_text_read(&t->c->arena, sql.p, &t->own, e) ? err_add(e, "%s", path) : E_OK;
}

enum code cmd_rule_test(struct cli *c, int n, char **files, struct err *e)
{
	struct testing t = { .c = c, .arena = ARENA_INIT(CASE_ARENA) };
	int64_t rules = 0;
	struct printer p;

	if (n < 1) {
		err_set(e, E_INVALID, "rule test wants files of cases");
		return err_hint(e, "siltstone rule test tests/rules/*.json");
	}
	if (read_own(&t, e))
		return e->code;
	cli_printer(c, &p, NULL);
	t.rows = printer_rows(&p);
	if (!run(&t, n, files, e) && (t.faults || c->format_given))
		printer_end(&p, e);
	printer_release(&p);
	shut(&t);
	arena_release(&t.arena);
	if (e->code || rule_text_walk(count_rules, &rules, e))
		return e->code;
	cli_note(c, "%lld cases, %lld faults; %lld managed rules are evaluated here",
		(long long)t.cases, (long long)t.faults, (long long)rules);
	if (t.faults)
		c->exit = CLI_EXIT_DIFFERENT;
	return E_OK;
}
