"""Files of wording: the house's own, and what a bureau may put before them."""

from pathlib import Path

import pytest

from scim_server.letters.drawing import draw
from scim_server.letters.editions import HOUSE, check
from scim_server.letters.errors import LetterError, TextError
from scim_server.letters.fields import FIELDS
from scim_server.letters.filling import fill
from scim_server.letters.titles import title
from scim_server.letters.wording import word
from tests.documents import samples

REMINDER = (HOUSE / "reminder.txt").read_text(encoding="utf-8")


def put(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_kind_has_its_file_and_the_house_keeps_its_own_rules() -> None:
    assert {each.stem for each in HOUSE.glob("*.txt")} == set(FIELDS)
    check(HOUSE)


def test_every_field_that_a_file_may_name_has_a_value_in_some_letter() -> None:
    """A field that never has a value would be an error at each letter that names it."""
    from scim_server.letters import values

    of_all = {"contractor", "until", "who", "reg"}
    letters = [each for each in samples.EVERY.values() if each.kind in ("open", "change", "cancel")]
    for each in letters:
        of_all |= set(values.of_people(each)) | set(values.common(each, samples.REG))  # type: ignore[arg-type]
    of_all |= set(values.of_departure(samples.leaver("三(一)", "")))
    of_all |= set(values.of_inquiry(samples.inquiry()))
    of_all |= set(values.of_reminder(samples.reminder())) | set(values.of_notice(samples.notice()))
    assert set().union(*FIELDS.values()) - of_all == set()


def test_a_value_is_data_and_no_template() -> None:
    name = "{{sender}}[[{{n}}]]{{reg}}/关于"
    letter = word(samples.opening(samples.person(name=name)))
    assert "".join(letter.title) == f"三亚市崖州区教育局关于申请开通{name}同志信息化系统账号的函"
    assert f"{name}同志" in letter.title
    assert fill("{{a}}{{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}}x"


def test_a_clause_falls_away_with_its_field() -> None:
    assert fill("甲[[，至{{until}}]]止", {"until": ""}) == "甲止"
    assert fill("甲[[，至{{until}}]]止", {"until": "明日"}) == "甲，至明日止"
    with pytest.raises(LetterError, match="until"):
        fill("甲，至{{until}}止", {"until": ""})


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (REMINDER.replace("{{due}}", "{{dew}}"), "dew"),
        (REMINDER.replace("{{due}}", "{{due}"), "brace"),
        (REMINDER.replace("请于", "[[请于"), "bracket"),
        (REMINDER.replace("[closing]", "[close]"), "close"),
        (REMINDER.replace("[body]", "[title]"), "twice"),
        (REMINDER.replace("[title]", ""), "before the first section"),
        (REMINDER.partition("[body]")[0], "body"),
        (REMINDER + "\n[annex]\n", "empty"),
    ],
)
def test_a_file_that_will_not_do_is_an_error_that_names_it(tmp_path: Path, text: str, wrong: str) -> None:
    folder = put(tmp_path, "reminder.txt", text)
    with pytest.raises(TextError, match=wrong) as told:
        check(folder)
    assert "reminder.txt" in str(told.value)
    with pytest.raises(TextError, match=wrong):
        draw(samples.reminder(), folder)


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "reminder.txt").write_bytes(REMINDER.encode("gb18030"))
    with pytest.raises(TextError, match=r"reminder\.txt"):
        check(tmp_path)


@pytest.mark.parametrize("name", ["remainder.txt", "reminder.2027.txt", "reminder old.txt"])
def test_a_file_that_no_letter_would_read_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(TextError, match="no kind of letter"):
        check(put(tmp_path, name, REMINDER))


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TextError, match="no such folder"):
        check(tmp_path / "texts")


def test_the_bureaus_own_wording_goes_first_and_the_rest_stays(tmp_path: Path) -> None:
    folder = put(tmp_path, "reminder.txt", REMINDER.replace("请于", "务请于"))
    check(folder)
    assert "务请于2026年7月8日前" in word(samples.reminder(), folder).paragraphs[0]
    assert title(samples.inquiry(), folder) == title(samples.inquiry())


def test_a_dated_edition_holds_from_its_day_and_earlier_letters_are_drawn_as_they_were(tmp_path: Path) -> None:
    old, new = samples.reminder(day="2026-12-31"), samples.reminder(day="2027-01-01")
    before = draw(old, tmp_path)
    put(tmp_path, "reminder.2027-01-01.txt", REMINDER.replace("请于", "务请于"))
    put(tmp_path, "reminder.2028-01-01.txt", REMINDER.replace("请于", "敬请于"))
    assert draw(old, tmp_path) == before
    assert "务请于" in word(new, tmp_path).paragraphs[0]


def test_a_file_that_was_changed_is_read_again(tmp_path: Path) -> None:
    put(tmp_path, "reminder.txt", REMINDER)
    assert "请于" in word(samples.reminder(), tmp_path).paragraphs[0]
    put(tmp_path, "reminder.txt", REMINDER.replace("请于", "务必请于"))
    assert "务必请于" in word(samples.reminder(), tmp_path).paragraphs[0]
