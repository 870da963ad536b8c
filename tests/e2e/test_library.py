# SPDX-License-Identifier: Apache-2.0
"""The library as others get it: installed into an empty folder, found through pkg-config and CMake, used from C,
C++ and Python."""

import os
import re
import shutil
import subprocess
import sys

import pytest

import program

EMBED = program.TOP / "tests" / "embed"
CACHE = (program.BUILD / "CMakeCache.txt").read_text()


def cached(name):
    found = re.search(rf"^{name}:\w+=(.*)$", CACHE, re.M)
    return found.group(1) if found else ""


SANITIZERS = cached("SILTSTONE_SANITIZE")
COMPILER = cached("CMAKE_C_COMPILER")
FLAGS = [f"-fsanitize={SANITIZERS}"] if SANITIZERS else []


def run(*args, fails=False, **kw):
    r = subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=300, **kw)
    assert (r.returncode != 0) == fails, f"{args}: exit {r.returncode}\n{r.stdout}\n{r.stderr}"
    return r.stderr if fails else r.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """Installed, and then moved: nothing may remember where it was put."""
    first = tmp_path_factory.mktemp("install") / "first"
    run("cmake", "--install", program.BUILD, "--prefix", first)
    moved = first.with_name("moved")
    first.rename(moved)
    return moved


@pytest.fixture(scope="module")
def libdir(prefix):
    found = list(prefix.glob("**/libsiltstone.so.0"))
    assert len(found) == 1, found
    return found[0].parent


@pytest.fixture
def seeded(tmp_path):
    store = tmp_path / "seeded.db"
    run(program.BUILD / "tests" / "seed", store)
    return store


@pytest.fixture(scope="module")
def built(prefix, tmp_path_factory):
    """The project of tests/embed, with CMake."""
    out = tmp_path_factory.mktemp("embed")
    flags = " ".join(FLAGS)
    run("cmake", "-S", EMBED, "-B", out, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={COMPILER}", f"-DCMAKE_C_FLAGS={flags}",
        f"-DCMAKE_CXX_FLAGS={flags}", f"-DCMAKE_CXX_COMPILER={'clang++-14' if 'clang' in COMPILER else 'g++'}")
    run("cmake", "--build", out)
    return out


def preloaded(**env):
    """The environment of a program that was not built with what our libraries were built with."""
    env = dict(os.environ, **env)
    if SANITIZERS:
        # The runtime must be there first, and a program of others keeps what it likes to the end.
        env["LD_PRELOAD"] = run(COMPILER, "-print-file-name=libasan.so").strip()
        env["ASAN_OPTIONS"] = "detect_leaks=0"
    return env


def declared():
    text = (program.TOP / "src" / "siltstone.h").read_text()
    return set(re.findall(r"SILTSTONE_EXPORT[^;]*?\b(siltstone_\w+)\(", text))


def test_every_function_is_explained():
    text = (program.TOP / "src" / "siltstone.h").read_text()
    assert len(declared()) > 30
    for name in sorted(declared()):
        before = text[: text.index(f" {name}(") if f" {name}(" in text else text.index(f"*{name}(")]
        paragraph = before.split("\n\n")[-1]
        assert "/*" in paragraph, f"{name} has no comment"


def test_a_dashboard_is_built_with_pkg_config(prefix, libdir, seeded, tmp_path):
    env = dict(os.environ, PKG_CONFIG_PATH=str(libdir / "pkgconfig"))
    flags = run("pkg-config", "--cflags", "--libs", "siltstone", env=env).split()
    run(COMPILER, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *FLAGS, EMBED / "dashboard.c", "-o", tmp_path / "dashboard", *flags,
        f"-Wl,-rpath,{libdir}")
    page = run(tmp_path / "dashboard", seeded)
    assert "<td>AWS::EC2::Instance<td>2\n" in page
    assert "<td>i-0a1<td>configuration.state.name<td>stopped\n" in page
    assert run("pkg-config", "--modversion", "siltstone", env=env).strip() == "0.1.0"


@pytest.mark.parametrize("name", ["dashboard", "dashboard_static"])
def test_a_dashboard_is_built_with_cmake(built, seeded, name):
    if SANITIZERS and "static" in name and "clang" in COMPILER:
        pytest.skip("the archive wants the compiler's own runtime")
    page = run(built / name, seeded)
    assert "<caption>A week ago</caption>" in page
    assert "<td>AWS::EC2::Instance<td>2\n" in page
    assert "no such file" in run(built / name, seeded.with_name("none.db"), fails=True).lower()


