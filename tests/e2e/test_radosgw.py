# SPDX-License-Identifier: Apache-2.0
"""Deliveries into Ceph's object gateway: a foreign S3 that verifies every signature, encrypts, and keeps
access rights; read back with boto3."""

import collections
import gzip
import json
import os
import time

import pytest

import config_files
import program
import radosgw
from test_s3 import put

BUCKET = "archive"
MIB = 1 << 20
HOUR = 3600_000
KEYS = {"AWS_ACCESS_KEY_ID": radosgw.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": radosgw.SECRET_KEY}
PREFIX = "o-größe/日本=\U0001f30b"
HISTORY = "AWSLogs/1/Config/eu-west-1/2026/2/3/ConfigHistory/1_Config_eu-west-1_ConfigHistory_AWS::EC2::Instance_1.json.gz"


@pytest.fixture(scope="module")
def gateway():
    why = radosgw.missing()
    if why:
        pytest.skip(why)
    g = radosgw.Gateway()
    g.client().create_bucket(Bucket=BUCKET)
    yield g
    g.stop()


@pytest.fixture
def s3(gateway):
    """The bucket, empty, as boto3 sees it."""
    client = gateway.client()
    for o in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=o["Key"])
    return client


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "one.json.gz"
    path.write_bytes(gzip.compress(b'{"fileVersion":"1.0"}'))
    return path


