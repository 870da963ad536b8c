# SPDX-License-Identifier: Apache-2.0
"""The command line over a store with a small, fixed history (tests/lib/seed.c)."""

import csv
import gzip
import io
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

import program

SEED = program.BUILD / "tests" / "seed"


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    path = tmp_path_factory.mktemp("seed") / "siltstone.db"
    subprocess.run([SEED, path], check=True)
    return path


@pytest.fixture
def cli(siltstone, seeded):
    shutil.copy(seeded, siltstone.home / "siltstone.db")
    return siltstone


def records(r):
    return [json.loads(line) for line in r.out.splitlines()]


def fails(cli, status, *args, says=None, hints=None, **kw):
    r = cli.run(*args, **kw)
    assert r.code == status, (r.out, r.err)
    if says:
        assert f"siltstone: {says}\n" in r.err
    if hints:
        assert f"try: {hints}\n" in r.err
    return r


# ---- what there is

LS = """\
resource_type       resource_id  name   account       region     version  at
AWS::EC2::Instance  i-0a1        web-1  123456789012  eu-west-1  3        2026-10-03 08:00:00
AWS::EC2::Instance  i-0b3        web-3  123456789012  eu-west-1  1        2026-10-04 08:00:00
AWS::EC2::Subnet    subnet-1            123456789012  eu-west-1  1        2026-10-01 08:00:00
AWS::S3::Bucket     logs         logs   123456789012  us-east-1  1        2026-10-02 08:00:00
"""


def test_ls_lists_what_is_live(cli):
    assert cli.ok("ls").out == LS
    assert cli.ok("ls", "--format", "tsv", "--columns", "resource_id,version").out == (
        "resource_id\tversion\ni-0a1\t3\ni-0b3\t1\nsubnet-1\t1\nlogs\t1\n")


def test_ls_keys_are_the_columns_of_the_view(cli):
    columns = [c[0] for c in sqlite3.connect(cli.home / "siltstone.db").execute("SELECT * FROM resources").description]
    first = records(cli.ok("ls", "--format", "jsonl"))[0]
    assert list(first) == columns
    assert json.loads(cli.ok("ls", "--format", "json").out)[0] == first
    assert next(csv.reader(io.StringIO(cli.ok("ls", "--format", "csv").out))) == columns
    assert first["resource_id"] == "i-0a1" and first["version"] == 3 and first["az"] is None


@pytest.mark.parametrize("args,ids", [
    (["instance"], ["i-0a1", "i-0b3"]),
    (["AWS::EC2::*"], ["i-0a1", "i-0b3", "subnet-1"]),
    (["AWS::S3::Bucket"], ["logs"]),
    (["--type", "subnet"], ["subnet-1"]),
    (["--tag", "Owner"], ["i-0a1"]),
    (["--tag", "Owner=search"], ["i-0a1"]),
    (["--tag", "Owner=platform"], []),
    (["--tag", "Owner=", "instance"], ["i-0b3"]),
    (["--tag", "Owner=search", "--tag", "Team=a"], ["i-0a1"]),
    (["--region", "us-*"], ["logs"]),
    (["--account", "1"], []),
    (["--where", "name LIKE 'web%' -- a comment"], ["i-0a1", "i-0b3"]),
    (["--where", "configuration->>'$.instanceType' = 't3.large'"], ["i-0a1"]),
    (["--deleted"], ["i-0a2"]),
    (["--as-of", "2026-10-01 08:00:00"], ["i-0a1", "i-0a2", "subnet-1"]),
    (["--as-of", "2026-10-01 07:59:59"], []),
    (["--as-of", "2026-10-02 12:00", "--tag", "Owner=platform"], ["i-0a1"]),
    (["--as-of", "2026-10-02 12:00", "--deleted"], []),
])
def test_ls_narrows(cli, args, ids):
    assert [r["resource_id"] for r in records(cli.ok("ls", "--format", "jsonl", *args))] == ids


def test_the_moment_is_repeated(cli):
    assert cli.ok("ls", "--as-of", "2026-10-02T12:00+02:00").err.startswith("as of 2026-10-02 10:00:00Z (")
    assert cli.ok("ls", "--as-of", "2026-10-02", "--quiet").err == ""


# ---- one resource

