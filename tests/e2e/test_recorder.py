# SPDX-License-Identifier: Apache-2.0
"""What the recorder is set to record is recorded, as often as it says, and what falls out of that says so once."""

import json
import time

import crash_daemon
import program
import pytest

HOUR, DAY = 3600_000, 86400_000
TYPES = "AWS::EC2::Volume,AWS::EC2::VPC,AWS::SQS::Queue,AWS::IAM::Role"
RECORDER = "AWS::Config::ConfigurationRecorder"


@pytest.fixture
def scene(siltstone, small, store, tmp_path):
    clock = crash_daemon.Clock(tmp_path / "clock")

    class Scene:
        def run(self, *args):
            return siltstone.ok(*args, "--store", store, env=siltstone.environment(SILTSTONE_CLOCK=str(clock.path)))

        def fail(self, *args):
            return siltstone.run(*args, "--store", store, env=siltstone.environment(SILTSTONE_CLOCK=str(clock.path)))

        def set(self, *args):
            clock.go_on(1000)
            return self.run("recorder", "set", *args)

        def sweep(self):
            clock.go_on(60_000)
            return self.run("record", "--source", "prod")

        def up(self):
            """What is due now, as the daemon does it."""
            return self.run("up", "--once", "--listen", "off")

        def rows(self, sql):
            return [tuple(r) for r in program.rows(store, sql)]

        def types(self):
            return {r[0] for r in self.rows("SELECT DISTINCT resource_type FROM resources")}

        def looked(self):
            return {r[0] for r in self.rows("SELECT DISTINCT type FROM _coverage WHERE sweep_ms = (SELECT max(sweep_ms) FROM _coverage)")}

    s = Scene()
    s.clock, s.moto, s.made, s.store = clock, small, small.made, store
    s.run("source", "add", "prod", "--endpoint", small.endpoint, "--regions", "us-east-1", "--types", TYPES, "--account", "123456789012")
    yield s
    program.whole(store)


def test_inclusion_exclusion_and_globals_say_which_types_are_looked_at(scene):
    scene.set("--all")
    scene.sweep()
    assert scene.types() == set(TYPES.split(",")) | {RECORDER}
    scene.set("--types", "AWS::EC2::V*")
    assert scene.run("recorder", "show", "--format", "json").out.count("INCLUSION_BY_RESOURCE_TYPES") == 1
    scene.sweep()
    assert scene.types() == {"AWS::EC2::Volume", "AWS::EC2::VPC", RECORDER}
    scene.set("--exclude", "AWS::EC2::VPC,AWS::SQS::*")
    scene.sweep()
    assert scene.types() == {"AWS::EC2::Volume", "AWS::IAM::Role", RECORDER}
    scene.set("--all", "--no-globals")
    scene.sweep()
    assert scene.types() == {"AWS::EC2::Volume", "AWS::EC2::VPC", "AWS::SQS::Queue", RECORDER}
    scene.set("--globals")
    scene.sweep()
    assert scene.types() == set(TYPES.split(",")) | {RECORDER}
    run = scene.fail("recorder", "set", "--types", "AWS::EC2::Volme")
    assert run.code and 'no resource type is called "AWS::EC2::Volme"' in run.err
    assert "exclude each other" in scene.fail("recorder", "set", "--all", "--types", "x").err


