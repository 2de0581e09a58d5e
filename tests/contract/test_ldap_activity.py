"""The last log-in as real directories keep it: OpenLDAP with lastbind, 389 DS with its plug-in, Samba AD; and those
that keep none, which watch nothing (S30)."""

import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import ldap3
import pytest

from connectors.base import Activity, ActivityReport, ActivitySource, Watched
from connectors.errors import ConnectorError
from connectors.ldap.connector import LdapConnector
from tests.contract.systems.ldap import PASSWORD, LdapTarget, ldap_connector, with_password
from tests.servers.ds389 import Ds389
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap
from tests.servers.samba_ad import SambaAd

MONTH, MINUTE = timedelta(days=30), timedelta(minutes=1)


@pytest.fixture(params=[{}, {"fast": False}], ids=["fast", "plain"])
def settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"page_size": 3} | request.param


def report(connector: LdapConnector, back: timedelta = MONTH) -> tuple[ActivityReport, datetime]:
    """What is told of the time until now, and that now."""
    assert isinstance(connector, ActivitySource)
    until = datetime.now(UTC)
    try:
        return connector.last_seen(until - back, until), until
    finally:
        connector.close()


def by_key(told: ActivityReport) -> dict[str, Activity]:
    assert all(name == each.remote_id for name, each in told.last.items())
    return {each.key: each for each in told.last.values()}


def log_in(target: LdapTarget, *logins: str) -> None:
    for login in logins:
        dn = f"uid={login},{target.server.people}"
        with_password(target, dn)
        assert target.server.can_bind(dn, PASSWORD)


def crowd(target: LdapTarget, number: int = 8) -> None:
    for each in range(number):
        target.put(f"E{each}", f"u{each}")


def test_openldap_tells_who_logged_in_over_several_pages(openldap: OpenLdap, settings: dict[str, Any]) -> None:
    target = LdapTarget(openldap, **settings)
    crowd(target)
    log_in(target, "u1", "u7")
    asked: list[tuple[str, int]] = []
    connector = target.ldap()
    now = datetime.now(UTC)
    told = connector.last_seen(now - MONTH, now, lambda *step: asked.append(step))
    connector.close()
    seen = by_key(told)
    assert seen.keys() == {"E1", "E7"}
    assert all(abs(each.at - now) < MINUTE for each in seen.values())
    assert {(each.source, each.terminal, each.strength, each.slack) for each in seen.values()} == {
        ("login", "any", "proof", 0.0)
    }
    assert told.never == frozenset()
    assert sum(number for _, number in asked) == 8
    assert len(asked) == 3


def test_it_watched_from_the_oldest_stamp_until_now(openldap: OpenLdap) -> None:
    target = LdapTarget(openldap)
    crowd(target, 2)
    log_in(target, "u1")
    told, until = report(target.ldap())
    (watched,) = told.watched
    assert (watched.terminal, watched.source, watched.until) == ("any", "login", until)
    assert until - MINUTE < watched.since <= until  # the first log-in that is on record here is of this moment


def test_a_lag_is_taken_off(openldap: OpenLdap) -> None:
    """Until log-ins of an hour ago show, one of this minute proves no watch of the hour before it."""
    target = LdapTarget(openldap, login_lag=3600)
    crowd(target, 2)
    log_in(target, "u1")
    assert report(target.ldap())[0].watched == ()


TODAY = datetime.now(UTC).replace(microsecond=0)
LONG_AGO, SINCE_THEN = TODAY - timedelta(days=300), TODAY - timedelta(days=80)


def _restored(server: OpenLdap, *logins: tuple[str, datetime]) -> None:
    """Entries with their stamps, as a backup brings them back: no client may write them."""
    assert server.folder
    server.stop()
    lines = [
        f"dn: uid={login},{server.people}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login}\nsn: {login}\n"
        f"employeeNumber: {login.upper()}\npwdLastSuccess: {at:%Y%m%d%H%M%SZ}\n"
        for login, at in logins
    ]
    (server.folder / "restored.ldif").write_text("\n".join(lines), encoding="utf-8")
    told = ["-F", server.folder / "slapd.d", "-b", server.BASE_DN, "-l", server.folder / "restored.ldif"]
    subprocess.run(["slapadd", *told], check=True, timeout=60, env={"PATH": "/usr/sbin:/usr/bin:/bin"})
    server.start()


def _lastbind(server: OpenLdap, word: str) -> None:
    rights = ldap3.Connection(server.eye(), "cn=config", server.ROOT_PASSWORD, check_names=False)
    assert rights.bind(), rights.result
    change = {"olcLastBind": [(ldap3.MODIFY_REPLACE, [word])]}
    assert rights.modify("olcDatabase={2}mdb,cn=config", change), rights.result
    rights.unbind()


