/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/login.h"

#include "aws/shape.h"
#include "aws/sts.h"
#include "base/time.h"
#include "discover/fleet.h"
#include "net/credentials.h"
#include "json/path.h"
#include <stdlib.h>

/* What an emulator on this machine is given when nobody says otherwise. */
#define TEST_KEY     "siltstone"
#define TEST_ACCOUNT "123456789012"

/* How the identity is come by, kept for when it runs out. Used by one thread at a time: the
 * AWS layer asks for fresh credentials once. */
struct login_chain {
	struct http *http;
	const struct sweep_options *options;
	const char *region; /* the profile's or environment's; or NULL */
	bool test_keys;
};

/* Where a host ends in a URL. */
static bool ends_host(const char *p)
{
	return !*p || *p == ':' || *p == '/';
}

bool login_is_loopback(const char *endpoint)
{
	const char *host = endpoint ? strstr(endpoint, "://") : NULL;

	if (!host)
		return false;
	host += 3;
	/* A name that merely begins so ("localhost.example.com") is another machine's. */
	if (strncmp(host, "localhost", 9) == 0)
		return ends_host(host + 9);
	if (strncmp(host, "[::1]", 5) == 0)
		return ends_host(host + 5);
	return strncmp(host, "127.", 4) == 0 && ends_host(host + strspn(host, "0123456789."));
}

/* NULL: AWS itself. */
static enum code find_endpoint(
	struct arena *a, const struct sweep_options *o, const char **out, struct err *e)
{
	*out = o->endpoint;
	return *out ? E_OK : credentials_endpoint(a, o->profile, "sts", out, e);
}

static enum code use_test_keys(struct credentials *out, struct err *e)
{
	char key[] = TEST_KEY, secret[] = TEST_KEY;
	struct credentials keys = {
		.access_key = key, .secret_key = secret, .expires_ms = TIME_FOREVER_MS
	};

	return credentials_copy(out, &keys, e);
}

/* Assume @role with @keys, which are replaced by what that gives. */
static enum code assume(
	struct login_chain *chain, const struct role *role, struct credentials *keys, struct err *e)
{
	struct aws_options aws = { .http = chain->http,
		.profile = chain->options->profile,
		.endpoint = chain->options->endpoint };
	struct credentials fresh = { 0 };
	const char *region = chain->region ? chain->region : "us-east-1";
	enum code c = sts_assume(&aws, region, keys, role, &fresh, e);

	if (!c) {
		credentials_release(keys);
		*keys = fresh;
	}
	return c;
}

/* For test keys: without credentials the chain does not tell a region either. */
static const char *region_of_environment(void)
{
	const char *region = getenv("AWS_REGION");

	if (!region || !*region)
		region = getenv("AWS_DEFAULT_REGION");
	return region && *region ? region : NULL;
}

/* The whole chain, from the environment to the last role. */
static enum code find_keys(
	struct login_chain *chain, struct arena *a, struct credentials *out, struct err *e)
{
	const struct sweep_options *o = chain->options;
	struct credentials_query query = { .profile = o->profile };
	const char *endpoint;
	struct credentials_found found = { 0 };
	struct role extra = { .role_arn = o->role_arn,
		.session_name = "siltstone",
		.external_id = o->external_id,
		.policy = o->session_policy,
		.duration_s = 3600 };
	struct err why = { 0 };
	enum code c;

	if (find_endpoint(a, o, &endpoint, e))
		return e->code;
	query.no_metadata = endpoint != NULL;
	c = credentials_find(a, chain->http, &query, &found, &why);
	chain->test_keys = c == E_NOTFOUND && login_is_loopback(endpoint);
	if (chain->test_keys)
		c = use_test_keys(&found.keys, e);
	else if (c)
		*e = why;
	if (!chain->region)
		chain->region = found.region ? found.region : region_of_environment();
	if (!c && found.assume)
		c = assume(chain, found.assume, &found.keys, e);
	/* Of several accounts the role is that of each; this is who assumes it. */
	if (!c && o->role_arn && !fleet_is_meant(o))
		c = assume(chain, &extra, &found.keys, e);
	if (c)
		credentials_release(&found.keys);
	else
		*out = found.keys;
	return c;
}

