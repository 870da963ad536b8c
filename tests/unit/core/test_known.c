/* SPDX-License-Identifier: Apache-2.0 */
/* Two stores see the same estate change at random: one has everything staged at every sweep, the other only what
 * is not known to be the same. They must come to hold the same, item by item and link by link. */
#include "base/sha256.h"
#include "core/record.h"
#include "lib/estate.h"
#include "lib/unit.h"
#include "json/read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0      INT64_C(1790000000000)
#define HOUR    INT64_C(3600000)
#define ACCOUNT "123456789012"

enum { EACH = 5, NAMES = 7, ROUNDS = 60, MUTATIONS = 4 };
enum kind { VPC, GROUP, INSTANCE, POLICY, ROLE, TEAM, USER, CONFIG, FLEET, FUNCTION, KINDS };
static const char *const types[] = { [VPC] = "AWS::EC2::VPC",
	[GROUP] = "AWS::EC2::SecurityGroup",
	[INSTANCE] = "AWS::EC2::Instance",
	[POLICY] = "AWS::IAM::Policy",
	[ROLE] = "AWS::IAM::Role",
	[TEAM] = "AWS::IAM::Group",
	[USER] = "AWS::IAM::User",
	[CONFIG] = "AWS::AutoScaling::LaunchConfiguration",
	[FLEET] = "AWS::AutoScaling::AutoScalingGroup",
	[FUNCTION] = "AWS::Lambda::Function" };

static struct resource {
	bool alive;
	int name, link, noise, tag;
	char configuration[1024];
} model[KINDS][EACH];

static struct estate all, few;
static int64_t n_staged[2], n_pages;

static int pick(int n)
{
	return (int)((unsigned)rand() % (unsigned)n);
}

static void arn_of(enum kind kind, int name, char out[256])
{
	if (kind == POLICY || kind == ROLE)
		snprintf(out, 256, "arn:aws:iam::" ACCOUNT ":%s/n%d",
			kind == POLICY ? "policy" : "role", name);
	else
		snprintf(out, 256, "arn:aws:test:us-east-1:" ACCOUNT ":%d/n%d", (int)kind, name);
}

/* What a resource of each kind names, by id, name or ARN. */
static void configure(enum kind kind, struct resource *r)
{
	char arn[256], link[512] = "";

	arn_of(kind == FUNCTION ? ROLE : POLICY, r->link % NAMES, arn);
	switch (kind) {
	case GROUP: snprintf(link, sizeof(link), ",\"vpcId\":\"0-%d\"", r->link); break;
	case INSTANCE:
		snprintf(link, sizeof(link),
			",\"vpcId\":\"0-%d\",\"securityGroups\":[{\"groupId\":\"1-%d\"}]",
			r->noise % EACH, r->link);
		break;
	case ROLE:
	case TEAM:
		snprintf(link, sizeof(link),
			",\"attachedManagedPolicies\":[{\"policyArn\":\"%s\"}]", arn);
		break;
	case USER:
		snprintf(link, sizeof(link),
			",\"groupList\":[\"n%d\"],\"attachedManagedPolicies\":[{\"policyArn\":\"%s\"}]",
			r->noise % NAMES, arn);
		break;
	case FLEET:
		snprintf(link, sizeof(link), ",\"launchConfigurationName\":\"n%d\"",
			r->link % NAMES);
		break;
	case FUNCTION: snprintf(link, sizeof(link), ",\"role\":\"%s\"", arn); break;
	case VPC:
	case POLICY:
	case CONFIG:
	case KINDS: break;
	}
	snprintf(r->configuration, sizeof(r->configuration), "{\"noise\":%d%s}", r->noise, link);
}

/* Two of a kind have no name and no ARN in common at one time; one may take another's over. */
static void part(enum kind kind, struct resource *r)
{
	for (int i = 0; i < EACH; i++)
		if (&model[kind][i] != r && model[kind][i].alive && model[kind][i].name == r->name)
			r->alive = false;
}