def test_stamps_tell_since_when_it_is_kept_and_our_own_bind_that_it_still_is(
    private_openldap: Callable[..., OpenLdap],
) -> None:
    server = private_openldap()
    _restored(server, ("e1", LONG_AGO), ("e2", SINCE_THEN))
    target = LdapTarget(server, login_precision=60)
    _lastbind(server, "FALSE")
    told, until = report(target.ldap(), timedelta(days=400))
    assert {key: (each.at, each.slack) for key, each in by_key(told).items()} == {
        "E1": (LONG_AGO, 60),
        "E2": (SINCE_THEN, 60),
    }
    assert told.watched == (Watched("any", "login", LONG_AGO, SINCE_THEN),)
    _lastbind(server, "TRUE")
    told, until = report(target.ldap())
    assert told.watched == (Watched("any", "login", until - MONTH, until),)


def test_one_that_keeps_none_watches_nothing(lean_openldap: OpenLdap) -> None:
    target = LdapTarget(lean_openldap)
    crowd(target, 3)
    log_in(target, "u1")
    assert report(target.ldap())[0] == ActivityReport()


def _record_logins(server: Ds389) -> None:
    """Turns the Account Policy plug-in on, as an administrator does; it takes a restart."""
    root = server.root()
    plugin, policy = "cn=Account Policy Plugin,cn=plugins,cn=config", "cn=config"
    values = {"alwaysrecordlogin": "yes", "stateattrname": "lastLoginTime", "altstateattrname": "1.1"}
    root.add(f"{policy},{plugin}", ["top", "extensibleObject"], {"cn": "config"} | values)
    assert root.result["result"] in (0, 68), root.result
    settings = {name: [(ldap3.MODIFY_REPLACE, [value])] for name, value in values.items()}
    assert root.modify(f"{policy},{plugin}", settings), root.result
    wanted = {"nsslapd-pluginarg0": [(ldap3.MODIFY_REPLACE, [f"{policy},{plugin}"])]}
    assert root.modify(plugin, wanted | {"nsslapd-pluginEnabled": [(ldap3.MODIFY_REPLACE, ["on"])]}), root.result
    root.unbind()
    server.stop()
    server.start()


def test_389_with_its_plug_in_tells_them_and_without_it_watches_nothing(private_ds389: Callable[..., Ds389]) -> None:
    server = private_ds389()
    target = LdapTarget(server, page_size=3)
    crowd(target, 8)
    log_in(target, "u1")
    assert report(target.ldap())[0] == ActivityReport()
    _record_logins(server)
    log_in(target, "u1", "u7")
    told, until = report(target.ldap())
    seen = by_key(told)
    assert seen.keys() == {"E1", "E7"}
    assert all(abs(each.at - until) < MINUTE and each.strength == "proof" for each in seen.values())
    (watched,) = told.watched
    assert watched.until == until


def test_active_directory_tells_a_stamp_that_is_renewed_every_fortnight(samba_ad: SambaAd) -> None:
    samba_ad.tool("samba-tool user create s1 'Wan-Fu!2024' --userou=OU=people")
    samba_ad.tool("samba-tool user create s2 'Wan-Fu!2024' --userou=OU=people")
    dn = next(dn for dn in samba_ad.search(samba_ad.people) if "s1" in dn)
    root = samba_ad.root()
    assert root.modify(dn, {"employeeNumber": [(ldap3.MODIFY_REPLACE, ["E1"])]}), root.result
    root.unbind()
    assert samba_ad.can_bind(dn, "Wan-Fu!2024")
    told, until = report(ldap_connector(samba_ad.config()))
    seen = by_key(told)
    assert seen.keys() == {"E1"}
    assert abs(seen["E1"].at - until) < MINUTE
    assert seen["E1"].strength == "evidence"
    assert abs(seen["E1"].slack - 14 * 86_400) < 86_400
    (watched,) = told.watched
    assert watched.until == until


def test_a_line_that_breaks_makes_no_report(openldap: OpenLdap) -> None:
    target = LdapTarget(openldap, page_size=2)
    crowd(target, 6)
    with FaultProxy(*openldap.address()) as proxy:
        connector = target.ldap(url=f"ldap://127.0.0.1:{proxy.port}")
        pages: list[int] = []

        def cut(step: str, number: int) -> None:
            pages.append(number)
            proxy.set(lose_from=1)

        now = datetime.fromtimestamp(time.time(), UTC)
        with pytest.raises(ConnectorError):
            connector.last_seen(now - MONTH, now, cut)
        connector.close()
    assert pages == [2]
