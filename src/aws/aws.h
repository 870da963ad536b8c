/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "net/http.h"
#include "net/sign.h"
#include "json/json.h"
#include <stdint.h>

/**
 * Calling AWS
 * ===========
 *
 * One function for every operation of every service. What an operation looks like on the
 * wire (protocol, members, wire names, paging) is in generated tables (aws/shape.h); this
 * layer writes the request, signs it, sends it, retries what may be retried, and decodes the
 * answer into a tree with the API's own member names ("Reservations", "InstanceId") and one
 * form for every scalar: timestamps ISO 8601 with milliseconds and Z, numbers and booleans
 * as such.
 *
 * A struct aws is one identity (account and credentials) with its limits; it is shared by
 * the threads of a crew.
 */
struct aws;

struct aws_options {
	struct http *http;     /* borrowed */
	const char *profile;   /* or NULL; also for endpoint overrides */
	const char *endpoint;  /* for every service, beats everything; or NULL */
	const char *partition; /* "aws" when NULL */
	int attempts;          /* per call, 0: 5; three more where it is throttled */
};

/** @keys are copied. */
enum code aws_open(struct aws **out, const struct aws_options *options,
	const struct credentials *keys, struct err *e);
void aws_close(struct aws *aws);
/** Called when credentials are about to run out or were refused as expired; replaces them.
 * Returns E_OK with @fresh filled, or an error. NULL: they are kept for ever. */
typedef enum code aws_refresh_fn(void *ctx, struct credentials *fresh, struct err *e);
void aws_on_expiry(struct aws *aws, aws_refresh_fn *fn, void *ctx);

/** What the service said when it refused. */
struct aws_fault {
	char code[128]; /* "NoSuchBucketPolicy", "AccessDenied"; "" when it never answered */
	int status;     /* HTTP status, 0 when it never answered */
};

struct aws_call {
	const char *service;       /* botocore's service id: "ec2", "elbv2" */
	const char *op;            /* "DescribeVolumes" */
	const char *region;        /* where to send and sign it */
	const struct json *params; /* an object with the operation's member names, or NULL */
};

/**
 * One call. @out is a tree in @a.
 *
 * E_INVALID: the tables do not know this operation, or a parameter it does not have; or the
 * service calls the request invalid (then @fault has its code).
 * E_DENIED: AccessDenied and its kin, or credentials that are wrong or expired (the hint
 * tells them apart). E_NOTFOUND: HTTP 404 or a code that says so. E_THROTTLED: still, after
 * all attempts. E_UNSUPPORTED: the endpoint does not know the operation (an HTML page, but
 * that of a gateway, 502 to 504; an UnknownOperation answer; HTTP 501; a region or service
 * the account has not subscribed to). E_CORRUPT: an answer that is no answer (malformed XML or
 * JSON, cut off). E_REMOTE: it failed or did not answer, after all attempts; so does a region
 * that is not there, whose host name does not resolve. E_CANCELED. @fault has the service's
 * own code in each case.
 *
 * Attempts: throttling codes, HTTP 429, 500, 502, 503, 504 and lost connections, with full
 * jitter, rand(0, min(20 s, 0.1 s * 2^n)), three more of them where it was throttled, two in all where
 * an HTML page came with status 500; each operation has a
 * token bucket in each region (some services one for all of theirs) that gives way at throttling and recovers with successes (aws/lane.c has their pace). A bucket
 * that S3 says is in another region is asked for there, once.
 */
enum code aws_call(struct aws *aws, const struct aws_call *call, struct arena *a, struct json **out,
	struct aws_fault *fault, struct err *e);

/** Called with each page; anything but E_OK ends the listing with that code. */
typedef enum code aws_page_fn(void *ctx, struct json *page, struct err *e);
/**
 * All pages of a list operation, by the paging members of the tables. @page_size 0: the
 * service's own. A page that repeats the token before it, or says that there are more without
 * saying how to get them, is E_CORRUPT. The arena given to
 * each page is released after @fn returns.
 */
enum code aws_pages(struct aws *aws, const struct aws_call *call, int page_size, aws_page_fn *fn,
	void *ctx, struct aws_fault *fault, struct err *e);

/** How many HTTP requests were sent so far, retries included. */
int64_t aws_requests(const struct aws *aws);

/** The partition of a region, as ARNs name it: cn-* aws-cn, us-gov-* aws-us-gov, the isolated
 * and sovereign ones by their prefixes, else aws. */
const char *aws_partition(const char *region);
