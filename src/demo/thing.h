/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

/** A thing of the estate: a kind (kind.def), and the values of what its kind leaves open. Not for use outside src/demo. */
enum kind_id {
#define KIND(id, type, zone, arn, configuration, supplementary) KIND_##id,
#include "demo/kind.def"
#undef KIND
	KINDS
};

struct kind {
	const char *type, *zone, *arn, *configuration, *supplementary;
};
extern const struct kind kinds[KINDS];
bool kind_is_global(enum kind_id id);

/** An account and a region. */
struct spot {
	const char *account, *alias, *region;
	int number;
};

#define THING_MEMBERS_MAX 14
#define THING_TAGS_MAX    6
/* As many as there are rules (rules.def). */
#define THING_RULES_MAX   12

struct thing_member {
	const char *key, *value; /* the value as it stands in JSON, without the quotes of a text */
};

struct thing {
	enum kind_id kind;
	const struct spot *spot;
	const char *id, *name, *az;
	int64_t created_ms;
	bool alive, recorded, missed; /* missed: it came, went or changed while nobody could look */
	uint64_t sweep;               /* of the last sweep it was staged in */
	int n_members, n_tags;
	struct thing_member members[THING_MEMBERS_MAX], tags[THING_TAGS_MAX];
	const char *found
		[THING_RULES_MAX]; /* what each rule found last: its annotation, "" for what is fine, NULL */
	struct thing *next;
};

/** Replaces it. @value lives as long as the thing. */
void thing_set(struct thing *t, const char *key, const char *value);
const char *thing_get(const struct thing *t, const char *key);
void thing_tag(struct thing *t, const char *key, const char *value);
void thing_untag(struct thing *t, const char *key);
const char *thing_tag_value(const struct thing *t, const char *key);

/** The region it is recorded in. */
const char *thing_region(const struct thing *t);
void thing_arn(const struct thing *t, struct buf *out);
void thing_configuration(const struct thing *t, struct buf *out);
void thing_supplementary(const struct thing *t, struct buf *out);
/** A JSON object. */
void thing_tags(const struct thing *t, struct buf *out);
/** As AWS Config tells it. */
const char *thing_zone(const struct thing *t);

/** Pseudo-random numbers (SplitMix64), for the same estate each time. */
struct dice {
	uint64_t state;
};
uint64_t dice_next(struct dice *d);
/** 0 up to @n - 1. */
uint32_t dice_below(struct dice *d, uint32_t n);
/** In @percent of the cases. */
bool dice_likely(struct dice *d, uint32_t percent);
