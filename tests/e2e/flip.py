# SPDX-License-Identifier: Apache-2.0
"""One flipped byte at a time, anywhere in a store: siltstone verify finds every one that changes what a
reader sees of the evidence, and names the item where it is in one.

    flip.py PLACES [SEED]

Places are of two kinds: bytes of a row's own values (a document, a digest, an id ...), found in the file by
what they hold, and any byte of the pages in use. A reader is SQLite by itself, with the store's own views."""

import collections
import hashlib
import json
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import time

import program

# What a reader sees of what was recorded, and the chain.
SEEN = [
    "SELECT * FROM history",
    "SELECT * FROM configs",
    "SELECT * FROM resources",
    "SELECT f.item_id, f.body FROM _item_file f",
    "SELECT i.item_id, hex(i.digest), i.until_ms, i.recorded_ms, i.source_id, i.state_id, i.name, i.arn, i.extra FROM _item i",
    "SELECT r.rid, r.account, r.region, r.type, r.id, r.name, r.arn, r.last_item, r.deleted, r.pruned FROM _resource r",
    "SELECT rid, key, value FROM tags",
    "SELECT seal_id, first_item, last_item, n, sealed_ms, hex(items), hex(previous), hex(digest), key_id, hex(signature) FROM _seal",
    "SELECT item_id, hex(digest) FROM _pruned",
]

# (table, its key, column): values that are long enough to be found in the file.
CELLS = [
    ("_document", "document_id", "body"),
    ("_document", "document_id", "body"),
    ("_document", "document_id", "sha256"),
    ("_item", "item_id", "digest"),
    ("_item", "item_id", "status"),
    ("_item", "item_id", "at"),
    ("_resource", "rid", "id"),
    ("_resource", "rid", "type"),
    ("_resource", "rid", "arn"),
    ("_seal", "seal_id", "items"),
    ("_seal", "seal_id", "previous"),
    ("_seal", "seal_id", "digest"),
    ("_seal", "seal_id", "signature"),
    ("_seal", "seal_id", "key_id"),
    ("_pruned", "item_id", "digest"),
]


def make_store(home):
    """A small estate with a history, this machine, a signature on the later seals, and something pruned."""
    silt = program.Siltstone(home)
    store = silt.home / "whole.db"
    import subprocess

    subprocess.run([str(program.BUILD / "tests" / "seed"), str(store)], check=True)
    silt.ok("key", "new", silt.home / "seal.pem")
    env = silt.environment(SILTSTONE_EVIDENCE_KEY=str(silt.home / "seal.pem"))
    silt.ok("record", "--source", "host", "--store", store, env=env)
    since = (time.time() - 1790985600) / 86400  # 2026-10-02 20:00, which is after the first changes
    silt.ok("prune", "--store", store, "--older-than", f"{max(int(since), 1)}d", env=env)
    db = sqlite3.connect(store)
    assert db.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    assert db.execute("SELECT count(*) FROM _pruned").fetchone()[0] > 0
    db.close()
    return silt, store


def seen(path):
    """A digest of all a reader sees, or why it can see nothing."""
    h = hashlib.sha256()
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    db.text_factory = bytes
    try:
        for sql in SEEN:
            for row in sorted(db.execute(sql), key=repr):
                h.update(repr(row).encode())
        return h.hexdigest()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as e:
        return f"error: {e}"
    finally:
        db.close()


def owners(db, table, key):
    """The items that a row is part of."""
    sql = {
        "_document": "SELECT i.item_id FROM _item i JOIN _document d USING (document_id) WHERE d.document_id = ?1 OR d.base = ?1",
        "_item": "SELECT ?1",
        "_resource": "SELECT item_id FROM _item WHERE rid = ?1",
    }.get(table)
    return {i for (i,) in db.execute(sql, (key,))} if sql else set()


