/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"

#include "json/read.h"

/* The engine took the limit out of the input; the body as it came tells whether there was one. */
static bool limit_given(const struct operation *op)
{
	struct json *body = NULL;
	struct err none = { 0 };

	return !json_read(op->arena, op->request->body, &body, &none) &&
	       json_is(json_get(body, "Limit"), JSON_NUMBER);
}

enum code api_describe_remediation_exceptions(struct operation *op)
{
	if (json_get(op->input, "ResourceKeys") && limit_given(op))
		return api_refuse(op, "InvalidParameterValueException",
			"Limit and ResourceKeys cannot be specified in the same request");
	return E_OK;
}
