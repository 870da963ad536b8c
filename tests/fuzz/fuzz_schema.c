/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "json/read.h"
#include "json/schema.h"
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A schema, a line break that no JSON needs, and a value: both are somebody else's. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct str all = { (const char *)bytes, n };
	const size_t cut = str_find(all, '\n');
	struct arena a = ARENA_INIT(16 << 20);
	struct schema *s = NULL;
	struct json *v = NULL;
	struct err e = { 0 };

	if (n > 64 << 10)
		return 0;
	if (schema_read(&s, (struct str){ all.p, cut }, &e)) {
		must(e.msg[0]);
		return 0;
	}
	if (!json_read(&a, str_from(all, cut + 1), &v, &e)) {
		enum code c = schema_check(s, v, &e);

		must(c == E_OK || c == E_INVALID || c == E_TOOBIG || c == E_NOMEM);
		must(c == E_OK || e.msg[0]);
	}
	schema_free(s);
	arena_release(&a);
	return 0;
}
