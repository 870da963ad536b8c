# SPDX-License-Identifier: Apache-2.0
"""What a hostile client sends to the daemon, byte by byte: heads that two programs could read differently, bodies nobody asked for, those
who wait for nothing and those who take everything."""

import contextlib
import json
import pathlib
import re
import resource
import signal
import socket
import ssl
import struct
import threading
import time

import pytest

import program
import test_access
import test_tls
from test_access import JSON, keys  # noqa: F401 (a fixture)
from test_daemon import Daemon, config, up, wait_for  # noqa: F401 (a fixture)

HOST = b"Host: localhost\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
MEBIBYTE = 1 << 20
TARGET = b"X-Amz-Target: StarlingDoveService.DescribeConfigRules\r\nContent-Type: application/x-amz-json-1.1\r\n"


@pytest.fixture(scope="module")
def d(tmp_path_factory):
    """One daemon that takes all of it."""
    home = tmp_path_factory.mktemp("hostile")
    silt = program.Siltstone(home)
    config(silt, "[recorder]\nrecording = no\n")
    one = Daemon(silt, home / "silt.db")
    yield one
    assert one.get("/healthz") == (200, "ok\n")
    assert one.stop() < 3


def connect(port, host="127.0.0.1", source=None):
    return socket.create_connection((host, port), timeout=20, source_address=source and (source, 0))


def everything(s):
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := s.recv(65536):
            got += piece
    return got


def statuses(got):
    return [int(n) for n in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]


def head(*lines, first=b"GET /healthz HTTP/1.1"):
    return b"".join(line + b"\r\n" for line in (first, b"Host: localhost", *lines, b""))


def post(*lines, first=b"POST / HTTP/1.1"):
    return head(*lines, first=first)