def test_an_inventory_is_recorded_from_cpp(built, siltstone, store):
    assert run(built / "recorder", store, "alpha", "beta") == "2 new, 0 changed, 0 deleted\n"
    assert run(built / "recorder", store, "beta") == "0 new, 1 changed, 1 deleted\n"
    program.whole(store)
    log = siltstone.ok("log", "--store", store).out
    assert "configuration.position 2 → 1" in log
    assert siltstone.ok("query", "--store", store, "--format", "csv", "SELECT resource_id FROM resources").out == "resource_id\nbeta\n"
    status = siltstone.ok("status", "--store", store).out
    assert "inventory (program)" in status


def test_python_asks_as_the_readme_says(libdir, seeded):
    code = re.search(r"```python\n(.*?)```", (program.TOP / "README.md").read_text(), re.S).group(1)
    python = shutil.which("python3", path="/usr/bin") or sys.executable
    home = seeded.with_name("home")
    home.mkdir()
    env = preloaded(LD_LIBRARY_PATH=str(libdir))
    assert "no such file" in run(python, "-c", code, env=env, cwd=home, fails=True).lower()
    seeded.rename(home / "siltstone.db")
    assert run(python, "-c", code, env=env, cwd=home) == "AWS::EC2::Instance 2\nAWS::EC2::Subnet 1\nAWS::S3::Bucket 1\n"


def test_the_installed_program_runs(prefix, tmp_path):
    silt = program.Siltstone(tmp_path, prefix / "bin" / "siltstone")
    assert silt.ok("--version").out == "siltstone 0.1.0\n"
    names = {str(p.relative_to(prefix)) for p in prefix.rglob("*") if not p.is_dir()}
    for name in "include/siltstone.h", "lib/systemd/system/siltstone.service", "share/man/man1/siltstone.1", "libexec/siltstone/siltstone-host":
        assert name in names, sorted(names)
    page = (prefix / "share/man/man1/siltstone.1").read_text()
    assert ".Dt SILTSTONE 1" in page
    unit = (prefix / "lib/systemd/system/siltstone.service").read_text()
    original = (program.TOP / "tools" / "siltstone.service").read_text()
    assert unit == original.replace("/usr/bin/siltstone", f"{prefix.with_name('first')}/bin/siltstone") != original
    # It finds the program that looks at the host.
    silt.ok("source", "add", "host", "--types", "Siltstone::Host::User")
    assert ", 0 deleted; 1 of 1 looks complete" in silt.ok("record", "--source", "host", "--types", "Siltstone::Host::User", "--quiet").out


def shell(libdir, store, *words, **kw):
    return run("sqlite3", "-readonly", store, f".load {libdir}/siltstone/siltstone", *words, env=preloaded(), **kw)


def test_the_extension_works_in_the_stock_shell(libdir, seeded):
    assert shell(libdir, seeded, "SELECT property, op, before, after FROM silt_changes(silt_document(1, 1), silt_document(1, 2))") == (
        "configuration.instanceType|change|t3.micro|t3.large\n"
    )
    # What the recorder wrote down is what two documents differ by, for every version.
    told = "SELECT rid, version, property, op, before, after FROM changes ORDER BY 1, 2, 3, 4"
    made = (
        "SELECT h.rid, h.version, c.property, c.op, c.before, c.after FROM history h"
        " JOIN silt_changes(silt_document(h.rid, h.version - 1), silt_document(h.rid, h.version)) c WHERE h.event = 'changed' ORDER BY 1, 2, 3, 4"
    )
    assert shell(libdir, seeded, told) == shell(libdir, seeded, made) != ""
    # And what was in force is what a view says that was.
    at = "SELECT rid, silt_at(rid, '2026-10-02 12:00') FROM resources_at WHERE t = strftime('%s', '2026-10-02 12:00') + 0 ORDER BY 1"
    view = "SELECT rid, configuration FROM resources_at NATURAL JOIN configs WHERE t = strftime('%s', '2026-10-02 12:00') + 0 ORDER BY 1"
    assert shell(libdir, seeded, at) == shell(libdir, seeded, view) != ""
    assert "silt_at: \"noon\" is no moment" in shell(libdir, seeded, "SELECT silt_at(1, 'noon')", fails=True)


@pytest.mark.skipif(bool(SANITIZERS), reason="the shell cannot load it; tests/embed/exports does this")
@pytest.mark.parametrize("installed", [False, True])
def test_siltstone_sql_loads_the_extension(prefix, seeded, tmp_path, installed):
    silt = program.Siltstone(tmp_path, prefix / "bin" / "siltstone" if installed else program.BINARY)
    assert silt.ok("sql", "--store", seeded, "SELECT silt_canon('{\"b\":1,\"a\":2}')").out == '{"a":2,"b":1}\n'
