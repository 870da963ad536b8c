# SPDX-License-Identifier: Apache-2.0
"""Programs that were made for AWS Config, as they are, ask us: Cloud Custodian reads every type that it can read from AWS
Config, and its rules judge; RDK finds a set-up it can work with, and the rules that it deploys judge. SILTSTONE_PROGRAMS names
the folder where they are installed."""

import json
import os
import pathlib
import re
import subprocess
import time

import pytest

import program
import service
import verdict

PROGRAMS = os.environ.get("SILTSTONE_PROGRAMS")
ESTATE = program.SHARED / "testing" / "estate"
REGIONS = ("us-east-1", "eu-west-1")
pytestmark = [pytest.mark.skipif(not PROGRAMS, reason="SILTSTONE_PROGRAMS names no folder; tools/prove programs makes one"),
              pytest.mark.skipif(not ESTATE.exists(), reason=f"no estate tools in {ESTATE}")]

# What Custodian cannot read wherever it is: volumes take a query of its own form; and what the emulator leaves out and AWS
# does not: the tags of a project without any, the error page of a site that has none. Device Farm is not offered in this region.
UNREADABLE = {"devicefarm-project", "ebs", "codebuild", "s3"}
POLICIES = """
import json, sys
from c7n.resources import load_resources
from c7n.resources.aws import AWS
load_resources(("aws.*",))
names = sorted(n for n in AWS.resources.keys() for c in [AWS.resources.get(n)]
               if getattr(getattr(c, "resource_type", None), "config_type", None) and "config" in getattr(c, "source_mapping", {}))
json.dump({"policies": [{"name": n, "resource": "aws." + n, "source": "config"} for n in names]}, open(sys.argv[1], "w"))
"""


@pytest.fixture(scope="module")
def asked(moto_server, tmp_path_factory):
    home = tmp_path_factory.mktemp("programs")
    silt = program.Siltstone(home)
    store = home / "silt.db"
    verdict.make(ESTATE, moto_server.endpoint, REGIONS)
    r = silt.run("record", "--quiet", "--store", store, "--endpoint", moto_server.endpoint, "--regions", ",".join(REGIONS))
    assert r.code in (0, 7), r.err
    s = service.Service(silt, store, env=silt.environment(SILTSTONE_ACCESS_ANONYMOUS="admin", PATH=f"{PROGRAMS}/bin:/usr/bin:/bin"))
    s.silt = silt
    yield s, home, {**os.environ, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1", "HOME": str(home),
                    "AWS_ENDPOINT_URL": moto_server.endpoint, "AWS_ENDPOINT_URL_CONFIG_SERVICE": s.endpoint, "NO_PROXY": "*"}
    s.stop()


def run(environment, home, name, *args):
    r = subprocess.run([pathlib.Path(PROGRAMS) / "bin" / name, *map(str, args)], cwd=home, env=environment, capture_output=True, text=True, timeout=600)
    return r.returncode, r.stdout + r.stderr


def test_custodian_reads_each_type_from_us(asked, capsys):
    s, home, environment = asked
    code, said = run(environment, home, "python", "-c", POLICIES, home / "policies.json")
    assert code == 0, said
    names = [p["name"] for p in json.loads((home / "policies.json").read_text())["policies"]]
    code, said = run(environment, home, "custodian", "run", "-s", home / "out", "--region", "us-east-1", home / "policies.json")
    got = {n: json.loads(f.read_text()) for n in names if (f := home / "out" / n / "resources.json").exists()}
    assert set(names) - set(got) <= UNREADABLE, said[-4000:]
    found = {n: len(g) for n, g in got.items() if g}
    with capsys.disabled():
        print(f"\nCustodian: {len(names)} types asked, {len(got)} answered, {len(found)} with {sum(found.values())} resources")
    assert len(found) > 80
    there = {r["InstanceId"] for r in got["ec2"]}
    mine = program.rows(s.store, "SELECT resource_id FROM resources WHERE resource_type = 'AWS::EC2::Instance' AND region = 'us-east-1'")
    assert there == {i for (i,) in mine}


def test_rdk_finds_a_recorder_with_a_role(asked):
    s, home, environment = asked
    s.client().describe_configuration_recorders()
    code, said = run(environment, home, "rdk", "-r", "us-east-1", "init")
    assert code == 0 and "Found Config Recorder: default" in said and "Config setup complete" in said, said


def resolved(value, given, attributes):
    """What CloudFormation makes of a piece of the template that RDK writes."""
    if isinstance(value, list):
        return [v for v in (resolved(v, given, attributes) for v in value) if v is not None]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return given.get(value["Ref"])
    if "Fn::GetAtt" in value:
        return attributes[".".join(value["Fn::GetAtt"])]
    if "Fn::If" in value:
        events = resolved(value["Fn::If"][1 if given["SourceEvents"] != ["NONE"] else 2], given, attributes)
        periodic = resolved(value["Fn::If"][1 if given["SourcePeriodic"] != "NONE" else 2], given, attributes)
        return {"EventTriggered": events, "PeriodicTriggered": periodic}[value["Fn::If"][0]]
    return {k: v for k, v in ((k, resolved(v, given, attributes)) for k, v in value.items()) if v is not None}


