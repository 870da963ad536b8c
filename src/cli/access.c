/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access_key.h"

#include "base/time.h"
#include "base/when.h"
#include "cli/cli.h"
#include <errno.h>
#include <stdio.h>

/* The columns of a key, in the order in which they are shown; those of a new one begin with its secret. */
static const char *const columns[] = { "key_id", "kind", "account", "role", "enabled", "expires",
	"used", "note", "allow", "deny", "made", "changed" };
static const char *const made_columns[] = { "key_id", "secret", "kind", "account", "role" };
#define COLUMNS (sizeof(columns) / sizeof(*columns))
#define MADE    (sizeof(made_columns) / sizeof(*made_columns))

static const char *key_file(const struct cli *c)
{
	return config_get(&c->config, "access", "", "key_file");
}

static enum code open_box(struct cli *c, struct seal_box *box, struct err *e)
{
	const char *path = key_file(c);

	if (path)
		return seal_box_read(box, path, e);
	err_set(e, E_INVALID, "secrets are kept sealed, and there is no key to seal them with");
	return err_hint(
		e, "siltstone access init FILE makes one; then say key_file = FILE in [access]");
}

static enum code init(struct cli *c, const char *path, struct err *e)
{
	const char *said = key_file(c);

	if (!path)
		path = said;
	if (!path) {
		err_set(e, E_INVALID, "where the key is to be is not said");
		return err_hint(e, "siltstone access init FILE, or key_file = FILE in [access]");
	}
	if (seal_box_make(path, e))
		return e->code;
	cli_note(c, "access keys are sealed with the key in \"%s\"; without it they are of no use",
		path);
	if (!said || strcmp(said, path) != 0)
		cli_note(c, "it is found once siltstone.conf says, in [access], key_file = %s",
			path);
	return E_OK;
}

/* Showing */

static const char *moment(struct cli *c, int64_t ms)
{
	char text[TIME_ISO_BYTES];

	return ms ? arena_text(&c->arena, str_of(time_text(ms, text))) : NULL;
}

static const char *or_none(const char *s)
{
	return *s ? s : NULL;
}

struct listing {
	struct cli *c;
	struct rows rows;
};

static enum code show_row(void *ctx, const struct access_key *k, struct err *e)
{
	struct listing *l = ctx;
	const struct cell cells[COLUMNS] = { cell_text(k->key_id),
		cell_text(k->kind == ACCESS_TOKEN ? "token" : "aws"), cell_text(k->account),
		cell_text(access_role_name(k->role)), cell_text(k->enabled ? "yes" : "no"),
		cell_text(moment(l->c, k->expires_ms)), cell_text(moment(l->c, k->used_ms)),
		cell_text(or_none(k->note)), cell_text(or_none(k->allow)),
		cell_text(or_none(k->deny)), cell_text(moment(l->c, k->made_ms)),
		cell_text(moment(l->c, k->changed_ms)) };

	return l->rows.row(l->rows.ctx, cells, COLUMNS, e);
}

/* One key, or all of them. */
static enum code show(struct cli *c, const char *key_id, struct err *e)
{
	struct listing l = { .c = c };
	struct access_key key;
	struct printer p;

	if (cli_open(c, e) || (key_id && access_key_get(&c->db, &c->arena, key_id, &key, e)))
		return e->code;
	cli_printer(c, &p, key_id ? NULL : "key_id,kind,account,role,enabled,expires,used,note");
	l.rows = printer_rows(&p);
	if (!l.rows.begin(l.rows.ctx, columns, COLUMNS, e) &&
		!(key_id ? show_row(&l, &key, e) : access_key_walk(&c->db, show_row, &l, e)))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

/* The only time that a secret is told. */
static enum code tell_secret(
	struct cli *c, const struct access_key *k, const char *secret, struct err *e)
{
	const struct cell cells[MADE] = { cell_text(k->key_id), cell_text(secret),
		cell_text(k->kind == ACCESS_TOKEN ? "token" : "aws"), cell_text(k->account),
		cell_text(access_role_name(k->role)) };
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!rows.begin(rows.ctx, made_columns, MADE, e) && !rows.row(rows.ctx, cells, MADE, e) &&
		!printer_end(&p, e))
		cli_note(c, "the secret is not shown again");
	printer_release(&p);
	return e->code;
}

/* Making */

/* One line of standard input. */
static enum code read_secret(struct cli *c, char secret[ACCESS_SECRET_BYTES], struct err *e)
{
	size_t n;

	secret[0] = '\0';
	if (!opt_text(&c->o, OPT_SECRET_STDIN))
		return E_OK;
	if (!fgets(secret, ACCESS_SECRET_BYTES, stdin))
		return err_set(e, E_INVALID, "there is no secret on standard input");
	n = strcspn(secret, "\r\n");
	if (!secret[n] && n == ACCESS_SECRET_BYTES - 1)
		return err_set(
			e, E_TOOBIG, "a secret has at most %d characters", ACCESS_SECRET_BYTES - 2);
	secret[n] = '\0';
	return n ? E_OK : err_set(e, E_INVALID, "the secret on standard input is empty");
}

