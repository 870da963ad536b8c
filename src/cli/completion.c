/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

/* Fixed words that may stand behind a command. */
static const struct {
	const char *command, *words;
} words[] = {
	{ "source", "add list remove" },
	{ "channel", "set list remove status" },
	{ "recorder", "set show start stop status" },
	{ "types", "show try add remove" },
	{ "access", "init add list show rotate enable disable remove" },
	{ "completion", "bash zsh fish" },
	{ "help", "time formats exit-codes" },
};

static const char *words_of(const char *command)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].command, command) == 0)
			return words[i].words;
	return "";
}

static void names(FILE *out, const char *between)
{
	for (const struct command *k = commands; k->name; k++)
		fprintf(out, "%s%s", k == commands ? "" : between, k->name);
}

static void option_names(FILE *out, opt_set set)
{
	for (int i = 0; i < OPT_IDS; i++)
		if (set >> i & 1)
			fprintf(out, " --%s", opts[i].name);
}

static void bash(FILE *out)
{
	fputs("_siltstone() {\n"
	      "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
	      "    case $before in\n"
	      "        --store|-s) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
	      "        --format|-f) COMPREPLY=($(compgen -W 'table json jsonl csv tsv' -- \"$word\")); return ;;\n"
	      "        --color) COMPREPLY=($(compgen -W 'auto always never' -- \"$word\")); return ;;\n"
	      "    esac\n"
	      "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "        case ${COMP_WORDS[i]} in\n            ",
		out);
	names(out, "|");
	fputs(") command=${COMP_WORDS[i]}; break ;;\n        esac\n    done\n    case $command in\n"
	      "        '') COMPREPLY=($(compgen -W '",
		out);
	names(out, " ");
	option_names(out, OPT_GLOBAL);
	fputs("' -- \"$word\")) ;;\n", out);
	for (const struct command *k = commands; k->name; k++) {
		fprintf(out, "        %s) COMPREPLY=($(compgen -W '%s", k->name, words_of(k->name));
		option_names(out, k->takes | OPT_GLOBAL);
		fputs("' -- \"$word\")) ;;\n", out);
	}
	fputs("    esac\n}\ncomplete -F _siltstone siltstone\n", out);
}

/* @s within single quotes, with what @special names escaped by a backslash. */
static void quoted(FILE *out, const char *s, const char *special)
{
	for (; *s; s++) {
		if (strchr(special, *s))
			fputc('\\', out);
		if (*s == '\'')
			fputs("'\\''", out);
		else
			fputc(*s, out);
	}
}

static void zsh_options(FILE *out, opt_set set)
{
	for (int i = 0; i < OPT_IDS; i++) {
		if (!(set >> i & 1))
			continue;
		fprintf(out, " \\\n                '%s--%s[", opts[i].kind == OPT_LIST ? "*" : "",
			opts[i].name);
		quoted(out, opts[i].text, "[]:\\");
		fputc(']', out);
		if (opts[i].arg) {
			fputc(':', out);
			quoted(out, opts[i].arg, "[]:\\");
			fputs(i == OPT_STORE      ? ":_files"
				: i == OPT_FORMAT ? ":(table json jsonl csv tsv)"
				: i == OPT_COLOR  ? ":(auto always never)"
						  : ":",
				out);
		}
		fputc('\'', out);
	}
}

static void zsh(FILE *out)
{
	fputs("#compdef siltstone\n_siltstone() {\n    local -a commands\n    commands=(\n", out);
	for (const struct command *k = commands; k->name; k++) {
		fprintf(out, "        '%s:", k->name);
		quoted(out, k->text, ":\\");
		fputs("'\n", out);
	}
	fputs("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n"
	      "    fi\n    case $words[2] in\n",
		out);
	for (const struct command *k = commands; k->name; k++) {
		fprintf(out,
			"        %s)\n            shift words; (( CURRENT-- ))\n            _arguments",
			k->name);
		zsh_options(out, k->takes | OPT_GLOBAL);
		if (words_of(k->name)[0])
			fprintf(out, " \\\n                '1:what:(%s)'", words_of(k->name));
		fputs("\n            ;;\n", out);
	}
	fputs("    esac\n}\n_siltstone \"$@\"\n", out);
}

static void fish_option(FILE *out, int id)
{
	const struct opt *o = &opts[id];

	fprintf(out, " -l %s", o->name);
	if (o->letter)
		fprintf(out, " -s %c", o->letter);
	if (id == OPT_STORE)
		fputs(" -r -F", out);
	else if (id == OPT_FORMAT)
		fputs(" -x -a 'table json jsonl csv tsv'", out);
	else if (id == OPT_COLOR)
		fputs(" -x -a 'auto always never'", out);
	else if (o->arg)
		fputs(" -x", out);
	fputs(" -d '", out);
	for (const char *p = o->text; *p; p++)
		fputs(*p == '\'' ? "\\'" : *p == '\\' ? "\\\\" : (char[]){ *p, '\0' }, out);
	fputs("'\n", out);
}

static void fish_options(FILE *out, opt_set set, const char *condition)
{
	for (int i = 0; i < OPT_IDS; i++) {
		if (!(set >> i & 1))
			continue;
		fprintf(out, "complete -c siltstone%s", condition);
		fish_option(out, i);
	}
}

static void fish(FILE *out)
{
	char condition[96];

	fputs("complete -c siltstone -f\n", out);
	fish_options(out, OPT_GLOBAL, "");
	for (const struct command *k = commands; k->name; k++) {
		fprintf(out, "complete -c siltstone -n __fish_use_subcommand -a %s -d '%s'\n",
			k->name, k->text);
		snprintf(condition, sizeof(condition), " -n '__fish_seen_subcommand_from %s'",
			k->name);
		fish_options(out, k->takes, condition);
		if (words_of(k->name)[0])
			fprintf(out, "complete -c siltstone%s -a '%s'\n", condition,
				words_of(k->name));
	}
}

enum code cmd_completion(struct cli *c, struct err *e)
{
	if (strcmp(c->argv[0], "bash") == 0)
		bash(stdout);
	else if (strcmp(c->argv[0], "zsh") == 0)
		zsh(stdout);
	else if (strcmp(c->argv[0], "fish") == 0)
		fish(stdout);
	else
		return err_set(e, E_INVALID, "completion knows bash, zsh and fish, not \"%s\"",
			c->argv[0]);
	return E_OK;
}
