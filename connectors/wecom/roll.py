"""Reads everybody and every department, a page at a time; says `complete` only of an unbroken reading (S17).

Three ways, for releases and secrets differ in what they allow (docs 90337, 96067):

    list        department by department, with details: few calls
    list_id     all userids by the vendor's own cursor, then each member: one call a person
    simplelist  department by department, then each member

Whoever is in several departments is there several times: counted in the one with the lowest number.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from connectors.errors import Unreadable
from connectors.wecom import codes, members
from connectors.wecom.config import WecomConfig
from connectors.wecom.lookup import Department, below_department, department_ids, get_member, rows
from connectors.wecom.members import Member
from connectors.wecom.wire import Wire
from mappings.model import Page

CALLS = 50  # departments read for one page, at most: empty ones make no page full
WAYS = ("list", "list_id", "simplelist")
IDS_AT_ONCE = 10_000  # rows of one list_id


@dataclass(frozen=True, slots=True)
class At:
    """Where a reading stands. `tree`: a digest of the departments at its beginning; `whole`: nothing has changed yet.

    `department` and `after` of a walk: read up to that userid there; `cursor`: the vendor's own.
    """

    way: str
    tree: str = ""
    whole: bool = True
    department: int = 0
    after: str = ""
    cursor: str = ""

    def written(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "At":
        """From its text."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Members of one page. `at` is None after the last."""

    members: tuple[Member, ...]
    at: At | None
    complete: bool


class Roll:
    """Reads with one secret. Keeps what it has read of the department and of the tree at hand, to page through."""

    def __init__(self, wire: Wire, config: WecomConfig) -> None:
        self._wire = wire
        self._config = config
        self._rows: tuple[str, int, list[Mapping[str, Any]]] | None = None
        self._departments: list[Department] | None = None

    def page(self, cursor: str | None) -> Page:
        """All members as accounts."""
        sheet = self.sheet(At.read(cursor) if cursor else None)
        accounts = tuple(members.state(each, self._config) for each in sheet.members)
        return Page(accounts, sheet.at.written() if sheet.at else None, sheet.complete)

    def sheet(self, at: At | None) -> Sheet:
        """The next members. At the beginning it finds out which way is open."""
        if at is not None:
            return self._next(at)
        self._rows = None
        tried = WAYS if self._config.listing == "auto" else (self._config.listing,)
        for way in tried[:-1]:
            try:
                return self._next(At(way))
            except codes.NotAllowed:
                continue
        return self._next(At(tried[-1]))

    def departments(self, cursor: str | None) -> Page:
        """All departments below the root."""
        root = self._config.root_id
        if cursor is None or self._departments is None:
            below = below_department(self._wire, root)
            if root not in {each.id for each in below}:
                raise _no_root(root)
            self._departments = sorted((each for each in below if each.id != root), key=lambda each: each.id)
        rest = [each for each in self._departments if each.id > int(cursor or 0)]
        page = rest[: self._config.page_size]
        following = str(page[-1].id) if len(rest) > len(page) else None
        return Page(tuple(each.state() for each in page), following, complete=following is None)

    def _next(self, at: At) -> Sheet:
        ids = department_ids(self._wire, self._config.root_id)
        if self._config.root_id not in ids:
            raise _no_root(self._config.root_id)
        tree = sha256(repr(sorted(ids.items())).encode()).hexdigest()[:16]
        at = replace(at, tree=at.tree or tree, whole=at.whole and at.tree in ("", tree))
        return self._listed(at, ids) if at.way == "list_id" else self._walked(at, sorted(ids))

    def _listed(self, at: At, ids: Iterable[int]) -> Sheet:
        asked = {"limit": min(self._config.page_size, IDS_AT_ONCE)} | ({"cursor": at.cursor} if at.cursor else {})
        reply = self._wire.ask("user/list_id", body=asked)
        seen: dict[str, set[int]] = {}
        for userid, department in _id_rows(reply.fields):
            seen.setdefault(userid, set()).add(department)
        found = [(get_member(self._wire, userid), departments) for userid, departments in seen.items()]
        tree = frozenset(ids)
        here = tuple(each for each, listed in found if each is not None and _counted_in(each, tree) in listed)
        cursor = reply.fields.get("next_cursor") or ""
        following = replace(at, cursor=str(cursor)) if cursor else None
        return Sheet(here, following, complete=at.whole and following is None)

    def _walked(self, at: At, ids: list[int]) -> Sheet:
        tree, found = frozenset(ids), list[Member]()
        ahead = [each for each in ids if each >= at.department]
        for department in ahead[:CALLS]:
            after = at.after if department == at.department else ""
            for row in self._in_department(at.way, department):
                if _order(row) <= after:
                    continue
                at = replace(at, department=department, after=_order(row))
                member = self._member(row, department, tree)
                found += [member] if member is not None else []
                if len(found) == self._config.page_size:
                    return Sheet(tuple(found), at, complete=False)
        if len(ahead) > CALLS:
            return Sheet(tuple(found), replace(at, department=ahead[CALLS], after=""), complete=False)
        return Sheet(tuple(found), None, complete=at.whole)

    def _member(self, row: Mapping[str, Any], department: int, tree: frozenset[int]) -> Member | None:
        """The member of a row, if it is counted here and still there."""
        listed = row.get("department")
        here = {each for each in listed if type(each) is int} if isinstance(listed, list) else None
        if here is not None and min(tree & here, default=None) != department:
            return None
        if members.shows_status(row):
            return members.read(row)
        member = get_member(self._wire, str(row["userid"]))
        return member if member is not None and _counted_in(member, tree) == department else None

    def _in_department(self, way: str, department: int) -> list[Mapping[str, Any]]:
        """The rows of one department in the order of their userids, read once for all pages that it fills."""
        if self._rows is None or self._rows[:2] != (way, department):
            listed = sorted(_userlist(self._wire, f"user/{way}", department), key=_order)
            self._rows = (way, department, listed)
        return self._rows[2]


