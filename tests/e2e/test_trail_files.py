# SPDX-License-Identifier: Apache-2.0
"""Change events out of the log files that CloudTrail writes into a bucket: each file once, those that come late too, none
is lost, and what cannot be read is a row."""

import datetime
import gzip
import json
import sqlite3
import time

import pytest

import fault_proxy
import program
import trail
from test_accounts import ONE, TWO, DENIED, member, shut_account
from test_daemon import Daemon, config

OWN = trail.ACCOUNT
BUCKET = "logs"
TYPES = "AWS::SQS::Queue,AWS::EC2::VPC"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Bucket:
    """What a trail has written."""

    def __init__(self, moto, prefix="", organization=None):
        self.s3 = moto.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        self.prefix = f"{prefix}/" if prefix else ""
        self.folder = f"{self.prefix}AWSLogs/" + (f"{organization}/" if organization else "")
        self.n = 0

    def key(self, at, account=OWN, region="us-east-1"):
        self.n += 1
        return (f"{self.folder}{account}/CloudTrail/{region}/{at:%Y/%m/%d}/{account}_CloudTrail_{region}_{at:%Y%m%dT%H%MZ}_{self.n:016d}.json.gz")

    def put(self, *events, at=None, body=None, **where):
        key = self.key(at or now(), **where)
        body = body if body is not None else gzip.compress(json.dumps({"Records": list(events)}).encode())
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return key


def created(url, account=OWN, region="us-east-1", who=trail.ALICE):
    return trail.record("sqs", "CreateQueue", {"queueName": url.rsplit("/")[-1]}, {"queueUrl": url}, who=who, region=region,
                        recipientAccountId=account)


@pytest.fixture
def bucket(moto):
    moto.reset()
    return Bucket(moto, "some/prefix")


@pytest.fixture
def source(siltstone, bucket, moto, store):
    siltstone.ok("source", "add", "prod", "--store", store, "--endpoint", moto.endpoint, "--regions", "us-east-1,eu-west-1", "--types", TYPES,
                 "--trail", f"s3://{BUCKET}/some/prefix")
    return siltstone


def read(silt, store):
    return silt.run("events", "--source", "prod", "--store", store)


def queue(moto, name, region="us-east-1"):
    return moto.client("sqs", region).create_queue(QueueName=name)["QueueUrl"]


def known(store):
    return {i: a for i, a in program.rows(store, """SELECT r.name, i.actor FROM _resource r JOIN _item i ON i.rid = r.rid AND i.version = 1
                                                      WHERE r.type = 'AWS::SQS::Queue'""")}


def states(store):
    return dict(program.rows(store, "SELECT key, state FROM _trail_file"))


def test_new_files_are_read_once_and_by_account_and_region(source, bucket, moto, store):
    source.ok("events", "--source", "prod", "--store", store)  # from now on
    first = bucket.put(created(queue(moto, "a")))
    second = bucket.put(created(queue(moto, "b", "eu-west-1"), region="eu-west-1"), region="eu-west-1")
    run = read(source, store)
    assert run.code == 0 and "2 log files, 2 events" in run.err, run
    assert known(store) == {"a": trail.ALICE, "b": trail.ALICE}
    assert states(store) == {first: "done", second: "done"}
    run = read(source, store)
    assert "0 log files" in run.err, run
    # The same event in another file is nothing new.
    items = program.one(store, "SELECT max(item_id) FROM _item")
    bucket.put(created(queue(moto, "a")))
    assert "1 log file" in read(source, store).err
    assert program.one(store, "SELECT max(item_id) FROM _item") == items
    # Neither the digest nor a file of another kind is asked for.
    bucket.s3.put_object(Bucket=BUCKET, Key=f"some/prefix/AWSLogs/{OWN}/CloudTrail-Digest/us-east-1/{now():%Y/%m/%d}/x.json.gz", Body=b"x")
    bucket.s3.put_object(Bucket=BUCKET, Key=f"some/prefix/AWSLogs/{OWN}/CloudTrail/us-east-1/{now():%Y/%m/%d}/notes.txt", Body=b"x")
    assert "0 log files" in read(source, store).err


