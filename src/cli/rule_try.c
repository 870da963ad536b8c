/* SPDX-License-Identifier: Apache-2.0 */
#include "api/findings.h"

#include "base/time.h"
#include "base/when.h"
#include "cli/progress.h"
#include "cli/rule.h"
#include "core/evaluate.h"
#include "core/trial.h"
#include "json/write.h"
#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

#define SQL_MAX_BYTES ((size_t)1 << 20)
#define LOOK_BACK_MS  (INT64_C(90) * 86400000)
#define TRY_COLUMNS   "resource_type,resource_id,region,since,until,result,annotation"

struct trying {
	struct cli *c;
	struct rule_text own; /* of a file */
	struct evaluate_rule rule;
	struct trial trial;
	struct rows rows;
	struct progress progress;
	const char *only; /* result */
};

/* ---- which rule */

static enum code parameters_text(struct cli *c, struct str *out, struct err *e)
{
	struct buf b = BUF_INIT(SQL_MAX_BYTES);
	struct json *given;

	*out = STR_NONE;
	if (rule_parameters(c, &given, e) || !given)
		return e->code;
	json_write(&b, given);
	*out = arena_str(&c->arena, buf_slice(&b));
	buf_release(&b);
	return arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

static bool names_file(const char *what)
{
	return strchr(what, '/') || strstr(what, ".sql") || access(what, R_OK) == 0;
}

static enum code from_file(struct trying *t, const char *path, struct err *e)
{
	struct cli *c = t->c;
	struct str sql;

	if (rule_read(c, path, SQL_MAX_BYTES, &sql, e) ||
		parameters_text(c, &t->trial.parameters, e))
		return e->code;
	if (rule_text_read(&c->arena, sql.p, &t->own, e))
		return err_add(e, "%s", path);
	t->trial.text = &t->own;
	t->trial.scope.types = t->own.types;
	return E_OK;
}

/* "s3-bucket-versioning-enabled" is as good as S3_BUCKET_VERSIONING_ENABLED. */
static struct str identifier(struct cli *c, const char *what)
{
	char *out = arena_alloc(&c->arena, strlen(what) + 1);

	for (size_t i = 0; out && what[i]; i++)
		out[i] = (char)(what[i] == '-' ? '_' : toupper((unsigned char)what[i]));
	return str_of(out);
}

/* A rule of the store goes by its name, any other by its identifier. */
static enum code from_store(struct trying *t, const char *what, struct err *e)
{
	struct cli *c = t->c;
	struct read_filter f = { .rule = what,
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION) };
	const char *account, *region;
	struct err none = { 0 };
	struct str given;
	enum code code;

	if (parameters_text(c, &given, e))
		return e->code;
	code = findings_place(&c->db, &f, &c->arena, &account, &region, &none);
	if (!code && !given.p) {
		const struct evaluation_name name = { str_of(account), str_of(region),
			str_of(what) };

		code = evaluate_rule_get(&c->db, &c->arena, &name, &t->rule, e);
	} else {
		code = evaluate_managed_get(
			&c->db, &c->arena, identifier(c, what), given, &t->rule, e);
		if (code == E_NOTFOUND)
			err_hint(e, "siltstone rule managed --evaluated");
	}
	t->trial.text = &t->rule.text;
	t->trial.scope = t->rule.scope;
	t->trial.parameters = t->rule.parameters;
	return code;
}

static enum code choose(struct trying *t, const char *what, struct err *e)
{
	const char *types = opt_text(&t->c->o, OPT_TYPES), *id = opt_text(&t->c->o, OPT_RESOURCE);

	if (names_file(what) ? from_file(t, what, e) : from_store(t, what, e))
		return e->code;
	if (types)
		t->trial.scope.types = str_of(types);
	if (id)
		t->trial.scope.id = str_of(id);
	return E_OK;
}

/* ---- what is told */

