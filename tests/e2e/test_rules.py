# SPDX-License-Identifier: Apache-2.0
"""Rules on the command line: put, evaluated, checked, tried over ninety days of history, and tested by cases."""

import json
import sqlite3

import pytest

import program

END = "2026-11-20T09:00:00Z"
PACKS = program.TOP / "tests" / "e2e" / "packs"
PLACE = ("--account", "111122223333", "--region", "eu-west-1")
NAMES = """-- types: AWS::EC2::SecurityGroup
-- text: groups are described
SELECT item_id, CASE WHEN length(name) > CAST(coalesce(:parameters ->> '$.most', 12) AS INTEGER) THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       'the name has ' || length(name) || ' letters' AS annotation FROM item WHERE name IS NOT NULL
"""


@pytest.fixture(scope="module")
def ninety_days(tmp_path_factory):
    home = tmp_path_factory.mktemp("ninety")
    program.Siltstone(home).ok("demo", "--store", home / "silt.db", "--end", END, "--scale", "1000")
    return home / "silt.db"


@pytest.fixture
def cli(siltstone, ninety_days):
    program.copy_store(ninety_days, siltstone.home / "siltstone.db")
    (siltstone.home / "names.sql").write_text(NAMES)
    return siltstone


def rows(r):
    return [json.loads(line) for line in r.out.splitlines()]


def ask(cli, *args):
    return rows(cli.ok(*args, "--format", "jsonl"))


def api(cli, operation, **body):
    return json.loads(cli.ok("api", operation, json.dumps(body), *PLACE).out or "{}")


def fails(cli, code, *args):
    r = cli.run(*args)
    assert r.code == code, (r.code, r.out, r.err)
    return r.err


def put(cli, name, *args):
    return cli.ok("rule", "put", name, *args, *PLACE)


def test_a_rule_of_each_kind_is_what_the_api_shows(cli):
    put(cli, "ports", "--managed", "RESTRICTED_INCOMING_TRAFFIC", "--param", "blockedPort1=22", "--types", "AWS::EC2::SecurityGroup", "--note", "shut")
    put(cli, "names", "--sql", "names.sql", "--types", "AWS::EC2::SecurityGroup,AWS::EC2::VPC", "--param", "most=20")
    (cli.home / "policy.guard").write_text("rule it { configuration.a == 1 }")
    put(cli, "guarded", "--guard", "policy.guard", "--types", "AWS::S3::Bucket", "--resource", "b")
    put(cli, "called", "--function", "judge", "--on", "change,periodic", "--frequency", "3h", "--tag", "Env=prod")
    (cli.home / "rule.json").write_text(json.dumps({"ConfigRule": {"ConfigRuleName": "given", "Source": {
        "Owner": "AWS", "SourceIdentifier": "EC2_IMDSV2_CHECK"}}}))
    cli.ok("rule", "put", "--json", "rule.json", *PLACE)
    there = {r["ConfigRuleName"]: r for r in api(cli, "DescribeConfigRules")["ConfigRules"]}
    assert there["ports"]["InputParameters"] == '{"blockedPort1":"22"}' and there["ports"]["Description"] == "shut"
    assert there["ports"]["Scope"] == {"ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"]}
    assert there["names"]["Source"]["CustomPolicyDetails"]["PolicyRuntime"] == "sql"
    assert there["guarded"]["Source"]["CustomPolicyDetails"]["PolicyRuntime"] == "guard-2.x.x"
    assert there["guarded"]["Scope"] == {"ComplianceResourceTypes": ["AWS::S3::Bucket"], "ComplianceResourceId": "b"}
    called = there["called"]["Source"]
    assert called["SourceIdentifier"] == "arn:aws:lambda:eu-west-1:111122223333:function:judge"
    assert [d["MessageType"] for d in called["SourceDetails"]] == [
        "ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification", "ScheduledNotification"]
    assert called["SourceDetails"][2]["MaximumExecutionFrequency"] == "Three_Hours"
    assert there["called"]["Scope"] == {"TagKey": "Env", "TagValue": "prod"}
    assert there["given"]["Source"]["SourceIdentifier"] == "EC2_IMDSV2_CHECK"
    listed = {r["rule"]: r for r in ask(cli, "rule", "list", *PLACE)}
    assert listed["called"]["runs_on"] == "change, periodic" and listed["names"]["owner"] == "CUSTOM_POLICY"
    assert "blockedPort1" in cli.ok("rule", "show", "ports").out
    cli.ok("rule", "delete", "ports", *PLACE)
    assert fails(cli, 3, "rule", "show", "ports").startswith('siltstone: there is no rule "ports"')
    assert "rule list" in fails(cli, 3, "rule", "delete", "ports", *PLACE)


