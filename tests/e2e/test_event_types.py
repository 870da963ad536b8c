# SPDX-License-Identifier: Apache-2.0
"""Nobody sweeps, a daemon only hears: mutations of the types that are used most, as CloudTrail tells them, through a
queue and posted, each recorded within seconds with who did it; and a sweep behind them finds nothing more."""

import http.client
import io
import json
import sqlite3
import time
import zipfile

import pytest

import test_daemon
import trail
from test_events import POLICY, TRUST, run_one

TYPES = """AWS::EC2::Instance AWS::EC2::Volume AWS::EC2::NetworkInterface AWS::EC2::VPC AWS::EC2::Subnet AWS::EC2::SecurityGroup
AWS::EC2::NetworkAcl AWS::EC2::RouteTable AWS::EC2::InternetGateway AWS::EC2::EIP AWS::S3::Bucket AWS::IAM::Role AWS::IAM::Policy
AWS::IAM::User AWS::IAM::Group AWS::Lambda::Function AWS::DynamoDB::Table AWS::SQS::Queue AWS::SNS::Topic AWS::KMS::Key
AWS::RDS::DBInstance AWS::AutoScaling::AutoScalingGroup AWS::ElasticLoadBalancingV2::LoadBalancer AWS::CloudWatch::Alarm
AWS::SecretsManager::Secret AWS::Kinesis::Stream""".split()
SOON_S = 5
FUNCTION = io.BytesIO()
with zipfile.ZipFile(FUNCTION, "w") as archive:
    archive.writestr("a.py", "def f(e, c): pass")


