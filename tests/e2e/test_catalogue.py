# SPDX-License-Identifier: Apache-2.0
"""The catalogue against botocore's models: what an entry asks for can be asked for, and what it looks at in
the answer, spelled as the type is, can be there. Nothing is called."""

import functools
import json
import re

import botocore.session
import pytest

from program import TOP

FILES = sorted((TOP / "schema" / "catalogue").glob("*.json"))
ENTRIES = {e["type"]: e for path in FILES for e in json.loads(path.read_text())}
SESSION = botocore.session.get_session()
# What the fallback does not take over from the entry, see src/discover/entry.c.
OWN = ("engine", "service", "style", "list", "steps", "get", "get_steps", "fallback")
PATH = re.compile(r'\$(?:\.(?:"[^"]+"|[\w:-]+|\*)|\[(?:\*|-?\d+|#-\d+)\])+')
# What there is of members that a model leaves open: maps, documents, JSON in a string.
ANYTHING = object()


@functools.cache
def model(service):
    return SESSION.get_service_model(service)


def native():
    """(entry as the native engine follows it)"""
    for entry in ENTRIES.values():
        if entry["engine"] == "native":
            yield entry
        elif "fallback" in entry:
            kept = {k: v for k, v in entry.items() if k not in OWN}
            yield {**kept, "service": entry["service"], **entry["fallback"], "borrowed": set(kept) - set(entry["fallback"]) - {"id"}}


def calls(entry):
    """(where, call) of all there are, those of `each` with them."""
    listing = entry["list"]
    yield "list", listing
    for role, found in (("list.parents", listing.get("parents", [])), ("steps", entry.get("steps", [])),
                        ("get_steps", entry.get("get_steps", [])), ("supplementary", entry.get("supplementary", {}).values()),
                        ("get", [entry.get("get", {})]), ("region_from", [entry.get("region_from", {})])):
        for call in found:
            yield role, call
            if isinstance(call.get("call"), dict):
                yield role + ".call", call["call"]


def operation(entry, call):
    return model(call.get("service", entry["service"])).operation_model(call["op"])


def at(shape, path):
    """What a response path leads to; None: nowhere."""
    for part in path.split(".") if path else []:
        name, bracket = re.fullmatch(r"(\w+)(\[.*\])?", part).groups()
        if shape is None or shape.type_name != "structure" or name not in shape.members:
            return None
        shape = shape.members[name]
        if bracket:
            shape = shape.member if shape.type_name == "list" else shape.value if shape.type_name == "map" else None
    return shape


def problems_of_calls(entry):
    for where, call in calls(entry):
        if "op" not in call:
            continue
        service = call.get("service", entry["service"])
        if call["op"] not in model(service).operation_names:
            yield f"{where}: {service} has no {call['op']}"
            continue
        op = operation(entry, call)
        members = set(op.input_shape.members) if op.input_shape else set()
        given = set(call.get("params", {}))
        if given - members:
            yield f"{where}: {call['op']} takes no {', '.join(sorted(given - members))}"
        lacking = set(op.input_shape.required_members if op.input_shape else ()) - given
        if lacking:
            yield f"{where}: {call['op']} wants {', '.join(sorted(lacking))}"
        for name in ("items", "path", "each"):
            if name == "path" and where not in ("supplementary", "region_from"):
                continue
            if call.get(name) and at(op.output_shape, call[name]) is None:
                yield f"{where}: {call['op']} answers no {call[name]}"


def lowered(name, n):
    return name[:n].lower() + name[n:]


def styled(name, names):
    run = len(re.match(r"[A-Za-z]?[A-Z]*", name).group(0))
    if names == "first":
        return lowered(name, 1)
    if names == "bean":
        return lowered(name, run)
    if names == "camel":
        if run < len(name) and not name[run].isdigit():
            run = run - 1 if run > 1 and name[run].islower() else 1
        return lowered(name, run)
    return name[:1].upper() + name[1:] if names == "upper" else name


