# SPDX-License-Identifier: Apache-2.0
"""Deliveries to an S3 that refuses, stalls, lies and breaks off: whatever it does, everything is there in
the end, once and whole, and as long as it is not, everybody who asks is told why.

SILTSTONE_EVIL_S3=all tries every fault with files that go in one piece and with files that go in parts, once and for
good (tools/prove evil-s3); else each fault is tried once and for good, in one of the two ways."""

import collections
import http.server
import json
import os
import sqlite3
import subprocess
import threading
import time

import pytest

import config_files
import program
import s3_server
from s3_server import answer_with, cut, fail, garbage, hang_up, reset, stall, stall_answer

ALL = os.environ.get("SILTSTONE_EVIL_S3") == "all"
HOUR = 3600_000
PART = 200


class Trap:
    """Where redirects lead. Nobody must come."""

    def __init__(self):
        self.came = []
        trap = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def come(self):
                trap.came.append((self.command, dict(self.headers)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = come

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/elsewhere"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def trap():
    t = Trap()
    yield t
    t.server.shutdown()
    t.server.server_close()


class Scene:
    def __init__(self, home, s3, multipart):
        self.silt, self.store, self.s3, self.multipart = program.Siltstone(home), home / "silt.db", s3, multipart
        self.now_ms = int(time.time() * 1000) // (6 * HOUR) * 6 * HOUR + 6 * HOUR
        subprocess.run([program.BUILD / "tests" / "seed", self.store], check=True)
        self.silt.ok("channel", "set", "main", "--to", f"s3://{s3.bucket}", "--endpoint", s3.endpoint, "--frequency", "24h",
                     "--store", self.store, env=self.environment())
        db = sqlite3.connect(self.store)
        db.execute("UPDATE _channel SET history_event = 0, snapshot_at_ms = 0")
        db.commit()
        db.close()
        s3.objects.clear()
        s3.seen.clear()

    def environment(self, **more):
        if self.multipart:
            more["SILTSTONE_PART_BYTES"] = str(PART)
        return self.silt.environment(AWS_ACCESS_KEY_ID=s3_server.ACCESS_KEY, AWS_SECRET_ACCESS_KEY=s3_server.SECRET_KEY,
                                     SILTSTONE_BACKOFF_MS="1", **more)

    def deliver(self, **more):
        return self.silt.run("deliver", "--store", self.store, env=self.environment(SILTSTONE_NOW_MS=str(self.now_ms), **more))

    def failed(self):
        return json.loads(self.silt.ok("deliveries", "--failed", "--store", self.store, "--format", "json").out or "[]")

    def stream(self, name="history"):
        rows = json.loads(self.silt.ok("channel", "status", "--store", self.store, "--format", "json").out)
        return next(row for row in rows if row["stream"] == name)

    def check_all_is_there(self):
        """Each item in exactly one history file, a snapshot of each place, and nothing left lying about."""
        assert self.s3.faults == [] and self.s3.uploads == {}
        assert program.one(self.store, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL") == 0
        files = {k: config_files.check_file(k, body)[1] for k, (_, body) in self.s3.objects.items()
                 if body and not config_files.SEAL.match(k)}
        assert set(files) == {k for k, in program.rows(self.store, "SELECT key FROM _delivery WHERE bytes AND kind IN ('history', 'snapshot')")}
        got = collections.Counter((c["resourceType"], c["resourceId"], c["configurationStateId"])
                                  for k, items in files.items() if "/ConfigHistory/" in k for c in items)
        assert got == collections.Counter(program.rows(
            self.store, "SELECT r.type, r.id, i.captured_ms FROM _item i JOIN _resource r USING (rid)"))
        live = sorted(c["resourceId"] for k, items in files.items() if "/ConfigSnapshot/" in k for c in items)
        assert live == [i for i, in program.rows(self.store, "SELECT id FROM _resource WHERE deleted = 0 ORDER BY id")]
        for name in ("history", "snapshot"):
            assert self.stream(name)["status"] == "SUCCESS" and not self.stream(name).get("error")
        assert self.failed() == []
        program.whole(self.store)


@pytest.fixture
def s3():
    with s3_server.S3() as server:
        yield server


@pytest.fixture
def scene(how, tmp_path, s3):
    return Scene(tmp_path, s3, how == "in parts")


def each(faults, first=0):
    """(fault, how the file goes): both ways, or one way in turn."""
    ways = ["whole", "in parts"]
    return [(f, way) for i, f in enumerate(faults) for w, way in enumerate(ways) if ALL or w == (i + first) % 2]


Fault = collections.namedtuple("Fault", "step passes code word")
# What happens; whether it passes by itself when it happens once; what is said when it lasts.
FAULTS = {
    "denied": Fault(fail(403, "AccessDenied"), False, "AccessDenied", "AccessDenied"),
    "slow down": Fault(fail(503, "SlowDown"), True, "SlowDown", "SlowDown"),
    "500": Fault(fail(500, "InternalError"), True, "InternalError", "InternalError"),
    "reset": Fault(reset, True, "ServiceUnavailable", "no answer"),
    "hangs up": Fault(hang_up, True, "ServiceUnavailable", "no answer"),
    "body stalls": Fault(stall, True, "ServiceUnavailable", "stalled"),
    "answer stalls": Fault(stall_answer, True, "ServiceUnavailable", "stalled"),
    "cut answer": Fault(cut, True, "ServiceUnavailable", "cut off"),
    "garbage": Fault(garbage, True, "ServiceUnavailable", "no answer"),
    "another checksum": Fault(answer_with(("ETag", '"1"'), ("x-amz-checksum-sha256", "AAAA")), False, "ServiceUnavailable", "checksum"),
}
STALLS = {"SILTSTONE_STALL_MS": "150"}


def what(scene, kinds):
    """Which requests are meant: those with the content."""
    return kinds or ("part *" if scene.multipart else "put")


@pytest.mark.parametrize("fault, how", each(FAULTS))
def test_what_happens_once_is_made_good(scene, s3, fault):
    f = FAULTS[fault]
    s3.rule(what(scene, None), f.step, 1)
    r = scene.deliver(**STALLS)
    # What does not pass makes the whole channel wait.
    assert r.code in ((0,) if f.passes else (6, 7)), r.err
    if not f.passes:
        scene.now_ms += HOUR
        assert scene.deliver().code == 0
    scene.check_all_is_there()


def check_failing(scene, fault, r):
    assert r.code in (2, 5, 6, 7), r.err
    rows = scene.failed()
    tried = [row for row in rows if row["tries"]]
    assert tried
    for row in tried:
        assert row["error_code"] == fault.code and fault.word in row["error"] and row["tries"] == 1 and row["next_try"], row
    stream = scene.stream()
    assert stream["status"] == "FAILURE" and stream["error_code"] == fault.code and fault.word in stream["error"]
    [(status, code, error)] = program.rows(scene.store, "SELECT history_status, history_error_code, history_error FROM _channel")
    assert status == "FAILURE" and code == fault.code and fault.word in error
    assert s3_server.SECRET_KEY not in r.err + json.dumps(rows)


@pytest.mark.parametrize("fault, how", each(FAULTS, 1))
def test_what_lasts_is_told_and_made_good_when_it_is_over(scene, s3, fault):
    f = FAULTS[fault]
    s3.rule(what(scene, None), f.step)
    check_failing(scene, f, scene.deliver(**STALLS))
    assert not [k for k, (_, body) in s3.objects.items() if body] or fault == "another checksum"
    s3.rules.clear()
    scene.now_ms += HOUR
    assert scene.deliver().code == 0
    scene.check_all_is_there()


@pytest.mark.parametrize("redirect, how", each([(301, False), (307, True), (301, True), (307, False)]))
def test_a_redirect_is_not_followed_with_credentials(scene, s3, trap, redirect):
    status, lasts = redirect
    s3.rule(what(scene, None), fail(status, "TemporaryRedirect", [("Location", trap.url)]), None if lasts else 1)
    r = scene.deliver()
    assert r.code in (6, 7)
    assert "TemporaryRedirect" in scene.failed()[0]["error"]
    s3.rules.clear()
    scene.now_ms += HOUR
    assert scene.deliver().code == 0
    scene.check_all_is_there()
    assert trap.came == []


def test_what_an_overloaded_service_asks_for_is_waited(tmp_path, s3):
    scene = Scene(tmp_path, s3, False)
    s3.rule("put", fail(503, "SlowDown", [("Retry-After", "2")]), 1)
    assert scene.deliver().code == 0
    scene.check_all_is_there()
    puts = [at for kind, at in s3.seen if kind == "put"]
    assert 1.9 < puts[1] - puts[0] < 10
    # Who asks for more than a minute is not waited for: the row waits its own time.
    scene = Scene(tmp_path / "again", s3, False)
    s3.rule("put", fail(503, "SlowDown", [("Retry-After", "100")]))
    began = time.monotonic()
    assert scene.deliver().code == 6
    assert time.monotonic() - began < 30
    assert [kind for kind, _ in s3.seen].count("put") == 1


def nothing(handler):
    handler.answer(200, "<R/>")
    return True


PARTS = {
    "begin refused": ("begin", fail(403, "AccessDenied"), "AccessDenied", "AccessDenied"),
    "begin broken": ("begin", fail(500, "InternalError"), "InternalError", "InternalError"),
    "begin without an id": ("begin", nothing, "InternalError", "without its id"),
    "begin is garbage": ("begin", garbage, "ServiceUnavailable", "no answer"),
    "second part refused": ("part 2", fail(403, "AccessDenied"), "AccessDenied", "part 2"),
    "second part broken": ("part 2", fail(500, "InternalError"), "InternalError", "part 2"),
    "second part reset": ("part 2", reset, "ServiceUnavailable", "part 2"),
    "part with another tag": ("part 1", answer_with(("ETag", '"0"')), "InvalidPart", "InvalidPart"),
    "part without a tag": ("part 1", answer_with(("x-nothing", "1")), "InternalError", "entity tag"),
    "completion refused": ("complete", fail(403, "AccessDenied"), "AccessDenied", "AccessDenied"),
    "completion refused behind a 200": ("complete", fail(200, "InternalError"), "InternalError", "InternalError"),
    "completion cut": ("complete", cut, "ServiceUnavailable", "cut off"),
}


@pytest.mark.parametrize("fault, lasts", [(f, lasts) for i, f in enumerate(PARTS) for lasts in (True, False) if ALL or lasts or i % 4 == 0])
def test_a_fault_on_the_way_through_the_parts(tmp_path, s3, fault, lasts):
    scene = Scene(tmp_path, s3, True)
    kind, step, code, word = PARTS[fault]
    s3.rule(kind, step, None if lasts else 1)
    r = scene.deliver()
    if lasts:
        check_failing(scene, Fault(step, False, code, word), r)
        assert s3.uploads == {}
    s3.rules.clear()
    scene.now_ms += HOUR
    assert scene.deliver().code == 0
    scene.check_all_is_there()


def test_an_upload_that_could_not_be_aborted_is_with_the_next_try(tmp_path, s3):
    scene = Scene(tmp_path, s3, True)
    s3.rule("part 2", fail(403, "AccessDenied"))
    s3.rule("abort", fail(500, "InternalError"))
    assert scene.deliver().code in (6, 7)
    assert s3.uploads
    s3.rules.clear()
    scene.now_ms += HOUR
    assert scene.deliver().code == 0
    scene.check_all_is_there()


def test_uploads_of_other_keys_are_left_alone_and_who_may_not_list_them_goes_on(tmp_path, s3):
    scene = Scene(tmp_path, s3, True)
    s3.uploads["of somebody else"] = {"key": "AWSLogs/else", "parts": {}, "headers": {}}
    s3.rule("list", fail(403, "AccessDenied"), 1)
    assert scene.deliver().code == 0
    assert list(s3.uploads) == ["of somebody else"]
    del s3.uploads["of somebody else"]
    scene.check_all_is_there()
