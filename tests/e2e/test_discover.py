# SPDX-License-Identifier: Apache-2.0
"""Sweeps against an emulated AWS, a stand-in for Cloud Control, and programs."""

import json
import re
import sqlite3
import stat
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import aws_estate
import cloud_control
import emulator
import estate
import fault_proxy
import program
from fault_proxy import HTML, Cut, Page, Status, Truncate

PROBE = program.BUILD / "tests" / "sweep_probe"
REGIONS = ",".join(estate.REGIONS)
VOLUMES = "AWS::EC2::Volume"


class Sweeper:
    """One store, swept as often as you like."""

    def __init__(self, home):
        self.home = home
        self.path = home / "silt.db"

    def run(self, env=None, **options):
        options = {k: v for k, v in options.items() if v is not None}
        given = {
            "PATH": f"{program.BUILD}/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "*",
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
        }
        run = subprocess.run(
            [str(PROBE), str(self.path), *(f"{k}={v}" for k, v in options.items())],
            env={**given, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
        )
        assert run.stdout, run.stderr.decode()
        out = json.loads(run.stdout)
        out["exit"] = run.returncode
        return out

    def ok(self, **options):
        out = self.run(**options)
        assert out["exit"] == 0, out
        return out

    def sql(self, text, *args):
        db = sqlite3.connect(self.path)
        try:
            return db.execute(text, args).fetchall()
        finally:
            db.close()

    def write(self, text, *args):
        db = sqlite3.connect(self.path)
        with db:
            db.execute(text, args)
        db.close()

    def items(self):
        return self.sql("SELECT count(*) FROM _item")[0][0]

    def looks(self):
        """Those of the newest sweep."""
        return self.sql(
            "SELECT type, region, outcome, code, seen FROM _coverage"
            " WHERE sweep_ms = (SELECT max(sweep_ms) FROM _coverage) ORDER BY 1, 2"
        )

    def document(self, kind, name):
        rows = self.sql(
            "SELECT d.body FROM _resource r JOIN _item i USING (rid) JOIN _document d USING (document_id)"
            " WHERE r.type = ? AND ? IN (r.id, r.name) ORDER BY i.version",
            kind,
            name,
        )
        assert rows, f"{kind} {name} is not there"
        return json.loads(rows[0][0])


@pytest.fixture
def sweeper(tmp_path):
    if not PROBE.exists():
        pytest.fail(f"{PROBE} is not built")
    return Sweeper(tmp_path)


@pytest.fixture
def cloud():
    c = cloud_control.CloudControl()
    yield c
    c.stop()


# The emulated estate


def test_a_whole_estate_is_seen_and_at_rest_gives_nothing_new(moto_server, estate_tools, sweeper):
    moto_server.reset()
    made = subprocess.run(
        [sys.executable, str(estate_tools / "make_estate.py"), "--endpoint", moto_server.endpoint]
        + ["--regions", REGIONS, "--scale", "1", "--seed", "7"],
        capture_output=True,
        timeout=600,
    )
    assert made.returncode == 0, made.stderr.decode()[-2000:]
    first = sweeper.ok(endpoint=moto_server.endpoint, regions=REGIONS, types=estate.TYPES)
    assert first["complete"] == first["looks"] and not first["notes"], first
    assert first["account"] == "123456789012"
    assert first["created"] == first["seen"] > 100
    again = sweeper.ok(endpoint=moto_server.endpoint, regions=REGIONS, types=estate.TYPES)
    assert (again["created"], again["changed"], again["deleted"]) == (0, 0, 0), again
    assert again["seen"] == again["unchanged"] == first["seen"]
    check_names(sweeper)


# One member of each type whose spelling tells the naming functions apart, or that a part, a rename or
# a reshape makes.
NAMES = {
    "AWS::EC2::Instance": ["configuration.instanceId", "configuration.placement.availabilityZone"],
    "AWS::EC2::SecurityGroup": ["configuration.ipPermissionsEgress"],
    "AWS::RDS::DBInstance": ["configuration.dBInstanceIdentifier", "configuration.cACertificateIdentifier"],
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ["configuration.dNSName", "supplementaryConfiguration.LoadBalancerAttributes"],
    "AWS::AutoScaling::AutoScalingGroup": ["configuration.vpczoneIdentifier", "configuration.autoScalingGroupARN"],
    "AWS::DynamoDB::Table": ["configuration.tableArn", "supplementaryConfiguration.ContinuousBackupsDescription"],
    "AWS::KMS::Key": ["configuration.awsaccountId", "supplementaryConfiguration.Policy"],
    "AWS::Lambda::Function": ["configuration.functionArn", "supplementaryConfiguration.Tags"],
    "AWS::CloudTrail::Trail": ["configuration.trailARN"],
    "AWS::SQS::Queue": ["configuration.QueueName", "configuration.VisibilityTimeout"],
    "AWS::IAM::Role": ["configuration.roleId", "configuration.assumeRolePolicyDocument"],
    "AWS::IAM::Policy": ["configuration.policyId", "configuration.policyVersionList"],
    "AWS::S3::Bucket": ["configuration.owner.id", "supplementaryConfiguration.AccessControlList"],
    "AWS::ECS::Cluster": ["configuration.ClusterName", "configuration.Arn"],
}


def check_names(sweeper):
    for kind, paths in NAMES.items():
        names = sweeper.sql("SELECT id FROM _resource WHERE type = ?", kind)
        assert names, kind
        for (name,) in names:
            document = sweeper.document(kind, name)
            for path in paths:
                at = document
                for part in path.split("."):
                    assert part in at, f"{kind} {name} has no {path}: {sorted(at)}"
                    at = at[part]


def test_what_is_deleted_is_recorded_as_gone(moto, sweeper):
    made = estate.build(moto)
    first = sweeper.ok(endpoint=moto.endpoint, regions=REGIONS, types=estate.TYPES)
    assert first["created"] == first["seen"]
    moto.client("sqs", "eu-west-1").delete_queue(QueueUrl=made["eu-west-1"]["queue"])
    moto.client("ec2").delete_volume(VolumeId=made["us-east-1"]["volume"])
    moto.client("s3").delete_bucket(Bucket="plain-bucket")
    iam = moto.client("iam")
    iam.remove_user_from_group(GroupName="dev", UserName="bob")
    iam.delete_group(GroupName="dev")  # a type without a read of its own: listed twice
    second = sweeper.ok(endpoint=moto.endpoint, regions=REGIONS, types=estate.TYPES)
    assert second["deleted"] == 4, second
    gone = sweeper.sql("SELECT type FROM _resource JOIN _item USING (rid) WHERE status = 'ResourceDeleted' ORDER BY 1")
    assert [t for (t,) in gone] == ["AWS::EC2::Volume", "AWS::IAM::Group", "AWS::S3::Bucket", "AWS::SQS::Queue"]
    third = sweeper.ok(endpoint=moto.endpoint, regions=REGIONS, types=estate.TYPES)
    assert (third["created"], third["changed"], third["deleted"]) == (0, 0, 0), third


def test_a_name_that_now_belongs_to_another_is_a_new_resource(moto, sweeper):
    iam = moto.client("iam")
    iam.create_role(RoleName="twice", AssumeRolePolicyDocument=estate.TRUST)
    sweeper.ok(endpoint=moto.endpoint, regions="us-east-1", types="AWS::IAM::Role")
    iam.delete_role(RoleName="twice")
    iam.create_role(RoleName="twice", AssumeRolePolicyDocument=estate.TRUST)
    out = sweeper.ok(endpoint=moto.endpoint, regions="us-east-1", types="AWS::IAM::Role")
    assert (out["created"], out["deleted"]) == (1, 1), out


PEOPLE = "AWS::IAM::Role,AWS::IAM::User,AWS::IAM::Group,AWS::IAM::Policy"


def without_ids(body):
    """Principals whose listing lacks their ids, so that each is read by its name."""
    return re.sub(rb"<(RoleId|UserId)>[^<]*</\1>", b"", body)


def test_a_single_read_gives_what_the_listing_gave(moto_server, sweeper, proxy):
    moto_server.reset()
    aws_estate.make_people(moto_server.client("iam"))
    options = {"endpoint": proxy.endpoint, "regions": "us-east-1", "types": PEOPLE}
    seen = sweeper.ok(**options)["created"]
    assert seen == 4
    proxy.clear()
    assert sweeper.document("AWS::IAM::Role", "app")["configuration"]["assumeRolePolicyDocument"].startswith("%7B%22Version%22%3A")
    proxy.fault("GetAccountAuthorizationDetails", Page(without_ids))
    out = sweeper.ok(**options)
    assert (out["created"], out["deleted"]) == (0, 0), out
    assert sweeper.sql("SELECT changes FROM _diff") == []
    assert (out["changed"], out["unchanged"]) == (0, seen), out
    assert {"GetRole", "GetRolePolicy", "ListInstanceProfilesForRole", "GetUser", "ListGroupsForUser"} <= set(proxy.ops())


def test_attaching_is_told_at_both_ends_and_then_it_is_quiet(moto_server, sweeper):
    moto_server.reset()
    iam = moto_server.client("iam")
    aws_estate.make_people(iam)
    arn = iam.create_policy(PolicyName="writer", PolicyDocument=aws_estate.policy("s3:Put*"))["Policy"]["Arn"]
    options = {"endpoint": moto_server.endpoint, "regions": "us-east-1", "types": PEOPLE}
    sweeper.ok(**options)
    for change in (iam.attach_role_policy, iam.detach_role_policy):
        change(RoleName="app", PolicyArn=arn)
        assert sweeper.ok(**options)["changed"] == 2
        assert sweeper.ok(**options)["changed"] == 0
    assert sweeper.sql(
        "SELECT r.name, json_extract(c.value, '$.op'), json_extract(c.value, '$.path') FROM _item i"
        " JOIN _resource r USING (rid) JOIN _diff d USING (item_id), json_each(d.changes) c"
        " WHERE json_extract(c.value, '$.path') LIKE 'relationships%' ORDER BY i.version, r.name"
    ) == [
        ("app", "add", "relationships[Is attached to CustomerManagedPolicy " + name_of(sweeper, "writer") + "]"),
        ("writer", "add", "relationships[Is attached to Role " + name_of(sweeper, "app") + "]"),
        ("app", "remove", "relationships[Is attached to CustomerManagedPolicy " + name_of(sweeper, "writer") + "]"),
        ("writer", "remove", "relationships[Is attached to Role " + name_of(sweeper, "app") + "]"),
    ]


def name_of(sweeper, name):
    return sweeper.sql("SELECT id FROM _resource WHERE name = ?", name)[0][0]


def test_buckets_count_in_their_own_region(moto_server, sweeper):
    moto_server.reset()
    estate.build(moto_server)
    sweeper.ok(endpoint=moto_server.endpoint, regions="eu-west-1", types="AWS::S3::Bucket")
    assert sweeper.sql("SELECT id, region FROM _resource") == [("irish-bucket", "eu-west-1")]
    assert sweeper.looks() == [("AWS::S3::Bucket", "eu-west-1", "complete", None, 1)]
    out = sweeper.ok(endpoint=moto_server.endpoint, regions="us-east-1", types="AWS::S3::Bucket")
    assert (out["created"], out["deleted"]) == (2, 0), out


# Faults: nothing is deleted on doubt


def listed(moto, sweeper, proxy, n=3):
    """@n volumes, recorded through the proxy."""
    moto.reset()
    ec2 = moto.client("ec2")
    ids = [ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"] for _ in range(n)]
    options = {"endpoint": proxy.endpoint, "regions": "us-east-1", "types": VOLUMES + ",AWS::EC2::VPC"}
    assert sweeper.ok(**options)["created"] == n + 1
    proxy.clear()
    return options, ids


FAULTS = {
    "denied": (Status(403, fault_proxy.ec2_error("UnauthorizedOperation")), "DENIED", "UnauthorizedOperation"),
    "throttled": (Status(503, fault_proxy.ec2_error("RequestLimitExceeded")), "THROTTLED", "RequestLimitExceeded"),
    "a page of html": (Status(500, HTML, "text/html"), "UNSUPPORTED", None),
    "a good page of html": (Status(200, HTML, "text/html"), "UNSUPPORTED", None),
    "an empty answer": (Status(200, ""), "CORRUPT", None),
    "another document": (Status(200, "<?xml version='1.0'?><portal><login/></portal>"), "CORRUPT", None),
    "cut off": (Truncate(0.5), "REMOTE", None),
    "cut off and lied about": (Truncate(0.5, lie=True), "CORRUPT", None),
    "no answer": (Cut(), "REMOTE", None),
    "an error inside": (Status(500, fault_proxy.ec2_error("InternalError")), "REMOTE", "InternalError"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.replace(" ", "-"))
def test_a_listing_that_fails_deletes_nothing(moto_server, sweeper, proxy, fault):
    what, code, service = FAULTS[fault]
    options, ids = listed(moto_server, sweeper, proxy)
    moto_server.client("ec2").delete_volume(VolumeId=ids[0])
    before = sweeper.items()
    proxy.fault("DescribeVolumes", what)
    out = sweeper.run(**options)
    assert out["exit"] == 7 and out["deleted"] == 0 and sweeper.items() == before, out
    assert [(n["type"], n["outcome"], n["code"]) for n in out["notes"]] == [(VOLUMES, "failed", code)], out
    assert out["notes"][0]["reason"]
    assert sweeper.looks() == [
        ("AWS::EC2::VPC", "us-east-1", "complete", None, 1),
        (VOLUMES, "us-east-1", "failed", service, 0),
    ]
    proxy.clear()
    assert sweeper.ok(**options)["deleted"] == 1


def test_a_resource_that_still_answers_is_not_gone(moto_server, sweeper, proxy):
    options, ids = listed(moto_server, sweeper, proxy)
    proxy.fault("DescribeVolumes", Page(lambda body: drop_volume(body, ids[1])), times=1)
    out = sweeper.ok(**options)
    assert (out["deleted"], out["unchanged"], out["complete"]) == (0, 3, 2), out
    assert out["notes"][0]["outcome"] == "complete" and ids[1] in out["notes"][0]["reason"]
    assert sweeper.sql("SELECT count(*) FROM _resource WHERE deleted = 0 AND type = ?", VOLUMES) == [(3,)]


def drop_volume(body, volume):
    """The listing @body without @volume. Its element may hold items of its own (tags)."""
    root = ElementTree.fromstring(body)
    space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
    volumes = root.find(f"{space}volumeSet")
    for item in volumes.findall(f"{space}item"):
        if item.findtext(f"{space}volumeId") == volume:
            volumes.remove(item)
    return ElementTree.tostring(root)


def test_a_resource_that_cannot_be_asked_for_is_not_gone(moto_server, sweeper, proxy):
    options, ids = listed(moto_server, sweeper, proxy)
    moto_server.client("ec2").delete_volume(VolumeId=ids[1])
    proxy.fault("DescribeVolumes", Status(403, fault_proxy.ec2_error("UnauthorizedOperation")), skip=1)
    out = sweeper.run(**options)
    assert (out["exit"], out["deleted"]) == (7, 0), out
    assert out["notes"][0]["outcome"] == "partial" and ids[1] in out["notes"][0]["reason"]


def test_a_resource_that_cannot_be_read_makes_the_look_partial(moto_server, sweeper, proxy):
    moto_server.reset()
    sqs = moto_server.client("sqs")
    urls = [sqs.create_queue(QueueName=f"q{i}")["QueueUrl"] for i in range(4)]
    options = {"endpoint": proxy.endpoint, "regions": "us-east-1", "types": "AWS::SQS::Queue"}
    assert sweeper.ok(**options)["created"] == 4
    sqs.delete_queue(QueueUrl=urls[0])
    sqs.set_queue_attributes(QueueUrl=urls[3], Attributes={"VisibilityTimeout": "77"})
    proxy.fault("GetQueueAttributes", Status(403, fault_proxy.json_error("AccessDenied"), "application/x-amz-json-1.0"), times=1)
    out = sweeper.run(**options)
    assert (out["exit"], out["deleted"], out["partial"]) == (7, 0, 1), out
    assert out["notes"][0]["service"] == "AccessDenied"
    proxy.clear()
    out = sweeper.ok(**options)
    assert out["deleted"] == 1
    assert sweeper.sql("SELECT count(*) FROM _item WHERE version = 2") == [(2,)]


def test_throttling_is_waited_out(moto_server, sweeper, proxy):
    options, _ = listed(moto_server, sweeper, proxy)
    proxy.fault("DescribeVolumes", Status(503, fault_proxy.ec2_error("RequestLimitExceeded")), times=2)
    out = sweeper.ok(**options)
    assert out["unchanged"] == 4 and out["calls"] >= 4, out


def test_everything_denied_is_the_sweeps_own_error(moto_server, sweeper, proxy):
    options, _ = listed(moto_server, sweeper, proxy)
    proxy.fault("Describe*", Status(403, fault_proxy.ec2_error("AuthFailure")))
    out = sweeper.run(**options, account="123456789012")
    assert (out["exit"], out["code"]) == (6, "DENIED"), out
    assert [look[2] for look in sweeper.looks()] == ["failed", "failed"]


def test_a_stopped_sweep_writes_nothing(moto_server, sweeper):
    moto_server.reset()
    sqs = moto_server.client("sqs")
    for i in range(60):
        sqs.create_queue(QueueName=f"q{i}")
    out = sweeper.run(endpoint=moto_server.endpoint, regions="us-east-1", types="AWS::SQS::Queue", stop_after="1", threads="1")
    assert (out["exit"], out["code"]) == (130, "CANCELED"), out
    assert sweeper.items() == 0
    assert sweeper.sql("SELECT count(*) FROM _coverage") == [(0,)]


# Options and identity


def test_options_that_cannot_be_meant_are_refused(moto_server, sweeper):
    out = sweeper.run(endpoint=moto_server.endpoint, regions="us-east-1", types="AWS::EC2::Volumes")
    assert (out["exit"], out["code"]) == (2, "INVALID") and VOLUMES in out["hint"], out
    out = sweeper.run(endpoint=moto_server.endpoint, regions="us_east_1")
    assert (out["exit"], out["code"]) == (2, "INVALID") and "us-east-1" in out["hint"], out
    out = sweeper.run(endpoint=moto_server.endpoint, types=VOLUMES)
    assert (out["exit"], out["code"]) == (2, "INVALID") and "AWS_REGION" in out["hint"], out
    out = sweeper.run(endpoint=moto_server.endpoint, regions="us-east-1", account="12")
    assert (out["exit"], out["code"]) == (2, "INVALID"), out


def test_the_region_may_come_from_the_environment(moto_server, sweeper):
    out = sweeper.ok(endpoint=moto_server.endpoint, types="AWS::EC2::VPC", env={"AWS_REGION": "eu-west-1"})
    assert out["seen"] == 1
    assert sweeper.looks()[0][1] == "eu-west-1"


def test_all_regions_are_those_of_the_account(moto_server, sweeper):
    moto_server.reset()
    out = sweeper.ok(endpoint=moto_server.endpoint, types="AWS::EC2::VPC", regions="all")
    assert out["looks"] > 10 and out["seen"] == out["looks"], out


def test_without_credentials_nothing_is_asked(sweeper):
    out = sweeper.run(regions="us-east-1", endpoint="http://192.0.2.1:1", types=VOLUMES)
    assert (out["exit"], out["code"]) == (3, "NOTFOUND") and out["hint"], out


def test_an_endpoint_that_does_not_answer_is_told_at_once(sweeper):
    out = sweeper.run(regions="us-east-1", endpoint=f"http://127.0.0.1:{emulator.free_port()}", types=VOLUMES)
    assert (out["exit"], out["code"]) == (6, "REMOTE"), out


def test_a_role_is_assumed(moto_server, sweeper):
    moto_server.reset()
    out = sweeper.ok(
        endpoint=moto_server.endpoint,
        regions="us-east-1",
        types="AWS::EC2::VPC",
        role_arn="arn:aws:iam::111122223333:role/siltstone",
    )
    assert out["account"] == "111122223333"


# Cloud Control


CLUSTERS = "AWS::ECS::Cluster"


def cluster(name, tags=()):
    return {
        "ClusterName": name,
        "Arn": f"arn:aws:ecs:us-east-1:123456789012:cluster/{name}",
        "Tags": [{"Key": k, "Value": v} for k, v in tags],
    }


def test_cloud_control_is_paged_read_and_believed(cloud, sweeper):
    cloud.resources[CLUSTERS] = {n: cluster(n, [("a", "b")]) for n in ("c1", "c2", "c3")}
    options = {"endpoint": cloud.endpoint, "regions": "us-east-1", "types": CLUSTERS, "account": "123456789012"}
    out = sweeper.ok(**options)
    assert out["created"] == 3
    assert cloud.calls.count("ListResources") == 3 and cloud.calls.count("GetResource") == 3
    document = sweeper.document(CLUSTERS, "c2")
    assert document["configuration"]["Arn"].endswith("/c2") and document["tags"] == {"a": "b"}
    del cloud.resources[CLUSTERS]["c1"]
    cloud.hide.add("c2")
    out = sweeper.ok(**options)
    assert (out["deleted"], out["unchanged"]) == (1, 1), out
    assert "c2" in out["notes"][0]["reason"]


def test_cloud_control_that_breaks_deletes_nothing(cloud, sweeper):
    cloud.resources[CLUSTERS] = {n: cluster(n) for n in ("c1", "c2")}
    options = {"endpoint": cloud.endpoint, "regions": "us-east-1", "types": CLUSTERS, "account": "123456789012"}
    sweeper.ok(**options)
    del cloud.resources[CLUSTERS]["c1"]
    json_kind = "application/x-amz-json-1.0"
    for op, broken in (
        ("ListResources", (400, json_kind, b'{"__type":"AccessDeniedException"}')),
        ("ListResources", (200, json_kind, b'{"ResourceDescriptions":[')),
        ("GetResource", (400, json_kind, b'{"__type":"AccessDeniedException"}')),
        ("GetResource", (200, json_kind, b'{"ResourceDescription":{"Properties":"{"}}')),
    ):
        cloud.broken = {op: broken}
        out = sweeper.run(**options)
        assert out["exit"] != 0 and out["deleted"] == 0, (op, broken, out)
        assert sweeper.items() == 2
    cloud.broken = {}
    assert sweeper.ok(**options)["deleted"] == 1


ADDONS = "AWS::EKS::Addon"


def addon(identifier):
    parent, name = identifier.split("|")
    return {"ClusterName": parent, "AddonName": name, "Arn": f"arn:aws:eks:us-east-1:123456789012:addon/{parent}/{name}/1"}


def test_cloud_control_lists_children_for_each_parent(cloud, sweeper):
    cloud.clusters = ["blue", "green", "empty"]
    cloud.parents[ADDONS] = "ClusterName"
    cloud.resources[ADDONS] = {n: addon(n) for n in ("blue|cni", "blue|dns", "green|cni", "gone|dns")}
    options = {"endpoint": cloud.endpoint, "regions": "us-east-1", "types": ADDONS, "account": "123456789012"}
    out = sweeper.ok(**options)
    assert out["created"] == 3 and not out["notes"], out
    # Two pages for blue, one for each of the others.
    assert (cloud.calls.count("ListClusters"), cloud.calls.count("ListResources"), cloud.calls.count("GetResource")) == (1, 4, 3)
    assert sweeper.ok(**options)["unchanged"] == 3
    # One goes with its parent, and one parent is gone between being listed and being asked for.
    cloud.clusters.remove("green")
    del cloud.resources[ADDONS]["green|cni"]
    out = sweeper.ok(**options)
    assert (out["deleted"], out["unchanged"]) == (1, 2) and not out["notes"], out
    cloud.clusters.remove("blue")
    cloud.resources[ADDONS].clear()
    cloud.say_clusters = ["blue", "empty"]
    out = sweeper.ok(**options)
    assert (out["deleted"], out["failed"] + out["partial"]) == (2, 0), out


def test_cloud_control_that_is_throttled_is_waited_for(cloud, sweeper):
    cloud.resources[CLUSTERS] = {n: cluster(n) for n in ("c1", "c2")}
    options = {"endpoint": cloud.endpoint, "regions": "us-east-1", "types": CLUSTERS, "account": "123456789012"}
    env = {"SILTSTONE_BACKOFF_MS": "1"}
    cloud.throttle = {"ListResources": 3, "GetResource": 4}
    assert sweeper.ok(env=env, **options)["created"] == 2
    # For good: what could not be read is not gone, nor is what was not listed.
    for op in ("ListResources", "GetResource"):
        cloud.throttle = {op: 10**9}
        out = sweeper.run(env=env, **options)
        assert out["exit"] != 0 and out["deleted"] == 0, out
        assert "THROTTLED" in json.dumps(out), out
    cloud.throttle = {}
    assert sweeper.ok(**options)["unchanged"] == 2


def test_what_goes_between_listing_and_reading_was_never_there(cloud, sweeper):
    cloud.resources[CLUSTERS] = {n: cluster(n) for n in ("c1", "c2")}
    cloud.page_size = 2
    options = {"endpoint": cloud.endpoint, "regions": "us-east-1", "types": CLUSTERS, "account": "123456789012"}
    cloud.phantoms = {CLUSTERS: ["c0"]}
    out = sweeper.ok(**options)
    assert out["created"] == 2 and not out["notes"], out
    assert cloud.calls.count("GetResource") == 3


def test_without_cloud_control_the_services_own_operations_are_used(moto_server, sweeper):
    moto_server.reset()
    moto_server.client("ecs").create_cluster(clusterName="native", tags=[{"key": "a", "value": "b"}])
    sweeper.ok(endpoint=moto_server.endpoint, regions="us-east-1", types=CLUSTERS)
    document = sweeper.document(CLUSTERS, "native")
    assert document["configuration"]["Arn"].endswith(":cluster/native")
    assert document["configuration"]["Tags"] == [{"Key": "a", "Value": "b"}]
    assert document["tags"] == {"a": "b"}


# Programs


SWITCH = "ACME::Net::Switch"
PROGRAM = """#!/usr/bin/env python3
import json, sys, pathlib
request = json.loads(sys.stdin.readline())
exec(pathlib.Path(__file__).with_suffix(".body").read_text())
"""


@pytest.fixture
def switches(tmp_path, sweeper):
    path = tmp_path / "acme-switch"
    path.write_text(PROGRAM)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    sweeper.ok(kind="exec", types="Siltstone::Host::User")  # makes the store
    entry = {"type": SWITCH, "engine": "exec", "argv": [str(path)], "timeout": 20, "id": "$.serial", "name": "$.hostname", "redact": ["$.secret"]}
    sweeper.write("INSERT INTO _catalogue(name, origin, doc) VALUES ('mine', 'user', ?)", json.dumps([entry]))

    def say(body):
        path.with_suffix(".body").write_text(body)

    return say


LISTED = """
here = %r
if request["op"] == "list":
    for s in here:
        print(json.dumps({"configuration": {"serial": s, "hostname": "h" + s, "secret": "pw"}, "tags": {"rack": "1"}}))
    print(json.dumps({"complete": True}))
else:
    print(json.dumps({"configuration": {"serial": request["id"]}} if request["id"] in here else {"gone": True}))
"""


def test_a_program_lists_and_confirms(sweeper, switches):
    switches(LISTED % (["1", "2", "3"],))
    out = sweeper.ok(kind="exec", types=SWITCH)
    assert (out["created"], out["account"]) == (3, "000000000000"), out
    document = sweeper.document(SWITCH, "2")
    assert document["tags"] == {"rack": "1"} and document["configuration"]["secret"].startswith("sha256:")
    switches(LISTED % (["1", "3"],))
    out = sweeper.ok(kind="exec", types=SWITCH)
    assert (out["deleted"], out["unchanged"]) == (1, 2), out


@pytest.mark.parametrize(
    "body",
    [
        'print(json.dumps({"configuration": {"serial": "1"}}))',
        'print("hello")',
        'print(json.dumps({"configuration": {"serial": "1"}}) + "\\n" + json.dumps({"complete": True})); sys.exit(1)',
        'print(json.dumps({"complete": True}) + "\\n" + json.dumps({"configuration": {"serial": "1"}}))',
        'print(json.dumps({"configuration": []}) + "\\n" + json.dumps({"complete": True}))',
        'print(json.dumps({"configuration": {"hostname": "h"}}) + "\\n" + json.dumps({"complete": True}))',
        'print("{" * 100000)',
        "pass",
    ],
)
def test_a_program_that_does_not_say_all_deletes_nothing(sweeper, switches, body):
    switches(LISTED % (["1", "2"],))
    sweeper.ok(kind="exec", types=SWITCH)
    switches(body)
    out = sweeper.run(kind="exec", types=SWITCH)
    assert out["exit"] != 0 and out["deleted"] == 0, out
    assert sweeper.sql("SELECT count(*) FROM _resource WHERE deleted = 0 AND type = ?", SWITCH) == [(2,)]


def test_a_program_that_is_not_there_is_told(sweeper, switches):
    sweeper.write("UPDATE _type SET doc = json_set(doc, '$.argv[0]', '/nowhere/at-all') WHERE type = ?", SWITCH)
    out = sweeper.run(kind="exec", types=SWITCH)
    assert out["exit"] == 3 and "/nowhere/at-all" in out["msg"], out


def test_this_host_is_described(sweeper):
    out = sweeper.ok(kind="exec")
    assert out["complete"] == out["looks"] >= 9 and out["seen"] > 20, out


def test_a_mistake_in_the_catalogue_is_found(sweeper, switches):
    sweeper.write("UPDATE _type SET doc = json_set(doc, '$.taggs', 1) WHERE type = ?", SWITCH)
    out = sweeper.run(kind="exec", types=SWITCH)
    assert out["exit"] == 2 and SWITCH in out["msg"] and "taggs" in out["msg"], out
