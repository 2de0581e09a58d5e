"""user/create, get, update, delete, batchdelete, and the ways from one id to another (document/path/90193)."""

import hashlib
from collections import deque
from typing import Any

from connectors.wecom.simulator import fields
from connectors.wecom.simulator.answers import WARNING, Failure, ok
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.state import Member, World

DAY = 86_400.0
MONTH = 30 * DAY
PRIVATE = frozenset({"mobile", "gender", "email", "biz_mail", "address"})
MOST_DELETED = 200


def create(world: World, call: Call) -> dict[str, Any]:
    """Creates a member, and invites him unless told not to."""
    userid = fields.check_userid(call.body.get("userid"))
    given, warned = fields.read(world, call.body)
    if "name" not in given:
        raise Failure(60112)
    if "department" not in given:
        raise Failure(40066 if "department" in call.body else 60127)
    if userid.casefold() in world.members:
        raise Failure(60102)
    fields.check(world, given, None, call.at)
    _check_seats(world, call.at)
    member = world.new_member(userid, given["name"], list(given["department"]))
    fields.write(world, member, given)
    world.created.append(call.at)
    if given.get("to_invite", True):
        world.invited.append(userid)
    return ok(WARNING.format("created") if warned else "created")


def _check_seats(world: World, at: float) -> None:
    """Seats full: 45024. More than three times the seats created within a month: 45009, until the month is over."""
    seats = world.corp.seats
    if seats is None:
        return
    if len(world.members) >= seats:
        raise Failure(45024)
    if _recent(world.created, at - MONTH) >= seats * 3:
        raise Failure(45009)


def _recent(times: deque[float], since: float) -> int:
    while times and times[0] <= since:
        times.popleft()
    return len(times)


def shown(world: World, member: Member) -> dict[str, Any]:
    """A member as a read shows him; what is private only where the corp lets it be seen."""
    row: dict[str, Any] = {
        "userid": member.userid,
        "name": member.name,
        "department": list(member.department),
        "order": list(member.order),
        "is_leader_in_dept": list(member.leader),
        "main_department": member.main,
        "status": member.status,
        "position": member.fields.get("position", ""),
        "direct_leader": member.fields.get("direct_leader", []),
        "extattr": {"attrs": list(member.extattr.values())},
    }
    row |= {key: member.fields.get(key, "") for key in ("alias", "telephone", "external_position")}
    if world.corp.readable:
        row |= {key: member.fields.get(key, "0" if key == "gender" else "") for key in PRIVATE}
    for key in world.corp.absent_fields:
        row.pop(key, None)
    return row


def get(world: World, call: Call) -> dict[str, Any]:
    """One member."""
    return ok(**shown(world, _asked(world, call)))


def update(world: World, call: Call) -> dict[str, Any]:
    """Changes what is given of a member; the rest keeps its value."""
    member = world.member(call.text("userid", 41009))
    given, warned = fields.read(world, call.body)
    fields.check(world, given, member, call.at)
    fields.write(world, member, given)
    return ok(WARNING.format("updated") if warned else "updated")


def delete(world: World, call: Call) -> dict[str, Any]:
    """Deletes a member. Raises Failure 301005 for the corp's creator."""
    member = _asked(world, call)
    _check_deletable(world, member)
    world.drop_member(member)
    return ok("deleted")


def batch_delete(world: World, call: Call) -> dict[str, Any]:
    """Deletes all of them, or nobody."""
    userids = call.body.get("useridlist")
    if not fields.texts(userids) or not userids:
        raise Failure(40031)
    if len(userids) > MOST_DELETED:
        raise Failure(40032)
    if any(userid.casefold() not in world.members for userid in userids):
        raise Failure(40031)
    members = {userid.casefold(): world.member(userid) for userid in userids}
    for member in members.values():
        _check_deletable(world, member)
    for member in members.values():
        world.drop_member(member)
    return ok("deleted")


def _check_deletable(world: World, member: Member) -> None:
    if world.corp.creator and member.userid.casefold() == world.corp.creator.casefold():
        raise Failure(301005)


def _asked(world: World, call: Call) -> Member:
    userid = call.query.get("userid", "")
    if not userid:
        raise Failure(41009)
    return world.member(userid)


def by_mobile(world: World, call: Call) -> dict[str, Any]:
    """The userid of a mobile. Too many that nobody has, a fifth of the corp's size within a day: 45009."""
    mobile = call.text("mobile")
    size = world.corp.seats or len(world.members)
    if _recent(world.misses, call.at - DAY) > max(size, 50) // 5:
        raise Failure(45009)
    holder = world.holder("mobile", mobile)
    if holder is None:
        world.misses.append(call.at)
        raise Failure(46004)
    return ok(userid=world.members[holder].userid)


def by_email(world: World, call: Call) -> dict[str, Any]:
    """The userid of an address: email_type 1 the corp's mail (that is the default), 2 the member's own."""
    number = call.body.get("email_type", 1)
    if not fields.is_int(number, 1, 2):
        raise Failure(40058)
    kind = "biz_mail" if number == 1 else "email"
    holder = world.holder(kind, call.text("email"))
    if holder is None:
        raise Failure(46004)
    return ok(userid=world.members[holder].userid)


def openid_of(world: World, call: Call) -> dict[str, Any]:
    """The openid of a member who has activated his account."""
    member = world.member(call.text("userid", 41009))
    if not member.activated:
        raise Failure(43004)
    return ok(openid=_openid(member))


def userid_of(world: World, call: Call) -> dict[str, Any]:
    """The member of an openid."""
    openid = call.text("openid", 40073)
    for member in world.members.values():
        if member.activated and _openid(member) == openid:
            return ok(userid=member.userid)
    raise Failure(40073)


def _openid(member: Member) -> str:
    return "o" + hashlib.sha256(f"{member.seq}:{member.userid}".encode()).hexdigest()[:27]
