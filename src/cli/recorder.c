/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/when.h"
#include "core/house.h"
#include "store/catalogue.h"
#include "store/recorder.h"
#include <strings.h>

#define NAME             "default"
#define EVERY_DEFAULT_MS 600000

/* "10m" is ten minutes before now, seen as a length. */
static enum code duration(struct cli *c, const char *text, int64_t *ms, struct err *e)
{
	size_t n = strlen(text);
	int64_t at_ms = 0;
	struct err none = { 0 };

	if (strspn(text, "0123456789smhdw") == n && n && strchr("smhdw", text[n - 1]) &&
		when_parse(text, c->now_ms, &at_ms, &none) == E_OK && at_ms < c->now_ms) {
		*ms = c->now_ms - at_ms;
		return E_OK;
	}
	return err_set(e, E_INVALID,
		"--every is a length of time such as 90s, 10m or 1h, not \"%s\"", text);
}

struct changes {
	struct cli *c;
	struct recorder *r;
	struct buf overrides, tags;
};

/* One way of saying which types. */
static enum code choose_types(struct cli *c, struct recorder *r, struct err *e)
{
	const char *types = opt_text(&c->o, OPT_TYPES), *exclude = opt_text(&c->o, OPT_EXCLUDE);
	const bool all = opt_text(&c->o, OPT_ALL) != NULL;

	if (all + (types != NULL) + (exclude != NULL) > 1)
		return err_set(e, E_INVALID, "--all, --types and --exclude exclude each other");
	if (opt_text(&c->o, OPT_GLOBALS) && opt_text(&c->o, OPT_NO_GLOBALS))
		return err_set(e, E_INVALID, "--globals and --no-globals exclude each other");
	if (all || types || exclude) {
		r->types = all ? NULL : types ? types : exclude;
		r->excluding = exclude != NULL;
		if (r->types && strcmp(r->types, "*") == 0 && !exclude)
			r->types = NULL;
	}
	if (opt_text(&c->o, OPT_GLOBALS))
		r->no_globals = false;
	if (opt_text(&c->o, OPT_NO_GLOBALS))
		r->no_globals = true;
	return E_OK;
}

static enum code choose_frequency(struct cli *c, struct recorder *r, struct err *e)
{
	const char *frequency = opt_text(&c->o, OPT_FREQUENCY);

	if (!frequency)
		return E_OK;
	if (strcasecmp(frequency, "daily") != 0 && strcasecmp(frequency, "continuous") != 0)
		return err_set(e, E_INVALID,
			"--frequency of a recorder is continuous or daily, not \"%s\"", frequency);
	r->daily = strcasecmp(frequency, "daily") == 0;
	return E_OK;
}

static void add_override(struct buf *b, struct str type, const char *often)
{
	if (b->n)
		buf_char(b, ',');
	buf_str(b, type);
	buf_char(b, '=');
	buf_text(b, often);
}

/* Those that were there, of the kind that is not given now: intervals or frequencies. */
static void keep_overrides(struct buf *b, const char *were, bool intervals)
{
	struct str rest = str_of(were);

	while (rest.n) {
		struct str part = { rest.p, str_find(rest, ',') };
		struct str often = str_from(part, str_find(part, '=') + 1);
		const bool named = str_is(often, "DAILY") || str_is(often, "CONTINUOUS");

		rest = str_from(rest, part.n + 1);
		if (named == intervals)
			continue;
		if (b->n)
			buf_char(b, ',');
		buf_str(b, part);
	}
}

/* --every is how often a sweep is, and with a type before it, how often that is looked at. */
static enum code add_intervals(struct changes *x, bool *any, struct err *e)
{
	const char *every;
	size_t at = 0;

	while ((every = opt_next(&x->c->o, OPT_EVERY, &at))) {
		const char *is = strchr(every, '=');
		int64_t ms = 0;

		if (duration(x->c, is ? is + 1 : every, &ms, e))
			return e->code;
		*any = *any || is;
		if (is)
			add_override(
				&x->overrides, (struct str){ every, (size_t)(is - every) }, is + 1);
		else
			x->r->every_ms = ms;
	}
	return E_OK;
}

static void add_daily(struct changes *x, const char *daily)
{
	struct str rest = str_of(strcmp(daily, "none") == 0 ? NULL : daily);

	while (rest.n) {
		struct str type = { rest.p, str_find(rest, ',') };

		rest = str_from(rest, type.n + 1);
		if (type.n)
			add_override(&x->overrides, type, "DAILY");
	}
}

static enum code choose_overrides(struct changes *x, struct err *e)
{
	const char *daily = opt_text(&x->c->o, OPT_DAILY);
	bool any = false;

