# SPDX-License-Identifier: Apache-2.0
"""Recording, delivering and telling while the n-th HTTP request fails, for every n, once and from then on.
Whatever it hits: nothing is deleted or invented, what went wrong is told, and with the fault gone
everything is there. SILTSTONE_NTH_CALL=all tries every kind of fault at every place (tools/prove nth-call); else
they take turns, and at some of the places."""

import collections
import json
import os
import sqlite3
import subprocess

import pytest

import fault_proxy
import program
import s3_server
from fault_proxy import HTML, Cut, Status, Truncate
from test_evil_s3 import Scene as Bucket
from test_notify import receive

ALL = os.environ.get("SILTSTONE_NTH_CALL") == "all"
STRIDE = 3
TYPES = "AWS::EC2::VPC,AWS::SQS::Queue,AWS::IAM::Role,AWS::S3::Bucket"
FAULTS = {
    "reset": Cut(),
    "500": Status(500, "<Error><Code>InternalError</Code></Error>"),
    "garbage": Status(200, b"\x00\xff what is this", "application/octet-stream"),
    "a page": Status(200, HTML, "text/html"),
    "a broken page": Status(502, HTML, "text/html"),
    "elsewhere": Status(302, "", headers={"Location": "http://127.0.0.1:9/"}),
    "cut": Truncate(0.5),
    "denied": Status(403, "<Error><Code>AccessDenied</Code></Error>"),
}


def occasions(n_calls, lasts, faults=None, stride=STRIDE):
    """(n, name of a fault): all of them, or one in turn at some of the places."""
    names = list(faults or FAULTS)
    if ALL:
        yield from ((n, name) for n in range(n_calls) for name in names)
        return
    for turn, n in enumerate(range(lasts, n_calls, stride)):
        yield n, names[(turn + lasts) % len(names)]


def quick(silt, **more):
    return silt.environment(SILTSTONE_BACKOFF_MS="1", **more)


# Recording


class Estate:
    pass


@pytest.fixture(scope="module")
def estate(moto_server, tmp_path_factory):
    """A store from before the estate changed, and one from after it."""
    moto_server.reset()
    w = Estate()
    w.proxy = fault_proxy.FaultProxy(moto_server.endpoint)
    w.home = tmp_path_factory.mktemp("nth")
    w.silt = program.Siltstone(w.home)
    ec2, sqs, iam, s3 = (moto_server.client(s) for s in ("ec2", "sqs", "iam", "s3"))
    vpcs = [ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] for _ in range(2)]
    queues = [sqs.create_queue(QueueName=n)["QueueUrl"] for n in ("q", "gone")]
    for name in ("r", "gone"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    s3.create_bucket(Bucket="bucket")
    w.before, w.after = w.home / "before.db", w.home / "after.db"
    assert record(w, w.before).code == 0
    ec2.create_tags(Resources=vpcs[:1], Tags=[{"Key": "a", "Value": "b"}])
    ec2.delete_vpc(VpcId=vpcs[1])
    sqs.tag_queue(QueueUrl=queues[0], Tags={"a": "b"})
    sqs.delete_queue(QueueUrl=queues[1])
    iam.tag_role(RoleName="r", Tags=[{"Key": "a", "Value": "b"}])
    iam.delete_role(RoleName="gone")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    program.copy_store(w.before, w.after)
    w.proxy.clear()
    assert record(w, w.after).code == 0
    w.calls = len(w.proxy.ops())
    w.states = collections.Counter(str(row) for row in program.content(w.after))
    yield w
    w.proxy.stop()


def record(w, store):
    # One after the other, so that the n-th is always the same one, or nearly so.
    return w.silt.run("record", "--store", store, "--endpoint", w.proxy.endpoint, "--regions", "us-east-1", "--types", TYPES, env=quick(w.silt))


def deleted(store):
    return {r for r in program.rows(store, "SELECT type, id FROM _resource WHERE deleted")}


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "from then on"])
def test_a_sweep(estate, lasts):
    gone, tried = deleted(estate.after), 0
    assert estate.calls > 15 and len(gone) == 3
    # A part of a description that is refused is left out, as if it were not there.
    faults = [name for name in FAULTS if name != "denied"]
    for n, name in occasions(estate.calls, lasts, faults):
        where = f"call {n} of {estate.calls}, {name}"
        store = estate.home / "tried.db"
        program.copy_store(estate.before, store)
        estate.proxy.clear()
        fault = estate.proxy.fault("*", FAULTS[name], None if lasts else 1, skip=n)
        r = record(estate, store)
        assert fault["hits"], where
        assert r.code in (0, 2, 5, 6, 7), f"{where}: {r.code}\n{r.err}"
        assert not r.code or r.err, where
        program.whole(store)
        assert deleted(store) <= gone, where
        # What was written is what the undisturbed sweep wrote, and nothing else.
        invented = collections.Counter(str(row) for row in program.content(store)) - estate.states
        assert not invented, f"{where}: {invented}"
        estate.proxy.clear()
        assert record(estate, store).code == 0, where
        program.whole(store)
        assert program.compared(store) == program.compared(estate.after), where
        tried += 1
    print(f"{tried} occasions at {estate.calls} calls")


