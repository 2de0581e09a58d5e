"""A SCIM service with the ways of those that one meets: each switch is a departure that clients report.

with OddScim(filters="ignored", cap=3) as service:
    ...                                  # service.url, service.users, service.groups, service.asked
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from tests.servers.canned_http import Asked, CannedHttp, answered

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
COMPARISON = re.compile(r'([\w.]+) eq ("(?:[^"\\]|\\.)*")')

Fields = dict[str, Any]


@dataclass
class OddScim:
    """Users and groups by id; every switch is off by default, and then it keeps to RFC 7644."""

    filters: Literal["heeded", "refused", "ignored", "silent", "404"] = "heeded"  # silent: finds nobody, says nothing
    filterable: frozenset[str] = frozenset({"userName", "externalId", "displayName", "members.value"})
    cap: int = 1000  # resources a page, whatever is asked for
    counts: Literal["all", "page"] = "all"  # what totalResults counts
    pages: bool = True  # false: startIndex is not heeded
    beyond: Literal["empty", "400", "again"] = "empty"  # behind the end
    patch: bool = True
    etag: bool = False
    discovery: bool = True
    schemas: list[Fields] = field(default_factory=list)
    shows_groups: bool = False  # whether a User has `groups`
    lists_members: bool = True  # whether a list of Groups shows members
    keeps_group_key: bool = True
    deletes: Literal["deletes", "deactivates"] = "deletes"
    numbers: bool = False  # ids are numbers
    shouts: bool = False  # names of attributes in another letter case
    untyped_mail: bool = False  # e-mail addresses lose their type
    spelled: Literal["bool", "text"] = "bool"  # of `active`
    drops: frozenset[str] = frozenset()  # attributes that are taken and forgotten
    active_only: bool = False  # every account is usable, whatever is said
    instead: Callable[[Asked, Callable[[], bytes]], bytes] | None = None  # what is answered; the second does it
    upserts: bool = False  # a POST takes over whoever has the name already
    hidden: int = 0  # so many are counted and not shown
    meddled: bool = False  # somebody else changes a resource just before a PUT comes
    users: dict[str, Fields] = field(default_factory=dict)
    groups: dict[str, Fields] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids, self._versions, self._lock = count(1), count(1), threading.Lock()

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its base."""
        with CannedHttp(self._answer) as server:
            yield server.url

    def put(self, **fields: Any) -> str:
        """A User made by hand; its id."""
        return self._keep(self.users, {"schemas": [USER], "active": True} | fields)

    def group(self, *members: str, **fields: Any) -> str:
        """A Group made by hand; its id."""
        told = [{"value": each} for each in members]
        return self._keep(self.groups, {"schemas": [GROUP], "members": told} | fields)

    def _answer(self, asked: Asked) -> bytes:
        self.asked.append(asked)
        return self.instead(asked, lambda: self._done(asked)) if self.instead else self._done(asked)

    def _done(self, asked: Asked) -> bytes:
        with self._lock:
            _, endpoint, *rest = asked.path.split("/")
            if endpoint in ("ServiceProviderConfig", "Schemas"):
                return self._discovered(endpoint)
            kept = {"Users": self.users, "Groups": self.groups}.get(endpoint)
            if kept is None:
                return no(404)
            if not rest:
                return self._posted(kept, asked) if asked.method == "POST" else self._listed(kept, asked)
            return self._one(kept, rest[0], asked) if rest[0] in kept else no(404)

    def _discovered(self, endpoint: str) -> bytes:
        if not self.discovery:
            return no(404)
        if endpoint == "Schemas":
            return _said({"totalResults": len(self.schemas), "Resources": self.schemas})
        supported = {"patch": self.patch, "etag": self.etag, "filter": True}
        return _said({name: {"supported": each} for name, each in supported.items()})

    def _posted(self, kept: dict[str, Fields], asked: Asked) -> bytes:
        fields = json.loads(asked.body)
        name = "userName" if kept is self.users else "displayName"
        holder = next((each for each in kept.values() if each.get(name) == fields.get(name)), None)
        if holder is not None:
            holder |= fields if self.upserts else {}
            return _said(holder) if self.upserts else no(409, "uniqueness")
        if kept is self.groups and not self.keeps_group_key:
            fields.pop("externalId", None)
        id = self._keep(kept, fields)
        return _said(self._shown(kept, id), 201)

    def _keep(self, kept: dict[str, Fields], fields: Fields) -> str:
        id = str(next(self._ids))
        kept[id] = fields | {"id": id}
        self._changed(kept[id])
        return id

    def _changed(self, fields: Fields) -> None:
        fields["meta"] = {"version": f'W/"{next(self._versions)}"'} if self.etag else {}
        for name in self.drops:
            fields.pop(name, None)
        if self.active_only:
            fields["active"] = True
        for mail in fields.get("emails", []) if self.untyped_mail else []:
            mail.pop("type", None)

    def _listed(self, kept: dict[str, Fields], asked: Asked) -> bytes:
        ids, told = list(kept), asked.query.get("filter")
        if told:
            if self.filters == "refused":
                return no(400, "invalidFilter")
            found = COMPARISON.fullmatch(told)
            assert found, told
            ids = self._filtered(kept, found[1], json.loads(found[2]))
            if self.filters == "404" and not ids:
                return no(404)
        start = int(asked.query.get("startIndex", "1")) - 1 if self.pages else 0
        if start >= len(ids) and ids:
            if self.beyond == "400":
                return no(400, "invalidValue")
            start = max(len(ids) - self.cap, 0) if self.beyond == "again" else start
        page = ids[start : start + min(self.cap, int(asked.query.get("count", "100")))]
        total = len(ids) + self.hidden if self.counts == "all" else len(page)
        return _said({"totalResults": total, "Resources": [self._shown(kept, id, in_list=True) for id in page]})

    def _filtered(self, kept: dict[str, Fields], name: str, value: str) -> list[str]:
        if self.filters == "ignored":
            return list(kept)
        if self.filters == "silent" or name not in self.filterable:
            return []
        return [id for id, each in kept.items() if value in _values(each, name)]

    def _one(self, kept: dict[str, Fields], id: str, asked: Asked) -> bytes:
        if self.meddled and asked.method == "PUT":
            self._changed(kept[id])
        version = kept[id]["meta"].get("version")
        if asked.headers.get("if-match", version) != version:
            return no(412)
        match asked.method:
            case "DELETE":
                if self.deletes == "deletes":
                    del kept[id]
                else:
                    kept[id]["active"] = False
                return answered(204)
            case "PUT":
                kept[id] = json.loads(asked.body) | {"id": id}
            case "PATCH":
                if not self.patch:
                    return no(405)
                for each in json.loads(asked.body)["Operations"]:
                    _patched(kept[id], each)
            case _:
                return _said(self._shown(kept, id))
        self._changed(kept[id])
        return answered(204)

    def _shown(self, kept: dict[str, Fields], id: str, in_list: bool = False) -> Fields:
        fields = dict(kept[id])
        if self.numbers:
            fields["id"] = int(id)
        if kept is self.users and self.shows_groups:
            held = (each for each, group in self.groups.items() if id in _values(group, "members.value"))
            fields["groups"] = [{"value": each} for each in held]
        if kept is self.groups and in_list and not self.lists_members:
            fields.pop("members", None)
        if self.spelled == "text" and "active" in fields:
            fields["active"] = "True" if fields["active"] else "False"
        return {name.upper(): each for name, each in fields.items()} if self.shouts else fields


def _values(fields: Fields, name: str) -> list[Any]:
    first, _, rest = name.partition(".")
    return [each[rest] for each in fields.get(first) or []] if rest else [fields.get(first)]


def _patched(fields: Fields, operation: Mapping[str, Any]) -> None:
    path, value = operation["path"], operation.get("value")
    member = re.fullmatch(r'members\[value eq "(.*)"\]', path)
    if member:
        fields["members"] = [each for each in fields.get("members", []) if each["value"] != member[1]]
        return
    if path == "members":
        fields["members"] = [*fields.get("members", []), *value]
        return
    first, _, rest = path.partition(".")
    inner = fields.setdefault(first, {}) if rest else fields
    if operation["op"] == "remove":
        inner.pop(rest or first, None)
    else:
        inner[rest or first] = value


def _said(value: Any, status: int = 200) -> bytes:
    return answered(status, json.dumps(value, ensure_ascii=False).encode(), "application/scim+json")


def no(status: int, scim_type: str = "") -> bytes:
    told = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status)}
    return _said(told | ({"scimType": scim_type} if scim_type else {}), status)
