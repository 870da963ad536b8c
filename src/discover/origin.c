/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/origin.h"

#include "aws/s3_source.h"
#include "net/file_source.h"

#define TEXT_BYTES (1 << 16)

static enum code open_bucket(struct origin *o, const struct origin_options *q, struct err *e)
{
	struct arena a = ARENA_INIT(TEXT_BYTES);
	struct str where = str_from(str_of(q->where), 5);
	const size_t slash = str_find(where, '/');
	const struct s3_place at = { .bucket = arena_text(&a, (struct str){ where.p, slash }),
		.prefix = arena_text(&a, str_from(where, slash + 1)),
		.wants = file_source_wants };

	o->options = (struct sweep_options){ .kind = "aws",
		.profile = q->profile,
		.endpoint = q->endpoint,
		.any_account = true,
		.stop = q->stop };
	if (!arena_ok(&a))
		err_nomem(e);
	else if (!at.bucket[0])
		err_set(e, E_INVALID, "\"%s\" names no bucket", q->where);
	else if (!login_anywhere(&o->login, &o->options, e))
		s3_source_open(&o->source, o->login.aws, &at, e);
	arena_release(&a);
	return e->code;
}

enum code origin_open(struct origin *o, const struct origin_options *q, struct err *e)
{
	if (str_starts(str_of(q->where), STR("s3://")))
		return open_bucket(o, q, e);
	return file_source_open(&o->source, q->where, e);
}

void origin_close(struct origin *o)
{
	if (o->source)
		o->source->free(o->source);
	o->source = NULL;
	if (o->options.kind)
		login_close(&o->login);
	o->options.kind = NULL;
}
