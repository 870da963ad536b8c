/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/service.h"

#include "base/time.h"
#include <stdio.h>
#include <string.h>

/* What comes after the beginning has its metadata service closed from this day on. */
#define FUNCTION_NAMES                                                                             \
	{                                                                                          \
		"api", "worker", "cron"                                                            \
	}

void thing_fill(struct thing *x, const char *const *pairs)
{
	for (; *pairs; pairs += 2)
		thing_set(x, pairs[0], pairs[1]);
}
#define FILL(x, ...) thing_fill(x, (const char *const[]){ __VA_ARGS__, NULL })

const char *service_open_to(struct tape *t, int port, const char *cidr, const char *group)
{
	char pair[96] = "", range[160] = "", plain[64] = "";

	if (group)
		(void)snprintf(pair, sizeof(pair), "{'groupId':'%s','userId':'self'}", group);
	if (cidr) {
		(void)snprintf(range, sizeof(range), "{'cidrIp':'%s'}", cidr);
		(void)snprintf(plain, sizeof(plain), "'%s'", cidr);
	}
	return tape_text(t,
		"{'fromPort':%d,'ipProtocol':'tcp','ipv6Ranges':[],'prefixListIds':[],'toPort':%d,'userIdGroupPairs':[%s],'ipv4Ranges':[%s],'ipRanges':[%s]}",
		port, port, pair, range, plain);
}

static void own(struct service *s, struct thing *x)
{
	thing_tag(x, "Name", x->name ? x->name : s->full);
	thing_tag(x, "Owner", s->team);
	thing_tag(x, "Service", s->name);
	thing_tag(x, "Environment", s->spot->alias);
}

static struct thing *make(
	struct tape *t, struct service *s, enum kind_id kind, const char *id, const char *name)
{
	struct thing *x = tape_thing(t, kind, s->spot, id, name);

	own(s, x);
	return x;
}

static struct thing *make_sg(struct tape *t, struct service *s, const char *end, const char *rule)
{
	struct thing *x =
		make(t, s, KIND_SG, tape_id(t, "sg"), tape_text(t, "%s-%s", s->full, end));

	FILL(x, "vpc", s->net->vpc->id, "description", tape_text(t, "%s of %s", end, s->name),
		"rules", tape_text(t, "[%s]", rule));
	return x;
}

static void make_groups(struct tape *t, struct service *s)
{
	s->balancer_sg = make_sg(t, s, "lb", service_open_to(t, 443, "0.0.0.0/0", NULL));
	s->app_sg = make_sg(t, s, "app", service_open_to(t, 8080, NULL, s->balancer_sg->id));
	s->database_sg = make_sg(t, s, "db", service_open_to(t, 5432, NULL, s->app_sg->id));
}

static const char *arn(
	struct tape *t, const struct service *s, const char *service, const char *rest)
{
	return tape_text(
		t, "arn:aws:%s:%s:%s:%s", service, s->spot->region, s->spot->account, rest);
}

static void make_front(struct tape *t, struct service *s)
{
	unsigned long long a = dice_next(&t->dice), b = dice_next(&t->dice);

	s->balancer = make(t, s, KIND_BALANCER,
		arn(t, s, "elasticloadbalancing",
			tape_text(t, "loadbalancer/app/%s/%016llx", s->full, a)),
		s->full);
	FILL(s->balancer, "sg", s->balancer_sg->id, "vpc", s->net->vpc->id, "subnet1",
		s->net->subnets[0]->id, "subnet2", s->net->subnets[1]->id, "logs", "true", "idle",
		"60");
	s->targets = make(t, s, KIND_TARGETS,
		arn(t, s, "elasticloadbalancing",
			tape_text(t, "targetgroup/%s/%016llx", s->full, b)),
		s->full);
	FILL(s->targets, "balancer", s->balancer->id, "interval", "30", "vpc", s->net->vpc->id);
	s->template = make(t, s, KIND_TEMPLATE, tape_id(t, "lt"), s->full);
	FILL(s->template, "version", "1");
	s->group = make(t, s, KIND_GROUP,
		arn(t, s, "autoscaling",
			tape_text(t, "autoScalingGroup:%016llx:autoScalingGroupName/%s", a ^ b,
				s->full)),
		s->full);
	FILL(s->group, "template", s->template->id, "targets", s->targets->id, "subnets",
		tape_text(t, "%s,%s,%s", s->net->subnets[3]->id, s->net->subnets[4]->id,
			s->net->subnets[5]->id),
		"min", "1", "max", "12", "desired", "0", "instances", "[]");
}

