# SPDX-License-Identifier: Apache-2.0
"""Who may ask the daemon, and how: boto3 with keys of the store, tokens, nobody in particular, TLS, and those who are slow."""

import http.client
import json
import pathlib
import re
import signal
import socket
import sqlite3
import ssl
import struct
import threading
import time

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.auth import SigV4Auth
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, SSLError

import program
import test_tls
from test_daemon import Daemon, config, up, wait_for  # noqa: F401 (a fixture)

ACCOUNT = "123456789012"
JSON = "application/x-amz-json-1.1"


@pytest.fixture
def keys(siltstone, store):
    """A store with a key of each role; the configuration names the key file."""
    siltstone.ok("access", "init", "access.key")
    config(siltstone, "[recorder]\nrecording = no\n[access]\nkey_file = access.key\n")
    return {role: made(siltstone, store, "--role", role) for role in ("read-only", "operator", "admin")}


def change(store, sql):
    with sqlite3.connect(store, timeout=20) as db:
        assert db.execute(sql).rowcount == 1
    db.close()


def made(siltstone, store, *args, account=ACCOUNT):
    return json.loads(siltstone.ok("access", "add", "--store", store, "--account", account, "--format", "json", *args).out)[0]


def client(port, key=None, scheme="http", **kw):
    more = {} if key else {"signature_version": UNSIGNED}
    return boto3.client("config", endpoint_url=f"{scheme}://127.0.0.1:{port}", region_name="eu-west-1",
                        aws_access_key_id=key["key_id"] if key else None, aws_secret_access_key=key["secret"] if key else None,
                        config=Config(retries={"total_max_attempts": 1}, **more), **kw)


def outcome(call, **kw):
    """'ok', whatever became of it once it was let in, or the error of the gate."""
    gate = {"AccessDeniedException", "InvalidSignatureException", "UnrecognizedClientException", "MissingAuthenticationTokenException",
            "IncompleteSignatureException"}
    try:
        call(**kw)
    except ClientError as e:
        code = e.response["Error"]["Code"]
        assert code not in gate or e.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return code if code in gate else "ok"
    return "ok"


def reads(c):
    return outcome(c.describe_configuration_recorders)


def operates(c):
    return outcome(c.stop_configuration_recorder, ConfigurationRecorderName="default")


def sets_up(c):
    return outcome(c.delete_configuration_recorder, ConfigurationRecorderName="nosuch")


def all_three(c):
    return reads(c), operates(c), sets_up(c)


DENIED = "AccessDeniedException"


def test_a_role_may_what_it_says_and_lists_take_from_it(siltstone, store, keys, up):  # noqa: F811
    narrow = made(siltstone, store, "--role", "admin", "--allow", "Describe*,Stop*", "--deny", "*Recorder")
    gone = made(siltstone, store, "--expires", "1s")
    d = up()
    assert all_three(client(d.port, keys["read-only"])) == ("ok", DENIED, DENIED)
    assert all_three(client(d.port, keys["operator"])) == ("ok", "ok", DENIED)
    assert all_three(client(d.port, keys["admin"])) == ("ok", "ok", "ok")
    assert all_three(client(d.port, narrow)) == ("ok", DENIED, DENIED)
    wait_for(lambda: reads(client(d.port, gone)) == "UnrecognizedClientException", timeout=5)
    assert reads(client(d.port, {**keys["admin"], "secret": "x" * 40})) == "InvalidSignatureException"
    assert reads(client(d.port, {**keys["admin"], "key_id": "SILTNOSUCH"})) == "UnrecognizedClientException"
    assert reads(client(d.port)) == "MissingAuthenticationTokenException"
    with pytest.raises(ClientError) as e:
        client(d.port, keys["read-only"]).delete_configuration_recorder(ConfigurationRecorderName="x")
    assert e.value.response["Error"]["Message"] == (f"User: arn:aws:iam::{ACCOUNT}:user/{keys['read-only']['key_id']} is not authorized to "
                                                    "perform: config:DeleteConfigurationRecorder")


