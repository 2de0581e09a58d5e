"""tag/create, update, delete, get, list, addtagusers, deltagusers (document/path/90209)."""

from typing import Any

from connectors.wecom.simulator.answers import Failure, ok
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.fields import ints, is_int, texts
from connectors.wecom.simulator.state import Tag, World

MOST_TAGS = 3000
MOST_NODES = 30_000


def create(world: World, call: Call) -> dict[str, Any]:
    """Creates a tag, which from then on only the same application changes."""
    number = call.body.get("tagid")
    if number is not None and (not is_int(number) or number in world.tags):
        raise Failure(40068)
    name = _name(world, call, None)
    if len(world.tags) >= MOST_TAGS:
        raise Failure(40126)
    if number is None:
        number = max(world.tags, default=0) + 1
    world.tags[number] = Tag(number, name, call.secret)
    return ok("created", tagid=number)


def update(world: World, call: Call) -> dict[str, Any]:
    """Renames a tag."""
    tag = _own(world, call, call.body.get("tagid"))
    tag.name = _name(world, call, tag)
    return ok("updated")


def delete(world: World, call: Call) -> dict[str, Any]:
    """Deletes a tag; its members stay."""
    del world.tags[_own(world, call, call.number("tagid", 40068)).id]
    return ok("deleted")


def get(world: World, call: Call) -> dict[str, Any]:
    """Who has a tag."""
    tag = _tag(world, call.number("tagid", 40068))
    users = [world.members[key] for key in tag.users]
    rows = [{"userid": member.userid, "name": member.name} for member in users]
    return ok(tagname=tag.name, userlist=rows, partylist=list(tag.parties))


def full_list(world: World, call: Call) -> dict[str, Any]:
    """All tags."""
    return ok(taglist=[{"tagid": tag.id, "tagname": tag.name} for tag in world.tags.values()])


def add_users(world: World, call: Call) -> dict[str, Any]:
    """Gives a tag to members and departments. Those that are not there are named; if none is there, 40070."""
    tag = _own(world, call, call.body.get("tagid"))
    users, parties, answer = _sorted_out(world, call, 40070)
    if len(tag.users.keys() | users) + len(tag.parties.keys() | parties) > MOST_NODES:
        raise Failure(81003)
    tag.users.update(dict.fromkeys(users))
    tag.parties.update(dict.fromkeys(parties))
    return answer


def del_users(world: World, call: Call) -> dict[str, Any]:
    """Takes a tag from members and departments. Those that are not there are named; if none is there, 40031."""
    tag = _own(world, call, call.body.get("tagid"))
    users, parties, answer = _sorted_out(world, call, 40031)
    for key in users:
        tag.users.pop(key, None)
    for number in parties:
        tag.parties.pop(number, None)
    return answer


def _sorted_out(world: World, call: Call, none_valid: int) -> tuple[list[str], list[int], dict[str, Any]]:
    """The folded userids and the departments that are there, and an answer that names the others."""
    userlist, partylist = call.body.get("userlist", []), call.body.get("partylist", [])
    if not texts(userlist) or not ints(partylist) or not (userlist or partylist):
        raise Failure(40035)
    if len(userlist) > 1000 or len(partylist) > 100:
        raise Failure(40035)
    users = [userid.casefold() for userid in userlist if userid.casefold() in world.members]
    parties = [number for number in partylist if number in world.departments]
    if not users and not parties:
        raise Failure(none_valid)
    answer = ok()
    if strangers := [userid for userid in userlist if userid.casefold() not in world.members]:
        answer["invalidlist"] = "|".join(strangers)
    if nowhere := [number for number in partylist if number not in world.departments]:
        answer["invalidparty"] = nowhere
    return users, parties, answer


def _name(world: World, call: Call, tag: Tag | None) -> str:
    name = call.body.get("tagname")
    if not isinstance(name, str) or not 1 <= len(name) <= 32:
        raise Failure(40072)
    if any(other.name == name and other is not tag for other in world.tags.values()):
        raise Failure(40071)
    return name


def _tag(world: World, number: Any) -> Tag:
    tag = world.tags.get(number) if is_int(number) else None
    if tag is None:
        raise Failure(40068)
    return tag


def _own(world: World, call: Call, number: Any) -> Tag:
    tag = _tag(world, number)
    if tag.owner != call.secret:
        raise Failure(81011)
    return tag
