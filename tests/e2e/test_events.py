# SPDX-License-Identifier: Apache-2.0
"""Change events: whoever is told that something was done looks again, and knows who did it. After each, a sweep
finds nothing that the event has not led to."""

import gzip
import http.client
import io
import json
import sqlite3
import time
import zipfile

import pytest

import fault_proxy
import test_daemon
import trail

EC2 = [f"AWS::EC2::{t}" for t in ("Instance", "Volume", "NetworkInterface", "VPC", "Subnet", "SecurityGroup", "NetworkAcl", "RouteTable")]
TYPES = EC2 + ["AWS::S3::Bucket", "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::User", "AWS::IAM::Group", "AWS::Lambda::Function",
               "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::KMS::Key", "AWS::RDS::DBInstance"]
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
READERS = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::told/*"}]})
SOON_S = 5


class Told:
    """A store that is swept once and then told what happens."""

    def __init__(self, siltstone, moto, types):
        self.silt, self.moto, self.store = siltstone, moto, siltstone.home / "silt.db"
        self.options = ["--store", self.store, "--endpoint", moto.endpoint, "--regions", "us-east-1", "--types", ",".join(types)]
        self.silt.ok("record", "--quiet", *self.options)

    def rows(self, sql, *args):
        db = sqlite3.connect(self.store)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def last(self):
        return self.rows("SELECT coalesce(max(item_id), 0) FROM _item")[0][0]

    def since(self, item):
        """What was recorded behind an item: {(type, id): (event, actor, name of the cause)}."""
        found = self.rows("SELECT r.type, r.id, i.event, i.actor, c.event_name FROM _item i JOIN _resource r USING (rid) "
                          "LEFT JOIN _cause c USING (cause_id) WHERE i.item_id > ?", item)
        assert len(found) == len({f[:2] for f in found}), found
        return {f[:2]: f[2:] for f in found}

    def run(self, *args):
        return self.silt.run("events", *args, *self.options)

    def tell(self, *events, how=json.dumps):
        """Told of them, what was recorded."""
        before, file = self.last(), self.silt.home / "events.json"
        file.write_text("\n".join(how(e) for e in events))
        began = time.monotonic()
        run = self.run(file)
        took = time.monotonic() - began
        assert run.code == 0, run
        assert took < SOON_S, f"{took:.1f} s"
        self.out = run.out
        return self.since(before)

    def sweep_finds_nothing(self):
        before = self.last()
        self.silt.ok("record", "--quiet", *self.options)
        assert self.since(before) == {}


@pytest.fixture
def told(siltstone, moto):
    moto.reset()
    return lambda types=TYPES: Told(siltstone, moto, types)


def short(found):
    """{"Instance created", ...}: and all of them by alice."""
    assert {f[1] for f in found.values()} <= {trail.ALICE}, found
    return sorted(f"{key[0].rsplit(':')[-1]} {f[0]}" for key, f in found.items())


def run_one(ec2):
    image = ec2.describe_images()["Images"][0]["ImageId"]
    one = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]
    return one, trail.record("ec2", "RunInstances", {"instancesSet": {"items": [{"imageId": image, "minCount": 1, "maxCount": 1}]}},
                             {"instancesSet": trail.items(instanceId=[one["InstanceId"]])})


def test_an_instance_is_told_from_birth_to_death_with_all_that_hangs_on_it(told, moto):
    told, ec2 = told(EC2), moto.client("ec2")
    one, event = run_one(ec2)
    assert short(told.tell(event)) == ["Instance created", "NetworkInterface created", "SecurityGroup changed", "Subnet changed",
                                       "VPC changed", "Volume created"]
    told.sweep_finds_nothing()

    who = one["InstanceId"]
    ec2.create_tags(Resources=[who], Tags=[{"Key": "Name", "Value": "web"}])
    found = told.tell(trail.record("ec2", "CreateTags", {"resourcesSet": trail.items(resourceId=[who]),
                                                         "tagSet": {"items": [{"key": "Name", "value": "web"}]}}, {"_return": True}))
    assert found == {("AWS::EC2::Instance", who): ("changed", trail.ALICE, "CreateTags")}
    told.sweep_finds_nothing()

    volume = ec2.create_volume(AvailabilityZone=one["Placement"]["AvailabilityZone"], Size=8)["VolumeId"]
    assert short(told.tell(trail.record("ec2", "CreateVolume", {"size": "8"}, {"volumeId": volume}))) == ["Volume created"]
    ec2.attach_volume(VolumeId=volume, InstanceId=who, Device="/dev/sdf")
    event = trail.record("ec2", "AttachVolume", {"volumeId": volume, "instanceId": who, "device": "/dev/sdf"})
    assert short(told.tell(event)) == ["Instance changed", "Volume changed"]
    told.sweep_finds_nothing()

    ec2.terminate_instances(InstanceIds=[who])
    gone = {"instancesSet": trail.items(instanceId=[who])}
    found = told.tell(trail.record("ec2", "TerminateInstances", gone, gone))
    assert found[("AWS::EC2::Instance", who)] == ("deleted", trail.ALICE, "TerminateInstances")
    assert found[("AWS::EC2::Volume", volume)][0] == "changed"
    assert short(found) == ["Instance deleted", "NetworkInterface changed", "Subnet changed", "VPC changed", "Volume changed",
                            "Volume deleted"]
    told.sweep_finds_nothing()


def test_a_rule_that_is_taken_out_is_one_item_and_who_did_it_is_answered(told, moto):
    told, ec2 = told(EC2), moto.client("ec2")
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    ssh = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=ssh)
    assert short(told.tell(trail.record("ec2", "AuthorizeSecurityGroupIngress", {"groupId": group}))) == ["SecurityGroup changed"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    bob = trail.ALICE.replace("alice", "bob")
    found = told.tell(trail.record("ec2", "RevokeSecurityGroupEgress", {"groupId": group}, who=bob))
    assert found == {("AWS::EC2::SecurityGroup", group): ("changed", bob, "RevokeSecurityGroupEgress")}
    changes = told.rows("SELECT changes FROM _diff ORDER BY item_id DESC LIMIT 1")[0][0]
    assert [(c["op"], c["path"]) for c in json.loads(changes)] == [("remove", "configuration.ipPermissionsEgress[]")]
    told.sweep_finds_nothing()

    assert bob in told.silt.ok("log", group, "--store", told.store).out
    assert [r["actor"] for r in json.loads(told.silt.ok("blame", group, "--store", told.store, "--format", "json").out)
            if "Egress" in r["property"]] in ([], [bob])
    assert told.rows("SELECT actor FROM history WHERE resource_id = ? ORDER BY version", group) == [(None,), (trail.ALICE,), (bob,)]
    assert told.rows("SELECT DISTINCT actor FROM changes WHERE resource_id = ? AND version = 3", group) == [(bob,)]
    log = told.silt.ok("log", "--store", told.store, "--actor", "*/bob", "--format", "jsonl").out
    assert {json.loads(line)["resource_id"] for line in log.splitlines()} == {group}
    assert told.rows("SELECT version, actor, event_source, source_ip, user_agent FROM causes WHERE event_name LIKE 'Revoke%'") == [
        (3, bob, "ec2.amazonaws.com", "198.51.100.7", "aws-cli/2.17")]
    assert "everything fits" in told.silt.ok("verify", "--store", told.store).out


