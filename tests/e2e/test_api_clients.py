# SPDX-License-Identifier: Apache-2.0
"""The daemon asked by those who ask AWS Config: all of boto3, its paginators, the AWS command line and the SDK for JavaScript."""

import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import boto3
import botocore.exceptions
import botocore.loaders
import pytest

import estate
import program
from service import KEYS
from test_daemon import wait_for

ACCOUNT = "123456789012"
REGION = estate.REGIONS[0]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/config"
HERE = pathlib.Path(__file__).resolve().parent

# A text for each pattern that a required member has.
TEXTS = ["default", ACCOUNT, REGION, "AWS::EC2::VPC", f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-aaaaaa", "x.amazonaws.com",
         "SELECT resourceId", "{}", "s3://bucket/key", "1", "2026-01-01T00:00:00Z", "a" * 36, "a" * 64]


@functools.cache
def model():
    return boto3.client("config", region_name=REGION, **KEYS).meta.service_model


def least(shape):
    """The smallest value that a shape takes."""
    kind, facts = shape.type_name, shape.metadata
    if kind == "structure":
        return {name: least(shape.members[name]) for name in shape.required_members}
    if kind == "list":
        return [least(shape.member)] * max(1, facts.get("min", 1))
    if kind == "map":
        return {least(shape.key): least(shape.value)}
    if kind in ("integer", "long"):
        return max(1, facts.get("min", 1))
    if kind in ("double", "float"):
        return 1.0
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return 1_700_000_000
    if shape.enum:
        return shape.enum[0]
    fits = [t for t in TEXTS if facts.get("min", 0) <= len(t) <= facts.get("max", 1 << 20)
            and ("pattern" not in facts or re.fullmatch(facts["pattern"].replace("\\p{L}", "a-zA-Z").replace("\\p{Z}", " ").replace("\\p{N}", "0-9"), t))]
    assert fits, (shape.name, facts)
    return fits[0]


def method(operation):
    return botocore.xform_name(operation)


def extents(siltstone):
    """operation -> fully, rows only or not available, as the program says."""
    return {o["operation"]: o["answered"] for o in json.loads(siltstone.ok("api", "--list", "--format", "json").out)}


def test_every_operation_is_answered_as_far_as_the_table_says(asked, siltstone):
    """With the least that boto3 lets pass; what is refused is refused with an error that the operation has."""
    table, config = extents(siltstone), asked.client(REGION)
    assert len(table) >= 97 and set(table.values()) <= {"fully", "rows only", "not available"}
    told = {}
    for name in model().operation_names:
        operation = model().operation_model(name)
        try:
            getattr(config, method(name))(**(least(operation.input_shape) if operation.input_shape else {}))
            told[name] = "answered"
        except botocore.exceptions.ClientError as e:
            told[name] = e.response["Error"]["Code"]
            expected = {s.name for s in operation.error_shapes} | {"ValidationException"}
            if name not in table:
                assert told[name] == "UnknownOperationException", name
            elif table[name] == "not available":
                assert told[name] == "InternalFailure" and e.response["Error"]["Message"] == f"{name} is not available"
            else:
                assert told[name] in expected, (name, e.response["Error"])
    assert all(told[n] != "answered" for n, extent in table.items() if extent == "not available")
    width = max(map(len, table))
    print("\n" + "\n".join(f"{n:{width}}  {table[n]:13}  {told.get(n, 'boto3 does not know it')}" for n in sorted(table)))
    counted = {e: sum(v == e for v in table.values()) for e in ("fully", "rows only", "not available")}
    print(f"{len(table)} operations: " + ", ".join(f"{n} {e}" for e, n in counted.items()))


@pytest.fixture(scope="module")
def paginators():
    return botocore.loaders.Loader().load_service_model("config", "paginators-1")["pagination"]


