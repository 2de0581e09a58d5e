"""A letter that is worded and not yet laid out: what both the document and the plain text are made of."""

from dataclasses import dataclass

Pair = tuple[str, str]  # a field of a form and what is filled in
Fields = tuple[tuple[Pair, ...], ...]  # row by row


@dataclass(frozen=True, slots=True)
class Column:
    """`width`: mm. `narrow`: centred, for what is short."""

    heading: str
    width: float
    narrow: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in an annex: a heading row and one row each."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """An application form, row by row of at most three fields.

    `head`: on top of every page. `blocks`: one a person. `room`: fields left free for a hand and a seal.
    """

    head: Fields
    blocks: tuple[Fields, ...]
    room: tuple[str, ...]
    foot: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    title: str
    table: Listing | Form


@dataclass(frozen=True, slots=True)
class Letter:
    """`organs`: who signs, the sender first. `title`: the parts between which its line may be broken. `day`: as it
    is printed. `enclosed`: papers that go with it and are not drawn here. `note`: the 附注, in its brackets."""

    organs: tuple[str, ...]
    doc_number: str
    day: str
    title: tuple[str, ...]
    addressees: str
    paragraphs: tuple[str, ...]
    closing: tuple[str, ...]
    note: str = ""
    copies: str = ""
    annexes: tuple[Annex, ...] = ()
    enclosed: tuple[str, ...] = ()

    @property
    def attachments(self) -> tuple[str, ...]:
        """Names of the 附件说明, in order."""
        return (*(each.title for each in self.annexes), *self.enclosed)