def test_what_is_no_longer_recorded_says_so_once_and_comes_back(scene):
    scene.set("--all")
    scene.sweep()
    scene.set("--exclude", "AWS::SQS::Queue")
    for _ in range(3):
        scene.sweep()
    ofit = "SELECT version, status, event, (SELECT count(*) FROM _item x JOIN _document USING (document_id) WHERE x.item_id = i.item_id) " \
           "FROM _item i JOIN _resource r USING (rid) WHERE r.type = 'AWS::SQS::Queue' ORDER BY version"
    assert scene.rows(ofit) == [(1, "ResourceDiscovered", "created", 1), (2, "ResourceNotRecorded", "not recorded", 0)]
    assert scene.rows("SELECT event, status FROM history WHERE resource_type = 'AWS::SQS::Queue' ORDER BY version")[-1] == ("not recorded", "ResourceNotRecorded")
    assert not scene.rows("SELECT * FROM _item i JOIN _resource r USING (rid) WHERE r.type = 'AWS::SQS::Queue' AND status = 'ResourceDeleted'")
    items = [json.loads(line) for line in scene.run("items", "AWS::SQS::Queue").out.splitlines()]
    assert items[-1]["configurationItemStatus"] == "ResourceNotRecorded" and "configuration" not in items[-1]
    assert items[-1]["relationships"] == [] and items[-1]["resourceName"] == "jobs"
    scene.set("--all")
    for _ in range(2):
        scene.sweep()
    assert [r[1] for r in scene.rows(ofit)] == ["ResourceDiscovered", "ResourceNotRecorded", "ResourceDiscovered"]
    assert "AWS::SQS::Queue" in scene.types()
    assert "0 findings" in scene.run("verify").out or "everything fits" in scene.run("verify").out
    before = scene.rows("SELECT day, type, event, n FROM _activity ORDER BY 1, 2, 3")
    scene.run("reindex")
    assert scene.rows("SELECT day, type, event, n FROM _activity ORDER BY 1, 2, 3") == before
    assert ("not recorded", 1) in [r[2:] for r in before]


def test_only_what_has_the_tags_is_recorded(scene):
    ec2 = scene.moto.client("ec2", "us-east-1")
    mine = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    scene.set("--types", "AWS::EC2::Volume", "--tag", "Owner=me", "--tag", "team", "--not-tag", "gone")
    scene.sweep()
    volumes = "SELECT resource_id FROM resources WHERE resource_type = 'AWS::EC2::Volume'"
    disk = scene.made["us-east-1"]["volume"]
    assert scene.rows(volumes) == [(disk,)]
    assert not scene.rows(f"SELECT * FROM _resource WHERE id = '{mine}'")
    ec2.create_tags(Resources=[mine], Tags=[{"Key": "Owner", "Value": "me"}])
    scene.sweep()
    assert {r[0] for r in scene.rows(volumes)} == {disk, mine}
    ec2.create_tags(Resources=[mine], Tags=[{"Key": "gone", "Value": ""}])
    for _ in range(2):
        scene.sweep()
    assert scene.rows(volumes) == [(disk,)]
    history = f"SELECT status FROM history WHERE resource_id = '{mine}' ORDER BY version"
    assert scene.rows(history) == [("ResourceDiscovered",), ("ResourceNotRecorded",)]
    ec2.delete_tags(Resources=[mine], Tags=[{"Key": "gone"}])
    scene.sweep()
    assert scene.rows(history)[-1] == ("ResourceDiscovered",)
    # Out of it, and gone: nobody looks whether.
    scene.set("--all-tags")
    scene.sweep()
    assert mine in {r[0] for r in scene.rows(volumes)}
    # Nothing about it changes but what is wanted.
    scene.set("--not-tag", "team")
    scene.sweep()
    assert disk not in {r[0] for r in scene.rows(volumes)}
    assert scene.rows(f"SELECT status FROM history WHERE resource_id = '{disk}' ORDER BY version")[-1] == ("ResourceNotRecorded",)
    ec2.delete_volume(VolumeId=mine)


