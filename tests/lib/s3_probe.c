/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s3_probe - put a file into a bucket, for the end-to-end tests.
 *
 *     s3_probe ENDPOINT BUCKET KEY FILE [prefix=P] [region=R] [kms=ARN] [part=BYTES]
 *              [encoding=E] [times=N]
 *
 * Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Prints where
 * the file went; on failure the name of the code, the message and the hint, one line each.
 */
#include "aws/s3.h"
#include "base/time.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct wish {
	struct s3_bucket bucket;
	const char *encoding;
	int times;
};

static const char *value_of(char **args, const char *name, const char *otherwise)
{
	size_t n = strlen(name);

	for (; *args; args++)
		if (strncmp(*args, name, n) == 0 && (*args)[n] == '=')
			return *args + n + 1;
	return otherwise;
}

static struct credentials keys_of_environment(void)
{
	return (struct credentials){ getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"),
		getenv("AWS_SESSION_TOKEN"), TIME_FOREVER_MS };
}

static enum code describe(struct object *o, const char *path, struct err *e)
{
	char piece[4096];
	struct sha256 h;
	ssize_t n;

	o->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (o->fd < 0)
		return err_set(e, E_IO, "could not open \"%s\"", path);
	sha256_init(&h);
	while ((n = read(o->fd, piece, sizeof(piece))) > 0) {
		sha256_add(&h, piece, (size_t)n);
		o->bytes += n;
	}
	return sha256_finish(&h, o->sha256) ? E_OK : err_nomem(e);
}

static enum code put(struct aws *aws, const struct wish *w, struct object *o, struct err *e)
{
	struct object_store *store = NULL;
	enum code c = s3_store_open(&store, aws, &w->bucket, e);

	for (int i = 0; i < w->times && !c; i++)
		c = store->put(store, o, e);
	if (!c)
		puts(store->where(store, o->key));
	if (store)
		store->free(store);
	return c;
}

int main(int argc, char **argv)
{
	struct object o = { .content_type = "application/json" };
	struct credentials keys = keys_of_environment();
	struct aws_options options = { .endpoint = argc > 1 ? argv[1] : NULL, .attempts = 3 };
	struct http_options transport = { .connect_ms = 2000 };
	struct http *http = NULL;
	struct aws *aws = NULL;
	struct err e = { 0 };
	struct wish w;
	enum code c;

	if (argc < 5)
		return 2;
	w.bucket = (struct s3_bucket){ argv[2], value_of(argv + 5, "prefix", NULL),
		value_of(argv + 5, "region", NULL), value_of(argv + 5, "kms", NULL),
		strtoll(value_of(argv + 5, "part", "0"), NULL, 10) };
	w.times = (int)strtol(value_of(argv + 5, "times", "1"), NULL, 10);
	o.key = argv[3];
	o.content_encoding = value_of(argv + 5, "encoding", NULL);
	c = describe(&o, argv[4], &e);
	if (!c)
		c = http_open(&http, &transport, &e);
	options.http = http;
	if (!c)
		c = aws_open(&aws, &options, &keys, &e);
	if (!c)
		c = put(aws, &w, &o, &e);
	aws_close(aws);
	http_close(http);
	if (c)
		fprintf(stderr, "%s\n%s\n%s\n", code_name(c), e.msg, e.hint);
	return code_exit_status(c);
}
