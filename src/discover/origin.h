/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/login.h"
#include "port/object_source.h"

/**
 * Where files come from, opened: "s3://BUCKET/PREFIX", a path, or "-" for standard input, with who
 * reads it.
 */
struct origin {
	struct object_source *source;
	struct sweep_options options;
	struct login login;
};
#define ORIGIN_INIT                                                                                \
	{                                                                                          \
		.login = LOGIN_INIT                                                                \
	}

struct origin_options {
	const char *where;
	const char *endpoint, *profile; /* or NULL */
	const volatile sig_atomic_t *stop;
};

/** @o: ORIGIN_INIT; texts are borrowed until origin_close(). Errors as login_open() has them. */
enum code origin_open(struct origin *o, const struct origin_options *q, struct err *e);
/** Also after a failed open. */
void origin_close(struct origin *o);
