# SPDX-License-Identifier: Apache-2.0
"""What others read of us: the published copy and the lake, with the programs people use for it. `tools/prove readers` brings
them; a test whose reader is not there says so and is skipped."""

import http.client
import http.server
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import threading
import urllib.request

import pytest

import emulator
import program
from test_daemon import Daemon, wait_for
from test_export import change, configure, seeded  # noqa: F401 (a fixture)

READERS = pathlib.Path(os.environ.get("SILTSTONE_READERS", program.TOP / "build" / "readers"))
TABLES = ("resources", "history", "changes", "relationships", "tags", "compliance", "activity")


@pytest.fixture
def flat(siltstone, seeded, tmp_path):  # noqa: F811
    siltstone.ok("publish", tmp_path / "dash.db", "--store", seeded)
    return tmp_path / "dash.db"


def count(flat, table):
    return program.one(flat, f"SELECT count(*) FROM {table}")


def test_pandas(flat):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    import sqlite3
    db = sqlite3.connect(f"file:{flat}?mode=ro", uri=True)
    for table in TABLES:
        assert len(pandas.read_sql_query(f"SELECT * FROM {table}", db)) == count(flat, table)
    history = pandas.read_sql_query("SELECT * FROM history", db, parse_dates=["at"])
    assert str(history["at"].dtype).startswith("datetime64")
    assert (history["at"].astype("datetime64[s]").astype("int64") == history["t"]).all()
    db.close()