SHOW = """\
i-0a1  AWS::EC2::Instance  web-1
  account   123456789012
  region    eu-west-1
  arn       arn:aws:test:eu-west-1:123456789012:i-0a1
  version   3 of 3, changed 2026-10-03 08:00:00Z
  source    prod

tags
  Name          web-1
  Owner         search
  Team          a

links to
  Is contained in Subnet            AWS::EC2::Subnet          subnet-1

configuration
{
  "instanceType": "t3.large",
  "state": {
    "name": "stopped"
  },
  "subnetId": "subnet-1"
}
"""


@pytest.mark.parametrize("who", ["i-0a1", "i-0a", "web-1", "arn:aws:test:eu-west-1:123456789012:i-0a1",
                                 "instance/web-1", "AWS::EC2::Instance/i-0a1", "i-0a1@v3", "web-1@2026-10-05"])
def test_show_finds_it_by_whatever_it_is_called(cli, who):
    assert cli.ok("show", who).out == SHOW


def test_what_has_no_name_goes_by_its_tag(cli):
    assert cli.run("show", "front-subnet").code == 3
    with sqlite3.connect(cli.home / "siltstone.db") as db:
        db.execute("INSERT INTO _tag(rid, key, value, since_ms) SELECT rid, 'Name', 'front-subnet', 0 FROM _resource WHERE id = 'subnet-1'")
    head = "subnet-1  AWS::EC2::Subnet  front-subnet"
    assert cli.ok("show", "front-subnet").out.startswith(head + "\n")
    assert cli.ok("log", "front").out.startswith(head + "  eu-west-1\n")
    assert "+ AWS::EC2::Subnet  subnet-1  front-subnet  eu-west-1\n" in cli.ok("diff", "--since", "2026-09-01").out
    assert [r["resource_id"] for r in records(cli.ok("ls", "--where", "name = 'front-subnet'", "-f", "jsonl"))] == ["subnet-1"]


def test_a_moment_before_the_first_record_is_said_to_be_one(cli):
    assert "nothing was recorded before 2026-10-01 08:00:00Z\n" in cli.ok("ls", "--as-of", "2026-09-30").err
    assert "nothing was recorded" not in cli.ok("ls", "--as-of", "2026-10-02").err


def test_show_as_json_is_the_configuration_item(cli):
    body = program.one(cli.home / "siltstone.db",
                       "SELECT body FROM _item_file JOIN _item USING (item_id) WHERE rid = 1 AND version = 2")
    assert cli.ok("show", "web-1@v2", "--format", "json").out == body + "\n"
    for when in ("web-1@2026-10-02 08:00:00", "web-1@1790928000", "web-1@2026-10-03 07:59:59"):
        assert cli.ok("show", when, "--format", "json").out == body + "\n"
    assert cli.ok("show", "web-1", "--as-of", "2026-10-02 12:00", "--format", "json").out == body + "\n"


def test_show_tells_links_and_tags_of_that_version(cli):
    out = cli.ok("show", "web-1@v1").out
    assert re.search(r"\n  Owner +platform\n", out) and "Team" not in out
    assert "in force until 2026-10-02 08:00:00Z" in out
    # An instance that is gone no longer leads anywhere.
    linked = cli.ok("show", "subnet-1").out.split("linked from\n")[1].split("\n\n")[0].splitlines()
    assert [line.split()[1] for line in linked] == ["i-0a1", "i-0b3"]


def test_show_in_other_formats_is_a_row_of_facts(cli):
    row, = csv.DictReader(io.StringIO(cli.ok("show", "web-1", "--format", "csv").out))
    assert (row["resource_id"], row["version"], row["source"]) == ("i-0a1", "3", "prod")


def test_what_others_wrote_cannot_command_the_terminal(cli):
    out = cli.ok("show", "web-3").out
    assert "\x1b" not in out and "a\\u001b[31mred\\nline" in out


# ---- history

LOG = """\
i-0a1  AWS::EC2::Instance  web-1  eu-west-1
 v3    2026-10-03 08:00:00  configuration.state.name running → stopped
                            tags.Owner platform → search
                            tags.Team + a
 v2    2026-10-02 08:00:00  configuration.instanceType t3.micro → t3.large
 v1    2026-10-01 08:00:00  created
"""


