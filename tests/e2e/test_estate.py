# SPDX-License-Identifier: Apache-2.0
"""An estate of six hundred resources, changed at random with a log of every change: what the program
recorded is held against that log, after an undisturbed sweep and after sweeps that were killed."""

import os
import random
import signal
import subprocess
import time

import pytest

import program
import verdict

REGIONS = ("us-east-1", "eu-west-1")
SEED = int(os.environ.get("SILTSTONE_ESTATE_SEED", "1"))
CHANGES = int(os.environ.get("SILTSTONE_ESTATE_CHANGES", "120"))
SCALE = int(os.environ.get("SILTSTONE_ESTATE_SCALE", "1"))
KILLS = int(os.environ.get("SILTSTONE_ESTATE_KILLS", "3"))
# The log of changes proves itself by two full reads of the estate, which take longer than all else.
PROVE_LOG = os.environ.get("SILTSTONE_ESTATE_PROVE_LOG") == "1"


def sweep(silt, store, endpoint):
    return silt.run("record", "--store", store, "--endpoint", endpoint, "--regions", ",".join(REGIONS), timeout=120 + 60 * SCALE)


class Changed:
    """An estate that was swept twice and then changed. Killed sweeps start from copies of it."""


@pytest.fixture(scope="module")
def changed(moto, estate_tools, tmp_path_factory):
    w = Changed()
    w.home = tmp_path_factory.mktemp("estate")
    w.silt = program.Siltstone(w.home)
    w.endpoint, w.tools = moto.endpoint, estate_tools
    verdict.make(w.tools, w.endpoint, REGIONS, SCALE)
    w.store = w.home / "before.db"
    w.first = sweep(w.silt, w.store, w.endpoint)
    w.items_first = program.one(w.store, "SELECT count(*) FROM _item")
    w.looks_first = program.looks(w.store)
    w.content_first = program.content(w.store)
    w.second = sweep(w.silt, w.store, w.endpoint)
    w.items_second = program.one(w.store, "SELECT count(*) FROM _item")
    w.oracle = w.home / "oracle.jsonl"
    # Changes begin in a later second than the last item, so that the baseline is told apart.
    now = time.time()
    time.sleep(1.0 - now % 1.0 + 0.6)
    verdict.mutate(w.tools, w.endpoint, REGIONS, CHANGES, SEED, w.oracle, PROVE_LOG)
    return w


@pytest.fixture(scope="module")
def settled(changed):
    """The undisturbed sweep of the changed estate."""
    changed.after = changed.home / "after.db"
    program.copy_store(changed.store, changed.after)
    changed.third = sweep(changed.silt, changed.after, changed.endpoint)
    return changed


def judge(w, store, name):
    dump = w.home / f"{name}.jsonl"
    w.silt.dump(store, dump)
    numbers, text = verdict.verify(w.tools, w.oracle, dump)
    assert numbers == (0, 0, 0), text
    print(text)


def test_a_sweep_looks_everywhere_and_nothing_fails(changed):
    # What the emulator does not have is no failure; it may have it in one region only.
    lacking = {k: v for k, v in changed.looks_first.items() if v.outcome == "unsupported"}
    assert all(v.reason for v in lacking.values()), lacking
    seen = {t for t, region in changed.looks_first if changed.looks_first[t, region].seen}
    assert len(seen) > 100, sorted(seen)
    failed = {k: v for k, v in changed.looks_first.items() if v.outcome not in ("complete", "unsupported")}
    assert not failed
    assert changed.first.code == 0, changed.first.err
    regions = {r for t, r in changed.looks_first if t.startswith("AWS::EC2::")}
    assert regions == set(REGIONS)


def test_what_was_looked_at_is_recorded(changed):
    there = {(t, r): n for t, r, n in program.rows(changed.store, "SELECT type, region, count(*) FROM _resource GROUP BY 1, 2")}
    for (type_, region), look in changed.looks_first.items():
        # The emulator gives every database of a region the same id.
        if look.outcome == "complete" and type_ not in ("AWS::S3::Bucket", "AWS::RDS::DBInstance"):
            assert there.get((type_, region), 0) == look.seen, (type_, region, look)
    assert changed.items_first == len(changed.content_first) > 100


def test_a_second_sweep_of_the_same_estate_writes_nothing(changed):
    assert changed.second.code == changed.first.code, changed.second.err
    print(f"estate: {changed.items_first} resources in {changed.first.seconds:.1f} s, idle in {changed.second.seconds:.1f} s")
    assert changed.items_second == changed.items_first, program.rows(
        changed.store, "SELECT resource_type, resource_id, property, before, after FROM changes LIMIT 20")


def test_every_change_is_recorded_and_nothing_else(settled):
    assert settled.third.code == settled.first.code, settled.third.err
    judge(settled, settled.after, "undisturbed")
    program.whole(settled.after)


def test_a_sweep_after_that_writes_nothing(settled):
    before = program.content(settled.after)
    sweep(settled.silt, settled.after, settled.endpoint)
    assert program.content(settled.after) == before


def kill_after(w, store, seconds):
    """True: it was killed while it ran."""
    p = w.silt.start("record", "--store", store, "--endpoint", w.endpoint, "--regions", ",".join(REGIONS),
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        p.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        p.send_signal(signal.SIGKILL)
        p.wait()
        return True


def kill_at(w, store, point):
    env = w.silt.environment(SILTSTONE_FAILPOINT=point)
    r = w.silt.run("record", "--store", store, "--endpoint", w.endpoint, "--regions", ",".join(REGIONS), env=env)
    return r.code == -signal.SIGKILL


def plans():
    """Where to kill: at named places first, then at moments anywhere in a sweep's duration. Later passes
    of the places are test_crash's."""
    rnd = random.Random(SEED)
    points = ["record.before_commit:1", "record.after_commit:1", "record.before_coverage:1"]
    points = points[: max(1, KILLS * 2 // 3)]
    moments = [rnd.random() for _ in range(KILLS - len(points))]
    # The end of a sweep, where it writes, is short and of most interest.
    moments = [m if i % 2 == 0 else 0.7 + 0.25 * m for i, m in enumerate(moments)]
    return points + moments


@pytest.mark.parametrize("where", plans())
def test_a_killed_sweep_is_made_good_by_the_next(settled, where):
    w = settled
    store = w.home / f"killed-{str(where).replace(':', '-')}.db"
    program.copy_store(w.store, store)
    if isinstance(where, float):
        moment = where
        while not kill_after(w, store, moment * w.third.seconds):
            moment *= 0.9
            program.copy_store(w.store, store)
    else:
        assert kill_at(w, store, where), f"{where} is never passed"
    program.whole(store)
    r = sweep(w.silt, store, w.endpoint)
    assert r.code == w.first.code, r.err
    program.whole(store)
    judge(w, store, f"killed-{where}")
    assert program.compared(store) == program.compared(w.after), "not what an undisturbed sweep recorded"
    print(f"killed at {where}")