def test_datasette(flat, tmp_path):
    """Immutable, as it is meant to be served: counts, rows and a facet."""
    pytest.importorskip("datasette", reason="datasette is not installed")
    import sys
    port = emulator.free_port()
    log = open(tmp_path / "datasette.log", "wb")
    metadata = program.TOP / "tools" / "dashboards" / "datasette" / "metadata.yaml"
    shutil.copy(flat, tmp_path / "siltstone.db")
    server = subprocess.Popen([sys.executable, "-m", "datasette", "serve", "-i", flat, "-i", tmp_path / "siltstone.db", "--metadata", metadata, "--host", "127.0.0.1", "--port", str(port)], stdout=log, stderr=log)

    def get(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return json.load(answer)

    try:
        program_up = lambda: server.poll() is None  # noqa: E731
        while True:
            assert program_up(), (tmp_path / "datasette.log").read_text()
            try:
                get("/dash.json")
                break
            except (ConnectionError, urllib.error.URLError):
                pass
        for table in TABLES:
            assert get(f"/dash/{table}.json?_shape=objects")["filtered_table_rows_count"] == count(flat, table)
        facets = get("/dash/history.json?_facet=event")["facet_results"]
        assert "event" in json.dumps(facets)
        rows = get("/dash/resources.json?_shape=array&resource_id__exact=i-0a1")
        assert json.loads(rows[0]["configuration"])["instanceType"] == "t3.large"
        # And ours: what tables are for, and questions.
        database = get("/siltstone.json")
        names = {query["name"] for query in database["queries"]}
        assert {"who_opened_a_port", "before_a_moment", "attached_then", "broke_lately", "most_changed"} <= names
        for name in names:
            answer = get(f"/siltstone/{name}.json?moment=2026-10-02+12:00:00&minutes=1000&days=9&resource_id=subnet-1")
            assert answer["ok"] and answer["error"] is None if "error" in answer else True, name
        assert get("/siltstone/most_changed.json?_shape=array")[0]["resource_id"] == "i-0a1"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def node(script, *args):
    """Run JavaScript with the readers' packages."""
    r = subprocess.run(["node", "-e", script, *map(str, args)], capture_output=True, text=True, timeout=60, cwd=READERS)
    assert r.returncode == 0, r.stderr
    return json.loads(r.stdout)


OLD = """
const SQL = require('sql.js'), fs = require('fs');
const db = new SQL.Database(fs.readFileSync(process.argv[1]));
const one = sql => db.exec(sql)[0].values[0][0];
const out = { version: one('SELECT sqlite_version()'), check: one('PRAGMA integrity_check') };
for (const table of process.argv[2].split(',')) out[table] = one('SELECT count(*) FROM ' + table);
console.log(JSON.stringify(out));
"""


def test_an_sqlite_of_2016_in_javascript(flat):
    if not shutil.which("node") or not (READERS / "node_modules" / "sql.js").exists():
        pytest.skip(f"node and sql.js are not in {READERS}")
    out = node(OLD, flat, ",".join(TABLES))
    assert out.pop("version").startswith("3.11.") and out.pop("check") == "ok"
    assert out == {table: count(flat, table) for table in TABLES}


class Ranges(http.server.BaseHTTPRequestHandler):
    """One file, by ranges only."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        first, last = (int(n) for n in self.headers["Range"].removeprefix("bytes=").split("-"))
        body = self.server.content[first:last + 1]
        self.server.sent.append(len(body))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(self.server.content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def ranges(siltstone, seeded, tmp_path):  # noqa: F811
    change(seeded, 20_000)
    siltstone.ok("publish", tmp_path / "large.db", "--store", seeded)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
    server.content, server.sent, server.path = (tmp_path / "large.db").read_bytes(), [], tmp_path / "large.db"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_over_http_by_ranges(ranges):
    """SQLite fetches the pages it needs; an index makes that few."""
    apsw = pytest.importorskip("apsw", reason="apsw is not installed")

    class File:
        def __init__(self):
            self.http = http.client.HTTPConnection(*ranges.server_address)

        def xRead(self, amount, offset):
            self.http.request("GET", "/large.db", headers={"Range": f"bytes={offset}-{offset + amount - 1}"})
            return self.http.getresponse().read()

        def xFileSize(self):
            return len(ranges.content)

        def xClose(self):
            self.http.close()

        def xLock(self, level): pass
        def xUnlock(self, level): pass
        def xCheckReservedLock(self): return False
        def xFileControl(self, op, ptr): return False
        def xSectorSize(self): return 4096
        def xDeviceCharacteristics(self): return 0
        def xSync(self, flags): pass

    class Remote(apsw.VFS):
        def __init__(self):
            super().__init__("ranges", base="", exclude=set())

        def xOpen(self, name, flags):
            return File()

        def xAccess(self, path, flags):
            return False

        def xFullPathname(self, name):
            return name

    vfs = Remote()
    db = apsw.Connection("large.db", flags=apsw.SQLITE_OPEN_READONLY, vfs="ranges")
    last = "SELECT at, resource_id FROM history ORDER BY t DESC LIMIT 20"
    assert list(db.execute(last)) == program.rows(ranges.path, last)
    fetched = sum(ranges.sent)
    db.close()
    del vfs
    assert 0 < fetched < len(ranges.content) / 10, (fetched, len(ranges.content), len(ranges.sent))


def driver():
    for place in ("/usr/lib/x86_64-linux-gnu/odbc", "/usr/lib/aarch64-linux-gnu/odbc", "/usr/lib64"):
        path = pathlib.Path(place) / "libsqlite3odbc.so"
        if path.exists():
            return path
    return None


def test_odbc(flat):
    """Long texts come whole, moments as moments."""
    pyodbc = pytest.importorskip("pyodbc", reason="pyodbc is not installed", exc_type=ImportError)
    if not driver():
        pytest.skip("libsqliteodbc is not installed")
    import datetime
    db = pyodbc.connect(f"Driver={driver()};Database={flat};ReadOnly=1", readonly=True)
    for table in TABLES:
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == count(flat, table)
    at, = db.execute("SELECT at FROM history WHERE version = 1 ORDER BY rid LIMIT 1").fetchone()
    assert at == datetime.datetime(2026, 10, 1, 8, 0, 0)
    kinds = {row.column_name: row.type_name for row in db.cursor().columns(table="history")}
    assert kinds["at"] == "DATETIME" and kinds["t"] == "INTEGER"
    db.close()


def dashboards(path):
    """Every query of Grafana's dashboards, as the plugin asks them: a connection for each."""
    import sqlite3

    import test_dashboards
    for board in test_dashboards.BOARDS:
        for title, uid, target in test_dashboards.targets(json.loads(board.read_text())):
            if uid == "siltstone-copy":
                sql = target["queryText"].replace("$__from", "1759000000000").replace("$__to", "1764000000000").replace("${account:singlequote}", "'123456789012'")
                db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
                db.execute(sql).fetchall()
                db.close()


def frames(path):
    import sqlite3

    import pandas
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    resources, history = (pandas.read_sql_query(f"SELECT * FROM {table}", db) for table in ("resources", "history"))
    assert set(resources["rid"]) <= set(history["rid"])
    db.close()


def whole_in_javascript(path):
    assert node(OLD, path, "resources,history")["check"] == "ok"


def test_nobody_is_disturbed_while_the_daemon_writes(siltstone, seeded, tmp_path):  # noqa: F811
    """Each reader that is there, over and over, while the copy is replaced under them."""
    pytest.importorskip("yaml")
    readers = [dashboards]
    if importlib.util.find_spec("pandas"):
        readers.append(frames)
    if shutil.which("node") and (READERS / "node_modules" / "sql.js").exists():
        readers.append(whole_in_javascript)
    path = tmp_path / "out" / "dash.db"
    path.parent.mkdir()
    configure(tmp_path, seeded, path)
    d, stop, rounds, wrong = Daemon(siltstone, seeded), threading.Event(), dict.fromkeys(readers, 0), []

    def read(reader):
        try:
            while not stop.is_set():
                reader(path)
                rounds[reader] += 1
        except Exception as e:
            wrong.append((reader.__name__, repr(e)))

    try:
        d.wait("event=publish.done")
        threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
        for t in threads:
            t.start()
        for n in range(2, 5):
            change(seeded, 50)
            d.wait("event=publish.done", times=n)
        wait_for(lambda: wrong or all(rounds.values()))
        stop.set()
        for t in threads:
            t.join(60)
        assert wrong == [] and all(rounds.values())
    finally:
        stop.set()
        d.stop()


# The lake


@pytest.fixture
def lake(siltstone, seeded, tmp_path):  # noqa: F811
    """JSON lines, and Parquet where its library is."""
    (tmp_path / "lake").mkdir()
    library = os.environ.get("SILTSTONE_DUCKDB")
    words = ("--parquet",) if library else ()
    siltstone.ok("export", "--lake", tmp_path / "lake", *words, "--store", seeded,
                 env=siltstone.environment(**({"SILTSTONE_DUCKDB": library} if library else {})))
    return tmp_path / "lake"


ITEMS = """SELECT i.item_id, r.account, r.type, r.id, i.version, CAST(i.captured_ms AS INTEGER), json_extract(d.document, '$.configuration')
             FROM _item i JOIN _resource r USING (rid) LEFT JOIN _item_document d USING (item_id) ORDER BY 1"""


def asked(db, relation):
    return [(i, a, t, r, v, ms, c and json.loads(c)) for i, a, t, r, v, ms, c in db.sql(
        f"SELECT item_id, account, resource_type, resource_id, version, epoch_ms(captured_at), configuration FROM {relation} ORDER BY 1").fetchall()]


def stored(store):
    return [(i, a, t, r, v, ms, c and json.loads(c)) for i, a, t, r, v, ms, c in program.rows(store, ITEMS)]


def test_duckdb_reads_the_json_lines_through_our_ddl(lake, seeded):  # noqa: F811
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    db = duckdb.connect()
    db.execute((lake / "ddl" / "duckdb.sql").read_text())
    assert asked(db, "items") == stored(seeded)
    assert db.sql("SELECT count(*) FROM changes").fetchall() == [(program.one(seeded, "SELECT count(*) FROM changes"),)]
    assert db.sql("SELECT DISTINCT account FROM items").fetchall() == [("123456789012",)]
    # A partition is a folder: only those of the day are opened.
    plan = db.sql("EXPLAIN ANALYZE SELECT count(*) FROM items WHERE dt = '2026-10-03'").fetchall()[0][1]
    assert "Scanning Files: 1/" in plan or "Total Files Read: 1" in plan, plan


def test_duckdb_reads_the_parquet(lake, seeded):  # noqa: F811
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    if not (lake / "parquet").exists():
        pytest.skip("SILTSTONE_DUCKDB does not name DuckDB's library")
    db = duckdb.connect()
    relation = f"read_parquet('{lake}/parquet/items/**/*.parquet', hive_partitioning = true, hive_types = {{'account': VARCHAR}})"
    assert asked(db, relation) == stored(seeded)
    kinds = dict(row[:2] for row in db.sql(f"DESCRIBE SELECT * FROM {relation}").fetchall())
    assert kinds["captured_at"] == kinds["recorded_at"] == "TIMESTAMP" and kinds["version"] == "BIGINT" and kinds["tags"] == "VARCHAR"
    before, after = db.sql(f"""SELECT before, after FROM read_parquet('{lake}/parquet/changes/**/*.parquet', hive_partitioning = true)
                                WHERE property = 'configuration.instanceType'""").fetchall()[0]
    assert (before, after) == ("t3.micro", "t3.large")


def test_pyarrow_reads_the_parquet(lake, seeded):  # noqa: F811
    """A second reader of the format, which shares nothing with the one that wrote it."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    if not (lake / "parquet").exists():
        pytest.skip("SILTSTONE_DUCKDB does not name DuckDB's library")
    ids = [i for path in (lake / "parquet" / "items").rglob("*.parquet") for i in parquet.ParquetFile(path).read()["item_id"].to_pylist()]
    assert sorted(ids) == [i for i, in program.rows(seeded, "SELECT item_id FROM _item ORDER BY 1")]


def test_the_same_rows_make_the_same_parquet(lake, siltstone, seeded, tmp_path):  # noqa: F811
    if not (lake / "parquet").exists():
        pytest.skip("SILTSTONE_DUCKDB does not name DuckDB's library")
    (tmp_path / "again").mkdir()
    siltstone.ok("export", "--lake", tmp_path / "again", "--parquet", "--store", seeded,
                 env=siltstone.environment(SILTSTONE_DUCKDB=os.environ["SILTSTONE_DUCKDB"]))
    files = {p.relative_to(lake): p.read_bytes() for p in (lake / "parquet").rglob("*.parquet")}
    assert files and files == {p.relative_to(tmp_path / "again"): p.read_bytes() for p in (tmp_path / "again" / "parquet").rglob("*.parquet")}
