"""batch/invite: sends those invitations again (document/path/90975)."""

from typing import Any

from connectors.wecom.simulator.answers import Failure, ok
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.fields import ints, texts
from connectors.wecom.simulator.state import Member, World


def invite(world: World, call: Call) -> dict[str, Any]:
    """Invites members, those of departments and those with tags, who have not activated their account."""
    user, party, tag = (call.body.get(key, []) for key in ("user", "party", "tag"))
    if not texts(user) or not ints(party) or not ints(tag):
        raise Failure(40058)
    if not (user or party or tag):
        raise Failure(81012)
    if len(user) > 1000 or len(party) > 100 or len(tag) > 100:
        raise Failure(81017)
    strangers = [userid for userid in user if userid.casefold() not in world.members]
    nowhere = [number for number in party if number not in world.departments]
    unknown = [number for number in tag if number not in world.tags]
    if len(strangers) == len(user) and len(nowhere) == len(party) and len(unknown) == len(tag):
        raise Failure(81013)
    for member in _meant(world, user, party, tag).values():
        member.left = False
        if member.status == 4:
            world.invited.append(member.userid)
    return ok(invaliduser=strangers, invalidparty=nowhere, invalidtag=unknown)


def _meant(world: World, user: list[str], party: list[int], tag: list[int]) -> dict[str, Member]:
    keys = [userid.casefold() for userid in user]
    for number in tag:
        if number in world.tags:
            keys += world.tags[number].users
            party = party + list(world.tags[number].parties)
    for number in party:
        if number in world.departments:
            keys += [key for below in world.downward(number) for key in world.within[below.id]]
    return {key: world.members[key] for key in keys if key in world.members}
