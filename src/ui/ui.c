/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ui.h"

#include "base/asset.h"
#include "base/sha256.h"

extern const struct asset ui_assets[];

const struct ui_page ui_pages[] = {
	{ "/", false },
	{ "/live", false },
	{ "/changes", false },
	{ "/resources", false },
	{ "/r", true },
	{ "/compare", false },
	{ "/graph", true },
	{ "/compliance", true },
	{ "/sql", false },
	{ "/snapshots", false },
	{ "/recorder", false },
	{ NULL, false },
};
_Static_assert(sizeof(ui_pages) / sizeof(*ui_pages) <= UI_PAGES_MAX, "raise UI_PAGES_MAX");

const char *ui_mime(struct str path)
{
	static const struct {
		const char *suffix, *mime;
	} known[] = { { ".html", "text/html; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t n = strlen(known[i].suffix);

		if (path.n > n && memcmp(path.p + path.n - n, known[i].suffix, n) == 0)
			return known[i].mime;
	}
	return NULL;
}

bool ui_find(struct str path, struct ui_file *out)
{
	static const size_t suffix = sizeof(".gz") - 1;

	for (const struct asset *a = ui_assets; a->name; a++) {
		struct str name = { a->name, strlen(a->name) - suffix };

		if (!str_eq(name, path))
			continue;
		*out = (struct ui_file){ ui_mime(path), { a->text, a->n } };
		return out->mime != NULL;
	}
	return false;
}

bool ui_edition(char out[UI_EDITION_BYTES])
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	struct sha256 h;

	sha256_init(&h);
	for (const struct asset *a = ui_assets; a->name; a++) {
		sha256_add(&h, a->name, strlen(a->name));
		sha256_add(&h, a->text, a->n);
	}
	if (!sha256_finish(&h, digest))
		return false;
	memcpy(out, sha256_hex(digest, hex), UI_EDITION_BYTES - 1);
	out[UI_EDITION_BYTES - 1] = '\0';
	return true;
}
