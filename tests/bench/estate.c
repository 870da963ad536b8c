/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/estate.h"

#include "base/mem.h"
#include "base/must.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define SKEW  0.8
#define SHARE 0.2 /* of all change in a round */

/* Splitmix64, by Sebastiano Vigna: https://prng.di.unimi.it/splitmix64.c (public domain). */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t draw(struct estate *e)
{
	return mix(e->random++);
}

static int below(struct estate *e, int n)
{
	return (int)(draw(e) % (uint64_t)n);
}

/* What is as it is for good: @what tells one from another. */
static uint64_t of(const struct thing *t, int what)
{
	return mix(t->seed + (uint64_t)what);
}

static int pick(const struct thing *t, int what, int n)
{
	return (int)(of(t, what) % (uint64_t)n);
}

static double sum_of_odds(const struct estate *e, double c)
{
	double sum = 0;

	for (int i = 0; i < e->n; i++)
		sum += fmin(1, c / pow(i + 1, SKEW));
	return sum;
}

void estate_init(struct estate *e, int n, uint64_t seed)
{
	double low = 0, high = n;

	*e = (struct estate){
		.things = mem_alloc((size_t)n * sizeof(*e->things)), .n = n, .random = mix(seed)
	};
	must(e->things != NULL);
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (sum_of_odds(e, middle) < SHARE * n)
			low = middle;
		else
			high = middle;
	}
	for (int i = 0; i < n; i++) {
		/* Types take turns, so ranks are dealt out by a prime. */
		const int rank = (int)((int64_t)i * 7919 % n);
		struct thing *t = &e->things[i];

		*t = (struct thing){ .seed = draw(e), .odds = fmin(1, low / pow(rank + 1, SKEW)) };
		t->size = pick(t, 1, 3);
		t->owner = pick(t, 2, 30);
		t->group = pick(t, 3, 900);
	}
}

void estate_release(struct estate *e)
{
	mem_free(e->things);
}

bool estate_change(struct estate *e, int i)
{
	struct thing *t = &e->things[i];
	int how;

	if ((double)(draw(e) >> 11) / (double)(UINT64_C(1) << 53) >= t->odds)
		return false;
	how = below(e, 100);
	if (how < 55)
		t->state = !t->state;
	else if (how < 70)
		t->size = (t->size + 1 + below(e, 2)) % 3;
	else if (how < 80)
		t->owner = (t->owner + 1 + below(e, 29)) % 30;
	else if (how < 90)
		t->text++;
	else
		t->group = (t->group + 1 + below(e, 899)) % 900;
	return true;
}

static void link_to(struct buf *b, const char *name, const char *type, const char *id)
{
	buf_printf(b, "%s{\"name\":\"%s\",\"resourceId\":\"%s\",\"resourceType\":\"%s\"}",
		b->n > 1 ? "," : "", name, id, type);
}

/* Whom it belongs to, and what it is linked with. */
struct around {
	char vpc[32], subnet[32], subnet2[32], group[32], group2[32];
};

static struct around around_of(const struct thing *t)
{
	struct around a;

	snprintf(a.vpc, sizeof(a.vpc), "vpc-%017x", pick(t, 4, 40));
	snprintf(a.subnet, sizeof(a.subnet), "subnet-%017x", pick(t, 5, 400));
	snprintf(a.subnet2, sizeof(a.subnet2), "subnet-%017x", 400 + pick(t, 6, 400));
	snprintf(a.group, sizeof(a.group), "sg-%017x", t->group);
	snprintf(a.group2, sizeof(a.group2), "sg-%017x", 900 + pick(t, 7, 13));
	return a;
}

static void see_labels(struct buf *b, const struct thing *t, const char *key, const char *value)
{
	static const char *const stages[] = { "prod", "staging", "dev" };

	buf_printf(b,
		"[{\"%s\":\"Name\",\"%s\":\"web-%u\"},{\"%s\":\"env\",\"%s\":\"%s\"},"
		"{\"%s\":\"team\",\"%s\":\"team-%d\"}]",
		key, value, (unsigned)(t->seed & 0xffff), key, value, stages[pick(t, 8, 3)], key,
		value, t->owner);
}

/* Settings that all resources of a type have alike: what makes real descriptions long. */
static void see_settings(struct buf *b, const char *name, int n)
{
	buf_printf(b, "\"%s\":{", name);
	for (int i = 0; i < n; i++)
		buf_printf(b, "%s\"option%c%d\":%s", i ? "," : "", 'Z' - i % 26, i,
			i % 3 == 0   ? "\"default\""
			: i % 3 == 1 ? "false"
				     : "30");
	buf_text(b, "}");
}

