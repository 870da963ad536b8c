/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/judge.h"

/** The temporary tables and views of judging (schema/temp/judge.sql), made where the connection has none. */
enum code judge_tables_open(struct db *db, struct err *e);
