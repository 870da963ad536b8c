# SPDX-License-Identifier: Apache-2.0
"""SIGTERM while an upload or a notification is under way: the daemon ends at once, nothing is counted as
a failure, and the next start goes on with it."""

import http.server
import itertools
import os
import sqlite3
import subprocess
import threading
import time
import urllib.parse

import pytest

import config_files
import program
import s3_server
from test_daemon import Daemon, config

PATIENCE_S = 4


@pytest.fixture
def up(siltstone, store):
    running = []

    def start(**more):
        env = siltstone.environment(AWS_ACCESS_KEY_ID=s3_server.ACCESS_KEY, AWS_SECRET_ACCESS_KEY=s3_server.SECRET_KEY, **more)
        running.append(Daemon(siltstone, store, "--log-level", "debug", env=env))
        return running[-1]

    yield start
    for d in running:
        if d.process.poll() is None:
            d.process.kill()
            d.process.wait()


@pytest.fixture
def s3():
    with s3_server.S3() as server:
        yield server


def change(store, *statements):
    db = sqlite3.connect(store, timeout=30)
    for sql in statements:
        db.execute(sql)
    db.commit()
    db.close()


def until(store, sql, timeout=60):
    deadline = time.monotonic() + timeout
    while not program.one(store, sql):
        assert time.monotonic() < deadline, sql
        time.sleep(0.02)


def ends_well(d):
    assert d.stop() < PATIENCE_S
    assert d.process.returncode == 0
    assert "event=daemon.stopped" in d.text()
    for failed in ("delivery.failed", "notice.failed", "abandoned"):
        assert failed not in d.text()


@pytest.fixture
def files(siltstone, store, s3):
    """A store whose channel has files to deliver, one of them larger than what fits between two sockets."""
    subprocess.run([program.BUILD / "tests" / "seed", store], check=True)
    config(siltstone, f'[recorder]\nrecording = no\n[channel "main"]\ntarget = s3://{s3.bucket}\nendpoint = {s3.endpoint}\n')
    keys = siltstone.environment(AWS_ACCESS_KEY_ID=s3_server.ACCESS_KEY, AWS_SECRET_ACCESS_KEY=s3_server.SECRET_KEY)
    siltstone.ok("up", "--once", "--store", store, env=keys)
    noise = os.urandom(8_000_000).hex()
    change(store, f"""UPDATE _document SET body = json_set(body, '$.configuration.noise', '{noise}')
                       WHERE document_id = (SELECT i.document_id FROM _item i JOIN _resource r USING (rid) WHERE r.id = 'logs')""",
           "UPDATE _channel SET history_event = 0, history_at_ms = 0")
    s3.objects.clear()
    return store


STATE = "SELECT count(*), sum(lease_ms), sum(tries), sum(next_ms > planned_ms), max(error) FROM _delivery WHERE done_ms IS NULL"


@pytest.mark.parametrize("parts", [False, True])
def test_in_the_middle_of_an_upload(siltstone, files, s3, up, parts):
    how = {"SILTSTONE_PART_BYTES": str(5 << 20)} if parts else {}
    # The body of the largest file; small ones are whole between the sockets before they stall.
    s3.rule("part 2" if parts else "put", s3_server.stall)
    d = up(**how)
    assert s3.stalled.wait(60), d.text()
    ends_well(d)
    [(due, leases, tries, waiting, error)] = program.rows(files, STATE)
    assert due >= 1 and (leases, tries, waiting, error) == (0, 0, 0, None)
    assert program.one(files, "SELECT count(*) FROM _channel WHERE history_status = 'FAILURE'") == 0
    s3.rules.clear()
    d = up(**how)
    until(files, "SELECT NOT EXISTS (SELECT 1 FROM _delivery WHERE done_ms IS NULL)")
    d.stop()
    assert s3.uploads == {}
    items = [i for k, (_, body) in s3.objects.items() if "/ConfigHistory/" in k for i in config_files.check_file(k, body)[1]]
    assert len(items) == program.one(files, "SELECT count(*) FROM _item")
    program.whole(files)


def test_in_the_pause_between_two_attempts(siltstone, files, s3, up):
    s3.rule("put", s3_server.fail(503, "SlowDown", [("Retry-After", "30")]))
    d = up()
    deadline = time.monotonic() + 30
    while "put" not in [kind for kind, _ in s3.seen]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    ends_well(d)
    [(due, leases, tries, waiting, error)] = program.rows(files, STATE)
    assert due >= 1 and (leases, tries, waiting, error) == (0, 0, 0, None)


class Silent:
    """Reads what is posted; answers from the moment that it is told to."""

    def __init__(self):
        silent = self
        self.asked, self.speaks, self.ending, self.bodies = threading.Event(), False, threading.Event(), []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                silent.asked.set()
                if not silent.speaks:
                    silent.ending.wait()
                    return
                answer = silent.take(body).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *args: None
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body):
        """Keep the messages, of which a topic may be told several at a time, and answer as it does."""
        asked = dict(urllib.parse.parse_qsl(body.decode()))
        if asked.get("Action") != "PublishBatch":
            self.bodies.append(asked["Message"] if "Action" in asked else body.decode())
            return "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
        said = ""
        for n in itertools.count(1):
            entry = f"PublishBatchRequestEntries.member.{n}."
            if entry + "Id" not in asked:
                break
            self.bodies.append(asked[entry + "Message"])
            said += f"<member><Id>{asked[entry + 'Id']}</Id><MessageId>{n}</MessageId></member>"
        return (f"<PublishBatchResponse><PublishBatchResult><Successful>{said}</Successful><Failed/></PublishBatchResult>"
                "</PublishBatchResponse>")


@pytest.fixture
def silent():
    s = Silent()
    yield s
    s.ending.set()
    s.server.shutdown()
    s.server.server_close()


@pytest.mark.parametrize("kind", ["webhook", "sns"])
def test_in_the_middle_of_a_notification(siltstone, store, silent, up, kind):
    subprocess.run([program.BUILD / "tests" / "seed", store], check=True)
    where = [silent.url + "/hook"] if kind == "webhook" else ["arn:aws:sns:us-east-1:123456789012:t", "--endpoint", silent.url]
    siltstone.ok("sink", "add", "s", *where, "--store", store, "--cursor", "0")
    config(siltstone, "[recorder]\nrecording = no\n")
    d = up()
    assert silent.asked.wait(60), d.text()
    ends_well(d)
    assert program.rows(store, "SELECT cursor, lease_ms, tries, next_ms, error FROM _sink") == [(0, 0, 0, 0, None)]
    silent.speaks = True
    d = up()
    until(store, "SELECT cursor = (SELECT max(event_id) FROM _event) FROM _sink")
    d.stop()
    assert len(silent.bodies) == len(set(silent.bodies)) == program.one(store, "SELECT count(*) FROM _event")


def test_killed_in_the_middle_of_it_the_next_start_does_not_wait(siltstone, files, s3, up):
    s3.rule("put", s3_server.stall)
    d = up()
    assert s3.stalled.wait(60), d.text()
    d.process.kill()
    d.process.wait()
    assert program.one(files, "SELECT max(lease_ms) FROM _delivery") > time.time() * 1000
    s3.rules.clear()
    up()
    until(files, "SELECT NOT EXISTS (SELECT 1 FROM _delivery WHERE done_ms IS NULL)")
