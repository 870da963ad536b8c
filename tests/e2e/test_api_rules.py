# SPDX-License-Identifier: Apache-2.0
"""Rules of AWS Config, what they find, and resources that are judged before they are made: asked by boto3."""

import base64
import datetime
import hashlib
import hmac
import json
import random
import re
import sqlite3
import time

import pytest

import program
from service import pages, refused

ACCOUNT = "123456789012"
REGION = "us-east-1"
VPC = "AWS::EC2::VPC"
CHANGE = "ConfigurationItemChangeNotification"
BUCKETS = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}
PROCESS = {"Owner": "AWS", "SourceIdentifier": "AWS_CONFIG_PROCESS_CHECK"}
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:judge"
LAMBDA = {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": FUNCTION, "SourceDetails": [{"EventSource": "aws.config", "MessageType": CHANGE}]}
POLICY = {"Owner": "CUSTOM_POLICY", "SourceDetails": [{"EventSource": "aws.config", "MessageType": CHANGE}],
          "CustomPolicyDetails": {"PolicyRuntime": "guard-2.x.x", "PolicyText": "rule it { configuration.a == 1 }"}}


@pytest.fixture
def rules(serve, siltstone, store):
    """A service over four VPCs, with a recorder."""
    items = [{"resourceType": VPC, "resourceId": f"vpc-{n}", "awsAccountId": ACCOUNT, "awsRegion": REGION,
              "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": {"n": n}} for n in range(4)]
    (siltstone.home / "items.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
    siltstone.ok("import", siltstone.home / "items.jsonl", "--store", store)
    siltstone.ok("recorder", "set", "--all", "--store", store)
    return serve(store)


@pytest.fixture
def config(rules):
    return rules.client(REGION)


def write(rules, sql, *args):
    db = sqlite3.connect(rules.store, timeout=30)
    with db:
        db.execute(sql, args)
    db.close()


def put(config, name, source=PROCESS, **more):
    config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": source, **more})


def rule(config, name):
    return config.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"][0]


def judge(config, name, resource_id, result, ordering=1_700_000_000, kind=VPC, **more):
    """Of a process check."""
    config.put_external_evaluation(ConfigRuleName=name, ExternalEvaluation={
        "ComplianceResourceType": kind, "ComplianceResourceId": resource_id, "ComplianceType": result, "OrderingTimestamp": ordering, **more})


def netstrings(*fields):
    return b"".join(b"%d:%s," % (len(f), f) for f in fields)


def result_token(store, rule, invoked_ms=1_700_000_000_000):
    """As the evaluator makes it, from what the store says of its beginning."""
    first = program.rows(store, "SELECT applied_ms, sha256, program FROM _migration ORDER BY number LIMIT 1")[0]
    key = hashlib.sha256(netstrings(b"page tokens", *(str(f).encode() for f in first))).digest()
    _, _, _, _, account, _ = rule["ConfigRuleArn"].split(":", 5)
    said = "\n".join((account, REGION, rule["ConfigRuleId"], str(invoked_ms))).encode()
    covered = netstrings(b"page token 1", b"PutEvaluations", b"", b"", b"0", bytes(32), said)
    return base64.b64encode(hmac.new(key, covered, hashlib.sha256).digest() + said).decode()


def evaluation(resource_id, result="NON_COMPLIANT", ordering=1_700_000_000, kind=VPC, **more):
    return {"ComplianceResourceType": kind, "ComplianceResourceId": resource_id, "ComplianceType": result, "OrderingTimestamp": ordering, **more}


def notices(store):
    return [json.loads(p) for p, in program.rows(store, "SELECT payload FROM _event WHERE kind = 'ComplianceChangeNotification' ORDER BY event_id")]


def results(config, name, **more):
    return {r["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: r["ComplianceType"]
            for r in config.get_compliance_details_by_config_rule(ConfigRuleName=name, **more)["EvaluationResults"]}


def test_a_rule_is_made_changed_tagged_and_deleted(rules, config):
    assert rules.raw("PutConfigRule", {"ConfigRule": {"ConfigRuleName": "b", "Source": BUCKETS, "Description": "d"}, "Tags": [{"Key": "k", "Value": "v"}]}, region=REGION)[::2] == (200, b"")
    made = rule(config, "b")
    assert re.fullmatch(r"config-rule-[a-z0-9]{6}", made["ConfigRuleId"])
    assert made == {"ConfigRuleName": "b", "ConfigRuleArn": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/{made['ConfigRuleId']}",
                    "ConfigRuleId": made["ConfigRuleId"], "Description": "d", "Source": BUCKETS, "ConfigRuleState": "ACTIVE",
                    "EvaluationModes": [{"Mode": "DETECTIVE"}], "RuleEvaluationVisibility": "EXTERNAL"}
    config.put_config_rule(ConfigRule={"ConfigRuleId": made["ConfigRuleId"], "Source": BUCKETS, "Scope": {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}},
                           Tags=[{"Key": "other", "Value": "is passed over"}])
    changed = rule(config, "b")
    assert changed == {**{k: v for k, v in made.items() if k != "Description"}, "Scope": {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}}
    config.put_config_rule(ConfigRule={"ConfigRuleArn": made["ConfigRuleArn"], "Source": BUCKETS, "MaximumExecutionFrequency": "One_Hour"})
    assert rule(config, "b")["MaximumExecutionFrequency"] == "One_Hour" and "Scope" not in rule(config, "b")
    assert config.list_tags_for_resource(ResourceArn=made["ConfigRuleArn"])["Tags"] == [{"Key": "k", "Value": "v"}]
    assert rules.raw("DeleteConfigRule", {"ConfigRuleName": "b"}, region=REGION)[::2] == (200, b"")
    assert refused(config.list_tags_for_resource, ResourceArn=made["ConfigRuleArn"])[0] == "ResourceNotFoundException"
    assert config.describe_config_rules()["ConfigRules"] == []
    assert program.rows(rules.store, "SELECT * FROM _rule_status") == []


def test_rules_of_ones_own_keep_what_they_are_given(config):
    put(config, "f", {**LAMBDA, "SourceDetails": [
        {"EventSource": "aws.config", "MessageType": "ScheduledNotification"},
        {"EventSource": "aws.config", "MessageType": "ConfigurationSnapshotDeliveryCompleted", "MaximumExecutionFrequency": "One_Hour"},
        {"EventSource": "aws.config", "MessageType": CHANGE}]}, InputParameters='{"a":"b"}', Scope={"TagKey": "k", "TagValue": "v"},
        EvaluationModes=[{"Mode": "DETECTIVE"}, {"Mode": "PROACTIVE"}])
    got = rule(config, "f")
    assert [d.get("MaximumExecutionFrequency") for d in got["Source"]["SourceDetails"]] == ["TwentyFour_Hours", "One_Hour", None]
    assert got["InputParameters"] == '{"a":"b"}' and got["Scope"] == {"TagKey": "k", "TagValue": "v"}
    put(config, "g", POLICY)
    assert rule(config, "g")["Source"] == POLICY
    assert config.get_custom_rule_policy(ConfigRuleName="g")["PolicyText"] == POLICY["CustomPolicyDetails"]["PolicyText"]
    for name in ("f", "none"):
        assert refused(config.get_custom_rule_policy, ConfigRuleName=name) == (
            "NoSuchConfigRuleException", f"The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name")
    named = [[r["ConfigRuleName"] for r in config.describe_config_rules(Filters={"EvaluationMode": m})["ConfigRules"]] for m in ("PROACTIVE", "DETECTIVE")]
    assert named == [["f"], ["f", "g"]]
    assert config.describe_config_rules(Filters={"RuleEvaluationVisibility": "INTERNAL"})["ConfigRules"] == []


INVALID = "InvalidParameterValueException"
BAD_RULES = [
    ({"ConfigRuleName": None}, INVALID, "One or more identifiers needs to be provided. Provide Name or Id or Arn"),
    ({"ConfigRuleId": "config-rule-aaaaaa"}, INVALID, "ConfigRule Arn and Id can not be specified when creating a new ConfigRule. "
     "ConfigRule Arn and Id are generated by the service. Please try the request again without specifying ConfigRule Arn or Id"),
    ({"ConfigRuleState": "DELETING"}, INVALID, "The ConfigRuleState DELETING is invalid.  Only the following values are permitted: ACTIVE"),
    ({"CreatedBy": "me"}, INVALID, "AWS Config populates the CreatedBy field for ServiceLinkedConfigRule. Try again without populating the CreatedBy field"),
    ({"InputParameters": "{"}, INVALID, "Invalid json { passed in the InputParameters field"),
    ({"InputParameters": "[]"}, INVALID, "Invalid json [] passed in the InputParameters field"),
    ({"InputParameters": '{"x":"1"}'}, INVALID, 'Unknown parameters provided in the inputParameters: {"x":"1"}'),
    ({"Source": {"Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"}}, INVALID, "The required parameter [maxAccessKeyAge] is not present in the inputParameters"),
    ({"Source": {"Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"}, "InputParameters": '{"maxAccessKeyAge":90}'}, INVALID,
     "Blank spaces are not acceptable for input parameter: maxAccessKeyAge."),
    ({"Source": {"Owner": "AWS", "SourceIdentifier": "NO_SUCH"}}, INVALID, "The sourceIdentifier NO_SUCH is invalid.  "
     "Please refer to the documentation for a list of valid sourceIdentifiers that can be used when AWS is the Owner"),
    ({"Source": {**BUCKETS, "SourceDetails": LAMBDA["SourceDetails"]}}, INVALID,
     "SourceDetails should be null/empty if the owner is AWS. SourceDetails should be provided if the owner is CUSTOM_LAMBDA"),
    ({"Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": FUNCTION}}, INVALID,
     "SourceDetails should be null/empty if the owner is AWS. SourceDetails should be provided if the owner is CUSTOM_LAMBDA"),
    ({"Source": {**LAMBDA, "SourceIdentifier": "judge"}}, "InsufficientPermissionsException",
     "The AWS Lambda function judge cannot be invoked. Check the specified function ARN, and check the function's permissions"),
    ({"Source": {**LAMBDA, "SourceDetails": [{"EventSource": "aws.config", "MessageType": CHANGE, "MaximumExecutionFrequency": "One_Hour"}]}}, INVALID,
     "A maximum execution frequency is not allowed if MessageType is ConfigurationItemChangeNotification or OversizedConfigurationItemChangeNotification"),
    ({"Source": {**LAMBDA, "SourceDetails": [{"MessageType": CHANGE}]}}, INVALID, "Missing required parameter in ConfigRule.SourceDetails: 'EventSource'"),
    ({"Source": {**POLICY, "SourceDetails": [{"EventSource": "aws.config", "MessageType": "ScheduledNotification"}]}}, INVALID, None),
    ({"Source": {k: v for k, v in POLICY.items() if k != "CustomPolicyDetails"}}, INVALID, None),
    ({"Scope": {"TagValue": "v"}}, INVALID, "Tag key should not be empty when tag value is provided in scope"),
    ({"Scope": {"TagKey": "k", "ComplianceResourceTypes": [VPC]}}, INVALID, "Scope cannot be applied to both resource and tag"),
    ({"Scope": {"ComplianceResourceId": "x"}}, INVALID, "A single resourceType should be provided when resourceId is provided in scope"),
    ({"ConfigRuleName": "n" * 129}, "ValidationException", None),
    ({"ConfigRuleName": " "}, "ValidationException", None),
    ({"Source": None}, "ValidationException", None),
    ({"Source": {"Owner": "ME"}}, "ValidationException", None),
    ({"MaximumExecutionFrequency": "Two_Hours"}, "ValidationException", None),
]


def test_a_rule_that_is_wrong_is_refused_and_not_kept(rules, config):
    for wrong, error, message in BAD_RULES:
        body = {k: v for k, v in {"ConfigRuleName": "r", "Source": BUCKETS, **wrong}.items() if v is not None}
        got = refused(config.put_config_rule, ConfigRule=body)
        assert got[0] == error and message in (None, got[1]), (wrong, got)
    tags = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    assert refused(config.put_config_rule, ConfigRule={"ConfigRuleName": "r", "Source": BUCKETS}, Tags=tags)[0] == "InvalidInput"
    assert config.describe_config_rules()["ConfigRules"] == []


def test_a_rule_in_the_wrong_state_or_place_is_refused(rules, config, siltstone):
    put(config, "one")
    put(config, "two")
    for state, word in (("EVALUATING", "evaluated"), ("DELETING_RESULTS", "deleted")):
        write(rules, "UPDATE _config_rule SET state = ? WHERE name = 'one'", state)
        busy = ("ResourceInUseException", f"The rule one is currently being {word}.  Please retry after some time")
        assert refused(put, config, "one") == busy
        assert refused(config.delete_config_rule, ConfigRuleName="one") == busy
        assert refused(config.delete_evaluation_results, ConfigRuleName="one") == busy
        assert refused(config.start_config_rules_evaluation, ConfigRuleNames=["one"]) == busy
    write(rules, "UPDATE _config_rule SET state = 'ACTIVE', created_by = 'config-conforms.amazonaws.com'")
    for call in (lambda: put(config, "one"), lambda: config.delete_config_rule(ConfigRuleName="one")):
        assert refused(call)[0] == "AccessDeniedException"
    write(rules, "UPDATE _config_rule SET created_by = NULL")
    other = rule(config, "two")["ConfigRuleId"]
    assert refused(config.put_config_rule, ConfigRule={"ConfigRuleName": "one", "ConfigRuleId": other, "Source": PROCESS})[0] == INVALID
    write(rules, "DELETE FROM _recorder")
    assert refused(put, config, "one")[0] == "NoAvailableConfigurationRecorderException"
    assert rules.client("eu-west-1").describe_config_rules()["ConfigRules"] == []


def test_there_are_a_thousand_rules_at_most_and_all_are_listed(rules, config):
    put(config, "zz")
    write(rules, "INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, identifier, state_ms, created_ms, changed_ms) "
                  "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
                  "SELECT account, region, printf('r%04d', i), printf('config-rule-%06d', i), printf('arn:%06d', i), owner, identifier, 0, 0, 0 FROM _config_rule, n")
    assert refused(put, config, "more") == ("MaxNumberOfConfigRulesExceededException", "Failed to put config rule 'more' because the maximum number of config rules: 1000 is reached.")
    put(config, "zz")
    expected = [f"r{i:04d}" for i in range(1, 1000)] + ["zz"]
    got = list(pages(config.describe_config_rules, "ConfigRules", "NextToken"))
    assert {len(p) for p in got} == {25} and [r["ConfigRuleName"] for p in got for r in p] == expected
    got = list(pages(config.describe_compliance_by_config_rule, "ComplianceByConfigRules", "NextToken"))
    assert {len(p) for p in got} == {25} and [r["ConfigRuleName"] for p in got for r in p] == expected
    got = list(pages(config.describe_config_rule_evaluation_status, "ConfigRulesEvaluationStatus", "NextToken", Limit=37))
    assert [r["ConfigRuleName"] for p in got for r in p] == expected
    summary = config.get_compliance_summary_by_config_rule()["ComplianceSummary"]
    assert summary["CompliantResourceCount"] == {"CappedCount": 0, "CapExceeded": False}


def test_what_is_not_there_is_named(config):
    unknown = ("NoSuchConfigRuleException", "The ConfigRule 'none' provided in the request is invalid. Please check the configRule name")
    put(config, "there")
    for call in (config.describe_config_rules, config.describe_config_rule_evaluation_status, config.describe_compliance_by_config_rule, config.start_config_rules_evaluation):
        assert refused(call, ConfigRuleNames=["there", "none"]) == unknown
    for call in (config.delete_config_rule, config.delete_evaluation_results, config.get_compliance_details_by_config_rule):
        assert refused(call, ConfigRuleName="none") == unknown
    assert refused(judge, config, "none", "vpc-1", "COMPLIANT") == unknown
    for call in (config.describe_config_rules, config.describe_compliance_by_config_rule, config.describe_compliance_by_resource, config.describe_config_rule_evaluation_status,
                 config.list_resource_evaluations):
        assert refused(call, NextToken="x")[0] == "InvalidNextTokenException"
    assert refused(config.describe_config_rules, ConfigRuleNames=["x"] * 26)[0] == "ValidationException"


def test_an_evaluation_is_asked_for_once_a_minute(rules, config):
    put(config, "one")
    put(config, "two")
    status = config.describe_config_rule_evaluation_status(ConfigRuleNames=["one"])["ConfigRulesEvaluationStatus"][0]
    assert status["FirstEvaluationStarted"] is False and "LastSuccessfulEvaluationTime" not in status
    assert rules.raw("StartConfigRulesEvaluation", {"ConfigRuleNames": ["one"]}, region=REGION)[::2] == (200, b"{}")
    asked = "SELECT c.name FROM _rule_status s JOIN _config_rule c USING (rule_id) WHERE s.asked_ms IS NOT NULL"
    assert program.rows(rules.store, asked) == [("one",)]
    assert refused(config.start_config_rules_evaluation, ConfigRuleNames=["two"])[0] == "LimitExceededException"
    write(rules, "UPDATE _rule_status SET asked_ms = asked_ms - 60001")
    config.start_config_rules_evaluation(ConfigRuleNames=["two"])
    assert len(program.rows(rules.store, asked)) == 2
    assert refused(config.start_config_rules_evaluation, ConfigRuleNames=[])[0] == "ValidationException"


def test_a_function_answers_with_its_token(rules, config):
    put(config, "f", LAMBDA)
    token = result_token(rules.store, rule(config, "f"))
    sent = [evaluation(f"vpc-{n}", "NON_COMPLIANT" if n % 2 else "COMPLIANT", Annotation=f"it is {n}") for n in range(4)]
    for part in (sent[:2], sent[2:]):
        assert config.put_evaluations(Evaluations=part, ResultToken=token)["FailedEvaluations"] == []
    assert results(config, "f") == {"vpc-0": "COMPLIANT", "vpc-1": "NON_COMPLIANT", "vpc-2": "COMPLIANT", "vpc-3": "NON_COMPLIANT"}
    one = config.get_compliance_details_by_config_rule(ConfigRuleName="f", ComplianceTypes=["NON_COMPLIANT"], Limit=1)["EvaluationResults"][0]
    at = datetime.datetime.fromtimestamp(1_700_000_000, datetime.timezone.utc)
    assert one["EvaluationResultIdentifier"] == {"EvaluationResultQualifier": {
        "ConfigRuleName": "f", "ResourceType": VPC, "ResourceId": "vpc-1", "EvaluationMode": "DETECTIVE"}, "OrderingTimestamp": at}
    assert one["ConfigRuleInvokedTime"] == at and one["Annotation"] == "it is 1" and one["ResultRecordedTime"] > at
    status = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"][0]
    assert status["FirstEvaluationStarted"] and status["LastSuccessfulEvaluationTime"] > at
    assert config.put_evaluations(Evaluations=[], ResultToken=token)["FailedEvaluations"] == []
    # What nobody should see changed.
    before = results(config, "f")
    assert refused(config.put_evaluations, Evaluations=sent, ResultToken="TESTMODE") == ("InvalidResultTokenException", "Result Token provided is invalid")
    forged = base64.b64encode(base64.b64decode(token)[:-1] + b"1").decode()
    assert refused(config.put_evaluations, Evaluations=sent, ResultToken=forged)[0] == "InvalidResultTokenException"
    assert refused(config.put_evaluations, ResultToken=token) == (
        INVALID, "The Evaluations object in your request cannot be null.Add the required parameters and try again.")
    assert refused(config.put_evaluations, Evaluations=[evaluation("vpc-0"), evaluation("vpc-1", "INSUFFICIENT_DATA")], ResultToken=token)[0] == INVALID
    assert refused(config.put_evaluations, Evaluations=[evaluation(str(n)) for n in range(101)], ResultToken=token)[0] == "ValidationException"
    assert config.put_evaluations(Evaluations=[evaluation("vpc-0")], ResultToken="TESTMODE", TestMode=True)["FailedEvaluations"] == []
    assert results(config, "f") == before
    config.delete_config_rule(ConfigRuleName="f")
    put(config, "f", LAMBDA)
    assert refused(config.put_evaluations, Evaluations=sent, ResultToken=token)[0] == "NoSuchConfigRuleException"
    assert results(config, "f") == {}


def test_the_newer_result_holds_and_what_changes_is_told(rules, config):
    put(config, "pc")
    judge(config, "pc", "vpc-1", "COMPLIANT", 1_700_000_100)
    judge(config, "pc", "vpc-1", "NON_COMPLIANT", 1_700_000_099)
    assert results(config, "pc") == {"vpc-1": "COMPLIANT"}
    judge(config, "pc", "vpc-1", "COMPLIANT", 1_700_000_101, Annotation="still")
    assert [n["oldEvaluationResult"] for n in notices(rules.store)] == [None]
    judge(config, "pc", "vpc-1", "NON_COMPLIANT", 1_700_000_101.25, Annotation="no more")
    judge(config, "pc", "vpc-1", "NOT_APPLICABLE", 1_700_000_102)
    judge(config, "pc", "vpc-2", "NOT_APPLICABLE")
    told = notices(rules.store)
    assert [(n["resourceId"], (n["oldEvaluationResult"] or {}).get("complianceType"), n["newEvaluationResult"]["complianceType"]) for n in told] == [
        ("vpc-1", None, "COMPLIANT"), ("vpc-1", "COMPLIANT", "NON_COMPLIANT"), ("vpc-1", "NON_COMPLIANT", "NOT_APPLICABLE")]
    assert told[1]["oldEvaluationResult"]["annotation"] == "still" and told[1]["newEvaluationResult"]["annotation"] == "no more"
    assert told[1]["newEvaluationResult"]["evaluationResultIdentifier"]["orderingTimestamp"] == "2023-11-14T22:15:01.250Z"
    assert told[1]["configRuleARN"] == rule(config, "pc")["ConfigRuleArn"]
    assert results(config, "pc") == {} and results(config, "pc", ComplianceTypes=["NOT_APPLICABLE"]) == {"vpc-1": "NOT_APPLICABLE", "vpc-2": "NOT_APPLICABLE"}
    history = program.rows(
        rules.store, "SELECT result FROM _verdict WHERE rule = 'pc' AND rid = (SELECT rid FROM _resource WHERE id = 'vpc-1') ORDER BY verdict_id")
    assert history == [("COMPLIANT",), ("NON_COMPLIANT",), ("NOT_APPLICABLE",)]
    program.whole(rules.store)


def test_deleted_results_stay_in_the_history(rules, config):
    put(config, "pc")
    put(config, "other")
    judge(config, "pc", "vpc-1", "NON_COMPLIANT", 1_700_000_100)
    judge(config, "other", "vpc-1", "COMPLIANT")
    assert rules.raw("DeleteEvaluationResults", {"ConfigRuleName": "pc"}, region=REGION)[::2] == (200, b"{}")
    assert results(config, "pc") == {} and results(config, "other") == {"vpc-1": "COMPLIANT"}
    assert rule(config, "pc")["ConfigRuleState"] == "ACTIVE"
    judge(config, "pc", "vpc-1", "NON_COMPLIANT", 1_700_000_000)
    assert results(config, "pc") == {"vpc-1": "NON_COMPLIANT"}
    config.delete_config_rule(ConfigRuleName="pc")
    assert program.rows(rules.store, "SELECT rule, result FROM compliance") == [("other", "COMPLIANT")]
    assert sorted(program.rows(rules.store, "SELECT rule, result, until > '9999' FROM compliance_history")) == [
        ("other", "COMPLIANT", 1), ("pc", "NON_COMPLIANT", 0), ("pc", "NON_COMPLIANT", 0)]


def test_only_a_process_check_is_evaluated_from_outside(rules, config):
    put(config, "b", BUCKETS)
    assert refused(judge, config, "b", "vpc-1", "COMPLIANT") == (INVALID, "The rule b is not a process check")
    put(config, "pc")
    assert refused(judge, config, "pc", "vpc-1", "INSUFFICIENT_DATA")[0] == INVALID
    judge(config, "pc", ACCOUNT, "COMPLIANT", kind="AWS::::Account")
    assert config.get_compliance_details_by_resource(ResourceType="AWS::::Account", ResourceId=ACCOUNT)["EvaluationResults"][0]["ComplianceType"] == "COMPLIANT"
    judge(config, "pc", "vpc-none", "COMPLIANT")
    assert len(config.list_discovered_resources(resourceType=VPC, includeDeletedResources=True)["resourceIdentifiers"]) == 4
    assert config.get_discovered_resource_counts()["totalDiscoveredResources"] == 4
    program.whole(rules.store)


def compliance(entry):
    c = entry["Compliance"]
    return c["ComplianceType"], c.get("ComplianceContributorCount", {}).get("CappedCount")


def test_compliance_is_rolled_up(config):
    for name in "abcd":
        put(config, name)
    for name, resource, result in (("a", "vpc-0", "COMPLIANT"), ("a", "vpc-1", "NON_COMPLIANT"), ("a", "vpc-2", "NON_COMPLIANT"), ("b", "vpc-0", "COMPLIANT"),
                                   ("b", "vpc-1", "NON_COMPLIANT"), ("b", "vpc-3", "NOT_APPLICABLE"), ("c", "vpc-3", "NOT_APPLICABLE")):
        judge(config, name, resource, result)
    judge(config, "b", ACCOUNT, "COMPLIANT", kind="AWS::::Account")
    by_rule = {r["ConfigRuleName"]: compliance(r) for r in config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]}
    assert by_rule == {"a": ("NON_COMPLIANT", 2), "b": ("NON_COMPLIANT", 1), "c": ("INSUFFICIENT_DATA", None), "d": ("INSUFFICIENT_DATA", None)}
    some = config.describe_compliance_by_config_rule(ConfigRuleNames=["b", "c"], ComplianceTypes=["NON_COMPLIANT"])["ComplianceByConfigRules"]
    assert [r["ConfigRuleName"] for r in some] == ["b"]
    everything = {"vpc-0": ("COMPLIANT", None), "vpc-1": ("NON_COMPLIANT", 2), "vpc-2": ("NON_COMPLIANT", 1), ACCOUNT: ("COMPLIANT", None)}
    by_resource = [r for p in pages(config.describe_compliance_by_resource, "ComplianceByResources", "NextToken", Limit=1) for r in p]
    assert len(by_resource) == 4 and {r["ResourceId"]: compliance(r) for r in by_resource} == everything

    def ids(**kw):
        return {r["ResourceId"] for r in config.describe_compliance_by_resource(**kw)["ComplianceByResources"]}
    assert ids(ResourceType=VPC) == {"vpc-0", "vpc-1", "vpc-2"} and ids(ResourceType="AWS::S3::Bucket") == set()
    assert ids(ComplianceTypes=["COMPLIANT"]) == {"vpc-0", ACCOUNT} and ids(ComplianceTypes=["INSUFFICIENT_DATA"]) == {"vpc-3"}
    assert ids(ResourceType=VPC, ResourceId="vpc-1") == {"vpc-1"} and ids(ResourceType=VPC, ResourceId="vpc-3") == {"vpc-3"}
    assert refused(config.describe_compliance_by_resource, ResourceId="vpc-1")[0] == INVALID
    for call in (config.describe_compliance_by_resource, config.describe_compliance_by_config_rule):
        assert refused(call, ComplianceTypes=["NOT_APPLICABLE"])[0] == INVALID
    assert refused(config.get_compliance_details_by_config_rule, ConfigRuleName="a", ComplianceTypes=["INSUFFICIENT_DATA"])[0] == INVALID
    details = [r for p in pages(config.get_compliance_details_by_config_rule, "EvaluationResults", "NextToken", ConfigRuleName="a", Limit=1) for r in p]
    assert len(details) == 3 and {d["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] for d in details} == {"vpc-0", "vpc-1", "vpc-2"}
    of = config.get_compliance_details_by_resource(ResourceType=VPC, ResourceId="vpc-1")["EvaluationResults"]
    assert [d["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ConfigRuleName"] for d in of] == ["a", "b"]
    assert config.get_compliance_details_by_resource(ResourceType=VPC, ResourceId="vpc-3")["EvaluationResults"] == []
    for wrong in ({}, {"ResourceType": VPC}, {"ResourceType": VPC, "ResourceId": "x", "ResourceEvaluationId": "y"}, {"ResourceEvaluationId": "y"}):
        assert refused(config.get_compliance_details_by_resource, **wrong)[0] == INVALID, wrong

    def counts(summary):
        return tuple(summary["ComplianceSummary"][k]["CappedCount"] for k in ("CompliantResourceCount", "NonCompliantResourceCount"))
    assert counts(config.get_compliance_summary_by_config_rule()) == (0, 2)
    assert [counts(s) for s in config.get_compliance_summary_by_resource_type()["ComplianceSummariesByResourceType"]] == [(2, 2)]
    typed = config.get_compliance_summary_by_resource_type(ResourceTypes=[VPC, "AWS::S3::Bucket"])["ComplianceSummariesByResourceType"]
    assert [(s["ResourceType"], counts(s)) for s in typed] == [(VPC, (1, 2)), ("AWS::S3::Bucket", (0, 0))]


def test_what_contributes_is_capped(rules, config):
    put(config, "r0", LAMBDA)
    token = result_token(rules.store, rule(config, "r0"))
    for part in range(2):
        config.put_evaluations(Evaluations=[evaluation(f"x-{part}-{n}") for n in range(100)][: 100 if part == 0 else 1], ResultToken=token)
    got = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"][0]["Compliance"]
    assert got["ComplianceContributorCount"] == {"CappedCount": 100, "CapExceeded": True}
    assert config.get_compliance_summary_by_resource_type()["ComplianceSummariesByResourceType"][0]["ComplianceSummary"]["NonCompliantResourceCount"] == {
        "CappedCount": 100, "CapExceeded": True}
    for n in range(26):
        put(config, f"p{n}")
        judge(config, f"p{n}", "vpc-1", "NON_COMPLIANT")
    got = config.describe_compliance_by_resource(ResourceType=VPC, ResourceId="vpc-1")["ComplianceByResources"][0]["Compliance"]
    assert got["ComplianceContributorCount"] == {"CappedCount": 25, "CapExceeded": True}
    assert config.get_compliance_summary_by_config_rule()["ComplianceSummary"]["NonCompliantResourceCount"] == {"CappedCount": 25, "CapExceeded": True}
    listed = list(pages(config.describe_compliance_by_resource, "ComplianceByResources", "NextToken"))
    assert [len(p) for p in listed] == [10] * 10 + [2]


def test_compliance_of_the_past_is_what_it_was_then(rules, config):
    put(config, "pc")
    judge(config, "pc", "vpc-1", "NON_COMPLIANT")
    judge(config, "pc", "vpc-1", "COMPLIANT")
    write(rules, "UPDATE _verdict SET since_ms = CASE result WHEN 'COMPLIANT' THEN 1790000200000 ELSE 1790000100000 END, "
                  "until_ms = CASE result WHEN 'COMPLIANT' THEN 253402300799000 ELSE 1790000200000 END")
    for moment, expected in (("1790000099", []), ("1790000150", ["NON_COMPLIANT"]), ("1790000201", ["COMPLIANT"]), (None, ["COMPLIANT"])):
        for operation, body in (("GetComplianceDetailsByConfigRule", {"ConfigRuleName": "pc"}),
                                ("GetComplianceDetailsByResource", {"ResourceType": VPC, "ResourceId": "vpc-1"})):
            status, _, got = rules.raw(operation, body, {"X-Siltstone-As-Of": moment} if moment else {}, region=REGION)
            assert status == 200 and [r["ComplianceType"] for r in json.loads(got)["EvaluationResults"]] == expected, (moment, operation)


def test_rules_are_shown_as_a_view(rules, config):
    put(config, "pc", Description="by hand")
    judge(config, "pc", "vpc-1", "NON_COMPLIANT")
    judge(config, "pc", "vpc-2", "COMPLIANT")
    assert program.rows(rules.store, "SELECT rule, account, region, owner, source, description, state, result, compliant, non_compliant FROM rules") == [
        ("pc", ACCOUNT, REGION, "AWS", "AWS_CONFIG_PROCESS_CHECK", "by hand", "ACTIVE", "NON_COMPLIANT", 1, 1)]


def test_a_resource_is_judged_before_it_is_made(rules, config):
    details = {"ResourceId": "b", "ResourceType": "AWS::S3::Bucket", "ResourceConfiguration": '{"BucketName":"b"}', "ResourceConfigurationSchemaType": "CFN_RESOURCE_SCHEMA"}

    def start(**more):
        return config.start_resource_evaluation(**{"ResourceDetails": details, "EvaluationMode": "PROACTIVE", **more})["ResourceEvaluationId"]
    token = "t" * 64
    first = start(ClientToken=token, EvaluationContext={"EvaluationContextIdentifier": "stack"})
    assert start(ClientToken=token, EvaluationContext={"EvaluationContextIdentifier": "stack"}) == first
    assert refused(start, ClientToken=token)[0] == "IdempotentParameterMismatch"
    second = start(EvaluationTimeout=1)
    assert second != first and start() not in (first, second)
    deadline = time.monotonic() + 60
    while program.rows(rules.store, "SELECT 1 FROM _resource_evaluation WHERE status = 'IN_PROGRESS'"):
        assert time.monotonic() < deadline, rules.text()
        time.sleep(0.02)
    got = config.get_resource_evaluation_summary(ResourceEvaluationId=first)
    del got["ResponseMetadata"]
    # No rule is for what is to be made.
    assert got == {"ResourceEvaluationId": first, "EvaluationMode": "PROACTIVE", "EvaluationStatus": {"Status": "SUCCEEDED"}, "Compliance": "INSUFFICIENT_DATA",
                   "EvaluationStartTimestamp": got["EvaluationStartTimestamp"], "EvaluationContext": {"EvaluationContextIdentifier": "stack"}, "ResourceDetails": details}
    write(rules, "UPDATE _resource_evaluation SET status = 'IN_PROGRESS', deadline_ms = 1 WHERE evaluation_id = ?", second)
    assert config.get_resource_evaluation_summary(ResourceEvaluationId=second)["EvaluationStatus"]["Status"] == "FAILED"
    assert refused(config.get_resource_evaluation_summary, ResourceEvaluationId="none")[0] == "ResourceNotFoundException"
    listed = [e for p in pages(config.list_resource_evaluations, "ResourceEvaluations", "NextToken", Limit=1) for e in p]
    assert len(listed) == 3 and [e["EvaluationStartTimestamp"] for e in listed] == sorted((e["EvaluationStartTimestamp"] for e in listed), reverse=True)

    def ids(**filters):
        return [e["ResourceEvaluationId"] for e in config.list_resource_evaluations(Filters=filters)["ResourceEvaluations"]]
    assert ids(EvaluationContextIdentifier="stack") == [first] and ids(EvaluationMode="DETECTIVE") == []
    assert ids(TimeWindow={"EndTime": 1}) == [] and len(ids(TimeWindow={"StartTime": 1})) == 3
    assert refused(ids, TimeWindow={"StartTime": 2, "EndTime": 1})[0] == "InvalidTimeRangeException"
    write(rules, "UPDATE _resource_evaluation SET status = 'SUCCEEDED', compliance = 'NON_COMPLIANT', results = ? WHERE evaluation_id = ?", json.dumps(
        [{"rule": "a", "result": "COMPLIANT", "recorded_ms": 1_700_000_000_000, "invoked_ms": 1_700_000_000_000},
         {"rule": "b", "result": "NON_COMPLIANT", "annotation": "no", "recorded_ms": 1_700_000_000_000, "invoked_ms": 1_700_000_000_000}]), first)
    assert config.get_resource_evaluation_summary(ResourceEvaluationId=first)["Compliance"] == "NON_COMPLIANT"
    found = config.get_compliance_details_by_resource(ResourceEvaluationId=first)["EvaluationResults"]
    assert [(f["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ConfigRuleName"], f["ComplianceType"], f.get("Annotation")) for f in found] == [
        ("a", "COMPLIANT", None), ("b", "NON_COMPLIANT", "no")]
    assert found[0]["EvaluationResultIdentifier"]["ResourceEvaluationId"] == first
    assert len(config.get_compliance_details_by_resource(ResourceEvaluationId=first, ComplianceTypes=["COMPLIANT"])["EvaluationResults"]) == 1
    for wrong in ({"EvaluationMode": "DETECTIVE"}, {"ResourceDetails": {**details, "ResourceConfiguration": "{"}}):
        assert refused(start, **wrong)[0] == INVALID
    for wrong in ({"EvaluationTimeout": 3601}, {"ClientToken": "short"}, {"ResourceDetails": {**details, "ResourceConfigurationSchemaType": "X"}}):
        assert refused(start, **wrong)[0] == "ValidationException"


def test_every_rule_of_the_list_can_be_put(config, rules):
    known = program.rows(rules.store, "SELECT identifier, name, flags, parameters FROM _managed_rule")
    assert len(known) > 800 and all(re.fullmatch(r"[A-Z0-9_]+", i) and re.fullmatch(r"[a-z0-9-]+", n) and not set(f) - set("cpxn") for i, n, f, _ in known)
    kinds = {p[1] for *_, parameters in known for p in json.loads(parameters)}
    assert kinds == {"String", "CSV", "int", "boolean", "double", "StringMap"}
    for identifier, name, _, parameters in known[::25]:
        given = {p[0]: "1" for p in json.loads(parameters)}
        put(config, name, {"Owner": "AWS", "SourceIdentifier": identifier}, **({"InputParameters": json.dumps(given)} if given else {}))
        needed = [p[0] for p in json.loads(parameters) if p[2]]
        if needed:
            assert refused(put, config, name, {"Owner": "AWS", "SourceIdentifier": identifier}) == (
                INVALID, f"The required parameter [{', '.join(sorted(needed))}] is not present in the inputParameters")


def test_what_rules_find_becomes_an_item(rules, config, siltstone):
    siltstone.ok("recorder", "start", "--store", rules.store)
    put(config, "pc")
    judge(config, "pc", "vpc-1", "NON_COMPLIANT")
    kind = "AWS::Config::ResourceCompliance"
    deadline = time.monotonic() + 60
    while not config.list_discovered_resources(resourceType=kind)["resourceIdentifiers"]:
        assert time.monotonic() < deadline, rules.text()
        time.sleep(0.05)
    item = config.get_resource_config_history(resourceType=kind, resourceId=f"{VPC}/vpc-1")["configurationItems"][0]
    made = rule(config, "pc")
    assert json.loads(item["configuration"]) == {
        "complianceType": "NON_COMPLIANT", "targetResourceId": "vpc-1", "targetResourceType": VPC,
        "configRuleList": [{"configRuleArn": made["ConfigRuleArn"], "configRuleId": made["ConfigRuleId"], "configRuleName": "pc", "complianceType": "NON_COMPLIANT"}]}
    assert item["relationships"] == [{"resourceType": VPC, "resourceId": "vpc-1", "relationshipName": "Is associated with "}]
    program.whole(rules.store)


def test_a_change_of_compliance_is_told(rules, config, siltstone):
    told = siltstone.home / "told"
    siltstone.ok("sink", "add", "all", f"file:{told}", "--store", rules.store)
    put(config, "pc")
    judge(config, "pc", "vpc-1", "COMPLIANT")
    judge(config, "pc", "vpc-1", "NON_COMPLIANT", Annotation="open")
    deadline = time.monotonic() + 60
    while not told.exists() or told.read_text().count('"ComplianceChangeNotification"') < 2:
        assert time.monotonic() < deadline, rules.text()
        time.sleep(0.05)
    one, two = [m for m in map(json.loads, told.read_text().splitlines()) if m["messageType"] != "ConfigRulesEvaluationStarted"]
    assert list(two) == ["awsAccountId", "configRuleName", "configRuleARN", "resourceType", "resourceId", "awsRegion",
                         "newEvaluationResult", "oldEvaluationResult", "notificationCreationTime", "messageType", "recordVersion"]
    assert one["oldEvaluationResult"] is None and two["oldEvaluationResult"] == one["newEvaluationResult"]
    assert two["newEvaluationResult"]["annotation"] == "open" and two["messageType"] == "ComplianceChangeNotification"


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_results_rolls_up_as_by_hand(rules, config, seed):
    """Against the rules of the reference, sections 6.5 and 6.6, done by hand."""
    chance = random.Random(seed)
    names, things = ["a", "b", "c"], [f"x-{n}" for n in range(5)]
    for name in names:
        put(config, name, LAMBDA)
    tokens = {name: result_token(rules.store, rule(config, name)) for name in names}
    found = {}
    for _ in range(60):
        name = chance.choice(names)
        if chance.random() < 0.05:
            config.delete_evaluation_results(ConfigRuleName=name)
            found = {k: v for k, v in found.items() if k[0] != name}
            continue
        said = [(chance.choice(things), chance.choice(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]), chance.randrange(1, 40)) for _ in range(chance.randrange(1, 5))]
        config.put_evaluations(ResultToken=tokens[name], Evaluations=[evaluation(t, r, o) for t, r, o in said])
        for thing, result, ordering in said:
            if ordering >= found.get((name, thing), (0, None))[0]:
                found[name, thing] = ordering, result

    def whole(results):
        bad = sum(r == "NON_COMPLIANT" for r in results)
        return ("NON_COMPLIANT", bad) if bad else ("COMPLIANT" if "COMPLIANT" in results else "INSUFFICIENT_DATA", None)
    of_rule = {n: [r for (rule_, _), (_, r) in found.items() if rule_ == n] for n in names}
    of_thing = {t: [r for (_, thing), (_, r) in found.items() if thing == t] for t in things}
    for name in names:
        expected = {t: r for (n, t), (_, r) in found.items() if n == name}
        assert results(config, name, ComplianceTypes=["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]) == expected
    assert {r["ConfigRuleName"]: compliance(r) for r in config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]} == {n: whole(r) for n, r in of_rule.items()}
    shown = {t: whole(r) for t, r in of_thing.items() if set(r) - {"NOT_APPLICABLE"}}
    assert {r["ResourceId"]: compliance(r) for r in config.describe_compliance_by_resource()["ComplianceByResources"]} == shown
    summary = config.get_compliance_summary_by_resource_type()["ComplianceSummariesByResourceType"][0]["ComplianceSummary"]
    assert [summary[k]["CappedCount"] for k in ("CompliantResourceCount", "NonCompliantResourceCount")] == [
        sum(w[0] == word for w in shown.values()) for word in ("COMPLIANT", "NON_COMPLIANT")]
    # Intervals of one rule and resource follow each other, each with another result than the one before.
    assert program.rows(rules.store, """SELECT 1 FROM _verdict a JOIN _verdict b USING (rid, rule) WHERE a.verdict_id < b.verdict_id AND a.until_ms > b.since_ms""") == []
    assert program.rows(rules.store, """SELECT 1 FROM (SELECT result, since_ms, until_ms, lag(result) OVER w AS before, lag(until_ms) OVER w AS ended FROM _verdict
                                          WINDOW w AS (PARTITION BY rid, rule ORDER BY verdict_id)) WHERE result = before AND ended > since_ms""") == []
    program.whole(rules.store)
