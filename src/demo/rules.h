/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo/tape.h"

/** What each rule of the demonstration is, and what it finds: as the statement of the managed rule would (schema/rules). */
enum rule_id {
#define RULE(id, name, identifier, day, parameters, scope) RULE_##id,
#include "demo/rules.def"
#undef RULE
	RULES
};

struct rule {
	const char *name, *identifier;
	const char *parameters,
		*scope; /* JSON text within a JSON text; JSON list of types; or NULL */
	int day;        /* since when it is there, from the beginning */
};
extern const struct rule rules[RULES];

/** NULL: it does not apply to such a thing. "": compliant. Else why it is not. */
const char *rule_finds(enum rule_id rule, const struct thing *t);
/** Puts the rule into a region. */
enum code rule_put(struct tape *t, enum rule_id rule, const struct spot *spot, int64_t at_ms);
/** Gives a verdict; part of the caller's transaction. @annotation as rule_finds() has it. */
enum code rule_say(struct tape *t, const struct tape_verdict *v);