def test_a_daemon_follows_what_is_done_to_keys(siltstone, store, keys, up):  # noqa: F811
    d = up()
    key = keys["admin"]
    assert reads(client(d.port, key)) == "ok"
    siltstone.ok("access", "disable", key["key_id"], "--store", store)
    wait_for(lambda: reads(client(d.port, key)) == "UnrecognizedClientException", timeout=20)
    siltstone.ok("access", "enable", key["key_id"], "--store", store)
    wait_for(lambda: reads(client(d.port, key)) == "ok", timeout=20)
    fresh = json.loads(siltstone.ok("access", "rotate", key["key_id"], "--store", store, "--format", "json").out)[0]
    wait_for(lambda: reads(client(d.port, fresh)) == "ok", timeout=20)
    assert reads(client(d.port, key)) == "InvalidSignatureException"
    siltstone.ok("access", "remove", key["key_id"], "--store", store)
    wait_for(lambda: reads(client(d.port, fresh)) == "UnrecognizedClientException", timeout=20)
    late = made(siltstone, store)
    wait_for(lambda: reads(client(d.port, late)) == "ok", timeout=20)
    wait_for(lambda: program.rows(store, f"SELECT used_ms FROM _access_key WHERE key_id = '{late['key_id']}'")[0][0])
    d.stop()
    assert "access." not in d.text()


def test_no_secret_is_in_the_store_nor_in_the_log(siltstone, store, keys, up):  # noqa: F811
    token = made(siltstone, store, "--kind", "token")
    d = up("--log-level", "debug")
    assert reads(client(d.port, keys["admin"])) == "ok"
    d.stop()
    everything = b"".join(p.read_bytes() for p in pathlib.Path(store).parent.glob("silt.db*")) + d.log.read_bytes()
    for key in (*keys.values(), token):
        assert key["key_id"].encode() in everything and key["secret"].encode() not in everything
        assert key["secret"].split("_")[-1].encode() not in everything


def test_without_its_key_file_no_secret_opens(siltstone, store, keys, up):  # noqa: F811
    config(siltstone, "")
    d = up()
    assert reads(client(d.port, keys["admin"])) == "UnrecognizedClientException"
    d.stop()
    siltstone.ok("access", "init", "other.key")
    config(siltstone, "[access]\nkey_file = other.key\n")
    d = up()
    assert reads(client(d.port, keys["admin"])) == "UnrecognizedClientException"
    assert d.text().count("event=access.unreadable") == 3
    d.stop()
    (pathlib.Path(siltstone.home) / "other.key").chmod(0o644)
    r = siltstone.run("up", "--store", store, "--listen", "off")
    assert r.code == 6 and "others may read or change the key file" in r.err


def test_a_row_that_was_altered_is_not_believed(siltstone, store, keys, up):  # noqa: F811
    change(store, f"UPDATE _access_key SET role = 'admin' WHERE key_id = '{keys['read-only']['key_id']}'")
    change(store, f"UPDATE _access_key SET account = '999999999999' WHERE key_id = '{keys['operator']['key_id']}'")
    narrow = [made(siltstone, store, "--allow", "List*", "--deny", "Get*", "--expires", "1h") for _ in range(3)]
    for key, said in zip(narrow, ("allow = ''", "deny = ''", "expires_ms = NULL")):
        change(store, f"UPDATE _access_key SET {said} WHERE key_id = '{key['key_id']}'")
    d = up()
    assert reads(client(d.port, keys["read-only"])) == reads(client(d.port, keys["operator"])) == "UnrecognizedClientException"
    assert {reads(client(d.port, key)) for key in narrow} == {"UnrecognizedClientException"}
    assert reads(client(d.port, keys["admin"])) == "ok"


def post(port, headers, body=b"{}", operation="DescribeConfigurationRecorders", connection=None):
    c = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request("POST", "/", body, {"Content-Type": JSON, "X-Amz-Target": f"StarlingDoveService.{operation}", **headers})
    answer = c.getresponse()
    text = answer.read().decode()
    return json.loads(text).get("__type", "ok") if text else "ok"


