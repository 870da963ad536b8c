/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/time.h"
#include "function/sandbox.h"

void work_free(struct work *w)
{
	if (!w)
		return;
	buf_release(&w->event);
	buf_release(&w->arn);
	function_result_release(&w->result);
	mem_free(w);
}

struct work *work_make(const struct function_call *call)
{
	static const struct work fresh = { .event = BUF_INIT(FUNCTION_ANSWER_MAX),
		.arn = BUF_INIT(4096),
		.result = FUNCTION_RESULT_INIT };
	struct work *w = mem_alloc(sizeof(*w));

	if (!w)
		return NULL;
	*w = fresh;
	buf_str(&w->event, call->event);
	buf_text(&w->arn, call->arn);
	w->result.call_id = call->call_id;
	w->result.started_ms = time_now_ms();
	/* A line break in a header would be the end of it. */
	for (size_t i = 0; i < w->arn.n; i++)
		if ((unsigned char)w->arn.p[i] <= ' ')
			w->arn.p[i] = '_';
	if (buf_ok(&w->event) && buf_ok(&w->arn) && uuid_make(w->result.request_id))
		return w;
	work_free(w);
	return NULL;
}
