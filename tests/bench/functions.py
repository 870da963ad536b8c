#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""functions.py - what hosting a function costs.

    functions.py [--short]

The same handler gets the same event, of four kilobytes: from the interpreter that calls it in a loop, with the event as text and the answer
as text, as Lambda has them; and from the host, in a child of its own, one at a time and two at a time. Rounds alternate, the best of each
counts. Then a handler that answers with PutEvaluations through boto3: by a daemon that takes its rows of _invocation to verdicts, beside a
loop of boto3 that does nothing but send the same to that daemon's door."""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import program
from service import Service

HANDLER = '''
import json

def handler(event, context):
    item = json.loads(event["invokingEvent"])["configurationItem"]
    return {"id": item["resourceId"], "compliant": item["configuration"]["n"] % 2 == 0}
'''
LOOP = '''
import json, sys, time
sys.path.insert(0, sys.argv[1])
import rule
text = open(sys.argv[2]).read()
n = int(sys.argv[3])
began = time.perf_counter()
for _ in range(n):
    json.dumps(rule.handler(json.loads(text), None))
print(n / (time.perf_counter() - began))
'''
TELL = '''
import boto3, json
config = boto3.client("config")

def handler(event, context):
    item = json.loads(event["invokingEvent"])["configurationItem"]
    config.put_evaluations(ResultToken=event["resultToken"], Evaluations=[{
        "ComplianceResourceType": item["resourceType"], "ComplianceResourceId": item["resourceId"], "ComplianceType": "COMPLIANT",
        "OrderingTimestamp": item["configurationItemCaptureTime"]}])
'''
ACCOUNT, REGION, VPC = "123456789012", "us-east-1", "AWS::EC2::VPC"


def calls(work, short):
    (work / "rule.py").write_text(HANDLER)
    item = {"configurationItem": {"resourceId": "vpc-1", "configuration": {"n": 2, "text": "x" * 3500}}}
    (work / "event.json").write_text(json.dumps({"version": "1.0", "invokingEvent": json.dumps(item), "resultToken": "t" * 200}))
    best = {}
    for _ in range(2 if short else 3):
        loop = subprocess.run([sys.executable, "-c", LOOP, work, work / "event.json", "50000"], check=True, capture_output=True, text=True).stdout
        best["a loop in the interpreter"] = max(best.get("a loop in the interpreter", (0,)), (float(loop),))
        for at_once in (1, 2):
            out = subprocess.run([program.BUILD / "tests" / "function_load", work, "rule.handler", work / "event.json", "2000" if short else "10000", str(at_once)],
                                 check=True, capture_output=True, text=True).stdout.split()
            name = f"hosted, {at_once} at a time"
            best[name] = max(best.get(name, (0,)), (float(out[0]), int(out[1]), int(out[2])))
    for name, (rate, *more) in best.items():
        print(f"{name:44s} {rate:9.0f} calls/s" + (f"   median {more[0]} us, slowest {more[1]} us" if more else ""))


def verdicts(work, short):
    n = 200 if short else 1000
    silt, store = program.Siltstone(work / "home"), work / "store.db"
    items = [{"resourceType": VPC, "resourceId": f"vpc-{i}", "awsAccountId": ACCOUNT, "awsRegion": REGION,
              "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": {"n": i}} for i in range(n)]
    (work / "items.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
    silt.ok("import", work / "items.jsonl", "--store", store)
    silt.ok("recorder", "set", "--all", "--store", store)
    (work / "tell").mkdir()
    (work / "tell" / "tell.py").write_text(TELL)
    silt.ok("function", "add", "tell", "--runtime", "python3.11", "--handler", "tell.handler", "--code", work / "tell", "--store", store)
    env = silt.environment(SILTSTONE_ACCESS_ANONYMOUS="admin", PATH=f"{pathlib.Path(sys.executable).parent}:/usr/bin:/bin")
    daemon = Service(silt, store, env=env)
    config = daemon.client(REGION)
    try:
        config.put_config_rule(ConfigRule={"ConfigRuleName": "loop", "Source": {"Owner": "AWS", "SourceIdentifier": "AWS_CONFIG_PROCESS_CHECK"}})
        began = time.perf_counter()
        for i in range(n):
            config.put_external_evaluation(ConfigRuleName="loop", ExternalEvaluation={
                "ComplianceResourceType": VPC, "ComplianceResourceId": f"vpc-{i}", "ComplianceType": "COMPLIANT", "OrderingTimestamp": 1_767_225_600})
        print(f"{'boto3 in a loop at the door':44s} {n / (time.perf_counter() - began):9.0f} verdicts/s")
        config.put_config_rule(ConfigRule={"ConfigRuleName": "tell", "Scope": {"ComplianceResourceTypes": [VPC]}, "Source": {
            "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:tell",
            "SourceDetails": [{"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}]}})
        while not program.rows(store, "SELECT 1 FROM _function_run"):
            time.sleep(0.005)
        first, began = program.rows(store, "SELECT count(*) FROM _invocation")[0][0], time.perf_counter()
        while program.rows(store, "SELECT 1 FROM _invocation"):
            time.sleep(0.01)
        print(f"{'the same by a hosted function, warm':44s} {first / (time.perf_counter() - began):9.0f} verdicts/s")
    finally:
        daemon.stop()


def main():
    short = "--short" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        calls(work, short)
        verdicts(work, short)


main()
