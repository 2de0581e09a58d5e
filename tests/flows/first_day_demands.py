"""What must hold on a first day, by the district's own truth. Every function gives lines of what is wrong."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.flows.first_day_decisions import ENOUGH
from tests.flows.first_day_office import Office
from tests.flows.first_day_systems import Before
from tests.flows.first_day_town import MISSING

Row = Mapping[str, Any]


def listed(system: Before, rows: list[Row]) -> list[str]:
    """Nobody is certain and wrong; each account is a line that names its owner; who has one is not simply without."""
    people = [row for row in rows if row["kind"] == "person"]
    lines = Counter(row["remoteId"] for row in people if row["remoteId"])
    wrong = [f"{id}: {times} lines" for id, times in lines.items() if times > 1]
    wrong += [f"{id}: a line of what is protected" for id, old in system.truth.items() if old.protected and id in lines]
    wrong += [f"{old}: no line" for id, old in system.truth.items() if not old.protected and id not in lines]
    for row in people:
        if row["remoteId"]:
            wrong += _judged(system, row)
    missing = {row["externalId"] for row in people if row["standing"] == "missing"}
    meant = {key for row in people for key in row["candidates"] if row["standing"] in ("ambiguous", "proposed")}
    return wrong + [f"{key}: has an account, and is missing" for key in missing - system.town.without - meant]


def _judged(system: Before, row: Row) -> list[str]:
    old = system.truth[row["remoteId"]]
    certain = row["standing"] == "proposed" and row["score"] > ENOUGH
    if certain and row["externalId"] != old.owner:
        return [f"{old}: certainly {row['externalId']}"]
    if row["standing"] == "orphan" and old.owner is not None:
        return [f"{old}: nobody's, and so its owner would be made anew"]
    if row["standing"] != "orphan" and old.owner not in (None, row["externalId"], *row["candidates"]):
        return [f"{old}: not among {row['externalId']} {row['candidates']}"]
    return []


def linked(office: Office, system: Before) -> list[str]:
    """Every account that is there is linked to whose it is, and no other one is."""
    wrong = []
    links = office.links(system.name)
    for key, (id, adopted, _) in links.items():
        old = system.truth.get(id)
        if old is None:
            wrong += [] if key in system.town.without and not adopted else [f"{key}: {id} is new"]
        elif old.owner != key or not adopted:
            wrong.append(f"{key}: {old}")
    wrong += [f"{key}: not linked to {id}" for key, id in system.owned.items() if links.get(key, ("",))[0] != id]
    return wrong


def made(office: Office, system: Before, waiting: set[str]) -> list[str]:
    """An account was made for those who had none, once, and for nobody else. `waiting`: for whom it cannot be yet."""
    created = Counter(office.created(system.name, "person"))
    wrong = [f"{key}: made {times} times" for key, times in created.items() if times > 1]
    wrong += [f"{key}: made, though there is one" for key in created.keys() - system.town.without]
    wrong += [f"{key}: not made" for key in system.town.without - created.keys() - waiting]
    groups = office.created(system.name, "group")
    expected = [MISSING] if system.name != "ldap" else ["D00", MISSING]  # the root is mapped where there is one
    return wrong + ([] if groups == sorted(expected) else [f"groups made: {groups}"])


def healed(office: Office, system: Before, before: Mapping[str, Any]) -> list[str]:
    """State, departments and login are as the roster says; the rest, and whoever is not ours, as it was."""
    town, seen, raw = office.town, system.seen(), system.raw()
    wrong = [f"{id}: gone" for id in before.keys() - seen.keys()]
    for id, old in system.truth.items():
        if old.owner is None:
            wrong += [] if raw[id] == before[id] else [f"{old}: touched, {before[id]} {raw[id]}"]
            continue
        now = seen[id]
        is_open = old.owner not in town.barred and old.login not in town.shut
        places = town.path(town.home(old.owner))
        expected_login = town.login(old.owner) if system.name in ("ldap", "oa") else id
        ours = (now.login, now.open or not system.locks, now.places)
        wanted = (expected_login, is_open or not system.locks, (places,))
        wrong += [] if ours == wanted else [f"{old}: {ours}, not {wanted}"]
        kept = system.fields(before[id]), system.fields(raw[id])
        wrong += [] if kept[0] == kept[1] else [f"{old}: {kept[0]} has become {kept[1]}"]
    return wrong


def mails_taken(office: Office) -> dict[str, str]:
    """In WeCom nobody has the mail of somebody else: whose mail another one's account bears cannot be made yet."""
    found = {}
    wecom = office.systems.get("wecom")
    for id, old in wecom.truth.items() if wecom else ():
        holders = (
            [key for key in wecom.town.without if wecom.town.mail(key) == old.mail] if old.story == "crossed" else []
        )
        found |= {f"wecom {key}": f"邮箱已被另一名成员占用（60106）（{id}）"[:30] for key in holders}
    return found


