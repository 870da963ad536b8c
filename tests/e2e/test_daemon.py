# SPDX-License-Identifier: Apache-2.0
"""`siltstone up` as a service manager and a scraper see it."""

import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import sqlite3
import threading
import time

import pytest

import emulator
import estate
import program


class Daemon:
    def __init__(self, siltstone, store, *args, env=None):
        self.port = emulator.free_port()
        self.log = pathlib.Path(siltstone.home) / f"up-{self.port}.log"
        self.began = time.monotonic()
        with open(self.log, "wb") as err:
            self.process = siltstone.start("up", "--store", store, "--listen", f"127.0.0.1:{self.port}", *args, env=env, stderr=err)
        self.wait("event=daemon.ready")
        self.ready_s = time.monotonic() - self.began

    def text(self):
        return self.log.read_text()

    def wait(self, what, times=1, timeout=60):
        deadline = time.monotonic() + timeout
        while self.text().count(what) < times:
            assert self.process.poll() is None, f"it ended\n{self.text()}"
            assert time.monotonic() < deadline, f"no {what}\n{self.text()}"
            time.sleep(0.01)

    def get(self, path, method="GET"):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request(method, path)
        answer = c.getresponse()
        body = answer.read().decode()
        c.close()
        return answer.status, body

    def raw(self, head):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as s:
            s.sendall(head)
            got = b""
            while piece := s.recv(4096):
                got += piece
            return got

    def stop(self, number=signal.SIGTERM, timeout=10):
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout)
        assert "Sanitizer" not in self.text() and "runtime error" not in self.text(), self.text()
        return time.monotonic() - began


@pytest.fixture
def up(siltstone, store):
    running = []

    def start(*args, **kw):
        running.append(Daemon(siltstone, store, *args, **kw))
        return running[-1]

    yield start
    for d in running:
        if d.process.poll() is None:
            d.process.kill()
            d.process.wait()


def config(siltstone, text):
    path = pathlib.Path(siltstone.home) / "siltstone.conf"
    path.write_text(text)
    return path


def wait_for(condition, timeout=60):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def prod(moto, **more):
    lines = {"endpoint": moto.endpoint, "regions": ",".join(estate.REGIONS), "types": estate.TYPES, **more}
    return '[source "prod"]\n' + "".join(f"{k} = {v}\n" for k, v in lines.items())


def metrics(text):
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if not line.startswith("#")}


def test_a_source_of_the_file_is_recorded_and_told_in_metrics(siltstone, small, store, up):
    config(siltstone, "[recorder]\nevery = 1h\n" + prod(small))
    d = up()
    d.wait("event=sweep.done")
    assert d.get("/healthz") == (200, "ok\n")
    status, text = d.get("/metrics")
    assert status == 200
    m = metrics(text)
    assert m['siltstone_recorder_up{source="prod"}'] == 1
    kind, account = "AWS::EC2::Volume", "123456789012"
    assert m[f'siltstone_resources{{type="{kind}",account="{account}",region="us-east-1"}}'] >= 1
    assert m[f'siltstone_items_total{{type="{kind}"}}'] >= 2
    assert m['siltstone_last_item_timestamp_seconds{source="prod"}'] > time.time() - 100
    assert m['siltstone_http_requests_total{route="/healthz",code="200"}'] == 1
    assert m["siltstone_ingest_seconds_count"] == 1 and m['siltstone_ingest_seconds_bucket{le="+Inf"}'] == 1
    assert 0 < m["siltstone_ingest_seconds_sum"] < 100
    assert metrics(d.get("/metrics")[1])["siltstone_query_seconds_count"] == 1
    assert d.get("/elsewhere")[0] == 404
    assert d.get("/metrics", "POST")[0] == 405
    assert d.stop() < 3
    assert d.process.returncode == 0
    assert "event=daemon.stopped" in d.text()
    assert program.one(store, "SELECT status FROM _recorder") == "SUCCESS"
    program.whole(store)


