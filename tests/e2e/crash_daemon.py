# SPDX-License-Identifier: Apache-2.0
"""`siltstone up` is killed again and again while the estate changes, and made good by its next life.

    crash_daemon.py KILLS [SEED]

It records two regions of moto while threads change them, delivers history files and snapshots to an S3
that verifies signatures and to moto's, and tells a topic with a queue behind it, a webhook and a file.
Each life ends by SIGKILL, at a random moment or at a named one (base/failpoint.h); the clock
goes on by some minutes to hours between lives, and within them.
"""

import collections
import gzip
import http.server
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time

import config_files
import emulator
import program
import s3_server

ACCOUNT = "123456789012"
REGIONS = ("us-east-1", "eu-west-1")
TYPES = ("AWS::EC2::VPC", "AWS::EC2::Volume", "AWS::SQS::Queue", "AWS::IAM::Role")
MINUTE = 60_000
HOUR = 60 * MINUTE
# Points that the daemon passes, and which passing is the last.
POINTS = ["record.before_commit", "record.after_commit", "record.before_coverage", "deliver.after_claim", "deliver.after_put",
          "deliver.before_done", "notify.after_publish", "notify.before_cursor", "notify.after_oversized"]
LONG = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "x" * 300_000, "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]})


class World:
    """An estate that changes until it is stopped. What lives and what is gone is known here."""

    def __init__(self, moto, seed):
        self.moto, self.random = moto, random.Random(seed)
        self.alive, self.gone = {}, set()
        self.lock, self.ending = threading.Lock(), threading.Event()
        self.changes = 0
        self.clients = {(s, r): moto.client(s, r) for s in ("ec2", "sqs", "iam") for r in REGIONS}
        for _ in range(12):
            self.step()
        self.create("AWS::IAM::Role", REGIONS[0], LONG)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.ending.wait(self.random.uniform(0.0, 0.15)):
            self.step()

    def stop(self):
        self.ending.set()
        self.thread.join()

    def step(self):
        region, kind = self.random.choice(REGIONS), self.random.choice(TYPES)
        ours = sorted(k for k in self.alive if k[0] == kind)
        what = self.random.random()
        if what < 0.3 and len(ours) < 6:
            self.create(kind, region)
        elif what < 0.4 and len(ours) > 2:
            self.delete(self.random.choice(ours))
        elif ours:
            self.change(self.random.choice(ours))
        self.changes += 1

    def create(self, kind, region, trust="{}"):
        name = f"n{self.changes}-{len(self.gone)}"
        if kind == "AWS::EC2::VPC":
            key = handle = self.clients["ec2", region].create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        elif kind == "AWS::EC2::Volume":
            key = handle = self.clients["ec2", region].create_volume(AvailabilityZone=f"{region}a", Size=8)["VolumeId"]
        elif kind == "AWS::SQS::Queue":
            key = handle = self.clients["sqs", region].create_queue(QueueName=name)["QueueUrl"]
        else:
            handle = name if trust == "{}" else "large"
            key = self.clients["iam", region].create_role(RoleName=handle, AssumeRolePolicyDocument=trust)["Role"]["RoleId"]
        self.alive[kind, key] = region, handle

    def delete(self, which):
        (kind, key), (region, handle) = which, self.alive[which]
        if handle == "large":
            return
        with self.lock:
            del self.alive[which]
            self.gone.add(which)
        if kind == "AWS::EC2::VPC":
            self.clients["ec2", region].delete_vpc(VpcId=key)
        elif kind == "AWS::EC2::Volume":
            self.clients["ec2", region].delete_volume(VolumeId=key)
        elif kind == "AWS::SQS::Queue":
            self.clients["sqs", region].delete_queue(QueueUrl=key)
        else:
            self.clients["iam", region].delete_role(RoleName=handle)

    def change(self, which):
        (kind, key), (region, handle) = which, self.alive[which]
        value = str(self.random.randrange(10**6))
        if kind.startswith("AWS::EC2::"):
            self.clients["ec2", region].create_tags(Resources=[key], Tags=[{"Key": "wave", "Value": value}])
        elif kind == "AWS::SQS::Queue":
            self.clients["sqs", region].tag_queue(QueueUrl=key, Tags={"wave": value})
        else:
            self.clients["iam", region].tag_role(RoleName=handle, Tags=[{"Key": "wave", "Value": value}])