# A request, and what is answered when a good one comes before it and a good one behind it: after a refusal nothing is.
CASES = {
    # How long a body is.
    "a length and chunks": (post(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
    "chunks and a length": (post(b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"0\r\n\r\n", 400),
    "two lengths": (post(b"Content-Length: 1", b"Content-Length: 0") + b"a", 400),
    "two equal lengths": (post(b"Content-Length: 1", b"Content-Length: 1") + b"a", 400),
    "lengths in a list": (post(b"Content-Length: 1, 1") + b"a", 400),
    "a length with a sign": (post(b"Content-Length: +1") + b"a", 400),
    "a length below nothing": (post(b"Content-Length: -1"), 400),
    "a length in hexadecimal": (post(b"Content-Length: 0x1") + b"a", 400),
    "a length with a blank inside": (post(b"Content-Length: 1 1") + b"a" * 11, 400),
    "a length with an exponent": (post(b"Content-Length: 1e1") + b"a" * 10, 400),
    "an empty length": (post(b"Content-Length:"), 400),
    "a length of 2^64": (post(b"Content-Length: 18446744073709551616"), 400),
    "a length of 2^64 + 1": (post(b"Content-Length: 18446744073709551617") + b"a", 400),
    "a length of 2^63": (post(b"Content-Length: 9223372036854775808"), 400),
    "a length of 2^53": (post(b"Content-Length: 9007199254740992"), 413),
    "a length of other digits": (post("Content-Length: \u0661".encode()), 400),
    "a length with noughts before it": (post(b"Content-Length: 0000000000000") + HEALTH, [400, 200, 200]),
    "a length of a page that is read": (head(b"Content-Length: 2") + b"{}", [200, 200]),
    "a length that has a tab behind it": (head(b"Content-Length: 2\t ") + b"{}", [200, 200]),
    "chunks": (post(b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 411),
    "chunks in capitals": (post(b"TRANSFER-ENCODING: CHUNKED") + b"0\r\n\r\n", 411),
    "chunks, then nothing": (post(b"Transfer-Encoding: chunked, identity") + b"0\r\n\r\n", 501),
    "chunks that are hidden": (post(b"Transfer-Encoding: xchunked") + b"0\r\n\r\n", 501),
    "chunks behind a vertical tab": (post(b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n", 400),
    "two codings": (post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity") + b"0\r\n\r\n", 400),
    "no coding": (post(b"Transfer-Encoding:") + b"0\r\n\r\n", 501),
    "chunks of HTTP/1.0": (post(b"Transfer-Encoding: chunked", first=b"POST / HTTP/1.0") + b"0\r\n\r\n", 411),
    # How its lines end.
    "lines that end in LF": (HEALTH.replace(b"\r\n", b"\n"), 400),
    "one line that ends in LF": (head(b"A: b").replace(b"A: b\r\n", b"A: b\n"), 400),
    "a head that ends in LF": (HEALTH[:-2] + b"\n", 400),
    "lines that end in CR": (HEALTH[:-4].replace(b"\r\n", b"\r") + b"\r\n\r\n", 505),
    "a CR within": (head(b"A: b\rContent-Length: 5"), 400),
    "two CRs": (head(b"A: b\r"), 400),
    "a line that goes on": (head(b"A: b", b" Content-Length: 5"), 400),
    "a line that goes on behind a tab": (head(b"A: b", b"\tchunked"), 400),
    "a first line that goes on": (b"GET /healthz HTTP/1.1\r\n " + HOST + b"\r\n", 400),
    "an empty line before it": (b"\r\n" + HEALTH, 400),
    "a NUL in a value": (head(b"A: b\0c"), 400),
    "a NUL in a name": (head(b"A\0: b"), 400),
    "a NUL in the target": (b"GET /healthz\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a bell": (head(b"A: \x07"), 400),
    "a delete": (head(b"A: \x7f"), 400),
    # Names and values.
    "a blank before the colon": (head(b"Content-Length : 5"), 400),
    "a tab before the colon": (head(b"Content-Length\t: 5"), 400),
    "no colon": (head(b"Content-Length 5"), 400),
    "no name": (head(b": 5"), 400),
    "a name in brackets": (head(b"(A): 5"), 400),
    "a name beyond ASCII": (head("Contént: 5".encode()), 400),
    "a value beyond ASCII": (head("A: é".encode()), [200, 200]),
    "an underscore is no hyphen": (post(b"Content_Length: 5"), [400, 200]),
    "a hundred fields": (head(*[b"A: b"] * 99), [200, 200]),
    "a hundred and one fields": (head(*[b"A: b"] * 100), 431),
    "a large head": (head(b"A: " + b"a" * 16400), 431),
    # Its first line.
    "a request of HTTP/0.9": (b"GET /healthz\r\n", 400),
    "no version": (b"GET /healthz \r\n" + HOST + b"\r\n", 400),
    "a version in small letters": (head(first=b"GET /healthz http/1.1"), 400),
    "a version of one digit": (head(first=b"GET /healthz HTTP/1"), 505),
    "a version of three digits": (head(first=b"GET /healthz HTTP/1.10"), 505),
    "a version with a blank": (head(first=b"GET /healthz HTTP/1.1 "), 505),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "two blanks": (head(first=b"GET  /healthz HTTP/1.1"), 400),
    "a tab for a blank": (head(first=b"GET\t/healthz\tHTTP/1.1"), 400),
    "a blank before": (b" " + HEALTH, 400),
    "no method": (b" /healthz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a method in small letters": (head(first=b"get /healthz HTTP/1.1"), [405, 200]),
    "another method": (head(first=b"TRACE /healthz HTTP/1.1"), [405, 200]),
    "a method to connect": (head(first=b"CONNECT localhost:1 HTTP/1.1"), 400),
    "options of nothing": (head(first=b"OPTIONS * HTTP/1.1"), 400),
    "an absolute target": (head(first=b"GET http://localhost/healthz HTTP/1.1"), 400),
    "a target of two slashes": (head(first=b"GET //healthz HTTP/1.1"), [404, 200]),
    "a target with dots": (head(first=b"GET /x/../healthz HTTP/1.1"), [404, 200]),
    "a target with a slash behind": (head(first=b"GET /healthz/ HTTP/1.1"), [404, 200]),
    "a target with an escape": (head(first=b"GET /%68ealthz HTTP/1.1"), [404, 200]),
    "a target with a NUL escaped": (head(first=b"GET /healthz%00 HTTP/1.1"), [404, 200]),
    "a target in capitals": (head(first=b"GET /HEALTHZ HTTP/1.1"), [404, 200]),
    "a target with a fragment": (head(first=b"GET /healthz#x HTTP/1.1"), [404, 200]),
    "a target with a query": (head(first=b"GET /healthz?a=%00&b HTTP/1.1"), [200, 200]),
    "a target beyond ASCII": (head(first="GET /é HTTP/1.1".encode()), [404, 200]),
    # Whom it is for.
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "two hosts": (head(b"Host: localhost"), 400),
    "an empty host": (b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", 421),
    "a host of somebody else": (HEALTH.replace(b"localhost", b"evil.example"), 421),
    "a host that begins as ours": (HEALTH.replace(b"localhost", b"localhost.evil.example"), 421),
    "a host that begins with our address": (HEALTH.replace(b"localhost", b"127.0.0.1.evil.example"), 421),
    "a host with a dot behind it": (HEALTH.replace(b"localhost", b"localhost."), 421),
    "a host in brackets that is not ours": (HEALTH.replace(b"localhost", b"[::2]"), 421),
    "a host and somebody": (HEALTH.replace(b"localhost", b"evil@localhost"), 421),
    # What is wished.
    "a wish nobody knows": (post(b"Expect: tea", b"Content-Length: 1") + b"a", 417),
    "two wishes": (post(b"Expect: 100-continue, tea", b"Content-Length: 1") + b"a", 417),
    "a wish without a body": (head(b"Expect: 100-continue"), [200, 200]),
    "a wish that came too late": (post(b"Expect: 100-continue", b"Content-Length: 2") + b"{}", [400, 200]),
    "another protocol": (head(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAAA"), [200, 200]),
    "the connection closed": (head(b"Connection: keep-alive, CLOSE"), [200]),
    "HTTP/1.0 is not kept": (head(b"Connection: keep-alive", first=b"GET /healthz HTTP/1.0"), [200]),
    "HTTP/1.0 without a host": (b"GET /healthz HTTP/1.0\r\n\r\n", [200]),
    "a head without its body": (head(b"Content-Length: 0", first=b"HEAD /healthz HTTP/1.1"), [200, 200]),
    "a body as large as can be": (post(b"Content-Length: 1048576") + b" " * MEBIBYTE, 400),
    "a body that is too large": (post(b"Content-Length: 1048577"), 413),
    "a body too large for nothing": (head(b"Content-Length: 65537", first=b"POST /nosuch HTTP/1.1"), 413),
    "a request within a body": (head(b"Content-Length: %d" % len(HEALTH), first=b"POST /nosuch HTTP/1.1") + HEALTH, [404, 200]),
}


@pytest.mark.parametrize("what", CASES)
def test_every_byte_is_read_in_one_way(d, what):
    request, wanted = CASES[what]
    with connect(d.port) as s:
        # Whoever refuses may close before all of it was sent.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            s.sendall(HEALTH + request + HEALTH)
            s.shutdown(socket.SHUT_WR)
        got = everything(s)
    assert statuses(got) == [200, *(wanted if isinstance(wanted, list) else [wanted])], got


@pytest.mark.parametrize("what", ["a line that goes on", "a length of a page that is read", "a request within a body", "a NUL in a value"])
def test_it_is_the_same_a_byte_at_a_time(d, what):
    request, wanted = CASES[what]
    with connect(d.port) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            for byte in HEALTH + request + HEALTH:
                s.sendall(bytes([byte]))
            s.shutdown(socket.SHUT_WR)
        got = everything(s)
    wanted = [200, *(wanted if isinstance(wanted, list) else [wanted])]
    # A body that nobody wants need not be waited for: then the connection ends with the answer.
    assert statuses(got) in (wanted, wanted[:2])


def refused(s, request):
    """The answer that comes although the body does not."""
    s.sendall(request)
    got = everything(s)
    assert b"Connection: close" in got
    return statuses(got), got


def announced(*lines, target=b"/", size=MEBIBYTE):
    return head(b"Content-Length: %d" % size, *lines, first=b"POST " + target + b" HTTP/1.1")


def test_a_body_that_nobody_may_send_is_not_waited_for(siltstone, store, keys, up, tmp_path):  # noqa: F811
    token = tmp_path / "token"
    token.write_text("a-long-token\n")
    config(siltstone, f"[recorder]\nrecording = no\n[access]\nkey_file = access.key\n[http]\ntoken_file = {token}\n")
    shown = test_access.made(siltstone, store, "--kind", "token")["secret"]
    one = up()
    good = test_access.signed(one.port, keys["admin"], "DescribeConfigRules")
    fields = lambda headers: [f"{k}: {v}".encode() for k, v in headers.items() if k.lower() != "host"]  # noqa: E731
    unknown = {**good, "Authorization": good["Authorization"].replace(keys["admin"]["key_id"], "SILTNOSUCH")}
    stale = {k: v.replace(good["X-Amz-Date"][:8], "20200101") for k, v in good.items()}
    for lines, said in (
        ([], "MissingAuthenticationTokenException"),
        ([b"Authorization: Basic YTpi"], "IncompleteSignatureException"),
        ([b"Authorization: Bearer x"], "UnrecognizedClientException"),
        ([b"Authorization: Bearer " + shown[:-1].encode()], "UnrecognizedClientException"),
        (fields(unknown), "UnrecognizedClientException"),
        (fields(stale), "InvalidSignatureException"),
        ([*fields(good), b"X-Amz-User-Agent: x"], "InvalidSignatureException"),
        ([*fields(good), b"X-Siltstone-As-Of: 1"], "InvalidSignatureException"),
        ([*fields(good), b"X-Amz-Security-Token: x"], "InvalidSignatureException"),
    ):
        with connect(one.port) as s:
            got = refused(s, announced(b"Expect: 100-continue", *lines))
            assert got[0] == [400] and f'"__type":"{said}"'.encode() in got[1], (lines, got)
    for target, status in ((b"/events", 401), (b"/nosuch", 404), (b"/healthz", 405)):
        with connect(one.port) as s:
            assert refused(s, announced(target=target, size=60000))[0] == [status]
    # What is behind such a head is its body and no request.
    with connect(one.port) as s:
        assert refused(s, announced() + HEALTH * 10)[0] == [400]
    # Whoever may be admitted is asked for the rest, and judged by all of it.
    ours = f"Host: 127.0.0.1:{one.port}".encode()
    for lines, last in ((fields(good), 400), ([b"Authorization: Bearer " + shown.encode()], 400)):
        with connect(one.port) as s:
            s.sendall(announced(b"Expect: 100-continue", *lines, size=3).replace(b"Host: localhost", ours))
            assert s.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            s.sendall(b"{ }")
            s.shutdown(socket.SHUT_WR)
            assert statuses(everything(s)) == [last]
    for line, status in ((b"Bearer a-long-toke", 401), (b"Bearer a-long-tokenx", 401), (b"bearer  a-long-token ", 202), (b"a-long-token", 401)):
        with connect(one.port) as s:
            s.sendall(head(b"Content-Length: 2", b"Connection: close", b"Authorization: " + line, first=b"POST /events HTTP/1.1") + b"{}")
            assert statuses(everything(s)) == [status]
    text = one.text()
    assert shown not in text and "a-long-token" not in text and "Signature=" not in text


def test_large_bodies_have_room_together(up):  # noqa: F811
    one = up("--anonymous", "read-only")
    ask = announced(TARGET.rstrip(b"\r\n"))
    many = [connect(one.port) for _ in range(32)]
    for s in many:
        s.sendall(ask)
    more = lambda: refused(connect(one.port), ask)[0]  # noqa: E731
    wait_for(lambda: one.get("/healthz") == (200, "ok\n"))
    assert more() == [503]
    # What is small is served, and who has room keeps it.
    with connect(one.port) as s:
        s.sendall(head(TARGET.rstrip(b"\r\n"), b"Content-Length: 2", b"Connection: close", first=b"POST / HTTP/1.1") + b"{}")
        assert 503 not in statuses(everything(s))
    many[0].sendall(b" " * MEBIBYTE)
    assert many[0].recv(100).startswith(b"HTTP/1.1 ")
    for s in many[:1]:
        s.close()
    with connect(one.port) as s:
        s.sendall(ask + b" " * MEBIBYTE)
        s.shutdown(socket.SHUT_WR)
        assert 503 not in statuses(everything(s))
    for s in many:
        s.close()


def test_a_page_of_somebody_else_is_nobody_in_particular(up):  # noqa: F811
    one = up("--anonymous", "read-only")
    missing = "MissingAuthenticationTokenException"
    for ours in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": f"http://127.0.0.1:{one.port}"}):
        assert test_access.post(one.port, ours) != missing
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:1"}, {"Origin": ""},
                    {"Via": "1.1 x"}, {"X-Real-IP": "192.0.2.1"}, {"X-Forwarded-Host": "x"}, {"X-Forwarded-Proto": "https"}):
        assert test_access.post(one.port, foreign) == missing, foreign


@pytest.fixture
def far(siltstone, store, keys, tmp_path):  # noqa: F811
    """A daemon that listens beyond this machine, and a context to reach it with."""
    folder = tmp_path / "tls"
    folder.mkdir()
    authority = test_tls.Authority(folder)
    cert, key = test_access.certificate(authority, "one")
    key.chmod(0o600)
    config(siltstone, f"[recorder]\nrecording = no\n[access]\nkey_file = access.key\n[http]\ntls_cert = {cert}\ntls_key = {key}\n")
    one = Daemon(siltstone, store, "--listen", "0.0.0.0:0")
    one.port = int(re.search(r"address=0\.0\.0\.0:(\d+)", one.text())[1])
    one.context = ssl.create_default_context(cafile=str(authority.pem))
    one.key = key
    yield one
    if one.process.poll() is None:
        one.process.kill()


def secure(one, source="127.0.0.1"):
    return one.context.wrap_socket(connect(one.port, source=source), server_hostname="127.0.0.1")


def asked(s, request):
    s.sendall(request)
    return everything(s)


def test_from_beyond_this_machine_there_is_less(siltstone, store, keys, far):  # noqa: F811
    token = test_access.made(siltstone, store, "--kind", "token")["secret"]
    far.process.send_signal(signal.SIGHUP)
    far.wait("event=daemon.reloaded")
    close = b"Connection: close"
    page = lambda *lines: statuses(asked(secure(far), head(close, *lines, first=b"GET /metrics HTTP/1.1")))  # noqa: E731
    wait_for(lambda: page(b"Authorization: Bearer " + token.encode()) == [200], timeout=10)
    assert page() == page(b"Authorization: Bearer x") == [401]
    assert statuses(asked(secure(far), head(close))) == [200]
    # One address has so many connections, and no more; another is not kept out.
    many = [connect(far.port, source="127.0.0.2") for _ in range(64)]
    wait_for(lambda: statuses(asked(secure(far), head(close))) == [200])
    with connect(far.port, source="127.0.0.2") as s:
        assert everything(s) == b""
    assert statuses(asked(secure(far, "127.0.0.3"), head(close))) == [200]
    for s in many:
        s.close()
    wait_for(lambda: statuses(asked(secure(far, "127.0.0.2"), head(close))) == [200] or True)
    # Large bodies, too.
    ask = announced(b"Authorization: Bearer " + token.encode())
    many = [secure(far, "127.0.0.2") for _ in range(8)]
    for s in many:
        s.sendall(ask)
    wait_for(lambda: statuses(asked(secure(far), head(close))) == [200])
    assert statuses(asked(secure(far, "127.0.0.2"), ask)) == [503]
    elsewhere = secure(far, "127.0.0.3")
    elsewhere.sendall(ask + b" " * MEBIBYTE)
    assert statuses(elsewhere.recv(100)) == [400]
    assert far.stop() < 3


def test_old_protocols_and_half_of_a_greeting(far):
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning):
            old.minimum_version = old.maximum_version = version
        with connect(far.port) as s, pytest.raises((ssl.SSLError, ConnectionResetError)):
            old.wrap_socket(s)
    began = time.monotonic()
    half = connect(far.port)
    half.sendall(b"\x16\x03\x01\x02\x00\x01")
    silent = connect(far.port)
    assert statuses(asked(secure(far), head(b"Connection: close"))) == [200]
    # Whoever is done says so within the session (close_notify): recv() would raise otherwise.
    with secure(far) as s:
        s.suppress_ragged_eofs = False
        assert statuses(asked(s, head(b"Connection: close"))) == [200]
    assert everything(half) == everything(silent) == b"" and 8 < time.monotonic() - began < 14
    assert far.stop() < 3


def test_a_key_with_a_passphrase_is_not_asked_for(siltstone, store, keys, tmp_path):  # noqa: F811
    folder = tmp_path / "tls"
    folder.mkdir()
    authority = test_tls.Authority(folder)
    cert, key = test_access.certificate(authority, "one")
    authority.openssl("ec", "-in", key.name, "-aes256", "-passout", "pass:secret", "-out", "locked.key")
    (folder / "locked.key").chmod(0o600)
    config(siltstone, f"[http]\ntls_cert = {cert}\ntls_key = {folder / 'locked.key'}\n")
    r = siltstone.run("up", "--store", store, timeout=20)
    assert r.code == 2 and "locked.key" in r.err and "pass phrase" not in r.out + r.err


def test_what_is_slow_comes_to_an_end(up):  # noqa: F811
    one = up("--anonymous", "read-only")
    began = time.monotonic()
    # Asks for a great deal, and reads nothing of it.
    greedy = socket.socket()
    greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    greedy.settimeout(40)
    greedy.connect(("127.0.0.1", one.port))
    greedy.setblocking(False)
    ask = b"GET /metrics HTTP/1.1\r\n" + HOST + b"\r\n"
    sent = 0
    while time.monotonic() - began < 2:
        try:
            sent += greedy.send((ask * 1000)[sent % len(ask):])
        except BlockingIOError:
            time.sleep(0.05)
    # A body that comes byte by byte.
    drips = connect(one.port)
    drips.sendall(announced(TARGET.rstrip(b"\r\n"), size=1000))
    drips.settimeout(0.2)
    got = b""
    while time.monotonic() - began < 45 and not got:
        try:
            drips.send(b" ")
            got = drips.recv(100)
        except socket.timeout:
            pass
    assert got.startswith(b"HTTP/1.1 408") and 29 < time.monotonic() - began < 38
    assert one.get("/healthz") == (200, "ok\n")
    greedy.setblocking(True)
    greedy.settimeout(20)
    answers = len(statuses(everything(greedy)))
    assert answers < sent // len(ask)
    resident = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{one.process.pid}/status").read_text())
    assert "asan" in str(program.BUILD) or int(resident[1]) < 64 << 10
    assert one.stop() < 3


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_without_descriptors_it_waits_for_some(up):  # noqa: F811
    one = up()
    assert one.get("/healthz") == (200, "ok\n")
    used = len(list(pathlib.Path(f"/proc/{one.process.pid}/fd").iterdir()))
    resource.prlimit(one.process.pid, resource.RLIMIT_NOFILE, (used + 20, used + 20))
    many = [connect(one.port) for _ in range(60)]
    before = cpu_s(one.process.pid)
    time.sleep(1)  # what is measured is that it does nothing in this time
    assert cpu_s(one.process.pid) - before < 0.5
    for s in many:
        s.close()
    wait_for(lambda: one.get("/healthz") == (200, "ok\n"), timeout=20)
    assert one.stop() < 3


def test_it_ends_while_all_of_that_is_under_way(up):  # noqa: F811
    one = up("--anonymous", "read-only")
    half = connect(one.port)
    half.sendall(announced(TARGET.rstrip(b"\r\n")) + b" " * 1000)
    lines = connect(one.port)
    lines.sendall(HEALTH[:20])
    idle = connect(one.port)
    idle.sendall(HEALTH)
    assert idle.recv(1000).startswith(b"HTTP/1.1 200")
    stop = threading.Event()

    def storm():
        while not stop.is_set():
            with contextlib.suppress(OSError), connect(one.port) as s:
                s.sendall(b"GET /metrics HTTP/1.1\r\n" + HOST + b"\r\n" + HEALTH * 5)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    threads = [threading.Thread(target=storm) for _ in range(4)]
    for t in threads:
        t.start()
    try:
        wait_for(lambda: json.dumps(one.get("/healthz")) == '[200, "ok\\n"]', timeout=20)
        assert one.stop() < 6
    finally:
        stop.set()
        for t in threads:
            t.join()
    assert half.recv(10) in (b"", b"HTTP/1.1 5") and idle.recv(10) == b""


def test_deep_and_strange_bodies_are_refused_as_such(up):  # noqa: F811
    one = up("--anonymous", "read-only")
    for body in (b"[" * 500_000, b'{"a":' * 100_000, b"{" + b" " * 1_000_000, b"\xff\xfe{}", b'{"a":"\\ud800"}', b'{"a":1e999999}', b"null", b"0" * 9999,
                 b'{"\\u0000":1}', b'{"a":"' + b"\\" * 99_999 + b'"}', b"\0"):
        assert test_access.post(one.port, {}, body, "DescribeConfigRules") in ("SerializationException", "ValidationException", "ok")
    for moment in ("nan", "inf", "-1", "1e400", "0x", "9" * 400, "2026-13-01T00:00:00Z", "1;DROP TABLE resource", ""):
        assert test_access.post(one.port, {"X-Siltstone-As-Of": moment}) == "ValidationException", moment
    for operation in ("describeConfigRules", "DescribeConfigRules ", "DescribeConfigRules\t", "", "X" * 9000, "../DescribeConfigRules"):
        assert test_access.post(one.port, {}, b"{}", operation) in ("UnknownOperationException", "ok" if operation.strip() == "DescribeConfigRules" else "")
    assert one.stop() < 3
