# SPDX-License-Identifier: Apache-2.0
"""A small S3 that trusts nobody.

It recomputes every signature with botocore from the request as it arrived (path and query decoded
and encoded anew), wants every x-amz-* header signed and every digest true, and keeps objects and
uploads in memory. `script` makes the next requests fail in a given way; `rule()` does so with requests
of one kind: head, put, begin, "part 2", complete, abort, list.
"""

import base64
import fnmatch
import hashlib
import socket
import struct
import threading
import time
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLETOKEN//+=="


def parameters(query):
    pairs = [part.partition("=") for part in query.split("&") if part]
    return [(unquote(name), unquote(value)) for name, _, value in pairs]


def signature_faults(method, target, headers, body, region):
    """What is wrong with the signature of a request; an empty list when nothing is."""
    given = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value)
    scheme, _, rest = given.get("authorization", [""])[0].partition(" ")
    if scheme != "AWS4-HMAC-SHA256":
        return ["not signed"]
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    access_key, date, scope_region, service, _ = fields["Credential"].split("/")
    signed = fields["SignedHeaders"].split(";")
    stamp = given.get("x-amz-date", [""])[0]
    payload = given.get("x-amz-content-sha256", [""])[0]
    faults = []
    if access_key != ACCESS_KEY or given.get("x-amz-security-token", [TOKEN])[0] != TOKEN:
        faults.append("not our credentials")
    if signed != sorted(signed) or "host" not in signed:
        faults.append("signed headers out of order, or without the host")
    faults += [f"{name} is sent twice" for name, values in given.items() if len(values) > 1]
    faults += [f"{name} is not signed" for name in given if name.startswith("x-amz-") and name not in signed]
    faults += [f"{name} is signed and not sent" for name in signed if name not in given]
    if not stamp.startswith(date) or service != "s3" or scope_region != region:
        faults.append(f"wrong scope {date}/{scope_region}/{service}")
    if payload != hashlib.sha256(body).hexdigest():
        faults.append("the payload is not the one that was signed")
    path, _, query = target.partition("?")
    request = AWSRequest(method=method, url="http://host" + quote(unquote(path), safe="/-_.~"), data=body)
    for name, value in headers:
        if name.lower() in signed:
            request.headers.add_header(name, value)
    request.params = parameters(query)
    request.context["timestamp"] = stamp
    signer = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", scope_region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if signer.signature(text, request) != fields["Signature"]:
        faults.append("the signature is another")
    return faults


