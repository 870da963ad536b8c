# SPDX-License-Identifier: Apache-2.0
"""What verify finds, and what it is told by keys and seals that were kept elsewhere. The chain is written here a
second time, from its description, so that a forger's work can be judged too."""

import hashlib
import json
import os
import pathlib
import sqlite3
import subprocess

import pytest

import flip
import program


@pytest.fixture
def seeded(siltstone, store):
    subprocess.run([str(program.BUILD / "tests" / "seed"), str(store)], check=True)
    db = sqlite3.connect(store)
    db.execute("PRAGMA journal_mode=DELETE")
    db.close()
    return store


def verify(siltstone, store, *args):
    r = siltstone.run("verify", "--store", store, "--format", "json", *args)
    return r.code, json.loads(r.out)


def change(store, *statements):
    db = sqlite3.connect(store)
    for sql in statements:
        assert db.execute(sql).rowcount != 0, sql
    db.commit()
    db.close()


def netstrings(*values):
    return "".join("-," if v is None else f"{len(str(v).encode())}:{v}," for v in values).encode()


def sha256(data):
    return hashlib.sha256(data).digest()


def seal_again(store):
    """Make every digest and the whole chain fit what is there, as one would who can write to the file."""
    db = sqlite3.connect(store)
    items = db.execute("""SELECT i.item_id, r.account, r.region, r.type, r.id, i.captured_ms, i.state_id, i.status,
                                 (SELECT lower(hex(sha256)) FROM _document d WHERE d.document_id = i.document_id), i.recorded_ms, i.az,
                                 i.created_ms, nullif(coalesce(i.name, r.name), ''), nullif(coalesce(i.arn, r.arn), ''), i.actor, i.source_id, i.extra
                            FROM _item i JOIN _resource r USING (rid) ORDER BY 1""").fetchall()
    for item, *said in items:
        db.execute("UPDATE _item SET digest = ? WHERE item_id = ?", (sha256(netstrings("siltstone-item-1", *said)), item))
    previous = bytes(32)
    for seal, first, last, at in db.execute("SELECT seal_id, first_item, last_item, sealed_ms FROM _seal ORDER BY 1").fetchall():
        digests = [d for (d,) in db.execute("SELECT digest FROM _item WHERE item_id BETWEEN ? AND ? ORDER BY item_id", (first, last))]
        covered = sha256(b"".join(digests))
        digest = sha256(netstrings("siltstone-seal-1", seal, first, last, len(digests), at, covered.hex(), previous.hex()))
        db.execute("UPDATE _seal SET n = ?, items = ?, previous = ?, digest = ? WHERE seal_id = ?", (len(digests), covered, previous, digest, seal))
        previous = digest
    db.commit()
    db.close()


def test_the_chain_is_what_its_description_says(siltstone, seeded):
    before = program.rows(seeded, "SELECT hex(digest) FROM _item UNION ALL SELECT hex(digest) FROM _seal")
    seal_again(seeded)
    assert program.rows(seeded, "SELECT hex(digest) FROM _item UNION ALL SELECT hex(digest) FROM _seal") == before
    code, told = verify(siltstone, seeded)
    assert code == 0 and told["ok"] and told["items"] == 8 and told["seals"] == 4


