/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * YAML as JSON values
 * ===================
 *
 * One document of YAML 1.1 (what libyaml reads), as a tree like json_read()'s. It is read as templates are meant:
 *
 *   - Plain scalars are null (nothing, ~, null), true and false, numbers where JSON has them written so ("90", not "0x1f",
 *     "010" or "1_000"), and text otherwise: a date or "yes" is text. What is quoted is text.
 *   - A local tag is an object with the tag as its one name: `!Ref A` is {"!Ref": "A"}.
 *   - Names are text, whatever they look like; none may be there twice. Merge keys (<<) are refused.
 *   - An alias is a copy of what its anchor names. A node that holds itself is refused.
 *
 * Others wrote it, so it has limits besides the arena's: depth, and how much aliases may add to what is
 * written (a few lines can name each other into gigabytes).
 */
#define YAML_BYTES_MAX        ((size_t)1 << 20)
#define YAML_DEPTH_MAX        50
#define YAML_ANCHORS_MAX      256
/** Of all copies: their names and texts, and 64 for each node. */
#define YAML_COPIED_BYTES_MAX ((size_t)1 << 20)

/** E_INVALID: it is not such a document, and where: "line 3, column 7: ...". E_TOOBIG: over a limit. E_NOMEM. */
enum code yaml_read(struct arena *a, struct str text, struct json **out, struct err *e);
