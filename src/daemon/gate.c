/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/gate.h"

#include "base/log.h"
#include "base/mem.h"
#include "daemon/seen.h"
#include "net/verify_signature.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define KEYS_MAX_BYTES ((size_t)64 << 20)
/* Last used is told to the hour. */
#define USED_MS        INT64_C(3600000)

struct entry {
	struct access_key key;
	char secret[ACCESS_SECRET_BYTES]; /* of an 'aws' key; "" when it could not be opened */
	int64_t used_ms;
};

struct gate_keys {
	struct arena arena;
	struct entry *entries; /* by key id */
	size_t n, cap;
};

struct gate {
	struct gate_settings settings;
	struct gate_keys *keys;
	struct seen seen;
	void (*on_use)(void *ctx);
	void *ctx;
};

/* Keys */

static void free_keys(struct gate_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->n; i++)
		explicit_bzero(keys->entries[i].secret, sizeof(keys->entries[i].secret));
	mem_free(keys->entries);
	arena_release(&keys->arena);
	mem_free(keys);
}

static struct entry *new_entry(struct gate_keys *keys)
{
	size_t cap = keys->cap ? keys->cap * 2 : 16;
	struct entry *more;

	if (keys->n == keys->cap) {
		more = cap * sizeof(*more) <= KEYS_MAX_BYTES
			       ? mem_realloc(keys->entries, cap * sizeof(*more))
			       : NULL;
		if (!more)
			return NULL;
		keys->entries = more;
		keys->cap = cap;
	}
	keys->entries[keys->n] = (struct entry){ .used_ms = 0 };
	return &keys->entries[keys->n++];
}

static enum code keep(void *ctx, const struct access_key *key, struct err *e)
{
	struct gate_keys *keys = ctx;
	struct arena *a = &keys->arena;
	struct entry *entry = new_entry(keys);

	if (!entry)
		return err_nomem(e);
	entry->key = *key;
	entry->key.key_id = arena_text(a, str_of(key->key_id));
	entry->key.account = arena_text(a, str_of(key->account));
	entry->key.allow = arena_text(a, str_of(key->allow));
	entry->key.deny = arena_text(a, str_of(key->deny));
	entry->key.sealed = arena_str(a, key->sealed);
	entry->key.note = "";
	return arena_ok(a) ? E_OK : err_nomem(e);
}

enum code gate_keys_load(struct gate_keys **out, struct db *db, struct err *e)
{
	struct gate_keys *keys = mem_alloc(sizeof(*keys));

	if (!keys)
		return err_nomem(e);
	keys->arena = (struct arena)ARENA_INIT(KEYS_MAX_BYTES);
	if (access_key_walk(db, keep, keys, e))
		free_keys(keys);
	else
		*out = keys;
	return e->code;
}

static int compare_id(const void *id, const void *entry)
{
	return str_cmp(*(const struct str *)id, str_of(((const struct entry *)entry)->key.key_id));
}

static struct entry *find(const struct gate *g, struct str id)
{
	if (!g->keys || !g->keys->n)
		return NULL;
	return bsearch(&id, g->keys->entries, g->keys->n, sizeof(struct entry), compare_id);
}

static void open_secret(struct gate *g, struct entry *entry)
{
	struct err e = { 0 };

	explicit_bzero(entry->secret, sizeof(entry->secret));
	if (entry->key.kind == ACCESS_AWS && g->settings.box.full &&
		access_key_secret(&g->settings.box, &entry->key, entry->secret, &e))
		log_write(EV_ACCESS_UNREADABLE, &e, log_text("key", entry->key.key_id));
}

void gate_keys_take(struct gate *gate, struct gate_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->n; i++) {
		struct entry *now = &keys->entries[i];
		const struct entry *was = find(gate, str_of(now->key.key_id));

		now->used_ms =
			was && was->used_ms > now->key.used_ms ? was->used_ms : now->key.used_ms;
		open_secret(gate, now);
	}
	free_keys(gate->keys);
	gate->keys = keys;
}

size_t gate_used(struct gate *gate, struct access_use *uses, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; gate->keys && i < gate->keys->n && n < max; i++) {
		struct entry *entry = &gate->keys->entries[i];

		if (entry->used_ms < entry->key.used_ms + USED_MS)
			continue;
		snprintf(uses[n].key_id, sizeof(uses[n].key_id), "%s", entry->key.key_id);
		uses[n++].used_ms = entry->used_ms;
		entry->key.used_ms = entry->used_ms;
	}
	return n;
}

/* Opening */

