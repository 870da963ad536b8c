# SPDX-License-Identifier: Apache-2.0
"""A proxy in front of an AWS emulator that misbehaves on request.

    proxy.fault("DescribeVolumes", Status(403, DENIED_XML))           for ever
    proxy.fault("DescribeVolumes", Status(429, ...), times=2)         twice, then pass
    proxy.fault("*", Cut())                                           every operation

An operation is named as the API names it, where the request says it (form body, x-amz-target),
else "METHOD /path?query" is matched by a glob. Only what is named is touched; every request is
noted in proxy.seen.
"""

import collections
import fnmatch
import http.client
import http.server
import random
import re
import socketserver
import threading
import time
import urllib.parse

Seen = collections.namedtuple("Seen", "op service region status")


class Status:
    """Answer this instead of asking."""

    def __init__(self, status, body=b"", kind="text/xml", headers=()):
        self.status, self.kind, self.headers = status, kind, dict(headers)
        self.body = body if isinstance(body, bytes) else body.encode()


class Truncate:
    """Pass the first part of the answer. lie: the length announced is that of the part, so that
    only its content shows that something is missing; else the connection ends too early."""

    def __init__(self, share=0.5, lie=False):
        self.share, self.lie = share, lie


class Cut:
    """End the connection without an answer."""


class Slow:
    """The answer's first byte comes this late."""

    def __init__(self, seconds):
        self.seconds = seconds


class Trickle:
    """The body comes in ten pieces over so many seconds."""

    def __init__(self, seconds):
        self.seconds = seconds


class Throttle:
    """Refused for going too fast, as the service at hand says it."""


class Chaos:
    """One of several things, or nothing, by chance: (what, share of the requests)."""

    def __init__(self, seed, *shares):
        self.random, self.shares = random.Random(seed), shares
        self.hits = collections.Counter()

    def pick(self):
        at = self.random.random()
        for what, share in self.shares:
            at -= share
            if at < 0:
                self.hits[type(what).__name__] += 1
                return what
        return None


class Hang:
    """No answer until the proxy is stopped."""


class Page:
    """Edit the answer's body: f(bytes) -> bytes."""

    def __init__(self, f):
        self.f = f


HTML = "<!DOCTYPE html><html><head><title>Welcome</title></head><body><p>It works! &nbsp;</p></body></html>"


def ec2_error(code, message="no"):
    return f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>r</RequestID></Response>"


def query_error(code, message="no"):
    return f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"


def s3_error(code, message="no"):
    return f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>r</RequestId></Error>"


def json_error(code, message="no"):
    return '{"__type":"com.amazonaws.x#%s","message":"%s"}' % (code, message)


def throttling(request, service):
    kind = request.headers.get("Content-Type") or ""
    if service == "ec2":
        return Status(503, ec2_error("RequestLimitExceeded", "Request limit exceeded."))
    if service == "s3":
        return Status(503, s3_error("SlowDown", "Please reduce your request rate."), "application/xml")
    if kind.startswith("application/x-amz-json"):
        return Status(400, json_error("ThrottlingException", "Rate exceeded"), "application/x-amz-json-1.1")
    if kind.startswith("application/x-www-form-urlencoded") or service in ("cloudfront", "route53"):
        return Status(400, query_error("Throttling", "Rate exceeded"))
    return Status(429, '{"message":"Rate exceeded"}', "application/json", [("x-amzn-ErrorType", "TooManyRequestsException")])


