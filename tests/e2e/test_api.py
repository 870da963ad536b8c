# SPDX-License-Identifier: Apache-2.0
"""AWS Config's API over HTTP, asked by boto3, by hand, and in process."""

import datetime
import json
import re

import pytest

import estate
import program
from service import pages, refused

ACCOUNT = "123456789012"
REGION = estate.REGIONS[0]
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def types(store, region):
    return dict(program.rows(store, "SELECT resource_type, count(*) FROM resources WHERE region IN (?, 'global') GROUP BY 1", region))


def test_what_was_swept_is_listed_counted_and_told(asked):
    config = asked.client(REGION)
    expected = types(asked.store, REGION)
    counted = [c for page in pages(config.get_discovered_resource_counts, "resourceCounts", limit=2) for c in page]
    assert {c["resourceType"]: c["count"] for c in counted} == expected
    assert [c["count"] for c in counted] == sorted((c["count"] for c in counted), reverse=True)
    assert config.get_discovered_resource_counts()["totalDiscoveredResources"] == sum(expected.values())
    for kind, n in expected.items():
        found = [r for page in pages(config.list_discovered_resources, "resourceIdentifiers", resourceType=kind, limit=3) for r in page]
        assert len(found) == n and len({r["resourceId"] for r in found}) == n
        one = found[0]["resourceId"]
        items = config.get_resource_config_history(resourceType=kind, resourceId=one)["configurationItems"]
        assert [i["configurationItemStatus"] for i in items] == ["ResourceDiscovered"]
        batch = config.batch_get_resource_config(resourceKeys=[{"resourceType": kind, "resourceId": one}])
        assert not batch["unprocessedResourceKeys"]
        base = batch["baseConfigurationItems"][0]
        assert base["configuration"] == items[0]["configuration"]
        assert not {"tags", "relationships", "relatedEvents", "configurationItemMD5Hash"} & set(base)
        json.loads(base["configuration"])


def test_an_item_is_what_the_file_says_in_another_dress(asked, siltstone):
    """The conversion of the reference, section 1.3, against `siltstone items`."""
    config = asked.client(REGION)
    compared = 0
    for file in siltstone.items(asked.store):
        if file["awsRegion"] not in (REGION, "global"):
            continue
        got = config.get_resource_config_history(resourceType=file["resourceType"], resourceId=file["resourceId"])["configurationItems"][0]
        names = {"awsAccountId": "accountId", "ARN": "arn", "configurationItemVersion": "version", "configurationStateMd5Hash": "configurationItemMD5Hash"}
        want = {names.get(k, k): v for k, v in file.items()}
        want["configurationStateId"] = str(want["configurationStateId"])
        want["relationships"] = [{("relationshipName" if k == "name" else k): v for k, v in r.items()} for r in want["relationships"]]
        for k in ("configurationItemCaptureTime", "resourceCreationTime"):
            if k in want:
                want[k] = datetime.datetime.fromisoformat(want[k].replace("Z", "+00:00"))
        got["configuration"] = json.loads(got["configuration"])
        got["supplementaryConfiguration"] = {k: json.loads(v) for k, v in got["supplementaryConfiguration"].items()}
        assert got == want
        compared += 1
    assert compared > 10


