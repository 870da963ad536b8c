# SPDX-License-Identifier: Apache-2.0
"""An estate seen through a network and services at their worst: one request in twenty throttled, one in fifty
answered with a page, one in fifty cut off, one in fifty trickling. What could not be seen is said, nothing is taken
for gone that is there, and once all could be seen nothing is missed."""

import os
import time

import pytest

import program
import verdict
from fault_proxy import HTML, Chaos, Cut, FaultProxy, Status, Throttle, Trickle

REGIONS = os.environ.get("SILTSTONE_FAULT_REGIONS", "us-east-1").split()
SEEDS = [int(s) for s in os.environ.get("SILTSTONE_FAULT_SEEDS", "1").split()]
CHANGES = int(os.environ.get("SILTSTONE_FAULT_CHANGES", "30"))
SWEEPS_MAX = 8


def sweep(silt, store, endpoint, *more):
    return silt.run("record", "--store", store, "--endpoint", endpoint, "--regions", ",".join(REGIONS), *more,
                    env=silt.environment(SILTSTONE_BACKOFF_MS="20"), timeout=300)


def deletions(store):
    return program.one(store, "SELECT count(*) FROM _item WHERE status = 'ResourceDeleted'")


def lives(store):
    return sorted(program.rows(store, "SELECT account, region, type, id, name, arn, hex(content) FROM _resource WHERE deleted = 0"), key=str)


def sweep_until_all_is_seen(w, what):
    """Sweeps until one could look everywhere; says how many looks each could not complete."""
    gaps = []
    while not gaps or gaps[-1]:
        assert len(gaps) < SWEEPS_MAX, f"{what}: {gaps}"
        r = sweep(w.silt, w.store, w.proxy.endpoint, "--types", w.types)
        assert r.code in (0, 7), r.err
        looks = program.rows(w.store, """SELECT type, region, outcome, reason, code FROM _coverage
            WHERE sweep_ms = (SELECT max(sweep_ms) FROM _coverage)""")
        assert {(t, region) for t, region, *_ in looks} >= w.places, "a place was not looked at, and nothing says so"
        gaps.append(sum(look[2] != "complete" for look in looks))
        # A gap has a reason, and the exit status tells of it.
        assert all(reason for _, _, outcome, reason, _ in looks if outcome != "complete"), looks
        assert (r.code == 7) == (gaps[-1] > 0), r.err
        program.whole(w.store)
        w.check()
    print(f"{what}: looks that were not complete, sweep by sweep: {gaps}")


class World:
    def check(self):
        pass


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_invented_by_faults(moto_server, estate_tools, siltstone, tmp_path, seed):
    moto_server.reset()
    w = World()
    w.silt, w.store, clean = siltstone, tmp_path / "faults.db", tmp_path / "clean.db"
    verdict.make(estate_tools, moto_server.endpoint, REGIONS, seed=seed)
    assert sweep(w.silt, clean, moto_server.endpoint).code == 0
    w.places = {k for k, v in program.looks(clean).items() if v.outcome == "complete"}
    w.types = ",".join(sorted({t for t, region in w.places if all((t, r) in w.places for r in (REGIONS if region in REGIONS else (region,)))}))
    w.places = {(t, r) for t, r in w.places if t in w.types.split(",")}
    chaos = Chaos(seed, (Throttle(), 0.05), (Status(500, HTML, "text/html"), 0.02), (Cut(), 0.02), (Trickle(0.2), 0.02))
    w.proxy = FaultProxy(moto_server.endpoint)
    try:
        w.proxy.fault("*", chaos)
        w.check = lambda: deletions(w.store) == 0 or pytest.fail("something was taken for gone")
        sweep_until_all_is_seen(w, "at rest")
        # The first sweep of all may have been late for what changes when it is described.
        sweep(w.silt, clean, moto_server.endpoint)
        sweep_until_all_is_seen(w, "at rest, again")
        items = program.one(w.store, "SELECT count(*) FROM _item")
        assert lives(w.store) == [r for r in lives(clean) if r[2] in w.types.split(",")]
        del w.check
        time.sleep(1.6 - time.time() % 1.0)
        oracle = tmp_path / "oracle.jsonl"
        verdict.mutate(estate_tools, moto_server.endpoint, REGIONS, CHANGES, seed, oracle)
        sweep_until_all_is_seen(w, "changed")
        dump = tmp_path / "items.jsonl"
        w.silt.dump(w.store, dump)
        numbers, text = verdict.verify(estate_tools, oracle, dump)
        assert numbers == (0, 0, 0), text
        print(text)
        assert program.one(w.store, "SELECT count(*) FROM _item") > items
        print(f"faults: {dict(chaos.hits)} in {len(w.proxy.seen)} requests")
        assert len(chaos.hits) == 4
    finally:
        w.proxy.stop()