def populate(config):
    """More of each thing than one, as far as it can be made; what the paginators are then to be asked."""
    def fill(call, **kw):
        try:
            return call(**kw)
        except botocore.exceptions.ClientError as e:
            print(f"not made: {e}")
            return None

    fill(config.put_configuration_recorder, ConfigurationRecorder={"name": "default", "roleARN": ROLE})
    fill(config.put_service_linked_configuration_recorder, ServicePrincipal="observabilityadmin.amazonaws.com")
    fill(config.put_retention_configuration, RetentionPeriodInDays=2557)
    vpc = config.list_discovered_resources(resourceType="AWS::EC2::VPC")["resourceIdentifiers"]
    for n in range(30):
        source = "AWS_CONFIG_PROCESS_CHECK" if n < 6 else "S3_BUCKET_VERSIONING_ENABLED"
        rule = {"ConfigRuleName": f"rule-{n:02}", "Source": {"Owner": "AWS", "SourceIdentifier": source}}
        fill(config.put_config_rule, ConfigRule=rule, Tags=[{"Key": f"k{i}", "Value": "v"} for i in range(3)])
    for n in range(6):
        fill(config.put_stored_query, StoredQuery={"QueryName": f"q{n}", "Expression": "SELECT resourceId"})
        fill(config.put_external_evaluation, ConfigRuleName=f"rule-{n:02}", ExternalEvaluation={
            "ComplianceResourceType": "AWS::::Account", "ComplianceResourceId": ACCOUNT, "ComplianceType": "NON_COMPLIANT",
            "OrderingTimestamp": 1_700_000_000 + n})
        fill(config.start_resource_evaluation, EvaluationMode="PROACTIVE", ClientToken="t" * 64 + str(n), ResourceDetails={
            "ResourceId": f"r{n}", "ResourceType": "AWS::S3::Bucket", "ResourceConfiguration": "{}"})
        fill(config.put_aggregation_authorization, AuthorizedAccountId=f"00000000000{n}", AuthorizedAwsRegion=REGION)
        fill(config.put_conformance_pack, ConformancePackName=f"pack-{n}", TemplateBody=PACK)
        fill(config.put_configuration_aggregator, ConfigurationAggregatorName=f"a{n}",
             AccountAggregationSources=[{"AccountIds": [ACCOUNT], "AllAwsRegions": True}])
    arn = config.describe_config_rules(ConfigRuleNames=["rule-00"])["ConfigRules"][0]["ConfigRuleArn"]
    return {"SelectResourceConfig": {"Expression": "SELECT resourceId"}, "ListTagsForResource": {"ResourceArn": arn},
            "ListDiscoveredResources": {"resourceType": "AWS::EC2::VPC"},
            "GetResourceConfigHistory": {"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-old"},
            "GetComplianceDetailsByConfigRule": {"ConfigRuleName": "rule-00"},
            "GetComplianceDetailsByResource": {"ResourceType": "AWS::::Account", "ResourceId": ACCOUNT},
            "DescribeConformancePackCompliance": {"ConformancePackName": "pack-0"},
            "GetConformancePackComplianceSummary": {"ConformancePackNames": ["pack-0", "pack-1"]},
            "DescribeRemediationExecutionStatus": {"ConfigRuleName": "rule-00"},
            "DescribeConfigurationAggregatorSourcesStatus": {"ConfigurationAggregatorName": "a0"},
            "SelectAggregateResourceConfig": {"ConfigurationAggregatorName": "a0", "Expression": "SELECT resourceId"},
            "ListAggregateDiscoveredResources": {"ConfigurationAggregatorName": "a0", "ResourceType": "AWS::EC2::VPC"},
            "GetAggregateComplianceDetailsByConfigRule": {
                "ConfigurationAggregatorName": "a0", "ConfigRuleName": "rule-00", "AccountId": ACCOUNT, "AwsRegion": REGION},
            "DescribeAggregateComplianceByConfigRules": {"ConfigurationAggregatorName": "a0"},
            "DescribeAggregateComplianceByConformancePacks": {"ConfigurationAggregatorName": "a0"}}


