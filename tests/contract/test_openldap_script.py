"""The set-up script that tests, demo, bench and the compose image share."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.openldap import SCRIPT, OpenLdap, start_openldap
from tests.servers.ports import free_ports


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="slapd") as made:
        yield Path(made)


def script(*arguments: object, **switches: str) -> "subprocess.CompletedProcess[str]":
    command = ["bash", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, env=_environment(switches), capture_output=True, text=True, check=False, timeout=60)


def _environment(switches: dict[str, str]) -> dict[str, str]:
    import os

    return os.environ | switches


def test_data_and_passwords_outlive_a_restart(private_openldap: Any) -> None:
    server: OpenLdap = private_openldap(SUFFIX="dc=district,dc=example,dc=cn", ROOTPW="root-1", SERVICEPW="service-1")
    assert server.BASE_DN == "dc=district,dc=example,dc=cn"
    assert (server.ROOT_PASSWORD, server.BIND_PASSWORD) == ("root-1", "service-1")
    root = server.root()
    assert root.add(f"uid=a,{server.people}", "inetOrgPerson", {"cn": "a", "sn": "a"})
    root.unbind()
    server.stop()
    server.start()
    assert server.read(f"uid=a,{server.people}") is not None
    assert server.can_bind(server.BIND_DN, "service-1")


def test_a_second_start_in_the_same_folder_is_refused(private_openldap: Any) -> None:
    server: OpenLdap = private_openldap(OVERLAYS="none")
    again = script("start", server.folder, free_ports())
    assert again.returncode == 1
    assert "already running" in again.stderr


def test_an_interrupted_set_up_is_begun_again(folder: Path) -> None:
    (folder / "slapd.d").mkdir()
    (folder / "slapd.d" / "half").write_text("x")
    server = start_openldap(folder, OVERLAYS="none")
    try:
        assert server.can_bind(server.BIND_DN, server.BIND_PASSWORD)
    finally:
        server.stop()


def test_the_service_account_is_not_the_root_dn_and_passwords_are_random(folder: Path) -> None:
    server = start_openldap(folder, OVERLAYS="none")
    try:
        assert f"cn=huaming,ou=services,{server.BASE_DN}" == server.BIND_DN
        assert len({server.BIND_PASSWORD, server.ROOT_PASSWORD}) == 2
        assert min(len(server.BIND_PASSWORD), len(server.ROOT_PASSWORD)) >= 24
        for secret in ("rootpw", "servicepw", "config.ldif", "first.ldif"):
            assert (folder / secret).stat().st_mode & 0o077 == 0
    finally:
        server.stop()


def test_in_the_foreground_it_ends_on_term(folder: Path) -> None:
    port = free_ports()
    switches = _environment({"OVERLAYS": "none", "SERVICEPW": "s"})
    running = subprocess.Popen(
        ["bash", str(SCRIPT), "run", str(folder), str(port)], env=switches, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        whoami = ["ldapwhoami", "-x", "-H", f"ldap://127.0.0.1:{port}"]
        who = [*whoami, "-D", "cn=huaming,ou=services,dc=example,dc=org", "-w", "s"]
        while subprocess.run(who, capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        running.terminate()
    assert running.wait(10) == 0


@pytest.mark.parametrize("arguments", [(), ("start", "x"), ("stop", "/nowhere"), ("dance", "x", 1)])
def test_a_wrong_call_says_how_to_call_it(arguments: tuple[object, ...]) -> None:
    done = script(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("openldap.sh: ")


def test_an_unknown_choice_of_overlays_is_refused(folder: Path) -> None:
    done = script("start", folder, free_ports(), OVERLAYS="some")
    assert done.returncode != 0
    assert "OVERLAYS" in done.stderr
