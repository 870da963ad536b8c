# SPDX-License-Identifier: Apache-2.0
"""Many accounts and regions behind one source: each is looked at, what is refused is a gap with a reason that holds up
nothing else, and is not asked for ever."""

import json
import re
import sqlite3
import urllib.parse

import boto3
import botocore.config
import pytest

import fault_proxy
import program

OWN, ONE, TWO, DENIED = "123456789012", "111111111111", "222222222222", "333333333333"
REGIONS = ["us-east-1", "eu-west-1", "eu-north-1"]
SHUT = "eu-north-1"
TYPES = "AWS::EC2::VPC,AWS::EC2::Subnet,AWS::SQS::Queue,AWS::IAM::Role,AWS::S3::Bucket"
REGIONAL = ["AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::SQS::Queue"]
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:Describe*", "sqs:*"], "Resource": "*"}]}


def member(moto, account, service, region="us-east-1"):
    """A client in the name of an account."""
    keys = moto.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/Owner", RoleSessionName="test")["Credentials"]
    return boto3.client(service, region_name=region, endpoint_url=moto.endpoint, aws_access_key_id=keys["AccessKeyId"],
                        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"],
                        config=botocore.config.Config(retries={"max_attempts": 1}, proxies={}))


def shut_region(proxy):
    proxy.fault("Describe*", fault_proxy.Status(403, fault_proxy.ec2_error("UnauthorizedOperation")), region=SHUT)
    proxy.fault("ListQueues", fault_proxy.Status(403, fault_proxy.json_error("AccessDenied"), kind="application/x-amz-json-1.0"), region=SHUT)


def shut_account(proxy, account=DENIED):
    proxy.fault("AssumeRole", fault_proxy.Status(403, fault_proxy.query_error("AccessDenied", "not authorized to perform: sts:AssumeRole")),
                says=account.encode())


@pytest.fixture
def estate(moto):
    moto.reset()
    for account in (ONE, TWO, DENIED):
        for region in REGIONS:
            member(moto, account, "sqs", region).create_queue(QueueName=f"of-{account}")
    return moto


@pytest.fixture
def org(siltstone, estate, proxy, store):
    """A source of three accounts, one of which nobody may enter, in three regions, one of which is shut."""
    shut_account(proxy)
    shut_region(proxy)
    siltstone.ok("source", "add", "org", "--store", store, "--accounts", f"{ONE},{TWO},{DENIED}", "--role-name", "Recorder",
                 "--external-id", "the-id", "--session-policy", json.dumps(POLICY, indent=4), "--regions", ",".join(REGIONS),
                 "--types", TYPES, "--endpoint", proxy.endpoint)
    return siltstone


def table(silt, store, *args):
    return json.loads(silt.ok(*args, "--store", store, "--format", "json").out)


def test_what_is_refused_holds_up_nothing_else_and_the_ledger_says_so(org, proxy, store):
    run = org.run("record", "org", "--store", store)
    assert run.code == 7, run
    assert "2 of 3 accounts" in run.err and f"account {DENIED} *" in run.err, run.err
    # Complete where nobody refuses.
    queues = program.rows(store, "SELECT account, region FROM _resource WHERE type = 'AWS::SQS::Queue' ORDER BY 1, 2")
    assert queues == sorted((a, r) for a in (ONE, TWO) for r in REGIONS if r != SHUT)
    complete = program.rows(store, "SELECT account, region, type FROM _coverage WHERE outcome = 'complete' AND region NOT IN ('global')")
    for account in (ONE, TWO):
        for region in REGIONS:
            found = {t for a, r, t in complete if (a, r) == (account, region)}
            assert found >= set(REGIONAL) if region != SHUT else not found & set(REGIONAL), (account, region, found)
    # Types without a region once an account.
    assert program.rows(store, "SELECT account, count(*) FROM _coverage WHERE type = 'AWS::IAM::Role' GROUP BY 1") == [(ONE, 1), (TWO, 1)]
    blind = table(org, store, "coverage", "--blind")
    assert {(b["account"], b["region"], b["resource_type"]) for b in blind} == {
        (DENIED, "", "*"), *((a, SHUT, t) for a in (ONE, TWO) for t in ["*", *REGIONAL])}
    assert all(b["state"] == "blind" and b["until"].startswith("9999") and b["reason"] for b in blind)
    gaps = table(org, store, "gaps")
    assert {(g["account"], g["region"]) for g in gaps} == {(DENIED, ""), (ONE, SHUT), (TWO, SHUT)}
    assert all(g["until"].startswith("9999") and "AccessDenied" in g["reason"] or "Unauthorized" in g["reason"] for g in gaps), gaps
    assert org.run("gaps", "--store", store, "--exit-code").code == 1
    assert {c["state"] for c in table(org, store, "coverage", "--account", ONE, "--region", "us-east-1")} == {"complete"}
    # Of a type that nobody has any of, too; by its last part, and at a time when nobody had looked.
    assert {c["account"] for c in table(org, store, "coverage", "--type", "AWS::IAM::*")} == {ONE, TWO, DENIED}
    assert {c["resource_type"] for c in table(org, store, "coverage", "--type", "Subnet")} == {"AWS::EC2::Subnet", "*"}
    assert table(org, store, "coverage", "--at", "1d") == []
    assert org.run("coverage", "--store", store, "--at", "1d", "--since", "1d").code


