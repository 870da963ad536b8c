#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""soak.py - the daemon takes no more memory, descriptors, threads or log after thousands of changes than after
some, and next to nothing while nothing happens.

    soak.py [--short] [--csv FILE]

`siltstone up` looks every second at five thousand resources that change all the time (see churn.py), tells
a queue, a topic, a webhook and a file of each change, and delivers history files and snapshots to a bucket. The
hours between deliveries are made short by moving their times in the rows. The kernel's figures of the process are
written into a CSV file every second; then the churn ends, the daemon is started anew as it would be after
months, and what it takes while idle is measured.
"""

import argparse
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import emulator
import program

TYPES = "AWS::EC2::Instance,AWS::EC2::Volume,AWS::EC2::SecurityGroup,AWS::EC2::Subnet,AWS::EC2::VPC,AWS::DynamoDB::Table"
TOPIC = "arn:aws:sns:us-east-1:123456789012:config"
TICK = os.sysconf("SC_CLK_TCK")

# What is allowed. Memory rises in each sweep and falls behind it: what must not rise is where it falls to, the
# least of every five seconds, by the slope through those after the first third (Theil and Sen's, which
# one odd window does not tilt).
WINDOW = 5
GROWTH_KB = 2048
PEAK_GROWTH = 1.25
IDLE_KB = 20 << 10
IDLE_CPU = 0.005
WAL_BYTES = 24 << 20


def ask(url, method="GET"):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, method=method), timeout=60) as r:
        return r.read().decode()


class Watched:
    """A process as the kernel sees it."""

    def __init__(self, pid, store):
        self.dir, self.wal = pathlib.Path(f"/proc/{pid}"), pathlib.Path(f"{store}-wal")

    def cpu_s(self):
        fields = (self.dir / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def sample(self):
        status = dict(line.split(":", 1) for line in (self.dir / "status").read_text().splitlines())
        kb = lambda name: int(status[name].split()[0])
        return {"rss_kb": kb("VmRSS"), "anon_kb": kb("RssAnon"), "peak_kb": kb("VmHWM"), "fds": len(os.listdir(self.dir / "fd")),
                "threads": int(status["Threads"]), "wal_bytes": self.wal.stat().st_size if self.wal.exists() else 0, "cpu_s": self.cpu_s()}


class Soak:
    def __init__(self, scratch, resources):
        self.home = pathlib.Path(scratch)
        self.silt, self.store = program.Siltstone(scratch), self.home / "silt.db"
        self.server = subprocess.Popen([sys.executable, str(HERE / "churn.py"), str(resources)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.aws = f"http://127.0.0.1:{int(self.server.stdout.readline())}"
        self.daemon = None

    def configure(self, every):
        (self.home / "siltstone.conf").write_text(f"""
