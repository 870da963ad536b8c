# SPDX-License-Identifier: Apache-2.0
"""Our own JSON over HTTP, as dashboards ask: every answer against the command line's."""

import csv
import http.client
import io
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.parse

import pytest

import program
from test_daemon import Daemon, config, metrics, up, wait_for  # noqa: F401 (a fixture)

SEED = program.BUILD / "tests" / "seed"
TELLS = ("as_of", "store_at", "columns", "rows", "cursor", "truncated")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    path = tmp_path_factory.mktemp("web") / "siltstone.db"
    subprocess.run([SEED, path], check=True)
    return path


@pytest.fixture
def web(siltstone, seeded, store, up):  # noqa: F811
    """A daemon over a copy of the store, which whoever is here may read."""
    shutil.copy(seeded, store)
    config(siltstone, "[recorder]\nrecording = no\n")
    d = up("--anonymous", "read-only")
    d.store, d.siltstone = store, siltstone
    return d


def ask(d, path, method="GET", body=None, headers=(), **params):
    """status, headers (lower case), body as bytes."""
    if params:
        path += "?" + urllib.parse.urlencode(params, doseq=True)
    c = http.client.HTTPConnection("127.0.0.1", d.port, timeout=40)
    c.request(method, path, json.dumps(body) if body is not None else None, dict(headers))
    answer = c.getresponse()
    got = answer.read()
    c.close()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, got


def get(d, name, **params):
    status, headers, body = ask(d, f"/api/{name}", **params)
    assert status == 200, body
    assert headers["content-type"] == "application/json" and headers["x-content-type-options"] == "nosniff"
    answer = json.loads(body)
    assert tuple(answer) == TELLS
    return answer


def refused(d, path, **kw):
    status, _, body = ask(d, path, **kw)
    e = json.loads(body)["error"]
    assert set(e) == {"code", "message", "hint"}
    return status, e["code"], e["message"], e["hint"]


def query(d, sql, **more):
    return ask(d, "/api/query", "POST", {"sql": sql, **more})


def told(d, *args):
    return json.loads(d.siltstone.ok(*args, "--store", d.store, "--format", "json").out)


def paged(d, name, limit, **params):
    rows, answer = [], get(d, name, limit=limit, **params)
    while True:
        assert len(answer["rows"]) <= limit
        rows += answer["rows"]
        if not answer["cursor"]:
            return rows
        answer = get(d, name, limit=limit, cursor=answer["cursor"], **params)


# ---- every route answers as the command line does

