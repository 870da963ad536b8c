# SPDX-License-Identifier: Apache-2.0
"""Signatures of botocore, and of our own signer, as the daemon judges them, request by request."""

import copy
import datetime
import hashlib
import random
import subprocess
from urllib.parse import urlsplit

import botocore.auth
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import program
import test_sign

PROBE = program.BUILD / "tests" / "verify_probe"
ACCESS, SECRET = "SILTEXAMPLEKEY234567", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime.datetime(2026, 11, 23, 12, 0, 0)
NOW_MS = int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)
TARGET = "StarlingDoveService.DescribeConfigRules"
JSON = "application/x-amz-json-1.1"
HOSTS = ["127.0.0.1:8470", "localhost", "[::1]:8470", "config.example:443"]
BODIES = [b"", b"{}", b'{"ConfigRuleNames":["r\xc3\xa9gle"]}', bytes(range(256)), b"x" * 70000]
QUERIES = ["", "b=2&a=1", "a=2&a=1", "x=a%20b&y=%E2%82%AC", "q=~", "k=%2F&K=%2F", "marker=", "a-b=1&a=2&ab=3&a.b=4"]
PATHS = ["/", "/healthz", "/a/b/", "/caf%C3%A9", "/a%20b", "/AWS%3A%3AEC2%3A%3AInstance/x", "/~user/-._", "/a%2Fb"]
EXTRA = [
    [],
    [("X-Amz-Target", TARGET), ("Content-Type", JSON)],
    [("X-Spaced", "  a   b\t c  "), ("X-Amz-Meta-Name", "v")],
    [("amz-sdk-invocation-id", "0-1"), ("amz-sdk-request", "attempt=1; max=3"), ("X-Amz-Target", TARGET)],
    [("X-Empty", ""), ("Range", "bytes=0-9")],
]


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """botocore signs at NOW."""
    stamp = lambda remove_tzinfo=True: NOW if remove_tzinfo else NOW.replace(tzinfo=datetime.timezone.utc)  # noqa: E731
    if hasattr(botocore.auth, "get_current_datetime"):
        monkeypatch.setattr(botocore.auth, "get_current_datetime", stamp)
    else:
        class Clock(datetime.datetime):
            @classmethod
            def utcnow(cls):
                return NOW

        monkeypatch.setattr(botocore.auth.datetime, "datetime", Clock)


def signed(method="POST", path="/", query="", host=HOSTS[0], headers=EXTRA[1], body=b"{}", region="eu-west-1", service="config",
           expires=None, said_hash=False, secret=SECRET, token=None):
    """What botocore's client would send."""
    request = AWSRequest(method=method, url=f"http://{host}{path}" + (f"?{query}" if query else ""), data=body)
    for k, v in headers:
        request.headers.add_header(k, v)
    if said_hash:
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
    keys = Credentials(ACCESS, secret, token)
    if expires:
        SigV4QueryAuth(keys, service, region, expires=expires).add_auth(request)
    else:
        SigV4Auth(keys, service, region).add_auth(request)
    url = urlsplit(request.url)
    return {"method": method, "target": url.path + (f"?{url.query}" if url.query else ""), "body": body,
            "headers": [*((k, v) for k, v in request.headers.items() if k.lower() != "host"), ("Host", host)]}


def judged(requests, now_ms=NOW_MS, access=ACCESS, secret=SECRET):
    text = ""
    for r in requests:
        text += f"method {r['method']}\ntarget {r['target']}\nnow_ms {r.get('now_ms', now_ms)}\naccess {access}\nsecret {secret}\n"
        text += f"body {r['body'].hex()}\n" + "".join(f"header {k}:{v}\n" for k, v in r["headers"]) + "\n"
    run = subprocess.run([PROBE], input=text.encode(), capture_output=True, timeout=60, check=True)
    return run.stdout.decode().splitlines()


def judge(request, **kw):
    return judged([request], **kw)[0]


def header(request, name):
    return next(v for k, v in request["headers"] if k.lower() == name.lower())


def with_header(request, name, value):
    r = copy.deepcopy(request)
    r["headers"] = [(k, value if k.lower() == name.lower() else v) for k, v in r["headers"]]
    return r


def test_whatever_botocore_signs_verifies():
    pick = random.Random(20261123)
    requests = []
    for i in range(240):
        body = BODIES[i % len(BODIES)]
        requests.append(signed(
            method=pick.choice(["POST", "GET", "PUT", "DELETE", "HEAD"]), path=PATHS[i % len(PATHS)], query=QUERIES[(i * 5) % len(QUERIES)],
            host=pick.choice(HOSTS), headers=EXTRA[(i * 3) % len(EXTRA)], body=body, region=pick.choice(["eu-west-1", "us-gov-east-1"]),
            said_hash=pick.random() < 0.4))
    for r, said in zip(requests, judged(requests), strict=True):
        assert said.startswith(f"ok {ACCESS} "), (r, said)


