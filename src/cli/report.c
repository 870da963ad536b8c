/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_page.h"

#include "base/time.h"
#include "cli/cli.h"
#include "core/whole_file.h"
#include <errno.h>
#include <stdio.h>

#define WEEK_MS (INT64_C(7) * 86400 * 1000)

static enum code put(FILE *f, const char *path, struct str s, struct err *e)
{
	if (fwrite(s.p, 1, s.n, f) != s.n || fflush(f) != 0)
		return err_sys(e, errno == EPIPE ? E_CANCELED : E_IO, errno, "write \"%s\"", path);
	return E_OK;
}

static enum code put_file(const char *path, struct str s, struct err *e)
{
	struct whole_file w = { 0 };
	FILE *f;

	if (!whole_file_begin(&w, path, true, e)) {
		f = fopen(w.part, "we");
		if (!f)
			err_sys(e, E_IO, errno, "write \"%s\"", w.part);
		else
			put(f, path, s, e);
		if (f && fclose(f) != 0 && !e->code)
			err_sys(e, E_IO, errno, "write \"%s\"", path);
		if (!e->code)
			whole_file_finish(&w, e);
	}
	whole_file_drop(&w);
	return e->code;
}

enum code cmd_report(struct cli *c, struct err *e)
{
	const char *path = opt_text(&c->o, OPT_OUT);
	struct report_page page = { .out = BUF_INIT(REPORT_PAGE_BYTES),
		.account = opt_text(&c->o, OPT_ACCOUNT) };

	if (cli_open(c, e) || cli_moment(c, OPT_UNTIL, c->now_ms, &page.until_ms, e) ||
		cli_moment(c, OPT_SINCE, page.until_ms - WEEK_MS, &page.since_ms, e))
		return e->code;
	if (page.since_ms >= page.until_ms)
		return err_set(e, E_INVALID, "--since is not before --until");
	if (!report_page_write(&page, &c->reader, e)) {
		if (path && strcmp(path, "-") != 0)
			put_file(path, buf_slice(&page.out), e);
		else
			put(stdout, "standard output", buf_slice(&page.out), e);
	}
	if (!e->code && path && strcmp(path, "-") != 0)
		cli_note(c, "%s: %.0f KB", path, (double)page.out.n / 1000);
	buf_release(&page.out);
	return e->code;
}
