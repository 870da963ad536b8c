# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the Cloud Control API, which the emulator does not have: one resource a page,
whatever is in .resources. Types of .parents are listed for one parent at a time. EKS tells of its
clusters beside it."""

import http.server
import json
import threading


class CloudControl:
    def __init__(self):
        self.resources = {}  # type -> identifier -> properties
        self.page_size = 1
        self.hide = set()  # identifiers that listings leave out
        self.broken = {}  # operation -> (status, content type, body)
        self.throttle = {}  # operation -> so many requests of it are refused
        self.parents = {}  # type -> member of the resource model that names the parent: the first part of the identifier
        self.clusters = []
        self.say_clusters = None  # what is listed instead of those
        self.phantoms = {}  # type -> identifiers that are listed and not there
        self.calls = []
        cloud = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                assert self.path.startswith("/clusters")
                cloud.calls.append("ListClusters")
                self.send(*cloud.say({"clusters": cloud.clusters if cloud.say_clusters is None else cloud.say_clusters}))

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
                op = (self.headers.get("X-Amz-Target") or "").rpartition(".")[2]
                cloud.calls.append(op)
                if cloud.throttle.get(op, 0) > 0:
                    cloud.throttle[op] -= 1
                    self.send(*cloud.refuse("ThrottlingException"))
                else:
                    self.send(*(cloud.broken.get(op) or cloud.answer(op, body)))

            def send(self, status, kind, out):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(out)))
                self.end_headers()
                self.wfile.write(out)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def say(o, status=200):
        return status, "application/x-amz-json-1.0", json.dumps(o).encode()

    def refuse(self, code):
        return self.say({"__type": "com.amazon.coral#" + code, "message": code}, 400)

    def answer(self, op, body):
        here = self.resources.get(body.get("TypeName"))
        if here is None:
            return self.refuse("TypeNotFoundException")
        if op == "ListResources":
            names = sorted({*here, *self.phantoms.get(body["TypeName"], ())} - self.hide)
            if body["TypeName"] in self.parents:
                parent = json.loads(body.get("ResourceModel") or "{}").get(self.parents[body["TypeName"]])
                if parent is None:
                    return self.refuse("InvalidRequestException")
                if parent not in self.clusters:
                    return self.refuse("ResourceNotFoundException")
                names = [n for n in names if n.partition("|")[0] == parent]
            at = int(body.get("NextToken") or 0)
            out = {
                "TypeName": body["TypeName"],
                "ResourceDescriptions": [
                    {"Identifier": n, "Properties": "{}"} for n in names[at : at + self.page_size]
                ],
            }
            if at + self.page_size < len(names):
                out["NextToken"] = str(at + self.page_size)
            return self.say(out)
        if op == "GetResource":
            if body["Identifier"] not in here:
                return self.refuse("ResourceNotFoundException")
            return self.say(
                {
                    "TypeName": body["TypeName"],
                    "ResourceDescription": {
                        "Identifier": body["Identifier"],
                        "Properties": json.dumps(here[body["Identifier"]]),
                    },
                }
            )
        return self.refuse("UnknownOperationException")
