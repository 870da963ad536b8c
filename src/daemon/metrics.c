/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/metrics.h"

#include "store/figure.h"
#include <sys/stat.h>

static const struct metric {
	const char *name, *type, *help;
	const char *labels[3];
} metrics[] = {
	{ "siltstone_resources", "gauge", "Resources that exist.",
		{ "type", "account", "region" } },
	{ "siltstone_items_total", "counter", "Configuration items written.", { "type" } },
	{ "siltstone_changes_total", "counter", "Configuration items by what happened.",
		{ "type", "event" } },
	{ "siltstone_last_item_timestamp_seconds", "gauge", "When a sweep last wrote an item.",
		{ "source" } },
	{ "siltstone_recorder_up", "gauge", "1: it records and the last sweep went well.",
		{ "source" } },
	{ "siltstone_recorder_lag_seconds", "gauge", "How long a sweep has been due.", { NULL } },
	{ "siltstone_gaps_total", "counter", "Looks that were not complete.", { NULL } },
	{ "siltstone_delivery_last_success_timestamp_seconds", "gauge", "When files last went out.",
		{ "channel", "stream" } },
	{ "siltstone_deliveries_pending", "gauge", "Files that are to go out.", { "channel" } },
	{ "siltstone_notices_pending", "gauge", "Events a sink was not told.", { "sink" } },
	{ "siltstone_dead_letters", "gauge", "Events a sink gave up on.", { "sink" } },
};

struct writer {
	struct buf *out;
	const struct metric *last;
};

static void write_label(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\n') {
			buf_text(out, "\\n");
			continue;
		}
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, value.p[i]);
	}
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static enum code write_figure(void *ctx, const struct figure *f, struct err *e)
{
	struct writer *w = ctx;
	const struct metric *m = NULL;
	bool open = false;

	(void)e;
	for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
		if (str_is(f->metric, metrics[i].name))
			m = &metrics[i];
	if (!m)
		return E_OK;
	if (w->last != m)
		head(w->out, m->name, m->type, m->help);
	w->last = m;
	buf_text(w->out, m->name);
	for (size_t i = 0; i < 3; i++) {
		if (!m->labels[i] || !f->labels[i].p)
			continue;
		buf_printf(w->out, "%s%s=\"", open ? "," : "{", m->labels[i]);
		write_label(w->out, f->labels[i]);
		buf_char(w->out, '"');
		open = true;
	}
	buf_printf(w->out, "%s %lld\n", open ? "}" : "", (long long)f->value);
	return E_OK;
}

static void write_bytes(struct buf *out, const char *store)
{
	static const struct {
		const char *file, *end;
	} files[] = { { "store", "" }, { "wal", "-wal" } };

	head(out, "siltstone_store_bytes", "gauge", "Size of the store's files.");
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct buf path = BUF_INIT(1 << 16);
		struct stat sb;

		buf_printf(&path, "%s%s", store, files[i].end);
		if (buf_ok(&path) && stat(path.p, &sb) == 0)
			buf_printf(out, "siltstone_store_bytes{file=\"%s\"} %lld\n", files[i].file,
				(long long)sb.st_size);
		buf_release(&path);
	}
}

enum code metrics_write(
	struct db *db, const char *store, int64_t now_ms, struct buf *out, struct err *e)
{
	struct writer w = { .out = out };

	if (figure_walk(db, now_ms, write_figure, &w, e))
		return e->code;
	write_bytes(out, store);
	head(out, "siltstone_build_info", "gauge", "The program's version.");
	buf_text(out, "siltstone_build_info{version=\"" SILTSTONE_VERSION "\"} 1\n");
	return buf_ok(out) ? E_OK : err_nomem(e);
}