def found(s, rule):
    got = s.client().get_paginator("get_compliance_details_by_config_rule").paginate(ConfigRuleName=rule)
    return {r["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: r["ComplianceType"] for page in got for r in page["EvaluationResults"]}


def wait_until_found(s, rule, wanted):
    deadline = time.monotonic() + 120
    while (got := found(s, rule)) != wanted:
        status = s.client().describe_config_rule_evaluation_status(ConfigRuleNames=[rule])
        assert time.monotonic() < deadline, (got, wanted, status)
        time.sleep(0.2)


def instances(moto_server, wanted):
    return {i["InstanceId"]: wanted(i) for r in moto_server.client("ec2").describe_instances()["Reservations"] for i in r["Instances"]}


def host(s, name, code, handler, *more):
    s.silt.ok("function", "add", name, "--store", s.store, "--runtime", "python3.11", "--handler", handler, "--code", code, "--memory", "512", *more)


def test_rdk_deploys_a_rule_that_judges(asked, moto_server):
    s, home, environment = asked
    folder = home / "rdk"
    folder.mkdir()
    code, said = run(environment, folder, "rdk", "-r", "us-east-1", "init")
    assert code == 0, said
    code, said = run(environment, folder, "rdk", "-r", "us-east-1", "create", "Sizes", "--runtime", "python3.10", "--resource-types", "AWS::EC2::Instance",
                     "--input-parameters", '{"desiredInstanceType":"t3.micro"}')
    assert code == 0, said
    rule = folder / "Sizes" / "Sizes.py"
    text = rule.read_text()
    assert '    return "NOT_APPLICABLE"\n\n\ndef evaluate_parameters' in text
    rule.write_text(text.replace('    return "NOT_APPLICABLE"\n', """    wanted = valid_rule_parameters["desiredInstanceType"]
    return "COMPLIANT" if configuration_item["configuration"]["instanceType"] == wanted else "NON_COMPLIANT"
""", 1))
    code, said = run(environment, folder, "rdk", "-r", "us-east-1", "deploy", "Sizes")
    assert code == 0 and "Config deploy complete" in said, said

    # The emulator makes the function and leaves out the rule; what CloudFormation would ask of AWS Config is asked here.
    stacks = moto_server.client("cloudformation")
    given = {p["ParameterKey"]: p["ParameterValue"] for p in stacks.describe_stacks(StackName="Sizes")["Stacks"][0]["Parameters"]}
    # The emulator writes down a list as Python does.
    given["SourceEvents"] = re.findall(r"[\w:]+", given["SourceEvents"])
    template = stacks.get_template(StackName="Sizes")["TemplateBody"]
    template = json.loads(template) if isinstance(template, str) else template
    arn = moto_server.client("lambda").get_function(FunctionName=given["RuleLambdaName"])["Configuration"]["FunctionArn"]
    archive = home / "sizes.zip"
    moto_server.client("s3").download_file(given["SourceBucket"], given["SourcePath"], str(archive))
    host(s, given["RuleLambdaName"], archive, given["SourceHandler"])
    s.client().put_config_rule(ConfigRule=resolved(template["Resources"]["rdkConfigRule"]["Properties"], given, {"rdkRuleCodeLambda.Arn": arn}))
    wanted = instances(moto_server, lambda i: "COMPLIANT" if i["InstanceType"] == "t3.micro" else "NON_COMPLIANT")
    assert wanted
    wait_until_found(s, "Sizes", wanted)

    code, said = run(environment, folder, "rdk", "-r", "us-east-1", "undeploy", "Sizes", "--force")
    assert code == 0, said
    s.client().delete_config_rule(ConfigRuleName="Sizes")
    assert service.refused(s.client().describe_config_rules, ConfigRuleNames=["Sizes"])[0] == "NoSuchConfigRuleException"


ARCHIVE = """
import json, sys
from c7n.config import Config
from c7n.mu import PolicyLambda
from c7n.policy import load
options = Config.empty(region="us-east-1", account_id="123456789012")
policy = list(load(options, sys.argv[1]))[0]
archive = PolicyLambda(policy).get_archive()
open(sys.argv[2], "wb").write(archive.get_bytes())
"""


def test_a_policy_of_custodian_is_a_rule(asked, moto_server):
    s, home, environment = asked
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = moto_server.client("iam").create_role(RoleName="custodian", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    policies = home / "rule.json"
    policies.write_text(json.dumps({"policies": [{
        "name": "small", "resource": "aws.ec2", "mode": {"type": "config-rule", "role": role}, "filters": [{"InstanceType": "t3.micro"}]}]}))
    code, said = run(environment, home, "custodian", "run", "-s", home / "rules", "--region", "us-east-1", policies)
    assert code == 0, said
    rule = s.client().describe_config_rules(ConfigRuleNames=["custodian-small"])["ConfigRules"][0]
    assert rule["Source"]["SourceIdentifier"].endswith(":function:custodian-small")
    archive = home / "small.zip"
    code, said = run(environment, home, "python", "-c", ARCHIVE, policies, archive)
    assert code == 0, said
    host(s, "custodian-small", archive, "custodian_policy.run", "--env", f"AWS_ENDPOINT_URL={moto_server.endpoint}")
    s.client().start_config_rules_evaluation(ConfigRuleNames=["custodian-small"])
    # What a filter of Custodian finds is what is wrong.
    wanted = instances(moto_server, lambda i: "NON_COMPLIANT" if i["InstanceType"] == "t3.micro" else "COMPLIANT")
    assert set(wanted.values()) == {"COMPLIANT", "NON_COMPLIANT"}
    wait_until_found(s, "custodian-small", wanted)
    # Once more: nothing has changed, and it sees that.
    before = rule
    code, said = run(environment, home, "custodian", "run", "-s", home / "rules", "--region", "us-east-1", policies)
    assert code == 0, said
    assert s.client().describe_config_rules(ConfigRuleNames=["custodian-small"])["ConfigRules"][0] == before