static enum code refresh(void *ctx, struct credentials *fresh, struct err *e)
{
	struct login_chain *chain = ctx;
	struct arena a = ARENA_INIT(1 << 20);
	const char *region = chain->region;
	enum code c;

	/* Its text lives in the login's arena; this one is about to go. */
	chain->region = region ? region : "us-east-1";
	c = find_keys(chain, &a, fresh, e);
	chain->region = region;
	arena_release(&a);
	return c ? err_add(e, "renew credentials") : E_OK;
}

static bool is_account(const char *s)
{
	return strlen(s) == 12 && strspn(s, "0123456789") == 12;
}

static enum code other_account(const char *given, const char *is, struct err *e)
{
	err_set(e, E_INVALID, "the credentials are those of account %s, not %s", is, given);
	return err_hint(e, "recorded as the other account, everything of it would seem gone; leave "
			   "--account out, or name another profile");
}

/* The account, and with it the proof that the credentials are good. */
static enum code find_account(struct login *login, struct err *e)
{
	struct login_chain *chain = login->chain;
	const char *given = chain->options->account;
	const char *region = chain->region ? chain->region : login->regions.names[0];
	struct err why = { 0 };
	enum code c;

	if (given && !is_account(given)) {
		err_set(e, E_INVALID, "\"%.40s\" is no account: it takes 12 digits", given);
		return err_hint(e, "leave it out, and the credentials say which account it is");
	}
	login->account = given;
	/* An endpoint of one's own may be an emulator, which takes any account. */
	if (chain->options->any_account || (given && chain->options->endpoint))
		return E_OK;
	c = sts_account(login->aws, region, &login->arena, &login->account, &why);
	if (c == E_UNSUPPORTED && chain->test_keys) {
		login->account = TEST_ACCOUNT;
		return E_OK;
	}
	if (c)
		*e = why;
	else if (given && strcmp(given, login->account) != 0)
		return other_account(given, login->account, e);
	return c;
}

struct naming_regions {
	struct arena *a;
	struct regions *out;
};

static bool take_region(void *ctx, const struct json_place *place)
{
	struct naming_regions *n = ctx;

	n->out->names[n->out->n++] = arena_text(n->a, place->value->text);
	return true;
}

/* Those enabled for the account. */
static enum code all_regions(struct login *login, struct regions *out, struct err *e)
{
	struct aws_call call = { "ec2", "DescribeRegions",
		login->chain->region ? login->chain->region : "us-east-1", NULL };
	struct naming_regions n = { &login->arena, out };
	struct aws_fault fault;
	struct json *answer = NULL, *list;
	enum code c = aws_call(login->aws, &call, &login->arena, &answer, &fault, e);

	if (c)
		return err_add(e, "list the regions");
	list = json_get(answer, "Regions");
	out->n = 0;
	out->names = arena_alloc(&login->arena, (1 + (list ? list->n : 0)) * sizeof(*out->names));
	if (!out->names)
		return err_nomem(e);
	json_visit_response(answer, "Regions[].RegionName", take_region, &n);
	if (!out->n)
		return err_set(e, E_CORRUPT, "ec2 DescribeRegions named no region");
	return arena_ok(&login->arena) ? E_OK : err_nomem(e);
}

static bool is_among(const char *name, const struct regions *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(name, all->names[i]) == 0)
			return true;
	return false;
}

/* A well-formed name that was not there when this program was made may be a new region or a
 * typo; AWS knows. An emulator may call its regions what it likes. */
static enum code check_unknown(struct login *login, struct err *e)
{
	struct regions all = { NULL, 0 };
	const char *endpoint;
	enum code c = find_endpoint(&login->arena, login->chain->options, &endpoint, e);

	if (endpoint)
		return E_OK;
	for (size_t i = 0; i < login->regions.n && !c; i++) {
		const char *name = login->regions.names[i];

		if (region_is_known(str_of(name)))
			continue;
		if (!all.n)
			c = all_regions(login, &all, e);
		if (!c && !is_among(name, &all))
			c = region_unknown(str_of(name), e);
	}
	return c;
}