def test_what_aws_config_would_refuse_is_refused_in_its_words(cli):
    assert "sourceIdentifier NOPE is invalid" in fails(cli, 2, "rule", "put", "x", "--managed", "NOPE", *PLACE)
    assert "Unknown parameters" in fails(cli, 2, "rule", "put", "x", "--managed", "EC2_IMDSV2_CHECK", "--param", "a=1", *PLACE)
    assert "one of --managed" in fails(cli, 2, "rule", "put", "x", *PLACE)
    assert "one of --managed" in fails(cli, 2, "rule", "put", "x", "--managed", "A", "--sql", "names.sql")
    assert "NAME=VALUE" in fails(cli, 2, "rule", "put", "x", "--managed", "EC2_IMDSV2_CHECK", "--param", "a")
    assert 'open "none.sql"' in fails(cli, 3, "rule", "put", "x", "--sql", "none.sql")
    assert "--on is change" in fails(cli, 2, "rule", "put", "x", "--function", "f", "--on", "never")
    assert "several places" in fails(cli, 3, "rule", "delete", "restricted-ssh")


def test_a_rule_that_is_evaluated_says_the_same_when_it_is_asked_again_and_when_it_is_tried(cli):
    put(cli, "names", "--sql", "names.sql", "--param", "most=14")
    ran = ask(cli, "rule", "evaluate", "names")
    assert len(ran) == 1 and ran[0]["non_compliant"] > 0 and ran[0]["compliant"] > 0 and ran[0]["error"] is None
    assert ran[0]["changed"] == ran[0]["judged"]
    assert ask(cli, "rule", "evaluate", "names")[0]["changed"] == 0
    found = ask(cli, "check", "names")
    assert len(found) == ran[0]["judged"]
    judged = ask(cli, "check", "names", "--evaluate")
    key = lambda r: (r["resource_id"], r["result"], r["annotation"])
    assert sorted(map(key, found)) == sorted(map(key, judged))
    tried = ask(cli, "rule", "try", "names.sql", "--param", "most=14", "--since", "2026-08-01", *PLACE)
    assert sorted(map(key, found)) == sorted(key(r) for r in tried if r["still"])
    one = ask(cli, "rule", "list", "names")[0]
    assert (one["non_compliant"], one["compliant"]) == (ran[0]["non_compliant"], ran[0]["compliant"]) and one["evaluated"]
    assert cli.run("check", "names", "--exit-code").code == 1
    assert fails(cli, 3, "rule", "evaluate", "nothing")
    assert fails(cli, 3, "check", "nothing") and fails(cli, 3, "check", "nothing", "--evaluate")


def test_what_was_found_is_told_with_when_and_who(cli):
    story = ask(cli, "since", "--rule", "restricted-ssh")
    assert len(story) == 1 and story[0]["event_name"] == "AuthorizeSecurityGroupIngress" and story[0]["actor"].endswith(":user/alice")
    assert story[0]["still"] == 0 and 3 * 86400 < story[0]["seconds"] < 5 * 86400
    group = story[0]["resource_id"]
    assert ask(cli, "since", "--rule", "restricted-*", group) == story
    assert ask(cli, "since", "--rule", "restricted-ssh", "--until", "2026-10-01") == []
    then = ask(cli, "check", "restricted-ssh", "--as-of", "2026-11-15", "--failing")
    assert [r["resource_id"] for r in then] == [group] and then[0]["actor"] == story[0]["actor"]
    assert ask(cli, "check", "restricted-ssh", "--failing") == []
    failing = [r for r in ask(cli, "check", "--as-of", "2026-11-15") if r["rule"] == "restricted-ssh" and r["non_compliant"]]
    assert len(failing) == 1 and failing[0]["since"] == story[0]["since"]
    assert ask(cli, "check", "--type", "securitygroup", "--as-of", "2026-11-15", "--failing")[0]["rule"] == "restricted-ssh"
    # The same rule, run now over what was there then, and over all of it.
    again = ask(cli, "check", "restricted-ssh", "--as-of", "2026-11-15", "--failing", "--evaluate")
    assert [r["resource_id"] for r in again] == [group]
    tried = ask(cli, "rule", "try", "INCOMING_SSH_DISABLED", "--since", "2026-08-01", "--failing")
    assert [r["resource_id"] for r in tried] == [group] and tried[0]["annotation"] == story[0]["annotation"]
    assert tried[0]["since"] <= story[0]["since"] and abs(tried[0]["seconds"] - story[0]["seconds"]) < 60
    shown = cli.ok("show", f"{group}@2026-11-15").out
    assert "\nrules\n" in shown and "NON_COMPLIANT  since " + story[0]["since"] in shown
    assert "COMPLIANT  since " in cli.ok("show", group).out
    assert "wants a condition" in fails(cli, 2, "since")


