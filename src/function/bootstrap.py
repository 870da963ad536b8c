# SPDX-License-Identifier: Apache-2.0
"""What a Python function runs in: asks for events at the Runtime API of AWS Lambda and gives the handler's answers
back. Nothing but the standard library; one connection for all of it."""

import http.client
import importlib
import json
import os
import sys
import time
import traceback

PLACE, _, PREFIX = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
RUNTIME = "/%s/2018-06-01/runtime" % PREFIX
connection = None


def ask(method, path, body=None, headers=()):
    global connection
    if connection is None:
        connection = http.client.HTTPConnection(PLACE)
    connection.request(method, RUNTIME + path, body, dict(headers))
    answer = connection.getresponse()
    return answer, answer.read()


class Identity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """What a handler is given beside the event."""

    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity()
        self.client_context = None
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, text):
        sys.stdout.write(str(text))


def describe(error):
    kind = type(error).__name__
    if isinstance(error, ImportError):
        kind = "Runtime.ImportModuleError"
    elif isinstance(error, SyntaxError):
        kind = "Runtime.UserCodeSyntaxError"
    # The frames of this file say nothing to whoever wrote the function.
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__ and not f.filename.startswith("<frozen importlib")]
    return {"errorMessage": str(error)[:2000], "errorType": kind, "stackTrace": traceback.format_list(frames)[-40:]}


def tell(path, error):
    body = describe(error)
    sys.stdout.write("[ERROR] %s: %s\n" % (body["errorType"], body["errorMessage"]))
    if body["stackTrace"]:
        sys.stdout.write("Traceback (most recent call last):\n" + "".join(body["stackTrace"]))
    sys.stdout.flush()
    ask("POST", path, json.dumps(body), {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": body["errorType"]})


def find_handler():
    root = os.environ["LAMBDA_TASK_ROOT"]
    sys.path[0] = root
    module, dot, name = os.environ["_HANDLER"].rpartition(".")
    if not dot:
        raise RuntimeError("the handler \"%s\" is not of the form file.function" % name)
    found = importlib.import_module(module.replace("/", "."))
    try:
        return getattr(found, name)
    except AttributeError:
        error = RuntimeError("there is no \"%s\" in module \"%s\"" % (name, module))
        error.__cause__ = None
        raise error from None




def answer_of(handler, headers, event):
    result = handler(json.loads(event), Context(headers))
    return json.dumps(result, default=str)


def main():
    try:
        handler = find_handler()
    except SystemExit:
        raise
    except BaseException as error:
        tell("/init/error", error)
        sys.exit(1)
    while True:
        answer, event = ask("GET", "/invocation/next")
        if answer.status != 200:
            sys.exit(1)
        request = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = answer.headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            body = answer_of(handler, answer.headers, event)
        except Exception as error:
            tell("/invocation/%s/error" % request, error)
            continue
        sys.stdout.flush()
        sys.stderr.flush()
        ask("POST", "/invocation/%s/response" % request, body, {"Content-Type": "application/json"})


main()
