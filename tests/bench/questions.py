#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The eighteen questions of the view "queries", asked of a synthetic estate and answered by brute force beside.

    questions.py --load PROGRAM [--program SILTSTONE] [--items N] [--seed N] [--keep FILE]

PROGRAM is load_estate. With SILTSTONE the past (query --as-of) and conditions over the whole history (since) are asked, too. Each question is run as the store has it, but for two things: 'now' is the estate's last
moment, and where it takes any resource it is given one with a long life. Python answers the same from what was
observed, or, where it is about differences, from the recorded documents, which are compared with what was observed
first. Prints the time of each, best of three, the time the prototype's notes give for as many items, and whatever the
plan walks from end to end; fails where an answer differs or a plan walks what it should not.
"""
import argparse
import bisect
import collections
import datetime
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

import synthetic

NOW = "2026-11-22 14:00:00"
FOREVER = synthetic.FOREVER

# What the notes measured at 50,000 and at 500,000 items, in ms.
NOTES = {"changed-yesterday": (1.2, 34), "attached-last-friday": (.11, .16), "life-of-a-resource": (.31, .39), "compare-versions": (.06, .06),
         "existed-then": (9.9, 215), "compliance-then": (6.7, 285), "most-changed": (4.1, 59), "without-owner": (4.3, 105),
         "orphaned-volumes": (3.8, 74), "public-instances": (.4, 669), "blast-radius": (6.1, 121), "around-a-moment": (.01, .03),
         "open-to-the-world": (.7, 16), "time-to-fix": (5.1, 136), "drift-of-a-week": (11, 306), "blame": (.2, .2),
         "who-touched-prod": (2.7, 47), "deleted-this-week": (4.0, 119), "broken-this-week": ("", ""), "failing-longest": ("", "")}

# What is about the whole estate walks the whole estate once; nothing else may be walked.
WALKS = {"existed-then": {"r"}, "without-owner": {"r", "_resource"}, "drift-of-a-week": {"r"}, "compliance-then": {"v"}, "time-to-fix": {"v"},
         "broken-this-week": {"v"}, "failing-longest": {"v"},
         "around-a-moment": {"i"}}  # backwards from the newest, to the last deletion
# Tables go by one letter in the views; the rest are functions, and queries within, which hold what one resource has.
TABLE = re.compile(r"SCAN ([a-z]|_\w+)(?: USING.*)?$")


def stamp(ms):
    return datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def moment(text):
    return int(datetime.datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


# -- differences of documents, written a second time from src/json/diff.h

IDENTITIES = ["key", "tagkey", "groupid", "volumeid", "networkinterfaceid", "attachmentid", "associationid", "allocationid", "instanceid", "subnetid",
              "devicename", "destinationcidrblock", "name", "id", "arn"]


def text_of(value):
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def names_of(a, b):
    def by(member):
        def name(v):
            for k, x in v.items():
                if k.lower() == member and isinstance(x, (str, int)) and not isinstance(x, bool) and x != "":
                    return str(x)
            return None
        return name

    def relation(v):
        if "resourceType" not in v:
            return None
        return f"{v['name'].rstrip()} {v.get('resourceId', v.get('resourceName'))}"

    if not all(isinstance(v, dict) for v in a + b):
        return None
    for name in [relation] + [by(m) for m in IDENTITIES]:
        x, y = [name(v) for v in a], [name(v) for v in b]
        if None not in x + y and len(set(x)) == len(x) and len(set(y)) == len(y):
            return name
    return None


def spelled(word, special):
    return json.dumps(word, ensure_ascii=False) if not word or any(c in special for c in word) else word


def differences(a, b, path, out):
    if type(a) is type(b) and isinstance(a, dict):
        for k in sorted(set(a) | set(b)):
            here = (path + "." if path else "") + spelled(k, '.[]"')
            if k not in b:
                out.append((here, "remove", a[k], None))
            elif k not in a:
                out.append((here, "add", None, b[k]))
            else:
                differences(a[k], b[k], here, out)
    elif type(a) is type(b) and isinstance(a, list):
        if a == b:
            return
        before = len(out)
        scalars = not any(isinstance(v, (dict, list)) for v in a + b)
        name = None if scalars else names_of(a, b)
        if name:
            x, y = {name(v): v for v in a}, {name(v): v for v in b}
            for k in sorted(set(x) | set(y)):
                here = f"{path}[{spelled(k, '[]' + chr(34))}]"
                if k not in y:
                    out.append((here, "remove", x[k], None))
                elif k not in x:
                    out.append((here, "add", None, y[k]))
                else:
                    differences(x[k], y[k], here, out)
        else:
            x = collections.Counter(map(text_of, a))
            y = collections.Counter(map(text_of, b))
            for t in (x - y).elements():
                out.append((path + (f"[{t}]" if scalars else "[]"), "remove", json.loads(t) if not scalars else t, None))
            for t in (y - x).elements():
                out.append((path + (f"[{t}]" if scalars else "[]"), "add", None, json.loads(t) if not scalars else t))
        if len(out) == before:
            out.append((path, "change", a, b))
    elif a != b or type(a) is not type(b):
        out.append((path, "change", a, b))


SORTED = ("ipPermissions", "ipPermissionsEgress")  # of security groups: their order means nothing


def shown(value):
    """A value as SQL shows it."""
    if isinstance(value, bool):
        return int(value)
    return text_of(value) if isinstance(value, (dict, list)) else value


def merge(base, patch):
    if not isinstance(patch, dict):
        return patch
    out = dict(base) if isinstance(base, dict) else {}
    for k, v in patch.items():
        if v is None:
            out.pop(k, None)
        else:
            out[k] = merge(out.get(k), v)
    return out


class Version:
    __slots__ = ("ms", "key", "number", "event", "configuration", "tags", "actor", "until")


class Oracle:
    """What was observed, by resource and in time."""

    def __init__(self, estate, db):
        self.db = db
        self.verdicts = estate.verdicts
        self.lives = collections.defaultdict(list)
        self.versions = []
        for ms, key, _, configuration, tags, actor in estate.out:
            v, life = Version(), self.lives[key]
            v.ms, v.key, v.number, v.configuration, v.tags, v.actor, v.until = ms, key, len(life) + 1, configuration, tags, actor, FOREVER
            v.event = "deleted" if configuration is None else "changed" if life and life[-1].configuration is not None else "created"
            if life:
                life[-1].until = ms
            life.append(v)
            self.versions.append(v)
        self.rid = {(t, i, a, r): rid for rid, t, i, a, r in db.execute("SELECT rid, type, id, account, region FROM _resource")}
        self.names = dict(db.execute("SELECT rid, name FROM _resource"))
        self.live = {k: life[-1] for k, life in self.lives.items() if life[-1].configuration is not None}
        self.documents = {}

    def at(self, ms):
        """What was in force at the end of that second."""
        out = {}
        for key, life in self.lives.items():
            n = bisect.bisect_right([v.ms for v in life], ms + 999)
            if n and life[n - 1].configuration is not None:
                out[key] = life[n - 1]
        return out

    def document(self, v):
        """The recorded document of a version, put together here."""
        row = self.db.execute("SELECT d.body, b.body FROM _item i JOIN _document d USING (document_id) LEFT JOIN _document b ON b.document_id = d.base"
                              " WHERE i.rid = ? AND i.version = ?", (self.rid[v.key], v.number)).fetchone()
        whole = json.loads(row[0])
        whole = merge(json.loads(row[1]), whole) if row[1] else whole
        if whole["configuration"] != v.configuration or whole["tags"] != v.tags:
            sys.exit(f"questions: {v.key} version {v.number} is not what was observed")
        return whole

    def changes(self, v):
        if v.event != "changed":
            return []
        out, documents = [], [self.document(self.lives[v.key][v.number - 2]), self.document(v)]
        for d in documents:
            for member in SORTED:
                if v.key[0] == "AWS::EC2::SecurityGroup" and member in d["configuration"]:
                    d["configuration"][member].sort(key=text_of)
        differences(documents[0], documents[1], "", out)
        rank = {"remove": 0, "change": 1, "add": 2}
        return sorted(out, key=lambda c: (c[0], rank[c[1]]))

    @staticmethod
    def links(v):
        """(relation, type, id) of one version, from its configuration."""
        c, kind, out = v.configuration, v.key[0], set()
        if c is None:
            return out
        if kind in ("AWS::EC2::Instance", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup"):
            out.add(("Is contained in Vpc", "AWS::EC2::VPC", c["vpcId"]))
        if kind == "AWS::EC2::Instance":
            out.add(("Is contained in Subnet", "AWS::EC2::Subnet", c["subnetId"]))
            out |= {("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", g["groupId"]) for g in c["securityGroups"]}
            out |= {("Is attached to Volume", "AWS::EC2::Volume", m["ebs"]["volumeId"]) for m in c["blockDeviceMappings"]}
        elif kind == "AWS::EC2::Volume":
            out |= {("Is attached to Instance", "AWS::EC2::Instance", a["instanceId"]) for a in c["attachments"]}
        elif kind == "AWS::EC2::InternetGateway":
            out |= {("Is attached to Vpc", "AWS::EC2::VPC", a["vpcId"]) for a in c["attachments"]}
        elif kind == "AWS::EC2::RouteTable":
            out |= {("Contains Subnet", "AWS::EC2::Subnet", a["subnetId"]) for a in c["associations"]}
            out |= {("Contains InternetGateway", "AWS::EC2::InternetGateway", r["gatewayId"]) for r in c["routes"] if r["gatewayId"].startswith("igw-")}
        return out


# -- the answers, one function each; rows in any order

def changed_yesterday(o, _):
    return [(stamp(v.ms), v.key[0], v.key[1], p, shown(b), shown(a), v.actor) for v in o.versions
            if "2026-11-21" <= stamp(v.ms) < "2026-11-22" for p, _, b, a in o.changes(v)]


def attached_last_friday(o, group):
    then = moment("2026-11-20 14:00:00")
    return [(k[0], k[1], None, relation) for k, v in o.at(then).items() for relation, _, id in o.links(v) if id == group]


def life_of_a_resource(o, key):
    out, before = [], set()
    for v in o.lives[key]:
        parts = []
        for p, op, b, a in o.changes(v):
            p = p.replace("configuration.", "")
            parts.append(f"{p} + {shown(a)}" if op == "add" else f"{p} - {shown(b)}" if op == "remove" else f"{p} {shown(b)} -> {shown(a)}")
        status = {"created": "ResourceDiscovered", "deleted": "ResourceDeleted", "changed": "OK"}[v.event]
        out.append((stamp(v.ms), v.event, v.number, v.actor, "; ".join(parts) or status))
        links = o.links(v)
        out += [(stamp(v.ms), "link", None, None, f"+ {r} {i}") for r, _, i in links - before]
        out += [(stamp(v.ms), "link", None, None, f"- {r} {i}") for r, _, i in before - links]
        before = links
    out += [(stamp(s), "compliance", None, None, f"{rule}: {result}" + (f" ({why})" if why else "")) for k, rule, result, why, s, _ in o.verdicts if k == key]
    return out


def leaves(value, path, out):
    if isinstance(value, (dict, list)) and value:
        for k, v in value.items() if isinstance(value, dict) else enumerate(value):
            leaves(v, f"{path}.{k}" if isinstance(value, dict) else f"{path}[{k}]", out)
    else:
        out[path] = value
    return out


def compare_versions(o, key):
    sides = []
    for v in o.lives[key][:2]:
        d = o.document(v)
        side = {}
        for part in ("configuration", "tags", "supplementaryConfiguration"):
            if d.get(part):
                leaves(d[part], part, side)
        for r in d["relationships"]:
            side[f"relationships[{r['name'].rstrip()} {r.get('resourceId', r.get('resourceName'))}]"] = r
        sides.append(side)
    a, b = sides
    out = []
    for p in set(a) | set(b):
        x, y = shown(a.get(p)), shown(b.get(p))
        if p not in b or p not in a or a[p] != b[p] or type(a[p]) is not type(b[p]):
            out.append((p, "remove" if p not in b else "add" if p not in a else "change", x, y))
    return out


def existed_then(o, _):
    return list(collections.Counter(k[0] for k in o.at(moment(NOW) - 7 * synthetic.DAY)).items())


def compliance_then(o, _):
    then = moment(NOW) - 30 * synthetic.DAY
    return [(r, x, n) for (r, x), n in collections.Counter((v[1], v[2]) for v in o.verdicts if v[4] < then + 1000 <= v[5]).items()]


def most_changed(o, _):
    since = stamp(moment(NOW) - 30 * synthetic.DAY)
    n = collections.Counter(v.key for v in o.versions if stamp(v.ms) > since)
    return [(k[1], k[0], c) for k, c in sorted(n.items(), key=lambda x: (-x[1], o.rid[x[0]]))[:10]]


def without_owner(o, _):
    return [(k[0], k[1], None) for k, v in o.live.items() if "Owner" not in v.tags]


def orphaned_volumes(o, _):
    return [(k[1], v.configuration["size"]) for k, v in o.live.items() if k[0] == "AWS::EC2::Volume" and not v.configuration["attachments"]]


def public_instances(o, _):
    nets = {a["subnetId"] for k, v in o.live.items() if k[0] == "AWS::EC2::RouteTable" for a in v.configuration["associations"]
            if any(r["gatewayId"].startswith("igw-") for r in v.configuration["routes"])}
    return [(k[1], None) for k, v in o.live.items() if k[0] == "AWS::EC2::Instance" and v.configuration["subnetId"] in nets]


def blast_radius(o, vpc):
    to = collections.defaultdict(set)
    for k, v in o.live.items():
        for _, kind, id in o.links(v):
            to[id].add(k)
    hit = edge = {k for k in o.live if k == vpc}
    for _ in range(4):
        edge = {k for h in edge for k in to[h[1]]}
        hit = hit | edge
    return list(collections.Counter(k[0] for k in hit).items())


def around_a_moment(o, _):
    last = max(v.ms for v in o.versions if v.event == "deleted") // 1000 * 1000
    return [(stamp(v.ms), v.key[0], v.key[1], v.event, v.actor) for v in o.versions if stamp(last - 300000) <= stamp(v.ms) <= stamp(last + 300000)]


def open_to_the_world(o, _):
    return [(k[1], None) for k, v in o.at(moment(NOW) - 2 * synthetic.DAY).items() if k[0] == "AWS::EC2::SecurityGroup" and any(
        p["fromPort"] <= 22 <= p["toPort"] and {"cidrIp": "0.0.0.0/0"} in p["ipv4Ranges"] for p in v.configuration["ipPermissions"])]


def time_to_fix(o, _):
    days = collections.defaultdict(list)
    for _, rule, result, _, since, until in o.verdicts:
        if result == "NON_COMPLIANT" and until < FOREVER:
            days[rule].append((until // 1000 - since // 1000) / 86400)
    return [(rule, len(d), round(sum(d) / len(d), 1)) for rule, d in days.items()]


def in_force(o, key, ms):
    return [v for v in o.lives[key] if v.ms <= ms][-1]


def broken_this_week(o, _):
    since = stamp(moment(NOW) - 7 * synthetic.DAY)
    return [(stamp(s), rule, k[0], k[1], why, in_force(o, k, s).actor, stamp(until) if until < FOREVER else None)
            for k, rule, result, why, s, until in o.verdicts if result == "NON_COMPLIANT" and stamp(s) > since]


def failing_longest(o, _):
    failing = sorted((v for v in o.verdicts if v[2] == "NON_COMPLIANT" and v[5] == FOREVER), key=lambda v: (stamp(v[4]), o.rid[v[0]], v[1]))
    return [(rule, k[0], k[1], why, stamp(s), (moment(NOW) // 1000 - s // 1000) // 86400, in_force(o, k, s).actor) for k, rule, _, why, s, _ in failing[:50]]


def drift_of_a_week(o, _):
    a, b = o.at(moment(NOW) - 7 * synthetic.DAY), o.at(moment(NOW))
    n = collections.Counter()
    for k in a.keys() | b.keys():
        if a.get(k) is not b.get(k):
            n["created" if k not in a else "deleted" if k not in b else "changed", k[0]] += 1
    return [(op, t, c) for (op, t), c in n.items()]


def blame(o, key):
    life, flat, out = o.lives[key], {}, []
    born = max(v.number for v in life if v.event == "created")

    def flatten(value, path):
        if isinstance(value, dict):
            for k, v in value.items():
                flatten(v, f"{path}.{k}" if path else k)
        else:
            flat[path] = value

    flatten(o.document(life[-1]), "")
    touched = [(v, [c[0].replace('"', "") for c in o.changes(v)]) for v in life[born - 1:]]
    for path, value in flat.items():
        by = life[born - 1]
        for v, paths in touched:
            if any(p == path or p.startswith((path + ".", path + "[")) or path.startswith((p + ".", p + "[")) for p in paths):
                by = v
        out.append((path, shown(value), by.number, stamp(by.ms), by.actor))
    return out


def who_touched_prod(o, _):
    since, n = stamp(moment(NOW) - 7 * synthetic.DAY), collections.Counter()
    for v in o.versions:
        if stamp(v.ms) > since and v.key in o.live and o.live[v.key].tags.get("Env") == "prod":
            n[v.actor] += len(o.changes(v))
    return [(a, c) for a, c in n.items() if c]


def deleted_this_week(o, _):
    since = stamp(moment(NOW) - 7 * synthetic.DAY)
    return [(stamp(v.ms), v.key[0], v.key[1], text_of(o.lives[v.key][v.number - 2].configuration)) for v in o.versions
            if v.event == "deleted" and stamp(v.ms) > since]


# -- asking

def given(o, name, sql):
    """The question about a resource with a long life, and that resource."""
    longest = lambda kind: max((k for k in o.live if k[0] == kind), key=lambda k: (len(o.lives[k]), k))
    inner = re.search(r"\(SELECT (rid|resource_id) FROM .*?LIMIT 1\)", sql)
    if not inner or name == "around-a-moment":
        return sql, None
    if name == "attached-last-friday":
        n = collections.Counter(i for v in o.live.values() for r, _, i in o.links(v) if r.endswith("SecurityGroup"))
        group = max(n, key=lambda g: (n[g], g))
        return sql.replace(inner.group(0), f"'{group}'"), group
    key = longest("AWS::EC2::VPC" if name == "blast-radius" else "AWS::EC2::Instance")
    return sql.replace(inner.group(0), str(o.rid[key])), key


def best_of(db, sql, times=3):
    best = 1e9
    for _ in range(times):
        began = time.perf_counter()
        rows = db.execute(sql).fetchall()
        best = min(best, time.perf_counter() - began)
    return rows, best * 1000


def walks(db, sql, name):
    found = set()
    for row in db.execute("EXPLAIN QUERY PLAN " + sql):
        text = row[3]
        if TABLE.match(text):
            found.add(text.split()[1])
        if "AUTOMATIC" in text and "_" in text.split()[1]:
            found.add("automatic index on " + text.split()[1])
    return found, found - WALKS.get(name, set())


def ask(o, items):
    db, bad = o.db, 0
    column = 0 if items < 150000 else 1
    print(f"{'question':24} {'rows':>7} {'ms':>9} {'notes':>7}  walks")
    for name, text in db.execute("SELECT name, sql FROM queries").fetchall():
        text = text.replace("'now'", f"'{NOW}'")
        db.execute(text).fetchall()  # as it stands
        sql, about = given(o, name, text)
        rows, ms = best_of(db, sql)
        seen, wrong = walks(db, sql, name)
        want = globals()[name.replace("-", "_")](o, about)
        same = collections.Counter(map(tuple, rows)) == collections.Counter(map(tuple, want))
        print(f"{name:24} {len(rows):7} {ms:9.2f} {NOTES[name][column]:7} {' ' + ', '.join(sorted(seen)) if seen else ''}"
              f"{'' if same else '   WRONG'}{'   NOT TO BE WALKED: ' + ', '.join(sorted(wrong)) if wrong else ''}")
        if not same:
            got, exp = collections.Counter(map(tuple, rows)), collections.Counter(map(tuple, want))
            print(f"    only in the answer:  {[str(x)[:300] for x in list((got - exp).elements())[:3]]}\n    only by brute force: {[str(x)[:300] for x in list((exp - got).elements())[:3]]}")
        bad += (not same) + bool(wrong)
    return bad


# -- the program: the past under the same names, and conditions over the whole history

def run(program, path, *args):
    began = time.perf_counter()
    r = subprocess.run([program, *args, "--store", path, "--format", "jsonl", "--quiet"], capture_output=True, text=True, check=False)
    if r.returncode:
        sys.exit(f"questions: siltstone {args[0]}: {r.stderr}")
    return [tuple(json.loads(line).values()) for line in r.stdout.splitlines()], (time.perf_counter() - began) * 1000


def verdict(o, what, got, want, ms):
    same = collections.Counter(got) == collections.Counter(want)
    # Far above what any takes, far below a walk over everything for each resource.
    slow = ms > 2000 + len(o.versions) / 10
    print(f"{what:52} {len(got):7} rows {ms:9.0f} ms{'' if same else '   WRONG'}{'   TOO SLOW' if slow else ''}")
    if not same:
        got, want = collections.Counter(got), collections.Counter(want)
        print(f"    only told: {list((got - want).elements())[:3]}\n    only true: {list((want - got).elements())[:3]}")
    return slow or not same


PAST = [
    ("SELECT resource_type, resource_id, version FROM resources", lambda o, at, t: [(*k[:2], v.number) for k, v in at.items()]),
    ("SELECT key, value, count(*) AS n FROM tags GROUP BY 1, 2",
     lambda o, at, t: [(*k, n) for k, n in collections.Counter(x for v in at.values() for x in v.tags.items()).items()]),
    ("SELECT relation, count(*) AS n FROM relationships GROUP BY 1",
     lambda o, at, t: list(collections.Counter(r for v in at.values() for r, _, _ in o.links(v)).items())),
    ("SELECT rule, result, count(*) AS n FROM compliance GROUP BY 1, 2",
     lambda o, at, t: [(*k, n) for k, n in collections.Counter((v[1], v[2]) for v in o.verdicts if v[4] < t + 1000 <= v[5]).items()]),
    ("SELECT event, sum(n) AS n FROM activity GROUP BY 1", lambda o, at, t: list(collections.Counter(v.event for v in o.versions if v.ms < t + 1000).items())),
    ("SELECT instance_type, count(*) AS n FROM aws_ec2_instance WHERE state = 'running' GROUP BY 1",
     lambda o, at, t: list(collections.Counter(v.configuration["instanceType"] for k, v in at.items() if k[0] == "AWS::EC2::Instance"
                                               and v.configuration["state"]["name"] == "running").items())),
]

CONDITIONS = [
    ("configuration->>'$.state.name' = 'stopped'", lambda v: v.configuration.get("state", {}) == {"code": 80, "name": "stopped"}),
    ("resource_type = 'AWS::EC2::SecurityGroup' AND configuration LIKE '%0.0.0.0/0%'",
     lambda v: v.key[0] == "AWS::EC2::SecurityGroup" and "0.0.0.0/0" in text_of(v.configuration)),
    ("json_extract(tags_json, '$.Owner') IS NULL", lambda v: "Owner" not in v.tags),
]


def intervals(life, holds):
    out = []
    for v in life:
        if v.configuration is not None and holds(v):
            if out and out[-1][1] == v.ms:
                out[-1][1:] = [v.until, out[-1][2] + 1]
            else:
                out.append([v.ms, v.until, 1])
    return out


def ask_program(o, program, path):
    bad = 0
    for at in ("2026-09-10 12:34:56", "2026-11-20 14:00:00"):
        t = moment(at)
        there = o.at(t)
        for sql, brute in PAST:
            rows, ms = run(program, path, "query", "--as-of", at, "--limit", "0", sql)
            bad += verdict(o, f"{at[:10]}: {sql[7:45]}", rows, brute(o, there, t), ms)
    for condition, holds in CONDITIONS:
        rows, ms = run(program, path, "since", condition)
        want = [(key[1], stamp(since), "9999-12-31 23:59:59" if until == FOREVER else stamp(until), int(until == FOREVER), n)
                for key, life in o.lives.items() for since, until, n in intervals(life, holds)]
        bad += verdict(o, f"since {condition[:45]}", [(r[1], r[5], r[6], r[7], r[9]) for r in rows], want, ms)
    return bad


def load(program, estate, path):
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.unlink(path + end)
    with subprocess.Popen([program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as p:
        synthetic.write(estate, p.stdin)
        p.stdin.close()
        n = int(p.stdout.read())
    if p.returncode or n != len(estate.out):
        sys.exit(f"questions: {len(estate.out)} observations became {n} items (status {p.returncode})")
    db = sqlite3.connect(path)
    # What no recorder tells yet: who it was, and what rules found.
    db.execute("CREATE TEMP TABLE told (type, id, account, region, ms, actor)")
    db.executemany("INSERT INTO told VALUES (?, ?, ?, ?, ?, ?)", ((*o[1], o[0], o[5]) for o in estate.out if o[5]))
    db.execute("UPDATE _item SET actor = t.actor FROM told t JOIN _resource r USING (type, id, account, region)"
               " WHERE _item.rid = r.rid AND _item.captured_ms = t.ms")
    db.executemany("INSERT INTO _verdict(rid, rule, result, annotation, since_ms, until_ms) SELECT rid, ?, ?, ?, ?, ? FROM _resource"
                   " WHERE type = ? AND id = ? AND account = ? AND region = ?", ((*v[1:], *v[0]) for v in estate.verdicts))
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--load", required=True)
    parser.add_argument("--program")
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--keep", help="leave the store there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or os.path.join(folder, "store.db")
        began = time.time()
        estate = synthetic.Estate(options.seed, options.items).run()
        load(options.load, estate, path)
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        oracle = Oracle(estate, db)
        print(f"{len(estate.out)} items of {len(oracle.lives)} resources, {len(estate.verdicts)} verdicts, {os.path.getsize(path) / 1e6:.0f} MB,"
              f" recorded in {time.time() - began:.0f} s; SQLite {sqlite3.sqlite_version}")
        for v in oracle.versions[::max(1, len(oracle.versions) // 60000)]:
            if v.configuration is not None:
                oracle.document(v)
        bad = ask(oracle, options.items)
        if options.program:
            bad += ask_program(oracle, options.program, path)
        db.close()
    sys.exit(f"questions: {bad} not as they should be" if bad else 0)


if __name__ == "__main__":
    main()
