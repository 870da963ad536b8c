/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/courier.h"

#include "aws/eventbridge.h"
#include "aws/s3.h"
#include "aws/sns.h"
#include "aws/sqs.h"
#include "aws/sqs_inbox.h"
#include "base/mem.h"
#include "base/must.h"
#include "discover/login.h"
#include "net/dir_store.h"
#include "net/file_sink.h"
#include "net/webhook.h"
#include "json/read.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEPT_MAX_BYTES = 4 << 20, SETTINGS_MAX_BYTES = 1 << 20, SECRET_MAX_BYTES = 4096 };

#define FALLBACK_REGION "us-east-1"
#define KNOCK_MS        10000

/* An AWS identity, or connections alone (for webhooks: login.aws is NULL). */
struct contact {
	struct contact *next;
	const char *key;
	struct sweep_options options;
	struct login login;
};

struct courier {
	pthread_mutex_t lock; /* over the list and canceled */
	bool canceled;
	atomic_bool forget;
	struct contact *first;
	struct arena kept;
	struct object_store *store; /* of the newest oversized(), or NULL */
	const char *bucket;
	struct arena texts; /* its own */
};

/* A sink's settings, by name; texts in an arena. */
struct settings {
	struct arena a;
	struct json *tree;
};

static enum code read_settings(struct settings *s, const struct sink *sink, struct err *e)
{
	return sink->settings ? json_read(&s->a, str_of(sink->settings), &s->tree, e) : E_OK;
}

static const char *setting(const struct settings *s, const char *name)
{
	return json_get_text(s->tree, name).p;
}

static const char *keep(struct courier *c, const char *s)
{
	return s ? arena_text(&c->kept, str_of(s)) : NULL;
}

static const char *key_of(struct settings *s, const char *what)
{
	static const char *const names[] = { "profile", "endpoint", "role_arn", "ca_bundle" };
	const char *key = what;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *v = setting(s, names[i]);

		key = arena_printf(&s->a, "%s\n%s", key, v ? v : "").p;
	}
	return key;
}

static struct contact *find(struct courier *c, const char *key)
{
	struct contact *k = c->first;

	while (k && strcmp(k->key, key) != 0)
		k = k->next;
	return k;
}

/* Signing needs a region even where the target names none. */
static enum code become(struct contact *k, struct err *e)
{
	struct err none = { 0 };

	if (login_open(&k->login, &k->options, &none) == E_OK)
		return E_OK;
	login_close(&k->login);
	k->login = (struct login)LOGIN_INIT;
	if (none.code != E_INVALID) {
		*e = none;
		return e->code;
	}
	k->options.regions = FALLBACK_REGION;
	return login_open(&k->login, &k->options, e);
}

static enum code add(struct courier *c, struct contact *k, struct err *e)
{
	enum code code = E_OK;

	pthread_mutex_lock(&c->lock);
	if (c->canceled) {
		code = err_set(e, E_CANCELED, "stopped");
	} else {
		k->next = c->first;
		c->first = k;
	}
	pthread_mutex_unlock(&c->lock);
	return code;
}

static enum code connect_to(struct courier *c, struct settings *s, const char *what, bool aws,
	struct contact **out, struct err *e)
{
	const char *key = key_of(s, what);
	struct contact *k = find(c, key);
	enum code code;

	*out = k;
	if (k)
		return E_OK;
	k = arena_alloc(&c->kept, sizeof(*k));
	if (!k)
		return err_nomem(e);
	k->key = keep(c, key);
	k->login = (struct login)LOGIN_INIT;
	/* Telling takes no account number, and a lone SNS has no STS to ask. */
	k->options = (struct sweep_options){ .kind = "aws",
		.any_account = true,
		.profile = keep(c, setting(s, "profile")),
		.endpoint = keep(c, setting(s, "endpoint")),
		.role_arn = keep(c, setting(s, "role_arn")),
		.http = { .ca_bundle = keep(c, setting(s, "ca_bundle")) } };
	if (!arena_ok(&c->kept))
		return err_nomem(e);
	code = aws ? become(k, e) : http_open(&k->login.http, &k->options.http, e);
	if (!code)
		code = add(c, k, e);
	if (code)
		login_close(&k->login);
	*out = k;
	return code;
}

