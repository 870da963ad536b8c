# SPDX-License-Identifier: Apache-2.0
"""A stand-in for AWS Lambda: takes Invoke with InvocationType Event, answers 202, and runs Python functions one after the
other in a worker process for each, as Lambda would: elsewhere, asking AWS Config by HTTP."""

import http.server
import json
import os
import queue
import subprocess
import sys
import threading
import urllib.parse

WORKER = """
import importlib, json, os, sys
sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
module, _, name = os.environ["_HANDLER"].rpartition(".")
handler = getattr(importlib.import_module(module), name)
class Context:
    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    def __init__(self, arn):
        self.invoked_function_arn = arn
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    arn, event = json.loads(line)
    try:
        result, error = handler(event, Context(arn)), None
    except Exception as e:
        result, error = None, "%s: %s" % (type(e).__name__, e)
    out.write(json.dumps([result, error], default=str) + "\\n")
    out.flush()
"""


class Function:
    def __init__(self, name, folder, handler, env):
        self.todo, self.errors, self.done = queue.Queue(), [], 0
        self.worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder,
            env={**env, "LAMBDA_TASK_ROOT": str(folder), "_HANDLER": handler, "AWS_LAMBDA_FUNCTION_NAME": name, "TZ": ":UTC"})
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while (call := self.todo.get()) is not None:
            self.worker.stdin.write(json.dumps(call) + "\n")
            self.worker.stdin.flush()
            line = self.worker.stdout.readline()
            self.result, error = json.loads(line or '[null, "it ended"]')
            if error:
                self.errors.append(error)
            self.done += 1

    def stop(self):
        self.todo.put(None)
        self.worker.kill()
        self.worker.wait()


class Lambda:
    """`refusals`: (status, type) that the next calls are answered with, first."""

    def __init__(self):
        self.functions, self.calls, self.refusals = {}, [], []
        me = self

        class Front(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self, status, kind=None, message=""):
                body = json.dumps({"Type": "User", "Message": message}).encode() if kind else b""
                self.send_response(status)
                if kind:
                    self.send_header("x-amzn-ErrorType", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = self.path.split("/")
                arn = urllib.parse.unquote(parts[3])
                me.calls.append({"path": self.path, "arn": arn, "event": body, "headers": {k.lower(): v for k, v in self.headers.items()}})
                function = me.functions.get(arn.split(":")[6])
                if me.refusals:
                    status, kind = me.refusals.pop(0)
                    self.reply(status, kind, "refused")
                elif parts[1:3] != ["2015-03-31", "functions"] or parts[4:] != ["invocations"] or self.headers["X-Amz-Invocation-Type"] != "Event":
                    self.reply(400, "InvalidParameterValueException", "not what it was to be")
                elif function is None:
                    self.reply(404, "ResourceNotFoundException", "Function not found: " + arn)
                else:
                    function.todo.put((arn, json.loads(body)))
                    self.reply(202)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, name, folder, handler, env=None):
        self.functions[name] = Function(name, folder, handler, {"PATH": os.environ["PATH"], **(env or {})})
        return self.functions[name]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        for f in self.functions.values():
            f.stop()
