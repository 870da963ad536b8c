#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""boto_sweep.py - the calls of a sweep made with boto3, and nothing done with the answers.

    boto_sweep.py ENDPOINT REGION,REGION... THREADS TYPE,TYPE...
    boto_sweep.py --types

Types that are listed below others, or by another's id, are left out: --types prints the rest. Reads the calls from the catalogue: listings with all their pages, then for each item what describes
it and its supplementary parts. THREADS 1: one after the other. Prints calls and seconds.
"""

import concurrent.futures
import json
import pathlib
import re
import sys
import time

import boto3
import botocore.config
import botocore.exceptions
from botocore import xform_name

TOP = pathlib.Path(__file__).resolve().parents[2]
endpoint, regions, threads, types = (*sys.argv[1:3], int(sys.argv[3]), sys.argv[4]) if len(sys.argv) > 4 else ("", "", 1, "")
regions = regions.split(",")
clients = {}
calls = []


def client(service, region):
    if (service, region) not in clients:
        clients[service, region] = boto3.client(
            service, region_name=region, endpoint_url=endpoint, aws_access_key_id="testing", aws_secret_access_key="testing",
            config=botocore.config.Config(max_pool_connections=max(10, threads), proxies={}, retries={"max_attempts": 1}))
    return clients[service, region]


def pick(value, path):
    """A[].B[] and A[0].B of a response, as a list; no path, the whole of it."""
    found = [value]
    for part in path.split(".") if path else ():
        name, index = re.fullmatch(r"(\w+)(\[\d*\])?", part).groups()
        found = [v[name] for v in found if isinstance(v, dict) and v.get(name) is not None]
        if index == "[]":
            found = [x for v in found for x in v]
        elif index:
            found = [v[int(index[1:-1])] for v in found if len(v) > int(index[1:-1])]
    return found


def fill(value, item):
    if isinstance(value, dict):
        return {k: fill(v, item) for k, v in value.items()}
    if isinstance(value, list):
        return [fill(v, item) for v in value]
    if isinstance(value, str):
        if value == "{.}":
            return item
        return re.sub(r"\{(\w+)\}", lambda m: str(item[m[1]]), value)
    return value


def call(service, region, op, params):
    calls.append(op)
    try:
        return getattr(client(service, region), xform_name(op))(**params)
    except botocore.exceptions.ClientError:
        return {}


def listing(entry, region):
    spec = entry["list"]
    c = client(entry["service"], region)
    method = xform_name(spec["op"])
    params = fill(spec.get("params", {}), {})
    if not c.can_paginate(method):
        return pick(call(entry["service"], region, spec["op"], params), spec["items"])
    paginator = c.get_paginator(method)
    size = {"PageSize": spec["page_size"]} if "page_size" in spec and paginator._pagination_cfg.get("limit_key") else {}
    items = []
    for page in paginator.paginate(**params, PaginationConfig=size):
        calls.append(spec["op"])
        items += pick(page, spec["items"])
    return items


def described(entry, region, item):
    for step in entry.get("steps", []):
        got = pick(call(entry["service"], region, step["op"], fill(step["params"], item)), step["items"])
        if not got:
            return None
        item = {**got[0], **fill(step.get("set", {}), item)}
    return item


def wanted(part, item):
    return all(item.get(k[2].upper() + k[3:]) == v for k, v in part.get("if", {}).items())


def parts(entry, region, items):
    """One job for each call."""
    for part in entry.get("supplementary", {}).values():
        if "op" not in part:
            continue
        if "batch" in part:
            size = part["batch"]["size"]
            for at in range(0, len(items), size):
                filled = [fill(part["params"], i) for i in items[at : at + size]]
                name = next(iter(filled[0]))
                yield entry["service"], region, part["op"], {name: [x for f in filled for x in f[name]]}
            continue
        for item in items:
            if wanted(part, item):
                yield entry["service"], region, part["op"], fill(part["params"], item)


def is_plain(entry):
    own = json.dumps([entry.get("steps"), entry.get("supplementary")])
    if re.search(r"\{(id|name|arn|account|region)\}", own):
        return False
    return entry["engine"] == "native" and "parents" not in entry["list"] and not re.search(r"\{\w", json.dumps(entry["list"].get("params", {})))


def main():
    entries = [e for f in sorted((TOP / "schema/catalogue").glob("*.json")) for e in json.loads(f.read_text()) if is_plain(e)]
    if sys.argv[1:] == ["--types"]:
        print(",".join(e["type"] for e in entries))
        return
    wanted_types = set(types.split(","))
    entries = [e for e in entries if e["type"] in wanted_types]
    places = [(e, r) for e in entries for r in (regions if e["scope"] == "regional" else regions[:1])]
    # A client takes longer to make than a sweep to run, and may not be made by two threads at once.
    for e, r in places:
        client(e["service"], r)
    began = time.monotonic()
    if threads == 1:
        for e, r in places:
            items = [d for d in (described(e, r, i) for i in listing(e, r)) if d]
            for job in parts(e, r, items):
                call(*job)
    else:
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            lists = [(e, r, pool.submit(listing, e, r)) for e, r in places]
            steps = [(e, r, [pool.submit(described, e, r, i) for i in l.result()]) for e, r, l in lists]
            last = [pool.submit(call, *job) for e, r, s in steps for job in parts(e, r, [x.result() for x in s if x.result()])]
            for f in last:
                f.result()
    print(len(calls), f"{time.monotonic() - began:.3f}")


main()
