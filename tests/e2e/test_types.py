# SPDX-License-Identifier: Apache-2.0
"""What can be recorded, what that takes, and types of one's own."""

import json

import pytest

import estate
import program

QUEUE = "AWS::SQS::Queue"
MOUNT = "Siltstone::Host::Mount"


def table(silt, *args):
    return [json.loads(line) for line in silt.ok("types", *args, "--format", "jsonl").out.splitlines()]


def entry(silt, name=QUEUE):
    (found,) = json.loads(silt.ok("types", "show", name).out)
    return found


def written(silt, what, name="mine.json"):
    (silt.home / name).write_text(json.dumps(what))
    return name


def test_the_catalogue_is_there_before_any_store(siltstone):
    rows = {r["resource_type"]: r for r in table(siltstone)}
    assert len(rows) > 541 and not list(siltstone.home.glob("*.db"))
    assert (rows[QUEUE]["engine"], rows[QUEUE]["service"], rows[QUEUE]["listed_by"]) == ("native", "sqs", "ListQueues")
    assert rows["AWS::ECS::Cluster"]["listed_by"] == "Cloud Control" and rows["AWS::ECS::Cluster"]["else_by"] == "ListClusters"
    assert rows[QUEUE]["looks"] is None and rows[QUEUE]["resources"] == 0
    assert [r["resource_type"] for r in table(siltstone, "--types", "AWS::SQS::*,AWS::SNS::Topic")] == ["AWS::SNS::Topic", QUEUE]
    assert siltstone.run("types", "--store", "nosuch.db").code == 3


def test_the_table_says_what_became_of_a_type_here(siltstone, store_copy):
    (queue,) = table(siltstone, "--store", store_copy, "--types", QUEUE)
    assert (queue["looks"], queue["resources"]) == ("complete", 2)
    (cost,) = table(siltstone, "--store", store_copy, "--cost", "--types", QUEUE)
    # Two regions listed; attributes and tags of each queue.
    assert (cost["places"], cost["list_calls"], cost["calls_each"], cost["resources"], cost["calls"]) == (2, 1, 2, 2, 6)
    assert cost["measured"] == 6


def test_what_is_not_recorded_is_told_with_why(siltstone, small, store):
    rows = {r["resource_type"]: r for r in table(siltstone, "--missing")}
    assert rows["AWS::QLDB::Ledger"]["why"] == "the service is retired"
    assert "AWS Config itself" in rows["AWS::Config::ResourceCompliance"]["why"] and len(rows) == 17
    siltstone.run("record", "--store", store, "--endpoint", small.endpoint, "--regions", "us-east-1", "--types",
                  f"{QUEUE},AWS::XRay::EncryptionConfig,AWS::DeviceFarm::TestGridProject")
    rows = {r["resource_type"]: r for r in table(siltstone, "--missing", "--store", store)}
    assert QUEUE not in rows
    here = rows["AWS::DeviceFarm::TestGridProject"]
    assert (here["account"], here["region"]) == ("123456789012", "us-east-1") and here["why"].startswith("not offered there: ")


def policy(silt, *args):
    r = silt.ok("types", "--iam-policy", *args)
    document = json.loads(r.out)
    (statement,) = document["Statement"]
    assert (document["Version"], statement["Effect"], statement["Resource"]) == ("2012-10-17", "Allow", "*")
    actions = statement["Action"]
    assert actions == sorted(set(actions)) and all(a.count(":") == 1 for a in actions)
    return actions, r.err


def test_the_policy_holds_what_the_types_take_and_no_more(siltstone, store):
    actions, _ = policy(siltstone, "--types", QUEUE)
    assert actions == ["ec2:DescribeRegions", "sqs:GetQueueAttributes", "sqs:ListQueueTags", "sqs:ListQueues", "sts:GetCallerIdentity"]
    everything, err = policy(siltstone)
    assert len(everything) > 1000 and "managed policy" in err
    siltstone.ok("recorder", "set", "--store", store, "--types", "AWS::SNS::*")
    siltstone.run("record", "--store", store, "--source", "host", "--types", MOUNT)
    actions, _ = policy(siltstone, "--store", store)
    assert "sns:ListTopics" in actions and not [a for a in actions if a.startswith("sqs:")]


