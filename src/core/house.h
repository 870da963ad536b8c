/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/record.h"

/**
 * What the house records of itself
 * ================================
 *
 * Each recorder is a resource of every account and region that is looked at, AWS::Config::ConfigurationRecorder, as
 * AWS Config has it: one item a start, a stop, a change of what is recorded (spec section 1.7). It is
 * recorded whatever the recorder records.
 */

/** Stage the recorders for a place that a sweep looks at. Nothing where there is none. */
enum code house_stage(
	struct record *r, struct str account, struct str region, int64_t now_ms, struct err *e);

/** The recorders were changed, started, stopped or removed: record that where they were recorded before. @created and
 * the like of @sum count it. New places get theirs when they are looked at. */
enum code house_record(struct db *db, int64_t now_ms, struct record_sum *sum, struct err *e);
