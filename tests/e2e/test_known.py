# SPDX-License-Identifier: Apache-2.0
"""What is listed as it was is not described again. That must save calls and work, and change nothing of what is
recorded: not after changes, not after sweeps that were killed, not when the catalogue changes."""

import collections
import json
import os
import signal

import pytest

import estate
import program
import verdict
from crash_daemon import HOUR, Clock

REGIONS = os.environ.get("SILTSTONE_KNOWN_REGIONS", "us-east-1")
POINTS = ("record.before_commit:1", "record.after_commit:1", "record.before_coverage:1")


def record(silt, store, endpoint, *more, env=None, types=None):
    return silt.run("record", "--store", store, "--endpoint", endpoint, "--regions", REGIONS, *(["--types", types] if types else []), *more,
                    env=env)


def told(store):
    """What is recorded now, with all that is derived, but for what moves by itself."""
    now = program.rows(store, """SELECT r.type, r.id, json_extract(d.document, '$.relationships'), json_extract(d.document, '$.tags')
        FROM _resource r JOIN _item_document d ON d.item_id = r.last_item ORDER BY 1, 2, 3""")
    links = program.rows(store, """SELECT r.type, r.id, e.name, e.target_type, e.target_id, e.link, e.until_ms = 253402300799000, t.id
        FROM _edge e JOIN _resource r USING (rid) LEFT JOIN _resource t ON t.rid = e.target_rid""")
    tags = program.rows(store, "SELECT r.type, r.id, t.key, t.value, t.until_ms = 253402300799000 FROM _tag t JOIN _resource r USING (rid)")
    return program.compared(store), now, sorted(links, key=str), sorted(tags, key=str)


def known(store):
    return program.one(store, "SELECT count(*) FROM _known k JOIN _resource r ON r.rid = k.rid AND r.last_item = k.item_id WHERE k.hash IS NOT NULL")


def test_what_is_known_changes_nothing_of_what_is_recorded(moto_server, estate_tools, siltstone, tmp_path):
    moto_server.reset()
    endpoint = moto_server.endpoint
    verdict.make(estate_tools, endpoint, REGIONS.split(","))
    afresh, knowing = tmp_path / "afresh.db", tmp_path / "knowing.db"
    for round_ in range(len(POINTS)):
        if round_:
            verdict.mutate(estate_tools, endpoint, REGIONS.split(","), 60, round_, tmp_path / f"{round_}.jsonl")
        r = record(siltstone, afresh, endpoint, "--recheck", "always")
        assert r.code == 0, r.err
        # A sweep that dies has recorded a part of it; what it knows of that must be true.
        r = record(siltstone, knowing, endpoint, env=siltstone.environment(SILTSTONE_FAILPOINT=POINTS[round_]))
        assert r.code == -signal.SIGKILL, r.err
        program.whole(knowing)
        r = record(siltstone, knowing, endpoint)
        assert r.code == 0, r.err
        program.whole(knowing)
        for ours, theirs in zip(told(knowing), told(afresh)):
            assert [r for r in ours if r not in theirs] == [r for r in theirs if r not in ours] == []
    assert program.one(afresh, "SELECT count(*) FROM _known") == 0
    assert known(knowing) > 150
    before = program.content(knowing), program.one(knowing, "SELECT total(n) FROM _known_page")
    r = record(siltstone, knowing, endpoint)
    seen = program.one(knowing, "SELECT count(*) FROM _resource WHERE deleted = 0")
    assert r.code == 0 and f"{seen} seen, 0 new, 0 changed, 0 deleted" in r.err, r.err
    assert (program.content(knowing), program.one(knowing, "SELECT total(n) FROM _known_page")) == before


def test_a_resource_of_an_unchanged_page_is_gone_and_comes_back(moto_server, siltstone, store):
    moto_server.reset()
    made = estate.build(moto_server)
    ec2 = moto_server.client("ec2")
    types = "AWS::EC2::*"
    record(siltstone, store, moto_server.endpoint, types=types)
    looks = program.looks(store)
    record(siltstone, store, moto_server.endpoint, types=types)
    # What is the same was seen all the same.
    assert {k: v.seen for k, v in program.looks(store).items()} == {k: v.seen for k, v in looks.items()}
    group = made["us-east-1"]["group"]
    ec2.create_tags(Resources=[group], Tags=[{"Key": "a", "Value": "1"}])
    assert " 0 new, 1 changed, 0 deleted" in record(siltstone, store, moto_server.endpoint, types=types).err
    ec2.delete_tags(Resources=[group], Tags=[{"Key": "a"}])
    # As it was before, but not as it was last.
    assert " 0 new, 1 changed, 0 deleted" in record(siltstone, store, moto_server.endpoint, types=types).err
    ec2.delete_volume(VolumeId=made["us-east-1"]["volume"])
    assert " 1 deleted" in record(siltstone, store, moto_server.endpoint, types=types).err
    assert " 0 new, 0 changed, 0 deleted" in record(siltstone, store, moto_server.endpoint, types=types).err


