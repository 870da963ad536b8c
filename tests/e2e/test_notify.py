# SPDX-License-Identifier: Apache-2.0
"""Notifications as those who are told receive them: through SNS, SQS, EventBridge and HTTP."""

import gzip
import hashlib
import hmac
import http.server
import json
import re
import sqlite3
import subprocess
import threading

import pytest

import program

ACCOUNT = "123456789012"
ITEM = ["relatedEvents", "relationships", "configuration", "supplementaryConfiguration", "tags", "configurationItemVersion",
        "configurationItemCaptureTime", "configurationStateId", "awsAccountId", "configurationItemStatus", "resourceType",
        "resourceId", "resourceName", "ARN", "awsRegion", "availabilityZone", "configurationStateMd5Hash", "resourceCreationTime"]
SUMMARY = ["changeType"] + ITEM[5:]
TAIL = ["notificationCreationTime", "messageType", "recordVersion"]
BODIES = {
    "ConfigurationItemChangeNotification": ["configurationItemDiff", "configurationItem"],
    "OversizedConfigurationItemChangeNotification": ["configurationItemSummary", "s3DeliverySummary"],
    "OversizedConfigurationItemChangeDeliveryFailed": ["configurationItemSummary", "s3DeliverySummary"],
    "ConfigurationSnapshotDeliveryStarted": ["configSnapshotId"],
    "ConfigurationSnapshotDeliveryCompleted": ["configSnapshotId", "s3ObjectKey", "s3Bucket"],
    "ConfigurationSnapshotDeliveryFailed": ["configSnapshotId", "errorCode", "errorMessage"],
    "ConfigurationHistoryDeliveryCompleted": ["s3ObjectKey", "s3Bucket"],
    "ConfigRulesEvaluationStarted": ["awsAccountId", "awsRegion", "configRuleNames"],
    "ComplianceChangeNotification": ["awsAccountId", "configRuleName", "configRuleARN", "resourceType", "resourceId", "awsRegion",
                                     "newEvaluationResult", "oldEvaluationResult"],
}
VERSIONS = {"ConfigurationItemChangeNotification": "1.3", "ConfigurationSnapshotDeliveryStarted": "1.1",
            "ConfigurationSnapshotDeliveryCompleted": "1.1", "ConfigurationSnapshotDeliveryFailed": "1.1",
            "ConfigurationHistoryDeliveryCompleted": "1.1"}
DETAIL_TYPES = {"ConfigurationItemChangeNotification": "Config Configuration Item Change",
                "OversizedConfigurationItemChangeNotification": "Config Configuration Item Change",
                "OversizedConfigurationItemChangeDeliveryFailed": "Config Configuration Item Change",
                "ConfigurationSnapshotDeliveryStarted": "Config Configuration Snapshot Delivery Status",
                "ConfigurationSnapshotDeliveryCompleted": "Config Configuration Snapshot Delivery Status",
                "ConfigurationSnapshotDeliveryFailed": "Config Configuration Snapshot Delivery Status",
                "ConfigurationHistoryDeliveryCompleted": "Config Configuration History Delivery Status",
                "ConfigRulesEvaluationStarted": "Config Rules Re-evaluation Status",
                "ComplianceChangeNotification": "Config Rules Compliance Change"}
RESULT = {"evaluationResultIdentifier": {"evaluationResultQualifier": {"configRuleName": "restricted-ssh", "resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-1"},
                                         "orderingTimestamp": "2026-03-02T05:20:31.202Z"},
          "complianceType": "COMPLIANT", "resultRecordedTime": "2026-03-02T05:21:00.700Z", "configRuleInvokedTime": "2026-03-02T05:21:00.400Z"}