enum code gate_settings_read(struct gate_settings *s, const struct config *config, struct err *e)
{
	const char *file = config_get(config, "access", "", "key_file");
	const char *anonymous = config_get(config, "access", "", "anonymous");

	*s = (struct gate_settings){ .open = false };
	if (anonymous && strcmp(anonymous, "off") != 0) {
		s->open = access_role_parse(str_of(anonymous), &s->open_role);
		if (!s->open) {
			err_set(e, E_INVALID, "access.anonymous cannot be \"%s\"", anonymous);
			return err_hint(e, "it is read-only, operator, admin or off");
		}
	}
	return file ? seal_box_read(&s->box, file, e) : E_OK;
}

void gate_apply(struct gate *gate, const struct gate_settings *settings)
{
	gate->settings = *settings;
	for (size_t i = 0; gate->keys && i < gate->keys->n; i++)
		open_secret(gate, &gate->keys->entries[i]);
}

enum code gate_open(struct gate **out, const struct gate_settings *settings, struct err *e)
{
	struct gate *g = mem_alloc(sizeof(*g));

	if (!g)
		return err_nomem(e);
	gate_apply(g, settings);
	*out = g;
	return E_OK;
}

void gate_on_use(struct gate *gate, void (*fn)(void *ctx), void *ctx)
{
	gate->on_use = fn;
	gate->ctx = ctx;
}

void gate_close(struct gate *gate)
{
	if (!gate)
		return;
	free_keys(gate->keys);
	seen_release(&gate->seen);
	seal_box_release(&gate->settings.box);
	mem_free(gate);
}

bool gate_is_open(const struct gate *gate)
{
	return gate->settings.open;
}

bool gate_has_key(const struct gate *gate)
{
	return gate->settings.box.full;
}

/* Who asks */

__attribute__((format(printf, 3, 4))) static enum code refuse(
	struct gate_refusal *r, const char *type, const char *fmt, ...)
{
	va_list ap;

	*r = (struct gate_refusal){ .status = 400 };
	snprintf(r->type, sizeof(r->type), "%s", type);
	va_start(ap, fmt);
	vsnprintf(r->message, sizeof(r->message), fmt, ap);
	va_end(ap);
	return E_DENIED;
}

static enum code refuse_unknown(struct gate_refusal *r)
{
	return refuse(r, "UnrecognizedClientException",
		"The security token included in the request is invalid.");
}

struct gate_request gate_request_of(const struct http_query *q, int64_t now_ms)
{
	return (struct gate_request){ .method = q->method,
		.target = str_of(q->target),
		.headers = q->headers,
		.n_headers = q->n_headers,
		.body = q->body,
		.local = q->local,
		.now_ms = now_ms };
}

static const char *header(const struct gate_request *q, const char *name)
{
	for (size_t i = 0; i < q->n_headers; i++)
		if (strcasecmp(q->headers[i].name, name) == 0)
			return q->headers[i].value;
	return NULL;
}

/* "http://127.0.0.1:8470" and the Host "127.0.0.1:8470": the page is ours. */
static bool is_own_page(const char *origin, const char *host)
{
	const char *at = strstr(origin, "://");

	return at && host && strcasecmp(at + 3, host) == 0;
}

