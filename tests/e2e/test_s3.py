# SPDX-License-Identifier: Apache-2.0
"""Files into S3: against a server that checks every signature (s3_server.py), and against moto."""

import gzip
import json
import os
import pathlib
import re
import socket
import subprocess

import pytest
from s3_server import ACCESS_KEY, S3, SECRET_KEY, TOKEN, fail, go_on, hang_up

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SILTSTONE_BUILD", TOP / "build" / "dev")).resolve()
PROBE = BUILD / "tests" / "s3_probe"
KEY = "AWSLogs/123456789012/Config/eu-west-1/2026/2/3/ConfigSnapshot/a.json.gz"
MIB = 1 << 20
DENIED, NOTFOUND, REMOTE = 6, 3, 6


class Put:
    def __init__(self, run):
        lines = run.stderr.decode().split("\n") + ["", ""]
        self.status, self.where = run.returncode, run.stdout.decode().strip()
        self.code, self.message, self.hint = lines[:3]


def put(endpoint, file, key=KEY, bucket="archive", env=None, **wishes):
    words = [f"{name}={value}" for name, value in wishes.items()]
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_SESSION_TOKEN": TOKEN}
    clean = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    run = subprocess.run(
        [PROBE, endpoint, bucket, key, str(file), *words],
        env={**clean, **keys, **(env or {})},
        capture_output=True,
        timeout=60,
    )
    assert run.returncode >= 0, run.stderr
    return Put(run)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "one.json.gz"
    path.write_bytes(gzip.compress(b'{"fileVersion":"1.0"}'))
    return path


@pytest.fixture
def big(tmp_path):
    path = tmp_path / "big"
    path.write_bytes(os.urandom(11 * MIB + 1))
    return path


@pytest.fixture
def s3():
    with S3() as server:
        yield server


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "AWSLogs/1/ConfigHistory/1_Config_eu-west-1_ConfigHistory_AWS::EC2::Instance_1.json.gz",
        "dt=2026-02-03/accountId=1/resourceType=AWS::S3::Bucket/part.jsonl.gz",
        "with spaces and + and & and ? and # and %41 and 'quotes'",
        "größe/日本/\U0001f30b",
        "a//b///c/",
        "a/./b/../c",
        "~tilde-_.!*()@$,;:",
    ],
)
def test_any_key_arrives_with_a_good_signature(s3, file, key):
    done = put(s3.endpoint, file, key, region=s3.region)
    assert (s3.faults, done.message) == ([], "")
    assert s3.objects[key][1] == file.read_bytes()
    assert done.where == f"s3://archive/{key}"


def test_every_object_says_what_it_is(s3, file):
    key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    put(s3.endpoint, file, region=s3.region, encoding="gzip", kms=key_arn)
    headers, _ = s3.objects[KEY]
    sent = {name.lower(): value for name, value in headers.items()}
    assert s3.faults == []
    assert sent["content-type"] == "application/json"
    assert sent["content-encoding"] == "gzip"
    assert sent["x-amz-acl"] == "bucket-owner-full-control"
    assert sent["x-amz-server-side-encryption"] == "aws:kms"
    assert sent["x-amz-server-side-encryption-aws-kms-key-id"] == key_arn
    assert len(sent["x-amz-checksum-sha256"]) == 44
    assert "expect" not in sent and "transfer-encoding" not in sent


def test_without_a_kms_key_encryption_is_the_bucket_s_business(s3, file):
    put(s3.endpoint, file, region=s3.region)
    headers, _ = s3.objects[KEY]
    assert not [name for name in headers if "encryption" in name.lower() or "encoding" in name.lower()]


def test_a_prefix_stands_before_the_key(s3, file):
    done = put(s3.endpoint, file, "k", region=s3.region, prefix="o-abc/more")
    assert list(s3.objects) == ["o-abc/more/k"]
    assert done.where == "s3://archive/o-abc/more/k"


def test_an_empty_file_is_an_object_too(s3, tmp_path):
    nothing = tmp_path / "nothing"
    nothing.write_bytes(b"")
    assert put(s3.endpoint, nothing, "k", region=s3.region).status == 0
    assert s3.faults == [] and s3.objects["k"][1] == b""