def test_trying_writes_nothing(cli):
    before = program.rows(cli.home / "siltstone.db", "SELECT (SELECT count(*) FROM _verdict), (SELECT count(*) FROM _event), (SELECT count(*) FROM _item)")
    cli.ok("rule", "try", "VPC_FLOW_LOGS_ENABLED")
    cli.ok("check", "restricted-ssh", "--evaluate")
    assert before == program.rows(cli.home / "siltstone.db", "SELECT (SELECT count(*) FROM _verdict), (SELECT count(*) FROM _event), (SELECT count(*) FROM _item)")
    assert "rule managed" in fails(cli, 3, "rule", "try", "NO_SUCH_RULE")
    (cli.home / "wrong.sql").write_text("SELECT nothing FROM item")
    assert "nothing" in fails(cli, 2, "rule", "try", "wrong.sql")


def test_every_managed_rule_is_told(cli):
    every = ask(cli, "rule", "managed")
    assert len(every) == 823 and every[0]["identifier"] == "ACCESS_KEYS_ROTATED" and "maxAccessKeyAge" in every[0]["parameters"]
    here = ask(cli, "rule", "managed", "--evaluated")
    known = ask(cli, "rule", "managed", "--known")
    assert len(here) + len(known) == 823 and all(r["what"] for r in every)
    assert {r["evaluated"] for r in here} == {1} and {r["evaluated"] for r in known} == {0}
    assert ask(cli, "rule", "managed", "S3_BUCKET_VERSIONING_ENABLED")[0]["resource_types"] == "AWS::S3::Bucket"
    assert "exclude each other" in fails(cli, 2, "rule", "managed", "--known", "--evaluated")


CASES = [
    {"name": "short names pass", "parameters": {"most": "5"}, "expect": {"a": "COMPLIANT", "b": ["NON_COMPLIANT", "7 letters"]},
     "items": [{"resourceType": "AWS::EC2::SecurityGroup", "resourceId": i, "resourceName": n, "configuration": {"owner": "123456789012"}}
               for i, n in (("a", "short"), ("b", "too-lon"), ("c", None))]}]


def test_cases_are_run_and_what_is_wrong_is_shown(cli):
    def run(cases, *more):
        (cli.home / "cases.json").write_text(json.dumps(cases))
        r = cli.run("rule", "test", "cases.json", "--sql", "names.sql", "--format", "jsonl", *more)
        return r.code, rows(r) if r.code in (0, 1) else r.err

    assert run(CASES) == (0, [])
    wrong = json.loads(json.dumps(CASES))
    wrong[0]["expect"] = {"a": "NON_COMPLIANT", "b": ["NON_COMPLIANT", "8 letters"], "z": "COMPLIANT"}
    code, told = run(wrong)
    assert code == 1 and [(t["resource"], t["found"].split(":")[0]) for t in told] == [("a", "COMPLIANT"), ("b", "NON_COMPLIANT"), ("z", "nothing")]
    assert run([{"name": "bad", "items": [{"resourceType": "nonsense"}], "expect": {}}])[0] == 1
    assert run({"no": "list"})[0] == 2
    (cli.home / "names.sql").write_text("SELECT 1 FROM item")
    code, told = run(CASES)
    assert code == 1 and "result" in told[0]["found"]
    assert fails(cli, 3, "rule", "test", "none.json") and fails(cli, 2, "rule", "test")
    cases = program.TOP / "tests" / "rules" / "s3-bucket-versioning-enabled.json"
    assert cli.ok("rule", "test", cases, "--format", "jsonl").out == ""
    assert fails(cli, 1, "rule", "test", cases, "--complete")


# Conformance packs

def scores(cli):
    return {s["ConformancePackName"]: s["Score"] for s in api(cli, "ListConformancePackComplianceScores")["ConformancePackComplianceScores"]}


