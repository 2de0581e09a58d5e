"""Which Groups somebody is in. Services tell it in one of three ways, and do not say in which.

A User may list its Groups; Groups may be asked for by a member; else each Group's members are read. Which of these
is to be believed is proved on somebody who is in a Group: until anybody is, nobody is in any.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

from connectors.scim import find
from connectors.scim.lists import Closed
from connectors.scim.resource import Resource
from connectors.scim.room import NO_MEMBERS, Room
from mappings.model import Kind

NOBODY = "nobody"
NONE = frozenset[str]()


class Memberships:
    """The memberships of one service's people."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._way: str = room.config.memberships
        self._in_lists: bool | None = None  # whether a list of Groups shows their members

    @property
    def way(self) -> str:
        """How they are read; "auto" until anybody is in a Group."""
        return self._way

    def of(self, user: Resource) -> frozenset[str]:
        """The ids of the Groups that a User is in. Raises ConnectorError."""
        match self._proved():
            case "user":
                return user.groups()
            case "filter":
                return frozenset(self._holding(user.id) or NONE)
            case "groups":
                return frozenset(self.index().get(user.id, NONE))
        return NONE

    def index(self) -> Mapping[str, set[str]]:
        """The Groups of everybody, from the Groups' own members. Raises ConnectorError."""
        found: dict[str, set[str]] = defaultdict(set)
        for group in self._whole_groups():
            for id in group.members() or ():
                found[id].add(group.id)
        return found

    def listed(self) -> Mapping[str, set[str]] | None:
        """The same for a list of people; None where people tell their Groups themselves."""
        return None if self._proved() == "user" else self.index()

    def _proved(self) -> str:
        if self._way != "auto":
            return self._way
        for group in self._whole_groups():
            for id in group.people():
                user = find.by_id(self._room, Kind.PERSON, id)
                if user is not None:
                    return self._settle(group, user)
        return NOBODY

    def _settle(self, group: Resource, user: Resource) -> str:
        """Which way shows that somebody is where it is known that it is."""
        if group.id in user.groups():
            self._way = "user"
        elif group.id in (self._holding(user.id) or NONE):
            self._way = "filter"
        else:
            self._way = "groups"
        return self._way

    def _holding(self, id: str) -> set[str] | None:
        """The Groups that a filter by member finds; None where the service knows no such filter."""
        if not self._room.filters and self._way != "filter":
            return None
        query = {**NO_MEMBERS, "filter": f"members.value eq {json.dumps(id)}"}
        if self._way == "auto":
            query = {"filter": query["filter"]}  # whether it was heeded is to be seen by the members
        try:
            groups = list(self._room.listing(Kind.GROUP, query, short=True).everything())
        except Closed:
            if self._way == "auto":
                return None
            raise
        heeded = self._way != "auto" or all(id in self._members_of(each) for each in groups)
        return {each.id for each in groups} if heeded else None

    def _members_of(self, group: Resource) -> frozenset[str]:
        return group.members() or members_of(self._room, group.id)

    def _whole_groups(self) -> Iterator[Resource]:
        """All Groups with their members, one by one where the list does not show any."""
        for group in self._room.listing(Kind.GROUP).everything():
            if group.members():
                self._in_lists = True
            elif not self._in_lists:
                whole = find.by_id(self._room, Kind.GROUP, group.id, members=True)
                if whole is not None and whole.members():
                    self._in_lists = False
                    yield whole
                    continue
            yield group


def members_of(room: Room, id: str) -> frozenset[str]:
    """Who is in a Group, read from itself. Raises ConnectorError."""
    whole = find.by_id(room, Kind.GROUP, id, members=True)
    return (whole.members() if whole else None) or NONE