class Document:
    """What the configuration of a type may hold."""

    def __init__(self, entry):
        self.names = entry.get("style", {}).get("names", "keep")
        listing, steps = entry["list"], entry.get("steps", [])
        last = (steps or [listing])[-1]
        self.shapes = [at(operation(entry, c).output_shape, c.get("items", "")) for c in (last, entry.get("get", {})) if "op" in c]
        added = [*listing.get("set", {}), *listing.get("carry", {}), *(k for s in steps for k in s.get("set", {})),
                 *(c["into"] for c in entry.get("get_steps", [])), *([listing["as"]] if "as" in listing else []),
                 *([entry["region_from"]["into"]] if entry.get("region_from", {}).get("into") else [])]
        # A rename by path, and copies, may stand at any depth.
        renames = {**entry.get("rename", {}), **entry.get("map", {})}
        self.anywhere = {to for name, to in renames.items() if name.startswith("$")}
        self.anywhere |= {r["to"] for r in entry.get("reshape", []) if r.get("do") == "copy"}
        self.renames = {name: to for name, to in renames.items() if not name.startswith("$")}
        added = [styled(name, self.names) for name in added]
        self.added = {self.renames.get(name, name) for name in added} | set(entry.get("set", {}))

    def member(self, shape, name, top):
        if name in self.anywhere or top and name in self.added:
            return ANYTHING
        if shape.type_name == "map":
            return shape.value
        if shape.type_name != "structure" or shape.is_document_type:
            return ANYTHING if getattr(shape, "is_document_type", False) else None
        for member, inner in shape.members.items():
            spelled = styled(member, self.names)
            if (self.renames.get(spelled, spelled) if top else spelled) == name:
                return inner
        return None

    def has(self, path):
        return any(self.leads(shape, path) for shape in self.shapes)

    def leads(self, here, path):
        for i, part in enumerate(re.findall(r'"[^"]+"|[\w:-]+|\*|\[[^]]*\]', path[1:])):
            if here is ANYTHING:
                return True
            if here is None:
                return False
            if part.startswith("["):
                here = here.member if here.type_name == "list" else ANYTHING if here.type_name != "structure" else None
            elif part == "*":
                here = here.value if here.type_name == "map" else ANYTHING
            elif here.type_name == "list":
                return False
            else:
                here = self.member(here, part.strip('"'), i == 0)
        return here is not None


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from texts(v)


def paths(entry):
    """(field, document path) of what the entry says about the configuration."""
    for field in ("id", "name", "arn", "az", "region", "home", "ignore", "sort", "remove", "redact", "policy"):
        for text in texts(entry.get(field)):
            yield from ((field, p) for p in PATH.findall(text) if not text.startswith("="))
    created = entry.get("created")
    yield from (("created", p) for p in texts(created["path"] if isinstance(created, dict) else created))
    tags = entry.get("tags") or {}
    if tags.get("path") and not tags.get("supplementary"):
        yield "tags", tags["path"]
    for relation in entry.get("relations", []):
        if not relation.get("src") and not relation.get("ext"):
            yield "relations", relation["path"]


@pytest.fixture(scope="module")
def known():
    # What jobs connect through is no type of AWS Config; links to it are kept all the same.
    return set(ENTRIES) | set(model("config").shape_for("ResourceType").enum) | {"AWS::Glue::Connection"}


def test_every_call_can_be_made_and_answers_what_is_looked_at():
    found = [f"{e['type']} {p}" for e in native() for p in problems_of_calls(e)]
    assert not found, "\n".join(found)


def test_every_document_path_leads_somewhere():
    found, n = [], 0
    for entry in native():
        if "sql" in entry:
            continue  # the shape is what the expression makes
        document = Document(entry)
        # These two look before anything is renamed.
        before = Document({**entry, "rename": {}, "map": {}})
        found += [f"{entry['type']} {field}: {path}" for field in ("drop_if", "only_if") for path in entry.get(field, {})
                  if field not in entry.get("borrowed", ()) and not before.has(path)]
        for field, path in paths(entry):
            n += 1
            # What is said of Cloud Control's form may be missing from the native one, but for the id.
            if field not in entry.get("borrowed", ()) and not document.has(path):
                found.append(f"{entry['type']} {field}: {path}")
    assert not found, "\n".join(found)
    assert n > 600