def test_tokens_are_shown(siltstone, store, keys, up):  # noqa: F811
    token = made(siltstone, store, "--kind", "token")
    other = made(siltstone, store, "--kind", "token", "--role", "admin")
    d = up()
    bearer = lambda t: {"Authorization": f"Bearer {t}"}  # noqa: E731
    gate = ("UnrecognizedClientException", DENIED)
    assert post(d.port, bearer(token["secret"])) not in gate
    assert post(d.port, bearer(token["secret"]), operation="DeleteConfigurationRecorder") == DENIED
    assert post(d.port, bearer(other["secret"]), operation="DeleteConfigurationRecorder") not in gate
    mixed = token["key_id"] + "_" + other["secret"].split("_")[1]
    for wrong in (token["secret"][:-1], token["secret"] + "x", mixed, "x", token["key_id"], keys["admin"]["secret"]):
        assert post(d.port, bearer(wrong)) == "UnrecognizedClientException"
    # A token's row made into a key's, or the other way round, is neither.
    change(store, f"UPDATE _access_key SET kind = 'token' WHERE key_id = '{keys['admin']['key_id']}'")
    wait_for(lambda: reads(client(d.port, keys["admin"])) == "UnrecognizedClientException", timeout=20)


def test_nobody_in_particular_may_what_was_said_and_only_from_here(siltstone, store, keys, up):  # noqa: F811
    d = up("--anonymous", "read-only")
    assert all_three(client(d.port)) == ("ok", DENIED, DENIED)
    # SDKs sign with whatever they have; a key of ours has to be right.
    assert all_three(client(d.port, {"key_id": "test", "secret": "test"})) == ("ok", DENIED, DENIED)
    assert reads(client(d.port, {**keys["admin"], "secret": "test"})) == "InvalidSignatureException"
    assert all_three(client(d.port, keys["admin"])) == ("ok", "ok", "ok")
    missing = "MissingAuthenticationTokenException"
    assert post(d.port, {}) != missing
    assert post(d.port, {"Origin": f"http://127.0.0.1:{d.port}"}) != missing
    for foreign in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"X-Forwarded-For": "192.0.2.1"}, {"Forwarded": "for=192.0.2.1"}):
        assert post(d.port, foreign) == missing
    d.process.send_signal(signal.SIGHUP)
    d.wait("event=daemon.reloaded")
    assert reads(client(d.port)) == "ok"
    d.stop()
    config(siltstone, "[access]\nanonymous = everybody\n")
    r = siltstone.run("up", "--store", store)
    assert r.code == 2 and "access.anonymous cannot be" in r.err


def test_anonymous_by_configuration_is_followed_at_reload(siltstone, store, up):  # noqa: F811
    config(siltstone, "[access]\nanonymous = admin\n")
    d = up()
    assert all_three(client(d.port)) == ("ok", "ok", "ok")
    config(siltstone, "")
    d.process.send_signal(signal.SIGHUP)
    d.wait("event=daemon.reloaded")
    assert reads(client(d.port)) == "MissingAuthenticationTokenException"
    config(siltstone, "[access]\nkey_file = nosuch\nanonymous = admin\n")
    d.process.send_signal(signal.SIGHUP)
    d.wait("event=config.refused")
    assert reads(client(d.port)) == "MissingAuthenticationTokenException"


def signed(port, key, operation, body=b"{}"):
    r = AWSRequest(method="POST", url=f"http://127.0.0.1:{port}/", data=body,
                   headers={"Content-Type": JSON, "X-Amz-Target": f"StarlingDoveService.{operation}"})
    SigV4Auth(Credentials(key["key_id"], key["secret"]), "config", "eu-west-1").add_auth(r)
    return dict(r.headers)


def test_a_write_is_proven_once(siltstone, keys, up):  # noqa: F811
    d = up()
    stop, body = "StopConfigurationRecorder", b'{"ConfigurationRecorderName":"default"}'
    write = signed(d.port, keys["admin"], stop, body)
    read = signed(d.port, keys["admin"], "DescribeConfigurationRecorders")
    assert post(d.port, write, body, stop) != "InvalidSignatureException"
    assert post(d.port, write, body, stop) != "InvalidSignatureException", "a repetition at once is an honest one"
    wait_for(lambda: post(d.port, write, body, stop) == "InvalidSignatureException", timeout=10)
    assert post(d.port, read) != "InvalidSignatureException"
    assert post(d.port, signed(d.port, keys["admin"], stop, body), body, stop) != "InvalidSignatureException"


