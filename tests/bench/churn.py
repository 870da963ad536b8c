#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""churn.py - an AWS of some thousand resources that changes when it is told to, and takes whatever is
delivered to it.

    churn.py RESOURCES

Answers EC2, DynamoDB and STS as far as a sweep asks, and S3, SNS, SQS and webhooks as far as delivering does, over
connections that stay open; what was taken is counted and forgotten, so that its own memory and time stay out
of what is measured. Prints its port. POST /churn?N makes N changes: of a tag, a size or a rule mostly, one in
five makes a resource or takes one away. GET /count says what was asked and taken since the start.
"""

import asyncio
import json
import random
import re
import sys
import urllib.parse

ACCOUNT, REGION = "123456789012", "us-east-1"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
TARGET = re.compile(rb"\r\nx-amz-target: *([^\r]+)", re.I)
EXPECT = re.compile(rb"\r\nexpect: *100-continue", re.I)
CHUNK = re.compile(rb"\r\ntransfer-encoding: *chunked", re.I)

rnd = random.Random(7)
count = {"asked": 0, "objects": 0, "bytes": 0, "queue": 0, "topic": 0, "hook": 0, "changes": 0}


def tags(r, tag="tagSet"):
    items = "".join(f"<item><key>{k}</key><value>{v}</value></item>" for k, v in sorted(r["tags"].items()))
    return f"<{tag}>{items}</{tag}>"


def instance(r):
    groups = "".join(f"<item><groupId>sg-{g:017x}</groupId><groupName>g{g}</groupName></item>" for g in (r["n"] % 50, 50 + r["n"] % 50))
    disks = "".join(f"<item><deviceName>/dev/sd{c}</deviceName><ebs><volumeId>vol-{r['n']:016x}{c}</volumeId><status>attached</status>"
                    f"<attachTime>2026-01-01T00:00:00.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item>" for c in "abc")
    return (f"<item><reservationId>r-{r['n']:017x}</reservationId><ownerId>{ACCOUNT}</ownerId><instancesSet><item>"
            f"<instanceId>{r['id']}</instanceId><imageId>ami-{r['n'] % 7:017x}</imageId><instanceState><code>16</code><name>running</name></instanceState>"
            f"<instanceType>t3.{r['size']}</instanceType><launchTime>2026-01-01T00:00:00.000Z</launchTime>"
            f"<placement><availabilityZone>{REGION}a</availabilityZone><tenancy>default</tenancy></placement>"
            f"<vpcId>vpc-{r['n'] % 20:017x}</vpcId><subnetId>subnet-{r['n'] % 100:017x}</subnetId><groupSet>{groups}</groupSet>"
            f"<blockDeviceMapping>{disks}</blockDeviceMapping>{tags(r)}</item></instancesSet></item>")


def volume(r):
    return (f"<item><volumeId>{r['id']}</volumeId><size>{r['size']}</size><availabilityZone>{REGION}a</availabilityZone><status>in-use</status>"
            f"<createTime>2026-01-01T00:00:00.000Z</createTime><attachmentSet><item><volumeId>{r['id']}</volumeId>"
            f"<instanceId>i-{r['n'] % 500:017x}</instanceId><device>/dev/sda</device><status>attached</status></item></attachmentSet>"
            f"{tags(r)}<volumeType>gp3</volumeType><encrypted>true</encrypted></item>")


def group(r):
    rules = "".join(f"<item><ipProtocol>tcp</ipProtocol><fromPort>{p}</fromPort><toPort>{p}</toPort><groups/><ipRanges><item>"
                    f"<cidrIp>10.{r['size']}.{p % 250}.0/24</cidrIp></item></ipRanges></item>" for p in range(80, 86))
    return (f"<item><ownerId>{ACCOUNT}</ownerId><groupId>{r['id']}</groupId><groupName>g{r['n']}</groupName><groupDescription>d</groupDescription>"
            f"<vpcId>vpc-{r['n'] % 20:017x}</vpcId><ipPermissions>{rules}</ipPermissions><ipPermissionsEgress/>{tags(r)}</item>")


def subnet(r):
    return (f"<item><subnetId>{r['id']}</subnetId><subnetArn>arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{r['id']}</subnetArn><state>available</state>"
            f"<vpcId>vpc-{r['n'] % 20:017x}</vpcId><cidrBlock>10.{r['n'] % 250}.{r['size']}.0/24</cidrBlock>"
            f"<availabilityZone>{REGION}a</availabilityZone>{tags(r)}</item>")


def vpc(r):
    return (f"<item><vpcId>{r['id']}</vpcId><state>available</state><cidrBlock>10.{r['size']}.0.0/16</cidrBlock>"
            f"<isDefault>false</isDefault>{tags(r)}</item>")


# operation: what an id begins with, the list's element, one of it, how many of a hundred
KINDS = {
    "DescribeInstances": ("i", "reservationSet", instance, 30),
    "DescribeVolumes": ("vol", "volumeSet", volume, 35),
    "DescribeSecurityGroups": ("sg", "securityGroupInfo", group, 20),
    "DescribeSubnets": ("subnet", "subnetSet", subnet, 13),
    "DescribeVpcs": ("vpc", "vpcSet", vpc, 2),
}
ids = {op: {} for op in KINDS}  # in the order in which they were made
tables = {f"table-{n}": {"Name": f"table-{n}"} for n in range(20)}
born = 0


def make(op):
    global born
    prefix, _, write, _ = KINDS[op]
    born += 1
    r = {"id": f"{prefix}-{born:017x}", "n": born, "size": 10, "tags": {"Name": f"{prefix}-{born}", "team": "ünï & <co>".replace("&", "&amp;").replace("<", "&lt;")}}
    r["text"] = write(r)
    ids[op][r["id"]] = r


def change():
    op = rnd.choices(list(KINDS), [k[3] for k in KINDS.values()])[0]
    have, act = ids[op], rnd.random()
    count["changes"] += 1
    if act < 0.1:
        make(op)
    elif act < 0.2 and len(have) > 5:
        del have[next(iter(have))]
    else:
        r = rnd.choice(list(have.values()))
        if act < 0.6:
            r["size"] = r["size"] % 200 + 1
        else:
            r["tags"][f"k{rnd.randrange(4)}"] = str(rnd.randrange(10**6))
        r["text"] = KINDS[op][2](r)


def ec2(form):
    op = form["Action"]
    if op not in KINDS:
        return 400, "<Response><Errors><Error><Code>InvalidAction</Code><Message>not here</Message></Error></Errors></Response>"
    _, element, _, _ = KINDS[op]
    wanted = [v for k, v in form.items() if re.fullmatch(r"\w+Id\.\d+", k)]
    if wanted:
        rows = [ids[op][i] for i in wanted if i in ids[op]]
        following = ""
    else:
        start, size = int(form.get("NextToken", "0")), int(form.get("MaxResults", "1000"))
        every = list(ids[op].values())
        rows = every[start : start + size]
        following = f"<nextToken>{start + size}</nextToken>" if start + size < len(every) else ""
    text = "".join(r["text"] for r in rows)
    return 200, f'<{op}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>x</requestId><{element}>{text}</{element}>{following}</{op}Response>'


def dynamodb(op, q):
    if op == "ListTables":
        return {"TableNames": list(tables)}
    if op == "DescribeTable":
        name = q["TableName"]
        return {"Table": {"TableName": name, "TableStatus": "ACTIVE", "CreationDateTime": 1767225600.0,
                          "TableArn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"}}
    if op == "ListTagsOfResource":
        return {"Tags": [{"Key": "t", "Value": "x"}]}
    return {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED"}}


def answer_query(form):
    if form["Action"] == "GetCallerIdentity":
        return 200, (f"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/x</Arn><UserId>x</UserId>"
                     f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
    if form["Action"] == "Publish":
        count["topic"] += 1
        return 200, "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"
    return ec2(form)


def answer(head, body):
    """Status, headers, body."""
    method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
    target = TARGET.search(head)
    count["asked"] += 1
    if path.startswith("/churn?"):
        for _ in range(int(path[7:])):
            change()
        return 200, "", "ok"
    if path == "/count":
        return 200, "", json.dumps(count)
    if path == "/hook":
        count["hook"] += 1
        return 200, "", ""
    if target:
        service, op = target[1].decode().split(".", 1)
        if service == "AmazonSQS" and op == "SendMessageBatch":
            entries = json.loads(body)["Entries"]
            count["queue"] += len(entries)
            return 200, "Content-Type: application/x-amz-json-1.0\r\n", json.dumps(
                {"Successful": [{"Id": e["Id"], "MessageId": "m"} for e in entries], "Failed": []})
        if service == "AmazonSQS":
            count["queue"] += 1
            return 200, "Content-Type: application/x-amz-json-1.0\r\n", '{"MessageId":"m"}'
        return 200, "Content-Type: application/x-amz-json-1.0\r\n", json.dumps(dynamodb(op, json.loads(body)))
    if method == "POST" and body.startswith(b"Action="):
        status, text = answer_query(dict(urllib.parse.parse_qsl(body.decode())))
        return status, "Content-Type: text/xml\r\n", text
    if method == "PUT":
        count["objects"] += 1
        count["bytes"] += len(body)
    return 200, f'x-amz-bucket-region: {REGION}\r\nETag: "x"\r\n', ""


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.buffer, self.continued = transport, b"", False

    def data_received(self, received):
        self.buffer += received
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[: end + 2]
            assert not CHUNK.search(head), head
            m = LENGTH.search(head)
            n = int(m[1]) if m else 0
            if len(self.buffer) < end + 4 + n:
                if EXPECT.search(head) and not self.continued:
                    self.continued = True
                    self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body = self.buffer[end + 4 : end + 4 + n]
            self.buffer, self.continued = self.buffer[end + 4 + n :], False
            status, headers, text = answer(head, body)
            text = text.encode()
            reply = f"HTTP/1.1 {status} OK\r\n{headers}Content-Length: {len(text)}\r\n\r\n".encode()
            self.transport.write(reply if head.startswith(b"HEAD ") else reply + text)


async def main():
    for op, (_, _, _, percent) in KINDS.items():
        for _ in range(max(5, int(sys.argv[1]) * percent // 100)):
            make(op)
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
