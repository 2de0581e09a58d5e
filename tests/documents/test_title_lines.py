"""Titles in lines: a trapezium or a rhombus, no word split."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.letters.title_lines import ROOM, lines, width
from scim_server.letters.wording import word
from tests.documents import samples


def shape(found: list[str]) -> bool:
    """Whether the lines nowhere get wider again after they got narrower."""
    steps = [width(b) - width(a) for a, b in pairwise(found)]
    return not any(a < 0 < b for a, b in pairwise(steps))


@pytest.mark.parametrize("name", [each for each in samples.EVERY if each != "long"])
def test_lines_fit_and_have_the_shape_and_split_no_word(name: str) -> None:
    parts = word(samples.EVERY[name]).title
    found = lines(parts)
    assert "".join(found) == "".join(parts)
    assert all(4 <= width(each) <= ROOM for each in found)
    assert shape(found)
    bounds = {sum(map(len, parts[:count])) for count in range(len(parts) + 1)}
    breaks = {sum(map(len, found[:count])) for count in range(len(found) + 1)}
    allowed = {"".join(parts).find("、") + 1}
    assert breaks - bounds <= allowed


def test_the_bureaus_name_stands_on_a_line_of_its_own() -> None:
    assert lines(word(samples.inquiry()).title) == [samples.BUREAU, "关于核查信息化系统异常账号的函"]


def test_what_is_longer_than_a_line_is_broken_after_a_unit_or_a_dot() -> None:
    found = lines(word(samples.EVERY["long"]).title)
    assert found[0] == "三亚市崖州区热带农业科技现代产业园区"
    assert found[1].startswith("开发建设管理委员会办公室")
    assert any(each.endswith("·") for each in found)
    assert all(width(each) <= ROOM for each in found)


@given(st.lists(st.text("天地玄黄ab1·、", min_size=1, max_size=45), min_size=1, max_size=6))
def test_nothing_is_lost_and_every_line_fits(parts: list[str]) -> None:
    found = lines(parts)
    assert "".join(found) == "".join(parts)
    assert all(width(each) <= ROOM for each in found)


def test_a_name_without_end_is_filled_line_by_line_and_at_once() -> None:
    """Every way to break it was looked at: of 300 characters for a quarter of a minute, of 900 for ever."""
    found = lines(["局" * 900, "关于核查/信息化系统", "异常账号的函"])
    assert "".join(found) == "局" * 900 + "关于核查/信息化系统异常账号的函"
    assert {width(each) for each in found[:-1]} == {ROOM}
