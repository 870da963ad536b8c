# SPDX-License-Identifier: Apache-2.0
"""What goes wrong outside: credentials, endpoints, answers, permissions, options, stores. Each time the
program says what, why and what to try, ends with the documented status, and the history is as it was."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import pytest

import emulator
import estate
import program
from fault_proxy import (HTML, Cut, Hang, Page, Slow, Status, Truncate, ec2_error, json_error,
                         query_error, s3_error)

ALL = ",".join(estate.REGIONS)
SECRET = "sEcReTkEyThAtMuStNeVeRbEsEeN0123456789ab"
VOLUME = "AWS::EC2::Volume"
FEW = "AWS::EC2::Volume,AWS::EC2::VPC,AWS::SQS::Queue"


def record(silt, store, endpoint, *more, types=FEW, regions="us-east-1", **kw):
    args = ["record", "--store", store, "--regions", regions, "--types", types]
    if endpoint:
        args += ["--endpoint", endpoint]
    return silt.run(*args, *more, **kw)


def said(r, code, *words):
    """One complaint, with something to try, and no secret."""
    assert r.code == code, f"exit {r.code}, not {code}\n{r.err}"
    assert r.err.startswith("siltstone: ") or "\nsiltstone: " in r.err, r.err
    for word in words:
        assert re.search(word, r.err, re.I), f"no \"{word}\" in:\n{r.err}"
    assert re.search(r"^\s*try: \S", r.err, re.M), f"nothing to try in:\n{r.err}"
    assert SECRET not in r.err + r.out


class Unchanged:
    """The items of a store, before and after."""

    def __init__(self, store):
        self.store, self.before = store, program.content(store)

    def __enter__(self):
        return self

    def __exit__(self, *failed):
        if not failed[0]:
            assert program.content(self.store) == self.before
            program.whole(self.store)


# ---------------------------------------------------------------- credentials

def test_without_credentials_it_says_where_it_looked(siltstone, store):
    r = siltstone.run("record", "--store", store, "--regions", "us-east-1", env=siltstone.environment(keys=False))
    said(r, 3, "credentials", "AWS_ACCESS_KEY_ID|environment", r"\.aws|profile")


def test_a_sweep_that_reached_nobody_is_a_gap_that_shows(siltstone, store_copy, proxy):
    env = siltstone.environment(keys=False)
    with Unchanged(store_copy):
        assert siltstone.run("record", "--store", store_copy, "--regions", "us-east-1", env=env).code == 3
    r = siltstone.run("status", "--store", store_copy)
    assert "0 of 1 looks complete" in r.out and "everything of default  failed: no AWS credentials" in r.out, r.out
    # A look at one thing does not hide what another look could not see.
    proxy.fault("DescribeVpcs", Status(403, query_error("UnauthorizedOperation", "no")))
    assert record(siltstone, store_copy, proxy.endpoint, types="AWS::EC2::VPC,AWS::EC2::Subnet").code == 7
    assert record(siltstone, store_copy, proxy.endpoint, types="AWS::EC2::Subnet").code == 0
    r = siltstone.run("status", "--store", store_copy)
    assert "AWS::EC2::VPC  us-east-1  failed" in r.out and "everything" not in r.out, r.out


def test_a_profile_that_is_not_there_is_named(siltstone, store):
    r = siltstone.run("record", "--store", store, "--regions", "us-east-1", "--profile", "nosuch",
                      env=siltstone.environment(keys=False))
    assert r.code in (2, 3)
    said(r, r.code, "nosuch")


def test_a_malformed_credentials_file_is_named_without_its_content(siltstone, store):
    aws = siltstone.home / ".aws"
    aws.mkdir()
    (aws / "credentials").write_text(f"[default]\naws_access_key_id = AK\naws_secret_access_key {SECRET}\n")
    r = siltstone.run("record", "--store", store, "--regions", "us-east-1", env=siltstone.environment(keys=False))
    assert r.code in (2, 3)
    said(r, r.code, "credentials")


def test_refused_credentials_end_it_at_once(siltstone, store_copy, proxy):
    proxy.fault("*", Status(403, query_error("InvalidClientTokenId", "The security token included in the request is invalid.")))
    env = siltstone.environment(AWS_ACCESS_KEY_ID="AKIAWRONG", AWS_SECRET_ACCESS_KEY=SECRET)
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint, env=env)
    said(r, 6, "InvalidClientTokenId|credential|token")
    assert len(proxy.ops()) <= 2, proxy.ops()


def test_keys_of_another_account_are_not_taken_for_it(siltstone, store_copy, proxy):
    env = siltstone.environment(AWS_ENDPOINT_URL=proxy.endpoint)
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, None, "--account", "999999999999", env=env)
    said(r, 2, "123456789012", "999999999999")


@pytest.fixture
def checking():
    """A moto that verifies signatures and policies, with one user who may do everything."""
    server = emulator.Moto()
    estate.regional(server, "us-east-1")
    iam = server.client("iam")
    iam.create_user(UserName="reader")
    iam.put_user_policy(UserName="reader", PolicyName="all", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    server.keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    server.post("/moto-api/reset-auth", b"0")
    yield server
    server.stop()


def test_signatures_are_right_and_a_wrong_secret_is_told(siltstone, store, checking):
    types = ",".join(t for t in estate.TYPES.split(",") if t.split("::")[1] in ("EC2", "SQS", "DynamoDB", "KMS", "IAM"))
    r = record(siltstone, store, checking.endpoint, types=types, env=siltstone.environment(**checking.keys))
    assert r.code == 0, r.err
    assert program.one(store, "SELECT count(*) FROM _item WHERE type = ?".replace("type = ?", "rid IN (SELECT rid FROM _resource WHERE type = ?)"), VOLUME) > 0
    wrong = siltstone.environment(**{**checking.keys, "AWS_SECRET_ACCESS_KEY": SECRET})
    with Unchanged(store):
        r = record(siltstone, store, checking.endpoint, types=types, env=wrong)
    said(r, 6, "SignatureDoesNotMatch|signature|secret")
    assert checking.keys["AWS_SECRET_ACCESS_KEY"].encode() not in store.read_bytes()


# ---------------------------------------------------------------- options

@pytest.mark.parametrize("args, words", [
    (["--regions", "mars"], ["mars"]),
    (["--regions", "us-east-1", "--types", "AWS::EC2::Instnce"], ["Instnce", r"try:.*AWS::EC2::Instance"]),
    (["--regions", "us-east-1", "--account", "12"], ["account", "12"]),
    (["--regions", "us-east-1", "--endpoint", "nonsense"], ["nonsense"]),
    (["--regions", "us-east-1", "--endpoint", "ftp://127.0.0.1/"], ["ftp"]),
    (["--regions", ""], ["region"]),
    (["--regoins", "us-east-1"], ["regoins", r"try:.*--regions"]),
    (["--regions"], ["regions"]),
    (["--kind", "aws"], ["--kind"]),
])
def test_record_refuses_options_that_cannot_be_meant(siltstone, store_copy, proxy, args, words):
    if "--endpoint" not in args:
        args = ["--endpoint", proxy.endpoint, *args]
    with Unchanged(store_copy):
        r = siltstone.run("record", "--store", store_copy, *args)
    said(r, 2, *words)
    assert not [op for op in proxy.ops() if op != "GetCallerIdentity"]


@pytest.mark.parametrize("args, code, words", [
    (["record", "--source", "nosuch"], 3, ["nosuch"]),
    (["items", "--since", "the day before"], 2, ["the day before"]),
    (["log", "--since", "2026-13-45"], 2, ["2026-13-45"]),
    (["ls", "--as-of", "noon-ish"], 2, ["noon-ish"]),
    (["show", "vol-nosuch"], 3, ["vol-nosuch"]),
    (["show", "AWS::EC2::Volume/vol-nosuch"], 3, ["vol-nosuch"]),
    (["items", "AWS::No::Such"], 3, ["AWS::No::Such"]),
    (["ls", "--format", "yaml"], 2, ["yaml"]),
    (["lst"], 2, ["lst", r"try:.*\bls\b"]),
    (["snapshot", "--to", "ftp://x"], 2, ["ftp://x"]),
    (["snapshot", "--to", "s3://"], 2, ["s3://"]),
    (["snapshot", "--as-of", "noon-ish", "--to", "dir:out"], 2, ["noon-ish"]),
    (["snapshot", "--as-of", "1999-01-01", "--to", "dir:out"], 3, ["1999"]),
    (["query", "SELECT nosuch FROM resources"], 2, ["nosuch"]),
    (["query", "DELETE FROM _item"], 2, ["read|write|not allowed|only"]),
])
def test_readers_refuse_what_cannot_be_meant(siltstone, store_copy, args, code, words):
    with Unchanged(store_copy):
        r = siltstone.run(*args, "--store", store_copy)
    said(r, code, *words)
    assert r.out == ""


def test_nothing_at_all_explains_itself(siltstone):
    r = siltstone.run()
    assert r.code == 2
    assert "record" in r.out + r.err and "snapshot" in r.out + r.err


# ---------------------------------------------------------------- stores

def test_a_store_that_is_not_there_is_not_made_by_reading(siltstone, store):
    r = siltstone.run("ls", "--store", store)
    said(r, 3, "silt.db")
    assert not store.exists()


def test_a_file_that_is_no_store_is_left_alone(siltstone, store, small):
    store.write_text("no database\n" * 1000)
    before = store.read_bytes()
    for args in (["ls"], ["record", "--endpoint", small.endpoint, "--regions", "us-east-1"], ["snapshot", "--to", "dir:x"]):
        said(siltstone.run(*args, "--store", store), 5, "silt.db")
        assert store.read_bytes() == before


def test_another_programs_database_is_left_alone(siltstone, store, small):
    db = sqlite3.connect(store)
    db.execute("CREATE TABLE mine (a)")
    db.commit()
    db.close()
    before = store.read_bytes()
    for args in (["ls"], ["record", "--endpoint", small.endpoint, "--regions", "us-east-1"]):
        said(siltstone.run(*args, "--store", store), 2, "silt.db", "not a Siltstone store")
        assert store.read_bytes() == before


def test_a_store_of_a_newer_program_is_left_alone(siltstone, store_copy, small):
    db = sqlite3.connect(store_copy)
    db.execute("PRAGMA user_version = 9999")
    db.commit()
    db.close()
    for args in (["ls"], ["record", "--endpoint", small.endpoint, "--regions", "us-east-1"]):
        with Unchanged(store_copy):
            said(siltstone.run(*args, "--store", store_copy), 5, "newer")


def test_a_folder_that_is_not_there_is_named(siltstone, tmp_path, small):
    r = siltstone.run("record", "--store", tmp_path / "no" / "such" / "silt.db", "--endpoint", small.endpoint, "--regions", "us-east-1")
    assert r.code in (3, 4)
    said(r, r.code, "no/such")


def test_a_locked_store_is_told_and_can_be_read(siltstone, store_copy, small):
    db = sqlite3.connect(store_copy, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    try:
        siltstone.ok("ls", "--store", store_copy)
        with Unchanged(store_copy):
            said(record(siltstone, store_copy, small.endpoint), 4, "lock|busy")
    finally:
        db.execute("ROLLBACK")
        db.close()


# ---------------------------------------------------------------- endpoints

def test_an_endpoint_nobody_listens_at(siltstone, store_copy):
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, f"http://127.0.0.1:{emulator.free_port()}")
    said(r, 6, "127.0.0.1", "connect|refused")


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize("account", [[], ["--account", "123456789012"]])
def test_an_endpoint_that_is_a_web_page(siltstone, store_copy, proxy, status, account):
    proxy.fault("*", Status(status, HTML, "text/html; charset=utf-8"))
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint, *account)
    said(r, 6)


def failed_look(store, type_=VOLUME, region="us-east-1"):
    look = program.looks(store)[type_, region]
    assert look.outcome in ("failed", "partial"), look
    assert look.reason, look
    return look


def others_are_complete(store, sweep_ms, but):
    for key, look in program.looks(store).items():
        if look.sweep_ms == sweep_ms and key != but:
            assert look.outcome == "complete", (key, look)


LOST = {
    "html-200": Status(200, HTML, "text/html"),
    "html-500": Status(500, HTML, "text/html"),
    "xml-500": Status(500, ec2_error("InternalError")),
    "throttled": Status(503, ec2_error("RequestLimitExceeded")),
    "denied": Status(403, ec2_error("UnauthorizedOperation", "You are not authorized")),
    "cut": Cut(),
    "truncated": Truncate(0.5),
    "truncated-unseen": Truncate(0.5, lie=True),
    "empty": Status(200, b"", "text/xml"),
    "not-xml": Status(200, b"\x00\xff\xfe garbage", "text/xml"),
    "other-answer": Status(200, "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"),
}


@pytest.mark.parametrize("how", LOST)
def test_a_listing_that_fails_deletes_nothing_and_holds_up_no_other(siltstone, store_copy, proxy, how):
    proxy.fault("DescribeVolumes", LOST[how])
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint)
    assert r.code == 7, (r.code, r.err)
    look = failed_look(store_copy)
    assert VOLUME in r.err and "us-east-1" in r.err, r.err
    others_are_complete(store_copy, look.sweep_ms, (VOLUME, "us-east-1"))
    assert program.one(store_copy, "SELECT count(*) FROM resources WHERE resource_type = ?", VOLUME) > 0


NOTHING = {
    "ec2": ("AWS::EC2::Volume", "Describe*", "<DescribeVolumesResponse/>", "text/xml"),
    "s3": ("AWS::S3::Bucket", "GET *", "<Nothing/>", "application/xml"),
    "s3-headers": ("AWS::S3::Bucket", "GET *", "", "application/xml"),
    "json": ("AWS::DynamoDB::Table", "*", "{}", "application/x-amz-json-1.0"),
    "json-empty": ("AWS::DynamoDB::Table", "*", "", "application/x-amz-json-1.0"),
    "json-message": ("AWS::SQS::Queue", "*", '{"message": "We are closed"}', "application/json"),
    "steps": ("AWS::DynamoDB::Table", "DescribeTable", "{}", "application/x-amz-json-1.0"),
    "query": ("AWS::IAM::Role", "*", "<GetAccountAuthorizationDetailsResponse/>", "text/xml"),
}


@pytest.mark.parametrize("how", NOTHING)
def test_answers_that_say_nothing_delete_nothing(siltstone, store_copy, proxy, how):
    """A gateway that answers everything with 200 and nothing in it: an empty listing is believed only
    where a read of the one resource says that it is gone."""
    type_, op, body, kind = NOTHING[how]
    proxy.fault(op, Status(200, body, kind))
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint, "--account", "123456789012", types=type_)
    assert r.code in (0, 6, 7), r.err
    assert program.one(store_copy, "SELECT count(*) FROM resources WHERE resource_type = ?", type_) > 0


@pytest.mark.parametrize("type_, op, answer, code", [
    ("AWS::EC2::Volume", "DescribeVolumes", Status(403, ec2_error("UnauthorizedOperation")), "UnauthorizedOperation"),
    ("AWS::DynamoDB::Table", "ListTables", Status(400, json_error("AccessDeniedException"), "application/x-amz-json-1.0"), "AccessDeniedException"),
    ("AWS::S3::Bucket", "GET /*", Status(403, s3_error("AccessDenied"), "application/xml"), "AccessDenied"),
    ("AWS::IAM::Role", "GetAccountAuthorizationDetails", Status(403, query_error("AccessDenied")), "AccessDenied"),
])
def test_a_denied_listing_is_a_look_with_the_services_own_code(siltstone, store_copy, proxy, type_, op, answer, code):
    proxy.fault(op, answer)
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint, types=f"{type_},AWS::EC2::VPC")
    assert r.code == 7, r.err
    look = [v for (t, _), v in program.looks(store_copy).items() if t == type_ and v.outcome != "complete"]
    assert len(look) == 1 and look[0].code == code and look[0].reason, look
    assert code in r.err or "denied" in r.err.lower() or "not allow" in r.err.lower(), r.err


def test_everything_denied_is_an_error_of_the_whole(siltstone, store_copy, proxy):
    proxy.fault("Describe*", Status(403, ec2_error("UnauthorizedOperation")))
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint, types="AWS::EC2::Volume,AWS::EC2::VPC")
    said(r, 6, "UnauthorizedOperation|denied|allow")


PASSING = {
    "throttled": (Status(400, ec2_error("Throttling")), 2),
    "429": (Status(429, "slow down", "text/plain"), 2),
    "500": (Status(500, ec2_error("InternalError")), 2),
    "503": (Status(503, ec2_error("Unavailable")), 1),
    "cut": (Cut(), 1),
    "truncated": (Truncate(0.3), 1),
}


@pytest.mark.parametrize("how", PASSING)
def test_what_passes_is_tried_again(siltstone, store_copy, proxy, how):
    what, times = PASSING[how]
    f = proxy.fault("DescribeVolumes", what, times=times)
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint, types=VOLUME)
    assert r.code == 0, r.err
    assert f["hits"] == times and proxy.ops().count("DescribeVolumes") == times + 1
    assert program.looks(store_copy)[VOLUME, "us-east-1"].outcome == "complete"


def test_a_slow_answer_is_waited_for(siltstone, store_copy, proxy):
    proxy.fault("DescribeVolumes", Slow(2))
    with Unchanged(store_copy):
        assert record(siltstone, store_copy, proxy.endpoint, types=VOLUME).code == 0


# ---------------------------------------------------------------- deletions

@pytest.fixture
def volume(small):
    """A volume of its own that a test may delete."""
    ec2 = small.client("ec2")
    v = ec2.create_volume(AvailabilityZone="us-east-1a", Size=9)["VolumeId"]
    yield v
    if any(x["VolumeId"] == v for x in ec2.describe_volumes()["Volumes"]):
        ec2.delete_volume(VolumeId=v)


@pytest.fixture
def with_volume(siltstone, store_copy, small, volume):
    assert record(siltstone, store_copy, small.endpoint, types=VOLUME).code == 0
    return store_copy


def status_of(store, id_):
    return program.one(store, "SELECT status FROM history WHERE resource_id = ? ORDER BY version DESC", id_)


def test_what_is_gone_is_recorded_as_deleted(siltstone, with_volume, small, volume):
    small.client("ec2").delete_volume(VolumeId=volume)
    assert record(siltstone, with_volume, small.endpoint, types=VOLUME).code == 0
    assert status_of(with_volume, volume) == "ResourceDeleted"


def test_gone_with_a_denied_confirmation_stays(siltstone, with_volume, small, proxy, volume):
    small.client("ec2").delete_volume(VolumeId=volume)
    f = proxy.fault("DescribeVolumes", Status(403, ec2_error("UnauthorizedOperation")), skip=1)
    with Unchanged(with_volume):
        r = record(siltstone, with_volume, proxy.endpoint, types=VOLUME)
    assert r.code == 7, r.err
    assert f["hits"] >= 1
    failed_look(with_volume)
    # The next sweep that may ask makes it good.
    assert record(siltstone, with_volume, small.endpoint, types=VOLUME).code == 0
    assert status_of(with_volume, volume) == "ResourceDeleted"


def test_a_resource_its_listing_leaves_out_is_not_deleted(siltstone, with_volume, proxy, volume):
    drop = Page(lambda body: re.sub(rb"<volumeSet>.*</volumeSet>", b"<volumeSet/>", body, flags=re.S))
    f = proxy.fault("DescribeVolumes", drop, times=1)
    with Unchanged(with_volume):
        r = record(siltstone, with_volume, proxy.endpoint, types=VOLUME)
    assert f["hits"] == 1
    assert r.code in (0, 7), r.err


def test_one_region_failing_does_not_hold_up_the_other(siltstone, with_volume, small, proxy, volume):
    small.client("ec2").delete_volume(VolumeId=volume)
    proxy.fault("DescribeVolumes", Status(403, ec2_error("UnauthorizedOperation")), region="eu-west-1")
    r = record(siltstone, with_volume, proxy.endpoint, types=VOLUME, regions=ALL)
    assert r.code == 7, r.err
    assert program.looks(with_volume)[VOLUME, "eu-west-1"].outcome == "failed"
    assert program.looks(with_volume)[VOLUME, "us-east-1"].outcome == "complete"
    assert status_of(with_volume, volume) == "ResourceDeleted"
    irish = program.rows(with_volume, "SELECT 1 FROM resources WHERE resource_type = ? AND region = 'eu-west-1'", VOLUME)
    assert irish


def test_a_part_that_may_not_be_read_is_no_change_of_it(siltstone, store_copy, proxy, small):
    small.client("s3").put_bucket_policy(Bucket="plain-bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::plain-bucket/*"}]}))
    assert record(siltstone, store_copy, small.endpoint, types="AWS::S3::Bucket", regions=ALL).code == 0
    proxy.fault("GET /plain-bucket*policy*", Status(403, s3_error("AccessDenied"), "application/xml"))
    with Unchanged(store_copy):
        r = record(siltstone, store_copy, proxy.endpoint, types="AWS::S3::Bucket", regions=ALL)
    assert r.code == 7, r.err
    assert "policy" in r.err.lower(), r.err


# ---------------------------------------------------------------- stopping

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_sweep_writes_nothing(siltstone, store_copy, proxy, number):
    proxy.fault("DescribeVolumes", Hang())
    with Unchanged(store_copy):
        p = siltstone.start("record", "--store", store_copy, "--endpoint", proxy.endpoint, "--regions", "us-east-1",
                            "--types", FEW, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while "DescribeVpcs" not in proxy.ops():
            assert time.monotonic() < deadline and p.poll() is None
            time.sleep(0.01)
        began = time.monotonic()
        p.send_signal(number)
        _, err = p.communicate(timeout=30)
        assert time.monotonic() - began < 5
    assert p.returncode == 130, err


def test_output_nobody_reads_ends_it_quietly(siltstone, store_copy):
    p = siltstone.start("items", "--store", store_copy, "--format", "jsonl", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p.stdout.close()
    err = p.stderr.read()
    p.wait(30)
    assert b"Sanitizer" not in err and p.returncode in (0, 130, -signal.SIGPIPE, 141), (p.returncode, err)


def test_a_full_disk_under_the_output_is_an_error(siltstone, store_copy):
    with open("/dev/full", "w") as full:
        p = siltstone.start("items", "--store", store_copy, "--format", "jsonl", stdout=full, stderr=subprocess.PIPE)
        err = p.communicate(timeout=30)[1]
    assert p.returncode == 4, err
    assert b"siltstone: " in err


# ---------------------------------------------------------------- snapshots

def test_a_bucket_that_is_not_there(siltstone, store_copy, small):
    with Unchanged(store_copy):
        r = siltstone.run("snapshot", "--store", store_copy, "--to", "s3://no-such-bucket-here/p", "--endpoint", small.endpoint)
    said(r, 3, "no-such-bucket-here")
    row = program.rows(store_copy, "SELECT done_ms, tries, error FROM _outbox")
    assert row and all(done is None and error for done, _, error in row), row


@pytest.mark.parametrize("answer, code", [
    (Status(403, s3_error("AccessDenied"), "application/xml"), 6),
    (Status(500, HTML, "text/html"), 6),
    (Status(503, s3_error("SlowDown"), "application/xml"), 6),
    (Cut(), 6),
])
def test_a_bucket_that_takes_nothing(siltstone, store_copy, proxy, small, answer, code):
    small.client("s3").create_bucket(Bucket="refusing")
    proxy.fault("PUT *", answer)
    with Unchanged(store_copy):
        r = siltstone.run("snapshot", "--store", store_copy, "--to", "s3://refusing/p", "--endpoint", proxy.endpoint)
    said(r, code, "refusing")
    assert small.client("s3").list_objects_v2(Bucket="refusing").get("KeyCount") == 0


@pytest.mark.parametrize("answer", [Status(503, s3_error("SlowDown"), "application/xml"), Status(500, b""), Cut()])
def test_a_put_that_fails_once_is_sent_again_whole(siltstone, store_copy, proxy, small, answer):
    s3 = small.client("s3")
    bucket = f"again-{type(answer).__name__.lower()}-{getattr(answer, 'status', 0)}"
    s3.create_bucket(Bucket=bucket)
    f = proxy.fault("PUT *", answer, times=1)
    siltstone.ok("snapshot", "--store", store_copy, "--to", f"s3://{bucket}", "--endpoint", proxy.endpoint)
    assert f["hits"] == 1
    import gzip
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert len(listed) == len(estate.REGIONS)
    for o in listed:
        json.loads(gzip.decompress(s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read()))


def test_a_directory_that_cannot_be_written(siltstone, store_copy, tmp_path):
    (tmp_path / "file").write_text("")
    with Unchanged(store_copy):
        r = siltstone.run("snapshot", "--store", store_copy, "--to", f"dir:{tmp_path}/file/below")
    assert r.code in (3, 4)
    said(r, r.code, "file/below|file")


# ---------------------------------------------------------------- secrets

def test_no_secret_is_kept_or_shown(siltstone, store, proxy):
    env = siltstone.environment(AWS_ACCESS_KEY_ID="AKIAVISIBLE", AWS_SECRET_ACCESS_KEY=SECRET, AWS_SESSION_TOKEN=SECRET + "tok")
    proxy.fault("DescribeVolumes", Status(403, ec2_error("UnauthorizedOperation")))
    r = record(siltstone, store, proxy.endpoint, env=env)
    assert r.code == 7
    kept = b"".join(p.read_bytes() for p in store.parent.glob("silt.db*"))
    assert SECRET.encode() not in kept and SECRET not in r.out + r.err
