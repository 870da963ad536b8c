# SPDX-License-Identifier: Apache-2.0
"""A large store, always the same for the same seed: rows as recording writes them."""

import hashlib
import json
import random
import sqlite3

T0 = 1_790_000_000_000
FOREVER = 253402300799000
ACCOUNT, REGION = "111122223333", "us-east-1"
TABLES = ("_edge", "_tag", "_diff", "_event", "_item", "_document", "_resource")


def empty(silt, store):
    """A store as the program makes it, with nothing recorded."""
    silt.ok("record", "--store", store, "--source", "host", "--types", "Siltstone::Host::Mount")
    db = sqlite3.connect(store)
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")
    db.commit()
    db.close()


def document(r, i, version):
    """An instance as EC2 describes it: some 2 KB, a fifth of it not to be guessed from the ones before."""
    vpc, subnet, group = r.randrange(40), r.randrange(400), r.randrange(900)
    tags = {"Name": f"web-{i}", "env": r.choice(("prod", "test", "dev")), "team": f"team-{r.randrange(30)}"}
    configuration = {
        "amiLaunchIndex": 0, "imageId": f"ami-{r.randrange(50):017x}", "instanceId": f"i-{i:017x}",
        "instanceType": r.choice(("t3.micro", "m5.large", "c6i.xlarge")), "keyName": "ops",
        "launchTime": f"2026-0{r.randrange(1, 10)}-{r.randrange(10, 29)}T10:{r.randrange(10, 60)}:{r.randrange(10, 60)}.000Z",
        "monitoring": {"state": "disabled"}, "version": version,
        "placement": {"availabilityZone": "us-east-1a", "groupName": "", "tenancy": "default"},
        "privateDnsName": f"ip-10-0-{i // 250 % 250}-{i % 250}.ec2.internal", "privateIpAddress": f"10.0.{i // 250 % 250}.{i % 250}",
        "state": {"code": 16, "name": "running"}, "subnetId": f"subnet-{subnet:017x}", "vpcId": f"vpc-{vpc:017x}",
        "architecture": "x86_64", "ebsOptimized": True, "hypervisor": "xen", "rootDeviceName": "/dev/xvda",
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {
            "attachTime": "2026-08-01T10:00:01.000Z", "deleteOnTermination": True, "status": "attached",
            "volumeId": f"vol-{r.getrandbits(68):017x}"}}],
        "networkInterfaces": [{"networkInterfaceId": f"eni-{r.getrandbits(68):017x}", "description": "primary",
                               "macAddress": f"02:{r.getrandbits(32):08x}", "ownerId": ACCOUNT, "status": "in-use", "sourceDestCheck": True}],
        "securityGroups": [{"groupId": f"sg-{group:017x}", "groupName": f"group {group}"}, {"groupId": f"sg-{7:017x}", "groupName": "base"}],
        "tags": [{"key": k, "value": v} for k, v in tags.items()],
        "metadataOptions": {"httpEndpoint": "enabled", "httpPutResponseHopLimit": 1, "httpTokens": "required", "state": "applied"},
    }
    links = [{"name": "Is contained in Vpc", "resourceId": f"vpc-{vpc:017x}", "resourceType": "AWS::EC2::VPC"},
             {"name": "Is contained in Subnet", "resourceId": f"subnet-{subnet:017x}", "resourceType": "AWS::EC2::Subnet"},
             {"name": "Is associated with SecurityGroup", "resourceId": f"sg-{group:017x}", "resourceType": "AWS::EC2::SecurityGroup"}]
    return json.dumps({"configuration": configuration, "relationships": links, "supplementaryConfiguration": {}, "tags": tags},
                      sort_keys=True, separators=(",", ":"))


def fill(store, n, seed=1):
    """@n resources in one place; every tenth has a second version, stored as a patch."""
    r = random.Random(seed)
    db = sqlite3.connect(store)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")

    def resources():
        for i in range(1, n + 1):
            yield i, ACCOUNT, REGION, "AWS::EC2::Instance", f"i-{i:017x}", f"web-{i}", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-{i:017x}", n + i if i % 10 == 0 else i

    def documents():
        for i in range(1, n + 1):
            yield i, hashlib.sha256(str(i).encode()).digest(), document(r, i, 1)

    later = range(10, n + 1, 10)
    db.executemany("INSERT INTO _resource (rid, account, region, type, id, name, arn, last_item) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", resources())
    db.executemany("INSERT INTO _document (document_id, sha256, body) VALUES (?, ?, ?)", documents())
    db.executemany("INSERT INTO _item (item_id, rid, version, captured_ms, recorded_ms, until_ms, status, az, created_ms, document_id, digest)"
                   " VALUES (?, ?, 1, ?, ?, ?, 'ResourceDiscovered', 'us-east-1a', ?, ?, x'00')",
                   ((i, i, T0 + i % 1000, T0, T0 + 100_000 if i % 10 == 0 else FOREVER, T0, i) for i in range(1, n + 1)))
    db.executemany("INSERT INTO _document (document_id, base, sha256, body) VALUES (?, ?, ?, '{\"configuration\":{\"version\":2}}')",
                   ((n + i, i, hashlib.sha256(str(n + i).encode()).digest()) for i in later))
    db.executemany("INSERT INTO _item (item_id, rid, version, captured_ms, recorded_ms, status, az, created_ms, document_id, digest)"
                   " VALUES (?, ?, 2, ?, ?, 'OK', 'us-east-1a', ?, ?, x'00')",
                   ((n + i, i, T0 + 100_000, T0 + 100_000, T0, n + i) for i in later))
    db.commit()
    db.close()
