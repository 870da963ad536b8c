# SPDX-License-Identifier: Apache-2.0
"""Remediations, conformance packs and what an organization gives: boto3 through the daemon."""

import datetime
import json
import pathlib
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
    config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": "AWS_CONFIG_PROCESS_CHECK"}, **more})


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


# Conformance packs

BASICS = (pathlib.Path(__file__).parent / "packs" / "basics.yaml").read_text()
SMALL = """
Resources:
  Versions:
    Type: AWS::Config::ConfigRule
    Properties:
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED}
  Other:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: other
      Source: {Owner: AWS, SourceIdentifier: ENCRYPTED_VOLUMES}
"""
BY_PEOPLE = re.sub("S3_BUCKET_VERSIONING_ENABLED|ENCRYPTED_VOLUMES", "AWS_CONFIG_PROCESS_CHECK", SMALL)
UNKNOWN_PACK = ("NoSuchConformancePackException", "The conformance pack 'none' provided in the request is invalid. Please check the conformance pack name")


def rules_of(config):
    return [r for page in pages(config.describe_config_rules, "ConfigRules", "NextToken") for r in page]


def invalid(config, template, **more):
    """Why a template is none."""
    error, message = refused(config.put_conformance_pack, ConformancePackName="p", TemplateBody=template, **more)
    assert error == "ConformancePackTemplateValidationException", message
    assert config.describe_conformance_packs()["ConformancePackDetails"] == []
    return message


def test_a_pack_of_twenty_rules_is_made_and_taken_away(asked):
    config = asked.client(REGION)
    rule(config, "mine")
    arn = config.put_conformance_pack(ConformancePackName="basics", TemplateBody=BASICS, DeliveryS3Bucket="awsconfigconforms-x", DeliveryS3KeyPrefix="here",
                                      ConformancePackInputParameters=[{"ParameterName": "KeyAge", "ParameterValue": "30"},
                                                                      {"ParameterName": "PasswordNumbers", "ParameterValue": ""}],
                                      Tags=[{"Key": "team", "Value": "a"}])["ConformancePackArn"]
    match = re.fullmatch(rf"arn:aws:config:{REGION}:{ACCOUNT}:conformance-pack/basics/(conformance-pack-[a-z0-9]{{9}})", arn)
    assert match
    pack_id = match[1]
    got = config.describe_conformance_packs(ConformancePackNames=["basics"])["ConformancePackDetails"]
    assert got == [{"ConformancePackName": "basics", "ConformancePackArn": arn, "ConformancePackId": pack_id, "DeliveryS3Bucket": "awsconfigconforms-x",
                    "DeliveryS3KeyPrefix": "here", "LastUpdateRequestedTime": got[0]["LastUpdateRequestedTime"], "Type": "CUSTOM",
                    "ConformancePackInputParameters": [{"ParameterName": "KeyAge", "ParameterValue": "30"}, {"ParameterName": "PasswordNumbers", "ParameterValue": ""}]}]
    status = config.describe_conformance_pack_status(ConformancePackNames=["basics", "none"])["ConformancePackStatusDetails"]
    assert [s["ConformancePackState"] for s in status] == ["CREATE_COMPLETE"] and "ConformancePackStatusReason" not in status[0]
    assert status[0]["LastUpdateCompletedTime"] >= status[0]["LastUpdateRequestedTime"]
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]
    made = {r["ConfigRuleName"]: r for r in rules_of(config) if r["ConfigRuleName"] != "mine"}
    assert len(made) == 20 and all(n.endswith("-" + pack_id) for n in made)
    one = made[f"keys-are-changed-{pack_id}"]
    assert json.loads(one["InputParameters"]) == {"maxAccessKeyAge": "30"}
    assert one["CreatedBy"] == "config-conforms.amazonaws.com"
    assert re.fullmatch(rf"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/aws-service-rule/config-conforms.amazonaws.com/config-rule-[a-z0-9]{{6}}", one["ConfigRuleArn"])
    assert json.loads(made[f"passwords-are-long-{pack_id}"]["InputParameters"]) == {"MinimumPasswordLength": "14"}
    assert json.loads(made[f"ports-are-closed-{pack_id}"]["InputParameters"]) == {"blockedPort2": "3389"}
    assert "InputParameters" not in made[f"shell-is-closed-{pack_id}"]
    assert made[f"shell-is-closed-{pack_id}"]["Scope"] == {"ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"]}
    name = f"buckets-keep-versions-{pack_id}"
    fix = config.describe_remediation_configurations(ConfigRuleNames=[name])["RemediationConfigurations"][0]
    assert (fix["Automatic"], fix["MaximumAutomaticAttempts"], fix["RetryAttemptSeconds"], fix["TargetVersion"]) == (True, 3, 120, "1")
    assert fix["Parameters"]["AutomationAssumeRole"] == {"StaticValue": {"Values": [f"arn:aws:iam::{ACCOUNT}:role/repairs"]}}
    assert fix["CreatedByService"] == "config-conforms.amazonaws.com"
    # They are the pack's.
    assert refused(config.delete_config_rule, ConfigRuleName=name)[0] == "AccessDeniedException"
    assert refused(rule, config, name)[0] == "AccessDeniedException"
    assert refused(config.put_remediation_configurations, RemediationConfigurations=[{**FIX, "ConfigRuleName": name}])[0] == "InsufficientPermissionsException"
    assert refused(config.delete_remediation_configuration, ConfigRuleName=name)[0] == "InsufficientPermissionsException"
    judge(asked.store, name, resources(asked.store, 1)[0], "COMPLIANT")
    assert asked.raw("DeleteConformancePack", {"ConformancePackName": "basics"}, region=REGION)[2] == b""
    assert [r["ConfigRuleName"] for r in rules_of(config)] == ["mine"]
    assert config.describe_remediation_configurations(ConfigRuleNames=[name])["RemediationConfigurations"] == []
    assert program.rows(asked.store, "SELECT count(*) FROM _verdict WHERE until_ms = ? AND rule <> 'mine'", FOREVER) == [(0,)]
    assert program.rows(asked.store, "SELECT count(*) FROM _pack_rule") == [(0,)]
    assert refused(config.list_tags_for_resource, ResourceArn=arn)[0] == "ResourceNotFoundException"
    assert refused(config.delete_conformance_pack, ConformancePackName="none") == UNKNOWN_PACK
    assert refused(config.describe_conformance_packs, ConformancePackNames=["none"]) == UNKNOWN_PACK