def test_three_packs_deploy_and_score(cli):
    cli.ok("pack", "put", "network", "--template", PACKS / "network.yaml", "--param", "ClosedPortTwo=5432", *PLACE)
    cli.ok("pack", "put", "storage", "--template", PACKS / "storage.yaml", "--param", "MendingRole=arn:aws:iam::111122223333:role/mend", *PLACE)
    cli.ok("pack", "put", "identity", "--template", PACKS / "identity.json", *PLACE)
    listed = {p["pack"]: p for p in ask(cli, "pack", "list")}
    assert {n: (p["state"], p["rules"], p["score"]) for n, p in listed.items()} == {
        "network": ("CREATE_COMPLETE", 4, None), "storage": ("CREATE_COMPLETE", 2, None), "identity": ("CREATE_COMPLETE", 2, None)}
    assert set(scores(cli).values()) == {"INSUFFICIENT_DATA"}
    made = {r["logical_id"]: r["rule"] for r in ask(cli, "pack", "show", "network")}
    ports = api(cli, "DescribeConfigRules", ConfigRuleNames=[made["PortsClosed"]])["ConfigRules"][0]
    assert json.loads(ports["InputParameters"]) == {"blockedPort1": "3389", "blockedPort2": "5432"}
    cli.run("rule", "evaluate", *PLACE)
    # Counted here, from what was found.
    db = sqlite3.connect(cli.home / "siltstone.db")
    for pack in ("network", "storage"):
        good, all_of_it = db.execute("""SELECT sum(result = 'COMPLIANT'), count(*) FROM _finding JOIN _pack_rule USING (account, region, rule)
                                        WHERE pack = ? AND result IN ('COMPLIANT', 'NON_COMPLIANT')""", (pack,)).fetchone()
        assert all_of_it > 3
        assert scores(cli)[pack] == f"{100 * good / all_of_it:.2f}"
        shown = ask(cli, "pack", "list")
        mine = next(p for p in shown if p["pack"] == pack)
        assert mine["score"] == round(100 * good / all_of_it, 2) and mine["non_compliant"] == all_of_it - good
        status = api(cli, "GetConformancePackComplianceSummary", ConformancePackNames=[pack])["ConformancePackComplianceSummaryList"][0]
        assert status["ConformancePackComplianceStatus"] == mine["result"] == ("COMPLIANT" if good == all_of_it else "NON_COMPLIANT")
        rules = {r["ConfigRuleName"]: r["ComplianceType"] for r in api(cli, "DescribeConformancePackCompliance", ConformancePackName=pack)["ConformancePackRuleComplianceList"]}
        assert rules == {r["rule"]: r["result"] for r in ask(cli, "pack", "show", pack)}
    db.close()
    network = api(cli, "DescribeConformancePackCompliance", ConformancePackName="network")["ConformancePackRuleComplianceList"]
    assert {r["ConfigRuleName"]: r["Controls"] for r in network}[made["ShellClosed"]] == ["2.1", "2.2"]
    assert sum(len(r["Controls"]) for r in network) == 2
    cli.ok("pack", "delete", "network", *PLACE)
    assert "network" not in {p["pack"] for p in ask(cli, "pack", "list")}
    assert not set(made.values()) & {r["rule"] for r in ask(cli, "rule", "list")}
    assert fails(cli, 3, "pack", "show", "network") and fails(cli, 3, "pack", "delete", "network", *PLACE)


def test_a_pack_that_cannot_be_made_says_why(cli):
    assert "MendingRole" in fails(cli, 2, "pack", "put", "storage", "--template", PACKS / "storage.yaml", *PLACE)
    (cli.home / "bad.yaml").write_text((PACKS / "network.yaml").read_text().replace("EC2_IMDSV2_CHECK", "NO_SUCH_CHECK"))
    assert "NO_SUCH_CHECK" in fails(cli, 2, "pack", "put", "bad", "--template", "bad.yaml", *PLACE)
    assert "--template" in fails(cli, 2, "pack", "put", "bad")
    # What the service takes from S3 alone may be longer than a request.
    long = (PACKS / "network.yaml").read_text() + "# " + "x" * 60000 + "\n"
    (cli.home / "long.yaml").write_text(long)
    cli.ok("pack", "put", "long", "--template", "long.yaml", *PLACE)
    (cli.home / "longer.yaml").write_text(long + "# " + "x" * 300000 + "\n")
    assert "longer than 307200 bytes" in fails(cli, 2, "pack", "put", "longer", "--template", "longer.yaml", *PLACE)
