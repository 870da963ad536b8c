# SPDX-License-Identifier: Apache-2.0
"""What the web pages ask of the server: boards, findings, neighbourhoods, how it goes."""

import sqlite3

import program
from test_daemon import up  # noqa: F401 (a fixture)
from test_web_api import ask, get, refused, seeded, web  # noqa: F401 (fixtures)

DAY = 86400_000
FOREVER = 253402300799000
NOON = 1790942400_000  # 2026-10-02 12:00:00


def execute(store, statements):
    with sqlite3.connect(store, timeout=20) as db:
        for sql, values in statements:
            db.execute(sql, values)
    db.close()


def rid(store, resource_id):
    return program.one(store, f"SELECT rid FROM _resource WHERE id = '{resource_id}'")


def verdict(store, resource_id, result, since, until=FOREVER, rule="no-ssh", annotation=None):
    return ("INSERT INTO _verdict(rid, rule, result, annotation, since_ms, until_ms, account, region) VALUES (?,?,?,?,?,?,?,?)",
            (rid(store, resource_id), rule, result, annotation, since, until, "111122223333", "eu-west-1"))


def judge(store):
    """Two instances: one mended after a day and broken again, one never looked at but once."""
    execute(store, [
        ("INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, identifier, state_ms, created_ms, changed_ms) VALUES (?,?,?,?,?,?,?,?,?,?)",
         ("111122223333", "eu-west-1", "silent", "config-rule-silent", "arn:silent", "AWS", "SILENT", 1, 1, 1)),
        verdict(store, "i-0a1", "COMPLIANT", NOON - 10 * DAY, NOON - 3 * DAY),
        verdict(store, "i-0a1", "NON_COMPLIANT", NOON - 3 * DAY, NOON - 2 * DAY),
        verdict(store, "i-0a1", "COMPLIANT", NOON - 2 * DAY, NOON),
        verdict(store, "i-0a1", "NON_COMPLIANT", NOON, annotation="port 22 is open to <b>0.0.0.0/0</b>"),
        verdict(store, "logs", "NON_COMPLIANT", NOON - DAY // 2),
        verdict(store, "i-0b3", "COMPLIANT", NOON - 10 * DAY),
    ])


def test_a_board_counts_places_and_days_and_begins_with_the_worst(web):
    judge(web.store)
    board = get(web, "board", at="2026-10-02 12:00", since="2026-09-25 12:00")["rows"]
    assert [(r["rule"], r["compliant"], r["non_compliant"], r["insufficient"]) for r in board] == [("no-ssh", 1, 2, 0), ("silent", 0, 0, 0)]
    assert board[0]["failing_json"] == [0, 0, 0, 0, 1, 0, 0, 2] and board[0]["newest"] == "2026-10-02 12:00:00"
    assert board[1]["failing_json"] == [] and board[1]["source"] == "SILENT"
    # As it stood, not as it stands.
    assert [(r["rule"], r["compliant"], r["non_compliant"]) for r in get(web, "board", at="2026-10-01 12:00", rule="no-*")["rows"]] == [("no-ssh", 2, 0)]
    assert get(web, "board", region="us-*")["rows"] == get(web, "board", account="1")["rows"] == []
    assert get(web, "board", limit=1)["rows"][0]["rule"] == "no-ssh"
    assert refused(web, "/api/board?since=3y")[:3] == (400, "INVALID", "a board is of 400 days at most")
    assert refused(web, "/api/board?since=2026-10-03&at=2026-10-02")[:2] == (400, "INVALID")


def test_a_finding_says_since_when_what_it_was_and_by_whom(web):
    judge(web.store)
    execute(web.store, [("UPDATE _item SET actor = 'alice' WHERE rid = ? AND captured_ms <= ?", (rid(web.store, "i-0a1"), NOON))])
    found = get(web, "findings", rule="no-ssh", result="NON_COMPLIANT")["rows"]
    assert [(f["resource_id"], f["since"], f["was"]) for f in found] == [("i-0a1", "2026-10-02 12:00:00", "COMPLIANT"), ("logs", "2026-10-02 00:00:00", None)]
    assert found[0]["actor"] == "alice" and found[0]["version"] and found[0]["annotation"] == "port 22 is open to <b>0.0.0.0/0</b>"
    assert [k[2] for k in get(web, "findings", rule="no-ssh", id="i-0a1", since="2026-09-01")["rows"][0]["lane_json"]] == ["COMPLIANT", "NON_COMPLIANT"] * 2
    assert get(web, "findings", rule="no-ssh", limit=1, cursor=get(web, "findings", rule="no-ssh", limit=1)["cursor"])["rows"][0]["resource_id"] == "logs"
    assert [f["result"] for f in get(web, "findings", rule="no-ssh", id="i-0a1", at="2026-09-30 12:00")["rows"]] == ["COMPLIANT"]
    assert refused(web, "/api/findings")[3] == "rule=RULE: its whole name; GET /api/board lists them"


def test_fixes_tell_what_was_mended_and_what_waits(web):
    judge(web.store)
    fixes = get(web, "fixes", at="2026-10-02 12:00")["rows"]
    assert fixes == [{"rule": "no-ssh", "mended": 1, "open": 2, "mean_seconds": 86400, "median_seconds": 86400, "longest_seconds": 86400, "oldest_open_seconds": 43200}]
    assert get(web, "fixes", at="2026-09-25")["rows"] == []


def test_a_pack_has_the_score_of_its_rules(web):
    judge(web.store)
    execute(web.store, [
        ("INSERT INTO _conformance_pack(account, region, name, pack_id, arn, template, state, requested_ms) VALUES (?,?,?,?,?,?,?,?)",
         ("111122223333", "eu-west-1", "pack", "conformance-pack-1", "arn:pack", "", "CREATE_COMPLETE", NOON)),
        ("INSERT INTO _pack_rule(account, region, pack, rule, logical_id) VALUES (?,?,?,?,?)", ("111122223333", "eu-west-1", "pack", "no-ssh", "NoSsh"))])
    pack = get(web, "packs")["rows"][0]
    assert (pack["score"], pack["rules"], pack["failing_rules"], pack["rules_json"]) == (33.3, 1, 1, ["no-ssh"])
    assert get(web, "packs", at="2026-10-01")["rows"] == []


def link(store, of, to, since=NOON - DAY, until=FOREVER, name="Is contained in Vpc "):
    return ("INSERT INTO _edge(rid, name, target_type, target_id, target_rid, by, link, ext, since_ms, until_ms) VALUES (?,?,?,?,?,'id',?,0,?,?)",
            (of, name, "AWS::EC2::VPC", to, program.one(store, f"SELECT (SELECT rid FROM _resource WHERE id = '{to}')"), to, since, until))


def many(store, hub, n):
    """So many that point at @hub, and one behind each of them."""
    execute(store, [("INSERT INTO _resource(rid, account, region, type, id, deleted) VALUES (?, '111122223333', 'eu-west-1', ?, ?, 0)",
                     (10_000 + i, "AWS::EC2::Subnet" if i % 2 else "AWS::EC2::Volume", f"n-{i:05d}")) for i in range(n)])
    execute(store, [link(store, 10_000 + i, hub) for i in range(n)])


def test_a_graph_is_bounded_however_many_neighbours_there_are(web):
    many(web.store, "subnet-1", 3000)
    graph = get(web, "graph", id="subnet-1")
    volumes = [r for r in graph["rows"] if r["resource_type"] == "AWS::EC2::Volume"]
    assert len(volumes) == 8 and {r["n"] for r in volumes} == {1500} and {(r["side"], r["level"], r["relation"]) for r in volumes} == {("in", 1, "Is contained in Vpc")}
    assert len(get(web, "graph", id="subnet-1", type="AWS::EC2::Volume", limit=200)["rows"]) == 200
    deep = get(web, "graph", id="subnet-1", depth=3, limit=200)
    assert len(deep["rows"]) <= 600 and deep["truncated"]
    assert get(web, "graph", id="subnet-1", depth=3)["rows"] == get(web, "graph", id="subnet-1", depth=3)["rows"]
    # From one of them on: the hub, and what it leads to, but not its other neighbours.
    execute(web.store, [link(web.store, rid(web.store, "i-0b3"), "subnet-1")])
    reached = {r["resource_id"] for r in get(web, "graph", id="i-0b3", depth=2)["rows"]}
    assert "subnet-1" in reached and not any(i.startswith("n-") for i in reached)
    for wrong in ("depth=4", "limit=201", "depth=x"):
        assert refused(web, f"/api/graph?id=subnet-1&{wrong}")[0] == 400
    assert refused(web, "/api/graph")[:2] == (400, "INVALID") and refused(web, "/api/graph?id=nosuch")[:2] == (404, "NOTFOUND")
    assert refused(web, "/api/graph?id=subnet-1&at=2020-01-01")[:2] == (404, "NOTFOUND")


def test_a_graph_tells_what_came_and_went_with_the_version(web):
    me = rid(web.store, "i-0a1")
    begun = program.one(web.store, f"SELECT captured_ms FROM _item WHERE rid = {me} ORDER BY version DESC LIMIT 1")
    execute(web.store, [("DELETE FROM _edge WHERE rid = ?", (me,)), link(web.store, me, "came", since=begun), link(web.store, me, "went", until=begun), link(web.store, me, "stayed")])
    states = {r["resource_id"]: r["state"] for r in get(web, "graph", id="i-0a1")["rows"]}
    assert {k: states[k] for k in ("came", "went", "stayed")} == {"came": "added", "went": "removed", "stayed": "held"}
    assert "went" in {r["resource_id"] for r in get(web, "graph", id="i-0a1", at=str(begun // 1000 - 60))["rows"]}


def test_how_it_goes_is_told(web):
    status = get(web, "status")["rows"][0]
    assert status["resources"] == len(get(web, "resources")["rows"]) and status["bytes"] > 100_000 and status["dead"] == 0
    for name in ("sources", "incomplete", "denials", "channels", "streams", "sinks", "outbox"):
        get(web, name)
    execute(web.store, [
        ("INSERT INTO _sink(name, kind, target, cursor) VALUES ('hook', 'webhook', 'https://hooks.example/x?key=secret', 0)", ()),
        ("INSERT INTO _denial VALUES ('111122223333', 'eu-west-1', 'AWS::X::Y', 1, 2, 3, 4, 'not allowed', 'AccessDenied')", ())])
    assert "secret" not in ask(web, "/api/sinks")[2].decode() and get(web, "sinks")["rows"][0]["behind"] > 0
    assert get(web, "outbox", limit=1)["rows"][0]["sink"] == "hook" and get(web, "denials")["rows"][0]["times"] == 3


def test_an_expression_is_explained(web):
    status, _, body = ask(web, "/api/advanced-query", "POST", {"expression": "SELECT resourceId WHERE resourceType = 'AWS::EC2::VPC'", "explain": True})
    assert status == 200 and b"r.resource_type = :v1" in body and b":v1 = " in body
    wrong = refused(web, "/api/advanced-query", method="POST", body={"expression": "SELECT resourceId WHER x = 1", "explain": True})
    assert wrong[:3] == (400, "INVALID", "syntax error at line 1, column 19") and "found WHER" in wrong[3]
    assert refused(web, "/api/advanced-query", method="POST", body={"expression": "SELECT resourceId", "explain": "yes"})[0] == 400
