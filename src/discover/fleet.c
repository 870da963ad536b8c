/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/fleet.h"

#include "base/buf.h"
#include "discover/login.h"

enum { ACCOUNTS_MAX = 100000, ARN_BYTES = 4096, LISTS_BYTES = 32 << 20 };

#define ACCOUNT_MARK "{account}"

/* An account id, 12 digits, in a list while they are counted. */
struct member {
	struct member *next;
	struct str id;
};

struct finding {
	const struct sweep_options *options;
	struct member *first, **last;
	size_t n;
	struct arena *a;
	const char *self;
	const char *partition;
};

bool fleet_is_meant(const struct sweep_options *o)
{
	return o->organization || (o->accounts && *o->accounts);
}

static bool is_account(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n == 12;
}

/* The next of a list with commas; STR_NONE: no more. */
static struct str next_name(struct str *rest)
{
	struct str name = STR_NONE;

	while (rest->n && !name.n) {
		size_t n = str_find(*rest, ',');

		name = str_trim((struct str){ rest->p, n });
		*rest = str_from(*rest, n + 1);
	}
	return name;
}

static bool is_named(const char *list, struct str id)
{
	struct str rest = list ? str_of(list) : STR_NONE, name;

	while ((name = next_name(&rest)).n)
		if (str_eq(name, id))
			return true;
	return false;
}

static enum code check_list(const char *list, struct err *e)
{
	struct str rest = list ? str_of(list) : STR_NONE, name;

	while ((name = next_name(&rest)).n)
		if (!is_account(name)) {
			err_set(e, E_INVALID, "\"%.*s\" is no account: it takes 12 digits",
				(int)(name.n < 40 ? name.n : 40), name.p);
			return err_hint(e, "name them as 111122223333,444455556666");
		}
	return E_OK;
}

enum code fleet_check(const struct sweep_options *o, struct err *e)
{
	if (o->role_name && o->role_arn)
		return err_set(e, E_INVALID, "a role's name and its ARN exclude each other");
	if (!fleet_is_meant(o)) {
		if (o->role_name || o->exclude_accounts)
			return err_set(e, E_INVALID, "%s is for several accounts",
				o->role_name ? "a role's name" : "a list of accounts to exclude");
		return E_OK;
	}
	if (o->organization && o->accounts)
		return err_set(e, E_INVALID,
			"accounts by name and those of the organization exclude each other");
	if (!o->role_name && !o->role_arn) {
		err_set(e, E_INVALID, "no role is named to become the accounts with");
		return err_hint(e, "--role-name NAME, the same in each of them");
	}
	if (o->role_arn && !strstr(o->role_arn, ACCOUNT_MARK)) {
		err_set(e, E_INVALID, "\"%s\" is a role of one account", o->role_arn);
		return err_hint(e, "arn:aws:iam::" ACCOUNT_MARK ":role/NAME");
	}
	return check_list(o->accounts, e) ? e->code : check_list(o->exclude_accounts, e);
}

static enum code add_member(struct finding *f, struct str id, struct err *e)
{
	struct member *m;

	for (m = f->first; m; m = m->next)
		if (str_eq(m->id, id))
			return E_OK;
	if (is_named(f->options->exclude_accounts, id) ||
		(f->options->account && !str_is(id, f->options->account)))
		return E_OK;
	if (f->n == ACCOUNTS_MAX)
		return err_set(e, E_TOOBIG, "more than %d accounts", ACCOUNTS_MAX);
	m = arena_alloc(f->a, sizeof(*m));
	if (!m)
		return err_nomem(e);
	*m = (struct member){ NULL, arena_str(f->a, id) };
	*f->last = m;
	f->last = &m->next;
	f->n++;
	return arena_ok(f->a) ? E_OK : err_nomem(e);
}

/* `State` says it; until September 2026 `Status` did ("Account" in the reference of Organizations' API). */
static enum code take_page(void *ctx, struct json *page, struct err *e)
{
	struct finding *f = ctx;
	const struct json *list = json_get(page, "Accounts");