def test_daily_types_and_intervals_of_their_own_are_looked_at_when_due(scene):
    scene.set("--types", TYPES, "--every", "10m", "--daily", "AWS::SQS::Queue", "--every", "AWS::EC2::VPC=5m", "--every", "AWS::IAM::*=2h")
    scene.run("recorder", "start")
    scene.up()
    assert scene.looked() == set(TYPES.split(","))

    def after(ms):
        before = scene.rows("SELECT max(sweep_ms) FROM _coverage")
        scene.clock.go_on(ms)
        scene.up()
        return scene.looked() if scene.rows("SELECT max(sweep_ms) FROM _coverage") != before else set()

    assert after(60_000) == set()
    assert after(240_000) == {"AWS::EC2::VPC"}
    assert after(300_000) == {"AWS::EC2::VPC", "AWS::EC2::Volume"}
    assert after(HOUR) == {"AWS::EC2::VPC", "AWS::EC2::Volume"}
    assert after(HOUR) == {"AWS::EC2::VPC", "AWS::EC2::Volume", "AWS::IAM::Role"}
    # What is looked at once a day is looked at as it is then.
    queue = scene.made["us-east-1"]["queue"]
    scene.moto.client("sqs", "us-east-1").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "77"})
    event = scene.store.parent / "event.json"
    event.write_text(json.dumps({"Records": [{
        "eventID": "e-1", "eventName": "SetQueueAttributes", "eventSource": "sqs.amazonaws.com", "awsRegion": "us-east-1",
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "recipientAccountId": "123456789012",
        "requestParameters": {"queueUrl": queue}}]}))
    scene.run("events", event, "--source", "prod")
    versions = "SELECT count(*) FROM history WHERE resource_type = 'AWS::SQS::Queue'"
    assert scene.rows(versions) == [(1,)]
    assert after(DAY - 2 * HOUR - 600_000) >= {"AWS::SQS::Queue"}
    assert scene.rows(versions) == [(2,)]
    # A record by hand looks at all of it.
    scene.sweep()
    assert scene.looked() == set(TYPES.split(","))


def test_the_recorder_records_itself(scene):
    items = f"SELECT i.version, i.status, json_extract(d.document, '$.configuration') FROM _item i JOIN _resource r USING (rid) " \
            f"LEFT JOIN _item_document d USING (item_id) WHERE r.type = '{RECORDER}' AND r.region = 'us-east-1' ORDER BY i.version"
    scene.set("--types", TYPES, "--every", "1h")
    scene.run("recorder", "start")
    scene.up()
    got = scene.rows(items)
    assert [r[:2] for r in got] == [(1, "ResourceDiscovered")]
    assert json.loads(got[0][2]) == {
        "Id": "default", "Name": "default",
        "RecordingGroup": {"AllSupported": False, "IncludeGlobalResourceTypes": False, "ResourceTypes": sorted(TYPES.split(",")),
                           "ExclusionByResourceTypes": {"ResourceTypes": []}, "RecordingStrategy": {"UseOnly": "INCLUSION_BY_RESOURCE_TYPES"}},
        "Recording": True, "RecordingMode": {"RecordingFrequency": "CONTINUOUS", "RecordingModeOverrides": []}, "RecordingScope": "PAID"}
    scene.clock.go_on(60_000)
    scene.run("recorder", "stop")
    scene.clock.go_on(60_000)
    scene.set("--all", "--role-arn", "arn:aws:iam::123456789012:role/config")
    scene.clock.go_on(60_000)
    scene.run("recorder", "start")
    got = [json.loads(r[2]) for r in scene.rows(items)]
    assert [(c["Recording"], c["RecordingGroup"]["AllSupported"], c.get("RoleARN")) for c in got] == [
        (True, False, None), (False, False, None), (False, True, "arn:aws:iam::123456789012:role/config"),
        (True, True, "arn:aws:iam::123456789012:role/config")]
    scene.clock.go_on(60_000)
    scene.up()
    assert len(scene.rows(items)) == 4


def test_the_file_says_what_is_recorded(siltstone, small, store):
    (siltstone.home / "siltstone.conf").write_text(
        "[recorder]\nexclude = AWS::IAM::*\nglobals = no\nfrequency = daily\noverrides = AWS::EC2::VPC=CONTINUOUS,AWS::EC2::Volume=1h\n"
        f"tags = Owner,!secret=x\nevery = 1h\n[source \"prod\"]\nendpoint = {small.endpoint}\nregions = us-east-1\ntypes = AWS::EC2::VPC\n")
    siltstone.ok("up", "--once", "--store", store, "--listen", "off")
    assert program.rows(store, "SELECT strategy, excluded, frequency, overrides, tags, globals FROM recorder") == [
        ("EXCLUSION_BY_RESOURCE_TYPES", "AWS::IAM::*", "DAILY", "AWS::EC2::VPC=CONTINUOUS,AWS::EC2::Volume=3600s", "Owner\n!secret=x", None)]
