/* SPDX-License-Identifier: Apache-2.0 */
#include "api/ask.h"
#include "api/web_ask.h"
#include "base/when.h"
#include "db/sql_text.h"

#define DAY_MS    INT64_C(86400000)
#define DAYS      30
#define DAYS_MAX  400
#define LANE_DAYS 90

static enum code tell(struct web_ask *ask, enum code c)
{
	return page_ended(&ask->page, c, ask->e);
}

static enum code ask_pages(struct web_ask *ask, enum sql_id id)
{
	struct rows rows = page_rows(&ask->page);

	return tell(
		ask, ask_filtered(&ask->reader, sql_text[id].text, &ask->filter, &rows, ask->e));
}

enum code web_at(struct web_ask *ask)
{
	int64_t ms = 0;

	if (web_moment(ask, WEB_PARAM_AT, &ms))
		return ask->e->code;
	if (ms)
		ask->reader.at_ms = when_whole_second(ms);
	return E_OK;
}

/* What is told ends at the moment asked about, and begins so many days before unless since= says when. */
static enum code read_span(struct web_ask *ask, int64_t days)
{
	struct read_filter *f = &ask->filter;
	int64_t until_ms = 0;

	if (web_at(ask) || web_filter(ask) || web_moment(ask, WEB_PARAM_UNTIL, &until_ms))
		return ask->e->code;
	if (until_ms && web_given(ask, WEB_PARAM_AT))
		return err_set(ask->e, E_INVALID, "at and until exclude each other");
	if (until_ms)
		ask->reader.at_ms = when_whole_second(until_ms);
	f->until_ms = ask->reader.at_ms;
	if (!f->since_ms)
		f->since_ms = f->until_ms > days * DAY_MS ? f->until_ms - days * DAY_MS : 0;
	if (f->since_ms > f->until_ms)
		return err_set(ask->e, E_INVALID, "until is before since");
	return E_OK;
}

enum code web_board(struct web_ask *ask)
{
	if (read_span(ask, DAYS))
		return ask->e->code;
	if (ask->filter.until_ms - ask->filter.since_ms > DAYS_MAX * DAY_MS) {
		err_set(ask->e, E_INVALID, "a board is of %d days at most", DAYS_MAX);
		return err_hint(ask->e, "since=90d");
	}
	return ask_pages(ask, SQL_WEB_BOARD);
}

enum code web_findings(struct web_ask *ask)
{
	if (read_span(ask, LANE_DAYS))
		return ask->e->code;
	if (!ask->filter.rule) {
		err_set(ask->e, E_INVALID, "it is not said what which rule finds");
		return err_hint(ask->e, "rule=RULE: its whole name; GET /api/board lists them");
	}
	return ask_pages(ask, SQL_WEB_FINDINGS);
}

enum code web_fixes(struct web_ask *ask)
{
	bool all = !web_given(ask, WEB_PARAM_SINCE);

	if (read_span(ask, LANE_DAYS))
		return ask->e->code;
	if (all)
		ask->filter.since_ms = 0;
	return ask_pages(ask, SQL_WEB_FIXES);
}

enum code web_packs(struct web_ask *ask)
{
	return read_span(ask, DAYS) ? ask->e->code : ask_pages(ask, SQL_WEB_PACKS);
}

enum code web_status(struct web_ask *ask)
{
	ask->filter.until_ms = ask->reader.now_ms;
	return ask_pages(ask, SQL_WEB_STATUS);
}

enum code web_denials(struct web_ask *ask)
{
	return ask_pages(ask, SQL_WEB_DENIALS);
}

enum code web_sinks(struct web_ask *ask)
{
	return ask_pages(ask, SQL_WEB_SINKS);
}

enum code web_sources(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);

	return tell(ask, read_sources(&ask->reader, &rows, ask->e));
}

enum code web_incomplete(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);

	return tell(ask, read_incomplete(&ask->reader, &rows, ask->e));
}

enum code web_channels(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);

	return tell(ask, read_channels(&ask->reader, &rows, ask->e));
}

enum code web_streams(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);

	return tell(ask, read_streams(&ask->reader, NULL, &rows, ask->e));
}

enum code web_outbox(struct web_ask *ask)
{
	struct rows rows = page_rows(&ask->page);

	return tell(ask, read_outbox(&ask->reader, 0, &rows, ask->e));
}
