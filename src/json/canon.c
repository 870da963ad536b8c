/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canon.h"

#include "json/order.h"
#include "json/write.h"

/* Far above any document that fits into the arena of a job. */
#define WRITING_MAX_BYTES ((size_t)1 << 30)

/* Of members with equal names, which stand side by side, the last stays. */
static void drop_twins(struct json *object)
{
	struct json **at = &object->first;

	while (*at && (*at)->next) {
		if (str_eq((*at)->key, (*at)->next->key)) {
			*at = (*at)->next;
			object->n--;
		} else {
			at = &(*at)->next;
		}
	}
}

static void drop_nulls(struct json *object)
{
	struct json **at = &object->first;

	object->last = NULL;
	while (*at) {
		if ((*at)->kind == JSON_NULL) {
			*at = (*at)->next;
			object->n--;
		} else {
			object->last = *at;
			at = &(*at)->next;
		}
	}
}

/* As deep as documents are: json/read.h refuses more than 100 levels. */
// NOLINTNEXTLINE(misc-no-recursion)
void json_canon(struct json *v)
{
	if (json_is(v, JSON_OBJECT)) {
		if (!json_sorted(v)) {
			json_sort(v);
			drop_twins(v);
		}
		drop_nulls(v);
	}
	for (struct json *k = v ? v->first : NULL; k; k = k->next)
		json_canon(k);
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool is_canonical(const struct json *v)
{
	bool object = v->kind == JSON_OBJECT;

	if (object && !json_sorted(v))
		return false;
	for (const struct json *k = v->first; k; k = k->next)
		if ((object && k->kind == JSON_NULL) || !is_canonical(k))
			return false;
	return true;
}

struct str json_canon_text(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(WRITING_MAX_BYTES);
	struct json *copy;
	struct str text;

	if (is_canonical(v)) {
		json_write(&b, v);
	} else {
		copy = json_copy(a, v);
		json_canon(copy);
		json_write(&b, copy);
	}
	text = arena_str(a, buf_slice(&b));
	if (!buf_ok(&b) || !arena_ok(a))
		text = STR_NONE;
	buf_release(&b);
	return text;
}

bool json_sort_elements(struct arena *a, struct json *array)
{
	bool ok = true;

	if (!json_is(array, JSON_ARRAY))
		return true;
	for (struct json *k = array->first; k && ok; k = k->next) {
		k->key = json_canon_text(a, k);
		ok = k->key.p;
	}
	if (ok)
		json_sort(array);
	for (struct json *k = array->first; k; k = k->next)
		k->key = STR_NONE;
	return ok;
}

bool json_digest(const struct json *v, unsigned char out[SHA256_BYTES])
{
	struct buf b = BUF_INIT(WRITING_MAX_BYTES);
	bool ok;

	json_write(&b, v);
	ok = buf_ok(&b) && sha256_of(buf_slice(&b), out);
	buf_release(&b);
	return ok;
}
