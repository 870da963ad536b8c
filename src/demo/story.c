/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/estate.h"

/*
 * The story: what somebody who looks for it can find out.
 *
 *   Friday 18:42   alice opens port 22 of the bastion's group to everybody, to get at a machine from home, and starts the
 *                  machine: nobody's (no tag Owner), unencrypted, its metadata service open.
 *   Saturday 03:20 the role of an application is used from an address nobody knows: a bucket is not closed to the
 *                  public any more.
 *   Monday         bob sees it: the bucket is closed, the machine is gone.
 *   Tuesday 10:12  terraform takes the rule away; the group is as it was.
 *
 *   14:00 on the last working day: a big release, and terraform takes away a rule that looked unused: checkout does not
 *                  come at its database any more, its alarm goes off, a server is replaced, the release is taken back, and at
 *                  14:21 carol puts the rule back.
 *
 *   17 days before the end, for thirty hours, the second account was not to be seen: the role's trust had been edited.
 *   44 days before the end the recorder itself did not run.
 *   And at the end a bucket, a database and a volume are as they should not be: nobody has mended that yet.
 */

#define FILL(x, ...) thing_fill(x, (const char *const[]){ __VA_ARGS__, NULL })
#define MINUTE       INT64_C(60000)
#define HOUR         (60 * MINUTE)
#define DAY          (24 * HOUR)

/* The friday */

static void open_ssh(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	struct thing *sg = e->nets[0].bastion_sg;

	(void)s;
	act_begin(t, at_ms, ALICE, sg->spot, "ec2", "AuthorizeSecurityGroupIngress");
	thing_set(sg, "rules",
		tape_text(t, "[%s,%s]", service_open_to(t, 22, "203.0.113.0/24", NULL),
			service_open_to(t, 22, "0.0.0.0/0", NULL)));
	tape_saw(t, sg);
}

static void start_debug(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	const struct net *n = &e->nets[0];

	act_begin(t, at_ms, ALICE, n->spot, "ec2", "RunInstances");
	server_make(t, &e->debug, s, n->bastion_sg, n->subnets[0]);
	thing_tag(e->debug.instance, "Name", "debug-alice");
	thing_set(e->debug.instance, "tokens", "optional");
	thing_set(e->debug.volume, "encrypted", "false");
	server_seen(t, &e->debug);
}

static void open_bucket(struct estate *e, struct service *s, int64_t at_ms)
{
	(void)s;
	act_begin(
		&e->tape, at_ms, INTRUDER, e->exports->spot, "s3", "DeleteBucketPublicAccessBlock");
	thing_set(e->exports, "block", "false");
	tape_saw(&e->tape, e->exports);
}

static void close_bucket(struct estate *e, struct service *s, int64_t at_ms)
{
	(void)s;
	act_begin(&e->tape, at_ms, BOB, e->exports->spot, "s3", "PutBucketPublicAccessBlock");
	thing_set(e->exports, "block", "true");
	tape_saw(&e->tape, e->exports);
}

static void end_debug(struct estate *e, struct service *s, int64_t at_ms)
{
	(void)s;
	act_begin(&e->tape, at_ms, BOB, e->nets[0].spot, "ec2", "TerminateInstances");
	server_lost(&e->tape, &e->debug);
}

static void close_ssh(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	struct thing *sg = e->nets[0].bastion_sg;

	(void)s;
	act_begin(t, at_ms, TERRAFORM, sg->spot, "ec2", "RevokeSecurityGroupIngress");
	thing_set(
		sg, "rules", tape_text(t, "[%s]", service_open_to(t, 22, "203.0.113.0/24", NULL)));
	tape_saw(t, sg);
}

/* 14:00 */

static void storm(struct estate *e, struct service *s, int64_t at_ms)
{
	(void)s;
	for (int i = 0, n = 0; i < e->n_services && n < 7; i++)
		if (e->services[i].spot->number == 0) {
			act_begin(&e->tape, at_ms + INT64_C(35000) * n, CI, e->services[i].spot,
				"lambda", "UpdateFunctionCode20150331v2");
			service_release(&e->tape, &e->services[i], at_ms + INT64_C(35000) * n);
			n++;
		}
}

static void drop_rule(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, TERRAFORM, s->spot, "ec2", "RevokeSecurityGroupIngress");
	thing_set(s->database_sg, "rules", "[]");
	tape_saw(&e->tape, s->database_sg);
}

static void new_template(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, CI, s->spot, "ec2", "CreateLaunchTemplateVersion");
	service_new_template(&e->tape, s);
}

static void errors_on(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, NOBODY, s->spot, "monitoring", "");
	thing_set(s->alarms[0], "state", "ALARM");
	tape_saw(&e->tape, s->alarms[0]);
}

static void errors_off(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, NOBODY, s->spot, "monitoring", "");
	thing_set(s->alarms[0], "state", "OK");
	tape_saw(&e->tape, s->alarms[0]);
}

static void lose_server(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, AUTOSCALING, s->spot, "ec2", "TerminateInstances");
	service_shrink(&e->tape, s, s->n_servers - 1);
}

static void replace_server(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, AUTOSCALING, s->spot, "ec2", "RunInstances");
	service_grow(&e->tape, s);
}

static void restore_rule(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;

	act_begin(t, at_ms, CAROL, s->spot, "ec2", "AuthorizeSecurityGroupIngress");
	thing_set(s->database_sg, "rules",
		tape_text(t, "[%s]", service_open_to(t, 5432, NULL, s->app_sg->id)));
	tape_saw(t, s->database_sg);
}

/* Nobody looked */

