"""A file of wording: sections in square brackets, a line a paragraph, `#` before a comment; fields as in `filling`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scim_server.letters.errors import TextError
from scim_server.letters.fields import FIELDS, SECTIONS
from scim_server.letters.filling import CLAUSE, FIELD, Values, fill

BREAK = "/"  # in a title: where its line may be broken
NAME = re.compile(r"([a-z]+(?:-[a-z]+)*)(?:\.(\d{4}-\d\d-\d\d))?")

_HEADING = re.compile(r"\[([a-z][a-z ]*)\]")


@dataclass(frozen=True)
class Wording:
    """One file: its sections' lines by their names."""

    file: str
    sections: Mapping[str, tuple[str, ...]]

    def has(self, section: str) -> bool:
        return section in self.sections

    def lines(self, section: str, values: Values) -> tuple[str, ...]:
        """The section's paragraphs, filled; none where the file has no such section."""
        return tuple(fill(line, values) for line in self.sections.get(section, ()))

    def line(self, section: str, values: Values) -> str:
        """The same as one paragraph."""
        return "".join(self.lines(section, values))

    def parts(self, section: str, values: Values) -> tuple[str, ...]:
        """A title, in the parts between which its line may be broken. A slash in a value is no break."""
        text = "".join(self.sections[section])
        return tuple(part for each in text.split(BREAK) if (part := fill(each, values)))


def read(file: Path) -> Wording:
    """One file, checked. It is read anew when it has changed."""
    try:
        return _read(file, file.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        raise TextError(f"{file}: {error}") from None


@lru_cache(maxsize=256)
def _read(file: Path, _changed: int) -> Wording:
    found = Wording(file.name, _parse(file, file.read_text(encoding="utf-8-sig")))
    kind = file.stem.partition(".")[0]
    wrong = sorted(set(found.sections) - set(SECTIONS[kind]))
    lacking = sorted(name for name, must in SECTIONS[kind].items() if must and name not in found.sections)
    if wrong or lacking:
        raise TextError(f"{file}: sections that are not known: {wrong}; that are missing: {lacking}")
    for name, lines in found.sections.items():
        _fields(file, name, lines, FIELDS[kind])
    return found


def _parse(file: Path, text: str) -> dict[str, tuple[str, ...]]:
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in (each.strip() for each in text.splitlines()):
        heading = _HEADING.fullmatch(line)
        if heading and heading[1] in sections:
            raise TextError(f"{file}: the section [{heading[1]}] is there twice")
        if heading:
            current = sections.setdefault(heading[1], [])
        elif line and not line.startswith("#"):
            if current is None:
                raise TextError(f"{file}: a line before the first section: {line}")
            current.append(line)
    return {name: tuple(lines) for name, lines in sections.items()}


def _fields(file: Path, section: str, lines: tuple[str, ...], known: frozenset[str]) -> None:
    """Every field must be known, and no brace or double bracket may be left over."""
    for line in lines:
        unknown = sorted(set(FIELD.findall(line)) - known)
        if unknown:
            raise TextError(f"{file}: [{section}] names {unknown}; there are {sorted(known)}")
        bare = FIELD.sub("", CLAUSE.sub(lambda clause: clause[1], line))
        if any(mark in bare for mark in ("{", "}", "[[", "]]")):
            raise TextError(f"{file}: [{section}] has a brace or bracket too many: {line}")
    if not lines:
        raise TextError(f"{file}: [{section}] is empty")