def test_presigned_urls_verify_until_they_expire():
    for method in ("GET", "HEAD"):
        for query in QUERIES:
            r = signed(method=method, path="/pages/x", query=query, headers=[], body=b"", expires=600)
            assert judge(r) == f"ok {ACCESS} eu-west-1"
            assert judge(r, now_ms=NOW_MS + 599_000).startswith("ok")
            assert judge(r, now_ms=NOW_MS + 601_000).startswith("InvalidSignatureException Signature expired: ")
            assert judge(r, now_ms=NOW_MS - 901_000).startswith("InvalidSignatureException Signature not yet current: ")
    assert judge(signed(method="POST", headers=[], expires=600)).startswith("IncompleteSignatureException")
    r = signed(method="GET", headers=[], body=b"", expires=600)
    for change in (("Expires=600", "Expires=601"), ("eu-west-1", "eu-west-2"), ("/?", "/x?"), ("SignedHeaders=host", "SignedHeaders=")):
        assert change[0] in r["target"]
        assert not judge({**r, "target": r["target"].replace(*change)}).startswith("ok")
    for more in ("&X-Amz-Expires=600", "&x=1", "&X-Amz-Signature=0", "&X-Amz-Security-Token=t"):
        assert not judge({**r, "target": r["target"] + more}).startswith("ok")
    assert not judge({**r, "headers": [*r["headers"], ("X-Amz-Target", TARGET)]}).startswith("ok")
    assert not judge({**r, "body": b"x"}).startswith("ok")
    assert not judge({**r, "headers": [*r["headers"], ("Authorization", "AWS4-HMAC-SHA256 x")]}).startswith("ok")


def test_a_payload_that_is_not_signed_is_for_presigned_urls_alone():
    request = AWSRequest(method="GET", url="http://h/p")

    class Unsigned(SigV4QueryAuth):
        def payload(self, request):
            return "UNSIGNED-PAYLOAD"

    Unsigned(Credentials(ACCESS, SECRET), "config", "eu-west-1", expires=60).add_auth(request)
    url = urlsplit(request.url)
    r = {"method": "GET", "target": f"{url.path}?{url.query}", "body": b"", "headers": [("Host", "h")]}
    assert judge(r).startswith("ok")
    assert not judge({**r, "body": b"x"}).startswith("ok")

    class UnsignedHeader(SigV4Auth):
        def payload(self, request):
            return "UNSIGNED-PAYLOAD"

    for said in (True, False):
        request = AWSRequest(method="POST", url="http://h/", data=b"{}")
        if said:
            request.headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
        UnsignedHeader(Credentials(ACCESS, SECRET), "config", "eu-west-1").add_auth(request)
        r = {"method": "POST", "target": "/", "body": b"{}", "headers": [*request.headers.items(), ("Host", "h")]}
        assert judge(r).startswith("InvalidSignatureException")