def test_what_is_listed_by_its_parent_is_not_known_by_its_name_alone():
    """Two parents may have children of one name: an id, an ARN or the parent's must be in it."""
    found = [f"{e['type']}: {e['id']}" for e in native() if e["list"].get("parents")
             and "|" not in e["id"] and not re.search(r"(Id|ID|id|Arn|ARN|arn)$|^arn:|ParentAutoScalingGroupName", e["id"])]
    assert not found, "\n".join(found)


def test_relations_lead_to_types_there_are(known):
    found = [f"{e['type']}: {r.get('to', r.get('from'))}" for e in ENTRIES.values()
             for r in e.get("relations", []) + e.get("inverse", []) if r.get("to", r.get("from")) not in known]
    assert not found, "\n".join(found)


def test_inverses_name_a_relation_of_the_other_side():
    found = [f"{e['type']}: {i['from']} has no {i['of']!r}" for e in ENTRIES.values() for i in e.get("inverse", [])
             if not any(r["name"] == i["of"] and r["to"] == e["type"] for r in ENTRIES[i["from"]].get("relations", []))]
    assert not found, "\n".join(found)


def test_events_and_permissions_are_spelled_as_aws_does():
    found = []
    for entry in ENTRIES.values():
        if entry["engine"] == "exec":
            continue
        for event in entry.get("events", []):
            path = ["$.all" if k == "list" else event[k] for k in ("ids", "arns", "names_path", "list") if k in event]
            if not (re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com|aws\.[a-z0-9]+", event["source"]) and len(path) == 1
                    and PATH.fullmatch(path[0]) and event["names"] and all(re.fullmatch(r"[A-Z][\w -]+", n) for n in event["names"])):
                found.append(f"{entry['type']}: {event}")
        found += [f"{entry['type']}: {a}" for a in entry["iam"] if not re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", a)]
        if not entry["iam"] or len(set(entry["iam"])) != len(entry["iam"]):
            found.append(f"{entry['type']}: iam {entry['iam']}")
    assert not found, "\n".join(found)


# Permissions that are not called as the operation is: reads of API Gateway are GETs of paths, S3's and Keyspaces' have names of their own.
OTHERWISE = {"apigateway", "apigatewayv2", "s3", "s3control", "keyspaces"}


def test_the_permissions_of_a_type_cover_its_calls():
    found = []
    for entry in native():
        allowed = {a.partition(":")[2].lower() for a in ENTRIES[entry["type"]]["iam"]}
        found += [f"{entry['type']}: {c['op']}" for _, c in calls(entry) if "op" in c and c["op"].lower() not in allowed
                  and c.get("service", entry["service"]) not in OTHERWISE]
    found += [f"{e['type']}: Cloud Control" for e in ENTRIES.values() if e["engine"] == "cloudcontrol"
              and not {"cloudformation:ListResources", "cloudformation:GetResource"} <= set(e["iam"])]
    assert not found, "\n".join(found)


def test_a_mistake_would_be_found():
    queue = ENTRIES["AWS::SQS::Queue"]
    assert not list(problems_of_calls(queue))
    for list_ in ({"op": "ListCues", "items": ""}, {"op": "ListQueues", "items": "Queues[]"},
                  {"op": "ListQueues", "items": "", "params": {"Colour": "red"}}, {"op": "ListQueueTags", "items": ""}):
        assert len(list(problems_of_calls({**queue, "list": list_}))) == 1
    vpc = Document(ENTRIES["AWS::EC2::VPC"])
    assert vpc.has("$.vpcId") and vpc.has("$.cidrBlockAssociationSet[*].cidrBlockState.state")
    assert not vpc.has("$.VpcId") and not vpc.has("$.cidrBlock.x[*]") and not vpc.has("$.cidrBlockAssociationSet.associationId")