def test_every_metric_has_one_head_and_its_samples_together(siltstone, small, store, up):
    config(siltstone, prod(small) + f'[channel "c"]\ntarget = dir:{siltstone.home}\n[sink "f"]\nkind = file\ntarget = {siltstone.home}/told\n')
    d = up()
    d.wait("event=sweep.done")
    names = []
    for line in d.get("/metrics")[1].splitlines():
        name = line.split()[2] if line.startswith("#") else line.split("{")[0].split()[0]
        for end in ("_bucket", "_sum", "_count"):
            name = name.removesuffix(end) if name.endswith("_seconds" + end) else name
        if names[-1:] != [name]:
            names.append(name)
    assert len(names) == len(set(names))
    assert set(names) >= {"siltstone_" + n for n in (
        "items_total", "changes_total", "resources", "last_item_timestamp_seconds", "recorder_up", "recorder_lag_seconds", "store_bytes",
        "ingest_seconds", "http_requests_total", "query_seconds", "gaps_total", "deliveries_pending", "notices_pending")}


def test_a_second_daemon_and_record_are_refused_with_the_pid_of_the_first(siltstone, store, up):
    d = up()
    for command in (["up", "--listen", "off"], ["record", "--source", "host"]):
        r = siltstone.run(*command, "--store", store)
        assert r.code == 4
        assert f"process {d.process.pid}" in r.err
    d.process.kill()
    d.process.wait()
    siltstone.ok("record", "--source", "host", "--store", store)


