/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include "base/nearest.h"
#include "base/when.h"

#define TEXT_COLUMNS 78

const struct exit_status exit_statuses[] = {
	{ 0, "it went well" },
	{ 1, "there are differences (only with --exit-code)" },
	{ 2, "the command line or the query cannot be understood" },
	{ 3, "there is no such thing, or more than one is meant" },
	{ 4, "the store is busy, or cannot be read or written; try again later" },
	{ 5, "the store is damaged, or was written by a newer program" },
	{ 6, "a source or the network failed or refused" },
	{ 7, "done in part: something could not be looked at" },
	{ 130, "interrupted" },
	{ 0 },
};

enum code command_find(const char *name, const struct command **out, struct err *e)
{
	struct nearest near;

	nearest_init(&near, str_of(name));
	for (const struct command *k = commands; k->name; k++) {
		if (strcmp(k->name, name) == 0) {
			*out = k;
			return E_OK;
		}
		nearest_offer(&near, str_of(k->name));
	}
	err_set(e, E_INVALID, "there is no command \"%s\"", name);
	if (nearest_name(&near))
		return err_hint(e, "did you mean siltstone %s?", nearest_name(&near));
	return err_hint(e, "siltstone help lists the commands");
}

/* A paragraph broken between words. */
static void paragraph(FILE *out, const char *text)
{
	size_t at = 0;

	while (*text) {
		size_t n = strcspn(text, " ");

		if (at && at + 1 + n > TEXT_COLUMNS) {
			fputc('\n', out);
			at = 0;
		} else if (at) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, 1, n, out);
		at += n;
		text += n + strspn(text + n, " ");
	}
	fputc('\n', out);
}

static void option_lines(FILE *out, opt_set set)
{
	char head[64];

	for (int i = 0; i < OPT_IDS; i++) {
		if (!(set >> i & 1))
			continue;
		if (opts[i].letter)
			snprintf(head, sizeof(head), "-%c, --%s%s%s", opts[i].letter, opts[i].name,
				opts[i].arg ? " " : "", opts[i].arg ? opts[i].arg : "");
		else
			snprintf(head, sizeof(head), "    --%s%s%s", opts[i].name,
				opts[i].arg ? " " : "", opts[i].arg ? opts[i].arg : "");
		fprintf(out, "  %-24s  %s\n", head, opts[i].text);
	}
}

void help_program(FILE *out)
{
	fputs("siltstone records how a cloud estate is configured and tells its history.\n\n"
	      "usage: siltstone [OPTIONS] COMMAND [ARGUMENTS]\n\n",
		out);
	for (const struct command *k = commands; k->name; k++)
		fprintf(out, "  %-11s %s\n", k->name, k->text);
	fputs("\noptions that every command has:\n", out);
	option_lines(out, OPT_GLOBAL);
	fputs("\nsiltstone help COMMAND explains one, with examples; help time, help formats and\n"
	      "help exit-codes explain what they have in common.\n",
		out);
}

void help_command(FILE *out, const struct command *k)
{
	fprintf(out, "siltstone %s: %s\n\nusage: siltstone %s%s%s%s\n", k->name, k->text, k->name,
		k->takes ? " [OPTIONS]" : "", k->args[0] ? " " : "", k->args);
	if (k->more) {
		fputc('\n', out);
		paragraph(out, k->more);
	}
	if (k->takes) {
		fputs("\noptions:\n", out);
		option_lines(out, k->takes);
	}
	fputs("\noptions that every command has:\n", out);
	option_lines(out, OPT_GLOBAL);
	fputs("\nexamples:\n", out);
	for (size_t i = 0; i < 4 && k->examples[i].line; i++)
		fprintf(out, "  siltstone %s\n      %s\n", k->examples[i].line,
			k->examples[i].what);
}

static void help_time(FILE *out)
{
	fputs("Where a TIME is wanted (--as-of, --since, --until, ID@TIME):\n\n", out);
	fputs(when_forms, out);
	fputs("\nThe moment that was understood is repeated on standard error. Moments are whole\n"
	      "seconds: what was recorded within a second counts as of that second.\n",
		out);
}

static void help_formats(FILE *out)
{
	fputs("--format says how results are written:\n\n"
	      "table   aligned columns; on a terminal no wider than it is\n"
	      "json    one array of objects, keys as the columns of the views\n"
	      "jsonl   one such object a line\n"
	      "csv     a header line; quotes as in RFC 4180, lines end as they do here (\\n)\n"
	      "tsv     a header line; tabs and newlines in values as \\t and \\n\n\n"
	      "log, show, diff and status write for people unless a format is asked for. show and\n"
	      "items write JSON as AWS Config does. --columns picks columns. Times are UTC: `at` as\n"
	      "text, `t` as epoch seconds.\n",
		out);
}

static void help_exits(FILE *out)
{
	for (const struct exit_status *x = exit_statuses; x->text; x++)
		fprintf(out, "%3d  %s\n", x->status, x->text);
}

enum code cmd_help(struct cli *c, struct err *e)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} topics[] = { { "time", help_time }, { "formats", help_formats },
		{ "exit-codes", help_exits } };
	const struct command *k = NULL;

	if (opt_text(&c->o, OPT_MAN)) {
		help_man(stdout);
		return E_OK;
	}
	if (!c->argc) {
		help_program(stdout);
		return E_OK;
	}
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++)
		if (strcmp(c->argv[0], topics[i].name) == 0) {
			topics[i].print(stdout);
			return E_OK;
		}
	if (command_find(c->argv[0], &k, e) || !k) {
		struct nearest near;

		nearest_init(&near, str_of(c->argv[0]));
		for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++)
			nearest_offer(&near, str_of(topics[i].name));
		if (!nearest_name(&near))
			return e->code;
		e->hint[0] = '\0';
		return err_hint(e, "did you mean siltstone help %s?", nearest_name(&near));
	}
	help_command(stdout, k);
	return E_OK;
}