def test_log_tells_versions_newest_first(cli):
    assert cli.ok("log", "web-1").out == LOG
    r = cli.ok("log", "web-1", "-n", "1")
    assert r.out == "".join(LOG.splitlines(True)[:4])
    assert r.err == "(there are more; -n 0 for all)\n"
    assert cli.ok("log", "web-1", "-n", "3").err == ""


@pytest.mark.parametrize("args,versions", [
    (["web-1"], [("i-0a1", 3)] * 3 + [("i-0a1", 2), ("i-0a1", 1)]),
    (["web-1", "-p", "instanceType"], [("i-0a1", 2)]),
    (["-p", "tags.*"], [("i-0a1", 3)] * 2),
    (["--since", "2026-10-03 08:00:00"], [("i-0b3", 1)] + [("i-0a1", 3)] * 3 + [("i-0a2", 2)]),
    (["--until", "2026-10-01 08:00:00"], [("i-0a1", 1), ("i-0a2", 1), ("subnet-1", 1)]),
    (["instance", "--until", "2026-10-02", "-n", "1"], [("i-0a1", 1)]),
    (["--as-of", "2026-10-01 12:00", "web-1"], [("i-0a1", 1)]),
    (["--actor", "bob"], []),
])
def test_log_narrows(cli, args, versions):
    assert [(r["resource_id"], r["version"]) for r in records(cli.ok("log", "--format", "jsonl", *args))] == versions


def test_log_as_rows(cli):
    assert cli.ok("log", "web-1", "-n", "1", "--format", "csv", "--columns", "version,op,property,before,after").out == (
        "version,op,property,before,after\n"
        "3,change,configuration.state.name,running,stopped\n"
        "3,change,tags.Owner,platform,search\n"
        "3,add,tags.Team,,a\n")


DIFF = """\
--- v2  2026-10-02 08:00:00Z
+++ v3  2026-10-03 08:00:00Z
  configuration.state.name
-   running
+   stopped
  tags.Owner
-   platform
+   search
  tags.Team
+   a
4 properties unchanged
"""


def test_diff_of_a_resource(cli):
    assert cli.ok("diff", "web-1").out == DIFF
    assert cli.ok("diff", "web-1", "v2..v3").out == DIFF
    assert cli.ok("diff", "web-1", "2026-10-02 12:00..2026-10-03 12:00").out == DIFF
    assert cli.ok("diff", "web-1", "v2").out == DIFF
    assert cli.ok("diff", "web-1", "--since", "2026-10-02 12:00").out == DIFF
    rows = json.loads(cli.ok("diff", "web-1", "v1..v2", "--format", "json").out)
    assert rows == [{"op": "change", "property": "configuration.instanceType", "before": "t3.micro", "after": "t3.large"}]
    assert records(cli.ok("diff", "web-1", "v3..v2", "--format", "jsonl"))[2] == {
        "op": "remove", "property": "tags.Team", "before": "a", "after": None}


def test_diff_of_one_that_was_deleted(cli):
    out = cli.ok("diff", "web-2").out
    assert out.startswith("--- v1  2026-10-01 08:00:00Z\n+++ v2  2026-10-03 08:00:00Z  deleted\n")
    assert "0 properties unchanged" in out


def test_diff_of_the_estate(cli):
    assert cli.ok("diff", "--since", "2026-10-02", "--until", "2026-10-04").out == (
        "1 created  1 deleted  1 changed\n"
        "+ AWS::S3::Bucket  logs  logs  us-east-1\n"
        "- AWS::EC2::Instance  i-0a2  web-2  eu-west-1\n"
        "~ AWS::EC2::Instance  i-0a1  web-1  eu-west-1  v1..v3\n")
    rows = records(cli.ok("diff", "--since", "2026-10-02", "--until", "2026-10-04", "--type", "bucket", "--format", "jsonl"))
    assert [(r["op"], r["resource_id"], r["v1"], r["v2"]) for r in rows] == [("created", "logs", None, 1)]


def test_diff_says_by_its_status_whether_there_are_differences(cli):
    assert cli.run("diff", "web-1", "v1..v2", "--exit-code").code == 1
    assert cli.run("diff", "web-1", "v2..v2", "--exit-code").code == 0
    assert cli.run("diff", "--since", "2026-10-01 09:00", "--until", "2026-10-04", "--exit-code").code == 1
    assert cli.run("diff", "--since", "2026-10-04 09:00", "--exit-code").code == 0


