/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bucket.h"

#include "aws/s3.h"

static enum code become(struct bucket *b, struct err *e)
{
	struct err none = { 0 };

	if (login_open(&b->login, &b->options, &none) == E_OK)
		return E_OK;
	login_close(&b->login);
	b->login = (struct login)LOGIN_INIT;
	if (none.code != E_INVALID) {
		*e = none;
		return e->code;
	}
	/* No region is named: a bucket is asked for its own, wherever the question is signed. */
	b->options.regions = "us-east-1";
	return login_open(&b->login, &b->options, e);
}

enum code bucket_open(struct cli *c, struct bucket *b, const char *place, struct object_store **out,
	struct err *e)
{
	struct str s = str_of(place), prefix;
	size_t slash = str_find(s, '/');
	struct s3_bucket at = { .bucket = arena_text(&c->arena, (struct str){ s.p, slash }),
		.kms_key = opt_text(&c->o, OPT_KMS_KEY) };

	prefix = str_from(s, slash + 1);
	while (prefix.n && prefix.p[0] == '/')
		prefix = str_from(prefix, 1);
	while (prefix.n && prefix.p[prefix.n - 1] == '/')
		prefix.n--;
	if (prefix.n)
		at.prefix = arena_text(&c->arena, prefix);
	if (!at.bucket[0])
		return err_set(e, E_INVALID, "--to s3://%s names no bucket", place);
	b->login = (struct login)LOGIN_INIT;
	b->options = (struct sweep_options){ .kind = "aws",
		.profile = opt_text(&c->o, OPT_PROFILE),
		.endpoint = opt_text(&c->o, OPT_ENDPOINT),
		/* Putting a file takes no account number, and a lone S3 has no STS to ask. */
		.account = "000000000000",
		.stop = c->stop };
	if (become(b, e))
		return e->code;
	return s3_store_open(out, b->login.aws, &at, e);
}

void bucket_close(struct bucket *b)
{
	if (b->options.kind)
		login_close(&b->login);
}
