# SPDX-License-Identifier: Apache-2.0
"""Remediations, conformance packs and what an organization gives: boto3 through the daemon."""

import datetime
import json
import re
import sqlite3
import time

import estate
import program
from service import pages, refused

ACCOUNT = "123456789012"
OTHER = "210987654321"
REGION = estate.REGIONS[0]
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
NO_RULE = "The ConfigRule 'none' provided in the request is invalid. Please check the configRule name"
FOREVER = 253402300799000


def write(store, statement, *parameters):
    db = sqlite3.connect(store, timeout=30)
    with db:
        db.execute(statement, parameters)
    db.close()


def judge(store, rule, resource, result, account=ACCOUNT, region=REGION):
    """What whoever evaluates would write."""
    kind, identifier = resource
    now = int(time.time() * 1000)
    write(store, """INSERT INTO _verdict(rid, rule, result, annotation, since_ms, account, region, ordering_ms, recorded_ms, invoked_ms)
                    SELECT rid, ?, ?, 'because', ?, ?, ?, ?, ?, ? FROM _resource WHERE type = ? AND id = ? AND region IN (?, 'global')""",
          rule, result, now, account, region, now, now, now, kind, identifier, region)


def resources(store, n, region=REGION):
    return program.rows(store, "SELECT type, id FROM _resource WHERE region = ? AND deleted = 0 ORDER BY rid LIMIT ?", region, n)


def rule(config, name, **more):
    config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}, **more})


def upper(found, name="ResourceType"):
    """Keys of resources as operations about exceptions have them."""
    return [{"ResourceType": kind, "ResourceId": i} for kind, i in found]


def lower(found):
    return [{"resourceType": kind, "resourceId": i} for kind, i in found]


# Remediation

FIX = {"ConfigRuleName": "one", "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-ConfigureS3BucketVersioning",
       "Parameters": {"BucketName": {"ResourceValue": {"Value": "RESOURCE_ID"}}, "VersioningState": {"StaticValue": {"Values": ["Enabled"]}}}}


def test_a_remediation_is_kept_changed_and_taken_away(asked):
    config = asked.client(REGION)
    rule(config, "one")
    rule(config, "two")
    assert asked.raw("PutRemediationConfigurations", {"RemediationConfigurations": [FIX]}, region=REGION)[2] == b'{"FailedBatches":[]}'
    got = config.describe_remediation_configurations(ConfigRuleNames=["one", "two", "none"])["RemediationConfigurations"]
    assert re.fullmatch(rf"arn:aws:config:{REGION}:{ACCOUNT}:remediation-configuration/one/{UUID}", got[0]["Arn"])
    assert got == [{**FIX, "Automatic": False, "Arn": got[0]["Arn"]}]
    arn = got[0]["Arn"]
    more = {"TargetVersion": "2", "ResourceType": "AWS::S3::Bucket", "Automatic": True,
            "ExecutionControls": {"SsmControls": {"ConcurrentExecutionRatePercentage": 10, "ErrorPercentage": 20}}}
    config.put_remediation_configurations(RemediationConfigurations=[{**FIX, **more}, {**FIX, "ConfigRuleName": "two"}])
    got = config.describe_remediation_configurations(ConfigRuleNames=["two", "one"])["RemediationConfigurations"]
    assert [r["ConfigRuleName"] for r in got] == ["one", "two"]
    assert got[0] == {**FIX, **more, "MaximumAutomaticAttempts": 5, "RetryAttemptSeconds": 60, "Arn": arn}
    assert refused(config.delete_remediation_configuration, ConfigRuleName="one", ResourceType="AWS::EC2::VPC")[0] == "NoSuchRemediationConfigurationException"
    assert asked.raw("DeleteRemediationConfiguration", {"ConfigRuleName": "one", "ResourceType": "AWS::S3::Bucket"}, region=REGION)[2] == b"{}"
    assert config.describe_remediation_configurations(ConfigRuleNames=["one"])["RemediationConfigurations"] == []
    assert refused(config.delete_remediation_configuration, ConfigRuleName="one") == (
        "NoSuchRemediationConfigurationException", "No RemediationConfiguration for rule one exists")


