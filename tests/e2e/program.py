# SPDX-License-Identifier: Apache-2.0
"""The program under test, as a user starts it: its own process, an environment with nothing of the
machine's in it, everything judged by what it prints, how it ends, and what is in the store."""

import collections
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SILTSTONE_BUILD", TOP / "build" / "dev")).resolve()
BINARY = BUILD / "bin" / "siltstone"
SHARED = pathlib.Path(os.environ.get("SILTSTONE_SHARED", TOP.parent / "shared"))

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}

Run = collections.namedtuple("Run", "code out err seconds cpu peak_kb")


def finish(process):
    """Wait for a child: its processor seconds and its peak memory in KB. What wait4() says of memory
    begins with that of the Python it was forked from, so the kernel's own mark is read while it runs."""
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime, peak
        try:
            with open(f"/proc/{process.pid}/status") as f:
                peak = max([peak, *(int(line.split()[1]) for line in f if line.startswith("VmHWM"))])
        except OSError:
            pass
        time.sleep(0.005)


class Siltstone:
    """One home folder; stores are given by name and live in it."""

    def __init__(self, home, binary=BINARY):
        self.home = pathlib.Path(home)
        self.binary = pathlib.Path(binary)
        self.home.mkdir(parents=True, exist_ok=True)

    def environment(self, keys=True, **more):
        env = {
            "PATH": f"{self.binary.parent}:/usr/bin:/bin",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "*",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1")
        if keys:
            env.update(KEYS)
        env.update(more)
        return env

    def start(self, *args, env=None, **kw):
        return subprocess.Popen(
            [str(self.binary), *map(str, args)],
            env=env if env is not None else self.environment(),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            **kw,
        )

    def run(self, *args, env=None, timeout=120):
        began = time.monotonic()
        with self.start(*args, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
            try:
                out, err = p.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                p.kill()
                out, err = p.communicate()
                raise AssertionError(f"siltstone {' '.join(map(str, args))}: still running after {timeout} s\n{err.decode()}")
        out, err = out.decode(), err.decode()
        for broken in ("AddressSanitizer", "LeakSanitizer", "runtime error:", "assertion"):
            assert broken not in err, f"siltstone {' '.join(map(str, args))}\n{err}"
        return Run(p.returncode, out, err, time.monotonic() - began, None, None)

    def measured(self, *args, env=None):
        """As run(), with processor time and peak memory of that one child."""
        out = self.home / "measured.out"
        err = self.home / "measured.err"
        began = time.monotonic()
        with open(out, "wb") as o, open(err, "wb") as e:
            p = self.start(*args, env=env, stdout=o, stderr=e)
            cpu, peak_kb = finish(p)
        return Run(p.returncode, out.read_text(), err.read_text(), time.monotonic() - began, cpu, peak_kb)

    def ok(self, *args, **kw):
        r = self.run(*args, **kw)
        assert r.code == 0, f"siltstone {' '.join(map(str, args))}: exit {r.code}\n{r.err}"
        return r

    def items(self, store, *args):
        """Every item, oldest first, as `siltstone items` gives them."""
        out = self.ok("items", *args, "--store", store, "--format", "jsonl").out
        return [json.loads(line) for line in out.splitlines()]

    def dump(self, store, path):
        with open(path, "w") as f:
            f.write(self.ok("items", "--store", store, "--format", "jsonl").out)


def rows(store, sql, *args):
    """Ask the store behind the program's back."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return db.execute(sql, args).fetchall()
    finally:
        db.close()


def one(store, sql, *args):
    return rows(store, sql, *args)[0][0]


def looks(store):
    """(type, region) -> the newest look."""
    Look = collections.namedtuple("Look", "outcome reason code seen written calls sweep_ms")
    return {
        (t, r): Look(*rest)
        for t, r, *rest in rows(
            store,
            "SELECT type, region, outcome, reason, code, seen, written, calls, sweep_ms FROM _coverage ORDER BY coverage_id",
        )
    }


def content(store):
    """What is recorded, without any time: the same for two stores that saw the same."""
    return sorted(
        rows(
            store,
            """SELECT r.account, r.region, r.type, r.id, r.name, r.arn, i.version, i.status, d.document
                 FROM _resource r JOIN _item i ON i.rid = r.rid LEFT JOIN _item_document d ON d.item_id = i.item_id""",
        ),
        key=str,
    )


def compared(store):
    """As content(), but without what the catalogue leaves out of comparisons because it moves by itself."""
    return sorted(
        rows(
            store,
            """SELECT r.account, r.region, r.type, r.id, r.name, r.arn, r.deleted, hex(r.content),
                      (SELECT group_concat(i.version || i.status) FROM _item i WHERE i.rid = r.rid)
                 FROM _resource r""",
        ),
        key=str,
    )


def copy_store(src, dst):
    """A store nobody has open."""
    for end in ("-wal", "-shm"):
        pathlib.Path(f"{dst}{end}").unlink(missing_ok=True)
    shutil.copyfile(src, dst)
    if os.path.exists(f"{src}-wal"):
        shutil.copyfile(f"{src}-wal", f"{dst}-wal")


def whole(store):
    """The file is sound, and the derived rows agree with each other."""
    assert rows(store, "PRAGMA integrity_check") == [("ok",)]
    assert rows(store, "PRAGMA foreign_key_check") == []
    # Versions are dense and the newest item is the one the resource points to.
    assert rows(store, """SELECT rid FROM _item GROUP BY rid HAVING min(version) <> 1 OR max(version) <> count(*)""") == []
    assert rows(store, """SELECT r.rid FROM _resource r LEFT JOIN _item i ON i.item_id = r.last_item
                           WHERE (i.item_id IS NULL AND NOT (r.deleted AND r.last_item IS NULL AND r.rid IN (SELECT rid FROM _verdict)))
                              OR i.rid <> r.rid
                              OR i.version <> (SELECT max(version) FROM _item x WHERE x.rid = r.rid)""") == []
    assert rows(store, """SELECT item_id FROM _item WHERE document_id IS NULL AND status NOT LIKE 'ResourceDeleted%' AND status <> 'ResourceNotRecorded'""") == []
