"""A real Samba AD domain controller for the tests, a process of our own (`deploy/samba/samba_ad.sh`).

Provisioning needs root: run as root, or with sudo that asks for no password. Neither is a failure that says so.
"""

import os
import shlex
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import ldap3
import pytest

from connectors.ldap.config import LdapConfig
from connectors.ldap.sids import sid_text
from tests.servers.openldap import OpenLdap
from tests.servers.own import private, run_script, start_server

PACKAGES = "samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools openssl"


FILL = """
import sys
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

folder, base, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
lp = LoadParm()
lp.load(f"{folder}/etc/smb.conf")
sam = SamDB(f"{folder}/private/sam.ldb", session_info=system_session(), lp=lp)
names = [f"B{number}" for number in range(count)]
sam.transaction_start()
for name in names:
    values = {"objectClass": "user", "sAMAccountName": name, "employeeNumber": name, "userAccountControl": "514"}
    sam.add({"dn": f"CN={name},OU=people,{base}", **values})
members = [f"CN={name},OU=people,{base}" for name in names]
sam.add({"dn": f"CN=big,OU=groups,{base}", "objectClass": "group", "sAMAccountName": "big", "member": members})
sam.transaction_commit()
"""


class SambaAd(OpenLdap):
    """A domain controller, looked at as its Administrator; a password is only taken over TLS."""

    script: ClassVar[Path] = Path(__file__).parents[2] / "deploy" / "samba" / "samba_ad.sh"
    late: ClassVar[bool] = False

    @property
    def people(self) -> str:
        return f"OU=people,{self.BASE_DN}"

    @property
    def groups(self) -> str:
        return f"OU=groups,{self.BASE_DN}"

    def eye(self) -> ldap3.Server:
        tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=self.CA_FILE)
        return ldap3.Server(self.LDAPS_URL, get_info=ldap3.NONE, tls=tls)

    def config(self, **changes: Any) -> LdapConfig:
        """The connector's configuration: the service account over ldaps, unless changed."""
        return super().config(**{"url": self.LDAPS_URL} | changes)

    def fill(self, count: int) -> None:
        """So many users B0... in ou=people, all of them in the group "big", past the LDAP server in one transaction."""
        subprocess.run(
            as_root("/usr/bin/python3", "-c", FILL, self.folder, self.BASE_DN, count), check=True, timeout=120
        )

    def sid_of(self, dn: str) -> str:
        """The objectSid of an entry, as people write it."""
        connection = self.root()
        connection.search(dn, "(objectClass=*)", ldap3.BASE, attributes=["objectSid"])
        (raw,) = connection.response[0]["raw_attributes"]["objectSid"]
        connection.unbind()
        return sid_text(raw)

    def tool(self, command: str) -> str:
        """What samba-tool says, when root types that command for this domain."""
        words = shlex.split(command)
        assert words[0] == "samba-tool"
        typed = [*words, "-H", f"{self.folder}/private/sam.ldb", "-s", f"{self.folder}/etc/smb.conf"]
        return subprocess.run(as_root(*typed), check=True, timeout=60, capture_output=True, text=True).stdout

    def stop(self) -> None:
        subprocess.run(as_root("bash", self.script, "stop", self.folder), check=True, timeout=60)

    def start(self) -> None:
        assert self.folder, "only a server of our own can be started"
        run_script(self.script, self.folder, self.place, {}, as_root(**self.switches))


def as_root(*command: object, **environment: str) -> list[str]:
    """The command as root may run it. Fails in a sentence where nobody here may be root."""
    words = [str(each) for each in command]
    told = [f"{name}={value}" for name, value in environment.items()]
    if os.geteuid() == 0:
        return ["env", *told, *words]
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n", "env", *told, *words]
    pytest.fail("Samba AD needs root: run the tests as root, or give this user sudo without a password")


def start_samba(folder: Path, **switches: str) -> SambaAd:
    """A domain controller of our own in `folder`; the switches are those of the script, e.g. RIGHTS="none"."""
    if not (shutil.which("samba") or Path("/usr/sbin/samba").exists()):
        pytest.fail(f"no Samba: apt-get install -y --no-install-recommends {PACKAGES}")
    # an even place: it stands for an address of its own
    server: SambaAd = start_server(SambaAd, folder, switches, as_root(**switches))
    return server


def _remove(folder: Path) -> None:
    subprocess.run(as_root("rm", "-rf", folder), check=True, timeout=60)


@pytest.fixture(scope="session")
def samba_server() -> Iterator[SambaAd]:
    """One domain controller for the whole run. Tests take `samba_ad`."""
    folder = Path(tempfile.mkdtemp(prefix="samba"))
    server = start_samba(folder)
    yield server
    server.stop()
    _remove(folder)


@pytest.fixture
def samba_ad(samba_server: SambaAd) -> SambaAd:
    """A domain with nobody in ou=people and ou=groups."""
    samba_server.clear()
    return samba_server


@pytest.fixture
def private_samba() -> Iterator[Callable[..., SambaAd]]:
    """A factory of domain controllers that a test may change: `private_samba(RIGHTS="none")`."""
    yield from private("samba", start_samba, _remove)
