/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include "base/str.h"
#include "base/when.h"
#include <ctype.h>

/* When what the page says last changed. */
#define MAN_DATE "November 23, 2026"

#define LINE_BYTES 76

static void letter(FILE *out, char c)
{
	if (c == '\\')
		fputs("\\e", out);
	else if (c == '-')
		fputs("\\-", out);
	else
		fputc(c, out);
}

/* The last word of a sentence, which ends its line in mdoc. */
static bool ends_sentence(struct str word, struct str rest)
{
	return word.n && strchr(".?", word.p[word.n - 1]) && rest.n &&
	       (isupper((unsigned char)rest.p[0]) || rest.p[0] == '-');
}

/* A line that is text and no request whatever it begins with, broken between words. */
static void text(FILE *out, struct str s)
{
	size_t column = 0;

	while (s.n) {
		size_t n = str_find(s, ' ');
		struct str word = { s.p, n }, rest = str_from(s, n + 1);

		if (column && column + 1 + n > LINE_BYTES) {
			fputc('\n', out);
			column = 0;
		}
		if (column)
			fputc(' ', out);
		else if (n && (word.p[0] == '.' || word.p[0] == '\''))
			fputs("\\&", out);
		for (size_t i = 0; i < n; i++)
			letter(out, word.p[i]);
		column += n + 1;
		if (ends_sentence(word, rest)) {
			fputc('\n', out);
			column = 0;
		}
		s = rest;
	}
	if (column)
		fputc('\n', out);
}

/* Lines as they are. */
static void literal(FILE *out, const char *s)
{
	for (; *s; s++)
		letter(out, *s);
}

/* An argument of a macro. */
static void argument(FILE *out, const char *s)
{
	fputs(" \"", out);
	for (; *s; s++) {
		if (*s == '"')
			fputs("\\(dq", out);
		else if (*s == '\\')
			fputs("\\e", out);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

static void options(FILE *out, opt_set set)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (int i = 0; i < OPT_IDS; i++) {
		if (!(set >> i & 1))
			continue;
		fputs(".It", out);
		if (opts[i].letter)
			fprintf(out, " Fl %c , Fl \\-%s", opts[i].letter, opts[i].name);
		else
			fprintf(out, " Fl \\-%s", opts[i].name);
		if (opts[i].arg) {
			fputs(" Ar", out);
			argument(out, opts[i].arg);
		}
		fputc('\n', out);
		text(out, str_of(opts[i].text));
	}
	fputs(".El\n", out);
}

static void one_command(FILE *out, const struct command *k)
{
	fprintf(out, ".Ss %s\n.Nm Cm %s", k->name, k->name);
	if (k->args[0]) {
		fputs(" Ar", out);
		argument(out, k->args);
	}
	fputs("\n.Pp\n", out);
	fputc(toupper((unsigned char)k->text[0]), out);
	text(out, str_of(k->text + 1));
	if (k->more) {
		fputs(".Pp\n", out);
		text(out, str_of(k->more));
	}
	if (k->takes)
		options(out, k->takes);
}

static void environment(FILE *out)
{
	fputs(".Sh ENVIRONMENT\n.Bl -tag -width SILTSTONE_STORE\n"
	      ".It Ev SILTSTONE_STORE\nThe store, where\n.Fl \\-store\ndoes not name one.\n"
	      ".It Ev NO_COLOR\nWhen it is set to anything, nothing is coloured unless\n"
	      ".Fl \\-color\nsays so.\n"
	      ".It Ev AWS_PROFILE , AWS_REGION , AWS_ENDPOINT_URL\n"
	      "and the others that the AWS command line obeys are obeyed by\n.Cm record\nand\n"
	      ".Cm snapshot .\n.El\n",
		out);
}

static void examples(FILE *out)
{
	bool more = false;

	fputs(".Sh EXAMPLES\n", out);
	for (const struct command *k = commands; k->name; k++)
		for (size_t i = 0; i < 4 && k->examples[i].line; i++, more = true) {
			if (more)
				fputs(".Pp\n", out);
			fputc(toupper((unsigned char)k->examples[i].what[0]), out);
			text(out, str_of(k->examples[i].what + 1));
			fputs(".Pp\n.Dl siltstone ", out);
			literal(out, k->examples[i].line);
			fputc('\n', out);
		}
}

void help_man(FILE *out)
{
	fputs(".Dd " MAN_DATE "\n.Dt SILTSTONE 1\n.Os\n.Sh NAME\n.Nm siltstone\n"
	      ".Nd records how a cloud estate is configured and tells its history\n"
	      ".Sh SYNOPSIS\n.Nm\n.Op Ar options\n.Ar command\n.Op Ar arguments\n"
	      ".Sh DESCRIPTION\n.Nm\n"
	      "keeps every version of every resource it has seen in one SQLite file, the\n"
	      "store, and\n"
	      "answers for any moment of the past.\n"
	      "Results go to standard output, everything else to standard error.\n"
	      ".Ss Options of every command\n",
		out);
	options(out, OPT_GLOBAL);
	fputs(".Sh COMMANDS\n", out);
	for (const struct command *k = commands; k->name; k++)
		one_command(out, k);
	fputs(".Ss Times\nWhere a\n.Ar TIME\nis wanted, one of\n.Bd -literal -offset indent\n",
		out);
	literal(out, when_forms);
	fputs(".Ed\n", out);
	environment(out);
	fputs(".Sh EXIT STATUS\n.Bl -tag -width 130\n", out);
	for (const struct exit_status *x = exit_statuses; x->text; x++) {
		fprintf(out, ".It %d\n", x->status);
		text(out, str_of(x->text));
	}
	fputs(".El\n", out);
	examples(out);
	fputs(".Sh SEE ALSO\n.Xr sqlite3 1\n", out);
}