def test_blame_tells_who_set_each_property(cli):
    rows = {r["property"]: (r["value"], r["version"]) for r in records(cli.ok("blame", "web-1", "--format", "jsonl"))}
    links = rows.pop("relationships")
    assert links[1] == 1 and json.loads(links[0])[0]["resourceId"] == "subnet-1"
    assert rows == {
        "configuration.instanceType": ("t3.large", 2), "configuration.state.name": ("stopped", 3),
        "configuration.subnetId": ("subnet-1", 1), "tags.Name": ("web-1", 1), "tags.Owner": ("search", 3), "tags.Team": ("a", 3)}
    before = {r["property"]: r["version"] for r in records(cli.ok("blame", "web-1@v2", "--format", "jsonl"))}
    assert before["tags.Owner"] == 1 and "tags.Team" not in before
    # The value is last, where nothing has to be padded for a long one.
    assert cli.ok("blame", "web-1").out.splitlines()[0].split() == ["property", "version", "at", "actor", "value"]
    fails(cli, 3, "blame", "web-2", says="i-0a2 is deleted", hints="siltstone blame i-0a2@v1 tells of it as it was before")


def test_items_are_written_as_aws_does(cli):
    bodies = [b for b, in program.rows(cli.home / "siltstone.db",
              "SELECT body FROM _item_file JOIN _item USING (item_id) ORDER BY captured_ms, item_id")]
    assert cli.ok("items").out.splitlines() == bodies
    assert json.loads(cli.ok("items", "--format", "json").out) == [json.loads(b) for b in bodies]
    assert len(cli.ok("items", "instance", "--since", "2026-10-02", "--until", "2026-10-03 08:00:00").out.splitlines()) == 3
    assert len(cli.ok("items", "web-1").out.splitlines()) == 3
    assert cli.ok("items", "web-1", "--format", "tsv", "--columns", "version,event").out == "version\tevent\n1\tcreated\n2\tchanged\n3\tchanged\n"
    assert json.loads(cli.ok("items", "--since", "2026-10-05", "--format", "json").out) == []


def test_status_counts_and_complains(cli):
    out = cli.ok("status").out
    assert "4 resources of 3 types, 1 deleted; 8 items, 2026-10-01 08:00:00Z to 2026-10-04 08:00:00Z\n" in out
    assert re.search(r"prod \(aws\)  2026-10-04 08:00:00Z \(.+\)  2 seen, 1 written, 1 of 1 looks complete\n", out)
    s = json.loads(cli.ok("status", "--format", "json").out)
    assert (s["resources"], s["items"], s["types"]) == (4, 8, 3)
    # The newest look at volumes failed; later sweeps looked at other things.
    assert "not complete\n  AWS::EC2::Volume  eu-west-1  failed: not authorized (AccessDenied); never complete\n" in cli.ok("status").out
    assert [i["code"] for i in s["incomplete"]] == ["AccessDenied"]
    with sqlite3.connect(cli.home / "siltstone.db") as db:
        db.execute("INSERT INTO _coverage SELECT NULL, source_id, sweep_ms + 1, account, region, type, started_ms + 1, "
                   "ended_ms + 1, 'complete', NULL, NULL, 0, 0, 1 FROM _coverage WHERE outcome = 'failed'")
    assert json.loads(cli.ok("status", "--format", "json").out)["incomplete"] == []


# ---- SQL

def test_query_formats(cli):
    sql = "SELECT resource_id, version, 0.5 AS half, NULL AS none FROM resources WHERE resource_id = 'logs'"
    assert cli.ok("query", sql).out == "resource_id  version  half  none\nlogs         1        0.5\n"
    assert cli.ok("query", sql, "-f", "json").out == '[{"resource_id":"logs","version":1,"half":0.5,"none":null}]\n'
    assert cli.ok("query", sql, "-f", "csv").out == "resource_id,version,half,none\nlogs,1,0.5,\n"


def test_query_embeds_json_columns(cli):
    r = json.loads(cli.ok("query", "SELECT configuration FROM resources NATURAL JOIN configs WHERE resource_id = 'logs'", "-f", "json").out)
    assert r[0]["configuration"]["owner"] == 'Zoë "Z" Müller, Ltd'


