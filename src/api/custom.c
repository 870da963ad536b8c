/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"

#include "core/push.h"

/* Resources that others tell of: spec section 8.15, by core/push.h. */
#define SOURCE "PutResourceConfig"

static struct push_options options(const struct operation *op)
{
	return (struct push_options){ .source = SOURCE,
		.account = op->account,
		.region = op->region,
		.now_ms = op->now_ms,
		.registered = true,
		.recording = true,
		.active_max = op->request->unlimited ? 0 : PUSH_ACTIVE_MAX };
}

static enum code answered(struct operation *op, enum code c, const char *refused)
{
	const struct err why = *op->e;

	if (c != E_INVALID || !refused)
		return c;
	*op->e = (struct err){ 0 };
	return api_refuse(op, refused, "%s", why.msg);
}

enum code api_put_resource_config(struct operation *op)
{
	const struct push_options o = options(op);
	const char *refused = NULL;
	enum code c = push_put(op->db, &o, op->input, &refused, op->e);

	return answered(op, c, refused);
}

enum code api_delete_resource_config(struct operation *op)
{
	const struct push_options o = options(op);
	const char *refused = NULL;
	enum code c = push_delete(op->db, &o, json_get_text(op->input, "ResourceType"),
		json_get_text(op->input, "ResourceId"), &refused, op->e);

	return answered(op, c, refused);
}