static const char *sha(struct tape *t)
{
	return tape_text(t, "%016llx%016llxAAAAAAAAAAA=", (unsigned long long)dice_next(&t->dice),
		(unsigned long long)dice_next(&t->dice));
}

static const char *short_sha(struct tape *t)
{
	return tape_text(t, "%016llx", (unsigned long long)dice_next(&t->dice));
}

static void make_functions(struct tape *t, struct service *s)
{
	static const char *const names[] = FUNCTION_NAMES;

	for (int i = 0; i < SERVICE_FUNCTIONS; i++) {
		const char *name = tape_text(t, "%s-%s", s->full, names[i]);
		struct thing *x = make(t, s, KIND_FUNCTION, name, name);
		char at[TIME_ISO_BYTES];

		FILL(x, "sha", sha(t), "bytes", "184320", "level", short_sha(t), "release",
			short_sha(t), "modified", tape_text(t, "%s", time_iso(x->created_ms, at)),
			"memory", "256", "role", s->role->name, "runtime",
			dice_likely(&t->dice, 25) ? "python3.9" : "python3.12", "timeout", "30",
			"sg", s->app_sg->id, "subnet", s->net->subnets[3 + i]->id, "vpc",
			s->net->vpc->id);
		s->functions[i] = x;
		s->logs[i] = make(t, s, KIND_LOGS, tape_text(t, "/aws/lambda/%s", name),
			tape_text(t, "/aws/lambda/%s", name));
		FILL(s->logs[i], "days", "30");
	}
}

static void make_messages(struct tape *t, struct service *s)
{
	s->queue = make(t, s, KIND_QUEUE,
		tape_text(t, "https://sqs.%s.amazonaws.com/%s/%s-jobs", s->spot->region,
			s->spot->account, s->full),
		tape_text(t, "%s-jobs", s->full));
	FILL(s->queue, "keep", "345600", "visible", "60");
	s->dead = make(t, s, KIND_QUEUE,
		tape_text(t, "https://sqs.%s.amazonaws.com/%s/%s-dead", s->spot->region,
			s->spot->account, s->full),
		tape_text(t, "%s-dead", s->full));
	FILL(s->dead, "keep", "1209600", "visible", "30");
	s->topic = make(t, s, KIND_TOPIC, arn(t, s, "sns", tape_text(t, "%s-events", s->full)),
		tape_text(t, "%s-events", s->full));
}

static void make_alarms(struct tape *t, struct service *s)
{
	static const char *const ends[] = { "5xx", "cpu", "dead-letters" },
				 *const metrics[] = { "HTTPCode_Target_5XX_Count", "CPUUtilization",
					 "ApproximateNumberOfMessagesVisible" },
				 *const spaces[] = { "AWS/ApplicationELB", "AWS/EC2", "AWS/SQS" },
				 *const thresholds[] = { "5.0", "80.0", "0.0" };

	for (int i = 0; i < 3; i++) {
		const char *name = tape_text(t, "%s-%s", s->full, ends[i]);

		s->alarms[i] = make(t, s, KIND_ALARM, name, name);
		FILL(s->alarms[i], "topic", s->topic->id, "metric", metrics[i], "space", spaces[i],
			"state", "OK", "threshold", thresholds[i]);
	}
}

