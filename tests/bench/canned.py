#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""canned.py - answers that were given once are given again, at once.

    canned.py UPSTREAM-URL

A request that is new is passed on and its answer kept; the same request (method, path, body, target,
region and service of its signature) is answered from memory ever after, over connections that stay
open. Prints its port. GET /canned-count says how many requests were answered since the last time it
was asked, and how many of them had to be passed on.
"""

import asyncio
import http.client
import re
import sys
import urllib.parse

SCOPE = re.compile(rb"credential=[^/]+/\d+/([^/]+/[^/]+)/", re.I)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
TARGET = re.compile(rb"\r\nx-amz-target: *([^\r]+)", re.I)
EXPECT = re.compile(rb"\r\nexpect: *100-continue", re.I)

cache = {}
count = {"all": 0, "new": 0}


def ask(upstream, head, body):
    """Pass one request on; the answer as it will be sent."""
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = dict(line.split(": ", 1) if ": " in line else line.split(":", 1) for line in lines[1:] if line)
    for name in [k for k in headers if k.lower() in ("connection", "expect", "transfer-encoding")]:
        del headers[name]
    c = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=60)
    c.request(method, path, body=body, headers=headers)
    r = c.getresponse()
    out = r.read()
    c.close()
    lines = [f"HTTP/1.1 {r.status} {r.reason}"]
    lines += [f"{k}: {v}" for k, v in r.getheaders() if k.lower() not in ("connection", "content-length", "transfer-encoding")]
    lines += [f"Content-Length: {len(out)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + out


class Server(asyncio.Protocol):
    def __init__(self, upstream):
        self.upstream, self.buffer, self.busy = upstream, b"", False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        if not self.busy:
            self.next()

    def next(self):
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[: end + 2]
            m = LENGTH.search(head)
            n = int(m[1]) if m else 0
            if len(self.buffer) < end + 4 + n:
                if EXPECT.search(head) and len(self.buffer) == end + 4:
                    self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body = self.buffer[end + 4 : end + 4 + n]
            self.buffer = self.buffer[end + 4 + n :]
            first = head[: head.find(b"\r\n")]
            if first.startswith(b"GET /canned-count"):
                text = f"{count['all']} {count['new']}".encode()
                count["all"] = count["new"] = 0
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
                continue
            scope, target = SCOPE.search(head), TARGET.search(head)
            key = (first, body, scope and scope[1], target and target[1])
            count["all"] += 1
            answer = cache.get(key)
            if answer is None:
                count["new"] += 1
                self.busy = True
                asyncio.ensure_future(self.fill(key, head, body))
                return
            self.transport.write(answer)

    async def fill(self, key, head, body):
        try:
            answer = await asyncio.get_running_loop().run_in_executor(None, ask, self.upstream, head, body)
            cache[key] = answer
            self.transport.write(answer)
        except OSError:
            self.transport.close()
        self.busy = False
        self.next()


async def main():
    upstream = urllib.parse.urlsplit(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(lambda: Server(upstream), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
