# SPDX-License-Identifier: Apache-2.0
"""moto, a Python AWS, as a server on this machine."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3
import botocore.config


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Moto:
    def __init__(self):
        server = pathlib.Path(sys.executable).parent / "moto_server"
        server = str(server) if server.exists() else shutil.which("moto_server")
        assert server, "moto_server is not installed beside this Python"
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = tempfile.TemporaryFile()
        # Certificates that turn valid by themselves would be changes nobody made.
        self.process = subprocess.Popen(
            [server, "-H", "127.0.0.1", "-p", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "MOTO_ACM_VALIDATION_WAIT": "0", "NO_PROXY": "*"},
        )
        deadline = time.monotonic() + 60
        while True:
            assert self.process.poll() is None, "moto_server ended by itself"
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                assert time.monotonic() < deadline, "moto_server does not listen"
                time.sleep(0.05)

    def post(self, path, body=b""):
        request = urllib.request.Request(self.endpoint + path, data=body, method="POST", headers={"Content-Type": "text/plain"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            answer.read()

    def reset(self):
        self.post("/moto-api/reset")

    def client(self, service, region="us-east-1"):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=botocore.config.Config(retries={"max_attempts": 1}, proxies={}),
        )

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
