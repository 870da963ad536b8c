/* SPDX-License-Identifier: Apache-2.0 */
#include "core/push_body.h"

#include "json/read.h"
#include <stddef.h>

static const struct {
	const char *name;
	size_t at; /* in struct push_body */
	bool required;
} texts[] = {
	{ "ResourceType", offsetof(struct push_body, type), true },
	{ "ResourceId", offsetof(struct push_body, id), true },
	{ "ResourceName", offsetof(struct push_body, name), false },
	{ "SchemaVersionId", offsetof(struct push_body, version), false },
	{ "Account", offsetof(struct push_body, account), false },
	{ "Region", offsetof(struct push_body, region), false },
	{ "Arn", offsetof(struct push_body, arn), false },
	{ "AvailabilityZone", offsetof(struct push_body, az), false },
};

static struct str *text_at(struct push_body *b, size_t at)
{
	return (struct str *)(void *)((char *)b + at);
}

static enum code check_names(const struct json *v, struct err *e)
{
	static const char *const others[] = { "Configuration", "Tags", "Relationships", "Deleted" };

	for (const struct json *k = v->first; k; k = k->next) {
		bool known = false;

		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			known = known || str_is(k->key, texts[i].name);
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
			known = known || str_is(k->key, others[i]);
		if (!known)
			return err_set(e, E_INVALID, "\"%.*s\" is no member of what is pushed",
				(int)(k->key.n < 100 ? k->key.n : 100), k->key.p);
	}
	return E_OK;
}

static enum code read_texts(const struct json *v, struct push_body *b, struct err *e)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const struct json *text = json_get(v, texts[i].name);

		if (text && text->kind == JSON_NULL && !texts[i].required)
			continue;
		if (!text && texts[i].required)
			return err_set(e, E_INVALID, "there is no %s", texts[i].name);
		if (text && (text->kind != JSON_STRING || !text->text.n))
			return err_set(e, E_INVALID, "%s: must be a string that is not empty",
				texts[i].name);
		if (text)
			*text_at(b, texts[i].at) = text->text;
	}
	return E_OK;
}

static enum code read_configuration(
	struct arena *a, struct json *v, struct push_body *b, struct err *e)
{
	if (json_is(v, JSON_STRING)) {
		struct err why = { 0 };
		enum code c = json_read(a, v->text, &v, &why);

		if (c == E_INVALID)
			return err_set(e, c, "Configuration: is not valid JSON: %.300s", why.msg);
		if (c) {
			*e = why;
			return c;
		}
	}
	if (!v)
		return err_set(e, E_INVALID, "there is no Configuration");
	b->configuration = v;
	return v->kind == JSON_OBJECT
		       ? E_OK
		       : err_set(e, E_INVALID, "Configuration: must be a JSON object, or its text");
}

static enum code read_tags(struct json *v, struct push_body *b, struct err *e)
{
	if (!v || v->kind == JSON_NULL)
		return E_OK;
	if (v->kind != JSON_OBJECT)
		return err_set(e, E_INVALID, "Tags: must be an object of strings");
	for (const struct json *k = v->first; k; k = k->next)
		if (k->kind != JSON_STRING)
			return err_set(e, E_INVALID, "Tags.%.*s: must be a string",
				(int)(k->key.n < 100 ? k->key.n : 100), k->key.p);
	b->tags = v;
	return E_OK;
}

static bool is_filled(const struct json *v, const char *key)
{
	return json_get_text(v, key).n > 0;
}

static enum code read_relationships(const struct json *v, struct push_body *b, struct err *e)
{
	size_t i = 0;

	if (!v || v->kind == JSON_NULL)
		return E_OK;
	if (v->kind != JSON_ARRAY)
		return err_set(e, E_INVALID, "Relationships: must be a list");
	for (const struct json *k = v->first; k; k = k->next, i++) {
		if (!is_filled(k, "resourceType") || !is_filled(k, "relationshipName"))
			return err_set(e, E_INVALID,
				"Relationships[%zu]: must have resourceType and relationshipName",
				i);
		if (!is_filled(k, "resourceId") && !is_filled(k, "resourceName"))
			return err_set(e, E_INVALID,
				"Relationships[%zu]: must have a resourceId or a resourceName", i);
	}
	b->relationships = v;
	return E_OK;
}

enum code push_body_read(
	struct arena *a, const struct json *v, struct push_body *out, struct err *e)
{
	struct push_body b = { .deleted = json_get_flag(v, "Deleted") };

	if (v->kind != JSON_OBJECT)
		return err_set(e, E_INVALID, "a resource must be a JSON object");
	if (check_names(v, e) || read_texts(v, &b, e))
		return e->code;
	if (!b.deleted && (read_configuration(a, json_get(v, "Configuration"), &b, e) ||
				  read_tags(json_get(v, "Tags"), &b, e) ||
				  read_relationships(json_get(v, "Relationships"), &b, e)))
		return e->code;
	*out = b;
	return E_OK;
}
