/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/query_fault.h"
#include "base/arena.h"

/**
 * The words of an advanced query
 * ==============================
 *
 * White space separates. A name is letters, digits and '_', its parts joined by '.'; a part may be quoted with "..." or
 * `...`, the quote doubled within. A text is '...', the quote doubled. A number is as JSON has it, with a sign if you like.
 */
enum query_word {
	WORD_END,
	WORD_NAME,
	WORD_TEXT,
	WORD_NUMBER,
	WORD_COMMA,
	WORD_OPEN,
	WORD_CLOSE,
	WORD_STAR,
	WORD_SEMICOLON,
	WORD_EQUAL,
	WORD_UNEQUAL,
	WORD_LESS,
	WORD_AT_MOST,
	WORD_GREATER,
	WORD_AT_LEAST,
};

#define QUERY_PARTS_MAX 64

struct query_token {
	enum query_word word;
	struct query_place at;
	bool plain;        /* a name of one part without quotes: it may be a keyword */
	struct str text;   /* as it stands; of a text what it says */
	struct str *parts; /* of a name */
	size_t n;
};

struct query_lexer {
	struct str text;
	size_t at;
	struct arena *a;
	struct query_fault *fault;
};

/** The next one, WORD_END at the end and ever after. E_INVALID: what stands there is no word of the language. */
enum code query_lexer_next(struct query_lexer *l, struct query_token *out, struct err *e);

/** Whether a token is this keyword (given in capitals), in whatever case. */
bool query_token_is(const struct query_token *t, const char *keyword);
