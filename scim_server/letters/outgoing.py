"""What goes out: a letter that was claimed, and the notice that it becomes in a system."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from sqlalchemy import Connection

from connectors.base import Letters, Notice
from mappings.model import Ref
from scim_server.letters.content import CONTENT, Content
from scim_server.letters.folder import file_name
from scim_server.store.people import group_accounts
from scim_server.store.settle import Rules


class Desk(Protocol):
    """What a delivery needs of the store: commands that are written, and reading."""

    def run(self, command: str, **arguments: Any) -> Any:
        """One of `commands`."""
        ...

    def reader(self) -> AbstractContextManager[Connection]:
        """A read connection."""
        ...


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured system that can bring letters, under its NAME."""

    name: str
    letters: Letters


@dataclass(frozen=True, slots=True)
class Terms:
    """How letters go out here. `patience`: seconds after a lost answer; `draw` makes the document, `say` the text.

    `channel` None: documents are saved to `folder`, for people who bring them.
    """

    rules: Rules
    patience: float
    by: str
    draw: Callable[[Content], bytes]
    say: Callable[[Content], str]
    channel: Channel | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that is ours for a while. `printed`: the day by which it asks to be answered; None: it does not."""

    id: str
    doc_number: str
    title: str
    restricted: bool
    attempts: int
    addressees: tuple[str, ...]
    content: Content
    printed: str | None

    @classmethod
    def of(cls, told: Mapping[str, Any], due: Callable[[Content], str | None]) -> Self:
        """As "letter-claim" tells it, with the date that follows from a delivery now (四)."""
        content = CONTENT.validate_python(told["content"])
        printed = due(content)
        if printed is not None:
            content = content.model_copy(update={"due": printed})
        same = {name: told[name] for name in ("id", "doc_number", "title", "restricted", "attempts")}
        return cls(**same, addressees=tuple(told["addressees"]), content=content, printed=printed)

    @property
    def file(self) -> str:
        """The name of its document."""
        return file_name(self.doc_number, self.title)


def addressees(desk: Desk, system: str, letter: Claimed) -> tuple[tuple[Ref, ...], list[str]]:
    """The departments as the system has them, and the keys of those that are not there."""
    with desk.reader() as connection:
        accounts = {each.ref.key: each for each in group_accounts(connection, system, letter.addressees)}
    there = {key: each.ref for key, each in accounts.items() if each.there}
    missing = [key for key in letter.addressees if key not in there]
    return tuple(there[key] for key in letter.addressees if key in there), missing


def notice(terms: Terms, letters: Letters, letter: Claimed, to: tuple[Ref, ...], leaves: Callable[[], bool]) -> Notice:
    """With the document where the system carries files, else with all that it says. Raises LetterError."""
    document = terms.draw(letter.content)  # what cannot be drawn is not sent as a text either
    if letters.carries_files():
        text = f"现送达《{letter.title}》（{letter.doc_number}），全文见附件。"
        files = ((letter.file, document),)
        return Notice(letter.doc_number, letter.title, text, departments=to, attachments=files, leaves=leaves)
    return Notice(letter.doc_number, letter.title, terms.say(letter.content), departments=to, leaves=leaves)