def test_query_answers_for_a_moment(cli):
    sql = "SELECT (SELECT count(*) FROM resources) AS r, (SELECT count(*) FROM tags WHERE key = 'Team') AS t, (SELECT count(*) FROM changes) AS c"
    assert cli.ok("query", sql, "-f", "tsv").out == "r\tt\tc\n4\t1\t4\n"
    assert cli.ok("query", "--as-of", "2026-10-02 12:00", sql, "-f", "tsv").out == "r\tt\tc\n4\t0\t1\n"


def test_query_parameters_and_limits(cli):
    assert json.loads(cli.ok("query", "SELECT :a AS a, @b AS b, typeof(:a) AS t", "--param", "a=7", "--param", "@b=x=y", "-f", "json").out) == [
        {"a": 7, "b": "x=y", "t": "integer"}]
    fails(cli, 2, "query", "SELECT :a", hints="--param a=VALUE")
    fails(cli, 2, "query", "SELECT 1", "--param", "a=1", says="the query has no parameter :a")
    r = cli.ok("query", "SELECT resource_id FROM resources", "--limit", "2", "-f", "tsv")
    assert len(r.out.splitlines()) == 3 and "more than 2 rows" in r.err
    endless = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t"
    fails(cli, 2, "query", endless, "--timeout", "1", says="the query took longer than 1 s")


@pytest.mark.parametrize("sql", ["DELETE FROM _item", "DROP VIEW resources", "ATTACH 'x' AS x", "PRAGMA user_version = 9",
                                 "CREATE TEMP TABLE x(y)", "SELECT 1; DELETE FROM _item", "VACUUM INTO 'copy.db'"])
def test_query_changes_nothing(cli, sql):
    before = (cli.home / "siltstone.db").read_bytes()
    assert cli.run("query", sql).code == 2
    assert (cli.home / "siltstone.db").read_bytes() == before
    assert not (cli.home / "copy.db").exists() and not (cli.home / "x").exists()


@pytest.mark.parametrize("sql,says,hints", [
    ("SELECT * FROM resource", "the query was not understood: no such table: resource", 'did you mean "resources"?'),
    ("SELECT nmae FROM resources", "the query was not understood: no such column: nmae", 'did you mean "name"?'),
    ("SELEC 1", 'the query was not understood: near "SELEC": syntax error', None),
    ("", "the query is empty", None),
])
def test_query_explains_mistakes(cli, sql, says, hints):
    fails(cli, 2, "query", sql, says=says, hints=hints)


@pytest.mark.parametrize("sql,warns", [
    ("SELECT 1 FROM changes WHERE at > '2026-11-20T14:00:00Z'", "'at' holds"),
    ("SELECT 1 FROM history h WHERE\n h.at BETWEEN '2026-11-20T14:00:00Z' AND '2026-11-21'", "'at' holds"),
    ("SELECT 1 FROM history WHERE at BETWEEN '2026-11-20' AND '2026-11-21T00:00:00Z'", "'at' holds"),
    ("SELECT 1 FROM resources_at", "resources_at has no rows unless t says which moment"),
    ("SELECT 1 FROM history WHERE t = '2026-11-20'", "t is a number of seconds"),
    ("SELECT 1 FROM changes WHERE at > '2026-11-20 14:00'", None),
    ("SELECT 1 FROM resources_at WHERE t = 1795183200", None),
    ("SELECT 1 FROM resources WHERE name = '2026-11-20T14:00:00Z' -- at > '2026-11-20T14:00:00Z'", None),
])
def test_query_warns_of_what_is_hardly_meant(cli, sql, warns):
    err = cli.run("query", sql).err
    assert ("warning: " + warns in err) if warns else (err == "")


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="no sqlite3 shell")
def test_sql_is_the_shell_read_only(cli):
    sql = "SELECT count(*) FROM resources"
    assert cli.ok("sql", sql).out == "4\n"
    assert cli.ok("sql", "--as-of", "2026-10-01 12:00", sql).out == "3\n"
    assert "readonly" in cli.run("sql", "DELETE FROM _item").err


# ---- snapshots, sources

