/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/login.h"
#include "port/object_store.h"
#include "store/channel.h"
#include <stdatomic.h>

/**
 * Where files go, opened
 * ======================
 *
 * "s3://BUCKET/PREFIX" or "dir:PATH" as an object store, with who writes to it. Nothing is asked of a
 * bucket before the first put.
 */
struct target {
	struct object_store *store;
	struct sweep_options options;
	struct login login;
};
#define TARGET_INIT                                                                                \
	{                                                                                          \
		.login = LOGIN_INIT                                                                \
	}

struct target_options {
	const char *where;
	const char *endpoint, *profile, *region, *kms_key; /* or NULL */
	const volatile sig_atomic_t *stop;                 /* or NULL */
};

/** @t: TARGET_INIT; texts of @o are borrowed until target_close(). E_INVALID: no such place can be.
 * E_NOTFOUND: there are no credentials. Otherwise as login_open() says. */
enum code target_open(struct target *t, const struct target_options *o, struct err *e);
/** Also after a failed open. */
void target_close(struct target *t);

/**
 * The stores of delivery channels, each opened once and kept until it fails or its channel changes:
 * opening one may mean asking for credentials. For deliver_ports. One thread at a time, but for targets_forget().
 */
struct targets {
	struct kept_target *first;
	atomic_bool forget;
	const volatile sig_atomic_t *stop; /* or NULL */
};

/** @ctx: a struct targets. What comes out is freed as every object store is, and stays open inside. */
enum code targets_store(
	void *ctx, const struct channel *c, struct object_store **out, struct err *e);
/** Each is opened anew, with the credentials of then, when it is needed next. From any thread. */
void targets_forget(struct targets *t);
void targets_release(struct targets *t);
