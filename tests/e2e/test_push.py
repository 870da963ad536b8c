# SPDX-License-Identifier: Apache-2.0
"""What others know: pushed, listed completely, refused, interrupted; and the sources that come with the program."""

import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

import program

SOURCES = program.TOP / "tools" / "sources"
SWITCH = "Acme::Net::Switch"


def resource(key, configuration, type=SWITCH, **more):
    return {"ResourceType": type, "ResourceId": key, "Configuration": configuration, **more}


def push(siltstone, store, lines, *args, env=None, code=0):
    text = lines if isinstance(lines, str) else "".join(json.dumps(i) + "\n" for i in lines)
    r = subprocess.run([str(siltstone.binary), "push", "-", "--store", str(store), *args], input=text.encode(), cwd=siltstone.home,
                       env=env or siltstone.environment(), capture_output=True, timeout=120)
    assert r.returncode == code, r.stderr.decode()
    assert b"Sanitizer" not in r.stderr
    return r


def test_the_same_twice_is_one_item_and_a_change_is_a_diff(siltstone, store):
    push(siltstone, store, [resource("s-1", {"speed": 1}, ResourceName="core", Tags={"env": "prod"})])
    push(siltstone, store, [resource("s-1", {"speed": 1}, ResourceName="core", Tags={"env": "prod"})])
    assert program.one(store, "SELECT count(*) FROM _item") == 1
    out = push(siltstone, store, [resource("s-1", {"speed": 10}, ResourceName="core", Tags={"env": "prod"})], "--format", "json").stdout
    assert json.loads(out) == [{"seen": 1, "created": 0, "changed": 1, "deleted": 0, "unchanged": 0}]
    assert program.rows(store, "SELECT property, before, after FROM changes WHERE op = 'change'") == [("configuration.speed", 1, 10)]
    assert program.rows(store, "SELECT status FROM history ORDER BY version") == [("ResourceDiscovered",), ("OK",)]
    assert "core" in siltstone.ok("ls", "--tag", "env=prod", "--store", store).out
    program.whole(store)
    siltstone.ok("verify", "--store", store)


def test_an_array_and_a_file_are_read_too(siltstone, store, tmp_path):
    (tmp_path / "all.json").write_text(json.dumps([resource("s-1", {}), resource("s-2", {})], indent=1))
    siltstone.ok("push", tmp_path / "all.json", "--store", store, "--account", "111122223333", "--region", "eu-west-1")
    assert program.rows(store, "SELECT id, account, region FROM _resource ORDER BY 1") == [
        ("s-1", "111122223333", "eu-west-1"), ("s-2", "111122223333", "eu-west-1")]


def test_a_complete_listing_deletes_what_it_does_not_name(siltstone, store):
    push(siltstone, store, [resource("s-1", {}), resource("s-2", {})], "--source", "net", "--complete")
    push(siltstone, store, [resource("s-3", {})], "--source", "other", "--complete")
    out = push(siltstone, store, [resource("s-2", {})], "--source", "net", "--complete").stdout.decode()
    assert out == "net: 1 seen, 0 new, 0 changed, 1 deleted\n"
    assert program.rows(store, "SELECT id, deleted FROM _resource ORDER BY id") == [("s-1", 1), ("s-2", 0), ("s-3", 0)]
    assert program.rows(store, "SELECT source, state, seen FROM coverage ORDER BY 1") == [("net", "complete", 1), ("other", "complete", 1)]
    # Without --complete nothing is gone.
    push(siltstone, store, [resource("s-4", {})], "--source", "net")
    assert program.one(store, "SELECT deleted FROM _resource WHERE id = 's-2'") == 0


@pytest.mark.parametrize("broken", ['{"ResourceType":\n', "no JSON\n", '{"ResourceType":"AWS::EC2::Instance","ResourceId":"i","Configuration":{}}\n',
                                    '{"ResourceType":"A::B::C","ResourceId":"1"}\n', '{"complete":true}\n{"ResourceType":"A::B::C","ResourceId":"1","Configuration":{}}\n'])
def test_a_broken_line_changes_nothing(siltstone, store, broken):
    push(siltstone, store, [resource("s-1", {}), resource("s-2", {})], "--complete")
    before = program.content(store), program.rows(store, "SELECT * FROM _coverage")
    r = push(siltstone, store, json.dumps(resource("s-3", {})) + "\n" + broken, "--complete", code=2)
    assert b"line " in r.stderr or b"[" in r.stderr
    assert (program.content(store), program.rows(store, "SELECT * FROM _coverage")) == before


