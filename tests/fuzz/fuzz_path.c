/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "json/canon.h"
#include "json/patch.h"
#include "json/path.h"
#include "json/read.h"

/* "PATH\nJSON": whatever the path says, in either language, it leads to places that are in the document; what it led to is gone
 * when they are removed; and a patch leads there. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

struct visit {
	const struct json *first;
	size_t n;
	bool root;
};

static bool count(void *ctx, const struct json_place *place)
{
	struct visit *v = ctx;
	bool found = !place->parent;

	must(place->value);
	v->root |= !place->parent;
	for (const struct json *k = place->parent ? place->parent->first : NULL; k && !found;
		k = k->next)
		found = k == place->value;
	must(found);
	if (!v->n++)
		v->first = place->value;
	return v->n < 1000;
}

static void check_removal(struct arena *a, struct json *v, const char *path)
{
	struct json *before = json_patch_apply(a, NULL, v), *patch;
	struct visit left = { 0 };

	json_remove_all(v, path);
	/* An element moves up when the one before it goes: only paths of members lead nowhere then. */
	if (!strchr(path, '[')) {
		json_visit(v, path, count, &left);
		must(left.n == 0);
	}
	must(before);
	json_canon(before);
	json_canon(v);
	patch = json_patch_make(a, before, v);
	must(patch && json_equal(json_patch_apply(a, before, patch), v));
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct str all = { n ? (const char *)bytes : "", n };
	struct str line = { all.p, str_find(all, '\n') };
	struct arena a = ARENA_INIT((size_t)1 << 28);
	const char *path = arena_text(&a, line);
	struct visit document = { 0 }, response = { 0 };
	struct json *v = NULL;
	struct err e = { 0 };

	if (json_read(&a, str_from(all, line.n + 1), &v, &e) == E_OK) {
		json_visit(v, path, count, &document);
		must(json_first(v, path) == document.first);
		json_visit_response(v, path, count, &response);
		must(json_first_response(v, path) == response.first);
		if (v->kind == JSON_OBJECT && !document.root)
			check_removal(&a, v, path);
	}
	arena_release(&a);
	return 0;
}