def test_buckets_roles_functions_tables_queues_keys_and_databases(told, moto):
    told, s3, iam, kms, sqs = told(), moto.client("s3"), moto.client("iam"), moto.client("kms"), moto.client("sqs")
    s3.create_bucket(Bucket="told")
    assert short(told.tell(trail.record("s3", "CreateBucket", {"bucketName": "told", "Host": "s3.amazonaws.com"}))) == ["Bucket created"]
    s3.put_bucket_policy(Bucket="told", Policy=READERS)
    event = trail.record("s3", "PutBucketPolicy", {"bucketName": "told", "policy": "", "bucketPolicy": json.loads(READERS)})
    assert short(told.tell(event)) == ["Bucket changed"]

    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST)["Role"]
    event = trail.record("iam", "CreateRole", {"roleName": "worker", "assumeRolePolicyDocument": TRUST},
                         {"role": {"roleName": "worker", "roleId": role["RoleId"], "arn": role["Arn"]}})
    assert short(told.tell(event)) == ["Role created"]
    policy = iam.create_policy(PolicyName="all-of-s3", PolicyDocument=POLICY)["Policy"]
    event = trail.record("iam", "CreatePolicy", {"policyName": "all-of-s3"}, {"policy": {"policyId": policy["PolicyId"], "arn": policy["Arn"]}})
    assert short(told.tell(event)) == ["Policy created"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=policy["Arn"])
    event = trail.record("iam", "AttachRolePolicy", {"roleName": "worker", "policyArn": policy["Arn"]})
    assert short(told.tell(event)) == ["Policy changed", "Role changed"]
    told.sweep_finds_nothing()

    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as z:
        z.writestr("a.py", "def f(e, c): pass")
    moto.client("lambda").create_function(FunctionName="work", Runtime="python3.12", Role=role["Arn"], Handler="a.f", Code={"ZipFile": code.getvalue()})
    assert short(told.tell(trail.record("lambda", "CreateFunction20150331", {"functionName": "work"}))) == ["Function created"]
    moto.client("dynamodb").create_table(TableName="rows", KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
                                         AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
    assert short(told.tell(trail.record("dynamodb", "CreateTable", {"tableName": "rows"}))) == ["Table created"]
    queue = sqs.create_queue(QueueName="line")["QueueUrl"]
    assert short(told.tell(trail.record("sqs", "CreateQueue", {"queueName": "line"}, {"queueUrl": queue}))) == ["Queue created"]
    key = kms.create_key()["KeyMetadata"]
    event = trail.record("kms", "CreateKey", {}, {"keyMetadata": {"keyId": key["KeyId"], "arn": key["Arn"]}})
    assert short(told.tell(event)) == ["Key created"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    assert short(told.tell(trail.record("kms", "EnableKeyRotation", {"keyId": key["Arn"]}))) == ["Key changed"]
    moto.client("rds").create_db_instance(DBInstanceIdentifier="base", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20,
                                          MasterUsername="m", MasterUserPassword="x12345678")
    assert short(told.tell(trail.record("rds", "CreateDBInstance", {"dBInstanceIdentifier": "base"}))) == ["DBInstance created"]
    told.sweep_finds_nothing()

    sqs.delete_queue(QueueUrl=queue)
    moto.client("dynamodb").delete_table(TableName="rows")
    iam.detach_role_policy(RoleName="worker", PolicyArn=policy["Arn"])
    iam.delete_role(RoleName="worker")
    found = told.tell(trail.record("sqs", "DeleteQueue", {"queueUrl": queue}), trail.record("dynamodb", "DeleteTable", {"tableName": "rows"}),
                      trail.record("iam", "DetachRolePolicy", {"roleName": "worker", "policyArn": policy["Arn"]}),
                      trail.record("iam", "DeleteRole", {"roleName": "worker"}))
    assert short(found) == ["Policy changed", "Queue deleted", "Role deleted", "Table deleted"]
    told.sweep_finds_nothing()


def test_one_that_has_its_name_from_another_is_another_one(told, moto):
    told, iam = told(["AWS::IAM::Role"]), moto.client("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST)
    event = trail.record("iam", "CreateRole", {"roleName": "worker"})
    assert short(told.tell(event)) == ["Role created"]
    iam.delete_role(RoleName="worker")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST)
    assert short(told.tell(trail.record("iam", "DeleteRole", {"roleName": "worker"}), trail.record("iam", "CreateRole", {"roleName": "worker"}))) == [
        "Role created", "Role deleted"]
    told.sweep_finds_nothing()


def test_an_event_is_a_hint_and_never_the_truth(told, moto):
    told, ec2 = told(EC2), moto.client("ec2")
    one, event = run_one(ec2)
    told.tell(event)
    again = {"instancesSet": trail.items(instanceId=[one["InstanceId"]])}
    lie = trail.record("ec2", "TerminateInstances", again, again)
    assert told.tell(lie) == {}, "what answers is not gone"
    assert told.tell(event, event) == {}, "twice is as once"
    assert told.tell({**lie, "errorCode": "Client.UnauthorizedOperation"}) == {}
    assert "1 ignored" in told.out
    assert told.tell(trail.record("ec2", "DescribeInstances", {}, readOnly=True), trail.record("ec2", "SomethingNew", {"a": 1}),
                     {**lie, "recipientAccountId": "999999999999"}, trail.record("ec2", "RunInstances", {}, None, region="eu-west-1")) == {}
    assert "0 heeded, 1 ignored, 1 elsewhere, 2 unresolved" in told.out, told.out
    assert told.rows("SELECT count(*) FROM _cause") == [(1,)], "only what an item is due to is kept"


def test_events_come_in_many_wrappings(told, moto):
    told, ec2 = told(["AWS::EC2::Volume"]), moto.client("ec2")

    def make():
        volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        return trail.record("ec2", "CreateVolume", {"size": "1"}, {"volumeId": volume})

    wrappings = [trail.bridged, trail.notified, lambda e: trail.notified(trail.bridged(e)), lambda e: {"Records": [e]}, lambda e: [e],
                 lambda e: {"Records": [{"body": json.dumps(trail.notified(trail.bridged(e)))}]}]
    for wrap in wrappings:
        assert short(told.tell(wrap(make()))) == ["Volume created"]
    spread = told.tell({"Records": [make(), make()]}, how=lambda e: json.dumps(e, indent=1))
    assert short(spread) == ["Volume created"] * 2

    file, before = told.silt.home / "trail.json.gz", told.last()
    file.write_bytes(gzip.compress(json.dumps({"Records": [make() for _ in range(3)]}).encode()))
    assert told.run(file).code == 0
    assert short(told.since(before)) == ["Volume created"] * 3
    file.write_text('{"Records":')
    run = told.run(file)
    assert run.code not in (0, 7) and "trail.json.gz" in run.err
    told.sweep_finds_nothing()


def test_a_queue_is_emptied_of_what_was_recorded(told, moto):
    told, ec2, sqs = told(["AWS::EC2::Volume"]), moto.client("ec2"), moto.client("sqs")
    queue, before = sqs.create_queue(QueueName="changes")["QueueUrl"], told.last()
    for _ in range(12):
        volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        event = trail.bridged(trail.record("ec2", "CreateVolume", {"size": "1"}, {"volumeId": volume}))
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))
    sqs.send_message(QueueUrl=queue, MessageBody="not an event")
    run = told.run("--sqs", queue)
    assert run.code == 7 and "1 message was left" in run.err, run
    assert short(told.since(before)) == ["Volume created"] * 12
    left = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert (left["ApproximateNumberOfMessages"], left["ApproximateNumberOfMessagesNotVisible"]) == ("0", "1")
    told.sweep_finds_nothing()