def test_nothing_is_not_a_complete_listing(siltstone, store):
    push(siltstone, store, [resource("s-1", {})], "--complete")
    push(siltstone, store, "", "--complete", code=2)
    push(siltstone, store, "", "--complete", "--type", SWITCH, code=2)
    push(siltstone, store, [{"listing": [SWITCH]}], "--complete", code=2)
    assert program.one(store, "SELECT deleted FROM _resource") == 0
    push(siltstone, store, [{"listing": [SWITCH]}, {"complete": True}], "--complete")
    assert program.one(store, "SELECT deleted FROM _resource") == 1


def test_links_are_shown_at_both_ends(siltstone, store):
    push(siltstone, store, [
        resource("s-1", {}, Relationships=[{"resourceType": "Acme::Net::Rack", "resourceId": "r-1", "relationshipName": "Is contained in "}]),
        resource("r-1", {}, type="Acme::Net::Rack")])
    assert "r-1" in siltstone.ok("show", "s-1", "--store", store).out
    assert "linked from" in siltstone.ok("show", "r-1", "--store", store).out
    item = [i for i in siltstone.items(store) if i["resourceId"] == "s-1"][0]
    assert item["relationships"] == [{"resourceId": "r-1", "resourceType": "Acme::Net::Rack", "name": "Is contained in "}]
    edges = program.rows(store, "SELECT name, target_id, target_rid, by, link FROM _edge")
    siltstone.ok("reindex", "--store", store)
    assert program.rows(store, "SELECT name, target_id, target_rid, by, link FROM _edge") == edges


SCHEMA = {
    "typeName": SWITCH,
    "properties": {"SerialNumber": {"type": "string", "pattern": "^S[0-9]+$"}, "Ports": {"type": "array", "items": {"$ref": "#/definitions/Port"}}},
    "definitions": {"Port": {"type": "object", "properties": {"Speed": {"enum": [1, 10]}}, "additionalProperties": False}},
    "required": ["SerialNumber"],
    "additionalProperties": False,
    "primaryIdentifier": ["/properties/SerialNumber"],
}


def test_a_registered_type_refuses_what_does_not_fit(siltstone, store, tmp_path):
    (tmp_path / "switch.json").write_text(json.dumps(SCHEMA))
    assert "version 00000001" in siltstone.ok("types", "register", SWITCH, "--schema", tmp_path / "switch.json", "--store", store).err
    assert "00000001" in siltstone.ok("types", "register", "--schema", tmp_path / "switch.json", "--store", store).err
    for bad, says in (({"SerialNumber": "1"}, "$.SerialNumber: does not match ^S[0-9]+$"), ({}, '$: lacks "SerialNumber"'),
                      ({"SerialNumber": "S1", "Ports": [{}, {"Speed": 2}]}, "$.Ports[1].Speed: is none of the values that it may have"),
                      ({"SerialNumber": "S1", "serial": 1}, "$.serial: is not a property of its schema")):
        r = push(siltstone, store, [resource("s-0", {"SerialNumber": "S0"}), resource("s-1", bad)], code=2)
        assert says in r.stderr.decode() and "line 2" in r.stderr.decode()
    assert program.one(store, "SELECT count(*) FROM _item") == 0
    push(siltstone, store, [resource("s-1", {"SerialNumber": "S1", "Ports": [{"Speed": 10}]}, SchemaVersionId="00000001")])
    assert program.rows(store, "SELECT resource_id, serial_number FROM acme_net_switch") == [("s-1", "S1")]
    assert SWITCH in siltstone.ok("types", "--types", "Acme::*", "--store", store).out
    (tmp_path / "bad.json").write_text(json.dumps({**SCHEMA, "properties": {"A": {"dependentSchemas": {}}}}))
    r = siltstone.run("types", "register", "--schema", tmp_path / "bad.json", "--store", store)
    assert r.code == 2 and "$.properties.A.dependentSchemas: this keyword is not supported" in r.err
    assert siltstone.run("types", "register", "A::B::C", "--schema", tmp_path / "switch.json", "--store", store).code == 2
    siltstone.ok("types", "remove", SWITCH, "--store", store)
    push(siltstone, store, [resource("s-2", {})])


