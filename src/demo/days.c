/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/estate.h"

#include "base/must.h"
#include "base/time.h"
#include "demo/rules.h"
#include <string.h>

/* Ordinary days: releases, load, clean-ups, and what people try out. */

#define FILL(x, ...) thing_fill(x, (const char *const[]){ __VA_ARGS__, NULL })
#define MINUTE       INT64_C(60000)
#define HOUR         (60 * MINUTE)
#define DAY          (24 * HOUR)

void plan_add(struct plan *p, int64_t at_ms, void (*fn)(struct estate *, struct service *, int64_t),
	struct service *s)
{
	if (p->n < HAPPENINGS_MAX)
		p->list[p->n++] = (struct happening){ at_ms, fn, s };
}

static bool is_prod(const struct service *s)
{
	return s->spot->number < 2;
}

static void release(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;

	act_begin(t, at_ms, CI, s->spot, "lambda", "UpdateFunctionCode20150331v2");
	service_release(t, s, at_ms);
	if (s->release % 4)
		return;
	act_begin(t, at_ms + 90000, CI, s->spot, "ec2", "CreateLaunchTemplateVersion");
	service_new_template(t, s);
}

static void grow(struct estate *e, struct service *s, int64_t at_ms)
{
	if (s->stopped)
		return;
	act_begin(&e->tape, at_ms, AUTOSCALING, s->spot, "ec2", "RunInstances");
	service_grow(&e->tape, s);
}

static void shrink(struct estate *e, struct service *s, int64_t at_ms)
{
	if (s->n_servers <= 2 || s->stopped)
		return;
	act_begin(&e->tape, at_ms, AUTOSCALING, s->spot, "ec2", "TerminateInstances");
	service_shrink(&e->tape, s, 0);
}

static void stop_servers(struct estate *e, struct service *s, int64_t at_ms)
{
	if (s->stopped)
		return;
	act_begin(&e->tape, at_ms, SCHEDULER, s->spot, "ec2", "StopInstances");
	for (int i = 0; i < s->n_servers; i++)
		service_state(&e->tape, s->servers[i].instance, false);
	s->stopped = true;
}

static void start_servers(struct estate *e, struct service *s, int64_t at_ms)
{
	if (!s->stopped)
		return;
	act_begin(&e->tape, at_ms, SCHEDULER, s->spot, "ec2", "StartInstances");
	for (int i = 0; i < s->n_servers; i++)
		service_state(&e->tape, s->servers[i].instance, true);
	s->stopped = false;
}

static void alarm_on(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, NOBODY, s->spot, "monitoring", "");
	thing_set(s->alarms[1], "state", "ALARM");
	tape_saw(&e->tape, s->alarms[1]);
}

static void alarm_off(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, NOBODY, s->spot, "monitoring", "");
	thing_set(s->alarms[1], "state", "OK");
	tape_saw(&e->tape, s->alarms[1]);
}

static void tune(struct estate *e, struct service *s, int64_t at_ms)
{
	static const char *const
		memory[] = { "256", "512", "1024" },
		*const timeouts[] = { "15", "30", "60" }, *const days[] = { "14", "30", "90" },
		*const idle[] = { "60", "120" }, *const visible[] = { "60", "120", "300" };
	struct tape *t = &e->tape;
	struct dice *d = &t->dice;
	struct thing *f = s->functions[dice_below(d, 3)], *l = s->logs[dice_below(d, 3)];

	act_begin(t, at_ms, TERRAFORM, s->spot, "lambda", "UpdateFunctionConfiguration20150331v2");
	FILL(f, "memory", memory[dice_below(d, 3)], "timeout", timeouts[dice_below(d, 3)],
		"runtime", "python3.12");
	tape_saw(t, f);
	act_begin(t, at_ms + 5000, TERRAFORM, s->spot, "logs", "PutRetentionPolicy");
	FILL(l, "days", days[dice_below(d, 3)]);
	tape_saw(t, l);
	act_begin(t, at_ms + 9000, TERRAFORM, s->spot, "elasticloadbalancing",
		"ModifyLoadBalancerAttributes");
	FILL(s->balancer, "idle", idle[dice_below(d, 2)]);
	tape_saw(t, s->balancer);
	act_begin(t, at_ms + 14000, TERRAFORM, s->spot, "sqs", "SetQueueAttributes");
	FILL(s->queue, "visible", visible[dice_below(d, 3)]);
	tape_saw(t, s->queue);
}

