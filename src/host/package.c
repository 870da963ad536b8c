/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "host/host.h"
#include "host/line.h"

/* A paragraph of dpkg's status file (deb822(5)); fields that go on over several lines are not
 * among those of interest. */
struct package {
	struct str name, version, architecture, status, section, priority, source, essential;
};

static void field(struct package *p, struct str line)
{
	struct str name = part_next(&line, ':');
	const struct {
		const char *name;
		struct str *value;
	} fields[] = {
		{ "Package", &p->name },
		{ "Version", &p->version },
		{ "Architecture", &p->architecture },
		{ "Status", &p->status },
		{ "Section", &p->section },
		{ "Priority", &p->priority },
		{ "Source", &p->source },
		{ "Essential", &p->essential },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (str_is(name, fields[i].name))
			*fields[i].value = str_trim(line);
}

static void add(struct host *host, const struct package *p)
{
	struct str rest = p->status, selection = word_next(&rest), error = word_next(&rest);
	struct str state = word_next(&rest);
	struct json *o;

	if (!p->name.n || !str_is(state, "installed"))
		return;
	o = host_add(host);
	fact_text(host, o, "id",
		arena_printf(host->a, "%.*s:%.*s", STR_ARG(p->name), STR_ARG(p->architecture)));
	fact_text(host, o, "name", p->name);
	fact_text(host, o, "version", p->version);
	fact_text(host, o, "architecture", p->architecture);
	fact_text(host, o, "status", state);
	fact_text(host, o, "selection", selection);
	if (!str_is(error, "ok"))
		fact_text(host, o, "error", error);
	fact_text(host, o, "section", p->section);
	fact_text(host, o, "priority", p->priority);
	fact_text(host, o, "source", p->source);
	fact_flag(host, o, "essential", str_is(p->essential, "yes"));
}

enum code package_list(struct host *host, struct err *e)
{
	struct package p = { 0 };
	struct str rest, line;
	enum code c = host_read_optional(host, host_path(host, "/var/lib/dpkg/status"), &rest, e);

	while (!c && line_next(&rest, &line)) {
		if (line.n && line.p[0] != ' ' && line.p[0] != '\t') {
			field(&p, line);
		} else if (!line.n) {
			add(host, &p);
			p = (struct package){ 0 };
		}
	}
	if (!c)
		add(host, &p);
	return c;
}
