# SPDX-License-Identifier: Apache-2.0
"""Snapshot files as another program reads them: boto3, gunzip, json."""

import gzip
import hashlib
import json
import re

import pytest

import estate
import program

ACCOUNT = "123456789012"
KEY = re.compile(
    r"^audit/AWSLogs/(?P<account>\d{12})/Config/(?P<region>[a-z0-9-]+)/(?P<y>\d{4})/(?P<m>[1-9]\d?)/(?P<d>[1-9]\d?)/ConfigSnapshot/"
    r"(?P=account)_Config_(?P=region)_ConfigSnapshot_(?P<stamp>\d{8}T\d{6}Z)_"
    r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.json\.gz$")
ORDER = ["relatedEvents", "relationships", "configuration", "supplementaryConfiguration", "tags", "configurationItemVersion",
         "configurationItemCaptureTime", "configurationStateId", "awsAccountId", "configurationItemStatus", "resourceType",
         "resourceId", "resourceName", "ARN", "awsRegion", "availabilityZone", "configurationStateMd5Hash", "resourceCreationTime"]
ALWAYS = set(ORDER) - {"resourceName", "ARN", "availabilityZone", "resourceCreationTime"}
GLOBAL = ("AWS::IAM::",)


def text_of(path_or_bytes):
    return gzip.decompress(path_or_bytes).decode()


def nulls(value, path="$"):
    if value is None:
        yield path
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from nulls(v, f"{path}.{k}")
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from nulls(v, f"{path}[{i}]")


def item_texts(text):
    """The items of a file as the bytes they are."""
    decoder = json.JSONDecoder()
    at = text.index('"configurationItems":[') + len('"configurationItems":[')
    while text[at] != "]":
        _, end = decoder.raw_decode(text, at)
        yield text[at:end]
        at = end + (text[end] == ",")


def put(small, store, siltstone, bucket="snapshots"):
    """Deliver to an emulated bucket through it all; key -> (head, text)."""
    s3 = small.client("s3")
    s3.create_bucket(Bucket=bucket)
    r = siltstone.ok("snapshot", "--store", store, "--to", f"s3://{bucket}/audit", "--endpoint", small.endpoint)
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    return r, {k: s3.get_object(Bucket=bucket, Key=k) for k in keys}


@pytest.fixture(scope="module")
def delivered(small, recorded, tmp_path_factory):
    silt = program.Siltstone(tmp_path_factory.mktemp("snapshot"))
    store = silt.home / "silt.db"
    program.copy_store(recorded, store)
    run, objects = put(small, store, silt)
    files = {}
    for key, o in objects.items():
        files[key] = (o, text_of(o["Body"].read()))
    return silt, store, run, files


def test_one_file_for_each_region_under_the_key_of_aws_config(delivered):
    _, _, run, files = delivered
    assert len(files) == len(estate.REGIONS), list(files)
    for key, (_, text) in files.items():
        m = KEY.match(key)
        assert m, key
        assert m["account"] == ACCOUNT
        assert (int(m["y"]), int(m["m"]), int(m["d"])) == tuple(int(m["stamp"][a:b]) for a, b in ((0, 4), (4, 6), (6, 8)))
        assert json.loads(text)["configSnapshotId"] == m["id"]
        assert key.removeprefix("audit/") in run.out.splitlines(), run.out
    assert {KEY.match(k)["region"] for k in files} == set(estate.REGIONS)


def test_the_object_says_what_it_is(delivered):
    _, _, _, files = delivered
    for o, _ in files.values():
        assert o["ContentType"] == "application/json"
        assert o["ContentEncoding"] == "gzip"


def test_the_bucket_owner_gets_full_control(small, delivered, proxy, siltstone):
    """moto keeps no such header, so the request itself is looked at."""
    _, store, _, _ = delivered
    headers = []
    forward = proxy.forward
    proxy.forward = lambda request, body: headers.append((request.command, dict(request.headers))) or forward(request, body)
    siltstone.ok("snapshot", "--store", store, "--to", "s3://snapshots/acl", "--endpoint", proxy.endpoint)
    puts = [{k.lower(): v for k, v in h.items()} for command, h in headers if command == "PUT"]
    assert len(puts) == len(estate.REGIONS)
    for h in puts:
        assert h["x-amz-acl"] == "bucket-owner-full-control"
        assert "x-amz-acl" in h["authorization"]
        assert re.fullmatch(r"[0-9a-f]{64}", h["x-amz-content-sha256"])
        assert "transfer-encoding" not in h


def test_the_envelope_is_aws_configs(delivered):
    _, _, _, files = delivered
    for _, text in files.values():
        assert re.match(r'^\{"fileVersion":"1\.0","configSnapshotId":"[^"]+","configurationItems":\[\{', text), text[:200]
        assert text.endswith("}]}")


def test_keys_are_in_aws_configs_order_and_nothing_is_null(delivered):
    _, _, _, files = delivered
    for _, text in files.values():
        for ci in json.loads(text)["configurationItems"]:
            assert list(ci) == [k for k in ORDER if k in ci], ci
            assert ALWAYS <= set(ci), ALWAYS - set(ci)
            assert list(nulls(ci)) == [], ci["resourceType"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", ci["configurationItemCaptureTime"])
            assert isinstance(ci["configurationStateId"], int)
            assert all(isinstance(v, str) for v in ci["tags"].values())


def test_items_are_in_order_and_none_is_there_twice(delivered):
    _, _, _, files = delivered
    seen = []
    for _, text in files.values():
        ids = [(ci["resourceType"], ci["resourceId"]) for ci in json.loads(text)["configurationItems"]
               if not ci["resourceType"].startswith(GLOBAL)]
        assert ids == sorted(ids)
        seen += [(ci["awsRegion"], ci["resourceType"], ci["resourceId"]) for ci in json.loads(text)["configurationItems"]]
    assert len(seen) == len(set(seen))


def test_everything_recorded_is_in_a_file(delivered):
    _, store, _, files = delivered
    live = set(program.rows(store, "SELECT resource_type, resource_id FROM resources"))
    got = {(ci["resourceType"], ci["resourceId"]) for _, t in files.values() for ci in json.loads(t)["configurationItems"]}
    assert got == live


def test_global_resources_are_in_the_file_of_the_home_region_alone(delivered):
    _, _, _, files = delivered
    where = {}
    for key, (_, text) in files.items():
        for ci in json.loads(text)["configurationItems"]:
            if ci["resourceType"].startswith(GLOBAL):
                where.setdefault((ci["resourceType"], ci["resourceId"]), []).append(KEY.match(key)["region"])
    assert len(where) >= 4
    assert set(map(tuple, where.values())) == {("us-east-1",)}


def test_an_item_of_the_file_is_what_show_says(delivered):
    silt, store, _, files = delivered
    n = 0
    taken = set()
    for _, text in files.values():
        for raw in item_texts(text):
            ci = json.loads(raw)
            if ci["resourceType"] in taken:
                continue
            taken.add(ci["resourceType"])
            # The same id may be there in two regions; an ARN is one resource.
            who = ci.get("ARN") or f"{ci['resourceType']}/{ci['resourceId']}"
            shown = silt.ok("show", who, "--store", store, "--format", "json").out
            assert json.loads(shown) == ci
            assert raw in shown or shown.strip() == raw, (shown[:500], raw[:500])
            n += 1
    assert n >= 10


def test_the_endpoint_may_stand_in_the_environment(small, recorded, siltstone):
    small.client("s3").create_bucket(Bucket="by-environment")
    store = siltstone.home / "environment.db"
    program.copy_store(recorded, store)
    env = siltstone.environment(AWS_ENDPOINT_URL=small.endpoint)
    r = siltstone.run("snapshot", "--store", store, "--to", "s3://by-environment", env=env)
    assert r.code == 0, r.err
    assert small.client("s3").list_objects_v2(Bucket="by-environment")["KeyCount"] == len(r.out.splitlines())


def test_a_directory_gets_the_same_layout_and_items(delivered, tmp_path):
    silt, store, _, files = delivered
    (tmp_path / "out").mkdir()
    silt.ok("snapshot", "--store", store, "--to", f"dir:{tmp_path}/out")
    found = sorted(p for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert len(found) == len(files)
    ours = sorted(hashlib.sha256("\n".join(item_texts(text_of(p.read_bytes()))).encode()).hexdigest() for p in found)
    theirs = sorted(hashlib.sha256("\n".join(item_texts(t)).encode()).hexdigest() for _, t in files.values())
    assert ours == theirs
    for p in found:
        assert KEY.match("audit/" + str(p.relative_to(tmp_path / "out"))), p


def test_the_outbox_says_where_each_file_went(delivered):
    _, store, _, files = delivered
    went = {r for r, in program.rows(store, "SELECT result FROM _outbox WHERE kind = 'snapshot' AND done_ms IS NOT NULL")}
    assert {f"s3://snapshots/{k}" for k in files} <= went