static enum code aws_contact(
	struct courier *c, struct settings *s, struct contact **out, struct err *e)
{
	return connect_to(c, s, "aws", true, out, e);
}

/* arn:partition:events:region:... */
static const char *bus_region(struct arena *a, const char *bus)
{
	struct str s = str_of(bus);

	if (!str_starts(s, STR("arn:")))
		return NULL;
	for (int i = 0; i < 3; i++)
		s = str_from(s, str_find(s, ':') + 1);
	s.n = str_find(s, ':');
	return s.n ? arena_text(a, s) : NULL;
}

static const char *region_of(
	const struct settings *s, const struct contact *k, const char *of_target)
{
	const char *given = setting(s, "region");

	if (given || of_target)
		return given ? given : of_target;
	must(k->login.regions.n);
	return k->login.regions.names[0];
}

static enum code open_queue(struct courier *c, struct settings *s, const struct sink *sink,
	struct publisher **out, struct err *e)
{
	struct contact *k;
	enum code code = aws_contact(c, s, &k, e);

	return code ? code
		    : sqs_open(out, k->login.aws, sink->target,
			      region_of(s, k, sqs_url_region(&s->a, sink->target)), e);
}

static enum code open_topic(struct courier *c, struct settings *s, const struct sink *sink,
	struct publisher **out, struct err *e)
{
	struct contact *k;
	enum code code = aws_contact(c, s, &k, e);

	return code ? code : sns_open(out, k->login.aws, sink->target, e);
}

/* AWS keeps the source "aws.config" to itself; an emulator does not mind, and then everything is as it
 * is with AWS Config. */
static const char *source_of(const struct settings *s)
{
	const char *given = setting(s, "source");

	return given ? given : setting(s, "endpoint") ? "aws.config" : "siltstone.config";
}

static enum code open_bus(struct courier *c, struct settings *s, const struct sink *sink,
	struct publisher **out, struct err *e)
{
	struct eventbridge_bus bus = { .bus = sink->target, .source = source_of(s) };
	struct contact *k;
	enum code code = aws_contact(c, s, &k, e);

	if (code)
		return code;
	bus.region = region_of(s, k, bus_region(&s->a, sink->target));
	return eventbridge_open(out, k->login.aws, &bus, e);
}