def test_a_file_that_comes_late_is_read_all_the_same(source, bucket, moto, store):
    read(source, store)
    ahead = now() + datetime.timedelta(minutes=4)
    if ahead.day != now().day:
        pytest.skip("the day ends")
    late = bucket.key(now())
    bucket.put(created(queue(moto, "on-time")), at=ahead)
    assert "1 log file," in read(source, store).err
    bucket.s3.put_object(Bucket=BUCKET, Key=late, Body=gzip.compress(json.dumps({"Records": [created(queue(moto, "late"))]}).encode()))
    assert late < max(states(store))
    assert "1 log file," in read(source, store).err
    assert set(known(store)) == {"on-time", "late"}


def test_what_breaks_off_is_a_row_and_is_read_again(source, bucket, moto, store):
    read(source, store)
    events = [created(queue(moto, f"q{i}")) for i in range(3)] + [trail.record("sts", "GetCallerIdentity", readOnly=True, n=str(i)) for i in range(2000)]
    whole = gzip.compress(json.dumps({"Records": events}).encode())
    key = bucket.put(body=whole[: len(whole) // 2])
    good = bucket.put(created(queue(moto, "good")))
    run = read(source, store)
    assert run.code == 7 and "ends in the middle" in run.err and key in run.err, run
    assert states(store) == {key: "failed", good: "done"}
    # What it told before it broke off is used, and so is the file behind it.
    assert set(known(store)) == {"q0", "q1", "q2", "good"}
    tries, wait, error = program.rows(store, "SELECT tries, next_ms - last_ms, error FROM _trail_file WHERE state = 'failed'")[0]
    assert (tries, wait) == (1, 300000) and "gzip" in error
    # Not before its time; then it is.
    assert "0 log files" in read(source, store).err
    due(store)
    assert read(source, store).code == 7
    assert program.rows(store, "SELECT tries, next_ms - last_ms FROM _trail_file WHERE state = 'failed'") == [(2, 600000)]
    bucket.s3.put_object(Bucket=BUCKET, Key=key, Body=whole)
    due(store)
    assert read(source, store).code == 0
    assert states(store) == {key: "done", good: "done"}
    assert [r for r in program.rows(store, "SELECT state FROM log_files")] == [("done",), ("done",)]
    # One that is removed before it could be read is said to be gone.
    key = bucket.put(body=b"\x1f\x8bnothing")
    assert read(source, store).code == 7
    bucket.s3.delete_object(Bucket=BUCKET, Key=key)
    due(store)
    read(source, store)
    assert states(store)[key] == "gone"


def due(store):
    db = sqlite3.connect(store)
    db.execute("UPDATE _trail_file SET next_ms = 0")
    db.commit()
    db.close()


def test_an_event_nobody_could_look_at_keeps_its_file(siltstone, bucket, moto, proxy, store):
    siltstone.ok("source", "add", "prod", "--store", store, "--endpoint", proxy.endpoint, "--regions", "us-east-1", "--types", TYPES,
                 "--trail", f"s3://{BUCKET}/some/prefix/")
    read(siltstone, store)
    key = bucket.put(created(queue(moto, "a")))
    proxy.fault("GetQueueAttributes", fault_proxy.Status(403, fault_proxy.json_error("AccessDenied"), kind="application/x-amz-json-1.0"))
    run = read(siltstone, store)
    assert run.code == 7 and states(store) == {key: "failed"}, run
    proxy.clear()
    due(store)
    assert read(siltstone, store).code == 0
    assert states(store) == {key: "done"} and set(known(store)) == {"a"}


def test_what_is_older_than_the_trail_is_left_alone_unless_it_is_wanted(source, bucket, moto, store):
    days = [now() - datetime.timedelta(days=d) for d in (3, 2, 1)]
    keys = [bucket.put(created(queue(moto, f"old{i}")), at=d) for i, d in enumerate(days)]
    read(source, store)
    assert states(store) == {} and known(store) == {}
    source.ok("source", "add", "prod", "--store", store, "--endpoint", moto.endpoint, "--regions", "us-east-1", "--types", TYPES,
              "--trail", f"s3://{BUCKET}/some/prefix", "--trail-since", days[1].strftime("%Y-%m-%d"))
    run = read(source, store)
    assert run.code == 0, run
    assert set(known(store)) == {"old1", "old2"}
    # Of days that are over it is enough to know that they are read.
    assert keys[1] not in states(store)
    assert "0 log files" in read(source, store).err


def test_a_trail_of_an_organization_and_accounts_that_are_looked_at(siltstone, moto, proxy, store):
    moto.reset()
    bucket = Bucket(moto, organization="o-abcdefghij")
    shut_account(proxy)
    siltstone.ok("source", "add", "prod", "--store", store, "--endpoint", proxy.endpoint, "--regions", "us-east-1", "--types", TYPES,
                 "--accounts", f"{ONE},{TWO},{DENIED}", "--role-name", "R", "--trail", f"s3://{BUCKET}")
    read(siltstone, store)
    for account in (ONE, TWO, DENIED, "999999999999"):
        url = member(moto, account, "sqs").create_queue(QueueName=f"of-{account}")["QueueUrl"]
        bucket.put(created(url, account), account=account)
    run = read(siltstone, store)
    assert run.code == 7, run
    assert program.rows(store, "SELECT account, name FROM _resource ORDER BY 1") == [(ONE, f"of-{ONE}"), (TWO, f"of-{TWO}")]
    assert sorted(program.rows(store, "SELECT substr(folder, -34, 12), state FROM _trail_file")) == [
        (ONE, "done"), (TWO, "done"), (DENIED, "failed")]


def test_a_daemon_reads_a_trail_by_itself(siltstone, bucket, moto, store):
    config(siltstone, f"[recorder]\nevery = 1h\n[source \"prod\"]\nendpoint = {moto.endpoint}\nregions = us-east-1\ntypes = {TYPES}\n"
                      f"trail = s3://{BUCKET}/some/prefix\ntrail_since = {now() - datetime.timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}\n")
    bucket.put(created(queue(moto, "told"), who="arn:aws:iam::123456789012:user/bob"))
    daemon = Daemon(siltstone, store, env=siltstone.environment(AWS_REGION="us-east-1"))
    try:
        deadline = time.monotonic() + 60
        while not (store.exists() and program.one(store, "SELECT count(*) FROM sqlite_schema WHERE name = '_trail_file'")
                   and program.rows(store, "SELECT 1 FROM _trail_file WHERE state = 'done'")):
            assert time.monotonic() < deadline, daemon.text()
            time.sleep(0.05)
    finally:
        daemon.stop()
    assert set(known(store)) == {"told"}


def test_a_bucket_that_is_not_there_is_said_and_kept(siltstone, moto, store):
    moto.reset()
    siltstone.ok("source", "add", "prod", "--store", store, "--endpoint", moto.endpoint, "--regions", "us-east-1", "--trail", "s3://nowhere/")
    run = read(siltstone, store)
    assert run.code not in (0, 7) and "nowhere" in run.err, run
    assert "nowhere" in program.one(store, "SELECT error FROM _trail")


@pytest.mark.skipif("asan" in str(program.BUILD), reason="a sanitizer keeps what was freed")
def test_memory_does_not_grow_with_the_file(source, bucket, moto, store):
    read(source, store)
    event = json.dumps(trail.record("s3", "GetObject", {"key": "x" * 600}, readOnly=True))
    peaks = []
    for n in (2000, 60000):
        bucket.put(body=gzip.compress(('{"Records":[' + ",".join([event] * n) + "]}").encode(), 1))
        run = source.measured("events", "--source", "prod", "--store", store)
        assert run.code == 0, run
        peaks.append(run.peak_kb)
    assert peaks[1] < peaks[0] + 24000, peaks
