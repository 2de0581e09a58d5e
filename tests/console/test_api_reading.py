"""What the JSON API answers: checks, accounts, cases, letters, planned ends, use; page by page."""

import io
from pathlib import Path
from threading import Thread
from time import monotonic

import orjson
import pytest
from docx import Document
from sqlalchemy import update

from mappings.policy.departures import EVENTS
from scim_server.api.console.asked import Departure
from scim_server.clock import pause
from scim_server.letters.apart import SECONDS, SHORT, Documents
from scim_server.letters.content import CONTENT
from scim_server.letters.drawing import draw
from scim_server.letters.errors import LetterError
from scim_server.store.register_tables import register
from scim_server.store.replies import ANSWERS
from tests.console.asker import Asker
from tests.console.content import inquiry
from tests.console.town import FOUND, SYSTEMS


def test_the_checks(console: Asker) -> None:
    (head,) = console.get("/reviews")["items"]
    assert (head["month"], head["cases"], head["letters"]) == ("2026-07", {"open": 2, "answered": 2, "closed": 0}, 3)
    one = console.get("/reviews/2026-07")
    assert {name: value for name, value in one.items() if name in head} == head
    figures = {each["system"]: each for each in one["systems"]}
    assert (figures["oa"]["checked"], figures["oa"]["silent"], figures["oa"]["excluded"]) == (4, 3, 3)
    assert figures["attendance"]["noData"] == 5
    assert figures["attendance"]["watched"] == {"device": False}
    assert one["strangers"] == [{"system": "oa", "remoteId": "stray-1", "at": None}]
    console.get("/reviews/2026-06", status=404)


@pytest.mark.parametrize("count", [1, 2, 5, 1000])
def test_every_account_once_whatever_the_pages(console: Asker, count: int) -> None:
    found = [
        (each["externalId"], each["system"])
        for each in console.all("/reviews/2026-07/accounts", count=count, restricted="true")
    ]
    assert sorted(found) == sorted((key, system) for key in FOUND for system in SYSTEMS)
    assert len(found) == len(set(found))


def test_accounts_by_what_was_found(console: Asker) -> None:
    def found(**query: str) -> set[tuple[str, str]]:
        rows = console.all("/reviews/2026-07/accounts", count=2, **query)
        return {(each["externalId"], each["system"]) for each in rows}

    assert found(verdict="silent") == {("E1", "oa"), ("E4", "oa"), ("E4", "wecom")}  # the leader's is for some only
    assert found(verdict="silent", restricted="true") == {("E1", "oa"), ("E4", "oa"), ("E4", "wecom"), ("L1", "oa")}
    assert found(system="wecom", department="HEA") == {("E4", "wecom"), ("E5", "wecom")}
    assert found(system="nowhere") == set()
    (row,) = console.get("/reviews/2026-07/accounts", verdict="silent", system="wecom")["items"]
    assert (row["lastAt"], row["terminal"], row["department"]) == (
        "2026-04-02T01:00:00.000Z",
        "pc",
        {"key": "HEA", "name": "区卫健委"},
    )


def test_cases(console: Asker) -> None:
    def found(**query: str) -> list[tuple[str, str]]:
        return sorted((each["externalId"], each["system"]) for each in console.all("/cases", count=1, **query))

    assert found() == [("E1", "oa"), ("E4", "oa"), ("E4", "wecom")]
    assert found(restricted="true") == [("E1", "oa"), ("E4", "oa"), ("E4", "wecom"), ("L1", "oa")]
    assert found(state="open") == [("E4", "wecom")]
    assert found(department="EDU") == [("E1", "oa")]
    assert found(overdue="true") == [("E4", "wecom")]
    assert found(overdue="false") == [("E1", "oa"), ("E4", "oa")]
    assert found(month="2026-06") == []
    assert found(month="2026-07", system="wecom", state="open", overdue="true") == [("E4", "wecom")]