/* The text of a key, without the line break behind it, is never told. */
static enum code read_secret(const char *path, struct buf *key, struct err *e)
{
	char piece[SECRET_MAX_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_DENIED, errno,
			"could not open the key in \"%s\"", path);
	while ((n = read(fd, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			buf_add(key, piece, (size_t)n);
	explicit_bzero(piece, sizeof(piece));
	close(fd);
	if (n < 0)
		return err_set(e, E_IO, "could not read the key in \"%s\"", path);
	while (key->n && strchr("\r\n", key->p[key->n - 1]))
		key->n--;
	return E_OK;
}

static enum code find_secret(const struct settings *s, struct buf *key, struct err *e)
{
	const char *path = setting(s, "secret_file"), *name = setting(s, "secret_env");
	const char *value = name ? getenv(name) : NULL;

	if (path && read_secret(path, key, e))
		return e->code;
	if (!path && value)
		buf_text(key, value);
	if (!buf_ok(key))
		return err_set(e, E_IO, "the key in \"%s\" is too long", path ? path : name);
	if ((path || name) && !key->n)
		return err_set(e, E_NOTFOUND, "there is no key in \"%s\"", path ? path : name);
	return E_OK;
}

static enum code open_webhook(struct courier *c, struct settings *s, const struct sink *sink,
	struct publisher **out, struct err *e)
{
	struct buf key = BUF_INIT(SECRET_MAX_BYTES);
	struct contact *k = NULL;
	enum code code = find_secret(s, &key, e);

	if (!code)
		code = connect_to(c, s, "web", false, &k, e);
	if (!code)
		code = webhook_open(
			out, k->login.http, sink->target, key.n ? buf_slice(&key) : STR_NONE, e);
	if (key.cap)
		explicit_bzero(key.p, key.cap);
	buf_release(&key);
	return code;
}

/* Looking without telling */

/* What is asked of each kind of the three. */
static const struct inquiry {
	const char *kind, *service, *op, *param, *hint;
} inquiries[] = {
	{ "sns", "sns", "GetTopicAttributes", "TopicArn",
		"make the topic (aws sns create-topic), allow sns:GetTopicAttributes and sns:Publish on "
		"it, or name another" },
	{ "sqs", "sqs", "GetQueueAttributes", "QueueUrl",
		"make the queue (aws sqs create-queue), allow sqs:GetQueueAttributes and "
		"sqs:SendMessage on it, or name another" },
	{ "eventbridge", "events", "DescribeEventBus", "Name",
		"make the bus (aws events create-event-bus), allow events:DescribeEventBus and "
		"events:PutEvents on it, or name another" },
};

static const char *sink_region(struct settings *s, const struct contact *k, const struct sink *sink)
{
	if (strcmp(sink->kind, "sns") == 0)
		return bus_region(&s->a, sink->target);
	return region_of(s, k,
		strcmp(sink->kind, "sqs") == 0 ? sqs_url_region(&s->a, sink->target)
					       : bus_region(&s->a, sink->target));
}

static enum code ask(struct courier *c, struct settings *s, const struct sink *sink,
	const struct inquiry *q, struct err *e)
{
	struct json *params = json_new(&s->a, JSON_OBJECT), *answer;
	struct aws_call call = { q->service, q->op, NULL, params };
	struct aws_fault fault;
	struct contact *k;

	if (aws_contact(c, s, &k, e))
		return e->code;
	call.region = sink_region(s, k, sink);
	if (params)
		json_add(params, str_of(q->param), json_string(&s->a, str_of(sink->target)));
	if (!arena_ok(&s->a))
		return err_nomem(e);
	if (aws_call(k->login.aws, &call, &s->a, &answer, &fault, e) == E_REMOTE)
		return err_hint(e, "is its endpoint right, and can this machine reach it?");
	return e->code ? err_hint(e, "%s", q->hint) : E_OK;
}

static enum code knock(
	struct courier *c, struct settings *s, const struct sink *sink, struct err *e)
{
	struct buf key = BUF_INIT(SECRET_MAX_BYTES);
	struct http_request q = {
		.method = "HEAD", .url = sink->target, .body_fd = -1, .deadline_ms = KNOCK_MS
	};
	struct http_response r = HTTP_RESPONSE_INIT;
	struct contact *k = NULL;

	if (find_secret(s, &key, e))
		err_hint(e, "put the key there, or name another place with --secret-file");
	else if (!connect_to(c, s, "web", false, &k, e))
		(void)http_perform(k->login.http, &q, &r, e);
	if (key.cap)
		explicit_bzero(key.p, key.cap);
	buf_release(&key);
	http_response_release(&r);
	return e->code;
}

static enum code look(struct courier *c, struct settings *s, const struct sink *sink, struct err *e)
{
	for (size_t i = 0; i < sizeof(inquiries) / sizeof(*inquiries); i++)
		if (strcmp(inquiries[i].kind, sink->kind) == 0)
			return ask(c, s, sink, &inquiries[i], e);
	if (strcmp(sink->kind, "webhook") == 0)
		return knock(c, s, sink, e);
	if (file_sink_check(sink->target, e))
		return err_hint(e, "make the folder, and let the user of the daemon write to it");
	return E_OK;
}

enum code courier_check(struct courier *c, const struct sink *sink, struct err *e)
{
	struct settings s = { .a = ARENA_INIT(SETTINGS_MAX_BYTES) };

	if (!read_settings(&s, sink, e))
		look(c, &s, sink, e);
	arena_release(&s.a);
	return e->code;
}

static enum code open_publisher(struct courier *c, struct settings *s, const struct sink *sink,
	struct publisher **out, struct err *e)
{
	static const struct {
		const char *kind;
		enum code (*open)(struct courier *c, struct settings *s, const struct sink *sink,
			struct publisher **out, struct err *e);
	} kinds[] = {
		{ "sns", open_topic },
		{ "sqs", open_queue },
		{ "eventbridge", open_bus },
		{ "webhook", open_webhook },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].kind, sink->kind) == 0)
			return kinds[i].open(c, s, sink, out, e);
	if (strcmp(sink->kind, "file") == 0)
		return file_sink_open(out, sink->target, e);
	return err_set(e, E_INVALID, "there is no sink of kind \"%s\"", sink->kind);
}

static void forget_store(struct courier *c)
{
	if (c->store)
		c->store->free(c->store);
	c->store = NULL;
	c->bucket = NULL;
	arena_release(&c->texts);
}

static void forget_contacts(struct courier *c)
{
	forget_store(c);
	pthread_mutex_lock(&c->lock);
	for (struct contact *k = c->first; k; k = k->next)
		login_close(&k->login);
	c->first = NULL;
	pthread_mutex_unlock(&c->lock);
	arena_release(&c->kept);
}

static enum code publisher(
	void *ctx, const struct sink *sink, struct publisher **out, struct err *e)
{
	struct settings s = { .a = ARENA_INIT(SETTINGS_MAX_BYTES) };
	struct courier *courier = ctx;
	enum code c = read_settings(&s, sink, e);

	/* Whoever got a publisher has freed it before the next one is asked for. */
	if (atomic_exchange(&courier->forget, false))
		forget_contacts(courier);
	if (!c)
		c = open_publisher(ctx, &s, sink, out, e);
	arena_release(&s.a);
	return c;
}

static enum code open_bucket(struct courier *c, struct settings *s, struct str place, struct err *e)
{
	const size_t slash = str_find(place, '/');
	struct str prefix = str_from(place, slash + 1);
	struct s3_bucket at = { .bucket = arena_text(&c->texts, (struct str){ place.p, slash }),
		.kms_key = setting(s, "kms_key") };
	struct contact *k;

