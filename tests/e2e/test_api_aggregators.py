# SPDX-License-Identifier: Apache-2.0
"""Aggregators of AWS Config over a store of three accounts and two regions, asked by boto3: spec sections 7.4 and 8.10."""

import datetime
import json
import re
import sqlite3

import pytest

import program
from service import pages, refused

HOME, SECOND, THIRD, NOBODY = "111111111111", "222222222222", "333333333333", "999999999999"
ACCOUNTS = (HOME, SECOND, THIRD)
REGIONS = ("eu-west-1", "us-east-1")
REGION = REGIONS[0]
VPC, ROLE, BUCKET = "AWS::EC2::VPC", "AWS::IAM::Role", "AWS::S3::Bucket"
ROLE_ARN = f"arn:aws:iam::{HOME}:role/organization"
NO_SUCH = ("NoSuchConfigurationAggregatorException", "The configuration aggregator does not exist. Check the configuration aggregator name and try again.")
JANUARY, FEBRUARY = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
BETWEEN = "2026-01-15T00:00:00Z"
#: How many VPCs each place has; one more is gone in each.
VPCS = {(a, r): (7 if a == HOME else 2) + i for a in ACCOUNTS for i, r in enumerate(REGIONS)}


def item(account, region, kind, resource_id, at=JANUARY, **more):
    return {"resourceType": kind, "resourceId": resource_id, "resourceName": "n-" + resource_id, "awsAccountId": account, "awsRegion": region,
            "configurationItemCaptureTime": at, "configuration": {"a": 1}, **more}


