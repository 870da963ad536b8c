#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""quota.py - a service with a quota gets asked nearly as often as it allows, and hardly more often.

    quota.py [--short]

A stand-in for the Cloud Control API grants each account so many requests a second of each operation (a
bucket of a second's worth) and refuses the rest, as AWS does. A sweep of many resources begins far too
fast, as it knows no quota of a service in AWS's place, and has to find the rate. Two accounts with
different quotas are swept at the same time. Measured behind the first ten seconds: what was granted, as
a share of the quota, and what was refused, as a share of what was asked.
"""

import asyncio
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import program

WARM_UP_S = 10
TYPE = "AWS::ECS::Cluster"
KEY = re.compile(rb"credential=([^/]+)/", re.I)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
TARGET = re.compile(rb"\r\nx-amz-target: *[^\r]*\.(\w+)", re.I)


class Quota:
    def __init__(self, rate, resources):
        self.rate, self.tokens, self.at = rate, rate, time.monotonic()
        self.names = [f"cluster-{i:05}" for i in range(resources)]
        self.log = []  # (when, granted)

    def take(self):
        now = time.monotonic()
        self.tokens = min(self.rate, self.tokens + (now - self.at) * self.rate)
        self.at = now
        granted = self.tokens >= 1
        self.tokens -= granted
        self.log.append((now, granted))
        return granted


class Service(asyncio.Protocol):
    quotas = {}

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[: end + 2]
            n = int(m[1]) if (m := LENGTH.search(head)) else 0
            if len(self.buffer) < end + 4 + n:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + n], self.buffer[end + 4 + n :]
            # As long as a service takes, so that many requests are under way.
            answer = self.answer(head, body)
            asyncio.get_running_loop().call_later(0.02, self.write, answer)

    def write(self, answer):
        if not self.transport.is_closing():
            self.transport.write(answer)

    def answer(self, head, body):
        quota = self.quotas[KEY.search(head)[1].decode()]
        op, asked = TARGET.search(head)[1].decode(), json.loads(body)
        if op == "GetResource" and not quota.take():
            return say(400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
        if asked["TypeName"] != TYPE:
            return say(400, {"__type": "TypeNotFoundException", "message": "no"})
        if op == "GetResource":
            name = asked["Identifier"]
            return say(200, {"TypeName": TYPE, "ResourceDescription": {"Identifier": name, "Properties": json.dumps(
                {"ClusterName": name, "Arn": f"arn:aws:ecs:us-east-1:1:cluster/{name}"})}})
        at = int(asked.get("NextToken") or 0)
        out = {"TypeName": TYPE, "ResourceDescriptions": [{"Identifier": n, "Properties": "{}"} for n in quota.names[at : at + 100]]}
        if at + 100 < len(quota.names):
            out["NextToken"] = str(at + 100)
        return say(200, out)


def say(status, o):
    body = json.dumps(o).encode()
    return b"HTTP/1.1 %d x\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def serve():
    """The port it listens on; it goes on in a thread of its own."""
    loop, ready, port = asyncio.new_event_loop(), threading.Event(), []

    async def listen():
        server = await loop.create_server(Service, "127.0.0.1", 0, backlog=256)
        port.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run():
        loop.create_task(listen())
        loop.run_forever()

    threading.Thread(target=run, daemon=True).start()
    ready.wait()
    return port[0]


def sweep(silt, key, account, port):
    env = silt.environment(keys=False, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY="secret")
    return silt.start("record", "--store", f"{key}.db", "--endpoint", f"http://127.0.0.1:{port}", "--regions", "us-east-1",
                      "--types", TYPE, "--account", account, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def main():
    seconds = 25 if "--short" in sys.argv else 60
    failed = False
    Service.quotas = {"AKIDSLOW": Quota(20, 20 * seconds), "AKIDFAST": Quota(100, 100 * seconds)}
    with tempfile.TemporaryDirectory() as home:
        silt, port = program.Siltstone(home), serve()
        running = [sweep(silt, key, account, port) for key, account in (("AKIDSLOW", "111111111111"), ("AKIDFAST", "222222222222"))]
        for p in running:
            said = p.communicate()[1].decode()
            assert p.returncode == 0, said
        print(f"{'quota':>6}{'asked':>8}{'granted, of the quota':>24}{'refused':>9}")
        for key, quota in Service.quotas.items():
            seen = program.one(silt.home / f"{key}.db", "SELECT count(*) FROM resources")
            assert seen == len(quota.names), f"{seen} of {len(quota.names)} were recorded"
            # The last second is that of the stragglers.
            first, last = quota.log[0][0] + WARM_UP_S, quota.log[-1][0] - 1
            log = [granted for when, granted in quota.log if first <= when < last]
            granted, refused = sum(log) / (last - first) / quota.rate, 1 - sum(log) / len(log)
            print(f"{quota.rate:4}/s{len(log):8}{granted:24.0%}{refused:9.1%}")
            failed = failed or granted < 0.8 or refused >= 0.1
    return failed


if __name__ == "__main__":
    sys.exit(main())
