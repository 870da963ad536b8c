#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""latency.py - how long after its commit an event is with those who are told, by a running daemon.

    latency.py [--short]

A daemon runs over a store with a webhook that answers in 2 ms. Changes are committed from outside, in
transactions of their own, as recording writes them: fifty a second evenly, then bursts of five hundred. What is
measured is from the end of the commit to the arrival of the request. What is claimed: everything
arrives, half of it within a second, and 99 of 100 within two; of a burst, all within three.
"""

import pathlib
import sqlite3
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
sys.path.insert(0, str(HERE))

import large_store
import program
import stand_in

RESOURCES = 2000
A_SECOND = 50
BURST = 500
GOALS = {"evenly": (1.0, 2.0), "in bursts": (1.5, 3.0)}


class Changes:
    """One more version of a resource, stored as a patch, with its event."""

    def __init__(self, store):
        self.db = sqlite3.connect(store, isolation_level=None, timeout=30)
        self.next, self.at = 0, {}
        self.captured = large_store.T0 + 200_000

    def commit(self, n):
        self.db.execute("BEGIN IMMEDIATE")
        stamps = []
        for _ in range(n):
            rid, self.next, self.captured = self.next % RESOURCES + 1, self.next + 1, self.captured + 1
            document = self.db.execute("INSERT INTO _document (base, sha256, body) VALUES (?, randomblob(32), ?)",
                                       (rid, f'{{"configuration":{{"version":{self.captured}}}}}')).lastrowid
            item = self.db.execute("INSERT INTO _item (rid, version, captured_ms, recorded_ms, status, az, document_id, digest)"
                                   " SELECT rid, max(version) + 1, ?, ?, 'OK', 'us-east-1a', ?, x'00' FROM _item WHERE rid = ?",
                                   (self.captured, self.captured, document, rid)).lastrowid
            self.db.execute("UPDATE _resource SET last_item = ? WHERE rid = ?", (item, rid))
            self.db.execute("INSERT INTO _event (at_ms, kind, item_id, account, region) VALUES (?, 'ConfigurationItemChangeNotification', ?, ?, ?)",
                            (self.captured, item, large_store.ACCOUNT, large_store.REGION))
            stamps.append(self.captured)
        self.db.execute("COMMIT")
        now = time.time()
        self.at.update((s, now) for s in stamps)


def judge(name, changes, server, before):
    """Wait until all has arrived; the times it took."""
    deadline = time.monotonic() + 60
    while len(server.got) < len(changes.at):
        assert time.monotonic() < deadline, f"{len(changes.at) - len(server.got)} of {len(changes.at)} events have not arrived"
        time.sleep(0.01)
    took = sorted(arrived - changes.at[int(stand_in.STATE.search(text)[1])] for arrived, text in server.got[before:])
    p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    print(f"{name:10s} {len(took):6d} events: p50 {p50 * 1000:6.0f} ms, p99 {p99 * 1000:6.0f} ms, most {took[-1] * 1000:6.0f} ms")
    goals = GOALS[name]
    return [] if p50 <= goals[0] and p99 <= goals[1] else [f"{name}: not within {goals[0]} s and {goals[1]} s"]


def main():
    seconds, bursts = (5, 2) if "--short" in sys.argv else (30, 6)
    missed = []
    with tempfile.TemporaryDirectory() as scratch:
        silt = program.Siltstone(scratch)
        store = pathlib.Path(scratch) / "silt.db"
        large_store.empty(silt, store)
        large_store.fill(store, RESOURCES)
        server = stand_in.StandIn(2)
        silt.ok("sink", "add", "hook", f"{server.endpoint}/hook", "--store", store)
        with open(pathlib.Path(scratch) / "log", "wb") as log:
            daemon = silt.start("up", "--store", store, "--listen", "off", stderr=log)
        changes = Changes(store)
        try:
            changes.commit(1)  # once it is told, the daemon is at work
            deadline = time.monotonic() + 60
            while not server.got:
                assert daemon.poll() is None and time.monotonic() < deadline, (pathlib.Path(scratch) / "log").read_text()
                time.sleep(0.01)
            began, before = time.monotonic(), len(server.got)
            for i in range(seconds * A_SECOND):
                time.sleep(max(0, began + i / A_SECOND - time.monotonic()))
                changes.commit(1)
            missed += judge("evenly", changes, server, before)
            before = len(server.got)
            for i in range(bursts):
                changes.commit(BURST)
                time.sleep(1.3 + 0.37 * i)
            missed += judge("in bursts", changes, server, before)
        finally:
            daemon.terminate()
            daemon.wait()
            server.stop()
    for m in missed:
        print(m)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
