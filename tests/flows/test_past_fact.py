"""A fact pushed today for a day in the past is in the directory within two seconds: a real server, OpenLDAP."""

import time
from collections.abc import Callable
from typing import Any

import ldap3

from scim_server.scim.urns import PATCH_OP, ROSTER_USER, USER
from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.hands import Hands
from tests.flows.house import Served
from tests.servers.tempo import allowed

SECONDS = 2.0


def _until(so: Callable[[], bool]) -> float:
    """Seconds until it is so."""
    began = time.monotonic()
    while not so():
        assert time.monotonic() - began < allowed(SECONDS), "too late"
        time.sleep(0.01)
    return time.monotonic() - began


def _locks(hands: Hands, name: str) -> list[Any] | None:
    """The values of its lock; None without an entry."""
    found = hands.connection.search(
        hands.person(name), "(objectClass=*)", ldap3.BASE, attributes=["pwdAccountLockedTime"]
    )
    return list(hands.connection.entries[0].pwdAccountLockedTime.values) if found else None


def test_a_fact_for_a_past_day_is_in_the_directory_within_two_seconds(
    house: Served, clerk: Clerk, hands: Hands
) -> None:
    clerk.post("Groups", say.department("区教育局", "EDU", kind="gov"))
    post = {"value": "a1", "kind": "primary", "scope": "internal", "department": "EDU", "startDate": "2020-01-02"}
    hire = {"value": "h1", "type": "hire", "effectiveDate": "2020-01-02", "entryRoute": "recruited"}
    facts = {"employmentCategory": "institutional", "assignments": [post], "statusEvents": [hire]}
    ids = {}
    for name in ("li", "wang"):
        body = say.user(name) | {"schemas": [USER, ROSTER_USER], ROSTER_USER: facts}
        ids[name] = clerk.post("Users", body)["id"]
    house.settle()
    assert (_locks(hands, "li"), _locks(hands, "wang")) == ([], [])

    def learn(name: str, event: dict[str, object]) -> None:
        operation = {"op": "add", "path": f"{ROSTER_USER}:statusEvents", "value": [event]}
        clerk.patch("Users", ids[name], {"schemas": [PATCH_OP], "Operations": [operation]})

    learn("li", {"value": "e1", "type": "other-lock", "effectiveDate": "2026-01-05"})
    _until(lambda: bool(_locks(hands, "li")))
    learn("wang", {"value": "e1", "type": "resignation", "effectiveDate": "2026-01-06"})
    _until(lambda: _locks(hands, "wang") is None)
    assert _locks(hands, "li")
