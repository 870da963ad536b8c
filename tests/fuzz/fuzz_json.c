/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "json/canon.h"
#include "json/diff.h"
#include "json/patch.h"
#include "json/read.h"
#include "json/write.h"

/* Whatever can be read can be written, read again and is the same; so can its canonical
 * form, which is settled, differs in nothing from itself, and can be patched to. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static struct json *read_own(struct arena *a, const struct buf *b)
{
	struct json *v = NULL;
	struct err e = { 0 };

	must(buf_ok(b));
	must(json_read(a, buf_slice(b), &v, &e) == E_OK);
	return v;
}

static void check_writings(struct arena *a, struct json *v)
{
	struct buf b = BUF_INIT(1 << 26);

	json_write(&b, v);
	must(utf8_ok(buf_slice(&b)));
	must(json_equal(read_own(a, &b), v));
	buf_clear(&b);
	json_write_pretty(&b, v);
	must(json_equal(read_own(a, &b), v));
	buf_release(&b);
}

static void check_canon(struct arena *a, struct json *v)
{
	struct buf b = BUF_INIT(1 << 26);
	struct json *again, *patch;
	struct str text = json_canon_text(a, v);

	json_canon(v);
	json_write(&b, v);
	must(str_eq(text, buf_slice(&b)));
	again = read_own(a, &b);
	must(json_equal(again, v));
	must(str_eq(json_canon_text(a, again), text));
	must(json_diff(a, v, again)->n == 0);
	if (v->kind == JSON_OBJECT) {
		patch = json_patch_make(a, json_new(a, JSON_OBJECT), v);
		must(json_equal(json_patch_apply(a, NULL, patch), v));
		must(json_patch_make(a, v, again)->n == 0);
	}
	buf_release(&b);
}

/* The first and the last child are two documents as good as any. */
static void check_diff(struct arena *a, struct json *v)
{
	struct json *rows;

	if (v->n < 2)
		return;
	rows = json_diff(a, v->first, v->last);
	must(rows);
	must((rows->n == 0) == json_equal(v->first, v->last));
	check_writings(a, rows);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct arena a = ARENA_INIT((size_t)1 << 28);
	struct json *v = NULL;
	struct err e = { 0 };

	if (json_read(&a, (struct str){ (const char *)bytes, n }, &v, &e) == E_OK) {
		check_writings(&a, v);
		check_diff(&a, v);
		check_canon(&a, v);
		must(arena_ok(&a));
	} else {
		must(e.msg[0] && !v);
	}
	arena_release(&a);
	return 0;
}