static void mutate(void)
{
	enum kind kind = (enum kind)pick(KINDS);
	struct resource *r = &model[kind][pick(EACH)];

	switch (pick(6)) {
	case 0: r->alive = !r->alive; break;
	case 1: r->name = pick(NAMES); break;
	case 2: r->link = pick(EACH); break;
	case 3: r->noise = pick(100); break;
	case 4: r->tag = pick(3); break;
	default: r->alive = true;
	}
	part(kind, r);
	configure(kind, r);
}

static void hash_of(enum kind kind, int i, unsigned char out[KNOWN_HASH_BYTES])
{
	const struct resource *r = &model[kind][i];
	unsigned char digest[SHA256_BYTES];
	char text[2048];

	snprintf(text, sizeof(text), "%d %d %d %d %s", (int)kind, i, r->name, r->tag,
		r->configuration);
	assert_true(sha256_of(str_of(text), digest));
	memcpy(out, digest, KNOWN_HASH_BYTES);
}

static void stage(struct estate *w, enum kind kind, int i, const struct known_mark *mark)
{
	const struct resource *r = &model[kind][i];
	struct arena a = ARENA_INIT(1 << 20);
	struct err e = { 0 };
	char id[16], name[16], arn[256], tags[32];
	struct observation o = { .account = STR(ACCOUNT),
		.region = kind >= POLICY && kind <= USER ? STR("global") : STR("us-east-1"),
		.type = str_of(types[kind]),
		.created_ms = INT64_MIN,
		.captured_ms = w->now_ms,
		.mark = mark };

	/* Some lists have two of one id: the last one counts. */
	snprintf(id, sizeof(id), "%d-%d", (int)kind, kind == FLEET && i == 4 ? 3 : i);
	snprintf(name, sizeof(name), "n%d", r->name);
	snprintf(tags, sizeof(tags), "{\"t\":\"%d\"}", r->tag);
	arn_of(kind, r->name, arn);
	o.id = str_of(id);
	o.name = str_of(name);
	o.arn = str_of(arn);
	assert_int_equal(json_read(&a, str_of(r->configuration), &o.configuration, &e), E_OK);
	assert_int_equal(json_read(&a, str_of(tags), &o.tags, &e), E_OK);
	assert_int_equal(record_stage(&w->record, &o, &e), E_OK);
	n_staged[w == &few]++;
	arena_release(&a);
}

/* A page for each kind, as a listing has. */
static void see_known(enum kind kind)
{
	struct known_page page = { .page = kind + 1,
		.account = STR(ACCOUNT),
		.region = STR("us-east-1"),
		.type = str_of(types[kind]) };
	unsigned char hashes[EACH][KNOWN_HASH_BYTES], whole[SHA256_BYTES];
	struct err e = { 0 };
	int64_t n;

	memset(hashes, 0, sizeof(hashes));
	for (int i = 0; i < EACH; i++)
		if (model[kind][i].alive)
			hash_of(kind, i, hashes[i]);
	assert_true(sha256_of((struct str){ (const char *)hashes, sizeof(hashes) }, whole));
	memcpy(page.hash, whole, KNOWN_HASH_BYTES);
	assert_int_equal(known_find_page(&few.db, page.page, page.hash, &n, &e), E_OK);
	if (n >= 0) {
		assert_int_equal(known_same_page(&few.db, page.page, &e), E_OK);
		n_pages++;
	}
	for (int i = 0; n < 0 && i < EACH; i++) {
		struct known_mark mark = { .page = page.page };
		struct known_item item;

		if (!model[kind][i].alive)
			continue;
		page.n++;
		memcpy(mark.hash, hashes[i], KNOWN_HASH_BYTES);
		assert_int_equal(known_find(&few.db, mark.hash, &item, &e), E_OK);
		if (item.rid)
			assert_int_equal(known_same(&few.db, item.rid, 0, &e), E_OK);
		else
			stage(&few, kind, i, &mark);
	}
	page.n = n < 0 ? page.n : -1;
	assert_int_equal(known_note_page(&few.db, &page, &e), E_OK);
}