static void set_costs(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	const char *center = tape_text(t, "%u", 1000 + 10 * dice_below(&t->dice, 9));
	enum { N = 5 };
	struct thing *const all[N] = { s->database_sg, s->app_sg, s->table, s->database, s->topic };

	act_begin(t, at_ms, TERRAFORM, s->spot, "ec2", "CreateTags");
	for (size_t i = 0; i < N; i++) {
		thing_tag(all[i], "CostCenter", center);
		tape_saw(t, all[i]);
	}
}

/* A partner is let in, and out again some other day. */
static void let_in(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	const char *everybody = service_open_to(t, 443, "0.0.0.0/0", NULL),
		   *was = thing_get(s->balancer_sg, "rules");
	bool in = !strstr(was, "8443");
	const char *partner = service_open_to(
		t, 8443, tape_text(t, "192.0.2.%u/32", 100 + dice_below(&t->dice, 90)), NULL);

	act_begin(t, at_ms, TERRAFORM, s->spot, "ec2",
		in ? "AuthorizeSecurityGroupIngress" : "RevokeSecurityGroupIngress");
	thing_set(s->balancer_sg, "rules",
		in ? tape_text(t, "[%s,%s]", everybody, partner) : tape_text(t, "[%s]", everybody));
	tape_saw(t, s->balancer_sg);
}

static void more_storage(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	int gb = 0;

	for (const char *p = thing_get(s->database, "storage"); p && *p; p++)
		gb = gb * 10 + (*p - '0');
	act_begin(t, at_ms, RDS, s->spot, "rds", "ModifyDBInstance");
	thing_set(s->database, "storage", tape_text(t, "%d", gb + 20));
	tape_saw(t, s->database);
}

/* Somebody tries something with a volume, and forgets it for some days. */
static void spare_volume(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	struct thing *v;

	if (e->n_spare == 8)
		return;
	act_begin(t, at_ms, dice_likely(&t->dice, 50) ? BOB : DAVE, s->spot, "ec2", "CreateVolume");
	v = tape_thing(t, KIND_VOLUME, s->spot, tape_id(t, "vol"), NULL);
	v->az = s->net->subnets[3]->az;
	FILL(v, "attachments", "[]", "encrypted", "false", "size", "200", "state", "available");
	thing_tag(v, "Name", "scratch");
	tape_saw(t, v);
	e->spare[e->n_spare++] = v;
}

static void clean_up(struct estate *e, struct service *s, int64_t at_ms)
{
	(void)s;
	if (!e->n_spare)
		return;
	act_begin(&e->tape, at_ms, CAROL, e->spare[0]->spot, "ec2", "DeleteVolume");
	tape_lost(&e->tape, e->spare[0]);
	memmove(e->spare, e->spare + 1, (size_t)--e->n_spare * sizeof(void *));
}

/* After the rule was made, what it found is mended, some each week. */
static void close_metadata(struct estate *e, struct service *s, int64_t at_ms)
{
	for (int i = 0; i < s->n_servers; i++) {
		struct thing *x = s->servers[i].instance;

		if (strcmp(thing_get(x, "tokens"), "required") == 0)
			continue;
		act_begin(&e->tape, at_ms + INT64_C(4000) * i, TERRAFORM, s->spot, "ec2",
			"ModifyInstanceMetadataOptions");
		thing_set(x, "tokens", "required");
		tape_saw(&e->tape, x);
	}
}

/* A table that is made by hand goes without what everybody agreed on, until it is noticed. */
static void recovery(struct estate *e, struct service *s, int64_t at_ms)
{
	bool on = strcmp(thing_get(s->table, "recovery"), "ENABLED") == 0;

	if (on && is_prod(s))
		return;
	act_begin(&e->tape, at_ms, on ? DAVE : TERRAFORM, s->spot, "dynamodb",
		"UpdateContinuousBackups");
	thing_set(s->table, "recovery", on ? "DISABLED" : "ENABLED");
	tape_saw(&e->tape, s->table);
}

