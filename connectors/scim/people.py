"""What is done to a User. Each action looks first, for services differ in what a repeat does, and writes once."""

from connectors.scim import changes, find
from connectors.scim.changes import Texts
from connectors.scim.codes import Declined
from connectors.scim.memberships import Memberships
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
    Presence,
    Refused,
)

LOOK_AGAIN = 60.0  # seconds until an account that was deleted and is still there is looked at again
NO_LOCK = Refused("unsupported", "SCIM 系统的用户没有 active 属性，不能锁定")


def create(room: Room, operation: Operation) -> Outcome:
    """Makes an account. Looks for its userName as well: there are services that would take over whoever has it."""
    assert operation.after is not None, "a create says what to create"
    ref, texts = operation.ref, texts_of(room, operation.after)
    login = texts.get("userName", "")
    if room.config.protects(ref.key, login):
        return find.PROTECTED
    if find.by_key(room, ref) is not None:
        return AlreadySo()
    holder = find.by_user_name(room, login)
    if holder is not None:
        return _taken(holder)
    locked = operation.after.presence is Presence.LOCKED
    if locked and not room.features.locks:
        return NO_LOCK
    present = {name: text for name, text in texts.items() if text}
    try:
        room.wire.write("POST", "/Users", changes.body(Kind.PERSON, present, active=not locked))
    except Declined as no:
        if not no.taken:
            raise
        if find.by_key(room, ref) is not None:  # somebody was quicker, and it was us
            return AlreadySo()
        return _named(room, no, login)
    return Done()


def update(room: Room, operation: Operation) -> Outcome:
    """Changes attributes; with none it is only a look."""
    found = find.existing(room, operation.ref)
    wanted = texts_of(room, operation.after) if operation.after is not None else {}
    differing = {name: text for name, text in wanted.items() if found.text(name) != text}
    if not differing:
        return AlreadySo()
    if not differing.get("userName", "-"):
        return Refused("invalidValue", "SCIM 系统的账号不能没有 userName")
    try:
        changes.write(room, found, differing)
    except Declined as no:
        if not no.taken:
            raise
        return _named(room, no, differing.get("userName", ""), found.id)
    return Done()


def set_active(room: Room, operation: Operation, active: bool) -> Outcome:
    """Locks or unlocks."""
    found = find.existing(room, operation.ref)
    if found.active is active:
        return AlreadySo()
    if not room.features.locks:
        return NO_LOCK
    changes.write(room, found, {}, active)
    return Done()


def remove(room: Room, memberships: Memberships, operation: Operation) -> Outcome:
    """Deletes, and has looked whether it is gone. Leaves its Groups first: not every service does that by itself."""
    found = find.located(room, operation.ref)
    if found is None:
        return AlreadySo()
    for id in sorted(memberships.of(found)):
        _leave_quietly(room, id, found.id)
    try:
        room.wire.write("DELETE", f"/Users/{segment(found.id)}")
    except Declined as no:
        if not no.gone:
            raise
        return AlreadySo()
    if find.by_id(room, Kind.PERSON, found.id) is not None:
        return Pending(LOOK_AGAIN, "SCIM 系统接受了删除，但账号仍读得到（也许只停用、不删除）")
    return Done()


def texts_of(room: Room, wanted: AccountState) -> Texts:
    """What is to be written of it, as far as the service knows it; empty takes a value away."""
    known = room.known(Kind.PERSON)
    return {name: "".join(values) for name, values in wanted.attributes.items() if name in known}


def _leave_quietly(room: Room, group: str, id: str) -> None:
    """A Group that the service fills by itself refuses, and will see for itself that its member is gone."""
    whole = find.by_id(room, Kind.GROUP, group, members=True)
    if whole is None:
        return
    try:
        changes.remove_member(room, whole, id)
    except Declined:
        return


def _named(room: Room, no: Declined, user_name: str, own: str = "") -> Outcome:
    """The conflict, with who has the name where that is what is taken."""
    holder = find.by_user_name(room, user_name) if user_name else None
    return _taken(holder) if holder is not None and holder.id != own else no.outcome()


def _taken(holder: Resource) -> Conflict:
    return Conflict(holder.title, "SCIM 系统中另有账号使用这个登录名（userName）")
