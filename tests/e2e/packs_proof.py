# SPDX-License-Identifier: Apache-2.0
"""Conformance packs as others wrote them: every template of the folder SILTSTONE_PACKS is put into a store of ninety days, and its rules
are evaluated. Says of each how many of its rules are evaluated here, and its score. A template that is not understood, and a rule
that fails otherwise than for want of a statement, is a fault. Templates that need values of their own get "1" for each,
or the ARN of a function.

    packs_proof.py FOLDER WORK [MOST]
"""

import json
import pathlib
import re
import sys

import program

PLACE = ("--account", "111122223333", "--region", "eu-west-1")
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:judge"
# Nobody but people, functions or AWS itself can say: not a fault.
KNOWN_ONLY = re.compile(r"has no statement here|people evaluate|a function evaluates|nobody is there|cfn-guard")


def missing(said):
    found = re.search(r"Parameters: \[(\w+)", said)
    return found and found[1]


def put(cli, name, path):
    given = {}
    for _ in range(60):
        r = cli.run("pack", "put", name, "--template", path, *PLACE, *(a for k, v in given.items() for a in ("--param", f"{k}={v}")))
        if r.code == 0:
            return None
        want = missing(r.err)
        if not want or want in given:
            return r.err.strip()
        given[want] = FUNCTION if re.search("lambda|function", want, re.I) else "1"
    return r.err.strip()


def rows(r):
    return [json.loads(line) for line in r.out.splitlines()]


def main():
    folder, work = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    most = int(sys.argv[3]) if len(sys.argv) > 3 else None
    cli = program.Siltstone(work)
    cli.ok("demo", "--store", work / "siltstone.db", "--end", "2026-11-20T09:00:00Z", "--scale", "2500")
    templates = sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml", ".json"))[:most]
    if not templates:
        sys.exit(f"packs: there are no templates in {folder}")
    bad = rules = judged = 0
    print(f"{'template':64} {'rules':>5} {'here':>5} {'score':>7}")
    for n, path in enumerate(templates):
        name = re.sub(r"[^A-Za-z0-9-]", "-", path.stem)[:100].strip("-") or "pack"
        name = f"{name}-{n}"
        said = put(cli, name, path)
        if said:
            # Conditions may leave nothing of it where nobody says what is wanted.
            bad += "makes no rules" not in said
            print(f"{path.name:64} {said.splitlines()[0][:160]}")
            continue
        cli.run("rule", "evaluate", *PLACE)
        shown = rows(cli.ok("pack", "show", name, "--format", "jsonl"))
        pack = next(p for p in rows(cli.ok("pack", "list", "--format", "jsonl")) if p["pack"] == name)
        failed = [r for r in shown if r["error"] and not KNOWN_ONLY.search(r["error"])]
        here = [r for r in shown if not r["error"]]
        rules, judged = rules + len(shown), judged + len(here)
        told = json.loads(cli.ok("api", "ListConformancePackComplianceScores", json.dumps({"Filters": {"ConformancePackNames": [name]}}), *PLACE).out)
        score = told["ConformancePackComplianceScores"][0]["Score"]
        counted = sum(r["judged"] for r in shown)
        own = f"{100 * (counted - sum(r['non_compliant'] for r in shown)) / counted:.2f}" if counted else "INSUFFICIENT_DATA"
        wrong = score != own or pack["rules"] != len(shown)
        print(f"{path.name:64} {len(shown):5} {len(here):5} {score if counted else '-':>7}{'   WRONG: ' + own if wrong else ''}")
        for r in failed:
            print(f"    {r['source']}: {r['error']}")
        bad += wrong + len(failed)
        cli.ok("pack", "delete", name, *PLACE)
    print(f"{len(templates)} templates, {rules} rules, {judged} of them evaluated here, {bad} faults")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
