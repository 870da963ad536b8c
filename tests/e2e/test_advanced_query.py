# SPDX-License-Identifier: Apache-2.0
"""Advanced queries against a brute-force reading of the language (query_model.py), over the items as they are told: each
rule of the grammar, what the service's guide shows, many made at random, and what is refused, with its place."""

import functools
import json
import os
import random
import subprocess
import time

import pytest
import query_model
import service
from program import BUILD

T0 = 1_700_000_000_000
ACCOUNTS, REGIONS = ["111111111111", "222222222222"], ["eu-west-1", "us-east-1", "global"]


def iso(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


# ---- An estate with a bit of everything ----

def instance(r, i):
    c = {"instanceId": f"i-{i}", "instanceType": r.choice(["t3.micro", "t3.large", "m5.large"]), "state": {"code": 16, "name": "running"},
         "privateIpAddress": f"10.0.{i % 4}.{i}", "ebsOptimized": r.random() < 0.5, "launchTime": iso(T0 - i * 86_400_000),
         "securityGroups": [{"groupId": f"sg-{i % 3}", "groupName": f"group {i % 3}"} for _ in range(r.randrange(3))],
         "cpuOptions": {"coreCount": r.randrange(1, 5), "threadsPerCore": 2}, "weird.name": {"a/b~c|d\"e\\": i % 3, "é": "ü"},
         "networkInterfaces": [{"privateIpAddress": f"10.0.{i % 4}.{k}", "association": {"publicIp": f"52.1.{i}.{k}"}}
                               for k in range(r.randrange(3))]}
    if r.random() < 0.2:
        c["ipv6Address"] = f"2001:db8::{i}"
    return c


def volume(r, i):
    return {"volumeId": f"vol-{i}", "size": r.choice([8, 100, 500, 1000.5]), "state": r.choice(["in-use", "available"]), "iops": 3000 * (i % 2),
            "encrypted": r.random() < 0.5, "createTime": 1609308615222 + i, "throughput": r.choice([0.1, 1e-7, 12345678.9, -3, 1e21]),
            "attachments": [{"instanceId": f"i-{i % 5}", "deleteOnTermination": r.random() < 0.5}] * r.randrange(3)}


def group(r, i):
    ranges = ["10.0.0.0/8", "0.0.0.0/0", "192.168.1.0/24", "203.0.113.7/32"]
    return {"groupId": f"sg-{i}", "description": r.choice(["", "it's", "100%", "a_b"]), "ipPermissions": [
        {"fromPort": p, "toPort": p, "ipProtocol": "tcp", "ipRanges": r.sample(ranges, r.randrange(3)),
         "ipv4Ranges": [{"cidrIp": x} for x in r.sample(ranges, r.randrange(3))],
         "ipv6Ranges": [{"cidrIpv6": "::/0"}] * r.randrange(2)} for p in r.sample([22, 80, 443, -1], r.randrange(4))]}


def queue(r, i):
    return {"QueueName": f"q{i}", "VisibilityTimeout": str(r.choice([5, 30, 300])), "FifoQueue": r.choice(["true", "false"]),
            "DelaySeconds": r.choice(["0", "007", "x"])}


def cluster(r, i):
    return {"availabilityZones": r.sample(["eu-west-1a", "eu-west-1b", "eu-west-1c"], r.randrange(4)), "endpoint": f"db{i}.example",
            "allocatedStorage": i * 10, "mixed": r.choice([1, "1", "one", True, [1, "1", [2, None]], {"value": 5}]),
            "nested": [[{"deep": i % 3}], {"deep": "x"}, {}, []], "empty": {}, "none": []}


def bucket(r, i):
    return {"name": f"bucket-{i}", "creationDate": iso(T0 - i)}


def own(r, i):
    return {"size": i, "state": "on"}


TYPES = [("AWS::EC2::Instance", instance), ("AWS::EC2::Volume", volume), ("AWS::EC2::SecurityGroup", group), ("AWS::SQS::Queue", queue),
         ("AWS::RDS::DBCluster", cluster), ("AWS::S3::Bucket", bucket), ("MyCo::Own::Thing", own)]


def item(r, i, version, status=None):
    kind, make = TYPES[i % len(TYPES)]
    ms = T0 + version * 3_600_000 + i * 1000
    tags = {"env": r.choice(["prod", "test"]), "Name": f"thing {i}", "a=b": "c=d"}
    it = {
        "relatedEvents": [],
        "relationships": [{"resourceId": f"vpc-{i % 3}", "resourceType": "AWS::EC2::VPC", "name": "Is contained in Vpc"},
                          {"resourceName": f"role-{i % 2}", "resourceType": "AWS::IAM::Role", "name": "Is associated with "}][:r.randrange(3)],
        "configuration": {**make(r, i), "common": i % 4, "padding": "x" * 300},
        "supplementaryConfiguration": {"BucketVersioningConfiguration": {"status": r.choice(["Enabled", "Off"])}, "Flag": i % 2 == 0,
                                       "Text": "{\"a\":null}"} if i % 3 == 0 else {},
        "tags": {k: tags[k] for k in sorted(r.sample(sorted(tags), r.randrange(4)))},
        "configurationItemVersion": "1.3", "configurationItemCaptureTime": iso(ms), "configurationStateId": ms,
        "awsAccountId": ACCOUNTS[i % 2], "configurationItemStatus": status or ("OK" if version else "ResourceDiscovered"),
        "resourceType": kind, "resourceId": f"{kind.split('::')[-1].lower()}-{i}", "awsRegion": REGIONS[i % 3],
        "configurationStateMd5Hash": "",
    }
    if i % 4:
        it.update(resourceName=f"Näme {i % 9}", ARN=f"arn:aws:x:{REGIONS[i % 3]}:{ACCOUNTS[i % 2]}:{i}",
                  availabilityZone=r.choice(["Regional", "eu-west-1a"]))
    if i % 5 == 0:
        it["resourceCreationTime"] = iso(T0 - i % 1000 * 86_400_000)
    if status == "ResourceDeleted":
        del it["configuration"]
        it.update(tags={}, relationships=[], supplementaryConfiguration={})
    return it


def estate(seed, n):
    """Items of n resources: several versions, so that most are kept as differences; some gone, some not recorded."""
    r = random.Random(seed)
    out = []
    for i in range(n):
        for v in range(r.randrange(1, 4)):
            before = out[-1] if v else None
            it = item(r, i, v)
            if before and r.random() < 0.7:
                # A small change: it is kept as a patch.
                it["configuration"] = {**before["configuration"], "common": v, "added": {"n": v}}
                if r.random() < 0.5:
                    it["configuration"].pop(r.choice(sorted(it["configuration"])))
                it["configuration"]["padding"] = "x" * 300
            out.append(it)
        if i % 11 == 10:
            out.append(item(r, i, 4, "ResourceDeleted"))
        elif i % 13 == 12:
            out.append(item(r, i, 4, "ResourceNotRecorded"))
    return out


class Probe:
    def __init__(self, store):
        self.process = subprocess.Popen([BUILD / "tests" / "query_probe", store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8")

    def ask(self, expression, **more):
        self.process.stdin.write(json.dumps({"expression": expression, **more}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


class World:
    def __init__(self, siltstone, store, items):
        self.store, self.siltstone = store, siltstone
        (siltstone.home / "in.json").write_text(json.dumps({"fileVersion": "1.0", "configurationItems": items}))
        siltstone.ok("import", "--store", store, "in.json", "--quiet")
        told = [query_model.loads(line) for line in siltstone.ok("items", "--store", store).out.splitlines()]
        newest = {}
        for it in sorted(told, key=lambda it: int(it["configurationStateId"])):
            newest[it["awsAccountId"], it["awsRegion"], it["resourceType"], it["resourceId"]] = it
        self.items = [it for it in newest.values() if it["configurationItemStatus"] in ("OK", "ResourceDiscovered")]
        self.readings = {aws: query_model.Reading(self.items, aws) for aws in (False, True)}
        self.probe = Probe(store)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    import program
    home = tmp_path_factory.mktemp("query")
    w = World(program.Siltstone(home), home / "silt.db", estate(1, 120))
    yield w
    w.probe.stop()


def same_value(a, b, near):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_value(a[k], b[k], k.upper().startswith(("SUM(", "AVG("))) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same_value(x, y, near) for x, y in zip(a, b))
    if isinstance(a, query_model.Number) and isinstance(b, query_model.Number):
        return a == b or near and abs(float(a) - float(b)) <= 1e-9 * max(abs(float(a)), abs(float(b)))
    return type(a) is type(b) and a == b


def plain_numbers(v):
    """Without a particular spelling."""
    if isinstance(v, dict):
        return {k: plain_numbers(x) for k, x in v.items()}
    if isinstance(v, list):
        return [plain_numbers(x) for x in v]
    return query_model.Number(repr(float(v))) if isinstance(v, query_model.Number) else v


def settled(rows):
    return sorted(rows, key=lambda r: json.dumps(r, sort_keys=True))


def check(world, expression, aws):
    """One query: the same names, rows and order as by brute force. How many rows there were."""
    fields, expected = world.readings[aws].answer(expression)
    got = world.probe.ask(expression, aws=aws)
    assert "error" not in got, (expression, got)
    assert got["fields"] == fields, expression
    rows = [query_model.loads(r) for r in got["rows"]]
    want = [r for _, r in expected]
    if not aws:
        rows, want = [plain_numbers(r) for r in rows], [plain_numbers(r) for r in want]
    assert len(rows) == len(want), (expression, len(rows), len(want))
    # Rows that are equal in what they are ordered by may stand in any order among themselves.
    at = 0
    while at < len(want):
        to = at + 1
        while to < len(want) and query_model.by_keys(expected[at], expected[to]) == 0:
            to += 1
        for a, b in zip(settled(rows[at:to]), settled(want[at:to])):
            assert same_value(a, b, False), (expression, aws, a, b)
        at = to
    return len(want)


def all_pages(world, expression, aws, limit):
    rows, after, n = [], "", 0
    while True:
        got = world.probe.ask(expression, aws=aws, limit=limit, after=after)
        assert "error" not in got, (expression, got)
        assert len(got["rows"]) <= limit
        rows += got["rows"]
        after, n = got["next"], n + 1
        if not after:
            return rows
        assert len(got["rows"]) == limit and n < 1000


# ---- What is asked ----

# The forms that the service's guide and its users show.
GUIDE = """
SELECT resourceId, resourceName, resourceType, configuration.instanceType, tags, availabilityZone WHERE resourceType = 'AWS::EC2::Instance' AND configuration.instanceType = 't3.large'
SELECT configuration.instanceType, COUNT(*) WHERE resourceType = 'AWS::EC2::Instance' GROUP BY configuration.instanceType
SELECT resourceId, accountId, configuration.size WHERE resourceType = 'AWS::EC2::Volume' AND configuration.encrypted = false
SELECT resourceId, resourceType WHERE tags.tag = 'env=prod'
SELECT resourceId WHERE tags.key = 'env' AND tags.value = 'prod'
SELECT resourceId, resourceType, configuration.ipPermissions.ipRanges WHERE resourceType = 'AWS::EC2::SecurityGroup' AND configuration.ipPermissions.ipRanges = '0.0.0.0/0'
SELECT * WHERE resourceType = 'AWS::EC2::SecurityGroup' AND configuration.ipPermissions.ipRanges BETWEEN '10.0.0.1' AND '10.0.0.255'
SELECT resourceId, relationships WHERE relationships.resourceId = 'vpc-1'
SELECT resourceId WHERE relationships.resourceType = 'AWS::IAM::Role' AND relationships.resourceName <> 'role-1'
SELECT resourceId, resourceName, supplementaryConfiguration.BucketVersioningConfiguration.status WHERE resourceType = 'AWS::S3::Bucket'
SELECT *, configuration, tags, relationships, supplementaryConfiguration, configurationItemStatus
SELECT resourceId, configuration.state.value WHERE resourceType = 'AWS::EC2::Volume' AND configuration.state.value = 'in-use'
SELECT resourceId, configuration.state.name WHERE configuration.state.name LIKE 'run%'
SELECT resourceType, COUNT(*) GROUP BY resourceType ORDER BY COUNT(*) DESC
SELECT COUNT(*)
SELECT COUNT(*), AVG(configuration.size), SUM(configuration.size), MIN(configuration.size), MAX(configuration.size) WHERE resourceType = 'AWS::EC2::Volume'
SELECT accountId, awsRegion, resourceType, COUNT(*) GROUP BY accountId, awsRegion, resourceType
SELECT resourceId WHERE resourceType IN ('AWS::EC2::Instance', 'AWS::EC2::Volume') AND awsRegion NOT IN ('eu-west-1')
SELECT resourceId, resourceCreationTime WHERE resourceCreationTime > '2023-01-01' ORDER BY resourceCreationTime DESC
SELECT resourceId WHERE NOT (accountId = '111111111111' OR awsRegion = 'eu-west-1')
select resourceId where resourceType like 'AWS::EC2::%' and accountid = 'x' or awsRegion = 'global'
SELECT configuration.availabilityZones.value, configuration.endpoint.value WHERE configuration.availabilityZones.value = 'eu-west-1a'
SELECT resourceId, configuration.VisibilityTimeout WHERE configuration.VisibilityTimeout >= 30
SELECT resourceId WHERE configuration.networkInterfaces.association.publicIp = '52.1.7.0'
SELECT resourceId WHERE configuration.ipv6Address = '2001:db8::/32';
SELECT tags.tag, COUNT(*) GROUP BY tags.tag ORDER BY COUNT(*) DESC
SELECT configuration.state
SELECT configuration.endpoint, configuration.availabilityZones
SELECT resourceId WHERE configuration.weird = 1
""".replace("accountid", "accountId").strip().splitlines()

# Each rule by itself, and where several meet.
RULES = """
SELECT *
SELECT *;
SELECT resourceId, resourceId, *
SELECT accountId, awsRegion, arn, availabilityZone, configurationItemCaptureTime, resourceCreationTime, resourceId, resourceName, resourceType, version, configurationItemStatus, configurationStateId
SELECT configuration, configuration.size
SELECT configuration.size, configuration
SELECT configuration.ipPermissions.fromPort, configuration.ipPermissions.ipv4Ranges.cidrIp, configuration.ipPermissions.ipRanges
SELECT configuration.nested.deep
SELECT configuration.empty, configuration.none, configuration.empty.x
SELECT configuration.mixed, configuration.mixed.value
SELECT tags.key
SELECT tags.tag, tags.value
SELECT relationships.resourceId, relationships.resourceType
SELECT supplementaryConfiguration
SELECT configuration."weird.name"."a/b~c|d""e\\" WHERE configuration.`weird.name`.`a/b~c|d"e\\` >= 1
SELECT configuration.`weird.name`.`é` WHERE configuration.`weird.name`.`é` = 'ü'
SELECT "resourceId" WHERE `resourceId` <> 'x'
SELECT resourceId WHERE configuration.size = 100
SELECT resourceId WHERE configuration.size = '100'
SELECT resourceId WHERE configuration.size = 100.0
SELECT resourceId WHERE configuration.size = 1e2
SELECT resourceId WHERE configuration.size != 100
SELECT resourceId WHERE configuration.size <> +0100
SELECT resourceId WHERE configuration.size < 100
SELECT resourceId WHERE configuration.size <= 100
SELECT resourceId WHERE configuration.size > 100
SELECT resourceId WHERE configuration.size >= 1000.5
SELECT resourceId WHERE configuration.throughput < -1.5
SELECT configuration.throughput
SELECT configuration.createTime WHERE configuration.createTime > 1609308615222
SELECT resourceId WHERE configuration.size BETWEEN 8 AND 100
SELECT resourceId WHERE configuration.size BETWEEN 100 AND 8
SELECT resourceId WHERE configuration.size IN (8, 500)
SELECT resourceId WHERE configuration.size NOT IN (8, 500)
SELECT resourceId WHERE configuration.size IN ('8', TRUE, 'x')
SELECT resourceId WHERE NOT configuration.size IN (8)
SELECT resourceId WHERE configuration.encrypted = TRUE
SELECT resourceId WHERE configuration.encrypted = 'true'
SELECT resourceId WHERE configuration.encrypted <> true
SELECT resourceId WHERE configuration.encrypted = 1
SELECT resourceId WHERE configuration.FifoQueue = TRUE
SELECT resourceId WHERE configuration.DelaySeconds = 7
SELECT resourceId WHERE configuration.DelaySeconds < 1
SELECT resourceId WHERE configuration.DelaySeconds = 'x'
SELECT configuration.DelaySeconds, configuration.VisibilityTimeout, configuration.QueueName WHERE resourceType = 'AWS::SQS::Queue'
SELECT resourceId WHERE configuration.mixed = 1
SELECT resourceId WHERE configuration.mixed = '1'
SELECT resourceId WHERE configuration.mixed = TRUE
SELECT resourceId WHERE configuration.mixed <> 1
SELECT resourceId WHERE configuration.mixed < 2
SELECT resourceId WHERE configuration.mixed > 'o'
SELECT resourceId WHERE configuration.mixed.value = 5
SELECT resourceId WHERE configuration.nested.deep = 1
SELECT resourceId WHERE configuration.nested.deep = 1 AND configuration.nested.deep = 'x'
SELECT resourceId WHERE configuration.missing = 1
SELECT resourceId WHERE configuration.missing <> 1
SELECT resourceId WHERE NOT configuration.missing = 1
SELECT resourceId WHERE NOT (NOT configuration.missing <> 1)
SELECT resourceId WHERE resourceName = 'x'
SELECT resourceId WHERE NOT resourceName = 'Näme 1'
SELECT resourceId WHERE resourceName <> 'Näme 1'
SELECT resourceId WHERE resourceName NOT IN ('Näme 1', 'Näme 2')
SELECT resourceId WHERE resourceName LIKE 'Näm%'
SELECT resourceId WHERE resourceName LIKE 'Näme__'
SELECT resourceId WHERE resourceName NOT LIKE 'Näme __'
SELECT resourceId WHERE NOT resourceName LIKE 'Näme %'
SELECT resourceId WHERE resourceName BETWEEN 'Näme 2' AND 'Näme 4'
SELECT resourceId WHERE resourceId LIKE 'volume-1%'
SELECT resourceId WHERE resourceId LIKE 'volume-1_'
SELECT resourceId WHERE resourceId LIKE 'volume-1'
SELECT resourceId WHERE resourceType LIKE 'aws::%'
SELECT resourceId WHERE configuration.description = 'it''s'
SELECT resourceId WHERE configuration.description = ''
SELECT resourceId WHERE configuration.description LIKE '100%'
SELECT resourceId WHERE configuration.ebsOptimized NOT LIKE 'true'
SELECT resourceId WHERE accountId = 111111111111
SELECT resourceId WHERE accountId < '2'
SELECT resourceId WHERE arn > 'arn:aws:x:g'
SELECT resourceId WHERE availabilityZone = 'Regional' OR availabilityZone = 'eu-west-1a'
SELECT resourceId WHERE configurationItemCaptureTime >= '2023-11-15' AND configurationItemCaptureTime < '2023-11-16'
SELECT resourceId WHERE configurationStateId > '1700003'
SELECT resourceId WHERE configurationItemStatus = 'ResourceDiscovered'
SELECT resourceId WHERE configurationItemStatus = 'ResourceNotRecorded' OR configurationItemStatus = 'ResourceDeleted'
SELECT resourceId WHERE version = '1.3'
SELECT resourceId WHERE version = 1.3
SELECT resourceId WHERE recordingFrequency = 'DAILY'
SELECT resourceId WHERE tags.tag IN ('env=prod', 'a=b=c=d', 'nothing')
SELECT resourceId WHERE tags.tag = 'a=b=c=d'
SELECT resourceId WHERE tags.tag <> 'env=prod'
SELECT resourceId WHERE tags.tag LIKE 'env=p%'
SELECT resourceId WHERE tags.tag NOT LIKE 'env=p%'
SELECT resourceId WHERE tags.key NOT IN ('env')
SELECT resourceId WHERE NOT tags.key = 'env'
SELECT resourceId WHERE tags.value BETWEEN 'p' AND 'q'
SELECT resourceId WHERE tags.value > 'thing 5'
SELECT resourceId WHERE tags = 'x' OR configuration = 'x' OR relationships <> 'x'
SELECT resourceId WHERE relationships.resourceName = 'role-1' AND relationships.resourceId = 'vpc-2'
SELECT resourceId WHERE relationships.resourceType NOT IN ('AWS::EC2::VPC')
SELECT resourceId WHERE relationships.resourceId LIKE 'vpc%'
SELECT resourceId WHERE supplementaryConfiguration.Flag = TRUE
SELECT resourceId WHERE supplementaryConfiguration.Text = '{"a":null}'
SELECT resourceId WHERE configuration.state.value = 'in-use' AND configuration.state.name = 'running'
SELECT resourceId WHERE configuration.state = 'in-use'
SELECT resourceId WHERE configuration.state.value <> 'in-use'
SELECT resourceId WHERE configuration.privateIpAddress = '10.0.0.0/16'
SELECT resourceId WHERE configuration.privateIpAddress = '10.0.1.8/32'
SELECT resourceId WHERE configuration.privateIpAddress <> '10.0.1.0/24'
SELECT resourceId WHERE configuration.privateIpAddress BETWEEN '10.0.0.250' AND '10.0.1.9'
SELECT resourceId WHERE configuration.privateIpAddress < '10.0.2.0'
SELECT resourceId WHERE configuration.privateIpAddress >= '10.0.2.0/24'
SELECT resourceId WHERE configuration.privateIpAddress > '10.0.2.0/24' OR configuration.privateIpAddress <= '10.0.0.9'
SELECT resourceId WHERE configuration.privateIpAddress IN ('10.0.3.0/24', 'x', '10.0.0.1')
SELECT resourceId WHERE configuration.privateIpAddress NOT IN ('10.0.3.0/24', '10.0.0.0/24')
SELECT resourceId WHERE configuration.privateIpAddress LIKE '10.0.1.%'
SELECT resourceId WHERE configuration.ipv6Address = '10.0.0.0/8' OR configuration.ipv6Address > '2001:db8::10'
SELECT resourceId WHERE configuration.ipPermissions.ipv6Ranges.cidrIpv6 = 'fe80::1'
SELECT resourceId WHERE configuration.ipPermissions.ipv4Ranges.cidrIp = '192.168.1.77'
SELECT resourceId WHERE configuration.ipPermissions.fromPort = 22 AND configuration.ipPermissions.toPort = 443
SELECT resourceId WHERE accountId = '111111111111' AND awsRegion = 'eu-west-1' OR resourceType = 'AWS::S3::Bucket' AND NOT awsRegion = 'global'
SELECT resourceId WHERE (accountId = '111111111111' OR awsRegion = 'eu-west-1') AND (resourceType = 'AWS::S3::Bucket')
SELECT resourceId WHERE ((((accountId = '111111111111'))))
SELECT resourceId WHERE not not not accountId = '111111111111'
SELECT resourceId ORDER BY resourceId
SELECT resourceId ORDER BY resourceName DESC, resourceId ASC
SELECT resourceId ORDER BY resourceName, awsRegion desc, accountId
SELECT resourceId ORDER BY configuration.size
SELECT resourceId ORDER BY configuration.size DESC
SELECT resourceId ORDER BY configuration.mixed, resourceId
SELECT resourceId ORDER BY configuration.mixed DESC, resourceId DESC
SELECT resourceId ORDER BY tags.value, tags.key DESC
SELECT resourceId ORDER BY configuration.ipPermissions.fromPort DESC, configuration.ebsOptimized
SELECT resourceId ORDER BY configuration.VisibilityTimeout
SELECT resourceId ORDER BY relationships.resourceName DESC
SELECT resourceId ORDER BY configuration.state, configuration.state.value
SELECT resourceId ORDER BY resourceCreationTime
SELECT resourceType GROUP BY resourceType
SELECT resourceName, COUNT(*) GROUP BY resourceName ORDER BY resourceName DESC
SELECT COUNT(*) GROUP BY resourceType
SELECT configuration.mixed, COUNT(*) GROUP BY configuration.mixed
SELECT configuration.size, COUNT(*), COUNT(configuration.encrypted) GROUP BY configuration.size ORDER BY configuration.size DESC
SELECT configuration.VisibilityTimeout, COUNT(*) GROUP BY configuration.VisibilityTimeout
SELECT configuration.ebsOptimized, AVG(configuration.cpuOptions.coreCount) GROUP BY configuration.ebsOptimized
SELECT configuration.ipPermissions.fromPort, COUNT(*), MAX(resourceId) GROUP BY configuration.ipPermissions.fromPort
SELECT configuration.state.value, resourceType, COUNT(*) GROUP BY resourceType, configuration.state.value
SELECT tags.key, tags.value, COUNT(*) GROUP BY tags.key, tags.value
SELECT relationships.resourceId, accountId, COUNT(*) GROUP BY relationships.resourceId, accountId ORDER BY accountId DESC
SELECT resourceType, MAX(configuration.size) GROUP BY resourceType ORDER BY MAX(configuration.size) DESC, resourceType
SELECT awsRegion, COUNT(*) GROUP BY awsRegion ORDER BY COUNT(*), awsRegion DESC
SELECT AVG(configuration.size) WHERE resourceType = 'nothing'
SELECT SUM(configuration.mixed), COUNT(configuration.mixed), MIN(configuration.mixed), MAX(configuration.mixed)
SELECT SUM(configuration.VisibilityTimeout), AVG(configuration.DelaySeconds)
SELECT SUM(configuration.ipPermissions.fromPort)
SELECT MIN(resourceCreationTime), MAX(configurationItemCaptureTime), COUNT(resourceName), COUNT(arn)
SELECT MIN(tags.value), MAX(tags.key), COUNT(tags.key), COUNT(tags), COUNT(relationships), COUNT(relationships.resourceName)
SELECT COUNT(configuration), COUNT(configuration.state), COUNT(configuration.state.value), COUNT(configuration.empty), COUNT(configuration.none)
SELECT MIN(configuration.throughput), MAX(configuration.throughput), MAX(configuration.encrypted)
SELECT count(*), Count( * ), max( configuration.size )
SELECT COUNT(*) ORDER BY COUNT(*)
SELECT resourceId WHERE arn LIKE 'arn:aws:x:eu-west-1:%'
SELECT resourceId WHERE arn NOT LIKE 'arn:aws:x:eu-west-1:%' AND NOT arn NOT LIKE 'arn:aws:x:us-east-1%'
SELECT resourceId WHERE configuration.attachments.deleteOnTermination = FALSE AND configuration.attachments.instanceId IN ('i-1', 'i-2')
SELECT configuration.attachments, configuration.cpuOptions.coreCount ORDER BY configuration.cpuOptions.coreCount DESC, resourceId
SELECT accountId, resourceType, awsRegion, COUNT(*), SUM(configuration.common) GROUP BY accountId, resourceType, awsRegion ORDER BY resourceType DESC
SELECT supplementaryConfiguration.Flag, COUNT(*) GROUP BY supplementaryConfiguration.Flag ORDER BY supplementaryConfiguration.Flag
""".strip().splitlines()

QUERIES = GUIDE + RULES + [
    "SELECT\n  resourceId,\n\tresourceType\nWHERE\r\n resourceType = 'AWS::EC2::Volume'\nORDER BY resourceId\n;\n",
    "SELECT resourceId WHERE resourceName = 'two\nlines'",
    "SELECT resourceId WHERE resourceId IN (" + ", ".join(f"'volume-{i}'" for i in range(150)) + ")",
    "SELECT resourceId WHERE configuration.size IN (" + ", ".join(map(str, range(400))) + ")",
    "SELECT resourceId WHERE " + " OR ".join(f"configuration.common={i}" for i in range(140)),
    "SELECT resourceId WHERE " + " AND ".join(f"arn<>'{i}'" for i in range(200)),
    "SELECT resourceId WHERE " + "(" * 40 + "tags.tag = 'env=prod'" + ")" * 40,
    "SELECT resourceId WHERE " + "NOT " * 100 + "resourceId <> 'x'",
    "SELECT resourceId WHERE " + "NOT (" * 39 + "NOT tags.tag = 'env=prod'" + ")" * 39,
    "SELECT resourceId WHERE " + "(arn <> '1' AND (arn <> '2' OR " * 20 + "tags.tag = 'env=prod'" + "))" * 20,
    "SELECT resourceId WHERE " + "(NOT (" * 20 + "tags.tag = 'env=prod'" + " OR accountId = '1') AND arn <> '2')" * 20,
    "SELECT resourceId WHERE " + functools.reduce(lambda x, _: f"({x} AND {x}) OR ({x})", range(3), "configuration.common = 1"),
    "SELECT resourceId WHERE resourceName = '" + "x" * 4050 + "'",
    "SELECT resourceId WHERE resourceName = '" + "é" * 4050 + "'",
]


def test_there_are_enough():
    assert len(set(QUERIES)) == len(QUERIES) >= 200


@pytest.mark.parametrize("aws", [True, False], ids=["as AWS", "without its limits"])
def test_queries_answer_as_by_brute_force(world, aws):
    found = [check(world, q, aws) for q in QUERIES]
    # A test of nothing but empty answers would show nothing.
    assert sum(n > 0 for n in found) > 150


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_are_the_whole(world, limit):
    for q in QUERIES:
        whole = world.probe.ask(q, aws=True)["rows"]
        if "ORDER BY COUNT" in q or "ORDER BY MAX" in q:
            got = world.probe.ask(q, aws=True, limit=limit)
            assert got["rows"] == whole[:limit] and not got["next"]
        elif len(whole) <= 60:
            assert all_pages(world, q, True, limit) == whole, q


def test_pages_go_on_when_something_is_written_in_between(world, siltstone, tmp_path):
    w = World(siltstone, tmp_path / "own.db", estate(5, 40))
    q = "SELECT resourceId ORDER BY resourceName DESC, configuration.common"
    before = {r for r in w.probe.ask(q)["rows"]}
    first = w.probe.ask(q, limit=10)
    new = [{**item(random.Random(i), 7 * i, 0), "resourceId": f"new-{i}"} for i in range(20)]
    (siltstone.home / "more.json").write_text(json.dumps({"fileVersion": "1.0", "configurationItems": new}))
    siltstone.ok("import", "--store", w.store, "more.json")
    rest, after = [], first["next"]
    while after:
        page = w.probe.ask(q, limit=10, after=after)
        rest += page["rows"]
        after = page["next"]
    w.probe.stop()
    seen = first["rows"] + rest
    assert len(seen) == len(set(seen)) and before <= set(seen) and len(seen) > len(before)


def test_a_page_of_another_query_is_refused(world):
    q = "SELECT resourceId ORDER BY resourceName"
    after = world.probe.ask(q, limit=1)["next"]
    for other, token in [("SELECT resourceId", after), (q, "x"), (q, "[]"), (q, after[:-1]), (q, after.replace("[", "[{},")), (q, "null"),
                         (q, json.dumps([json.loads(after)[0]])), (q, json.dumps([json.loads(after)[0], {}, 1]))]:
        assert world.probe.ask(other, limit=1, after=token)["error"] == "InvalidNextTokenException", token


def test_whose_resources(world):
    q = "SELECT accountId, awsRegion"
    every = [json.loads(r) for r in world.probe.ask(q)["rows"]]

    def ask(**scope):
        got = [json.loads(r) for r in world.probe.ask(q, aws=True, **scope)["rows"]]
        return sorted((r["accountId"], r["awsRegion"]) for r in got)

    def those(accounts, regions):
        return sorted((r["accountId"], r["awsRegion"]) for r in every if r["accountId"] in accounts and r["awsRegion"] in regions + ["global"])

    assert ask(account=ACCOUNTS[0], region="eu-west-1") == those(ACCOUNTS[:1], ["eu-west-1"])
    assert ask(accounts=json.dumps(ACCOUNTS), regions='["us-east-1"]') == those(ACCOUNTS, ["us-east-1"])
    assert ask(accounts='["333333333333"]') == []
    assert ask(account=ACCOUNTS[1], region="nowhere") == those(ACCOUNTS[1:], [])


# ---- What is refused, and where ----

# ^ stands before what cannot be there; a query that ends too early has it at its end.
BROKEN = """
^
^SELEC resourceId
^resourceId
^FROM x
SELECT^
SELECT ^FROM x
SELECT ^WHERE resourceId = 'x'
SELECT ^DISTINCT resourceType
SELECT ^ALL resourceType
SELECT ^(resourceId)
SELECT ^'text'
SELECT ^1
SELECT ^,resourceId
SELECT resourceId,^
SELECT resourceId, ^,arn
SELECT resourceId ^FROM resources
SELECT resourceId ^AS id
SELECT resourceId ^id
SELECT resourceId ^LIMIT 5
SELECT resourceId ^UNION SELECT arn
SELECT resourceId ^JOIN x
SELECT resourceId ^= 'x'
SELECT resourceId ^)
SELECT resourceId; ^SELECT arn
SELECT resourceId;^;
SELECT resourceId ^-- comment
SELECT resourceId ^/* comment */
SELECT resourceId ^[0]
SELECT resourceId ^$
SELECT configuration.^
SELECT configuration.^.size
SELECT configuration.^*
SELECT configuration.ipPermissions^[0].fromPort
SELECT ^.size
SELECT configuration.^`size
SELECT ^unknown
SELECT ^resourceid
SELECT ^configuration_x.y
SELECT ^accountId.x
SELECT ^tags.name
SELECT ^tags.key.x
SELECT ^relationships.name
SELECT ^relationships.resourceId.x
SELECT arn, ^relatedEvents
SELECT *, ^nothing
SELECT AVG(^*)
SELECT SUM(^)
SELECT COUNT(^)
SELECT COUNT(*^
SELECT COUNT(* ^, arn)
SELECT COUNT(^DISTINCT arn)
SELECT COUNT(COUNT^(*))
SELECT COUNT(^unknown)
SELECT MAX(arn.^)
SELECT MAX(arn ^, resourceId)
SELECT MAX(^'x')
SELECT SUM(^arn)
SELECT AVG(^tags.value)
SELECT SUM(^relationships.resourceId)
SELECT ^UPPER(arn)
SELECT ^arn, COUNT(*)
SELECT COUNT(*), ^arn
SELECT ^*, COUNT(*)
SELECT ^* GROUP BY arn
SELECT ^resourceId, resourceType GROUP BY resourceType
SELECT ^configuration.size, COUNT(*) GROUP BY configuration.state
SELECT resourceId WHERE^
SELECT resourceId WHERE ^AND arn = 'x'
SELECT resourceId WHERE ^= 'x'
SELECT resourceId WHERE ^'x' = arn
SELECT resourceId WHERE ^1 = 1
SELECT resourceId WHERE ^TRUE
SELECT resourceId WHERE arn^
SELECT resourceId WHERE arn ^arn
SELECT resourceId WHERE arn =^
SELECT resourceId WHERE arn = ^resourceId
SELECT resourceId WHERE arn = ^NULL
SELECT resourceId WHERE arn = ^= 'x'
SELECT resourceId WHERE arn = ^"x"
SELECT resourceId WHERE arn = ^`x`
SELECT resourceId WHERE arn = ^('x')
SELECT resourceId WHERE arn = 'x' ^'y'
SELECT resourceId WHERE arn = 'x' ^arn = 'y'
SELECT resourceId WHERE arn = 'x' AND^
SELECT resourceId WHERE arn = 'x' AND ^OR arn = 'y'
SELECT resourceId WHERE arn = 'x' OR ^)
SELECT resourceId WHERE arn = 'x' ^NOT arn = 'y'
SELECT resourceId WHERE arn = 'x' ^HAVING COUNT(*) > 1
SELECT resourceId WHERE arn = ^'unterminated
SELECT resourceId WHERE arn = ^'it''s
SELECT resourceId WHERE arn = 'x' AND ^"unterminated = 1
SELECT resourceId WHERE arn ^IS NULL
SELECT resourceId WHERE arn ^IS NOT NULL
""".strip("\n").split("\n") + r"""
SELECT resourceId WHERE arn ^~ 'x'
SELECT resourceId WHERE arn ^! 'x'
SELECT resourceId WHERE arn <^> > 'x'
SELECT resourceId WHERE arn ^+ 1 = 2
SELECT resourceId WHERE ^EXISTS (SELECT arn)
SELECT resourceId WHERE arn IN^
SELECT resourceId WHERE arn IN ^'x'
SELECT resourceId WHERE arn IN (^)
SELECT resourceId WHERE arn IN ('x'^
SELECT resourceId WHERE arn IN ('x' ^'y')
SELECT resourceId WHERE arn IN ('x', ^)
SELECT resourceId WHERE arn IN (^SELECT arn)
SELECT resourceId WHERE arn IN (^arn)
SELECT resourceId WHERE arn IN (^(1))
SELECT resourceId WHERE arn NOT ^= 'x'
SELECT resourceId WHERE arn NOT^
SELECT resourceId WHERE arn NOT ^BETWEEN 1 AND 2
SELECT resourceId WHERE arn NOT ^NOT IN ('x')
SELECT resourceId WHERE arn BETWEEN^
SELECT resourceId WHERE arn BETWEEN 'a' ^
SELECT resourceId WHERE arn BETWEEN 'a' ^'b'
SELECT resourceId WHERE arn BETWEEN 'a' ^, 'b'
SELECT resourceId WHERE arn BETWEEN 'a' AND^
SELECT resourceId WHERE arn BETWEEN 'a' AND ^arn
SELECT resourceId WHERE arn BETWEEN ^('a' AND 'b')
SELECT resourceId WHERE arn LIKE^
SELECT resourceId WHERE arn LIKE ^5
SELECT resourceId WHERE arn LIKE ^TRUE
SELECT resourceId WHERE arn LIKE ^arn
SELECT resourceId WHERE arn LIKE 'abc%' ^ESCAPE '!'
SELECT resourceId WHERE (arn = 'x'^
SELECT resourceId WHERE (arn = 'x' ^; )
SELECT resourceId WHERE ((arn = 'x') ^
SELECT resourceId WHERE (^)
SELECT resourceId WHERE arn = 'x')^
SELECT resourceId WHERE NOT^
SELECT resourceId WHERE NOT ^AND
SELECT resourceId WHERE arn = ^1.
SELECT resourceId WHERE arn = ^1.2.3
SELECT resourceId WHERE arn = ^1e
SELECT resourceId WHERE arn = ^12abc
SELECT resourceId WHERE arn = ^.5
SELECT resourceId WHERE arn = ^- 5
SELECT resourceId WHERE arn = ^--5
SELECT resourceId WHERE ^unknown = 1
SELECT resourceId WHERE arn = 'x' OR NOT (^Resourceid LIKE 'abc%')
SELECT resourceId WHERE ^tags.Name = 'x'
SELECT resourceId WHERE ^relationships.relationshipName = 'x'
SELECT resourceId WHERE COUNT^(*) > 1
SELECT resourceId GROUP ^resourceType
SELECT resourceType GROUP BY^
SELECT resourceType GROUP BY ^1
SELECT resourceType GROUP BY ^*
SELECT resourceType GROUP BY resourceType,^
SELECT resourceType GROUP BY ^unknown
SELECT resourceType GROUP BY resourceType ^DESC
SELECT resourceType GROUP BY resourceType ^HAVING COUNT(*) > 1
SELECT resourceType GROUP BY resourceType ^WHERE arn = 'x'
SELECT resourceType GROUP BY COUNT^(*)
SELECT resourceId ORDER ^resourceId
SELECT resourceId ORDER BY^
SELECT resourceId ORDER BY ^*
SELECT resourceId ORDER BY ^1
SELECT resourceId ORDER BY ^unknown
SELECT resourceId ORDER BY resourceId DESC ^ASC
SELECT resourceId ORDER BY resourceId ^NULLS LAST
SELECT resourceId ORDER BY resourceId,^
SELECT resourceId ORDER BY resourceId ^LIMIT 1
SELECT resourceId ORDER BY resourceId ^WHERE arn = 'x'
SELECT resourceId ORDER BY resourceId ^GROUP BY arn
SELECT resourceId ORDER BY ^COUNT(*)
SELECT resourceType, COUNT(*) GROUP BY resourceType ORDER BY ^arn
SELECT resourceType, COUNT(*) GROUP BY resourceType ORDER BY SUM(^arn)
SELECT resourceName WHERE resourceName = 'Näme é' AND Gr^öße = 1
SELECT ^é
SELECT configuration.size^:x
SELECT configuration.size ^.x
SELECT configuration.^ size
SELECT ^"configuration
SELECT resourceId WHERE configuration.size = 5 ^% 2
SELECT resourceId WHERE configuration.size = ^@x
SELECT resourceId WHERE configuration.size = ^?
SELECT resourceId WHERE configuration.size = ^:x
SELECT resourceId WHERE configuration.size = ^{1}
SELECT resourceId WHERE arn = 'x' ^&& arn = 'y'
SELECT resourceId WHERE arn = 'x' ^|| 'y'
SELECT resourceId WHERE arn = 'x' ^XOR arn = 'y'
SELECT resourceId WHERE arn ^RLIKE 'x'
SELECT resourceId WHERE arn ^GLOB 'x*'
SELECT resourceId WHERE CASE ^WHEN arn = 'x'
SELECT resourceId WHERE arn = ^CURRENT_TIMESTAMP
SELECT resourceId WHERE tags.^'Name' = 'x'
SELECT resourceId WHERE arn = 'x' ORDER ^arn
^WITH x AS (SELECT arn)
^DELETE FROM resources
^EXPLAIN SELECT arn
^;
""".replace("'x')^", "'x'^)").replace("COUNT^(*)", "^COUNT(*)").replace("<^> >", "<> ^>").strip("\n").split("\n")

# What AWS Config alone refuses; without its limits these are answered.
ONLY_AWS = r"""
SELECT resourceId WHERE arn LIKE ^'ab%'
SELECT resourceId WHERE arn LIKE ^''
SELECT resourceId WHERE arn LIKE ^'%abc'
SELECT resourceId WHERE arn LIKE ^'abc%def'
SELECT resourceId WHERE arn LIKE ^'abc_def%'
SELECT resourceId WHERE arn NOT LIKE ^'éé%'
SELECT resourceId WHERE tags.value LIKE ^'%'
SELECT resourceId WHERE configuration.size LIKE 'abc%' AND configuration.size LIKE ^'a_c'
SELECT COUNT(*) GROUP BY accountId, awsRegion, resourceType, ^version
SELECT resourceType, accountId, COUNT(*) GROUP BY resourceType, accountId ORDER BY resourceType, ^COUNT(*)
""".strip().split("\n") + ["SELECT resourceId WHERE arn = '" + "x" * 4096 + "'^"]

# COUNT where there is no aggregate is a name that nothing is called.
NAMES_WITHOUT_CALLS = {"SELECT resourceId WHERE ^COUNT(*) > 1": "SELECT resourceId WHERE COUNT^(*) > 1",
                       "SELECT resourceType GROUP BY ^COUNT(*)": "SELECT resourceType GROUP BY COUNT^(*)",
                       "SELECT resourceId WHERE ^EXISTS (SELECT arn)": "SELECT resourceId WHERE EXISTS ^(SELECT arn)",
                       "SELECT ^UPPER(arn)": "SELECT UPPER^(arn)"}


def layouts(marked):
    """A broken query on one line, on many, and behind characters of several bytes; with where it is broken."""
    marked = NAMES_WITHOUT_CALLS.get(marked, marked)
    yield marked
    yield "\n\n  " + marked
    if "'" not in marked and '"' not in marked:
        yield marked.replace(" ", "\n")
    yield marked.replace("SELECT ", "SELECT configuration.`ünï`, ", 1) if marked.startswith("SELECT ") and "GROUP" not in marked and \
        "(" not in marked else "\t\r\n" + marked


def check_refused(world, marked, aws):
    for text in layouts(marked):
        at = text.index("^")
        query = text[:at] + text[at + 1:]
        line, column = text[:at].count("\n") + 1, at - (text[:at].rfind("\n") + 1) + 1
        got = world.probe.ask(query, aws=aws)
        assert got.get("error") == "InvalidExpressionException", (query, got)
        assert got["message"] == f"syntax error at line {line}, column {column}", (query, got)
        assert (got["line"], got["column"]) == (line, column) and got["why"], query


def test_there_are_enough_broken_ones():
    assert len(set(BROKEN)) == len(BROKEN) and len(BROKEN) + len(ONLY_AWS) >= 200
    assert len({text for q in BROKEN for text in layouts(q)}) >= 500


@pytest.mark.parametrize("aws", [True, False], ids=["as AWS", "without its limits"])
def test_what_is_broken_is_refused_at_its_place(world, aws):
    for marked in BROKEN:
        check_refused(world, marked, aws)


def test_what_aws_alone_refuses(world):
    for marked in ONLY_AWS:
        check_refused(world, marked, True)
        assert "rows" in world.probe.ask(marked.replace("^", "")), marked


def test_much_of_everything(world):
    for q in ["SELECT " + ",".join(["*"] * 2000), "SELECT " + ",".join(["arn"] * 1000), "SELECT arn ORDER BY " + ",".join(["arn"] * 1000),
              "SELECT " + ",".join(["MAX(arn)"] * 450), "SELECT " + ",".join(f"configuration.a{i}" for i in range(200)),
              "SELECT arn WHERE " + " OR ".join(["arn=1"] * 440), "SELECT arn WHERE " + " AND ".join(["tags.tag<>'a'"] * 200)]:
        assert "rows" in world.probe.ask(q, aws=True, limit=1), q[:80]
    deep = functools.reduce(lambda x, i: f"({x}{(' OR arn=1', ' AND arn=1')[i % 2] * 100})", range(39), "arn=1")
    assert world.probe.ask("SELECT arn WHERE " + deep)["error"] == "TOOBIG"


def test_too_long_too_deep_and_no_text(world):
    for query, aws, column in [("SELECT arn WHERE " + "(" * 41 + "arn = 'x'" + ")" * 41, True, 17 + 41),
                               ("SELECT arn WHERE " + "NOT (" * 500, False, 17 + 5 * 40 + 5),
                               ("SELECT arn WHERE arn = '" + "x" * 70_000 + "'", False, 65537),
                               ("SELECT " + "(" * 4000, True, 8),
                               ("SELECT configuration" + ".a" * 64, True, 8)]:
        got = world.probe.ask(query, aws=aws)
        assert (got.get("error"), got.get("line"), got.get("column")) == ("InvalidExpressionException", 1, column), (query[:80], got)


def test_any_piece_of_a_query_is_a_query_or_is_refused_with_a_place(world):
    r = random.Random(3)
    signs = ["'", '"', "`", "(", ")", ",", ".", "*", ";", "=", "<", "\n", "é", "%", " NOT ", " AND ", " IN ", "0", "\x01", "--", "SELECT "]
    for q in QUERIES:
        if len(q) > 400:
            continue
        for _ in range(12):
            a, b = sorted(r.randrange(len(q) + 1) for _ in range(2))
            got = world.probe.ask(r.choice([q[:a], q[a:], q[:a] + q[b:], q[:a] + r.choice(signs) + q[a:], q[:a] + q[b:] + q[a:b]]), aws=True)
            assert "rows" in got or got["error"] == "InvalidExpressionException" and got["line"] and got["column"] and got["why"], got


# ---- On the command line ----

def test_the_command_line(world):
    silt, store = world.siltstone, world.store
    n = len(world.items)
    out = silt.ok("query", "--store", store, "--aws", "SELECT resourceType, COUNT(*) GROUP BY resourceType", "--format", "csv").out.splitlines()
    assert out[0] == "resourceType,COUNT(*)" and sum(int(line.split(",")[1]) for line in out[1:]) == n
    every = [json.loads(line) for line in silt.ok("query", "--store", store, "--aws", "SELECT *, configuration, tags", "--format", "jsonl").out.splitlines()]
    assert len(every) == n and {len(r["tags"]) for r in every} == {0, 1, 2, 3}
    listed = json.loads(silt.ok("query", "--store", store, "--aws", "SELECT resourceId", "--format", "json", "--limit", "7").out)
    assert len(listed) == 7
    assert json.loads(silt.ok("query", "--store", store, "--aws", "SELECT arn WHERE arn = 'no'", "--format", "json").out) == []
    got = silt.ok("query", "--store", store, "--aws", "--format", "csv",
                  "SELECT resourceId, configuration.state.name, configuration.securityGroups.groupId WHERE resourceId = 'instance-7'")
    header, row = got.out.splitlines()
    assert header == "resourceId,configuration.state.name,configuration.securityGroups.groupId" and row.startswith("instance-7,running")


def test_what_it_is_made_into(world):
    query = "SELECT arn WHERE resourceType = 'it''s' AND configuration.\"x'y\" = 5 AND tags.tag = 'a=b'"
    out = world.siltstone.ok("query", "--store", world.store, "--aws", "--explain", query).out
    sql, *values = out.splitlines()
    assert sql.startswith("SELECT r.arn, r.rid FROM resources r ")
    # Nothing of the query's own text stands in the statement.
    assert "it's" not in sql and "x'y" not in sql and "a=b" not in sql and sql.count(":v") == len(values) == 4
    assert values[0] == ":v1 = \"it's\"" and values[3] == ":v4 = \"[[\\\"a\\\",\\\"b\\\"]]\""


def test_a_fault_is_shown_with_its_place(world):
    text = "SELECT resourceId\nWHERE resourceType = 'Ä'\n  FROM x"
    got = world.siltstone.run("query", "--store", world.store, "--aws", text)
    assert got.code == 2 and not got.out
    assert got.err.splitlines() == [
        "    FROM x",
        "    ^",
        "siltstone: syntax error at line 3, column 3: expected AND, OR, GROUP BY, ORDER BY or the end, found FROM",
        "try: there is no FROM: every query is about all resources"]
    got = world.siltstone.run("query", "--store", world.store, "--aws", "SELECT resourceid")
    assert "try: did you mean resourceId?" in got.err


def test_the_past(siltstone, store):
    w = World(siltstone, store, estate(9, 60))
    w.probe.stop()
    versions = [query_model.loads(line) for line in siltstone.ok("items", "--store", store).out.splitlines()]
    for hour in range(5):
        at = T0 + hour * 3_600_000 + 1_800_000
        newest = {}
        for it in versions:
            if int(it["configurationStateId"]) <= at:
                newest[it["awsAccountId"], it["awsRegion"], it["resourceType"], it["resourceId"]] = it
        reading = query_model.Reading([it for it in newest.values() if it["configurationItemStatus"] in ("OK", "ResourceDiscovered")], False)
        for q in ("SELECT resourceId, configuration.common, tags, relationships.resourceId", "SELECT resourceId WHERE tags.tag = 'env=prod'",
                  "SELECT resourceType, COUNT(*), SUM(configuration.common) GROUP BY resourceType",
                  "SELECT resourceId WHERE resourceType = 'AWS::EC2::Volume' AND NOT tags.key = 'Name' OR relationships.resourceId = 'vpc-1'",
                  "SELECT tags.key, COUNT(*) GROUP BY tags.key"):
            out = siltstone.ok("query", "--store", store, "--aws", "--as-of", iso(at), "--format", "jsonl", q).out
            got = [plain_numbers(query_model.loads(line)) for line in out.splitlines()]
            assert settled(got) == settled(plain_numbers([r for _, r in reading.answer(q)[1]])), (hour, q)


# ---- As AWS Config's clients ask ----

def one(values):
    assert len(values) == 1
    return values[0]


def test_boto3_gets_pages_tokens_and_errors(serve, siltstone, store):
    w = World(siltstone, store, estate(4, 150))
    daemon = serve(store)
    config = daemon.client("eu-west-1")
    # Of all accounts in the store one is asked.
    account = json.loads(one(config.select_resource_config(Expression="SELECT accountId GROUP BY accountId")["Results"]))["accountId"]
    mine = [it for it in w.items if it["awsAccountId"] == account and it["awsRegion"] in ("eu-west-1", "global")]
    reading = query_model.Reading(mine, True)
    for q in GUIDE:
        fields, expected = reading.answer(q)
        got, more = [], {}
        while True:
            page = config.select_resource_config(Expression=q, Limit=100 if "ORDER BY COUNT" in q else 7, **more)
            assert page["QueryInfo"]["SelectFields"] == [{"Name": n} for n in fields]
            got += [query_model.loads(r) for r in page["Results"]]
            if not page.get("NextToken"):
                break
            more = {"NextToken": page["NextToken"]}
        assert all(same_value(a, b, False) for a, b in zip(settled(got), settled([r for _, r in expected]))) and len(got) == len(expected), q
    token = config.select_resource_config(Expression="SELECT arn", Limit=1)["NextToken"]
    for call, error in [({"Expression": "SELECT resourceId\nFROM x"}, ("InvalidExpressionException", "syntax error at line 2, column 1")),
                        ({"Expression": "SELECT resourceId WHERE arn LIKE 'ab%'"},
                         ("InvalidExpressionException", "syntax error at line 1, column 34")),
                        ({"Expression": "SELECT arn", "Limit": 101},
                         ("InvalidLimitException", "Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100")),
                        ({"Expression": "SELECT arn", "NextToken": "x"}, ("InvalidNextTokenException", "The nextToken provided is invalid")),
                        ({"Expression": "SELECT resourceId", "NextToken": token}, ("InvalidNextTokenException", "The nextToken provided is invalid"))]:
        assert service.refused(config.select_resource_config, **call) == error
    for text in ("", "x" * 4097):
        error, _ = service.refused(config.select_resource_config, Expression=text)
        assert error in ("ValidationException", "InvalidExpressionException")
    assert config.select_resource_config(Expression="SELECT arn WHERE arn = 'no'")["Results"] == []
    w.probe.stop()


# ---- At random ----

NAMES = ["accountId", "awsRegion", "arn", "availabilityZone", "resourceId", "resourceName", "resourceType", "resourceCreationTime", "version",
         "configurationItemStatus", "configurationItemCaptureTime", "tags.key", "tags.value", "tags.tag", "relationships.resourceId",
         "relationships.resourceName", "relationships.resourceType", "configuration.size", "configuration.state.value",
         "configuration.state.name", "configuration.mixed", "configuration.mixed.value", "configuration.nested.deep", "configuration.encrypted",
         "configuration.ipPermissions.fromPort", "configuration.ipPermissions.ipRanges", "configuration.privateIpAddress", "configuration.common",
         "configuration.VisibilityTimeout", "configuration.FifoQueue", "configuration.added.n", "configuration.availabilityZones.value",
         "configuration.`weird.name`.`é`", "supplementaryConfiguration.Flag", "supplementaryConfiguration.BucketVersioningConfiguration.status",
         "configuration.nothing", "configuration.instanceType", "configuration.throughput"]
LITERALS = ["'prod'", "'env'", "'env=prod'", "'vpc-1'", "'AWS::EC2::Volume'", "'eu-west-1'", "100", "'100'", "8", "1", "-1", "0", "1.5e3", "TRUE",
            "false", "'true'", "''", "'it''s'", "'in-use'", "'10.0.0.0/8'", "'10.0.1.7'", "'2023-11-15'", "'Näme 3'", "'t3.large'", "30", "'x'", "443",
            "'AWS::IAM::Role'", "'role-1'", "'Enabled'", "'1.3'", "2", "'eu-west-1a'", "'111111111111'"]


def random_condition(r, depth):
    if depth and r.random() < 0.5:
        word = r.choice([" AND ", " OR ", " and "])
        return "(" + word.join(random_condition(r, depth - 1) for _ in range(r.randrange(2, 4))) + ")"
    if r.random() < 0.15:
        return "NOT " + random_condition(r, depth)
    name = r.choice(NAMES)
    match r.randrange(8):
        case 0:
            return f"{name} BETWEEN {r.choice(LITERALS)} AND {r.choice(LITERALS)}"
        case 1:
            return f"{name} {r.choice(['IN', 'NOT IN', 'not in'])} ({', '.join(r.choices(LITERALS, k=r.randrange(1, 5)))})"
        case 2:
            return f"{name} {r.choice(['LIKE', 'NOT LIKE'])} '{r.choice(['AWS', 'Näme', 'env=', 'thing', '10.0.', 't3.', 'arn'])}{r.choice(['%', '__%', '', '%%'])}'"
        case _:
            return f"{name} {r.choice(['=', '=', '!=', '<>', '<', '<=', '>', '>='])} {r.choice(LITERALS)}"


def random_query(r):
    where = " WHERE " + random_condition(r, r.randrange(3)) if r.random() < 0.8 else ""
    if r.random() < 0.6:
        select = ", ".join(r.choices(NAMES + ["*", "configuration", "tags", "relationships", "configuration.ipPermissions"], k=r.randrange(1, 4)))
        order = ", ".join(f"{n}{r.choice(['', ' ASC', ' DESC'])}" for n in r.sample(NAMES, r.randrange(3)))
        return f"SELECT {select}{where}{' ORDER BY ' + order if order else ''}"
    groups = r.sample(NAMES, r.randrange(4))
    # One inside of the other cannot both be in a row.
    groups = [g for g in groups if not any(h.startswith(g + ".") for h in groups)]
    figures = [f"{f}({n})" for f, n in zip(r.choices(["COUNT", "MIN", "MAX"], k=3), r.choices(NAMES, k=3))] + \
        [f"{f}(configuration.{n})" for f, n in zip(["SUM", "AVG"], r.sample(["size", "common", "mixed", "VisibilityTimeout"], 2))] + ["COUNT(*)"]
    select = r.sample(figures, r.randrange(1, 4)) + groups
    r.shuffle(select)
    text = f"SELECT {', '.join(select)}{where}"
    if groups:
        text += " GROUP BY " + ", ".join(groups)
        if len(groups) == 1 and r.random() < 0.4:
            text += f" ORDER BY {r.choice(['COUNT(*)', 'MAX(resourceId)'])} {r.choice(['', 'DESC'])}"
        elif r.random() < 0.5:
            text += " ORDER BY " + ", ".join(f"{g} {r.choice(['', 'DESC'])}" for g in r.sample(groups, r.randrange(1, len(groups) + 1)))
    return text


def test_random_queries_answer_as_by_brute_force(siltstone, tmp_path):
    seed, n = int(os.environ.get("SILTSTONE_QUERY_SEED", "7")), int(os.environ.get("SILTSTONE_QUERIES", "1500"))
    print(f"SILTSTONE_QUERY_SEED={seed}")
    w = World(siltstone, tmp_path / "silt.db", estate(seed, 80))
    r = random.Random(seed)
    found = 0
    for _ in range(n):
        q = random_query(r)
        found += check(w, q, r.random() < 0.5) > 0
        if r.random() < 0.1 and not any(f"ORDER BY {f}" in q for f in ("COUNT", "MAX")):
            assert all_pages(w, q, True, 5) == w.probe.ask(q, aws=True)["rows"], q
    w.probe.stop()
    assert found > n / 3