static enum code name_regions(struct login *login, struct err *e)
{
	const char *asked = login->chain->options->regions;

	if (!asked || !*asked)
		asked = login->chain->region;
	if (asked && strcmp(asked, "all") == 0)
		return all_regions(login, &login->regions, e);
	if (!asked) {
		(void)err_set(e, E_INVALID, "no region is named");
		return err_hint(e, "name some (\"us-east-1,eu-west-1\" or \"all\"), or set "
				   "AWS_REGION or the profile's region");
	}
	return regions_split(&login->arena, asked, &login->regions, e);
}

static enum code open_aws(struct login *login, struct err *e)
{
	const struct sweep_options *o = login->chain->options;
	struct credentials keys = { 0 };
	struct aws_options aws = {
		.http = login->http, .profile = o->profile, .endpoint = o->endpoint
	};
	enum code c = find_keys(login->chain, &login->arena, &keys, e);

	if (!c && login->chain->region)
		aws.partition = aws_partition(login->chain->region);
	if (!c)
		c = aws_open(&login->aws, &aws, &keys, e);
	if (!c)
		aws_on_expiry(login->aws, refresh, login->chain);
	credentials_release(&keys);
	return c;
}

enum code login_open(struct login *login, const struct sweep_options *options, struct err *e)
{
	struct login_chain *chain = arena_alloc(&login->arena, sizeof(*chain));
	struct http_options http = options->http;
	enum code c;

	if (!chain)
		return err_nomem(e);
	http.stop = options->stop;
	c = http_open(&login->http, &http, e);
	if (c)
		return c;
	*chain = (struct login_chain){ .http = login->http, .options = options };
	login->chain = chain;
	c = open_aws(login, e);
	if (!c)
		c = name_regions(login, e);
	if (!c)
		c = check_unknown(login, e);
	return c ? c : find_account(login, e);
}

void login_close(struct login *login)
{
	aws_close(login->aws);
	http_close(login->http);
	arena_release(&login->arena);
	login->aws = NULL;
	login->http = NULL;
}

static enum code call(void *ctx, const struct aws_call *q, struct arena *a, struct json **out,
	struct aws_fault *fault, struct err *e)
{
	return aws_call(ctx, q, a, out, fault, e);
}

static enum code pages(void *ctx, const struct aws_call *q, int page_size, aws_page_fn *fn,
	void *fn_ctx, struct aws_fault *fault, struct err *e)
{
	return aws_pages(ctx, q, page_size, fn, fn_ctx, fault, e);
}

enum { MEMBERS_MAX = 512 };

struct members {
	const char *names[MEMBERS_MAX];
	size_t n;
};

static void take_member(void *ctx, const char *name)
{
	struct members *m = ctx;

	if (m->n < MEMBERS_MAX)
		m->names[m->n++] = name;
}

static bool is_member(const struct members *m, struct str name)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_is(name, m->names[i]))
			return true;
	return false;
}

static void cut(
	void *ctx, const char *service, const char *op, const char *items, struct json *item)
{
	struct members m = { .n = 0 };
	struct err ignored = { 0 };
	struct json *next;

	(void)ctx;
	if (aws_item_members(service, op, items, take_member, &m, &ignored) || m.n == MEMBERS_MAX)
		return;
	for (struct json *v = item->first; v; v = next) {
		next = v->next;
		if (!is_member(&m, v->key))
			json_remove(item, v);
	}
}

struct caller login_caller(struct login *login)
{
	return (struct caller){ call, pages, cut, login->aws };
}

enum code login_anywhere(struct login *login, struct sweep_options *options, struct err *e)
{
	struct err none = { 0 };

	if (login_open(login, options, &none) == E_OK)
		return E_OK;
	login_close(login);
	*login = (struct login)LOGIN_INIT;
	if (none.code != E_INVALID) {
		*e = none;
		return e->code;
	}
	options->regions = "us-east-1";
	return login_open(login, options, e);
}
