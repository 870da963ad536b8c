# SPDX-License-Identifier: Apache-2.0
"""Copies for others: the flat one, the exact one, rows, the published one, the lake, a case file."""

import csv
import gzip
import hashlib
import io
import json
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

import program
from test_daemon import Daemon

SEED = program.BUILD / "tests" / "seed"
# Where the view tells what the table does: table -> what is asked of the store.
SAME = {
    "resources": """SELECT rid, resource_type, resource_id, name, account, region, az, version, at, t, actor, arn, configuration, supplementary, tags_json
                      FROM resources LEFT JOIN configs USING (rid, version)""",
    "history": "SELECT rid, resource_type, resource_id, name, account, region, version, event, n_changes, at, until, t, actor, status FROM history",
    "changes": "SELECT rid, resource_type, resource_id, name, account, region, version, at, t, op, property, before, after, actor FROM changes",
    "tags": "SELECT rid, resource_type, resource_id, name, key, value, since FROM tags",
    "relationships": """SELECT rid, resource_type, resource_id, name, relation, target_type, target_id, target_rid, since, until,
                               until = '9999-12-31 23:59:59' FROM relationship_history""",
}
THEN = "2026-10-02 12:00"


@pytest.fixture
def seeded(store):
    subprocess.run([SEED, store], check=True)
    return store


def sets(path, sql):
    return sorted(program.rows(path, sql), key=str)


def header(path):
    head = pathlib.Path(path).read_bytes()[:100]
    return {"page": int.from_bytes(head[16:18], "big"), "write": head[18], "read": head[19]}


def names_in(folder):
    return sorted(p.name for p in pathlib.Path(folder).iterdir())


# The flat copy


@pytest.mark.parametrize("table", SAME)
def test_a_table_holds_what_the_view_tells(siltstone, seeded, tmp_path, table):
    siltstone.ok("export", tmp_path / "flat.db", "--store", seeded)
    found = sets(tmp_path / "flat.db", f"SELECT * FROM {table}")
    assert found and found == sets(seeded, SAME[table])


