#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export_memory.py - no form of export takes more than 64 MB (Parquet: 160), however large the store.

    export_memory.py [--short]

Makes a store of a million items (a hundred thousand resources, ten versions each) and measures the program
while it writes each form. MB/s is of JSON: documents of the items and their changes, as they are.
"""

import hashlib
import json
import os
import pathlib
import sqlite3
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import program

LIMIT_KB = 64 * 1024
# DuckDB's library takes 50 MB before it has done anything, and is held to 96 MB of its own.
PARQUET_KB = 160 * 1024
FOREVER = 253402300799000
VERSIONS = 10
BEGAN = 1_780_000_000_000
DAY = 86_400_000
TYPES = ("AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::NetworkInterface", "AWS::Lambda::Function")
REGIONS = ("eu-west-1", "us-east-1")


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def document(i, version):
    return {
        "configuration": {
            "blockDeviceMappings": [{"deviceName": f"/dev/sd{c}", "ebs": {"status": "attached", "volumeId": f"vol-{i:08x}{c}"}} for c in "abcd"],
            "id": f"i-{i:017x}", "instanceType": "t3.micro", "launchTime": "2026-01-01T00:00:00.000Z",
            "text": hashlib.sha256(f"{i}".encode()).hexdigest() * 8, "version": version},
        "relationships": [{"name": "Is contained in Vpc", "resourceId": f"vpc-{i % 50}", "resourceType": "AWS::EC2::VPC"}],
        "supplementaryConfiguration": {}, "tags": {"Name": f"web-{i}", "Owner": f"team-{i % 20}"}}


def place(i):
    return f"{111122220000 + i % 3}", REGIONS[i % 2], TYPES[i % 4]


def resource(i):
    """Rows of one resource: a whole document, then patches of one number on it."""
    account, region, kind = place(i)
    first, text = i * VERSIONS, compact(document(i, 1))
    at = [BEGAN + v * DAY + i * 100 for v in range(VERSIONS)] + [FOREVER]
    yield "_resource", (i, account, region, kind, f"i-{i:017x}", f"web-{i}", None, first + VERSIONS - 1, 0, None, 0)
    for v in range(VERSIONS):
        body = text if v == 0 else compact({"configuration": {"version": v + 1}})
        yield "_document", (first + v, None if v == 0 else first, hashlib.sha256(f"{i}/{v}".encode()).digest(), body)
        yield "_item", (first + v, i, v + 1, at[v], at[v], at[v + 1], "ResourceDiscovered" if v == 0 else "OK", first + v, int(v > 0))
        if v:
            yield "_diff", (first + v, compact([{"op": "change", "path": "configuration.version", "before": v, "after": v + 1}]))
    yield "_edge", (i, "Is contained in Vpc", "AWS::EC2::VPC", f"vpc-{i % 50}", "id", f"vpc-{i % 50}", 0, at[0])
    for key, value in document(i, 1)["tags"].items():
        yield "_tag", (i, key, value, at[0])


INSERT = {
    "_resource": "INSERT INTO _resource VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "_document": "INSERT INTO _document (document_id, base, sha256, body) VALUES (?,?,?,?)",
    "_item": "INSERT INTO _item (item_id, rid, version, captured_ms, recorded_ms, until_ms, status, document_id, n_changes, digest)"
             " VALUES (?,?,?,?,?,?,?,?,?,zeroblob(32))",
    "_diff": "INSERT INTO _diff VALUES (?,?)",
    "_edge": "INSERT INTO _edge (rid, name, target_type, target_id, by, link, ext, since_ms) VALUES (?,?,?,?,?,?,?,?)",
    "_tag": "INSERT INTO _tag (rid, key, value, since_ms) VALUES (?,?,?,?)",
}


def fill(silt, store, items):
    silt.run("record", "--store", store, "--source", "host", "--types", "Siltstone::Host::Mount")
    db = sqlite3.connect(store)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA cache_size = -200000")
    for table in ("_event", "_seal", "_edge", "_tag", "_diff", "_item", "_document", "_activity", "_resource"):
        db.execute(f"DELETE FROM {table}")
    batch = {table: [] for table in INSERT}
    for i in range(1, items // VERSIONS + 1):
        for table, row in resource(i):
            batch[table].append(row)
        if i % 5000 == 0 or i == items // VERSIONS:
            for table, rows in batch.items():
                db.executemany(INSERT[table], rows)
                rows.clear()
    db.execute("""INSERT INTO _activity SELECT substr(i.at, 1, 10), r.type, i.event, count(*)
                    FROM _item i JOIN _resource r ON r.rid = i.rid GROUP BY 1, 2, 3""")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def json_mb(items):
    """Of what exists, of every item."""
    one = len(compact(document(1, 1)))
    return one * items / VERSIONS / 1e6, one * items / 1e6


def forms(scratch, parquet):
    now, _, ever = 0, 0, 1
    out = pathlib.Path(scratch)
    (out / "lake").mkdir()
    yield "flat", now, ("export", out / "flat.db")
    yield "flat, as of", now, ("export", out / "then.db", "--as-of", "2026-06-01")
    yield "exact", None, ("export", out / "exact.db", "--exact")
    yield "jsonl resources", now, ("export", out / "now.jsonl", "--format", "jsonl")
    yield "csv changes", None, ("export", out / "changes.csv", "--format", "csv", "--what", "changes")
    yield "jsonl items", ever, ("export", out / "items.jsonl", "--format", "jsonl", "--what", "items")
    yield "case, one type", None, ("export", out / "case.db", "--case", "--type", "AWS::EC2::Volume", "--since", "2026-05-30")
    yield "lake, JSON lines", ever, ("export", "--lake", out / "lake")
    yield "lake, again", None, ("export", "--lake", out / "lake")
    if parquet:
        (out / "parquet").mkdir()
        yield "lake, with Parquet", ever, ("export", "--lake", out / "parquet", "--parquet")


def main():
    items = 50_000 if "--short" in sys.argv else 1_000_000
    worst = 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("SILTSTONE_SCRATCH")) as scratch:
        silt = program.Siltstone(scratch)
        store = pathlib.Path(scratch) / "store.db"
        fill(silt, store, items)
        sizes = json_mb(items)
        print(f"{items} items, {sizes[1]:.0f} MB of JSON, of which {sizes[0]:.0f} MB are in force; store {store.stat().st_size / 1e6:.0f} MB", flush=True)
        library = os.environ.get("SILTSTONE_DUCKDB")
        for name, of, words in forms(scratch, library):
            r = silt.measured(*words, "--store", store, env=silt.environment(**({"SILTSTONE_DUCKDB": library} if library else {})))
            assert r.code == 0, r.err
            speed = f"{sizes[of] / r.seconds:6.1f} MB/s" if of is not None else " " * 11
            print(f"{name:20} {r.seconds:7.2f} s ({r.cpu:6.2f} s of processor)  {speed}  {items / r.seconds:10.0f} items/s  peak {r.peak_kb / 1024:5.1f} MB",
                  flush=True)
            worst += r.peak_kb > (PARQUET_KB if "Parquet" in name else LIMIT_KB)
    if worst:
        print(f"{worst} forms took more memory than they may: {LIMIT_KB} KB, Parquet {PARQUET_KB} KB")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
