/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/read.h"
#include "base/config.h"
#include "base/when.h"
#include "cli/format.h"
#include "cli/opt.h"

/**
 * The command line
 * ================
 *
 * A command is an entry in the table of main.c and one function. What it finds goes to standard
 * output in the form that was asked for; everything else (errors, remarks, progress, the moment that
 * --as-of means) goes to standard error. It returns a code; the program's exit status follows from it,
 * unless the command set `exit`.
 */

#define CLI_EXIT_DIFFERENT 1
#define CLI_EXIT_PARTIAL   7

struct cli;

struct example {
	const char *line; /* behind "siltstone " */
	const char *what;
};

struct command {
	const char *name;
	const char *args; /* "[ID|TYPE]" */
	const char *text; /* one line, for the list */
	const char *more; /* a paragraph for its own help; or NULL */
	opt_set takes;    /* besides the global ones */
	int args_min, args_max;
	enum code (*run)(struct cli *c, struct err *e);
	struct example examples[4];
};

extern const struct command commands[]; /* ends with an entry without a name */

struct cli {
	const struct command *command;
	struct options o;
	int argc; /* words that are no options */
	char **argv;

	const char *store; /* path */
	enum format format;
	bool format_given, quiet, color, tty;
	size_t width; /* of the terminal on standard output; 0: none */
	int64_t now_ms;
	const volatile sig_atomic_t *stop;
	struct arena arena;
	struct config config; /* files, environment, and the flags that beat them */

	struct db db;
	bool as_of; /* --as-of was given; reader.at_ms is that moment */
	struct reader reader;
	int exit; /* when it is to be another than that of the code; or 0 */
};

/** Open the store for reading; obeys --as-of. */
enum code cli_open(struct cli *c, struct err *e);
/** Open one that is there to write; obeys --as-of. */
enum code cli_open_changing(struct cli *c, struct err *e);
/** Open it to write, made when it is not there. */
enum code cli_open_writing(struct cli *c, struct err *e);

/** The moment of an option, or @otherwise. */
enum code cli_moment(struct cli *c, enum opt_id id, int64_t otherwise, int64_t *ms, struct err *e);
/** --since, --until (to the end of its second), --account, --region, --actor, --property, and the types
 * of --type. */
enum code cli_filter(struct cli *c, struct read_filter *f, struct err *e);

/** Who an argument means; several: they are listed on standard error (E_AMBIGUOUS). */
enum code cli_find(struct cli *c, const char *what, struct resource *out, struct err *e);
/** ID, ID@TIME or ID@vN. Without either it is the newest item, or the one of --as-of. */
enum code cli_find_item(
	struct cli *c, const char *what, struct resource *who, struct item *item, struct err *e);
/** A word that is a type of the store or a resource: sets f->types or f->rid. */
enum code cli_find_scope(struct cli *c, const char *word, struct read_filter *f, struct err *e);

/** A printer for what was asked for; @columns are the ones a table shows (NULL: all). */
void cli_printer(struct cli *c, struct printer *p, const char *columns);

/** A remark on standard error, unless --quiet. */
/** An error as every command tells it: what, and what to try. */
void cli_complain(const struct err *e);
/** A line to standard error whose @text may quote what others wrote. */
void cli_say_plain(const char *lead, const char *text);
void cli_note(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** "resource" or "resources". */
const char *cli_plural(int64_t n, const char *one, const char *many);

enum code cmd_api(struct cli *c, struct err *e);
enum code cmd_access(struct cli *c, struct err *e);
enum code cmd_blame(struct cli *c, struct err *e);
enum code cmd_channel(struct cli *c, struct err *e);
enum code cmd_check(struct cli *c, struct err *e);
enum code cmd_coverage(struct cli *c, struct err *e);
enum code cmd_function(struct cli *c, struct err *e);
enum code cmd_gaps(struct cli *c, struct err *e);
enum code cmd_config(struct cli *c, struct err *e);
enum code cmd_completion(struct cli *c, struct err *e);
enum code cmd_demo(struct cli *c, struct err *e);
enum code cmd_deliver(struct cli *c, struct err *e);
enum code cmd_deliveries(struct cli *c, struct err *e);
enum code cmd_diff(struct cli *c, struct err *e);
enum code cmd_doctor(struct cli *c, struct err *e);
enum code cmd_events(struct cli *c, struct err *e);
enum code cmd_export(struct cli *c, struct err *e);
enum code cmd_help(struct cli *c, struct err *e);
enum code cmd_import(struct cli *c, struct err *e);
enum code cmd_items(struct cli *c, struct err *e);
enum code cmd_key(struct cli *c, struct err *e);
enum code cmd_log(struct cli *c, struct err *e);
enum code cmd_ls(struct cli *c, struct err *e);
enum code cmd_merge(struct cli *c, struct err *e);
enum code cmd_notify(struct cli *c, struct err *e);
enum code cmd_outbox(struct cli *c, struct err *e);
enum code cmd_pack(struct cli *c, struct err *e);
enum code cmd_push(struct cli *c, struct err *e);
enum code cmd_publish(struct cli *c, struct err *e);
enum code cmd_report(struct cli *c, struct err *e);
enum code cmd_prune(struct cli *c, struct err *e);
enum code cmd_query(struct cli *c, struct err *e);
enum code cmd_record(struct cli *c, struct err *e);
enum code cmd_recorder(struct cli *c, struct err *e);
enum code cmd_reindex(struct cli *c, struct err *e);
enum code cmd_retention(struct cli *c, struct err *e);
enum code cmd_rule(struct cli *c, struct err *e);
enum code cmd_seal(struct cli *c, struct err *e);
enum code cmd_show(struct cli *c, struct err *e);
enum code cmd_since(struct cli *c, struct err *e);
enum code cmd_sink(struct cli *c, struct err *e);
enum code cmd_snapshot(struct cli *c, struct err *e);
enum code cmd_source(struct cli *c, struct err *e);
enum code cmd_sql(struct cli *c, struct err *e);
enum code cmd_status(struct cli *c, struct err *e);
enum code cmd_types(struct cli *c, struct err *e);
enum code cmd_up(struct cli *c, struct err *e);
enum code cmd_verify(struct cli *c, struct err *e);
