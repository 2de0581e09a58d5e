"""`[letters] texts`: a bureau's own wording reaches the documents, and one that will not do is told by the doctor."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scim_server.letters.editions import HOUSE
from scim_server.letters.errors import TextError
from scim_server.operate import register
from scim_server.operate.desk import Desk
from scim_server.operate.doctor import check
from scim_server.settings import load
from tests.documents import samples
from tests.documents.reading import lines, read
from tests.flows.letters.registry import Registry

OWN = (HOUSE / "reminder.txt").read_text(encoding="utf-8").replace("请于", "务请于")


@dataclass
class Office:
    """A register with a letter in it, and a local operator's desk on the same store."""

    desk: Desk
    letter: str


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "texts").mkdir()
    registry = Registry(tmp_path)
    file = tmp_path / "huaming.toml"
    file.write_text(f'[store]\nurl = "{registry.url}"\n[letters]\ntexts = "{tmp_path}/texts"\n', encoding="utf-8")
    content = samples.reminder(doc_number="")
    drawn = registry.draw("reminder 1", kind="reminder", day=content.day, content=content.model_dump(mode="json"))
    yield Office(Desk(load(file), registry.clock), drawn["id"])
    registry.close()


def said_of_letters(desk: Desk) -> list[tuple[str, str]]:
    return [(found.level, found.text) for where, found in check(desk) if where == "函件"]


def drawn(office: Office) -> bytes:
    """As `huaming letter render` draws it."""
    return register.document(office.desk, office.letter, restricted=True)[1]


def test_the_bureaus_own_wording_is_what_is_drawn(office: Office, tmp_path: Path) -> None:
    (tmp_path / "texts" / "reminder.txt").write_text(OWN, encoding="utf-8")
    assert said_of_letters(office.desk) == [("ok", f"函件文字以 {tmp_path}/texts 中的为先")]
    assert any("务请于2026年7月8日前函复" in each for each in lines(read(drawn(office))))


def test_a_wording_that_will_not_do_is_told_before_a_letter_needs_it(office: Office, tmp_path: Path) -> None:
    (tmp_path / "texts" / "reminder.txt").write_text(OWN.replace("{{due}}", "{{dew}}"), encoding="utf-8")
    [(level, text)] = said_of_letters(office.desk)
    assert level == "error"
    assert "reminder.txt" in text
    assert "dew" in text
    with pytest.raises(TextError, match="dew"):
        drawn(office)
