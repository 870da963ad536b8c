/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/buf.h"
#include "base/time.h"
#include "core/deliver.h"
#include "daemon/lock.h"
#include "discover/courier.h"
#include "discover/fleet.h"
#include "discover/kept.h"
#include "discover/login.h"
#include "discover/target.h"
#include "store/denial.h"
#include "store/publication.h"
#include "store/store.h"
#include "json/json.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#define SOURCES_MAX 200
/* AWS refuses signatures that are five minutes off; a minute is worth a word. */
#define CLOCK_MS    INT64_C(60000)
#define DISK_BYTES  (INT64_C(256) << 20)

struct doctor {
	struct cli *c;
	struct targets targets;
	struct source sources[SOURCES_MAX];
	size_t n_sources;
	struct channel channels[SOURCES_MAX];
	size_t n_channels;
	struct sink sinks[SOURCES_MAX];
	size_t n_sinks;
	const char *account; /* of the first source that said */
	bool clock_seen;
	int bad;
};

static void good(struct doctor *d, const char *what, const char *detail)
{
	if (!d->c->quiet)
		printf("ok    %-24s %s\n", what, detail ? detail : "");
}

static void bad(struct doctor *d, const char *what, const struct err *e)
{
	d->bad++;
	printf("FAIL  %-24s %s\n", what, e->msg);
	if (e->hint[0])
		printf("      %-24s try: %s\n", "", e->hint);
}

static void say(struct doctor *d, const char *what, const char *detail, const struct err *e)
{
	if (e->code)
		bad(d, what, e);
	else
		good(d, what, detail);
}

static bool check_store(struct doctor *d)
{
	struct err e = { 0 };

	if (store_open(&d->c->db, d->c->store, DB_WRITE, d->c->now_ms, &e)) {
		bad(d, "store", &e);
		return false;
	}
	d->c->reader = (struct reader){ .db = &d->c->db, .at_ms = d->c->now_ms };
	store_check(&d->c->db, &e);
	say(d, "store", d->c->store, &e);
	return true;
}

static void check_mode(struct doctor *d)
{
	struct err e = { 0 };
	struct stat sb;

	if (stat(d->c->store, &sb) != 0)
		return;
	if (sb.st_mode & 0002) {
		err_set(&e, E_DENIED, "anybody may write to \"%s\"", d->c->store);
		err_hint(&e, "chmod o-w %s", d->c->store);
	}
	say(d, "store permissions", NULL, &e);
}

static void check_disk(struct doctor *d)
{
	struct err e = { 0 };
	struct statvfs fs;
	char text[64];
	int64_t left;

	if (statvfs(d->c->store, &fs) != 0)
		return;
	left = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	snprintf(text, sizeof(text), "%lld MB free", (long long)(left / 1000000));
	if (left < DISK_BYTES) {
		err_set(&e, E_FULL, "%lld MB are left where \"%s\" is", (long long)(left / 1000000),
			d->c->store);
		err_hint(&e, "make room; a full disk stops recording");
	}
	say(d, "disk", text, &e);
}

static void check_lock(struct doctor *d)
{
	struct err e = { 0 };

	if (lock_probe(d->c->store, &e) == E_CONFLICT)
		good(d, "daemon", e.msg);
	else
		say(d, "daemon", "none runs; siltstone up starts one", &e);
}

/* The clock of whoever answers, by the Date that every answer has (RFC 9110, section 6.6.1). */
static void check_clock(struct doctor *d, struct login *login, const char *endpoint)
{
	struct http_request q = { .method = "GET",
		.url = endpoint ? endpoint : "https://sts.amazonaws.com/",
		.body_fd = -1,
		.deadline_ms = 10000 };
	struct http_response r = HTTP_RESPONSE_INIT;
	struct err e = { 0 };
	struct tm tm = { 0 };
	char text[64];
	int64_t off = 0;

	if (d->clock_seen)
		return;
	if (!http_perform(login->http, &q, &r, &e)) {
		struct str date = http_response_header(&r, "date");
		const char *p = date.n ? arena_text(&d->c->arena, date) : NULL;

		if (!p || !strptime(p, "%a, %d %b %Y %H:%M:%S GMT", &tm))
			goto out;
		off = time_now_ms() - (int64_t)timegm(&tm) * 1000;
		d->clock_seen = true;
		snprintf(text, sizeof(text), "%+.1f s", (double)off / 1000);
		if (off > CLOCK_MS || off < -CLOCK_MS) {
			err_set(&e, E_INVALID, "this machine's clock is %s off that of %s", text,
				q.url);
			err_hint(&e, "set the clock (timedatectl set-ntp true)");
		}
		say(d, "clock", text, &e);
	}
out:
	http_response_release(&r);
}