def test_a_remediation_that_cannot_be_is_refused_as_a_whole(asked):
    config = asked.client(REGION)
    rule(config, "one")

    def put(*them):
        return refused(config.put_remediation_configurations, RemediationConfigurations=list(them))

    assert put(FIX, {**FIX, "ConfigRuleName": "none"}) == ("InvalidParameterValueException", NO_RULE)
    assert put(FIX, FIX)[0] == "InvalidParameterValueException"
    assert put({**FIX, "Parameters": {"X": {}}})[0] == "InvalidParameterValueException"
    assert put({**FIX, "Parameters": {"X": {"ResourceValue": {"Value": "RESOURCE_ID"}, "StaticValue": {"Values": []}}}})[0] == "InvalidParameterValueException"
    for wrong in ({"TargetType": "LAMBDA"}, {"MaximumAutomaticAttempts": 26}, {"RetryAttemptSeconds": 0}, {"TargetId": ""},
                  {"Parameters": {str(n): {"StaticValue": {"Values": []}} for n in range(26)}}):
        assert put({**FIX, **wrong})[0] == "ValidationException", wrong
    assert put(*[{**FIX, "ConfigRuleName": str(n)} for n in range(26)])[0] == "ValidationException"
    assert config.describe_remediation_configurations(ConfigRuleNames=["one"])["RemediationConfigurations"] == []


def test_a_rule_with_a_remediation_stays(asked):
    config = asked.client(REGION)
    rule(config, "one")
    config.put_remediation_configurations(RemediationConfigurations=[FIX])
    config.put_remediation_exceptions(ConfigRuleName="one", ResourceKeys=upper([("AWS::S3::Bucket", "b")]))
    assert refused(config.delete_config_rule, ConfigRuleName="one")[0] == "ResourceInUseException"
    config.delete_remediation_configuration(ConfigRuleName="one")
    config.delete_config_rule(ConfigRuleName="one")
    rule(config, "one")
    assert config.describe_remediation_exceptions(ConfigRuleName="one")["RemediationExceptions"] == []


def test_exceptions_last_until_they_expire(asked):
    config = asked.client(REGION)
    rule(config, "one")
    keys = upper([("AWS::S3::Bucket", f"b{n}") for n in range(5)])
    until = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=2)
    assert config.put_remediation_exceptions(ConfigRuleName="one", ResourceKeys=keys, Message="later", ExpirationTime=until)["FailedBatches"] == []
    config.put_remediation_exceptions(ConfigRuleName="one", ResourceKeys=keys[:1])
    listed = list(pages(config.describe_remediation_exceptions, "RemediationExceptions", "NextToken", ConfigRuleName="one", Limit=1))
    assert [len(p) for p in listed] == [1] * 5
    found = [x for p in listed for x in p]
    assert found[0] == {"ConfigRuleName": "one", **keys[0]}
    assert found[1:] == [{"ConfigRuleName": "one", **k, "Message": "later", "ExpirationTime": until} for k in keys[1:]]
    got = config.describe_remediation_exceptions(ConfigRuleName="one", ResourceKeys=[keys[2], {"ResourceType": "AWS::S3::Bucket", "ResourceId": "b9"}])
    assert [x["ResourceId"] for x in got["RemediationExceptions"]] == ["b2"]
    assert refused(config.describe_remediation_exceptions, ConfigRuleName="one", ResourceKeys=keys, Limit=2)[0] == "InvalidParameterValueException"
    write(asked.store, "UPDATE _remediation_exception SET expires_ms = ? WHERE id = 'b3'", int(time.time() * 1000) - 1)
    assert [x["ResourceId"] for x in config.describe_remediation_exceptions(ConfigRuleName="one")["RemediationExceptions"]] == ["b0", "b1", "b2", "b4"]
    got = config.delete_remediation_exceptions(ConfigRuleName="one", ResourceKeys=keys[2:5])["FailedBatches"]
    assert [b["FailedItems"] for b in got] == [[keys[3]]] and got[0]["FailureMessage"]
    assert config.delete_remediation_exceptions(ConfigRuleName="one", ResourceKeys=keys[:2])["FailedBatches"] == []
    assert config.describe_remediation_exceptions(ConfigRuleName="one")["RemediationExceptions"] == []
    assert refused(config.delete_remediation_exceptions, ConfigRuleName="one", ResourceKeys=keys[:2])[0] == "NoSuchRemediationExceptionException"


