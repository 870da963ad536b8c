# SPDX-License-Identifier: Apache-2.0
"""Remediations are carried out: automations of Systems Manager, which a stand-in plays, and programs of this machine."""

import http.server
import json
import os
import threading
import time

import pytest

import program

ACCOUNT, REGION, VPC = "123456789012", "us-east-1", "AWS::EC2::VPC"
ODD = """-- types: AWS::EC2::VPC
SELECT item_id, CASE WHEN (configuration ->> '$.n') % 2 THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result, 'it is odd' AS annotation FROM item
"""
MEND = """#!/bin/sh
read -r order
echo "$order" >> "$HOME/orders.jsonl"
case $order in *vpc-3*) echo "it cannot be mended" >&2; exit 3 ;; esac
"""


class SystemsManager(http.server.ThreadingHTTPServer):
    """Starts whatever it is asked to, and ends it when it is asked about the second time."""

    def __init__(self):
        outer = self
        self.started, self.looked, self.failing = {}, {}, set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert "/ssm/aws4_request" in self.headers["Authorization"]
                status, answer = outer.answer(self.headers["X-Amz-Target"].split(".")[1], body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, operation, body):
        if operation == "StartAutomationExecution":
            if body["DocumentName"] == "Missing":
                return 400, {"__type": "AutomationDefinitionNotFoundException", "message": "there is no such document"}
            return 200, {"AutomationExecutionId": self.started.setdefault(body["ClientToken"], (f"e-{len(self.started)}", body))[0]}
        name = body["AutomationExecutionId"]
        self.looked[name] = self.looked.get(name, 0) + 1
        steps = [{"StepName": "look", "StepStatus": "Success", "ExecutionStartTime": 1700000000.5, "ExecutionEndTime": 1700000001}]
        if self.looked[name] == 1:
            steps.append({"StepName": "mend", "StepStatus": "InProgress", "ExecutionStartTime": 1700000001})
            return 200, {"AutomationExecution": {"AutomationExecutionId": name, "AutomationExecutionStatus": "InProgress", "StepExecutions": steps}}
        bad = name in self.failing
        steps.append({"StepName": "mend", "StepStatus": "Failed" if bad else "Success", "ExecutionStartTime": 1700000001, "ExecutionEndTime": 1700000002,
                      **({"FailureMessage": "access denied"} if bad else {})})
        return 200, {"AutomationExecution": {"AutomationExecutionId": name, "AutomationExecutionStatus": "Failed" if bad else "Success", "StepExecutions": steps}}


@pytest.fixture
def systems_manager():
    server = SystemsManager()
    yield server
    server.shutdown()


