/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/metrics.h"

#include "base/time.h"
#include <sys/stat.h>

#define PAGE_BYTES (32 << 20)
/* Counting that takes no longer is done for whoever asks. */
#define CHEAP_US   3000
#define REST       50
#define SECOND_US  INT64_C(1000000)

static const int64_t ingest_us[HISTOGRAM_BUCKETS] = { SECOND_US / 10, SECOND_US / 4, SECOND_US / 2,
	SECOND_US, 2 * SECOND_US, 5 * SECOND_US, 10 * SECOND_US, 30 * SECOND_US, 60 * SECOND_US,
	120 * SECOND_US, 300 * SECOND_US, 600 * SECOND_US };
static const int64_t query_us[HISTOGRAM_BUCKETS] = { 500, 1000, 2500, 5000, 10000, 25000, 50000,
	100000, 250000, 500000, SECOND_US, 5 * SECOND_US };

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
	{ "siltstone_rules", "gauge", "Rules by how their last evaluation went.",
		{ "region", "state" } },
	{ "siltstone_evaluation_backlog", "gauge",
		"Configuration items that rules have yet to be run for.", { NULL } },
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

void metrics_init(struct metrics *m)
{
	*m = (struct metrics){
		.ingest = { .name = "siltstone_ingest_seconds",
			.help = "From the first call of a sweep to the commit of what it saw.",
			.bounds_us = ingest_us },
		.query = { .name = "siltstone_query_seconds",
			.help = "How long the store took for what a request asked of it.",
			.bounds_us = query_us },
		.counted = BUF_INIT(PAGE_BYTES)
	};
	pthread_mutex_init(&m->lock, NULL);
}

void metrics_release(struct metrics *m)
{
	buf_release(&m->counted);
	pthread_mutex_destroy(&m->lock);
}

/* As the store is, or counted so lately that counting would take more than a fiftieth of the time. */
static bool is_fresh(struct metrics *m, const struct figure_edition *now)
{
	bool fresh;

	pthread_mutex_lock(&m->lock);
	fresh = m->known &&
		((m->edition.item == now->item && m->edition.look == now->look) ||
			(m->took_us > CHEAP_US && time_ticks_us() < m->at_us + REST * m->took_us));
	pthread_mutex_unlock(&m->lock);
	return fresh;
}

static void keep(
	struct metrics *m, struct buf *text, const struct figure_edition *edition, int64_t took_us)
{
	struct buf old;

	pthread_mutex_lock(&m->lock);
	old = m->counted;
	m->counted = *text;
	m->edition = *edition;
	m->at_us = time_ticks_us();
	m->took_us = took_us;
	m->known = true;
	pthread_mutex_unlock(&m->lock);
	*text = old;
}

/* Nobody waits for the lock while it is counted; what another thread counts meanwhile is as good. */
enum code metrics_count(struct metrics *m, struct db *db, struct err *e)
{
	struct buf text = BUF_INIT(PAGE_BYTES);
	struct writer w = { .out = &text };
	struct figure_edition edition;
	int64_t began_us = time_ticks_us();

	if (figure_edition(db, &edition, e) || is_fresh(m, &edition))
		return e->code;
	if (!figure_count(db, write_figure, &w, e) && !buf_ok(&text))
		err_nomem(e);
	if (!e->code)
		keep(m, &text, &edition, time_ticks_us() - began_us);
	buf_release(&text);
	return e->code;
}

static bool counts_at_once(struct metrics *m)
{
	bool at_once;

	pthread_mutex_lock(&m->lock);
	at_once = m->known && m->took_us <= CHEAP_US;
	pthread_mutex_unlock(&m->lock);
	return at_once;
}

enum code metrics_write(struct metrics *m, struct db *db, const char *store, int64_t now_ms,
	struct buf *out, struct err *e)
{
	struct writer w = { .out = out };

	if ((counts_at_once(m) && metrics_count(m, db, e)) ||
		figure_walk(db, now_ms, write_figure, &w, e))
		return e->code;
	pthread_mutex_lock(&m->lock);
	buf_str(out, buf_slice(&m->counted));
	pthread_mutex_unlock(&m->lock);
	histogram_write(&m->ingest, out);
	histogram_write(&m->query, out);
	write_bytes(out, store);
	head(out, "siltstone_build_info", "gauge", "The program's version.");
	buf_text(out, "siltstone_build_info{version=\"" SILTSTONE_VERSION "\"} 1\n");
	return buf_ok(out) ? E_OK : err_nomem(e);
}
