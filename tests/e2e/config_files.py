# SPDX-License-Identifier: Apache-2.0
"""What AWS Config's files must look like, told of keys and bytes alone: nothing here knows the program."""

import datetime
import gzip
import json
import re

KEY = re.compile(
    r"^(?:(?P<prefix>[^/].*)/)?AWSLogs/(?P<account>\d{12})/Config/(?P<region>[a-z0-9-]+)/(?P<y>\d{4})/(?P<m>[1-9]\d?)/(?P<d>[1-9]\d?)/"
    r"(?:ConfigHistory/(?P=account)_Config_(?P=region)_ConfigHistory_(?P<type>[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+)_"
    r"(?P<start>\d{8}T\d{6}Z)_(?P<end>\d{8}T\d{6}Z)_(?P<part>[1-9]\d*)"
    r"|ConfigSnapshot/(?P=account)_Config_(?P=region)_ConfigSnapshot_(?P<stamp>\d{8}T\d{6}Z)_"
    r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}))\.json\.gz$")
CHECK = re.compile(r"^(?:[^/].*/)?AWSLogs/\d{12}/Config/ConfigWritabilityCheckFile$")
SEAL = re.compile(r"^(?:[^/].*/)?AWSLogs/\d{12}/siltstone-seals/\d{4}/\d{1,2}/\d{1,2}/seal-\d{12}\.json$")
ORDER = ["relatedEvents", "relationships", "configuration", "supplementaryConfiguration", "tags", "configurationItemVersion",
         "configurationItemCaptureTime", "configurationStateId", "awsAccountId", "configurationItemStatus", "resourceType",
         "resourceId", "resourceName", "ARN", "awsRegion", "availabilityZone", "configurationStateMd5Hash", "resourceCreationTime"]
OPTIONAL = {"resourceName", "ARN", "availabilityZone", "resourceCreationTime"}
STATUSES = {"OK", "ResourceDiscovered", "ResourceDeleted", "ResourceNotRecorded", "ResourceDeletedNotRecorded"}


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)


def stamp(text):
    return moment(text).strftime("%Y%m%dT%H%M%SZ")


def has_null(value):
    if isinstance(value, dict):
        return any(map(has_null, value.values()))
    if isinstance(value, list):
        return any(map(has_null, value))
    return value is None


def check_item(ci, key):
    assert list(ci) == [k for k in ORDER if k in ci], list(ci)
    missing = set(ORDER) - set(ci) - OPTIONAL
    deleted = ci["configurationItemStatus"].startswith("ResourceDeleted")
    assert missing == ({"configuration"} if deleted else set()), missing
    assert not has_null(ci), ci
    assert ci["configurationItemStatus"] in STATUSES
    assert ci["configurationItemVersion"] == "1.3" and ci["configurationStateMd5Hash"] == "" and ci["relatedEvents"] == []
    assert ci["awsAccountId"] == key["account"]
    assert ci["awsRegion"] in (key["region"], "global")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", ci["configurationItemCaptureTime"])
    assert ci["configurationStateId"] == round(moment(ci["configurationItemCaptureTime"]).timestamp() * 1000)


def check_file(key, body):
    """Check one delivered object; returns (the parts of its key, its items)."""
    parts = KEY.match(key)
    assert parts, key
    text = gzip.decompress(body).decode()
    document = json.loads(text)
    assert not text.endswith("\n")
    assert text.startswith('{"fileVersion":"1.0",')
    items = document["configurationItems"]
    assert items
    for ci in items:
        check_item(ci, parts)
    if parts["type"]:
        assert list(document) == ["fileVersion", "configurationItems"]
        times = [ci["configurationStateId"] for ci in items]
        assert times == sorted(times)
        assert {ci["resourceType"] for ci in items} == {parts["type"]}
        assert stamp(items[0]["configurationItemCaptureTime"]) == parts["start"]
        assert stamp(items[-1]["configurationItemCaptureTime"]) == parts["end"]
    else:
        assert list(document) == ["fileVersion", "configSnapshotId", "configurationItems"]
        assert document["configSnapshotId"] == parts["id"]
        assert not [ci for ci in items if ci["configurationItemStatus"].startswith("ResourceDeleted")]
        day = datetime.datetime.strptime(parts["stamp"], "%Y%m%dT%H%M%SZ")
        assert (day.year, day.month, day.day) == (int(parts["y"]), int(parts["m"]), int(parts["d"]))
    return parts, items
