/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/must.h"
#include "json/read.h"
#include "json/write.h"
#include "json/yaml.h"
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What is read from YAML is JSON, and reads back as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct buf text = BUF_INIT(16 << 20);
	struct json *v = NULL, *again = NULL;
	struct err e = { 0 };
	enum code c;

	if (n > 64 << 10)
		return 0;
	c = yaml_read(&a, (struct str){ (const char *)bytes, n }, &v, &e);
	must(c == E_OK || c == E_INVALID || c == E_TOOBIG);
	must(c == E_OK || e.msg[0]);
	if (!c) {
		json_write(&text, v);
		must(buf_ok(&text) && !json_read(&a, buf_slice(&text), &again, &e));
		must(json_equal(v, again));
	}
	buf_release(&text);
	arena_release(&a);
	return 0;
}
