"""A real OpenLDAP for the tests: the one the environment names, else a process of our own, else a container.

    HUAMING_TEST_LDAP_URL, _LDAPS_URL, _CA_FILE, _BASE_DN, _BIND_DN, _BIND_PASSWORD, _ROOT_DN, _ROOT_PASSWORD

name a server that was set up like `deploy/openldap/openldap.sh` does it; everything below its ou=people and
ou=groups is deleted between tests. None of the three to be had is a failure, with the line to install one.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import ldap3
import pytest

from connectors.ldap.config import LdapConfig
from tests.servers.own import VARIABLES, private, run_script, start_server

SCRIPT = Path(__file__).parents[2] / "deploy" / "openldap" / "openldap.sh"
INSTALL = "apt-get install -y --no-install-recommends slapd slapd-contrib ldap-utils openssl"
SETTLES = 60.0  # seconds that refint may take for all it still has to do: mostly a millisecond


@dataclass
class OpenLdap:
    """How to reach a directory, and an eye on it that is independent of the connector: ldap3 as the root DN."""

    URL: str
    LDAPS_URL: str
    CA_FILE: str
    BASE_DN: str
    BIND_DN: str
    BIND_PASSWORD: str
    ROOT_DN: str
    ROOT_PASSWORD: str
    folder: Path | None = None
    switches: dict[str, str] = field(default_factory=dict)
    place: int = 0  # what the script was told as PORT

    script: ClassVar[Path] = SCRIPT
    late: ClassVar[bool] = True  # references are put right after the answer

    @property
    def port(self) -> int:
        """The port of ldap://."""
        return self.address()[1]

    def address(self, secure: bool = False) -> tuple[str, int]:
        """Where ldap:// is, or ldaps://."""
        parts = urlsplit(self.LDAPS_URL if secure else self.URL)
        return str(parts.hostname), int(parts.port or 0)

    def eye(self) -> ldap3.Server:
        """The server as ldap3 is to reach it."""
        return ldap3.Server(self.URL, get_info=ldap3.NONE)

    @property
    def people(self) -> str:
        return f"ou=people,{self.BASE_DN}"

    @property
    def groups(self) -> str:
        return f"ou=groups,{self.BASE_DN}"

    def config(self, **changes: Any) -> LdapConfig:
        """The connector's configuration: the service account over loopback, unless changed."""
        given = {
            "url": self.URL,
            "bind_dn": self.BIND_DN,
            "bind_password": self.BIND_PASSWORD,
            "base_dn": self.BASE_DN,
            "ca_file": self.CA_FILE,
            "plaintext": True,
        }
        return LdapConfig(**given | changes)

    def root(self) -> ldap3.Connection:
        """A new connection as the root DN."""
        return self.bound(self.ROOT_DN, self.ROOT_PASSWORD)

    def bound(self, dn: str, password: str) -> ldap3.Connection:
        """A new connection as somebody; check `.bound`."""
        connection = ldap3.Connection(self.eye(), dn, password, check_names=False)
        connection.bind()
        return connection

    def can_bind(self, dn: str, password: str) -> bool:
        """Whether the directory lets this password in."""
        connection = self.bound(dn, password)
        try:
            return bool(connection.bound)
        finally:
            connection.unbind()

    def read(self, dn: str, *attributes: str) -> dict[str, list[str]] | None:
        """The attributes of one entry as sorted texts, as the root DN sees them; None where there is no entry."""
        return self.search(dn, "(objectClass=*)", ldap3.BASE, attributes or ("*",)).get(dn)

    def search(
        self, base: str, text: str = "(objectClass=*)", scope: str = ldap3.LEVEL, attributes: Any = ("*",)
    ) -> dict[str, dict[str, list[str]]]:
        """DN -> attribute -> sorted values, for everything that a filter finds below `base`."""
        connection = self.root()
        try:
            connection.search(base, text, scope, attributes=list(attributes), dereference_aliases=ldap3.DEREF_NEVER)
            assert connection.result["result"] in (0, 32), connection.result
            return {entry["dn"]: _texts(entry) for entry in connection.response if entry["type"] == "searchResEntry"}
        finally:
            connection.unbind()

    def dump(self) -> dict[str, dict[str, list[str]]]:
        """All people and groups with their user attributes."""
        return self.search(self.people) | self.search(self.groups)

    def members(self, group_dn: str) -> list[str]:
        """The `member` values of a group, placeholder included."""
        return (self.read(group_dn, "member") or {}).get("member", [])

    def clear(self) -> None:
        """Deletes everything below ou=people and ou=groups."""
        connection, deleted = self.root(), 0
        try:
            for base in (self.groups, self.people):
                connection.search(base, "(objectClass=*)", ldap3.SUBTREE, attributes=["1.1"])
                found = [entry["dn"] for entry in connection.response if entry["dn"].lower() != base.lower()]
                deleted += len(found)
                for dn in sorted(found, key=len, reverse=True):
                    connection.delete(dn)
        finally:
            connection.unbind()
        if deleted:
            self.settle()

    def settle(self) -> None:
        """Waits until refint has done its work for every deletion and rename so far.

        It does it after the answer, in their order, and knows entries by their names: of two thousand deletions some
        were still to be done when the next test was at work, and took those out of its groups who had the names now.
        """
        if not self.late or self.switches.get("OVERLAYS", "all") != "all":
            return
        connection, last, group = self.root(), f"uid=last,{self.people}", f"cn=last,{self.groups}"
        try:
            assert connection.add(last, "inetOrgPerson", {"cn": "last", "sn": "last"}), connection.result
            assert connection.add(group, "groupOfNames", {"member": [last]}), connection.result
            assert connection.delete(last), connection.result
            until = time.monotonic() + SETTLES
            while connection.search(group, f"(member={last})", ldap3.BASE):
                assert time.monotonic() < until, "refint does not take out who was deleted"
                time.sleep(0.001)
            assert connection.delete(group), connection.result
        finally:
            connection.unbind()

    def stop(self) -> None:
        """Ends the server; its data stays."""
        assert self.folder, "only a server of our own can be stopped"
        subprocess.run(["bash", self.script, "stop", self.folder], check=True, timeout=60)

    def start(self) -> None:
        """Starts the server again at the same address."""
        assert self.folder, "only a server of our own can be started"
        run_script(self.script, self.folder, self.place, self.switches)