def test_one_case(console: Asker) -> None:
    id = console.town.case("E1")
    one = console.get(f"/cases/{id}")
    assert (one["state"], one["time"], one["repliedOn"], one["by"]) == ("answered", "late", "2026-07-07", "王主任")
    assert one["letter"] == {
        "id": console.town.letters["EDU"],
        "number": "崖科工信函〔2026〕1号",
        "state": "delivered",
        "delivered": "2026-07-01T01:00:00.000Z",
        "due": "2026-07-06",
        "provisional": False,
    }
    assert one["addressees"] == [{"key": "EDU", "name": "区教育局"}]
    assert one["office"] == {"key": "EDU-1", "name": "人事科"}
    whole = console.get(f"/cases/{id}", restricted="true")
    assert (whole["answer"], whole["reply"]) == ("suspended", "崖教函〔2026〕9号")
    console.get("/cases/none", status=404)


def test_the_register(console: Asker) -> None:
    def found(**query: str) -> list[str]:
        return [each["number"] for each in console.all("/letters", count=2, **query)]

    inquiries = ["崖科工信函〔2026〕3号", "崖科工信函〔2026〕2号", "崖科工信函〔2026〕1号"]
    drafts = ["区教育局函〔2026〕3号", "区教育局函〔2026〕1号"]
    assert found() == [*drafts, *inquiries[1:]]
    assert found(restricted="true") == [drafts[0], "区教育局函〔2026〕2号", drafts[1], *inquiries]
    assert found(state="delivered", month="2026-07") == inquiries[1:]
    assert found(kind="cancel", sender="EDU", year="2026") == drafts[:1]
    assert found(year="2025") == []
    one = console.get(f"/letters/{console.town.letters['EDU']}")
    assert one["sender"] == {"key": "KGX", "name": "区科工信局"}
    assert (one["due"], one["deliveredBy"], one["people"]) == ("2026-07-06", "收发员", 1)
    assert one["named"] == [{"externalId": "E1", "name": "张安"}]
    console.get("/letters/none", status=404)


def test_a_document_is_drawn_again_to_the_same_bytes(console: Asker) -> None:
    path = f"/letters/{console.town.letters['HEA']}/document"
    first, again = console.ask("GET", path), console.ask("GET", path, "auditor")
    assert first.content == again.content
    text = "\n".join(each.text for each in Document(io.BytesIO(first.content)).paragraphs)
    assert "区卫健委" in text
    assert "崖科工信函" in first.headers["content-disposition"] or "%E5%B4%96" in first.headers["content-disposition"]
    assert first.headers["cache-control"] == "no-store"


def test_a_long_letter_is_drawn_by_a_process_of_its_own_to_the_same_bytes(tmp_path: Path) -> None:
    said = inquiry("inquiry", ["EDU"], [f"s{n}" for n in range(500)], [f"E{n}" for n in range(500)])
    content = orjson.dumps(said | {"doc_number": "崖科工信函〔2026〕9号"})
    assert len(content) > SHORT
    documents = Documents()
    assert documents.draw(content) == draw(CONTENT.validate_json(content))
    with pytest.raises(LetterError, match="addressees"):
        documents.draw(content.replace(b'"addressees"', b'"addressed"'))
    (tmp_path / "inquiry.txt").write_text("[wording]", encoding="utf-8")
    with pytest.raises(LetterError, match="wording"):
        Documents(tmp_path).draw(content)


def test_a_house_that_closes_waits_for_no_long_document(own_console: Asker) -> None:
    town = own_console.town
    said = inquiry("inquiry", ["EDU"], ["s"] * 20_000, ["E1"] * 20_000) | {"doc_number": "崖科工信函〔2026〕9号"}
    long = update(register).where(register.c.id == town.letters["EDU"]).values(content=orjson.dumps(said))
    town._wait(town.house.writer.commit(lambda connection: connection.execute(long)))
    answered: list[int] = []
    path = f"/letters/{town.letters['EDU']}/document"
    asker = Thread(target=lambda: answered.append(own_console.ask("GET", path, "hr", status=409).status_code))
    asker.start()
    while (child := town.house.documents._child) is None:
        pause(0.01)
    begun = monotonic()
    town.house.documents.close()
    town.house.console.close()
    asker.join(60)
    assert (answered, child.returncode) == ([409], -9)
    assert monotonic() - begun < SECONDS / 4