class Threaded(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a client that went away


class FaultProxy:
    def __init__(self, upstream, reuse=True, tls=None):
        """tls: an ssl.SSLContext; the proxy then speaks HTTPS to its clients."""
        self.up = urllib.parse.urlsplit(upstream)
        self.reuse = reuse
        self.lock = threading.Lock()
        self.faults = []
        self.seen = []
        self.bodies = []
        self.stopping = threading.Event()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def log_message(self, *args):
                pass

            def answer(self):
                proxy.answer(self)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer

        self.server = Threaded(("127.0.0.1", 0), Handler)
        self.endpoint = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_address[1]}"
        if tls:
            # Not while accepting: a handshake that hangs would hold up everybody.
            self.server.socket = tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def fault(self, op, what, times=None, region=None, skip=0, says=None):
        """From the (skip+1)th such request on, `times` times (None: for ever). says: bytes that its body has."""
        with self.lock:
            self.faults.append({"op": op, "what": what, "left": times, "region": region, "skip": skip, "hits": 0, "says": says})
            return self.faults[-1]

    def clear(self):
        with self.lock:
            self.faults.clear()
            self.seen.clear()
            self.bodies.clear()

    def ops(self):
        with self.lock:
            return [s.op for s in self.seen]

    @staticmethod
    def name_of(request, body):
        target = request.headers.get("X-Amz-Target")
        if target:
            return target.rpartition(".")[2]
        if (request.headers.get("Content-Type") or "").startswith("application/x-www-form-urlencoded"):
            action = urllib.parse.parse_qs(body.decode(errors="replace")).get("Action")
            if action:
                return action[0]
        return f"{request.command} {request.path}"

    def choose(self, op, region, body):
        with self.lock:
            for f in self.faults:
                if not fnmatch.fnmatchcase(op, f["op"]) or (f["region"] and f["region"] != region):
                    continue
                if f["says"] and f["says"] not in body:
                    continue
                if f["skip"]:
                    f["skip"] -= 1
                    continue
                if f["left"] == 0:
                    continue
                if f["left"] is not None:
                    f["left"] -= 1
                f["hits"] += 1
                return f["what"].pick() if isinstance(f["what"], Chaos) else f["what"]
        return None

    def forward(self, request, body):
        connection = http.client.HTTPConnection(self.up.hostname, self.up.port, timeout=60)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in ("connection", "expect", "host")}
        connection.request(request.command, request.path, body=body, headers=headers)
        r = connection.getresponse()
        out = r.read()
        connection.close()
        return r.status, r.getheaders(), out

    def answer(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length)
        op = self.name_of(request, body)
        m = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", request.headers.get("Authorization") or "")
        region, service = m.groups() if m else ("", "")
        what = self.choose(op, region, body)
        with self.lock:
            self.bodies.append((op, body))
        status = 0
        try:
            status = self.act(request, body, throttling(request, service) if isinstance(what, Throttle) else what)
        finally:
            with self.lock:
                self.seen.append(Seen(op, service, region, status))

    def act(self, request, body, what):
        if isinstance(what, Hang):
            self.stopping.wait()
        if isinstance(what, (Cut, Hang)):
            request.close_connection = True
            return 0
        if isinstance(what, Status):
            self.send(request, what.status, [("Content-Type", what.kind), *what.headers.items()], what.body)
            return what.status
        status, headers, out = self.forward(request, body)
        if isinstance(what, Slow):
            time.sleep(what.seconds)
        if isinstance(what, Page):
            out = what.f(out)
        if isinstance(what, Truncate):
            part = out[: int(len(out) * what.share)]
            self.send(request, status, headers, part, len(part) if what.lie else len(out))
            if not what.lie:
                request.close_connection = True
            return status
        self.send(request, status, headers, out, pause=what.seconds / 10 if isinstance(what, Trickle) else 0)
        return status

    def send(self, request, status, headers, out, length=None, pause=0):
        request.send_response_only(status)
        for k, v in headers:
            if k.lower() not in ("content-length", "connection", "transfer-encoding"):
                request.send_header(k, v)
        if request.command == "HEAD":
            length = next((v for k, v in headers if k.lower() == "content-length"), "0")
        request.send_header("Content-Length", str(len(out) if length is None else length))
        request.end_headers()
        if request.command == "HEAD":
            return
        step = len(out) // 10 + 1 if pause else len(out) or 1
        for at in range(0, len(out), step):
            time.sleep(pause)
            request.wfile.write(out[at : at + step])
            request.wfile.flush()