static void see_instance(const struct thing *t, const struct around *a, struct sight *s)
{
	static const char *const sizes[] = { "t3.micro", "m5.large", "c6i.xlarge" };
	struct buf *b = &s->configuration;
	const unsigned ip = (unsigned)of(t, 9);

	s->type = "AWS::EC2::Instance";
	snprintf(s->id, sizeof(s->id), "i-%016" PRIx64, t->seed);
	snprintf(s->arn, sizeof(s->arn), "arn:aws:ec2:%s:%s:instance/%s", ESTATE_REGION,
		ESTATE_ACCOUNT, s->id);
	buf_printf(b,
		"{\"instanceId\":\"%s\",\"imageId\":\"ami-%017x\",\"instanceType\":\"%s\",\"keyName\":\"ops\","
		"\"state\":{\"code\":%d,\"name\":\"%s\"},\"subnetId\":\"%s\",\"vpcId\":\"%s\",\"architecture\":\"x86_64\","
		"\"privateIpAddress\":\"10.%u.%u.%u\",\"privateDnsName\":\"ip-10-%u-%u-%u.ec2.internal\","
		"\"launchTime\":\"2026-08-%02dT10:%02d:00.000Z\",\"amiLaunchIndex\":0,\"ebsOptimized\":true,\"hypervisor\":\"xen\","
		"\"blockDeviceMappings\":[{\"deviceName\":\"/dev/xvda\",\"ebs\":{\"attachTime\":\"2026-08-01T10:00:01.000Z\","
		"\"deleteOnTermination\":true,\"status\":\"attached\"}}],\"clientToken\":\"%016" PRIx64
		"%016" PRIx64 "\","
		"\"securityGroups\":[{\"groupId\":\"%s\",\"groupName\":\"group\"}],\"monitoring\":{\"state\":\"disabled\"},"
		"\"placement\":{\"availabilityZone\":\"us-east-1a\",\"groupName\":\"\",\"tenancy\":\"default\"},"
		"\"metadataOptions\":{\"httpEndpoint\":\"enabled\",\"httpPutResponseHopLimit\":%d,\"httpTokens\":\"required\",\"state\":\"applied\"},",
		s->id, pick(t, 10, 50), sizes[t->size], t->state ? 80 : 16,
		t->state ? "stopped" : "running", a->subnet, a->vpc, ip & 255, ip >> 8 & 255,
		ip >> 16 & 255, ip & 255, ip >> 8 & 255, ip >> 16 & 255, 1 + pick(t, 11, 28),
		pick(t, 12, 60), of(t, 13), of(t, 14), a->group, t->text);
	see_settings(b, "enclaveOptions", 16);
	buf_text(b, ",\"tags\":");
	see_labels(b, t, "key", "value");
	buf_text(b, "}");
	link_to(&s->relationships, "Is associated with SecurityGroup", "AWS::EC2::SecurityGroup",
		a->group);
	link_to(&s->relationships, "Is contained in Subnet", "AWS::EC2::Subnet", a->subnet);
	link_to(&s->relationships, "Is contained in Vpc", "AWS::EC2::VPC", a->vpc);
}

static void see_interface(const struct thing *t, const struct around *a, struct sight *s)
{
	struct buf *b = &s->configuration;
	const unsigned ip = (unsigned)of(t, 9);

	s->type = "AWS::EC2::NetworkInterface";
	snprintf(s->id, sizeof(s->id), "eni-%016" PRIx64, t->seed);
	snprintf(s->arn, sizeof(s->arn), "arn:aws:ec2:%s:%s:network-interface/%s", ESTATE_REGION,
		ESTATE_ACCOUNT, s->id);
	buf_printf(b,
		"{\"networkInterfaceId\":\"%s\",\"description\":\"interface %d\",\"status\":\"%s\",\"subnetId\":\"%s\",\"vpcId\":\"%s\","
		"\"macAddress\":\"02:%02x:%02x:%02x:%02x\",\"privateIpAddress\":\"10.%u.%u.%u\",\"ownerId\":\"%s\","
		"\"interfaceType\":\"%s\",\"sourceDestCheck\":true,\"requesterManaged\":false,\"availabilityZone\":\"us-east-1a\","
		"\"groups\":[{\"groupId\":\"%s\",\"groupName\":\"group\"}],\"privateIpAddresses\":[",
		s->id, t->text, t->state ? "available" : "in-use", a->subnet, a->vpc, ip & 255,
		ip >> 8 & 255, ip >> 16 & 255, ip >> 24, ip & 255, ip >> 8 & 255, ip >> 16 & 255,
		ESTATE_ACCOUNT,
		t->size == 0   ? "interface"
		: t->size == 1 ? "lambda"
			       : "vpc_endpoint",
		a->group);
	for (unsigned i = 0; i < 6; i++)
		buf_printf(b,
			"%s{\"primary\":%s,\"privateDnsName\":\"ip-10-%u-%u-%u.ec2.internal\",\"privateIpAddress\":\"10.%u.%u.%u\"}",
			i ? "," : "", i ? "false" : "true", ip & 255, ip >> 8 & 255, i, ip & 255,
			ip >> 8 & 255, i);
	buf_text(b, "],");
	see_settings(b, "operator", 22);
	buf_text(b, ",\"tagSet\":");
	see_labels(b, t, "key", "value");
	buf_text(b, "}");
	link_to(&s->relationships, "Is associated with SecurityGroup", "AWS::EC2::SecurityGroup",
		a->group);
	link_to(&s->relationships, "Is contained in Subnet", "AWS::EC2::Subnet", a->subnet);
	link_to(&s->relationships, "Is contained in Vpc", "AWS::EC2::VPC", a->vpc);
}

