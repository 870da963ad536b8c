# SPDX-License-Identifier: Apache-2.0
"""The demonstration: a store like any other, always the same, with what it promises in it."""

import json
import re
import shutil
import signal
import subprocess

import pytest

import emulator
import program
from test_daemon import Daemon, up  # noqa: F401 (a fixture)

END = "2026-06-15T09:00:00Z"  # a Monday; the Friday of the story is the 5th


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    home = tmp_path_factory.mktemp("demo")
    silt = program.Siltstone(home)
    silt.ok("demo", "--store", home / "demo.db", "--end", END, "--scale", "1600")
    return home / "demo.db"


def ask(demo, sql, **params):
    return program.rows(demo, sql, *params)


def test_it_is_sound_and_always_the_same(siltstone, demo, tmp_path):
    program.whole(demo)
    siltstone.ok("verify", "--store", demo)
    siltstone.ok("demo", "--store", tmp_path / "again.db", "--end", END, "--scale", "1600")
    # But for the ids that rules are given.
    first, second = (re.sub(r"config-rule-[a-z0-9]{6}", "config-rule-x", siltstone.ok("items", "--store", s, "--format", "jsonl").out) for s in (demo, tmp_path / "again.db"))
    assert first == second and first.count("\n") > 1000


def test_the_door_that_alice_opened(demo):
    """Who, when, from where; what the rule said; and that it was mended on Tuesday."""
    (rid, opened, actor, after), = ask(demo, """SELECT rid, at, actor, after FROM changes WHERE name = 'bastion' AND op = 'add'
        AND resource_type = 'AWS::EC2::SecurityGroup' AND after LIKE '%0.0.0.0/0%'""")
    assert opened.startswith("2026-06-05 18:42:1") and actor == "arn:aws:iam::111122223333:user/alice"
    assert json.loads(after)["fromPort"] == 22
    assert ask(demo, f"SELECT event_name, source_ip FROM causes WHERE rid = {rid} AND at = '{opened}'") == [("AuthorizeSecurityGroupIngress", "203.0.113.77")]
    assert [(result, since[:16]) for result, since in ask(demo, f"SELECT result, since FROM compliance_history WHERE rid = {rid} AND rule = 'restricted-ssh' ORDER BY since")] == \
        [("COMPLIANT", "2026-03-17 09:10"), ("NON_COMPLIANT", "2026-06-05 18:42"), ("COMPLIANT", "2026-06-09 10:12")]
    attached = ask(demo, f"SELECT DISTINCT resource_type FROM relationships_at WHERE t = strftime('%s', '2026-06-06') + 0 AND target_rid = {rid} AND resource_type <> 'AWS::Config::ResourceCompliance'")
    assert set(attached) == {("AWS::EC2::Instance",), ("AWS::EC2::NetworkInterface",)}
    assert ask(demo, f"SELECT * FROM relationships WHERE target_rid = {rid} AND resource_type <> 'AWS::Config::ResourceCompliance'") == []


def test_what_went_before_two_oclock(demo):
    names = ask(demo, """SELECT DISTINCT c.event_name FROM causes c WHERE c.at BETWEEN '2026-06-12 13:50:00' AND '2026-06-12 14:00:00'""")
    assert {"UpdateFunctionCode20150331v2", "RevokeSecurityGroupIngress", "CreateLaunchTemplateVersion"} <= {n for n, in names}


def test_when_nobody_could_look(demo):
    blind = ask(demo, "SELECT account, region, since, until, failed, reason FROM gaps WHERE failed > 0")
    assert {(account, region) for account, region, *_ in blind} == {("444455556666", r) for r in ("eu-west-1", "us-east-1", "global")}
    assert all(failed == 5 and "sts:AssumeRole" in reason for *_, failed, reason in blind)
    # Nothing of the account is told in between, and what had changed is told at its end, by nobody.
    since, until = blind[0][2:4]
    assert ask(demo, f"SELECT count(*) FROM history WHERE account = '444455556666' AND at > datetime('{since}', '+90 minutes') AND at < '{until}'") == [(0,)]
    assert ask(demo, f"SELECT count(*), count(actor) FROM history WHERE account = '444455556666' AND at = '{until}'")[0][1] == 0