@pytest.mark.parametrize("sql, kind, item", [
    ("UPDATE _document SET body = replace(body, 't3.micro', 't3.large') WHERE document_id = 2", "document", 2),
    ("UPDATE _document SET body = replace(body, 't3.large', 't3.metal') WHERE base IS NOT NULL AND body LIKE '%t3.large%'", "document", 4),
    ("UPDATE _item SET captured_ms = captured_ms + 1 WHERE item_id = 6", "item", 6),
    ("UPDATE _item SET actor = 'mallory' WHERE item_id = 6", "item", 6),
    ("UPDATE _item SET document_id = 1 WHERE item_id = 6", "item", 6),
    ("UPDATE _item SET document_id = NULL WHERE item_id = 8", "item", 8),
    ("UPDATE _item SET until_ms = until_ms - 1 WHERE item_id = 1", "order", 4),
    ("UPDATE _item SET version = 7 WHERE item_id = 6", "order", 6),
    ("UPDATE _resource SET region = 'eu-west-2' WHERE rid = 3", "item", 3),
    ("UPDATE _resource SET deleted = 1 WHERE rid = 3", "order", 3),
    ("UPDATE _diff SET changes = replace(changes, 't3.large', 't3.metal') WHERE item_id = 4", "derived", 4),
    ("DELETE FROM _diff WHERE item_id = 4", "derived", 4),
    ("UPDATE _tag SET value = 'mallory' WHERE key = 'Owner' AND value = 'platform'", "derived", 1),
    ("UPDATE _item SET digest = zeroblob(32) WHERE item_id = 5", "item", 5),
    ("UPDATE _edge SET since_ms = since_ms + 5", "derived", None),
    ("DELETE FROM _item WHERE item_id = 8", "seal", None),
    ("DELETE FROM _seal WHERE seal_id = 2", "seal", None),
    ("UPDATE _seal SET sealed_ms = sealed_ms + 1 WHERE seal_id = 2", "seal", None),
    ("INSERT INTO _pruned VALUES (3, zeroblob(32), 1)", "seal", 3),
    ("DELETE FROM _seal WHERE seal_id = 4", "seal", 8),
    ("DELETE FROM _seal", "seal", 1),
    ("DROP VIEW history", "store", None),
])
def test_what_was_changed_is_named(siltstone, seeded, sql, kind, item):
    if sql.startswith("UPDATE _edge") and not program.one(seeded, "SELECT count(*) FROM _edge"):
        pytest.skip("no links in this store")
    db = sqlite3.connect(seeded)
    db.execute(sql)
    db.commit()
    db.close()
    code, told = verify(siltstone, seeded)
    assert code == 5 and not told["ok"]
    assert kind in {f["kind"] for f in told["findings"]}, told
    if item:
        [first, *_] = [f for f in told["findings"] if f["kind"] == kind]
        assert first["item"] == item and first["resource_id"] and first["version"] and first["at"], told


def test_two_documents_that_change_places_are_found(siltstone, seeded):
    change(seeded, "UPDATE _document SET body = 'x' || body WHERE document_id IN (3, 5)",
           "UPDATE _document SET body = (SELECT substr(o.body, 2) FROM _document o WHERE o.document_id = 8 - _document.document_id) WHERE document_id = 3")
    code, told = verify(siltstone, seeded)
    assert code == 5 and {f["item"] for f in told["findings"] if f["kind"] == "document"} >= {3}


def test_a_text_that_says_the_same_to_people(siltstone, seeded):
    change(seeded, "UPDATE _document SET body = '{' || char(10) || substr(body, 2) WHERE document_id = 3")
    assert verify(siltstone, seeded)[0] == 5


def test_a_store_that_lost_its_end_is_found_by_a_seal_kept_elsewhere(siltstone, seeded, tmp_path):
    anchor = tmp_path / "seal.json"
    anchor.write_text(siltstone.ok("seal", "--store", seeded).out)
    assert verify(siltstone, seeded, "--against", anchor)[0] == 0
    change(seeded, "DELETE FROM _seal WHERE seal_id = 4", "DELETE FROM _event WHERE item_id = 8", "DELETE FROM _item WHERE item_id = 8",
           "DELETE FROM _tag WHERE rid = (SELECT rid FROM _resource WHERE last_item = 8)",
           "DELETE FROM _edge WHERE rid = (SELECT rid FROM _resource WHERE last_item = 8)", "DELETE FROM _resource WHERE last_item = 8")
    assert verify(siltstone, seeded)[0] == 0
    code, told = verify(siltstone, seeded, "--against", anchor)
    assert code == 5 and [f["kind"] for f in told["findings"]] == ["anchor"]


def forge(store):
    change(store, "UPDATE _item SET actor = 'nobody' WHERE item_id = 2")
    seal_again(store)


def test_a_store_sealed_anew_is_found_by_a_seal_kept_elsewhere(siltstone, seeded, tmp_path):
    anchor = tmp_path / "seal.json"
    anchor.write_text(siltstone.ok("seal", "--store", seeded).out)
    forge(seeded)
    assert verify(siltstone, seeded)[0] == 0
    code, told = verify(siltstone, seeded, "--against", anchor)
    assert code == 5 and [f["kind"] for f in told["findings"]] == ["anchor"]


@pytest.fixture
def signed(siltstone, store):
    """Everything but what the first look saw is signed."""
    siltstone.ok("key", "new", siltstone.home / "k.pem")
    (siltstone.home / "siltstone.conf").write_text("[evidence]\nkey = k.pem\n")
    siltstone.ok("record", "--source", "host", "--store", store)
    return store


