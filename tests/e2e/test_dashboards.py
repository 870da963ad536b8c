# SPDX-License-Identifier: Apache-2.0
"""tools/dashboards: every query of every file is asked, of the demonstration's copy or of the daemon."""

import csv
import datetime
import io
import json
import re
import sqlite3

import pytest
import yaml

import program
from test_daemon import Daemon, config, up, wait_for  # noqa: F401 (a fixture)
from test_demo import END, demo  # noqa: F401 (a fixture)

TOP = program.TOP / "tools" / "dashboards"
BOARDS = sorted((TOP / "grafana" / "dashboards").glob("*.json"))
NOW = datetime.datetime.fromisoformat(END.replace("Z", "+00:00"))


@pytest.fixture(scope="module")
def copy(demo, tmp_path_factory):  # noqa: F811
    home = tmp_path_factory.mktemp("copy")
    program.Siltstone(home).ok("publish", home / "siltstone.db", "--store", demo)
    return home / "siltstone.db"


def ask(copy, sql, values=()):
    """Column names and rows; the clock stands where the demonstration ends."""
    db = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
    try:
        found = db.execute(sql.replace("'now'", f"'{NOW:%Y-%m-%d %H:%M:%S}'"), values)
        return [c[0] for c in found.description], found.fetchall()
    finally:
        db.close()


