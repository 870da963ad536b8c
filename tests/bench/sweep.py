#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sweep.py - how long a sweep takes, beside the same calls made with boto3.

    sweep.py [--short]

One run makes an estate in moto and then has it read by siltstone and by boto3, in a loop and with
thirty-two threads, twice over: from moto, which answers some two hundred requests a second whoever asks
and so measures itself, and from a server that gives moto's answers again from memory, where it is the
client that costs. siltstone also writes its store; boto3 does nothing with what it got. Processor
time is that of the client's process, start included. Then sweeps that find nothing changed, as they follow
each other all day: with everything described each time, with what is known made use of, and with what no
list shows read once in twelve hours. --short: the small estate only.
"""

import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import emulator
import program
import verdict

REGIONS = ("us-east-1", "eu-west-1")
PLAIN = subprocess.run([sys.executable, HERE / "boto_sweep.py", "--types"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip().split(",")
compared = []  # of those, what the emulator has


class Canned:
    def __init__(self, upstream):
        self.process = subprocess.Popen([sys.executable, str(HERE / "canned.py"), upstream], stdout=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL)
        self.endpoint = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def asked(self):
        """Requests since the last time, and how many of them were new."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return tuple(map(int, opener.open(self.endpoint + "/canned-count").read().split()))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def siltstone(silt, endpoint, store):
    r = silt.measured("record", "--store", store, "--endpoint", endpoint, "--regions", ",".join(REGIONS),
                      "--types", ",".join(compared))
    assert r.code in (0, 7), r.err
    return r.seconds, r.cpu, r.peak_kb


def rows(store):
    """How many rows the tables of a store have."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    tables = [t for (t,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '_*' AND sql NOT LIKE '%VIRTUAL%'")]
    n = sum(db.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in tables)
    db.close()
    return n


def idle(silt, endpoint, scratch, times):
    """Sweeps of an estate at rest, by how much of what is known is made use of."""
    print(f"\nnothing changed (best of {times})")
    print(f"{'':34}{'calls':>9}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'rows added':>12}")
    for name, recheck in (("everything afresh", "always"), ("what is known (default)", "changed"), ("and --recheck 12h", "12h")):
        store, runs = pathlib.Path(scratch) / f"idle-{recheck}.db", []
        for i in range(times + 2):
            before = rows(store) if i else 0
            r = silt.measured("record", "--store", store, "--endpoint", endpoint, "--regions", ",".join(REGIONS), "--recheck", recheck)
            assert r.code in (0, 7), r.err
            calls = int(re.findall(r"(\d+) calls", r.err)[-1])
            assert not i or " 0 new, 0 changed, 0 deleted" in r.err, r.err
            runs.append((r.seconds, calls, r.cpu, r.peak_kb, rows(store) - before))
        s, calls, cpu, kb, added = best(runs[2:])
        print(f"{name:34}{calls:9}{s:9.2f}{cpu:8.2f}{kb / 1024:9.0f}{added:12}")
    sys.stdout.flush()


def boto(endpoint, threads, scratch):
    out = pathlib.Path(scratch) / "boto.out"
    with open(out, "w") as f:
        p = subprocess.Popen([sys.executable, str(HERE / "boto_sweep.py"), endpoint, ",".join(REGIONS), str(threads), ",".join(compared)],
                             stdout=f, stdin=subprocess.DEVNULL, env={**os.environ, "NO_PROXY": "*"})
        cpu, peak_kb = program.finish(p)
    assert p.returncode == 0
    calls, seconds = out.read_text().split()
    return float(seconds), cpu, peak_kb


def best(runs):
    return min(runs, key=lambda r: r[0])


def compare(title, endpoint, silt, scratch, times, asked):
    """One table. The first of each pair of siltstone's runs fills a new store, the second finds
    nothing changed."""
    first, again = [], []
    asked()
    for i in range(times):
        store = pathlib.Path(scratch) / f"bench-{i}.db"
        store.unlink(missing_ok=True)
        first.append(siltstone(silt, endpoint, store))
        ours = asked()
        again.append(siltstone(silt, endpoint, store))
        asked()
    loop = [boto(endpoint, 1, scratch) for _ in range(times)]
    asked()
    pool = [boto(endpoint, 32, scratch) for _ in range(times)]
    theirs = asked()
    if ours[0]:
        title += f"; requests: siltstone {ours[0]}, boto3 {theirs[0] // times}"
        assert ours[1] == 0 or times == 1, f"{ours[1]} requests were not answered from memory"
    base = best(first)
    print(f"\n{title} (best of {times})")
    print(f"{'':34}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'time, x ours':>14}{'CPU, x ours':>13}")
    for name, runs in (("siltstone, new store", first), ("siltstone, nothing changed", again),
                       ("boto3, one call after the other", loop), ("boto3, 32 threads", pool)):
        s, cpu, kb = best(runs)
        print(f"{name:34}{s:9.2f}{cpu:8.2f}{kb / 1024:9.0f}{s / base[0]:14.1f}{cpu / base[1]:13.1f}")
    sys.stdout.flush()


def run(scale, silt, scratch):
    moto = emulator.Moto()
    canned = None
    try:
        began = time.monotonic()
        verdict.make(program.SHARED / "testing" / "estate", moto.endpoint, REGIONS, scale)
        print(f"\nscale {scale}: made in {time.monotonic() - began:.0f} s")
        store = pathlib.Path(scratch) / f"types-{scale}.db"
        silt.measured("record", "--store", store, "--endpoint", moto.endpoint, "--regions", ",".join(REGIONS))
        there = {t for (t,) in program.rows(store, "SELECT DISTINCT resource_type FROM resources")}
        compared[:] = [t for t in PLAIN if t in there]
        print(f"{len(there)} types recorded; compared are the {len(compared)} that take no more than listing, describing and parts")
        compare(f"scale {scale}, moto", moto.endpoint, silt, scratch, 1, lambda: (0, 0))
        canned = Canned(moto.endpoint)
        # Each client's own requests are asked once before they are timed.
        siltstone(silt, canned.endpoint, pathlib.Path(scratch) / f"fill-{scale}.db")
        boto(canned.endpoint, 32, scratch)
        compare(f"scale {scale}, answers from memory", canned.endpoint, silt, scratch, 3, canned.asked)
        idle(silt, canned.endpoint, scratch, 3)
        n = program.one(pathlib.Path(scratch) / f"fill-{scale}.db", "SELECT count(*) FROM resources")
        print(f"resources of the catalogue's types: {n}")
    finally:
        if canned:
            canned.stop()
        moto.stop()


def main():
    if not (program.SHARED / "testing" / "estate").exists():
        print("skipped: no estate tools in", program.SHARED / "testing" / "estate")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        silt = program.Siltstone(scratch)
        for scale in (1,) if "--short" in sys.argv else (1, 20):
            run(scale, silt, scratch)
    return 0


sys.exit(main())