def locked_by_hand(office: Office, system: Before) -> list[str]:
    """Who was locked by hand stays so, and is reported; nobody else is."""
    told = {key for key, (_, _, finding) in office.links(system.name).items() if finding == "locked-by-hand"}
    shut = {str(old.owner) for old in system.truth.values() if old.login in office.town.shut} if system.locks else set()
    return sorted(told ^ shut)


def orphans(office: Office) -> list[str]:
    """What no link names, and nothing else; of who has left it is said that the door is open.

    What is protected, or was said not to be ours, is told to be so, and nothing else is.
    """
    told = office.orphans()
    closed = office.disowned()
    wrong = [f"{row}: disowned, and somebody's" for row, system, id in closed if system.truth[id].owner is not None]
    nobodys = {
        f"{name} {id}": old.protected
        for name, system in office.systems.items()
        for id, old in system.truth.items()
        if old.owner is None
    }
    clubs = {f"{name} {system.club}" for name, system in office.systems.items()}
    wrong += [f"{row}: told {row in told}" for row in sorted(told.keys() ^ (nobodys.keys() | clubs))]
    settled = dict.fromkeys((row for row, _, _ in closed), "disowned")
    settled |= dict.fromkeys((row for row, is_protected in nobodys.items() if is_protected), "protected")
    for row, told_of in told.items():
        old = office.systems[told_of["system"]].truth.get(told_of["remoteId"])
        thought, meant = told_of["thought"], settled.get(row)
        if meant is not None or thought in ("disowned", "protected"):
            wrong += [] if thought == meant else [f"{row}: {thought}, not {meant}"]
        elif old is not None and old.staff and thought != "left" and told_of["system"] != "wecom":
            wrong.append(f"{row}: has left, and is {thought}")
    return wrong


def differences(office: Office, system: Before) -> list[str]:
    """What differs is told of each adopted account; a mobile is told to differ, and never shown."""
    told = {(each["externalId"], each["attribute"]): each for each in office.differences(system.name)}
    shown, wrong = system.shown(), []
    for key, id in system.owned.items():
        for name, wanted in system.wanted(key).items():
            there = shown[id][name]
            if name not in system.hidden and (there != wanted) is not ((key, name) in told):
                wrong.append(f"{key} {name}: {there}, {wanted}, told {told.get((key, name))}")
    numbers = [each for each in told.values() if each["attribute"] in ("telnumber", "mobile")]
    return wrong + [str(each) for each in numbers if each["roster"] is not None or each["system"] is not None]


def named_healed(system: Before, before: Mapping[str, Any]) -> list[str]:
    """The attributes that are named are as the roster says, of everybody who has been adopted; of nobody else."""
    shown, raw, wrong = system.shown(), system.raw(), []
    for key, id in system.owned.items():
        wanted, there = system.wanted(key), shown[id]
        wrong += [f"{key} {name}: {there[name]}" for name in system.heals if there[name] != wanted[name]]
    return wrong + [
        f"{old}: touched" for id, old in system.truth.items() if old.owner is None and raw[id] != before[id]
    ]