def test_an_entry_is_shown_tried_added_and_removed(siltstone, small, store_copy):
    own = {**entry(siltstone), "type": "ACME::Own::Queue", "supplementary": {}, "tags": None, "columns": {}}
    path = written(siltstone, own)
    where = ("--endpoint", small.endpoint, "--regions", "us-east-1")
    r = siltstone.ok("types", "try", path, *where)
    item = json.loads(r.out)
    assert item["resourceType"] == "ACME::Own::Queue" and item["configuration"]["QueueName"] == "jobs"
    assert "ACME::Own::Queue: 1 seen" in r.err
    assert table(siltstone, "--store", store_copy, "--types", "ACME::*") == []
    siltstone.ok("types", "add", path, "--store", store_copy)
    assert [r["catalogue"] for r in table(siltstone, "--store", store_copy, "--types", "ACME::*")] == ["mine"]
    siltstone.ok("record", "--store", store_copy, *where, "--types", "ACME::Own::Queue")
    assert program.one(store_copy, "SELECT count(*) FROM acme_own_queue") == 1
    siltstone.ok("types", "add", path, "--store", store_copy)  # again: replaced
    siltstone.ok("types", "remove", "mine", "--store", store_copy)
    assert table(siltstone, "--store", store_copy, "--types", "ACME::*") == []
    assert program.one(store_copy, "SELECT count(*) FROM _type_iam WHERE type LIKE 'ACME::%'") == 0
    assert program.one(store_copy, "SELECT count(*) FROM resources WHERE resource_type = 'ACME::Own::Queue'") == 1
    assert siltstone.run("types", "remove", "mine", "--store", store_copy).code == 3
    assert siltstone.run("types", "remove", "sqs", "--store", store_copy).code == 3, "the program's own stay"


def test_what_an_entry_of_ones_own_hid_is_back_when_it_goes(siltstone, store_copy):
    def tables():
        return [program.rows(store_copy, f"SELECT * FROM {t} ORDER BY 1, 2, 3") for t in
                ("_type_call", "_type_relation", "_type_event", "_type_path", "_type_column")]

    before = tables()
    own = {**entry(siltstone), "iam": ["sqs:*"]}
    siltstone.ok("types", "add", written(siltstone, [own]), "--store", store_copy)
    assert policy(siltstone, "--store", store_copy, "--types", QUEUE)[0] == ["ec2:DescribeRegions", "sqs:*", "sts:GetCallerIdentity"]
    siltstone.ok("types", "remove", "mine", "--store", store_copy)
    assert tables() == before
    assert "sqs:ListQueues" in policy(siltstone, "--store", store_copy, "--types", QUEUE)[0]


WRONG = {
    "list.op": lambda e: e["list"].update(op="ListCues"),
    "list.Colour": lambda e: e["list"].update(params={"Colour": "red"}),
    "Queues[]": lambda e: e["list"].update(items="Queues[]"),
    "lisst": lambda e: e.update(lisst=1),
    "engine": lambda e: e.update(engine="magic"),
    "id": lambda e: e.pop("id"),
}


@pytest.mark.parametrize("field", WRONG)
@pytest.mark.parametrize("verb", ("add", "try"))
def test_an_entry_that_is_wrong_is_refused_with_field_and_reason(siltstone, store, verb, field):
    wrong = entry(siltstone)
    WRONG[field](wrong)
    r = siltstone.run("types", verb, written(siltstone, wrong), "--store", store)
    assert r.code == 2 and QUEUE in r.err and f'{field}"' in r.err, r.err
    assert not store.exists()


def test_what_is_no_entry_is_refused(siltstone, store):
    for text in ("", "[]", "7", "{", '{"type":7}', "[[]]"):
        (siltstone.home / "x.json").write_text(text)
        r = siltstone.run("types", "add", "x.json", "--store", store)
        assert r.code in (2, 5) and "x.json" in r.err, (text, r.err)
    assert siltstone.run("types", "add", "nosuch.json", "--store", store).code == 3
    assert siltstone.run("types", "add", written(siltstone, entry(siltstone), "sqs.json"), "--store", store).code == 2
    for words in (["show"], ["fly", "x"], ["show", "NoSuch"], ["--cost", "--missing"]):
        assert siltstone.run("types", *words).code in (2, 3), words


def test_a_look_that_fails_on_trial_is_told(siltstone, small):
    path = written(siltstone, [entry(siltstone, "AWS::DeviceFarm::TestGridProject")])
    r = siltstone.run("types", "try", path, "--endpoint", small.endpoint, "--regions", "us-east-1")
    assert r.code == 7 and "TestGridProject: cloudcontrol ListResources in us-east-1: HTTP 500" in r.err, r.err
