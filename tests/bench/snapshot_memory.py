#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""snapshot_memory.py - writing a snapshot takes no more memory for a hundred thousand items than for a
thousand.

    snapshot_memory.py [--short]

Fills stores of the program's own making with instances of 4 KB, a third of them stored as patches, and
measures the program while it writes the snapshot of each into a directory.
"""

import gzip
import hashlib
import json
import pathlib
import sqlite3
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import program

MAY_GROW_KB = 4096
FOREVER = 253402300799000


def document(i, version):
    configuration = {
        "instanceId": f"i-{i:017x}", "instanceType": "t3.micro", "launchTime": "2026-01-01T00:00:00.000Z", "version": version,
        "blockDeviceMappings": [{"deviceName": f"/dev/sd{c}", "ebs": {"volumeId": f"vol-{i:08x}{c}", "status": "attached"}}
                                for c in "abcdefgh"],
        "text": hashlib.sha256(f"{i}".encode()).hexdigest() * 40,
    }
    return json.dumps({"configuration": configuration, "relationships": [], "supplementaryConfiguration": {},
                       "tags": {"Name": f"web-{i}"}}, sort_keys=True, separators=(",", ":"))


def fill(store, n):
    """Rows as recording writes them: whole documents, every third resource with a patch on top."""
    db = sqlite3.connect(store)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for i in range(1, n + 1):
        body = document(i, 1)
        db.execute("INSERT INTO _resource (rid, account, region, type, id, last_item) VALUES (?, '111122223333', 'us-east-1', 'AWS::EC2::Instance', ?, ?)",
                   (i, f"i-{i:017x}", i))
        db.execute("INSERT INTO _document (document_id, sha256, body) VALUES (?, ?, ?)", (i, hashlib.sha256(body.encode()).digest(), body))
        changed = i % 3 == 0
        db.execute("INSERT INTO _item (item_id, rid, version, captured_ms, recorded_ms, until_ms, status, document_id, digest) VALUES (?, ?, 1, ?, ?, ?, 'ResourceDiscovered', ?, x'00')",
                   (i, i, 1_790_000_000_000, 1_790_000_000_000, 1_790_000_100_000 if changed else FOREVER, i))
        if changed:
            later = document(i, 2)
            db.execute("INSERT INTO _document (document_id, base, sha256, body) VALUES (?, ?, ?, ?)",
                       (n + i, i, hashlib.sha256(later.encode()).digest(), '{"configuration":{"version":2}}'))
            db.execute("INSERT INTO _item (item_id, rid, version, captured_ms, recorded_ms, status, document_id, digest) VALUES (?, ?, 2, ?, ?, 'OK', ?, x'00')",
                       (n + i, i, 1_790_000_100_000, 1_790_000_100_000, n + i))
            db.execute("UPDATE _resource SET last_item = ? WHERE rid = ?", (n + i, i))
    db.commit()
    db.close()


def main():
    sizes = (1_000, 20_000) if "--short" in sys.argv else (1_000, 100_000)
    peaks = []
    with tempfile.TemporaryDirectory() as scratch:
        silt = program.Siltstone(scratch)
        for n in sizes:
            store = pathlib.Path(scratch) / f"{n}.db"
            silt.run("record", "--store", store, "--source", "host", "--types", "Siltstone::Host::Mount")
            db = sqlite3.connect(store)
            for table in ("_edge", "_tag", "_diff", "_item", "_document", "_resource"):
                db.execute(f"DELETE FROM {table}")
            db.commit()
            db.close()
            fill(store, n)
            pathlib.Path(f"{scratch}/out-{n}").mkdir()
            r = silt.measured("snapshot", "--store", store, "--to", f"dir:{scratch}/out-{n}")
            assert r.code == 0, r.err
            (file,) = [p for p in pathlib.Path(f"{scratch}/out-{n}").rglob("*.gz")]
            with gzip.open(file) as f:
                items = json.load(f)["configurationItems"]
            assert len(items) == n and sum(i["configuration"]["version"] == 2 for i in items) == n // 3
            text = sum(len(json.dumps(i)) for i in items[:100]) * n // 100
            peaks.append(r.peak_kb)
            print(f"{n:>8} items, {text / 1e6:7.1f} MB of JSON, {file.stat().st_size / 1e6:6.1f} MB of gzip: "
                  f"{r.seconds:5.2f} s, {n / r.seconds:8.0f} items/s, peak {r.peak_kb / 1024:.1f} MB")
            del items
    if peaks[-1] - peaks[0] > MAY_GROW_KB:
        print(f"peak memory grew by {peaks[-1] - peaks[0]} KB; {MAY_GROW_KB} are allowed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
