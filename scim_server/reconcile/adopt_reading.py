"""One complete read of a system: half a list would make orphans of some and newcomers of others (S13, S17)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.base import Connector
from connectors.errors import Unreadable
from mappings.model import AccountState, Kind, Page
from scim_server.reconcile.protected import protected
from scim_server.reconcile.target import Target

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything there. `protected`: remote ids of what is never written."""

    departments: tuple[AccountState, ...]
    people: tuple[AccountState, ...]
    protected: frozenset[str]


def read(target: Target, connector: Connector, progress: Progress) -> Seen:
    """Departments first, then people. Raises ConnectorError; a read that is not whole is Unreadable."""
    groups = _all(target, connector.departments, progress) if Kind.GROUP in target.capabilities.kinds else []
    people = _all(target, connector.observe_all, progress)
    known = [*groups, *people]
    kept = protected(connector, target.protected, known)
    never = frozenset(state.remote_id or "" for state, never in zip(known, kept, strict=True) if never)
    return Seen(tuple(groups), tuple(people), never)


def _all(target: Target, read_page: Callable[[str | None], Page], progress: Progress) -> list[AccountState]:
    found: list[AccountState] = []
    cursor: str | None = None
    while True:
        page = read_page(cursor)
        found += page.accounts
        progress(len(found))
        cursor = page.cursor
        if cursor is None:
            break
    if not page.complete:
        raise Unreadable(f"{target.name}：读到的清单不完整，不能据此接管")
    _demand_ids(target, found)
    return found


def _demand_ids(target: Target, found: Sequence[AccountState]) -> None:
    ids = [state.remote_id for state in found]
    if None in ids:
        raise Unreadable(f"{target.name}：有账号读不到系统自身的编号，不能接管")
    if len(set(ids)) != len(ids):
        raise Unreadable(f"{target.name}：同一账号读到两次，读取期间系统有变动，请再试")
