"""The register: numbers without a gap or a double, what is drawn once, what is void."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from scim_server.letters.content import CONTENT
from scim_server.letters.drawing import draw
from scim_server.store.register import NoSuchLetter, NotNow
from scim_server.store.register_commands import NoSuchSender
from scim_server.store.register_erasure import erase
from scim_server.store.settle import Rules
from tests.flows.letters.registry import BUREAU, BY, CODES, Registry, content


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Registry]:
    one = Registry(tmp_path)
    yield one
    one.close()


def test_a_letter_gets_the_next_number_of_its_sender_and_year(house: Registry) -> None:
    found = [house.draw(f"k{number}", **more) for number, more in enumerate(DRAWN)]
    assert [each["doc_number"] for each in found] == [
        "崖科工信函〔2026〕1号",
        "崖科工信函〔2026〕2号",
        "崖教函〔2026〕1号",
        "崖科工信函〔2027〕1号",
        "区卫健委函〔2026〕1号",
        "崖科工信函〔2026〕3号",
    ]
    assert all(each["drawn"] for each in found)


DRAWN: list[dict[str, Any]] = [{}, {}, {"sender": "EDU"}, {"day": "2027-01-04"}, {"sender": "HEA"}, {}]


def test_a_bureau_with_a_new_code_goes_on_behind_the_numbers_that_it_has_used(house: Registry) -> None:
    """Else the OA would show a letter of the old one in the place of the new."""
    for key in ("one", "two"):
        house.draw(key)
    house.rules = Rules(codes={"HEA": CODES[BUREAU]})
    found = [house.draw(key, sender="HEA")["doc_number"] for key in ("three", "four")]
    assert found == ["崖科工信函〔2026〕3号", "崖科工信函〔2026〕4号"]


def test_what_is_drawn_once_is_not_drawn_again(house: Registry) -> None:
    first, again, other = house.draw("one"), house.draw("one", title="另一标题"), house.draw("two")
    assert again == first | {"drawn": False}
    assert other["doc_number"] == "崖科工信函〔2026〕2号"
    assert house.row(first["id"])["title"] != "另一标题"


def test_no_fact_stands_in_two_drafts(house: Registry) -> None:
    """Two who gather at the same time, one of them about fewer people: their keys differ."""
    one = ["zhang", "e1", "start"]
    first = house.draw("owed both", kind="change", people=["zhang", "li"], covers=[one, ["li", "e2", "start"]])
    with pytest.raises(NotNow, match="另有草稿"):
        house.draw("owed one", kind="change", people=["zhang"], covers=[one])
    other = house.draw("owed other", kind="change", people=["zhang"], covers=[["zhang", "e1", "end"]])
    assert other["doc_number"] == "崖科工信函〔2026〕2号"
    assert house.draw("owed both", kind="change", people=["zhang"], covers=[one]) == first | {"drawn": False}
    house.run("letter-void", id=first["id"], by=BY, reason="重拟")
    assert house.draw("owed one", kind="change", people=["zhang"], covers=[one])["drawn"]


def test_the_number_stands_in_the_content(house: Registry) -> None:
    row = house.row(house.draw()["id"])
    assert orjson.loads(row["content"])["doc_number"] == row["doc_number"]
    assert (row["state"], row["attempts"], row["due"]) == ("ready", 0, None)


@pytest.mark.parametrize("kind", ["open", "change", "cancel", "notice"])
def test_what_others_decide_about_stays_a_draft(house: Registry, kind: str) -> None:
    assert house.row(house.draw(kind=kind)["id"])["state"] == "draft"


@pytest.mark.parametrize("sender", ["EDU-1", "D0", "NONE"])
def test_who_is_no_top_department_writes_nothing(house: Registry, sender: str) -> None:
    with pytest.raises(NoSuchSender):
        house.draw(sender=sender)
    assert house.rows("SELECT * FROM letter_series") == []


def test_what_is_rolled_back_gives_its_number_back(house: Registry) -> None:
    house.draw("one")
    with pytest.raises(Exception, match=r"NOT NULL|null value"):
        house.draw("two", title=None)
    assert house.draw("three")["doc_number"] == "崖科工信函〔2026〕2号"


def test_a_void_letter_keeps_its_number(house: Registry) -> None:
    first = house.draw("one")
    house.run("letter-void", id=first["id"], by=BY, reason="发错单位")
    assert house.row(first["id"])["state"] == "void"
    assert house.draw("two")["doc_number"] == "崖科工信函〔2026〕2号"
    assert house.draw("one")["doc_number"] == "崖科工信函〔2026〕3号", "what it asked about is asked by another one"
    assert [each for each in house.steps() if "作废" in each][-1] == "崖科工信函〔2026〕1号 作废：发错单位"


def test_nobody_voids_what_is_not_there(house: Registry) -> None:
    with pytest.raises(NoSuchLetter):
        house.run("letter-void", id="none", by=BY, reason="无")


def test_why_it_is_void_is_sealed_where_it_names_people(house: Registry) -> None:
    subject = house.person("zhang")
    drawn = house.draw(people=[subject])
    house.run("letter-void", id=drawn["id"], by=BY, reason="张三已返岗")
    assert house.rows("SELECT subject FROM trace WHERE kind = 'letter' AND sealed IS NOT NULL") == [(subject,)]
    assert "张三" not in str(house.rows("SELECT said FROM trace WHERE kind = 'letter'"))
    with pytest.raises(NotNow):
        house.run("letter-void", id=drawn["id"], by=BY, reason="再次")


def test_an_erased_person_is_gone_from_letters_and_their_numbers_stay(house: Registry) -> None:
    subject, other = house.person("zhang"), house.person("li")
    lines = [
        {
            "subject": subject,
            "name": "金丝雀",
            "number": "E-zhang",
            "office": "办公室",
            "system": "政务OA",
            "last": None,
        },
        {"subject": other, "name": "李四", "number": "E-li", "office": "办公室", "system": "政务OA"},
    ]
    given = {"people": [subject, other], "title": "关于金丝雀等2名同志的函", "content": content(accounts=lines)}
    drawn = house.draw(**given)
    house.writer.write(lambda connection: erase(connection, subject, "已抹除"))
    row = house.row(drawn["id"])
    assert "金丝雀" not in str(row)
    assert "E-zhang" not in str(row)
    assert (row["number"], row["title"]) == (1, "关于已抹除等2名同志的函")
    assert "李四" in orjson.loads(row["content"])["accounts"][1]["name"]
    assert draw(CONTENT.validate_json(row["content"])), "its document can still be drawn"
