/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pattern.h"

#include "base/mem.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	TEXT_MAX_BYTES = 64 << 10,
	NESTING_MAX = 50,
	/* Some milliseconds. What is meant to be matched takes a few steps a character. */
	STEPS_MAX = 200000,
	HEAP_MAX_KIB = 8 << 10,
};

struct pattern {
	pcre2_code *part, *whole;
	pcre2_match_context *limits;
};

static pcre2_code *compile(
	struct str text, uint32_t options, pcre2_compile_context *limits, struct err *e)
{
	PCRE2_UCHAR why[160];
	PCRE2_SIZE at = 0;
	int code = 0;
	pcre2_code *made = pcre2_compile((PCRE2_SPTR)text.p, text.n,
		options | PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, limits);

	if (made)
		return made;
	if (code == PCRE2_ERROR_HEAP_FAILED || code == PCRE2_ERROR_NOMEMORY) {
		err_nomem(e);
		return NULL;
	}
	if (pcre2_get_error_message(code, why, sizeof(why)) < 0)
		why[0] = 0;
	err_set(e, code == PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP ? E_TOOBIG : E_INVALID,
		"regular expression \"%.*s\": %s at byte %zu", (int)(text.n < 200 ? text.n : 200),
		text.p, (const char *)why, (size_t)at);
	return NULL;
}

static enum code build(struct pattern *p, struct str text, struct err *e)
{
	pcre2_compile_context *limits = pcre2_compile_context_create(NULL);

	p->limits = pcre2_match_context_create(NULL);
	if (!limits || !p->limits) {
		pcre2_compile_context_free(limits);
		return err_nomem(e);
	}
	pcre2_set_parens_nest_limit(limits, NESTING_MAX);
	pcre2_set_match_limit(p->limits, STEPS_MAX);
	pcre2_set_heap_limit(p->limits, HEAP_MAX_KIB);
	/* Not a flag of the match: alternatives must be tried until one goes to the end. */
	p->part = compile(text, 0, limits, e);
	if (p->part)
		p->whole = compile(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED, limits, e);
	pcre2_compile_context_free(limits);
	return e->code;
}

enum code pattern_compile(struct pattern **out, struct str text, struct err *e)
{
	struct pattern *p;

	if (text.n > TEXT_MAX_BYTES)
		return err_set(e, E_TOOBIG, "a regular expression of %zu bytes", text.n);
	p = mem_alloc(sizeof(*p));
	if (!p)
		return err_nomem(e);
	*p = (struct pattern){ 0 };
	if (build(p, text, e)) {
		pattern_free(p);
		return e->code;
	}
	*out = p;
	return E_OK;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->part);
	pcre2_code_free(p->whole);
	pcre2_match_context_free(p->limits);
	mem_free(p);
}

enum code pattern_match(
	const struct pattern *p, struct str s, bool whole, bool *matches, struct err *e)
{
	pcre2_match_data *found;
	int rc;

	if (s.n > PATTERN_TEXT_BYTES)
		return err_set(e, E_TOOBIG,
			"a text of %zu bytes is too long for a regular expression", s.n);
	found = pcre2_match_data_create(1, NULL);
	if (!found)
		return err_nomem(e);
	rc = pcre2_match(whole ? p->whole : p->part, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, 0,
		PCRE2_NO_UTF_CHECK, found, p->limits);
	pcre2_match_data_free(found);
	if (rc >= 0 || rc == PCRE2_ERROR_NOMATCH) {
		*matches = rc >= 0;
		return E_OK;
	}
	if (rc == PCRE2_ERROR_NOMEMORY)
		return err_nomem(e);
	return err_set(e, E_TOOBIG,
		"a text of %zu bytes takes the regular expression too many steps", s.n);
}