SAME = [
    ("resources", {}, ["ls"]),
    ("resources", {"type": "instance", "at": "2026-10-02 12:00"}, ["ls", "instance", "--as-of", "2026-10-02 12:00"]),
    ("resources", {"tag": "Owner=search"}, ["ls", "--tag", "Owner=search"]),
    ("resources", {"tag": ["Owner=", "Name"]}, ["ls", "--tag", "Owner=", "--tag", "Name"]),
    ("resources", {"where": "configuration->>'$.instanceType' = 't3.large'"}, ["ls", "--where", "configuration->>'$.instanceType' = 't3.large'"]),
    ("resources", {"deleted": "1"}, ["ls", "--deleted"]),
    ("resources", {"region": "us-*"}, ["ls", "--region", "us-*"]),
    ("changes", {}, ["log"]),
    ("changes", {"since": "2026-10-02", "until": "2026-10-03"}, ["log", "--since", "2026-10-02", "--until", "2026-10-03"]),
    ("changes", {"id": "web-1", "property": "instanceType"}, ["log", "web-1", "-p", "instanceType"]),
    ("changes", {"at": "2026-10-02 12:00", "type": "AWS::EC2::*"}, ["log", "AWS::EC2::*", "--as-of", "2026-10-02 12:00"]),
    ("history", {}, ["query", "SELECT * FROM history ORDER BY t DESC, resource_type, resource_id, rid, version DESC"]),
    ("history", {"id": "i-0a1", "since": "2026-10-02"}, ["query", "SELECT * FROM history WHERE resource_id = 'i-0a1' AND at >= '2026-10-02' ORDER BY t DESC"]),
    ("timeline", {"id": "i-0a1"}, ["query", "SELECT * FROM timeline WHERE resource_id = 'i-0a1' ORDER BY t DESC, version DESC, event, summary"]),
    ("relationships", {}, ["query", "SELECT * FROM relationships ORDER BY resource_type, resource_id, rid, relation, target_type, target_id"]),
    ("relationships", {"at": "2026-10-02 12:00"}, ["query", "--as-of", "2026-10-02 12:00", "SELECT * FROM relationships ORDER BY resource_type, resource_id, rid, relation, target_type, target_id"]),
    ("tags", {}, ["query", "SELECT * FROM tags ORDER BY resource_type, resource_id, rid, key"]),
    ("tags", {"tag": "Owner", "type": "instance"}, ["query", "SELECT * FROM tags WHERE key = 'Owner' ORDER BY resource_type, resource_id, rid, key"]),
    ("compliance", {}, ["query", "SELECT * FROM compliance ORDER BY rule, resource_type, resource_id, rid"]),
    ("diff", {"id": "i-0a1"}, ["diff", "i-0a1"]),
    ("diff", {"id": "i-0a1", "from": "v1", "to": "v3"}, ["diff", "i-0a1", "v1..v3"]),
    ("diff", {"id": "i-0a1", "since": "2026-10-01 12:00", "until": "2026-10-02 12:00"}, ["diff", "i-0a1", "--since", "2026-10-01 12:00", "--until", "2026-10-02 12:00"]),
    ("drift", {"since": "2026-10-01 12:00", "until": "2026-10-05"}, ["diff", "--since", "2026-10-01 12:00", "--until", "2026-10-05"]),
    ("blame", {"id": "i-0a1"}, ["blame", "i-0a1"]),
    ("blame", {"id": "i-0a1", "to": "v2"}, ["blame", "i-0a1@v2"]),
    ("activity", {}, ["query", "SELECT * FROM activity ORDER BY t, resource_type, event"]),
    ("coverage", {}, ["coverage"]),
    ("coverage", {"since": "2026-10-01", "until": "2026-10-05", "type": "Volume"}, ["coverage", "--since", "2026-10-01", "--until", "2026-10-05", "--type", "Volume"]),
    ("coverage", {"at": "2026-10-03 12:00", "blind": "1"}, ["coverage", "--at", "2026-10-03 12:00", "--blind"]),
    ("gaps", {"since": "2026-10-01"}, ["gaps", "--since", "2026-10-01"]),
    ("since", {"where": "configuration->>'$.instanceType' = 't3.large'"}, ["since", "configuration->>'$.instanceType' = 't3.large'"]),
    ("since", {"where": "1", "id": "i-0a2", "until": "2026-10-02 12:00"}, ["since", "1", "--resource", "i-0a2", "--until", "2026-10-02 12:00"]),
    ("recorder", {}, ["query", "SELECT recorder, recording, status, strategy, types, excluded, globals, frequency, overrides, tags, every_seconds, role_arn, "
                      "started, stopped, changed, error_code, error, principal FROM recorder"]),
    ("deliveries", {}, ["deliveries"]),
    ("causes", {}, ["query", "SELECT * FROM causes"]),
    ("queries", {}, ["query", "SELECT name, title, sql, chart FROM queries ORDER BY name"]),
]


@pytest.mark.parametrize("name,params,args", SAME, ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(SAME)])
def test_a_route_answers_as_the_command_line_does(web, name, params, args):
    expected = told(web, *args)
    if name not in ("compliance", "causes", "deliveries") and "blind" not in params:
        assert expected, "the question has an answer"
    if name == "gaps" or (name == "since" and len(params) == 1):
        # What goes on is told up to now.
        for row in expected:
            row.pop("seconds")
    rows = get(web, name, **params)["rows"]
    for row in rows if "seconds" not in (expected or [{"seconds": 0}])[0] else []:
        row.pop("seconds", None)
    assert rows == expected
    # The same in pages of two.
    again = paged(web, name, 2, **params)
    for row in again if "seconds" not in (expected or [{"seconds": 0}])[0] else []:
        row.pop("seconds", None)
    assert again == expected


