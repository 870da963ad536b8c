/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "cli/plain.h"
#include "cli/progress.h"
#include "core/anchor.h"
#include "store/verify.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define KEYS_MAX     16
#define SHOWN        20
#define ANCHOR_BYTES (1u << 16)

struct teller {
	struct cli *c;
	struct progress progress;
	struct buf line;
	int64_t shown, limit; /* limit 0: every one */
	bool json;
	struct verify_sum *sum;
};

static void show(void *ctx, int64_t items)
{
	struct teller *t = ctx;

	progress_show(&t->progress, "%lld items looked at, %lld things do not fit",
		(long long)items, (long long)t->sum->findings);
}

/* In a damaged store anything can stand in a text: what is no UTF-8 is told as '?'. */
static void member(struct buf *b, const char *name, struct str value)
{
	struct buf clean = BUF_INIT(1 << 18);

	if (!value.p)
		return;
	while (value.n) {
		size_t good = utf8_span(value);

		buf_str(&clean, (struct str){ value.p, good });
		if (good < value.n)
			buf_char(&clean, '?');
		value = str_from(value, good + 1);
	}
	buf_printf(b, ",\"%s\":", name);
	json_write_string(b, buf_slice(&clean));
	buf_release(&clean);
}

static void number(struct buf *b, const char *name, int64_t value)
{
	buf_printf(b, ",\"%s\":%" PRId64, name, value);
}

static void tell_json(struct teller *t, const struct verify_finding *f)
{
	struct buf *b = &t->line;
	char at[TIME_ISO_BYTES];

	buf_printf(b, "{\"kind\":\"%s\"", verify_kind_name(f->kind));
	member(b, "account", f->account);
	member(b, "region", f->region);
	member(b, "resource_type", f->type);
	member(b, "resource_id", f->id);
	if (f->item_id) {
		number(b, "item", f->item_id);
		number(b, "version", f->version);
		member(b, "at", str_of(time_iso(f->captured_ms, at)));
	}
	if (f->seal_id)
		number(b, "seal", f->seal_id);
	member(b, "text", str_of(f->text));
	buf_char(b, '}');
	fprintf(stdout, "%s%s", t->shown ? "," : "", b->p);
}

static void tell_plain(struct teller *t, const struct verify_finding *f)
{
	struct buf *b = &t->line;
	char at[TIME_ISO_BYTES];

	buf_printf(b, "%s  ", verify_kind_name(f->kind));
	if (f->type.p) {
		plain_text(b, f->type);
		buf_char(b, ' ');
		plain_text(b, f->id);
	}
	if (f->item_id)
		buf_printf(b, " v%" PRId64 " of %sZ", f->version, time_text(f->captured_ms, at));
	if (f->type.p) {
		buf_text(b, " (");
		plain_text(b, f->account);
		buf_char(b, ' ');
		plain_text(b, f->region);
		buf_text(b, f->item_id ? ", " : ")");
	}
	if (f->item_id)
		buf_printf(b, "%sitem %" PRId64 "%s", f->type.p ? "" : " ", f->item_id,
			f->type.p ? ")" : "");
	if (f->seal_id)
		buf_printf(b, "seal %" PRId64, f->seal_id);
	buf_text(b, f->type.p || f->item_id || f->seal_id ? ": " : "");
	plain_text(b, str_of(f->text));
	fprintf(stdout, "%s\n", b->p);
}

static void tell(void *ctx, const struct verify_finding *f)
{
	struct teller *t = ctx;

	if (t->limit && t->shown >= t->limit)
		return;
	progress_end(&t->progress);
	buf_clear(&t->line);
	if (t->json)
		tell_json(t, f);
	else
		tell_plain(t, f);
	t->shown++;
}

static void sum_json(const struct teller *t)
{
	const struct verify_sum *s = t->sum;
	struct buf b = BUF_INIT(1 << 16);
	char hex[SHA256_HEX_BYTES];

	buf_printf(&b, "],\"findings_total\":%" PRId64, s->findings);
	number(&b, "items_damaged", s->items_found);
	number(&b, "items", s->items);
	number(&b, "documents", s->documents);
	number(&b, "bytes", s->bytes);
	number(&b, "seals", s->seals);
	number(&b, "unsealed", s->unsealed);
	number(&b, "removed", s->pruned);
	number(&b, "signed_seals", s->signed_seals);
	number(&b, "signed_by_key", s->signed_by_us);
	number(&b, "anchored_item", s->anchored);
	number(&b, "head_seal", s->head_seal);
	member(&b, "head", str_of(sha256_hex(s->head, hex)));
	printf("%s,\"ok\":%s}\n", b.p, s->findings ? "false" : "true");
	buf_release(&b);
}