def test_what_could_not_be_looked_at_stays_in_the_queue_and_is_looked_at_later(told, moto, proxy):
    told, ec2, sqs = told(["AWS::EC2::Volume"]), moto.client("ec2"), moto.client("sqs")
    queue, before = sqs.create_queue(QueueName="changes")["QueueUrl"], told.last()
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    event = trail.bridged(trail.record("ec2", "CreateVolume", {"size": "1"}, {"volumeId": volume}))
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))
    proxy.fault("DescribeVolumes", fault_proxy.Status(403, fault_proxy.ec2_error("UnauthorizedOperation")))
    options = list(told.options)
    options[options.index("--endpoint") + 1] = proxy.endpoint
    run = told.silt.run("events", "--sqs", queue, *options)
    assert run.code == 7 and "1 failed" in run.out and "failed: 1" in run.err, run
    assert told.since(before) == {}
    sqs_messages(sqs, queue, waiting=0, hidden=1)
    assert short(told.tell(event)) == ["Volume created"]


def sqs_messages(sqs, queue, waiting, hidden):
    left = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert (left["ApproximateNumberOfMessages"], left["ApproximateNumberOfMessagesNotVisible"]) == (str(waiting), str(hidden))


class Heard:
    """A daemon that has swept once and will not again today, and what it hears."""

    def __init__(self, siltstone, moto, store, up, http="", **source):
        self.store = store
        lines = {"endpoint": moto.endpoint, "regions": "us-east-1", "types": ",".join(EC2), **source}
        text = f"[store]\npath = {store}\n[recorder]\nevery = 24h\n{http}[source \"prod\"]\n"
        (siltstone.home / "siltstone.conf").write_text(text + "".join(f"{k} = {v}\n" for k, v in lines.items()))
        self.daemon = up()
        self.daemon.wait("event=sweep.done")

    def soon(self, wanted, began):
        """Recorded, by whom and within how long."""
        while True:
            db = sqlite3.connect(self.store)
            found = db.execute("SELECT resource_type, resource_id, event FROM history WHERE actor = ?", (trail.ALICE,)).fetchall()
            db.close()
            if set(wanted) <= set(found):
                return found, time.monotonic() - began
            assert time.monotonic() < began + 20, (found, self.daemon.text())
            time.sleep(0.02)


