# SPDX-License-Identifier: Apache-2.0
"""Ceph's object gateway as a server on this machine: an S3 that nobody of this project wrote, and that
checks every signature. Its parts come from the packages ceph-mon, ceph-osd, ceph-common and radosgw; the
script that puts them together is not part of this project."""

import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import boto3
import botocore.config

import program

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KMS_KEY = "testkey-1"
KMS_ARN = "arn:aws:kms:us-east-1:123456789012:key/testkey-1"
KMS_SECRET = "YmluCmJvb3N0CmJvb3N0LWJ1aWxkCmNlcGguY29uZgo="
SCRIPT = program.SHARED / "testing" / "s3" / "start-rgw.sh"
PROGRAMS = ("ceph-mon", "ceph-osd", "ceph", "radosgw", "radosgw-admin", "monmaptool")


def missing():
    """Why it cannot be started here, or None."""
    absent = [p for p in PROGRAMS if not shutil.which(p)]
    if absent:
        return f"no {', '.join(absent)} on this machine (tools/prove s3 installs the packages)"
    if not SCRIPT.exists():
        return f"no {SCRIPT} (set SILTSTONE_SHARED to the folder that has testing/s3)"
    if os.getuid() != 0:
        return "Ceph's programs want to be started by root"
    return None


def is_free(port):
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def quiet_port():
    """Below those that the kernel gives to whoever connects; the monitor takes the tenth and eleventh behind it."""
    while True:
        port = random.randrange(20000, 32000)
        if all(map(is_free, (port, port + 10, port + 11))):
            return port


def with_arn(script):
    """Channels want the ARN of a key, and the gateway takes any name for one."""
    key = f"{KMS_KEY}={KMS_SECRET}"
    assert key in script, "the gateway's key is not where it was"
    return script.replace(key, f"{key} {KMS_ARN}={KMS_SECRET}")


class Gateway:
    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="rgw-")
        self.folder = pathlib.Path(self.home.name) / "d"
        self.port = quiet_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        log = open(pathlib.Path(self.home.name) / "log", "wb+")
        script = pathlib.Path(self.home.name) / "start.sh"
        script.write_text(with_arn(SCRIPT.read_text()))
        started = subprocess.run(["bash", script, self.folder, str(self.port)], stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=subprocess.STDOUT, timeout=180)
        log.seek(0)
        said = log.read().decode(errors="replace")
        log.close()
        if started.returncode or "ready" not in said:
            self.stop()
            raise AssertionError(f"the gateway did not start:\n{said}")

    def pids(self):
        return [int(p.read_text()) for p in (self.folder / "run").glob("*.pid")]

    def stop(self):
        ours = self.pids() if self.folder.exists() else []
        for pid in ours:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + 30
        while any(pathlib.Path(f"/proc/{pid}/exe").exists() for pid in ours) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.home.cleanup()

    def client(self, service="s3"):
        return boto3.client(service, endpoint_url=self.endpoint, region_name="us-east-1", aws_access_key_id=ACCESS_KEY,
                            aws_secret_access_key=SECRET_KEY,
                            config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1},
                                                          proxies={}))