def test_the_samples_of_the_reference_come_back_as_they_are(serve, siltstone, store):
    path = program.SHARED / "spec" / "samples" / "10-api-history-and-select.json"
    if not path.exists():
        pytest.skip(f"no samples in {path.parent} (set SILTSTONE_SHARED)")
    samples = json.loads(path.read_text())
    lines = [i for s in samples.values() for i in s.get("configurationItems", []) + s.get("baseConfigurationItems", [])]
    (siltstone.home / "items.jsonl").write_text("".join(json.dumps(i) + "\n" for i in lines))
    siltstone.ok("import", siltstone.home / "items.jsonl", "--store", store)
    asked = serve(store)

    def meaning(item):
        item["configuration"] = json.loads(item["configuration"])
        item["supplementaryConfiguration"] = {k: json.loads(v) for k, v in item["supplementaryConfiguration"].items()}
        return item

    def ask(operation, body):
        status, headers, got = asked.raw(operation, body, region="us-west-2")
        assert status == 200 and headers["content-type"] == "application/x-amz-json-1.1"
        assert re.fullmatch(UUID, headers["x-amzn-requestid"])
        return json.loads(got)

    compared = 0
    for name, sample in samples.items():
        for member in ("configurationItems", "baseConfigurationItems"):
            if member not in sample:
                continue
            key = {k: sample[member][0][k] for k in ("resourceType", "resourceId")}
            got = ask("GetResourceConfigHistory", key) if member == "configurationItems" else ask("BatchGetResourceConfig", {"resourceKeys": [key]})
            assert list(got[member][0]) == list(sample[member][0])
            got[member], sample[member] = [[meaning(i) for i in x[member]] for x in (got, sample)]
            assert got == sample, name
            compared += 1
    assert compared == 3


