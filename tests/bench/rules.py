#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long fifty rules take over a large estate: all of it, and what is left to do when one resource in a hundred has changed.

    rules.py --program SILTSTONE [--resources N] [--rules N] [--keep FILE]

The rules are those with a statement here whose cases judge the types of one region; the resources are those of their cases, again and again,
with a history of two versions for every tenth. Prints seconds, verdicts and peak memory; fails where the full run takes more than 60 s of processor
for a hundred thousand resources, the changes more than 5 s, or where a second look at the same finds something to say.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
T0 = 1_790_000_000_000
FOREVER = 253402300799000
ACCOUNT, REGION = "123456789012", "us-east-1"
PAD = "x" * 40


def header(path, word):
    found = [line.split(":", 1)[1] for line in path.read_text().splitlines() if line.startswith(f"-- {word}:")]
    return [name.strip() for line in found for name in line.split(",")]


def known(store):
    """Rules that run when something changes: identifier -> [[parameter, kind, required, default], ...]."""
    db = sqlite3.connect(store)
    found = {i: json.loads(p) for i, p in db.execute("SELECT identifier, parameters FROM _managed_rule WHERE instr(flags, 'c')")}
    db.close()
    return found


def choose(store, n):
    """Rules as (identifier, parameters), and for each type the items that cases have of it."""
    rules, items, asked = [], {}, known(store)
    for path in sorted((TOP / "schema/rules").glob("*.sql")):
        cases = TOP / "tests/rules" / f"{path.stem}.json"
        if len(rules) == n or not cases.exists():
            continue
        told = json.loads(cases.read_text())
        first = next((c for c in told if c.get("rule", header(path, "rules")[0]) == header(path, "rules")[0] and c["items"]), None)
        rule = header(path, "rules")[0]
        if not first or rule not in asked or path.stem.endswith("-tagged") or "-description" in path.stem:
            continue
        given = {**{p[0]: p[3] for p in asked[rule] if p[2] and len(p) > 3}, **first.get("parameters", {})}
        if any(p[2] and p[0] not in given for p in asked[rule]):
            continue
        rules.append((rule, given))
        for case in told:
            for item in case["items"]:
                if item.get("configuration") is not None:
                    items.setdefault(item["resourceType"], []).append(item)
    return rules, items


def body(item, i):
    configuration = {**item["configuration"], "padding": [f"{PAD}{i + k}" for k in range(30)]}
    tags = {**item.get("tags", {}), "Name": f"n-{i}", "team": f"team-{i % 30}"}
    return json.dumps({"configuration": configuration, "relationships": [], "supplementaryConfiguration": item.get("supplementaryConfiguration", {}), "tags": tags},
                      sort_keys=True, separators=(",", ":"))


