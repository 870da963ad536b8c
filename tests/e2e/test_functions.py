# SPDX-License-Identifier: Apache-2.0
"""Rules whose functions are run: by us, in children of the daemon, and by a stand-in for Lambda. The functions are our own; that
those of others run unchanged is a proof (tools/prove functions)."""

import json
import os
import pathlib
import re
import sqlite3
import sys
import time
import zipfile

import pytest

import lambda_server
import program
import test_daemon
from service import Service

ACCOUNT, REGION = "123456789012", "us-east-1"
VPC = "AWS::EC2::VPC"
CHANGE = "ConfigurationItemChangeNotification"
PYTHON = str(pathlib.Path(sys.executable).parent)

JUDGE = '''
import boto3, json, os

config = boto3.client("config")

def handler(event, context):
    with open(os.environ["EVENTS"], "a") as f:
        f.write(json.dumps(event) + "\\n")
    invoking = json.loads(event["invokingEvent"])
    item = invoking.get("configurationItem")
    if not item:
        return
    n = (item["configuration"] or {}).get("n", 0)
    kind = "NOT_APPLICABLE" if event["eventLeftScope"] or item["configurationItemStatus"] == "ResourceDeleted" else "COMPLIANT" if n % 2 else "NON_COMPLIANT"
    got = config.put_evaluations(ResultToken=event["resultToken"], Evaluations=[{
        "ComplianceResourceType": item["resourceType"], "ComplianceResourceId": item["resourceId"], "ComplianceType": kind,
        "Annotation": "n is %d" % n, "OrderingTimestamp": item["configurationItemCaptureTime"]}])
    return got["FailedEvaluations"]
'''

PERIODIC = '''
import boto3, json

config = boto3.client("config")

def handler(event, context):
    invoking = json.loads(event["invokingEvent"])
    when = invoking["notificationCreationTime"]
    def tell(ids, kind, when):
        config.put_evaluations(ResultToken=event["resultToken"], Evaluations=[
            {"ComplianceResourceType": "AWS::::Account", "ComplianceResourceId": i, "ComplianceType": kind, "OrderingTimestamp": when} for i in ids])
    ids = ["thing-%03d" % n for n in range(250)]
    for n in range(0, len(ids), 100):
        tell(ids[n:n + 100], "COMPLIANT", when)
    tell([], "COMPLIANT", when)
    tell(ids[:5], "NON_COMPLIANT", "2020-01-01T00:00:00Z")
    assert config.put_evaluations(ResultToken="TESTMODE", TestMode=True, Evaluations=[])["FailedEvaluations"] == []
    try:
        config.put_evaluations(ResultToken="made up", Evaluations=[])
        raise AssertionError("taken")
    except config.exceptions.InvalidResultTokenException:
        pass
    rule = config.describe_config_rules(ConfigRuleNames=[event["configRuleName"]])["ConfigRules"][0]
    assert rule["ConfigRuleArn"] == event["configRuleArn"]
    assert event["ruleParameters"] == '{"a":"b"}'
    print("told", len(ids), "as", event["accountId"])
'''


def item(n, value, when="2026-01-01T00:00:00Z", **more):
    return {"resourceType": VPC, "resourceId": f"vpc-{n}", "awsAccountId": ACCOUNT, "awsRegion": REGION,
            "configurationItemCaptureTime": when, "configuration": {"n": value}, **more}