def test_what_is_not_mended_yet(demo):
    assert ask(demo, """SELECT c.rule, r.actor FROM compliance c JOIN resources r USING (rid)
        WHERE c.result = 'NON_COMPLIANT' AND c.since > '2026-06-13' AND c.rule IN ('rds-storage-encrypted', 's3-bucket-versioning-enabled') ORDER BY 1""") == \
        [("rds-storage-encrypted", "arn:aws:iam::111122223333:user/dave"), ("s3-bucket-versioning-enabled", "arn:aws:iam::111122223333:user/dave")]


def test_every_type_is_known_and_leads_somewhere(demo):
    assert len(ask(demo, "SELECT DISTINCT type FROM _resource")) >= 25
    assert ask(demo, "SELECT DISTINCT r.type FROM _resource r WHERE r.type NOT IN (SELECT type FROM _type)") == [("AWS::Config::ResourceCompliance",)]
    # Links lead to what is there, but for what the account itself brings.
    loose = {t for t, in ask(demo, "SELECT DISTINCT target_type FROM relationships WHERE target_rid IS NULL")}
    assert loose <= {"AWS::EC2::DHCPOptions", "AWS::IAM::InstanceProfile", "AWS::IAM::Group", "AWS::KMS::Key"}


def test_shown_and_removed(siltstone, tmp_path):
    """Whatever is configured here: nothing of it is read, and nothing stays."""
    (tmp_path / "siltstone.conf").write_text('[source "prod"]\nregions = us-east-1\n')
    (tmp_path / "temporary").mkdir()
    port = emulator.free_port()
    env = siltstone.environment(TMPDIR=str(tmp_path / "temporary"))
    p = siltstone.start("up", "--demo", "--scale", "1000", "--listen", f"127.0.0.1:{port}", "--log-level", "info", env=env,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        lines = [p.stdout.readline().decode() for _ in range(4)]
        assert lines[1] == f"Pages  http://127.0.0.1:{port}/\n" and "removed" in lines[3]
        store = lines[0].split()[1].rstrip(":")
        while b"daemon.ready" not in p.stderr.readline():
            assert p.poll() is None
        assert program.one(store, "SELECT count(*) FROM _source WHERE kept") == 0
        p.send_signal(signal.SIGINT)
        assert p.wait(90) == 0
    finally:
        p.kill()
        p.communicate()
    assert list((tmp_path / "temporary").iterdir()) == []
    shutil.rmtree(tmp_path / "temporary")


def test_only_into_a_store_of_its_own(siltstone, demo):
    r = siltstone.run("demo", "--store", demo)
    assert r.code != 0 and "something in this store already" in r.err and "siltstone up --store" in r.err
    assert siltstone.run("demo").code == 2
    assert siltstone.run("up", "--scale", "5").code == 2
    assert siltstone.run("demo", "--store", "x.db", "--scale", "5000000").code == 2


def test_the_rules_themselves_find_the_same(siltstone, demo, store):  # noqa: F811
    """What the demonstration says that rules found is what they find; in which words is theirs to say."""
    verdicts = "SELECT account, region, rule, resource_id, result, since FROM compliance WHERE result <> 'NOT_APPLICABLE' ORDER BY 1, 2, 3, 4"
    program.copy_store(demo, store)
    runs = json.loads(siltstone.run("rule", "evaluate", "--store", store, "--format", "json").out)
    assert sum(run["judged"] for run in runs) >= 40
    assert [run for run in runs if run["error"] and "no statement here" not in run["error"]] == []
    assert [run for run in runs if run["changed"] or run["insufficient"]] == []
    assert ask(store, verdicts) == ask(demo, verdicts)
