/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

struct sqlite3;

/** Put SQLite's result @rc into @e as "@what: message". For db/ alone. */
enum code sqlite_err(struct err *e, struct sqlite3 *h, int rc, const char *what);
