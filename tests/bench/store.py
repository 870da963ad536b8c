#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""store.py - how the store compares, one run, the same items for all: with SQLite itself, a plain-text history table,
PostgreSQL, git and DuckDB.

    store.py [--short] [--resources N] [--versions N]

Twenty thousand resources of five types, twenty-five versions each on average, more for few and fewer for most; 2 KB of
JSON and three relationships each. Who is not installed is left out, with the reason. What is measured twice is measured in
turns, and of several the median counts. Prints every goal with what was reached: one that is
missed is no failure of the run, as the machine has its say in it.
"""

import argparse
import collections
import os
import pathlib
import pwd
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import program

T0, STEP = 1_780_000_000_000, 6 * 3600000
FOREVER = 253402300799000
POSTGRES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
ASKED = 60  # resources whose history is asked for

Turn = collections.namedtuple("Turn", "items bytes seconds cpu")


class Skipped(Exception):
    pass


def timed(ask, rounds=3):
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def size(*paths):
    return sum(f.stat().st_size for p in paths for f in ([p] if p.is_file() else p.rglob("*")) if f.is_file())


class Data:
    """What bench_store wrote and measured."""

    def __init__(self, scratch, resources, rounds):
        self.dir = scratch / "data"
        self.dir.mkdir()
        self.rounds, self.means = rounds, collections.defaultdict(list)
        out = subprocess.run([program.BUILD / "tests" / "bench_store", self.dir, str(resources), str(rounds)], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in out.splitlines():
            name, items, n, seconds, cpu = line.split()
            self.means[name].append(Turn(int(items), int(n), float(seconds), float(cpu)))
        self.items, self.bytes = sum(t.items for t in self.means["raw"]), sum(t.bytes for t in self.means["raw"])
        self.then = T0 + rounds // 2 * STEP + 1
        keys = set()
        with open(self.dir / "items.tsv") as f:
            for line in f:
                no, _, kind, id, _ = line.split("\t", 4)
                if no != "1":
                    break
                keys.add((kind, id))
        self.asked = random.Random(1).sample(sorted(keys), min(ASKED, len(keys)))

    def spent(self, name, of="seconds"):
        """Seconds an item, on average over all rounds."""
        turns = self.means[name]
        return sum(getattr(t, of) for t in turns) / sum(t.items for t in turns)

    def ratio(self, name, of="seconds"):
        """How many of these are written while SQLite inserts one: over the rounds they have in common."""
        raw = self.means["raw"]
        raw = raw[-len(self.means[name]):] if name != "new" else raw[:1]
        return statistics.median(getattr(r, of) / r.items / (getattr(t, of) / t.items) for r, t in zip(raw, self.means[name]))

    def rows(self):
        with open(self.dir / "items.tsv") as f:
            for line in f:
                yield line.rstrip("\n").split("\t", 4)


class Table:
    """A history in an SQLite file: how long its questions take."""

    def __init__(self, path, history, estate):
        self.db, self.history, self.estate = sqlite3.connect(f"file:{path}?mode=ro", uri=True), history, estate

    def ask_history(self, data):
        def ask():
            for kind, id in data.asked:
                assert self.db.execute(self.history, (kind, id)).fetchall()
        return timed(ask) / len(data.asked)

    def ask_estate(self, data):
        return timed(lambda: self.db.execute(self.estate, {"t": data.then}).fetchall())

    def seen(self, data):
        """The documents that an estate of then has: the same whoever is asked."""
        return sorted(r[-1] for r in self.db.execute(self.estate, {"t": data.then}))


class Postgres:
    name = "PostgreSQL, JSONB"
    SCHEMA = "CREATE TABLE item(type text NOT NULL, id text NOT NULL, at bigint NOT NULL, doc jsonb NOT NULL, PRIMARY KEY (type, id, at)); CREATE INDEX item_at ON item(at);"

    def __init__(self, scratch):
        if not POSTGRES:
            raise Skipped("postgresql is not installed (apt install postgresql)")
        self.bin, self.dir = POSTGRES[-1], scratch / "postgres"
        self.dir.mkdir()
        self.as_user = []
        if os.geteuid() == 0:  # which it refuses to be run as
            try:
                user = pwd.getpwnam("postgres")
            except KeyError:
                raise Skipped("there is no user postgres") from None
            os.chown(self.dir, user.pw_uid, user.pw_gid)
            scratch.chmod(0o711)
            self.as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self.run(self.bin / "initdb", "-D", self.dir / "db", "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8")
        settings = f"-k {self.dir} -c listen_addresses= -c shared_buffers=256MB -c max_wal_size=4GB"
        self.run(self.bin / "pg_ctl", "-D", self.dir / "db", "-l", self.dir / "log", "-o", settings, "-w", "start")

    def run(self, *argv, **kw):
        done = subprocess.run([*self.as_user, *map(str, argv)], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **kw)
        if done.returncode:
            raise Skipped(f"{argv[0].name}: {done.stderr.strip()[-300:]}")

    def psql(self, script):
        """What \\timing says of each statement, in seconds."""
        out = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.dir, "-U", "postgres"], input=script, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [float(line.split()[1]) / 1000 for line in out.splitlines() if line.startswith("Time:")]

    def load(self, data):
        """Seconds: a round is one COPY, up to 5,000 rows one transaction."""
        self.psql(self.SCHEMA)
        script, batch = ["\\timing on"], []

        def flush():
            if batch:
                script.append("COPY item FROM STDIN;\n" + "\n".join(batch) + "\n\\.")
                batch.clear()
        no = "1"
        spent = 0
        for row in data.rows():
            if row[0] != no or len(batch) == 5000:
                flush()
                no = row[0]
            if len(script) > 20:
                spent += sum(self.psql("\n".join(script) + "\n"))
                script = ["\\timing on"]
            batch.append("\t".join((row[2], row[3], row[1], row[4].replace("\\", "\\\\"))))
        flush()
        spent += sum(self.psql("\n".join(script) + "\n"))
        self.psql("VACUUM ANALYZE item;\nCHECKPOINT;\n")
        return spent

    def ask_history(self, data):
        one = "".join(f"SELECT at, doc FROM item WHERE type = '{kind}' AND id = '{id}' ORDER BY at;\n" for kind, id in data.asked)
        return statistics.median(sum(self.psql("\\o /dev/null\n\\timing on\n" + one)) for _ in range(3)) / len(data.asked)

    def ask_estate(self, data):
        ask = f"SELECT DISTINCT ON (type, id) type, id, at, doc FROM item WHERE at <= {data.then} ORDER BY type, id, at DESC;\n"
        return statistics.median(self.psql("\\o /dev/null\n\\timing on\n" + ask * 3))

    def size(self):
        out = subprocess.run(["psql", "-X", "-At", "-h", self.dir, "-U", "postgres", "-c", "SELECT pg_total_relation_size('item')"], check=True, stdout=subprocess.PIPE, text=True).stdout
        return int(out)

    def stop(self):
        self.run(self.bin / "pg_ctl", "-D", self.dir / "db", "-m", "immediate", "-w", "stop")


class Git:
    name = "git fast-import"

    def __init__(self, scratch):
        if not shutil.which("git"):
            raise Skipped("git is not installed (apt install git)")
        self.dir = scratch / "git"
        self.git("init", "-q", "--bare", self.dir)

    def git(self, *argv, **kw):
        return subprocess.run(["git", *map(str, argv)], check=True, **kw)

    def load(self, data):
        stream = data.dir / "git.stream"
        with open(stream, "wb") as f:
            no = None
            for row in data.rows():
                body = row[4].encode()
                if row[0] != no:
                    no = row[0]
                    f.write(b"commit refs/heads/main\ncommitter bench <bench@localhost> %d +0000\ndata 5\nround\n" % (int(row[1]) // 1000))
                path = f"{row[2].replace('::', '/')}/{row[3]}.json".encode()
                f.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(body), body))
        with open(stream, "rb") as f:
            began = time.perf_counter()
            self.git("-C", self.dir, "fast-import", "--quiet", stdin=f)
            spent = time.perf_counter() - began
        stream.unlink()
        return spent

    def ask_history(self, data):
        def ask():
            for kind, id in data.asked[:3]:
                self.git("-C", self.dir, "log", "-p", "--format=%ct", "main", "--", f"{kind.replace('::', '/')}/{id}.json", stdout=subprocess.DEVNULL)
        return timed(ask, 1) / 3

    def ask_estate(self, data):
        def ask():
            commit = self.git("-C", self.dir, "rev-list", "-1", f"--before={data.then // 1000}", "main", stdout=subprocess.PIPE, text=True).stdout.strip()
            with open(os.devnull, "w") as nothing:
                self.git("-C", self.dir, "archive", "--format=tar", commit, stdout=nothing)
        return timed(ask)

    def size(self):
        return size(self.dir)

    def stop(self):
        pass


class Duck:
    name = "DuckDB"
    CODE = """