static void sweep(int64_t at_ms)
{
	estate_begin(&all, at_ms);
	estate_begin(&few, at_ms);
	few.record.knows = true;
	for (enum kind k = 0; k < KINDS; k++) {
		for (int i = 0; i < EACH; i++)
			if (model[k][i].alive)
				stage(&all, k, i, NULL);
		see_known(k);
	}
	for (enum kind k = 0; k < KINDS; k++) {
		estate_gone(&all, types[k]);
		estate_gone(&few, types[k]);
	}
	estate_settle(&all);
	estate_settle(&few);
}

/* One resource is looked at by itself, as after an event: nothing vouches for it. */
static void glimpse(int64_t at_ms)
{
	enum kind kind = (enum kind)pick(KINDS);
	int i = pick(EACH);

	if (!model[kind][i].alive)
		return;
	estate_begin(&all, at_ms);
	estate_begin(&few, at_ms);
	stage(&all, kind, i, NULL);
	stage(&few, kind, i, NULL);
	estate_settle(&all);
	estate_settle(&few);
}

/* The first line that differs says more than all of them. */
static void assert_same(const char *sql)
{
	char *want = strdup(estate_rows(&all, sql));
	struct str left, right;

	assert_non_null(want);
	right = str_of(want);
	left = str_of(estate_rows(&few, sql));
	while (left.n || right.n) {
		const struct str a = { left.p, str_find(left, '\n') };
		const struct str b = { right.p, str_find(right, '\n') };

		if (!str_eq(a, b))
			fail_msg("\"%.*s\" is not \"%.*s\"", STR_ARG(a), STR_ARG(b));
		left = str_from(left, a.n + 1);
		right = str_from(right, b.n + 1);
	}
	free(want);
}

static void compare(void)
{
	assert_same(
		"SELECT r.type, r.id, r.name, r.arn, r.deleted, i.version, i.status, i.captured_ms, i.name, i.arn, "
		"d.document FROM _item i JOIN _resource r USING (rid) LEFT JOIN _item_document d "
		"USING (item_id) ORDER BY 1, 2, 6");
	assert_same(
		"SELECT r.type, r.id, e.name, e.target_type, e.target_id, e.link, e.by, e.ext, t.id, e.since_ms, "
		"e.until_ms FROM _edge e JOIN _resource r USING (rid) LEFT JOIN _resource t ON "
		"t.rid = e.target_rid ORDER BY 1, 2, 3, 4, 6, 10");
	assert_same(
		"SELECT r.type, r.id, t.key, t.value, t.since_ms, t.until_ms FROM _tag t JOIN _resource r USING "
		"(rid) ORDER BY 1, 2, 3, 5");
	assert_int_equal(few.sum.seen, all.sum.seen);
	assert_int_equal(few.sum.created, all.sum.created);
	assert_int_equal(few.sum.changed, all.sum.changed);
	assert_int_equal(few.sum.deleted, all.sum.deleted);
	assert_int_equal(few.sum.unchanged, all.sum.unchanged);
}

static void what_is_known_changes_nothing_of_what_is_recorded(void **state)
{
	const char *seed = getenv("SILTSTONE_KNOWN_SEED");
	int64_t at_ms = T0;

	(void)state;
	srand(seed ? (unsigned)strtoul(seed, NULL, 10) : 1);
	estate_open(&all, ":memory:");
	estate_open(&few, ":memory:");
	for (enum kind k = 0; k < KINDS; k++)
		for (int i = 0; i < EACH; i++) {
			model[k][i] = (struct resource){
				.alive = pick(3) > 0, .name = pick(NAMES), .link = pick(EACH)
			};
			configure(k, &model[k][i]);
		}
	for (int round = 0; round < ROUNDS; round++, at_ms += HOUR) {
		for (int n = pick(MUTATIONS); n > 0; n--)
			mutate();
		if (round % 7 == 3)
			glimpse(at_ms - HOUR / 2);
		sweep(at_ms);
		compare();
	}
	/* And it saves something. */
	assert_true(n_staged[1] * 3 < n_staged[0]);
	assert_true(n_pages > ROUNDS * KINDS / 3);
	estate_close(&all);
	estate_close(&few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_changes_nothing_of_what_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
