# SPDX-License-Identifier: Apache-2.0
"""The estate tools (not part of this project) as functions: make an estate, change it with a log of
every change, compare what was recorded with that log."""

import re
import subprocess
import sys


def tool(folder, name, *args):
    return subprocess.run(
        [sys.executable, str(folder / name), *map(str, args)],
        cwd=folder, capture_output=True, text=True, timeout=1800,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent", "NO_PROXY": "*"},
    )


def make(folder, endpoint, regions, scale=1, seed=7):
    r = tool(folder, "make_estate.py", "--endpoint", endpoint, "--regions", ",".join(regions), "--scale", scale, "--seed", seed)
    assert r.returncode == 0, r.stderr
    return r.stderr


def mutate(folder, endpoint, regions, n, seed, log, prove=False):
    """prove: read the whole estate before and after, so that the log itself is shown to be true."""
    extra = [] if prove else ["--no-check"]
    r = tool(folder, "mutate.py", "--endpoint", endpoint, "--regions", ",".join(regions), "-n", n,
             "--seed", seed, "--log", log, *extra)
    assert r.returncode == 0, r.stderr
    return r.stderr


def verify(folder, oracle, dump):
    """Returns the numbers of the verdict and its full text. The log knows the types of AWS, not what of them we tell again."""
    known = dump.with_suffix(".aws.jsonl")
    known.write_text("".join(line for line in dump.read_text().splitlines(True) if '"resourceType":"Siltstone::' not in line))
    r = tool(folder, "verify.py", "--oracle", oracle, "--items", known, "--types", "recorded", "--slack", 3600)
    m = re.search(r"missed (\d+), phantom (\d+), wrong end (\d+)", r.stdout)
    assert m, r.stdout + r.stderr
    return tuple(map(int, m.groups())), r.stdout
