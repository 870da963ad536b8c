/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/tree.h"
#include "json/canon.h"
#include "json/diff.h"
#include "json/patch.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Random pairs of canonical documents. SILTSTONE_SEED repeats a run. */
#define PAIRS 20000

static uint64_t state;

/* xorshift64* */
static unsigned roll(unsigned sides)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * UINT64_C(2685821657736338717)) >> 33) % sides;
}

/* Few, so that the two documents share many; odd ones, since SQLite compares as spelled. */
static struct str some_word(void)
{
	static const char *const words[] = { "a", "b", "c", "id", "key", "name", "a.b", "",
		"\xc3\xa9", "\xf0\x9f\x98\x80", "q\"q", "b\\s", "n\nl", "\x01", "\x7f", "/", "*",
		"[0]", "null" };

	return str_of(words[roll(sizeof(words) / sizeof(*words))]);
}

static struct str some_number(void)
{
	static const char *const numbers[] = { "0", "-0", "1", "1.0", "1e5", "1E5", "-3.25",
		"123456789012345678901234567890", "1e400" };

	return str_of(numbers[roll(sizeof(numbers) / sizeof(*numbers))]);
}

static struct json *some_value(struct arena *a, unsigned depth);

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *some_container(struct arena *a, enum json_kind kind, unsigned depth)
{
	struct json *v = json_new(a, kind);

	for (unsigned i = roll(6); i--;) {
		if (kind == JSON_OBJECT)
			json_set(v, some_word(), some_value(a, depth + 1));
		else
			json_push(v, some_value(a, depth + 1));
	}
	return v;
}

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *some_value(struct arena *a, unsigned depth)
{
	switch (roll(depth < 5 ? 9 : 5)) {
	case 0: return json_new(a, JSON_NULL);
	case 1: return json_bool(a, roll(2));
	case 2:
	case 3: return json_number(a, some_number());
	case 4: return json_string(a, some_word());
	case 5:
	case 6: return some_container(a, JSON_ARRAY, depth);
	default: return some_container(a, JSON_OBJECT, depth);
	}
}

/* Change a little here and there, as what is recorded changes. */
// NOLINTNEXTLINE(misc-no-recursion)
static void disturb(struct arena *a, struct json *v, unsigned depth)
{
	struct json *next;

	for (struct json *k = v->first; k; k = next) {
		next = k->next;
		switch (roll(8)) {
		case 0: json_remove(v, k); break;
		case 1: json_replace(v, k, some_value(a, depth + 1)); break;
		case 2:
		case 3:
		case 4: disturb(a, k, depth + 1); break;
		default: break;
		}
	}
	if (v->kind == JSON_OBJECT && roll(4) == 0)
		json_set(v, some_word(), some_value(a, depth + 1));
}

static const char *by_sqlite(struct arena *a, sqlite3_stmt *st, const char *from, const char *patch)
{
	const char *text;

	sqlite3_bind_text(st, 1, from, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, patch, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	text = arena_text(a, str_of((const char *)sqlite3_column_text(st, 0)));
	sqlite3_reset(st);
	return json_canon_text(a, tree_of(a, text)).p;
}

struct pair {
	struct arena arena;
	struct json *from, *to;
	const char *from_text, *to_text;
};

static void make_pair(struct pair *p)
{
	struct arena *a = &p->arena;

	p->from = some_container(a, JSON_OBJECT, 0);
	if (roll(4)) {
		p->to = json_copy(a, p->from);
		disturb(a, p->to, 0);
	} else {
		p->to = some_container(a, JSON_OBJECT, 0);
	}
	json_canon(p->from);
	json_canon(p->to);
	p->from_text = text_of(a, p->from);
	p->to_text = text_of(a, p->to);
}

static void assert_patch_leads_there(struct pair *p, sqlite3_stmt *st)
{
	struct arena *a = &p->arena;
	struct json *patch = json_patch_make(a, p->from, p->to), *result;
	const char *patch_text = text_of(a, patch);
	bool equal = strcmp(p->from_text, p->to_text) == 0;

	result = json_patch_apply(a, p->from, patch);
	assert_true(json_equal(result, p->to));
	json_canon(result);
	assert_string_equal(text_of(a, result), p->to_text);
	assert_string_equal(by_sqlite(a, st, p->from_text, patch_text), p->to_text);
	assert_int_equal(equal, strcmp(patch_text, "{}") == 0);
	assert_int_equal(equal, json_equal(p->from, p->to));
	assert_int_equal(equal, json_diff(a, p->from, p->to)->n == 0);
}

static void assert_canon_is_settled(struct pair *p)
{
	struct arena *a = &p->arena;
	struct json *again = tree_of(a, p->from_text);

	assert_true(json_equal(again, p->from));
	json_canon(again);
	assert_string_equal(text_of(a, again), p->from_text);
	assert_int_equal(json_diff(a, p->from, again)->n, 0);
}

static void a_patch_leads_from_any_document_to_any_other(void **unused)
{
	const char *given = getenv("SILTSTONE_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	sqlite3_stmt *st = NULL;
	sqlite3 *h = NULL;

	(void)unused;
	printf("SILTSTONE_SEED=%llu\n", (unsigned long long)seed);
	fflush(stdout);
	state = seed * 2 + 1;
	assert_int_equal(sqlite3_open(":memory:", &h), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(h, "SELECT json_patch(?1, ?2)", -1, &st, NULL), SQLITE_OK);
	for (int i = 0; i < PAIRS; i++) {
		struct pair p = { .arena = ARENA_INIT(1 << 24) };

		make_pair(&p);
		assert_canon_is_settled(&p);
		assert_patch_leads_there(&p, st);
		arena_release(&p.arena);
	}
	sqlite3_finalize(st);
	sqlite3_close(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_patch_leads_from_any_document_to_any_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