	if (add_intervals(x, &any, e))
		return e->code;
	if (!any)
		keep_overrides(&x->overrides, x->r->overrides, true);
	if (daily)
		add_daily(x, daily);
	else
		keep_overrides(&x->overrides, x->r->overrides, false);
	x->r->overrides = arena_text(&x->c->arena, buf_slice(&x->overrides));
	return E_OK;
}

static void choose_tags(struct changes *x)
{
	static const enum opt_id ids[] = { OPT_TAG, OPT_NOT_TAG };
	bool any = opt_text(&x->c->o, OPT_ALL_TAGS) != NULL;

	for (size_t i = 0; i < 2; i++) {
		const char *tag;
		size_t at = 0;

		while ((tag = opt_next(&x->c->o, ids[i], &at))) {
			buf_printf(&x->tags, "%s%s\n", i ? "!" : "", tag);
			any = true;
		}
	}
	if (any)
		x->r->tags = arena_text(&x->c->arena, buf_slice(&x->tags));
}

/* A typo would else go unnoticed until somebody misses what it named. */
static enum code check_known(struct cli *c, const struct recorder *r, struct err *e)
{
	struct str rest = str_of(r->types);
	const char *unknown = NULL;

	while (rest.n && !e->code && !unknown) {
		struct str glob = { rest.p, str_find(rest, ',') };
		const char *text = arena_text(&c->arena, glob);
		bool known = false;

		rest = str_from(rest, glob.n + 1);
		if (catalogue_knows(&c->db, text, &known, e) == E_OK && !known)
			unknown = text;
	}
	if (unknown) {
		err_set(e, E_INVALID, "no resource type is called \"%s\"", unknown);
		err_hint(e, "siltstone types lists those there are");
	}
	return e->code;
}

static enum code choose(struct changes *x, struct err *e)
{
	const char *role = opt_text(&x->c->o, OPT_ROLE_ARN);

	if (role)
		x->r->role_arn = role;
	if (choose_types(x->c, x->r, e) || choose_frequency(x->c, x->r, e) ||
		choose_overrides(x, e))
		return e->code;
	choose_tags(x);
	if (!buf_ok(&x->overrides) || !buf_ok(&x->tags) || !arena_ok(&x->c->arena))
		return err_nomem(e);
	return opt_text(&x->c->o, OPT_TYPES) || opt_text(&x->c->o, OPT_EXCLUDE)
		       ? check_known(x->c, x->r, e)
		       : E_OK;
}

/* Where the recorder itself is recorded, its change is an item. */
static enum code record_change(struct cli *c, struct err *e)
{
	struct record_sum sum;

	return house_record(&c->db, c->now_ms, &sum, e);
}

/* What is not given stays as it is. */
static enum code set(struct cli *c, struct err *e)
{
	struct recorder r = { .name = NAME, .every_ms = EVERY_DEFAULT_MS };
	struct changes x = {
		.c = c, .r = &r, .overrides = BUF_INIT(1 << 20), .tags = BUF_INIT(1 << 20)
	};
	struct err none = { 0 };

	if (cli_open_writing(c, e) || catalogue_sync(&c->db, e))
		return e->code;
	if (recorder_get(&c->db, &c->arena, &r, &none) && none.code != E_NOTFOUND)
		*e = none;
	else
		choose(&x, e);
	buf_release(&x.overrides);
	buf_release(&x.tags);
	if (e->code || recorder_put(&c->db, &r, e) || record_change(c, e))
		return e->code;
	cli_note(c, "the recorder %s",
		r.recording ? "goes on with that" : "is set; siltstone recorder start starts it");
	return E_OK;
}

static enum code turn(struct cli *c, bool recording, struct err *e)
{
	if (cli_open_changing(c, e) || recorder_switch(&c->db, recording, c->now_ms, e) ||
		record_change(c, e))
		return e->code;
	cli_note(c, "the recorder is %s", recording ? "started" : "stopped");
	return E_OK;
}

static enum code status(struct cli *c, struct err *e)
{
	struct recorder r;
	struct printer p;
	struct rows rows;

	if (cli_open(c, e) || recorder_get(&c->db, &c->arena, &r, e))
		return e->code;
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_recorder(&c->reader, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_recorder(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0];

	if (strcmp(verb, "set") == 0)
		return set(c, e);
	if (strcmp(verb, "start") == 0)
		return turn(c, true, e);
	if (strcmp(verb, "stop") == 0)
		return turn(c, false, e);
	if (strcmp(verb, "status") == 0 || strcmp(verb, "show") == 0)
		return status(c, e);
	err_set(e, E_INVALID, "recorder wants set, show, start, stop or status");
	return err_hint(e, "siltstone help recorder");
}
