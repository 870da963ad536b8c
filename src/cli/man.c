/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include "base/str.h"
#include "cli/when.h"
#include <ctype.h>

/* When what the page says last changed. */
#define MAN_DATE "November 23, 2026"

/* Text of a line of its own: control characters at its beginning and backslashes are escaped, and
 * each sentence begins a new line, as mdoc wants it. */
static void text(FILE *out, struct str s)
{
	bool begin = true;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (begin && (c == '.' || c == '\''))
			fputs("\\&", out);
		if (c == '\\')
			fputs("\\e", out);
		else if (c == '-')
			fputs("\\-", out);
		else
			fputc(c, out);
		begin = c == '\n';
		if (i + 2 < s.n && strchr(".:?", c) && s.p[i + 1] == ' ' &&
			(c != ':' ? isupper((unsigned char)s.p[i + 2]) || s.p[i + 2] == '-'
				  : false)) {
			fputc('\n', out);
			i++;
			begin = true;
		}
	}
	fputc('\n', out);
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
	fputs(".Pp\n", out);
	if (k->more) {
		text(out, str_of(k->more));
		if (!k->takes)
			fputs(".Pp\n", out);
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
	fputs(".Sh EXAMPLES\n", out);
	for (const struct command *k = commands; k->name; k++)
		for (size_t i = 0; i < 4 && k->examples[i].line; i++) {
			fputc(toupper((unsigned char)k->examples[i].what[0]), out);
			text(out, str_of(k->examples[i].what + 1));
			fputs(".Pp\n.Dl siltstone ", out);
			for (const char *p = k->examples[i].line; *p; p++)
				fputs(*p == '\\'    ? "\\e"
					: *p == '-' ? "\\-"
						    : (char[]){ *p, '\0' },
					out);
			fputs("\n.Pp\n", out);
		}
}

void help_man(FILE *out)
{
	fputs(".Dd " MAN_DATE "\n.Dt SILTSTONE 1\n.Os\n.Sh NAME\n.Nm siltstone\n"
	      ".Nd records how a cloud estate is configured and tells its history\n"
	      ".Sh SYNOPSIS\n.Nm\n.Op Ar options\n.Ar command\n.Op Ar arguments\n"
	      ".Sh DESCRIPTION\n.Nm\n"
	      "keeps every version of every resource it has seen in one SQLite file, the store, and\n"
	      "answers for any moment of the past.\nResults go to standard output, everything else "
	      "to standard error.\n"
	      ".Ss Options of every command\n",
		out);
	options(out, OPT_GLOBAL);
	fputs(".Sh COMMANDS\n", out);
	for (const struct command *k = commands; k->name; k++)
		one_command(out, k);
	fputs(".Sh TIMES\nWhere a\n.Ar TIME\nis wanted, one of\n.Bd -literal -offset indent\n",
		out);
	text(out, (struct str){ when_forms, strlen(when_forms) - 1 });
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