[recorder]
every = {every}
types = {TYPES}
[source "prod"]
endpoint = {self.aws}
regions = us-east-1
account = 123456789012
[channel "default"]
target = s3://archive
endpoint = {self.aws}
topic = {TOPIC}
frequency = One_Hour
[sink "queue"]
kind = sqs
target = {self.aws}/123456789012/changes
endpoint = {self.aws}
region = us-east-1
[sink "hook"]
kind = webhook
target = {self.aws}/hook
[sink "file"]
kind = file
target = {self.home}/told.jsonl
""")

    def start(self):
        self.port = emulator.free_port()
        self.log = self.home / f"up-{self.port}.log"
        with open(self.log, "wb") as err:
            self.daemon = self.silt.start("up", "--store", self.store, "--listen", f"127.0.0.1:{self.port}", stderr=err)
        self.wait(lambda: "event=daemon.ready" in self.log.read_text())
        return Watched(self.daemon.pid, self.store)

    def wait(self, condition, seconds=120):
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.daemon.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.02)

    def sweeps(self):
        return self.log.read_text().count("event=sweep.done")

    def stop(self):
        self.daemon.terminate()
        assert self.daemon.wait(20) == 0

    def hurry(self, snapshot):
        """As if six hours, or a snapshot's hour, had passed."""
        db = sqlite3.connect(self.store, timeout=20)
        db.execute("UPDATE _channel SET history_at_ms = 1" + (", snapshot_at_ms = 1" if snapshot else ""))
        db.commit()
        db.close()

    def asked(self):
        return json.loads(ask(self.aws + "/count"))

    def told(self):
        """Every sink knows everything."""
        return program.one(self.store, "SELECT count(*) FROM _sink WHERE cursor < (SELECT max(event_id) FROM _event)") == 0

    def delivered(self):
        return program.one(self.store, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL") == 0

    def close(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        self.server.terminate()
        self.server.wait()


def churn(soak, watched, changes, seconds, csv):
    """The changes, spread over the time; a row of figures each second."""
    rows, done, began = [], 0, time.monotonic()
    with open(csv, "w") as f:
        while (now := time.monotonic() - began) < seconds:
            due = int(changes * min(1, (now + 1) / seconds)) - done
            ask(f"{soak.aws}/churn?{due}", "POST")
            done += due
            if len(rows) % 5 == 4:  # a history file as often as others have one in six hours
                soak.hurry(len(rows) % 15 == 14)
            if len(rows) % 3 == 0:
                assert "siltstone_resources{" in ask(f"http://127.0.0.1:{soak.port}/metrics")
            row = {"s": round(now, 1), **watched.sample(), "sweeps": soak.sweeps(), "changes": done}
            if not rows:
                f.write(",".join(row) + "\n")
            f.write(",".join(map(str, row.values())) + "\n")
            f.flush()
            rows.append(row)
            assert soak.daemon.poll() is None, soak.log.read_text()[-3000:]
            time.sleep(max(0, began + len(rows) - time.monotonic()))
    return rows


def drift(rows, what):
    """The least of each window, and by how much it rose over all of them."""
    floor = [min(r[what] for r in rows[i : i + WINDOW]) for i in range(0, len(rows) - WINDOW + 1, WINDOW)]
    slopes = [(b - a) / (j - i) for i, a in enumerate(floor) for j, b in enumerate(floor) if j > i]
    return floor, statistics.median(slopes) * (len(floor) - 1)


def judge(rows):
    faults = []
    rows = rows[len(rows) // 3 :]
    for what in ("rss_kb", "anon_kb"):
        floor, rise = drift(rows, what)
        print(f"{what:10} {statistics.median(floor) / 1024:.1f} MB between sweeps ({min(floor) / 1024:.1f} to {max(floor) / 1024:.1f}), drift {rise:+.0f} KB; "
              f"at most {max(r[what] for r in rows) / 1024:.1f} MB")
        if rise > GROWTH_KB:
            faults.append(f"{what} grew by {rise:.0f} KB")
    if rows[-1]["peak_kb"] > rows[0]["peak_kb"] * PEAK_GROWTH:
        faults.append(f"peak memory grew from {rows[0]['peak_kb']} to {rows[-1]['peak_kb']} KB")
    for what in ("fds", "threads"):
        floor, _ = drift(rows, what)
        print(f"{what:10} {floor[0]} at first and {floor[-1]} at last between sweeps, {max(r[what] for r in rows)} at most")
        if min(floor[len(floor) // 2 :]) > min(floor[: (len(floor) + 1) // 2]) + 2:
            faults.append(f"{what} grew: {floor}")
    wal = max(r["wal_bytes"] for r in rows)
    print(f"wal        at most {wal / 1e6:.1f} MB")
    if wal > WAL_BYTES:
        faults.append(f"the WAL was {wal} bytes long")
    return faults


def idle(soak, seconds):
    watched = soak.start()
    soak.wait(lambda: soak.sweeps() >= 1 and soak.told() and soak.delivered())
    time.sleep(2)
    began, cpu = time.monotonic(), watched.cpu_s()
    time.sleep(seconds)
    share = (watched.cpu_s() - cpu) / (time.monotonic() - began)
    s = watched.sample()
    soak.stop()
    ready = soak.log.read_text().split("event=daemon.ready", 1)[1].split(" ms=", 1)[1].split()[0]
    print(f"idle       {share * 100:.2f} % of a processor over {seconds} s, {s['rss_kb'] / 1024:.1f} MB ({s['anon_kb'] / 1024:.1f} MB its own, "
          f"at most {s['peak_kb'] / 1024:.1f} MB), {s['threads']} threads, {s['fds']} descriptors; ready after {ready} ms")
    faults = []
    if share >= IDLE_CPU:
        faults.append(f"idle, it took {share * 100:.2f} % of a processor")
    if s["rss_kb"] > IDLE_KB:
        faults.append(f"idle, it took {s['rss_kb']} KB")
    return faults


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--short", action="store_true")
    ap.add_argument("--csv", default="build/soak.csv")
    o = ap.parse_args()
    resources, seconds, changes, idle_s = (1500, 24, 400, 8) if o.short else (4900, 300, 3000, 60)
    with tempfile.TemporaryDirectory() as scratch:
        soak = Soak(scratch, resources)
        try:
            soak.configure("1s")
            watched = soak.start()
            soak.wait(lambda: soak.sweeps() >= 2 and soak.told())
            rows = churn(soak, watched, changes, seconds, o.csv)
            sweeps = soak.sweeps()
            soak.wait(lambda: soak.sweeps() > sweeps + 1 and soak.told() and soak.delivered())
            soak.stop()
            text = soak.log.read_text()
            for event in ("sweep.partial", "sweep.failed", "delivery.failed", "notice.failed"):
                assert f"event={event}" not in text, [line for line in text.splitlines() if event in line][:5]
            asked, items = soak.asked(), program.one(soak.store, "SELECT count(*) FROM _item")
            print(f"{soak.sweeps()} sweeps, {asked['changes']} changes, {items} items, {asked['asked']} requests; {asked['objects']} objects of "
                  f"{asked['bytes'] / 1e6:.1f} MB; told: queue {asked['queue']}, topic {asked['topic']}, webhook {asked['hook']}")
            assert asked["queue"] == asked["hook"] == asked["topic"] > changes // 2
            faults = judge(rows)
            soak.configure("1h")
            faults += idle(soak, idle_s)
        finally:
            soak.close()
    for fault in faults:
        print("FAULT:", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
