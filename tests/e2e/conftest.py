# SPDX-License-Identifier: Apache-2.0

import pytest

import emulator
import estate
import fault_proxy
import program
import service


@pytest.fixture(scope="session")
def moto_server():
    server = emulator.Moto()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def moto(moto_server):
    """An empty AWS, one for each module."""
    moto_server.reset()
    return moto_server


@pytest.fixture(scope="module")
def small(moto):
    """The small estate; .made says what is in it."""
    moto.made = estate.build(moto)
    return moto


@pytest.fixture
def siltstone(tmp_path):
    if not program.BINARY.exists():
        pytest.fail(f"{program.BINARY} is not built")
    return program.Siltstone(tmp_path)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "silt.db"


@pytest.fixture(scope="module")
def recorded(small, tmp_path_factory):
    """A store with one sweep of the small estate; copy it before you change it."""
    home = tmp_path_factory.mktemp("recorded")
    silt = program.Siltstone(home)
    silt.ok("record", "--store", home / "silt.db", "--endpoint", small.endpoint, "--regions", ",".join(estate.REGIONS),
            "--types", estate.TYPES)
    return home / "silt.db"


@pytest.fixture
def store_copy(recorded, store):
    program.copy_store(recorded, store)
    return store


@pytest.fixture
def serve(siltstone):
    """Starts the daemon on a store, as a service to be asked: serve(store, *args) -> service.Service."""
    running = []

    def start(path, *args, **kw):
        running.append(service.Service(siltstone, path, *args, **kw))
        return running[-1]

    yield start
    for s in running:
        if s.process.poll() is None:
            s.process.kill()
            s.process.wait()


@pytest.fixture
def asked(serve, store_copy):
    """A service over a copy of the store with one sweep of the small estate (small.made says what is in that)."""
    return serve(store_copy)


@pytest.fixture
def proxy(moto_server):
    p = fault_proxy.FaultProxy(moto_server.endpoint)
    yield p
    p.stop()


@pytest.fixture(scope="session")
def estate_tools():
    """The estate generator and its verdict; not part of this project."""
    folder = program.SHARED / "testing" / "estate"
    if not (folder / "make_estate.py").exists():
        pytest.skip(f"no estate tools in {folder} (set SILTSTONE_SHARED to the folder that has testing/estate)")
    return folder