def test_an_answer_says_of_when_it_is(web):
    now = get(web, "resources")
    assert now["store_at"] == "2026-10-04T08:00:00Z" and abs(time.time() - time.mktime(time.strptime(now["as_of"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 60
    then = get(web, "resources", at="2026-10-02 12:00")
    assert then["as_of"] == "2026-10-02T12:00:00Z" and then["store_at"] == now["store_at"]
    # A connection that was asked about the past is not asked about the present.
    for _ in range(5):
        assert get(web, "resources")["rows"] == now["rows"]
    assert now["columns"] == list(now["rows"][0])


def test_a_text_is_looked_for_in_every_column(web):
    assert [r["resource_id"] for r in get(web, "resources", q="WEB-")["rows"]] == ["i-0a1", "i-0b3"]
    assert paged(web, "resources", 1, q="web-") == get(web, "resources", q="web-")["rows"]
    assert get(web, "resources", q="nosuch")["rows"] == []


def test_lines_and_tables(web):
    status, headers, body = ask(web, "/api/changes.jsonl?limit=3")
    assert (status, headers["content-type"]) == (200, "application/jsonl")
    assert [json.loads(line) for line in body.splitlines()] == get(web, "changes", limit=3)["rows"]
    assert headers["x-siltstone-store-at"] == "2026-10-04T08:00:00Z" and headers["x-siltstone-as-of"] and headers["x-siltstone-cursor"]
    status, headers, body = ask(web, "/api/resources.csv")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert body.decode() == web.siltstone.ok("ls", "--store", web.store, "--format", "csv").out
    assert "x-siltstone-cursor" not in headers
    assert [r["resource_id"] for r in csv.DictReader(io.StringIO(body.decode()))] == ["i-0a1", "i-0b3", "subnet-1", "logs"]


def test_pages_stay_what_they_were_while_rows_come(web):
    first = get(web, "history", limit=3)
    before = get(web, "history")["rows"]
    record(web.store, "i-new", 4)
    rows, answer = first["rows"], first
    while answer["cursor"]:
        answer = get(web, "history", limit=3, cursor=answer["cursor"])
        rows = rows + answer["rows"]
    assert rows == before
    assert len(get(web, "history")["rows"]) == len(before) + 4


def test_what_cannot_be_meant_is_refused_with_what_to_try(web):
    assert refused(web, "/api/resources?tpye=x") == (400, "INVALID", '/api/resources takes no parameter "tpye"', 'did you mean "type"?')
    status, code, message, hint = refused(web, "/api/blame?zzzzzz=1")
    assert (status, code) == (400, "INVALID") and hint == "it takes at, to, id, account, region, q, limit, cursor"
    status, code, message, hint = refused(web, "/api/changes?since=lately")
    assert (status, code, message) == (400, "INVALID", 'since: "lately" is no moment that is understood') and "yesterday 09:00" in hint
    assert refused(web, "/api/changes?since=2d&until=3d")[:3] == (400, "INVALID", "until is before since")
    assert refused(web, "/api/changes?limit=many")[0] == 400
    assert refused(web, "/api/changes?limit=1&limit=2")[0] == 400
    assert refused(web, "/api/changes?cursor=00")[:3] == (400, "INVALID", "this is no cursor of this question")
    assert refused(web, "/api/changes?cursor=" + get(web, "resources", limit=1)["cursor"])[0] == 400
    assert refused(web, "/api/resources?q=%zz")[0] == refused(web, "/api/resources?q=%ff")[0] == refused(web, "/api/resources?q=%00")[0] == 400
    assert refused(web, "/api/blame?id=nosuch")[:2] == (404, "NOTFOUND")
    assert refused(web, "/api/blame")[:2] == (400, "INVALID")
    assert refused(web, "/api/blame?id=i-0")[:2] == (409, "AMBIGUOUS")
    assert refused(web, "/api/resources?type=Instanse")[1] == "NOTFOUND"
    assert refused(web, "/api/resources?where=nosuch")[:2] == (400, "INVALID")
    assert refused(web, "/api/resources.xml")[:2] == (404, "NOTFOUND")
    status, code, message, hint = refused(web, "/api/resurces")
    assert status == 404 and "/api/resources" in hint
    assert ask(web, "/api/changes", "POST", {})[0] == 405
    assert ask(web, "/apix")[0] == 404


def test_the_list_of_routes_is_what_is_taken(web):
    status, _, body = ask(web, "/api")
    routes = json.loads(body)["routes"]
    assert status == 200 and ask(web, "/api/")[2] == body
    assert {r["path"] for r in routes} >= {f"/api/{n}" for n, _, _ in SAME} | {"/api/query", "/api/events", "/store.db"}
    for r in routes:
        for p in r["parameters"] if r["path"] not in ("/api/query", "/api/events") else []:
            answer = ask(web, r["path"], **{p["name"]: "1"})[2]
            assert b"takes no parameter" not in answer, (r, answer)


# ---- queries of one's own

def test_a_query_is_answered_with_its_values_and_moment(web):
    status, _, body = query(web, "SELECT resource_id, :n + 1 AS n, :s AS s FROM resources WHERE resource_type GLOB :t ORDER BY 1",
                            params={"n": 41, "s": None, "t": "*Instance"})
    assert status == 200 and json.loads(body)["rows"] == [{"resource_id": "i-0a1", "n": 42, "s": None}, {"resource_id": "i-0b3", "n": 42, "s": None}]
    body = json.loads(query(web, "SELECT resource_id FROM resources WHERE resource_type = 'AWS::EC2::Instance'", as_of="2026-10-02 12:00")[2])
    assert [r["resource_id"] for r in body["rows"]] == ["i-0a1", "i-0a2"] and body["as_of"] == "2026-10-02T12:00:00Z"
    body = json.loads(query(web, "SELECT value FROM json_each('[1,2,3]')", limit=2)[2])
    assert (body["rows"], body["truncated"], body["cursor"]) == ([{"value": 1}, {"value": 2}], True, None)
    assert json.loads(query(web, "SELECT value FROM json_each('[1,2]')", limit=2)[2])["truncated"] is False
    assert ask(web, "/api/query.csv", "POST", {"sql": "SELECT 1 AS a, 'x,y' AS b"})[2] == b'a,b\n1,"x,y"\n'
    # More than an answer holds: what fits, and a word about it.
    body = json.loads(query(web, "SELECT hex(zeroblob(1000000)) AS z FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]')")[2])
    assert body["truncated"] and 10 <= len(body["rows"]) < 20


def test_a_kept_query_is_asked_by_its_name(web):
    with sqlite3.connect(web.store) as db:
        columns = [r[1] for r in db.execute("PRAGMA table_info(_query)")]
        values = {"name": "of a type", "title": "Of a type", "sql": "SELECT resource_id FROM resources WHERE resource_type GLOB :t ORDER BY 1", "chart": "table"}
        row = {c: values.get(c, 0) for c in columns}
        db.execute(f"INSERT INTO _query({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values()))
    db.close()
    assert [r["resource_id"] for r in get(web, "query/of%20a%20type.json", t="*Bucket")["rows"]] == ["logs"]
    assert ask(web, "/api/query/of%20a%20type.csv?t=*Bucket&at=2026-10-01")[2] == b"resource_id\n"
    for q in get(web, "queries")["rows"]:
        if q["name"] != "of a type":
            get(web, f"query/{q['name']}.json")
    assert refused(web, "/api/query/nosuch")[:2] == (404, "NOTFOUND")
    status, code, message, hint = refused(web, "/api/query/of%20a%20type")
    assert (status, hint) == (400, "t=VALUE")
    assert refused(web, "/api/query/of%20a%20type?t=x&u=y")[0] == 400


def test_an_expression_of_aws_config_is_answered(web):
    status, _, body = ask(web, "/api/advanced-query", "POST", {"expression": "SELECT resourceId WHERE resourceType = 'AWS::EC2::Instance'"})
    assert status == 200 and sorted(r["resourceId"] for r in json.loads(body)["rows"]) == ["i-0a1", "i-0b3"]
    assert refused(web, "/api/advanced-query", method="POST", body={"expression": "SELECT FROM"})[:2] == (400, "INVALID")


WRITES = ["DELETE FROM _item", "UPDATE _resource SET deleted = 1", "CREATE TABLE x(y)", "DROP VIEW resources", "ATTACH '/etc/passwd' AS p",
          "ATTACH 'other.db' AS p", "VACUUM INTO 'copy.db'", "PRAGMA journal_mode = delete", "PRAGMA query_only = off", "BEGIN IMMEDIATE",
          "SELECT load_extension('x')", "SELECT readfile('/etc/passwd')", "SELECT writefile('x', 'y')", "WITH x AS (SELECT 1) DELETE FROM _item",
          "SELECT 1; DELETE FROM _item", "INSERT INTO _query SELECT 1 RETURNING 1", "REINDEX", "ANALYZE", "SELECT * FROM pragma_query_only",
          "SELECT sealed FROM _access_key", "SELECT count(*) FROM _access_key", "SELECT (SELECT 1 FROM _access_key)", "EXPLAIN DELETE FROM _item"]


@pytest.mark.parametrize("sql", WRITES)
def test_a_query_reads_the_store_and_nothing_else(web, sql):
    before = program.rows(web.store, "SELECT count(*), max(version) FROM _item")
    names = {p.name for p in web.siltstone.home.iterdir()}
    assert refused(web, "/api/query", method="POST", body={"sql": sql})[:2] == (400, "INVALID")
    if "_access_key" in sql:
        condition = urllib.parse.quote("resource_id = '' OR (" + sql + ") IS NOT NULL")
        assert refused(web, f"/api/resources?where={condition}")[0] == refused(web, f"/api/events?where={condition}")[0] == 400
    assert program.rows(web.store, "SELECT count(*), max(version) FROM _item") == before
    assert {p.name for p in web.siltstone.home.iterdir()} == names


def test_a_query_that_runs_away_is_ended(web):
    began = time.monotonic()
    status, code, message, hint = refused(web, "/api/query", method="POST", body={
        "sql": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n", "timeout_ms": 300})
    assert (status, code) == (413, "TOOBIG") and 0.3 <= time.monotonic() - began < 3
    assert refused(web, "/api/query", method="POST", body={"sql": "SELECT 1", "timeout_ms": 3600000})[0] == 400
    assert refused(web, "/api/query", method="POST", body={"sqll": "SELECT 1"})[3] == 'did you mean "sql"?'
    assert refused(web, "/api/query", method="POST", body={"sql": "SELECT nmae FROM resources"})[3] == 'did you mean "name"?'
    assert refused(web, "/api/query", method="POST", body={})[0] == refused(web, "/api/query", method="POST", body=[])[0] == 400
    assert refused(web, "/api/query", method="POST", body={"sql": "SELECT 1", "params": {"x": 1}})[0] == 400


# ---- who may

def test_a_token_reads_and_what_it_may_not_it_does_not(siltstone, seeded, store, up):  # noqa: F811
    shutil.copy(seeded, store)
    siltstone.ok("access", "init", "access.key")
    config(siltstone, "[recorder]\nrecording = no\n[access]\nkey_file = access.key\n")
    keys = [json.loads(siltstone.ok("access", "add", "--store", store, "--account", "123456789012", "--kind", "token", "--format", "json", *more).out)[0]["secret"]
            for more in ([], ["--deny", "WebQuery,WebEvents"], ["--allow", "Describe*"])]
    d = up()
    d.store = store
    status, headers, body = ask(d, "/api/resources")
    assert status == 401 and headers["www-authenticate"] == "Bearer" and json.loads(body)["error"]["code"] == "DENIED"
    for path in ("/api", "/api/nosuch", "/api/events", "/store.db"):
        assert ask(d, path)[0] == 401
    assert ask(d, "/api/query", "POST", {"sql": "SELECT 1"})[0] == 401
    shown = [{"Authorization": f"Bearer {k}"} for k in keys]
    assert ask(d, "/api/resources", headers={"Authorization": "Bearer SILTx_y"})[0] == 401
    assert ask(d, "/api/resources", headers=shown[0])[0] == ask(d, "/api/resources", headers=shown[1])[0] == 200
    assert ask(d, "/api/query", "POST", {"sql": "SELECT 1"}, shown[0])[0] == 200
    status, _, body = ask(d, "/api/query", "POST", {"sql": "SELECT 1"}, shown[1])
    assert status == 403 and "WebQuery" in json.loads(body)["error"]["message"]
    assert ask(d, "/api/events", headers=shown[1])[0] == ask(d, "/api/resources", headers=shown[2])[0] == 403


def test_pages_from_elsewhere_are_told_where_they_are_named(siltstone, seeded, store, up):  # noqa: F811
    shutil.copy(seeded, store)
    siltstone.ok("access", "init", "access.key")
    config(siltstone, "[recorder]\nrecording = no\n[access]\nkey_file = access.key\n[http]\ncors_origins = https://a.example, http://b.example:81\n")
    token = json.loads(siltstone.ok("access", "add", "--store", store, "--account", "123456789012", "--kind", "token", "--format", "json").out)[0]["secret"]
    d = up("--anonymous", "read-only")
    shown = {"Authorization": f"Bearer {token}"}
    for origin in ("https://a.example", "http://b.example:81"):
        status, headers, _ = ask(d, "/api/resources", headers={"Origin": origin, **shown})
        assert (status, headers["access-control-allow-origin"], headers["vary"]) == (200, origin, "Origin")
        status, headers, _ = ask(d, "/api/query", "OPTIONS", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        assert status == 200 and headers["access-control-allow-origin"] == origin and "Authorization" in headers["access-control-allow-headers"]
    for origin in ("https://a.exampl", "https://a.example.evil", "http://a.example", "https://a.example https", "null"):
        assert "access-control-allow-origin" not in ask(d, "/api/resources", headers={"Origin": origin, **shown})[1]
        assert ask(d, "/api/query", "OPTIONS", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})[0] == 403
    # Nobody in particular is somebody here, not somebody's page.
    assert ask(d, "/api/resources")[0] == 200 and ask(d, "/api/resources", headers={"Origin": "https://a.example"})[0] == 401
    assert "content-security-policy" in ask(d, "/api")[1]


def test_requests_are_counted_by_route(web):
    for path in ("resources", "resources.csv", "resources?nosuch=1", "nosuch/%s" % ("x" * 50)):
        ask(web, f"/api/{path}")
    query(web, "SELECT 1")
    get(web, "query/most-changed")
    m = metrics(web.get("/metrics")[1])
    assert m['siltstone_http_requests_total{route="/api/resources",code="200"}'] == 2
    assert m['siltstone_http_requests_total{route="/api/resources",code="400"}'] == 1
    assert m['siltstone_http_requests_total{route="/api",code="404"}'] == 1
    assert m['siltstone_http_requests_total{route="/api/query",code="200"}'] == 2
    lines = [line for line in web.get("/metrics")[1].splitlines() if not line.startswith("#")]
    assert len({line.rsplit(" ", 1)[0] for line in lines}) == len(lines)


# ---- events

def record(store, name, n, first=0):
    """n events, each a commit: a resource in versions, as somebody who writes to the store has them."""
    db = sqlite3.connect(store, timeout=30)
    for i in range(first, first + n):
        push(db, name, i)
    db.close()


def push(db, name, i):
    at = int(time.time() * 1000)
    with db:
        db.execute("BEGIN IMMEDIATE")
        rid = db.execute("SELECT rid FROM _resource WHERE id = ?", (name,)).fetchone()
        source = db.execute("SELECT item_id FROM _item WHERE document_id IS NOT NULL ORDER BY item_id LIMIT 1").fetchone()[0]
        if not rid:
            copy_row(db, "_resource", "rid", db.execute("SELECT rid FROM _item WHERE item_id = ?", (source,)).fetchone()[0],
                     id=name, name=name, arn=None, last_item=None)
            rid = db.execute("SELECT rid FROM _resource WHERE id = ?", (name,)).fetchone()
        db.execute("UPDATE _item SET until_ms = ? WHERE rid = ? AND until_ms = 253402300799000", (at, rid[0]))
        item = copy_row(db, "_item", "item_id", source, rid=rid[0], version=i + 1, captured_ms=at, recorded_ms=at, until_ms=253402300799000,
                        event="created" if i == 0 else "changed", name=None, arn=None)
        db.execute("UPDATE _resource SET last_item = ? WHERE rid = ?", (item, rid[0]))
        if not db.execute("SELECT 1 FROM _event WHERE item_id = ?", (item,)).fetchone():
            db.execute("INSERT INTO _event(at_ms, kind, item_id, account, region) VALUES (?, 'ConfigurationItemChangeNotification', ?, '123456789012', 'eu-west-1')",
                       (at, item))


def copy_row(db, table, key, value, **other):
    columns = [r[1] for r in db.execute(f"PRAGMA table_xinfo({table})") if r[6] == 0 and r[1] != key]
    row = dict(zip(columns, db.execute(f"SELECT {','.join(columns)} FROM {table} WHERE {key} = ?", (value,)).fetchone()))
    row.update({k: v for k, v in other.items() if k in row})
    return db.execute(f"INSERT INTO {table}({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values())).lastrowid


class Stream:
    """A reader of server-sent events on a socket of its own."""

    def __init__(self, d, after=None, last=None, buffer=None, **params):
        if after is not None:
            params["after"] = after
        path = "/api/events" + ("?" + urllib.parse.urlencode(params) if params else "")
        self.s = socket.socket()
        if buffer:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.s.settimeout(20)
        self.s.connect(("127.0.0.1", d.port))
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{d.port}\r\n" + (f"Last-Event-ID: {last}\r\n" if last is not None else "")
        self.s.sendall(head.encode() + b"\r\n")
        self.f = self.s.makefile("rb")
        self.status = int(self.f.readline().split()[1])
        self.headers = {}
        while (line := self.f.readline().strip()):
            k, v = line.decode().split(": ", 1)
            self.headers[k.lower()] = v
        self.left, self.last = b"", last

    def chunk(self):
        """Bytes, or b"" when it has ended as it should."""
        n = int(self.f.readline().strip() or b"-1", 16)
        if n < 0:
            raise EOFError
        got = self.f.read(n)
        assert self.f.readline() == b"\r\n"
        return got

    def __iter__(self):
        while piece := self.chunk():
            self.left += piece
            while b"\n\n" in self.left:
                block, self.left = self.left.split(b"\n\n", 1)
                event = dict(line.split(": ", 1) for line in block.decode().split("\n") if not line.startswith(":"))
                self.last = event.get("id", self.last)
                if "data" in event:
                    assert event["event"] == "change"
                    data = json.loads(event["data"])
                    assert str(data["cursor"]) == event["id"]
                    yield data

    def take(self, n):
        got = []
        for event in self:
            got.append(event)
            if len(got) == n:
                break
        return got

    def close(self):
        self.f.close()
        self.s.close()


def test_a_stream_tells_what_the_command_line_follows(web):
    n = program.one(web.store, "SELECT count(*) FROM _event")
    s = Stream(web, after=0)
    assert s.status == 200 and s.headers["content-type"] == "text/event-stream; charset=utf-8"
    got = s.take(n)
    s.close()
    lines = [json.loads(line) for line in web.siltstone.ok("log", "--follow", "--cursor", "0", "-n", str(n), "--store", web.store, "--format", "jsonl").out.splitlines()]
    flat = []
    for event in got:
        changes = event.pop("changes")
        flat += [{**event, **c} for c in changes or [{"op": None, "property": None, "before": None, "after": None}]]
    assert flat == lines


def test_a_stream_tells_at_once_and_only_what_is_wanted(web):
    mine = Stream(web, where="resource_id = 'i-live' AND configuration->>'$.instanceType' = 't3.micro'")
    other = Stream(web, type="AWS::S3::*")
    everything = Stream(web)
    record(web.store, "i-other", 1)
    record(web.store, "i-live", 2)
    assert [e["resource_id"] for e in everything.take(3)] == ["i-other", "i-live", "i-live"]
    assert [(e["resource_id"], e["version"]) for e in mine.take(2)] == [("i-live", 1), ("i-live", 2)]
    # What it is not told of it is past, too: the beat says so, and a newcomer begins behind.
    assert other.last is None
    began = time.monotonic()
    web.process.terminate()
    assert list(other) == list(mine) == list(everything) == []
    web.process.wait(10)
    assert time.monotonic() - began < 3 and int(other.last) > 0


def test_no_event_is_lost_or_told_twice_by_clients_that_are_cut_off(web):
    newest = program.one(web.store, "SELECT max(event_id) FROM _event")
    total = 1200
    writer = threading.Thread(target=record, args=(web.store, "i-busy", total))
    writer.start()
    seen, last, cuts = [], newest, 0
    while len(seen) < total:
        s = Stream(web, last=last)
        assert s.status == 200
        for e in s.take(min(40 + cuts * 7 % 90, total - len(seen))):
            seen.append(e["cursor"])
            last = e["cursor"]
        s.s.shutdown(socket.SHUT_RDWR) if cuts % 2 else s.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        s.close()
        cuts += 1
    writer.join()
    assert cuts > 10
    assert seen == [r[0] for r in program.rows(web.store, "SELECT event_id FROM _event WHERE event_id > ? ORDER BY event_id", newest)]


def test_whoever_is_slow_keeps_nobody_waiting(web):
    record(web.store, "i-slow", 1500)
    slow = [Stream(web, after=0, buffer=4096) for _ in range(8)]
    try:
        began = time.monotonic()
        for _ in range(20):
            get(web, "resources")
        assert time.monotonic() - began < 5
        s = Stream(web)
        record(web.store, "i-quick", 1)
        assert [e["resource_id"] for e in s.take(1)] == ["i-quick"]
        s.close()
        # One that goes on gets it all.
        n = program.one(web.store, "SELECT count(*) FROM _event")
        assert len(slow[0].take(n)) == n
    finally:
        for s in slow:
            s.close()
    with open(f"/proc/{web.process.pid}/status") as f:
        assert int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) < (2_000_000 if program.BUILD.name == "asan" else 200_000)


def test_there_are_so_many_streams_and_then_no_more(web):
    streams = [Stream(web) for _ in range(64)]
    assert {s.status for s in streams} == {200}
    status, code, _, _ = refused(web, "/api/events")
    assert (status, code) == (503, "BUSY")
    record(web.store, "i-many", 2)
    for s in streams:
        assert [e["version"] for e in s.take(2)] == [1, 2]
        s.close()
    wait_for(lambda: Stream(web).status == 200)


def test_a_stream_that_cannot_be_meant_is_refused(web):
    assert refused(web, "/api/events?after=x")[:2] == (400, "INVALID")
    assert refused(web, "/api/events?where=nosuch%20%3D%201")[:2] == (400, "INVALID")
    assert refused(web, "/api/events?wher=1")[3] == 'did you mean "where"?'
    assert refused(web, "/api/events", headers={"Last-Event-ID": "x"})[:2] == (400, "INVALID")
    assert refused(web, "/api/events?id=nosuch")[:2] == (404, "NOTFOUND")
    assert ask(web, "/api/events", "HEAD")[0] == 200


# ---- the published copy

@pytest.fixture
def published(siltstone, seeded, store, up):  # noqa: F811
    shutil.copy(seeded, store)
    config(siltstone, "[recorder]\nrecording = no\n[publish]\npath = flat.db\nevery = 1s\n")
    d = up("--anonymous", "read-only")
    d.store, d.copy = store, siltstone.home / "flat.db"
    d.wait("event=publish.done")
    return d


def ranged(d, first, last, **headers):
    return ask(d, "/store.db", headers={"Range": f"bytes={first}-{last}", **headers})


def test_ranges_of_the_copy(published):
    whole = published.copy.read_bytes()
    status, headers, body = ask(published, "/store.db")
    assert (status, body) == (200, whole) and headers["accept-ranges"] == "bytes" and "content-encoding" not in headers
    etag = headers["etag"]
    status, headers, body = ask(published, "/store.db", "HEAD")
    assert (status, body, headers["content-length"], headers["etag"]) == (200, b"", str(len(whole)), etag)
    status, headers, body = ranged(published, 0, 99)
    assert (status, body, headers["content-range"]) == (206, whole[:100], f"bytes 0-99/{len(whole)}")
    assert ranged(published, 100, "")[2] == whole[100:] and ranged(published, "", 7)[2] == whole[-7:]
    assert ranged(published, len(whole) - 1, len(whole) + 99)[2] == whole[-1:]
    assert ranged(published, 0, 0)[2] == whole[:1] and ranged(published, "", 10 ** 9)[2] == whole
    for first, last in ((len(whole), ""), ("", 0), (len(whole) + 5, len(whole) + 9)):
        status, headers, body = ranged(published, first, last)
        assert (status, headers["content-range"], body) == (416, f"bytes */{len(whole)}", b"")
    for strange in ("bytes=5-2", "bytes=a-b", "pages=1-2", "bytes=0-1,4-5", "bytes=-"):
        assert ask(published, "/store.db", headers={"Range": strange})[0] == 200
    assert ranged(published, 0, 3, **{"If-Range": etag})[0] == 206 and ranged(published, 0, 3, **{"If-Range": '"x"'})[::2] == (200, whole)
    assert ask(published, "/store.db", headers={"If-None-Match": etag})[0] == 304
    assert "/store.db" in ask(published, "/metrics")[2].decode()


def test_a_large_copy_is_one_edition_while_another_is_published(published):
    # Somebody else's large file in its place: what is read is by handle.
    big = b"".join(bytes([i % 251]) * 65536 for i in range(320))
    new = published.copy.with_suffix(".new")
    new.write_bytes(big)
    new.rename(published.copy)
    c = http.client.HTTPConnection("127.0.0.1", published.port, timeout=30)
    c.request("GET", "/store.db")
    answer = c.getresponse()
    got = answer.read(100_000)
    new.write_bytes(b"another")
    new.rename(published.copy)
    for _ in range(5):
        assert ask(published, "/store.db")[2] == b"another"
    got += answer.read()
    assert got == big
    c.close()


class Ranges:
    """SQLite's pages, each by a range, as a VFS in a browser reads them."""

    def __init__(self, d):
        self.d, self.asked, self.cache = d, 0, {}
        status, headers, head = ranged(d, 0, 99)
        self.etag, self.page = headers["etag"], int.from_bytes(head[16:18], "big")
        self.pages = int(headers["content-range"].split("/")[1]) // self.page

    def read(self, n):
        if n not in self.cache:
            status, headers, body = ranged(self.d, (n - 1) * self.page, n * self.page - 1, **{"If-Range": self.etag})
            assert status == 206 and len(body) == self.page
            self.asked += 1
            self.cache[n] = body
        return self.cache[n]

    def tables(self):
        """Names in the schema: a walk down its b-tree."""
        names, todo = [], [1]
        while todo:
            n = todo.pop()
            page, at = self.read(n), 100 if n == 1 else 0
            cells = int.from_bytes(page[at + 3:at + 5], "big")
            inner = page[at] == 5
            pointers = [int.from_bytes(page[at + (12 if inner else 8) + 2 * i:][:2], "big") for i in range(cells)]
            if inner:
                todo += [int.from_bytes(page[p:p + 4], "big") for p in pointers] + [int.from_bytes(page[at + 8:at + 12], "big")]
            else:
                names += [page[p:p + 200] for p in pointers]
        return names


def test_the_copy_is_read_by_its_pages(published, tmp_path):
    r = Ranges(published)
    assert any(b"resources" in cell for cell in r.tables()) and r.asked < r.pages
    # All of its pages are a database that says what the store does.
    path = tmp_path / "pages.db"
    path.write_bytes(b"".join(r.read(n) for n in range(1, r.pages + 1)))
    assert program.rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert program.rows(path, "SELECT resource_id FROM resources ORDER BY 1") == program.rows(published.store, "SELECT resource_id FROM resources ORDER BY 1")


def test_what_is_not_published_is_not_there(web):
    status, code, message, hint = refused(web, "/store.db")
    assert (status, code, message) == (404, "NOTFOUND", "nothing is published") and "[publish]" in hint


def test_reading_writes_nothing(web):
    db = sqlite3.connect(web.store)
    before = db.execute("PRAGMA data_version").fetchone()
    for name, params, _ in SAME:
        get(web, name, **params)
    query(web, "SELECT 1")
    ask(web, "/store.db")
    assert db.execute("PRAGMA data_version").fetchone() == before
    db.close()
