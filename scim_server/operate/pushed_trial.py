"""A file of requests pushed for a trial: into a private copy of the store, through the same application (S24)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from scim_server.operate.desk import Desk
from scim_server.operate.pushed import Pushing, Refusal
from scim_server.operate.pushed_copy import copied
from scim_server.operate.pushed_door import inner_door, token_name
from scim_server.operate.pushed_file import PushedFile
from scim_server.store import plans


class RequestsRefused(Exception):
    """SCIM would not take every request of the file. The argument is the list of Refusals."""


@dataclass(frozen=True, slots=True)
class Tried:
    """`store`: the URL of the copy, as it would be after the push. `after`: up to which line it is pushed already."""

    store: str
    file: PushedFile
    after: int = 0
    resumed: bool = False
    accepted: int = 0
    already: int = 0
    refusals: Sequence[Refusal] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "file": self.file.digest,
            "requests": self.file.lines,
            "pushed_already": self.after,
            "accepted": self.accepted,
            "already": self.already,
            "refused": [each.shown() for each in self.refusals],
        }

    def lines(self) -> list[str]:
        """As people read it."""
        said = [f"请求文件共 {self.file.lines} 个请求，逐项计接受 {self.accepted} 项"]
        said[0] += f"，已在名册中 {self.already} 项" if self.already else ""
        if self.after:
            said.append(f"其中前 {self.after} 行此前已推送，从其后算起")
        return [*said, *(f"被拒绝并略过：{each.sentence}" for each in self.refusals)]


@contextmanager
def tried(desk: Desk, file: PushedFile, skip_refused: bool) -> Iterator[Tried]:
    """The roster as it would be. The copy is gone afterwards. Raises RequestsRefused, OSError."""
    with desk.reader() as connection:
        since = plans.pushed(connection, file.digest)
    after = since.line if since else 0
    with copied(desk.settings) as settings:
        with inner_door(settings, desk.clock, desk.targets(), token_name("plan")) as door:
            pushing = Pushing(door, resumed=since is not None)
            pushing.push(file.requests(after), passing_over=None)
        if pushing.refusals and not skip_refused:
            raise RequestsRefused(pushing.refusals)
        came = (pushing.accepted, pushing.already, pushing.refusals, pushing.names)
        yield Tried(settings.store.url, file, after, since is not None, *came)
