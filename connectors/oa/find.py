"""Finds the member that an operation is about, and makes sure that it is that one and may be written."""

from connectors.errors import Ambiguous
from connectors.oa.codes import Ended
from connectors.oa.entities import Entity, entities, id_of, is_id, one, text_of
from connectors.oa.room import Room, protected
from connectors.oa.wire import segment
from mappings.model import Conflict, Ref, Retry

GONE = Retry("此人已不在OA中，请重新读取")


def member(room: Room, ref: Ref) -> Entity | None:
    """The member by its id, else whoever carries the key now. Raises ConnectorError."""
    found = by_id(room, ref.remote_id) if ref.remote_id else None
    return found or by_code(room, ref.key, sure=ref.sought is not None)


def by_id(room: Room, id: str) -> Entity | None:
    """The member of that id, locked or not."""
    return one(room.wire.read(f"orgMember/{id}"), id) if is_id(id) else None


def by_code(room: Room, code: str, sure: bool) -> Entity | None:
    """The member of that code in the units in use; a locked one too. Raises Ambiguous.

    `sure`: also where it may have been made and locked a moment ago, elsewhere.
    """
    units = {each.id for each in room.catalogue.in_use()}
    shown = entities(room.wire.read(f"orgMembers/code/{segment(code)}"))
    if not shown and not room.config.code_shows_locked:
        shown = _each(room, room.hidden.by_code(code, room.everybody, sure))
    ours = [each for each in shown if text_of(each, "code") == code and id_of(each.get("orgAccountId")) in units]
    if len(ours) > 1:
        raise Ambiguous(f"OA中有 {len(ours)} 个人员带着同一个编码")
    return ours[0] if ours else None


def by_login(room: Room, login: str) -> Entity | None:
    """Whoever logs in like that, in the whole OA; of the locked ones those in the units in use."""
    shown = entities(room.wire.read("orgMember", loginName=login))
    shown = shown or _each(room, room.hidden.by_login(login, room.everybody))
    same = [each for each in shown if text_of(each, "loginName").casefold() == login.casefold()]
    return same[0] if same else None


def located(room: Room, ref: Ref) -> Entity | None:
    """The member that `ref` means, and not protected; None when it is gone.

    Ends with Conflict where another one than the linked one carries the key now.
    """
    found = member(room, ref)
    if found is None:
        return None
    login, id = text_of(found, "loginName"), id_of(found["id"])
    if ref.remote_id not in (None, id):
        raise Ended(Conflict(login or id, "关联的人员已不在OA中，另有人员带着同一个编码"))
    room.refuse_protected(login, text_of(found, "code"), ref.key, id)
    if found.get("isAdmin") is True:
        raise protected()  # an administrator of the OA itself
    return found


def existing(room: Room, ref: Ref) -> Entity:
    """The member; ends with Retry when it is gone, since whoever asked for the change has not seen that yet."""
    found = located(room, ref)
    if found is None:
        raise Ended(GONE)
    return found


def _each(room: Room, ids: list[str]) -> list[Entity]:
    found = (by_id(room, id) for id in ids)
    return [each for each in found if each is not None]
