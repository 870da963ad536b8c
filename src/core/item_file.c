/* SPDX-License-Identifier: Apache-2.0 */
#include "core/item_file.h"

static enum code add_head(struct gzip_file *f, const char *snapshot_id, struct err *e)
{
	enum code c = gzip_file_add(f, STR("{\"fileVersion\":\"1.0\""), e);

	if (!c && snapshot_id)
		c = gzip_file_add(f, STR(",\"configSnapshotId\":\""), e);
	if (!c && snapshot_id)
		c = gzip_file_add(f, str_of(snapshot_id), e);
	if (!c && snapshot_id)
		c = gzip_file_add(f, STR("\""), e);
	return c ? c : gzip_file_add(f, STR(",\"configurationItems\":["), e);
}

enum code item_file_open(struct item_file *f, const char *snapshot_id, struct err *e)
{
	*f = (struct item_file){ 0 };
	if (gzip_file_open(&f->gzip, e))
		return e->code;
	if (add_head(&f->gzip, snapshot_id, e))
		gzip_file_close(&f->gzip);
	return e->code;
}

enum code item_file_add(struct item_file *f, struct str body, int64_t captured_ms, struct err *e)
{
	enum code c = f->items ? gzip_file_add(&f->gzip, STR(","), e) : E_OK;

	if (!c)
		c = gzip_file_add(&f->gzip, body, e);
	if (c)
		return c;
	if (!f->items || captured_ms < f->first_ms)
		f->first_ms = captured_ms;
	if (!f->items || captured_ms > f->last_ms)
		f->last_ms = captured_ms;
	f->items++;
	return E_OK;
}

enum code item_file_finish(struct item_file *f, struct err *e)
{
	enum code c = gzip_file_add(&f->gzip, STR("]}"), e);

	return c ? c : gzip_file_finish(&f->gzip, e);
}

void item_file_close(struct item_file *f)
{
	gzip_file_close(&f->gzip);
}