def test_a_document_that_cannot_be_drawn_says_so_and_no_more(
    own_console: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    id = own_console.town.letters["EDU"]
    spoilt = update(register).where(register.c.id == id).values(content=b'{"kind": "inquiry", "secret": "CANARY"}')
    own_console.town._wait(own_console.town.house.writer.commit(lambda connection: connection.execute(spoilt)))
    said = own_console.get(f"/letters/{id}/document", status=409)
    assert "CANARY" not in str(said) + caplog.text
    assert "登记的内容不完整" in caplog.text


def test_planned_ends(console: Asker) -> None:
    def found(**query: str) -> list[str]:
        return [each["id"] for each in console.all("/returns", count=1, **query)]

    assert found() == ["r-in", "r-in-2"]
    assert found(restricted="true") == ["r-in", "r-out", "r-lock", "r-in-2"]
    assert found(by="2026-07-11", restricted="true") == ["r-in", "r-out", "r-lock"]
    assert found(state="decided") == []
    assert found(department="HEA") == []
    one = console.get("/returns/r-in")
    assert (one["overdue"], one["fact"], one["plannedEnd"]) == (True, None, "2026-07-05")
    assert console.get("/returns/r-lock")["kind"] == "lock"
    console.get("/returns/none", status=404)


def test_the_use_of_ones_accounts(console: Asker) -> None:
    one = console.get("/activity/E1", "auditor")
    assert (one["externalId"], one["name"]) == ("E1", "张安")
    (oa,) = one["systems"]
    assert oa["evidence"] == [
        {
            "terminal": "pc",
            "source": "login",
            "strength": "proof",
            "at": "2026-04-02T01:00:00.000Z",
            "slack": 0.0,
            "recorded": "2026-06-30T16:00:00.000Z",
        }
    ]
    assert (oa["system"], oa["never"]) == ("oa", None)
    assert [each["source"] for each in oa["watched"]] == ["export"]
    assert console.get("/activity/E2")["systems"] == []
    console.get("/activity/nobody", status=404)


def test_a_cursor_is_good_for_its_list_its_filter_and_its_token(console: Asker) -> None:
    cursor = console.get("/cases", count=1)["next"]
    assert cursor is not None
    for path, query, role in (
        ("/cases", {"count": 1, "state": "open"}, "hr"),
        ("/cases", {"count": 2}, "hr"),
        ("/cases", {"count": 1, "restricted": "true"}, "hr"),
        ("/cases", {"count": 1}, "admin"),
        ("/letters", {"count": 1}, "hr"),
        ("/reviews/2026-07/accounts", {"count": 1}, "hr"),
    ):
        assert "游标" in console.get(path, role, 400, cursor=cursor, **query)["detail"]
    for forged in ("", "x", cursor[:-2], cursor + "A", "A" * 2048):
        console.get("/cases", status=400, count=1, cursor=forged)
    console.town.time += 3601
    try:
        assert "过期" in console.get("/cases", status=400, count=1, cursor=cursor)["detail"]
    finally:
        console.town.time -= 3601


def test_the_words_of_the_api_are_those_of_the_house() -> None:
    """What may be asked for is what the commands know."""
    from typing import get_args

    from scim_server.api.console.models import AnswerCode, Choice
    from scim_server.store.returns import CHOICES

    assert set(get_args(Departure)) == set(EVENTS)
    assert set(get_args(AnswerCode)) == set(ANSWERS)
    assert set(get_args(Choice)) == set(CHOICES)