@pytest.mark.parametrize("told", ["in the header", "in the body"])
def test_a_bucket_is_found_where_it_is(s3, file, told):
    s3.region_told = told
    assert put(s3.endpoint, file, times=2).status == 0
    assert s3.objects[KEY][1] == file.read_bytes()
    # Asked for once, then known.
    assert s3.methods().count("HEAD") == 1
    assert s3.methods()[-2:] == ["PUT", "PUT"]


@pytest.mark.parametrize("told", ["in the header", "in the body"])
def test_a_wrong_region_is_corrected_once_and_remembered(s3, file, told):
    s3.region_told = told
    assert put(s3.endpoint, file, region="us-west-2", times=2).status == 0
    assert s3.methods() == ["PUT", "PUT", "PUT"]


def test_a_redirect_without_a_region_is_looked_into(s3, file):
    s3.script = [fail(301, "PermanentRedirect")]
    assert put(s3.endpoint, file, region="us-west-2").status == 0
    assert s3.methods() == ["PUT", "HEAD", "PUT"]


def test_redirects_do_not_go_in_circles(s3, file):
    s3.script = [fail(301, "PermanentRedirect", [("x-amz-bucket-region", r)]) for r in ("eu-west-1", "eu-west-2")]
    done = put(s3.endpoint, file, region="us-west-2")
    assert done.status != 0 and "PermanentRedirect" in done.message
    assert s3.methods() == ["PUT", "PUT"]


def test_what_passes_is_tried_again(s3, file):
    s3.script = [fail(503, "SlowDown"), hang_up, go_on]
    assert put(s3.endpoint, file, region=s3.region).status == 0
    assert s3.methods() == ["PUT"] * 3
    assert s3.objects[KEY][1] == file.read_bytes()


@pytest.mark.parametrize(
    ("step", "code", "word", "attempts"),
    [(fail(503, "SlowDown"), "THROTTLED", "SlowDown", 6), (fail(500, "InternalError"), "REMOTE", "InternalError", 3),
     (hang_up, "REMOTE", "no answer", 3)],
)
def test_what_does_not_pass_is_told_after_all_attempts(s3, file, step, code, word, attempts):
    s3.script = [step] * 9
    done = put(s3.endpoint, file, region=s3.region)
    assert done.code == code
    assert done.message.startswith(f'put "s3://archive/{KEY}": ') and word in done.message
    assert s3.methods() == ["PUT"] * attempts


@pytest.mark.parametrize(
    ("status", "fault", "code", "hint"),
    [
        (404, "NoSuchBucket", "NOTFOUND", "aws s3 mb s3://archive"),
        (403, "AccessDenied", "DENIED", "s3:PutObject"),
        (403, "InvalidAccessKeyId", "DENIED", "AWS_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", "DENIED", "AWS_SECRET_ACCESS_KEY"),
        (403, "RequestTimeTooSkewed", "DENIED", "clock"),
    ],
)
def test_refusals_say_what_to_try(s3, file, status, fault, code, hint):
    s3.script = [fail(status, fault)]
    done = put(s3.endpoint, file, region=s3.region)
    assert done.code == code and hint in done.hint
    assert s3.methods() == ["PUT"]
    assert 'bucket "archive"' in done.message if fault == "NoSuchBucket" else fault in done.message


def test_a_wrong_secret_is_refused_and_not_repeated(s3, file):
    done = put(s3.endpoint, file, region=s3.region, env={"AWS_SECRET_ACCESS_KEY": "wrong-secret-here"})
    assert done.code == "DENIED" and s3.objects == {}
    for secret in ("wrong-secret-here", TOKEN):
        assert secret not in done.message + done.hint


def test_a_bucket_that_is_nowhere_is_missed_before_anything_is_sent(s3, file):
    s3.script = [fail(404, "")]
    done = put(s3.endpoint, file)
    assert done.status == NOTFOUND and 'there is no bucket "archive"' in done.message
    assert s3.methods() == ["HEAD"]


def test_a_name_that_cannot_be_a_bucket_is_refused(s3, file):
    assert put(s3.endpoint, file, bucket="a/b").code == "INVALID"
    assert s3.requests == []


