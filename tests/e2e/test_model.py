# SPDX-License-Identifier: Apache-2.0
"""The tables of api/model.h against botocore's own reading of the same service: nothing lost, nothing
added; and the automata against Python's regular expressions."""

import functools
import json
import random
import re
import subprocess
import unicodedata

import botocore.session
import pytest

from program import BUILD

PROBE = BUILD / "tests" / "model_probe"
# Operations that are left out, and patterns the service has and its model does not: tools/modelgen says why.
LEFT_OUT = {"DeleteConnector", "GetConnector", "ListConnectors", "PutConnector",
            "PutThirdPartyServiceLinkedConfigurationRecorder"}
ADDED = {"TagKey", "TagValue"}
KINDS = {"long": "integer", "float": "double"}


@functools.cache
def tables():
    made = json.loads(subprocess.run([PROBE, "tables"], capture_output=True, check=True).stdout)
    return made["shapes"], {op["name"]: op for op in made["operations"]}


@functools.cache
def service():
    return botocore.session.Session().get_service_model("config")


def compare(number, shape, seen):
    """Our shape of this number is what botocore has, and so is all that it leads to."""
    if (number, shape.name) in seen:
        return
    seen.add((number, shape.name))
    ours = tables()[0][number]
    assert ours["name"] == shape.name
    assert ours["kind"] == KINDS.get(shape.type_name, shape.type_name), shape.name
    assert ours["wide"] == (shape.type_name == "long"), shape.name
    assert ours.get("min") == shape.metadata.get("min"), shape.name
    assert ours.get("max") == shape.metadata.get("max"), shape.name
    assert sorted(ours["values"]) == sorted(getattr(shape, "enum", [])), shape.name
    if shape.name not in ADDED:
        assert ours["pattern"] == shape.metadata.get("pattern"), shape.name
    members = shape.members if shape.type_name == "structure" else {}
    assert [m[0] for m in ours["members"]] == list(members), shape.name
    required = shape.required_members if members else []
    assert {m[0] for m in ours["members"] if m[2]} == set(required), shape.name
    for name, target, _ in ours["members"]:
        compare(target, members[name], seen)
    if shape.type_name == "list":
        compare(ours["element"], shape.member, seen)
    if shape.type_name == "map":
        compare(ours["map_key"], shape.key, seen)
        compare(ours["element"], shape.value, seen)


def test_every_operation_is_there_and_no_other():
    assert set(tables()[1]) == set(service().operation_names) - LEFT_OUT
    assert list(tables()[1]) == sorted(tables()[1])


def test_the_shapes_are_the_services():
    seen = set()
    for name, ours in tables()[1].items():
        theirs = service().operation_model(name)
        for side, shape in (("input", theirs.input_shape), ("output", theirs.output_shape)):
            assert bool(ours[side]) == bool(shape), f"{name} {side}"
            if shape:
                compare(ours[side], shape, seen)
        assert ours["errors"] == [shape.name for shape in theirs.error_shapes], name
    assert {number for number, _ in seen} == set(range(1, len(tables()[0])))


def test_an_operation_pages_as_its_paginator_says():
    said = botocore.session.Session().get_paginator_model("config")
    paged = 0
    for name, ours in tables()[1].items():
        try:
            theirs = said.get_paginator(name)
        except ValueError:
            theirs = None
        members = service().operation_model(name).input_shape
        members = members.members if members else {}
        if theirs:
            assert (ours["token_in"], ours["token_out"], ours["list"]) == (
                theirs["input_token"], theirs["output_token"], theirs["result_key"]), name
            assert ours["limit"] == theirs.get("limit_key"), name
        # Those without a paginator page, too, when they take and give a token.
        assert bool(ours["token_in"]) == bool({"NextToken", "nextToken"} & set(members)), name
        if ours["limit"]:
            assert ours["limit_max"] == members[ours["limit"]].metadata["max"], name
        if ours["token_in"]:
            paged += 1
            assert 1 <= ours["limit_default"] <= ours["limit_max"], name
    assert paged > 35


def test_only_what_a_recorder_is_told_is_held_to_the_types_of_the_enum():
    shapes, ops = tables()
    held = {name for name, op in ops.items() if leads_to(op["input"], lambda s: s["name"] == "ResourceType" and not s["open"])}
    free = {name for name, op in ops.items() if leads_to(op["input"], lambda s: s["name"] == "ResourceType" and s["open"])}
    assert held == {"AssociateResourceTypes", "DisassociateResourceTypes", "PutConfigurationRecorder"}
    assert {"GetResourceConfigHistory", "ListDiscoveredResources", "BatchGetResourceConfig"} <= free
    assert not any(s["open"] for s in shapes if s["name"] != "ResourceType")


