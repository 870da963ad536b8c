/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo/tape.h"

/** Who does things in the demonstration. */
enum who {
	TERRAFORM,
	CI,
	ALICE,
	BOB,
	CAROL,
	DAVE,
	SCHEDULER,
	INTRUDER, /* with the credentials of an instance */
	AUTOSCALING,
	RDS,
	NOBODY /* it shows, and nobody called for it */
};

/** An act in @spot; @source without ".amazonaws.com". */
void act_begin(struct tape *t, int64_t at_ms, enum who who, const struct spot *spot,
	const char *source, const char *event);