static void see_function(const struct thing *t, const struct around *a, struct sight *s)
{
	struct buf *b = &s->configuration;

	s->type = "AWS::Lambda::Function";
	snprintf(s->id, sizeof(s->id), "worker-%016" PRIx64, t->seed);
	snprintf(s->arn, sizeof(s->arn), "arn:aws:lambda:%s:%s:function:%s", ESTATE_REGION,
		ESTATE_ACCOUNT, s->id);
	buf_printf(b,
		"{\"functionName\":\"%s\",\"functionArn\":\"%s\",\"runtime\":\"python3.12\",\"handler\":\"app.main\",\"codeSize\":%d,"
		"\"codeSha256\":\"%016" PRIx64 "%016" PRIx64
		"\",\"memorySize\":%d,\"timeout\":%d,\"version\":\"$LATEST\","
		"\"lastModified\":\"2026-08-%02dT10:00:%02d.000+0000\",\"packageType\":\"Zip\",\"architectures\":[\"arm64\"],"
		"\"vpcConfig\":{\"subnetIds\":[\"%s\",\"%s\"],\"securityGroupIds\":[\"%s\"],\"ipv6AllowedForDualStack\":false},"
		"\"environment\":{\"variables\":{",
		s->id, s->arn, 1000 + pick(t, 9, 100000), of(t, 10 + t->text), of(t, 11 + t->text),
		128 << t->size, t->state ? 60 : 30, 1 + t->text % 28, t->owner, a->subnet,
		a->subnet2, a->group);
	for (int i = 0; i < 12; i++)
		buf_printf(b, "%s\"SETTING_%c\":\"https://service-%d.example.com/path\"",
			i ? "," : "", 'A' + i, pick(t, 20 + i, 90));
	buf_text(b, "}},");
	see_settings(b, "loggingConfig", 26);
	buf_text(b, "}");
	link_to(&s->relationships, "Is associated with ", "AWS::EC2::SecurityGroup", a->group);
	link_to(&s->relationships, "Is contained in ", "AWS::EC2::Subnet", a->subnet);
	link_to(&s->relationships, "Is contained in ", "AWS::EC2::Subnet", a->subnet2);
}

static void see_database(const struct thing *t, const struct around *a, struct sight *s)
{
	static const char *const sizes[] = { "db.t4g.micro", "db.m6g.large", "db.r6g.xlarge" };
	struct buf *b = &s->configuration;
	char place[32];

	s->type = "AWS::RDS::DBInstance";
	snprintf(s->id, sizeof(s->id), "db-%016" PRIX64, t->seed);
	snprintf(s->arn, sizeof(s->arn), "arn:aws:rds:%s:%s:db:orders-%08x", ESTATE_REGION,
		ESTATE_ACCOUNT, (unsigned)t->seed);
	snprintf(place, sizeof(place), "data-%d", pick(t, 9, 12));
	buf_printf(b,
		"{\"dBInstanceIdentifier\":\"orders-%08x\",\"dBInstanceClass\":\"%s\",\"engine\":\"postgres\",\"dbiResourceId\":\"%s\","
		"\"dBInstanceStatus\":\"%s\",\"masterUsername\":\"postgres\",\"allocatedStorage\":%d,\"engineVersion\":\"15.%d\","
		"\"endpoint\":{\"address\":\"orders.%016" PRIx64
		".us-east-1.rds.example.com\",\"port\":5432,\"hostedZoneId\":\"Z%X\"},"
		"\"vpcSecurityGroups\":[{\"vpcSecurityGroupId\":\"%s\",\"status\":\"active\"},{\"vpcSecurityGroupId\":\"%s\",\"status\":\"active\"}],"
		"\"dBSubnetGroup\":{\"dBSubnetGroupName\":\"%s\",\"dBSubnetGroupDescription\":\"where data is kept\",\"vpcId\":\"%s\","
		"\"subnetGroupStatus\":\"Complete\",\"subnets\":[",
		(unsigned)t->seed, sizes[t->size], s->id, t->state ? "stopped" : "available",
		20 + t->text, pick(t, 10, 9), of(t, 11), (unsigned)of(t, 12), a->group, a->group2,
		place, a->vpc);
	for (int i = 0; i < 4; i++)
		buf_printf(b,
			"%s{\"subnetIdentifier\":\"subnet-%017x\",\"subnetAvailabilityZone\":{\"name\":\"us-east-1%c\"},\"subnetStatus\":\"Active\"}",
			i ? "," : "", pick(t, 9, 12) * 4 + i, 'a' + i);
	buf_text(b, "]},");
	see_settings(b, "pendingModifiedValues", 26);
	buf_text(b, ",\"tagList\":");
	see_labels(b, t, "key", "value");
	buf_text(b, "}");
	link_to(&s->relationships, "Is associated with DBSubnetGroup", "AWS::RDS::DBSubnetGroup",
		place);
	link_to(&s->relationships, "Is associated with SecurityGroup", "AWS::EC2::SecurityGroup",
		a->group);
	link_to(&s->relationships, "Is associated with SecurityGroup", "AWS::EC2::SecurityGroup",
		a->group2);
}