static void sum_plain(const struct teller *t)
{
	const struct verify_sum *s = t->sum;

	if (s->findings > t->shown)
		printf("... and %lld more\n", (long long)(s->findings - t->shown));
	printf("%lld %s in %lld %s, %lld removed by retention\n", (long long)s->items,
		cli_plural(s->items, "item", "items"), (long long)s->seals,
		cli_plural(s->seals, "seal", "seals"), (long long)s->pruned);
	if (s->unsealed)
		printf("%lld of before there were seals; the next commit seals them\n",
			(long long)s->unsealed);
	if (s->signed_seals && !s->signed_by_us)
		printf("%lld seals are signed; --key FILE checks by whom\n",
			(long long)s->signed_seals);
	else if (s->signed_by_us)
		printf("%lld seals are signed by the key\n", (long long)s->signed_by_us);
	if (s->anchored)
		printf("everything up to item %lld is what the anchor saw\n",
			(long long)s->anchored);
	if (!s->findings)
		puts("everything fits");
}

static enum code read_keys(struct cli *c, struct sign_key *keys, size_t *n, struct err *e)
{
	const char *path;
	size_t at = 0;

	for (*n = 0; (path = opt_next(&c->o, OPT_KEY, &at)) != NULL; ++*n) {
		if (*n == KEYS_MAX)
			return err_set(e, E_TOOBIG, "more than %d keys", KEYS_MAX);
		if (sign_key_read_public(&keys[*n], path, e))
			return err_add(e, "--key");
	}
	return E_OK;
}

static enum code read_anchor(struct cli *c, const struct sign_key *keys, size_t n,
	struct verify_anchor *out, struct err *e)
{
	const char *path = opt_text(&c->o, OPT_AGAINST);
	char text[ANCHOR_BYTES];
	size_t bytes;
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (!f)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno, "open \"%s\"", path);
	bytes = fread(text, 1, sizeof(text), f);
	if (f != stdin)
		fclose(f);
	if (anchor_read((struct str){ text, bytes }, keys, n, out, e))
		return err_add(e, "--against %s", path);
	return E_OK;
}

static enum code verify(struct cli *c, const struct verify_options *base, struct err *e)
{
	struct verify_sum sum = { 0 };
	struct verify_options o = *base;
	struct teller t = { .c = c,
		.line = BUF_INIT(1 << 20),
		.sum = &sum,
		.json = c->format_given && c->format != FORMAT_TABLE };
	enum code code = opt_number(&c->o, OPT_COUNT, SHOWN, &t.limit, e);

	if (code)
		return code;
	o.found = tell;
	o.progress = show;
	o.ctx = &t;
	progress_init(&t.progress, c);
	if (t.json)
		fputs("{\"findings\":[", stdout);
	code = verify_run(&c->db, &o, &sum, e);
	progress_end(&t.progress);
	buf_release(&t.line);
	if (t.json)
		sum_json(&t);
	else if (!code)
		sum_plain(&t);
	if (!code && sum.findings)
		code = err_set(e, E_CORRUPT, "%lld %s not fit, %lld of the items among them",
			(long long)sum.findings,
			cli_plural(sum.findings, "thing does", "things do"),
			(long long)sum.items_found);
	return code;
}

enum code cmd_verify(struct cli *c, struct err *e)
{
	struct sign_key keys[KEYS_MAX] = { 0 };
	struct verify_anchor anchor;
	struct verify_options o = { .keys = keys, .stop = c->stop };

	if (c->argc)
		c->store = c->argv[0];
	if (c->format_given && (c->format == FORMAT_CSV || c->format == FORMAT_TSV))
		return err_set(e, E_INVALID, "verify tells table, json or jsonl");
	if (!read_keys(c, keys, &o.n_keys, e) && opt_text(&c->o, OPT_AGAINST) &&
		!read_anchor(c, keys, o.n_keys, &anchor, e))
		o.anchor = &anchor;
	if (!e->code && !cli_open(c, e) && !db_spare_memory(&c->db, e))
		verify(c, &o, e);
	for (size_t i = 0; i < KEYS_MAX; i++)
		sign_key_release(&keys[i]);
	return e->code;
}

static enum code new_key(const char *path, struct cli *c, struct err *e)
{
	char id[SHA256_HEX_BYTES];

	if (sign_key_make(path, id, e))
		return e->code;
	puts(id);
	cli_note(c, "the private key is in \"%s\"; \"%s.pub\" is for those who verify", path, path);
	cli_note(c, "seals are signed once siltstone.conf says, in [evidence], key = %s", path);
	return E_OK;
}

static enum code key_id(const char *path, struct err *e)
{
	struct sign_key key;

	if (sign_key_read_public(&key, path, e))
		return e->code;
	puts(key.id);
	sign_key_release(&key);
	return E_OK;
}

enum code cmd_key(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0];

	if (strcmp(verb, "new") == 0)
		return new_key(c->argv[1], c, e);
	if (strcmp(verb, "id") == 0)
		return key_id(c->argv[1], e);
	err_set(e, E_INVALID, "key knows no \"%s\"", verb);
	return err_hint(e, "siltstone key new FILE, or siltstone key id FILE");
}

enum code cmd_seal(struct cli *c, struct err *e)
{
	struct buf text = BUF_INIT(ANCHOR_BYTES);

	if (!cli_open(c, e) && anchor_write(&c->db, &text, e) == E_NOTFOUND && !e->code)
		err_set(e, E_NOTFOUND, "nothing is sealed yet");
	if (!e->code)
		fputs(text.p, stdout);
	buf_release(&text);
	return e->code;
}
