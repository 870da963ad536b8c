/* SPDX-License-Identifier: Apache-2.0 */
#include "core/publish.h"

#include "library/handle.h"
#include <stdint.h>

enum siltstone_code siltstone_publish(struct siltstone *s, const char *path, int *written)
{
	enum siltstone_code c = handle_begin(s);
	struct flat_options o = { .at_ms = INT64_MAX };
	struct db own = { 0 }, *db = NULL;
	bool wrote = false;

	if (c)
		return c;
	if (!path || !*path)
		return handle_misuse(s, "a copy without the path of a file");
	rows_pass_on_cancel(s);
	o.stop = &s->canceled;
	if (!handle_take(s, &own, &db, &s->err))
		publish(db, path, &o, false, &wrote, &s->err);
	handle_give(s, db);
	if (written && !s->err.code)
		*written = wrote;
	return handle_end(s);
}
