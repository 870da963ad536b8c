/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/person.h"

#include "base/time.h"
#include "cli/evaluate.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "daemon/lock.h"
#include "discover/fleet.h"
#include "discover/kept.h"
#include "store/catalogue.h"
#include "store/store.h"
#include <errno.h>
#include <sys/stat.h>

#define SOURCES_MAX 1000

/* What is to be swept. */
struct plan {
	struct cli *c;
	struct source sources[SOURCES_MAX];
	size_t n;
};

static enum code take(void *ctx, const struct source *s, struct err *e)
{
	struct plan *p = ctx;

	if (p->n == SOURCES_MAX)
		return err_set(e, E_TOOBIG, "more than %d sources", SOURCES_MAX);
	return kept_copy(&p->c->arena, s, &p->sources[p->n++], e);
}

/* A source by name; "host" is there without being added. */
static enum code named(struct cli *c, const char *name, struct source *out, struct err *e)
{
	struct err none = { 0 };
	enum code code = source_get(&c->db, &c->arena, name, out, &none);

	if (code == E_OK)
		return E_OK;
	if (code == E_NOTFOUND && strcmp(name, SOURCE_HOST) == 0) {
		*out = (struct source){ .name = SOURCE_HOST, .kind = "exec", .settings = "{}" };
		return E_OK;
	}
	*e = none;
	return err_hint(e, "siltstone source list; siltstone source add %s adds it", name);
}

static enum code choose(struct plan *p, struct err *e)
{
	struct cli *c = p->c;
	const char *name = c->argc ? c->argv[0] : opt_text(&c->o, OPT_SOURCE);
	const char *profile = opt_text(&c->o, OPT_PROFILE);

	if (c->argc && opt_text(&c->o, OPT_SOURCE))
		return err_set(e, E_INVALID, "one source is named twice");
	if (opt_text(&c->o, OPT_ALL)) {
		if (name)
			return err_set(e, E_INVALID, "--all and --source exclude each other");
		if (source_walk(&c->db, false, take, p, e))
			return e->code;
		if (!p->n) {
			err_set(e, E_NOTFOUND, "the store has no sources");
			return err_hint(e, "siltstone source add NAME");
		}
		return E_OK;
	}
	if (name) {
		p->n = 1;
		return named(c, name, &p->sources[0], e);
	}
	p->sources[p->n++] = (struct source){
		.name = profile ? profile : "default", .kind = "aws", .settings = "{}"
	};
	return E_OK;
}

static void show_progress(void *ctx, const struct sweep_progress *s)
{
	if (s->settling)
		progress_show(ctx, "writing: %lld seen", (long long)s->seen);
	else
		progress_show(ctx, "looking: %lld of %lld looks, %lld seen, %lld calls",
			(long long)s->looks_done, (long long)s->looks, (long long)s->seen,
			(long long)s->calls);
}

static enum code print_types(struct cli *c, const char *name, int64_t began_ms, struct err *e)
{
	struct source source;
	struct printer p;
	struct rows rows;