# Delivering

S3_FAULTS = {
    "reset": s3_server.reset,
    "hangs up": s3_server.hang_up,
    "500": s3_server.fail(500, "InternalError"),
    "garbage": s3_server.garbage,
    "cut": s3_server.cut,
    "denied": s3_server.fail(403, "AccessDenied"),
    "elsewhere": s3_server.fail(307, "TemporaryRedirect", [("Location", "http://127.0.0.1:9/")]),
    "page": lambda handler: handler.answer(200, HTML) or True,
}


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("parts", [False, True], ids=["whole", "in parts"])
def test_files(tmp_path, parts, lasts):
    with s3_server.S3() as s3:
        b = Bucket(tmp_path, s3, parts)
        before = tmp_path / "before.db"
        program.copy_store(b.store, before)
        assert b.deliver().code == 0
        calls, tried, began_ms = len(s3.seen), 0, b.now_ms
        for n, name in occasions(calls, lasts, S3_FAULTS):
            where = f"call {n} of {calls}, {name}"
            program.copy_store(before, b.store)
            for things in (s3.objects, s3.uploads, s3.seen, s3.rules):
                things.clear()
            b.now_ms = began_ms
            s3.script = [s3_server.go_on] * n + [S3_FAULTS[name]] * (1000 if lasts else 1)
            r = b.deliver()
            assert r.code in (0, 2, 5, 6, 7), f"{where}: {r.code}\n{r.err}"
            program.whole(b.store)
            assert bool(r.code) == bool(b.failed()), where
            s3.script = []
            b.now_ms += 2 * 3600_000
            assert b.deliver().code == 0, where
            # A page that is taken for an answer to a PUT cannot be told from one; a part without a tag can.
            if name != "page" or parts:
                b.check_all_is_there()
            tried += 1
        print(f"{tried} occasions at {calls} calls")


# Telling


@pytest.fixture
def told(tmp_path):
    store = tmp_path / "told.db"
    subprocess.run([program.BUILD / "tests" / "seed", store, "300000"], check=True)
    return store


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "from then on"])
def test_a_topic(moto_server, proxy, siltstone, store, told, lasts):
    moto_server.reset()
    topic = moto_server.client("sns").create_topic(Name="t")["TopicArn"]
    sqs = moto_server.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    moto_server.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q")
    moto_server.client("s3").create_bucket(Bucket="large")
    siltstone.ok("sink", "add", "ops", topic, "--store", told, "--cursor", "0", "--endpoint", proxy.endpoint, "--oversized", "s3://large")

    def tell():
        return siltstone.run("notify", "--store", store, env=quick(siltstone))

    program.copy_store(told, store)
    proxy.clear()
    assert tell().code == 0
    calls, events, tried = len(proxy.ops()), program.one(store, "SELECT count(*) FROM _event"), 0
    want = [json.loads(m["Message"]) for m in receive(moto_server, url)]
    # Several a message, and the large one goes into the bucket.
    assert len(want) == events and calls >= 4

    def keys(bodies):
        """What is told of each resource, in order."""
        out = {}
        for b in bodies:
            i = b.get("configurationItem") or b["configurationItemSummary"]
            out.setdefault(i["resourceId"], {})[i["configurationStateId"]] = None
        return {resource: list(states) for resource, states in out.items()}

    for n, name in occasions(calls, lasts, stride=1):
        where = f"call {n} of {calls}, {name}"
        program.copy_store(told, store)
        proxy.clear()
        proxy.fault("*", FAULTS[name], None if lasts else 1, skip=n)
        r = tell()
        assert r.code in (0, 2, 5, 6, 7), f"{where}: {r.code}\n{r.err}"
        program.whole(store)
        assert program.one(store, "SELECT count(*) FROM _dead") == 0, where
        if r.code:
            assert program.one(store, "SELECT error IS NOT NULL AND tries > 0 FROM _sink"), where
        proxy.clear()
        db = sqlite3.connect(store)
        db.execute("UPDATE _sink SET next_ms = 0")
        db.commit()
        db.close()
        assert tell().code == 0, where
        got = [json.loads(m["Message"]) for m in receive(moto_server, url)]
        assert keys(got) == keys(want), where
        # Only a bucket that refuses for good makes an oversized notice say that it could not be stored.
        failed = [b for b in got if b["messageType"].endswith("DeliveryFailed")]
        assert not failed or name in ("denied", "a page"), where
        tried += 1
    print(f"{tried} occasions at {calls} calls")