def test_pages_hold_while_the_store_is_written_to(serve, siltstone, store):
    def item(n, version):
        ms = 1_700_000_000_000 + version * 1000
        return {"resourceType": "AWS::EC2::VPC", "resourceId": f"vpc-{n:02d}", "awsAccountId": ACCOUNT, "awsRegion": "us-east-1",
                "configurationItemCaptureTime": datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).isoformat(),
                "configuration": {"n": version}}

    def bring(items):
        (siltstone.home / "items.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
        siltstone.ok("import", siltstone.home / "items.jsonl", "--store", store)

    bring([item(n, 1) for n in range(0, 20, 2)] + [item(0, v) for v in range(2, 40)])
    config = serve(store).client("us-east-1")
    seen, written = [], iter(range(1, 20, 2))
    for page in pages(config.list_discovered_resources, "resourceIdentifiers", resourceType="AWS::EC2::VPC", limit=3):
        seen += [r["resourceId"] for r in page]
        bring([item(next(written), 1)])
    assert len(seen) == len(set(seen)) and {f"vpc-{n:02d}" for n in range(0, 20, 2)} <= set(seen)
    versions, more = [], iter(range(100, 200))
    for page in pages(config.get_resource_config_history, "configurationItems", resourceType="AWS::EC2::VPC", resourceId="vpc-00", limit=7):
        versions += [json.loads(i["configuration"])["n"] for i in page]
        bring([item(0, next(more))])
    assert versions == list(range(39, 0, -1))


def test_the_past_is_asked_with_a_header(serve, siltstone, store):
    def bring(n, when):
        line = {"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1", "awsAccountId": ACCOUNT, "awsRegion": "us-east-1",
                "configurationItemCaptureTime": when, "configuration": {"n": n}}
        (siltstone.home / "items.jsonl").write_text(json.dumps(line) + "\n")
        siltstone.ok("import", siltstone.home / "items.jsonl", "--store", store)

    bring(1, "2026-01-01T00:00:00Z")
    bring(2, "2026-02-01T00:00:00Z")
    asked = serve(store)
    key = {"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1"}
    for moment, n in (("2026-01-15T00:00:00Z", 1), ("1768435200", 1), ("2026-03-01", 2), (None, 2)):
        status, _, got = asked.raw("BatchGetResourceConfig", {"resourceKeys": [key]}, {"X-Siltstone-As-Of": moment})
        assert status == 200 and json.loads(json.loads(got)["baseConfigurationItems"][0]["configuration"]) == {"n": n}, moment
    status, _, got = asked.raw("BatchGetResourceConfig", {"resourceKeys": [key]}, {"X-Siltstone-As-Of": "yesterday"})
    assert status == 400 and json.loads(got)["__type"] == "ValidationException"
    status, _, got = asked.raw("PutRetentionConfiguration", {"RetentionPeriodInDays": 30}, {"X-Siltstone-As-Of": "2026-03-01"})
    assert status == 400 and json.loads(got)["__type"] == "ValidationException"
    assert json.loads(asked.raw("GetDiscoveredResourceCounts", {}, {"X-Siltstone-As-Of": "2025-01-01"})[2])["totalDiscoveredResources"] == 0
    # Through the shadowed views, more often than there are connections that read.
    for _ in range(5):
        for moment, n in (("2026-01-15", 1), ("2026-03-01", 2), (None, 2)):
            status, _, got = asked.raw("SelectResourceConfig", {"Expression": "SELECT configuration.n"}, {"X-Siltstone-As-Of": moment})
            assert (status, json.loads(json.loads(got)["Results"][0])) == (200, {"configuration": {"n": n}}), moment


def test_what_is_refused_is_refused_as_aws_config_does(asked):
    config = asked.client(REGION)
    assert refused(config.get_resource_config_history, resourceType="AWS::EC2::VPC", resourceId="vpc-none") == (
        "ResourceNotDiscoveredException", "Resource vpc-none of resourceType:AWS::EC2::VPC is unknown or has not been discovered")
    now = datetime.datetime.now(datetime.timezone.utc)
    assert refused(config.get_resource_config_history, resourceType="AWS::EC2::VPC", resourceId="x", earlierTime=now, laterTime=now)[0] == "InvalidTimeRangeException"
    assert asked.raw("GetResourceConfigHistory", {"resourceType": "AWS::EC2::VPC", "resourceId": "x", "earlierTime": 2, "laterTime": 1})[2] == b'{"__type":"InvalidTimeRangeException"}'
    assert refused(config.list_discovered_resources, resourceType="AWS::EC2::VPC", limit=101) == (
        "InvalidLimitException", "Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100")
    assert refused(config.list_discovered_resources, resourceType="AWS::EC2::VPC", nextToken="abc") == ("InvalidNextTokenException", "The nextToken provided is invalid")
    assert refused(config.batch_get_resource_config, resourceKeys=[{"resourceType": "AWS::EC2::VPC", "resourceId": str(i)} for i in range(101)])[0] == "ValidationException"
    assert refused(config.list_discovered_resources)[0] == "ValidationException"


def test_what_is_not_the_protocol_is_refused(asked):
    status, headers, body = asked.raw("NoSuchThing")
    assert (status, body) == (400, b'{"__type":"UnknownOperationException"}') and re.fullmatch(UUID, headers["x-amzn-requestid"])
    assert asked.raw("ListStoredQueries", prefix="Other.")[2] == b'{"__type":"UnknownOperationException"}'
    assert asked.raw("ListStoredQueries", headers={"X-Amz-Target": None})[2] == b'{"__type":"UnknownOperationException"}'
    for body in (b"{", b"[]", b'{"Limit":"x"}', b'{"a":1}x', b'"x"', b"\xff"):
        status, _, got = asked.raw("ListTagsForResource", body)
        assert status == 400 and json.loads(got)["__type"] == "SerializationException", body
    status, _, got = asked.raw("ListStoredQueries", headers={"Content-Type": "text/plain"})
    assert status == 400 and json.loads(got)["__type"] == "SerializationException"
    status, _, got = asked.raw("ListStoredQueries", b"")
    assert (status, got) == (200, b'{"StoredQueryMetadata":[]}')
    assert asked.raw("ListStoredQueries", b" " * (1 << 20))[0] == 200
    assert asked.raw("ListStoredQueries", b'{"Thing":[1],"MaxResults":null}')[0] == 200


def test_stored_queries_are_kept_changed_tagged_and_forgotten(asked):
    config = asked.client(REGION)
    arn = config.put_stored_query(StoredQuery={"QueryName": "all", "Description": "everything", "Expression": "SELECT *"},
                                  Tags=[{"Key": "team", "Value": "a"}])["QueryArn"]
    assert re.fullmatch(rf"arn:aws:config:{REGION}:{ACCOUNT}:stored-query/all/query-[a-z0-9]{{16}}", arn)
    assert config.put_stored_query(StoredQuery={"QueryName": "all", "Expression": "SELECT arn"})["QueryArn"] == arn
    assert config.get_stored_query(QueryName="all")["StoredQuery"] == {
        "QueryId": arn.rsplit("/", 1)[1], "QueryArn": arn, "QueryName": "all", "Expression": "SELECT arn"}
    for n in range(5):
        config.put_stored_query(StoredQuery={"QueryName": f"q{n}", "Expression": "SELECT *"})
    listed = list(pages(config.list_stored_queries, "StoredQueryMetadata", "NextToken", MaxResults=4))
    assert [len(p) for p in listed] == [4, 2] and [q["QueryName"] for p in listed for q in p] == ["all", "q0", "q1", "q2", "q3", "q4"]
    assert asked.client("ap-south-1").list_stored_queries()["StoredQueryMetadata"] == []
    config.tag_resource(ResourceArn=arn, Tags=[{"Key": "x", "Value": "y"}])
    config.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "x", "Value": "y"}]
    config.delete_stored_query(QueryName="all")
    assert refused(config.list_tags_for_resource, ResourceArn=arn) == ("ResourceNotFoundException", f"ResourceArn '{arn}' does not exist")
    assert refused(config.get_stored_query, QueryName="all")[0] == "ResourceNotFoundException"