def fill(store, items, n):
    types = sorted(items)
    pick = random.Random(1)
    db = sqlite3.connect(store)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    db.executemany("INSERT INTO _coverage(sweep_ms, account, region, type, started_ms, ended_ms, outcome, seen, written, calls) VALUES (?, ?, ?, ?, ?, ?, 'complete', 0, 0, 1)",
                   [(T0, ACCOUNT, REGION, t, T0, T0 + 1) for (t,) in db.execute("SELECT type FROM _type UNION SELECT value FROM json_each(?)", (json.dumps(types),)).fetchall()])
    for i in range(1, n + 1):
        kind = types[i % len(types)]
        item = pick.choice(items[kind])
        twice = i % 10 == 0
        text = body(item, i)
        db.execute("INSERT INTO _resource(rid, account, region, type, id, name, arn, last_item) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                   (i, ACCOUNT, REGION, kind, f"r-{i:08x}", item.get("resourceName"), item.get("ARN"), n + i if twice else i))
        db.execute("INSERT INTO _document(document_id, sha256, body) VALUES (?, ?, ?)", (i, hashlib.sha256(text.encode()).digest(), text))
        db.execute("INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, until_ms, status, document_id, digest) VALUES (?, ?, 1, ?, ?, ?, 'ResourceDiscovered', ?, x'00')",
                   (i, i, T0, T0, T0 + 1000 if twice else FOREVER, i))
        if twice:
            db.execute("INSERT INTO _document(document_id, base, sha256, body) VALUES (?, ?, x'00', '{\"configuration\":{\"seen\":2}}')", (n + i, i))
            db.execute("INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, status, document_id, digest) VALUES (?, ?, 2, ?, ?, 'OK', ?, x'00')",
                       (n + i, i, T0 + 1000, T0 + 1000, n + i))
    db.commit()
    db.close()


def change(store, n, every):
    """Every so many resources get another version, which says the same of what rules ask."""
    db = sqlite3.connect(store)
    db.execute("BEGIN")
    last = db.execute("SELECT max(document_id) FROM _document").fetchone()[0]
    changed = 0
    for i in range(1, n + 1, every):
        version, item, document = db.execute("SELECT i.version, i.item_id, i.document_id FROM _resource r JOIN _item i ON i.item_id = r.last_item WHERE r.rid = ?", (i,)).fetchone()
        base = db.execute("SELECT coalesce(base, document_id) FROM _document WHERE document_id = ?", (document,)).fetchone()[0]
        last += 1
        changed += 1
        at = T0 + 10_000_000
        db.execute("INSERT INTO _document(document_id, base, sha256, body) VALUES (?, ?, x'00', '{\"configuration\":{\"seen\":3}}')", (last, base))
        db.execute("UPDATE _item SET until_ms = ? WHERE item_id = ?", (at, item))
        new = db.execute("INSERT INTO _item(rid, version, captured_ms, recorded_ms, status, document_id, digest) VALUES (?, ?, ?, ?, 'OK', ?, x'00')", (i, version + 1, at, at, last)).lastrowid
        db.execute("UPDATE _resource SET last_item = ? WHERE rid = ?", (new, i))
    db.commit()
    db.close()
    return changed


def evaluate(program, store):
    began = time.monotonic()
    p = subprocess.Popen([program, "up", "--once", "--listen", "127.0.0.1:0", "--store", store], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = p.stdout.read()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode != 0:
        sys.exit(f"up --once ended with {p.returncode}: {said}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, " ".join(line for line in said.splitlines() if "event=rule.failed" in line)


def counts(store):
    db = sqlite3.connect(store)
    got = db.execute("SELECT (SELECT count(*) FROM _verdict), (SELECT count(*) FROM _event WHERE kind = 'ComplianceChangeNotification'), "
                     "(SELECT group_concat(error, '; ') FROM _rule_status)").fetchone()
    db.close()
    return got


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--program", required=True)
    p.add_argument("--resources", type=int, default=100_000)
    p.add_argument("--rules", type=int, default=50)
    p.add_argument("--keep")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = a.keep or os.path.join(folder, "rules.db")
        ask = lambda *args: subprocess.run([a.program, *args, "--store", store], check=True, stdout=subprocess.DEVNULL)
        ask("push", "--source", "none", "/dev/null")
        rules, items = choose(store, a.rules)
        fill(store, items, a.resources)
        where = ("--account", ACCOUNT, "--region", REGION)
        ask("api", *where, "PutConfigurationRecorder", json.dumps({"ConfigurationRecorder": {"name": "default", "roleARN": "arn:aws:iam::1:role/x"}}))
        for rule, parameters in rules:
            ask("api", *where, "PutConfigRule", json.dumps({"ConfigRule": {"ConfigRuleName": rule, "Source": {"Owner": "AWS", "SourceIdentifier": rule},
                **({"InputParameters": json.dumps(parameters)} if parameters else {})}}))
        print(f"{a.resources} resources of {len(items)} types, {os.path.getsize(store) >> 20} MiB; {len(rules)} rules")
        full, full_cpu, mib, said = evaluate(a.program, store)
        verdicts, told, errors = counts(store)
        print(f"all of it        {full:6.2f} s ({full_cpu:.2f} s of processor, {mib} MiB): {verdicts} verdicts, {told} told {said}")
        if errors:
            sys.exit(f"rules failed: {errors}")
        db = sqlite3.connect(store)
        db.execute("UPDATE _rule_status SET wanted_ms = 1790000000000 + rowid")
        db.commit()
        db.close()
        again, cpu, mib, said = evaluate(a.program, store)
        print(f"the same again   {again:6.2f} s ({cpu:.2f} s of processor, {mib} MiB) {said}")
        if counts(store)[:2] != (verdicts, told):
            sys.exit("the same resources are judged otherwise a second time")
        changed = change(store, a.resources, 100)
        some, cpu, mib, said = evaluate(a.program, store)
        print(f"{changed} changed     {some:6.2f} s ({cpu:.2f} s of processor, {mib} MiB) {said}")
        if counts(store)[:2] != (verdicts, told):
            sys.exit("what changed is judged otherwise, though nothing that rules ask has changed")
        scale = max(a.resources / 100_000, .05)
        if full_cpu > 60 * scale or cpu > 5 * max(scale, .5):
            sys.exit("that is too slow")


if __name__ == "__main__":
    main()