def test_snapshot_writes_files_beside_the_store(cli):
    keys = cli.ok("snapshot").out.splitlines()
    assert len(keys) == 2 and all(k.startswith("AWSLogs/123456789012/Config/") for k in keys)
    with gzip.open(cli.home / "siltstone-snapshots" / next(k for k in keys if "/eu-west-1/" in k)) as f:
        assert [i["resourceId"] for i in json.load(f)["configurationItems"]] == ["i-0a1", "i-0b3", "subnet-1"]
    (cli.home / "out").mkdir()
    row, = records(cli.ok("snapshot", "--to", "dir:out", "--as-of", "2026-10-01 12:00", "--region", "eu-west-1", "--format", "jsonl"))
    assert (row["items"], row["region"]) == (3, "eu-west-1") and (cli.home / "out" / row["key"]).stat().st_size == row["bytes"]
    fails(cli, 3, "snapshot", "--to", "dir:nowhere")
    fails(cli, 2, "snapshot", "--to", "ftp://x")
    fails(cli, 3, "snapshot", "--region", "mars-1")


def test_sources_are_kept_by_name(cli):
    cli.ok("source", "add", "dev", "--profile", "dev", "--regions", "eu-west-1,us-east-1", "--store", "new.db")
    assert json.loads(cli.ok("source", "list", "--store", "new.db", "-f", "json").out) == [
        {"source": "dev", "kind": "aws", "settings": {"regions": "eu-west-1,us-east-1", "profile": "dev"}}]
    cli.ok("source", "remove", "dev", "--store", "new.db")
    assert json.loads(cli.ok("source", "list", "--store", "new.db", "-f", "json").out) == []
    fails(cli, 3, "source", "remove", "dev", "--store", "new.db")
    fails(cli, 3, "source", "remove", "dev", "--store", "none.db")
    assert not (cli.home / "none.db").exists()
    fails(cli, 2, "source", "add", says="source wants add NAME, list, or remove NAME")
    fails(cli, 2, "source", "add", "x", "--kind", "gcp")


def test_recording_this_host(siltstone):
    r = siltstone.ok("record", "--source", "host", "--types", "Siltstone::Host::User")
    head, row = r.out.splitlines()
    assert head.split() == ["resource_type", "seen", "new", "changed", "deleted", "outcome"]
    assert row.split()[0] == "Siltstone::Host::User" and row.split()[1] == row.split()[2] and row.split()[-1] == "complete"
    again = siltstone.ok("record", "--source", "host", "--types", "Siltstone::Host::User", "--quiet")
    assert again.out.startswith("host: ") and " 0 new, 0 changed, 0 deleted; 1 of 1 looks complete\n" in again.out
    assert again.err == ""


def test_one_broken_source_makes_all_of_them_partial(siltstone):
    siltstone.ok("source", "add", "broken", "--endpoint", "http://127.0.0.1:1")
    siltstone.ok("source", "add", "host", "--types", "Siltstone::Host::Mount")
    r = fails(siltstone, 7, "record", "--all")
    assert "siltstone: record \"broken\": " in r.err and "try: " in r.err
    assert "host, account " in r.err
    siltstone.ok("source", "remove", "host")
    assert siltstone.run("record", "--all").code not in (0, 7)