/* What proxies say, and none of our clients. */
static bool is_passed_on(const struct gate_request *q)
{
	static const char *const names[] = { "forwarded", "x-forwarded-for", "x-forwarded-host",
		"x-forwarded-proto", "x-real-ip", "via" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (header(q, names[i]))
			return true;
	return false;
}

/* Not what a page of somebody else's sends from a browser on this machine, nor what a proxy here passes on. Browsers
 * say Origin with what changes something, and Sec-Fetch-Site always (Fetch Metadata Request Headers, section 2.3). */
static bool comes_from_here(const struct gate_request *q)
{
	const char *origin = header(q, "origin"), *site = header(q, "sec-fetch-site");

	return q->local && !is_passed_on(q) &&
	       (!origin || is_own_page(origin, header(q, "host"))) &&
	       (!site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0);
}

static enum code admit_anyone(const struct gate *g, struct caller_identity *out)
{
	out->role = g->settings.open_role;
	return E_OK;
}

static enum code admit_unsigned(const struct gate *g, const struct gate_request *q,
	struct caller_identity *out, struct gate_refusal *refusal)
{
	if (g->settings.open && comes_from_here(q))
		return admit_anyone(g, out);
	if (!q->local)
		return refuse(refusal, "MissingAuthenticationTokenException",
			"Missing Authentication Token");
	return refuse(refusal, "MissingAuthenticationTokenException",
		"Missing Authentication Token: sign with a key that siltstone access add makes, or "
		"start siltstone up with --anonymous read-only, which is for programs of this "
		"machine alone");
}

static bool is_usable(const struct entry *entry, int64_t now_ms)
{
	return entry->key.enabled && (!entry->key.expires_ms || entry->key.expires_ms > now_ms);
}

static void fill(struct gate *g, struct entry *entry, int64_t now_ms, struct caller_identity *out)
{
	snprintf(out->account, sizeof(out->account), "%s", entry->key.account);
	snprintf(out->key_id, sizeof(out->key_id), "%s", entry->key.key_id);
	snprintf(out->allow, sizeof(out->allow), "%s", entry->key.allow);
	snprintf(out->deny, sizeof(out->deny), "%s", entry->key.deny);
	out->role = entry->key.role;
	if (entry->used_ms < now_ms)
		entry->used_ms = now_ms;
	if (g->on_use && entry->used_ms >= entry->key.used_ms + USED_MS)
		g->on_use(g->ctx);
}

static const char bearer[] = "Bearer ";

static bool shows_token(const char *authorization)
{
	return authorization && strncasecmp(authorization, bearer, sizeof(bearer) - 1) == 0;
}

/* NULL: it is none of ours. */
static struct entry *token_shown(
	struct gate *g, const struct gate_request *q, const char *authorization)
{
	struct str token = str_trim(str_of(authorization + sizeof(bearer) - 1));
	struct entry *entry = find(g, (struct str){ token.p, str_find(token, '_') });

	if (!entry || !is_usable(entry, q->now_ms) || entry->key.kind != ACCESS_TOKEN ||
		!access_key_is_token(&g->settings.box, &entry->key, token))
		return NULL;
	return entry;
}

static enum code admit_token(struct gate *g, const struct gate_request *q,
	const char *authorization, struct caller_identity *out, struct gate_refusal *refusal)
{
	struct entry *entry = token_shown(g, q, authorization);

	if (!entry)
		return refuse_unknown(refusal);
	fill(g, entry, q->now_ms, out);
	return E_OK;
}

struct finding {
	struct gate *gate;
	int64_t now_ms;
};

static bool find_secret(void *ctx, struct str key_id, char secret[VERIFY_SECRET_BYTES])
{
	struct finding *f = ctx;
	const struct entry *entry = find(f->gate, key_id);

	if (!entry || !is_usable(entry, f->now_ms) || !entry->secret[0])
		return false;
	memcpy(secret, entry->secret, sizeof(entry->secret));
	return true;
}

_Static_assert(VERIFY_SECRET_BYTES == ACCESS_SECRET_BYTES, "one is copied into the other");

static struct verify_request as_received(const struct gate_request *q)
{
	return (struct verify_request){ q->method, q->target, q->headers, q->n_headers, q->body,
		q->now_ms };
}

/* SDKs always sign, with whatever they have: where nobody need say who they are, a key that is none of ours says
 * no more than none. */
static bool is_anyone(struct gate *g, const struct gate_request *q, const struct verified *who,
	const struct verify_refusal *why)
{
	return why->unknown_key && !find(g, str_of(who->key_id)) && g->settings.open &&
	       comes_from_here(q);
}

static enum code admit_signed(struct gate *g, const struct gate_request *q,
	struct caller_identity *out, struct gate_refusal *refusal)
{
	const struct verify_request request = as_received(q);
	struct finding finding = { g, q->now_ms };
	const struct verify_keys keys = { find_secret, &finding, "config" };
	struct verify_refusal why;
	struct verified who;
	struct err e = { 0 };
	enum code c = verify_signature(&request, &keys, &who, &why, &e);
	struct entry *entry = find(g, str_of(who.key_id));

	snprintf(out->region, sizeof(out->region), "%s", who.region);
	if (c == E_DENIED && is_anyone(g, q, &who, &why))
		return admit_anyone(g, out);
	if (c == E_DENIED)
		return refuse(refusal, why.type, "%s", why.message);
	if (c || !entry)
		return E_NOMEM;
	fill(g, entry, q->now_ms, out);
	memcpy(out->proof, who.digest, sizeof(out->proof));
	out->proof_until_ms = who.until_ms;
	return E_OK;
}

enum code gate_admit(struct gate *gate, const struct gate_request *request,
	struct caller_identity *out, struct gate_refusal *refusal)
{
	const char *authorization = header(request, "authorization");
	const struct verify_request signs = as_received(request);

	*out = (struct caller_identity){ .role = ACCESS_READ_ONLY };
	if (shows_token(authorization))
		return admit_token(gate, request, authorization, out, refusal);
	if (authorization || verify_is_signed(&signs))
		return admit_signed(gate, request, out, refusal);
	return admit_unsigned(gate, request, out, refusal);
}

static enum code look_at_signed(
	struct gate *g, const struct gate_request *q, struct gate_refusal *refusal)
{
	const struct verify_request request = as_received(q);
	struct finding finding = { g, q->now_ms };
	const struct verify_keys keys = { find_secret, &finding, "config" };
	struct verify_refusal why;
	struct verified who;
	struct err e = { 0 };
	enum code c = verify_claim(&request, &keys, &who, &why, &e);

	if (c != E_DENIED || is_anyone(g, q, &who, &why))
		return c == E_DENIED ? E_OK : c;
	return refuse(refusal, why.type, "%s", why.message);
}

enum code gate_look(
	struct gate *gate, const struct gate_request *head, struct gate_refusal *refusal)
{
	const char *authorization = header(head, "authorization");
	const struct verify_request signs = as_received(head);
	struct caller_identity who;

	if (shows_token(authorization))
		return token_shown(gate, head, authorization) ? E_OK : refuse_unknown(refusal);
	if (authorization || verify_is_signed(&signs))
		return look_at_signed(gate, head, refusal);
	return admit_unsigned(gate, head, &who, refusal);
}

/* What they may */

static const struct operation {
	const char *name;
	enum access_role role;
} operations[] = {
#define OPERATION(name, role) { #name, ACCESS_##role },
#include "daemon/operation.def"
#undef OPERATION
};

static enum access_role role_for(struct str operation, bool writes)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (str_is(operation, operations[i].name))
			return operations[i].role;
	return writes ? ACCESS_ADMIN : ACCESS_READ_ONLY;
}