def test_seals_are_signed_and_the_key_stays_where_it_is(siltstone, signed):
    key = siltstone.home / "k.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    code, told = verify(siltstone, signed, "--key", siltstone.home / "k.pem.pub")
    assert code == 0 and told["signed_by_key"] == told["seals"] > 0
    secret = "".join(key.read_text().splitlines()[1:-1])
    for path in siltstone.home.iterdir():
        if path.name not in ("k.pem", "siltstone") and path.is_file():
            assert secret.encode() not in path.read_bytes()
    # openssl says the same of a signature.
    digest, signature = program.rows(signed, "SELECT digest, signature FROM _seal LIMIT 1")[0]
    (siltstone.home / "text").write_bytes(netstrings("siltstone-signature-1", digest.hex()))
    (siltstone.home / "sig").write_bytes(signature)
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", siltstone.home / "k.pem.pub", "-rawin", "-in", siltstone.home / "text",
                    "-sigfile", siltstone.home / "sig"], check=True, capture_output=True)


def test_a_store_sealed_anew_is_found_by_the_key(siltstone, signed):
    forge(signed)
    assert verify(siltstone, signed)[0] == 0
    code, told = verify(siltstone, signed, "--key", siltstone.home / "k.pem.pub")
    assert code == 5 and told["findings"][0]["seal"] == 1
    change(signed, "UPDATE _seal SET signature = NULL, key_id = NULL")
    assert verify(siltstone, signed, "--key", siltstone.home / "k.pem.pub")[0] == 5


def test_another_key_has_signed_nothing(siltstone, signed):
    siltstone.ok("key", "new", siltstone.home / "other.pem")
    assert verify(siltstone, signed, "--key", siltstone.home / "other.pem.pub")[0] == 5
    assert siltstone.run("key", "new", siltstone.home / "other.pem").code == 4
    # Both together: a key that was changed on the way.
    assert verify(siltstone, signed, "--key", siltstone.home / "other.pem.pub", "--key", siltstone.home / "k.pem.pub")[0] == 0


def test_a_key_that_others_may_read_signs_nothing(siltstone, store):
    siltstone.ok("key", "new", siltstone.home / "k.pem")
    os.chmod(siltstone.home / "k.pem", 0o640)
    env = siltstone.environment(SILTSTONE_EVIDENCE_KEY=str(siltstone.home / "k.pem"))
    r = siltstone.run("record", "--source", "host", "--store", store, env=env)
    assert r.code == 6 and "chmod 600" in r.err
    assert program.one(store, "SELECT count(*) FROM _item") == 0
    (siltstone.home / "k.pem").unlink()
    assert siltstone.run("record", "--source", "host", "--store", store, env=env).code == 3
    (siltstone.home / "k.pem").write_text("no key\n")
    os.chmod(siltstone.home / "k.pem", 0o600)
    assert siltstone.run("record", "--source", "host", "--store", store, env=env).code == 2


def test_seals_go_beside_delivered_files(siltstone, seeded, tmp_path):
    place = tmp_path / "files"
    place.mkdir()
    siltstone.ok("channel", "set", "disk", "--store", seeded, "--to", f"dir:{place}")
    siltstone.ok("snapshot", "--channel", "disk", "--store", seeded)
    siltstone.ok("deliver", "--store", seeded)
    seals = list(place.rglob("seal-*.json"))
    assert [s.relative_to(place).as_posix() for s in seals] == ["AWSLogs/123456789012/siltstone-seals/2026/10/4/seal-000000000004.json"]
    assert verify(siltstone, seeded, "--against", seals[0])[0] == 0
    assert siltstone.run("verify", "--store", seeded, "--against", "-").code == 2


