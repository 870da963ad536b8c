/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/estate.h"

#include "demo/rules.h"
#include <string.h>

#define FILL(x, ...) thing_fill(x, (const char *const[]){ __VA_ARGS__, NULL })
/* So many items come of one copy of every service in ninety days. */
#define ITEMS_A_COPY 15000

static const struct {
	const char *name;
	int spots; /* bits */
} names[] = { { "checkout", 15 }, { "search", 15 }, { "catalog", 5 }, { "billing", 3 },
	{ "auth", 7 }, { "media", 1 }, { "ledger", 5 }, { "notify", 3 }, { "reports", 5 } };
#define NAMES ((int)(sizeof(names) / sizeof(*names)))

static struct thing *shared(
	struct tape *t, const struct net *n, enum kind_id kind, const char *id, const char *name)
{
	struct thing *x = tape_thing(t, kind, n->spot, id, kind == KIND_SG ? name : NULL);

	thing_tag(x, "Name", name);
	thing_tag(x, "Owner", "platform");
	thing_tag(x, "Environment", n->spot->alias);
	return x;
}

static void make_subnets(struct tape *t, struct net *n)
{
	int first = 20 + n->spot->number * 10;

	for (int i = 0; i < 6; i++) {
		struct thing *x = shared(t, n, KIND_SUBNET, tape_id(t, "subnet"),
			tape_text(t, "%s-%c", i < 3 ? "public" : "private", 'a' + i % 3));

		x->az = tape_text(t, "%s%c", n->spot->region, 'a' + i % 3);
		FILL(x, "cidr", tape_text(t, "10.%d.%d.0/20", first, i * 16), "public",
			i < 3 ? "true" : "false", "vpc", n->vpc->id);
		n->subnets[i] = x;
	}
}

static void make_routes(struct tape *t, struct net *n, const char *gateway, bool public)
{
	struct thing *x =
		shared(t, n, KIND_ROUTES, tape_id(t, "rtb"), public ? "public" : "private");
	struct thing **s = n->subnets + (public ? 0 : 3);
	const char *
		head = "{'associationState':{'state':'associated'},'main':false,'routeTableAssociationId':'rtbassoc-",
	       *list[3];

	for (int i = 0; i < 3; i++)
		list[i] = tape_text(t, "%s0%s','routeTableId':'%s','subnetId':'%s'}", head,
			s[i]->id + 8, x->id, s[i]->id);
	FILL(x, "associations", tape_text(t, "[%s,%s,%s]", list[0], list[1], list[2]), "cidr",
		thing_get(n->vpc, "cidr"), "way", public ? "gatewayId" : "natGatewayId", "gateway",
		gateway, "vpc", n->vpc->id);
}

static void make_gateways(struct tape *t, struct net *n)
{
	struct thing *igw = shared(t, n, KIND_IGW, tape_id(t, "igw"), "main"), *eip, *nat;
	const char *ip = tape_text(t, "198.51.100.%d", 101 + n->spot->number);

	FILL(igw, "vpc", n->vpc->id);
	eip = shared(t, n, KIND_EIP, tape_id(t, "eipalloc"), "nat");
	eip->name = ip;
	FILL(eip, "instance", "", "ip", ip);
	nat = shared(t, n, KIND_NAT, tape_id(t, "nat"), "main");
	FILL(nat, "eip", eip->id, "ip", ip, "subnet", n->subnets[0]->id, "vpc", n->vpc->id);
	make_routes(t, n, igw->id, true);
	make_routes(t, n, nat->id, false);
}

static void make_watch(struct tape *t, struct net *n)
{
	struct thing *flow;
	const char *name = tape_text(t, "acme-%s-logs-%s", n->spot->alias, n->spot->region);

	n->logs = shared(t, n, KIND_BUCKET, name, name);
	n->logs->name = name;
	FILL(n->logs, "days", "730", "policy",
		tape_text(t,
			"'{`Version`:`2012-10-17`,`Statement`:[{`Effect`:`Allow`,`Principal`:{`Service`:`cloudtrail.amazonaws.com`},`Action`:`s3:PutObject`,`Resource`:`arn:aws:s3:::%s/*`}]}'",
			name),
		"versioning", "Enabled", "block", "true");
	flow = shared(t, n, KIND_FLOWLOG, tape_id(t, "fl"), "main");
	FILL(flow, "bucket", name, "vpc", n->vpc->id);
	n->key = shared(t, n, KIND_KEY,
		tape_text(t, "%08x-5c1f-4b0e-9d2a-%012llx", dice_below(&t->dice, UINT32_MAX),
			(unsigned long long)(dice_next(&t->dice) >> 16)),
		"application data");
	n->key->name = "application data";
	FILL(n->key, "rotation", n->spot->number ? "false" : "true");
	if (n->spot->number % 2)
		return;
	n->trail = shared(t, n, KIND_TRAIL, tape_text(t, "acme-%s", n->spot->alias), "trail");
	FILL(n->trail, "bucket", name, "validation", "true");
}