def start_openldap(folder: Path, **switches: str) -> OpenLdap:
    """A process of our own in `folder`; the switches are those of the script, e.g. OVERLAYS="none"."""
    if not (shutil.which("slapd") or Path("/usr/sbin/slapd").exists()):
        pytest.fail(f"no slapd: {INSTALL}")
    server: OpenLdap = start_server(OpenLdap, folder, {"DBNOSYNC": "1"} | switches)
    return server


def _texts(entry: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: sorted(value.decode(errors="replace") for value in values)
        for name, values in entry["raw_attributes"].items()
    }


def _named_by_environment() -> OpenLdap | None:
    if "HUAMING_TEST_LDAP_URL" not in os.environ:
        return None
    missing = [name for name in VARIABLES if f"HUAMING_TEST_LDAP_{name}" not in os.environ]
    if missing:
        pytest.fail(f"HUAMING_TEST_LDAP_URL is set, but not for {', '.join(missing)}")
    return OpenLdap(**{name: os.environ[f"HUAMING_TEST_LDAP_{name}"] for name in VARIABLES})


def _container(overlays: str) -> Iterator[OpenLdap]:
    """The image of deploy/openldap, where a Docker engine answers."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.image import DockerImage
    from testcontainers.core.waiting_utils import wait_for

    passwords = {"ROOTPW": "root-password", "SERVICEPW": "service-password"}
    with DockerImage(path=str(SCRIPT.parent)) as image:
        container = DockerContainer(str(image)).with_exposed_ports(1389, 1390)
        for name, value in (passwords | {"OVERLAYS": overlays, "DBNOSYNC": "1"}).items():
            container.with_env(name, value)
        with container, tempfile.TemporaryDirectory() as folder:
            wait_for(lambda: container.exec("test -s /srv/openldap/run/slapd.pid").exit_code == 0)
            authority = Path(folder) / "ca.crt"
            authority.write_bytes(container.exec("cat /srv/openldap/tls/ca.crt").output)
            plain, secure = container.get_exposed_port(1389), container.get_exposed_port(1390)
            base = "dc=example,dc=org"
            yield OpenLdap(
                f"ldap://localhost:{plain}",
                f"ldaps://localhost:{secure}",
                str(authority),
                base,
                f"cn=huaming,ou=services,{base}",
                passwords["SERVICEPW"],
                f"cn=admin,{base}",
                passwords["ROOTPW"],
                switches={"OVERLAYS": overlays},
            )


def _docker_answers() -> bool:
    return (
        bool(shutil.which("docker"))
        and subprocess.run(["docker", "info"], check=False, capture_output=True).returncode == 0
    )


def serve(overlays: str) -> Iterator[OpenLdap]:
    """The first of the three that is to be had."""
    if overlays == "all" and (named := _named_by_environment()):
        yield named
    elif shutil.which("slapd") or Path("/usr/sbin/slapd").exists():
        with tempfile.TemporaryDirectory(prefix="slapd") as folder:
            server = start_openldap(Path(folder), OVERLAYS=overlays)
            yield server
            server.stop()
    elif _docker_answers():
        yield from _container(overlays)
    else:
        pytest.fail(f"no OpenLDAP: set HUAMING_TEST_LDAP_URL, or start Docker, or: {INSTALL}")


@pytest.fixture(scope="session")
def openldap_server() -> Iterator[OpenLdap]:
    """One server with all overlays for the whole run. Tests take `openldap`."""
    yield from serve("all")


@pytest.fixture(scope="session")
def bare_server() -> Iterator[OpenLdap]:
    """One server without any overlay for the whole run. Tests take `bare_openldap`."""
    yield from serve("none")


@pytest.fixture(scope="session")
def lean_server() -> Iterator[OpenLdap]:
    """One server with ppolicy alone for the whole run. Tests take `lean_openldap`."""
    yield from serve("ppolicy")


@pytest.fixture
def openldap(openldap_server: OpenLdap) -> OpenLdap:
    """A directory with all overlays and nobody in it."""
    openldap_server.clear()
    return openldap_server


@pytest.fixture
def bare_openldap(bare_server: OpenLdap) -> OpenLdap:
    """A directory without any overlay and with nobody in it."""
    bare_server.clear()
    return bare_server


@pytest.fixture
def lean_openldap(lean_server: OpenLdap) -> OpenLdap:
    """A directory that locks accounts and keeps no references right by itself, with nobody in it."""
    lean_server.clear()
    return lean_server


@pytest.fixture
def private_openldap() -> Iterator[Any]:
    """A factory of servers that a test may stop, start and break: `private_openldap(OVERLAYS="none")`."""
    yield from private("slapd", start_openldap)