def test_a_changed_pack_keeps_what_stays(asked):
    config = asked.client(REGION)
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=BY_PEOPLE)
    before = {r["ConfigRuleName"]: r for r in rules_of(config)}
    name = next(n for n in before if n.startswith("Versions-"))
    judge(asked.store, name, resources(asked.store, 1)[0], "COMPLIANT")
    arn = config.put_conformance_pack(ConformancePackName="p", TemplateBody=BY_PEOPLE.replace("other", "another") + """
  Fix:
    Type: AWS::Config::RemediationConfiguration
    Properties: {ConfigRuleName: !Ref Versions, TargetType: SSM_DOCUMENT, TargetId: X, Parameters: {A: {StaticValue: {Value: [b]}}}}
""", Tags=[{"Key": "a", "Value": "b"}])["ConformancePackArn"]
    after = {r["ConfigRuleName"]: r for r in rules_of(config)}
    assert after[name] == before[name]
    assert sorted(n.split("-")[0] for n in after) == ["Versions", "another"]
    assert program.rows(asked.store, "SELECT count(*) FROM _verdict WHERE until_ms = ?", FOREVER) == [(1,)]
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    fix = config.describe_remediation_configurations(ConfigRuleNames=[name])["RemediationConfigurations"]
    assert fix[0]["Parameters"] == {"A": {"StaticValue": {"Values": ["b"]}}}
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=BY_PEOPLE)
    assert config.describe_remediation_configurations(ConfigRuleNames=[name])["RemediationConfigurations"] == []


def test_a_pack_whose_rules_are_refused_has_failed_and_says_why(asked):
    config = asked.client(REGION)
    wrong = SMALL.replace("ENCRYPTED_VOLUMES", "NO_SUCH_THING")
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=wrong)
    status = config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]
    assert status["ConformancePackState"] == "CREATE_FAILED"
    assert status["ConformancePackStatusReason"].startswith("Other: InvalidParameterValueException: The sourceIdentifier NO_SUCH_THING is invalid.")
    assert rules_of(config) == []
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=SMALL)
    before = rules_of(config)
    assert len(before) == 2
    # What was there stays.
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=wrong.replace("Versions", "Changed"))
    assert config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]["ConformancePackState"] == "CREATE_FAILED"
    assert rules_of(config) == before
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=SMALL)
    assert config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]["ConformancePackState"] == "CREATE_COMPLETE"
    config.delete_conformance_pack(ConformancePackName="p")
    assert rules_of(config) == []


