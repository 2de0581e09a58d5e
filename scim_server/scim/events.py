"""The words of an event: a change of a resource as a Security Event Token (RFC 8417, RFC 9967).

Only *notice* events: they name what changed and carry no value of it. An attribute
that is not returned by itself (`returned` request or never) is not named either (S18).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from scim_server.scim.etag import etag
from scim_server.scim.schemas import Attribute, ResourceType

_PROV = "urn:ietf:params:scim:event:prov:"
CREATE, PUT, PATCH = f"{_PROV}create:notice", f"{_PROV}put:notice", f"{_PROV}patch:notice"
DELETE, ACTIVATE, DEACTIVATE = f"{_PROV}delete", f"{_PROV}activate", f"{_PROV}deactivate"
URIS = (CREATE, PUT, PATCH, DELETE, ACTIVATE, DEACTIVATE)
"""Every event that this server can make, as /ServiceProviderConfig tells them."""

_OF = {"create": CREATE, "replace": PUT, "patch": PATCH, "members": PATCH, "settle": PATCH, "delete": DELETE}
_MOVES: Mapping[tuple[bool | None, bool | None], str] = {(False, True): ACTIVATE, (True, False): DEACTIVATE}
_TOLD = frozenset({"always", "default"})
_JTI = re.compile(r"([1-9][0-9]{0,17})-[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Change:
    """One change on record. `before` and `after`: JSON of the attributes that differ, where they are needed.

    `at`: seconds since the epoch. `active`: after the change; `was_active`: before it; None: there is no such thing.
    """

    seq: int
    at: float
    action: str  # create | replace | patch | settle | delete | members
    type: str  # User | Group
    resource_id: str
    version: int
    active: bool | None
    was_active: bool | None
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Feed:
    """From whom to whom: `iss` and `aud` of every token of one feed (RFC 8417 section 2.2)."""

    issuer: str
    audience: str

    def jti(self, seq: int, at: float) -> str:
        """The token's id: the same whenever the change is told again, another in every other feed.

        The time in it keeps a store that was restored from a backup from giving an id twice.
        """
        return f"{seq}-{_digest(self.issuer, self.audience, seq, at)}"

    def claims(self, change: Change, resource_type: ResourceType) -> dict[str, Any]:
        """The claims of a change (RFC 9967 section 2). They are the same whenever it is told again."""
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "iat": int(change.at),
            "toe": int(change.at),
            "jti": self.jti(change.seq, change.at),
            "txn": _digest(self.issuer, change.seq, change.at),
            "sub_id": {"format": "scim", "uri": f"{resource_type.endpoint}/{change.resource_id}"},
            "events": _events(change, resource_type),
        }


def seq_of(jti: str) -> int | None:
    """The `seq` that an id tells of; None for one that is none of ours. Whether it is, `jti` says."""
    found = _JTI.fullmatch(jti)
    return int(found[1]) if found else None


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:24]


def _events(change: Change, resource_type: ResourceType) -> dict[str, Any]:
    """Several where one change is several things: RFC 9967 section 2.1."""
    events: dict[str, Any] = {_OF[change.action]: _payload(change, resource_type)}
    if change.action in ("replace", "patch", "settle") and (change.was_active, change.active) in _MOVES:
        events[_MOVES[change.was_active, change.active]] = {}
    return events


def _payload(change: Change, resource_type: ResourceType) -> dict[str, Any]:
    if change.action == "delete":
        return {}  # RFC 9967 section 2.4.4
    if change.action == "members":
        return {
            "attributes": ["members"]
        }  # members are added without a version check (S19): none is known to be theirs
    attributes = list(_changed(change, resource_type))
    named = ["id", *attributes] if change.action == "create" else attributes
    return {"attributes": named, "version": etag(change.version)}


def _changed(change: Change, resource_type: ResourceType) -> Iterator[str]:
    before, after = (orjson.loads(side) if side else {} for side in (change.before, change.after))
    for name in dict.fromkeys((*before, *after)):
        attribute = resource_type.find(name)
        if attribute is not None and attribute.extension:
            yield from _inside(attribute, before.get(name, {}), after.get(name, {}))
        elif attribute is not None and attribute.returned in _TOLD and name != "schemas":
            yield name


def _inside(extension: Attribute, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """The paths of what differs in an extension (RFC 7644 section 3.10)."""
    for name in dict.fromkeys((*before, *after)):
        attribute = extension.sub(name)
        if attribute is not None and attribute.returned in _TOLD and before.get(name) != after.get(name):
            yield f"{extension.name}:{name}"
