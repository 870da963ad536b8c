/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "net/http.h"
#include "net/sign.h"

/**
 * Where AWS credentials come from
 * ===============================
 *
 * The chain every AWS SDK walks, in its order: environment (AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), the profile (AWS_PROFILE or "default") of the
 * shared credentials and config files (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE):
 * static keys, `credential_process`, `role_arn` with `source_profile` or
 * `credential_source`; web identity (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN); the
 * container endpoint (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI / _FULL_URI with
 * AWS_CONTAINER_AUTHORIZATION_TOKEN[_FILE]); instance metadata, version 2 only
 * (AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT). A profile named
 * explicitly is used before the environment.
 *
 * Assuming a role takes a call to STS, which this layer cannot make: the chain then ends in
 * `assume` and aws/sts does it.
 */

/** A role to be assumed with the credentials found so far. Texts live in the arena. */
struct role {
	const char *role_arn;       /* NULL: none */
	const char *session_name;   /* "siltstone" when the profile names none */
	const char *external_id;    /* or NULL */
	const char *policy;         /* JSON that narrows what the session may do; or NULL */
	const char *web_token_file; /* assume with this token instead of with credentials */
	int64_t duration_s;         /* 3600 when the profile names none */
	const struct role *then;    /* roles chained behind this one, outermost last; or NULL */
};

struct credentials_found {
	struct credentials keys;   /* release with credentials_release(); empty for web identity */
	const struct role *assume; /* or NULL */
	const char *region;        /* AWS_REGION, AWS_DEFAULT_REGION or the profile's; or NULL */
	const char *origin;        /* "environment", "profile prod", "credential_process of ..." */
};

struct credentials_query {
	const char *profile; /* NULL: AWS_PROFILE, then "default" */
	bool no_metadata;    /* leave instance metadata out (it costs a second off AWS) */
};

/**
 * Walk the chain. E_NOTFOUND: nothing found, @e says where it looked and the hint how to
 * give credentials. E_INVALID: a file or an answer is malformed (file and line; never a
 * value). E_DENIED: the process or endpoint refused. Never puts a secret into @e.
 */
enum code credentials_find(struct arena *a, struct http *http, const struct credentials_query *q,
	struct credentials_found *out, struct err *e);

/** The endpoint override for a service: AWS_ENDPOINT_URL_<SERVICE> (upper case, '-' and ' ' as
 * '_'), then AWS_ENDPOINT_URL, then the profile's `services` section and `endpoint_url`; NULL
 * when none or AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true. Allocated in @a. A file that cannot be
 * understood is an error, as it may name one: E_INVALID, E_IO, E_NOMEM. */
enum code credentials_endpoint(
	struct arena *a, const char *profile, const char *service, const char **out, struct err *e);