/* A call that costs nothing and that every recorder needs. */
static void check_permission(struct doctor *d, struct login *login, const char *what)
{
	struct arena a = ARENA_INIT(16 << 20);
	struct aws_call call = { "ec2", "DescribeVpcs",
		login->regions.n ? login->regions.names[0] : "us-east-1", NULL };
	struct aws_fault fault;
	struct json *answer;
	struct err e = { 0 };

	if (aws_call(login->aws, &call, &a, &answer, &fault, &e) == E_DENIED)
		err_hint(&e, "attach the policies ReadOnlyAccess or AWSConfigServiceRolePolicy");
	say(d, what, "ec2:DescribeVpcs is allowed", &e);
	arena_release(&a);
}

/* What credentials may not see is a gap, not a fault of this machine. */
static void check_denials(struct doctor *d)
{
	char text[TIME_ISO_BYTES];
	int64_t n = 0, again_ms = 0;
	struct err e = { 0 };

	if (denial_count(&d->c->db, &n, &again_ms, &e) || !n) {
		if (e.code)
			bad(d, "access", &e);
		return;
	}
	if (opt_text(&d->c->o, OPT_RETRY_DENIED)) {
		denial_retry(&d->c->db, &e);
		say(d, "access",
			arena_printf(&d->c->arena, "%lld refused; asked again at the next sweep",
				(long long)n)
				.p,
			&e);
		return;
	}
	good(d, "access",
		arena_printf(&d->c->arena,
			"%lld refused (siltstone coverage --blind); asked again from %sZ on, or with --retry-denied at once",
			(long long)n, time_text(again_ms, text))
			.p);
}

/* Whose credentials they are, and how many accounts they are to become. */
static void check_accounts(struct doctor *d, const char *name, const struct login *login,
	const struct sweep_options *o)
{
	struct fleet fleet = FLEET_INIT;
	struct err e = { 0 };

	if (!fleet_is_meant(o)) {
		good(d, name, arena_printf(&d->c->arena, "account %s", login->account).p);
		return;
	}
	fleet_open(&fleet, o, &e);
	say(d, name,
		arena_printf(
			&d->c->arena, "account %s, looks at %zu accounts", login->account, fleet.n)
			.p,
		&e);
	fleet_release(&fleet);
}

static void check_source(struct doctor *d, const struct source *s)
{
	struct login login = LOGIN_INIT;
	struct sweep_options o;
	struct err e = { 0 };
	const char *name = arena_printf(&d->c->arena, "source %s", s->name).p;

	if (strcmp(s->kind, "aws") != 0) {
		good(d, name, "a program of this machine");
		return;
	}
	if (kept_options(&d->c->arena, s, &o, &e) || login_open(&login, &o, &e)) {
		bad(d, name, &e);
	} else {
		check_accounts(d, name, &login, &o);
		if (!d->account)
			d->account = arena_text(&d->c->arena, str_of(login.account));
		check_clock(d, &login, o.endpoint);
		check_permission(
			d, &login, arena_printf(&d->c->arena, "permissions %s", s->name).p);
	}
	login_close(&login);
}

static const char *keep(struct doctor *d, const char *text)
{
	return text ? arena_text(&d->c->arena, str_of(text)) : NULL;
}

static enum code take_sink(void *ctx, const struct sink *sink, struct err *e)
{
	struct doctor *d = ctx;