def targets(board):
    """title, kind of data source, target; of panels, annotations and variables."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == panel["datasource"]["uid"]
            yield panel["title"], target["datasource"]["uid"], target
    for note in board["annotations"]["list"]:
        yield note["name"], note["datasource"]["uid"], note["target"]
    for variable in board["templating"]["list"]:
        yield variable["name"], variable["datasource"]["uid"], {"queryText": variable["query"], "rawQueryText": variable["query"]}


def filled(text, copy):
    """As Grafana would: the last thirty days, all accounts."""
    accounts = ",".join(f"'{a}'" for a, in ask(copy, "SELECT DISTINCT account FROM resources")[1])
    ms = int(NOW.timestamp() * 1000)
    for name, value in (("$__from", ms - 30 * 86_400_000), ("$__to", ms), ("${account:singlequote}", accounts)):
        text = text.replace(name, str(value))
    assert "$" not in text.replace("'$.", ""), text
    return text


# What is empty in the demonstration.
EMPTY = {"Versions nobody explains"}


@pytest.mark.parametrize("path", BOARDS, ids=lambda p: p.stem)
def test_grafanas_queries_are_answered(copy, path):
    asked = 0
    for title, uid, target in targets(json.loads(path.read_text())):
        if uid != "siltstone-copy":
            continue
        assert target["queryText"] == target["rawQueryText"]
        columns, rows = ask(copy, filled(target["queryText"], copy))
        assert rows or title in EMPTY, title
        if target.get("queryType") == "time series":
            assert columns == ["time", "metric", "value"] and all(isinstance(t, int) and t > 1_700_000_000 for t, *_ in rows), title
        elif "time" in columns:
            assert all(isinstance(row[columns.index("time")], int) for row in rows), title
        if target.get("refId") == "Anno":
            assert {"time", "text"} <= set(columns)
        asked += 1
    assert asked


def test_the_annotation_names_alice(copy):
    board = json.loads((TOP / "grafana" / "dashboards" / "changes.json").read_text())
    sql = next(t["queryText"] for title, _, t in targets(board) if title == "Opened to the world")
    assert any("alice" in row[1] and "bastion" in row[1] for row in ask(copy, filled(sql, copy))[1])


def test_grafanas_requests_are_answered(siltstone, demo, up, store):  # noqa: F811
    program.copy_store(demo, store)
    config(siltstone, "[recorder]\nrecording = no\n")
    d = up("--anonymous", "read-only")
    asked = 0
    for path in BOARDS:
        for title, uid, target in targets(json.loads(path.read_text())):
            if uid != "siltstone-api":
                continue
            url = target["url"].replace("${__from:date:iso}", f"{NOW - datetime.timedelta(days=30):%Y-%m-%dT%H:%M:%S.000Z}").replace("${__to:date:iso}", END)
            status, body = d.get(url)
            assert status == 200, (title, body)
            header = next(csv.reader(io.StringIO(body)))
            assert {c["selector"] for c in target["columns"]} <= set(header), title
            if title in ("Recorder", "Sources", "When nobody was looking"):
                assert len(body.splitlines()) > 1, title
            asked += 1
    assert asked > 5


def test_data_sources_and_boards_know_each_other():
    sources = yaml.safe_load((TOP / "grafana" / "provisioning" / "datasources" / "siltstone.yaml").read_text())["datasources"]
    kinds = {s["uid"]: s["type"] for s in sources}
    assert len(BOARDS) == 3 and len({json.loads(p.read_text())["uid"] for p in BOARDS}) == 3
    for path in BOARDS:
        text = path.read_text()
        for found in re.finditer(r'"type": "([a-z-]+-datasource)",\s*"uid": "([a-z-]+)"', text):
            assert kinds[found[2]] == found[1]
        ids = [p["id"] for p in json.loads(text)["panels"]]
        assert len(ids) == len(set(ids))
    assert yaml.safe_load((TOP / "grafana" / "provisioning" / "dashboards" / "siltstone.yaml").read_text())["providers"][0]["type"] == "file"
    assert all(s.get("secureJsonData", {}).get("bearerToken", "$").startswith("$") for s in sources)


def test_alerts_are_about_metrics_there_are(siltstone, demo, up, store):  # noqa: F811
    program.copy_store(demo, store)
    (store.parent / "files").mkdir()
    siltstone.ok("channel", "set", "disk", "--to", f"dir:{store.parent}/files", "--store", store)
    siltstone.ok("snapshot", "--channel", "disk", "--store", store)
    siltstone.ok("sink", "add", "log", f"file:{store.parent}/log.jsonl", "--store", store)
    siltstone.ok("source", "add", "prod", "--regions", "us-east-1", "--store", store)
    config(siltstone, "[recorder]\nrecording = no\n")
    d = up()
    wait_for(lambda: "siltstone_gaps_total " in d.get("/metrics")[1])
    told = d.get("/metrics")[1]
    there = set(re.findall(r"^# TYPE (\S+)", told, re.M))
    labels = {name: set(re.findall(r"(\w+)=\"", "".join(re.findall(rf"^{name}(?:_bucket)?({{.*}}) ", told, re.M)))) for name in there}
    rules = yaml.safe_load((TOP / "prometheus" / "siltstone-alerts.yaml").read_text())["groups"][0]["rules"]
    assert len({r["alert"] for r in rules}) == len(rules) > 8
    for rule in rules:
        assert rule["labels"]["severity"] in ("info", "warning", "critical") and rule["annotations"]["summary"]
        names = re.findall(r"siltstone_[a-z_]+", rule["expr"])
        assert names or rule["expr"].startswith("up{"), rule["alert"]
        for name in names:
            bare = re.sub(r"_(bucket|sum|count)$", "", name)
            assert bare in there, f"{rule['alert']}: there is no {name}"
            used = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
            assert used <= labels[bare], f"{rule['alert']}: {name} has {labels[bare]}"
        assert rule["expr"].count("(") == rule["expr"].count(")") and rule["expr"].count("{") == rule["expr"].count("}")


def test_datasettes_metadata_fits_the_copy(copy):
    database = yaml.safe_load((TOP / "datasette" / "metadata.yaml").read_text())["databases"]["siltstone"]
    there = {name for name, in ask(copy, "SELECT name FROM sqlite_master WHERE type = 'table'")[1]}
    assert set(database["tables"]) == there - {"about"}
    for name, table in database["tables"].items():
        columns = {c for _, c, *_ in ask(copy, f"PRAGMA table_info({name})")[1]}
        assert set(table.get("columns", {})) | set(table.get("facets", [])) | {table.get("sort_desc", "rid")} <= columns | {"rid"}, name
    values = {"moment": "2026-06-12 14:00:00", "minutes": "", "days": "14", "resource_id": ask(copy, "SELECT resource_id FROM resources WHERE name = 'bastion' LIMIT 1")[1][0][0]}
    for name, query in database["queries"].items():
        assert set(query.get("params", [])) == set(re.findall(r"(?<!:):(\w+)", re.sub(r"'[^']*'", "", query["sql"]))), name
        assert ask(copy, query["sql"], values)[1] or name == "attached_then", name
    # On the Saturday there was a machine in the group that is gone since.
    assert ask(copy, database["queries"]["attached_then"]["sql"], {**values, "moment": "2026-06-06 12:00:00"})[1]


@pytest.mark.parametrize("pandas", (False, True))
def test_the_notebook_runs(copy, monkeypatch, pandas, capsys):
    """Its cells in order, as a kernel would; the last line of each is an expression or a statement."""
    if pandas:
        pytest.importorskip("pandas", reason="pandas is not installed")
    else:
        monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    monkeypatch.setenv("SILTSTONE_DB", str(copy))
    book = json.loads((TOP / "jupyter" / "estate.ipynb").read_text())
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({c["id"] for c in book["cells"]}) == len(book["cells"])
    names = {}
    for cell in book["cells"]:
        assert set(cell) == ({"cell_type", "id", "metadata", "source", "execution_count", "outputs"} if cell["cell_type"] == "code" else {"cell_type", "id", "metadata", "source"})
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    assert any("alice" in (row["actor"] or "") for row in (names["opened"].to_dict("records") if pandas else names["opened"]))
    assert "state: items" in capsys.readouterr().out
    names["db"].close()