@pytest.fixture
def up(siltstone, store):
    running = []

    def start(*args):
        running.append(test_daemon.Daemon(siltstone, store, *args))
        return running[-1]

    yield start
    for d in running:
        if d.process.poll() is None:
            d.process.kill()
            d.process.wait()


def test_a_daemon_hears_of_changes_through_a_queue_within_seconds(siltstone, moto, store, up):
    moto.reset()
    ec2, sqs = moto.client("ec2"), moto.client("sqs")
    queue = sqs.create_queue(QueueName="changes")["QueueUrl"]
    heard = Heard(siltstone, moto, store, up, events=queue)
    one, event = run_one(ec2)
    began = time.monotonic()
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(trail.notified(trail.bridged(event))))
    born = ("AWS::EC2::Instance", one["InstanceId"], "created")
    found, took = heard.soon([born], began)
    assert took < SOON_S, f"{took:.1f} s"
    assert sorted(f"{t[10:]} {e}" for t, _, e in found) == ["Instance created", "NetworkInterface created", "SecurityGroup changed",
                                                            "Subnet changed", "VPC changed", "Volume created"]
    ec2.terminate_instances(InstanceIds=[one["InstanceId"]])
    gone = {"instancesSet": trail.items(instanceId=[one["InstanceId"]])}
    began = time.monotonic()
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(trail.bridged(trail.record("ec2", "TerminateInstances", gone, gone))))
    _, took = heard.soon([("AWS::EC2::Instance", one["InstanceId"], "deleted")], began)
    assert took < SOON_S, f"{took:.1f} s"
    heard.daemon.wait("event=events.done", times=2)
    figures = test_daemon.metrics(heard.daemon.get("/metrics")[1])
    assert figures['siltstone_events_total{fate="heeded"}'] == 2
    assert heard.daemon.text().count("event=sweep.done") == 1
    assert heard.daemon.stop() < 4, "a poll that waits holds nothing up"
    sqs_messages(sqs, queue, waiting=0, hidden=0)


