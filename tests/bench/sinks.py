#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sinks.py - how many events a second a sink is told of, where each call takes 20 ms.

    sinks.py [--short] [--program FILE]...

A stand-in answers for SNS, SQS, EventBridge and a webhook; a file is a sink too. Each gets the first inventory
of a store: an event for each of its resources. With --program other builds are measured beside this one, on
the same store, by turns. What is claimed: every event once, in order for each resource, and at
least five times as many a second as one call after the other could bring.
"""

import argparse
import pathlib
import sqlite3
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
sys.path.insert(0, str(HERE))

import large_store
import program
import stand_in

DELAY_MS = 20
GOAL = 5


def inventory(store):
    db = sqlite3.connect(store)
    db.execute("INSERT INTO _event (at_ms, kind, item_id, account, region) SELECT i.captured_ms, 'ConfigurationItemChangeNotification', i.item_id,"
               " r.account, r.region FROM _item i JOIN _resource r USING (rid) ORDER BY i.item_id")
    n = db.execute("SELECT count(*) FROM _event").fetchone()[0]
    db.commit()
    db.close()
    return n


def targets(silt, endpoint):
    return {"sns": ["arn:aws:sns:us-east-1:111122223333:t", "--endpoint", endpoint],
            "sqs": [f"{endpoint}/111122223333/q", "--kind", "sqs", "--endpoint", endpoint],
            "eventbridge": ["arn:aws:events:us-east-1:111122223333:event-bus/b", "--endpoint", endpoint],
            "webhook": [f"{endpoint}/hook"], "file": [f"file:{silt.home}/told.jsonl"]}


def measure(silt, kind, store, n):
    server = stand_in.StandIn(DELAY_MS)
    copy = silt.home / "copy.db"
    program.copy_store(store, copy)
    lines = silt.home / "told.jsonl"
    lines.unlink(missing_ok=True)
    env = silt.environment(AWS_REGION="us-east-1")
    silt.ok("sink", "add", "s", *targets(silt, server.endpoint)[kind], "--store", copy, "--cursor", "0", env=env)
    began = time.monotonic()
    r = silt.run("notify", "--store", copy, env=env, timeout=600)
    seconds = time.monotonic() - began
    assert r.code == 0, r.err
    server.stop()
    if kind == "file":
        server.got = [(i, line) for i, line in enumerate(lines.read_text().splitlines())]
    told = server.order()
    assert len(server.got) == n and all(states == sorted(set(states)) for states in told.values()), "not once, or not in order"
    return n / seconds, server.calls


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--short", action="store_true")
    p.add_argument("--program", action="append", default=[])
    o = p.parse_args()
    resources = 500 if o.short else 5000
    slow = []
    with tempfile.TemporaryDirectory() as scratch:
        silt = program.Siltstone(pathlib.Path(scratch) / "home")
        store = silt.home / "silt.db"
        large_store.empty(silt, store)
        large_store.fill(store, resources)
        n = inventory(store)
        builds = [silt] + [program.Siltstone(pathlib.Path(scratch) / f"home{i}", b) for i, b in enumerate(o.program)]
        print(f"{n} events of {resources} resources, {DELAY_MS} ms a call")
        for kind in ("sns", "sqs", "eventbridge", "webhook", "file"):
            rates = []
            for build in builds:
                rate, calls = measure(build, kind, store, n)
                rates.append(rate)
                said = ", ".join(f"{v} {k}" for k, v in sorted(calls.items()))
                print(f"{kind:12s} {rate:8.0f} events/s   {said:40s} {build.binary if build is not silt else ''}")
            if kind != "file" and rates[0] < GOAL * 1000 / DELAY_MS:
                slow.append(kind)
    for kind in slow:
        print(f"{kind}: not {GOAL} times as many as one after the other")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