def test_templates_speak_cloudformation(asked):
    config = asked.client(REGION)
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=json.dumps({
        "AWSTemplateFormatVersion": "2010-09-09", "Description": "d\u00e9j\u00e0 \ud83d\ude00",
        "Parameters": {"Ports": {"Type": "CommaDelimitedList", "Default": "22, 80"}, "Days": {"Type": "Number", "Default": 30, "MinValue": 1, "MaxValue": 90},
                       "Stage": {"Type": "String", "AllowedValues": ["test", "live"], "AllowedPattern": "[a-z]+", "MinLength": 2}},
        "Mappings": {"Stages": {"live": {"age": "10"}, "test": {"age": 99}}},
        "Conditions": {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}, "Here": {"Fn::And": [{"Condition": "Live"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
                       "Never": {"Fn::Or": [{"Fn::Not": [{"Condition": "Here"}]}, {"Fn::Equals": ["a", "b"]}]}},
        "Resources": {
            "A": {"Type": "AWS::Config::ConfigRule", "Condition": "Here", "Properties": {
                "ConfigRuleName": {"Fn::Join": ["-", ["a", {"Ref": "Stage"}, {"Fn::Select": ["1", {"Ref": "Ports"}]}]]},
                "Description": {"Fn::Sub": ["${AWS::AccountId} ${AWS::Region} ${x} ${!kept} $5 ${Stage}", {"x": {"Fn::Select": [0, {"Fn::Split": [".", "one.two"]}]}}]},
                "InputParameters": {"maxAccessKeyAge": {"Fn::FindInMap": ["Stages", {"Ref": "Stage"}, "age"]}},
                "Source": {"Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"}}},
            "B": {"Type": "AWS::Config::ConfigRule", "Condition": "Never", "Properties": {"Source": {}}},
            "C": {"Type": "AWS::Config::ConfigRule", "Properties": {
                "InputParameters": {"maxAccessKeyAge": {"Fn::If": ["Never", "1", {"Ref": "Days"}]}},
                "Source": {"Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"}}}}}),
        ConformancePackInputParameters=[{"ParameterName": "Stage", "ParameterValue": "live"}])
    status = config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]
    assert status["ConformancePackState"] == "CREATE_COMPLETE", status
    a, c = sorted(rules_of(config), key=lambda r: r["ConfigRuleName"].lower())
    pack_id = status["ConformancePackId"]
    assert a["ConfigRuleName"] == f"a-live-80-{pack_id}" and c["ConfigRuleName"] == f"C-{pack_id}"
    assert a["Description"] == f"{ACCOUNT} {REGION} one ${{kept}} $5 live"
    assert [json.loads(r["InputParameters"]) for r in (a, c)] == [{"maxAccessKeyAge": "10"}, {"maxAccessKeyAge": "30"}]


def test_a_template_that_is_none_says_why(asked):
    config = asked.client(REGION)
    head = "Resources:\n  A:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      "
    source = "Source: {Owner: AWS, SourceIdentifier: ENCRYPTED_VOLUMES}\n"
    for template, why in (
            ("a: [", "line "), ("[]", "the template is no object"), ("{}", "At least one Resources member"), ("Resources: {}", "makes no rules"), ("Resources: 1", "must be an object"),
            ("Transform: x\n" + SMALL, "Invalid template property or properties [Transform]"),
            (SMALL + SMALL, "is there twice"), (SMALL + "---\na: 1\n", "more than one document"),
            (SMALL.replace("ConfigRule\n", "Bucket\n"), "a conformance pack has only"), ("Resources: {A: {Type: AWS::Config::ConfigRule}}", "Properties must be an object in [A]"),
            (head + "Sourse: 1\n", "unsupported property Sourse in A"), (head + "ConfigRuleName: !GetAtt A.Arn\n      " + source, "GetAtt is not available"),
            (head + "Description: !Ref Nothing\n      " + source, "Unresolved resource dependencies [Nothing]"),
            (head + "Description: !Sub '${Nothing}'\n      " + source, "Unresolved resource dependencies [Nothing]"),
            (head + "Description: !If [x, a, b]\n      " + source, "Unresolved condition x"), (head + "Description: ~\n      " + source, "Null values are not allowed"),
            (head + "Description: !ImportValue x\n      " + source, "ImportValue is not available"), (head + "Description: !Select [3, [a]]\n      " + source, "at index 3"),
            (head + "Description: !FindInMap [a, b, c]\n      " + source, "Unable to get mapping for \"a\""),
            (head + "ConfigRuleName: " + "x" * 110 + "\n      " + source, "name of this rule is too long"),
            (head + source + "    Transform: x\n", "Invalid attribute of a resource: [Transform]"),
            ("Conditions: {a: !Condition b, b: !Not [!Condition a]}\n" + head + source + "    Condition: a\n", "circular condition dependency"),
            ("Conditions: {a: x}\n" + head + source + "    Condition: a\n", "a condition must be one of"),
            ("Parameters: {P: {Type: String}}\n" + head + source, "Parameters: [P] must have values"),
            ("Parameters: {P: {Type: Thing}}\n" + head + source, "Unrecognized parameter type: Thing"),
            ("Parameters: {P: {Type: String, Default: [x]}}\n" + head + source, "Every Default member must be a string"),
            ("Parameters: {P: {Type: Number, Default: x}}\n" + head + source, "must be a number"),
            ("Parameters: {P: {Type: Number, Default: 5, MaxValue: 4}}\n" + head + source, "'P' failed to satisfy constraint"),
            ("Parameters: {P: {Type: String, Default: abc, AllowedPattern: '[0-9]*', ConstraintDescription: digits}}\n" + head + source, "constraint: digits"),
            ("Parameters: {P: {Type: String, Default: abc, AllowedPattern: '[0-9'}}\n" + head + source, "AllowedPattern is invalid"),
            ("Parameters: {P: {Type: String, Default: a, AllowedValues: [b]}}\n" + head + source, "'P' failed"),
            ("Parameters: {P: {Type: String, Default: a, MinLength: 2}}\n" + head + source, "'P' failed"),
            ("Parameters: {" + ", ".join(f"P{n}: {{Type: String, Default: a}}" for n in range(61)) + "}\n" + head + source, "greater than maximum allowed, 60"),
            ("Resources:\n" + "".join(f"  R{n}: {{Type: AWS::Config::ConfigRule, Properties: {{{source.strip()}}}}}\n" for n in range(131)), "more than 130 rules"),
            (SMALL.replace("Versions:", "other:"), "two rules have the same name"),
            (SMALL + "  F:\n    Type: AWS::Config::RemediationConfiguration\n    Properties: {ConfigRuleName: nobody, TargetType: SSM_DOCUMENT, TargetId: X}\n",
             "is no rule of this template in [F]")):
        assert why in invalid(config, template), template
    assert "[Q] do not exist in the template" in invalid(config, SMALL, ConformancePackInputParameters=[{"ParameterName": "Q", "ParameterValue": ""}])