def test_a_connection_is_used_again(siltstone, keys, up):  # noqa: F811
    d = up("--anonymous", "admin")
    c = http.client.HTTPConnection("127.0.0.1", d.port, timeout=20)
    c.connect()
    ours = c.sock.getsockname()
    for i in range(200):
        if i % 3 == 0:
            c.request("GET", "/healthz")
        elif i % 3 == 1:
            c.request("HEAD", "/metrics" if i % 2 else "/nosuch")
        else:
            c.request("POST", "/", b"{" + b" " * (i * 900) + b"}", {"Content-Type": JSON, "X-Amz-Target": "StarlingDoveService.DescribeConfigRules"})
        c.getresponse().read()
        assert c.sock and c.sock.getsockname() == ours, i
    c.close()


def test_a_request_hidden_behind_another_is_judged_as_well(up):  # noqa: F811
    d = up()
    good = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for bad, status in (
        (b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"GET /healthz HTTP/1.1\nHost: localhost\n\n", b"400"),
        (b"\r\n" + good, b"400"),
    ):
        got = d.raw(good + good + bad + good)
        # What follows a request that was refused is not looked at.
        assert re.findall(rb"HTTP/1\.1 (\d+)", got) == [b"200", b"200", status]
    # A body is no request.
    got = d.raw(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(good) + good
                + b"GET /nosuch HTTP/1.1\r\nHost: localhost\r\nConnection: x, close\r\n\r\n")
    assert re.findall(rb"HTTP/1\.1 (\d+)", got) == [b"400", b"404"]


def test_a_body_that_is_waited_for_is_asked_for(up):  # noqa: F811
    d = up("--anonymous", "read-only")
    with socket.create_connection(("127.0.0.1", d.port), timeout=20) as s:
        s.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert s.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        s.sendall(b"{}")
        assert s.recv(100).startswith(b"HTTP/1.1 400 ")


def test_three_hundred_connections_and_those_that_are_slow(up):  # noqa: F811
    d = up()
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", d.port), timeout=40) for _ in range(100)]
    for s in slow:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
    began = time.monotonic()
    many = []
    for _ in range(200):
        s = socket.create_connection(("127.0.0.1", d.port), timeout=40)
        s.sendall(ask)
        assert s.recv(4096).startswith(b"HTTP/1.1 200")
        many.append(s)
    # The 257th takes the place of the one that was idle longest.
    assert many[0].recv(1) == b"" and time.monotonic() - began < 9
    many[-1].sendall(ask)
    assert many[-1].recv(4096).startswith(b"HTTP/1.1 200")
    # A byte now and then does not help.
    dripping = threading.Event()

    def drip():
        while not dripping.wait(0.5):
            for s in slow[:50]:
                try:
                    s.send(b"a")
                except OSError:
                    pass

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        for s in slow:
            assert s.recv(4096).startswith(b"HTTP/1.1 408")
        assert 9 < time.monotonic() - began < 25
    finally:
        dripping.set()
        thread.join()
    assert d.get("/healthz") == (200, "ok\n")
    for s in slow + many:
        s.close()
    assert d.stop() < 3


def test_whoever_leaves_before_the_answer_is_there_does_no_harm(up):  # noqa: F811
    d = up("--anonymous", "admin")
    ask = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for i in range(200):
        s = socket.create_connection(("127.0.0.1", d.port), timeout=20)
        s.sendall(ask * (1 + i % 3))
        if i % 2:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
    # Nor does whoever says that it has asked everything, and still reads.
    with socket.create_connection(("127.0.0.1", d.port), timeout=20) as s:
        s.sendall(ask * 3)
        s.shutdown(socket.SHUT_WR)
        got = b""
        while piece := s.recv(65536):
            got += piece
    assert got.count(b"HTTP/1.1 200") == 3
    assert d.get("/healthz") == (200, "ok\n")
    assert d.stop() < 3