class Hook:
    """A webhook that notes who it was told of, in order."""

    def __init__(self):
        self.told, self.status = [], 200
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.told.append((int(self.headers["X-Siltstone-Event"]), json.loads(body)))
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # One that was killed hangs up in mid-request.
        self.server.handle_error = lambda *args: None
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Queue:
    """What comes out of a queue, in order; emptied all the time, so that it stays short."""

    def __init__(self, moto, topic):
        self.sqs = moto.client("sqs")
        self.url = self.sqs.create_queue(QueueName="told")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        moto.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        self.told, self.ending = [], threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def take(self):
        messages = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
        self.told += [json.loads(json.loads(m["Body"])["Message"]) for m in messages]
        if messages:
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=[
                {"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)])
        return messages

    def run(self):
        while not self.ending.is_set():
            if not self.take():
                self.ending.wait(0.2)

    def stop(self):
        self.ending.set()
        self.thread.join()
        while self.take():
            pass


class Clock:
    """The daemon's; only goes forward."""

    def __init__(self, path):
        self.path, self.off_ms = pathlib.Path(path), 0
        self.go_on(0)

    def go_on(self, ms):
        self.off_ms += ms
        new = self.path.with_suffix(".new")
        new.write_text(str(self.off_ms))
        new.rename(self.path)

    def now_ms(self):
        return int(time.time() * 1000) + self.off_ms


class Proof:
    def __init__(self, home, moto, seed):
        self.moto, self.random, self.seed = moto, random.Random(seed), seed
        self.silt, self.store = program.Siltstone(home), pathlib.Path(home) / "silt.db"
        self.log = pathlib.Path(home) / "up.log"
        self.clock = Clock(pathlib.Path(home) / "clock")
        self.s3 = s3_server.S3()
        self.hook, self.file = Hook(), pathlib.Path(home) / "told.jsonl"
        moto.client("s3").create_bucket(Bucket="moto-files")
        topic = moto.client("sns").create_topic(Name="told")["TopicArn"]
        self.queue = Queue(moto, topic)
        self.world = World(moto, seed)
        self.fired = collections.Counter()
        self.kills, self.lived_s = 0, 0.0
        (pathlib.Path(home) / "siltstone.conf").write_text(f"""
[http]
listen = off
[log]
level = debug
[recorder]
every = 1m
types = {",".join(TYPES)}
[source "aws"]
endpoint = {moto.endpoint}
regions = {",".join(REGIONS)}
account = {ACCOUNT}
[channel "strict"]
target = s3://{self.s3.bucket}
prefix = audit
frequency = One_Hour
endpoint = {self.s3.endpoint}
[channel "moto"]
target = s3://moto-files
frequency = Three_Hours
endpoint = {moto.endpoint}
topic = {topic}
[sink "hook"]
kind = webhook
target = {self.hook.url}
[sink "file"]
kind = file
target = {self.file}
""")

    def environment(self, **more):
        return self.silt.environment(AWS_ACCESS_KEY_ID=s3_server.ACCESS_KEY, AWS_SECRET_ACCESS_KEY=s3_server.SECRET_KEY,
                                     AWS_REGION="us-east-1", SILTSTONE_CLOCK=str(self.clock.path), **more)

    def start(self, **more):
        with open(self.log, "ab") as err:
            return self.silt.start("up", "--store", self.store, env=self.environment(**more), stderr=err)

    def life(self, lasts_s, point=None):
        """One life and its end. True when it ended at the point."""
        process = self.start(**({"SILTSTONE_FAILPOINT": point} if point else {}))
        began, fired = time.monotonic(), False
        while (left := began + lasts_s - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
            if process.poll() is not None:
                assert point and process.returncode == -signal.SIGKILL, self.tail(process)
                fired = True
                break
            # Another sweep, and now and then another window.
            if self.random.random() < 0.3:
                self.clock.go_on(self.random.choice((MINUTE, MINUTE, 10 * MINUTE, HOUR)))
        self.lived_s += time.monotonic() - began
        if not fired:
            process.kill()
            assert process.wait() == -signal.SIGKILL, self.tail(process)
        self.kills += 1
        if fired:
            self.fired[point.partition(":")[0]] += 1
        self.clock.go_on(self.random.choice((0, MINUTE, 40 * MINUTE, 2 * HOUR, 7 * HOUR)))
        return fired

    def tail(self, process):
        return f"it ended with {process.returncode}\n" + self.log.read_text()[-4000:]

    def run(self, kills, longest_s=1.6):
        self.world.thread.start()
        points = []
        while self.kills < kills:
            if not points:
                points = self.random.sample(POINTS, len(POINTS))
            # Half of them die at a named place, until each was met; then one in ten.
            missing = [p for p in POINTS if not self.fired[p]]
            if self.random.random() < (0.5 if missing else 0.1):
                self.life(4, f"{missing[0] if missing else points.pop()}:{self.random.choice((1, 1, 2, 5))}")
            else:
                self.life(self.random.uniform(0.01, longest_s))
            if self.kills % 50 == 0:
                program.whole(self.store)
                print(f"{self.kills} kills", self.figures(), flush=True)
        for point in POINTS:
            for _ in range(12):
                if self.fired[point]:
                    break
                self.clock.go_on(7 * HOUR)
                self.life(6, point)
            assert self.fired[point], f"{point} is never passed\n{self.log.read_text()[-4000:]}"
        self.snapshots_of_a_command()
        self.world.stop()

    def snapshots_of_a_command(self):
        for point in ("snapshot.before_put", "snapshot.after_put"):
            args = ("snapshot", "--to", f"s3://{self.s3.bucket}/hand", "--endpoint", self.s3.endpoint, "--store", self.store)
            assert self.silt.run(*args, env=self.environment(SILTSTONE_FAILPOINT=point)).code == -signal.SIGKILL
            self.fired[point] += 1
            self.silt.ok(*args, env=self.environment())

    def settle(self):
        """A last life, until nothing is due and everybody knows everything."""
        process = self.start()
        self.clock.go_on(MINUTE)
        deadline = time.monotonic() + 60
        told = self.log.read_text().count("event=sweep.done")
        while self.log.read_text().count("event=sweep.done") < told + 2:
            self.clock.go_on(MINUTE)
            time.sleep(0.3)
            assert process.poll() is None and time.monotonic() < deadline, self.tail(process)
        self.clock.go_on(7 * HOUR)
        progress = None
        while not self.is_settled():
            time.sleep(0.1)
            if progress != (progress := self.progress()):
                deadline = time.monotonic() + 60
            assert process.poll() is None and time.monotonic() < deadline, self.tail(process) + str(self.due())
        process.terminate()
        assert process.wait(10) == 0, self.tail(process)
        self.queue.stop()
        self.hook.stop()

    def due(self):
        return (program.rows(self.store, "SELECT * FROM _delivery WHERE done_ms IS NULL"), program.rows(self.store, "SELECT * FROM _sink"))

    def progress(self):
        return program.one(self.store, "SELECT (SELECT sum(cursor) FROM _sink) + (SELECT count(*) FROM _delivery WHERE done_ms)")

    def is_settled(self):
        return program.one(self.store, """SELECT NOT EXISTS (SELECT 1 FROM _delivery WHERE done_ms IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM _sink WHERE cursor < (SELECT max(event_id) FROM _event))
                   AND (SELECT min(history_event) FROM _channel) >=
                       (SELECT max(event_id) FROM _event WHERE item_id IS NOT NULL)""")

    def figures(self):
        [row] = program.rows(self.store, """SELECT (SELECT count(*) FROM _item), (SELECT count(*) FROM _event),
            (SELECT count(*) FROM _delivery WHERE kind = 'history' AND done_ms AND items), (SELECT count(DISTINCT due_ms) FROM _delivery WHERE kind = 'history'),
            (SELECT count(*) FROM _delivery WHERE kind = 'snapshot' AND done_ms AND items), (SELECT count(*) FROM _coverage WHERE outcome = 'complete')""")
        return "items {}, events {}, history files {} of {} windows, snapshots {}, looks {}".format(*row)

    def check(self):
        program.whole(self.store)
        assert program.one(self.store, "SELECT count(*) FROM _dead") == 0
        assert not self.s3.faults, self.s3.faults
        self.check_estate()
        figures = [self.check_sink("hook", self.told_by_hook()), self.check_sink("queue", self.told_by_body(self.queue.told)),
                   self.check_sink("file", self.told_by_body(self.lines()))]
        for channel, objects in (("strict", self.strict_objects()), ("moto", self.moto_objects())):
            figures.append(self.check_files(channel, objects))
        self.check_sweep()
        return figures

    def check_estate(self):
        """Nothing that lives was recorded as gone, and nothing that is gone lives on."""
        keys = {(t, i) for t, i in program.rows(self.store, "SELECT type, id FROM _resource WHERE deleted = 0")}
        assert set(self.world.alive) <= keys, set(self.world.alive) - keys
        assert not keys & self.world.gone
        died = {(t, i) for t, i in program.rows(self.store, "SELECT r.type, r.id FROM _item i JOIN _resource r USING (rid) WHERE i.status = 'ResourceDeleted'")}
        assert died <= self.world.gone, died - self.world.gone

    # Sinks

    def told_by_hook(self):
        return [event for event, _ in self.hook.told]

    def lines(self):
        """A line that was cut by a kill is followed by the same one in whole."""
        out = []
        for line in self.file.read_text().splitlines():
            try:
                out.append(json.loads(line))
            except ValueError:
                pass
        return out

    def told_by_body(self, bodies):
        """The events behind bodies that do not say them."""
        events = {}
        for event, kind, payload, kind_of, region, key, state, status in program.rows(self.store, """
                SELECT e.event_id, e.kind, e.payload, r.type, r.region, r.id, i.captured_ms, i.status
                  FROM _event e LEFT JOIN _item i USING (item_id) LEFT JOIN _resource r USING (rid)"""):
            p = json.loads(payload or "{}")
            which = ("item", kind_of, region, key, state, status) if kind_of else (kind, p.get("configSnapshotId"), p.get("s3ObjectKey"), p.get("s3Bucket"))
            events.setdefault(which, []).append(event)
        ambiguous = {k: v for k, v in events.items() if len(v) > 1}
        assert not ambiguous, ambiguous
        out = []
        for b in bodies:
            item = b.get("configurationItem") or b.get("configurationItemSummary")
            if item:
                state = item["configurationStateId"]
                which = ("item", item["resourceType"], item["awsRegion"], item["resourceId"], state, item["configurationItemStatus"])
                if b["messageType"].startswith("Oversized"):
                    assert b["s3DeliverySummary"]["errorCode"] is None, b
            else:
                which = (b["messageType"], b.get("configSnapshotId"), b.get("s3ObjectKey"), b.get("s3Bucket"))
            out.append(events[which][0])
        return out

    def check_sink(self, name, told):
        """Every event at least once, and none before the one of its resource in front of it."""
        about = dict(program.rows(self.store, "SELECT e.event_id, i.rid FROM _event e LEFT JOIN _item i USING (item_id)"))
        seen, newest = set(), collections.Counter()
        for event in told:
            if event not in seen:
                before = newest[about[event]]
                assert event > before, f"{name}: event {event} is first told behind {before}, of the same resource"
                newest[about[event]] = event
                seen.add(event)
        missing = set(about) - seen
        assert not missing, f"{name}: {len(missing)} events were never told: {sorted(missing)[:10]}"
        return f"{name}: {len(seen)} events told, {len(told) - len(seen)} of them again"

    # Files

    def strict_objects(self):
        return {k: body for k, (_, body) in self.s3.objects.items() if not k.startswith("hand/")}

    def moto_objects(self):
        s3 = self.moto.client("s3")
        keys = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="moto-files") for o in page.get("Contents", [])]
        return {k: s3.get_object(Bucket="moto-files", Key=k)["Body"].read() for k in keys}

    def check_files(self, channel, objects):
        db = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        planned = {k: (kind, items, size) for k, kind, items, size in db.execute(
            "SELECT key, kind, items, bytes FROM _delivery WHERE channel = ? AND key IS NOT NULL", (channel,))}
        objects = {k: body for k, body in objects.items() if "/siltstone-seals/" not in k}
        large = {k for k in objects if "/OversizedChangeNotification/" in k}
        assert set(planned) == set(objects) - large, set(planned) ^ (set(objects) - large)
        files = {}
        for key, (kind, items, size) in planned.items():
            if kind == "check":
                assert objects[key] == b""
                continue
            files[key] = config_files.check_file(key, objects[key])[1]
            assert (len(files[key]), len(objects[key])) == (items, size), key
        got = collections.Counter()
        for key, items in files.items():
            if "/ConfigHistory/" in key:
                got.update((c["awsRegion"], c["resourceType"], c["resourceId"], c["configurationStateId"], c["configurationItemStatus"]) for c in items)
        want = collections.Counter(db.execute("SELECT r.region, r.type, r.id, i.captured_ms, i.status FROM _item i JOIN _resource r USING (rid)"))
        assert got == want, f"{channel}: missing {list((want - got).items())[:5]}, too many {list((got - want).items())[:5]}"
        whole = sum(self.check_snapshot(db, channel, key, items) for key, items in files.items() if "/ConfigSnapshot/" in key)
        for key in large:
            assert json.loads(gzip.decompress(objects[key]))["configurationItem"]["resourceType"] == "AWS::IAM::Role"
        db.close()
        return f"{channel}: {sum('/ConfigHistory/' in k for k in files)} history files with {sum(got.values())} items, each once; {whole} snapshots, {len(large)} oversized notices"

    def check_snapshot(self, db, channel, key, items):
        """Each resource of the place as it was at its moment, of what was known between its being planned and being done."""
        [(account, region, globals_, due, planned, snapshot_id)] = db.execute(
            "SELECT account, region, globals, due_ms, planned_ms, snapshot_id FROM _delivery WHERE channel = ? AND key = ?", (channel, key)).fetchall()
        [(done,)] = db.execute("""SELECT max(event_id) FROM _event WHERE kind = 'ConfigurationSnapshotDeliveryCompleted'
                                   AND json_extract(payload, '$.s3ObjectKey') = ?""", (key,)).fetchall()
        # Items are dated by the beginning of their sweep; what is told of files, by who plans them, one after the other.
        known = db.execute("SELECT coalesce(max(event_id), 0) FROM _event WHERE item_id IS NULL AND at_ms < ?", (planned,)).fetchone()[0]
        may = {}
        for rid, type_, id_, captured, status, event in db.execute("""
                SELECT r.rid, r.type, r.id, i.captured_ms, i.status, e.event_id
                  FROM _resource r JOIN _item i USING (rid) JOIN _event e USING (item_id)
                 WHERE r.account = ? AND (r.region = ? OR (? AND r.region = 'global')) AND i.captured_ms <= ? AND e.event_id < ?
                 ORDER BY i.captured_ms, i.item_id""", (account, region, globals_, due, done)):
            state = None if status.startswith("ResourceDeleted") else captured
            if event <= known:
                may[type_, id_] = {state}
            else:
                may[type_, id_] = may.get((type_, id_), {None}) | {state}
        there = {(c["resourceType"], c["resourceId"]): c["configurationStateId"] for c in items}
        assert len(there) == len(items), f"{key}: twice in it"
        assert set(there) <= set(may), f"{key}: {set(there) - set(may)}"
        for which, states in may.items():
            assert there.get(which) in states, (
                f"{key} ({snapshot_id}): {which} is {there.get(which)}, should be one of {states}; for {due}, planned {planned}, known up to {known}, "
                f"done with {done}; " + str(db.execute("""SELECT event_id, at_ms, kind, item_id FROM _event
                     WHERE event_id BETWEEN ? - 12 AND ? + 3""", (known, done)).fetchall()))
        return 1

    def check_sweep(self):
        """Whoever looks afresh finds nothing to write."""
        before = program.one(self.store, "SELECT count(*) FROM _item")
        self.silt.ok("record", "--store", self.store, "--endpoint", self.moto.endpoint, "--regions", ",".join(REGIONS),
                     "--types", ",".join(TYPES), env=self.environment())
        assert program.one(self.store, "SELECT count(*) FROM _item") == before

    def stop(self):
        self.world.ending.set()
        self.queue.ending.set()


def prove(home, moto, kills, seed, longest_s=1.6):
    """Returns lines that say what was seen."""
    began = time.monotonic()
    p = Proof(home, moto, seed)
    try:
        p.run(kills, longest_s)
        p.settle()
        figures = p.check()
    finally:
        p.stop()
    return [f"seed {seed}: {p.kills} kills in {time.monotonic() - began:.0f} s, {p.lived_s / p.kills:.2f} s a life; {p.world.changes} changes of the estate",
            "at named places: " + ", ".join(f"{k} {v}" for k, v in sorted(p.fired.items())), p.figures(), *figures]


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1000)
    print(f"seed {seed}", flush=True)
    moto = emulator.Moto()
    try:
        home = tempfile.mkdtemp()
        for line in prove(home, moto, int(sys.argv[1]), seed):
            print(line)
        # What did not hold is left to be looked at.
        shutil.rmtree(home)
    finally:
        moto.stop()


if __name__ == "__main__":
    main()
