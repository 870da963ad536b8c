/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "store/event.h"
#include "store/predicate.h"

/** What a predicate over an event speaks about. Texts live in the arena or in @event. */
enum code event_facts(struct db *db, const struct event *event, struct arena *a,
	struct predicate_facts *out, struct err *e);
