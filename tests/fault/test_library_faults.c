/* SPDX-License-Identifier: Apache-2.0 */
/* An embedding program records and asks while memory runs out, one occasion after the other. Whatever
 * happens: a code says so, nothing is left open, and the next time all is well. */
#include "lib/fault.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include <siltstone.h>

static struct scratch scratch;
static struct arena arena = ARENA_INIT(1 << 20);
static const char *path;

static enum siltstone_code record(struct siltstone *s)
{
	struct siltstone_resource r = { .size = sizeof(r),
		.account = "acme",
		.type = "Acme::Rack::Server",
		.id = "a",
		.configuration = "{\"cpus\":4,\"disks\":[{\"id\":1}]}",
		.tags = "{\"owner\":\"ops\"}" };
	struct siltstone_sweep *w = NULL;
	enum siltstone_code c = siltstone_sweep_begin(s, "inventory", &w);

	if (!c)
		c = siltstone_sweep_put(w, &r);
	if (!c)
		c = siltstone_sweep_listed(w, "acme", NULL, r.type, NULL);
	if (!c)
		c = siltstone_sweep_commit(w, NULL);
	siltstone_sweep_end(w);
	return c;
}

static enum siltstone_code ask(struct siltstone *s, int64_t at_ms)
{
	struct siltstone_rows *r;
	enum siltstone_code c =
		siltstone_query(s, "SELECT *, 1.5, x'00' FROM resources WHERE name IS NOT :n", &r);

	if (c)
		return c;
	siltstone_rows_bind_text(r, "n", "nobody");
	if (at_ms)
		siltstone_rows_as_of(r, at_ms);
	while (siltstone_rows_next(r))
		for (int i = 0; i < siltstone_rows_columns(r); i++)
			(void)siltstone_rows_text(r, i);
	return siltstone_rows_end(r);
}

static enum siltstone_code look(struct siltstone *s)
{
	const char *json;
	int64_t rid;
	enum siltstone_code c = siltstone_find(s, "a", &rid);

	if (!c)
		c = siltstone_item(s, rid, SILTSTONE_NOW, &json);
	if (!c)
		c = siltstone_diff(s, rid, 1, 1, &json);
	return c ? c : siltstone_verify(s, NULL);
}

static enum siltstone_code scenario(void)
{
	struct siltstone *s = NULL;
	enum siltstone_code c = siltstone_open(path, SILTSTONE_WRITE, &s);

	if (!c)
		c = record(s);
	if (!c)
		c = ask(s, 0);
	if (!c)
		c = ask(s, 1);
	if (!c)
		c = look(s);
	assert_int_equal(s ? siltstone_failure(s) : SILTSTONE_NOMEM, c);
	assert_true(!c || siltstone_message(s)[0]);
	siltstone_close(s);
	return c;
}

static void every_fault(enum fault_kind kind)
{
	bool fired = true;
	long n;

	for (n = 0; fired; n += kind == FAULT_SQLITE ? 1 + n / 5 : 1) {
		enum siltstone_code c;

		fault_arm(kind, n, false);
		c = scenario();
		fired = fault_disarm();
		if (c && c != SILTSTONE_NOMEM && c != SILTSTONE_IO && c != SILTSTONE_TOOBIG)
			fail_msg("occasion %ld: %s", n, siltstone_code_name(c));
		if (!fired)
			assert_int_equal(c, SILTSTONE_OK);
		assert_int_equal(scenario(), SILTSTONE_OK);
	}
	print_message("%ld occasions\n", n);
	assert_true(n > 20);
}

static void when_our_memory_fails(void **state)
{
	(void)state;
	every_fault(FAULT_MEMORY);
}

static void when_sqlites_memory_fails(void **state)
{
	(void)state;
	every_fault(FAULT_SQLITE);
}

static int set_up(void **state)
{
	struct siltstone *s;
	int bad;

	(void)state;
	fault_install();
	scratch_make(&scratch);
	path = scratch_path(&scratch, &arena, "store.db");
	bad = siltstone_open(path, SILTSTONE_CREATE, &s) || record(s);
	siltstone_close(s);
	return bad;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_our_memory_fails),
		cmocka_unit_test(when_sqlites_memory_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
