import pytest

from scim_server.reports.cells import neutral, original

BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe_and_gives_it_back(beginning: str) -> None:
    text = f'{beginning}cmd|" /C calc"!A1'
    assert neutral(text) == f"'{text}"
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", ["", "张伟", "a=b", "1+1", "'", "'名", "O'Neil", "''"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text
    assert original(text) == text


@pytest.mark.parametrize("text", ["'=1+1", "''=1", "'＠人", "'-"])
def test_an_apostrophe_of_the_name_itself_survives_the_round_trip(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert original(neutral(text)) == text