	while (prefix.n && prefix.p[prefix.n - 1] == '/')
		prefix.n--;
	if (prefix.n)
		at.prefix = arena_text(&c->texts, prefix);
	c->bucket = at.bucket;
	if (aws_contact(c, s, &k, e))
		return e->code;
	return s3_store_open(&c->store, k->login.aws, &at, e);
}

static enum code open_store(struct courier *c, struct settings *s, struct err *e)
{
	const struct str place = json_get_text(s->tree, "oversized");

	if (!place.n)
		return E_OK;
	if (str_starts(place, STR("s3://")))
		return open_bucket(c, s, str_from(place, 5), e);
	c->bucket = arena_text(&c->texts, str_from(place, 4));
	if (str_starts(place, STR("dir:")))
		return dir_store_open(&c->store, c->bucket, e);
	return E_OK;
}

static enum code oversized(void *ctx, const struct sink *sink, struct object_store **out,
	const char **bucket, struct err *e)
{
	struct courier *c = ctx;
	struct settings s = { .a = ARENA_INIT(SETTINGS_MAX_BYTES) };
	enum code code;

	forget_store(c);
	code = read_settings(&s, sink, e);
	if (!code)
		code = open_store(c, &s, e);
	arena_release(&s.a);
	*out = c->store;
	*bucket = c->bucket;
	return code;
}

enum code courier_open(struct courier **out, struct err *e)
{
	static const struct arena kept = ARENA_INIT(KEPT_MAX_BYTES),
				  texts = ARENA_INIT(SETTINGS_MAX_BYTES);
	struct courier *c = mem_alloc(sizeof(*c));

	if (!c)
		return err_nomem(e);
	pthread_mutex_init(&c->lock, NULL);
	c->kept = kept;
	c->texts = texts;
	*out = c;
	return E_OK;
}

void courier_close(struct courier *c)
{
	if (!c)
		return;
	forget_contacts(c);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

void courier_cancel(struct courier *c)
{
	pthread_mutex_lock(&c->lock);
	c->canceled = true;
	for (struct contact *k = c->first; k; k = k->next)
		http_cancel(k->login.http);
	pthread_mutex_unlock(&c->lock);
}

void courier_forget(struct courier *c)
{
	atomic_store(&c->forget, true);
}

struct notify_ports courier_ports(struct courier *c)
{
	return (struct notify_ports){ publisher, oversized, c };
}
