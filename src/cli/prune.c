/* SPDX-License-Identifier: Apache-2.0 */
#include "store/prune.h"

#include "base/time.h"
#include "cli/progress.h"
#include <stdlib.h>

#define TYPES_MAX 4096

struct count {
	const char *type;
	int64_t resources, items, bytes;
};

struct teller {
	struct cli *c;
	struct progress progress;
	bool dry_run;
	struct count *counts; /* by type */
	size_t n;
};

static struct count *of_type(struct teller *t, struct str type)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_is(type, t->counts[i].type))
			return &t->counts[i];
	if (t->n == TYPES_MAX)
		return NULL;
	t->counts[t->n].type = arena_text(&t->c->arena, type);
	return &t->counts[t->n++];
}

static void tell(
	void *ctx, struct str type, int64_t items, int64_t bytes, const struct prune_sum *sum)
{
	struct teller *t = ctx;
	struct count *count = of_type(t, type);

	if (count) {
		count->resources++;
		count->items += items;
		count->bytes += bytes;
	}
	progress_show(&t->progress, "%lld items of %lld resources", (long long)sum->items,
		(long long)sum->resources);
}

static int by_type(const void *a, const void *b)
{
	return strcmp(((const struct count *)a)->type, ((const struct count *)b)->type);
}

static enum code print_counts(struct cli *c, struct teller *t, struct err *e)
{
	static const char *const names[] = { "resource_type", "resources", "items", "bytes" };
	struct printer p;
	struct rows rows;

	qsort(t->counts, t->n, sizeof(*t->counts), by_type);
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	rows.begin(rows.ctx, names, 4, e);
	for (size_t i = 0; i < t->n && !e->code; i++) {
		const struct count *k = &t->counts[i];
		struct cell cells[] = { cell_text(k->type), cell_int(k->resources),
			cell_int(k->items), cell_int(k->bytes) };

		rows.row(rows.ctx, cells, 4, e);
	}
	if (!e->code)
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

/* "400d", "2y". */
static enum code parse_age(const char *text, int64_t *days, struct err *e)
{
	size_t n = strspn(text, "0123456789");
	int64_t unit = text[n] == 'd' ? 1 : text[n] == 'w' ? 7 : text[n] == 'y' ? 365 : 0;

	if (n && n < 7 && unit && !text[n + 1]) {
		*days = strtoll(text, NULL, 10) * unit;
		return E_OK;
	}
	return err_set(
		e, E_INVALID, "--older-than is an age such as 400d, 60w or 2y, not \"%s\"", text);
}

static enum code settle_age(struct cli *c, int64_t *days, struct err *e)
{
	const char *age = opt_text(&c->o, OPT_OLDER_THAN);

	if (age)
		return parse_age(age, days, e);
	if (prune_days(&c->db, days, e))
		return e->code;
	if (*days)
		return E_OK;
	err_set(e, E_INVALID, "how old is what is to be removed?");
	return err_hint(e, "--older-than 400d, or siltstone retention set 400");
}

static enum code prune(struct cli *c, struct teller *t, struct err *e)
{
	struct prune_options o = { .dry_run = t->dry_run, .stop = c->stop, .tell = tell, .ctx = t };
	struct prune_sum sum = { 0 };
	int64_t days = 0;

	if (settle_age(c, &days, e))
		return e->code;
	o.limit_ms = c->now_ms - days * PRUNE_DAY_MS;
	progress_init(&t->progress, c);
	prune_run(&c->db, &o, c->now_ms, &sum, e);
	progress_end(&t->progress);
	if (e->code)
		return e->code;
	cli_note(c, "%lld %s of %lld %s (%lld of them whole), %lld bytes %s", (long long)sum.items,
		cli_plural(sum.items, "item", "items"), (long long)sum.resources,
		cli_plural(sum.resources, "resource", "resources"), (long long)sum.whole,
		(long long)sum.bytes, t->dry_run ? "would be removed" : "removed");
	return print_counts(c, t, e);
}

enum code cmd_prune(struct cli *c, struct err *e)
{
	struct teller t = { .c = c, .dry_run = opt_text(&c->o, OPT_DRY_RUN) != NULL };

	t.counts = arena_alloc(&c->arena, TYPES_MAX * sizeof(*t.counts));
	if (!t.counts)
		return err_nomem(e);
	if ((t.dry_run ? cli_open(c, e) : cli_open_changing(c, e)) || prune(c, &t, e))
		return e->code;
	if (opt_text(&c->o, OPT_VACUUM) && !t.dry_run)
		prune_vacuum(&c->db, e);
	return e->code;
}

static enum code show(struct cli *c, struct err *e)
{
	int64_t days;

	if (cli_open(c, e) || prune_days(&c->db, &days, e))
		return e->code;
	if (c->format_given && (c->format == FORMAT_CSV || c->format == FORMAT_TSV))
		printf("days\n%lld\n", (long long)days);
	else if (c->format_given && c->format != FORMAT_TABLE)
		printf("{\"days\":%lld}\n", (long long)days);
	else if (days)
		printf("%lld days\n", (long long)days);
	else
		puts("off: everything is kept");
	return E_OK;
}

static enum code set(struct cli *c, const char *text, struct err *e)
{
	size_t n = strspn(text, "0123456789");
	int64_t days = n && n < 7 && !text[n] ? strtoll(text, NULL, 10) : 0;

	if (!days)
		return err_set(e, E_INVALID, "a number of days is wanted, not \"%s\"", text);
	if (cli_open_changing(c, e) || prune_set_days(&c->db, days, e))
		return e->code;
	cli_note(c,
		"what is no longer in force is kept for %lld days; the daemon or siltstone prune removes it then",
		(long long)days);
	return E_OK;
}

enum code cmd_retention(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0];

	if (strcmp(verb, "show") == 0 && c->argc == 1)
		return show(c, e);
	if (strcmp(verb, "set") == 0 && c->argc == 2)
		return set(c, c->argv[1], e);
	if (strcmp(verb, "off") == 0 && c->argc == 1) {
		if (cli_open_changing(c, e) || prune_set_days(&c->db, 0, e))
			return e->code;
		cli_note(c, "everything is kept");
		return E_OK;
	}
	return err_set(e, E_INVALID, "retention knows set DAYS, off and show");
}