def test_an_interrupt_before_the_first_look_is_no_success(siltstone):
    siltstone.ok("source", "add", "host", "--types", "Siltstone::Host::Mount")
    db = sqlite3.connect(siltstone.home / "siltstone.db", isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    p = siltstone.start("record", "--all", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    store = os.path.realpath(siltstone.home / "siltstone.db")
    deadline = time.monotonic() + 20
    while store not in opened(p.pid):
        assert time.monotonic() < deadline
    p.send_signal(signal.SIGINT)
    db.execute("ROLLBACK")
    out, err = p.communicate(timeout=20)
    assert p.returncode == 130 and out == b"", err


def test_record_wants_sources_it_knows(siltstone):
    fails(siltstone, 3, "record", "--source", "prod")
    fails(siltstone, 3, "record", "--all", says="the store has no sources")
    fails(siltstone, 2, "record", "--all", "--source", "x")


# ---- what can be wrong with a store

def test_a_missing_store(siltstone):
    r = fails(siltstone, 3, "ls", "--store", "nowhere.db")
    assert '"nowhere.db"' in r.err and "try: record something first" in r.err
    assert not (siltstone.home / "nowhere.db").exists()
    assert fails(siltstone, 3, "ls", env=siltstone.environment(SILTSTONE_STORE="other.db")).err.count("other.db")


def test_a_file_that_is_no_store(siltstone):
    (siltstone.home / "text.db").write_text("hello " * 1000)
    fails(siltstone, 5, "ls", "--store", "text.db")
    sqlite3.connect(siltstone.home / "other.db").execute("CREATE TABLE x(y)")
    assert siltstone.run("ls", "--store", "other.db").code in (2, 5)
    assert siltstone.run("record", "--source", "host", "--store", "other.db").code in (2, 5)
    assert program.rows(siltstone.home / "other.db", "SELECT name FROM sqlite_schema") == [("x",)]


def test_a_damaged_store(cli):
    path = cli.home / "siltstone.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096 * 4] + b"\xa5" * (len(whole) - 4096 * 4))
    r = cli.run("log")
    assert r.code == 5, r.err
    path.write_bytes(whole[:8192])
    assert cli.run("ls").code == 5


def test_a_newer_store(cli):
    with sqlite3.connect(cli.home / "siltstone.db") as db:
        db.execute("PRAGMA user_version = 9999")
    fails(cli, 5, "ls")
    fails(cli, 5, "source", "add", "x")


def test_a_locked_store(cli):
    db = sqlite3.connect(cli.home / "siltstone.db", isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    try:
        fails(cli, 4, "source", "add", "x")
        # Reading goes on while another writes.
        assert cli.ok("ls").out == LS
    finally:
        db.execute("ROLLBACK")
        db.close()


# ---- what can be wrong with a command line

@pytest.mark.parametrize("args,status,says,hints", [
    (["qeury", "x"], 2, 'there is no command "qeury"', "did you mean siltstone query?"),
    (["ls", "--fromat", "csv"], 2, 'there is no option "--fromat" here', "did you mean --format?"),
    (["ls", "--deleted=yes"], 2, "option --deleted takes no argument", None),
    (["show", "a\r\x1b[31m"], 3, 'no resource answers to "a  [31m"', None),
    (["help", "format"], 2, 'there is no command "format"', "did you mean siltstone help formats?"),
    (["sql", "--format", "jsonl", "SELECT 1"], 2, "the shell does not write jsonl", "siltstone query --format jsonl"),
    (["ls", "--format", "xml"], 2, 'there is no format "xml"', "table, json, jsonl, csv or tsv"),
    (["ls", "--columns", "nmae"], 2, 'there is no column "nmae"', 'did you mean "name"?'),
    (["ls", "--color", "maybe"], 2, '--color is auto, always or never, not "maybe"', None),
    (["ls", "--as-of", "soon"], 2, '--as-of: "soon" is no moment that is understood', None),
    (["log", "--since", "2026-10-04", "--until", "2026-10-03"], 2, "--until is before --since", None),
    (["ls", "instanec"], 3, 'the store has no resource type "instanec"', 'did you mean "Instance"?'),
    (["log", "nothing"], 3, 'no resource answers to "nothing"', None),
    (["show", "web-1@v9"], 3, "i-0a1: it has no version 9", "siltstone log i-0a1 lists its versions"),
    (["show", "web-1@2020-01-01"], 3, "i-0a1: it was not recorded yet at that moment", None),
    (["show", "web-1@soon"], 3, 'no resource answers to "web-1@soon"', "behind an @ stands vN or a time: siltstone help time"),
    (["show", ""], 2, "the id is empty", None),
    (["show"], 2, "show needs ID[@TIME|@vN]", "siltstone help show"),
    (["show", "a", "b"], 2, 'show does not know what to make of "b"', "siltstone help show"),
    (["diff", "subnet-1"], 3, "subnet-1: there is one version only", None),
    (["log", "-n", "x"], 2, '--count wants a number from 0 up, not "x"', None),
    (["completion", "tcsh"], 2, 'completion knows bash, zsh and fish, not "tcsh"', None),
    ([], 2, "which command?", None),
])
def test_mistakes_are_explained(cli, args, status, says, hints):
    r = fails(cli, status, *args, says=says, hints=hints)
    assert r.out == ""


def test_who_is_meant_must_be_clear(cli):
    r = fails(cli, 3, "show", "web", says='"web" is not one resource (2 match)')
    assert "  i-0a1  AWS::EC2::Instance  eu-west-1  live  web-1\n" in r.err
    assert "  i-0b3  AWS::EC2::Instance  eu-west-1  live  web-3\n" in r.err
    # The deleted one only when it is the only one.
    assert cli.ok("show", "web-2").out.startswith("i-0a2 ")


# ---- explanations

def test_every_command_explains_itself(cli):
    overview = cli.ok("--help").out
    names = [line.split()[0] for line in overview.split("\n\n")[2].splitlines()]
    assert {"record", "status", "channel", "recorder", "deliver", "deliveries", "help"} <= set(names)
    for name in names:
        out = cli.ok("help", name).out
        assert out.startswith(f"siltstone {name}: ") and "\nexamples:\n" in out
        assert cli.ok(name, "--help").out == out
        assert max(map(len, out.splitlines())) <= 110
    for topic in ("time", "formats", "exit-codes"):
        assert cli.ok("help", topic).out
    assert cli.ok("--version").out.startswith("siltstone ")
    fails(cli, 2, "help", "shwo", hints="did you mean siltstone show?")


def test_bash_completes(cli):
    script = cli.ok("completion", "bash").out
    probe = script + '\nCOMP_WORDS=(siltstone l); COMP_CWORD=1; _siltstone; echo "${COMPREPLY[@]}"\n' \
        'COMP_WORDS=(siltstone ls --as); COMP_CWORD=2; _siltstone; echo "${COMPREPLY[@]}"\n' \
        'COMP_WORDS=(siltstone --format j); COMP_CWORD=2; _siltstone; echo "${COMPREPLY[@]}"\n'
    out = subprocess.run(["bash", "-eu", "-c", probe], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == ["ls log", "--as-of", "json jsonl"]
    for shell in ("zsh", "fish"):
        assert "siltstone" in cli.ok("completion", shell).out


def test_colours_only_where_wanted(cli):
    assert "\x1b[" not in cli.ok("diff", "web-1").out
    assert "\x1b[31m" in cli.ok("diff", "web-1", "--color", "always").out


def terminal(cli, *args, **env):
    """What the program writes to a terminal of 60 columns."""
    leader, follower = pty.openpty()
    p = cli.start(*args, env=cli.environment(COLUMNS="60", TERM="xterm", **env), stdout=follower, stderr=follower)
    os.close(follower)
    out = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        out += part
    os.close(leader)
    return p.wait(), out.decode().replace("\r\n", "\n")


def test_what_is_told_fits_a_terminal_too(cli):
    with sqlite3.connect(cli.home / "siltstone.db") as db:
        db.execute("""UPDATE _diff SET changes = json_array(json_object('op', 'change', 'path', 'configuration.' || ?,
                   'before', ? || 'old', 'after', ? || 'new')) WHERE item_id =
                   (SELECT item_id FROM _item WHERE rid = 1 AND version = 3)""", ("p" * 200, "x" * 500, "x" * 500))
    out = terminal(cli, "log", "web-1", NO_COLOR="1")[1]
    assert max(map(len, out.splitlines())) <= 60
    # What is alike is left out rather than what differs.
    assert re.search(r"ppp +…x+old → …x+new\n", out), out
    assert out.splitlines()[1].count("p") < 20


def test_tables_fit_a_terminal(cli):
    status, out = terminal(cli, "ls", NO_COLOR="1")
    assert status == 0 and "…" in out and "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 60
    assert out.endswith("4 resources\n")
    assert terminal(cli, "ls")[1].startswith("\x1b[1m")


def opened(pid):
    files = set()
    for n in os.listdir(f"/proc/{pid}/fd"):
        try:
            files.add(os.readlink(f"/proc/{pid}/fd/{n}"))
        except FileNotFoundError:
            pass  # closed in the meantime
    return files


def test_an_interrupt_ends_it(cli):
    endless = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t"
    p = cli.start("query", endless, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # It has begun when it has the store open.
    store = os.path.realpath(cli.home / "siltstone.db")
    deadline = time.monotonic() + 20
    while store not in opened(p.pid):
        assert time.monotonic() < deadline
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=20)
    assert p.returncode == 130 and out == b"", err
