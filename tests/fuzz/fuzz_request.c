/* SPDX-License-Identifier: Apache-2.0 */
#include "api/model.h"
#include "base/must.h"
#include "json/read.h"
#include "json/write.h"

/* "Operation\nbody". Whatever is asked is right, and then still right when it is asked again as it
 * was understood; or wrong in words that can be sent. As an answer it is a mistake or good JSON. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static struct json *read_again(struct arena *a, struct str text)
{
	struct json *v = NULL;
	struct err e = { 0 };

	must(json_read(a, text, &v, &e) == E_OK);
	return v;
}

static void check_request(const struct model_operation *op, struct json *input, struct arena *a)
{
	struct buf message = BUF_INIT(MODEL_MESSAGE_MAX_BYTES), once = BUF_INIT(1 << 26),
		   twice = BUF_INIT(1 << 26);
	const char *error = NULL;
	struct err e = { 0 };
	enum code c = model_check(op, input, a, &error, &message, &e);

	if (c) {
		must(c == E_INVALID && error && message.n && utf8_ok(buf_slice(&message)));
	} else {
		must(!error && !message.n);
		json_write(&once, input);
		input = read_again(a, buf_slice(&once));
		must(model_check(op, input, a, &error, &message, &e) == E_OK);
		json_write(&twice, input);
		must(str_eq(buf_slice(&once), buf_slice(&twice)));
	}
	buf_release(&message);
	buf_release(&once);
	buf_release(&twice);
}

static void check_answer(
	const struct model_operation *op, const struct json *output, struct arena *a)
{
	struct buf once = BUF_INIT(1 << 26), twice = BUF_INIT(1 << 26);
	struct err e = { 0 };

	if (model_write(op, output, &once, &e)) {
		must(e.code == E_INVALID && e.msg[0]);
	} else if (op->output) {
		must(model_write(op, read_again(a, buf_slice(&once)), &twice, &e) == E_OK);
		must(str_eq(buf_slice(&once), buf_slice(&twice)));
	} else {
		must(!once.n);
	}
	buf_release(&once);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct str all = { (const char *)bytes, n }, name = { all.p, str_find(all, '\n') };
	const struct model_operation *op = model_find(name);
	struct arena a = ARENA_INIT((size_t)1 << 28);
	struct json *v = NULL;
	struct err e = { 0 };

	if (op && json_read(&a, str_from(all, name.n + 1), &v, &e) == E_OK) {
		check_answer(op, v, &a);
		check_request(op, v, &a);
	}
	arena_release(&a);
	return 0;
}
