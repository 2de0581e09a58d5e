"""What a check has found, on its way into the store: by the lot, through whoever works it."""

from collections.abc import Sequence

from scim_server.operate.desk import Desk
from scim_server.store.reviews import Found, Person

LOT = 400  # people of one command: some milliseconds of the writer


class Written:
    """The sink of one check. People come whole, in their order: what is broken off is whole up to the last of them."""

    def __init__(self, desk: Desk, review: str) -> None:
        self._desk, self._review = desk, review
        self._people: list[Person] = []
        self._found: list[Found] = []

    def found(self, person: Person, accounts: Sequence[Found]) -> None:
        """Of one person."""
        self._people.append(person)
        self._found.extend(accounts)
        if len(self._people) >= LOT:
            self.flush()

    def flush(self) -> None:
        """Writes what is left."""
        if self._people:
            self._desk.run("review-lot", review=self._review, people=self._people, found=self._found)
            self._people, self._found = [], []
