"""The register of letters as a local operator sees it: the list, one letter, its document."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from scim_server.operate.desk import Desk
from scim_server.reports.letters.words import KINDS, STATES
from scim_server.reports.period import local
from scim_server.store import register_reads
from scim_server.store.departments import names
from scim_server.store.register import HAND, LIMITED

Shown = dict[str, Any]
FEW = 3  # addressees that a line of the list names


class RestrictedLetter(Exception):
    """The letter may be seen with --restricted only (S18). The argument is what was asked for."""


def listed(desk: Desk, wanted: Mapping[str, Any], restricted: bool) -> list[Shown]:
    """The letters of the register; restricted ones only with `restricted`, and then the look is recorded."""
    if restricted:
        desk.look("letter register")
    with desk.reader() as connection:
        return _called(connection, register_reads.letters(connection, wanted, restricted))


def _called(connection: Connection, letters: Iterable[Shown]) -> list[Shown]:
    """With `addressee_names`, in the order of `addressees`."""
    found = list(letters)
    called = names(connection, {key for each in found for key in each["addressees"]})
    return [each | {"addressee_names": [called.get(key, key) for key in each["addressees"]]} for each in found]


def shown(desk: Desk, said: str, restricted: bool) -> Shown:
    """One letter, by id or 文号; whom it names, and its content, with `restricted`.

    Raises NoSuchLetter, RestrictedLetter.
    """
    row = _allowed(desk, said, restricted, "letter show")
    with desk.reader() as connection:
        named = register_reads.people(connection, row.id)
        (letter,) = _called(connection, [register_reads.shown(row)])
    more = {"people": named, "content": orjson.loads(row.content)} if restricted else {"people": len(named)}
    return letter | more


def document(desk: Desk, said: str, restricted: bool) -> tuple[str, bytes]:
    """文号 and the document as .docx. Raises NoSuchLetter, RestrictedLetter, LetterError."""
    from scim_server.letters.drawing import draw, read

    row = _allowed(desk, said, restricted, "letter render")
    if row.kind in LIMITED and not restricted:
        raise RestrictedLetter(said)
    return row.doc_number, draw(read(row.content), desk.settings.letters.wordings)


def id_of(desk: Desk, said: str) -> str:
    """The id of a letter that is named by id or 文号. Raises NoSuchLetter."""
    with desk.reader() as connection:
        return str(register_reads.letter(connection, said).id)


def is_saved(desk: Desk, said: str) -> bool:
    """Whether its document lies in the folder, for people who bring it. Raises NoSuchLetter."""
    with desk.reader() as connection:
        return bool(register_reads.letter(connection, said).channel == HAND)


def _allowed(desk: Desk, said: str, restricted: bool, what: str) -> Any:
    """The row. Whoever may see what is restricted is on record for it."""
    with desk.reader() as connection:
        row = register_reads.letter(connection, said)
    if row.restricted and not restricted:
        raise RestrictedLetter(said)
    if restricted:
        desk.look(f"{what} {row.id}")
    return row


def line(letter: Shown) -> str:
    """The same as a person reads it."""
    said = [
        letter["number"],
        KINDS.get(letter["kind"], letter["kind"]),
        f"《{letter['title']}》",
        _to(letter),
        _state(letter),
    ]
    if letter["due"]:
        said.append(f"复函期限 {letter['due']}{'（暂定）' if letter['provisional'] else ''}")
    if letter["error"]:
        said.append(letter["error"])
    return " ".join(filter(None, said))


def _to(letter: Shown) -> str:
    found = letter["addressee_names"]
    more = f"等 {len(found)} 个单位" if len(found) > FEW else ""
    return f"主送 {'、'.join(found[:FEW])}{more}" if found else ""


def _state(letter: Shown) -> str:
    if letter["state"] == "delivered":
        return f"{local(letter['delivered'])} 已送达"
    if letter["waits_for"] is None:
        return STATES[letter["state"]]
    return (
        "待人工送达" if letter["channel"] == HAND and not letter["error"] else f"{STATES[letter['state']]}，待人工处理"
    )


def lines(letter: Shown) -> list[str]:
    """One letter in full."""
    people = letter["people"]
    named = (
        f"{people} 人" if isinstance(people, int) else "、".join(f"{e['name']}（{e['externalId']}）" for e in people)
    )
    told = {
        "编号": letter["id"],
        "主送": "、".join(map("{}（{}）".format, letter["addressee_names"], letter["addressees"])),
        "成文日期": letter["day"],
        "涉及": named,
        "拟稿": f"{letter['by']}，{local(letter['created'])}",
        "送达": f"{letter['channel']}，登记：{letter['delivered_by']}" if letter["delivered"] else "",
        "知悉范围": "受限" if letter["restricted"] else "",
    }
    return [line(letter), *(f"  {name}：{text}" for name, text in told.items() if text)]


def write(out: Path, document: bytes, pdf: bool) -> None:
    """The file, as .docx or as PDF. Raises OSError, PreviewError."""
    from scim_server.letters.preview import to_pdf

    out.write_bytes(to_pdf(document) if pdf else document)
