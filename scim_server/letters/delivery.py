"""Brings letters to their readers: claims one, lets it leave once, records what came of it.

A letter leaves by one request of the channel that cannot be repeated harmlessly. Before it stands a look whether the
channel shows the letter already, and, between look and request, a compare-and-set in the register: only the owner of
a living lease gets past it, and from then on the letter counts as one that may have been sent. Whoever dies later
leaves it so; it is left alone for `[letters] repeat_after`, then looked up, and sent again only where the channel
does not show it. What remains: a channel that shows a letter later than that, or an owner that was stopped between
the two for longer than its lease and that wait together.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import ValidationError

from mappings.model import AlreadySo, Conflict, Done, Outcome, Pending, Refused, Retry, Unknown
from scim_server.clock import Clock
from scim_server.letters import outgoing
from scim_server.letters.content import Content
from scim_server.letters.errors import LetterError, TextError
from scim_server.letters.folder import save
from scim_server.letters.outgoing import Channel, Claimed, Desk, Terms
from scim_server.store import register, register_clock
from scim_server.store.register import HAND, READY, UNKNOWN
from scim_server.workdays import load_calendar

LEASE = 600.0  # seconds; longer than a channel may take for one request (300)
FIRST, LONGEST = 30.0, 3600.0  # seconds between two tries
SILENCE = 60.0  # seconds for which a channel that does not answer is left alone

DELIVERED, SAVED, DOUBTFUL, WAITING, PARKED, LOST = "delivered", "saved", "unknown", "waiting", "parked", "lost"


class Told(NamedTuple):
    """What became of one letter: one of the words above, and why."""

    id: str
    doc_number: str
    result: str
    text: str


class Deliverer:
    """One round of deliveries, in one thread. Nobody else is its `owner`."""

    def __init__(self, desk: Desk, clock: Clock, terms: Terms) -> None:
        """Raises BadSettings where the calendar cannot be read: a letter tells by when it is to be answered."""
        self._desk, self._clock, self._terms = desk, clock, terms
        self._calendar = load_calendar(terms.rules.calendar)
        self._name = terms.channel.name if terms.channel else HAND
        self._owner = str(uuid4())
        self._silent = False

    def deliver(self) -> Iterator[Told]:
        """Everything that may be tried now, each once, the oldest first; a channel that is silent ends it."""
        passed: list[str] = []
        while not self._silent:
            asked = {"lease": LEASE, "patience": self._terms.patience, "channel": self._name, "passed": passed}
            found = self._run("letter-claim", **asked)
            if found is None:
                return
            passed.append(found["id"])
            yield Told(found["id"], found["doc_number"], *self._one(found))

    def _one(self, found: Mapping[str, Any]) -> tuple[str, str]:
        """What cannot be drawn waits for a person, and keeps no other letter waiting."""
        try:
            letter, channel = Claimed.of(found, self._due_now), self._terms.channel
            return self._save(letter) if channel is None else self._send(letter, channel)
        except ValidationError:
            return self._park(found["id"], "登记的内容不完整，文件不能生成")
        except (LetterError, TextError) as error:
            return self._park(found["id"], f"文件不能生成：{error}")

    def _due_now(self, content: Content) -> str | None:
        return self._due(self._clock.now()) if content.kind in register_clock.DATED else None

    def _due(self, at: float) -> str:
        return register_clock.due_from(at, self._terms.rules.readings, self._calendar).due

    def _save(self, letter: Claimed) -> tuple[str, str]:
        assert self._terms.folder is not None
        document = self._terms.draw(letter.content)
        try:
            path = save(self._terms.folder, letter.file, document, letter.restricted)
        except OSError as error:
            return self._put_off(letter, f"不能存入文件夹：{error.strerror}", SILENCE)
        if self._run("letter-saved", id=letter.id, printed=letter.printed):
            return SAVED, str(path)
        self._take_back(letter, path)
        return LOST, ""

    def _take_back(self, letter: Claimed, path: Path) -> None:
        """Of a letter that was made void meanwhile nobody is to find a document; another round's stays."""
        with self._desk.reader() as connection:
            void = register.find(connection, letter.id).state == register.VOID
        if void:
            path.unlink(missing_ok=True)

    def _send(self, letter: Claimed, channel: Channel) -> tuple[str, str]:
        to, missing = outgoing.addressees(self._desk, channel.name, letter)
        if missing or not to:
            return self._put_off(letter, f"收函单位在 {channel.name} 中没有对应的部门：{'、'.join(missing)}", LONGEST)
        left: list[bool] = []
        notice = outgoing.notice(self._terms, channel.letters, letter, to, lambda: self._leaves(letter, left))
        return self._ended(letter, channel.letters.send(notice), any(left))

    def _leaves(self, letter: Claimed, left: list[bool]) -> bool:
        """Puts it on record; whoever has lost the letter meanwhile must not send it."""
        said = {"lease": LEASE, "channel": self._name, "printed": letter.printed}
        left.append(bool(self._run("letter-leave", id=letter.id, **said)))
        return left[-1]

    def _ended(self, letter: Claimed, outcome: Outcome, left: bool) -> tuple[str, str]:
        match outcome:
            case Done():
                return self._sent(letter, None, letter.printed)
            case AlreadySo(at):
                seen = at.timestamp() if at else None
                return self._sent(letter, seen, self._due(seen) if seen and letter.printed else None)
            case Refused(_, text) | Conflict(_, text):
                return self._park(letter.id, text, READY if left else None)
            case Retry(text, after, outage) if not left:
                return self._again(letter, text, after, outage)
            case Retry(text) | Unknown(text) | Pending(_, text):
                return self._doubt(letter, text)

    def _sent(self, letter: Claimed, at: float | None, printed: str | None) -> tuple[str, str]:
        said = {"channel": self._name, "at": at, "printed": printed}
        return (DELIVERED, "") if self._run("letter-sent", id=letter.id, **said) else (LOST, "")

    def _doubt(self, letter: Claimed, text: str) -> tuple[str, str]:
        """It may have been sent: it is looked up before anything is sent again, and not at once."""
        self._silent = True
        return self._later(letter.id, DOUBTFUL, text, self._clock.now() + self._terms.patience, UNKNOWN)

    def _again(self, letter: Claimed, text: str, after: float | None, outage: bool) -> tuple[str, str]:
        if outage:
            self._silent = True
            self._run("letter-rest", channel=self._name, until=self._clock.now() + SILENCE)
        return self._put_off(letter, text, after or 0.0)

    def _put_off(self, letter: Claimed, text: str, least: float) -> tuple[str, str]:
        wait = max(least, min(LONGEST, FIRST * 2.0 ** min(letter.attempts - 1, 10)))
        return self._later(letter.id, WAITING, text, self._clock.now() + wait)

    def _park(self, id: str, text: str, state: str | None = None) -> tuple[str, str]:
        return self._later(id, PARKED, text, None, state)

    def _later(self, id: str, result: str, text: str, until: float | None, state: str | None = None) -> tuple[str, str]:
        done = self._run("letter-put-off", id=id, error=text, until=until, state=state)
        return (result, text) if done else (LOST, "")

    def _run(self, command: str, **more: Any) -> Any:
        return self._desk.run(command, owner=self._owner, by=self._terms.by, **more)