	if (source_get(&c->db, &c->arena, name, &source, e))
		return e->code;
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_sweep(&c->reader, source.source_id, began_ms, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static void tell_notes(const struct sweep_sum *sum)
{
	for (size_t i = 0; i < sum->n_notes; i++) {
		const struct sweep_note *n = &sum->notes[i];
		const char *how = n->outcome == LOOK_FAILED    ? "failed"
				  : n->outcome == LOOK_PARTIAL ? "partial"
							       : "remark";

		fprintf(stderr, "%s: ", how);
		if (sum->accounts + sum->unreached > 1 && n->account)
			fprintf(stderr, "account %s ", n->account);
		fprintf(stderr, "%s %s", n->type, n->region ? n->region : "");
		cli_say_plain(": ", n->reason ? n->reason : "");
	}
}

static const char *whose(struct cli *c, const struct sweep_sum *sum)
{
	long long reached = sum->accounts, all = reached + sum->unreached;

	if (sum->account)
		return arena_printf(&c->arena, ", account %s", sum->account).p;
	if (all == reached)
		return arena_printf(&c->arena, ", %lld accounts", all).p;
	return arena_printf(&c->arena, ", %lld of %lld accounts", reached, all).p;
}

static enum code tell(struct cli *c, const char *name, int64_t began_ms,
	const struct sweep_sum *sum, struct err *e)
{
	const struct record_sum *r = &sum->recorded;

	if (c->quiet)
		printf("%s: %lld seen, %lld new, %lld changed, %lld deleted; %lld of %lld looks "
		       "complete\n",
			name, (long long)r->seen, (long long)r->created, (long long)r->changed,
			(long long)r->deleted, (long long)sum->complete, (long long)sum->looks);
	else if (print_types(c, name, began_ms, e))
		return e->code;
	fflush(stdout);
	tell_notes(sum);
	cli_note(c,
		"%s%s: %lld seen, %lld new, %lld changed, %lld deleted; %lld of %lld looks complete, %lld not offered there, %lld calls",
		name, whose(c, sum), (long long)r->seen, (long long)r->created,
		(long long)r->changed, (long long)r->deleted, (long long)sum->complete,
		(long long)sum->looks, (long long)sum->unsupported, (long long)sum->calls);
	if (sum->partial || sum->failed)
		c->exit = CLI_EXIT_PARTIAL;
	return E_OK;
}

/* The whole source into one store, or one account of it into its own. */
static enum code sweep_into(struct cli *c, const char *name, struct sweep_options *o, struct err *e)
{
	struct progress progress;
	struct sweep_sum sum = { 0 };
	int64_t began_ms = time_now_ms();

	progress_init(&progress, c);
	o->progress = show_progress;
	o->ctx = &progress;
	o->stop = c->stop;
	/* Who asks by hand wants to know how it is now. */
	o->retry_denied = true;
	sweep_run(&c->db, o, began_ms, &sum, e);
	progress_end(&progress);
	if (e->code)
		err_add(e, "record \"%s\"", name);
	else
		tell(c, name, began_ms, &sum, e);
	sweep_sum_release(&sum);
	return e->code;
}

/* The store at hand makes room for that of an account. */
static enum code sweep_account(
	struct cli *c, const char *folder, const char *name, struct sweep_options *o, struct err *e)
{
	struct db whole = c->db;
	struct reader reader = c->reader;
	const char *path = arena_printf(&c->arena, "%s/%s.db", folder, o->account).p;

	c->db = (struct db){ 0 };
	/* The row there is that of the one account. */
	o->settings = NULL;
	if (!path)
		err_nomem(e);
	else if (!lock_probe(path, e) && !store_open(&c->db, path, DB_CREATE, c->now_ms, e) &&
		 !catalogue_sync(&c->db, e)) {
		c->reader.db = &c->db;
		sweep_into(c, name, o, e);
	}
	db_close(&c->db);
	c->db = whole;
	c->reader = reader;
	return e->code ? err_add(e, "account %s", o->account) : E_OK;
}

static enum code sweep_apart(
	struct cli *c, const char *folder, const char *name, struct sweep_options *o, struct err *e)
{
	struct fleet fleet = FLEET_INIT;
	size_t done = 0;

	if (!fleet_is_meant(o)) {
		err_set(e, E_INVALID, "source \"%s\" is one account", name);
		return err_hint(e, "without --store-per-account it goes into the store");
	}
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return err_sys(e, E_IO, errno, "could not make \"%s\"", folder);
	fleet_open(&fleet, o, e);
	for (size_t i = 0; i < fleet.n && !*c->stop; i++) {
		struct err one = { 0 };

		if (!sweep_account(c, folder, name, &fleet.each[i], &one)) {
			done++;
			continue;
		}
		if (e->code)
			cli_complain(e);
		*e = one;
	}
	if (done && e->code && e->code != E_CANCELED) {
		cli_complain(e);
		*e = (struct err){ 0 };
		c->exit = CLI_EXIT_PARTIAL;
	}
	fleet_release(&fleet);
	return e->code;
}

static enum code sweep(struct cli *c, const struct source *s, struct err *e)
{
	const char *folder = opt_text(&c->o, OPT_STORE_PER_ACCOUNT);
	struct sweep_options o;

	if (kept_options(&c->arena, s, &o, e) || (!s->kept && source_settings(c, &o.settings, e)) ||
		source_override(c, &o, e))
		return e->code;
	if (opt_text(&c->o, OPT_RECHECK) && kept_recheck(opt_text(&c->o, OPT_RECHECK), &o, e))
		return e->code;
	return folder ? sweep_apart(c, folder, s->name, &o, e) : sweep_into(c, s->name, &o, e);
}

/* What was recorded stays recorded, whatever becomes of this. */
static void judge(struct cli *c, struct err *e)
{
	struct err why = { 0 };

	if (!cli_evaluate(c, &why))
		return;
	err_add(&why, "evaluate rules");
	if (e->code)
		cli_complain(&why);
	else
		*e = why;
}

enum code cmd_record(struct cli *c, struct err *e)
{
	struct plan *p = arena_alloc(&c->arena, sizeof(*p));
	size_t done = 0, failed = 0;

	if (!p)
		return err_nomem(e);
	p->c = c;
	if (lock_probe(c->store, e) || cli_open_writing(c, e) || catalogue_sync(&c->db, e) ||
		choose(p, e))
		return e->code;
	/* One source that fails does not keep the others from being looked at. */
	for (size_t i = 0; i < p->n && !*c->stop; i++) {
		struct err one = { 0 };

		if (!sweep(c, &p->sources[i], &one)) {
			done++;
			continue;
		}
		if (failed++)
			cli_complain(e);
		*e = one;
	}
	if (done && e->code && !*c->stop) {
		cli_complain(e);
		*e = (struct err){ 0 };
		c->exit = CLI_EXIT_PARTIAL;
	}
	if (done && !*c->stop && !opt_text(&c->o, OPT_NO_RULES) &&
		!opt_text(&c->o, OPT_STORE_PER_ACCOUNT))
		judge(c, e);
	if (!e->code && *c->stop && done < p->n)
		err_set(e, E_CANCELED, "stopped; %zu of %zu sources were looked at", done, p->n);
	return e->code;
}
