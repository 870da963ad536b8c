/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sink.h"

#include "cli/cli.h"
#include "json/write.h"
#include <errno.h>
#include <unistd.h>

enum { PATH_BYTES = 16 << 10 };

/* The options that a sink keeps, by the names its settings have. */
static const struct {
	enum opt_id id;
	const char *key;
} kept[] = {
	{ OPT_ENDPOINT, "endpoint" },
	{ OPT_PROFILE, "profile" },
	{ OPT_ROLE_ARN, "role_arn" },
	{ OPT_SECRET_FILE, "secret_file" },
	{ OPT_SECRET_ENV, "secret_env" },
	{ OPT_EVENT_SOURCE, "source" },
	{ OPT_OVERSIZED, "oversized" },
	{ OPT_KMS_KEY, "kms_key" },
};

/* The daemon may run elsewhere. */
static const char *absolute(struct cli *c, const char *path, struct err *e)
{
	char here[PATH_BYTES];
	struct str out;

	if (path[0] == '/')
		return path;
	if (!getcwd(here, sizeof(here))) {
		err_sys(e, E_IO, errno, "find out the current directory");
		return NULL;
	}
	out = arena_printf(&c->arena, "%s/%s", here, path);
	return out.p;
}

static const char *settings(struct cli *c, struct err *e)
{
	struct buf b = BUF_INIT(1 << 16);
	const char *out;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		const char *text = opt_text(&c->o, kept[i].id);

		if (text && kept[i].id == OPT_SECRET_FILE)
			text = absolute(c, text, e);
		if (!text)
			continue;
		buf_char(&b, b.n ? ',' : '{');
		json_write_string(&b, str_of(kept[i].key));
		buf_char(&b, ':');
		json_write_string(&b, str_of(text));
	}
	buf_text(&b, b.n ? "}" : "{}");
	out = arena_text(&c->arena, buf_slice(&b));
	buf_release(&b);
	return out;
}

/* The fourth part of an ARN is its region, the third its service. */
static struct str arn_service(const char *where)
{
	struct str s = str_of(where);

	if (!str_starts(s, STR("arn:")))
		return STR_NONE;
	s = str_from(s, 4);
	s = str_from(s, str_find(s, ':') + 1);
	s.n = str_find(s, ':');
	return s;
}

static const char *kind_of(const char *where)
{
	const struct str service = arn_service(where), s = str_of(where);

	if (service.p)
		return str_is(service, "sns")      ? "sns"
		       : str_is(service, "events") ? "eventbridge"
						   : NULL;
	if (str_starts(s, STR("file:")))
		return "file";
	if (str_starts(s, STR("https://sqs.")))
		return "sqs";
	return str_starts(s, STR("https://")) || str_starts(s, STR("http://")) ? "webhook" : NULL;
}

static enum code fill(struct cli *c, struct sink *s, const char *where, struct err *e)
{
	const char *given = opt_text(&c->o, OPT_KIND);

	s->kind = given ? given : kind_of(where);
	s->target = where;
	s->predicate = opt_text(&c->o, OPT_WHERE);
	if (!s->kind) {
		err_set(e, E_INVALID, "what \"%s\" is cannot be told from its name", where);
		return err_hint(e, "--kind sns, sqs, eventbridge, webhook or file says it");
	}
	if (strcmp(s->kind, "file") == 0) {
		if (str_starts(str_of(where), STR("file:")))
			where += 5;
		s->target = *where ? absolute(c, where, e) : "";
	}
	s->settings = settings(c, e);
	return e->code ? e->code : arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

static enum code add(struct cli *c, const char *name, const char *where, struct err *e)
{
	const bool from = opt_text(&c->o, OPT_CURSOR) != NULL;
	struct sink s = { .name = name };

	if (str_starts(str_of(name), STR("channel:")))
		return err_set(
			e, E_INVALID, "the sinks of channels are made by siltstone channel set");
	if (opt_number(&c->o, OPT_CURSOR, 0, &s.cursor, e) || fill(c, &s, where, e) ||
		cli_open_writing(c, e) || sink_put(&c->db, &s, from, e))
		return e->code;
	cli_note(c, "sink \"%s\" is told of what happens %s; siltstone notify tells it", name,
		from ? "behind the cursor" : "from now on");
	return E_OK;
}

static enum code list(struct cli *c, struct err *e)
{
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &p, "sink,kind,target,behind,dead,told,next_try,error");
	rows = printer_rows(&p);
	if (!read_sinks(&c->reader, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	if (cli_open_changing(c, e) || sink_remove(&c->db, name, e))
		return e->code;
	cli_note(c, "sink \"%s\" is told nothing more", name);
	return E_OK;
}

enum code cmd_sink(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0], *name = c->argc > 1 ? c->argv[1] : NULL;

	if (strcmp(verb, "list") == 0 && !name)
		return list(c, e);
	if (strcmp(verb, "add") == 0 && name && *name && c->argc == 3)
		return add(c, name, c->argv[2], e);
	if (strcmp(verb, "remove") == 0 && name && *name && c->argc == 2)
		return take_off(c, name, e);
	err_set(e, E_INVALID, "sink wants add NAME WHERE, list, or remove NAME");
	return err_hint(e, "siltstone help sink");
}