static void make_net(struct tape *t, struct net *n, const struct spot *spot)
{
	n->spot = spot;
	n->vpc = shared(t, n, KIND_VPC, tape_id(t, "vpc"), "main");
	FILL(n->vpc, "cidr", tape_text(t, "10.%d.0.0/16", 20 + spot->number * 10));
	make_subnets(t, n);
	make_gateways(t, n);
	n->bastion_sg = shared(t, n, KIND_SG, tape_id(t, "sg"), "bastion");
	FILL(n->bastion_sg, "vpc", n->vpc->id, "description", "way in for operators", "rules",
		tape_text(t, "[%s]", service_open_to(t, 22, "203.0.113.0/24", NULL)));
	make_watch(t, n);
}

static struct thing *make_role(
	struct tape *t, const struct spot *spot, const char *name, const char *trusts)
{
	struct thing *x = tape_thing(t, KIND_ROLE, spot,
		tape_text(t, "AROA%016llX", (unsigned long long)dice_next(&t->dice)), name);

	thing_tag(x, "Owner", "platform");
	FILL(x, "trusts", trusts, "policies", "[]");
	return x;
}

static void make_people(struct estate *e)
{
	static const char *const people[] = { "alice", "bob", "carol", "dave" };
	struct tape *t = &e->tape;

	for (int account = 0; account < 2; account++) {
		const struct spot *spot = &t->spots[(size_t)account * 2];
		struct thing *recorder;

		for (int i = 0; i < 4; i++) {
			struct thing *x = tape_thing(t, KIND_USER, spot,
				tape_text(
					t, "AIDA%016llX", (unsigned long long)dice_next(&t->dice)),
				people[i]);

			FILL(x, "group", i == 1 ? "admins" : "developers");
			e->users[i] = x;
		}
		make_role(t, spot, "terraform", "Federated%22%3A%22atlantis");
		make_role(t, spot, "ci-deploy", "Federated%22%3A%22pipeline");
		make_role(t, spot, "instance-scheduler", "Service%22%3A%22lambda.amazonaws.com");
		recorder = make_role(t, spot, "siltstone-recorder",
			"AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A111122223333%3Aroot");
		if (account)
			e->recorder_role = recorder;
	}
}

/* So many of the names as are wanted; of one copy perhaps not all. */
static int names_of(int64_t items)
{
	int64_t n = (items * NAMES + ITEMS_A_COPY - 1) / ITEMS_A_COPY;

	return n < NAMES ? (int)n : NAMES;
}

static void make_service(struct estate *e, int copy, const char *name, int spot)
{
	struct tape *t = &e->tape;
	struct service *s = &e->services[e->n_services++];

	service_make(t, s, &e->nets[spot], copy ? tape_text(t, "%s%d", name, copy + 1) : name);
	for (int n = spot < 2 ? 3 : 2; n > 0 && !t->e->code; n--)
		service_grow(t, s);
}

static void make_services(struct estate *e, int n_names)
{
	for (int copy = 0; copy < e->copies; copy++)
		for (int i = 0; i < n_names; i++)
			for (int spot = 0; spot < TAPE_SPOTS; spot++)
				if (names[i].spots & 1 << spot)
					make_service(e, copy, names[i].name, spot);
}

struct service *estate_service(struct estate *e, const char *name, int spot)
{
	for (int i = 0; i < e->n_services; i++)
		if (e->services[i].spot->number == spot && strcmp(e->services[i].name, name) == 0)
			return &e->services[i];
	return &e->services[0];
}

static void make_spares(struct estate *e)
{
	struct tape *t = &e->tape;
	const char *name = "acme-prod-exports";

	e->exports = tape_thing(t, KIND_BUCKET, &t->spots[0], name, name);
	thing_tag(e->exports, "Owner", "data");
	FILL(e->exports, "days", "90", "policy", "null", "versioning", "Enabled", "block", "true");
}

void estate_make(struct estate *e, int64_t items)
{
	struct tape *t = &e->tape;

	e->copies = (int)((items + ITEMS_A_COPY / 2) / ITEMS_A_COPY);
	e->copies = e->copies ? e->copies : 1;
	e->services = arena_alloc(
		&t->texts, (size_t)e->copies * NAMES * TAPE_SPOTS * sizeof(*e->services));
	if (!e->services) {
		err_nomem(t->e);
		return;
	}
	/* What is there was made some weeks before. */
	t->act.at_ms = e->begin_ms - INT64_C(3) * 7 * 86400 * 1000;
	for (int i = 0; i < TAPE_SPOTS; i++)
		make_net(t, &e->nets[i], &t->spots[i]);
	make_people(e);
	make_services(e, names_of(items));
	make_spares(e);
	for (struct thing *x = t->first; x; x = x->next)
		x->missed = true;
	tape_until(t, e->begin_ms);
	for (int i = 0; i < RULES; i++)
		if (!rules[i].day)
			tape_rule(t, i, e->begin_ms + 600000 + INT64_C(1000) * i);
}
