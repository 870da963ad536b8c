/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/message.h"

#include "base/mem.h"
#include "base/sha256.h"

enum { TEXTS_MAX_BYTES = 64 << 10 };

static const char *keep(struct arena *a, const char *s)
{
	return s ? arena_text(a, str_of(s)) : NULL;
}

enum code aws_publisher_new(struct aws_publisher **out, struct aws *aws, const char *target,
	const char *region, struct err *e)
{
	static const struct arena fresh = ARENA_INIT(TEXTS_MAX_BYTES);
	const struct str s = str_of(target), fifo = STR(".fifo");
	struct aws_publisher *p = mem_alloc(sizeof(*p));

	if (!p)
		return err_nomem(e);
	p->texts = fresh;
	p->aws = aws;
	p->target = keep(&p->texts, target);
	p->region = keep(&p->texts, region);
	p->fifo = s.n > fifo.n && str_eq(str_from(s, s.n - fifo.n), fifo);
	p->port.free = aws_publisher_free;
	if (!arena_ok(&p->texts)) {
		aws_publisher_free(&p->port);
		return err_nomem(e);
	}
	*out = p;
	return E_OK;
}

void aws_publisher_free(struct publisher *port)
{
	struct aws_publisher *p = (struct aws_publisher *)port;

	arena_release(&p->texts);
	mem_free(p);
}

void message_put(struct arena *a, struct json *params, const char *name, const char *value)
{
	if (params && value)
		json_add(params, str_of(name), json_string(a, str_of(value)));
}

/* A group's name has at most 128 characters and no blanks; ARNs may be longer. */
void message_put_fifo(struct arena *a, struct json *params, const struct message *m)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	if (m->arn && sha256_of(str_of(m->arn), digest))
		json_add(params, STR("MessageGroupId"),
			json_string(a, arena_str(a, str_of(sha256_hex(digest, hex)))));
	else
		message_put(a, params, "MessageGroupId", m->type);
	json_add(params, STR("MessageDeduplicationId"),
		json_string(a, arena_printf(a, "siltstone-%lld", (long long)m->event_id)));
}

/* arn:partition:service:region:account:name */
struct str message_arn_region(const char *arn)
{
	struct str s = str_of(arn);

	if (!str_starts(s, STR("arn:")))
		return STR_NONE;
	for (int i = 0; i < 3; i++)
		s = str_from(s, str_find(s, ':') + 1);
	s.n = str_find(s, ':');
	return s.n ? s : STR_NONE;
}
