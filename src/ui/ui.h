/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>

/**
 * The web pages, as they were built into the program
 * ==================================================
 *
 * Plain files of src/ui, each pressed with gzip: index.html, which every page begins with, app.css, and modules, app.js
 * first, which loads page/NAME.js for the URL that is looked at. Nothing of them is made for whoever asks.
 */
struct ui_file {
	const char *mime;
	struct str gzip;
};

/** @path as in src/ui, "page/overview.js". False: there is no such file. */
bool ui_find(struct str path, struct ui_file *out);
/** What @path is by its ending, or NULL: nothing that is served. */
const char *ui_mime(struct str path);

/** Where pages are: each is answered with index.html, the paths below as well where @below. Ends with a path of NULL. */
struct ui_page {
	const char *path;
	bool below;
};
extern const struct ui_page ui_pages[];
#define UI_PAGES_MAX 16

/** Of all files together: changes when one of them does. */
#define UI_EDITION_BYTES 17
/** False: libcrypto fails. */
bool ui_edition(char out[UI_EDITION_BYTES]);