static void make_stores(struct tape *t, struct service *s)
{
	bool prod = strcmp(s->spot->alias, "prod") == 0;
	struct dice *d = &t->dice;
	const char *name = tape_text(t, "%s-%s", s->full, s->spot->region),
		   *db = tape_text(t, "%s-db", s->full);

	s->table = make(t, s, KIND_TABLE, tape_text(t, "%s-state", s->full),
		tape_text(t, "%s-state", s->full));
	FILL(s->table, "billing", "PAY_PER_REQUEST", "protected", prod ? "true" : "false",
		"recovery", prod || dice_likely(d, 40) ? "ENABLED" : "DISABLED");
	s->bucket = make(
		t, s, KIND_BUCKET, tape_text(t, "acme-%s", name), tape_text(t, "acme-%s", name));
	FILL(s->bucket, "days", "365", "policy", "null", "versioning",
		prod || dice_likely(d, 50) ? "Enabled" : "Off", "block", "true");
	s->database = make(t, s, KIND_DATABASE,
		tape_text(t, "db-%016llXQ4ZEI5QIO2", (unsigned long long)dice_next(d)), db);
	s->database->az = tape_text(t, "%sa", s->spot->region);
	FILL(s->database, "storage", "100", "retention", prod ? "14" : "1", "class",
		prod ? "db.r6g.large" : "db.t4g.medium", "protected", prod ? "true" : "false",
		"engine", "16.3", "multi", prod ? "true" : "false", "encrypted",
		prod || dice_likely(d, 80) ? "true" : "false", "sg", s->database_sg->id);
	s->secret = make(t, s, KIND_SECRET,
		arn(t, s, "secretsmanager", tape_text(t, "secret:%s-aB3xYz", db)), db);
	FILL(s->secret, "rotation", prod ? "true" : "false");
	s->repository = make(t, s, KIND_REPOSITORY, tape_text(t, "%s", s->full), s->full);
	FILL(s->repository, "scan", dice_likely(d, 70) ? "true" : "false", "mutability", "MUTABLE");
}

/* Roles have no region: where a service is in both, they share it. */
static void make_role(struct tape *t, struct service *s)
{
	const char *name = tape_text(t, "%s-%s", s->full, s->spot->number % 2 ? "app-us" : "app");

	s->role = make(t, s, KIND_ROLE,
		tape_text(t, "AROA%016llX", (unsigned long long)dice_next(&t->dice)), name);
	FILL(s->role, "trusts", "Service%22%3A%22ec2.amazonaws.com", "policies", "[]");
}

void service_make(struct tape *t, struct service *s, const struct net *net, const char *name)
{
	static const char *const teams[] = { "payments", "search", "platform", "growth", "data" };

	*s = (struct service){ .spot = net->spot, .net = net, .name = name, .version = 1 };
	s->team = teams[dice_below(&t->dice, 5)];
	s->full = tape_text(t, "%s-%s", name, net->spot->alias);
	make_role(t, s);
	make_groups(t, s);
	make_front(t, s);
	make_functions(t, s);
	make_messages(t, s);
	make_alarms(t, s);
	make_stores(t, s);
}

/* Servers */

void server_make(struct tape *t, struct server *out, const struct service *s, struct thing *sg,
	struct thing *subnet)
{
	static const char *const sizes[] = { "t3.medium", "m6i.large", "c6i.large", "t3.large" };
	struct dice *d = &t->dice;
	bool prod = strcmp(s->spot->alias, "prod") == 0,
	     strict = (t->rules_made & 1u << 9) || dice_likely(d, 45);
	const char *ip = tape_text(t, "10.%d.%u.%u", 20 + s->spot->number * 10,
		16 + dice_below(d, 200), 4 + dice_below(d, 250));
	struct thing *i = tape_thing(t, KIND_INSTANCE, s->spot, tape_id(t, "i"), NULL),
		     *v = tape_thing(t, KIND_VOLUME, s->spot, tape_id(t, "vol"), NULL),
		     *n = tape_thing(t, KIND_ENI, s->spot, tape_id(t, "eni"), NULL);

