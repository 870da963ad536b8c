/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What AWS operations look like
 * =============================
 *
 * Tables made from botocore's service models by tools/shapegen (aws/shape_data.c): for each
 * operation the catalogue uses, how a request is written and what an answer holds. Names are
 * resolved when the tables are made, so `wire` is what stands in the message, whatever the
 * protocol's rules for it are.
 *
 * A `target` or `elem` is the number of an aggregate shape (from 1), one of the negative
 * scalars below, or 0 for none. Texts are offsets into api_pool; 0 is "".
 */
enum api_protocol { API_EC2, API_QUERY, API_JSON, API_REST_JSON, API_REST_XML };

/* The numbers below are known to tools/shapegen. */
enum api_scalar {
	API_STRING = -1,
	API_INTEGER = -2,
	API_BOOLEAN = -3,
	API_DOUBLE = -4,
	API_TIME_ISO = -5,
	API_BLOB = -6,
	API_JSON_TEXT = -7, /* JSON inside a string */
	API_DOCUMENT = -8,  /* any JSON */
	API_TIME_HTTP = -9, /* the form of RFC 9110: "Thu, 01 Jan 1970 00:00:00 GMT" */
	API_TIME_EPOCH = -10
};
enum api_kind { API_STRUCTURE, API_LIST, API_MAP };
enum api_place {
	API_BODY = 0,
	API_URI = 1,
	API_QUERYSTRING = 2,
	API_HEADER = 3,
	API_HEADERS = 4, /* a map: every header that begins with the wire name */
	API_STATUS = 5
};
enum api_flag {
	API_FLAT = 1,      /* a list or map without an element of its own around it */
	API_ATTRIBUTE = 2, /* an XML attribute */
	API_PAYLOAD = 4    /* this member is the whole body */
};
enum api_service_flag {
	API_QUERY_COMPATIBLE = 1 /* error codes are those of x-amzn-query-error */
};

struct api_member {
	uint32_t name; /* in the API: "InstanceId" */
	uint32_t wire; /* in the message: "instanceId" */
	int16_t target;
	uint8_t place; /* enum api_place */
	uint8_t flags; /* enum api_flag */
};

struct api_shape {
	uint8_t kind;                             /* enum api_kind */
	int16_t elem;                             /* of a list or map */
	uint32_t first;                           /* of its members, in api_members */
	uint16_t n;                               /* how many of them */
	uint32_t elem_wire, key_wire, value_wire; /* names of a list's or map's parts */
};

struct api_op {
	uint32_t name;
	uint32_t method, uri;
	uint32_t wrapper;     /* element around the result, or "" */
	uint32_t host_prefix; /* "{AccountId}.", or "" */
	int16_t in, out;      /* shapes, or 0 */
	/* Paging. Several tokens are separated by commas; an output token may have
	 * alternatives, "NextMarker || Contents[-1].Key". "" when there is none. */
	uint32_t page_in, page_out, page_more, page_limit;
	uint16_t service; /* in api_services */
};

struct api_service {
	uint8_t protocol;  /* enum api_protocol */
	uint8_t flags;     /* enum api_service_flag */
	uint16_t first, n; /* its operations, in api_ops */
	uint32_t name;     /* botocore's: "elbv2" */
	uint32_t id;       /* AWS's: "Elastic Load Balancing v2" */
	uint32_t endpoint_prefix, signing_name, version, target_prefix, json_version;
};

/** A service with one endpoint for a whole partition, from botocore's endpoints.json. */
struct api_global {
	uint32_t service, partition, host, region;
};

extern const char *const api_pool;
extern const struct api_member api_members[];
extern const struct api_shape api_shapes[];
extern const struct api_op api_ops[];
extern const struct api_service api_services[]; /* sorted by name; so are their operations */
extern const size_t api_n_services;
extern const struct api_global api_globals[];
extern const size_t api_n_globals;

static inline const char *api_text(uint32_t offset)
{
	return api_pool + offset;
}

/** The shape behind a target, or NULL when that is a scalar or nothing. */
static inline const struct api_shape *api_aggregate(int target)
{
	return target > 0 ? &api_shapes[target] : NULL;
}

static inline const struct api_service *api_service_of(const struct api_op *op)
{
	return &api_services[op->service];
}

/** NULL when the tables do not have it. */
const struct api_service *api_find_service(const char *service);
const struct api_op *api_find(const char *service, const char *op);
/** The member called @name in the API, or NULL; also when @shape is NULL. */
const struct api_member *api_find_member(const struct api_shape *shape, struct str name);

typedef void api_op_fn(void *ctx, const struct api_service *service, const struct api_op *op);
/** Every operation, by service and name. */
void api_each(api_op_fn *fn, void *ctx);

typedef void api_name_fn(void *ctx, const char *name);
/**
 * The members, in the API's names, of what a response path leads to: "Reservations[].Instances[]"
 * of ec2 DescribeInstances calls @fn with "InstanceId" and the others; "" is the response.
 *
 * E_INVALID: no such operation or no such path. E_NOTFOUND: it leads to scalars or a map, which
 * have no members.
 */
enum code aws_item_members(const char *service, const char *op, const char *path, api_name_fn *fn,
	void *ctx, struct err *e);