def checksum(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def etag(body):
    return f'"{hashlib.md5(body).hexdigest()}"'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body="", headers=()):
        raw = body.encode()
        self.send_response(status)
        for name, value in (*headers, *self.answer_headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def refuse(self, status, code, message="as the script says", headers=(), more=""):
        self.answer(status, f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{more}</Error>", headers)

    def kind(self, query):
        if self.command == "PUT":
            return f"part {query['partNumber']}" if "uploadId" in query else "put"
        if self.command == "POST":
            return "begin" if "uploads" in query else "complete"
        if self.command == "GET" and "uploads" not in query:
            return "objects" if "list-type" in query else "get"
        return {"DELETE": "abort", "HEAD": "head"}.get(self.command, "list")

    def serve(self):
        s3 = self.server.s3
        path, _, query = self.path.partition("?")
        query = dict(parameters(query))
        bucket, _, key = path.lstrip("/").partition("/")
        kind = self.kind(query)
        with s3.lock:
            s3.requests.append((self.command, self.path, dict(self.headers.items())))
            s3.seen.append((kind, time.monotonic()))
            step = s3.step(kind)
        self.answer_headers = ()
        if getattr(step, "early", False):
            step(self)
            return
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            # Whoever was sending is gone.
            self.close_connection = True
            return
        if step and step(self):
            return
        if self.elsewhere(s3):
            return
        faults = signature_faults(self.command, self.path, self.headers.items(), body, s3.region)
        sent = self.headers.get("x-amz-checksum-sha256")
        if sent and sent != checksum(body):
            faults.append("the checksum is another")
        if faults:
            s3.faults += faults
            self.refuse(403, "SignatureDoesNotMatch", "; ".join(faults))
        elif unquote(bucket) != s3.bucket:
            self.refuse(404, "NoSuchBucket")
        else:
            with s3.lock:
                self.store(s3, unquote(key), query, body)

    def elsewhere(self, s3):
        scope = self.headers.get("Authorization", "").partition("Credential=")[2].split("/")
        if len(scope) < 3 or scope[2] == s3.region:
            return False
        if s3.region_told == "in the header":
            self.refuse(301, "PermanentRedirect", headers=[("x-amz-bucket-region", s3.region)])
        elif s3.region_told == "in the body":
            self.refuse(400, "AuthorizationHeaderMalformed", more=f"<Region>{s3.region}</Region>")
        else:
            return False
        return True

    def store(self, s3, key, query, body):
        if self.command == "HEAD":
            self.answer(200, headers=[("x-amz-bucket-region", s3.region)])
        elif self.command == "PUT" and "uploadId" in query:
            s3.uploads[query["uploadId"]]["parts"][int(query["partNumber"])] = body
            self.stored(body)
        elif self.command == "PUT":
            s3.objects[key] = (dict(self.headers.items()), body)
            self.stored(body)
        elif self.command == "POST" and "uploads" in query:
            s3.begun += 1
            number = f"id/{s3.begun}+=="
            s3.uploads[number] = {"key": key, "parts": {}, "headers": dict(self.headers.items())}
            self.answer(200, f"<R xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><UploadId>{number}</UploadId></R>")
        elif self.command == "POST":
            self.complete(s3, query["uploadId"], body)
        elif self.kind(query) == "objects":
            self.list_objects(s3, query)
        elif self.kind(query) == "get":
            self.get(s3, key)
        elif self.command == "DELETE":
            s3.uploads.pop(query["uploadId"])
            s3.aborted += 1
            self.answer(204)
        else:
            rows = "".join(f"<Upload><Key>{escape(u['key'])}</Key><UploadId>{n}</UploadId></Upload>"
                           for n, u in s3.uploads.items() if u["key"].startswith(query.get("prefix", "")))
            self.answer(200, f"<ListMultipartUploadsResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>{rows}</ListMultipartUploadsResult>")

    def stored(self, body):
        if self.answer_headers:
            self.answer(200)
        else:
            self.answer(200, headers=[("ETag", f'"{hashlib.md5(body).hexdigest()}"'), ("x-amz-checksum-sha256", checksum(body))])

    def list_objects(self, s3, query):
        """Pages of s3.page keys; the token names the last key of the page before."""
        prefix, after = query.get("prefix", ""), query.get("continuation-token", "")
        keys = [k for k in sorted(s3.objects) if k.startswith(prefix) and k > after.removeprefix("behind ")]
        rows = "".join(
            f"<Contents><Key>{escape(k)}</Key><ETag>{escape(etag(s3.objects[k][1]))}</ETag><Size>{len(s3.objects[k][1])}</Size></Contents>"
            for k in keys[: s3.page]
        )
        more = len(keys) > s3.page
        token = f"<NextContinuationToken>behind {escape(keys[s3.page - 1])}</NextContinuationToken>" if more else ""
        self.answer(200, "<ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
                         f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{rows}</ListBucketResult>")

    def get(self, s3, key):
        if key not in s3.objects:
            self.refuse(404, "NoSuchKey")
            return
        body = s3.objects[key][1]
        if self.headers.get("If-Match", etag(body)) != etag(body):
            self.refuse(412, "PreconditionFailed")
            return
        first, last = (int(n) for n in self.headers["Range"].removeprefix("bytes=").split("-"))
        piece = body[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Length", str(len(piece)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("ETag", etag(body))
        self.end_headers()
        self.wfile.write(piece)

    def complete(self, s3, number, body):
        upload = s3.uploads[number]
        space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
        listed = {}
        for part in ElementTree.fromstring(body).iter(space + "Part"):
            listed[int(part.findtext(space + "PartNumber"))] = (
                part.findtext(space + "ETag"),
                part.findtext(space + "ChecksumSHA256"),
            )
        have = {n: (f'"{hashlib.md5(b).hexdigest()}"', checksum(b)) for n, b in upload["parts"].items()}
        if listed != have:
            # S3 begins to answer before it is done: the refusal comes with a 200.
            self.refuse(200, "InvalidPart")
            return
        del s3.uploads[number]
        s3.objects[upload["key"]] = (upload["headers"], b"".join(upload["parts"][n] for n in sorted(have)))
        self.answer(200, "<CompleteMultipartUploadResult/>")

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve


def fail(status, code, headers=()):
    """A step of a script: this answer whatever was asked."""

    def step(handler):
        handler.refuse(status, code, headers=headers)
        return True

    return step


def hang_up(handler):
    """A step of a script: no answer at all."""
    handler.close_connection = True
    handler.connection.shutdown(2)
    return True


def early(step):
    """A step that comes before the body is read."""
    step.early = True
    return step


def take_half(handler):
    """Half of the body; the first few bytes of one that is small."""
    n = int(handler.headers.get("Content-Length", 0)) // 2
    return handler.rfile.read(n)


@early
def reset(handler):
    """The connection is reset in the middle of the body."""
    take_half(handler)
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@early
def stall(handler):
    """Half of the body is taken, and then nothing more until the server ends."""
    take_half(handler)
    handler.close_connection = True
    handler.server.s3.stalled.set()
    handler.server.s3.ending.wait()


def stall_answer(handler):
    """No answer until the server ends."""
    handler.close_connection = True
    handler.server.s3.stalled.set()
    handler.server.s3.ending.wait()
    return True


def cut(handler):
    """Half of an answer."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Res")
    handler.close_connection = True
    return True


def garbage(handler):
    handler.wfile.write(b"\0\xff what is this\r\n\r\n")
    handler.close_connection = True
    return True


def answer_with(*headers):
    """A step of a script: served as ever, but with these headers instead of entity tag and checksum."""

    def step(handler):
        handler.answer_headers = headers
        return False

    return step


def go_on(_):
    """A step of a script: nothing unusual."""
    return False


class S3:
    def __init__(self, region="eu-central-1", bucket="archive"):
        self.region, self.bucket = region, bucket
        self.region_told = "in the header"
        self.page = 1000
        self.lock = threading.Lock()
        self.objects, self.uploads, self.requests, self.script, self.faults = {}, {}, [], [], []
        self.aborted = self.begun = 0
        self.rules, self.seen = [], []  # seen: (kind, when)
        self.stalled, self.ending = threading.Event(), threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.s3 = self
        # One that was killed hangs up in mid-request.
        self.server.handle_error = lambda *args: None
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def rule(self, kind, step, times=None):
        """Requests of this kind (a glob) go that way, for ever or so many times."""
        self.rules.append([kind, step, times])

    def step(self, kind):
        if self.script:
            return self.script.pop(0)
        for rule in self.rules:
            if fnmatch.fnmatchcase(kind, rule[0]) and rule[2] != 0:
                rule[2] = rule[2] and rule[2] - 1
                return rule[1]
        return None

    def __exit__(self, *args):
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()

    def methods(self):
        return [method for method, _, _ in self.requests]
