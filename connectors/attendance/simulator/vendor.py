"""The attendance platform (无感考勤): Hikvision iSecure Center's OpenAPI behind its artemis gateway."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.attendance.simulator.call import Call
from connectors.attendance.simulator.codes import MEANINGS, OVER_QUOTA, Refusal, answer
from connectors.attendance.simulator.console import Console
from connectors.attendance.simulator.gateway import BASE, OAUTH, ROUTES, Gateway
from connectors.attendance.simulator.person_lists import PICTURE_PATH
from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.times import tick
from connectors.simulation.vendor import Asked, Told

DOORS = {"door-1": (1,), "door-2": (1,)}


class Attendance(Console):
    """The vendor that the chassis serves. `switches` may be replaced at any time; `now` is the same clock as theirs."""

    def __init__(
        self,
        now: Callable[[], float],
        switches: Switches | None = None,
        *,
        app_key: str = "29000001",
        app_secret: str = "testsecret",  # noqa: S107 - it is the simulator's own
        doors: Mapping[str, tuple[int, ...]] = DOORS,
    ) -> None:
        super().__init__(now, dict(doors), switches or Switches())
        self.app_key = app_key
        self.app_secret = app_secret
        self._gateway = Gateway(app_key, app_secret)

    def config(self, url: str) -> dict[str, str | int | bool]:
        """The table that links to it."""
        doors = (f"{code}:{channel}" for code, channels in self.world.doors.items() for channel in channels)
        return {
            "kind": "attendance",
            "url": url + BASE,
            "app_key": self.app_key,
            "app_secret": self.app_secret,
            "doors": ",".join(doors),
        }

    def accounts(self) -> list[dict[str, Any]]:
        """Every person who is not deleted. There is no lock on a person; `rights`: a door lets him pass now."""
        with self.lock:
            self.settle()
            now = self.now()
            return [
                {
                    "id": person.id,
                    "key": person.values.get("jobNo", ""),
                    "login": person.id,
                    "name": person.values["personName"],
                    "state": "active",
                    "primary": "/".join(org.name for org in self.world.line(person.org)[1:]) or None,
                    "concurrent": [],
                    "face": bool(self.world.faces_of(person.id)),
                    "rights": self.rights.passes(person.id, now),
                }
                for person in self.world.persons.values()
                if not person.deleted
            ]

    def answer(self, asked: Asked) -> Told:
        """One call: of the interface, or of the picture service beside it."""
        with self.lock:
            if asked.path == PICTURE_PATH:
                return self._picture(asked)
            if not asked.path.startswith(f"{BASE}/"):
                return Told(404, b"<html><body><h1>404 Not Found</h1></body></html>", "text/html")
            try:
                found = self._answered(asked)
            except Refusal as no:
                return answer(no.data, no.code, no.msg)
            return found if isinstance(found, Told) else answer(found)

    def _answered(self, asked: Asked) -> Any:
        self.tasks.settle(asked.at, self.switches)
        self._gateway.admit(asked, self.switches)
        path = asked.path.removeprefix(BASE)
        if path == OAUTH:
            return self._gateway.tokens.grant(asked.at, self.switches.token_seconds)
        body = self._gateway.body(asked, self.switches)
        tag, host = asked.headers.get("tagid", ""), asked.headers.get("host", "")
        return ROUTES[path].act(
            Call(self.world, self.rights, self.tasks, self.switches, tick(asked.at), body, tag, host)
        )

    def _picture(self, asked: Asked) -> Told:
        face = self.world.faces.get(next(iter(asked.query), ""))
        if face is None or asked.method != "GET":
            return Told(404, b"", "text/html")
        return Told(200, face.picture, "image/jpeg")

    def failed(self, code: int | str) -> Told:
        """One of the vendor's codes."""
        return answer(None, str(code), MEANINGS.get(str(code), "其他未知的错误"))

    def revoke_tokens(self) -> None:
        """Every access token is worthless."""
        with self.lock:
            self._gateway.tokens.revoke()

    def windows(self) -> Sequence[tuple[str, int, float]]:
        """So many calls a minute, of each path by itself."""
        return [(BASE + path, self.switches.calls_a_minute, 60.0) for path in (*ROUTES, OAUTH)]

    def busy(self) -> Told:
        """The quota is used up."""
        return self.failed(OVER_QUOTA)
