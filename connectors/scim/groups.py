"""What is done to a Group, and who is in it."""

from connectors.scim import changes, find
from connectors.scim.changes import Texts
from connectors.scim.codes import Declined, Ended
from connectors.scim.memberships import Memberships, members_of
from connectors.scim.resource import Resource
from connectors.scim.room import Room
from connectors.scim.wire import segment
from mappings.model import (
    AccountState,
    AlreadySo,
    Conflict,
    Done,
    Kind,
    Operation,
    Outcome,
    Pending,
    Ref,
    Refused,
    Retry,
)

LOOK_AGAIN = 60.0  # seconds until a Group that is not empty is tried again
NO_GROUP = Retry("组已不在 SCIM 系统中，请重新读取")


def create(room: Room, operation: Operation) -> Outcome:
    """Makes a Group. One without a key there is ours only while our own attempt to make it is on record."""
    assert operation.after is not None, "a create says what to create"
    ref, texts = operation.ref, _texts(room, operation.after)
    name = texts.get("displayName", "")
    if room.config.protects(ref.key):
        return find.PROTECTED
    if find.by_key(room, ref) is not None:
        return AlreadySo()
    if room.config.group_key == "displayName":
        holders = find.by_value(room, Kind.GROUP, "displayName", name)
        if holders:
            return _taken(holders[0])
    present = {each: text for each, text in texts.items() if text}
    try:
        room.wire.write("POST", "/Groups", changes.body(Kind.GROUP, present))
    except Declined as no:
        if not no.taken:
            raise
        if find.by_key(room, ref) is not None:
            return AlreadySo()
        return _named(room, no, name)
    return Done()


def update(room: Room, operation: Operation) -> Outcome:
    """Renames it, or gives it its key."""
    found = find.existing(room, operation.ref)
    wanted = _texts(room, operation.after) if operation.after is not None else {}
    differing = {name: text for name, text in wanted.items() if found.text(name) != text}
    if not differing:
        return AlreadySo()
    whole = found if room.patches else _with_members(room, found.id)
    try:
        changes.write(room, whole, differing)
    except Declined as no:
        if not no.taken:
            raise
        return _named(room, no, differing.get("displayName", ""), found.id)
    return Done()


def remove(room: Room, operation: Operation) -> Outcome:
    """Deletes it when nobody is in it any more."""
    found = find.located(room, operation.ref)
    if found is None:
        return AlreadySo()
    members = members_of(room, found.id)
    if members:
        return Pending(LOOK_AGAIN, f"组内仍有 {len(members)} 名成员（{'、'.join(sorted(members)[:5])}）")
    try:
        room.wire.write("DELETE", f"/Groups/{segment(found.id)}")
    except Declined as no:
        if not no.gone:
            raise
        return AlreadySo()
    return Done()


def join(room: Room, memberships: Memberships, operation: Operation) -> Outcome:
    """Puts a person into a Group."""
    user = find.existing(room, operation.ref)
    group = _group(room, operation.group)
    if group is None:
        return NO_GROUP
    if group.id in memberships.of(user):
        return AlreadySo()
    try:
        changes.add_member(room, _for_members(room, group), user.id)
    except Declined as no:
        return NO_GROUP if no.gone else no.outcome()
    return Done()


def leave(room: Room, memberships: Memberships, operation: Operation) -> Outcome:
    """Takes a person out of a Group."""
    user = find.located(room, operation.ref)
    group = _group(room, operation.group) if user is not None else None
    if user is None or group is None or group.id not in memberships.of(user):
        return AlreadySo()
    try:
        changes.remove_member(room, _for_members(room, group), user.id)
    except Declined as no:
        return AlreadySo() if no.gone else no.outcome()
    return Done()


def _group(room: Room, ref: Ref | None) -> Resource | None:
    """The Group that was linked, or the one with the key; another one with the key is not it."""
    found = find.by_ref(room, ref) if ref is not None else None
    if found is not None and ref is not None and ref.remote_id not in (None, found.id):
        return None
    if found is not None and room.config.protects(found.id, found.text("externalId")):
        raise Ended(find.PROTECTED)
    return found


def _for_members(room: Room, group: Resource) -> Resource:
    return group if room.patches_members else _with_members(room, group.id)


def _with_members(room: Room, id: str) -> Resource:
    """The whole Group, for a PUT puts whoever it does not name out of it."""
    whole = find.by_id(room, Kind.GROUP, id, members=True)
    if whole is None:
        raise Ended(NO_GROUP)
    return whole


def _texts(room: Room, wanted: AccountState) -> Texts:
    known = room.known(Kind.GROUP)
    return {name: "".join(values) for name, values in wanted.attributes.items() if name in known}


def _named(room: Room, no: Declined, name: str, own: str = "") -> Outcome:
    holders = [each for each in find.by_value(room, Kind.GROUP, "displayName", name) if each.id != own] if name else []
    return _taken(holders[0]) if holders else no.outcome()


def _taken(holder: Resource) -> Outcome:
    return Conflict(holder.title, "SCIM 系统中另有同名的组；组名必须唯一时可设 group_names = path")


UNSUPPORTED = Refused("unsupported", "SCIM 系统的组没有这种操作")
