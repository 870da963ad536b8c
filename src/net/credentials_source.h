/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "net/credentials.h"
#include "net/profiles.h"

/**
 * The single sources of the chain in credentials.h
 * ================================================
 *
 * A source that has nothing to say leaves a remark in `trail`, returns E_NOTFOUND and
 * leaves the error alone: the next one is asked. Any failure that fills the error ends the
 * search, E_NOTFOUND included: credentials other than those that were meant would be worse
 * than none.
 */
struct search {
	struct arena *a; /* the caller's; holds no secrets */
	struct http *http;
	struct profiles profiles;
	struct credentials_found found;
	struct buf trail; /* "environment: ...; profile ...: ..." */
};

void search_remark(struct search *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

enum code source_environment(struct search *s, struct err *e);
/** @named: the user asked for this profile, it has to be there. */
enum code source_profile(struct search *s, const char *name, bool named, struct err *e);
enum code source_process(struct search *s, struct str profile, struct str command, struct err *e);
enum code source_web_identity(struct search *s, struct err *e);
enum code source_container(struct search *s, struct err *e);
enum code source_instance(struct search *s, struct err *e);

/** Put keys into what was found, copied. E_INVALID: a part is missing. @origin may not hold
 * secrets. */
enum code search_keep(struct search *s, struct str access_key, struct str secret_key,
	struct str token, struct err *e);
/** The same from the JSON of a process or an endpoint; @what names it in messages. The
 * text is wiped. @want_version: "Version" has to be 1. */
enum code search_keep_json(
	struct search *s, struct buf *answer, const char *what, bool want_version, struct err *e);

/** The URL of the container endpoint from the values of its two variables (NULL: not set).
 * E_INVALID: a host that may not be told the token: plain http is for loopback,
 * 169.254.170.2, 169.254.170.23 and fd00:ec2::23 alone. */
enum code container_url(
	struct arena *a, const char *relative, const char *full, const char **url, struct err *e);

/** Split a command as a shell does with words and quotes, and nothing else of a shell.
 * E_INVALID: an open quote, or no word at all. The words, NULL-terminated, in @a. */
enum code command_split(
	struct arena *a, struct str command, const char *const **argv, struct err *e);
