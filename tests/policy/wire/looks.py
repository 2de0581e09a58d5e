"""What the house says of a person: `states` with either face, the SCIM resource, the letters; and what a check asks."""

from collections.abc import Mapping
from typing import Any

from scim_server.operate.letters import terms_of
from scim_server.reports.letters.reading import read_rows
from scim_server.scim.urns import ROSTER_USER
from tests.policy.wire.acting import Acting, Json

TOLD = ("systems", "primary", "concurrent", "articles", "anomalies")
REQUIRED = f"{ROSTER_USER}:requiredStates"


def told(acting: Acting, day: str, public: bool = False) -> Json:
    """The person's line of `huaming states --as-of DAY`."""
    line = acting.bureau.states(day, restricted=not public)[acting.key]
    assert set(line) == {"externalId", *TOLD}, line
    return {name: line[name] for name in TOLD}


def asked(check: Mapping[str, Any], public: bool = False) -> Json:
    """The same of a check."""
    face = {name: check[f"public_{name}" if public else name] for name in ("articles", "anomalies")}
    return {name: check[name] for name in TOLD} | face


def stored(acting: Acting) -> Json | None:
    """What is materialised today: `active`, `groups` in their order, the required states; None: no such User."""
    answer = acting.bureau.ask("GET", f"/Users/{acting.id}")
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, answer.text
    shown = acting.bureau.ok("GET", f"/Users/{acting.id}?attributes={REQUIRED}")
    keys = {id: key for key, id in acting.ids.items()}
    groups = [keys[each["value"]] for each in answer.json().get("groups", ())]
    return {
        "active": answer.json()["active"],
        "primary": groups[:1],
        "concurrent": sorted(groups[1:]),
        "required": shown.get(ROSTER_USER, {}).get("requiredStates"),
        "members": sorted(key for key in acting.groups if acting.id in _members(acting, key)),
    }


def to_be_stored(acting: Acting, check: Mapping[str, Any], plain: bool) -> Json:
    """The same of a check of somebody whom SCIM knows."""
    primary = [check["primary"]] if check["primary"] else []
    concurrent = sorted(check["concurrent"])
    return {
        "active": check["systems"]["ldap"] == "active",
        "primary": primary,
        "concurrent": concurrent,
        "required": None if plain else check["systems"],
        "members": sorted([*primary, *concurrent]),
    }


def spell(acting: Acting) -> str | None:
    """The spell that runs today, as it is stored."""
    found = acting.bureau.rows(
        "SELECT spell FROM standings JOIN subjects USING (subject) WHERE key = :key AND spell IS NOT NULL",
        key=acting.key,
    )
    return found[0][0] if found else None


def letters_owed(acting: Acting, day: str) -> dict[str, tuple[list[str], str]]:
    """What `huaming report letters` knows of the person on a day: the event -> (departments that owe it, due day)."""
    desk = acting.bureau.desk
    owed: dict[str, tuple[list[str], str]] = {}
    with desk.reader() as connection:
        rows = list(read_rows(connection, terms_of(desk, connection, day, restricted=True)))
    for row in rows:
        if row.external_id == acting.key:
            assert not row.provisional
            owed.setdefault(row.event, ([], row.due))[0].append(row.sender)
    return owed


def _members(acting: Acting, key: str) -> set[str]:
    group = acting.bureau.ok("GET", f"/Groups/{acting.ids[key]}")
    return {each["value"] for each in group.get("members", ())}