static void plan_load(
	struct estate *e, struct plan *p, struct service *s, int64_t midnight_ms, bool working)
{
	struct dice *d = &e->tape.dice;

	if (!dice_likely(d, working ? 55 : 20))
		return;
	plan_add(p, midnight_ms + 8 * HOUR + dice_below(d, 150) * MINUTE, alarm_on, s);
	plan_add(p, midnight_ms + 8 * HOUR + (5 + dice_below(d, 150)) * MINUTE, grow, s);
	plan_add(p, midnight_ms + 11 * HOUR + dice_below(d, 60) * MINUTE, alarm_off, s);
	if (dice_likely(d, 35))
		plan_add(p, midnight_ms + 17 * HOUR + dice_below(d, 90) * MINUTE, grow, s);
	plan_add(p, midnight_ms + 21 * HOUR + dice_below(d, 100) * MINUTE, shrink, s);
	plan_add(p, midnight_ms + 22 * HOUR + dice_below(d, 100) * MINUTE, shrink, s);
}

static void plan_terraform(
	struct estate *e, struct plan *p, struct service *s, int day, int64_t midnight_ms)
{
	struct dice *d = &e->tape.dice;
	int64_t run_ms =
		midnight_ms + 10 * HOUR + 12 * MINUTE + INT64_C(1000) * dice_below(d, 2400);

	if (dice_likely(d, 18))
		plan_add(p, run_ms, tune, s);
	if (dice_likely(d, 7))
		plan_add(p, run_ms + 40000, set_costs, s);
	if (is_prod(s) && dice_likely(d, 10))
		plan_add(p, run_ms + 60000, let_in, s);
	if (day > rules[RULE_TOKENS].day + 4 && dice_likely(d, 14))
		plan_add(p, run_ms + 75000, close_metadata, s);
	if (dice_likely(d, 5))
		plan_add(p, run_ms + 110000, recovery, s);
}

static void plan_working_day(
	struct estate *e, struct plan *p, struct service *s, int64_t midnight_ms)
{
	struct dice *d = &e->tape.dice;

	if (dice_likely(d, is_prod(s) ? 30 : 55))
		plan_add(p,
			midnight_ms + 9 * HOUR + dice_below(d, 450) * MINUTE +
				INT64_C(1000) * dice_below(d, 60),
			release, s);
	if (!is_prod(s)) {
		plan_add(p, midnight_ms + 7 * HOUR + INT64_C(1000) * dice_below(d, 120),
			start_servers, s);
		plan_add(p, midnight_ms + 19 * HOUR + INT64_C(1000) * dice_below(d, 120),
			stop_servers, s);
	}
	if (dice_likely(d, 2))
		plan_add(p, midnight_ms + 15 * HOUR + dice_below(d, 120) * MINUTE, spare_volume, s);
	if (dice_likely(d, 2))
		plan_add(p, midnight_ms + 16 * HOUR + dice_below(d, 60) * MINUTE, clean_up, s);
}

void days_plan(struct estate *e, struct plan *p, int day, int64_t midnight_ms)
{
	/* 1970 began on a Thursday. */
	int weekday = (int)((midnight_ms / DAY + 4) % 7);
	bool working = weekday > 0 && weekday < 6;

	for (int i = 0; i < e->n_services; i++) {
		struct service *s = &e->services[i];

		if (is_prod(s))
			plan_load(e, p, s, midnight_ms, working);
		if (working)
			plan_working_day(e, p, s, midnight_ms);
		if (weekday == 2 || weekday == 4)
			plan_terraform(e, p, s, day, midnight_ms);
		if (dice_likely(&e->tape.dice, 1))
			plan_add(p, midnight_ms + 3 * HOUR + dice_below(&e->tape.dice, 50) * MINUTE,
				more_storage, s);
	}
}