def test_retention(siltstone, seeded):
    state = "SELECT (SELECT group_concat(item_id) FROM _item), (SELECT group_concat(item_id) FROM _pruned)"
    # At noon of the third day of October all but the versions in force had ended before.
    env = siltstone.environment(SILTSTONE_NOW_MS=str(1791028800000 + 30 * 86400000))
    assert siltstone.ok("retention", "show", "--store", seeded).out == "off: everything is kept\n"
    assert siltstone.run("retention", "set", "29", "--store", seeded).code == 2
    assert siltstone.run("prune", "--store", seeded).code == 2
    siltstone.ok("retention", "set", "30", "--store", seeded)
    before = pathlib.Path(seeded).read_bytes()
    dry = siltstone.ok("prune", "--dry-run", "--format", "json", "--store", seeded, env=env)
    assert pathlib.Path(seeded).read_bytes() == before
    assert json.loads(dry.out) == json.loads(siltstone.ok("prune", "--format", "json", "--store", seeded, env=env).out)
    assert [t["items"] for t in json.loads(dry.out)] == [4]
    # i-0a1 keeps its newest version under its number, i-0a2 was gone by then.
    assert program.rows(seeded, state) == [("3,5,6,8", "1,2,4,7")]
    assert program.rows(seeded, "SELECT resource_id, version FROM history ORDER BY 1") == [("i-0a1", 3), ("i-0b3", 1), ("logs", 1), ("subnet-1", 1)]
    assert program.rows(seeded, "PRAGMA foreign_key_check") == [] and program.rows(seeded, "PRAGMA integrity_check") == [("ok",)]
    assert program.one(seeded, "SELECT count(*) FROM _document WHERE document_id NOT IN (SELECT document_id FROM _item WHERE document_id IS NOT NULL)"
                               " AND document_id NOT IN (SELECT base FROM _document WHERE base IS NOT NULL)") == 0
    assert {k for (k,) in program.rows(seeded, "SELECT DISTINCT type FROM sqlite_schema")} >= {"view"}
    for (view,) in program.rows(seeded, "SELECT name FROM sqlite_schema WHERE type = 'view'"):
        program.rows(seeded, f"SELECT * FROM \"{view}\" LIMIT 1")
    code, told = verify(siltstone, seeded)
    assert code == 0 and told["removed"] == 4
    # Again: there is nothing more. What was removed stays under its digest.
    assert json.loads(siltstone.ok("prune", "--vacuum", "--format", "json", "--store", seeded, env=env).out) == []
    change(seeded, "UPDATE _pruned SET digest = zeroblob(32) WHERE item_id = 4")
    assert verify(siltstone, seeded)[0] == 5


def test_the_daemon_removes_what_retention_says(siltstone, seeded):
    siltstone.ok("retention", "set", "30", "--store", seeded)
    r = siltstone.ok("up", "--once", "--store", seeded)
    assert "event=prune.done items=4 resources=2" in r.err
    assert program.rows(seeded, "SELECT item_id FROM _pruned ORDER BY 1") == [(1,), (2,), (4,), (7,)]
    assert verify(siltstone, seeded)[0] == 0


def test_what_a_sink_is_still_to_be_told_of_stays(siltstone, seeded):
    siltstone.ok("sink", "add", "ops", f"file:{siltstone.home}/told.jsonl", "--cursor", "2", "--store", seeded)
    env = siltstone.environment(SILTSTONE_NOW_MS=str(1791028800000 + 30 * 86400000))
    siltstone.ok("prune", "--older-than", "30d", "--store", seeded, env=env)
    # Events 1 and 2 are told; i-0a2 goes from the front only, i-0a1 as far as version 1.
    assert program.rows(seeded, "SELECT item_id FROM _pruned ORDER BY 1") == [(1,), (2,)]
    assert verify(siltstone, seeded)[0] == 0
    siltstone.ok("notify", "--store", seeded)
    assert len((siltstone.home / "told.jsonl").read_text().splitlines()) == 6
    siltstone.ok("prune", "--older-than", "30d", "--store", seeded, env=env)
    assert program.rows(seeded, "SELECT item_id FROM _pruned ORDER BY 1") == [(1,), (2,), (4,), (7,)]
    assert verify(siltstone, seeded)[0] == 0


def test_versions_go_on_counting_after_retention(siltstone, seeded):
    env = siltstone.environment(SILTSTONE_NOW_MS=str(1791028800000 + 30 * 86400000))
    siltstone.ok("prune", "--older-than", "30d", "--store", seeded, env=env)
    subprocess.run([str(program.BUILD / "tests" / "seed"), str(seeded)], check=False)
    code, told = verify(siltstone, seeded)
    assert code == 0, told
    assert program.one(seeded, "SELECT max(version) FROM history WHERE resource_id = 'i-0a1'") > 3
    assert program.rows(seeded, "SELECT item_id, count(*) FROM (SELECT item_id FROM _item UNION ALL SELECT item_id FROM _pruned) GROUP BY 1 HAVING count(*) > 1") == []


def test_one_flipped_byte_is_found(tmp_path):
    bad, counts = flip.run(tmp_path, int(os.environ.get("SILTSTONE_FLIPS", "40")), int(os.environ.get("SILTSTONE_FLIP_SEED", "7")))
    assert not bad, "\n".join(bad)
    assert counts["changed"] > 10