def test_hostile_templates_are_refused_and_quickly(asked):
    config = asked.client(REGION)
    began = time.monotonic()
    laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for n in range(1, 30):
        laughs += f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n"
    assert "aliases make it too large" in invalid(config, laughs)
    for opening in ("[", "{a: ", "- ", "!If ["):
        assert "too deep" in invalid(config, opening * (51000 // len(opening)))
    assert "alias of nothing" in invalid(config, "&a [*a]")
    doubling = "Conditions:\n  c0: !Equals [a, a]\n" + "".join(f"  c{n}: !And [!Condition c{n - 1}, !Condition c{n - 1}]\n" for n in range(1, 100))
    assert "nested too deeply" in invalid(config, doubling + SMALL.replace("ConfigRule\n", "ConfigRule\n    Condition: c99\n"))
    long = "Parameters: {P: {Type: String}}\n" + SMALL + "      Description: !Sub '" + "${P}" * 10000 + "'\n"
    assert "make too much" in invalid(config, long, ConformancePackInputParameters=[{"ParameterName": "P", "ParameterValue": "x" * 4096}])
    assert invalid(config, "Parameters: {P: {Type: String, AllowedPattern: '(a|aa)+[bc]'}}\n" + SMALL,
                   ConformancePackInputParameters=[{"ParameterName": "P", "ParameterValue": "a" * 4000}])
    error, message = refused(config.put_conformance_pack, ConformancePackName="p", TemplateBody=SMALL + "#" * 60000)
    assert error == "ValidationException" and "length less than or equal to 51200" in message
    assert time.monotonic() - began < 10
    config.put_conformance_pack(ConformancePackName="p", TemplateBody=SMALL + "#" * (51200 - len(SMALL)))


def test_a_pack_that_cannot_be_is_refused(asked):
    config = asked.client(REGION)
    put = config.put_conformance_pack
    assert refused(put, ConformancePackName="p")[0] == "InvalidParameterValueException"
    assert refused(put, ConformancePackName="p", TemplateBody=SMALL, TemplateS3Uri="s3://a/b")[0] == "InvalidParameterValueException"
    for elsewhere in ({"TemplateS3Uri": "s3://a/b"}, {"TemplateSSMDocumentDetails": {"DocumentName": "doc"}}):
        error, message = refused(put, ConformancePackName="p", **elsewhere)
        assert error == "InvalidParameterValueException" and "TemplateBody" in message
    assert refused(put, ConformancePackName="1p", TemplateBody=SMALL)[0] == "ValidationException"
    assert refused(put, ConformancePackName="p", TemplateBody=SMALL, Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}])[0] == "InvalidInput"
    for n in range(50):
        put(ConformancePackName=f"p{n}", TemplateBody=SMALL)
    assert refused(put, ConformancePackName="q", TemplateBody=SMALL)[0] == "MaxNumberOfConformancePacksExceededException"
    put(ConformancePackName="p1", TemplateBody=SMALL)
    names = [f"p{n}" for n in range(50)]
    for call, member in ((config.describe_conformance_packs, "ConformancePackDetails"), (config.describe_conformance_pack_status, "ConformancePackStatusDetails"),
                         (config.list_conformance_pack_compliance_scores, "ConformancePackComplianceScores")):
        listed = list(pages(call, member, "NextToken", Limit=1))
        assert [len(p) for p in listed] == [1] * 50 and [p[0]["ConformancePackName"] for p in listed] == sorted(names)
        assert len(list(pages(call, member, "NextToken"))) == 3
        assert refused(call, Limit=21)[0] == "InvalidLimitException"
        assert refused(call, NextToken="x")[0] == "InvalidNextTokenException"
    write(asked.store, "UPDATE _conformance_pack SET state = 'CREATE_IN_PROGRESS' WHERE name = 'p1'")
    assert refused(put, ConformancePackName="p1", TemplateBody=SMALL)[0] == "ResourceInUseException"
    assert refused(config.delete_conformance_pack, ConformancePackName="p1")[0] == "ResourceInUseException"


