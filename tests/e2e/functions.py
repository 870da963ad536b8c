# SPDX-License-Identifier: Apache-2.0
"""Rule functions of others, as they are: hosted here, and by a stand-in for Lambda, against an estate of moto's. What they find is
what boto3 finds, asked here for each rule by itself.

    functions.py --rules DIR [--work DIR] [--modules DIR] [--rdklib DIR] [--short]

DIR is a checkout of awslabs/aws-config-rules (python/, node/, python-rdklib/); --modules has aws-sdk version 2 for those of Node, --rdklib
is a checkout or an installation of rdklib."""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile
import time

import emulator
import estate
import lambda_server
import program
import test_daemon
from service import Service

ACCOUNT, REGION = "123456789012", "us-east-1"
TYPES = ",".join(f"AWS::{t}" for t in (
    "EC2::Instance", "EC2::SecurityGroup", "EC2::VPC", "EC2::Subnet", "EC2::NetworkInterface", "EC2::InternetGateway", "EC2::Volume",
    "S3::Bucket", "Lambda::Function", "IAM::User", "RDS::DBInstance"))


def extend(aws):
    """What the rules tell apart, beside what the small estate has."""
    ec2, iam = aws("ec2"), aws("iam")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    vpc = ec2.create_vpc(CidrBlock="10.44.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.44.1.0/24")["Subnet"]["SubnetId"]
    groups = [ec2.create_security_group(GroupName=f"g{n}", Description="d", VpcId=vpc)["GroupId"] for n in range(4)]
    world = [{"CidrIp": "0.0.0.0/0"}]
    ec2.authorize_security_group_ingress(GroupId=groups[0], IpPermissions=[{"IpProtocol": "tcp", "FromPort": 20, "ToPort": 30, "IpRanges": world}])
    ec2.authorize_security_group_ingress(GroupId=groups[1], IpPermissions=[{"IpProtocol": "-1", "IpRanges": world}])
    ec2.authorize_security_group_ingress(GroupId=groups[2], IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": world}])
    for kind, group in (("m5.large", groups[0]), ("t3.micro", groups[2])):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType=kind, SubnetId=subnet, SecurityGroupIds=[group])
    gateways = [ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"] for _ in range(2)]
    ec2.attach_internet_gateway(InternetGatewayId=gateways[0], VpcId=vpc)
    ec2.attach_internet_gateway(InternetGatewayId=ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
                                VpcId=ec2.create_vpc(CidrBlock="10.45.0.0/16")["Vpc"]["VpcId"])
    iam.create_role(RoleName="run", AssumeRolePolicyDocument=estate.TRUST)
    code = {"ZipFile": b"PK\5\6" + bytes(18)}
    role = f"arn:aws:iam::{ACCOUNT}:role/run"
    queue = aws("sqs").create_queue(QueueName="dead")["QueueUrl"]
    common = {"Runtime": "python3.11", "Role": role, "Handler": "a.b", "Code": code}
    aws("lambda").create_function(FunctionName="plain", **common)
    aws("lambda").create_function(FunctionName="inside", VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [groups[3]]}, **common)
    aws("lambda").create_function(FunctionName="queued", DeadLetterConfig={"TargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}, **common)
    for name in ("an-admin", "carol", "dave"):
        iam.create_user(UserName=name)
    iam.create_login_profile(UserName="carol", Password="Abcdefg1!abcdefg")
    iam.create_login_profile(UserName="dave", Password="Abcdefg1!abcdefg")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="dave")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="dave", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=estate.POLICY)["Policy"]["Arn"]
    iam.create_user(UserName="erin", PermissionsBoundary=boundary)
    iam.attach_user_policy(UserName="dave", PolicyArn=boundary)
    key = aws("kms").create_key(Description="gone")["KeyMetadata"]["KeyId"]
    aws("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    aws("ecr").create_repository(repositoryName="scanned", imageScanningConfiguration={"scanOnPush": True})
    aws("ecr").create_repository(repositoryName="unscanned")
    aws("efs").create_file_system(CreationToken="a", Encrypted=True)
    aws("efs").create_file_system(CreationToken="b", Encrypted=False)
    aws("logs").create_log_group(logGroupName="plain")
    aws("logs").create_log_group(logGroupName="sealed", kmsKeyId=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k")
    for name, sealed in (("db-open", False), ("db-sealed", True)):
        aws("rds").create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20,
                                      MasterUsername="u", MasterUserPassword="abcdefgh", StorageEncrypted=sealed)
    return {"vpc": vpc, "queue": queue}


def verdict(good):
    return "COMPLIANT" if good else "NON_COMPLIANT"


def instances(aws):
    return [i for page in aws("ec2").get_paginator("describe_instances").paginate() for r in page["Reservations"] for i in r["Instances"]]


def groups(aws):
    return [g for page in aws("ec2").get_paginator("describe_security_groups").paginate() for g in page["SecurityGroups"]]


def users(aws):
    return [u for page in aws("iam").get_paginator("list_users").paginate() for u in page["Users"]]


def functions_of(aws):
    return [f for page in aws("lambda").get_paginator("list_functions").paginate() for f in page["Functions"]]


def exposed(aws, instance):
    ids = [g["GroupId"] for g in instance["SecurityGroups"]]
    return any(p.get("FromPort", 1) <= 22 <= p.get("ToPort", 0) for g in groups(aws) if g["GroupId"] in ids for p in g["IpPermissions"]
               if any(r["CidrIp"] == "0.0.0.0/0" for r in p["IpRanges"]))


def used_groups(aws):
    return {g["GroupId"] for page in aws("ec2").get_paginator("describe_network_interfaces").paginate() for i in page["NetworkInterfaces"] for g in i["Groups"]}


def has_login(aws, name):
    try:
        aws("iam").get_login_profile(UserName=name)
        return True
    except aws("iam").exceptions.NoSuchEntityException:
        return False


def mfa(aws, name):
    return bool(aws("iam").list_mfa_devices(UserName=name)["MFADevices"])


def gateways(aws):
    return aws("ec2").describe_internet_gateways()["InternetGateways"]


def key_verdicts(aws):
    out = {}
    for page in aws("kms").get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            k = aws("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if k["Origin"] == "AWS_KMS" and k["KeyManager"] == "CUSTOMER":
                out[key["KeyId"]] = verdict(k["KeyState"] != "PendingDeletion")
    return out


def rules(made):
    """(name, runtime, folder, handler, type or None for a periodic one, parameters, what boto3 finds)."""
    py, js = "python3.11", "nodejs20.x"
    plain = "python"

    def rdk(name, kind, parameters, found):
        return name, py, f"python/{name}", f"{name}.lambda_handler", kind, parameters, found

    return [
        ("instance-type", py, plain, "ec2_desired_instance_type.lambda_handler", "AWS::EC2::Instance", {"desiredInstanceType": "t3.micro"},
         lambda aws: {i["InstanceId"]: verdict(i["InstanceType"] == "t3.micro") for i in instances(aws)}),
        ("all-ports", py, plain, "ec2_security_group_port_range_all_prohibited.lambda_handler", "AWS::EC2::SecurityGroup", {},
         lambda aws: {g["GroupId"]: verdict(all("FromPort" in p for p in g["IpPermissions"])) for g in groups(aws)}),
        ("all-protocols", py, plain, "ec2_security_group_protocol_all_prohibited.lambda_handler", "AWS::EC2::SecurityGroup", {},
         lambda aws: {g["GroupId"]: verdict(all(p["IpProtocol"] != "-1" for p in g["IpPermissions"])) for g in groups(aws)}),
        ("exposed", py, plain, "ec2-exposed-instance.lambda_handler", "AWS::EC2::Instance", {"ssh": "22"},
         lambda aws: {i["InstanceId"]: verdict(not exposed(aws, i)) for i in instances(aws)}),
        ("console-mfa", py, plain, "iam_mfa_for_console_access.lambda_handler", "AWS::IAM::User", {},
         lambda aws: {u["UserId"]: verdict(mfa(aws, u["UserName"]) or not has_login(aws, u["UserName"])) for u in users(aws)}),
        ("policy-exists", py, plain, "iam_policy_exists.lambda_handler", None, {"PoliciesToCheck": "read,boundary"}, lambda aws: {ACCOUNT: "COMPLIANT"}),
        ("policy-absent", py, plain, "iam_policy_exists.lambda_handler", None, {"PoliciesToCheck": "read,absent"}, lambda aws: {ACCOUNT: "NON_COMPLIANT"}),
        rdk("EC2_SECURITY_GROUP_NOT_USED", "AWS::EC2::SecurityGroup", {},
            lambda aws: {g["GroupId"]: verdict(g["GroupId"] in used_groups(aws)) for g in groups(aws)}),
        rdk("S3_BUCKET_NAMING_CONVENTION", "AWS::S3::Bucket", {"regexPattern": "logs.*"},
            lambda aws: {b["Name"]: verdict(b["Name"].startswith("logs")) for b in aws("s3").list_buckets()["Buckets"]
                         if not aws("s3").get_bucket_location(Bucket=b["Name"])["LocationConstraint"]}),
        rdk("INTERNET_GATEWAY_AUTHORIZED_ONLY", "AWS::EC2::InternetGateway", {"AuthorizedVpcIds": made["vpc"]},
            lambda aws: {g["InternetGatewayId"]: verdict(not g["Attachments"] or g["Attachments"][0]["VpcId"] == made["vpc"]) for g in gateways(aws)}),
        rdk("LAMBDA_INSIDE_VPC", "AWS::Lambda::Function", {},
            lambda aws: {f["FunctionName"]: verdict(f.get("VpcConfig", {}).get("SubnetIds")) for f in functions_of(aws)}),
        rdk("LAMBDA_DLQ_CHECK", "AWS::Lambda::Function", {},
            lambda aws: {f["FunctionName"]: verdict("DeadLetterConfig" in f) for f in functions_of(aws)}),
        rdk("IAM_USER_MATCHES_REGEX_PATTERN", "AWS::IAM::User", {"regexPattern": ".*admin.*"},
            lambda aws: {u["UserName"]: verdict("admin" in u["UserName"]) for u in users(aws)}),
        rdk("IAM_USER_MFA_ENABLED", None, {}, lambda aws: {u["UserId"]: verdict(mfa(aws, u["UserName"])) for u in users(aws)}),
        rdk("IAM_NO_USER", None, {}, lambda aws: {ACCOUNT: "NON_COMPLIANT"}),
        rdk("ECR_REPOSITORY_SCAN_ON_PUSH_CHECK", None, {},
            lambda aws: {r["repositoryArn"]: verdict(r["imageScanningConfiguration"]["scanOnPush"]) for r in aws("ecr").describe_repositories()["repositories"]}),
        rdk("EFS_ENCRYPTED_CHECK", None, {},
            lambda aws: {f["FileSystemId"]: verdict(f["Encrypted"]) for f in aws("efs").describe_file_systems()["FileSystems"]}),
        rdk("KMS_KEYS_TO_NOT_DELETE", None, {}, key_verdicts),
        rdk("CLOUDWATCH_LOG_GROUP_ENCRYPTED", None, {},
            lambda aws: {g["logGroupName"]: verdict("kmsKeyId" in g) for g in aws("logs").describe_log_groups()["logGroups"]}),
        rdk("IAM_USER_PERMISSION_BOUNDARY_CHECK", None, {},
            lambda aws: {u["UserId"]: verdict("PermissionsBoundary" in aws("iam").get_user(UserName=u["UserName"])["User"]) for u in users(aws)}),
        ("node-tenancy", js, "node", "instance_desired_tenancy-triggered.handler", "AWS::EC2::Instance", {"DesiredTenancy": "default"},
         lambda aws: {i["InstanceId"]: verdict(i["Placement"]["Tenancy"] == "default") for i in instances(aws)}),
        ("node-rds", js, "node", "rds_db_instance_encrypted.handler", "AWS::RDS::DBInstance", {"KMSKeyARN": ""},
         lambda aws: {d["DbiResourceId"]: verdict(d["StorageEncrypted"]) for d in aws("rds").describe_db_instances()["DBInstances"]}),
        ("node-mfa", js, "node", "iam_mfa_require-triggered.handler", "AWS::IAM::User", {"none": "none"},
         lambda aws: {u["UserId"]: verdict(mfa(aws, u["UserName"])) for u in users(aws)}),
        ("rdklib", py, "python-rdklib/SECURITYHUB_ENABLED", "SECURITYHUB_ENABLED.lambda_handler", None, {"ASSUME_ROLE_MODE": "False"}, lambda aws: {ACCOUNT: "NON_COMPLIANT"}),
    ]


class Proof:
    def __init__(self, args, work):
        self.args, self.rules = args, pathlib.Path(args.rules).resolve()
        self.silt = program.Siltstone(work / "home")
        self.store = work / "store.db"
        self.moto = emulator.Moto()
        self.lambdas = lambda_server.Lambda()
        self.bad = 0

    def aws(self, service):
        return self.moto.client(service, REGION)

    def prepare(self):
        estate.build(self.moto, (REGION,))
        made = extend(self.aws)
        self.silt.ok("record", "--store", self.store, "--endpoint", self.moto.endpoint, "--regions", REGION, "--types", TYPES, timeout=300)
        self.silt.ok("recorder", "set", "--all", "--store", self.store)
        test_daemon.config(self.silt, f"[functions]\nendpoint = {self.lambdas.endpoint}\n")
        path = f"{pathlib.Path(sys.executable).parent}:{pathlib.Path(shutil.which('node') or '/usr/bin/node').parent}:/usr/bin:/bin"
        self.env = self.silt.environment(SILTSTONE_ACCESS_ANONYMOUS="admin", PATH=path)
        self.daemon = Service(self.silt, self.store, env=self.env)
        self.config = self.daemon.client(REGION)
        return made

    def found(self, rule):
        pages = self.config.get_paginator("get_compliance_details_by_config_rule").paginate(ConfigRuleName=rule)
        out = {}
        for page in pages:
            for r in page["EvaluationResults"]:
                q = r["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
                out[q["ResourceId"]] = (q["ResourceType"], r["ComplianceType"], r.get("Annotation"))
        return out

    def put(self, name, function, kind, parameters):
        more = {"Scope": {"ComplianceResourceTypes": [kind]}} if kind else {}
        self.config.put_config_rule(ConfigRule={
            "ConfigRuleName": name, "InputParameters": json.dumps(parameters), **more,
            "Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}", "SourceDetails": [
                {"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification" if kind else "ScheduledNotification"}]}})

    def waiting(self, rule):
        return program.rows(self.store, "SELECT count(*) FROM _config_rule c JOIN _rule_status s ON s.rule_id = c.rule_id WHERE c.name = ? AND "
                                        "(s.wanted_ms IS NOT NULL OR EXISTS (SELECT 1 FROM _invocation i WHERE i.rule_id = c.rule_id AND i.tries = 0) OR s.evaluated_ms IS NULL)", rule)[0][0]

    def settle(self, rule, function=None, timeout=60):
        deadline = time.monotonic() + timeout
        while self.waiting(rule) and time.monotonic() < deadline:
            time.sleep(0.05)
        while function and function.done < function.todo.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.05)

    def judge(self, name, runtime, folder, handler, kind, parameters, expected):
        code = self.rules / folder
        more = []
        if runtime.startswith("nodejs"):
            more = ["--env", f"NODE_PATH={self.args.modules}/node_modules"]
        if "rdklib" in folder:
            more = ["--env", f"PYTHONPATH={self.args.rdklib}"]
        if "python/" in folder and not (code / (handler.split(".")[0] + ".py")).exists():
            return f"there is no {code}"
        began = time.monotonic()
        self.silt.ok("function", "add", name, "--store", self.store, "--runtime", runtime, "--handler", handler, "--code", code,
                     "--env", f"AWS_ENDPOINT_URL={self.moto.endpoint}", *more)
        self.put(f"here-{name}", name, kind, {k: v for k, v in parameters.items() if v or runtime.startswith("nodejs")})
        self.settle(f"here-{name}")
        here, want = self.found(f"here-{name}"), expected(self.aws)
        text = f"{len(here):3d} verdicts, {sum(v[1] == 'NON_COMPLIANT' for v in here.values()):3d} not compliant, {time.monotonic() - began:.1f} s"
        if {i: v[1] for i, v in here.items()} != want:
            status = self.config.describe_config_rule_evaluation_status(ConfigRuleNames=[f"here-{name}"])["ConfigRulesEvaluationStatus"][0]
            log = self.silt.run("function", "logs", name, "--count", "1", "--store", self.store).out
            return f"{text}\n  found  {({i: v[1] for i, v in here.items()})}\n  boto3  {want}\n  {status.get('LastErrorMessage')}\n{log[-1500:]}"
        # rdklib asks with a role's keys, which our door would have to know; here it needs none.
        if runtime.startswith("python") and "rdklib" not in folder:
            difference = self.far(name, code, handler, kind, parameters, here)
            if difference:
                return difference
        self.silt.ok("function", "remove", name, "--store", self.store)
        print(f"{name:36s} {'change  ' if kind else 'periodic'} {text}", flush=True)
        return None

    def far(self, name, code, handler, kind, parameters, here):
        """The same at the stand-in for Lambda."""
        env = {"AWS_ENDPOINT_URL": self.moto.endpoint, "AWS_ENDPOINT_URL_CONFIG_SERVICE": self.daemon.endpoint, "AWS_DEFAULT_REGION": REGION,
               "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "PYTHONPATH": str(self.args.rdklib or "")}
        function = self.lambdas.add(f"far-{name}", code, handler, env)
        self.put(f"far-{name}", f"far-{name}", kind, {k: v for k, v in parameters.items() if v})
        deadline = time.monotonic() + 60
        while (self.waiting(f"far-{name}") or self.found(f"far-{name}") != here) and time.monotonic() < deadline:
            time.sleep(0.05)
        there = self.found(f"far-{name}")
        function.stop()
        return None if there == here else f"at Lambda\n  found {there}\n  here  {here}\n  {function.errors[:3]} {function.result}"

    def run(self):
        made = self.prepare()
        count = 0
        for rule in rules(made):
            if self.args.only not in rule[0]:
                continue
            if rule[1].startswith("nodejs") and not self.args.modules or "rdklib" in rule[2] and not self.args.rdklib:
                print(f"{rule[0]:36s} skipped: {'no aws-sdk for Node' if rule[1].startswith('nodejs') else 'no rdklib'}")
                continue
            wrong = self.judge(*rule)
            count += 1
            if wrong:
                self.bad += 1
                print(f"{rule[0]:36s} WRONG {wrong}", flush=True)
        print(f"{count} functions of others, {count - self.bad} find what boto3 finds, here and at a stand-in for Lambda")
        self.daemon.stop()

    def close(self):
        if getattr(self, "daemon", None) and self.daemon.process.poll() is None:
            self.daemon.process.kill()
        self.lambdas.stop()
        self.moto.stop()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rules", required=True)
    p.add_argument("--modules")
    p.add_argument("--rdklib")
    p.add_argument("--only", default="")
    p.add_argument("--short", action="store_true")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as work:
        proof = Proof(args, pathlib.Path(work))
        try:
            proof.run()
        finally:
            proof.close()
    sys.exit(1 if proof.bad else 0)


if __name__ == "__main__":
    main()