@pytest.mark.parametrize("account", ({}, {"account": "123456789012"}), ids=("asking who it is", "looking"))
def test_sigterm_in_the_middle_of_a_sweep_ends_it_and_writes_nothing(siltstone, small, store, up, account):
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(64)
    config(siltstone, prod(small, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}", **account))
    d = up("--log-level", "debug")
    d.wait("event=sweep.begun")
    assert d.stop() < 3
    assert d.process.returncode == 0
    silent.close()
    assert program.one(store, "SELECT count(*) FROM _item") == 0
    program.whole(store)


def test_once_does_what_is_due_and_ends(siltstone, small, store):
    config(siltstone, prod(small))
    r = siltstone.ok("up", "--once", "--store", store)
    assert "event=sweep.done" in r.err
    items = program.one(store, "SELECT count(*) FROM _item")
    assert items > 10
    # Nothing is due again for ten minutes.
    assert "event=sweep.done" not in siltstone.ok("up", "--once", "--store", store).err
    program.whole(store)


def test_once_delivers_and_tells(siltstone, small, store, tmp_path):
    told = tmp_path / "told.jsonl"
    config(siltstone, prod(small) + f'[sink "file"]\nkind = file\ntarget = {told}\n')
    siltstone.ok("up", "--once", "--store", store)
    kinds = {json.loads(line)["messageType"] for line in told.read_text().splitlines()}
    assert kinds == {"ConfigurationItemChangeNotification"}
    assert len(told.read_text().splitlines()) == program.one(store, "SELECT count(*) FROM _event")


def test_sighup_reads_the_file_again_and_a_mistake_in_it_changes_nothing(siltstone, small, store, up):
    config(siltstone, '[source "a"]\nregions = us-east-1\n[recorder]\nrecording = no\n')
    d = up()
    names = lambda: [n for (n,) in program.rows(store, "SELECT name FROM _source WHERE kept = 1 ORDER BY name")]
    assert names() == ["a"]
    config(siltstone, '[source "b"]\nregions = us-east-1\n[recorder]\nrecording = no\n')
    d.process.send_signal(signal.SIGHUP)
    d.wait("event=daemon.reloaded")
    assert names() == ["b"]
    config(siltstone, '[source "c"]\nregoins = us-east-1\n')
    d.process.send_signal(signal.SIGHUP)
    d.wait("event=config.refused")
    assert "siltstone.conf:2" in d.text() and "did you mean regions?" in d.text()
    assert names() == ["b"]
    assert d.stop() < 3


def test_sighup_takes_new_keys_and_says_what_takes_a_restart(siltstone, small, store, tmp_path):
    """A bucket and a queue see the key that signs; the profile's file is rewritten while the daemon runs."""
    seen = []

    class Server(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, self.headers.get("Authorization", "").split("Credential=")[-1].split("/")[0]))
            out = b'{"MessageId":"m"}' if self.command == "POST" and body.startswith(b"{") else b""
            self.send_response(200)
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        do_GET = do_HEAD = do_PUT = do_POST = answer

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    keys = tmp_path / "credentials"
    write_key = lambda key: keys.write_text(f"[p]\naws_access_key_id = {key}\naws_secret_access_key = x\n")
    text = (f"[recorder]\nrecording = no\n[http]\nlisten = 127.0.0.1:{emulator.free_port()}\n"
            f'[channel "c"]\ntarget = s3://archive\nendpoint = {here}\nprofile = p\n'
            f'[sink "q"]\nkind = sqs\ntarget = {here}/123456789012/q\nendpoint = {here}\nregion = us-east-1\nprofile = p\n')
    write_key("AKIAFIRST")
    config(siltstone, text)
    log = tmp_path / "up.log"
    # No key in the environment, which would be taken before the profile's.
    env = siltstone.environment(keys=False, AWS_SHARED_CREDENTIALS_FILE=str(keys), AWS_CONFIG_FILE=str(tmp_path / "none"))
    with open(log, "wb") as err:
        p = siltstone.start("up", "--store", store, env=env, stderr=err)
    try:
        wait_for(lambda: "event=daemon.ready" in log.read_text())

        def happens():
            db = sqlite3.connect(store, timeout=20)
            db.execute("INSERT INTO _event (at_ms, kind, account, region, payload) VALUES (1, 'ConfigRulesEvaluationStarted', '123456789012', 'us-east-1', '{}')")
            db.execute("INSERT INTO _delivery (channel, kind, account, region, due_ms, planned_ms, next_ms) "
                       "SELECT 'c', 'check', '123456789012', '', count(*), 1, 1 FROM _delivery")
            db.commit()
            db.close()

        signed = lambda key: {m for m, k in seen if k == key} >= {"PUT", "POST"}
        happens()
        wait_for(lambda: signed("AKIAFIRST"))
        write_key("AKIASECOND")
        happens()
        wait_for(lambda: program.one(store, "SELECT count(*) FROM _delivery WHERE done_ms IS NULL") == 0)
        assert not signed("AKIASECOND")
        config(siltstone, text.replace("[http]\nlisten = 127.0.0.1", "[http]\nlisten = 127.0.0.2"))
        p.send_signal(signal.SIGHUP)
        wait_for(lambda: "event=daemon.reloaded" in log.read_text())
        assert "event=setting.restart setting=http.listen said=127.0.0.2" in log.read_text()
        assert "setting=store.path" not in log.read_text()
        happens()
        wait_for(lambda: signed("AKIASECOND"))
    finally:
        p.terminate()
        assert p.wait(10) == 0
        server.shutdown()
        server.server_close()


def test_what_a_command_changed_wins_over_the_file(siltstone, store):
    text = '[source "a"]\nregions = us-east-1\n[source "b"]\nregions = us-east-1\n[recorder]\nrecording = no\n'
    config(siltstone, text)
    siltstone.ok("up", "--once", "--store", store)
    siltstone.ok("source", "add", "a", "--regions", "eu-west-1", "--store", store)
    siltstone.ok("source", "remove", "b", "--store", store)
    config(siltstone, text.replace("us-east-1", "eu-north-1"))
    r = siltstone.ok("up", "--once", "--store", store)
    assert r.err.count("event=setting.kept") == 2
    kept = program.rows(store, "SELECT name, settings FROM _source WHERE kept = 1")
    assert kept == [("a", '{"regions":"eu-west-1"}')]


