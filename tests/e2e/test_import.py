# SPDX-License-Identifier: Apache-2.0
"""Items from elsewhere: every dress AWS Config has given them, out of files, S3 and standard input."""

import copy
import gzip
import json
import random
import signal
import subprocess
import time

import boto3
import pytest
from program import SHARED, copy_store, one, rows, whole
from s3_server import ACCESS_KEY, S3, SECRET_KEY, TOKEN, fail, go_on

T0 = 1_700_000_000_000
DERIVED = [
    "SELECT item_id, version, until_ms, n_changes FROM _item ORDER BY 1",
    "SELECT * FROM _diff ORDER BY 1",
    "SELECT edge_id, rid, name, target_type, target_id, target_rid, by, link, ext, since_ms, until_ms FROM _edge ORDER BY 1",
    "SELECT tag_id, rid, key, value, since_ms, until_ms FROM _tag ORDER BY 1",
    "SELECT * FROM _activity ORDER BY 1, 2, 3",
    "SELECT rid, name, arn, last_item, deleted, hex(content) FROM _resource ORDER BY 1",
]


def iso(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


def item(i, version, *, account="123456789012", region="eu-west-1", status=None, **more):
    """As a file of today has it."""
    ms = T0 + version * 3_600_000 + i
    it = {
        "relatedEvents": [],
        "relationships": [{"resourceId": f"vpc-{i % 3}", "resourceType": "AWS::EC2::VPC", "name": "Is contained in Vpc"}],
        "configuration": {"groupId": f"sg-{i}", "groupName": f"group é {i}", "n": version, "vpcId": f"vpc-{i % 3}",
                          "ipPermissions": [{"fromPort": version, "text": "a \"quoted\" \\ {[ thing"}], "filling": "x" * 200},
        "supplementaryConfiguration": {"Part": {"v": version}, "Text": "{\"a\":null}", "Flag": False},
        "tags": {"Name": f"n{i}", "v": str(version)},
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": iso(ms),
        "configurationStateId": ms,
        "awsAccountId": account,
        "configurationItemStatus": status or ("OK" if version else "ResourceDiscovered"),
        "resourceType": "AWS::EC2::SecurityGroup",
        "resourceId": f"sg-{i}",
        "resourceName": f"group-{i}" if version < 3 else f"renamed-{i}",
        "ARN": f"arn:aws:ec2:{region}:{account}:security-group/sg-{i}",
        "awsRegion": region,
        "availabilityZone": "Not Applicable",
        "configurationStateMd5Hash": "",
        "resourceCreationTime": iso(T0),
    }
    if status == "ResourceDeleted":
        it.update(relationships=[], supplementaryConfiguration={}, tags={})
        for k in ("configuration", "availabilityZone", "resourceCreationTime"):
            del it[k]
    it.update(more)
    return it


def history(resources, versions):
    return [item(i, v) for v in range(versions) for i in range(resources)]


def envelope(items, **more):
    return json.dumps({"fileVersion": "1.0", **more, "configurationItems": items}, separators=(",", ":")).encode()


def key(n, day="2023/11/4"):
    return (f"AWSLogs/123456789012/Config/eu-west-1/{day}/ConfigHistory/123456789012_Config_eu-west-1_ConfigHistory_"
            f"AWS::EC2::SecurityGroup_202311{n:02d}T000000Z_202311{n:02d}T060000Z_1.json.gz")


def by_key(items):
    return {(i["awsAccountId"], i["awsRegion"], i["resourceType"], i["resourceId"], i["configurationItemCaptureTime"], i["configurationStateId"]): i for i in items}


def same_items(got, want):
    """Key by key, and in the same order of keys."""
    got, want = by_key(got), by_key(want)
    assert got.keys() == want.keys()
    for k, w in want.items():
        assert got[k] == w
        assert list(got[k]) == list(w)


def derived(store):
    return [rows(store, sql) for sql in DERIVED]


def said(store):
    """All that a store says, whatever ids it gave."""
    return [
        rows(store, """SELECT r.account, r.region, r.type, r.id, r.name, r.arn, r.deleted, i.version, i.captured_ms, i.state_id, i.until_ms, i.status,
                         i.az, i.created_ms, i.name, i.arn, i.extra, i.n_changes, f.changes, d.document
                         FROM _item i JOIN _resource r ON r.rid = i.rid LEFT JOIN _diff f ON f.item_id = i.item_id
                         LEFT JOIN _item_document d ON d.item_id = i.item_id ORDER BY 1, 2, 3, 4, 8"""),
        rows(store, """SELECT r.id, e.name, target_type, target_id, by, link, ext, since_ms, until_ms FROM _edge e JOIN _resource r ON r.rid = e.rid
                        ORDER BY 1, 2, 3, 4, 6, 8"""),
        rows(store, "SELECT r.id, key, value, since_ms, until_ms FROM _tag g JOIN _resource r ON r.rid = g.rid ORDER BY 1, 2, 3, 4"),
        rows(store, "SELECT * FROM _activity ORDER BY 1, 2, 3"),
    ]


def test_the_samples_come_out_as_they_went_in(siltstone, store):
    folder = SHARED / "spec" / "samples"
    if not folder.exists():
        pytest.skip(f"no samples in {folder}")
    files = [folder / "01-history-file.json", folder / "02-snapshot-file.json"]
    siltstone.ok("import", "--store", store, *files)
    whole(store)
    same_items(siltstone.items(store), [i for f in files for i in json.loads(f.read_text())["configurationItems"]])


def test_a_history_comes_out_as_it_went_in_and_a_second_time_adds_nothing(siltstone, store, tmp_path):
    items = history(20, 5) + [item(i, 6, status="ResourceDeleted") for i in range(5)] + [item(1, 7, status="ResourceDiscovered")]
    file = tmp_path / "h.json.gz"
    file.write_bytes(gzip.compress(envelope(items)))
    assert "106 new" in siltstone.ok("import", file, "--store", store).out
    whole(store)
    same_items(siltstone.items(store), items)
    before = said(store)
    assert "0 items, 0 new" in siltstone.ok("import", file, "--store", store).out
    again = tmp_path / "copy.json"
    again.write_bytes(envelope(items[::-1]))
    assert "106 items, 0 new" in siltstone.ok("import", again, "--store", store).out
    assert said(store) == before
    assert one(store, "SELECT count(*) FROM _event") == 0
    assert "nothing to mend" in siltstone.ok("reindex", "--store", store).out


def test_what_came_from_elsewhere_has_the_view_of_its_type(siltstone, store, tmp_path):
    (tmp_path / "h.json").write_bytes(envelope([item(1, 0), item(1, 3)]))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    assert rows(store, "SELECT resource_id, name, version, group_name FROM aws_ec2_securitygroup") == [("sg-1", "renamed-1", 2, "group é 1")]
    for sql in ("SELECT name FROM resources", "SELECT name FROM aws_ec2_securitygroup"):
        assert siltstone.ok("query", "--as-of", "2023-11-15 00:00", sql, "--store", store, "--format", "tsv").out == "name\ngroup-1\n"
    assert siltstone.ok("since", "name = 'group-1'", "--store", store, "--format", "csv", "--columns", "since,until,still").out.splitlines()[1:] == [
        "2023-11-14 22:13:20,2023-11-15 01:13:20,0"]


def test_the_order_of_arrival_does_not_matter(siltstone, tmp_path):
    items = history(7, 6) + [item(i, 7, status="ResourceDeleted") for i in range(3)]
    dumps = []
    for n in range(4):
        home = tmp_path / str(n)
        home.mkdir()
        random.Random(n).shuffle(items)
        for k in range(0, len(items), 9):
            (home / f"{k:03d}.json").write_bytes(envelope(items[k : k + 9]))
            siltstone.ok("import", home / f"{k:03d}.json", "--store", home / "silt.db")
        whole(home / "silt.db")
        dumps.append(said(home / "silt.db"))
    assert dumps[0] == dumps[1] == dumps[2] == dumps[3]


def old(i, version):
    """As version 1.2 had it: hash, events, an ordinal for a state id, nulls, the configuration as text."""
    it = item(i, version)
    it.update(configurationItemVersion="1.2", configurationStateId=version + 1, configurationStateMd5Hash="ab" * 16,
              relatedEvents=["7b5c2f0e-aaaa"], configurationItemCaptureTime=iso(T0 + version * 1000)[:-5] + "Z")
    return it


def test_items_of_every_age(siltstone, store, tmp_path):
    items = [old(0, 0), old(0, 1)]
    as_text = copy.deepcopy(items)
    for i in as_text:
        i["configuration"] = json.dumps(i["configuration"])
        i["tags"]["gone"] = None
        i["resourceOwner"] = None
    (tmp_path / "v12.json").write_bytes(envelope(as_text))
    very_old = item(5, 0, configurationItemVersion="1.0")
    first = {k: v for k, v in very_old.items() if k not in ("awsAccountId", "awsRegion", "ARN", "availabilityZone")}
    first.update(accountId="123456789012", arn=very_old["ARN"], availibilityZone="Not Applicable", requestId="r-1")
    place = tmp_path / "AWSLogs" / "123456789012" / "Config" / "eu-west-1"
    place.mkdir(parents=True)
    (place / "x.json.gz").write_bytes(gzip.compress(envelope([first])))
    trail = tmp_path / "AWSLogs" / "123456789012" / "CloudTrail"
    trail.mkdir(parents=True)
    (trail / "x.json.gz").write_bytes(b"no business of ours")
    siltstone.ok("import", tmp_path / "v12.json", tmp_path / "AWSLogs", "--store", store)
    same_items([i for i in siltstone.items(store) if i["resourceId"] == "sg-0"], items)
    (got,) = [i for i in siltstone.items(store) if i["resourceId"] == "sg-5"]
    assert got == {**very_old, "requestId": "r-1"}


def of_api(it):
    """As GetResourceConfigHistory answers."""
    api = {k: v for k, v in it.items() if k not in ("configurationItemVersion", "awsAccountId", "ARN", "configurationStateMd5Hash", "relationships")}
    api.update(version="1.3", accountId=it["awsAccountId"], arn=it["ARN"], configurationItemMD5Hash="",
               configuration=json.dumps(it["configuration"]), configurationStateId=str(it["configurationStateId"]),
               configurationItemCaptureTime=it["configurationStateId"] / 1000, resourceCreationTime=T0 / 1000,
               supplementaryConfiguration={k: json.dumps(v) for k, v in it["supplementaryConfiguration"].items()},
               relationships=[{("relationshipName" if k == "name" else k): v for k, v in r.items()} for r in it["relationships"]])
    return api


def feed(siltstone, store, text, *args):
    p = subprocess.run([str(siltstone.binary), "import", "-", "--store", str(store), *args], env=siltstone.environment(),
                       input=text if isinstance(text, bytes) else text.encode(), capture_output=True, timeout=60)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def test_answers_of_the_api_and_notifications(siltstone, store):
    items = history(2, 2)
    code, _, err = feed(siltstone, store, json.dumps({"configurationItems": [of_api(i) for i in items[:2]]}, indent=2))
    assert code == 0, err
    notice = {"configurationItemDiff": None, "configurationItem": {**items[2], "configuration": {**items[2]["configuration"], "no": None}}}
    code, _, err = feed(siltstone, store, json.dumps(notice) + "\n" + json.dumps({"detail": {"configurationItem": items[3]}}) + "\n")
    assert code == 0, err
    same_items(siltstone.items(store), items)


def test_anybodys_inventory(siltstone, store):
    lines = '{"resourceType":"My::Thing","resourceId":"a","configuration":{"v":1},"tags":[{"key":"k","value":"v"}]}\n' \
            '{"resourceType":"My::Thing","resourceId":"b","configuration":{},"relationships":[{"name":"Uses ","resourceType":"My::Thing","resourceId":"a"}]}'
    place = ("--account", "me", "--region", "home")
    assert feed(siltstone, store, lines, *place)[1].endswith("2 new\n")
    # Nothing has changed: nothing is written.
    assert feed(siltstone, store, lines, *place)[1].endswith("0 new\n")
    assert feed(siltstone, store, lines.replace('"v":1', '"v":2'), *place)[1].endswith("1 new\n")
    assert rows(store, "SELECT resource_id, version, event FROM history ORDER BY 1, 2") == [("a", 1, "created"), ("a", 2, "changed"), ("b", 1, "created")]
    assert rows(store, "SELECT resource_id, relation, target_id, target_rid FROM relationships") == [("b", "Uses ", "a", 1)]
    code, _, err = feed(siltstone, store, lines)
    assert code == 2 and "--account" in err


BAD = [
    (b'{"fileVersion":"1.0","configurationItems":[%s,{"resourceType":"T"}]}', "without resourceId"),
    (b'{"fileVersion":"1.0","configurationItems":[%s,{"resourceType":"T","resourceId":"x","x":tru}]}', "$.configurationItems[1]"),
    (b'{"fileVersion":"1.0","configurationItems":[%s', "ends at byte"),
    (b'{"fileVersion":"1.0","configurationItems":[%s] "x":1}', "around the items"),
    (b'{"configurationItems":[%s 5]}', "a comma or ]"),
    (b'[%s,]', "an item"),
    (b'nonsense', "an object"),
    (b'{"configurationItems":[%s,{"a":"\xff"}]}', "UTF-8"),
]


@pytest.mark.parametrize("text, why", BAD)
@pytest.mark.parametrize("packed", [False, True])
def test_bad_input_changes_nothing_and_is_passed_over_when_that_is_wanted(siltstone, store, tmp_path, text, why, packed):
    good = json.dumps(item(0, 0)).encode()
    raw = text % good if b"%s" in text else text
    file = tmp_path / ("bad.json" + (".gz" if packed else ""))
    file.write_bytes(gzip.compress(raw) if packed else raw)
    (tmp_path / "good.json").write_bytes(envelope([item(1, 0)]))
    run = siltstone.run("import", file, "--store", store)
    assert run.code == 2 and why in run.err and str(file) in run.err and "--keep-going" in run.err
    assert one(store, "SELECT count(*) FROM _item") == one(store, "SELECT count(*) FROM _import") == 0
    run = siltstone.run("import", file, tmp_path / "good.json", "--store", store, "--keep-going")
    assert run.code == 7 and why in run.err
    assert one(store, "SELECT count(*) FROM _resource WHERE id = 'sg-1'") == 1
    assert why.split("$")[0] in one(store, "SELECT coalesce(error, '') FROM _import WHERE name LIKE '%/bad.json%'")
    whole(store)


def test_gzip_in_members_cut_off_and_damaged(siltstone, store, tmp_path):
    raw = envelope(history(30, 3))
    whole_file = b"".join(gzip.compress(raw[k : k + 5000]) for k in range(0, len(raw), 5000))
    (tmp_path / "a.json.gz").write_bytes(whole_file + b"\0" * 512)
    assert "90 new" in siltstone.ok("import", tmp_path / "a.json.gz", "--store", store).out
    for name, content in (("cut", whole_file[:-20]), ("hurt", whole_file[:300] + b"\xff\xff" + whole_file[302:])):
        (tmp_path / f"{name}.json.gz").write_bytes(content)
        run = siltstone.run("import", tmp_path / f"{name}.json.gz", "--store", store)
        assert run.code == 5 and "gzip" in run.err, run.err


def test_a_trial_writes_nothing(siltstone, store, tmp_path):
    (tmp_path / "h.json").write_bytes(envelope(history(10, 3)))
    assert "30 would be new" in siltstone.ok("import", tmp_path / "h.json", "--store", store, "--dry-run").out
    assert not store.exists()
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    (tmp_path / "more.json").write_bytes(envelope(history(10, 4)))
    before = said(store), rows(store, "SELECT * FROM _import")
    assert "10 would be new" in siltstone.ok("import", tmp_path / "more.json", "--store", store, "--dry-run").out
    assert (said(store), rows(store, "SELECT * FROM _import")) == before


def test_what_was_killed_goes_on(siltstone, store, tmp_path):
    items = history(3000, 5)
    for n in range(3):
        (tmp_path / f"{n}.json").write_bytes(envelope(items[n * 5000 : (n + 1) * 5000]))
    files = [tmp_path / f"{n}.json" for n in range(3)]
    siltstone.ok("import", *files, "--store", tmp_path / "whole.db")
    kills = 0
    for point in ("import.before_commit:2", "import.after_commit:1", "import.before_commit:1", "import.after_commit:2"):
        env = siltstone.environment(SILTSTONE_FAILPOINT=point)
        run = siltstone.run("import", *files, "--store", store, env=env)
        kills += run.code == -signal.SIGKILL
    assert kills >= 2
    read = one(store, "SELECT sum(items) FROM _import")
    assert 0 < read <= 15000
    run = siltstone.ok("import", *files, "--store", store, "--format", "json")
    assert json.loads(run.out)[0]["items"] == 15000 - read
    whole(store)
    assert said(store) == said(tmp_path / "whole.db")


@pytest.fixture
def bucket():
    with S3() as s3:
        s3.page = 3
        yield s3


def s3_environment(siltstone):
    return siltstone.environment(AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY, AWS_SESSION_TOKEN=TOKEN)


def test_from_s3_page_by_page_and_with_good_signatures(siltstone, store, bucket):
    items = history(10, 10)
    for v in range(10):
        bucket.objects[key(v + 1)] = ({}, gzip.compress(envelope(items[v * 10 : v * 10 + 10])))
    bucket.objects["AWSLogs/123456789012/Config/ConfigWritabilityCheckFile"] = ({}, b"")
    bucket.objects["AWSLogs/123456789012/CloudTrail/x.json.gz"] = ({}, b"another's")
    bucket.rule("get", fail(503, "SlowDown"), times=2)
    env = s3_environment(siltstone)
    run = siltstone.ok("import", "s3://archive/AWSLogs/", "--endpoint", bucket.endpoint, "--store", store, env=env)
    assert bucket.faults == []
    assert "10 files" in run.out and "100 new" in run.out
    same_items(siltstone.items(store), items)
    # What was read is known by its ETag; what was written anew is read anew.
    gets = sum(kind == "get" for kind, _ in bucket.seen)
    bucket.objects[key(1)] = ({}, gzip.compress(envelope(items[:10] + [item(77, 0)])))
    run = siltstone.ok("import", "s3://archive/AWSLogs/", "--endpoint", bucket.endpoint, "--store", store, env=env)
    assert "9 read before" in run.out and "1 new" in run.out
    assert sum(kind == "get" for kind, _ in bucket.seen) == gets + 1


def test_s3_refuses(siltstone, store, bucket):
    bucket.objects[key(1)] = ({}, gzip.compress(envelope(history(1, 1))))
    env = s3_environment(siltstone)
    run = siltstone.run("import", "s3://nothere/x", "--endpoint", bucket.endpoint, "--store", store, env=env)
    assert run.code == 3 and "nothere" in run.err
    bucket.rule("get", fail(403, "AccessDenied"))
    run = siltstone.run("import", "s3://archive/", "--endpoint", bucket.endpoint, "--store", store, env=env)
    assert run.code == 6 and "s3:GetObject" in run.err


def test_from_motos_s3(siltstone, store, moto):
    s3 = boto3.client("s3", endpoint_url=moto.endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    s3.create_bucket(Bucket="config-bucket")
    items = history(2000, 2)
    s3.put_object(Bucket="config-bucket", Key="org/" + key(1), Body=gzip.compress(envelope(items[:2000]), 1), ContentEncoding="gzip")
    # Larger than a range.
    s3.put_object(Bucket="config-bucket", Key="org/plain.json", Body=envelope(items[2000:]) + b" " * (9 << 20))
    assert "4000 new" in siltstone.ok("import", "s3://config-bucket/org", "--endpoint", moto.endpoint, "--store", store).out
    same_items(siltstone.items(store), items)


def test_what_is_delivered_comes_back(siltstone, store, tmp_path, store_copy):
    """Record, snapshot, import into another store: the same items."""
    out = tmp_path / "out"
    out.mkdir()
    siltstone.ok("snapshot", "--to", f"dir:{out}", "--store", store_copy)
    other = tmp_path / "other.db"
    siltstone.ok("import", out, "--store", other)
    same_items(siltstone.items(other), siltstone.items(store_copy))
    assert "nothing to mend" in siltstone.ok("reindex", "--store", other).out


def test_reindex_leaves_a_recorded_store_as_it_is(siltstone, store_copy):
    before = derived(store_copy)
    assert len(before[2]) > 10 and any(edge[8] for edge in before[2])
    assert "nothing to mend" in siltstone.ok("reindex", "--store", store_copy).out
    assert derived(store_copy) == before


def test_reindex_leaves_a_store_as_it_is_that_retention_has_cut(siltstone, store, tmp_path):
    items = history(8, 6) + [item(i, 7, status="ResourceDeleted") for i in range(3)]
    (tmp_path / "h.json").write_bytes(envelope(items[::2]))
    (tmp_path / "i.json").write_bytes(envelope(items[1::2]))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    siltstone.ok("import", tmp_path / "i.json", "--store", store)
    siltstone.ok("verify", "--store", store)
    siltstone.ok("prune", "--older-than", "1d", "--store", store)
    assert one(store, "SELECT sum(pruned) FROM _resource") > 0
    before = derived(store)
    assert "nothing to mend" in siltstone.ok("reindex", "--store", store).out
    assert derived(store) == before
    siltstone.ok("verify", "--store", store)


def test_two_items_of_one_moment(siltstone, store, tmp_path):
    """Their state ids tell them apart; the first never held, and nobody takes that for damage."""
    first, second, before = item(1, 1, configurationStateId=T0 + 7), item(1, 1, configurationStateId=T0 + 8, resourceName="later"), item(1, 0)
    first["tags"]["only"] = "here"
    first["configuration"]["n"] = "flash"
    for n, items in enumerate(([second], [before, first])):
        (tmp_path / f"{n}.json").write_bytes(envelope(items))
        siltstone.ok("import", tmp_path / f"{n}.json", "--store", store)
    siltstone.ok("verify", "--store", store)
    assert "nothing to mend" in siltstone.ok("reindex", "--store", store).out
    assert rows(store, "SELECT version, configurationStateId FROM (SELECT version, state_id AS configurationStateId FROM _item) ORDER BY 1") == [
        (1, None), (2, T0 + 7), (3, T0 + 8)]
    siltstone.ok("export", tmp_path / "flat.db", "--store", store)
    assert rows(tmp_path / "flat.db", "SELECT version, name FROM resources") == rows(store, "SELECT version, name FROM resources") == [(3, "later")]
    assert json.loads(siltstone.ok("since", "configuration->>'$.n' = 'flash'", "--store", store, "--format", "json").out) == []


def test_the_flat_copy_of_a_moment_has_the_names_of_then(siltstone, store, tmp_path):
    (tmp_path / "h.json").write_bytes(envelope([item(1, 0), item(1, 3)]))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    siltstone.ok("export", tmp_path / "flat.db", "--store", store, "--as-of", "2023-11-15 00:00")
    assert rows(tmp_path / "flat.db", "SELECT name, version FROM resources") == [("group-1", 1)]


def test_a_list_is_one_property_to_blame(siltstone, store, tmp_path):
    one_list = item(1, 0, configuration={"ports": [22, 443], "of": {"names": [["a"], {"b": []}]}}, relationships=[], tags={}, supplementaryConfiguration={})
    (tmp_path / "h.json").write_bytes(envelope([one_list]))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    assert rows(store, "SELECT property, value FROM blame ORDER BY 1") == [
        ("configuration.of.names", '[["a"],{"b":[]}]'), ("configuration.ports", "[22,443]"), ("relationships", "[]")]


def test_a_number_beyond_all_doubles_breaks_no_view(siltstone, store, tmp_path):
    texts = [json.dumps(item(1, v, configuration={"n": v, "huge": "HUGE"})).replace('"HUGE"', huge) for v, huge in ((0, "1e400"), (1, "-1e400"))]
    (tmp_path / "h.jsonl").write_text("\n".join(texts))
    siltstone.ok("import", tmp_path / "h.jsonl", "--store", store)
    assert rows(store, "SELECT value, version FROM blame WHERE property = 'configuration.huge'") == [("-Inf", 2)]
    assert rows(store, "SELECT before, after FROM diff WHERE v1 = 1 AND v2 = 2 AND property = 'configuration.huge'") == [("Inf", "-Inf")]
    assert "-1e400" in siltstone.ok("items", "--store", store).out


def test_what_is_not_recorded_any_more_is_not_there(siltstone, store, tmp_path):
    end = item(1, 2, status="ResourceDeleted")
    end["configurationItemStatus"] = "ResourceNotRecorded"
    (tmp_path / "h.json").write_bytes(envelope([item(0, 0), item(1, 0), end]))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    siltstone.ok("verify", "--store", store)
    now = rows(store, "SELECT resource_id FROM resources")
    assert now == [("sg-0",)]
    assert rows(store, "SELECT resource_id FROM resources_at WHERE t = ?", T0 + 30 * 86_400_000) == now
    assert rows(store, "SELECT resource_id, op FROM drift WHERE t1 = ? AND t2 = ?", T0 + 1000, T0 + 30 * 86_400_000) == [("sg-1", "deleted")]
    for words in ((), ("--as-of", "2024-01-01")):
        siltstone.ok("export", tmp_path / "flat.db", "--force", *words, "--store", store)
        assert rows(tmp_path / "flat.db", "SELECT resource_id FROM resources") == now
    siltstone.ok("export", tmp_path / "case.db", "--case", "--resource", "sg-1", "--store", store)
    siltstone.ok("verify", tmp_path / "case.db")


def test_a_store_is_made_only_where_there_is_something_to_read(siltstone, store, tmp_path):
    (tmp_path / "h.json").write_bytes(envelope([item(0, 0)]))
    for files in ((tmp_path / "missing",), (tmp_path / "h.json", tmp_path / "missing.json")):
        run = siltstone.run("import", *files, "--store", store)
        assert run.code == 3 and "missing" in run.err, run.err
        assert not list(tmp_path.glob("**/" + store.name + "*"))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)


@pytest.mark.parametrize("more, why", [
    ({"configurationItemCaptureTime": "9999-12-31T23:59:59Z"}, "from 1970 to 9999"), ({"configurationItemCaptureTime": 253402300800}, "from 1970 to 9999"),
    ({"configurationItemCaptureTime": "1969-12-31T23:59:59.999Z"}, "from 1970 to 9999"), ({"resourceCreationTime": -1}, "from 1970 to 9999"),
    ({"configurationStateId": "9999999999999999999"}, "a whole number")])
def test_what_cannot_be_kept_as_it_is_is_refused(siltstone, store, tmp_path, more, why):
    (tmp_path / "h.json").write_bytes(envelope([item(0, 0, **more), item(1, 0)]))
    run = siltstone.run("import", tmp_path / "h.json", "--store", store, "--keep-going")
    assert run.code == 7 and why in run.err, run.err
    assert one(store, "SELECT count(*) FROM _item") == 1


def test_older_history_may_come_in_after_retention(siltstone, store, tmp_path):
    (tmp_path / "h.json").write_bytes(envelope(history(8, 2)))
    (tmp_path / "i.json").write_bytes(envelope([item(0, 0, resourceId="sg-late"), item(2, 5)]))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    siltstone.ok("prune", "--older-than", "1d", "--store", store)
    siltstone.ok("import", tmp_path / "i.json", "--store", store)
    before = derived(store)
    assert "nothing to mend" in siltstone.ok("reindex", "--store", store).out
    assert derived(store) == before
    assert one(store, "SELECT sum(n) FROM activity") == one(store, "SELECT count(*) FROM _item")


def test_reindex_mends(siltstone, store, tmp_path):
    import sqlite3

    (tmp_path / "h.json").write_bytes(envelope(history(5, 5)))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    before = said(store)
    db = sqlite3.connect(store)
    for sql in ("UPDATE _item SET until_ms = 5 WHERE version = 2", "UPDATE _item SET version = -version", "DELETE FROM _tag WHERE key = 'v'",
                "DELETE FROM _diff WHERE item_id % 2", "UPDATE _edge SET until_ms = since_ms + 1", "UPDATE _activity SET n = n + 1",
                "UPDATE _resource SET last_item = (SELECT min(item_id) FROM _item i WHERE i.rid = _resource.rid), deleted = 1"):
        db.execute(sql)
    db.commit()
    db.close()
    assert "mended" in siltstone.ok("reindex", "--store", store).out
    assert said(store) == before
    assert "nothing to mend" in siltstone.ok("reindex", "--store", store).out


def test_uniting_takes_nothing_from_anybody(siltstone, tmp_path):
    (tmp_path / "h.json").write_bytes(envelope(history(3, 2)))
    given = tmp_path / "all.db.part"
    siltstone.ok("import", tmp_path / "h.json", "--store", given)
    before = said(given)
    assert "6 items of 1 store, 6 of them once" in siltstone.ok("merge", tmp_path / "all.db", given).out
    assert said(given) == said(tmp_path / "all.db") == before
    assert not list(tmp_path.glob("all.db.[0-9]*"))


def test_what_is_gone_is_called_as_it_last_was_in_any_store(siltstone, tmp_path):
    end = item(1, 5, status="ResourceDeleted")
    del end["resourceName"]
    for n, items in enumerate(([item(1, 0), end], [item(1, 3)])):
        (tmp_path / f"{n}.json").write_bytes(envelope(items))
        siltstone.ok("import", tmp_path / f"{n}.json", "--store", tmp_path / f"{n}.db")
    siltstone.ok("merge", tmp_path / "all.db", tmp_path / "0.db", tmp_path / "1.db")
    assert rows(tmp_path / "all.db", "SELECT name, deleted FROM _resource") == [("renamed-1", 1)]
    assert "nothing to mend" in siltstone.ok("reindex", "--store", tmp_path / "all.db").out


def test_merge_is_the_same_in_any_order(siltstone, tmp_path, store_copy):
    items = history(9, 6)
    (tmp_path / "one.json").write_bytes(envelope(items[:30] + [item(1, 2, account="999999999999")]))
    (tmp_path / "two.json").write_bytes(envelope(items[20:]))
    stores = [tmp_path / "one.db", tmp_path / "two.db", store_copy]
    siltstone.ok("import", tmp_path / "one.json", "--store", stores[0])
    siltstone.ok("import", tmp_path / "two.json", "--store", stores[1])
    siltstone.ok("merge", tmp_path / "a.db", *stores)
    siltstone.ok("merge", tmp_path / "b.db", *stores[::-1])
    siltstone.ok("merge", tmp_path / "c.db", tmp_path / "a.db", *stores)
    whole(tmp_path / "a.db")
    siltstone.ok("verify", "--store", tmp_path / "a.db")
    recorded = one(store_copy, "SELECT count(*) FROM _item")
    assert one(tmp_path / "a.db", "SELECT count(*) FROM _item") == 54 + 1 + recorded
    assert said(tmp_path / "a.db") == said(tmp_path / "b.db") == said(tmp_path / "c.db")
    assert derived(tmp_path / "a.db") == derived(tmp_path / "b.db")
    looks = "SELECT s.name, c.account, c.region, c.type, c.started_ms, c.outcome, c.seen FROM _coverage c JOIN _source s USING (source_id) ORDER BY 1, 2, 3, 4, 5"
    assert rows(tmp_path / "a.db", looks) == rows(store_copy, looks)
    assert "nothing to mend" in siltstone.ok("reindex", "--store", tmp_path / "a.db").out
    assert sorted(siltstone.items(tmp_path / "a.db"), key=str) == sorted(
        {json.dumps(i): i for s in stores for i in siltstone.items(s)}.values(), key=str)
    run = siltstone.run("merge", tmp_path / "a.db", *stores)
    assert run.code == 4 and "there already" in run.err
    run = siltstone.run("merge", tmp_path / "d.db", stores[0], tmp_path / "one.json")
    assert run.code and not (tmp_path / "d.db").exists() and not (tmp_path / "d.db.part").exists()


def test_memory_does_not_grow_with_the_file(siltstone, tmp_path):
    peaks = []
    # Where it is built with the address sanitizer, that keeps little of what was freed.
    env = siltstone.environment(ASAN_OPTIONS="quarantine_size_mb=8")
    for n, name in ((2_000, "small"), (12_000, "large")):
        file = tmp_path / f"{name}.json.gz"
        with gzip.open(file, "wt", compresslevel=1) as f:
            f.write('{"fileVersion":"1.0","configurationItems":[')
            for i in range(n):
                f.write(("," if i else "") + json.dumps(item(i, 0)))
            f.write("]}")
        # Mapped pages of the store count as memory: both have so many.
        run = siltstone.measured("import", file, "--store", tmp_path / "all.db", env=env)
        assert run.code == 0, run.err
        peaks.append(run.peak_kb)
    assert peaks[1] < peaks[0] + 30_000, peaks
