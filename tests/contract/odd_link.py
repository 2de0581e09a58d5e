"""A connector to an odd service, and the words in which its tests speak."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from connectors.scim.config import ScimConfig
from connectors.scim.connector import ScimConnector
from mappings.model import AccountState, Action, Kind, Operation, Outcome, Presence, Ref
from tests.servers.odd_scim import OddScim

Linked = Callable[..., ScimConnector]


@contextmanager
def links() -> Iterator[Linked]:
    """Connectors to odd services: `link(service, members="put")`."""
    with ExitStack() as stack:

        def link(service: OddScim, **settings: Any) -> ScimConnector:
            url = stack.enter_context(service.running())
            config = ScimConfig(**{"url": url, "token": "t", "page_size": 4} | settings)
            connector = ScimConnector("odd", config, time.monotonic, lambda: datetime.now(UTC))
            stack.callback(connector.close)
            return connector

        yield link


def person(number: int, id: str | None = None) -> Ref:
    return Ref(f"s{number}", Kind.PERSON, f"E{number}", id)


def group(number: int, id: str | None = None, sought: AccountState | None = None) -> Ref:
    return Ref(f"d{number}", Kind.GROUP, f"D{number}", id, sought=sought)


def wanted(number: int, presence: Presence = Presence.ACTIVE, **more: str) -> AccountState:
    texts = {"userName": f"u{number}", "externalId": f"E{number}", "title": "科员"} | more
    return AccountState(f"E{number}", presence, {name: (text,) if text else () for name, text in texts.items()})


def wanted_group(number: int) -> AccountState:
    return AccountState(f"D{number}", Presence.ACTIVE, {"externalId": (f"D{number}",), "displayName": (f"科{number}",)})


def do(
    connector: ScimConnector, action: Action, ref: Ref, after: AccountState | None = None, group: Ref | None = None
) -> Outcome:
    return connector.apply(Operation("odd", action, ref, None, after, None, group, id="o"))


def everybody(connector: ScimConnector) -> tuple[list[str], bool]:
    """The keys of all, and whether the list was complete."""
    page = connector.observe_all(None)
    found = list(page.accounts)
    while page.cursor:
        page = connector.observe_all(page.cursor)
        found += page.accounts
    return [each.key for each in found], page.complete