static void edit_trust(struct estate *e, struct service *s, int64_t at_ms)
{
	(void)s;
	act_begin(&e->tape, at_ms, BOB, e->recorder_role->spot, "iam", "UpdateAssumeRolePolicy");
	thing_set(e->recorder_role, "trusts",
		"AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fold-recorder");
	tape_saw(&e->tape, e->recorder_role);
}

static void mend_trust(struct estate *e, struct service *s, int64_t at_ms)
{
	(void)s;
	act_begin(&e->tape, at_ms, BOB, e->recorder_role->spot, "iam", "UpdateAssumeRolePolicy");
	thing_set(
		e->recorder_role, "trusts", "AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A111122223333%3Aroot");
	tape_saw(&e->tape, e->recorder_role);
}

/* What is still so */

static void suspend_versions(struct estate *e, struct service *s, int64_t at_ms)
{
	act_begin(&e->tape, at_ms, DAVE, s->spot, "s3", "PutBucketVersioning");
	thing_set(s->bucket, "versioning", "Suspended");
	tape_saw(&e->tape, s->bucket);
}

static void late_database(struct estate *e, struct service *s, int64_t at_ms)
{
	struct tape *t = &e->tape;
	const char *name = tape_text(t, "%s-copy", s->full);
	struct thing *x;

	act_begin(t, at_ms, DAVE, s->spot, "rds", "CreateDBInstance");
	x = tape_thing(t, KIND_DATABASE, s->spot,
		tape_text(t, "db-%016llXQ4ZEI5QIO2", (unsigned long long)dice_next(&t->dice)),
		name);
	x->az = s->database->az;
	thing_tag(x, "Name", name);
	FILL(x, "storage", "100", "retention", "0", "class", "db.t4g.medium", "protected", "false",
		"engine", "16.3", "multi", "false", "encrypted", "false", "sg", s->database_sg->id);
	tape_saw(t, x);
}

static int weekday_of(int64_t ms)
{
	return (int)((ms / DAY + 4) % 7);
}

void story_set(struct estate *e)
{
	int64_t midnight_ms = e->end_ms / DAY * DAY;

	e->opened_ms = midnight_ms - DAY;
	while (weekday_of(e->opened_ms) != 5 || e->opened_ms + 18 * HOUR + 4 * DAY > e->end_ms)
		e->opened_ms -= DAY;
	e->opened_ms += 18 * HOUR + 42 * MINUTE + 10000;
	e->storm_ms = midnight_ms;
	while (weekday_of(e->storm_ms) == 0 || weekday_of(e->storm_ms) == 6 ||
		e->storm_ms + 15 * HOUR > e->end_ms)
		e->storm_ms -= DAY;
	e->storm_ms += 14 * HOUR;
	e->tape.blind = (struct tape_blind){ .account = e->tape.spots[2].account,
		.since_ms = midnight_ms - 17 * DAY + 16 * HOUR + 23 * MINUTE,
		.reason =
			"could not assume arn:aws:iam::444455556666:role/siltstone-recorder: not authorized to perform sts:AssumeRole",
		.code = "AccessDenied" };
	e->tape.blind.until_ms = e->tape.blind.since_ms + 30 * HOUR;
	e->tape.dark_since_ms = midnight_ms - 44 * DAY + HOUR;
	e->tape.dark_until_ms = e->tape.dark_since_ms + 19 * HOUR;
}

static void plan_friday(struct estate *e, struct plan *p)
{
	struct service *checkout = estate_service(e, "checkout", 0);
	int64_t friday_ms = e->opened_ms / DAY * DAY;

	plan_add(p, e->opened_ms, open_ssh, NULL);
	plan_add(p, e->opened_ms + 13 * MINUTE, start_debug, checkout);
	plan_add(p, friday_ms + DAY + 3 * HOUR + 20 * MINUTE + 41000, open_bucket, NULL);
	plan_add(p, friday_ms + 3 * DAY + 9 * HOUR + 5 * MINUTE, close_bucket, NULL);
	plan_add(p, friday_ms + 3 * DAY + 9 * HOUR + 20 * MINUTE, end_debug, NULL);
	plan_add(p, friday_ms + 4 * DAY + 10 * HOUR + 12 * MINUTE, close_ssh, NULL);
}

static void plan_storm(struct estate *e, struct plan *p)
{
	struct service *checkout = estate_service(e, "checkout", 0);
	int64_t at_ms = e->storm_ms;

	plan_add(p, at_ms - 9 * MINUTE - 20000, storm, NULL);
	plan_add(p, at_ms - 4 * MINUTE, new_template, checkout);
	plan_add(p, at_ms - 3 * MINUTE + 12000, drop_rule, checkout);
	plan_add(p, at_ms + 5000, errors_on, checkout);
	plan_add(p, at_ms + 4 * MINUTE, lose_server, checkout);
	plan_add(p, at_ms + 6 * MINUTE, replace_server, checkout);
	plan_add(p, at_ms + 12 * MINUTE, storm, NULL);
	plan_add(p, at_ms + 21 * MINUTE, restore_rule, checkout);
	plan_add(p, at_ms + 24 * MINUTE, errors_off, checkout);
}

void story_plan(struct estate *e, struct plan *p)
{
	plan_friday(e, p);
	plan_storm(e, p);
	plan_add(p, e->tape.blind.since_ms - 4 * MINUTE, edit_trust, NULL);
	plan_add(p, e->tape.blind.until_ms - 20 * MINUTE, mend_trust, NULL);
	plan_add(p, e->end_ms - 47 * HOUR, suspend_versions, estate_service(e, "reports", 0));
	plan_add(p, e->end_ms - 26 * HOUR, late_database, estate_service(e, "ledger", 0));
}
