# SPDX-License-Identifier: Apache-2.0
"""The questions of the view "queries" against brute force, and the store in other builds of SQLite. Both in full:
tools/prove questions, tools/prove shells."""

import os
import subprocess
import sys

import pytest

import program

LOAD = program.BUILD / "tests" / "load_estate"
BENCH = program.TOP / "tests" / "bench"


def test_the_questions_are_answered_as_brute_force_answers_them(tmp_path):
    r = subprocess.run([sys.executable, BENCH / "questions.py", "--load", LOAD, "--program", program.BINARY, "--items", "3000", "--seed", "7"],
                       cwd=tmp_path, capture_output=True, text=True)
    assert r.returncode == 0, r.stdout + r.stderr
    assert r.stdout.count("\n") == 1 + 1 + 20 + 12 + 3
    assert "WRONG" not in r.stdout


@pytest.mark.skipif(not os.environ.get("SILTSTONE_SHELLS"), reason="SILTSTONE_SHELLS is not set: other builds of SQLite would be fetched from npm")
def test_other_builds_of_sqlite_say_the_same(tmp_path):
    r = subprocess.run([sys.executable, program.TOP / "tests" / "e2e" / "shells.py", "--load", LOAD, "--work", os.environ["SILTSTONE_SHELLS"],
                        "--items", "2000"], cwd=tmp_path, capture_output=True, text=True)
    if r.returncode == 77:
        pytest.skip("no other build of SQLite can be installed here")
    assert r.returncode == 0, r.stdout + r.stderr


def test_since_tells_when_a_condition_held(siltstone, tmp_path):
    store = tmp_path / "siltstone.db"
    seed = program.BUILD / "tests" / "seed"
    subprocess.run([seed, store], check=True)
    r = siltstone.ok("since", "configuration->>'$.instanceType' = 't3.large'", "--type", "instance", "--store", store, "--format", "csv",
                     "--columns", "resource_id,since,until,still")
    lines = r.out.splitlines()
    assert lines[0] == "resource_id,since,until,still"
    assert lines[1:], r.out
    assert siltstone.ok("since", "0", "--store", store, "--format", "json").out.strip() == "[]"
    r = siltstone.run("since", "instance_typ = 1", "--store", store)
    assert r.code == 2 and "no such column" in r.err
    r = siltstone.run("since", "1", "--resource", "nobody", "--store", store)
    assert r.code == 3