# What others than the recorder write: deliveries, and rules to come.
BESIDES = [
    ("ConfigurationSnapshotDeliveryStarted", {"configSnapshotId": "6f1d2c3b"}),
    ("ConfigurationSnapshotDeliveryCompleted", {"configSnapshotId": "6f1d2c3b", "s3ObjectKey": "k", "s3Bucket": "b"}),
    ("ConfigurationSnapshotDeliveryFailed", {"configSnapshotId": "6f1d2c3b", "errorCode": "AccessDenied", "errorMessage": "no"}),
    ("ConfigurationHistoryDeliveryCompleted", {"s3ObjectKey": "k", "s3Bucket": "b"}),
    ("ConfigRulesEvaluationStarted", {"configRuleNames": ["restricted-ssh"]}),
    ("ComplianceChangeNotification", {"configRuleName": "restricted-ssh", "configRuleARN": "arn:aws:config:eu-west-1:123456789012:config-rule/x",
                                      "resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-1", "newEvaluationResult": RESULT}),
]
LARGE = 300_000
ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


@pytest.fixture
def told(store, siltstone):
    """A store with a history, one resource too large to be told, and an event of every other kind."""
    subprocess.run([program.BUILD / "tests" / "seed", store, str(LARGE)], check=True)
    db = sqlite3.connect(store)
    for kind, payload in BESIDES:
        db.execute("INSERT INTO _event(at_ms, kind, account, region, payload) VALUES (1790000000000, ?, ?, 'eu-west-1', ?)",
                   (kind, ACCOUNT, json.dumps(payload)))
    db.commit()
    db.close()
    return store


class Listener:
    """An HTTP server that keeps what is posted to it; fails while told to."""

    def __init__(self):
        listener = self
        self.got, self.status = [], 200

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.got.append((dict(self.headers), body))
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def listener():
    server = Listener()
    yield server
    server.stop()