def userids_in(wire: Wire, department: int) -> set[str]:
    """Who is in one department itself."""
    try:
        return {str(row["userid"]) for row in _userlist(wire, "user/simplelist", department)}
    except codes.NotAllowed:
        return {userid for userid, where in _all_ids(wire) if where == department}


def _all_ids(wire: Wire) -> Iterator[tuple[str, int]]:
    cursor = ""
    while True:
        asked = {"limit": IDS_AT_ONCE} | ({"cursor": cursor} if cursor else {})
        reply = wire.ask("user/list_id", body=asked)
        yield from _id_rows(reply.fields)
        cursor = str(reply.fields.get("next_cursor") or "")
        if not cursor:
            return


def _id_rows(fields: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """(userid, department) of each row of list_id. Raises Unreadable."""
    for row in rows(fields, "dept_user"):
        userid, department = (row.get("userid"), row.get("department")) if isinstance(row, dict) else (None, None)
        if not isinstance(userid, str) or type(department) is not int:
            raise Unreadable("政务微信的成员ID列表不成样子")
        yield userid, department


def _userlist(wire: Wire, verb: str, department: int) -> list[Mapping[str, Any]]:
    """Rows of a department; none where it has been deleted meanwhile."""
    reply = wire.ask(verb, {"department_id": department}, expected=codes.NO_DEPARTMENT)
    listed = rows(reply.fields, "userlist") if reply.code == codes.OK else []
    if not all(isinstance(row, dict) and isinstance(row.get("userid"), str) for row in listed):
        raise Unreadable("政务微信的成员列表不成样子")
    return listed


def _counted_in(member: Member, tree: frozenset[int]) -> int | None:
    return min(tree & member.departments, default=None)


def _order(row: Mapping[str, Any]) -> str:
    return str(row["userid"]).casefold()


def _no_root(root: int) -> Unreadable:
    return Unreadable(f"根部门 {root} 不存在，或这个 Secret 看不到；请核对 root_id")
