#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""history_memory.py - writing configuration history takes no more memory for hundreds of thousands of items
than for a thousand, and every item is in exactly one part.

    history_memory.py [--short]
"""

import gzip
import json
import pathlib
import sqlite3
import sys
import tempfile

from snapshot_memory import MAY_GROW_KB, fill

import program


def prepare(silt, store, n, place):
    silt.run("record", "--store", store, "--source", "host", "--types", "Siltstone::Host::Mount")
    db = sqlite3.connect(store)
    for table in ("_event", "_edge", "_tag", "_diff", "_item", "_document", "_resource"):
        db.execute(f"DELETE FROM {table}")
    db.commit()
    db.close()
    place.mkdir()
    silt.ok("channel", "set", "main", "--store", store, "--to", f"dir:{place}")
    fill(store, n)
    db = sqlite3.connect(store)
    db.execute("INSERT INTO _event (at_ms, kind, item_id) SELECT captured_ms, 'ConfigurationItemChangeNotification', item_id FROM _item")
    db.execute("UPDATE _channel SET history_event = 0, history_at_ms = 1")
    db.commit()
    db.close()


def main():
    sizes = (1_000, 30_000) if "--short" in sys.argv else (1_000, 225_000)
    peaks = []
    with tempfile.TemporaryDirectory() as scratch:
        silt = program.Siltstone(scratch)
        for n in sizes:
            store, place = pathlib.Path(scratch) / f"{n}.db", pathlib.Path(scratch) / f"out-{n}"
            prepare(silt, store, n, place)
            r = silt.measured("deliver", "--store", store)
            assert r.code == 0, r.err
            parts = sorted(place.rglob("*_ConfigHistory_*.gz"))
            seen, text = set(), 0
            for part in parts:
                with gzip.open(part) as f:
                    body = f.read()
                text += len(body)
                assert len(body) <= 101 << 20, part
                for ci in json.loads(body)["configurationItems"]:
                    this = (ci["resourceId"], ci["configurationStateId"])
                    assert this not in seen, this
                    seen.add(this)
            assert len(seen) == n + n // 3, len(seen)
            peaks.append(r.peak_kb)
            print(f"{len(seen):>8} items in {len(parts)} parts, {text / 1e6:7.1f} MB of JSON: {r.seconds:5.2f} s, "
                  f"{len(seen) / r.seconds:8.0f} items/s, peak {r.peak_kb / 1024:.1f} MB")
    if peaks[-1] - peaks[0] > MAY_GROW_KB:
        print(f"peak memory grew by {peaks[-1] - peaks[0]} KB; {MAY_GROW_KB} are allowed")
        return 1
    return 0


sys.exit(main())