	for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
		struct str state = json_get_text(v, "State"), id = json_get_text(v, "Id");

		if (!state.n)
			state = json_get_text(v, "Status");
		if (is_account(id) && str_is(state, "ACTIVE") && add_member(f, id, e))
			return e->code;
	}
	return E_OK;
}

static enum code list_organization(struct finding *f, struct login *login, struct err *e)
{
	const struct aws_call call = { "organizations", "ListAccounts",
		region_of_globals(login->regions.names[0]), NULL };
	struct aws_fault fault;
	enum code c = aws_pages(login->aws, &call, 0, take_page, f, &fault, e);

	if (!c)
		return E_OK;
	if (c == E_DENIED)
		err_hint(e,
			"organizations:ListAccounts takes credentials of the management account or of a delegated administrator");
	return err_add(e, "list the accounts of the organization");
}

static enum code list_named(struct finding *f, struct err *e)
{
	struct str rest = str_of(f->options->accounts), name;

	while (!e->code && (name = next_name(&rest)).n)
		add_member(f, name, e);
	return e->code;
}

/* The role of an account: its mark stands for it, or the name is put into an ARN. */
static const char *role_of(const struct finding *f, struct str id)
{
	struct buf b = BUF_INIT(ARN_BYTES);
	const char *p = f->options->role_arn, *mark, *out;

	if (f->options->role_name) {
		buf_printf(&b, "arn:%s:iam::%.*s:role/%s", f->partition, STR_ARG(id),
			f->options->role_name);
		p = NULL;
	}
	while (p && (mark = strstr(p, ACCOUNT_MARK)) != NULL) {
		buf_add(&b, p, (size_t)(mark - p));
		buf_str(&b, id);
		p = mark + strlen(ACCOUNT_MARK);
	}
	if (p)
		buf_text(&b, p);
	out = buf_ok(&b) ? arena_text(f->a, buf_slice(&b)) : NULL;
	buf_release(&b);
	return out;
}

static enum code make_options(struct fleet *fleet, const struct finding *f, struct err *e)
{
	if (!f->n) {
		err_set(e, E_INVALID, "no account is left to be looked at");
		return err_hint(e, "--accounts, --exclude-accounts and --account name them");
	}
	fleet->each = arena_alloc(&fleet->arena, f->n * sizeof(*fleet->each));
	if (!fleet->each)
		return err_nomem(e);
	for (const struct member *m = f->first; m; m = m->next) {
		struct sweep_options *o = &fleet->each[fleet->n++];
		bool self = str_is(m->id, f->self);

		*o = *f->options;
		o->account = arena_text(&fleet->arena, m->id);
		o->role_arn = self ? NULL : role_of(f, m->id);
		o->accounts = o->exclude_accounts = o->role_name = NULL;
		o->organization = false;
		if (!self && !o->role_arn)
			return err_set(e, E_TOOBIG, "the name of the role is too long");
	}
	return arena_ok(&fleet->arena) ? E_OK : err_nomem(e);
}

/* Who the source's own credentials are; where they are asked does not matter. */
static enum code open_base(struct login *login, struct sweep_options *base, struct err *e)
{
	base->account = NULL;
	base->regions = base->home_region;
	return login_anywhere(login, base, e);
}

enum code fleet_open(struct fleet *fleet, const struct sweep_options *o, struct err *e)
{
	struct login login = LOGIN_INIT;
	struct sweep_options base = *o;
	struct finding f = { .options = o, .last = &f.first, .a = &fleet->arena };

	if (!fleet_check(o, e) && !open_base(&login, &base, e)) {
		f.self = arena_text(&fleet->arena, str_of(login.account));
		f.partition = aws_partition(login.regions.names[0]);
		if (o->organization)
			list_organization(&f, &login, e);
		else
			list_named(&f, e);
		if (!e->code)
			make_options(fleet, &f, e);
	}
	login_close(&login);
	return e->code;
}

void fleet_release(struct fleet *fleet)
{
	arena_release(&fleet->arena);
	fleet->each = NULL;
	fleet->n = 0;
}