static const char *moment(int64_t ms, char out[TIME_ISO_BYTES])
{
	struct time_fields f = time_split(ms);

	if (ms >= TIME_FOREVER_MS)
		return "9999-12-31 23:59:59";
	snprintf(out, TIME_ISO_BYTES, "%04d-%02d-%02d %02d:%02d:%02d", f.year, f.month, f.day,
		f.hour, f.minute, f.second);
	return out;
}

static enum code take(void *ctx, const struct trial_interval *i, struct err *e)
{
	struct trying *t = ctx;
	const bool still = i->until_ms >= TIME_FOREVER_MS;
	char since[TIME_ISO_BYTES], until[TIME_ISO_BYTES];
	struct cell cells[] = { cell_str(i->type), cell_str(i->id), cell_str(i->name),
		cell_str(i->account), cell_str(i->region), cell_str(i->result),
		cell_text(moment(i->since_ms, since)), cell_text(moment(i->until_ms, until)),
		cell_int(still),
		cell_int(((still ? t->trial.to_ms : i->until_ms) - i->since_ms) / 1000),
		cell_str(i->annotation), i->rid ? cell_int(i->rid) : cell_null() };

	if (t->only ? !str_is(i->result, t->only) : str_is(i->result, "NOT_APPLICABLE"))
		return E_OK;
	return t->rows.row(t->rows.ctx, cells, sizeof(cells) / sizeof(*cells), e);
}

static void go_on(void *ctx, int64_t done, int64_t of)
{
	struct trying *t = ctx;

	progress_show(
		&t->progress, "judging: %lld of %lld moments", (long long)done, (long long)of);
}

static void sum_up(struct trying *t, const struct trial_sum *sum)
{
	struct cli *c = t->c;

	cli_note(c, "%lld %s: %lld %s now, %lld ever did; %lld %s", (long long)sum->resources,
		cli_plural(sum->resources, "resource", "resources"), (long long)sum->failing,
		cli_plural(sum->failing, "fails", "fail"), (long long)sum->ever,
		(long long)sum->transitions, cli_plural(sum->transitions, "change", "changes"));
	if (sum->step_s > 1)
		cli_note(c,
			"there were too many moments to look at each: told to %lld s; a shorter --since is exact",
			(long long)sum->step_s);
}

static enum code run(struct trying *t, struct err *e)
{
	static const char *const names[] = { "resource_type", "resource_id", "name", "account",
		"region", "result", "since", "until", "still", "seconds", "annotation", "rid" };
	struct trial_sum sum = { 0 };
	struct printer p;

	cli_printer(t->c, &p, TRY_COLUMNS);
	t->rows = printer_rows(&p);
	if (!t->rows.begin(t->rows.ctx, names, sizeof(names) / sizeof(*names), e))
		trial_run(&t->trial, take, t, &sum, e);
	progress_end(&t->progress);
	if (!e->code && !printer_end(&p, e))
		sum_up(t, &sum);
	printer_release(&p);
	return e->code;
}

enum code cmd_rule_try(struct cli *c, const char *what, struct err *e)
{
	struct trying t = { .c = c, .only = opt_text(&c->o, OPT_FAILING) ? "NON_COMPLIANT" : NULL };

	if (cli_open(c, e))
		return e->code;
	t.trial = (struct trial){ .db = &c->db,
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION),
		.trusting = true,
		.stop = c->stop,
		.progress = go_on,
		.progress_ctx = &t };
	if (cli_moment(c, OPT_SINCE, c->now_ms - LOOK_BACK_MS, &t.trial.from_ms, e) ||
		cli_moment(c, OPT_UNTIL, c->now_ms, &t.trial.to_ms, e) || choose(&t, what, e))
		return e->code;
	if (t.trial.to_ms < t.trial.from_ms)
		return err_set(e, E_INVALID, "--until is before --since");
	progress_init(&t.progress, c);
	return run(&t, e);
}
