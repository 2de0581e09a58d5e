"""People who are 停用: looking up by code or login does not show them, only the lists of everybody do.

One roll of them serves all connectors of an OA in this process; what they lock and unlock themselves is entered at
once, and the whole is read anew after a minute, or when somebody must be sure.
"""

import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from connectors.oa.entities import Entity, id_of, text_of

KEPT = 60.0  # seconds
Read = Callable[[bool], Iterable[Entity]]


class Row(NamedTuple):
    """Somebody on the roll. `login` is folded."""

    code: str
    login: str


class Hidden:
    """The roll. `read`, told whether it must be sure, gives everybody, locked ones too; or raises ConnectorError."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._rows: dict[str, Row] = {}
        self._read_at: float | None = None

    def by_code(self, code: str, read: Read, sure: bool) -> list[str]:
        """Ids of those who carry a code. `sure`: by a list that was begun after this was asked."""
        with self._lock:
            self._refresh(read, sure)
            return [id for id, row in self._rows.items() if row.code == code]

    def by_login(self, login: str, read: Read) -> list[str]:
        """Ids of those who log in like that; surely."""
        with self._lock:
            self._refresh(read, sure=True)
            return [id for id, row in self._rows.items() if row.login == login.casefold()]

    def enter(self, member: Entity) -> None:
        """Somebody is locked now."""
        with self._lock:
            self._rows[id_of(member["id"])] = _row(member)

    def strike(self, id: str) -> None:
        """Somebody is no longer locked, or no longer there."""
        with self._lock:
            self._rows.pop(id, None)

    def _refresh(self, read: Read, sure: bool) -> None:
        begun = self._monotonic()
        if not sure and self._read_at is not None and begun - self._read_at <= KEPT:
            return
        self._rows = {id_of(each["id"]): _row(each) for each in read(sure) if each.get("enabled") is False}
        self._read_at = begun


def _row(member: Entity) -> Row:
    return Row(text_of(member, "code"), text_of(member, "loginName").casefold())


_shared: dict[tuple[str, str], Hidden] = {}
_sharing = threading.Lock()


def shared_hidden(url: str, user: str, monotonic: Callable[[], float]) -> Hidden:
    """The roll of an OA in this process."""
    with _sharing:
        return _shared.setdefault((url, user), Hidden(monotonic))