@pytest.fixture
def config(serve, siltstone, store, systems_manager):
    """boto3 on a daemon over four networks, of which two are odd, and a rule that finds that."""
    home = siltstone.home
    items = [{"resourceType": VPC, "resourceId": f"vpc-{n}", "awsAccountId": ACCOUNT, "awsRegion": REGION, "configuration": {"n": n},
              "configurationItemCaptureTime": "2026-01-01T00:00:00Z"} for n in range(4)]
    (home / "items.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
    (home / "odd.sql").write_text(ODD)
    (home / "mend").write_text(MEND)
    os.chmod(home / "mend", 0o755)
    (home / "siltstone.conf").write_text(
        f"[remediation]\nendpoint = {systems_manager.endpoint}\ncommands = /bin/nothing, {home}/mend\n[recorder]\nrecording = no\n")
    siltstone.ok("import", home / "items.jsonl", "--store", store)
    siltstone.ok("recorder", "set", "--all", "--store", store)
    siltstone.ok("rule", "put", "odd", "--sql", home / "odd.sql", "--store", store)
    siltstone.ok("rule", "evaluate", "odd", "--store", store)
    return serve(store).client(REGION)


def remedy(config, target, **more):
    config.put_remediation_configurations(RemediationConfigurations=[{
        "ConfigRuleName": "odd", "TargetType": "SSM_DOCUMENT", "TargetId": target, "ResourceType": VPC, "Parameters": {
            "NetworkId": {"ResourceValue": {"Value": "RESOURCE_ID"}}, "Level": {"StaticValue": {"Values": ["high"]}}}, **more}])


def statuses(config, until, seconds=40):
    """By resource, once @until holds for them."""
    end = time.monotonic() + seconds
    while True:
        told = {s["ResourceKey"]["resourceId"]: s for s in
                config.describe_remediation_execution_status(ConfigRuleName="odd")["RemediationExecutionStatuses"]}
        if told and until([s["State"] for s in told.values()]):
            return told
        assert time.monotonic() < end, told
        time.sleep(0.1)


def ended(states):
    return not {"QUEUED", "IN_PROGRESS"} & set(states)


def start(config, *names):
    return config.start_remediation_execution(ConfigRuleName="odd", ResourceKeys=[{"resourceType": VPC, "resourceId": n} for n in names])


def test_an_automation_is_started_and_followed_to_its_end(config, systems_manager):
    remedy(config, "MendNetworks", TargetVersion="3", ExecutionControls={"SsmControls": {"ConcurrentExecutionRatePercentage": 100}})
    systems_manager.failing = {"e-1"}
    start(config, "vpc-1", "vpc-3")
    told = statuses(config, ended)
    by_token = {json.dumps(b["Parameters"]["NetworkId"]): (name, b) for name, b in systems_manager.started.values()}
    assert set(by_token) == {'["vpc-1"]', '["vpc-3"]'}
    for _, body in by_token.values():
        assert body["DocumentName"] == "MendNetworks" and body["DocumentVersion"] == "3" and body["Parameters"]["Level"] == ["high"]
    good = next(r for r in told if by_token[json.dumps([r])][0] == "e-0")
    bad = next(r for r in told if r != good)
    assert told[good]["State"] == "SUCCEEDED" and [s["State"] for s in told[good]["StepDetails"]] == ["SUCCEEDED", "SUCCEEDED"]
    assert told[bad]["State"] == "FAILED" and told[bad]["StepDetails"][1]["ErrorMessage"] == "access denied"
    assert told[good]["StepDetails"][0]["Name"] == "look" and told[good]["StepDetails"][0]["StartTime"].timestamp() == 1700000000.5
    assert "FailedItems" not in start(config, "vpc-1") and start(config, "vpc-9")["FailedItems"]


def test_a_document_there_is_not_has_failed_and_says_why(config):
    remedy(config, "Missing")
    start(config, "vpc-1")
    step = statuses(config, ended)["vpc-1"]["StepDetails"][0]
    assert step["State"] == "FAILED" and "there is no such document" in step["ErrorMessage"]


def test_programs_of_this_machine_mend_what_is_found_and_no_other_may_run(config, siltstone):
    remedy(config, f"local:{siltstone.home}/mend", Automatic=True, MaximumAutomaticAttempts=1, RetryAttemptSeconds=1,
           ExecutionControls={"SsmControls": {"ConcurrentExecutionRatePercentage": 100}})
    told = statuses(config, lambda states: ended(states) and len(states) == 2)
    assert {r: s["State"] for r, s in told.items()} == {"vpc-1": "SUCCEEDED", "vpc-3": "FAILED"}
    assert "it cannot be mended" in told["vpc-3"]["StepDetails"][0]["ErrorMessage"]
    orders = {o["resourceId"]: o for o in map(json.loads, (siltstone.home / "orders.jsonl").read_text().splitlines())}
    assert orders["vpc-1"] == {"rule": "odd", "account": ACCOUNT, "region": REGION, "resourceType": VPC, "resourceId": "vpc-1", "annotation": "it is odd",
                               "parameters": {"NetworkId": ["vpc-1"], "Level": ["high"]}}
    end = time.monotonic() + 20
    while not (left := config.describe_remediation_exceptions(ConfigRuleName="odd")["RemediationExceptions"]):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert [x["ResourceId"] for x in left] == ["vpc-3"] and "after 1 automatic" in left[0]["Message"]
    config.delete_remediation_configuration(ConfigRuleName="odd")
    remedy(config, "local:/bin/echo")
    start(config, "vpc-1")
    assert "none of the programs" in statuses(config, ended)["vpc-1"]["StepDetails"][0]["ErrorMessage"]
