/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/door.h"

#include "base/log.h"
#include <stddef.h>

/* A sweep commits many times a second; a key that was taken away is of use no longer than this. */
#define SOON_MS 1000

static struct door *of_load(struct job *job)
{
	return (struct door *)((char *)job - offsetof(struct door, load));
}

static struct door *of_note(struct job *job)
{
	return (struct door *)((char *)job - offsetof(struct door, note));
}

/* Settings */

static enum code read_tls(struct door_settings *s, const struct config *config, struct err *e)
{
	const char *cert = config_get(config, "http", "", "tls_cert");
	const char *key = config_get(config, "http", "", "tls_key");

	if (!cert && !key)
		return E_OK;
	if (!cert || !key)
		return err_set(e, E_INVALID, "http.tls_cert and http.tls_key go together");
	return tls_open(&s->tls, cert, key, e);
}

enum code door_settings_read(struct door_settings *s, const struct config *config, struct err *e)
{
	enum code c;

	*s = (struct door_settings){ .tls = NULL };
	c = gate_settings_read(&s->gate, config, e);
	return c ? c : read_tls(s, config, e);
}

void door_settings_release(struct door_settings *s)
{
	seal_box_release(&s->gate.box);
	tls_close(s->tls);
	s->tls = NULL;
}

void door_apply(struct door *d, struct door_settings *s, struct http_server *http)
{
	gate_apply(d->gate, &s->gate);
	if (http && s->tls && http_server_tls(http, s->tls))
		s->tls = NULL;
	else if (http && !s->tls != !http_server_has_tls(http))
		log_write(EV_SETTING_RESTART, NULL, log_text("setting", "http.tls_cert"));
	door_settings_release(s);
	door_written(d);
}

/* Keys */

static enum code load(struct job *job, struct db *db, struct err *e)
{
	return gate_keys_load(&of_load(job)->fresh, db, e);
}

static void submit_load(struct door *d);

static void on_loaded(struct job *job, const struct err *e)
{
	struct door *d = of_load(job);

	d->loading = false;
	if (e->code && e->code != E_CANCELED)
		log_write(EV_ACCESS_FAILED, e, log_text("what", "read"));
	gate_keys_take(d->gate, d->fresh);
	d->fresh = NULL;
	if (d->again && !e->code)
		submit_load(d);
}

static void submit_load(struct door *d)
{
	d->loading = true;
	d->again = false;
	d->load = (struct job){ .run = load, .done = on_loaded };
	lanes_submit(d->lanes, LANE_READ, &d->load);
}

static void on_soon(void *arg)
{
	struct door *d = arg;

	d->waiting = false;
	if (d->loading)
		d->again = true;
	else
		submit_load(d);
}

void door_written(struct door *d)
{
	if (d->waiting || !d->lanes)
		return;
	d->waiting = true;
	loop_timer_once(&d->soon, SOON_MS);
}

/* When they were last used */

static enum code note(struct job *job, struct db *db, struct err *e)
{
	const struct door *d = of_note(job);

	return access_key_used(db, d->uses, d->n_uses, e);
}

static void on_use(void *arg);

static void on_noted(struct job *job, const struct err *e)
{
	struct door *d = of_note(job);

	d->noting = false;
	if (e->code && e->code != E_CANCELED)
		log_write(EV_ACCESS_FAILED, e, log_text("what", "note use"));
	else if (!e->code)
		on_use(d);
}

static void on_use(void *arg)
{
	struct door *d = arg;

	if (d->noting || !d->lanes)
		return;
	d->n_uses = gate_used(d->gate, d->uses, DOOR_USES_MAX);
	if (!d->n_uses)
		return;
	d->noting = true;
	d->note = (struct job){ .run = note, .done = on_noted };
	lanes_submit(d->lanes, LANE_WRITE, &d->note);
}

/* Beginning and end */

enum code door_open(struct door *d, const struct door_settings *s, struct db *db, struct err *e)
{
	struct gate_keys *keys = NULL;

	*d = (struct door){ .gate = NULL };
	if (gate_open(&d->gate, &s->gate, e) || gate_keys_load(&keys, db, e))
		return e->code;
	gate_keys_take(d->gate, keys);
	gate_on_use(d->gate, on_use, d);
	return E_OK;
}

void door_start(struct door *d, struct loop *loop, struct lanes *lanes)
{
	loop_timer_init(loop, &d->soon, on_soon, d);
	d->lanes = lanes;
}

void door_close(struct door *d)
{
	gate_close(d->gate);
	d->gate = NULL;
}