class World:
    def __init__(self, siltstone, store):
        self.siltstone, self.store = siltstone, store
        self.env = siltstone.environment(SILTSTONE_ACCESS_ANONYMOUS="admin", PATH=f"{PYTHON}:/usr/bin:/bin", SILTSTONE_SECRET="x")
        self.events = siltstone.home / "events.jsonl"
        self.service = self.lambdas = None

    def record(self, *items):
        path = self.siltstone.home / "items.jsonl"
        path.write_text("".join(json.dumps(i) + "\n" for i in items))
        self.siltstone.ok("import", path, "--store", self.store)

    def function(self, name, text, *args, handler="rule.handler", runtime="python3.11"):
        folder = self.siltstone.home / name
        folder.mkdir(exist_ok=True)
        (folder / "rule.py").write_text(text)
        self.siltstone.ok("function", "add", name, "--store", self.store, "--runtime", runtime, "--handler", handler, "--code", folder,
                          "--env", f"EVENTS={self.events}", *args, env=self.env)
        return folder

    def rule(self, name, function, kind=CHANGE, **more):
        self.config.put_config_rule(ConfigRule={"ConfigRuleName": name, **more, "Source": {
            "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}",
            "SourceDetails": [{"EventSource": "aws.config", "MessageType": kind}]}})

    @property
    def config(self):
        return self.service.client(REGION)

    def found(self, rule):
        got = self.config.get_paginator("get_compliance_details_by_config_rule").paginate(ConfigRuleName=rule)
        return {r["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: r["ComplianceType"] for page in got for r in page["EvaluationResults"]}

    def status(self, rule):
        return self.config.describe_config_rule_evaluation_status(ConfigRuleNames=[rule])["ConfigRulesEvaluationStatus"][0]

    def runs(self, name):
        out = self.siltstone.ok("function", "logs", name, "--store", self.store, "--format", "jsonl").out
        return [json.loads(line) for line in out.splitlines()]

    def rows(self, sql, *args):
        return program.rows(self.store, sql, *args)

    def write(self, sql, *args):
        db = sqlite3.connect(self.store, timeout=30)
        with db:
            db.execute(sql, args)
        db.close()

    def invoke(self, name, event="{}", code=0):
        path = self.siltstone.home / "event.json"
        path.write_text(event)
        r = self.siltstone.run("function", "invoke", name, path, "--store", self.store, env=self.env)
        assert r.code == code, r.err
        return r


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("functions")
    w = World(program.Siltstone(home / "home"), home / "store.db")
    w.lambdas = lambda_server.Lambda()
    w.record(*(item(n, n) for n in range(6)))
    w.siltstone.ok("recorder", "set", "--all", "--store", w.store)
    test_daemon.config(w.siltstone, f"[functions]\nendpoint = {w.lambdas.endpoint}\n")
    w.service = Service(w.siltstone, w.store, env=w.env)
    yield w
    w.service.stop()
    w.lambdas.stop()


def wait_for(condition, timeout=15):
    test_daemon.wait_for(condition, timeout)


EVEN = {f"vpc-{n}": "COMPLIANT" if n % 2 else "NON_COMPLIANT" for n in range(6)}


def test_a_change_rule_is_evaluated_by_a_function_here(world):
    world.function("judge", JUDGE)
    world.rule("even", "judge", Scope={"ComplianceResourceTypes": [VPC]}, InputParameters='{"p":"1"}')
    wait_for(lambda: world.found("even") == EVEN)
    events = [json.loads(line) for line in world.events.read_text().splitlines()]
    assert len(events) == 6
    event = events[0]
    assert list(event) == ["version", "invokingEvent", "ruleParameters", "resultToken", "eventLeftScope", "executionRoleArn",
                           "configRuleArn", "configRuleName", "configRuleId", "accountId"]
    invoking = json.loads(event["invokingEvent"])
    assert list(invoking) == ["configurationItemDiff", "configurationItem", "notificationCreationTime", "messageType", "recordVersion"]
    assert invoking["configurationItemDiff"] is None and len(invoking["configurationItem"]) == 18
    assert event["executionRoleArn"].startswith(f"arn:aws:iam::{ACCOUNT}:role/") and event["eventLeftScope"] is False
    assert all(json.loads(e["invokingEvent"])["configurationItemDiff"] is None for e in events)
    wait_for(lambda: not world.rows("SELECT 1 FROM _invocation"))
    status = world.status("even")
    assert "LastSuccessfulInvocationTime" in status and "LastSuccessfulEvaluationTime" in status and "LastErrorCode" not in status
    assert [r["outcome"] for r in world.runs("judge")] == ["ok"] * 6 and world.runs("judge")[0]["rule"] == "even"

    # What changes is told with its difference.
    world.events.unlink()
    world.record(item(1, 2, "2026-02-01T00:00:00Z"))
    wait_for(lambda: world.found("even")["vpc-1"] == "NON_COMPLIANT")
    event, = [json.loads(line) for line in world.events.read_text().splitlines()]
    assert json.loads(event["invokingEvent"])["configurationItemDiff"]["changedProperties"]["Configuration.N"]["updatedValue"] == 2

    # What is gone has left the scope, and is found no more.
    world.record(item(0, None, "2026-03-01T00:00:00Z", configurationItemStatus="ResourceDeleted", configuration=None))
    wait_for(lambda: "vpc-0" not in world.found("even"))


def test_a_periodic_rule_tells_in_slices_and_what_is_older_is_passed_over(world):
    world.function("clock", PERIODIC)
    world.rule("clock", "clock", "ScheduledNotification", InputParameters='{"a":"b"}')
    wait_for(lambda: len(world.found("clock")) == 250)
    wait_for(lambda: world.runs("clock"))
    run = world.runs("clock")[-1]
    assert run["outcome"] == "ok" and run["log"] == f"told 250 as {ACCOUNT}\n", run
    assert set(world.found("clock").values()) == {"COMPLIANT"}


def test_a_function_that_fails_is_started_twice_more_and_its_rule_says_why(world):
    world.function("broken", "import nothing_of_that_name\n")
    world.rule("broken", "broken", "ScheduledNotification")
    for tries in range(3):
        wait_for(lambda: len(world.runs("broken")) == tries + 1)
        row = world.rows("SELECT i.tries, i.due_ms > i.created_ms FROM _invocation i JOIN _config_rule c ON c.rule_id = i.rule_id WHERE c.name = 'broken'")
        assert row == ([(tries + 1, 1)] if tries < 2 else [])
        world.write("UPDATE _invocation SET due_ms = 0 WHERE tries = ?", tries + 1)
    status = world.status("broken")
    assert status["LastErrorCode"] == "Runtime.ImportModuleError" and "nothing_of_that_name" in status["LastErrorMessage"]
    assert "LastFailedEvaluationTime" in status
    r = world.invoke("broken", code=6)
    assert "Runtime.ImportModuleError" in r.err and json.loads(r.out)["errorType"] == "Runtime.ImportModuleError"


def test_functions_of_others_are_started_at_lambda(world):
    world.lambdas.add("far", world.function("judge", JUDGE), "rule.handler", {
        "EVENTS": str(world.siltstone.home / "far.jsonl"), "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "none", "AWS_ENDPOINT_URL_CONFIG_SERVICE": world.service.endpoint})
    world.lambdas.refusals = [(429, "TooManyRequestsException"), (500, "ServiceException")]
    world.rule("far", "far", Scope={"ComplianceResourceTypes": [VPC]})
    wait_for(lambda: world.found("far") == world.found("even") and len(world.found("far")) == 5)
    call = world.lambdas.calls[-1]
    assert call["arn"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:far" and ":" not in call["path"]
    assert f"/{REGION}/lambda/aws4_request" in call["headers"]["authorization"]
    assert world.status("far").get("LastErrorCode") is None
    assert not world.lambdas.functions["far"].errors

    world.rule("nowhere", "nowhere", "ScheduledNotification")
    wait_for(lambda: world.status("nowhere").get("LastErrorCode") == "ResourceNotFoundException")
    assert not world.rows("SELECT 1 FROM _invocation i JOIN _config_rule c ON c.rule_id = i.rule_id WHERE c.name = 'nowhere'")
    assert "LastFailedInvocationTime" in world.status("nowhere")


def test_what_is_too_large_for_an_event_is_told_in_short(world):
    world.function("short", '''
import boto3, json
config = boto3.client("config")
def handler(event, context):
    invoking = json.loads(event["invokingEvent"])
    if invoking["messageType"] != "OversizedConfigurationItemChangeNotification": return
    summary = invoking["configurationItemSummary"]
    item = config.get_resource_config_history(resourceType=summary["resourceType"], resourceId=summary["resourceId"],
                                              laterTime=summary["configurationItemCaptureTime"], limit=1)["configurationItems"][0]
    assert str(item["configurationStateId"]) == str(summary["configurationStateId"])
    config.put_evaluations(ResultToken=event["resultToken"], Evaluations=[{
        "ComplianceResourceType": summary["resourceType"], "ComplianceResourceId": summary["resourceId"], "ComplianceType": "COMPLIANT",
        "Annotation": str(len(item["configuration"])), "OrderingTimestamp": summary["configurationItemCaptureTime"]}])
''')
    world.record(item(77, 0, configuration={"n": 1, "text": "ü" * 200000}))
    world.rule("short", "short", Scope={"ComplianceResourceTypes": [VPC], "ComplianceResourceId": "vpc-77"})
    wait_for(lambda: world.found("short") == {"vpc-77": "COMPLIANT"})


def test_several_run_at_a_time_and_a_slow_one_holds_up_nobody(world):
    world.function("slow", "import time\ndef handler(event, context): time.sleep(1000)\n", "--timeout", "3s", "--concurrency", "1")
    world.rule("slow", "slow", Scope={"ComplianceResourceTypes": [VPC]})
    wait_for(lambda: world.rows("SELECT 1 FROM _invocation WHERE lease_ms > 0"))
    began = time.monotonic()
    world.function("clock", PERIODIC)
    world.config.start_config_rules_evaluation(ConfigRuleNames=["clock"])
    wait_for(lambda: len(world.runs("clock")) > 1)
    assert world.runs("slow") == [] or time.monotonic() - began < 3
    world.config.delete_config_rule(ConfigRuleName="slow")
    wait_for(lambda: world.rows("SELECT count(*) FROM _invocation i LEFT JOIN _config_rule c ON c.rule_id = i.rule_id WHERE c.name IS NULL OR c.name = 'slow'") == [(0,)])


def test_a_child_sees_neither_the_store_nor_what_the_daemon_holds(world):
    world.function("look", '''
import os
def handler(event, context):
    fds = [os.readlink("/proc/self/fd/" + n) for n in os.listdir("/proc/self/fd") if os.path.islink("/proc/self/fd/" + n)]
    with open(os.environ["EVENTS"] + ".look", "w") as f:
        f.write(repr((sorted({x.split(":")[0].split("/")[1] if x.startswith("/") else x.split(":")[0] for x in fds}), sorted(os.environ), repr(os.environ))))
''')
    world.rule("look", "look", "ScheduledNotification")
    path = pathlib.Path(str(world.events) + ".look")
    wait_for(lambda: world.runs("look"))
    fds, names, everything = eval(path.read_text())
    assert set(fds) <= {"dev", "pipe", "socket", "proc"}, fds
    assert not [n for n in names if n.startswith("SILT")] and str(world.store) not in everything
    assert re.search(r"127\.0\.0\.1:\d+/[0-9a-f-]{36}/config", everything)


def test_archives_are_unpacked_and_evil_ones_leave_nothing(world):
    home, at = world.siltstone.home, ("--runtime", "python3.11", "--handler", "in/rule.handler", "--store", world.store)
    good = home / "good.zip"
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("in/", "")
        z.writestr("in/rule.py", "import in_other\ndef handler(event, context): return in_other.WHAT\n")
        z.writestr("in_other.py", "WHAT = 'unpacked'\n")
    world.siltstone.ok("function", "add", "zipped", *at, "--code", good)
    assert json.loads(world.invoke("zipped").out) == "unpacked"
    folder = pathlib.Path(str(world.store) + ".functions")
    assert len(list(folder.iterdir())) == 1
    for n, (name, mode) in enumerate([("../evil.py", 0), ("/etc/evil.py", 0), ("a/../../evil.py", 0), ("a\\evil.py", 0), ("link", 0o120777), ("in/.", 0)]):
        bad = home / f"bad{n}.zip"
        with zipfile.ZipFile(bad, "w") as z:
            z.writestr("rule.py", "x = 1\n")
            entry = zipfile.ZipInfo(name)
            entry.filename = name
            entry.external_attr = mode << 16
            entry.create_system = 3
            z.writestr(entry, "/etc/passwd")
        r = world.siltstone.run("function", "add", "evil", *at, "--code", bad)
        assert r.code == 2 and str(bad) in r.err, (name, r)
    bomb = home / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        with z.open("rule.py", "w", force_zip64=True) as f:
            for _ in range(300):
                f.write(bytes(1 << 20))
    r = world.siltstone.run("function", "add", "evil", *at, "--code", bomb)
    assert r.code == 2 and "250 MB" in r.err
    (home / "no.zip").write_bytes(b"PK\3\4 and nothing")
    assert world.siltstone.run("function", "add", "evil", *at, "--code", home / "no.zip").code == 2
    assert len(list(folder.iterdir())) == 1
    world.siltstone.ok("function", "remove", "zipped", "--store", world.store)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("more, said", [
    (["--runtime", "cobol"], "cobol"), (["--handler", "rule"], "no handler"), (["--code", "/nowhere"], "/nowhere"), (["--timeout", "0"], "time"),
    (["--memory", "1"], "memory"), (["--concurrency", "0"], "at a time"), (["--env", "AWS_SECRET_ACCESS_KEY=x"], "secret"),
    (["--env", "_HANDLER=x"], "runtime sets"), (["--env", "=x"], "no variable")])
def test_what_cannot_be_a_function_is_refused_in_words(world, more, said):
    folder = world.siltstone.home / "words"
    folder.mkdir(exist_ok=True)
    r = world.siltstone.run("function", "add", "words", "--runtime", "python3.11", "--handler", "a.b", "--code", folder, "--store", world.store, *more)
    assert r.code in (2, 3) and said in r.err, r
    assert world.siltstone.run("function", "show", "words", "--store", world.store).code == 3


def test_secrets_are_taken_from_the_environment_and_kept_nowhere(world):
    world.function("secret", "import os\ndef handler(event, context): return os.environ['HUSH'][::-1]\n", "--env", "HUSH")
    world.env["HUSH"] = "whisper"
    assert json.loads(world.invoke("secret").out) == "repsihw"
    assert b"whisper" not in pathlib.Path(world.store).read_bytes()
    del world.env["HUSH"]
    assert "HUSH" in world.invoke("secret", code=3).err


def test_what_a_killed_daemon_was_at_is_done_by_the_next(world):
    mark = world.siltstone.home / "mark"
    world.function("once", f'''
import boto3, json, os, time
def handler(event, context):
    if not os.path.exists({str(mark)!r}):
        with open({str(mark)!r} + ".new", "w") as f: f.write(str(os.getpid()))
        os.rename({str(mark)!r} + ".new", {str(mark)!r})
        time.sleep(1000)
    boto3.client("config").put_evaluations(ResultToken=event["resultToken"], Evaluations=[{{
        "ComplianceResourceType": "AWS::::Account", "ComplianceResourceId": event["accountId"], "ComplianceType": "COMPLIANT",
        "OrderingTimestamp": json.loads(event["invokingEvent"])["notificationCreationTime"]}}])
''')
    world.rule("once", "once", "ScheduledNotification")
    wait_for(mark.exists)
    world.service.process.kill()
    world.service.process.wait()
    pid = int(mark.read_text())
    wait_for(lambda: not os.path.exists(f"/proc/{pid}") or ") Z" in pathlib.Path(f"/proc/{pid}/stat").read_text())
    world.service = Service(world.siltstone, world.store, env=world.env)
    wait_for(lambda: world.found("once") == {ACCOUNT: "COMPLIANT"})
