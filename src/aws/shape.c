/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/shape.h"

const struct api_service *api_find_service(const char *service)
{
	size_t low = 0, high = api_n_services;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int d = strcmp(service, api_text(api_services[middle].name));

		if (d == 0)
			return &api_services[middle];
		if (d < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct api_op *api_find(const char *service, const char *op)
{
	const struct api_service *s = api_find_service(service);
	size_t low = s ? s->first : 0, high = s ? low + s->n : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int d = strcmp(op, api_text(api_ops[middle].name));

		if (d == 0)
			return &api_ops[middle];
		if (d < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct api_member *api_find_member(const struct api_shape *shape, struct str name)
{
	for (size_t i = 0; shape && i < shape->n; i++)
		if (str_is(name, api_text(api_members[shape->first + i].name)))
			return &api_members[shape->first + i];
	return NULL;
}

void api_each(api_op_fn *fn, void *ctx)
{
	for (size_t s = 0; s < api_n_services; s++)
		for (size_t i = 0; i < api_services[s].n; i++)
			fn(ctx, &api_services[s], &api_ops[api_services[s].first + i]);
}

/* One step of a path, "Instances[]" or "Tags[0]" or "Table"; 0 when it leads nowhere. */
static int step(int target, struct str part)
{
	const struct api_shape *shape = api_aggregate(target);
	size_t bracket = str_find(part, '[');
	struct str name = { part.p, bracket };
	const struct api_member *m;

	if (!shape || shape->kind != API_STRUCTURE)
		return 0;
	m = api_find_member(shape, name);
	if (!m || bracket == part.n)
		return m ? m->target : 0;
	shape = api_aggregate(m->target);
	return shape && shape->kind != API_STRUCTURE ? shape->elem : 0;
}

enum code aws_item_members(const char *service, const char *op, const char *path, api_name_fn *fn,
	void *ctx, struct err *e)
{
	const struct api_op *o = api_find(service, op);
	const struct api_shape *shape;
	struct str rest = str_of(path);
	int target = o ? o->out : 0;

	if (!o)
		return err_set(e, E_INVALID, "no operation \"%s\" of service \"%s\" is known", op,
			service);
	while (rest.n && target) {
		struct str part = { rest.p, str_find(rest, '.') };

		target = step(target, part);
		rest = str_from(rest, part.n + 1);
	}
	if (!target)
		return err_set(
			e, E_INVALID, "the answer of %s %s has no \"%s\"", service, op, path);
	shape = api_aggregate(target);
	if (!shape || shape->kind != API_STRUCTURE)
		return err_set(e, E_NOTFOUND, "\"%s\" in the answer of %s %s has no members", path,
			service, op);
	for (size_t i = 0; i < shape->n; i++)
		fn(ctx, api_text(api_members[shape->first + i].name));
	return E_OK;
}