def test_a_source_of_another_kind_is_left_alone(siltstone, store):
    siltstone.ok("source", "add", "prod", "--store", store)
    push(siltstone, store, [resource("s-1", {})], "--source", "prod", code=2)
    push(siltstone, store, [resource("s-1", {})], "--source", "net")
    r = siltstone.run("record", "--source", "net", "--store", store)
    assert r.code == 2 and "pushed" in r.err


@pytest.mark.parametrize("point", ["record.before_commit", "record.after_commit", "record.before_coverage"])
def test_what_a_kill_leaves_the_next_push_completes(siltstone, store, point):
    lines = [resource(f"s-{i}", {"n": i}) for i in range(700)]
    push(siltstone, store, [*lines[:600], resource("old", {})], "--complete")
    lines = [{**i, "Configuration": {"n": i["Configuration"]["n"] + 1}} for i in lines]
    env = siltstone.environment(SILTSTONE_FAILPOINT=point)
    r = subprocess.run([str(siltstone.binary), "push", "-", "--complete", "--store", str(store)], env=env, cwd=siltstone.home,
                       input="".join(json.dumps(i) + "\n" for i in lines).encode(), capture_output=True, timeout=120)
    if r.returncode == 0:
        pytest.skip("this build has no failpoints")
    assert r.returncode == -signal.SIGKILL
    program.whole(store)
    siltstone.ok("verify", "--store", store)
    push(siltstone, store, lines, "--complete")
    program.whole(store)
    assert program.one(store, "SELECT count(*) FROM _resource WHERE deleted = 0") == 700
    assert program.one(store, "SELECT max(version) FROM _item") == 2
    assert program.one(store, "SELECT count(*) FROM _item") == 601 + 600 + 100 + 1
    assert program.one(store, "SELECT count(*) FROM _event") == 601 + 600 + 100 + 1


def test_much_is_read_in_little_memory(siltstone, store, tmp_path):
    def file(n):
        path = tmp_path / f"{n}.jsonl"
        with open(path, "w") as f:
            for i in range(n):
                f.write(json.dumps(resource(f"s-{i}", {"n": i, "text": "x" * 250_000})) + "\n")
            # So that only the reading is measured: mapped pages of the store count as memory.
            f.write("no JSON\n")
        return path

    # Where it is built with the address sanitizer, that keeps little of what was freed.
    env = siltstone.environment(ASAN_OPTIONS="quarantine_size_mb=8")
    small, large = (siltstone.measured("push", file(n), "--store", store, env=env) for n in (4, 400))
    assert small.code == large.code == 2, large.err
    assert "line 401: " in large.err
    assert large.peak_kb < small.peak_kb + 30_000


# The sources that come with the program.


def source(name, *args, text="", code=0):
    r = subprocess.run([sys.executable, SOURCES / name, *args], input=text.encode(), capture_output=True, timeout=60)
    assert r.returncode == code, r.stderr.decode()
    assert b"Traceback" not in r.stderr
    lines = [json.loads(i) for i in r.stdout.splitlines()]
    if code == 0:
        assert list(lines[0]) == ["listing"] and lines[-1] == {"complete": True}
    else:
        assert lines == []
    return r.stdout.decode(), lines[1:-1]


@pytest.mark.parametrize("name", ["kubernetes", "terraform", "osquery", "steampipe"])
def test_a_source_explains_itself_and_refuses_what_it_does_not_know(name):
    r = subprocess.run([sys.executable, SOURCES / name, "--help"], capture_output=True, timeout=60)
    assert r.returncode == 0 and b"siltstone push" in r.stdout and os.access(SOURCES / name, os.X_OK)
    args = [] if name in ("kubernetes", "terraform") else ["--table", "a_b", "--key", "id"]
    for text in ("{", "[1]", '"x"', '[{"a":1}]'):
        source(name, *args, text=text, code=1)


