"""The plain line: ldap3's own calls for everything (`fast = false`), one request after the other.

The same results as the fast line at some ten times its cost; the contract suite runs both.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPException
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]

from connectors.ldap.ber import PAGED_RESULTS, RFC_3062, new_password
from connectors.ldap.line import Lost, NotSent
from connectors.ldap.messages import (
    Add,
    And,
    Delete,
    Equal,
    Filter,
    Found,
    Modify,
    Present,
    Rename,
    Reply,
    Request,
    Search,
    SetPassword,
    Value,
)
from connectors.ldap.reader import ANSWER_LIMIT

SCOPES = (ldap3.BASE, ldap3.LEVEL, ldap3.SUBTREE)
KINDS = (ldap3.MODIFY_ADD, ldap3.MODIFY_DELETE, ldap3.MODIFY_REPLACE)
# besides its own, ldap3 raises these on answers that it cannot take apart
FAILURES = (LDAPException, OSError, PyAsn1Error, ValueError, IndexError, KeyError, TypeError)


class Plain:
    """Line over a bound ldap3 connection (SAFE_SYNC, its socket a BoundedSocket). Times in seconds; one thread."""

    window = 1

    def __init__(self, connection: Any, monotonic: Callable[[], float], answer_timeout: float) -> None:
        self._connection = connection
        self._monotonic = monotonic
        self._timeout = answer_timeout
        self._until = monotonic() + answer_timeout
        self._ids = count(1)
        self._replies: list[tuple[int, Reply]] = []

    def allow(self, until: float) -> None:
        self._until = until

    def send(self, requests: Sequence[Request]) -> list[int]:
        numbers = [next(self._ids) for _ in requests]
        self._replies += [(number, self._answered(request)) for number, request in zip(numbers, requests, strict=True)]
        return numbers

    def receive(self) -> list[tuple[int, Reply]]:
        replies, self._replies = self._replies, []
        return replies

    def _answered(self, request: Request) -> Reply:
        left = self._until - self._monotonic()
        if left <= 0:
            self.close()
            raise NotSent("目录太慢，时间已用完")
        try:
            self._connection.socket.allow(ANSWER_LIMIT, min(left, self._timeout))
            return self._reply(request)
        except FAILURES as error:
            self.close()
            raise Lost(f"连接中断（{type(error).__name__}）") from error

    def idle(self) -> bool:
        return not self._connection.closed and bool(self._connection.socket.quiet())

    def close(self) -> None:
        self._replies.clear()
        try:
            self._connection.unbind()
        except (LDAPException, OSError, AttributeError):
            self._connection.strategy.close()

    def _reply(self, request: Request) -> Reply:
        match request:
            case Search():
                return self._search(request)
            case Add(dn, attributes):
                answer = self._connection.add(dn, attributes={name: list(each) for name, each in attributes.items()})
            case Modify(dn, changes):
                answer = self._connection.modify(dn, _changes(changes))
            case Rename(dn, new_rdn):
                answer = self._connection.modify_dn(dn, new_rdn)
            case Delete(dn):
                answer = self._connection.delete(dn)
            case SetPassword():
                answer = self._connection.extended(RFC_3062, new_password(request), no_encode=True)
        return Reply(answer[1]["result"], answer[1]["message"])

    def _search(self, search: Search) -> Reply:
        _, result, response, _ = self._connection.search(
            search.base,
            text_of(search.filter),
            SCOPES[search.scope],
            dereference_aliases=ldap3.DEREF_NEVER,
            attributes=list(search.attributes),
            paged_size=search.page_size or None,
            paged_criticality=True,
            paged_cookie=search.cookie or None,
        )
        found = [_found(entry) for entry in response or () if entry["type"] == "searchResEntry"]
        continued = any(entry["type"] == "searchResRef" for entry in response or ())
        control = (result.get("controls") or {}).get(PAGED_RESULTS)
        cookie = control["value"]["cookie"] or b"" if control else b""
        return Reply(result["result"], result["message"], found, cookie, continued)


def text_of(filter: Filter) -> str:
    """A filter as RFC 4515 text."""
    match filter:
        case Equal(name, value):
            return f"({name}={_escaped(value)})"
        case Present(name):
            return f"({name}=*)"
        case And(filters):
            return f"(&{''.join(map(text_of, filters))})"
        case _:
            return filter.text


def _escaped(value: Value) -> str:
    """Every byte that is no letter or digit as a hex pair: ldap3's parser trims blanks and minds some others."""
    data = value if isinstance(value, bytes) else value.encode()
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:02x}" for byte in data)


def _changes(changes: tuple[tuple[int, str, tuple[Any, ...]], ...]) -> dict[str, list[tuple[str, list[Any]]]]:
    wanted: dict[str, list[tuple[str, list[Any]]]] = {}
    for kind, name, values in changes:
        wanted.setdefault(name, []).append((KINDS[kind], list(values)))
    return wanted


def _found(entry: Any) -> Found:
    return Found(entry["dn"], {name.lower(): list(values or ()) for name, values in entry["raw_attributes"].items()})
