"""Many replies "left" at once are one batch for the guard (S23): held as a whole, until somebody else says yes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mappings.guard import Limits
from scim_server.clock import civil_day
from scim_server.commands import COMMANDS
from scim_server.store.turns import InTurn
from tests.flows.days_town import Town, hired
from tests.flows.replies.asked import BY, Asked

PEOPLE = 12


class Crowd(Town):
    """A town of PEOPLE in department A, that runs commands as a house does."""

    @property
    def day(self) -> str:
        return civil_day(self.time)

    def command(self, command: str, /, **given: Any) -> Any:
        body = COMMANDS[command]
        return self.writer.write(InTurn(lambda connection: body(connection, self.clock, self.rules, given)))


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    one = Crowd(tmp_path, Limits(3, 0.0, 3, 0.0))
    post, hire = hired("2020-01-02")
    for number in range(PEOPLE):
        one.tell(f"p{number:02}", [post], [hire])
    one.work()
    one.on("2026-07-02")
    yield one
    one.close()


def test_they_are_held_together_and_approved_together(crowd: Crowd) -> None:
    silent = {f"E-p{number:02}": ("oa",) for number in range(PEOPLE)}
    asked = Asked(crowd).about(silent, "A").ready()  # type: ignore[arg-type]
    wanted = [asked.cases[f"E-p{number:02}", "oa"] for number in range(5)]
    answers = [{"case": case, "answer": "left", "reason": "已离职"} for case in wanted]
    crowd.command("cases-reply", answers=answers, letter="崖教函〔2026〕30号", by=BY)
    crowd.work(60)
    crowd.work(60)
    assert crowd.rows("SELECT state, count(*) FROM links WHERE kind = 'person' GROUP BY state ORDER BY state") == [
        ("done", PEOPLE - 5),
        ("held", 5),
    ]
    assert {crowd.account(f"p{number:02}")[0] for number in range(PEOPLE)} == {"active"}
    ((id,),) = crowd.rows("SELECT DISTINCT hold FROM links WHERE state = 'held'")
    crowd.command("approve", id=id, by="邢局长")
    crowd.work(60)
    assert [crowd.account(f"p{number:02}") is None for number in range(6)] == [True] * 5 + [False]


def test_a_few_pass(crowd: Crowd) -> None:
    asked = Asked(crowd).about({"E-p00": ("oa",), "E-p01": ("oa",)}, "A").ready()  # type: ignore[arg-type]
    asked.reply("E-p00", "oa", "left")
    crowd.work(60)
    assert crowd.account("p00") is None
    assert crowd.account("p01") is not None
