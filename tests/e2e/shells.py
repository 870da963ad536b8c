#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A store in SQLite builds that are not ours, without any extension: the oldest that can read it, and the newest.

    shells.py --load PROGRAM --work FOLDER [--items N]

Makes a synthetic estate with PROGRAM (load_estate) and asks every build for the columns of the public views, the
first rows of each, the examples of help and the eighteen questions; all must say what the SQLite of this Python says.
Builds come from npm, which carries wasm builds and, in a package for node, SQLite's own source, compiled here. Ends with
77 where none can be had.
"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "bench"))
sys.dont_write_bytecode = True

# Package, version: what it brings.
WASM = [("sql.js", "1.7.0"), ("sql.js", "latest"), ("node-sqlite3-wasm", "latest")]
SOURCE = [("better-sqlite3", "7.4.6"), ("better-sqlite3", "7.5.0"), ("better-sqlite3", "latest")]
OLDEST = (3, 37, 0)


def answer(store, statements):
    """What the SQLite of this process says; a process of its own where another library is loaded."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    rows = []
    for sql in json.loads(pathlib.Path(statements).read_text()):
        try:
            rows.append(db.execute(sql).fetchall())
        except sqlite3.Error as e:
            rows.append(str(e))
    return {"version": sqlite3.sqlite_version, "rows": rows}


def say(*words):
    print(*words, flush=True)


def npm(folder, *args):
    npm_program = shutil.which("npm")
    if not npm_program:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    r = subprocess.run([npm_program, *args], cwd=folder, capture_output=True, text=True, timeout=300)
    return r.returncode == 0


def wasm_build(work, name, version):
    folder = work / f"{name}-{version}"
    package = folder / "package.json"
    if not (folder / "node_modules" / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        package.write_text('{"private": true}\n')
        if not npm(folder, "install", "--ignore-scripts", "--no-audit", "--no-fund", f"{name}@{version}"):
            return None
    return ["node", str(HERE / "shells.mjs"), str(folder), name], {}


def source_build(work, name, version):
    folder = work / f"{name}-{version}"
    library = folder / "libsqlite3.so.0"
    if not library.exists():
        if not npm(folder, "pack", "--silent", f"{name}@{version}"):
            return None
        with tarfile.open(next(folder.glob("*.tgz"))) as t:
            t.extractall(folder, filter="data")
        for packed in folder.glob("package/deps/*.tar.gz"):
            with tarfile.open(packed) as t:
                t.extractall(folder / "package/deps", filter="data")
        source = next(folder.glob("package/deps/**/sqlite3.c"), None)
        compiler = shutil.which("cc")
        if not source or not compiler or subprocess.run(
                [compiler, "-O1", "-w", "-shared", "-fPIC", "-DSQLITE_ENABLE_JSON1", "-DSQLITE_ENABLE_COLUMN_METADATA", "-DSQLITE_ENABLE_FTS5",
                 "-DSQLITE_ENABLE_RTREE", "-Wl,-soname,libsqlite3.so.0", "-o", str(library), str(source), "-lm", "-lpthread", "-ldl"]).returncode:
            return None
    return [sys.executable, str(HERE / "shells.py"), "--answer"], {"LD_LIBRARY_PATH": str(folder)}


def statements_for(db, now):
    views = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'view' AND name NOT GLOB '_*' ORDER BY name")]
    out = [(f"columns of {v}", f"SELECT name AS n FROM pragma_table_xinfo('{v}') ORDER BY cid") for v in views]
    # Types that stand: an expression's is SQLite's own affair, and differs between its versions.
    typed = db.execute("SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'view'"
                       " AND m.name NOT GLOB '_*' AND c.type <> '' ORDER BY 1, c.cid").fetchall()
    for view in views:
        names = ", ".join(f"'{c}'" for v, c, _ in typed if v == view)
        out.append((f"types of {view}", f"SELECT name AS n, type AS t FROM pragma_table_xinfo('{view}') WHERE name IN ({names}) ORDER BY cid"))
    out += [(f"rows of {v}", f"SELECT * FROM {v} LIMIT 3") for v in views if v not in ("gaps", "timeline")]
    out += [("example of " + n, sql) for n, sql in db.execute("SELECT name, example FROM help")]
    out += [(n, sql) for n, sql in db.execute("SELECT name, sql FROM queries")]
    return [(n, sql.replace("'now'", f"'{now}'")) for n, sql in out]


def canonical(rows):
    return rows if isinstance(rows, str) else sorted(json.dumps([int(v) if isinstance(v, float) and v.is_integer() else v for v in row]) for row in rows)


def compare(name, got, want, names):
    bad = 0
    for what, a, b in zip(names, got["rows"], want["rows"]):
        if isinstance(b, str) or canonical(a) != canonical(b):
            bad += 1
            say(f"    {name}: {what}: {str(a)[:200]} instead of {str(b)[:200]}")
    say(f"{name:32} SQLite {got['version']:8} {len(names)} statements, {bad} answered differently")
    return bad


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--answer":
        json.dump(answer(sys.argv[2], sys.argv[3]), sys.stdout)
        return
    import questions
    import synthetic
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--load", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--items", type=int, default=5000)
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    live, store, asked = work / "live.db", work / "store.db", work / "statements.json"
    questions.load(options.load, synthetic.Estate(42, options.items).run(), str(live))
    store.unlink(missing_ok=True)
    db = sqlite3.connect(live)
    # A copy that is no WAL file: some readers take no other.
    db.execute("VACUUM INTO ?", (str(store),))
    db.close()
    statements = statements_for(sqlite3.connect(store), questions.NOW)
    names = [n for n, _ in statements]
    asked.write_text(json.dumps([sql for _, sql in statements]))
    want = answer(store, asked)
    bad, seen = 0, []
    for make, packages in ((source_build, SOURCE), (wasm_build, WASM)):
        for name, version in packages:
            build = make(work, name, version)
            if not build:
                say(f"{name}@{version}: cannot be installed here")
                continue
            command, environment = build
            r = subprocess.run([*command, str(store), str(asked)], capture_output=True, text=True, env={**os.environ, **environment})
            if r.returncode:
                say(f"{name}@{version}: {r.stderr[-400:]}")
                bad += 1
                continue
            got = json.loads(r.stdout)
            seen.append(tuple(map(int, got["version"].split("."))))
            bad += compare(f"{name}@{version}", got, want, names)
    if not seen:
        sys.exit(77)
    if OLDEST not in seen:
        say(f"no build of SQLite {'.'.join(map(str, OLDEST))} could be had; the oldest was {'.'.join(map(str, min(seen)))}")
    sys.exit(f"shells: {bad} not as they should be" if bad else 0)


main()