def test_the_session_of_the_role_is_narrowed_and_named(org, proxy, store):
    org.run("record", "org", "--store", store)
    asked = [urllib.parse.parse_qs(b.decode()) for op, b in proxy.bodies if op == "AssumeRole"]
    assert {a["RoleArn"][0] for a in asked} == {f"arn:aws:iam::{a}:role/Recorder" for a in (ONE, TWO, DENIED)}
    assert all(a["ExternalId"] == ["the-id"] for a in asked)
    for a in asked:
        assert json.loads(a["Policy"][0]) == POLICY and " " not in a["Policy"][0]


def test_what_was_refused_is_not_asked_for_ever(org, proxy, store):
    (org.home / "siltstone.conf").write_text("[recorder]\nevery = 1h\n")
    env = org.environment(AWS_REGION="us-east-1")
    org.run("up", "--once", "--listen", "off", "--store", store, env=env)
    refused = [s for s in proxy.seen if s.region == SHUT and s.op in ("DescribeVpcs", "ListQueues")]
    assert refused
    proxy.clear()
    shut_account(proxy)
    shut_region(proxy)
    program_sweeps_again(org, store, env)
    # Not asked, and yet told.
    assert "ListQueues" in proxy.ops()
    assert not [s for s in proxy.seen if s.region == SHUT and s.op in ("DescribeVpcs", "DescribeSubnets", "ListQueues")], proxy.seen
    assert not [b for op, b in proxy.bodies if op == "AssumeRole" and DENIED.encode() in b]
    assert program.rows(store, "SELECT count(*) FROM _coverage WHERE type = '*' GROUP BY sweep_ms") == [(3,), (3,)]
    assert program.rows(store, "SELECT DISTINCT times, again_ms - last_ms FROM _denial") == [(1, 3600000)]
    again = table(org, store, "coverage", "--blind")
    assert all(b["asked_again"] for b in again if b["resource_type"] != "*" or b["account"] == DENIED), again
    # By hand it is asked at once, and the wait doubles.
    org.run("record", "org", "--store", store)
    assert program.rows(store, "SELECT DISTINCT times, again_ms - last_ms FROM _denial") == [(2, 7200000)]
    # And when the doctor says so.
    run = org.run("doctor", "--retry-denied", "--store", store, env=env)
    assert "refused" in run.out, run
    proxy.clear()
    program_sweeps_again(org, store, env)
    assert program.rows(store, "SELECT * FROM _denial") == []
    assert table(org, store, "gaps") == []
    assert table(org, store, "coverage", "--blind") == []
    whole = table(org, store, "coverage", "--since", "1h", "--blind")
    assert {(b["account"], b["region"]) for b in whole} == {(DENIED, ""), (ONE, SHUT), (TWO, SHUT)}


def program_sweeps_again(silt, store, env):
    db = sqlite3.connect(store)
    db.execute("UPDATE _recorder SET next_ms = 0")
    db.commit()
    db.close()
    before = program.one(store, "SELECT max(sweep_ms) FROM _coverage")
    silt.run("up", "--once", "--listen", "off", "--store", store, env=env)
    assert program.one(store, "SELECT max(sweep_ms) FROM _coverage") > before


def test_an_organization_is_its_active_accounts_and_its_own(siltstone, estate, proxy, store):
    organizations = estate.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    ids = [organizations.create_account(AccountName=n, Email=f"{n}@example.com")["CreateAccountStatus"]["AccountId"] for n in ("a", "b", "c")]
    for i in ids:
        member(estate, i, "sqs").create_queue(QueueName=f"of-{i}")
    estate.client("sqs").create_queue(QueueName="of-own")
    organizations.close_account(AccountId=ids[2])
    siltstone.ok("source", "add", "org", "--store", store, "--organization", "--role-name", "Recorder", "--regions", "us-east-1",
                 "--types", "AWS::SQS::Queue", "--endpoint", proxy.endpoint)
    run = siltstone.ok("record", "org", "--store", store)
    assert "3 accounts" in run.err, run.err
    found = program.rows(store, "SELECT account, id FROM _resource ORDER BY 1")
    assert {a for a, _ in found} == {OWN, *ids[:2]}
    assert sum("AssumeRole" == op for op, _ in proxy.bodies) == 2
    # Some of them, and one alone.
    other = siltstone.home / "other.db"
    siltstone.ok("record", "--store", other, "--organization", "--exclude-accounts", ids[0], "--role-arn",
                 "arn:aws:iam::{account}:role/Recorder", "--regions", "us-east-1", "--types", "AWS::SQS::Queue", "--endpoint", proxy.endpoint)
    assert {a for a, in program.rows(other, "SELECT account FROM _resource")} == {OWN, ids[1]}
    one = siltstone.home / "one.db"
    siltstone.ok("record", "--store", one, "--organization", "--account", ids[0], "--role-name", "R", "--regions", "us-east-1",
                 "--types", "AWS::SQS::Queue", "--endpoint", proxy.endpoint)
    assert {a for a, in program.rows(one, "SELECT account FROM _resource")} == {ids[0]}


