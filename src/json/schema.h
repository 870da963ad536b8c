/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * Schemas of resource types
 * =========================
 *
 * The part of JSON Schema (draft 07) that schemas of resource types are written in, in the form of
 * CloudFormation's registry:
 *
 *     type enum const                                     $ref (within the document) oneOf anyOf allOf
 *     properties patternProperties required               items (one schema for all elements)
 *     additionalProperties minProperties maxProperties    minItems maxItems uniqueItems
 *     minimum maximum exclusiveMinimum exclusiveMaximum   minLength maxLength pattern
 *
 * What only explains (title, description, format, default ...) is passed over, and so is what the registry
 * puts at the top (typeName, primaryIdentifier, handlers ...). Anything else is refused when the schema is read:
 * a schema that would be half obeyed is worse than none. As draft 07 has it, nothing beside a $ref counts.
 *
 * A schema is written by others, and so is what it is held against: references that lead in a circle are found when
 * it is read, expressions have limits (base/pattern.h), and one check takes a limited number of steps.
 *
 * Several threads may check against one schema at the same time.
 */
struct schema;

/** E_INVALID: what is wrong with it and where: `$.properties.name.pattern: ...`. E_TOOBIG: over 4 MB, or too intricate. */
enum code schema_read(struct schema **out, struct str text, struct err *e);
/** NULL does nothing. */
void schema_free(struct schema *s);
/** The document, as long as the schema lives. */
const struct json *schema_document(const struct schema *s);
/** What a reference of the document leads to, however often; @v itself where it has none. */
const struct json *schema_behind(const struct schema *s, const struct json *v);

/** E_INVALID: @v does not fit, as `$.ports[0].port: is a string, wants an integer`: the first thing met.
 * E_TOOBIG: it takes too many steps to tell. */
enum code schema_check(const struct schema *s, const struct json *v, struct err *e);