def test_a_daemon_hears_what_is_posted_by_who_has_the_token(siltstone, moto, store, up):
    moto.reset()
    ec2 = moto.client("ec2")
    token = siltstone.home / "token"
    token.write_text("open sesame\n")
    heard = Heard(siltstone, moto, store, up, http=f"[http]\ntoken_file = {token}\n")

    def post(body, shown="Bearer open sesame", method="POST"):
        c = http.client.HTTPConnection("127.0.0.1", heard.daemon.port, timeout=20)
        c.request(method, "/events", body, {"Content-Type": "application/json", **({"Authorization": shown} if shown else {})})
        status = c.getresponse().status
        c.close()
        return status

    one, event = run_one(ec2)
    body = json.dumps(trail.bridged(event))
    assert [post(body, shown) for shown in (None, "Bearer open sesamf", "open sesame", "Bearer ")] == [401] * 4
    assert post("", method="GET") == 405
    began = time.monotonic()
    assert post(body) == 202
    _, took = heard.soon([("AWS::EC2::Instance", one["InstanceId"], "created")], began)
    assert took < SOON_S, f"{took:.1f} s"
    assert post("this is no event") == 202
    heard.daemon.wait("event=events.done")
    deadline = time.monotonic() + 20
    while test_daemon.metrics(heard.daemon.get("/metrics")[1])['siltstone_events_total{fate="strange"}'] != 1:
        assert time.monotonic() < deadline
    assert heard.daemon.stop() < 4


def test_without_a_token_nobody_can_post(siltstone, moto, store, up):
    heard = Heard(siltstone, moto, store, up)
    c = http.client.HTTPConnection("127.0.0.1", heard.daemon.port, timeout=20)
    c.request("POST", "/events", "{}", {"Authorization": "Bearer "})
    assert c.getresponse().status == 401
    c.close()
    heard.daemon.stop()


def test_an_event_goes_with_the_last_item_that_is_due_to_it(told, moto):
    told, ec2 = told(["AWS::EC2::Volume"]), moto.client("ec2")
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    told.tell(trail.record("ec2", "CreateVolume", {"size": "1"}, {"volumeId": volume}))
    db = sqlite3.connect(told.store)
    db.execute("INSERT INTO _cause(event_id, event_name, event_source, at_ms) VALUES ('old', 'X', 'x', 1), ('new', 'X', 'x', 9e12)")
    db.execute("UPDATE _cause SET at_ms = 1 WHERE event_name = 'CreateVolume'")
    db.commit()
    db.close()
    told.silt.ok("retention", "set", "30", "--store", told.store)
    told.silt.ok("prune", "--store", told.store)
    assert told.rows("SELECT event_name FROM _cause ORDER BY cause_id") == [("CreateVolume",), ("X",)]
    assert told.rows("SELECT count(*) FROM causes") == [(1,)]
