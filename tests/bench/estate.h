/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * An estate for benchmarks, always the same for the same seed: five types of some 2 KB, about a
 * fifth of each not to be guessed from another, with three relationships each. A few resources change
 * nearly every round and most seldom do, as Zipf has it: a fifth of them all in one round.
 */
struct thing {
	uint64_t seed;
	double odds; /* of changing in a round */
	int state, size, owner, text, group;
};
struct estate {
	struct thing *things;
	int n;
	uint64_t random;
};

struct sight {
	const char *type;
	char id[64], arn[160];
	struct buf configuration, relationships, tags; /* JSON, not in canonical order */
};
#define SIGHT_INIT                                                                                 \
	{                                                                                          \
		.configuration = BUF_INIT(1 << 20), .relationships = BUF_INIT(1 << 20),            \
		.tags = BUF_INIT(1 << 20)                                                          \
	}

#define ESTATE_ACCOUNT "123456789012"
#define ESTATE_REGION  "us-east-1"
#define ESTATE_AZ      "us-east-1a"

void estate_init(struct estate *e, int n, uint64_t seed);
void estate_release(struct estate *e);
/** Whether thing @i changes in this round; if so, it has. */
bool estate_change(struct estate *e, int i);
/** Thing @i as its service describes it now. */
void estate_see(const struct estate *e, int i, struct sight *out);
void sight_release(struct sight *s);