def test_any_reader_opens_it(siltstone, seeded, tmp_path):
    flat = tmp_path / "flat.db"
    siltstone.ok("export", flat, "--store", seeded)
    assert header(flat) == {"page": 4096, "write": 1, "read": 1}
    schema = program.rows(flat, "SELECT type, name, sql FROM sqlite_schema")
    assert {t for t, _, _ in schema} == {"table", "index"}
    for _, name, sql in schema:
        assert not sql or not any(word in sql.upper() for word in ("STRICT", "GENERATED", "->>", "JSON_"))
    for (table,) in program.rows(flat, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        kinds = {kind for _, _, kind, *_ in program.rows(flat, f"PRAGMA table_info({table})")}
        assert kinds <= {"TEXT", "INTEGER", "DATETIME", "DATE"}
    assert program.rows(flat, "PRAGMA integrity_check") == [("ok",)]


def test_as_of_is_how_it_was(siltstone, seeded, tmp_path):
    flat = tmp_path / "then.db"
    siltstone.ok("export", flat, "--store", seeded, "--as-of", THEN)
    for table, columns in (("resources", "rid, version, at"), ("tags", "rid, key, value"), ("history", "rid, version"),
                           ("changes", "rid, version, property")):
        asked = siltstone.ok("query", f"SELECT {columns} FROM {table}", "--store", seeded, "--as-of", THEN, "--format", "jsonl", "--limit", "0").out
        expected = sorted((tuple(json.loads(line).values()) for line in asked.splitlines()), key=str)
        assert expected and sets(flat, f"SELECT {columns} FROM {table}") == expected
    links = siltstone.ok("query", "SELECT rid, target_id FROM relationships", "--store", seeded, "--as-of", THEN, "--format", "jsonl").out
    assert sets(flat, "SELECT rid, target_id FROM relationships WHERE current") == sorted(tuple(json.loads(line).values()) for line in links.splitlines())
    # Nothing in it is known from later.
    assert program.rows(flat, "SELECT * FROM history WHERE at > '2026-10-02 12:00' OR (until > '2026-10-02 12:00' AND until < '9999')") == []
    assert program.one(flat, "SELECT value FROM about WHERE name = 'as_of'") == "2026-10-02 12:00:00"


def test_a_file_that_is_there_stays(siltstone, seeded, tmp_path):
    mine = tmp_path / "mine.db"
    mine.write_text("mine")
    r = siltstone.run("export", mine, "--store", seeded)
    assert r.code != 0 and "--force" in r.err and mine.read_text() == "mine"
    siltstone.ok("export", mine, "--store", seeded, "--force")
    assert program.one(mine, "SELECT count(*) FROM resources") == 4


@pytest.mark.parametrize("form", [(), ("--exact",), ("--format", "csv"), ("--case",)])
def test_the_store_is_never_written_over(siltstone, seeded, form):
    before = program.content(seeded)
    r = siltstone.run("export", seeded, "--store", seeded, "--force", *form)
    assert r.code == 2 and "the store itself" in r.err
    assert program.content(seeded) == before


def test_what_fails_leaves_nothing(siltstone, seeded, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    assert siltstone.run("export", out / "x.csv", "--store", seeded, "--format", "csv", "--what", "nonsense").code == 2
    assert siltstone.run("export", out / "x.db", "--store", seeded, "--case", "--account", "000000000000").code == 3
    assert siltstone.run("export", out / "no" / "x.db", "--store", seeded).code == 3
    assert names_in(out) == []


@pytest.mark.parametrize("words", [("--exact", "--format", "csv"), ("--what", "history"), ("--format", "table"), ("--type", "instance"),
                                   ("--case", "--as-of", "1d"), ("--exact", "--as-of", "1d"), ("--lake", "somewhere")])
def test_what_cannot_be_meant_is_refused(siltstone, seeded, tmp_path, words):
    r = siltstone.run("export", tmp_path / "x", "--store", seeded, *words)
    assert r.code == 2 and r.err.startswith("siltstone: ") and not (tmp_path / "x").exists()


# The exact copy, and rows


def test_the_exact_copy_is_the_store(siltstone, seeded, tmp_path):
    exact = tmp_path / "exact.db"
    siltstone.ok("export", exact, "--exact", "--store", seeded)
    assert header(exact) == {"page": 4096, "write": 1, "read": 1}
    with sqlite3.connect(seeded) as a, sqlite3.connect(exact) as b:
        assert list(a.iterdump()) == list(b.iterdump())
    assert siltstone.ok("ls", "--store", exact).out == siltstone.ok("ls", "--store", seeded).out


def test_rows_go_to_a_file_or_to_the_output(siltstone, seeded, tmp_path):
    siltstone.ok("export", tmp_path / "x.jsonl", "--store", seeded, "--format", "jsonl")
    text = siltstone.ok("export", "-", "--store", seeded, "--format", "jsonl").out
    assert (tmp_path / "x.jsonl").read_text() == text
    rows = [json.loads(line) for line in text.splitlines()]
    assert sorted((r["resource_id"], r["version"], json.dumps(r["configuration"], separators=(",", ":"), ensure_ascii=False)) for r in rows) == sorted(
        program.rows(seeded, "SELECT resource_id, version, configuration FROM resources NATURAL JOIN configs"))


@pytest.mark.parametrize("what, sql", [("history", "history"), ("changes", "changes"), ("items", "_item"), ("tags", "tags")])
def test_every_view_can_be_had_as_csv(siltstone, seeded, what, sql):
    rows = list(csv.DictReader(io.StringIO(siltstone.ok("export", "-", "--store", seeded, "--format", "csv", "--what", what).out)))
    assert len(rows) == program.one(seeded, f"SELECT count(*) FROM {sql}") > 0


def test_private_tables_are_no_rows_for_others(siltstone, seeded):
    assert siltstone.run("export", "-", "--store", seeded, "--format", "csv", "--what", "_source").code == 2
    assert siltstone.run("export", "-", "--store", seeded, "--format", "csv", "--what", "tags\" --").code == 2


# The published copy


def test_it_is_made_anew_only_when_something_changed(siltstone, seeded, tmp_path):
    out = tmp_path / "dash.db"
    siltstone.ok("publish", out, "--store", seeded)
    first = out.stat()
    r = siltstone.ok("publish", out, "--store", seeded)
    assert "up to date" in r.err and out.stat().st_ino == first.st_ino
    reader = sqlite3.connect(f"file:{out}?mode=ro", uri=True)
    assert reader.execute("SELECT count(*) FROM resources").fetchone() == (4,)
    siltstone.ok("record", "--store", seeded, "--source", "host", "--types", "Siltstone::Host::Mount")
    siltstone.ok("publish", out, "--store", seeded)
    # Who had it open keeps what it read; who opens it sees what is new.
    assert reader.execute("SELECT count(*) FROM resources").fetchone() == (4,)
    assert program.one(out, "SELECT count(*) FROM resources") == program.one(seeded, "SELECT count(*) FROM resources") > 4
    assert [n for n in names_in(tmp_path) if "part" in n or "dash.db-" in n] == []
    reader.close()


def test_only_a_copy_is_ever_replaced(siltstone, seeded, tmp_path):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (x)")
    r = siltstone.run("publish", other, "--store", seeded, "--force")
    assert r.code != 0 and "no published copy" in r.err
    assert siltstone.run("publish", seeded, "--store", seeded).code != 0
    assert program.rows(other, "SELECT name FROM sqlite_schema") == [("mine",)]
    program.whole(seeded)


def configure(home, store, path, every="1s"):
    (home / "siltstone.conf").write_text(f"[store]\npath = {store}\n[publish]\npath = {path}\nevery = {every}\n[recorder]\nrecording = no\n")


def change(store, times=1):
    """A new version of the first resource, as a daemon would write one."""
    with sqlite3.connect(store, timeout=30) as db:
        for _ in range(times):
            db.execute("UPDATE _item SET until_ms = captured_ms + 1000 WHERE item_id = (SELECT last_item FROM _resource WHERE rid = 1)")
            new = db.execute("""INSERT INTO _item (rid, version, captured_ms, recorded_ms, status, document_id, digest)
                                SELECT rid, version + 1, captured_ms + 1000, recorded_ms, 'OK', document_id, zeroblob(32)
                                  FROM _item WHERE item_id = (SELECT last_item FROM _resource WHERE rid = 1)""").lastrowid
            db.execute("UPDATE _resource SET last_item = ? WHERE rid = 1", (new,))


def until(what, timeout=60):
    deadline = time.monotonic() + timeout
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_daemon_keeps_it_up_to_date(siltstone, seeded, tmp_path):
    out = tmp_path / "dash.db"
    configure(tmp_path, seeded, out)
    d = Daemon(siltstone, seeded)
    try:
        d.wait("event=publish.done")
        change(seeded)
        d.wait("event=publish.done", times=2)
        assert program.one(out, "SELECT count(*) FROM history") == program.one(seeded, "SELECT count(*) FROM history")
        before = program.one(seeded, "SELECT done_ms FROM _outbox WHERE kind = 'publish'")
        until(lambda: program.one(seeded, "SELECT done_ms FROM _outbox WHERE kind = 'publish'") > before)
        assert d.text().count("event=publish.done") == 2
    finally:
        d.stop()
    assert json.loads(siltstone.ok("status", "--store", seeded, "--format", "json").out)["published"]["error"] is None


def test_what_fails_is_told_and_tried_again(siltstone, seeded, tmp_path):
    configure(tmp_path, seeded, tmp_path / "later" / "dash.db")
    d = Daemon(siltstone, seeded)
    try:
        d.wait("event=publish.failed")
        until(lambda: "the last try failed" in siltstone.ok("status", "--store", seeded).out)
        doctor = siltstone.run("doctor", "--store", seeded)
        assert doctor.code == 6 and "FAIL  publish" in doctor.out
        (tmp_path / "later").mkdir()
        d.wait("event=publish.done")
        until(lambda: "the last try failed" not in siltstone.ok("status", "--store", seeded).out)
    finally:
        d.stop()


READER = """
import sqlite3, sys, time
from pathlib import Path
end, n = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    resources, = db.execute("SELECT count(*) FROM resources").fetchone()
    created, = db.execute("SELECT count(DISTINCT rid) FROM history").fetchone()
    assert created >= resources > 0 and db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    db.close()
    n += 1
print(n)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_somebody_else_reads_while_the_daemon_writes(siltstone, seeded, tmp_path):
    """In a folder that may not be written to, in which SQLite could make no file beside."""
    folder = pathlib.Path("/var/tmp") / f"siltstone-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    nobody = pwd.getpwnam("nobody")
    try:
        configure(tmp_path, seeded, folder / "dash.db")
        d = Daemon(siltstone, seeded)
        try:
            d.wait("event=publish.done")
            reader = subprocess.Popen(["python3", "-c", READER, folder / "dash.db", "3"], user=nobody.pw_uid, group=nobody.pw_gid, cwd="/",
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(3):
                change(seeded, 50)
                until(lambda: program.one(folder / "dash.db", "SELECT count(*) FROM history") == program.one(seeded, "SELECT count(*) FROM history"))
            out, err = reader.communicate(timeout=60)
            assert reader.returncode == 0 and int(out) > 0, err
        finally:
            d.stop()
        assert names_in(folder) == ["dash.db"]
    finally:
        shutil.rmtree(folder)


# The lake


def lines(folder, table):
    found = []
    for path in sorted(pathlib.Path(folder, "jsonl", table).rglob("*.jsonl.gz")):
        parts = dict(p.split("=", 1) for p in path.parts if "=" in p)
        for line in gzip.decompress(path.read_bytes()).splitlines():
            row = json.loads(line)
            assert row["captured_at"].startswith(parts["dt"]) and row["account"] == parts["account"] and row["region"] == parts["region"]
            assert row["resource_type"].lower().replace("::", "_") == parts["type"]
            found.append(row)
    return found


def tree(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in pathlib.Path(folder).rglob("*") if p.is_file()}


@pytest.fixture
def lake(tmp_path):
    (tmp_path / "lake").mkdir()
    return tmp_path / "lake"


def test_the_lake_holds_every_item_and_change(siltstone, seeded, lake):
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    items = {row["item_id"]: row for row in lines(lake, "items")}
    stored = program.rows(seeded, "SELECT i.item_id, i.version, i.status, d.document FROM _item i LEFT JOIN _item_document d USING (item_id)")
    assert len(items) == len(stored) > 0
    for item_id, version, status, document in stored:
        row, content = items[item_id], json.loads(document or "{}")
        assert (row["version"], row["status"]) == (version, status)
        assert (row.get("configuration"), row.get("tags"), row.get("relationships"), row.get("supplementary")) == (
            content.get("configuration"), content.get("tags"), content.get("relationships"), content.get("supplementaryConfiguration"))
    found = sorted((r["item_id"], r["property"], r.get("before"), r.get("after")) for r in lines(lake, "changes"))
    assert found == sorted(program.rows(seeded, """SELECT i.item_id, c.property, CAST(c.before AS TEXT), CAST(c.after AS TEXT)
                                                     FROM changes c JOIN _item i ON i.rid = c.rid AND i.version = c.version"""))


def test_the_manifest_says_what_is_there(siltstone, seeded, lake):
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    files = tree(lake)
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["last_item"] == program.one(seeded, "SELECT max(item_id) FROM _item")
    told = {f["key"]: (f["bytes"], f["sha256"]) for f in manifest["files"]}
    assert told == {k: (len(v), hashlib.sha256(v).hexdigest()) for k, v in files.items() if not k.startswith("ddl/")}
    assert sum(f["rows"] for f in manifest["files"] if "/items/" in f["key"]) == program.one(seeded, "SELECT count(*) FROM _item")
    assert {k for k in files if k.startswith("ddl/")} == {"ddl/athena.sql", "ddl/trino.sql", "ddl/duckdb.sql"}
    assert str(lake) in files["ddl/duckdb.sql"].decode()


def test_the_next_run_writes_what_changed_and_nothing_else(siltstone, seeded, lake, tmp_path):
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    before = {p: p.stat().st_mtime_ns for p in lake.rglob("*") if p.is_file()}
    assert " 0 files put" in siltstone.ok("export", "--lake", lake, "--store", seeded).err
    siltstone.ok("record", "--store", seeded, "--source", "host", "--types", "Siltstone::Host::Mount")
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    after = {p: p.stat().st_mtime_ns for p in lake.rglob("*") if p.is_file()}
    moved = {str(p.relative_to(lake)) for p in after if before.get(p) != after[p]}
    assert {m for m in moved if not m.startswith(("ddl/", "manifest"))} == {
        str(p.relative_to(lake)) for p in lake.rglob("*.gz") if "siltstone_host_mount" in str(p)}
    # From the beginning it comes to the same, byte for byte.
    again = tmp_path / "again"
    again.mkdir()
    siltstone.ok("export", "--lake", again, "--store", seeded)
    one, two = tree(lake), tree(again)
    del one["ddl/athena.sql"], one["ddl/trino.sql"], one["ddl/duckdb.sql"]
    assert all(two[k] == v for k, v in one.items()) and len(two) == len(one) + 3


def test_an_item_that_comes_late_has_those_behind_it_written_again(siltstone, seeded, lake):
    """Its version moves theirs."""
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    with sqlite3.connect(seeded) as db:
        rid, = db.execute("SELECT rid FROM _resource WHERE id = 'i-0a1'").fetchone()
        db.execute("UPDATE _item SET version = version + 101 WHERE rid = ? AND version > 1", (rid,))
        db.execute("UPDATE _item SET version = version - 100 WHERE rid = ? AND version > 100", (rid,))
        db.execute("""INSERT INTO _item (rid, version, captured_ms, recorded_ms, until_ms, status, document_id, digest)
                      SELECT rid, 2, captured_ms + 3600000, recorded_ms, until_ms, 'OK', document_id, zeroblob(32)
                        FROM _item WHERE rid = ? AND version = 1""", (rid,))
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    versions = {(r["resource_id"], r["captured_at"], r["version"]) for r in lines(lake, "items")}
    assert versions == {(i, at.replace(" ", "T") + ".250Z", v) for i, at, v in program.rows(
        seeded, "SELECT r.id, i.at, i.version FROM _item i JOIN _resource r USING (rid)")}


def test_another_store_does_not_mix_in(siltstone, seeded, lake, tmp_path):
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    siltstone.ok("record", "--store", tmp_path / "other.db", "--source", "host", "--types", "Siltstone::Host::Mount")
    before = tree(lake)
    r = siltstone.run("export", "--lake", lake, "--store", tmp_path / "other.db")
    assert r.code != 0 and "another store" in r.err and tree(lake) == before
    (lake / "manifest.json").write_text("{}\n")
    assert "is no manifest" in siltstone.run("export", "--lake", lake, "--store", seeded).err


def test_a_bucket_gets_the_same_files(siltstone, seeded, lake, moto):
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="lake")
    words = ("export", "--lake", "s3://lake/silt", "--endpoint", moto.endpoint, "--store", seeded)
    siltstone.ok(*words)
    siltstone.ok("export", "--lake", lake, "--store", seeded)
    got = {o["Key"]: s3.get_object(Bucket="lake", Key=o["Key"])["Body"].read() for o in s3.list_objects_v2(Bucket="lake")["Contents"]}
    expected = tree(lake)
    assert set(got) == {f"silt/{k}" for k in expected}
    assert all(got[f"silt/{k}"] == v for k, v in expected.items() if not k.startswith("ddl/"))
    assert "s3://lake/silt/parquet/items/" in got["silt/ddl/athena.sql"].decode()
    assert " 0 files put" in siltstone.ok(*words).err


def test_without_the_library_parquet_says_what_to_install(siltstone, seeded, lake):
    r = siltstone.run("export", "--lake", lake, "--parquet", "--store", seeded, env=siltstone.environment(SILTSTONE_DUCKDB="/nowhere/libduckdb.so"))
    assert r.code == 3 and "DuckDB" in r.err and "SILTSTONE_DUCKDB" in r.err
    assert tree(lake) == {}


# A case file


@pytest.fixture
def case(siltstone, seeded, tmp_path):
    siltstone.ok("export", tmp_path / "case.db", "--case", "--type", "AWS::EC2::Instance", "--since", "2026-10-01 12:00", "--until", THEN, "--store", seeded)
    return tmp_path / "case.db"


def test_a_case_holds_what_was_in_force_then(seeded, case):
    asked = """SELECT r.id, i.version, i.at, hex(i.digest), d.document FROM _item i JOIN _resource r USING (rid) LEFT JOIN _item_document d USING (item_id)"""
    chosen = sets(seeded, asked + " WHERE r.type = 'AWS::EC2::Instance' AND i.at <= '2026-10-02 12:00:00' AND i.until > '2026-10-01 12:00:00'")
    assert chosen and sets(case, asked) == chosen
    assert header(case)["read"] == 1
    assert program.rows(case, "PRAGMA integrity_check") == [("ok",)] and program.rows(case, "PRAGMA foreign_key_check") == []


def test_a_case_tells_nothing_of_what_it_leaves_out(case):
    held = case.read_bytes()
    assert b"i-0a1" in held
    for word in (b"i-0b3", b"Zo\xc3\xab", b'"name":"stopped"', b"\"Owner\":\"search\"", b'"profile"'):
        assert word not in held


def test_a_case_answers_as_the_store_would_have(siltstone, seeded, case):
    then = siltstone.ok("ls", "instance", "--store", seeded, "--as-of", THEN, "--format", "jsonl").out
    assert siltstone.ok("ls", "--store", case, "--format", "jsonl").out == then
    assert siltstone.ok("show", "i-0a1", "--store", case, "--format", "json").out == siltstone.ok(
        "show", f"i-0a1@{THEN}", "--store", seeded, "--format", "json").out


def test_a_case_has_a_digest_for_every_item(seeded, case):
    held = dict(program.rows(case, "SELECT item_id, hex(digest) FROM _item UNION ALL SELECT item_id, hex(digest) FROM _pruned"))
    assert held == dict(program.rows(seeded, "SELECT item_id, hex(digest) FROM _item"))
    assert sets(case, "SELECT * FROM _seal") == sets(seeded, "SELECT * FROM _seal") != []


def test_a_case_is_accepted_and_a_forged_one_is_not(siltstone, seeded, case):
    siltstone.ok("verify", case)
    with sqlite3.connect(case) as db:
        db.execute("UPDATE _document SET body = replace(body, 't3.', 'm5.')")
    r = siltstone.run("verify", case)
    assert r.code == 5 and "i-0a1" in r.out


@pytest.mark.parametrize("chosen", [(), ("--region", "us-*"), ("--since", "2026-10-03"), ("--until", "2026-10-01 23:00"), ("--resource", "i-0a2"),
                                    ("--type", "subnet", "--since", "2026-10-02", "--until", "2026-10-04"), ("--account", "123456789012")])
def test_every_case_is_accepted(siltstone, seeded, tmp_path, chosen):
    siltstone.ok("export", tmp_path / "part.db", "--case", *chosen, "--store", seeded)
    siltstone.ok("verify", tmp_path / "part.db")
    assert program.rows(tmp_path / "part.db", "PRAGMA foreign_key_check") == []


def test_documents_of_a_case_are_what_was_recorded_without_the_one_they_were_told_against(siltstone, store, tmp_path):
    """Told as a patch, the second has its new names behind the old ones: its digest is of the canonical form."""
    def at(day, **configuration):
        return {"awsAccountId": "1", "awsRegion": "home", "resourceType": "Test::Made::Thing", "resourceId": "r",
                "configurationItemCaptureTime": f"2026-10-0{day}T00:00:00Z", "configuration": {"m": "x" * 200, "z": 1, **configuration}}
    (tmp_path / "h.json").write_text(json.dumps([at(1), at(3, a={"c": "é", "b": 2}, n=[])]))
    siltstone.ok("import", tmp_path / "h.json", "--store", store)
    assert program.one(store, "SELECT count(*) FROM _document WHERE base IS NOT NULL") == 1
    siltstone.ok("export", tmp_path / "part.db", "--case", "--since", "2026-10-04", "--store", store)
    assert program.one(tmp_path / "part.db", "SELECT count(*) FROM _document") == 1
    siltstone.ok("verify", tmp_path / "part.db")


def test_one_resource_makes_a_case(siltstone, seeded, tmp_path):
    siltstone.ok("export", tmp_path / "one.db", "--case", "--resource", "logs", "--store", seeded)
    assert program.rows(tmp_path / "one.db", "SELECT DISTINCT resource_id FROM history") == [("logs",)]


def test_a_signal_leaves_nothing_behind(siltstone, seeded, tmp_path):
    with sqlite3.connect(seeded) as db:
        db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
                   " INSERT INTO _tag (rid, key, value, since_ms) SELECT 1, 'k' || i, 'v', 0 FROM n")
    out = tmp_path / "out"
    out.mkdir()
    p = siltstone.start("export", out / "x.db", "--store", seeded, stderr=subprocess.DEVNULL)
    until(lambda: p.poll() is not None or any(f.stat().st_size > 200_000 for f in out.iterdir()))
    p.send_signal(signal.SIGINT)
    assert p.wait(20) == 130
    assert names_in(out) == []
