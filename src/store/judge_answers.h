/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/judge.h"

/** Run the trial's statement and keep what it says (temp.judge_answer). Part of judge_run(). */
enum code judge_answers_take(struct judge *j, const struct judge_trial *trial, struct err *e);

/** One answer of somebody else's (a policy's): about an item that is judged. E_INVALID: it is not. */
enum code judge_answers_add(
	struct judge *j, int64_t item_id, struct str result, struct str annotation, struct err *e);

/** The next item after *@item_id that is judged, as AWS Config writes it; @item lives in @a. E_NOTFOUND: it was the last. */
enum code judge_item_after(
	struct judge *j, int64_t *item_id, struct arena *a, struct str *item, struct err *e);

/** @text cut to the 256 characters that an annotation may have. */
struct str judge_annotation(struct arena *a, struct str text);
