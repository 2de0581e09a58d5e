"""A first password, from the slip to the directory's own door (S15), and what is said where none can be given."""

import json
import re

import pytest

from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

KEY = "9f" * 32


@pytest.fixture
def house(houses: Houses, openldap: OpenLdap) -> Served:
    """A house that gives new accounts a first password, with an account that may set one."""
    one = houses(openldap, initial_password="slip", bind_dn=openldap.ROOT_DN, bind_password=openldap.ROOT_PASSWORD)
    one.server = {"slip_key": KEY}
    one.start()
    return one


def test_a_slip_is_shown_once_and_what_it_says_opens_the_directory(house: Served, openldap: OpenLdap) -> None:
    hr = Hr(house.base, house.secret)
    hr.post("Users", say.user("a"))
    hr.post("Users", say.user("b", "E-b") | {"active": False})
    house.idle()
    waiting = json.loads(house.command("slip", "list", "--json").stdout)
    assert {(each["system"], each["externalId"]) for each in waiting} == {("ldap", "E-a"), ("ldap", "E-b")}
    password = house.command("slip", "show", "--system", "ldap", "--person", "E-a").stdout.strip()
    assert openldap.can_bind(f"uid=a,{openldap.people}", password)
    again = house.run("slip", "show", "--system", "ldap", "--person", "E-a")
    assert (again.returncode, "没有待领取的" in again.stderr) == (1, True)
    assert house.rows("SELECT count(*) FROM looks WHERE what = 'slip ldap'") == [(1,)]
    locked = house.command("slip", "show", "--system", "ldap", "--person", "E-b").stdout.strip()
    assert not openldap.can_bind(f"uid=b,{openldap.people}", locked)  # a password opens no lock
    hr.close()


def test_no_password_is_in_the_log_the_report_or_the_store(house: Served) -> None:
    hr = Hr(house.base, house.secret)
    hr.post("Users", say.user("a"))
    house.idle()
    report = house.command("report", "sync", "--format", "json").stdout
    stored = b"".join(path.read_bytes() for path in house.folder.iterdir() if path.is_file())
    password = house.command("slip", "show", "--system", "ldap", "--person", "E-a").stdout.strip()
    assert re.fullmatch(r"\S{16}", password)
    assert password not in report
    assert password.encode() not in stored
    hr.close()


@pytest.mark.parametrize(
    ("server", "said"),
    [({}, "slip_key is missing"), ({"slip_key": "short"}, "32 characters")],
)
def test_slips_without_a_key_that_can_seal_them_are_refused_at_the_start(
    houses: Houses, openldap: OpenLdap, server: dict[str, str], said: str
) -> None:
    one = houses(openldap, initial_password="slip")
    one.server = server
    one.write_config()
    refused = one.run("doctor")
    assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr


def test_doctor_says_what_slips_mean(house: Served) -> None:
    assert "一次性初始口令" in house.command("doctor").stdout


def test_an_account_that_may_set_no_password_parks_what_it_has_made(houses: Houses, openldap: OpenLdap) -> None:
    one = houses(openldap, initial_password="slip")
    one.server = {"slip_key": KEY}
    one.start()
    hr = Hr(one.base, one.secret)
    hr.post("Users", say.user("a"))
    one.idle()
    ((key, state, _, _, error),) = one.open_rows()
    assert (key, state) == ("E-a", "parked")
    assert "账号已建立，初始口令未能设置" in error
    assert openldap.read(f"uid=a,{openldap.people}") is not None
    hr.close()
