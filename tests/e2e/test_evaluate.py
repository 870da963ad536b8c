# SPDX-License-Identifier: Apache-2.0
"""Rules over an estate that breaks them: all of what is wrong is found and nothing else, once each, and what it was like is found again later.

What is wrong is worked out a second time from what boto3 says, rule by rule, without anything of ours."""

import json
import re
import signal
import time

import pytest

import program
from service import Service

ACCOUNT, REGION = "123456789012", "us-east-1"
WHERE = ("--account", ACCOUNT, "--region", REGION)
TYPES = ("AWS::S3::Bucket,AWS::DynamoDB::Table,AWS::EC2::SecurityGroup,AWS::EC2::Volume,AWS::EC2::Instance,AWS::EC2::EIP,AWS::EC2::Subnet,"
         "AWS::Logs::LogGroup,AWS::ECR::Repository,AWS::CloudWatch::Alarm,AWS::EC2::VPC,AWS::EC2::NetworkInterface")
GOOD, BAD = "COMPLIANT", "NON_COMPLIANT"
OPEN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
SHUT = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
TLS = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::{0}", "arn:aws:s3:::{0}/*"],
                                                          "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]})


class Aws:
    def __init__(self, moto):
        for name in ("s3", "dynamodb", "ec2", "logs", "ecr", "cloudwatch", "kms"):
            setattr(self, name, moto.client(name))

    def build(self):
        """Two of each, one as it should be and one not, where rules are about one thing."""
        self.key = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.s3.create_bucket(Bucket="logs")
        self.s3.put_bucket_acl(Bucket="logs", ACL="log-delivery-write")
        self.buckets("good", True)
        self.buckets("bad", False)
        for name, well in (("good", True), ("bad", False)):
            self.dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                                       AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}], DeletionProtectionEnabled=well,
                                       **({"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self.key}} if well else {}))
            self.dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": well})
            self.logs.create_log_group(logGroupName=name, **({"kmsKeyId": self.key} if well else {}))
            self.ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE" if well else "MUTABLE")
            self.alarm(name, well)
        self.logs.put_retention_policy(logGroupName="good", retentionInDays=400)
        self.logs.put_retention_policy(logGroupName="bad", retentionInDays=30)
        for n in range(36):
            self.logs.create_log_group(logGroupName=f"bad-{n}")
            self.logs.put_retention_policy(logGroupName=f"bad-{n}", retentionInDays=30)
        self.vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        subnets = sorted(self.ec2.describe_subnets()["Subnets"], key=lambda s: s["SubnetId"])
        self.ec2.modify_subnet_attribute(SubnetId=subnets[0]["SubnetId"], MapPublicIpOnLaunch={"Value": False})
        self.closed = self.ec2.create_security_group(GroupName="closed", Description="d", VpcId=self.vpc)["GroupId"]
        self.open = self.ec2.create_security_group(GroupName="open", Description="d", VpcId=self.vpc)["GroupId"]
        self.ec2.authorize_security_group_ingress(GroupId=self.open, IpPermissions=[OPEN])
        image = self.ec2.describe_images()["Images"][0]["ImageId"]
        self.small, self.large = (self.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType=kind, SubnetId=subnets[0]["SubnetId"], Monitoring={"Enabled": watched})
                                  ["Instances"][0]["InstanceId"] for kind, watched in (("t3.micro", True), ("m5.large", False)))
        self.ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)
        self.address = self.ec2.allocate_address(Domain="vpc")
        self.ec2.associate_address(AllocationId=self.ec2.allocate_address(Domain="vpc")["AllocationId"], InstanceId=self.small)

    def alarm(self, name, well):
        self.cloudwatch.put_metric_alarm(AlarmName=name, MetricName="m", Namespace="n", Period=60, EvaluationPeriods=1, Threshold=1, Statistic="Sum",
                                         ComparisonOperator="GreaterThanThreshold", ActionsEnabled=well)

    def buckets(self, name, well):
        self.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=well)
        if well:
            self.care_for(name)

    def care_for(self, name):
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "l/"}})
        self.s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=SHUT)
        self.s3.put_bucket_policy(Bucket=name, Policy=TLS.replace("{0}", name))
        self.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}}]})

    def mend(self):
        """What can be put right is; what cannot goes."""
        self.care_for("bad")
        self.dynamodb.update_table(TableName="bad", DeletionProtectionEnabled=True)
        self.dynamodb.update_continuous_backups(TableName="bad", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.logs.delete_log_group(logGroupName="bad")
        for n in range(36):
            self.logs.delete_log_group(logGroupName=f"bad-{n}")
            if n % 2:
                self.logs.create_log_group(logGroupName=f"bad-{n}", kmsKeyId=self.key)
        self.ecr.put_image_tag_mutability(repositoryName="bad", imageTagMutability="IMMUTABLE")
        self.alarm("bad", True)
        self.ec2.revoke_security_group_ingress(GroupId=self.open, IpPermissions=[OPEN])
        for g in self.groups():
            if g["GroupName"] == "default" and g["IpPermissions"]:
                self.ec2.revoke_security_group_ingress(GroupId=g["GroupId"], IpPermissions=g["IpPermissions"])
            if g["GroupName"] == "default" and g["IpPermissionsEgress"]:
                self.ec2.revoke_security_group_egress(GroupId=g["GroupId"], IpPermissions=g["IpPermissionsEgress"])
        self.ec2.release_address(AllocationId=self.address["AllocationId"])
        for volume in self.ec2.describe_volumes()["Volumes"]:
            if not volume["Attachments"]:
                self.ec2.delete_volume(VolumeId=volume["VolumeId"])
        for subnet in self.ec2.describe_subnets()["Subnets"]:
            self.ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": False})

    # What boto3 says of each.

    def groups(self):
        return self.ec2.describe_security_groups()["SecurityGroups"]

    def instances(self):
        return [i for r in self.ec2.describe_instances()["Reservations"] for i in r["Instances"]]

    def bucket_names(self):
        return [b["Name"] for b in self.s3.list_buckets()["Buckets"]]

    def of_bucket(self, call, name, **kw):
        try:
            return getattr(self.s3, call)(Bucket=name, **kw)
        except self.s3.exceptions.ClientError:
            return {}

    def tables(self):
        return [self.dynamodb.describe_table(TableName=n)["Table"] for n in self.dynamodb.list_tables()["TableNames"]]

    def log_groups(self):
        return self.logs.describe_log_groups()["logGroups"]

    def repositories(self):
        return self.ecr.describe_repositories()["repositories"]


def says(pairs):
    return {key: GOOD if well else BAD for key, well in pairs}


# Rule -> (parameters, what it ought to say of each resource by id).
RULES = {
    "S3_BUCKET_VERSIONING_ENABLED": ({}, lambda a: says((b, a.of_bucket("get_bucket_versioning", b).get("Status") == "Enabled") for b in a.bucket_names())),
    "S3_BUCKET_LOGGING_ENABLED": ({}, lambda a: says((b, "LoggingEnabled" in a.of_bucket("get_bucket_logging", b)) for b in a.bucket_names())),
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": ({}, lambda a: says(
        (b, all(a.of_bucket("get_public_access_block", b).get("PublicAccessBlockConfiguration", {"no": False}).values())) for b in a.bucket_names())),
    "S3_BUCKET_SSL_REQUESTS_ONLY": ({}, lambda a: says((b, "aws:SecureTransport" in a.of_bucket("get_bucket_policy", b).get("Policy", "")) for b in a.bucket_names())),
    "S3_DEFAULT_ENCRYPTION_KMS": ({}, lambda a: says((b, "aws:kms" in json.dumps(a.of_bucket("get_bucket_encryption", b).get("ServerSideEncryptionConfiguration"))) for b in a.bucket_names())),
    "DYNAMODB_PITR_ENABLED": ({}, lambda a: says((t["TableName"], a.dynamodb.describe_continuous_backups(TableName=t["TableName"])["ContinuousBackupsDescription"]
                                                  ["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED") for t in a.tables())),
    "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED": ({}, lambda a: says((t["TableName"], t["DeletionProtectionEnabled"]) for t in a.tables())),
    "DYNAMODB_TABLE_ENCRYPTED_KMS": ({}, lambda a: says((t["TableName"], t.get("SSEDescription", {}).get("SSEType") == "KMS") for t in a.tables())),
    "INCOMING_SSH_DISABLED": ({}, lambda a: says((g["GroupId"], not any(p.get("FromPort") == 22 for p in g["IpPermissions"])) for g in a.groups())),
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED": ({}, lambda a: says((g["GroupId"], not g["IpPermissions"] and not g["IpPermissionsEgress"]) for g in a.groups() if g["GroupName"] == "default")),
    "EIP_ATTACHED": ({}, lambda a: says((e["AllocationId"], bool(e.get("InstanceId"))) for e in a.ec2.describe_addresses()["Addresses"])),
    "EC2_VOLUME_INUSE_CHECK": ({}, lambda a: says((v["VolumeId"], bool(v["Attachments"])) for v in a.ec2.describe_volumes()["Volumes"])),
    "EC2_INSTANCE_DETAILED_MONITORING_ENABLED": ({}, lambda a: says((i["InstanceId"], i["Monitoring"]["State"] == "enabled") for i in a.instances())),
    "DESIRED_INSTANCE_TYPE": ({"instanceType": "t3.micro"}, lambda a: says((i["InstanceId"], i["InstanceType"] == "t3.micro") for i in a.instances())),
    "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED": ({}, lambda a: says((s["SubnetId"], not s["MapPublicIpOnLaunch"]) for s in a.ec2.describe_subnets()["Subnets"])),
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK": ({}, lambda a: says((g["logGroupName"], g.get("retentionInDays", 10**6) >= 365) for g in a.log_groups())),
    "CLOUDWATCH_LOG_GROUP_ENCRYPTED": ({}, lambda a: says((g["logGroupName"], "kmsKeyId" in g) for g in a.log_groups())),
    "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED": ({}, lambda a: says((r["repositoryName"], r["imageTagMutability"] == "IMMUTABLE") for r in a.repositories())),
    "S3_BUCKET_DEFAULT_LOCK_ENABLED": ({}, lambda a: says((b, "Rule" in a.of_bucket("get_object_lock_configuration", b).get("ObjectLockConfiguration", {}) or
                                                          a.of_bucket("get_object_lock_configuration", b).get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled") for b in a.bucket_names())),
    "CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK": ({}, lambda a: says((m["AlarmName"], m["ActionsEnabled"]) for m in a.cloudwatch.describe_alarms()["MetricAlarms"])),
}


def truth(aws):
    return {rule: ought(aws) for rule, (_, ought) in RULES.items()}


def found(siltstone, store, *args):
    """{rule: {id: result}}, of what applies."""
    got = {rule: {} for rule in RULES}
    for line in siltstone.ok("check", "*", "--store", store, "--format", "jsonl", *args).out.splitlines():
        v = json.loads(line)
        if v["result"] in (GOOD, BAD):
            got[v["rule"]][v["resource_id"]] = v["result"]
    return got


def record(siltstone, store, moto, *args):
    return siltstone.ok("record", "--store", store, "--endpoint", moto.endpoint, "--regions", REGION, "--types", TYPES, "--recheck", "always", *args)


def told(path):
    """What was told of compliance, in order: (rule, id, old, new)."""
    said = []
    for line in path.read_text().splitlines() if path.exists() else []:
        m = json.loads(line)
        m = m.get("message", m)
        if m["messageType"] == "ComplianceChangeNotification":
            old = (m["oldEvaluationResult"] or {}).get("complianceType")
            said.append((m["configRuleName"], m["resourceId"], old, m["newEvaluationResult"]["complianceType"]))
    return said


@pytest.fixture(scope="module")
def estate(moto):
    aws = Aws(moto)
    aws.build()
    aws.moto = moto
    return aws


def test_all_that_is_wrong_is_found_told_once_and_found_again_later(siltstone, store, estate):
    log = store.parent / "told.jsonl"
    record(siltstone, store, estate.moto)
    siltstone.ok("recorder", "set", "--all", "--store", store)
    siltstone.ok("sink", "add", "log", f"file:{log}", "--store", store)
    daemon = Service(siltstone, store)
    try:
        config = daemon.client(REGION)
        for rule, (parameters, _) in RULES.items():
            more = {"InputParameters": json.dumps(parameters)} if parameters else {}
            config.put_config_rule(ConfigRule={"ConfigRuleName": rule, "Source": {"Owner": "AWS", "SourceIdentifier": rule}, **more})
        put = time.monotonic()
        before = truth(estate)
        while program.one(store, "SELECT count(*) FROM _rule_status WHERE wanted_ms IS NOT NULL"):
            assert time.monotonic() - put < 30, daemon.text()
            time.sleep(0.02)
        assert found(siltstone, store) == before
        assert {rule for rule, said in before.items() if BAD not in said.values()} == set()
        # boto3 sees the same, and why.
        details = config.get_compliance_details_by_config_rule(ConfigRuleName="INCOMING_SSH_DISABLED", ComplianceTypes=[BAD])["EvaluationResults"]
        assert [d["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] for d in details] == [estate.open]
        assert "22" in details[0]["Annotation"]
        # A change that somebody else records is judged by the running daemon within a moment.
        item = {"resourceType": "AWS::ECR::Repository", "resourceId": "later", "awsAccountId": ACCOUNT, "awsRegion": REGION,
                "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": {"RepositoryName": "later", "ImageTagMutability": "MUTABLE"}}
        (store.parent / "later.jsonl").write_text(json.dumps(item) + "\n")
        siltstone.ok("import", store.parent / "later.jsonl", "--store", store)
        recorded = time.monotonic()
        while not program.rows(store, "SELECT 1 FROM compliance WHERE resource_id = 'later'"):
            assert time.monotonic() - recorded < 20, daemon.text()
            time.sleep(0.02)
        assert time.monotonic() - recorded < 5
        status = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
        assert all(s["FirstEvaluationStarted"] and "LastErrorCode" not in s for s in status), status
        assert 'siltstone_rules{region="us-east-1",state="evaluated"} 20' in daemon.get("/metrics")[1]
    finally:
        daemon.stop()
    moment = program.one(store, "SELECT strftime('%Y-%m-%dT%H:%M:%S', max(since_ms) / 1000 + 1, 'unixepoch') || 'Z' FROM _verdict")
    while time.time() < program.one(store, "SELECT strftime('%s', ?) + 1", moment):
        time.sleep(0.05)
    estate.mend()
    after = truth(estate)
    verdicts = "SELECT count(*), max(recorded_ms) FROM _verdict"
    judged = program.rows(store, verdicts)
    record(siltstone, store, estate.moto, "--no-rules")
    assert program.rows(store, verdicts) == judged
    r = record(siltstone, store, estate.moto)
    assert re.search(r"^rules: \d+ evaluated; \d+ verdicts changed$", r.err, re.M), r.err
    # What runs from time to time has not run again yet.
    daily = {"CW_LOGGROUP_RETENTION_PERIOD_CHECK", "CLOUDWATCH_LOG_GROUP_ENCRYPTED"}
    got = found(siltstone, store)
    assert {r: v for r, v in got.items() if r not in daily} == {r: v for r, v in after.items() if r not in daily}
    siltstone.run("rule", "evaluate", "--store", store)
    assert found(siltstone, store) == after
    # Nobody is told twice, and of nothing that is not so: what was told, one after the other, ends in what is.
    siltstone.ok("notify", "--store", store)
    ends = {}
    for rule, key, old, new in told(log):
        assert old == ends.get((rule, key)) and new != old, (rule, key, old, new, ends.get((rule, key)))
        ends[rule, key] = new
    ends = {k: v for k, v in ends.items() if v != "NOT_APPLICABLE"}
    assert ends == {(rule, key): v for rule, said in after.items() for key, v in said.items()}
    # An interval of each result, without a gap.
    assert program.rows(store, """SELECT a.verdict_id FROM _verdict a WHERE a.until_ms < 253402300799000
        AND NOT EXISTS (SELECT 1 FROM _verdict b WHERE b.rid = a.rid AND b.rule = a.rule AND b.since_ms = a.until_ms AND b.result <> a.result)""") == []
    # The moment before is found as it was, and judged again as it was.
    past = {rule: {k: v for k, v in said.items()} for rule, said in before.items()}
    past["ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED"]["later"] = BAD
    assert found(siltstone, store, "--as-of", moment) == past
    assert found(siltstone, store, "--as-of", moment, "--evaluate") == past
    program.whole(store)


@pytest.mark.parametrize("where", ["evaluate.slice", "evaluate.before_commit", "evaluate.before_commit:3", "evaluate.before_advance"])
def test_an_evaluation_that_is_killed_is_made_good_and_told_once(siltstone, store, where):
    items = [{"resourceType": "AWS::EC2::VPC", "resourceId": f"vpc-{n}", "awsAccountId": ACCOUNT, "awsRegion": REGION,
              "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": {"n": n}} for n in range(1100)]
    (siltstone.home / "items.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
    siltstone.ok("import", siltstone.home / "items.jsonl", "--store", store)
    siltstone.ok("recorder", "set", "--all", "--store", store)
    (siltstone.home / "r.sql").write_text("-- types: AWS::EC2::VPC\nSELECT item_id, iif(configuration ->> '$.n' % 2, 'COMPLIANT', 'NON_COMPLIANT') AS result, "
                                          "configuration ->> '$.n' AS annotation FROM item\n")
    for n in range(3):
        siltstone.ok("rule", "put", f"r{n}", "--sql", siltstone.home / "r.sql", *WHERE, "--store", store)
    died = siltstone.run("up", "--once", "--listen", "127.0.0.1:0", "--store", store, env=siltstone.environment(SILTSTONE_FAILPOINT=where))
    assert died.code == -signal.SIGKILL, died.err
    siltstone.ok("up", "--once", "--listen", "127.0.0.1:0", "--store", store)
    assert program.rows(store, "SELECT rule, result, count(*) FROM compliance GROUP BY 1, 2") == [(f"r{n}", r, 550) for n in range(3) for r in (GOOD, BAD)]
    assert program.one(store, "SELECT count(*) FROM _event WHERE kind = 'ComplianceChangeNotification'") == 3300
    assert program.one(store, "SELECT item_id FROM _evaluator") == 1100
    program.whole(store)
