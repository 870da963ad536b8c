# SPDX-License-Identifier: Apache-2.0
"""What a daemon that runs for years meets: a full disk, a store that cannot be written, a clock that jumps,
names that are not resolved, a bucket that is gone for a day, a topic that is throttled. It says so,
goes on with what it can, and catches up by itself."""

import collections
import json
import resource
import subprocess
import time

import pytest

import config_files
import fault_proxy
import program
from crash_daemon import HOUR, MINUTE, Clock, Hook
from test_daemon import Daemon, config, metrics

DAY = 24 * HOUR
TYPES = "AWS::EC2::VPC,AWS::SQS::Queue"
BUCKET = "trouble"


class Scene:
    def __init__(self, moto, silt, store, home):
        self.moto, self.silt, self.store, self.home = moto, silt, store, home
        self.clock = Clock(home / "clock")
        self.ec2, self.s3 = moto.client("ec2"), moto.client("s3")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        self.running, self.waves, self.sections = [], 0, {"recorder": f"every = 10m\ntypes = {TYPES}\n"}
        self.section('source "aws"', endpoint=moto.endpoint, regions="us-east-1", account="123456789012")

    def section(self, name, **lines):
        self.sections[name] = "".join(f"{k} = {v}\n" for k, v in lines.items())
        config(self.silt, "".join(f"[{name}]\n{text}" for name, text in self.sections.items()))

    def up(self):
        self.running.append(Daemon(self.silt, self.store, "--log-level", "debug",
                                   env=self.silt.environment(AWS_REGION="us-east-1", SILTSTONE_CLOCK=str(self.clock.path), SILTSTONE_BACKOFF_MS="1")))
        return self.running[-1]

    def wave(self):
        """The estate changes; True as soon as that is recorded."""
        self.waves += 1
        self.ec2.create_tags(Resources=[self.vpc], Tags=[{"Key": "wave", "Value": str(self.waves)}])
        return f"SELECT EXISTS (SELECT 1 FROM _tag t WHERE t.key = 'wave' AND t.value = '{self.waves}')"

    def until(self, sql, timeout=60):
        deadline = time.monotonic() + timeout
        while not program.one(self.store, sql):
            d = self.running[-1]
            assert d.process.poll() is None and time.monotonic() < deadline, f"{sql}\n{d.text()}"
            time.sleep(0.03)

    def told_all(self, sink="hook"):
        self.until(f"SELECT cursor = (SELECT max(event_id) FROM _event) FROM _sink WHERE name = '{sink}'")

    def delivered_all(self):
        self.until("""SELECT NOT EXISTS (SELECT 1 FROM _delivery WHERE done_ms IS NULL)
                      AND (SELECT history_event FROM _channel) >= (SELECT max(event_id) FROM _event WHERE item_id IS NOT NULL)""")

    def files(self):
        keys = [o["Key"] for o in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []) if "/siltstone-seals/" not in o["Key"] and o["Size"]]
        return {k: config_files.check_file(k, self.s3.get_object(Bucket=BUCKET, Key=k)["Body"].read())[1] for k in keys}

    def check_history(self):
        got = collections.Counter((c["resourceId"], c["configurationStateId"]) for k, items in self.files().items() if "/ConfigHistory/" in k for c in items)
        assert got == collections.Counter(program.rows(self.store, "SELECT r.id, i.captured_ms FROM _item i JOIN _resource r USING (rid)"))

    def stop(self):
        for d in self.running:
            if d.process.poll() is None:
                d.process.kill()
                d.process.wait()


@pytest.fixture
def scene(moto_server, siltstone, store, tmp_path):
    moto_server.reset()
    s = Scene(moto_server, siltstone, store, tmp_path)
    yield s
    s.stop()


@pytest.fixture
def hook():
    h = Hook()
    yield h
    h.stop()


@pytest.fixture
def disk(tmp_path):
    """A small file system of its own."""
    path = tmp_path / "disk"
    path.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", path], capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as f:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    f.write(b"x" * size)
            except OSError:
                pass


