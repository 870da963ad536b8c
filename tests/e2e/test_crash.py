# SPDX-License-Identifier: Apache-2.0
"""A sweep that writes in several transactions, killed between them and in the middle of them."""

import os
import signal

import pytest

import program

INSTANCES = 350  # with a volume and an interface each: three transactions of five hundred rows


class Crowd:
    pass


@pytest.fixture(scope="module")
def crowd(moto, tmp_path_factory):
    """Many resources; one store swept while they were new, and a copy of it from before all of them changed."""
    c = Crowd()
    c.home = tmp_path_factory.mktemp("crowd")
    c.silt = program.Siltstone(c.home)
    c.endpoint = moto.endpoint
    ec2 = moto.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    run = ec2.run_instances(ImageId=image, MinCount=INSTANCES, MaxCount=INSTANCES, InstanceType="t3.micro")
    ids = [i["InstanceId"] for i in run["Instances"]]
    volumes = [v["VolumeId"] for v in ec2.describe_volumes()["Volumes"]]
    cards = [n["NetworkInterfaceId"] for n in ec2.describe_network_interfaces()["NetworkInterfaces"]]
    c.before = c.home / "before.db"
    sweep(c, c.before)
    ec2.create_tags(Resources=ids + volumes + cards, Tags=[{"Key": "wave", "Value": "2"}])
    c.new, c.changed = c.home / "new.db", c.home / "changed.db"
    sweep(c, c.new)
    program.copy_store(c.before, c.changed)
    sweep(c, c.changed)
    assert program.one(c.changed, "SELECT count(*) FROM _item WHERE version = 2") >= 3 * INSTANCES
    return c


def sweep(c, store, **env):
    r = c.silt.run("record", "--store", store, "--endpoint", c.endpoint, "--regions", "us-east-1",
                   "--types", "AWS::EC2::Instance,AWS::EC2::Volume,AWS::EC2::NetworkInterface", env=c.silt.environment(**env))
    assert r.code == 0 or env, r.err
    return r


POINTS = ["record.before_commit:2", "record.after_commit:1", "record.before_coverage:1"]
if int(os.environ.get("SILTSTONE_ESTATE_KILLS", "3")) > 3:
    POINTS += ["record.before_commit:1", "record.before_commit:3", "record.after_commit:2"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", ["new", "changed"])
def test_what_was_committed_stays_and_the_rest_is_made_good(crowd, kind, point):
    store = crowd.home / f"{kind}-{point.replace(':', '-')}.db"
    if kind == "changed":
        program.copy_store(crowd.before, store)
    assert sweep(crowd, store, SILTSTONE_FAILPOINT=point).code == -signal.SIGKILL
    program.whole(store)
    so_far = program.one(store, "SELECT count(*) FROM _item WHERE version = ?", 1 if kind == "new" else 2)
    name, _, n = point.partition(":")
    if name == "record.before_coverage":
        assert so_far > 1000
    else:
        assert so_far == 500 * (int(n) - (name == "record.before_commit"))
    # What is there of a killed sweep can be read, and is what a whole one wrote.
    whole = {i for i in map(str, program.content(getattr(crowd, kind)))}
    assert {str(i) for i in program.content(store)} <= whole
    sweep(crowd, store)
    program.whole(store)
    assert program.compared(store) == program.compared(getattr(crowd, kind))
    assert {str(i) for i in program.content(store)} == whole
