"""The platform's codes, as data."""

import pytest

from connectors.attendance.codes import CODES, Refusal, Sort, error_of, outcome_of_refusal
from connectors.errors import Denied, Unreachable, Unreadable
from connectors.http.answer import Busy
from mappings.model import Refused, Retry, Unknown


def test_a_code_that_is_not_listed_is_refused_and_never_repeated() -> None:
    outcome = outcome_of_refusal(Refusal("0x7fffffff", "怪事", "/api/x"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, "怪事" in outcome.text) == ("0x7fffffff", True)


def test_codes_are_the_same_in_capital_letters() -> None:
    assert Refusal("0x0240100B").sort is Refusal("0x0240100b").sort is Sort.BUSY


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("0x0240")])
def test_what_the_gateway_says_of_a_request_is_never_shown(code: str) -> None:
    """It repeats the key and the text that was signed."""
    assert "29000001" not in str(Refusal(code, "appKey 29000001, string to sign: POST ...", "/api/x"))


def test_a_platforms_sentence_is_cut_and_cleaned() -> None:
    shown = str(Refusal("0x00072002", "a\r\n\x00" + "b" * 5000))
    assert len(shown) < 300
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("code", "write", "read"),
    [
        ("0x02401003", Retry, Denied),
        ("0x02401008", Retry, Denied),
        ("0x0240100b", Retry, Busy),
        ("0x00052104", Retry, Unreachable),
        ("0x00052102", Retry, Unreadable),
        ("0x00052103", Unknown, Unreadable),
        ("0x00072003", Refused, Unreadable),
        ("0x00072203", Refused, Unreadable),
    ],
)
def test_what_codes_come_to(code: str, write: type, read: type) -> None:
    assert isinstance(outcome_of_refusal(Refusal(code)), write)
    assert type(error_of(Refusal(code))) is read


def test_a_quota_says_when_to_come_back_and_counts_for_the_system() -> None:
    outcome = outcome_of_refusal(Refusal("0x0240100b"))
    assert isinstance(outcome, Retry)
    assert outcome.after
    assert outcome.outage