PACK = json.dumps({"Resources": {f"R{n}": {"Type": "AWS::Config::ConfigRule", "Properties": {
    "ConfigRuleName": f"in-pack-{n}", "Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}}} for n in range(2)}})

# How many of each there are at least: it was made here.
MADE = {"DescribeComplianceByConfigRule": 30, "DescribeComplianceByResource": 1, "DescribeConfigRuleEvaluationStatus": 30, "DescribeConfigRules": 30,
        "DescribeRetentionConfigurations": 1, "GetComplianceDetailsByConfigRule": 1, "GetComplianceDetailsByResource": 6,
        "GetResourceConfigHistory": 5, "ListConfigurationRecorders": 2, "ListDiscoveredResources": 3, "ListResourceEvaluations": 6,
        "ListTagsForResource": 3, "SelectResourceConfig": 4}

# What the service gives all at once, whatever the limit.
AT_ONCE = {"ListTagsForResource"}


def walk(config, name, facts, asks, size):
    """Everything a paginator yields, and how many pages it took."""
    keys = facts["result_key"] if isinstance(facts["result_key"], list) else [facts["result_key"]]
    paging = {"PageSize": size} if size and facts.get("limit_key") else {}
    rows, n = [], 0
    for page in config.get_paginator(method(name)).paginate(**asks, PaginationConfig=paging):
        n += 1
        assert n < 2000, f"{name} does not end"
        assert not paging or name in AT_ONCE or all(len(page.get(k) or []) <= size for k in keys), name
        rows += [json.dumps(r, default=str, sort_keys=True) for k in keys for r in page.get(k) or []]
    return rows, n


def test_every_paginator_ends_and_yields_all(serve, siltstone, store_copy, paginators, tmp_path):
    versions = [{"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-old", "awsAccountId": ACCOUNT, "awsRegion": REGION, "configuration": {"n": n},
                 "configurationItemCaptureTime": f"2025-0{n}-01T00:00:00Z"} for n in range(1, 6)]
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(v) + "\n" for v in versions))
    siltstone.ok("import", tmp_path / "items.jsonl", "--store", store_copy)
    table, config = extents(siltstone), serve(store_copy).client(REGION)
    inputs = populate(config)
    # What rules find is to be the same each time it is asked for.
    wait_for(lambda: not program.rows(store_copy, "SELECT rule_id FROM _rule_status WHERE wanted_ms IS NOT NULL OR evaluated_ms IS NULL AND error_code IS NULL"), 60)
    for name, facts in sorted(paginators.items()):
        if table.get(name, "not available") == "not available":
            print(f"{name}: not available")
            continue
        shape = model().operation_model(name).input_shape
        asks = inputs.get(name) or (least(shape) if shape and shape.required_members else {})
        try:
            whole, _ = walk(config, name, facts, asks, None)
        except botocore.exceptions.ClientError as e:
            assert name not in MADE, e
            print(f"{name}: {e}")
            continue
        by_one, pages = walk(config, name, facts, asks, 1)
        assert sorted(by_one) == sorted(whole), name
        assert not facts.get("limit_key") or name in AT_ONCE or pages >= len(by_one), name
        assert len(whole) >= MADE.get(name, 0), name
        print(f"{name}: {len(whole)}")


BUCKET = "from-the-command-line"


@pytest.fixture
def there(serve, siltstone, store_copy, small):
    """The daemon, whose AWS is moto."""
    return serve(store_copy, env=siltstone.environment(SILTSTONE_ACCESS_ANONYMOUS="admin", AWS_ENDPOINT_URL=small.endpoint))


def aws_programs():
    beside = pathlib.Path(sys.executable).parent / "aws"
    return [str(beside)] if beside.exists() else []


def version_2():
    """The AWS CLI of version 2 is on no package index; one that is installed can be named."""
    for program in filter(None, (os.environ.get("SILTSTONE_AWS_V2"), shutil.which("aws"), "/usr/local/bin/aws")):
        if pathlib.Path(program).exists() and "aws-cli/2" in subprocess.run([program, "--version"], capture_output=True, text=True).stdout:
            return program
    return None


@pytest.fixture(params=["v1", "v2"])
def aws(request, there, small, tmp_path):
    """aws(words...) -> what the AWS command line says, as text."""
    if request.param == "v2":
        program = version_2()
        if not program:
            pytest.skip("no AWS CLI of version 2 here: it is on no package index (set SILTSTONE_AWS_V2 to the program)")
    else:
        program = (aws_programs() or [None])[0]
        if not program:
            pytest.skip("no awscli beside this Python (tests/requirements.txt)")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
           "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"], "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": small.endpoint,
           "AWS_ENDPOINT_URL_CONFIG_SERVICE": there.endpoint, "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*", "AWS_PAGER": ""}

    def run(*words, code=0):
        r = subprocess.run([program, *words], env=env, capture_output=True, text=True, timeout=120)
        assert r.returncode == code, f"aws {' '.join(words)}: {r.returncode}\n{r.stdout}{r.stderr}"
        return r.stdout if code == 0 else r.stderr

    run.refused = 254 if request.param == "v2" else 255
    return run


def test_the_aws_command_line_subscribes_and_asks(aws, there, small):
    s3, sns = (boto3.client(s, region_name=REGION, endpoint_url=small.endpoint, **KEYS) for s in ("s3", "sns"))
    there.client(REGION).delete_configuration_recorder(ConfigurationRecorderName="default")
    assert aws("configservice", "get-status").split() == ["Configuration", "Recorders:", "Delivery", "Channels:"]
    topic = sns.create_topic(Name="from-the-command-line")["TopicArn"]
    told = aws("configservice", "subscribe", "--s3-bucket", BUCKET, "--sns-topic", topic, "--iam-role", ROLE)
    assert "Subscribe succeeded" in told and "Configuration Recorders" in told and "Delivery Channels" in told
    said = aws("configservice", "get-status")
    assert "name: default" in said and "recorder: ON" in said and "last status" in said and "name: default" in said.split("Delivery Channels")[1]
    snapshot = json.loads(aws("configservice", "deliver-config-snapshot", "--delivery-channel-name", "default", "--output", "json"))["configSnapshotId"]
    keys = lambda: [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]  # noqa: E731
    wait_for(lambda: any(snapshot in k for k in keys()))
    assert f"AWSLogs/{ACCOUNT}/Config/ConfigWritabilityCheckFile" in keys()
    selected = json.loads(aws("configservice", "select-resource-config", "--expression",
                              "SELECT resourceId, resourceType WHERE resourceType = 'AWS::EC2::VPC'", "--output", "json"))
    found = [json.loads(r) for r in selected["Results"]]
    assert found and {r["resourceType"] for r in found} == {"AWS::EC2::VPC"}
    items = json.loads(aws("configservice", "get-resource-config-history", "--resource-type", "AWS::EC2::VPC",
                           "--resource-id", found[0]["resourceId"], "--output", "json"))["configurationItems"]
    assert [i["resourceId"] for i in items] == [found[0]["resourceId"]] and json.loads(items[0]["configuration"])
    listed = json.loads(aws("configservice", "list-discovered-resources", "--resource-type", "AWS::EC2::VPC", "--page-size", "1", "--output", "json"))
    assert len(listed["resourceIdentifiers"]) == len(found)
    assert "NoSuchDeliveryChannelException" in aws("configservice", "describe-delivery-channels", "--delivery-channel-names", "x", code=aws.refused)
    aws("configservice", "stop-configuration-recorder", "--configuration-recorder-name", "default")
    assert "recorder: OFF" in aws("configservice", "get-status")


@pytest.fixture(scope="session")
def javascript(tmp_path_factory):
    """A folder with AWS's SDK for JavaScript, version 3."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("no node and npm here")
    folder = tmp_path_factory.mktemp("javascript")
    r = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), "@aws-sdk/client-config-service@3"],
                       cwd=folder, capture_output=True, text=True, timeout=300)
    if r.returncode:
        pytest.skip(f"npm does not install @aws-sdk/client-config-service here: {(r.stderr or r.stdout).strip()[-200:]}")
    return folder


def test_the_sdk_for_javascript_asks_a_dozen_things(javascript, there, small):
    boto3.client("s3", region_name=REGION, endpoint_url=small.endpoint, **KEYS).create_bucket(Bucket="from-javascript")
    r = subprocess.run(["node", str(HERE / "config_client.mjs"), str(javascript), there.endpoint, REGION, "from-javascript"],
                       capture_output=True, text=True, timeout=120, env={**os.environ, "NO_PROXY": "*"})
    assert r.returncode == 0, r.stderr
    told = json.loads(r.stdout)
    vpcs = len(there.client(REGION).list_discovered_resources(resourceType="AWS::EC2::VPC")["resourceIdentifiers"])
    assert told["recorders"] == ["default"] and told["recording"] is True and told["started"] is True
    assert told["channels"] == ["from-javascript"] and re.fullmatch(r"[0-9a-f-]{36}", told["snapshot"])
    assert told["queries"] == ["js1", "js2", "js3"] and told["days"] == 365
    assert told["listed"] == told["selected"] == vpcs > 1 and told["listedPages"] >= vpcs
    assert told["captured"] == [True] and told["batch"] == 1
    assert told["counts"] == there.client(REGION).get_discovered_resource_counts()["totalDiscoveredResources"]
    assert told["refused"] == ["ResourceNotFoundException", True, "You have specified a resource that does not exist.", 400]
