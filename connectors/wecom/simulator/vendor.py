"""WeCom, simulated: the vendor's interface on one side, an administrator's hands on the other."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from threading import RLock
from typing import Any

import orjson

from connectors.simulation.vendor import Asked, Told
from connectors.wecom.simulator import answers, fields
from connectors.wecom.simulator.answers import Failure
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.corp import Corp
from connectors.wecom.simulator.routes import GETTOKEN, PREFIX, ROUTES, Right, Route
from connectors.wecom.simulator.state import Act, Department, Member, World
from connectors.wecom.simulator.tokens import Tokens

_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
_LOG_PER_MINUTE = 600
_NOWHERE = b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>404 Not Found</body>\r\n</html>\r\n"


class WecomVendor:
    """One corp. Everything that is not `Vendor`'s is what an administrator or a member does by hand, or looks at."""

    def __init__(self, corp: Corp | None = None) -> None:
        self.corp = corp or Corp()
        self._world = World(self.corp)
        self._tokens = Tokens(self.corp.token_lifetime)
        self._lock = RLock()
        self._at = 0.0  # when the last call came

    # the interface

    def config(self, url: str) -> dict[str, str | int | bool]:
        """The table that links to it."""
        table: dict[str, str | int | bool] = {
            "kind": "wecom",
            "url": url,
            "corp_id": self.corp.corp_id,
            "secret": self.corp.secret,
            "activity_secret": self.corp.activity_secret,
            "root_id": self.corp.root_id,
        }
        if "user/get" in self.corp.denied:
            table["reading_secret"] = self.corp.app_secret
        return table if self.corp.seats is None else {**table, "seats": self.corp.seats}

    def accounts(self) -> list[dict[str, Any]]:
        """Every member; who has left by himself is locked."""
        with self._lock:
            return [self._account(member) for member in self._world.members.values()]

    def _account(self, member: Member) -> dict[str, Any]:
        paths = {number: self._world.path(number) for number in member.department}
        primary = paths.pop(member.main)
        return {
            "id": member.userid,
            "key": member.userid,
            "login": member.userid,
            "name": member.name,
            "state": "active" if member.status in (1, 4) else "locked",
            "primary": primary or None,
            "concurrent": sorted(path for path in paths.values() if path),
            "face": False,
        }

    def answer(self, asked: Asked) -> Told:
        """One call."""
        name = asked.path.removeprefix(PREFIX)
        with self._lock:
            self._at = asked.at
            if not asked.path.startswith(PREFIX) or name in self.corp.absent:
                return Told(404, _NOWHERE, "text/html")
            if name != GETTOKEN and name not in ROUTES:
                return Told(404, _NOWHERE, "text/html")
            try:
                return answers.told(self._gettoken(asked) if name == GETTOKEN else self._call(name, asked))
            except Failure as failure:
                return answers.failed(failure.code, asked.at)

    def _gettoken(self, asked: Asked) -> dict[str, Any]:
        _check_verb("GET", asked.method)
        corp_id, secret = asked.query.get("corpid"), asked.query.get("corpsecret")
        if not corp_id:
            raise Failure(41002)
        if not secret:
            raise Failure(41004)
        if corp_id != self.corp.corp_id:
            raise Failure(40013)
        if secret not in (self.corp.secret, self.corp.app_secret, self.corp.activity_secret):
            raise Failure(40001)
        token = self._tokens.fetch(secret, asked.at)
        return answers.ok(access_token=token.text, expires_in=self.corp.token_lifetime)

    def _call(self, name: str, asked: Asked) -> dict[str, Any]:
        route = ROUTES[name]
        secret = self._tokens.secret_of(asked.query.get("access_token", ""), asked.at)
        _check_verb(route.verb, asked.method)
        if secret == self.corp.secret and name in self.corp.denied:
            raise Failure(48009)
        if not self._may(route, secret):
            raise Failure(48002)
        body = _read(asked.body) if route.verb == "POST" else {}
        return route.answer(self._world, Call(asked.query, body, secret, asked.at))

    def _may(self, route: Route, secret: str) -> bool:
        if secret == self.corp.secret:
            return route.right in (Right.SYNC, Right.ANY)
        return route.right is Right.ANY or (route.right is Right.LOG and secret == self.corp.activity_secret)

    def failed(self, code: int | str) -> Told:
        """An errcode at will."""
        return answers.failed(int(code), self._at)

    def revoke_tokens(self) -> None:
        """The corp's tokens end early."""
        with self._lock:
            self._tokens.revoke()

    def windows(self) -> list[tuple[str, int, float]]:
        """Per call, in a minute and in an hour (document/path/90454)."""
        names = [GETTOKEN, *ROUTES]
        least = {"security/member_oper_log/list": _LOG_PER_MINUTE}
        minutes = [(PREFIX + name, min(self.corp.per_minute, least.get(name, 2**31)), 60.0) for name in names]
        return minutes + [(PREFIX + name, self.corp.per_hour, 3600.0) for name in names]

    def busy(self) -> Told:
        """Too many calls."""
        return answers.failed(45009, self._at)

    # hands and eyes

    def put_department(self, name: str, parent: int | None = None, number: int | None = None) -> int:
        """Makes a department, below the root unless told otherwise. Returns its id. Raises ValueError for a twin."""
        with self._lock:
            if name in self._world.children[parent or self.corp.root_id]:
                raise ValueError("siblings have different names")
            made = Department(number or self._world.next_id(), name, parent or self.corp.root_id)
            self._world.add_department(made)
            return made.id

    def rename_department(self, number: int, name: str, parent: int | None = None) -> None:
        """Renames a department, moves it where `parent` is given. Raises KeyError."""
        with self._lock:
            department = self._world.departments[number]
            self._world.place_department(department, name, parent or department.parent)

    def delete_department(self, number: int) -> None:
        """Deletes an empty department. Raises KeyError; ValueError when it is not empty."""
        with self._lock:
            if self._world.children[number] or self._world.within[number]:
                raise ValueError("only an empty department can be deleted")
            self._world.drop_department(self._world.departments[number])

    def put_member(self, userid: str, name: str, department: list[int] | None = None, **more: Any) -> None:
        """Makes a member, or writes over his fields; nothing is checked, nobody invited. `more` as in user/create."""
        with self._lock:
            member = self._world.members.get(userid.casefold())
            if member is None:
                member = self._world.new_member(userid, name, list(department or [self.corp.root_id]))
            given = more | {"name": name} | ({"department": list(department)} if department else {})
            fields.write(self._world, member, given)

    def delete_member(self, userid: str) -> None:
        """Deletes a member. Raises KeyError."""
        self._by_hand(userid, self._world.drop_member)

    def activate(self, userid: str) -> None:
        """The member logs in for the first time. Raises KeyError."""
        self._by_hand(userid, lambda member: setattr(member, "activated", True))

    def leave(self, userid: str) -> None:
        """The member leaves the corp by himself. Raises KeyError."""
        self._by_hand(userid, lambda member: setattr(member, "left", True))

    def _by_hand(self, userid: str, act: Callable[[Member], None]) -> None:
        with self._lock:
            act(self._world.members[userid.casefold()])

    def activity(self, userid: str, at: float, oper_type: int = 4) -> None:
        """The member does something that the log shows: 4 is a log-in from a new device."""
        with self._lock:
            self._world.acts.append(Act(int(at), userid, oper_type))

    def member(self, userid: str) -> Member | None:
        """A copy of a member, private fields and all."""
        with self._lock:
            return deepcopy(self._world.members.get(userid.casefold()))

    def members(self) -> list[Member]:
        """Copies of all of them, oldest first."""
        with self._lock:
            return deepcopy(list(self._world.members.values()))

    def departments(self) -> dict[str, Department]:
        """Copies of all departments but the root, by path."""
        with self._lock:
            found = [each for each in self._world.departments.values() if each.parent]
            return {self._world.path(each.id): deepcopy(each) for each in found}

    def invited(self) -> list[str]:
        """The userids that were sent an invitation, each time."""
        with self._lock:
            return list(self._world.invited)

    def dropped(self) -> frozenset[str]:
        """Names of fields that were sent and that WeCom ignores without a word."""
        with self._lock:
            return frozenset(self._world.dropped)


def _check_verb(verb: str, method: str) -> None:
    if method != verb:
        raise Failure(43001 if verb == "GET" else 43002)


def _read(body: bytes) -> Mapping[str, Any]:
    if _ESCAPE.search(body):
        raise Failure(40033)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as broken:
        raise Failure(40058) from broken
    if not isinstance(value, dict):
        raise Failure(40058)
    return value