def test_a_full_disk(scene, disk, hook):
    scene.store = disk / "silt.db"
    scene.section('sink "hook"', kind="webhook", target=hook.url)
    d = scene.up()
    scene.until("SELECT status = 'SUCCESS' FROM _recorder")
    scene.told_all()
    recorded = scene.wave()
    fill(disk / "filler")
    scene.clock.go_on(11 * MINUTE)
    d.wait("event=sweep.failed", timeout=30)
    failed = next(line for line in d.text().splitlines() if "event=sweep.failed" in line)
    assert "full" in failed or "space" in failed, failed
    # Whoever reads is answered all the same.
    assert d.get("/healthz")[0] == 200
    assert metrics(d.get("/metrics")[1])['siltstone_recorder_up{source="aws"}'] in (0, 1)
    assert scene.vpc in scene.silt.ok("ls", "--store", scene.store).out
    assert d.process.poll() is None
    (disk / "filler").unlink()
    scene.clock.go_on(2 * MINUTE)
    scene.until(recorded)
    scene.told_all()
    scene.until("SELECT status = 'SUCCESS' FROM _recorder")
    assert d.stop() < 4 and d.process.returncode == 0
    told = list(dict.fromkeys(event for event, _ in hook.told))
    assert len(told) == program.one(scene.store, "SELECT count(*) FROM _event")
    program.whole(scene.store)


def test_a_limit_on_the_size_of_files(scene):
    args = ("record", "--store", scene.store, "--endpoint", scene.moto.endpoint, "--regions", "us-east-1", "--types", TYPES)
    for kb in (50, 400, 3000):
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (kb << 10, kb << 10))
        with scene.silt.start(*args, stderr=subprocess.PIPE, preexec_fn=limit) as p:
            said = p.communicate(timeout=60)[1].decode()
        assert p.returncode in (0, 4), f"{p.returncode}: {said}"
        assert p.returncode == 0 or "siltstone: " in said
        if kb == 50:
            assert p.returncode == 4
    scene.silt.ok(*args)
    assert scene.vpc in scene.silt.ok("ls", "--store", scene.store).out
    program.whole(scene.store)


def test_a_store_that_cannot_be_written(scene, disk):
    scene.store = disk / "silt.db"
    d = scene.up()
    scene.until("SELECT status = 'SUCCESS' FROM _recorder")
    d.stop()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    r = scene.silt.run("up", "--store", scene.store, "--listen", "off")
    assert r.code in (4, 6) and str(scene.store) in r.err and "Read-only file system" in r.err, r.err
    # What is there can be read.
    assert scene.vpc in scene.silt.ok("ls", "--store", scene.store).out
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    d = scene.up()
    recorded = scene.wave()
    scene.clock.go_on(11 * MINUTE)
    scene.until(recorded)
    d.stop()
    program.whole(scene.store)


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forth", "back"])
def test_a_clock_that_jumps_by_a_day(scene, hook, jump):
    scene.s3.create_bucket(Bucket=BUCKET)
    scene.section('channel "main"', target=f"s3://{BUCKET}", endpoint=scene.moto.endpoint, frequency="TwentyFour_Hours")
    scene.section('sink "hook"', kind="webhook", target=hook.url)
    d = scene.up()
    scene.until("SELECT status = 'SUCCESS' FROM _recorder")
    scene.clock.go_on(7 * HOUR)
    scene.until("SELECT EXISTS (SELECT 1 FROM _delivery WHERE kind = 'history') AND NOT EXISTS (SELECT 1 FROM _delivery WHERE done_ms IS NULL)")
    # One that waits while the clock jumps.
    hook.status = 503
    recorded = scene.wave()
    scene.clock.go_on(11 * MINUTE)
    scene.until(recorded)
    scene.until("SELECT tries > 0 FROM _sink")
    hook.status = 200
    scene.clock.go_on(jump)
    recorded = scene.wave()
    # Back: nothing may wait for the day to pass a second time. Forth: everything is due.
    scene.until(recorded)
    scene.told_all()
    scene.clock.go_on(7 * HOUR)
    scene.delivered_all()
    assert d.stop() < 4
    scene.check_history()
    assert scene.files()
    states = [c for c, in program.rows(scene.store, "SELECT i.captured_ms FROM _item i JOIN _resource r USING (rid) WHERE r.id = ? ORDER BY version", scene.vpc)]
    assert states == sorted(set(states))
    program.whole(scene.store)