def bring(siltstone, store, items):
    (siltstone.home / "items.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
    siltstone.ok("import", siltstone.home / "items.jsonl", "--store", store)


@pytest.fixture
def stored(siltstone, store):
    items = []
    for (account, region), n in VPCS.items():
        items += [item(account, region, VPC, f"vpc-{i}") for i in range(n)]
        items += [item(account, region, BUCKET, f"{account}-{region}"), item(account, region, VPC, "vpc-gone"),
                  item(account, region, VPC, "vpc-gone", FEBRUARY, configurationItemStatus="ResourceDeleted", configuration=None)]
    items += [item(account, "global", ROLE, "AROA" + account) for account in ACCOUNTS]
    items += [item(HOME, REGION, VPC, "vpc-0", FEBRUARY, configuration={"a": 2}), item(HOME, REGION, VPC, "vpc-new", FEBRUARY)]
    bring(siltstone, store, items)
    return store


@pytest.fixture
def asked(serve, stored):
    return serve(stored)


@pytest.fixture
def config(asked):
    return asked.client(REGION)


@pytest.fixture
def other(asked, siltstone):
    """The API of another account of the store: other(account, region, operation, request)."""
    def ask(account, region, operation, request=()):
        got = siltstone.run("api", operation, json.dumps(dict(request)), "--store", asked.store, "--account", account, "--region", region)
        assert got.code == 0, got.err
        return json.loads(got.out) if got.out.strip() else None
    return ask


def put(config, name, accounts=ACCOUNTS, regions=None, **more):
    places = {"AwsRegions": list(regions)} if regions else {"AllAwsRegions": True}
    return config.put_configuration_aggregator(ConfigurationAggregatorName=name, **more,
                                               AccountAggregationSources=[{"AccountIds": list(accounts), **places}])["ConfigurationAggregator"]


def organize(config, name, **more):
    more = more or {"AllAwsRegions": True}
    return config.put_configuration_aggregator(ConfigurationAggregatorName=name, OrganizationAggregationSource={"RoleArn": ROLE_ARN, **more})["ConfigurationAggregator"]


def walk(call, member, **kw):
    """All of a list: whole, and by pages of one, which must be the same."""
    whole = [x for page in pages(call, member, "NextToken", **kw) for x in page]
    single = []
    for page in pages(call, member, "NextToken", Limit=1, **kw):
        assert len(page) <= 1
        single += page
        assert len(single) <= len(whole)
    assert single == whole
    return whole


def listed(config, name, kind=VPC, **filters):
    more = {"Filters": filters} if filters else {}
    return [(r["SourceAccountId"], r["SourceRegion"], r["ResourceId"])
            for r in walk(config.list_aggregate_discovered_resources, "ResourceIdentifiers", ConfigurationAggregatorName=name, ResourceType=kind, **more)]


def live(accounts=ACCOUNTS, regions=REGIONS):
    return [(a, r, i) for a in accounts for r in regions
            for i in sorted([f"vpc-{n}" for n in range(VPCS[a, r])] + (["vpc-new"] if (a, r) == (HOME, REGION) else []))]


def test_an_aggregator_is_made_changed_tagged_and_deleted(asked, config):
    made = config.put_configuration_aggregator(
        ConfigurationAggregatorName="all", AccountAggregationSources=[{"AccountIds": [HOME, SECOND], "AwsRegions": list(REGIONS)}],
        Tags=[{"Key": "k", "Value": "v"}], AggregatorFilters={"ResourceType": {"Type": "INCLUDE", "Value": [VPC]}})["ConfigurationAggregator"]
    arn = made["ConfigurationAggregatorArn"]
    assert re.fullmatch(rf"arn:aws:config:{REGION}:{HOME}:config-aggregator/config-aggregator-[a-z0-9]{{8}}", arn)
    assert made == {"ConfigurationAggregatorName": "all", "ConfigurationAggregatorArn": arn, "CreationTime": made["CreationTime"], "LastUpdatedTime": made["CreationTime"],
                    "AccountAggregationSources": [{"AccountIds": [HOME, SECOND], "AllAwsRegions": False, "AwsRegions": list(REGIONS)}],
                    "AggregatorFilters": {"ResourceType": {"Type": "INCLUDE", "Value": [VPC]}}}
    assert abs(datetime.datetime.now(datetime.timezone.utc) - made["CreationTime"]) < datetime.timedelta(minutes=5)
    changed = config.put_configuration_aggregator(ConfigurationAggregatorName="all", OrganizationAggregationSource={"RoleArn": ROLE_ARN, "AllAwsRegions": True},
                                                  Tags=[{"Key": "other", "Value": "is passed over"}])["ConfigurationAggregator"]
    assert changed == {"ConfigurationAggregatorName": "all", "ConfigurationAggregatorArn": arn, "CreationTime": made["CreationTime"], "LastUpdatedTime": changed["LastUpdatedTime"],
                       "OrganizationAggregationSource": {"RoleArn": ROLE_ARN, "AllAwsRegions": True}}
    assert changed["LastUpdatedTime"] > made["CreationTime"]
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    config.tag_resource(ResourceArn=arn, Tags=[{"Key": "x", "Value": "y"}])
    for n in range(3):
        put(config, f"q{n}")
    found = walk(config.describe_configuration_aggregators, "ConfigurationAggregators")
    assert [a["ConfigurationAggregatorName"] for a in found] == ["all", "q0", "q1", "q2"] and found[0] == changed
    assert [a["ConfigurationAggregatorName"] for a in walk(config.describe_configuration_aggregators, "ConfigurationAggregators", ConfigurationAggregatorNames=["q2", "all"])] == ["all", "q2"]
    assert asked.client(REGIONS[1]).describe_configuration_aggregators()["ConfigurationAggregators"] == []
    assert asked.raw("DeleteConfigurationAggregator", {"ConfigurationAggregatorName": "all"}, region=REGION)[::2] == (200, b"")
    assert refused(config.list_tags_for_resource, ResourceArn=arn)[0] == "ResourceNotFoundException"
    assert program.rows(asked.store, "SELECT * FROM _service_tag") == []
    assert refused(config.delete_configuration_aggregator, ConfigurationAggregatorName="all") == NO_SUCH


def test_what_is_no_aggregator_is_refused(config):
    account = {"AccountIds": [HOME], "AllAwsRegions": True}
    organization = {"RoleArn": ROLE_ARN, "AllAwsRegions": True}

    def no(**more):
        return refused(config.put_configuration_aggregator, ConfigurationAggregatorName="a", **more)

    both = "Your configuration aggregator contains a list of regions and also specifies the use of all regions. You must choose one of these options."
    neither = "Your request does not specify any regions. Select AWS Config-supported regions and try again."
    assert no(AccountAggregationSources=[account], OrganizationAggregationSource=organization) == (
        "InvalidParameterValueException", "The configuration aggregator cannot be created because your request contains both the AccountAggregationSource "
        "and the OrganizationAggregationSource. Include only one aggregation source and try again.")
    for more in ({}, {"AccountAggregationSources": []}):
        assert no(**more) == (
            "InvalidParameterValueException", "The configuration aggregator cannot be created because your request is missing either the AccountAggregationSource "
            "or the OrganizationAggregationSource. Include the appropriate aggregation source and try again.")
    assert no(AccountAggregationSources=[{**account, "AwsRegions": [REGION]}]) == ("InvalidParameterValueException", both)
    assert no(OrganizationAggregationSource={**organization, "AwsRegions": [REGION]}) == ("InvalidParameterValueException", both)
    assert no(AccountAggregationSources=[{"AccountIds": [HOME]}]) == ("InvalidParameterValueException", neither)
    assert no(AccountAggregationSources=[{"AccountIds": [HOME], "AllAwsRegions": False}]) == ("InvalidParameterValueException", neither)
    assert no(OrganizationAggregationSource={"RoleArn": ROLE_ARN}) == ("InvalidParameterValueException", neither)
    assert no(OrganizationAggregationSource={"RoleArn": "someone", "AllAwsRegions": True})[0] == "InvalidRoleException"
    code, message = no(AccountAggregationSources=[account, account])
    assert code == "ValidationException" and "at 'accountAggregationSources' failed to satisfy constraint: Member must have length less than or equal to 1" in message
    assert no(AccountAggregationSources=[{"AccountIds": ["12"], "AllAwsRegions": True}])[0] == "ValidationException"
    assert no(AccountAggregationSources=[account], Tags=[{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}]) == (
        "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    assert no(AccountAggregationSources=[account], Tags=[{"Key": f"k{n}", "Value": ""} for n in range(51)])[0] == "ValidationException"
    assert no(AccountAggregationSources=[{"AccountIds": [f"{n:012d}" for n in range(10001)], "AllAwsRegions": True}])[0] == "LimitExceededException"
    assert refused(config.put_configuration_aggregator, ConfigurationAggregatorName="a b", AccountAggregationSources=[account])[0] == "ValidationException"
    assert config.describe_configuration_aggregators()["ConfigurationAggregators"] == []
    for n in range(50):
        put(config, f"a{n}")
    put(config, "a0")
    assert no(AccountAggregationSources=[account])[0] == "LimitExceededException"


def test_who_names_no_aggregator_is_told(config):
    key = {"SourceAccountId": HOME, "SourceRegion": REGION, "ResourceId": "x", "ResourceType": VPC}
    for call, more in ((config.delete_configuration_aggregator, {}), (config.describe_configuration_aggregator_sources_status, {}),
                       (config.list_aggregate_discovered_resources, {"ResourceType": VPC}), (config.get_aggregate_discovered_resource_counts, {}),
                       (config.get_aggregate_resource_config, {"ResourceIdentifier": key}), (config.batch_get_aggregate_resource_config, {"ResourceIdentifiers": [key]}),
                       (config.select_aggregate_resource_config, {"Expression": "SELECT *"}), (config.describe_aggregate_compliance_by_config_rules, {}),
                       (config.get_aggregate_config_rule_compliance_summary, {}),
                       (config.get_aggregate_compliance_details_by_config_rule, {"ConfigRuleName": "r", "AccountId": HOME, "AwsRegion": REGION})):
        assert refused(call, ConfigurationAggregatorName="none", **more) == NO_SUCH
    assert refused(config.describe_configuration_aggregators, ConfigurationAggregatorNames=["none"]) == NO_SUCH
    put(config, "one")
    assert refused(config.describe_configuration_aggregators, ConfigurationAggregatorNames=["one", "none"]) == (
        NO_SUCH[0], "At least one of the configuration aggregators does not exist. Check the configuration aggregator names and try again.")


def test_limits_and_tokens_are_those_of_aws_config(config):
    put(config, "all")
    named = {"ConfigurationAggregatorName": "all"}
    details = {"ConfigRuleName": "r", "AccountId": HOME, "AwsRegion": REGION, **named}
    for call, most, more in ((config.describe_configuration_aggregators, 100, {}), (config.describe_aggregation_authorizations, 100, {}),
                             (config.describe_pending_aggregation_requests, 20, {}), (config.describe_configuration_aggregator_sources_status, 100, named),
                             (config.list_aggregate_discovered_resources, 100, {**named, "ResourceType": VPC}), (config.get_aggregate_discovered_resource_counts, 1000, named),
                             (config.select_aggregate_resource_config, 100, {**named, "Expression": "SELECT *"}),
                             (config.describe_aggregate_compliance_by_config_rules, 1000, named), (config.get_aggregate_config_rule_compliance_summary, 1000, named),
                             (config.get_aggregate_compliance_details_by_config_rule, 100, details)):
        assert refused(call, Limit=most + 1, **more) == (
            "InvalidLimitException", f"Value '{most + 1}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to {most}")
        assert refused(call, NextToken="abc", **more) == ("InvalidNextTokenException", "The nextToken provided is invalid")
        call(Limit=most, **more)
    assert refused(config.select_aggregate_resource_config, Expression="SELECT *", MaxResults=101, **named)[0] == "InvalidLimitException"


def test_resources_of_its_accounts_and_regions_are_listed(config):
    put(config, "all")
    put(config, "some", [SECOND, HOME, NOBODY], [REGION])
    organize(config, "organization")
    organize(config, "region", AwsRegions=[REGIONS[1], "ap-south-1"])
    assert listed(config, "all") == listed(config, "organization") == live()
    assert listed(config, "some") == live((HOME, SECOND), (REGION,))
    assert listed(config, "region") == live(ACCOUNTS, (REGIONS[1],))
    # What has no region is part of each.
    assert listed(config, "some", ROLE) == [(a, "global", "AROA" + a) for a in (HOME, SECOND)]
    assert listed(config, "all", "AWS::EC2::Subnet") == []
    assert listed(config, "all", AccountId=SECOND) == live((SECOND,))
    assert listed(config, "some", AccountId=THIRD) == []
    assert listed(config, "all", Region=REGIONS[1]) == live(ACCOUNTS, (REGIONS[1],))
    assert listed(config, "all", ResourceId="vpc-1") == [(a, r, "vpc-1") for a in ACCOUNTS for r in REGIONS]
    assert listed(config, "all", ResourceName="n-vpc-new") == [(HOME, REGION, "vpc-new")]
    assert listed(config, "all", ResourceId="vpc-gone") == []
    first = config.list_aggregate_discovered_resources(ConfigurationAggregatorName="all", ResourceType=VPC, Limit=1)
    assert first["ResourceIdentifiers"] == [{"SourceAccountId": HOME, "SourceRegion": REGION, "ResourceId": "vpc-0", "ResourceType": VPC, "ResourceName": "n-vpc-0"}]


def counts(config, name, key=None, **filters):
    more = {**({"Filters": filters} if filters else {}), **({"GroupByKey": key} if key else {})}
    got = config.get_aggregate_discovered_resource_counts(ConfigurationAggregatorName=name, **more)
    assert got.get("GroupByKey") == key
    groups = walk(config.get_aggregate_discovered_resource_counts, "GroupedResourceCounts", ConfigurationAggregatorName=name, **more)
    return got["TotalDiscoveredResources"], {g["GroupName"]: g["ResourceCount"] for g in groups}


def test_resources_are_counted_and_grouped(config):
    put(config, "all")
    put(config, "some", [SECOND], [REGION])
    n = len(live())
    assert counts(config, "all", ResourceType=VPC) == (n, {})
    by_account = {a: len(live((a,))) for a in ACCOUNTS}
    assert counts(config, "all", "ACCOUNT_ID", ResourceType=VPC) == (n, by_account)
    assert counts(config, "all", "AWS_REGION", ResourceType=VPC) == (n, {r: len(live(ACCOUNTS, (r,))) for r in REGIONS})
    assert counts(config, "some", "RESOURCE_TYPE") == (4, {VPC: 2, ROLE: 1, BUCKET: 1})
    assert counts(config, "some", "AWS_REGION") == (4, {REGION: 3, "global": 1})
    assert counts(config, "all", "RESOURCE_TYPE", AccountId=THIRD, Region=REGIONS[1]) == (4, {VPC: 3, BUCKET: 1})
    assert counts(config, "some", AccountId=HOME) == (0, {})
    put(config, "some", [SECOND], [REGION], AggregatorFilters={"ResourceType": {"Type": "INCLUDE", "Value": [VPC, ROLE]}})
    assert counts(config, "some", "RESOURCE_TYPE") == (3, {VPC: 2, ROLE: 1})


def key_of(account, region, kind, resource_id, **more):
    return {"SourceAccountId": account, "SourceRegion": region, "ResourceType": kind, "ResourceId": resource_id, **more}


def test_an_item_is_given_as_its_own_account_gives_it(asked, config, other):
    put(config, "all")
    got = asked.raw("GetAggregateResourceConfig", {"ConfigurationAggregatorName": "all", "ResourceIdentifier": key_of(SECOND, REGIONS[1], VPC, "vpc-1")}, region=REGION)[2]
    assert json.loads(got) == {"ConfigurationItem": other(SECOND, REGIONS[1], "GetResourceConfigHistory", {"resourceType": VPC, "resourceId": "vpc-1"})["configurationItems"][0]}
    for region in (REGIONS[1], "global"):
        role = config.get_aggregate_resource_config(ConfigurationAggregatorName="all", ResourceIdentifier=key_of(THIRD, region, ROLE, "AROA" + THIRD))["ConfigurationItem"]
        assert (role["accountId"], role["awsRegion"], role["resourceId"]) == (THIRD, "global", "AROA" + THIRD)
    put(config, "all", [HOME, SECOND], [REGION], AggregatorFilters={"ResourceType": {"Type": "INCLUDE", "Value": [VPC]}})
    for account, region, kind, resource_id in ((HOME, REGION, VPC, "vpc-none"), (HOME, REGION, VPC, "vpc-gone"), (THIRD, REGION, VPC, "vpc-0"),
                                               (HOME, REGIONS[1], VPC, "vpc-0"), (HOME, REGION, BUCKET, f"{HOME}-{REGION}")):
        assert refused(config.get_aggregate_resource_config, ConfigurationAggregatorName="all", ResourceIdentifier=key_of(account, region, kind, resource_id)) == (
            "ResourceNotDiscoveredException", f"Resource {resource_id} of resourceType:{kind} is unknown or has not been discovered")


def test_several_items_are_given_at_once(config, other):
    put(config, "all", [HOME, SECOND])
    good = [key_of(SECOND, REGION, VPC, "vpc-1"), key_of(HOME, REGION, VPC, "vpc-0", ResourceName="n-vpc-0"), key_of(HOME, REGIONS[1], VPC, "vpc-0")]
    bad = [key_of(THIRD, REGION, VPC, "vpc-1", ResourceName="not ours"), key_of(HOME, REGION, VPC, "vpc-none")]
    got = config.batch_get_aggregate_resource_config(ConfigurationAggregatorName="all", ResourceIdentifiers=[good[0], bad[0], good[1], bad[1], good[2]])
    assert [(i["accountId"], i["awsRegion"], i["resourceId"]) for i in got["BaseConfigurationItems"]] == [(k["SourceAccountId"], k["SourceRegion"], k["ResourceId"]) for k in good]
    assert got["UnprocessedResourceIdentifiers"] == bad
    assert [json.loads(i["configuration"]) for i in got["BaseConfigurationItems"]] == [{"a": 1}, {"a": 2}, {"a": 1}]
    assert not {"tags", "relationships", "configurationItemMD5Hash"} & set(got["BaseConfigurationItems"][0])
    code, _ = refused(config.batch_get_aggregate_resource_config, ConfigurationAggregatorName="all", ResourceIdentifiers=[key_of(HOME, REGION, VPC, str(n)) for n in range(101)])
    assert code == "ValidationException"
    assert refused(config.batch_get_aggregate_resource_config, ConfigurationAggregatorName="all", ResourceIdentifiers=[])[0] == "ValidationException"


def selected(config, name, expression, **more):
    return sorted(json.dumps(json.loads(r)) for page in pages(config.select_aggregate_resource_config, "Results", "NextToken", ConfigurationAggregatorName=name, Expression=expression, **more) for r in page)


def test_a_query_is_asked_of_all_its_places(config):
    put(config, "all")
    put(config, "some", [SECOND, HOME], [REGION])
    put(config, "filtered", AggregatorFilters={"ResourceType": {"Type": "INCLUDE", "Value": [ROLE]}})
    organize(config, "organization")
    of_vpcs = f"SELECT accountId, awsRegion, resourceId WHERE resourceType = '{VPC}'"

    def told(places):
        return sorted(json.dumps({"accountId": a, "awsRegion": r, "resourceId": i}) for a, r, i in places)

    assert selected(config, "all", of_vpcs) == selected(config, "organization", of_vpcs) == told(live())
    assert selected(config, "some", of_vpcs) == told(live((HOME, SECOND), (REGION,)))
    assert selected(config, "filtered", of_vpcs) == []
    assert len(selected(config, "filtered", "SELECT resourceId")) == 3
    for more in ({"Limit": 1}, {"MaxResults": 1}, {"Limit": 3, "MaxResults": 2}):
        assert selected(config, "some", of_vpcs, **more) == told(live((HOME, SECOND), (REGION,)))
    assert len(config.select_aggregate_resource_config(ConfigurationAggregatorName="all", Expression=of_vpcs, MaxResults=2)["Results"]) == 2
    assert len(config.select_aggregate_resource_config(ConfigurationAggregatorName="all", Expression=of_vpcs, Limit=2)["Results"]) == 2
    # 25 when nobody says how many.
    assert len(config.select_aggregate_resource_config(ConfigurationAggregatorName="all", Expression=of_vpcs)["Results"]) == 25 < len(live())
    got = config.select_aggregate_resource_config(ConfigurationAggregatorName="all", Expression=f"SELECT accountId, COUNT(*) WHERE resourceType = '{VPC}' GROUP BY accountId")
    assert {json.loads(r)["accountId"]: json.loads(r)["COUNT(*)"] for r in got["Results"]} == {a: len(live((a,))) for a in ACCOUNTS}
    assert refused(config.select_aggregate_resource_config, ConfigurationAggregatorName="all", Expression="SELECT") [0] == "InvalidExpressionException"


def test_a_filter_on_a_service_stands_for_what_its_recorder_records(asked, config):
    put(config, "service", AggregatorFilters={"ServicePrincipal": {"Type": "INCLUDE", "Value": ["x.amazonaws.com"]}})
    assert counts(config, "service") == (0, {})
    db = sqlite3.connect(asked.store, timeout=30)
    with db:
        db.execute("INSERT INTO _recorder(name, strategy, principal) VALUES ('AWSConfigurationRecorderForX', 'INCLUSION_BY_RESOURCE_TYPES', 'x.amazonaws.com')")
        db.execute("INSERT INTO _recorder_type(recorder, type, ord) VALUES ('AWSConfigurationRecorderForX', 'AWS::IAM::*', 0)")
    db.close()
    assert counts(config, "service", "RESOURCE_TYPE") == (3, {ROLE: 3})
    assert len(selected(config, "service", "SELECT resourceId")) == 3


def status(config, name, **more):
    return {(s["SourceId"], s.get("AwsRegion")): s for s in walk(config.describe_configuration_aggregator_sources_status, "AggregatedSourceStatusList", ConfigurationAggregatorName=name, **more)}


def test_sources_say_how_looking_went(asked, config):
    now = int(datetime.datetime.now().timestamp() * 1000)
    db = sqlite3.connect(asked.store, timeout=30)

    def look(account, region, ago_s, outcome="complete", kind=VPC, reason=None, code=None):
        at = now - ago_s * 1000
        with db:
            db.execute("INSERT INTO _coverage(sweep_ms, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls) VALUES (?,?,?,?,?,?,?,?,?,0,0,1)",
                       (at, account, region, kind, at, at + 500, outcome, reason, code))

    look(HOME, REGION, 60)
    look(HOME, REGION, 60, "failed", BUCKET, "one type is no place", "AccessDenied")
    look(HOME, REGIONS[1], 40 * 86400)
    look(SECOND, REGION, 120)
    look(SECOND, REGION, 60, "failed", VPC, "you may not", "AccessDenied")
    look(SECOND, "", 30, "failed", "*", "nobody could become it", "AccessDeniedException")
    look(NOBODY, REGION, 10, "failed", "*", "no such role")
    put(config, "all", [HOME, SECOND, THIRD, NOBODY], REGIONS)
    got = status(config, "all")
    assert [k for k in got] == [(a, r) for a in (HOME, SECOND, THIRD, NOBODY) for r in REGIONS]
    assert {k: s["LastUpdateStatus"] for k, s in got.items()} == {
        (HOME, REGION): "SUCCEEDED", (HOME, REGIONS[1]): "OUTDATED", (SECOND, REGION): "OUTDATED", (SECOND, REGIONS[1]): "OUTDATED",
        (THIRD, REGION): "SUCCEEDED", (THIRD, REGIONS[1]): "SUCCEEDED", (NOBODY, REGION): "FAILED", (NOBODY, REGIONS[1]): "FAILED"}
    one = got[HOME, REGION]
    assert one == {"SourceId": HOME, "SourceType": "ACCOUNT", "AwsRegion": REGION, "LastUpdateStatus": "SUCCEEDED", "LastUpdateTime": one["LastUpdateTime"]}
    assert abs(one["LastUpdateTime"].timestamp() * 1000 - (now - 60000 + 500)) < 2
    assert "LastErrorCode" in got[HOME, REGIONS[1]]
    assert (got[SECOND, REGION]["LastErrorCode"], got[SECOND, REGION]["LastErrorMessage"]) == ("AccessDeniedException", "nobody could become it")
    assert got[NOBODY, REGION]["LastErrorMessage"] == "no such role" and "LastUpdateTime" in got[NOBODY, REGION]
    assert "LastUpdateTime" not in got[NOBODY, REGIONS[1]]
    assert set(status(config, "all", UpdateStatus=["FAILED"])) == {(NOBODY, REGION), (NOBODY, REGIONS[1])}
    assert refused(config.describe_configuration_aggregator_sources_status, ConfigurationAggregatorName="all", UpdateStatus=["GOOD"])[0] == "ValidationException"
    # Regions are those that are known when none are named; an organization has a line of its own.
    put(config, "some", [THIRD, "888888888888"])
    assert set(status(config, "some")) == {(THIRD, REGION), (THIRD, REGIONS[1]), ("888888888888", None)}
    organize(config, "organization")
    got = status(config, "organization")
    assert list(got)[0] == ("Organization", REGION) and got["Organization", REGION]["SourceType"] == "ORGANIZATION"
    assert {a for a, _ in got} == {"Organization", HOME, SECOND, THIRD, NOBODY}
    db.close()


def test_authorizations_are_given_once_tagged_and_taken_back(asked, config):
    def give(account, region=REGION, **more):
        return config.put_aggregation_authorization(AuthorizedAccountId=account, AuthorizedAwsRegion=region, **more)["AggregationAuthorization"]

    one = give(SECOND, Tags=[{"Key": "k", "Value": "v"}])
    arn = f"arn:aws:config:{REGION}:{HOME}:aggregation-authorization/{SECOND}/{REGION}"
    assert one == {"AggregationAuthorizationArn": arn, "AuthorizedAccountId": SECOND, "AuthorizedAwsRegion": REGION, "CreationTime": one["CreationTime"]}
    assert give(SECOND, Tags=[{"Key": "other", "Value": "is passed over"}]) == one
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    give(SECOND, REGIONS[1])
    give(THIRD)
    assert [(a["AuthorizedAccountId"], a["AuthorizedAwsRegion"]) for a in walk(config.describe_aggregation_authorizations, "AggregationAuthorizations")] == [
        (SECOND, REGION), (SECOND, REGIONS[1]), (THIRD, REGION)]
    for _ in range(2):
        assert asked.raw("DeleteAggregationAuthorization", {"AuthorizedAccountId": SECOND, "AuthorizedAwsRegion": REGION}, region=REGION)[::2] == (200, b"")
    assert len(config.describe_aggregation_authorizations()["AggregationAuthorizations"]) == 2
    assert refused(config.list_tags_for_resource, ResourceArn=arn)[0] == "ResourceNotFoundException"
    assert refused(config.put_aggregation_authorization, AuthorizedAccountId="12", AuthorizedAwsRegion=REGION)[0] == "ValidationException"
    assert refused(config.put_aggregation_authorization, AuthorizedAccountId=SECOND)[0] == "ValidationException"
    assert refused(config.put_aggregation_authorization, AuthorizedAccountId=SECOND, AuthorizedAwsRegion=REGION, Tags=[{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}])[0] == "InvalidInput"


def test_requests_are_pending_until_they_are_let_or_put_aside(asked, config, other):
    def pending(client=config):
        return [(r["RequesterAccountId"], r["RequesterAwsRegion"]) for r in walk(client.describe_pending_aggregation_requests, "PendingAggregationRequests")]

    def request(account, region, regions=None):
        places = {"AwsRegions": regions} if regions else {"AllAwsRegions": True}
        other(account, region, "PutConfigurationAggregator", {"ConfigurationAggregatorName": "x", "AccountAggregationSources": [{"AccountIds": [HOME, SECOND], **places}]})

    assert pending() == []
    put(config, "my-own")
    request(SECOND, REGIONS[1])
    request(THIRD, REGION, [REGION])
    request(THIRD, REGIONS[1], [REGIONS[1]])
    assert pending() == [(SECOND, REGIONS[1]), (THIRD, REGION)]
    assert pending(asked.client(REGIONS[1])) == [(SECOND, REGIONS[1]), (THIRD, REGIONS[1])]
    config.put_aggregation_authorization(AuthorizedAccountId=SECOND, AuthorizedAwsRegion=REGIONS[1])
    assert pending() == [(THIRD, REGION)]
    for _ in range(2):
        assert asked.raw("DeletePendingAggregationRequest", {"RequesterAccountId": THIRD, "RequesterAwsRegion": REGION}, region=REGION)[::2] == (200, b"")
    assert pending() == []
    # What was changed asks anew, and what is no longer let does so, too.
    request(THIRD, REGION, [REGION])
    config.delete_aggregation_authorization(AuthorizedAccountId=SECOND, AuthorizedAwsRegion=REGIONS[1])
    assert pending() == [(SECOND, REGIONS[1]), (THIRD, REGION)]
    other(THIRD, REGION, "DeleteConfigurationAggregator", {"ConfigurationAggregatorName": "x"})
    assert pending() == [(SECOND, REGIONS[1])]
    assert refused(config.delete_pending_aggregation_request, RequesterAccountId="x", RequesterAwsRegion=REGION)[0] == "ValidationException"


def test_the_past_is_asked_with_a_header(asked, config):
    put(config, "all")

    def ask(operation, moment=BETWEEN, **request):
        code, _, got = asked.raw(operation, {"ConfigurationAggregatorName": "all", **request}, {"X-Siltstone-As-Of": moment}, region=REGION)
        assert code == 200, got
        return json.loads(got)

    then = [(r["SourceAccountId"], r["SourceRegion"], r["ResourceId"]) for r in ask("ListAggregateDiscoveredResources", ResourceType=VPC)["ResourceIdentifiers"]]
    expected = sorted([p for p in live() if p[2] != "vpc-new"] + [(a, r, "vpc-gone") for a in ACCOUNTS for r in REGIONS])
    assert then == expected
    assert ask("GetAggregateDiscoveredResourceCounts", Filters={"ResourceType": VPC})["TotalDiscoveredResources"] == len(expected)
    grouped = ask("GetAggregateDiscoveredResourceCounts", Filters={"ResourceType": VPC}, GroupByKey="ACCOUNT_ID")["GroupedResourceCounts"]
    assert {g["GroupName"]: g["ResourceCount"] for g in grouped} == {a: len([p for p in expected if p[0] == a]) for a in ACCOUNTS}
    key = key_of(HOME, REGION, VPC, "vpc-0")
    for moment, a in ((BETWEEN, 1), ("2026-03-01", 2)):
        assert json.loads(ask("GetAggregateResourceConfig", moment, ResourceIdentifier=key)["ConfigurationItem"]["configuration"]) == {"a": a}
        assert json.loads(ask("BatchGetAggregateResourceConfig", moment, ResourceIdentifiers=[key])["BaseConfigurationItems"][0]["configuration"]) == {"a": a}
        got = ask("SelectAggregateResourceConfig", moment, Expression=f"SELECT configuration.a WHERE resourceId = 'vpc-0' AND accountId = '{HOME}' AND awsRegion = '{REGION}'")
        assert json.loads(got["Results"][0]) == {"configuration": {"a": a}}
    assert ask("GetAggregateDiscoveredResourceCounts", "2025-01-01")["TotalDiscoveredResources"] == 0
    assert ask("DescribeConfigurationAggregatorSourcesStatus", "2025-01-01")["AggregatedSourceStatusList"][0]["LastUpdateStatus"] == "FAILED"
    code, _, got = asked.raw("DeleteConfigurationAggregator", {"ConfigurationAggregatorName": "all"}, {"X-Siltstone-As-Of": BETWEEN}, region=REGION)
    assert code == 400 and json.loads(got)["__type"] == "ValidationException"


PROCESS = {"Owner": "AWS", "SourceIdentifier": "AWS_CONFIG_PROCESS_CHECK"}
#: What each rule finds: of (account, region, name), by VPC.
FINDINGS = {
    (HOME, REGIONS[0], "r-a"): {"vpc-0": "NON_COMPLIANT", "vpc-1": "NON_COMPLIANT", "vpc-2": "COMPLIANT", "vpc-3": "NOT_APPLICABLE"},
    (HOME, REGIONS[0], "r-b"): {"vpc-0": "COMPLIANT"},
    (HOME, REGIONS[1], "r-a"): {},
    (SECOND, REGIONS[0], "r-a"): {"vpc-0": "COMPLIANT", "vpc-1": "COMPLIANT"},
    (THIRD, REGIONS[1], "r-c"): {"vpc-0": "NON_COMPLIANT"},
}


def rolled_up(found):
    return next((r for r in ("NON_COMPLIANT", "COMPLIANT") if r in found.values()), "INSUFFICIENT_DATA")


@pytest.fixture
def judged(asked, other):
    """Rules in three accounts, and what they found."""
    for (account, region, name), found in FINDINGS.items():
        other(account, region, "PutConfigRule", {"ConfigRule": {"ConfigRuleName": name, "Source": PROCESS}})
        for resource_id, result in found.items():
            other(account, region, "PutExternalEvaluation", {"ConfigRuleName": name, "ExternalEvaluation": {
                "ComplianceResourceType": VPC, "ComplianceResourceId": resource_id, "ComplianceType": result, "Annotation": "why", "OrderingTimestamp": 1_700_000_000}})
    return asked


def test_rules_are_rolled_up_over_accounts(judged, config):
    put(config, "all")
    put(config, "some", [HOME, SECOND], [REGION])

    def told(name, **filters):
        more = {"Filters": filters} if filters else {}
        return {(c["AccountId"], c["AwsRegion"], c["ConfigRuleName"]): c["Compliance"]
                for c in walk(config.describe_aggregate_compliance_by_config_rules, "AggregateComplianceByConfigRules", ConfigurationAggregatorName=name, **more)}

    every = told("all")
    assert list(every) == sorted(FINDINGS)
    assert {k: c["ComplianceType"] for k, c in every.items()} == {k: rolled_up(f) for k, f in FINDINGS.items()}
    assert every[HOME, REGION, "r-a"]["ComplianceContributorCount"] == {"CappedCount": 2, "CapExceeded": False}
    assert "ComplianceContributorCount" not in every[HOME, REGION, "r-b"]
    assert set(told("some")) == {k for k in FINDINGS if k[0] != THIRD and k[1] == REGION}
    assert set(told("all", ConfigRuleName="r-a")) == {k for k in FINDINGS if k[2] == "r-a"}
    assert set(told("all", AccountId=HOME, AwsRegion=REGION)) == {k for k in FINDINGS if k[:2] == (HOME, REGION)}
    assert set(told("some", AccountId=THIRD)) == set()
    for kind in ("COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA"):
        assert set(told("all", ComplianceType=kind)) == {k for k, f in FINDINGS.items() if rolled_up(f) == kind}
    assert refused(config.describe_aggregate_compliance_by_config_rules, ConfigurationAggregatorName="all", Filters={"ComplianceType": "NOT_APPLICABLE"})[0] == "ValidationException"
    # The same of one account as it says of itself.
    own = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
    assert {c["ConfigRuleName"]: c["Compliance"] for c in own} == {k[2]: c for k, c in every.items() if k[:2] == (HOME, REGION)}
    # In the past nothing had been found.
    code, _, got = judged.raw("DescribeAggregateComplianceByConfigRules", {"ConfigurationAggregatorName": "all"}, {"X-Siltstone-As-Of": BETWEEN}, region=REGION)
    assert code == 200 and {c["Compliance"]["ComplianceType"] for c in json.loads(got)["AggregateComplianceByConfigRules"]} == {"INSUFFICIENT_DATA"}


def test_rules_are_counted_in_groups(judged, config):
    put(config, "all")

    def summed(key=None, **filters):
        more = {**({"Filters": filters} if filters else {}), **({"GroupByKey": key} if key else {})}
        assert config.get_aggregate_config_rule_compliance_summary(ConfigurationAggregatorName="all", **more).get("GroupByKey") == key
        found = [x for page in pages(config.get_aggregate_config_rule_compliance_summary, "AggregateComplianceCounts", "NextToken",
                                     ConfigurationAggregatorName="all", Limit=1, **more) for x in page]
        return {g.get("GroupName"): tuple(g["ComplianceSummary"][m]["CappedCount"] for m in ("CompliantResourceCount", "NonCompliantResourceCount")) for g in found}

    assert summed() == {None: (2, 2)}
    assert summed("ACCOUNT_ID") == {HOME: (1, 1), SECOND: (1, 0), THIRD: (0, 1)}
    assert summed("AWS_REGION") == {REGIONS[0]: (2, 1), REGIONS[1]: (0, 1)}
    assert summed("AWS_REGION", AccountId=HOME) == {REGIONS[0]: (1, 1), REGIONS[1]: (0, 0)}
    assert summed(AccountId=THIRD, AwsRegion=REGIONS[0]) == {}
    assert refused(config.get_aggregate_config_rule_compliance_summary, ConfigurationAggregatorName="all", GroupByKey="RESOURCE_TYPE")[0] == "ValidationException"


def test_what_a_rule_of_an_account_found_is_told(judged, config):
    put(config, "some", [HOME], [REGION])

    def details(account=HOME, region=REGION, rule="r-a", **more):
        found = walk(config.get_aggregate_compliance_details_by_config_rule, "AggregateEvaluationResults", ConfigurationAggregatorName="some",
                     ConfigRuleName=rule, AccountId=account, AwsRegion=region, **more)
        assert all((r["AccountId"], r["AwsRegion"], r["Annotation"]) == (account, region, "why") for r in found)
        return {r["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: r["ComplianceType"] for r in found}

    found = FINDINGS[HOME, REGION, "r-a"]
    assert details() == {k: v for k, v in found.items() if v != "NOT_APPLICABLE"}
    for kind in ("COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"):
        assert details(ComplianceType=kind) == {k: v for k, v in found.items() if v == kind}
    assert details(account=SECOND) == details(region=REGIONS[1]) == details(rule="none") == {}
    assert refused(config.get_aggregate_compliance_details_by_config_rule, ConfigurationAggregatorName="some", ConfigRuleName="r-a", AccountId=HOME, AwsRegion=REGION,
                   ComplianceType="INSUFFICIENT_DATA")[0] == "ValidationException"


def test_conformance_packs_are_rolled_up_over_accounts(judged, config):
    packs = {(HOME, REGION, "p1"): ["r-a", "r-b"], (HOME, REGIONS[1], "p1"): ["r-a"], (SECOND, REGION, "p2"): ["r-a"], (THIRD, REGIONS[1], "p1"): ["r-c", "gone"]}
    db = sqlite3.connect(judged.store, timeout=30)
    with db:
        for n, ((account, region, name), rules) in enumerate(packs.items()):
            db.execute("INSERT INTO _conformance_pack(account, region, name, pack_id, arn, template, state, requested_ms) VALUES (?,?,?,?,?,'{}','CREATE_COMPLETE',0)",
                       (account, region, name, f"conformance-pack-{n}", f"arn:{n}"))
            db.executemany("INSERT INTO _pack_rule(account, region, pack, rule, logical_id) VALUES (?,?,?,?,?)", [(account, region, name, r, r) for r in rules])
    db.close()
    put(config, "all")
    put(config, "some", [HOME, SECOND], [REGION])

    def told(name, **filters):
        more = {"Filters": filters} if filters else {}
        return {(c["AccountId"], c["AwsRegion"], c["ConformancePackName"]): tuple(c["Compliance"].values())
                for c in walk(config.describe_aggregate_compliance_by_conformance_packs, "AggregateComplianceByConformancePacks", ConfigurationAggregatorName=name, **more)}

    every = {(HOME, REGION, "p1"): ("NON_COMPLIANT", 1, 1, 2), (HOME, REGIONS[1], "p1"): ("INSUFFICIENT_DATA", 0, 0, 1),
             (SECOND, REGION, "p2"): ("COMPLIANT", 1, 0, 1), (THIRD, REGIONS[1], "p1"): ("NON_COMPLIANT", 0, 1, 2)}
    assert told("all") == every and list(told("all")) == sorted(every)
    assert told("some") == {k: v for k, v in every.items() if k[0] != THIRD and k[1] == REGION}
    assert told("all", ConformancePackName="p1", AccountId=HOME) == {k: v for k, v in every.items() if k[0] == HOME}
    assert told("all", AwsRegion=REGIONS[1], ComplianceType="NON_COMPLIANT") == {k: v for k, v in every.items() if k[0] == THIRD}

    def summed(key=None, **filters):
        more = {**({"Filters": filters} if filters else {}), **({"GroupByKey": key} if key else {})}
        assert config.get_aggregate_conformance_pack_compliance_summary(ConfigurationAggregatorName="all", **more).get("GroupByKey") == key
        return {g.get("GroupName"): (g["ComplianceSummary"]["CompliantConformancePackCount"], g["ComplianceSummary"]["NonCompliantConformancePackCount"])
                for g in walk(config.get_aggregate_conformance_pack_compliance_summary, "AggregateConformancePackComplianceSummaries", ConfigurationAggregatorName="all", **more)}

    assert summed() == {None: (1, 2)}
    assert summed("ACCOUNT_ID") == {HOME: (0, 1), SECOND: (1, 0), THIRD: (0, 1)}
    assert summed("AWS_REGION", AccountId=HOME) == {REGIONS[0]: (0, 1), REGIONS[1]: (0, 0)}
    for call in (config.describe_aggregate_compliance_by_conformance_packs, config.get_aggregate_conformance_pack_compliance_summary):
        assert refused(call, ConfigurationAggregatorName="none") == NO_SUCH
        assert refused(call, ConfigurationAggregatorName="all", Limit=101)[0] == "InvalidLimitException"
        assert refused(call, ConfigurationAggregatorName="all", NextToken="abc") == ("InvalidNextTokenException", "The nextToken provided is invalid")


def test_other_stores_are_brought_in_and_kept_up_with(asked, config, siltstone, tmp_path):
    """One store for all: what others recorded is imported, and an organization's aggregator shows it."""
    prod, lab = tmp_path / "prod.db", tmp_path / "lab.db"
    bring(siltstone, prod, [item("444444444444", REGION, VPC, f"vpc-{n}", tags={"n": str(n)}, configurationItemVersion="1.2", anything=n,
                                 relationships=[{"resourceType": BUCKET, "resourceId": "b", "name": "Is associated with "}]) for n in range(5000)])
    bring(siltstone, lab, [item("555555555555", REGION, VPC, "vpc-0"), item("555555555555", REGION, VPC, "vpc-0", FEBRUARY, configuration={"a": 2}), item(HOME, REGION, VPC, "vpc-0")])
    got = siltstone.run("import", prod, lab, "--store", asked.store, "--dry-run")
    assert got.code == 0 and got.out == "3 files (0 read before), 5003 items, 5002 would be new\n"
    assert siltstone.ok("import", prod, lab, "--store", asked.store).out == "3 files (0 read before), 5003 items, 5002 new\n"
    organize(config, "all")
    assert counts(config, "all", "ACCOUNT_ID", ResourceType=VPC)[1] == {**{a: len(live((a,))) for a in ACCOUNTS}, "444444444444": 5000, "555555555555": 1}

    def told(store, account):
        return sorted((i for i in siltstone.items(store) if i["awsAccountId"] == account), key=lambda i: (i["resourceId"], i["configurationStateId"]))

    for store, account in ((prod, "444444444444"), (lab, "555555555555")):
        assert told(asked.store, account) == told(store, account)
    # Full parts are never read again, and what is there already is left alone.
    assert siltstone.ok("import", prod, lab, "--store", asked.store).out == "3 files (3 read before), 0 items, 0 new\n"
    bring(siltstone, prod, [item("444444444444", REGION, VPC, "vpc-4999", FEBRUARY, configurationItemStatus="ResourceDeleted", configuration=None)])
    assert siltstone.ok("import", prod, lab, "--store", asked.store).out == "3 files (2 read before), 905 items, 1 new\n"
    assert counts(config, "all", "ACCOUNT_ID", ResourceType=VPC)[1]["444444444444"] == 4999
    siltstone.ok("verify", "--store", asked.store)
    broken = tmp_path / "broken.db"
    broken.write_bytes(prod.read_bytes()[:100] + b"\xff" * 5000)
    got = siltstone.run("import", broken, "--store", asked.store)
    assert got.code not in (0, 139) and "broken.db" in got.err
    other_kind = tmp_path / "other.db"
    sqlite3.connect(other_kind).executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
    got = siltstone.run("import", other_kind, "--store", asked.store)
    assert got.code not in (0, 139) and "other.db" in got.err