/* '*' and '?'; on a mismatch the last star takes one more. */
static bool glob_matches(struct str glob, struct str s)
{
	size_t g = 0, i = 0, star = glob.n, from = 0;

	while (i < s.n) {
		if (g < glob.n && glob.p[g] == '*') {
			star = g++;
			from = i;
		} else if (g < glob.n && (glob.p[g] == '?' || glob.p[g] == s.p[i])) {
			g++;
			i++;
		} else if (star < glob.n) {
			g = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (g < glob.n && glob.p[g] == '*')
		g++;
	return g == glob.n;
}

static bool lists(const char *list, struct str operation)
{
	struct str left = str_of(list);

	while (left.n) {
		struct str glob = { left.p, str_find(left, ',') };

		if (glob_matches(str_trim(glob), operation))
			return true;
		left = str_from(left, glob.n + 1);
	}
	return false;
}

static enum code deny(const struct caller_identity *who, struct str operation, const char *because,
	struct gate_refusal *refusal)
{
	if (operation.n > 64)
		operation.n = 64;
	if (!who->key_id[0])
		return refuse(refusal, "AccessDeniedException",
			"User: anonymous is not authorized to perform: config:%.*s%s",
			STR_ARG(operation), because);
	return refuse(refusal, "AccessDeniedException",
		"User: arn:aws:iam::%s:user/%s is not authorized to perform: config:%.*s%s",
		who->account, who->key_id, STR_ARG(operation), because);
}

/* A write that is proven by a signature is so once. */
static enum code check_repeat(struct gate *g, const struct caller_identity *who, int64_t now_ms,
	struct gate_refusal *refusal)
{
	static const unsigned char none[sizeof(who->proof)];
	int64_t first_ms = now_ms;
	enum code c;

	if (memcmp(who->proof, none, sizeof(none)) == 0)
		return E_OK;
	c = seen_first(&g->seen, who->proof, now_ms, who->proof_until_ms, &first_ms);
	if (c == E_FULL)
		return refuse(refusal, "ThrottlingException", "Rate exceeded");
	if (c)
		return c;
	if (now_ms - first_ms <= GATE_REPEAT_MS)
		return E_OK;
	return refuse(refusal, "InvalidSignatureException",
		"Signature already used: a request that changes something is signed anew each time.");
}

enum code gate_allows(struct gate *gate, const struct caller_identity *who, struct str operation,
	bool writes, int64_t now_ms, struct gate_refusal *refusal)
{
	enum access_role needed = role_for(operation, writes);

	if (lists(who->deny, operation))
		return deny(who, operation, " with an explicit deny", refusal);
	if (who->role < needed || (who->allow[0] && !lists(who->allow, operation)))
		return deny(who, operation, "", refusal);
	/* What takes more than reading changes something. */
	return writes || needed > ACCESS_READ_ONLY ? check_repeat(gate, who, now_ms, refusal)
						   : E_OK;
}
