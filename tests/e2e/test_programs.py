# SPDX-License-Identifier: Apache-2.0
"""Programs that were made for AWS Config, as they are, ask us: Cloud Custodian reads every type that it can read from AWS
Config, RDK finds a set-up it can work with. SILTSTONE_PROGRAMS names the folder where they are installed."""

import json
import os
import pathlib
import subprocess

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
    s = service.Service(silt, store)
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