def test_names_that_are_not_resolved(scene, hook):
    scene.s3.create_bucket(Bucket=BUCKET)
    scene.section('sink "hook"', kind="webhook", target="http://nobody.invalid/hook")
    scene.section('channel "main"', target=f"s3://{BUCKET}", endpoint="http://nobody.invalid")
    d = scene.up()
    scene.until("SELECT error_code = 'ServiceUnavailable' AND error LIKE '%could not resolve%' FROM _sink")
    scene.clock.go_on(7 * HOUR)
    scene.until("SELECT history_status = 'FAILURE' AND history_error LIKE '%could not resolve%' FROM _channel")
    seen = program.one(scene.store, "SELECT count(*) FROM _resource WHERE deleted = 0")
    scene.section('source "aws"', endpoint="http://nobody.invalid", regions="us-east-1", account="123456789012")
    d.process.send_signal(1)
    d.wait("event=daemon.reloaded")
    scene.clock.go_on(11 * MINUTE)
    scene.until("SELECT status = 'FAILURE' AND error LIKE '%could not resolve%' FROM _recorder")
    assert program.one(scene.store, "SELECT count(*) FROM _resource WHERE deleted = 0") == seen
    scene.section('source "aws"', endpoint=scene.moto.endpoint, regions="us-east-1", account="123456789012")
    scene.section('channel "main"', target=f"s3://{BUCKET}", endpoint=scene.moto.endpoint)
    scene.section('sink "hook"', kind="webhook", target=hook.url)
    recorded = scene.wave()
    d.process.send_signal(1)
    d.wait("event=daemon.reloaded", 2)
    scene.clock.go_on(2 * HOUR)
    scene.until(recorded)
    scene.told_all()
    scene.clock.go_on(7 * HOUR)
    scene.delivered_all()
    assert program.one(scene.store, "SELECT history_status = 'SUCCESS' AND history_error IS NULL FROM _channel")
    d.stop()
    scene.check_history()


def test_a_bucket_that_is_gone_for_a_day(scene):
    scene.s3.create_bucket(Bucket=BUCKET)
    scene.section('channel "main"', target=f"s3://{BUCKET}", endpoint=scene.moto.endpoint, frequency="Six_Hours")
    d = scene.up()
    scene.until("SELECT status = 'SUCCESS' FROM _recorder")
    for o in scene.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        scene.s3.delete_object(Bucket=BUCKET, Key=o["Key"])
    scene.s3.delete_bucket(Bucket=BUCKET)
    for _ in range(4):
        recorded = scene.wave()
        scene.clock.go_on(6 * HOUR)
        scene.until(recorded)
        scene.until("SELECT history_status = 'FAILURE' AND history_error_code = 'NoSuchBucket' FROM _channel")
    assert program.one(scene.store, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL") >= 4
    assert "event=delivery.failed" in d.text() and BUCKET in d.text()
    scene.s3.create_bucket(Bucket=BUCKET)
    scene.clock.go_on(HOUR + MINUTE)
    scene.until("SELECT NOT EXISTS (SELECT 1 FROM _delivery WHERE done_ms IS NULL)")
    scene.clock.go_on(6 * HOUR)
    scene.delivered_all()
    scene.until("SELECT history_status = 'SUCCESS' AND snapshot_status = 'SUCCESS' FROM _channel")
    d.stop()
    scene.check_history()


def test_a_topic_that_is_throttled(scene, proxy):
    topic = scene.moto.client("sns").create_topic(Name="t")["TopicArn"]
    sqs = scene.moto.client("sqs")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    scene.moto.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:told")
    scene.section('sink "topic"', kind="sns", target=topic, endpoint=proxy.endpoint)
    # Some pass, then none for a while.
    proxy.fault("Publish*", fault_proxy.Status(400, fault_proxy.query_error("Throttling", "Rate exceeded")), skip=1)
    d = scene.up()
    scene.until("SELECT error_code IN ('THROTTLED', 'Throttling') AND tries >= 1 AND error LIKE '%Rate exceeded%' FROM _sink")
    assert "event=notice.failed" in d.text()
    rows = json.loads(scene.silt.ok("outbox", "list", "--store", scene.store, "--format", "json").out)
    assert rows and rows[0]["state"] == "waiting" and "Rate exceeded" in rows[0]["error"]
    scene.clock.go_on(MINUTE)
    scene.until("SELECT tries >= 2 FROM _sink")
    proxy.clear()
    scene.clock.go_on(10 * MINUTE)
    scene.told_all("topic")
    assert program.one(scene.store, "SELECT count(*) FROM _dead") == 0
    assert program.one(scene.store, "SELECT error IS NULL AND tries = 0 FROM _sink")
    d.stop()
    states = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for m in messages:
            item = json.loads(json.loads(m["Body"])["Message"])["configurationItem"]
            states.append((item["resourceId"], item["configurationStateId"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])
    assert list(dict.fromkeys(states)) == program.rows(
        scene.store, "SELECT r.id, i.captured_ms FROM _event e JOIN _item i USING (item_id) JOIN _resource r USING (rid) ORDER BY event_id")
