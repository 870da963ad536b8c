/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/endpoint.h"

#include "aws/aws.h"
#include "net/credentials.h"

/* Which regions belong to a partition, and the domain of its endpoints (botocore endpoints.json). */
static const struct {
	const char *prefix, *partition, *suffix, *main_region;
} partitions[] = {
	{ "cn-", "aws-cn", "amazonaws.com.cn", "cn-north-1" },
	{ "us-gov-", "aws-us-gov", "amazonaws.com", "us-gov-west-1" },
	{ "us-iso-", "aws-iso", "c2s.ic.gov", "us-iso-east-1" },
	{ "us-isob-", "aws-iso-b", "sc2s.sgov.gov", "us-isob-east-1" },
	{ "eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "eu-isoe-west-1" },
	{ "us-isof-", "aws-iso-f", "csp.hci.ic.gov", "us-isof-south-1" },
	{ "eusc-", "aws-eusc", "amazonaws.eu", "eusc-de-east-1" },
	{ "", "aws", "amazonaws.com", "us-east-1" },
};
enum { N_PARTITIONS = sizeof(partitions) / sizeof(*partitions) };

static size_t partition_of(const char *region)
{
	size_t i = 0;

	while (!str_starts(str_of(region), str_of(partitions[i].prefix)))
		i++;
	return i;
}

const char *aws_partition(const char *region)
{
	return partitions[partition_of(region ? region : "")].partition;
}

static size_t partition_named(const char *name)
{
	for (size_t i = 0; i < N_PARTITIONS; i++)
		if (strcmp(partitions[i].partition, name) == 0)
			return i;
	return N_PARTITIONS - 1;
}

static bool is_label(struct str s)
{
	if (!s.n || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", s.p[i]) || !s.p[i])
			return false;
	return true;
}

static const struct api_global *find_global(const struct api_service *s, const char *partition)
{
	for (size_t i = 0; i < api_n_globals; i++) {
		const struct api_global *g = &api_globals[i];

		if (g->service == s->name && strcmp(api_text(g->partition), partition) == 0)
			return g;
	}
	return NULL;
}

static const char *without_port(struct arena *a, struct str host, const char *port)
{
	size_t n = strlen(port);

	if (host.n > n && memcmp(host.p + host.n - n, port, n) == 0)
		host.n -= n;
	return arena_text(a, host);
}

/* "http://127.0.0.1:5000/prefix/" */
static enum code take_apart(struct arena *a, const char *url, struct endpoint *out, struct err *e)
{
	struct str rest = str_of(url), host, path;
	bool secure = str_starts(rest, STR("https://"));

	if (!secure && !str_starts(rest, STR("http://"))) {
		err_set(e, E_INVALID, "the endpoint \"%s\" is no http or https URL", url);
		return err_hint(e, "write it as in \"http://127.0.0.1:4566\"");
	}
	rest = str_from(rest, secure ? 8 : 7);
	host = (struct str){ rest.p, str_find(rest, '/') };
	path = str_from(rest, host.n);
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	if (!host.n || str_find(host, '@') < host.n || str_find(rest, '?') < rest.n)
		return err_set(
			e, E_INVALID, "the endpoint \"%s\" is not just a host and a path", url);
	out->origin = arena_printf(a, "%s://%.*s", secure ? "https" : "http", STR_ARG(host)).p;
	out->host = without_port(a, host, secure ? ":443" : ":80");
	out->path = arena_text(a, path);
	out->custom = true;
	return arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code check_region(const struct endpoint_query *q, struct err *e)
{
	const char *service = api_text(q->service->name);

	if (!q->region || !*q->region) {
		err_set(e, E_INVALID, "no region is given for %s", service);
		return err_hint(e, "set AWS_REGION or give a region");
	}
	if (is_label(str_of(q->region)))
		return E_OK;
	return err_set(e, E_INVALID, "\"%s\" cannot be a region", q->region);
}

static const char *region_for(const struct endpoint_query *q, size_t partition)
{
	/* "global" and "aws-global" are how some name the place of services without regions. */
	if (!q->region || !*q->region || strstr(q->region, "global"))
		return partitions[partition].main_region;
	return q->region;
}

enum code endpoint_find(
	struct arena *a, const struct endpoint_query *q, struct endpoint *out, struct err *e)
{
	const struct api_service *s = q->service;
	size_t p = partition_of(q->region ? q->region : "");
	const struct api_global *g;
	const char *override = q->override;

	if (p == N_PARTITIONS - 1 && q->partition)
		p = partition_named(q->partition);
	g = find_global(s, partitions[p].partition);
	if (!g && check_region(q, e) != E_OK)
		return e->code;
	if (!override && credentials_endpoint(a, q->profile, api_text(s->id), &override, e) != E_OK)
		return e->code;
	*out = (struct endpoint){ .path = "" };
	out->region = g ? api_text(g->region) : arena_text(a, str_of(region_for(q, p)));
	if (override)
		return take_apart(a, override, out, e);
	if (g)
		out->host = api_text(g->host);
	else
		out->host = arena_printf(a, "%s.%s.%s", api_text(s->endpoint_prefix), out->region,
			partitions[p].suffix)
				    .p;
	out->origin = arena_printf(a, "https://%s", out->host).p;
	return arena_ok(a) ? E_OK : err_nomem(e);
}

/* "{AccountId}." of s3control: one label out of the parameters, or nothing but text. */
static enum code host_prefix(struct arena *a, const struct api_op *op, const struct json *params,
	const char **out, struct err *e)
{
	struct str template = str_of(api_text(op->host_prefix)), value;
	size_t open = str_find(template, '{'), close = str_find(template, '}');
	struct str name = { template.p + open + 1, close - open - 1 };
	const struct json *v;

	if (open == template.n || close <= open) {
		*out = template.p;
		return E_OK;
	}
	v = json_get_str(params, name);
	value = v ? v->text : STR_NONE;
	if (!is_label(value))
		return err_set(e, E_INVALID,
			"parameter \"%.*s\" must be able to stand in a host name", STR_ARG(name));
	*out = arena_printf(
		a, "%.*s%.*s%s", (int)open, template.p, STR_ARG(value), template.p + close + 1)
		       .p;
	return E_OK;
}

/* True when the bucket can stand in front of the host: under a wildcard certificate no name with
 * dots can. */
static bool fits_host(struct str bucket)
{
	return bucket.n >= 3 && is_label(bucket);
}

enum code endpoint_address(struct arena *a, const struct endpoint *at, const struct wire *w,
	struct address *out, struct err *e)
{
	const char *prefix = "", *mark = w->query.n ? "?" : "";

	*out = (struct address){ .host = at->host };
	out->path = arena_printf(a, "%s%.*s", at->path, STR_ARG(w->path));
	if (at->custom) {
		out->url = arena_printf(
			a, "%s%.*s%s%.*s", at->origin, STR_ARG(out->path), mark, STR_ARG(w->query))
				   .p;
		return arena_ok(a) ? E_OK : err_nomem(e);
	}
	if (fits_host(w->bucket)) {
		prefix = arena_printf(a, "%.*s.", STR_ARG(w->bucket)).p;
		out->path = str_from(w->path, w->bucket.n + 1);
		if (!out->path.n)
			out->path = STR("/");
	} else if (w->op && host_prefix(a, w->op, w->params, &prefix, e) != E_OK) {
		return e->code;
	}
	out->host = arena_printf(a, "%s%s", prefix, at->host).p;
	out->url = arena_printf(
		a, "https://%s%.*s%s%.*s", out->host, STR_ARG(out->path), mark, STR_ARG(w->query))
			   .p;
	return arena_ok(a) ? E_OK : err_nomem(e);
}