class World:
    """Somebody who does things and what CloudTrail would tell of each: [(event, [(type, id, what becomes of it)])]."""

    def __init__(self, moto):
        self.moto = moto
        self.c = moto.client
        vpc = self.c("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        self.vpc = vpc
        self.subnets = [s["SubnetId"] for s in self.c("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][:2]]

    def network(self):
        ec2 = self.c("ec2")
        group = ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)["GroupId"]
        yield (trail.record("ec2", "CreateSecurityGroup", {"groupName": "web", "vpcId": self.vpc}, {"groupId": group}),
               [("AWS::EC2::SecurityGroup", group, "created"), ("AWS::EC2::VPC", self.vpc, "changed")])
        volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        yield trail.record("ec2", "CreateVolume", {"size": "1"}, {"volumeId": volume}), [("AWS::EC2::Volume", volume, "created")]
        vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        # No event names what comes with a network.
        of_it = [{"Name": "vpc-id", "Values": [vpc]}]
        yield (trail.record("ec2", "CreateVpc", {"cidrBlock": "10.7.0.0/16"}, {"vpc": {"vpcId": vpc}}),
               [("AWS::EC2::VPC", vpc, "created"),
                ("AWS::EC2::NetworkAcl", ec2.describe_network_acls(Filters=of_it)["NetworkAcls"][0]["NetworkAclId"], "created"),
                ("AWS::EC2::RouteTable", ec2.describe_route_tables(Filters=of_it)["RouteTables"][0]["RouteTableId"], "created"),
                ("AWS::EC2::SecurityGroup", ec2.describe_security_groups(Filters=of_it)["SecurityGroups"][0]["GroupId"], "created")])
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]
        yield trail.record("ec2", "CreateSubnet", {"vpcId": vpc}, {"subnet": {"subnetId": subnet}}), [("AWS::EC2::Subnet", subnet, "created")]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        yield (trail.record("ec2", "CreateRouteTable", {"vpcId": vpc}, {"routeTable": {"routeTableId": table}}),
               [("AWS::EC2::RouteTable", table, "created")])
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        yield (trail.record("ec2", "CreateInternetGateway", {}, {"internetGateway": {"internetGatewayId": gateway}}),
               [("AWS::EC2::InternetGateway", gateway, "created")])
        acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
        yield (trail.record("ec2", "CreateNetworkAcl", {"vpcId": vpc}, {"networkAcl": {"networkAclId": acl}}),
               [("AWS::EC2::NetworkAcl", acl, "created")])
        interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        yield (trail.record("ec2", "CreateNetworkInterface", {"subnetId": subnet}, {"networkInterface": {"networkInterfaceId": interface}}),
               [("AWS::EC2::NetworkInterface", interface, "created")])
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        yield trail.record("ec2", "AllocateAddress", {"domain": "vpc"}, {"allocationId": address}), [("AWS::EC2::EIP", address, "created")]
        one, event = run_one(ec2)
        yield event, [("AWS::EC2::Instance", one["InstanceId"], "created"),
                      ("AWS::EC2::Volume", one["BlockDeviceMappings"][0]["Ebs"]["VolumeId"], "created"),
                      ("AWS::EC2::NetworkInterface", one["NetworkInterfaces"][0]["NetworkInterfaceId"], "created"),
                      ("AWS::EC2::Subnet", one["SubnetId"], "changed")]

    def people(self):
        iam = self.c("iam")
        role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST)["Role"]
        self.role = role["Arn"]
        yield (trail.record("iam", "CreateRole", {"roleName": "worker"}, {"role": {"roleName": "worker", "roleId": role["RoleId"], "arn": role["Arn"]}}),
               [("AWS::IAM::Role", role["RoleId"], "created")])
        policy = iam.create_policy(PolicyName="all-of-s3", PolicyDocument=POLICY)["Policy"]
        yield (trail.record("iam", "CreatePolicy", {"policyName": "all-of-s3"}, {"policy": {"policyId": policy["PolicyId"], "arn": policy["Arn"]}}),
               [("AWS::IAM::Policy", policy["PolicyId"], "created")])
        group = iam.create_group(GroupName="admins")["Group"]["GroupId"]
        yield (trail.record("iam", "CreateGroup", {"groupName": "admins"}, {"group": {"groupName": "admins", "groupId": group}}),
               [("AWS::IAM::Group", group, "created")])
        # The emulator leaves out the tags of a user without any where it lists, and only there.
        user = iam.create_user(UserName="bob", Tags=[{"Key": "team", "Value": "a"}])["User"]["UserId"]
        yield (trail.record("iam", "CreateUser", {"userName": "bob"}, {"user": {"userName": "bob", "userId": user}}),
               [("AWS::IAM::User", user, "created")])

    def services(self):
        self.c("s3").create_bucket(Bucket="heard")
        yield trail.record("s3", "CreateBucket", {"bucketName": "heard"}), [("AWS::S3::Bucket", "heard", "created")]
        self.c("lambda").create_function(FunctionName="work", Runtime="python3.12", Role=self.role, Handler="a.f",
                                         Code={"ZipFile": FUNCTION.getvalue()})
        yield trail.record("lambda", "CreateFunction20150331", {"functionName": "work"}), [("AWS::Lambda::Function", "work", "created")]
        self.c("dynamodb").create_table(TableName="rows", KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
                                        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}])
        yield trail.record("dynamodb", "CreateTable", {"tableName": "rows"}), [("AWS::DynamoDB::Table", "rows", "created")]
        queue = self.c("sqs").create_queue(QueueName="line")["QueueUrl"]
        yield trail.record("sqs", "CreateQueue", {"queueName": "line"}, {"queueUrl": queue}), [("AWS::SQS::Queue", queue, "created")]
        topic = self.c("sns").create_topic(Name="news")["TopicArn"]
        yield trail.record("sns", "CreateTopic", {"name": "news"}, {"topicArn": topic}), [("AWS::SNS::Topic", topic, "created")]
        key = self.c("kms").create_key()["KeyMetadata"]
        yield (trail.record("kms", "CreateKey", {}, {"keyMetadata": {"keyId": key["KeyId"], "arn": key["Arn"]}}),
               [("AWS::KMS::Key", key["KeyId"], "created")])
        base = self.c("rds").create_db_instance(DBInstanceIdentifier="base", DBInstanceClass="db.t3.micro", Engine="postgres",
                                                AllocatedStorage=20, MasterUsername="m", MasterUserPassword="x12345678")["DBInstance"]
        yield (trail.record("rds", "CreateDBInstance", {"dBInstanceIdentifier": "base"}),
               [("AWS::RDS::DBInstance", base["DbiResourceId"], "created")])
        secret = self.c("secretsmanager").create_secret(Name="s", SecretString="x")["ARN"]
        yield trail.record("secretsmanager", "CreateSecret", {"name": "s"}, {"aRN": secret}), [("AWS::SecretsManager::Secret", secret, "created")]
        self.c("kinesis").create_stream(StreamName="river", ShardCount=1)
        yield trail.record("kinesis", "CreateStream", {"streamName": "river"}), [("AWS::Kinesis::Stream", "river", "created")]

    def fleet(self):
        scaling = self.c("autoscaling")
        image = self.c("ec2").describe_images()["Images"][0]["ImageId"]
        scaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId=image, InstanceType="t3.micro")
        scaling.create_auto_scaling_group(AutoScalingGroupName="fleet", LaunchConfigurationName="lc", MinSize=0, MaxSize=1,
                                          DesiredCapacity=0, VPCZoneIdentifier=self.subnets[0])
        arn = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupARN"]
        yield (trail.record("autoscaling", "CreateAutoScalingGroup", {"autoScalingGroupName": "fleet"}),
               [("AWS::AutoScaling::AutoScalingGroup", arn, "created")])
        arn = self.c("elbv2").create_load_balancer(Name="front", Subnets=self.subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        yield (trail.record("elasticloadbalancing", "CreateLoadBalancer", {"name": "front"}, {"loadBalancers": [{"loadBalancerArn": arn}]},
                            apiVersion="2015-12-01"),
               [("AWS::ElasticLoadBalancingV2::LoadBalancer", arn, "created")])
        self.c("cloudwatch").put_metric_alarm(AlarmName="hot", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1,
                                              MetricName="CPU", Namespace="n", Period=60, Statistic="Average", Threshold=1.0)
        yield trail.record("monitoring", "PutMetricAlarm", {"alarmName": "hot"}), [("AWS::CloudWatch::Alarm", "hot", "created")]

    def ends(self):
        ec2 = self.c("ec2")
        one = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
        ec2.terminate_instances(InstanceIds=[one])
        gone = {"instancesSet": trail.items(instanceId=[one])}
        yield trail.record("ec2", "TerminateInstances", gone, gone), [("AWS::EC2::Instance", one, "deleted")]
        self.c("s3").delete_bucket(Bucket="heard")
        yield trail.record("s3", "DeleteBucket", {"bucketName": "heard"}), [("AWS::S3::Bucket", "heard", "deleted")]
        self.c("dynamodb").delete_table(TableName="rows")
        yield trail.record("dynamodb", "DeleteTable", {"tableName": "rows"}), [("AWS::DynamoDB::Table", "rows", "deleted")]
        address = ec2.describe_addresses()["Addresses"][0]["AllocationId"]
        ec2.release_address(AllocationId=address)
        yield trail.record("ec2", "ReleaseAddress", {"allocationId": address}), [("AWS::EC2::EIP", address, "deleted")]


class Ear:
    """A daemon with a queue and a token, that swept once."""

    def __init__(self, siltstone, moto, store):
        self.store = store
        self.sqs = moto.client("sqs")
        self.queue = self.sqs.create_queue(QueueName="changes")["QueueUrl"]
        token = siltstone.home / "token"
        token.write_text("open sesame\n")
        self.options = ["--store", store, "--endpoint", moto.endpoint, "--regions", "us-east-1", "--types", ",".join(TYPES)]
        (siltstone.home / "siltstone.conf").write_text(
            f"[store]\npath = {store}\n[recorder]\nevery = 24h\n[http]\ntoken_file = {token}\n[source \"prod\"]\nendpoint = {moto.endpoint}\n"
            f"regions = us-east-1\ntypes = {','.join(TYPES)}\nevents = {self.queue}\n")
        self.daemon = test_daemon.Daemon(siltstone, store)
        self.daemon.wait("event=sweep.done")

    def tell(self, event, posted):
        if not posted:
            self.sqs.send_message(QueueUrl=self.queue, MessageBody=json.dumps(trail.notified(trail.bridged(event))))
            return
        c = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=20)
        c.request("POST", "/events", json.dumps(trail.bridged(event)), {"Authorization": "Bearer open sesame"})
        assert c.getresponse().status == 202
        c.close()

    def found(self):
        db = sqlite3.connect(self.store, timeout=20)
        rows = db.execute("SELECT resource_type, resource_id, event FROM history WHERE actor = ?", (trail.ALICE,)).fetchall()
        db.close()
        return set(rows)


