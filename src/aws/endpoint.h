/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/request.h"
#include "aws/shape.h"
#include "base/arena.h"
#include "base/err.h"

/**
 * Where a service answers
 * =======================
 *
 * An override for everything comes first, then one for the service from environment or
 * profile, then AWS's own scheme: https://PREFIX.REGION.SUFFIX, or for the few services with
 * one endpoint a partition (IAM, CloudFront, Route 53, Organizations) the host of the tables,
 * signed for the region that goes with it.
 */
struct endpoint {
	const char *origin; /* "https://ec2.eu-west-1.amazonaws.com", no slash at its end */
	const char *host;   /* with a port that is not the scheme's own; what is signed */
	const char *path;   /* in front of every path: "" or "/prefix" */
	const char *region; /* to sign for */
	bool custom;        /* an override: hosts get no prefixes, buckets stand in the path */
};

struct endpoint_query {
	const char *override;  /* for every service, or NULL */
	const char *profile;   /* or NULL */
	const char *partition; /* of regions whose name does not say it; NULL: "aws" */
	const struct api_service *service;
	const char *region; /* NULL or "" only for services with one endpoint a partition */
};

/** Texts live in @a. E_INVALID: a region or an override that cannot be one. */
enum code endpoint_find(
	struct arena *a, const struct endpoint_query *q, struct endpoint *out, struct err *e);

/** Host and path of one request at @at. */
struct address {
	const char *url;
	const char *host;
	struct str path; /* percent-encoded as it is sent */
};
/**
 * Puts a bucket into the host where AWS wants it there (s3, a name without dots, no override)
 * and a prefix of the operation ("{AccountId}."). Texts live in @a.
 */
enum code endpoint_address(struct arena *a, const struct endpoint *at, const struct wire *w,
	struct address *out, struct err *e);