def test_a_large_file_goes_in_parts(s3, big):
    done = put(s3.endpoint, big, "a::b=c", region=s3.region, part=5 * MIB, encoding="gzip", kms="arn:k")
    assert (s3.faults, done.message) == ([], "")
    headers, body = s3.objects["a::b=c"]
    sent = {name.lower(): value for name, value in headers.items()}
    assert body == big.read_bytes()
    assert s3.methods() == ["GET", "POST", "PUT", "PUT", "PUT", "POST"]
    assert sent["x-amz-acl"] == "bucket-owner-full-control" and sent["content-encoding"] == "gzip"
    assert sent["x-amz-server-side-encryption"] == "aws:kms" and sent["x-amz-checksum-algorithm"] == "SHA256"


def test_as_large_as_a_part_is_one_piece(s3, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"x" * MIB)
    put(s3.endpoint, file, region=s3.region, part=MIB)
    assert s3.methods() == ["PUT"]


def test_a_part_is_tried_again_by_itself(s3, big):
    s3.script = [go_on, go_on, go_on, fail(500, "InternalError"), hang_up, go_on]
    assert put(s3.endpoint, big, "k", region=s3.region, part=5 * MIB).status == 0
    assert s3.methods() == ["GET", "POST"] + ["PUT"] * 5 + ["POST"]
    assert s3.objects["k"][1] == big.read_bytes()


def test_an_upload_that_fails_is_aborted(s3, big):
    s3.script = [go_on, go_on, go_on, fail(403, "AccessDenied")]
    done = put(s3.endpoint, big, "k", region=s3.region, part=5 * MIB)
    assert done.code == "DENIED" and "part 2: AccessDenied" in done.message
    assert (s3.aborted, s3.uploads, s3.objects) == (1, {}, {})


def test_a_refusal_behind_a_200_is_seen(s3, big):
    s3.script = [go_on] * 5 + [fail(200, "InternalError")] * 3
    done = put(s3.endpoint, big, "k", region=s3.region, part=5 * MIB)
    assert done.code == "REMOTE" and "InternalError" in done.message
    assert (s3.aborted, s3.objects) == (1, {})


def test_where_nobody_listens_the_hint_says_so(file):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        done = put(f"http://127.0.0.1:{held.getsockname()[1]}", file)
    assert done.status == REMOTE and "no connection" in done.message and done.hint


# moto: what a whole S3 makes of it.


@pytest.fixture
def client(moto):
    moto.reset()
    client = moto.client("s3", "eu-west-1")
    client.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return client


def test_moto_keeps_content_headers_and_encryption(moto, client, file):
    key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    done = put(moto.endpoint, file, encoding="gzip", kms=key_arn)
    assert done.message == "" and done.where == f"s3://archive/{KEY}"
    head = client.head_object(Bucket="archive", Key=KEY, ChecksumMode="ENABLED")
    assert head["ContentType"] == "application/json" and head["ContentEncoding"] == "gzip"
    assert head["ServerSideEncryption"] == "aws:kms" and head["SSEKMSKeyId"] == key_arn
    assert head["ContentLength"] == file.stat().st_size
    body = client.get_object(Bucket="archive", Key=KEY)["Body"].read()
    assert json.loads(gzip.decompress(body)) == {"fileVersion": "1.0"}


def test_moto_has_no_such_bucket(moto, client, file):
    done = put(moto.endpoint, file, bucket="missing-bucket")
    assert done.status == NOTFOUND and 'there is no bucket "missing-bucket"' in done.message and done.hint
    done = put(moto.endpoint, file, bucket="missing-bucket", region="eu-west-1")
    assert done.status == NOTFOUND and 'there is no bucket "missing-bucket"' in done.message


def test_moto_denies_by_policy(moto, client, file):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::archive/*"}
    client.put_bucket_policy(Bucket="archive", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    done = put(moto.endpoint, file)
    assert done.status == DENIED and done.code == "DENIED" and "s3:PutObject" in done.hint
    assert client.list_objects_v2(Bucket="archive")["KeyCount"] == 0


def test_moto_puts_parts_together(moto, client, big):
    done = put(moto.endpoint, big, "AWS::EC2::Instance/big", part=5 * MIB, encoding="gzip")
    assert done.message == ""
    head = client.head_object(Bucket="archive", Key="AWS::EC2::Instance/big")
    assert re.fullmatch(r'"[0-9a-f]{32}-3"', head["ETag"]) and head["ContentEncoding"] == "gzip"
    assert client.get_object(Bucket="archive", Key="AWS::EC2::Instance/big")["Body"].read() == big.read_bytes()
    assert "Uploads" not in client.list_multipart_uploads(Bucket="archive")
