"""The town of the console: one to look at for each file, and new ones for those who write."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.asker import Asker
from tests.console.town import ConsoleTown


def lived(folder: Path) -> ConsoleTown:
    """On 8 July: 教育局 has answered late, 卫健委 is overdue with one of two, the leaders' letter is not delivered."""
    town = ConsoleTown(folder)
    town.write_letters(town.check())
    for name in ("EDU", "HEA"):
        town.run("letter-delivered", id=town.letters[name], at="2026-07-01T09:00:00+08:00", by="收发员")
    town.pass_to("2026-07-06")
    reply = {"by": "王主任", "letter": "崖卫函〔2026〕3号", "on": "2026-07-06"}
    town.run("case-reply", case=town.case("E4"), answer="leave", reason=f"休假 {town.ids['E4']}", **reply)
    town.pass_to("2026-07-08")
    reply = {"by": "王主任", "letter": "崖教函〔2026〕9号", "on": "2026-07-07"}
    town.run("case-reply", case=town.case("E1"), answer="suspended", reason="停止工作金丝雀", **reply)
    town.write_more()
    return town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleTown]:
    one = lived(tmp_path_factory.mktemp("console"))
    yield one
    one.close()


@pytest.fixture
def own_town(tmp_path: Path) -> Iterator[ConsoleTown]:
    one = lived(tmp_path)
    yield one
    one.close()


@pytest.fixture(scope="module")
def console(town: ConsoleTown) -> Asker:
    return Asker(town)


@pytest.fixture
def own_console(own_town: ConsoleTown) -> Asker:
    return Asker(own_town)
