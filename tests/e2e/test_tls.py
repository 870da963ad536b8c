# SPDX-License-Identifier: Apache-2.0
"""Endpoints that speak TLS: whom we trust, what is said when we do not, and answers that are cut off."""

import json
import os
import socket
import ssl
import subprocess
import threading

import pytest

import fault_proxy
import program

AWS_PROBE = program.BUILD / "tests" / "aws_probe"
SWEEP_PROBE = program.BUILD / "tests" / "sweep_probe"
REMOTE = 6


class Authority:
    """A certificate authority in a folder; certificates by the openssl command."""

    def __init__(self, folder, name="ca"):
        self.folder, self.name = folder, name
        self.pem = folder / f"{name}.pem"
        self.openssl("req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2",
                     "-subj", f"/CN=the authority {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")  # fmt: skip

    def openssl(self, *words):
        run = subprocess.run(["openssl", *words], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True)
        assert run.returncode == 0, run.stderr.decode()

    def context(self, name, names, days=2):
        """A server's context, its certificate good for @names until in @days."""
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
        self.openssl("req", "-new", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{self.name}.pem", "-CAkey", f"{self.name}.key",
                     "-CAcreateserial", "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem")  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context


class Blunt:
    """Takes connections, reads a request, sends @answer as it is and lets go without a farewell.
    Without a context it hangs up on the client's hello."""

    def __init__(self, context, answer=b""):
        self.context, self.answer = context, answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        self.taken = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.taken += 1
            try:
                self.talk(connection)
            except OSError:
                pass
            connection.close()

    def talk(self, connection):
        if not self.context:
            connection.recv(16)
            return
        with self.context.wrap_socket(connection, server_side=True) as tls:
            head = b""
            while b"\r\n\r\n" not in head:
                head += tls.recv(65536)
            tls.sendall(self.answer)
            # Without a close_notify: what anybody on the way can do, too.
            os.close(tls.detach())

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def good(authority):
    return authority.context("good", "DNS:localhost,IP:127.0.0.1")


@pytest.fixture
def serve(moto):
    """serve(context): moto behind TLS."""
    proxies = []

    def start(context):
        proxies.append(fault_proxy.FaultProxy(moto.endpoint, tls=context))
        return proxies[-1]

    yield start
    for p in proxies:
        p.stop()


@pytest.fixture
def blunt():
    servers = []

    def start(*args):
        servers.append(Blunt(*args))
        return servers[-1]

    yield start
    for s in servers:
        s.stop()


def probe(endpoint, bundle=None, words=("us-east-1", "dynamodb", "ListTables", "{}")):
    env = {"PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*"}
    if bundle:
        env["AWS_CA_BUNDLE"] = str(bundle)
    run = subprocess.run([AWS_PROBE, endpoint, *words], env=env, capture_output=True, timeout=60)
    assert run.returncode in (0, 1), run.stderr.decode()
    return json.loads(run.stdout)


def refused(answer, endpoint, *causes):
    """It says where, why, and what to try."""
    assert answer["$kind"] == "REMOTE" and answer["$status"] == 0, answer
    assert endpoint.removeprefix("https://") in answer["$text"], answer
    assert any(cause in answer["$text"] for cause in causes), answer
    assert "AWS_CA_BUNDLE" in answer["$hint"], answer


def test_an_endpoint_of_a_trusted_authority_answers(authority, good, serve):
    proxy = serve(good)
    assert probe(proxy.endpoint, authority.pem) == {"TableNames": []}
    assert probe(proxy.endpoint.replace("127.0.0.1", "localhost"), authority.pem) == {"TableNames": []}
    assert proxy.ops() == ["ListTables", "ListTables"]


def test_a_sweep_goes_through_tls(authority, good, serve, tmp_path):
    proxy = serve(good)
    words = [tmp_path / "silt.db", f"endpoint={proxy.endpoint}", "regions=us-east-1", "types=AWS::EC2::VPC"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*",
           **program.KEYS}  # fmt: skip
    run = subprocess.run([SWEEP_PROBE, *words], env={**env, "AWS_CA_BUNDLE": str(authority.pem)}, capture_output=True)
    out = json.loads(run.stdout)
    assert run.returncode == 0 and out["complete"] == 1 and out["seen"] >= 1, out
    run = subprocess.run([SWEEP_PROBE, *words], env=env, capture_output=True)
    out = json.loads(run.stdout)
    assert run.returncode == REMOTE and out["code"] == "REMOTE", out
    assert "certificate" in out["msg"] and "AWS_CA_BUNDLE" in out["hint"], out


def test_an_unknown_authority_is_not_trusted(authority, good, serve, tmp_path):
    proxy = serve(good)
    refused(probe(proxy.endpoint), proxy.endpoint, "unable to get local issuer certificate", "self-signed")
    other = Authority(tmp_path, "other")
    refused(probe(proxy.endpoint, other.pem), proxy.endpoint, "unable to get local issuer certificate")
    assert proxy.ops() == [], "nothing was sent to somebody who is not trusted"


def test_a_certificate_for_another_name_is_refused(authority, serve):
    proxy = serve(authority.context("elsewhere", "DNS:elsewhere.test,IP:192.0.2.1"))
    refused(probe(proxy.endpoint, authority.pem), proxy.endpoint, "127.0.0.1'")
    named = proxy.endpoint.replace("127.0.0.1", "localhost")
    refused(probe(named, authority.pem), named, "'localhost'")
    assert proxy.ops() == []


def test_an_expired_certificate_is_refused(authority, serve):
    proxy = serve(authority.context("expired", "DNS:localhost,IP:127.0.0.1", days=-1))
    refused(probe(proxy.endpoint, authority.pem), proxy.endpoint, "certificate has expired")
    assert proxy.ops() == []


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n"])
def test_a_bundle_that_cannot_be_used_is_named(good, serve, tmp_path, content):
    proxy = serve(good)
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    refused(probe(proxy.endpoint, bundle), proxy.endpoint, str(bundle))
    assert proxy.ops() == []


def test_a_hello_that_is_hung_up_on_is_no_answer(authority, blunt):
    server = blunt(None)
    refused(probe(server.endpoint, authority.pem), server.endpoint, "no TLS connection")
    assert server.taken > 1, "it may pass, so it is tried again"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b'HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{"TableNames": []',
        b'HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{"TableNames": []}',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{"TableNames":[]}\r\n',
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
    ids=["nothing", "head", "half", "short", "chunks", "interim"],
)
def test_an_answer_that_is_cut_off_is_no_answer(authority, good, blunt, answer):
    server = blunt(good, answer)
    got = probe(server.endpoint, authority.pem)
    assert got.get("$kind") == "REMOTE", got
    assert server.endpoint.removeprefix("https://") in got["$text"], got
    assert server.taken == 5, "it may pass, so it is tried again"


@pytest.mark.parametrize("part", ["", '{"TableNames": []'])
def test_an_answer_of_no_announced_length_that_is_cut_off_is_no_list(authority, good, blunt, part):
    server = blunt(good, b"HTTP/1.1 200 OK\r\n\r\n" + part.encode())
    got = probe(server.endpoint, authority.pem)
    assert got.get("$kind") in ("CORRUPT", "REMOTE"), got


def test_a_connection_that_breaks_once_is_made_again(authority, good, serve):
    proxy = serve(good)
    proxy.fault("ListTables", fault_proxy.Cut(), times=1)
    proxy.fault("ListTables", fault_proxy.Truncate(), times=1)
    assert probe(proxy.endpoint, authority.pem) == {"TableNames": []}
    assert len(proxy.ops()) == 3