def test_another_catalogue_entry_voids_what_is_known(moto_server, siltstone, store):
    moto_server.reset()
    estate.build(moto_server)
    types = "AWS::EC2::VPC,AWS::EC2::Subnet"
    record(siltstone, store, moto_server.endpoint, types=types)
    items = program.one(store, "SELECT count(*) FROM _item")
    entry = json.loads(program.one(store, "SELECT doc FROM _type WHERE type = 'AWS::EC2::VPC'"))
    entry["remove"] = [*entry.get("remove", []), "$.instanceTenancy"]
    mine = siltstone.home / "mine.json"
    mine.write_text(json.dumps([entry]))
    siltstone.ok("types", "add", mine, "--store", store)
    r = record(siltstone, store, moto_server.endpoint, types=types)
    vpcs = program.one(store, "SELECT count(*) FROM _resource WHERE type = 'AWS::EC2::VPC'")
    assert f" 0 new, {vpcs} changed, 0 deleted" in r.err
    assert program.one(store, "SELECT count(*) FROM _item") == items + vpcs


def web_acl(moto):
    waf = moto.client("wafv2")
    rules = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    made = waf.create_web_acl(Name="acl", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=rules)["Summary"]

    def change():
        token = waf.get_web_acl(Name="acl", Scope="REGIONAL", Id=made["Id"])["LockToken"]
        waf.update_web_acl(Name="acl", Scope="REGIONAL", Id=made["Id"], DefaultAction={"Block": {}}, VisibilityConfig=rules, LockToken=token)

    return change


def test_a_version_in_the_list_leaves_calls_out_for_a_day(moto_server, siltstone, store, proxy, tmp_path):
    moto_server.reset()
    change, clock = web_acl(moto_server), Clock(tmp_path / "clock")
    env = siltstone.environment(SILTSTONE_CLOCK=str(clock.path))

    def sweep():
        proxy.clear()
        r = record(siltstone, store, proxy.endpoint, env=env, types="AWS::WAFv2::WebACL")
        assert r.code == 0, r.err
        return proxy.ops().count("GetWebACL"), r.err

    assert sweep()[0] == 1
    assert sweep()[0] == 0
    change()
    calls, said = sweep()
    assert calls == 1 and " 1 changed" in said
    assert sweep()[0] == 0
    clock.go_on(24 * HOUR)
    assert sweep()[0] == 1
    assert sweep()[0] == 0


BUCKETS = [f"bucket-{i:02}" for i in range(24)]


def test_what_no_list_shows_is_read_again_in_turn(moto_server, siltstone, store, proxy, tmp_path):
    moto_server.reset()
    s3, clock = moto_server.client("s3"), Clock(tmp_path / "clock")
    for name in BUCKETS:
        s3.create_bucket(Bucket=name)
    env = siltstone.environment(SILTSTONE_CLOCK=str(clock.path))

    def sweep(recheck):
        """How often each bucket was asked for its policy."""
        proxy.clear()
        r = record(siltstone, store, proxy.endpoint, "--recheck", recheck, env=env, types="AWS::S3::Bucket")
        assert r.code == 0, r.err
        return collections.Counter(op.split("/")[1].split("?")[0] for op in proxy.ops() if op.endswith("?policy")), r.err

    once = collections.Counter(BUCKETS)
    assert sweep("changed")[0] == once
    # By default nothing is trusted that was not looked at.
    assert sweep("changed")[0] == once
    sweep("12h")
    assert not sweep("12h")[0]
    s3.put_bucket_tagging(Bucket=BUCKETS[0], Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    asked, changed = collections.Counter(), 0
    for _ in range(12):
        clock.go_on(HOUR)
        turn, said = sweep("12h")
        assert len(turn) < len(BUCKETS) / 2, turn
        asked += turn
        changed += " 1 changed" in said
    # Each once, and what was hidden until then came to light.
    assert asked == once and changed == 1
    assert program.one(store, "SELECT count(*) FROM _resource WHERE deleted = 0") == len(BUCKETS)
    assert sweep("always")[0] == once


@pytest.mark.parametrize("text", ["never", "0h", "-1h", "6"])
def test_a_recheck_that_cannot_be_meant(siltstone, store, text):
    r = siltstone.run("record", "--store", store, "--recheck", text)
    assert r.code == 2 and "recheck" in r.err, (r.code, r.err)
    r = siltstone.run("source", "add", "x", "--store", store, "--recheck", text)
    assert r.code == 2 and "recheck" in r.err, (r.code, r.err)


def test_a_source_keeps_its_recheck(siltstone, store):
    siltstone.ok("source", "add", "x", "--store", store, "--recheck", "6h")
    assert json.loads(siltstone.ok("source", "list", "--store", store, "-f", "json").out)[0]["settings"] == {"recheck": "6h"}