def test_it_starts_at_once_on_a_store_that_is_there(siltstone, store_copy, up):
    config(siltstone, "[recorder]\nrecording = no\n")
    up().stop()
    d = up()
    ms = int(d.text().split("event=daemon.ready", 1)[1].split(" ms=", 1)[1].split()[0])
    # Room for a sanitizer and a machine that has other things to do; it takes some ten milliseconds.
    assert ms < 50 or d.ready_s < 2


def test_malformed_and_slow_requests_are_refused(up):
    d = up()
    host = b"Host: 127.0.0.1\r\n"
    for head, status in (
        (b"GET / HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"GET /\0 HTTP/1.1\r\n" + host + b"\r\n", b"400"),
        (b"GET / HTTP/1.1\n" + host + b"\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        (b"GET / HTTP/1.1\r\n" + host + b"A: " + b"a" * 20000, b"431"),
        (b"POST /events HTTP/1.1\r\n" + host + b"Content-Length: 1000000\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 1048577\r\n\r\n", b"413"),
    ):
        assert d.raw(head).split(b" ", 2)[1] == status, head[:80]
    # A head that came in pieces is as good as one that came whole; what comes behind it is the next request.
    with socket.create_connection(("127.0.0.1", d.port), timeout=20) as s:
        s.sendall(b"GET /healthz HT")
        time.sleep(0.05)
        s.sendall(b"TP/1.1\r\n" + host + b"\r\nGET /healthz HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n")
        got = b""
        while piece := s.recv(4096):
            got += piece
    assert got.startswith(b"HTTP/1.1 200") and got.endswith(b"ok\n") and got.count(b"HTTP/1.1 200") == 2
    # One that never ends is ended.
    began = time.monotonic()
    assert d.raw(b"GET / HTTP/1.1\r\n").split(b" ", 2)[1] == b"408"
    assert 9 < time.monotonic() - began < 15
    assert d.stop() < 3


def test_a_unix_socket_and_the_service_manager(siltstone, store, tmp_path):
    path, manager = tmp_path / "http.sock", tmp_path / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(str(manager))
        s.settimeout(30)
        p = siltstone.start("up", "--store", store, "--listen", f"unix:{path}",
                            env=siltstone.environment(NOTIFY_SOCKET=str(manager), WATCHDOG_USEC="200000"))
        try:
            assert s.recv(100) == b"READY=1"
            assert s.recv(100) == b"WATCHDOG=1"
            with socket.socket(socket.AF_UNIX) as c:
                c.connect(str(path))
                c.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                assert c.recv(100).startswith(b"HTTP/1.1 200")
            p.terminate()
            while (told := s.recv(100)) == b"WATCHDOG=1":
                pass
            assert told == b"STOPPING=1"
            assert p.wait(10) == 0
        finally:
            p.kill()
            p.wait()
    assert not path.exists()


def test_only_loopback_is_listened_on(siltstone, store):
    for where in ("0.0.0.0:8470", "8470", "[::]:1", "127.0.0.1:99999"):
        r = siltstone.run("up", "--store", store, "--listen", where)
        assert r.code == 2 and "http.listen cannot be" in r.err


def test_config_show_says_where_each_value_comes_from(siltstone, store):
    config(siltstone, '[log]\nlevel = warn\n[http]\nlisten = 127.0.0.1:1\n[source "p q"]\nregions = all\n')
    env = siltstone.environment(SILTSTONE_LOG_LEVEL="debug")
    r = siltstone.ok("config", "show", "--origin", "--format", "json", "--store", store, env=env)
    rows = {row["key"]: (row["value"], row["origin"]) for row in json.loads(r.out)}
    assert rows["log.level"] == ("debug", "SILTSTONE_LOG_LEVEL")
    assert rows["http.listen"] == ("127.0.0.1:1", "siltstone.conf:4")
    assert rows["source.p q.regions"] == ("all", "siltstone.conf:6")
    assert rows["store.path"] == (str(store), "--store")
    for bad, line in (("[log]\nlevel = loud\n", 2), ("[nosuch]\n", 1), ("[store]\npath = x\n[recorder]\nevery = 5\n", 4)):
        config(siltstone, bad)
        r = siltstone.run("config", "show")
        assert r.code == 2 and f"siltstone.conf:{line}" in r.err


def test_doctor_says_what_to_mend(siltstone, small, store):
    small.client("s3").create_bucket(Bucket="delivered")
    config(siltstone, prod(small) + f'[channel "default"]\ntarget = s3://delivered\nendpoint = {small.endpoint}\n[recorder]\nrecording = no\n')
    siltstone.ok("up", "--once", "--store", store)
    r = siltstone.ok("doctor", "--store", store)
    assert "FAIL" not in r.out
    for what in ("store ", "disk", "clock", "source prod", "permissions prod", "channel default"):
        assert f"ok    {what}" in r.out, r.out
    config(siltstone, prod(small) + f'[channel "default"]\ntarget = s3://nosuch\nendpoint = {small.endpoint}\n[recorder]\nrecording = no\n')
    siltstone.ok("up", "--once", "--store", store)
    r = siltstone.run("doctor", "--store", store)
    assert r.code == 6 and "FAIL  channel default" in r.out and "ok    source prod" in r.out


def test_doctor_asks_about_every_sink_and_tells_it_nothing(siltstone, small, store, tmp_path):
    topic = small.client("sns").create_topic(Name="watch")["TopicArn"]
    queue = small.client("sqs").create_queue(QueueName="watch")["QueueUrl"]
    small.client("events").create_event_bus(Name="watch")
    asked = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            asked.append(self.command)
            self.send_response(405)
            self.end_headers()

        do_POST = do_GET = do_HEAD

        def log_message(self, *args):
            pass

    hook = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{hook.server_port}/x"
    silent = emulator.free_port()

    def sinks(bus, sqs, sns, web, file):
        return prod(small) + "[recorder]\nrecording = no\n" + "".join(
            f'[sink "{name}"]\nkind = {kind}\ntarget = {target}\n' + (f"endpoint = {small.endpoint}\nregion = us-east-1\n" if name not in ("web", "file") else "")
            for name, kind, target in (("bus", "eventbridge", bus), ("sqs", "sqs", sqs), ("sns", "sns", sns), ("web", "webhook", web), ("file", "file", file)))

    try:
        config(siltstone, sinks("watch", queue, topic, url, tmp_path / "told.jsonl"))
        siltstone.ok("up", "--once", "--store", store)
        r = siltstone.ok("doctor", "--store", store)
        for name in ("bus", "sqs", "sns", "web", "file"):
            assert f"ok    sink {name} " in r.out, r.out
        assert asked == ["HEAD"]
        assert not (tmp_path / "told.jsonl").exists()
        received = small.client("sqs").receive_message(QueueUrl=queue)
        assert not received.get("Messages")
        config(siltstone, sinks("nosuch", queue + "-not", topic + "-not", f"http://127.0.0.1:{silent}/", tmp_path / "nosuch" / "told"))
        siltstone.ok("up", "--once", "--store", store)
        r = siltstone.run("doctor", "--store", store)
        assert r.code == 6
        lines = r.out.splitlines()
        for name, hint in (("bus", "create-event-bus"), ("sqs", "create-queue"), ("sns", "create-topic"), ("web", "is the service running there"),
                           ("file", "make the folder")):
            at = next(i for i, line in enumerate(lines) if line.startswith(f"FAIL  sink {name} "))
            assert "try: " in lines[at + 1] and hint in lines[at + 1], r.out
    finally:
        hook.shutdown()
        hook.server_close()