def test_retention_is_what_the_command_line_shows(asked, siltstone):
    config = asked.client(REGION)
    assert config.put_retention_configuration(RetentionPeriodInDays=400)["RetentionConfiguration"] == {"Name": "default", "RetentionPeriodInDays": 400}
    assert "400" in siltstone.ok("retention", "show", "--store", asked.store).out
    assert config.describe_retention_configurations()["RetentionConfigurations"] == [{"Name": "default", "RetentionPeriodInDays": 400}]
    assert asked.raw("DeleteRetentionConfiguration", {"RetentionConfigurationName": "default"})[2] == b""
    assert config.describe_retention_configurations()["RetentionConfigurations"] == []
    assert refused(config.delete_retention_configuration, RetentionConfigurationName="default") == (
        "NoSuchRetentionConfigurationException", "Cannot find retention configuration with the specified name 'default'.")


def test_a_token_lives_longer_than_the_daemon(serve, store_copy):
    asked = serve(store_copy)
    first = asked.client(REGION).get_discovered_resource_counts(limit=1)
    asked.stop()
    again = serve(store_copy).client(REGION).get_discovered_resource_counts(limit=1, nextToken=first["nextToken"])
    assert again["resourceCounts"] and again["resourceCounts"] != first["resourceCounts"]


def test_the_command_line_gives_the_same_answers(asked, siltstone):
    def ask(*args, env=None):
        return siltstone.run("api", *args, "--store", asked.store, "--region", REGION, "--account", ACCOUNT)

    for operation, body in (("GetDiscoveredResourceCounts", "{}"), ("ListDiscoveredResources", '{"resourceType":"AWS::EC2::VPC"}'), ("ListStoredQueries", "")):
        got = ask(operation, *([body] if body else []))
        assert got.code == 0 and got.out.encode() == asked.raw(operation, body.encode(), region=REGION)[2] + b"\n"
    (siltstone.home / "request.json").write_text('{"RetentionPeriodInDays":90}')
    assert ask("PutRetentionConfiguration", f"@{siltstone.home / 'request.json'}").code == 0
    assert asked.client(REGION).describe_retention_configurations()["RetentionConfigurations"][0]["RetentionPeriodInDays"] == 90
    got = ask("DeleteRetentionConfiguration", '{"RetentionConfigurationName":"x"}')
    assert got.code == 2 and json.loads(got.out)["__type"] == "NoSuchRetentionConfigurationException" and "NoSuchRetention" in got.err
    got = ask("liststoredqueries")
    assert got.code == 3 and "siltstone api ListStoredQueries" in got.err
    assert ask("ListStoredQueries", "@/none/such").code == 3
