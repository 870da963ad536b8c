/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/opt.h"

#include "base/nearest.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

const struct opt opts[OPT_IDS] = {
#define OPTION(id, name, letter, kind, arg, text) { name, letter, OPT_##kind, arg, text },
#include "cli/opt.def"
#undef OPTION
};

/* What getopt_long() returns for an option: above every letter. */
#define FIRST_VALUE 256

struct tables {
	struct option longs[OPT_IDS + 1];
	char letters[3 + 2 * OPT_IDS];
};

static void make_tables(struct tables *t, opt_set takes, bool first)
{
	char *p = t->letters;
	size_t n = 0;

	*t = (struct tables){ 0 };
	*p++ = first ? '+' : ':';
	if (first)
		*p++ = ':';
	for (int i = 0; i < OPT_IDS; i++) {
		if (!(takes >> i & 1))
			continue;
		t->longs[n++] =
			(struct option){ opts[i].name, opts[i].arg ? 1 : 0, NULL, FIRST_VALUE + i };
		if (!opts[i].letter)
			continue;
		*p++ = opts[i].letter;
		if (opts[i].arg)
			*p++ = ':';
	}
	*p = '\0';
}

static int of_letter(opt_set takes, int letter)
{
	for (int i = 0; i < OPT_IDS; i++)
		if ((takes >> i & 1) && opts[i].letter == letter)
			return i;
	return OPT_IDS;
}

static enum code unknown(opt_set takes, const char *word, struct err *e)
{
	struct nearest near;
	struct str name = str_of(word);

	while (name.n && name.p[0] == '-')
		name = str_from(name, 1);
	name.n = str_find(name, '=');
	for (int i = 0; i < OPT_IDS; i++)
		if ((takes >> i & 1) && !opts[i].arg && str_is(name, opts[i].name))
			return err_set(e, E_INVALID, "option --%s takes no argument", opts[i].name);
	nearest_init(&near, name);
	for (int i = 0; i < OPT_IDS; i++)
		if (takes >> i & 1)
			nearest_offer(&near, str_of(opts[i].name));
	err_set(e, E_INVALID, "there is no option \"%.*s\" here",
		(int)(name.p - word + (ptrdiff_t)name.n), word);
	if (nearest_name(&near))
		return err_hint(e, "did you mean --%s?", nearest_name(&near));
	return err_hint(e, "--help lists the options");
}

static enum code keep(struct options *o, int id, const char *text, struct err *e)
{
	if (o->n == OPT_GIVEN_MAX)
		return err_set(e, E_TOOBIG, "more than %d options", OPT_GIVEN_MAX);
	o->given[o->n].id = (enum opt_id)id;
	o->given[o->n++].text = text ? text : "";
	return E_OK;
}

enum code opt_parse(
	struct options *o, opt_set takes, struct words *words, bool first, struct err *e)
{
	struct tables t;
	enum code c = E_OK;
	int got;

	make_tables(&t, takes, first);
	/* glibc: 0 starts anew, which a second argv needs. argv[0] is passed over. */
	optind = 0;
	opterr = 0;
	while (!c && (got = getopt_long(words->n, words->v, t.letters, t.longs, NULL)) != -1) {
		const char *word = words->v[optind - 1];
		char letter[3] = { '-', (char)optopt, '\0' };

		if (got == ':') {
			err_set(e, E_INVALID, "option %s needs an argument", word);
			c = err_hint(e, "--help says which");
		} else if (got == '?')
			c = unknown(takes, strncmp(word, "--", 2) == 0 ? word : letter, e);
		else
			c = keep(o, got >= FIRST_VALUE ? got - FIRST_VALUE : of_letter(takes, got),
				optarg, e);
	}
	words->v += optind;
	words->n -= optind;
	return c;
}

const char *opt_text(const struct options *o, enum opt_id id)
{
	for (size_t i = o->n; i > 0; i--)
		if (o->given[i - 1].id == id)
			return o->given[i - 1].text;
	return NULL;
}

const char *opt_next(const struct options *o, enum opt_id id, size_t *at)
{
	while (*at < o->n) {
		size_t i = (*at)++;

		if (o->given[i].id == id)
			return o->given[i].text;
	}
	return NULL;
}

enum code opt_number(
	const struct options *o, enum opt_id id, int64_t otherwise, int64_t *out, struct err *e)
{
	const char *text = opt_text(o, id);
	char *end = NULL;
	long long v;

	*out = otherwise;
	if (!text)
		return E_OK;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || end == text || *end || v < 0)
		return err_set(e, E_INVALID, "--%s wants a number from 0 up, not \"%s\"",
			opts[id].name, text);
	*out = v;
	return E_OK;
}