def test_exceptions_that_cannot_be_are_refused(asked):
    config = asked.client(REGION)
    rule(config, "one")
    key = upper([("AWS::S3::Bucket", "b")])
    put = config.put_remediation_exceptions
    assert refused(put, ConfigRuleName="none", ResourceKeys=key) == ("InvalidParameterValueException", NO_RULE)
    assert refused(put, ConfigRuleName="one", ResourceKeys=[{"ResourceId": "b"}])[0] == "InvalidParameterValueException"
    assert refused(put, ConfigRuleName="one", ResourceKeys=key, ExpirationTime=1)[0] == "InvalidParameterValueException"
    assert refused(put, ConfigRuleName="one", ResourceKeys=[])[0] == "ValidationException"
    assert refused(put, ConfigRuleName="one", ResourceKeys=key * 101)[0] == "ValidationException"
    assert refused(put, ConfigRuleName="one", ResourceKeys=key, Message="x" * 1025)[0] == "ValidationException"
    assert refused(config.describe_remediation_exceptions, ConfigRuleName="one", NextToken="x") == (
        "InvalidNextTokenException", "The nextToken provided is invalid")


def test_executions_are_queued_for_what_has_results(asked):
    config = asked.client(REGION)
    rule(config, "one")
    start, status = config.start_remediation_execution, config.describe_remediation_execution_status
    found = resources(asked.store, 5)
    assert len(found) == 5
    assert refused(start, ConfigRuleName="one", ResourceKeys=lower(found)) == (
        "NoSuchRemediationConfigurationException", "No RemediationConfiguration for rule one exists")
    assert refused(status, ConfigRuleName="one")[0] == "NoSuchRemediationConfigurationException"
    config.put_remediation_configurations(RemediationConfigurations=[FIX])
    for r in found[:4]:
        judge(asked.store, "one", r, "NON_COMPLIANT")
    got = start(ConfigRuleName="one", ResourceKeys=lower(found[:3]))
    assert "FailedItems" not in got and "FailureMessage" not in got
    got = start(ConfigRuleName="one", ResourceKeys=lower(found[2:]))
    assert got["FailedItems"] == lower(found[4:]) and got["FailureMessage"]
    listed = list(pages(status, "RemediationExecutionStatuses", "NextToken", ConfigRuleName="one", Limit=1))
    assert [len(p) for p in listed] == [1] * 4
    assert [x["ResourceKey"] for p in listed for x in p] == lower(found[:4])
    assert all(x["State"] == "QUEUED" and x["StepDetails"] == [] and x["InvocationTime"] == x["LastUpdatedTime"] for p in listed for x in p)
    assert program.rows(asked.store, "SELECT count(*) FROM _remediation_execution") == [(4,)]
    steps = json.dumps([{"Name": "enable", "State": "FAILED", "ErrorMessage": "no", "StartTime": 1790000000.5, "StopTime": 1790000001}])
    write(asked.store, "UPDATE _remediation_execution SET state = 'FAILED', steps = ? WHERE execution_id = 1", steps)
    one = status(ConfigRuleName="one", ResourceKeys=lower(found[:1]))["RemediationExecutionStatuses"]
    assert one[0]["State"] == "FAILED" and one[0]["StepDetails"][0]["Name"] == "enable" and one[0]["StepDetails"][0]["StartTime"].microsecond == 500000
    start(ConfigRuleName="one", ResourceKeys=lower(found[:1]))
    assert [x["State"] for x in status(ConfigRuleName="one", ResourceKeys=lower(found[:1]))["RemediationExecutionStatuses"]] == ["QUEUED"]
    write(asked.store, "UPDATE _remediation_execution SET state = 'IN_PROGRESS' WHERE execution_id = 2")
    assert refused(config.delete_remediation_configuration, ConfigRuleName="one")[0] == "RemediationInProgressException"
    write(asked.store, "UPDATE _remediation_execution SET state = 'SUCCEEDED' WHERE execution_id = 2")
    config.delete_remediation_configuration(ConfigRuleName="one")
    assert program.rows(asked.store, "SELECT count(*) FROM _remediation_execution") == [(0,)]
    assert refused(start, ConfigRuleName="one", ResourceKeys=[{"resourceType": "AWS::Not::There", "resourceId": "x"}])[0] in (
        "ValidationException", "NoSuchRemediationConfigurationException")
