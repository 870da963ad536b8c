/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "store/lake.h"

/** Rows of the lake as JSON, a line each. Members that would be null are left out. Times are ISO 8601 in UTC. */
void lake_line_item(struct buf *b, const struct lake_item *i);
void lake_line_change(struct buf *b, const struct lake_item *i, const struct lake_change *c);

/**
 * A partition's place in the lake: "items/dt=2026-10-01/account=1234/region=eu-west-1/type=aws_ec2_instance/part-0a1b2c3d"
 * behind @head ("jsonl/items") and before @tail (".jsonl.gz"). What is no letter, digit, dot, dash or underscore is
 * written %XX, as Hive does; the type is spelled as the typed views are, and the part is named after its full name, so that
 * no two types share a file.
 */
void lake_line_key(struct buf *b, const char *head, const struct lake_item *i, const char *tail);
