# SPDX-License-Identifier: Apache-2.0
"""The daemon as somebody's AWS Config: boto3's client for it, and requests as they go over the wire."""

import http.client
import json

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions

import test_daemon

REGION = "us-east-1"
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "nobody checks it"}
JSON = "application/x-amz-json-1.1"


class Service(test_daemon.Daemon):
    """`siltstone up` on a store, which whoever is on this machine may ask and change."""

    def __init__(self, siltstone, store, *args, env=None):
        env = env or siltstone.environment(SILTSTONE_ACCESS_ANONYMOUS="admin")
        super().__init__(siltstone, store, *args, env=env)
        self.store = store
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def client(self, region=REGION, **more):
        """boto3's client of AWS Config, without retries."""
        config = botocore.config.Config(retries={"max_attempts": 0}, parameter_validation=False)
        return boto3.client("config", region_name=region, endpoint_url=self.endpoint, config=config, **{**KEYS, **more})

    def raw(self, operation, body=b"{}", headers=(), prefix="StarlingDoveService.", region=None):
        """One request without an SDK, signed when a region is named: status, headers (lower case), body as bytes."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": JSON, "X-Amz-Target": prefix + operation, **dict(headers)}
        if region:
            request = botocore.awsrequest.AWSRequest("POST", self.endpoint + "/", headers=sent, data=body)
            botocore.auth.SigV4Auth(botocore.credentials.Credentials(*KEYS.values()), "config", region).add_auth(request)
            sent = dict(request.headers)
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.request("POST", "/", body, {k: v for k, v in sent.items() if v is not None})
        answer = c.getresponse()
        got = answer.read()
        c.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, got


def refused(call, *args, **kw):
    """(error, message) of a call that is refused."""
    try:
        call(*args, **kw)
    except botocore.exceptions.ClientError as e:
        return e.response["Error"]["Code"], e.response["Error"].get("Message", "")
    raise AssertionError("it was not refused")


def pages(call, member, token="nextToken", **kw):
    """Every page of a list, each as the list it is."""
    while True:
        got = call(**kw)
        yield got[member]
        if not got.get(token):
            return
        kw[token] = got[token]
