/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * The difference of two configuration items in AWS Config's own form (spec section 2)
 * ==================================================================================
 *
 *     {"changedProperties":{"Configuration.State.Name":{"previousValue":"running",
 *      "updatedValue":"stopped","changeType":"UPDATE"}},"changeType":"UPDATE"}
 *
 * Objects recurse to the changed leaf; lists are compared as multisets of elements, told by a
 * running counter (removed first, then added); tags are a list of their values.
 */

/**
 * @before and @after are documents ({configuration, relationships, supplementaryConfiguration,
 * tags}); @before NULL: first item of a life (CREATE, nothing listed); @after NULL: deleted (the
 * whole former parts). Shares nodes with both. NULL when memory ran out.
 */
struct json *config_diff(struct arena *a, struct json *before, struct json *after);