def test_compliance_of_packs_is_told_from_results(asked):
    config = asked.client(REGION)
    for n in ("one", "two", "three"):
        config.put_conformance_pack(ConformancePackName=n, TemplateBody=BY_PEOPLE)
    ids = {p["ConformancePackName"]: p["ConformancePackId"] for p in config.describe_conformance_packs()["ConformancePackDetails"]}
    versions, other = f"Versions-{ids['one']}", f"other-{ids['one']}"
    found = resources(asked.store, 3)
    for r, result in zip(found, ("COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE")):
        judge(asked.store, versions, r, result)
    judge(asked.store, other, found[2], "COMPLIANT")
    judge(asked.store, f"Versions-{ids['two']}", found[0], "COMPLIANT")
    compliance = config.describe_conformance_pack_compliance
    whole = compliance(ConformancePackName="one")
    assert whole["ConformancePackName"] == "one" and whole["ConformancePackRuleComplianceList"] == [
        {"ConfigRuleName": versions, "ComplianceType": "NON_COMPLIANT", "Controls": []}, {"ConfigRuleName": other, "ComplianceType": "COMPLIANT", "Controls": []}]
    listed = list(pages(compliance, "ConformancePackRuleComplianceList", "NextToken", ConformancePackName="one", Limit=1))
    assert [[r["ConfigRuleName"] for r in p] for p in listed] == [[versions], [other]]
    got = compliance(ConformancePackName="two", Filters={"ComplianceType": "INSUFFICIENT_DATA"})["ConformancePackRuleComplianceList"]
    assert [r["ConfigRuleName"] for r in got] == [f"other-{ids['two']}"]
    assert [r["ConfigRuleName"] for r in compliance(ConformancePackName="one", Filters={"ConfigRuleNames": [other]})["ConformancePackRuleComplianceList"]] == [other]
    details = config.get_conformance_pack_compliance_details
    listed = list(pages(details, "ConformancePackRuleEvaluationResults", "NextToken", ConformancePackName="one", Limit=1))
    assert [len(p) for p in listed] == [1] * 3
    flat = [(e["EvaluationResultIdentifier"]["EvaluationResultQualifier"], e["ComplianceType"]) for p in listed for e in p]
    assert flat == [({"ConfigRuleName": n, "ResourceType": r[0], "ResourceId": r[1], "EvaluationMode": "DETECTIVE"}, c)
                    for n, r, c in ((versions, found[0], "COMPLIANT"), (versions, found[1], "NON_COMPLIANT"), (other, found[2], "COMPLIANT"))]
    assert listed[0][0]["Annotation"] == "because" and listed[0][0]["ResultRecordedTime"] and listed[0][0]["ConfigRuleInvokedTime"]

    def filtered(**filters):
        return len(details(ConformancePackName="one", Filters=filters)["ConformancePackRuleEvaluationResults"])

    assert filtered(ComplianceType="COMPLIANT") == 2 and filtered(ConfigRuleNames=[versions]) == 2 and filtered(ResourceType="AWS::No::Such") == 0
    assert filtered(ResourceType=found[2][0], ResourceIds=[found[2][1]]) == 1
    assert refused(details, ConformancePackName="one", Filters={"ResourceIds": ["x"]})[0] == "InvalidParameterValueException"
    summary = config.get_conformance_pack_compliance_summary
    listed = list(pages(summary, "ConformancePackComplianceSummaryList", "NextToken", ConformancePackNames=["two", "three", "one"], Limit=1))
    assert [(s["ConformancePackName"], s["ConformancePackComplianceStatus"]) for p in listed for s in p] == [
        ("one", "NON_COMPLIANT"), ("three", "INSUFFICIENT_DATA"), ("two", "COMPLIANT")]
    scores = config.list_conformance_pack_compliance_scores

    def scored(**kw):
        return [(s["ConformancePackName"], s["Score"]) for page in pages(scores, "ConformancePackComplianceScores", "NextToken", Limit=1, **kw) for s in page]

    one, two, three = ("one", "66.67"), ("two", "100.00"), ("three", "INSUFFICIENT_DATA")
    assert scored() == [one, three, two]
    assert scored(SortBy="SCORE") == scored(SortOrder="ASCENDING") == [three, one, two]
    assert scored(SortBy="SCORE", SortOrder="DESCENDING") == [two, one, three]
    assert scored(Filters={"ConformancePackNames": ["two", "one", "none"]}) == [one, two]
    for call in (compliance, details):
        assert refused(call, ConformancePackName="none") == UNKNOWN_PACK
        assert refused(call, ConformancePackName="one", Filters={"ConfigRuleNames": ["x"]})[0] == "NoSuchConfigRuleInConformancePackException"
        assert refused(call, ConformancePackName="one", Limit=1001)[0] == "InvalidLimitException"
        assert refused(call, ConformancePackName="one", NextToken="x")[0] == "InvalidNextTokenException"
    assert refused(summary, ConformancePackNames=["one", "none"]) == UNKNOWN_PACK
    assert refused(summary, ConformancePackNames=[])[0] == "ValidationException"
    assert refused(scores, SortBy="NAME")[0] == "ValidationException"


# Organizations

MANAGED = {"RuleIdentifier": "S3_BUCKET_VERSIONING_ENABLED", "Description": "ours", "ResourceTypesScope": ["AWS::S3::Bucket"]}
NO_ORG_RULE = ("NoSuchOrganizationConfigRuleException",
               "One or more organization config rules with specified names are not present. Ensure your names are correct and try your request again later.")
NO_ORG_PACK = ("NoSuchOrganizationConformancePackException",
               "One or more organization conformance packs with specified names are not present. Ensure your names are correct and try your request again later.")


def second_account(asked):
    """Of the store, with one resource."""
    write(asked.store, "INSERT INTO _resource(account, region, type, id, deleted) VALUES (?, ?, 'AWS::EC2::VPC', 'vpc-other', 0)", OTHER, REGION)


