#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""memory.py - no command takes more than 64 MB, however large the store.

    memory.py [--short]

Writes configuration history of a million items (a hundred thousand resources, ten versions each), imports it, and
measures every command that goes through a whole store.
"""

import datetime
import os
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import program
from export_memory import VERSIONS, compact, document, place

LIMIT_KB = 64 * 1024
BEGAN = 1_780_000_000_000
DAY = 86_400_000
PER_FILE = 20_000


def item(i, version):
    account, region, kind = place(i)
    at = BEGAN + version * DAY + i % DAY
    return compact({"configurationItemVersion": "1.3", "configurationItemCaptureTime": stamp(at), "configurationStateId": at,
                    "awsAccountId": account, "awsRegion": region, "resourceType": kind, "resourceId": f"i-{i:017x}",
                    "configurationItemStatus": "ResourceDiscovered" if version == 1 else "OK", "relatedEvents": [], **document(i, version)})


def stamp(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def write_history(folder, items):
    """As AWS Config delivers it: a file has items of one day."""
    folder.mkdir()
    resources, total = items // VERSIONS, 0
    for version in range(1, VERSIONS + 1):
        for first in range(1, resources + 1, PER_FILE):
            path = folder / f"{version:02d}-{first:07d}.json"
            with open(path, "w") as f:
                f.write('{"fileVersion":"1.0","configurationItems":[')
                f.write(",".join(item(i, version) for i in range(first, min(first + PER_FILE, resources + 1))))
                f.write("]}")
            total += path.stat().st_size
    return total


def commands(out):
    middle = "2026-06-02 12:00"
    yield "reindex", ("reindex",)
    yield "verify", ("verify",)
    yield "ls", ("ls", "--format", "jsonl")
    yield "ls, as of", ("ls", "--as-of", middle, "--format", "jsonl")
    yield "log", ("log", "--since", "2026-05-01", "--format", "jsonl")
    yield "log of one", ("log", f"i-{7:017x}", "--format", "jsonl")
    yield "items", ("items", "--format", "jsonl")
    yield "diff of everything", ("diff", "--since", "2026-05-30", "--until", middle, "--format", "jsonl")
    yield "since", ("since", "json_extract(configuration, '$.version') > 5", "--format", "jsonl")
    yield "query", ("query", "SELECT resource_id, version, configuration FROM history NATURAL JOIN configs", "--format", "jsonl")
    yield "query, as of", ("query", "SELECT resource_id, configuration FROM resources NATURAL JOIN configs", "--as-of", middle, "--format", "jsonl")
    yield "export, flat", ("export", out / "flat.db")
    yield "export, as of", ("export", out / "then.db", "--as-of", middle)
    yield "export, exact", ("export", out / "exact.db", "--exact")
    yield "export, jsonl", ("export", out / "now.jsonl", "--format", "jsonl")
    yield "export, items", ("export", out / "items.jsonl", "--format", "jsonl", "--what", "items")
    yield "export, changes", ("export", out / "changes.csv", "--format", "csv", "--what", "changes")
    yield "export, case", ("export", out / "case.db", "--case", "--type", "AWS::EC2::Volume", "--since", "2026-05-30")
    yield "export, lake", ("export", "--lake", out / "lake")
    yield "snapshot", ("snapshot", "--to", f"dir:{out / 'snapshot'}")
    yield "prune", ("prune", "--older-than", "1d")


def main():
    items = 30_000 if "--short" in sys.argv else 1_000_000
    over = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("SILTSTONE_SCRATCH")) as scratch:
        scratch = pathlib.Path(scratch)
        silt = program.Siltstone(scratch / "home")
        store, out = scratch / "store.db", scratch / "out"
        total = write_history(scratch / "history", items)
        (out / "lake").mkdir(parents=True)
        (out / "snapshot").mkdir()
        print(f"{items} items, {total / 1e6:.0f} MB of history files", flush=True)

        def run(name, words):
            r = silt.measured(*words, "--store", store)
            print(f"{name:20} {r.seconds:8.2f} s  {items / r.seconds:10.0f} items/s  peak {r.peak_kb / 1024:6.1f} MB{'' if r.code == 0 else f'  exit {r.code}: {r.err[-300:]}'}", flush=True)
            if r.code or r.peak_kb > LIMIT_KB:
                over.append(name)

        run("import", ("import", scratch / "history"))
        got = program.one(store, "SELECT count(*) FROM history")
        assert got == items, got
        for name, words in commands(out):
            run(name, words)
    if over:
        print(f"more than {LIMIT_KB // 1024} MB, or failed: {', '.join(over)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