POD = {
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "shop", "labels": {"app": "web"}, "resourceVersion": "77", "managedFields": [{"x": 1}],
                 "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
                 "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "controller": True}]},
    "spec": {"nodeName": "node-1", "serviceAccountName": "web",
             "volumes": [{"name": "c", "configMap": {"name": "settings"}}, {"name": "p", "persistentVolumeClaim": {"claimName": "disk"}},
                         {"name": "j", "projected": {"sources": [{"secret": {"name": "token"}}]}}],
             "containers": [{"name": "web", "image": "web:1", "envFrom": [{"secretRef": {"name": "keys"}}],
                             "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}}]}]},
    "status": {"phase": "Running"},
}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys", "namespace": "shop", "resourceVersion": "3"},
          "type": "Opaque", "data": {"password": "aHVudGVyMg=="}, "stringData": {"other": "hunter2"}}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
              "spec": {"replicas": 2, "template": {"spec": {"containers": [], "imagePullSecrets": [{"name": "keys"}]}}}}


def test_kubernetes_is_recorded_with_its_links_and_without_secrets(siltstone, store):
    text, lines = source("kubernetes", text=json.dumps({"kind": "List", "apiVersion": "v1", "items": [POD, SECRET, DEPLOYMENT]}))
    assert "aHVudGVyMg" not in text and "hunter2" not in text
    pod, secret, deployment = lines
    assert [i["ResourceType"] for i in lines] == ["Kubernetes::Core::Pod", "Kubernetes::Core::Secret", "Kubernetes::Apps::Deployment"]
    assert pod["ResourceId"] == "shop/web-1" and pod["Tags"] == {"app": "web"}
    assert "status" not in pod["Configuration"] and set(pod["Configuration"]["metadata"]) == {"name", "namespace", "labels", "ownerReferences"}
    assert {(i["relationshipName"], i["resourceType"].rpartition(":")[2], i["resourceId"]) for i in pod["Relationships"]} == {
        ("Is contained in ", "Namespace", "shop"), ("Is owned by ", "ReplicaSet", "shop/web"), ("Runs as ", "ServiceAccount", "shop/web"),
        ("Runs on ", "Node", "node-1"), ("Uses ", "ConfigMap", "shop/settings"), ("Uses ", "PersistentVolumeClaim", "shop/disk"),
        ("Uses ", "Secret", "shop/token"), ("Uses ", "Secret", "shop/keys")}
    assert secret["Configuration"]["data"] == ["password"]
    assert ("Uses ", "shop/keys") in {(i["relationshipName"], i["resourceId"]) for i in deployment["Relationships"]}
    push(siltstone, store, text, "--source", "k8s", "--complete")
    # What moves by itself is no change; a pod that is gone is one.
    moved = {**POD, "metadata": {**POD["metadata"], "resourceVersion": "78"}, "status": {"phase": "Failed"}}
    out = push(siltstone, store, source("kubernetes", text=json.dumps({"items": [moved, SECRET, DEPLOYMENT]}))[0], "--source", "k8s", "--complete").stdout
    assert out == b"k8s: 3 seen, 0 new, 0 changed, 0 deleted\n"
    out = push(siltstone, store, source("kubernetes", "--listing", "Kubernetes::Core::Pod", text='{"items":[]}')[0], "--source", "k8s", "--complete").stdout
    assert out == b"k8s: 0 seen, 0 new, 0 changed, 1 deleted\n"
    assert "hunter2" not in siltstone.ok("items", "--store", store, "--format", "jsonl").out


def test_kubernetes_calls_kubectl_itself(tmp_path):
    (tmp_path / "kubectl").write_text("#!/bin/sh\necho \"$@\" > \"$0.args\"\necho '%s'\n" % json.dumps({"items": [DEPLOYMENT]}))
    (tmp_path / "kubectl").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    r = subprocess.run([sys.executable, SOURCES / "kubernetes", "--run", "--context", "c"], capture_output=True, env=env, timeout=60)
    lines = [json.loads(i) for i in r.stdout.splitlines()]
    assert r.returncode == 0 and "Kubernetes::Core::Pod" in lines[0]["listing"] and len(lines) == 3
    assert (tmp_path / "kubectl.args").read_text().startswith("--context c get ")
    (tmp_path / "kubectl").write_text("#!/bin/sh\necho refused >&2\nexit 1\n")
    r = subprocess.run([sys.executable, SOURCES / "kubernetes", "--run"], capture_output=True, env=env, timeout=60)
    assert r.returncode == 1 and r.stdout == b"" and b"refused" in r.stderr


STATE = {
    "version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "x", "outputs": {},
    "resources": [
        {"mode": "managed", "type": "aws_vpc", "name": "main", "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
         "instances": [{"schema_version": 1, "attributes": {"id": "vpc-1", "cidr_block": "10.0.0.0/16", "tags": {"env": "prod"}}}]},
        {"module": "module.db", "mode": "managed", "type": "aws_db_instance", "name": "db", "provider": 'provider["registry.terraform.io/hashicorp/aws"].eu',
         "instances": [{"index_key": "a", "schema_version": 2, "dependencies": ["aws_vpc.main", "data.aws_ami.x"],
                        "attributes": {"id": "db-1", "password": "hunter2", "replicas": [{"token": "hunter3", "n": 1}], "set": ["hunter4"]},
                        "sensitive_attributes": [[{"type": "get_attr", "value": "password"}],
                                                 [{"type": "get_attr", "value": "replicas"}, {"type": "index", "value": {"value": 0, "type": "number"}},
                                                  {"type": "get_attr", "value": "token"}],
                                                 [{"type": "get_attr", "value": "set"}, {"type": "index", "value": {"value": "x", "type": "string"}}]]}]},
        {"mode": "data", "type": "aws_ami", "name": "x", "provider": 'provider["registry.terraform.io/hashicorp/aws"]', "instances": [{"attributes": {}}]},
    ],
}


def test_a_terraform_state_is_recorded_without_what_is_sensitive(siltstone, store, tmp_path):
    (tmp_path / "terraform.tfstate").write_text(json.dumps(STATE))
    text, (vpc, db) = source("terraform", str(tmp_path / "terraform.tfstate"))
    assert "hunter" not in text
    assert (vpc["ResourceType"], vpc["ResourceId"], vpc["Tags"]) == ("Terraform::Aws::Vpc", "aws_vpc.main", {"env": "prod"})
    assert (db["ResourceType"], db["ResourceId"]) == ("Terraform::Aws::DbInstance", 'module.db.aws_db_instance.db["a"]')
    assert db["Configuration"]["attributes"]["replicas"] == [{"token": "(sensitive)", "n": 1}]
    assert db["Relationships"] == [{"resourceType": "Terraform::Aws::Vpc", "resourceId": "aws_vpc.main", "relationshipName": "Depends on "}]
    push(siltstone, store, text, "--source", "tf", "--complete")
    # The last one of its type goes with the next state.
    out = push(siltstone, store, source("terraform", text=json.dumps({**STATE, "resources": STATE["resources"][:1]}))[0], "--source", "tf", "--complete").stdout
    assert out == b"tf: 1 seen, 0 new, 0 changed, 1 deleted\n"
    source("terraform", text=json.dumps({**STATE, "version": 3}), code=1)


def test_rows_of_osquery_are_resources(siltstone, store):
    rows = [{"username": "root", "uid": "0", "seen": "1"}, {"username": "www", "uid": "33", "seen": "2"}]
    text, lines = source("osquery", "--table", "user_accounts", "--key", "username", "--ignore", "seen", "--host", "web-1", text=json.dumps(rows))
    assert lines[0] == {"ResourceType": "Osquery::Host::UserAccounts", "ResourceId": "root", "ResourceName": "root", "Region": "web-1",
                        "Configuration": {"username": "root", "uid": "0"}}
    push(siltstone, store, text, "--source", "osquery-web-1", "--complete")
    assert program.one(store, "SELECT count(*) FROM resources WHERE region = 'web-1'") == 2
    source("osquery", "--table", "t", "--key", "a", text='[{"a":"1"},{"a":"1"}]', code=1)


def test_rows_of_steampipe_are_resources(siltstone, store):
    rows = {"columns": [], "rows": [{"full_name": "a/b", "name": "b", "tags": {"x": "y"}, "_ctx": {}, "sp_ctx": {}, "stars": 1,
                                     "account_id": "1", "region": "r"}]}
    text, lines = source("steampipe", "--table", "github_my_repository", "--key", "full_name", "--ignore", "stars", text=json.dumps(rows))
    assert lines == [{"ResourceType": "Steampipe::Github::MyRepository", "ResourceId": "a/b", "ResourceName": "b", "Tags": {"x": "y"},
                      "Account": "1", "Region": "r",
                      "Configuration": {"full_name": "a/b", "name": "b", "tags": {"x": "y"}, "account_id": "1", "region": "r"}}]
    push(siltstone, store, text, "--source", "github", "--complete")
    assert source("steampipe", "--table", "t_x", "--key", "a", text="[]")[1] == []
