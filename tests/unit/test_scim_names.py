"""Folded names and refused characters (S10)."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.scim.characters import refused
from scim_server.scim.fold import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ZhangSan", "zhangsan"),
        ("Ｚｈａｎｇｓａｎ", "zhangsan"),  # full width
        ("\u212aelvin", "kelvin"),  # the Kelvin sign
        ("straße", "STRASSE"),
        ("ﬁle", "FILE"),  # a ligature
        ("e\u0301", "É"),
        ("İ", "i\u0307"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_names_stay_different() -> None:
    assert len({fold(name) for name in ("张三", "张叁", "zhangsan", "𬭎", "zhang-san")}) == 5


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_control_format_and_separator_character_is_refused() -> None:
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert refused(character) == f"U+{point:04X}"


@pytest.mark.parametrize(
    "character", ["\ufe0f", "\U000e0101", "\u034f", "\u115f", "\u3164", "\uffa0", "\u2800", "\ufdd0", "\U0001ffff"]
)
def test_what_shows_nothing_is_refused(character: str) -> None:
    assert refused(f"张{character}三") is not None


@pytest.mark.parametrize(
    "text", ["张三", "阿依古丽·买买提", "𬭎", "\U0002ebf0", "\U00031350", "O'Brien", "a b", "50% = 半", "é", "e\u0301"]
)
def test_names_as_people_have_them_are_accepted(text: str) -> None:
    assert refused(text) is None


def test_an_address_may_hold_line_breaks() -> None:
    assert refused("某路 1 号\n上海", lines=True) is None
    assert refused("某路 1 号\n上海") == "U+000A"
    assert refused("某路\x00", lines=True) == "U+0000"