def of_member(asked, operation, body, account=OTHER):
    """Asked as somebody of another account: on the command line, which may."""
    got = asked.siltstone.run("api", operation, json.dumps(body), "--store", asked.store, "--region", REGION, "--account", account)
    return json.loads(got.out) if got.out.strip() else None


def test_an_organizations_rule_is_made_in_each_account(asked, siltstone):
    asked.siltstone = siltstone
    config = asked.client(REGION)
    second_account(asked)
    arn = config.put_organization_config_rule(OrganizationConfigRuleName="all", OrganizationManagedRuleMetadata=MANAGED)["OrganizationConfigRuleArn"]
    suffix = re.fullmatch(rf"arn:aws:config:{REGION}:{ACCOUNT}:organization-config-rule/all-([a-z0-9]{{8}})", arn)[1]
    made = f"OrgConfigRule-all-{suffix}"
    detailed = config.get_organization_config_rule_detailed_status
    listed = list(pages(detailed, "OrganizationConfigRuleDetailedStatus", "NextToken", OrganizationConfigRuleName="all", Limit=1))
    assert [len(p) for p in listed] == [1, 1]
    assert [(m["AccountId"], m["ConfigRuleName"], m["MemberAccountRuleStatus"]) for p in listed for m in p] == [
        (a, made, "CREATE_SUCCESSFUL") for a in (ACCOUNT, OTHER)]
    for account in (ACCOUNT, OTHER):
        found = of_member(asked, "DescribeConfigRules", {}, account)["ConfigRules"]
        assert [(r["ConfigRuleName"], r["CreatedBy"], r["Description"], r["Scope"]) for r in found] == [
            (made, "config-multiaccountsetup.amazonaws.com", "ours", {"ComplianceResourceTypes": ["AWS::S3::Bucket"]})]
    assert of_member(asked, "DeleteConfigRule", {"ConfigRuleName": made})["__type"] == "AccessDeniedException"
    got = config.describe_organization_config_rules()["OrganizationConfigRules"]
    assert got == [{"OrganizationConfigRuleName": "all", "OrganizationConfigRuleArn": arn, "OrganizationManagedRuleMetadata": MANAGED, "ExcludedAccounts": [],
                    "LastUpdateTime": got[0]["LastUpdateTime"]}]
    assert [s["OrganizationRuleStatus"] for s in config.describe_organization_config_rule_statuses()["OrganizationConfigRuleStatuses"]] == ["CREATE_SUCCESSFUL"]
    config.put_organization_config_rule(OrganizationConfigRuleName="all", ExcludedAccounts=[OTHER], OrganizationManagedRuleMetadata={**MANAGED, "Description": "changed"})
    assert of_member(asked, "DescribeConfigRules", {})["ConfigRules"] == []
    assert [r["Description"] for r in rules_of(config)] == ["changed"]
    assert [m["MemberAccountRuleStatus"] for m in detailed(OrganizationConfigRuleName="all")["OrganizationConfigRuleDetailedStatus"]] == ["UPDATE_SUCCESSFUL"]
    config.put_organization_config_rule(OrganizationConfigRuleName="all", OrganizationManagedRuleMetadata=MANAGED)

    def filtered(**filters):
        return [m["AccountId"] for m in detailed(OrganizationConfigRuleName="all", Filters=filters)["OrganizationConfigRuleDetailedStatus"]]

    assert filtered(AccountId=OTHER) == filtered(MemberAccountRuleStatus="CREATE_SUCCESSFUL") == [OTHER]
    assert asked.raw("DeleteOrganizationConfigRule", {"OrganizationConfigRuleName": "all"}, region=REGION)[2] == b""
    assert rules_of(config) == [] and of_member(asked, "DescribeConfigRules", {})["ConfigRules"] == []
    assert program.rows(asked.store, "SELECT count(*) FROM _organization_member") == [(0,)]
    assert refused(config.delete_organization_config_rule, OrganizationConfigRuleName="all") == (
        "NoSuchOrganizationConfigRuleException", "Could not find an OrganizationConfigRule for given request with resourceName all")


