"""Everybody, or every Group, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import Unreadable
from connectors.scim.lists import Listing
from connectors.scim.memberships import Memberships
from connectors.scim.resource import Resource
from connectors.scim.room import NO_MEMBERS, Room
from mappings.model import AccountState, Kind, Page


@dataclass(slots=True)
class Reading:
    """One read from the first page on. `held`: the Groups of everybody, where people do not tell theirs."""

    listing: Listing
    held: Mapping[str, set[str]] | None
    turned: int = 0


class Reader:
    """Reads of one kind, one at a time; the cursor says which, and how far."""

    def __init__(self, room: Room, kind: Kind, memberships: Memberships) -> None:
        self._room, self._kind, self._memberships = room, kind, memberships
        self._reading: Reading | None = None
        self._number = 0

    def page(self, cursor: str | None) -> Page:
        """The next page. Raises ConnectorError; Unreadable where the cursor is of another read."""
        reading = self._begin() if cursor is None else self._going_on(cursor)
        self._reading = None  # an error ends the read
        found, last = reading.listing.turn()
        reading.turned += 1
        if not last:
            self._reading = reading
        accounts = tuple(self._state(each, reading) for each in found)
        return Page(accounts, None if last else f"{self._number}.{reading.turned}", last and reading.listing.sound)

    def _begin(self) -> Reading:
        self._number += 1
        if self._kind is Kind.GROUP:
            return Reading(self._room.listing(Kind.GROUP, NO_MEMBERS), None)
        return Reading(self._room.listing(Kind.PERSON), self._memberships.listed())

    def _going_on(self, cursor: str) -> Reading:
        if self._reading is None or cursor != f"{self._number}.{self._reading.turned}":
            raise Unreadable("翻页途中断过，请从头读取")
        return self._reading

    def _state(self, each: Resource, reading: Reading) -> AccountState:
        known = self._room.known(self._kind)
        if self._kind is Kind.GROUP:
            return each.state(known, None)
        return each.state(known, each.groups() if reading.held is None else frozenset(reading.held.get(each.id, ())))
