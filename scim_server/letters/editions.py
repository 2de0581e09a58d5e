"""The wording of letters, kept in plain text files apart from their layout: which file holds on which day.

`texts/KIND.txt` is one kind's wording. `KIND.2027-01-01.txt` holds for letters dated from that day on, so that a letter
of an earlier day is drawn again as it was. Files in a folder of the bureau's own go before those of the house.
"""

from collections.abc import Iterator
from pathlib import Path

from scim_server.letters.errors import TextError
from scim_server.letters.fields import FIELDS
from scim_server.letters.text_files import NAME, Wording, read

HOUSE = Path(__file__).parent / "texts"


def wording(kind: str, day: str, folder: Path | None = None) -> Wording:
    """The wording of a kind in force on the day of issue: the bureau's own, else the house's."""
    for place in (folder, HOUSE):
        editions = [edition for edition in _editions(place, kind) if edition[0] <= day] if place else []
        if editions:
            return read(max(editions)[1])
    raise TextError(f"no wording for {kind}")


def _editions(folder: Path, kind: str) -> Iterator[tuple[str, Path]]:
    for file in folder.glob(f"{kind}*.txt"):
        name = NAME.fullmatch(file.stem)
        if name and name[1] == kind:
            yield name[2] or "", file


def check(folder: Path) -> None:
    """Reads every file of a bureau's own folder. Raises TextError for the first that would not do."""
    if not folder.is_dir():
        raise TextError(f"{folder}: no such folder")
    for file in sorted(folder.glob("*.txt")):
        name = NAME.fullmatch(file.stem)
        if name is None or name[1] not in FIELDS:
            raise TextError(f"{file}: no kind of letter has this name; there are {', '.join(sorted(FIELDS))}")
        read(file)
