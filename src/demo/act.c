/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/act.h"

#include <string.h>

#define BROWSER "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

/* A service that acts for itself is its own name; others have an ARN in the account. Addresses are those of examples. */
static const struct person {
	const char *arn, *ip, *agent;
} people[] = {
	[TERRAFORM] = { "arn:aws:sts::%s:assumed-role/terraform/terraform", "192.0.2.40",
		"APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io)" },
	[CI] = { "arn:aws:sts::%s:assumed-role/ci-deploy/ci-deploy", "192.0.2.17",
		"aws-cli/2.17.44 md/Botocore#2.0.0 ua/2.0 os/linux" },
	[ALICE] = { "arn:aws:iam::%s:user/alice", "203.0.113.77", BROWSER },
	[BOB] = { "arn:aws:iam::%s:user/bob", "203.0.113.12", BROWSER },
	[CAROL] = { "arn:aws:iam::%s:user/carol", "203.0.113.31", "aws-cli/2.17.44 os/linux" },
	[DAVE] = { "arn:aws:iam::%s:user/dave", "203.0.113.58", "Boto3/1.35.10 os/linux" },
	[SCHEDULER] = { "arn:aws:sts::%s:assumed-role/instance-scheduler/instance-scheduler",
		"lambda.amazonaws.com", "Boto3/1.34.0 exec-env/AWS_Lambda_python3.12" },
	[INTRUDER] = { "arn:aws:sts::%s:assumed-role/checkout-app/i-0d3b9a61c07e4f528",
		"198.51.100.23", "aws-cli/1.22.34 Python/3.10.12 Linux/6.1.0-kali9-amd64" },
	[AUTOSCALING] = { "autoscaling.amazonaws.com", "autoscaling.amazonaws.com",
		"autoscaling.amazonaws.com" },
	[RDS] = { "rds.amazonaws.com", "rds.amazonaws.com", "rds.amazonaws.com" },
	[NOBODY] = { NULL, NULL, NULL },
};

static const char *arn_of(struct tape *t, const struct person *p, const struct spot *spot)
{
	const char *gap = p->arn ? strstr(p->arn, "%s") : NULL;

	if (!gap)
		return p->arn;
	return tape_text(t, "%.*s%s%s", (int)(gap - p->arn), p->arn, spot->account, gap + 2);
}

void act_begin(struct tape *t, int64_t at_ms, enum who who, const struct spot *spot,
	const char *source, const char *event)
{
	const struct person *p = &people[who];
	struct tape_act act = { .at_ms = at_ms,
		.actor = arn_of(t, p, spot),
		.name = event,
		.source = tape_text(t, "%s.amazonaws.com", source),
		.ip = p->ip,
		.agent = p->agent,
		.spot = spot,
		.global = strcmp(source, "iam") == 0 };

	tape_act(t, &act);
}
