"""A simulated 致远 Seeyon OA: its REST interface below /seeyon/rest, strict, its state in memory."""

from collections.abc import Sequence
from threading import RLock
from typing import Any

from connectors.oa.simulator import accounts, routes, tokens
from connectors.oa.simulator.answers import (
    Absent,
    NoPage,
    Refusal,
    absent,
    bad_token,
    envelope,
    forbidden,
    page,
    plain,
)
from connectors.oa.simulator.by_hand import ByHand
from connectors.oa.simulator.call import Call
from connectors.oa.simulator.office import Grant, Office
from connectors.oa.simulator.routes import Route
from connectors.oa.simulator.switches import ORGANISATION, Switches
from connectors.simulation.vendor import Asked, Told

BASE = "/seeyon/rest/"
DEFAULT_POST, DEFAULT_LEVEL = "科员", "科员"


class Oa(ByHand):
    """The vendor. It begins with one unit, its posts and levels, no department and no people.

    `switches` may be turned while it runs. What an administrator does by hand is in `ByHand`.
    """

    def __init__(self, switches: Switches | None = None) -> None:
        self.lock = RLock()
        self.switches = switches or Switches()
        self.office = Office(self.switches)
        self.found()

    def config(self, url: str) -> dict[str, str | int | bool]:
        """The [systems.NAME] table that links to it."""
        return {
            "kind": "oa",
            "url": url + BASE.rstrip("/"),
            "user": self.switches.user,
            "password": self.switches.password,
            "unit": self.switches.unit_code,
            "default_post": DEFAULT_POST,
            "default_level": DEFAULT_LEVEL,
            "login_name": self.switches.sender,
        }

    def accounts(self) -> list[dict[str, Any]]:
        """Every person's account."""
        with self.lock:
            return accounts.rows(self.office)

    def answer(self, asked: Asked) -> Told:
        """One call."""
        with self.lock:
            self.office.at = asked.at
            try:
                return self._answer(asked)
            except NoPage:
                return page(self.switches)
            except Absent:
                return absent(self.switches)
            except Refusal as refusal:  # the body of a batch was no list, or of a write no JSON
                return envelope([], [(refusal.code, None)])

    def failed(self, code: int | str) -> Told:
        """An error of the organisation has a name; any other has a number."""
        if isinstance(code, str) and not code.lstrip("-").isdigit():
            return envelope([], [(code, None)])
        return plain({"code": int(code), "message": "系统错误", "data": None})

    def revoke_tokens(self) -> None:
        """As after a restart of the OA: no token is known any more."""
        with self.lock:
            self.office.tokens.clear()

    def windows(self) -> Sequence[tuple[str, int, float]]:
        """The vendor limits no frequency."""
        return ()

    def busy(self) -> Told:
        """It has no word for: too often."""
        return page(self.switches)

    def _answer(self, asked: Asked) -> Told:
        if not asked.path.startswith(BASE):
            raise NoPage
        match = routes.found(asked.method, asked.path.removeprefix(BASE))
        if match is None:
            raise NoPage
        route, parts = match
        if not route.module:
            return route.serve(self.office, Call(asked, parts, None))
        grant = tokens.valid(self.office, tokens.of(asked), asked.at)
        if grant is None:
            return bad_token(self.switches)
        return self._refused(asked, route, grant) or route.serve(self.office, Call(asked, parts, grant.login))

    def _refused(self, asked: Asked, route: Route, grant: Grant) -> Told | None:
        """What the REST user was not granted, and what may be done in the name of no member: the organisation."""
        if route.module not in self.switches.grants:
            return forbidden("该REST用户没有访问此接口的权限")
        reads = asked.method == "GET" and self.switches.bound_reads
        if grant.login is not None and route.module == ORGANISATION and not reads:
            return forbidden("绑定用户的token不能访问组织模型接口")
        return None
