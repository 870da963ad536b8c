/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/up.h"

#include "cli/cli.h"

enum code cmd_up(struct cli *c, struct err *e)
{
	struct up_options o = { .store = c->store,
		.config_file = opt_text(&c->o, OPT_CONFIG),
		.config = &c->config,
		.listen = opt_text(&c->o, OPT_LISTEN),
		.anonymous = opt_text(&c->o, OPT_ANONYMOUS),
		.key_file = opt_text(&c->o, OPT_KEY_FILE),
		.ui_dir = opt_text(&c->o, OPT_UI_DIR),
		.log_level = opt_text(&c->o, OPT_LOG_LEVEL),
		.once = opt_text(&c->o, OPT_ONCE) != NULL };

	return up_run(&o, e);
}
