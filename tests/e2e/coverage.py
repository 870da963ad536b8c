#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""coverage.py - what a sweep describes, held against an independent description of the same estate.

The catalogue's prototype (Python, its own tables, no code in common) and the program describe
the same emulated estate; for each type every leaf of the configuration, its path, JSON type and
value are compared. Needs the catalogue's prototype and botocore; exit 0: nothing that the prototype
has is missing or of another type.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile

import emulator
import program

# Where the two differ as they should.
KNOWN = {
    ("AWS::Lambda::Function", "configuration.environment.variables.A"): "secrets may be in there: a digest is kept",
    ("AWS::AutoScaling::AutoScalingGroup", "configuration.createdTime"): "AWS Config writes a number",
    ("AWS::DynamoDB::Table", "configuration.creationDateTime"): "AWS Config writes a number",
    ("AWS::KMS::Key", "configuration.creationDate"): "AWS Config writes a number",
    ("AWS::IAM::Policy", "configuration.description"): "moto's GetPolicy leaves an empty one out",
    ("AWS::RDS::DBInstance", "configuration.latestRestorableTime"): "moves by itself",
}
NAMES = {dict: "object", list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def removed():
    """(type, path) of what the catalogue leaves out because AWS Config does; with what is below it."""
    for file in sorted((program.TOP / "schema/catalogue").glob("*.json")):
        for entry in json.loads(file.read_text()):
            for path in entry.get("remove", []):
                yield entry["type"], "configuration" + path.removeprefix("$").replace("[*]", "[]")


def is_known(type_, path, left_out):
    return (type_, path) in KNOWN or any(
        t == type_ and (path == p or path.startswith((p + ".", p + "["))) for t, p in left_out)


def leaves(value, path=""):
    """(path with [] for every element, JSON type, value) of everything that is no container, or an empty one."""
    if isinstance(value, dict) and value:
        for k, v in value.items():
            yield from leaves(v, f"{path}.{k}" if path else k)
    elif isinstance(value, list) and value:
        for v in value:
            yield from leaves(v, path + "[]")
    else:
        yield path, NAMES[type(value)], value


def embedded(value):
    """JSON inside a string, compared as what it says."""
    if isinstance(value, str) and value[:1] in "{[%" and len(value) > 1:
        import urllib.parse
        try:
            return json.dumps(json.loads(urllib.parse.unquote(value)), sort_keys=True)
        except ValueError:
            pass
    return value


def prototype(folder, endpoint, out):
    env = {**os.environ, "SILT_OUT": out, "SILT_ENDPOINT": endpoint, "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "*"}
    entries = sorted(str(p) for p in (folder.parent / "entries").glob("*.json"))

    def step(*args):
        r = subprocess.run([sys.executable, *map(str, args)], env=env, capture_output=True, text=True, timeout=300, cwd=out)
        assert r.returncode == 0 and "FAIL" not in r.stdout, f"{args[0]}: {r.stdout}\n{r.stderr}"

    step(folder / "tools" / "gen_shapes.py", f"{out}/shapes.db", *entries)
    step(folder / "create.py")
    # The program first, so that neither sees the other's order of calls alone.
    yield
    step(folder / "run.py")
    yield json.load(open(f"{out}/cis.json"))


def flat(item):
    out = {}
    for part in ("configuration", "supplementaryConfiguration", "tags"):
        for path, kind, value in leaves(item.get(part) or {}, part):
            # A member that is null in one is not there in the other.
            if path == part or kind == "null" or value == {}:
                continue
            out.setdefault(path, []).append((kind, embedded(value)))
    return {p: (sorted({k for k, _ in v}), sorted(map(str, (x for _, x in v)))) for p, v in out.items()}


def main():
    folder = program.SHARED / "catalogue" / "prototype"
    if not folder.exists():
        print(f"skipped: no catalogue prototype in {folder}")
        return 0
    moto = emulator.Moto()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            steps = prototype(folder, moto.endpoint, scratch)
            next(steps)
            silt = program.Siltstone(os.path.join(scratch, "home"))
            store = silt.home / "silt.db"
            r = silt.run("record", "--store", store, "--endpoint", moto.endpoint, "--regions", "us-east-1")
            assert r.code in (0, 7), r.err
            ours = {(i["resourceType"], i["resourceId"]): i for i in silt.items(store)}
            theirs = {(i["resourceType"], i["resourceId"]): i for i in next(steps)}
    finally:
        moto.stop()
    return report(ours, theirs)


def report(ours, theirs):
    left_out = list(removed())
    table = collections.OrderedDict()
    detail = []
    # moto leaves PolicyId out of GetAccountAuthorizationDetails; the prototype then has no id.
    for key in [k for k in theirs if k[1] is None]:
        others = [k for k in ours if k[0] == key[0] and k not in theirs]
        if len(others) == 1:
            theirs[others[0]] = theirs.pop(key)
    for key, item in theirs.items():
        t = table.setdefault(key[0], collections.Counter())
        t["resources"] += 1
        if key not in ours:
            t["resources missing"] += 1
            detail.append(f"{key[0]} {key[1]}: not recorded")
            continue
        a, b = flat(item), flat(ours[key])
        for path in sorted(set(a) | set(b)):
            if is_known(key[0], path, left_out):
                t["known"] += 1
            elif path not in b:
                t["missing"] += 1
                detail.append(f"{key[0]} {key[1]}: missing {path}")
            elif path not in a:
                t["extra"] += 1
                detail.append(f"{key[0]} {key[1]}: extra {path} = {b[path][1][:1]}")
            elif a[path][0] != b[path][0]:
                t["other type"] += 1
                detail.append(f"{key[0]} {key[1]}: {path} is {b[path][0]}, not {a[path][0]}")
            elif a[path][1] != b[path][1]:
                t["other value"] += 1
                detail.append(f"{key[0]} {key[1]}: {path} is {b[path][1][:2]}, not {a[path][1][:2]}")
            else:
                t["same"] += 1
        for fact, theirs_name in (("ARN", "arn"), ("resourceName", "resourceName"), ("availabilityZone", "availabilityZone")):
            if (item.get(theirs_name) or None) != (ours[key].get(fact) or None):
                detail.append(f"{key[0]} {key[1]}: {fact} is {ours[key].get(fact)}, not {item.get(theirs_name)}")
    for key in ours:
        if key not in theirs:
            detail.append(f"{key[0]} {key[1]}: not described by the prototype")
    columns = ["resources", "resources missing", "same", "missing", "extra", "other type", "other value", "known"]
    print(f"{'type':46}" + "".join(f"{c:>18}" for c in columns))
    total = collections.Counter()
    for type_, t in table.items():
        total.update(t)
        print(f"{type_:46}" + "".join(f"{t[c]:>18}" for c in columns))
    print(f"{'all':46}" + "".join(f"{total[c]:>18}" for c in columns))
    print("\n".join(detail))
    return 1 if total["resources missing"] or total["missing"] or total["other type"] else 0


if __name__ == "__main__":
    sys.exit(main())