def leads_to(number, wanted):
    shape = tables()[0][number]
    targets = [m[1] for m in shape["members"]] + [n for n in (shape["element"], shape["map_key"]) if n]
    return wanted(shape) or any(leads_to(n, wanted) for n in targets)


# Pieces that stand on either side of what the patterns tell apart.
PIECES = ["", "a", "Z", "0", "9", "-", "_", ".", ":", "/", "?", "*", "\\", "=", "+", ",", "@", "$", " ", "\t", "#", "é", "日", "€",
          "😀", "::", "aa", "AWS", "arn:aws:config:", "arn:aws-cn:config:eu-west-1:1:", "config-aggregator/config-aggregator-a1",
          "stored-query/", "query-", "s3://", "guard-2.x.x", "guard-2yx.x", "$LATEST", "$DEFAULT", "123456789012", "projects/1",
          "/locations/global/workloadIdentityPools/", "/providers/", ".iam.gserviceaccount.com", "aaa::bb::c", "aa::bb::cc",
          "a" * 63, "b" * 64, "c" * 200]


def reference(pattern):
    """The pattern as Python reads it; its \\p{..} are taken apart by hand."""
    if "\\p{L}" in pattern:
        more = pattern[-1]
        plain = set("_.:/=+-@")

        def every(text):
            return bool(text or more == "*") and all(
                c in plain or unicodedata.ucd_3_2_0.category(c)[0] in "LNZ"
                or unicodedata.ucd_3_2_0.category(c) == "Cn" for c in text)

        return every
    compiled = re.compile(pattern.replace(r"\d-_", r"\d\-_"), re.ASCII)
    return lambda text: bool(compiled.fullmatch(text))


def test_the_automata_say_what_the_patterns_say():
    dice, lines, wanted = random.Random(7), [], []
    patterns = {s["name"]: s["pattern"] for s in tables()[0] if s["pattern"]}
    assert len(patterns) > 20
    for name, pattern in sorted(patterns.items()):
        says = reference(pattern)
        texts = set(PIECES) | {"".join(dice.choices(PIECES, k=dice.randint(2, 6))) for _ in range(3000)}
        made = {"".join(sample) for sample in (pieces_of(pattern, dice) for _ in range(500))}
        answers = {text: says(text) for text in texts | made if "\n" not in text}
        assert True in answers.values(), name
        assert False in answers.values() or pattern == r"[\s\S]*", name
        for text, answer in answers.items():
            lines.append(f"{name}\t{text}\n")
            wanted.append((name, text, answer))
    out = subprocess.run([PROBE, "match"], input="".join(lines).encode(), capture_output=True, check=True).stdout.split()
    assert len(out) == len(wanted)
    wrong = [(name, text) for (name, text, answer), got in zip(wanted, out) if (got == b"1") != answer]
    assert not wrong, wrong[:10]


def pieces_of(pattern, dice):
    """A text near the pattern: its plain parts, with something in the place of each class, sometimes one too few."""
    for part in re.findall(r"\[(?:\\.|[^\]\\])*\](?:[+*]|\{[\d,]+\})?|\\.(?:[+*]|\{[\d,]+\})?|[^\\\[]", pattern):
        if dice.random() < 0.02:
            continue
        if part[0] == "[" or part[:2] in (r"\d", r"\S"):
            count = re.search(r"\{(\d+)", part)
            yield dice.choice("0aZ1") * max(1, int(count[1]) if count else dice.randint(1, 3))
        elif part not in "^$()|*+":
            yield part.lstrip("\\")


@pytest.mark.parametrize("operation, member", [("DescribeConfigRules", "ConfigRules"), ("GetResourceConfigHistory", "configurationItems")])
def test_a_table_can_differ(operation, member):
    """The comparison sees a member that is not there."""
    shapes, ops = tables()
    output = shapes[ops[operation]["output"]]
    assert any(m[0] == member for m in output["members"])
    changed = {**output, "members": [m for m in output["members"] if m[0] != member]}
    kept, shapes[ops[operation]["output"]] = output, changed
    try:
        with pytest.raises(AssertionError):
            compare(ops[operation]["output"], service().operation_model(operation).output_shape, set())
    finally:
        shapes[ops[operation]["output"]] = kept