def certificate(authority, name, names="IP:127.0.0.1"):
    authority.context(name, names)
    return authority.folder / f"{name}.pem", authority.folder / f"{name}.key"


def test_tls_with_a_certificate_that_is_renewed(siltstone, store, keys, up, tmp_path):  # noqa: F811
    folder = tmp_path / "tls"
    folder.mkdir()
    authority = test_tls.Authority(folder)
    cert, key = certificate(authority, "one")
    key.chmod(0o600)
    text = f"[recorder]\nrecording = no\n[access]\nkey_file = access.key\n[http]\ntls_cert = {cert}\ntls_key = {key}\n"
    config(siltstone, text)
    d = up()
    c = client(d.port, keys["admin"], "https", verify=str(authority.pem))
    assert all_three(c) == ("ok", "ok", "ok")
    with pytest.raises(SSLError):
        client(d.port, keys["admin"], "https").describe_configuration_recorders()
    serial = lambda: ssl.get_server_certificate(("127.0.0.1", d.port))  # noqa: E731
    first = serial()
    certificate(authority, "one")
    key.chmod(0o600)
    d.process.send_signal(signal.SIGHUP)
    d.wait("event=daemon.reloaded")
    assert serial() != first
    assert reads(c) == "ok" and reads(client(d.port, keys["admin"], "https", verify=str(authority.pem))) == "ok"
    # A certificate that cannot be used leaves the one in force.
    cert.write_text("none")
    d.process.send_signal(signal.SIGHUP)
    d.wait("event=config.refused")
    assert reads(client(d.port, keys["admin"], "https", verify=str(authority.pem))) == "ok"
    # A large body, and what is no TLS.
    assert post_tls(d.port, authority.pem, b"{" + b" " * 900_000 + b"}") == 400
    try:
        assert b"HTTP" not in d.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    except ConnectionResetError:
        pass
    context = ssl.create_default_context(cafile=str(authority.pem))
    with context.wrap_socket(socket.create_connection(("127.0.0.1", d.port), timeout=20), server_hostname="127.0.0.1") as s:
        ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        s.sendall(ask + ask + ask.replace(b"Host:", b"Host :"))
        got = b""
        while piece := s.recv(4096):
            got += piece
    assert got.count(b"HTTP/1.1 200") == 2 and got.count(b"HTTP/1.1 400") == 1
    assert d.stop() < 3


def post_tls(port, ca, body):
    c = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=ssl.create_default_context(cafile=str(ca)))
    c.request("POST", "/", body, {"Content-Type": JSON})
    return c.getresponse().status


def test_beyond_this_machine_it_takes_tls_and_keys(siltstone, store, keys, tmp_path):
    folder = tmp_path / "tls"
    folder.mkdir()
    cert, key = certificate(test_tls.Authority(folder), "one")
    key.chmod(0o600)
    tls = f"[http]\ntls_cert = {cert}\ntls_key = {key}\n"
    for text in ("", tls, "[access]\nkey_file = access.key\n"):
        config(siltstone, text)
        r = siltstone.run("up", "--store", store, "--listen", "0.0.0.0:0")
        assert r.code == 2 and "not this machine alone" in r.err and "http.tls_cert" in r.err
    config(siltstone, tls + "[access]\nkey_file = access.key\nanonymous = read-only\n")
    r = siltstone.run("up", "--store", store, "--listen", "0.0.0.0:0")
    assert r.code == 2 and "anonymous" in r.err
    for wrong, said in (("tls_key", "go together"), ("tls_cert", "go together")):
        config(siltstone, "\n".join(line for line in tls.splitlines() if not line.startswith(wrong)))
        r = siltstone.run("up", "--store", store)
        assert r.code == 2 and said in r.err
    key.chmod(0o644)
    config(siltstone, tls)
    r = siltstone.run("up", "--store", store)
    assert r.code == 6 and "everybody may read the key" in r.err
