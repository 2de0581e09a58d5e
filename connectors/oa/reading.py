"""Everybody, or every department, of the units in use, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.errors import Unreadable
from connectors.oa import departments, members, roles
from connectors.oa.catalogue import Named
from connectors.oa.entities import Entity, id_of
from connectors.oa.lists import Listing, Sheet
from connectors.oa.room import Room
from mappings.model import AccountState, Kind, Page


@dataclass(slots=True)
class Reading:
    """One read from the first unit to the last. `sound`: nothing moved underneath so far."""

    units: Sequence[Named]
    listing: Listing
    jobs: Sequence[roles.Job]
    at: int = 0  # which unit
    turned: int = 0  # pages so far
    entered: bool = False  # whether a page of this unit was shown
    sound: bool = True


class Reader:
    """Reads of one kind, one at a time; the cursor says which, and how far."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._reading: Reading | None = None
        self._number = 0

    def page(self, room: Room, cursor: str | None) -> Page:
        """The next page. Raises ConnectorError; Unreadable where the cursor is of another read."""
        reading = self._begin(room) if cursor is None else self._going_on(cursor)
        self._reading = None  # an error ends the read
        unit, sheet = reading.units[reading.at], reading.listing.turn()
        accounts = self._accounts(room, unit, sheet, reading)
        reading.turned, reading.entered = reading.turned + 1, True
        if sheet.last:
            reading.sound = reading.sound and reading.listing.sound
            reading.at, reading.entered = reading.at + 1, False
            if reading.at < len(reading.units):
                reading.listing = self._listing(room)(reading.units[reading.at].id)
        over = reading.at == len(reading.units)
        if not over:
            self._reading = reading
        return Page(tuple(accounts), None if over else f"{self._number}.{reading.turned}", over and reading.sound)

    def _begin(self, room: Room) -> Reading:
        units = room.catalogue.in_use()
        jobs = roles.jobs(room) if self._kind is Kind.PERSON else []
        self._number += 1
        return Reading(units, self._listing(room)(units[0].id), jobs)

    def _going_on(self, cursor: str) -> Reading:
        if self._reading is None or cursor != f"{self._number}.{self._reading.turned}":
            raise Unreadable("翻页途中断过，请从头读取")
        return self._reading

    def _listing(self, room: Room) -> Callable[[str], Listing]:
        return room.members if self._kind is Kind.PERSON else room.departments

    def _accounts(self, room: Room, unit: Named, sheet: Sheet, reading: Reading) -> list[AccountState]:
        """What a page shows. People with a part-time job in the unit are listed with the unit that they live in."""
        lives = [each for each in sheet.found if _unit_of(each) == unit.id]
        if self._kind is Kind.PERSON:
            return [members.state(room, each, reading.jobs) for each in lives]
        of_unit = [] if reading.at == 0 or reading.entered else [departments.state(departments.of_unit(unit))]
        return [*of_unit, *(departments.state(departments.of_entity(each)) for each in lives)]


def _unit_of(entity: Entity) -> str:
    return id_of(entity.get("orgAccountId"))