@pytest.fixture
def ear(siltstone, moto, store):
    moto.reset()
    it = Ear(siltstone, moto, store)
    yield it
    if it.daemon.process.poll() is None:
        it.daemon.process.kill()
        it.daemon.process.wait()


def test_the_types_that_are_used_most_are_recorded_within_seconds_of_the_event(ear, moto, siltstone, capsys):
    world, took, told = World(moto), {}, 0
    for act in (world.network, world.people, world.services, world.fleet, world.ends):
        waiting = {}
        for event, wanted in act():
            began = time.monotonic()
            ear.tell(event, posted=told % 2 == 1)
            told += 1
            waiting.update({w: began for w in wanted})
        deadline = time.monotonic() + 60
        while waiting:
            assert time.monotonic() < deadline, (waiting, ear.daemon.text()[-3000:])
            now, found = time.monotonic(), ear.found()
            for w in [w for w in waiting if w in found]:
                took[w] = now - waiting.pop(w)
            time.sleep(0.02)
    types = {w[0] for w in took}
    assert types == set(TYPES), set(TYPES) - types
    slowest = max(took, key=took.get)
    with capsys.disabled():
        print(f"\n{told} events of {len(types)} types, {len(took)} items: at most {took[slowest]:.1f} s ({slowest[0]})")
    assert took[slowest] < SOON_S, (slowest, took[slowest])
    figures = test_daemon.metrics(ear.daemon.get("/metrics")[1])
    assert figures['siltstone_events_total{fate="heeded"}'] == told
    assert ear.daemon.stop() < 4
    before = len(siltstone.ok("items", "--store", ear.store, "--format", "jsonl").out.splitlines())
    siltstone.ok("record", "--quiet", *ear.options)
    after = siltstone.ok("items", "--store", ear.store, "--format", "jsonl").out.splitlines()
    assert [(i["resourceType"], i["resourceId"], i["configurationItemStatus"]) for i in map(json.loads, after[before:])] == []
