/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"

/**
 * Who makes the calls: AWS behind aws/aws.h in earnest, canned answers in tests. As there,
 * blocking and safe for several threads at once.
 */
struct caller {
	/* As aws_call(). */
	enum code (*call)(void *ctx, const struct aws_call *call, struct arena *a,
		struct json **out, struct aws_fault *fault, struct err *e);
	/* As aws_pages(). */
	enum code (*pages)(void *ctx, const struct aws_call *call, int page_size, aws_page_fn *fn,
		void *fn_ctx, struct aws_fault *fault, struct err *e);
	/* Take everything out of @item that is no member of the elements of @items in the answer
	 * of @op, as far as that is known. */
	void (*cut)(void *ctx, const char *service, const char *op, const char *items,
		struct json *item);
	void *ctx;
};