static void see_balancer(const struct thing *t, const struct around *a, struct sight *s)
{
	struct buf *b = &s->configuration;

	s->type = "AWS::ElasticLoadBalancingV2::LoadBalancer";
	snprintf(s->id, sizeof(s->id), "net/front/%016" PRIx64, t->seed);
	snprintf(s->arn, sizeof(s->arn), "arn:aws:elasticloadbalancing:%s:%s:loadbalancer/%s",
		ESTATE_REGION, ESTATE_ACCOUNT, s->id);
	buf_printf(b,
		"{\"loadBalancerArn\":\"%s\",\"loadBalancerName\":\"front\",\"dNSName\":\"front-%016" PRIx64
		".elb.example.com\","
		"\"scheme\":\"internal\",\"type\":\"%s\",\"state\":{\"code\":\"%s\"},\"vpcId\":\"%s\",\"canonicalHostedZoneId\":\"Z%016" PRIX64
		"\","
		"\"createdTime\":\"2026-08-01T10:00:%02d.000Z\",\"ipAddressType\":\"ipv4\",\"securityGroups\":[\"%s\"],"
		"\"availabilityZones\":[{\"zoneName\":\"us-east-1a\",\"subnetId\":\"%s\",\"loadBalancerAddresses\":[]}],\"listeners\":[",
		s->arn, of(t, 9),
		t->size == 0   ? "network"
		: t->size == 1 ? "application"
			       : "gateway",
		t->state ? "provisioning" : "active", a->vpc, of(t, 10), pick(t, 11, 60), a->group,
		a->subnet);
	for (int i = 0; i < 5; i++)
		buf_printf(b,
			"%s{\"port\":%d,\"protocol\":\"TLS\",\"sslPolicy\":\"TLS13-1-2\",\"certificate\":\"%016" PRIx64
			"\",\"idle\":%d}",
			i ? "," : "", 443 + i, of(t, 30 + i), i ? 60 : t->text);
	buf_text(b, "],");
	see_settings(b, "attributes", 30);
	buf_text(b, "}");
	link_to(&s->relationships, "Is associated with SecurityGroup", "AWS::EC2::SecurityGroup",
		a->group);
	link_to(&s->relationships, "Is attached to Subnet", "AWS::EC2::Subnet", a->subnet);
	link_to(&s->relationships, "Is contained in Vpc", "AWS::EC2::VPC", a->vpc);
}

void estate_see(const struct estate *e, int i, struct sight *s)
{
	static void (*const see[])(const struct thing *, const struct around *, struct sight *) = {
		see_instance, see_interface, see_function, see_database, see_balancer
	};
	const struct thing *t = &e->things[i];
	const struct around a = around_of(t);

	buf_clear(&s->configuration);
	buf_clear(&s->relationships);
	buf_clear(&s->tags);
	buf_text(&s->relationships, "[");
	see[i % 5](t, &a, s);
	buf_text(&s->relationships, "]");
	buf_printf(&s->tags, "{\"Name\":\"web-%u\",\"team\":\"team-%d\",\"env\":\"%s\"}",
		(unsigned)(t->seed & 0xffff), t->owner, pick(t, 8, 3) ? "prod" : "dev");
	must(buf_ok(&s->configuration) && buf_ok(&s->relationships) && buf_ok(&s->tags));
}

void sight_release(struct sight *s)
{
	buf_release(&s->configuration);
	buf_release(&s->relationships);
	buf_release(&s->tags);
}
