# SPDX-License-Identifier: Apache-2.0
"""Who is told, at its simplest: SNS, SQS, EventBridge and a webhook on one port, which take their time and
remember when each event came. Batches may be unknown to it."""

import http.server
import json
import re
import socketserver
import threading
import time
import urllib.parse

STATE = re.compile(r'"configurationStateId":(\d+).*?"resourceId":"([^"]*)"', re.S)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


class StandIn:
    def __init__(self, delay_ms=20, batches=True):
        self.got, self.calls, self.lock = [], {}, threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                arrived = time.time()
                time.sleep(delay_ms / 1000)
                name, texts, answer = outer.read(self.headers, body)
                status = 200
                if not batches and name in ("PublishBatch", "SendMessageBatch"):
                    status, texts = 501, []
                with outer.lock:
                    outer.calls[name] = outer.calls.get(name, 0) + 1
                    outer.got += [(arrived, text) for text in texts]
                data = answer.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/xml" if answer.startswith("<") else "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def read(headers, body):
        """(operation, bodies of the messages, answer)"""
        target = headers.get("X-Amz-Target", "").partition(".")[2]
        if target == "PutEvents":
            entries = json.loads(body)["Entries"]
            return target, [e["Detail"] for e in entries], json.dumps({"FailedEntryCount": 0, "Entries": [{"EventId": "x"}] * len(entries)})
        if target == "SendMessageBatch":
            entries = json.loads(body)["Entries"]
            return target, [e["MessageBody"] for e in entries], json.dumps(
                {"Successful": [{"Id": e["Id"], "MessageId": "x", "MD5OfMessageBody": "x"} for e in entries], "Failed": []})
        if target == "SendMessage":
            return target, [json.loads(body)["MessageBody"]], json.dumps({"MessageId": "x", "MD5OfMessageBody": "x"})
        if headers.get("X-Siltstone-Event"):
            return "POST", [body], ""
        form = urllib.parse.parse_qs(body)
        name = form["Action"][0]
        if name == "Publish":
            return name, form["Message"], "<PublishResponse><PublishResult><MessageId>x</MessageId></PublishResult></PublishResponse>"
        texts = [v[0] for k, v in form.items() if k.endswith(".Message")]
        taken = "".join(f"<member><Id>{v[0]}</Id><MessageId>x</MessageId></member>" for k, v in form.items() if k.endswith(".Id"))
        return name, texts, f"<PublishBatchResponse><PublishBatchResult><Failed/><Successful>{taken}</Successful></PublishBatchResult></PublishBatchResponse>"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def order(self):
        """resource -> the states it was told in, as they came."""
        told = {}
        for _, text in sorted(self.got):
            found = STATE.search(text)
            told.setdefault(found[2], []).append(int(found[1]))
        return told