	i->az = v->az = n->az = subnet->az;
	FILL(i, "volume", v->id, "role", s->role ? s->role->name : "none", "image",
		tape_text(t, "ami-0%08x%08x", (unsigned)s->version * 2654435761u,
			(unsigned)s->spot->number * 40503u + 77u),
		"size", sizes[s->name[0] % 4], "tokens", strict ? "required" : "optional",
		"monitoring", prod ? "enabled" : "disabled", "sg", sg->id, "sgname", sg->name,
		"eni", n->id, "ip", ip, "subnet", subnet->id, "vpc", s->net->vpc->id, "code", "16",
		"state", "running");
	FILL(v, "attachments",
		tape_text(t,
			"[{'attachTime':'%s','deleteOnTermination':true,'device':'/dev/xvda','instanceId':'%s','state':'attached','volumeId':'%s'}]",
			time_iso(v->created_ms, (char[TIME_ISO_BYTES]){ 0 }), i->id, v->id),
		"encrypted", prod || dice_likely(d, 70) ? "true" : "false", "size", "40", "state",
		"in-use");
	FILL(n, "instance", i->id, "sg", sg->id, "sgname", sg->name, "ip", ip, "subnet", subnet->id,
		"vpc", s->net->vpc->id);
	*out = (struct server){ i, v, n };
}

static void own_server(struct service *s, struct server *server, const char *name)
{
	server->instance->name = server->volume->name = NULL;
	for (int i = 0; i < 2; i++) {
		struct thing *x = i ? server->volume : server->instance;

		own(s, x);
		thing_tag(x, "Name", name);
	}
}

static void tell_group(struct tape *t, struct service *s)
{
	struct buf list = BUF_INIT(8192);

	buf_char(&list, '[');
	for (int i = 0; i < s->n_servers; i++)
		buf_printf(&list,
			"%s{'availabilityZone':'%s','healthStatus':'Healthy','instanceId':'%s','lifecycleState':'InService','protectedFromScaleIn':false}",
			i ? "," : "", s->servers[i].instance->az, s->servers[i].instance->id);
	buf_char(&list, ']');
	thing_set(s->group, "desired", tape_text(t, "%d", s->n_servers));
	thing_set(s->group, "instances", arena_text(&t->texts, buf_slice(&list)));
	buf_release(&list);
	if (s->group->recorded)
		tape_saw(t, s->group);
}

void server_seen(struct tape *t, const struct server *server)
{
	tape_saw(t, server->instance);
	tape_saw(t, server->volume);
	tape_saw(t, server->eni);
}

void server_lost(struct tape *t, const struct server *server)
{
	tape_lost(t, server->eni);
	tape_lost(t, server->volume);
	tape_lost(t, server->instance);
}

struct server *service_grow(struct tape *t, struct service *s)
{
	struct server *server = &s->servers[s->n_servers];
	bool before = !s->group->recorded;

	if (s->n_servers == SERVICE_INSTANCES_MAX)
		return NULL;
	server_make(t, server, s, s->app_sg, s->net->subnets[3 + dice_below(&t->dice, 3)]);
	own_server(s, server, tape_text(t, "%s-%s", s->full, server->instance->id + 15));
	s->n_servers++;
	if (!before)
		server_seen(t, server);
	tell_group(t, s);
	return server;
}

void service_shrink(struct tape *t, struct service *s, int i)
{
	struct server gone = s->servers[i];

	memmove(&s->servers[i], &s->servers[i + 1], (size_t)(s->n_servers - i - 1) * sizeof(gone));
	s->n_servers--;
	server_lost(t, &gone);
	tell_group(t, s);
}

void service_state(struct tape *t, struct thing *instance, bool running)
{
	FILL(instance, "state", running ? "running" : "stopped", "code", running ? "16" : "80");
	tape_saw(t, instance);
}

void service_release(struct tape *t, struct service *s, int64_t at_ms)
{
	const char *release = short_sha(t);
	char at[TIME_ISO_BYTES];

	for (int i = 0; i < SERVICE_FUNCTIONS; i++) {
		FILL(s->functions[i], "sha", sha(t), "release", release, "bytes",
			tape_text(t, "%u", 150000 + dice_below(&t->dice, 90000)), "modified",
			tape_text(t, "%s", time_iso(at_ms + INT64_C(700) * i, at)));
		tape_saw(t, s->functions[i]);
	}
	s->release++;
}

void service_new_template(struct tape *t, struct service *s)
{
	s->version++;
	thing_set(s->template, "version", tape_text(t, "%d", s->version));
	tape_saw(t, s->template);
}