def test_an_organizations_policy_and_function_are_rules_like_others(asked):
    config = asked.client(REGION)
    text = "rule a { b exists }"
    config.put_organization_config_rule(OrganizationConfigRuleName="policy", OrganizationCustomPolicyRuleMetadata={
        "PolicyRuntime": "guard-2.x.x", "PolicyText": text, "DebugLogDeliveryAccounts": [ACCOUNT], "TagKeyScope": "team", "TagValueScope": "a"})
    config.put_organization_config_rule(OrganizationConfigRuleName="function", OrganizationCustomRuleMetadata={
        "LambdaFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f", "OrganizationConfigRuleTriggerTypes": ["ScheduledNotification"],
        "MaximumExecutionFrequency": "Six_Hours", "InputParameters": '{"a":"b"}'})
    function, policy = sorted(rules_of(config), key=lambda r: r["ConfigRuleName"])
    assert policy["Source"]["CustomPolicyDetails"]["EnableDebugLogDelivery"] is True and policy["Scope"] == {"TagKey": "team", "TagValue": "a"}
    assert [d["MessageType"] for d in policy["Source"]["SourceDetails"]] == ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
    assert function["Source"]["SourceDetails"] == [{"EventSource": "aws.config", "MessageType": "ScheduledNotification", "MaximumExecutionFrequency": "Six_Hours"}]
    assert config.get_organization_custom_rule_policy(OrganizationConfigRuleName="policy") | {"ResponseMetadata": 0} == {"PolicyText": text, "ResponseMetadata": 0}
    assert refused(config.get_organization_custom_rule_policy, OrganizationConfigRuleName="function") == NO_ORG_RULE
    described = {r["OrganizationConfigRuleName"]: r for r in config.describe_organization_config_rules()["OrganizationConfigRules"]}
    assert described["policy"]["OrganizationCustomPolicyRuleMetadata"] == {
        "PolicyRuntime": "guard-2.x.x", "DebugLogDeliveryAccounts": [ACCOUNT], "TagKeyScope": "team", "TagValueScope": "a"}
    assert described["function"]["OrganizationCustomRuleMetadata"]["InputParameters"] == '{"a":"b"}'


def test_what_no_account_would_take_is_refused(asked):
    config = asked.client(REGION)
    put = config.put_organization_config_rule
    assert refused(put, OrganizationConfigRuleName="x")[0] == "InvalidParameterValueException"
    assert refused(put, OrganizationConfigRuleName="x", OrganizationManagedRuleMetadata=MANAGED, OrganizationCustomPolicyRuleMetadata={
        "PolicyRuntime": "guard-2.x.x", "PolicyText": "x"})[0] == "InvalidParameterValueException"
    error, message = refused(put, OrganizationConfigRuleName="x", OrganizationManagedRuleMetadata={"RuleIdentifier": "NO_SUCH_THING"})
    assert error == "InvalidParameterValueException" and "NO_SUCH_THING" in message
    assert refused(put, OrganizationConfigRuleName="x", OrganizationCustomRuleMetadata={
        "LambdaFunctionArn": "f", "OrganizationConfigRuleTriggerTypes": ["ScheduledNotification"]})[0] == "InsufficientPermissionsException"
    assert refused(put, OrganizationConfigRuleName="x y", OrganizationManagedRuleMetadata=MANAGED)[0] == "ValidationException"
    assert refused(put, OrganizationConfigRuleName="x", OrganizationManagedRuleMetadata=MANAGED, ExcludedAccounts=["1"])[0] == "ValidationException"
    assert config.describe_organization_config_rules()["OrganizationConfigRules"] == [] and rules_of(config) == []
    pack = config.put_organization_conformance_pack
    assert refused(pack, OrganizationConformancePackName="x") == ("ValidationException", "Template body is invalid")
    assert refused(pack, OrganizationConformancePackName="x", TemplateBody=SMALL, TemplateS3Uri="s3://a/b")[0] == "ValidationException"
    error, message = refused(pack, OrganizationConformancePackName="x", TemplateS3Uri="s3://a/b")
    assert error == "ValidationException" and "TemplateBody" in message
    assert refused(pack, OrganizationConformancePackName="x", TemplateBody=SMALL, DeliveryS3Bucket="mine")[0] == "ValidationException"
    assert refused(pack, OrganizationConformancePackName="x", TemplateBody="a: [")[0] == "OrganizationConformancePackTemplateValidationException"
    assert config.describe_organization_conformance_packs()["OrganizationConformancePacks"] == []
    assert refused(config.describe_organization_config_rules, OrganizationConfigRuleNames=["x"]) == NO_ORG_RULE
    assert refused(config.describe_organization_config_rule_statuses, OrganizationConfigRuleNames=["x"]) == NO_ORG_RULE
    assert refused(config.get_organization_config_rule_detailed_status, OrganizationConfigRuleName="x") == NO_ORG_RULE
    assert refused(config.describe_organization_conformance_packs, OrganizationConformancePackNames=["x"]) == NO_ORG_PACK
    assert refused(config.describe_organization_conformance_pack_statuses, OrganizationConformancePackNames=["x"]) == NO_ORG_PACK
    assert refused(config.get_organization_conformance_pack_detailed_status, OrganizationConformancePackName="x") == NO_ORG_PACK
    assert refused(config.delete_organization_conformance_pack, OrganizationConformancePackName="x") == (
        "NoSuchOrganizationConformancePackException", "Could not find an OrganizationConformancePack for given request with resourceName x")


