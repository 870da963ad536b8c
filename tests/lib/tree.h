/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "lib/unit.h"
#include "json/read.h"
#include "json/write.h"

/** The tree of a text that is good JSON. */
static inline struct json *tree_of(struct arena *a, const char *text)
{
	struct json *v = NULL;
	struct err e = { 0 };

	if (json_read(a, str_of(text), &v, &e))
		fail_msg("%s: %s", text, e.msg);
	return v;
}

/** The writing of @v, NUL-terminated. */
static inline const char *text_of(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(1 << 24);
	const char *text;

	json_write(&b, v);
	assert_true(buf_ok(&b));
	text = arena_text(a, buf_slice(&b));
	buf_release(&b);
	assert_true(arena_ok(a));
	return text;
}