def cell_places(store, content, n, rng):
    """n x (offset, items it belongs to, what it is)."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    out = []
    while len(out) < n:
        table, key, column = rng.choice(CELLS)
        rows = db.execute(f"SELECT {key}, CAST({column} AS BLOB) FROM {table} WHERE {column} IS NOT NULL").fetchall()
        if not rows:
            continue
        rid, value = rng.choice(rows)
        # A window into the value; one that goes over the end of a page is not found.
        at = rng.randrange(max(len(value) - 48, 1))
        window = value[at : at + 48]
        found = list(find_all(content, window))
        if len(window) < 2 or not found or len(found) > 40:
            continue
        out.append((rng.choice(found) + rng.randrange(len(window)), owners(db, table, rid) if len(found) == 1 else set(),
                    f"{table}.{column} {rid}"))
    db.close()
    return out


def find_all(content, what):
    at = content.find(what)
    while at >= 0:
        yield at
        at = content.find(what, at + 1)


def page_places(store, n, rng):
    db = sqlite3.connect(store)
    db.execute("CREATE VIRTUAL TABLE temp.pages USING dbstat")
    pages = db.execute("SELECT name, pgoffset, pgsize FROM temp.pages WHERE name NOT LIKE '\\_type%' ESCAPE '\\' AND name <> '_catalogue'").fetchall()
    db.close()
    out = []
    for _ in range(n):
        name, offset, size = rng.choice(pages)
        out.append((offset + rng.randrange(size), set(), f"page of {name}"))
    return out


def flip(store, places, rng, silt, tell):
    content = bytearray(store.read_bytes())
    before = seen(store)
    flipped = store.with_name("flipped.db")
    args = ("verify", "--store", flipped, "--key", silt.home / "seal.pem.pub", "--format", "json", "-n", "0", "-q")
    counts = collections.Counter()
    bad = []
    for offset, items, what in places:
        old = content[offset]
        content[offset] = old ^ (1 << rng.randrange(8)) if rng.random() < 0.5 else rng.choice([b for b in range(256) if b != old])
        flipped.write_bytes(content)
        changed = seen(flipped) != before
        r = silt.run(*args)
        found = r.code == 5
        named = set()
        if found and r.out:
            named = {f["item"] for f in json.loads(r.out)["findings"] if "item" in f}
        counts["flipped"] += 1
        counts["changed"] += changed
        counts["found"] += found
        counts["found though nothing was seen to change"] += found and not changed
        if changed and not found and r.code not in (2, 4):
            bad.append(f"{what} at {offset}: {old:#04x} -> {content[offset]:#04x}: not found (status {r.code}) {r.err}")
        elif changed and not found:
            counts["the store could not be opened"] += 1
        elif changed and items and not named & items:
            bad.append(f"{what} at {offset}: found, but no item of {sorted(items)[:5]} was named: {r.out[:300]}")
        counts["items named"] += bool(named)
        counts["items to be named"] += bool(changed and items)
        content[offset] = old
    flipped.unlink(missing_ok=True)
    for k, v in counts.items():
        tell(f"{k}: {v}")
    return bad, counts


def run(home, n, seed, tell=print):
    rng = random.Random(seed)
    silt, store = make_store(home)
    r = silt.ok("verify", "--store", store, "--key", silt.home / "seal.pem.pub")
    tell(r.out.strip())
    content = store.read_bytes()
    places = cell_places(store, content, n // 2, rng) + page_places(store, n - n // 2, rng)
    return flip(store, places, rng, silt, tell)


if __name__ == "__main__":
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1000)
    print(f"seed {seed}")
    home = tempfile.mkdtemp(prefix="siltstone-flip-")
    began = time.monotonic()
    try:
        bad, counts = run(pathlib.Path(home), int(sys.argv[1]), seed)
    finally:
        shutil.rmtree(home)
    print(f"{time.monotonic() - began:.0f} s")
    for line in bad:
        print(line)
    assert counts["changed"] > 0
    sys.exit(bool(bad))