	if (d->n_sinks == SOURCES_MAX)
		return E_OK;
	d->sinks[d->n_sinks++] = (struct sink){ .name = keep(d, sink->name),
		.kind = keep(d, sink->kind),
		.target = keep(d, sink->target),
		.settings = keep(d, sink->settings) };
	return arena_ok(&d->c->arena) ? E_OK : err_nomem(e);
}

static void check_sink(struct doctor *d, struct courier *courier, const struct sink *sink)
{
	struct str name = str_of(sink->name);
	const bool topic = str_starts(name, STR("channel:"));
	const char *what = topic ? arena_printf(&d->c->arena, "topic of %s", sink->name + 8).p
				 : arena_printf(&d->c->arena, "sink %s", sink->name).p;
	struct err e = { 0 };

	courier_check(courier, sink, &e);
	say(d, what, sink->target, &e);
}

static enum code check_sinks(struct doctor *d, struct err *e)
{
	struct courier *courier = NULL;

	if (sink_walk(&d->c->db, take_sink, d, e) || courier_open(&courier, e))
		return e->code;
	for (size_t i = 0; i < d->n_sinks; i++)
		check_sink(d, courier, &d->sinks[i]);
	courier_close(courier);
	return E_OK;
}

static void check_channel(struct doctor *d, const struct channel *ch)
{
	const char *what = arena_printf(&d->c->arena, "channel %s", ch->name).p;
	struct deliver_ports ports = { .store = targets_store, .ctx = &d->targets };
	struct err e = { 0 };

	deliver_check(&d->c->db, &ports, ch->name, d->account ? d->account : "000000000000", &e);
	say(d, what, ch->target, &e);
}

static void check_publication(struct doctor *d)
{
	struct publication p;
	struct err e = { 0 };
	enum code c = publication_get(&d->c->db, &d->c->arena, &p, &e);

	if (c == E_NOTFOUND)
		return;
	if (!c && p.error) {
		err_set(&e, E_IO, "%s", p.error);
		err_hint(&e, "siltstone publish %s shows whether it works now", p.path);
	}
	say(d, "publish", c ? NULL : p.path, &e);
}

static enum code take_source(void *ctx, const struct source *s, struct err *e)
{
	struct doctor *d = ctx;

	if (d->n_sources == SOURCES_MAX)
		return E_OK;
	return kept_copy(&d->c->arena, s, &d->sources[d->n_sources++], e);
}

static enum code take_channel(void *ctx, const struct channel *ch, struct err *e)
{
	struct doctor *d = ctx;

	if (d->n_channels == SOURCES_MAX)
		return E_OK;
	d->channels[d->n_channels++] =
		(struct channel){ .name = keep(d, ch->name), .target = keep(d, ch->target) };
	return arena_ok(&d->c->arena) ? E_OK : err_nomem(e);
}

static enum code check_rows(struct doctor *d, struct err *e)
{
	struct cli *c = d->c;

	if (source_walk(&c->db, false, take_source, d, e) ||
		channel_walk(&c->db, take_channel, d, e))
		return e->code;
	for (size_t i = 0; i < d->n_sources; i++)
		check_source(d, &d->sources[i]);
	for (size_t i = 0; i < d->n_channels; i++)
		check_channel(d, &d->channels[i]);
	check_denials(d);
	if (!d->n_sources)
		good(d, "sources", "none yet; siltstone source add NAME");
	if (!d->n_channels)
		good(d, "channels", "none yet; siltstone help channel");
	targets_release(&d->targets);
	return check_sinks(d, e);
}

enum code cmd_doctor(struct cli *c, struct err *e)
{
	struct doctor *d = arena_alloc(&c->arena, sizeof(*d));

	if (!d)
		return err_nomem(e);
	d->c = c;
	d->targets = (struct targets){ .stop = c->stop };
	if (check_store(d)) {
		check_mode(d);
		check_disk(d);
		check_lock(d);
		check_publication(d);
		check_rows(d, e);
	}
	if (d->bad)
		c->exit = code_exit_status(E_REMOTE);
	return e->code;
}
