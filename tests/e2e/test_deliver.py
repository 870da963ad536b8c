# SPDX-License-Identifier: Apache-2.0
"""Deliveries as a user sets them up, read back with boto3 and judged by config_files."""

import collections
import json
import signal
import time

import pytest

import config_files
import program
import s3_server

ACCOUNT = "123456789012"
HOUR = 3600_000
BUCKET = "config-files"
CHECK = f"audit/AWSLogs/{ACCOUNT}/Config/ConfigWritabilityCheckFile"


def next_window(after_ms):
    return (after_ms // (6 * HOUR) + 1) * 6 * HOUR


class Scene:
    """A store, a bucket, and a clock that only `deliver` looks at."""

    def __init__(self, moto, home, bucket=BUCKET):
        self.moto, self.silt, self.store, self.bucket = moto, program.Siltstone(home), home / "silt.db", bucket
        self.s3 = moto.client("s3")
        self.now_ms = next_window(int(time.time() * 1000)) + 60_000

    def record(self):
        self.silt.ok("record", "--store", self.store, "--endpoint", self.moto.endpoint, "--regions", "us-east-1,eu-west-1",
                     "--types", "AWS::EC2::VPC,AWS::EC2::Subnet,AWS::IAM::Role,AWS::SQS::Queue")

    def channel(self, *more, endpoint=None):
        return self.silt.run("channel", "set", "main", "--store", self.store, "--to", f"s3://{self.bucket}/audit",
                             "--endpoint", endpoint or self.moto.endpoint, *more)

    def deliver(self, **env):
        return self.silt.run("deliver", "--store", self.store, env=self.silt.environment(SILTSTONE_NOW_MS=str(self.now_ms), **env))

    def keys(self):
        return sorted(o["Key"] for o in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", []))

    def files(self):
        """Every file, checked: key -> items."""
        out = {}
        for key in self.keys():
            if config_files.CHECK.match(key) or config_files.SEAL.match(key):
                continue
            head = self.s3.get_object(Bucket=self.bucket, Key=key)
            assert head["ContentType"] == "application/json" and head["ContentEncoding"] == "gzip"
            out[key] = config_files.check_file(key, head["Body"].read())[1]
        return out

    def history(self):
        return {k: v for k, v in self.files().items() if "/ConfigHistory/" in k}

    def streams(self):
        rows = json.loads(self.silt.ok("channel", "status", "--store", self.store, "--format", "json").out)
        return {row["stream"]: row for row in rows}


def identity(ci):
    return ci["awsRegion"], ci["resourceType"], ci["resourceId"], ci["configurationStateId"], ci["configurationItemStatus"]


def recorded(scene):
    return collections.Counter(
        tuple(row) for row in program.rows(scene.store, "SELECT r.region, r.type, r.id, i.captured_ms, i.status FROM _item i JOIN _resource r USING (rid)"))


@pytest.fixture
def scene(moto_server, tmp_path):
    moto_server.reset()
    s = Scene(moto_server, tmp_path)
    s.s3.create_bucket(Bucket=BUCKET)
    ec2, iam = moto_server.client("ec2"), moto_server.client("iam")
    s.vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    iam.create_role(RoleName="someone", AssumeRolePolicyDocument="{}")
    s.queue = moto_server.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    return s


def test_a_day_of_files(scene):
    assert scene.channel("--frequency", "24h").code == 0
    scene.record()
    assert scene.deliver().code == 0
    first = scene.history()
    assert len({k.split("_ConfigHistory_")[1].split("_")[0] for k in first}) == 4
    assert collections.Counter(identity(ci) for items in first.values() for ci in items) == recorded(scene)
    # Resources of no region are in the account's home.
    assert {k.split("/")[4] for k in first if "AWS::IAM::Role" in k} == {"us-east-1"}
    # Nothing changed: nothing but the clock.
    scene.now_ms += 6 * HOUR
    assert scene.deliver().code == 0
    assert scene.history() == first
    # One resource changes, one goes, one comes.
    scene.moto.client("ec2").create_tags(Resources=[scene.vpc], Tags=[{"Key": "a", "Value": "b"}])
    scene.moto.client("sqs").delete_queue(QueueUrl=scene.queue)
    scene.record()
    scene.now_ms += 6 * HOUR
    assert scene.deliver().code == 0
    second = {k: v for k, v in scene.history().items() if k not in first}
    assert sorted(k.split("_ConfigHistory_")[1].split("_")[0] for k in second) == ["AWS::EC2::VPC", "AWS::SQS::Queue"]
    [gone] = [ci for k, items in second.items() if "Queue" in k for ci in items]
    assert gone["configurationItemStatus"] == "ResourceDeleted" and "configuration" not in gone
    assert collections.Counter(identity(ci) for items in scene.history().values() for ci in items) == recorded(scene)
    # A day later the snapshot of the day has what is live, and once.
    scene.now_ms += 24 * HOUR
    assert scene.deliver().code == 0
    newest = max(k.split("_ConfigSnapshot_")[1][:16] for k in scene.files() if "/ConfigSnapshot/" in k)
    snapshot = [ci for k, items in scene.files().items() if f"_ConfigSnapshot_{newest}" in k for ci in items]
    assert collections.Counter((ci["resourceType"], ci["resourceId"]) for ci in snapshot) == collections.Counter(
        tuple(r) for r in program.rows(scene.store, "SELECT resource_type, resource_id FROM resources"))
    streams = scene.streams()
    assert streams["history"]["status"] == streams["snapshot"]["status"] == "SUCCESS"
    assert streams["notifications"]["status"] == "NOT_APPLICABLE"


def test_setting_a_channel_writes_the_check_object(scene):
    scene.record()
    assert scene.channel().code == 0
    head = scene.s3.head_object(Bucket=BUCKET, Key=CHECK)
    assert head["ContentLength"] == 0
    assert head["ContentType"] == "application/json" and head["ContentEncoding"] == "gzip"
    assert scene.keys() == [CHECK]
    # One that cannot be written to is told at once, and kept.
    r = scene.silt.run("channel", "set", "lost", "--store", scene.store, "--to", "s3://no-such-bucket", "--endpoint", scene.moto.endpoint)
    assert r.code != 0 and "no-such-bucket" in r.err
    assert program.one(scene.store, "SELECT count(*) FROM _channel") == 2


def test_a_bucket_that_vanishes_gets_everything_when_it_is_back(scene):
    assert scene.channel().code == 0
    scene.record()
    scene.s3.delete_bucket(Bucket=BUCKET)
    r = scene.deliver()
    assert r.code == 6 and BUCKET in r.err
    stream = scene.streams()["history"]
    assert stream["status"] == "FAILURE" and stream["error_code"] == "NoSuchBucket" and BUCKET in stream["error"]
    failed = json.loads(scene.silt.ok("deliveries", "--failed", "--store", scene.store, "--format", "json").out)
    assert {f["error_code"] for f in failed} == {"NoSuchBucket"} and all(f["next_try"] for f in failed)
    planned = {f["key"] for f in failed if f["kind"] == "history"}
    scene.moto.client("ec2").create_tags(Resources=[scene.vpc], Tags=[{"Key": "while", "Value": "away"}])
    scene.record()
    scene.now_ms += 24 * HOUR
    assert scene.deliver().code == 6
    scene.s3.create_bucket(Bucket=BUCKET)
    scene.now_ms += HOUR + 60_000
    assert scene.deliver().code == 0
    assert planned < set(scene.keys())
    assert collections.Counter(identity(ci) for items in scene.history().values() for ci in items) == recorded(scene)
    assert scene.streams()["history"]["status"] == "SUCCESS"
    assert json.loads(scene.silt.ok("deliveries", "--failed", "--store", scene.store, "--format", "json").out) == []


@pytest.mark.parametrize("point", ["deliver.after_claim:2", "deliver.after_put:1", "deliver.before_done:2"])
def test_killed_while_delivering_everything_is_there_once(scene, point):
    assert scene.channel().code == 0
    scene.record()
    assert scene.deliver(SILTSTONE_FAILPOINT=point).code == -signal.SIGKILL
    program.whole(scene.store)
    scene.now_ms += HOUR
    assert scene.deliver().code == 0
    assert program.one(scene.store, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL") == 0
    assert collections.Counter(identity(ci) for items in scene.history().values() for ci in items) == recorded(scene)
    told = program.rows(scene.store, "SELECT json_extract(payload, '$.s3ObjectKey') FROM _event WHERE kind = 'ConfigurationHistoryDeliveryCompleted'")
    assert sorted(k for k, in told) == sorted(scene.history())


def test_a_snapshot_through_a_channel_is_of_the_moment_asked_for(scene):
    assert scene.channel().code == 0
    scene.record()
    at = program.one(scene.store, "SELECT max(captured_ms) / 1000 FROM _item")
    time.sleep(max(0, at + 1.1 - time.time()))
    late = scene.moto.client("ec2").create_vpc(CidrBlock="10.10.0.0/16")["Vpc"]["VpcId"]
    scene.record()
    scene.silt.ok("snapshot", "--channel", "main", "--as-of", at, "--store", scene.store)
    items = [ci["resourceId"] for k, v in scene.files().items() if "/ConfigSnapshot/" in k for ci in v]
    assert scene.vpc in items and late not in items
    kinds = [k for k, in program.rows(scene.store, "SELECT kind FROM _event WHERE item_id IS NULL ORDER BY event_id")]
    assert collections.Counter(kinds) == {"ConfigurationSnapshotDeliveryStarted": 2, "ConfigurationSnapshotDeliveryCompleted": 2}
    assert kinds[0] == "ConfigurationSnapshotDeliveryStarted"


def test_a_directory_is_a_channel_too(scene, tmp_path):
    place = tmp_path / "files"
    place.mkdir()
    scene.silt.ok("channel", "set", "disk", "--store", scene.store, "--to", f"dir:{place}")
    scene.record()
    assert scene.deliver().code == 0
    got = collections.Counter()
    for path in place.rglob("*.json.gz"):
        _, items = config_files.check_file(str(path.relative_to(place)), path.read_bytes())
        got.update(map(identity, items))
    assert got == recorded(scene)


def test_some_delivered_and_some_not_is_status_7(scene, tmp_path):
    place = tmp_path / "files"
    place.mkdir()
    assert scene.channel().code == 0
    scene.silt.ok("channel", "set", "disk", "--store", scene.store, "--to", f"dir:{place}")
    scene.record()
    scene.s3.delete_bucket(Bucket=BUCKET)
    r = scene.deliver()
    assert r.code == 7 and BUCKET in r.err
    assert list(place.rglob("*.json.gz"))


def test_the_recorder_is_set_started_and_stopped(siltstone, store):
    def status():
        [row] = json.loads(siltstone.ok("recorder", "status", "--store", store, "--format", "json").out)
        return row

    assert siltstone.run("recorder", "start", "--store", store).code == 3
    siltstone.ok("recorder", "set", "--store", store, "--types", "AWS::EC2::*", "--every", "1h")
    assert siltstone.run("recorder", "set", "--store", store, "--every", "soon").code == 2
    assert siltstone.run("recorder", "set", "--store", store, "--role-arn", "me").code == 2
    row = status()
    assert (row["types"], row["every_seconds"], row["recording"], row["status"]) == ("AWS::EC2::*", 3600, 0, None)
    siltstone.ok("recorder", "set", "--store", store, "--types", "*")
    assert status()["types"] is None and status()["every_seconds"] == 3600
    siltstone.ok("recorder", "start", "--store", store)
    assert (status()["recording"], status()["status"]) == (1, "PENDING")
    siltstone.ok("recorder", "stop", "--store", store)
    assert status()["recording"] == 0 and status()["stopped"]


def test_what_cannot_be_a_channel_is_refused(siltstone, store):
    for args, why in (
        ((), "--to"),
        (("--to", "s3://"), "Cannot find a S3 bucket with an empty bucket name."),
        (("--to", "ftp://x"), "s3://BUCKET or dir:PATH"),
        (("--to", "s3://b", "--topic", "x"), "The sns topic arn 'x' is not valid."),
        (("--to", "s3://b", "--kms-key", "x"), "The arn 'x' is not a valid kms key or alias arn."),
        (("--to", "s3://b", "--frequency", "2h"), "One_Hour, Three_Hours, Six_Hours, Twelve_Hours, TwentyFour_Hours"),
    ):
        r = siltstone.run("channel", "set", "c", *args, "--store", store)
        assert r.code == 2 and why in r.err, r.err
    assert siltstone.run("channel", "remove", "c", "--store", store).code == 3
    assert siltstone.run("channel", "status", "c", "--store", store).code == 3
    siltstone.ok("channel", "set", "c", "--to", "dir:/x", "--frequency", "3h", "--store", store)
    [row] = json.loads(siltstone.ok("channel", "list", "--store", store, "--format", "json").out)
    assert (row["channel"], row["to"], row["frequency"]) == ("c", "dir:/x", "Three_Hours")
    siltstone.ok("channel", "remove", "c", "--store", store)
    assert json.loads(siltstone.ok("channel", "list", "--store", store, "--format", "json").out) == []


def test_every_object_is_put_as_aws_config_puts_it(scene):
    """Against an S3 that verifies signatures: owner's control, the key, and the same headers on the empty check object."""
    arn = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1"
    scene.record()
    keys = {"AWS_ACCESS_KEY_ID": s3_server.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": s3_server.SECRET_KEY}
    with s3_server.S3() as s3:
        env = scene.silt.environment(**keys)
        scene.silt.ok("channel", "set", "main", "--store", scene.store, "--to", f"s3://{s3.bucket}/audit", "--kms-key", arn,
                      "--endpoint", s3.endpoint, env=env)
        scene.silt.ok("snapshot", "--channel", "main", "--store", scene.store, env=env)
        assert not s3.faults
        puts = [(path, {k.lower(): v for k, v in h.items()}) for method, path, h in s3.requests if method == "PUT"]
        seals = {path for path, _ in puts if config_files.SEAL.match(path.lstrip("/"))}
        files = {path for path, _ in puts if path.endswith(".json.gz")}
        checks = {path for path, _ in puts} - seals - files
        assert seals and files and checks
        for path, h in puts:
            assert h["x-amz-acl"] == "bucket-owner-full-control", path
            assert h["content-type"] == "application/json"
            assert h.get("content-encoding") == (None if path in seals else "gzip"), path
            assert h["x-amz-server-side-encryption"] == "aws:kms"
            assert h["x-amz-server-side-encryption-aws-kms-key-id"] == arn
            assert not [k for k in h if k.startswith("x-amz-meta-")]
        assert {h["content-length"] for path, h in puts if path in checks} == {"0"}
