"""Finds resources by an id or by a value, and is sure of it: a service may not know a filter and not say so.

A question with a filter is believed once the service has answered it rightly about something that it has. Until
then, and where it refuses filters or does not heed them, the whole list is read. Nobody is ever absent by a guess.
"""

import json
from collections.abc import Iterable

from connectors.errors import Ambiguous, Unreadable
from connectors.scim.codes import NO_FILTER, Declined, Ended
from connectors.scim.resource import ENDPOINTS, Resource, at, each_resource, resource
from connectors.scim.room import NO_MEMBERS, Room
from connectors.scim.wire import segment
from mappings.model import AccountState, Conflict, Kind, Ref, Refused, Retry

GONE = Retry("账号或组已不在 SCIM 系统中，请重新读取")
PROTECTED = Refused("protected", "受保护的账号或组，不写")


def by_ref(room: Room, ref: Ref) -> Resource | None:
    """The resource by its id, else whichever carries the key now. Raises ConnectorError, Ambiguous among them."""
    found = by_id(room, ref.kind, ref.remote_id) if ref.remote_id else None
    return found or by_key(room, ref)


def by_id(room: Room, kind: Kind, id: str, members: bool = False) -> Resource | None:
    """The resource of that id. `members`: a Group with who is in it. None says only that this id leads nowhere."""
    query = NO_MEMBERS if kind is Kind.GROUP and not members else {}
    try:
        fields, tag = room.wire.read(f"{ENDPOINTS[kind]}/{segment(id)}", query)
    except Declined as no:
        if no.gone:
            return None
        raise Unreadable(no.sentence) from no
    found = resource(kind, fields, tag)
    return found if found.id == id else None


def by_key(room: Room, ref: Ref) -> Resource | None:
    """The resource that carries the key; of a Group without one there, what was asked for under its name (S22)."""
    if ref.kind is Kind.GROUP and room.config.group_key == "displayName":
        name = _first(ref.sought, "displayName")
        return _one(by_value(room, ref.kind, "displayName", name)) if name else None
    return _one(by_value(room, ref.kind, "externalId", ref.key))


def by_user_name(room: Room, user_name: str) -> Resource | None:
    """Whoever logs in like that."""
    return _one(by_value(room, Kind.PERSON, "userName", user_name))


def by_value(room: Room, kind: Kind, name: str, value: str) -> list[Resource]:
    """All that have that value; a userName is the same in any letter case (RFC 7643, 4.1.1)."""
    question = f"{ENDPOINTS[kind]}?{name}"
    if room.filters and room.proven.get(question, True):
        answered = _asked(room, kind, name, value)
        if answered:
            room.proven[question] = True
        elif answered is None or not (room.proven.get(question) or _nobody_missed(room, kind, name, question)):
            room.proven[question] = False
        if answered is not None and room.proven.get(question, True):
            return answered
    return [each for each in room.listing(kind, _bare(kind)).everything() if _same(each, name, value)]


def located(room: Room, ref: Ref) -> Resource | None:
    """What `ref` means, and not protected; None when it is gone.

    Ends with Conflict where something else than what was linked carries the key now.
    """
    found = by_ref(room, ref)
    if found is None:
        return None
    if ref.remote_id not in (None, found.id):
        raise Ended(Conflict(found.title, "关联的账号已不在 SCIM 系统中，另有账号带着同一个键"))
    if room.config.protects(found.id, found.text("externalId"), found.title, ref.key):
        raise Ended(PROTECTED)
    return found


def existing(room: Room, ref: Ref) -> Resource:
    """The same; ends with Retry when it is gone, since whoever asked for the change has not seen that yet."""
    found = located(room, ref)
    if found is None:
        raise Ended(GONE)
    return found


def _asked(room: Room, kind: Kind, name: str, value: str) -> list[Resource] | None:
    """What the service answers to a filter; None where it knows none, or does not heed it."""
    query = {**_bare(kind), "filter": f"{name} eq {json.dumps(value, ensure_ascii=False)}"}
    try:
        answer = room.wire.read(ENDPOINTS[kind], query)[0]
    except Declined as no:
        if no.gone:  # some say so for nobody: the list tells whether there is a list
            room.listing(kind, _bare(kind)).turn()
            return []
        if no.code in NO_FILTER:
            return None
        raise Unreadable(no.sentence) from no
    listed = at(answer, "Resources")
    found = list(each_resource(kind, [] if listed is None else listed))
    heeded = all(each.text(name).casefold() == value.casefold() for each in found)
    total = at(answer, "totalResults")
    if not heeded or (type(total) is int and total > len(found)):
        return None
    return [each for each in found if _same(each, name, value)]


def _nobody_missed(room: Room, kind: Kind, name: str, question: str) -> bool:
    """Whether it finds somebody whom its list shows. Where nobody has such a value there is nobody to be missed."""
    one = next((each for each in room.listing(kind, _bare(kind)).everything() if each.text(name)), None)
    if one is None:
        return True
    answered = _asked(room, kind, name, one.text(name))
    if answered is not None and any(each.id == one.id for each in answered):
        room.proven[question] = True
        return True
    return False


def _same(each: Resource, name: str, value: str) -> bool:
    text = each.text(name)
    return text.casefold() == value.casefold() if name == "userName" else text == value


def _one(found: Iterable[Resource]) -> Resource | None:
    listed = list(found)
    if len(listed) > 1:
        raise Ambiguous(f"SCIM 系统中有 {len(listed)} 个账号或组带着同一个键或名字")
    return listed[0] if listed else None


def _bare(kind: Kind) -> dict[str, str]:
    return dict(NO_MEMBERS) if kind is Kind.GROUP else {}


def _first(state: AccountState | None, name: str) -> str:
    return next(iter(state.attributes.get(name, ())), "") if state is not None else ""