def send(gateway, file, key, secret=radosgw.SECRET_KEY, **wishes):
    return put(gateway.endpoint, file, key, BUCKET, {**KEYS, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": ""}, **wishes)


def keys(s3):
    return [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.mark.parametrize(
    "key",
    [
        HISTORY,
        "dt=2026-02-03/accountId=1/resourceType=AWS::S3::Bucket/part.jsonl.gz",
        "with spaces and + and & and ? and # and %41 and 'quotes'",
        "größe/日本/\U0001f30b",
        "a//b///c/",
        "~tilde-_.!*()@$,;:",
    ],
)
@pytest.mark.parametrize("prefix", [None, PREFIX])
def test_any_key_is_signed_as_the_gateway_reads_it(gateway, s3, file, key, prefix):
    done = send(gateway, file, key, **({"prefix": prefix} if prefix else {}))
    assert (done.status, done.message) == (0, "")
    whole = f"{prefix}/{key}" if prefix else key
    assert keys(s3) == [whole]
    assert s3.get_object(Bucket=BUCKET, Key=whole)["Body"].read() == file.read_bytes()


def test_content_headers_encryption_and_the_owner_s_rights_arrive(gateway, s3, file):
    assert send(gateway, file, HISTORY, encoding="gzip", kms=radosgw.KMS_KEY).message == ""
    head = s3.head_object(Bucket=BUCKET, Key=HISTORY)
    assert head["ContentType"] == "application/json" and head["ContentEncoding"] == "gzip"
    assert head["ServerSideEncryption"] == "aws:kms" and head["SSEKMSKeyId"] == radosgw.KMS_KEY
    assert s3.get_object(Bucket=BUCKET, Key=HISTORY)["Body"].read() == file.read_bytes()
    acl = s3.get_object_acl(Bucket=BUCKET, Key=HISTORY)
    assert [(g["Grantee"]["ID"], g["Permission"]) for g in acl["Grants"]] == [(acl["Owner"]["ID"], "FULL_CONTROL")]


def test_a_key_the_gateway_does_not_have_is_told(gateway, s3, file):
    done = send(gateway, file, "k", kms="no-such-key")
    assert done.status != 0 and done.message.startswith(f'put "s3://{BUCKET}/k": ') and keys(s3) == []
    # The gateway calls it an unknown access key, which would lead nowhere.
    assert "no-such-key" in done.hint and "AWS_ACCESS_KEY_ID" not in done.hint


@pytest.mark.parametrize(("size", "wishes", "parts"), [(11 * MIB + 1, {"part": 5 * MIB}, 3), (65 * MIB, {}, 2)])
def test_a_large_file_arrives_in_parts_and_encrypted(gateway, s3, tmp_path, size, wishes, parts):
    big = tmp_path / "big"
    big.write_bytes(os.urandom(size))
    assert send(gateway, big, HISTORY, prefix=PREFIX, encoding="gzip", kms=radosgw.KMS_KEY, **wishes).message == ""
    head = s3.head_object(Bucket=BUCKET, Key=f"{PREFIX}/{HISTORY}")
    assert head["ETag"].endswith(f'-{parts}"') and head["ContentEncoding"] == "gzip"
    assert head["ServerSideEncryption"] == "aws:kms" and head["SSEKMSKeyId"] == radosgw.KMS_KEY
    assert s3.get_object(Bucket=BUCKET, Key=f"{PREFIX}/{HISTORY}")["Body"].read() == big.read_bytes()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


@pytest.mark.parametrize("wishes", [{}, {"part": 5 * MIB}])
def test_a_wrong_secret_is_refused_and_said(gateway, s3, tmp_path, wishes):
    big = tmp_path / "big"
    big.write_bytes(b"x" * (6 * MIB))
    done = send(gateway, big, "k", secret="wrong-secret-here", **wishes)
    assert done.code == "DENIED" and "SignatureDoesNotMatch" in done.message and "AWS_SECRET_ACCESS_KEY" in done.hint
    assert "wrong-secret-here" not in done.message + done.hint
    assert keys(s3) == [] and "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_a_bucket_that_is_not_there_is_named(gateway, file):
    done = put(gateway.endpoint, file, HISTORY, "no-such-bucket", {**KEYS, "AWS_SESSION_TOKEN": ""})
    assert done.code == "NOTFOUND" and 'there is no bucket "no-such-bucket"' in done.message


# The program itself: a channel from its check object to files read back.


@pytest.fixture(scope="module")
def home(gateway, recorded, tmp_path_factory):
    silt = program.Siltstone(tmp_path_factory.mktemp("rgw"))
    program.copy_store(recorded, silt.home / "silt.db")
    return silt


def channel(gateway, silt, name, env):
    return silt.run("channel", "set", name, "--store", silt.home / "silt.db", "--to", f"s3://{BUCKET}/{PREFIX}",
                    "--kms-key", radosgw.KMS_ARN, "--endpoint", gateway.endpoint, env=env)


def test_a_channel_delivers_history_and_snapshots(gateway, s3, home):
    store = home.home / "silt.db"
    env = home.environment(**KEYS)
    done = channel(gateway, home, "main", env)
    assert done.code == 0, done.err
    [check] = keys(s3)
    assert config_files.CHECK.match(check) and check.startswith(f"{PREFIX}/AWSLogs/")
    assert s3.head_object(Bucket=BUCKET, Key=check)["ContentLength"] == 0
    # The channel was set after the recording: what it has to deliver is what is recorded from now on.
    home.ok("snapshot", "--channel", "main", "--store", store, env=env)
    files = {}
    for key in [k for k in keys(s3) if not config_files.SEAL.match(k)]:
        head = s3.get_object(Bucket=BUCKET, Key=key)
        assert head["ContentType"] == "application/json" and head["ContentEncoding"] == "gzip"
        assert head["ServerSideEncryption"] == "aws:kms" and head["SSEKMSKeyId"] == radosgw.KMS_ARN
        if key != check:
            files[key] = config_files.check_file(key, head["Body"].read())[1]
    assert collections.Counter((ci["resourceType"], ci["resourceId"]) for items in files.values() for ci in items) == collections.Counter(
        tuple(r) for r in program.rows(store, "SELECT resource_type, resource_id FROM resources"))


def test_history_files_are_read_back_whole(gateway, s3, tmp_path):
    silt, store = program.Siltstone(tmp_path), tmp_path / "silt.db"
    env = silt.environment(**KEYS)
    assert channel(gateway, silt, "main", env).code == 0
    silt.ok("record", "--store", store, "--source", "host", "--types", "Siltstone::Host::Mount,Siltstone::Host::User")
    later = (int(time.time() * 1000) // (6 * HOUR) + 1) * 6 * HOUR + 60_000
    silt.ok("deliver", "--store", store, env={**env, "SILTSTONE_NOW_MS": str(later)})
    files = {k: s3.get_object(Bucket=BUCKET, Key=k)["Body"].read() for k in keys(s3) if "/ConfigHistory/" in k}
    assert len(files) == 2 and all("_Siltstone::Host::" in k and k.startswith(PREFIX) for k in files)
    items = [ci for body in files.values() for ci in json.loads(gzip.decompress(body))["configurationItems"]]
    assert len(items) == program.one(store, "SELECT count(*) FROM _item")


def test_a_channel_with_a_wrong_secret_says_so_and_is_kept(gateway, s3, tmp_path):
    silt, store = program.Siltstone(tmp_path), tmp_path / "silt.db"
    silt.ok("record", "--store", store, "--source", "host", "--types", "Siltstone::Host::Mount")
    wrong = silt.environment(**{**KEYS, "AWS_SECRET_ACCESS_KEY": "wrong-secret-here"})
    done = channel(gateway, silt, "main", wrong)
    assert done.code != 0 and "SignatureDoesNotMatch" in done.err and "wrong-secret-here" not in done.err
    assert silt.run("snapshot", "--channel", "main", "--store", store, env=wrong).code != 0
    [status] = [row for row in json.loads(silt.ok("channel", "status", "--store", store, "--format", "json").out) if row["stream"] == "snapshot"]
    assert status["status"] == "FAILURE" and "SignatureDoesNotMatch" in json.dumps(status), status
    assert "wrong-secret-here" not in json.dumps(status) and keys(s3) == []
    # With the right one it writes.
    assert channel(gateway, silt, "main", silt.environment(**KEYS)).code == 0
    assert len(keys(s3)) == 1
