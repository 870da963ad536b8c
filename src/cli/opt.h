/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Options as data: opt.def names every option once, a command says which of them it takes, and
 * parsing, help, completion and the manual page are made from the same table.
 */
enum opt_id {
#define OPTION(id, name, letter, kind, arg, text) OPT_##id,
#include "cli/opt.def"
#undef OPTION
	OPT_IDS
};

enum opt_kind { OPT_FLAG, OPT_TEXT, OPT_LIST };

struct opt {
	const char *name;
	char letter; /* or 0 */
	enum opt_kind kind;
	const char *arg;  /* what follows, for people; NULL for flags */
	const char *text; /* what it does */
};

extern const struct opt opts[OPT_IDS];

/** A set of options. There are more than 64 of them. */
__extension__ typedef unsigned __int128 opt_set;
_Static_assert(OPT_IDS <= 128, "an option more than a set holds");
#define OPT(id) ((opt_set)1 << OPT_##id)
#define OPT_GLOBAL                                                                                 \
	(OPT(STORE) | OPT(QUIET) | OPT(FORMAT) | OPT(COLUMNS) | OPT(COLOR) | OPT(HELP) |           \
		OPT(VERSION) | OPT(CONFIG))

/** What was given. Texts are those of argv. */
#define OPT_GIVEN_MAX 128
struct options {
	struct {
		enum opt_id id;
		const char *text;
	} given[OPT_GIVEN_MAX];
	size_t n;
};

/** Words of a command line. */
struct words {
	int n;
	char **v;
};

/**
 * Read the options of @words (behind the first, which is a name) into @o, behind what it holds
 * already; what is none is moved to the end, and @words is that end then. @first: stop at the
 * first word that is no option. E_INVALID: an unknown one (the hint has the nearest), one without
 * its argument. E_TOOBIG: too many.
 */
enum code opt_parse(
	struct options *o, opt_set takes, struct words *words, bool first, struct err *e);

/** The last text given for an option; "" for a flag; NULL: not given. */
const char *opt_text(const struct options *o, enum opt_id id);
/** The next text of a list, from *@at (0 to begin with) on; NULL: no more. */
const char *opt_next(const struct options *o, enum opt_id id, size_t *at);
/** A number from 0 up, or @otherwise when it was not given. E_INVALID. */
enum code opt_number(
	const struct options *o, enum opt_id id, int64_t otherwise, int64_t *out, struct err *e);