def queue_of(moto, name):
    sqs = moto.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def receive(moto, url):
    sqs, out = moto.client("sqs"), []
    while True:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not messages:
            return out
        for m in messages:
            out.append(json.loads(m["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])


def events(store):
    return program.one(store, "SELECT count(*) FROM _event")


def check_body(body):
    """Keys in order, nulls explicit, times in their form (spec 1.2, 4.2)."""
    kind = body["messageType"]
    assert list(body) == BODIES[kind] + TAIL
    assert body["recordVersion"] == VERSIONS.get(kind, "1.0")
    assert ISO.match(body["notificationCreationTime"])
    if kind == "ConfigurationItemChangeNotification":
        item, diff = body["configurationItem"], body["configurationItemDiff"]
        assert list(item) == ITEM
        assert list(diff) == ["changedProperties", "changeType"]
        for entry in diff["changedProperties"].values():
            assert list(entry) == ["previousValue", "updatedValue", "changeType"]
        assert diff["changeType"] == {"ResourceDiscovered": "CREATE", "OK": "UPDATE", "ResourceDeleted": "DELETE"}[item["configurationItemStatus"]]
        assert ISO.match(item["configurationItemCaptureTime"]) and isinstance(item["configurationStateId"], int)
        for r in item["relationships"]:
            assert list(r) == ["resourceId", "resourceName", "resourceType", "name"]
        if item["configurationItemStatus"] == "ResourceDeleted":
            assert item["configuration"] is None and item["supplementaryConfiguration"] == {} and item["tags"] == {}
            assert item["relationships"] == [] and item["availabilityZone"] is None
    if kind.startswith("Oversized"):
        assert list(body["configurationItemSummary"]) == SUMMARY
        assert list(body["s3DeliverySummary"]) == ["s3BucketLocation", "errorCode", "errorMessage"]
    return kind


def check_all(bodies, store):
    kinds = [check_body(b) for b in bodies]
    assert len(kinds) == events(store)
    return kinds


def test_everything_arrives_through_sns_and_sqs(moto_server, told, siltstone):
    sns = moto_server.client("sns")
    topic = sns.create_topic(Name="config")["TopicArn"]
    url, arn = queue_of(moto_server, "from-sns")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    moto_server.client("s3").create_bucket(Bucket="oversized")
    siltstone.ok("sink", "add", "ops", topic, "--store", told, "--cursor", "0", "--endpoint", moto_server.endpoint,
                 "--oversized", "s3://oversized/audit/")
    siltstone.ok("notify", "--store", told)
    envelopes = receive(moto_server, url)
    bodies = [json.loads(e["Message"]) for e in envelopes]
    kinds = check_all(bodies, told)
    assert set(kinds) == set(BODIES) - {"OversizedConfigurationItemChangeDeliveryFailed"}
    for envelope, body in zip(envelopes, bodies):
        subject = envelope["Subject"]
        assert len(subject) <= 100 and subject.startswith("[AWS Config:"), subject
        item = body.get("configurationItem")
        if item:
            verb = {"ResourceDiscovered": "Discovered", "OK": "Updated", "ResourceDeleted": "Deleted"}[item["configurationItemStatus"]]
            whole = (f"[AWS Config:{item['awsRegion']}] {item['resourceType']} {item['resourceName'] or item['resourceId']} {verb} in Account {ACCOUNT}")
            assert subject == (whole if len(whole) <= 100 else whole[:97] + "...")
    large = next(b for b in bodies if b["messageType"].startswith("Oversized"))
    bucket, key = large["s3DeliverySummary"]["s3BucketLocation"].split("/", 1)
    summary = large["configurationItemSummary"]
    stamp = re.sub(r"[-:]|\.\d+", "", summary["configurationItemCaptureTime"])
    assert bucket == "oversized"
    assert key == (f"audit/AWSLogs/{ACCOUNT}/Config/eu-west-1/2026/10/4/OversizedChangeNotification/AWS::S3::Bucket/large/{ACCOUNT}_Config_eu-west-1_"
                   f"ChangeNotification_AWS::S3::Bucket_large_{stamp}_{summary['configurationStateId']}.json.gz")
    held = moto_server.client("s3").get_object(Bucket=bucket, Key=key)
    assert held["ContentEncoding"] == "gzip" and held["ContentType"] == "application/json"
    whole = json.loads(gzip.decompress(held["Body"].read()))
    assert check_body(whole) == "ConfigurationItemChangeNotification"
    assert len(whole["configurationItem"]["configuration"]["text"]) == LARGE
    assert siltstone.ok("outbox", "list", "--store", told, "--format", "json").out.strip() in ("[]", "")


def test_sns_passes_it_on_over_http(moto_server, told, siltstone, listener):
    sns = moto_server.client("sns")
    topic = sns.create_topic(Name="config-http")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url)
    siltstone.ok("sink", "add", "ops", topic, "--store", told, "--cursor", "0", "--endpoint", moto_server.endpoint)
    siltstone.ok("notify", "--store", told)
    posted = [json.loads(body) for _, body in listener.got]
    kinds = check_all([json.loads(p["Message"]) for p in posted if p.get("Type") == "Notification"], told)
    # There is no bucket to put what is too large into.
    assert "OversizedConfigurationItemChangeDeliveryFailed" in kinds


def test_a_queue_gets_the_bodies_themselves(moto_server, told, siltstone):
    url, _ = queue_of(moto_server, "direct")
    siltstone.ok("sink", "add", "q", url, "--kind", "sqs", "--store", told, "--cursor", "0", "--endpoint", moto_server.endpoint,
                 "--where", "resource_id = 'i-0a1'")
    siltstone.ok("notify", "--store", told)
    bodies = receive(moto_server, url)
    assert [b["configurationItem"]["resourceId"] for b in bodies] == ["i-0a1"] * 3
    states = [b["configurationItem"]["configurationStateId"] for b in bodies]
    assert states == sorted(states)


def test_a_bus_gets_events_with_their_detail_types(moto_server, told, siltstone):
    bus = moto_server.client("events")
    url, arn = queue_of(moto_server, "from-bus")
    bus.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.config"]}), State="ENABLED")
    bus.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": arn}])
    siltstone.ok("sink", "add", "bus", "default", "--kind", "eventbridge", "--store", told, "--cursor", "0", "--endpoint", moto_server.endpoint)
    siltstone.ok("notify", "--store", told)
    got = receive(moto_server, url)
    assert len(got) == events(told)
    for event in got:
        kind = event["detail"]["messageType"]
        assert event["detail-type"] == DETAIL_TYPES[kind]
        assert event["source"] == "aws.config"
        if kind == "ComplianceChangeNotification":
            assert "oldEvaluationResult" not in event["detail"] and "annotation" not in event["detail"]["newEvaluationResult"]
        else:
            check_body(event["detail"])
        if kind == "ConfigurationItemChangeNotification":
            assert event["resources"] == [event["detail"]["configurationItem"]["ARN"]]


def test_a_webhook_is_signed_and_its_key_is_kept_nowhere(told, siltstone, listener, tmp_path):
    key = "kee-p-m3-secret"
    (tmp_path / "hook.key").write_text(key + "\n")
    siltstone.ok("sink", "add", "hook", listener.url, "--secret-file", tmp_path / "hook.key", "--store", told, "--cursor", "0")
    run = siltstone.ok("notify", "--store", told)
    check_all([json.loads(body) for _, body in listener.got], told)
    for headers, body in listener.got:
        text = headers["X-Siltstone-Timestamp"].encode() + b"." + body
        assert headers["X-Siltstone-Signature"] == "sha256=" + hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
        assert headers["Content-Type"] == "application/json"
    assert sorted(int(h["X-Siltstone-Event"]) for h, _ in listener.got) == list(range(1, events(told) + 1))
    by_resource = {}
    for headers, body in listener.got:
        item = json.loads(body).get("configurationItem") or json.loads(body).get("configurationItemSummary") or {}
        by_resource.setdefault(item.get("resourceId"), []).append(int(headers["X-Siltstone-Event"]))
    assert all(told_of == sorted(told_of) for told_of in by_resource.values()) and len(by_resource) > 3
    listing = siltstone.ok("sink", "list", "--store", told, "--format", "json")
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.name.startswith("silt.db"))
    assert key.encode() not in kept
    assert key not in run.out + run.err + listing.out + listing.err


def test_what_fails_waits_and_what_cannot_work_is_a_dead_letter(told, siltstone, listener):
    listener.status = 503
    siltstone.ok("sink", "add", "hook", listener.url, "--store", told, "--cursor", "0")
    run = siltstone.run("notify", "--store", told)
    assert run.code == 6 and "503" in run.err
    waiting = json.loads(siltstone.ok("outbox", "list", "--store", told, "--format", "json").out)
    assert len(waiting) == events(told) and waiting[0]["state"] == "waiting" and waiting[0]["tries"] == 1 and "503" in waiting[0]["error"]
    # It waits its time; a hook that says that the message is bad is not asked again.
    assert siltstone.run("notify", "--store", told).code == 0
    assert len(listener.got) == 1
    db = sqlite3.connect(told)
    db.execute("UPDATE _sink SET next_ms = 0")
    db.commit()
    db.close()
    listener.status = 400
    assert siltstone.run("notify", "--store", told).code == 6
    dead = json.loads(siltstone.ok("outbox", "list", "--store", told, "--format", "json").out)
    assert [d["state"] for d in dead] == ["dead"] * events(told)
    assert siltstone.run("outbox", "retry", "1", "--store", told).code == 6
    listener.status, listener.got = 200, []
    siltstone.ok("outbox", "retry", "--store", told)
    check_all([json.loads(body) for _, body in listener.got], told)
    assert program.one(told, "SELECT count(*) FROM _dead") == 0


def test_a_file_gets_a_line_each(told, siltstone, tmp_path):
    siltstone.ok("sink", "add", "f", f"file:{tmp_path / 'told.jsonl'}", "--store", told, "--cursor", "0")
    siltstone.ok("notify", "--store", told)
    check_all([json.loads(line) for line in (tmp_path / "told.jsonl").read_text().splitlines()], told)
    siltstone.ok("notify", "--store", told)
    assert len((tmp_path / "told.jsonl").read_text().splitlines()) == events(told)
    siltstone.ok("sink", "remove", "f", "--store", told)
    assert siltstone.run("sink", "remove", "f", "--store", told).code == 3


def test_following_goes_on_where_it_was(told, siltstone):
    first = siltstone.ok("log", "--follow", "--cursor", "0", "-n", "4", "--format", "jsonl", "--store", told)
    rows = [json.loads(line) for line in first.out.splitlines()]
    rest = siltstone.ok("log", "--follow", "--cursor", rows[-1]["cursor"], "-n", events(told) - 4, "--format", "jsonl", "--store", told)
    cursors = list(dict.fromkeys(json.loads(line)["cursor"] for line in first.out.splitlines() + rest.out.splitlines()))
    assert cursors == list(range(1, events(told) + 1))
    people = siltstone.ok("log", "i-0a1", "--follow", "--cursor", "0", "-n", "3", "--store", told)
    assert "t3.large" in people.out and "i-0a2" not in people.out


def test_a_sink_that_cannot_be_is_refused(told, siltstone):
    assert siltstone.run("sink", "add", "x", "https://a:b@host/", "--store", told).code == 2
    assert siltstone.run("sink", "add", "x", "nowhere", "--store", told).code == 2
    run = siltstone.run("sink", "add", "x", "file:/x", "--where", "resource_typ = 1", "--store", told)
    assert run.code == 2 and "resource_typ" in run.err
    assert program.one(told, "SELECT count(*) FROM _sink") == 0


def test_a_topic_or_queue_that_is_not_there_is_waited_for(moto_server, told, siltstone):
    for name, where in (("t", f"arn:aws:sns:us-east-1:{ACCOUNT}:nobody"), ("q", f"{moto_server.endpoint}/{ACCOUNT}/nobody")):
        more = ("--kind", "sqs") if name == "q" else ()
        siltstone.ok("sink", "add", name, where, *more, "--store", told, "--cursor", "0", "--endpoint", moto_server.endpoint)
    run = siltstone.run("notify", "--store", told)
    assert run.code == 6
    assert program.rows(told, "SELECT cursor, tries, error_code FROM _sink ORDER BY name DESC") == [(0, 1, "NotFound"), (0, 1, "AWS.SimpleQueueService.NonExistentQueue")]
    assert program.one(told, "SELECT count(*) FROM _dead") == 0


def test_a_channel_says_how_its_notifications_are(moto_server, told, siltstone):
    sns = moto_server.client("sns")
    topic = sns.create_topic(Name="channel-stream")["TopicArn"]
    moto_server.client("s3").create_bucket(Bucket="channel-stream")

    def happens():
        db = sqlite3.connect(told)
        db.execute("INSERT INTO _event(at_ms, kind, account, region, payload) VALUES (1790000000000, ?, ?, 'eu-west-1', ?)",
                   (BESIDES[0][0], ACCOUNT, json.dumps(BESIDES[0][1])))
        db.execute("UPDATE _sink SET next_ms = 0")
        db.commit()
        db.close()

    def stream():
        rows = json.loads(siltstone.ok("channel", "status", "main", "--store", told, "--format", "json").out)
        return next(row for row in rows if row["stream"] == "notifications")

    siltstone.ok("channel", "set", "main", "--store", told, "--to", "s3://channel-stream", "--topic", topic, "--endpoint", moto_server.endpoint)
    assert not stream().get("status")
    happens()
    siltstone.ok("notify", "--store", told)
    assert stream()["status"] == "SUCCESS" and not stream().get("error")
    sns.delete_topic(TopicArn=topic)
    happens()
    assert siltstone.run("notify", "--store", told).code == 6
    assert stream()["status"] == "FAILURE" and stream()["error_code"] == "NotFound" and stream()["error"]
    sns.create_topic(Name="channel-stream")
    happens()
    siltstone.ok("notify", "--store", told)
    assert stream()["status"] == "SUCCESS" and not stream().get("error")
