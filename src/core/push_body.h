/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "json/json.h"
#include <stdbool.h>

/**
 * What is pushed of one resource, in the shape of AWS Config's PutResourceConfig, with members of ours behind it:
 *
 *     {"ResourceType":"Acme::Net::Switch", "ResourceId":"sw-1", "ResourceName":"core", "SchemaVersionId":"00000001",
 *      "Configuration":{...} or JSON text, "Tags":{"env":"prod"},
 *      "Relationships":[{"resourceType":"Acme::Net::Rack","resourceId":"r-7","relationshipName":"Is contained in "}],
 *      "Account":"111122223333", "Region":"eu-west-1", "Arn":"...", "AvailabilityZone":"...", "Deleted":true}
 */
struct push_body {
	struct str type, id, name, version;  /* name, version: or STR_NONE */
	struct str account, region, arn, az; /* or STR_NONE */
	struct json *configuration;          /* an object; NULL of what is deleted */
	struct json *tags;                   /* an object of strings, or NULL */
	const struct json *relationships;    /* a list of those, or NULL */
	bool deleted;
};

/** Texts are those of @v, or in @a. E_INVALID: what is missing or of the wrong kind, as `Tags.env: must be a string`. */
enum code push_body_read(
	struct arena *a, const struct json *v, struct push_body *out, struct err *e);