import sys, time, duckdb
dir, then, asked = sys.argv[1], int(sys.argv[2]), [a.split("|") for a in sys.argv[3:]]
def timed(ask):
    spent = []
    for _ in range(3):
        began = time.perf_counter(); ask(); spent.append(time.perf_counter() - began)
    return sorted(spent)[1]
db = duckdb.connect(dir + "/duck.db")
began = time.perf_counter()
db.execute("CREATE TABLE item AS SELECT type, id, since, doc FROM read_csv(?, delim='\\t', quote='', escape='', header=false, columns={'no': 'INT', 'since': 'BIGINT', 'type': 'VARCHAR', 'id': 'VARCHAR', 'doc': 'VARCHAR'})", [dir + "/items.tsv"])
db.execute("CHECKPOINT")
load = time.perf_counter() - began
db.execute("PRAGMA threads=2")
history = timed(lambda: [db.execute("SELECT since, doc FROM item WHERE type = ? AND id = ? ORDER BY since", a).fetchall() for a in asked]) / len(asked)
estate = timed(lambda: db.execute("SELECT type, id, max(since), arg_max(doc, since) FROM item WHERE since <= ? GROUP BY type, id", [then]).fetchall())
print(load, history, estate)
"""

    def __init__(self, scratch):
        python = program.TOP / "build" / "duckdb" / "bin" / "python"
        try:
            if not python.exists():
                subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True, capture_output=True)
            wanted = [line.strip() for line in open(program.TOP / "tests" / "readers.txt") if line.startswith("duckdb==")]
            subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", *wanted], check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as e:
            raise Skipped(f"duckdb could not be installed: {(e.stderr or '').strip()[-200:]}") from None
        self.python = python

    def load(self, data):
        out = subprocess.run([self.python, "-c", self.CODE, data.dir, str(data.then), *(f"{k}|{i}" for k, i in data.asked[:10])], check=True, stdout=subprocess.PIPE, text=True).stdout
        spent, self.history, self.estate = map(float, out.split())
        self.bytes = size(data.dir / "duck.db")
        return spent

    def ask_history(self, data):
        return self.history

    def ask_estate(self, data):
        return self.estate

    def size(self):
        return self.bytes

    def stop(self):
        pass


class Bench:
    def __init__(self, scratch, resources, rounds):
        self.scratch, self.silt = scratch, program.Siltstone(scratch / "home")
        self.data = Data(scratch, resources, rounds)
        self.store, self.plain_file = self.data.dir / "store.db", self.data.dir / "plain.db"
        self.raw = self.data.spent("raw")
        self.missed = 0

    def row(self, name, per_item, bytes, history, estate):
        ms = [f"{1000 * v:9.2f}" if v is not None else "        -" for v in (history, estate)]
        share = f"{bytes / self.data.bytes:6.2f}" if bytes else "     -"
        print(f"{name:34} {1e6 * per_item:9.1f} {self.raw / per_item:8.2f} {share} {ms[0]} {ms[1]}", flush=True)

    def goal(self, letter, what, value, goal, at_least):
        if value is None:
            print(f"  ({letter}) {what}: not measured", flush=True)
            return
        met = value >= goal if at_least else value <= goal
        self.missed += not met
        print(f"  ({letter}) {what:72} {value:8.2f}, {'at least' if at_least else 'at most'} {goal:6.2f}: {'met' if met else 'MISSED'}", flush=True)

    def imports(self):
        """Seconds of three imports into an empty store, and where the last one is."""
        store, spent = self.scratch / "imported.db", []
        for _ in range(3 if self.data.items < 200_000 else 1):
            for f in self.scratch.glob("imported.db*"):
                f.unlink()
            r = self.silt.measured("import", "--store", store, self.data.dir / "history")
            assert r.code == 0, r.err
            spent.append((r.seconds, r.cpu))
        return [statistics.median(v) for v in zip(*spent)], store

    def export(self):
        """Seconds of a flat export, and how much JSON is in it."""
        flat, spent = self.scratch / "flat.db", []
        for _ in range(3):
            flat.unlink(missing_ok=True)
            r = self.silt.measured("export", flat, "--store", self.store)
            assert r.code == 0, r.err
            spent.append(r.seconds)
        json = program.one(self.store, "SELECT sum(length(d.document)) FROM _resource r JOIN _item_document d ON d.item_id = r.last_item")
        return statistics.median(spent), json

    def compare(self):
        data = self.data
        silt = Table(self.store, """SELECT h.at, d.document FROM history h JOIN _item_document d ON d.rid = h.rid AND d.version = h.version
                                     WHERE h.resource_type = ? AND h.resource_id = ? ORDER BY h.version""",
                     "SELECT r.resource_type, r.resource_id, r.at, d.document FROM resources_at r JOIN _item_document d ON d.rid = r.rid AND d.version = r.version WHERE r.t = :t")
        plain = Table(self.plain_file, "SELECT since, body FROM item WHERE type = ? AND id = ? ORDER BY since",
                      "SELECT type, id, since, body FROM item WHERE since <= :t AND until > :t")
        assert silt.seen(data) == plain.seen(data), "the estate of then is another one"
        for _ in range(2):  # in turns, and once for the cache
            figures = {name: (t.ask_history(data), t.ask_estate(data)) for name, t in (("plain", plain), ("silt", silt))}
        bytes = {"silt": size(self.store), "plain": size(self.plain_file), "raw": size(data.dir / "raw.db")}
        (import_s, import_cpu), imported = self.imports()
        print(f"{data.items} items of {data.bytes / data.items:.0f} bytes, {data.rounds} rounds; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
        print(f"{'':34} {'us/item':>9} {'of raw':>8} {'size':>6} {'history':>9} {'as of':>9}\n{'':34} {'':9} {'speed':>8} {'/JSON':>6} {'ms':>9} {'ms':>9}")
        self.row("SQLite, INSERT of the text", self.raw, bytes["raw"], None, None)
        self.row("plain-text history table", data.spent("plain"), bytes["plain"], *figures["plain"])
        for name, what in (("new", "siltstone, new"), ("changed", "siltstone, changed"), ("same", "siltstone, unchanged")):
            self.row(what, data.spent(name), bytes["silt"] if name == "changed" else None, *(figures["silt"] if name == "changed" else (None, None)))
        self.row("siltstone import", import_s / data.items, size(imported), None, None)
        others = {}
        for kind in (Postgres, Git, Duck):
            others[kind] = self.other(kind)
        pg = others[Postgres]
        cpu = f", processor time {data.ratio('changed', 'cpu'):.3f}"
        print()
        self.goal("a", "changed items, of SQLite's speed" + cpu, data.ratio("changed"), 0.30, True)
        self.goal("b", f"unchanged items, of SQLite's speed, processor time {data.ratio('same', 'cpu'):.3f}", data.ratio("same"), 1.5, True)
        self.goal("c", "size of the file, of the JSON", bytes["silt"] / data.bytes, 0.15, False)
        self.goal("d", "the history of a resource, of PostgreSQL's time", pg and figures["silt"][0] / pg[0], 0.2, False)
        self.goal("e", "the estate as of then, of the plain table's time", figures["silt"][1] / figures["plain"][1], 3, False)
        self.goal("e", "the estate as of then, of PostgreSQL's time", pg and figures["silt"][1] / pg[1], 1, False)
        self.goal("f", f"import, of SQLite's speed, processor time {data.spent('raw', 'cpu') * data.items / import_cpu:.3f}", self.raw * data.items / import_s, 0.25, True)
        seconds, json = self.export()
        self.goal("g", "flat export, MB of JSON a second", json / 1e6 / seconds, 100, True)
        self.shell()

    def other(self, kind):
        """(history, estate) in seconds; None: it is not there."""
        try:
            them = kind(self.scratch)
        except Skipped as why:
            print(f"{kind.name:34} left out: {why}")
            return None
        try:
            spent = them.load(self.data)
            asked = them.ask_history(self.data), them.ask_estate(self.data)
            self.row(kind.name, spent / self.data.items, them.size(), *asked)
            return asked
        finally:
            them.stop()

    def shell(self):
        """The stock shell reads it, whatever it took to make it small."""
        ask = "SELECT count(*), sum(length(configuration)) > 0 FROM history NATURAL JOIN configs"
        out = subprocess.run(["sqlite3", "-readonly", self.store, ask], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        assert out == f"{self.data.items}|1", out
        print("  the stock sqlite3 shell reads every version of it")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--short", action="store_true")
    p.add_argument("--resources", type=int)
    p.add_argument("--versions", type=int, default=25)
    o = p.parse_args()
    resources = o.resources or (2000 if o.short else 20000)
    rounds = 1 + (o.versions - 1) * 5
    with tempfile.TemporaryDirectory(dir=os.environ.get("SILTSTONE_SCRATCH")) as scratch:
        bench = Bench(pathlib.Path(scratch), resources, rounds)
        bench.compare()
    print(f"{bench.missed} goals missed" if bench.missed else "every goal met")
    return 0


if __name__ == "__main__":
    sys.exit(main())
