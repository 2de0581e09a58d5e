"""A real 389 Directory Server for the tests, a process of our own (`deploy/389ds/389ds.sh`); none is a failure."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tests.servers.openldap import OpenLdap
from tests.servers.own import private, start_server

PACKAGES = "389-ds-base ldap-utils openssl"


class Ds389(OpenLdap):
    """A 389 Directory Server, looked at as cn=Directory Manager."""

    script: ClassVar[Path] = Path(__file__).parents[2] / "deploy" / "389ds" / "389ds.sh"
    late: ClassVar[bool] = False


def start_ds389(folder: Path, **switches: str) -> Ds389:
    """A process of our own in `folder`; the switches are those of the script, e.g. PLUGINS="none"."""
    if not (shutil.which("ns-slapd") or Path("/usr/sbin/ns-slapd").exists()):
        pytest.fail(f"no 389 Directory Server: apt-get install -y --no-install-recommends {PACKAGES}")
    server: Ds389 = start_server(Ds389, folder, {"DBNOSYNC": "1"} | switches)
    return server


def _serve(**switches: str) -> Iterator[Ds389]:
    folder = Path(tempfile.mkdtemp(prefix="ds389"))
    server = start_ds389(folder, **switches)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def ds389_server() -> Iterator[Ds389]:
    """One server with memberOf, referential integrity and entryUUID. Tests take `ds389`."""
    yield from _serve()


@pytest.fixture(scope="session")
def bare_ds389_server() -> Iterator[Ds389]:
    """One server without these three plug-ins. Tests take `bare_ds389`."""
    yield from _serve(PLUGINS="none")


@pytest.fixture
def ds389(ds389_server: Ds389) -> Ds389:
    """A directory with its plug-ins and nobody in it."""
    ds389_server.clear()
    return ds389_server


@pytest.fixture
def bare_ds389(bare_ds389_server: Ds389) -> Ds389:
    """A directory that keeps no references right by itself, with nobody in it."""
    bare_ds389_server.clear()
    return bare_ds389_server


@pytest.fixture
def private_ds389() -> Iterator[Callable[..., Ds389]]:
    """A factory of servers that a test may stop, start and break: `private_ds389(RIGHTS="none")`."""
    yield from private("ds389", start_ds389)
