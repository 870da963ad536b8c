/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include "base/time.h"
#include <unistd.h>

#define SILENT_MS 1000

void progress_init(struct progress *p, const struct cli *c)
{
	*p = (struct progress){ .began = time_ticks_ms(),
		.wanted = !c->quiet && isatty(STDERR_FILENO) == 1 };
}

void progress_show(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	if (!p->wanted || time_ticks_ms() - p->began < SILENT_MS)
		return;
	p->shown = true;
	fputs("\r\033[K", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