/* "90d" is from now on; a date is that day. */
static enum code read_expiry(struct cli *c, int64_t *ms, struct err *e)
{
	const char *text = opt_text(&c->o, OPT_EXPIRES);
	size_t n = text ? strlen(text) : 0;

	*ms = 0;
	if (!text)
		return E_OK;
	if (when_parse(text, c->now_ms, ms, e))
		return e->code;
	if (n && strchr("smhdw", text[n - 1]) && strspn(text, "0123456789smhdw") == n)
		*ms = c->now_ms + (c->now_ms - *ms);
	return *ms > c->now_ms ? E_OK
			       : err_set(e, E_INVALID, "--expires %s has been already", text);
}

static enum code read_key(struct cli *c, const char *key_id, struct access_key *key, struct err *e)
{
	const char *role = opt_text(&c->o, OPT_ROLE), *kind = opt_text(&c->o, OPT_KIND);
	const char *allow = opt_text(&c->o, OPT_ALLOW), *deny = opt_text(&c->o, OPT_DENY);
	const char *note = opt_text(&c->o, OPT_NOTE);

	*key = (struct access_key){ .key_id = key_id,
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.role = ACCESS_READ_ONLY,
		.made_ms = c->now_ms,
		.allow = allow ? allow : "",
		.deny = deny ? deny : "",
		.note = note ? note : "" };
	if (!key->account) {
		err_set(e, E_INVALID, "whose AWS Config the key is to ask is not said");
		return err_hint(e, "--account 123456789012");
	}
	if (role && !access_role_parse(str_of(role), &key->role))
		return err_set(
			e, E_INVALID, "a role is read-only, operator or admin, not \"%s\"", role);
	if (kind && strcmp(kind, "token") != 0 && strcmp(kind, "aws") != 0)
		return err_set(e, E_INVALID, "a key is of kind aws or token, not \"%s\"", kind);
	key->kind = kind && strcmp(kind, "token") == 0 ? ACCESS_TOKEN : ACCESS_AWS;
	return read_expiry(c, &key->expires_ms, e);
}

static enum code add(struct cli *c, const char *key_id, struct err *e)
{
	char secret[ACCESS_SECRET_BYTES];
	struct seal_box box = { .full = false };
	struct access_key key;

	if (!read_key(c, key_id, &key, e) && !open_box(c, &box, e) && !read_secret(c, secret, e) &&
		!cli_open_writing(c, e) &&
		!access_key_add(&c->db, &box, &key, secret, &c->arena, e))
		tell_secret(c, &key, secret, e);
	explicit_bzero(secret, sizeof(secret));
	seal_box_release(&box);
	return e->code;
}

static enum code rotate(struct cli *c, const char *key_id, struct err *e)
{
	char secret[ACCESS_SECRET_BYTES];
	struct seal_box box = { .full = false };
	struct access_key key;

	if (!open_box(c, &box, e) && !read_secret(c, secret, e) && !cli_open_changing(c, e) &&
		!access_key_get(&c->db, &c->arena, key_id, &key, e) &&
		!access_key_rotate(&c->db, &box, key_id, secret, c->now_ms, e))
		tell_secret(c, &key, secret, e);
	explicit_bzero(secret, sizeof(secret));
	seal_box_release(&box);
	return e->code;
}

static enum code enable(struct cli *c, const char *key_id, bool enabled, struct err *e)
{
	if (cli_open_changing(c, e) || access_key_enable(&c->db, key_id, enabled, e))
		return e->code;
	cli_note(c, "access key \"%s\" is %s", key_id,
		enabled ? "of use again" : "of no use until it is enabled");
	return E_OK;
}

static enum code take_off(struct cli *c, const char *key_id, struct err *e)
{
	if (cli_open_changing(c, e) || access_key_remove(&c->db, key_id, e))
		return e->code;
	cli_note(c, "access key \"%s\" is gone", key_id);
	return E_OK;
}

enum code cmd_access(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0], *id = c->argc > 1 ? c->argv[1] : NULL;

	if (strcmp(verb, "init") == 0)
		return init(c, id, e);
	if (strcmp(verb, "add") == 0)
		return add(c, id, e);
	if (strcmp(verb, "list") == 0 && !id)
		return show(c, NULL, e);
	if (strcmp(verb, "show") == 0 && id)
		return show(c, id, e);
	if (strcmp(verb, "rotate") == 0 && id)
		return rotate(c, id, e);
	if (strcmp(verb, "remove") == 0 && id)
		return take_off(c, id, e);
	if (id && (strcmp(verb, "enable") == 0 || strcmp(verb, "disable") == 0))
		return enable(c, id, verb[0] == 'e', e);
	err_set(e, E_INVALID,
		"access wants init, add, list, or show, rotate, enable, disable or remove with a key's id");
	return err_hint(e, "siltstone help access");
}
