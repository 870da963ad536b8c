/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/operation.h"

/**
 * Answer an advanced query: member Expression of the input, over the accounts, regions and types that three JSON lists of
 * texts name (NULL: any); what belongs to no region is part of each. It writes op->body and sets op->next. For
 * SelectAggregateResourceConfig, once its aggregator is found.
 */
enum code api_select_among(
	struct operation *op, const char *accounts, const char *regions, const char *types);