def test_an_organization_nobody_may_list_is_a_gap_of_the_source(siltstone, estate, proxy, store):
    proxy.fault("ListAccounts", fault_proxy.Status(400, fault_proxy.json_error("AccessDeniedException"), kind="application/x-amz-json-1.1"))
    siltstone.ok("source", "add", "org", "--store", store, "--organization", "--role-name", "R", "--regions", "us-east-1", "--endpoint", proxy.endpoint)
    run = siltstone.run("record", "org", "--store", store)
    assert run.code not in (0, 7) and "organization" in run.err, run
    blind = table(siltstone, store, "coverage", "--blind")
    assert [(b["account"], b["resource_type"]) for b in blind] == [("", "*")]


def test_all_regions_are_those_enabled_in_each_account(siltstone, estate, proxy, store):
    def few(body):
        return re.sub(rb"<item>(?:(?!</item>).)*?<regionName>(?!us-east-1|eu-west-1)[^<]*</regionName>.*?</item>", b"", body, flags=re.S)

    proxy.fault("DescribeRegions", fault_proxy.Page(few))
    siltstone.ok("record", "--store", store, "--accounts", f"{OWN},{ONE}", "--role-name", "R", "--regions", "all", "--types", "AWS::EC2::VPC",
                 "--endpoint", proxy.endpoint)
    assert set(program.rows(store, "SELECT account, region FROM _coverage")) == {(a, r) for a in (OWN, ONE) for r in ("us-east-1", "eu-west-1")}
    assert proxy.ops().count("DescribeRegions") == 2


def test_a_store_for_each_account_and_one_of_all(org, proxy, store):
    run = org.run("record", "org", "--store", store, "--store-per-account", org.home / "each")
    assert run.code == 7, run
    each = [org.home / "each" / f"{a}.db" for a in (ONE, TWO)]
    for path in each:
        assert program.rows(path, "SELECT DISTINCT account FROM _resource") == [(path.stem,)]
    assert program.rows(org.home / "each" / f"{DENIED}.db", "SELECT account, type, outcome FROM _coverage") == [(DENIED, "*", "failed")]
    org.ok("merge", org.home / "all.db", *each)
    assert {a for a, in program.rows(org.home / "all.db", "SELECT DISTINCT account FROM _resource")} == {ONE, TWO}
    # What was written there is a source of its own.
    assert org.run("record", "--all", "--store", each[0]).code == 7


def test_a_home_region_is_where_types_without_one_are_looked_at(siltstone, estate, proxy, store):
    siltstone.ok("record", "--store", store, "--home-region", "eu-west-1", "--regions", "us-east-1,eu-north-1", "--types",
                 "AWS::IAM::Role,AWS::S3::Bucket", "--endpoint", proxy.endpoint)
    assert {s.region for s in proxy.seen if s.service == "s3"} == {"eu-west-1"}


@pytest.mark.parametrize("args, says", [
    (["--accounts", "11111"], "no role"),
    (["--accounts", "1111", "--role-name", "x"], "no account"),
    (["--accounts", ONE, "--role-arn", f"arn:aws:iam::{ONE}:role/x"], "one account"),
    (["--accounts", ONE, "--organization", "--role-name", "x"], "exclude each other"),
    (["--role-name", "x"], "several accounts"),
    (["--accounts", ONE, "--role-name", "x", "--session-policy", json.dumps({"x": "y" * 2048})], "2048"),
    (["--accounts", ONE, "--role-name", "x", "--session-policy", "/nowhere/policy"], "/nowhere/policy"),
    (["--accounts", ONE, "--role-name", "x", "--session-policy", "{nothing"], "session policy"),
    (["--trail", "bucket"], "s3://"),
])
def test_what_cannot_be_meant_is_said_when_it_is_added(siltstone, store, args, says):
    run = siltstone.run("source", "add", "x", "--store", store, *args)
    assert run.code and says in run.err, run