def test_an_organizations_pack_is_made_in_each_account(asked, siltstone):
    asked.siltstone = siltstone
    config = asked.client(REGION)
    second_account(asked)
    arn = config.put_organization_conformance_pack(OrganizationConformancePackName="base", TemplateBody=BASICS, DeliveryS3Bucket="awsconfigconforms-x",
                                                   ConformancePackInputParameters=[{"ParameterName": "KeyAge", "ParameterValue": "7"}])["OrganizationConformancePackArn"]
    suffix = re.fullmatch(rf"arn:aws:config:{REGION}:{ACCOUNT}:organization-conformance-pack/base-([a-z0-9]{{8}})", arn)[1]
    made = f"OrgConformsPack-base-{suffix}"
    detailed = config.get_organization_conformance_pack_detailed_status
    listed = list(pages(detailed, "OrganizationConformancePackDetailedStatuses", "NextToken", OrganizationConformancePackName="base", Limit=1))
    assert [(m["AccountId"], m["ConformancePackName"], m["Status"]) for p in listed for m in p] == [(a, made, "CREATE_SUCCESSFUL") for a in (ACCOUNT, OTHER)]
    pack = of_member(asked, "DescribeConformancePacks", {})["ConformancePackDetails"][0]
    assert pack["ConformancePackName"] == made and pack["CreatedBy"] == "config-multiaccountsetup.amazonaws.com"
    assert len(of_member(asked, "DescribeConfigRules", {})["ConfigRules"]) == 20
    assert refused(config.delete_conformance_pack, ConformancePackName=made)[0] == "ResourceInUseException"
    assert refused(config.put_conformance_pack, ConformancePackName=made, TemplateBody=SMALL)[0] == "ResourceInUseException"
    got = config.describe_organization_conformance_packs()["OrganizationConformancePacks"]
    assert got == [{"OrganizationConformancePackName": "base", "OrganizationConformancePackArn": arn, "DeliveryS3Bucket": "awsconfigconforms-x",
                    "ConformancePackInputParameters": [{"ParameterName": "KeyAge", "ParameterValue": "7"}], "ExcludedAccounts": [], "LastUpdateTime": got[0]["LastUpdateTime"]}]
    # One account's pack fails: the whole has.
    config.put_organization_conformance_pack(OrganizationConformancePackName="base", TemplateBody=SMALL.replace("ENCRYPTED_VOLUMES", "NO_SUCH_THING"))
    status = config.describe_organization_conformance_pack_statuses()["OrganizationConformancePackStatuses"][0]
    assert status["Status"] == "UPDATE_FAILED" and "NO_SUCH_THING" in status["ErrorMessage"]
    assert len(detailed(OrganizationConformancePackName="base", Filters={"Status": "UPDATE_FAILED"})["OrganizationConformancePackDetailedStatuses"]) == 2
    assert len(rules_of(config)) == 20
    config.put_organization_conformance_pack(OrganizationConformancePackName="base", TemplateBody=SMALL, ExcludedAccounts=[OTHER])
    assert of_member(asked, "DescribeConformancePacks", {})["ConformancePackDetails"] == [] and len(rules_of(config)) == 2
    write(asked.store, "UPDATE _conformance_pack SET state = 'CREATE_IN_PROGRESS'")
    assert refused(config.delete_organization_conformance_pack, OrganizationConformancePackName="base")[0] == "ResourceInUseException"
    write(asked.store, "UPDATE _conformance_pack SET state = 'CREATE_COMPLETE'")
    config.delete_organization_conformance_pack(OrganizationConformancePackName="base")
    assert config.describe_organization_conformance_packs()["OrganizationConformancePacks"] == [] and rules_of(config) == []


def test_pages_of_an_organizations_objects(asked):
    config = asked.client(REGION)
    for n in range(5):
        config.put_organization_config_rule(OrganizationConfigRuleName=f"r{n}", OrganizationManagedRuleMetadata=MANAGED)
        config.put_organization_conformance_pack(OrganizationConformancePackName=f"p{n}", TemplateBody=SMALL)
    for call, member, name in (
            (config.describe_organization_config_rules, "OrganizationConfigRules", "OrganizationConfigRuleName"),
            (config.describe_organization_config_rule_statuses, "OrganizationConfigRuleStatuses", "OrganizationConfigRuleName"),
            (config.describe_organization_conformance_packs, "OrganizationConformancePacks", "OrganizationConformancePackName"),
            (config.describe_organization_conformance_pack_statuses, "OrganizationConformancePackStatuses", "OrganizationConformancePackName")):
        listed = list(pages(call, member, "NextToken", Limit=1))
        assert [[o[name] for o in p] for p in listed] == [[f"{name[12:].startswith('ConfigRule') and 'r' or 'p'}{n}"] for n in range(5)]
        assert [o[name][1:] for o in call(**{name + "s": [listed[3][0][name]]})[member]] == ["3"]
        assert refused(call, Limit=101)[0] == "InvalidLimitException"
        assert refused(call, NextToken="x")[0] == "InvalidNextTokenException"
    for n in range(5, 50):
        config.put_organization_conformance_pack(OrganizationConformancePackName=f"p{n}", TemplateBody=SMALL, ExcludedAccounts=[ACCOUNT])
    assert refused(config.put_organization_conformance_pack, OrganizationConformancePackName="q", TemplateBody=SMALL)[0] == (
        "MaxNumberOfOrganizationConformancePacksExceededException")
    for n in range(5, 150):
        config.put_organization_config_rule(OrganizationConfigRuleName=f"r{n}", OrganizationManagedRuleMetadata=MANAGED, ExcludedAccounts=[ACCOUNT])
    assert refused(config.put_organization_config_rule, OrganizationConfigRuleName="q", OrganizationManagedRuleMetadata=MANAGED)[0] == (
        "MaxNumberOfOrganizationConfigRulesExceededException")
