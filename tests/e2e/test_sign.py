# SPDX-License-Identifier: Apache-2.0
"""Our signatures against those of botocore, request by request."""

import hashlib
import os
import pathlib
import random
import subprocess
from urllib.parse import quote, unquote, unquote_plus

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SILTSTONE_BUILD", TOP / "build" / "dev")).resolve()
PROBE = BUILD / "tests" / "sign_probe"

ACCESS = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLETOKEN//+=="
NOW_MS = 1440938160000
STAMP = "20150830T123600Z"
EMPTY = hashlib.sha256(b"").hexdigest()

PATHS = [
    "/", "/a", "/a/b/", "/AWS::EC2::Instance/x", "/AWS%3A%3AEC2%3A%3AInstance", "/year=2026/m=11",
    "/caf\u00e9", "/caf%C3%A9/%f0%9f%92%a7", "/a b", "/a%20b", "/a+b", "/a%2Bb", "/a//b", "/a/../b",
    "/./a/.", "/a%2Fb", "/100%25", "/~user/-._", "/(paren)'s*!", "/arn:aws:lambda:eu-west-1:1:function:f",
    "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/invocations",
    "/$file@x,y;z&w",
]
QUERIES = [
    "", "uploads", "versioning=", "b=2&a=1", "a=2&a=1", "a&a=&b", "Action=ListUsers&Version=2010-05-08",
    "prefix=AWSLogs/1/Config&delimiter=/", "uploadId=a/b%2Bc%3D%3D&partNumber=1", "k=%2f&K=%2F",
    "list-type=2&start-after=AWS::EC2::Volume", "a-b=1&a=2&ab=3&a.b=4&a_b=5", "x=a%20b&y=%e2%82%ac",
    "marker=", "a=b=c", "q=%7E~",
]
HEADERS = [
    [],
    [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
    [("X-Amz-Target", "StarlingDoveService.DescribeConfigRules"), ("Content-Type", "application/x-amz-json-1.1")],
    [("X-Spaced", "  a   b\t c  "), ("x-amz-acl", "bucket-owner-full-control")],
    [("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:eu-west-1:1:key/k"),
     ("x-amz-server-side-encryption", "aws:kms")],
    [("X-Twice", "b"), ("x-twice", "a  a"), ("Range", "bytes=0-9")],
    [("X-Empty", ""), ("x-amz-meta-name", "caf\u00e9")],
]
SERVICES = [("s3", "eu-west-1"), ("ec2", "us-east-1"), ("lambda", "ap-southeast-2"), ("config", "eu-central-1")]
HOSTS = ["bucket.s3.eu-west-1.amazonaws.com", "localhost:4566", "127.0.0.1:20080"]
HASHES = [EMPTY, "UNSIGNED-PAYLOAD", hashlib.sha256(b"{}").hexdigest()]


def generate():
    """Every path, query and set of headers at least once, the rest by a fixed seed."""
    pick = random.Random(20150830)
    for i in range(66):
        service, region = SERVICES[i % len(SERVICES)] if i % 3 else SERVICES[0]
        yield {
            "method": pick.choice(["GET", "PUT", "POST", "DELETE", "HEAD"]),
            "service": service, "region": region, "host": pick.choice(HOSTS),
            "path": PATHS[i % len(PATHS)], "query": QUERIES[(i * 5 + i // len(PATHS)) % len(QUERIES)],
            "headers": HEADERS[(i * 3 + i // len(HEADERS)) % len(HEADERS)],
            "token": TOKEN if pick.random() < 0.4 else None, "hash": pick.choice(HASHES),
        }


def ours(requests):
    text = ""
    for r in requests:
        text += (f"method {r['method']}\nservice {r['service']}\nregion {r['region']}\nnow_ms {NOW_MS}\n"
                 f"host {r['host']}\npath {r['path']}\nquery {r['query']}\naccess {ACCESS}\nsecret {SECRET}\n"
                 f"hash {r['hash']}\n")
        text += f"token {r['token']}\n" if r["token"] else ""
        text += "".join(f"header {k}:{v}\n" for k, v in r["headers"]) + "\n"
    run = subprocess.run([PROBE], input=text.encode(), capture_output=True, timeout=60, check=True)
    return run.stdout.decode().splitlines()


def theirs(r, as_sent=False):
    """botocore signs what its own client would send. S3 decodes what it received, so for it a
    raw request is first brought to the spelling botocore would have sent."""
    signer = (S3SigV4Auth if r["service"] == "s3" else SigV4Auth)(
        Credentials(ACCESS, SECRET, r["token"]), r["service"], r["region"])
    path = r["path"]
    if r["service"] == "s3" and not as_sent:
        path = quote(unquote(path), safe="/-_.~")
    url = f"http://{r['host']}{path}"
    request = AWSRequest(method=r["method"], url=url + (f"?{r['query']}" if as_sent and r["query"] else ""))
    if not as_sent:
        pairs = [p.partition("=") for p in r["query"].split("&") if p]
        request.params = [(unquote_plus(k), unquote_plus(v)) for k, _, v in pairs]
    for k, v in r["headers"]:
        request.headers.add_header(k, v)
    request.headers["Host"] = r["host"]
    request.headers["X-Amz-Date"] = STAMP
    request.headers["X-Amz-Content-SHA256"] = r["hash"]
    if r["token"]:
        request.headers["X-Amz-Security-Token"] = r["token"]
    request.context["timestamp"] = STAMP
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    names = signer.signed_headers(signer.headers_to_sign(request))
    return (f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, "
            f"Signature={signature}"), canonical


def test_the_generated_requests_cover_every_part():
    requests = list(generate())
    assert {r["path"] for r in requests} == set(PATHS)
    assert {r["query"] for r in requests} == set(QUERIES)
    assert {str(r["headers"]) for r in requests} == {str(h) for h in HEADERS}
    assert {r["service"] for r in requests} == {s for s, _ in SERVICES}
    assert any(r["token"] for r in requests) and not all(r["token"] for r in requests)


def test_every_signature_equals_botocores():
    requests = list(generate())
    answers = ours(requests)
    assert len(answers) == len(requests) >= 60
    for r, answer in zip(requests, answers):
        expected, canonical = theirs(r)
        assert answer == expected, f"{r}\n{canonical}"


@pytest.mark.parametrize("service", ["s3", "ec2"])
def test_a_request_in_strict_spelling_needs_no_bringing_to_it(service):
    """The same comparison without any canonicalising by this test."""
    requests = [
        {"method": "GET", "service": service, "region": "eu-west-1", "host": "h", "token": TOKEN,
         "path": path, "query": query, "headers": HEADERS[4], "hash": EMPTY}
        for path in ["/", "/AWS%3A%3AEC2/caf%C3%A9", "/a/b%20c/", "/a%2Bb~-._"]
        for query in ["", "a=1&b=2", "prefix=A%2FB&uploads="]]
    for r, answer in zip(requests, ours(requests), strict=True):
        assert answer == theirs(r, as_sent=True)[0], r