def test_whatever_is_changed_is_found_out():
    r = signed(query="a=1", headers=[*EXTRA[1], ("X-Amz-Meta-A", "1")], said_hash=True)
    assert judge(r).startswith("ok")
    authorization = header(r, "Authorization")
    wrong = "InvalidSignatureException The request signature we calculated does not match the signature you provided."
    flipped = authorization[:-1] + ("0" if authorization[-1] != "0" else "1")
    changed = [
        ({**r, "method": "PUT"}, wrong),
        ({**r, "target": "/x?a=1"}, wrong),
        ({**r, "target": "/?a=2"}, wrong),
        ({**r, "target": "/?a=1&b"}, wrong),
        ({**r, "body": b"{} "}, "InvalidSignatureException"),
        (with_header(r, "Host", "127.0.0.1:8471"), wrong),
        (with_header(r, "X-Amz-Target", "StarlingDoveService.DeleteConfigRule"), wrong),
        (with_header(r, "X-Amz-Meta-A", "2"), wrong),
        (with_header(r, "X-Amz-Date", "20261123T120001Z"), wrong),
        (with_header(r, "X-Amz-Content-SHA256", hashlib.sha256(b"x").hexdigest()), "InvalidSignatureException"),
        (with_header(r, "Authorization", flipped), wrong),
        (with_header(r, "Authorization", authorization[:-1]), "InvalidSignatureException"),
        (with_header(r, "Authorization", authorization.upper()), "IncompleteSignatureException"),
        (with_header(r, "Authorization", authorization.replace("eu-west-1", "us-east-1")), wrong),
        (with_header(r, "Authorization", authorization.replace("/config/", "/s3/")),
         "InvalidSignatureException Credential should be scoped to correct service: 'config'."),
        (with_header(r, "Authorization", authorization.replace("20261123", "20261122")),
         "InvalidSignatureException Date in Credential scope does not match"),
        (with_header(r, "Authorization", authorization.replace(ACCESS, "SILTOTHERKEY23456777")),
         "UnrecognizedClientException The security token included in the request is invalid."),
        (with_header(r, "Authorization", authorization.replace("aws4_request", "aws5_request")), "IncompleteSignatureException"),
        (with_header(r, "Authorization", authorization.replace("host;", "")), "InvalidSignatureException"),
        (with_header(r, "Authorization", authorization.replace("host;", "host;host;")), "InvalidSignatureException"),
        (with_header(r, "Authorization", authorization.replace("SignedHeaders=", "SignedHeaders=x-nosuch;")), "InvalidSignatureException"),
        (with_header(r, "Authorization", authorization.replace(";x-amz-target", "")), "InvalidSignatureException There were headers"),
        (with_header(r, "Authorization", authorization.replace("host;", "Host;")), "InvalidSignatureException SignedHeaders"),
        (with_header(r, "Authorization", authorization + ", Signature=" + authorization[-64:]), "IncompleteSignatureException"),
        (with_header(r, "Authorization", authorization.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")), "IncompleteSignatureException"),
        (with_header(r, "Authorization", "AWS4-HMAC-SHA256"), "IncompleteSignatureException Authorization header requires 'Credential'"),
        ({**r, "headers": [h for h in r["headers"] if h[0] != "X-Amz-Date"]}, "IncompleteSignatureException Authorization header requires existence"),
        ({**r, "headers": [h for h in r["headers"] if h[0] != "Authorization"]}, "MissingAuthenticationTokenException Missing Authentication Token"),
        ({**r, "headers": [*r["headers"], ("X-Amz-Unsigned", "1")]}, "InvalidSignatureException There were headers present"),
        ({**r, "headers": [*r["headers"], ("X-Amz-Target", TARGET)]}, "InvalidSignatureException"),
        ({**r, "headers": [*r["headers"], ("Authorization", authorization)]}, "InvalidSignatureException"),
        ({**r, "headers": [*r["headers"], ("Host", HOSTS[0])]}, "InvalidSignatureException"),
        ({**r, "headers": [*r["headers"], ("x-amz-security-token", "t")]}, "InvalidSignatureException"),
        ({**r, "target": "/?a=1&X-Amz-Signature=0"}, "IncompleteSignatureException"),
        (signed(token="FwoGZXIvYXdz"), "UnrecognizedClientException The security token included in the request is invalid."),
        (signed(secret=SECRET + "x"), wrong),
        (signed(region="eu_west!"), "InvalidSignatureException Credential should be scoped to a valid region."),
    ]
    for (_, expected), said in zip(changed, judged([c for c, _ in changed]), strict=True):
        assert said.startswith(expected), (said, expected)


def test_what_is_not_signed_and_says_nothing_of_it_may_change():
    r = signed()
    assert judge({**r, "headers": [*r["headers"], ("User-Agent", "x"), ("X-Amzn-Trace-Id", "y"), ("Accept", "*/*")]}).startswith("ok")


@pytest.mark.parametrize("seconds,verdict", [
    (0, "ok"), (899, "ok"), (-899, "ok"),
    (901, "InvalidSignatureException Signature expired: 20261123T120000Z is now earlier than 20261123T120001Z (20261123T121501Z - 15 min.)"),
    (-901, "InvalidSignatureException Signature not yet current: 20261123T120000Z is still later than 20261123T115959Z "
           "(20261123T114459Z + 15 min.)"),
])
def test_a_quarter_of_an_hour_is_as_far_as_clocks_may_be_apart(seconds, verdict):
    assert judge(signed(), now_ms=NOW_MS + seconds * 1000).startswith(verdict)


def test_dates_that_are_none_are_refused():
    r = signed()
    for date in ("20261123T1200Z", "20261131T120000Z", "2026-11-23T12:00:00Z", "20261123T250000Z", "99999999T999999Z", "x" * 5000, ""):
        assert not judge(with_header(r, "X-Amz-Date", date)).startswith("ok")


def test_our_own_signatures_verify():
    """Those of test_sign.py, which botocore agrees with."""
    requests = []
    for method, path, query, headers in [("POST", "/", "", EXTRA[1]), ("GET", "/a%20b", "b=2&a=1", []), ("PUT", "/x", "", EXTRA[2])]:
        text = (f"method {method}\nservice config\nregion eu-west-1\nnow_ms {NOW_MS}\nhost h:1\npath {path}\nquery {query}\n"
                f"access {ACCESS}\nsecret {SECRET}\nhash {hashlib.sha256(b'{}').hexdigest()}\n")
        text += "".join(f"header {k}:{v}\n" for k, v in headers) + "\n"
        run = subprocess.run([test_sign.PROBE], input=text.encode(), capture_output=True, timeout=60, check=True)
        requests.append({"method": method, "target": path + (f"?{query}" if query else ""), "body": b"{}", "headers": [
            *headers, ("Host", "h:1"), ("X-Amz-Date", NOW.strftime("%Y%m%dT%H%M%SZ")),
            ("X-Amz-Content-Sha256", hashlib.sha256(b"{}").hexdigest()), ("Authorization", run.stdout.decode().strip())]})
    assert judged(requests) == [f"ok {ACCESS} eu-west-1"] * 3
