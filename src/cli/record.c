/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/person.h"

#include "base/time.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "daemon/lock.h"
#include "discover/kept.h"
#include "store/catalogue.h"

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
	const char *name = opt_text(&c->o, OPT_SOURCE);
	const char *profile = opt_text(&c->o, OPT_PROFILE);

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

		fprintf(stderr, "%s: %s %s", how, n->type, n->region ? n->region : "");
		cli_say_plain(": ", n->reason ? n->reason : "");
	}
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
		"%s%s%s: %lld seen, %lld new, %lld changed, %lld deleted; %lld of %lld looks complete, %lld not offered there, %lld calls",
		name, sum->account ? ", account " : "", sum->account ? sum->account : "",
		(long long)r->seen, (long long)r->created, (long long)r->changed,
		(long long)r->deleted, (long long)sum->complete, (long long)sum->looks,
		(long long)sum->unsupported, (long long)sum->calls);
	if (sum->partial || sum->failed)
		c->exit = CLI_EXIT_PARTIAL;
	return E_OK;
}

static enum code sweep(struct cli *c, const struct source *s, struct err *e)
{
	struct progress progress;
	struct sweep_options o;
	struct sweep_sum sum = { 0 };
	int64_t began_ms = time_now_ms();

	if (kept_options(&c->arena, s, &o, e))
		return e->code;
	progress_init(&progress, c);
	if (!s->kept)
		o.settings = source_settings(c);
	source_override(c, &o);
	if (opt_text(&c->o, OPT_RECHECK) && kept_recheck(opt_text(&c->o, OPT_RECHECK), &o, e))
		return e->code;
	o.progress = show_progress;
	o.ctx = &progress;
	o.stop = c->stop;
	sweep_run(&c->db, &o, began_ms, &sum, e);
	progress_end(&progress);
	if (e->code)
		err_add(e, "record \"%s\"", s->name);
	else
		tell(c, s->name, began_ms, &sum, e);
	sweep_sum_release(&sum);
	return e->code;
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
	if (!e->code && *c->stop && done < p->n)
		err_set(e, E_CANCELED, "stopped; %zu of %zu sources were looked at", done, p->n);
	return e->code;
}
