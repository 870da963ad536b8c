/* SPDX-License-Identifier: Apache-2.0 */
/*
 * siltstone-host - the exec source that describes the Linux host it runs on.
 *
 * One request stands on standard input, {"op":"list","type":T} or {"op":"get","type":T,"id":I};
 * the answer is one JSON object a line. A list is ended by {"complete":true}, which permits the
 * reader to take what was not named for deleted; a get of what is not there answers
 * {"gone":true}. SILTSTONE_HOST_ROOT is a folder to look below instead of "/".
 */
#include "base/arena.h"
#include "base/buf.h"
#include "host/host.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REQUEST_MAX_BYTES (1U << 20)
#define ANSWER_MAX_BYTES  (256U << 20)
#define ARENA_MAX_BYTES   (1U << 30)

static const struct collector {
	const char *type;
	const char *id; /* the member that names a configuration */
	enum code (*list)(struct host *host, struct err *e);
} collectors[] = {
	{ "Siltstone::Host::Address", "id", address_list },
	{ "Siltstone::Host::BlockDevice", "name", block_list },
	{ "Siltstone::Host::Mount", "mountPoint", mount_list },
	{ "Siltstone::Host::NetworkInterface", "name", interface_list },
	{ "Siltstone::Host::Package", "id", package_list },
	{ "Siltstone::Host::Route", "id", route_list },
	{ "Siltstone::Host::Socket", "id", socket_list },
	{ "Siltstone::Host::SystemdUnit", "name", unit_list },
	{ "Siltstone::Host::User", "name", user_list },
};

struct entry {
	struct str id;
	size_t place;
	const struct json *configuration;
};

static int by_id_then_place(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int d = str_cmp(a->id, b->id);

	return d ? d : a->place < b->place ? -1 : a->place > b->place;
}

static enum code sort(struct host *host, const char *id, struct entry **sorted, struct err *e)
{
	struct entry *all = arena_alloc(host->a, (host->found->n + 1) * sizeof(*all));
	size_t n = 0;

	/* Whatever a collector could not get memory for is told here. */
	if (!all || !arena_ok(host->a))
		return err_nomem(e);
	for (const struct json *v = host->found->first; v; v = v->next, n++)
		all[n] = (struct entry){ json_get_text(v, id), n, v };
	qsort(all, n, sizeof(*all), by_id_then_place);
	*sorted = all;
	return E_OK;
}

static void write_line(struct buf *out, const struct json *configuration)
{
	buf_text(out, "{\"configuration\":");
	json_write(out, configuration);
	buf_text(out, ",\"tags\":{}}\n");
}

/* One line for each id, or for @wanted only; of two with one id the later stands, as the upper
 * of two mounts in one place does. */
static bool write_entries(struct buf *out, const struct entry *sorted, size_t n, struct str wanted)
{
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && str_eq(sorted[i].id, sorted[i + 1].id))
			continue;
		if (wanted.p && !str_eq(sorted[i].id, wanted))
			continue;
		write_line(out, sorted[i].configuration);
		found = true;
	}
	return found;
}

static enum code find_collector(struct str type, const struct collector **collector, struct err *e)
{
	for (size_t i = 0; i < sizeof(collectors) / sizeof(*collectors); i++)
		if (str_is(type, collectors[i].type)) {
			*collector = &collectors[i];
			return E_OK;
		}
	return err_set(e, E_INVALID, "unknown type \"%.*s\"", STR_ARG(type));
}

static enum code answer(
	struct host *host, const struct json *request, struct buf *out, struct err *e)
{
	struct str op = json_get_text(request, "op"), id = json_get_text(request, "id");
	bool get = str_is(op, "get");
	const struct collector *collector = NULL;
	struct entry *sorted = NULL;
	enum code c = find_collector(json_get_text(request, "type"), &collector, e);

	if (c)
		return c;
	if (!get && !str_is(op, "list"))
		return err_set(e, E_INVALID, "unknown op \"%.*s\"", STR_ARG(op));
	if (get && !id.p)
		return err_set(e, E_INVALID, "op \"get\" needs an id");
	c = collector->list(host, e);
	if (!c)
		c = sort(host, collector->id, &sorted, e);
	if (c)
		return err_add(e, "list %s", collector->type);
	if (!write_entries(out, sorted, host->found->n, get ? id : STR_NONE) && get)
		buf_text(out, "{\"gone\":true}\n");
	if (!get)
		buf_text(out, "{\"complete\":true}\n");
	return E_OK;
}

static enum code read_request(struct arena *a, struct json **request, struct err *e)
{
	struct buf b = BUF_INIT(REQUEST_MAX_BYTES);
	char chunk[4096];
	ssize_t n;
	enum code c = E_OK;

	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
		if (n > 0)
			buf_add(&b, chunk, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	if (n < 0)
		c = err_sys(e, E_IO, errno, "could not read the request");
	else if (!buf_ok(&b))
		c = err_set(e, E_TOOBIG, "request is over %u bytes", REQUEST_MAX_BYTES);
	else
		c = json_read(a, buf_slice(&b), request, e);
	buf_release(&b);
	return c;
}

static enum code print(const struct buf *out, struct err *e)
{
	if (!buf_ok(out))
		return err_set(e, E_TOOBIG, "answer is over %u bytes", ANSWER_MAX_BYTES);
	if (fwrite(out->p, 1, out->n, stdout) != out->n || fflush(stdout))
		return err_sys(e, E_IO, errno, "could not write the answer");
	return E_OK;
}

/* The folder without a '/' at its end. */
static const char *root_folder(struct arena *a)
{
	struct str root = str_of(getenv("SILTSTONE_HOST_ROOT"));

	while (root.n && root.p[root.n - 1] == '/')
		root.n--;
	return arena_text(a, root);
}

int main(void)
{
	struct arena a = ARENA_INIT(ARENA_MAX_BYTES);
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct host host = { .a = &a, .root = root_folder(&a) };
	struct json *request = NULL;
	struct err e = { 0 };
	enum code c;

	host.found = json_new(&a, JSON_ARRAY);
	c = host.found ? read_request(&a, &request, &e) : err_nomem(&e);
	if (!c)
		c = answer(&host, request, &out, &e);
	if (!c)
		c = print(&out, &e);
	if (c)
		fprintf(stderr, "siltstone-host: %s\n", e.msg);
	buf_release(&out);
	arena_release(&a);
	return c ? EXIT_FAILURE : EXIT_SUCCESS;
}
